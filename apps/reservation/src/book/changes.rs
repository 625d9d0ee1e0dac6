//! A booking moves to another time or becomes another party's. The new seat is taken beside the old one;
//! only when Azukari was told does the old one go, so that neither is lost on the way.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::bookings::{self, Booking, Stage};
use super::{Book, No, moment, seatings, stores, tables, waiting};

/// What a booking is to become.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    /// The booking as it is.
    pub(crate) booking: Booking,
    pub(crate) starts_at: Timestamp,
    pub(crate) ends_at: Timestamp,
    /// True when the guest was told that it came to nothing.
    pub(crate) failed: bool,
}

fn read(row: &Row<'_>, booking: Booking) -> rusqlite::Result<Change> {
    Ok(Change {
        booking,
        starts_at: moment(row, "new_starts_at")?,
        ends_at: moment(row, "new_ends_at")?,
        failed: row.get("failed")?,
    })
}

const CHANGES: &str = "SELECT bookings.*, changes.starts_at AS new_starts_at, \
     changes.ends_at AS new_ends_at, failed \
     FROM changes JOIN bookings ON number = booking";

fn get(book: &Connection, number: &str) -> rusqlite::Result<Option<Change>> {
    book.prepare_cached(&format!("{CHANGES} WHERE number = ?1"))?
        .query_row([number], |row| read(row, Booking::read(row)?))
        .optional()
}

/// Takes the seat that a booking is to have instead of its own.
fn change(
    book: &Connection,
    number: &str,
    subject: &str,
    (starts_at, party): (Timestamp, u8),
    now: Timestamp,
) -> Result<Change, No> {
    bookings::expire(book, now)?;
    let own = bookings::get(book, number)?.filter(|own| own.subject == subject && own.stands());
    let own = own.ok_or(No::Gone)?;
    let store = stores::get(book, &own.store)?.ok_or(No::Gone)?;
    // Whoever could move a booking that costs something to call off could call it off for nothing.
    let costs = own.cost_of_calling_off(now) > 0;
    if own.starts_at <= now || costs {
        return Err(No::TooSoon);
    }
    if let Some(under_way) = get(book, number)? {
        if !under_way.failed {
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
    let (fee_yen, free_until) = store.terms(starts_at, party);
    book.prepare_cached("INSERT INTO changes VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0)")?.execute(
        params![
            number,
            starts_at.as_second(),
            ends_at.as_second(),
            party,
            now.as_second(),
            fee_yen,
            free_until.as_second(),
        ],
    )?;
    tables::take(book, &own.store, number, true, &seat, (starts_at, ends_at))?;
    Ok(Change { booking: own, starts_at, ends_at, failed: false })
}

/// The booking becomes what it was to become, and its old seat is free.
fn changed(book: &Connection, number: &str, now: Timestamp) -> Result<(), No> {
    let Some(change) = get(book, number)? else { return Ok(()) };
    // Called off meanwhile: then it ends as it was.
    if change.booking.stage != Stage::Booked {
        return remove(book, number);
    }
    book.prepare_cached(
        "UPDATE bookings SET (starts_at, ends_at, party, fee_yen, free_until) =
            (SELECT starts_at, ends_at, party, fee_yen, free_until FROM changes
             WHERE booking = number) WHERE number = ?1",
    )?
    .execute([number])?;
    book.prepare_cached("DELETE FROM seats WHERE booking = ?1 AND for_change = 0")?
        .execute([number])?;
    book.prepare_cached("UPDATE seats SET for_change = 0 WHERE booking = ?1")?.execute([number])?;
    book.prepare_cached("DELETE FROM changes WHERE booking = ?1")?.execute([number])?;
    let booking = change.booking;
    waiting::leave(book, &booking.subject, &booking.store, change.starts_at)?;
    waiting::offer(book, &booking.store, now)
}

fn remove(book: &Connection, number: &str) -> Result<(), No> {
    book.prepare_cached("DELETE FROM seats WHERE booking = ?1 AND for_change = 1")?
        .execute([number])?;
    book.prepare_cached("DELETE FROM changes WHERE booking = ?1")?.execute([number])?;
    Ok(())
}

impl Book {
    /// Takes the seat that a booking is to have instead of its own.
    ///
    /// # Errors
    /// As for a new booking; [`No::TooSoon`] when it may no longer be moved, [`No::Already`] while
    /// another change is under way.
    pub(crate) async fn change(
        &self,
        number: &str,
        subject: &str,
        to: (Timestamp, u8),
        now: Timestamp,
    ) -> Result<Change, No> {
        let (number, subject) = (number.to_owned(), subject.to_owned());
        self.write(move |book| change(book, &number, &subject, to, now)).await
    }

    /// Azukari knows of it: the booking is the new one, and its old seat is free.
    pub(crate) async fn changed(&self, number: &str, now: Timestamp) -> Result<(), No> {
        let number = number.to_owned();
        self.write(move |book| changed(book, &number, now)).await
    }

    /// The guest is told that it came to nothing; Azukari may have heard of it all the same.
    pub(crate) async fn change_failed(&self, number: &str) -> Result<(), No> {
        let number = number.to_owned();
        self.write(move |book| {
            book.execute("UPDATE changes SET failed = 1 WHERE booking = ?1", [number])?;
            Ok(())
        })
        .await
    }

    /// Azukari goes by the old booking: the new seat is free.
    pub(crate) async fn drop_change(&self, number: &str, now: Timestamp) -> Result<(), No> {
        let number = number.to_owned();
        self.write(move |book| {
            let Some(change) = get(book, &number)? else { return Ok(()) };
            remove(book, &number)?;
            waiting::offer(book, &change.booking.store, now)
        })
        .await
    }

    /// Changes on their way to Azukari since before a moment, and all that came to nothing.
    pub(crate) async fn unsettled_changes(&self, before: Timestamp) -> anyhow::Result<Vec<Change>> {
        self.read(move |book| {
            book.prepare_cached(&format!(
                "{CHANGES} WHERE ending IS NULL AND (failed OR changes.asked_at <= ?1) LIMIT 1000"
            ))?
            .query_map([before.as_second()], |row| read(row, Booking::read(row)?))?
            .collect()
        })
        .await
    }
}
