//! The front page: finding a table. By area and cuisine, for a day and a party, each store with its picture
//! and the times that are free.

use std::collections::BTreeSet;

use axum::extract::{Query, State};
use jiff::Timestamp;
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;

use super::book::{Choice, not_taken, price_band, review_at};
use super::parts::{moment, named};
use super::{Sheet, layout};
use crate::app::{self, App, Reader, Shared};
use crate::book::bookings::Booking;
use crate::book::seatings::Day;
use crate::book::stores::Store;
use crate::fault::Fault;
use crate::language::Label;
use crate::when;

/// The largest party that the page asks for; a store may take fewer.
const LARGEST_PARTY: u8 = 12;
/// Stores on one page.
const STORES_SHOWN: usize = 24;
/// Times shown of a store, before its own page is the place to look.
const TIMES_SHOWN: usize = 4;

/// What somebody looks for. Whatever cannot be read is not looked for.
#[derive(Deserialize, Default)]
pub(super) struct Sought {
    #[serde(default)]
    area: String,
    #[serde(default)]
    cuisine: String,
    #[serde(default)]
    date: String,
    #[serde(default)]
    party: String,
    #[serde(default)]
    page: String,
}

impl Sought {
    fn fits(&self, store: &Store) -> bool {
        let fits = |wanted: &str, label: &Label| wanted.is_empty() || wanted == label.ja;
        fits(&self.area, &store.area) && fits(&self.cuisine, &store.cuisine)
    }

    fn party(&self) -> u8 {
        self.party.parse().ok().filter(|party| *party > 0).unwrap_or(2)
    }

    /// The day for a store: the one that was asked for, unless it is over, else its today.
    fn day(&self, store: &Store, now: Timestamp) -> Date {
        let today = store.date_of(now);
        self.date.parse::<Date>().ok().filter(|date| *date >= today).unwrap_or(today)
    }
}

pub(super) async fn page(
    State(app): State<Shared>,
    reader: Reader,
    Query(sought): Query<Sought>,
) -> Result<Markup, Fault> {
    let words = reader.words;
    let now = app::now();
    let mut stores = app.book.stores().await?;
    stores.retain(|store| store.listed);
    let fitting: Vec<_> = stores.iter().filter(|store| sought.fits(store)).collect();
    let pages = fitting.chunks(STORES_SHOWN);
    let last = pages.len().max(1);
    let at = sought.page.parse().unwrap_or(1).clamp(1, last);
    let mut found = Vec::new();
    for store in pages.skip(at - 1).take(1).flatten().copied() {
        let choice = Choice { date: sought.day(store, now), party: sought.party() };
        let day = match not_taken(store, &choice, now, words) {
            Some(why) => Err(why),
            None => Ok(app.book.day(store.clone(), choice.date, choice.party, now).await?),
        };
        found.push((store, Offer { choice, day }));
    }
    let tonight = when::evening_of(now, &when::tokyo());
    let date = sought.date.parse::<Date>().ok().filter(|date| *date >= tonight);
    let mine = mine(&app, &stores, &reader, now).await?;
    let body = html! {
        section class="hero" {
            h1 class="display" {
                @for phrase in [words.finding.home_title_first, words.finding.home_title_then] {
                    span class="phrase" { (phrase) } " "
                }
            }
            p class="lead" { (words.finding.home_lead) }
        }
        (search(&stores, &sought, date.unwrap_or(tonight), &reader))
        @if !mine.is_empty() {
            section class="tonight" {
                h2 class="eyebrow" { (words.finding.your_table_tonight) }
                @for (booking, store) in &mine {
                    @let at = booking.starts_at.to_zoned(store.time_zone.clone()).time();
                    a href={ "/me/bookings/" (booking.number) } {
                        span class="big" {
                            (moment(booking.starts_at, &when::time(at, reader.language)))
                            " " (named(store.name(reader.language)))
                        }
                        " " span { ((words.frame.party)(booking.party)) }
                    }
                }
            }
        }
        section id="stores" {
            div class="heading" {
                h2 { (words.finding.stores) }
                p { @match date {
                    Some(date) => ((words.finding.on_that_day)(&when::day_from(tonight, date, reader.language), &(words.frame.party)(sought.party()))),
                    None => ((words.counter.tonight_is)(&when::day(tonight, reader.language))),
                } }
            }
            @if stores.is_empty() { p { (words.finding.no_stores) } }
            @else if found.is_empty() {
                p class="sheet" { (words.finding.none_found) " " a href="/" { (words.finding.all_stores) } }
            }
            ul class="stores" {
                @for (store, offer) in &found { (store_card(store, offer, &reader, date.is_none())) }
            }
            @if last > 1 {
                p class="actions" {
                    @if at > 1 { a href=(page_at(&reader, at - 1)) rel="prev" { (words.finding.stores_before) } }
                    @if at < last { a href=(page_at(&reader, at + 1)) rel="next" { (words.finding.stores_more) } }
                }
            }
        }
        section class="promise" {
            h2 { (words.finding.promise) }
            ol {
                @for (title, text) in [
                    (words.finding.promise_held, words.finding.promise_held_text),
                    (words.finding.promise_asked, words.finding.promise_asked_text),
                    (words.finding.promise_seen, words.finding.promise_seen_text),
                ] {
                    li { h3 { (title) } p { (text) } }
                }
            }
            p class="actions" {
                @if reader.guest.is_none() && reader.staff.is_none() {
                    a class="button" href="/sign-up" { (words.finding.home_begin) }
                }
                a href={ (app.public_azukari) "/policy?lang=" (reader.language.tag()) } {
                    (words.finding.read_the_policy)
                }
            }
        }
    };
    Ok(layout(&reader, &Sheet { title: words.finding.home_page, wide: true }, &body))
}

/// Another page of what is looked for.
fn page_at(reader: &Reader, page: usize) -> String {
    let others = reader.query.split('&').filter(|pair| !pair.is_empty());
    let others = others.filter(|pair| !pair.starts_with("page="));
    let query: String = others.flat_map(|pair| [pair, "&"]).collect();
    format!("/?{query}page={page}#stores")
}

/// The reader's own tables of this evening, the nearest first.
async fn mine<'a>(
    app: &App,
    stores: &'a [Store],
    reader: &Reader,
    now: Timestamp,
) -> Result<Vec<(Booking, &'a Store)>, Fault> {
    let Some(guest) = &reader.guest else { return Ok(Vec::new()) };
    let bookings = app.book.bookings_of(&guest.who, now).await?;
    let tonight = bookings.into_iter().filter_map(|booking| {
        let store = stores.iter().find(|store| store.slug == booking.store)?;
        let evening = |at| when::evening_of(at, &store.time_zone);
        let is_tonight = evening(booking.starts_at) == evening(now);
        (booking.stands() && is_tonight).then_some((booking, store))
    });
    let mut tonight: Vec<_> = tonight.collect();
    tonight.sort_by_key(|(booking, _)| booking.starts_at);
    Ok(tonight)
}

/// The form that narrows the list; without a script, and to be kept as an address.
fn search(stores: &[Store], sought: &Sought, date: Date, reader: &Reader) -> Markup {
    let words = reader.words;
    let labels = |of: fn(&Store) -> &Label| -> BTreeSet<(&str, &str)> {
        stores.iter().map(|store| (of(store).ja.as_str(), of(store).get(reader.language))).collect()
    };
    let select = |name: &str, label: &str, chosen: &str, all: BTreeSet<(&str, &str)>| {
        html! {
            div class="field" {
                label for={ "search-" (name) } { (label) }
                select id={ "search-" (name) } name=(name) {
                    option value="" { (words.finding.anything) }
                    @for (value, shown) in all {
                        option value=(value) selected[value == chosen] { (shown) }
                    }
                }
            }
        }
    };
    html! {
        form class="search" method="get" action="/#stores" role="search" {
            div class="fields" {
                (select("area", words.finding.area, &sought.area, labels(|store| &store.area)))
                (select("cuisine", words.finding.cuisine, &sought.cuisine, labels(|store| &store.cuisine)))
                div class="field" {
                    label for="search-date" { (words.visit.date) }
                    input id="search-date" type="date" name="date" value=(date);
                }
                div class="field" {
                    label for="search-party" { (words.visit.party_size) }
                    select id="search-party" name="party" {
                        @for party in (1..=LARGEST_PARTY).chain(Some(sought.party()).filter(|party| *party > LARGEST_PARTY)) {
                            option value=(party) selected[party == sought.party()] {
                                ((words.frame.party)(party))
                            }
                        }
                    }
                }
            }
            button { (words.hers.find_a_table) }
        }
    }
}

/// What a store has on the day, for the party.
struct Offer {
    choice: Choice,
    /// Its times, or why it has none for them whatever is free.
    day: Result<Day, String>,
}

fn store_card(store: &Store, offer: &Offer, reader: &Reader, tonight: bool) -> Markup {
    let (words, language) = (reader.words, reader.language);
    let Offer { choice: Choice { date, party }, day } = offer;
    let seatings = day.iter().flat_map(|day| &day.seatings);
    let free: Vec<_> = seatings.filter(|seating| seating.free).collect();
    html! {
        li {
            img src={ "/stores/" (store.slug) "/picture.svg" } alt="" width="640" height="360" loading="lazy";
            div class="told" {
                h3 {
                    a href={ "/book/" (store.slug) "?date=" (date) "&party=" (party) } {
                        (named(store.name(language)))
                    }
                }
                p class="what" {
                    (store.cuisine.get(language)) " · " (store.area.get(language)) " · "
                    (price_band(store.price_band, words))
                }
                @match (free.is_empty(), day.as_ref().map(|day| &day.closed)) {
                    (_, Err(why)) => p class="closed" { (why) },
                    (false, Ok(_)) => ul class="times" {
                        @for seating in free.iter().take(TIMES_SHOWN) {
                            li { a href=(review_at(store, *date, seating.time, *party)) {
                                (moment(seating.starts_at, &when::clock_face(seating.time)))
                            } }
                        }
                    },
                    (true, Ok(Some(reason))) => p class="closed" {
                        @if tonight { ((words.finding.closed_today)(reason.get(language))) }
                        @else { ((words.finding.closed_on)(reason.get(language))) }
                    },
                    (true, Ok(None)) => p class="closed" {
                        @if tonight { (words.finding.tonight_over) } @else { (words.visit.no_times_that_day) }
                    },
                }
            }
        }
    }
}
