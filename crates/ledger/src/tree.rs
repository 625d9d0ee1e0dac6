//! The right edge of the tree: all that is needed to append and to say the root.
//! Hands out the tiles that changed; who keeps them, and when they are durable, is not known here.

use crate::{
    Hash, Tile, TileId,
    hash::root_of,
    node_hash,
    tile::{FULL, TILE_HEIGHT, TILE_LEVELS, bytes_of, hashes_in},
};

/// Everything needed to append to a tree: a few kilobytes, so that a batch which comes to nothing
/// is undone by dropping a clone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edge {
    peaks: Peaks,
    /// The unfinished tile of each level, lowest first.
    // INVARIANT: level `l` holds `(size >> 8l) % 256` hashes.
    partial: Vec<Vec<Hash>>,
}

/// A tile that is needed and cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum LoadError<E> {
    #[error("tile {} cannot be read", .tile.path(crate::TILE_WIDTH))]
    Unreadable { tile: TileId, source: E },
    #[error("tile {} has {bytes} bytes and should have {width} hashes", .tile.path(crate::TILE_WIDTH))]
    Malformed { tile: TileId, width: u16, bytes: usize },
}

impl Edge {
    /// The edge of a tree without leaves.
    pub fn empty() -> Self {
        Self::default()
    }

    /// Rebuilds the edge of a tree of `size` leaves, reading at most one tile per level.
    pub fn load<E>(
        size: u64,
        mut read: impl FnMut(TileId) -> Result<Vec<u8>, E>,
    ) -> Result<Self, LoadError<E>> {
        let partial = edge_tiles(size)
            .map(|(tile, width)| match width {
                0 => Ok(Vec::new()),
                _ => read_tile(tile, width, &mut read),
            })
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self { peaks: Peaks::from_edge(&partial), partial })
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.peaks.size
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        self.peaks.root()
    }

    /// Appends leaves and returns each tile that changed once, whole, ordered by level and number.
    pub fn append(&mut self, leaves: impl IntoIterator<Item = Hash>) -> Vec<Tile> {
        let Self { peaks, partial } = self;
        let before = peaks.size;
        let mut changed = Vec::new();
        for leaf in leaves {
            peaks.push(0, leaf, |height, index, hash| {
                if height % TILE_HEIGHT != 0 {
                    return;
                }
                let level = (height / TILE_HEIGHT) as usize;
                if partial.len() == level {
                    partial.push(Vec::new());
                }
                partial[level].push(hash);
                if partial[level].len() == FULL {
                    changed.push(tile(level, index / FULL as u64, &partial[level]));
                    partial[level].clear();
                }
            });
        }
        for (level, (id, width)) in edge_tiles(peaks.size).enumerate() {
            if width > 0 && id.width(before) != width {
                changed.push(tile(level, id.n, &partial[level]));
            }
        }
        changed.sort_unstable_by_key(|tile| tile.id);
        changed
    }
}

/// The tile each level ends in, lowest first, with its width: 0 where the level ends evenly.
pub(crate) fn edge_tiles(size: u64) -> impl Iterator<Item = (TileId, u16)> {
    (0..TILE_LEVELS).map_while(move |level| {
        let hashes = size >> (TILE_HEIGHT * u32::from(level));
        let id = TileId { level, n: hashes / FULL as u64 };
        (hashes > 0).then(|| (id, id.width(size)))
    })
}

/// Reads a tile and keeps its first `width` hashes: a later tree may have widened it.
pub(crate) fn read_tile<E>(
    tile: TileId,
    width: u16,
    read: &mut impl FnMut(TileId) -> Result<Vec<u8>, E>,
) -> Result<Vec<Hash>, LoadError<E>> {
    let bytes = read(tile).map_err(|source| LoadError::Unreadable { tile, source })?;
    match hashes_in(&bytes) {
        Some(mut hashes) if hashes.len() >= usize::from(width) => {
            hashes.truncate(usize::from(width));
            Ok(hashes)
        }
        _ => Err(LoadError::Malformed { tile, width, bytes: bytes.len() }),
    }
}

fn tile(level: usize, n: u64, hashes: &[Hash]) -> Tile {
    // INVARIANT: a tree of at most 2^64 leaves has 8 levels of tiles.
    #[expect(clippy::cast_possible_truncation, reason = "a level is below 8")]
    let level = level as u8;
    Tile { id: TileId { level, n }, hashes: bytes_of(hashes) }
}

/// The roots of the largest complete subtrees that, side by side, make up a tree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Peaks {
    pub(crate) size: u64,
    /// One per bit set in the size, widest first.
    roots: Vec<Hash>,
}

impl Peaks {
    /// The peaks of a tree from the unfinished tile of each level, lowest first.
    pub(crate) fn from_edge(partial: &[Vec<Hash>]) -> Self {
        let mut peaks = Self::default();
        for (level, hashes) in (0..TILE_HEIGHT).zip(partial).rev() {
            let mut rest = &hashes[..];
            while let Some(bits) = rest.len().checked_ilog2() {
                let (subtree, after) = rest.split_at(1 << bits);
                peaks.push(TILE_HEIGHT * level + bits, root_of(subtree), |_, _, _| ());
                rest = after;
            }
        }
        peaks
    }

    /// Adds a complete subtree of `2^height` leaves, showing every node this completes with its
    /// height and its index at that height.
    // INVARIANT: the size is a multiple of 2^height.
    pub(crate) fn push(
        &mut self,
        mut height: u32,
        mut hash: Hash,
        mut completed: impl FnMut(u32, u64, Hash),
    ) {
        let mut index = self.size >> height;
        self.size += 1 << height;
        completed(height, index, hash);
        while index & 1 == 1
            && let Some(left) = self.roots.pop()
        {
            hash = node_hash(&left, &hash);
            height += 1;
            index >>= 1;
            completed(height, index, hash);
        }
        self.roots.push(hash);
    }

    pub(crate) fn root(&self) -> Hash {
        let upwards = self.roots.iter().rev().copied();
        upwards.reduce(|right, left| node_hash(&left, &right)).unwrap_or_else(Hash::of_nothing)
    }
}
