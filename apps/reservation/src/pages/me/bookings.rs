//! Her bookings: what is to come first, the nearest on top; then what was, the latest on top.

use axum::extract::{Query, State};
use maud::{Markup, html};
use serde::Deserialize;

use super::{Room, draw, told};
use crate::app::{self, App, Reader, Shared};
use crate::book::bookings::{Booking, Stage};
use crate::book::stores::Store;
use crate::fault::Fault;
use crate::pages::parts::{moment, named, representative_waits};
use crate::pages::{Guest, booking};
use crate::when;

#[derive(Deserialize)]
pub(in crate::pages) struct Way {
    done: Option<String>,
}

pub(in crate::pages) async fn page(
    State(app): State<Shared>,
    reader: Reader,
    Guest(caller): Guest,
    Query(way): Query<Way>,
) -> Result<Markup, Fault> {
    let words = reader.words;
    // Who left has no rooms any more, whatever is still kept.
    app.azukari.held_items(&caller.who).await.map_err(Fault::of_guest)?;
    let waits_until = app.azukari.waits_until(&caller.who).await.map_err(Fault::of_guest)?;
    let now = app::now();
    let (bookings, stores, waits, notices) = tokio::try_join!(
        app.book.bookings_of(&caller.who, now),
        app.book.stores(),
        app.book.waits_of(&caller.who, now),
        app.book.notices_of(&caller.who),
    )?;
    let (mut coming, past): (Vec<_>, Vec<_>) =
        bookings.iter().partition(|b| b.ends_at > now && (b.stands() || is_to_be(b)));
    coming.reverse();
    let body = html! {
        (representative_waits(waits_until, &reader))
        (booking::notices(&notices, &stores, &reader))
        @if coming.is_empty() {
            div class="sheet" {
                p { @if past.is_empty() { (words.hers.no_bookings) } @else { (words.hers.none_to_come) } }
                p class="actions" { a class="button" href="/" { (words.hers.find_a_table) } }
            }
        } @else {
            ul class="tickets" { @for booking in coming { (ticket(booking, &stores, &reader)) } }
            p class="actions" { a href="/" { (words.hers.find_a_table) } }
        }
        (booking::waits(&waits, &stores, &reader))
        @if !past.is_empty() {
            section {
                h2 { (words.hers.past_bookings) }
                ul class="rows" { @for booking in past { (row(booking, &stores, &reader)) } }
            }
        }
    };
    Ok(draw(
        &reader,
        Room::Bookings,
        words.hers.bookings,
        &told(&reader, way.done.as_deref()),
        &body,
    ))
}

/// The bookings to come that what stores are told of her matters for; nothing where there are none.
pub(super) async fn to_come(app: &App, reader: &Reader, who: &str) -> Result<Markup, Fault> {
    let now = app::now();
    let (bookings, stores) = tokio::try_join!(app.book.bookings_of(who, now), app.book.stores())?;
    let mut coming: Vec<_> =
        bookings.iter().filter(|booking| booking.ends_at > now && booking.stands()).collect();
    coming.reverse();
    Ok(html! {
        @if !coming.is_empty() {
            p class="hint" { (reader.words.hers.withdraw_touches) }
            ul class="hint" {
                @for booking in coming {
                    li {
                        a href={ "/me/bookings/" (booking.number) } {
                            (moment(booking.starts_at, &when::there(booking.starts_at, &zone(booking, &stores), reader.language)))
                        }
                        (reader.words.frame.comma) (named(name(booking, &stores, reader)))
                    }
                }
            }
        }
    })
}

/// Held for her, or paid for and on its way.
fn is_to_be(booking: &Booking) -> bool {
    matches!(booking.stage, Stage::Held | Stage::Asked)
}

fn ticket(booking: &Booking, stores: &[Store], reader: &Reader) -> Markup {
    let (words, language) = (reader.words, reader.language);
    let there = booking.starts_at.to_zoned(zone(booking, stores));
    let date = there.date();
    html! {
        li {
            p class="stub" {
                span { ((words.frame.month)(date.month())) }
                b { (date.day()) }
                span { (when::weekday_of(date, language)) }
            }
            div {
                h2 { a href={ "/me/bookings/" (booking.number) } { (named(name(booking, stores, reader))) } }
                p {
                    (moment(booking.starts_at, &when::there(booking.starts_at, &zone(booking, stores), language)))
                }
                p class="soft" {
                    ((words.frame.party)(booking.party))
                    @if is_to_be(booking) {
                        @let held = booking.stage == Stage::Held;
                        " " span class="tag" {
                            @if held { (words.visit.held_for_you) } @else { (words.money.being_booked) }
                        }
                    } @else { " · " (words.visit.booking_number) " " span class="number" { (booking.number) } }
                }
            }
        }
    }
}

fn row(booking: &Booking, stores: &[Store], reader: &Reader) -> Markup {
    let (words, language) = (reader.words, reader.language);
    html! {
        li class="past" {
            a href={ "/me/bookings/" (booking.number) } {
                (moment(booking.starts_at, &when::there(booking.starts_at, &zone(booking, stores), language)))
            }
            span { (named(name(booking, stores, reader))) (words.frame.comma) ((words.frame.party)(booking.party)) }
            span class="tag" {
                @if booking.stands() { (words.hers.over) } @else { (words.hers.cancelled) }
            }
        }
    }
}

fn name<'a>(booking: &'a Booking, stores: &'a [Store], reader: &Reader) -> &'a str {
    let store = stores.iter().find(|store| store.slug == booking.store);
    store.map_or(booking.store.as_str(), |store| store.name(reader.language))
}

fn zone(booking: &Booking, stores: &[Store]) -> jiff::tz::TimeZone {
    let store = stores.iter().find(|store| store.slug == booking.store);
    store.map_or_else(when::tokyo, |store| store.time_zone.clone())
}
