//! One request, one act: a repeated request finds the act that was done. What is kept is where the
//! answer stands, so a repeated request learns nothing that it may not learn now.

use serde_json::Value;
use tokio::task::JoinSet;

use crate::house::House;

#[tokio::test]
async fn the_same_request_under_the_same_key_is_one_act_with_one_answer() {
    let house = House::open();
    let aoi = house.store("aoi").await;
    let form = house.guest("Hanako").password("correct horse").sends().once("sign-up-1");
    let first = form.clone().go().await.expect(201);
    let again = form.go().await.expect(201);
    assert_eq!(first, again, "the same person, the same record");
    assert_eq!(house.rows()["subjects"], 1);

    let hanako = house.guest("Yoko").signs_up().await;
    hanako.books(&aoi, "bk-1").await;
    for call in [aoi.asks_for(&hanako, &["name"]).sends(), hanako.is_used("service", &["name"])] {
        let before = house.rows()["records"];
        let first = call.clone().once("ask-1").go().await.value();
        let again = call.clone().once("ask-1").go().await.value();
        assert_eq!(first, again);
        assert_eq!(first["items"]["name"], "Yoko");
        assert_eq!(house.rows()["records"], before + 1);
        let new = call.once(&format!("new-{before}")).go().await.value();
        assert_ne!(first["record"], new["record"], "another key is another act");
        house.meddles("DELETE FROM idempotency", Vec::new());
    }
    let first = house.manager_approves_once("exc-1").await.expect(201);
    assert_eq!(house.manager_approves_once("exc-1").await.expect(201), first);
    assert_eq!(house.rows()["exceptions"], 1);
    house.adds_up();
}

#[tokio::test]
async fn another_request_under_the_same_key_is_told_so() {
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako = house.guest("Hanako").signs_up().await;
    hanako.books(&aoi, "bk-1").await;
    let asking = aoi.asks_for(&hanako, &["name"]);
    asking.sends().once("k").go().await.expect(201);
    let before = house.rows();
    let other = aoi.asks_for(&hanako, &["phone"]).sends().once("k").go().await;
    other.problem(422, "idempotency-key-reused");
    let elsewhere = hanako.is_used("service", &["name"]).once("k").go().await;
    elsewhere.problem(422, "idempotency-key-reused");
    let form = house.guest("Yoko").sends().once("k").go().await;
    form.problem(422, "idempotency-key-reused");
    assert_eq!(house.rows(), before);
    asking.sends().once("k").go().await.expect(201);
}

#[tokio::test]
async fn a_repeated_request_learns_nothing_once_the_consent_is_withdrawn() {
    // I5: consent is needed at the time of use, and a replay is a use.
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako = house.guest("Hanako").allergic_to("えび").signs_up().await;
    hanako.books(&aoi, "bk-1").await;
    let call = aoi.asks_for(&hanako, &["allergy"]).for_meal().sends().once("k");
    let first = call.clone().go().await.expect(201);
    hanako.answers("dietary_care", "withdrawn").await;
    let replay = call.clone().go().await;
    assert_eq!(replay.refused(), ["consent_not_given", "special_care_without_consent"]);
    assert!(!replay.text().contains("えび"));
    assert_eq!(hanako.provisions().await[0]["outcome"], "refused", "and she sees it (S8)");
    hanako.answers("dietary_care", "given").await;
    assert_eq!(call.clone().go().await.expect(201), first);
    hanako.puts("allergy", "そば").go().await.expect(200);
    let replay = call.go().await;
    replay.problem(409, "conflict");
    assert!(!replay.text().contains("そば"), "the record speaks of the version before");
    house.adds_up();
}

#[tokio::test]
async fn a_repeated_refusal_is_one_refusal() {
    let house = House::open();
    let (aoi, hanako) = (house.store("aoi").await, house.guest("Hanako").signs_up().await);
    let call = aoi.asks_for(&hanako, &["name"]).sends().once("k");
    let first = call.clone().go().await;
    assert_eq!(first.refused(), ["no_engagement"]);
    assert_eq!(call.clone().go().await.value(), first.value());
    assert_eq!(hanako.provisions().await.len(), 1);
    hanako.books(&aoi, "bk-1").await;
    let now = call.go().await;
    now.problem(409, "conflict");
    assert!(!now.text().contains("Hanako"), "a new answer asks for a new record and a new key");
}

#[tokio::test]
async fn a_repeated_request_reveals_nothing_that_its_record_does_not_say() {
    // I3: the record of a provision says who received, where, and on what it stood.
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako = house.guest("Hanako").signs_up().await;
    hanako.books(&aoi, "bk-1").await;
    let call = aoi.asks_for(&hanako, &["name"]).sends().once("k");
    let first = call.clone().go().await.expect(201);
    house.lets_hours_pass(1);
    assert_eq!(call.clone().go().await.expect(201), first, "kept until the day it said first");
    for changes in [
        serde_json::json!({ "country": "DE" }),
        serde_json::json!({ "name": "株式会社別" }),
        serde_json::json!({ "address": "大阪市1-1" }),
    ] {
        aoi.registers(&changes).await;
        let before = house.rows()["records"];
        let replay = call.clone().go().await;
        replay.problem(409, "conflict");
        assert!(!replay.text().contains("Hanako"), "{changes}");
        assert_eq!(house.rows()["records"], before, "nothing crossed");
        aoi.registers(&serde_json::json!({})).await;
        assert_eq!(call.clone().go().await.expect(201), first);
    }
    aoi.registers(&serde_json::json!({ "suspended": true })).await;
    let refused = call.clone().go().await;
    assert_eq!(refused.refused(), ["recipient_suspended"]);
    assert_ne!(refused.value()["record"], first["ledger"]["index"], "a record of its own");
    house.adds_up();
}

async fn all_at_once(calls: Vec<crate::house::Call>) -> Vec<(u16, Value)> {
    let mut tasks = JoinSet::new();
    for call in calls {
        tasks.spawn(call.go());
    }
    let answers = tasks.join_all().await;
    answers.iter().map(|answer| (answer.status, answer.value())).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_duplicates_at_once_are_one_act() {
    let house = House::open().on_a_socket().await;
    let aoi = house.store("aoi").await;
    let form = house.guest("Hanako").sends().once("sign-up");
    let answers = all_at_once(vec![form; 20]).await;
    assert!(answers.iter().all(|answer| *answer == answers[0] && answer.0 == 201), "{answers:?}");
    assert_eq!(house.rows()["subjects"], 1);

    let yoko = house.guest("Yoko").signs_up().await;
    yoko.books(&aoi, "bk-1").await;
    let before = house.rows()["records"];
    let call = aoi.asks_for(&yoko, &["name"]).sends().once("ask");
    let answers = all_at_once(vec![call; 20]).await;
    assert!(answers.iter().all(|answer| *answer == answers[0] && answer.0 == 201), "{answers:?}");
    assert_eq!(house.rows()["records"], before + 1);
    assert_eq!(yoko.provisions().await.len(), 1);

    // Without a key, one address is still one account.
    let form = house.guest("Taro").sends();
    let answers = all_at_once(vec![form; 20]).await;
    assert_eq!(answers.iter().filter(|(status, _)| *status == 201).count(), 1, "{answers:?}");
    assert_eq!(answers.iter().filter(|(status, _)| *status == 422).count(), 19);
    house.adds_up();
}

#[tokio::test]
async fn keys_are_each_callers_own() {
    let house = House::open();
    let (aoi, hanako) = (house.store("aoi").await, house.guest("Hanako").signs_up().await);
    hanako.books(&aoi, "bk-1").await;
    let other = house.service_key("other", &["disclosures:write"]);
    let call = aoi.asks_for(&hanako, &["name"]).sends().once("k");
    let mine = call.clone().go().await.expect(201);
    let theirs = call.by(&other).go().await.expect(201);
    assert_ne!(mine["record"], theirs["record"]);
}

#[tokio::test]
async fn a_key_is_forgotten_after_a_day() {
    let house = House::open();
    let (aoi, hanako) = (house.store("aoi").await, house.guest("Hanako").signs_up().await);
    let call = aoi.asks_for(&hanako, &["name"]).sends().once("k");
    let first = call.clone().go().await.value();
    house.lets_hours_pass(24);
    azukari::jobs::forget_keys(&house.app).await.unwrap();
    assert_eq!(call.clone().go().await.value(), first, "to the end of the day");
    house.lets_seconds_pass(1);
    azukari::jobs::forget_keys(&house.app).await.unwrap();
    assert_ne!(call.go().await.value()["record"], first["record"]);
}

#[tokio::test]
async fn an_unfit_key_is_named() {
    let house = House::open();
    let before = house.rows();
    for key in [String::new(), "x".repeat(129), "é".to_owned()] {
        let answer = house.guest("Hanako").sends().once(&key).go().await;
        assert_eq!(answer.invalid(), [("Idempotency-Key".to_owned(), "unfit".to_owned())]);
    }
    assert_eq!(house.rows(), before);
}
