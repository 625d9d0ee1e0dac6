//! The pages from outside, with Azukari out of reach: what is told, what is kept, what is turned
//! away. Nothing here needs Azukari to run.

#![expect(clippy::unwrap_used, reason = "a test says what broke by panicking")]

use std::path::PathBuf;

use reqwest::{Client, Response, StatusCode, header};

/// The app on a port of its own, and a browser in front of it.
struct House {
    address: String,
    browser: Client,
    folder: PathBuf,
}

impl House {
    async fn open() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let port = listener.local_addr().unwrap().port();
        let folder = std::env::temp_dir().join(format!("reservation-pages-{port}"));
        let config = reservation::Config {
            // Nobody listens there.
            azukari: "http://127.0.0.1:9".to_owned(),
            public_azukari: "http://127.0.0.1:9".to_owned(),
            key: "unmistakable-key".to_owned(),
            listener,
            data: folder.clone(),
            payments: None,
            public_url: None,
            services: None,
            letters: None,
        };
        tokio::spawn(reservation::serve(config, std::future::pending()));
        let browser = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self { address, browser, folder }
    }

    async fn get(&self, path: &str) -> Response {
        self.browser.get(format!("{}{path}", self.address)).send().await.unwrap()
    }

    async fn post(&self, path: &str, from: &str, body: &'static str) -> Response {
        self.browser
            .post(format!("{}{path}", self.address))
            .header("Sec-Fetch-Site", from)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body)
            .send()
            .await
            .unwrap()
    }
}

impl Drop for House {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

#[tokio::test]
async fn a_page_that_does_not_exist_says_so_in_the_reader_s_language() {
    let house = House::open().await;
    for (path, tag, words) in [
        ("/nowhere?lang=ja", "ja", "ページが見つかりません"),
        ("/nowhere?lang=en", "en", "There is no such page"),
    ] {
        let answer = house.get(path).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
        assert_eq!(answer.headers()["content-language"], tag);
        let text = answer.text().await.unwrap();
        assert!(text.contains(&format!("<html lang=\"{tag}\">")) && text.contains(words));
    }
}

#[tokio::test]
async fn every_page_is_dressed_for_safety_and_loads_nothing_from_elsewhere() {
    let house = House::open().await;
    let by_name = house.address.replace("127.0.0.1", "localhost");
    let paths = ["/", "/sign-in", "/store/sign-in", "/sign-up", "/nowhere"];
    // Passkeys hold under a name alone.
    let asked = paths.iter().flat_map(|path| [(&house.address, *path), (&by_name, *path)]);
    for (address, path) in asked {
        let answer = house.browser.get(format!("{address}{path}")).send().await.unwrap();
        let headers = answer.headers().clone();
        assert!(
            headers["content-security-policy"].to_str().unwrap().contains("default-src 'none'")
        );
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["referrer-policy"], "same-origin");
        assert_eq!(headers["cache-control"], "no-store");
        let text = answer.text().await.unwrap();
        // The one script comes from here, and only where somebody may sign in.
        let scripts = text.matches("<script").count();
        assert_eq!(scripts, text.matches("<script src=\"/passkey.").count(), "{path}");
        let holds = *address == by_name && path.ends_with("/sign-in");
        assert_eq!(scripts, usize::from(holds), "{address}{path}");
        assert_eq!(text.matches("data-passkey").count(), scripts, "{address}{path}");
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert_eq!(policy.contains("script-src 'self'"), scripts == 1, "{path}");
        assert!(!policy.contains("unsafe") && !text.contains("style=\""), "{path}");
        let style = text.split("rel=\"stylesheet\" href=\"").nth(1).unwrap();
        let style = house.get(style.split('"').next().unwrap()).await;
        assert!(style.headers()["cache-control"].to_str().unwrap().contains("immutable"));
    }
}

#[tokio::test]
async fn what_was_typed_outlives_an_outage_and_the_password_does_not() {
    let house = House::open().await;
    let body = "items.name=Sample+Guest&secrets.password=unmistakable-password";
    let answer = house.post("/sign-up?lang=en", "same-origin", body).await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.headers().contains_key("retry-after"));
    let text = answer.text().await.unwrap();
    assert!(text.contains("name=\"items.name\" value=\"Sample Guest\""));
    assert!(!text.contains("unmistakable"));
    // Said in both languages, since changing it would lose the form.
    assert!(text.contains("ただいまお取り次ぎできません"));
}

#[tokio::test]
async fn a_form_from_another_site_changes_nothing() {
    let house = House::open().await;
    let answer = house.post("/sign-out", "cross-site", "").await;
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    assert!(!answer.headers().contains_key(header::SET_COOKIE));
}

#[tokio::test]
async fn whoever_is_not_signed_in_is_led_to_her_own_door() {
    let house = House::open().await;
    for (path, door) in [
        ("/me", "/sign-in?next=/me"),
        ("/me/items/phone", "/sign-in?next=/me/items/phone"),
        ("/me/proofs/1", "/sign-in"),
        ("/store/tonight", "/store/sign-in"),
    ] {
        let answer = house.get(path).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{path}");
        assert_eq!(answer.headers()[header::LOCATION], door, "{path}");
    }
}

#[tokio::test]
async fn whoever_never_signed_in_is_asked_to_and_told_of_no_session_that_ended() {
    let house = House::open().await;
    let body = "date=2026-11-22&time=19%3A00&party=2";
    let answer = house.post("/book/mihon/wait?lang=en", "same-origin", body).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    let text = answer.text().await.unwrap();
    assert!(text.contains("Please sign in to go on") && !text.contains("ended"), "{text}");
    assert!(text.contains("value=\"19:00\"") && text.contains("value=\"/book/mihon/wait\""));
}

#[tokio::test]
async fn passwords_tried_all_at_once_are_as_many_as_one_by_one() {
    let house = House::open().await;
    let body = "login=nobody&password=wrong";
    let mut tries = tokio::task::JoinSet::new();
    for _ in 0..60 {
        let (browser, address) = (house.browser.clone(), house.address.clone());
        tries.spawn(async move {
            let form = browser
                .post(format!("{address}/store/sign-in?lang=en"))
                .header("Sec-Fetch-Site", "same-origin")
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(body);
            let answer = form.send().await.unwrap();
            (answer.status(), answer.text().await.unwrap())
        });
    }
    let answers = tries.join_all().await;
    let of = |status: StatusCode| answers.iter().filter(move |(is, _)| *is == status);
    assert_eq!(of(StatusCode::UNAUTHORIZED).count(), 8);
    assert_eq!(of(StatusCode::TOO_MANY_REQUESTS).count(), 52);
    assert!(of(StatusCode::TOO_MANY_REQUESTS).all(|(_, page)| page.contains("try again in about")));
}
