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
    /// Version and hash under the house's seal.
    pub proof: Vec<u8>,
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
        "INSERT INTO policies (version, hash, files, proof, published_at) \
         VALUES ($1, $2, $3, $4, $5)",
        &[
            (&published.version).into(),
            (&published.hash).into(),
            (&published.files).into(),
            (&published.proof).into(),
            now.into(),
        ],
    )]);
}

/// Every version, the newest publication first.
pub fn all(conn: &mut Conn) -> Result<Vec<Published>, DbError> {
    conn.query(
        "SELECT version, hash, files, proof FROM policies ORDER BY published_at DESC, version DESC",
        &[],
    )?
    .into_iter()
    .map(|mut row| {
        Ok(Published {
            version: row.take_text(0)?,
            hash: row.take_text(1)?,
            files: row.take_text(2)?,
            proof: row.take_blob(3)?,
        })
    })
    .collect()
}

/// Every version as a verifier finds it; empty where a value is of another kind.
pub fn as_found(conn: &mut Conn) -> Result<Vec<Published>, DbError> {
    let rows =
        conn.query("SELECT version, hash, files, proof FROM policies ORDER BY version", &[])?;
    let found = rows.into_iter().map(|mut row| Published {
        version: row.take_text(0).unwrap_or_default(),
        hash: row.take_text(1).unwrap_or_default(),
        files: row.take_text(2).unwrap_or_default(),
        proof: row.take_blob(3).unwrap_or_default(),
    });
    Ok(found.collect())
}
