//! The book on its own: seats, holds, lines, changes, closing days, clocks; and many guests at once.

mod told;

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::ToSpan;
use jiff::civil::{Date, Time, Weekday, date, time};
use jiff::tz::TimeZone;

use super::bookings::{Booking, Ending, Stage, Taken, Wish};
use super::closing::{ClosingDay, Decision};
use super::companions::{Allergen, Companions};
use super::notices::Kind;
use super::seatings::{Seatings, moment};
use super::seats::Table;
use super::sessions::{Caller, Door};
use super::stores::Store;
use super::*;

pub(crate) fn folder() -> PathBuf {
    std::env::temp_dir().join(format!("reservation-{}", crate::chance::uuid().unwrap()))
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn label(text: &str) -> Label {
    Label { ja: text.to_owned(), en: text.to_owned() }
}

/// A plain store in Tokyo: parties of one to eight, free, sixty days ahead, two hours each.
pub(crate) fn store() -> Store {
    Store {
        slug: "mihon".to_owned(),
        name: label("見本"),
        description: label("見本"),
        area: label("見本"),
        cuisine: label("見本"),
        hours: label("見本"),
        address: label("見本"),
        phone: "+81300000001".to_owned(),
        country: "JP".to_owned(),
        picture: "wave".to_owned(),
        price_band: 2,
        time_zone: TimeZone::get("Asia/Tokyo").unwrap(),
        party_min: 1,
        party_max: 8,
        seating_minutes: 120,
        notice_minutes: 0,
        days_ahead: 60,
        hold_minutes: 10,
        fee_yen: 0,
        free_until_hours: 24,
        late_percent: 50,
        listed: true,
        seated: vec![1..=8],
        has_seatings: true,
    }
}

pub(crate) fn table(name: &str, seats: (u8, u8), count: u16, joins: u16) -> Table {
    let (seats_from, seats_to) = seats;
    Table { name: name.to_owned(), seats_from, seats_to, count, joins }
}

/// Every day at these times.
pub(crate) fn daily(times: &[Time]) -> Seatings {
    Seatings(std::array::from_fn(|_| times.to_vec()))
}

/// A book with one store, open every day at 17:00, 17:30 … 20:00.
pub(crate) async fn furnished(book: &Book, store: Store, tables: Vec<Table>) {
    let slug = store.slug.clone();
    let halves: Vec<Time> = (34..=40).map(|half| time(half / 2, half % 2 * 30, 0, 0)).collect();
    book.put_stores(vec![store]).await.unwrap();
    book.put_seatings(&slug, daily(&halves)).await.unwrap();
    book.put_tables(BTreeMap::from([(slug, tables)]), at(NOW)).await.unwrap();
}

/// Noon in Tokyo, on a Sunday.
const NOW: &str = "2026-11-22T03:00:00Z";
/// Six o'clock that evening.
const SIX: &str = "2026-11-22T09:00:00Z";

/// A book in a folder of its own, gone with this value.
struct Room {
    book: Book,
    folder: PathBuf,
}

impl Room {
    fn open() -> Self {
        let folder = folder();
        Self { book: Book::open(&folder).unwrap(), folder }
    }

    async fn with(store: Store, tables: Vec<Table>) -> Self {
        let room = Self::open();
        furnished(&room.book, store, tables).await;
        room
    }

    async fn claims(&self, who: &str, when: &str, party: u8, now: &str) -> Result<Booking, No> {
        let wish = Wish {
            number: crate::chance::booking_number().unwrap(),
            store: "mihon".to_owned(),
            subject: who.to_owned(),
            starts_at: at(when),
            party,
            language: Language::Ja,
            companions: Companions::default(),
        };
        self.book.claim(wish, at(now)).await.map(|Taken { booking, .. }| booking)
    }

    async fn books(&self, who: &str, when: &str, party: u8) -> Booking {
        let booking = self.claims(who, when, party, NOW).await.unwrap();
        self.book.booked(&booking.number, at(NOW)).await.unwrap();
        self.booking(&booking.number).await.unwrap()
    }

    async fn waits(&self, who: &str, when: &str, party: u8, now: &str) -> Result<(), No> {
        let wish = Wish {
            number: String::new(),
            store: "mihon".to_owned(),
            subject: who.to_owned(),
            starts_at: at(when),
            party,
            language: Language::Ja,
            companions: Companions::default(),
        };
        self.book.wait(wish, at(now)).await
    }

    async fn booking(&self, number: &str) -> Option<Booking> {
        self.book.booking(number).await.unwrap()
    }

    async fn calls_off(&self, number: &str, now: &str) {
        self.book.end(number, Ending::Guest, at(now)).await.unwrap();
        self.book.ended(number, at(now)).await.unwrap();
    }

    /// What she is told, and about which booking.
    async fn told(&self, who: &str) -> Vec<Kind> {
        self.book.notices_of(who).await.unwrap().into_iter().map(|notice| notice.kind).collect()
    }

    /// The offer that a guest has.
    async fn offer(&self, who: &str, now: &str) -> Option<Booking> {
        let all = self.book.bookings_of(who, at(now)).await.unwrap();
        all.into_iter().find(|booking| booking.stage == Stage::Held)
    }

    async fn seat(&self, number: &str) -> (String, u16) {
        let (from, until) = (at("2026-01-01T00:00:00Z"), at("2028-01-01T00:00:00Z"));
        let seats = self.book.seats_of("mihon", from, until).await.unwrap();
        (seats[number].table.clone(), seats[number].units)
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

#[tokio::test]
async fn the_book_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let room = Room::with(store(), vec![table("A", (1, 2), 1, 1)]).await;
    for file in ["reservation.db", "reservation.db-wal"] {
        let mode = std::fs::metadata(room.folder.join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

#[tokio::test]
async fn a_session_ends_and_opens_only_its_own_door() {
    let room = Room::open();
    let (now, later) = (at("2026-11-22T09:00:00Z"), at("2026-11-22T10:00:00Z"));
    let guest = Caller { who: "sub_1".to_owned(), regime: "jp".to_owned() };
    room.book.begin_session([1; 32], Door::Guest, guest.clone(), later).await.unwrap();
    let found = async |door, at| room.book.sessions(vec![(door, [1; 32])], at).await.unwrap();
    assert_eq!(found(Door::Guest, now).await, [(Door::Guest, guest)]);
    for door in [Door::Staff, Door::Operator] {
        assert!(found(door, now).await.is_empty());
    }
    assert!(found(Door::Guest, later).await.is_empty());
    room.book.end_session([1; 32]).await.unwrap();
    assert!(found(Door::Guest, now).await.is_empty());
}

#[tokio::test]
async fn an_act_that_says_no_or_breaks_undoes_itself_and_no_other() {
    let room = Room::open();
    let book = &room.book;
    let key = |n: u8, name: &'static str| book.put_key([n; 32], None, name, at(NOW));
    // They wait together while the writer is busy, and share its next commit.
    let busy = book.write(|_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        Ok(())
    });
    let broken = book.write(|book| -> Result<(), No> {
        book.execute("DELETE FROM keys", [])?;
        book.execute("INSERT INTO keys VALUES (x'00', 'half', NULL, 1)", [])?;
        panic!("in the middle")
    });
    let (busy, one, twice, broken, two) =
        tokio::join!(busy, key(1, "one"), key(2, "one"), broken, key(3, "two"));
    busy.unwrap();
    one.unwrap();
    assert!(matches!(twice, Err(No::Already(name)) if name == "one"));
    assert!(matches!(broken, Err(No::Failed(_))));
    two.unwrap();
    let names: Vec<String> = book.keys(None).await.unwrap().into_iter().map(|k| k.name).collect();
    assert_eq!(names, ["one", "two"]);
}

#[tokio::test]
async fn the_smallest_table_that_fits_is_taken_and_tables_are_joined_when_none_does() {
    let tables = vec![table("two", (1, 2), 3, 2), table("four", (3, 4), 1, 1)];
    let room = Room::with(store(), tables).await;
    for (who, party, seat) in [("a", 2, ("two", 1)), ("b", 3, ("four", 1)), ("c", 4, ("two", 2))] {
        let booking = room.claims(who, SIX, party, NOW).await.unwrap();
        let (table, units) = room.seat(&booking.number).await;
        assert_eq!((table.as_str(), units), seat, "{who}");
    }
    // Two of three are joined, one is taken: nothing is left until the first of them go.
    assert!(matches!(room.claims("d", SIX, 1, NOW).await, Err(No::Full)));
    let seven = "2026-11-22T10:00:00Z";
    assert!(matches!(room.claims("d", seven, 2, NOW).await, Err(No::Full)));
    let eight = "2026-11-22T11:00:00Z";
    assert!(room.claims("d", eight, 2, NOW).await.is_ok());
}

#[tokio::test]
async fn a_guest_has_one_seat_at_a_time_and_gets_it_back_when_it_came_to_nothing() {
    let room = Room::with(store(), vec![table("A", (1, 4), 2, 1)]).await;
    let first = room.claims("a", SIX, 2, NOW).await.unwrap();
    let again = room.claims("a", SIX, 2, NOW).await;
    assert!(matches!(again, Err(No::Already(number)) if number == first.number));
    // Nobody sees what was only asked for.
    assert!(room.book.bookings_of("a", at(NOW)).await.unwrap().is_empty());
    room.book.end(&first.number, Ending::Failed, at(NOW)).await.unwrap();
    let again = room.claims("a", SIX, 4, NOW).await.unwrap();
    assert_eq!((again.number, again.party), (first.number, 4));
}

#[tokio::test]
async fn the_rules_of_the_house_are_told_apart() {
    let rules = Store { notice_minutes: 120, party_min: 2, party_max: 4, ..store() };
    let room = Room::with(rules, vec![table("A", (1, 8), 1, 1)]).await;
    let day = ClosingDay { on: date(2026, 11, 24), reason: label("棚卸し") };
    room.book.close_day("mihon", day, Decision::Open, at(NOW)).await.unwrap();
    let no = async |when: &str, party| room.claims("a", when, party, NOW).await.unwrap_err();
    assert!(matches!(no(SIX, 1).await, No::Party));
    assert!(matches!(no(SIX, 5).await, No::Party));
    assert!(matches!(no("2026-11-22T04:59:00Z", 2).await, No::TooSoon));
    assert!(matches!(no("2026-11-22T09:10:00Z", 2).await, No::NotOffered));
    assert!(matches!(no("2027-01-22T09:00:00Z", 2).await, No::TooFar));
    assert!(matches!(no("2026-11-24T09:00:00Z", 2).await, No::Closed(_)));
    assert!(room.claims("a", "2027-01-21T09:00:00Z", 2, NOW).await.is_ok());
    room.book.open_day("mihon", date(2026, 11, 24)).await.unwrap();
    assert!(room.claims("a", "2026-11-24T09:00:00Z", 2, NOW).await.is_ok());
}

#[tokio::test]
async fn a_hold_ends_by_itself_and_cannot_be_confirmed_late() {
    let rules = Store { fee_yen: 1_000, ..store() };
    let room = Room::with(rules, vec![table("A", (1, 2), 1, 1)]).await;
    let held = room.claims("a", SIX, 2, NOW).await.unwrap();
    assert_eq!((held.stage, held.fee_yen), (Stage::Held, 2_000));
    assert_eq!(held.held_until, Some(at("2026-11-22T03:10:00Z")));
    assert!(matches!(room.claims("b", SIX, 2, "2026-11-22T03:09:59Z").await, Err(No::Full)));
    // Somebody else's hold is not hers to confirm.
    let other = room.book.ask(&held.number, "b", Language::Ja, at(NOW)).await;
    assert!(matches!(other, Err(No::Gone)));
    // Whoever looks sees the seat as free the moment it is, with no job in between.
    let over = "2026-11-22T03:10:00Z";
    let sunday = room.book.day(store(), date(2026, 11, 22), 2, at(over)).await.unwrap();
    assert!(sunday.seatings.iter().all(|seating| seating.free));
    assert!(matches!(
        room.book.ask(&held.number, "a", Language::Ja, at(over)).await,
        Err(No::Gone)
    ));
    let next = room.claims("b", SIX, 2, over).await.unwrap();
    assert!(room.booking(&held.number).await.is_none());
    // Confirmed in time, it lasts.
    room.book.ask(&next.number, "b", Language::Ja, at(over)).await.unwrap();
    room.book.sweep(at("2026-11-22T05:00:00Z")).await.unwrap();
    assert_eq!(room.booking(&next.number).await.unwrap().stage, Stage::Asked);
}

#[tokio::test]
async fn calling_off_costs_nothing_in_time_and_a_share_of_the_fee_afterwards() {
    let rules = Store { fee_yen: 3_333, late_percent: 50, ..store() };
    let room = Room::with(rules, vec![table("A", (1, 4), 1, 1)]).await;
    let monday_six = "2026-11-23T09:00:00Z";
    let held = room.claims("a", monday_six, 3, NOW).await.unwrap();
    assert_eq!(held.cost_of_calling_off(at("2026-11-22T08:59:59Z")), 0);
    assert_eq!(held.cost_of_calling_off(at("2026-11-22T09:00:00Z")), 4_999);
}

#[tokio::test]
async fn a_freed_seat_is_offered_to_the_first_in_line_whom_it_fits_and_then_to_the_next() {
    let tables = vec![table("two", (1, 2), 1, 1), table("four", (3, 4), 1, 1)];
    let room = Room::with(store(), tables).await;
    let two = room.books("a", SIX, 2).await;
    room.books("b", SIX, 4).await;
    room.waits("four", SIX, 4, "2026-11-22T03:01:00Z").await.unwrap();
    room.waits("first", SIX, 2, "2026-11-22T03:02:00Z").await.unwrap();
    room.waits("second", SIX, 1, "2026-11-22T03:03:00Z").await.unwrap();
    let before = room.book.waits_of("second", at(NOW)).await.unwrap()[0].before;
    assert_eq!(before, 2);

    room.calls_off(&two.number, "2026-11-22T04:00:00Z").await;
    let offer = room.offer("first", "2026-11-22T04:00:00Z").await.unwrap();
    assert_eq!(offer.held_until, Some(at("2026-11-22T04:30:00Z")));
    assert_eq!(room.told("first").await, [Kind::Offered]);
    let there = room.book.at_stake("mihon", date(2026, 11, 22), at(NOW)).await.unwrap();
    let offers: Vec<&str> =
        there.iter().filter(|one| one.is_offer).map(|one| &*one.booking.number).collect();
    assert_eq!((offers, there.len()), (vec![offer.number.as_str()], 2));
    assert!(room.offer("four", NOW).await.is_none() && room.offer("second", NOW).await.is_none());
    // Nobody who comes by takes it away from the line.
    assert!(matches!(
        room.claims("passer-by", SIX, 2, "2026-11-22T04:01:00Z").await,
        Err(No::Full)
    ));

    // She lets it pass: the next is offered it, and she is told.
    room.book.sweep(at("2026-11-22T04:30:00Z")).await.unwrap();
    assert_eq!(room.told("first").await, [Kind::OfferOver]);
    let offer = room.offer("second", "2026-11-22T04:30:00Z").await.unwrap();
    room.book.ask(&offer.number, "second", Language::Ja, at("2026-11-22T04:31:00Z")).await.unwrap();
    room.book.booked(&offer.number, at(NOW)).await.unwrap();
    assert!(room.book.waits_of("second", at(NOW)).await.unwrap().is_empty());
    // The line for the larger table is still there, until the time comes.
    assert_eq!(room.book.waits_of("four", at(NOW)).await.unwrap()[0].before, 0);
    room.book.sweep(at(SIX)).await.unwrap();
    assert!(room.book.waits_of("four", at("2026-11-22T08:59:00Z")).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_change_takes_the_new_seat_before_the_old_one_goes() {
    let room = Room::with(store(), vec![table("A", (1, 4), 1, 1)]).await;
    let eight = "2026-11-22T11:00:00Z";
    let mine = room.books("a", SIX, 2).await;
    room.waits("next", SIX, 2, NOW).await.unwrap();
    let to = |when: &str, party| {
        room.book.change(&mine.number, "a", (at(when), party), None, false, at(NOW))
    };

    // Her own seat does not stand in her way: the same time for more people, or an hour later.
    to(SIX, 4).await.unwrap();
    room.book.changed(&mine.number, at(NOW)).await.unwrap();
    assert_eq!(room.booking(&mine.number).await.unwrap().party, 4);
    to("2026-11-22T09:30:00Z", 4).await.unwrap();
    room.book.drop_change(&mine.number, at(NOW)).await.unwrap();
    assert_eq!(room.booking(&mine.number).await.unwrap().starts_at, at(SIX));

    // While it is under way both seats are hers.
    to(eight, 2).await.unwrap();
    for when in [SIX, eight] {
        assert!(matches!(room.claims("b", when, 2, NOW).await, Err(No::Full)), "{when}");
    }
    assert!(matches!(to(SIX, 2).await, Err(No::Already(_))));
    assert!(matches!(room.claims("a", eight, 2, NOW).await, Err(No::Already(_))));
    room.book.changed(&mine.number, at(NOW)).await.unwrap();
    let moved = room.booking(&mine.number).await.unwrap();
    assert_eq!((moved.starts_at, moved.party, moved.stage), (at(eight), 2, Stage::Booked));
    // Whoever waited for the old seat is offered it in the same act.
    assert!(room.offer("next", NOW).await.is_some());
    assert!(matches!(room.claims("b", eight, 2, NOW).await, Err(No::Full)));
}

#[tokio::test]
async fn a_change_is_made_on_the_store_s_terms_of_the_day_it_is_made_on() {
    let monday_six = "2026-11-23T09:00:00Z";
    let all = Store { fee_yen: 5_000, late_percent: 100, ..store() };
    let room = Room::with(all.clone(), vec![table("A", (1, 4), 2, 1)]).await;
    let booking = room.claims("a", monday_six, 2, NOW).await.unwrap();
    room.book.ask(&booking.number, "a", Language::Ja, at(NOW)).await.unwrap();
    room.book.booked(&booking.number, at(NOW)).await.unwrap();
    room.book.put_stores(vec![Store { late_percent: 0, ..all.clone() }]).await.unwrap();
    // What was booked before keeps the terms on which it was.
    let same = room.booking(&booking.number).await.unwrap();
    assert_eq!(same.cost_of_calling_off(at(monday_six)), 10_000);
    room.book
        .change(&booking.number, "a", (at(monday_six), 3), None, false, at(NOW))
        .await
        .unwrap();
    // And what was looked over is what holds, whatever the store does until Azukari was told.
    room.book.put_stores(vec![Store { late_percent: 50, ..all }]).await.unwrap();
    room.book.changed(&booking.number, at(NOW)).await.unwrap();
    let moved = room.booking(&booking.number).await.unwrap();
    assert_eq!((moved.late_percent, moved.cost_of_calling_off(at(monday_six))), (0, 0));
}

#[tokio::test]
async fn letters_that_nobody_takes_let_later_ones_pass_and_a_booking_s_stay_in_order() {
    let count = usize::try_from(super::letters::TOGETHER).unwrap();
    let room = Room::with(store(), vec![table("A", (1, 1), 500, 1)]).await;
    let mut numbers = Vec::new();
    for n in 0..=count {
        numbers.push(room.books(&format!("sub_{n}"), SIX, 1).await.number);
    }
    let late = numbers.pop().unwrap();
    let waiting = async || {
        let letters = room.book.letters().await.unwrap();
        letters.into_iter().map(|letter| letter.booking).collect::<Vec<_>>()
    };
    let first = waiting().await;
    assert!(first.len() == count && !first.contains(&late));
    room.book.letters_over(Vec::new(), numbers.clone(), at(NOW)).await.unwrap();
    assert_eq!(waiting().await[0], late);
    // What is put down for a booking whose letter waits comes after that one.
    room.book.end(&numbers[0], Ending::Guest, at(NOW)).await.unwrap();
    let next = waiting().await;
    assert!(next[0] == late && next[1..] == numbers[..count - 1]);
    let ids = room.book.letters().await.unwrap().into_iter().map(|letter| letter.id).collect();
    room.book.letters_over(ids, Vec::new(), at(NOW)).await.unwrap();
    assert_eq!(waiting().await, [&numbers[count - 1..], &numbers[..1]].concat());
}

#[tokio::test]
async fn a_change_that_is_not_possible_leaves_everything_as_it_was() {
    let rules = Store { fee_yen: 1_000, ..store() };
    let room = Room::with(rules, vec![table("A", (1, 4), 1, 1)]).await;
    let (monday, eight) = ("2026-11-23T11:00:00Z", "2026-11-24T11:00:00Z");
    for (who, when) in [("a", monday), ("b", eight)] {
        let held = room.claims(who, when, 2, NOW).await.unwrap();
        room.book.ask(&held.number, who, Language::Ja, at(NOW)).await.unwrap();
        room.book.booked(&held.number, at(NOW)).await.unwrap();
    }
    let mine = room.book.bookings_of("a", at(NOW)).await.unwrap().remove(0);
    let change = async |who: &str, when: &str, party, now: &str| {
        room.book
            .change(&mine.number, who, (at(when), party), None, false, at(now))
            .await
            .unwrap_err()
    };
    assert!(matches!(change("a", eight, 2, NOW).await, No::Full));
    assert!(matches!(change("b", monday, 3, NOW).await, No::Gone));
    assert!(matches!(change("a", monday, 9, NOW).await, No::Party));
    // From then on calling off costs something, and so would moving it away.
    assert!(matches!(change("a", monday, 3, "2026-11-22T11:00:00Z").await, No::TooSoon));
    let still = room.booking(&mine.number).await.unwrap();
    assert_eq!((still.starts_at, still.party), (at(monday), 2));
    assert!(room.book.unsettled_changes(at(SIX)).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_day_with_bookings_is_closed_only_when_it_was_decided_what_becomes_of_them() {
    let room = Room::with(store(), vec![table("A", (1, 4), 3, 1)]).await;
    let (one, two) = (room.books("a", SIX, 2).await, room.books("b", SIX, 2).await);
    let day = || ClosingDay { on: date(2026, 11, 22), reason: label("設備の点検") };
    let close = async |decision| room.book.close_day("mihon", day(), decision, at(NOW)).await;
    let mut both = vec![one.number.clone(), two.number.clone()];
    both.sort_unstable();
    assert!(matches!(close(Decision::Open).await, Err(No::InTheWay(way)) if way == both));
    // One came while the operator was deciding: it was not meant.
    let late = room.books("c", SIX, 2).await;
    let meant = Decision::CallOff(both.clone());
    assert!(matches!(close(meant).await, Err(No::InTheWay(way)) if way == [late.number.clone()]));
    assert!(room.booking(&one.number).await.unwrap().stands());

    both.push(late.number.clone());
    assert_eq!(close(Decision::CallOff(both.clone())).await.unwrap(), 3);
    for number in &both {
        let booking = room.booking(number).await.unwrap();
        assert_eq!((booking.stage, booking.ending), (Stage::Booked, Some(Ending::Store)));
    }
    assert_eq!(room.told("a").await, [Kind::CalledOff]);
    // Azukari is told of each; then they are over, and the store sees none of them already.
    let left = room.book.unsettled(at(NOW)).await.unwrap();
    assert_eq!(left.len(), 3);
    let bounds = (at("2026-11-21T20:00:00Z"), at("2026-11-22T20:00:00Z"));
    assert!(room.book.bookings_at("mihon", bounds.0, bounds.1).await.unwrap().is_empty());
    for booking in left {
        room.book.ended(&booking.number, at(NOW)).await.unwrap();
    }
    let over = room.booking(&one.number).await.unwrap();
    assert_eq!((over.stage, over.ending), (Stage::Cancelled, Some(Ending::Store)));
}

#[tokio::test]
async fn a_day_may_be_closed_and_its_bookings_kept() {
    let room = Room::with(store(), vec![table("A", (1, 4), 3, 1)]).await;
    let one = room.books("a", SIX, 2).await;
    let day = ClosingDay { on: date(2026, 11, 22), reason: label("貸切") };
    room.book.close_day("mihon", day.clone(), Decision::Keep, at(NOW)).await.unwrap();
    assert!(room.booking(&one.number).await.unwrap().stands());
    assert!(matches!(room.claims("b", SIX, 2, NOW).await, Err(No::Closed(_))));
    assert_eq!(room.book.closing_days("mihon", date(2026, 11, 1)).await.unwrap(), [day]);
}

#[tokio::test]
async fn tables_change_only_when_everybody_keeps_a_seat() {
    let room = Room::with(store(), vec![table("A", (1, 2), 2, 1)]).await;
    let (one, two) = (room.books("a", SIX, 2).await, room.books("b", SIX, 2).await);
    let put = async |tables: Vec<Table>| {
        room.book.put_tables(BTreeMap::from([("mihon".to_owned(), tables)]), at(NOW)).await
    };
    let fewer = put(vec![table("A", (1, 2), 1, 1)]).await;
    assert!(matches!(fewer, Err(No::InTheWay(way)) if way.len() == 1));
    assert_eq!(room.book.tables("mihon").await.unwrap()[0].count, 2);
    // One stays where she is; the other gets the best of the new ones.
    put(vec![table("A", (1, 2), 1, 1), table("B", (2, 6), 1, 1)]).await.unwrap();
    let mut seats = vec![room.seat(&one.number).await.0, room.seat(&two.number).await.0];
    seats.sort_unstable();
    assert_eq!(seats, ["A", "B"]);
    assert!(matches!(room.claims("c", SIX, 2, NOW).await, Err(No::Full)));
}

#[tokio::test]
async fn the_database_itself_gives_no_table_twice() {
    let room = Room::with(store(), vec![table("A", (1, 4), 1, 1)]).await;
    let one = room.books("a", SIX, 2).await;
    // Whatever the code above may think, the row does not go in.
    let twice = room.book.write(|book| {
        book.execute_batch(
            "INSERT INTO bookings SELECT 'B-2', store, 'b', starts_at, ends_at, party, stage,
                ending, held_until, asked_at, fee_yen, free_until, late_percent, language FROM bookings;
             INSERT INTO seats SELECT 'B-2', 0, store, table_name, units, starts_at + 60,
                ends_at + 60 FROM seats;",
        )?;
        Ok(())
    });
    let error = twice.await.unwrap_err().to_string();
    assert!(error.contains("a table twice"), "{error}");
    assert!(room.booking("B-2").await.is_none());
    assert!(room.booking(&one.number).await.unwrap().stands());
}

#[test]
fn clocks_that_change_leave_out_a_seating_or_give_it_once() {
    let paris = TimeZone::get("Europe/Paris").unwrap();
    let half_two = [time(2, 30, 0, 0), time(19, 0, 0, 0)];
    let moments = |on: Date| daily(&half_two).moments(on, &paris);
    // Summer time begins: there is no half past two.
    let spring = moments(date(2026, 3, 29));
    assert_eq!(spring, [(half_two[1], at("2026-03-29T17:00:00Z"))]);
    // It ends: half past two comes twice, and the first is meant.
    let autumn = moments(date(2026, 10, 25));
    assert_eq!(autumn[0], (half_two[0], at("2026-10-25T00:30:00Z")));
    assert_eq!(autumn[1], (half_two[1], at("2026-10-25T18:00:00Z")));
    // A day that Samoa left out, and the leap day.
    let apia = TimeZone::get("Pacific/Apia").unwrap();
    assert_eq!(moment(date(2011, 12, 30), half_two[1], &apia), None);
    let leap = daily(&half_two).moments(date(2028, 2, 29), &paris);
    assert_eq!(leap.len(), 2);
    assert_eq!(date(2028, 2, 29).weekday(), Weekday::Tuesday);
}

#[tokio::test]
async fn a_store_abroad_lives_by_its_own_clock_on_the_days_when_it_changes() {
    let paris = Store { time_zone: TimeZone::get("Europe/Paris").unwrap(), ..store() };
    let room = Room::with(paris.clone(), vec![table("A", (1, 2), 1, 1)]).await;
    let now = "2026-10-20T12:00:00Z";
    // Seven in the evening, before and after the clocks went back.
    for (day, seven) in
        [(date(2026, 10, 24), "2026-10-24T17:00:00Z"), (date(2026, 10, 25), "2026-10-25T18:00:00Z")]
    {
        let shown = room.book.day(paris.clone(), day, 2, at(now)).await.unwrap();
        let at_seven = shown.seatings.iter().find(|s| s.time == time(19, 0, 0, 0)).unwrap();
        assert_eq!(at_seven.starts_at, at(seven));
        room.claims("a", seven, 2, now).await.unwrap();
    }
    // By Tokyo's clock it would be another day there: what counts is the store's.
    assert_eq!(paris.date_of(at("2026-10-24T22:30:00Z")), date(2026, 10, 25));
}

#[tokio::test]
async fn a_leap_day_can_be_booked_and_a_year_without_one_has_none() {
    let room = Room::with(store(), vec![table("A", (1, 2), 1, 1)]).await;
    let leap = "2028-02-29T09:00:00Z";
    assert!(room.claims("a", leap, 2, "2028-01-10T00:00:00Z").await.is_ok());
    assert!("2027-02-29".parse::<Date>().is_err());
    // Sixty days before the last of February, in a leap year and in another.
    let ahead = |now: &str| store().last_day(at(now));
    assert_eq!(ahead("2027-12-31T03:00:00Z"), date(2028, 2, 29));
    assert_eq!(ahead("2026-12-31T03:00:00Z"), date(2027, 3, 1));
}

/// Guests who all want the same seats at the same moment.
const GUESTS: usize = 200;
/// Seats that there are for them.
const SEATS: u16 = 20;

/// How often the race is run: more with `RESERVATION_RACES`.
fn races() -> i64 {
    std::env::var("RESERVATION_RACES").ok().and_then(|races| races.parse().ok()).unwrap_or(25)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_guests_race_for_twenty_seats_and_twenty_get_one() {
    let tables = vec![table("A", (1, 2), SEATS / 2, 1), table("B", (2, 4), SEATS / 2, 1)];
    let room = Room::with(store(), tables).await;
    let now = at(NOW);
    for race in 0..races() {
        // Another evening each time, as far ahead as the store takes bookings, round and round.
        let starts_at = at(SIX) + (race % 60 * 24).hours();
        let mut guests = tokio::task::JoinSet::new();
        for guest in 0..GUESTS {
            let book = room.book.clone();
            guests.spawn(async move {
                let wish = Wish {
                    number: format!("B-{race}-{guest}"),
                    store: "mihon".to_owned(),
                    subject: format!("sub_{guest}"),
                    starts_at,
                    party: 2,
                    language: Language::Ja,
                    companions: Companions::default(),
                };
                match book.claim(wish, now).await {
                    Ok(taken) => book.booked(&taken.booking.number, now).await.map(|()| true),
                    Err(No::Full) => Ok(false),
                    Err(no) => Err(no),
                }
            });
        }
        let booked = guests.join_all().await.into_iter().filter(|won| *won.as_ref().unwrap());
        assert_eq!(booked.count(), usize::from(SEATS), "race {race}");
        let until = starts_at + 1.hour();
        let there = room.book.bookings_at("mihon", starts_at, until).await.unwrap();
        assert_eq!(there.len(), usize::from(SEATS), "race {race}");
        let seats = room.book.seats_of("mihon", starts_at, until).await.unwrap();
        for name in ["A", "B"] {
            let taken = seats.values().filter(|seat| seat.table == name).count();
            assert_eq!(taken, usize::from(SEATS / 2), "race {race}, table {name}");
        }
        // The evening is free again for the next of its races.
        let mut ends = tokio::task::JoinSet::new();
        for booking in there {
            let book = room.book.clone();
            ends.spawn(async move {
                book.end(&booking.number, Ending::Guest, now).await.unwrap();
                book.ended(&booking.number, now).await.unwrap();
            });
        }
        ends.join_all().await;
    }
}

/// How much is kept of those who come along, for all bookings.
async fn kept(book: &Book) -> u32 {
    let count = "SELECT count(*) FROM companions";
    book.read(move |book| book.query_row(count, [], |row| row.get(0))).await.unwrap()
}

impl Room {
    /// A booking of three, of whom two are allergic to macadamias.
    async fn books_with_companions(&self, who: &str) -> Booking {
        let booking = self.books(who, SIX, 3).await;
        let told = Companions::from([(Allergen::Macadamia, 2)]);
        self.book.put_companions(&booking.number, who, told, at(NOW)).await.unwrap();
        booking
    }

    async fn companions(&self, booking: &Booking, now: &str) -> Option<Companions> {
        let told = self.book.companions(std::slice::from_ref(booking), at(now)).await;
        told.unwrap().remove(&booking.number)
    }
}

#[tokio::test]
async fn what_companions_are_allergic_to_is_erased_when_the_time_is_over_down_to_its_bytes() {
    let room = Room::with(store(), vec![table("A", (1, 4), 3, 1)]).await;
    let booking = room.books_with_companions("a").await;
    let file = room.folder.join("reservation.db");
    let lies_there = || {
        let folded = "PRAGMA wal_checkpoint(TRUNCATE)";
        let done: u32 = connect(&file).unwrap().query_row(folded, [], |row| row.get(0)).unwrap();
        assert_eq!(done, 0, "the log is folded in");
        std::fs::read(&file).unwrap().windows(9).any(|bytes| bytes == b"macadamia")
    };
    // Two hours after six it is over: to the second.
    let (before, over) = ("2026-11-22T10:59:59Z", "2026-11-22T11:00:00Z");
    room.book.sweep(at(before)).await.unwrap();
    let told = Companions::from([(Allergen::Macadamia, 2)]);
    assert_eq!(room.companions(&booking, before).await, Some(told));
    assert!(lies_there());
    // Not told any more, whether or not the job has come by; then it is gone.
    assert_eq!((room.companions(&booking, over).await, kept(&room.book).await), (None, 1));
    room.book.sweep(at(over)).await.unwrap();
    assert_eq!(kept(&room.book).await, 0);
    assert!(!lies_there());
    assert!(room.booking(&booking.number).await.is_some(), "the booking itself stays");
    let late = Companions::from([(Allergen::Egg, 1)]);
    let late = room.book.put_companions(&booking.number, "a", late, at(over)).await;
    assert!(matches!(late, Err(No::Gone)));
}

#[tokio::test]
async fn what_companions_are_allergic_to_goes_with_every_end_of_a_booking() {
    let room = Room::with(store(), vec![table("A", (1, 4), 9, 1)]).await;
    for ending in [Ending::Guest, Ending::Store, Ending::Failed] {
        let booking = room.books_with_companions("a").await;
        assert_eq!(kept(&room.book).await, 1);
        room.book.end(&booking.number, ending, at(NOW)).await.unwrap();
        assert_eq!(kept(&room.book).await, 0, "{ending:?}");
        assert_eq!(room.companions(&booking, NOW).await, Some(Companions::default()));
        let late = Companions::from([(Allergen::Egg, 1)]);
        let late = room.book.put_companions(&booking.number, "a", late, at(NOW)).await;
        assert!(matches!(late, Err(No::Gone)));
        room.book.ended(&booking.number, at(NOW)).await.unwrap();
    }
    // A day that is closed, its bookings called off.
    room.books_with_companions("a").await;
    let day = ClosingDay { on: date(2026, 11, 22), reason: label("休み") };
    let booked = room.book.at_stake("mihon", day.on, at(NOW)).await.unwrap();
    let meant = booked.into_iter().map(|one| one.booking.number).collect();
    room.book.close_day("mihon", day, Decision::CallOff(meant), at(NOW)).await.unwrap();
    assert_eq!(kept(&room.book).await, 0);
    // A hold whose time is over.
    let costs = Store { fee_yen: 1_000, slug: "fee".to_owned(), ..store() };
    furnished(&room.book, costs, vec![table("A", (1, 4), 1, 1)]).await;
    let wish = Wish {
        number: "B-HELD".to_owned(),
        store: "fee".to_owned(),
        subject: "b".to_owned(),
        starts_at: at(SIX),
        party: 2,
        language: Language::Ja,
        companions: Companions::from([(Allergen::Egg, 1)]),
    };
    room.book.claim(wish, at(NOW)).await.unwrap();
    assert_eq!(kept(&room.book).await, 1);
    room.book.sweep(at(NOW) + 10.minutes()).await.unwrap();
    assert_eq!(kept(&room.book).await, 0);
}

#[tokio::test]
async fn no_more_companions_have_an_allergy_than_come() {
    let room = Room::with(store(), vec![table("A", (1, 4), 9, 1)]).await;
    let booking = room.books_with_companions("a").await;
    let put = async |who: &str, people: u8| {
        let told = Companions::from([(Allergen::Egg, people)]);
        room.book.put_companions(&booking.number, who, told, at(NOW)).await
    };
    assert!(matches!(put("a", 3).await, Err(No::Party)));
    assert!(matches!(put("a", 0).await, Err(No::Party)));
    assert!(matches!(put("b", 1).await, Err(No::Gone)));
    put("a", 2).await.unwrap();
    // A change counts once Azukari knows of it.
    for (party, left) in [(4, Some(2)), (2, Some(1)), (1, None)] {
        let to = (at(SIX), party);
        room.book.change(&booking.number, "a", to, None, false, at(NOW)).await.unwrap();
        room.book.changed(&booking.number, at(NOW)).await.unwrap();
        let now = room.booking(&booking.number).await.unwrap();
        let told = room.companions(&now, NOW).await.unwrap_or_default();
        assert_eq!(told.get(&Allergen::Egg).copied(), left, "{party}");
    }
    assert_eq!(kept(&room.book).await, 0);
}

#[tokio::test]
async fn what_she_says_of_them_with_a_change_counts_with_the_change_and_goes_with_it() {
    let costs = Store { fee_yen: 1_000, late_percent: 0, ..store() };
    let room = Room::with(costs, vec![table("A", (1, 4), 9, 1)]).await;
    let held = room.claims("a", SIX, 3, NOW).await.unwrap();
    room.book.ask(&held.number, "a", Language::Ja, at(NOW)).await.unwrap();
    room.book.booked(&held.number, at(NOW)).await.unwrap();
    let booking = room.booking(&held.number).await.unwrap();
    let says = |people| Companions::from([(Allergen::Egg, people)]);
    let told = async || {
        let now = room.booking(&booking.number).await.unwrap();
        room.companions(&now, NOW).await.unwrap()
    };
    let put = async |people| {
        room.book.put_companions(&booking.number, "a", says(people), at(NOW)).await.unwrap();
    };
    put(2).await;
    let change = async |party, told| {
        let to = (at(SIX), party);
        room.book.change(&booking.number, "a", to, told, true, at(NOW)).await
    };
    // More than come then.
    assert!(matches!(change(2, Some(says(2))).await, Err(No::Party)));
    // While the difference is unpaid, what was told before is told; given up, it stays so.
    assert!(change(4, Some(says(3))).await.unwrap().held_until.is_some());
    assert_eq!(told().await, says(2));
    room.book.give_up_change(&booking.number, at(NOW)).await.unwrap();
    assert_eq!((told().await, kept(&room.book).await), (says(2), 1));
    // Her last word counts, as far as it fits.
    change(2, Some(says(1))).await.unwrap();
    put(2).await;
    room.book.changed(&booking.number, at(NOW)).await.unwrap();
    assert_eq!((told().await, kept(&room.book).await), (says(1), 1));
}

#[test]
fn a_book_of_another_version_is_refused_in_plain_words_and_left_as_it_is() {
    let folder = folder();
    drop(Book::open(&folder).unwrap());
    drop(Book::open(&folder).unwrap());
    let path = folder.join("reservation.db");
    // Before there were versions there was one column less.
    let old = Connection::open(&path).unwrap();
    old.execute_batch("ALTER TABLE codes DROP COLUMN tries; PRAGMA user_version = 0").unwrap();
    let Err(refused) = Book::open(&folder) else { panic!("it was opened") };
    let said = refused.to_string();
    for words in [path.to_str().unwrap(), "another version", "delete the folder"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let columns = "SELECT count(*) FROM pragma_table_info('codes')";
    assert_eq!(old.query_row(columns, [], |row| row.get::<_, i64>(0)).unwrap(), 5);
    drop(old);
    std::fs::remove_dir_all(folder).unwrap();
}
