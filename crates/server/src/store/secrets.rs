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
