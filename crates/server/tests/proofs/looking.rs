//! Looking at the ledger: from inside while a server writes, from outside over HTTP and from saved
//! files, without changing anything, and from a medium that cannot be written.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

use ::ledger::{Resource, TileId, TilePath};
use azukari::store::{Conn, DbError};
use serde_json::Value;

use crate::house::{BINARY, House, NOBODY, copy_binary, give, runtime, said};

/// Does a few hundred acts, so that the tree has a second level; gives back the file of a
/// checkpoint that was saved on the way, while the server was writing.
pub fn busy_house(house: &House) -> PathBuf {
    let server = house.start();
    let runtime = runtime();
    let earlier = house.file("earlier.checkpoint");
    runtime.block_on(server.caller().store()).unwrap();
    for half in 0..2_u64 {
        let guests: Vec<_> = (0..14)
            .map(|guest| {
                let (caller, n) = (server.caller(), half * 100 + guest);
                runtime.spawn(async move {
                    let done = caller.register("見本の名前", n).await.unwrap();
                    let subject = done.subject.unwrap();
                    caller.book(&subject, "R1").await.unwrap();
                    for _ in 0..7 {
                        caller.disclose(&subject, "R1").await.unwrap();
                    }
                    caller.marketing(&subject, "given").await.unwrap();
                })
            })
            .collect();
        if half == 1 {
            // The second half is being written while this looks.
            let out = house.azukari(&["ledger", "verify"], &["--save", earlier.to_str().unwrap()]);
            assert!(out.status.success(), "{}", said(&out));
        }
        for guest in guests {
            runtime.block_on(guest).unwrap();
        }
    }
    // However long the look took, there is more now.
    runtime.block_on(server.caller().register("見本の名前", 999)).unwrap();
    assert!(server.stop().success());
    assert!(house.is_sound() > 256);
    earlier
}

fn is_seen_from_everywhere(house: &House) {
    let earlier = busy_house(house);
    let since = ["--since", earlier.to_str().unwrap()];
    let inside = house.azukari(&["ledger", "verify"], &since);
    let words = String::from_utf8_lossy(&inside.stdout).into_owned();
    assert!(inside.status.success() && words.contains("sound, and grown out of"), "{words}");

    let server = house.start();
    let from = |from: &str, more: &[&str]| {
        let mut process = Command::new(BINARY);
        let out = process.args(["ledger", "verify", "--json", "--from", from]).args(more);
        let out = out.output().unwrap();
        let report: Value = serde_json::from_slice(&out.stdout).unwrap_or_default();
        (out.status.code(), report, said(&out))
    };
    let get = |path: &str| runtime().block_on(server.caller().get(path)).unwrap();
    let key = get("/ledger/key").trim().to_owned();
    let (code, report, words) = from(&server.base, &["--key", &key, since[0], since[1]]);
    assert_eq!(code, Some(0), "{words}");
    assert_eq!(report["entries"], report["size"], "{words}");
    assert!(!words.contains("no --key"), "{words}");
    let (code, _, words) = from(&server.base, &[]);
    assert!(code == Some(0) && words.contains("no --key was given"), "{words}");

    // The same files, saved by hand; a full piece also stands for a partial one.
    let saved = tempfile::tempdir().unwrap();
    let size = report["size"].as_u64().unwrap();
    std::fs::write(saved.path().join("checkpoint"), get("/ledger/checkpoint")).unwrap();
    let mut pieces: Vec<Resource> = Vec::new();
    for n in 0..size.div_ceil(256) {
        pieces.extend([Resource::Entries(n), Resource::Hashes(TileId { level: 0, n })]);
    }
    pieces.push(Resource::Hashes(TileId { level: 1, n: 0 }));
    for resource in pieces {
        let path = format!("tile/{}", TilePath { resource, width: resource.width(size) });
        let bytes = runtime().block_on(async {
            let answer = reqwest::get(format!("{}/ledger/{path}", server.base)).await.unwrap();
            assert!(answer.status().is_success(), "{path}");
            answer.bytes().await.unwrap()
        });
        let path = saved.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    let folder = saved.path().to_str().unwrap();
    let (code, again, words) = from(folder, &["--key", &key]);
    assert_eq!((code, &again["root"]), (Some(0), &report["root"]), "{words}");
    let (code, _, words) = from(folder, &[]);
    assert!(code == Some(1) && words.contains("give it with --key"), "{words}");

    let victim = saved.path().join("tile/entries/000");
    let mut bytes = std::fs::read(&victim).unwrap();
    bytes[30] ^= 1;
    std::fs::write(&victim, bytes).unwrap();
    let (code, report, words) = from(folder, &["--key", &key]);
    assert_eq!(code, Some(2), "{words}");
    assert_eq!(report["findings"][0]["what"], "entry 0 has been changed", "{words}");
    std::fs::remove_file(&victim).unwrap();
    let (code, report, words) = from(folder, &["--key", &key]);
    assert_eq!(code, Some(2), "{words}");
    assert_eq!(report["findings"][0]["what"], "entries 0 to 255 are missing", "{words}");
}

#[test]
fn the_ledger_is_seen_from_everywhere_on_sqlite() {
    is_seen_from_everywhere(&House::on_sqlite());
}

#[test]
fn the_ledger_is_seen_from_everywhere_on_postgres() {
    if let Some(house) = House::on_postgres() {
        is_seen_from_everywhere(&house);
    }
}

#[test]
fn looking_needs_no_right_to_write() {
    let house = House::on_sqlite();
    let server = house.start();
    runtime().block_on(server.caller().store()).unwrap();
    assert!(server.stop().success());
    let before = listing(&house);
    // Root may write everywhere, so there someone else looks.
    let place = tempfile::tempdir().unwrap();
    std::fs::set_permissions(place.path(), PermissionsExt::from_mode(0o755)).unwrap();
    let binary = place.path().join("azukari");
    copy_binary(&binary);
    let mut process = Command::new(&binary);
    if rustix::process::geteuid().is_root() {
        give(house.data(), NOBODY);
        process.uid(NOBODY).gid(NOBODY);
    }
    std::fs::set_permissions(house.data(), PermissionsExt::from_mode(0o500)).unwrap();
    let out = process.args(["ledger", "verify", "--data"]).arg(house.data()).output().unwrap();
    std::fs::set_permissions(house.data(), PermissionsExt::from_mode(0o700)).unwrap();
    let words = said(&out);
    assert!(out.status.success() && words.contains("2 entries and 2 records read"), "{words}");
    assert_eq!(listing(&house), before, "looking left something behind");
}

fn listing(house: &House) -> BTreeSet<String> {
    let files = std::fs::read_dir(house.data()).unwrap();
    files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn a_house_without_acts_is_sound_and_one_robbed_of_all_is_not() {
    let house = House::on_sqlite();
    let out = house.azukari(&["ledger", "verify"], &[]);
    assert!(out.status.success() && said(&out).contains("nothing has been done yet"));
    let server = house.start();
    runtime().block_on(server.caller().store()).unwrap();
    assert!(server.stop().success());
    house.tamper(|conn: &mut Conn| -> Result<(), DbError> {
        conn.exec("DELETE FROM records", &[])?;
        conn.exec("DELETE FROM entries", &[])?;
        conn.exec("DELETE FROM tiles", &[])?;
        conn.exec("UPDATE ledger SET size = 0, checkpoint = ''", &[]).map(drop)
    });
    let out = house.azukari(&["ledger", "verify"], &[]);
    assert_eq!(out.status.code(), Some(2), "{}", said(&out));
    assert!(said(&out).contains("checkpoint: there is no checkpoint"), "{}", said(&out));
}
