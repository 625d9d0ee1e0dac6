//! A reader alone: one snapshot of what is committed, for whoever only looks.
//!
//! Claims nothing and changes nothing, so it can be taken while a server writes, and from a copy on
//! a medium that cannot be written. Closures, batches and the journal are the `Store`'s.

use std::ops::{Deref, DerefMut};

use super::conn::Conn;
use super::postgres::Postgres;
use super::sqlite::Sqlite;
use super::{DatabaseUrl, OpenError};

/// A read transaction over the whole database, for as long as it lives.
pub struct Snapshot(Conn);

impl Snapshot {
    /// Begins the snapshot of a database that is at the last of so many migrations.
    pub fn open(url: &DatabaseUrl, known: usize) -> Result<Snapshot, OpenError> {
        let mut conn = match url {
            DatabaseUrl::Sqlite(path) => {
                if !path.is_file() {
                    return Err(OpenError::Refused(format!(
                        "there is no database at `{}`: name its folder with --data",
                        path.display()
                    )));
                }
                Conn::sqlite(Sqlite::open_alone(path)?)
            }
            DatabaseUrl::Postgres(url) => Conn::postgres(Postgres::connect(url)?),
        };
        conn.begin_read()?;
        migrated(&mut conn, url, known)?;
        Ok(Snapshot(conn))
    }
}

/// Refuses a database that is not at the last of so many migrations.
pub(super) fn migrated(conn: &mut Conn, url: &DatabaseUrl, known: usize) -> Result<(), OpenError> {
    let found = conn.one("SELECT COALESCE(MAX(number), 0) FROM migrations", &[]);
    let found = found.and_then(|row| row.int(0)).map_err(|error| {
        OpenError::Refused(format!("`{url}` is not a database of azukari ({error})"))
    })?;
    match usize::try_from(found) {
        Ok(found) if found == known => Ok(()),
        Ok(found) if found < known => Err(OpenError::Refused(format!(
            "the database is at migration {found} of {known}: start this azukari on it once, then look again"
        ))),
        _ => Err(OpenError::Newer { found, known }),
    }
}

impl Deref for Snapshot {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.0
    }
}

impl DerefMut for Snapshot {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.0
    }
}
