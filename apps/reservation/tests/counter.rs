//! The stores' side over HTTP, before an Azukari that tells everything it is asked for: what is asked, for which
//! purpose, and that no store comes near another's guests (S10, S11).

#![expect(clippy::unwrap_used, reason = "a test says what broke by panicking")]

mod app;

use std::sync::{Arc, Mutex};

use app::{App, Visitor};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use reqwest::StatusCode;
use serde_json::{Value, json};

/// Every ask that came to Azukari.
type Asks = Arc<Mutex<Vec<Value>>>;

/// What is held of everybody, apart from the name, which says whose it is.
fn value(item: &str, subject: &str) -> String {
    match item {
        "name" => format!("見本 {subject} 見本"),
        "phone" => "+819012345678".to_owned(),
        "language" => "ja".to_owned(),
        "serving_size" => "regular".to_owned(),
        "company" => "昆布だし 半熟卵 白味噌".to_owned(),
        "receipt_name" => "見本 純米酒 誕生".to_owned(),
        _ => "白味噌 窓側の席 late arrival 焼き魚".to_owned(),
    }
}

fn azukari(asks: Asks) -> Router {
    let item = |ja: &str, consent: Value| json!({ "label": { "ja": ja, "en": ja }, "kind": "text", "purposes": ["meal"], "consent": consent });
    let no = Value::Null;
    let label = json!({ "ja": "見本", "en": "Sample" });
    let policy = json!({
        "version": "2026-10-01", "purposes": {}, "consents": {},
        "items": {
            "name": item("お名前", no.clone()), "phone": item("電話番号", no.clone()),
            "language": item("言語", no.clone()), "company": item("会社名", no.clone()),
            "receipt_name": item("領収書の宛名", no.clone()),
            "allergy": item("食物アレルギー", json!("dietary_care")),
            "disliked_food": item("苦手な食べもの", no.clone()),
            "favourite_food": item("好きな食べもの", no.clone()),
            "serving_size": item("お食事の量", no.clone()),
            "preferred_alcohol": item("お好みのお酒", no),
        },
        "controller": { "name": label, "desk": { "name": label, "email": "d@example.jp" } },
    });
    let told = async move |Json(sent): Json<Value>| {
        let sent = sent["asks"].as_array().unwrap().clone();
        asks.lock().unwrap().extend(sent.iter().cloned());
        let answers: Vec<Value> = sent
            .iter()
            .map(|ask| {
                let subject = ask["subject"].as_str().unwrap();
                let items = ask["items"].as_array().unwrap().iter();
                let values = items.map(|item| {
                    let item = item.as_str().unwrap();
                    (item.to_owned(), json!(value(item, subject)))
                });
                json!({ "disclosure": "d", "items": values.collect::<serde_json::Map<_, _>>() })
            })
            .collect();
        Json(json!({ "answers": answers }))
    };
    let given = async |Json(sent): Json<Value>| {
        let states = vec!["given"; sent["subjects"].as_array().unwrap().len()];
        Json(json!({ "states": states }))
    };
    let fine = async || Json(json!({}));
    Router::new()
        .route("/v1/policy", get(async move || Json(policy)))
        .route("/v1/recipients/{recipient}", put(fine))
        .route("/v1/subjects/{subject}/engagements/{recipient}/{reference}", put(fine))
        .route("/v1/letters", post(fine))
        .route("/v1/consents/standings", post(given))
        .route("/v1/disclosures/batch", post(told))
}

/// Two stores, and a guest for each subject.
struct Street {
    app: App,
    asks: Asks,
    guests: Vec<Visitor>,
    mihon: Visitor,
    other: Visitor,
}

impl Street {
    async fn with(guests: usize) -> Self {
        let asks = Asks::default();
        let app = App::before(azukari(Arc::clone(&asks))).await;
        let stores = ["mihon", "other"].map(str::to_owned);
        let subjects: Vec<String> = (0..guests).map(|n| format!("guest{n}")).collect();
        let now = jiff::Timestamp::now();
        let ways = reservation::rehearse(&app.folder, &stores, &subjects, now).await.unwrap();
        let known = |cookie: &String| {
            let visitor = app.visitor();
            cookie.clone_into(&mut visitor.cookie.lock().unwrap());
            visitor
        };
        let guests = ways.guests.iter().map(known).collect();
        let (mihon, other) = (known(&ways.staff[0]), known(&ways.staff[1]));
        Self { app, asks, guests, mihon, other }
    }

    /// A guest books a table for two; returns the booking's number.
    async fn books(&self, guest: usize, store: &str, time: &str) -> String {
        let day = tomorrow();
        let sent = [("date", day.as_str()), ("party", "2"), ("time", time)];
        let at = format!("/book/{store}");
        let (status, to) = self.guests[guest].leads_to(&at, &sent).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{to}");
        to.strip_prefix("/me/bookings/").unwrap().split('?').next().unwrap().to_owned()
    }

    fn asked(&self) -> Vec<Value> {
        std::mem::take(&mut *self.asks.lock().unwrap())
    }
}

fn tomorrow() -> String {
    let tokyo = jiff::tz::TimeZone::get("Asia/Tokyo").unwrap();
    let today = jiff::Timestamp::now().to_zoned(tokyo).date();
    today.checked_add(jiff::ToSpan::days(1)).unwrap().to_string()
}

/// The words of a page that can be told from others: without what names the address asked for.
fn without(page: &str, number: &str) -> String {
    page.replace(number, "…")
}

#[tokio::test]
async fn a_store_sees_its_own_evening_and_nothing_of_another_s() {
    let street = Street::with(3).await;
    let late = street.books(0, "mihon", "19:00").await;
    let early = street.books(1, "mihon", "18:30").await;
    let theirs = street.books(2, "other", "18:30").await;
    street.asked();
    let evening = format!("/store/tonight?date={}", tomorrow());
    let (status, page) = street.mihon.gets(&evening).await;
    assert_eq!(status, StatusCode::OK);
    // By time, each with what was told, the allergies among it; and nobody else.
    assert!(page.find("guest1").unwrap() < page.find("guest0").unwrap());
    assert!(page.find("18:30").unwrap() < page.find("19:00").unwrap());
    assert_eq!(page.matches("class=allergy>").count(), 2);
    assert!(!page.contains("guest2") && !page.contains(&theirs));
    // One batch: what receives her and what the kitchen needs, apart, each for its purpose and booking.
    let asked = street.asked();
    assert_eq!(asked.len(), 4);
    for ask in &asked {
        assert_eq!(ask["recipient"], "mihon");
        assert!([&late, &early].iter().any(|number| ask["reference"] == number.as_str()));
        let names = ask["items"].as_array().unwrap().iter().any(|item| item == "name");
        assert_eq!(names, ask["purpose"] == "reservation");
    }

    // Its own booking has a page; another store's is not there, as if it had never been made.
    let (status, page) = street.mihon.gets(&format!("/store/bookings/{early}")).await;
    assert!(status == StatusCode::OK && page.contains("guest1") && page.contains("tel:+8190"));
    street.asked();
    let (status, page) = street.mihon.gets(&format!("/store/bookings/{theirs}")).await;
    let (none, nobody) = street.mihon.gets("/store/bookings/B-23456789").await;
    assert_eq!((status, none), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    assert_eq!(without(&page, &theirs), without(&nobody, "B-23456789"));
    assert_eq!(street.asked(), Vec::<Value>::new());
    assert_eq!(street.other.gets(&format!("/store/bookings/{theirs}")).await.0, StatusCode::OK);
    // A store is not a guest, and a guest is no store.
    let hers = street.guests[1].gets(&format!("/store/bookings/{early}")).await;
    assert_eq!(hers.0, StatusCode::SEE_OTHER);

    // Once it is called off nothing is asked about it any more.
    let cancel = format!("/me/bookings/{early}/cancel");
    assert_eq!(street.guests[1].posts(&cancel, &[]).await.0, StatusCode::SEE_OTHER);
    street.asked();
    let gone = street.mihon.gets(&format!("/store/bookings/{early}")).await;
    assert_eq!(gone.0, StatusCode::NOT_FOUND);
    assert!(!street.mihon.gets(&evening).await.1.contains("guest1"));
    assert!(street.asked().iter().all(|ask| ask["reference"] == late.as_str()));
}

#[tokio::test]
async fn the_kitchen_asks_for_no_name_and_prints_none() {
    let street = Street::with(2).await;
    street.books(0, "mihon", "19:00").await;
    street.books(1, "mihon", "18:30").await;
    street.asked();
    let kitchen = format!("/store/kitchen?date={}", tomorrow());
    let (status, page) = street.mihon.gets(&kitchen).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.find("18:30").unwrap() < page.find("19:00").unwrap());
    assert_eq!(page.matches("class=\"allergy\"").count(), 2);
    for absent in ["guest0", "guest1", "+81", "昆布だし", "純米酒"] {
        assert!(!page.contains(absent), "{absent}: {page}");
    }
    let asked = street.asked();
    assert_eq!(asked.len(), 2);
    for ask in asked {
        assert_eq!(ask["purpose"], "meal");
        assert_eq!(ask["items"], json!(["allergy", "serving_size", "disliked_food"]));
    }
}

#[tokio::test]
async fn a_store_looks_a_week_ahead_and_no_further() {
    let street = Street::with(1).await;
    street.books(0, "mihon", "18:30").await;
    for (date, seen) in
        [(tomorrow(), true), ("2020-01-01".to_owned(), false), ("9999-12-31".to_owned(), false)]
    {
        let (_, page) = street.mihon.gets(&format!("/store/tonight?date={date}")).await;
        assert_eq!(page.contains("guest0"), seen, "{date}");
    }
}

#[tokio::test]
async fn an_evening_of_two_hundred_is_under_a_hundred_kilobytes_and_says_its_labels_once() {
    let street = Street::with(200).await;
    for guest in 0..200 {
        let half = 34 + guest % 8;
        let time = format!("{}:{:02}", half / 2, half % 2 * 30);
        street.books(guest, "mihon", &time).await;
    }
    let path = format!("/store/tonight?lang=ja&date={}", tomorrow());
    let (_, page) = street.mihon.gets(&path).await;
    assert_eq!(page.matches("<h3>").count(), 200);
    for item in ["phone", "company", "receipt_name", "allergy"] {
        assert!(page.matches(&value(item, "")).count() >= 200 || item == "phone", "{item}");
    }
    assert!(page.len() < 100_000, "{} bytes", page.len());
    // The labels come in a sheet of their own, in the reader's language, for good.
    let sheet = page.split("href=\"/store/labels/").nth(1).unwrap().split('"').next().unwrap();
    let sheet = format!("/store/labels/{sheet}");
    let (status, css) = street.mihon.gets(&sheet).await;
    assert_eq!(status, StatusCode::OK);
    assert!(css.contains("苦手な食べもの") && css.contains("予約番号"), "{css}");
    assert!(!css.contains("guest"));
    drop(street.app);
}
