//! Fees before a payment platform that speaks the contract: what is paid is booked once, what is paid for
//! nothing goes back once, whichever side stops in the middle.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::{Timestamp, ToSpan};
use serde_json::Value;

use super::super::tests::House;
use super::super::{call_off, change, confirm, place, settle};
use super::*;
use crate::book::bookings::{Ending, Stage};
use crate::book::closing::{ClosingDay, Decision};
use crate::book::notices::Kind;
use crate::book::stores::Store;
use crate::book::tests::store;
use crate::language::Label;
use crate::stand_in::{self, Mood, StandIn};
use crate::when;

/// The app, Azukari, and a platform; the moment at which it all begins, and an evening three days later.
struct Shop {
    house: House,
    mood: Arc<Mood>,
    now: Timestamp,
    evening: Timestamp,
    browser: reqwest::Client,
}

const FEE: u32 = 3_001;

impl Shop {
    async fn open() -> Self {
        Self::with(Store { fee_yen: FEE, late_percent: 50, ..store() }).await
    }

    async fn with(store: Store) -> Self {
        let mut house = House::with(store).await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        // Nobody hears its messages: what becomes known here becomes known by asking.
        let app = "http://127.0.0.1:9";
        let (stand_in, payments) = StandIn::new(listener, app, &house.folder).unwrap();
        let mood = stand_in.mood();
        mood.silent.store(true, Ordering::SeqCst);
        tokio::spawn(stand_in::serve(stand_in, std::future::pending()));
        house.payments = Some(payments);
        house.restart();
        let now = crate::app::now();
        let day = now.to_zoned(when::tokyo()).date() + 3.days();
        let evening = day.at(18, 0, 0, 0).to_zoned(when::tokyo()).unwrap().timestamp();
        let redirect = reqwest::redirect::Policy::none();
        let browser = reqwest::Client::builder().no_proxy().redirect(redirect).build().unwrap();
        Self { house, mood, now, evening, browser }
    }

    fn app(&self) -> &App {
        &self.house.app
    }

    fn after(&self, minutes: i64) -> Timestamp {
        self.now + minutes.minutes()
    }

    fn platform(&self, mood: &AtomicBool, is: bool) -> &Self {
        mood.store(is, Ordering::SeqCst);
        self
    }

    /// A party of two is held a table.
    async fn holds(&self) -> Booking {
        let wish = House::wish("sub_a", &self.evening.to_string(), 2);
        place(self.app(), wish, self.now).await.unwrap()
    }

    /// She goes to the platform's page; returns the payment.
    async fn goes(&self, number: &str, minutes: i64) -> (Payment, String) {
        let now = self.after(minutes);
        let url = begin(self.app(), number, "sub_a", Language::En, now).await.unwrap();
        let all = self.app().book.payments_of(number).await.unwrap();
        let of_url = |payment: &Payment| payment.url.as_deref() == Some(&url);
        (all.into_iter().find(of_url).unwrap(), url)
    }

    /// She pays there, with a card that is taken or not; true when she is sent back as one who has paid.
    async fn pays(&self, url: &str, card: &str) -> bool {
        let sent = self.browser.post(url).form(&[("card", card)]).send().await.unwrap();
        sent.status() == reqwest::StatusCode::SEE_OTHER
    }

    async fn finishes(&self, payment: &Payment, minutes: i64) -> Result<(), Stop> {
        finish(self.app(), &payment.id, None, self.after(minutes)).await
    }

    /// A booking that is paid for.
    async fn booked(&self) -> Booking {
        let held = self.holds().await;
        let (payment, url) = self.goes(&held.number, 0).await;
        assert!(self.pays(&url, "good").await);
        self.finishes(&payment, 1).await.unwrap();
        self.booking(&held.number).await.unwrap()
    }

    async fn booking(&self, number: &str) -> Option<Booking> {
        self.house.booking(number).await
    }

    async fn settles(&self, minutes: i64) {
        self.settles_at(self.after(minutes)).await;
    }

    async fn settles_at(&self, now: Timestamp) {
        settle(self.app(), now, now).await.unwrap();
    }

    /// What the platform has taken and what it gave back, in yen.
    fn till(&self) -> (u64, u64) {
        let file = std::fs::read(self.house.folder.join("payments-stand-in.json")).unwrap();
        let known: Value = serde_json::from_slice(&file).unwrap();
        let sessions = known["sessions"].as_object().unwrap().values();
        let paid = sessions.filter(|session| !session["payment_intent"].is_null());
        let paid = paid.map(|session| session["amount_total"].as_u64().unwrap()).sum();
        let refunds = known["refunds"].as_array().unwrap().iter();
        (paid, refunds.map(|refund| refund["amount"].as_u64().unwrap()).sum())
    }

    /// What she has to be told, and what she gets back.
    async fn told(&self) -> Vec<(Kind, u32)> {
        let notices = self.app().book.notices_of("sub_a").await.unwrap();
        notices.into_iter().map(|notice| (notice.kind, notice.yen)).collect()
    }
}

fn twice(yen: u32) -> u64 {
    u64::from(yen) * 2
}

#[tokio::test]
async fn what_is_paid_is_booked_once_however_often_it_becomes_known() {
    let shop = Shop::open().await;
    let held = shop.holds().await;
    // Without paying there is no way to a booking.
    let free = confirm(shop.app(), &held.number, "sub_a", Language::En, shop.now).await;
    assert!(matches!(free, Err(Stop::No(No::Gone))));
    let (payment, url) = shop.goes(&held.number, 1).await;
    // Pressed again, by the way back or in another window, it leads to the same page.
    assert_eq!(shop.goes(&held.number, 2).await.1, url);
    shop.finishes(&payment, 3).await.unwrap();
    assert_eq!(shop.booking(&held.number).await.unwrap().stage, Stage::Held);
    assert!(shop.pays(&url, "good").await);
    assert!(shop.pays(&url, "good").await, "a page that was paid on leads back");
    for _ in 0..3 {
        shop.finishes(&payment, 4).await.unwrap();
        shop.settles(5).await;
    }
    assert!(shop.booking(&held.number).await.unwrap().stands());
    assert_eq!(shop.till(), (twice(FEE), 0));
    assert_eq!(shop.house.sent().len(), 1);
    assert_eq!(shop.house.letters.lock().unwrap().len(), 1);
    // Nothing is left to pay for, and nobody else pays for her.
    let again = begin(shop.app(), &held.number, "sub_a", Language::En, shop.after(5)).await;
    assert!(matches!(again, Err(Stop::No(No::Gone))));
}

#[tokio::test]
async fn a_hold_is_paid_for_by_whom_it_is_for_and_lasts_as_long_from_when_she_goes_to_pay() {
    let shop = Shop::open().await;
    let held = shop.holds().await;
    let other = begin(shop.app(), &held.number, "sub_b", Language::En, shop.now).await;
    assert!(matches!(other, Err(Stop::No(No::Gone))));
    shop.goes(&held.number, 9).await;
    let until = shop.booking(&held.number).await.unwrap().held_until.unwrap();
    assert_eq!(until.as_second(), shop.after(19).as_second());
    // Once: nobody keeps a table by going again and again.
    shop.goes(&held.number, 18).await;
    assert_eq!(shop.booking(&held.number).await.unwrap().held_until.unwrap(), until);
}

#[tokio::test]
async fn a_card_that_is_refused_books_nothing_and_another_one_does() {
    let shop = Shop::open().await;
    let held = shop.holds().await;
    let (payment, url) = shop.goes(&held.number, 0).await;
    assert!(!shop.pays(&url, "bad").await);
    shop.finishes(&payment, 1).await.unwrap();
    assert_eq!(shop.booking(&held.number).await.unwrap().stage, Stage::Held);
    assert!(shop.pays(&url, "good").await);
    shop.finishes(&payment, 2).await.unwrap();
    assert!(shop.booking(&held.number).await.unwrap().stands());
}

#[tokio::test]
async fn whoever_never_comes_back_is_booked_and_written_to_by_the_job() {
    let mut shop = Shop::open().await;
    let held = shop.holds().await;
    let (_, url) = shop.goes(&held.number, 0).await;
    assert!(shop.pays(&url, "good").await);
    shop.house.restart();
    shop.settles(1).await;
    assert!(shop.booking(&held.number).await.unwrap().stands());
    assert_eq!(shop.house.letters.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn an_app_that_stopped_between_the_payment_and_the_booking_books_at_its_next_start() {
    let mut shop = Shop::open().await;
    let held = shop.holds().await;
    let (payment, url) = shop.goes(&held.number, 0).await;
    assert!(shop.pays(&url, "good").await);
    // It wrote down that money came, and went away before Azukari was told.
    let session = payment.session.clone().unwrap();
    shop.app().book.paid(&payment.id, &session, "pi_1", shop.after(1)).await.unwrap();
    shop.house.restart();
    // Azukari is away at first: a paid wish stays one, and her seat is hers beyond the hold.
    shop.house.answering(503);
    shop.settles(2).await;
    shop.settles(30).await;
    let waiting = shop.booking(&held.number).await.unwrap();
    assert_eq!((waiting.stage, waiting.ending), (Stage::Asked, None));
    shop.house.answering(429);
    shop.settles(31).await;
    shop.house.answering(200);
    shop.settles(32).await;
    assert!(shop.booking(&held.number).await.unwrap().stands());
    assert_eq!(shop.till().1, 0);
}

#[tokio::test]
async fn a_booking_that_azukari_does_not_take_is_not_paid_for() {
    let shop = Shop::open().await;
    let held = shop.holds().await;
    let (payment, url) = shop.goes(&held.number, 0).await;
    assert!(shop.pays(&url, "good").await);
    shop.house.answering(422);
    assert!(shop.finishes(&payment, 1).await.is_err());
    assert!(shop.booking(&held.number).await.is_none());
    shop.house.answering(200);
    shop.settles(2).await;
    assert_eq!(shop.till(), (twice(FEE), twice(FEE)));
    assert_eq!(shop.told().await, [(Kind::NotBooked, FEE * 2)]);
}

#[tokio::test]
async fn a_paid_wish_whose_time_has_come_is_dropped_and_its_money_goes_back() {
    let shop = Shop::open().await;
    let held = shop.holds().await;
    let (payment, url) = shop.goes(&held.number, 0).await;
    assert!(shop.pays(&url, "good").await);
    assert!(shop.house.answering(503).booking(&held.number).await.is_some());
    assert!(shop.finishes(&payment, 1).await.is_err());
    shop.house.answering(200);
    shop.settles_at(shop.evening).await;
    assert!(shop.booking(&held.number).await.is_none());
    assert_eq!(shop.till(), (twice(FEE), twice(FEE)));
    assert_eq!(shop.told().await, [(Kind::NotBooked, FEE * 2)]);
}

#[tokio::test]
async fn what_is_paid_twice_goes_back_once_and_she_is_told() {
    let shop = Shop::with(Store { fee_yen: FEE, hold_minutes: 60, ..store() }).await;
    let held = shop.holds().await;
    let (first, url) = shop.goes(&held.number, 0).await;
    // The first page is about to close; she begins again, and pays on both.
    let (second, other) = shop.goes(&held.number, 26).await;
    assert_ne!(url, other);
    assert!(shop.pays(&other, "good").await && shop.pays(&url, "good").await);
    shop.finishes(&second, 27).await.unwrap();
    for _ in 0..2 {
        shop.finishes(&first, 28).await.unwrap();
        shop.settles(29).await;
    }
    assert!(shop.booking(&held.number).await.unwrap().stands());
    assert_eq!(shop.till(), (twice(FEE) * 2, twice(FEE)));
    assert_eq!(shop.told().await, [(Kind::PaidTwice, FEE * 2)]);
}

#[tokio::test]
async fn whoever_paid_twice_and_calls_off_is_written_of_both() {
    let shop = Shop::with(Store { fee_yen: FEE, hold_minutes: 60, ..store() }).await;
    let held = shop.holds().await;
    let (first, url) = shop.goes(&held.number, 0).await;
    let (second, other) = shop.goes(&held.number, 26).await;
    assert!(shop.pays(&other, "good").await && shop.pays(&url, "good").await);
    shop.finishes(&second, 27).await.unwrap();
    shop.finishes(&first, 28).await.unwrap();
    // She calls off before a letter about the second payment could go.
    let booking = shop.booking(&held.number).await.unwrap();
    call_off(shop.app(), &booking, Ending::Guest, shop.after(29)).await.unwrap();
    shop.settles(30).await;
    let letters = shop.house.letters.lock().unwrap().clone();
    let told = letters.iter().filter(|(_, letter)| letter["paragraphs"].is_array());
    let told: Vec<String> = told.map(|(_, letter)| letter["paragraphs"].to_string()).collect();
    assert_eq!(told.iter().filter(|told| told.contains("6,002円")).count(), 1, "{letters:?}");
    let kinds: Vec<_> = letters.iter().filter_map(|(_, letter)| letter["kind"].as_str()).collect();
    assert!(kinds.contains(&"cancellation"), "{kinds:?}");
}

#[tokio::test]
async fn a_page_that_was_begun_anew_is_the_only_one_that_can_be_paid_on() {
    let shop = Shop::with(Store { fee_yen: FEE, hold_minutes: 60, ..store() }).await;
    let held = shop.holds().await;
    let (_, url) = shop.goes(&held.number, 0).await;
    let (_, other) = shop.goes(&held.number, 26).await;
    shop.settles(27).await;
    assert!(!shop.pays(&url, "good").await);
    assert!(shop.pays(&other, "good").await);
    shop.settles(28).await;
    assert!(shop.booking(&held.number).await.unwrap().stands());
    assert_eq!(shop.till(), (twice(FEE), 0));
}

#[tokio::test]
async fn money_that_comes_when_the_hold_is_over_goes_back_and_the_table_is_another_s() {
    let shop = Shop::open().await;
    let held = shop.holds().await;
    let (payment, url) = shop.goes(&held.number, 0).await;
    assert!(shop.pays(&url, "good").await);
    // The platform's word comes late, and somebody else has the table by then.
    let wish = House::wish("sub_b", &shop.evening.to_string(), 2);
    place(shop.app(), wish, shop.after(11)).await.unwrap();
    shop.finishes(&payment, 12).await.unwrap();
    shop.settles(13).await;
    assert!(shop.booking(&held.number).await.is_none());
    assert_eq!(shop.till(), (twice(FEE), twice(FEE)));
    assert_eq!(shop.told().await, [(Kind::PaidLate, FEE * 2)]);
    let letters = shop.house.letters.lock().unwrap().clone();
    let (_, letter) = letters.last().unwrap();
    let (ja, en) = (&letter["paragraphs"][0], &letter["paragraphs"][2]);
    assert!(ja.as_str().unwrap().contains("6,002円"), "{ja}");
    assert!(en.as_str().unwrap().contains("¥6,002 goes back"), "{en}");
}

#[tokio::test]
async fn nobody_can_pay_for_a_hold_that_the_job_found_to_be_over() {
    let shop = Shop::open().await;
    let held = shop.holds().await;
    let (payment, url) = shop.goes(&held.number, 0).await;
    shop.settles(11).await;
    assert!(!shop.pays(&url, "good").await);
    shop.finishes(&payment, 12).await.unwrap();
    assert_eq!((shop.till(), shop.told().await), ((0, 0), Vec::new()));
}

#[tokio::test]
async fn calling_off_in_time_costs_nothing_and_later_what_the_store_s_rule_says() {
    // Three days before, all goes back; a day before at the latest, half, to the yen.
    for (late, back) in [(false, FEE * 2), (true, FEE)] {
        let shop = Shop::open().await;
        let booking = shop.booked().await;
        let now = if late { shop.evening - 23.hours() } else { shop.after(5) };
        for _ in 0..2 {
            call_off(shop.app(), &booking, Ending::Guest, now).await.unwrap();
            shop.settles_at(now).await;
        }
        assert_eq!(shop.till(), (twice(FEE), u64::from(back)), "{late}");
    }
    // An odd yen stays with the guest.
    let shop = Shop::with(Store { fee_yen: FEE, late_percent: 33, ..store() }).await;
    let booking = shop.booked().await;
    let now = shop.evening - 1.hours();
    call_off(shop.app(), &booking, Ending::Guest, now).await.unwrap();
    shop.settles_at(now).await;
    assert_eq!(shop.till(), (6_002, 6_002 - 1_980));
}

#[tokio::test]
async fn calling_off_while_azukari_is_away_costs_what_it_did_when_she_wanted_to() {
    let shop = Shop::open().await;
    let booking = shop.booked().await;
    let in_time = shop.after(5);
    shop.house.answering(503);
    assert!(call_off(shop.app(), &booking, Ending::Guest, in_time).await.is_err());
    shop.house.answering(200);
    shop.settles_at(shop.evening - 1.hours()).await;
    assert_eq!(shop.till(), (twice(FEE), twice(FEE)));
}

#[tokio::test]
async fn a_store_that_calls_off_keeps_nothing_however_late_it_is() {
    let shop = Shop::open().await;
    let booking = shop.booked().await;
    let late = shop.evening - 1.hours();
    call_off(shop.app(), &booking, Ending::Store, late).await.unwrap();
    // Whoever calls off what the store has called off pays nothing for it.
    drop(call_off(shop.app(), &booking, Ending::Guest, late).await);
    shop.settles_at(late).await;
    assert_eq!(shop.till(), (twice(FEE), twice(FEE)));
    assert_eq!(shop.told().await, [(Kind::CalledOff, FEE * 2)]);
}

#[tokio::test]
async fn money_that_came_twice_is_told_of_though_the_store_calls_off_since() {
    let shop = Shop::with(Store { fee_yen: FEE, hold_minutes: 60, ..store() }).await;
    let held = shop.holds().await;
    let (first, url) = shop.goes(&held.number, 0).await;
    let (second, other) = shop.goes(&held.number, 26).await;
    assert!(shop.pays(&other, "good").await && shop.pays(&url, "good").await);
    shop.finishes(&second, 27).await.unwrap();
    shop.finishes(&first, 28).await.unwrap();
    let booking = shop.booking(&held.number).await.unwrap();
    call_off(shop.app(), &booking, Ending::Store, shop.after(29)).await.unwrap();
    assert_eq!(shop.told().await, [(Kind::CalledOff, FEE * 2), (Kind::PaidTwice, FEE * 2)]);
}

#[tokio::test]
async fn a_platform_that_is_away_loses_nothing_and_gives_back_later_once() {
    let mut shop = Shop::open().await;
    let held = shop.holds().await;
    shop.platform(&shop.mood.away, true);
    let went = begin(shop.app(), &held.number, "sub_a", Language::En, shop.now).await;
    assert!(matches!(went, Err(Stop::Unpaid(payments::Trouble::Unavailable))));
    assert_eq!(shop.booking(&held.number).await.unwrap().stage, Stage::Held);
    shop.platform(&shop.mood.away, false);
    // It opened a page, and its answer was lost: nobody has the address, and another page is opened.
    shop.platform(&shop.mood.mumbles, true);
    assert!(begin(shop.app(), &held.number, "sub_a", Language::En, shop.now).await.is_err());
    shop.platform(&shop.mood.mumbles, false);
    let (payment, url) = shop.goes(&held.number, 1).await;
    assert!(shop.pays(&url, "good").await);
    shop.platform(&shop.mood.away, true);
    assert!(shop.finishes(&payment, 2).await.is_err());
    shop.settles(2).await;
    assert_eq!(shop.booking(&held.number).await.unwrap().stage, Stage::Held);
    shop.platform(&shop.mood.away, false);
    shop.settles(3).await;
    let booking = shop.booking(&held.number).await.unwrap();
    assert!(booking.stands());
    // And back: it does it and its answer is lost; then it is away; then the app is another one, and a day
    // later the platform has forgotten under which key it was asked.
    call_off(shop.app(), &booking, Ending::Guest, shop.after(4)).await.unwrap();
    shop.platform(&shop.mood.mumbles, true).settles(5).await;
    shop.platform(&shop.mood.mumbles, false);
    assert_eq!(shop.till(), (twice(FEE), twice(FEE)));
    shop.platform(&shop.mood.away, true).settles(6).await;
    shop.platform(&shop.mood.away, false);
    assert_eq!(shop.app().book.unsettled_refunds().await.unwrap().len(), 1);
    shop.house.restart();
    shop.platform(&shop.mood.forgets, true).settles(7).await;
    assert!(shop.app().book.unsettled_refunds().await.unwrap().is_empty());
    assert_eq!(shop.till(), (twice(FEE), twice(FEE)));
}

#[tokio::test]
async fn a_no_to_the_question_is_none_to_the_money_and_no_attempt_pays_what_one_before_did() {
    let shop = Shop::open().await;
    let booking = shop.booked().await;
    let late = shop.evening - 23.hours();
    // Half goes back: the platform would give the other half as readily.
    call_off(shop.app(), &booking, Ending::Guest, late).await.unwrap();
    shop.platform(&shop.mood.mumbles, true).settles_at(late).await;
    shop.platform(&shop.mood.mumbles, false);
    assert_eq!(shop.till().1, u64::from(FEE));
    shop.platform(&shop.mood.secretive, true).settles_at(late).await;
    let book = &shop.app().book;
    assert!(book.failed_refunds().await.unwrap().is_empty());
    let refund = book.unsettled_refunds().await.unwrap().remove(0);
    // Called failed all the same, and asked for again by the operator.
    book.refund_failed(&refund, late).await.unwrap();
    book.refund_again(&refund.id).await.unwrap();
    assert_ne!(book.unsettled_refunds().await.unwrap()[0].key, refund.key);
    assert!(
        book.refund_named(&refund.key).await.unwrap().is_none(),
        "another attempt is under way"
    );
    shop.settles_at(late).await;
    assert_eq!(shop.till().1, u64::from(FEE), "nothing is asked for before there is an answer");
    shop.platform(&shop.mood.secretive, false).settles_at(late).await;
    assert!(book.unsettled_refunds().await.unwrap().is_empty());
    assert!(book.failed_refunds().await.unwrap().is_empty());
    assert_eq!(shop.till().1, u64::from(FEE));
    // The first attempt was the one that was made: the platform says of it that it came to nothing after all.
    let named = book.refund_named(&refund.key).await.unwrap().unwrap();
    book.refund_failed(&named, late).await.unwrap();
    assert_eq!(book.failed_refunds().await.unwrap().len(), 1);
}

#[tokio::test]
async fn whoever_changes_to_what_costs_less_is_written_what_goes_back() {
    let shop = Shop::open().await;
    let booking = shop.booked().await;
    let to = (shop.evening, 1);
    let now = shop.after(2);
    let back = change(shop.app(), &booking.number, "sub_a", to, None, now).await.unwrap();
    assert_eq!(back, Some(FEE));
    shop.settles(3).await;
    let letters = shop.house.letters.lock().unwrap().clone();
    let (_, letter) = letters.iter().find(|(_, letter)| letter["kind"] == "change").unwrap();
    assert!(letter.to_string().contains("¥3,001 goes back to your card"), "{letter}");
}

impl Shop {
    async fn changes(&self, number: &str, party: u8, minutes: i64) -> bool {
        let to = (self.evening, party);
        change(self.app(), number, "sub_a", to, None, self.after(minutes)).await.unwrap().is_some()
    }
}

#[tokio::test]
async fn a_change_that_costs_more_is_made_when_the_difference_is_paid() {
    let shop = Shop::open().await;
    let booking = shop.booked().await;
    let number = booking.number.as_str();
    assert!(!shop.changes(number, 4, 2).await);
    // Until then the booking is what it was, and Azukari hears nothing.
    let same = shop.booking(number).await.unwrap();
    assert_eq!((same.party, shop.house.sent().len()), (2, 1));
    shop.settles(3).await;
    let (payment, url) = shop.goes(number, 4).await;
    assert_eq!((payment.yen, payment.for_change), (FEE * 2, true));
    assert!(shop.pays(&url, "good").await);
    for _ in 0..2 {
        shop.finishes(&payment, 5).await.unwrap();
        shop.settles(6).await;
    }
    let more = shop.booking(number).await.unwrap();
    assert_eq!((more.party, more.fee_yen), (4, FEE * 4));
    assert_eq!(shop.till(), (twice(FEE) * 2, 0));
    // Fewer again: what it costs less goes back, from what was paid last.
    assert!(shop.changes(number, 1, 7).await);
    shop.settles(8).await;
    assert_eq!(shop.till(), (twice(FEE) * 2, u64::from(FEE) * 3));
    // And all of the rest when it is called off in time.
    let now = shop.after(9);
    let left = shop.booking(number).await.unwrap();
    call_off(shop.app(), &left, Ending::Guest, now).await.unwrap();
    shop.settles_at(now).await;
    assert_eq!(shop.till(), (twice(FEE) * 2, twice(FEE) * 2));
}

#[tokio::test]
async fn a_change_that_is_not_paid_in_time_leaves_the_booking_as_it_was() {
    let shop = Shop::open().await;
    let booking = shop.booked().await;
    let number = booking.number.as_str();
    assert!(!shop.changes(number, 3, 2).await);
    let (payment, url) = shop.goes(number, 3).await;
    assert!(shop.pays(&url, "good").await);
    shop.finishes(&payment, 14).await.unwrap();
    shop.settles(15).await;
    let same = shop.booking(number).await.unwrap();
    assert_eq!((same.party, same.fee_yen, same.stands()), (2, FEE * 2, true));
    assert_eq!(shop.till(), (u64::from(FEE) * 3, u64::from(FEE)));
    assert_eq!(shop.told().await, [(Kind::NotChanged, FEE)]);
    // One that was thought better of gives way to the next, and its page is closed.
    assert!(!shop.changes(number, 3, 16).await);
    let (_, old) = shop.goes(number, 17).await;
    assert!(!shop.changes(number, 4, 18).await);
    shop.settles(19).await;
    assert!(!shop.pays(&old, "good").await);
    let (payment, url) = shop.goes(number, 20).await;
    assert!(shop.pays(&url, "good").await);
    // Azukari does not take it: the difference goes back, and nothing else.
    shop.house.answering(422);
    assert!(shop.finishes(&payment, 21).await.is_err());
    shop.house.answering(200);
    shop.settles(22).await;
    assert_eq!(shop.booking(number).await.unwrap().party, 2);
    assert_eq!(shop.till(), (u64::from(FEE) * 5, u64::from(FEE) * 3));
    assert_eq!(shop.told().await, [(Kind::NotChanged, FEE * 2), (Kind::NotChanged, FEE)]);
}

#[tokio::test]
async fn a_paid_change_that_a_restart_interrupted_is_made() {
    let mut shop = Shop::open().await;
    let booking = shop.booked().await;
    let number = booking.number.as_str();
    assert!(!shop.changes(number, 3, 2).await);
    let (payment, url) = shop.goes(number, 3).await;
    assert!(shop.pays(&url, "good").await);
    let session = payment.session.clone().unwrap();
    shop.app().book.paid(&payment.id, &session, "pi_1", shop.after(4)).await.unwrap();
    shop.house.restart();
    shop.settles(20).await;
    assert_eq!(shop.booking(number).await.unwrap().party, 3);
    assert_eq!(shop.till(), (u64::from(FEE) * 3, 0));
}

impl Shop {
    /// She has paid for a third person and the evening after; Azukari is away.
    async fn pays_for_a_move(&self, number: &str) {
        let to = (self.evening + 24.hours(), 3);
        let moved = change(self.app(), number, "sub_a", to, None, self.after(2)).await;
        assert!(moved.unwrap().is_none());
        let (payment, url) = self.goes(number, 3).await;
        assert!(self.pays(&url, "good").await);
        self.house.answering(503);
        assert!(self.finishes(&payment, 4).await.is_err());
    }

    async fn closes(&self, starts_at: Timestamp, decision: Decision) {
        let on = starts_at.to_zoned(when::tokyo()).date();
        let reason = Label { ja: "改装".to_owned(), en: "Works".to_owned() };
        let day = ClosingDay { on, reason };
        super::super::close(self.app(), "mihon", day, decision, self.after(5)).await.unwrap();
    }
}

#[tokio::test]
async fn a_paid_change_never_lands_on_a_day_that_was_closed_while_azukari_was_away() {
    let shop = Shop::open().await;
    let booking = shop.booked().await;
    shop.pays_for_a_move(&booking.number).await;
    shop.closes(shop.evening + 24.hours(), Decision::Keep).await;
    assert_eq!(shop.told().await, [(Kind::NotChanged, FEE)], "at once, and with the money");
    shop.house.answering(200);
    shop.settles(6).await;
    shop.settles(7).await;
    let same = shop.booking(&booking.number).await.unwrap();
    assert_eq!((same.starts_at, same.party, same.stands()), (shop.evening, 2, true));
    assert_eq!(shop.till(), (u64::from(FEE) * 3, u64::from(FEE)));
    assert_eq!(shop.told().await, [(Kind::NotChanged, FEE)], "once");
    // Azukari, who may have heard of the move, was told last that it is as it was.
    let (_, until, off) = shop.house.sent().pop().unwrap();
    assert_eq!((until, off), (booking.ends_at.to_string(), false));
    assert!(shop.app().book.change_of(&booking.number).await.unwrap().is_none());
}

#[tokio::test]
async fn a_paid_change_does_not_save_a_booking_whose_day_was_called_off_while_azukari_was_away() {
    let shop = Shop::open().await;
    let booking = shop.booked().await;
    shop.pays_for_a_move(&booking.number).await;
    shop.closes(shop.evening, Decision::CallOff(vec![booking.number.clone()])).await;
    shop.house.answering(200);
    shop.settles(6).await;
    shop.settles(7).await;
    let off = shop.booking(&booking.number).await.unwrap();
    assert_eq!((off.starts_at, off.party, off.stage), (shop.evening, 2, Stage::Cancelled));
    assert_eq!(shop.till(), (u64::from(FEE) * 3, u64::from(FEE) * 3));
    assert_eq!(shop.told().await, [(Kind::CalledOff, FEE * 3)]);
    let (_, _, is_off) = shop.house.sent().pop().unwrap();
    assert!(is_off);
}
