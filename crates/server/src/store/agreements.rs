//! Table `agreements`: whose statutory representative is asked, found by the fingerprint of the token in
//! her letter. Who that is and what is asked is sealed under the person's own key.

use policy::SubjectId;

use super::{Conn, DbError, Row};

/// A row as it is kept.
pub struct Kept {
    /// Whose consents wait.
    pub subject: SubjectId,
    /// The fingerprint of the token.
    pub token: [u8; 16],
    /// When the link ends, in milliseconds since 1970.
    pub ends_at: i64,
    /// Who is asked for what, sealed.
    pub sealed: Vec<u8>,
}

fn kept(mut row: Row) -> Result<Kept, DbError> {
    Ok(Kept {
        subject: SubjectId(row.bytes(0)?),
        token: row.bytes(1)?,
        ends_at: row.int(2)?,
        sealed: row.take_blob(3)?,
    })
}

/// What waits for a person's representative.
pub fn of(conn: &mut Conn, subject: SubjectId) -> Result<Option<Kept>, DbError> {
    let sql = "SELECT subject, token, ends_at, sealed FROM agreements WHERE subject = $1";
    conn.opt(sql, &[(&subject.0).into()])?.map(kept).transpose()
}

/// What is found by a fingerprint.
pub fn find(conn: &mut Conn, token: &[u8; 16]) -> Result<Option<Kept>, DbError> {
    let sql = "SELECT subject, token, ends_at, sealed FROM agreements WHERE token = $1";
    conn.opt(sql, &[token.into()])?.map(kept).transpose()
}

/// Puts a row, replacing the one before: its link leads nowhere any more.
pub fn put(conn: &mut Conn, row: &Kept) {
    conn.exec_many(&[(
        "INSERT INTO agreements (subject, token, ends_at, sealed) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (subject) DO UPDATE SET token = excluded.token, ends_at = excluded.ends_at, \
         sealed = excluded.sealed",
        &[
            (&row.subject.0).into(),
            (&row.token).into(),
            row.ends_at.into(),
            row.sealed.as_slice().into(),
        ],
    )]);
}

/// Puts what is sealed under the person's next key in its place.
pub fn reseal(conn: &mut Conn, subject: SubjectId, sealed: &[u8]) {
    conn.exec_many(&[(
        "UPDATE agreements SET sealed = $1 WHERE subject = $2",
        &[sealed.into(), (&subject.0).into()],
    )]);
}

/// Erases what is asked about a person.
pub fn erase(conn: &mut Conn, subject: SubjectId) {
    conn.exec_many(&[("DELETE FROM agreements WHERE subject = $1", &[(&subject.0).into()])]);
}

/// Erases whatever was not answered by a moment; says how many that were.
pub fn end(conn: &mut Conn, by: i64) -> Result<usize, DbError> {
    let sql = "DELETE FROM agreements WHERE ends_at <= $1 RETURNING subject";
    Ok(conn.query(sql, &[by.into()])?.len())
}
