//! A writer beside the server: one short transaction from another process, for operators' commands
//! such as making a service key. Claims nothing; waits its turn; appends nothing to the ledger.

use super::conn::Conn;
use super::postgres::Postgres;
use super::snapshot::migrated;
use super::sqlite::Sqlite;
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
    let mut conn = match url {
        DatabaseUrl::Sqlite(path) => Conn::sqlite(Sqlite::open_beside(path)?),
        DatabaseUrl::Postgres(url) => Conn::postgres(Postgres::connect(url)?),
    };
    conn.begin_write()?;
    migrated(&mut conn, url, known)?;
    match act(&mut conn) {
        Ok(done) => {
            conn.settle()?;
            conn.control("COMMIT")?;
            conn.settle()?;
            Ok(done)
        }
        Err(error) => {
            conn.rollback()?;
            Err(error)
        }
    }
}
