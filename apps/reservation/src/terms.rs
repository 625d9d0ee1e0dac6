//! What calling a booking off costs and until when it is free, in words: on pages and in letters alike, and never a
//! moment that is past.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::language::Language;
use crate::when;
use crate::words::Words;

/// The terms of a booking: its fee, until when calling it off costs nothing, and how much of the fee afterwards.
pub(crate) type Terms = (u32, Timestamp, u8);

/// Until when calling off is free and what it costs then; or, where that time is over, what it costs.
pub(crate) fn calling_off(
    (fee, free_until, percent): Terms,
    zone: &TimeZone,
    language: Language,
    now: Timestamp,
) -> String {
    let words = Words::of(language);
    if fee == 0 || percent == 0 {
        words.visit.cancel_free.to_owned()
    } else if now < free_until {
        (words.visit.free_until)(&when::there(free_until, zone, language), percent)
    } else {
        (words.visit.free_over)(percent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_moment_that_is_past_is_told_as_one_to_come() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let until = at("2026-11-22T09:00:00Z");
        let told = |terms, now, language| calling_off(terms, &when::tokyo(), language, at(now));
        let (before, after) = ("2026-11-22T08:59:59Z", "2026-11-22T09:00:00Z");
        for (language, moment) in [(Language::Ja, "11月22日"), (Language::En, "22 Nov")] {
            let words = Words::of(language);
            assert!(told((10_000, until, 50), before, language).contains(moment));
            assert_eq!(told((10_000, until, 50), after, language), (words.visit.free_over)(50));
            for free in [(0, until, 50), (10_000, until, 0)] {
                assert_eq!(told(free, after, language), words.visit.cancel_free);
            }
        }
    }
}
