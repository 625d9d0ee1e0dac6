//! Table `drp_agents`: the authorised agents that may send people's requests. Their keys are sealed.

use super::{Conn, DbError};

/// An agent as it is kept.
pub struct Row {
    /// Its id in the network's directory.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Its verify key and the hash of its token, sealed.
    pub sealed: Vec<u8>,
    /// SHA-256 of its token, by which it is found; `None` until it has fetched one.
    pub token: Option<Vec<u8>>,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Milliseconds since 1970, once it has ended.
    pub ended_at: Option<i64>,
}

/// Keeps an agent, in place of one of that id that has ended; false when one is in force.
pub fn insert(conn: &mut Conn, row: &Row) -> Result<bool, DbError> {
    let touched = conn.exec(
        "INSERT INTO drp_agents (id, name, sealed, created_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, sealed = excluded.sealed, \
         token = NULL, created_at = excluded.created_at, ended_at = NULL \
         WHERE drp_agents.ended_at IS NOT NULL",
        &[(&row.id).into(), (&row.name).into(), (&row.sealed).into(), row.created_at.into()],
    )?;
    Ok(touched > 0)
}

/// Gives an agent another token.
pub fn put_token(conn: &mut Conn, id: &str, token: &[u8], sealed: &[u8]) {
    conn.exec_many(&[(
        "UPDATE drp_agents SET token = $1, sealed = $2 WHERE id = $3 AND ended_at IS NULL",
        &[token.into(), sealed.into(), id.into()],
    )]);
}

/// Ends an agent and its token; false when none was in force under that id.
pub fn end(conn: &mut Conn, id: &str, now: i64) -> Result<bool, DbError> {
    let touched = conn.exec(
        "UPDATE drp_agents SET ended_at = $1, token = NULL WHERE id = $2 AND ended_at IS NULL",
        &[now.into(), id.into()],
    )?;
    Ok(touched > 0)
}

/// The agent in force under an id.
pub fn get(conn: &mut Conn, id: &str) -> Result<Option<Row>, DbError> {
    let row = conn.opt(
        "SELECT id, name, sealed, token, created_at, ended_at FROM drp_agents \
         WHERE id = $1 AND ended_at IS NULL",
        &[id.into()],
    )?;
    row.map(read).transpose()
}

/// The agent in force with a token, by its hash.
pub fn by_token(conn: &mut Conn, token: &[u8]) -> Result<Option<Row>, DbError> {
    let row = conn.opt(
        "SELECT id, name, sealed, token, created_at, ended_at FROM drp_agents \
         WHERE token = $1 AND ended_at IS NULL",
        &[token.into()],
    )?;
    row.map(read).transpose()
}

/// Every agent, the oldest first.
pub fn all(conn: &mut Conn) -> Result<Vec<Row>, DbError> {
    conn.query(
        "SELECT id, name, sealed, token, created_at, ended_at FROM drp_agents \
         ORDER BY created_at, id",
        &[],
    )?
    .into_iter()
    .map(read)
    .collect()
}

fn read(mut row: super::Row) -> Result<Row, DbError> {
    Ok(Row {
        id: row.take_text(0)?,
        name: row.take_text(1)?,
        sealed: row.take_blob(2)?,
        token: row.opt_blob(3)?.map(<[u8]>::to_vec),
        created_at: row.int(4)?,
        ended_at: row.opt_int(5)?,
    })
}
