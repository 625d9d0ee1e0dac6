//! Table `recipients`: the members of categories such as stores, registered while running. Their
//! legal details, which may name a person, are sealed.

use policy::{RecipientFact, RecipientName};

use super::{Conn, DbError, Row};

/// One recipient by name.
pub const BY_NAME: &str =
    "SELECT category, country, suspended, details FROM recipients WHERE name = $1";

/// A recipient with its sealed details, or the name of what cannot be understood.
pub type Registered = Result<(RecipientFact, Vec<u8>), String>;

/// A recipient row read back.
pub fn fact(name: &RecipientName, rows: &[Row]) -> Result<Option<Registered>, DbError> {
    let Some(row) = rows.first() else { return Ok(None) };
    let details = row.blob(3)?.to_vec();
    let read = || {
        Some(RecipientFact {
            name: name.clone(),
            category: row.text(0).ok()?.parse().ok()?,
            country: row.opt_text(1).ok()?.map(str::to_owned),
            suspended: row.int(2).ok()? != 0,
        })
    };
    Ok(Some(read().map(|fact| (fact, details)).ok_or_else(|| format!("recipient {name}"))))
}

/// The members of a category.
pub fn members(conn: &mut Conn, category: &RecipientName) -> Result<Vec<RecipientName>, DbError> {
    let rows = conn.query(
        "SELECT name FROM recipients WHERE category = $1 ORDER BY name",
        &[category.as_str().into()],
    )?;
    let mut members = Vec::with_capacity(rows.len());
    for row in &rows {
        members.extend(row.text(0)?.parse());
    }
    Ok(members)
}

/// Registers a recipient or changes it.
pub fn put(conn: &mut Conn, fact: &RecipientFact, details: &[u8]) {
    conn.exec_many(&[(
        "INSERT INTO recipients (name, category, country, suspended, details) \
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (name) DO UPDATE SET \
         category = excluded.category, country = excluded.country, \
         suspended = excluded.suspended, details = excluded.details",
        &[
            fact.name.as_str().into(),
            fact.category.as_str().into(),
            fact.country.as_deref().into(),
            fact.suspended.into(),
            details.into(),
        ],
    )]);
}
