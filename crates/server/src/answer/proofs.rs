//! What proves each record that is shown: its opening with a C2SP tlog-proof, one in each line, so that
//! what neighbours have in common is packed once. Proofs are made in one pass over the tiles.

use std::collections::BTreeSet;

use data_encoding::BASE64;
use ledger::{TileId, prove_inclusions, tlog_proof};
use serde::Serialize;

use super::gather::Shown;
use crate::error::Error;
use crate::store::{Conn, ledger as log};

/// The proofs of an answer.
pub(super) struct Proven {
    /// A record in each line, with its opening and its proof; in the order of the ledger.
    pub lines: Vec<u8>,
    /// The checkpoint that vouches for them all, as it was signed.
    pub checkpoint: String,
    /// The key that it is checked with.
    pub key: String,
    /// How many there are.
    pub count: usize,
}

/// A line: what `azukari ledger proof` reads, with the record's id before it.
#[derive(Serialize)]
struct Line<'a> {
    record: String,
    opening: Opened,
    proof: &'a str,
}

#[derive(Serialize)]
struct Opened {
    salt: String,
    record: String,
}

/// Proves records against the newest checkpoint.
///
/// # Errors
/// When the ledger lacks what it should have, or the database fails.
pub(super) fn prove(conn: &mut Conn, shown: &[Shown], key: String) -> Result<Proven, Error> {
    let (size, checkpoint) = log::head(conn)?;
    let places: Vec<u64> = shown.iter().map(|shown| shown.place.index).collect();
    // The tiles right above the records are many and known; the few others are read as they are met.
    let lowest: BTreeSet<TileId> =
        places.iter().map(|place| TileId { level: 0, n: place / 256 }).collect();
    let lowest: Vec<TileId> = lowest.into_iter().collect();
    let mut near = log::tiles(conn, &lowest)?;
    let proofs = prove_inclusions(&places, size, |tile| match near.remove(&tile) {
        Some(hashes) => Ok(hashes),
        None => log::tile(conn, tile)?
            .ok_or_else(|| Error::from(anyhow::anyhow!("tile {tile:?} is missing"))),
    })
    .map_err(|error| anyhow::anyhow!("her records cannot be proven: {error}"))?;
    let count = shown.len();
    let mut lines = Vec::with_capacity(count * 2_048);
    for (shown, proof) in shown.iter().zip(&proofs) {
        let line = Line {
            record: shown.place.record_id(),
            opening: Opened {
                salt: BASE64.encode(&shown.opening.salt),
                record: BASE64.encode(&shown.opening.bytes),
            },
            proof: &tlog_proof(shown.place.index, proof, &checkpoint, None),
        };
        serde_json::to_writer(&mut lines, &line).map_err(anyhow::Error::from)?;
        lines.push(b'\n');
    }
    Ok(Proven { lines, checkpoint, key, count })
}
