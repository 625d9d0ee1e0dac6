//! What a person had stopped stays stopped, for the company and for everybody else (S29); nothing
//! goes to nobody's guest, nor to a country that nobody confirmed (R2.1, I1, I10).

use serde_json::json;

use crate::house::{Ground, Guest, House, Store, morning, policy_files};

#[tokio::test]
async fn a_stopped_purpose_stops_own_use_and_provision_until_it_is_allowed_again() {
    let house = House::open();
    let (aoi, hanako) = (house.store("aoi").await, house.guest("Hanako").signs_up().await);
    hanako.books(&aoi, "bk-1").await;
    let to_store = aoi.asks_for(&hanako, &["name"]);

    hanako.stops(Some("service")).await;
    let used = hanako.is_used("service", &["name"]).go().await;
    assert_eq!(used.refused(), ["restricted"]);
    assert_eq!(used.value()["reasons"][0]["purpose"], "service");
    assert_eq!(to_store.receives().await["name"], "Hanako", "another purpose goes on");

    hanako.stops(Some("reservation")).await;
    assert_eq!(to_store.is_refused().await, ["restricted"]);
    hanako.allows(Some("reservation")).await;
    assert_eq!(to_store.receives().await["name"], "Hanako");

    hanako.stops(None).await;
    assert_eq!(to_store.is_refused().await, ["restricted"]);
    assert_eq!(hanako.is_used("billing", &["name"]).go().await.refused(), ["restricted"]);
    hanako.allows(None).await;
    let used = hanako.is_used("service", &["name"]).go().await;
    assert_eq!(used.refused(), ["restricted"], "allowing everything leaves the single stop");
    hanako.allows(Some("service")).await;
    let used = hanako.is_used("service", &["name"]).go().await.expect(200);
    assert_eq!(used["items"]["name"], "Hanako");
    house.adds_up();
}

#[tokio::test]
async fn what_is_stopped_can_be_asked_for_and_what_is_allowed_again_is_gone() {
    let house = House::open();
    let hanako = house.guest("Hanako").signs_up().await;
    let path = hanako.path("restrictions");
    let stopped = async || house.get(&path).go().await.expect(200)["restrictions"].clone();
    assert_eq!(stopped().await, json!([]));
    hanako.stops(Some("marketing")).await;
    house.put(&path, &json!({ "recipient": "store", "stopped": true })).go().await.expect(200);
    let now = house.app.clock.now().to_string();
    let of = |purpose: Option<&str>, recipient: Option<&str>| json!({ "purpose": purpose, "recipient": recipient, "stopped_at": now });
    assert_eq!(stopped().await, json!([of(Some("marketing"), None), of(None, Some("store"))]));
    hanako.allows(Some("marketing")).await;
    assert_eq!(stopped().await, json!([of(None, Some("store"))]));
    let nobody = format!("/v1/subjects/{}/restrictions", policy::SubjectId([7; 16]));
    house.get(&nobody).go().await.problem(404, "not-found");
    house.adds_up();
}

#[tokio::test]
async fn nobodys_guest_is_refused_like_anybody_else() {
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako = house.guest("Hanako").signs_up().await;
    let nobody = Guest { id: policy::SubjectId([7; 16]).to_string(), ..hanako.clone() };
    assert_eq!(aoi.asks_for(&nobody, &["name"]).is_refused().await, ["unknown_subject"]);
    let used = nobody.is_used("service", &["name"]).go().await;
    assert_eq!(used.refused(), ["unknown_subject"]);
    house.get(&nobody.path("provisions")).go().await.problem(404, "not-found");
    let records = house.records();
    assert!(records.iter().rev().take(2).all(|record| record.subject.is_none()));
    house.adds_up();
}

#[tokio::test]
async fn nothing_goes_to_a_processor_whose_country_nobody_confirmed() {
    let mut files = policy_files();
    let recipients = files.get_mut("recipients.toml").unwrap();
    let processors = recipients.find("[email_automation]").unwrap();
    let group = recipients.find("[gmo_group]").unwrap();
    let open: Vec<&str> =
        recipients[processors..group].lines().filter(|l| !l.starts_with("country = ")).collect();
    let open = open.join("\n") + "\n";
    recipients.replace_range(processors..group, &open);
    let house = House::open_on(Ground::new(), morning(), Some(files), 0);
    let hanako = house.guest("Hanako").answers("marketing", "given").signs_up().await;
    for (processor, purpose) in [
        ("email_automation", "marketing"),
        ("email_marketing", "marketing"),
        ("payment_platform", "billing"),
        ("customer_support", "support"),
        ("push_messaging", "support"),
    ] {
        let asking = Store::named(&house, processor).asks_for(&hanako, &["name"]);
        let refused = asking.for_purpose(purpose).is_refused().await;
        assert_eq!(refused, ["country_unconfirmed"], "{processor}");
    }
    house.adds_up();
}

#[tokio::test]
async fn a_store_in_a_country_without_a_route_receives_nothing() {
    let house = House::open();
    let hanako = house.guest("Hanako").signs_up().await;
    let abroad = house.store("abroad").await;
    hanako.books(&abroad, "bk-1").await;
    let asking = abroad.asks_for(&hanako, &["name"]);
    for (country, refused) in [("US", Some("no_route")), ("FR", None), ("JP", None)] {
        abroad.registers(&json!({ "country": country })).await;
        match refused {
            Some(reason) => assert_eq!(asking.is_refused().await, [reason]),
            None => assert_eq!(asking.receives().await["name"], "Hanako", "{country}"),
        }
    }
    house.adds_up();
}

#[tokio::test]
async fn the_group_receives_only_what_its_joint_use_was_published_for() {
    // S21, S22, R4.1: by the items and purposes of the joint use, and nothing beside them.
    let house = House::open();
    let hanako = house.guest("Hanako").signs_up().await;
    let member = house.store("group-member").await;
    member.registers(&json!({ "category": "gmo_group" })).await;
    let refused = member.asks_for(&hanako, &["name"]).for_purpose("service").is_refused().await;
    assert!(refused.contains(&"recipient_not_for_purpose".to_owned()), "{refused:?}");
    let refused = member.asks_for(&hanako, &["phone"]).for_purpose("support").is_refused().await;
    assert_eq!(refused, ["item_not_for_recipient"]);
    member.asks_for(&hanako, &["name"]).for_purpose("support").receives().await;
}
