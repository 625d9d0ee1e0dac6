//! The app before an Azukari that answers as told and remembers what it was sent; what a restart of either
//! side in the middle leaves, and what becomes of it.

use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{post, put};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::*;
use crate::app::Till;
use crate::azukari::Azukari;
use crate::book::Book;
use crate::book::closing::{ClosingDay, Decision};
use crate::book::companions::{Allergen, Companions};
use crate::book::notices::Kind;
use crate::book::stores::Store;
use crate::book::tests::{folder, furnished, store, table};
use crate::language::Label;
use crate::payments::Payments;

/// Noon in Tokyo on a Sunday, six o'clock that evening, and half past seven.
const NOW: &str = "2026-11-22T03:00:00Z";
const SIX: &str = "2026-11-22T09:00:00Z";
const HALF_SEVEN: &str = "2026-11-22T10:30:00Z";
/// Where the app is reached.
pub(super) const HERE: &str = "https://reservation.example";

fn here() -> crate::app::Here {
    crate::app::Here::new(Some(HERE), "").unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// What Azukari says with a status.
fn problem(status: StatusCode) -> Value {
    let kind = match status {
        StatusCode::UNPROCESSABLE_ENTITY => "invalid",
        StatusCode::NOT_FOUND => "not-found",
        _ => "",
    };
    json!({ "type": kind })
}

/// What Azukari was told: which booking, until when, and whether it is off.
type Sent = (String, String, bool);

pub(super) struct House {
    pub(super) app: App,
    /// Who takes fees, if anybody does.
    pub(super) payments: Option<Payments>,
    answers: Arc<AtomicU16>,
    sent: Arc<Mutex<Vec<Sent>>>,
    pub(super) letters: Arc<Mutex<Vec<(String, Value)>>>,
    pub(super) folder: std::path::PathBuf,
    address: String,
}

impl House {
    pub(super) async fn open() -> Self {
        Self::with(store()).await
    }

    pub(super) async fn with(store: Store) -> Self {
        let answers = Arc::new(AtomicU16::new(200));
        let sent: Arc<Mutex<Vec<Sent>>> = Arc::default();
        let (status, seen) = (Arc::clone(&answers), Arc::clone(&sent));
        let engage = move |Path((_, _, number)): Path<(String, String, String)>,
                           Json(body): Json<Value>| async move {
            let ends_at = body["ends_at"].as_str().unwrap().to_owned();
            seen.lock().unwrap().push((number, ends_at, body["cancelled"] == true));
            let status = StatusCode::from_u16(status.load(Ordering::SeqCst)).unwrap();
            (status, Json(problem(status)))
        };
        let letters: Arc<Mutex<Vec<(String, Value)>>> = Arc::default();
        let (status, seen) = (Arc::clone(&answers), Arc::clone(&letters));
        let letter = async move |headers: HeaderMap, Json(body): Json<Value>| {
            let key = headers["idempotency-key"].to_str().unwrap().to_owned();
            seen.lock().unwrap().push((key, body));
            let status = StatusCode::from_u16(status.load(Ordering::SeqCst)).unwrap();
            (status, Json(problem(status)))
        };
        let router = Router::new()
            .route("/v1/subjects/{subject}/engagements/{store}/{number}", put(engage))
            .route("/v1/letters", post(letter));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let folder = folder();
        let book = Book::open(&folder).unwrap();
        furnished(&book, store, vec![table("A", (1, 4), 1, 1)]).await;
        let app = App::new(Azukari::new(&address, "key").unwrap(), &address, here(), book);
        Self { app, payments: None, answers, sent, letters, folder, address }
    }

    /// The app's process is gone, and another one takes its place over the same file.
    pub(super) fn restart(&mut self) {
        let book = Book::open(&self.folder).unwrap();
        self.app =
            App::new(Azukari::new(&self.address, "key").unwrap(), &self.address, here(), book);
        self.app.till = self.payments.as_ref().map(|payments| Till::of(payments).unwrap());
    }

    pub(super) fn answering(&self, status: u16) -> &Self {
        self.answers.store(status, Ordering::SeqCst);
        self
    }

    pub(super) fn wish(who: &str, when: &str, party: u8) -> Wish {
        let number = crate::chance::booking_number().unwrap();
        let (store, subject) = ("mihon".to_owned(), who.to_owned());
        let companions = Companions::default();
        Wish {
            number,
            store,
            subject,
            starts_at: at(when),
            party,
            language: Language::En,
            companions,
        }
    }

    async fn places(&self, who: &str, party: u8) -> Result<Booking, Stop> {
        place(&self.app, Self::wish(who, SIX, party), at(NOW)).await
    }

    pub(super) async fn settles(&self, now: &str) {
        settle(&self.app, at(now), at(now)).await.unwrap();
    }

    async fn left(&self) -> usize {
        let far = at("2030-01-01T00:00:00Z");
        let changes = self.app.book.unsettled_changes(far).await.unwrap().len();
        self.app.book.unsettled(far).await.unwrap().len() + changes
    }

    pub(super) async fn booking(&self, number: &str) -> Option<Booking> {
        self.app.book.booking(number).await.unwrap()
    }

    pub(super) fn sent(&self) -> Vec<Sent> {
        self.sent.lock().unwrap().clone()
    }

    fn last_sent(&self) -> (String, bool) {
        let (number, _, cancelled) = self.sent().pop().unwrap();
        (number, cancelled)
    }
}

impl Drop for House {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

#[tokio::test]
async fn a_wish_is_dropped_on_a_plain_no_only() {
    for (answer, left) in
        [(422, 0), (404, 0), (429, 0), (500, 1), (502, 1), (503, 1), (504, 1), (409, 1)]
    {
        let house = House::open().await;
        assert!(house.answering(answer).places("a", 2).await.is_err());
        assert_eq!(house.left().await, left, "{answer}");
    }
}

#[tokio::test]
async fn what_she_was_told_had_failed_is_called_off_and_its_seat_freed_within_a_minute() {
    let house = House::open().await;
    assert!(house.answering(503).places("a", 2).await.is_err());
    let (number, _) = house.last_sent();
    house.settles(NOW).await;
    assert_eq!(house.left().await, 1);
    // Nobody else gets the seat while Azukari may think that it is hers.
    assert!(matches!(house.places("b", 2).await, Err(Stop::No(No::Full))));
    house.answering(200).settles(NOW).await;
    assert_eq!((house.left().await, house.last_sent()), (0, (number.clone(), true)));
    assert!(house.booking(&number).await.is_none());
    assert!(house.places("b", 2).await.is_ok());
    // Nothing is left to call off, and nothing is sent.
    let sent = house.sent().len();
    house.settles(NOW).await;
    assert_eq!(house.sent().len(), sent);
}

#[tokio::test]
async fn asking_again_finishes_what_failed_and_no_later_no_forgets_it() {
    let house = House::open().await;
    assert!(house.answering(503).places("a", 2).await.is_err());
    let (number, _) = house.last_sent();
    // Azukari may know of it from the first time: a plain no to the second does not end that.
    assert!(house.answering(429).places("a", 2).await.is_err());
    assert_eq!(house.left().await, 1);
    let booking = house.answering(200).places("a", 4).await.unwrap();
    assert_eq!((&booking.number, booking.party), (&number, 4));
    house.settles(NOW).await;
    assert_eq!(house.last_sent(), (number.clone(), false));
    assert!(house.booking(&number).await.unwrap().stands());
}

#[tokio::test]
async fn an_app_that_stopped_before_or_after_telling_azukari_finishes_at_its_next_start() {
    let mut house = House::open().await;
    // It wrote the wish down and went away; whether Azukari was told, nobody knows.
    let taken = house.app.book.claim(House::wish("a", SIX, 2), at(NOW)).await.unwrap();
    let number = taken.booking.number;
    house.restart();
    assert_eq!(house.booking(&number).await.unwrap().stage, Stage::Asked);
    house.settles(NOW).await;
    assert!(house.booking(&number).await.unwrap().stands());
    // Told once or twice, Azukari heard the same words.
    house.settles(NOW).await;
    assert_eq!(house.sent().len(), 1);
    let until = "2026-11-22T11:00:00Z".to_owned();
    assert_eq!(house.sent(), [(number, until, false)]);
}

#[tokio::test]
async fn a_wish_that_was_left_behind_until_its_time_had_come_is_dropped() {
    let mut house = House::open().await;
    let taken = house.app.book.claim(House::wish("a", SIX, 2), at(NOW)).await.unwrap();
    house.restart();
    house.settles(SIX).await;
    assert_eq!(house.last_sent(), (taken.booking.number.clone(), true));
    assert!(house.booking(&taken.booking.number).await.is_none());
}

#[tokio::test]
async fn what_is_under_way_is_left_to_whoever_does_it() {
    let house = House::open().await;
    house.app.book.claim(House::wish("a", SIX, 2), at(NOW)).await.unwrap();
    let before = at(NOW) - 1.seconds();
    settle(&house.app, before, at(NOW)).await.unwrap();
    assert!(house.sent().is_empty());
}

#[tokio::test]
async fn calling_off_holds_even_when_azukari_or_the_app_stops_in_the_middle() {
    let mut house = House::open().await;
    let booking = house.places("a", 2).await.unwrap();
    let off = call_off(&house.answering(503).app, &booking, Ending::Guest, at(NOW)).await;
    assert!(off.is_err());
    assert!(!house.booking(&booking.number).await.unwrap().stands());
    house.restart();
    house.answering(200).settles(NOW).await;
    let over = house.booking(&booking.number).await.unwrap();
    assert_eq!((over.stage, over.ending), (Stage::Cancelled, Some(Ending::Guest)));
    assert_eq!(house.last_sent(), (booking.number, true));
    assert!(house.places("b", 2).await.is_ok());
}

#[tokio::test]
async fn a_booking_of_somebody_whom_azukari_no_longer_knows_can_be_called_off() {
    let house = House::open().await;
    let booking = house.places("a", 2).await.unwrap();
    call_off(&house.answering(404).app, &booking, Ending::Store, at(NOW)).await.unwrap();
    assert_eq!(house.booking(&booking.number).await.unwrap().stage, Stage::Cancelled);
}

#[tokio::test]
async fn a_change_is_told_and_then_made_or_else_nothing_is() {
    let house = House::open().await;
    let booking = house.places("a", 2).await.unwrap();
    let number = booking.number.as_str();
    let to = (at(HALF_SEVEN), 3);
    // A plain no: everything is as it was, at once.
    assert!(change(&house.answering(422).app, number, "a", to, None, at(NOW)).await.is_err());
    assert_eq!(house.left().await, 0);
    // No answer: she is told that it failed, and Azukari is told the old times again.
    assert!(change(&house.answering(503).app, number, "a", to, None, at(NOW)).await.is_err());
    assert_eq!(house.left().await, 1);
    house.answering(200).settles(NOW).await;
    let last = house.sent().pop().unwrap();
    assert_eq!(last, (number.to_owned(), "2026-11-22T11:00:00Z".to_owned(), false));
    let same = house.booking(number).await.unwrap();
    assert_eq!((same.starts_at, same.party, house.left().await), (at(SIX), 2, 0));
    // And then it goes well.
    change(&house.app, number, "a", to, None, at(NOW)).await.unwrap();
    let moved = house.booking(number).await.unwrap();
    assert_eq!((moved.starts_at, moved.party), to);
}

#[tokio::test]
async fn a_change_that_a_restart_interrupted_is_made() {
    let mut house = House::open().await;
    let booking = house.places("a", 2).await.unwrap();
    house
        .app
        .book
        .change(&booking.number, "a", (at(HALF_SEVEN), 4), None, false, at(NOW))
        .await
        .unwrap();
    house.restart();
    house.settles(NOW).await;
    let moved = house.booking(&booking.number).await.unwrap();
    assert_eq!((moved.starts_at, moved.party), (at(HALF_SEVEN), 4));
    let (_, until, off) = house.sent().pop().unwrap();
    assert_eq!((until.as_str(), off), ("2026-11-22T12:30:00Z", false));
}

#[tokio::test]
async fn a_hold_is_nothing_to_azukari_until_it_is_confirmed() {
    let house = House::with(Store { fee_yen: 3_000, ..store() }).await;
    let held = house.places("a", 2).await.unwrap();
    assert_eq!(held.stage, Stage::Held);
    assert!(house.sent().is_empty());
    let booked = confirm(&house.app, &held.number, "a", Language::En, at(NOW)).await.unwrap();
    assert_eq!((booked.stage, house.last_sent().1), (Stage::Booked, false));
    let late = confirm(&house.app, &held.number, "a", Language::En, at(NOW)).await;
    assert!(matches!(late, Err(Stop::No(No::Gone))));
}

impl House {
    /// The letters that Azukari was asked for, each try with its key.
    fn letters(&self) -> Vec<(String, Value)> {
        self.letters.lock().unwrap().clone()
    }

    fn kinds(&self) -> Vec<String> {
        let kind = |(_, letter): &(String, Value)| letter["kind"].as_str().unwrap().to_owned();
        self.letters().iter().map(kind).collect()
    }
}

#[tokio::test]
async fn a_letter_waits_for_an_azukari_that_is_away_and_goes_once_under_one_key() {
    let mut house = House::open().await;
    let booking = house.places("sub_a", 2).await.unwrap();
    house.answering(503).settles(NOW).await;
    // The app goes away as well, and comes back first.
    house.restart();
    house.settles(NOW).await;
    // Azukari takes it, and its answer is lost: nobody but it knows that it was taken.
    house.answering(500).settles(NOW).await;
    house.restart();
    house.answering(200).settles(NOW).await;
    house.settles(NOW).await;
    let letters = house.letters();
    assert_eq!(letters.len(), 4);
    assert!(letters.iter().all(|letter| *letter == letters[0]), "one letter: {letters:?}");
    let (_, letter) = &letters[0];
    let about = json!({ "recipient": "mihon", "reference": booking.number });
    assert_eq!((&letter["engagement"], &letter["kind"]), (&about, &json!("confirmation")));
    assert_eq!((&letter["language"], &letter["subject"]), (&json!("en"), &json!("sub_a")));
}

#[tokio::test]
async fn every_act_has_a_letter_of_its_own_and_a_second_try_at_it_has_none() {
    let house = House::open().await;
    let booking = house.places("a", 2).await.unwrap();
    assert!(matches!(house.places("a", 2).await, Err(Stop::No(No::Already(_)))));
    let number = booking.number.as_str();
    // There and back: the same words as before, and another letter.
    for to in [HALF_SEVEN, SIX, HALF_SEVEN] {
        change(&house.app, number, "a", (at(to), 2), None, at(NOW)).await.unwrap();
    }
    for _ in 0..2 {
        call_off(&house.app, &booking, Ending::Guest, at(NOW)).await.unwrap();
    }
    house.settles(NOW).await;
    house.settles(NOW).await;
    let kinds = ["confirmation", "change", "change", "change", "cancellation"];
    assert_eq!(house.kinds(), kinds);
    let letters = house.letters();
    let keys: std::collections::BTreeSet<&str> = letters.iter().map(|(key, _)| &**key).collect();
    assert_eq!(keys.len(), kinds.len(), "a key each");
    // Each tells what was so when it happened.
    let when = |n: usize| letters[n].1["details"][1]["value"].as_str().unwrap().to_owned();
    assert!(when(0).contains("18:00") && when(1).contains("19:30") && when(2).contains("18:00"));
}

#[tokio::test]
async fn whoever_waited_is_written_until_when_the_table_is_hers_and_where_to_take_it() {
    let house = House::open().await;
    let booking = house.places("a", 2).await.unwrap();
    house.app.book.wait(House::wish("b", SIX, 2), at(NOW)).await.unwrap();
    house.settles(NOW).await;
    call_off(&house.app, &booking, Ending::Guest, at(NOW)).await.unwrap();
    house.settles(NOW).await;
    let hers = |house: &House| {
        let mut letters = house.letters();
        letters.retain(|(_, letter)| letter["subject"] == "b");
        letters
    };
    let letters = hers(&house);
    assert_eq!(letters.len(), 1);
    let (_, letter) = &letters[0];
    let number = house.app.book.offered_to("b", "mihon", at(SIX)).await.unwrap().unwrap();
    let told = letter["paragraphs"].to_string();
    for words in [
        "2026年11月22日(日)18時",
        "2026年11月22日(日)12時30分まで",
        "Sun 22 Nov 2026, 18:00",
        "until Sun 22 Nov 2026, 12:30",
        "人数：2名",
        "Party: 2 people",
        "時刻はすべて日本時間です",
        "All times are Japan time",
        &format!("{HERE}/me/bookings/{number}"),
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    house.settles(NOW).await;
    assert_eq!(hers(&house).len(), 1, "one letter");

    // Who took it before a letter could go is not told that it waits for her.
    let house = House::open().await;
    let booking = house.places("a", 2).await.unwrap();
    house.app.book.wait(House::wish("b", SIX, 2), at(NOW)).await.unwrap();
    call_off(&house.app, &booking, Ending::Guest, at(NOW)).await.unwrap();
    let number = house.app.book.offered_to("b", "mihon", at(SIX)).await.unwrap().unwrap();
    confirm(&house.app, &number, "b", Language::En, at(NOW)).await.unwrap();
    house.settles(NOW).await;
    let letters = hers(&house);
    let kinds: Vec<_> = letters.iter().map(|(_, letter)| letter["kind"].clone()).collect();
    assert_eq!(kinds, ["confirmation"]);
}

#[tokio::test]
async fn a_booking_that_a_restart_interrupted_is_confirmed_by_letter_like_any_other() {
    let mut house = House::open().await;
    house.app.book.claim(House::wish("a", SIX, 2), at(NOW)).await.unwrap();
    house.restart();
    house.settles(NOW).await;
    assert_eq!(house.kinds(), ["confirmation"]);
}

#[tokio::test]
async fn calling_off_is_confirmed_by_letter_also_when_azukari_did_not_hear_of_it_at_once() {
    let house = House::open().await;
    let booking = house.places("a", 2).await.unwrap();
    house.settles(NOW).await;
    assert!(call_off(&house.answering(503).app, &booking, Ending::Guest, at(NOW)).await.is_err());
    house.answering(200).settles(NOW).await;
    assert_eq!(house.kinds(), ["confirmation", "cancellation"]);
}

#[tokio::test]
async fn a_no_ends_a_letter_and_five_days_end_one_that_nobody_takes() {
    let house = House::open().await;
    house.places("a", 2).await.unwrap();
    house.answering(404).settles(NOW).await;
    house.settles(NOW).await;
    assert_eq!(house.letters().len(), 1);
    let house = House::open().await;
    house.places("a", 2).await.unwrap();
    // Too many questions are no answer to this one.
    for (answer, now) in [(429, NOW), (503, "2026-11-27T03:00:00Z"), (503, "2026-11-27T03:00:01Z")]
    {
        house.answering(answer).settles(now).await;
    }
    house.answering(200).settles("2026-11-27T03:00:02Z").await;
    assert_eq!(house.letters().len(), 3);
}

#[tokio::test]
async fn whoever_s_booking_the_store_calls_off_is_written_the_number_the_reason_and_where_to_look()
{
    let house = House::open().await;
    let booking = house.places("sub_a", 2).await.unwrap();
    house.settles(NOW).await;
    let number = booking.number.clone();
    let reason = Label { ja: "改装".to_owned(), en: "Works in the kitchen".to_owned() };
    let day = ClosingDay { on: jiff::civil::date(2026, 11, 22), reason };
    let off = Decision::CallOff(vec![number.clone()]);
    house.app.book.close_day("mihon", day, off, at(NOW)).await.unwrap();
    house.settles(NOW).await;
    house.settles(NOW).await;
    assert_eq!(
        house.kinds(),
        ["confirmation", "cancellation"],
        "one letter each, no notice beside it"
    );
    let (_, letter) = house.letters().pop().unwrap();
    let words = letter.to_string();
    let page = format!("{HERE}/me/bookings/{number}");
    for told in
        [&number, "Works in the kitchen", &page, "Sun 22 Nov 2026, 18:00", "costs you nothing"]
    {
        assert!(words.contains(told), "{told}: {words}");
    }
    // Her page tells her all the same.
    let notices = house.app.book.notices_of("sub_a").await.unwrap();
    assert_eq!((notices.len(), notices[0].kind), (1, Kind::CalledOff));
}

#[tokio::test]
async fn the_job_erases_what_was_told_of_companions_when_the_engagement_is_over() {
    let house = House::open().await;
    let told = Companions::from([(Allergen::Crab, 1)]);
    let wish = Wish { companions: told.clone(), ..House::wish("a", SIX, 2) };
    let booking = place(&house.app, wish, at(NOW)).await.unwrap();
    // Asked as of before its end, so that what is told is what is kept.
    let kept = async || {
        let all = house.app.book.companions(std::slice::from_ref(&booking), at(NOW)).await;
        all.unwrap().remove(&booking.number).unwrap()
    };
    // Azukari was told that it ends at eight.
    assert_eq!(house.sent().pop().unwrap().1, "2026-11-22T11:00:00Z");
    house.settles("2026-11-22T10:59:59Z").await;
    assert_eq!(kept().await, told);
    house.settles("2026-11-22T11:00:00Z").await;
    assert_eq!(kept().await, Companions::default());
}
