//! One policy is in force, the newest that this house published, and every process goes by it: not
//! by one that was put into the database, not by an older one, not by a root that was rotated away.

use azukari::acts::publish::{self, Files};
use azukari::app::AppError;
use serde_json::json;

use crate::house::{House, policy_files};

/// The reference policy under another version.
fn version(version: &str) -> Files {
    let mut files = policy_files();
    let controller = files.get_mut("controller.toml").unwrap();
    *controller = controller.replace("2026-10-01", version);
    files
}

/// Why a house does not open.
fn refused<T>(opened: Result<T, AppError>) -> String {
    match opened {
        Ok(_) => panic!("it opens"),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn a_policy_that_was_put_into_the_database_is_refused() {
    let (ground, clock) = House::open().close().await;
    // Other files, with the hash that belongs to them: coherent, and not this house's.
    let mut files = policy_files();
    for text in files.values_mut() {
        text.push_str("\n# no longer what was agreed\n");
    }
    let hash = policy::read_files(&files).unwrap().document.hash;
    let text = serde_json::to_string(&files).unwrap().replace('\'', "''");
    let forge = format!("UPDATE policies SET hash = '{hash}', files = '{text}'");
    let newer = "INSERT INTO policies (version, hash, files, proof, published_at) \
                 SELECT '2026-10-02', hash, files, proof, published_at + 1 FROM policies; \
                 UPDATE ledger SET policy = '2026-10-02'";
    let only_files = format!("UPDATE policies SET files = '{text}'");
    for sql in [forge.as_str(), newer, only_files.as_str(), "DELETE FROM policies"] {
        let copy = ground.copy();
        copy.mends(sql);
        for given in [None, Some(policy_files())] {
            let says = refused(copy.open_app(&clock, copy.root_key(), given));
            assert!(says.contains("backup"), "{says}");
        }
    }
    House::open_on(ground, clock, None, 0).adds_up();
}

#[tokio::test]
async fn a_version_to_come_does_not_come_earlier_by_another_hand() {
    let early = "UPDATE ledger SET policy = '2026-12-01', next_at = NULL";
    let house = House::open();
    let hanako = house.guest("Hanako").signs_up().await;
    house.publishes(version("2026-12-01"), None, Some("2026-12-01T00:00:00+09:00")).unwrap();
    house.app.keep_up().await.unwrap();
    let before = house.rows();

    // Whoever has the house open does nothing more, and goes by no other rules.
    house.meddles(early, Vec::new());
    hanako.is_used("service", &["name"]).go().await.problem(503, "policy-changed");
    let says = house.app.keep_up().await.unwrap_err();
    assert!(format!("{says:?}").contains("2026-11-30T15:00:00Z"), "{says:?}");
    hanako.is_used("service", &["name"]).go().await.problem(503, "policy-changed");
    assert_eq!(house.app.policy().version.to_string(), "2026-10-01");
    assert_eq!(house.rows(), before);
    // Nor does who only looks.
    let (app, now) = (std::sync::Arc::clone(&house.app), house.now());
    let looked =
        house.app.store.read_blocking(move |conn| publish::published(conn, &app.keys, now));
    assert!(refused(looked).contains("2026-11-30T15:00:00Z"));

    // Nor who opens it.
    let (ground, clock) = house.close().await;
    for given in [None, Some(policy_files()), Some(version("2026-12-01"))] {
        let copy = ground.copy();
        let says = refused(copy.open_app(&clock, copy.root_key(), given));
        assert!(says.contains("2026-11-30T15:00:00Z") && says.contains("backup"), "{says}");
    }
    // Set right, it opens, and the version comes at its moment.
    ground.mends("UPDATE ledger SET policy = '2026-10-01', next_at = NULL");
    let house = House::open_on(ground, clock, None, 0);
    assert_eq!(house.app.policy().version.to_string(), "2026-10-01");
    house.lets_hours_pass(24 * 9);
    house.app.keep_up().await.unwrap();
    assert_eq!(house.app.policy().version.to_string(), "2026-12-01");
    house.adds_up();
}

#[tokio::test]
async fn an_older_version_comes_back_only_under_a_later_one() {
    let house = House::open().reopened(Some(version("2026-11-01"))).await;
    let (ground, clock) = house.close().await;
    let says = refused(ground.open_app(&clock, ground.root_key(), Some(policy_files())));
    assert!(says.contains("`2026-10-01`") && says.contains("`2026-11-01`"), "{says}");
    let house = House::open_on(ground, clock, None, 0);
    assert_eq!(house.app.policy().version.to_string(), "2026-11-01");
    assert_eq!(house.records().len(), 2, "both publications, and nothing else");
    house.reopened(Some(version("2026-11-02"))).await.adds_up();
}

#[tokio::test]
async fn a_process_with_an_older_policy_or_root_does_nothing_more() {
    for (sql, kind) in [
        ("UPDATE ledger SET policy = '2026-11-01'", "policy-changed"),
        ("UPDATE ledger SET root = 'root_0000000000000000'", "root-changed"),
    ] {
        let house = House::open();
        let hanako = house.guest("Hanako").signs_up().await;
        house.meddles(sql, Vec::new());
        let before = house.rows();
        house.guest("Yoko").sends().go().await.problem(503, kind);
        hanako.puts("name", "Hanae").go().await.problem(503, kind);
        hanako.is_used("service", &["name"]).go().await.problem(503, kind);
        let stop = house.put(&hanako.path("restrictions"), &json!({ "stopped": true }));
        stop.go().await.problem(503, kind);
        assert_eq!(house.rows(), before, "nothing is sealed or written");
    }
}

#[tokio::test]
async fn a_policy_published_by_another_process_ends_this_ones_acts() {
    // Only PostgreSQL is shared by processes.
    if std::env::var("AZUKARI_TEST_POSTGRES").is_err() {
        return;
    }
    let house = House::open();
    let ground = &house.ground;
    let other =
        ground.open_app(&house.clock, ground.root_key(), Some(version("2026-11-01"))).unwrap();
    house.guest("Yoko").sends().go().await.problem(503, "policy-changed");
    std::thread::spawn(move || drop(other)).join().unwrap();
    let house = house.reopened(None).await;
    let yoko = house.guest("Yoko").answers_to("2026-11-01", "store_disclosure", "given");
    yoko.answers_to("2026-11-01", "related_information", "given").signs_up().await;
    house.adds_up();
}
