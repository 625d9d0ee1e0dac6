//! What goes between the book and Azukari: a booking is first written down here as a mere wish, then told
//! there, then good here. Whatever breaks in between, no store sees a booking that Azukari does not know,
//! no seat is given twice, and [`settle`] finishes or drops what was left, at the start and each minute.
//! Knows nothing of pages.

mod paying;
mod writing;

pub(crate) use paying::{begin, finish, look_after};

use std::future::Future;
use std::time::Duration;

use jiff::{Timestamp, ToSpan};

use crate::app::{self, App, Shared};
use crate::azukari::{Engagement, Trouble};
use crate::book::No;
use crate::book::bookings::{Booking, Ending, Stage, Wish};
use crate::book::changes::Change;
use crate::book::closing::{ClosingDay, Decision};
use crate::book::companions::Companions;
use crate::book::payments::Way;
use crate::language::Language;
use crate::payments;

/// How long an act may be under way before it counts as left behind, in seconds: longer than an answer of
/// Azukari's takes.
const UNDER_WAY_SECONDS: i64 = 30;

/// Why something was not done.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The book says no.
    No(No),
    /// Azukari does.
    Trouble(Trouble),
    /// The payment platform does.
    Unpaid(payments::Trouble),
}

impl From<No> for Stop {
    fn from(no: No) -> Self {
        Self::No(no)
    }
}

impl From<Trouble> for Stop {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

impl From<payments::Trouble> for Stop {
    fn from(trouble: payments::Trouble) -> Self {
        Self::Unpaid(trouble)
    }
}

/// Places a booking on both sides; where there is something to pay first, holds the seat.
///
/// # Errors
/// Why the book does not take it, or what Azukari answered.
pub(crate) async fn place(app: &App, wish: Wish, now: Timestamp) -> Result<Booking, Stop> {
    let _turn = app.turns.of(&wish.subject).await;
    let taken = app.book.claim(wish, now).await?;
    if taken.booking.stage == Stage::Held {
        return Ok(taken.booking);
    }
    tell(app, taken.booking, taken.is_new, now).await
}

/// A held seat becomes a booking whose fee is paid at the store.
///
/// # Errors
/// [`No::Gone`] when the hold is over, or the fee is to be paid here; what Azukari answered.
pub(crate) async fn confirm(
    app: &App,
    number: &str,
    subject: &str,
    language: Language,
    now: Timestamp,
) -> Result<Booking, Stop> {
    if app.till.is_some() {
        return Err(No::Gone.into());
    }
    let _turn = app.turns.of(subject).await;
    let asked = app.book.ask(number, subject, language, now).await?;
    tell(app, asked, true, now).await
}

/// Tells Azukari of what was asked for.
async fn tell(app: &App, asked: Booking, is_new: bool, now: Timestamp) -> Result<Booking, Stop> {
    match put(app, &asked, asked.ends_at, false).await {
        Ok(()) => {
            app.book.booked(&asked.number, now).await?;
            app.wake.notify_one();
            Ok(Booking { stage: Stage::Booked, ..asked })
        }
        Err(trouble) => {
            // Without a plain no, or after an earlier try, Azukari may know of it: then the wish stays
            // until it is asked for again, or called off by `settle`.
            if is_new && trouble.is_a_no() {
                app.book.ended(&asked.number, now).await?;
            } else {
                app.book.end(&asked.number, Ending::Failed, now).await?;
            }
            Err(trouble.into())
        }
    }
}

/// Calls a booking off, and says what goes back. From the moment that Azukari knows, the store sees nothing.
///
/// # Errors
/// [`No::Gone`] when there is none; what Azukari answered: it is called off all the same, within a minute
/// or two of Azukari's return.
pub(crate) async fn call_off(
    app: &App,
    booking: &Booking,
    by: Ending,
    now: Timestamp,
) -> Result<u32, Stop> {
    let _turn = app.turns.of(&booking.subject).await;
    let back = app.book.end(&booking.number, by, now).await?;
    app.wake.notify_one();
    if booking.stage != Stage::Held {
        end(app, booking, now).await?;
        // Whoever is offered its seat is written to.
        app.wake.notify_one();
    }
    Ok(back)
}

/// Closes a day of a store. What is called off with it Azukari is told at once; what it does not hear now it hears
/// within a minute. Says how many were called off.
///
/// # Errors
/// [`No::InTheWay`] with the bookings about which nothing was decided; then the day stays open.
pub(crate) async fn close(
    app: &App,
    store: &str,
    day: ClosingDay,
    decision: Decision,
    now: Timestamp,
) -> Result<usize, No> {
    let called_off = app.book.close_day(store, day, decision, now).await?;
    if let Err(no) = settle(app, now - 1.minutes(), now).await {
        tracing::warn!("bookings that were called off are not settled yet: {no}");
    }
    Ok(called_off)
}

/// Moves a booking to another time, or makes it another party's; `told` is what she said of those whom she brings
/// then, if she was asked. Says what goes back; one that costs more is held until the difference is paid, `None` then.
///
/// # Errors
/// Why the book does not take it, or what Azukari answered; then the booking is what it was. [`No::Gone`] also when it was
/// called off or its new day closed while Azukari was told.
pub(crate) async fn change(
    app: &App,
    number: &str,
    subject: &str,
    to: (Timestamp, u8),
    told: Option<Companions>,
    now: Timestamp,
) -> Result<Option<u32>, Stop> {
    let _turn = app.turns.of(subject).await;
    let change = app.book.change(number, subject, to, told, app.till.is_some(), now).await?;
    if change.held_until.is_some() {
        return Ok(None);
    }
    match put(app, &change.booking, change.ends_at, false).await {
        Ok(()) => {
            let back = app.book.changed(number, now).await?;
            app.wake.notify_one();
            Ok(Some(back.ok_or(No::Gone)?))
        }
        Err(trouble) => {
            if trouble.is_a_no() {
                app.book.drop_change(number, now).await?;
            } else {
                app.book.change_failed(number).await?;
            }
            Err(trouble.into())
        }
    }
}

/// Finishes or drops whatever was left on its way: what was asked for is booked, what the guest was told had
/// come to nothing is called off, what was to end has ended.
///
/// # Errors
/// Failures of the book. What Azukari does not take now is tried again the next time.
pub(crate) async fn settle(app: &App, before: Timestamp, now: Timestamp) -> Result<(), No> {
    app.book.sweep(now).await?;
    paying::settle(app, before, now).await?;
    for left in app.book.unsettled(before).await? {
        let _turn = app.turns.of(&left.subject).await;
        // It may have been settled while this waited for its turn.
        let Some(left) = app.book.booking(&left.number).await? else { continue };
        if let Err(Stop::No(no)) = settle_one(app, left, now).await {
            return Err(no);
        }
    }
    for left in app.book.unsettled_changes(before).await? {
        let _turn = app.turns.of(&left.booking.subject).await;
        let left = app.book.change_of(&left.booking.number).await?;
        let on_its_way = |left: &Change| left.held_until.is_none() && left.booking.stands();
        let Some(left) = left.filter(on_its_way) else { continue };
        if let Err(Stop::No(no)) = settle_change(app, &left, now).await {
            return Err(no);
        }
    }
    paying::give_back(app, now).await?;
    writing::write(app, now).await
}

/// A no that stays one. Being asked too often passes, and money is not sent to and fro for that.
fn is_for_good(trouble: &Trouble) -> bool {
    trouble.is_a_no() && !matches!(trouble, Trouble::TooMany)
}

async fn settle_one(app: &App, left: Booking, now: Timestamp) -> Result<(), Stop> {
    let settled = match (left.stage, left.ending) {
        (Stage::Asked | Stage::Booked, Some(_)) => end(app, &left, now).await,
        // Its time has come, and nobody came to the store for it.
        (Stage::Asked, None) if left.starts_at <= now => end(app, &left, now).await,
        (Stage::Asked, None) => {
            let payments = app.book.payments_of(&left.number).await.map_err(No::from)?;
            if payments.iter().any(|payment| payment.stage == Way::Paid) {
                paying::tell(app, &left, now).await
            } else {
                tell(app, left.clone(), true, now).await.map(drop)
            }
        }
        _ => Ok(()),
    };
    if let Err(Stop::Trouble(trouble)) = &settled {
        tracing::warn!(number = left.number, "a booking is not settled yet: {trouble}");
    }
    settled
}

async fn settle_change(app: &App, left: &Change, now: Timestamp) -> Result<(), Stop> {
    let number = &left.booking.number;
    let ends_at = if left.failed { left.booking.ends_at } else { left.ends_at };
    match put(app, &left.booking, ends_at, false).await {
        Ok(()) if left.failed => app.book.drop_change(number, now).await?,
        Ok(()) => app.book.changed(number, now).await.map(drop)?,
        Err(trouble) if trouble.is_a_no() => app.book.drop_change(number, now).await?,
        Err(trouble) => {
            tracing::warn!(number, "a change is not settled yet: {trouble}");
            return Err(trouble.into());
        }
    }
    Ok(())
}

/// Azukari is told that it ends, and it has ended here.
async fn end(app: &App, booking: &Booking, now: Timestamp) -> Result<(), Stop> {
    match put(app, booking, booking.ends_at, true).await {
        // Not found: no such guest or store, so nothing binds them.
        Ok(()) | Err(Trouble::NotFound) => Ok(app.book.ended(&booking.number, now).await?),
        Err(trouble) => Err(trouble.into()),
    }
}

async fn put(
    app: &App,
    booking: &Booking,
    ends_at: Timestamp,
    cancelled: bool,
) -> Result<(), Trouble> {
    // Always the same words for the same booking, however often it is told.
    let engagement = Engagement { starts_at: booking.asked_at, ends_at, cancelled };
    app.azukari.put_engagement(&booking.subject, &booking.store, &booking.number, &engagement).await
}

/// Settles at the start, when everything on its way was left behind by a process that is gone, and then
/// each minute; has letters go, and money go back, as soon as somebody says that there is some; until `shutdown`
/// resolves.
pub(crate) async fn keep_settled(app: Shared, shutdown: impl Future<Output = ()>) {
    tokio::pin!(shutdown);
    let mut minute = tokio::time::interval(Duration::from_mins(1));
    let mut all = true;
    loop {
        let woken = tokio::select! {
            () = &mut shutdown => return,
            () = app.wake.notified() => true,
            _ = minute.tick() => false,
        };
        let now = app::now();
        if woken {
            if let Err(no) = writing::write(&app, now).await {
                tracing::error!("letters are not on their way: {no}");
            }
            if let Err(no) = paying::give_back(&app, now).await {
                tracing::error!("money on its way back is not settled: {no}");
            }
            continue;
        }
        let before = if all { now } else { now - UNDER_WAY_SECONDS.seconds() };
        match settle(&app, before, now).await {
            Ok(()) => all = false,
            Err(no) => tracing::error!("bookings on their way are not settled: {no}"),
        }
    }
}

#[cfg(test)]
mod tests;
