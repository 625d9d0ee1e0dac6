//! Data sets of what is held (S35, S36): rows come through the gate, standards are held, the manifest is
//! in the ledger first, items are published, and what would restore the source is kept apart (R6.1 to
//! R6.5, R7.1 to R7.7, I6).

use std::collections::BTreeMap;

use azukari::acts::dataset::Kept;
use azukari::store::DatabaseUrl;
use datasets::{About, Manifest, MethodInformation, Next, Table};
use policy::record::{Act, DatasetKind};
use serde_json::{Value, json};

use crate::house::{Answer, Guest, House};

/// Guests who agreed to marketing: two genders, two languages, born in forty different months of a decade.
async fn guests(house: &House, count: usize) -> Vec<Guest<'_>> {
    let mut guests = Vec::new();
    for n in 0..count {
        let guest = house
            .guest(&format!("Mihon Taro {n}"))
            .with("birth_date", &format!("198{}-{:02}-15", n % 10, 1 + n % 12))
            .with("gender", if n % 2 == 0 { "female" } else { "male" })
            .with("language", if n % 3 == 0 { "en" } else { "ja" })
            .answers("marketing", "given");
        guests.push(guest.signs_up().await);
    }
    guests
}

fn wanted(kind: &str) -> Value {
    json!({
        "kind": kind,
        "purpose": "marketing",
        "columns": {
            "birth_date": { "role": "quasi_identifying", "dates": ["year", "decade"] },
            "gender": { "role": "quasi_identifying" },
            "language": { "role": "sensitive", "l": 2 },
        },
    })
}

fn provision(recipient: &str, basis: &str) -> Value {
    let method = json!({ "ja": "暗号化したファイルの送付", "en": "By an encrypted file" });
    json!({ "recipient": recipient, "basis": basis, "method": method })
}

impl House {
    async fn makes_a_set(&self, wanted: &Value) -> Answer {
        self.post("/v1/datasets", wanted).go().await
    }

    async fn page_of_sets(&self, language: &str) -> String {
        let page = self.get(&format!("/datasets?lang={language}")).by_nobody().go().await;
        assert_eq!(page.status, 200);
        page.text()
    }

    fn kinds_of_acts(&self) -> Vec<&'static str> {
        self.records().iter().map(|record| record.act.kind()).collect()
    }
}

#[tokio::test]
async fn an_anonymised_set_of_what_is_held_from_the_gate_to_its_recipient() {
    let house = House::open();
    let guests = guests(&house, 40).await;
    let unasked = house.guest("Unasked").with("gender", "female").signs_up().await;
    let withdrawn = house.guest("Withdrawn").with("gender", "male").answers("marketing", "given");
    withdrawn.signs_up().await.answers("marketing", "withdrawn").await;
    let stopped = house.guest("Stopped").with("gender", "male").answers("marketing", "given");
    stopped.signs_up().await.stops(Some("marketing")).await;
    let all = house.guest("All").with("gender", "male").answers("marketing", "given");
    all.signs_up().await.stops(None).await;
    house.guest("Nothing").answers("marketing", "given").signs_up().await;
    assert!(house.page_of_sets("en").await.contains("There is none to be published"));

    let made = house.makes_a_set(&wanted("anonymised")).await.expect(201);
    let id = made["dataset"].as_str().unwrap().to_owned();
    let csv = made["csv"].as_str().unwrap();

    // Who did not consent, took it back, or stopped the use is not in it, and is counted (R7.1, Act 18).
    let manifest = &made["manifest"];
    let left_out: BTreeMap<String, u64> =
        serde_json::from_value(manifest["counts"]["left_out"].clone()).unwrap();
    assert_eq!(left_out.values().sum::<u64>(), 5, "{left_out:?}");
    assert_eq!((left_out["nothing_held"], left_out["restricted"]), (1, 2), "{left_out:?}");
    assert_eq!(manifest["counts"]["rows"], 40);
    assert_eq!(csv.lines().count(), 41, "a line of names, and forty rows");

    // Nothing that identifies left, and each of the five standards was held with evidence.
    assert!(csv.starts_with("birth_date,gender,language\n"), "{csv}");
    for leak in ["Mihon", "@", "sub_", "1985-", &unasked.id] {
        assert!(!csv.contains(leak), "{leak}");
    }
    let checks = manifest["standards"]["checks"].as_array().unwrap();
    assert_eq!(checks.len(), 5);
    assert!(checks.iter().all(|check| check["holds"] == true && check["findings"][0].is_object()));
    let mut classes: BTreeMap<String, usize> = BTreeMap::new();
    for line in csv.lines().skip(1) {
        *classes.entry(line.rsplit_once(',').unwrap().0.to_owned()).or_default() += 1;
    }
    assert!(classes.values().all(|rows| *rows >= 10), "k is 10 (R7.2): {classes:?}");

    // Each look was a use of its own, and the manifest came into the ledger after them all.
    let records = house.records();
    let uses = records.iter().filter(
        |record| matches!(&record.act, Act::Used { purpose, .. } if purpose.as_str() == "marketing"),
    );
    assert_eq!(uses.count(), 41, "also of her of whom nothing is held");
    let Act::DatasetMade(recorded) = &records.last().unwrap().act else {
        panic!("the last act is the making")
    };
    assert_eq!(
        (recorded.dataset.to_string(), recorded.kind),
        (id.clone(), DatasetKind::Anonymised)
    );
    let told: Value = serde_json::from_str(&recorded.manifest).unwrap();
    assert_eq!(&told, manifest);
    assert_eq!(records.last().unwrap().subject, None);

    // Its items are published at once, in both languages (Rules 36; R7.3).
    let page = house.page_of_sets("ja").await;
    for words in ["匿名加工情報", "生年月日", "性別", "使用言語"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("第三者に提供する方法"), "{page}");
    assert!(house.page_of_sets("en").await.contains("Date of birth"));

    // Before it goes to somebody, how is published; she is told expressly, on record (Act 44; R7.4).
    let path = format!("/v1/datasets/{id}/provisions");
    let going =
        house.post(&path, &provision("Mihon Research", "anonymised")).go().await.expect(200);
    assert_eq!(going["csv"], csv);
    let told = going["told"]["ja"].as_str().unwrap();
    assert!(told.starts_with("Mihon Research 御中") && told.contains("匿名加工情報です"), "{told}");
    assert!(going["told"]["en"].as_str().unwrap().contains("anonymously processed information"));
    let Act::DatasetProvided(provided) = &house.records().last().unwrap().act.clone() else {
        panic!("the last act is the provision")
    };
    assert_eq!(provided.recipient, "Mihon Research");
    assert!(provided.told.iter().any(|(language, text)| language == "ja" && text == told));
    let page = house.page_of_sets("ja").await;
    assert!(
        page.contains("第三者に提供する方法") && page.contains("暗号化したファイルの送付"),
        "{page}"
    );
    assert!(!page.contains("Mihon Research"), "the recipient need not be named");

    // Method information is behind a role of its own, and each look at it is on record (Rules 35; R7.5).
    let method = format!("/v1/datasets/{id}/method");
    house.get(&method).go().await.problem(403, "scope");
    let before = house.rows();
    let seen = house.get(&method).by(&house.manager_key).go().await.expect(200);
    assert_eq!(house.rows()["records"], before["records"] + 1);
    assert_eq!(*house.kinds_of_acts().last().unwrap(), "method_seen");
    assert!(!recorded.manifest.contains(seen["method"]["settings"]["seed"].as_str().unwrap()));

    // The run comes out the same from manifest, method information and source.
    let mut people: Vec<(String, [String; 3])> = Vec::new();
    for (n, guest) in guests.iter().enumerate() {
        let born = format!("198{}-{:02}-15", n % 10, 1 + n % 12);
        let gender = if n % 2 == 0 { "female" } else { "male" };
        let language = if n % 3 == 0 { "en" } else { "ja" };
        let bytes = format!("{:?}", guest.id);
        people.push((bytes, [born, gender.to_owned(), language.to_owned()]));
    }
    people.sort();
    let rows: Vec<Vec<String>> = people.into_iter().map(|(_, row)| row.to_vec()).collect();
    let names = ["birth_date", "gender", "language"].map(str::to_owned);
    let source = Table::of("azukari", &names, &rows);
    assert_eq!(source.hash(), manifest["input"]["hash"].as_str().unwrap());
    let method: MethodInformation = serde_json::from_value(seen["method"].clone()).unwrap();
    let found: Manifest = serde_json::from_value(manifest.clone()).unwrap();
    let again = datasets::anonymise(
        &source,
        &method.settings,
        &About::default(),
        [0; 32],
        Some(&found),
        &|_| Next::GoOn,
    );
    assert_eq!(String::from_utf8_lossy(again.unwrap().set.file()), csv);

    // Shown again within the house; erased with its method information when it is needed no longer.
    let path = format!("/v1/datasets/{id}");
    assert_eq!(house.get(&path).go().await.expect(200)["csv"], csv);
    house.call("DELETE", &path).go().await.expect(200);
    house.get(&path).go().await.problem(404, "not-found");
    house
        .get(&format!("{path}/method"))
        .by(&house.manager_key)
        .go()
        .await
        .problem(404, "not-found");
    assert!(house.page_of_sets("en").await.contains("Date of birth"), "it went to somebody");
    house.adds_up();
}

#[tokio::test]
async fn a_pseudonymised_set_stays_in_the_house() {
    // R6.1 to R6.5, I6.
    let house = House::open();
    let guests = guests(&house, 6).await;
    let mut wish = wanted("pseudonymised");
    for column in ["birth_date", "gender", "language"] {
        wish["columns"][column] = json!({ "role": "insensitive" });
    }
    let made = house.makes_a_set(&wish).await.expect(201);
    let (id, csv) = (made["dataset"].as_str().unwrap(), made["csv"].as_str().unwrap());
    assert!(csv.starts_with("birth_date,gender,language,person\n"), "{csv}");
    assert_eq!(csv.lines().count(), 7);
    for guest in &guests {
        assert!(!csv.contains(&guest.id), "{csv}");
    }
    let checks = made["manifest"]["standards"]["checks"].as_array().unwrap().clone();
    assert_eq!(checks.len(), 3);
    assert!(checks.iter().all(|check| check["holds"] == true), "{checks:?}");
    assert!(made["manifest"]["settings"].get("seed").is_none());

    // Another set of the same people has other tokens: nothing joins them.
    let other = house.makes_a_set(&wish).await.expect(201);
    let tokens = |csv: &str| -> Vec<String> {
        csv.lines().skip(1).map(|line| line.rsplit_once(',').unwrap().1.to_owned()).collect()
    };
    let (mine, theirs) = (tokens(csv), tokens(other["csv"].as_str().unwrap()));
    assert_eq!(mine.len(), 6);
    assert!(mine.iter().all(|token| token.len() == 24 && !theirs.contains(token)), "{mine:?}");

    // What it is used for is published (Act 41(4); R6.4).
    let page = house.page_of_sets("ja").await;
    assert!(page.contains("仮名加工情報") && page.contains("利用目的"), "{page}");

    // No third party, not even with consent (Act 41(6); R6.3); each refusal is on record.
    let path = format!("/v1/datasets/{id}/provisions");
    for (recipient, basis) in [
        ("mail_software", "consent"),
        ("mail_software", "anonymised"),
        ("store", "entrustment"),
        ("nobody", "entrustment"),
        ("mail_software", "joint_use"),
    ] {
        let refused = house.post(&path, &provision(recipient, basis)).go().await;
        refused.problem(409, "conflict");
        assert_eq!(*house.kinds_of_acts().last().unwrap(), "dataset_refused", "{basis}");
    }
    // A processor that the policy names, and what a law asks for, are no third parties (27(5), 41(6)).
    let processor = house.app.policy().recipients.iter().find_map(|(name, recipient)| {
        (recipient.role == policy::Role::Processor).then(|| name.to_string())
    });
    let body = provision(&processor.unwrap(), "entrustment");
    assert_eq!(house.post(&path, &body).go().await.expect(200)["csv"], csv);
    // What a law asks for is approved by somebody else first, with what shows it, and is good once.
    let body = provision("The court", "law");
    let provides = || house.post(&path, &body);
    let refused = provides().go().await.problem(409, "conflict");
    assert!(refused["detail"].as_str().unwrap().contains("approval"), "{refused}");
    assert_eq!(*house.kinds_of_acts().last().unwrap(), "dataset_refused");
    let approvals = format!("/v1/datasets/{id}/approvals");
    let mut approval = json!({ "recipient": "The court", "basis": "law", "reason": "" });
    let approves = |body: &Value, key: &str| house.post(&approvals, body).by(key).go();
    approves(&approval, &house.key).await.problem(403, "scope");
    let missing = approves(&approval, &house.manager_key).await.invalid();
    assert_eq!(missing, [("reason".to_owned(), "not_plain".to_owned())]);
    approval["reason"] = "order-2026-118".into();
    for basis in ["entrustment", "consent", "anonymised"] {
        let mut other = approval.clone();
        other["basis"] = basis.into();
        let wrong = approves(&other, &house.manager_key).await.invalid();
        assert_eq!(wrong, [("basis".to_owned(), "not_possible".to_owned())], "{basis}");
    }
    // One key with both scopes is one pair of eyes.
    let both = house.service_key("both", &["datasets:approve", "datasets:provide"]);
    approves(&approval, &both).await.expect(201);
    provides().by(&both).go().await.problem(409, "conflict");
    // Neither for another recipient nor on another basis.
    for (recipient, basis) in [("The tax office", "law"), ("The court", "succession")] {
        let other = provision(recipient, basis);
        house.post(&path, &other).go().await.problem(409, "conflict");
    }
    let approved = approves(&approval, &house.manager_key).await.expect(201);
    assert_eq!(*house.kinds_of_acts().last().unwrap(), "dataset_approved");
    assert_eq!(provides().by(&both).go().await.expect(200)["csv"], csv);
    let Act::DatasetProvided(used) = &house.records().last().unwrap().act.clone() else {
        panic!("the last act is the provision")
    };
    assert_eq!(used.approval.as_deref(), approved["record"].as_str(), "another's, and on record");
    provides().by(&both).go().await.problem(409, "conflict");
    provides().go().await.expect(200);
    let Act::DatasetProvided(provided) = &house.records().last().unwrap().act.clone() else {
        panic!("the last act is the provision")
    };
    assert_eq!(provided.basis, "law: order-2026-118");
    provides().go().await.problem(409, "conflict");
    // Of two orders of the same court the one that is named is used, and the other stays.
    for (order, first) in [("order-2026-119", false), ("order-2026-120", true)] {
        approval["reason"] = order.into();
        let approved = approves(&approval, &house.manager_key).await.expect(201);
        let mut body = body.clone();
        body["approval"] = approved["record"].clone();
        if first {
            house.post(&path, &body).go().await.expect(200);
            house.post(&path, &body).go().await.problem(409, "conflict");
        }
    }
    let Act::DatasetProvided(provided) = &house.records().iter().rev().nth(1).unwrap().act.clone()
    else {
        panic!("the refusal comes after the provision")
    };
    assert_eq!(provided.basis, "law: order-2026-120");
    provides().go().await.expect(200);
    house.adds_up();
}

#[tokio::test]
async fn what_identifies_or_serves_another_purpose_goes_into_no_set() {
    let house = House::open();
    let _guests = guests(&house, 3).await;
    let before = house.rows();
    let quasi = json!({ "role": "quasi_identifying" });
    for (changes, field, code) in [
        (json!({ "columns": { "email": quasi } }), "columns.email", "identifies"),
        (json!({ "columns": { "phone": quasi } }), "columns.phone", "identifies"),
        (json!({ "columns": { "blood_type": quasi } }), "columns.blood_type", "unknown"),
        (json!({ "columns": { "password": quasi } }), "columns.password", "unknown"),
        (json!({ "columns": { "company": quasi } }), "columns.company", "not_for_purpose"),
        (json!({ "columns": { "Name!": quasi } }), "columns", "not_a_name"),
        (json!({ "purpose": "statistics" }), "columns.birth_date", "not_for_purpose"),
        (json!({ "purpose": "gossip" }), "purpose", "unknown"),
        (json!({ "purpose": "reservation" }), "purpose", "unknown"),
        (json!({ "kind": "harmless" }), "kind", "unreadable"),
    ] {
        let mut wish = wanted("anonymised");
        if let Some(columns) = changes.get("columns") {
            wish["columns"] = columns.clone();
        } else {
            crate::house::lay_over(&mut wish, &changes);
        }
        let invalid = house.makes_a_set(&wish).await.invalid();
        assert!(invalid.contains(&(field.to_owned(), code.to_owned())), "{changes}: {invalid:?}");
    }
    assert_eq!(house.rows(), before, "nobody's value was used for it");
}

#[tokio::test]
async fn what_is_called_identifying_goes_into_a_set_only_with_a_reason_that_is_on_record() {
    // R6.1, R7.1; decision 0066. A name finds nobody, and identifies all the same.
    let house = House::open();
    let _guests = guests(&house, 12).await;
    for kind in ["anonymised", "pseudonymised"] {
        let mut wish = wanted(kind);
        wish["columns"]["name"] = json!({ "role": "insensitive" });
        for role in ["birth_date", "gender", "language"] {
            if kind == "pseudonymised" {
                wish["columns"][role] = json!({ "role": "insensitive" });
            }
        }
        let refused = house.makes_a_set(&wish).await;
        assert!(!refused.text().contains("Mihon"), "{}", refused.text());
        let expected = ("columns.name.confirmed".to_owned(), "confirmation_needed".to_owned());
        assert_eq!(refused.invalid(), [expected]);
        let why = "the guests agreed to be named in this list";
        wish["columns"]["name"]["confirmed"] = " ".into();
        let empty = house.makes_a_set(&wish).await.invalid();
        assert_eq!(empty, [("columns.name".to_owned(), "not_possible".to_owned())]);
        wish["columns"]["name"]["confirmed"] = why.into();
        let made = house.makes_a_set(&wish).await.expect(201);
        let findings = made["manifest"]["standards"]["checks"][0]["findings"].as_array().unwrap();
        assert!(
            findings.iter().any(|of| of["found"] == "confirmed" && of["reason"] == why),
            "{findings:?}"
        );
        let records = house.records();
        let Act::DatasetMade(made) = &records.last().unwrap().act else { panic!("{records:?}") };
        assert!(made.manifest.contains(why), "in the ledger: {}", made.manifest);
    }
    house.adds_up();
}

#[tokio::test]
async fn what_cannot_be_made_anonymous_is_not_made() {
    let house = House::open();
    let _guests = guests(&house, 12).await;
    // Twelve people are fewer than thirteen; k below five is not to be had (R7.2).
    let mut wish = wanted("anonymised");
    for k in [13, 4] {
        wish["k"] = k.into();
        let invalid = house.makes_a_set(&wish).await.invalid();
        assert_eq!(invalid, [("columns".to_owned(), "not_possible".to_owned())], "{k}");
    }
    wish["k"] = 5.into();
    house.makes_a_set(&wish).await.expect(201);
    let file = json!({ "role": "quasi_identifying", "file": "/etc/passwd" });
    wish["columns"]["gender"] = file;
    let invalid = house.makes_a_set(&wish).await.invalid();
    assert_eq!(invalid, [("columns.gender.file".to_owned(), "not_possible".to_owned())]);
    let kinds = house.kinds_of_acts();
    assert_eq!(kinds.iter().filter(|kind| **kind == "dataset_made").count(), 1);
    house.adds_up();
}

#[tokio::test]
async fn a_set_has_a_name_that_reads_as_it_stands() {
    let house = House::open();
    let _guests = guests(&house, 20).await;
    let mut wish = wanted("anonymised");
    let made = house.makes_a_set(&wish).await.expect(201);
    assert!(made["name"]["ja"].as_str().unwrap().starts_with("お得な情報のお届け"), "{made}");
    let long = "n".repeat(121);
    for wrong in ["", " ", "a\nb", "a\u{202e}b", "a\u{200f}b", &long] {
        wish["name"] = json!({ "ja": "見本", "en": wrong });
        let invalid = house.makes_a_set(&wish).await.invalid();
        let fields: Vec<&str> = invalid.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(fields, ["name.en"], "{wrong:?}");
    }
    wish["name"] = json!({ "ja": "見本の会員", "en": "Sample members" });
    let made = house.makes_a_set(&wish).await.expect(201);
    let id = made["dataset"].as_str().unwrap();
    // Under that name it is published, and every later act of it recorded.
    assert!(house.page_of_sets("ja").await.contains("見本の会員"));
    house.call("DELETE", &format!("/v1/datasets/{id}")).go().await.expect(200);
    let Act::DatasetEnded { name, .. } = &house.records().last().unwrap().act.clone() else {
        panic!("the last act is its end")
    };
    assert_eq!(name.en, "Sample members");
    house.adds_up();
}

#[tokio::test]
async fn the_same_request_again_finds_the_set_that_was_made() {
    let house = House::open();
    let _guests = guests(&house, 20).await;
    let once = || house.post("/v1/datasets", &wanted("anonymised")).once("set-1").go();
    let (first, again) = (once().await.expect(201), once().await.expect(201));
    assert_eq!((&first["dataset"], &first["csv"]), (&again["dataset"], &again["csv"]));
    assert_eq!(first["record"], again["record"]);
    assert_eq!(house.rows()["datasets"], 1);
    house.adds_up();
}

#[tokio::test]
async fn the_command_line_makes_a_set_of_what_is_held() {
    let house = House::open();
    let _guests = guests(&house, 20).await;
    house.guest("Unasked").with("gender", "female").signs_up().await;
    let (ground, clock) = house.close().await;
    let (root, out) = (ground.root_key(), tempfile::TempDir::new().unwrap());
    let data = root.parent().unwrap();
    let run = |args: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_azukari"));
        command.current_dir(out.path()).args(args).arg("--data").arg(data).arg("--root-key");
        command.arg(&root).args(["--language", "en", "--purpose", "marketing", "--from-vault"]);
        if let DatabaseUrl::Postgres(url) = ground.database() {
            command.env("AZUKARI_DATABASE", url);
        }
        command.output().unwrap()
    };
    let make = ["anonymise", "--quasi", "birth_date,gender", "--sensitive", "language", "--out"];
    let done = run(&[&make[..], &["made"]].concat());
    let told = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert!(told.contains("20 of 20 rows") && told.contains("Left out: 1 ("), "{told}");
    let csv = std::fs::read_to_string(out.path().join("made/anonymised.csv")).unwrap();
    assert!(csv.starts_with("birth_date,gender,language\n"), "{csv}");
    let published = std::fs::read_to_string(out.path().join("made/published.ja.html")).unwrap();
    assert!(published.contains("生年月日"), "{published}");
    let wrong = ["anonymise", "--quasi", "email", "--out", "other"];
    let wrong = String::from_utf8_lossy(&run(&wrong).stderr).into_owned();
    assert!(wrong.contains("columns.email identifies a person"), "{wrong}");
    assert!(!out.path().join("other").exists());

    let house = House::open_on(ground, clock, None, 0);
    let records = house.records();
    let made = records.iter().find_map(|record| match &record.act {
        Act::DatasetMade(made) => Some((made, &record.by)),
        _ => None,
    });
    let (made, by) = made.unwrap();
    assert_eq!(by, "operator");
    let id = made.dataset.to_string();
    assert!(told.contains(&id), "{told}");
    let key = house.service_key("reader", &["datasets:read"]);
    let kept = house.get(&format!("/v1/datasets/{id}")).by(&key).go().await.expect(200);
    assert_eq!(kept["csv"], csv);
    house.adds_up();
}

#[tokio::test]
async fn sets_and_their_method_information_are_sealed() {
    let house = House::open();
    let _guests = guests(&house, 20).await;
    let made = house.makes_a_set(&wanted("anonymised")).await.expect(201);
    let id = made["dataset"].as_str().unwrap().parse::<policy::DatasetId>().unwrap();
    for (sql, told) in [
        ("SELECT sealed FROM datasets WHERE id = $1", "gender"),
        ("SELECT method FROM datasets WHERE id = $1", "seed"),
    ] {
        let sealed = house.blob(sql, vec![id.0.to_vec()]);
        let found = sealed.windows(told.len()).any(|window| window == told.as_bytes());
        assert!(!found, "{told} in clear");
        assert!(serde_json::from_slice::<Kept>(&sealed).is_err());
    }
    // Neither opens in the place of the other.
    house.meddles("UPDATE datasets SET sealed = method WHERE id = $1", vec![id.0.to_vec()]);
    house.get(&format!("/v1/datasets/{id}")).go().await.problem(500, "failure");
}
