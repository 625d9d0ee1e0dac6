//! The front page: what this is, the stores, tonight.

use axum::extract::State;
use maud::{Markup, html};

use super::parts::moment;
use super::{Sheet, layout};
use crate::app::{self, Reader, Shared};
use crate::book::bookings::Booking;
use crate::book::seatings::Day;
use crate::book::stores::Store;
use crate::fault::Fault;
use crate::when;

pub(super) async fn page(State(app): State<Shared>, reader: Reader) -> Result<Markup, Fault> {
    let words = reader.words;
    let now = app::now();
    let mut stores = app.book.stores().await?;
    stores.retain(|store| store.listed);
    let days = app.book.today(now).await?;
    let mine: Vec<(Booking, &Store)> = match &reader.guest {
        Some(guest) => app
            .book
            .bookings_of(&guest.who, now)
            .await?
            .into_iter()
            .filter_map(|booking| {
                let store = stores.iter().find(|store| store.slug == booking.store)?;
                let evening = |at| when::evening_of(at, &store.time_zone);
                let tonight = evening(booking.starts_at) == evening(now);
                (booking.stands() && tonight).then_some((booking, store))
            })
            .collect(),
        None => Vec::new(),
    };
    let tonight = when::evening_of(now, &when::tokyo());
    let body = html! {
        section class="hero" {
            h1 {
                @for phrase in [words.home_title_first, words.home_title_then] {
                    span class="phrase" { (phrase) } " "
                }
            }
            p class="lead" { (words.home_lead) }
            @if reader.guest.is_none() && reader.staff.is_none() {
                p class="actions" {
                    a class="button" href="/sign-up" { (words.home_begin) }
                    a class="button quiet" href="/sign-in" { (words.sign_in) }
                }
            }
        }
        @for (booking, store) in &mine {
            @let at = booking.starts_at.to_zoned(store.time_zone.clone()).time();
            a class="tonight" href={ "/me/bookings/" (booking.number) } {
                span class="eyebrow" { (words.your_table_tonight) }
                span class="big" {
                    (moment(booking.starts_at, &when::time(at, reader.language)))
                    " " (store.name(reader.language))
                }
                span { ((words.party)(booking.party)) }
            }
        }
        section {
            div class="heading" {
                h2 { (words.stores) }
                p { ((words.tonight_is)(&when::day(tonight, reader.language))) }
            }
            @if stores.is_empty() { p { (words.no_stores) } }
            ul class="stores" {
                @for store in &stores { (store_card(store, days.get(&store.slug), &reader)) }
            }
        }
        section class="promise" {
            h2 { (words.promise) }
            ol {
                @for (title, text) in [
                    (words.promise_held, words.promise_held_text),
                    (words.promise_asked, words.promise_asked_text),
                    (words.promise_seen, words.promise_seen_text),
                ] {
                    li { h3 { (title) } p { (text) } }
                }
            }
            p {
                a href={ (app.public_azukari) "/policy?lang=" (reader.language.tag()) } {
                    (words.read_the_policy)
                }
            }
        }
    };
    Ok(layout(&reader, &Sheet { title: words.home_page, wide: true }, &body))
}

fn store_card(store: &Store, today: Option<&Day>, reader: &Reader) -> Markup {
    let (words, language) = (reader.words, reader.language);
    let first = today.and_then(|day| day.seatings.iter().find(|seating| seating.free));
    html! {
        li {
            img class="picture" src={ "/stores/" (store.slug) "/picture.svg" } alt=""
                width="640" height="240" loading="lazy";
            h3 { a href={ "/book/" (store.slug) } { (store.name(language)) } }
            p class="what" {
                (store.cuisine.get(language)) " · " (store.area.get(language)) " · "
                (super::book::price_band(store.price_band))
            }
            p class="hours" { (store.hours.get(language)) }
            @match (first, today.and_then(|day| day.closed.as_ref())) {
                (Some(first), _) => p class="free" {
                    ((words.tonight_from)(&when::time(first.time, language)))
                },
                (None, Some(reason)) => p class="hours" {
                    ((words.closed_today)(reason.get(language)))
                },
                (None, None) => p class="hours" { (words.tonight_over) },
            }
        }
    }
}
