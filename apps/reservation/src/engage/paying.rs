//! Paying: a guest goes from what is held for her to the payment platform's page, and when she has paid it is
//! asked for and told to Azukari. However that becomes known, by her return, by a message of the platform or
//! because it was asked, [`finish`] does the same, once. What is paid for nothing goes back; nobody waits for
//! that but the job, so a platform that is away delays it by a minute.

use jiff::{SignedDuration, Timestamp};

use super::{Stop, is_for_good, put};
use crate::app::{App, Till};
use crate::book::No;
use crate::book::bookings::Booking;
use crate::book::changes::Change;
use crate::book::payments::{Outcome, Payment, Refund, Way};
use crate::language::Language;
use crate::letters::page_of;
use crate::payments::{self, Order, Return, Seen};
use crate::words::Words;

/// For how long the platform knows a page, in hours; what it does not know later was not paid there.
const KNOWN_HOURS: i64 = 48;

/// The address of the page on which a guest pays for what is held for her.
///
/// # Errors
/// [`No::Gone`] when there is nothing to pay for; what the platform answered: then the hold is as it was.
pub(crate) async fn begin(
    app: &App,
    number: &str,
    subject: &str,
    language: Language,
    now: Timestamp,
) -> Result<String, Stop> {
    let Some(till) = &app.till else { return Err(No::Gone.into()) };
    let _turn = app.turns.of(subject).await;
    let payment = app.book.begin_payment(number, subject, language, now).await?;
    if let (Way::Open, Some(url)) = (payment.stage, payment.url) {
        return Ok(url);
    }
    let store = app.book.store(&payment.store).await.map_err(No::from)?.ok_or(No::Gone)?;
    let page = page_of(app.here.known(), number);
    let order = Order {
        id: &payment.id,
        yen: payment.yen,
        title: &(Words::of(language).money.pay_title)(store.name(language)),
        language,
        when_paid: &format!("{page}/paid?payment={}", payment.id),
        when_not: &format!("{page}?done=unpaid"),
        now,
    };
    match till.platform.open(&order).await {
        Ok(page) => {
            app.book.payment_opened(&payment.id, &page.session, &page.url).await?;
            Ok(page.url)
        }
        // The platform may have opened a page; nobody has its address.
        Err(trouble) => {
            app.book.payment_over(&payment.id).await?;
            Err(trouble.into())
        }
    }
}

/// Looks how a payment stands, and does what follows. `session` is what the platform said of it, if it did.
///
/// # Errors
/// What the book, Azukari or the platform answered; the job tries again.
pub(crate) async fn finish(
    app: &App,
    id: &str,
    session: Option<&str>,
    now: Timestamp,
) -> Result<(), Stop> {
    let Some(till) = &app.till else { return Ok(()) };
    let Some(payment) = app.book.payment(id).await.map_err(No::from)? else { return Ok(()) };
    let _turn = app.turns.of(&payment.subject).await;
    // It may have been finished while this waited for its turn.
    let Some(payment) = app.book.payment(id).await.map_err(No::from)? else { return Ok(()) };
    let finished = finish_one(app, till, &payment, session, now).await;
    app.wake.notify_one();
    finished
}

async fn finish_one(
    app: &App,
    till: &Till,
    payment: &Payment,
    session: Option<&str>,
    now: Timestamp,
) -> Result<(), Stop> {
    if payment.stage == Way::Paid {
        return Ok(());
    }
    let Some(session) = payment.session.as_deref().or(session) else {
        // The app stopped while the platform was asked: nobody has the address of that page.
        return Ok(app.book.payment_over(&payment.id).await?);
    };
    match till.platform.look(session, payment.yen).await {
        Ok(Seen::Paid { charge }) => {
            match app.book.paid(&payment.id, session, &charge, now).await? {
                Outcome::Asked(asked) => tell(app, &asked, now).await,
                Outcome::Changing(change) => tell_change(app, &change, now).await,
                Outcome::GoesBack | Outcome::Known => Ok(()),
            }
        }
        Ok(Seen::Over) => Ok(app.book.payment_over(&payment.id).await?),
        Ok(Seen::Open) => {
            if !app.book.is_due(payment, now).await.map_err(No::from)? {
                // Nobody is to pay for what is not to be had. Whoever was quicker is seen the next time.
                match till.platform.close(session).await {
                    Ok(()) => app.book.payment_over(&payment.id).await?,
                    Err(payments::Trouble::No(_)) => {}
                    Err(trouble) => return Err(trouble.into()),
                }
            }
            Ok(())
        }
        Err(payments::Trouble::No(no))
            if payment.begun_at + SignedDuration::from_hours(KNOWN_HOURS) < now =>
        {
            tracing::error!(payment = payment.id, "the payment platform knows nothing of it: {no}");
            Ok(app.book.payment_over(&payment.id).await?)
        }
        Err(trouble) => Err(trouble.into()),
    }
}

/// Tells Azukari of a booking that is paid for. After anything but a plain no it stays asked for, and the job
/// goes on with it; after a no the money goes back, and she is told.
pub(super) async fn tell(app: &App, asked: &Booking, now: Timestamp) -> Result<(), Stop> {
    match put(app, asked, asked.ends_at, false).await {
        Ok(()) => {
            app.book.booked(&asked.number, now).await?;
            app.wake.notify_one();
            Ok(())
        }
        Err(trouble) => {
            if is_for_good(&trouble) {
                app.book.ended(&asked.number, now).await?;
            }
            Err(trouble.into())
        }
    }
}

async fn tell_change(app: &App, change: &Change, now: Timestamp) -> Result<(), Stop> {
    let number = &change.booking.number;
    match put(app, &change.booking, change.ends_at, false).await {
        Ok(()) => {
            app.book.changed(number, now).await?;
            app.wake.notify_one();
            Ok(())
        }
        Err(trouble) => {
            if is_for_good(&trouble) {
                app.book.drop_change(number, now).await?;
            }
            Err(trouble.into())
        }
    }
}

/// Looks at the payments of which it is not known how they end, begun before a moment.
///
/// # Errors
/// Failures of the book.
pub(super) async fn settle(app: &App, before: Timestamp, now: Timestamp) -> Result<(), No> {
    let Some(till) = &app.till else { return Ok(()) };
    for left in app.book.unsettled_payments(before).await? {
        let _turn = app.turns.of(&left.subject).await;
        let Some(left) = app.book.payment(&left.id).await? else { continue };
        match finish_one(app, till, &left, None, now).await {
            Ok(()) => {}
            Err(Stop::No(no)) => return Err(no),
            Err(Stop::Trouble(trouble)) => {
                tracing::warn!(number = left.booking, "paid, and not booked yet: {trouble}");
            }
            Err(Stop::Unpaid(trouble)) => {
                tracing::warn!(number = left.booking, "a payment is not settled yet: {trouble}");
                // The others would most likely wait for nothing as well.
                if matches!(trouble, payments::Trouble::Unavailable) {
                    break;
                }
            }
        }
    }
    Ok(())
}

/// Money on its way back, as the platform is told of it.
fn returned(refund: &Refund) -> Return<'_> {
    Return { id: &refund.id, key: &refund.key, charge: &refund.charge, yen: refund.yen }
}

/// Has money that is to go back go back. What the platform does not do now it is asked again, after a look
/// whether it did.
///
/// # Errors
/// Failures of the book.
pub(super) async fn give_back(app: &App, now: Timestamp) -> Result<(), No> {
    let Some(till) = &app.till else { return Ok(()) };
    for refund in app.book.unsettled_refunds().await? {
        let money = returned(&refund);
        let gave = async {
            if refund.tried {
                match till.platform.gave_back(&money).await {
                    Ok(true) => return Ok(()),
                    Ok(false) => {}
                    // A no to the question is none to the money.
                    Err(payments::Trouble::No(_)) => {
                        let said = "a no to whether money went back";
                        return Err(payments::Trouble::Unexpected(said).into());
                    }
                    Err(trouble) => return Err(trouble.into()),
                }
            }
            app.book.refund_tried(&refund.id).await?;
            Ok::<_, Stop>(till.platform.give_back(&money).await?)
        };
        match gave.await {
            Ok(()) => app.book.refund_done(&refund.id, now).await?,
            Err(Stop::No(no)) => return Err(no),
            Err(Stop::Unpaid(payments::Trouble::Unavailable)) => {
                tracing::warn!(number = refund.booking, "money has not gone back yet");
                break;
            }
            // An operator has to look.
            Err(Stop::Unpaid(payments::Trouble::No(no))) => {
                tracing::error!(number = refund.booking, "money does not go back: {no}");
                app.book.refund_failed(&refund, now).await?;
            }
            // It is asked for again each minute.
            Err(stop) => {
                tracing::error!(number = refund.booking, "money does not go back: {stop:?}");
            }
        }
    }
    Ok(())
}

/// The platform says that something happened to money on its way back: whether it is there, or came to nothing.
///
/// # Errors
/// Failures of the book, and a platform that does not say; it tells again.
pub(crate) async fn look_after(app: &App, key: &str, now: Timestamp) -> Result<(), Stop> {
    let Some(till) = &app.till else { return Ok(()) };
    let refund = app.book.refund_named(key).await.map_err(No::from)?;
    let Some(refund) = refund.filter(|refund| refund.tried) else { return Ok(()) };
    let money = returned(&refund);
    if !till.platform.gave_back(&money).await? {
        tracing::error!(number = refund.booking, "money did not go back after all");
        app.book.refund_failed(&refund, now).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
