//! Keys of the app's own API: other programs of the operator come in by them. Only hashes are kept.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::{Book, No, moment};

/// A key, without what it opens with.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) name: String,
    pub(crate) made_at: Timestamp,
}

impl Book {
    /// Keeps a new key.
    ///
    /// # Errors
    /// [`No::Already`] when there is a key of that name.
    pub(crate) async fn put_key(
        &self,
        hash: [u8; 32],
        name: &str,
        now: Timestamp,
    ) -> Result<(), No> {
        let name = name.to_owned();
        self.write(move |book| {
            let kept = book.execute(
                "INSERT INTO keys VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
                params![hash.as_slice(), name, now.as_second()],
            )?;
            if kept == 1 { Ok(()) } else { Err(No::Already(name)) }
        })
        .await
    }

    pub(crate) async fn end_key(&self, name: &str) -> Result<(), No> {
        let name = name.to_owned();
        self.write(move |book| {
            book.execute("DELETE FROM keys WHERE name = ?1", [name])?;
            Ok(())
        })
        .await
    }

    /// The keys that open, by name.
    pub(crate) async fn keys(&self) -> anyhow::Result<Vec<Key>> {
        self.read(|book| {
            book.prepare_cached("SELECT * FROM keys ORDER BY name")?
                .query_map([], |row| {
                    Ok(Key { name: row.get("name")?, made_at: moment(row, "made_at")? })
                })?
                .collect()
        })
        .await
    }

    /// The name of the key with this hash, if it opens.
    pub(crate) async fn key(&self, hash: [u8; 32]) -> anyhow::Result<Option<String>> {
        self.read(move |book| {
            book.prepare_cached("SELECT name FROM keys WHERE hash = ?1")?
                .query_row([hash.as_slice()], |row| row.get(0))
                .optional()
        })
        .await
    }
}
