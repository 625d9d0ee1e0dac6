//! Japan's national holidays 国民の祝日 from 2000 to 2099, a row for each as the Act on National
//! Holidays 国民の祝日に関する法律 (Act No. 178 of 1948) names them, and the days off that follow
//! from them. When the Act changes, a row changes here and its years are in
//! `tests/calendar/holidays.toml`.

use jiff::civil::{Date, Weekday};

/// The years that the table covers.
pub(super) const YEARS: std::ops::RangeInclusive<i16> = 2000..=2099;

/// What a day off is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holiday {
    /// In Japanese, as the Act has it.
    pub ja: &'static str,
    /// In English.
    pub en: &'static str,
}

/// When in a year a holiday is.
#[derive(Debug, Clone, Copy)]
enum On {
    /// Month and day.
    Day(i8, i8),
    /// Month, and which of its Mondays.
    Monday(i8, i8),
    /// 春分日.
    Spring,
    /// 秋分日.
    Autumn,
}
use On::{Autumn, Day, Monday, Spring};

/// The last year of what still holds.
const ON: i16 = *YEARS.end();

/// Name, when in the year, and the first and last year of it.
type Row = (&'static str, &'static str, On, i16, i16);

/// Article 2. Confirmed against two other tables of the same century, day by day and by name
/// (`server/tests/vocabularies`); what a later Act will change nobody knows.
#[rustfmt::skip]
const TABLE: &[Row] = &[
    ("元日", "New Year's Day", Day(1, 1), 2000, ON),
    ("成人の日", "Coming of Age Day", Monday(1, 2), 2000, ON),                 // Act No. 141 of 1998
    ("建国記念の日", "National Foundation Day", Day(2, 11), 2000, ON),         // Cabinet Order No. 376 of 1966
    ("天皇誕生日", "Emperor's Birthday", Day(12, 23), 2000, 2018),
    ("天皇誕生日", "Emperor's Birthday", Day(2, 23), 2020, ON),                // Act No. 63 of 2017
    ("春分の日", "Vernal Equinox Day", Spring, 2000, ON),
    ("みどりの日", "Greenery Day", Day(4, 29), 2000, 2006),
    ("昭和の日", "Showa Day", Day(4, 29), 2007, ON),                           // Act No. 43 of 2005
    ("憲法記念日", "Constitution Memorial Day", Day(5, 3), 2000, ON),
    ("みどりの日", "Greenery Day", Day(5, 4), 2007, ON),                       // Act No. 43 of 2005
    ("こどもの日", "Children's Day", Day(5, 5), 2000, ON),
    ("海の日", "Marine Day", Day(7, 20), 2000, 2002),
    ("海の日", "Marine Day", Monday(7, 3), 2003, 2019),                        // Act No. 59 of 2001
    ("海の日", "Marine Day", Monday(7, 3), 2022, ON),
    ("山の日", "Mountain Day", Day(8, 11), 2016, 2019),                        // Act No. 43 of 2014
    ("山の日", "Mountain Day", Day(8, 11), 2022, ON),
    ("敬老の日", "Respect for the Aged Day", Day(9, 15), 2000, 2002),
    ("敬老の日", "Respect for the Aged Day", Monday(9, 3), 2003, ON),          // Act No. 59 of 2001
    ("秋分の日", "Autumnal Equinox Day", Autumn, 2000, ON),
    ("体育の日", "Health and Sports Day", Monday(10, 2), 2000, 2019),          // Act No. 141 of 1998
    ("スポーツの日", "Sports Day", Monday(10, 2), 2022, ON),                   // Act No. 57 of 2018
    ("文化の日", "Culture Day", Day(11, 3), 2000, ON),
    ("勤労感謝の日", "Labor Thanksgiving Day", Day(11, 23), 2000, ON),
    // Once: accession and enthronement, Act No. 99 of 2018, Article 1.
    ("天皇の即位の日", "Day of the Accession", Day(5, 1), 2019, 2019),
    ("即位礼正殿の儀の行われる日", "Day of the Enthronement Ceremony", Day(10, 22), 2019, 2019),
    // Moved for the Olympic and Paralympic Games: Act No. 33 of 2015, Article 32, as Act No. 55 of
    // 2018 put it in for 2020 and Act No. 68 of 2020 amended it for 2021.
    ("海の日", "Marine Day", Day(7, 23), 2020, 2020),
    ("スポーツの日", "Sports Day", Day(7, 24), 2020, 2020),
    ("山の日", "Mountain Day", Day(8, 10), 2020, 2020),
    ("海の日", "Marine Day", Day(7, 22), 2021, 2021),
    ("スポーツの日", "Sports Day", Day(7, 23), 2021, 2021),
    ("山の日", "Mountain Day", Day(8, 8), 2021, 2021),
];

/// Article 3(2).
const SUBSTITUTE: Holiday = Holiday { ja: "振替休日", en: "Substitute Holiday" };
/// Article 3(3).
const BETWEEN: Holiday = Holiday { ja: "国民の休日", en: "Citizens' Holiday" };

/// What a day is called, if it is a holiday; none before 2000 or after 2099, which nobody knows.
pub fn holiday(day: Date) -> Option<Holiday> {
    national(day).or_else(|| substitute(day)).or_else(|| between(day))
}

/// Article 3(1): the national holidays.
fn national(day: Date) -> Option<Holiday> {
    TABLE
        .iter()
        .find(|(_, _, on, from, to)| (*from..=*to).contains(&day.year()) && on.is(day))
        .map(|(ja, en, ..)| Holiday { ja, en })
}

/// Article 3(2): the first day after a holiday on a Sunday that is no national holiday itself. Until
/// 2006 it was the next day, which came to the same.
fn substitute(day: Date) -> Option<Holiday> {
    let mut before = day.yesterday().ok()?;
    while national(before).is_some() {
        if before.weekday() == Weekday::Sunday {
            return Some(SUBSTITUTE);
        }
        before = before.yesterday().ok()?;
    }
    None
}

/// Article 3(3): a day between two national holidays; until 2006 not a Sunday (Act No. 43 of 2005).
fn between(day: Date) -> Option<Holiday> {
    national(day.yesterday().ok()?)?;
    national(day.tomorrow().ok()?)?;
    (day.year() >= 2007 || day.weekday() != Weekday::Sunday).then_some(BETWEEN)
}

impl On {
    fn is(self, day: Date) -> bool {
        match self {
            Day(month, of_month) => (day.month(), day.day()) == (month, of_month),
            Monday(month, nth) => {
                day.weekday() == Weekday::Monday
                    && day.month() == month
                    && (day.day() - 1) / 7 == nth - 1
            }
            Spring => day.month() == 3 && i32::from(day.day()) == equinox(day.year(), 20_843_100),
            Autumn => day.month() == 9 && i32::from(day.day()) == equinox(day.year(), 23_248_800),
        }
    }
}

/// The day of the month of an equinox from 1980 to 2099 by the usual approximation (『新こよみ便利帳』,
/// Hydrographic Department of the Japan Coast Guard), which starts from the millionths of a day in
/// 1980. The day of a year is fixed in the official gazette of the February before (暦要項).
fn equinox(year: i16, in_1980: i32) -> i32 {
    let years = i32::from(year) - 1980;
    (in_1980 + 242_194 * years) / 1_000_000 - years / 4
}
