use crate::words::Fault;

pub(super) const WORDS: Fault = Fault {
    not_found: "There is no such page",
    not_found_told: "The address may have changed, or the page is not one you may see.",
    elsewhere: "This was not accepted",
    elsewhere_told: "For safety, forms are accepted only from this site’s own pages. Please try again from there.",
    unreadable: "This was not accepted",
    unreadable_told: "What was sent could not be read. Please go back and try again.",
    away: "We cannot reach your information just now",
    away_told: "The place that holds it does not answer. Nothing is lost. Please wait a little and try again.",
    away_kept_told: "The place that holds it does not answer. Nothing was saved. What you typed is still on this page: wait a little, then use the button to try again.",
    again: "Try again",
    closed: "Your account is closed",
    closed_told: "What was held about you has been erased. To use the service again, please sign up anew.",
    too_many: "One moment, please",
    too_many_told: "There were many requests in a short time. Please wait a little and try again.",
    broken_title: "We are sorry",
    broken_told: |id| {
        format!(
            "Something went wrong on our side. If you write to us about it, please give the number {id}."
        )
    },
};
