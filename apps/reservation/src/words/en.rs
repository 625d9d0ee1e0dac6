//! English, plain and short, for guests and stores alike.

use super::{Words, grouped};
use crate::book::companions::Allergen;
use crate::book::stores::Lacks;
use crate::edit::What;
use crate::import::Plain;
use crate::language::Language;
use crate::when;

pub(super) static WORDS: Words = Words {
    service: "Sample Reservations",
    skip: "Skip to the content",
    nav: "Menu",
    nav_me: "My page",
    nav_tonight: "Tonight’s bookings",
    sign_in: "Sign in",
    sign_out: "Sign out",
    sign_up: "Sign up",
    sample_note: "This is a sample service. Its stores and guests do not exist.",
    for_stores: "For stores",
    to_front_page: "To the front page",
    to_my_page: "To my page",
    back: "Back",
    colon: ": ",
    comma: ", ",

    home_page: "Book a table",
    home_title_first: "Book a table.",
    home_title_then: "See where your information goes.",
    home_lead: "A store sees only what your booking needs, and only while there is a booking. Each look is recorded, for you to read at any time.",
    home_begin: "Sign up",
    your_table_tonight: "Your table tonight",
    stores: "Stores",
    no_stores: "No store takes bookings at the moment.",
    tonight_over: "No more tables tonight; book from tomorrow",
    promise: "How your information is handled",
    promise_held: "Held in trust",
    promise_held_text: "Your name and your allergies are kept under lock. This reservation service holds no copy of any of them.",
    promise_asked: "Asked each time",
    promise_asked_text: "Whenever a store looks, consent, booking and purpose are checked anew. If one is missing, nothing is shown.",
    promise_seen: "On record",
    promise_seen_text: "Who received what, and when: your page shows it, from a ledger that nobody can rewrite afterwards.",
    read_the_policy: "Read the privacy policy",

    required: "required",
    optional: "optional",
    used_for: "Used for",
    used_for_all: "What every item here is for",
    only_if_agreed: " (only if you agree)",
    form_has_errors: "Please look at the following. What you typed is still here.",
    save: "Save",
    edit: "Edit",
    email: "E-mail address",
    password: "Password",
    error_empty: "Please fill this in.",
    error_not_an_email: "This does not look like an e-mail address, such as name@example.com.",
    error_not_a_phone: "This does not look like a telephone number, such as +81\u{a0}90\u{a0}1234\u{a0}5678.",
    error_taken: "This address cannot be used. If you have signed up before, please sign in.",
    error_too_long: "This is too long. Please shorten it.",
    error_too_short: "This is too short. Please make it longer.",
    error_other: "This cannot be accepted as it is. Please check it.",
    error_choose: "Please choose one.",
    error_needs_consent: "We may hold this only with your consent. If you do not agree, leave the field above empty.",
    error_password_again: "Please type your password. For safety it is never sent back to this page.",

    sign_in_both: "Please type your e-mail address and your password.",
    sign_in_failed: "That did not work. Please check what you typed.",
    sign_in_wait: "There were many tries. Please wait; you can try again in about 15 minutes.",
    signed_out: "You are signed out.",
    no_account_yet: "New here?",
    staff_login: "Login",

    forgot: "Forgot your password?",
    forgotten: "You forgot your password",
    forgotten_lead: "Please type the e-mail address with which you signed up. We send a code to it, with which you choose a new password.",
    send_code: "Send a code",
    send_code_again: "Send another code",
    choose_password: "Choose a new password",
    code_sent: "If there is an account with this address, a letter with a code is on its way to it.",
    code_hint: "The six digits in the letter. They hold for ten minutes and five tries.",
    no_code: "No letter? One goes out each minute, and six a day. Please look among unwanted mail, too.",
    wrong_code: "This code does not fit, or holds no longer. Please check it, or have another one sent.",
    old_password: "Password until now",
    change_password: "Change the password",
    password_lead: "When you change your password, you are signed out everywhere else, and we write to you that it was changed.",
    wrong_password: "This is not the password until now. Please check what you typed.",
    done_password: "Your password is the new one. Everywhere else you are signed out.",
    letter_code: "Your code for a new password",
    letter_code_not_you: "If you did not ask for this, you need do nothing: without the code your password stays as it is. Please tell the code to nobody; we never ask for it.",
    letter_known: "You have an account with this address",
    letter_known_told: "Somebody began to sign up with this address. You have an account already and need no new one: please sign in. If you forgot your password, choose another one by “Forgot your password?” where you sign in.",
    letter_known_not_you: "If this was not you, you need do nothing. Your account is as it was, and whoever tried has seen nothing of what is in it.",
    letter_password: "Your password was changed",
    letter_password_not_you: "If this was not you, please choose another password at once, by “Forgot your password?” where you sign in, and tell us.",

    sign_up_about_you: "About you",
    sign_up_at_the_table: "At the table",
    sign_up_all_optional: "All of this is optional. You can add or change it later.",
    sign_up_others_optional: "Apart from your parent or guardian, all of this is optional. You can add or change it later.",
    email_hint: "If you have an account with this address already, we write to it and say so.",
    sign_up_consent: "Your consent",
    sign_up_submit: "Sign up",
    sign_up_kept_where: "Until you sign up, nothing you type here is kept anywhere.",
    phone_hint: "As you write it at home. Numbers of other countries begin with +.",
    allergy_hint: "The first thing a store checks. For example: buckwheat, peanuts",
    password_hint: "12 characters or more are a good choice. No store ever learns it.",
    residence: "Country you live in",
    residence_hint: "It decides which law applies.",
    residence_jp: "Japan",
    residence_eea: "European Economic Area",
    residence_uk: "United Kingdom",
    residence_other: "Elsewhere (Japanese law applies)",
    agree: "I agree",
    do_not_agree: "I do not agree",
    policy_changed: "The wording changed while you were here. Please read it as it is now and answer again.",
    refused_title: "You cannot use the service",
    refused_nothing_kept: "Nothing of what you typed has been kept.",
    refused_think_again: "Back to the form",

    bookings: "Bookings",
    no_bookings: "You have no bookings yet.",
    find_a_table: "Find a table",
    cancelled: "cancelled",
    over: "over",
    looks: "Who received what",
    looks_lead: "Each time a store looks at your information, a line is added here. Looks that were refused are listed too.",
    no_looks: "Nobody has received anything yet.",
    look_received: "received",
    look_unreadable: "This record is damaged and cannot be read; please ask us",
    look_nothing: "received nothing",
    look_refused: "refused",
    purpose: "Purpose",
    proof: "Proof",
    proof_how: "You can keep a copy of this record. With it you can check, without relying on us, that nobody has changed the record since.",
    proof_keep: "Keep a copy",
    proof_file: "See the ledger’s proof alone",
    proof_how_to_check: "1. Decode record and salt in `opening` from base64. The SHA-256 of the line `azukari record v1` with its line feed, then the salt, then the record, in base64, is the commitment. 2. The line `extra` of the proof, decoded from base64, is the ledger entry: it carries that commitment and no personal information. 3. The proof, a C2SP tlog-proof, leads from that entry to the signed ledger.",
    policy_then: "Privacy policy at that time",
    newest: "To the newest",
    older: "Earlier records",
    held: "What is held about you",
    held_lead: "Showing it to you here is recorded as a use, too.",
    held_requests: "Ask to see, correct, stop or erase your information",
    still_right: "Is this still right?",
    yes_still_right: "Yes, still right",
    not_held: "What else you can add",
    withheld_withdrawn: "You withdrew your consent, so this is neither shown nor used",
    consents: "Your consents",
    consent_given: "agreed",
    consent_again: "The privacy policy has changed in a way that touches this consent. Please read the words and answer again. Until you do, nothing is used under the new words.",
    consent_withdrawn: "withdrawn",
    consent_refused: "not agreed",
    consent_open: "not answered yet",
    consent_ended: "ended",
    consent_wording: "The wording",
    withdraw: "Withdraw consent",
    withdraw_condition: "Once you withdraw it, you cannot make new bookings.",
    withdraw_store: "For those you have, the stores can no longer look at your information.",
    agree_again: "Agree again",
    done_welcome: "Welcome. Your account is open.",
    done_item: "Saved.",
    done_confirmed: "Thank you. We have noted that it is still right.",
    done_given: "Your consent is recorded.",
    done_withdrawn: "Your withdrawal is recorded and takes effect now.",
    done_cancelled: "Your booking is cancelled. The store can no longer look at your information for it.",
    done_booked: "Your table is booked.",

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
    hold_over: "The hold is over",
    hold_over_told: "The table is no longer held, and nothing was charged. Please choose a table again.",
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
    fee_is_now: "The fee is not what you were shown. Please look at it before you go on.",
    change_costs_now: "The fee after the change is not what you were shown. Please look at it and choose again.",
    nothing_to_pay: "There is nothing to pay now: it is paid, or the table for the change is no longer held. Your booking is as you see it below.",
    done_kept: "Your booking stays as it was.",
    same_hour: "You have another booking at that time",
    same_hour_told: "You can go on all the same. If you do not need one of them, please cancel it soon.",
    letter_offered: "A table came free",
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
    nobody: "Nobody",
    error_allergen: "This is not on the list. Choose from the list, or tell the restaurant directly.",
    done_companions: "What you told us of those you bring is saved.",

    go_to_pay: "Go on to pay",
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
    money_only: "There is no booking",
    money_only_told: "Your payment came when the table was no longer held, or the table could not be booked. It goes back to your card.",
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

    tonight: "Tonight",
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

    passkeys: "Passkeys",
    passkeys_told: "With a passkey you sign in by the fingerprint, face or screen lock of this device instead of a password. It does not work on look-alike sites. Only a public key is kept here.",
    passkey_add: "Make a passkey on this device",
    passkey_added: "The passkey is kept.",
    passkey_end: "End this passkey",
    passkey_made: "Made",
    passkey_used: "last used",
    no_passkeys: "There is no passkey yet.",
    passkeys_need_script: "Making a passkey needs JavaScript in your browser.",
    passkeys_not_here: "Passkeys do not work at this address. They do at the usual address, which begins with https://.",
    passkey_sign_in: "Sign in with a passkey",
    passkey_failed: "That did not work. Please try again.",
    passkey_unknown: "You are not signed in",
    passkey_unknown_told: "This passkey is not known here, or was ended. Please sign in another way.",

    new_password: "New password",
    new_password_hint: "12 characters or more; longer is safer.",
    one_time_code: "One-time code",
    one_time_code_hint: "The six digits that the authenticator app shows now.",
    error_code: "The code does not fit. Please type the six digits that the app shows now.",
    factor_lost_operator: "If you forgot the password or lost the authenticator app, tell another operator, who can give you a new invitation.",
    factor_lost: "If you forgot the password or lost the authenticator app, tell your manager, who can give you a new invitation.",
    invitation: "Invitation",
    code_to_scan: "The code for the authenticator app to scan",
    authenticator: "Authenticator app",
    authenticator_told: "Scan this code with an authenticator app on a phone.",
    authenticator_here: "Open it in the app on this device",
    authenticator_by_hand: "If it cannot be scanned, type this key (time-based, six digits, 30 seconds).",
    take_up: "Take it up and sign in",
    staff: "Staff",
    add_staff: "Add somebody",
    staff_login_hint: "2 to 40 small letters, digits and hyphens, such as sumire-hall. It need not be a name.",
    as_manager: "As a manager, who adds and ends staff",
    manager: "manager",
    invite: "Invite",
    invite_anew: "Invite anew",
    invite_anew_told: "Inviting somebody anew ends the password, the authenticator app and the passkeys of before at once.",
    end_staff: "End",
    no_staff: "Nobody yet.",

    room_items: "Your information",
    room_looks: "Who saw it",
    room_requests: "Requests",
    past_bookings: "Earlier bookings",
    requests_lead: "At any time you can ask for the following about your own information, and follow each request by its number.",
    request_see: "To see it",
    request_see_told: "You receive a copy of what is held, and of the records about it.",
    request_correct: "To correct it",
    request_correct_told: "Mistakes are put right. Most items you can change yourself, under “Your information”.",
    request_stop: "To stop its use",
    request_stop_told: "Its use, or its way to others, is stopped: for one purpose, for one recipient, or altogether.",
    request_erase: "To erase it",
    request_erase_told: "What is held is erased, and whoever received it is told.",
    request_begin: "Go to the request pages",
    sign_in_first: "Please sign in to go on where you were: what you typed is kept in this page.",
    welcome_back: "Welcome back",
    nothing_lost: "Nothing of what you typed was lost. You can go on from here.",
    go_on: "Go on",

    next: "Next",
    steps: "Steps",
    representative_lead: "At your age a parent or legal guardian has to agree as well. We ask by e-mail; once your parent or guardian has agreed, you can book.",
    representative_name: "Name of your parent or guardian",
    representative_email: "E-mail address of your parent or guardian",
    representative_hint: "Not your own address. We use it for this question alone and erase it once it is answered.",
    error_representative: "Please give the name and e-mail address of your parent or guardian.",
    error_after_representative: "We can hold this once your parent or guardian has agreed. Please leave it empty here and add it on your page afterwards.",
    representative_needed: "At your age a parent or legal guardian has to agree to this as well. Please give the name and e-mail address below.",
    representative_on_her_page: "At your age a parent or legal guardian has to agree to this as well. You can have them asked on your page, under “Your consents”.",
    done_asked: "We write to your parent or guardian and ask for their consent.",
    consent_waits: "Waiting for your parent or guardian",
    sign_up_more: "A little more",
    receipt_name_hint: "Only where it differs from your name, such as a company’s.",
    phone_country: "Country of the telephone number",
    error_not_a_date: "There is no such day. For example: 2000-02-29",
    error_impossible_date: "This cannot be a date of birth. Please check the year.",
    error_own_address: "This is your own address. Please give that of your parent or guardian.",
    error_future: "This day is still to come. Please check the year.",

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

    restaurant: "Restaurant",
    when: "When",
    clock: "Clock",
    change_or_cancel: "Change or cancel",
    letter_cost_nothing: "It costs you nothing.",
    letter_looks: "Each time the restaurant looks at your information, it is recorded on your page. You can change or cancel the booking there, too.",

    room_stops: "Stop use",
    stops_lead: "What you stop here stops at once. You can allow it again at any time.",
    stop_it: "Stop",
    allow_again: "Allow again",
    stopped: "stopped",
    in_use: "not stopped",
    all_stopped: "All use of your information is stopped.",
    stop_other_hint: "While it is stopped it is not done, even where you have agreed to it.",
    stop_stores: "What restaurants receive",
    stop_stores_hint: "While it is stopped, no restaurant sees your information, not even one you have booked, and none is told of your allergies.",
    stop_more: "To stop other purposes, or everything, please make a request.",
    done_stopped: "Stopped. It holds from now on.",
    done_allowed: "Allowed again.",
    room_links: "Linked services",
    links_lead: "What other services passed on to us with your leave.",
    no_links: "No service is linked.",
    linked_at: "Linked",
    granted: "What you allowed there",
    passed_on: "What came in",
    unlink: "Unlink",
    unlink_told: "When you unlink, what came in by this link is erased. What you have entered yourself since stays.",
    done_unlinked: "Unlinked, and what came in by it is erased.",
    other_ways: "Go on with another service",
    link_known: "I have an account: sign in and link",
    link_known_told: "An account with the same e-mail address is never joined to it by itself. If you have one, sign in as usual, and link it then.",
    link_anew: "Take in anew what you allow",
    link_anew_told: "What came in before and is not taken in now is erased.",
    link_review_lead: "Nothing is kept yet. Choose what we take in.",
    link_id: "your ID there",
    link_id_told: "It is how we know you when you sign in, so a link cannot do without it.",
    link_not_granted: "What you did not allow (we do not take it in)",
    link_not_told: "What is not there at the service",
    link_sign_up: "Open a new account",
    link_stop: "Never mind",
    link_again: "Try again",
    link_by_password: "Sign in with e-mail and password",
    link_away_told: "Please try again in a while. Signing in with e-mail and password works as usual.",
    link_unproven_told: "We could not make sure that its answer is right, so you are not signed in and nothing is linked or kept.",
    link_declined: "You did not allow it, so we stopped",
    link_declined_told: "Nothing came to us from the service.",
    link_over: "This is over",
    link_over_told: "It took too long, was finished already, or began in another browser. Nothing is kept of it.",
    link_another_told: "It is linked with another account already. Sign in to that account, or end the link there first.",
    link_another_id_told: "End the link that there is, and try again.",
    granted_nothing: "Signing in alone",
    done_linked: "Linked.",
    not_linked: "Your account is open, but the service could not be linked. Please try again with the button below.",

    room_sign_ins: "Sign-ins",
    sign_ins_lead: "Each try to sign in is noted, whether it worked or not. If one of them was not you, please tell us.",
    no_sign_ins: "Nothing is noted yet.",
    by_code: "one-time code",
    by_link: "linked service",
    by_passkey: "passkey",
    signed_in: "signed in",
    not_signed_in: "failed",
    device_phone: "phone",
    device_tablet: "tablet",
    device_computer: "computer",
    device_other: "other device",

    reason_consent_withdrawn: "The consent to share with stores has been withdrawn.",
    reason_consent_missing: "There is no consent to share with stores.",
    reason_dietary_withdrawn: "The consent about allergies has been withdrawn.",
    reason_dietary_missing: "There is no consent about allergies.",
    reason_other_notice: "The consent was given to an older wording and has not been renewed.",
    reason_restricted: "Use has been stopped at the guest’s request.",
    reason_visit_over: "The visit is over, and with it the time for looking.",
    reason_cancelled: "The booking was cancelled.",
    reason_no_booking: "There is no booking in force.",
    reason_suspended: "This store may receive nothing for now.",
    reason_account_closed: "The account has been closed.",
    reason_other: "The conditions for sharing are not met.",

    fault_not_found: "There is no such page",
    fault_not_found_told: "The address may have changed, or the page is not one you may see.",
    fault_elsewhere: "This was not accepted",
    fault_elsewhere_told: "For safety, forms are accepted only from this site’s own pages. Please try again from there.",
    fault_unreadable: "This was not accepted",
    fault_unreadable_told: "What was sent could not be read. Please go back and try again.",
    fault_away: "We cannot reach your information just now",
    fault_away_told: "The place that holds it does not answer. Nothing is lost. Please wait a little and try again.",
    fault_away_kept_told: "The place that holds it does not answer. Nothing was saved. What you typed is still on this page: wait a little, then use the button to try again.",
    fault_again: "Try again",
    fault_closed: "Your account is closed",
    fault_closed_told: "What was held about you has been erased. To use the service again, please sign up anew.",
    fault_too_many: "One moment, please",
    fault_too_many_told: "There were many requests in a short time. Please wait a little and try again.",
    fault_broken_title: "We are sorry",
    is_draft: "This store is not open to guests: nobody sees it, and it takes no new bookings.",
    draft_lacks: "What it needs before it can open:",
    open_store: "Open to guests",
    operator: "For operators",
    new_store: "Add a store",
    import: "Take in a file",
    keys: "API keys",
    not_listed: "not listed",
    on_this_store: "About this store",
    about_store: "The store",
    tables: "Tables",
    seatings: "Seatings",
    what_people_read: "What guests read",
    rules_of_booking: "Rules for bookings",
    for_the_register: "For the register of recipients",
    yes: "Yes",
    no: "No",
    tables_told: "Tables that are alike share a row. A row whose name you clear goes away. Bookings that have a seat are given one of the new tables.",
    tables_joined_told: "“Joined” is how many of these tables may be put together for a larger party; 1 for none.",
    seatings_told: "Write times such as 17:30 18:00, or a span such as 17:30-20:30/30 for every half hour. A day left empty seats nobody.",
    close_day: "Close this day",
    call_them_off: "Call them off and tell the guests",
    keep_them: "Keep the bookings",
    closing_is_held: "held, not booked yet",
    closing_is_offered: "offered to somebody who waits",
    closing_if_off: "If they are called off",
    closing_if_kept: "If you keep them, bookings and payments stay as they are, and what is held or offered can still be booked until its time is over. No new bookings are taken.",
    refunds: "Refunds that failed",
    no_refunds: "No refund has failed.",
    refunds_lead: "The payment platform says that these refunds came to nothing, most often because the card was closed or replaced. The guests do not have their money yet.",
    refunds_look: "Look the number at the platform up on the platform’s own pages, and see why.",
    refunds_retry: "Where the reason passes, such as a balance that was too low, put it right and choose “Refund again”.",
    refunds_otherwise: "Where the card takes nothing any more, get in touch with the guest, pay the money back in another way, such as by bank transfer, and choose “Paid back in another way”. Your login stays on record with it.",
    refund_again: "Refund again",
    refund_by_hand: "Paid back in another way",
    number_at_platform: "Number at the platform",
    failed_on: "Known since",
    no_closing_days: "No closing days are coming.",
    open_day: "Open again",
    import_told: "Takes in stores or tables as CSV, in UTF-8 or Shift_JIS. If anything is wrong, nothing is taken in.",
    file: "File",
    columns: "Columns",
    columns_of_stores: "For stores, with these names in the first line, in any order; columns with a usual value may be left out:",
    columns_of_tables: "For tables; they replace all tables of the stores in the file:",
    key_made: "The key is made. It is shown this once: keep it somewhere safe.",
    keys_told: "A program with a key may do what these pages do.",
    key_name_hint: "Letters, digits and hyphens, such as site-2026",
    make_key: "Make a key",
    end_key: "End this key",
    more_purposes: |count| format!("and {count} more"),
    tonight_is: |day| format!("Tonight is {day}"),
    party: |party| if party == 1 { "1 person".to_owned() } else { format!("{party} people") },
    sign_up_lead: |controller| {
        format!(
            "This is what {controller} will hold for you. What each item is for stands beside it."
        )
    },
    representative_waits: |day| {
        format!(
            "We have written to your parent or guardian, who can answer until {day}. You can book once your parent or guardian has agreed."
        )
    },
    sign_up_consent_version: |version| {
        let day = when::version(version, Language::En);
        let day = day.as_deref().unwrap_or(version);
        format!("These questions are about the privacy policy, version of {day}.")
    },
    confirm_item: |label| format!("{label}: yes, still right"),
    consent_seen: |consent| format!("What you were shown when you gave the consent “{consent}”"),
    version_of: |date| format!("version of {date}"),
    edit_item: |label| format!("Edit: {label}"),
    proof_number: |index| format!("Ledger number {index}"),
    kept_until: |date| format!("This record is kept until {date}."),
    held_delete: |desk| format!("To have something erased or its use stopped, write to {desk}:"),
    consents_lead: |version| {
        format!("You can withdraw a consent at any time. The wording now is the {version}.")
    },
    error_date: |days| format!("Please choose a day within {days} days from today."),
    add_item: |label| format!("Add: {label}"),
    tonight_count: |bookings, guests| {
        let bookings_word = if bookings == 1 { "booking" } else { "bookings" };
        let guests_word = if guests == 1 { "guest" } else { "guests" };
        format!("{bookings} {bookings_word}, {guests} {guests_word}")
    },
    tonight_recorded: |login, at| {
        format!("Opened by {login} on {at}. Each look is recorded and shown to the guest.")
    },
    more_looks_today: |count| {
        format!("and {count} more {} today", if count == 1 { "look" } else { "looks" })
    },
    more_looks_that_day: |count| {
        format!("and {count} more {} that day", if count == 1 { "look" } else { "looks" })
    },
    clock_is: |clock| format!("All times are {clock}."),
    closed_that_day: |reason| {
        format!("The restaurant is closed on this day ({reason}). Please choose another.")
    },
    closed_today: |reason| format!("Closed today ({reason})"),
    error_party: |from, to| format!("This restaurant takes parties of {from} to {to}."),
    yen: |yen| format!("¥{}", grouped(yen)),
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
    notice_paid_late: |store, at| {
        format!(
            "Your payment for {store} on {at} came when the table was no longer held. There is no booking."
        )
    },
    notice_paid_twice: |store, at| {
        format!("The fee for {store} on {at} was paid twice. Your booking stays as it is.")
    },
    notice_not_changed: |store, at| {
        format!("Your booking at {store} on {at} could not be changed. It stays as it was.")
    },
    notice_not_booked: |store, at| {
        format!("Your table at {store} on {at} could not be booked. We are sorry.")
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
    at_table: |table, count| match count {
        1 => format!("table {table}"),
        count => format!("table {table}, {count} together"),
    },
    request_desk: |desk| format!("You can also write to {desk}:"),
    first_store: |store| format!("What {store} will be told"),
    on_that_day: |day, party| format!("{day}, {party}"),
    closed_on: |reason| format!("Closed that day ({reason})"),
    price_of: |band| format!("price level {band} of 4"),
    parties_of: |from, to| format!("{from} to {to} people"),
    party_not_taken: |party, from, to| {
        format!("Not for a party of {party} (it takes {from} to {to} people)")
    },
    month: |month| {
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
            .get(usize::from(month.unsigned_abs()).wrapping_sub(1))
            .copied()
            .unwrap_or_default()
            .to_owned()
    },
    hold_it: |minutes| format!("Hold this table for {minutes} minutes"),
    not_booked_told: |store| {
        format!("No table was booked, {store} has been told nothing, and nothing of this was kept.")
    },
    invited_as: |login| {
        format!(
            "This is for {login}. Choose a password and let an authenticator app know it. The page works once."
        )
    },
    invitation_made: |login| {
        format!(
            "Hand this link to {login}. It is shown this once, and works once, within 72 hours."
        )
    },
    invited_until: |at| format!("invited until {at}"),
    webhook_since: |at, waiting| format!("In use since {at}. Waiting to be sent: {waiting}"),
    webhook_given_up: |count| {
        format!(
            "Nobody took {count} of them in five days. Put the address again to send them once more."
        )
    },
    field: |name| {
        match name {
            "slug" => "Name in addresses",
            "name_ja" => "Name (Japanese)",
            "name_en" => "Name (English)",
            "description_ja" => "Description (Japanese)",
            "description_en" => "Description (English)",
            "area_ja" => "Area (Japanese)",
            "area_en" => "Area (English)",
            "cuisine_ja" => "Cuisine (Japanese)",
            "cuisine_en" => "Cuisine (English)",
            "hours_ja" => "Hours (Japanese)",
            "hours_en" => "Hours (English)",
            "address_ja" => "Address (Japanese)",
            "address_en" => "Address (English)",
            "phone" => "Telephone",
            "country" => "Country",
            "picture" => "Picture",
            "price_band" => "Prices",
            "time_zone" => "Time zone",
            "party_min" => "Smallest party",
            "party_max" => "Largest party",
            "seating_minutes" => "Minutes at the table",
            "notice_minutes" => "Minutes before, at the latest",
            "days_ahead" => "Days ahead, at most",
            "hold_minutes" => "Minutes that a table is held",
            "fee_yen" => "Fee a person, in yen",
            "free_until_hours" => "Hours before, free to cancel",
            "late_percent" => "Percent of the fee after that",
            "listed" => "Listed",
            "representative" => "Representative",
            "name" => "Name",
            "seats_from" => "Seats from",
            "seats_to" => "Seats to",
            "count" => "Tables",
            "joins" => "Joined",
            "date" => "Date",
            "reason_ja" => "Reason (Japanese)",
            "reason_en" => "Reason (English)",
            "monday" => "Monday",
            "tuesday" => "Tuesday",
            "wednesday" => "Wednesday",
            "thursday" => "Thursday",
            "friday" => "Friday",
            "saturday" => "Saturday",
            "sunday" => "Sunday",
            other => other,
        }
        .to_owned()
    },
    field_hint: |name| {
        match name {
        "slug" => "Small letters, digits and hyphens, such as sumire; it cannot be changed later",
        "time_zone" => "Such as Asia/Tokyo or Europe/Paris",
        "phone" => "As in the store's country, or with + and the country's code; guests see it. For example: 03-0000-0001",
        "country" => "Two letters, such as JP",
        "representative" => "Needed for a new store and whenever name, address or country change. It goes to the register of recipients and is not kept here.",
        _ => "",
    }.to_owned()
    },
    motif: |name| {
        match name {
            "wave" => "Waves",
            "leaf" => "Leaves",
            "maple" => "Maple",
            "plum" => "Plum",
            "grain" => "Grain",
            "night" => "Night",
            other => other,
        }
        .to_owned()
    },
    wrong: |what| {
        match what {
        What::Missing => "Please fill this in.".to_owned(),
        What::TooLong(most) => format!("Please use at most {most} characters."),
        What::NotANumber(from, to) => format!("Please give a whole number from {from} to {to}."),
        What::NotAName => {
            "Please use 2 to 40 small letters, digits and hyphens, with a letter first.".to_owned()
        }
        What::NotAPurpose => "Please state reservation or meal.".to_owned(),
        What::NotAPhone => {
            "This is no telephone number. Please write it as in the store's country, or with + and the country's code.".to_owned()
        }
        What::NotAnAddress => "Please give an address by https, or by http within your own network, without a password.".to_owned(),
        What::NotAZone => {
            "No time zone of this name is known. Send one such as Asia/Tokyo.".to_owned()
        }
        What::NotAMotif => "Please choose wave, leaf, maple, plum, grain or night.".to_owned(),
        What::NotACountry => "Please give two capital letters, such as JP.".to_owned(),
        What::NotADate => "Please give a day of the calendar, such as 2026-11-22.".to_owned(),
        What::Past => "A day that is over cannot be closed. Give today or a day to come.".to_owned(),
        What::NotTimes => {
            "These are not times. Write 17:30 18:00, or a span such as 17:30-20:30/30.".to_owned()
        }
        What::NotReady(Lacks { tables, seatings }) => {
            let needed = match (tables, seatings) {
                (true, true) => "tables and seatings",
                (true, false) => "tables",
                _ => "seatings",
            };
            format!("A store needs {needed} before it can open. Save it with “no”, give it its {needed}, then open it.")
        }
        What::NotYesNo => "Please say yes or no.".to_owned(),
        What::ControlCharacter => {
            "There is a tab, a line break or the like in it. Please use one line.".to_owned()
        }
        What::Backwards => "This is smaller than the smallest party.".to_owned(),
        What::TooSmallAFee(least) => format!("Please give 0, or {least} or more."),
        What::MoreThanThereAre => "This is more than there are tables.".to_owned(),
        What::Twice => "There is one of this name already. Please choose another.".to_owned(),
        What::NoSuchStore => {
            "There is no store of this name in addresses. Add the store first.".to_owned()
        }
        What::UnknownField => "No field has this name. Please check how it is written.".to_owned(),
        What::TooMany(most) => format!("Please send at most {most}."),
        What::NotTaken(Some(words)) => {
            format!("The register of recipients does not take it: {words}")
        }
        What::NotTaken(None) => {
            "The register of recipients does not take it. Please check it.".to_owned()
        }
    }
    },
    guest_after: String::new,
    in_row: |row, field| format!("{field}, row {row}"),
    tables_in_use: |numbers| {
        format!("This would take the tables of these bookings away: {}", numbers.join(", "))
    },
    done_called_off: |count| match count {
        1 => "Saved. 1 booking was called off.".to_owned(),
        _ => format!("Saved. {count} bookings were called off."),
    },
    day_has_bookings: |count| match count {
        1 => "There is 1 booking on this day. What is to become of it?".to_owned(),
        count => format!(
            "There are {count} bookings on this day, held tables among them. What is to become of them?"
        ),
    },
    closing_is_paid: |yen| format!("paid {yen}"),
    closing_paid: |count, yen| {
        format!("Bookings that are paid for: {count}. All of {yen} goes back to the cards.")
    },
    closing_booked: |count| {
        format!(
            "Bookings without a payment: {count}. They cost the guests nothing, and no money moves."
        )
    },
    closing_held: |count| {
        format!(
            "Tables that are held: {count}. They are let go of. Nothing was paid; what is paid in that very moment goes back in full."
        )
    },
    closing_offered: |count| {
        format!("Offers to those who wait: {count}. They are withdrawn. Nothing was paid.")
    },
    refunds_failed: |count| match count {
        1 => "1 refund has failed. Please look at it.".to_owned(),
        count => format!("{count} refunds have failed. Please look at them."),
    },
    imported: |stores, tables| match (stores, tables) {
        (0, tables) => format!("Tables taken in: {tables} rows."),
        (stores, _) => format!("Stores taken in: {stores}."),
    },
    file_refused: |why| {
        match why {
        Plain::NotText => "This is no CSV in UTF-8 or Shift_JIS. Nothing was taken in.".to_owned(),
        Plain::NoHeader => "The first line does not name the columns: stores need one called slug, tables one called store. Nothing was taken in.".to_owned(),
        Plain::TooManyRows(most) => format!("Please split it into files of at most {most} rows. Nothing was taken in."),
        Plain::InTheWay(numbers) => {
            format!("Nothing was taken in, as it would take the tables of these bookings away: {}", numbers.join(", "))
        }
    }
    },
    file_has_faults: |count| match count {
        1 => "Nothing was taken in, as one place is wrong.".to_owned(),
        count => format!("Nothing was taken in, as {count} places are wrong."),
    },
    line_and_column: |line, column| match column {
        0 => format!("Line {line}"),
        column => format!("Line {line}, column {column}"),
    },
    letter_code_told: |code| {
        format!("With the code {code} you choose a new password. It holds for ten minutes.")
    },
    letter_password_told: |at| {
        format!("Your password was changed: {at}. You are signed out everywhere else.")
    },
    letter_made: |store| format!("Your booking at {store}"),
    letter_made_told: |store| {
        format!("Your table at {store} is booked. The restaurant looks forward to your visit.")
    },
    letter_moved: |store| format!("Your booking at {store} has changed"),
    letter_moved_told: |store| format!("Your booking at {store} is now as follows."),
    letter_ended: |store| format!("Your booking at {store} is cancelled"),
    letter_ended_told: |store| {
        format!(
            "Your booking at {store} is cancelled, and with it the restaurant’s sight of your information."
        )
    },
    letter_called_off: |store| format!("{store} has called off your booking"),
    letter_called_off_told: |store| {
        format!("We are sorry: {store} has called off the following booking.")
    },
    letter_reason: |reason| format!("The restaurant’s reason: {reason}"),
    letter_cost: |yen| format!("The cancellation fee is {yen}."),
    letter_page: |page| format!("The page of this booking: {page}"),
    when_there: |at, clock| format!("{at}, {clock}"),
    go_on_with: |label| format!("Go on with {label}"),
    link_with: |label| format!("Link {label}"),
    filled_in_by: |label| {
        format!(
            "What {label} told of your name and address stands below; change it as you like. When your account is open, {label} is linked with it."
        )
    },
    link_review: |label| format!("What {label} passes on"),
    link_nobody: |label| format!("No account is linked with this ID of {label} yet."),
    link_source: |label, what| format!("From {label}: {what}"),
    link_away: |label| format!("{label} cannot be reached"),
    link_unproven: |label| format!("The answer of {label} proves nothing"),
    link_another: |label| format!("This ID of {label} is linked with another account"),
    link_another_id: |label| format!("Another ID of {label} is linked"),
    fault_broken_told: |id| {
        format!(
            "Something went wrong on our side. If you write to us about it, please give the number {id}."
        )
    },
    allergen: |allergen| match allergen {
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
    },
};
