//! Table `outbox`: what an act leaves to be done outside, committed with the act itself. What a
//! message says is sealed until it ended well. Knows nothing of what messages are for.

use super::conn::Insert;
use super::{Conn, DbError, Row};

static INSERT: Insert =
    Insert::new("INSERT INTO outbox (id, topic, sealed, tries, due_at, created_at)", 6);

/// A message that was taken to be delivered.
pub struct Taken {
    /// Its id.
    pub id: [u8; 16],
    /// What kind of message it is.
    pub topic: String,
    /// What it says, sealed; `None` when the row was changed.
    pub sealed: Option<Vec<u8>>,
    /// How often it was taken, this time included.
    pub tries: u32,
}

/// Puts a message, due now; thousands in one act travel sixteen to a statement.
pub fn put(conn: &mut Conn, id: &[u8; 16], topic: &'static str, sealed: Vec<u8>, now: i64) {
    let row = [id.to_vec().into(), topic.into(), sealed.into(), 0.into(), now.into(), now.into()];
    conn.insert(&INSERT, row);
}

/// Whether any message of a topic is due.
pub fn is_due(conn: &mut Conn, topic: &str, now: i64) -> Result<bool, DbError> {
    let found = conn.opt(
        "SELECT 1 FROM outbox WHERE ended_at IS NULL AND topic = $1 AND due_at <= $2 LIMIT 1",
        &[topic.into(), now.into()],
    )?;
    Ok(found.is_some())
}

/// Takes the messages that are due, the longest waiting first. They are due again at `until`, so
/// that one whose taker dies is taken once more, and one that is taken is left alone by others.
pub fn take(
    conn: &mut Conn,
    topic: &str,
    now: i64,
    until: i64,
    limit: i64,
) -> Result<Vec<Taken>, DbError> {
    let due = conn.query(
        "SELECT id, topic, sealed, tries FROM outbox WHERE ended_at IS NULL AND topic = $1 \
         AND due_at <= $2 ORDER BY due_at LIMIT $3",
        &[topic.into(), now.into(), limit.into()],
    )?;
    let mut taken = Vec::with_capacity(due.len());
    for mut row in due {
        let id = row.bytes(0)?;
        conn.exec_many(&[(
            "UPDATE outbox SET tries = tries + 1, due_at = $1 WHERE id = $2",
            &[until.into(), (&id).into()],
        )]);
        taken.push(Taken {
            id,
            topic: row.take_text(1)?,
            tries: u32::try_from(row.int(3)?).unwrap_or(u32::MAX).saturating_add(1),
            sealed: row.take_blob(2).ok(),
        });
    }
    Ok(taken)
}

/// A message has ended, and what it said is dropped.
pub fn done(conn: &mut Conn, id: &[u8; 16], outcome: &'static str, now: i64) {
    conn.exec_many(&[(
        "UPDATE outbox SET sealed = NULL, ended_at = $1, outcome = $2 WHERE id = $3",
        &[now.into(), outcome.into(), id.into()],
    )]);
}

/// A message could not be delivered and is due again later.
pub fn failed(conn: &mut Conn, id: &[u8; 16], due_at: i64) {
    conn.exec_many(&[("UPDATE outbox SET due_at = $1 WHERE id = $2", &[due_at.into(), id.into()])]);
}

/// A message is given up: it keeps what it says, for an operator to retry.
pub fn give_up(conn: &mut Conn, id: &[u8; 16], outcome: &'static str, now: i64) {
    conn.exec_many(&[(
        "UPDATE outbox SET ended_at = $1, outcome = $2 WHERE id = $3",
        &[now.into(), outcome.into(), id.into()],
    )]);
}

/// Makes a message that was given up due again; false when there is none under that id.
pub fn retry(conn: &mut Conn, id: &[u8; 16], now: i64) -> Result<bool, DbError> {
    let touched = conn.exec(
        "UPDATE outbox SET ended_at = NULL, outcome = NULL, tries = 0, due_at = $1 \
         WHERE id = $2 AND ended_at IS NOT NULL AND sealed IS NOT NULL",
        &[now.into(), id.into()],
    )?;
    Ok(touched > 0)
}

/// Forgets messages that ended before that.
pub fn forget(conn: &mut Conn, before: i64) {
    conn.exec_many(&[("DELETE FROM outbox WHERE ended_at < $1", &[before.into()])]);
}

/// A message as an operator sees it.
pub struct Listed {
    /// Its id.
    pub id: [u8; 16],
    /// What kind of message it is.
    pub topic: String,
    /// How often it was tried.
    pub tries: i64,
    /// When it was put.
    pub created_at: i64,
    /// When it is due.
    pub due_at: i64,
    /// Why it was given up; `None` while it waits.
    pub outcome: Option<String>,
}

/// The messages that wait or were given up, the oldest first; at most so many.
pub fn open(conn: &mut Conn, limit: i64) -> Result<Vec<Listed>, DbError> {
    let rows = conn.query(
        "SELECT id, topic, tries, created_at, due_at, outcome FROM outbox \
         WHERE sealed IS NOT NULL ORDER BY created_at LIMIT $1",
        &[limit.into()],
    )?;
    rows.iter().map(listed).collect()
}

/// The messages that were tried and are still here, given up or not, the oldest first; at most so
/// many.
pub fn troubled(conn: &mut Conn, limit: i64) -> Result<Vec<Listed>, DbError> {
    let rows = conn.query(
        "SELECT id, topic, tries, created_at, due_at, outcome FROM outbox \
         WHERE sealed IS NOT NULL AND tries > 0 ORDER BY created_at LIMIT $1",
        &[limit.into()],
    )?;
    rows.iter().map(listed).collect()
}

/// How many messages were given up and are kept for a retry.
pub fn given_up(conn: &mut Conn) -> Result<u64, DbError> {
    let row = conn.one(
        "SELECT COUNT(*) FROM outbox WHERE sealed IS NOT NULL AND tries > 0 \
         AND ended_at IS NOT NULL",
        &[],
    )?;
    Ok(row.int(0)?.unsigned_abs())
}

fn listed(row: &Row) -> Result<Listed, DbError> {
    Ok(Listed {
        id: row.bytes(0)?,
        topic: row.text(1)?.to_owned(),
        tries: row.int(2)?,
        created_at: row.int(3)?,
        due_at: row.int(4)?,
        outcome: row.opt_text(5)?.map(str::to_owned),
    })
}
