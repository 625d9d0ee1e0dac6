//! A guest pays: over HTTP as her browser does it, before a payment platform that speaks the contract and an
//! Azukari that takes what it is told. What can go wrong on the way, and what she then sees.

#![expect(clippy::unwrap_used, reason = "a test says what broke by panicking")]

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::{get, post, put};
use axum::{Json, Router};
use jiff::{Timestamp, ToSpan, Zoned};
use reqwest::{Client, Response, header};
use reservation::Payments;
use reservation::stand_in::{self, Mood, StandIn};
use serde_json::{Value, json};

/// What Azukari was told of bookings: which, and whether it is off.
type Told = Arc<Mutex<Vec<(String, bool)>>>;

#[derive(Clone, Default)]
struct Azukari {
    away: Arc<AtomicBool>,
    told: Told,
}

impl Azukari {
    async fn serve(&self) -> String {
        let label = |text: &str| json!({ "ja": text, "en": text });
        let policy = json!({
            "version": "2026-10-01",
            "controller": {
                "name": label("Mihon Inc."),
                "address": label("1-1-1 Mihoncho"),
                "desk": { "name": label("Desk"), "email": "desk@example.com" },
            },
            "items": {}, "purposes": {}, "consents": {},
        });
        let azukari = self.clone();
        let engage = async move |Path((_, _, number)): Path<(String, String, String)>,
                                 Json(body): Json<Value>| {
            (azukari.engage(number, &body), Json(json!({})))
        };
        let router = Router::new()
            .route("/v1/policy", get(async move || Json(policy.clone())))
            .route("/v1/recipients/{recipient}", put(async || Json(json!({}))))
            .route("/v1/subjects/{subject}/items", get(async || Json(json!({ "items": [] }))))
            .route(
                "/v1/subjects/{subject}/restrictions",
                get(async || Json(json!({ "restrictions": [] }))),
            )
            .route("/v1/subjects/{subject}/consents", get(async || Json(json!({ "consents": [] }))))
            .route("/v1/letters", post(async || Json(json!({}))))
            .route(
                "/v1/uses",
                post(async |Json(asked): Json<Value>| {
                    assert_eq!(asked["purpose"], "billing");
                    Json(
                        json!({ "items": { "receipt_name": "Sample Trading Ltd.", "name": null } }),
                    )
                }),
            )
            .route("/v1/subjects/{subject}/engagements/{store}/{number}", put(engage));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        address
    }

    fn engage(&self, number: String, body: &Value) -> StatusCode {
        if self.away.load(Ordering::SeqCst) {
            return StatusCode::SERVICE_UNAVAILABLE;
        }
        self.told.lock().unwrap().push((number, body["cancelled"] == true));
        StatusCode::OK
    }
}

struct House {
    azukari: Azukari,
    azukari_at: String,
    payments: Payments,
    mood: Arc<Mood>,
    /// The app's process.
    running: Child,
    address: String,
    browser: Client,
    guest: String,
    operator: String,
    key: String,
    folder: PathBuf,
}

impl Drop for House {
    fn drop(&mut self) {
        drop(self.running.kill());
        drop(self.running.wait());
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

/// Runs the app as a program of its own, and waits until it listens.
fn run(address: &str, azukari: &str, payments: &Payments, folder: &std::path::Path) -> Child {
    let (key, secrets) = (folder.join("key"), folder.join("secrets"));
    std::fs::write(&key, "azk_key\n").unwrap();
    std::fs::write(&secrets, format!("{}\n{}\n", payments.key, payments.signing_secret)).unwrap();
    let mut process = Command::new(env!("CARGO_BIN_EXE_reservation"))
        .args(["serve", "--azukari", azukari, "--public-url", address])
        .args(["--listen", address.trim_start_matches("http://")])
        .args(["--payments-api", &payments.api, "--payments-pages", &payments.pages])
        .arg("--payments-file")
        .arg(&secrets)
        .arg("--key-file")
        .arg(&key)
        .arg("--data")
        .arg(folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut said).unwrap();
    assert!(said.starts_with("reservation is ready"), "{said}");
    process
}

impl House {
    async fn open() -> Self {
        let azukari = Azukari::default();
        let azukari_at = azukari.serve().await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let address = format!("http://127.0.0.1:{port}");
        let folder = std::env::temp_dir().join(format!("reservation-paying-{port}"));
        let platform = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        std::fs::create_dir_all(&folder).unwrap();
        let (stand_in, payments) = StandIn::new(platform, &address, &folder).unwrap();
        let mood = stand_in.mood();
        tokio::spawn(stand_in::serve(stand_in, std::future::pending()));
        let (stores, guests) = (["mihon".to_owned()], ["sub_a".to_owned()]);
        let rehearsal =
            reservation::rehearse(&folder, &stores, &guests, Timestamp::now()).await.unwrap();
        let key = reservation::make_key(&folder, "test").await.unwrap();
        let running = run(&address, &azukari_at, &payments, &folder);
        let no_redirects = reqwest::redirect::Policy::none();
        // A connection to an app that was killed is good for nothing.
        let browser = Client::builder().no_proxy().pool_max_idle_per_host(0);
        let browser = browser.redirect(no_redirects).build().unwrap();
        let guest = rehearsal.guests[0].clone();
        let house = Self {
            azukari,
            azukari_at,
            payments,
            mood,
            running,
            address,
            browser,
            guest,
            operator: rehearsal.operator,
            key,
            folder,
        };
        let (_, mut store) = house.asks("GET", "/api/stores/mihon", None).await;
        store["fee_yen"] = json!(5_000);
        store["free_until_hours"] = json!(24);
        store["late_percent"] = json!(50);
        let (status, answer) = house.asks("PUT", "/api/stores/mihon", Some(store)).await;
        assert_eq!(status, 200, "{answer}");
        house
    }

    /// The app's process is killed, and another one takes its place.
    fn restart(&mut self) {
        self.running.kill().unwrap();
        self.running.wait().unwrap();
        self.running = run(&self.address, &self.azukari_at, &self.payments, &self.folder);
    }

    async fn asks(&self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let method = method.parse().unwrap();
        let request = self.browser.request(method, format!("{}{path}", self.address));
        let request = request.bearer_auth(&self.key).header(header::ACCEPT_LANGUAGE, "en");
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
    }

    /// Looks at a page of the app as the guest, or as nobody.
    async fn sees(&self, path: &str, cookie: &str) -> Response {
        let path = path.trim_start_matches(&self.address);
        let asked = self.browser.get(format!("{}{path}", self.address));
        let asked = asked.header(header::COOKIE, cookie).header(header::ACCEPT_LANGUAGE, "en");
        asked.send().await.unwrap()
    }

    async fn reads(&self, path: &str) -> String {
        self.sees(path, &self.guest).await.text().await.unwrap()
    }

    /// Sends a form to the app.
    async fn form(&self, path: &str, cookie: &str, form: &[(&str, &str)]) -> Response {
        let sent = self.browser.post(format!("{}{path}", self.address)).form(form);
        let sent = sent.header(header::COOKIE, cookie).header("Sec-Fetch-Site", "same-origin");
        sent.header(header::ACCEPT_LANGUAGE, "en").send().await.unwrap()
    }

    /// Sends one as the guest; returns where that leads.
    async fn sends(&self, path: &str, form: &[(&str, &str)]) -> String {
        leads_to(&self.form(path, &self.guest, form).await)
    }

    /// Sends one as the operator; returns the page.
    async fn runs(&self, path: &str, form: &[(&str, &str)]) -> String {
        self.form(path, &self.operator, form).await.text().await.unwrap()
    }

    /// She has a booking that is paid for; returns its page.
    async fn paid(&self, days: i64) -> String {
        let page = self.holds_in(days).await;
        let url = self.goes(&page).await;
        self.pays(&url, "good").await;
        self.waits_for(&page, BOOKED).await;
        page
    }

    /// Waits until the operator's page of failed refunds has so many.
    async fn failed(&self, count: usize) -> String {
        let begun = Instant::now();
        loop {
            let page = self.sees("/operator/refunds", &self.operator).await.text().await.unwrap();
            if page.matches("/by-hand").count() == count {
                return page;
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "not {count} in {page}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// A table is held for her in three days; returns the address of its page.
    async fn holds(&self) -> String {
        self.holds_in(3).await
    }

    async fn holds_in(&self, days: i64) -> String {
        let day = in_days(days).to_string();
        let form = [("date", day.as_str()), ("time", "18:00"), ("party", "2")];
        let form = [&form[..], &[("fee", "10000"), ("late", "50")]].concat();
        let to = self.sends("/book/mihon", &form).await;
        let (page, done) = to.split_once('?').unwrap();
        // Held is not booked, and no address says that it is.
        assert_eq!(done, "done=held");
        page.to_owned()
    }

    /// Sends a form to the app as the guest; returns the page that answers it.
    async fn answers(&self, path: &str, form: &[(&str, &str)]) -> (StatusCode, String) {
        let sent = self.browser.post(format!("{}{path}", self.address)).form(form);
        let sent = sent.header(header::COOKIE, &self.guest).header("Sec-Fetch-Site", "same-origin");
        let answer = sent.header(header::ACCEPT_LANGUAGE, "en").send().await.unwrap();
        (answer.status(), answer.text().await.unwrap())
    }

    /// A booking in three days that is paid for.
    async fn books(&self) -> String {
        let page = self.holds().await;
        let url = self.goes(&page).await;
        self.pays(&url, "good").await;
        self.waits_for(&page, BOOKED).await;
        page
    }

    /// She goes to pay; returns the platform's page.
    async fn goes(&self, page: &str) -> String {
        let url = self.sends(&format!("{page}/pay"), &[]).await;
        assert!(url.starts_with(&self.payments.pages), "{url}");
        url
    }

    /// She pays there; returns where that leads.
    async fn pays(&self, url: &str, card: &str) -> Response {
        self.browser.post(url).form(&[("card", card)]).send().await.unwrap()
    }

    /// Waits until her page says something.
    async fn waits_for(&self, page: &str, words: &str) -> String {
        let begun = Instant::now();
        loop {
            let text = self.reads(page).await;
            if text.contains(words) {
                return text;
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "no `{words}` in {text}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    fn silent(&self, is: bool) {
        self.mood.silent.store(is, Ordering::SeqCst);
    }
}

fn in_days(days: i64) -> jiff::civil::Date {
    let tokyo = jiff::tz::TimeZone::get("Asia/Tokyo").unwrap();
    Zoned::now().with_time_zone(tokyo).date() + days.days()
}

fn leads_to(answer: &Response) -> String {
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    answer.headers()[header::LOCATION].to_str().unwrap().to_owned()
}

const BOOKED: &str = "Booking number";

#[tokio::test]
async fn a_guest_is_held_a_table_pays_and_has_a_booking_and_a_receipt() {
    let house = House::open().await;
    house.silent(true);
    let page = house.holds().await;
    // Only from the page with the button may a form lead out, and only to the platform's.
    let held = house.sees(&page, &house.guest).await;
    let policy = held.headers()["content-security-policy"].to_str().unwrap().to_owned();
    let there = format!("form-action 'self' {};", house.payments.pages);
    assert!(policy.contains(&there) && policy.contains("default-src 'none'"), "{policy}");
    let text = held.text().await.unwrap();
    assert!(text.contains("It is booked once you have paid") && !text.contains(BOOKED), "{text}");
    assert!(!text.contains("/confirm"), "{text}");
    let url = house.goes(&page).await;
    let back = leads_to(&house.pays(&url, "good").await);
    assert!(back.starts_with(&house.address), "{back}");
    let to = leads_to(&house.sees(&back, &house.guest).await);
    let booked = house.sees(&to, &house.guest).await;
    let policy = booked.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("form-action 'self';"), "{policy}");
    let text = booked.text().await.unwrap();
    assert!(text.contains("Your table is booked") && text.contains("¥10,000"), "{text}");
    let receipt = house.reads(&format!("{page}/receipt")).await;
    for words in ["Sample Trading Ltd.", "¥10,000", "Mihon Inc.", "Credit card", "Reservation fee"]
    {
        assert!(receipt.contains(words), "{words}: {receipt}");
    }
    // Confirming without paying was never a way, and is none now.
    assert_eq!(house.sends(&format!("{page}/confirm"), &[]).await, page);
    assert_eq!(house.azukari.told.lock().unwrap().len(), 1);
    // An old page, gone back to after paying, still has the button that gives up the hold: the booking stands.
    let to = house.sends(&format!("{page}/cancel"), &[("held", "1")]).await;
    assert_eq!(to, format!("{page}?done=booked"));
    assert!(house.reads(&page).await.contains(BOOKED));
}

#[tokio::test]
async fn a_refused_card_and_a_change_of_mind_book_nothing_and_the_table_stays_held() {
    let house = House::open().await;
    let page = house.holds().await;
    let url = house.goes(&page).await;
    let refused = house.pays(&url, "bad").await;
    assert_eq!(refused.status(), StatusCode::OK);
    assert!(refused.text().await.unwrap().contains("refused"));
    let text = house.reads(&format!("{page}?done=unpaid")).await;
    assert!(text.contains("Nothing was paid") && text.contains("Go on to pay"), "{text}");
    // Whoever comes back by an address of somebody who has paid is not believed.
    let payment = house.browser.get(&url).send().await.unwrap().text().await.unwrap();
    assert!(payment.contains("?done=unpaid"), "{payment}");
    let text = house.reads(&format!("{page}?done=paid")).await;
    assert!(text.contains("not heard of your payment") && !text.contains(BOOKED), "{text}");
    assert!(house.azukari.told.lock().unwrap().is_empty());
}

#[tokio::test]
async fn whoever_does_not_come_back_is_booked_by_the_platform_s_message() {
    let house = House::open().await;
    let page = house.holds().await;
    let url = house.goes(&page).await;
    house.pays(&url, "good").await;
    house.waits_for(&page, BOOKED).await;
    // She comes back in the end, and again.
    let back = leads_to(&house.pays(&url, "good").await);
    for _ in 0..2 {
        leads_to(&house.sees(&back, &house.guest).await);
    }
    assert_eq!(house.azukari.told.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_guest_whose_session_ended_while_she_paid_is_booked_and_signs_in_to_see_it() {
    let house = House::open().await;
    house.silent(true);
    let page = house.holds().await;
    let url = house.goes(&page).await;
    let back = leads_to(&house.pays(&url, "good").await);
    let to = leads_to(&house.sees(&back, "").await);
    let door = leads_to(&house.sees(&to, "").await);
    assert_eq!(door, format!("/sign-in?next={page}%3Fdone%3Dpaid"));
    assert!(house.reads(&to).await.contains("Your table is booked"));
}

#[tokio::test]
async fn the_way_back_after_paying_leads_on_and_takes_nothing_again() {
    let house = House::open().await;
    house.silent(true);
    let page = house.holds().await;
    let url = house.goes(&page).await;
    let back = leads_to(&house.pays(&url, "good").await);
    leads_to(&house.sees(&back, &house.guest).await);
    let there = house.browser.get(&url).send().await.unwrap().text().await.unwrap();
    assert!(there.contains("This is paid") && there.contains("/paid?payment="), "{there}");
    // The page before that, with its button still on it.
    let to = house.sends(&format!("{page}/pay"), &[]).await;
    let text = house.reads(&to).await;
    assert!(text.contains(BOOKED) && !text.contains("Nothing was paid"), "{text}");
}

#[tokio::test]
async fn messages_that_the_platform_did_not_sign_are_turned_away() {
    let house = House::open().await;
    house.silent(true);
    let page = house.holds().await;
    let url = house.goes(&page).await;
    house.pays(&url, "good").await;
    let id = url.rsplit('/').next().unwrap();
    let message = json!({ "type": "checkout.session.completed", "data": { "object": {
        "id": id, "client_reference_id": "x", "payment_status": "paid" } } });
    for signature in ["", "t=1,v1=00"] {
        let sent = house.browser.post(format!("{}/payments/events", house.address));
        let sent = sent.header("Stripe-Signature", signature).body(message.to_string());
        assert_eq!(sent.send().await.unwrap().status(), StatusCode::BAD_REQUEST);
    }
    assert!(house.azukari.told.lock().unwrap().is_empty());
}

#[tokio::test]
async fn an_app_that_is_killed_between_payment_and_booking_books_at_its_next_start() {
    let mut house = House::open().await;
    house.silent(true);
    let page = house.holds().await;
    let url = house.goes(&page).await;
    house.pays(&url, "good").await;
    house.restart();
    house.waits_for(&page, BOOKED).await;
    // Again, between the money and Azukari.
    let page = house.holds_in(4).await;
    let page = page.as_str();
    let url = house.goes(page).await;
    let back = leads_to(&house.pays(&url, "good").await);
    house.azukari.away.store(true, Ordering::SeqCst);
    leads_to(&house.sees(&back, &house.guest).await);
    let text = house.reads(page).await;
    assert!(text.contains("Your payment is here, and your table is being booked"), "{text}");
    assert!(house.reads("/me").await.contains("being booked"));
    house.azukari.away.store(false, Ordering::SeqCst);
    house.restart();
    house.waits_for(page, BOOKED).await;
}

#[tokio::test]
async fn killed_at_whatever_moment_the_app_books_what_was_paid_and_gives_back_what_was_called_off()
{
    let mut house = House::open().await;
    let mut pages = Vec::new();
    for round in 0..12_u64 {
        let page = house.holds_in(3 + i64::try_from(round).unwrap()).await;
        let url = house.goes(&page).await;
        let back = leads_to(&house.pays(&url, "good").await);
        let calls_off = round % 3 == 2;
        if calls_off {
            house.waits_for(&page, BOOKED).await;
        }
        // She comes back, or calls off, and is left without an answer.
        let address = house.address.clone();
        let (browser, guest) = (house.browser.clone(), house.guest.clone());
        let asked = if calls_off {
            browser.post(format!("{address}{page}/cancel")).header("Sec-Fetch-Site", "same-origin")
        } else {
            browser.get(&back)
        };
        let asked = tokio::spawn(asked.header(header::COOKIE, guest).send());
        // The moment is what is tried here: each round another one.
        tokio::time::sleep(Duration::from_millis(round * 2)).await;
        house.restart();
        drop(asked.await);
        pages.push((page, calls_off));
    }
    for (page, calls_off) in &pages {
        let text = house.waits_for(page, BOOKED).await;
        // Killed before it heard of that, it did not call off, and took nothing back.
        if *calls_off && text.contains("tag refused") {
            house.waits_for(page, "Refunded").await;
        } else {
            assert!(!text.contains("Refund"), "{text}");
        }
    }
}

#[tokio::test]
async fn the_difference_of_a_change_is_shown_before_it_is_held_and_can_be_left_unpaid() {
    let house = House::open().await;
    let page = house.books().await;
    let day = in_days(3).to_string();
    let form = [("date", day.as_str()), ("time", "19:00"), ("party", "3")];
    let review = format!("{page}/change/review?date={day}&time=19:00&party=3");
    let text = house.reads(&review).await;
    for told in ["¥10,000", "¥15,000", "the difference of ¥5,000", "Do not change"] {
        assert!(text.contains(told), "{told}: {text}");
    }
    // What she was not shown is not held against her.
    let (status, text) = house.answers(&format!("{page}/change"), &form).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(text.contains("the difference of ¥5,000"), "{text}");
    assert!(!house.reads(&page).await.contains("Do not change"), "nothing is held");
    let shown = [&form[..], &[("yen", "5000"), ("fee", "15000"), ("late", "50")]].concat();
    let to = house.sends(&format!("{page}/change"), &shown).await;
    assert_eq!(to, format!("{page}?done=held"));
    let text = house.reads(&to).await;
    for told in ["Do not change", "Please pay the difference of ¥5,000 by", "Go on to pay ¥5,000"]
    {
        assert!(text.contains(told), "{told}: {text}");
    }
    let url = house.goes(&page).await;
    let to = house.sends(&format!("{page}/change/stop"), &[]).await;
    let text = house.reads(&to).await;
    assert!(text.contains("stays as it was") && text.contains("¥10,000"), "{text}");
    assert!(!text.contains("Go on to pay"), "{text}");
    // Her old page still has the button to pay: she is told that there is nothing to.
    let to = house.sends(&format!("{page}/pay"), &[]).await;
    assert!(house.reads(&to).await.contains("There is nothing to pay now"));
    // And the platform's page, where she pays all the same: it goes back.
    house.pays(&url, "good").await;
    house.waits_for(&page, "Refunded").await;
    assert!(house.reads(&page).await.contains("2 people"));
    // For fewer people it is told what goes back.
    let text = house.reads(&review.replace("party=3", "party=1")).await;
    assert!(text.contains("¥5,000 goes back to your card"), "{text}");
    let form = [("date", day.as_str()), ("time", "19:00"), ("party", "1")];
    let shown = [&form[..], &[("yen", "0"), ("fee", "5000"), ("late", "50")]].concat();
    let to = house.sends(&format!("{page}/change"), &shown).await;
    let text = house.reads(&to).await;
    assert!(text.contains("Your booking is changed. ¥5,000 goes back to your card"), "{text}");
    // No address makes it more than what goes back.
    let text = house.reads(&to.replace("back=5000", "back=500000")).await;
    assert!(text.contains("Your booking is changed.") && !text.contains("¥500,000"), "{text}");
}

#[tokio::test]
async fn a_time_that_is_over_is_not_offered_and_what_it_costs_is_shown_before_the_tap() {
    let house = House::open().await;
    let (_, mut store) = house.asks("GET", "/api/stores/mihon", None).await;
    store["free_until_hours"] = json!(720);
    assert_eq!(house.asks("PUT", "/api/stores/mihon", Some(store)).await.0, 200);
    let late = "too late to cancel free of charge";
    let review = format!("/book/mihon/review?date={}&time=18:00&party=2", in_days(3));
    let text = house.reads(&review).await;
    assert!(text.contains(late) && !text.contains("free until"), "{text}");
    let page = house.books().await;
    let text = house.reads(&page).await;
    assert!(text.contains(late) && text.contains("could be changed until"), "{text}");
    assert!(text.contains("tel:+81300000001"), "{text}");
    assert!(!text.contains(&format!("{page}/change\"")), "{text}");
    let change = house.sees(&format!("{page}/change"), &house.guest).await;
    assert_eq!(leads_to(&change), page);
    // By an old page as well.
    let day = in_days(4).to_string();
    let form = [("date", day.as_str()), ("time", "18:00"), ("party", "2")];
    assert_eq!(house.sends(&format!("{page}/change"), &form).await, page);
    // Calling off: from a page of before, that showed no cost, it is shown first.
    let cancel = format!("{page}/cancel");
    let (status, text) = house.answers(&cancel, &[("yen", "0")]).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(text.contains("¥5,000") && text.contains("name=\"yen\" value=\"5000\""), "{text}");
    assert!(house.reads(&page).await.contains(BOOKED));
    let to = house.sends(&cancel, &[("yen", "5000")]).await;
    assert!(to.ends_with("?done=cancelled&back=5000"), "{to}");
    assert!(house.reads(&to).await.contains("¥5,000 goes back to your card"));
    let text = house.waits_for(&page, "Refunded").await;
    assert!(text.contains("−¥5,000"), "{text}");
}

#[tokio::test]
async fn a_day_that_a_store_closes_gives_its_guests_their_money_back() {
    let house = House::open().await;
    let page = house.holds().await;
    let url = house.goes(&page).await;
    house.pays(&url, "good").await;
    house.waits_for(&page, BOOKED).await;
    let day = format!("/api/stores/mihon/closing-days/{}", in_days(3));
    let closed = json!({ "reason_ja": "改装", "reason_en": "Works", "bookings": "call_off",
        "numbers": [page.rsplit('/').next().unwrap()] });
    let (status, answer) = house.asks("PUT", &day, Some(closed)).await;
    assert_eq!(status, 204, "{answer}");
    let text = house.waits_for(&page, "Refunded").await;
    assert!(text.contains("−¥10,000"), "{text}");
    let told = house.reads("/me").await;
    assert!(told.contains("¥10,000 goes back to your card"), "{told}");
    // Nothing was kept, so there is nothing to have a receipt for.
    let receipt = house.sees(&format!("{page}/receipt"), &house.guest).await;
    assert_eq!(receipt.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn money_for_a_hold_that_was_let_go_goes_back_and_her_page_says_so() {
    let house = House::open().await;
    house.silent(true);
    let page = house.holds().await;
    let url = house.goes(&page).await;
    // In one window she lets go of the table, in the other she pays.
    house.sends(&format!("{page}/cancel"), &[]).await;
    let back = leads_to(&house.pays(&url, "good").await);
    let to = leads_to(&house.sees(&back, &house.guest).await);
    let text = house.waits_for(&to, "Refunded").await;
    assert!(text.contains("There is no booking") && text.contains("−¥10,000"), "{text}");
    assert!(house.reads("/me").await.contains("no longer held"));
    // A hold that is over and was not paid for is told as that.
    let other = house.sees("/me/bookings/B-22222222?done=unpaid", &house.guest).await;
    assert_eq!(other.status(), StatusCode::GONE);
}

#[tokio::test]
async fn a_platform_that_is_away_is_told_and_the_table_stays_held() {
    let house = House::open().await;
    let page = house.holds().await;
    house.mood.away.store(true, Ordering::SeqCst);
    let to = house.sends(&format!("{page}/pay"), &[]).await;
    let text = house.reads(&to).await;
    assert!(text.contains("could not be opened") && text.contains("Go on to pay"), "{text}");
    house.mood.away.store(false, Ordering::SeqCst);
    house.goes(&page).await;
}

/// Where the button of a refund leads that the operator's page has first.
fn way(page: &str, to: &str) -> String {
    let end = page.find(&format!("/{to}\"")).unwrap();
    let begin = page[..end].rfind("/operator/refunds/").unwrap();
    format!("{}/{to}", &page[begin..end])
}

#[tokio::test]
async fn a_refund_that_comes_to_nothing_is_put_before_the_operator_who_has_it_made_after_all() {
    let house = House::open().await;
    let (first, second) = (house.paid(3).await, house.paid(4).await);
    // The platform says yes, and a moment later that the card took nothing.
    house.mood.bounces.store(true, Ordering::SeqCst);
    house.sends(&format!("{first}/cancel"), &[]).await;
    let page = house.failed(1).await;
    let number = first.rsplit('/').next().unwrap();
    for told in ["¥10,000", number, "pi_standin_", "Refund again", "bank transfer"] {
        assert!(page.contains(told), "{told}: {page}");
    }
    let start = house.sees("/operator", &house.operator).await.text().await.unwrap();
    assert!(start.contains("1 refund has failed"), "{start}");
    // She is not told that she has it.
    let own = house.reads(&first).await;
    assert!(!own.contains("Refunded") && own.contains("−¥10,000"), "{own}");
    // Nobody but an operator sees or does any of it.
    for cookie in ["", house.guest.as_str()] {
        let seen = house.sees("/operator/refunds", cookie).await;
        assert_eq!(seen.status(), StatusCode::SEE_OTHER);
        let done = house.form(&way(&page, "by-hand"), cookie, &[]).await;
        assert_eq!(leads_to(&done), "/operator/sign-in");
    }
    house.failed(1).await;
    // Again, and it fails again: another attempt, not the answer of the first.
    house.runs(&way(&page, "again"), &[]).await;
    house.failed(1).await;
    house.mood.bounces.store(false, Ordering::SeqCst);
    house.runs(&way(&page, "again"), &[]).await;
    house.waits_for(&first, "Refunded").await;
    house.failed(0).await;
    // Another one is paid back by hand; what the platform says of it afterwards changes nothing.
    house.mood.bounces.store(true, Ordering::SeqCst);
    house.sends(&format!("{second}/cancel"), &[]).await;
    let page = house.failed(1).await;
    let done = way(&page, "by-hand");
    for _ in 0..2 {
        house.runs(&done, &[]).await;
    }
    assert!(house.reads(&second).await.contains("Refunded"));
    house.failed(0).await;
}

#[tokio::test]
async fn the_question_before_a_day_is_closed_says_what_becomes_of_the_money() {
    let house = House::open().await;
    house.paid(3).await;
    let (_, mut store) = house.asks("GET", "/api/stores/mihon", None).await;
    store["fee_yen"] = json!(0);
    house.asks("PUT", "/api/stores/mihon", Some(store.clone())).await;
    let day = in_days(3).to_string();
    let form = |time: &'static str| [("date", day.as_str()), ("time", time), ("party", "2")];
    for time in ["19:00", "19:30"] {
        house.sends("/book/mihon", &form(time)).await;
    }
    store["fee_yen"] = json!(5_000);
    house.asks("PUT", "/api/stores/mihon", Some(store)).await;
    let held = [&form("20:00")[..], &[("fee", "10000"), ("late", "50")]].concat();
    house.sends("/book/mihon", &held).await;
    let close = [("date", day.as_str()), ("reason_ja", "改装"), ("reason_en", "Works")];
    let page = house.runs("/operator/stores/mihon/closing-days", &close).await;
    for told in [
        "There are 4 bookings",
        "Bookings that are paid for: 1. All of ¥10,000 goes back",
        "Bookings without a payment: 2.",
        "Tables that are held: 1.",
        "held, not booked yet",
        "paid ¥10,000",
    ] {
        assert!(page.contains(told), "{told}: {page}");
    }
    assert!(!page.contains("Offers to those who wait"), "{page}");
    let numbers = page.split("name=\"numbers\" value=\"").nth(1).unwrap();
    let numbers = numbers.split('"').next().unwrap();
    let decided = [&close[..], &[("numbers", numbers), ("bookings", "call_off")]].concat();
    let closed = house.form("/operator/stores/mihon/closing-days", &house.operator, &decided).await;
    let page = house.sees(&leads_to(&closed), &house.operator).await.text().await.unwrap();
    assert!(page.contains("4 bookings were called off"), "{page}");
}
