//! Table `service_keys`: who may call, as hashes, with their scopes.

use super::{Conn, DbError};

/// A service key as it is kept.
pub struct ServiceKey {
    /// The first part of the key, by which it is found and named.
    pub id: String,
    /// What the operator called it.
    pub name: String,
    /// SHA-256 of the key.
    pub hash: Vec<u8>,
    /// What it may do, separated by spaces.
    pub scopes: String,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Milliseconds since 1970, once it is revoked.
    pub revoked_at: Option<i64>,
}

/// Keeps a key.
pub fn insert(conn: &mut Conn, key: &ServiceKey) {
    conn.exec_many(&[(
        "INSERT INTO service_keys (id, name, hash, scopes, created_at) VALUES ($1, $2, $3, $4, $5)",
        &[
            (&key.id).into(),
            (&key.name).into(),
            (&key.hash).into(),
            (&key.scopes).into(),
            key.created_at.into(),
        ],
    )]);
}

/// The key under an id.
pub fn get(conn: &mut Conn, id: &str) -> Result<Option<ServiceKey>, DbError> {
    let row = conn.opt(
        "SELECT id, name, hash, scopes, created_at, revoked_at FROM service_keys WHERE id = $1",
        &[id.into()],
    )?;
    row.map(read).transpose()
}

/// Every key, oldest first.
pub fn all(conn: &mut Conn) -> Result<Vec<ServiceKey>, DbError> {
    conn.query(
        "SELECT id, name, hash, scopes, created_at, revoked_at FROM service_keys ORDER BY created_at",
        &[],
    )?
    .into_iter()
    .map(read)
    .collect()
}

fn read(mut row: super::Row) -> Result<ServiceKey, DbError> {
    Ok(ServiceKey {
        id: row.take_text(0)?,
        name: row.take_text(1)?,
        hash: row.take_blob(2)?,
        scopes: row.take_text(3)?,
        created_at: row.int(4)?,
        revoked_at: row.opt_int(5)?,
    })
}

/// Ends a key; true when there was one in force.
pub fn revoke(conn: &mut Conn, id: &str, now: i64) -> Result<bool, DbError> {
    let touched = conn.exec(
        "UPDATE service_keys SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL",
        &[now.into(), id.into()],
    )?;
    Ok(touched > 0)
}
