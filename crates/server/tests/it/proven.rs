//! What a version promises is proven before it is published, and the result is published with it
//! (S39, G5, I11).

use std::path::Path;
use std::sync::Arc;

use azukari::acts::publish::{self, Files, Refused, Release};
use serde_json::Value;

use crate::house::{Ground, House, morning};

fn clinic() -> Files {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/clinic");
    policy::read::files(&folder).unwrap()
}

fn publishes(house: &House, release: Release) -> Result<(), Refused> {
    let app = Arc::clone(&house.app);
    let store = &house.app.store;
    store.write_blocking(move |tx| publish::publish(tx, &app.keys, &release, &*app.clock)).map(drop)
}

/// The clinic's files as a later version, with one change.
fn later(file: &str, from: &str, to: &str) -> Files {
    let mut files = clinic();
    let controller = files.get_mut("controller.toml").unwrap();
    *controller = controller.replace("version = \"2026-11-01\"", "version = \"2026-11-22\"");
    let text = files.get_mut(file).unwrap();
    assert!(text.contains(from), "{file} has `{from}`");
    *text = text.replace(from, to);
    files
}

#[tokio::test]
async fn the_proof_is_published_with_its_version() {
    let house = House::open_on(Ground::new(), morning(), Some(clinic()), 0);
    let mut release = Release::of(later("controller.toml", "pr", "pr"));
    release.prove();
    publishes(&house, release).unwrap();
    house.app.turn().unwrap();
    let shown = house.get("/v1/policy/versions/2026-11-22").go().await.expect(200);
    let promises = shown["release"]["proof"]["promises"].as_array().unwrap().clone();
    assert!(promises.len() > 30, "universal ones and the clinic's own: {}", promises.len());
    let holds = |promise: &Value| promise["outcome"] == "holds" || promise["outcome"] == "empty";
    assert!(promises.iter().all(holds), "{promises:?}");
    assert!(shown["release"]["proof"]["cases"].as_u64().unwrap() > 10_000);
    let page = house.get("/policy/versions/2026-11-22?lang=en").go().await.text();
    assert!(page.contains("What this version promises"), "{page}");
}

#[tokio::test]
async fn a_version_that_breaks_what_it_promises_is_not_published() {
    let house = House::open_on(Ground::new(), morning(), Some(clinic()), 0);
    // The pharmacy would see the patient long after the prescription is filled.
    let mut release =
        Release::of(later("purposes.toml", "after_end_hours = 1", "after_end_hours = 5"));
    release.prove();
    let refused = publishes(&house, release).unwrap_err().to_string();
    assert!(refused.contains("breaks what it promises"), "{refused}");
    assert!(refused.contains("an_hour_after_the_visit_it_ends"), "{refused}");
    let versions = house.get("/v1/policy/versions").go().await.expect(200);
    assert_eq!(versions["versions"].as_array().unwrap().len(), 1, "nothing of it is published");
}

#[tokio::test]
async fn without_a_proof_of_these_very_files_nothing_is_published() {
    let house = House::open_on(Ground::new(), morning(), Some(clinic()), 0);
    let unproven = || Release::of(later("controller.toml", "pr", "pr"));
    let refused = publishes(&house, unproven()).unwrap_err().to_string();
    assert!(refused.contains("were not all proven"), "{refused}");
    // Of other files.
    let mut other = Release::of(clinic());
    other.prove();
    let refused = publishes(&house, Release { proof: other.proof, ..unproven() }).unwrap_err();
    assert!(refused.to_string().contains("were not all proven"), "{refused}");
    // Of some promises only.
    let mut some = unproven();
    some.prove();
    some.proof.as_mut().unwrap().promises.pop();
    let refused = publishes(&house, some).unwrap_err().to_string();
    assert!(refused.contains("were not all proven"), "{refused}");
}

#[tokio::test]
async fn a_version_that_another_builds_on_is_not_taken_back() {
    // Else the later one would change what the earlier did, without an answer to it in its plan (I11).
    let house = House::open_on(Ground::new(), morning(), Some(clinic()), 0);
    let release = |version: &str, at: &str| {
        let mut files = clinic();
        let controller = files.get_mut("controller.toml").unwrap();
        *controller = controller.replace("2026-11-01\"", &format!("{version}\""));
        let mut release = Release::of(files);
        release.at = Some(at.parse().unwrap());
        release.prove();
        release
    };
    publishes(&house, release("2026-12-01", "2026-12-01T00:00:00+09:00")).unwrap();
    publishes(&house, release("2026-12-02", "2026-12-02T00:00:00+09:00")).unwrap();
    let withdraws = |version: &str| {
        let (app, version) = (Arc::clone(&house.app), version.parse().unwrap());
        let store = &house.app.store;
        store.write_blocking(move |tx| publish::withdraw(tx, &app.keys, version, &*app.clock))
    };
    let refused = withdraws("2026-12-01").unwrap_err().to_string();
    assert!(refused.contains("builds on `2026-12-01`; withdraw it first"), "{refused}");
    let refused = withdraws("2026-11-01").unwrap_err().to_string();
    assert!(refused.contains("has taken effect"), "{refused}");
    withdraws("2026-12-02").unwrap();
    withdraws("2026-12-01").unwrap();
}

#[tokio::test]
async fn a_name_that_was_taken_out_does_not_come_back_for_something_else() {
    // Values held under it, collected for the old purposes, would serve the new (Act 18(1)).
    let house = House::open_on(Ground::new(), morning(), Some(clinic()), 0);
    let version = |version: &str, with_mail: bool| {
        let mut files = clinic();
        files.remove("promises.toml");
        let controller = files.get_mut("controller.toml").unwrap();
        *controller = controller.replace("2026-11-01\"", &format!("{version}\""));
        if !with_mail {
            let items = files.get_mut("items.toml").unwrap();
            let mail = items.find("[medicine]").unwrap();
            let end = items[mail + 1..].find("\n[").map_or(items.len(), |at| mail + 1 + at + 1);
            items.replace_range(mail..end, "");
        }
        let mut release = Release::of(files);
        release.prove();
        release
    };
    publishes(&house, version("2026-11-22", false)).unwrap();
    house.app.turn().unwrap();
    let refused = publishes(&house, version("2026-11-22.2", true)).unwrap_err().to_string();
    assert!(refused.contains("item `medicine` was taken out"), "{refused}");
}
