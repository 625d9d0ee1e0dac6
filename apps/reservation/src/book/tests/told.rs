//! What guests are told when something comes between them and a table: never for a wrong reason, and nothing is lost
//! because there is something else to tell.

use super::super::notices::Notice;
use super::*;

/// Six o'clock the evening after.
const NEXT: &str = "2026-11-23T09:00:00Z";

impl Room {
    /// Closes a day, calling off what is there.
    async fn closes(&self, on: Date) {
        let there = self.book.at_stake("mihon", on, at(NOW)).await.unwrap();
        let all = there.into_iter().map(|one| one.booking.number).collect();
        let day = ClosingDay { on, reason: label("設備の点検") };
        self.book.close_day("mihon", day, Decision::CallOff(all), at(NOW)).await.unwrap();
    }

    /// How many wait for a day, and how many changes to it are under way.
    async fn also_ends(&self, on: Date) -> (u32, usize) {
        let also = self.book.also_ends("mihon", on, at(NOW)).await.unwrap();
        (also.waiting, also.changes)
    }

    /// Of what she is told, the kind, the moment, and the reason.
    async fn told_why(&self, who: &str) -> Vec<(Kind, Timestamp, String)> {
        let notices = self.book.notices_of(who).await.unwrap();
        let why = |notice: Notice| {
            (notice.kind, notice.starts_at, notice.reason.map_or_else(String::new, |why| why.ja))
        };
        notices.into_iter().map(why).collect()
    }
}

fn why() -> String {
    "設備の点検".to_owned()
}

fn with_a_fee() -> Store {
    Store { fee_yen: 1_000, late_percent: 0, ..store() }
}

#[tokio::test]
async fn who_waits_for_a_day_that_is_closed_is_told_so_and_why() {
    let room = Room::with(store(), vec![table("A", (1, 4), 1, 1)]).await;
    room.books("a", SIX, 2).await;
    room.books("c", NEXT, 2).await;
    for when in [SIX, NEXT] {
        room.waits("b", when, 2, NOW).await.unwrap();
    }
    // Whoever closes it is told before of who waits.
    assert_eq!(room.also_ends(date(2026, 11, 22)).await, (1, 0));
    room.closes(date(2026, 11, 22)).await;
    assert_eq!(room.also_ends(date(2026, 11, 22)).await, (0, 0));
    assert_eq!(room.told_why("b").await, [(Kind::LineClosed, at(SIX), why())]);
    assert_eq!(room.book.waits_of("b", at(NOW)).await.unwrap().len(), 1, "the other line is there");
    assert_eq!(room.told_why("a").await, [(Kind::CalledOff, at(SIX), why())]);
    // The same where those who have a table keep it.
    let day = ClosingDay { on: date(2026, 11, 23), reason: label("貸切") };
    room.book.close_day("mihon", day, Decision::Keep, at(NOW)).await.unwrap();
    let told = (Kind::LineClosed, at(NEXT), "貸切".to_owned());
    assert_eq!(room.told_why("b").await.first(), Some(&told));
    assert!(room.told("c").await.is_empty());
}

#[tokio::test]
async fn nothing_is_moved_to_a_day_that_was_closed_while_its_difference_was_to_be_paid() {
    let room = Room::with(with_a_fee(), vec![table("A", (1, 4), 2, 1)]).await;
    let held = room.claims("a", SIX, 2, NOW).await.unwrap();
    room.book.ask(&held.number, "a", Language::Ja, at(NOW)).await.unwrap();
    room.book.booked(&held.number, at(NOW)).await.unwrap();
    let to = (at(NEXT), 3);
    room.book.change(&held.number, "a", to, None, true, at(NOW)).await.unwrap();
    let begun = room.book.begin_payment(&held.number, "a", Language::Ja, at(NOW)).await.unwrap();
    assert_eq!(begun.starts_at, at(NEXT), "what it is paid for");
    room.closes(date(2026, 11, 23)).await;
    assert!(room.book.unpaid_change(&held.number, at(NOW)).await.unwrap().is_none());
    assert_eq!(room.told_why("a").await, [(Kind::NotChanged, at(NEXT), why())]);
    // She pays all the same: that goes back for the same reason, and both are told.
    let paid = room.book.paid(&begun.id, "cs", "pi", at(NOW)).await.unwrap();
    assert!(matches!(paid, super::super::payments::Outcome::GoesBack), "{paid:?}");
    let told = room.told_why("a").await;
    assert_eq!(told, [(Kind::NotChanged, at(NEXT), why()), (Kind::NotChanged, at(NEXT), why())]);
    assert!(room.booking(&held.number).await.unwrap().stands());
}

#[tokio::test]
async fn who_pays_for_what_the_store_has_called_off_is_told_that_and_not_that_she_was_late() {
    let room = Room::with(with_a_fee(), vec![table("A", (1, 4), 3, 1)]).await;
    // One is held; one is booked, and waits to be moved to another day.
    let held = room.claims("a", SIX, 2, NOW).await.unwrap();
    let booked = room.claims("b", SIX, 2, NOW).await.unwrap();
    room.book.ask(&booked.number, "b", Language::Ja, at(NOW)).await.unwrap();
    room.book.booked(&booked.number, at(NOW)).await.unwrap();
    let to = (at(NEXT), 3);
    room.book.change(&booked.number, "b", to, None, true, at(NOW)).await.unwrap();
    let begin = async |who: &str, number: &str| {
        room.book.begin_payment(number, who, Language::Ja, at(NOW)).await.unwrap().id
    };
    let begun = [begin("a", &held.number).await, begin("b", &booked.number).await];
    room.closes(date(2026, 11, 22)).await;
    for (who, payment) in ["a", "b"].into_iter().zip(begun) {
        room.book.paid(&payment, "cs", &format!("pi_{who}"), at(NOW)).await.unwrap();
        let told = room.told_why(who).await;
        let off = |kind| (kind, at(SIX), why());
        assert_eq!(told, [off(Kind::PaidOff), off(Kind::CalledOff)], "{who}");
    }
    // What was held is not there to be paid for or taken, and stays in sight as what it is.
    let off = room.booking(&held.number).await.unwrap();
    assert_eq!((off.stage, off.ending), (Stage::Cancelled, Some(Ending::Store)));
    assert!(off.never_was() && !off.is_held(at(NOW)));
    assert!(!room.booking(&booked.number).await.unwrap().never_was());
    // A store hears that a booking was called off, and nothing of what never was one (decision 0073).
    let hears = async |number: &str| {
        crate::sight::called_off(&room.book, &store(), number, at(NOW)).await.unwrap().is_some()
    };
    assert!(hears(&booked.number).await && !hears(&held.number).await);
    let again = room.book.begin_payment(&held.number, "a", Language::Ja, at(NOW)).await;
    assert!(matches!(again, Err(No::Gone)));
    assert_eq!(room.book.bookings_of("a", at(NOW)).await.unwrap().len(), 1);
    room.book.open_day("mihon", date(2026, 11, 22)).await.unwrap();
    room.claims("a", SIX, 2, NOW).await.unwrap();
}

#[tokio::test]
async fn what_was_said_of_an_offer_goes_when_it_is_taken_let_go_of_or_over() {
    let tables = vec![table("A", (1, 4), 1, 1)];
    let room = Room::with(store(), tables).await;
    let mut last = room.books("a", SIX, 2).await.number;
    for who in ["takes", "lets go", "forgets"] {
        room.waits(who, SIX, 2, NOW).await.unwrap();
        room.calls_off(&last, NOW).await;
        let offer = room.offer(who, NOW).await.unwrap();
        assert_eq!(room.told(who).await, [Kind::Offered]);
        match who {
            "takes" => {
                room.book.ask(&offer.number, who, Language::Ja, at(NOW)).await.unwrap();
                room.book.booked(&offer.number, at(NOW)).await.unwrap();
                assert!(room.told(who).await.is_empty(), "{who}");
            }
            "lets go" => {
                room.book.end(&offer.number, Ending::Guest, at(NOW)).await.unwrap();
                assert!(room.told(who).await.is_empty(), "{who}");
            }
            _ => {
                room.book.sweep(at(NOW) + 30.minutes()).await.unwrap();
                assert_eq!(room.told(who).await, [Kind::OfferOver]);
                break;
            }
        }
        last = match who {
            "takes" => offer.number,
            _ => room.books("a", SIX, 2).await.number,
        };
    }
}

#[tokio::test]
async fn what_lapsed_before_a_day_was_closed_is_told_as_lapsed() {
    let room = Room::with(with_a_fee(), vec![table("A", (1, 4), 1, 1)]).await;
    let last = room.books("a", SIX, 2).await.number;
    room.waits("b", SIX, 2, NOW).await.unwrap();
    room.calls_off(&last, NOW).await;
    assert_eq!(room.told("b").await, [Kind::Offered]);
    // Nobody swept since it lapsed.
    let day = ClosingDay { on: date(2026, 11, 22), reason: label("設備の点検") };
    let later = at(NOW) + 31.minutes();
    room.book.close_day("mihon", day, Decision::Open, later).await.unwrap();
    assert_eq!(room.told("b").await, [Kind::OfferOver]);
}

#[tokio::test]
async fn what_comes_between_a_change_and_azukari_s_answer_to_it_wins() {
    let room = Room::with(store(), vec![table("A", (1, 4), 4, 1)]).await;
    let to_be_closed = room.books("a", SIX, 2).await.number;
    let to_be_off = room.books("b", SIX, 2).await.number;
    for (number, who) in [(&to_be_closed, "a"), (&to_be_off, "b")] {
        room.book.change(number, who, (at(NEXT), 3), None, false, at(NOW)).await.unwrap();
    }
    assert_eq!(room.also_ends(date(2026, 11, 23)).await, (0, 2));
    // The one is called off; then the new day of both is closed. Azukari takes both changes after that.
    room.book.end(&to_be_off, Ending::Store, at(NOW)).await.unwrap();
    room.closes(date(2026, 11, 23)).await;
    for number in [&to_be_closed, &to_be_off] {
        assert_eq!(room.book.changed(number, at(NOW)).await.unwrap(), None);
        assert_eq!(room.booking(number).await.unwrap().starts_at, at(SIX));
    }
    assert_eq!(room.told_why("a").await, [(Kind::NotChanged, at(NEXT), why())]);
    assert_eq!(room.told("b").await, [Kind::CalledOff]);
    // Azukari hears of the one that it is as it was.
    let left = room.book.unsettled_changes(at(NOW)).await.unwrap();
    assert!(left.iter().all(|change| change.failed && change.booking.number == to_be_closed));
    assert_eq!(left.len(), 1);
}
