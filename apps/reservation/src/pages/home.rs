//! The front page: what this is, the stores, tonight.

use axum::extract::State;
use maud::{Markup, html};

use super::parts::moment;
use super::{Sheet, layout};
use crate::app::{self, Reader, Shared};
use crate::book::{Booking, Stage, Store};
use crate::fault::Fault;
use crate::when;

pub(super) async fn page(State(app): State<Shared>, reader: Reader) -> Result<Markup, Fault> {
    let words = reader.words;
    let now = app::now();
    let tonight = when::evening_of(now);
    let stores = app.book.stores().await?;
    let mine: Vec<Booking> = match (&reader.guest, when::bounds_of(tonight)) {
        (Some(guest), Some((from, until))) => app
            .book
            .bookings_of(&guest.who)
            .await?
            .into_iter()
            .filter(|b| b.stage == Stage::Booked && b.starts_at >= from && b.starts_at < until)
            .collect(),
        _ => Vec::new(),
    };
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
        @for booking in &mine {
            @let store = stores.iter().find(|store| store.slug == booking.store);
            @let at = when::in_tokyo(booking.starts_at).time();
            a class="tonight" href={ "/me/bookings/" (booking.number) } {
                span class="eyebrow" { (words.your_table_tonight) }
                span class="big" {
                    (moment(booking.starts_at, &when::time(at, reader.language)))
                    " "
                    (store.map_or(booking.store.as_str(), |store| store.name(reader.language)))
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
                @for store in &stores { (store_card(store, &reader, now)) }
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

fn store_card(store: &Store, reader: &Reader, now: jiff::Timestamp) -> Markup {
    let (words, language) = (reader.words, reader.language);
    let open = super::book::free_times(store, when::evening_of(now), now);
    html! {
        li {
            h3 { a href={ "/book/" (store.slug) } { (store.name(language)) } }
            p class="what" { (store.cuisine.get(language)) " · " (store.area.get(language)) }
            p class="hours" { (store.hours.get(language)) }
            @match open.first() {
                Some(first) => p class="free" {
                    ((words.tonight_from)(&when::time(*first, language)))
                },
                None => p class="hours" { (words.tonight_over) },
            }
        }
    }
}
