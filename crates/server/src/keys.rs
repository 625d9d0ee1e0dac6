//! The keys in use: the root behind a [`KeySource`], the system keys it wraps, and each person's
//! key. Says clearly when root and database do not belong together. Seals nothing by itself: the
//! `vault` crate does.

use policy::request::RequestId;
use policy::{ItemName, SubjectId};
use vault::{
    IndexKey, Key, KeyError, KeyName, KeySource, RecordsKey, SubjectKey, Succession, rewrap,
};
use zeroize::Zeroizing;

use crate::store::{Conn, DbError, Store, ledger, meta};

/// Why the keys do not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenKeysError {
    /// The database belongs to another root key.
    #[error(
        "the root key `{given}` does not fit this database, which is sealed under `{sealed_under}`; \
         start with that key's file, or with another data folder"
    )]
    OtherRoot {
        /// The fingerprint of the key that was given.
        given: String,
        /// The fingerprint that the database names.
        sealed_under: String,
    },
    /// A key of the database is damaged.
    #[error("the system key `{name}` cannot be unwrapped: {error}; restore it from a backup")]
    Damaged {
        /// Which key.
        name: &'static str,
        /// What the vault says.
        error: KeyError,
    },
    /// A key of the database is gone.
    #[error("`{0}` is missing from the database's keys; restore it from a backup")]
    Missing(&'static str),
    /// The machine or the key source.
    #[error("{0}")]
    Key(#[from] KeyError),
    /// The database.
    #[error(transparent)]
    Database(#[from] DbError),
}

/// Why the root was not rotated; then nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum RotationError {
    /// A key does not unwrap or wrap.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A key of the database is gone.
    #[error("the system key `{0}` is missing from the database; restore it from a backup")]
    Missing(&'static str),
    /// The database.
    #[error(transparent)]
    Database(#[from] DbError),
}

/// The keys in use.
pub struct Keys {
    root: Box<dyn KeySource>,
    records: RecordsKey,
    index: IndexKey,
}

/// The system keys and the names of their rows.
const NAMES: [(&str, KeyName); 3] =
    [("index", KeyName::Index), ("records", KeyName::Records), ("ledger", KeyName::Ledger)];

impl Keys {
    /// Opens the keys of a database, or makes them when it is new. Returns them with the ledger's
    /// origin and signing seed.
    ///
    /// # Errors
    /// [`OpenKeysError`] when root and database do not belong together.
    pub fn open(
        store: &Store,
        root: Box<dyn KeySource>,
        origin: &str,
    ) -> Result<(Self, String, Zeroizing<[u8; 32]>), OpenKeysError> {
        let mut made = Vec::new();
        for (row, name) in NAMES {
            made.push((row, Key::create(&*root, name)?.1));
        }
        let origin = origin.to_owned();
        let id = root.id().to_string();
        let (sealed_under, origin, wrapped) = store.write_blocking(move |tx| {
            if let Some(known) = meta::get(tx, "root_key")? {
                let origin = meta::get(tx, "origin")?.unwrap_or_default();
                let mut wrapped = Vec::new();
                for (row, _) in NAMES {
                    wrapped.push((row, meta::key(tx, row)?));
                }
                return Ok::<_, OpenKeysError>((known, origin, wrapped));
            }
            // Only a database without any key is new: what keys there are must never be lost.
            for (row, _) in NAMES {
                if meta::key(tx, row)?.is_some() {
                    return Err(OpenKeysError::Missing("root_key"));
                }
            }
            meta::put(tx, "root_key", &id);
            ledger::put_root(tx, &id);
            meta::put(tx, "origin", &origin);
            for (name, wrapped) in &made {
                meta::put_key(tx, name, wrapped);
            }
            let made = made.iter().map(|(name, key)| (*name, Some(key.clone()))).collect();
            Ok((id.clone(), origin.clone(), made))
        })?;
        let (keys, seed) = Self::unwrap(root, sealed_under, wrapped)?;
        Ok((keys, origin, seed))
    }

    /// Opens the keys of a database that is only looked at; makes none.
    ///
    /// # Errors
    /// [`OpenKeysError`] when root and database do not belong together.
    pub fn look(
        conn: &mut Conn,
        root: Box<dyn KeySource>,
    ) -> Result<(Self, String, Zeroizing<[u8; 32]>), OpenKeysError> {
        let sealed_under = meta::get(conn, "root_key")?.unwrap_or_default();
        let origin = meta::get(conn, "origin")?.unwrap_or_default();
        let mut wrapped = Vec::new();
        for (row, _) in NAMES {
            wrapped.push((row, meta::key(conn, row)?));
        }
        let (keys, seed) = Self::unwrap(root, sealed_under, wrapped)?;
        Ok((keys, origin, seed))
    }

    /// The system keys under their root, and the ledger's seed.
    fn unwrap(
        root: Box<dyn KeySource>,
        sealed_under: String,
        wrapped: Vec<(&'static str, Option<Vec<u8>>)>,
    ) -> Result<(Self, Zeroizing<[u8; 32]>), OpenKeysError> {
        let given = root.id().to_string();
        if sealed_under != given {
            return Err(OpenKeysError::OtherRoot { given, sealed_under });
        }
        let mut keys = Vec::new();
        for ((row, wrapped), (_, name)) in wrapped.into_iter().zip(NAMES) {
            let wrapped = wrapped.ok_or(OpenKeysError::Missing(row))?;
            let key = Key::from_wrapped(&*root, name, &wrapped)
                .map_err(|error| OpenKeysError::Damaged { name: row, error })?;
            keys.push(key);
        }
        let [index, records, ledger]: [Key; 3] =
            keys.try_into().map_err(|_| OpenKeysError::Missing("index"))?;
        let seed = Zeroizing::new(*ledger.expose());
        let (index, records) = (IndexKey::new(&index), RecordsKey::new(&records));
        Ok((Self { root, records, index }, seed))
    }

    /// The blind index of a value, by which it is found without being held in clear.
    ///
    /// # Errors
    /// When the machine fails.
    pub fn token(&self, item: &ItemName, value: &str) -> Result<[u8; 16], anyhow::Error> {
        Ok(self.index.index(item, value)?.0)
    }

    /// The fingerprint of exact bytes, by which a request is known again without being kept.
    ///
    /// # Errors
    /// When the machine fails.
    pub fn fingerprint(&self, parts: &[&[u8]]) -> Result<[u8; 16], anyhow::Error> {
        Ok(self.index.fingerprint(parts)?)
    }

    /// Makes a person's key; returns it with its wrapped form, which is what is kept.
    ///
    /// # Errors
    /// When the machine has no randomness, or the key source does not answer.
    pub fn new_subject_key(
        &self,
        subject: SubjectId,
    ) -> Result<(SubjectKey, Vec<u8>), anyhow::Error> {
        Ok(SubjectKey::create(&*self.root, subject)?)
    }

    /// Unwraps a person's key.
    ///
    /// # Errors
    /// When it was changed, or wrapped for somebody else.
    pub fn subject_key(
        &self,
        subject: SubjectId,
        wrapped: &[u8],
    ) -> Result<SubjectKey, anyhow::Error> {
        SubjectKey::from_wrapped(&*self.root, subject, wrapped)
            .map_err(|error| anyhow::anyhow!("the key of {subject}: {error}"))
    }

    /// Begins the next generation of a person's key, with the wrapped bytes that replace the old.
    ///
    /// # Errors
    /// When the old key was changed, or the key source does not answer.
    pub fn succeed(
        &self,
        subject: SubjectId,
        wrapped: &[u8],
    ) -> Result<(Succession, Vec<u8>), anyhow::Error> {
        Ok(self.subject_key(subject, wrapped)?.succeed(&*self.root)?)
    }

    /// Makes a request's key; returns it with its wrapped form, which is what is kept.
    ///
    /// # Errors
    /// When the machine has no randomness, or the key source does not answer.
    pub fn new_request_key(
        &self,
        request: RequestId,
    ) -> Result<(RecordsKey, Vec<u8>), anyhow::Error> {
        let (key, wrapped) = Key::create(&*self.root, KeyName::Request(request))?;
        Ok((RecordsKey::new(&key), wrapped))
    }

    /// Unwraps a request's key.
    ///
    /// # Errors
    /// When it was changed, or wrapped for another.
    pub fn request_key(
        &self,
        request: RequestId,
        wrapped: &[u8],
    ) -> Result<RecordsKey, anyhow::Error> {
        let key = Key::from_wrapped(&*self.root, KeyName::Request(request), wrapped)
            .map_err(|error| anyhow::anyhow!("the key of {request}: {error}"))?;
        Ok(RecordsKey::new(&key))
    }

    /// Seals what the house itself writes down; `context` is bound to it.
    ///
    /// # Errors
    /// When the machine has no randomness to give.
    pub fn seal_system(
        &self,
        label: &str,
        context: &[u8],
        plain: &[u8],
    ) -> Result<Vec<u8>, anyhow::Error> {
        Ok(self.records.seal_record(label.as_bytes(), context, plain)?)
    }

    /// Opens what [`Keys::seal_system`] sealed under the same label and context.
    ///
    /// # Errors
    /// When it was changed or moved.
    pub fn open_system(
        &self,
        label: &str,
        context: &[u8],
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, anyhow::Error> {
        self.records
            .open_record(label.as_bytes(), context, sealed)
            .map_err(|error| anyhow::anyhow!("a sealed {label}: {error}"))
    }

    /// Seals that a version of the policy has this hash: who can only write to the database cannot
    /// put another in its place.
    ///
    /// # Errors
    /// When the machine has no randomness to give.
    pub fn prove_policy(&self, version: &str, hash: &str) -> Result<Vec<u8>, anyhow::Error> {
        self.seal_system("policy", version.as_bytes(), hash.as_bytes())
    }

    /// Whether a proof is [`Keys::prove_policy`]'s, of this version and hash.
    pub fn proves_policy(&self, version: &str, hash: &str, proof: &[u8]) -> bool {
        let sealed = self.open_system("policy", version.as_bytes(), proof);
        sealed.is_ok_and(|sealed| sealed.as_slice() == hash.as_bytes())
    }

    /// Which root the keys are wrapped under.
    pub fn root_id(&self) -> String {
        self.root.id().to_string()
    }

    /// Wraps every key of a database under a new root; the values stay as they are.
    ///
    /// # Errors
    /// When a key does not unwrap, or the database fails; then nothing has changed.
    pub fn rotate_root(self, store: &Store, new: Box<dyn KeySource>) -> Result<u64, RotationError> {
        let old = self.root;
        let id = new.id().to_string();
        store.write_blocking(move |tx| -> Result<u64, RotationError> {
            let mut rewrapped = 0;
            for (row, name) in NAMES {
                let wrapped = meta::key(tx, row)?.ok_or(RotationError::Missing(row))?;
                meta::put_key(tx, row, &rewrap(&*old, &*new, name, &wrapped)?);
            }
            let mut after: Vec<u8> = Vec::new();
            loop {
                let rows = tx.query(
                    "SELECT subject, wrapped FROM subject_keys WHERE subject > $1 \
                     ORDER BY subject LIMIT 1000",
                    &[(&after).into()],
                )?;
                let Some(last) = rows.last() else { break };
                let last = last.blob(0)?.to_vec();
                for row in &rows {
                    let subject = SubjectId(row.bytes(0)?);
                    let name = KeyName::Subject(subject);
                    let wrapped = rewrap(&*old, &*new, name, row.blob(1)?)?;
                    tx.exec_many(&[(
                        "UPDATE subject_keys SET wrapped = $1 WHERE subject = $2",
                        &[(&wrapped).into(), (&subject.0).into()],
                    )]);
                    rewrapped += 1;
                }
                after = last;
            }
            let mut after: Vec<u8> = Vec::new();
            loop {
                let rows = tx.query(
                    "SELECT id, wrapped FROM requests WHERE id > $1 ORDER BY id LIMIT 1000",
                    &[(&after).into()],
                )?;
                let Some(last) = rows.last() else { break };
                let last = last.blob(0)?.to_vec();
                for row in &rows {
                    let request = RequestId(row.bytes(0)?);
                    let name = KeyName::Request(request);
                    let wrapped = rewrap(&*old, &*new, name, row.blob(1)?)?;
                    tx.exec_many(&[(
                        "UPDATE requests SET wrapped = $1 WHERE id = $2",
                        &[(&wrapped).into(), (&request.0).into()],
                    )]);
                    rewrapped += 1;
                }
                after = last;
            }
            meta::put(tx, "root_key", &id);
            // Whoever still holds the old root writes nothing after this commit.
            ledger::put_root(tx, &id);
            Ok(rewrapped)
        })
    }
}
