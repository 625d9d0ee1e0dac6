//! Agents are told how their requests stand, where they wanted to be told and may be; and they send no
//! more than any other program may.

use std::sync::Arc;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use azukari::acts::agent;
use azukari::acts::request::handle;
use azukari::connectors::webhook::Webhooks;
use azukari::drp::Fault;
use azukari::drp::status::parse_uuid;
use azukari::jobs::deliver::{self, Callbacks};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use policy::request::{RequestId, Step};
use serde_json::{Value, json};

use super::{ASKS, is_fault, message};
use crate::house::House;
use crate::webhooks::Receiver;

/// An agent of its own, that signs as the protocol wants it.
struct Midori {
    key: Ed25519KeyPair,
    token: String,
}

impl Midori {
    fn signs(&self, claims: &Value) -> String {
        let text = claims.to_string();
        let signature = self.key.sign(text.as_bytes());
        STANDARD.encode([signature.as_ref(), text.as_bytes()].concat())
    }

    /// The operator lets her in, and she fetches her token.
    async fn comes(house: &House, inside: bool) -> Self {
        let key = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
        let verify_key = STANDARD.encode(key.public_key().as_ref());
        let (keys, now) = (Arc::clone(&house.app.keys), house.now());
        let add = move |tx: &mut azukari::store::Tx<'_>| {
            agent::name_business(tx, "SAMPLE_BUSINESS")?;
            agent::add(tx, &keys, "MIDORI", "Midori", &verify_key, inside, now)
        };
        house.app.store.write_blocking(add).unwrap();
        let mut midori = Self { key, token: String::new() };
        let setup = midori.signs(&Self::claims(house, &json!({})));
        let given = house.says("POST", "/v1/agent/MIDORI", "none", &setup).await.expect(200);
        midori.token = given["token"].as_str().unwrap().to_owned();
        midori
    }

    fn claims(house: &House, more: &Value) -> Value {
        let now = house.now();
        let mut claims = json!({
            "agent-id": "MIDORI", "business-id": "SAMPLE_BUSINESS",
            "issued-at": now.to_string(),
            "expires-at": (now + jiff::SignedDuration::from_mins(10)).to_string(),
            "drp.version": "1.0", "exercise": "deletion",
            "name": "Sample Hanako", "email": "hanako@guest.example", "email_verified": true,
        });
        crate::house::lay_over(&mut claims, more);
        claims
    }

    async fn asks(&self, house: &House, callback: &str) -> crate::house::Answer {
        let more = json!({ "status_callback": callback, "agent-request-id": "m-1" });
        let body = self.signs(&Self::claims(house, &more));
        house.exercises(&self.token, &body).await
    }
}

impl House {
    async fn calls_back(&self) -> i64 {
        let callbacks = Callbacks(Webhooks::new().unwrap());
        deliver::round(&self.app, &callbacks).await.unwrap()
    }

    async fn is_stepped(&self, id: RequestId, step: Step) {
        handle::step(&self.app, id, "desk".to_owned(), step).await.unwrap();
    }
}

#[tokio::test]
async fn an_agent_is_told_of_each_status_with_what_is_true_by_then() {
    let house = House::open();
    let mut receiver = Receiver::away().await;
    let midori = Midori::comes(&house, true).await;
    let sent = midori.asks(&house, &receiver.url()).await.expect(200);
    assert_eq!(house.calls_back().await, 0, "the answer has said it");
    let path = format!("/v1/data-rights-request/{}", sent["request_id"].as_str().unwrap());
    let id = parse_uuid(sent["request_id"].as_str().unwrap()).unwrap();

    // A step that leaves the protocol's word as it was tells nothing.
    handle::note(&house.app, id, "desk".to_owned(), "カナリア").await.unwrap();
    house.is_stepped(id, Step::ConfirmAgency {}).await;
    assert_eq!(house.calls_back().await, 0);

    // Nobody is there: it waits, and is told later, once, what is true then.
    house.is_stepped(id, Step::FailIdentity {}).await;
    assert_eq!(house.calls_back().await, 1);
    assert_eq!(receiver.arrived().len(), 0);
    receiver.comes().await;
    assert_eq!(house.calls_back().await, 0, "not before the pause is over");
    house.lets_hours_pass(1);
    receiver.answers(&[302, 500]);
    for _ in 0..3 {
        house.calls_back().await;
        house.lets_hours_pass(24);
    }
    let arrived = receiver.arrived();
    assert_eq!(arrived.len(), 3, "a redirect is followed by nobody");
    for one in &arrived {
        assert_eq!(one.header("content-type"), "application/json");
        assert!(!one.headers.contains_key("authorization"));
    }
    let told = arrived[2].value();
    assert_eq!(told, house.get(&path).by(&midori.token).go().await.expect(200));
    assert_eq!((&told["status"], &told["agent_request_id"]), (&json!("denied"), &json!("m-1")));
    assert!(!told.to_string().contains("カナリア") && !told.to_string().contains("Hanako"));
    assert_eq!(house.messages("callback"), [("delivered".to_owned(), 4, false)]);
    house.adds_up();
}

#[tokio::test]
async fn an_agent_has_us_call_nobody_inside_without_the_operators_leave() {
    let house = House::open();
    let midori = Midori::comes(&house, false).await;
    let before = house.rows();
    for url in [
        "http://127.0.0.1:9/status",
        "https://127.0.0.1:9/status",
        "https://localhost/status",
        "https://10.0.0.7/status",
        "https://[fd12::1]/status",
        "https://169.254.169.254/latest/meta-data",
        "http://agent.example/status",
        "https://user:word@agent.example/status",
        "file:///etc/passwd",
        "agent.example",
    ] {
        is_fault(&midori.asks(&house, url).await, Fault::Claim("status_callback"));
    }
    assert_eq!(house.rows(), before);
    midori.asks(&house, "https://agent.example/status").await.expect(200);
}

#[tokio::test]
async fn a_callback_ends_with_its_agent_and_with_the_operators_leave() {
    let house = House::open();
    let receiver = Receiver::there().await;
    let midori = Midori::comes(&house, true).await;
    let sent = midori.asks(&house, &receiver.url()).await.expect(200);
    let id = parse_uuid(sent["request_id"].as_str().unwrap()).unwrap();
    house.is_stepped(id, Step::Withdraw {}).await;
    let now = house.now();
    house.app.store.write_blocking(move |tx| agent::end(tx, "MIDORI", now)).unwrap();
    house.lets_seconds_pass(1);
    Midori::comes(&house, false).await;
    assert_eq!(house.calls_back().await, 1);
    assert_eq!(receiver.arrived().len(), 0);
    assert_eq!(house.messages("callback"), [("no_endpoint".to_owned(), 1, false)]);
}

#[tokio::test]
async fn an_agent_sends_no_more_than_any_program_may() {
    let house = House::open_with_rate(2);
    house.lets_in();
    let token = house.gives_token().await;
    let mut answers = Vec::new();
    for _ in 0..12 {
        answers.push(house.get("/v1/agent/SAMPLE_AGENT").by(&token).go().await);
    }
    assert_eq!(answers[0].status, 200);
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status == 429).collect();
    assert!(!refused.is_empty(), "twelve in a row, two a second");
    is_fault(refused[0], Fault::TooMany);
    assert_eq!(refused[0].header("retry-after"), Some("1"));
    // Whoever has no token is counted for nobody.
    is_fault(&house.exercises("drp_guess", &message(ASKS)).await, Fault::NoToken);
}
