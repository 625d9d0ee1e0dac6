//! Root key and database belong together; a root key is rotated without touching a value (2.11).

use std::collections::BTreeMap;
use std::path::PathBuf;

use azukari::app::{AppError, Cellar};
use azukari::store::DbError;
use serde_json::json;
use vault::{FileKey, KeySource};

use crate::house::{Ground, House, policy_files};

/// Why a house does not open.
fn refused<T>(opened: Result<T, AppError>) -> String {
    match opened {
        Ok(_) => panic!("it opens"),
        Err(error) => error.to_string(),
    }
}

fn made(ground: &Ground, name: &str) -> (PathBuf, String) {
    let path = ground.folder.path().join(name);
    let key = FileKey::create(&path).unwrap();
    (path, key.id().to_string())
}

fn sealed(house: &House) -> BTreeMap<(Vec<u8>, String), Vec<u8>> {
    let rows = house.app.store.read_blocking(|conn| {
        let rows = conn.query("SELECT subject, item, sealed FROM items", &[])?;
        rows.into_iter()
            .map(|mut row| Ok(((row.take_blob(0)?, row.take_text(1)?), row.take_blob(2)?)))
            .collect::<Result<_, DbError>>()
    });
    rows.unwrap()
}

#[tokio::test]
async fn another_root_key_is_refused_by_both_names_and_changes_nothing() {
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako = house.guest("Hanako").allergic_to("えび").signs_up().await;
    hanako.books(&aoi, "bk-1").await;
    let asking = aoi.asks_for(&hanako, &["allergy"]).for_meal().body;
    let (ground, clock) = house.close().await;
    let right = FileKey::open(&ground.root_key()).unwrap().id().to_string();
    let (other, wrong) = made(&ground, "other.key");
    for files in [None, Some(policy_files())] {
        let says = refused(ground.open_app(&clock, other.clone(), files));
        assert!(says.contains(&right) && says.contains(&wrong), "{says}");
        assert!(says.contains("start with that key's file"), "the way out: {says}");
    }
    let gone = ground.folder.path().join("gone.key");
    let says = refused(ground.open_app(&clock, gone.clone(), None));
    assert!(says.contains("gone.key"), "{says}");
    assert!(!gone.exists(), "no key is made for a database that has one");

    let house = House::open_on(ground, clock, None, 0);
    let given = house.post("/v1/disclosures", &asking).go().await.expect(201);
    assert_eq!(given["items"], json!({ "allergy": "えび" }));
    house.adds_up();
}

#[tokio::test]
async fn a_rotated_root_opens_every_value_and_leaves_every_sealed_byte() {
    let house = House::open();
    let aoi = house.store("aoi").await;
    let form = house.guest("Hanako").allergic_to("えび").password("correct horse");
    let hanako = form.signs_up().await;
    hanako.books(&aoi, "bk-1").await;
    let asking = aoi.asks_for(&hanako, &["allergy"]).for_meal().body;
    let of = "SELECT wrapped FROM subject_keys WHERE subject = $1";
    let id = hanako.bytes();
    let (before, wrapped) = (sealed(&house), house.blob(of, vec![id.clone()]));
    let checkpoint = house.get("/ledger/checkpoint").go().await.text();
    let (ground, clock) = house.close().await;

    let old = FileKey::open(&ground.root_key()).unwrap().id().to_string();
    let (new_root, new) = made(&ground, "new.key");
    let opening = ground.opening(&clock, ground.root_key());
    let path = new_root.clone();
    let people = std::thread::spawn(move || {
        let cellar = Cellar::open(opening).unwrap();
        let key = FileKey::open(&path).unwrap();
        cellar.keys.rotate_root(&cellar.store, Box::new(key)).unwrap()
    });
    assert_eq!(people.join().unwrap(), 1, "as many as there are people");

    let says = refused(ground.open_app(&clock, ground.root_key(), None));
    assert!(says.contains(&old) && says.contains(&new), "{says}");
    std::fs::rename(&new_root, ground.root_key()).unwrap();
    let house = House::open_on(ground, clock, None, 0);
    assert_eq!(sealed(&house), before, "no value was touched");
    assert_ne!(house.blob(of, vec![id]), wrapped, "her key is wrapped anew");
    assert_eq!(house.get("/ledger/checkpoint").go().await.text(), checkpoint);
    let given = house.post("/v1/disclosures", &asking).go().await.expect(201);
    assert_eq!(given["items"], json!({ "allergy": "えび" }));
    let sign_in = json!({ "email": "hanako@guest.example", "password": "correct horse" });
    house.post("/v1/sign-ins", &sign_in).go().await.expect(200);
    let yoko = house.guest("Yoko").signs_up().await;
    assert_eq!(yoko.is_used("service", &["name"]).go().await.expect(200)["items"]["name"], "Yoko");
    house.adds_up();
}

#[tokio::test]
async fn a_database_that_lost_a_key_is_not_taken_for_a_new_one() {
    let house = House::open();
    house.guest("Hanako").signs_up().await;
    let (mut ground, mut clock) = house.close().await;
    for (loses, regains, names) in [
        ("DELETE FROM meta WHERE name = 'root_key'", None, "root_key"),
        ("UPDATE system_keys SET name = 'lost' WHERE name = 'index'", Some(()), "index"),
    ] {
        let root = FileKey::open(&ground.root_key()).unwrap().id().to_string();
        let house = House::open_on(ground, clock, None, 0);
        assert_eq!(house.meddles(loses, Vec::new()), 1);
        (ground, clock) = house.close().await;
        let says = refused(ground.open_app(&clock, ground.root_key(), None));
        assert!(says.contains(names) && says.contains("backup"), "{says}");
        if regains.is_none() {
            ground.mends(&format!("INSERT INTO meta (name, value) VALUES ('root_key', '{root}')"));
        }
    }
}
