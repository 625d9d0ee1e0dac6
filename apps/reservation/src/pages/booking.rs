//! A guest's booking: its page, holding and confirming, moving it, calling it off; her places in line and
//! what she has to be told.

use std::collections::BTreeSet;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;

use super::book::{self, choose, read, told};
use super::parts::{done, moment, named, nothing};
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
use crate::fields::Fields;
use crate::when;

#[derive(Deserialize)]
pub(super) struct Way {
    done: Option<String>,
    date: Option<String>,
    party: Option<u8>,
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
        .filter(|booking| booking.held_until.is_none_or(|until| until > now))
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
    let note = match way.done.as_deref() {
        Some(how @ ("unpaid" | "unopened" | "paid")) if to_pay => {
            pay::not_yet(how, &booking, &reader)
        }
        Some("changed") if booking.stands() => done(words.done_changed),
        Some("paid") if booking.stands() && payments.iter().any(|payment| payment.for_change) => {
            done(words.done_changed)
        }
        Some("companions") if booking.tells_of_companions(now) => done(words.done_companions),
        Some("booked" | "paid") if booking.stands() => done(words.done_booked),
        _ => nothing(),
    };
    let coming = booking.stands() && booking.starts_at > now;
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
    let title = if booking.stage == Stage::Held { words.review } else { words.booking };
    let body = html! {
        h1 { (title) }
        (note)
        (ticket(&booking, &store, &reader))
        @if booking.stage == Stage::Asked { div class="notice" role="status" { p { (words.paid_and_waiting) } } }
        @if booking.stage == Stage::Held { (hold(&app, &booking, &store, &reader)) }
        @if let Some(change) = &change { (pay::difference(change, &store, &reader)) }
        (pay::account(&booking, &payments, &reader))
        (companions)
        (sent)
        @if coming {
            section class="sheet screen" {
                h2 { (words.change_or_cancel) }
                p class="actions" {
                    a class="button quiet" href={ "/me/bookings/" (number) "/change" } {
                        (words.change_booking)
                    }
                }
                (cancel_form(&booking, pay::kept(&payments), &reader, now))
            }
        }
        p class="screen" { a href="/me" { (words.to_my_page) } }
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
    goes: Option<&BTreeSet<String>>,
    store: &Store,
    reader: &Reader,
) -> Markup {
    let words = reader.words;
    html! {
        section class="sheet" {
            h2 { ((words.first_store)(store.name(reader.language))) }
            (review::seen_there(policy, goes, reader))
            p class="actions screen" {
                a href="/me/looks" { (words.looks) }
                a href="/me/items" { (words.room_items) }
            }
        }
    }
}

fn ticket(booking: &Booking, store: &Store, reader: &Reader) -> Markup {
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
                    @if booking.ending == Some(Ending::Store) { (words.called_off_by_store) }
                    @else { (words.cancelled) }
                } }
            }
            dl class="pairs" {
                div { dt { (words.party_size) } dd { ((words.party)(booking.party)) } }
                @if !held { div { dt { (words.booking_number) } dd { (booking.number) } } }
                div { dt { (words.clock) } dd { (clock) } }
                div { dt { (words.address) } dd { (store.address.get(language)) } }
                @if booking.fee_yen > 0 {
                    div { dt { (words.fee) } dd class="yen" { ((words.yen)(booking.fee_yen)) } }
                }
            }
            @if booking.fee_yen > 0 && !cancelled {
                p class="hint" { (until_free(booking, store, reader)) }
            }
        }
    }
}

/// Until when calling it off costs nothing, and what it costs afterwards.
fn until_free(booking: &Booking, store: &Store, reader: &Reader) -> String {
    let until = when::there(booking.free_until, &store.time_zone, reader.language);
    (reader.words.free_until)(&until, booking.late_percent)
}

/// A seat that is held: until when, and what to do about it.
fn hold(app: &App, booking: &Booking, store: &Store, reader: &Reader) -> Markup {
    let (words, language) = (reader.words, reader.language);
    let until = booking.held_until.unwrap_or(booking.starts_at);
    let time = when::time(until.to_zoned(store.time_zone.clone()).time(), language);
    let pays = app.till.is_some();
    html! {
        div class="notice" {
            @if pays { p { ((words.held_to_pay)(&time)) } p { (words.pay_where) } }
            @else { p { ((words.held_told)(&time)) } p { (words.pay_at_store) } }
        }
        div class="actions" {
            @if pays { (pay::button(booking, reader)) }
            @else {
                form method="post" action={ "/me/bookings/" (booking.number) "/confirm" } {
                    button { (words.confirm_booking) }
                }
            }
            form method="post" action={ "/me/bookings/" (booking.number) "/cancel" } {
                input type="hidden" name="held" value="1";
                button class="quiet" { (words.let_go) }
            }
        }
    }
}

fn cancel_form(booking: &Booking, kept: u32, reader: &Reader, now: Timestamp) -> Markup {
    let words = reader.words;
    let cost = booking.cost_of_calling_off(now);
    html! {
        form method="post" action={ "/me/bookings/" (booking.number) "/cancel" } {
            p { (words.cancel_told) }
            @if cost > 0 { p class="notice alert" { ((words.cancel_costs)(&(words.yen)(cost))) } }
            @else if booking.fee_yen > 0 { p { (words.cancel_free) } }
            @if kept > cost { p { ((words.goes_back)(&(words.yen)(kept - cost))) } }
            p class="actions" { button class="grave" { (words.cancel) } }
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
        h1 { (words.hold_over) }
        p { (words.hold_over_told) }
        p class="actions" { a class="button" href="/" { (words.find_a_table) } }
    };
    layout(reader, &Sheet { title: words.hold_over, wide: false }, &body)
}

pub(super) async fn cancel(
    State(app): State<Shared>,
    Guest(caller): Guest,
    Path(number): Path<String>,
    fields: Fields,
) -> Result<Response, Fault> {
    let (booking, _) = own_booking(&app, &caller, &number).await?;
    let now = app::now();
    let held = booking.stage == Stage::Held;
    // An old page, gone back to after paying, gives up a hold and no booking.
    if fields.filled("held").is_some() && !held {
        return see_other(&format!("/me/bookings/{number}?done=booked"));
    }
    if held || booking.stage == Stage::Booked {
        if booking.starts_at <= now {
            return see_other(&format!("/me/bookings/{number}"));
        }
        let here = format!("/me/bookings/{number}/cancel");
        engage::call_off(&app, &booking, Ending::Guest, now)
            .await
            .map_err(|stop| Fault::from(stop).keeping(&here, &Fields::default()))?;
    }
    see_other(if held { "/me" } else { "/me?done=cancelled" })
}

pub(super) async fn change_page(
    State(app): State<Shared>,
    reader: Reader,
    Guest(caller): Guest,
    Path(number): Path<String>,
    Query(way): Query<Way>,
) -> Result<Response, Fault> {
    let (booking, store) = own_booking(&app, &caller, &number).await?;
    let date = way.date.and_then(|date| date.parse().ok());
    Ok(draw_change(&app, &reader, &booking, &store, (date, way.party), None).await?.into_response())
}

async fn draw_change(
    app: &App,
    reader: &Reader,
    booking: &Booking,
    store: &Store,
    (date, party): (Option<Date>, Option<u8>),
    error: Option<&str>,
) -> Result<Markup, Fault> {
    let words = reader.words;
    let now = app::now();
    let party = party.unwrap_or(booking.party).clamp(store.party_min, store.party_max);
    let date = Some(date.unwrap_or(store.date_of(booking.starts_at)));
    let mut strip = Vec::new();
    for date in book::days(store, date, now) {
        let number = &booking.number;
        strip.push((date, app.book.day_for_change(store.clone(), date, party, number, now).await?));
    }
    let mut chooser = book::chosen(store, strip, date, party, now)?;
    let companions = companions::section(app, booking, reader).await?;
    chooser.moves = Some(format!("/me/bookings/{}/change", booking.number));
    let body = html! {
        h1 { (words.change_booking) }
        (ticket(booking, store, reader))
        p class="lead" { (words.change_told) }
        (companions)
        @if let Some(error) = error {
            div class="notice alert" role="alert" { p { (error) } }
        }
        section class="choosing" id="times" {
            h2 { (words.choose_a_table) }
            (choose(reader, &chooser))
        }
        p { a href={ "/me/bookings/" (booking.number) } { (words.back) } }
    };
    Ok(layout(reader, &Sheet { title: words.change_booking, wide: false }, &body))
}

pub(super) async fn change(
    State(app): State<Shared>,
    reader: Reader,
    Guest(caller): Guest,
    Path(number): Path<String>,
    fields: Fields,
) -> Result<Response, Fault> {
    let (booking, store) = own_booking(&app, &caller, &number).await?;
    let here = format!("/me/bookings/{number}/change");
    let error = match read(&fields, &store, reader.words) {
        Err(error) => error,
        Ok(to) => match engage::change(&app, &number, &caller.who, to, app::now()).await {
            Ok(false) => return see_other(&format!("/me/bookings/{number}")),
            Ok(true) => return see_other(&format!("/me/bookings/{number}?done=changed")),
            Err(Stop::No(No::TooSoon)) => reader.words.error_change_late.to_owned(),
            Err(Stop::No(no)) => match told(&no, &store, &reader) {
                Some(error) => error,
                None => return Err(no.into()),
            },
            Err(stop) => return Err(Fault::from(stop).keeping(&here, &fields)),
        },
    };
    let chosen = (fields.get("date").parse().ok(), fields.get("party").parse().ok());
    let page = draw_change(&app, &reader, &booking, &store, chosen, Some(&error)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
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
        let at = when::there(notice.starts_at, &store.time_zone, language);
        Some((store.name(language), at))
    };
    html! {
        div class="notice" role="status" {
            ul {
                @for notice in notices {
                    @let (store, at) = about(notice).unwrap_or_default();
                    li {
                        @let told = words.notice(notice, store, &at);
                        @match notice.kind {
                            Kind::CalledOff => strong { (told) },
                            Kind::OfferOver => (told),
                            _ => a href={ "/me/bookings/" (notice.booking) } { (told) },
                        }
                        " " span class="hint" {
                            (moment(notice.at, &when::date_and_time(notice.at, language)))
                        }
                    }
                }
            }
            form method="post" action={ "/me/notices/" (newest.id) "/read" } {
                button class="quiet" { (words.notices_read) }
            }
        }
    }
}

/// The lines in which she stands.
pub(super) fn waits(waits: &[Waiting], stores: &[Store], reader: &Reader) -> Markup {
    let (words, language) = (reader.words, reader.language);
    html! {
        @if !waits.is_empty() {
            h2 { (words.waiting) }
            ul class="rows" {
                @for wait in waits {
                    @if let Some(store) = stores.iter().find(|store| store.slug == wait.store) {
                        @let at = when::there(wait.starts_at, &store.time_zone, language);
                        li {
                            (moment(wait.starts_at, &at))
                            span { (named(store.name(language))) (words.comma) ((words.party)(wait.party)) }
                            span class="tag" { ((words.waiting_before)(wait.before)) }
                            form method="post" action={ "/me/waiting/" (wait.id) "/end" } {
                                button class="plain" { (words.wait_no_more) }
                            }
                        }
                    }
                }
            }
        }
    }
}
