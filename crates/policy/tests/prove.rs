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
