//! The stores' side over HTTP, before an Azukari that tells everything it is asked for: what is asked, for which
//! purpose, and that no store comes near another's guests (S10, S11).

#![expect(clippy::unwrap_used, reason = "a test says what broke by panicking")]

mod app;

use std::sync::{Arc, Mutex};

use app::street::{SCRIPTS, Street, key_of, operator, tomorrow, value};
use axum::Router;
use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::routing::post;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

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
    assert_eq!(page.matches("<p class=y>").count(), 2);
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
    // The store is told so, by time and number, and nothing of the guest.
    let (status, gone) = street.mihon.gets(&format!("/store/bookings/{early}")).await;
    assert_eq!(status, StatusCode::GONE);
    assert!(gone.contains("was called off") && gone.contains(&early) && gone.contains("18:30"));
    assert!(!gone.contains("guest1") && !gone.contains("tel:"), "{gone}");
    assert_eq!(street.asked(), Vec::<Value>::new());
    // Another store hears no more than of what never was.
    let elsewhere = street.other.gets(&format!("/store/bookings/{early}")).await;
    assert_eq!(elsewhere.0, StatusCode::NOT_FOUND);
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
        [(tomorrow(), true), ("2020-01-01".to_owned(), false), ("tonight".to_owned(), false)]
    {
        let (status, page) = street.mihon.gets(&format!("/store/tonight?date={date}")).await;
        assert_eq!(page.contains("guest0"), seen, "{date}");
        // Another evening in its place would be a look that nobody meant.
        assert_eq!(status == StatusCode::NOT_FOUND, !seen, "{date}");
    }
}

#[tokio::test]
async fn a_name_in_any_script_is_shown_whole_and_turns_nothing_around_it() {
    let street = Street::with(SCRIPTS.len()).await;
    let mut numbers = Vec::new();
    for guest in 0..SCRIPTS.len() {
        numbers.push(street.books(guest, "mihon", "18:00").await);
    }
    let tomorrow = tomorrow();
    for lang in ["ja", "en"] {
        let after = if lang == "ja" { " 様" } else { "" };
        let (_, page) =
            street.mihon.gets(&format!("/store/tonight?date={tomorrow}&lang={lang}")).await;
        for (guest, number) in numbers.iter().enumerate() {
            let name = value("name", &format!("guest{guest}"));
            let name = name.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            let name = name.replace('"', "&quot;");
            // What is isolated ends with its element, whatever directions it left open.
            let shown = format!("<bdi>{name}</bdi>{after}");
            assert!(page.contains(&format!("<h3>{shown}</h3>")), "{shown}: {page}");
            let (_, own) =
                street.mihon.gets(&format!("/store/bookings/{number}?lang={lang}")).await;
            assert!(own.contains(&format!("<h1>{shown}</h1>")), "{shown}: {own}");
        }
        let (_, kitchen) =
            street.mihon.gets(&format!("/store/kitchen?date={tomorrow}&lang={lang}")).await;
        let named = (0..numbers.len()).any(|guest| kitchen.contains(&format!("guest{guest}")));
        assert!(!named && numbers.iter().all(|number| kitchen.contains(number)), "{kitchen}");
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

#[tokio::test]
async fn a_store_s_own_system_reads_ids_and_asks_for_values_by_purpose() {
    let street = Street::with(3).await;
    let app = &street.app;
    let early = street.books(0, "mihon", "18:30").await;
    let late = street.books(1, "mihon", "19:00").await;
    let theirs = street.books(2, "other", "18:30").await;
    let operator = operator(app).await;
    let key = key_of(&operator, "mihon").await;
    let asks = async |method: Method, path: &str, body: Option<Value>| {
        app.asks(&key, method, path, body).await
    };
    // Ids, times, party and stage: nothing is asked of Azukari for them.
    street.asked();
    let path = format!("/api/store/bookings?date={}", tomorrow());
    let (status, day) = asks(Method::GET, &path, None).await;
    assert_eq!((status, day["bookings"].as_array().unwrap().len()), (200, 2), "{day}");
    let first = &day["bookings"][0];
    let mut fields: Vec<&String> = first.as_object().unwrap().keys().collect();
    fields.sort_unstable();
    assert_eq!(fields, ["ends_at", "number", "party", "stage", "starts_at"]);
    assert_eq!((&first["number"], &first["stage"]), (&json!(early), &json!("booked")));
    assert_eq!(street.asked(), Vec::<Value>::new());

    // Another store's booking answers as one that never was.
    let at = |number: &str| format!("/api/store/bookings/{number}");
    let (status, other) = asks(Method::GET, &at(&theirs), None).await;
    let (nobody, none) = asks(Method::GET, &at("B-23456789"), None).await;
    assert_eq!((status, nobody), (404, 404));
    assert_eq!(other, none);
    let both = json!({ "purpose": "meal", "bookings": [theirs, "B-23456789"] });
    let (status, told) = asks(Method::POST, "/api/store/disclosures", Some(both)).await;
    assert_eq!(status, 200);
    let mut answers = told["answers"].as_array().unwrap().clone();
    for answer in &mut answers {
        answer["booking"] = Value::Null;
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(street.asked(), Vec::<Value>::new());

    // Values come for a stated purpose, and only those of that purpose.
    let meal = json!({ "purpose": "meal", "bookings": [late, early] });
    let (_, told) = asks(Method::POST, "/api/store/disclosures", Some(meal)).await;
    let answer = &told["answers"][0];
    assert_eq!(answer["booking"], json!(late));
    assert_eq!(answer["allergies"], json!({ "known": true, "told": value("allergy", "") }));
    assert_eq!(answer["items"]["serving_size"], "regular");
    assert!(answer["items"].get("name").is_none() && answer["items"].get("allergy").is_none());
    let asked = street.asked();
    assert!(asked.len() == 2 && asked.iter().all(|ask| ask["purpose"] == "meal"), "{asked:?}");
    let receive = json!({ "purpose": "reservation", "bookings": [early] });
    let (_, told) = asks(Method::POST, "/api/store/disclosures", Some(receive)).await;
    assert_eq!(told["answers"][0]["items"]["name"], json!(value("name", "guest0")));
    assert!(told["answers"][0].get("allergies").is_none());
    // Without one, or with another, nothing.
    for (body, field) in [
        (json!({ "bookings": [early] }), "purpose"),
        (json!({ "purpose": "marketing", "bookings": [early] }), "purpose"),
        (json!({ "purpose": "meal" }), "bookings"),
        (json!({ "purpose": "meal", "bookings": [7] }), "bookings"),
        (json!({ "purpose": "meal", "bookings": vec!["B-1"; 201] }), "bookings"),
    ] {
        let (status, told) = asks(Method::POST, "/api/store/disclosures", Some(body)).await;
        assert_eq!((status, &told["errors"][0]["field"]), (422, &json!(field)));
    }
    // A store's key opens nothing of the operator's, nor the other way round.
    assert_eq!(asks(Method::GET, "/api/stores", None).await.0, 403);
    let path = "/api/store/bookings";
    assert_eq!(app.asks(&app.key, Method::GET, path, None).await.0, 403);
    assert_eq!(app.asks("rsv_wrong", Method::GET, path, None).await.0, 401);
    let other = key_of(&operator, "other").await;
    assert_eq!(app.asks(&other, Method::GET, &at(&early), None).await.0, 404);
    assert_eq!(
        operator.posts("/operator/stores/other/keys/till/end", &[]).await.0,
        StatusCode::SEE_OTHER
    );
    assert_eq!(app.asks(&other, Method::GET, path, None).await.0, 401);
    assert_eq!(asks(Method::GET, path, None).await.0, 200);
}

/// A message: its headers and its body.
type Message = (Value, Vec<u8>);

/// What a store's system hears, and whether it takes it.
#[derive(Clone, Default)]
struct Ear {
    heard: Arc<Mutex<Vec<Message>>>,
    refuses: Arc<std::sync::atomic::AtomicBool>,
}

impl Ear {
    async fn listens(&self) -> String {
        let ear = self.clone();
        let hears = post(async move |headers: HeaderMap, body: Bytes| {
            let headers = headers.iter().map(|(n, v)| (n.to_string(), json!(v.to_str().unwrap())));
            let headers = Value::Object(headers.collect());
            ear.heard.lock().unwrap().push((headers, body.to_vec()));
            let refuses = ear.refuses.load(std::sync::atomic::Ordering::Relaxed);
            if refuses { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::NO_CONTENT }
        });
        format!("{}/hook", app::served(Router::new().route("/hook", hears)).await)
    }

    /// Whether so many messages come within a few looks of the sender's.
    async fn has_heard(&self, count: usize) -> bool {
        for _ in 0..60 {
            if self.heard.lock().unwrap().len() >= count {
                return true;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        false
    }

    /// So many messages, once they have come.
    async fn hears(&self, count: usize) -> Vec<Message> {
        let begun = std::time::Instant::now();
        loop {
            let heard = self.heard.lock().unwrap().clone();
            if heard.len() >= count {
                return heard;
            }
            assert!(begun.elapsed().as_secs() < 20, "{} of {count} messages", heard.len());
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }
}

/// Whether the `standardwebhooks` package takes a message.
fn is_read(folder: &std::path::Path, secret: &str, headers: &Value, body: &[u8]) -> bool {
    let body = data_encoding::BASE64.encode(body);
    let file = folder.join("message.json");
    let text = json!({ "secret": secret, "headers": headers, "body": body });
    std::fs::write(&file, text.to_string()).unwrap();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let target = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let python = target.join("vocabularies/bin/python");
    assert!(python.exists(), "there is no `{}`; run ./check", python.display());
    let said = std::process::Command::new(python)
        .arg("-B")
        .arg(root.join("crates/server/tests/vocabularies/check.py"))
        .arg("webhook")
        .arg(&file)
        .output()
        .unwrap();
    match said.status.code() {
        Some(0) => true,
        Some(2) => false,
        other => unreachable!("{other:?}: {}", String::from_utf8_lossy(&said.stderr)),
    }
}

#[tokio::test]
async fn a_store_s_own_system_is_told_by_signed_messages_that_outlast_its_absence() {
    let street = Street::with(3).await;
    let app = &street.app;
    let ear = Ear::default();
    let url = ear.listens().await;
    let at = "/api/stores/mihon/webhook";
    let put = async |url: &str| {
        let (status, told) = app.asks(&app.key, Method::PUT, at, Some(json!({ "url": url }))).await;
        (status, told["secret"].as_str().map(str::to_owned))
    };
    assert_eq!(app.asks(&app.key, Method::GET, at, None).await.0, 404);
    assert_eq!(put("http://till.example/hook").await.0, 422);
    let before = street.books(2, "mihon", "17:00").await;
    let (_, secret) = put(&url).await;
    let secret = secret.unwrap();

    // Made, changed, cancelled: each once, with ids and nothing else.
    let number = street.books(0, "mihon", "18:30").await;
    street.books(1, "other", "18:30").await;
    let day = tomorrow();
    let change = [("date", day.as_str()), ("party", "3"), ("time", "19:30")];
    let path = format!("/me/bookings/{number}/change");
    assert_eq!(street.guests[0].posts(&path, &change).await.0, StatusCode::SEE_OTHER);
    let path = format!("/me/bookings/{number}/cancel");
    assert_eq!(street.guests[0].posts(&path, &[]).await.0, StatusCode::SEE_OTHER);
    let heard = ear.hears(3).await;
    let mut kinds = Vec::new();
    for (headers, body) in &heard {
        assert!(is_read(&app.folder, &secret, headers, body), "{headers}");
        let event: Value = serde_json::from_slice(body).unwrap();
        assert_eq!(event["data"], json!({ "booking": number, "store": "mihon" }));
        event["timestamp"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
        assert_eq!(event.as_object().unwrap().len(), 3);
        kinds.push(event["type"].as_str().unwrap().to_owned());
    }
    kinds.sort_unstable();
    assert_eq!(kinds, ["booking.cancelled", "booking.changed", "booking.made"]);
    // Touched, it is not taken; nor under another secret.
    let (headers, body) = &heard[0];
    let mut other = body.clone();
    *other.last_mut().unwrap() = b' ';
    assert!(!is_read(&app.folder, &secret, headers, &other));
    let stranger = format!("whsec_{}", data_encoding::BASE64.encode(&[7; 32]));
    assert!(!is_read(&app.folder, &stranger, headers, body));

    // Away: the message waits, and comes under the same id once the address is put again.
    ear.refuses.store(true, std::sync::atomic::Ordering::Relaxed);
    let path = format!("/me/bookings/{before}/cancel");
    assert_eq!(street.guests[2].posts(&path, &[]).await.0, StatusCode::SEE_OTHER);
    let heard = ear.hears(4).await;
    let (_, state) = app.asks(&app.key, Method::GET, at, None).await;
    assert_eq!((&state["waiting"], &state["given_up"]), (&json!(1), &json!(0)));
    assert!(state.get("secret").is_none());
    ear.refuses.store(false, std::sync::atomic::Ordering::Relaxed);
    let mut anew = put(&url).await.1;
    // The refusal may still be on its way into the book, and then counts after the address did.
    while !ear.has_heard(5).await {
        anew = put(&url).await.1;
    }
    let again = ear.hears(5).await;
    assert_eq!(heard[3].0["webhook-id"], again[4].0["webhook-id"]);
    assert!(is_read(&app.folder, &anew.unwrap(), &again[4].0, &again[4].1));
    assert!(!is_read(&app.folder, &secret, &again[4].0, &again[4].1));
    // The secret lies nowhere in clear.
    for file in ["reservation.db", "reservation.db-wal"] {
        let kept = std::fs::read(app.folder.join(file)).unwrap_or_default();
        let bytes = data_encoding::BASE64.decode(&secret.as_bytes()[6..]).unwrap();
        assert!(!kept.windows(bytes.len()).any(|window| window == bytes));
    }
    // Ended: nothing more is told.
    assert_eq!(app.asks(&app.key, Method::DELETE, at, None).await.0, 204);
    street.books(0, "mihon", "20:00").await;
    assert_eq!(app.asks(&app.key, Method::GET, at, None).await.0, 404);
    assert_eq!(ear.heard.lock().unwrap().len(), 5);
}

/// The words of a command, as a shell tells them apart.
fn words_of(command: &str) -> Vec<String> {
    let (mut words, mut quote) = (vec![String::new()], None);
    for letter in command.chars() {
        match (letter, quote) {
            (letter, Some(open)) if letter == open => quote = None,
            ('"' | '\'', None) => quote = Some(letter),
            (' ', None) => words.push(String::new()),
            (letter, _) => words.last_mut().unwrap().push(letter),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether an answer has everything that an example has, by name; values are of that moment.
fn has_all_of(answer: &Value, example: &Value) -> bool {
    match (answer, example) {
        (Value::Object(answer), Value::Object(example)) => example
            .iter()
            .all(|(name, part)| answer.get(name).is_some_and(|there| has_all_of(there, part))),
        (Value::Array(answer), Value::Array(example)) => {
            example.iter().all(|part| answer.iter().any(|there| has_all_of(there, part)))
        }
        (_, Value::Object(_) | Value::Array(_)) => false,
        _ => true,
    }
}

#[tokio::test]
async fn the_examples_of_the_document_run_as_they_stand_there() {
    let street = Street::with(1).await;
    let number =
        street.books_with(0, "mihon", "19:00", &[("companions.egg", "2"), ("party", "3")]).await;
    let key = key_of(&operator(&street.app).await, "mihon").await;
    let document = include_str!("../../../docs/RESERVATION.md");
    let blocks: Vec<&str> = document.split("```").skip(1).step_by(2).map(str::trim).collect();
    let at = blocks.iter().position(|block| block.starts_with("curl ")).unwrap();
    let (examples, answer) = (blocks[at].replace("\\\n", ""), blocks[at + 1]);
    let mut told = Value::Null;
    for example in examples.lines() {
        let command = example
            .replace("$KEY", &key)
            .replace("$HERE", &street.app.address)
            .replace("B-2A3B4C5D", &number)
            .replace("2026-11-24", &tomorrow());
        let mut words = words_of(&command).into_iter().skip(1);
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let (mut url, mut body, mut headers) = (None, None, Vec::new());
        while let Some(word) = words.next() {
            match word.as_str() {
                "-H" => headers.push(words.next().unwrap()),
                "--json" => body = words.next(),
                _ => url = Some(word),
            }
        }
        let method = if body.is_some() { Method::POST } else { Method::GET };
        let mut request = client.request(method, url.unwrap());
        for header in &headers {
            let (name, value) = header.split_once(": ").unwrap();
            request = request.header(name, value);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body);
        }
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200, "{example}");
        told = answer.json().await.unwrap();
        assert!(told.to_string().contains(&number), "{example}: {told}");
    }
    let example: Value = serde_json::from_str(answer).unwrap();
    assert!(has_all_of(&told, &example), "{told} is not like {example}");
    assert!(!has_all_of(&told, &json!({ "answers": [{ "other": 1 }] })));
}

#[tokio::test]
async fn the_evening_of_a_closed_day_says_why_and_how_many_were_called_off() {
    let street = Street::with(2).await;
    let numbers =
        [street.books(0, "mihon", "19:00").await, street.books(1, "mihon", "18:30").await];
    let evening = format!("/store/tonight?date={}&lang=en", tomorrow());
    assert!(!street.mihon.gets(&evening).await.1.contains("Closed that day"));
    let (day, numbers) = (tomorrow(), numbers.join(" "));
    let form = [
        ("date", day.as_str()),
        ("reason_ja", "設備点検"),
        ("reason_en", "Maintenance"),
        ("bookings", "call_off"),
        ("numbers", numbers.as_str()),
    ];
    let operator = operator(&street.app).await;
    let closed = operator.posts("/operator/stores/mihon/closing-days", &form).await;
    assert_eq!(closed.0, StatusCode::SEE_OTHER, "{}", closed.1);
    let (_, page) = street.mihon.gets(&evening).await;
    assert!(page.contains("Closed that day (Maintenance)"), "{page}");
    assert!(page.contains("Bookings that the restaurant called off: 2"), "{page}");
    let (_, page) = street.mihon.gets(&evening.replace("lang=en", "lang=ja")).await;
    assert!(page.contains("お休みです（設備点検）") && page.contains("：2件"), "{page}");
}
