//! The answer that a person receives (S24, R8.2; Act 33(1), (5); GDPR 15, 20): everything that was asked
//! for and nothing else, in her language, provable without us; opened for nobody before the decision.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::path::Path;
use std::process::{Command, Stdio};

use azukari::acts::request::carry_out::carry_out;
use azukari::answer::{self, Package, Passphrase};
use azukari::error::Error;
use policy::record::Act;
use serde_json::{Value, json};
use vault::Plain;

use crate::house::{Guest, House};
use crate::requests::id;

/// What no answer may hold.
const WITHHELD: &str = "見えてはならない苦手なもの0417";

/// A ZIP, taken apart.
struct Files(BTreeMap<String, Vec<u8>>);

impl Files {
    fn of(bytes: &[u8]) -> Self {
        let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut files = BTreeMap::new();
        for at in 0..zip.len() {
            let mut file = zip.by_index(at).unwrap();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            assert!(
                files.insert(file.name().unwrap().into_owned(), bytes).is_none(),
                "each name once"
            );
        }
        Self(files)
    }

    fn names(&self) -> Vec<&str> {
        self.0.keys().map(String::as_str).collect()
    }

    fn text(&self, name: &str) -> String {
        let bytes = self.0.get(name).unwrap_or_else(|| panic!("{name}: {:?}", self.names()));
        String::from_utf8(bytes.clone()).unwrap()
    }

    fn data(&self) -> Value {
        serde_json::from_str(&self.text("data.json")).unwrap()
    }

    /// The files on a disk, as she unpacks them.
    fn unpacked(&self) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in &self.0 {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
        folder
    }

    /// The words of the PDF.
    fn pdf(&self) -> String {
        let name = self
            .names()
            .into_iter()
            .find(|name| std::path::Path::new(name).extension().is_some_and(|e| e == "pdf"))
            .unwrap()
            .to_owned();
        let folder = self.unpacked();
        let out = Command::new("pdftotext")
            .args(["-enc", "UTF-8", "-raw"])
            .arg(folder.path().join(name))
            .arg("-")
            .output()
            .unwrap();
        assert!(out.status.success(), "{out:?}");
        String::from_utf8(out.stdout).unwrap()
    }

    /// Where a value stands, in whatever file; the PDF by its words.
    fn places_of(&self, value: &str) -> Vec<String> {
        let holds = |bytes: &[u8]| bytes.windows(value.len()).any(|at| at == value.as_bytes());
        let mut places: Vec<String> =
            self.0.iter().filter(|(_, bytes)| holds(bytes)).map(|(name, _)| name.clone()).collect();
        let words: String = self.pdf().split_whitespace().collect();
        if words.contains(&value.split_whitespace().collect::<String>()) {
            places.push("the PDF's words".to_owned());
        }
        places
    }

    /// Every CSV opens as a table whose rows are as long as its head.
    fn tables(&self) -> BTreeMap<String, Vec<Vec<String>>> {
        let mut tables = BTreeMap::new();
        for (name, bytes) in self.0.iter().filter(|(name, _)| name.starts_with("csv/")) {
            let rest = bytes.strip_prefix(b"\xef\xbb\xbf").expect("Excel knows it for UTF-8");
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(rest);
            let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect());
            let _ = tables.insert(name.clone(), rows.collect());
        }
        tables
    }
}

/// Holds the data against the schema that lies beside it.
fn fits_its_schema(files: &Files, data: &str) {
    let schema: Value = serde_json::from_str(&files.text("schema.json")).unwrap();
    let data: Value = serde_json::from_str(&files.text(data)).unwrap();
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    let wrong: Vec<String> =
        validator.iter_errors(&data).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

impl House {
    /// A guest who asks for something and gives her code.
    async fn asked_for(&self, changes: &Value) -> String {
        let request = id(&self.asks(changes).await.expect(201));
        self.gives(&request, &self.code(&request)).await.expect(200);
        request
    }

    /// The same, decided.
    async fn has_decided(&self, changes: &Value, decision: &Value) -> String {
        let request = self.asked_for(changes).await;
        let _ = self.steps(&request, json!({ "step": "waive_fee" })).await;
        let mut step = json!({ "step": "decide", "outcome": "granted" });
        crate::house::lay_over(&mut step, decision);
        self.steps(&request, step).await.expect(200);
        request
    }

    async fn package(&self, request: &str) -> Result<Package, Error> {
        answer::package(&self.app, request.parse().unwrap(), None).await
    }

    async fn files(&self, request: &str) -> Files {
        Files::of(&self.package(request).await.unwrap().bytes)
    }

    /// A guest with a history: values, a booking, a provision, a refusal, a use, a stop.
    async fn hanako(&self) -> Guest<'_> {
        let aoi = self.store("aoi").await;
        let hanako = self
            .guest("Hanako")
            .with("name", "見本 花子")
            .with("phone", "090-1234-5678")
            .with("disliked_food", WITHHELD)
            .password("seventeen green parakeets")
            .card("tok_never_told")
            .allergic_to("えび、かに")
            .signs_up()
            .await;
        hanako.books(&aoi, "R-1").await;
        aoi.asks_for(&hanako, &["name", "phone"]).under("R-1").receives().await;
        aoi.asks_for(&hanako, &["email"]).for_purpose("marketing").is_refused().await;
        hanako.is_used("support", &["email"]).go().await.expect(200);
        hanako
    }
}

/// What an answer in one language has to say.
struct Wanted {
    language: &'static str,
    pdf: &'static str,
    readme: &'static str,
    title: &'static str,
    withheld: &'static str,
    item: &'static str,
    ends: &'static str,
}

const WANTED: [Wanted; 2] = [
    Wanted {
        language: "ja",
        pdf: "お預かりしている情報.pdf",
        readme: "proofs/検証.txt",
        title: "お預かりしている情報",
        withheld: "開示しない項目：",
        item: "お名前",
        ends: "日時は日本時間です。",
    },
    Wanted {
        language: "en",
        pdf: "your-information.pdf",
        readme: "proofs/README.txt",
        title: "The information we hold about you",
        withheld: "withheld: ",
        item: "Name",
        ends: "Times are those of Japan.",
    },
];

#[tokio::test]
async fn a_disclosure_tells_everything_in_her_language_and_what_is_withheld_is_nowhere() {
    let house = House::open();
    let hanako = house.hanako().await;
    // A stop of everything does not keep her out of her own information.
    hanako.stops(None).await;
    for wanted in &WANTED {
        let asked = json!({ "language": wanted.language });
        let partly = json!({
            "outcome": "partly", "reason": "an inner reason 0417",
            "refused": [{ "item": "disliked_food", "ground": "harm_to_rights" }],
        });
        let request = house.has_decided(&asked, &partly).await;
        let package = house.package(&request).await.unwrap();
        let number = request.parse::<policy::request::RequestId>().unwrap().number();
        assert!(package.file_name.ends_with(&format!("{number}.zip")), "{}", package.file_name);
        assert_eq!(package.media_type, "application/zip");
        let files = Files::of(&package.bytes);
        assert_eq!(
            files.names().into_iter().filter(|name| !name.starts_with("csv/")).collect::<Vec<_>>(),
            {
                let mut names = vec![
                    "data.json",
                    "index.html",
                    "proofs/checkpoint",
                    "proofs/key",
                    "proofs/records.jsonl",
                    "proofs/verify.sh",
                    "schema.json",
                    wanted.pdf,
                    wanted.readme,
                ];
                names.sort_unstable();
                names
            }
        );
        fits_its_schema(&files, "data.json");

        let data = files.data();
        let item = |name: &str| {
            let items = data["items"].as_array().unwrap();
            items.iter().find(|told| told["item"]["name"] == name).cloned()
        };
        assert_eq!(item("name").unwrap()["value"], "見本 花子");
        assert_eq!(item("phone").unwrap()["value"], "+819012345678");
        assert_eq!(item("allergy").unwrap()["special_care"], true);
        assert_eq!(item("disliked_food"), None);
        assert_eq!(data["withheld"][0]["item"]["name"], "disliked_food");
        // The policy tells no reasons in Japan (G1).
        assert_eq!(data["withheld"][0].get("ground"), None);
        assert_eq!(data["provisions"][0]["recipient"]["label"], "株式会社aoi");
        assert_eq!(data["provisions"][0]["country"], "JP");
        assert_eq!(data["provisions"][0]["basis"], "consent");
        assert_eq!(data["uses"][0]["purpose"]["name"], "support");
        assert_eq!(data["refusals"].as_array().unwrap().len(), 1);
        assert!(!data["refusals"][0]["reasons"][0].as_str().unwrap().is_empty());
        let since = &data["stops"][0]["since"];
        assert_eq!(data["stops"], json!([{ "stopped": "use", "of": null, "since": since }]));
        assert_eq!(data["engagements"][0]["reference"], "R-1");
        let consents = data["consents"].as_array().unwrap();
        let care = consents.iter().find(|told| told["consent"]["name"] == "dietary_care").unwrap();
        assert_eq!((&care["notice"], &care["state"]), (&json!("2026-10-01"), &json!("given")));
        assert!(care["wording"].as_str().unwrap().chars().count() > 20, "the words she was shown");
        assert_eq!(care["history"].as_array().unwrap().len(), 1);
        assert!(
            data["purposes"].as_array().unwrap().iter().all(|told| told["standing"] == "stopped")
        );

        // Nothing of what is withheld, of why, or of what nobody is told.
        for hidden in [
            WITHHELD,
            "an inner reason 0417",
            "tok_never_told",
            "seventeen green parakeets",
            "$argon2",
        ] {
            assert_eq!(files.places_of(hidden), [""; 0], "{hidden}");
        }
        let (page, pdf) = (files.text("index.html"), files.pdf());
        for words in [&page, &pdf] {
            for part in [wanted.title, wanted.withheld, wanted.item, "4242", wanted.ends, &number] {
                assert!(words.contains(part), "{part}: {words}");
            }
        }
        let tables = files.tables();
        assert!(tables["csv/items.csv"].iter().any(|row| row[3] == "'+819012345678"));
        assert_eq!(tables["csv/provisions.csv"].len(), 2);
        for (name, rows) in &tables {
            assert!(rows.iter().all(|row| row.len() == rows[0].len()), "{name}");
        }

        // Each download is an act of its own, on record before anything is opened.
        let records = house.records();
        let Some(Act::Answered { items, records: shown, .. }) = records
            .iter()
            .rev()
            .find_map(|r| matches!(r.act, Act::Answered { .. }).then(|| r.act.clone()))
        else {
            panic!("an answer is an act");
        };
        assert_eq!(items.len(), data["items"].as_array().unwrap().len());
        assert!(items.iter().all(|held| held.item.as_str() != "disliked_food"));
        assert_eq!(shown, files.text("proofs/records.jsonl").lines().count() as u64);
    }
    let answered = house.records();
    let answered = answered.iter().filter(|r| matches!(r.act, Act::Answered { .. })).count();
    assert_eq!(answered, 2);
    house.adds_up();
}

#[tokio::test]
async fn nothing_opens_before_the_decision_or_after_a_refusal() {
    let house = House::open();
    house.hanako().await;
    let before = |house: &House| {
        house.records().iter().filter(|r| matches!(r.act, Act::Answered { .. })).count()
    };
    let closed = |outcome: Result<Package, Error>| match outcome {
        Err(Error::Conflict(words)) => words,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it opened"),
    };
    let unverified = id(&house.asks(&json!({})).await.expect(201));
    closed(house.package(&unverified).await);
    let unpaid = house.asked_for(&json!({})).await;
    closed(house.package(&unpaid).await);
    house.steps(&unpaid, json!({ "step": "waive_fee" })).await.expect(200);
    closed(house.package(&unpaid).await);
    let refusal = json!({
        "outcome": "refused", "reason": "no",
        "refused": [{ "item": null, "ground": "serious_hindrance" }],
    });
    let refused = house.has_decided(&json!({}), &refusal).await;
    closed(house.package(&refused).await);
    let complaint = json!({ "kind": "complaint", "text": "why?" });
    let complaint = id(&house.asks(&complaint).await.expect(201));
    assert!(closed(house.package(&complaint).await).contains("letter"));
    let unknown = "req_00000000000000000000000000".parse().unwrap();
    let unknown = answer::package(&house.app, unknown, None).await;
    assert!(matches!(unknown, Err(Error::NotFound { .. })));
    assert_eq!(before(&house), 0, "what is not opened is not written down as opened");
    house.adds_up();
}

#[tokio::test]
async fn one_persons_answer_has_nothing_of_another_and_every_script() {
    let house = House::open();
    let (hanako, aoi) = (house.hanako().await, house.store("midori").await);
    let name = "김민준 สมชาย محمد 髙﨑 ゔぁ 👩‍👩‍👧";
    let yoko = house.guest("Yoko").with("name", name).with("favourite_food", "=HYPERLINK(1)");
    let yoko = yoko.signs_up().await;
    yoko.books(&aoi, "Y-7").await;
    aoi.asks_for(&yoko, &["name"]).under("Y-7").receives().await;
    let hers = house
        .has_decided(&json!({ "email": "yoko@guest.example", "name": name }), &json!({}))
        .await;
    let files = house.files(&hers).await;
    fits_its_schema(&files, "data.json");
    let data = files.data();
    assert_eq!(data["subject"], yoko.id.as_str());
    let values: Vec<&str> =
        data["items"].as_array().unwrap().iter().filter_map(|i| i["value"].as_str()).collect();
    assert!(values.contains(&name), "{values:?}");
    for hidden in
        ["見本 花子", "hanako@guest.example", "えび、かに", "株式会社aoi", "R-1", &hanako.id]
    {
        assert_eq!(files.places_of(hidden), [""; 0], "{hidden}");
    }
    let rows = &files.tables()["csv/items.csv"];
    assert!(rows.iter().flatten().any(|cell| cell == "'=HYPERLINK(1)"), "{rows:?}");
    assert!(rows.iter().flatten().any(|cell| cell == name), "{rows:?}");
    assert!(files.text("index.html").contains("김민준"));
    assert!(files.pdf().contains("髙﨑"));
}

#[tokio::test]
async fn a_provision_that_is_withheld_from_her_is_left_out_as_if_it_never_was() {
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako = house.guest("Hanako").signs_up().await;
    let kept_back = json!({ "subject": hanako.id, "withheld_from_subject": true });
    let approved = house.manager_approves(&kept_back).await.expect(201);
    let approved = approved["exception"].as_str().unwrap();
    let asking = aoi.asks_for(&hanako, &["name"]);
    asking.clone().by_exception(approved).receives().await;
    aoi.asks_for(&hanako, &["phone"]).by_exception(approved).is_refused().await;
    for kind in ["disclosure", "provision_records"] {
        let request = house.has_decided(&json!({ "kind": kind }), &json!({})).await;
        let files = house.files(&request).await;
        assert_eq!(files.data()["provisions"], json!([]));
        for hidden in [approved, "株式会社aoi"] {
            assert_eq!(files.places_of(hidden), [""; 0], "{hidden}");
        }
        let shown = house.records().into_iter().rev().find_map(|record| match record.act {
            Act::Answered { records, .. } => Some(records),
            _ => None,
        });
        let lines = files
            .0
            .get("proofs/records.jsonl")
            .map_or(0, |bytes| bytes.split(|byte| *byte == b'\n').count() as u64 - 1);
        assert_eq!(shown, Some(lines), "not even their number is told");
    }
}

#[tokio::test]
async fn each_kind_is_told_what_it_asks_for() {
    let house = House::open();
    house.hanako().await;
    let has = |data: &Value, parts: &[&str]| {
        for part in
            ["items", "secrets", "consents", "purposes", "provisions", "uses", "refusals", "abroad"]
        {
            assert_eq!(data.get(part).is_some(), parts.contains(&part), "{part}: {data}");
        }
    };
    let all =
        ["items", "secrets", "consents", "purposes", "provisions", "uses", "refusals"].as_slice();
    for (kind, parts) in [
        ("disclosure", all),
        ("purpose_notice", &["purposes"]),
        ("provision_records", &["provisions"]),
        ("equivalent_measures", &["abroad"]),
    ] {
        let asked = json!({ "kind": kind });
        let request = if kind == "equivalent_measures" {
            let request = id(&house.asks(&asked).await.expect(201));
            house
                .steps(&request, json!({ "step": "decide", "outcome": "granted" }))
                .await
                .expect(200);
            request
        } else {
            house.has_decided(&asked, &json!({})).await
        };
        let files = house.files(&request).await;
        fits_its_schema(&files, "data.json");
        has(&files.data(), parts);
        let values = ["090-1234-5678", "+819012345678", "えび、かに"];
        if kind != "disclosure" {
            for value in values {
                assert_eq!(files.places_of(value), [""; 0], "{kind}: {value}");
            }
        }
    }
    // One item is asked for: the others stay closed.
    let one = house.has_decided(&json!({ "items": ["allergy"] }), &json!({})).await;
    let files = house.files(&one).await;
    let data = files.data();
    assert_eq!(data["items"].as_array().unwrap().len(), 1);
    assert_eq!(files.places_of("+819012345678"), [""; 0]);
    house.adds_up();
}

/// What proves her records is checked from the unpacked ZIP alone: by the binary, and by hand.
#[tokio::test]
async fn every_record_is_proven_from_the_unpacked_file_alone() {
    let house = House::open();
    let hanako = house.hanako().await;
    let aoi = crate::house::Store::named(&house, "aoi");
    for _ in 0..5 {
        aoi.asks_for(&hanako, &["name"]).under("R-1").receives().await;
        house.guest("Yoko").with("email", "").sends().go().await;
    }
    let request = house.has_decided(&json!({ "language": "en" }), &json!({})).await;
    let files = house.files(&request).await;
    let folder = files.unpacked();
    let lines = files.text("proofs/records.jsonl");
    let count = lines.lines().count();
    assert!(count >= 9, "{count}");
    let proofs = folder.path().join("proofs");
    let by_binary = |file: &str| proof(&proofs, file);
    let (sound, words) = by_binary("records.jsonl");
    assert!(sound && words.contains(&format!("all {count} proofs hold")), "{words}");
    for line in 1..=count {
        let out = Command::new("sh")
            .args(["verify.sh", "records.jsonl", &line.to_string()])
            .current_dir(&proofs)
            .output()
            .unwrap();
        let words = String::from_utf8_lossy(&out.stdout).into_owned();
        assert!(out.status.success(), "line {line}: {words} {out:?}");
        assert!(words.contains("the record is in the ledger"), "{words}");
    }
    // One letter of one record changed: both say so, and which.
    let salt = lines.lines().nth(2).unwrap().split("\"salt\":\"").nth(1).unwrap()[..8].to_owned();
    std::fs::write(proofs.join("edited.jsonl"), lines.replace(&salt, "AAAAAAAA")).unwrap();
    let (sound, words) = by_binary("edited.jsonl");
    assert!(!sound && words.contains("line 3: not proven"), "{words}");
    let out = Command::new("sh")
        .args(["verify.sh", "edited.jsonl", "3"])
        .current_dir(&proofs)
        .output()
        .unwrap();
    assert!(!out.status.success(), "{out:?}");
    assert!(
        files.text("proofs/README.txt").contains("azukari ledger proof records.jsonl --key key")
    );
}

/// Runs the real binary as the file beside the proofs says.
fn proof(folder: &Path, file: &str) -> (bool, String) {
    let out = Command::new(env!("CARGO_BIN_EXE_azukari"))
        .args(["ledger", "proof", file, "--key", "key", "--lang", "en"])
        .current_dir(folder)
        .output()
        .unwrap();
    (out.status.success(), String::from_utf8_lossy(&out.stdout).into_owned())
}

/// The reference implementation opens what a passphrase sealed, and with another passphrase does not.
#[tokio::test]
async fn an_answer_is_sealed_with_her_passphrase() {
    let house = House::open();
    house.hanako().await;
    let request = house.has_decided(&json!({}), &json!({})).await;
    let passphrase = |text: &str| Passphrase::new(Plain::new(text.to_owned()));
    for (wrong, code) in [("short", "too_short"), (&"x".repeat(257), "too_long")] {
        match passphrase(wrong) {
            Err(Error::Invalid(fields)) => assert_eq!(fields[0].code, code),
            other => panic!("{other:?}"),
        }
    }
    let words = "正しい馬 battery staple";
    assert!(!format!("{:?}", passphrase(words).unwrap()).contains("battery"));
    let id = request.parse().unwrap();
    let package = answer::package(&house.app, id, Some(passphrase(words).unwrap())).await.unwrap();
    assert!(package.file_name.ends_with(".zip.age"), "{}", package.file_name);
    assert_eq!(opened(&package.bytes, "another passphrase"), None);
    let files = Files::of(&opened(&package.bytes, words).expect("age opens it"));
    assert_eq!(files.data()["items"][0]["value"], "見本 花子");
    for (name, kept) in house.ground.everything_kept() {
        let holds = |what: &str| kept.windows(what.len()).any(|at| at == what.as_bytes());
        assert!(!holds("battery staple"), "{name} holds the passphrase");
        assert!(!holds("見本 花子") && !holds("えび、かに"), "{name} holds what was answered");
    }
}

/// Opens an age file with the reference program, which asks for passphrases at a terminal alone.
fn opened(sealed: &[u8], passphrase: &str) -> Option<Vec<u8>> {
    const AT_A_TERMINAL: &str = "
import os, pty, sys
child, terminal = pty.fork()
if child == 0:
    os.execvp('age', ['age', '-d', '-o', 'opened', 'sealed'])
seen = b''
while b'assphrase' not in seen:
    seen += os.read(terminal, 1024)
os.write(terminal, sys.argv[1].encode() + b'\\n')
try:
    while os.read(terminal, 1024):
        pass
except OSError:
    pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
";
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("sealed"), sealed).unwrap();
    let status = Command::new("python3")
        .args(["-c", AT_A_TERMINAL, passphrase])
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .status()
        .unwrap();
    status.success().then(|| std::fs::read(folder.path().join("opened")).unwrap())
}

/// Where law asks for reasons, ground and reason are told (GDPR 12(4)).
#[tokio::test]
async fn in_europe_she_is_told_why_something_is_withheld() {
    let house = House::open();
    let anna = house.guest("Anna").from("eu").with("disliked_food", WITHHELD);
    anna.signs_up().await;
    let asked = json!({ "regime": "eu", "language": "en", "email": "anna@guest.example" });
    let partly = json!({
        "outcome": "partly", "reason": "it names somebody else",
        "refused": [{ "item": "disliked_food", "ground": "harm_to_rights" }],
    });
    let request = house.has_decided(&asked, &partly).await;
    let files = house.files(&request).await;
    fits_its_schema(&files, "data.json");
    let withheld = &files.data()["withheld"][0];
    assert_eq!(withheld["ground"], "harm_to_rights");
    assert_eq!(withheld["reason"], "it names somebody else");
    assert!(files.text("index.html").contains("it names somebody else"));
    assert_eq!(files.places_of(WITHHELD), [""; 0]);
}

/// A receipt for what was erased: what went, what stayed, and the proof of both.
#[tokio::test]
async fn an_erasure_is_answered_with_a_receipt_that_proves_itself() {
    let house = House::open();
    house.hanako().await;
    let asked = json!({
        "kind": "erasure", "grounds": ["no_longer_needed"], "language": "en",
        "items": ["disliked_food"],
    });
    let request = house.asked_for(&asked).await;
    house.steps(&request, json!({ "step": "decide", "outcome": "granted" })).await.expect(200);
    let other = house.service_key("second", &["requests:decide"]);
    house.steps_as(&other, &request, json!({ "step": "approve" })).await.expect(200);
    assert!(
        matches!(house.package(&request).await, Err(Error::Conflict(_))),
        "not carried out yet"
    );
    carry_out(&house.app, request.parse().unwrap(), "desk".to_owned()).await.unwrap();
    let files = house.files(&request).await;
    fits_its_schema(&files, "receipt.json");
    let receipt: Value = serde_json::from_str(&files.text("receipt.json")).unwrap();
    assert_eq!(receipt["erasure"]["gone"][0]["thing"], "Disliked food");
    assert!(!receipt["erasure"]["stayed"].as_array().unwrap().is_empty());
    // What stays of who received what: how many, why, until when (R1.8).
    let kept = receipt["erasure"]["records"].as_array().unwrap();
    assert!(!kept.is_empty(), "{receipt}");
    let told = files.tables().remove("csv/kept.csv").unwrap();
    for kept in kept {
        let (count, until) = (kept["count"].as_u64().unwrap(), kept["until"].as_str().unwrap());
        let row = told.iter().find(|row| row[0].starts_with(&format!("{count} record"))).unwrap();
        assert!(
            !row[1].is_empty() && row[2].contains("none of your information itself"),
            "{row:?}"
        );
        assert!(until > "2029-11", "three years: {until}");
    }
    assert_eq!(receipt.get("items"), None);
    for value in [WITHHELD, "見本 花子", "+819012345678"] {
        let places: Vec<String> = files.places_of(value);
        let on_the_sheet = |place: &String| place == "index.html" || place.contains("PDF");
        assert!(
            value == "見本 花子" && places.iter().all(on_the_sheet) || places.is_empty(),
            "{value}"
        );
    }
    let folder = files.unpacked();
    let (sound, words) = proof(&folder.path().join("proofs"), "records.jsonl");
    assert!(sound && words.contains("the proof holds"), "{words}");
    assert!(words.contains("disliked_food"), "{words}");
}

/// The same moment, the same answer: byte by byte, but for what the ledger adds.
#[tokio::test]
async fn the_same_answer_is_the_same_file() {
    let house = House::open();
    house.hanako().await;
    let request = house.has_decided(&json!({ "kind": "purpose_notice" }), &json!({})).await;
    let (first, second) =
        (house.package(&request).await.unwrap(), house.package(&request).await.unwrap());
    assert!(first.bytes == second.bytes);
}
