//! A guest's booking: its page, holding and confirming; her places in line and what she has to be told. Moving it is
//! in `change`, calling it off in `cancel`.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use maud::{Markup, html};
use serde::Deserialize;

use super::book;
use super::parts::{done, moment, named, naming, nothing};
use super::{Guest, Sheet, companions, layout, leading_to, pay, review, see_other};
use crate::app::{self, App, Reader, Shared};
use crate::azukari::Policy;
use crate::book::No;
use crate::book::bookings::{Booking, Ending, Stage};
use crate::book::notices::{Kind, Notice};
use crate::book::sessions::Caller;
use crate::book::stores::Store;
use crate::book::waiting::Waiting;
use crate::engage::{self, Stop};
use crate::fault::Fault;
use crate::terms::calling_off;
use crate::when;

#[derive(Deserialize)]
pub(super) struct Way {
    done: Option<String>,
    back: Option<String>,
}

/// A booking of hers, by the number in the address, with its store and whoever reads. Where there is none, that is the
/// answer.
pub(super) struct Own {
    pub(super) app: Shared,
    pub(super) reader: Reader,
    pub(super) caller: Caller,
    pub(super) booking: Booking,
    pub(super) store: Store,
}

impl FromRequestParts<Shared> for Own {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Response> {
        let Guest(caller) = Guest::from_request_parts(parts, app).await?;
        let Ok(reader) = Reader::from_request_parts(parts, app).await;
        let number = Path::<String>::from_request_parts(parts, app).await;
        let Path(number) = number.map_err(IntoResponse::into_response)?;
        let own = own_booking(app, &caller, &number).await;
        let (booking, store) = own.map_err(IntoResponse::into_response)?;
        Ok(Self { app: Arc::clone(app), reader, caller, booking, store })
    }
}

impl Own {
    pub(super) fn page(&self) -> String {
        format!("/me/bookings/{}", self.booking.number)
    }

    /// The booking's page with what was done to it and what of its money goes back.
    pub(super) fn done(&self, done: &str, back: u32) -> String {
        format!("{}?done={done}&back={back}", self.page())
    }
}

/// A booking of the reader's own; anybody else's does not exist for her.
pub(super) async fn own_booking(
    app: &App,
    caller: &Caller,
    number: &str,
) -> Result<(Booking, Store), Fault> {
    let now = app::now();
    let booking = app.book.booking(number).await?;
    let booking = booking
        .filter(|booking| booking.subject == caller.who)
        .filter(|booking| booking.stage != Stage::Held || booking.is_held(now))
        .ok_or(Fault::NotFound)?;
    // A mere wish is nothing to see, unless it is paid for.
    if booking.stage == Stage::Asked
        && (booking.ending.is_some() || !pay::is_paid(&app.book.payments_of(number).await?))
    {
        return Err(Fault::NotFound);
    }
    let store = app.book.store(&booking.store).await?.ok_or(Fault::NotFound)?;
    Ok((booking, store))
}

pub(super) async fn page(
    State(app): State<Shared>,
    reader: Reader,
    Guest(caller): Guest,
    Path(number): Path<String>,
    Query(way): Query<Way>,
) -> Result<Response, Fault> {
    let payments = app.book.payments_of(&number).await?;
    let (booking, store) = match own_booking(&app, &caller, &number).await {
        Err(Fault::NotFound) if pay::is_hers(&payments, &caller) => {
            return Ok(pay::without_booking(&app, &reader, &payments).await?.into_response());
        }
        Err(Fault::NotFound) if way.done.is_some() => {
            return Ok((StatusCode::GONE, too_late(&reader)).into_response());
        }
        found => found?,
    };
    let words = reader.words;
    let now = app::now();
    let change = app.book.unpaid_change(&number, now).await?.filter(|_| booking.stands());
    let to_pay = booking.stage == Stage::Held || change.is_some();
    let back = way.back.and_then(|yen| yen.parse().ok());
    let note = match way.done.as_deref() {
        Some(how @ ("unpaid" | "unopened" | "paid")) if to_pay => {
            pay::not_yet(how, &booking, &reader)
        }
        Some("held") => change
            .as_ref()
            .map_or_else(nothing, |change| done(&pay::change_held(change, &store, &reader))),
        Some("changed") if booking.stands() => {
            pay::done_and_back(words.visit.done_changed, back, &payments, &reader)
        }
        Some("cancelled") if booking.ending == Some(Ending::Guest) => {
            pay::done_and_back(words.hers.done_cancelled, back, &payments, &reader)
        }
        Some("paid") if booking.stands() && payments.iter().any(|payment| payment.for_change) => {
            // What came to nothing goes back, and she is told that apart.
            if pay::is_changed(&payments) { done(words.visit.done_changed) } else { nothing() }
        }
        Some("companions") if booking.tells_of_companions(now) => done(words.visit.done_companions),
        Some("booked" | "paid") if booking.stands() => done(words.hers.done_booked),
        // From a page that is older than what happened since.
        Some("unpaid") if booking.stands() => done(words.visit.nothing_to_pay),
        Some("kept") if booking.stands() => done(words.visit.done_kept),
        _ => nothing(),
    };
    let sent = if booking.stands() || booking.stage != Stage::Cancelled {
        let policy = app.azukari.policy().await?;
        let mut goes = review::goes_to_stores(&app, &caller, &policy, &store).await?;
        if !review::missing_consents(&app, &caller, &policy).await?.is_empty() {
            goes = None;
        }
        what_is_sent(&policy, goes.as_ref(), &store, &reader)
    } else {
        nothing()
    };
    let companions = companions::section(&app, &booking, &reader).await?;
    let closed = match booking.ending {
        Some(Ending::Store) => app.book.closed_at(&store, booking.starts_at).await?,
        _ => None,
    };
    let title =
        if booking.stage == Stage::Held { words.finding.review } else { words.visit.booking };
    let body = html! {
        h1 { (title) }
        (note)
        (ticket(&booking, &store, &reader))
        @if let Some(why) = &closed {
            div class="notice" { p { ((words.letter.reason)(why.get(reader.language))) } }
        }
        @if booking.is_off_before_it_was() && !pay::is_paid(&payments) {
            div class="notice" { p { (words.visit.never_was_told) } }
        }
        @if booking.stage == Stage::Asked { div class="notice" role="status" { p { (words.money.paid_and_waiting) } } }
        @if booking.stage == Stage::Held { (hold(&app, &booking, &store, &reader)) }
        @if let Some(change) = &change { (pay::difference(change, &store, &reader)) }
        (pay::account(&booking, &payments, &reader))
        (companions)
        (sent)
        @if booking.stands() && booking.ends_at > now {
            (change_or_cancel(&booking, &store, &reader, now))
        }
        p class="screen" { a href="/me" { (words.frame.to_my_page) } }
    };
    let page = layout(&reader, &Sheet { title, wide: false }, &body);
    match &app.till {
        Some(till) if to_pay => leading_to(till.platform.pages(), page),
        _ => Ok(page.into_response()),
    }
}

/// What this store may see of what is held, by purpose, and until when: with the ticket above it, the
/// document of the provision.
fn what_is_sent(
    policy: &Policy,
    goes: Option<&review::Goes>,
    store: &Store,
    reader: &Reader,
) -> Markup {
    let words = reader.words;
    html! {
        section class="sheet" {
            h2 { (naming(words.finding.first_store, store.name(reader.language))) }
            (review::seen_there(policy, goes, reader))
            p class="actions screen" {
                a href="/me/looks" { (words.hers.looks) }
                a href="/me/items" { (words.hers.room_items) }
            }
        }
    }
}

pub(super) fn ticket(booking: &Booking, store: &Store, reader: &Reader) -> Markup {
    let (words, language) = (reader.words, reader.language);
    let held = matches!(booking.stage, Stage::Held | Stage::Asked);
    let cancelled = !held && !booking.stands();
    let starts = when::there(booking.starts_at, &store.time_zone, language);
    let clock = when::clock(booking.starts_at, &store.time_zone, language);
    html! {
        div class={ "sheet ticket" @if cancelled { " past" } } {
            p class="eyebrow" { (named(store.name(language))) }
            p class="big" { (moment(booking.starts_at, &starts)) }
            @if cancelled {
                p { span class="tag refused" {
                    @if booking.ending == Some(Ending::Store) { (words.visit.called_off_by_store) }
                    @else { (words.hers.cancelled) }
                } }
            }
            dl class="pairs" {
                div { dt { (words.visit.party_size) } dd { ((words.frame.party)(booking.party)) } }
                @if !held { div { dt { (words.visit.booking_number) } dd class="number" { (booking.number) } } }
                div { dt { (words.letter.clock) } dd { (clock) } }
                div { dt { (words.visit.address) } dd { (store.address.get(language)) } }
                (book::telephone(store, reader))
                @if booking.fee_yen > 0 && !booking.is_off_before_it_was() {
                    div { dt { (words.visit.fee) } dd class="yen" { ((words.frame.yen)(booking.fee_yen)) } }
                }
            }
            @if booking.fee_yen > 0 && !cancelled {
                p class="hint" { (calling_off(booking.terms(), &store.time_zone, language, app::now())) }
            }
        }
    }
}

/// What can still be done about it; where it is too late, until when it could, and the store's telephone.
fn change_or_cancel(booking: &Booking, store: &Store, reader: &Reader, now: Timestamp) -> Markup {
    let words = reader.words;
    let there = |at| when::there(at, &store.time_zone, reader.language);
    let at = format!("/me/bookings/{}", booking.number);
    let (change, cancel) = (now < booking.change_until(), now < booking.starts_at);
    html! {
        section class="sheet screen" {
            h2 { (words.letter.change_or_cancel) }
            @if !cancel { p { ((words.visit.all_over)(&there(booking.starts_at))) } }
            @else if !change { p { ((words.visit.change_over)(&there(booking.change_until()))) } }
            @if !change { (book::ask_the_store(store, reader)) }
            @if cancel {
                p class="actions" {
                    @if change {
                        a class="button quiet" href={ (at) "/change" } { (words.visit.change_booking) }
                    }
                    a class="button grave" href={ (at) "/cancel" } { (words.visit.cancel) }
                }
            }
        }
    }
}

/// A seat that is held: until when, and what to do about it.
fn hold(app: &App, booking: &Booking, store: &Store, reader: &Reader) -> Markup {
    let (words, language) = (reader.words, reader.language);
    let until = booking.held_until.unwrap_or(booking.starts_at);
    let time = when::time(until.to_zoned(store.time_zone.clone()).time(), language);
    let pays = app.till.is_some();
    html! {
        div class="notice" {
            @if pays { p { ((words.money.held_to_pay)(&time)) } p { (words.money.pay_where) } }
            @else { p { ((words.visit.held_told)(&time)) } p { (words.money.pay_at_store) } }
        }
        div class="actions" {
            @if pays { (pay::button(booking, booking.fee_yen, reader)) }
            @else {
                form method="post" action={ "/me/bookings/" (booking.number) "/confirm" } {
                    button {
                        (words.visit.confirm_booking)
                        @if booking.fee_yen > 0 {
                            ((words.frame.in_brackets)(&(words.frame.yen)(booking.fee_yen)))
                        }
                    }
                }
            }
            form method="post" action={ "/me/bookings/" (booking.number) "/cancel" } {
                input type="hidden" name="held" value="1";
                button class="quiet" { (words.visit.let_go) }
            }
        }
    }
}

pub(super) async fn confirm(
    State(app): State<Shared>,
    reader: Reader,
    Guest(caller): Guest,
    Path(number): Path<String>,
) -> Result<Response, Fault> {
    match engage::confirm(&app, &number, &caller.who, reader.language, app::now()).await {
        Ok(_) => see_other(&format!("/me/bookings/{number}?done=booked")),
        // Sent twice, or the hold is over: her page shows how it stands.
        Err(Stop::No(No::Gone)) => match own_booking(&app, &caller, &number).await {
            Ok(_) => see_other(&format!("/me/bookings/{number}")),
            Err(_) => Ok((StatusCode::GONE, too_late(&reader)).into_response()),
        },
        Err(stop) => Err(Fault::from(stop)),
    }
}

/// The hold was over before she confirmed it.
fn too_late(reader: &Reader) -> Markup {
    let words = reader.words;
    let body = html! {
        h1 { (words.visit.hold_over) }
        p { (words.visit.hold_over_told) }
        p class="actions" { a class="button" href="/" { (words.hers.find_a_table) } }
    };
    layout(reader, &Sheet { title: words.visit.hold_over, wide: false }, &body)
}

pub(super) async fn wait_no_more(
    State(app): State<Shared>,
    Guest(caller): Guest,
    Path(id): Path<i64>,
) -> Result<Response, Fault> {
    app.book.wait_no_more(id, &caller.who).await?;
    see_other("/me")
}

pub(super) async fn notices_read(
    State(app): State<Shared>,
    Guest(caller): Guest,
    Path(id): Path<i64>,
) -> Result<Response, Fault> {
    app.book.notices_read(&caller.who, id).await?;
    see_other("/me")
}

/// What she has to be told, at the top of her page.
pub(super) fn notices(notices: &[Notice], stores: &[Store], reader: &Reader) -> Markup {
    let (words, language) = (reader.words, reader.language);
    let Some(newest) = notices.first() else { return nothing() };
    let about = |notice: &Notice| {
        let store = stores.iter().find(|store| store.slug == notice.store)?;
        let there = |at| when::there(at, &store.time_zone, language);
        let until = notice.held_until.map(there);
        Some((store.name(language), there(notice.starts_at), until))
    };
    html! {
        div class="notice" role="status" {
            ul {
                @for notice in notices {
                    @let (store, at, until) = about(notice).unwrap_or_default();
                    li {
                        @let told = naming(|store| words.notice(notice, store, &at, until.as_deref(), language), store);
                        @match notice.kind {
                            Kind::CalledOff => strong { a href={ "/me/bookings/" (notice.booking) } { (told) } },
                            Kind::OfferOver | Kind::LineClosed => (told),
                            _ => a href={ "/me/bookings/" (notice.booking) } { (told) },
                        }
                        " " span class="hint" {
                            (moment(notice.at, &when::date_and_time(notice.at, language)))
                        }
                    }
                }
            }
            form method="post" action={ "/me/notices/" (newest.id) "/read" } {
                button class="quiet" { (words.visit.notices_read) }
            }
        }
    }
}

/// The lines in which she stands.
pub(super) fn waits(waits: &[Waiting], stores: &[Store], reader: &Reader) -> Markup {
    let (words, language) = (reader.words, reader.language);
    html! {
        @if !waits.is_empty() {
            h2 { (words.visit.waiting) }
            ul class="rows" {
                @for wait in waits {
                    @if let Some(store) = stores.iter().find(|store| store.slug == wait.store) {
                        @let at = when::there(wait.starts_at, &store.time_zone, language);
                        li {
                            (moment(wait.starts_at, &at))
                            span { (named(store.name(language))) (words.frame.comma) ((words.frame.party)(wait.party)) }
                            span class="tag" { ((words.visit.waiting_before)(wait.before)) }
                            form method="post" action={ "/me/waiting/" (wait.id) "/end" } {
                                button class="plain" { (words.visit.wait_no_more) }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::tests::store;
    use crate::language::Language;
    use crate::pages::me::looks::tests::reader;

    #[test]
    fn what_never_was_a_booking_shows_no_fee() {
        let at = "2026-11-22T09:00:00Z".parse().unwrap();
        let reader = reader(Language::En);
        let drawn = |held_until| {
            let booking = Booking {
                number: "S-1".to_owned(),
                store: "mihon".to_owned(),
                subject: "sub_a".to_owned(),
                starts_at: at,
                ends_at: at,
                party: 2,
                stage: Stage::Cancelled,
                ending: Some(Ending::Store),
                held_until,
                asked_at: at,
                fee_yen: 20_000,
                free_until: at,
                late_percent: 50,
                language: Language::En,
            };
            ticket(&booking, &store(), &reader).into_string()
        };
        assert!(drawn(None).contains("20,000"));
        assert!(!drawn(Some(at)).contains("20,000"));
    }
}
