//! Who waits for a seat that is taken. Whatever frees one offers it, in the same act, to the first in line
//! whom it fits: a hold of her own, for a while; when it is over, to the next.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::bookings::{self, Booking, Stage, Wish};
use super::companions::Companions;
use super::notices::{self, About, Kind};
use super::{Book, No, moment, seatings, stores};
use crate::chance;
use crate::language::{Label, Language};

/// How long an offer stands, in minutes.
pub(crate) const OFFER_MINUTES: i64 = 30;
/// The lines in which one guest may stand at a time.
const LINES: u32 = 20;

/// A guest in a line.
#[derive(Debug, Clone)]
pub(crate) struct Waiting {
    pub(crate) id: i64,
    pub(crate) store: String,
    pub(crate) subject: String,
    pub(crate) starts_at: Timestamp,
    pub(crate) party: u8,
    /// How many are before her, of whatever size.
    pub(crate) before: u32,
}

fn read(row: &Row<'_>) -> rusqlite::Result<Waiting> {
    Ok(Waiting {
        id: row.get("id")?,
        store: row.get("store")?,
        subject: row.get("subject")?,
        starts_at: moment(row, "starts_at")?,
        party: row.get("party")?,
        before: row.get("before")?,
    })
}

/// Those at a store who were offered nothing yet, the first come first.
fn line(book: &Connection, store: &str, now: Timestamp) -> rusqlite::Result<Vec<Waiting>> {
    book.prepare_cached(
        "SELECT *, 0 AS before FROM waiting
         WHERE store = ?1 AND starts_at > ?2 AND booking IS NULL ORDER BY since, id",
    )?
    .query_map(params![store, now.as_second()], read)?
    .collect()
}

/// Offers what is free at a store to those who wait.
pub(super) fn offer(book: &Connection, store: &str, now: Timestamp) -> Result<(), No> {
    let line = line(book, store, now)?;
    if line.is_empty() {
        return Ok(());
    }
    let Some(store) = stores::get(book, store)? else { return Ok(()) };
    for waiting in line {
        let allowed = store
            .allows(waiting.starts_at, waiting.party, now)
            .and_then(|()| seatings::offered(book, &store, waiting.starts_at));
        match allowed {
            Ok(()) => {}
            Err(No::Failed(error)) => return Err(No::Failed(error)),
            Err(_) => continue,
        }
        let wish = Wish {
            number: chance::booking_number()?,
            store: waiting.store,
            subject: waiting.subject,
            starts_at: waiting.starts_at,
            party: waiting.party,
            // Until she takes it, in hers.
            language: Language::Ja,
            companions: Companions::default(),
        };
        let until = (now + SignedDuration::from_mins(OFFER_MINUTES)).min(wish.starts_at);
        if let Some(held) = bookings::seat(book, &store, &wish, Stage::Held, Some(until), now)? {
            book.prepare_cached("UPDATE waiting SET booking = ?2 WHERE id = ?1")?
                .execute(params![waiting.id, held.number])?;
            notices::put(book, &held, Kind::Offered, 0, None, now)?;
        }
    }
    Ok(())
}

/// A hold was taken or let go of; if it was an offer, so is her wait over, and there is nothing to tell of it any more.
pub(super) fn answered(book: &Connection, number: &str) -> rusqlite::Result<bool> {
    let was_offered =
        book.prepare_cached("DELETE FROM waiting WHERE booking = ?1")?.execute([number])?;
    notices::offer_is_over(book, number)?;
    Ok(was_offered > 0)
}

/// The time of a hold is over; if it was an offer, she is told.
pub(super) fn over(book: &Connection, held: &Booking, now: Timestamp) -> Result<(), No> {
    if answered(book, &held.number)? {
        notices::put(book, held, Kind::OfferOver, 0, None, now)?;
    }
    Ok(())
}

/// A day that is closed has no line to wait in: who waited is told, and why.
pub(super) fn close(
    book: &Connection,
    store: &str,
    (from, until): (Timestamp, Timestamp),
    reason: &Label,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let waited: Vec<Waiting> = book
        .prepare_cached(
            "DELETE FROM waiting WHERE store = ?1 AND starts_at >= ?2 AND starts_at < ?3
             AND booking IS NULL RETURNING *, 0 AS before",
        )?
        .query_map(params![store, from.as_second(), until.as_second()], read)?
        .collect::<Result<_, _>>()?;
    for Waiting { subject, store, starts_at, .. } in waited {
        if starts_at > now {
            let about = About { subject: &subject, booking: "", store: &store, starts_at };
            notices::put(book, about, Kind::LineClosed, 0, Some(reason), now)?;
        }
    }
    Ok(())
}

/// How many wait at a store for a span of time, without an offer.
pub(super) fn to(
    book: &Connection,
    store: &str,
    (from, until): (Timestamp, Timestamp),
) -> rusqlite::Result<u32> {
    book.prepare_cached(
        "SELECT count(*) FROM waiting
         WHERE store = ?1 AND starts_at >= ?2 AND starts_at < ?3 AND booking IS NULL",
    )?
    .query_row(params![store, from.as_second(), until.as_second()], |row| row.get(0))
}

/// Whether a hold was offered to somebody who waits.
pub(super) fn is_offer(book: &Connection, number: &str) -> rusqlite::Result<bool> {
    book.prepare_cached("SELECT EXISTS (SELECT 1 FROM waiting WHERE booking = ?1)")?
        .query_row([number], |row| row.get(0))
}

/// She has what she waited for, or waits no more.
pub(super) fn leave(
    book: &Connection,
    subject: &str,
    store: &str,
    starts_at: Timestamp,
) -> rusqlite::Result<()> {
    book.prepare_cached("DELETE FROM waiting WHERE subject = ?1 AND store = ?2 AND starts_at = ?3")?
        .execute(params![subject, store, starts_at.as_second()])
        .map(drop)
}

/// Forgets who waited for a time that has come.
pub(super) fn forget(book: &Connection, now: Timestamp) -> rusqlite::Result<()> {
    book.execute("DELETE FROM waiting WHERE starts_at <= ?1 AND booking IS NULL", [now.as_second()])
        .map(drop)
}

impl Book {
    /// Puts a guest into the line for a seating; if there is a seat after all, she is offered it now.
    ///
    /// # Errors
    /// Why the store does not seat her then; [`No::Already`] with what she has there; [`No::TooFar`] when
    /// she stands in too many lines.
    pub(crate) async fn wait(&self, wish: Wish, now: Timestamp) -> Result<(), No> {
        self.write(move |book| {
            bookings::expire(book, now)?;
            let store = stores::get(book, &wish.store)?.ok_or(No::Gone)?;
            store.allows(wish.starts_at, wish.party, now)?;
            seatings::offered(book, &store, wish.starts_at)?;
            let there = bookings::there(book, &wish.subject, &wish.store, wish.starts_at)?;
            if let Some((number, _)) = there {
                return Err(No::Already(number));
            }
            let lines: u32 = book
                .prepare_cached("SELECT count(*) FROM waiting WHERE subject = ?1")?
                .query_row([&wish.subject], |row| row.get(0))?;
            if lines >= LINES {
                return Err(No::TooFar);
            }
            book.prepare_cached(
                "INSERT INTO waiting (store, subject, starts_at, party, since)
                 VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT DO UPDATE SET party = excluded.party",
            )?
            .execute(params![
                wish.store,
                wish.subject,
                wish.starts_at.as_second(),
                wish.party,
                now.as_millisecond(),
            ])?;
            offer(book, &wish.store, now)
        })
        .await
    }

    /// She waits no more.
    pub(crate) async fn wait_no_more(&self, id: i64, subject: &str) -> Result<(), No> {
        let subject = subject.to_owned();
        self.write(move |book| {
            book.execute(
                "DELETE FROM waiting WHERE id = ?1 AND subject = ?2 AND booking IS NULL",
                params![id, subject],
            )?;
            Ok(())
        })
        .await
    }

    /// The lines in which a guest stands, the nearest time first.
    pub(crate) async fn waits_of(
        &self,
        subject: &str,
        now: Timestamp,
    ) -> anyhow::Result<Vec<Waiting>> {
        let subject = subject.to_owned();
        self.read(move |book| {
            book.prepare_cached(
                "SELECT *, (SELECT count(*) FROM waiting other WHERE other.store = waiting.store
                    AND other.starts_at = waiting.starts_at AND other.booking IS NULL
                    AND (other.since, other.id) < (waiting.since, waiting.id)) AS before
                 FROM waiting WHERE subject = ?1 AND starts_at > ?2 AND booking IS NULL
                 ORDER BY starts_at",
            )?
            .query_map(params![subject, now.as_second()], read)?
            .collect()
        })
        .await
    }

    /// The booking that was offered to a guest for a moment, if any.
    pub(crate) async fn offered_to(
        &self,
        subject: &str,
        store: &str,
        starts_at: Timestamp,
    ) -> anyhow::Result<Option<String>> {
        let (subject, store) = (subject.to_owned(), store.to_owned());
        self.read(move |book| {
            book.prepare_cached(
                "SELECT booking FROM waiting
                 WHERE subject = ?1 AND store = ?2 AND starts_at = ?3 AND booking IS NOT NULL",
            )?
            .query_row(params![subject, store, starts_at.as_second()], |row| row.get(0))
            .optional()
        })
        .await
    }
}
