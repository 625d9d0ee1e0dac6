//! Whole logs read again: sound ones, and one tampered with in every way there is.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;

use ledger::{
    Checkpoint, Edge, Expected, Finding, Hash, LogSource, Report, Resource, SigningKey, TileId,
    VerifyingKey, encode_bundle, leaf_hash, open_checkpoint, sign_checkpoint, verify_log,
};
use proptest::prelude::*;

const ORIGIN: &str = "azukari.example/ledger";

fn key() -> SigningKey {
    SigningKey::from_seed(ORIGIN, &[7; 32]).unwrap()
}

fn entry(n: u64) -> Vec<u8> {
    format!("entry {n}").into_bytes()
}

/// A log kept in memory, to be tampered with.
#[derive(Clone, Default)]
struct Log {
    checkpoint: Option<String>,
    tiles: BTreeMap<TileId, Vec<u8>>,
    bundles: BTreeMap<u64, Vec<u8>>,
    broken: bool,
}

impl LogSource for Log {
    type Error = &'static str;

    fn checkpoint(&mut self) -> Result<Option<String>, Self::Error> {
        if self.broken { Err("disk") } else { Ok(self.checkpoint.clone()) }
    }

    fn tile(&mut self, id: TileId, width: u16) -> Result<Option<Vec<u8>>, Self::Error> {
        assert!((1..=256).contains(&width));
        Ok(self.tiles.get(&id).cloned())
    }

    fn entries(&mut self, n: u64, width: u16) -> Result<Option<Vec<u8>>, Self::Error> {
        assert!((1..=256).contains(&width));
        Ok(self.bundles.get(&n).cloned())
    }
}

impl Log {
    fn of(entries: &[Vec<u8>]) -> Self {
        let mut edge = Edge::empty();
        let tiles = edge.append(entries.iter().map(|entry| leaf_hash(entry)));
        Self {
            checkpoint: Some(sign_checkpoint(&key(), edge.size(), edge.root()).unwrap()),
            tiles: tiles.into_iter().map(|tile| (tile.id, tile.hashes)).collect(),
            bundles: (0..).zip(entries.chunks(256).map(|it| encode_bundle(it).unwrap())).collect(),
            broken: false,
        }
    }

    fn numbered(size: u64) -> Self {
        Self::of(&(0..size).map(entry).collect::<Vec<_>>())
    }

    fn opened(&self) -> Checkpoint {
        open_checkpoint(self.checkpoint.as_deref().unwrap(), &vkeys()).unwrap()
    }

    fn tile_mut(&mut self, level: u8, n: u64) -> &mut Vec<u8> {
        self.tiles.get_mut(&TileId { level, n }).unwrap()
    }

    fn change_entry(&mut self, index: u64) {
        let bundle = self.bundles.get_mut(&(index / 256)).unwrap();
        let text = entry(index);
        let at = bundle.windows(text.len()).position(|bytes| bytes == text).unwrap();
        bundle[at] = b'E';
    }

    fn report_since(&mut self, earlier: Option<&Checkpoint>) -> Report {
        verify_log(self, Expected { vkeys: &vkeys(), earlier }, |_, _| ()).unwrap()
    }

    fn findings(&mut self) -> Vec<Finding> {
        self.report_since(None).findings
    }
}

fn vkeys() -> Vec<VerifyingKey> {
    vec![key().verifying_key().clone()]
}

#[test]
fn a_sound_log_is_read_in_order_and_found_sound() {
    for size in [0, 1, 2, 255, 256, 257, 511, 512, 700, 65_536, 66_000] {
        let mut log = Log::numbered(size);
        let mut next = 0;
        let checkpoint = log.opened();
        let expected = Expected { vkeys: &vkeys(), earlier: Some(&checkpoint) };
        let report = verify_log(&mut log, expected, |index, bytes| {
            assert_eq!((index, bytes), (next, &entry(next)[..]));
            next += 1;
        });
        let report = report.unwrap();
        assert_eq!(report.findings, [], "size {size}");
        assert!(report.is_sound());
        assert_eq!((report.entries, next), (size, size));
        assert_eq!(report.checkpoint, Some(checkpoint));
    }
}

#[test]
fn a_log_that_grew_after_its_checkpoint_is_sound() {
    let mut log = Log::numbered(1000);
    log.checkpoint = Log::numbered(700).checkpoint;
    let report = log.report_since(None);
    assert_eq!((report.findings, report.entries), (vec![], 700));
}

#[test]
fn one_tampering_is_one_finding() {
    let whole = Log::numbered(66_000);
    let found = |tamper: &dyn Fn(&mut Log)| {
        let mut log = whole.clone();
        tamper(&mut log);
        log.findings()
    };
    for index in [0, 255, 256, 65_535, 65_536, 65_999] {
        assert_eq!(found(&|log| log.change_entry(index)), [Finding::EntryChanged { index }]);
    }
    for (level, n) in [(0, 0), (0, 200), (0, 255), (0, 256), (0, 257), (1, 0), (1, 1), (2, 0)] {
        let changed = [Finding::TileChanged { level, n }];
        assert_eq!(found(&|log| log.tile_mut(level, n)[3] ^= 1), changed);
        assert_eq!(found(&|log| *log.tile_mut(level, n).last_mut().unwrap() ^= 1), changed);
        assert_eq!(found(&|log| assert!(log.tile_mut(level, n).pop().is_some())), changed);
        assert_eq!(
            found(&|log| assert!(log.tiles.remove(&TileId { level, n }).is_some())),
            [Finding::TileMissing { level, n }]
        );
    }
    assert_eq!(
        found(&|log| assert!(log.bundles.remove(&1).is_some())),
        [Finding::EntriesMissing { first: 256, last: 511 }]
    );
    assert_eq!(
        found(&|log| log.bundles.retain(|n, _| !(100..200).contains(n))),
        [Finding::EntriesMissing { first: 25_600, last: 51_199 }]
    );
    assert_eq!(
        found(&|log| assert!(log.bundles.get_mut(&1).unwrap().pop().is_some())),
        [Finding::MalformedBundle { n: 1 }]
    );
    let short = encode_bundle((256..500).map(entry)).unwrap();
    assert_eq!(
        found(&|log| assert!(log.bundles.insert(1, short.clone()).is_some())),
        [Finding::EntriesMissing { first: 500, last: 511 }]
    );
}

#[test]
fn an_entry_changed_together_with_its_tiles_does_not_pass() {
    let whole = Log::numbered(66_000);
    let mut entries: Vec<_> = (0..66_000).map(entry).collect();
    entries[300] = b"another".to_vec();
    let forged = Log::of(&entries);
    let mut log = whole.clone();
    log.bundles.clone_from(&forged.bundles);
    assert_eq!(log.findings(), [Finding::EntryChanged { index: 300 }]);
    log.tiles.insert(TileId { level: 0, n: 1 }, forged.tiles[&TileId { level: 0, n: 1 }].clone());
    assert_eq!(
        log.findings(),
        [
            Finding::TileChanged { level: 0, n: 1 },
            Finding::EntriesChanged { first: 256, last: 511 }
        ]
    );
    log.tiles.insert(TileId { level: 1, n: 0 }, forged.tiles[&TileId { level: 1, n: 0 }].clone());
    assert_eq!(
        log.findings(),
        [
            Finding::TileChanged { level: 1, n: 0 },
            Finding::EntriesChanged { first: 0, last: 65_535 }
        ]
    );
    log.tiles.clone_from(&forged.tiles);
    assert_eq!(log.findings(), [Finding::RootMismatch]);
    // Signed again, only an earlier checkpoint can tell.
    log.checkpoint.clone_from(&forged.checkpoint);
    assert_eq!(log.findings(), []);
    let fork = |earlier: u64| {
        let earlier = Log::numbered(earlier).opened();
        log.clone().report_since(Some(&earlier)).findings
    };
    for size in [1, 256, 300] {
        assert_eq!(fork(size), []);
    }
    for size in [301, 512, 600, 65_536, 65_999, 66_000] {
        assert_eq!(fork(size), [Finding::ForkedSince { size }]);
    }
}

#[test]
fn every_tampering_is_found_though_there_are_several() {
    let mut log = Log::numbered(66_000);
    log.change_entry(5);
    log.change_entry(6);
    log.tile_mut(0, 3)[0] ^= 1;
    log.change_entry(40_000);
    log.bundles.remove(&201);
    log.tiles.remove(&TileId { level: 0, n: 202 });
    log.change_entry(65_990);
    assert_eq!(
        log.findings(),
        [
            Finding::EntryChanged { index: 5 },
            Finding::EntryChanged { index: 6 },
            Finding::TileChanged { level: 0, n: 3 },
            Finding::EntryChanged { index: 40_000 },
            Finding::EntriesMissing { first: 51_456, last: 51_711 },
            Finding::TileMissing { level: 0, n: 202 },
            Finding::EntryChanged { index: 65_990 },
        ]
    );
}

#[test]
fn the_checkpoint_itself_is_judged() {
    let whole = Log::numbered(700);
    let found = |checkpoint: Option<String>| Log { checkpoint, ..whole.clone() }.findings();
    let text = whole.checkpoint.clone().unwrap();
    assert_eq!(found(None), [Finding::CheckpointMissing]);
    assert_eq!(found(Some("checkpoint".to_owned())), [Finding::MalformedCheckpoint]);
    let root = whole.opened().root;
    let stranger = SigningKey::from_seed(ORIGIN, &[1; 32]).unwrap();
    assert_eq!(
        found(Some(sign_checkpoint(&stranger, 700, root).unwrap())),
        [Finding::BadSignature]
    );
    assert_eq!(
        found(Some(text.replacen(&root.to_string(), &Hash([1; 32]).to_string(), 1))),
        [Finding::BadSignature, Finding::RootMismatch]
    );
    assert_eq!(
        found(Some(sign_checkpoint(&key(), 700, Hash([1; 32])).unwrap())),
        [Finding::RootMismatch]
    );
    let mut note =
        signed_note::Note::new(format!("other.example\n700\n{root}\n").as_bytes(), &[]).unwrap();
    note.add_sigs(&[&key()]).unwrap();
    let wrong =
        Finding::WrongOrigin { expected: ORIGIN.to_owned(), found: "other.example".to_owned() };
    assert_eq!(found(Some(String::from_utf8(note.to_bytes()).unwrap())), [wrong]);
}

#[test]
fn a_forged_size_does_not_send_the_reader_on_for_ever() {
    let mut log = Log::numbered(700);
    let text = log.checkpoint.clone().unwrap();
    let size = u64::MAX;
    log.checkpoint = Some(text.replacen("\n700\n", &format!("\n{size}\n"), 1));
    let report = log.report_since(None);
    assert_eq!(report.entries, 700);
    assert_eq!(report.findings.first(), Some(&Finding::BadSignature));
    assert!(report.findings.contains(&Finding::EntriesMissing { first: 700, last: size - 1 }));
    assert!(report.findings.len() < 20);
}

#[test]
fn a_log_held_against_an_earlier_checkpoint_may_only_have_grown() {
    let mut log = Log::numbered(700);
    let since = |log: &mut Log, earlier: &Log| log.report_since(Some(&earlier.opened())).findings;
    for size in [0, 1, 256, 512, 513, 699, 700] {
        assert_eq!(since(&mut log, &Log::numbered(size)), []);
    }
    assert_eq!(
        since(&mut log, &Log::numbered(701)),
        [Finding::ShrunkSince { earlier: 701, now: 700 }]
    );
    let other = Log::of(&[b"another".to_vec()]);
    assert_eq!(since(&mut log, &other), [Finding::ForkedSince { size: 1 }]);
    let earlier = Checkpoint { origin: "other.example".to_owned(), ..log.opened() };
    assert_eq!(
        log.report_since(Some(&earlier)).findings,
        [Finding::WrongOrigin { expected: "other.example".to_owned(), found: ORIGIN.to_owned() }]
    );
}

#[test]
fn a_source_that_fails_is_not_a_finding() {
    let mut log = Log { broken: true, ..Log::default() };
    let read = verify_log(&mut log, Expected { vkeys: &vkeys(), earlier: None }, |_, _| ());
    assert_eq!(read, Err("disk"));
}

#[test]
fn findings_read_as_sentences() {
    for (finding, text) in [
        (Finding::EntryChanged { index: 5 }, "entry 5 has been changed"),
        (Finding::TileChanged { level: 1, n: 1234 }, "tile 1/x001/234 has been changed"),
        (Finding::ShrunkSince { earlier: 9, now: 7 }, "the log has 7 entries and had 9 before"),
        (Finding::MalformedBundle { n: 2 }, "bundle 2 of entries cannot be read"),
    ] {
        assert_eq!(finding.to_string(), text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_flipped_byte_goes_unnoticed(
        size in 1u64..1200,
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0u8..8), 1..6),
        dropped in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut log = Log::numbered(size);
        let whole = log.clone();
        let pieces: Vec<_> = log.tiles.keys().copied().map(Resource::Hashes)
            .chain(log.bundles.keys().copied().map(Resource::Entries))
            .collect();
        for (piece, at, bit) in flips {
            let bytes = match *piece.get(&pieces) {
                Resource::Hashes(id) => log.tile_mut(id.level, id.n),
                Resource::Entries(n) => log.bundles.get_mut(&n).unwrap(),
            };
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
        }
        if let Some(piece) = dropped {
            match *piece.get(&pieces) {
                Resource::Hashes(id) => drop(log.tiles.remove(&id)),
                Resource::Entries(n) => drop(log.bundles.remove(&n)),
            }
        }
        let same = log.tiles == whole.tiles && log.bundles == whole.bundles;
        let findings = log.findings();
        prop_assert_eq!(findings.is_empty(), same);
        // What was not touched is not blamed, as long as the tiles that judge it are whole.
        let touched = |id: &TileId| log.tiles.get(id) != whole.tiles.get(id);
        let edge = TileId { level: 0, n: size / 256 };
        if log.tiles.keys().chain(whole.tiles.keys()).all(|id| id.level == 0 && *id != edge || !touched(id)) {
            for finding in findings {
                let blamed = match finding {
                    Finding::TileChanged { level, n } => touched(&TileId { level, n }),
                    Finding::EntryChanged { index } | Finding::EntriesChanged { first: index, .. } => {
                        log.bundles[&(index / 256)] != whole.bundles[&(index / 256)]
                    }
                    Finding::RootMismatch => false,
                    _ => true,
                };
                prop_assert!(blamed, "{finding}");
            }
        }
    }
}
