//! A single proof, as a person got it: what it says in her language, and that nothing else passes.

use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::house::{BINARY, House, runtime, said};

fn check(text: &str, key: &str, more: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("proof");
    std::fs::write(&file, text).unwrap();
    let mut process = Command::new(BINARY);
    process.args(["ledger", "proof"]).arg(&file).args(["--key", key]).args(more);
    process.env_remove("LC_ALL").env_remove("LC_MESSAGES").env("LANG", "C").output().unwrap()
}

#[test]
fn a_proof_says_what_it_proves_and_nothing_else_passes() {
    let house = House::on_sqlite();
    let server = house.start();
    let caller = server.caller();
    let runtime = runtime();
    let (subject, index) = runtime.block_on(async {
        caller.store().await.unwrap();
        let subject = caller.register("見本の名前", 1).await.unwrap().subject.unwrap();
        caller.book(&subject, "R1").await.unwrap();
        let (done, _) = caller.disclose(&subject, "R1").await.unwrap();
        (subject, done.index)
    });
    let get = |path: &str| runtime.block_on(caller.get(path)).unwrap();
    let key = get("/ledger/key").trim().to_owned();
    let proof = get(&format!("/v1/ledger/proofs/{index}"));
    let provisions = get(&format!("/v1/subjects/{subject}/provisions"));
    let provisions: Value = serde_json::from_str(&provisions).unwrap();
    let opening = provisions["provisions"][0]["opening"].clone();
    let bundle = json!({"what_this_is": "…", "opening": opening, "proof": proof});

    let bare = check(&proof, &key, &[]);
    let words = said(&bare);
    assert!(bare.status.success(), "{words}");
    for part in [&format!("at place {index}, of 5"), "values were given to another party"] {
        assert!(words.contains(part), "{words}");
    }
    assert!(words.contains("nothing of whom or what") && !words.contains(&subject), "{words}");

    let whole = check(&bundle.to_string(), &key, &["--lang", "en"]);
    let words = said(&whole);
    assert!(whole.status.success(), "{words}");
    for part in [&subject, "given to: 見本寿司 (sushi)", "items: name", "number: R1", "to the byte"]
    {
        assert!(words.contains(part), "{part}: {words}");
    }
    // As the reservation app writes it for her: on several lines.
    let spread = check(&serde_json::to_string_pretty(&bundle).unwrap(), &key, &["--lang", "en"]);
    assert_eq!(said(&spread), words);
    let japanese = said(&check(&bundle.to_string(), &key, &["--lang", "ja"]));
    for part in ["証明は正しいものです", "提供先：見本寿司 (sushi)", "利用目的：reservation"]
    {
        assert!(japanese.contains(part), "{part}: {japanese}");
    }

    let other = runtime.block_on(caller.disclose(&subject, "R1")).unwrap().0.index;
    let of_another = get(&format!("/v1/ledger/proofs/{other}"));
    let data = data_encoding::BASE64.decode(opening["record"].as_str().unwrap().as_bytes());
    let edited = String::from_utf8(data.unwrap()).unwrap().replace("見本寿司", "見本蕎麦");
    let edited = data_encoding::BASE64.encode(edited.as_bytes());
    let with =
        |opening: Value, proof: &str| json!({"opening": opening, "proof": proof}).to_string();
    let salted = json!({"salt": "AAAAAAAAAAAAAAAAAAAAAA==", "record": opening["record"]});
    let stranger = ::ledger::SigningKey::from_seed("azukari.example/other", &[1; 32]).unwrap();
    let stranger = stranger.verifying_key().to_string();
    let namesake = key.split('+').next().unwrap();
    let namesake = ::ledger::SigningKey::from_seed(namesake, &[1; 32]).unwrap();
    let namesake = namesake.verifying_key().to_string();
    let reindexed = proof.replace(&format!("\nindex {index}\n"), "\nindex 0\n");
    let resized = proof.replace("\n5\n", "\n6\n");
    let bare_entry: Vec<&str> = proof.lines().filter(|line| !line.starts_with("extra")).collect();
    let another_record = "the record in the file is not the one";
    let no_signature = "no signature by a known key";
    let cases = [
        ("another act's proof", with(opening.clone(), &of_another), &key, another_record),
        (
            "the record edited",
            with(json!({"salt": opening["salt"], "record": edited}), &proof),
            &key,
            another_record,
        ),
        ("another salt", with(salted, &proof), &key, another_record),
        ("another log's key", proof.clone(), &stranger, no_signature),
        ("another key of that name", proof.clone(), &namesake, no_signature),
        ("another index", reindexed, &key, "the proof does not have the length"),
        ("another size", resized, &key, "signature"),
        ("no entry", bare_entry.join("\n") + "\n", &key, "does not carry its entry"),
        ("nothing", String::new(), &key, "no proof"),
    ];
    for (name, text, key, expected) in cases {
        let out = check(&text, key, &[]);
        let words = said(&out);
        assert_eq!(out.status.code(), Some(2), "{name}: {words}");
        assert!(words.contains("not proven: ") && words.contains(expected), "{name}: {words}");
        let japanese = said(&check(&text, key, &["--lang", "ja"]));
        assert!(japanese.contains("証明になりません："), "{name}: {japanese}");
    }
}
