//! Two stores and their guests, before an Azukari that tells everything it is asked for.

use std::sync::{Arc, Mutex};

use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post, put};
use axum::{Json, Router};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{App, Visitor};

/// Every ask that came to Azukari.
type Asks = Arc<Mutex<Vec<Value>>>;
/// Whatever came to Azukari, as it came.
type Heard = Arc<Mutex<String>>;

/// What is held of everybody, apart from the name, which says whose it is.
pub fn value(item: &str, subject: &str) -> String {
    match item {
        "name" => format!("{} {subject} 見本", written(subject)),
        "phone" => "+819012345678".to_owned(),
        "language" => "ja".to_owned(),
        "serving_size" => "regular".to_owned(),
        "company" => "昆布だし 半熟卵 白味噌".to_owned(),
        "receipt_name" => "見本 純米酒 誕生".to_owned(),
        _ => "白味噌 窓側の席 late arrival 焼き魚".to_owned(),
    }
}

/// Names of the first guests, in as many scripts as guests may have; one would turn what stands around it.
pub const SCRIPTS: [&str; 10] = [
    "見本 髙﨑 𠮷野家",
    "みほん ミホン ｶﾅ",
    "김민준 견본",
    "สมชาย ใจดี ตัวอย่าง",
    "محمد بن علي نموذج",
    "Zoë\u{301}\u{323} O’Brien-Ng\u{303}uye\u{302}\u{303}n",
    "👩🏽‍🍳 🇯🇵 Chef",
    "אברהם כהן",
    "\u{202e}kilpaS\u{2066}",
    "<b>Tom</b> & \"Jerry\"",
];

fn written(subject: &str) -> &'static str {
    let number = subject.trim_start_matches("guest").parse::<usize>().unwrap_or_default();
    SCRIPTS.get(number).copied().unwrap_or("見本")
}

/// Writes down whatever comes.
async fn hears(State(heard): State<Heard>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let line = format!("{} {}\n", head.uri, String::from_utf8_lossy(&body));
    heard.lock().unwrap().push_str(&line);
    next.run(Request::from_parts(head, body.into())).await
}

fn azukari(asks: Asks, heard: Heard) -> Router {
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
        .route("/v1/subjects/{subject}/items", get(async || Json(json!({ "items": [] }))))
        .route("/v1/letters", post(fine))
        .route(
            "/v1/subjects/{subject}/restrictions",
            get(async || Json(json!({ "restrictions": [] }))),
        )
        .route("/v1/consents/standings", post(given))
        .route("/v1/disclosures/batch", post(told))
        .layer(from_fn_with_state(heard, hears))
}

/// Two stores, and a guest for each subject.
pub struct Street {
    pub app: App,
    asks: Asks,
    heard: Heard,
    pub guests: Vec<Visitor>,
    pub mihon: Visitor,
    pub other: Visitor,
}

impl Street {
    pub async fn with(guests: usize) -> Self {
        let (asks, heard) = (Asks::default(), Heard::default());
        let app = App::before(azukari(Arc::clone(&asks), Arc::clone(&heard))).await;
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
        Self { app, asks, heard, guests, mihon, other }
    }

    /// A guest books a table for two; returns the booking's number.
    pub async fn books(&self, guest: usize, store: &str, time: &str) -> String {
        self.books_with(guest, store, time, &[]).await
    }

    /// The same, with more in the form.
    pub async fn books_with(
        &self,
        guest: usize,
        store: &str,
        time: &str,
        more: &[(&str, &str)],
    ) -> String {
        let day = tomorrow();
        let sent = [&[("date", day.as_str()), ("party", "2"), ("time", time)], more].concat();
        let at = format!("/book/{store}");
        let (status, to) = self.guests[guest].leads_to(&at, &sent).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{to}");
        to.strip_prefix("/me/bookings/").unwrap().split('?').next().unwrap().to_owned()
    }

    /// Whatever Azukari has heard.
    pub fn heard(&self) -> String {
        self.heard.lock().unwrap().clone()
    }

    pub fn asked(&self) -> Vec<Value> {
        std::mem::take(&mut *self.asks.lock().unwrap())
    }
}

pub fn tomorrow() -> String {
    let tokyo = jiff::tz::TimeZone::get("Asia/Tokyo").unwrap();
    let today = jiff::Timestamp::now().to_zoned(tokyo).date();
    today.checked_add(jiff::ToSpan::days(1)).unwrap().to_string()
}

/// Makes a key of a store's by the operator's page.
pub async fn key_of(operator: &Visitor, store: &str) -> String {
    let at = format!("/operator/stores/{store}/keys");
    let (status, page) = operator.posts(&at, &[("name", "till")]).await;
    assert_eq!(status, StatusCode::CREATED, "{page}");
    page.split("<code>").nth(1).unwrap().split('<').next().unwrap().to_owned()
}

pub async fn operator(app: &App) -> Visitor {
    let operator = app.visitor();
    app.takes_up(&operator, &app.invited("chief", reservation::Post::Operator).await).await;
    operator
}
