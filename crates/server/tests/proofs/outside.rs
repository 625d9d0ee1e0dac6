//! Someone else's reader: a small Go program over golang.org/x/mod reads the served ledger, finds
//! every entry in it, and finds what was tampered with. Needs the packages `golang-go` and
//! `golang-golang-x-mod-dev`.

use std::path::PathBuf;
use std::process::{Command, Output};

use azukari::store::ledger;

use crate::house::{House, said};
use crate::looking::busy_house;

/// Builds the reader; the program is left in the folder.
fn build(folder: &std::path::Path) -> PathBuf {
    let program = folder.join("outside_reader");
    let built = Command::new("go")
        .args(["build", "-o"])
        .arg(&program)
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/proofs/outside_reader/main.go"))
        .env("GO111MODULE", "off")
        .env("GOPATH", "/usr/share/gocode")
        .env("GOCACHE", folder.join("cache"))
        .env("GOFLAGS", "")
        .output()
        .expect("install golang-go and golang-golang-x-mod-dev");
    assert!(built.status.success(), "{}", said(&built));
    program
}

#[test]
fn an_outside_reader_finds_every_entry_and_every_tampering() {
    let folder = tempfile::tempdir().unwrap();
    let reader = build(folder.path());
    let house = House::on_sqlite();
    let earlier = busy_house(&house);
    let earlier = earlier.to_str().unwrap();

    let read = |house: &House, more: &[&str]| -> Output {
        let server = house.start();
        let get = |path: &str| {
            let text = crate::house::runtime().block_on(server.caller().get(path)).unwrap();
            text.trim().to_owned()
        };
        let log = format!("{}/ledger", server.base);
        let key = get("/ledger/key");
        Command::new(&reader).args([log.as_str(), &key]).args(more).output().unwrap()
    };

    let size = house.is_sound();
    let sound = read(&house, &[earlier]);
    assert_eq!(String::from_utf8_lossy(&sound.stdout), format!("ok {size}\n"), "{}", said(&sound));

    let tiled = house.copy();
    tiled.tamper(|conn| {
        let id = ::ledger::TileId { level: 0, n: 0 };
        let mut hashes = ledger::tile(conn, id)?.unwrap();
        hashes[32 * 20] ^= 1;
        conn.exec("UPDATE tiles SET hashes = $1 WHERE level = 0 AND n = 0", &[(&hashes).into()])
            .map(drop)
    });
    let entried = house.copy();
    entried.tamper(|conn| {
        let entry = ledger::entries(conn, 20, 1)?.remove(0).1;
        let entry = String::from_utf8(entry).unwrap().replace("\"at\":\"2", "\"at\":\"1");
        conn.exec("UPDATE entries SET entry = $1 WHERE place = 20", &[entry.as_bytes().into()])
            .map(drop)
    });
    // Which words it finds for a tile depends on x/mod's version: older ones leave it to the proof.
    let wrong_tile = ["inconsistent tile", "invalid transparency proof"];
    let wrong_entry = ["entry 20: invalid transparency proof"];
    for (tampered, words) in [(tiled, &wrong_tile[..]), (entried, &wrong_entry[..])] {
        let out = read(&tampered, &[earlier]);
        assert_eq!(out.status.code(), Some(2), "{}", said(&out));
        let told = String::from_utf8_lossy(&out.stderr);
        assert!(words.iter().any(|word| told.contains(word)), "{told}");
    }

    // An earlier checkpoint that this log did not grow out of: another house's, under its own key.
    let other = House::on_sqlite();
    let others = busy_house(&other);
    let out = read(&house, &[others.to_str().unwrap()]);
    assert_eq!(out.status.code(), Some(2), "{}", said(&out));
}
