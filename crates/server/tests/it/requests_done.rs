//! What was decided is done: each kind of request carried out and seen at the gate; who received what
//! went is told, and answers; contradictions, crashes, and what is left on disks (S28 to S32, R12.3).

use azukari::acts::instruction;
use azukari::acts::request::carry_out::{answer_fingerprint, carry_out};
use azukari::acts::request::handle::{self, Decided};
use azukari::acts::request::receipt::receipt;
use azukari::acts::request::receive::{Asked, receive};
use azukari::acts::request::{self, Channel, Contact, Moved, Request};
use azukari::connectors::mail::Mail;
use azukari::error::Error;
use azukari::jobs;
use azukari::jobs::deliver::{Deliverer, Instructions};
use azukari::letter::RequestLetter;
use azukari::outbox::{InstructionId, Message, Outcome as Sent};
use azukari::store::{self, DbError};
use azukari::verify::check_receipt;
use policy::Language;
use policy::record::{Act, InstructionOutcome, RecordDuty, ToldBy};
use policy::request::{
    AlternativeMeasure, Ground, Identified, Outcome, RefusalGround, RefusedPart, RequestId,
    RequestKind, State, Step,
};
use serde_json::{Value, json};

use crate::house::{Guest, House, Store};

const OFFICER: &str = "officer";

pub(crate) fn asked(guest: &Guest<'_>, kind: RequestKind) -> Asked {
    let grounds = match kind {
        RequestKind::Correction => vec![Ground::NotFactual],
        RequestKind::StopUse | RequestKind::Erasure => vec![Ground::NoLongerNeeded],
        RequestKind::StopProvision => vec![Ground::ProvidedAgainstLaw],
        _ => Vec::new(),
    };
    Asked {
        kind,
        regime: "jp".to_owned(),
        subject: Some(guest.id.parse().unwrap()),
        language: Language::Ja,
        name: "見本花子".to_owned(),
        email: None,
        text: String::new(),
        grounds,
        items: Vec::new(),
        corrections: std::collections::BTreeMap::new(),
        purposes: Vec::new(),
        recipients: Vec::new(),
        particulars: std::collections::BTreeMap::new(),
        postal_address: None,
        agency: None,
        agent_name: None,
        receipt_name: None,
        channel: Channel::Desk { by: OFFICER.to_owned() },
    }
}

pub(crate) fn granted() -> Decided {
    Decided {
        outcome: Outcome::Granted,
        refused: Vec::new(),
        alternative: None,
        reason: String::new(),
        reply: None,
    }
}

fn partly(refused: &[(&str, RefusalGround)], alternative: Option<AlternativeMeasure>) -> Decided {
    let part = |(item, ground): &(&str, RefusalGround)| RefusedPart {
        item: Some(item.parse().unwrap()),
        ground: *ground,
    };
    Decided {
        outcome: Outcome::Partly,
        refused: refused.iter().map(part).collect(),
        alternative,
        reason: "looked into".to_owned(),
        ..granted()
    }
}

impl House {
    /// Asks, is known by a document, and has nothing to pay.
    async fn investigated(&self, asked: Asked) -> RequestId {
        let app = &self.app;
        let subject = asked.subject;
        let moved = receive(app, asked, OFFICER.to_owned(), None).await.unwrap();
        let id = moved.id;
        let moved = if moved.progress.state == State::Verifying {
            handle::identify(app, id, OFFICER.to_owned(), Identified::Document, subject)
                .await
                .unwrap()
        } else {
            moved
        };
        if moved.progress.state == State::AwaitingFee {
            let step = Step::WaiveFee { by: OFFICER.to_owned() };
            handle::step(app, id, OFFICER.to_owned(), step).await.unwrap();
        }
        id
    }

    pub(crate) async fn decided(&self, asked: Asked, decided: Decided) -> RequestId {
        let id = self.investigated(asked).await;
        let moved = handle::decide(&self.app, id, OFFICER.to_owned(), decided).await.unwrap();
        if moved.progress.awaits_approval() {
            let step = Step::Approve { by: "manager".to_owned() };
            handle::step(&self.app, id, "manager".to_owned(), step).await.unwrap();
        }
        id
    }

    pub(crate) async fn carries_out(&self, id: RequestId) -> Result<Moved, Error> {
        carry_out(&self.app, id, OFFICER.to_owned()).await
    }

    pub(crate) async fn done(&self, asked: Asked, decided: Decided) -> RequestId {
        let id = self.decided(asked, decided).await;
        let moved = self.carries_out(id).await.unwrap();
        assert_eq!(moved.progress.state, State::Notified);
        id
    }

    pub(crate) async fn request(&self, id: RequestId) -> Request {
        request::get(&self.app, id).await.unwrap()
    }

    /// The instructions that nobody has answered, as a recipient's system reads them.
    pub(crate) async fn instructions(&self) -> Vec<Value> {
        let page = self.get("/v1/instructions?open=true").go().await.expect(200);
        assert!(page["next"].is_null());
        page["instructions"].as_array().unwrap().clone()
    }

    /// What waits in the outbox.
    fn waiting_messages(&self) -> Vec<Message> {
        let taken = self.app.store.write_blocking(|tx| {
            let mut taken = Vec::new();
            for topic in ["letter", "instruction"] {
                taken.extend(store::outbox::take(tx, topic, i64::MAX, 0, 100)?);
            }
            Ok::<_, DbError>(taken)
        });
        let open = |taken| azukari::outbox::open(&self.app.keys, taken).unwrap();
        taken.unwrap().iter().map(open).collect()
    }

    /// The token in the letter with a request's answer.
    fn token(&self, id: RequestId) -> Option<String> {
        let mut tokens = self.waiting_messages().into_iter().filter_map(|message| match message {
            Message::RequestLetter { request, letter: RequestLetter::Answer { token } }
                if request == id =>
            {
                Some(token)
            }
            _ => None,
        });
        let token = tokens.next().expect("a letter with the answer");
        assert!(tokens.next().is_none(), "one letter");
        token
    }

    pub(crate) fn acts(&self, kind: &str) -> usize {
        self.records().iter().filter(|record| record.act.kind() == kind).count()
    }
}

/// A guest with an allergy, who books, and whose store received it.
pub(crate) async fn visited<'h>(house: &'h House, store: &Store<'_>) -> Guest<'h> {
    let guest = house
        .guest("Hanako")
        .allergic_to("えび")
        .with("phone", "+819012345678")
        .with("birth_date", "1990-04-01")
        .answers("marketing", "given")
        .signs_up()
        .await;
    guest.books(store, "bk-1").await;
    let meal = store.asks_for(&guest, &["allergy"]).for_meal().under("bk-1");
    assert_eq!(meal.receives().await["allergy"], "えび");
    assert_eq!(store.asks_for(&guest, &["name"]).receives().await["name"], "Hanako");
    guest
}

#[tokio::test]
async fn what_is_refused_or_not_held_is_told_and_nothing_is_done() {
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako = visited(&house, &aoi).await;
    let refused = Decided {
        outcome: Outcome::Refused,
        refused: vec![RefusedPart { item: None, ground: RefusalGround::NoGround }],
        reason: "none of the cases".to_owned(),
        ..granted()
    };
    let not_held = Decided { outcome: Outcome::NotHeld, reason: "nobody".to_owned(), ..granted() };
    for (kind, decided) in [(RequestKind::Erasure, refused), (RequestKind::StopUse, not_held)] {
        let id = house.done(asked(&hanako, kind), decided).await;
        assert_eq!(house.token(id), None, "there is nothing to fetch");
        assert_eq!(house.request(id).await.matter.answer, None);
    }
    assert_eq!(aoi.asks_for(&hanako, &["name"]).receives().await["name"], "Hanako");
    assert_eq!(house.instructions().await, Vec::<Value>::new());
    house.adds_up();
}

#[tokio::test]
async fn a_disclosure_changes_nothing_and_its_answer_is_fetched_by_a_link() {
    let house = House::open();
    let hanako = house.guest("Hanako").signs_up().await;
    let id = house.done(asked(&hanako, RequestKind::Disclosure), granted()).await;
    let token = house.token(id).expect("a token");
    let request = house.request(id).await;
    let link = request.matter.answer.clone().unwrap();
    assert_eq!(link.fingerprint, answer_fingerprint(&house.app.keys, id, &token).unwrap());
    assert!(link.ends_at > house.now());
    assert!(request.progress.grant(id, request.subject.unwrap()).is_some());
    // Once more is the same: no other letter, no other record.
    let records = house.records().len();
    let again = house.carries_out(id).await.unwrap();
    assert_eq!((again.progress.state, again.place), (State::Notified, None));
    assert_eq!(house.records().len(), records);
    assert_eq!(house.token(id), Some(token));
}

#[tokio::test]
async fn a_correction_goes_in_as_decided_and_whoever_received_the_old_value_is_told() {
    let house = House::open();
    let (aoi, midori) = (house.store("aoi").await, house.store("midori").await);
    let hanako = visited(&house, &aoi).await;
    hanako.books(&midori, "bk-2").await;
    midori.asks_for(&hanako, &["phone"]).receives().await;
    let mut wish = asked(&hanako, RequestKind::Correction);
    wish.corrections = [
        ("name".to_owned(), Some("Hanako Mihon".to_owned())),
        ("phone".to_owned(), Some("+819099999999".to_owned())),
        ("birth_date".to_owned(), None),
    ]
    .into();
    let factual = [("phone", RefusalGround::ContentIsFactual)];
    let id = house.done(wish, partly(&factual, None)).await;

    let read = hanako.is_used("service", &["name", "phone", "birth_date"]).go().await.expect(200);
    assert_eq!(
        read["items"],
        json!({ "name": "Hanako Mihon", "phone": "+819012345678", "birth_date": null })
    );
    let open = house.instructions().await;
    assert_eq!(open.len(), 1, "midori never had the name, nobody the day: {open:?}");
    assert_eq!((&open[0]["recipient"], &open[0]["kind"]), (&json!("aoi"), &json!("correct")));
    assert_eq!(open[0]["items"], json!(["name"]));
    assert_eq!(open[0]["references"], json!(["bk-1"]));
    assert_eq!(open[0]["request"], id.number());
    assert!(!open[0].to_string().contains("Mihon"), "no value is in it");
    // Before and after, by version alone.
    let put = house.records().into_iter().rev().find_map(|record| match record.act {
        Act::ItemPut { item } => Some(item),
        _ => None,
    });
    assert_eq!(put.map(|item| item.version), Some(2));
    house.adds_up();
}

#[tokio::test]
async fn a_value_that_cannot_be_taken_in_leaves_the_request_decided() {
    let house = House::open();
    let hanako = house.guest("Hanako").signs_up().await;
    let mut wish = asked(&hanako, RequestKind::Correction);
    wish.corrections = [
        ("name".to_owned(), Some("Hanako Mihon".to_owned())),
        ("email".to_owned(), Some("yoko@guest.example".to_owned())),
    ]
    .into();
    let id = house.decided(wish, granted()).await;
    house.guest("Yoko").signs_up().await;
    let Err(Error::Invalid(fields)) = house.carries_out(id).await else { panic!("it is taken") };
    assert_eq!((fields[0].field.as_str(), fields[0].code), ("corrections.email", "taken"));
    assert_eq!(house.request(id).await.progress.state, State::Decided);
    let read = hanako.is_used("service", &["name"]).go().await.expect(200);
    assert_eq!(read["items"]["name"], "Hanako", "all or nothing");
}

#[tokio::test]
async fn a_stop_of_use_holds_at_the_gate_and_her_answer_reaches_her() {
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako = visited(&house, &aoi).await;
    let mut wish = asked(&hanako, RequestKind::StopUse);
    wish.purposes = vec!["marketing".to_owned()];
    house.done(wish, granted()).await;
    let offer = hanako.is_used("marketing", &["name"]).go().await;
    assert_eq!(offer.refused(), ["restricted"]);
    assert_eq!(aoi.asks_for(&hanako, &["name"]).receives().await["name"], "Hanako");
    assert_eq!(house.instructions().await, Vec::<Value>::new(), "nobody received it for that");

    // Everything: letters about requests went to the address that is held, and go there still.
    let open = house.investigated(asked(&hanako, RequestKind::Disclosure)).await;
    let id = house.done(asked(&hanako, RequestKind::StopUse), granted()).await;
    assert_eq!(hanako.is_used("service", &["name"]).go().await.refused(), ["restricted"]);
    assert_eq!(aoi.asks_for(&hanako, &["name"]).is_refused().await, ["restricted"]);
    let email = Contact::Email { email: "hanako@guest.example".to_owned() };
    assert_eq!(house.request(id).await.matter.contact, email);
    assert_eq!(house.request(open).await.matter.contact, email, "of the other request, too");
    let told = house.instructions().await;
    assert_eq!((&told[0]["recipient"], &told[0]["kind"]), (&json!("aoi"), &json!("stop")));

    // The answer to the other is opened for the grant and for no purpose.
    handle::decide(&house.app, open, OFFICER.to_owned(), granted()).await.unwrap();
    house.carries_out(open).await.unwrap();
    let request = house.request(open).await;
    let subject = request.subject.unwrap();
    let grant = request.progress.grant(open, subject).unwrap();
    let name: policy::ItemName = "name".parse().unwrap();
    let (wrapped, sealed) = house
        .app
        .store
        .read_blocking(move |conn| {
            let held = store::subjects::get(conn, subject)?.unwrap();
            Ok::<_, DbError>((held.wrapped.unwrap(), store::items::all(conn, subject)?))
        })
        .unwrap();
    let key = house.app.keys.subject_key(subject, &wrapped).unwrap();
    let row = sealed.iter().find(|row| row.item == "name").unwrap();
    let plain = vault::open(&grant, &key, &name, row.version, &row.sealed).unwrap();
    assert_eq!(plain.reveal(), "Hanako");
    house.adds_up();
}

#[tokio::test]
async fn a_stop_of_provision_names_one_store_or_all_and_leaves_own_use() {
    let house = House::open();
    let (aoi, midori) = (house.store("aoi").await, house.store("midori").await);
    let hanako = visited(&house, &aoi).await;
    hanako.books(&midori, "bk-2").await;
    let mut wish = asked(&hanako, RequestKind::StopProvision);
    wish.recipients = vec!["aoi".to_owned()];
    house.done(wish, granted()).await;
    assert_eq!(aoi.asks_for(&hanako, &["name"]).is_refused().await, ["provision_stopped"]);
    assert_eq!(midori.asks_for(&hanako, &["name"]).receives().await["name"], "Hanako");
    let told = house.instructions().await;
    assert_eq!((told.len(), &told[0]["recipient"]), (1, &json!("aoi")));
    assert_eq!(told[0]["items"], json!(["allergy", "name"]));

    house.done(asked(&hanako, RequestKind::StopProvision), granted()).await;
    assert_eq!(midori.asks_for(&hanako, &["name"]).is_refused().await, ["provision_stopped"]);
    let used = hanako.is_used("service", &["name"]).go().await.expect(200);
    assert_eq!(used["items"]["name"], "Hanako", "her own use of the service goes on");
    let mut told: Vec<Value> =
        house.instructions().await.iter().map(|told| told["recipient"].clone()).collect();
    told.sort_by_key(ToString::to_string);
    assert_eq!(told, ["aoi", "aoi", "midori"]);
    // She may take it back, at the service's page.
    let path = hanako.path("restrictions");
    for recipient in ["*", "aoi"] {
        let body = json!({ "recipient": recipient, "stopped": false });
        house.put(&path, &body).go().await.expect(200);
    }
    assert_eq!(aoi.asks_for(&hanako, &["name"]).receives().await["name"], "Hanako");
    for (body, code) in [
        (json!({ "recipient": "nobody-knows", "stopped": true }), "unknown"),
        (json!({ "recipient": "aoi", "purpose": "meal", "stopped": true }), "both"),
    ] {
        let wrong = house.put(&path, &body).go().await.invalid();
        assert_eq!(wrong, [("recipient".to_owned(), code.to_owned())]);
    }
    house.adds_up();
}

#[tokio::test]
async fn an_alternative_measure_keeps_everything_out_of_every_use() {
    let house = House::open();
    for measure in [
        AlternativeMeasure::Masking,
        AlternativeMeasure::AccessFreeze,
        AlternativeMeasure::BlockFromUse,
    ] {
        let hanako = house.guest(&format!("Hanako {measure:?}")).signs_up().await;
        house.done(asked(&hanako, RequestKind::Erasure), partly(&[], Some(measure))).await;
        assert_eq!(hanako.is_used("service", &["name"]).go().await.refused(), ["restricted"]);
    }
    assert_eq!(house.acts("erased"), 0);
}

#[tokio::test]
async fn named_items_go_and_refused_ones_stay() {
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako = visited(&house, &aoi).await;
    let mut wish = asked(&hanako, RequestKind::Erasure);
    wish.items = vec!["allergy".to_owned(), "phone".to_owned()];
    let id = house.done(wish, partly(&[("phone", RefusalGround::NoGround)], None)).await;
    let used = hanako.is_used("service", &["name", "phone", "allergy"]).go().await.expect(200);
    assert_eq!(
        used["items"],
        json!({ "name": "Hanako", "phone": "+819012345678", "allergy": null })
    );
    let shown = receipt(&house.app, id).await.unwrap();
    let gone: Vec<_> =
        shown.gone.iter().map(|gone| (gone.thing.to_string(), gone.version)).collect();
    assert_eq!(gone, [("allergy".to_owned(), 1)]);
    assert!(house.get(&hanako.path("items")).go().await.status == 200, "the account is open");
}

#[tokio::test]
async fn an_erasure_of_everything_with_an_open_booking_and_a_hold() {
    let house = House::open();
    let (aoi, midori) = (house.store("aoi").await, house.store("midori").await);
    let hanako = visited(&house, &aoi).await;
    // Booked, and nothing shown to that store yet.
    hanako.books(&midori, "bk-7").await;
    let id = house.done(asked(&hanako, RequestKind::Erasure), granted()).await;

    // What law holds stays and is used for nothing; the rest is gone with the account.
    let shown = receipt(&house.app, id).await.unwrap();
    let mut gone: Vec<String> = shown.gone.iter().map(|gone| gone.thing.to_string()).collect();
    gone.sort();
    assert_eq!(gone, ["allergy", "birth_date", "name", "phone"]);
    let stayed: Vec<String> = shown.stayed.iter().map(|stay| stay.thing.to_string()).collect();
    assert_eq!(stayed, ["email", "account"]);
    assert_eq!(shown.stayed[0].held_by[0].hold.as_str(), "mail_consent_proof");
    assert!(shown.stayed[0].held_by[0].until.moment().is_some(), "and until when");
    // Who received what is kept for as long as law wants it (R1.8), and the receipt says so.
    let [kept] = &shown.records[..] else { panic!("{:?}", shown.records) };
    assert_eq!((kept.count, kept.because), (2, RecordDuty::Statutory));
    assert_eq!(kept.until.to_string(), "2029-11-22T15:00:00Z");
    assert_eq!(
        hanako.is_used("service", &["name"]).go().await.expect(200)["items"]["name"],
        Value::Null
    );
    assert!(
        aoi.asks_for(&hanako, &["name"])
            .is_refused()
            .await
            .contains(&"engagement_cancelled".to_owned())
    );

    // The stores are told: the one to erase, both that the booking is off.
    let open = house.instructions().await;
    let of = |name: &str| open.iter().find(|told| told["recipient"] == name).unwrap();
    assert_eq!(open.len(), 2, "{open:?}");
    assert_eq!((&of("aoi")["kind"], &of("midori")["kind"]), (&json!("erase"), &json!("stop")));
    assert_eq!(of("aoi")["items"], json!(["allergy", "name"]));
    assert_eq!(of("aoi")["called_off"], json!(["bk-1"]));
    assert_eq!(of("midori")["called_off"], json!(["bk-7"]));
    assert_eq!(of("midori")["items"], json!([]));

    // The receipt is proven offline, from its JSON alone.
    let text = serde_json::to_string(&shown).unwrap();
    let proven = check_receipt(&text, &shown.ledger_key.parse().unwrap()).unwrap();
    assert_eq!(proven.entry.act, "erased");
    assert_eq!(shown.told.len(), 2);
    assert_eq!(shown.told[0].outcome, None);

    // One answers; what its system knew her by is dropped, and the receipt says so.
    let path =
        |told: &Value| format!("/v1/instructions/{}/answer", told["instruction"].as_str().unwrap());
    let answer = house.post(&path(of("aoi")), &json!({ "outcome": "done" })).once("a-1");
    let first = answer.clone().go().await.expect(200);
    assert_eq!(answer.go().await.expect(200), first, "a repeated answer is one");
    house.post(&path(of("aoi")), &json!({ "outcome": "done" })).go().await.problem(409, "conflict");
    let wordless = house.post(&path(of("midori")), &json!({ "outcome": "refused" })).go().await;
    assert_eq!(wordless.invalid(), [("words".to_owned(), "missing".to_owned())]);
    assert_eq!(house.instructions().await.len(), 1);
    let all = house.get("/v1/instructions").go().await.expect(200);
    let answered =
        all["instructions"].as_array().unwrap().iter().find(|told| told["recipient"] == "aoi");
    let answered = answered.unwrap();
    assert_eq!((&answered["references"], &answered["outcome"]), (&json!([]), &json!("done")));
    let shown = receipt(&house.app, id).await.unwrap();
    assert_eq!(shown.told[0].outcome, Some("done"));

    // Time takes the rest, and nobody received that.
    house.lets_hours_pass(32 * 24);
    assert_eq!(jobs::expire::round(&house.app).await.unwrap().whole, 1);
    assert_eq!(house.instructions().await.len(), 1);
    house.adds_up();
    assert_eq!(house.verifies().0, Vec::<String>::new());
}

#[tokio::test]
async fn what_time_ends_is_told_as_well() {
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako = visited(&house, &aoi).await;
    house.lets_hours_pass((365 * 24) + 15);
    assert_eq!(jobs::expire::round(&house.app).await.unwrap().erased, 1);
    let open = house.instructions().await;
    assert_eq!(open.len(), 1);
    assert_eq!((&open[0]["kind"], &open[0]["items"]), (&json!("erase"), &json!(["allergy"])));
    assert!(open[0]["request"].is_null());
    assert_eq!(hanako.provisions().await.len(), 2, "the records of it stay for their time");
}

#[tokio::test]
async fn a_public_body_that_received_by_law_is_not_told() {
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako = house.guest("Hanako").signs_up().await;
    let approved = house.manager_approves(&json!({ "subject": hanako.id })).await.expect(201);
    let by_law =
        aoi.asks_for(&hanako, &["name"]).by_exception(approved["exception"].as_str().unwrap());
    by_law.receives().await;
    house.done(asked(&hanako, RequestKind::Erasure), granted()).await;
    assert_eq!(house.instructions().await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_recipient_is_told_by_mail_or_by_hand_and_stays_open_until_it_answers() {
    let house = House::open();
    let aoi = house.store("aoi").await;
    let with_contact = Store::named(&house, "midori");
    with_contact.registers(&json!({ "contact": "Desk@Midori.example" })).await;
    let hanako = visited(&house, &aoi).await;
    hanako.books(&with_contact, "bk-2").await;
    with_contact.asks_for(&hanako, &["name"]).receives().await;
    house.done(asked(&hanako, RequestKind::Erasure), granted()).await;
    let open = house.instructions().await;
    let id = |name: &str| -> InstructionId {
        let told = open.iter().find(|told| told["recipient"] == name).unwrap();
        told["instruction"].as_str().unwrap().parse().unwrap()
    };
    // The mail server is away: later. The store without an address waits for the desk.
    let away = Mail::new("smtp://127.0.0.1:9", "desk <desk@azukari.example>").unwrap();
    let away = Instructions(away);
    let tells = async |name: &str| {
        let message = Message::Instruction { instruction: id(name) };
        away.deliver(&house.app, &[1; 16], message).await.unwrap()
    };
    let tried = tells("midori").await;
    assert!(tried.is_err_and(|not_sent| away.is_away(&not_sent)));
    let tried = tells("aoi").await;
    assert_eq!(tried, Ok(Sent::NoAddress));
    let shown = instruction::get(&house.app, id("midori")).await.unwrap();
    assert_eq!((shown.told_at, shown.answered_at), (None, None));

    for name in ["aoi", "midori"] {
        let by = OFFICER.to_owned();
        let told = instruction::told(&house.app, id(name), ToldBy::Desk, by.clone()).await.unwrap();
        assert!(told.is_some());
        let again = instruction::told(&house.app, id(name), ToldBy::Desk, by).await.unwrap();
        assert_eq!(again, None, "once is enough");
    }
    let tried = tells("midori").await;
    assert_eq!(tried, Ok(Sent::Delivered), "it is not told twice");
    assert!(!house.waiting_messages().iter().any(|m| matches!(m, Message::Instruction { .. })));
    assert_eq!(house.instructions().await.len(), 2, "told is not answered");
    let words = "we keep the slip for the tax office";
    let (app, by) = (&house.app, OFFICER.to_owned());
    instruction::answer(app, id("aoi"), InstructionOutcome::Refused, Some(words), by, None)
        .await
        .unwrap();
    let shown = instruction::get(app, id("aoi")).await.unwrap();
    assert_eq!(shown.said.answer.unwrap().0, words);
    assert!(shown.said.references.is_empty() && shown.said.disclosures.is_empty());
    assert_eq!(house.instructions().await.len(), 1);
    house.adds_up();
}

#[tokio::test]
async fn an_erasure_waits_for_whatever_needs_what_would_go() {
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako = visited(&house, &aoi).await;
    let disclosure = house.investigated(asked(&hanako, RequestKind::Disclosure)).await;
    let mut wish = asked(&hanako, RequestKind::Correction);
    wish.corrections = [("phone".to_owned(), Some("+819099999999".to_owned()))].into();
    let correction = house.investigated(wish).await;
    let erasure = house.decided(asked(&hanako, RequestKind::Erasure), granted()).await;
    let rows = house.rows();
    let Err(Error::Conflict(words)) = house.carries_out(erasure).await else {
        panic!("it is done")
    };
    assert!(
        words.contains(&disclosure.number()) && words.contains(&correction.number()),
        "{words}"
    );
    // The address was opened for the letter, and nothing else happened.
    let changed: Vec<_> = house
        .rows()
        .into_iter()
        .filter(|(table, count)| rows[table] != *count)
        .map(|(table, _)| table)
        .collect();
    assert_eq!(changed, ["entries", "records"]);
    assert_eq!(house.request(erasure).await.progress.state, State::Decided);

    // One of items that nobody needs goes on; then the others are seen through.
    let mut wish = asked(&hanako, RequestKind::Erasure);
    wish.items = vec!["birth_date".to_owned()];
    let of_one = house.decided(wish, granted()).await;
    let Err(Error::Conflict(words)) = house.carries_out(of_one).await else { panic!("it is done") };
    assert!(words.contains(&disclosure.number()) && !words.contains(&correction.number()));
    for id in [disclosure, correction] {
        handle::decide(&house.app, id, OFFICER.to_owned(), granted()).await.unwrap();
        house.carries_out(id).await.unwrap();
    }
    let Err(Error::Conflict(words)) = house.carries_out(of_one).await else { panic!("it is done") };
    assert!(words.contains(&disclosure.number()), "its answer was not fetched yet: {words}");
    handle::step(&house.app, disclosure, OFFICER.to_owned(), Step::Close {}).await.unwrap();

    // What was asked for after the erasure is not put in its place again.
    let mut wish = asked(&hanako, RequestKind::Correction);
    wish.corrections = [("birth_date".to_owned(), Some("1991-04-01".to_owned()))].into();
    let received = receive(&house.app, wish, OFFICER.to_owned(), None).await.unwrap().id;
    house.carries_out(of_one).await.unwrap();
    let subject = Some(hanako.id.parse().unwrap());
    let (by, how) = (OFFICER.to_owned(), Identified::Document);
    handle::identify(&house.app, received, by.clone(), how, subject).await.unwrap();
    handle::decide(&house.app, received, by.clone(), granted()).await.unwrap();
    let Err(Error::Conflict(words)) = house.carries_out(received).await else { panic!("it is in") };
    assert!(words.contains(&of_one.number()), "{words}");
    // The officer decides anew, and says why; only what is not done yet is taken up again.
    let anew = |reason: &str| Step::Reconsider { reason: reason.to_owned() };
    for (id, step) in [(received, anew(" ")), (erasure, anew("erased"))] {
        assert!(handle::step(&house.app, id, by.clone(), step).await.is_err());
    }
    handle::step(&house.app, received, by.clone(), anew("it was erased")).await.unwrap();
    let refused = vec![RefusedPart { item: None, ground: RefusalGround::NotRetainedData }];
    let (outcome, reason) = (Outcome::Refused, "it was erased as she asked".to_owned());
    let decided = Decided { outcome, refused, reason, ..granted() };
    handle::decide(&house.app, received, by, decided).await.unwrap();
    house.carries_out(received).await.unwrap();
    assert_eq!(house.request(received).await.progress.state, State::Notified);
    house.carries_out(erasure).await.unwrap();
    house.adds_up();
}

#[tokio::test]
async fn a_crash_leaves_all_or_nothing_and_a_second_run_does_the_rest_once() {
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako = visited(&house, &aoi).await;
    let id = house.decided(asked(&hanako, RequestKind::Erasure), granted()).await;
    let before = house.rows();
    // The lights go out where the recipients are told.
    house.meddles("ALTER TABLE instructions RENAME TO away", Vec::new());
    assert!(house.carries_out(id).await.is_err());
    house.meddles("ALTER TABLE away RENAME TO instructions", Vec::new());
    let after = house.rows();
    assert_eq!((after["items"], after["outbox"]), (before["items"], before["outbox"]));
    assert_eq!(after["subject_keys"], before["subject_keys"]);
    assert_eq!(house.request(id).await.progress.state, State::Decided);
    assert_eq!((house.acts("erased"), house.acts("account_closed")), (0, 0));

    // Started anew, and by two at once.
    let house = house.reopened(None).await;
    let (one, other) = tokio::join!(house.carries_out(id), house.carries_out(id));
    assert_eq!(one.unwrap().progress.state, State::Notified);
    assert_eq!(other.unwrap().progress.state, State::Notified);
    assert_eq!((house.acts("erased"), house.acts("account_closed")), (1, 1));
    assert_eq!((house.acts("instructed"), house.instructions().await.len()), (1, 1));
    assert!(house.token(id).is_some());
    house.adds_up();
}

#[tokio::test]
async fn after_an_erasure_her_values_are_nowhere_and_an_older_copy_opens_none() {
    let house = House::open();
    let aoi = house.store("aoi").await;
    let values = ["Zephyrine Erasable", "+442079460888", "quillfeather nut oil"];
    // What proves her consent to mailings stays, so that her key has a successor.
    let guest = house.guest(values[0]).with("phone", values[1]).allergic_to(values[2]);
    let guest = guest.answers("marketing", "given").signs_up().await;
    guest.books(&aoi, "bk-1").await;
    aoi.asks_for(&guest, &["name", "phone"]).receives().await;
    aoi.asks_for(&guest, &["allergy"]).for_meal().receives().await;
    let hers = guest.bytes();
    let (name, path) = (guest.id.clone(), guest.path("items"));
    drop(guest);

    let (ground, clock) = house.close().await;
    let copy = ground.copy();
    let house = House::open_on(ground, clock.clone(), None, 0);
    let of_key = "SELECT wrapped FROM subject_keys WHERE subject = $1";
    let key = house.blob(of_key, vec![hers.clone()]);
    let guest = Guest { house: &house, id: name.clone() };
    let id = house.done(asked(&guest, RequestKind::Erasure), granted()).await;
    let shown = serde_json::to_string(&receipt(&house.app, id).await.unwrap()).unwrap();
    let next_key = house.blob(of_key, vec![hers.clone()]);
    let mut kept = house.ground.everything_kept();
    kept.push(("the receipt".to_owned(), shown.into_bytes()));
    let has = |bytes: &[u8], needle: &[u8]| bytes.windows(needle.len()).any(|part| part == needle);
    for value in values {
        for (place, bytes) in &kept {
            assert!(!has(bytes, value.as_bytes()), "{value} in {place}");
        }
    }
    let hex = data_encoding::HEXLOWER.encode(&key).into_bytes();
    assert!(
        !kept.iter().any(|(_, bytes)| has(bytes, &key) || has(bytes, &hex)),
        "the key that every older copy needs is gone"
    );
    drop(house);

    // The copy from before, with the root, and with the subject keys of today: they are kept apart.
    let house = House::open_on(copy, clock, None, 0);
    house.meddles("DELETE FROM subject_keys", Vec::new());
    let put = "INSERT INTO subject_keys (subject, regime, wrapped) VALUES ($1, 'jp', $2)";
    house.meddles(put, vec![hers, next_key]);
    house.get(&path).go().await.expect(200);
    let aoi = Store::named(&house, "aoi");
    let guest = Guest { house: &house, id: name };
    for items in [["name"], ["phone"]] {
        let answer = aoi.asks_for(&guest, &items).sends().go().await;
        answer.problem(500, "failure");
    }
}

#[tokio::test]
async fn time_looks_at_requests_whose_moment_has_come() {
    let house = House::open();
    let hanako = house.guest("Hanako").signs_up().await;
    let wish = asked(&hanako, RequestKind::Erasure);
    let unshown = receive(&house.app, wish, OFFICER.to_owned(), None).await.unwrap().id;
    let told = house.done(asked(&hanako, RequestKind::Disclosure), granted()).await;
    assert_eq!(jobs::requests::round(&house.app).await.unwrap(), 0);
    house.lets_hours_pass(15 * 24);
    assert_eq!(jobs::requests::round(&house.app).await.unwrap(), 1);
    assert_eq!(house.request(unshown).await.progress.state, State::Unverified);
    house.lets_hours_pass(16 * 24);
    assert_eq!(jobs::requests::round(&house.app).await.unwrap(), 1);
    assert_eq!(house.request(told).await.progress.state, State::Closed);
    house.lets_hours_pass(1100 * 24);
    assert_eq!(jobs::requests::round(&house.app).await.unwrap(), 2);
    assert_eq!(house.rows()["requests"], 0, "their time of keeping is over");
    assert_eq!(jobs::requests::round(&house.app).await.unwrap(), 0);
}
