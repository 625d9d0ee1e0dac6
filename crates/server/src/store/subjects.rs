//! Table `subjects`: who is held, and when somebody has to look whether something of hers is due; with
//! `subject_keys`, the one key whose end makes all of a person's values unreadable, and beside it, in
//! the one row the gate reads, her regime and the end of her account.

use jiff::Timestamp;
use policy::{RegimeName, SubjectId};

use super::{Conn, DbError};

/// Takes a person in with her wrapped key.
pub fn insert(conn: &mut Conn, subject: SubjectId, regime: &RegimeName, wrapped: &[u8], now: i64) {
    conn.exec_many(&[
        (
            "INSERT INTO subjects (id, registered_at) VALUES ($1, $2)",
            &[(&subject.0).into(), now.into()],
        ),
        (
            "INSERT INTO subject_keys (subject, regime, wrapped) VALUES ($1, $2, $3)",
            &[(&subject.0).into(), regime.as_str().into(), wrapped.into()],
        ),
    ]);
}

/// Regime, wrapped key, the end of the account and of the last engagement; all but the last are gone
/// once the key was shredded.
const WITH_KEY: &str = "SELECT k.regime, k.wrapped, k.closed_at, \
     (SELECT MAX(e.ends_at) FROM engagements e WHERE e.subject = s.id AND e.cancelled = 0) \
     FROM subjects s LEFT JOIN subject_keys k ON k.subject = s.id WHERE s.id = $1";

/// A person as the rooms need her.
pub struct Held {
    /// The rules that apply to her; `None` when the row holds no regime name, or is gone.
    pub regime: Option<RegimeName>,
    /// Her wrapped key, unless it was shredded.
    pub wrapped: Option<Vec<u8>>,
    /// When her account was closed; `Err` when the row holds no moment.
    pub closed_at: Result<Option<Timestamp>, NoMoment>,
    /// When the last engagement that was not called off ends.
    pub engagement_end: Result<Option<Timestamp>, NoMoment>,
}

/// A number that is not a moment of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a row holds a number that is no moment")]
pub struct NoMoment;

/// Reads a moment from a row.
pub fn moment(milliseconds: i64) -> Result<Timestamp, NoMoment> {
    Timestamp::from_millisecond(milliseconds).map_err(|_| NoMoment)
}

/// Reads a row of regime and wrapped key.
pub fn held(rows: &[super::Row]) -> Result<Option<Held>, DbError> {
    let Some(row) = rows.first() else { return Ok(None) };
    let regime = row.opt_text(0)?.and_then(|regime| regime.parse().ok());
    let wrapped = row.opt_blob(1)?.map(<[u8]>::to_vec);
    let closed_at = row.opt_int(2)?.map(moment).transpose();
    let engagement_end = row.opt_int(3)?.map(moment).transpose();
    Ok(Some(Held { regime, wrapped, closed_at, engagement_end }))
}

/// The person under an id, if she is held.
pub fn get(conn: &mut Conn, subject: SubjectId) -> Result<Option<Held>, DbError> {
    held(&conn.query(WITH_KEY, &[(&subject.0).into()])?)
}

/// How many people come [`after`] one.
pub fn count_after(conn: &mut Conn, after: &[u8], before: i64) -> Result<i64, DbError> {
    let sql = "SELECT COUNT(*) FROM subjects s JOIN subject_keys k ON k.subject = s.id \
               WHERE s.id > $1 AND s.registered_at < $2 AND k.closed_at IS NULL";
    conn.one(sql, &[after.into(), before.into()])?.int(0)
}

/// The next people, in the order of their ids, who were held before a moment and have not left.
pub fn after(
    conn: &mut Conn,
    after: &[u8],
    before: i64,
    limit: i64,
) -> Result<Vec<SubjectId>, DbError> {
    conn.query(
        "SELECT s.id FROM subjects s JOIN subject_keys k ON k.subject = s.id \
         WHERE s.id > $1 AND s.registered_at < $2 AND k.closed_at IS NULL ORDER BY s.id LIMIT $3",
        &[after.into(), before.into(), limit.into()],
    )?
    .iter()
    .map(|row| Ok(SubjectId(row.bytes(0)?)))
    .collect()
}

/// Closes an account.
pub fn close(conn: &mut Conn, subject: SubjectId, now: i64) {
    conn.exec_many(&[(
        "UPDATE subject_keys SET closed_at = $1 WHERE subject = $2",
        &[now.into(), (&subject.0).into()],
    )]);
}

/// Replaces a person's wrapped key: what the old one sealed opens no more.
pub fn put_key(conn: &mut Conn, subject: SubjectId, wrapped: &[u8]) {
    conn.exec_many(&[(
        "UPDATE subject_keys SET wrapped = $1 WHERE subject = $2",
        &[wrapped.into(), (&subject.0).into()],
    )]);
}

/// Notes when somebody has to look at her again, and whether something due is held back.
pub fn look_at(conn: &mut Conn, subject: SubjectId, due_at: Option<i64>, held: bool) {
    conn.exec_many(&[(
        "UPDATE subjects SET due_at = $1, held = $2 WHERE id = $3",
        &[due_at.into(), held.into(), (&subject.0).into()],
    )]);
}

/// Notes that something of hers may be due at a moment: nobody looks later than that.
pub fn look_by(conn: &mut Conn, subject: SubjectId, at: i64) {
    conn.exec_many(&[(
        "UPDATE subjects SET due_at = $1 WHERE id = $2 AND (due_at IS NULL OR due_at > $1)",
        &[at.into(), (&subject.0).into()],
    )]);
}

/// Has everybody looked at once: the rules have changed.
pub fn look_at_everybody(conn: &mut Conn, now: i64) {
    conn.exec_many(&[(
        "UPDATE subjects SET due_at = $1 WHERE due_at IS NULL OR due_at > $1",
        &[now.into()],
    )]);
}

/// Where a page of people to look at ended.
pub type Seen = (i64, Vec<u8>);

/// Whoever has to be looked at by a moment, the longest due first, after those seen.
pub fn due(
    conn: &mut Conn,
    by: i64,
    after: &Seen,
    limit: i64,
) -> Result<Vec<(SubjectId, i64)>, DbError> {
    conn.query(
        "SELECT id, due_at FROM subjects WHERE due_at <= $1 \
         AND (due_at, id) > ($2, $3) ORDER BY due_at, id LIMIT $4",
        &[by.into(), after.0.into(), (&after.1).into(), limit.into()],
    )?
    .iter()
    .map(|row| Ok((SubjectId(row.bytes(0)?), row.int(1)?)))
    .collect()
}

/// Whoever has something that is due and held back, after a person.
pub fn held_back(conn: &mut Conn, after: &[u8], limit: i64) -> Result<Vec<SubjectId>, DbError> {
    conn.query(
        "SELECT id FROM subjects WHERE held = 1 AND id > $1 ORDER BY id LIMIT $2",
        &[after.into(), limit.into()],
    )?
    .iter()
    .map(|row| Ok(SubjectId(row.bytes(0)?)))
    .collect()
}

/// Ends everything that is held about a person; her records stay.
pub fn erase(conn: &mut Conn, subject: SubjectId) {
    let her = [(&subject.0).into()];
    conn.exec_many(&[
        ("DELETE FROM subject_keys WHERE subject = $1", &her),
        ("DELETE FROM items WHERE subject = $1", &her),
        ("DELETE FROM lookups WHERE subject = $1", &her),
        ("DELETE FROM links WHERE subject = $1", &her),
        ("DELETE FROM secrets WHERE subject = $1", &her),
        ("DELETE FROM consents WHERE subject = $1", &her),
        ("DELETE FROM agreements WHERE subject = $1", &her),
        ("DELETE FROM restrictions WHERE subject = $1", &her),
        ("DELETE FROM engagements WHERE subject = $1", &her),
        ("DELETE FROM holds WHERE subject = $1", &her),
        ("DELETE FROM subjects WHERE id = $1", &her),
    ]);
}
