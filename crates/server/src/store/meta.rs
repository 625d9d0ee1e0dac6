//! Tables `meta` and `system_keys`: what the database says of itself, and the keys it was given.

use super::{Conn, DbError};

/// A fact about the database.
pub fn get(conn: &mut Conn, name: &str) -> Result<Option<String>, DbError> {
    let row = conn.opt("SELECT value FROM meta WHERE name = $1", &[name.into()])?;
    row.map(|mut row| row.take_text(0)).transpose()
}

/// Sets a fact about the database.
pub fn put(conn: &mut Conn, name: &str, value: &str) {
    conn.exec_many(&[(
        "INSERT INTO meta (name, value) VALUES ($1, $2) \
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        &[name.into(), value.into()],
    )]);
}

/// A wrapped system key.
pub fn key(conn: &mut Conn, name: &str) -> Result<Option<Vec<u8>>, DbError> {
    let row = conn.opt("SELECT wrapped FROM system_keys WHERE name = $1", &[name.into()])?;
    row.map(|mut row| row.take_blob(0)).transpose()
}

/// Keeps a wrapped system key.
pub fn put_key(conn: &mut Conn, name: &str, wrapped: &[u8]) {
    conn.exec_many(&[(
        "INSERT INTO system_keys (name, wrapped) VALUES ($1, $2) \
         ON CONFLICT (name) DO UPDATE SET wrapped = excluded.wrapped",
        &[name.into(), wrapped.into()],
    )]);
}
