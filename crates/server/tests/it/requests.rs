//! A person's request over the API, from asking to a decision (S23 to S33, R8.1 to R8.8): who asks is
//! shown, a fee settled, a ground named; nobody learns whether somebody else is held.

use azukari::acts::request::{self, handle};
use azukari::letter::RequestLetter;
use azukari::outbox::{self, Message};
use azukari::store::DbError;
use azukari::store::outbox::Taken;
use policy::record::Act;
use policy::request::{RequestId, State};
use serde_json::{Value, json};

use crate::house::{Answer, House, lay_over};

impl House {
    /// A request for disclosure as the service takes it down; `changes` are laid over it.
    pub(crate) async fn asks(&self, changes: &Value) -> Answer {
        let mut body = json!({
            "kind": "disclosure", "regime": "jp", "language": "ja",
            "name": "見本 花子", "email": "hanako@guest.example",
        });
        lay_over(&mut body, changes);
        self.post("/v1/requests", &body).go().await
    }

    /// Every letter about requests that waits, the oldest first.
    pub(crate) fn letters(&self) -> Vec<(RequestId, RequestLetter)> {
        let taken = self.app.store.read_blocking(|conn| {
            let sql =
                "SELECT id, topic, sealed FROM outbox WHERE ended_at IS NULL ORDER BY created_at";
            conn.query(sql, &[])?
                .into_iter()
                .map(|mut row| {
                    let (id, topic) = (row.bytes(0)?, row.take_text(1)?);
                    Ok::<_, DbError>(Taken { id, topic, tries: 1, sealed: row.take_blob(2).ok() })
                })
                .collect::<Result<Vec<_>, _>>()
        });
        let open = |taken: &Taken| match outbox::open(&self.app.keys, taken) {
            Some(Message::RequestLetter { request, letter }) => Some((request, letter)),
            _ => None,
        };
        taken.unwrap().iter().filter_map(open).collect()
    }

    /// The code that was sent last for a request.
    pub(crate) fn code(&self, request: &str) -> String {
        let mut codes = self.letters().into_iter().filter_map(|(of, letter)| match letter {
            RequestLetter::Code { code } if of.to_string() == request => Some(code),
            _ => None,
        });
        codes.next_back().expect("no code was sent")
    }

    pub(crate) async fn gives(&self, request: &str, code: &str) -> Answer {
        let body = json!({ "code": code });
        self.post(&format!("/v1/requests/{request}/verifications"), &body).go().await
    }

    pub(crate) async fn steps(&self, request: &str, step: Value) -> Answer {
        self.post(&format!("/v1/requests/{request}/steps"), &step).go().await
    }

    /// The step as another key than the service's takes it.
    pub(crate) async fn steps_as(&self, key: &str, request: &str, step: Value) -> Answer {
        self.post(&format!("/v1/requests/{request}/steps"), &step).by(key).go().await
    }
}

pub(crate) fn id(answer: &Value) -> String {
    answer["request"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_guest_asks_for_her_information_and_it_is_decided() {
    let house = House::open();
    let hanako = house.guest("Hanako").signs_up().await;
    let asked = house.asks(&json!({})).await.expect(201);
    let request = id(&asked);
    assert_eq!(asked["state"], "verifying");
    assert_eq!(asked["due_at"], "2026-12-06T15:00:00Z", "the end of the fourteenth day in Tokyo");
    assert_eq!(asked["number"].as_str().unwrap().len(), 14);
    assert_eq!(asked["known"], false);

    let known = house.gives(&request, &house.code(&request)).await.expect(200);
    assert_eq!((&known["state"], &known["known"]), (&json!("awaiting_fee"), &json!(true)));
    assert_eq!(known["fee"], json!({ "standing": "due", "amount": 1000, "currency": "JPY" }));

    let other = json!({ "step": "pay", "amount": 500, "currency": "JPY", "reference": "b-1" });
    assert_eq!(
        house.steps(&request, other).await.invalid(),
        [("amount".to_owned(), "other_sum".to_owned())]
    );
    let pay = json!({ "step": "pay", "amount": 1000, "currency": "JPY", "reference": "b-1" });
    assert_eq!(house.steps(&request, pay.clone()).await.expect(200)["state"], "investigating");
    // The same payment told twice is one; another one is noted, to be given back.
    assert_eq!(house.steps(&request, pay).await.expect(200)["fee"]["standing"], "paid");
    let twice = json!({ "step": "pay", "amount": 1000, "currency": "JPY", "reference": "b-2" });
    house.steps(&request, twice).await.expect(200);
    let read = request::get(&house.app, request.parse().unwrap()).await.unwrap();
    assert_eq!(read.matter.notes.len(), 1, "{:?}", read.matter.notes);
    assert_eq!(read.subject, Some(hanako.id.parse().unwrap()));

    let refuse = json!({
        "step": "decide", "outcome": "refused", "reason": "no",
        "refused": [{ "item": null, "ground": "content_is_factual" }],
    });
    assert_eq!(
        house.steps(&request, refuse).await.invalid(),
        [("refused".to_owned(), "not_a_ground".to_owned())]
    );
    let grant = json!({ "step": "decide", "outcome": "granted" });
    let decided = house.steps(&request, grant).await.expect(200);
    assert_eq!((&decided["state"], &decided["outcome"]), (&json!("decided"), &json!("granted")));
    let list = house.get(&hanako.path("requests")).go().await.expect(200);
    assert_eq!(list["requests"][0]["request"], request.as_str());

    let steps: Vec<String> = house
        .records()
        .iter()
        .filter_map(|record| match &record.act {
            Act::RequestReceived { .. } => Some("received".to_owned()),
            Act::RequestMoved { step, .. } => Some(step.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(steps, ["received", "begin", "identify", "pay", "decide"]);
    house.adds_up();
}

/// Nobody learns from the answers whether somebody is held under an address.
#[tokio::test]
async fn an_unknown_address_is_answered_like_a_known_one() {
    let house = House::open();
    house.guest("Hanako").signs_up().await;
    let known = house.asks(&json!({})).await.expect(201);
    let unknown = house.asks(&json!({ "email": "nobody@guest.example" })).await.expect(201);
    for field in ["kind", "regime", "state", "received_at", "due_at", "known", "fee", "outcome"] {
        assert_eq!(known[field], unknown[field], "{field}");
    }
    // Whoever holds the mailbox is told that nothing is held, and that is a proper answer (R8.2); she pays
    // nothing to hear it.
    let request = id(&unknown);
    house.gives(&request, &house.code(&request)).await.expect(200);
    house.steps(&request, json!({ "step": "waive_fee" })).await.problem(409, "conflict");
    let grant = json!({ "step": "decide", "outcome": "granted" });
    assert_eq!(
        house.steps(&request, grant).await.invalid(),
        [("outcome".to_owned(), "nobody_held".to_owned())]
    );
    let not_held = json!({ "step": "decide", "outcome": "not_held", "reason": "looked up" });
    assert_eq!(house.steps(&request, not_held).await.expect(200)["outcome"], "not_held");
}

#[tokio::test]
async fn wrong_old_and_used_codes_open_nothing() {
    let house = House::open();
    house.guest("Hanako").signs_up().await;
    let request = id(&house.asks(&json!({})).await.expect(201));
    let right = house.code(&request);
    let wrong = if right == "000000" { "000001" } else { "000000" };
    let said = |code: &str| vec![("code".to_owned(), code.to_owned())];
    for _ in 0..5 {
        assert_eq!(house.gives(&request, wrong).await.invalid(), said("wrong"));
    }
    assert_eq!(house.gives(&request, &right).await.invalid(), said("expired"), "five were wrong");

    let path = format!("/v1/requests/{request}/codes");
    assert_eq!(house.post(&path, &json!({})).go().await.status, 429, "within a minute");
    house.lets_seconds_pass(61);
    assert_eq!(house.post(&path, &json!({})).go().await.status, 202);
    house.lets_seconds_pass(601);
    let old = house.code(&request);
    assert_eq!(house.gives(&request, &old).await.invalid(), said("expired"), "ten minutes");
    assert_eq!(house.post(&path, &json!({})).go().await.status, 202);
    // Written as people write: full-width digits, a blank in the middle.
    let code = house.code(&request);
    let wide: String =
        code.chars().map(|c| char::from_u32(c as u32 - 0x30 + 0xff10).unwrap()).collect();
    let spaced = format!("{} {}", &wide[..9], &wide[9..]);
    house.gives(&request, &spaced).await.expect(200);
    assert_eq!(house.gives(&request, &code).await.invalid(), said("used"), "used once");
    for _ in 0..3 {
        house.lets_seconds_pass(61);
        assert_eq!(house.post(&path, &json!({})).go().await.status, 202);
    }
    house.lets_seconds_pass(61);
    assert_eq!(house.post(&path, &json!({})).go().await.status, 429, "six in a day");
}

#[tokio::test]
async fn what_cannot_be_read_is_named_and_nothing_is_kept() {
    let house = House::open();
    house.guest("Hanako").signs_up().await;
    let before = house.rows();
    let named = |field: &str, code: &str| (field.to_owned(), code.to_owned());
    for (changes, wanted) in [
        (json!({ "email": "not an address" }), named("email", "not_an_email")),
        (json!({ "email": null }), named("email", "missing")),
        (json!({ "name": " " }), named("name", "missing")),
        (json!({ "regime": "mars" }), named("regime", "unknown")),
        (json!({ "language": "fr" }), named("language", "unknown")),
        (json!({ "kind": "erasure" }), named("grounds", "missing")),
        (json!({ "kind": "erasure", "grounds": ["not_factual"] }), named("grounds", "unknown")),
        (
            json!({ "kind": "correction", "grounds": ["not_factual"] }),
            named("corrections", "missing"),
        ),
        (
            json!({
                "kind": "correction", "grounds": ["not_factual"],
                "corrections": { "birth_date": "1990-02-30" },
            }),
            named("corrections.birth_date", "not_a_date"),
        ),
        (
            json!({
                "kind": "correction", "grounds": ["not_factual"], "corrections": { "name": null },
            }),
            named("corrections.name", "required"),
        ),
        (json!({ "kind": "complaint", "text": "" }), named("text", "missing")),
        (json!({ "items": ["shoe_size"] }), named("items[0]", "unknown")),
        (json!({ "agency": "statutory" }), named("agent_name", "missing")),
        (json!({ "text": "x".repeat(4001) }), named("text", "too_long")),
    ] {
        let answer = house.asks(&changes).await;
        assert!(answer.invalid().contains(&wanted), "{changes}: {}", answer.text());
    }
    assert_eq!(house.rows(), before);
    assert_eq!(house.asks(&json!({ "kind": "teleport" })).await.status, 422);
    for path in ["/v1/requests/req_00000000000000000000000000", "/v1/requests/nonsense"] {
        house.get(path).go().await.problem(404, "not-found");
    }
}

/// Four eyes: the key that decided does not agree with itself.
#[tokio::test]
async fn an_erasure_is_decided_by_two() {
    let house = House::open();
    house.guest("Hanako").signs_up().await;
    let erasure = json!({ "kind": "erasure", "grounds": ["no_longer_needed"] });
    let request = id(&house.asks(&erasure).await.expect(201));
    house.gives(&request, &house.code(&request)).await.expect(200);
    let grant = json!({ "step": "decide", "outcome": "granted" });
    let waits = house.steps(&request, grant).await.expect(200);
    assert_eq!((&waits["state"], &waits["outcome"]), (&json!("investigating"), &Value::Null));
    let approve = json!({ "step": "approve" });
    house.steps(&request, approve.clone()).await.problem(409, "conflict");
    let other = house.service_key("second", &["requests:decide"]);
    let decided = house.steps_as(&other, &request, approve).await.expect(200);
    assert_eq!(decided["state"], "decided");
}

#[tokio::test]
async fn an_agent_without_evidence_gets_nowhere() {
    let house = House::open();
    house.guest("Hanako").signs_up().await;
    let asked = house
        .asks(&json!({ "agency": "entrusted", "agent_name": "見本 代理人", "email": "agent@law.example" }))
        .await
        .expect(201);
    let request = id(&asked);
    // The agent's mailbox makes nobody known.
    let shown = house.gives(&request, &house.code(&request)).await.expect(200);
    assert_eq!((&shown["state"], &shown["known"]), (&json!("verifying"), &json!(false)));
    let grant = json!({ "step": "decide", "outcome": "granted" });
    house.steps(&request, grant).await.problem(409, "conflict");
    // Two weeks later it is over, and she is told.
    house.lets_hours_pass(15 * 24);
    assert!(handle::look(&house.app, request.parse().unwrap()).await.unwrap());
    let over = house.get(&format!("/v1/requests/{request}")).go().await.expect(200);
    assert_eq!(over["state"], "unverified");
    assert!(house.letters().iter().any(|(_, letter)| *letter == RequestLetter::Unverified {}));
}

#[tokio::test]
async fn a_fee_that_is_not_paid_ends_in_a_refusal_with_its_ground() {
    let house = House::open();
    house.guest("Hanako").signs_up().await;
    let request = id(&house.asks(&json!({})).await.expect(201));
    house.gives(&request, &house.code(&request)).await.expect(200);
    assert!(!handle::look(&house.app, request.parse().unwrap()).await.unwrap(), "not yet");
    house.lets_hours_pass(31 * 24);
    assert!(handle::look(&house.app, request.parse().unwrap()).await.unwrap());
    let read = request::get(&house.app, request.parse().unwrap()).await.unwrap();
    assert_eq!(read.progress.state, State::Decided);
    let ground = read.progress.decision.unwrap().refused[0].ground;
    assert_eq!(ground, policy::request::RefusalGround::FeeUnpaid);
}

/// One request, one act; and the same key with another body is told apart.
#[tokio::test]
async fn a_request_sent_twice_is_one() {
    let house = House::open();
    house.guest("Hanako").signs_up().await;
    let body = json!({
        "kind": "complaint", "regime": "jp", "language": "ja", "name": "見本 花子",
        "email": "hanako@guest.example", "text": "返事がありません",
    });
    let first = house.post("/v1/requests", &body).once("k-1").go().await.expect(201);
    let again = house.post("/v1/requests", &body).once("k-1").go().await.expect(201);
    assert_eq!(first["request"], again["request"]);
    assert_eq!(first["state"], "investigating", "an inquiry tells nothing about her");
    let request = id(&first);
    let withdraw = json!({ "step": "withdraw" });
    let path = format!("/v1/requests/{request}/steps");
    let done = house.post(&path, &withdraw).once("k-2").go().await.expect(200);
    let same = house.post(&path, &withdraw).once("k-2").go().await.expect(200);
    assert_eq!(done["ledger"], same["ledger"]);
    assert_eq!(same["state"], "withdrawn");
    house.post(&path, &withdraw).go().await.problem(409, "conflict");
}

/// The queue is by deadline, a page at a time, and shows nothing of what people wrote.
#[tokio::test]
async fn the_queue_is_by_deadline() {
    let house = House::open();
    for n in 0..3 {
        let email = format!("guest{n}@guest.example");
        house.asks(&json!({ "email": email, "text": "秘密の言葉" })).await.expect(201);
        house.lets_hours_pass(24);
    }
    let eu = house.asks(&json!({ "regime": "eu", "language": "en" })).await.expect(201);
    let queue = house.get("/v1/requests").go().await;
    assert!(!queue.text().contains("秘密") && !queue.text().contains("guest.example"));
    let due: Vec<String> = queue.expect(200)["requests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["due_at"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(due.len(), 4);
    assert!(due.is_sorted(), "{due:?}");
    assert_eq!(due.last().unwrap(), eu["due_at"].as_str().unwrap());
}
