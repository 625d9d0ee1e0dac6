//! Opening an account: each step is looked at when it is sent, and what is wrong with it is told there, with
//! everything typed still on it; the password comes last (decision 0052), with the code of the letter that went to the
//! address with the first step (decision 0071). Below the age that
//! Azukari names the form asks for a parent or guardian (R9.6). Azukari is a stand-in here.

#![expect(clippy::unwrap_used, reason = "a test says what broke by panicking")]

mod app;

use std::sync::{Arc, Mutex};

use app::{App, Visitor};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use reqwest::Method;
use serde_json::{Value, json};

/// What came to Azukari.
#[derive(Clone, Default)]
struct Seen {
    asked: Arc<Mutex<Vec<Value>>>,
    /// What addresses are written, which may be anybody's.
    letters: Arc<Mutex<Vec<Value>>>,
    /// The consents that somebody is asked for in her place, and by whom.
    waiting: Arc<Mutex<Vec<(String, Value)>>>,
}

const HELD: &str = "held@guest.example";
const SUBJECT: &str = "sub_AEAQCAIBAEAQCAIBAEAQCAIBAE";

fn label(text: &str) -> Value {
    json!({ "ja": text, "en": text })
}

async fn policy() -> Json<Value> {
    let item = |text: &str, kind: &str, position: u32| {
        json!({
            "label": label(text), "kind": kind, "purposes": ["service"], "position": position,
        })
    };
    let consent = |text: &str, condition: Value| {
        json!({
            "label": label(text), "wording": label("Words"), "on_refusal": label("Then not"),
            "condition_of_service": condition, "since": "2026-10-01", "article": "3",
        })
    };
    let mut items = json!({
        "name": item("Name", "text", 0), "email": item("Mail", "email", 1),
        "phone": item("Telephone", "phone", 2), "birth_date": item("Born", "birth_date", 3),
        "allergy": item("Allergies", "text", 4),
    });
    items["allergy"]["consent"] = json!("dietary_care");
    Json(json!({
        "version": "2026-10-01",
        "controller": {
            "name": label("House"), "desk": { "name": label("Desk"), "email": "desk@house.example" },
        },
        "items": items,
        "purposes": { "service": { "label": label("Service"), "tier": "service" } },
        "consents": {
            "dietary_care": consent("Allergies", json!([])),
            "store_disclosure": consent("Stores", json!(["jp"])),
        },
    }))
}

/// Looks at everything as Azukari does, and takes in whoever has nothing wrong.
async fn register(State(seen): State<Seen>, Json(body): Json<Value>) -> Response {
    seen.asked.lock().unwrap().push(body.clone());
    let mut wrong = Vec::new();
    let mut add = |field: &str, code: &str| wrong.push(json!({ "field": field, "code": code }));
    if body["items"]["phone"] == "+811" {
        add("items.phone", "not_a_phone");
    }
    let born = body["items"]["birth_date"].as_str().unwrap_or("2000-01-01");
    if born < "1896" {
        add("items.birth_date", "impossible_date");
    }
    let agrees = body["consents"].as_array().unwrap().iter().any(|one| one["state"] == "given");
    if born > "2010" && agrees {
        match &body["representative"] {
            Value::Null => add("representative", "missing"),
            named if named["email"] == body["items"]["email"] => {
                add("representative.email", "own_address");
            }
            _ => {}
        }
    }
    if body["secrets"]["password"].as_str().unwrap().len() < 8 {
        add("secrets.password", "unfit");
    }
    if wrong.is_empty() && body["items"]["email"] == HELD {
        wrong.push(json!({ "field": "items.email", "code": "taken" }));
    }
    if wrong.is_empty() {
        return (StatusCode::CREATED, Json(json!({ "subject": SUBJECT }))).into_response();
    }
    let problem = json!({
        "type": "https://azukari.example/problems/invalid", "status": 422, "errors": wrong,
    });
    (StatusCode::UNPROCESSABLE_ENTITY, Json(problem)).into_response()
}

/// Takes no consent of somebody young without a representative, and asks that one.
async fn consents(
    State(seen): State<Seen>,
    Path((_, consent)): Path<(String, String)>,
    Json(body): Json<Value>,
) -> Response {
    let wrong = match &body["representative"] {
        Value::Null => json!({ "field": "representative", "code": "missing" }),
        named if named["email"] == "aoi" => {
            json!({ "field": "representative.email", "code": "not_an_email" })
        }
        named => {
            seen.waiting.lock().unwrap().push((consent, named.clone()));
            return Json(json!({})).into_response();
        }
    };
    let problem = json!({
        "type": "https://azukari.example/problems/invalid", "status": 422, "errors": [wrong],
    });
    (StatusCode::UNPROCESSABLE_ENTITY, Json(problem)).into_response()
}

/// Every consent, and until when it waits.
async fn standing(State(seen): State<Seen>) -> Json<Value> {
    let waiting = seen.waiting.lock().unwrap();
    let all = waiting.iter().map(|(consent, _)| {
        json!({ "consent": consent, "state": "requested", "ask": false, "waits_until": "2027-01-10T15:00:00Z" })
    });
    Json(json!({ "consents": all.collect::<Vec<_>>() }))
}

impl Seen {
    fn azukari(&self) -> Router {
        let letters = Arc::clone(&self.letters);
        let written = async move |Json(sent): Json<Value>| {
            letters.lock().unwrap().push(sent);
            Json(json!({}))
        };
        Router::new()
            .route("/v1/policy", get(policy))
            .route("/v1/subjects", post(register))
            .route("/v1/letters/sign-up", post(written))
            .route("/v1/recipients/{recipient}", put(async || Json(json!({}))))
            .route("/v1/subjects/{subject}/consents", get(standing))
            .route("/v1/subjects/{subject}/consents/{consent}", put(consents).get(not_found))
            .with_state(self.clone())
    }

    /// The letters to an address.
    fn letters_to(&self, email: &str) -> Vec<Value> {
        let mut letters = self.letters.lock().unwrap().clone();
        letters.retain(|letter| letter["email"] == email);
        letters
    }

    /// The code that an address was written last.
    fn code_for(&self, email: &str) -> String {
        self.letters_to(email).pop().unwrap()["code"].as_str().unwrap().to_owned()
    }

    /// Who was taken in, or would have been.
    fn with_a_password(&self) -> Vec<Value> {
        let mut asked = self.asked.lock().unwrap().clone();
        asked.retain(|body| body["secrets"]["password"] != "");
        asked
    }
}

/// What Azukari says of what it does not know.
async fn not_found() -> (StatusCode, Json<Value>) {
    (StatusCode::NOT_FOUND, Json(json!({ "type": "https://azukari.example/problems/not-found" })))
}

/// What somebody types over all the steps; what is wrong with it comes on top.
const TYPED: [(&str, &str); 7] = [
    ("residence", "jp"),
    ("notice", "2026-10-01"),
    ("phone.country", "JP"),
    ("items.name", "Mio"),
    ("items.email", "mio@guest.example"),
    ("items.phone", "090-1234-5678"),
    ("items.birth_date", "1990-02-03"),
];

/// Sends a step; a name that comes again takes the place of the one before.
async fn sends(
    visitor: &Visitor,
    step: &str,
    more: &[(&str, &str)],
) -> (reqwest::StatusCode, String) {
    let form = [&TYPED[..], &[("step", step), ("go", "next")], more].concat();
    visitor.posts("/sign-up", &form).await
}

fn is_step(page: &str, step: &str) {
    assert!(page.contains(&format!("name=\"step\" value=\"{step}\"")), "not {step}: {page}");
}

#[tokio::test]
async fn what_only_azukari_can_see_is_told_on_its_own_step_and_before_the_password() {
    let seen = Seen::default();
    let app = App::before(seen.azukari()).await;
    let guest = app.visitor();
    for (step, field, typed, told) in [
        ("contact", "items.phone", "1", "telephone number"),
        ("more", "items.birth_date", "1800-01-01", "Please check the year"),
    ] {
        let (status, page) = sends(&guest, step, &[(field, typed)]).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{page}");
        is_step(&page, step);
        assert!(page.contains(told), "{page}");
        let at = format!("href=\"#{}\"", field.replace('.', "-"));
        assert!(page.contains(&at), "the field is named at the top: {page}");
        assert!(page.contains(&format!("value=\"{typed}\"")), "{page}");
        assert!(page.contains("value=\"mio@guest.example\""), "{page}");
        assert!(!page.contains("type=\"password\""), "{page}");
    }
    // What another step has asks for nothing here: she comes to it.
    let (status, page) = sends(&guest, "contact", &[("items.birth_date", "1800-01-01")]).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    is_step(&page, "table");
    assert!(seen.with_a_password().is_empty(), "nobody can have come in");
}

#[tokio::test]
async fn a_store_that_is_not_open_yet_is_named_by_no_page_and_has_no_picture() {
    let app = App::before(Seen::default().azukari()).await;
    let now = jiff::Timestamp::now();
    reservation::rehearse(&app.folder, &["mihon".to_owned()], &[], now).await.unwrap();
    let made = app.asks(&app.key, Method::GET, "/api/stores/mihon", None).await.1;
    let guest = app.visitor();
    for (listed, named) in [(true, StatusCode::OK), (false, StatusCode::NOT_FOUND)] {
        let mut store = made.clone();
        store["listed"] = listed.into();
        store["name_en"] = "Unmistakable".into();
        assert_eq!(app.asks(&app.key, Method::PUT, "/api/stores/mihon", Some(store)).await.0, 200);
        assert_eq!(guest.gets("/book/mihon").await.0, named);
        assert_eq!(guest.gets("/stores/mihon/picture.svg").await.0, named);
        let (_, page) = sends(&guest, "more", &[("next", "/book/mihon?party=2")]).await;
        is_step(&page, "agree");
        assert_eq!(page.contains("Unmistakable"), listed, "{page}");
    }
}

#[tokio::test]
async fn the_password_is_asked_last_with_the_code_and_never_comes_back() {
    let seen = Seen::default();
    let app = App::before(seen.azukari()).await;
    let guest = app.visitor();
    let (status, page) = sends(&guest, "agree", &[]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "an answer is missing");
    is_step(&page, "agree");
    let agreed = ("consents.store_disclosure", "given");
    let (status, page) = sends(&guest, "agree", &[agreed]).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    is_step(&page, "password");
    let visible = page.matches("<input").count() - page.matches("type=\"hidden\"").count();
    assert_eq!(visible, 3, "address, code and password: {page}");
    let code = seen.code_for("mio@guest.example");
    assert!(!page.contains(&code), "{page}");
    // Not agreeing is told before anybody chose a password.
    let (_, page) = sends(&guest, "agree", &[("consents.store_disclosure", "refused")]).await;
    assert!(page.contains("You cannot use the service"), "{page}");
    // What cannot be a password is told there, and does not come back; the code stays.
    let code = ("code", code.as_str());
    let written = ("written_to", "mio@guest.example");
    let short = [agreed, code, ("secrets.password", "unmist")];
    let (status, page) = sends(&guest, "password", &short).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    is_step(&page, "password");
    assert!(!page.contains("unmist") && page.contains(code.1), "{page}");
    let whole = [agreed, code, written, ("secrets.password", "unmistakable-password")];
    assert_eq!(sends(&guest, "password", &whole).await.0, StatusCode::SEE_OTHER);
    let (status, page) = sends(&guest, "password", &whole).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "a code is used once");
    assert!(page.contains("This code does not fit"), "{page}");
}

/// Everything, with a code.
async fn ends(guest: &Visitor, email: &str, code: &str) -> (reqwest::StatusCode, String) {
    let whole = [
        ("items.email", email),
        ("written_to", email),
        ("code", code),
        ("consents.store_disclosure", "given"),
        ("secrets.password", "unmistakable-password"),
    ];
    sends(guest, "password", &whole).await
}

/// Another code than this one.
fn other(code: &str) -> &'static str {
    if code == "000000" { "000001" } else { "000000" }
}

#[tokio::test]
async fn no_page_tells_whether_an_address_has_an_account() {
    let seen = Seen::default();
    let app = App::before(seen.azukari()).await;
    let guest = app.visitor();
    let goes = async |email: &str| {
        let mut pages = Vec::new();
        let agreed = ("consents.store_disclosure", "given");
        for (step, go) in
            [("contact", "next"), ("agree", "next"), ("password", "send"), ("password", "next")]
        {
            let more = [("items.email", email), ("go", go), agreed];
            let (status, page) = sends(&guest, step, &more).await;
            pages.push(format!("{status} {}", page.replace(email, "")));
        }
        let code = seen.code_for(email);
        let (status, page) = ends(&guest, email, other(&code)).await;
        pages.push(format!("{status} {}", page.replace(email, "")));
        assert_eq!(seen.letters_to(email).len(), 1, "one a minute");
        (pages, code)
    };
    let (new, code) = goes("new@guest.example").await;
    let (held, guessed) = goes(HELD).await;
    assert_eq!(new, held);
    assert!(new[0].contains("value=\"table\"") && new[2].contains("No letter went out just now"));
    assert!(seen.with_a_password().is_empty(), "without its code nobody is asked for");
    assert_eq!(ends(&guest, "new@guest.example", &code).await.0, StatusCode::SEE_OTHER);
    // The code of an address that is held is in no letter. Whoever guesses it all the same learns nothing by it.
    let (status, page) = ends(&guest, HELD, &guessed).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    is_step(&page, "password");
    assert!(page.contains("This code does not fit") && !page.contains("cannot be used"), "{page}");
    assert!(!page.contains("unmistakable"), "{page}");
}

#[tokio::test]
async fn a_code_is_for_its_address_and_a_mistyped_one_is_corrected_on_the_last_page() {
    let seen = Seen::default();
    let app = App::before(seen.azukari()).await;
    let guest = app.visitor();
    let (mistyped, right) = ("moi@guest.example", "mio@guest.example");
    sends(&guest, "contact", &[("items.email", mistyped)]).await;
    let strangers = seen.code_for(mistyped);
    // The code that a stranger has opens no account for another address, nor hers for the stranger's.
    let (status, page) = ends(&guest, right, &strangers).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    is_step(&page, "password");
    assert!(page.contains("This code does not fit"), "{page}");
    // Where no code has gone there yet, that is what she is told, and offered one: whoever has the address.
    for corrected in [right, HELD] {
        let more = [
            ("items.email", corrected),
            ("written_to", mistyped),
            ("code", &strangers),
            ("consents.store_disclosure", "given"),
            ("secrets.password", "unmistakable-password"),
        ];
        let (status, page) = sends(&guest, "password", &more).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            page.contains("none has gone there yet") && page.contains(">Send a code<"),
            "{page}"
        );
        assert!(page.contains("No code has gone from here to this address yet"), "{page}");
        assert!(!page.contains("A letter with a code went") && !page.contains("does not fit"));
    }
    // She corrects it where the code is asked for, and loses nothing.
    let more = [("go", "send"), ("items.email", "mio"), ("items.allergy", "えび")];
    let (status, page) = sends(&guest, "password", &more).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    is_step(&page, "password");
    assert!(page.contains("does not look like an e-mail address"), "{page}");
    let more = [("go", "send"), ("items.email", right), ("items.allergy", "えび")];
    let (status, page) = sends(&guest, "password", &more).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    is_step(&page, "password");
    assert!(page.contains("Another letter") && page.contains("value=\"えび\""), "{page}");
    assert!(page.contains(&format!("name=\"written_to\" value=\"{right}\"")), "{page}");
    assert!(page.contains("A letter with a code went to this address"), "{page}");
    assert_eq!(seen.letters_to(mistyped).len(), 1);
    let letter = seen.letters_to(right).remove(0);
    assert_eq!(letter["minutes"], 30);
    assert_eq!(letter["language"], "en");
    assert_eq!(letter["sign_in"], format!("{}/sign-in", app.address));
    assert_eq!(ends(&guest, right, &seen.code_for(right)).await.0, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn going_back_and_on_again_writes_no_second_letter_and_one_place_has_so_many() {
    let seen = Seen::default();
    let app = App::before(seen.azukari()).await;
    let guest = app.visitor();
    for _ in 0..3 {
        assert_eq!(sends(&guest, "contact", &[]).await.0, StatusCode::OK);
    }
    assert_eq!(seen.letters_to("mio@guest.example").len(), 1);
    for at in 0..30 {
        let email = format!("guest-{at}@guest.example");
        let (status, page) = sends(&guest, "contact", &[("items.email", &email)]).await;
        assert_eq!(status, StatusCode::OK, "{page}");
    }
    assert_eq!(seen.letters.lock().unwrap().len(), 20, "of one place");
    let late = [("go", "send"), ("items.email", "guest-29@guest.example")];
    let (_, page) = sends(&guest, "password", &late).await;
    assert!(page.contains("many were asked for from your connection"), "{page}");
    assert!(!page.contains("A letter with a code went"), "{page}");
}

#[tokio::test]
async fn an_account_gives_its_own_letter_back_and_pressing_again_costs_none() {
    let seen = Seen::default();
    let app = App::before(seen.azukari()).await;
    let guest = app.visitor();
    let writes = async |email: &str, go: &str, step: &str| {
        sends(&guest, step, &[("items.email", email), ("go", go)]).await.1
    };
    for at in 0..18 {
        writes(&format!("stranger-{at}@guest.example"), "next", "contact").await;
    }
    writes("mio@guest.example", "next", "contact").await;
    for _ in 0..5 {
        let page = writes("mio@guest.example", "send", "password").await;
        assert!(page.contains("No letter went out just now"), "{page}");
    }
    let code = seen.code_for("mio@guest.example");
    assert_eq!(ends(&guest, "mio@guest.example", &code).await.0, StatusCode::SEE_OTHER);
    for at in 18..24 {
        writes(&format!("stranger-{at}@guest.example"), "next", "contact").await;
    }
    assert_eq!(seen.letters.lock().unwrap().len(), 21, "twenty, and one that was answered");
}

#[tokio::test]
async fn what_she_agreed_to_in_other_words_is_asked_again_whichever_button_she_presses() {
    let app = App::before(Seen::default().azukari()).await;
    let guest = app.visitor();
    let answers = [
        ("notice", "2026-04-01"),
        ("items.allergy", "Egg"),
        ("consents.dietary_care", "given"),
        ("consents.store_disclosure", "given"),
    ];
    for (step, go) in [
        ("agree", "here"),
        ("agree", "next"),
        ("more", "back"),
        ("more", "next"),
        ("password", "next"),
    ] {
        let (status, page) = sends(&guest, step, &[&answers[..], &[("go", go)]].concat()).await;
        assert_eq!(status, StatusCode::CONFLICT, "{step} {go}: {page}");
        // The first page that asks for one of them; nothing else is lost.
        is_step(&page, "table");
        assert!(page.contains("The wording changed") && page.contains("value=\"Egg\""), "{page}");
        assert!(page.contains("name=\"notice\" value=\"2026-10-01\""), "{page}");
        assert!(!page.contains("2026-04-01") && !page.contains("checked"), "{page}");
        assert!(!page.contains("name=\"consents.store_disclosure\""), "{page}");
    }
    // Who answered nothing yet goes on, in the words of now.
    let (status, page) = sends(&guest, "contact", &answers[..2]).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    assert!(page.contains("name=\"notice\" value=\"2026-10-01\""), "{page}");
    assert!(!page.contains("The wording changed"), "{page}");
}

#[tokio::test]
async fn her_browser_alone_keeps_the_pages_of_the_sign_up_and_until_she_signs_out() {
    let seen = Seen::default();
    let app = App::before(seen.azukari()).await;
    let guest = app.visitor();
    let said = |answer: &reqwest::Response, name: &str| {
        answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned())
    };
    let kept = Some("private, no-cache".to_owned());
    assert_eq!(said(&guest.opens("/sign-up").await, "cache-control"), kept);
    for (step, more, status) in [
        ("contact", ("go", "next"), 200),
        ("table", ("go", "back"), 200),
        ("contact", ("go", "here"), 200),
        ("agree", ("consents.store_disclosure", "refused"), 200),
        ("contact", ("items.phone", "1"), 422),
        ("password", ("code", "1"), 422),
    ] {
        let form = [&TYPED[..], &[("step", step), more]].concat();
        let answer = guest.answers("/sign-up", &form).await;
        assert_eq!(answer.status(), status, "{step}");
        assert_eq!(said(&answer, "cache-control"), kept, "{step}");
        assert_eq!(said(&answer, "clear-site-data"), None);
    }
    let code = seen.code_for("mio@guest.example");
    assert_eq!(ends(&guest, "mio@guest.example", &code).await.0, StatusCode::SEE_OTHER);
    assert_eq!(said(&guest.opens("/me/consents").await, "cache-control").unwrap(), "no-store");
    let out = guest.answers("/sign-out", &[]).await;
    assert_eq!(said(&out, "clear-site-data").unwrap(), "\"cache\"");
}

#[tokio::test]
async fn below_the_age_the_form_asks_for_a_parent_beside_the_date_of_birth() {
    let seen = Seen::default();
    let app = App::before(seen.azukari()).await;
    let guest = app.visitor();
    let young = ("items.birth_date", "2015-02-03");
    let (status, page) = sends(&guest, "more", &[young]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    is_step(&page, "more");
    let [born, named, mail] = ["items.birth_date", "representative.name", "representative.email"]
        .map(|field| page.find(&format!("name=\"{field}\"")).unwrap());
    assert!(born < named && named < mail);
    assert!(page.contains("you can book"), "it tells when she can book");
    assert!(page.contains("name=\"items.name\" value=\"Mio\"") && page.contains("2015-02-03"));
    assert!(!page.contains("All of this is optional"), "{page}");

    let own = [("representative.name", "Aoi"), ("representative.email", "mio@guest.example")];
    let (_, page) = sends(&guest, "more", &[&[young][..], &own].concat()).await;
    assert!(page.contains("This is your own address"), "{page}");

    let named = [("representative.name", "Aoi"), ("representative.email", "aoi@parent.example")];
    let allergic = [("items.allergy", "Egg"), ("consents.dietary_care", "given")];
    let (_, page) = sends(&guest, "more", &[&[young][..], &named, &allergic].concat()).await;
    is_step(&page, "table");
    assert!(page.contains("the tick of your consent below is taken out"), "{page}");
    assert!(page.contains("value=\"Egg\"") && page.contains("name=\"consents.dietary_care\""));
    assert!(!page.contains("checked"), "what is not held yet is not agreed to: {page}");

    let (status, page) = sends(&guest, "more", &[&[young][..], &named].concat()).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    is_step(&page, "agree");
    sends(&guest, "contact", &[]).await;
    // Before the account opens she sees whom it writes to.
    let agreed = ("consents.store_disclosure", "given");
    let (_, page) = sends(&guest, "agree", &[&[young, agreed][..], &named].concat()).await;
    is_step(&page, "password");
    assert!(page.contains("we write to your parent or guardian at aoi@parent.example"), "{page}");
    let code = seen.code_for("mio@guest.example");
    let rest = [
        ("consents.store_disclosure", "given"),
        ("code", code.as_str()),
        ("secrets.password", "unmistakable"),
    ];
    let (status, _) = sends(&guest, "password", &[&[young][..], &named, &rest].concat()).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let bodies = seen.with_a_password();
    assert_eq!(bodies.len(), 1);
    let expected = json!({ "name": "Aoi", "email": "aoi@parent.example" });
    assert_eq!(bodies[0]["representative"], expected);
    let first = seen.asked.lock().unwrap()[0].clone();
    assert!(first["representative"].is_null(), "nobody is named unasked");
}

#[tokio::test]
async fn a_consent_on_her_page_asks_for_a_parent_where_one_has_to_agree() {
    let seen = Seen::default();
    let app = App::before(seen.azukari()).await;
    let guest = app.visitor();
    sends(&guest, "contact", &[]).await;
    let code = seen.code_for("mio@guest.example");
    assert_eq!(ends(&guest, "mio@guest.example", &code).await.0, StatusCode::SEE_OTHER);
    let at = "/me/consents/dietary_care";
    let given = [("state", "given"), ("notice", "2026-10-01")];
    let (status, page) = guest.posts(at, &given).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{page}");
    let form = page.split("<form").find(|form| form.contains(&format!("action=\"{at}\""))).unwrap();
    assert!(form.contains("name=\"representative.email\""), "{form}");
    assert_eq!(page.matches("name=\"representative.name\"").count(), 1, "only there: {page}");
    let wrong = [("representative.name", "Aoi"), ("representative.email", "aoi")];
    let (_, page) = guest.posts(at, &[&given[..], &wrong].concat()).await;
    assert!(page.contains("does not look like an e-mail address"), "{page}");
    assert!(page.contains("value=\"Aoi\"") && page.contains("value=\"aoi\""), "{page}");
    let named = [("representative.name", "Aoi"), ("representative.email", "aoi@parent.example")];
    let (_, to) = guest.leads_to(at, &[&given[..], &named].concat()).await;
    assert_eq!(to, "/me/consents?done=asked");
    let expected = json!({ "name": "Aoi", "email": "aoi@parent.example" });
    assert_eq!(*seen.waiting.lock().unwrap(), [("dietary_care".to_owned(), expected)]);
    // She sees that it waits, and until when.
    let (_, page) = guest.gets(&to).await;
    assert!(page.contains("We write to your parent or guardian"), "{page}");
    assert!(page.contains("Sun 10 Jan 2027"), "{page}");
}
