use crate::book::companions::Allergen;
use crate::words::Visit;

pub(super) const WORDS: Visit = Visit {
    book_sees: "What the store can see",
    book_sees_nothing: "You have stopped what goes to stores, so this store is shown nothing about you. Please tell it yourself what it should know, such as an allergy.",
    book_sees_lead: "From the booking until a while after your visit, the store can look at these items, if you have given them to us, and at no others. Each look is recorded on your page.",
    date: "Date",
    party_size: "Party",
    error_time: "This time can no longer be had. Please choose another.",
    booking: "Your booking",
    booking_number: "Booking number",
    cancel: "Cancel the booking",
    cancel_told: "Once you cancel, the store can no longer look at your information for it.",
    hours: "Hours",
    address: "Address",
    telephone: "Telephone",
    fee: "Booking fee",
    fee_none: "None",
    see_times: "See the times",
    no_times_that_day: "No time can be had on this day. Please choose another.",
    not_open_yet: "Bookings for this day have not opened yet",
    full: "full",
    wait_for_it: "join line",
    full_told: "Tap a time that is full to stand in line for it. It costs nothing, and you can leave the line whenever you like.",
    error_full: "The last table has just gone. Choose another time, or wait for a seat.",
    error_too_soon: "It is too late to book this time. Please choose a later one.",
    error_already: "You have a booking at this time already, or one is being changed.",
    error_gone: "This table cannot be had now. Please choose again.",
    held_for_you: "held for you",
    confirm_booking: "Confirm the booking",
    let_go: "Do not book",
    hold_over: "The table is no longer held",
    hold_over_told: "Its time is over, or you let it go. Nothing was charged. Please choose a table again.",
    change_booking: "Change the time or the party",
    change_told: "You keep your table until the new one is certain.",
    done_changed: "Your booking is changed.",
    done_waiting: "You are in line. When a table comes free, it is held for you for 30 minutes; we write to you, and this page tells you.",
    cancel_free: "Cancelling costs nothing.",
    called_off_by_store: "called off by the restaurant",
    waiting: "Waiting for a seat",
    wait_no_more: "Stop waiting",
    notices_read: "I have read this",
    ask_the_store: "Please call the restaurant.",
    do_not_cancel: "Keep the booking",
    cancel_costs_now: "While this page was open, the time in which cancelling is free ended. Please look at what it costs and choose again.",
    change_review: "Review the change",
    until_now: "Your booking now",
    fee_until_now: "Fee now",
    fee_from_now: "Fee after the change",
    change_it: "Change it like this",
    do_not_change: "Do not change",
    fee_is_now: "The fee, or what cancelling costs, is not what you were shown. Please look at it before you go on.",
    change_costs_now: "The fee after the change, or what cancelling costs then, is not what you were shown. Please look at it and choose again.",
    nothing_to_pay: "There is nothing to pay now: it is paid, or the table for the change is no longer held. Your booking is as you see it below.",
    done_kept: "Your booking stays as it was.",
    your_time: "your time",
    same_as_now: "This is your booking as it is. Please choose another time or party.",
    same_hour: "You have another booking at that time",
    same_hour_told: "You can go on all the same. If you do not need one of them, please cancel it soon.",
    notice_letter: "About your booking",
    companions: "Allergies of those you bring",
    companions_for: "The restaurant uses this only to prepare that meal for the people you bring. It is told while the booking stands, and erased when its time is over or you cancel.",
    companions_why: "We ask only what and how many: no names, nothing about who they are, no text of your own, so that nothing is held that points at anybody else.",
    companions_not_hers: "Your own allergies belong here:",
    companions_other: "20 more foods (almond, sesame, soybean and others)",
    companions_not_told: "You have not told us of any yet. If somebody has an allergy, please do.",
    companions_change: "Tell or change their allergies",
    companions_again: " The allergies of those you bring are not kept yet: please choose them again on the next page.",
    companions_allergies: "Allergies of companions",
    companions_fewer: "With fewer people, what you told us of those you bring becomes the following. If somebody who has an allergy stays at home, please choose again below.",
    companions_more: "More people come then. If somebody new has an allergy, please add it below; the restaurant is told what you choose.",
    companions_all_go: "You come alone then, so what you told us of those you bring is erased.",
    never_was_told: "It was not booked yet: nothing was paid, and there is nothing to pay.",
    erased: "erased",
    nobody: "Nobody",
    error_allergen: "This is not on the list. Choose from the list, or tell the restaurant directly.",
    done_companions: "What you told us of those you bring is saved.",
    clock_is: |clock| format!("All times are {clock}."),
    fee_terms: |yen, hours, percent| {
        if percent == 0 {
            format!("{yen} a person; cancelling costs nothing")
        } else {
            format!(
                "{yen} a person; cancelling is free until {hours} hours before, then {percent}%"
            )
        }
    },
    free_until: |until, percent| {
        if percent == 0 {
            "Cancelling costs nothing.".to_owned()
        } else {
            format!("Cancelling is free until {until}; after that it costs {percent}% of the fee.")
        }
    },
    free_over: |percent| {
        format!(
            "It is too late to cancel free of charge: cancelling costs {percent}% of the booking fee."
        )
    },
    change_over: |until| {
        format!("This booking could be changed until {until}. It can still be cancelled.")
    },
    all_over: |until| format!("This booking could be changed or cancelled until {until}."),
    change_pays: |more, minutes| {
        format!(
            "The change is made once you have paid the difference of {more}. The new table is held for {minutes} minutes; until then your booking stays as it is."
        )
    },
    held_told: |until| format!("The table is held for you until {until}. It is not booked yet."),
    cancel_costs: |yen| format!("Cancelling now costs {yen}."),
    error_companions: |most| format!("Choose how many of the people you bring: up to {most}."),
    waiting_before: |count| match count {
        0 => "you are next".to_owned(),
        1 => "1 party before you".to_owned(),
        count => format!("{count} parties before you"),
    },
    notice_called_off: |store, at| {
        format!("{store} had to call off your booking on {at}. We are sorry; it costs you nothing.")
    },
    notice_offered: |store, at| {
        format!("A table at {store} on {at} came free. Confirm it while it is held for you.")
    },
    notice_offered_until: |store, at, until| {
        format!(
            "A table at {store} on {at} came free. It is held for you until {until}: please confirm it by then. Afterwards it goes to the next in line."
        )
    },
    notice_offer_over: |store, at| {
        format!("The table at {store} on {at} was held long enough and went to the next in line.")
    },
    notice_line_closed: |store, at| {
        format!(
            "{store} is closed on the day of {at}, for which you were waiting. Your place in line is over; it costs you nothing."
        )
    },
    notice_paid_off: |store, at| {
        format!(
            "Your payment for {store} on {at} came when the restaurant had called the booking off. There is no booking."
        )
    },
    notice_reason: |told, reason| format!("{told} The restaurant’s reason: {reason}"),
    notice_paid_late: |store, at| {
        format!(
            "Your payment for {store} on {at} came when the table was no longer held. There is no booking."
        )
    },
    notice_paid_twice: |store, at| {
        format!("The fee for {store} on {at} was paid twice. Your booking stays as it is.")
    },
    notice_not_changed: |store, at| {
        format!("Your booking at {store} could not be changed to {at}. It stays as it was.")
    },
    notice_not_booked: |store, at| {
        format!("Your table at {store} on {at} could not be booked. We are sorry.")
    },
    hold_it: |minutes| format!("Hold this table for {minutes} minutes"),
    not_booked_told: |store| {
        format!("No table was booked, {store} has been told nothing, and nothing of this was kept.")
    },
};

pub(super) fn allergen(of: Allergen) -> &'static str {
    match of {
        Allergen::Shrimp => "Shrimp",
        Allergen::Crab => "Crab",
        Allergen::Walnut => "Walnut",
        Allergen::Wheat => "Wheat",
        Allergen::Buckwheat => "Buckwheat",
        Allergen::Egg => "Egg",
        Allergen::Milk => "Milk",
        Allergen::Peanut => "Peanut",
        Allergen::Almond => "Almond",
        Allergen::Abalone => "Abalone",
        Allergen::Squid => "Squid",
        Allergen::SalmonRoe => "Salmon roe",
        Allergen::Orange => "Orange",
        Allergen::Cashew => "Cashew",
        Allergen::Kiwi => "Kiwi fruit",
        Allergen::Beef => "Beef",
        Allergen::Sesame => "Sesame",
        Allergen::Salmon => "Salmon",
        Allergen::Mackerel => "Mackerel",
        Allergen::Soybean => "Soybean",
        Allergen::Chicken => "Chicken",
        Allergen::Banana => "Banana",
        Allergen::Pork => "Pork",
        Allergen::Macadamia => "Macadamia",
        Allergen::Peach => "Peach",
        Allergen::Yam => "Yam",
        Allergen::Apple => "Apple",
        Allergen::Gelatine => "Gelatine",
    }
}
