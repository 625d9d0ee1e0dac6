//! Each try to sign in is noted as the policy's item says (S5): when, by what means, whether it fit, and the
//! kind of device. It lies under her own key, goes when the policy says so, and is shown to her.

use std::time::{Duration, Instant};

use policy::record::{Act, SignInMeans};
use serde_json::{Value, json};

use crate::house::{Answer, Guest, House, policy_files};

const ISSUER: &str = "https://id.mihon.example";

impl House {
    async fn tries_to_sign_in(&self, password: &str, device: Option<&str>) -> Answer {
        let mut body = json!({ "email": "hanako@guest.example", "password": password });
        if let Some(device) = device {
            body["device"] = device.into();
        }
        self.post("/v1/sign-ins", &body).go().await
    }
}

impl House {
    async fn comes_by_link(&self, device: Option<&str>) {
        let mut body = json!({ "link": { "issuer": ISSUER, "subject": "mihon-1" } });
        if let Some(device) = device {
            body["device"] = device.into();
        }
        self.post("/v1/sign-ins", &body).go().await.expect(200);
    }
}

impl Guest<'_> {
    async fn links_for_history(&self) {
        let link = json!({ "issuer": ISSUER, "subject": "mihon-1", "scopes": [] });
        self.house.put(&self.path("links/sample_id"), &link).go().await.expect(200);
    }

    async fn sign_ins(&self) -> Vec<Value> {
        let page = self.house.get(&self.path("sign-ins")).go().await.expect(200);
        page["sign_ins"].as_array().unwrap().clone()
    }

    /// The history once it has so many tries: a try that failed is noted while the answer leaves.
    async fn sign_ins_of(&self, count: usize) -> Vec<Value> {
        let begun = Instant::now();
        loop {
            let found = self.sign_ins().await;
            if found.len() >= count {
                return found;
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "{count} are not noted: {found:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

#[tokio::test]
async fn she_sees_when_by_what_means_and_from_which_kind_of_device() {
    let house = House::open();
    let hanako = house.guest("Hanako").password("correct horse").signs_up().await;
    assert_eq!(hanako.sign_ins().await, Vec::<Value>::new());
    house.tries_to_sign_in("correct horse", Some("phone")).await.expect(200);
    house.lets_hours_pass(1);
    house.tries_to_sign_in("wrong horse", Some("computer")).await.problem(403, "sign-in-failed");
    hanako.sign_ins_of(2).await;
    house.lets_hours_pass(1);
    hanako.links_for_history().await;
    house.comes_by_link(None).await;
    let shown = hanako.sign_ins().await;
    let line = |at: &str, means: &str, succeeded: bool, device: Value| json!({ "at": at, "means": means, "succeeded": succeeded, "device": device });
    assert_eq!(
        shown,
        [
            line("2026-11-22T02:00:00Z", "link", true, Value::Null),
            line("2026-11-22T01:00:00Z", "password", false, json!("computer")),
            line("2026-11-22T00:00:00Z", "password", true, json!("phone")),
        ]
    );
    let noted: Vec<(SignInMeans, bool)> = house
        .records()
        .iter()
        .filter_map(|record| match record.act {
            Act::SignInNoted { means, succeeded, .. } => Some((means, succeeded)),
            _ => None,
        })
        .collect();
    let (password, link) = (SignInMeans::Password, SignInMeans::Link);
    assert_eq!(noted, [(password, true), (password, false), (link, true)]);
    // It is an item like any other: held, kept so long, and sealed.
    for (place, bytes) in house.ground.everything_kept() {
        let found = bytes.windows(15).any(|window| window == b"failed computer");
        assert!(!found, "in clear in {place}");
    }
    let held = house.get(&hanako.path("items")).go().await.expect(200);
    let history = held["items"].as_array().unwrap().iter().find(|i| i["item"] == "login_history");
    assert_eq!(history.unwrap()["version"], 3);
    house.adds_up();
}

#[tokio::test]
async fn what_the_service_checked_itself_is_noted_on_its_word() {
    let house = House::open();
    let hanako = house.guest("Hanako").password("correct horse").signs_up().await;
    let vouches = async |means: &str, succeeded: bool| {
        let vouched = json!({ "subject": hanako.id, "means": means, "succeeded": succeeded });
        house.post("/v1/sign-ins", &json!({ "vouched": vouched, "device": "phone" })).go().await
    };
    let found = vouches("passkey", true).await.expect(200);
    assert_eq!((&found["subject"], &found["regime"]), (&json!(hanako.id), &json!("jp")));
    house.lets_hours_pass(1);
    vouches("code", false).await.problem(403, "sign-in-failed");
    let shown = hanako.sign_ins().await;
    let seen: Vec<_> = shown.iter().map(|one| (&one["means"], &one["succeeded"])).collect();
    assert_eq!(seen, [(&json!("code"), &json!(false)), (&json!("passkey"), &json!(true))]);
    // What is checked here is not taken on anybody's word.
    for means in ["password", "link"] {
        assert!(!vouches(means, true).await.invalid().is_empty(), "{means}");
    }
    let beside = json!({ "vouched": { "subject": hanako.id, "means": "code", "succeeded": true },
        "email": "hanako@guest.example" });
    let answer = house.post("/v1/sign-ins", &beside).go().await;
    assert_eq!(answer.invalid(), [("vouched".to_owned(), "not_alone".to_owned())]);
    // Whoever may ask whether a password fits may not vouch.
    let key = house.service_key("terminal", &["sign-ins:write"]);
    let vouched = json!({ "subject": hanako.id, "means": "code", "succeeded": true });
    let sent = house.post("/v1/sign-ins", &json!({ "vouched": vouched }));
    sent.by(&key).go().await.problem(403, "scope");
    // Who left comes in by nothing.
    house.call("DELETE", &format!("/v1/subjects/{}", hanako.id)).go().await.expect(200);
    vouches("passkey", true).await.problem(404, "not-found");
}

#[tokio::test]
async fn a_person_is_found_by_her_address_while_she_has_an_account() {
    let house = House::open();
    let hanako = house.guest("Hanako").signs_up().await;
    let whose = async |email: &str| {
        let found = house.post("/v1/sign-ins/addresses", &json!({ "email": email })).go().await;
        found.expect(200)
    };
    assert_eq!(whose(" Hanako@GUEST.example").await, json!({ "subject": hanako.id }));
    for nobody in ["yoko@guest.example", "no address", ""] {
        assert_eq!(whose(nobody).await, json!({ "subject": null }));
    }
    house.call("DELETE", &format!("/v1/subjects/{}", hanako.id)).go().await.expect(200);
    assert_eq!(whose("hanako@guest.example").await, json!({ "subject": null }));
}

#[tokio::test]
async fn a_password_is_put_in_the_place_of_the_one_before() {
    let house = House::open();
    let hanako = house.guest("Hanako").password("correct horse").signs_up().await;
    let puts = async |body: Value| house.put(&hanako.path("secrets/password"), &body).go().await;
    let wrong = json!({ "password": "battery staple", "old": "wrong horse" });
    puts(wrong).await.problem(403, "sign-in-failed");
    house.tries_to_sign_in("correct horse", None).await.expect(200);
    puts(json!({ "password": "battery staple", "old": "correct horse" })).await.expect(200);
    house.tries_to_sign_in("correct horse", None).await.problem(403, "sign-in-failed");
    house.tries_to_sign_in("battery staple", None).await.expect(200);
    puts(json!({ "password": "a third password" })).await.expect(200);
    house.tries_to_sign_in("a third password", None).await.expect(200);
    let short = puts(json!({ "password": "short" })).await.invalid();
    assert_eq!(short, [("secrets.password".to_owned(), "unfit_password".to_owned())]);
    let kinds = house.records().into_iter().filter(|r| matches!(r.act, Act::SecretPut { .. }));
    assert_eq!(kinds.count(), 2, "each is on record, and a refused one is not");
    for (place, bytes) in house.ground.everything_kept() {
        let found = bytes.windows(14).any(|window| window == b"battery staple");
        assert!(!found, "in clear in {place}");
    }
    for _ in 0..20 {
        puts(json!({ "password": "battery staple", "old": "wrong" })).await;
    }
    let answer = puts(json!({ "password": "battery staple", "old": "a third password" })).await;
    answer.problem(429, "too-many");
    house.call("DELETE", &format!("/v1/subjects/{}", hanako.id)).go().await.expect(200);
    assert_eq!(puts(json!({ "password": "battery staple" })).await.status, 409);
    house.adds_up();
}

#[tokio::test]
async fn a_device_is_a_kind_and_never_an_address() {
    let house = House::open();
    house.guest("Hanako").password("correct horse").signs_up().await;
    for device in ["192.0.2.7", "Mozilla/5.0", ""] {
        let answer = house.tries_to_sign_in("correct horse", Some(device)).await;
        assert_eq!(answer.invalid(), [("device".to_owned(), "unreadable".to_owned())]);
    }
}

#[tokio::test]
async fn the_history_holds_the_newest_and_nothing_older_than_the_policy_keeps() {
    let house = House::open();
    let hanako = house.guest("Hanako").password("correct horse").signs_up().await;
    house.tries_to_sign_in("correct horse", None).await.expect(200);
    house.lets_hours_pass(364 * 24);
    house.tries_to_sign_in("correct horse", Some("tablet")).await.expect(200);
    assert_eq!(hanako.sign_ins().await.len(), 2);
    house.lets_hours_pass(2 * 24);
    house.tries_to_sign_in("correct horse", None).await.expect(200);
    let days: Vec<String> = hanako
        .sign_ins()
        .await
        .iter()
        .map(|one| one["at"].as_str().unwrap()[..10].to_owned())
        .collect();
    assert_eq!(days, ["2027-11-23", "2027-11-21"], "a year of them");
    // More than the item holds: the oldest make room.
    hanako.links_for_history().await;
    for _ in 0..60 {
        house.lets_hours_pass(1);
        house.comes_by_link(Some("computer")).await;
    }
    let shown = hanako.sign_ins().await;
    assert!((40..60).contains(&shown.len()), "{}", shown.len());
    assert_eq!(shown[0]["at"], house.now().to_string(), "the newest stands on top");
}

#[tokio::test]
async fn what_she_stopped_is_not_noted_and_she_signs_in_all_the_same() {
    let house = House::open();
    let hanako = house.guest("Hanako").password("correct horse").signs_up().await;
    hanako.stops(None).await;
    let before = house.rows();
    house.tries_to_sign_in("correct horse", None).await.expect(200);
    assert_eq!(house.rows(), before);
    let seen = house.get(&hanako.path("sign-ins")).go().await;
    assert_eq!(seen.refused(), ["restricted"]);
    let nobody = format!("/v1/subjects/{}/sign-ins", policy::SubjectId([7; 16]));
    house.get(&nobody).go().await.problem(404, "not-found");
}

#[test]
fn a_policy_has_one_item_for_it_and_of_the_right_kind() {
    for (from, to) in [
        ("sign_ins = true # when", "sign_ins = true\nlinked = \"nobody\" # when"),
        ("[gender]\n", "[gender]\nsign_ins = true\n"),
    ] {
        let mut files = policy_files();
        let items = files.get_mut("items.toml").unwrap();
        assert_eq!(items.matches(from).count(), 1, "{from}");
        *items = items.replacen(from, to, 1);
        let findings = policy::read_files(&files).unwrap_err();
        let found =
            findings.iter().any(|f| f.message.ends_with("cannot have sign-ins noted in it"));
        assert!(found, "{findings:?}");
    }
}
