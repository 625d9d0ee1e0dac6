//! A writer beside the server: one short transaction from another process, for operators' commands
//! such as making a service key. Claims nothing and waits its turn. An act that is written down takes
//! its place in the ledger as any process does that shares the database; the server reads on from
//! there.

use super::conn::Conn;
use super::postgres::Postgres;
use super::snapshot::migrated;
use super::sqlite::Sqlite;
use super::writer::{Journal, NoJournal, Tx};
use super::{DatabaseUrl, DbError, OpenError};

/// Runs the act in one transaction on a database that is at the last of so many migrations, which
/// a server may be using.
pub fn beside<T, E>(
    url: &DatabaseUrl,
    known: usize,
    act: impl FnOnce(&mut Conn) -> Result<T, E>,
) -> Result<T, E>
where
    E: From<DbError> + From<OpenError>,
{
    beside_recorded(url, known, &mut NoJournal, |tx| act(tx))
}

/// The same for an act with its record, which the journal writes into the ledger.
pub fn beside_recorded<T, E>(
    url: &DatabaseUrl,
    known: usize,
    journal: &mut dyn Journal,
    act: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
) -> Result<T, E>
where
    E: From<DbError> + From<OpenError>,
{
    let mut conn = match url {
        DatabaseUrl::Sqlite(path) => Conn::sqlite(Sqlite::open_beside(path)?),
        DatabaseUrl::Postgres(url) => Conn::postgres(Postgres::connect(url)?),
    };
    conn.begin_write()?;
    migrated(&mut conn, url, known)?;
    let done = recorded(&mut conn, journal, act);
    journal.settled(done.is_ok());
    if done.is_err() {
        conn.rollback()?;
    }
    done
}

fn recorded<T, E: From<DbError>>(
    conn: &mut Conn,
    journal: &mut dyn Journal,
    act: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let (base, _) = journal.begin(conn, &[])?;
    let mut entries = Vec::new();
    let done = act(&mut Tx::new(conn, base, &mut entries))?;
    if !entries.is_empty() {
        journal.end(conn, base, &entries)?;
    }
    conn.settle()?;
    conn.control("COMMIT")?;
    conn.settle()?;
    Ok(done)
}
