//! What guests have to be told: a line on a guest's own page until she has read it. Holds no words.

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use super::bookings::Booking;
use super::{Book, No, moment, word};

/// What she has to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The store called her booking off.
    CalledOff,
    /// A seat that she waited for is held for her.
    Offered,
    /// That hold is over.
    OfferOver,
}

const KINDS: [(&str, Kind); 3] =
    [("called_off", Kind::CalledOff), ("offered", Kind::Offered), ("offer_over", Kind::OfferOver)];

/// Something a guest has to be told.
#[derive(Debug, Clone)]
pub(crate) struct Notice {
    pub(crate) id: i64,
    pub(crate) subject: String,
    pub(crate) booking: String,
    pub(crate) store: String,
    pub(crate) starts_at: Timestamp,
    pub(crate) kind: Kind,
    pub(crate) at: Timestamp,
}

pub(super) fn put(
    book: &Connection,
    booking: &Booking,
    kind: Kind,
    now: Timestamp,
) -> rusqlite::Result<()> {
    // The last word about a booking counts.
    book.prepare_cached("DELETE FROM notices WHERE subject = ?1 AND booking = ?2")?
        .execute([&booking.subject, &booking.number])?;
    let word = KINDS.iter().find(|(_, is)| *is == kind).map_or("", |(word, _)| word);
    book.prepare_cached(
        "INSERT INTO notices (subject, booking, store, starts_at, kind, at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        booking.subject,
        booking.number,
        booking.store,
        booking.starts_at.as_second(),
        word,
        now.as_second(),
    ])
    .map(drop)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Notice> {
    Ok(Notice {
        id: row.get("id")?,
        subject: row.get("subject")?,
        booking: row.get("booking")?,
        store: row.get("store")?,
        starts_at: moment(row, "starts_at")?,
        kind: word(row, "kind", &KINDS)?,
        at: moment(row, "at")?,
    })
}

impl Book {
    /// What a guest has to be told, the latest first.
    pub(crate) async fn notices_of(&self, subject: &str) -> anyhow::Result<Vec<Notice>> {
        let subject = subject.to_owned();
        self.read(move |book| {
            book.prepare_cached("SELECT * FROM notices WHERE subject = ?1 ORDER BY id DESC")?
                .query_map([subject], read)?
                .collect()
        })
        .await
    }

    /// What nobody has written to a guest yet, the earliest first.
    pub(crate) async fn unwritten_notices(&self) -> anyhow::Result<Vec<Notice>> {
        self.read(|book| {
            book.prepare_cached("SELECT * FROM notices WHERE written = 0 ORDER BY id LIMIT 200")?
                .query_map([], read)?
                .collect()
        })
        .await
    }

    /// A letter about it was asked for, or cannot be had.
    pub(crate) async fn notice_written(&self, id: i64) -> Result<(), No> {
        self.write(move |book| {
            book.execute("UPDATE notices SET written = 1 WHERE id = ?1", [id])?;
            Ok(())
        })
        .await
    }

    /// She has read everything up to one of them.
    pub(crate) async fn notices_read(&self, subject: &str, up_to: i64) -> Result<(), No> {
        let subject = subject.to_owned();
        self.write(move |book| {
            book.execute(
                "DELETE FROM notices WHERE subject = ?1 AND id <= ?2",
                params![subject, up_to],
            )?;
            Ok(())
        })
        .await
    }
}
