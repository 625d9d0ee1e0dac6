//! Table `instructions`: what each recipient is told to do with what it received of somebody, until it
//! has answered. Under which numbers the recipient knows her is sealed. Knows no rules.

use policy::request::RequestId;

use super::{Conn, DbError, Row, Val};

/// An instruction as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its id.
    pub id: [u8; 16],
    /// The request that it follows from; `None` for what time ended.
    pub request: Option<RequestId>,
    /// Who is told.
    pub recipient: String,
    /// What to do, by its word.
    pub kind: String,
    /// When it was put.
    pub put_at: i64,
    /// When the recipient was told.
    pub told_at: Option<i64>,
    /// When the recipient answered.
    pub answered_at: Option<i64>,
    /// What it answered, by its word.
    pub outcome: Option<String>,
    /// What it says, sealed.
    pub sealed: Vec<u8>,
    /// How its message ended, while that is known.
    pub message: Option<String>,
}

/// Puts an instruction.
pub fn put(
    conn: &mut Conn,
    id: &[u8; 16],
    request: Option<RequestId>,
    (recipient, kind): (&str, &str),
    now: i64,
    sealed: &[u8],
) {
    conn.exec_many(&[(
        "INSERT INTO instructions (id, request, recipient, kind, put_at, sealed) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            id.into(),
            Val::from(request.map(|request| request.0.to_vec())),
            recipient.into(),
            kind.into(),
            now.into(),
            sealed.into(),
        ],
    )]);
}

macro_rules! kept {
    ($rest:literal) => {
        concat!(
            "SELECT i.id, i.request, i.recipient, i.kind, i.put_at, i.told_at, i.answered_at, ",
            "i.outcome, i.sealed, o.outcome FROM instructions i LEFT JOIN outbox o ON o.id = i.id ",
            $rest
        )
    };
}

fn kept(mut row: Row) -> Result<Kept, DbError> {
    let request = match row.opt_blob(1)? {
        Some(_) => Some(RequestId(row.bytes(1)?)),
        None => None,
    };
    Ok(Kept {
        id: row.bytes(0)?,
        request,
        put_at: row.int(4)?,
        told_at: row.opt_int(5)?,
        answered_at: row.opt_int(6)?,
        outcome: row.opt_text(7)?.map(str::to_owned),
        message: row.opt_text(9)?.map(str::to_owned),
        recipient: row.take_text(2)?,
        kind: row.take_text(3)?,
        sealed: row.take_blob(8)?,
    })
}

/// The instruction under an id.
pub fn get(conn: &mut Conn, id: &[u8; 16]) -> Result<Option<Kept>, DbError> {
    conn.opt(kept!("WHERE i.id = $1"), &[id.into()])?.map(kept).transpose()
}

/// The instructions that follow from a request, by recipient.
pub fn of_request(conn: &mut Conn, request: RequestId) -> Result<Vec<Kept>, DbError> {
    let rows = conn.query(
        kept!("WHERE i.request = $1 ORDER BY i.recipient, i.kind, i.id"),
        &[(&request.0).into()],
    )?;
    rows.into_iter().map(kept).collect()
}

/// Where a page of instructions ended.
pub type Seen = (i64, Vec<u8>);

/// Instructions that nobody has answered, the oldest first, after those seen.
pub fn open(conn: &mut Conn, (at, id): &Seen, limit: i64) -> Result<Vec<Kept>, DbError> {
    let rows = conn.query(
        kept!("WHERE i.answered_at IS NULL AND (i.put_at, i.id) > ($1, $2) ORDER BY i.put_at, i.id LIMIT $3"),
        &[(*at).into(), id.into(), limit.into()],
    )?;
    rows.into_iter().map(kept).collect()
}

/// Every instruction, the oldest first, after those seen.
pub fn all(conn: &mut Conn, (at, id): &Seen, limit: i64) -> Result<Vec<Kept>, DbError> {
    let rows = conn.query(
        kept!("WHERE (i.put_at, i.id) > ($1, $2) ORDER BY i.put_at, i.id LIMIT $3"),
        &[(*at).into(), id.into(), limit.into()],
    )?;
    rows.into_iter().map(kept).collect()
}

/// The recipient was told.
pub fn told(conn: &mut Conn, id: &[u8; 16], now: i64) {
    conn.exec_many(&[(
        "UPDATE instructions SET told_at = $1 WHERE id = $2 AND told_at IS NULL",
        &[now.into(), id.into()],
    )]);
}

/// The recipient answered; what was needed only until then goes.
pub fn answered(conn: &mut Conn, id: &[u8; 16], outcome: &str, now: i64, sealed: &[u8]) {
    conn.exec_many(&[(
        "UPDATE instructions SET answered_at = $1, outcome = $2, sealed = $3 WHERE id = $4",
        &[now.into(), outcome.into(), sealed.into(), id.into()],
    )]);
}

/// Forgets what was answered before a moment.
pub fn forget(conn: &mut Conn, before: i64) {
    conn.exec_many(&[("DELETE FROM instructions WHERE answered_at < $1", &[before.into()])]);
}
