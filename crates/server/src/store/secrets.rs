//! Table `secrets`: password verifiers and card tokens. Nothing here can be asked for.

use policy::{SecretName, SubjectId};

use super::{Conn, DbError};

/// Keeps a secret: what is shown of it or checks it, and what is sealed of it.
pub fn put(
    conn: &mut Conn,
    subject: SubjectId,
    secret: &SecretName,
    kept: &str,
    sealed: Option<&[u8]>,
    now: i64,
) {
    conn.exec_many(&[(
        "INSERT INTO secrets (subject, secret, kept, sealed, put_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (subject, secret) DO UPDATE SET kept = excluded.kept, \
         sealed = excluded.sealed, put_at = excluded.put_at",
        &[(&subject.0).into(), secret.as_str().into(), kept.into(), sealed.into(), now.into()],
    )]);
}

/// What is kept in clear of a secret: a password's verifier.
pub fn kept(conn: &mut Conn, subject: SubjectId, secret: &str) -> Result<Option<String>, DbError> {
    let row = conn.opt(
        "SELECT kept FROM secrets WHERE subject = $1 AND secret = $2",
        &[(&subject.0).into(), secret.into()],
    )?;
    row.map(|mut row| row.take_text(0)).transpose()
}

/// A secret as it is kept, without what checks or shows it.
pub struct KeptSecret {
    /// Which.
    pub secret: String,
    /// What is sealed of it: a card's token.
    pub sealed: Option<Vec<u8>>,
    /// When it was put, in milliseconds since 1970.
    pub put_at: i64,
}

/// A secret as she is told of it: its name, what stands in clear beside it, and when it was put, in
/// milliseconds since 1970. What stands in clear of a password is its verifier, which is told nobody.
pub fn shown(conn: &mut Conn, subject: SubjectId) -> Result<Vec<(String, String, i64)>, DbError> {
    conn.query(
        "SELECT secret, kept, put_at FROM secrets WHERE subject = $1 ORDER BY secret",
        &[(&subject.0).into()],
    )?
    .into_iter()
    .map(|mut row| Ok((row.take_text(0)?, row.take_text(1)?, row.int(2)?)))
    .collect()
}

/// Every secret of a person, by name.
pub fn all(conn: &mut Conn, subject: SubjectId) -> Result<Vec<KeptSecret>, DbError> {
    conn.query(
        "SELECT secret, sealed, put_at FROM secrets WHERE subject = $1 ORDER BY secret",
        &[(&subject.0).into()],
    )?
    .into_iter()
    .map(|mut row| {
        Ok(KeptSecret {
            secret: row.take_text(0)?,
            sealed: row.opt_blob(1)?.map(<[u8]>::to_vec),
            put_at: row.int(2)?,
        })
    })
    .collect()
}

/// Puts the same card token sealed anew, under her next key.
pub fn reseal(conn: &mut Conn, subject: SubjectId, secret: &str, sealed: &[u8]) {
    conn.exec_many(&[(
        "UPDATE secrets SET sealed = $1 WHERE subject = $2 AND secret = $3",
        &[sealed.into(), (&subject.0).into(), secret.into()],
    )]);
}

/// Ends a secret, and what was shown of it.
pub fn erase(conn: &mut Conn, subject: SubjectId, secret: &str) {
    conn.exec_many(&[(
        "DELETE FROM secrets WHERE subject = $1 AND secret = $2",
        &[(&subject.0).into(), secret.into()],
    )]);
}
