//! What ends, when, and what keeps it: periods, holds, closed accounts, provision records (R12.1,
//! R12.2, R1.8, I4; S7).

use azukari::erase::{Erasure, Wish};
use azukari::error::Error;
use azukari::jobs::expire::{self, Round};
use azukari::once::Fresh;
use azukari::verify;
use policy::record::{Act, ErasedBecause};
use serde_json::{Value, json};
use vault::FileKey;

use crate::house::{Guest, House, reasons_of};

const SEALED: &str = "SELECT sealed FROM items WHERE subject = $1 AND item = 'allergy'";
const KEY_OF: &str = "SELECT wrapped FROM subject_keys WHERE subject = $1";

impl House {
    fn lets_days_pass(&self, days: i64) {
        self.lets_hours_pass(24 * days);
    }

    /// The job's round, as it comes every hour.
    async fn tidies(&self) -> Round {
        expire::round(&self.app).await.unwrap()
    }

    async fn closes(&self, guest: &Guest<'_>) -> Value {
        self.call("DELETE", &format!("/v1/subjects/{}", guest.id)).go().await.expect(200)
    }

    /// What the verifier says from inside, line by line.
    pub(crate) fn verifies(&self) -> (Vec<String>, u64) {
        let (url, key) = (self.ground.database(), self.ground.root_key());
        let looked = std::thread::spawn(move || {
            let root = Box::new(FileKey::open(&key).unwrap());
            verify::database(&url, root, &[], None).unwrap()
        });
        let verdict = looked.join().unwrap();
        (verdict.findings.iter().map(ToString::to_string).collect(), verdict.ended)
    }

    /// Whether bytes lie anywhere in what is kept, as they are or in hexadecimal.
    fn keeps_bytes(&self, bytes: &[u8]) -> bool {
        let hex = data_encoding::HEXLOWER.encode(bytes);
        self.ground.everything_kept().iter().any(|(_, kept)| {
            kept.windows(bytes.len()).any(|part| part == bytes)
                || kept.windows(hex.len()).any(|part| part == hex.as_bytes())
        })
    }
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|entry| entry["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn an_item_goes_when_its_last_purpose_ends_and_is_found_nowhere() {
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako = house
        .guest("Hanako")
        .allergic_to("えび、かに")
        .with("serving_size", "small")
        .card("tok_canary_7731")
        .signs_up()
        .await;
    hanako.books(&aoi, "bk-1").await;
    let (sealed, key) =
        (house.blob(SEALED, vec![hanako.bytes()]), house.blob(KEY_OF, vec![hanako.bytes()]));
    assert!(house.keeps_bytes(&sealed) && house.keeps_bytes(&key), "they are there to be found");

    // The booking ends on 22 November 2026; a year later, to the end of the day, it is still there.
    house.lets_days_pass(365);
    assert_eq!(house.tidies().await.erased, 0);
    let held = house.get(&hanako.path("items")).go().await.expect(200);
    assert!(held["items"].as_array().unwrap().iter().any(|item| item["item"] == "allergy"));

    house.lets_hours_pass(15);
    let round = house.tidies().await;
    assert_eq!((round.erased, round.whole, round.failed), (1, 0, 0), "{round:?}");
    let records = house.records();
    let Act::Erased { because, gone, stayed } = &records.last().unwrap().act else {
        panic!("{records:?}")
    };
    assert_eq!(*because, ErasedBecause::Retention);
    assert_eq!(gone.len(), 1);
    assert_eq!(gone[0].thing.to_string(), "allergy");
    assert_eq!(gone[0].because.as_ref().unwrap().as_str(), "service");
    assert_eq!(stayed, &[], "nothing that was due is held");
    assert!(!house.keeps_bytes(&sealed), "the sealed value is gone");
    assert!(!house.keeps_bytes(&key), "and with it the key that every older copy needs");

    // What remains was carried over to the next key.
    let used = hanako.is_used("service", &["name", "serving_size", "allergy"]).go().await;
    assert_eq!(
        used.expect(200)["items"],
        json!({ "name": "Hanako", "serving_size": "small", "allergy": null })
    );
    assert_eq!(house.tidies().await, Round::default(), "a second round finds nothing to do");
    house.adds_up();
    assert_eq!(house.verifies().0, Vec::<String>::new());
}

#[tokio::test]
async fn a_closed_account_gives_nothing_but_what_a_running_purpose_allows() {
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako = house
        .guest("Hanako")
        .allergic_to("そば")
        .with("birth_date", "1990-04-01")
        .with("receipt_name", "株式会社見本")
        .password("a long enough one")
        .card("tok_canary_7732")
        .answers("marketing", "given")
        .signs_up()
        .await;
    hanako.books(&aoi, "bk-1").await;
    let closed = house.closes(&hanako).await;
    assert_eq!(names(&closed["gone"]), ["allergy", "birth_date", "password"]);
    assert_eq!(
        names(&closed["stayed"]),
        ["email", "name", "receipt_name", "credit_card", "account"]
    );
    assert_eq!(house.closes(&hanako).await["closed_at"], closed["closed_at"], "once is enough");

    // Stores and offers are over at once; the last bill can be written.
    assert_eq!(
        aoi.asks_for(&hanako, &["name"]).is_refused().await,
        ["consent_not_given", "engagement_cancelled"]
    );
    assert_eq!(
        hanako.is_used("marketing", &["name"]).go().await.refused(),
        ["consent_not_given", "purpose_ended"]
    );
    let bill = hanako.is_used("billing", &["name", "receipt_name"]).go().await.expect(200);
    assert_eq!(bill["items"]["receipt_name"], "株式会社見本");
    // Nobody signs in, and nothing comes in.
    let tries = json!({ "email": "hanako@guest.example", "password": "a long enough one" });
    house.post("/v1/sign-ins", &tries).go().await.problem(403, "sign-in-failed");
    hanako.puts("company", "見本商事").go().await.problem(409, "conflict");
    // She may come back under the same address, as somebody new.
    house.guest("Hanako").signs_up().await;

    // Thirty days on every purpose is over; the proof of the consent to mailings stays a day more.
    house.lets_days_pass(31);
    house.tidies().await;
    let held = house.get(&hanako.path("items")).go().await.expect(200);
    assert_eq!(held["items"][0]["item"], "email");
    assert_eq!(held["items"][0]["held_by"][0]["hold"], "mail_consent_proof");
    assert_eq!(held["items"].as_array().unwrap().len(), 1, "{held}");
    let refused = hanako.is_used("support", &["email"]).go().await;
    assert_eq!(refused.refused(), ["purpose_ended"], "held is not used");

    house.lets_days_pass(1);
    assert_eq!(house.tidies().await.whole, 1);
    house.get(&hanako.path("items")).go().await.problem(404, "not-found");
    for (table, sql) in [
        ("items", "DELETE FROM items WHERE subject = $1"),
        ("secrets", "DELETE FROM secrets WHERE subject = $1"),
        ("lookups", "DELETE FROM lookups WHERE subject = $1"),
        ("consents", "DELETE FROM consents WHERE subject = $1"),
        ("engagements", "DELETE FROM engagements WHERE subject = $1"),
        ("subject_keys", "DELETE FROM subject_keys WHERE subject = $1"),
        ("subjects", "DELETE FROM subjects WHERE id = $1"),
    ] {
        assert_eq!(house.meddles(sql, vec![hanako.bytes()]), 0, "{table}");
    }
    // The tombstone holds no value of hers.
    let last = serde_json::to_string(&house.records().last().unwrap()).unwrap();
    for value in ["Hanako", "hanako@guest.example", "株式会社見本", "tok_canary_7732"] {
        assert!(!last.contains(value), "{last}");
    }
    house.adds_up();
    assert_eq!(house.verifies().0, Vec::<String>::new());
}

#[tokio::test]
async fn a_hold_of_law_keeps_a_receipt_and_says_so() {
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako = house.guest("Hanako").with("receipt_name", "株式会社見本").signs_up().await;
    hanako.books(&aoi, "bk-1").await;
    house.lets_days_pass(1);
    house.closes(&hanako).await;
    house.lets_days_pass(40);
    house.tidies().await;
    let held = house.get(&hanako.path("items")).go().await.expect(200);
    let held = held["items"].as_array().unwrap();
    assert_eq!(held.len(), 1, "{held:?}");
    assert_eq!(held[0]["item"], "receipt_name");
    assert_eq!(held[0]["held_by"][0]["hold"], "books_and_receipts");
    assert_eq!(held[0]["held_by"][0]["law"], true);
    let stayed = house.records().into_iter().rev().find_map(|record| match record.act {
        Act::Erased { stayed, .. } => Some(stayed),
        _ => None,
    });
    let named: Vec<String> = stayed.unwrap().iter().map(|s| s.thing.to_string()).collect();
    assert!(named.contains(&"receipt_name".to_owned()), "{named:?}");
    let look = house.get("/v1/retention/forecast").by(&house.manager_key).go().await.expect(200);
    assert_eq!(look["held"][0]["hold"], "books_and_receipts");
    assert_eq!(
        (&look["held"][0]["name"], &look["held"][0]["count"]),
        (&json!("receipt_name"), &json!(1))
    );
    // An erasure by name does not get past it either.
    let items = vec!["receipt_name".parse().unwrap()];
    let subject = hanako.id.parse().unwrap();
    let by = "story".to_owned();
    let wish = Wish::Items(items);
    let erased =
        azukari::erase::erase(&house.app, subject, wish, ErasedBecause::Request, by).await.unwrap();
    assert!(erased.gone.is_empty() && erased.place.is_none());

    house.lets_days_pass(2984);
    assert_eq!(house.tidies().await.whole, 1);
}

#[tokio::test]
async fn a_live_dispute_beats_the_job_until_it_is_lifted() {
    let house = House::open();
    let hanako = house.guest("Hanako").with("phone", "+819012345678").signs_up().await;
    let path = hanako.path("holds/suit_12");
    let mut hold = json!({
        "reason": "a claim for damages", "evidence": "case 12", "until": "2027-06-01T00:00:00+09:00",
    });
    house.put(&path, &hold).go().await.problem(403, "scope");
    hold["until"] = "2028-06-01T00:00:00+09:00".into();
    let by_manager = |hold: &Value| house.put(&path, hold).by(&house.manager_key);
    assert_eq!(by_manager(&hold).go().await.invalid(), [("until".into(), "too_late".into())]);
    hold["until"] = "2027-06-01T00:00:00+09:00".into();
    by_manager(&hold).go().await.expect(200);
    let shown = house.get(&path).by(&house.manager_key).go().await.expect(200);
    assert_eq!(shown["evidence"], "case 12");

    house.closes(&hanako).await;
    house.lets_days_pass(100);
    assert_eq!(house.tidies().await.erased, 0);
    let held = house.get(&hanako.path("items")).go().await.expect(200);
    assert_eq!(held["items"].as_array().unwrap().len(), 3, "{held}");
    assert_eq!(hanako.is_used("support", &["phone"]).go().await.refused(), ["purpose_ended"]);

    house.call("DELETE", &path).by(&house.manager_key).go().await.expect(200);
    assert_eq!(house.tidies().await.whole, 1);
    house.call("DELETE", &path).by(&house.manager_key).go().await.problem(404, "not-found");
    house.adds_up();
}

#[tokio::test]
async fn an_ended_purpose_refuses_while_another_still_runs() {
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako = house
        .guest("Hanako")
        .with("favourite_food", "うに")
        .answers("marketing", "given")
        .signs_up()
        .await;
    hanako.books(&aoi, "bk-1").await;
    hanako.is_used("marketing", &["favourite_food"]).go().await.expect(200);
    house.lets_days_pass(400);
    house.tidies().await;
    let refused = hanako.is_used("marketing", &["favourite_food"]).go().await;
    assert_eq!(reasons_of(&refused.problem(403, "refused")), ["purpose_ended"]);
    hanako.is_used("service", &["favourite_food"]).go().await.expect(200);
    let held = house.get(&hanako.path("items")).go().await.expect(200);
    let food = held["items"].as_array().unwrap().iter().find(|i| i["item"] == "favourite_food");
    assert_eq!(food.unwrap()["ended_purposes"], json!(["marketing"]));
}

#[tokio::test]
async fn a_provision_record_goes_after_three_years_and_the_ledger_stays_sound() {
    let house = House::open();
    let aoi = house.store("aoi").await;
    let (hanako, yoko) =
        (house.guest("Hanako").signs_up().await, house.guest("Yoko").signs_up().await);
    for guest in [&hanako, &yoko] {
        guest.books(&aoi, "bk-1").await;
        aoi.asks_for(guest, &["name"]).receives().await;
    }
    house.lets_days_pass(365);
    let disputed = json!({
        "reason": "a claim", "evidence": "case 7", "until": "2028-11-20T00:00:00+09:00",
    });
    let path = yoko.path("holds/suit_7");
    house.put(&path, &disputed).by(&house.manager_key).go().await.expect(200);
    assert_eq!(yoko.provisions().await.len(), 1);

    // 22 November 2029, a quarter past nine: the last day of three years.
    house.lets_days_pass(730);
    house.lets_hours_pass(24);
    assert_eq!(house.tidies().await.records, 0, "the last day is not over");
    let before = house.rows();
    house.lets_hours_pass(15);
    let round = house.tidies().await;
    assert_eq!(round.records, 2, "{round:?}");
    assert_eq!(house.rows()["records"], before["records"] - 2 + 1);
    assert_eq!(house.rows()["entries"], before["entries"] + 1);
    assert_eq!(yoko.provisions().await, Vec::<Value>::new());
    assert_eq!(house.verifies(), (Vec::new(), 2));
}

#[tokio::test]
async fn a_dispute_keeps_provision_records_beyond_their_time() {
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako = house.guest("Hanako").signs_up().await;
    hanako.books(&aoi, "bk-1").await;
    aoi.asks_for(&hanako, &["name"]).receives().await;
    house.lets_days_pass(1000);
    let until = (house.now() + jiff::SignedDuration::from_hours(24 * 300)).to_string();
    let disputed = json!({ "reason": "a claim", "evidence": "case 7", "until": until });
    let path = hanako.path("holds/suit_7");
    house.put(&path, &disputed).by(&house.manager_key).go().await.expect(200);
    house.lets_days_pass(150);
    let round = house.tidies().await;
    assert_eq!((round.records, round.records_held), (0, 1));
    house.lets_days_pass(151);
    assert_eq!(house.tidies().await.records, 1);
    assert_eq!(house.verifies(), (Vec::new(), 1));
}

#[tokio::test]
async fn a_record_deleted_by_hand_or_before_its_time_is_named() {
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako = house.guest("Hanako").signs_up().await;
    hanako.books(&aoi, "bk-1").await;
    aoi.asks_for(&hanako, &["name"]).receives().await;
    aoi.asks_for(&hanako, &["phone"]).receives().await;
    let place = house.records().iter().position(|r| matches!(r.act, Act::Disclosed(_))).unwrap();
    // A day early, by hand: nobody wrote it down.
    house.lets_days_pass(3 * 365);
    let first = "DELETE FROM records WHERE place = (SELECT MIN(place) FROM records WHERE act = 'disclosed')";
    assert_eq!(house.meddles(first, Vec::new()), 1);
    // Its end brought forward by hand: the seal does not bear it out, so the job leaves it.
    assert_eq!(
        house.meddles("UPDATE records SET keep_until = 1 WHERE act = 'disclosed'", Vec::new()),
        1
    );
    let round = house.tidies().await;
    assert_eq!(round.records, 0);
    let (findings, ended) = house.verifies();
    assert_eq!(ended, 0);
    let missing = format!("place {place}: the record is missing");
    assert!(findings.iter().any(|line| line.starts_with(&missing)), "{findings:?}");
    let changed = "the record has been changed";
    assert!(findings.iter().any(|line| line.contains(changed)), "{findings:?}");
    assert_eq!(findings.len(), 2, "{findings:?}");
}

#[tokio::test]
async fn whoever_ends_records_early_with_the_keys_in_hand_is_found() {
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako = house.guest("Hanako").signs_up().await;
    hanako.books(&aoi, "bk-1").await;
    aoi.asks_for(&hanako, &["name"]).receives().await;
    let place = house.records().iter().position(|r| matches!(r.act, Act::Disclosed(_))).unwrap();
    let place = place as u64;
    // The house itself says that it ended the record, two years too soon.
    house.lets_days_pass(365);
    let (app, fresh, now) = (house.app.clone(), Fresh::new().unwrap(), house.now());
    house
        .app
        .store
        .write(move |tx| {
            azukari::store::records::erase(tx, place.cast_signed());
            let record = policy::Record {
                at: now,
                policy: app.policy().version,
                subject: None,
                by: "somebody".to_owned(),
                act: Act::RecordsEnded { places: vec![(place, place)], count: 1 },
            };
            app.record(tx, &record, None, &fresh).map(drop)
        })
        .await
        .unwrap();
    let (findings, ended) = house.verifies();
    assert_eq!((findings.len(), ended), (1, 0), "{findings:?}");
    assert!(findings[0].contains("before the time was over"), "{findings:?}");
}

#[tokio::test]
async fn an_erasure_that_fails_at_the_end_leaves_everything() {
    let house = House::open();
    let hanako = house.guest("Hanako").allergic_to("そば").card("tok_1").signs_up().await;
    let (rows, sealed) = (house.rows(), house.blob(SEALED, vec![hanako.bytes()]));
    let (subject, by) = (hanako.id.parse().unwrap(), "story".to_owned());
    let wish = Wish::AllBut(Vec::new());
    let erasure = Erasure::new(subject, wish, ErasedBecause::Request, by, house.now()).unwrap();
    let app = house.app.clone();
    let failed = house.app.store.write(move |tx| {
        let erased = erasure.carry_out(&app, tx)?;
        assert!(erased.place.is_some());
        Err::<(), _>(Error::Conflict("the lights went out".to_owned()))
    });
    assert!(failed.await.is_err());
    assert_eq!(house.rows(), rows);
    assert_eq!(house.blob(SEALED, vec![hanako.bytes()]), sealed);
    let used = hanako.is_used("service", &["name", "allergy"]).go().await.expect(200);
    assert_eq!(used["items"]["allergy"], "そば");
    house.adds_up();
}

#[tokio::test]
async fn a_round_looks_only_at_those_who_may_have_something_due() {
    let house = House::open();
    for n in 0..20 {
        house.guest(&format!("Guest {n}")).signs_up().await;
    }
    let hanako = house.guest("Hanako").with("serving_size", "small").signs_up().await;
    assert_eq!(house.tidies().await.looked_at, 0, "nothing counts yet");
    house.lets_days_pass(731);
    let round = house.tidies().await;
    assert_eq!((round.looked_at, round.erased), (1, 1), "{round:?}");
    // A new value counts anew.
    hanako.puts("serving_size", "large").go().await.expect(200);
    house.lets_days_pass(729);
    assert_eq!(house.tidies().await.looked_at, 0);
    house.lets_days_pass(2);
    assert_eq!(house.tidies().await.erased, 1);
}

#[tokio::test]
async fn a_booking_called_off_does_not_keep_what_it_kept() {
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako = house.guest("Hanako").allergic_to("そば").signs_up().await;
    house.lets_days_pass(200);
    let path = hanako.path("engagements/aoi/bk-9");
    let until = |days: i64| (house.now() + jiff::SignedDuration::from_hours(24 * days)).to_string();
    let mut booking = json!({ "starts_at": until(299), "ends_at": until(300), "cancelled": false });
    house.put(&path, &booking).go().await.expect(200);
    let _ = aoi;
    house.lets_days_pass(170);
    assert_eq!(house.tidies().await.erased, 0, "the booking to come keeps it");
    booking["cancelled"] = true.into();
    house.put(&path, &booking).go().await.expect(200);
    assert_eq!(house.tidies().await.erased, 1);
}

/// R12.3: whoever was to receive her is told when she closes her account before she comes.
#[tokio::test]
async fn closing_an_account_tells_the_stores_whose_bookings_it_calls_off() {
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako = house.guest("Hanako").signs_up().await;
    hanako.books(&aoi, "bk-3").await;
    house.call("DELETE", &format!("/v1/subjects/{}", hanako.id)).go().await.expect(200);
    let [told] = &house.instructions().await[..] else { panic!("one instruction") };
    assert_eq!((&told["recipient"], &told["kind"]), (&json!("aoi"), &json!("stop")));
    assert_eq!(told["called_off"], json!(["bk-3"]));
}

#[tokio::test]
async fn a_guest_is_asked_whether_it_is_still_right() {
    let house = House::open();
    let hanako = house.guest("Hanako").allergic_to("そば").signs_up().await;
    let asked = || async {
        let held = house.get(&hanako.path("items")).go().await.expect(200);
        let items = held["items"].as_array().unwrap().clone();
        let due = items.iter().filter(|item| item["confirm"] == true);
        due.map(|item| item["item"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(asked().await, Vec::<String>::new());
    house.lets_days_pass(181);
    assert_eq!(asked().await, ["allergy"]);
    let path = hanako.path("items/allergy/confirmation");
    house.post(&path, &json!({ "version": 2 })).go().await.problem(409, "conflict");
    let yes = house.post(&path, &json!({ "version": 1 })).once("yes-1").go().await.expect(201);
    let again = house.post(&path, &json!({ "version": 1 })).once("yes-1").go().await.expect(201);
    assert_eq!(yes, again);
    assert!(matches!(house.records().last().unwrap().act, Act::ItemConfirmed { .. }));
    assert_eq!(asked().await, Vec::<String>::new());
    house.lets_days_pass(181);
    assert_eq!(asked().await, ["allergy"], "a word does not last for ever");
    hanako.puts("allergy", "なし").go().await.expect(200);
    assert_eq!(asked().await, Vec::<String>::new());
    house
        .post(&hanako.path("items/company/confirmation"), &json!({ "version": 1 }))
        .go()
        .await
        .problem(404, "not-found");
    house.adds_up();
}

#[tokio::test]
async fn the_forecast_says_what_falls_due_by_week() {
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako = house.guest("Hanako").allergic_to("そば").signs_up().await;
    hanako.books(&aoi, "bk-1").await;
    aoi.asks_for(&hanako, &["name"]).receives().await;
    house.closes(&hanako).await;
    let look =
        |days: &str| house.get(&format!("/v1/retention/forecast{days}")).by(&house.manager_key);
    let seen = look("").go().await.expect(200);
    let due: Vec<(&str, &str)> = seen["due"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["from"].as_str().unwrap(), row["name"].as_str().unwrap()))
        .collect();
    assert_eq!(due, [("2026-12-20", "email"), ("2026-12-20", "name")]);
    let seen = look("?days=1200").go().await.expect(200);
    let record = seen["due"].as_array().unwrap().iter().find(|row| row["kind"] == "record");
    assert_eq!(record.unwrap()["count"], 1);
    look("?days=0").go().await.invalid();
    house.get("/v1/retention/forecast").go().await.problem(403, "scope");
}

#[tokio::test]
async fn a_new_policy_has_everybody_looked_at() {
    let house = House::open();
    let hanako = house.guest("Hanako").with("serving_size", "small").signs_up().await;
    house.lets_days_pass(100);
    let mut files = crate::house::policy_files();
    for (file, from, to) in [
        ("controller.toml", "version = \"2026-10-01\"", "version = \"2027-02-01\""),
        (
            "items.toml",
            "days = 730, ends_with_account = true }\n[serving_size.choices]",
            "days = 90, ends_with_account = true }\n[serving_size.choices]",
        ),
    ] {
        let text = files.get_mut(file).unwrap();
        assert!(text.contains(from), "{file}");
        *text = text.replacen(from, to, 1);
    }
    let id = hanako.id.clone();
    let house = house.reopened(Some(files)).await;
    assert_eq!(house.tidies().await.erased, 1, "{id}");
}
