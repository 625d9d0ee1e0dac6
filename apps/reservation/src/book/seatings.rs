//! When a store seats people: times by the day of the week, and the moments they are on a certain day.

use jiff::Timestamp;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::{AmbiguousOffset, TimeZone};
use rusqlite::{Connection, params};

use super::stores::Store;
use super::{Book, No, closing, seats, tables};
use crate::language::Label;

/// Times of a store, by the store's clock: for Monday to Sunday, the early ones first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Seatings(pub(crate) [Vec<Time>; 7]);

impl Seatings {
    pub(crate) fn on(&self, weekday: Weekday) -> &[Time] {
        &self.0[usize::from(weekday.to_monday_zero_offset().unsigned_abs())]
    }

    /// The moments of a day. A time that a day with a change of clocks does not have is no seating of it;
    /// of one that comes twice, the first is.
    pub(crate) fn moments(&self, date: Date, zone: &TimeZone) -> Vec<(Time, Timestamp)> {
        let times = self.on(date.weekday()).iter();
        times.filter_map(|time| Some((*time, moment(date, *time, zone)?))).collect()
    }
}

/// When a day and time are; `None` for a time that the day does not have.
pub(crate) fn moment(date: Date, time: Time, zone: &TimeZone) -> Option<Timestamp> {
    let ambiguous = zone.to_ambiguous_timestamp(date.to_datetime(time));
    match ambiguous.offset() {
        AmbiguousOffset::Gap { .. } => None,
        AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Fold { .. } => {
            ambiguous.earlier().ok()
        }
    }
}

/// The time of so many minutes after midnight.
fn time(minute: u16) -> Option<Time> {
    let (hour, minute) = (i8::try_from(minute / 60).ok()?, i8::try_from(minute % 60).ok()?);
    Time::new(hour, minute, 0, 0).ok()
}

pub(super) fn of(book: &Connection, store: &str) -> rusqlite::Result<Seatings> {
    let mut seatings = Seatings::default();
    let mut found = book.prepare_cached(
        "SELECT weekday, minute FROM seatings WHERE store = ?1 ORDER BY weekday, minute",
    )?;
    let mut rows = found.query([store])?;
    while let Some(row) = rows.next()? {
        let weekday = usize::from(row.get::<_, u8>(0)?);
        if let (Some(times), Some(time)) =
            (seatings.0.get_mut(weekday.saturating_sub(1)), time(row.get(1)?))
        {
            times.push(time);
        }
    }
    Ok(seatings)
}

/// Replaces the times of a store. Bookings that there are stay as they are.
pub(super) fn put(book: &Connection, store: &str, seatings: &Seatings) -> rusqlite::Result<()> {
    book.execute("DELETE FROM seatings WHERE store = ?1", [store])?;
    for (weekday, times) in (1_u8..).zip(&seatings.0) {
        for time in times {
            let minute = i16::from(time.hour()) * 60 + i16::from(time.minute());
            book.prepare_cached("INSERT OR IGNORE INTO seatings VALUES (?1, ?2, ?3)")?
                .execute(params![store, weekday, minute])?;
        }
    }
    Ok(())
}

/// A day at a store, as somebody sees it who wants a table.
pub(crate) struct Day {
    /// Why the store is closed that day.
    pub(crate) closed: Option<Label>,
    pub(crate) seatings: Vec<Seating>,
}

/// A seating of a day.
pub(crate) struct Seating {
    pub(crate) time: Time,
    pub(crate) starts_at: Timestamp,
    /// True when a table that fits is free.
    pub(crate) free: bool,
}

/// The seatings of a day that can still be booked by their time, for a booking that wants another seat or
/// for none yet.
fn day(
    book: &Connection,
    store: &Store,
    date: Date,
    party: u8,
    booking: &str,
    now: Timestamp,
) -> rusqlite::Result<Day> {
    let closed = closing::on(book, &store.slug, date)?;
    let mut seatings = Vec::new();
    if closed.is_none() {
        let moments = of(book, &store.slug)?.moments(date, &store.time_zone);
        let still = |(_, at): &(Time, Timestamp)| {
            !matches!(store.allows(*at, party, now), Err(No::Gone | No::TooSoon | No::TooFar))
        };
        let moments: Vec<_> = moments.into_iter().filter(still).collect();
        if let (Some((_, first)), Some((_, last))) = (moments.first(), moments.last()) {
            let (from, until) = (first.as_second(), store.ends_at(*last).as_second());
            let all = tables::of(book, &store.slug)?;
            let claims = tables::claims(book, &store.slug, from, until, now)?;
            for (time, starts_at) in moments {
                let (from, until) = (starts_at.as_second(), store.ends_at(starts_at).as_second());
                let free = store.allows(starts_at, party, now).is_ok()
                    && seats::best(&all, &claims, booking, from, until, party).is_some();
                seatings.push(Seating { time, starts_at, free });
            }
        }
    }
    Ok(Day { closed, seatings })
}

/// Whether a store seats people at a moment.
pub(super) fn offered(book: &Connection, store: &Store, at: Timestamp) -> Result<(), No> {
    let date = store.date_of(at);
    if let Some(reason) = closing::on(book, &store.slug, date)? {
        return Err(No::Closed(Box::new(reason)));
    }
    let moments = of(book, &store.slug)?.moments(date, &store.time_zone);
    if moments.iter().any(|(_, moment)| *moment == at) { Ok(()) } else { Err(No::NotOffered) }
}

impl Book {
    pub(crate) async fn seatings(&self, store: &str) -> anyhow::Result<Seatings> {
        let store = store.to_owned();
        self.read(move |book| of(book, &store)).await
    }

    pub(crate) async fn put_seatings(&self, store: &str, seatings: Seatings) -> Result<(), No> {
        let store = store.to_owned();
        self.write(move |book| Ok(put(book, &store, &seatings)?)).await
    }

    /// What a store has to offer on a day.
    pub(crate) async fn day(
        &self,
        store: Store,
        date: Date,
        party: u8,
        now: Timestamp,
    ) -> anyhow::Result<Day> {
        self.read(move |book| day(book, &store, date, party, "", now)).await
    }

    /// The same for a booking that is to move: its own seat does not stand in its way.
    pub(crate) async fn day_for_change(
        &self,
        store: Store,
        date: Date,
        party: u8,
        number: &str,
        now: Timestamp,
    ) -> anyhow::Result<Day> {
        let number = number.to_owned();
        self.read(move |book| day(book, &store, date, party, &number, now)).await
    }
}
