//! Table `restrictions`: the purposes a person had stopped; an empty purpose stops all (S29). A row
//! `recipient:NAME` stops provision to one recipient or category, `recipient:` to anybody.

use policy::{PurposeName, RecipientName, SubjectId};

use super::{Conn, DbError, Row};

/// What is stopped.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Restriction {
    /// Use and provision for a purpose; for all when `None`.
    Purpose(Option<PurposeName>),
    /// Provision to a recipient or a category of them; to anybody when `None`.
    Provision(Option<RecipientName>),
}

/// What a row begins with that stops provision: no purpose's name has a colon.
const PROVISION: &str = "recipient:";

impl Restriction {
    fn text(&self) -> String {
        match self {
            Self::Purpose(purpose) => purpose.as_ref().map_or("", PurposeName::as_str).to_owned(),
            Self::Provision(recipient) => {
                let recipient = recipient.as_ref().map_or("", RecipientName::as_str);
                format!("{PROVISION}{recipient}")
            }
        }
    }
}

/// A restriction read back; `Err` says that the row cannot be understood.
pub fn restriction(row: &Row) -> Result<Result<Restriction, String>, DbError> {
    let fault = || "restriction".to_owned();
    let text = row.text(0)?;
    Ok(match (text, text.strip_prefix(PROVISION)) {
        ("", _) => Ok(Restriction::Purpose(None)),
        (_, Some("")) => Ok(Restriction::Provision(None)),
        (_, Some(name)) => {
            name.parse().map(|name| Restriction::Provision(Some(name))).map_err(|_| fault())
        }
        (name, None) => {
            name.parse().map(|name| Restriction::Purpose(Some(name))).map_err(|_| fault())
        }
    })
}

/// What a person had stopped, with its moment in milliseconds since 1970. What cannot be read is left out.
pub fn with_moments(
    conn: &mut Conn,
    subject: SubjectId,
) -> Result<Vec<(Restriction, i64)>, DbError> {
    let sql = "SELECT purpose, stopped_at FROM restrictions WHERE subject = $1 ORDER BY purpose";
    let rows = conn.query(sql, &[(&subject.0).into()])?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        if let Ok(what) = restriction(row)? {
            found.push((what, row.int(1)?));
        }
    }
    Ok(found)
}

/// Stops something.
pub fn put(conn: &mut Conn, subject: SubjectId, what: &Restriction, now: i64) {
    conn.exec_many(&[(
        "INSERT INTO restrictions (subject, purpose, stopped_at) VALUES ($1, $2, $3) \
         ON CONFLICT (subject, purpose) DO NOTHING",
        &[(&subject.0).into(), what.text().into(), now.into()],
    )]);
}

/// Allows something again.
pub fn delete(conn: &mut Conn, subject: SubjectId, what: &Restriction) {
    conn.exec_many(&[(
        "DELETE FROM restrictions WHERE subject = $1 AND purpose = $2",
        &[(&subject.0).into(), what.text().into()],
    )]);
}

/// What a person had stopped. What cannot be read is left out.
pub fn all(conn: &mut Conn, subject: SubjectId) -> Result<Vec<Restriction>, DbError> {
    let rows = conn.query(
        "SELECT purpose FROM restrictions WHERE subject = $1 ORDER BY purpose",
        &[(&subject.0).into()],
    )?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        found.extend(restriction(row)?.ok());
    }
    Ok(found)
}
