//! Coming in through another service, over HTTP, before a service that lies: whatever does not prove who somebody
//! is lets nobody in and brings nothing. Azukari is a stand-in that writes down what it is sent.

#![expect(clippy::unwrap_used, reason = "a test says what broke by panicking")]

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use data_encoding::BASE64URL_NOPAD;
use reqwest::{Client, StatusCode, Url, header};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// What the service does otherwise than an honest one.
type Lie = Box<dyn Fn(&mut Service)>;

const SECRET: &str = "a-secret-between-the-two";

/// What the service does when it is asked.
#[derive(Clone)]
struct Service {
    /// Laid over the claims of the ID token; null takes one out.
    claims: Value,
    /// The algorithm that the token names, and what it is signed with.
    signed: Signed,
    key: u8,
    /// Laid over the answer to the code.
    answer: Value,
    user_info: Value,
    /// Closed for the moment.
    away: bool,
    // What the attempt said on its way.
    nonce: String,
    challenge: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Signed {
    ByItsKey,
    ByAnotherKey,
    ByNobody,
    WithTheSecret,
    WithItsPublicKey,
}

impl Service {
    fn honest() -> Self {
        Self {
            claims: json!({}),
            signed: Signed::ByItsKey,
            key: 1,
            answer: json!({ "scope": "openid profile" }),
            user_info: json!({ "sub": "mihon-1", "nickname": "はな", "name": "見本 花子" }),
            away: false,
            nonce: String::new(),
            challenge: String::new(),
        }
    }

    fn pair(key: u8) -> Ed25519KeyPair {
        Ed25519KeyPair::from_seed_unchecked(&[key; 32]).unwrap()
    }

    fn keys(&self) -> Value {
        let public = BASE64URL_NOPAD.encode(Self::pair(self.key).public_key().as_ref());
        let kid = format!("key-{}", self.key);
        json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": kid, "x": public }] })
    }

    fn token(&self, issuer: &str) -> String {
        let now = jiff::Timestamp::now().as_second();
        let mut claims = json!({
            "iss": issuer, "aud": "us", "sub": "mihon-1", "iat": now, "exp": now + 300, "nonce": self.nonce,
        });
        lay_over(&mut claims, &self.claims);
        let algorithm = match self.signed {
            Signed::ByItsKey | Signed::ByAnotherKey => "EdDSA",
            Signed::ByNobody => "none",
            Signed::WithTheSecret | Signed::WithItsPublicKey => "HS256",
        };
        let head = json!({ "alg": algorithm, "kid": format!("key-{}", self.key) });
        let part = |part: &Value| BASE64URL_NOPAD.encode(part.to_string().as_bytes());
        let text = format!("{}.{}", part(&head), part(&claims));
        let mac = |key: &[u8]| {
            hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes()).as_ref().to_vec()
        };
        let signature = match self.signed {
            Signed::ByItsKey => Self::pair(self.key).sign(text.as_bytes()).as_ref().to_vec(),
            Signed::ByAnotherKey => Self::pair(99).sign(text.as_bytes()).as_ref().to_vec(),
            Signed::ByNobody => Vec::new(),
            Signed::WithTheSecret => mac(SECRET.as_bytes()),
            Signed::WithItsPublicKey => mac(Self::pair(self.key).public_key().as_ref()),
        };
        format!("{text}.{}", BASE64URL_NOPAD.encode(&signature))
    }
}

fn lay_over(base: &mut Value, changes: &Value) {
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            base.as_object_mut().unwrap().remove(name);
        } else {
            base[name] = value.clone();
        }
    }
}

/// What Azukari was sent, and how it answers a link.
struct Azukari {
    links: Vec<(String, Value)>,
    answer: (u16, Value),
}

struct House {
    address: String,
    issuer: String,
    browser: Client,
    service: Arc<Mutex<Service>>,
    azukari: Arc<Mutex<Azukari>>,
    folder: PathBuf,
}

async fn listens(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// A stand-in for Azukari: one guest with a password, and nobody linked.
async fn azukari(issuer: String) -> (String, Arc<Mutex<Azukari>>) {
    let kept = Arc::new(Mutex::new(Azukari { links: Vec::new(), answer: (200, json!({})) }));
    let label = |text: &str| json!({ "ja": text, "en": text });
    let item =
        |text: &str| json!({ "label": label(text), "kind": "text", "purposes": ["service"] });
    let claims = json!({ "nickname": "external_profile" });
    let scopes = json!({ "profile": { "label": label("Profile"), "claims": claims } });
    let service = json!({ "issuer": issuer, "subject_item": "external_user_id", "scopes": scopes });
    let policy = json!({
        "version": "2026-10-01",
        "controller": { "name": label("Sample"), "desk": { "name": label("Desk"), "email": "desk@example.jp" } },
        "items": { "external_user_id": item("ID there"), "external_profile": item("Profile there") },
        "purposes": {}, "consents": {},
        "services": { "sample_id": service },
    });
    let keeper = Arc::clone(&kept);
    let put = async move |Path((subject, _)): Path<(String, String)>, Json(body): Json<Value>| {
        let mut kept = keeper.lock().unwrap();
        kept.links.push((subject, body));
        let (status, body) = kept.answer.clone();
        (StatusCode::from_u16(status).unwrap(), Json(body)).into_response()
    };
    let sign_in = async |Json(body): Json<Value>| {
        if body["link"].is_null() {
            let who = format!("sub_{}", body["email"].as_str().unwrap().split('@').next().unwrap());
            return Json(json!({ "subject": who, "regime": "jp" })).into_response();
        }
        let problem = json!({ "type": "https://azukari.example/problems/not-found" });
        (StatusCode::NOT_FOUND, Json(problem)).into_response()
    };
    let router = Router::new()
        .route("/v1/policy", get(async move || Json(policy)))
        .route("/v1/sign-ins", post(sign_in))
        .route("/v1/subjects/{subject}/links", get(async || Json(json!({ "links": [] }))))
        .route("/v1/subjects/{subject}/links/{service}", axum::routing::put(put));
    (listens(router).await, kept)
}

/// The service, which does as `Service` says.
async fn service() -> (String, Arc<Mutex<Service>>) {
    let service = Arc::new(Mutex::new(Service::honest()));
    let [keys, codes, user] = [(); 3].map(|()| Arc::clone(&service));
    let discovery = async |headers: HeaderMap| {
        let at = format!("http://{}", headers["host"].to_str().unwrap());
        Json(json!({
            "issuer": at, "authorization_endpoint": format!("{at}/auth"),
            "token_endpoint": format!("{at}/token"), "userinfo_endpoint": format!("{at}/me"),
            "jwks_uri": format!("{at}/keys"), "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["EdDSA"],
        }))
    };
    let token = async move |headers: HeaderMap, Form(form): Form<Vec<(String, String)>>| {
        let service = codes.lock().unwrap().clone();
        let at = format!("http://{}", headers["host"].to_str().unwrap());
        if service.away {
            return StatusCode::BAD_GATEWAY.into_response();
        }
        let sent = |name: &str| {
            form.iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.clone())
                .unwrap_or_default()
        };
        // Who asks is the one who began (RFC 7636), and we.
        let challenge = BASE64URL_NOPAD.encode(&Sha256::digest(sent("code_verifier")));
        let basic = data_encoding::BASE64.encode(format!("us:{SECRET}").as_bytes());
        let fits = challenge == service.challenge
            && headers["authorization"] == format!("Basic {basic}").as_str()
            && sent("code") == "the-code";
        if !fits {
            return (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" })))
                .into_response();
        }
        let mut answer = json!({
            "access_token": "access", "token_type": "Bearer", "id_token": service.token(&at),
        });
        lay_over(&mut answer, &service.answer);
        Json(answer).into_response()
    };
    let router = Router::new()
        .route("/.well-known/openid-configuration", get(discovery))
        .route("/keys", get(async move || Json(keys.lock().unwrap().keys())))
        .route("/token", post(token))
        .route("/me", get(async move || Json(user.lock().unwrap().user_info.clone())));
    (listens(router).await, service)
}

impl House {
    async fn open(more: &str) -> Self {
        let (issuer, service) = service().await;
        let (azukari_at, azukari) = azukari(issuer.clone()).await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let port = listener.local_addr().unwrap().port();
        let folder = std::env::temp_dir().join(format!("reservation-linking-{port}"));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("secret"), SECRET).unwrap();
        let services = format!(
            "[sample_id]\nlabel = {{ ja = \"見本ID\", en = \"Mihon ID\" }}\nissuer = \"{issuer}\"\n\
             client_id = \"us\"\nclient_secret_file = \"secret\"\nscopes = [\"profile\"]\n{more}\n"
        );
        std::fs::write(folder.join("services.toml"), services).unwrap();
        let config = reservation::Config {
            azukari: azukari_at.clone(),
            public_azukari: azukari_at,
            key: "azk_unmistakable".to_owned(),
            listener,
            data: folder.clone(),
            payments: None,
            public_url: None,
            services: Some(folder.join("services.toml")),
            letters: None,
        };
        tokio::spawn(reservation::serve(config, std::future::pending()));
        let browser = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        let browser = browser.build().unwrap();
        Self { address, issuer, browser, service, azukari, folder }
    }

    fn is(&self, change: impl FnOnce(&mut Service)) {
        let mut service = self.service.lock().unwrap();
        let (nonce, challenge) = (service.nonce.clone(), service.challenge.clone());
        *service = Service { nonce, challenge, ..Service::honest() };
        change(&mut service);
    }

    fn guest(&self) -> Guest<'_> {
        Guest { house: self, cookies: Mutex::default() }
    }
}

impl Drop for House {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

/// A browser that keeps its cookies.
struct Guest<'h> {
    house: &'h House,
    cookies: Mutex<Vec<(String, String)>>,
}

struct Page {
    status: StatusCode,
    to: String,
    text: String,
}

impl Guest<'_> {
    async fn goes(&self, request: reqwest::RequestBuilder) -> Page {
        let cookies = self.cookies.lock().unwrap().clone();
        let cookies: Vec<String> = cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
        let sent = request
            .header(header::COOKIE, cookies.join("; "))
            .header(header::ACCEPT_LANGUAGE, "en")
            .header("Sec-Fetch-Site", "same-origin");
        let answer = sent.send().await.unwrap();
        for cookie in answer.headers().get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            assert!(cookie.contains("HttpOnly; SameSite=Lax"), "{cookie}");
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            let mut kept = self.cookies.lock().unwrap();
            kept.retain(|(known, _)| known != name);
            if !value.is_empty() {
                kept.push((name.to_owned(), value.to_owned()));
            }
        }
        let status = answer.status();
        let to = answer.headers().get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned());
        Page { status, to: to.unwrap_or_default(), text: answer.text().await.unwrap() }
    }

    async fn gets(&self, path: &str) -> Page {
        self.goes(self.house.browser.get(format!("{}{path}", self.house.address))).await
    }

    async fn posts(&self, path: &str, body: &'static str) -> Page {
        let request = self.house.browser.post(format!("{}{path}", self.house.address));
        let form = "application/x-www-form-urlencoded";
        self.goes(request.header(header::CONTENT_TYPE, form).body(body)).await
    }

    /// Leaves for the service; returns the state that she has to bring back.
    async fn leaves(&self) -> String {
        let begun = self.gets("/sign-in/with/sample_id?next=/me/items").await;
        assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.text);
        let to = Url::parse(&begun.to).unwrap();
        assert!(begun.to.starts_with(&format!("{}/auth?", self.house.issuer)), "{to}");
        let part = |name: &str| {
            let found = to.query_pairs().find(|(key, _)| key == name);
            found.map(|(_, value)| value.into_owned()).unwrap_or_default()
        };
        assert_eq!((part("response_type").as_str(), part("client_id").as_str()), ("code", "us"));
        assert_eq!((part("scope").as_str(), part("ui_locales").as_str()), ("openid profile", "en"));
        assert_eq!(part("code_challenge_method"), "S256");
        let back = format!("{}/sign-in/with/sample_id/back", self.house.address);
        assert_eq!(part("redirect_uri"), back);
        let mut service = self.house.service.lock().unwrap();
        (service.nonce, service.challenge) = (part("nonce"), part("code_challenge"));
        part("state")
    }

    async fn comes_back(&self, state: &str) -> Page {
        self.brings(&format!("code=the-code&state={state}")).await
    }

    /// Comes back with an answer; where that leads nowhere, the page that says why.
    async fn brings(&self, answer: &str) -> Page {
        let page = self.gets(&format!("/sign-in/with/sample_id/back?{answer}")).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
        assert!(!page.to.contains("the-code"), "{}", page.to);
        if page.to.contains("/stopped?why=") { self.gets(&page.to).await } else { page }
    }

    fn is_signed_in(&self) -> bool {
        self.cookies.lock().unwrap().iter().any(|(name, _)| name == "guest")
    }

    async fn signs_in(&self, email: &'static str) {
        let page = self.posts("/sign-in", email).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
    }

    fn forgets_sign_in(&self) {
        self.cookies.lock().unwrap().retain(|(name, _)| name != "guest");
    }
}

const HANAKO: &str = "email=hanako%40example.jp&password=kore-wa-himitsu";
const YOKO: &str = "email=yoko%40example.jp&password=kore-wa-himitsu";
const REVIEW: &str = "/sign-in/with/sample_id/review";

#[tokio::test]
async fn what_proves_nothing_lets_nobody_in() {
    let house = House::open("").await;
    let past = jiff::Timestamp::now().as_second() - 3600;
    let claims =
        |claims: Value| -> Lie { Box::new(move |service| service.claims = claims.clone()) };
    let signed = |signed: Signed| -> Lie { Box::new(move |service| service.signed = signed) };
    let lies: Vec<(&str, Lie)> = vec![
        ("another attempt's nonce", claims(json!({ "nonce": "another" }))),
        ("no nonce", claims(json!({ "nonce": null }))),
        ("for somebody else", claims(json!({ "aud": "them" }))),
        ("for us and for somebody else", claims(json!({ "aud": ["us", "them"] }))),
        ("for nobody", claims(json!({ "aud": null }))),
        ("of another issuer", claims(json!({ "iss": "https://other.example" }))),
        ("of no issuer", claims(json!({ "iss": null }))),
        ("expired", claims(json!({ "exp": past }))),
        ("never expires", claims(json!({ "exp": null }))),
        ("of nobody", claims(json!({ "sub": null }))),
        ("for another access token", claims(json!({ "at_hash": "AAAAAAAAAAAAAAAAAAAAAA" }))),
        ("signed by another key", signed(Signed::ByAnotherKey)),
        ("signed by nobody", signed(Signed::ByNobody)),
        ("signed with its public key", signed(Signed::WithItsPublicKey)),
        ("signed with the secret, which was not agreed", signed(Signed::WithTheSecret)),
        ("no ID token", Box::new(|service| service.answer = json!({ "id_token": null }))),
        ("no token at all", Box::new(|service| service.answer = json!({ "access_token": null }))),
        (
            "what is known is of another",
            Box::new(|service| service.user_info["sub"] = json!("mihon-2")),
        ),
        (
            "what is known is of nobody",
            Box::new(|service| service.user_info = json!({ "nickname": "x" })),
        ),
    ];
    let guest = house.guest();
    for (name, lie) in lies {
        house.is(lie);
        let state = guest.leaves().await;
        let page = guest.comes_back(&state).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{name}: {}", page.text);
        assert!(page.text.contains("proves nothing"), "{name}");
        assert!(!guest.is_signed_in(), "{name}");
        assert_eq!(guest.gets(REVIEW).await.status, StatusCode::GONE, "{name}");
    }
    // The service that does not lie is heard, so each of these was refused for its lie.
    house.is(|_| {});
    let state = guest.leaves().await;
    assert_eq!(guest.comes_back(&state).await.to, REVIEW);
    assert!(house.azukari.lock().unwrap().links.is_empty());
}

#[tokio::test]
async fn an_answer_fits_its_own_attempt_browser_and_issuer_once() {
    let house = House::open("").await;
    let (guest, stranger) = (house.guest(), house.guest());
    let state = guest.leaves().await;
    // In a browser that did not leave, or with another state, or none.
    assert_eq!(stranger.comes_back(&state).await.status, StatusCode::GONE);
    for wrong in ["", "another"] {
        assert_eq!(guest.comes_back(wrong).await.status, StatusCode::GONE, "{wrong}");
    }
    let other = format!("code=the-code&state={state}&iss=https://other.example");
    let page = guest.brings(&other).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert_eq!(guest.comes_back(&state).await.status, StatusCode::GONE, "it was taken");

    let state = guest.leaves().await;
    let page = guest.brings(&format!("code=the-code&state={state}&iss={}", house.issuer)).await;
    assert_eq!(page.to, REVIEW);
    assert_eq!(guest.comes_back(&state).await.status, StatusCode::GONE);
    // What was told is hers, in her browser.
    assert_eq!(stranger.gets(REVIEW).await.status, StatusCode::GONE);
    let page = guest.gets(REVIEW).await;
    assert!(
        page.text.contains("はな") && page.text.contains("From Mihon ID: Profile"),
        "{}",
        page.text
    );

    // A code that is not taken, an answer that is a no, a service that fails.
    let state = guest.leaves().await;
    let page = guest.brings(&format!("code=old&state={state}")).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    let state = guest.leaves().await;
    let page = guest.brings(&format!("error=access_denied&state={state}")).await;
    assert!(page.status == StatusCode::OK && page.text.contains("You did not allow it"));
    house.is(|service| service.away = true);
    let state = guest.leaves().await;
    assert_eq!(guest.comes_back(&state).await.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn only_what_was_granted_and_chosen_comes_in_for_whoever_left() {
    let house = House::open("").await;
    let guest = house.guest();
    guest.signs_in(HANAKO).await;
    let comes = async || {
        let state = guest.leaves().await;
        assert_eq!(guest.comes_back(&state).await.to, REVIEW);
    };
    let sent = || house.azukari.lock().unwrap().links.pop().unwrap();
    comes().await;
    let page = guest.posts(REVIEW, "go=link&take.external_profile=yes&take.name=yes").await;
    assert_eq!((page.status, page.to.as_str()), (StatusCode::SEE_OTHER, "/me/items"));
    let link = json!({
        "issuer": house.issuer, "subject": "mihon-1", "scopes": ["openid", "profile"],
        "items": { "external_profile": { "claim": "nickname", "value": "はな" } },
    });
    assert_eq!(sent(), ("sub_hanako".to_owned(), link));
    assert_eq!(guest.gets(REVIEW).await.status, StatusCode::GONE, "nothing waits any more");

    // Not chosen; then not granted, though the service tells it all the same.
    comes().await;
    guest.posts(REVIEW, "go=link").await;
    assert_eq!(sent().1["items"], json!({}));
    house.is(|service| service.answer = json!({ "scope": "openid" }));
    comes().await;
    let page = guest.gets(REVIEW).await;
    assert!(!page.text.contains("はな") && page.text.contains("What you did not allow"));
    guest.posts(REVIEW, "go=link&take.external_profile=yes").await;
    let (_, link) = sent();
    assert_eq!((&link["scopes"], &link["items"]), (&json!(["openid"]), &json!({})));
    // Where it names no scopes, all that were asked for are granted (RFC 6749, 5.1).
    house.is(|service| service.answer = json!({ "scope": null }));
    comes().await;
    guest.posts(REVIEW, "go=link&take.external_profile=yes").await;
    assert_eq!(sent().1["items"]["external_profile"]["value"], "はな");

    // Somebody else at the same browser takes in nothing of hers.
    house.is(|_| {});
    comes().await;
    guest.forgets_sign_in();
    let page = guest.gets(REVIEW).await;
    assert_eq!(page.to, "/sign-in?next=/sign-in/with/sample_id/review", "{}", page.text);
    guest.signs_in(YOKO).await;
    assert_eq!(guest.gets(REVIEW).await.status, StatusCode::GONE);
    assert_eq!(guest.posts(REVIEW, "go=link").await.status, StatusCode::GONE);
    assert!(house.azukari.lock().unwrap().links.is_empty());
}

#[tokio::test]
async fn what_azukari_does_not_take_is_told_and_nothing_is_lost() {
    let house = House::open("").await;
    let guest = house.guest();
    guest.signs_in(HANAKO).await;
    let state = guest.leaves().await;
    assert_eq!(guest.comes_back(&state).await.to, REVIEW);
    let problem = |kind: &str, errors: Value| json!({ "type": format!("https://azukari.example/problems/{kind}"), "errors": errors });
    let taken = json!([{ "field": "subject", "code": "taken" }]);
    let long = json!([{ "field": "items.external_profile.value", "code": "too_long" }]);
    for (status, answer, shown, told) in [
        (422, problem("invalid", taken), 409, "linked with another account"),
        (409, problem("conflict", json!([])), 409, "Another ID of Mihon ID is linked"),
        (422, problem("invalid", long), 422, "too long"),
        (503, problem("unavailable", json!([])), 503, "take.external_profile"),
    ] {
        house.azukari.lock().unwrap().answer = (status, answer);
        let page = guest.posts(REVIEW, "go=link&take.external_profile=yes").await;
        assert_eq!(page.status.as_u16(), shown, "{told}");
        assert!(page.text.contains(told), "{told}: {}", page.text);
    }
    house.azukari.lock().unwrap().answer = (200, json!({}));
    let page = guest.posts(REVIEW, "go=link&take.external_profile=yes").await;
    assert_eq!(page.to, "/me/items", "it waited");
}

#[tokio::test]
async fn keys_that_change_are_read_again_and_a_secret_signs_where_that_was_agreed() {
    let house = House::open("").await;
    let guest = house.guest();
    let state = guest.leaves().await;
    house.is(|service| service.key = 2);
    assert_eq!(guest.comes_back(&state).await.to, REVIEW);

    let house = House::open("signed_with_secret = true").await;
    let guest = house.guest();
    for (signed, fits) in [
        (Signed::WithTheSecret, true),
        (Signed::WithItsPublicKey, false),
        (Signed::ByItsKey, false),
        (Signed::ByNobody, false),
    ] {
        house.is(|service| service.signed = signed);
        let state = guest.leaves().await;
        let page = guest.comes_back(&state).await;
        assert_eq!(page.to == REVIEW, fits, "{signed:?}");
        assert_eq!(page.status == StatusCode::FORBIDDEN, !fits, "{signed:?}");
    }
}

#[tokio::test]
async fn a_service_that_the_policy_does_not_know_is_not_gone_to() {
    let house = House::open("").await;
    let guest = house.guest();
    assert_eq!(guest.gets("/sign-in/with/other_id").await.status, StatusCode::NOT_FOUND);
    // Where it leads afterwards is a page of ours.
    let page = guest.gets("/sign-in?next=//elsewhere.example").await;
    assert!(page.text.contains("href=\"/sign-in/with/sample_id\""), "{}", page.text);
    let page = guest.gets("/sign-in?next=/book/sumire").await;
    assert!(page.text.contains("href=\"/sign-in/with/sample_id?next=/book/sumire\""));
}

#[tokio::test]
async fn a_code_is_asked_for_unless_the_service_says_that_this_very_address_is_hers() {
    const LAST: &str = "go=here&step=password&with=sample_id&items.email=Hanako%40Example.jp";
    let house = House::open("").await;
    let (ours, granted) = ("hanako@example.jp", "openid profile email");
    let verified = json!({ "email": ours, "email_verified": true });
    for (name, scope, in_token, known, is_proven) in [
        ("hers", granted, json!({}), verified.clone(), true),
        ("hers by the ID token", granted, verified.clone(), json!({}), true),
        ("not granted", "openid profile", json!({}), verified.clone(), false),
        (
            "not proven",
            granted,
            json!({}),
            json!({ "email": ours, "email_verified": false }),
            false,
        ),
        ("said nothing", granted, json!({}), json!({ "email": ours }), false),
        (
            "another",
            granted,
            json!({}),
            json!({ "email": "yoko@example.jp", "email_verified": true }),
            false,
        ),
        ("of another", granted, verified.clone(), json!({ "email": ours }), false),
    ] {
        house.is(|service| {
            service.answer = json!({ "scope": scope });
            service.claims = in_token.clone();
            lay_over(&mut service.user_info, &known);
        });
        let guest = house.guest();
        let state = guest.leaves().await;
        assert_eq!(guest.comes_back(&state).await.to, REVIEW, "{name}");
        let page = guest.posts("/sign-up", LAST).await;
        assert_eq!(page.status, StatusCode::OK, "{name}: {}", page.text);
        assert_eq!(!page.text.contains("name=\"code\""), is_proven, "{name}: {}", page.text);
    }
    let page = house.guest().posts("/sign-up", LAST).await;
    assert!(page.text.contains("name=\"code\""), "whoever came through nobody is asked");
}
