//! What a store's card says of allergies. The kitchen relies on it, so it is decided here, apart
//! from drawing: "none told" is said only where that is known, and everything else asks the guest.

use crate::azukari::{Reason, Values};

pub(crate) const ITEM: &str = "allergy";

/// The answer to one ask.
pub(crate) enum Answer {
    Told(Values),
    Refused(Vec<Reason>),
    Away,
}

impl Answer {
    pub(crate) fn value(&self, item: &str) -> Option<&str> {
        match self {
            Self::Told(values) => values.get(item),
            Self::Refused(_) | Self::Away => None,
        }
    }
}

/// How the consent to tell of allergies stands, and with it how they are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Never given: nothing can be held, so there is nothing to ask for.
    Never,
    /// Given, or none is needed: asked for together with the rest of the meal.
    Given,
    /// Taken back, ended or unclear: asked for apart, so that a refusal hides nothing else.
    Unclear,
    /// Could not be learned.
    Away,
}

impl Standing {
    /// Reads the state of a consent; a word this app does not know is unclear.
    pub(crate) fn read(state: Option<&str>) -> Self {
        match state {
            None | Some("refused") => Self::Never,
            Some("given") => Self::Given,
            Some(_) => Self::Unclear,
        }
    }
}

/// What the card says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Says<'a> {
    /// The guest told this.
    Told(&'a str),
    /// It is known that nothing was told.
    NoneTold,
    /// It is not known: ask the guest, and why.
    Ask(&'a [Reason]),
    /// It is not known, because the answer could not be had.
    AskAway,
    /// Not one answer could be had.
    AskNothingKnown,
}

/// What the card says, from how the consent stands and what came of each ask. `special` is the ask
/// for the allergies alone, if there was one.
pub(crate) fn says<'a>(
    standing: Standing,
    reservation: Option<&Answer>,
    meal: &'a Answer,
    special: Option<&'a Answer>,
) -> Says<'a> {
    let away = |answer: &Answer| matches!(answer, Answer::Away);
    if reservation.is_none_or(away) && away(meal) && special.is_none_or(away) {
        return Says::AskNothingKnown;
    }
    // Whichever ask brought it: what was told is shown.
    if let Some(told) = special.and_then(|special| special.value(ITEM)).or(meal.value(ITEM)) {
        return Says::Told(told);
    }
    let asked = match standing {
        Standing::Never | Standing::Given => Some(meal),
        Standing::Unclear => special,
        Standing::Away => None,
    };
    match asked {
        // The booking was good for an answer, and without a consent none can be held.
        Some(Answer::Told(_)) if standing == Standing::Never => Says::NoneTold,
        Some(Answer::Told(values)) if values.holds_nothing(ITEM) => Says::NoneTold,
        Some(Answer::Told(_)) => Says::Ask(&[]),
        Some(Answer::Refused(why)) => Says::Ask(why),
        Some(Answer::Away) | None => Says::AskAway,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_absent_or_refused_consent_counts_as_never_given() {
        use Standing::{Given, Never, Unclear};
        assert_eq!(Standing::read(None), Never);
        for (word, standing) in [
            ("given", Given),
            ("refused", Never),
            ("withdrawn", Unclear),
            ("revoked", Unclear),
            ("expired", Unclear),
            ("invalidated", Unclear),
            ("unknown", Unclear),
            ("unreadable", Unclear),
            ("requested", Unclear),
            ("request_deferred", Unclear),
            ("a word of tomorrow", Unclear),
            ("", Unclear),
        ] {
            assert_eq!(Standing::read(Some(word)), standing, "{word}");
        }
    }

    /// The answers an ask can have, by name.
    const ANSWERS: [&str; 6] = ["value", "null", "empty", "left out", "refused", "away"];

    fn why() -> Reason {
        serde_json::from_value(serde_json::json!({ "reason": "restricted" })).unwrap()
    }

    fn answer(name: &str) -> Answer {
        let told = |json| Answer::Told(serde_json::from_value(json).unwrap());
        match name {
            "value" => told(serde_json::json!({ "allergy": "peanuts" })),
            "null" => told(serde_json::json!({ "allergy": null })),
            "empty" => told(serde_json::json!({ "allergy": "" })),
            "left out" => told(serde_json::json!({ "serving_size": "small" })),
            "refused" => Answer::Refused(vec![why()]),
            _ => Answer::Away,
        }
    }

    #[test]
    fn none_told_is_never_said_without_knowing() {
        use Standing::{Away, Given, Never, Unclear};
        // An ask that was made, or not.
        let asked = || ANSWERS.map(Some).into_iter().chain([None]);
        let is_known_empty = |name: &str| ["null", "empty"].contains(&name);
        let mut cases = 0;
        for standing in [Never, Given, Unclear, Away] {
            for reservation in asked() {
                for meal in ANSWERS {
                    for special in asked() {
                        let case = format!("{standing:?}, {reservation:?}, {meal}, {special:?}");
                        let (r, m) = (reservation.map(answer), answer(meal));
                        let s = special.map(answer);
                        let said = says(standing, r.as_ref(), &m, s.as_ref());
                        let all_away = [reservation, Some(meal), special]
                            .into_iter()
                            .flatten()
                            .all(|name| name == "away");
                        let told = meal == "value" || special == Some("value");
                        let known = match standing {
                            Never => !["refused", "away"].contains(&meal),
                            Given => is_known_empty(meal),
                            Unclear => special.is_some_and(is_known_empty),
                            Away => false,
                        };
                        let asked = if standing == Unclear { special } else { Some(meal) };
                        let why = [why()];
                        let right = match asked {
                            _ if all_away => Says::AskNothingKnown,
                            _ if told => Says::Told("peanuts"),
                            _ if known => Says::NoneTold,
                            _ if standing == Away => Says::AskAway,
                            None | Some("away") => Says::AskAway,
                            Some("refused") => Says::Ask(&why),
                            Some(_) => Says::Ask(&[]),
                        };
                        assert_eq!(said, right, "{case}");
                        cases += 1;
                    }
                }
            }
        }
        assert_eq!(cases, 4 * 7 * 6 * 7);
    }
}
