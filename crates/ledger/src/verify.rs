//! Reads a whole log again, from its entries up to its signed root, and names what is wrong.
//!
//! Goes through the entries once, in order, holding one tile per level. What each tile should be
//! is judged by the tile above it, and the topmost by the signed root, so that a difference is
//! laid at the right door. Knows nothing of what entries mean; it shows them to a callback.

use crate::{
    Checkpoint, CheckpointError, Hash, TileId, VerifyingKey,
    checkpoint::read_checkpoint,
    decode_bundle,
    hash::root_of,
    leaf_hash,
    tile::{FULL, TILE_HEIGHT, hashes_in},
    tree::{Peaks, edge_tiles},
};

/// Where a log is read from; what is absent is `None`, and what cannot be read is an error.
///
/// A piece may be handed out wider than asked, as a log that has grown since holds it.
pub trait LogSource {
    type Error;
    /// The signed checkpoint, as text.
    fn checkpoint(&mut self) -> Result<Option<String>, Self::Error>;
    /// The hashes of a tile.
    fn tile(&mut self, id: TileId, width: u16) -> Result<Option<Vec<u8>>, Self::Error>;
    /// The bundle of entries under tile `n` of level 0.
    fn entries(&mut self, n: u64, width: u16) -> Result<Option<Vec<u8>>, Self::Error>;
}

/// What the log is held against.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The keys the log's checkpoint may be signed with.
    pub vkeys: &'a [VerifyingKey],
    /// A checkpoint of the same log, opened before and kept since.
    pub earlier: Option<&'a Checkpoint>,
}

/// What was read and what was found wrong with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The checkpoint as written, believed only if no finding speaks against it.
    pub checkpoint: Option<Checkpoint>,
    /// How many entries were read.
    pub entries: u64,
    pub findings: Vec<Finding>,
}

/// Something wrong with a log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Finding {
    #[error("there is no checkpoint")]
    CheckpointMissing,
    #[error("the checkpoint cannot be read")]
    MalformedCheckpoint,
    #[error("the checkpoint bears no valid signature by a known key")]
    BadSignature,
    #[error("the checkpoint is of `{found}` and should be of `{expected}`")]
    WrongOrigin { expected: String, found: String },
    #[error("the log has {now} entries and had {earlier} before")]
    ShrunkSince { earlier: u64, now: u64 },
    #[error("the first {size} entries are no longer those of the earlier checkpoint")]
    ForkedSince { size: u64 },
    #[error("the entries do not lead to the root in the checkpoint")]
    RootMismatch,
    #[error("tile {} is missing", TileId { level: *level, n: *n }.path(crate::TILE_WIDTH))]
    TileMissing { level: u8, n: u64 },
    #[error("tile {} has been changed", TileId { level: *level, n: *n }.path(crate::TILE_WIDTH))]
    TileChanged { level: u8, n: u64 },
    #[error("entries {first} to {last} are missing")]
    EntriesMissing { first: u64, last: u64 },
    #[error("entry {index} has been changed")]
    EntryChanged { index: u64 },
    #[error("one or more of entries {first} to {last} have been changed")]
    EntriesChanged { first: u64, last: u64 },
    #[error("bundle {n} of entries cannot be read")]
    MalformedBundle { n: u64 },
}

impl Report {
    /// Whether nothing was found wrong.
    pub fn is_sound(&self) -> bool {
        self.findings.is_empty()
    }
}

/// Reads the whole log, showing each entry with its index, and reports everything wrong with it;
/// only a source that fails to answer ends the reading early.
pub fn verify_log<S: LogSource + ?Sized>(
    source: &mut S,
    expected: Expected<'_>,
    each: impl FnMut(u64, &[u8]),
) -> Result<Report, S::Error> {
    let alone = |finding| Report { findings: vec![finding], ..Report::default() };
    let Some(text) = source.checkpoint()? else { return Ok(alone(Finding::CheckpointMissing)) };
    let Ok((checkpoint, signature)) = read_checkpoint(&text, expected.vkeys) else {
        return Ok(alone(Finding::MalformedCheckpoint));
    };
    let mut walk = Walk {
        source,
        each,
        size: checkpoint.size,
        signed: signature.is_ok(),
        stopped: false,
        earlier: None,
        entries: 0,
        findings: Vec::new(),
        last_missing: None,
    };
    match signature {
        Ok(()) => {}
        Err(CheckpointError::WrongOrigin { expected, found }) => {
            walk.findings.push(Finding::WrongOrigin { expected, found });
        }
        Err(_) => walk.findings.push(Finding::BadSignature),
    }
    match expected.earlier {
        Some(earlier) if earlier.origin != checkpoint.origin => {
            let (expected, found) = (earlier.origin.clone(), checkpoint.origin.clone());
            walk.findings.push(Finding::WrongOrigin { expected, found });
        }
        Some(earlier) if earlier.size > checkpoint.size => {
            let (earlier, now) = (earlier.size, checkpoint.size);
            walk.findings.push(Finding::ShrunkSince { earlier, now });
        }
        Some(earlier) => walk.earlier = Some(Earlier::new(earlier)),
        None => {}
    }
    walk.tree(checkpoint.root)?;
    if let Some(earlier) = walk.earlier
        && earlier.has_forked()
    {
        walk.findings.push(Finding::ForkedSince { size: earlier.size });
    }
    walk.findings.dedup();
    Ok(Report { checkpoint: Some(checkpoint), entries: walk.entries, findings: walk.findings })
}

struct Walk<'a, S: ?Sized, F> {
    source: &'a mut S,
    each: F,
    size: u64,
    signed: bool,
    /// Set where an unsigned checkpoint claims more than there is: its size could be anything.
    stopped: bool,
    earlier: Option<Earlier>,
    entries: u64,
    findings: Vec<Finding>,
    /// Where among the findings the latest missing entries are.
    last_missing: Option<usize>,
}

/// What the tile above says a subtree hashes to, and whether that tile is itself vouched for.
#[derive(Clone, Copy)]
struct Claim {
    root: Hash,
    vouched: bool,
}

impl<S: LogSource + ?Sized, F: FnMut(u64, &[u8])> Walk<'_, S, F> {
    /// The whole tree: the unfinished tile of each level, and below each the finished subtrees.
    fn tree(&mut self, root: Hash) -> Result<(), S::Error> {
        let edge: Vec<_> = edge_tiles(self.size).collect();
        let mut stored = Vec::new();
        for &(id, width) in &edge {
            stored.push(if width == 0 { Some(Vec::new()) } else { self.tile(id, width)? });
        }
        let root_from = |tiles: Vec<Vec<Hash>>| Peaks::from_edge(&tiles).root();
        let all_stored: Option<Vec<_>> = stored.iter().cloned().collect();
        let vouched = all_stored.map(root_from) == Some(root);

        // The highest level holds the oldest entries, so downwards is onwards.
        let mut computed = vec![Vec::new(); edge.len()];
        for (level, &(id, width)) in edge.iter().enumerate().rev() {
            computed[level] = self.below(id, width, stored[level].as_deref(), vouched)?;
        }
        if self.stopped {
            return Ok(());
        }

        let mut filled = computed.clone();
        for (filled, stored) in filled.iter_mut().zip(&stored) {
            fill(filled, stored.as_deref().unwrap_or_default());
        }
        let found = filled.iter().map(|tile| complete(tile)).collect::<Option<_>>().map(root_from);
        let borne_out = vouched || found == Some(root);
        if !borne_out && found.is_some() {
            self.findings.push(Finding::RootMismatch);
        }
        for ((&(id, _), stored), computed) in edge.iter().zip(&stored).zip(&computed) {
            let Some(stored) = stored else { continue };
            if id.level == 0 && (vouched || !borne_out) {
                self.entries_changed(id, stored, computed);
            } else if !vouched && contradicts(stored, computed) {
                self.findings.push(Finding::TileChanged { level: id.level, n: id.n });
            }
        }
        match (stored.first(), filled.first()) {
            (Some(Some(stored)), _) if vouched => self.keep(&known(stored), None),
            (_, Some(filled)) => self.keep(filled, None),
            _ => {}
        }
        Ok(())
    }

    /// The root of the finished subtree under a full tile, as best as can be told.
    fn subtree(&mut self, id: TileId, claim: Option<Claim>) -> Result<Option<Hash>, S::Error> {
        if self.stopped {
            return Ok(None);
        }
        let stored = self.tile(id, crate::TILE_WIDTH)?;
        let stored_root = stored.as_deref().map(root_of);
        let authentic = claim.is_some_and(|claim| stored_root == Some(claim.root));
        let mut computed = self.below(id, crate::TILE_WIDTH, stored.as_deref(), authentic)?;
        if self.stopped {
            return Ok(None);
        }
        let stands = stored.as_deref().is_some_and(|stored| !contradicts(stored, &computed));
        let whole = complete(&computed);
        let computed_root = match &whole {
            Some(_) if stands => stored_root,
            Some(whole) => Some(root_of(whole)),
            None => None,
        };
        let changed = Finding::TileChanged { level: id.level, n: id.n };

        let root = match (stored, claim) {
            (Some(stored), _) if authentic => {
                if id.level == 0 {
                    self.entries_changed(id, &stored, &computed);
                }
                computed = known(&stored);
                stored_root
            }
            (stored, Some(claim)) if computed_root == Some(claim.root) => {
                self.findings.extend(stored.map(|_| changed));
                computed_root
            }
            (Some(stored), Some(claim)) if claim.vouched && !stands => {
                self.findings.push(changed);
                if id.level == 0 {
                    self.entries_changed(id, &stored, &computed);
                }
                fill(&mut computed, &stored);
                complete(&computed).as_deref().map(root_of)
            }
            (stored, Some(claim)) if claim.vouched && whole.is_some() => {
                // Entries and all tiles up to here agree with each other, and not with the root.
                self.findings.extend(stored.map(|_| changed));
                let width = 1 << (TILE_HEIGHT * (u32::from(id.level) + 1));
                let first = id.n * width;
                self.findings.push(Finding::EntriesChanged { first, last: first + width - 1 });
                computed_root
            }
            (Some(stored), claim) if id.level == 0 && claim.is_none_or(|claim| !claim.vouched) => {
                // No trusted tile above to judge by; a leaf hash is the likelier witness.
                self.entries_changed(id, &stored, &computed);
                computed = known(&stored);
                stored_root
            }
            (Some(stored), claim) => {
                if !stands || claim.is_some_and(|claim| claim.vouched) {
                    self.findings.push(changed);
                }
                fill(&mut computed, &stored);
                complete(&computed).as_deref().map(root_of)
            }
            (None, _) => computed_root,
        };
        if id.level == 0 {
            self.keep(&computed, root);
        }
        Ok(root)
    }

    /// What a tile should hold, going by what lies below it.
    fn below(
        &mut self,
        id: TileId,
        width: u16,
        stored: Option<&[Hash]>,
        vouched: bool,
    ) -> Result<Vec<Option<Hash>>, S::Error> {
        if width == 0 || self.stopped {
            return Ok(Vec::new());
        }
        if id.level == 0 {
            return self.bundle(id.n, width, stored.is_none());
        }
        let mut hashes = Vec::with_capacity(FULL);
        for at in 0..width {
            let child = TileId { level: id.level - 1, n: id.n * FULL as u64 + u64::from(at) };
            let claim = stored.map(|stored| Claim { root: stored[usize::from(at)], vouched });
            hashes.push(self.subtree(child, claim)?);
        }
        Ok(hashes)
    }

    /// The leaf hashes of a bundle's entries.
    fn bundle(
        &mut self,
        n: u64,
        width: u16,
        tile_missing: bool,
    ) -> Result<Vec<Option<Hash>>, S::Error> {
        let first = n * FULL as u64;
        let last = first + u64::from(width) - 1;
        let mut hashes = vec![None; usize::from(width)];
        let Some(bundle) = self.source.entries(n, width)? else {
            self.stopped = tile_missing && !self.signed;
            self.entries_missing(first, if self.stopped { self.size - 1 } else { last });
            return Ok(hashes);
        };
        let Ok(entries) = decode_bundle(&bundle) else {
            self.findings.push(Finding::MalformedBundle { n });
            return Ok(hashes);
        };
        let mut index = first;
        for (hash, entry) in hashes.iter_mut().zip(entries) {
            *hash = Some(leaf_hash(entry));
            (self.each)(index, entry);
            index += 1;
        }
        self.entries += index - first;
        if index <= last {
            self.entries_missing(index, last);
        }
        Ok(hashes)
    }

    /// The hashes of a tile as stored, if it is there and of the right form.
    fn tile(&mut self, id: TileId, width: u16) -> Result<Option<Vec<Hash>>, S::Error> {
        let TileId { level, n } = id;
        let Some(bytes) = self.source.tile(id, width)? else {
            self.findings.push(Finding::TileMissing { level, n });
            return Ok(None);
        };
        match hashes_in(&bytes) {
            Some(mut hashes) if hashes.len() >= usize::from(width) => {
                hashes.truncate(usize::from(width));
                Ok(Some(hashes))
            }
            _ => {
                self.findings.push(Finding::TileChanged { level, n });
                Ok(None)
            }
        }
    }

    fn entries_changed(&mut self, id: TileId, stored: &[Hash], computed: &[Option<Hash>]) {
        let first = id.n * FULL as u64;
        for (index, (stored, computed)) in (first..).zip(stored.iter().zip(computed)) {
            if computed.is_some_and(|computed| computed != *stored) {
                self.findings.push(Finding::EntryChanged { index });
            }
        }
    }

    /// Notes missing entries, in one finding with those just before.
    fn entries_missing(&mut self, first: u64, last: u64) {
        let before = self.last_missing.and_then(|at| self.findings.get_mut(at));
        if let Some(Finding::EntriesMissing { last: until, .. }) = before
            && *until + 1 == first
        {
            *until = last;
        } else {
            self.last_missing = Some(self.findings.len());
            self.findings.push(Finding::EntriesMissing { first, last });
        }
    }

    /// Lets the earlier checkpoint's tree grow by the leaves of one tile.
    fn keep(&mut self, leaves: &[Option<Hash>], root: Option<Hash>) {
        if let Some(earlier) = &mut self.earlier {
            earlier.grow(leaves, root);
        }
    }
}

/// The earlier checkpoint's tree, rebuilt from today's leaves.
struct Earlier {
    size: u64,
    root: Hash,
    peaks: Peaks,
    /// Set where a leaf cannot be had, and with it no answer.
    unknown: bool,
}

impl Earlier {
    fn new(checkpoint: &Checkpoint) -> Self {
        let Checkpoint { size, root, .. } = *checkpoint;
        Self { size, root, peaks: Peaks::default(), unknown: false }
    }

    fn grow(&mut self, leaves: &[Option<Hash>], root: Option<Hash>) {
        let wanted = self.size - self.peaks.size;
        match root {
            _ if self.unknown => {}
            Some(root) if wanted >= FULL as u64 => self.peaks.push(TILE_HEIGHT, root, |_, _, _| ()),
            _ => {
                let leaves = leaves.iter().take(usize::try_from(wanted).unwrap_or(FULL));
                for leaf in leaves {
                    match leaf {
                        Some(leaf) => self.peaks.push(0, *leaf, |_, _, _| ()),
                        None => self.unknown = true,
                    }
                }
            }
        }
    }

    fn has_forked(&self) -> bool {
        !self.unknown && self.peaks.size == self.size && self.peaks.root() != self.root
    }
}

fn complete(hashes: &[Option<Hash>]) -> Option<Vec<Hash>> {
    hashes.iter().copied().collect()
}

fn known(hashes: &[Hash]) -> Vec<Option<Hash>> {
    hashes.iter().copied().map(Some).collect()
}

/// Whether something computed is other than what is stored.
fn contradicts(stored: &[Hash], computed: &[Option<Hash>]) -> bool {
    stored.iter().zip(computed).any(|(stored, computed)| computed.is_some_and(|it| it != *stored))
}

/// Puts stored hashes where none could be computed.
fn fill(computed: &mut [Option<Hash>], stored: &[Hash]) {
    for (computed, stored) in computed.iter_mut().zip(stored) {
        computed.get_or_insert(*stored);
    }
}
