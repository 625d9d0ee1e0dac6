//! Opening an account below the age that Azukari names: this app works nothing out, and asks for a
//! parent or guardian when Azukari says that one is needed (R9.6). Azukari is a stand-in here.

#![expect(clippy::unwrap_used, reason = "a test says what broke by panicking")]

use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

type Seen = Arc<Mutex<Vec<Value>>>;

fn label(text: &str) -> Value {
    json!({ "ja": text, "en": text })
}

async fn policy() -> Json<Value> {
    let item = |text: &str, kind: &str, position: u32| {
        json!({
            "label": label(text), "kind": kind, "purposes": ["service"], "position": position,
        })
    };
    Json(json!({
        "version": "2026-10-01",
        "controller": {
            "name": label("House"), "desk": { "name": label("Desk"), "email": "desk@house.example" },
        },
        "items": {
            "name": item("Name", "text", 0), "email": item("Mail", "email", 1),
            "birth_date": item("Born", "birth_date", 2),
        },
        "purposes": { "service": { "label": label("Service"), "tier": "service" } },
        "consents": {},
    }))
}

/// Wants a representative, as Azukari does below the age.
async fn register(State(seen): State<Seen>, Json(body): Json<Value>) -> Response {
    seen.lock().unwrap().push(body.clone());
    if body["representative"].is_object() {
        let taken = json!({ "subject": "sub_AEAQCAIBAEAQCAIBAEAQCAIBAE", "record": "rec_1" });
        return (StatusCode::CREATED, Json(taken)).into_response();
    }
    let problem = json!({
        "type": "https://azukari.example/problems/invalid", "title": "invalid", "status": 422,
        "errors": [{ "field": "representative", "code": "missing" }],
    });
    (StatusCode::UNPROCESSABLE_ENTITY, Json(problem)).into_response()
}

async fn listens(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

#[tokio::test]
async fn below_the_age_the_form_asks_for_a_parent_and_keeps_what_was_typed() {
    let seen = Seen::default();
    let router = Router::new()
        .route("/v1/policy", get(policy))
        .route("/v1/subjects", post(register))
        .with_state(Arc::clone(&seen));
    let azukari = listens(router).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let folder = std::env::temp_dir().join(format!("reservation-minor-{}", address.port()));
    let config = reservation::Config {
        public_azukari: azukari.clone(),
        azukari,
        key: "unmistakable-key".to_owned(),
        listener,
        data: folder.clone(),
        payments: None,
        public_url: None,
        services: None,
    };
    tokio::spawn(reservation::serve(config, std::future::pending()));
    let browser = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let sends = async |more: &str| {
        let body = format!(
            "step=agree&residence=uk&notice=2026-10-01&items.name=Mio&items.email=mio%40guest.example\
             &items.birth_date=2015-02-03&secrets.password=unmistakable-password{more}"
        );
        let sent = browser.post(format!("http://{address}/sign-up?lang=en"));
        let sent = sent.header("Sec-Fetch-Site", "same-origin");
        let sent = sent.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        sent.body(body).send().await.unwrap()
    };
    let answer = sends("").await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let text = answer.text().await.unwrap();
    // On the step that has the date of birth, right below it.
    assert!(text.contains("name=\"step\" value=\"more\""), "{text}");
    let [born, named, mail] = ["items.birth_date", "representative.name", "representative.email"]
        .map(|field| text.find(&format!("name=\"{field}\"")).unwrap());
    assert!(born < named && named < mail);
    assert!(text.contains("you can book"), "it tells when she can book");
    assert!(text.contains("name=\"items.name\" value=\"Mio\"") && text.contains("2015-02-03"));
    assert!(!text.contains("unmistakable"));

    let named = "&representative.name=Aoi&representative.email=aoi%40parent.example";
    let answer = sends(named).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let bodies = seen.lock().unwrap().clone();
    assert_eq!(bodies.len(), 2);
    assert!(bodies[0]["representative"].is_null(), "nobody is named unasked");
    let expected = json!({ "name": "Aoi", "email": "aoi@parent.example" });
    assert_eq!(bodies[1]["representative"], expected);
    drop(std::fs::remove_dir_all(&folder));
}
