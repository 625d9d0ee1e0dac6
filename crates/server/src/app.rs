//! What any room may ask for: the store, the keys, the policy in force, the clock. Made once at
//! start; `cli` and tests make it, everything else borrows it.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use ledger::{SigningKey, VerifyingKey};
use policy::{Document, SubjectId};
use vault::{KeyError, KeySource};

use crate::acts::publish::{self, Release};
use crate::clock::Clock;
use crate::error::Error;
use crate::hashing::Hashing;
use crate::keys::{Keys, OpenKeysError};
use crate::public_url::PublicUrl;
use crate::record::{Log, Place, Rules, Terms};
use crate::store::{
    Conn, DatabaseUrl, OpenError, Snapshot, Store, Tx, beside_recorded, ledger as log, meta,
    policies, records,
};

/// The migrations, in order.
pub const MIGRATIONS: [(&str, &str); 1] =
    [("0001-the-house", include_str!("../migrations/0001-the-house.sql"))];

/// The house as its rooms see it.
pub struct App {
    /// Where everything is kept.
    pub store: Store,
    /// What opens it.
    pub keys: Arc<Keys>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// What checkpoints are checked with.
    pub ledger_key: VerifyingKey,
    /// Turns at hashing passwords.
    pub hashing: Hashing,
    /// What this process goes by.
    pub terms: Arc<Terms>,
    public_url: PublicUrl,
    /// One turn at a time.
    turns: Mutex<()>,
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
    /// Where people reach this house.
    pub public_url: PublicUrl,
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
        let Setup { database, root, clock, origin, public_url: _ } = setup;
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
        let _ = terms.clock.set(Arc::clone(&clock));
        Ok(Self { store, keys, clock, ledger_key, terms })
    }
}

/// What a short act beside the process that serves a house goes by.
pub struct Beside {
    /// Where everything is kept.
    pub database: DatabaseUrl,
    /// What seals.
    pub keys: Keys,
    /// What records are written on.
    pub terms: Arc<Terms>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

impl Beside {
    /// Looks at a house that has its policy; makes nothing.
    ///
    /// # Errors
    /// [`AppError`] says what does not fit and what to do.
    pub fn look(
        database: DatabaseUrl,
        root: Box<dyn KeySource>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, AppError> {
        let mut conn = Snapshot::open(&database, MIGRATIONS.len())?;
        let (keys, origin, seed) = Keys::look(&mut conn, root)?;
        let terms = Arc::new(Terms::default());
        let key = SigningKey::from_seed(&origin, &seed)
            .map_err(|error| AppError::Ledger(error.to_string()))?;
        let _ = terms.key.set(key);
        let _ = terms.root.set(keys.root_id());
        let _ = terms.clock.set(Arc::clone(&clock));
        terms.go_by(publish::rules(&mut conn, &keys, clock.now())?);
        Ok(Self { database, keys, terms, clock })
    }

    /// Does one act with its record, in a transaction of its own.
    ///
    /// # Errors
    /// The act's; or that another version of the policy is being taken up: try again then.
    pub fn act<T>(&self, act: impl FnOnce(&mut Tx<'_>) -> Result<T, Error>) -> Result<T, Error> {
        let mut log = Log::new(Arc::clone(&self.terms));
        beside_recorded(&self.database, MIGRATIONS.len(), &mut log, act)
    }
}

impl App {
    /// Opens the house: database, keys, ledger, and the policy in force; publishes the policy given
    /// unless it is in force already.
    ///
    /// # Errors
    /// [`AppError`] says which of them does not fit and what to do.
    pub fn open(setup: Setup, release: Option<Release>) -> Result<Arc<Self>, AppError> {
        let public_url = setup.public_url.clone();
        let Cellar { store, keys, clock, ledger_key, terms } = Cellar::open(setup)?;
        let keys = Arc::new(keys);
        publish::stands(&store, &keys, clock.now())?;
        if let Some(mut release) = release {
            let (keys, clock) = (Arc::clone(&keys), Arc::clone(&clock));
            if release.wants_proof(&store.read_blocking(policies::all)?) {
                release.prove();
            }
            store
                .write_blocking(move |tx| publish::publish(tx, &keys, &release, &*clock))
                .map_err(|refused| AppError::Policy(refused.to_string()))?;
        }
        publish::any(&store)?;
        let hashing = Hashing::default();
        let turns = Mutex::default();
        let app =
            Arc::new(Self { store, keys, clock, ledger_key, hashing, terms, public_url, turns });
        app.turn().map_err(|error| match error {
            Error::Failure(error) => AppError::Policy(error.to_string()),
            error => AppError::Policy(format!("publishing: {error}")),
        })?;
        Ok(app)
    }

    /// Takes up the version in force: writes into the ledger what was published, puts in force what
    /// is due, and goes by it. Whatever was decided by older rules and is not written down yet is
    /// refused.
    ///
    /// # Errors
    /// When the database does not take it, or what was published is not this house's own; then
    /// nothing is done until it is taken up.
    pub fn turn(self: &Arc<Self>) -> Result<(), Error> {
        let _one = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        self.terms.begin_turn();
        publish::turn(self)?;
        let rules = publish::in_force(self).map_err(|error| anyhow::anyhow!("{error}"))?;
        let version = rules.document.version;
        let before = self.terms.rules().map(|rules| rules.document.version);
        self.terms.go_by(rules);
        if before.is_some_and(|before| before != version) {
            tracing::info!(%version, "the policy in force is another from here on");
        }
        Ok(())
    }

    /// Whether, for all that is known without asking the database, another version is due.
    pub fn is_due(&self) -> bool {
        self.terms.is_left_behind()
            || self.rules().next_at.is_some_and(|at| at <= self.clock.now().as_millisecond())
    }

    /// Takes up another version if one may be in force; cheap when none is.
    ///
    /// # Errors
    /// As [`App::turn`].
    pub async fn keep_up(self: &Arc<Self>) -> Result<(), Error> {
        let now = self.clock.now().as_millisecond();
        let known = self.policy().version.to_string();
        let is_new = self.terms.is_left_behind() || {
            let (head, next_at, unrecorded) = self
                .store
                .read(|conn| {
                    let (head, next_at) = log::policy_and_next(conn)?;
                    Ok::<_, Error>((head, next_at, policies::any_unrecorded(conn)?))
                })
                .await?;
            let known_next = self.rules().next_at;
            head != known
                || next_at != known_next
                || next_at.is_some_and(|at| at <= now)
                || unrecorded
        };
        if !is_new {
            return Ok(());
        }
        let app = Arc::clone(self);
        tokio::task::spawn_blocking(move || app.turn()).await.map_err(anyhow::Error::from)?
    }

    /// The origin that absolute links are written with.
    pub fn public_url(&self) -> &PublicUrl {
        &self.public_url
    }

    /// The rules that this process goes by.
    pub fn rules(&self) -> Arc<Rules> {
        #[expect(clippy::expect_used, reason = "`open` hands out no app without rules")]
        self.terms.rules().expect("an open house has rules")
    }

    /// The policy in force.
    pub fn policy(&self) -> Arc<Document> {
        Arc::clone(&self.rules().document)
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
