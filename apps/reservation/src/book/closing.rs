//! Days on which a store is closed, and what becomes of the bookings that such a day has.

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension, params};

use super::bookings::{self, Booking, Ending};
use super::stores::Store;
use super::{Book, No, changes, date, label, payments, stores, waiting};
use crate::language::Label;

/// A day on which a store is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClosingDay {
    pub(crate) on: Date,
    pub(crate) reason: Label,
}

/// What an operator decides about the bookings that a day has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Nothing yet: a day that has any is not closed.
    Open,
    /// They stay.
    Keep,
    /// These are called off, and their guests told. Others that came since are not meant.
    CallOff(Vec<String>),
}

/// A booking of a day that is to be closed, with what hangs on it.
#[derive(Debug, Clone)]
pub(crate) struct AtStake {
    pub(crate) booking: Booking,
    /// What was paid for it and would go back.
    pub(crate) paid_yen: u32,
    /// True for a hold that was offered to somebody who waits.
    pub(crate) is_offer: bool,
}

/// What ends with a day that is closed, whatever becomes of its bookings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct AlsoEnds {
    /// How many parties wait for a table.
    pub(crate) waiting: u32,
    /// How many bookings are about to be moved to that day.
    pub(crate) changes: usize,
}

/// Why a store is closed on a day, if it is.
pub(super) fn on(book: &Connection, store: &str, date: Date) -> rusqlite::Result<Option<Label>> {
    book.prepare_cached("SELECT * FROM closing_days WHERE store = ?1 AND on_date = ?2")?
        .query_row(params![store, date.to_string()], |row| label(row, "reason"))
        .optional()
}

/// Closes a day.
///
/// # Errors
/// [`No::InTheWay`] with the bookings about which nothing was decided; then the day stays open.
pub(super) fn close(
    book: &Connection,
    store: &str,
    day: &ClosingDay,
    decision: &Decision,
    now: Timestamp,
) -> Result<usize, No> {
    // What lapsed a moment ago did so, and was not closed.
    bookings::expire(book, now)?;
    let there: Vec<String> =
        bookings_on(book, store, day.on, now)?.into_iter().map(|booking| booking.number).collect();
    let undecided: Vec<String> = match decision {
        Decision::Keep => Vec::new(),
        Decision::Open => there.clone(),
        Decision::CallOff(meant) => {
            there.iter().filter(|number| !meant.contains(number)).cloned().collect()
        }
    };
    if !undecided.is_empty() {
        return Err(No::InTheWay(undecided));
    }
    book.execute(
        "INSERT OR REPLACE INTO closing_days VALUES (?1, ?2, ?3, ?4)",
        params![store, day.on.to_string(), day.reason.ja, day.reason.en],
    )?;
    let called_off = if matches!(decision, Decision::CallOff(_)) { there } else { Vec::new() };
    for number in &called_off {
        bookings::end(book, number, Ending::Store, Some(&day.reason), now)?;
    }
    if let Some(day_long) = bounds(book, store, day.on)? {
        changes::close(book, store, day_long, &day.reason, now)?;
        waiting::close(book, store, day_long, &day.reason, now)?;
    }
    Ok(called_off.len())
}

/// When a day of a store begins and ends.
fn bounds(book: &Connection, store: &str, on: Date) -> Result<Option<(Timestamp, Timestamp)>, No> {
    let Some(store) = stores::get(book, store)? else { return Err(No::Gone) };
    let begins = |date: Date| date.to_zoned(store.time_zone.clone()).ok().map(|at| at.timestamp());
    Ok(begins(on).zip(on.tomorrow().ok().and_then(begins)))
}

/// The bookings of a day that are still to come, whatever their stage.
fn bookings_on(
    book: &Connection,
    store: &str,
    on: Date,
    now: Timestamp,
) -> Result<Vec<Booking>, No> {
    let Some((from, until)) = bounds(book, store, on)? else { return Ok(Vec::new()) };
    Ok(bookings::alive_at(book, store, from.max(now), until, now)?)
}

impl Book {
    /// A store's closing days from a day on.
    pub(crate) async fn closing_days(
        &self,
        store: &str,
        from: Date,
    ) -> anyhow::Result<Vec<ClosingDay>> {
        let store = store.to_owned();
        self.read(move |book| {
            book.prepare_cached(
                "SELECT * FROM closing_days WHERE store = ?1 AND on_date >= ?2 ORDER BY on_date",
            )?
            .query_map(params![store, from.to_string()], |row| {
                Ok(ClosingDay { on: date(row, "on_date")?, reason: label(row, "reason")? })
            })?
            .collect()
        })
        .await
    }

    /// Closes a day.
    ///
    /// # Errors
    /// [`No::InTheWay`] with the bookings about which nothing was decided; then the day stays open.
    pub(crate) async fn close_day(
        &self,
        store: &str,
        day: ClosingDay,
        decision: Decision,
        now: Timestamp,
    ) -> Result<usize, No> {
        let store = store.to_owned();
        self.write(move |book| close(book, &store, &day, &decision, now)).await
    }

    /// Why a store is closed at a moment, if it is.
    pub(crate) async fn closed_at(
        &self,
        store: &Store,
        at: Timestamp,
    ) -> anyhow::Result<Option<Label>> {
        let (store, date) = (store.slug.clone(), store.date_of(at));
        self.read(move |book| on(book, &store, date)).await
    }

    pub(crate) async fn open_day(&self, store: &str, on: Date) -> Result<(), No> {
        let store = store.to_owned();
        self.write(move |book| {
            book.execute(
                "DELETE FROM closing_days WHERE store = ?1 AND on_date = ?2",
                params![store, on.to_string()],
            )?;
            Ok(())
        })
        .await
    }

    /// What else ends when a day is closed.
    pub(crate) async fn also_ends(
        &self,
        store: &str,
        on: Date,
        now: Timestamp,
    ) -> Result<AlsoEnds, No> {
        let store = store.to_owned();
        let also = move |book: &Connection| {
            let Some((from, until)) = bounds(book, &store, on)? else {
                return Ok(AlsoEnds::default());
            };
            let waiting = waiting::to(book, &store, (from.max(now), until))?;
            let changes = changes::to(book, &store, (from, until))?.len();
            Ok(AlsoEnds { waiting, changes })
        };
        self.read(move |book| Ok(also(book))).await?
    }

    /// The bookings of a day that are still to come, for whoever wants to close it.
    pub(crate) async fn at_stake(
        &self,
        store: &str,
        on: Date,
        now: Timestamp,
    ) -> Result<Vec<AtStake>, No> {
        let store = store.to_owned();
        let at_stake = move |book: &Connection| {
            let all = bookings_on(book, &store, on, now)?.into_iter().map(|booking| {
                let paid_yen = payments::kept(book, &booking.number)?;
                let is_offer = waiting::is_offer(book, &booking.number)?;
                Ok(AtStake { booking, paid_yen, is_offer })
            });
            all.collect()
        };
        self.read(move |book| Ok(at_stake(book))).await?
    }
}
