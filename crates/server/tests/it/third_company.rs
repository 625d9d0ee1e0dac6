//! A third company, quite unlike the others, runs on policy files and no Rust: a group of hotels,
//! guests of three regimes, five processors abroad by five routes, special care, a joint use. This
//! file reads the folder `hotel` and speaks HTTP (S1, S6, S10, S12, S20, S21; R2.1, R2.4, R2.6, R4.1).

use std::path::Path;

use policy::record::{Act, RecordDuty, Route};
use serde_json::{Value, json};

use crate::house::{Answer, Ground, House, morning};

const NOTICE: &str = "2026-11-01";

fn open() -> House {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/hotel");
    let files = policy::read::files(&folder).unwrap();
    House::open_on(Ground::new(), morning(), Some(files), 0)
}

fn agrees(consent: &str) -> Value {
    json!({ "consent": consent, "state": "given", "notice": NOTICE, "language": "en" })
}

/// A guest of a regime, with what she agrees to.
async fn checks_in(house: &House, regime: &str, consents: &[&str]) -> String {
    let guest = json!({
        "regime": regime,
        "items": {
            "full_name": format!("Mihon Guest {regime}"),
            "mail_address": format!("guest-{regime}@guest.example"),
            "telephone": "+81 90 0000 0000", "guest_language": "en", "room_wish": "quiet",
            "membership_number": "M-1", "passport_number": "XX0000000",
        },
        "secrets": { "password": "a phrase for the sample" },
        "consents": consents.iter().map(|consent| agrees(consent)).collect::<Vec<_>>(),
    });
    let taken = house.post("/v1/subjects", &guest).go().await.expect(201);
    taken["subject"].as_str().unwrap().to_owned()
}

async fn answers(house: &House, guest: &str, consent: &str, state: &str) {
    let body = json!({ "state": state, "notice": NOTICE, "language": "en" });
    house.put(&format!("/v1/subjects/{guest}/consents/{consent}"), &body).go().await.expect(200);
}

/// Someone asks the gate.
async fn asks(house: &House, guest: &str, who: &str, purpose: &str, items: &[&str]) -> Answer {
    let ask = json!({ "subject": guest, "recipient": who, "purpose": purpose, "items": items });
    house.post("/v1/disclosures", &ask).go().await
}

/// By which route the last disclosure went, and whether law asks for its record.
fn last_route(house: &House) -> (Route, RecordDuty) {
    match house.records().pop().unwrap().act {
        Act::Disclosed(provision) => (provision.route, provision.record_duty),
        other => panic!("not a disclosure: {other:?}"),
    }
}

/// The five processors, with what each is asked for.
const PROCESSORS: [(&str, &str, &str); 5] = [
    ("confirmation_mail", "confirmation", "mail_address"),
    ("survey_service", "guest_survey", "full_name"),
    ("concierge_desk", "concierge", "telephone"),
    ("backup_store", "archive", "full_name"),
    ("card_processor", "billing", "full_name"),
];

#[test]
fn the_policy_of_the_hotels_is_coherent_and_needs_nothing_looked_at() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/hotel");
    let read = policy::read_dir(&folder).unwrap();
    assert_eq!(read.warnings, vec![]);
    assert_eq!(read.document.regimes.len(), 3);
    let only_files = std::fs::read_dir(folder)
        .unwrap()
        .all(|file| file.unwrap().path().extension().is_some_and(|end| end == "toml"));
    assert!(only_files, "a company is files, and no Rust");
}

#[tokio::test]
async fn each_of_five_processors_abroad_is_reached_by_its_own_route_or_not_at_all() {
    let house = open();
    for (regime, mail, card) in [
        ("jp", Route::Designated, Route::Designated),
        ("eu", Route::Domestic, Route::Designated),
        ("uk", Route::Designated, Route::Domestic),
    ] {
        let needed: &[&str] = if regime == "jp" { &["hotel_disclosure"] } else { &[] };
        let guest = checks_in(&house, regime, needed).await;
        let routes = [mail, Route::EquivalentMeasures, Route::Consent, Route::NotAProvision, card];
        for ((who, purpose, item), route) in PROCESSORS.into_iter().zip(routes) {
            let answer = asks(&house, &guest, who, purpose, &[item]).await;
            if route == Route::Consent {
                // Thailand: nobody decided on it, nobody checked, and she was not asked.
                let reasons = answer.refused();
                assert!(reasons.contains(&"no_route".to_owned()), "{reasons:?}");
                answers(&house, &guest, "concierge_abroad", "given").await;
                asks(&house, &guest, who, purpose, &[item]).await.expect(201);
                // Under a consent to go abroad even entrustment needs a record (R1.9).
                assert_eq!(last_route(&house), (Route::Consent, RecordDuty::Statutory));
                answers(&house, &guest, "concierge_abroad", "withdrawn").await;
                asks(&house, &guest, who, purpose, &[item]).await.refused();
            } else {
                answer.expect(201);
                assert_eq!(last_route(&house), (route, RecordDuty::Voluntary), "{regime} {who}");
            }
        }
        // Nobody receives what is not on its list, or not for its purpose.
        let more = asks(&house, &guest, "survey_service", "guest_survey", &["telephone"]).await;
        assert!(!more.refused().is_empty());
        let other = asks(&house, &guest, "survey_service", "confirmation", &["mail_address"]).await;
        assert!(!other.refused().is_empty());
        let held_back = asks(&house, &guest, "card_processor", "billing", &["payment_card"]).await;
        assert!(held_back.refused().contains(&"never_leaves".to_owned()));
    }
    // A year after the last check of the one in the United States, its route is closed (R2.4).
    let guest = checks_in_again(&house).await;
    house.lets_hours_pass(24 * 200);
    let late = asks(&house, &guest, "survey_service", "guest_survey", &["full_name"]).await;
    assert_eq!(late.refused(), ["route_check_overdue"]);
    house.adds_up();
}

/// One more guest from Japan.
async fn checks_in_again(house: &House) -> String {
    let guest = json!({
        "regime": "jp",
        "items": { "full_name": "Mihon Later", "mail_address": "later@guest.example" },
        "secrets": {},
        "consents": [agrees("hotel_disclosure")],
    });
    let taken = house.post("/v1/subjects", &guest).go().await.expect(201);
    taken["subject"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_hotel_sees_its_guest_while_she_stays_and_her_needs_only_as_she_agreed() {
    let house = open();
    let guest = checks_in(&house, "jp", &["hotel_disclosure", "care_access"]).await;
    for name in ["kyoto", "hakone"] {
        let hotel = json!({
            "category": "hotel", "name": format!("見本ホテル {name}"), "address": "見本市3-3",
            "representative": "見本 支配人",
        });
        house.put(&format!("/v1/recipients/{name}"), &hotel).go().await.expect(200);
    }
    let needs = json!({ "value": "a ramp, and a room near the lift" });
    let path = format!("/v1/subjects/{guest}/items/accessibility_needs");
    house.put(&path, &needs).go().await.expect(200);
    // Special care without its consent is not even taken in (Act 20(2)).
    let allergies = format!("/v1/subjects/{guest}/items/food_allergies");
    let refused = house.put(&allergies, &json!({ "value": "buckwheat" })).go().await;
    assert_eq!(refused.status, 403, "{}", refused.text());

    let starts = house.now();
    let ends = starts + jiff::SignedDuration::from_hours(24);
    let stay = json!({ "starts_at": starts.to_string(), "ends_at": ends.to_string() });
    let path = format!("/v1/subjects/{guest}/engagements/kyoto/stay-1");
    house.put(&path, &stay).go().await.expect(200);
    let seen = asks(&house, &guest, "kyoto", "stay", &["full_name", "room_wish"]).await.expect(201);
    assert_eq!(seen["items"]["room_wish"], "quiet");
    assert_eq!(seen["record_duty"], "statutory");
    let seen = asks(&house, &guest, "kyoto", "welcome", &["accessibility_needs"]).await;
    assert_eq!(
        seen.expect(201)["items"]["accessibility_needs"],
        "a ramp, and a room near the lift"
    );
    // The other hotel has no stay; the passport is for the register, and for no hotel's eyes.
    let other = asks(&house, &guest, "hakone", "stay", &["full_name"]).await;
    assert_eq!(other.refused(), ["no_engagement"]);
    assert!(
        !asks(&house, &guest, "kyoto", "stay", &["passport_number"]).await.refused().is_empty()
    );
    // She takes her consent back: at once nobody sees her needs.
    answers(&house, &guest, "care_access", "withdrawn").await;
    let after = asks(&house, &guest, "kyoto", "welcome", &["accessibility_needs"]).await;
    assert_eq!(after.refused(), ["consent_not_given", "special_care_without_consent"]);
    // What was asked for the welcome ends with the stay, the rest by noon.
    house.lets_hours_pass(25);
    asks(&house, &guest, "kyoto", "stay", &["full_name"]).await.expect(201);
    house.lets_hours_pass(12);
    asks(&house, &guest, "kyoto", "stay", &["full_name"]).await.refused();
    house.adds_up();
}

#[tokio::test]
async fn the_group_shares_for_offers_what_it_published_and_only_with_members_who_agreed() {
    let house = open();
    let resort = json!({
        "category": "hotel_group", "name": "【見本】見本リゾート株式会社", "address": "見本市4-4",
        "representative": "見本 社長",
    });
    house.put("/v1/recipients/mihon-resort", &resort).go().await.expect(200);
    for regime in ["jp", "eu", "uk"] {
        let needed: &[&str] = if regime == "jp" { &["hotel_disclosure"] } else { &[] };
        let guest = checks_in(&house, regime, needed).await;
        let offers = || asks(&house, &guest, "mihon-resort", "loyalty", &["mail_address"]);
        assert_eq!(offers().await.refused(), ["consent_missing"], "{regime}");
        answers(&house, &guest, "loyalty_offers", "given").await;
        offers().await.expect(201);
        let more = asks(&house, &guest, "mihon-resort", "loyalty", &["room_wish"]).await;
        assert!(!more.refused().is_empty(), "what was not published is not shared (R4.1)");
    }
    house.adds_up();
}

#[tokio::test]
async fn guests_read_the_policy_and_their_own_records_in_both_languages() {
    let house = open();
    let guest = checks_in(&house, "jp", &["hotel_disclosure", "loyalty_offers"]).await;
    asks(&house, &guest, "confirmation_mail", "confirmation", &["mail_address"]).await.expect(201);

    let en = house.get("/policy?lang=en").by_nobody().go().await.text();
    let ja = house.get("/policy?lang=ja").by_nobody().go().await.text();
    for (page, words) in [
        (
            &en,
            [
                "[Sample] Mihon Hotels Inc.",
                "Help you need, such as with a wheelchair",
                "Surveys after a stay",
            ],
        ),
        (
            &ja,
            [
                "【見本】見本ホテルズ株式会社",
                "お手伝いが必要なこと（車いすなど）",
                "ご滞在後のアンケート",
            ],
        ),
    ] {
        for word in words {
            assert!(page.contains(word), "{word}\n{page}");
        }
    }
    let seen = house.get(&format!("/v1/subjects/{guest}/provisions")).go().await.expect(200);
    assert_eq!(seen["provisions"][0]["recipient"], "confirmation_mail");
    let record = format!("/v1/subjects/{guest}/consents/loyalty_offers/record");
    let record = house.get(&record).go().await.expect(200);
    assert_eq!(record["dpv:hasConsentStatus"][0]["@type"][0], "dpv:ConsentGiven");
    assert!(record["dpv:hasEntity"].to_string().contains("hotel_group"));
    let exported = house.get("/policy.jsonld").by_nobody().go().await;
    assert_eq!(exported.header("content-type"), Some("application/ld+json"));
    assert!(exported.expect(200).to_string().contains("azk:NotAProvision"));
}
