//! The stores' side: an evening with its bookings, one booking, the kitchen's print. Each look at a guest's
//! information is a disclosure asked of Azukari at that moment, recorded, and shown to the guest; nothing is kept.

mod booking;
mod kitchen;
mod labels;

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::Timestamp;
use jiff::civil::Date;
use maud::{Markup, PreEscaped, html};
use serde::Deserialize;

use super::parts::{moment, named, naming, nothing, person, reasons, shown};
use super::staff::Counter;
use super::{Sheet, companions, layout};
use crate::app::{self, App, Reader, Shared};
use crate::azukari::{Policy, Reason};
use crate::book::bookings::{Booking, Ending};
use crate::book::seats::Seat;
use crate::book::stores::Store;
use crate::fault::Fault;
use crate::language::Label;
use crate::sight::allergy::{self, Answer, Says};
use crate::sight::{self, Told, Wanted, Window};
use crate::when;

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/store/tonight", get(tonight))
        .route("/store/kitchen", get(kitchen::page))
        .route("/store/bookings/{number}", get(booking::page))
        .route("/store/labels/{language}/{version}", get(labels::sheet))
}

#[derive(Deserialize)]
pub(super) struct Way {
    date: Option<String>,
}

/// An evening that is shown, and when.
struct Evening {
    on: Date,
    window: Window,
    now: Timestamp,
    told: Vec<Told>,
    /// The table of each booking.
    seats: BTreeMap<String, Seat>,
    /// Why the store is closed that day, and how many bookings it called off.
    closed: Option<(Label, usize)>,
}

impl Evening {
    /// Looks at an evening of a store.
    async fn look(
        app: &App,
        reader: &Reader,
        store: &Store,
        policy: &Policy,
        way: &Way,
        wanted: Wanted,
    ) -> Result<Self, Fault> {
        let now = app::now();
        let window = Window::of(store, now);
        let on = window.evening(way.date.as_deref()).ok_or(Fault::NotFound)?;
        let bounds = when::bounds_of(on, &store.time_zone);
        let (from, until) = bounds.ok_or_else(|| Fault::broken("no such evening"))?;
        let bookings = app.book.bookings_at(&store.slug, from, until).await?;
        let told = sight::look(app, reader.language, policy, bookings, wanted, now).await?;
        let seats = app.book.seats_of(&store.slug, from, until).await?;
        let closing = app.book.closing_days(&store.slug, on).await?;
        let closed = match closing.into_iter().find(|day| day.on == on) {
            None => None,
            Some(day) => {
                let all = app.book.all_bookings_at(&store.slug, from, until).await?;
                let off = all.iter().filter(|booking| {
                    booking.ending == Some(Ending::Store) && !booking.never_was()
                });
                Some((day.reason, off.count()))
            }
        };
        Ok(Self { on, window, now, told, seats, closed })
    }

    fn guests(&self) -> u32 {
        self.told.iter().map(|told| u32::from(told.booking.party)).sum()
    }

    /// The bookings that begin at one time, by time.
    fn times(&self) -> impl Iterator<Item = &[Told]> {
        self.told.chunk_by(|one, next| one.booking.starts_at == next.booking.starts_at)
    }

    fn title(&self, reader: &Reader) -> &'static str {
        let words = reader.words;
        if self.on == self.window.tonight {
            words.frame.nav_tonight
        } else {
            words.counter.coming_bookings
        }
    }

    /// The other evenings. Another day is another look at its guests, so it takes a click and is not fetched
    /// ahead.
    fn others(&self, reader: &Reader, path: &str) -> Markup {
        let (words, language) = (reader.words, reader.language);
        html! {
            nav class="within" aria-label=(words.counter.other_days) {
                @for date in self.window.dates() {
                    a href={ (path) "?date=" (date) }
                        aria-current=[(date == self.on).then_some("date")] {
                        @if date == self.window.tonight { (words.counter.tonight) }
                        @else { (when::day(date, language)) }
                    }
                }
            }
        }
    }
}

/// The clock's time of a booking at its store.
fn time_of(booking: &Booking, store: &Store, reader: &Reader) -> Markup {
    let at = booking.starts_at.to_zoned(store.time_zone.clone()).time();
    moment(booking.starts_at, &when::time(at, reader.language))
}

/// How many they are, and where they sit.
fn seat_of(booking: &Booking, seat: Option<&Seat>, reader: &Reader) -> Markup {
    let words = reader.words;
    html! {
        ((words.frame.party)(booking.party))
        @if let Some(Seat { table, units }) = seat {
            " · " (naming(|table| (words.frame.at_table)(table, *units), table))
        }
    }
}

/// The line that says who looks, and that it is recorded.
fn recorded(counter: &Counter, reader: &Reader, now: Timestamp) -> Markup {
    let at = when::there(now, &counter.store.time_zone, reader.language);
    html! { p class="notice" { ((reader.words.counter.tonight_recorded)(&counter.login, &at)) } }
}

async fn tonight(
    State(app): State<Shared>,
    reader: Reader,
    counter: Counter,
    Query(way): Query<Way>,
) -> Result<Response, Fault> {
    let policy = app.azukari.policy().await?;
    let evening = Evening::look(&app, &reader, &counter.store, &policy, &way, sight::ALL).await?;
    Ok(draw(&reader, &counter, &policy, &evening).into_response())
}

fn draw(reader: &Reader, counter: &Counter, policy: &Policy, evening: &Evening) -> Markup {
    let (words, language, store) = (reader.words, reader.language, &counter.store);
    let Evening { on, told, seats, .. } = evening;
    let title = evening.title(reader);
    let body = html! {
        (labels::link(policy, language))
        (counter.rooms(reader))
        div {
            p class="eyebrow" { (named(store.name(language))) }
            h1 { (title) }
            p class="lead" {
                (when::date(*on, language)) " · "
                ((words.counter.tonight_count)(told.len(), evening.guests()))
            }
        }
        (evening.others(reader, "/store/tonight"))
        @if let Some((reason, called_off)) = &evening.closed {
            div class="notice" {
                p { strong { ((words.finding.closed_on)(reason.get(language))) } }
                @if *called_off > 0 { p { ((words.counter.called_off_that_day)(*called_off)) } }
            }
        }
        (recorded(counter, reader, evening.now))
        @if told.is_empty() { p { (words.counter.no_bookings_that_day) } }
        @for told in evening.times() {
            section class="at" {
                @if let Some(first) = told.first() { h2 { (time_of(&first.booking, store, reader)) } }
                ol class="cards" {
                    @for told in told { (card(told, seats.get(&told.booking.number), policy, reader)) }
                }
            }
        }
    };
    layout(reader, &Sheet { title, wide: true }, &body)
}

/// One booking of an evening. An evening has hundreds, so the name of an item is said once, in the sheet of
/// labels, and an end tag that HTML does not need is left out.
fn card(told: &Told, seat: Option<&Seat>, policy: &Policy, reader: &Reader) -> Markup {
    let (words, number) = (reader.words, &told.booking.number);
    let line =
        |class: &str, text: Markup| html! { (PreEscaped(format!("<p class={class}>"))) (text) };
    let plain = |text: &str| html! { (text) };
    let items = labels::CLASSES.iter().filter_map(|(item, class)| {
        let mut answers = [&told.meal, &told.reservation].into_iter().flatten();
        let value = answers.find_map(|answer| answer.value(item))?;
        Some(line(class, plain(&shown(policy, item, value, reader.language))))
    });
    html! {
        (PreEscaped("<li>"))
        (name(told, reader, |name| html! { h3 { (name) } }))
        (line("s", seat_of(&told.booking, seat, reader)))
        @match told.allergies() {
            Some(Says::Told(value)) => (line(labels::TOLD, plain(value))),
            Some(Says::NoneTold) => (line(labels::NONE, plain(words.counter.allergy_not_told))),
            _ => (allergies(told, policy, reader)),
        }
        @if !told.companions.is_empty() {
            (line(labels::COMPANIONS, plain(&companions::told(&told.companions, words))))
        }
        @for item in items { (item) }
        // A number is plain: letters, digits and hyphens.
        (PreEscaped(format!("<p><a href=bookings/{number}>{number}</a>")))
    }
}

/// Who comes, or why that is not shown.
fn name(told: &Told, reader: &Reader, heading: impl Fn(Markup) -> Markup) -> Markup {
    let plain = |words: &str| heading(html! { (words) });
    let words = reader.words;
    html! {
        @match &told.reservation {
            None => {}
            Some(Answer::Told(values)) => {
                @match values.get("name") {
                    Some(name) => (heading(person(name, words))),
                    None => (plain(words.counter.name_not_held)),
                }
            }
            Some(Answer::Refused(why)) => { (plain(words.counter.name_not_shown)) (not_shown(why, reader)) }
            Some(Answer::Away) => { (plain(words.counter.name_not_shown)) (away(reader)) }
        }
    }
}

/// What must not be missed, first and large; and what is not known, as plainly.
fn allergies(told: &Told, policy: &Policy, reader: &Reader) -> Markup {
    let words = reader.words;
    let Some(says) = told.allergies() else { return nothing() };
    let label = policy.item_label(allergy::ITEM, reader.language);
    let why = match &says {
        Says::Told(_) | Says::NoneTold => nothing(),
        // Said above already, when both asks failed for one reason.
        Says::Ask(why) => match &told.reservation {
            Some(Answer::Refused(above)) if above == why => nothing(),
            _ => not_shown(why, reader),
        },
        Says::AskAway => away(reader),
        Says::AskNothingKnown => html! { p class="why" { (words.counter.nothing_could_be_asked) } },
    };
    html! {
        @match &says {
            Says::Told(value) => p class="allergy" { b { (label) } (value) },
            Says::NoneTold => p class="none" { b { (label) } (words.counter.allergy_not_told) },
            Says::Ask(_) | Says::AskAway | Says::AskNothingKnown => {
                div class="allergy unknown" { p { b { (label) } strong { (words.counter.ask_the_guest) } } (why) }
            }
        }
    }
}

/// The same of those who come along, where anything was told.
fn of_companions(told: &Told, reader: &Reader) -> Markup {
    let words = reader.words;
    html! {
        @if !told.companions.is_empty() {
            p class="allergy" {
                span { (words.visit.companions_allergies) }
                (companions::told(&told.companions, words))
            }
        }
    }
}

fn not_shown(why: &[Reason], reader: &Reader) -> Markup {
    html! { @for reason in reasons(why, reader.words) { p class="why" { (reason) } } }
}

fn away(reader: &Reader) -> Markup {
    html! { p class="why" { (reader.words.counter.not_shown_away) } }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use axum::routing::post;
    use axum::{Json, Router};
    use serde_json::{Value, json};

    use super::*;
    use crate::azukari::Azukari;
    use crate::book::Book;
    use crate::book::bookings::Stage;
    use crate::book::tests as books;
    use crate::language::Language;
    use crate::words::Words;

    /// What the card of a guest says when Azukari answers the consent and the asks so.
    async fn drawn(consent: u16, state: &'static str, asks: u16, items: Value) -> String {
        let status = |code| StatusCode::from_u16(code).unwrap();
        let router = Router::new()
            .route(
                "/v1/consents/standings",
                post(async move || {
                    let state = (consent != 404).then_some(state);
                    let code = if consent == 404 { 200 } else { consent };
                    (status(code), Json(json!({ "states": [state] })))
                }),
            )
            .route(
                "/v1/disclosures/batch",
                post(async move |Json(sent): Json<Value>| {
                    let one = json!({ "type": "refused", "status": asks, "items": items });
                    let one = match asks {
                        200 => json!({ "disclosure": "d", "items": items }),
                        _ => one,
                    };
                    let answers = vec![one; sent["asks"].as_array().unwrap().len()];
                    let code = if asks == 403 { 200 } else { asks };
                    (status(code), Json(json!({ "answers": answers })))
                }),
            );
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let folder = books::folder();
        let book = Book::open(&folder).unwrap();
        let here = app::Here::new(None, &address).unwrap();
        let app = app::App::new(Azukari::new(&address, "key").unwrap(), &address, here, book);
        let item = |consent: Option<&str>| {
            json!({ "label": { "ja": "見本", "en": "Sample" }, "kind": "text",
                    "purposes": ["meal"], "consent": consent })
        };
        let label = json!({ "ja": "見本", "en": "Sample" });
        let policy: Policy = serde_json::from_value(json!({
            "version": "2026-10-01", "purposes": {}, "consents": {},
            "items": { "name": item(None), "serving_size": item(None),
                       "allergy": item(Some("dietary_care")) },
            "controller": { "name": label, "desk": { "name": label, "email": "d@example.jp" } },
        }))
        .unwrap();
        let reader = Reader {
            language: Language::En,
            words: Words::of(Language::En),
            path: "/store/tonight".to_owned(),
            query: String::new(),
            guest: None,
            staff: None,
            operator: None,
            passkeys: false,
        };
        let at: Timestamp = "2026-11-22T09:00:00Z".parse().unwrap();
        let booking = Booking {
            number: "S-1".to_owned(),
            store: "mihon".to_owned(),
            subject: "sub_1".to_owned(),
            starts_at: at,
            ends_at: at,
            party: 2,
            stage: Stage::Booked,
            ending: None,
            held_until: None,
            asked_at: at,
            fee_yen: 0,
            free_until: at,
            late_percent: 0,
            language: Language::Ja,
        };
        let told = sight::look(&app, reader.language, &policy, vec![booking], sight::ALL, at);
        let told = told.await.unwrap().remove(0);
        std::fs::remove_dir_all(folder).unwrap();
        card(&told, None, &policy, &reader).into_string()
    }

    #[tokio::test]
    async fn a_card_never_says_none_told_when_azukari_did_not_say_so() {
        let words = Words::of(Language::En);
        let (none, ask) = (words.counter.allergy_not_told, words.counter.ask_the_guest);
        let nothing_known = words.counter.nothing_could_be_asked;
        let held = || json!({ "name": "Sample", "allergy": "peanuts" });
        let empty = || json!({ "name": "Sample", "allergy": null });
        let left_out = || json!({ "name": "Sample" });
        for (consent, state, asks, items, said) in [
            (200, "given", 200, held(), "peanuts"),
            (200, "given", 200, empty(), none),
            (200, "given", 200, left_out(), ask),
            (200, "given", 503, held(), nothing_known),
            (200, "given", 403, held(), ask),
            (200, "refused", 200, left_out(), none),
            (200, "refused", 503, left_out(), nothing_known),
            (404, "", 200, left_out(), none),
            (200, "withdrawn", 200, empty(), none),
            (200, "invalidated", 200, left_out(), ask),
            (200, "unknown", 503, held(), nothing_known),
            (503, "", 200, left_out(), ask),
            (503, "", 503, left_out(), nothing_known),
        ] {
            let case = format!("{consent} {state}, {asks}, {items}");
            let card = drawn(consent, state, asks, items).await;
            assert!(card.contains(said), "{case}: {card}");
            assert_eq!(card.contains(none), said == none, "{case}: {card}");
            assert_eq!(card.contains(ask), said == ask || said == nothing_known, "{case}: {card}");
        }
    }
}
