//! The limit: the rows of a disclosure written by the bare driver, in batches as large as those
//! observed, each batch one durable commit. Nothing is read, decided, sealed or hashed here. The
//! tables are the same and empty, which flatters the limit.

use std::path::Path;
use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use rusqlite::Connection;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, NoTls};

use super::sample::Numbers;
use super::table::count;
use crate::store::for_postgres;

const RECORD: &str = "INSERT INTO records (place, id, act, subject, at, keep_until, sealed) \
     VALUES ($1, $2, $3, $4, $5, $6, $7)";
const ENTRY: &str = "INSERT INTO entries (place, entry) VALUES ($1, $2)";
const ONCE: &str = "INSERT INTO idempotency (id, request, reply, at) VALUES ($1, $2, $3, $4)";
const TILE: &str = "INSERT INTO tiles (level, n, hashes) VALUES ($1, $2, $3) \
     ON CONFLICT (level, n) DO UPDATE SET hashes = excluded.hashes";
const HEAD: &str = "UPDATE ledger SET size = $1, checkpoint = $2 WHERE id = 1";
/// Takes the ledger's place, as every batch must where processes share a database.
const PLACE: &str = "UPDATE ledger SET size = size WHERE id = 1 RETURNING size";

/// What is written, as it was seen in the database.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    /// Acts in one commit.
    pub(super) batch: u64,
    /// Bytes of a sealed record.
    pub(super) sealed: usize,
    /// Bytes of a ledger entry.
    pub(super) entry: usize,
}

/// One act's values.
struct Values {
    place: i64,
    id: [u8; 16],
    subject: [u8; 16],
    once: [u8; 16],
    sealed: Vec<u8>,
    entry: Vec<u8>,
    reply: String,
}

fn values(shape: Shape, place: i64, numbers: &mut Numbers) -> Values {
    let mut random = || {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&numbers.next().to_be_bytes());
        bytes[8..].copy_from_slice(&numbers.next().to_be_bytes());
        bytes
    };
    Values {
        place,
        id: random(),
        subject: random(),
        once: random(),
        sealed: vec![7; shape.sealed],
        entry: vec![7; shape.entry],
        reply: place.to_string(),
    }
}

/// The tiles a batch leaves behind: level, number, bytes.
fn tiles(from: i64, to: i64) -> Vec<(i64, i64, Vec<u8>)> {
    let mut tiles = Vec::new();
    for level in 0..2_i64 {
        let (from, to) = (from >> (8 * level), to >> (8 * level));
        for n in from / 256..=to / 256 {
            let hashes = usize::try_from((to - n * 256).min(256)).unwrap_or(0);
            if hashes > 0 && to > from {
                tiles.push((level, n, vec![7; hashes * 32]));
            }
        }
    }
    tiles
}

fn checkpoint() -> String {
    ".".repeat(180)
}

/// Acts a second on SQLite: WAL, every commit on the disk.
pub(super) fn sqlite(folder: &Path, shape: Shape, seconds: u64) -> anyhow::Result<f64> {
    let path = folder.join("bench-bare.db");
    let conn = Connection::open(&path)?;
    conn.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    conn.execute_batch(
        "PRAGMA synchronous = FULL; PRAGMA cache_size = -8192; PRAGMA wal_autocheckpoint = 8000;",
    )?;
    for (_, ddl) in crate::app::MIGRATIONS {
        conn.execute_batch(ddl)?;
    }
    let (mut place, mut numbers) = (0, Numbers::new(11, 11));
    let mut begun = Instant::now();
    let (mut counted, mut warm) = (0, false);
    loop {
        let from = place;
        conn.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        conn.prepare_cached(PLACE)?.query_row([], |_| Ok(()))?;
        for _ in 0..shape.batch {
            let v = values(shape, place, &mut numbers);
            conn.prepare_cached(RECORD)?.execute((
                v.place,
                v.id,
                "disclosed",
                v.subject,
                v.place,
                v.place,
                v.sealed,
            ))?;
            conn.prepare_cached(ENTRY)?.execute((v.place, v.entry))?;
            conn.prepare_cached(ONCE)?.execute((v.once, v.id, v.reply, v.place))?;
            place += 1;
        }
        for tile in tiles(from, place) {
            conn.prepare_cached(TILE)?.execute(tile)?;
        }
        conn.prepare_cached(HEAD)?.execute((place, checkpoint()))?;
        conn.prepare_cached("COMMIT")?.execute([])?;
        counted += shape.batch;
        if !warm && begun.elapsed() > Duration::from_secs(1) {
            (warm, counted, begun) = (true, 0, Instant::now());
        }
        if warm && begun.elapsed() > Duration::from_secs(seconds) {
            break;
        }
    }
    let rate = count(counted) / begun.elapsed().as_secs_f64();
    drop(conn);
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(folder.join(format!("bench-bare.db{end}")));
    }
    Ok(rate)
}

/// Acts a second on PostgreSQL: one connection, everything of a batch on its way at once.
pub(super) async fn postgres(url: &str, shape: Shape, seconds: u64) -> anyhow::Result<f64> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    for (_, ddl) in crate::app::MIGRATIONS {
        client.batch_execute(&for_postgres(ddl)).await?;
    }
    let record = client.prepare(RECORD).await?;
    let entry = client.prepare(ENTRY).await?;
    let once = client.prepare(ONCE).await?;
    let tile = client.prepare(TILE).await?;
    let head = client.prepare(HEAD).await?;
    let take = client.prepare(PLACE).await?;
    let (begin, commit) = (client.prepare("BEGIN").await?, client.prepare("COMMIT").await?);
    let (mut place, mut numbers) = (0, Numbers::new(11, 11));
    let mut begun = Instant::now();
    let (mut counted, mut warm) = (0, false);
    loop {
        let from = place;
        let acts: Vec<Values> = (0..shape.batch)
            .map(|_| {
                let act = values(shape, place, &mut numbers);
                place += 1;
                act
            })
            .collect();
        let (tiles, checkpoint) = (tiles(from, place), checkpoint());
        let mut statements: Vec<(&tokio_postgres::Statement, Vec<&(dyn ToSql + Sync)>)> =
            vec![(&begin, vec![]), (&take, vec![])];
        let blobs: Vec<[&[u8]; 3]> =
            acts.iter().map(|v| [&v.id[..], &v.subject, &v.once]).collect();
        for (v, [id, subject, key]) in acts.iter().zip(&blobs) {
            let columns: Vec<&(dyn ToSql + Sync)> =
                vec![&v.place, id, &"disclosed", subject, &v.place, &v.place, &v.sealed];
            statements.push((&record, columns));
            statements.push((&entry, vec![&v.place, &v.entry]));
            statements.push((&once, vec![key, id, &v.reply, &v.place]));
        }
        for (level, n, hashes) in &tiles {
            statements.push((&tile, vec![level, n, hashes]));
        }
        statements.push((&head, vec![&place, &checkpoint]));
        statements.push((&commit, vec![]));
        send(&client, statements).await?;
        counted += shape.batch;
        if !warm && begun.elapsed() > Duration::from_secs(1) {
            (warm, counted, begun) = (true, 0, Instant::now());
        }
        if warm && begun.elapsed() > Duration::from_secs(seconds) {
            break;
        }
    }
    Ok(count(counted) / begun.elapsed().as_secs_f64())
}

/// Sends everything before it waits for anything.
async fn send(
    client: &Client,
    statements: Vec<(&tokio_postgres::Statement, Vec<&(dyn ToSql + Sync)>)>,
) -> Result<(), tokio_postgres::Error> {
    let sent = statements
        .iter()
        .map(|(statement, params)| async move { client.execute(*statement, params).await });
    try_join_all(sent).await.map(drop)
}
