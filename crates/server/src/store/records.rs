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

/// Records whose time is over by a moment, the longest first, after one that was seen: each end with
/// its place.
pub fn ended(
    conn: &mut Conn,
    by: i64,
    after: (i64, i64),
    limit: i64,
) -> Result<Vec<SealedRecord>, DbError> {
    conn.query(
        "SELECT place, id, act, subject, at, keep_until, sealed FROM records \
         WHERE keep_until <= $1 AND (keep_until > $2 OR (keep_until = $2 AND place > $3)) \
         ORDER BY keep_until, place LIMIT $4",
        &[by.into(), after.0.into(), after.1.into(), limit.into()],
    )?
    .into_iter()
    .map(read)
    .collect()
}

/// Ends a record.
pub fn erase(conn: &mut Conn, place: i64) {
    conn.exec_many(&[("DELETE FROM records WHERE place = $1", &[place.into()])]);
}

/// Places from one to another, both included, that have a record.
pub fn present(conn: &mut Conn, first: i64, last: i64) -> Result<Vec<i64>, DbError> {
    conn.query(
        "SELECT place FROM records WHERE place >= $1 AND place <= $2 ORDER BY place",
        &[first.into(), last.into()],
    )?
    .iter()
    .map(|row| row.int(0))
    .collect()
}

/// How many records end in each week from a moment on, up to another: the week's number from there.
pub fn ends_by_week(conn: &mut Conn, from: i64, to: i64) -> Result<Vec<(i64, u64)>, DbError> {
    const WEEK: i64 = 7 * 24 * 3_600_000;
    conn.query(
        "SELECT CASE WHEN keep_until < $1 THEN 0 ELSE (keep_until - $1) / $2 END AS week, COUNT(*) \
         FROM records WHERE keep_until < $3 GROUP BY week ORDER BY week",
        &[from.into(), WEEK.into(), to.into()],
    )?
    .iter()
    .map(|row| Ok((row.int(0)?, row.int(1)?.unsigned_abs())))
    .collect()
}
