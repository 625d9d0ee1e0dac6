//! Proves that a leaf is in a tree, and that a tree grew out of a smaller one; verifies both.
//! Reads tiles through a closure, each once per proof, and trusts neither them nor the proof.

use std::collections::BTreeMap;

use crate::{
    Hash, LoadError, TILE_WIDTH, TileId, hash::root_of, node_hash, tile::TILE_HEIGHT,
    tree::read_tile,
};

/// The hashes beside the way from a leaf up to the root, lowest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InclusionProof(pub Vec<Hash>);

/// The hashes from which the roots of an older and a newer tree both follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsistencyProof(pub Vec<Hash>);

/// Why a proof cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ProveError<E> {
    #[error("a tree of {size} leaves has no leaf {index}")]
    NoSuchLeaf { index: u64, size: u64 },
    #[error("a tree of {old_size} leaves is not older than one of {new_size}")]
    NotOlder { old_size: u64, new_size: u64 },
    #[error(transparent)]
    Load(#[from] LoadError<E>),
}

/// Why a proof is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    #[error("a tree of {size} leaves has no leaf {index}")]
    NoSuchLeaf { index: u64, size: u64 },
    #[error("a tree of {old_size} leaves is not older than one of {new_size}")]
    NotOlder { old_size: u64, new_size: u64 },
    #[error("the proof does not have the length these sizes ask for")]
    WrongLength,
    #[error("the proof does not lead to the root")]
    WrongRoot,
    #[error("the proof does not lead to the older root")]
    WrongOldRoot,
}

/// Proves that leaf `index` is in the tree of `size` leaves.
pub fn prove_inclusion<E>(
    index: u64,
    size: u64,
    read: impl FnMut(TileId) -> Result<Vec<u8>, E>,
) -> Result<InclusionProof, ProveError<E>> {
    if index >= size {
        return Err(ProveError::NoSuchLeaf { index, size });
    }
    let mut tiles = Tiles::new(size, read);
    let mut path = Vec::new();
    let (mut from, mut to) = (0, size);
    while to - from > 1 {
        let middle = from + left_of(to - from);
        if index < middle {
            path.push(tiles.root(middle, to)?);
            to = middle;
        } else {
            path.push(tiles.root(from, middle)?);
            from = middle;
        }
    }
    path.reverse();
    Ok(InclusionProof(path))
}

/// Proves of many leaves at once that they are in the tree of `size` leaves: the same proofs as
/// [`prove_inclusion`] gives, in the order of `indices`. Every tile is read once, and every subtree
/// beside one of the ways is hashed once.
pub fn prove_inclusions<E>(
    indices: &[u64],
    size: u64,
    read: impl FnMut(TileId) -> Result<Vec<u8>, E>,
) -> Result<Vec<InclusionProof>, ProveError<E>> {
    if let Some(index) = indices.iter().copied().find(|index| *index >= size) {
        return Err(ProveError::NoSuchLeaf { index, size });
    }
    let mut leaves = indices.to_vec();
    leaves.sort_unstable();
    leaves.dedup();
    let mut proofs = BTreeMap::new();
    Tiles::new(size, read).paths(&leaves, (0, size), &mut Vec::new(), &mut proofs)?;
    // INVARIANT: `paths` ends at every leaf it is given.
    Ok(indices.iter().filter_map(|index| proofs.get(index).cloned()).collect())
}

/// Proves that the tree of `new_size` leaves begins with the tree of `old_size` leaves.
pub fn prove_consistency<E>(
    old_size: u64,
    new_size: u64,
    read: impl FnMut(TileId) -> Result<Vec<u8>, E>,
) -> Result<ConsistencyProof, ProveError<E>> {
    if old_size > new_size {
        return Err(ProveError::NotOlder { old_size, new_size });
    }
    if old_size == 0 || old_size == new_size {
        return Ok(ConsistencyProof(Vec::new()));
    }
    let mut tiles = Tiles::new(new_size, read);
    let mut path = Vec::new();
    let (mut from, mut to) = (0, new_size);
    // Down to where the older tree ends between two complete subtrees.
    while to != old_size {
        let middle = from + left_of(to - from);
        if old_size <= middle {
            path.push(tiles.root(middle, to)?);
            to = middle;
        } else {
            path.push(tiles.root(from, middle)?);
            from = middle;
        }
    }
    // What remains is the last subtree of the older tree; if it is all of it, its root is known.
    if from > 0 {
        path.push(tiles.root(from, to)?);
    }
    path.reverse();
    Ok(ConsistencyProof(path))
}

/// Verifies that `leaf` is at `index` in the tree of `size` leaves with this root.
pub fn verify_inclusion(
    leaf: Hash,
    index: u64,
    proof: &InclusionProof,
    size: u64,
    root: Hash,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::NoSuchLeaf { index, size });
    }
    let mut hashes = proof.0.iter();
    let mut hash = leaf;
    let (mut index, mut last) = (index, size - 1);
    while last > 0 {
        // A last node without a neighbour to its right moves up as it is.
        if index & 1 == 1 || index < last {
            let beside = hashes.next().ok_or(ProofError::WrongLength)?;
            hash = if index & 1 == 1 { node_hash(beside, &hash) } else { node_hash(&hash, beside) };
        }
        index >>= 1;
        last >>= 1;
    }
    match hashes.next() {
        Some(_) => Err(ProofError::WrongLength),
        None if hash == root => Ok(()),
        None => Err(ProofError::WrongRoot),
    }
}

/// Verifies that the newer tree begins with the older one.
pub fn verify_consistency(
    old_size: u64,
    old_root: Hash,
    new_size: u64,
    new_root: Hash,
    proof: &ConsistencyProof,
) -> Result<(), ProofError> {
    if old_size > new_size {
        return Err(ProofError::NotOlder { old_size, new_size });
    }
    let mut hashes = proof.0.iter();
    if old_size == 0 || old_size == new_size {
        let known = if old_size == 0 { Hash::of_nothing() } else { new_root };
        return match hashes.next() {
            Some(_) => Err(ProofError::WrongLength),
            None if old_root == known => Ok(()),
            None => Err(ProofError::WrongOldRoot),
        };
    }
    // Start from the last complete subtree of the older tree, which both trees share.
    let aligned = old_size.trailing_zeros();
    let (mut index, mut last) = ((old_size - 1) >> aligned, (new_size - 1) >> aligned);
    let shared = if old_size.is_power_of_two() {
        old_root
    } else {
        *hashes.next().ok_or(ProofError::WrongLength)?
    };
    let (mut old, mut new) = (shared, shared);
    while last > 0 {
        if index & 1 == 1 {
            let left = hashes.next().ok_or(ProofError::WrongLength)?;
            old = node_hash(left, &old);
            new = node_hash(left, &new);
        } else if index < last {
            // Right of the older tree's end, so only the newer one has it.
            new = node_hash(&new, hashes.next().ok_or(ProofError::WrongLength)?);
        }
        index >>= 1;
        last >>= 1;
    }
    match hashes.next() {
        Some(_) => Err(ProofError::WrongLength),
        None if old != old_root => Err(ProofError::WrongOldRoot),
        None if new != new_root => Err(ProofError::WrongRoot),
        None => Ok(()),
    }
}

/// How many of `leaves` (at least 2) belong to the left child of their root.
fn left_of(leaves: u64) -> u64 {
    1 << (leaves - 1).ilog2()
}

/// The tiles of one tree, each read when first needed.
struct Tiles<R> {
    size: u64,
    read: R,
    seen: BTreeMap<TileId, Vec<Hash>>,
}

impl<R> Tiles<R> {
    fn new(size: u64, read: R) -> Self {
        Self { size, read, seen: BTreeMap::new() }
    }

    /// The root over the leaves `from..to`, which must be a subtree that occurs in the tree.
    fn root<E>(&mut self, mut from: u64, to: u64) -> Result<Hash, LoadError<E>>
    where
        R: FnMut(TileId) -> Result<Vec<u8>, E>,
    {
        let mut complete = Vec::new();
        while let Some(height) = (to - from).checked_ilog2() {
            complete.push(self.node(height, from >> height)?);
            from += 1 << height;
        }
        let upwards = complete.into_iter().rev();
        Ok(upwards.reduce(|right, left| node_hash(&left, &right)).unwrap_or_else(Hash::of_nothing))
    }

    /// The proofs of some leaves of the subtree `from..to`, in order; `above` are the hashes beside the
    /// way down to it, highest first.
    fn paths<E>(
        &mut self,
        leaves: &[u64],
        (from, to): (u64, u64),
        above: &mut Vec<Hash>,
        proofs: &mut BTreeMap<u64, InclusionProof>,
    ) -> Result<(), LoadError<E>>
    where
        R: FnMut(TileId) -> Result<Vec<u8>, E>,
    {
        if leaves.is_empty() {
            return Ok(());
        }
        if to - from <= 1 {
            proofs.insert(from, InclusionProof(above.iter().rev().copied().collect()));
            return Ok(());
        }
        let middle = from + left_of(to - from);
        let (left, right) = leaves.split_at(leaves.partition_point(|leaf| *leaf < middle));
        for (side, way, beside) in
            [(left, (from, middle), (middle, to)), (right, (middle, to), (from, middle))]
        {
            if !side.is_empty() {
                above.push(self.root(beside.0, beside.1)?);
                self.paths(side, way, above, proofs)?;
                above.pop();
            }
        }
        Ok(())
    }

    /// The complete node at this height and index.
    fn node<E>(&mut self, height: u32, index: u64) -> Result<Hash, LoadError<E>>
    where
        R: FnMut(TileId) -> Result<Vec<u8>, E>,
    {
        let bits = height % TILE_HEIGHT;
        let first = index << bits;
        #[expect(clippy::cast_possible_truncation, reason = "a height is at most 64")]
        let id = TileId { level: (height / TILE_HEIGHT) as u8, n: first / u64::from(TILE_WIDTH) };
        if !self.seen.contains_key(&id) {
            let hashes = read_tile(id, id.width(self.size), &mut self.read)?;
            self.seen.insert(id, hashes);
        }
        let start = (first & 255) as usize;
        // INVARIANT: a complete node lies within the width its tile has in this tree.
        let hashes = self.seen.get(&id).and_then(|tile| tile.get(start..start + (1 << bits)));
        Ok(root_of(hashes.unwrap_or_default()))
    }
}
