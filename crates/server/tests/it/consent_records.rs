//! A consent as a record and a receipt (ISO/IEC TS 27560): the whole history, the policy it was
//! given to, the ledger's proof; and for nobody without the scope.

use data_encoding::BASE64;
use policy::record::commitment;
use serde_json::{Value, json};

use crate::house::{Guest, House, policy_files};

async fn read(guest: &Guest<'_>, consent: &str, what: &str) -> Value {
    let path = guest.path(&format!("consents/{consent}/{what}"));
    let answer = guest.house.get(&path).go().await;
    assert_eq!(answer.header("content-type"), Some("application/ld+json"), "{}", answer.text());
    answer.expect(200)
}

fn states(record: &Value) -> Vec<(String, String)> {
    let all = record["dpv:hasConsentStatus"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    all.map(|s| (text(&s["@type"][0]), text(&s["dpv:isIndicatedAtTime"]["@value"]))).collect()
}

#[tokio::test]
async fn a_record_tells_every_event_and_keeps_its_number() {
    let house = House::open();
    let hanako = house.guest("Hanako").answers("marketing", "refused").signs_up().await;
    let first = read(&hanako, "marketing", "record").await;
    house.lets_hours_pass(1);
    hanako.answers("marketing", "given").await;
    house.lets_hours_pass(1);
    hanako.answers("marketing", "withdrawn").await;
    let record = read(&hanako, "marketing", "record").await;
    let event = |state: &str, at: &str| (format!("dpv:Consent{state}"), at.to_owned());
    assert_eq!(
        states(&record),
        [
            event("Refused", "2026-11-22T00:00:00Z"),
            event("Given", "2026-11-22T01:00:00Z"),
            event("Withdrawn", "2026-11-22T02:00:00Z"),
        ]
    );
    assert_eq!(record["dct:identifier"], first["dct:identifier"]);
    assert_eq!(record["dpv:hasDataSubject"]["dct:identifier"], hanako.id.as_str());
    assert_eq!(record["dpv:hasJurisdiction"], "loc:JP");
    // Another consent of hers is another record.
    let other = read(&hanako, "store_disclosure", "record").await;
    assert_ne!(other["dct:identifier"], record["dct:identifier"]);
    // No value of hers is in it.
    assert!(!record.to_string().contains("Hanako"), "{record}");
}

#[tokio::test]
async fn a_receipt_proves_that_the_ledger_holds_each_event() {
    let house = House::open();
    let hanako = house.guest("Hanako").signs_up().await;
    hanako.answers("marketing", "given").await;
    let receipt = read(&hanako, "marketing", "receipt").await;
    let again = read(&hanako, "marketing", "receipt").await;
    assert_ne!(
        receipt["dct:identifier"], again["dct:identifier"],
        "each receipt is one of its own"
    );
    assert_eq!(
        receipt["dpv:hasRecordOfActivity"]["dct:identifier"],
        read(&hanako, "marketing", "record").await["dct:identifier"]
    );
    let event = &receipt["azk:ledger"][0];
    let bytes = |field: &str| BASE64.decode(event[field].as_str().unwrap().as_bytes()).unwrap();
    let shown = commitment(&bytes("azk:salt").try_into().unwrap(), &bytes("azk:recordBytes"));
    let proof = house.get(event["azk:proof"].as_str().unwrap()).go().await;
    let text = proof.text();
    assert_eq!(proof.status, 200, "{text}");
    let record: Value = serde_json::from_slice(&bytes("azk:recordBytes")).unwrap();
    assert_eq!(record["act"], "consent_changed");
    // The entry that the proof proves is about this record and no other.
    let index = event["azk:ledgerIndex"].as_i64().unwrap();
    let entry = house
        .app
        .store
        .read_blocking(move |conn| azukari::store::ledger::entries(conn, index.unsigned_abs(), 1))
        .unwrap();
    let entry: Value = serde_json::from_slice(&entry[0].1).unwrap();
    assert_eq!(entry["commitment"], BASE64.encode(&shown));
}

#[tokio::test]
async fn a_record_says_the_policy_that_was_agreed_to_and_not_the_one_in_force() {
    let house = House::open();
    let hanako = house.guest("Hanako").answers("marketing", "given").signs_up().await;
    let id = hanako.id.clone();
    let mut files = policy_files();
    for (file, from, to) in [
        ("controller.toml", "version = \"2026-10-01\"", "version = \"2026-11-01\""),
        ("consents.toml", "send me offers by e-mail or notification", "send me more offers"),
    ] {
        let text = files.get_mut(file).unwrap();
        assert!(text.contains(from), "{from}");
        *text = text.replace(from, to);
    }
    // Somebody has judged that the words mean the same, so that nobody is asked again.
    let plan = "version = \"2026-11-01\"\n[answers.\"consents.marketing.wording\"]\n\
                same_sense = \"offers travel by e-mail and notification as before\"\n";
    files.insert("release.toml".to_owned(), plan.to_owned());
    let house = house.reopened(Some(files)).await;
    let path = format!("/v1/subjects/{id}/consents/marketing/record");
    let record = house.get(&path).go().await.expect(200);
    assert_eq!(record["dpv:hasNotice"][0]["dct:identifier"], "2026-10-01");
    assert!(record["dpv:hasNotice"][0].to_string().contains("届くこと"), "{record}");
    assert!(!record.to_string().contains("more offers"));
}

#[tokio::test]
async fn nobody_reads_a_record_without_the_scope_or_of_nobody() {
    let house = House::open();
    let hanako = house.guest("Hanako").signs_up().await;
    let stranger = house.service_key("stranger", &["provisions:read"]);
    for what in ["record", "receipt"] {
        let path = hanako.path(&format!("consents/store_disclosure/{what}"));
        house.get(&path).by(&stranger).go().await.problem(403, "scope");
        house.get(&path).by_nobody().go().await.problem(401, "unauthenticated");
        for nothing in [
            hanako.path(&format!("consents/marketing/{what}")),
            hanako.path(&format!("consents/no_such/{what}")),
            format!("/v1/subjects/sub_00000000000000000000000000/consents/marketing/{what}"),
        ] {
            house.get(&nothing).go().await.problem(404, "not-found");
        }
    }
}

#[tokio::test]
async fn anybody_reads_the_published_policy_in_the_words_of_others() {
    let house = House::open();
    let read = house.get("/policy.jsonld").by_nobody().go().await;
    assert_eq!(read.header("content-type"), Some("application/ld+json"));
    let policy = read.expect(200);
    assert_eq!(policy["@graph"][0]["@type"], "dpv:PrivacyNotice");
    assert_eq!(policy["@graph"][0]["dct:hasVersion"], json!("2026-10-01"));
}
