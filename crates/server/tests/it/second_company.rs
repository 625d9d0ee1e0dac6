//! A second company runs on other policy files and no Rust: other items, purposes, recipients and
//! consents, the same doors (S1, S6, S10, S12, L4).

use std::path::Path;

use serde_json::json;

use crate::house::{Ground, House, morning};

#[tokio::test]
async fn a_clinic_passes_a_prescription_to_the_pharmacy_that_its_patient_chose() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/clinic");
    assert_eq!(policy::read_dir(&folder).unwrap().warnings, vec![]);
    let files = policy::read::files(&folder).unwrap();
    let house = House::open_on(Ground::new(), morning(), Some(files), 0);

    // The restaurant's words mean nothing here.
    let foreign =
        json!({ "regime": "jp", "items": { "full_name": "見本 患者", "allergy": "そば" } });
    let wrong = house.post("/v1/subjects", &foreign).go().await.invalid();
    assert_eq!(wrong, [("items.allergy".to_owned(), "unknown".to_owned())]);

    let agreed = |consent: &str| json!({ "consent": consent, "state": "given", "notice": "2026-11-01", "language": "ja" });
    let patient = json!({
        "regime": "jp",
        "items": {
            "full_name": "見本 患者", "medicine": "見本錠 5mg 朝1錠",
            "contact_mail": "kanja@patient.example",
        },
        "secrets": { "password": "aikotoba-no-mihon" },
        "consents": [agreed("pharmacy_sight"), agreed("health_record")],
    });
    let taken = house.post("/v1/subjects", &patient).go().await.expect(201);
    let subject = taken["subject"].as_str().unwrap().to_owned();
    // She signs in, whatever the policy calls her address and her pass phrase.
    let tries = |phrase: &str| {
        let body = json!({ "email": "kanja@patient.example", "password": phrase });
        house.post("/v1/sign-ins", &body)
    };
    assert_eq!(tries("aikotoba-no-mihon").go().await.expect(200)["subject"], subject.as_str());
    tries("another phrase").go().await.problem(403, "sign-in-failed");
    for name in ["minami", "kita"] {
        let pharmacy = json!({
            "category": "pharmacy", "name": format!("見本薬局 {name}"), "address": "見本市2-2",
            "representative": "見本 代表",
        });
        house.put(&format!("/v1/recipients/{name}"), &pharmacy).go().await.expect(200);
    }
    let starts = house.now();
    let ends = starts + jiff::SignedDuration::from_hours(2);
    let chosen = json!({ "starts_at": starts.to_string(), "ends_at": ends.to_string() });
    let path = format!("/v1/subjects/{subject}/engagements/minami/rx-1");
    house.put(&path, &chosen).go().await.expect(200);

    let ask = |pharmacy: &str, items: serde_json::Value| {
        house.post(
            "/v1/disclosures",
            &json!({ "subject": subject, "recipient": pharmacy, "purpose": "dispensing", "items": items }),
        )
    };
    let given = ask("minami", json!(["full_name", "medicine"])).go().await.expect(201);
    assert_eq!(given["items"]["medicine"], "見本錠 5mg 朝1錠");
    assert_eq!(given["record_duty"], "statutory");
    assert_eq!(ask("kita", json!(["medicine"])).go().await.refused(), ["no_engagement"]);
    assert_eq!(ask("minami", json!(["pass_phrase"])).go().await.refused(), ["never_leaves"]);
    house.adds_up();

    // Its notice is its own, in both languages.
    let page = house.get("/policy?lang=en").go().await.text();
    assert!(page.contains("[Sample] Clinic Network") && page.contains("Medicine taken"), "{page}");
    let page = house.get("/policy?lang=ja").go().await.text();
    assert!(page.contains("服用中の薬") && page.contains("選んだ薬局"), "{page}");
}
