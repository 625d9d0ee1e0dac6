//! Table `records`: what is written down about each act, sealed, one row per place in the ledger.

use policy::SubjectId;

use super::conn::Insert;
use super::{Conn, DbError, Row};

/// A record as it is kept.
pub struct SealedRecord {
    /// Its place in the ledger.
    pub place: i64,
    /// Its id.
    pub id: [u8; 16],
    /// The kind of act.
    pub act: String,
    /// The person it is about.
    pub subject: Option<SubjectId>,
    /// Milliseconds since 1970.
    pub at: i64,
    /// Milliseconds since 1970; `None` for records kept as long as the ledger.
    pub keep_until: Option<i64>,
    /// The ciphertext.
    pub sealed: Vec<u8>,
}

static INSERT: Insert =
    Insert::new("INSERT INTO records (place, id, act, subject, at, keep_until, sealed)", 7);

/// Keeps a record.
pub fn insert(conn: &mut Conn, record: SealedRecord) {
    conn.insert(
        &INSERT,
        [
            record.place.into(),
            record.id.to_vec().into(),
            record.act.into(),
            record.subject.map(|subject| subject.0.to_vec()).into(),
            record.at.into(),
            record.keep_until.into(),
            record.sealed.into(),
        ],
    );
}

fn read(mut row: Row) -> Result<SealedRecord, DbError> {
    Ok(SealedRecord {
        place: row.int(0)?,
        id: row.bytes(1)?,
        act: row.take_text(2)?,
        subject: row.opt_blob(3)?.and_then(|b| b.try_into().ok()).map(SubjectId),
        at: row.int(4)?,
        keep_until: row.opt_int(5)?,
        sealed: row.take_blob(6)?,
    })
}

/// The record at a place.
pub fn at(conn: &mut Conn, place: i64) -> Result<Option<SealedRecord>, DbError> {
    let row = conn.opt(
        "SELECT place, id, act, subject, at, keep_until, sealed FROM records WHERE place = $1",
        &[place.into()],
    )?;
    row.map(read).transpose()
}

/// What was disclosed of a person, or refused, before a place; newest first.
pub fn crossings(
    conn: &mut Conn,
    subject: SubjectId,
    before: i64,
    limit: i64,
) -> Result<Vec<SealedRecord>, DbError> {
    conn.query(
        "SELECT place, id, act, subject, at, keep_until, sealed FROM records \
         WHERE subject = $1 AND place < $2 AND act IN ('disclosed', 'refused') \
         ORDER BY place DESC LIMIT $3",
        &[(&subject.0).into(), before.into(), limit.into()],
    )?
    .into_iter()
    .map(read)
    .collect()
}

/// What a person answered to consents, oldest first: when she was taken in, and at every change.
pub fn answers(conn: &mut Conn, subject: SubjectId) -> Result<Vec<SealedRecord>, DbError> {
    conn.query(
        "SELECT place, id, act, subject, at, keep_until, sealed FROM records \
         WHERE subject = $1 AND act IN ('registered', 'consent_changed') ORDER BY place",
        &[(&subject.0).into()],
    )?
    .into_iter()
    .map(read)
    .collect()
}

/// Records from a place on, in order.
pub fn from(conn: &mut Conn, place: i64, limit: i64) -> Result<Vec<SealedRecord>, DbError> {
    conn.query(
        "SELECT place, id, act, subject, at, keep_until, sealed FROM records \
         WHERE place >= $1 ORDER BY place LIMIT $2",
        &[place.into(), limit.into()],
    )?
    .into_iter()
    .map(read)
    .collect()
}

/// A row as a verifier meets it: its place, and the record as far as it can be read.
pub type Found = (Option<i64>, Result<SealedRecord, DbError>);

fn found(row: Row) -> Found {
    (row.int(0).ok(), read(row))
}

/// Rows from one place up to another, in order, whatever they hold.
pub fn between(conn: &mut Conn, from: i64, to: i64) -> Result<Vec<Found>, DbError> {
    let rows = conn.query(
        "SELECT place, id, act, subject, at, keep_until, sealed FROM records \
         WHERE place >= $1 AND place < $2 ORDER BY place",
        &[from.into(), to.into()],
    )?;
    Ok(rows.into_iter().map(found).collect())
}

/// How many rows have a place that a ledger of this size does not have, and the first of them.
pub fn outside(conn: &mut Conn, size: i64, limit: i64) -> Result<(u64, Vec<Found>), DbError> {
    let count =
        conn.one("SELECT COUNT(*) FROM records WHERE place < 0 OR place >= $1", &[size.into()])?;
    let rows = conn.query(
        "SELECT place, id, act, subject, at, keep_until, sealed FROM records \
         WHERE place < 0 OR place >= $1 ORDER BY place LIMIT $2",
        &[size.into(), limit.into()],
    )?;
    Ok((count.int(0)?.unsigned_abs(), rows.into_iter().map(found).collect()))
}
