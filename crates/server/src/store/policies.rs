//! Table `policies`: every published version of the policy, as its files.

use std::collections::BTreeMap;

use super::{Conn, DbError};

/// A published version.
pub struct Published {
    /// Its version.
    pub version: String,
    /// SHA-256 of its files.
    pub hash: String,
    /// Its files as a JSON object of name and text.
    pub files: String,
}

impl Published {
    /// The files by name; empty when the row cannot be understood.
    pub fn files(&self) -> BTreeMap<String, String> {
        serde_json::from_str(&self.files).unwrap_or_default()
    }
}

/// Keeps a version.
pub fn insert(conn: &mut Conn, published: &Published, now: i64) {
    conn.exec_many(&[(
        "INSERT INTO policies (version, hash, files, published_at) VALUES ($1, $2, $3, $4)",
        &[
            (&published.version).into(),
            (&published.hash).into(),
            (&published.files).into(),
            now.into(),
        ],
    )]);
}

/// Every version, the newest publication first.
pub fn all(conn: &mut Conn) -> Result<Vec<Published>, DbError> {
    conn.query(
        "SELECT version, hash, files FROM policies ORDER BY published_at DESC, version DESC",
        &[],
    )?
    .into_iter()
    .map(|mut row| {
        Ok(Published {
            version: row.take_text(0)?,
            hash: row.take_text(1)?,
            files: row.take_text(2)?,
        })
    })
    .collect()
}
