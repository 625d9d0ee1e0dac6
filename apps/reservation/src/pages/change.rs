//! Moving a booking to another time or party: choosing, looking it over with the difference in money, doing it, and
//! giving up what waits to be paid.

use axum::extract::{FromRequestParts, Query};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;

use super::book::{self, Moves, choose, told};
use super::booking::{Own, ticket};
use super::parts::{Errors, Named, moment, named};
use super::review::{self, Chosen};
use super::{Sheet, companions, layout, see_other};
use crate::app::{self, Shared};
use crate::book::{No, payments};
use crate::engage::{self, Stop};
use crate::fault::Fault;
use crate::fields::Fields;
use crate::payments::LEAST_YEN;
use crate::terms::calling_off;
use crate::when;

/// The field with what she pays for a change now, as she was shown it.
const SHOWN: &str = "yen";

#[derive(Deserialize)]
pub(super) struct Way {
    date: Option<String>,
    party: Option<u8>,
}

/// A booking of hers that can still be moved; whoever wants to move another is led to its page.
pub(super) struct Moving(Own);

impl FromRequestParts<Shared> for Moving {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Response> {
        let own = Own::from_request_parts(parts, app).await?;
        if own.booking.stands() && app::now() < own.booking.change_until() {
            return Ok(Self(own));
        }
        Err(see_other(&own.page()).unwrap_or_else(IntoResponse::into_response))
    }
}

pub(super) async fn page(Moving(own): Moving, Query(way): Query<Way>) -> Result<Markup, Fault> {
    let date = way.date.and_then(|date| date.parse().ok());
    times(&own, (date, way.party), None).await
}

/// Looking a change over.
pub(super) async fn review(
    Moving(own): Moving,
    Query(chosen): Query<Chosen>,
) -> Result<Response, Fault> {
    let fields = chosen.fields();
    match read(&own, &fields) {
        Ok(to) => Ok(over(&own, to, &fields, &Errors::default(), None).await?.into_response()),
        Err(error) => again(&own, &fields, &error).await,
    }
}

pub(super) async fn change(Moving(own): Moving, fields: Fields) -> Result<Response, Fault> {
    let Own { app, reader, caller, booking, store } = &own;
    let to = match read(&own, &fields) {
        Ok(to) => to,
        Err(error) => return again(&own, &fields, &error).await,
    };
    let along = companions::were_asked(&fields)
        .then(|| companions::read(&fields, to.1.saturating_sub(1), reader.words));
    let along = match along.transpose() {
        Ok(along) => along,
        Err(errors) => {
            let page = over(&own, to, &fields, &errors, None).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    // Nothing costs more than what she was shown, whether it is paid here or at the store.
    if money(&own, to).await?.pays > review::shown(&fields, SHOWN)
        || review::are_worse(&fields, store.terms(to.0, to.1))
    {
        let note = Some(reader.words.visit.change_costs_now);
        let page = over(&own, to, &fields, &Errors::default(), note).await?;
        return Ok((StatusCode::CONFLICT, page).into_response());
    }
    app.book.reads_in(booking, reader.language).await?;
    match engage::change(app, &booking.number, &caller.who, to, along, app::now()).await {
        Ok(None) => see_other(&format!("{}?done=held", own.page())),
        Ok(Some(back)) => see_other(&own.done("changed", back)),
        // Called off, or its new day closed, meanwhile: her page shows how it stands.
        Err(Stop::No(No::Gone)) => see_other(&own.page()),
        Err(Stop::No(no)) => match told(&no, store, reader) {
            Some(error) => again(&own, &fields, &error).await,
            None => Err(no.into()),
        },
        Err(stop) => Err(Fault::from(stop).keeping(&format!("{}/change", own.page()), &fields)),
    }
}

/// She does not change after all: what is held until the difference is paid is let go of.
pub(super) async fn stop(own: Own) -> Result<Response, Fault> {
    let _turn = own.app.turns.of(&own.caller.who).await;
    own.app.book.give_up_change(&own.booking.number, app::now()).await?;
    see_other(&format!("{}?done=kept", own.page()))
}

/// What a change does to the money: the fee before and after, what she pays for it now, what goes back.
struct Money {
    before: u32,
    after: u32,
    pays: u32,
    back: u32,
}

/// What she wants it to become; or why that cannot be had.
fn read(own: &Own, fields: &Fields) -> Result<(Timestamp, u8), String> {
    let words = own.reader.words;
    let to = book::read(fields, &own.store, words)?;
    let is_same = to == (own.booking.starts_at, own.booking.party);
    if is_same { Err(words.visit.same_as_now.to_owned()) } else { Ok(to) }
}

/// The times to choose from, with what is wrong about what was chosen.
async fn times(
    own: &Own,
    (date, party): (Option<Date>, Option<u8>),
    error: Option<&str>,
) -> Result<Markup, Fault> {
    let Own { app, reader, booking, store, .. } = own;
    let words = reader.words;
    let now = app::now();
    let at = own.page();
    let party = store.nearest(party.unwrap_or(booking.party));
    let date = Some(date.unwrap_or(store.date_of(booking.starts_at)));
    let mut strip = Vec::new();
    for date in book::days(store, date, now) {
        let day = app.book.day_for_change(store.clone(), date, party, &booking.number, now).await?;
        strip.push((date, day));
    }
    let mut chooser = book::chosen(store, strip, date, party, now)?;
    let companions = companions::section(app, booking, reader).await?;
    let page = format!("{at}/change/review");
    chooser.moves = Some(Moves { page, from: (booking.starts_at, booking.party) });
    let body = html! {
        h1 { (words.visit.change_booking) }
        (ticket(booking, store, reader))
        p class="lead" { (words.visit.change_told) }
        (companions)
        @if let Some(error) = error {
            div class="notice alert" role="alert" { p { (error) } }
        }
        section class="choosing" id="times" {
            h2 { (words.finding.choose_a_table) }
            (choose(reader, &chooser))
        }
        p { a href=(at) { (words.frame.back) } }
    };
    Ok(layout(reader, &Sheet { title: words.visit.change_booking, wide: false }, &body))
}

/// The same, for what a form brought.
async fn again(own: &Own, fields: &Fields, error: &str) -> Result<Response, Fault> {
    let chosen = (fields.get("date").parse().ok(), fields.get("party").parse().ok());
    let error = format!("{error}{}", companions::again(fields, own.reader.words));
    let page = times(own, chosen, Some(&error)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

async fn money(own: &Own, (starts_at, party): (Timestamp, u8)) -> Result<Money, Fault> {
    let (after, ..) = own.store.terms(starts_at, party);
    let before = own.booking.fee_yen;
    let kept = payments::left_of(&own.app.book.payments_of(&own.booking.number).await?);
    // What is too little for a card is let go.
    let more = after.saturating_sub(before);
    let pays = if own.app.till.is_some() && more >= LEAST_YEN { more } else { 0 };
    Ok(Money { before, after, pays, back: kept.saturating_sub(after) })
}

/// What the booking is and what it becomes, with the difference in money, before anything is done.
async fn over(
    own: &Own,
    (starts_at, party): (Timestamp, u8),
    fields: &Fields,
    errors: &Errors,
    note: Option<&str>,
) -> Result<Markup, Fault> {
    let Own { app, reader, booking, store, .. } = own;
    let (words, language) = (reader.words, reader.language);
    let there = |at| moment(at, &when::there(at, &store.time_zone, language));
    let at = own.page();
    let money = money(own, (starts_at, party)).await?;
    let span = (starts_at, store.ends_at(starts_at));
    let others = review::at_that_hour(app, &booking.subject, span, Some(booking)).await?;
    let companions = companions::left_out(app, booking, party, (fields, errors), reader).await?;
    let order: Vec<Named> = companions::named(words).collect();
    let yen = |yen: u32| (words.frame.yen)(yen);
    let body = html! {
        div {
            p class="eyebrow" { (named(store.name(language))) }
            h1 { (words.visit.change_review) }
        }
        @if let Some(note) = note { div class="notice alert" role="alert" { p { (note) } } }
        (errors.summary(&order, words))
        (review::same_hour(&others, reader))
        section class="sheet ticket" {
            dl class="pairs" {
                div {
                    dt { (words.visit.until_now) }
                    dd { (there(booking.starts_at)) " · " ((words.frame.party)(booking.party)) }
                }
            }
            p class="big" { (there(starts_at)) }
            p {
                ((words.frame.party)(party)) " · "
                span class="soft" { (when::clock(starts_at, &store.time_zone, language)) }
            }
            @if money.before > 0 || money.after > 0 {
                dl class="sum" {
                    div { dt { (words.visit.fee_until_now) } dd { (yen(money.before)) } }
                    div class="all" {
                        dt { (words.visit.fee_from_now) } dd class="yen" { (yen(money.after)) }
                    }
                }
                @if money.pays > 0 {
                    p { ((words.visit.change_pays)(&yen(money.pays), store.hold_minutes)) }
                }
                @if money.back > 0 { p { ((words.money.goes_back)(&yen(money.back))) } }
            }
            p class="hint" {
                (calling_off(store.terms(starts_at, party), &store.time_zone, language, app::now()))
            }
        }
        form method="post" action={ (at) "/change" } {
            @for name in ["date", "time", "party"] {
                input type="hidden" name=(name) value=(fields.get(name));
            }
            input type="hidden" name=(SHOWN) value=(money.pays);
            (review::terms_shown(store.terms(starts_at, party)))
            (companions)
            p class="actions" {
                button {
                    @if money.pays > 0 { ((words.visit.hold_it)(store.hold_minutes)) }
                    @else { (words.visit.change_it) }
                }
                a href={ (at) "/change?date=" (fields.get("date")) "&party=" (party) "#times" } {
                    (words.finding.choose_again)
                }
                a href=(at) { (words.visit.do_not_change) }
            }
        }
    };
    Ok(layout(reader, &Sheet { title: words.visit.change_review, wide: false }, &body))
}
