use crate::words::{Finding, runs};

const NO_PARTY: &str = "No new bookings are taken at the moment";

/// 2 to 4, 6
pub(super) fn sizes(parties: &[u8]) -> String {
    let said = |from, to| {
        if from == to { format!("{from}") } else { format!("{from} to {to}") }
    };
    runs(parties, said, ", ")
}

pub(super) const WORDS: Finding = Finding {
    home_page: "Book a table",
    home_title_first: "Book a table.",
    home_title_then: "See where your information goes.",
    home_lead: "A store sees only what your booking needs, and only while there is a booking. Each look is recorded, for you to read at any time.",
    home_begin: "Sign up",
    your_table_tonight: "Your table tonight",
    stores: "Stores",
    stores_before: "Restaurants before",
    stores_more: "More restaurants",
    no_stores: "No store takes bookings at the moment.",
    tonight_over: "No more tables tonight; book from tomorrow",
    promise: "How your information is handled",
    promise_held: "Held in trust",
    promise_held_text: "Your name and your allergies are kept under lock. This reservation service holds no copy of them. Of those you bring it keeps, while the booking stands, what they are allergic to and how many of them are, and no names.",
    promise_asked: "Asked each time",
    promise_asked_text: "Whenever a store looks, consent, booking and purpose are checked anew. If one is missing, nothing is shown.",
    promise_seen: "On record",
    promise_seen_text: "Who received what, and when: your page shows it, from a ledger that nobody can rewrite afterwards.",
    read_the_policy: "Read the privacy policy",
    area: "Area",
    cuisine: "Cuisine",
    anything: "Any",
    none_found: "No restaurant fits what you look for.",
    all_stores: "See all restaurants",
    choose_a_table: "Choose a table",
    about_the_store: "About the restaurant",
    closing_days: "Closed",
    closed: "closed",
    has_seats: "tables free",
    no_seating: "no tables",
    days: "Choose a day",
    earlier_days: "Two weeks before",
    later_days: "Next two weeks",
    review: "Look over your booking",
    fee_sum: "Total",
    consent_first: "Before you book",
    book_it: "Book this table",
    choose_again: "Choose again",
    not_booked: "Nothing was booked",
    nothing_held: "nothing held",
    is_draft: "This store is not open to guests: nobody sees it, and it takes no new bookings.",
    open_lacks: "This store is open to guests but takes no new bookings, as it needs:",
    draft_lacks: "What it needs before it can open:",
    open_store: "Open to guests",
    closed_that_day: |reason| {
        format!("The restaurant is closed on this day ({reason}). Please choose another.")
    },
    closed_today: |reason| format!("Closed today ({reason})"),
    error_party: |parties| match parties {
        [] => format!("{NO_PARTY}."),
        _ => format!("This restaurant takes parties of {}.", sizes(parties)),
    },
    first_store: |store| format!("What {store} will be told"),
    on_that_day: |day, party| format!("{day}, {party}"),
    closed_on: |reason| format!("Closed that day ({reason})"),
    price_of: |band| format!("price level {band} of 4"),
    parties_of: |parties| match parties {
        [] => NO_PARTY.to_owned(),
        [1] => "1 person".to_owned(),
        _ => format!("{} people", sizes(parties)),
    },
    party_not_taken: |party, parties| match parties {
        [] => NO_PARTY.to_owned(),
        _ => format!("Not for a party of {party} (it takes parties of {})", sizes(parties)),
    },
};
