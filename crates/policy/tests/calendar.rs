//! The one calendar (I12): published holidays, worked-out deadlines, and what holds for every day.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::{Date, Weekday, date};
use policy::calendar::{
    DaysOff, after_days, after_months, calendar_day, day_one, end_of_day, holiday, is_working_day,
    next_working_day,
};
use proptest::prelude::*;
use serde::Deserialize;

/// The holidays of a year in a row, from its first day on.
fn of_year(year: i16) -> BTreeMap<Date, &'static str> {
    let days = date(year, 1, 1).series(jiff::Span::new().days(1));
    days.take_while(|day| day.year() == year)
        .filter_map(|day| Some((day, holiday(day)?.ja)))
        .collect()
}

#[test]
fn the_holidays_are_those_that_were_published() {
    let text = include_str!("calendar/holidays.toml");
    let years: BTreeMap<String, BTreeMap<Date, String>> = toml::from_str(text).unwrap();
    assert_eq!(years.len(), 28, "2000 to 2027");
    for (year, published) in years {
        let ours = of_year(year.parse().unwrap());
        let ours: BTreeMap<Date, String> =
            ours.into_iter().map(|(day, name)| (day, name.to_owned())).collect();
        assert_eq!(ours, published, "{year}");
    }
}

/// A deadline, worked out by hand.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    says: String,
    cites: Vec<String>,
    clock: String,
    from: Timestamp,
    many: u32,
    /// Whose days off the last day moves over, if it does.
    off: Option<String>,
    last: Date,
    ends: Timestamp,
}

#[test]
fn the_deadlines_are_those_that_were_worked_out() {
    #[derive(Deserialize)]
    struct Cases {
        deadline: Vec<Case>,
    }
    let cases: Cases = toml::from_str(include_str!("calendar/deadlines.toml")).unwrap();
    for case in cases.deadline {
        assert!(!case.cites.is_empty(), "{}", case.says);
        let last = match case.clock.as_str() {
            "after_days" => after_days(case.from, case.many),
            "day_one" => day_one(case.from, case.many),
            "after_months" => after_months(case.from, case.many),
            other => panic!("no clock `{other}`"),
        };
        let last = match case.off.as_deref() {
            None => last,
            Some("holidays") => next_working_day(last, DaysOff::Holidays),
            Some("public_bodies") => next_working_day(last, DaysOff::PublicBodies),
            Some(other) => panic!("nobody's days off: `{other}`"),
        };
        assert_eq!((last, end_of_day(last)), (case.last, case.ends), "{}", case.says);
    }
}

#[test]
fn of_other_centuries_only_the_weekends_are_known() {
    for year in [1999, 2100] {
        assert_eq!(of_year(year), BTreeMap::new(), "{year}");
    }
    // 1 January 2100 is a Friday.
    assert!(is_working_day(date(2100, 1, 1), DaysOff::Holidays));
    assert!(!is_working_day(date(2100, 1, 1), DaysOff::PublicBodies));
}

#[test]
fn what_lies_beyond_the_calendar_never_ends() {
    let now: Timestamp = "2026-10-10T18:00:00+09:00".parse().unwrap();
    for last in [after_days(now, u32::MAX), day_one(now, u32::MAX), after_months(now, u32::MAX)] {
        assert_eq!((last, end_of_day(last)), (Date::MAX, Timestamp::MAX));
        assert!(next_working_day(last, DaysOff::PublicBodies) >= date(9999, 12, 29));
    }
    assert!(calendar_day(Timestamp::MAX) <= Date::MAX);
    assert!(end_of_day(Date::MIN) > Timestamp::MIN);
}

fn off() -> impl Strategy<Value = DaysOff> {
    prop_oneof![Just(DaysOff::Holidays), Just(DaysOff::PublicBodies)]
}

fn moment() -> impl Strategy<Value = Timestamp> {
    // 2000 to 2099.
    (946_652_400_i64..4_102_412_400).prop_map(|second| Timestamp::from_second(second).unwrap())
}

fn day() -> impl Strategy<Value = Date> {
    moment().prop_map(calendar_day)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_next_working_day_is_one_and_skips_none(day in day(), off in off()) {
        let next = next_working_day(day, off);
        prop_assert!(next >= day && is_working_day(next, off));
        let skipped = day.series(jiff::Span::new().days(1)).take_while(|day| *day < next);
        for skipped in skipped {
            prop_assert!(!is_working_day(skipped, off), "{skipped}");
        }
        prop_assert_eq!(next_working_day(next, off), next);
        // Not even the year's end or a May with everything in it lasts longer.
        prop_assert!((next - day).get_days() <= 10, "{day} to {next}");
    }

    #[test]
    fn public_bodies_work_on_no_day_on_which_others_rest(day in day()) {
        prop_assert!(
            is_working_day(day, DaysOff::Holidays) || !is_working_day(day, DaysOff::PublicBodies)
        );
    }

    #[test]
    fn a_holiday_on_a_sunday_is_made_good_within_days(day in day()) {
        if holiday(day).is_some() && day.weekday() == Weekday::Sunday {
            let mut next = day.tomorrow().unwrap();
            while holiday(next).is_some_and(|holiday| holiday.ja != "振替休日") {
                next = next.tomorrow().unwrap();
            }
            prop_assert!(holiday(next).is_some(), "{day} is not made good on {next}");
        }
    }

    #[test]
    fn a_period_of_days_ends_with_its_last_day(start in moment(), days in 1u32..4000) {
        let last = after_days(start, days);
        prop_assert_eq!(calendar_day(start).until(last).unwrap().get_days(), i32::try_from(days).unwrap());
        let ends = end_of_day(last);
        prop_assert_eq!(calendar_day(ends), last.tomorrow().unwrap());
        prop_assert_eq!(calendar_day(ends - jiff::SignedDuration::from_nanos(1)), last);
        // Counting the first day too comes to one day less.
        prop_assert_eq!(day_one(start, days), last.yesterday().unwrap());
    }

    #[test]
    fn a_period_of_months_ends_on_its_number_or_with_its_month(start in moment(), months in 1u32..36) {
        let (from, last) = (calendar_day(start), after_months(start, months));
        let months_of = |day: Date| i32::from(day.year()) * 12 + i32::from(day.month());
        prop_assert_eq!(months_of(last) - months_of(from), i32::try_from(months).unwrap());
        prop_assert!(last.day() == from.day() || (last.day() < from.day() && last == last.last_of_month()));
    }
}
