//! What guests have to be told: a line on a guest's own page until she has read it. Holds no words.

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use super::bookings::Booking;
use super::{Book, No, label, moment, word};
use crate::language::Label;

/// What she has to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The store called her booking off.
    CalledOff,
    /// A seat that she waited for is held for her.
    Offered,
    /// That hold is over.
    OfferOver,
    /// The store closed the day for which she waits.
    LineClosed,
    /// She paid when the hold was over.
    PaidLate,
    /// She paid for what the store had called off.
    PaidOff,
    /// She paid again for what was paid.
    PaidTwice,
    /// She paid for a change that was not made.
    NotChanged,
    /// She paid, and her booking came to nothing.
    NotBooked,
}

const KINDS: [(&str, Kind); 9] = [
    ("called_off", Kind::CalledOff),
    ("offered", Kind::Offered),
    ("offer_over", Kind::OfferOver),
    ("line_closed", Kind::LineClosed),
    ("paid_late", Kind::PaidLate),
    ("paid_off", Kind::PaidOff),
    ("paid_twice", Kind::PaidTwice),
    ("not_changed", Kind::NotChanged),
    ("not_booked", Kind::NotBooked),
];

fn word_of(kind: Kind) -> &'static str {
    KINDS.iter().find(|(_, is)| *is == kind).map_or("", |(word, _)| word)
}

/// The booking that a notice is about; it may be gone, and who waits has none. The moment is that of which it tells.
pub(super) struct About<'a> {
    pub(super) subject: &'a str,
    pub(super) booking: &'a str,
    pub(super) store: &'a str,
    pub(super) starts_at: Timestamp,
}

impl<'a> From<&'a Booking> for About<'a> {
    fn from(booking: &'a Booking) -> Self {
        Self {
            subject: &booking.subject,
            booking: &booking.number,
            store: &booking.store,
            starts_at: booking.starts_at,
        }
    }
}

/// Something a guest has to be told.
#[derive(Debug, Clone)]
pub(crate) struct Notice {
    pub(crate) id: i64,
    pub(crate) subject: String,
    pub(crate) booking: String,
    pub(crate) store: String,
    pub(crate) starts_at: Timestamp,
    pub(crate) kind: Kind,
    /// What she gets back.
    pub(crate) yen: u32,
    /// Why, in the store's words, where it closed the day.
    pub(crate) reason: Option<Label>,
    pub(crate) at: Timestamp,
    /// Until when what it tells of is held for her; `None` when it is not, or not any more.
    pub(crate) held_until: Option<Timestamp>,
}

/// A notice with the hold that it tells of.
const NOTICES: &str =
    "SELECT notices.*, held_until FROM notices LEFT JOIN bookings ON number = booking";

/// Has a guest told of something, of what she gets back, and of the store's reason. What was said of an offer is over with
/// whatever else there is to tell of its booking; everything else stands beside it.
pub(super) fn put<'a>(
    book: &Connection,
    about: impl Into<About<'a>>,
    kind: Kind,
    yen: u32,
    reason: Option<&Label>,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let about = about.into();
    offer_is_over(book, about.booking)?;
    book.prepare_cached(
        "INSERT INTO notices (subject, booking, store, starts_at, kind, yen, reason_ja, reason_en, at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        about.subject,
        about.booking,
        about.store,
        about.starts_at.as_second(),
        word_of(kind),
        yen,
        reason.map_or("", |reason| &reason.ja),
        reason.map_or("", |reason| &reason.en),
        now.as_second(),
    ])
    .map(drop)
}

/// There is nothing more to tell of an offer: it was taken, let go of, or something else came of it.
pub(super) fn offer_is_over(book: &Connection, booking: &str) -> rusqlite::Result<()> {
    book.prepare_cached(
        "DELETE FROM notices WHERE booking = ?1 AND kind IN ('offered', 'offer_over')",
    )?
    .execute([booking])
    .map(drop)
}

/// What there is to tell of one kind about a booking is in a letter of its own.
pub(super) fn are_written(book: &Connection, booking: &str, kind: Kind) -> rusqlite::Result<()> {
    book.prepare_cached("UPDATE notices SET written = 1 WHERE booking = ?1 AND kind = ?2")?
        .execute([booking, word_of(kind)])
        .map(drop)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Notice> {
    let held_until: Option<i64> = row.get("held_until")?;
    let reason = label(row, "reason")?;
    Ok(Notice {
        id: row.get("id")?,
        subject: row.get("subject")?,
        booking: row.get("booking")?,
        store: row.get("store")?,
        starts_at: moment(row, "starts_at")?,
        kind: word(row, "kind", &KINDS)?,
        yen: row.get("yen")?,
        reason: (!reason.ja.is_empty()).then_some(reason),
        at: moment(row, "at")?,
        held_until: held_until.map(|_| moment(row, "held_until")).transpose()?,
    })
}

impl Book {
    /// What a guest has to be told, the latest first.
    pub(crate) async fn notices_of(&self, subject: &str) -> anyhow::Result<Vec<Notice>> {
        let subject = subject.to_owned();
        self.read(move |book| {
            book.prepare_cached(&format!("{NOTICES} WHERE notices.subject = ?1 ORDER BY id DESC"))?
                .query_map([subject], read)?
                .collect()
        })
        .await
    }

    /// What nobody has written to a guest yet, the earliest first.
    pub(crate) async fn unwritten_notices(&self) -> anyhow::Result<Vec<Notice>> {
        self.read(|book| {
            book.prepare_cached(&format!("{NOTICES} WHERE written = 0 ORDER BY id LIMIT 200"))?
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
