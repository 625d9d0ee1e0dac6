//! A guest's password: she changes it, or forgot it and chooses another with a code that Azukari writes her. Who
//! does not have the code learns nothing, not even whether an address is known. Azukari is a stand-in here.

#![expect(clippy::unwrap_used, reason = "a test says what broke by panicking")]

mod app;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use app::{App, Visitor};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde_json::{Value, json};

const HANAKO: &str = "sub_AEAQCAIBAEAQCAIBAEAQCAIBAE";
const ADDRESS: &str = "hanako@guest.example";
const OLD: &str = "the old password";
const NEW: &str = "another password";

/// What Azukari knows and was asked.
struct Held {
    password: String,
    letters: Vec<Value>,
    sign_ins: Vec<Value>,
    closed: bool,
}

type Azukari = Arc<Mutex<Held>>;

fn problem(status: StatusCode, kind: &str, rest: &Value) -> Response {
    let mut body = json!({ "type": format!("https://azukari.example/problems/{kind}") });
    body.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    (status, Json(body)).into_response()
}

async fn sign_in(State(azukari): State<Azukari>, Json(body): Json<Value>) -> Response {
    let mut held = azukari.lock().unwrap();
    if held.closed {
        return problem(StatusCode::NOT_FOUND, "not-found", &json!({}));
    }
    let fits = if body["vouched"].is_object() {
        held.sign_ins.push(body["vouched"].clone());
        body["vouched"]["succeeded"] == true
    } else {
        body["email"] == ADDRESS && body["password"] == held.password.as_str()
    };
    if !fits {
        return problem(StatusCode::FORBIDDEN, "sign-in-failed", &json!({}));
    }
    Json(json!({ "subject": HANAKO, "regime": "jp" })).into_response()
}

async fn whose(State(azukari): State<Azukari>, Json(body): Json<Value>) -> Json<Value> {
    let known = body["email"] == ADDRESS && !azukari.lock().unwrap().closed;
    Json(json!({ "subject": known.then_some(HANAKO) }))
}

async fn put_password(
    State(azukari): State<Azukari>,
    Path(of): Path<String>,
    Json(body): Json<Value>,
) -> Response {
    assert_eq!(of, HANAKO);
    let mut held = azukari.lock().unwrap();
    if !body["old"].is_null() && body["old"] != held.password.as_str() {
        return problem(StatusCode::FORBIDDEN, "sign-in-failed", &json!({}));
    }
    let password = body["password"].as_str().unwrap();
    if password.len() < 8 {
        let errors = json!({ "errors": [{ "field": "secrets.password", "code": "unfit" }] });
        return problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid", &errors);
    }
    password.clone_into(&mut held.password);
    Json(json!({})).into_response()
}

async fn held_items(State(azukari): State<Azukari>) -> Json<Value> {
    let closed = azukari.lock().unwrap().closed.then_some("2026-11-23T00:00:00Z");
    Json(json!({ "items": [], "closed_at": closed }))
}

async fn letter(State(azukari): State<Azukari>, Json(body): Json<Value>) -> Json<Value> {
    azukari.lock().unwrap().letters.push(body);
    Json(json!({}))
}

async fn open() -> (App, Azukari) {
    let held =
        Held { password: OLD.to_owned(), letters: Vec::new(), sign_ins: Vec::new(), closed: false };
    let azukari = Arc::new(Mutex::new(held));
    let label = json!({ "ja": "見本", "en": "Sample" });
    let policy = json!({
        "version": "2026-10-01",
        "controller": { "name": label, "desk": { "name": label, "email": "desk@house.example" } },
        "items": {
            "name": { "label": { "ja": "氏名", "en": "Full name" }, "kind": "text",
                "purposes": ["service"] },
            "login_history": { "label": { "ja": "ログイン履歴", "en": "Login history" },
                "kind": "text", "purposes": ["service"], "source": "device", "sign_ins": true },
        },
        "purposes": { "service": { "label": label, "tier": "service" } },
        "consents": {},
    });
    let used = async |Json(body): Json<Value>| {
        let all = [("name", "Hanako"), ("login_history", "2026-11-23T03:34:12Z link ok computer")];
        let asked = |name: &str| body["items"].as_array().unwrap().iter().any(|one| one == name);
        let items: serde_json::Map<String, Value> = all
            .iter()
            .filter(|(name, _)| asked(name))
            .map(|(n, v)| ((*n).to_owned(), json!(v)))
            .collect();
        Json(json!({ "items": items }))
    };
    let router = Router::new()
        .route("/v1/policy", get(async move || Json(policy.clone())))
        .route("/v1/sign-ins", post(sign_in))
        .route("/v1/sign-ins/addresses", post(whose))
        .route("/v1/subjects/{subject}/secrets/password", put(put_password))
        .route("/v1/subjects/{subject}/items", get(held_items))
        .route("/v1/uses", post(used))
        .route("/v1/letters", post(letter))
        .with_state(Arc::clone(&azukari));
    (App::before(router).await, azukari)
}

impl Visitor {
    async fn signs_in(&self, password: &str) -> bool {
        let form = [("email", ADDRESS), ("password", password)];
        self.posts("/sign-in", &form).await.0 == StatusCode::SEE_OTHER
    }

    async fn is_in(&self) -> bool {
        self.gets("/me/password").await.0 == StatusCode::OK
    }

    async fn asks_for_a_code(&self, email: &str) -> String {
        let (status, page) = self.posts("/sign-in/forgotten", &[("email", email)]).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        page
    }

    async fn chooses(&self, email: &str, code: &str, password: &str) -> (StatusCode, String) {
        let form = [("email", email), ("code", code), ("secrets.password", password)];
        self.leads_to("/sign-in/forgotten/code", &form).await
    }
}

/// The letters once there are so many: they are put while the answer leaves.
async fn letters(azukari: &Azukari, count: usize) -> Vec<Value> {
    let begun = Instant::now();
    loop {
        let letters = azukari.lock().unwrap().letters.clone();
        if letters.len() >= count {
            return letters;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "no letter comes");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn code_of(letter: &Value) -> String {
    let told = letter["paragraphs"][0].as_str().unwrap();
    told.split(|c: char| !c.is_ascii_digit()).find(|part| part.len() == 6).unwrap().to_owned()
}

fn another(code: &str) -> &'static str {
    if code == "000000" { "000001" } else { "000000" }
}

#[tokio::test]
async fn who_forgot_the_password_chooses_another_with_the_code_of_a_letter() {
    let (app, azukari) = open().await;
    let (elsewhere, here) = (app.visitor(), app.visitor());
    assert!(elsewhere.signs_in(OLD).await && elsewhere.is_in().await);
    assert!(here.gets("/sign-in").await.1.contains("href=\"/sign-in/forgotten\""));
    assert!(here.gets("/sign-in/forgotten").await.1.contains("name=\"email\""));
    here.asks_for_a_code(ADDRESS).await;
    let letter = letters(&azukari, 1).await.remove(0);
    assert_eq!((&letter["subject"], &letter["kind"]), (&json!(HANAKO), &json!("notice")));
    assert!(!letter.to_string().contains(ADDRESS), "Azukari knows where to");
    let code = code_of(&letter);

    // A code that is wrong, and a password that is too short, lose nothing.
    let (status, page) = here.chooses(ADDRESS, another(&code), NEW).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("does not fit") && !page.contains(NEW), "{page}");
    let (status, page) = here.chooses(ADDRESS, &code, "short").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("aria-invalid") && !page.contains("does not fit"), "{page}");
    assert!(elsewhere.is_in().await, "nothing has changed yet");

    let (status, to) = here.chooses(ADDRESS, &code, NEW).await;
    assert_eq!((status, to.as_str()), (StatusCode::SEE_OTHER, "/me/password?done=password"));
    assert!(here.is_in().await && !elsewhere.is_in().await, "she is in here, and out elsewhere");
    let told = letters(&azukari, 2).await.remove(1);
    assert!(told["title"].as_str().unwrap().contains("was changed"), "{told}");
    let noted: Vec<_> = azukari.lock().unwrap().sign_ins.clone();
    let line = |succeeded| json!({ "subject": HANAKO, "means": "code", "succeeded": succeeded });
    assert!(noted.len() == 2 && noted.contains(&line(true)) && noted.contains(&line(false)));
    // Once.
    let (status, _) = app.visitor().chooses(ADDRESS, &code, "a third password").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(app.visitor().signs_in(NEW).await && !app.visitor().signs_in(OLD).await);
}

#[tokio::test]
async fn nobody_learns_whether_an_address_is_known() {
    let (app, azukari) = open().await;
    let visitor = app.visitor();
    let without = |page: &str, email: &str| page.replace(email, "…");
    let known = without(&visitor.asks_for_a_code(ADDRESS).await, ADDRESS);
    let nobody = "nobody@guest.example";
    assert_eq!(known, without(&visitor.asks_for_a_code(nobody).await, nobody));
    // Asked again within the minute there is no other letter, and nothing says so.
    assert_eq!(known, without(&visitor.asks_for_a_code(ADDRESS).await, ADDRESS));
    let code = code_of(&letters(&azukari, 1).await[0]);
    let mut answers = Vec::new();
    for email in [ADDRESS, nobody] {
        for _ in 0..5 {
            let (status, page) = visitor.chooses(email, another(&code), NEW).await;
            answers.push((status, without(&page, email)));
        }
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "ten answers are one");
    // Five wrong tries were the last, also for who has the code.
    assert_eq!(visitor.chooses(ADDRESS, &code, NEW).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    let kept = {
        let held = azukari.lock().unwrap();
        (held.letters.len(), held.password.clone())
    };
    assert_eq!(kept, (1, OLD.to_owned()));
    let (status, page) = visitor.posts("/sign-in/forgotten", &[("email", " ")]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{page}");
}

#[tokio::test]
async fn a_code_lies_nowhere_in_clear() {
    let (app, azukari) = open().await;
    app.visitor().asks_for_a_code(ADDRESS).await;
    let code = code_of(&letters(&azukari, 1).await[0]);
    for file in std::fs::read_dir(&app.folder).unwrap() {
        let path = file.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        for secret in [code.as_bytes(), ADDRESS.as_bytes()] {
            let found = bytes.windows(secret.len()).any(|window| window == secret);
            assert!(!found, "in clear in {}", path.display());
        }
    }
}

#[tokio::test]
async fn she_changes_her_password_with_the_old_one() {
    let (app, azukari) = open().await;
    let (here, elsewhere) = (app.visitor(), app.visitor());
    assert!(here.signs_in(OLD).await && elsewhere.signs_in(OLD).await);
    let changes = async |old: &str, new: &str| {
        here.leads_to("/me/password", &[("old", old), ("secrets.password", new)]).await
    };
    for (old, new) in [("wrong", NEW), ("", NEW), (OLD, ""), (OLD, "short")] {
        let (status, page) = changes(old, new).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{page}");
        assert!(page.contains("aria-invalid") && !page.contains(NEW), "{page}");
    }
    assert!(elsewhere.is_in().await && azukari.lock().unwrap().letters.is_empty());
    let (status, to) = changes(OLD, NEW).await;
    assert_eq!((status, to.as_str()), (StatusCode::SEE_OTHER, "/me/password?done=password"));
    assert!(here.is_in().await && !elsewhere.is_in().await);
    assert!(here.gets(&to).await.1.contains("Everywhere else you are signed out"));
    assert_eq!(letters(&azukari, 1).await.len(), 1);
    let (status, to) = app.visitor().leads_to("/me/password", &[("old", NEW)]).await;
    assert_eq!((status, to.as_str()), (StatusCode::SEE_OTHER, "/sign-in"), "guests only");
}

#[tokio::test]
async fn her_sign_ins_are_not_shown_raw_among_what_is_held() {
    let (app, _) = open().await;
    let hanako = app.visitor();
    assert!(hanako.signs_in(OLD).await);
    let (status, page) = hanako.gets("/me/items").await;
    assert!(status == StatusCode::OK && page.contains("Hanako"), "{page}");
    assert!(!page.contains("link ok computer") && !page.contains("Login history"), "{page}");
    assert_eq!(hanako.gets("/me/items/login_history").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_account_that_was_closed_elsewhere_is_opened_by_nothing_any_more() {
    let (app, azukari) = open().await;
    let hanako = app.visitor();
    assert!(hanako.signs_in(OLD).await);
    let hears = async |subject: &str| {
        let event = json!({ "type": "account.closed", "data": { "subject": subject } });
        app.asks("", reqwest::Method::POST, "/azukari/events", Some(event)).await.0
    };
    // What a message says is asked, not believed.
    assert_eq!(hears(HANAKO).await, 204);
    assert!(hanako.is_in().await);
    azukari.lock().unwrap().closed = true;
    assert_eq!(hears("sub_of_nobody").await, 204);
    assert!(hanako.is_in().await);
    assert_eq!(hears(HANAKO).await, 204);
    assert!(!hanako.is_in().await);
}
