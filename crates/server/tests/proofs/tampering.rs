//! Everything that hands in the database can do to the ledger and its records, one by one, and what
//! the verifier says of each. The changes are made by SQL while no server runs.

use ::ledger::{Edge, SigningKey, leaf_hash, sign_checkpoint};
use azukari::store::{Conn, DbError, ledger, meta};
use policy::party::base32;
use serde_json::Value;
use vault::{FileKey, Key, KeyName};

use crate::house::{House, runtime, said};
use crate::looking::busy_house;

/// What a change needs to know: two records about different people, and the log's end.
#[derive(Clone)]
struct Scene {
    /// A disclosure's place, and its record's id.
    d: i64,
    d_id: String,
    /// A later disclosure of somebody else.
    e: i64,
    e_id: String,
    size: u64,
    earlier: String,
    earlier_size: u64,
    /// The house's own signing key.
    own: SigningKey,
    /// Somebody else's, under the same name.
    other: SigningKey,
}

type Change = fn(&mut Conn, &Scene) -> Result<(), DbError>;

/// One kind of tampering, and everything that is found; `{d}` and the like stand for the scene's.
struct Case {
    name: &'static str,
    change: Change,
    /// Held against the checkpoint saved earlier (`Earlier`) or the last one (`Last`).
    since: Since,
    found: &'static [&'static str],
}

#[derive(Clone, Copy, PartialEq)]
enum Since {
    Nothing,
    Earlier,
    Last,
}

fn run(conn: &mut Conn, sql: &'static str, places: &[i64]) -> Result<(), DbError> {
    let params: Vec<_> = places.iter().map(|place| (*place).into()).collect();
    let touched = conn.exec(sql, &params)?;
    assert!(touched > 0, "nothing was tampered with: {sql}");
    Ok(())
}

/// Makes tiles and checkpoint anew from these entries.
fn rewrite(conn: &mut Conn, entries: &[Vec<u8>], key: &SigningKey) -> Result<(), DbError> {
    let mut edge = Edge::empty();
    let tiles = edge.append(entries.iter().map(|entry| leaf_hash(entry)));
    conn.exec("DELETE FROM tiles", &[])?;
    for tile in &tiles {
        ledger::put_tile(conn, tile);
    }
    let checkpoint = sign_checkpoint(key, edge.size(), edge.root()).unwrap();
    ledger::put_head(conn, edge.size(), &checkpoint);
    Ok(())
}

fn all(conn: &mut Conn, size: u64) -> Result<Vec<Vec<u8>>, DbError> {
    Ok(ledger::entries(conn, 0, size)?.into_iter().map(|(_, entry)| entry).collect())
}

/// Lets the entry at `d` say another moment.
fn change_entry(conn: &mut Conn, scene: &Scene) -> Result<(), DbError> {
    let entry = ledger::entries(conn, scene.d.unsigned_abs(), 1)?.remove(0).1;
    let entry = String::from_utf8(entry).unwrap().replace(r#""at":"2"#, r#""at":"1"#);
    conn.exec(
        "UPDATE entries SET entry = $1 WHERE place = $2",
        &[entry.as_bytes().into(), scene.d.into()],
    )
    .map(drop)
}

const CASES: &[Case] = &[
    Case {
        name: "record ciphertext changed",
        change: |conn, scene| {
            let mut row =
                conn.one("SELECT sealed FROM records WHERE place = $1", &[scene.d.into()])?;
            let mut sealed = row.take_blob(0)?;
            let middle = sealed.len() / 2;
            sealed[middle] ^= 1;
            conn.exec(
                "UPDATE records SET sealed = $1 WHERE place = $2",
                &[sealed.into(), scene.d.into()],
            )
            .map(drop)
        },
        since: Since::Nothing,
        found: &["place {d}, record {d_id}: the record has been changed"],
    },
    Case {
        name: "record moved to another person",
        change: |conn, scene| {
            let sql = "UPDATE records SET subject = \
                       (SELECT subject FROM records AS r WHERE r.place = $1) WHERE place = $2";
            run(conn, sql, &[scene.e, scene.d])
        },
        since: Since::Nothing,
        found: &["place {d}, record {d_id}: the record has been changed"],
    },
    Case {
        name: "record taken from its person",
        change: |conn, scene| {
            run(conn, "UPDATE records SET subject = NULL WHERE place = $1", &[scene.d])
        },
        since: Since::Nothing,
        found: &["place {d}, record {d_id}: the record has been changed"],
    },
    Case {
        name: "keep_until shortened",
        change: |conn, scene| {
            let sql = "UPDATE records SET keep_until = keep_until - 86400000 WHERE place = $1";
            run(conn, sql, &[scene.d])
        },
        since: Since::Nothing,
        found: &["place {d}, record {d_id}: the record has been changed"],
    },
    Case {
        name: "at changed",
        change: |conn, scene| {
            run(conn, "UPDATE records SET at = at - 60000 WHERE place = $1", &[scene.d])
        },
        since: Since::Nothing,
        found: &["place {d}, record {d_id}: the record has been changed in at"],
    },
    Case {
        name: "act changed",
        change: |conn, scene| {
            run(conn, "UPDATE records SET act = 'refused' WHERE place = $1", &[scene.d])
        },
        since: Since::Nothing,
        found: &["place {d}, record {d_id}: the record has been changed in act"],
    },
    Case {
        name: "record deleted",
        change: |conn, scene| run(conn, "DELETE FROM records WHERE place = $1", &[scene.d]),
        since: Since::Nothing,
        found: &["place {d}: the record is missing"],
    },
    Case {
        // Only a true act of this house, with an entry of its own, ends a record.
        name: "record deleted, and another act relabelled as the one that ended it",
        change: |conn, scene| {
            run(conn, "DELETE FROM records WHERE place = $1", &[scene.d])?;
            run(conn, "UPDATE records SET act = 'records_ended' WHERE place = $1", &[scene.e])
        },
        since: Since::Nothing,
        found: &[
            "place {e}, record {e_id}: the record has been changed in act",
            "place {d}: the record is missing",
        ],
    },
    Case {
        name: "record added",
        change: |conn, scene| {
            let sql = "INSERT INTO records (place, id, act, subject, at, keep_until, sealed) \
                       SELECT (SELECT size FROM ledger), id, act, subject, at, keep_until, sealed \
                       FROM records AS r WHERE r.place = $1";
            run(conn, sql, &[scene.d])
        },
        since: Since::Nothing,
        found: &["place {size}, record {d_id}: the record has no entry in the ledger"],
    },
    Case {
        name: "two records swapped",
        change: |conn, scene| {
            run(conn, "UPDATE records SET place = -7 WHERE place = $1", &[scene.d])?;
            run(conn, "UPDATE records SET place = $1 WHERE place = $2", &[scene.d, scene.e])?;
            run(conn, "UPDATE records SET place = $1 WHERE place = -7", &[scene.e])
        },
        since: Since::Nothing,
        found: &[
            "place {d}, record {e_id}: the record belongs at place {e}",
            "place {e}, record {d_id}: the record belongs at place {d}",
        ],
    },
    Case {
        name: "one record copied over another",
        change: |conn, scene| {
            run(conn, "DELETE FROM records WHERE place = $1", &[scene.e])?;
            let sql = "INSERT INTO records (place, id, act, subject, at, keep_until, sealed) \
                       SELECT CAST($1 AS BIGINT), id, act, subject, at, keep_until, sealed \
                       FROM records AS r WHERE r.place = $2";
            run(conn, sql, &[scene.e, scene.d])
        },
        since: Since::Nothing,
        found: &["place {e}, record {d_id}: the record belongs at place {d}"],
    },
    Case {
        name: "entry changed",
        change: change_entry,
        since: Since::Nothing,
        found: &["place {d}: entry {d} has been changed"],
    },
    Case {
        name: "entry deleted",
        change: |conn, scene| run(conn, "DELETE FROM entries WHERE place = $1", &[scene.d]),
        since: Since::Nothing,
        found: &[
            "place {d}: entry {d} is missing",
            "place {d}, record {d_id}: the record has no entry in the ledger",
        ],
    },
    Case {
        name: "entry and record deleted",
        change: |conn, scene| {
            run(conn, "DELETE FROM entries WHERE place = $1", &[scene.d])?;
            run(conn, "DELETE FROM records WHERE place = $1", &[scene.d])
        },
        since: Since::Nothing,
        found: &["place {d}: entry {d} is missing", "place {d}: the record is missing"],
    },
    Case {
        name: "the last five acts cut off, the checkpoint kept",
        change: |conn, scene| {
            let (_, checkpoint) = ledger::head(conn)?;
            let left = scene.size - 5;
            run(conn, "DELETE FROM entries WHERE place >= $1", &[left.cast_signed()])?;
            run(conn, "DELETE FROM records WHERE place >= $1", &[left.cast_signed()])?;
            let entries = all(conn, left)?;
            rewrite(conn, &entries, &scene.own)?;
            ledger::put_head(conn, scene.size, &checkpoint);
            Ok(())
        },
        since: Since::Nothing,
        found: &[
            "tiles: tile 0/001 has been changed",
            "places {left} to {last}: entries {left} to {last} are missing",
            "places {left} to {last}: the records are missing",
        ],
    },
    Case {
        name: "the last five acts cut off and signed again",
        change: |conn, scene| {
            let left = scene.size - 5;
            run(conn, "DELETE FROM entries WHERE place >= $1", &[left.cast_signed()])?;
            run(conn, "DELETE FROM records WHERE place >= $1", &[left.cast_signed()])?;
            let entries = all(conn, left)?;
            rewrite(conn, &entries, &scene.own)
        },
        since: Since::Last,
        found: &["checkpoint: the log has {left} entries and had {size} before"],
    },
    Case {
        name: "the log rewritten and signed with another key",
        change: |conn, scene| {
            change_entry(conn, scene)?;
            let entries = all(conn, scene.size)?;
            rewrite(conn, &entries, &scene.other)
        },
        since: Since::Nothing,
        found: &[
            "checkpoint: the checkpoint bears no valid signature by a known key",
            "place {d}, record {d_id}: the ledger holds another commitment than this record's",
        ],
    },
    Case {
        name: "the log rewritten and signed with its own key",
        change: |conn, scene| {
            change_entry(conn, scene)?;
            let entries = all(conn, scene.size)?;
            rewrite(conn, &entries, &scene.own)
        },
        since: Since::Earlier,
        found: &[
            "checkpoint: the first {earlier_size} entries are no longer those of the earlier \
             checkpoint",
            "place {d}, record {d_id}: the ledger holds another commitment than this record's",
        ],
    },
    Case {
        name: "a tile's hash changed",
        change: |conn, _| {
            let id = ::ledger::TileId { level: 0, n: 0 };
            let mut hashes = ledger::tile(conn, id)?.unwrap();
            hashes[40] ^= 1;
            conn.exec("UPDATE tiles SET hashes = $1 WHERE level = 0 AND n = 0", &[(&hashes).into()])
                .map(drop)
        },
        since: Since::Nothing,
        found: &["tiles: tile 0/000 has been changed"],
    },
    Case {
        name: "a tile deleted",
        change: |conn, _| run(conn, "DELETE FROM tiles WHERE level = 1", &[]),
        since: Since::Nothing,
        found: &["tiles: tile 1/000 is missing"],
    },
    Case {
        name: "an older checkpoint put back",
        change: |conn, scene| {
            ledger::put_head(conn, scene.earlier_size, &scene.earlier);
            Ok(())
        },
        since: Since::Last,
        found: &[
            "checkpoint: the log has {earlier_size} entries and had {size} before",
            "places {earlier_size} on: {beyond} entries lie beyond the checkpoint",
            "…",
        ],
    },
    Case {
        name: "the checkpoint's text edited",
        change: |conn, scene| {
            let (size, checkpoint) = ledger::head(conn)?;
            let edited = checkpoint.replace(&format!("\n{size}\n"), &format!("\n{}\n", size - 1));
            assert_ne!(edited, checkpoint);
            ledger::put_head(conn, scene.size, &edited);
            Ok(())
        },
        since: Since::Nothing,
        found: &["checkpoint: the checkpoint bears no valid signature by a known key", "…"],
    },
    Case {
        name: "the head's number edited",
        change: |conn, scene| {
            run(conn, "UPDATE ledger SET size = $1", &[scene.size.cast_signed() - 1])
        },
        since: Since::Nothing,
        found: &["checkpoint: the head says {last} entries and the checkpoint {size}"],
    },
    Case {
        name: "the policy changed",
        change: |conn, _| run(conn, "UPDATE policies SET hash = 'another'", &[]),
        since: Since::Nothing,
        found: &["policy 2026-10-01: the policy is not the one that was published"],
    },
    Case {
        name: "the head deleted",
        change: |conn, _| run(conn, "DELETE FROM ledger", &[]),
        since: Since::Nothing,
        found: &["checkpoint: there is no checkpoint"],
    },
];

/// The house's own signing key, as someone with the root key could have it.
fn signing_key(house: &House) -> SigningKey {
    let root = FileKey::open(&house.file("root.key")).unwrap();
    let (origin, wrapped) = house.look(|conn| {
        Ok((meta::get(conn, "origin")?.unwrap(), meta::key(conn, "ledger")?.unwrap()))
    });
    let key = Key::from_wrapped(&root, KeyName::Ledger, &wrapped).unwrap();
    SigningKey::from_seed(&origin, key.expose()).unwrap()
}

fn scene(house: &House, earlier: String) -> Scene {
    let own = signing_key(house);
    let other = SigningKey::from_seed(own.name(), &[7; 32]).unwrap();
    let (disclosed, size) = house.look(|conn| {
        let rows = conn.query(
            "SELECT place, id, subject FROM records WHERE act = 'disclosed' AND place > 20 \
             AND place < 100 ORDER BY place",
            &[],
        )?;
        Ok((rows, ledger::head(conn)?.0))
    });
    let id = |row: &azukari::store::Row| format!("rec_{}", base32().encode(row.blob(1).unwrap()));
    let first = &disclosed[0];
    let later = disclosed.iter().find(|row| row.blob(2) != first.blob(2)).unwrap();
    Scene {
        d: first.int(0).unwrap(),
        d_id: id(first),
        e: later.int(0).unwrap(),
        e_id: id(later),
        size,
        earlier_size: earlier.lines().nth(1).unwrap().parse().unwrap(),
        earlier,
        own,
        other,
    }
}

impl Scene {
    fn fill(&self, text: &str) -> String {
        let numbers = [
            ("{d}", self.d.unsigned_abs()),
            ("{e}", self.e.unsigned_abs()),
            ("{size}", self.size),
            ("{last}", self.size - 1),
            ("{left}", self.size - 5),
            ("{earlier_size}", self.earlier_size),
            ("{beyond}", self.size - self.earlier_size),
        ];
        let text = text.replace("{d_id}", &self.d_id).replace("{e_id}", &self.e_id);
        numbers.iter().fold(text, |text, (name, n)| text.replace(name, &n.to_string()))
    }
}

/// Everything found, as `place: what`.
fn found(house: &House, since: &[&str]) -> (Option<i32>, Vec<String>, String) {
    let out = house.azukari(&["ledger", "verify", "--json"], since);
    let report: Value = serde_json::from_slice(&out.stdout).unwrap_or_default();
    let findings = report["findings"].as_array().cloned().unwrap_or_default();
    let text = |finding: &Value, field: &str| finding[field].as_str().unwrap().to_owned();
    let lines = findings
        .iter()
        .map(|finding| format!("{}: {}", text(finding, "place"), text(finding, "what")))
        .collect();
    (out.status.code(), lines, said(&out))
}

fn every_tampering_is_named(house: &House) {
    let earlier = busy_house(house);
    let last = house.file("last.checkpoint");
    let out = house.azukari(&["ledger", "verify"], &["--save", last.to_str().unwrap()]);
    assert!(out.status.success(), "{}", said(&out));
    let scene = scene(house, std::fs::read_to_string(&earlier).unwrap());
    assert!(scene.earlier_size > 100 && scene.earlier_size < scene.size);

    let mut wrong = Vec::new();
    for Case { name, change, since, found: expected } in CASES {
        let copy = house.copy();
        let (change, with) = (*change, scene.clone());
        copy.tamper(move |conn| change(conn, &with));
        let since = match since {
            Since::Nothing => vec![],
            Since::Earlier => vec!["--since", earlier.to_str().unwrap()],
            Since::Last => vec!["--since", last.to_str().unwrap()],
        };
        let (code, mut lines, words) = found(&copy, &since);
        let mut expected: Vec<String> = expected.iter().map(|line| scene.fill(line)).collect();
        if expected.last().is_some_and(|line| line == "…") {
            expected.pop();
            lines.truncate(expected.len());
        }
        if code != Some(2) || lines != expected {
            wrong.push(format!("{name}: expected {expected:#?}, found {lines:#?}\n{words}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    // The house itself is as it was.
    house.is_sound();
}

#[test]
fn every_tampering_is_named_on_sqlite() {
    every_tampering_is_named(&House::on_sqlite());
}

#[test]
fn every_tampering_is_named_on_postgres() {
    if let Some(house) = House::on_postgres() {
        every_tampering_is_named(&house);
    }
}

/// A backup that was put back and went on is sound in itself; only who kept a checkpoint can tell.
fn a_restored_backup_shows(house: &House) {
    let server = house.start();
    runtime().block_on(server.caller().store()).unwrap();
    assert!(server.stop().success());
    let backup = house.copy();
    let grow = |house: &House, acts: u64| {
        let server = house.start();
        for n in 0..acts {
            runtime().block_on(server.caller().register("見本", n)).unwrap();
        }
        assert!(server.stop().success());
    };
    grow(house, 2);
    let kept = house.file("kept");
    let kept = kept.to_str().unwrap();
    assert!(house.azukari(&["ledger", "verify"], &["--save", kept]).status.success());

    let since = ["--since", kept];
    let (code, lines, _) = found(&backup, &since);
    assert_eq!(code, Some(2));
    assert_eq!(lines, ["checkpoint: the log has 2 entries and had 4 before"]);
    grow(&backup, 3);
    backup.is_sound();
    let (code, lines, _) = found(&backup, &since);
    assert_eq!(code, Some(2));
    assert_eq!(
        lines,
        ["checkpoint: the first 4 entries are no longer those of the earlier checkpoint"]
    );
    // A checkpoint of another house speaks of another key.
    let other = House::on_sqlite();
    grow(&other, 1);
    let (code, lines, _) = found(&other, &since);
    assert_eq!(code, Some(2));
    assert_eq!(lines, ["checkpoint: the earlier checkpoint does not bear this log's signature"]);
}

#[test]
fn a_restored_backup_shows_on_sqlite() {
    a_restored_backup_shows(&House::on_sqlite());
}

#[test]
fn a_restored_backup_shows_on_postgres() {
    if let Some(house) = House::on_postgres() {
        a_restored_backup_shows(&house);
    }
}

#[test]
fn values_of_the_wrong_kind_are_findings_not_failures() {
    // Only SQLite lets a column hold another type than its own.
    let house = House::on_sqlite();
    let server = house.start();
    for n in 0..3 {
        runtime().block_on(server.caller().register("見本", n)).unwrap();
    }
    assert!(server.stop().success());
    let cases: [(&'static str, &str); 4] = [
        (
            "UPDATE records SET id = 'text' WHERE place = 1",
            "place 1: the record's row cannot be read",
        ),
        (
            "UPDATE records SET at = 'noon' WHERE place = 1",
            "place 1: the record's row cannot be read",
        ),
        ("UPDATE entries SET entry = 'text' WHERE place = 1", "place 1: entry 1 has been changed"),
        ("UPDATE tiles SET hashes = 'text'", "tiles: tile 0/000 has been changed"),
    ];
    for (sql, expected) in cases {
        let copy = house.copy();
        copy.tamper(move |conn| conn.exec(sql, &[]).map(drop));
        let (code, lines, words) = found(&copy, &[]);
        assert_eq!((code, lines), (Some(2), vec![expected.to_owned()]), "{words}");
    }
}
