//! The app's own small database, a file a topic: what the stores are (`stores`, `tables`, `seatings`,
//! `closing`), who has a seat and who waits for one (`bookings`, `changes`, `waiting`), what those who come along
//! are allergic to (`companions`), what was paid (`payments`), what guests have to be told (`notices`, `letters`), who may come in (`staff`, `sessions`, `passkeys`,
//! `codes`, `keys`), what stores' own systems are told
//! (`hooks`). `seats` says which table fits, without a database; `seal` keeps what has to be read again; `writer`
//! is the one thread that writes. Holds no personal information: a guest is a subject's id here, and what is known
//! of her stays with Azukari.

pub(crate) mod bookings;
pub(crate) mod changes;
pub(crate) mod closing;
pub(crate) mod codes;
pub(crate) mod companions;
pub(crate) mod hooks;
pub(crate) mod keys;
pub(crate) mod letters;
pub(crate) mod notices;
pub(crate) mod passkeys;
pub(crate) mod payments;
mod seal;
pub(crate) mod seatings;
pub(crate) mod seats;
pub(crate) mod sessions;
pub(crate) mod staff;
pub(crate) mod stores;
pub(crate) mod tables;
pub(crate) mod waiting;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, anyhow};
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::types::{FromSqlError, Type};
use rusqlite::{Connection, Row};
use tokio::sync::oneshot;

use crate::language::{Label, Language};
use seal::Seal;
use writer::{Act, Written};

const SCHEMA: &str = include_str!("schema.sql");

/// Why the book did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum No {
    /// No table is left for the party.
    #[error("no table is left")]
    Full,
    /// The store does not seat anybody then.
    #[error("no seating then")]
    NotOffered,
    /// The store is closed that day; why, in words.
    #[error("closed that day")]
    Closed(Box<Label>),
    /// The store takes parties of another size.
    #[error("party of another size")]
    Party,
    /// Too short before.
    #[error("too soon")]
    TooSoon,
    /// Further ahead than the store takes bookings.
    #[error("too far ahead")]
    TooFar,
    /// What was asked about is not there, or no longer.
    #[error("not there")]
    Gone,
    /// The guest has, holds or waits for that seat already.
    #[error("there already")]
    Already(String),
    /// Bookings are in the way; their numbers.
    #[error("bookings are in the way")]
    InTheWay(Vec<String>),
    /// Our fault.
    #[error(transparent)]
    Failed(#[from] anyhow::Error),
}

impl From<rusqlite::Error> for No {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// The database. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Book {
    acts: Sender<Box<dyn Act>>,
    readers: Arc<Readers>,
    seal: Arc<Seal>,
}

/// Connections that only read, each used by one visit at a time.
struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Book {
    /// Opens the book in a folder, for its owner's eyes only.
    pub(crate) fn open(folder: &Path) -> anyhow::Result<Self> {
        use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};

        let path = folder.join("reservation.db");
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .with_context(|| format!("create the folder `{}`", folder.display()))?;
        let file = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(&path)
            .with_context(|| format!("open `{}`", path.display()))?;
        // A file that was there before keeps its mode; SQLite gives its side files the same one.
        file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
        drop(file);

        let book = connect(&path)?;
        refuse_another_version(&book, &path)?;
        book.execute_batch(SCHEMA).context("prepare the tables of reservation.db")?;
        let seal = Arc::new(Seal::open(folder)?);
        let (acts, waiting) = channel();
        std::thread::Builder::new()
            .name("book".to_owned())
            .spawn(move || writer::run(&book, &waiting))?;
        Ok(Self { acts, readers: Arc::new(Readers { path, idle: Mutex::default() }), seal })
    }

    /// Writes: all of the closure's work or, when it says no, nothing of it. Durable when this returns.
    async fn write<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Connection) -> Result<T, No> + Send + 'static,
    ) -> Result<T, No> {
        let (reply, answer) = oneshot::channel();
        let gone = || No::Failed(anyhow!("the book is closed"));
        self.acts.send(Box::new(Written::new(act, reply))).map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }

    /// Reads what has been committed.
    async fn read<T: Send + 'static>(
        &self,
        visit: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> anyhow::Result<T> {
        let readers = Arc::clone(&self.readers);
        let visited = tokio::task::spawn_blocking(move || {
            let idle = || readers.idle.lock().unwrap_or_else(PoisonError::into_inner);
            let taken = idle().pop();
            let book = match taken {
                Some(book) => book,
                None => {
                    let book = connect(&readers.path)?;
                    book.pragma_update(None, "query_only", true)?;
                    book
                }
            };
            let read = visit(&book);
            idle().push(book);
            anyhow::Ok(read?)
        });
        visited.await?
    }
}

/// The tables of a book that another version made are not these, and there is no way from them to these.
fn refuse_another_version(book: &Connection, path: &Path) -> anyhow::Result<()> {
    let read = |book: &Connection, what: &str| book.query_row(what, [], |row| row.get::<_, i64>(0));
    let version = "PRAGMA user_version";
    let fresh = Connection::open_in_memory()?;
    fresh.execute_batch(SCHEMA).context("prepare the tables of a book")?;
    let (theirs, ours) = (read(book, version)?, read(&fresh, version)?);
    let is_new = read(book, "SELECT count(*) FROM sqlite_schema")? == 0;
    anyhow::ensure!(
        is_new || theirs == ours,
        "`{}` was made by another version of this app (its tables are version {theirs}, this app's {ours}), and this \
         one cannot read it. If its folder is a demo's, delete the folder and start again; otherwise start the version \
         that made it, or name another folder.",
        path.display()
    );
    Ok(())
}

fn connect(path: &Path) -> anyhow::Result<Connection> {
    let book = Connection::open(path)?;
    book.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000; PRAGMA secure_delete = ON;",
    )?;
    book.set_prepared_statement_cache_capacity(64);
    Ok(book)
}

/// The two columns of a label.
fn label(row: &Row<'_>, name: &str) -> rusqlite::Result<Label> {
    Ok(Label {
        ja: row.get(format!("{name}_ja").as_str())?,
        en: row.get(format!("{name}_en").as_str())?,
    })
}

fn moment(row: &Row<'_>, name: &str) -> rusqlite::Result<Timestamp> {
    Timestamp::from_second(row.get(name)?).map_err(unreadable)
}

/// The column of a language.
fn language(row: &Row<'_>) -> rusqlite::Result<Language> {
    let tag: String = row.get("language")?;
    Language::parse(&tag).ok_or_else(|| unreadable("no such language"))
}

fn date(row: &Row<'_>, name: &str) -> rusqlite::Result<Date> {
    row.get::<_, String>(name)?.parse().map_err(unreadable)
}

/// A column that says what nobody wrote.
fn unreadable(
    error: impl Into<Box<dyn std::error::Error + Send + Sync + 'static>>,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Text, error.into())
}

/// One of a few words.
fn word<T: Copy>(row: &Row<'_>, name: &str, all: &[(&str, T)]) -> rusqlite::Result<T> {
    let is: String = row.get(name)?;
    let known = all.iter().find(|(word, _)| *word == is);
    known.map(|(_, value)| *value).ok_or_else(|| unreadable(FromSqlError::InvalidType))
}

#[cfg(test)]
pub(crate) mod tests;
