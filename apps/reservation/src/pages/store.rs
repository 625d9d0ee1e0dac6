//! The stores' side: tonight's bookings. Each look at a guest's information is a
//! disclosure asked of Azukari at that moment, recorded, and shown to the guest; nothing is kept.

use std::collections::BTreeMap;

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use maud::{Markup, html};
use serde::Deserialize;

use super::allergy::{self, Answer, Says, Standing, says};
use super::parts::{moment, nothing, reasons, shown};
use super::staff::Counter;
use super::{Sheet, layout};
use crate::app::{self, Reader, Shared};
use crate::azukari::{Policy, StoreAsk, Trouble, Values};
use crate::book::bookings::Booking;
use crate::book::seats::Seat;
use crate::book::stores::Store;
use crate::fault::Fault;
use crate::when;

/// What a store needs to take a guest in.
pub(super) const RESERVATION_ITEMS: [&str; 5] =
    ["name", "phone", "language", "company", "receipt_name"];
/// What the kitchen needs, the most important first.
pub(super) const MEAL_ITEMS: [&str; 5] =
    [allergy::ITEM, "disliked_food", "favourite_food", "serving_size", "preferred_alcohol"];

/// What a store is told of one booking.
struct Told {
    booking: Booking,
    reservation: Answer,
    meal: Answer,
    /// How the consent to tell of allergies stands.
    standing: Standing,
    /// What came of asking for the allergies apart; `None` when they were not asked for so.
    special: Option<Answer>,
}

/// How far ahead a store may look, in days: it shops and staffs for the coming week.
const DAYS_AHEAD: i64 = 7;

#[derive(Deserialize)]
pub(super) struct Way {
    date: Option<String>,
}

pub(super) async fn tonight(
    State(app): State<Shared>,
    reader: Reader,
    counter: Counter,
    Query(way): Query<Way>,
) -> Result<Response, Fault> {
    let Counter { store, .. } = &counter;
    let policy = app.azukari.policy().await?;
    let now = app::now();
    let tonight = when::evening_of(now, &store.time_zone);
    let asked = way.date.and_then(|date| date.parse::<Date>().ok());
    let evening = asked
        .filter(|date| *date >= tonight && *date <= tonight + DAYS_AHEAD.days())
        .unwrap_or(tonight);
    let bounds = when::bounds_of(evening, &store.time_zone);
    let (from, until) = bounds.ok_or_else(|| Fault::broken("no such evening"))?;

    let bookings = app.book.bookings_at(&store.slug, from, until).await?;
    let told = look(&app, &reader, &policy, bookings).await?;
    let seats = app.book.seats_of(&store.slug, from, until).await?;
    let day = Day { evening, tonight, now, seats };
    Ok(draw_tonight(&reader, &counter, &policy, &told, &day).into_response())
}

/// One look at an evening: up to three asks for each booking, all at once.
async fn look(
    app: &app::App,
    reader: &Reader,
    policy: &Policy,
    bookings: Vec<Booking>,
) -> Result<Vec<Told>, Trouble> {
    let held = |names: &[&str], special: bool| -> Vec<String> {
        let fits = |name: &&&str| {
            policy.items.get(**name).is_some_and(|item| item.consent.is_some() == special)
        };
        names.iter().filter(fits).map(|name| (*name).to_owned()).collect()
    };
    let (reservation, meal) = (held(&RESERVATION_ITEMS, false), held(&MEAL_ITEMS, false));
    // Items with a consent of their own: given, they join the ask; never given, nothing is held to
    // ask for; otherwise they are asked for apart.
    let special = held(&MEAL_ITEMS, true);
    let whole_meal: Vec<String> = special.iter().chain(&meal).cloned().collect();
    let consent = special.first().and_then(|name| policy.items.get(name)?.consent.as_deref());
    let subjects: Vec<&str> = bookings.iter().map(|booking| booking.subject.as_str()).collect();
    let standings: Vec<Standing> = match consent {
        None => vec![Standing::Given; bookings.len()],
        Some(name) => match app.azukari.standings(name, &subjects).await {
            Ok(states) => states.iter().map(|state| Standing::read(state.as_deref())).collect(),
            Err(Trouble::Unavailable) => vec![Standing::Away; bookings.len()],
            Err(trouble) => return Err(trouble),
        },
    };
    let mut asks = Vec::new();
    for (booking, standing) in bookings.iter().zip(&standings) {
        let ask = |purpose, items| StoreAsk {
            subject: &booking.subject,
            recipient: &booking.store,
            purpose,
            items,
            reference: &booking.number,
        };
        asks.push(ask("reservation", &reservation));
        asks.push(ask("meal", if *standing == Standing::Given { &whole_meal } else { &meal }));
        if *standing == Standing::Unclear {
            asks.push(ask("meal", &special));
        }
    }
    // What asks for nothing is answered here.
    asks.retain(|ask| !ask.items.is_empty());
    let mut answers = app.azukari.disclose_all(reader.language, &asks).await?.into_iter();
    let mut answer = |items: &[String]| -> Result<Answer, Trouble> {
        if items.is_empty() {
            return Ok(Answer::Told(Values::default()));
        }
        match answers.next() {
            Some(Ok(values)) => Ok(Answer::Told(values)),
            Some(Err(Trouble::Refused(found))) => {
                Ok(Answer::Refused(reasons(&found, reader.words)))
            }
            Some(Err(Trouble::Unavailable)) | None => Ok(Answer::Away),
            Some(Err(trouble)) => Err(trouble),
        }
    };
    let mut told = Vec::with_capacity(bookings.len());
    for (booking, standing) in bookings.into_iter().zip(standings) {
        let given = standing == Standing::Given;
        let reservation = answer(&reservation)?;
        let meal = answer(if given { &whole_meal } else { &meal })?;
        let special = match standing {
            Standing::Never | Standing::Given => None,
            Standing::Unclear => Some(answer(&special)?),
            // Whether it may be asked for is not known, so it is not; nor is it known to be empty.
            Standing::Away => Some(Answer::Away),
        };
        told.push(Told { booking, reservation, meal, standing, special });
    }
    Ok(told)
}

/// Which evening is shown, and when.
struct Day {
    evening: Date,
    tonight: Date,
    now: Timestamp,
    /// The table of each booking.
    seats: BTreeMap<String, Seat>,
}

fn draw_tonight(
    reader: &Reader,
    counter: &Counter,
    policy: &Policy,
    told: &[Told],
    day: &Day,
) -> Markup {
    let (words, language) = (reader.words, reader.language);
    let Counter { login, store, .. } = counter;
    let Day { evening, tonight, now, seats } = day;
    let (evening, tonight, now) = (*evening, *tonight, *now);
    let title = if evening == tonight { words.nav_tonight } else { words.coming_bookings };
    let guests: u32 = told.iter().map(|told| u32::from(told.booking.party)).sum();
    let body = html! {
        div {
            p class="eyebrow" { (store.name(language)) }
            h1 { (title) }
            p class="lead" {
                (when::date(evening, language)) " · " ((words.tonight_count)(told.len(), guests))
            }
        }
        // Another day is another look at its guests, so it takes a click and is not fetched ahead.
        nav class="within" aria-label=(words.other_days) {
            @for ahead in 0..=DAYS_AHEAD {
                @let date = tonight + ahead.days();
                a href={ "/store/tonight?date=" (date) }
                    aria-current=[(date == evening).then_some("date")] {
                    @if ahead == 0 { (words.tonight) } @else { (when::day(date, language)) }
                }
            }
        }
        p class="notice" {
            ((words.tonight_recorded)(login, &when::there(now, &store.time_zone, language)))
        }
        @if told.is_empty() { p { (words.no_bookings_that_day) } }
        ol class="bookings" {
            @for told in told { (booking_card(told, seats.get(&told.booking.number), store, policy, reader)) }
        }
    };
    layout(reader, &Sheet { title, wide: true }, &body)
}

fn booking_card(
    told: &Told,
    seat: Option<&Seat>,
    store: &Store,
    policy: &Policy,
    reader: &Reader,
) -> Markup {
    let (words, language) = (reader.words, reader.language);
    let booking = &told.booking;
    let at = booking.starts_at.to_zoned(store.time_zone.clone()).time();
    let row = |answer: &Answer, item: &str| {
        let value = answer.value(item).map(|value| shown(policy, item, value, language));
        html! {
            @if let Some(value) = value {
                div {
                    dt { (policy.item_label(item, language)) }
                    dd {
                        @if item == "phone" { a href={ "tel:" (value.replace(' ', "")) } { (value) } }
                        @else { (value) }
                    }
                }
            }
        }
    };
    html! {
        li class="booking" {
            div class="seat" {
                p class="time" { (moment(booking.starts_at, &when::time(at, language))) }
                p { ((words.party)(booking.party)) }
                @if let Some(Seat { table, units }) = seat {
                    p class="soft" { ((words.at_table)(table, *units)) }
                }
            }
            div class="guest" {
                @match &told.reservation {
                    Answer::Told(values) => h2 {
                        @match values.get("name") {
                            Some(name) => ((words.guest_name)(name)),
                            None => (words.name_not_held),
                        }
                    },
                    Answer::Refused(why) => {
                        h2 class="soft" { (words.name_not_shown) }
                        (not_shown(why))
                    }
                    Answer::Away => { h2 class="soft" { (words.name_not_shown) } (away(reader)) }
                }
                (allergies(told, policy, reader))
                dl class="pairs" {
                    @for item in MEAL_ITEMS.iter().filter(|item| **item != allergy::ITEM) {
                        (row(&told.meal, item))
                    }
                    @for item in RESERVATION_ITEMS.iter().filter(|item| **item != "name") {
                        (row(&told.reservation, item))
                    }
                    div {
                        dt { (words.booking_number) }
                        dd { (booking.number) }
                    }
                }
            }
        }
    }
}

/// What must not be missed, first and large; and what is not known, as plainly.
fn allergies(told: &Told, policy: &Policy, reader: &Reader) -> Markup {
    let words = reader.words;
    let label = policy.item_label(allergy::ITEM, reader.language);
    let says = says(told.standing, &told.reservation, &told.meal, told.special.as_ref());
    let why = match &says {
        Says::Told(_) | Says::NoneTold => nothing(),
        // Said above already, when both asks failed for one reason.
        Says::Ask(why) => match &told.reservation {
            Answer::Refused(above) if above == why => nothing(),
            _ => not_shown(why),
        },
        Says::AskAway => away(reader),
        Says::AskNothingKnown => html! { p class="why" { (words.nothing_could_be_asked) } },
    };
    let class = match &says {
        Says::Told(_) => "allergy",
        Says::NoneTold => "allergy none",
        Says::Ask(_) | Says::AskAway | Says::AskNothingKnown => "allergy unknown",
    };
    html! {
        div class=(class) {
            p class="label" { (label) }
            @match &says {
                Says::Told(value) => p class="big" { (value) },
                Says::NoneTold => p { (words.allergy_not_told) },
                Says::Ask(_) | Says::AskAway | Says::AskNothingKnown => {
                    p { strong { (words.ask_the_guest) } }
                }
            }
            (why)
        }
    }
}

fn not_shown(why: &[String]) -> Markup {
    html! { @for reason in why { p class="why" { (reason) } } }
}

fn away(reader: &Reader) -> Markup {
    html! { p class="why" { (reader.words.not_shown_away) } }
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
    async fn card(consent: u16, state: &'static str, asks: u16, items: Value) -> String {
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
        let app = app::App::new(Azukari::new(&address, "key").unwrap(), &address, book);
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
        };
        let told = look(&app, &reader, &policy, vec![booking]).await.unwrap().remove(0);
        std::fs::remove_dir_all(folder).unwrap();
        booking_card(&told, None, &books::store(), &policy, &reader).into_string()
    }

    #[tokio::test]
    async fn a_card_never_says_none_told_when_azukari_did_not_say_so() {
        let words = Words::of(Language::En);
        let (none, ask) = (words.allergy_not_told, words.ask_the_guest);
        let nothing_known = words.nothing_could_be_asked;
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
            let card = card(consent, state, asks, items).await;
            assert!(card.contains(said), "{case}: {card}");
            assert_eq!(card.contains(none), said == none, "{case}: {card}");
            assert_eq!(card.contains(ask), said == ask || said == nothing_known, "{case}: {card}");
        }
    }
}
