use crate::words::Money;

pub(super) const WORDS: Money = Money {
    pay_where: "You pay on a page of the payment company. The number of your card reaches neither us nor the restaurant.",
    pay_at_store: "The fee is paid at the restaurant, when you come.",
    unpaid: "Nothing was paid. The table is held until the time below.",
    unopened: "The payment page could not be opened. The table is still held: please wait a little and try again.",
    paid_and_waiting: "Your payment is here, and your table is being booked. It is held for you; we write to you once it is done.",
    not_seen_yet: "We have not heard of your payment yet. If you have paid, please wait a little and look again.",
    look_again: "Look again",
    payments: "Payment",
    paid_on: "Paid",
    gone_back: "Refunded",
    going_back: "Refund under way",
    cancel_fee: "Cancellation fee",
    kept: "Kept",
    pay_difference: "Difference for the change",
    pay_difference_told: "Your booking changes once this is paid. Until then it stays as it is.",
    being_booked: "being booked",
    no_booking: "There is no booking",
    no_booking_told: "Your payment came when the table was no longer held, or the table could not be booked. It goes back to your card.",
    receipt: "Receipt",
    receipt_received: "Received with thanks.",
    receipt_number: "Number",
    receipt_day: "Paid on",
    receipt_what_for: "For",
    receipt_how: "Paid by",
    receipt_by_card: "Credit card",
    receipt_by: "Issued by",
    receipt_name_change: "Change the name",
    receipt_print: "This page can be printed as it is.",
    receipt_nobody: "(no name)",
    go_to_pay: |yen| format!("Go on to pay {yen}"),
    change_held: |yen, until| {
        format!(
            "The new table is held until {until}. Please pay the difference of {yen} by then; until it is paid, your booking stays as it is."
        )
    },
    goes_back: |yen| format!("{yen} goes back to your card."),
    and_goes_back: |said, yen| format!("{said} {yen} goes back to your card."),
    pay_title: |store| format!("Reservation fee, {store}"),
    held_to_pay: |until| {
        format!("The table is held for you until {until}. It is booked once you have paid.")
    },
    difference: |more, until| format!("The difference of {more} is to be paid by {until}."),
    receipt_words: |store| format!("Reservation fee, {store}"),
    receipt_words_off: |store| format!("Cancellation fee, {store}"),
};
