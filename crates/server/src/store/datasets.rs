//! Table `datasets`: each data set with its manifest, sealed, and apart from it, under a label of its own,
//! the method information (Rules 32, 35). What is published of a set is drawn from its records.

use policy::party::DatasetId;

use super::{Conn, DbError};

/// Keeps a data set.
pub fn insert(conn: &mut Conn, id: DatasetId, made_at: i64, sealed: &[u8], method: &[u8]) {
    conn.exec_many(&[(
        "INSERT INTO datasets (id, made_at, sealed, method) VALUES ($1, $2, $3, $4)",
        &[(&id.0).into(), made_at.into(), sealed.into(), method.into()],
    )]);
}

fn column(conn: &mut Conn, sql: &'static str, id: DatasetId) -> Result<Option<Vec<u8>>, DbError> {
    let row = conn.opt(sql, &[(&id.0).into()])?;
    row.map(|mut row| row.take_blob(0)).transpose()
}

/// The sealed set.
pub fn set(conn: &mut Conn, id: DatasetId) -> Result<Option<Vec<u8>>, DbError> {
    column(conn, "SELECT sealed FROM datasets WHERE id = $1", id)
}

/// The sealed method information of a set.
pub fn method(conn: &mut Conn, id: DatasetId) -> Result<Option<Vec<u8>>, DbError> {
    column(conn, "SELECT method FROM datasets WHERE id = $1", id)
}

/// Ends a set with everything that is kept of it; false when there is none.
pub fn erase(conn: &mut Conn, id: DatasetId) -> Result<bool, DbError> {
    Ok(conn.exec("DELETE FROM datasets WHERE id = $1", &[(&id.0).into()])? > 0)
}
