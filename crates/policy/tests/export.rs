//! The exports, held against the vocabularies they speak.

use std::collections::BTreeSet;
use std::path::Path;

use policy::consent::ConsentState;
use policy::export::consent_record::{Event, History, receipt, record};
use policy::export::{dpv, fides, ropa};
use policy::vocabulary::dpv_has;
use policy::{Document, Language, SubjectId};
use serde_json::Value;

fn read(folder: &str) -> Document {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(folder);
    policy::read_dir(&dir).unwrap().document
}

fn reference() -> Document {
    read("apps/reservation/policy")
}

/// Every policy of the repository.
fn policies() -> Vec<Document> {
    ["apps/reservation/policy", "crates/server/tests/it/clinic", "crates/server/tests/it/hotel"]
        .map(read)
        .into()
}

fn history(document: &Document, consent: &str, regime: &str) -> History {
    let event = |at: &str, state, index| Event {
        at: at.parse().unwrap(),
        state,
        notice: document.version,
        language: "ja".to_owned(),
        record: format!("rec_{index}"),
        index,
        opening: ([7; 16], b"{}".to_vec()),
    };
    History {
        subject: SubjectId([7; 16]),
        regime: regime.parse().unwrap(),
        consent: consent.parse().unwrap(),
        events: vec![
            event("2026-11-22T00:00:00Z", ConsentState::Given, 3),
            event("2026-11-23T00:00:00Z", ConsentState::Withdrawn, 9),
        ],
    }
}

/// What an export says that stands neither in DPV 2.3 nor among the terms it describes itself.
fn unknown(export: &Value) -> Vec<String> {
    let own: BTreeSet<String> = dpv::own_names().into_iter().collect();
    let speaks_dpv = |term: &str| {
        ["dpv:", "pd:", "loc:", "eu-gdpr:", "legal-"].iter().any(|prefix| term.starts_with(prefix))
    };
    let is_a_kind = |term: &str| {
        term.strip_prefix("azk:").is_some_and(|name| name.starts_with(char::is_uppercase))
    };
    dpv::terms_in(export)
        .into_iter()
        .filter(|term| speaks_dpv(term) && !dpv_has(term) || is_a_kind(term) && !own.contains(term))
        .collect()
}

#[test]
fn every_term_of_an_export_is_in_dpv_or_described_beside_it() {
    for document in policies() {
        let export = dpv::policy(&document);
        assert_eq!(unknown(&export), Vec::<String>::new());
        let terms = dpv::terms_in(&export);
        assert!(terms.len() > 50 && terms.contains("dpv:hasPurpose"), "{terms:?}");
        for regime in document.regimes.keys() {
            for consent in document.consents.keys() {
                let history = history(&document, consent.as_str(), regime.as_str());
                let record = record(&document, &history).unwrap();
                assert_eq!(unknown(&record), Vec::<String>::new());
            }
        }
    }
}

#[test]
fn a_slip_of_the_pen_is_found() {
    let export = serde_json::json!({ "dpv:hasPurpos": { "@type": "dpv:Purpose" } });
    assert_eq!(unknown(&export), ["dpv:hasPurpos"]);
    let export = serde_json::json!({ "skos:broader": "pd:Emailaddress" });
    assert_eq!(unknown(&export), ["pd:Emailaddress"]);
}

#[test]
fn every_link_leads_to_something_in_the_same_export() {
    for document in policies() {
        let export = dpv::policy(&document);
        let id = export["@graph"][0]["@id"].as_str().unwrap().to_owned();
        let nodes: BTreeSet<&str> =
            export["@graph"].as_array().unwrap().iter().filter_map(|n| n["@id"].as_str()).collect();
        let text = export["@graph"].to_string();
        let inner: Vec<&str> =
            text.split('"').filter(|part| part.starts_with(&format!("{id}#"))).collect();
        assert!(inner.len() > 20);
        for link in inner {
            assert!(nodes.contains(link), "{link}");
        }
    }
}

#[test]
fn nothing_is_fetched_to_read_an_export() {
    let export = dpv::policy(&reference());
    assert!(export["@context"].is_object(), "a context by address would be fetched");
    for part in export["@context"].as_object().unwrap().values() {
        assert!(!part.is_string() || part == "1.1", "{part}");
    }
}

#[test]
fn a_consent_record_has_what_the_specification_asks_for() {
    let document = reference();
    let history = history(&document, "dietary_care", "eu");
    let record = record(&document, &history).unwrap();
    for field in [
        "dct:conformsTo",
        "dct:identifier",
        "dpv:hasDataSubject",
        "dpv:hasNotice",
        "dct:language",
        "dpv:hasProcess",
        "dpv:hasDataController",
        "dpv:hasJurisdiction",
        "dpv:hasConsentControl",
        "dpv:hasRight",
        "dpv:hasEntity",
        "dpv:hasConsentStatus",
    ] {
        assert!(!record[field].is_null(), "{field}");
    }
    for field in [
        "dpv:hasPurpose",
        "dpv:hasPersonalData",
        "dpv:hasRecipient",
        "dpv:hasStorageCondition",
        "dpv:hasDataController",
    ] {
        for process in record["dpv:hasProcess"].as_array().unwrap() {
            assert!(!process[field].is_null(), "{field}");
        }
    }
    let states = record["dpv:hasConsentStatus"].as_array().unwrap();
    assert_eq!(states[0]["@type"][0], "dpv:ConsentGiven");
    assert_eq!(states[1]["@type"][0], "dpv:ConsentWithdrawn");
    assert_eq!(record["dpv:hasLegalBasis"][0]["@type"][1], "eu-gdpr:A9-2-a");
    // The kitchen gets it, and stands among the parties.
    assert!(record["dpv:hasEntity"].to_string().contains("#recipient-store"));
    // The record's number stays; each receipt has its own.
    let id = record["dct:identifier"].as_str().unwrap();
    assert_eq!(id, history.id());
    assert_eq!(&id[14..15], "4");
    let now = "2026-12-01T00:00:00Z".parse().unwrap();
    let receipt = receipt(&document, &history, [9; 16], now).unwrap();
    assert_eq!(receipt["dpv:hasRecordOfActivity"]["dct:identifier"], id);
    assert_ne!(receipt["dct:identifier"], id);
    assert_eq!(receipt["azk:ledger"][1]["azk:proof"], "/v1/ledger/proofs/9");
}

#[test]
fn a_consent_that_the_policy_does_not_have_has_no_record() {
    let document = reference();
    assert_eq!(record(&document, &history(&document, "newsletter", "jp")), None);
}

#[test]
fn a_manifest_names_every_recipient_and_forbids_what_nothing_allows() {
    let document = reference();
    let text = fides::manifest(&document).yaml().unwrap();
    for name in document.recipients.keys() {
        assert!(text.contains(&format!("fides_key: {name}")), "{name}\n{text}");
    }
    let rules = text.split("user.health_and_medical is not for these uses").nth(1).unwrap();
    let rule = rules.split("- name").next().unwrap();
    assert!(rule.contains("marketing.communications") && !rule.contains("functional.service"));
}

#[test]
fn what_another_law_keeps_longer_is_told_wherever_periods_are() {
    let document = reference();
    let law = "Corporation Tax Act";
    let dpv = dpv::policy(&document).to_string();
    assert!(dpv.contains(law) && dpv.contains("P2984D"), "{dpv}");
    assert!(fides::manifest(&document).yaml().unwrap().contains(law));
    assert!(ropa::ropa(&document, Language::En).markdown().contains(law));
}

#[test]
fn a_record_of_processing_reads_in_both_languages() {
    let document = reference();
    let ja = ropa::ropa(&document, Language::Ja);
    let en = ropa::ropa(&document, Language::En);
    insta::assert_snapshot!("ropa.ja.md", ja.markdown());
    insta::assert_snapshot!("ropa.en.md", en.markdown());
    let table = en.csv().unwrap();
    let lines = csv_rows(&table);
    // A line for every purpose under every regime, and the head.
    let purposes: usize = document.purposes.values().map(|p| p.basis.len()).sum();
    assert_eq!(lines.len(), purposes + 1);
    assert!(lines.iter().all(|line| line.len() == lines[0].len()));
    let data: Value = serde_json::from_str(&ja.json().unwrap()).unwrap();
    assert_eq!(data["regimes"].as_array().unwrap().len(), document.regimes.len());
}

fn csv_rows(text: &str) -> Vec<Vec<String>> {
    let mut table = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    table.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}
