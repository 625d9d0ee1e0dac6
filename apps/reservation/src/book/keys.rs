//! Keys of the app's own API: other programs of the operator, and a store's own system, come in by them. Only
//! hashes are kept.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::{Book, No, moment};

/// A key, without what it opens with.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) name: String,
    pub(crate) made_at: Timestamp,
}

/// Whose a key is: a store's, by its name in addresses, or the operator's.
pub(crate) type Of = Option<String>;

impl Book {
    /// Keeps a new key.
    ///
    /// # Errors
    /// [`No::Already`] when whose it is has a key of that name.
    pub(crate) async fn put_key(
        &self,
        hash: [u8; 32],
        of: Of,
        name: &str,
        now: Timestamp,
    ) -> Result<(), No> {
        let name = name.to_owned();
        self.write(move |book| {
            let kept = book.execute(
                "INSERT INTO keys VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
                params![hash.as_slice(), name, of, now.as_second()],
            )?;
            if kept == 1 { Ok(()) } else { Err(No::Already(name)) }
        })
        .await
    }

    pub(crate) async fn end_key(&self, of: Of, name: &str) -> Result<(), No> {
        let name = name.to_owned();
        self.write(move |book| {
            book.execute("DELETE FROM keys WHERE name = ?1 AND store IS ?2", params![name, of])?;
            Ok(())
        })
        .await
    }

    /// The keys that open, by name.
    pub(crate) async fn keys(&self, of: Of) -> anyhow::Result<Vec<Key>> {
        self.read(move |book| {
            book.prepare_cached("SELECT * FROM keys WHERE store IS ?1 ORDER BY name")?
                .query_map([of], |row| {
                    Ok(Key { name: row.get("name")?, made_at: moment(row, "made_at")? })
                })?
                .collect()
        })
        .await
    }

    /// Whose the key with this hash is, if it opens.
    pub(crate) async fn key(&self, hash: [u8; 32]) -> anyhow::Result<Option<Of>> {
        self.read(move |book| {
            book.prepare_cached("SELECT store FROM keys WHERE hash = ?1")?
                .query_row([hash.as_slice()], |row| row.get(0))
                .optional()
        })
        .await
    }
}
