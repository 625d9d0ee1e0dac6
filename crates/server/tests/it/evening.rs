//! An evening's guests, asked for at once: each ask is decided, recorded and answered as if it had come
//! alone (S10, R1.1), and how a consent stands is read for all of them.

use serde_json::{Value, json};

use crate::house::House;

fn ask(subject: &str, items: &[&str], reference: &str) -> Value {
    json!({ "subject": subject, "recipient": "aoi", "purpose": "reservation", "items": items,
            "reference": reference })
}

#[tokio::test]
async fn each_ask_of_a_batch_is_answered_and_recorded_as_if_it_had_come_alone() {
    let house = House::open();
    let aoi = house.store("aoi").await;
    let (hanako, yoko) =
        (house.guest("Hanako").signs_up().await, house.guest("Yoko").signs_up().await);
    hanako.books(&aoi, "bk-1").await;
    let before = house.rows()["records"];
    let asks = json!({ "asks": [
        ask(&hanako.id, &["name"], "bk-1"),
        // She has no booking there.
        ask(&yoko.id, &["name"], "bk-2"),
        ask(&hanako.id, &["name"], "bk-1"),
    ] });
    let call = house.post("/v1/disclosures/batch", &asks).once("tonight");
    let told = call.clone().go().await.expect(200);
    let answers = told["answers"].as_array().unwrap();
    assert_eq!(answers.len(), 3);
    assert_eq!(answers[0]["items"]["name"], "Hanako");
    assert_eq!(answers[2]["items"]["name"], "Hanako");
    assert_eq!((answers[1]["status"].as_u64(), &answers[1]["items"]), (Some(403), &Value::Null));
    let alone = house.post("/v1/disclosures", &ask(&yoko.id, &["name"], "bk-2")).go().await;
    assert_eq!(alone.status, 403);
    assert_eq!(answers[1]["reasons"], alone.value()["reasons"]);
    // Three records, each in a place of its own, and one of the ask that came alone.
    let places: std::collections::BTreeSet<u64> =
        answers.iter().map(|answer| answer["ledger"]["index"].as_u64().unwrap()).collect();
    assert_eq!((places.len(), house.rows()["records"]), (3, before + 4));
    assert_eq!(hanako.provisions().await.len(), 2);

    // The same again under its key is the same acts; another batch under it is turned away.
    assert_eq!(call.clone().go().await.expect(200), told);
    assert_eq!(house.rows()["records"], before + 4);
    let other = json!({ "asks": [ask(&hanako.id, &["phone"], "bk-1")] });
    let other = house.post("/v1/disclosures/batch", &other).once("tonight").go().await.expect(200);
    assert!(other["answers"][0]["type"].as_str().unwrap().ends_with("idempotency-key-reused"));
    house.adds_up();
}

#[tokio::test]
async fn a_batch_that_cannot_be_read_does_nothing_and_says_where() {
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako = house.guest("Hanako").signs_up().await;
    hanako.books(&aoi, "bk-1").await;
    let before = house.rows();
    let send = async |asks: Vec<Value>| {
        house.post("/v1/disclosures/batch", &json!({ "asks": asks })).go().await
    };
    let fine = || ask(&hanako.id, &["name"], "bk-1");
    let answer = send(vec![fine(), ask("nobody", &["name"], "bk-1"), ask(&hanako.id, &["!"], "b")]);
    let fields: Vec<String> = answer.await.invalid().into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["asks[1].subject", "asks[2].items[0]"]);
    let answer = send(vec![fine(); 201]).await;
    assert_eq!(answer.invalid(), [("asks".to_owned(), "too_many".to_owned())]);
    assert_eq!(house.rows(), before);
    assert_eq!(send(Vec::new()).await.expect(200)["answers"], json!([]));
}

#[tokio::test]
async fn how_a_consent_stands_is_read_for_all_of_them_at_once() {
    let house = House::open();
    let (hanako, yoko) =
        (house.guest("Hanako").signs_up().await, house.guest("Yoko").signs_up().await);
    let put = house.put(
        &format!("/v1/subjects/{}/consents/store_disclosure", yoko.id),
        &json!({ "state": "withdrawn", "notice": "2026-10-01", "language": "ja" }),
    );
    put.go().await.expect(200);
    let stands = async |consent: &str, subjects: &[&str]| {
        let body = json!({ "consent": consent, "subjects": subjects });
        house.post("/v1/consents/standings", &body).go().await.expect(200)["states"].clone()
    };
    let nobody = "sub_00000000000000000000000000";
    let all = [yoko.id.as_str(), nobody, hanako.id.as_str()];
    assert_eq!(stands("store_disclosure", &all).await, json!(["withdrawn", null, "given"]));
    assert_eq!(stands("marketing", &all[..1]).await, json!([null]));
    assert_eq!(stands("store_disclosure", &[]).await, json!([]));
}
