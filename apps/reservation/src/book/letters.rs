//! Letters about bookings that Azukari has still to take: put down in the act that they tell of, whoever does it,
//! so that none is lost when one of the two programs stops. A letter tells what was so then, and is gone once
//! it was taken or cannot be had. Holds no words.

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use super::bookings::Booking;
use super::{Book, No, language, moment, word};
use crate::chance;
use crate::language::{Label, Language};

/// Letters that are looked at together.
pub(crate) const TOGETHER: u32 = 200;

/// What a letter tells of a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Made,
    Moved,
    /// By the guest.
    CalledOff,
    CalledOffByStore,
}

const KINDS: [(&str, Kind); 4] = [
    ("made", Kind::Made),
    ("moved", Kind::Moved),
    ("called_off", Kind::CalledOff),
    ("called_off_by_store", Kind::CalledOffByStore),
];

/// A letter, with the booking as it was when it was put down.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    /// The same letter, however often it is sent.
    pub(crate) id: String,
    pub(crate) kind: Kind,
    pub(crate) booking: String,
    pub(crate) store: String,
    pub(crate) subject: String,
    pub(crate) language: Language,
    pub(crate) starts_at: Timestamp,
    pub(crate) party: u8,
    pub(crate) fee_yen: u32,
    pub(crate) free_until: Timestamp,
    pub(crate) late_percent: u8,
    /// What calling it off cost.
    pub(crate) costs_yen: u32,
    /// What goes back of what was paid.
    pub(crate) back_yen: u32,
    /// Why the store called it off, in her language.
    pub(crate) reason: String,
    pub(crate) at: Timestamp,
}

/// What came of a booking that was called off or moved.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Outcome<'a> {
    pub(super) costs_yen: u32,
    pub(super) back_yen: u32,
    pub(super) reason: Option<&'a Label>,
}

/// Puts a letter down.
pub(super) fn put(
    book: &Connection,
    booking: &Booking,
    kind: Kind,
    outcome: Outcome<'_>,
    now: Timestamp,
) -> Result<(), No> {
    let kind = KINDS.iter().find(|(_, is)| *is == kind).map_or("", |(word, _)| word);
    let reason = outcome.reason.map_or("", |reason| reason.get(booking.language));
    book.prepare_cached(
        "INSERT INTO letters VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15,
            coalesce((SELECT max(tried_at) FROM letters WHERE booking = ?3), 0))",
    )?
    .execute(params![
        chance::uuid()?,
        kind,
        booking.number,
        booking.store,
        booking.subject,
        booking.language.tag(),
        booking.starts_at.as_second(),
        booking.party,
        booking.fee_yen,
        booking.free_until.as_second(),
        booking.late_percent,
        outcome.costs_yen,
        outcome.back_yen,
        reason,
        now.as_second(),
    ])?;
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<Letter> {
    Ok(Letter {
        id: row.get("id")?,
        kind: word(row, "kind", &KINDS)?,
        booking: row.get("booking")?,
        store: row.get("store")?,
        subject: row.get("subject")?,
        language: language(row)?,
        starts_at: moment(row, "starts_at")?,
        party: row.get("party")?,
        fee_yen: row.get("fee_yen")?,
        free_until: moment(row, "free_until")?,
        late_percent: row.get("late_percent")?,
        costs_yen: row.get("costs_yen")?,
        back_yen: row.get("back_yen")?,
        reason: row.get("reason")?,
        at: moment(row, "at")?,
    })
}

impl Book {
    /// The letters that wait: [`TOGETHER`] at most, those first that were not tried yet or the longest ago, and the
    /// earliest of them. Those that nobody takes keep none waiting, and a booking's are always in order.
    pub(crate) async fn letters(&self) -> anyhow::Result<Vec<Letter>> {
        self.read(|book| {
            book.prepare_cached("SELECT * FROM letters ORDER BY tried_at, at, rowid LIMIT ?1")?
                .query_map([TOGETHER], read)?
                .collect()
        })
        .await
    }

    /// They were taken, or cannot be had; of other bookings a letter was tried and is still to be taken.
    pub(crate) async fn letters_over(
        &self,
        ids: Vec<String>,
        not_taken: Vec<String>,
        now: Timestamp,
    ) -> Result<(), No> {
        self.write(move |book| {
            let mut over = book.prepare_cached("DELETE FROM letters WHERE id = ?1")?;
            ids.iter().try_for_each(|id| over.execute([id]).map(drop))?;
            let mut tried =
                book.prepare_cached("UPDATE letters SET tried_at = ?2 WHERE booking = ?1")?;
            let now = now.as_second();
            not_taken
                .iter()
                .try_for_each(|number| tried.execute(params![number, now]).map(drop))?;
            Ok(())
        })
        .await
    }
}
