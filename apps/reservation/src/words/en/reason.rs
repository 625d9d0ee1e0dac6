use crate::words::Reason;

pub(super) const WORDS: Reason = Reason {
    consent_withdrawn: "The consent to share with stores has been withdrawn.",
    consent_missing: "There is no consent to share with stores.",
    dietary_withdrawn: "The consent about allergies has been withdrawn.",
    dietary_missing: "There is no consent about allergies.",
    other_notice: "The consent was given to an older wording and has not been renewed.",
    restricted: "Use has been stopped at the guest’s request.",
    visit_over: "The visit is over, and with it the time for looking.",
    cancelled: "The booking was cancelled.",
    no_booking: "There is no booking in force.",
    suspended: "This store may receive nothing for now.",
    account_closed: "The account has been closed.",
    other: "The conditions for sharing are not met.",
};
