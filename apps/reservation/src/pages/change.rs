//! Moving a booking to another time or party: choosing, looking it over with the difference in money, doing it, and
//! giving up what waits to be paid.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;

use super::book::{self, choose, read, told};
use super::booking::{own_booking, ticket};
use super::parts::{moment, named};
use super::review::{self, Chosen, FEE};
use super::{Guest, Sheet, companions, layout, pay, see_other};
use crate::app::{self, App, Reader, Shared};
use crate::book::bookings::Booking;
use crate::book::stores::Store;
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

/// Where she goes while, or because, a booking cannot be moved.
fn instead(booking: &Booking, now: Timestamp) -> Option<String> {
    let can = booking.stands() && now < booking.change_until();
    (!can).then(|| format!("/me/bookings/{}", booking.number))
}

pub(super) async fn page(
    State(app): State<Shared>,
    reader: Reader,
    Guest(caller): Guest,
    Path(number): Path<String>,
    Query(way): Query<Way>,
) -> Result<Response, Fault> {
    let (booking, store) = own_booking(&app, &caller, &number).await?;
    if let Some(to) = instead(&booking, app::now()) {
        return see_other(&to);
    }
    let look = Look { app: &app, reader: &reader, booking: &booking, store: &store };
    let date = way.date.and_then(|date| date.parse().ok());
    Ok(look.times((date, way.party), None).await?.into_response())
}

/// Looking a change over.
pub(super) async fn review(
    State(app): State<Shared>,
    reader: Reader,
    Guest(caller): Guest,
    Path(number): Path<String>,
    Query(chosen): Query<Chosen>,
) -> Result<Response, Fault> {
    let (booking, store) = own_booking(&app, &caller, &number).await?;
    if let Some(to) = instead(&booking, app::now()) {
        return see_other(&to);
    }
    let look = Look { app: &app, reader: &reader, booking: &booking, store: &store };
    let fields = chosen.fields();
    match read(&fields, &store, reader.words) {
        Ok(to) => Ok(look.over(to, &fields, None).await?.into_response()),
        Err(error) => look.again(&fields, &error).await,
    }
}

pub(super) async fn change(
    State(app): State<Shared>,
    reader: Reader,
    Guest(caller): Guest,
    Path(number): Path<String>,
    fields: Fields,
) -> Result<Response, Fault> {
    let (booking, store) = own_booking(&app, &caller, &number).await?;
    if let Some(to) = instead(&booking, app::now()) {
        return see_other(&to);
    }
    let look = Look { app: &app, reader: &reader, booking: &booking, store: &store };
    let to = match read(&fields, &store, reader.words) {
        Ok(to) => to,
        Err(error) => return look.again(&fields, &error).await,
    };
    // Nothing costs more than what she was shown, whether it is paid here or at the store.
    let money = look.money(to).await?;
    if money.pays > review::shown(&fields, SHOWN) || money.after > review::shown(&fields, FEE) {
        let page = look.over(to, &fields, Some(reader.words.visit.change_costs_now)).await?;
        return Ok((StatusCode::CONFLICT, page).into_response());
    }
    match engage::change(&app, &number, &caller.who, to, app::now()).await {
        Ok(false) => see_other(&format!("/me/bookings/{number}")),
        Ok(true) => see_other(&format!("/me/bookings/{number}?done=changed")),
        Err(Stop::No(no)) => match told(&no, &store, &reader) {
            Some(error) => look.again(&fields, &error).await,
            None => Err(no.into()),
        },
        Err(stop) => {
            Err(Fault::from(stop).keeping(&format!("/me/bookings/{number}/change"), &fields))
        }
    }
}

/// She does not change after all: what is held until the difference is paid is let go of.
pub(super) async fn stop(
    State(app): State<Shared>,
    Guest(caller): Guest,
    Path(number): Path<String>,
) -> Result<Response, Fault> {
    own_booking(&app, &caller, &number).await?;
    let _turn = app.turns.of(&caller.who).await;
    app.book.give_up_change(&number, app::now()).await?;
    see_other(&format!("/me/bookings/{number}?done=kept"))
}

/// What a change does to the money: the fee before and after, what she pays for it now, what goes back.
struct Money {
    before: u32,
    after: u32,
    pays: u32,
    back: u32,
}

/// What the pages are drawn from.
struct Look<'a> {
    app: &'a App,
    reader: &'a Reader,
    booking: &'a Booking,
    store: &'a Store,
}

impl Look<'_> {
    /// The times to choose from, with what is wrong about what was chosen.
    async fn times(
        &self,
        (date, party): (Option<Date>, Option<u8>),
        error: Option<&str>,
    ) -> Result<Markup, Fault> {
        let Self { app, reader, booking, store } = *self;
        let words = reader.words;
        let now = app::now();
        let number = &booking.number;
        let party = party.unwrap_or(booking.party);
        let party = store.nearest(party);
        let date = Some(date.unwrap_or(store.date_of(booking.starts_at)));
        let mut strip = Vec::new();
        for date in book::days(store, date, now) {
            let day = app.book.day_for_change(store.clone(), date, party, number, now).await?;
            strip.push((date, day));
        }
        let mut chooser = book::chosen(store, strip, date, party, now)?;
        let companions = companions::section(app, booking, reader).await?;
        chooser.moves = Some(format!("/me/bookings/{number}/change/review"));
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
            p { a href={ "/me/bookings/" (number) } { (words.frame.back) } }
        };
        Ok(layout(reader, &Sheet { title: words.visit.change_booking, wide: false }, &body))
    }

    /// The same, for what a form brought.
    async fn again(&self, fields: &Fields, error: &str) -> Result<Response, Fault> {
        let chosen = (fields.get("date").parse().ok(), fields.get("party").parse().ok());
        let page = self.times(chosen, Some(error)).await?;
        Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
    }

    async fn money(&self, (starts_at, party): (Timestamp, u8)) -> Result<Money, Fault> {
        let (after, ..) = self.store.terms(starts_at, party);
        let before = self.booking.fee_yen;
        let kept = pay::kept(&self.app.book.payments_of(&self.booking.number).await?);
        // What is too little for a card is let go.
        let more = after.saturating_sub(before);
        let pays = if self.app.till.is_some() && more >= LEAST_YEN { more } else { 0 };
        Ok(Money { before, after, pays, back: kept.saturating_sub(after) })
    }

    /// What the booking is and what it becomes, with the difference in money, before anything is done.
    async fn over(
        &self,
        (starts_at, party): (Timestamp, u8),
        fields: &Fields,
        note: Option<&str>,
    ) -> Result<Markup, Fault> {
        let Self { app, reader, booking, store } = *self;
        let (words, language) = (reader.words, reader.language);
        let there = |at| moment(at, &when::there(at, &store.time_zone, language));
        let at = format!("/me/bookings/{}", booking.number);
        let money = self.money((starts_at, party)).await?;
        let span = (starts_at, store.ends_at(starts_at));
        let others = review::at_that_hour(app, &booking.subject, span, Some(booking)).await?;
        let yen = |yen: u32| (words.frame.yen)(yen);
        let body = html! {
            div {
                p class="eyebrow" { (named(store.name(language))) }
                h1 { (words.visit.change_review) }
            }
            @if let Some(note) = note { div class="notice alert" role="alert" { p { (note) } } }
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
                input type="hidden" name=(FEE) value=(money.after);
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
}
