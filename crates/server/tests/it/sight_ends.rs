//! A store's sight ends by itself (S10), and what is not declared is refused (S6, S12, I1, I2).
//! Every refusal is on record, for the guest to see.

use serde_json::{Value, json};

use crate::house::{Guest, House, Store, reasons_of};

/// What the guest sees on top of her page after a refusal.
async fn newest(guest: &Guest<'_>) -> Value {
    guest.provisions().await.first().unwrap().clone()
}

#[tokio::test]
async fn a_store_without_a_booking_sees_nothing() {
    let house = House::open();
    let (aoi, hanako) = (house.store("aoi").await, house.guest("Hanako").signs_up().await);
    assert_eq!(aoi.asks_for(&hanako, &["name"]).is_refused().await, ["no_engagement"]);
    assert_eq!(reasons_of(&newest(&hanako).await), ["no_engagement"]);
    house.adds_up();
}

#[tokio::test]
async fn sight_ends_to_the_second_with_the_hours_of_its_purpose() {
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako = house.guest("Hanako").allergic_to("えび").signs_up().await;
    hanako.books(&aoi, "bk-1").await; // until 20:00, and it is 9:00
    let name = aoi.asks_for(&hanako, &["name"]);
    let allergy = aoi.asks_for(&hanako, &["allergy"]).for_meal();

    house.lets_hours_pass(13); // 22:00: two hours after the meal
    house.lets_seconds_pass(-1);
    assert_eq!(allergy.receives().await["allergy"], "えび");
    house.lets_seconds_pass(1);
    let refused = allergy.sends().go().await;
    assert_eq!(refused.refused(), ["engagement_ended"]);
    assert_eq!(refused.value()["reasons"][0]["ended_at"], "2026-11-22T13:00:00Z");
    assert_eq!(name.receives().await["name"], "Hanako", "the door sees her an hour longer");

    house.lets_hours_pass(1); // 23:00
    house.lets_seconds_pass(-1);
    assert_eq!(name.receives().await["name"], "Hanako");
    house.lets_seconds_pass(1);
    assert_eq!(name.is_refused().await, ["engagement_ended"]);
    house.lets_hours_pass(24 * 365);
    assert_eq!(name.is_refused().await, ["engagement_ended"]);
    house.adds_up();
}

#[tokio::test]
async fn a_cancelled_booking_and_another_booking_number_show_nothing() {
    let house = House::open();
    let (aoi, hanako) = (house.store("aoi").await, house.guest("Hanako").signs_up().await);
    hanako.books(&aoi, "bk-1").await;
    let asking = aoi.asks_for(&hanako, &["name"]);
    assert_eq!(asking.clone().under("bk-2").is_refused().await, ["no_engagement"]);
    assert_eq!(asking.clone().under("bk-1").receives().await["name"], "Hanako");
    hanako.cancels(&aoi, "bk-1").await;
    assert_eq!(asking.clone().under("bk-1").is_refused().await, ["engagement_cancelled"]);
    assert_eq!(asking.is_refused().await, ["engagement_cancelled"]);
    assert_eq!(newest(&hanako).await["outcome"], "refused");
}

#[tokio::test]
async fn a_cancelled_second_booking_leaves_the_first_in_force() {
    // Without a number, the engagement that still allows something is the one that counts.
    let house = House::open();
    let (aoi, hanako) = (house.store("aoi").await, house.guest("Hanako").signs_up().await);
    hanako.books(&aoi, "bk-1").await;
    let later = json!({
        "starts_at": "2026-11-23T18:00:00+09:00",
        "ends_at": "2026-11-23T20:00:00+09:00",
        "cancelled": true,
    });
    house.put(&hanako.path("engagements/aoi/bk-2"), &later).go().await.expect(200);
    assert_eq!(aoi.asks_for(&hanako, &["name"]).receives().await["name"], "Hanako");
}

#[tokio::test]
async fn nobody_can_ask_for_a_password_or_a_card() {
    // I2, S10: refused for the store, for a processor, for the company and under an exception.
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako =
        house.guest("Hanako").password("correct horse").card("tok_hanako").signs_up().await;
    hanako.books(&aoi, "bk-1").await;
    let payment = Store::named(&house, "payment_platform");
    for secret in ["password", "credit_card"] {
        let refused = aoi.asks_for(&hanako, &[secret, "name"]).is_refused().await;
        assert_eq!(refused, ["never_leaves"]);
        let refused = hanako.is_used("billing", &[secret]).go().await.refused();
        assert_eq!(refused, ["never_leaves"]);
        let asking = payment.asks_for(&hanako, &[secret]).for_purpose("billing");
        assert!(asking.is_refused().await.contains(&"never_leaves".to_owned()));
        let stored = hanako.puts(secret, "something").go().await;
        stored.problem(404, "not-found");
    }
    house.adds_up();
}

#[tokio::test]
async fn what_the_policy_does_not_declare_is_refused() {
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako = house.guest("Hanako").allergic_to("えび").signs_up().await;
    hanako.books(&aoi, "bk-1").await;
    let nobody = Store::named(&house, "nobody");
    let all = ["unknown_item"];
    assert_eq!(aoi.asks_for(&hanako, &["blood_type"]).is_refused().await, all);
    let asking = aoi.asks_for(&hanako, &["name"]).for_purpose("gossip");
    assert_eq!(asking.is_refused().await, ["unknown_purpose"]);
    assert_eq!(nobody.asks_for(&hanako, &["name"]).is_refused().await, ["unknown_recipient"]);
    // `store` is a category, not somebody who could receive.
    let category = Store::named(&house, "store");
    assert_eq!(category.asks_for(&hanako, &["name"]).is_refused().await, ["unknown_recipient"]);
    assert_eq!(aoi.asks_for(&hanako, &["email"]).is_refused().await, ["item_not_for_purpose"]);
    assert_eq!(aoi.asks_for(&hanako, &["allergy"]).is_refused().await, ["item_not_for_purpose"]);
    assert_eq!(aoi.asks_for(&hanako, &[]).is_refused().await, ["nothing_asked"]);
    let asking = aoi.asks_for(&hanako, &["name"]).for_purpose("support");
    let expected = ["recipient_not_for_purpose", "basis_too_weak"];
    assert_eq!(asking.is_refused().await, expected);
    let used = hanako.is_used("reservation", &["name"]).go().await;
    assert_eq!(used.refused(), ["not_an_own_use"], "the store's purpose is not the company's");

    let outcomes: Vec<Value> = hanako.provisions().await;
    assert_eq!(outcomes.len(), 8, "every refusal of a recipient is on her page");
    assert!(outcomes.iter().all(|crossing| crossing["outcome"] == "refused"));
    house.adds_up();
}

#[tokio::test]
async fn a_suspended_store_sees_nothing_until_it_is_let_in_again() {
    let house = House::open();
    let (aoi, hanako) = (house.store("aoi").await, house.guest("Hanako").signs_up().await);
    hanako.books(&aoi, "bk-1").await;
    aoi.registers(&json!({ "suspended": true })).await;
    assert_eq!(aoi.asks_for(&hanako, &["name"]).is_refused().await, ["recipient_suspended"]);
    aoi.registers(&json!({ "suspended": false })).await;
    assert_eq!(aoi.asks_for(&hanako, &["name"]).receives().await["name"], "Hanako");
}

#[tokio::test]
async fn a_refusal_speaks_the_readers_language() {
    let house = House::open();
    let (aoi, hanako) = (house.store("aoi").await, house.guest("Hanako").signs_up().await);
    let asking = aoi.asks_for(&hanako, &["name"]);
    let english = asking.sends().go().await;
    let japanese = asking.sends().in_japanese().go().await;
    assert_eq!(english.header("content-language"), Some("en"));
    assert_eq!(japanese.header("content-language"), Some("ja"));
    let words = |body: Value| body["reasons"][0]["words"].as_str().unwrap().to_owned();
    assert!(words(english.value()).is_ascii());
    assert!(words(japanese.value()).contains("予約"));
}

#[tokio::test]
async fn a_booking_without_an_end_in_sight_is_not_taken() {
    // S10: sight lasts as long as the booking.
    let house = House::open();
    house.store("aoi").await;
    let hanako = house.guest("Hanako").signs_up().await;
    let path = hanako.path("engagements/aoi/bk-1");
    let latest = house.now() + jiff::SignedDuration::from_hours(400 * 24);
    let until = |ends: jiff::Timestamp| {
        let starts = house.now().to_string();
        let body = serde_json::json!({ "starts_at": starts, "ends_at": ends.to_string() });
        house.put(&path, &body).go()
    };
    let beyond = until(latest + jiff::SignedDuration::from_secs(1)).await.invalid();
    assert_eq!(beyond, [("ends_at".to_owned(), "too_late".to_owned())]);
    assert_eq!(house.rows()["engagements"], 0);
    until(latest).await.expect(200);
    assert_eq!(house.rows()["engagements"], 1);
}
