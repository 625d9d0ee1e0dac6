//! SQLite behind `Conn`: a file of mode 0600, WAL, every commit on the disk before it is answered.
//!
//! Deleted bytes are overwritten (`secure_delete`), and the write-ahead log is folded into the
//! file by its own thread, so that a checkpoint does not hold up the writer.
//! Knows nothing of batches or tables.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender};
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, ToSql, ffi};

use super::OpenError;
use super::conn::{Answer, DbError, Kind, Row, Val};

/// Frames (of 4 KiB) in the write-ahead log at which the checkpointer is woken.
const CHECKPOINT_AT: i32 = 8_000;
/// What may be left after the checkpointer for the writer to fold in itself and start the log anew.
const REST: i32 = 2_000;
/// Frames at which the writer folds in whatever is left, so that the log does not grow for ever.
const LONG: i32 = 24_000;
/// Page caches, in KiB: the writer's, each reader's and the checkpointer's. The writer's has room for
/// the inner pages of all trees at a million people; leaves come from the system's cache.
const WRITER_CACHE: i32 = 24_576;
const READER_CACHE: i32 = 2_048;
const CHECKPOINTER_CACHE: i32 = 256;

/// One connection to the file.
pub(super) struct Sqlite {
    conn: Connection,
}

impl Sqlite {
    pub(super) fn open_writer(path: &Path, wal: &Wal) -> Result<Sqlite, DbError> {
        let mut conn = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE, WRITER_CACHE)?;
        let mode: String = conn.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
        if mode != "wal" {
            return Err(DbError::new(
                Kind::Other,
                format!(
                    "the file system does not carry a write-ahead log (journal mode `{mode}`): move the database to a local disk"
                ),
            ));
        }
        conn.execute_batch(
            "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA journal_size_limit = 134217728;",
        )?;
        // Leaves of a million people do not fit a cache; mapped, they are read without being copied.
        // Should the disk fail under a mapped page, the process ends, as it may at any moment (0011).
        conn.execute_batch("PRAGMA mmap_size = 68719476736")?;
        let frames = Arc::clone(&wal.frames);
        // Replaces SQLite's own automatic checkpoint.
        conn.wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, pages| {
            frames.store(pages, Ordering::Relaxed);
            Ok(())
        }))?;
        Ok(Sqlite { conn })
    }

    pub(super) fn open_reader(path: &Path) -> Result<Sqlite, DbError> {
        let conn = open(path, OpenFlags::SQLITE_OPEN_READ_ONLY, READER_CACHE)?;
        conn.execute_batch("PRAGMA query_only = ON")?;
        Ok(Sqlite { conn })
    }

    /// Opens a file that another process is writing, to write a little too. Leaves folding the
    /// write-ahead log to that process.
    pub(super) fn open_beside(path: &Path) -> Result<Sqlite, DbError> {
        let conn = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE, READER_CACHE)?;
        conn.execute_batch(
            "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 0;",
        )?;
        Ok(Sqlite { conn })
    }

    /// Opens a file that another process may be writing, or that lies where nothing can be written.
    pub(super) fn open_alone(path: &Path) -> Result<Sqlite, DbError> {
        let looked = Self::open_reader(path).and_then(|sqlite| {
            // The write-ahead log is opened with the first read.
            sqlite.conn.query_row("SELECT COUNT(*) FROM sqlite_schema", [], |_| Ok(()))?;
            Ok(sqlite)
        });
        let mut wal = path.as_os_str().to_owned();
        wal.push("-wal");
        let settled = std::fs::metadata(&wal).map_or(true, |wal| wal.len() == 0);
        match looked {
            // Without a log nobody is writing, and the file alone is the whole of it.
            Err(DbError { kind: Kind::Unavailable | Kind::ReadOnly, .. }) if settled => {
                let uri = format!("file:{}?immutable=1", escaped(path));
                let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
                let conn = open(Path::new(&uri), flags, READER_CACHE)?;
                conn.execute_batch("PRAGMA query_only = ON")?;
                Ok(Sqlite { conn })
            }
            looked => looked,
        }
    }

    pub(super) fn query(&mut self, sql: &str, params: &[Val<'_>]) -> Result<Answer, DbError> {
        let mut statement = self.conn.prepare_cached(sql)?;
        bind(&mut statement, params)?;
        let columns = statement.column_count();
        if columns == 0 {
            let affected = statement.raw_execute()? as u64;
            return Ok(Answer { rows: Vec::new(), affected });
        }
        let mut found = Vec::new();
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next()? {
            let mut vals = Vec::with_capacity(columns);
            for column in 0..columns {
                vals.push(match row.get_ref(column)? {
                    ValueRef::Null => Val::Null,
                    ValueRef::Integer(n) => Val::Int(n),
                    ValueRef::Text(_) => {
                        Val::Text(row.get_ref(column)?.as_str().map_err(other)?.to_owned().into())
                    }
                    ValueRef::Blob(blob) => Val::Blob(blob.to_vec().into()),
                    ValueRef::Real(_) => {
                        return Err(DbError::new(Kind::Other, "the store knows no real numbers"));
                    }
                });
            }
            found.push(Row(vals));
        }
        drop(rows);
        drop(statement);
        let affected = found.len() as u64;
        Ok(Answer { rows: found, affected })
    }

    pub(super) fn exec(&mut self, sql: &str, params: &[Val<'_>]) -> Result<u64, DbError> {
        Ok(self.query(sql, params)?.affected)
    }

    pub(super) fn batch(&mut self, ddl: &str) -> Result<(), DbError> {
        Ok(self.conn.execute_batch(ddl)?)
    }

    pub(super) fn in_transaction(&self) -> bool {
        !self.conn.is_autocommit()
    }

    pub(super) fn rollback(&mut self) -> Result<(), DbError> {
        if self.in_transaction() {
            self.exec("ROLLBACK", &[])?;
        }
        Ok(())
    }

    /// Folds the log into the file; tells how many frames the log has and how many are folded in.
    fn checkpoint(&self) -> Result<(i32, i32), DbError> {
        Ok(self.conn.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| {
            Ok((row.get(1)?, row.get(2)?))
        })?)
    }

    /// Folds the log into the file and cuts it to nothing, so that no erased byte stays in it.
    pub(super) fn scrub(&self) -> Result<(), DbError> {
        let busy: i64 =
            self.conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        if busy == 0 {
            Ok(())
        } else {
            Err(DbError::new(Kind::Busy, "a reader still holds the write-ahead log, try again"))
        }
    }
}

fn open(path: &Path, access: OpenFlags, cache: i32) -> Result<Connection, DbError> {
    let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_PRIVATE_CACHE;
    let conn = Connection::open_with_flags(path, flags)?;
    conn.busy_timeout(Duration::from_secs(5))?;
    conn.set_prepared_statement_cache_capacity(512);
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    // Else a statement is planned anew whenever its values change.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.execute_batch(&format!(
        "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -{cache};"
    ))?;
    Ok(conn)
}

fn bind(statement: &mut rusqlite::Statement<'_>, params: &[Val<'_>]) -> Result<(), DbError> {
    if statement.parameter_count() != params.len() {
        return Err(DbError::new(
            Kind::Other,
            format!(
                "the statement has {} parameters and was given {}",
                statement.parameter_count(),
                params.len()
            ),
        ));
    }
    for (index, val) in params.iter().enumerate() {
        statement.raw_bind_parameter(index + 1, val)?;
    }
    Ok(())
}

impl ToSql for Val<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Val::Null => ValueRef::Null,
            Val::Int(n) => ValueRef::Integer(*n),
            Val::Text(text) => ValueRef::Text(text.as_bytes()),
            Val::Blob(blob) => ValueRef::Blob(blob),
        }))
    }
}

fn other(error: impl std::fmt::Display) -> DbError {
    DbError::new(Kind::Other, error.to_string())
}

impl From<rusqlite::Error> for DbError {
    fn from(error: rusqlite::Error) -> DbError {
        let rusqlite::Error::SqliteFailure(code, message) = &error else {
            return other(error);
        };
        let message = message.clone().unwrap_or_else(|| code.to_string());
        match (code.code, code.extended_code) {
            (
                _,
                ffi::SQLITE_CONSTRAINT_UNIQUE
                | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
                | ffi::SQLITE_CONSTRAINT_ROWID,
            ) => {
                let constraint = constraint(&message);
                DbError::new(
                    Kind::Unique { constraint: constraint.clone() },
                    format!("a row with this {constraint} is there already"),
                )
            }
            (ErrorCode::DiskFull, _) | (_, ffi::SQLITE_IOERR_SHMSIZE) => DbError::new(
                Kind::Full,
                "the disk is full: make room where the database lies, nothing was written",
            ),
            (ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase, _) => DbError::new(
                Kind::Corrupt,
                format!("the database file is damaged ({message}): restore it from a backup"),
            ),
            (ErrorCode::ReadOnly, _) => DbError::new(
                Kind::ReadOnly,
                format!("the database may not be written ({message}): check its owner and mode"),
            ),
            (ErrorCode::CannotOpen, _) => DbError::new(
                Kind::Unavailable,
                format!("{message}: check that the folder exists and who owns it"),
            ),
            (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _) => {
                DbError::new(Kind::Busy, "another program holds the database, try again")
            }
            _ => DbError::new(Kind::Other, message),
        }
    }
}

/// `UNIQUE constraint failed: items.subject, items.name` becomes `items(subject,name)`.
fn constraint(message: &str) -> String {
    let columns = message.rsplit(": ").next().unwrap_or_default();
    let mut table = "";
    let names: Vec<&str> = columns
        .split(", ")
        .filter_map(|column| column.split_once('.'))
        .map(|(of, name)| {
            table = of;
            name
        })
        .collect();
    if names.is_empty() { columns.to_owned() } else { format!("{table}({})", names.join(",")) }
}

/// A path as it stands in a URI.
fn escaped(path: &Path) -> String {
    let bytes = path.as_os_str().as_encoded_bytes().iter();
    bytes.fold(String::new(), |mut uri, byte| {
        match byte {
            b'/' | b'.' | b'-' | b'_' => uri.push(char::from(*byte)),
            byte if byte.is_ascii_alphanumeric() => uri.push(char::from(*byte)),
            byte => uri.extend(['%', digit(byte >> 4), digit(byte & 15)]),
        }
        uri
    })
}

fn digit(n: u8) -> char {
    char::from_digit(n.into(), 16).unwrap_or('0')
}

/// Creates the file with mode 0600 if it is not there, and keeps other processes from it for as
/// long as the first of the two handles, the lock, lives. The second is on the database itself.
pub(super) fn claim(path: &Path) -> Result<(File, File), OpenError> {
    let open = |path: &Path| {
        OpenOptions::new().create(true).append(true).mode(0o600).open(path).map_err(|error| {
            OpenError::Refused(format!(
                "cannot open `{}` ({error}): check that its folder exists and who owns it",
                path.display()
            ))
        })
    };
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let lock = open(Path::new(&name))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(OpenError::Refused(format!(
                "another azukari is using `{}`: stop it first, or give this one its own database",
                path.display()
            )));
        }
        Err(TryLockError::Error(error)) => {
            return Err(OpenError::Refused(format!(
                "cannot lock `{}` ({error}): move the database to a local disk",
                path.display()
            )));
        }
    }
    Ok((lock, open(path)?))
}

/// What the writer and the checkpointer tell each other about the write-ahead log.
///
/// SQLite's own checkpoint would make the writer copy the log and wait for the disk. Here the
/// checkpointer does both, and leaves the writer only what was committed meanwhile.
#[derive(Clone)]
pub(super) struct Wal {
    /// Frames in the log after the last commit.
    frames: Arc<AtomicI32>,
    /// `IDLE`, `WORKING`, or how many frames the checkpointer has brought to the disk.
    folded: Arc<AtomicI32>,
    /// Open for `sync_data` alone.
    // INVARIANT: closing any handle on the file drops SQLite's POSIX locks on it, so this one is
    // shared, and outlives every connection.
    file: Arc<File>,
    wake: Sender<()>,
}

const IDLE: i32 = 0;
const WORKING: i32 = -1;

impl Wal {
    /// The receiver goes to `fold`.
    pub(super) fn new(file: File) -> (Wal, Receiver<()>) {
        let (wake, woken) = crossbeam_channel::bounded(1);
        let idle = || Arc::new(AtomicI32::new(IDLE));
        (Wal { frames: idle(), folded: idle(), file: Arc::new(file), wake }, woken)
    }

    pub(super) fn file(&self) -> Arc<File> {
        Arc::clone(&self.file)
    }

    /// What the checkpointer thread runs: until the writer is gone.
    pub(super) fn checkpointer(
        &self,
        path: &Path,
        woken: Receiver<()>,
    ) -> impl FnOnce() -> Result<(), DbError> + Send + 'static {
        let (path, file, folded) = (path.to_owned(), self.file(), Arc::clone(&self.folded));
        move || {
            let sqlite = Sqlite {
                conn: open(&path, OpenFlags::SQLITE_OPEN_READ_WRITE, CHECKPOINTER_CACHE)?,
            };
            while woken.recv().is_ok() {
                let mut reached = IDLE;
                // The second round takes what was committed during the first: much less.
                for _ in 0..2 {
                    match sqlite.checkpoint() {
                        Ok((_, frames)) if file.sync_data().is_ok() => reached = frames,
                        Ok(_) => {}
                        Err(error) => tracing::warn!(%error, "a checkpoint did not come through"),
                    }
                }
                folded.store(reached.max(IDLE), Ordering::Release);
            }
            Ok(())
        }
    }

    /// The writer calls this after a commit: wakes the checkpointer when the log is long, and
    /// folds in the rest when it is done, so that the log can start anew.
    pub(super) fn committed(&self, writer: &Sqlite) {
        let frames = self.frames.load(Ordering::Relaxed);
        if frames < CHECKPOINT_AT {
            return;
        }
        match self.folded.load(Ordering::Acquire) {
            WORKING => {}
            folded if folded > IDLE && (frames - folded <= REST || frames >= LONG) => {
                self.folded.store(IDLE, Ordering::Release);
                // A reader in the way only means trying again after a later commit.
                let _ = writer.checkpoint();
            }
            _ => {
                self.folded.store(WORKING, Ordering::Release);
                let _ = self.wake.try_send(());
            }
        }
    }
}
