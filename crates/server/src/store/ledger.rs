//! Tables `ledger`, `entries` and `tiles`: the log as it is published.

use std::collections::BTreeMap;

use ledger::{Tile, TileId};

use super::conn::Insert;
use super::{Call, Conn, DbError, Kind, Row, Val};

static INSERT: Insert = Insert::new("INSERT INTO entries (place, entry)", 2);

/// The head as it stands at the start of a batch.
pub struct Taken {
    /// How many entries there are.
    pub size: u64,
    /// The version of the policy in force; empty before the first.
    pub policy: String,
    /// The id of the root that every key is wrapped under; empty before the first.
    pub root: String,
    /// When the next version of the policy takes effect, in milliseconds; `None` for none.
    pub next_at: Option<i64>,
}

/// Takes the place: whoever shares the database waits here for the batch before. All that is told
/// of the head stands in the one row that is waited for, so it is as the batch before left it. What
/// else is asked is answered after that, in the same round trip.
pub fn take_place(
    conn: &mut Conn,
    questions: &[Call<'_>],
) -> Result<(Taken, Vec<Vec<Row>>), DbError> {
    const TAKE: &str =
        "UPDATE ledger SET size = size WHERE id = 1 RETURNING size, policy, root, next_at";
    let calls: Vec<Call<'_>> =
        std::iter::once(&(TAKE, &[][..])).chain(questions).copied().collect();
    let mut answers = conn.query_many(&calls)?;
    let rest = answers.split_off(1);
    let row = answers.first_mut().and_then(|rows| rows.first_mut());
    let row = row.ok_or_else(|| DbError {
        kind: Kind::NoRow,
        message: "the database has no ledger; restore it from a backup".to_owned(),
    })?;
    let size = row.int(0)?.unsigned_abs();
    let next_at = row.opt_int(3)?;
    Ok((Taken { size, policy: row.take_text(1)?, root: row.take_text(2)?, next_at }, rest))
}

/// The version of the policy in force; empty before the first.
pub fn policy(conn: &mut Conn) -> Result<String, DbError> {
    conn.one("SELECT policy FROM ledger WHERE id = 1", &[])?.take_text(0)
}

/// The version in force, and when the next one takes effect.
pub fn policy_and_next(conn: &mut Conn) -> Result<(String, Option<i64>), DbError> {
    let mut row = conn.one("SELECT policy, next_at FROM ledger WHERE id = 1", &[])?;
    Ok((row.take_text(0)?, row.opt_int(1)?))
}

/// Waits for the ledger's row, and keeps others waiting until this transaction ends.
pub fn hold(conn: &mut Conn) {
    conn.exec_many(&[("UPDATE ledger SET size = size WHERE id = 1", &[])]);
}

/// From that moment on nobody acts until the next version has been taken up.
pub fn put_next(conn: &mut Conn, next_at: Option<i64>) {
    conn.exec_many(&[("UPDATE ledger SET next_at = $1 WHERE id = 1", &[next_at.into()])]);
}

/// A version comes into force, for every process that shares the database.
pub fn put_policy(conn: &mut Conn, version: &str) {
    conn.exec_many(&[("UPDATE ledger SET policy = $1 WHERE id = 1", &[version.into()])]);
}

/// Every key is wrapped under that root from here on, for every process that shares the database.
pub fn put_root(conn: &mut Conn, id: &str) {
    conn.exec_many(&[("UPDATE ledger SET root = $1 WHERE id = 1", &[id.into()])]);
}

/// Size and signed checkpoint.
pub fn head(conn: &mut Conn) -> Result<(u64, String), DbError> {
    let mut row = conn.one("SELECT size, checkpoint FROM ledger WHERE id = 1", &[])?;
    Ok((row.int(0)?.unsigned_abs(), row.take_text(1)?))
}

/// Moves the head on.
pub fn put_head(conn: &mut Conn, size: u64, checkpoint: &str) {
    conn.exec_many(&[(
        "UPDATE ledger SET size = $1, checkpoint = $2 WHERE id = 1",
        &[size.cast_signed().into(), checkpoint.into()],
    )]);
}

/// Keeps an entry at its place.
pub fn put_entry(conn: &mut Conn, place: u64, entry: &[u8]) {
    conn.insert(&INSERT, [place.cast_signed().into(), entry.to_vec().into()]);
}

/// Entries from a place on, in order, with their places.
pub fn entries(conn: &mut Conn, from: u64, count: u64) -> Result<Vec<(u64, Vec<u8>)>, DbError> {
    conn.query(
        "SELECT place, entry FROM entries WHERE place >= $1 AND place < $2 ORDER BY place",
        &[from.cast_signed().into(), (from + count).cast_signed().into()],
    )?
    .into_iter()
    .map(|mut row| Ok((row.int(0)?.unsigned_abs(), row.take_blob(1)?)))
    .collect()
}

/// Keeps a tile with its present contents.
pub fn put_tile(conn: &mut Conn, tile: &Tile) {
    conn.exec_many(&[(
        "INSERT INTO tiles (level, n, hashes) VALUES ($1, $2, $3) \
         ON CONFLICT (level, n) DO UPDATE SET hashes = excluded.hashes",
        &[i64::from(tile.id.level).into(), tile.id.n.cast_signed().into(), (&tile.hashes).into()],
    )]);
}

/// The hashes of a tile.
pub fn tile(conn: &mut Conn, id: TileId) -> Result<Option<Vec<u8>>, DbError> {
    let row = conn.opt(
        "SELECT hashes FROM tiles WHERE level = $1 AND n = $2",
        &[i64::from(id.level).into(), id.n.cast_signed().into()],
    )?;
    row.map(|mut row| row.take_blob(0)).transpose()
}

/// Tiles asked for in one round trip.
const TILES_TOGETHER: usize = 256;

/// The hashes of many tiles, as far as they are there.
pub fn tiles(conn: &mut Conn, ids: &[TileId]) -> Result<BTreeMap<TileId, Vec<u8>>, DbError> {
    const TILE: &str = "SELECT hashes FROM tiles WHERE level = $1 AND n = $2";
    let mut found = BTreeMap::new();
    for together in ids.chunks(TILES_TOGETHER) {
        let params: Vec<[Val<'_>; 2]> = together
            .iter()
            .map(|id| [i64::from(id.level).into(), id.n.cast_signed().into()])
            .collect();
        let calls: Vec<Call<'_>> = params.iter().map(|params| (TILE, &params[..])).collect();
        for (id, rows) in together.iter().zip(conn.query_many(&calls)?) {
            for mut row in rows {
                found.insert(*id, row.take_blob(0)?);
            }
        }
    }
    Ok(found)
}

/// What a verifier finds as the head; `None` where there is none that can be read.
pub fn head_as_found(conn: &mut Conn) -> Result<Option<(u64, String)>, DbError> {
    let row = conn.opt("SELECT size, checkpoint FROM ledger WHERE id = 1", &[])?;
    Ok(row.and_then(|mut row| {
        let size = u64::try_from(row.int(0).ok()?).ok()?;
        Some((size, row.take_text(1).ok()?))
    }))
}

/// An entry as a verifier meets it: its place, and `None` if it is not bytes.
pub type Found = (i64, Option<Vec<u8>>);

/// Entries from one place up to another, in order, whatever they hold.
pub fn entries_as_found(conn: &mut Conn, from: i64, to: i64) -> Result<Vec<Found>, DbError> {
    conn.query(
        "SELECT place, entry FROM entries WHERE place >= $1 AND place < $2 ORDER BY place",
        &[from.into(), to.into()],
    )?
    .into_iter()
    .map(|mut row| Ok((row.int(0)?, row.take_blob(1).ok())))
    .collect()
}

/// The hashes of a tile, empty if they are not bytes.
pub fn tile_as_found(conn: &mut Conn, id: TileId) -> Result<Option<Vec<u8>>, DbError> {
    let row = conn.opt(
        "SELECT hashes FROM tiles WHERE level = $1 AND n = $2",
        &[i64::from(id.level).into(), id.n.cast_signed().into()],
    )?;
    Ok(row.map(|mut row| row.take_blob(0).unwrap_or_default()))
}

/// How many entries have a place that a ledger of this size does not have.
pub fn entries_outside(conn: &mut Conn, size: u64) -> Result<u64, DbError> {
    let row = conn.one(
        "SELECT COUNT(*) FROM entries WHERE place < 0 OR place >= $1",
        &[size.cast_signed().into()],
    )?;
    Ok(row.int(0)?.unsigned_abs())
}

/// How many tiles a ledger of this size does not have.
pub fn tiles_outside(conn: &mut Conn, size: u64) -> Result<u64, DbError> {
    let mut outside =
        conn.one("SELECT COUNT(*) FROM tiles WHERE level < 0 OR level > 7", &[])?.int(0)?;
    for level in 0..8_u32 {
        let tiles = (size >> (8 * level)).div_ceil(256);
        let row = conn.one(
            "SELECT COUNT(*) FROM tiles WHERE level = $1 AND (n < 0 OR n >= $2)",
            &[level.into(), tiles.cast_signed().into()],
        )?;
        outside += row.int(0)?;
    }
    Ok(outside.unsigned_abs())
}

/// Whether anything was ever done here: a database in which only keys were made has no ledger yet.
pub fn is_untouched(conn: &mut Conn) -> Result<bool, DbError> {
    let row = conn.one(
        "SELECT (SELECT COUNT(*) FROM policies) + (SELECT COUNT(*) FROM subjects) \
         + (SELECT COUNT(*) FROM records) + (SELECT COUNT(*) FROM entries) \
         + (SELECT COUNT(*) FROM tiles) + (SELECT size FROM ledger WHERE id = 1)",
        &[],
    )?;
    Ok(row.opt_int(0)? == Some(0))
}
