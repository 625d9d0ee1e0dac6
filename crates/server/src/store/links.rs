//! Table `links`: the services that a person linked, each found by the fingerprint of issuer and id.

use policy::{ServiceName, SubjectId};

use super::{Conn, DbError, Row};

/// A row as it is kept.
pub struct Kept {
    /// Whose.
    pub subject: SubjectId,
    /// Which service.
    pub service: String,
    /// The fingerprint of issuer and id.
    pub token: [u8; 16],
    /// What was granted and came in, sealed.
    pub sealed: Vec<u8>,
    /// When it was linked, in milliseconds since 1970.
    pub linked_at: i64,
}

fn kept(mut row: Row) -> Result<Kept, DbError> {
    Ok(Kept {
        subject: SubjectId(row.bytes(0)?),
        service: row.take_text(1)?,
        token: row.bytes(2)?,
        sealed: row.take_blob(3)?,
        linked_at: row.int(4)?,
    })
}

/// The link of whoever is found by a fingerprint.
pub fn find(conn: &mut Conn, token: &[u8; 16]) -> Result<Option<Kept>, DbError> {
    let sql = "SELECT subject, service, token, sealed, linked_at FROM links WHERE token = $1";
    conn.opt(sql, &[token.into()])?.map(kept).transpose()
}

/// A person's links, by the names of the services.
pub fn all(conn: &mut Conn, subject: SubjectId) -> Result<Vec<Kept>, DbError> {
    conn.query(
        "SELECT subject, service, token, sealed, linked_at FROM links WHERE subject = $1 \
         ORDER BY service",
        &[(&subject.0).into()],
    )?
    .into_iter()
    .map(kept)
    .collect()
}

/// Puts a link, replacing the one with the same service.
pub fn put(
    conn: &mut Conn,
    subject: SubjectId,
    service: &ServiceName,
    token: &[u8; 16],
    sealed: &[u8],
    now: i64,
) {
    conn.exec_many(&[(
        "INSERT INTO links (subject, service, token, sealed, linked_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (subject, service) DO UPDATE SET token = excluded.token, \
         sealed = excluded.sealed, linked_at = excluded.linked_at",
        &[
            (&subject.0).into(),
            service.as_str().into(),
            token.into(),
            sealed.into(),
            now.into(),
        ],
    )]);
}

/// Ends a link.
pub fn erase(conn: &mut Conn, subject: SubjectId, service: &str) {
    conn.exec_many(&[(
        "DELETE FROM links WHERE subject = $1 AND service = $2",
        &[(&subject.0).into(), service.into()],
    )]);
}

/// Ends every link of a person.
pub fn erase_all(conn: &mut Conn, subject: SubjectId) {
    conn.exec_many(&[("DELETE FROM links WHERE subject = $1", &[(&subject.0).into()])]);
}
