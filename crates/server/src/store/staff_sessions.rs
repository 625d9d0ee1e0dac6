//! Table `staff_sessions`: who of the staff is signed in. The token itself is only in the browser.

use policy::StaffId;

use super::{Conn, DbError};

/// A session as it is kept.
pub struct Session {
    /// SHA-256 of the token.
    pub id: [u8; 32],
    /// Whose it is.
    pub staff: StaffId,
    /// When they signed in, in milliseconds since 1970.
    pub created_at: i64,
    /// When a page was last asked for under it, to the minute.
    pub seen_at: i64,
    /// When both factors were last shown.
    pub verified_at: i64,
    /// That this house made it.
    pub proof: Vec<u8>,
}

/// Begins a session.
pub fn insert(conn: &mut Conn, session: &Session) {
    conn.exec_many(&[(
        "INSERT INTO staff_sessions (id, staff, created_at, seen_at, verified_at, proof) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            (&session.id).into(),
            (&session.staff.0).into(),
            session.created_at.into(),
            session.seen_at.into(),
            session.verified_at.into(),
            (&session.proof).into(),
        ],
    )]);
}

/// The session under a token's hash.
pub fn get(conn: &mut Conn, id: &[u8; 32]) -> Result<Option<Session>, DbError> {
    let row = conn.opt(
        "SELECT id, staff, created_at, seen_at, verified_at, proof FROM staff_sessions \
         WHERE id = $1",
        &[id.into()],
    )?;
    row.map(|mut row| {
        Ok(Session {
            id: row.bytes(0)?,
            staff: StaffId(row.bytes(1)?),
            created_at: row.int(2)?,
            seen_at: row.int(3)?,
            verified_at: row.int(4)?,
            proof: row.take_blob(5)?,
        })
    })
    .transpose()
}

/// A page was asked for under it.
pub fn seen(conn: &mut Conn, id: &[u8; 32], now: i64) {
    conn.exec_many(&[(
        "UPDATE staff_sessions SET seen_at = $1 WHERE id = $2",
        &[now.into(), id.into()],
    )]);
}

/// Ends a session.
pub fn end(conn: &mut Conn, id: &[u8; 32]) {
    conn.exec_many(&[("DELETE FROM staff_sessions WHERE id = $1", &[id.into()])]);
}

/// Ends every session of somebody.
pub fn end_all(conn: &mut Conn, staff: StaffId) {
    conn.exec_many(&[("DELETE FROM staff_sessions WHERE staff = $1", &[(&staff.0).into()])]);
}

/// Forgets sessions that began, or were last seen, before these moments.
pub fn forget(conn: &mut Conn, created_before: i64, seen_before: i64) {
    conn.exec_many(&[(
        "DELETE FROM staff_sessions WHERE created_at < $1 OR seen_at < $2",
        &[created_before.into(), seen_before.into()],
    )]);
}
