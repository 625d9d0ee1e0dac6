//! Table `exceptions`: approvals of exceptions to consent, sealed, until they end (S13).

use super::{Conn, Row};

/// One approval by its id.
pub const BY_ID: &str = "SELECT sealed FROM exceptions WHERE id = $1";

/// Keeps an approval.
pub fn insert(conn: &mut Conn, id: &[u8; 16], ends_at: i64, sealed: &[u8]) {
    conn.exec_many(&[(
        "INSERT INTO exceptions (id, ends_at, sealed) VALUES ($1, $2, $3)",
        &[id.into(), ends_at.into(), sealed.into()],
    )]);
}

/// Replaces an approval, which ends at another moment now.
pub fn replace(conn: &mut Conn, id: &[u8; 16], ends_at: i64, sealed: &[u8]) {
    conn.exec_many(&[(
        "UPDATE exceptions SET ends_at = $1, sealed = $2 WHERE id = $3",
        &[ends_at.into(), sealed.into(), id.into()],
    )]);
}

/// The sealed approval of a row of [`BY_ID`].
pub fn sealed(rows: &[Row]) -> Option<&[u8]> {
    rows.first().and_then(|row| row.blob(0).ok())
}
