use crate::words::Letter;

pub(super) const WORDS: Letter = Letter {
    code: "Your code for a new password",
    code_not_you: "If you did not ask for this, you need do nothing: without the code your password stays as it is. Please tell the code to nobody; we never ask for it.",
    password: "Your password was changed",
    password_not_you: "If this was not you, please choose another password at once, by “Forgot your password?” where you sign in, and tell us.",
    offered: "A table came free",
    restaurant: "Restaurant",
    when: "When",
    clock: "Clock",
    change_or_cancel: "Change or cancel",
    cost_nothing: "It costs you nothing.",
    looks: "Each time the restaurant looks at your information, it is recorded on your page. You can change or cancel the booking there, too.",
    code_told: |code| {
        format!("With the code {code} you choose a new password. It holds for ten minutes.")
    },
    password_told: |at| {
        format!("Your password was changed: {at}. You are signed out everywhere else.")
    },
    made: |store| format!("Your booking at {store}"),
    made_told: |store| {
        format!("Your table at {store} is booked. The restaurant looks forward to your visit.")
    },
    moved: |store| format!("Your booking at {store} has changed"),
    moved_told: |store| format!("Your booking at {store} is now as follows."),
    ended: |store| format!("Your booking at {store} is cancelled"),
    ended_told: |store| {
        format!(
            "Your booking at {store} is cancelled, and with it the restaurant’s sight of your information."
        )
    },
    called_off: |store| format!("{store} has called off your booking"),
    called_off_told: |store| format!("We are sorry: {store} has called off the following booking."),
    reason: |reason| format!("The restaurant’s reason: {reason}"),
    cost: |yen| format!("The cancellation fee is {yen}."),
    page: |page| format!("The page of this booking: {page}"),
    when_there: |at, clock| format!("{at}, {clock}"),
};
