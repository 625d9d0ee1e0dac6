//! Table `consents`: how each person's consents stand. Their history is in the records.

use jiff::Timestamp;
use policy::record::ConsentTaken;
use policy::{ConsentFact, ConsentState, SubjectId};

use super::{Conn, DbError, Row};

/// Reads all consents of a person.
pub const OF_SUBJECT: &str =
    "SELECT consent, state, notice, changed_at, language FROM consents WHERE subject = $1";

/// A consent row read back; `Err` names a row that cannot be understood.
pub fn fact(row: &Row) -> Result<Result<ConsentFact, String>, DbError> {
    let name = row.text(0)?;
    let read = || {
        Some(ConsentFact {
            consent: name.parse().ok()?,
            state: ConsentState::parse(row.text(1).ok()?)?,
            notice: row.text(2).ok()?.parse().ok()?,
            at: Timestamp::from_millisecond(row.int(3).ok()?).ok()?,
        })
    };
    Ok(read().ok_or_else(|| format!("consent {name}")))
}

/// Every consent of a person, with the language she answered in.
pub fn all(conn: &mut Conn, subject: SubjectId) -> Result<Vec<(ConsentFact, String)>, DbError> {
    let rows = conn.query(OF_SUBJECT, &[(&subject.0).into()])?;
    let mut consents = Vec::new();
    for row in &rows {
        if let Ok(fact) = fact(row)? {
            consents.push((fact, row.text(4)?.to_owned()));
        }
    }
    Ok(consents)
}

/// Sets how a consent stands.
pub fn put(conn: &mut Conn, subject: SubjectId, taken: &ConsentTaken, now: i64) {
    conn.exec_many(&[(
        "INSERT INTO consents (subject, consent, state, notice, language, changed_at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (subject, consent) DO UPDATE SET \
         state = excluded.state, notice = excluded.notice, language = excluded.language, \
         changed_at = excluded.changed_at",
        &[
            (&subject.0).into(),
            taken.consent.as_str().into(),
            taken.state.word().into(),
            taken.notice.to_string().into(),
            taken.language.as_str().into(),
            now.into(),
        ],
    )]);
}
