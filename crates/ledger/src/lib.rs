//! A tamper-evident log over bytes.
//!
//! Entries are hashed into an RFC 6962 tree, kept as C2SP tlog-tiles, signed as C2SP checkpoints
//! and proven as C2SP tlog-proofs. The crate knows what an entry's bytes hash to and nothing of
//! what they mean; it has no clock, no network and no storage, and reads tiles through a closure.
//!
//! The rooms: `hash` (leaves and nodes), `tile` (names of tiles, bundles of entries), `tree`
//! (appends), `proof` (proves, verifies), `key` and `checkpoint` (sign, open), `receipt` (an
//! offline proof as text), `verify` (reads a whole log again and says what is wrong with it).

mod checkpoint;
mod hash;
mod key;
mod proof;
mod receipt;
mod tile;
mod tree;
mod verify;

pub use checkpoint::{Checkpoint, CheckpointError, open_checkpoint, sign_checkpoint};
pub use hash::{Hash, HashError, leaf_hash, node_hash};
pub use key::{KeyError, SigningKey, VerifyingKey};
pub use proof::{
    ConsistencyProof, InclusionProof, ProofError, ProveError, prove_consistency, prove_inclusion,
    prove_inclusions, verify_consistency, verify_inclusion,
};
pub use receipt::{ReceiptError, TlogProof, check_tlog_proof, tlog_proof};
pub use tile::{
    BundleError, PathError, Resource, TILE_WIDTH, Tile, TileId, TilePath, decode_bundle,
    encode_bundle,
};
pub use tree::{Edge, LoadError};
pub use verify::{Expected, Finding, LogSource, Report, verify_log};
