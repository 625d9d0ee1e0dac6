//! `kill -9` of Azukari while guests book tables through the reservation app: afterwards the app, the store's page and
//! Azukari say the same of each booking, and each has the letter that confirms it, once.

use std::time::Duration;

use reqwest::{StatusCode, header};

use crate::house::{Caller, House, PATIENCE, Server, runtime};

const GUESTS: usize = 24;
const STORE: &str = "sushi";

/// The app, until it is told to stop.
struct App {
    address: String,
    stop: tokio::sync::oneshot::Sender<()>,
    serving: tokio::task::JoinHandle<anyhow::Result<()>>,
}

impl App {
    async fn start(house: &House, azukari: &str) -> App {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let config = reservation::Config {
            azukari: azukari.to_owned(),
            public_azukari: azukari.to_owned(),
            key: house.key().to_owned(),
            listener,
            data: house.data().to_owned(),
            payments: None,
            public_url: None,
            services: None,
            letters: None,
        };
        let (stop, told) = tokio::sync::oneshot::channel();
        let serving = tokio::spawn(reservation::serve(config, async {
            let _ = told.await;
        }));
        App { address, stop, serving }
    }

    async fn stop(self) {
        self.stop.send(()).unwrap();
        self.serving.await.unwrap().unwrap();
    }
}

/// Serves a house where it was served before.
fn start_at(house: &House, base: &str) -> Server {
    let mut process = house.command(&["serve"], &["--metrics", "127.0.0.1:0", "--rate", "0"]);
    process.args(["--listen", base.strip_prefix("http://").unwrap()]);
    process.args(["--policy", crate::house::POLICY.as_str()]).env("AZUKARI_LOG", "warn");
    Server::start(process, house.key())
}

/// A browser without memory.
fn browser() -> reqwest::Client {
    let no_redirects = reqwest::redirect::Policy::none();
    reqwest::Client::builder().no_proxy().redirect(no_redirects).timeout(PATIENCE).build().unwrap()
}

async fn text(browser: &reqwest::Client, url: String, cookie: &str) -> String {
    let asked = browser.get(url).header(header::COOKIE, cookie);
    asked.header(header::ACCEPT_LANGUAGE, "en").send().await.unwrap().text().await.unwrap()
}

/// How many letters a guest is written.
fn letters(house: &House, subject: &str) -> i64 {
    let id = policy::party::base32().decode(&subject.as_bytes()["sub_".len()..]).unwrap();
    let sql = "SELECT COUNT(*) FROM records WHERE subject = $1 AND act = 'letter_put'";
    house.look(|conn| conn.one(sql, &[id.into()])?.int(0))
}

async fn registers(azukari: &Caller) -> Vec<String> {
    let mut subjects = Vec::new();
    for n in 0..GUESTS {
        let done = azukari.register(&format!("guest number {n}"), n as u64).await.unwrap();
        subjects.push(done.subject.unwrap());
    }
    subjects
}

#[test]
fn azukari_killed_in_the_middle_of_bookings_leaves_each_whole_with_one_letter_or_not_at_all() {
    runtime().block_on(async {
        let house = House::on_sqlite();
        let azukari = house.start();
        let base = azukari.base.clone();
        azukari.caller().store().await.unwrap();
        let subjects = registers(&azukari.caller()).await;
        let now = jiff::Timestamp::now();
        let stores = [STORE.to_owned()];
        let ways = reservation::rehearse(house.data(), &stores, &subjects, now).await.unwrap();
        let app = App::start(&house, &base).await;
        let tokyo = jiff::tz::TimeZone::get("Asia/Tokyo").unwrap();
        let day = now.to_zoned(tokyo).date().tomorrow().unwrap();

        // Everybody books; in the middle of it Azukari is gone.
        let mut guests = tokio::task::JoinSet::new();
        for (n, cookie) in ways.guests.iter().cloned().enumerate() {
            let (browser, url) = (browser(), format!("{}/book/{STORE}", app.address));
            let form = format!("date={day}&party=2&time=18:00");
            guests.spawn(async move {
                // One after the other, so that the end finds them at every step.
                tokio::time::sleep(Duration::from_millis(n as u64 * 4)).await;
                let sent = browser.post(url).header(header::COOKIE, cookie).body(form);
                let sent = sent.header("Sec-Fetch-Site", "same-origin");
                let kind = "application/x-www-form-urlencoded";
                let answer = sent.header(header::CONTENT_TYPE, kind).send().await.unwrap();
                (n, answer.status())
            });
        }
        let mut told: Vec<Option<StatusCode>> = vec![None; GUESTS];
        for _ in 0..GUESTS / 4 {
            let (n, status) = guests.join_next().await.unwrap().unwrap();
            told[n] = Some(status);
        }
        azukari.kill();
        while let Some(next) = guests.join_next().await {
            let (n, status) = next.unwrap();
            told[n] = Some(status);
        }
        // The app is started anew as well, so that what was on its way is settled now and not in a minute.
        app.stop().await;
        let azukari = start_at(&house, &base);
        let app = App::start(&house, &base).await;

        // Settled is when nobody's letter is missing.
        let begun = std::time::Instant::now();
        let (mut booked, mut page) = (Vec::new(), String::new());
        let is_settled =
            |booked: &[usize]| booked.iter().all(|guest| letters(&house, &subjects[*guest]) > 0);
        while page.is_empty() || !is_settled(&booked) {
            assert!(begun.elapsed() < PATIENCE, "not settled");
            let url = format!("{}/store/tonight?date={day}", app.address);
            page = text(&browser(), url, &ways.staff[0]).await;
            booked = (0..GUESTS).filter(|n| page.contains(&format!("guest number {n}<"))).collect();
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        for (guest, subject) in subjects.iter().enumerate() {
            let is_booked = booked.contains(&guest);
            // Whoever was told so has a table, and whoever was told otherwise has none.
            let was_told = told[guest].unwrap() == StatusCode::SEE_OTHER;
            assert_eq!(is_booked, was_told, "guest {guest}");
            let own = text(&browser(), format!("{}/me", app.address), &ways.guests[guest]).await;
            assert_eq!(own.contains("/me/bookings/"), is_booked, "guest {guest}");
            assert_eq!(letters(&house, subject), i64::from(is_booked), "letters of guest {guest}");
        }
        assert!(booked.len() >= GUESTS / 4 && booked.len() < GUESTS, "{} booked", booked.len());
        app.stop().await;
        assert!(azukari.stop().success());
    });
}
