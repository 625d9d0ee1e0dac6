//! The guest's forms without a browser: what she types is held as she typed it, in any script; a session
//! that ends over a form loses nothing; a form sent twice does one thing; every page is light.

use std::path::PathBuf;

use reqwest::header::{ACCEPT_LANGUAGE, CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Client, StatusCode};

use crate::house::{Demo, code_for};

/// A guest with a plain client: forms as pairs, one cookie.
struct Guest {
    client: Client,
    app: String,
    letters: PathBuf,
    cookie: Option<String>,
}

/// What came back.
struct Came {
    status: StatusCode,
    to: String,
    text: String,
}

impl Guest {
    fn of(demo: &Demo) -> Self {
        let client = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        Self {
            client: client.build().unwrap(),
            app: demo.app.clone(),
            letters: demo.data().join("letters"),
            cookie: None,
        }
    }

    async fn goes(&mut self, request: reqwest::RequestBuilder) -> Came {
        let request = request.header(ACCEPT_LANGUAGE, "en");
        let request = match &self.cookie {
            Some(cookie) => request.header(COOKIE, cookie),
            None => request,
        };
        let answer = request.send().await.unwrap();
        for cookie in answer.headers().get_all(SET_COOKIE) {
            let cookie = cookie.to_str().unwrap().split(';').next().unwrap();
            if cookie.starts_with("guest=") {
                self.cookie = Some(cookie.to_owned());
            }
        }
        let to = answer.headers().get(LOCATION).map_or("", |to| to.to_str().unwrap()).to_owned();
        Came { status: answer.status(), to, text: answer.text().await.unwrap() }
    }

    async fn gets(&mut self, path: &str) -> Came {
        self.goes(self.client.get(format!("{}{path}", self.app))).await
    }

    async fn posts(&mut self, path: &str, pairs: &[(&str, &str)]) -> Came {
        let body: Vec<String> = pairs
            .iter()
            .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
            .collect();
        let request = self.client.post(format!("{}{path}", self.app));
        let request = request.header("Sec-Fetch-Site", "same-origin");
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.goes(request.body(body.join("&"))).await
    }

    /// What the review of a free table is asked with: on a day that no sample guest has a table on, at
    /// whatever hour this is run.
    async fn finds_a_table(&mut self) -> String {
        let soon = jiff::Zoned::now().date().checked_add(jiff::Span::new().days(9)).unwrap();
        let page = self.gets(&format!("/book/kaede?date={soon}")).await.text;
        after(&page, "href=\"/book/kaede/review?", "\"").replace("&amp;", "&")
    }

    /// The first page of the sign-up and the last, with everything that came along and the code of her letter.
    async fn signs_up(&mut self, more: &[(&str, &str)]) -> Came {
        let policy = self.gets("/sign-up").await.text;
        let notice = after(&policy, "name=\"notice\" value=\"", "\"").to_owned();
        let mut pairs = vec![
            ("step", "password"),
            ("go", "next"),
            ("notice", notice.as_str()),
            ("residence", "jp"),
            ("items.language", "en"),
            ("secrets.password", "kore-wa-himitsu"),
            ("consents.store_disclosure", "given"),
            ("consents.related_information", "given"),
        ];
        pairs.extend(more);
        let first = [&pairs[..], &[("step", "contact")]].concat();
        let came = self.posts("/sign-up", &first).await;
        if came.status != StatusCode::OK {
            return came;
        }
        let email = more.iter().find(|(name, _)| *name == "items.email").unwrap().1;
        let code = code_for(&self.letters, email).await;
        self.posts("/sign-up", &[&pairs[..], &[("code", &code)]].concat()).await
    }
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// What stands between two marks.
fn after<'a>(text: &'a str, begins: &str, ends: &str) -> &'a str {
    let from = text.find(begins).unwrap_or_else(|| panic!("`{begins}` is not in\n{text}"));
    let rest = &text[from + begins.len()..];
    &rest[..rest.find(ends).unwrap()]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_of_any_script_is_held_as_it_was_typed() {
    let demo = Demo::start();
    for (at, name) in [
        "見本 花子",
        "髙橋 𠮷彦",
        "ミホン ハナコ",
        "김견본",
        "สมศรี ตัวอย่าง",
        "أحمد نموذج",
        "Zoë Mu\u{308}ller-O’Neill",
        "Hanako 🌸👩‍🍳",
    ]
    .into_iter()
    .enumerate()
    {
        let mut guest = Guest::of(&demo);
        let email = format!("name-{at}@example.jp");
        let came = guest.signs_up(&[("items.name", name), ("items.email", &email)]).await;
        assert_eq!(came.status, StatusCode::SEE_OTHER, "{name}\n{}", came.text);
        let held = guest.gets("/me/items").await.text;
        let shown = name.replace("Mu\u{308}ller", "Müller");
        assert!(held.contains(&shown), "{name}\n{held}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_is_told_beside_its_field_and_nothing_is_lost() {
    let demo = Demo::start();
    for (field, typed, told) in [
        ("items.email", "hanako", "does not look like an e-mail address"),
        ("items.phone", "call me", "does not look like a telephone number"),
        ("items.birth_date", "2999-01-01", "still to come"),
        ("items.birth_date", "2023-02-29", "no such day"),
        ("items.name", "", "Please fill this in"),
    ] {
        let mut guest = Guest::of(&demo);
        let mut pairs = vec![
            ("items.name", "Sample Guest"),
            ("items.email", "wrong@example.jp"),
            ("items.company", "Sample & Co."),
        ];
        pairs.retain(|(name, _)| *name != field);
        pairs.push((field, typed));
        let came = guest.signs_up(&pairs).await;
        assert_eq!(came.status, StatusCode::UNPROCESSABLE_ENTITY, "{field} {typed}");
        assert!(came.text.contains(told), "{field} {typed}\n{}", came.text);
        assert!(came.text.contains("Sample &amp; Co."), "{field} {typed}");
        assert!(!came.text.contains("kore-wa-himitsu"), "a password comes back");
    }
    // The other language shows the same form again, with what was typed.
    let mut guest = Guest::of(&demo);
    let half =
        [("step", "table"), ("go", "here"), ("items.name", "見本"), ("items.allergy", "えび")];
    let came = guest.posts("/sign-up?lang=ja", &half).await;
    assert!(came.text.contains("お席でのこと"), "{}", came.text);
    assert!(came.text.contains("えび") && came.text.contains("value=\"見本\""), "{}", came.text);
    // The last day of a February that had one is a day.
    let mut guest = Guest::of(&demo);
    let born = [
        ("items.name", "Sample Leap"),
        ("items.email", "leap@example.jp"),
        ("items.birth_date", "1996-02-29"),
    ];
    assert_eq!(guest.signs_up(&born).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_ends_over_a_booking_loses_nothing_and_twice_is_once() {
    let demo = Demo::start();
    let mut guest = Guest::of(&demo);
    let review = guest.finds_a_table().await;
    // Nobody yet: to the door, and from there back to where she was.
    let door = guest.gets(&format!("/book/kaede/review?{review}")).await;
    assert_eq!(door.status, StatusCode::SEE_OTHER);
    assert!(door.to.starts_with("/sign-in?next=/book/kaede/review%3F"), "{}", door.to);

    let of = |name: &str| after(&review, &format!("{name}="), "&").to_owned();
    let review_and = format!("{review}&");
    let party = after(&review_and, "party=", "&").to_owned();
    let (date, time) = (of("date"), of("time"));
    let wish = [("date", date.as_str()), ("time", time.as_str()), ("party", party.as_str())];
    // Her session ends while she reads: the form waits in the page of the door.
    let door = guest.posts("/book/kaede", &wish).await;
    assert_eq!(door.status, StatusCode::UNAUTHORIZED);
    let kept = [("kept.date", date.as_str()), ("kept.time", &time), ("kept.party", &party)];
    for (name, value) in kept {
        assert!(door.text.contains(&format!("name=\"{name}\" value=\"{value}\"")), "{}", door.text);
    }
    let mut pairs = vec![
        ("email", "jiro@example.jp"),
        ("password", "mihon-no-okyakusama"),
        ("next", "/book/kaede"),
    ];
    pairs.extend(kept);
    let back = guest.posts("/sign-in", &pairs).await;
    assert_eq!(back.status, StatusCode::OK, "{}", back.text);
    assert!(back.text.contains("action=\"/book/kaede\""), "{}", back.text);

    // Sent on, and sent again by the way back: one booking.
    let booked = guest.posts("/book/kaede", &wish).await;
    assert_eq!(booked.status, StatusCode::SEE_OTHER, "{}", booked.text);
    let number = after(&booked.to, "/me/bookings/", "?").to_owned();
    let again = guest.posts("/book/kaede", &wish).await;
    assert_eq!(again.to, format!("/me/bookings/{number}"));
    let looked = guest.gets(&format!("/book/kaede/review?{review}")).await;
    assert_eq!(looked.to, format!("/me/bookings/{number}"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_she_withdrew_is_not_told_as_going_to_the_store() {
    let demo = Demo::start();
    for (email, goes) in [("hanako@example.jp", true), ("marie@example.org", false)] {
        let mut guest = Guest::of(&demo);
        let pairs = [("email", email), ("password", "mihon-no-okyakusama")];
        assert_eq!(guest.posts("/sign-in", &pairs).await.status, StatusCode::SEE_OTHER);
        // Before she takes it back she reads what that does, and to which bookings.
        let consents = guest.gets("/me/consents").await.text;
        let dietary = after(&consents, "action=\"/me/consents/dietary_care\"", "</form>");
        assert_eq!(dietary.contains("the kitchen will not know"), goes, "{email} {dietary}");
        assert_eq!(dietary.contains("href=\"/me/bookings/"), goes, "{email} {dietary}");
        let review = guest.finds_a_table().await;
        let page = guest.gets(&format!("/book/kaede/review?{review}")).await.text;
        let told = after(&page, "<dl class=\"sent\">", "</dl>");
        assert!(told.contains("Name"), "{told}");
        assert!(told.contains("Food allergies"), "{email} {told}");
        let held_back = told.contains("Food allergies: You withdrew your consent");
        assert_eq!(held_back, !goes, "{email} {told}");
        // And she sees that somebody signed in as her, with the kind of device and no more of it.
        let tries = guest.gets("/me/sign-ins").await.text;
        assert!(tries.contains("signed in") && tries.contains("other device"), "{tries}");
        // Where she stops what goes to stores, she is told that the kitchen will not know.
        let stop = [("recipient", "store"), ("stopped", "true")];
        assert_eq!(guest.posts("/me/stops", &stop).await.status, StatusCode::SEE_OTHER);
        let page = guest.gets(&format!("/book/kaede/review?{review}")).await.text;
        assert!(page.contains("shown nothing about you") && !page.contains("<dl class=\"sent\">"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_is_light_and_asks_nobody_else_for_anything() {
    let demo = Demo::start();
    let mut guest = Guest::of(&demo);
    let anyone = ["/", "/book/kaede", "/sign-in", "/sign-up"];
    let hers = [
        "/me",
        "/me/items",
        "/me/looks",
        "/me/consents",
        "/me/stops",
        "/me/links",
        "/me/sign-ins",
        "/me/requests",
    ];
    for (at, path) in anyone.into_iter().chain(hers).enumerate() {
        if at == anyone.len() {
            let pairs = [("email", "hanako@example.jp"), ("password", "mihon-no-okyakusama")];
            assert_eq!(guest.posts("/sign-in", &pairs).await.status, StatusCode::SEE_OTHER);
        }
        let page = guest.gets(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        let mut weight = page.text.len();
        // What passkeys need is a script, from here; nothing else is one.
        let parts = [("<link ", "href=\""), ("<img ", "src=\""), ("<script", "src=\"")];
        for (tag, attribute) in parts {
            for found in page.text.split(tag).skip(1) {
                let address = after(found, attribute, "\"").to_owned();
                assert!(address.starts_with('/'), "{path} asks for {address}");
                weight += guest.gets(&address).await.text.len();
            }
        }
        assert!(weight < 100_000, "{path} weighs {weight} bytes");
        let scripts = page.text.matches("<script").count();
        assert!(scripts == 0 || (path == "/sign-in" && scripts == 1), "{path}");
    }
}
