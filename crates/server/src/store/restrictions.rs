//! Table `restrictions`: the purposes a person had stopped; an empty purpose stops all (S29).

use policy::{PurposeName, SubjectId};

use super::{Conn, DbError, Row};

/// A restriction read back from its purpose; `Err` says that the row cannot be understood.
pub fn restriction(row: &Row) -> Result<Result<Option<PurposeName>, String>, DbError> {
    Ok(match row.text(0)? {
        "" => Ok(None),
        purpose => purpose.parse().map(Some).map_err(|_| "restriction".to_owned()),
    })
}

/// Every stop of a person, with its moment in milliseconds since 1970.
pub fn all(
    conn: &mut Conn,
    subject: SubjectId,
) -> Result<Vec<(Option<PurposeName>, i64)>, DbError> {
    let sql = "SELECT purpose, stopped_at FROM restrictions WHERE subject = $1 ORDER BY purpose";
    let rows = conn.query(sql, &[(&subject.0).into()])?;
    let mut stops = Vec::new();
    for row in &rows {
        if let Ok(purpose) = restriction(row)? {
            stops.push((purpose, row.int(1)?));
        }
    }
    Ok(stops)
}

/// Stops a purpose, or all.
pub fn put(conn: &mut Conn, subject: SubjectId, purpose: Option<&PurposeName>, now: i64) {
    let purpose = purpose.map_or("", PurposeName::as_str);
    conn.exec_many(&[(
        "INSERT INTO restrictions (subject, purpose, stopped_at) VALUES ($1, $2, $3) \
         ON CONFLICT (subject, purpose) DO NOTHING",
        &[(&subject.0).into(), purpose.into(), now.into()],
    )]);
}

/// Allows a purpose, or all, again.
pub fn delete(conn: &mut Conn, subject: SubjectId, purpose: Option<&PurposeName>) {
    let purpose = purpose.map_or("", PurposeName::as_str);
    conn.exec_many(&[(
        "DELETE FROM restrictions WHERE subject = $1 AND purpose = $2",
        &[(&subject.0).into(), purpose.into()],
    )]);
}
