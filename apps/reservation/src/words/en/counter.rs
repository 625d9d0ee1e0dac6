use crate::words::Counter;

pub(super) const WORDS: Counter = Counter {
    tonight: "Tonight",
    bookings: "Bookings",
    coming_bookings: "Coming bookings",
    other_days: "Days",
    no_bookings_that_day: "There are no bookings for this day.",
    name_not_shown: "Name not shown",
    name_not_held: "No name held",
    allergy_not_told: "None told to us",
    ask_the_guest: "Not shown. Please ask the guest.",
    nothing_could_be_asked: "Nothing could be asked just now, so nothing is known of allergies.",
    not_shown_away: "This cannot be checked just now. Please reload the page in a moment.",
    for_the_kitchen: "For the kitchen",
    clock_time: "Time",
    kitchen_told: "No names are on it. It prints on A4; please destroy the paper after the evening.",
    party_and_table: "Party and table",
    booking_at_the_store: "A booking",
    is_called_off: "This booking was called off",
    is_called_off_told: "Nothing of the guest is shown any more: what you may see of her ends with the booking.",
    pages_of_the_store: "Pages of the store",
    own_system: "Own system",
    store_keys_told: "By a key the store’s own system reads the numbers, times, parties and stages of its bookings. What is known of a guest is given only when it is asked for under a purpose, is checked each time, and is recorded.",
    key_name: "Name of the key",
    webhook: "Telling of bookings",
    webhook_told: "When a booking is made, changed or cancelled, its number alone is sent to the store’s own system (Standard Webhooks).",
    webhook_url: "Address",
    webhook_url_hint: "By https; by http only within your own network.",
    webhook_put: "Send it there",
    webhook_end: "Send nothing",
    webhook_made: "Messages go there. They are signed with this secret, which is shown this once.",
    tonight_is: |day| format!("Tonight is {day}"),
    called_off_that_day: |count| format!("Bookings that the restaurant called off: {count}"),
    tonight_count: |bookings, guests| {
        let bookings_word = if bookings == 1 { "booking" } else { "bookings" };
        let guests_word = if guests == 1 { "guest" } else { "guests" };
        format!("{bookings} {bookings_word}, {guests} {guests_word}")
    },
    tonight_recorded: |login, at| {
        format!("Opened by {login} on {at}. Each look is recorded and shown to the guest.")
    },
    webhook_since: |at, waiting| format!("In use since {at}. Waiting to be sent: {waiting}"),
    webhook_given_up: |count| {
        format!(
            "Nobody took {count} of them in five days. Put the address again to send them once more."
        )
    },
};
