//! A booking moves to another time or becomes another party's. The new seat is taken beside the old one;
//! only when Azukari was told does the old one go, so that neither is lost on the way.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::bookings::{self, Booking};
use super::companions::{self, Companions};
use super::letters::{self, Outcome};
use super::notices::{self, About, Kind};
use super::{Book, No, moment, payments, seatings, stores, tables, waiting};
use crate::language::Label;
use crate::payments::LEAST_YEN;

/// What a booking is to become.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    /// The booking as it is.
    pub(crate) booking: Booking,
    pub(crate) starts_at: Timestamp,
    pub(crate) ends_at: Timestamp,
    pub(crate) party: u8,
    /// What it will cost then.
    pub(crate) fee_yen: u32,
    /// Until when its seat is held for the difference to be paid; Azukari knows nothing.
    pub(crate) held_until: Option<Timestamp>,
    /// True when the guest was told that it came to nothing.
    pub(crate) failed: bool,
}

impl Change {
    /// What is to be paid before it is made.
    pub(crate) fn difference(&self) -> u32 {
        self.fee_yen.saturating_sub(self.booking.fee_yen)
    }

    /// How many people she brings then.
    pub(crate) fn brings(&self) -> u8 {
        self.party.saturating_sub(1)
    }
}

impl<'a> From<&'a Change> for About<'a> {
    fn from(change: &'a Change) -> Self {
        Self { starts_at: change.starts_at, ..About::from(&change.booking) }
    }
}

fn read(row: &Row<'_>, booking: Booking) -> rusqlite::Result<Change> {
    let held_until: Option<i64> = row.get("change_held_until")?;
    Ok(Change {
        booking,
        starts_at: moment(row, "new_starts_at")?,
        ends_at: moment(row, "new_ends_at")?,
        party: row.get("new_party")?,
        fee_yen: row.get("new_fee_yen")?,
        held_until: held_until.map(|_| moment(row, "change_held_until")).transpose()?,
        failed: row.get("failed")?,
    })
}

const CHANGES: &str = "SELECT bookings.*, changes.starts_at AS new_starts_at, \
     changes.ends_at AS new_ends_at, changes.party AS new_party, changes.fee_yen AS new_fee_yen, \
     changes.held_until AS change_held_until, failed \
     FROM changes JOIN bookings ON number = booking";

pub(super) fn get(book: &Connection, number: &str) -> rusqlite::Result<Option<Change>> {
    book.prepare_cached(&format!("{CHANGES} WHERE number = ?1"))?
        .query_row([number], |row| read(row, Booking::read(row)?))
        .optional()
}

/// Takes the seat that a booking is to have instead of its own; holds it where fees are paid here and it
/// costs more. What she said of those whom she brings then replaces what she said before.
fn change(
    book: &Connection,
    number: &str,
    subject: &str,
    (starts_at, party): (Timestamp, u8),
    told: Option<&Companions>,
    pays: bool,
    now: Timestamp,
) -> Result<Change, No> {
    bookings::expire(book, now)?;
    let own = bookings::get(book, number)?.filter(|own| own.subject == subject && own.stands());
    let own = own.ok_or(No::Gone)?;
    let store = stores::get(book, &own.store)?.ok_or(No::Gone)?;
    if now >= own.change_until() {
        return Err(No::TooSoon);
    }
    if let Some(under_way) = get(book, number)? {
        // What was not paid for gives way.
        if !under_way.failed && under_way.held_until.is_none() {
            return Err(No::Already(number.to_owned()));
        }
        remove(book, number)?;
    }
    store.allows(starts_at, party, now)?;
    if starts_at != own.starts_at {
        seatings::offered(book, &store, starts_at)?;
        if let Some((other, _)) = bookings::there(book, subject, &own.store, starts_at)? {
            return Err(No::Already(other));
        }
    }
    let ends_at = store.ends_at(starts_at);
    let seat = tables::find(book, &own.store, number, (starts_at, ends_at), party, now)?;
    let seat = seat.ok_or(No::Full)?;
    let (fee_yen, free_until, late_percent) = store.terms(starts_at, party);
    // What is too little for a card is not worth a page.
    let until = now + SignedDuration::from_mins(i64::from(store.hold_minutes));
    let held_until = (pays && fee_yen >= own.fee_yen + LEAST_YEN)
        .then_some(until.min(own.starts_at).min(starts_at));
    book.prepare_cached("INSERT INTO changes VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0)")?
        .execute(params![
            number,
            starts_at.as_second(),
            ends_at.as_second(),
            party,
            now.as_second(),
            fee_yen,
            free_until.as_second(),
            late_percent,
            held_until.map(Timestamp::as_second),
        ])?;
    tables::take(book, &own.store, number, true, &seat, (starts_at, ends_at))?;
    let change =
        Change { booking: own, starts_at, ends_at, party, fee_yen, held_until, failed: false };
    let told = match told {
        Some(told) => told.clone(),
        None => companions::fitting(&companions::of(book, number)?, change.brings()),
    };
    companions::put(book, (number, true), change.brings(), &told)?;
    Ok(change)
}

/// The difference was paid: the change is on its way. `None` when its hold is over.
pub(super) fn paid(
    book: &Connection,
    number: &str,
    now: Timestamp,
) -> rusqlite::Result<Option<Change>> {
    let asked = book
        .prepare_cached(
            "UPDATE changes SET held_until = NULL, asked_at = ?2 WHERE booking = ?1 AND held_until > ?2",
        )?
        .execute(params![number, now.as_second()])?;
    if asked > 0 { get(book, number) } else { Ok(None) }
}

/// Lets go of the changes whose hold is over; returns their stores.
pub(super) fn expire(book: &Connection, now: Timestamp) -> Result<Vec<String>, No> {
    let over: Vec<(String, String)> = book
        .prepare_cached(
            "SELECT number, store FROM changes JOIN bookings ON number = booking
             WHERE changes.held_until <= ?1",
        )?
        .query_map([now.as_second()], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    over.iter().try_for_each(|(number, _)| remove(book, number))?;
    Ok(over.into_iter().map(|(_, store)| store).collect())
}

/// The booking becomes what it was to become, and its old seat is free; returns what goes back of what was paid. `None`
/// when it was called off or its new day closed meanwhile: then it stays what it was.
fn changed(book: &Connection, number: &str, now: Timestamp) -> Result<Option<u32>, No> {
    let change = get(book, number)?.filter(|change| !change.failed && change.booking.stands());
    let Some(change) = change else { return Ok(None) };
    book.prepare_cached(
        "UPDATE bookings SET (starts_at, ends_at, party, fee_yen, free_until, late_percent) =
            (SELECT starts_at, ends_at, party, fee_yen, free_until, late_percent FROM changes
             WHERE booking = number) WHERE number = ?1",
    )?
    .execute([number])?;
    book.prepare_cached("DELETE FROM seats WHERE booking = ?1 AND for_change = 0")?
        .execute([number])?;
    book.prepare_cached("UPDATE seats SET for_change = 0 WHERE booking = ?1")?.execute([number])?;
    book.prepare_cached("DELETE FROM changes WHERE booking = ?1")?.execute([number])?;
    companions::changed(book, number)?;
    let booking = change.booking;
    let back_yen = payments::keep(book, number, change.fee_yen, now)?;
    if let Some(moved) = bookings::get(book, number)?.filter(Booking::stands) {
        letters::put(
            book,
            &moved,
            letters::Kind::Moved,
            Outcome { back_yen, ..Outcome::default() },
            now,
        )?;
    }
    waiting::leave(book, &booking.subject, &booking.store, change.starts_at)?;
    waiting::offer(book, &booking.store, now)?;
    Ok(Some(back_yen))
}

/// Nothing is moved to a day that is closed: changes to it come to nothing, what was paid for them goes back, and she is
/// told why. Of those on their way Azukari may have heard, so they go once it was told otherwise.
pub(super) fn close(
    book: &Connection,
    store: &str,
    (from, until): (Timestamp, Timestamp),
    reason: &Label,
    now: Timestamp,
) -> Result<(), No> {
    for change in &to(book, store, (from, until))? {
        let number = &change.booking.number;
        if change.held_until.is_some() {
            remove(book, number)?;
        } else {
            fail(book, number)?;
        }
        let back = payments::keep(book, number, change.booking.fee_yen, now)?;
        notices::put(book, change, Kind::NotChanged, back, Some(reason), now)?;
    }
    Ok(())
}

/// The changes to a span of time of a store that may still be made.
pub(super) fn to(
    book: &Connection,
    store: &str,
    (from, until): (Timestamp, Timestamp),
) -> rusqlite::Result<Vec<Change>> {
    book.prepare_cached(&format!(
        "{CHANGES} WHERE store = ?1 AND changes.starts_at >= ?2 AND changes.starts_at < ?3
         AND NOT failed AND ending IS NULL"
    ))?
    .query_map(params![store, from.as_second(), until.as_second()], |row| {
        read(row, Booking::read(row)?)
    })?
    .collect()
}

fn fail(book: &Connection, number: &str) -> rusqlite::Result<()> {
    book.prepare_cached("UPDATE changes SET failed = 1 WHERE booking = ?1")?
        .execute([number])
        .map(drop)
}

fn remove(book: &Connection, number: &str) -> Result<(), No> {
    book.prepare_cached("DELETE FROM seats WHERE booking = ?1 AND for_change = 1")?
        .execute([number])?;
    book.prepare_cached("DELETE FROM companions WHERE booking = ?1 AND for_change = 1")?
        .execute([number])?;
    book.prepare_cached("DELETE FROM changes WHERE booking = ?1")?.execute([number])?;
    Ok(())
}

impl Book {
    /// Takes the seat that a booking is to have instead of its own.
    ///
    /// # Errors
    /// As for a new booking; [`No::TooSoon`] when it may no longer be moved, [`No::Already`] while
    /// another change is under way; [`No::Party`] where more people have an allergy than she brings.
    pub(crate) async fn change(
        &self,
        number: &str,
        subject: &str,
        to: (Timestamp, u8),
        told: Option<Companions>,
        pays: bool,
        now: Timestamp,
    ) -> Result<Change, No> {
        let (number, subject) = (number.to_owned(), subject.to_owned());
        self.write(move |book| change(book, &number, &subject, to, told.as_ref(), pays, now)).await
    }

    /// Azukari knows of it: the booking is the new one, and its old seat is free. Returns what goes back of what was
    /// paid; `None` when the booking was called off or its new day closed meanwhile: then it stays what it was.
    pub(crate) async fn changed(&self, number: &str, now: Timestamp) -> Result<Option<u32>, No> {
        let number = number.to_owned();
        self.write(move |book| changed(book, &number, now)).await
    }

    /// The guest is told that it came to nothing; Azukari may have heard of it all the same.
    pub(crate) async fn change_failed(&self, number: &str) -> Result<(), No> {
        let number = number.to_owned();
        self.write(move |book| Ok(fail(book, &number)?)).await
    }

    /// Azukari goes by the old booking: the new seat is free.
    pub(crate) async fn drop_change(&self, number: &str, now: Timestamp) -> Result<(), No> {
        let number = number.to_owned();
        self.write(move |book| {
            let Some(change) = get(book, &number)? else { return Ok(()) };
            remove(book, &number)?;
            // Not where it ends: then it was said what goes back.
            if change.booking.ending.is_none() {
                let back = payments::keep(book, &number, change.booking.fee_yen, now)?;
                if back > 0 {
                    notices::put(book, &change, Kind::NotChanged, back, None, now)?;
                }
            }
            waiting::offer(book, &change.booking.store, now)
        })
        .await
    }

    /// She gives up a change whose difference she has still to pay, and its seat is free.
    pub(crate) async fn give_up_change(&self, number: &str, now: Timestamp) -> Result<(), No> {
        let number = number.to_owned();
        self.write(move |book| match get(book, &number)? {
            Some(change) if change.held_until.is_some() => {
                remove(book, &number)?;
                waiting::offer(book, &change.booking.store, now)
            }
            _ => Ok(()),
        })
        .await
    }

    /// The change whose difference a guest has still to pay.
    pub(crate) async fn unpaid_change(
        &self,
        number: &str,
        now: Timestamp,
    ) -> anyhow::Result<Option<Change>> {
        let change = self.change_of(number).await?;
        Ok(change.filter(|change| change.held_until.is_some_and(|until| until > now)))
    }

    /// What a booking is to become, if anything.
    pub(crate) async fn change_of(&self, number: &str) -> anyhow::Result<Option<Change>> {
        let number = number.to_owned();
        self.read(move |book| get(book, &number)).await
    }

    /// Changes on their way to Azukari since before a moment, and all that came to nothing.
    pub(crate) async fn unsettled_changes(&self, before: Timestamp) -> anyhow::Result<Vec<Change>> {
        self.read(move |book| {
            book.prepare_cached(&format!(
                "{CHANGES} WHERE ending IS NULL AND changes.held_until IS NULL
                 AND (failed OR changes.asked_at <= ?1) LIMIT 1000"
            ))?
            .query_map([before.as_second()], |row| read(row, Booking::read(row)?))?
            .collect()
        })
        .await
    }
}
