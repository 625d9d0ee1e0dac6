//! Moments as people here write them, by the clock of the place they belong to, and the evening a moment
//! belongs to. Takes every moment as an argument; looks at no clock.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan, Zoned};

use crate::language::Language;

/// An evening lasts until this hour of the next day, so that a late table is still tonight's.
const EVENING_ENDS_AT_HOUR: i8 = 5;

/// Where the records are kept: Japan has had one offset and no summer time since 1952.
pub(crate) fn tokyo() -> TimeZone {
    TimeZone::fixed(Offset::constant(9))
}

pub(crate) fn in_tokyo(at: Timestamp) -> Zoned {
    at.to_zoned(tokyo())
}

/// The date whose evening a moment belongs to, where the clock is that of `zone`.
pub(crate) fn evening_of(at: Timestamp, zone: &TimeZone) -> Date {
    let local = at.to_zoned(zone.clone());
    let yesterday = local.hour() < EVENING_ENDS_AT_HOUR;
    let date = local.date();
    if yesterday { date.yesterday().unwrap_or(date) } else { date }
}

/// The moment at which a date's evening, and with it the day of a store, begins; and ends. `None` beyond
/// the calendar.
pub(crate) fn bounds_of(evening: Date, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
    let begins = |date: Date| {
        let at = date.at(EVENING_ENDS_AT_HOUR, 0, 0, 0);
        at.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp())
    };
    Some((begins(evening)?, begins(evening.checked_add(1.day()).ok()?)?))
}

/// Whose clock it is: 日本時間 or Japan time; 現地時間（Paris、UTC+1） or local time in Paris (UTC+1).
pub(crate) fn clock(at: Timestamp, zone: &TimeZone, language: Language) -> String {
    let name = zone.iana_name().unwrap_or("UTC");
    if name == "Asia/Tokyo" {
        return match language {
            Language::Ja => "日本時間".to_owned(),
            Language::En => "Japan time".to_owned(),
        };
    }
    let city = name.rsplit('/').next().unwrap_or(name).replace('_', " ");
    let seconds = zone.to_offset(at).seconds();
    let (sign, minutes) = (if seconds < 0 { '−' } else { '+' }, seconds.abs() / 60);
    let offset = match minutes % 60 {
        0 => format!("UTC{sign}{}", minutes / 60),
        rest => format!("UTC{sign}{}:{rest:02}", minutes / 60),
    };
    match language {
        Language::Ja => format!("現地時間（{city}、{offset}）"),
        Language::En => format!("local time in {city} ({offset})"),
    }
}

/// 2026年11月22日(日)18時30分 or Sun 22 Nov 2026, 18:30, by the clock of a place.
pub(crate) fn there(at: Timestamp, zone: &TimeZone, language: Language) -> String {
    written(&at.to_zoned(zone.clone()), language)
}

/// 2026年11月22日(日) or Sun 22 Nov 2026.
pub(crate) fn date(date: Date, language: Language) -> String {
    let (year, month, day) = (date.year(), date.month(), date.day());
    let weekday = weekday(date.weekday(), language);
    match language {
        Language::Ja => format!("{year}年{month}月{day}日({weekday})"),
        Language::En => format!("{weekday} {day} {} {year}", month_name(month)),
    }
}

/// 2026年10月1日 or 1 Oct 2026: a day whose weekday tells nothing.
pub(crate) fn plain(date: Date, language: Language) -> String {
    let (year, month, day) = (date.year(), date.month(), date.day());
    match language {
        Language::Ja => format!("{year}年{month}月{day}日"),
        Language::En => format!("{day} {} {year}", month_name(month)),
    }
}

/// 11月22日(日) or Sun 22 Nov: for days near enough that the year goes without saying.
pub(crate) fn day(date: Date, language: Language) -> String {
    let (month, day) = (date.month(), date.day());
    let weekday = weekday(date.weekday(), language);
    match language {
        Language::Ja => format!("{month}月{day}日({weekday})"),
        Language::En => format!("{weekday} {day} {}", month_name(month)),
    }
}

/// The same; a day of another year than that of `today` says its year.
pub(crate) fn day_from(today: Date, on: Date, language: Language) -> String {
    if on.year() == today.year() { day(on, language) } else { date(on, language) }
}

/// 18時30分 or 18:30.
pub(crate) fn time(time: Time, language: Language) -> String {
    let (hour, minute) = (time.hour(), time.minute());
    match language {
        Language::Ja if minute == 0 => format!("{hour}時"),
        Language::Ja => format!("{hour}時{minute:02}分"),
        Language::En => format!("{hour}:{minute:02}"),
    }
}

/// 18:30 in every language: a time as it stands on a button or in a narrow column.
pub(crate) fn clock_face(time: Time) -> String {
    format!("{}:{:02}", time.hour(), time.minute())
}

/// The weekday alone: 日 or Sun.
pub(crate) fn weekday_of(date: Date, language: Language) -> &'static str {
    weekday(date.weekday(), language)
}

/// 2026年11月22日(日)18時30分 or Sun 22 Nov 2026, 18:30.
pub(crate) fn date_and_time(at: Timestamp, language: Language) -> String {
    written(&in_tokyo(at), language)
}

fn written(local: &Zoned, language: Language) -> String {
    let (date, time) = (date(local.date(), language), time(local.time(), language));
    match language {
        Language::Ja => format!("{date}{time}"),
        Language::En => format!("{date}, {time}"),
    }
}

/// 2026年10月1日 or 1 Oct 2026: the day that names a version of the policy, with its number where
/// it is not the first of its day. `None` for what names no version.
pub(crate) fn version(version: &str, language: Language) -> Option<String> {
    let (day, serial) = version.split_once('.').map_or((version, None), |(d, n)| (d, Some(n)));
    let day: Date = day.parse().ok()?;
    let serial = serial.map(str::parse::<u32>).transpose().ok()?;
    let day = plain(day, language);
    Some(match (language, serial) {
        (_, None) => day,
        (Language::Ja, Some(n)) => format!("{day}（その日の{n}番目）"),
        (Language::En, Some(n)) => format!("{day} (no. {n} of that day)"),
    })
}

/// A day as people type it: 2000-02-29, 2000/2/29, 2000.2.29 or 2000年2月29日, in digits of any width.
pub(crate) fn typed(text: &str) -> Option<Date> {
    let digit = |c: char| match c {
        '０'..='９' => char::from_digit(u32::from(c) - u32::from('０'), 10).unwrap_or(c),
        '/' | '.' | '．' | '／' | '－' | '年' | '月' => '-',
        _ => c,
    };
    let plain: String = text.trim().trim_end_matches('日').chars().map(digit).collect();
    let mut parts = plain.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if year.len() != 4 || parts.next().is_some() {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

fn weekday(weekday: Weekday, language: Language) -> &'static str {
    let at = usize::from(weekday.to_monday_zero_offset().unsigned_abs());
    match language {
        Language::Ja => ["月", "火", "水", "木", "金", "土", "日"][at],
        Language::En => ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][at],
    }
}

fn month_name(month: i8) -> &'static str {
    const NAMES: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    NAMES[usize::from((month - 1).unsigned_abs()) % 12]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn moments_are_written_the_way_each_language_writes_them() {
        let evening = at("2026-11-22T09:30:00Z");
        assert_eq!(date_and_time(evening, Language::Ja), "2026年11月22日(日)18時30分");
        assert_eq!(date_and_time(evening, Language::En), "Sun 22 Nov 2026, 18:30");
        let on_the_hour = at("2026-12-31T15:00:00Z");
        assert_eq!(date_and_time(on_the_hour, Language::Ja), "2027年1月1日(金)0時");
        assert_eq!(date_and_time(on_the_hour, Language::En), "Fri 1 Jan 2027, 0:00");
    }

    #[test]
    fn a_day_of_another_year_says_its_year() {
        let date = jiff::civil::date;
        let today = date(2026, 11, 22);
        for (on, ja, en) in [
            (date(2026, 12, 31), "12月31日(木)", "Thu 31 Dec"),
            (date(2027, 9, 9), "2027年9月9日(木)", "Thu 9 Sep 2027"),
        ] {
            assert_eq!(day_from(today, on, Language::Ja), ja);
            assert_eq!(day_from(today, on, Language::En), en);
        }
    }

    #[test]
    fn a_version_is_named_by_its_day() {
        for (text, ja, en) in [
            ("2026-10-01", "2026年10月1日", "1 Oct 2026"),
            ("2026-10-01.2", "2026年10月1日（その日の2番目）", "1 Oct 2026 (no. 2 of that day)"),
        ] {
            assert_eq!(version(text, Language::Ja).as_deref(), Some(ja));
            assert_eq!(version(text, Language::En).as_deref(), Some(en));
        }
        for text in ["", "soon", "2026-10-01.", "2026-10-01.x", "2026-13-01"] {
            assert_eq!(version(text, Language::En), None, "{text}");
        }
    }

    #[test]
    fn an_evening_lasts_past_midnight() {
        let last_order = at("2026-11-22T16:00:00Z"); // 01:00 on the 23rd in Tokyo
        let sunday = jiff::civil::date(2026, 11, 22);
        assert_eq!(evening_of(last_order, &tokyo()), sunday);
        let (from, until) = bounds_of(sunday, &tokyo()).unwrap();
        assert!(from <= last_order && last_order < until);
        assert_eq!(evening_of(from, &tokyo()), sunday);
        assert_ne!(evening_of(until, &tokyo()), sunday);
    }

    #[test]
    fn the_day_of_a_store_is_an_hour_longer_when_its_clocks_go_back() {
        let paris = TimeZone::get("Europe/Paris").unwrap();
        let (from, until) = bounds_of(jiff::civil::date(2026, 10, 24), &paris).unwrap();
        assert_eq!((until - from).get_seconds(), 25 * 3600);
        let mut moment = from;
        while moment < until {
            assert_eq!(evening_of(moment, &paris), jiff::civil::date(2026, 10, 24));
            moment += 10.minutes();
        }
    }

    #[test]
    fn a_place_names_its_clock() {
        let summer = at("2026-07-01T10:00:00Z");
        for (zone, ja, en) in [
            ("Asia/Tokyo", "日本時間", "Japan time"),
            ("Europe/Paris", "現地時間（Paris、UTC+2）", "local time in Paris (UTC+2)"),
            ("America/New_York", "現地時間（New York、UTC−4）", "local time in New York (UTC−4)"),
            ("Asia/Kolkata", "現地時間（Kolkata、UTC+5:30）", "local time in Kolkata (UTC+5:30)"),
        ] {
            let zone = TimeZone::get(zone).unwrap();
            assert_eq!(clock(summer, &zone, Language::Ja), ja);
            assert_eq!(clock(summer, &zone, Language::En), en);
        }
    }
}
