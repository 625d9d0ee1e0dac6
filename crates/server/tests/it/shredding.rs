//! A person's key is the end of her values: once its row is gone they cannot be read, not even in
//! a copy of the database that was made before (S31). Her records stay: they hold no values.

use azukari::store::DbError;
use serde_json::{Value, json};

use crate::house::House;

const KEY_OF: &str = "SELECT wrapped FROM subject_keys WHERE subject = $1";
const SHRED: &str = "DELETE FROM subject_keys WHERE subject = $1";

#[tokio::test]
async fn a_shredded_key_makes_values_unreadable_even_in_an_older_copy() {
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako = house.guest("Hanako").allergic_to("えび").signs_up().await;
    let yoko = house.guest("Yoko").allergic_to("そば").signs_up().await;
    let (hers, others) = (hanako.bytes(), yoko.bytes());
    for guest in [&hanako, &yoko] {
        guest.books(&aoi, "bk-1").await;
    }
    let meal = |id: &str| -> Value {
        json!({ "subject": id, "recipient": "aoi", "purpose": "meal", "items": ["allergy"] })
    };
    let (of_hanako, of_yoko) = (meal(&hanako.id), meal(&yoko.id));
    let given = house.post("/v1/disclosures", &of_hanako).go().await.expect(201);
    assert_eq!(given["items"]["allergy"], "えび");
    let page = hanako.path("provisions");

    let (ground, clock) = house.close().await;
    let copy = ground.copy();
    let house = House::open_on(ground, clock.clone(), None, 0);
    assert_eq!(house.meddles(SHRED, vec![hers.clone()]), 1);
    let current = house.app.store.read_blocking(|conn| {
        let rows = conn.query("SELECT subject, wrapped FROM subject_keys", &[])?;
        rows.into_iter()
            .map(|mut row| Ok((row.take_blob(0)?, row.take_blob(1)?)))
            .collect::<Result<Vec<_>, DbError>>()
    });
    let current = current.unwrap();
    assert_eq!(current.len(), 1);
    drop(house);

    // The copy, with the keys that are in force today.
    let house = House::open_on(copy, clock, None, 0);
    let hers_then = house.blob(KEY_OF, vec![hers.clone()]);
    house.meddles("DELETE FROM subject_keys", Vec::new());
    let put = "INSERT INTO subject_keys (subject, regime, wrapped) VALUES ($1, 'jp', $2)";
    for (subject, wrapped) in current {
        house.meddles(put, vec![subject, wrapped]);
    }
    let refused = house.post("/v1/disclosures", &of_hanako).go().await;
    assert_eq!(refused.refused(), ["unknown_subject"]);
    let given = house.post("/v1/disclosures", &of_yoko).go().await.expect(201);
    assert_eq!(given["items"]["allergy"], "そば", "another's values stay");
    let shown = house.get(&page).go().await.expect(200);
    assert_eq!(shown["provisions"][0]["outcome"], "disclosed", "her record outlives her values");

    // No other key opens them: not another person's, not a damaged one.
    let others_key = house.blob(KEY_OF, vec![others]);
    for key in [others_key, vec![0; hers_then.len()], Vec::new()] {
        house.meddles(put, vec![hers.clone(), key]);
        let answer = house.post("/v1/disclosures", &of_hanako).go().await;
        answer.problem(500, "failure");
        assert!(!answer.text().contains("えび"));
        house.meddles(SHRED, vec![hers.clone()]);
    }
    // Her own key would: it is the one thing that must be gone, and nothing else was lost.
    house.meddles(put, vec![hers, hers_then]);
    let given = house.post("/v1/disclosures", &of_hanako).go().await.expect(201);
    assert_eq!(given["items"]["allergy"], "えび");
}

#[tokio::test]
async fn a_shredded_key_leaves_no_byte_behind() {
    let house = House::open();
    let hanako = house.guest("Hanako").signs_up().await;
    let key = house.blob(KEY_OF, vec![hanako.bytes()]);
    let is_kept = |house: &House| {
        let hex = data_encoding::HEXLOWER.encode(&key).into_bytes();
        house.ground.everything_kept().iter().any(|(_, bytes)| {
            [&key, &hex].iter().any(|needle| bytes.windows(needle.len()).any(|w| w == **needle))
        })
    };
    assert!(is_kept(&house), "the search finds it while it is there");
    assert_eq!(house.meddles(SHRED, vec![hanako.bytes()]), 1);
    house.app.store.scrub().await.unwrap();
    assert!(!is_kept(&house));
}
