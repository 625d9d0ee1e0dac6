//! Table `idempotency`: which requests have been carried out under which key, and where their
//! answer can be found again; never the answer itself.

use super::conn::Insert;
use super::{Conn, Row};

static INSERT: Insert = Insert::new("INSERT INTO idempotency (id, request, reply, at)", 4);

/// What is known of a key.
pub const BY_ID: &str = "SELECT request, reply FROM idempotency WHERE id = $1";

/// Reads a row of [`BY_ID`]: the request's hash and the reply.
pub fn known(rows: &[Row]) -> Option<(&[u8], &str)> {
    let row = rows.first()?;
    Some((row.blob(0).ok()?, row.text(1).ok()?))
}

/// Notes that a request has been carried out.
pub fn insert(conn: &mut Conn, id: &[u8; 16], request: &[u8; 16], reply: &str, now: i64) {
    let row = [id.to_vec().into(), request.to_vec().into(), reply.to_owned().into(), now.into()];
    conn.insert(&INSERT, row);
}

/// Forgets keys older than that; at most so many at a time.
pub fn forget(conn: &mut Conn, before: i64) {
    conn.exec_many(&[("DELETE FROM idempotency WHERE at < $1", &[before.into()])]);
}
