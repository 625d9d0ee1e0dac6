//! The app on a port of its own, before an Azukari that says what a test lets it say; and visitors with
//! their own cookies.

#![allow(dead_code, reason = "each file of tests uses a part of it")]

pub mod street;

use std::path::PathBuf;
use std::sync::Mutex;

use axum::Router;
use reqwest::{Client, Method, StatusCode, header};
use reservation::Post;
use serde_json::{Value, json};

pub const PASSWORD: &str = "a password of twelve";

/// The app, running.
pub struct App {
    pub address: String,
    pub folder: PathBuf,
    /// A key of the operator's.
    pub key: String,
}

/// Somebody with a browser.
pub struct Visitor {
    address: String,
    pub browser: Client,
    pub cookie: Mutex<String>,
}

/// Serves on a free port; returns where.
pub async fn served(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

impl App {
    /// Before an Azukari that takes stores into its register and nothing else.
    pub async fn open() -> Self {
        let put = axum::routing::put(async || axum::Json(json!({})));
        Self::before(Router::new().route("/v1/recipients/{recipient}", put)).await
    }

    pub async fn before(azukari: Router) -> Self {
        let azukari = served(azukari).await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let folder = std::env::temp_dir().join(format!("reservation-staff-{}", at.port()));
        let key = reservation::make_key(&folder, "test").await.unwrap();
        let config = reservation::Config {
            azukari: azukari.clone(),
            public_azukari: azukari,
            key: "azk_unmistakable".to_owned(),
            listener,
            data: folder.clone(),
            payments: None,
            public_url: None,
            services: None,
            letters: None,
        };
        tokio::spawn(reservation::serve(config, std::future::pending()));
        Self { address: format!("http://{at}"), folder, key }
    }

    pub fn visitor(&self) -> Visitor {
        let no_redirects = reqwest::redirect::Policy::none();
        let browser = Client::builder().no_proxy().redirect(no_redirects).build().unwrap();
        Visitor { address: self.address.clone(), browser, cookie: Mutex::default() }
    }

    /// Asks the API with a key.
    pub async fn asks(
        &self,
        key: &str,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> (u16, Value) {
        let client = Client::builder().no_proxy().build().unwrap();
        let request = client.request(method, format!("{}{path}", self.address)).bearer_auth(key);
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or(Value::Null))
    }

    /// Makes a plain store.
    pub async fn store(&self, slug: &str) {
        let at = format!("/api/stores/{slug}");
        let made = self.asks(&self.key, Method::PUT, &at, Some(store(slug))).await;
        assert_eq!(made.0, 200, "{made:?}");
    }

    /// Invites somebody; returns the path of the invitation.
    pub async fn invited(&self, login: &str, post: Post<'_>) -> String {
        reservation::invite(&self.folder, login, post).await.unwrap()
    }

    /// Takes up an invitation and is signed in; returns the secret of the codes.
    pub async fn takes_up(&self, visitor: &Visitor, invitation: &str) -> String {
        let secret = secret_of(&visitor.gets(invitation).await.1);
        let code = code(&secret);
        let sent = [("password", PASSWORD), ("code", code.as_str())];
        let (status, page) = visitor.posts(invitation, &sent).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
        secret
    }

    /// Somebody who is there; returns the secret of the codes.
    pub async fn taken_up(&self, login: &str, post: Post<'_>) -> String {
        self.takes_up(&self.visitor(), &self.invited(login, post).await).await
    }
}

/// The code of now.
pub fn code(secret: &str) -> String {
    reservation::one_time_code(secret, jiff::Timestamp::now()).unwrap()
}

/// The code of the step after, which is taken as well, since clocks differ.
pub fn next_code(secret: &str) -> String {
    let soon = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(30);
    reservation::one_time_code(secret, soon).unwrap()
}

/// A plain store, as the API takes one.
pub fn store(name: &str) -> Value {
    json!({
        "name_ja": "見本", "name_en": name, "description_ja": "見本です", "description_en": "A sample",
        "area_ja": "見本町", "area_en": "Mihoncho", "cuisine_ja": "和食", "cuisine_en": "Japanese",
        "hours_ja": "夜", "hours_en": "Evenings", "address_ja": "見本町一番地", "address_en": "1 Mihoncho",
        "representative": "見本 代表",
    })
}

impl Drop for App {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

/// The secret that an invitation's page shows.
pub fn secret_of(page: &str) -> String {
    page.split("secret=").nth(1).unwrap().split('&').next().unwrap().to_owned()
}

impl Visitor {
    async fn sends(&self, request: reqwest::RequestBuilder) -> reqwest::Response {
        let cookie = self.cookie.lock().unwrap().clone();
        let request = request.header(header::COOKIE, cookie).header(header::ACCEPT_LANGUAGE, "en");
        let answer = request.send().await.unwrap();
        if let Some(set) = answer.headers().get(header::SET_COOKIE) {
            let pair = set.to_str().unwrap().split(';').next().unwrap();
            // The language is nobody's session.
            if !pair.starts_with("lang=") {
                pair.clone_into(&mut self.cookie.lock().unwrap());
            }
        }
        answer
    }

    pub async fn opens(&self, path: &str) -> reqwest::Response {
        self.sends(self.browser.get(format!("{}{path}", self.address))).await
    }

    pub async fn gets(&self, path: &str) -> (StatusCode, String) {
        let answer = self.opens(path).await;
        (answer.status(), answer.text().await.unwrap())
    }

    pub async fn posts(&self, path: &str, form: &[(&str, &str)]) -> (StatusCode, String) {
        let answer = self.answers(path, form).await;
        (answer.status(), answer.text().await.unwrap())
    }

    /// Sends a form; returns where the way leads.
    pub async fn leads_to(&self, path: &str, form: &[(&str, &str)]) -> (StatusCode, String) {
        let answer = self.answers(path, form).await;
        let to = answer.headers().get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned());
        let status = answer.status();
        (status, to.unwrap_or(answer.text().await.unwrap()))
    }

    pub async fn answers(&self, path: &str, form: &[(&str, &str)]) -> reqwest::Response {
        let encode = |text: &str| {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
            text.bytes().fold(String::new(), |out, byte| {
                if plain(byte) {
                    out + &char::from(byte).to_string()
                } else {
                    format!("{out}%{byte:02X}")
                }
            })
        };
        let body: Vec<String> = form
            .iter()
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect();
        let sent = self
            .browser
            .post(format!("{}{path}", self.address))
            .header("Sec-Fetch-Site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body.join("&"));
        self.sends(sent).await
    }
}
