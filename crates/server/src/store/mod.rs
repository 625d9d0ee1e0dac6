//! The store: a handle through which every room reads and writes the database.
//!
//! `write` runs a closure in a transaction shared with whoever else is waiting and returns when it
//! is durable; `read` runs a closure on a snapshot of what is committed. Both run on database
//! threads, so nothing here waits inside an async task. `conn.rs` is what closures speak to,
//! `writer.rs` how acts share a commit. Tables live in the files beside these, one each.

pub mod agreements;
mod beside;
mod conn;
pub mod consents;
pub mod datasets;
pub mod drp_agents;
pub mod engagements;
pub mod exceptions;
pub mod facts;
pub mod holds;
pub mod idempotency;
pub mod instructions;
pub mod items;
pub mod ledger;
pub mod links;
pub mod meta;
pub mod outbox;
pub mod policies;
mod postgres;
pub mod recipients;
pub mod records;
pub mod requests;
pub mod restrictions;
pub mod secrets;
pub mod service_keys;
mod snapshot;
mod sqlite;
pub mod staff;
pub mod staff_sessions;
pub mod subjects;
#[cfg(test)]
mod tests;
pub mod webhooks;
mod writer;

use std::fmt;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, TrySendError};
use tokio::sync::oneshot;

pub use beside::{beside, beside_recorded};
pub use conn::{Call, Conn, DbError, Insert, Kind, Question, Row, Val};
use postgres::Postgres;
pub use snapshot::Snapshot;
use sqlite::{Sqlite, Wal};
use writer::{Job, Writer, Written};
pub use writer::{Journal, NoJournal, Tx};

/// Acts that may wait; beyond that callers hear `Busy` at once.
const QUEUE: usize = 8_192;
/// Threads that read.
const READERS: usize = 2;

/// Where the data lies: `sqlite:path/to/file.db` or `postgres://…`; shown without its password.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    Sqlite(PathBuf),
    Postgres(String),
}

impl FromStr for DatabaseUrl {
    type Err = OpenError;

    fn from_str(url: &str) -> Result<Self, OpenError> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(DatabaseUrl::Postgres(url.to_owned()));
        }
        match url.strip_prefix("sqlite:") {
            Some(path) if !path.is_empty() => Ok(DatabaseUrl::Sqlite(path.into())),
            _ => Err(OpenError::Refused(
                "the database address must read `sqlite:path/to/file.db` or `postgres://…`".into(),
            )),
        }
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DatabaseUrl::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            DatabaseUrl::Postgres(url) => {
                let place = url.split_once("://").map_or("", |(_, rest)| rest);
                let place = place.rsplit_once('@').map_or(place, |(_, place)| place);
                write!(f, "postgres://{}", place.split('?').next().unwrap_or_default())
            }
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why a store did not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("{0}")]
    Refused(String),
    #[error(
        "the database is at migration {found} and this azukari knows {known}: run the newer azukari that migrated it, or restore the backup taken before"
    )]
    Newer { found: i64, known: usize },
    #[error("migration {name} failed: {error}")]
    Migration { name: String, error: DbError },
    #[error(transparent)]
    Db(#[from] DbError),
}

/// The handle; clones share the same threads.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    acts: Option<Sender<Job>>,
    reads: Option<Sender<ReadJob>>,
    threads: Vec<JoinHandle<()>>,
    /// Held until the threads are done: SQLite's lock file, and the handle on the database.
    held: Option<(File, Arc<File>)>,
}

type ReadJob = Box<dyn FnOnce(Result<&mut Conn, DbError>) + Send>;

impl Store {
    /// Opens the database, brings it up to the last of `migrations` (`("0001-name", ddl)`, in
    /// order), and starts its threads.
    pub fn open(
        url: &DatabaseUrl,
        migrations: &[(&str, &str)],
        journal: Box<dyn Journal>,
    ) -> Result<Store, OpenError> {
        Store::open_with(url, migrations, journal, READERS)
    }

    /// `open` with a number of readers.
    pub fn open_with(
        url: &DatabaseUrl,
        migrations: &[(&str, &str)],
        journal: Box<dyn Journal>,
        readers: usize,
    ) -> Result<Store, OpenError> {
        let mut inner = Inner { acts: None, reads: None, threads: Vec::new(), held: None };
        let mut wal = None;
        let mut checkpointer = None;
        let mut connect: writer::Connect = match url.clone() {
            DatabaseUrl::Sqlite(path) => {
                let (lock, file) = sqlite::claim(&path)?;
                let (ends, woken) = Wal::new(file);
                inner.held = Some((lock, ends.file()));
                checkpointer = Some(ends.checkpointer(&path, woken));
                wal = Some(ends.clone());
                Box::new(move || Ok(Conn::sqlite(Sqlite::open_writer(&path, &ends)?)))
            }
            DatabaseUrl::Postgres(url) => {
                Box::new(move || Ok(Conn::postgres(Postgres::connect(&url)?)))
            }
        };
        let mut conn = connect()?;
        migrate(&mut conn, matches!(url, DatabaseUrl::Postgres(_)), migrations)?;

        let (acts, waiting) = crossbeam_channel::bounded(QUEUE);
        inner.acts = Some(acts);
        let writer = Writer::new(conn, connect, journal, wal);
        inner.spawn("azukari-write", move || writer.run(&waiting))?;
        let (reads, waiting) = crossbeam_channel::bounded(QUEUE);
        inner.reads = Some(reads);
        for n in 0..readers.max(1) {
            let (url, waiting) = (url.clone(), waiting.clone());
            inner.spawn(&format!("azukari-read-{n}"), move || read_thread(&url, &waiting))?;
        }
        if let Some(checkpoint) = checkpointer {
            inner.spawn("azukari-fold", move || {
                if let Err(error) = checkpoint() {
                    tracing::error!(%error, "the write-ahead log is not folded in");
                }
            })?;
        }
        Ok(Store(Arc::new(inner)))
    }

    /// Runs the act and returns when its commit is durable. The act may run more than once; only
    /// the last run counts. An error, a panic or a database error undoes it and nothing else.
    pub async fn write<T, E>(
        &self,
        act: impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.submit(act, move |outcome| drop(reply.send(outcome)))?;
        answer.await.unwrap_or_else(|_| Err(closed().into()))
    }

    /// `write` for an act that begins with questions. Those of neighbours in a batch travel
    /// together, before the first of them acts: so such an act writes nothing that such questions
    /// read, unless a row that two of them write would clash.
    pub async fn write_after<T, E>(
        &self,
        questions: Vec<Question>,
        act: impl FnMut(&mut Tx<'_>, Vec<Vec<Row>>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let reply = move |outcome| drop(reply.send(outcome));
        let act = Written::new(act, reply).asking(questions);
        send(self.0.acts.as_ref(), Job::Act(Box::new(act)))?;
        answer.await.unwrap_or_else(|_| Err(closed().into()))
    }

    /// `write` for those without a runtime.
    pub fn write_blocking<T, E>(
        &self,
        act: impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let (reply, answer) = crossbeam_channel::bounded(1);
        self.submit(act, move |outcome| drop(reply.send(outcome)))?;
        answer.recv().unwrap_or_else(|_| Err(closed().into()))
    }

    /// Runs the closure on a snapshot of what is committed.
    pub async fn read<T, E>(
        &self,
        ask: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.submit_read(ask, move |outcome| drop(reply.send(outcome)))?;
        answer.await.unwrap_or_else(|_| Err(closed().into()))
    }

    /// `read` for those without a runtime.
    pub fn read_blocking<T, E>(
        &self,
        ask: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let (reply, answer) = crossbeam_channel::bounded(1);
        self.submit_read(ask, move |outcome| drop(reply.send(outcome)))?;
        answer.recv().unwrap_or_else(|_| Err(closed().into()))
    }

    /// After an erasure: leaves no erased byte in SQLite's write-ahead log. On PostgreSQL the log
    /// and dead rows are its administrator's; there this does nothing.
    pub async fn scrub(&self) -> Result<(), DbError> {
        let (reply, answer) = oneshot::channel();
        send(self.0.acts.as_ref(), Job::Scrub(Box::new(move |done| drop(reply.send(done)))))?;
        answer.await.unwrap_or_else(|_| Err(closed()))
    }

    fn submit<T, E>(
        &self,
        mut act: impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        reply: impl FnOnce(Result<T, E>) + Send + 'static,
    ) -> Result<(), DbError>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let act = move |tx: &mut Tx<'_>, _| act(tx);
        send(self.0.acts.as_ref(), Job::Act(Box::new(Written::new(act, reply))))
    }

    fn submit_read<T, E>(
        &self,
        ask: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
        reply: impl FnOnce(Result<T, E>) + Send + 'static,
    ) -> Result<(), DbError>
    where
        E: From<DbError>,
    {
        let job: ReadJob = Box::new(move |conn| {
            reply(conn.map_err(E::from).and_then(|conn| {
                let answer = catch_unwind(AssertUnwindSafe(|| ask(&mut *conn)));
                let answer = answer.unwrap_or_else(|_| Err(writer::panicked().into()))?;
                // An error that the closure passed over counts here too, as it does in `write`.
                conn.settle()?;
                Ok(answer)
            }));
        });
        send(self.0.reads.as_ref(), job)
    }
}

impl Inner {
    fn spawn(&mut self, name: &str, run: impl FnOnce() + Send + 'static) -> Result<(), OpenError> {
        let thread = thread::Builder::new().name(name.to_owned()).spawn(run).map_err(|error| {
            OpenError::Refused(format!("cannot start a database thread ({error}): raise the limit"))
        })?;
        self.threads.push(thread);
        Ok(())
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.acts = None;
        self.reads = None;
        let me = thread::current().id();
        for thread in self.threads.drain(..) {
            // The last handle may go with a closure, on a database thread: that one ends by itself.
            if thread.thread().id() != me {
                let _ = thread.join();
            }
        }
        drop(self.held.take());
    }
}

fn send<J>(to: Option<&Sender<J>>, job: J) -> Result<(), DbError> {
    match to.map(|to| to.try_send(job)) {
        Some(Ok(())) => Ok(()),
        Some(Err(TrySendError::Full(_))) => {
            Err(DbError::new(Kind::Busy, "too many acts are waiting, try again"))
        }
        Some(Err(TrySendError::Disconnected(_))) | None => Err(closed()),
    }
}

fn closed() -> DbError {
    DbError::new(Kind::Unavailable, "the database went away before the act was done")
}

fn read_thread(url: &DatabaseUrl, jobs: &Receiver<ReadJob>) {
    let connect = || match url {
        DatabaseUrl::Sqlite(path) => Sqlite::open_reader(path).map(Conn::sqlite),
        DatabaseUrl::Postgres(url) => Postgres::connect(url).map(Conn::postgres),
    };
    let mut kept: Option<Conn> = None;
    let mut last = Instant::now();
    while let Ok(job) = jobs.recv() {
        // A connection that lay idle may have died unnoticed.
        if last.elapsed() > Duration::from_secs(1) {
            kept = kept.take().and_then(|mut conn| conn.is_alive().then_some(conn));
        }
        let begun = kept.take().map_or_else(connect, Ok).and_then(|mut conn| {
            conn.begin_read()?;
            Ok(conn)
        });
        match begun {
            Err(error) => job(Err(error)),
            Ok(mut conn) => {
                // The job catches its closure's panics itself.
                job(Ok(&mut conn));
                conn.reset();
                let ended = conn.control("COMMIT");
                // Another job is waiting: on PostgreSQL the COMMIT rides with its first question.
                let ended =
                    if jobs.is_empty() { ended.and_then(|()| conn.settle()) } else { ended };
                if ended.is_ok() && conn.is_fit() {
                    kept = Some(conn);
                }
            }
        }
        last = Instant::now();
    }
}

/// Applies what is missing: all of it or nothing.
fn migrate(conn: &mut Conn, postgres: bool, migrations: &[(&str, &str)]) -> Result<(), OpenError> {
    conn.begin_write()?;
    let done = apply(conn, postgres, migrations);
    match done {
        Ok(()) => {
            conn.control("COMMIT")?;
            Ok(conn.settle()?)
        }
        Err(error) => {
            conn.rollback()?;
            Err(error)
        }
    }
}

fn apply(conn: &mut Conn, postgres: bool, migrations: &[(&str, &str)]) -> Result<(), OpenError> {
    if postgres {
        // Processes that start together take turns.
        conn.query("SELECT pg_advisory_xact_lock(11089205)::TEXT", &[])?;
    }
    conn.batch(
        "CREATE TABLE IF NOT EXISTS migrations (number BIGINT PRIMARY KEY, applied_at TEXT NOT NULL)",
    )?;
    let found = conn.one("SELECT COALESCE(MAX(number), 0) FROM migrations", &[])?.int(0)?;
    let known = migrations.len();
    let Some(missing) = usize::try_from(found).ok().and_then(|found| migrations.get(found..))
    else {
        return Err(OpenError::Newer { found, known });
    };
    for ((name, ddl), number) in missing.iter().zip(found + 1..) {
        let failed = |error| OpenError::Migration { name: (*name).to_owned(), error };
        if !name.starts_with(&format!("{number:04}-")) {
            return Err(OpenError::Refused(format!(
                "migration `{name}` stands in place {number}: its name must begin with `{number:04}-`"
            )));
        }
        if postgres {
            conn.batch(&for_postgres(ddl)).map_err(failed)?;
        } else {
            conn.batch(ddl).map_err(failed)?;
        }
        conn.exec(
            "INSERT INTO migrations (number, applied_at) VALUES ($1, CAST(CURRENT_TIMESTAMP AS TEXT))",
            &[number.into()],
        )
        .map_err(failed)?;
    }
    Ok(())
}

/// The one DDL text in PostgreSQL's words.
pub(crate) fn for_postgres(ddl: &str) -> String {
    let ddl = ddl.replace(" WITHOUT ROWID", "");
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut out = String::with_capacity(ddl.len());
    for piece in ddl.split_inclusive(|c| !is_word(c)) {
        let word = piece.trim_end_matches(|c| !is_word(c));
        if word == "BLOB" {
            out.push_str("BYTEA");
            out.push_str(&piece[word.len()..]);
        } else {
            out.push_str(piece);
        }
    }
    out
}
