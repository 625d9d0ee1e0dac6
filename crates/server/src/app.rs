//! What any room may ask for: the store, the keys, the policy in force, the clock. Made once at
//! start; `cli` and tests make it, everything else borrows it.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use ledger::{SigningKey, VerifyingKey};
use policy::{Document, SubjectId};
use vault::{KeyError, KeySource};

use crate::acts::publish::{self, Files};
use crate::clock::Clock;
use crate::error::Error;
use crate::hashing::Hashing;
use crate::keys::{Keys, OpenKeysError};
use crate::record::{Log, Place, Terms};
use crate::store::{Conn, DatabaseUrl, OpenError, Store, meta, records};

/// The migrations, in order.
pub const MIGRATIONS: [(&str, &str); 1] =
    [("0001-the-house", include_str!("../migrations/0001-the-house.sql"))];

/// The house as its rooms see it.
pub struct App {
    /// Where everything is kept.
    pub store: Store,
    /// What opens it.
    pub keys: Keys,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// What checkpoints are checked with.
    pub ledger_key: VerifyingKey,
    /// Turns at hashing passwords.
    pub hashing: Hashing,
    policy: RwLock<Arc<Document>>,
}

/// Why the house does not open.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The database.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// The keys.
    #[error(transparent)]
    Keys(#[from] OpenKeysError),
    /// The policy.
    #[error("{0}")]
    Policy(String),
    /// The ledger's key.
    #[error("the ledger's key: {0}")]
    Ledger(String),
}

impl From<crate::store::DbError> for AppError {
    fn from(error: crate::store::DbError) -> Self {
        Self::Store(error.into())
    }
}

/// Gives the root key; told whether the database is new, and only then may it make one.
pub type Root = Box<dyn FnOnce(bool) -> Result<Box<dyn KeySource>, KeyError> + Send>;

/// What is needed to open the house.
pub struct Setup {
    /// The database.
    pub database: DatabaseUrl,
    /// The root key.
    pub root: Root,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The name of the ledger, for its checkpoints; kept from the first opening on.
    pub origin: String,
}

/// Database and keys, without a policy: enough to manage keys.
pub struct Cellar {
    /// Where everything is kept.
    pub store: Store,
    /// What opens it.
    pub keys: Keys,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// What checkpoints are checked with.
    pub ledger_key: VerifyingKey,
    terms: Arc<Terms>,
}

impl Cellar {
    /// Opens database and keys, or makes them.
    ///
    /// # Errors
    /// [`AppError`] says which of them does not fit and what to do.
    pub fn open(setup: Setup) -> Result<Self, AppError> {
        let Setup { database, root, clock, origin } = setup;
        let terms = Arc::new(Terms::default());
        let log = Log::new(Arc::clone(&terms));
        let store = Store::open(&database, &MIGRATIONS, Box::new(log))?;
        let known: Option<String> = store.read_blocking(|conn| meta::get(conn, "root_key"))?;
        let root = root(known.is_none()).map_err(OpenKeysError::from)?;
        let (keys, origin, seed) = Keys::open(&store, root, &origin)?;
        let key = SigningKey::from_seed(&origin, &seed)
            .map_err(|error| AppError::Ledger(error.to_string()))?;
        let ledger_key = key.verifying_key().clone();
        let _ = terms.key.set(key);
        let _ = terms.root.set(keys.root_id());
        Ok(Self { store, keys, clock, ledger_key, terms })
    }
}

impl App {
    /// Opens the house: database, keys, ledger, and the policy in force; publishes the policy given
    /// unless it is in force already.
    ///
    /// # Errors
    /// [`AppError`] says which of them does not fit and what to do.
    pub fn open(setup: Setup, policy: Option<Files>) -> Result<Arc<Self>, AppError> {
        let Cellar { store, keys, clock, ledger_key, terms } = Cellar::open(setup)?;
        let (document, publish) = publish::in_force(&store, &keys, policy)?;
        let policy = RwLock::new(Arc::new(document));
        let hashing = Hashing::default();
        let app = Arc::new(Self { store, keys, clock, ledger_key, hashing, policy });
        if let Some(files) = publish {
            publish::publish(&app, &files)?;
        }
        // Whatever is published from here on ends this process's acts: it would decide by old rules.
        let _ = terms.policy.set(app.policy().version.to_string());
        Ok(app)
    }

    /// The policy in force.
    pub fn policy(&self) -> Arc<Document> {
        Arc::clone(&self.policy.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The record at an index, with the person it is about.
    ///
    /// # Errors
    /// When there is none.
    pub fn place(&self, conn: &mut Conn, index: u64) -> Result<(Place, Option<SubjectId>), Error> {
        let row = records::at(conn, index.cast_signed())?
            .ok_or_else(|| anyhow::anyhow!("record {index} is missing"))?;
        Ok((Place { index, id: row.id }, row.subject))
    }
}

/// The files of an `azukari-data` folder.
pub struct DataDir(pub PathBuf);

impl DataDir {
    /// The embedded database.
    pub fn database(&self) -> DatabaseUrl {
        DatabaseUrl::Sqlite(self.0.join("azukari.db"))
    }

    /// The root key.
    pub fn root_key(&self) -> PathBuf {
        self.0.join("root.key")
    }
}
