//! How the tree and the entries are cut into pieces 256 wide, and what those pieces are called
//! (C2SP tlog-tiles). Knows nothing of what is inside an entry, nor where pieces are kept.

use std::{fmt, str::FromStr};

use crate::Hash;

/// How many hashes a full tile holds, and how many entries a full bundle.
pub const TILE_WIDTH: u16 = 256;
pub(crate) const FULL: usize = TILE_WIDTH as usize;
/// Levels of the tree that one level of tiles covers.
pub(crate) const TILE_HEIGHT: u32 = 8;
/// Levels of tiles that the largest tree has.
pub(crate) const TILE_LEVELS: u8 = 8;

/// The place of a tile: its level above the leaves and its number within the level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    pub level: u8,
    pub n: u64,
}

/// A tile with its present contents: from 1 to 256 hashes of 32 bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Tile {
    pub id: TileId,
    pub hashes: Vec<u8>,
}

/// The two kinds of piece a log is published in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Resource {
    /// Hashes of the tree.
    Hashes(TileId),
    /// The bundle of entries under the tile of this number at level 0.
    Entries(u64),
}

/// The address of a piece below `tile/`: what it is, and how many of its hashes or entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TilePath {
    pub resource: Resource,
    /// From 1 to 256; anything below 256 is a partial piece.
    pub width: u16,
}

/// Text that is not the address of a tile or a bundle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not the path of a tile")]
pub struct PathError(String);

impl TileId {
    /// How many hashes this tile has in a tree of `size` leaves; 0 when it is not part of it.
    pub fn width(self, size: u64) -> u16 {
        let hashes = size.checked_shr(TILE_HEIGHT * u32::from(self.level)).unwrap_or(0);
        let before = self.n.saturating_mul(u64::from(TILE_WIDTH));
        let width = hashes.saturating_sub(before).min(u64::from(TILE_WIDTH));
        u16::try_from(width).unwrap_or(TILE_WIDTH)
    }

    /// The address of this tile at a width.
    pub fn path(self, width: u16) -> TilePath {
        TilePath { resource: Resource::Hashes(self), width }
    }
}

impl Tile {
    /// How many hashes the tile holds.
    pub fn width(&self) -> usize {
        self.hashes.len() / 32
    }
}

impl fmt::Debug for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tile({:?}, {} wide)", self.id, self.width())
    }
}

impl Resource {
    /// How many hashes or entries this piece has in a tree of `size` leaves; 0 when it has none.
    pub fn width(self, size: u64) -> u16 {
        match self {
            Resource::Hashes(id) => id.width(size),
            Resource::Entries(n) => TileId { level: 0, n }.width(size),
        }
    }
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n = match self.resource {
            Resource::Hashes(id) => {
                write!(f, "{}", id.level)?;
                id.n
            }
            Resource::Entries(n) => {
                f.write_str("entries")?;
                n
            }
        };
        let mut groups = vec![n % 1000];
        let mut rest = n / 1000;
        while rest > 0 {
            groups.push(rest % 1000);
            rest /= 1000;
        }
        while let Some(group) = groups.pop() {
            let more = if groups.is_empty() { "" } else { "x" };
            write!(f, "/{more}{group:03}")?;
        }
        if self.width < TILE_WIDTH {
            write!(f, ".p/{}", self.width)?;
        }
        Ok(())
    }
}

impl FromStr for TilePath {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        parse_path(text)
            // An address has one spelling: leading zeros, empty groups and the like are refused.
            .filter(|path| path.to_string() == text)
            .ok_or_else(|| PathError(text.to_owned()))
    }
}

fn parse_path(text: &str) -> Option<TilePath> {
    let (whole, width) = match text.split_once(".p/") {
        Some((whole, width)) => {
            (whole, width.parse().ok().filter(|w| (1..TILE_WIDTH).contains(w))?)
        }
        None => (text, TILE_WIDTH),
    };
    let (kind, groups) = whole.split_once('/')?;
    let mut n: u64 = 0;
    for group in groups.split('/') {
        let group: u64 = group.strip_prefix('x').unwrap_or(group).parse().ok()?;
        n = n.checked_mul(1000)?.checked_add(group)?;
    }
    let resource = if kind == "entries" {
        Resource::Entries(n)
    } else {
        Resource::Hashes(TileId { level: kind.parse().ok().filter(|level| *level < 64)?, n })
    };
    Some(TilePath { resource, width })
}

/// What keeps entries out of a bundle, or a bundle from being read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    #[error("entry {position} of the bundle is {length} bytes long, over the limit of 65535")]
    EntryTooLong { position: usize, length: usize },
    #[error("a bundle holds at most 256 entries")]
    TooMany,
    #[error("the bundle ends in the middle of entry {position}")]
    CutShort { position: usize },
}

/// Writes entries as a bundle: each one preceded by its length as two big-endian bytes.
pub fn encode_bundle<T: AsRef<[u8]>>(
    entries: impl IntoIterator<Item = T>,
) -> Result<Vec<u8>, BundleError> {
    let mut bundle = Vec::new();
    for (position, entry) in entries.into_iter().enumerate() {
        if position == FULL {
            return Err(BundleError::TooMany);
        }
        let entry = entry.as_ref();
        let length = u16::try_from(entry.len())
            .map_err(|_| BundleError::EntryTooLong { position, length: entry.len() })?;
        bundle.extend_from_slice(&length.to_be_bytes());
        bundle.extend_from_slice(entry);
    }
    Ok(bundle)
}

/// Reads the entries of a bundle back.
pub fn decode_bundle(bundle: &[u8]) -> Result<Vec<&[u8]>, BundleError> {
    let mut entries = Vec::new();
    let mut rest = bundle;
    while !rest.is_empty() {
        let position = entries.len();
        if position == FULL {
            return Err(BundleError::TooMany);
        }
        let cut_short = BundleError::CutShort { position };
        let Some((length, after)) = rest.split_first_chunk() else { return Err(cut_short) };
        let length = usize::from(u16::from_be_bytes(*length));
        let Some((entry, after)) = after.split_at_checked(length) else { return Err(cut_short) };
        entries.push(entry);
        rest = after;
    }
    Ok(entries)
}

/// The hashes in a tile's bytes, or nothing when the bytes are not a row of hashes.
pub(crate) fn hashes_in(bytes: &[u8]) -> Option<Vec<Hash>> {
    let (hashes, rest) = bytes.as_chunks();
    rest.is_empty().then(|| hashes.iter().copied().map(Hash).collect())
}

pub(crate) fn bytes_of(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}
