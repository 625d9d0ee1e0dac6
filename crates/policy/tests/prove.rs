//! The proof: every promise of the reference policy and of the clinic holds; the classes of cases are
//! the ones that the rules tell apart.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

mod common;

use std::path::Path;

use policy::Document;
use policy::prove::{self, Outcome, Proof, prove};

/// What a proof says, one promise a line.
fn told(proof: &Proof) -> String {
    let lines = proof.promises.iter().filter(|proven| !proven.stands()).map(|proven| {
        let told = match &proven.outcome {
            Outcome::Broken { story, .. } => story.en.as_str(),
            Outcome::Empty => "speaks of no case",
            Outcome::Holds => "holds",
        };
        format!("{}: {told}", proven.promise)
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn clinic() -> Document {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/tests/it/clinic");
    policy::read_dir(&dir).unwrap_or_else(|found| panic!("{}", common::lines(&found))).document
}

#[test]
fn the_universal_promises_can_be_read() {
    let text = include_str!("../src/prove/universal.toml");
    let (promises, findings) = prove::promise::read(text, None);
    assert_eq!(common::lines(&findings), "");
    assert_eq!(promises, prove::universal());
    assert!(promises.len() > 20);
}

#[test]
fn every_promise_of_the_reference_policy_holds() {
    let policy = common::reference();
    let proof = prove(&policy);
    assert!(proof.holds(), "{}", told(&proof));
    assert!(proof.cases > 500_000, "{}", proof.cases);
    assert!(policy.promises.len() > 10);
    let own = proof.promises.iter().filter(|proven| !proven.universal);
    assert_eq!(own.count(), policy.promises.len());
}

#[test]
fn every_promise_of_the_clinic_holds() {
    let policy = clinic();
    let proof = prove(&policy);
    assert!(proof.holds(), "{}", told(&proof));
    assert!(!policy.promises.is_empty());
}

/// What is wrong with promises, by line: the message and the way out are for a lawyer to act on.
#[test]
fn a_promise_that_cannot_be_read_is_told_with_its_line() {
    let mut files = common::files();
    let label = "label = { ja = \"約束\", en = \"A promise\" }\nrows = [\"S1\"]\n";
    let mut found = |text: &str| {
        files.insert("promises.toml".into(), text.replace("LABEL\n", label));
        let findings = policy::read_files(&files).unwrap_err();
        let errors = findings.into_iter().filter(|f| f.file == "promises.toml");
        errors.map(|f| format!("{}: {}", f.line, f.message)).collect::<Vec<_>>().join("\n")
    };
    let unknown_item = "[one]\nLABEL\nnever = { items = \"shoe_size\" }";
    assert_eq!(found(unknown_item), "4: there is no item `shoe_size` in this policy");
    let unknown_consent = "[one]\nLABEL\nrequires = { consents = { tracking = \"in_force\" } }";
    assert_eq!(found(unknown_consent), "4: there is no consent `tracking` in this policy");
    let unknown_term = found("[one]\nLABEL\nnever = { colour = \"red\" }");
    assert!(unknown_term.starts_with("4: unknown field `colour`"), "{unknown_term}");
    let unknown_word =
        found("[one]\nLABEL\nwhen = { exception = \"luck\" }\nrequires = { restricted = false }");
    assert!(unknown_word.starts_with("4: unknown variant `luck`"), "{unknown_word}");
    assert_eq!(found("[one]\nLABEL\n"), "1: `one` does not say one thing");
    assert_eq!(found("[one]\nLABEL\nnever = {}"), "1: `one` says `never` or `requires` of nothing");
    let no_row = "[one]\nlabel = { ja = \"約束\", en = \"A promise\" }\nrows = []\nnever = { secret = true }";
    assert_eq!(found(no_row), "1: `one` does not say where it comes from");
    let no_words = "[one]\nlabel = { ja = \"\", en = \"A promise\" }\nrows = [\"S1\"]\nnever = { secret = true }";
    assert_eq!(found(no_words), "1: `one` has no words in some language");
}

#[test]
fn a_promise_of_nothing_does_not_stand() {
    let mut files = common::files();
    let promise = "[parents]\nlabel = { ja = \"約束\", en = \"A promise\" }\nrows = [\"S1\"]\n\
        never = { recipient_role = \"group_parent\" }";
    files.insert("promises.toml".into(), promise.into());
    let policy = policy::read_files(&files).unwrap().document;
    let proof = prove::prove_on(&policy, prove::Rules::OURS, &|p| p.name.as_str() == "parents");
    assert_eq!(proof.promises[0].outcome, Outcome::Empty);
    assert!(!proof.holds());
}
