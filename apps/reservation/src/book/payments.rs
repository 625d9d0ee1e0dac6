//! What guests have paid, and what goes back to them. One rule for all of it: what was paid for a booking
//! beyond what it costs goes back, in the same act in which it came to cost less.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::notices::{self, About, Kind};
use super::{Book, No, bookings, changes, closing, language, moment, stores, word};
use crate::book::bookings::{Booking, Ending, Stage};
use crate::book::changes::Change;
use crate::chance;
use crate::language::Language;

/// For how long a page that was opened is given out again, in minutes: it closes a little later.
const AGAIN_MINUTES: i64 = 25;

/// A guest's way over the payment platform's page.
#[derive(Debug, Clone)]
pub(crate) struct Payment {
    pub(crate) id: String,
    pub(crate) booking: String,
    /// True when it is for the difference of a change.
    pub(crate) for_change: bool,
    pub(crate) subject: String,
    pub(crate) store: String,
    pub(crate) starts_at: Timestamp,
    pub(crate) yen: u32,
    /// What of it went back, or is on its way.
    pub(crate) back_yen: u32,
    /// What of that has not gone yet.
    pub(crate) going_yen: u32,
    /// The language in which she paid.
    pub(crate) language: Language,
    pub(crate) stage: Way,
    /// The platform's name for the page, and its address.
    pub(crate) session: Option<String>,
    pub(crate) url: Option<String>,
    pub(crate) begun_at: Timestamp,
    pub(crate) paid_at: Option<Timestamp>,
}

/// How far a payment has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// The platform was asked for a page; nobody has its address.
    Opening,
    /// It is hers to pay on.
    Open,
    Paid,
    /// Nothing was paid, and nothing is to be.
    Over,
}

const WAYS: [(&str, Way); 4] =
    [("opening", Way::Opening), ("open", Way::Open), ("paid", Way::Paid), ("over", Way::Over)];

/// What came of money that came in.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// Her booking is asked for.
    Asked(Booking),
    /// The change of her booking is asked for.
    Changing(Change),
    /// There was nothing to pay for any more: it goes back, and she is told.
    GoesBack,
    /// It was known already.
    Known,
}

/// Money that the platform has to give back.
#[derive(Debug, Clone)]
pub(crate) struct Refund {
    pub(crate) id: String,
    /// The platform's name for what we ask: another one for each attempt, so that one that came to nothing is not
    /// answered again.
    pub(crate) key: String,
    pub(crate) charge: String,
    pub(crate) booking: String,
    pub(crate) yen: u32,
    /// True when the platform was asked before and may have done it.
    pub(crate) tried: bool,
}

/// Money that could not be given back, for an operator to see to.
#[derive(Debug, Clone)]
pub(crate) struct FailedRefund {
    pub(crate) id: String,
    pub(crate) store: String,
    pub(crate) booking: String,
    pub(crate) starts_at: Timestamp,
    pub(crate) yen: u32,
    /// The platform's name for the payment.
    pub(crate) charge: String,
    pub(crate) failed_at: Timestamp,
}

const REFUNDS: &str = "SELECT refunds.id, \
     refunds.id || CASE attempt WHEN 0 THEN '' ELSE '_' || attempt END AS key, \
     charge, booking, refunds.yen, tried \
     FROM refunds JOIN payments ON payments.id = payment";

fn refund(row: &Row<'_>) -> rusqlite::Result<Refund> {
    Ok(Refund {
        id: row.get("id")?,
        key: row.get("key")?,
        charge: row.get("charge")?,
        booking: row.get("booking")?,
        yen: row.get("yen")?,
        tried: row.get("tried")?,
    })
}

const PAYMENTS: &str = "SELECT payments.*, \
     (SELECT coalesce(sum(yen), 0) FROM refunds WHERE payment = payments.id) AS back_yen, \
     (SELECT coalesce(sum(yen), 0) FROM refunds WHERE payment = payments.id AND done_at IS NULL) \
     AS going_yen \
     FROM payments";

fn read(row: &Row<'_>) -> rusqlite::Result<Payment> {
    let paid_at: Option<i64> = row.get("paid_at")?;
    Ok(Payment {
        id: row.get("id")?,
        booking: row.get("booking")?,
        for_change: row.get("for_change")?,
        subject: row.get("subject")?,
        store: row.get("store")?,
        starts_at: moment(row, "starts_at")?,
        yen: row.get("yen")?,
        back_yen: row.get("back_yen")?,
        going_yen: row.get("going_yen")?,
        language: language(row)?,
        stage: word(row, "stage", &WAYS)?,
        session: row.get("session")?,
        url: row.get("url")?,
        begun_at: moment(row, "begun_at")?,
        paid_at: paid_at.map(|_| moment(row, "paid_at")).transpose()?,
    })
}

fn get(book: &Connection, id: &str) -> rusqlite::Result<Option<Payment>> {
    book.prepare_cached(&format!("{PAYMENTS} WHERE id = ?1"))?.query_row([id], read).optional()
}

/// The payments for a booking, the latest first.
fn of(book: &Connection, booking: &str) -> rusqlite::Result<Vec<Payment>> {
    let latest_first = "ORDER BY coalesce(paid_at, begun_at) DESC, id";
    book.prepare_cached(&format!("{PAYMENTS} WHERE booking = ?1 {latest_first}"))?
        .query_map([booking], read)?
        .collect()
}

fn give_back(book: &Connection, payment: &str, yen: u32, now: Timestamp) -> Result<(), No> {
    book.prepare_cached(
        "INSERT INTO refunds (id, payment, yen, wanted_at) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![chance::uuid()?, payment, yen, now.as_second()])?;
    Ok(())
}

/// Those that brought money in.
pub(crate) fn received(payments: &[Payment]) -> impl Iterator<Item = &Payment> {
    payments.iter().filter(|payment| payment.stage == Way::Paid)
}

/// What came in and has not gone back, in yen.
pub(crate) fn left_of(payments: &[Payment]) -> u32 {
    received(payments).map(|payment| payment.yen - payment.back_yen).sum()
}

/// What was paid for a booking and has not gone back, in yen.
pub(super) fn kept(book: &Connection, booking: &str) -> rusqlite::Result<u32> {
    of(book, booking).map(|payments| left_of(&payments))
}

/// Gives back what was paid for a booking beyond what it costs, the last paid first; returns how much.
pub(super) fn keep(
    book: &Connection,
    booking: &str,
    costs: u32,
    now: Timestamp,
) -> Result<u32, No> {
    let payments = of(book, booking)?;
    let too_much = left_of(&payments).saturating_sub(costs);
    let mut left = too_much;
    for payment in received(&payments) {
        let yen = left.min(payment.yen - payment.back_yen);
        if yen > 0 {
            give_back(book, &payment.id, yen, now)?;
            left -= yen;
        }
    }
    Ok(too_much)
}

/// What a guest has to pay for a booking now, for which moment, and whether that is for a change of it.
struct Due {
    booking: Booking,
    starts_at: Timestamp,
    yen: u32,
    for_change: bool,
}

impl Due {
    fn is_paid_by(&self, payment: &Payment) -> bool {
        (self.yen, self.for_change) == (payment.yen, payment.for_change)
    }
}

fn due(book: &Connection, number: &str, now: Timestamp) -> rusqlite::Result<Option<Due>> {
    let Some(booking) = bookings::get(book, number)? else { return Ok(None) };
    if booking.is_held(now) {
        let (starts_at, yen) = (booking.starts_at, booking.fee_yen);
        return Ok(Some(Due { booking, starts_at, yen, for_change: false }));
    }
    if !booking.stands() {
        return Ok(None);
    }
    let change = changes::get(book, number)?;
    let held = change.filter(|change| change.held_until.is_some_and(|until| until > now));
    Ok(held.map(|change| {
        let (starts_at, yen) = (change.starts_at, change.difference());
        Due { booking, starts_at, yen, for_change: true }
    }))
}

fn begin(
    book: &Connection,
    number: &str,
    subject: &str,
    language: Language,
    now: Timestamp,
) -> Result<Payment, No> {
    bookings::expire(book, now)?;
    let due = due(book, number, now)?.filter(|due| due.booking.subject == subject);
    let Due { booking, starts_at, yen, for_change } = due.ok_or(No::Gone)?;
    let before = of(book, number)?;
    let fresh = now - SignedDuration::from_mins(AGAIN_MINUTES);
    let again = before.iter().find(|payment| {
        (payment.stage, payment.for_change, payment.yen) == (Way::Open, for_change, yen)
            && payment.begun_at > fresh
    });
    if let Some(again) = again {
        return Ok(again.clone());
    }
    if !before.iter().any(|payment| payment.for_change == for_change) {
        prolong(book, &booking, for_change, now)?;
    }
    let id = chance::uuid()?;
    book.prepare_cached(
        "INSERT INTO payments (id, booking, for_change, subject, store, starts_at, yen, language, stage,
            begun_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'opening', ?9)",
    )?
    .execute(params![
        id,
        number,
        for_change,
        subject,
        booking.store,
        starts_at.as_second(),
        yen,
        language.tag(),
        now.as_second(),
    ])?;
    get(book, &id)?.ok_or(No::Gone)
}

/// Whoever goes to pay for the first time has the whole time of a hold for it.
fn prolong(
    book: &Connection,
    booking: &Booking,
    for_change: bool,
    now: Timestamp,
) -> Result<(), No> {
    let store = stores::get(book, &booking.store)?.ok_or(No::Gone)?;
    let until = now + SignedDuration::from_mins(i64::from(store.hold_minutes));
    let until = until.min(booking.starts_at).as_second();
    book.prepare_cached(if for_change {
        "UPDATE changes SET held_until = max(held_until, min(?2, starts_at)) WHERE booking = ?1"
    } else {
        "UPDATE bookings SET held_until = max(held_until, ?2) WHERE number = ?1"
    })?
    .execute(params![booking.number, until])?;
    Ok(())
}

fn paid(
    book: &Connection,
    id: &str,
    session: &str,
    charge: &str,
    now: Timestamp,
) -> Result<Outcome, No> {
    bookings::expire(book, now)?;
    let payment = get(book, id)?.ok_or(No::Gone)?;
    if payment.stage == Way::Paid {
        return Ok(Outcome::Known);
    }
    book.prepare_cached(
        "UPDATE payments SET stage = 'paid', session = ?2, charge = ?3, paid_at = ?4 WHERE id = ?1",
    )?
    .execute(params![id, session, charge, now.as_second()])?;
    let Payment { booking: number, subject, yen, for_change, .. } = &payment;
    if due(book, number, now)?.is_some_and(|due| due.is_paid_by(&payment)) {
        if *for_change {
            if let Some(change) = changes::paid(book, number, now)? {
                return Ok(Outcome::Changing(change));
            }
        } else if let Some(asked) = bookings::ask(book, number, subject, payment.language, now)? {
            return Ok(Outcome::Asked(asked));
        }
    }
    give_back(book, id, *yen, now)?;
    let there = bookings::get(book, number)?;
    let is_off = there.as_ref().is_some_and(|booking| booking.ending == Some(Ending::Store));
    let alive = there.as_ref().is_some_and(|booking| {
        booking.ending.is_none() && matches!(booking.stage, Stage::Asked | Stage::Booked)
    });
    let kind = match (alive, for_change) {
        (true, false) => Kind::PaidTwice,
        (true, true) => Kind::NotChanged,
        (false, _) if is_off => Kind::PaidOff,
        (false, _) => Kind::PaidLate,
    };
    // Of a booking that is off, its own time is told, whatever it was to become.
    let starts_at = match there {
        Some(booking) if is_off => booking.starts_at,
        _ => payment.starts_at,
    };
    let store = stores::get(book, &payment.store)?.ok_or(No::Gone)?;
    let reason = match kind {
        Kind::PaidOff | Kind::NotChanged => {
            closing::on(book, &store.slug, store.date_of(starts_at))?
        }
        _ => None,
    };
    let about = About { subject, booking: number, store: &store.slug, starts_at };
    notices::put(book, about, kind, *yen, reason.as_ref(), now)?;
    Ok(Outcome::GoesBack)
}

impl Book {
    /// A guest goes to pay for what is held for her: a payment whose page has still to be opened, or one
    /// that she began a moment ago.
    ///
    /// # Errors
    /// [`No::Gone`] when there is nothing to pay for.
    pub(crate) async fn begin_payment(
        &self,
        number: &str,
        subject: &str,
        language: Language,
        now: Timestamp,
    ) -> Result<Payment, No> {
        let (number, subject) = (number.to_owned(), subject.to_owned());
        self.write(move |book| begin(book, &number, &subject, language, now)).await
    }

    /// Its page is open.
    pub(crate) async fn payment_opened(
        &self,
        id: &str,
        session: &str,
        url: &str,
    ) -> Result<(), No> {
        let (id, session, url) = (id.to_owned(), session.to_owned(), url.to_owned());
        self.write(move |book| {
            book.prepare_cached(
                "UPDATE payments SET stage = 'open', session = ?2, url = ?3
                 WHERE id = ?1 AND stage = 'opening'",
            )?
            .execute([id, session, url])?;
            Ok(())
        })
        .await
    }

    /// Money came in: what is held becomes a wish, or the money goes back.
    ///
    /// # Errors
    /// [`No::Gone`] when there is no such payment.
    pub(crate) async fn paid(
        &self,
        id: &str,
        session: &str,
        charge: &str,
        now: Timestamp,
    ) -> Result<Outcome, No> {
        let (id, session, charge) = (id.to_owned(), session.to_owned(), charge.to_owned());
        self.write(move |book| paid(book, &id, &session, &charge, now)).await
    }

    /// Nothing was paid, and nothing is to be.
    pub(crate) async fn payment_over(&self, id: &str) -> Result<(), No> {
        let id = id.to_owned();
        self.write(move |book| {
            book.prepare_cached(
                "UPDATE payments SET stage = 'over' WHERE id = ?1 AND stage IN ('opening', 'open')",
            )?
            .execute([id])?;
            Ok(())
        })
        .await
    }

    pub(crate) async fn payment(&self, id: &str) -> anyhow::Result<Option<Payment>> {
        let id = id.to_owned();
        self.read(move |book| get(book, &id)).await
    }

    /// The payments for a booking, the latest first.
    pub(crate) async fn payments_of(&self, number: &str) -> anyhow::Result<Vec<Payment>> {
        let number = number.to_owned();
        self.read(move |book| of(book, &number)).await
    }

    /// Whether a payment is for what its guest has to pay for now, and her latest for it.
    pub(crate) async fn is_due(&self, payment: &Payment, now: Timestamp) -> anyhow::Result<bool> {
        let payment = payment.clone();
        self.read(move |book| {
            let due = due(book, &payment.booking, now)?;
            let others = of(book, &payment.booking)?;
            let is_newer = |other: &Payment| {
                matches!(other.stage, Way::Opening | Way::Open) && other.begun_at > payment.begun_at
            };
            Ok(due.is_some_and(|due| due.is_paid_by(&payment)) && !others.iter().any(is_newer))
        })
        .await
    }

    /// Payments of which it is not known how they end, begun before a moment.
    pub(crate) async fn unsettled_payments(
        &self,
        before: Timestamp,
    ) -> anyhow::Result<Vec<Payment>> {
        self.read(move |book| {
            book.prepare_cached(&format!(
                "{PAYMENTS} WHERE stage IN ('opening', 'open') AND begun_at <= ?1
                 ORDER BY begun_at LIMIT 1000"
            ))?
            .query_map([before.as_second()], read)?
            .collect()
        })
        .await
    }

    /// Money that has still to go back, the longest wanted first.
    pub(crate) async fn unsettled_refunds(&self) -> anyhow::Result<Vec<Refund>> {
        self.read(|book| {
            book.prepare_cached(&format!(
                "{REFUNDS} WHERE done_at IS NULL AND failed_at IS NULL ORDER BY wanted_at LIMIT 1000"
            ))?
            .query_map([], refund)?
            .collect()
        })
        .await
    }

    /// Money of which an attempt has this name with the platform. While another attempt is under way, what becomes of an
    /// earlier one says nothing; once it is done, it may have been the earlier one that was made.
    pub(crate) async fn refund_named(&self, key: &str) -> anyhow::Result<Option<Refund>> {
        let key = key.to_owned();
        let id = key.split('_').next().unwrap_or_default().to_owned();
        self.read(move |book| {
            book.prepare_cached(&format!(
                "{REFUNDS} WHERE refunds.id = ?1 AND (key = ?2 OR done_at IS NOT NULL)"
            ))?
            .query_row([id, key], refund)
            .optional()
        })
        .await
    }

    /// Money that could not be given back, the longest known first.
    pub(crate) async fn failed_refunds(&self) -> anyhow::Result<Vec<FailedRefund>> {
        self.read(|book| {
            book.prepare_cached(
                "SELECT refunds.*, charge, booking, store, starts_at
                 FROM refunds JOIN payments ON payments.id = payment
                 WHERE failed_at IS NOT NULL ORDER BY failed_at, refunds.id",
            )?
            .query_map([], |row| {
                Ok(FailedRefund {
                    id: row.get("id")?,
                    store: row.get("store")?,
                    booking: row.get("booking")?,
                    starts_at: moment(row, "starts_at")?,
                    yen: row.get("yen")?,
                    charge: row.get("charge")?,
                    failed_at: moment(row, "failed_at")?,
                })
            })?
            .collect()
        })
        .await
    }

    /// An attempt came to nothing; what was given back otherwise stays so.
    pub(crate) async fn refund_failed(&self, money: &Refund, now: Timestamp) -> Result<(), No> {
        let money = money.clone();
        self.write(move |book| {
            book.prepare_cached(&format!(
                "UPDATE refunds SET failed_at = ?2, done_at = NULL
                 WHERE id = (SELECT id FROM ({REFUNDS}) WHERE key = ?1)
                 AND failed_at IS NULL AND by_hand IS NULL"
            ))?
            .execute(params![money.key, now.as_second()])?;
            Ok(())
        })
        .await
    }

    /// What came to nothing is asked for again, after a look whether an attempt before was made after all.
    pub(crate) async fn refund_again(&self, id: &str) -> Result<(), No> {
        let id = id.to_owned();
        self.write(move |book| {
            book.execute(
                "UPDATE refunds SET attempt = attempt + 1, failed_at = NULL
                 WHERE id = ?1 AND failed_at IS NOT NULL",
                [id],
            )?;
            Ok(())
        })
        .await
    }

    /// What came to nothing was given back otherwise, an operator says.
    pub(crate) async fn refund_by_hand(
        &self,
        id: &str,
        login: &str,
        now: Timestamp,
    ) -> Result<(), No> {
        let (id, login) = (id.to_owned(), login.to_owned());
        self.write(move |book| {
            book.execute(
                "UPDATE refunds SET done_at = ?3, failed_at = NULL, by_hand = ?2
                 WHERE id = ?1 AND failed_at IS NOT NULL",
                params![id, login, now.as_second()],
            )?;
            Ok(())
        })
        .await
    }

    /// The platform is about to be asked for it.
    pub(crate) async fn refund_tried(&self, id: &str) -> Result<(), No> {
        let id = id.to_owned();
        self.write(move |book| {
            book.prepare_cached("UPDATE refunds SET tried = 1 WHERE id = ?1")?.execute([id])?;
            Ok(())
        })
        .await
    }

    /// It went back, unless the platform has told meanwhile that it did not.
    pub(crate) async fn refund_done(&self, id: &str, now: Timestamp) -> Result<(), No> {
        let id = id.to_owned();
        self.write(move |book| {
            book.prepare_cached(
                "UPDATE refunds SET done_at = ?2 WHERE id = ?1 AND failed_at IS NULL",
            )?
            .execute(params![id, now.as_second()])?;
            Ok(())
        })
        .await
    }
}
