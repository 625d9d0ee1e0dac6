//! Programs are known by service keys: each may do what its scopes say, no key lies in the clear
//! (S8), a revoked one stops within two seconds, and nobody asks faster than the house allows.

use std::time::{Duration, Instant};

use azukari::api::caller::{SCOPES, make};
use azukari::store::service_keys;
use serde_json::json;

use crate::house::{Call, House};

/// One call for every scope.
fn one_of_each(house: &House, subject: &str) -> Vec<(&'static str, Call)> {
    let of = |rest: &str| format!("/v1/subjects/{subject}/{rest}");
    let nothing = json!({});
    vec![
        ("subjects:write", house.post("/v1/subjects", &house.guest("Yoko").body)),
        ("subjects:write", house.put(&of("items/name"), &json!({ "value": "Hanako" }))),
        ("subjects:read", house.get(&of("items"))),
        ("subjects:write", house.post(&of("items/name/confirmation"), &json!({ "version": 9 }))),
        // Nobody is held under that id, so nobody is gone for the calls after it.
        ("subjects:close", house.call("DELETE", "/v1/subjects/sub_nobody")),
        (
            "holds:write",
            house.put(
                &of("holds/suit_1"),
                &json!({
                    "reason": "r", "evidence": "e", "until": "2027-01-01T00:00:00Z",
                }),
            ),
        ),
        ("holds:write", house.get(&of("holds/suit_1"))),
        ("retention:read", house.get("/v1/retention/forecast")),
        ("consents:read", house.get(&of("consents/store_disclosure"))),
        (
            "consents:write",
            house.put(
                &of("consents/marketing"),
                &json!({ "state": "given", "notice": "2026-10-01", "language": "ja" }),
            ),
        ),
        ("restrictions:write", house.put(&of("restrictions"), &json!({ "stopped": false }))),
        (
            "engagements:write",
            house.put(
                &of("engagements/aoi/bk-1"),
                &json!({ "starts_at": "2026-11-22T09:00:00Z", "ends_at": "2026-11-22T10:00:00Z" }),
            ),
        ),
        (
            "recipients:write",
            house.put(
                "/v1/recipients/midori",
                &json!({ "category": "store", "name": "n", "address": "a", "representative": "r" }),
            ),
        ),
        ("links:write", house.put(&of("links/sample_id"), &nothing)),
        ("links:write", house.call("DELETE", &of("links/sample_id"))),
        ("subjects:read", house.get(&of("links"))),
        ("letters:write", house.post("/v1/letters", &nothing)),
        ("letters:write", house.post("/v1/letters/sign-up", &nothing)),
        (
            "uses:write",
            house.post(
                "/v1/uses",
                &json!({ "subject": subject, "purpose": "service", "items": ["name"] }),
            ),
        ),
        (
            "disclosures:write",
            house.post(
                "/v1/disclosures",
                &json!({
                    "subject": subject, "recipient": "aoi", "purpose": "reservation",
                    "items": ["name"],
                }),
            ),
        ),
        ("disclosures:write", house.post("/v1/disclosures/batch", &json!({ "asks": [] }))),
        (
            "consents:read",
            house.post(
                "/v1/consents/standings",
                &json!({ "consent": "marketing", "subjects": [subject] }),
            ),
        ),
        ("instructions:write", house.get("/v1/instructions")),
        ("provisions:read", house.get(&of("provisions"))),
        (
            "sign-ins:write",
            house.post("/v1/sign-ins", &json!({ "email": "a@b.jp", "password": "wrong" })),
        ),
        ("sign-ins:vouch", house.post("/v1/sign-ins/addresses", &json!({ "email": "a@b.jp" }))),
        ("sign-ins:vouch", house.put(&of("secrets/password"), &nothing)),
        ("exceptions:approve", house.post("/v1/exceptions", &nothing)),
        ("requests:write", house.post("/v1/requests", &nothing)),
        ("requests:read", house.get("/v1/requests/req_00000000000000000000000000")),
        ("requests:decide", house.get("/v1/requests")),
        (
            "requests:fees",
            house.post(
                "/v1/requests/req_00000000000000000000000000/steps",
                &json!({ "step": "refund", "reference": "b-1" }),
            ),
        ),
        ("webhooks:write", house.get("/v1/webhooks")),
        ("datasets:write", house.post("/v1/datasets", &nothing)),
        ("datasets:write", house.call("DELETE", "/v1/datasets/set_00000000000000000000000000")),
        ("datasets:read", house.get("/v1/datasets/set_00000000000000000000000000")),
        ("datasets:method", house.get("/v1/datasets/set_00000000000000000000000000/method")),
        (
            "datasets:approve",
            house.post("/v1/datasets/set_00000000000000000000000000/approvals", &nothing),
        ),
        (
            "datasets:provide",
            house.post("/v1/datasets/set_00000000000000000000000000/provisions", &nothing),
        ),
        ("statistics:write", house.post("/v1/statistics", &nothing)),
        ("statistics:write", house.get("/v1/statistics/service")),
    ]
}

#[tokio::test]
async fn a_key_may_do_what_its_scopes_say_and_nothing_else() {
    let house = House::open();
    house.store("aoi").await;
    let hanako = house.guest("Hanako").signs_up().await;
    let calls = one_of_each(&house, &hanako.id);
    for scope in SCOPES {
        assert!(calls.iter().any(|(needs, _)| *needs == scope), "{scope} is tried");
        let key = house.service_key(scope, &[scope]);
        for (needs, call) in &calls {
            let before = house.rows();
            let answer = call.clone().by(&key).go().await;
            let denied = answer.status == 403
                && answer.value()["type"].as_str().unwrap().ends_with("/scope");
            assert_eq!(denied, *needs != scope, "{scope} at {needs}: {answer:?}");
            if denied {
                assert!(answer.value()["detail"].as_str().unwrap().contains(needs));
                assert_eq!(house.rows(), before, "{scope} at {needs}");
            }
        }
    }
}

#[tokio::test]
async fn who_has_no_key_in_force_is_nobody() {
    let house = House::open();
    house.store("aoi").await;
    let hanako = house.guest("Hanako").signs_up().await;
    let before = house.rows();
    let mut guess = house.key.clone();
    let last = if guess.ends_with('0') { "1" } else { "0" };
    guess.replace_range(guess.len() - 1.., last);
    let wrong = [
        guess.as_str(),
        "azk_",
        "azk_nobody_nothing",
        "' OR 1=1 --",
        house.key.get(..12).unwrap(),
        "",
    ];
    for (scope, call) in one_of_each(&house, &hanako.id) {
        let mut answers = vec![call.clone().by_nobody().go().await];
        answers.push(call.clone().header("authorization", &house.key).go().await);
        for key in wrong {
            answers.push(call.clone().by(key).go().await);
        }
        for answer in answers {
            answer.problem(401, "unauthenticated");
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{scope}");
        }
    }
    assert_eq!(house.rows(), before);
}

#[tokio::test]
async fn a_revoked_key_stops_within_two_seconds() {
    let house = House::open();
    let made = make(&house.app.store, house.now(), "leaving", &["uses:write".to_owned()]).unwrap();
    let ask = || {
        let body = json!({ "subject": policy::SubjectId([7; 16]).to_string(),
                           "purpose": "service", "items": ["name"] });
        house.post("/v1/uses", &body).by(&made.key).go()
    };
    assert_eq!(ask().await.status, 403, "known, and refused by the rules");
    let (id, now) = (made.id.clone(), house.now().as_millisecond());
    let revoked =
        house.app.store.write_blocking(move |tx| service_keys::revoke(tx, &id, now)).unwrap();
    assert!(revoked);
    let since = Instant::now();
    loop {
        let asked_after = since.elapsed();
        if ask().await.status == 401 {
            break;
        }
        assert!(asked_after < Duration::from_secs(2), "still trusted after {asked_after:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(ask().await.status, 401);
}

#[tokio::test]
async fn keys_are_kept_as_hashes() {
    let house = House::open();
    for kept in house.app.store.read_blocking(service_keys::all).unwrap() {
        assert_eq!(kept.hash.len(), 32);
        for key in [&house.key, &house.manager_key] {
            let secret = key.rsplit('_').next().unwrap();
            assert!(!kept.name.contains(secret) && !kept.id.contains(secret));
            assert_ne!(kept.hash, key.as_bytes());
        }
    }
}

#[tokio::test]
async fn who_asks_too_often_is_told_when_to_come_again() {
    let house = House::open_with_rate(1);
    let call = house.get("/v1/subjects/nobody/provisions");
    let mut answers = Vec::new();
    for _ in 0..40 {
        answers.push(call.clone().go().await);
    }
    let limited = answers.iter().find(|answer| answer.status == 429).unwrap();
    limited.problem(429, "too-many");
    assert_eq!(limited.header("retry-after"), Some("1"));
    assert_eq!(answers[0].status, 404, "the first are served");
    let other = call.by(&house.manager_key).go().await;
    assert_eq!(other.status, 403, "every key has a measure of its own");
}

#[tokio::test]
async fn a_key_is_made_only_for_what_there_is() {
    let house = House::open();
    let before = house.rows();
    let owned = |scopes: &[&str]| scopes.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
    for (name, scopes) in [
        ("", owned(&["uses:write"])),
        ("two\nlines", owned(&["uses:write"])),
        (&*"x".repeat(61), owned(&["uses:write"])),
        ("name", owned(&["everything"])),
        ("name", owned(&[])),
    ] {
        assert!(make(&house.app.store, house.now(), name, &scopes).is_err(), "{name} {scopes:?}");
    }
    assert_eq!(house.rows(), before);
}

#[tokio::test]
async fn a_key_without_the_scope_learns_nothing_of_a_body() {
    let house = House::open();
    let hanako = house.guest("Hanako").signs_up().await;
    let key = house.service_key("reader", &["provisions:read"]);
    for (needs, call) in one_of_each(&house, &hanako.id) {
        if needs == "provisions:read" {
            continue;
        }
        for body in ["", "[]", "{\"nothing\":1}", &"x".repeat(100_000)] {
            let answer = call.clone().by(&key).body(body.as_bytes().to_vec()).go().await;
            answer.problem(403, "scope");
        }
        call.by(&key).once(&"x".repeat(200)).go().await.problem(403, "scope");
    }
}

#[tokio::test]
async fn the_scheme_is_written_in_any_case() {
    let house = House::open();
    for scheme in ["bearer", "BEARER", "Bearer"] {
        let call = house.get("/v1/subjects/nobody/provisions");
        let answer = call.header("authorization", &format!("{scheme} {}", house.key)).go().await;
        answer.problem(404, "not-found");
    }
}
