//! A guest links a service (S4): what she granted there comes in and no more, each item with the claim it
//! came from; she signs in by it; and when she ends the link, what came through it goes, unless she has
//! entered it herself since or a hold keeps it.

use policy::record::{Act, ErasedBecause};
use serde_json::{Value, json};

use crate::house::{Call, Guest, House, lay_over};

const ISSUER: &str = "https://id.mihon.example";

impl Guest<'_> {
    /// Comes back from the linked service, whose ID token the app has verified; `changes` are laid over.
    fn links(&self, id: &str, changes: &Value) -> Call {
        let mut body = json!({
            "issuer": ISSUER,
            "subject": id,
            "scopes": ["openid", "profile"],
            "items": { "external_profile": { "claim": "nickname", "value": "はなちゃん" } },
        });
        lay_over(&mut body, changes);
        self.house.put(&self.path("links/sample_id"), &body)
    }

    fn unlinks(&self) -> Call {
        self.house.call("DELETE", &self.path("links/sample_id"))
    }

    async fn linked(&self) -> Value {
        self.house.get(&self.path("links")).go().await.expect(200)["links"].clone()
    }

    /// What is held of her under an item, without the value.
    async fn held_as(&self, item: &str) -> Option<Value> {
        let held = self.house.get(&self.path("items")).go().await.expect(200);
        held["items"].as_array().unwrap().iter().find(|value| value["item"] == item).cloned()
    }
}

impl House {
    /// Somebody comes through a linked service.
    fn signs_in_by_link(&self, id: &str) -> Call {
        let link = json!({ "issuer": ISSUER, "subject": id });
        self.post("/v1/sign-ins", &json!({ "link": link }))
    }
}

#[tokio::test]
async fn what_she_granted_comes_in_with_its_source_and_she_signs_in_by_it() {
    let house = House::open();
    let hanako = house.guest("Hanako").signs_up().await;
    house.signs_in_by_link("mihon-7731").go().await.problem(404, "not-found");
    let linked = hanako.links("mihon-7731", &json!({})).go().await.expect(200);
    assert_eq!(
        linked["items"],
        json!([
            { "item": "external_user_id", "version": 1, "claim": null, "scope": null },
            { "item": "external_profile", "version": 1, "claim": "nickname", "scope": "profile" },
        ])
    );
    let signed_in = house.signs_in_by_link("mihon-7731").go().await.expect(200);
    assert_eq!(signed_in, json!({ "subject": hanako.id, "regime": "jp" }));
    // To the letter: ids there are not words.
    for other in ["Mihon-7731", "mihon-7731 ", "mihon-773"] {
        house.signs_in_by_link(other).go().await.problem(404, "not-found");
    }

    // She is told where each value came from, in both languages.
    let profile = hanako.held_as("external_profile").await.unwrap();
    assert_eq!(
        profile["link"],
        json!({ "service": "sample_id", "claim": "nickname", "scope": "profile" })
    );
    assert_eq!(
        profile["source"],
        json!({
            "ja": "「【見本】見本ID」から、連携時に許可された「プロフィール」として受け取った情報（2026年11月22日）",
            "en": "Received from “[Sample] Mihon ID” under “Profile”, which you allowed (22 November 2026)",
        })
    );
    let name = hanako.held_as("name").await.unwrap();
    assert_eq!((&name["link"], &name["source"]["en"]), (&Value::Null, &json!("What you enter")));
    let links = hanako.linked().await;
    assert_eq!(links[0]["label"]["en"], "[Sample] Mihon ID");
    assert_eq!(
        links[0]["scopes"],
        json!([
            { "scope": "openid", "label": null },
            { "scope": "profile", "label": { "ja": "プロフィール", "en": "Profile" } },
        ])
    );
    assert_eq!(links[0]["items"], linked["items"]);

    // One record of the intake, with source and grant; neither id nor value lies anywhere in clear.
    let records = house.records();
    let mut grants = records.iter().filter_map(|record| match &record.act {
        Act::Linked { scopes, items, .. } => Some((scopes, items)),
        _ => None,
    });
    let (scopes, items) = grants.next().unwrap();
    assert!(grants.next().is_none());
    assert_eq!((scopes.len(), items.len()), (2, 2));
    for value in ["mihon-7731", "はなちゃん"] {
        assert!(!serde_json::to_string(&records).unwrap().contains(value), "{value}");
        for (place, bytes) in house.ground.everything_kept() {
            let found = bytes.windows(value.len()).any(|window| window == value.as_bytes());
            assert!(!found, "{value} in {place}");
        }
    }
    let used = hanako.is_used("service", &["external_user_id", "external_profile"]).go().await;
    assert_eq!(used.expect(200)["items"]["external_profile"], "はなちゃん");
    house.adds_up();
}

#[tokio::test]
async fn what_was_not_granted_is_refused_with_its_field() {
    let house = House::open();
    let hanako = house.guest("Hanako").signs_up().await;
    let yoko = house.guest("Yoko").signs_up().await;
    yoko.links("mihon-1", &json!({})).go().await.expect(200);
    let before = house.rows();
    let import = |item: &str, claim: &str, value: &str| {
        let mut items = serde_json::Map::new();
        items.insert(item.to_owned(), json!({ "claim": claim, "value": value }));
        json!({ "items": items })
    };
    for (changes, field, code) in [
        (json!({ "scopes": ["openid"] }), "items.external_profile.claim", "not_granted"),
        (json!({ "scopes": [] }), "items.external_profile.claim", "not_granted"),
        (import("external_profile", "email", "x"), "items.external_profile.claim", "unknown"),
        (import("name", "nickname", "x"), "items.name.claim", "other_item"),
        (import("allergy", "allergies", "x"), "items.allergy.claim", "unknown"),
        (import("はな", "email", "x"), "items.claim", "unknown"),
        (import("external_profile", "nickname", ""), "items.external_profile.value", "empty"),
        (json!({ "issuer": "https://id.mihon.example/" }), "issuer", "other_issuer"),
        (json!({ "scopes": ["a b", "profile"] }), "scopes[0]", "not_a_name"),
        (json!({ "subject": "" }), "subject", "empty"),
        (json!({ "subject": "mihon-1" }), "subject", "taken"),
    ] {
        let answer = hanako.links("mihon-2", &changes).go().await;
        assert_eq!(answer.invalid(), [(field.to_owned(), code.to_owned())], "{changes}");
        assert!(!answer.text().contains("mihon-1"), "{}", answer.text());
    }
    assert_eq!(house.rows(), before, "a refusal of intake keeps nothing");
    let path = hanako.path("links/other_id");
    house
        .put(&path, &json!({ "issuer": ISSUER, "subject": "x", "scopes": [] }))
        .go()
        .await
        .problem(404, "not-found");
    hanako.unlinks().go().await.problem(404, "not-found");
    assert_eq!(hanako.linked().await, json!([]));
}

#[tokio::test]
async fn an_ended_link_takes_what_came_through_it_and_leaves_what_she_entered_herself() {
    let house = House::open();
    let hanako = house.guest("Hanako").signs_up().await;
    hanako.links("mihon-2", &json!({})).go().await.expect(200);
    hanako.puts("external_profile", "花子です").go().await.expect(200);
    let typed = hanako.held_as("external_profile").await.unwrap();
    assert_eq!((&typed["link"], &typed["source"]["en"]), (&Value::Null, &json!("What you enter")));
    let ended = hanako.unlinks().go().await.expect(200);
    assert_eq!(ended["kept"], json!(["external_profile"]));
    assert_eq!(ended["gone"][0]["name"], "external_user_id");
    assert_eq!((ended["gone"].as_array().unwrap().len(), &ended["stayed"]), (1, &json!([])));
    house.signs_in_by_link("mihon-2").go().await.problem(404, "not-found");
    assert!(hanako.held_as("external_user_id").await.is_none());
    assert!(hanako.held_as("external_profile").await.is_some());
    assert!(hanako.held_as("name").await.is_some(), "the rest of hers stays");
    // The grant stays on record, and so does its end.
    let kinds: Vec<&str> = house.records().iter().map(|record| record.act.kind()).collect();
    assert_eq!(kinds[kinds.len() - 4..], ["linked", "item_put", "unlinked", "erased"]);
    let erased = house.records().pop().unwrap().act;
    assert!(matches!(erased, Act::Erased { because: ErasedBecause::Unlinked, .. }), "{erased:?}");
    // Free again, for her or for somebody else.
    let yoko = house.guest("Yoko").signs_up().await;
    yoko.links("mihon-2", &json!({})).go().await.expect(200);
    house.adds_up();
}

#[tokio::test]
async fn what_a_hold_keeps_is_named_and_lets_nobody_in() {
    let house = House::open();
    let hanako = house.guest("Hanako").signs_up().await;
    hanako.links("mihon-3", &json!({})).go().await.expect(200);
    let hold = json!({
        "reason": "a suit", "evidence": "case-1", "until": "2027-11-22T00:00:00Z",
        "items": ["external_user_id"],
    });
    let path = hanako.path("holds/suit_1");
    house.put(&path, &hold).by(&house.manager_key).go().await.expect(200);
    let ended = hanako.unlinks().go().await.expect(200);
    assert_eq!(ended["gone"][0]["name"], "external_profile");
    assert_eq!(ended["stayed"][0]["name"], "external_user_id");
    assert_eq!(ended["stayed"][0]["held_by"][0]["hold"], "suit_1");
    assert_eq!(
        (ended["gone"].as_array().unwrap().len(), ended["stayed"].as_array().unwrap().len()),
        (1, 1)
    );
    house.signs_in_by_link("mihon-3").go().await.problem(404, "not-found");
    house.adds_up();
}

#[tokio::test]
async fn a_narrower_grant_takes_away_what_it_no_longer_covers() {
    let house = House::open();
    let hanako = house.guest("Hanako").signs_up().await;
    hanako.links("mihon-4", &json!({})).go().await.expect(200);
    let narrower = json!({ "scopes": ["openid"], "items": {} });
    let linked = hanako.links("mihon-4", &narrower).go().await.expect(200);
    assert_eq!(linked["gone"][0]["name"], "external_profile");
    assert!(hanako.held_as("external_profile").await.is_none());
    house.signs_in_by_link("mihon-4").go().await.expect(200);
    // Another id of hers there is not put over this one.
    hanako.links("mihon-5", &json!({})).go().await.problem(409, "conflict");
    house.adds_up();
}

#[tokio::test]
async fn nobody_comes_in_by_the_link_of_whoever_left_or_whose_row_was_moved() {
    let house = House::open();
    let hanako = house.guest("Hanako").signs_up().await;
    let yoko = house.guest("Yoko").signs_up().await;
    hanako.links("mihon-6", &json!({})).go().await.expect(200);
    let moved = "UPDATE links SET subject = $1 WHERE subject = $2";
    assert_eq!(house.meddles(moved, vec![yoko.bytes(), hanako.bytes()]), 1);
    let answer = house.signs_in_by_link("mihon-6").go().await;
    assert_eq!(answer.status, 500, "it does not open: {}", answer.text());
    assert_eq!(house.meddles(moved, vec![hanako.bytes(), yoko.bytes()]), 1);
    house.signs_in_by_link("mihon-6").go().await.expect(200);
    house.call("DELETE", &format!("/v1/subjects/{}", hanako.id)).go().await.expect(200);
    house.signs_in_by_link("mihon-6").go().await.problem(404, "not-found");
    assert_eq!(house.rows()["links"], 0);
    house.adds_up();
}

#[tokio::test]
async fn only_a_key_that_may_link_vouches_for_an_id() {
    let house = House::open();
    let hanako = house.guest("Hanako").signs_up().await;
    hanako.links("mihon-8", &json!({})).go().await.expect(200);
    let key = house.service_key("terminal", &["sign-ins:write"]);
    house.signs_in_by_link("mihon-8").by(&key).go().await.problem(403, "scope");
    let both = json!({ "link": { "issuer": ISSUER, "subject": "mihon-8" }, "email": "a@b.jp" });
    for (body, field) in
        [(both, "link"), (json!({}), "email"), (json!({ "email": "a@b.jp" }), "password")]
    {
        let answer = house.post("/v1/sign-ins", &body).go().await;
        assert_eq!(answer.invalid()[0].0, field);
    }
}
