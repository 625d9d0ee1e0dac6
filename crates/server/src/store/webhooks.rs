//! Table `webhooks`: the endpoints that other programs are told at, and for which events. Knows nothing
//! of what their secrets are.

use super::{Conn, DbError};

/// An endpoint as it is kept.
pub struct Row {
    /// Its id.
    pub id: [u8; 16],
    /// Where it is.
    pub url: String,
    /// The types of the events it wants, separated by spaces.
    pub events: String,
    /// Whether it may lie in a network that is not public.
    pub inside: bool,
    /// Its secrets, sealed; `None` once it has ended.
    pub sealed: Option<Vec<u8>>,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Milliseconds since 1970, once it has ended.
    pub ended_at: Option<i64>,
}

/// Keeps an endpoint.
pub fn insert(conn: &mut Conn, row: &Row) {
    conn.exec_many(&[(
        "INSERT INTO webhooks (id, url, events, inside, sealed, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            (&row.id).into(),
            (&row.url).into(),
            (&row.events).into(),
            i64::from(row.inside).into(),
            row.sealed.as_ref().into(),
            row.created_at.into(),
        ],
    )]);
}

/// Replaces an endpoint's secrets.
pub fn reseal(conn: &mut Conn, id: &[u8; 16], sealed: &[u8]) {
    conn.exec_many(&[(
        "UPDATE webhooks SET sealed = $1 WHERE id = $2 AND ended_at IS NULL",
        &[sealed.into(), id.into()],
    )]);
}

/// Ends an endpoint and destroys its secrets; false when none was in force under that id.
pub fn end(conn: &mut Conn, id: &[u8; 16], now: i64) -> Result<bool, DbError> {
    let touched = conn.exec(
        "UPDATE webhooks SET ended_at = $1, sealed = NULL WHERE id = $2 AND ended_at IS NULL",
        &[now.into(), id.into()],
    )?;
    Ok(touched > 0)
}

/// The endpoints in force, each with its events.
pub fn open(conn: &mut Conn) -> Result<Vec<([u8; 16], String)>, DbError> {
    conn.query("SELECT id, events FROM webhooks WHERE ended_at IS NULL", &[])?
        .into_iter()
        .map(|mut row| Ok((row.bytes(0)?, row.take_text(1)?)))
        .collect()
}

/// The endpoint under an id.
pub fn get(conn: &mut Conn, id: &[u8; 16]) -> Result<Option<Row>, DbError> {
    let row = conn.opt(
        "SELECT id, url, events, inside, sealed, created_at, ended_at FROM webhooks WHERE id = $1",
        &[id.into()],
    )?;
    row.map(read).transpose()
}

/// Every endpoint, the oldest first.
pub fn all(conn: &mut Conn) -> Result<Vec<Row>, DbError> {
    conn.query(
        "SELECT id, url, events, inside, sealed, created_at, ended_at FROM webhooks \
         ORDER BY created_at, id",
        &[],
    )?
    .into_iter()
    .map(read)
    .collect()
}

fn read(mut row: super::Row) -> Result<Row, DbError> {
    Ok(Row {
        id: row.bytes(0)?,
        url: row.take_text(1)?,
        events: row.take_text(2)?,
        inside: row.int(3)? != 0,
        sealed: row.opt_blob(4)?.map(<[u8]>::to_vec),
        created_at: row.int(5)?,
        ended_at: row.opt_int(6)?,
    })
}
