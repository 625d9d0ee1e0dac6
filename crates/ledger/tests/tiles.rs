//! Addresses of tiles and the form of bundles, as tables and round trips.

use ledger::{BundleError, Resource, TILE_WIDTH, TileId, TilePath, decode_bundle, encode_bundle};
use proptest::prelude::*;

#[test]
fn a_tile_has_its_published_address() {
    let hashes = |level, n, width| TileId { level, n }.path(width);
    let entries = |n, width| TilePath { resource: Resource::Entries(n), width };
    for (path, text) in [
        (hashes(0, 0, 256), "0/000"),
        (hashes(0, 0, 1), "0/000.p/1"),
        (hashes(1, 999, 255), "1/999.p/255"),
        (hashes(0, 1000, 256), "0/x001/000"),
        (hashes(0, 1_234_067, 256), "0/x001/x234/067"),
        (hashes(3, 1_234_067, 5), "3/x001/x234/067.p/5"),
        (hashes(63, u64::MAX, 256), "63/x018/x446/x744/x073/x709/x551/615"),
        (entries(1_234_067, 256), "entries/x001/x234/067"),
        (entries(7, 8), "entries/007.p/8"),
    ] {
        assert_eq!(path.to_string(), text);
        assert_eq!(text.parse(), Ok(path));
    }
}

#[test]
fn an_address_has_one_spelling() {
    for text in [
        "",
        "0",
        "0/",
        "/000",
        "0/0",
        "0/0000",
        "00/000",
        "+0/000",
        "64/000",
        "-1/000",
        "0/001/000",
        "0/x001",
        "0/x000/001",
        "0/x001/x000",
        "0/+01",
        "0/000.p",
        "0/000.p/",
        "0/000.p/0",
        "0/000.p/05",
        "0/000.p/256",
        "0/000.p/1.p/1",
        "0/x001.p/5/000",
        "0/000/",
        "entries",
        "entries/x",
        "Entries/000",
        "tile/0/000",
        "0/x018/x446/x744/x073/x709/x551/616",
        "0/../000",
        "0/０００",
    ] {
        let refused = text.parse::<TilePath>().map(|path| path.to_string());
        assert_eq!(
            refused.map_err(|error| error.to_string()),
            Err(format!("`{text}` is not the path of a tile"))
        );
    }
}

#[test]
fn a_tile_is_as_wide_as_its_tree_makes_it() {
    let width = |level, n, size| TileId { level, n }.width(size);
    assert_eq!(width(0, 0, 0), 0);
    assert_eq!(width(0, 0, 1), 1);
    assert_eq!(width(0, 0, 256), 256);
    assert_eq!(width(1, 0, 255), 0);
    assert_eq!(width(1, 0, 256), 1);
    assert_eq!(width(0, 273, 70_000), 112);
    assert_eq!(width(0, 274, 70_000), 0);
    assert_eq!(width(1, 1, 70_000), 17);
    assert_eq!(width(2, 0, 70_000), 1);
    assert_eq!(width(63, u64::MAX, u64::MAX), 0);
    assert_eq!(width(7, 0, u64::MAX), 255);
    assert_eq!(Resource::Entries(273).width(70_000), 112);
}

#[test]
fn a_bundle_is_lengths_and_entries() {
    let longest = vec![7; 65_535];
    let entries: [&[u8]; 4] = [b"one", b"", &longest, b"\0"];
    let bundle = encode_bundle(entries).expect("these fit");
    assert_eq!(bundle[..7], *b"\0\x03one\0\0");
    assert_eq!(decode_bundle(&bundle), Ok(entries.to_vec()));
    assert_eq!(decode_bundle(b""), Ok(vec![]));
}

#[test]
fn what_does_not_fit_a_bundle_is_refused() {
    let too_long = [vec![], vec![0; 65_536]];
    assert_eq!(
        encode_bundle(too_long),
        Err(BundleError::EntryTooLong { position: 1, length: 65_536 })
    );
    let many = vec![b"."; usize::from(TILE_WIDTH) + 1];
    assert!(encode_bundle(&many[1..]).is_ok());
    assert_eq!(encode_bundle(&many), Err(BundleError::TooMany));
    assert_eq!(decode_bundle(&[0; 2 * 257]), Err(BundleError::TooMany));
    assert_eq!(decode_bundle(b"\0\x01a\0"), Err(BundleError::CutShort { position: 1 }));
    assert_eq!(decode_bundle(b"\0\x02a"), Err(BundleError::CutShort { position: 0 }));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_bundle_reads_back(entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..=256)) {
        let bundle = encode_bundle(&entries).expect("these fit");
        let read: Vec<_> = decode_bundle(&bundle).expect("just written");
        prop_assert_eq!(read, entries);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(entries) = decode_bundle(&bytes) {
            prop_assert_eq!(encode_bundle(entries), Ok(bytes));
        }
    }

    #[test]
    fn any_address_reads_back(level in 0u8..64, n: u64, width in 1u16..=256) {
        for resource in [Resource::Hashes(TileId { level, n }), Resource::Entries(n)] {
            let path = TilePath { resource, width };
            prop_assert_eq!(path.to_string().parse(), Ok(path));
        }
    }
}
