//! Paying for what is held: the way to the payment platform's page and back, what was paid and what went back,
//! and the platform's own messages. The only pages from which a form leads out of this app.

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::parts::{done, moment, named, nothing};
use super::{Guest, Sheet, layout, see_other};
use crate::app::{self, App, Reader, Shared};
use crate::book::No;
use crate::book::bookings::{Booking, Ending, Stage};
use crate::book::changes::Change;
use crate::book::payments::{Payment, left_of, received};
use crate::book::sessions::Caller;
use crate::book::stores::Store;
use crate::engage::{self, Stop};
use crate::fault::Fault;
use crate::payments::Heard;
use crate::when;

/// Which payment the platform sends her back from.
#[derive(Deserialize)]
pub(super) struct Back {
    payment: Option<String>,
}

/// She goes to the platform's page.
pub(super) async fn pay(
    State(app): State<Shared>,
    reader: Reader,
    Guest(caller): Guest,
    Path(number): Path<String>,
) -> Result<Response, Fault> {
    match engage::begin(&app, &number, &caller.who, reader.language, app::now()).await {
        Ok(url) => see_other(&url),
        // Paid meanwhile, or the hold is over: her page shows how it stands.
        Err(Stop::No(No::Gone)) => see_other(&format!("/me/bookings/{number}?done=unpaid")),
        Err(Stop::Unpaid(trouble)) => {
            tracing::warn!(number, "no payment page: {trouble}");
            see_other(&format!("/me/bookings/{number}?done=unopened"))
        }
        Err(stop) => Err(stop.into()),
    }
}

/// She comes back. What she paid is finished whoever comes, for a session may have ended meanwhile; what there
/// is to see is on a page that asks who she is.
pub(super) async fn back(
    State(app): State<Shared>,
    Path(number): Path<String>,
    Query(way): Query<Back>,
) -> Result<Response, Fault> {
    if let Some(payment) = &way.payment
        && let Err(stop) = engage::finish(&app, payment, None, app::now()).await
    {
        // The job goes on with it.
        tracing::warn!("a payment is not finished yet: {stop:?}");
    }
    see_other(&format!("/me/bookings/{}?done=paid", plain(&number)?))
}

/// The platform says that something happened to a payment. What it says is looked up; only a good answer keeps
/// it from saying it again.
pub(super) async fn hear(
    State(app): State<Shared>,
    headers: HeaderMap,
    message: Bytes,
) -> StatusCode {
    let Some(till) = &app.till else { return StatusCode::NOT_FOUND };
    let signature = headers.get("stripe-signature").and_then(|value| value.to_str().ok());
    let now = app::now();
    match till.platform.hears(signature.unwrap_or_default(), &message, now) {
        Err(unsigned) => {
            tracing::warn!("a message was turned away: {unsigned}");
            StatusCode::BAD_REQUEST
        }
        Ok(None) => StatusCode::OK,
        Ok(Some(heard)) => {
            let done = match &heard {
                Heard::Order { id, session } => engage::finish(&app, id, Some(session), now).await,
                Heard::Return { id } => engage::look_after(&app, id, now).await,
            };
            done.map_or_else(
                |stop| {
                    tracing::warn!("a message is not followed yet: {stop:?}");
                    StatusCode::SERVICE_UNAVAILABLE
                },
                |()| StatusCode::OK,
            )
        }
    }
}

/// A booking's number as part of an address of ours.
fn plain(number: &str) -> Result<&str, Fault> {
    let is_plain = number.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if is_plain { Ok(number) } else { Err(Fault::NotFound) }
}

pub(super) fn is_paid(payments: &[Payment]) -> bool {
    received(payments).next().is_some()
}

/// Whether the change that was paid for last was made, so that its money stayed.
pub(super) fn is_changed(payments: &[Payment]) -> bool {
    received(payments).next().is_some_and(|last| last.for_change && last.back_yen < last.yen)
}

/// Whether there is money of hers in it.
pub(super) fn is_hers(payments: &[Payment], caller: &Caller) -> bool {
    received(payments).any(|payment| payment.subject == caller.who)
}

/// Why there is still something to pay.
pub(super) fn not_yet(how: &str, booking: &Booking, reader: &Reader) -> Markup {
    let words = reader.words;
    html! {
        div class="notice alert" role="alert" {
            @match how {
                "unopened" => p { (words.money.unopened) },
                "unpaid" => p { (words.money.unpaid) },
                _ => {
                    p { (words.money.not_seen_yet) }
                    p { a href={ "/me/bookings/" (booking.number) "?done=paid" } { (words.money.look_again) } }
                }
            }
        }
    }
}

/// The button that leads to the platform's page.
pub(super) fn button(booking: &Booking, yen: u32, reader: &Reader) -> Markup {
    let words = reader.words;
    html! {
        form method="post" action={ "/me/bookings/" (booking.number) "/pay" } {
            button { ((words.money.go_to_pay)(&(words.frame.yen)(yen))) }
        }
    }
}

/// Until when, by the store's clock, the seat of a change is held.
fn until(change: &Change, store: &Store, reader: &Reader) -> String {
    let until = change.held_until.unwrap_or(change.booking.starts_at);
    when::time(until.to_zoned(store.time_zone.clone()).time(), reader.language)
}

/// That the seat of a change is held, and what is to be paid for it.
pub(super) fn change_held(change: &Change, store: &Store, reader: &Reader) -> String {
    let yen = (reader.words.frame.yen)(change.difference());
    (reader.words.money.change_held)(&yen, &until(change, store, reader))
}

/// What was just done, and what of it goes back: never more than what went back for that booking.
pub(super) fn done_and_back(
    said: &str,
    back: Option<u32>,
    payments: &[Payment],
    reader: &Reader,
) -> Markup {
    let words = reader.words;
    let all: u32 = received(payments).map(|payment| payment.back_yen).sum();
    match back.filter(|yen| (1..=all).contains(yen)) {
        Some(yen) => done(&(words.money.and_goes_back)(said, &(words.frame.yen)(yen))),
        None => done(said),
    }
}

/// A change that waits for its difference to be paid.
pub(super) fn difference(change: &Change, store: &Store, reader: &Reader) -> Markup {
    let (words, language) = (reader.words, reader.language);
    let time = until(change, store, reader);
    let starts = when::there(change.starts_at, &store.time_zone, language);
    html! {
        section class="sheet screen" {
            h2 { (words.money.pay_difference) }
            p { (moment(change.starts_at, &starts)) (words.frame.comma) ((words.frame.party)(change.party)) }
            p { ((words.money.difference)(&(words.frame.yen)(change.difference()), &time)) }
            p { (words.money.pay_difference_told) }
            p class="hint" { (words.money.pay_where) }
            div class="actions" {
                (button(&change.booking, change.difference(), reader))
                form method="post" action={ "/me/bookings/" (change.booking.number) "/change/stop" } {
                    button class="quiet" { (words.visit.do_not_change) }
                }
            }
        }
    }
}

/// What was paid for a booking and what went back, with the receipt for the rest.
pub(super) fn account(booking: &Booking, payments: &[Payment], reader: &Reader) -> Markup {
    if !is_paid(payments) {
        return nothing();
    }
    let words = reader.words;
    let kept = left_of(payments);
    html! {
        section class="sheet screen" {
            h2 { (words.money.payments) }
            (lines(payments, booking.ending == Some(Ending::Guest), reader))
            @if kept > 0 && booking.stage != Stage::Asked {
                p class="actions" {
                    a href={ "/me/bookings/" (booking.number) "/receipt" } { (words.money.receipt) }
                }
            }
        }
    }
}

/// The sum; what stays of a booking that its guest called off is what calling off cost.
fn lines(payments: &[Payment], called_off: bool, reader: &Reader) -> Markup {
    let (words, language) = (reader.words, reader.language);
    let kept = left_of(payments);
    let mut in_order: Vec<&Payment> = received(payments).collect();
    in_order.reverse();
    let several = in_order.len() > 1;
    let back: u32 = in_order.iter().map(|payment| payment.back_yen).sum();
    let going: u32 = in_order.iter().map(|payment| payment.going_yen).sum();
    let moved = [(words.money.gone_back, back - going), (words.money.going_back, going)];
    html! {
        dl class="sum" {
            @for payment in in_order {
                @let at = payment.paid_at.unwrap_or(payment.begun_at);
                div {
                    dt {
                        (words.money.paid_on) " "
                        span class="hint" { (moment(at, &when::date_and_time(at, language))) }
                    }
                    dd { ((words.frame.yen)(payment.yen)) }
                }
            }
            @for (said, yen) in moved.into_iter().filter(|(_, yen)| *yen > 0) {
                div { dt { (said) } dd { "−" ((words.frame.yen)(yen)) } }
            }
            @if kept > 0 && (back > 0 || several || called_off) {
                div class="all" {
                    dt { @if called_off { (words.money.cancel_fee) } @else { (words.money.kept) } }
                    dd { ((words.frame.yen)(kept)) }
                }
            }
        }
    }
}

/// Money of hers for which there is no booking: what becomes of it.
pub(super) async fn without_booking(
    app: &App,
    reader: &Reader,
    payments: &[Payment],
) -> Result<Markup, Fault> {
    let (words, language) = (reader.words, reader.language);
    let payment = payments.first().ok_or(Fault::NotFound)?;
    let store = app.book.store(&payment.store).await?.ok_or(Fault::NotFound)?;
    let starts = when::there(payment.starts_at, &store.time_zone, language);
    let body = html! {
        h1 { (words.money.no_booking) }
        div class="notice alert" { p { (words.money.no_booking_told) } }
        div class="sheet ticket past" {
            p class="eyebrow" { (named(store.name(language))) }
            p class="big" { (moment(payment.starts_at, &starts)) }
        }
        section class="sheet" {
            h2 { (words.money.payments) }
            (lines(payments, false, reader))
        }
        p class="actions" {
            a class="button" href={ "/book/" (store.slug) } { (words.hers.find_a_table) }
            a href="/me" { (words.frame.to_my_page) }
        }
    };
    Ok(layout(reader, &Sheet { title: words.money.no_booking, wide: false }, &body))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::payments::Way;
    use crate::language::Language;
    use crate::pages::me::looks::tests::reader;

    #[test]
    fn what_stays_of_a_booking_is_its_fee_once_it_is_called_off_and_nothing_is_not_kept() {
        let reader = reader(Language::En);
        let words = reader.words;
        let at = "2026-11-22T09:00:00Z".parse().unwrap();
        let draw = |back_yen, going_yen, called_off| {
            let payment = Payment {
                id: "p".to_owned(),
                booking: "S-1".to_owned(),
                for_change: false,
                subject: "sub_1".to_owned(),
                store: "mihon".to_owned(),
                starts_at: at,
                yen: 10_000,
                back_yen,
                going_yen,
                language: Language::En,
                stage: Way::Paid,
                session: None,
                url: None,
                begun_at: at,
                paid_at: Some(at),
            };
            lines(&[payment], called_off, &reader).into_string()
        };
        let drawn = |back_yen, called_off| draw(back_yen, 0, called_off);
        // What is done and what is under way stand apart.
        let apart = draw(8_000, 5_000, true);
        for (said, yen) in [(words.money.gone_back, "3,000"), (words.money.going_back, "5,000")] {
            assert!(apart.contains(&format!("<dt>{said}</dt><dd>−¥{yen}</dd>")), "{apart}");
        }
        let fee = format!("<dt>{}</dt><dd>¥5,000</dd>", words.money.cancel_fee);
        let kept = format!("<dt>{}</dt><dd>¥5,000</dd>", words.money.kept);
        for (back_yen, called_off, shows) in [(5_000, true, &fee), (5_000, false, &kept)] {
            assert!(drawn(back_yen, called_off).contains(shows), "{back_yen} {called_off}");
        }
        assert!(drawn(0, true).contains(&fee.replace("5,000", "10,000")));
        for called_off in [true, false] {
            let all_back = drawn(10_000, called_off);
            assert!(!all_back.contains("class=\"all\""), "{all_back}");
        }
    }
}
