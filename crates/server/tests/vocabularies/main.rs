//! Programs that others wrote read what we say: PyLD, rdflib, pySHACL and fideslang the exports,
//! jpholiday and holidays the calendar, standardwebhooks the webhooks; PyNaCl signs what agents
//! send. They are pinned in `requirements.txt`, in a Python
//! environment that `./check` sets up in the target folder. Without it these tests fail and say so.

#![expect(clippy::unwrap_used, reason = "what a test cannot do has failed it")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::mpsc;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use azukari::clock::{Clock, SystemClock};
use azukari::connectors::webhook::{Answer, Sending, Webhooks};
use azukari::webhook::{self, Secret};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use policy::consent::ConsentState;
use policy::export::consent_record::{Event, History, receipt, record};
use policy::{Document, SubjectId};
use serde_json::{Value, json};
use tempfile::TempDir;

const HERE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vocabularies");

/// The policies of the repository, by folder.
fn policies() -> [PathBuf; 3] {
    ["../../apps/reservation/policy", "tests/it/clinic", "tests/it/hotel"]
        .map(|folder| Path::new(env!("CARGO_MANIFEST_DIR")).join(folder))
}

/// Asks the readers; their words when they take it, and when they do not.
fn read(how: &[&str], files: &[&Path]) -> Result<String, String> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let python = target.join("vocabularies/bin/python");
    assert!(
        python.exists(),
        "there is no `{}`; run ./check, or `python3 -m venv {}` and its \
         `bin/pip install --require-hashes -r {HERE}/requirements.txt`",
        python.display(),
        target.join("vocabularies").display(),
    );
    let said: Output = Command::new(python)
        .arg("-B")
        .arg(Path::new(HERE).join("check.py"))
        .args(how)
        .args(files)
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    match said.status.code() {
        Some(0) => Ok(text(&said.stdout)),
        Some(2) => Err(text(&said.stderr)),
        other => unreachable!("{other:?}: {}{}", text(&said.stdout), text(&said.stderr)),
    }
}

fn shapes() -> String {
    format!("{HERE}/shapes.ttl")
}

/// What the real binary exports.
fn export(folder: &Path, vocabulary: &str, to: &Path) {
    let done = Command::new(env!("CARGO_BIN_EXE_azukari"))
        .args(["policy", "export"])
        .arg(folder)
        .args(["--as", vocabulary, "--out"])
        .arg(to)
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

fn write(folder: &TempDir, name: &str, value: &Value) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, value.to_string()).unwrap();
    path
}

/// A consent that was given, withdrawn and given again.
fn history(document: &Document, consent: &str, regime: &str) -> History {
    let states = [ConsentState::Given, ConsentState::Withdrawn, ConsentState::Given];
    let events = states.into_iter().zip(1u64..).map(|(state, n)| Event {
        at: format!("2026-11-2{n}T00:00:00Z").parse().unwrap(),
        state,
        notice: document.version,
        language: if n == 1 { "ja" } else { "en" }.to_owned(),
        record: format!("rec_{n}"),
        index: n,
        opening: ([7; 16], b"{}".to_vec()),
    });
    History {
        subject: SubjectId([7; 16]),
        regime: regime.parse().unwrap(),
        consent: consent.parse().unwrap(),
        events: events.collect(),
    }
}

#[test]
fn every_policy_in_dpv_is_read_by_pyld_and_rdflib() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    for (n, policy) in policies().iter().enumerate() {
        let to = folder.path().join(format!("{n}.jsonld"));
        export(policy, "dpv", &to);
        files.push(to);
    }
    let files: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
    let said = read(&["jsonld"], &files).unwrap();
    assert_eq!(said.lines().count(), 3, "{said}");
}

#[test]
fn every_manifest_is_parsed_by_fideslang_and_keeps_its_own_rules() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    for (n, policy) in policies().iter().enumerate() {
        let to = folder.path().join(format!("{n}.yml"));
        export(policy, "fides", &to);
        files.push(to);
    }
    let files: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
    let said = read(&["fides"], &files).unwrap();
    assert_eq!(said.lines().count(), 3, "{said}");
}

#[test]
fn every_consent_under_every_regime_has_a_record_and_a_receipt_that_conform() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    for policy in policies() {
        let document = policy::read_dir(&policy).unwrap().document;
        for regime in document.regimes.keys() {
            for consent in document.consents.keys() {
                let history = history(&document, consent.as_str(), regime.as_str());
                let kept = record(&document, &history).unwrap();
                files.push(write(&folder, &format!("{}-record.jsonld", files.len()), &kept));
                let now = "2026-12-01T00:00:00Z".parse().unwrap();
                let given = receipt(&document, &history, [9; 16], now).unwrap();
                files.push(write(&folder, &format!("{}-receipt.jsonld", files.len()), &given));
            }
        }
    }
    assert!(files.len() > 40, "{}", files.len());
    let files: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
    read(&["jsonld"], &files).unwrap();
    read(&["shacl", &shapes()], &files).unwrap();
}

/// Files of which each must be found wrong; what is told of each.
fn refused(how: &[&str], files: &[PathBuf]) -> Vec<String> {
    let paths: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
    let told = read(how, &paths).unwrap_err();
    let starts: Vec<Option<usize>> =
        files.iter().map(|file| told.find(&format!("{}: ", file.display()))).collect();
    let of = |(file, start): (&PathBuf, &Option<usize>)| {
        let start = start.unwrap_or_else(|| unreachable!("{} was taken", file.display()));
        let end = starts.iter().flatten().filter(|other| **other > start).min();
        told[start..end.copied().unwrap_or(told.len())].to_owned()
    };
    files.iter().zip(&starts).map(of).collect()
}

#[test]
fn a_record_that_lacks_anything_required_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let document = policy::read_dir(&policies()[0]).unwrap().document;
    let whole = record(&document, &history(&document, "marketing", "jp")).unwrap();
    let mut files = Vec::new();
    for field in [
        "dct:conformsTo",
        "dct:identifier",
        "dpv:hasIdentifier",
        "dpv:hasDataSubject",
        "dpv:hasNotice",
        "dct:language",
        "dpv:hasProcess",
        "dpv:hasDataController",
        "dpv:hasJurisdiction",
        "dpv:hasLegalBasis",
        "dpv:hasConsentControl",
        "dpv:hasRight",
        "dpv:hasEntity",
        "dpv:hasConsentStatus",
    ] {
        let mut less = whole.clone();
        assert!(less.as_object_mut().unwrap().remove(field).is_some(), "{field}");
        files.push(write(&folder, &format!("{}.jsonld", files.len()), &less));
    }
    for field in
        ["dpv:hasPurpose", "dpv:hasPersonalData", "dpv:hasRecipient", "dpv:hasStorageCondition"]
    {
        let mut less = whole.clone();
        let process = less["dpv:hasProcess"][0].as_object_mut().unwrap();
        assert!(process.remove(field).is_some(), "{field}");
        files.push(write(&folder, &format!("{}.jsonld", files.len()), &less));
    }
    for told in refused(&["shacl", &shapes()], &files) {
        assert!(told.contains("Violation"), "{told}");
    }
}

#[test]
fn words_without_an_address_and_contexts_elsewhere_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let document = policy::read_dir(&policies()[0]).unwrap().document;
    let whole = record(&document, &history(&document, "marketing", "jp")).unwrap();
    // A word without an address would be dropped in silence.
    let mut more = whole.clone();
    more["favourite"] = json!("none");
    // A context elsewhere would have to be fetched.
    let mut away = whole;
    away["@context"] = json!("https://w3id.org/dpv/context.jsonld");
    let files = [write(&folder, "more.jsonld", &more), write(&folder, "away.jsonld", &away)];
    let told = refused(&["jsonld"], &files);
    assert!(told[0].contains("favourite"), "{told:?}");
    assert!(told[1].contains("asks for https://w3id.org/dpv/context.jsonld"), "{told:?}");
}

#[test]
fn a_manifest_that_fideslang_does_not_know_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = folder.path().join("manifest.yml");
    export(&policies()[0], "fides", &manifest);
    let text = std::fs::read_to_string(&manifest).unwrap();
    let wrong = [
        ("marketing.communications", "marketing.letters", "no such use"),
        ("user.contact.email", "user.contact.pigeon", "no such category"),
        ("system_type", "kind_of_system", "system_type"),
    ];
    let files: Vec<PathBuf> = wrong
        .iter()
        .enumerate()
        .map(|(n, (from, to, _))| {
            let changed = text.replace(from, to);
            assert_ne!(changed, text);
            let path = folder.path().join(format!("{n}.yml"));
            std::fs::write(&path, changed).unwrap();
            path
        })
        .collect();
    for (told, (_, _, words)) in refused(&["fides"], &files).iter().zip(wrong) {
        assert!(told.contains(words), "{told}");
    }
}

/// Every holiday of the calendar, by day.
fn holidays() -> serde_json::Map<String, Value> {
    let days = jiff::civil::date(2000, 1, 1).series(jiff::Span::new().days(1));
    days.take_while(|day| day.year() < 2100)
        .filter_map(|day| Some((day.to_string(), json!(policy::calendar::holiday(day)?.ja))))
        .collect()
}

#[test]
fn a_century_of_holidays_is_what_jpholiday_and_holidays_say() {
    let folder = tempfile::tempdir().unwrap();
    let file = write(&folder, "holidays.json", &holidays().into());
    let said = read(&["holidays"], &[&file]).unwrap();
    assert!(said.ends_with(": 1773 holidays in 100 years\n"), "{said}");
}

#[test]
fn a_holiday_too_few_too_many_or_under_another_name_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let mut less = holidays();
    assert!(less.remove("2026-09-22").is_some());
    let mut more = holidays();
    assert!(more.insert("2021-07-19".to_owned(), json!("海の日")).is_none());
    let mut other = holidays();
    assert!(other.insert("2099-09-23".to_owned(), json!("春分の日")).is_some());
    let files = [("less", less), ("more", more), ("other", other)]
        .map(|(name, days)| write(&folder, &format!("{name}.json"), &days.into()));
    let told = refused(&["holidays"], &files);
    for (told, day) in told.iter().zip(["2026-09-22", "2021-07-19", "2099-09-23"]) {
        assert!(told.contains("says otherwise") && told.contains(day), "{told}");
    }
}

/// What arrives when an event is sent over HTTP, signed by these secrets: headers and body.
async fn sent(
    event: webhook::Event,
    id: &str,
    secrets: &[&Secret],
) -> (serde_json::Map<String, Value>, Bytes) {
    let (tell, heard) = mpsc::channel();
    let receiver = Router::new().fallback(move |headers: HeaderMap, body: Bytes| async move {
        tell.send((headers, body)).unwrap();
        StatusCode::NO_CONTENT
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move { axum::serve(listener, receiver).await.unwrap() });
    let now = SystemClock.now();
    let sending = Sending { url: &url, inside: true, id, now, body: event.payload(now).unwrap() };
    let secrets = secrets.iter().map(|secret| secret.bytes());
    let answer = Webhooks::new().unwrap().send(sending, secrets).await;
    assert_eq!(answer, Ok(Answer::Taken));
    serving.abort();
    let (headers, body) = heard.recv().unwrap();
    let text = |value: &axum::http::HeaderValue| json!(value.to_str().unwrap());
    (headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(), body)
}

#[tokio::test]
async fn webhooks_are_read_by_standardwebhooks_and_not_once_they_were_touched() {
    let folder = tempfile::tempdir().unwrap();
    let place = azukari::record::Place { index: 7, id: [9; 16] };
    let (subject, version) = (SubjectId([7; 16]), "2026-10-01".parse().unwrap());
    let events = [
        webhook::Event::ConsentChanged { subject, at: place.into() },
        webhook::Event::Erased { subject, at: place.into() },
        webhook::Event::PolicyTookEffect { version, at: place.into() },
    ];
    let [old, new, stranger] = [(); 3].map(|()| Secret::new().unwrap());
    let as_file = |name: &str, secret: &Secret, headers: &serde_json::Map<_, _>, body: &[u8]| {
        let secret = secret.reveal().to_string();
        let file = json!({ "secret": secret, "headers": headers, "body": STANDARD.encode(body) });
        write(&folder, name, &file)
    };
    let mut files = Vec::new();
    for (n, event) in events.into_iter().enumerate() {
        let (headers, body) = sent(event, &format!("out_{n}"), &[&new, &old]).await;
        // While a secret is replaced, whoever knows either of them can read.
        files.push(as_file(&format!("{n}-new.json"), &new, &headers, &body));
        files.push(as_file(&format!("{n}-old.json"), &old, &headers, &body));
    }
    let paths: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
    assert_eq!(read(&["webhook"], &paths).unwrap().lines().count(), 6);

    let (headers, body) = sent(events[0], "out_0", &[&new]).await;
    let with = |name: &str, value: &str| {
        let mut other = headers.clone();
        other.insert(name.to_owned(), json!(value)).unwrap();
        other
    };
    let before = (SystemClock.now().as_second() - 600).to_string();
    let told = String::from_utf8(body.to_vec()).unwrap().replace("sub_", "sub-");
    let broken = [
        as_file("secret.json", &stranger, &headers, &body),
        as_file("body.json", &new, &headers, told.as_bytes()),
        as_file("id.json", &new, &with("webhook-id", "out_1"), &body),
        as_file("moment.json", &new, &with("webhook-timestamp", &before), &body),
        as_file("signature.json", &new, &with("webhook-signature", "v1,AAAA"), &body),
    ];
    assert_eq!(refused(&["webhook"], &broken).len(), broken.len());
}

#[test]
fn what_agents_send_in_the_stories_was_signed_by_pynacl() {
    let folder = tempfile::tempdir().unwrap();
    let vectors = include_str!("../it/drp/vectors.json");
    let vectors: Value = serde_json::from_str(vectors).unwrap();
    let file = write(&folder, "vectors.json", &vectors);
    let said = read(&["drp"], &[&file]).unwrap();
    assert!(said.ends_with(": 48 messages\n"), "{said}");
    // A body that was made by other hands is found.
    let mut other = vectors;
    other["vectors"][0]["body"] = other["vectors"][1]["body"].clone();
    let file = write(&folder, "other.json", &other);
    assert!(refused(&["drp"], &[file])[0].contains("PyNaCl makes another body"));
}
