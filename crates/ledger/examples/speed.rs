//! How fast the ledger appends, proves, verifies and reads itself again, all in memory.
//! `cargo run --release -p ledger --example speed [leaves]`
#![expect(clippy::unwrap_used, clippy::cast_precision_loss, reason = "an example")]

use std::{
    collections::HashMap,
    convert::Infallible,
    hint::black_box,
    time::{Duration, Instant},
};

use ledger::{
    Edge, Expected, LogSource, SigningKey, Tile, TileId, encode_bundle, leaf_hash, open_checkpoint,
    prove_consistency, prove_inclusion, sign_checkpoint, verify_consistency, verify_inclusion,
    verify_log,
};

const ENTRY: usize = 200;

fn entry(n: u64) -> [u8; ENTRY] {
    let mut entry = [0; ENTRY];
    entry[..8].copy_from_slice(&n.to_be_bytes());
    entry
}

struct Memory {
    tiles: HashMap<TileId, Vec<u8>>,
    checkpoint: String,
}

impl LogSource for Memory {
    type Error = Infallible;

    fn checkpoint(&mut self) -> Result<Option<String>, Infallible> {
        Ok(Some(self.checkpoint.clone()))
    }

    fn tile(&mut self, id: TileId, _: u16) -> Result<Option<Vec<u8>>, Infallible> {
        Ok(self.tiles.get(&id).cloned())
    }

    fn entries(&mut self, n: u64, width: u16) -> Result<Option<Vec<u8>>, Infallible> {
        let first = n * 256;
        Ok(encode_bundle((first..first + u64::from(width)).map(entry)).ok())
    }
}

fn rate(what: &str, count: u64, took: Duration) {
    let per_second = count as f64 / took.as_secs_f64();
    println!("{what:<48} {per_second:>12.0}/s {:>12.3} µs", 1e6 / per_second);
}

fn append(size: u64, batch: u64, mut keep: impl FnMut(Vec<Tile>)) -> (Edge, Duration) {
    let mut edge = Edge::empty();
    let began = Instant::now();
    for first in (0..size).step_by(usize::try_from(batch).unwrap()) {
        let last = size.min(first + batch);
        // As a server does: try on a clone, keep the clone when the batch is durable.
        let mut tried = edge.clone();
        keep(tried.append((first..last).map(|n| leaf_hash(&entry(n)))));
        edge = tried;
    }
    (edge, began.elapsed())
}

fn main() {
    let size: u64 = std::env::args().nth(1).map_or(10_000_000, |size| size.parse().unwrap());
    println!("{size} leaves of {ENTRY} bytes, one thread");

    for batch in [1, 8, 64, 1024] {
        let count = size.min(2_000_000);
        let (_, took) = append(count, batch, |tiles| drop(black_box(tiles)));
        rate(&format!("append, batches of {batch}, tiles handed out"), count, took);
    }

    let mut tiles = HashMap::new();
    let (edge, took) =
        append(size, 64, |changed| tiles.extend(changed.into_iter().map(|it| (it.id, it.hashes))));
    rate("append, batches of 64, tiles kept in memory", size, took);
    let root = edge.root();
    let read = |id: TileId| tiles.get(&id).cloned().ok_or(id);

    let began = Instant::now();
    let loads = 1000;
    for _ in 0..loads {
        black_box(Edge::load(size, read).unwrap());
    }
    rate("load the edge", loads, began.elapsed());

    let places: Vec<u64> =
        (0..2000u64).map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15) % size).collect();
    let began = Instant::now();
    let proofs: Vec<_> =
        places.iter().map(|&index| prove_inclusion(index, size, read).unwrap()).collect();
    rate("prove inclusion", places.len() as u64, began.elapsed());
    let began = Instant::now();
    for (&index, proof) in places.iter().zip(&proofs) {
        verify_inclusion(leaf_hash(&entry(index)), index, proof, size, root).unwrap();
    }
    rate("verify inclusion", places.len() as u64, began.elapsed());

    let began = Instant::now();
    let grown: Vec<_> =
        places.iter().map(|&old| prove_consistency(old, size, read).unwrap()).collect();
    rate("prove consistency", places.len() as u64, began.elapsed());
    for (&old, proof) in places.iter().zip(&grown).take(20) {
        let then = Edge::load(old, read).unwrap();
        verify_consistency(old, then.root(), size, root, proof).unwrap();
    }

    let key = SigningKey::from_seed("azukari.example/ledger", &[7; 32]).unwrap();
    let vkeys = [key.verifying_key().clone()];
    let began = Instant::now();
    for _ in 0..1000 {
        black_box(sign_checkpoint(&key, size, root).unwrap());
    }
    rate("sign a checkpoint", 1000, began.elapsed());
    let checkpoint = sign_checkpoint(&key, size, root).unwrap();
    let began = Instant::now();
    for _ in 0..1000 {
        black_box(open_checkpoint(&checkpoint, &vkeys).unwrap());
    }
    rate("open a checkpoint", 1000, began.elapsed());

    let mut log = Memory { tiles, checkpoint };
    let began = Instant::now();
    let report =
        verify_log(&mut log, Expected { vkeys: &vkeys, earlier: None }, |_, _| ()).unwrap();
    assert!(report.is_sound() && report.entries == size);
    rate("verify the whole log", size, began.elapsed());
}
