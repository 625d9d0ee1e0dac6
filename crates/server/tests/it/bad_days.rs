//! The days on which nothing goes as it should, from the outside: two people at the desk at once, wishes that
//! contradict each other, a dispute, a store whose mail is down. What else can go wrong with a request is
//! told where it belongs: codes in `requests.rs` and `request_pages.rs`, agents in `drp`, a power cut in
//! `tests/proofs`.

use azukari::acts::request::receipt::receipt;
use azukari::connectors::mail::Mail;
use azukari::error::Error;
use azukari::jobs::deliver::{self, Instructions};
use azukari::jobs::expire;
use azukari::outbox::InstructionId;
use policy::request::{RequestKind, State};
use policy::retention::Thing;
use serde_json::{Value, json};

use crate::house::{House, Store};
use crate::requests_done::{asked, granted, visited};

/// Sato and Suzuki press the same button at the same moment (decision 0025).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_officers_carry_out_one_erasure_and_it_is_one() {
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako = visited(&house, &aoi).await;
    let id = house.decided(asked(&hanako, RequestKind::Erasure), granted()).await;
    let (sato, suzuki) = tokio::join!(house.carries_out(id), house.carries_out(id));
    for moved in [sato.unwrap(), suzuki.unwrap()] {
        assert_eq!(moved.progress.state, State::Notified);
    }
    for kind in ["erased", "account_closed", "instructed"] {
        assert_eq!(house.acts(kind), 1, "{kind}");
    }
    assert_eq!(house.messages("instruction").len(), 1);
    house.adds_up();
}

/// Hanako wants her number put right and everything gone; both were granted, and both are done at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_correction_and_an_erasure_at_once_leave_nothing_behind() {
    for turn in [false, true] {
        let house = House::open();
        let aoi = house.store("aoi").await;
        let hanako = visited(&house, &aoi).await;
        let mut wish = asked(&hanako, RequestKind::Correction);
        wish.corrections = [("phone".to_owned(), Some("+819099999999".to_owned()))].into();
        let correction = house.decided(wish, granted()).await;
        let erasure = house.decided(asked(&hanako, RequestKind::Erasure), granted()).await;
        let (corrected, erased) = if turn {
            let (erased, corrected) =
                tokio::join!(house.carries_out(erasure), house.carries_out(correction));
            (corrected, erased)
        } else {
            tokio::join!(house.carries_out(correction), house.carries_out(erasure))
        };
        // The correction is never too late: the erasure waits for it, and says for which.
        assert_eq!(corrected.unwrap().progress.state, State::Notified);
        if let Err(error) = erased {
            let Error::Conflict(words) = error else { panic!("{error}") };
            assert!(words.contains(&correction.number()), "{words}");
            house.carries_out(erasure).await.unwrap();
        }
        assert_eq!(house.request(erasure).await.progress.state, State::Notified);
        let held = house.get(&hanako.path("items")).go().await.expect(200);
        let held: Vec<&str> =
            held["items"].as_array().unwrap().iter().map(|i| i["item"].as_str().unwrap()).collect();
        assert!(!held.contains(&"phone"), "{held:?}");
        house.adds_up();
    }
}

/// Jiro is in dispute with the house and asks for everything to go (R12.2): he is told what stays, because of
/// what and until when, and when the dispute is over it goes without his asking again.
#[tokio::test]
async fn an_erasure_while_a_dispute_runs_takes_nothing_until_it_is_over() {
    let house = House::open();
    let aoi = house.store("aoi").await;
    let jiro = visited(&house, &aoi).await;
    let hold = json!({
        "reason": "a claim for damages", "evidence": "case 7", "until": "2027-06-01T00:00:00+09:00",
    });
    let dispute = jiro.path("holds/suit_7");
    house.put(&dispute, &hold).by(&house.manager_key).go().await.expect(200);
    let id = house.done(asked(&jiro, RequestKind::Erasure), granted()).await;

    let shown = receipt(&house.app, id).await.unwrap();
    assert!(shown.gone.is_empty() && shown.proof.is_none(), "{:?}", shown.gone);
    assert!(shown.stayed.len() >= 5, "{:?}", shown.stayed);
    for stayed in &shown.stayed {
        let held = stayed.held_by.iter().find(|held| held.hold.as_str() == "suit_7").unwrap();
        assert_eq!(held.until.moment().unwrap().to_string(), "2027-05-31T15:00:00Z");
    }
    // Nobody has to erase what is still needed; only the booking is off.
    let open = house.instructions().await;
    assert_eq!((open.len(), &open[0]["kind"], &open[0]["items"]), (1, &json!("stop"), &json!([])));
    assert_eq!(open[0]["called_off"], json!(["bk-1"]));
    // What is kept for the dispute is used for nothing else.
    assert!(!jiro.is_used("marketing", &["email"]).go().await.refused().is_empty());

    house.lets_hours_pass(40 * 24);
    assert_eq!(expire::round(&house.app).await.unwrap().erased, 0);
    house.call("DELETE", &dispute).by(&house.manager_key).go().await.expect(200);
    assert_eq!(expire::round(&house.app).await.unwrap().whole, 1);
    let told = house.instructions().await;
    assert!(
        told.iter().any(|told| told["kind"] == "erase"),
        "who received it is told now: {told:?}"
    );
    let shown = receipt(&house.app, id).await.unwrap();
    assert!(!shown.stayed.iter().any(|stayed| matches!(stayed.thing, Thing::Secret(_))));
    house.adds_up();
}

/// Midori's mail is down for two weeks (R12.3): nothing of it is lost, nobody else waits for it, the operator
/// sees it, and Midori's own program can ask by itself what there is to do.
#[tokio::test]
async fn a_store_that_is_down_for_two_weeks_is_told_when_it_is_back() {
    let house = House::open();
    let midori = Store::named(&house, "midori");
    midori.registers(&json!({ "contact": "desk@midori.example" })).await;
    let hanako = visited(&house, &midori).await;
    let id = house.done(asked(&hanako, RequestKind::Erasure), granted()).await;
    // Hanako has her answer all the same: what she asked for does not wait for a mail server.
    assert_eq!(house.request(id).await.progress.state, State::Notified);

    let mail = Mail::new("smtp://127.0.0.1:9", "desk <desk@azukari.example>").unwrap();
    let away = Instructions(mail);
    for _ in 0..14 * 4 {
        deliver::round(&house.app, &away).await.unwrap();
        house.lets_hours_pass(6);
    }
    let [(outcome, tries, kept)] = &house.messages("instruction")[..] else {
        panic!("one message")
    };
    assert_eq!((outcome.as_str(), *kept), ("given_up", true), "it is kept for a look");
    assert!(*tries > 8, "{tries}");
    let shown = receipt(&house.app, id).await.unwrap();
    assert_eq!((shown.told.len(), shown.told[0].told_at, shown.told[0].outcome), (1, None, None));

    // Its own program asks, and says what it has done.
    let open = house.instructions().await;
    let told: &Value = open.first().unwrap();
    assert_eq!((&told["recipient"], &told["kind"]), (&json!("midori"), &json!("erase")));
    let instruction: InstructionId = told["instruction"].as_str().unwrap().parse().unwrap();
    let path = format!("/v1/instructions/{instruction}/answer");
    house.post(&path, &json!({ "outcome": "done" })).go().await.expect(200);
    assert_eq!(house.instructions().await, Vec::<Value>::new());
    let shown = receipt(&house.app, id).await.unwrap();
    assert_eq!(shown.told[0].outcome, Some("done"));
    house.adds_up();
}
