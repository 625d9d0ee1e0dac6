//! What falls due, week by week, and what is held by what. A witness: it only looks, at those who may
//! have something due before the end of the look and those of whom something is held back.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use policy::record::calendar_day;
use policy::retention::Thing;
use policy::{Document, HoldName, PurposeName, SubjectId};

use crate::erase::Holdings;
use crate::error::Error;
use crate::keys::Keys;
use crate::store::{Conn, records, subjects};

/// The longest look ahead, in days.
pub const MAX_DAYS: u32 = 3_660;

/// People read at once.
const PAGE: i64 = 256;

/// What falls due in one week.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DueKey {
    /// The first day of the week, counted from today; what is overdue is in the first.
    pub from: jiff::civil::Date,
    /// What.
    pub thing: Thing,
    /// The purpose that kept it longest.
    pub because: Option<PurposeName>,
}

/// What is held beyond its time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct HeldKey {
    /// By which hold.
    pub hold: HoldName,
    /// True for a hold of the policy, false for one put by hand.
    pub law: bool,
    /// What.
    pub thing: Thing,
}

/// How many are held, and until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldCount {
    /// How many.
    pub count: u64,
    /// The last moment that is known; `None` when none is.
    pub until: Option<Timestamp>,
}

/// A look ahead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    /// From when.
    pub from: Timestamp,
    /// Until when.
    pub to: Timestamp,
    /// What falls due, by week and thing.
    pub due: BTreeMap<DueKey, u64>,
    /// Provision records whose time ends (R1.8), by the first day of the week.
    pub records: BTreeMap<jiff::civil::Date, u64>,
    /// What is due and held.
    pub held: BTreeMap<HeldKey, HeldCount>,
}

/// Looks so many days ahead.
///
/// # Errors
/// When a row cannot be read.
pub fn forecast(
    conn: &mut Conn,
    keys: &Keys,
    document: &Document,
    now: Timestamp,
    days: u32,
) -> Result<Forecast, Error> {
    let to = now + SignedDuration::from_hours(24 * i64::from(days.min(MAX_DAYS)));
    let mut forecast = Forecast {
        from: now,
        to,
        due: BTreeMap::new(),
        records: BTreeMap::new(),
        held: BTreeMap::new(),
    };
    let mut seen: subjects::Seen = (i64::MIN, Vec::new());
    loop {
        let page = subjects::due(conn, to.as_millisecond(), &seen, PAGE)?;
        let Some((last, due_at)) = page.last() else { break };
        seen = (*due_at, last.0.to_vec());
        for (subject, _) in &page {
            forecast.falls_due(conn, keys, document, *subject)?;
        }
    }
    let mut seen = Vec::new();
    loop {
        let page = subjects::held_back(conn, &seen, PAGE)?;
        let Some(last) = page.last() else { break };
        seen = last.0.to_vec();
        for subject in &page {
            forecast.is_held(conn, keys, document, *subject)?;
        }
    }
    for (week, count) in records::ends_by_week(conn, now.as_millisecond(), to.as_millisecond())? {
        let from = now + SignedDuration::from_hours(week * 7 * 24);
        forecast.records.insert(calendar_day(from), count);
    }
    Ok(forecast)
}

impl Forecast {
    /// The first day of the week that a moment lies in.
    fn week(&self, at: Timestamp) -> jiff::civil::Date {
        let weeks = at.duration_since(self.from).as_hours().max(0) / (7 * 24);
        calendar_day(self.from + SignedDuration::from_hours(weeks * 7 * 24))
    }

    fn falls_due(
        &mut self,
        conn: &mut Conn,
        keys: &Keys,
        document: &Document,
        subject: SubjectId,
    ) -> Result<(), Error> {
        let Some(holdings) = Holdings::read(keys, conn, subject)? else { return Ok(()) };
        for standing in holdings.standing(document, self.from)? {
            let Some(end) = standing.ends_at().filter(|end| *end < self.to) else { continue };
            let (thing, because) = (standing.thing, standing.because);
            let key = DueKey { from: self.week(end), thing, because };
            // The account goes with the last of its things; it is counted there.
            if key.thing != Thing::Account {
                *self.due.entry(key).or_default() += 1;
            }
        }
        Ok(())
    }

    fn is_held(
        &mut self,
        conn: &mut Conn,
        keys: &Keys,
        document: &Document,
        subject: SubjectId,
    ) -> Result<(), Error> {
        let Some(holdings) = Holdings::read(keys, conn, subject)? else { return Ok(()) };
        for standing in holdings.standing(document, self.from)? {
            if !standing.due {
                continue;
            }
            for held in standing.held_by {
                let (hold, law) = (held.hold, held.law);
                let key = HeldKey { hold, law, thing: standing.thing.clone() };
                let entry = self.held.entry(key).or_insert(HeldCount { count: 0, until: None });
                entry.count += 1;
                entry.until = entry.until.max(held.until.moment());
            }
        }
        Ok(())
    }
}
