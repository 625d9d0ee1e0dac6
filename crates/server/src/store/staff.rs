//! Table `staff`: who decides about requests and looks after deadlines. Everything about them is
//! sealed; a login is found by its fingerprint.

use policy::StaffId;

use super::{Conn, DbError, Row};

/// Somebody of the staff, as the row has them.
pub struct SealedStaff {
    /// Who.
    pub id: StaffId,
    /// The fingerprint of the login.
    pub login: [u8; 16],
    /// Login, name, role, language and both factors, sealed.
    pub sealed: Vec<u8>,
    /// When they were added, in milliseconds since 1970.
    pub created_at: i64,
    /// When they were ended.
    pub ended_at: Option<i64>,
    /// The step of the last one-time code that was used.
    pub used_step: i64,
}

fn read(mut row: Row) -> Result<SealedStaff, DbError> {
    Ok(SealedStaff {
        id: StaffId(row.bytes(0)?),
        login: row.bytes(1)?,
        sealed: row.take_blob(2)?,
        created_at: row.int(3)?,
        ended_at: row.opt_int(4)?,
        used_step: row.int(5)?,
    })
}

/// Adds somebody. The login is not taken; the caller has looked.
pub fn insert(conn: &mut Conn, row: &SealedStaff) {
    conn.exec_many(&[(
        "INSERT INTO staff (id, login, sealed, created_at, ended_at, used_step) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            (&row.id.0).into(),
            (&row.login).into(),
            (&row.sealed).into(),
            row.created_at.into(),
            row.ended_at.into(),
            row.used_step.into(),
        ],
    )]);
}

/// Puts what changed of somebody: what is sealed, the end, the last code.
pub fn update(conn: &mut Conn, row: &SealedStaff) {
    conn.exec_many(&[(
        "UPDATE staff SET sealed = $1, ended_at = $2, used_step = $3 WHERE id = $4",
        &[(&row.sealed).into(), row.ended_at.into(), row.used_step.into(), (&row.id.0).into()],
    )]);
}

/// Notes that the code of a step was used; false when one of that step or a later one was before.
pub fn use_step(conn: &mut Conn, id: StaffId, step: i64) -> Result<bool, DbError> {
    let touched = conn.exec(
        "UPDATE staff SET used_step = $1 WHERE id = $2 AND used_step < $1",
        &[step.into(), (&id.0).into()],
    )?;
    Ok(touched > 0)
}

/// Somebody by id.
pub fn get(conn: &mut Conn, id: StaffId) -> Result<Option<SealedStaff>, DbError> {
    let row = conn.opt(
        "SELECT id, login, sealed, created_at, ended_at, used_step FROM staff WHERE id = $1",
        &[(&id.0).into()],
    )?;
    row.map(read).transpose()
}

/// Somebody by the fingerprint of the login.
pub fn find(conn: &mut Conn, login: &[u8; 16]) -> Result<Option<SealedStaff>, DbError> {
    let row = conn.opt(
        "SELECT id, login, sealed, created_at, ended_at, used_step FROM staff WHERE login = $1",
        &[login.into()],
    )?;
    row.map(read).transpose()
}

/// Everybody, the oldest first.
pub fn all(conn: &mut Conn) -> Result<Vec<SealedStaff>, DbError> {
    conn.query(
        "SELECT id, login, sealed, created_at, ended_at, used_step FROM staff \
         ORDER BY created_at, id",
        &[],
    )?
    .into_iter()
    .map(read)
    .collect()
}
