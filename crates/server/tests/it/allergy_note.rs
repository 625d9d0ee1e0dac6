//! A guest's allergy note goes to the store she booked, and to no other (S10, S11, L4); what went
//! and what was refused is on record, and the record can be proven (R1.5, I3, S8).

use data_encoding::BASE64;
use ledger::{VerifyingKey, check_tlog_proof};
use serde_json::{Value, json};

use crate::house::{House, reasons_of};

#[tokio::test]
async fn a_guests_allergy_note_reaches_the_store_she_booked_and_no_other() {
    let house = House::open().on_a_socket().await;
    let (aoi, midori) = (house.store("aoi").await, house.store("midori").await);
    let hanako = house.guest("Hanako").allergic_to("えび、かに").signs_up().await;
    hanako.books(&aoi, "bk-1").await;

    let asking = aoi.asks_for(&hanako, &["allergy", "serving_size"]).for_meal().under("bk-1");
    let given = asking.sends().go().await.expect(201);
    assert_eq!(given["items"], json!({ "allergy": "えび、かに", "serving_size": null }));
    assert_eq!(given["record_duty"], "statutory");
    assert_eq!(
        given["keep_until"], "2029-11-22T15:00:00Z",
        "three years, to the day's end in Tokyo (R1.8)"
    );

    let refused = midori.asks_for(&hanako, &["allergy"]).for_meal().sends().go().await;
    assert_eq!(refused.refused(), ["no_engagement"]);
    assert!(!refused.text().contains("えび"));

    let provisions = hanako.provisions().await;
    let [refusal, provision] = provisions.as_slice() else { panic!("{provisions:?}") };
    assert_eq!(provision["outcome"], "disclosed");
    assert_eq!(provision["recipient"], "aoi");
    assert_eq!(provision["recipient_name"], "株式会社aoi");
    assert_eq!(provision["record"], given["record"]);
    assert_eq!(provision["ledger"], given["ledger"]);
    assert_eq!(provision["reference"], "bk-1");
    assert_eq!(provision["items"], json!(["allergy"]), "what was held, not what was asked for");
    assert_eq!(refusal["outcome"], "refused");
    assert_eq!(refusal["recipient"], "midori");
    assert_eq!(refusal["ledger"], refused.value()["ledger"]);
    assert_eq!(reasons_of(refusal), ["no_engagement"]);

    for crossing in &provisions {
        let record = is_proven(&house, crossing).await;
        assert_eq!(record["subject"], hanako.id.as_str());
        assert!(!record.to_string().contains("えび"), "records hold no values");
    }
    let record = is_proven(&house, provision).await;
    for (fact, expected) in [
        ("/third_party/name", json!("株式会社aoi")),
        ("/third_party/address", json!("東京都港区1-1")),
        ("/third_party/representative", json!("代表 一郎")),
        ("/basis", json!("consent")),
        ("/items/0/item", json!("allergy")),
        ("/consents/0/1", json!("2026-10-01")),
    ] {
        assert_eq!(record.pointer(fact), Some(&expected), "{fact} (R1.5) in {record}");
    }
    house.adds_up();
}

/// Opening → commitment → entry → inclusion → signed checkpoint, with nothing but the `ledger`
/// crate and what the house serves to anybody.
async fn is_proven(house: &House, crossing: &Value) -> Value {
    let decode = |text: &Value| BASE64.decode(text.as_str().unwrap().as_bytes()).unwrap();
    let salt: [u8; 16] = decode(&crossing["opening"]["salt"]).try_into().unwrap();
    let bytes = decode(&crossing["opening"]["record"]);
    let record: Value = serde_json::from_slice(&bytes).unwrap();
    let commitment = policy::record::commitment(&salt, &bytes);
    let act = record["act"].as_str().unwrap();
    let entry =
        policy::record::entry(act, record["at"].as_str().unwrap().parse().unwrap(), &commitment);

    let key = house.get("/ledger/key").by_nobody().go().await.text();
    let key: VerifyingKey = key.trim().parse().unwrap();
    let path = crossing["ledger"]["proof"].as_str().unwrap();
    let text = house.get(path).by_nobody().go().await.text();
    let proof = check_tlog_proof(&text, &entry, std::slice::from_ref(&key)).unwrap();
    assert_eq!(crossing["ledger"]["index"], proof.index);
    assert_eq!(proof.extra.as_deref(), Some(entry.as_slice()));

    // The same proof says nothing of any other record.
    let mut other = bytes;
    other[0] ^= 1;
    let other = policy::record::commitment(&salt, &other);
    let other = policy::record::entry(act, record["at"].as_str().unwrap().parse().unwrap(), &other);
    assert!(check_tlog_proof(&text, &other, &[key]).is_err());
    record
}

#[tokio::test]
async fn a_note_that_was_corrected_arrives_as_it_is_now() {
    // S7: the newest version is what a kitchen sees.
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako = house.guest("Hanako").allergic_to("えび").signs_up().await;
    hanako.books(&aoi, "bk-1").await;
    let put = hanako.puts("allergy", "えび\nそば").go().await.expect(200);
    assert_eq!(put["version"], 2);
    let given = aoi.asks_for(&hanako, &["allergy"]).for_meal().receives().await;
    assert_eq!(given["allergy"], "えび\nそば");
    house.adds_up();
}
