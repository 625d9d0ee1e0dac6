//! The one calendar by which days and deadlines are counted: Japan's, for every regime (I12).
//!
//! A period is counted to its last day, and ends with it: [`after_days`] and [`after_months`] leave
//! out the day on which it starts, [`day_one`] counts it. Whether a last day on which nobody works
//! moves on is for the law that asks: `next_working_day(after_months(at, 1), DaysOff::Holidays)`.
//! Knows nothing of what is due. The holidays themselves are in `holidays.rs`.

mod holidays;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

pub use holidays::{Holiday, holiday};

/// The time zone of the calendar: Japan's, which has no summer time.
pub fn calendar() -> TimeZone {
    TimeZone::fixed(jiff::tz::offset(9))
}

/// The day of a moment in that calendar.
pub fn calendar_day(at: Timestamp) -> Date {
    at.to_zoned(calendar()).date()
}

/// The end of a day: the first moment that is not in it any more. What lies beyond the calendar
/// never ends.
pub fn end_of_day(day: Date) -> Timestamp {
    let midnight = || day.tomorrow()?.to_zoned(calendar());
    midnight().map_or(Timestamp::MAX, |midnight| midnight.timestamp())
}

/// The last day of a period of days whose first day is left out (Civil Code 140, 141; Regulation
/// 1182/71 Article 3(1)). No days at all end on the day of the start.
pub fn after_days(start: Timestamp, days: u32) -> Date {
    later(calendar_day(start), Span::new().try_days(days))
}

/// The last day of a period of days of which the day of the start is the first, as a breach's is
/// counted from the day it is known (R10.4). Fewer than two days end on the day of the start.
pub fn day_one(start: Timestamp, days: u32) -> Date {
    after_days(start, days.saturating_sub(1))
}

/// The last day of a period of months, as GDPR 12(3) counts them: the same-numbered day, or the
/// last of the month where it has none (Regulation 1182/71 Article 3(1) and (2)(c); Civil Code 140,
/// 143 comes to the same).
pub fn after_months(start: Timestamp, months: u32) -> Date {
    later(calendar_day(start), Span::new().try_months(months))
}

/// The days on which nobody is asked to act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DaysOff {
    /// Saturdays, Sundays and holidays (Regulation 1182/71 Articles 2(2), 3(4)).
    Holidays,
    /// Those, and 29 December to 3 January: when public bodies are closed (R10.4; Act on Holidays
    /// of Administrative Organs 行政機関の休日に関する法律 1(1)).
    PublicBodies,
}

/// Whether people work on that day. Before 2000 and after 2099 no holidays are known, so a deadline
/// there moves too little and never too far.
pub fn is_working_day(day: Date, off: DaysOff) -> bool {
    let year_end = matches!((day.month(), day.day()), (12, 29..) | (1, ..=3));
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
        && holiday(day).is_none()
        && !(off == DaysOff::PublicBodies && year_end)
}

/// That day, if people work on it, or else the next on which they do.
pub fn next_working_day(day: Date, off: DaysOff) -> Date {
    let mut next = day;
    while !is_working_day(next, off) {
        match next.tomorrow() {
            Ok(tomorrow) => next = tomorrow,
            // The calendar ends.
            Err(_) => break,
        }
    }
    next
}

/// The day so much later, or the calendar's last.
fn later(day: Date, by: Result<Span, jiff::Error>) -> Date {
    by.and_then(|by| day.checked_add(by)).unwrap_or(Date::MAX)
}
