//! Table `holds`: holds put on one person's information by hand, such as a live dispute; sealed.

use policy::{HoldName, SubjectId};

use super::{Conn, DbError};

/// A hold as it is kept.
pub struct SealedHold {
    /// Its name among the person's holds.
    pub name: String,
    /// What it says, sealed.
    pub sealed: Vec<u8>,
}

/// Puts a hold, replacing the one of that name.
pub fn put(conn: &mut Conn, subject: SubjectId, name: &HoldName, until: i64, sealed: &[u8]) {
    conn.exec_many(&[(
        "INSERT INTO holds (subject, name, until, sealed) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (subject, name) DO UPDATE SET until = excluded.until, sealed = excluded.sealed",
        &[(&subject.0).into(), name.as_str().into(), until.into(), sealed.into()],
    )]);
}

/// Every hold on a person's information, by name.
pub fn all(conn: &mut Conn, subject: SubjectId) -> Result<Vec<SealedHold>, DbError> {
    conn.query(
        "SELECT name, sealed FROM holds WHERE subject = $1 ORDER BY name",
        &[(&subject.0).into()],
    )?
    .into_iter()
    .map(|mut row| Ok(SealedHold { name: row.take_text(0)?, sealed: row.take_blob(1)? }))
    .collect()
}

/// Ends a hold.
pub fn delete(conn: &mut Conn, subject: SubjectId, name: &HoldName) {
    conn.exec_many(&[(
        "DELETE FROM holds WHERE subject = $1 AND name = $2",
        &[(&subject.0).into(), name.as_str().into()],
    )]);
}
