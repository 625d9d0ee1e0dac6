//! An exception to consent stands on an approval by the information manager, with its reason and
//! evidence, for what it names and as long as it says (S9, S13); never for a password (I2).

use data_encoding::BASE64;
use policy::decide::ExceptionKind;
use serde_json::{Value, json};

use crate::house::{Answer, House, Store};

fn id(approved: &Answer) -> String {
    approved.expect(201)["exception"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_approved_exception_discloses_with_its_reason_and_evidence_on_record() {
    let house = House::open();
    let (aoi, hanako) = (house.store("aoi").await, house.guest("Hanako").signs_up().await);
    hanako.answers("store_disclosure", "withdrawn").await;
    hanako.stops(None).await;
    let approved = id(&house.manager_approves(&json!({ "subject": hanako.id })).await);
    let asking = aoi.asks_for(&hanako, &["name", "email"]).by_exception(&approved);
    let given = asking.sends().go().await.expect(201);
    assert_eq!(given["items"]["email"], "hanako@guest.example", "neither booking nor consent");
    assert_eq!(given["record_duty"], "voluntary", "a case of 27(1) is exempt (R1.9)");

    let records = house.records();
    let policy::record::Act::Disclosed(provision) = &records.last().unwrap().act else {
        panic!("the last act is the disclosure");
    };
    let used = provision.exception.as_ref().unwrap();
    assert_eq!((used.id.as_str(), used.kind), (approved.as_str(), ExceptionKind::Law));
    let approval = records.iter().find_map(|record| match &record.act {
        policy::record::Act::ExceptionApproved { approval } => Some(approval),
        _ => None,
    });
    let approval = approval.unwrap();
    assert_eq!(approval.reason, "an order of the court");
    assert_eq!(approval.evidence, "order-2026-118");
    assert!(approval.approved_by.starts_with("manager ("), "{}", approval.approved_by);

    // She may read the record; the court's order is not hers to read (Act 33(5)).
    let shown = hanako.provisions().await;
    assert_eq!(shown[0]["outcome"], "disclosed");
    let opening = shown[0]["opening"]["record"].as_str().unwrap().as_bytes();
    let opening = String::from_utf8(BASE64.decode(opening).unwrap()).unwrap();
    assert!(opening.contains(&approved), "{opening}");
    for kept_back in ["an order of the court", "order-2026-118", "manager ("] {
        assert!(!opening.contains(kept_back), "{kept_back}: {opening}");
    }
    house.adds_up();
}

#[tokio::test]
async fn what_would_do_harm_to_tell_is_on_record_and_not_shown_to_her() {
    // Act 33(5), Order 11 (R1.12).
    let house = House::open();
    let (aoi, hanako) = (house.store("aoi").await, house.guest("Hanako").signs_up().await);
    let yoko = house.guest("Yoko").signs_up().await;
    let withheld = json!({ "subject": hanako.id, "withheld_from_subject": true });
    let withheld = id(&house.manager_approves(&withheld).await);
    let told = id(&house.manager_approves(&json!({ "subject": hanako.id })).await);
    let asking = aoi.asks_for(&hanako, &["name"]);
    asking.clone().by_exception(&withheld).receives().await;
    aoi.asks_for(&hanako, &["phone"]).by_exception(&withheld).is_refused().await;
    assert!(hanako.provisions().await.is_empty(), "neither what went nor what was tried");
    asking.by_exception(&told).receives().await;
    assert_eq!(hanako.provisions().await.len(), 1);
    aoi.asks_for(&yoko, &["name"]).by_exception(&withheld).is_refused().await;
    assert_eq!(yoko.provisions().await.len(), 1, "an approval about another hides nothing");
    house.adds_up();
}

#[tokio::test]
async fn an_exception_is_worth_what_it_says_and_no_more() {
    let house = House::open();
    let (aoi, midori) = (house.store("aoi").await, house.store("midori").await);
    let hanako = house.guest("Hanako").allergic_to("えび").signs_up().await;
    let other = house.guest("Yoko").signs_up().await;
    let approved = id(&house.manager_approves(&json!({ "subject": hanako.id })).await);
    let out_of_scope = ["exception_out_of_scope"];
    for asking in [
        midori.asks_for(&hanako, &["name"]),
        aoi.asks_for(&other, &["name"]),
        aoi.asks_for(&hanako, &["name", "allergy"]),
        aoi.asks_for(&hanako, &["name"]).for_meal(),
    ] {
        assert_eq!(asking.by_exception(&approved).is_refused().await, out_of_scope);
    }
    let asking = aoi.asks_for(&hanako, &["name"]);
    assert_eq!(asking.is_refused().await, ["no_engagement"], "it must be named to count");

    let unknown = "exc_00000000000000000000000000";
    let refused = asking.clone().by_exception(unknown).is_refused().await;
    assert_eq!(refused, ["exception_not_approved", "no_engagement"]);

    house.lets_hours_pass(24);
    house.lets_seconds_pass(-1);
    let asking = asking.by_exception(&approved);
    assert_eq!(asking.receives().await["name"], "Hanako");
    house.lets_seconds_pass(1);
    assert_eq!(asking.is_refused().await, ["exception_expired"]);
    house.adds_up();
}

#[tokio::test]
async fn an_exception_for_everybody_covers_everybody() {
    let house = House::open();
    let aoi = house.store("aoi").await;
    for kind in
        ["law", "life_body_property", "public_health_or_children", "public_body", "academic"]
    {
        let answer = house.manager_approves(&json!({ "kind": kind })).await;
        assert_eq!(answer.invalid(), [("subject".to_owned(), "missing".to_owned())], "{kind}");
    }
    let approved = id(&house.manager_approves(&json!({ "kind": "succession" })).await);
    for name in ["Hanako", "Yoko"] {
        let guest = house.guest(name).signs_up().await;
        guest.books(&aoi, &format!("bk-{}", name.to_lowercase())).await;
        let asking = aoi.asks_for(&guest, &["name"]).by_exception(&approved);
        assert_eq!(asking.receives().await["name"], name);
    }
}

#[tokio::test]
async fn no_exception_reaches_a_password_or_a_card() {
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako = house.guest("Hanako").password("correct horse").signs_up().await;
    for secret in ["password", "credit_card"] {
        let answer = house
            .manager_approves(&json!({ "items": ["name", secret], "subject": hanako.id }))
            .await;
        assert_eq!(answer.invalid(), [("items[1]".to_owned(), "unknown".to_owned())]);
    }
    let approved = id(&house.manager_approves(&json!({ "subject": hanako.id })).await);
    let asking = aoi.asks_for(&hanako, &["password"]).by_exception(&approved);
    let expected = ["exception_out_of_scope", "never_leaves"];
    assert_eq!(asking.is_refused().await, expected);
}

#[tokio::test]
async fn an_approval_without_its_grounds_is_not_taken() {
    let house = House::open();
    house.store("aoi").await;
    let hanako = house.guest("Hanako").signs_up().await;
    let before = house.rows();
    let late = (house.now() + jiff::SignedDuration::from_hours(366 * 24 + 1)).to_string();
    let past = (house.now() - jiff::SignedDuration::from_secs(1)).to_string();
    let long = "長".repeat(1001);
    for (changes, field, code) in [
        (json!({ "reason": " " }), "reason", "missing"),
        (json!({ "evidence": "" }), "evidence", "missing"),
        (json!({ "reason": long }), "reason", "too_long"),
        (json!({ "evidence": long }), "evidence", "too_long"),
        (json!({ "ends_at": past }), "ends_at", "past"),
        (json!({ "ends_at": late }), "ends_at", "too_late"),
        (json!({ "ends_at": "tomorrow" }), "ends_at", "not_an_instant"),
        (json!({ "purpose": "gossip" }), "purpose", "unknown"),
        (json!({ "items": [] }), "items", "missing"),
        (json!({ "items": ["blood_type"] }), "items[0]", "unknown"),
        (json!({ "recipient": "nobody" }), "recipient", "unknown"),
        (json!({ "recipient": "store" }), "recipient", "unknown"),
        (json!({ "subject": policy::SubjectId([7; 16]).to_string() }), "subject", "unknown"),
        (json!({ "kind": "because" }), "kind", "unreadable"),
        (json!({ "kind": null }), "body", "unreadable"),
    ] {
        let mut about = json!({ "subject": hanako.id });
        crate::house::lay_over(&mut about, &changes);
        if changes["kind"] == Value::Null && changes.get("kind").is_some() {
            about["kind"] = Value::Null;
        }
        let answer = house.manager_approves(&about).await;
        assert_eq!(answer.invalid(), [(field.to_owned(), code.to_owned())], "{changes}");
    }
    assert_eq!(house.rows(), before);
}

#[tokio::test]
async fn only_the_manager_approves_and_the_manager_does_nothing_else() {
    // S9: approving is a scope of its own.
    let house = House::open();
    let (aoi, hanako) = (house.store("aoi").await, house.guest("Hanako").signs_up().await);
    let body: Value = json!({
        "kind": "law", "reason": "r", "evidence": "e", "recipient": "aoi",
        "purpose": "reservation", "items": ["name"], "ends_at": "2027-01-01T00:00:00Z",
    });
    let before = house.rows();
    let refused = house.post("/v1/exceptions", &body).go().await.problem(403, "scope");
    assert!(refused["detail"].as_str().unwrap().contains("exceptions:approve"));
    let asking = aoi.asks_for(&hanako, &["name"]).sends().by(&house.manager_key);
    asking.go().await.problem(403, "scope");
    assert_eq!(house.rows(), before, "who may not ask leaves nothing");
}

#[tokio::test]
async fn an_authority_is_reached_by_exception_and_in_no_other_way() {
    // S13: cooperation with a public body, through the whole of Act 27(1).
    let house = House::open();
    let hanako = house.guest("Hanako").signs_up().await;
    let hospital = house.store("hospital").await;
    let kinds = [
        "entrustment",
        "succession",
        "law",
        "life_body_property",
        "public_health_or_children",
        "public_body",
        "academic",
    ];
    for kind in kinds {
        let changes = json!({
            "kind": kind, "recipient": "hospital", "purpose": "incidental", "subject": hanako.id,
        });
        let approved = id(&house.manager_approves(&changes).await);
        let asking = Store::named(&house, "hospital").asks_for(&hanako, &["name"]);
        let asking = asking.for_purpose("incidental");
        assert!(!asking.is_refused().await.is_empty(), "{kind}");
        assert_eq!(asking.by_exception(&approved).receives().await["name"], "Hanako", "{kind}");
    }
    drop(hospital);
    house.adds_up();
}

#[tokio::test]
async fn an_approval_that_is_ended_carries_nothing_from_then_on() {
    let house = House::open();
    let (aoi, hanako) = (house.store("aoi").await, house.guest("Hanako").signs_up().await);
    let approved = id(&house.manager_approves(&json!({ "subject": hanako.id })).await);
    let asking = aoi.asks_for(&hanako, &["name"]).by_exception(&approved);
    assert_eq!(asking.receives().await["name"], "Hanako");

    let path = format!("/v1/exceptions/{approved}");
    let end = |ended: bool| house.put(&path, &json!({ "ended": ended }));
    end(true).go().await.problem(403, "scope");
    let unfit = end(false).by(&house.manager_key).go().await.invalid();
    assert_eq!(unfit, [("ended".to_owned(), "unfit".to_owned())]);
    let unknown = "/v1/exceptions/exc_00000000000000000000000000";
    let ending = house.put(unknown, &json!({ "ended": true })).by(&house.manager_key);
    ending.go().await.problem(404, "not-found");

    let ended = end(true).by(&house.manager_key).go().await.expect(200);
    assert_eq!(ended["exception"], approved.as_str());
    assert_eq!(house.records().last().unwrap().act.kind(), "exception_ended");
    assert_eq!(asking.is_refused().await, ["exception_expired"]);
    end(true).by(&house.manager_key).go().await.problem(409, "conflict");
    house.adds_up();
}
