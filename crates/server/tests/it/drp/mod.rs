//! Agents of the Data Rights Protocol 1.0: messages that PyNaCl signed are opened, each that was
//! touched, or is for somebody else or another moment, is refused with its reason; and what an agent
//! sends over HTTP is a request of a person's. `tests/vocabularies` makes the messages again.

mod callback;

use std::collections::BTreeMap;
use std::sync::Arc;

use azukari::acts::agent;
use azukari::acts::request::{self, Noted, handle};
use azukari::drp::status::{Standing, parse_uuid, reason, uuid};
use azukari::drp::{
    Action, Exercise, Expected, Fault, Reason, Revocation, Signed, Status, VerifyKey,
};
use azukari::error::Error;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use policy::record::Act;
use policy::request::{ReasonsTold, RefusalGround, RequestId, State, Step};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::Digest;

use crate::house::{Answer, House};

#[derive(Deserialize)]
struct Sample {
    now: Timestamp,
    agent: String,
    business: String,
    verify_key: String,
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    says: String,
    reads: String,
    answer: String,
    body: String,
}

fn vectors() -> Sample {
    serde_json::from_str(include_str!("vectors.json")).unwrap()
}

/// The message of that name.
fn message(says: &str) -> String {
    let found = vectors().vectors.into_iter().find(|vector| vector.says == says);
    found.unwrap_or_else(|| panic!("there is no message `{says}`")).body
}

const ASKS: &str = "A request as section 2.01 has it";
const SETS_UP: &str = "Pair-wise set-up as section 2.05 has it";
const TAKES_BACK: &str = "Taking back as section 2.04 has it";

/// What becomes of a message: the right, `taken`, or the fault.
fn read(vectors: &Sample, key: &VerifyKey, vector: &Vector) -> Result<String, Fault> {
    let Sample { agent, business, now, .. } = vectors;
    let expected = Expected { agent, business, now: *now };
    let signed = Signed::open(vector.body.as_bytes(), key)?;
    match vector.reads.as_str() {
        "exercise" => {
            Exercise::read(&signed.check(expected)?).map(|read| format!("{:?}", read.action))
        }
        "setup" => signed.check(expected).map(|_| "taken".to_owned()),
        "revocation" => Revocation::read(&signed).map(|_| "taken".to_owned()),
        other => panic!("nothing reads `{other}`"),
    }
}

#[test]
fn messages_that_pynacl_signed_are_read_and_tampered_ones_refused_each_with_its_reason() {
    let vectors = vectors();
    let key: VerifyKey = vectors.verify_key.parse().unwrap();
    assert_eq!(key.to_string(), vectors.verify_key);
    let mut seen = BTreeMap::<String, u32>::new();
    for vector in &vectors.vectors {
        let answer = read(&vectors, &key, vector).unwrap_or_else(|fault| format!("{fault:?}"));
        assert_eq!(answer, vector.answer, "{}", vector.says);
        *seen.entry(answer.split('(').next().unwrap().to_owned()).or_default() += 1;
    }
    for fault in [
        "NotBase64",
        "NoSignature",
        "BadSignature",
        "NotJson",
        "Claim",
        "OtherAgent",
        "OtherBusiness",
        "NotYetIssued",
        "Expired",
        "HoldsTooLong",
        "Version",
        "Action",
    ] {
        assert!(seen.contains_key(fault), "no message is refused for {fault}");
    }
    for action in Action::ALL {
        assert!(seen.contains_key(&format!("{action:?}")), "no message asks for {action:?}");
    }
}

#[test]
fn a_request_is_read_with_everything_that_it_says_and_shows_nothing_of_it_by_accident() {
    let vectors = vectors();
    let key = vectors.verify_key.parse().unwrap();
    let expected =
        Expected { agent: &vectors.agent, business: &vectors.business, now: vectors.now };
    let signed = Signed::open(message(ASKS).as_bytes(), &key).unwrap();
    let read = Exercise::read(&signed.check(expected).unwrap()).unwrap();
    assert_eq!(read.agent_request_id.as_deref(), Some("sample-7"));
    assert_eq!(read.regime, None);
    assert_eq!(read.relationships, ["customer", "marketing"]);
    assert_eq!(read.status_callback.as_deref(), Some("https://agent.example/update_status"));
    let who = &read.identity;
    assert_eq!(who.name.as_deref(), Some("Sample Hanako"));
    assert_eq!(who.email, Some(("hanako@guest.example".to_owned(), true)));
    assert_eq!(who.phone_number, Some(("+819012345678".to_owned(), false)));
    assert_eq!(who.address, Some(("1-1\nMinato\n105-0001\nJP".to_owned(), false)));
    assert_eq!(who.power_of_attorney.as_deref(), Some("poa-1"));
    let shown = format!("{read:?} {:?}", Signed::open(message(ASKS).as_bytes(), &key).unwrap());
    for hidden in ["Hanako", "hanako", "8190", "Minato", "poa-1"] {
        assert!(!shown.contains(hidden), "{shown}");
    }
}

#[test]
fn every_bit_of_a_message_counts() {
    let vectors = vectors();
    let key = vectors.verify_key.parse().unwrap();
    let whole = STANDARD.decode(message(TAKES_BACK)).unwrap();
    for bit in 0..whole.len() * 8 {
        let mut other = whole.clone();
        other[bit / 8] ^= 1 << (bit % 8);
        let opened = Signed::open(STANDARD.encode(&other).as_bytes(), &key);
        assert_eq!(opened.err(), Some(Fault::BadSignature), "bit {bit}");
    }
    for length in 0..whole.len() {
        let opened = Signed::open(STANDARD.encode(&whole[..length]).as_bytes(), &key);
        let fault = if length < 64 { Fault::NoSignature } else { Fault::BadSignature };
        assert_eq!(opened.err(), Some(fault), "{length} bytes");
    }
}

#[test]
fn faults_say_what_to_do_and_nothing_that_was_sent() {
    for fault in [
        Fault::NotBase64,
        Fault::NoSignature,
        Fault::BadSignature,
        Fault::NotJson,
        Fault::Claim("expires-at"),
        Fault::OtherAgent,
        Fault::OtherBusiness,
        Fault::NotYetIssued,
        Fault::Expired,
        Fault::HoldsTooLong,
        Fault::Version,
        Fault::Action,
        Fault::Regime,
        Fault::SentBefore,
        Fault::NoToken,
        Fault::NotYours,
        Fault::NotText,
        Fault::TooLarge,
        Fault::NoRequest,
        Fault::TooLate,
        Fault::Failure,
    ] {
        let state = fault.state();
        assert_eq!(state.code, fault.code().to_string());
        assert!((400..600).contains(&fault.code()) && !state.message.is_empty(), "{fault:?}");
    }
    // What can be mended, and what never will be (section 3.06).
    assert!(Fault::Expired.state().fatal && !Fault::NotYetIssued.state().fatal);
    let shown = serde_json::to_value(Fault::NotYetIssued.state()).unwrap();
    assert_eq!(shown["code"], "400");
    assert!(shown.get("fatal").is_none());
}

#[test]
fn statuses_and_states_lead_to_each_other() {
    for state in State::ALL {
        let words: Vec<Status> =
            Status::ALL.into_iter().filter(|status| status.states().contains(&state)).collect();
        let decided = matches!(state, State::Notified | State::Closed);
        let expected = if decided { 2 } else { 1 };
        assert_eq!(words.len(), expected, "{state:?} is {words:?}");
        for status in words {
            let is_told = state.is_over() || state == State::Notified;
            assert_eq!(status.is_final(), is_told, "{state:?}");
        }
    }
    for (word, status) in [
        ("open", Status::Open),
        ("in_progress", Status::InProgress),
        ("fulfilled", Status::Fulfilled),
        ("revoked", Status::Revoked),
        ("denied", Status::Denied),
        ("expired", Status::Expired),
    ] {
        assert_eq!(serde_json::to_value(status).unwrap(), word);
    }
    for ground in RefusalGround::ALL {
        assert_ne!(reason(ground), Reason::NeedUserVerification, "{ground:?} is no denial");
    }
    let id = RequestId([0xab; 16]);
    assert_eq!(uuid(id), "abababab-abab-abab-abab-abababababab");
    assert_eq!(parse_uuid(&uuid(id)), Some(id));
    for wrong in ["", "abab", "abababababababababababababababab", "req_0", "zz"] {
        assert_eq!(parse_uuid(wrong), None, "{wrong}");
    }
}

// ---- over HTTP ----

impl House {
    /// The operator lets the sample agent in.
    fn lets_in(&self) {
        let Sample { agent, business, verify_key, .. } = vectors();
        let (keys, now) = (Arc::clone(&self.app.keys), self.now());
        self.app
            .store
            .write_blocking(move |tx| {
                agent::name_business(tx, &business)?;
                agent::add(tx, &keys, &agent, "Sample Agent", &verify_key, false, now)
            })
            .unwrap();
    }

    async fn says(&self, method: &str, path: &str, token: &str, body: &str) -> Answer {
        let call = self.call(method, path).by(token).header("content-type", "text/plain");
        call.body(body.as_bytes().to_vec()).go().await
    }

    /// The agent fetches its token.
    async fn gives_token(&self) -> String {
        let body = message(SETS_UP);
        let given = self.says("POST", "/v1/agent/SAMPLE_AGENT", "none", &body).await.expect(200);
        assert_eq!(given["agent-id"], "SAMPLE_AGENT");
        given["token"].as_str().unwrap().to_owned()
    }

    async fn exercises(&self, token: &str, body: &str) -> Answer {
        self.says("POST", "/v1/data-rights-request", token, body).await
    }

    fn progress(&self, id: &str) -> impl Future<Output = request::Request> + '_ {
        let id = parse_uuid(id).unwrap();
        async move { request::get(&self.app, id).await.unwrap() }
    }
}

/// Whether an answer is an error of the protocol.
fn is_fault(answer: &Answer, fault: Fault) {
    let body = answer.expect(fault.code());
    assert_eq!(body, serde_json::to_value(fault.state()).unwrap());
}

#[tokio::test]
async fn an_agent_exercises_a_right_and_follows_it_to_the_end() {
    let house = House::open();
    house.lets_in();
    let token = house.gives_token().await;
    house.guest("Hanako").signs_up().await;
    let path = "/v1/agent/SAMPLE_AGENT";
    assert_eq!(house.get(path).by(&token).go().await.expect(200), json!({}));

    let sent = house.exercises(&token, &message(ASKS)).await.expect(200);
    assert_eq!(sent["status"], "in_progress");
    assert_eq!(sent["agent_request_id"], "sample-7");
    assert_eq!(sent["received_at"], "2026-11-22T00:00:00Z");
    assert!(sent["expected_by"].is_string() && sent.get("reason").is_none(), "{sent}");
    let again = house.exercises(&token, &message(ASKS)).await.expect(200);
    assert_eq!(again, sent, "the same message is one request");
    let id = sent["request_id"].as_str().unwrap();
    let path = format!("/v1/data-rights-request/{id}");
    assert_eq!(house.get(&path).by(&token).go().await.expect(200), sent);

    let read = house.progress(id).await;
    assert_eq!(read.matter.agent.as_ref().unwrap().name, "Sample Agent");
    assert!(read.matter.text.contains("checked by the agent: email"), "{}", read.matter.text);
    let channels: Vec<String> = house
        .records()
        .into_iter()
        .filter_map(|record| match record.act {
            Act::RequestReceived { channel, .. } => Some(format!("{channel} by {}", record.by)),
            _ => None,
        })
        .collect();
    assert_eq!(channels, ["agent by Sample Agent (SAMPLE_AGENT, agent)"]);

    // Nobody is known by what an agent says alone: the desk looks, and fails.
    handle::step(&house.app, read.id, "desk".to_owned(), Step::FailIdentity {}).await.unwrap();
    let over = house.get(&path).by(&token).go().await.expect(200);
    assert_eq!(
        (&over["status"], &over["reason"]),
        (&json!("denied"), &json!("insuf_verification"))
    );
    assert!(over.get("expected_by").is_none(), "{over}");
    house.adds_up();
}

#[tokio::test]
async fn an_agent_takes_a_request_back() {
    let house = House::open();
    house.lets_in();
    let token = house.gives_token().await;
    let sent = house.exercises(&token, &message("The right deletion")).await.expect(200);
    let path = format!("/v1/data-rights-request/{}", sent["request_id"].as_str().unwrap());
    let touched = message("Taking back, signed by another key");
    is_fault(&house.says("DELETE", &path, &token, &touched).await, Fault::BadSignature);
    let revoked = house.says("DELETE", &path, &token, &message(TAKES_BACK)).await.expect(200);
    assert_eq!(revoked["status"], "revoked");
    let read = house.progress(sent["request_id"].as_str().unwrap()).await;
    assert_eq!(read.progress.state, State::Withdrawn);
    let text = "I don't want my account deleted".to_owned();
    assert_eq!(read.matter.notes[0].says, Noted::Words { text });
    is_fault(&house.says("DELETE", &path, &token, &message(TAKES_BACK)).await, Fault::TooLate);
}

#[tokio::test]
async fn what_is_touched_old_or_for_others_makes_no_request() {
    let house = House::open();
    house.lets_in();
    let token = house.gives_token().await;
    let before = house.rows();
    for vector in vectors().vectors.iter().filter(|vector| vector.reads == "exercise") {
        if Action::ALL.iter().any(|action| format!("{action:?}") == vector.answer) {
            continue;
        }
        let answer = house.exercises(&token, &vector.body).await;
        let body = answer.value();
        assert_eq!(body["code"], answer.status.to_string(), "{}", vector.says);
        assert!((400..404).contains(&answer.status), "{}: {body}", vector.says);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
    is_fault(&house.exercises(&token, &message("The right sale:opt-in")).await, Fault::Action);
    let answer = house.exercises(&token, &message("Nothing but what has to be there")).await;
    assert_eq!(answer.status, 400, "letters have to go somewhere: {}", answer.text());
    let json = house.call("POST", "/v1/data-rights-request").by(&token);
    let json = json.header("content-type", "application/json").body(message(ASKS).into_bytes());
    is_fault(&json.go().await, Fault::NotText);
    is_fault(&house.exercises("drp_guess", &message(ASKS)).await, Fault::NoToken);
    is_fault(&house.exercises(&house.key, &message(ASKS)).await, Fault::NoToken);
    let none = house.call("POST", "/v1/data-rights-request").by_nobody();
    is_fault(&none.body(message(ASKS).into_bytes()).go().await, Fault::NoToken);
    is_fault(&house.exercises(&token, &"A".repeat(70_000)).await, Fault::TooLarge);
    assert_eq!(house.rows(), before);
}

#[tokio::test]
async fn a_token_is_given_once_for_a_message_and_to_nobody_else() {
    let house = House::open();
    let path = "/v1/agent/SAMPLE_AGENT";
    let refused = |answer: Answer| assert_eq!((answer.status, answer.body.len()), (403, 0));
    refused(house.says("POST", path, "none", &message(SETS_UP)).await);
    house.lets_in();
    for says in ["Pair-wise set-up for another business", "Pair-wise set-up that is over"] {
        refused(house.says("POST", path, "none", &message(says)).await);
    }
    refused(house.says("POST", "/v1/agent/OTHER_AGENT", "none", &message(SETS_UP)).await);
    let token = house.gives_token().await;
    refused(house.says("POST", path, "none", &message(SETS_UP)).await);
    house.get(path).by(&token).go().await.expect(200);
    is_fault(&house.get("/v1/agent/OTHER_AGENT").by(&token).go().await, Fault::NotYours);
    // It lies nowhere, and other hands cannot put theirs in its place.
    let kept = house.ground.everything_kept();
    let found = kept
        .iter()
        .any(|(_, bytes)| bytes.windows(token.len()).any(|window| window == token.as_bytes()));
    assert!(!found);
    let theirs = sha2::Sha256::digest(b"drp_theirs").to_vec();
    assert_eq!(house.meddles("UPDATE drp_agents SET token = $1", vec![theirs]), 1);
    is_fault(&house.get(path).by("drp_theirs").go().await, Fault::Failure);
    // Ended, it opens nothing.
    let now = house.now();
    let end = move |tx: &mut azukari::store::Tx<'_>| agent::end(tx, "SAMPLE_AGENT", now);
    house.app.store.write_blocking(end).unwrap();
    is_fault(&house.get(path).by(&token).go().await, Fault::NoToken);
}

#[tokio::test]
async fn one_agent_sees_nothing_of_another_or_of_anybody_else() {
    let house = House::open();
    house.lets_in();
    let token = house.gives_token().await;
    let body = json!({
        "kind": "disclosure", "regime": "jp", "language": "ja",
        "name": "見本 花子", "email": "hanako@guest.example",
    });
    let asked = house.post("/v1/requests", &body).go().await.expect(201);
    let id: RequestId = asked["request"].as_str().unwrap().parse().unwrap();
    let path = format!("/v1/data-rights-request/{}", uuid(id));
    is_fault(&house.get(&path).by(&token).go().await, Fault::NotYours);
    let back = house.says("DELETE", &path, &token, &message(TAKES_BACK)).await;
    is_fault(&back, Fault::NotYours);
    let none = format!("/v1/data-rights-request/{}", uuid(RequestId([9; 16])));
    is_fault(&house.get(&none).by(&token).go().await, Fault::NotYours);
    is_fault(&house.says("DELETE", &none, &token, &message(TAKES_BACK)).await, Fault::NotYours);
    is_fault(&house.get("/v1/data-rights-request/1").by(&token).go().await, Fault::NoRequest);
}

#[tokio::test]
async fn agents_are_added_as_the_directory_has_them() {
    let house = House::open();
    let (keys, now) = (Arc::clone(&house.app.keys), house.now());
    let key = vectors().verify_key;
    let tried = house.app.store.write_blocking(move |tx| {
        let mut tried = Vec::new();
        for (id, name, key) in [
            ("sample agent", "Sample", key.as_str()),
            ("SAMPLE", "", &key),
            ("SAMPLE", "Sample", "c2hvcnQ="),
            ("SAMPLE", "Sample", "not base64"),
            ("SAMPLE", "Sample", &key),
            ("SAMPLE", "Sample", &key),
        ] {
            tried.push(match agent::add(tx, &keys, id, name, key, false, now) {
                Ok(()) => "added".to_owned(),
                Err(Error::Invalid(fields)) => fields[0].field.clone(),
                Err(other) => other.to_string(),
            });
        }
        agent::end(tx, "SAMPLE", now)?;
        assert!(agent::end(tx, "SAMPLE", now).is_err());
        agent::add(tx, &keys, "SAMPLE", "Sample", &key, false, now)?;
        Ok::<_, Error>(tried)
    });
    let conflict = "an agent is in force under that id; end it first";
    assert_eq!(tried.unwrap(), ["id", "name", "verify-key", "verify-key", "added", conflict]);
}

/// The protocol's words for how a request stands, at each step that the desk takes.
#[tokio::test]
async fn how_a_request_stands_is_told_once_the_person_was() {
    let house = House::open();
    house.lets_in();
    let token = house.gives_token().await;
    let sent = house.exercises(&token, &message(ASKS)).await.expect(200);
    let read = house.progress(sent["request_id"].as_str().unwrap()).await;
    let mut progress = read.progress;
    for (state, status) in [
        (State::Received, Status::Open),
        (State::Verifying, Status::InProgress),
        (State::AwaitingFee, Status::InProgress),
        (State::Investigating, Status::InProgress),
        (State::Decided, Status::InProgress),
        (State::Executed, Status::InProgress),
        (State::Withdrawn, Status::Revoked),
    ] {
        progress.state = state;
        let standing = Standing::of(&progress, ReasonsTold::Full);
        assert_eq!((standing.status, standing.reason), (status, None), "{state:?}");
        assert!(status.states().contains(&state));
    }
    progress.state = State::Closed;
    let decision = |outcome: &str, refused: Value| {
        let decision = json!({
            "outcome": outcome, "refused": refused, "alternative": null, "reason": "sample",
            "by": "desk", "at": "2026-11-22T00:00:00Z",
        });
        serde_json::from_value(decision).unwrap()
    };
    let on = |ground: &str| json!([{ "item": null, "ground": ground }]);
    for (outcome, refused, told, status, why) in [
        ("granted", json!([]), ReasonsTold::None, Status::Fulfilled, None),
        ("partly", on("harm_to_rights"), ReasonsTold::None, Status::Fulfilled, None),
        ("not_held", json!([]), ReasonsTold::None, Status::Denied, Some(Reason::NoMatch)),
        ("refused", on("harm_to_rights"), ReasonsTold::None, Status::Denied, Some(Reason::Other)),
        (
            "refused",
            on("harm_to_rights"),
            ReasonsTold::Summary,
            Status::Denied,
            Some(Reason::ClaimNotCovered),
        ),
        (
            "refused",
            on("agency_not_confirmed"),
            ReasonsTold::Full,
            Status::Denied,
            Some(Reason::InsufVerification),
        ),
    ] {
        progress.decision = Some(decision(outcome, refused));
        let standing = Standing::of(&progress, told);
        assert_eq!((standing.status, standing.reason), (status, why), "{outcome}");
    }
}
