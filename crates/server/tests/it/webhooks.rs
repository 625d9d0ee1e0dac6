//! Other programs are told of what happened, by Standard Webhooks: who asked, of what was asked for,
//! with ids and nothing else; again while they are away, and no more once they are gone. The
//! signatures are read by another program in `tests/vocabularies`.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use azukari::acts::request::carry_out::carry_out;
use azukari::acts::request::handle;
use azukari::acts::webhook::{self, Drawn, NewWebhook};
use azukari::connectors::mail::Mail;
use azukari::connectors::webhook::{Webhooks, signature};
use azukari::error::Error;
use azukari::jobs::{deliver, expire};
use azukari::store::DbError;
use azukari::webhook::Event;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use policy::request::Step;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::house::{House, policy_files};

const ALL: [&str; 7] = Event::TYPES;

/// A message as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Arrived {
    pub(crate) headers: HeaderMap,
    body: Bytes,
}

impl Arrived {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    pub(crate) fn value(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Whether one of its signatures is by that secret.
    fn is_signed_by(&self, secret: &str) -> bool {
        let secret = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        let timestamp = self.header("webhook-timestamp").parse().unwrap();
        let signed = signature(&secret, self.header("webhook-id"), timestamp, &self.body);
        self.header("webhook-signature").split(' ').any(|one| one == signed)
    }
}

#[derive(Default)]
struct Seen {
    arrived: Vec<Arrived>,
    answers: VecDeque<u16>,
}

/// A program that wants to be told: its port, what it answers, what has arrived.
pub(crate) struct Receiver {
    port: u16,
    seen: Arc<Mutex<Seen>>,
    serving: Option<JoinHandle<()>>,
}

impl Receiver {
    /// A free port, with nobody there yet.
    pub(crate) async fn away() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        Self { port, seen: Arc::default(), serving: None }
    }

    pub(crate) async fn there() -> Self {
        let mut receiver = Self::away().await;
        receiver.comes().await;
        receiver
    }

    pub(crate) async fn comes(&mut self) {
        let listener = TcpListener::bind(("127.0.0.1", self.port)).await.unwrap();
        let seen = Arc::clone(&self.seen);
        let router = Router::new().fallback(move |headers: HeaderMap, body: Bytes| async move {
            let mut seen = seen.lock().unwrap();
            seen.arrived.push(Arrived { headers, body });
            let status = StatusCode::from_u16(seen.answers.pop_front().unwrap_or(204)).unwrap();
            (status, [(header::LOCATION, "/elsewhere")]).into_response()
        });
        self.serving = Some(tokio::spawn(async move {
            axum::serve(listener, router).await.unwrap();
        }));
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hooks?from=azukari", self.port)
    }

    /// What it answers to the next messages; 204 to those after.
    pub(crate) fn answers(&self, with: &[u16]) {
        self.seen.lock().unwrap().answers.extend(with);
    }

    /// What has arrived since it was asked last.
    pub(crate) fn arrived(&self) -> Vec<Arrived> {
        std::mem::take(&mut self.seen.lock().unwrap().arrived)
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        if let Some(serving) = self.serving.take() {
            serving.abort();
        }
    }
}

impl House {
    /// The operator adds an endpoint on this machine; its id and its secret.
    fn tells(&self, receiver: &Receiver, events: &[&str]) -> (String, String) {
        let events = events.iter().map(|event| (*event).to_owned()).collect();
        let new = NewWebhook { url: receiver.url(), events, inside: true };
        let (keys, now, drawn) = (Arc::clone(&self.app.keys), self.now(), Drawn::new().unwrap());
        let added = self
            .app
            .store
            .write_blocking(move |tx| webhook::add(tx, &keys, &new, &drawn, now, None))
            .unwrap();
        (added.row.webhook_id().to_string(), added.secret.reveal().to_string())
    }

    async fn sends(&self, webhooks: &Webhooks) -> i64 {
        deliver::round(&self.app, webhooks).await.unwrap()
    }

    /// How the messages of a topic stand: outcome, tries, and whether they still say anything.
    pub(crate) fn messages(&self, topic: &'static str) -> Vec<(String, i64, bool)> {
        let rows = self.app.store.read_blocking(move |conn| {
            let sql = "SELECT outcome, tries, sealed FROM outbox WHERE topic = $1 ORDER BY created_at, id";
            conn.query(sql, &[topic.into()])?
                .iter()
                .map(|row| {
                    let outcome = row.opt_text(0)?.unwrap_or("waits").to_owned();
                    Ok::<_, DbError>((outcome, row.int(1)?, row.opt_blob(2)?.is_some()))
                })
                .collect()
        });
        rows.unwrap()
    }

    fn hooks(&self) -> Vec<(String, i64, bool)> {
        self.messages("webhook")
    }
}

fn stands(outcome: &str, tries: i64, kept: bool) -> (String, i64, bool) {
    (outcome.to_owned(), tries, kept)
}

#[tokio::test]
async fn who_asked_is_told_of_each_event_with_ids_alone() {
    let house = House::open();
    let (receiver, webhooks) = (Receiver::there().await, Webhooks::new().unwrap());
    let hanako = house.guest("Kanaria-0714").with("phone", "09041700417").signs_up().await;
    let (_, secret) = house.tells(&receiver, &ALL);
    let given = hanako.answers("marketing", "given").await;
    assert_eq!(house.sends(&webhooks).await, 1);
    house.lets_hours_pass(1);
    house.call("DELETE", &format!("/v1/subjects/{}", hanako.id)).go().await.expect(200);
    assert_eq!(house.sends(&webhooks).await, 1);
    let mut files = policy_files();
    let controller = files.get_mut("controller.toml").unwrap();
    *controller = controller
        .replace("version = \"2026-10-01\"", "version = \"2026-11-22\"")
        .replace("online restaurant reservations", "restaurant bookings");
    house.publishes(files, None, None).unwrap();
    house.app.keep_up().await.unwrap();
    assert_eq!(house.sends(&webhooks).await, 1);
    house.lets_hours_pass(24 * 60);
    let round = expire::round(&house.app).await.unwrap();
    assert!(round.erased > 0, "{round:?}");
    assert_eq!(house.sends(&webhooks).await, 1);

    let arrived = receiver.arrived();
    let told = |n: usize| arrived[n].value();
    assert_eq!(
        told(0),
        json!({
            "type": "consent.changed",
            "timestamp": "2026-11-22T00:00:00Z",
            "data": {
                "subject": hanako.id,
                "record": given["record"],
                "index": given["ledger"]["index"],
            },
        })
    );
    assert_eq!(told(1)["type"], "account.closed");
    assert_eq!(told(1)["data"]["subject"], hanako.id.as_str());
    assert_eq!(told(2)["type"], "policy.took_effect");
    assert_eq!(told(2)["timestamp"], "2026-11-22T01:00:00Z");
    assert_eq!(told(2)["data"]["version"], "2026-11-22");
    assert_eq!(told(3)["type"], "erased");
    assert_eq!(told(3)["data"]["subject"], hanako.id.as_str());
    let records = house.records();
    for (told, kind) in [
        (told(0), "consent_changed"),
        (told(1), "account_closed"),
        (told(2), "policy_published"),
        (told(3), "erased"),
    ] {
        let index = told["data"]["index"].as_u64().unwrap();
        assert_eq!(records[usize::try_from(index).unwrap()].act.kind(), kind);
    }
    let ids: std::collections::BTreeSet<&str> =
        arrived.iter().map(|one| one.header("webhook-id")).collect();
    assert_eq!(ids.len(), 4);
    for one in &arrived {
        assert_eq!(one.header("content-type"), "application/json");
        assert!(one.header("webhook-id").starts_with("out_"));
        assert!(one.is_signed_by(&secret));
        assert!(!one.is_signed_by("whsec_AAAA"));
        let text = String::from_utf8(one.body.to_vec()).unwrap();
        for planted in ["Kanaria", "kanaria0714", "41700417", "marketing", "given"] {
            assert!(!text.contains(planted), "{text}");
        }
        for (field, value) in one.value()["data"].as_object().unwrap() {
            let text = value.to_string();
            let is_id = text.starts_with("\"sub_") || text.starts_with("\"rec_");
            assert!(is_id || matches!(field.as_str(), "index" | "version"), "{field} is {value}");
        }
    }
    assert_eq!(house.hooks(), vec![stands("delivered", 1, false); 4]);
    house.adds_up();
}

/// From asking to the answer (S23, S33): a desk's own program follows a request by its id.
#[tokio::test]
async fn a_request_is_told_of_when_it_comes_in_is_decided_and_answered() {
    let house = House::open();
    let (receiver, webhooks) = (Receiver::there().await, Webhooks::new().unwrap());
    house.guest("Hanako").signs_up().await;
    house.tells(&receiver, &["request.received", "request.decided", "request.answered"]);
    let erasure = json!({
        "kind": "erasure", "grounds": ["no_longer_needed"], "text": "カナリアを消してください",
    });
    let asked = house.asks(&erasure).await.expect(201);
    let request = asked["request"].as_str().unwrap();
    house.gives(request, &house.code(request)).await.expect(200);
    // It is decided once somebody else agrees, and not before.
    let grant = json!({ "step": "decide", "outcome": "granted" });
    let decided = house.steps(request, grant).await.expect(200);
    assert_eq!(decided["state"], "investigating");
    house.sends(&webhooks).await;
    let types = |arrived: &[Arrived]| -> Vec<String> {
        arrived.iter().map(|one| one.value()["type"].as_str().unwrap().to_owned()).collect()
    };
    let first = receiver.arrived();
    assert_eq!(types(&first), ["request.received"]);
    let by = || "manager".to_owned();
    let id = request.parse().unwrap();
    handle::step(&house.app, id, by(), Step::Approve { by: by() }).await.unwrap();
    house.lets_hours_pass(1);
    carry_out(&house.app, id, by()).await.unwrap();
    // Once more is the same, and tells nothing anew.
    carry_out(&house.app, id, by()).await.unwrap();
    house.sends(&webhooks).await;
    let mut all = first;
    all.extend(receiver.arrived());
    assert_eq!(types(&all), ["request.received", "request.decided", "request.answered"]);
    let records = house.records();
    for (told, kind) in all.iter().zip(["request_received", "request_moved", "request_moved"]) {
        let told = told.value();
        let fields: Vec<&String> = told["data"].as_object().unwrap().keys().collect();
        assert_eq!(fields, ["index", "record", "request"], "ids alone, and no person's");
        assert_eq!(told["data"]["request"], request);
        let index = told["data"]["index"].as_u64().unwrap();
        assert_eq!(records[usize::try_from(index).unwrap()].act.kind(), kind);
    }
    house.adds_up();
}

#[tokio::test]
async fn nobody_is_told_of_what_nobody_asked_for() {
    let house = House::open();
    let receiver = Receiver::there().await;
    let hanako = house.guest("Hanako").signs_up().await;
    hanako.answers("marketing", "given").await;
    assert!(house.hooks().is_empty(), "there is no endpoint");
    house.tells(&receiver, &["erased", "policy.took_effect"]);
    hanako.answers("marketing", "withdrawn").await;
    assert!(house.hooks().is_empty(), "there is none for consents");
    house.tells(&receiver, &["consent.changed"]);
    hanako.answers("marketing", "withdrawn").await;
    assert!(house.hooks().is_empty(), "she answered as before");
    hanako.answers("marketing", "refused").await;
    assert_eq!(house.hooks(), [stands("waits", 0, true)]);
    let failing = house.put(
        &hanako.path("consents/marketing"),
        &json!({ "state": "given", "notice": "1999-01-01", "language": "ja" }),
    );
    failing.go().await.invalid();
    assert_eq!(house.hooks().len(), 1, "an act that fails tells nobody");
}

#[tokio::test]
async fn while_a_receiver_is_away_or_answers_wrongly_its_messages_wait_and_go_later_once() {
    let house = House::open();
    let (mut receiver, webhooks) = (Receiver::away().await, Webhooks::new().unwrap());
    let (_, secret) = house.tells(&receiver, &ALL);
    let hanako = house.guest("Hanako").signs_up().await;
    hanako.answers("marketing", "given").await;
    assert_eq!(house.sends(&webhooks).await, 1);
    assert_eq!(house.hooks(), [stands("waits", 1, true)]);
    assert_eq!(house.sends(&webhooks).await, 0, "it is not asked again at once");
    receiver.comes().await;
    // A fault of its own, too much to do, not there, elsewhere: none of these is a yes.
    let wrong = [500, 503, 404, 302];
    receiver.answers(&wrong);
    for (tries, minutes) in (2..).zip([1, 5, 30, 120]) {
        house.lets_seconds_pass(minutes * 60);
        assert_eq!(house.sends(&webhooks).await, 1);
        assert_eq!(house.hooks(), [stands("waits", tries, true)]);
    }
    house.lets_hours_pass(6);
    assert_eq!(house.sends(&webhooks).await, 1);
    assert_eq!(house.hooks(), [stands("delivered", 6, false)]);
    let arrived = receiver.arrived();
    assert_eq!(arrived.len(), wrong.len() + 1, "no redirect was followed");
    let (first, last) = (&arrived[0], &arrived[4]);
    for one in &arrived {
        assert_eq!(one.header("webhook-id"), first.header("webhook-id"), "it is known as one");
        assert_eq!(one.body, first.body);
        assert!(one.is_signed_by(&secret));
    }
    assert_ne!(first.header("webhook-timestamp"), last.header("webhook-timestamp"));
    house.lets_hours_pass(1000);
    assert_eq!(house.sends(&webhooks).await, 0);
}

#[tokio::test]
async fn a_receiver_that_is_gone_hears_nothing_more() {
    let house = House::open();
    let (receiver, webhooks) = (Receiver::there().await, Webhooks::new().unwrap());
    let (id, _) = house.tells(&receiver, &ALL);
    let hanako = house.guest("Hanako").signs_up().await;
    hanako.answers("marketing", "given").await;
    hanako.answers("marketing", "withdrawn").await;
    receiver.answers(&[410]);
    assert_eq!(house.sends(&webhooks).await, 2);
    assert_eq!(receiver.arrived().len(), 1);
    assert_eq!(house.hooks(), vec![stands("no_endpoint", 1, false); 2]);
    let listed = house.get("/v1/webhooks").go().await.expect(200);
    assert_eq!(listed["webhooks"][0]["webhook"], id.as_str());
    assert!(listed["webhooks"][0]["ended_at"].is_string(), "{listed}");
    hanako.answers("marketing", "given").await;
    assert_eq!(house.hooks().len(), 2, "nothing is put for it any more");
    let secrets = "SELECT COUNT(*) FROM webhooks WHERE sealed IS NOT NULL";
    let left = house.app.store.read_blocking(|conn| conn.one(secrets, &[])?.int(0));
    assert_eq!(left.unwrap(), 0, "its secrets are destroyed");
}

#[tokio::test]
async fn what_is_away_holds_up_nothing_else() {
    let house = House::open();
    let (there, away) = (Receiver::there().await, Receiver::away().await);
    let webhooks = Webhooks::new().unwrap();
    house.tells(&away, &ALL);
    house.tells(&there, &ALL);
    let closed = Receiver::away().await;
    let mail = format!("smtp://127.0.0.1:{}", closed.port);
    let mail = Mail::new(&mail, "Desk <desk@azukari.example>").unwrap();
    let hanako = house.guest("Hanako").signs_up().await;
    for state in ["given", "withdrawn", "given"] {
        hanako.answers("marketing", state).await;
    }
    assert_eq!(deliver::round(&house.app, &mail).await.unwrap(), 3);
    assert_eq!(house.messages("letter"), vec![stands("waits", 1, true); 3]);
    assert_eq!(house.hooks(), vec![stands("waits", 0, true); 6], "letters are no webhooks");
    assert_eq!(house.sends(&webhooks).await, 6);
    assert_eq!(there.arrived().len(), 3);
    let mut hooks = house.hooks();
    hooks.sort();
    let (delivered, waits) = (stands("delivered", 1, false), stands("waits", 1, true));
    assert_eq!(hooks, [vec![delivered; 3], vec![waits; 3]].concat());
}

#[tokio::test]
async fn a_new_secret_signs_at_once_and_the_old_one_for_a_day_beside_it() {
    let house = House::open();
    let (receiver, webhooks) = (Receiver::there().await, Webhooks::new().unwrap());
    let (id, old) = house.tells(&receiver, &ALL);
    let hanako = house.guest("Hanako").signs_up().await;
    let rotate = house.post(&format!("/v1/webhooks/{id}/secret"), &json!({})).once("rotate-1");
    let rotated = rotate.clone().go().await.expect(201);
    let new = rotated["secret"].as_str().unwrap().to_owned();
    assert_eq!(rotate.go().await.expect(201), rotated, "the same answer to the same request");
    let mut signed = Vec::new();
    for hours in [0, 23, 1] {
        house.lets_hours_pass(hours);
        let state = if signed.len() % 2 == 0 { "given" } else { "withdrawn" };
        hanako.answers("marketing", state).await;
        assert_eq!(house.sends(&webhooks).await, 1);
        let [one] = receiver.arrived().try_into().unwrap();
        let count = one.header("webhook-signature").split(' ').count();
        signed.push((count, one.is_signed_by(&new), one.is_signed_by(&old)));
    }
    assert_eq!(signed, [(2, true, true), (2, true, true), (1, true, false)]);
    // Three sign at most; whoever lost count waits.
    let again = || house.post(&format!("/v1/webhooks/{id}/secret"), &json!({})).go();
    again().await.expect(201);
    again().await.expect(201);
    again().await.problem(409, "conflict");
    house.lets_hours_pass(24);
    again().await.expect(201);
}

#[tokio::test]
async fn endpoints_are_added_listed_and_ended_over_the_api() {
    let house = House::open();
    let wanted = json!({ "url": "https://hooks.example/azukari", "events": ["erased"] });
    let add = house.post("/v1/webhooks", &wanted).once("add-1");
    let added = add.clone().go().await.expect(201);
    assert_eq!(added["inside"], false);
    assert!(added["secret"].as_str().unwrap().starts_with("whsec_"));
    assert_eq!(add.clone().go().await.expect(201), added, "one endpoint, and its secret once more");
    let other = json!({ "url": "https://hooks.example/other", "events": ["erased"] });
    house
        .post("/v1/webhooks", &other)
        .once("add-1")
        .go()
        .await
        .problem(422, "idempotency-key-reused");
    let listed = house.get("/v1/webhooks").go().await.expect(200);
    assert_eq!(listed["webhooks"].as_array().unwrap().len(), 1);
    assert!(listed["webhooks"][0].get("secret").is_none());
    let path = format!("/v1/webhooks/{}", added["webhook"].as_str().unwrap());
    assert!(house.call("DELETE", &path).go().await.expect(200)["ended_at"].is_string());
    house.call("DELETE", &path).go().await.problem(404, "not-found");
    add.go().await.problem(409, "conflict");
    house.post(&format!("{path}/secret"), &json!({})).go().await.problem(404, "not-found");
    house.call("DELETE", "/v1/webhooks/whk_none").go().await.problem(404, "not-found");
}

#[tokio::test]
async fn an_endpoint_lies_in_the_open_and_is_reached_encrypted() {
    let house = House::open();
    let before = house.rows();
    for (url, code) in [
        ("http://hooks.example/azukari", "clear"),
        ("http://127.0.0.1:8080/", "inside"),
        ("https://localhost/", "inside"),
        ("https://10.0.0.1/", "inside"),
        ("https://169.254.169.254/latest", "inside"),
        ("https://[::1]/", "inside"),
        ("https://[::ffff:10.0.0.1]/", "inside"),
        ("https://2130706433/", "inside"),
        ("https://0x7f.1/", "inside"),
        ("https://user:sesame@hooks.example/", "unfit"),
        ("https://hooks.example/#there", "unfit"),
        ("ftp://hooks.example/", "unfit"),
        ("hooks.example", "unfit"),
        ("", "unfit"),
    ] {
        let wanted = json!({ "url": url, "events": ["erased"] });
        let answer = house.post("/v1/webhooks", &wanted).go().await;
        assert_eq!(answer.invalid(), [("url".to_owned(), code.to_owned())], "{url}");
        assert!(!answer.text().contains("sesame"));
    }
    let wanted = json!({ "url": "https://hooks.example/", "events": ["erased", "everything"] });
    let answer = house.post("/v1/webhooks", &wanted).go().await;
    assert_eq!(answer.invalid(), [("events[1]".to_owned(), "unknown".to_owned())]);
    let wanted = json!({ "url": "https://hooks.example/", "events": [] });
    let answer = house.post("/v1/webhooks", &wanted).go().await;
    assert_eq!(answer.invalid(), [("events".to_owned(), "missing".to_owned())]);
    let mut inside = json!({ "url": "http://127.0.0.1/", "events": ["erased"], "inside": true });
    house.post("/v1/webhooks", &inside).go().await.problem(422, "invalid");
    inside["inside"] = json!(false);
    house.post("/v1/webhooks", &inside).go().await.problem(422, "invalid");
    assert_eq!(house.rows(), before);
    // What the operator may allow is the network, and not to go through it in clear.
    let new = NewWebhook {
        url: "http://10.0.0.1/".to_owned(),
        events: vec!["erased".to_owned()],
        inside: true,
    };
    let (keys, now, drawn) = (Arc::clone(&house.app.keys), house.now(), Drawn::new().unwrap());
    let refused = house
        .app
        .store
        .write_blocking(move |tx| webhook::add(tx, &keys, &new, &drawn, now, None).map(drop));
    assert!(matches!(refused, Err(Error::Invalid(_))));
}

#[tokio::test]
async fn an_endpoint_that_other_hands_led_elsewhere_is_sent_nothing() {
    let house = House::open();
    let (receiver, thief) = (Receiver::there().await, Receiver::there().await);
    let webhooks = Webhooks::new().unwrap();
    house.tells(&receiver, &ALL);
    let hanako = house.guest("Hanako").signs_up().await;
    hanako.answers("marketing", "given").await;
    let led = "UPDATE webhooks SET url = $1";
    let text = thief.url();
    let done = house.app.store.write_blocking(move |tx| tx.exec(led, &[text.as_str().into()]));
    assert_eq!(done.unwrap(), 1);
    assert_eq!(house.sends(&webhooks).await, 1);
    assert_eq!(house.hooks(), [stands("waits", 1, true)]);
    assert!(thief.arrived().is_empty() && receiver.arrived().is_empty());
}

#[tokio::test]
async fn neither_secrets_nor_what_is_told_lies_in_the_clear() {
    let house = House::open();
    let receiver = Receiver::away().await;
    let (_, secret) = house.tells(&receiver, &ALL);
    let hanako = house.guest("Hanako").signs_up().await;
    hanako.answers("marketing", "given").await;
    let message = house.blob("SELECT sealed FROM outbox WHERE topic = 'webhook'", Vec::new());
    for clear in [hanako.id.as_bytes(), &hanako.bytes(), b"consent.changed"] {
        assert!(!message.windows(clear.len()).any(|window| window == clear));
    }
    let base64 = secret.strip_prefix("whsec_").unwrap();
    let bytes = STANDARD.decode(base64).unwrap();
    assert_eq!(bytes.len(), 32);
    let (ground, _) = house.close().await;
    for (place, kept) in ground.everything_kept() {
        for clear in [base64.as_bytes(), &bytes] {
            assert!(!kept.windows(clear.len()).any(|window| window == clear), "{place}");
        }
    }
}
