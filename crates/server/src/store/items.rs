//! Table `items`: sealed values, one row per person and item, and `lookups`, the blind index that
//! finds a person by a value without holding it.

use policy::{ItemName, SubjectId};

use super::{Conn, DbError, Kind, Row};

/// A sealed value.
pub struct SealedItem {
    /// Which item.
    pub item: String,
    /// Which version of it.
    pub version: u32,
    /// The ciphertext.
    pub sealed: Vec<u8>,
    /// When it was put, in milliseconds since 1970.
    pub put_at: i64,
}

/// Puts a value, replacing the one before.
pub fn put(
    conn: &mut Conn,
    subject: SubjectId,
    item: &ItemName,
    version: u32,
    sealed: &[u8],
    now: i64,
) {
    conn.exec_many(&[(
        "INSERT INTO items (subject, item, version, sealed, put_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (subject, item) DO UPDATE SET version = excluded.version, \
         sealed = excluded.sealed, put_at = excluded.put_at, confirmed_at = NULL",
        &[(&subject.0).into(), item.as_str().into(), version.into(), sealed.into(), now.into()],
    )]);
}

/// The version of a held value; 0 when there is none.
pub fn version(conn: &mut Conn, subject: SubjectId, item: &ItemName) -> Result<u32, DbError> {
    let row = conn.opt(
        "SELECT version FROM items WHERE subject = $1 AND item = $2",
        &[(&subject.0).into(), item.as_str().into()],
    )?;
    row.map_or(Ok(0), |row| version_in(&row, 0))
}

fn version_in(row: &Row, column: usize) -> Result<u32, DbError> {
    u32::try_from(row.int(column)?).map_err(|_| DbError {
        kind: Kind::Corrupt,
        message: "an item's version is not a version".to_owned(),
    })
}

/// Reads rows of item, version, ciphertext and when it was put.
pub fn sealed(rows: Vec<Row>) -> Result<Vec<SealedItem>, DbError> {
    rows.into_iter()
        .map(|mut row| {
            Ok(SealedItem {
                item: row.take_text(0)?,
                version: version_in(&row, 1)?,
                sealed: row.take_blob(2)?,
                put_at: row.int(3)?,
            })
        })
        .collect()
}

/// Whoever is found by a value of an item.
pub fn find(conn: &mut Conn, item: &str, token: &[u8]) -> Result<Vec<SubjectId>, DbError> {
    conn.query(
        "SELECT subject FROM lookups WHERE item = $1 AND token = $2",
        &[item.into(), token.into()],
    )?
    .iter()
    .map(|row| Ok(SubjectId(row.bytes(0)?)))
    .collect()
}

/// Makes a person findable by a value, and no longer by the one before.
pub fn index(conn: &mut Conn, subject: SubjectId, item: &ItemName, token: &[u8], replaces: bool) {
    if replaces {
        conn.exec_many(&[(
            "DELETE FROM lookups WHERE subject = $1 AND item = $2",
            &[(&subject.0).into(), item.as_str().into()],
        )]);
    }
    conn.exec_many(&[(
        "INSERT INTO lookups (item, token, subject) VALUES ($1, $2, $3)",
        &[item.as_str().into(), token.into(), (&subject.0).into()],
    )]);
}

/// Everything sealed of a person, by the names of the items.
pub fn all(conn: &mut Conn, subject: SubjectId) -> Result<Vec<SealedItem>, DbError> {
    sealed(conn.query(
        "SELECT item, version, sealed, put_at FROM items WHERE subject = $1 ORDER BY item",
        &[(&subject.0).into()],
    )?)
}

/// Puts the same value sealed anew, under her next key.
pub fn reseal(conn: &mut Conn, subject: SubjectId, item: &str, sealed: &[u8]) {
    conn.exec_many(&[(
        "UPDATE items SET sealed = $1 WHERE subject = $2 AND item = $3",
        &[sealed.into(), (&subject.0).into(), item.into()],
    )]);
}

/// Ends a value, and the way to find her by it.
pub fn erase(conn: &mut Conn, subject: SubjectId, item: &str) {
    let which = [(&subject.0).into(), item.into()];
    conn.exec_many(&[
        ("DELETE FROM items WHERE subject = $1 AND item = $2", &which),
        ("DELETE FROM lookups WHERE subject = $1 AND item = $2", &which),
    ]);
}

/// What is held of a person, without the values.
pub struct HeldValue {
    /// Which item.
    pub item: String,
    /// Which version of it.
    pub version: u32,
    /// When it was put, in milliseconds since 1970.
    pub put_at: i64,
    /// When she said that it is still right.
    pub confirmed_at: Option<i64>,
}

/// Everything that is held of a person, without the values.
pub fn held(conn: &mut Conn, subject: SubjectId) -> Result<Vec<HeldValue>, DbError> {
    conn.query(
        "SELECT item, version, put_at, confirmed_at FROM items WHERE subject = $1 ORDER BY item",
        &[(&subject.0).into()],
    )?
    .into_iter()
    .map(|mut row| {
        Ok(HeldValue {
            item: row.take_text(0)?,
            version: version_in(&row, 1)?,
            put_at: row.int(2)?,
            confirmed_at: row.opt_int(3)?,
        })
    })
    .collect()
}

/// Notes that she said a value is still right.
pub fn confirm(conn: &mut Conn, subject: SubjectId, item: &ItemName, now: i64) {
    conn.exec_many(&[(
        "UPDATE items SET confirmed_at = $1 WHERE subject = $2 AND item = $3",
        &[now.into(), (&subject.0).into(), item.as_str().into()],
    )]);
}

/// Lets nobody find a person by any value.
pub fn forget_lookups(conn: &mut Conn, subject: SubjectId) {
    conn.exec_many(&[("DELETE FROM lookups WHERE subject = $1", &[(&subject.0).into()])]);
}
