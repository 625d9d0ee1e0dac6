//! Whatever cannot be read is told field by field, with the way out, and never with the words that
//! were sent; and it leaves no row (S2, S3).

use serde_json::{Value, json};

use crate::house::{Answer, Call, House, lay_over};

/// An unmistakable value in the wrong place; no answer may say it back.
const TELLTALE: &str = "Zq7 花子 telltale@x";

/// A table of one endpoint: what is laid over a good body, the field that is named, and its code.
type Table = Vec<(Value, &'static str, &'static str)>;

/// Nothing of what was sent comes back, and every error has a way out.
fn keeps_quiet(answer: &Answer, sent: &str) {
    let text = answer.text();
    for word in ["Zq7", "花子", "telltale"] {
        assert!(!text.contains(word), "{sent} is told back: {text}");
    }
    assert!(text.len() < 4000, "an answer, not an echo: {} bytes", text.len());
}

async fn all_are_named(house: &House, make: impl Fn(&Value) -> Call, good: &Value, table: Table) {
    let before = house.rows();
    for (changes, field, code) in table {
        let mut body = good.clone();
        lay_over(&mut body, &changes);
        let answer = make(&body).go().await;
        let named = answer.invalid();
        let expected = (field.to_owned(), code.to_owned());
        assert!(named.contains(&expected), "{changes}: {expected:?} in {named:?}");
        assert_eq!(named.len(), 1, "{changes}: what is right is not named: {named:?}");
        keeps_quiet(&answer, &changes.to_string());
        assert_eq!(house.rows(), before, "{changes}");
    }
    let mut huge = good.to_string();
    huge.push_str(&" ".repeat(64 * 1024 + 1 - huge.len()));
    make(good).body(huge.into_bytes()).go().await.problem(413, "too-large");
    assert_eq!(house.rows(), before);
    for (bytes, field) in unreadable(good) {
        let answer = make(good).body(bytes.clone()).go().await;
        let sent = String::from_utf8_lossy(&bytes).chars().take(80).collect::<String>();
        let named = answer.invalid();
        assert_eq!(named.len(), 1, "{sent}");
        assert_eq!(named[0].0, field, "{sent}: {}", answer.text());
        keeps_quiet(&answer, &sent);
        assert_eq!(house.rows(), before, "{sent}");
    }
}

/// Bodies that are no good anywhere.
fn unreadable(good: &Value) -> Vec<(Vec<u8>, &'static str)> {
    let text = good.to_string();
    let mut unknown = good.clone();
    unknown["zz_unknown"] = TELLTALE.into();
    let mut strange = good.clone();
    strange[TELLTALE] = 1.into();
    vec![
        (Vec::new(), "body"),
        (b"{".to_vec(), "body"),
        (TELLTALE.as_bytes().to_vec(), "body"),
        (b"null".to_vec(), "body"),
        (b"[]".to_vec(), "body"),
        (format!("\"{TELLTALE}\"").into_bytes(), "body"),
        (b"{\"zz_unknown\": \"\xff\xfe\"}".to_vec(), "zz_unknown"),
        (b"\xff\xfe{}".to_vec(), "body"),
        (format!("{text}{text}").into_bytes(), "body"),
        (format!("{text} {TELLTALE}").into_bytes(), "body"),
        (unknown.to_string().into_bytes(), "zz_unknown"),
        (strange.to_string().into_bytes(), "body"),
        ("[".repeat(2000).into_bytes(), "body"),
    ]
}

#[tokio::test]
async fn a_form_is_told_field_by_field() {
    let house = House::open();
    house.guest("Taken").with("phone", "+81 90 0000 0000").signs_up().await;
    let good = house.guest("Hanako").body;
    let items = |changes: &Value| {
        let mut items = good["items"].clone();
        lay_over(&mut items, changes);
        json!({ "items": items })
    };
    let secrets = |secrets: Value| json!({ "secrets": secrets });
    let answer = |changes: &Value| {
        let mut answers = good["consents"].clone();
        lay_over(&mut answers[1], changes);
        json!({ "consents": answers })
    };
    let mut twice = good["consents"].clone();
    let again = twice[0].clone();
    twice.as_array_mut().unwrap().push(again);
    let card = |changes: &Value| {
        let mut card = json!({ "token": "tok_1", "brand": "Visa", "last4": "4242" });
        lay_over(&mut card, changes);
        json!({ "secrets": { "card": card } })
    };
    let long = |n: usize| "長".repeat(n);
    let table: Table = vec![
        (json!({ "regime": null }), "body", "unreadable"),
        (json!({ "regime": "" }), "regime", "unknown"),
        (json!({ "regime": TELLTALE }), "regime", "unknown"),
        (json!({ "regime": 7 }), "regime", "unreadable"),
        (json!({ "regime": "us" }), "regime", "unknown"),
        (json!({ "items": null }), "body", "unreadable"),
        (json!({ "items": TELLTALE }), "items", "unreadable"),
        (json!({ "items": [TELLTALE] }), "items", "unreadable"),
        (items(&json!({ "name": null })), "items.name", "missing"),
        (items(&json!({ "email": null })), "items.email", "missing"),
        (items(&json!({ "name": "  \u{3000} " })), "items.name", "empty"),
        (items(&json!({ "name": 7 })), "items.name", "unreadable"),
        (items(&json!({ "name": { "a": TELLTALE } })), "items.name", "unreadable"),
        (items(&json!({ "name": long(101) })), "items.name", "too_long"),
        (items(&json!({ "name": format!("{TELLTALE}\u{0}") })), "items.name", "control_character"),
        (
            items(&json!({ "name": format!("{TELLTALE}\u{202e}") })),
            "items.name",
            "control_character",
        ),
        (
            items(&json!({ "name": format!("{TELLTALE}\u{1b}[31m") })),
            "items.name",
            "control_character",
        ),
        (items(&json!({ "name": format!("{TELLTALE}\nb") })), "items.name", "multi_line"),
        (items(&json!({ "email": TELLTALE })), "items.email", "not_an_email"),
        (
            items(&json!({ "email": format!("{}@x.jp", "a".repeat(300)) })),
            "items.email",
            "too_long",
        ),
        (items(&json!({ "email": "taken@guest.example" })), "items.email", "taken"),
        (items(&json!({ "email": "TAKEN@Guest.Example" })), "items.email", "taken"),
        (
            items(&json!({ "email": "ｔａｋｅｎ＠ｇｕｅｓｔ．ｅｘａｍｐｌｅ" })),
            "items.email",
            "taken",
        ),
        (items(&json!({ "phone": TELLTALE })), "items.phone", "not_a_phone"),
        (items(&json!({ "phone": "12345" })), "items.phone", "not_a_phone"),
        (items(&json!({ "phone": "٠٩٠١٢٣٤٥٦٧٨" })), "items.phone", "not_a_phone"),
        (items(&json!({ "birth_date": "12/31/1990" })), "items.birth_date", "not_a_date"),
        (items(&json!({ "birth_date": "1990-02-30" })), "items.birth_date", "not_a_date"),
        (items(&json!({ "birth_date": "2026-11-23" })), "items.birth_date", "impossible_date"),
        (items(&json!({ "birth_date": "1890-01-01" })), "items.birth_date", "impossible_date"),
        (items(&json!({ "gender": TELLTALE })), "items.gender", "not_a_choice"),
        (items(&json!({ "serving_size": "huge" })), "items.serving_size", "not_a_choice"),
        (items(&json!({ "language": "日本語" })), "items.language", "not_a_language"),
        (items(&json!({ "area": long(101) })), "items.area", "too_long"),
        (items(&json!({ "external_profile": long(2001) })), "items.external_profile", "too_long"),
        (items(&json!({ "blood_type": TELLTALE })), "items.blood_type", "unknown"),
        (items(&json!({ "password": TELLTALE })), "items.password", "secret"),
        (items(&json!({ "credit_card": TELLTALE })), "items.credit_card", "secret"),
        (items(&json!({ TELLTALE: "value" })), "items", "unknown"),
        (items(&json!({ TELLTALE: 7 })), "items", "unreadable"),
        (secrets(json!({ "password": "Zq7" })), "secrets.password", "unfit_password"),
        (secrets(json!({ "password": long(129) })), "secrets.password", "unfit_password"),
        (secrets(json!({ "password": 7 })), "secrets.password", "unreadable"),
        (secrets(json!({ "pin": TELLTALE })), "secrets.pin", "unreadable"),
        (secrets(json!(TELLTALE)), "secrets", "unreadable"),
        (card(&json!({ "token": "4242424242424242" })), "secrets.card", "not_a_token"),
        (card(&json!({ "token": TELLTALE })), "secrets.card", "not_a_token"),
        (card(&json!({ "token": "" })), "secrets.card", "not_a_token"),
        (card(&json!({ "token": "t".repeat(256) })), "secrets.card", "not_a_token"),
        (card(&json!({ "last4": "42424" })), "secrets.card", "not_a_token"),
        (card(&json!({ "last4": 4242 })), "secrets.card.last4", "unreadable"),
        (card(&json!({ "brand": "" })), "secrets.card", "not_a_token"),
        (card(&json!({ "token": null })), "secrets.card", "unreadable"),
        (card(&json!({ "number": TELLTALE })), "secrets.card.number", "unreadable"),
        (json!({ "consents": "all" }), "consents", "unreadable"),
        (json!({ "consents": [TELLTALE] }), "consents[0]", "unreadable"),
        (json!({ "consents": twice }), "consents[2].consent", "twice"),
        (answer(&json!({ "consent": TELLTALE })), "consents[1].consent", "unknown"),
        (answer(&json!({ "state": TELLTALE })), "consents[1].state", "unknown"),
        (answer(&json!({ "notice": TELLTALE })), "consents[1].notice", "other_notice"),
        (answer(&json!({ "language": "zh" })), "consents[1].language", "unknown"),
        (answer(&json!({ "language": TELLTALE })), "consents[1].language", "unknown"),
        (answer(&json!({ "state": null })), "consents[1]", "unreadable"),
        (answer(&json!({ "state": 1 })), "consents[1].state", "unreadable"),
        (answer(&json!({ "extra": TELLTALE })), "consents[1].extra", "unreadable"),
    ];
    all_are_named(&house, |body| house.post("/v1/subjects", body), &good, table).await;
}

#[tokio::test]
async fn everything_wrong_with_a_form_is_told_at_once_in_the_readers_words() {
    let house = House::open();
    let form = house.guest("").with("email", TELLTALE).with("phone", "1").password("short");
    let form = form.answers("store_disclosure", "perhaps");
    for (call, says) in [(form.sends(), "Please"), (form.sends().in_japanese(), "ください")] {
        let answer = call.go().await;
        let mut fields: Vec<String> =
            answer.invalid().into_iter().map(|(field, _)| field).collect();
        fields.sort();
        let expected =
            ["consents[1].state", "items.email", "items.name", "items.phone", "secrets.password"];
        assert_eq!(fields, expected);
        for error in answer.value()["errors"].as_array().unwrap() {
            if error["field"].as_str().unwrap().starts_with("consents") {
                continue;
            }
            let words = error["words"].as_str().unwrap();
            assert!(words.contains(says) || words.contains("check"), "{words}");
        }
        keeps_quiet(&answer, "everything");
    }
}

#[tokio::test]
async fn every_other_body_is_told_field_by_field() {
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako = house.guest("Hanako").signs_up().await;
    house.guest("Taken").signs_up().await;
    hanako.books(&aoi, "bk-1").await;

    let path = hanako.path("items/email");
    let table: Table = vec![
        (json!({ "value": null }), "body", "unreadable"),
        (json!({ "value": 7 }), "value", "unreadable"),
        (json!({ "value": "" }), "value", "empty"),
        (json!({ "value": TELLTALE }), "value", "not_an_email"),
        (json!({ "value": "taken@guest.example" }), "value", "taken"),
        (json!({ "value": "ＴＡＫＥＮ＠guest.example" }), "value", "taken"),
    ];
    let good = json!({ "value": "hanako@guest.example" });
    all_are_named(&house, |body| house.put(&path, body), &good, table).await;

    let path = hanako.path("consents/marketing");
    let good = json!({ "state": "given", "notice": "2026-10-01", "language": "ja" });
    let table: Table = vec![
        (json!({ "state": null }), "body", "unreadable"),
        (json!({ "state": TELLTALE }), "state", "unknown"),
        (json!({ "state": true }), "state", "unreadable"),
        (json!({ "notice": TELLTALE }), "notice", "other_notice"),
        (json!({ "notice": "2025-01-01" }), "notice", "other_notice"),
        (json!({ "language": TELLTALE }), "language", "unknown"),
    ];
    all_are_named(&house, |body| house.put(&path, body), &good, table).await;

    let path = hanako.path("engagements/aoi/bk-2");
    let good = json!({
        "starts_at": "2026-11-22T18:00:00+09:00", "ends_at": "2026-11-22T20:00:00+09:00",
    });
    let table: Table = vec![
        (json!({ "starts_at": null }), "body", "unreadable"),
        (json!({ "starts_at": TELLTALE }), "starts_at", "not_an_instant"),
        (json!({ "starts_at": "2026-11-22 18:00" }), "starts_at", "not_an_instant"),
        (json!({ "starts_at": "2026-02-30T18:00:00Z" }), "starts_at", "not_an_instant"),
        (json!({ "ends_at": "soon" }), "ends_at", "not_an_instant"),
        (json!({ "ends_at": 1_795_000_000 }), "ends_at", "unreadable"),
        (json!({ "ends_at": "2026-11-22T18:00:00+09:00" }), "ends_at", "before_start"),
        (json!({ "ends_at": "2025-11-22T18:00:00+09:00" }), "ends_at", "before_start"),
        (json!({ "cancelled": TELLTALE }), "cancelled", "unreadable"),
    ];
    all_are_named(&house, |body| house.put(&path, body), &good, table).await;
    for (path, field) in [
        (hanako.path("engagements/aoi/%E4%BA%88%E7%B4%84"), "reference"),
        (hanako.path("engagements/aoi/Hanako%20Sato"), "reference"),
        (hanako.path(&format!("engagements/aoi/{}", "x".repeat(65))), "reference"),
    ] {
        let answer = house.put(&path, &good).go().await;
        assert_eq!(answer.invalid(), [(field.to_owned(), "not_a_name".to_owned())]);
        assert!(!answer.text().contains("Sato"), "{}", answer.text());
    }

    let path = hanako.path("restrictions");
    let good = json!({ "purpose": "service", "stopped": true });
    let table: Table = vec![
        (json!({ "stopped": null }), "body", "unreadable"),
        (json!({ "stopped": TELLTALE }), "stopped", "unreadable"),
        (json!({ "purpose": "gossip" }), "purpose", "unknown"),
        (json!({ "purpose": TELLTALE }), "purpose", "not_a_name"),
        (json!({ "purpose": 7 }), "purpose", "unreadable"),
    ];
    all_are_named(&house, |body| house.put(&path, body), &good, table).await;

    let good = json!({ "category": "store", "name": "n", "address": "a", "representative": "r" });
    let table: Table = vec![
        (json!({ "category": "nothing" }), "category", "unknown"),
        (json!({ "category": TELLTALE }), "category", "not_a_name"),
        (json!({ "category": "payment_platform" }), "category", "not_a_category"),
        (json!({ "name": null }), "body", "unreadable"),
        (json!({ "name": " \u{3000}" }), "name", "missing"),
        (json!({ "name": "長".repeat(201) }), "name", "too_long"),
        (json!({ "name": format!("{TELLTALE}\u{0}") }), "name", "control_character"),
        // It could turn the line of a notice that it stands in.
        (json!({ "name": format!("{TELLTALE}\u{202e}") }), "name", "control_character"),
        (json!({ "address": "" }), "address", "missing"),
        (json!({ "representative": "" }), "representative", "missing"),
        (json!({ "representative": 7 }), "representative", "unreadable"),
        (json!({ "country": "Japan" }), "country", "not_a_country"),
        (json!({ "country": "jp" }), "country", "not_a_country"),
        (json!({ "country": TELLTALE }), "country", "not_a_country"),
        (json!({ "suspended": "no" }), "suspended", "unreadable"),
    ];
    let put = |body: &Value| house.put("/v1/recipients/midori", body);
    all_are_named(&house, put, &good, table).await;
    for (name, code) in [
        ("Midori", "not_a_name"),
        ("%E3%81%BF%E3%81%A9%E3%82%8A", "not_a_name"),
        ("payment_platform", "taken"),
        ("store", "taken"),
    ] {
        let answer = house.put(&format!("/v1/recipients/{name}"), &good).go().await;
        assert_eq!(answer.invalid(), [("recipient".to_owned(), code.to_owned())], "{name}");
    }
}

#[tokio::test]
async fn an_ask_that_cannot_be_read_is_told_field_by_field() {
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako = house.guest("Hanako").signs_up().await;
    hanako.books(&aoi, "bk-1").await;
    let many: Vec<String> = (0..101).map(|n| format!("item_{n}")).collect();
    let both: Table = vec![
        (json!({ "subject": null }), "body", "unreadable"),
        (json!({ "subject": "sub_short" }), "subject", "not_a_name"),
        (json!({ "subject": TELLTALE }), "subject", "not_a_name"),
        (json!({ "subject": [] }), "subject", "unreadable"),
        (json!({ "purpose": null }), "body", "unreadable"),
        (json!({ "purpose": TELLTALE }), "purpose", "not_a_name"),
        (json!({ "purpose": "Meal" }), "purpose", "not_a_name"),
        (json!({ "items": null }), "body", "unreadable"),
        (json!({ "items": "name" }), "items", "unreadable"),
        (json!({ "items": ["name", 7] }), "items[1]", "unreadable"),
        (json!({ "items": ["name", TELLTALE] }), "items[1]", "not_a_name"),
        (json!({ "items": ["name", ""] }), "items[1]", "not_a_name"),
        (json!({ "items": many }), "items", "too_many"),
    ];
    let good = hanako_uses(&hanako.id);
    all_are_named(&house, |body| house.post("/v1/uses", body), &good, both.clone()).await;

    let mut table = both;
    table.extend([
        (json!({ "recipient": null }), "body", "unreadable"),
        (json!({ "recipient": TELLTALE }), "recipient", "not_a_name"),
        (json!({ "reference": TELLTALE }), "reference", "not_a_name"),
        (json!({ "reference": "" }), "reference", "not_a_name"),
        (json!({ "reference": 7 }), "reference", "unreadable"),
        (json!({ "exception": TELLTALE }), "exception", "not_an_id"),
        (json!({ "exception": "exc_short" }), "exception", "not_an_id"),
    ]);
    let good = aoi.asks_for(&hanako, &["name"]).body;
    all_are_named(&house, |body| house.post("/v1/disclosures", body), &good, table).await;

    let table: Table = vec![
        (json!({ "email": null }), "email", "missing"),
        (json!({ "email": 7 }), "email", "unreadable"),
        (json!({ "password": null }), "password", "missing"),
        (json!({ "password": [TELLTALE] }), "password", "unreadable"),
    ];
    let good = json!({ "email": "hanako@guest.example", "password": "correct horse" });
    all_are_named(&house, |body| house.post("/v1/sign-ins", body), &good, table).await;
}

fn hanako_uses(subject: &str) -> Value {
    json!({ "subject": subject, "purpose": "service", "items": ["name"] })
}

#[tokio::test]
async fn what_is_not_there_is_not_found_and_not_told_back() {
    let house = House::open();
    let hanako = house.guest("Hanako").signs_up().await;
    let nobody = policy::SubjectId([7; 16]).to_string();
    let before = house.rows();
    let value = json!({ "value": "x" });
    let consent = json!({ "state": "given", "notice": "2026-10-01", "language": "ja" });
    let booking = json!({ "starts_at": "2026-11-22T09:00:00Z", "ends_at": "2026-11-22T10:00:00Z" });
    let stop = json!({ "stopped": true });
    let telltale = "Zq7%20%E8%8A%B1%E5%AD%90%20telltale@x";
    for subject in [nobody.as_str(), "sub_short", telltale] {
        let of = |rest: &str| format!("/v1/subjects/{subject}/{rest}");
        for call in [
            house.get(&of("provisions")),
            house.get(&of("consents/marketing")),
            house.put(&of("consents/marketing"), &consent),
            house.put(&of("items/name"), &value),
            house.put(&of("engagements/payment_platform/bk-1"), &booking),
            house.put(&of("restrictions"), &stop),
        ] {
            let answer = call.go().await;
            answer.problem(404, "not-found");
            keeps_quiet(&answer, subject);
        }
    }
    for call in [
        house.put(&hanako.path("items/blood_type"), &value),
        house.put(&hanako.path(&format!("items/{telltale}")), &value),
        house.put(&hanako.path(&format!("consents/{telltale}")), &consent),
        house.get(&hanako.path(&format!("consents/{telltale}"))),
        house.put(&hanako.path("engagements/nobody/bk-1"), &booking),
        house.put(&hanako.path("engagements/store/bk-1"), &booking),
        house.put(&hanako.path(&format!("engagements/{telltale}/bk-1")), &booking),
        house.get("/v1/policy/versions/2020-01-01"),
        house.get(&format!("/v1/policy/versions/{telltale}")),
        house.get("/v1/ledger/proofs/999999"),
        house.get("/v1/ledger/proofs/-1"),
        house.get(&format!("/v1/ledger/proofs/{telltale}")),
        house.get("/ledger/tile/0/999"),
        house.get("/ledger/tile/9/000"),
        house.get("/ledger/tile/entries/x999/999.p/1"),
        house.get(&format!("/ledger/tile/{telltale}")),
        house.get("/v1/nothing"),
        house.get(&format!("/v1/{telltale}")),
    ] {
        let answer = call.go().await;
        answer.problem(404, "not-found");
        keeps_quiet(&answer, "a path");
    }
    assert_eq!(house.rows(), before);
}

#[tokio::test]
async fn a_method_or_an_address_that_cannot_be_is_a_problem_too() {
    let house = House::open();
    for call in [house.get("/v1/subjects"), house.call("DELETE", "/v1/policy")] {
        let answer = call.go().await;
        answer.problem(405, "method-not-allowed");
        assert!(answer.header("allow").is_some(), "{answer:?}");
    }
    let answer = house.get("/v1/subjects/%ff/provisions").go().await;
    answer.problem(400, "bad-request");
    for nowhere in ["/nowhere", "/v1/nowhere", "/favicon.ico"] {
        let told = house.get(nowhere).by_nobody().go().await.problem(404, "not-found");
        assert!(told["detail"].as_str().unwrap().contains("/openapi.json"), "{told}");
    }
}

#[tokio::test]
async fn a_body_of_just_the_allowed_size_is_read() {
    let house = House::open().on_a_socket().await;
    let mut text = house.guest("Hanako").body.to_string();
    text.push_str(&" ".repeat(64 * 1024 - text.len()));
    let call = house.guest("Hanako").sends();
    call.clone().body(text.clone().into_bytes()).go().await.expect(201);
    let before = house.rows();
    text.push_str(&" ".repeat(300_000));
    let answer = call.body(text.into_bytes()).go().await;
    answer.problem(413, "too-large");
    assert_eq!(house.rows(), before);
}

#[tokio::test]
async fn what_is_about_a_person_is_in_no_cache_and_a_problem_is_of_its_language() {
    let house = House::open();
    let hanako = house.guest("Hanako").signs_up().await;
    for call in [
        house.get(&hanako.path("provisions")),
        hanako.is_used("service", &["name"]),
        house.get("/v1/subjects/nobody/provisions"),
        house.get(&hanako.path("provisions")).by_nobody(),
    ] {
        let answer = call.go().await;
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer:?}");
    }
    let policy = house.get("/v1/policy").by_nobody().go().await;
    assert_eq!(policy.header("cache-control"), None, "what is public may be kept");
    let answer = house.get("/v1/subjects/nobody/provisions").in_japanese().go().await;
    answer.problem(404, "not-found");
    assert_eq!(answer.header("vary"), Some("accept-language"));
    assert_eq!(answer.header("content-language"), Some("ja"));
}
