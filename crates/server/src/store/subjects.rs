//! Table `subjects`: who was taken in; with `subject_keys`, the one key whose end makes all of a
//! person's values unreadable, and beside it, in the one row the gate reads, her regime.

use policy::{RegimeName, SubjectId};

use super::{Conn, DbError};

/// Takes a person in with her wrapped key.
pub fn insert(conn: &mut Conn, subject: SubjectId, regime: &RegimeName, wrapped: &[u8], now: i64) {
    conn.exec_many(&[
        (
            "INSERT INTO subjects (id, registered_at) VALUES ($1, $2)",
            &[(&subject.0).into(), now.into()],
        ),
        (
            "INSERT INTO subject_keys (subject, regime, wrapped) VALUES ($1, $2, $3)",
            &[(&subject.0).into(), regime.as_str().into(), wrapped.into()],
        ),
    ]);
}

/// Regime and wrapped key; both are gone once the key was shredded.
const WITH_KEY: &str = "SELECT k.regime, k.wrapped FROM subjects s \
     LEFT JOIN subject_keys k ON k.subject = s.id WHERE s.id = $1";

/// A person as the rooms need her.
pub struct Held {
    /// The rules that apply to her; `None` when the row holds no regime name, or is gone.
    pub regime: Option<RegimeName>,
    /// Her wrapped key, unless it was shredded.
    pub wrapped: Option<Vec<u8>>,
}

/// Reads a row of regime and wrapped key.
pub fn held(rows: &[super::Row]) -> Result<Option<Held>, DbError> {
    let Some(row) = rows.first() else { return Ok(None) };
    let regime = row.opt_text(0)?.and_then(|regime| regime.parse().ok());
    let wrapped = row.opt_blob(1)?.map(<[u8]>::to_vec);
    Ok(Some(Held { regime, wrapped }))
}

/// The person under an id, if she is held.
pub fn get(conn: &mut Conn, subject: SubjectId) -> Result<Option<Held>, DbError> {
    held(&conn.query(WITH_KEY, &[(&subject.0).into()])?)
}
