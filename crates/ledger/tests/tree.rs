//! The tree and its proofs against published roots and paths, and against another implementation.
#![expect(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::unnecessary_wraps,
    reason = "tests, and readers of tiles may fail"
)]

use std::{collections::BTreeMap, convert::Infallible};

use ledger::{
    ConsistencyProof, Edge, Hash, InclusionProof, LoadError, ProofError, ProveError, TileId,
    leaf_hash, prove_consistency, prove_inclusion, prove_inclusions, verify_consistency,
    verify_inclusion,
};
use proptest::prelude::*;

/// The eight leaves of the tree that Certificate Transparency's own tests use.
const LEAVES: [&str; 8] = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
];

/// Its roots at each size from 0 to 8.
const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

/// Published audit paths of the same tree: index, size, path.
const PATHS: [(u64, u64, &[&str]); 5] = [
    (0, 1, &[]),
    (
        0,
        8,
        &[
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        &[
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, &["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
        1,
        5,
        &[
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
];

/// Published consistency proofs of the same tree: older size, newer size, path.
const GROWTH: [(u64, u64, &[&str]); 4] = [
    (1, 1, &[]),
    (
        1,
        8,
        &[
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        &[
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        &[
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
];

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

fn hash(text: &str) -> Hash {
    Hash(unhex(text).try_into().unwrap())
}

fn hashes(texts: &[&str]) -> Vec<Hash> {
    texts.iter().map(|text| hash(text)).collect()
}

/// A tree with all its tiles kept in memory.
#[derive(Default)]
struct Tree {
    edge: Edge,
    tiles: BTreeMap<TileId, Vec<u8>>,
    /// The root at each size reached.
    roots: BTreeMap<u64, Hash>,
}

impl Tree {
    fn append(&mut self, leaves: &[Hash]) {
        let before = self.edge.size();
        let changed = self.edge.append(leaves.iter().copied());
        assert!(changed.is_sorted_by(|a, b| a.id < b.id), "each tile once, in order");
        for tile in changed {
            assert!(tile.id.width(before) < tile.id.width(self.edge.size()));
            assert_eq!(tile.width(), usize::from(tile.id.width(self.edge.size())));
            self.tiles.insert(tile.id, tile.hashes);
        }
        self.roots.insert(self.edge.size(), self.edge.root());
    }

    fn read(&self, id: TileId) -> Result<Vec<u8>, Infallible> {
        Ok(self.tiles.get(&id).cloned().unwrap_or_default())
    }

    fn includes(&self, index: u64, size: u64) -> InclusionProof {
        prove_inclusion(index, size, |id| self.read(id)).unwrap()
    }

    fn grew(&self, old: u64, new: u64) -> ConsistencyProof {
        prove_consistency(old, new, |id| self.read(id)).unwrap()
    }
}

fn numbered(count: u64) -> Vec<Hash> {
    (0..count).map(|n| leaf_hash(&n.to_be_bytes())).collect()
}

fn one_by_one(leaves: &[Hash]) -> Tree {
    let mut tree = Tree::default();
    tree.append(&[]);
    for leaf in leaves {
        tree.append(&[*leaf]);
    }
    tree
}

#[test]
fn the_published_tree_has_its_published_roots_and_paths() {
    let leaves: Vec<_> = LEAVES.iter().map(|leaf| leaf_hash(&unhex(leaf))).collect();
    let tree = one_by_one(&leaves);
    for (size, root) in ROOTS.iter().enumerate() {
        assert_eq!(tree.roots[&(size as u64)], hash(root), "size {size}");
    }
    for (index, size, path) in PATHS {
        let proof = tree.includes(index, size);
        assert_eq!(proof.0, hashes(path), "leaf {index} of {size}");
        verify_inclusion(leaves[index as usize], index, &proof, size, tree.roots[&size]).unwrap();
    }
    for (old, new, path) in GROWTH {
        let proof = tree.grew(old, new);
        assert_eq!(proof.0, hashes(path), "{old} to {new}");
        verify_consistency(old, tree.roots[&old], new, tree.roots[&new], &proof).unwrap();
    }
}

/// The same tree kept by tlog_tiles, as a flat list of hashes.
struct Oracle(Vec<tlog_tiles::Hash>);

impl tlog_tiles::HashReader for Oracle {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
        Ok(indexes.iter().map(|index| self.0[*index as usize]).collect())
    }
}

impl Oracle {
    fn of(leaves: &[Hash]) -> Self {
        let mut oracle = Self(Vec::new());
        for (n, leaf) in leaves.iter().enumerate() {
            let leaf = tlog_tiles::Hash(leaf.0);
            let more = tlog_tiles::stored_hashes_for_record_hash(n as u64, leaf, &oracle).unwrap();
            oracle.0.extend(more);
        }
        oracle
    }

    fn root(&self, size: u64) -> Hash {
        Hash(tlog_tiles::tree_hash(size, self).unwrap().0)
    }
}

/// Cuts leaves into batches of the given lengths, over and over.
fn in_batches(leaves: &[Hash], lengths: &[usize]) -> Tree {
    let mut tree = Tree::default();
    let mut rest = leaves;
    for length in lengths.iter().cycle() {
        let (batch, after) = rest.split_at((*length).min(rest.len()));
        tree.append(batch);
        rest = after;
        if rest.is_empty() {
            return tree;
        }
    }
    tree
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_batches_make_the_same_tree(
        size in 1u64..1000,
        lengths in prop::collection::vec(0usize..400, 1..6),
    ) {
        prop_assume!(lengths.iter().any(|length| *length > 0));
        let leaves = numbered(size);
        let tree = in_batches(&leaves, &lengths);
        let oracle = Oracle::of(&leaves);
        prop_assert_eq!(tree.edge.root(), oracle.root(size));
        let theirs = tlog_tiles::Tile::new_tiles(8, 0, size);
        prop_assert_eq!(tree.tiles.len(), theirs.len());
        for tile in theirs {
            let id = TileId { level: tile.level(), n: tile.level_index() };
            prop_assert_eq!(&tree.tiles[&id], &tile.read_data(&oracle).unwrap());
            let path = tile.path().replacen("tile/8/", "", 1);
            prop_assert_eq!(id.path(id.width(size)).to_string(), path);
        }
        let loaded = Edge::load(size, |id| tree.read(id)).unwrap();
        prop_assert_eq!(loaded, tree.edge);
    }

    #[test]
    fn proofs_are_those_of_the_other_implementation_and_verify(
        size in 1u64..1000, index: prop::sample::Index, old: prop::sample::Index,
    ) {
        let (index, old) = (index.index(size as usize) as u64, old.index(size as usize) as u64 + 1);
        // A few leaves more, so that proofs are read from tiles wider than their tree.
        let leaves = numbered(size + 300);
        let tree = in_batches(&leaves, &[64]);
        let oracle = Oracle::of(&leaves);
        let root = oracle.root(size);

        let proof = tree.includes(index, size);
        let theirs = tlog_tiles::prove_record(size, index, &oracle).unwrap();
        prop_assert_eq!(&proof.0, &theirs.iter().map(|hash| Hash(hash.0)).collect::<Vec<_>>());
        verify_inclusion(leaves[index as usize], index, &proof, size, root).unwrap();

        let proof = tree.grew(old, size);
        let theirs = tlog_tiles::prove_tree(size, old, &oracle).unwrap();
        prop_assert_eq!(&proof.0, &theirs.iter().map(|hash| Hash(hash.0)).collect::<Vec<_>>());
        verify_consistency(old, oracle.root(old), size, root, &proof).unwrap();
    }

    #[test]
    fn a_changed_inclusion_proof_fails(
        size in 2u64..1000, index: prop::sample::Index, at: prop::sample::Index, bit in 0..8,
        other in 0u64..1100,
    ) {
        let index = index.index(size as usize) as u64;
        let leaves = numbered(size);
        let tree = in_batches(&leaves, &[100]);
        let root = tree.edge.root();
        let leaf = leaves[index as usize];
        let proof = tree.includes(index, size);
        let verify = |leaf, index, proof: &Vec<Hash>, root| {
            verify_inclusion(leaf, index, &InclusionProof(proof.clone()), size, root)
        };
        let flip = |hash: &mut Hash, at: usize| hash.0[at % 32] ^= 1u8 << bit;

        let mut changed = proof.0.clone();
        let at = at.index(changed.len() * 32);
        flip(&mut changed[at / 32], at);
        prop_assert_eq!(verify(leaf, index, &changed, root), Err(ProofError::WrongRoot));
        let mut another = leaf;
        flip(&mut another, at);
        prop_assert_eq!(verify(another, index, &proof.0, root), Err(ProofError::WrongRoot));
        let mut another = root;
        flip(&mut another, at);
        prop_assert_eq!(verify(leaf, index, &proof.0, another), Err(ProofError::WrongRoot));
        if other != index {
            prop_assert!(verify(leaf, other, &proof.0, root).is_err());
        }
        prop_assert_eq!(
            verify(leaf, index, &proof.0[1..].to_vec(), root), Err(ProofError::WrongLength)
        );
        let longer = [proof.0.clone(), vec![root]].concat();
        prop_assert_eq!(verify(leaf, index, &longer, root), Err(ProofError::WrongLength));
    }

    #[test]
    fn a_changed_consistency_proof_fails(
        size in 2u64..1000, old: prop::sample::Index, at: prop::sample::Index, bit in 0..8,
    ) {
        let old = old.index(size as usize - 1) as u64 + 1;
        let leaves = numbered(size);
        let tree = one_by_one(&leaves);
        let (old_root, root) = (tree.roots[&old], tree.roots[&size]);
        let proof = tree.grew(old, size);
        let verify = |old_root, root, proof: &[Hash]| {
            verify_consistency(old, old_root, size, root, &ConsistencyProof(proof.to_vec()))
        };
        prop_assert_eq!(verify(old_root, root, &proof.0), Ok(()));

        let mut changed = proof.0.clone();
        let at = at.index(changed.len() * 32);
        changed[at / 32].0[at % 32] ^= 1u8 << bit;
        prop_assert!(verify(old_root, root, &changed).is_err());
        prop_assert!(verify(root, root, &proof.0).is_err());
        prop_assert!(verify(old_root, old_root, &proof.0).is_err());
        prop_assert!(verify(old_root, root, &proof.0[1..]).is_err());
        prop_assert!(verify(old_root, root, &[&proof.0[..], &[root]].concat()).is_err());
    }
}

#[test]
fn every_small_tree_proves_and_verifies_everything() {
    let leaves = numbered(40);
    let tree = one_by_one(&leaves);
    for size in 1..=40 {
        let root = tree.roots[&size];
        for index in 0..size {
            let proof = tree.includes(index, size);
            verify_inclusion(leaves[index as usize], index, &proof, size, root).unwrap();
        }
        for old in 0..=size {
            let proof = tree.grew(old, size);
            verify_consistency(old, tree.roots[&old], size, root, &proof).unwrap();
        }
        // The size is signed along with the root; a path tells sizes apart only by its shape.
        for wrong in 1..=40 {
            let proof = tree.includes(0, size);
            let same_shape = tree.includes(0, wrong).0.len() == proof.0.len();
            let verified = verify_inclusion(leaves[0], 0, &proof, wrong, root);
            assert_eq!(verified.is_ok(), same_shape, "{size} as {wrong}");
        }
    }
}

#[test]
fn a_batch_is_undone_by_dropping_a_clone() {
    let leaves = numbered(700);
    let mut edge = Edge::empty();
    edge.append(leaves[..300].iter().copied());
    let mut tried = edge.clone();
    tried.append(leaves[300..].iter().copied());
    let mut again = edge.clone();
    assert_eq!(again.append(leaves[300..].iter().copied()).len(), 3);
    assert_eq!(again, tried);
    assert_eq!(edge.size(), 300);
}

#[test]
fn a_tree_of_three_levels_of_tiles_is_cut_as_published() {
    let mut tree = Tree::default();
    tree.append(&numbered(70_000));
    let width = |level, n| tree.tiles.get(&TileId { level, n }).map(|bytes| bytes.len() / 32);
    assert_eq!(tree.tiles.len(), 273 + 1 + 1 + 1 + 1);
    assert_eq!(width(0, 272), Some(256));
    assert_eq!(width(0, 273), Some(112));
    assert_eq!(width(1, 0), Some(256));
    assert_eq!(width(1, 1), Some(17));
    assert_eq!(width(2, 0), Some(1));
    let edge = Edge::load(70_000, |id| tree.read(id)).unwrap();
    assert_eq!(edge, tree.edge);
    let root = edge.root();
    for index in [0, 255, 256, 65_535, 65_536, 69_887, 69_999] {
        let proof = tree.includes(index, 70_000);
        verify_inclusion(numbered(70_000)[index as usize], index, &proof, 70_000, root).unwrap();
    }
    for old in [1, 255, 256, 257, 65_535, 65_536, 65_537, 69_999] {
        let then = Edge::load(old, |id| tree.read(id)).unwrap();
        let proof = tree.grew(old, 70_000);
        verify_consistency(old, then.root(), 70_000, root, &proof).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn many_proofs_at_once_are_those_made_one_by_one(
        size in 1_u64..1_500,
        wanted in prop::collection::vec(any::<u64>(), 0..40),
    ) {
        let mut tree = Tree::default();
        tree.append(&numbered(size));
        let wanted: Vec<u64> = wanted.into_iter().map(|index| index % size).collect();
        let mut read = std::collections::BTreeSet::new();
        let proofs = prove_inclusions(&wanted, size, |id| {
            assert!(read.insert(id), "each tile is read once");
            tree.read(id)
        });
        let one_by_one: Vec<_> = wanted.iter().map(|index| tree.includes(*index, size)).collect();
        prop_assert_eq!(proofs.unwrap(), one_by_one);
    }
}

#[test]
fn what_cannot_be_proven_is_refused_by_name() {
    let mut tree = Tree::default();
    tree.append(&numbered(10));
    let read = |id| tree.read(id);
    assert!(matches!(
        prove_inclusion(10, 10, read),
        Err(ProveError::NoSuchLeaf { index: 10, size: 10 })
    ));
    assert!(matches!(
        prove_inclusions(&[3, 10], 10, read),
        Err(ProveError::NoSuchLeaf { index: 10, size: 10 })
    ));
    assert!(matches!(
        prove_consistency(11, 10, read),
        Err(ProveError::NotOlder { old_size: 11, new_size: 10 })
    ));
    let short = prove_inclusion(0, 11, read).unwrap_err();
    assert_eq!(short.to_string(), "tile 0/000 has 320 bytes and should have 11 hashes");
    assert!(matches!(short, ProveError::Load(LoadError::Malformed { width: 11, .. })));
    let unreadable = Edge::load(300, |_| Err("disk")).unwrap_err();
    assert!(matches!(unreadable, LoadError::Unreadable { source: "disk", .. }));
    let empty = ConsistencyProof(Vec::new());
    let root = tree.edge.root();
    assert_eq!(verify_consistency(0, Hash::of_nothing(), 10, root, &empty), Ok(()));
    assert_eq!(verify_consistency(0, root, 10, root, &empty), Err(ProofError::WrongOldRoot));
}

#[test]
fn a_hash_is_written_as_base64_and_read_back() {
    let hash = Hash::of_nothing();
    assert_eq!(hash.to_string(), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    assert_eq!(hash.to_string().parse(), Ok(hash));
    assert!("47DEQpj8".parse::<Hash>().is_err());
}
