//! After an erasure that somebody asked for: her values lie nowhere in the clear, neither here nor in a
//! backup from before; the backup, restored as docs/DATA.md tells, opens none of them; and her receipt is
//! proven from its file alone (R12.2, R12.3, I5).

use std::io::{Cursor, Read as _};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use azukari::acts::request::carry_out::carry_out;
use azukari::answer;
use azukari::app::{App, Setup};
use azukari::clock::SystemClock;
use azukari::public_url::PublicUrl;
use data_encoding::BASE64;
use policy::SubjectId;
use serde_json::{Value, json};
use vault::{FileKey, KeySource};

use crate::disguises::{contains, disguises};
use crate::house::{BINARY, Caller, House, No, Server, runtime, said};

const NAME: &str = "鸚鵡院 瑠璃子 0831";
const EMAIL: &str = "kanaria-0831@planted.example";
const PHONE: &str = "+819083100831";
const ALLERGY: &str = "カナリヤ茸と見えない豆 0831";
const TOMBSTONES: &str = "tombstones";

/// Takes a guest in, with a booking and an allergy that the kitchen was told.
async fn guest(caller: &Caller, [name, email, phone, allergy]: [&str; 4]) -> String {
    let agreed = |consent: &str| json!({"consent": consent, "state": "given", "notice": "2026-10-01", "language": "ja"});
    let body = json!({
        "regime": "jp",
        "items": { "name": name, "email": email, "phone": phone, "allergy": allergy },
        "consents": [
            agreed("store_disclosure"), agreed("related_information"), agreed("dietary_care"),
            // What proves this one stays for a month.
            agreed("marketing"),
        ],
    });
    let taken = caller.post("/v1/subjects", &body).await.unwrap();
    let subject = taken["subject"].as_str().unwrap().to_owned();
    caller.book(&subject, "R1").await.unwrap();
    assert_eq!(told(caller, &subject).await.unwrap(), allergy);
    assert_eq!(caller.disclose(&subject, "R1").await.unwrap().1, name);
    subject
}

/// What the kitchen is told of an allergy.
async fn told(caller: &Caller, subject: &str) -> Result<String, No> {
    let ask = json!({
        "subject": subject, "recipient": "sushi", "purpose": "meal", "items": ["allergy"],
    });
    let given = caller.post("/v1/disclosures", &ask).await?;
    Ok(given["items"]["allergy"].as_str().unwrap_or_default().to_owned())
}

impl House {
    /// Serves, saying everything it would ever say to its operator into a file.
    fn talks(&self, log: &Path) -> Server {
        let mut serve = self.serve();
        let log = std::fs::OpenOptions::new().append(true).create(true).open(log).unwrap();
        serve.env("AZUKARI_LOG", "debug").stderr(log);
        Server::start(serve, self.key())
    }

    /// The house itself, while nobody serves it.
    fn opens(&self) -> Arc<App> {
        let root = self.file("root.key");
        let setup = Setup {
            database: self.url(),
            root: Box::new(move |_| Ok(Box::new(FileKey::open(&root)?) as Box<dyn KeySource>)),
            clock: Arc::new(SystemClock),
            origin: "proofs.example/never".to_owned(),
            public_url: PublicUrl::default(),
        };
        App::open(setup, None).unwrap()
    }

    /// What is left of a person: her items, how many ways lead to her, and when she left.
    fn left_of(&self, subject: &str) -> (Vec<String>, i64, Option<i64>) {
        let subject: SubjectId = subject.parse().unwrap();
        self.look(|conn| {
            let hers = [(&subject.0).into()];
            let items = conn.query("SELECT item FROM items WHERE subject = $1", &hers)?;
            let items = items.into_iter().map(|mut row| row.take_text(0));
            let lookups = "SELECT COUNT(*) FROM lookups WHERE subject = $1";
            let closed = "SELECT closed_at FROM subject_keys WHERE subject = $1";
            Ok((
                items.collect::<Result<_, _>>()?,
                conn.one(lookups, &hers)?.int(0)?,
                conn.one(closed, &hers)?.opt_int(0)?,
            ))
        })
    }

    /// Puts the newest tombstones beside what was restored.
    fn brings_tombstones(&self, to: &House) {
        std::fs::copy(self.file(TOMBSTONES), to.file(TOMBSTONES)).unwrap();
    }
}

/// From asking to a decision that two have made.
async fn decided(caller: &Caller, second: &str, subject: &str) -> String {
    let body = json!({
        "kind": "erasure", "regime": "jp", "language": "ja", "subject": subject, "name": NAME,
        "grounds": ["no_longer_needed"], "text": format!("{ALLERGY}を消してください"),
    });
    let asked = caller.post("/v1/requests", &body).await.unwrap();
    let request = asked["request"].as_str().unwrap().to_owned();
    let path = format!("/v1/requests/{request}/steps");
    let known = json!({"step": "identify", "how": "document", "subject": subject});
    caller.post(&path, &known).await.unwrap();
    caller.post(&path, &json!({"step": "decide", "outcome": "granted"})).await.unwrap();
    let approved = caller.with_key(second).post(&path, &json!({"step": "approve"})).await.unwrap();
    assert_eq!(approved["state"], "decided");
    request
}

/// The receipt, unpacked where nothing else is, and checked by the binary alone.
fn is_proven(zip: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let mut zip = zip::ZipArchive::new(Cursor::new(zip)).unwrap();
    for at in 0..zip.len() {
        let mut file = zip.by_index(at).unwrap();
        let path = folder.path().join(file.name().unwrap().as_ref());
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    let receipt = std::fs::read_to_string(folder.path().join("receipt.json")).unwrap();
    let receipt: Value = serde_json::from_str(&receipt).unwrap();
    assert!(receipt["erasure"]["gone"].as_array().unwrap().len() == 3, "{receipt}");
    let records = folder.path().join("proofs/records.jsonl");
    let prove = |records: &Path| {
        let mut process = Command::new(BINARY);
        process.args(["ledger", "proof"]).arg(records).arg("--key");
        process.arg(folder.path().join("proofs/key")).args(["--lang", "en"]).output().unwrap()
    };
    let out = prove(&records);
    let words = said(&out);
    assert!(out.status.success() && words.contains("the proof holds"), "{words}");
    for part in ["erased", "allergy", "phone"] {
        assert!(words.contains(part), "{part}: {words}");
    }
    let text = std::fs::read_to_string(&records).unwrap();
    let mut line: Value = serde_json::from_str(text.trim()).unwrap();
    let record = BASE64.decode(line["opening"]["record"].as_str().unwrap().as_bytes()).unwrap();
    let other = String::from_utf8(record).unwrap().replace("allergy", "company");
    line["opening"]["record"] = BASE64.encode(other.as_bytes()).into();
    let forged = format!("{line}\n{line}\n");
    let edited = folder.path().join("edited.jsonl");
    std::fs::write(&edited, forged).unwrap();
    assert_eq!(prove(&edited).status.code(), Some(2), "a record that was edited");
}

fn leaves_nothing(house: &House) {
    let runtime = runtime();
    let log = tempfile::NamedTempFile::new().unwrap();
    let made = house.azukari(&["keys", "new"], &["--name", "second", "--scope", "all"]);
    let second = String::from_utf8(made.stdout).unwrap().trim().to_owned();

    let server = house.talks(log.path());
    let caller = server.caller();
    let (ruriko, yoko) = runtime.block_on(async {
        caller.store().await.unwrap();
        let yoko = ["洋子", "yoko@guests.example", "+819012340000", "えび"];
        (guest(&caller, [NAME, EMAIL, PHONE, ALLERGY]).await, guest(&caller, yoko).await)
    });
    assert!(server.stop().success());
    let backup = house.copy();

    let server = house.talks(log.path());
    let caller = server.caller();
    let late = runtime.block_on(async {
        let late = ["後子", "late@guests.example", "+819012349999", "そば"];
        guest(&caller, late).await
    });
    let request = runtime.block_on(decided(&caller, &second, &ruriko));
    assert!(server.stop().success());
    let app = house.opens();
    let zip = runtime.block_on(async {
        let id = request.parse().unwrap();
        carry_out(&app, id, "desk".to_owned()).await.unwrap();
        answer::package(&app, id, None).await.unwrap().bytes
    });
    drop(app);
    is_proven(&zip);
    // Somebody who came after the backup leaves as well: she is in no backup.
    let server = house.talks(log.path());
    runtime.block_on(server.caller().close(&late)).unwrap();
    assert!(server.stop().success());
    let server = house.talks(log.path());
    assert!(server.stop().success());
    house.is_sound();
    // Law keeps her address for a while, and her closed account with it; nothing else.
    let left = house.left_of(&ruriko);
    assert_eq!((&left.0[..], left.1), (&["email".to_owned()][..], 0));
    assert!(left.2.is_some());

    // Nowhere in the clear: here, in the log, in what was put aside before.
    let mut kept = house.everything_kept();
    let names: Vec<String> = kept.iter().map(|(name, _)| name.clone()).collect();
    assert!(names.iter().any(|name| name == TOMBSTONES), "{names:?}");
    kept.extend(backup.everything_kept().into_iter().map(|(n, b)| (format!("backup: {n}"), b)));
    kept.push(("the log".to_owned(), std::fs::read(log.path()).unwrap()));
    assert!(kept.iter().any(|(_, bytes)| contains(bytes, b"R1")), "what is in the clear is found");
    for value in [NAME, EMAIL, PHONE, ALLERGY] {
        for disguise in disguises(value) {
            for (place, bytes) in &kept {
                assert!(!contains(bytes, &disguise), "{value} in {place}");
            }
        }
    }

    // Whoever restores it and leaves the tombstones aside has her values: so the rest is no idle proof.
    let careless = backup.copy();
    std::fs::remove_file(careless.file(TOMBSTONES)).unwrap();
    let server = careless.start();
    assert_eq!(runtime.block_on(told(&server.caller(), &ruriko)).unwrap(), ALLERGY);
    assert!(server.stop().success());

    // As it is to be done, with the newest tombstones beside it: also after the mistake.
    for restored in [&backup, &careless] {
        house.brings_tombstones(restored);
        let server = restored.start();
        let caller = server.caller();
        runtime.block_on(async {
            let Err(No::Answer(status, _)) = told(&caller, &ruriko).await else { panic!("told") };
            assert_eq!(status, 403);
            assert_eq!(told(&caller, &yoko).await.unwrap(), "えび", "nobody else's has gone");
        });
        assert!(server.stop().success());
        assert_eq!(restored.left_of(&ruriko), left, "as it was, to the moment");
        let size = restored.is_sound();
        // Once is enough.
        let server = restored.start();
        assert!(server.stop().success());
        assert_eq!(restored.is_sound(), size);
        let tombstones = std::fs::read_to_string(restored.file(TOMBSTONES)).unwrap();
        let before = std::fs::read_to_string(house.file(TOMBSTONES)).unwrap();
        assert!(tombstones.starts_with(&before) && tombstones.len() > before.len());
    }
}

#[test]
fn an_erasure_leaves_nothing_here_nor_in_a_backup_on_sqlite() {
    leaves_nothing(&House::on_sqlite());
}

#[test]
fn an_erasure_leaves_nothing_here_nor_in_a_backup_on_postgres() {
    if let Some(house) = House::on_postgres() {
        leaves_nothing(&house);
    }
}

/// Nobody is served while it cannot be said what had gone.
#[test]
fn tombstones_that_are_not_this_houses_own_keep_it_closed() {
    let (house, other) = (House::on_sqlite(), House::on_sqlite());
    let runtime = runtime();
    for house in [&house, &other] {
        let server = house.start();
        runtime.block_on(async {
            let subject = server.caller().register("見本の名前", 1).await.unwrap().subject.unwrap();
            server.caller().close(&subject).await.unwrap();
        });
        assert!(server.stop().success());
        // What the last second left is copied at the start.
        assert!(house.start().stop().success());
    }
    let file = house.file(TOMBSTONES);
    let own = std::fs::read_to_string(&file).unwrap();
    assert_eq!(own.lines().count(), 1, "{own}");
    let theirs = std::fs::read_to_string(other.file(TOMBSTONES)).unwrap();
    let last = own.lines().next_back().unwrap();
    let moved = own.replace(last, &last.replace("\"place\":", "\"place\":7"));
    for (wrong, why) in [
        (theirs.as_str(), "is not carried out again"),
        (&format!("{own}nonsense\n"), "line 2 is not a tombstone"),
        (&moved.replace("\"act\":\"account_closed\"", "\"act\":\"erased\""), "is not carried out"),
    ] {
        std::fs::write(&file, wrong).unwrap();
        let out = house.serve().output().unwrap();
        let words = said(&out);
        assert_eq!(out.status.code(), Some(1), "{words}");
        assert!(words.contains(why), "{why}: {words}");
    }
    // Half a line is what a power cut leaves: it is written anew.
    std::fs::write(&file, &own[..own.len() - 20]).unwrap();
    let server = house.start();
    let beside = house.serve().output().unwrap();
    assert!(!beside.status.success(), "{}", said(&beside));
    assert!(server.stop().success());
    assert_eq!(std::fs::read_to_string(&file).unwrap(), own);
}
