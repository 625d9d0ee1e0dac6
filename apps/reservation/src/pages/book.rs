//! A store's own page: what it is, its days and times, and a table. A booking tells Azukari who may see
//! what until when; the values themselves never come through here.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::civil::{Date, Time};
use jiff::{Timestamp, ToSpan};
use maud::{Markup, html};
use serde::Deserialize;

use super::parts::{Errors, Field, Named, Purposes, sent_to};
use super::{Sheet, layout, see_other};
use crate::app::{self, App, Reader, Shared};
use crate::azukari::Policy;
use crate::book::No;
use crate::book::bookings::Wish;
use crate::book::seatings::{self, Day};
use crate::book::stores::Store;
use crate::chance;
use crate::engage::{self, Stop};
use crate::fault::Fault;
use crate::fields::Fields;
use crate::when;
use crate::words::Words;

/// The longest that the page looks ahead for a first free day, in days.
const LOOK_AHEAD: i64 = 14;

#[derive(Deserialize, Default)]
pub(super) struct Asked {
    date: Option<String>,
    party: Option<String>,
}

/// A day and a party, as they were chosen or as they are proposed.
pub(super) struct Choice {
    pub(super) date: Date,
    pub(super) party: u8,
}

/// What somebody who wants a table sees of a day.
pub(super) struct Chooser<'a> {
    pub(super) store: &'a Store,
    pub(super) choice: Choice,
    pub(super) day: Day,
    pub(super) now: Timestamp,
    /// Where a chosen time is sent.
    pub(super) action: String,
    /// Whether she may stand in line for a time that is full.
    pub(super) may_wait: bool,
}

/// A listed store; any other does not exist.
pub(super) async fn listed(app: &App, slug: &str) -> Result<Store, Fault> {
    app.book.store(slug).await?.filter(|store| store.listed).ok_or(Fault::NotFound)
}

pub(super) async fn page(
    State(app): State<Shared>,
    reader: Reader,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Markup, Fault> {
    let store = listed(&app, &slug).await?;
    let policy = app.azukari.policy().await?;
    let missing = missing_consent(&app, &reader, &policy).await?;
    let chooser = chooser(&app, &store, &asked, app::now()).await?;
    Ok(draw(&reader, &chooser, &policy, missing.as_deref(), None))
}

/// The day that was asked for, or the first that has a table.
async fn chooser<'a>(
    app: &App,
    store: &'a Store,
    asked: &Asked,
    now: Timestamp,
) -> Result<Chooser<'a>, Fault> {
    let party = asked.party.as_deref().and_then(|party| party.parse().ok()).unwrap_or(2);
    let party = party.clamp(store.party_min, store.party_max);
    let (today, last) = (store.date_of(now), store.last_day(now));
    let date = asked.date.as_deref().and_then(|date| date.parse::<Date>().ok());
    let mut date_now = date.unwrap_or(today).clamp(today, last);
    let mut day = app.book.day(store.clone(), date_now, party, now).await?;
    if date.is_none() {
        let latest = last.min(today.checked_add(LOOK_AHEAD.days()).unwrap_or(last));
        while !day.seatings.iter().any(|seating| seating.free) && date_now < latest {
            date_now = date_now.tomorrow().map_err(Fault::broken)?;
            day = app.book.day(store.clone(), date_now, party, now).await?;
        }
    }
    let action = format!("/book/{}", store.slug);
    let choice = Choice { date: date_now, party };
    Ok(Chooser { store, choice, day, now, action, may_wait: true })
}

/// A moment and a party that a form brought.
///
/// # Errors
/// What is wrong, in the reader's words.
pub(super) fn read(
    fields: &Fields,
    store: &Store,
    words: &Words,
) -> Result<(Timestamp, u8), String> {
    let date = fields.get("date").parse::<Date>().ok();
    let time = fields.get("time").parse::<Time>().ok();
    let party = fields.get("party").parse::<u8>().ok();
    let moment = date.zip(time);
    let moment = moment.and_then(|(on, at)| seatings::moment(on, at, &store.time_zone));
    match (moment, party) {
        (Some(moment), Some(party)) => Ok((moment, party)),
        (_, None) => Err((words.error_party)(store.party_min, store.party_max)),
        (None, _) => Err(words.error_time.to_owned()),
    }
}

/// Why the book does not take a wish, in the reader's words; `None` for what is no answer to a guest.
pub(super) fn told(no: &No, store: &Store, reader: &Reader) -> Option<String> {
    let words = reader.words;
    Some(match no {
        No::Full => words.error_full.to_owned(),
        No::NoSeating => words.error_time.to_owned(),
        No::Closed(reason) => (words.closed_that_day)(reason.get(reader.language)),
        No::Party => (words.error_party)(store.party_min, store.party_max),
        No::TooSoon => words.error_too_soon.to_owned(),
        No::TooFar => (words.error_date)(i64::from(store.days_ahead)),
        No::Already(_) => words.error_already.to_owned(),
        No::Gone => words.error_gone.to_owned(),
        No::InTheWay(_) | No::Failed(_) => return None,
    })
}

pub(super) async fn submit(
    State(app): State<Shared>,
    reader: Reader,
    Path(slug): Path<String>,
    fields: Fields,
) -> Result<Response, Fault> {
    let here = format!("/book/{slug}");
    let Some(caller) = reader.guest.clone() else {
        return see_other(&format!("/sign-in?next={here}"));
    };
    let store = listed(&app, &slug).await?;
    let keeping = |fault: Fault| fault.keeping(&here, &fields);
    let policy = app.azukari.policy().await.map_err(|trouble| keeping(trouble.into()))?;
    let missing = missing_consent(&app, &reader, &policy).await.map_err(keeping)?;
    let now = app::now();
    let error = match read(&fields, &store, reader.words) {
        _ if missing.is_some() => None,
        Err(error) => Some(error),
        Ok((starts_at, party)) => {
            let number = chance::booking_number()?;
            let wish = Wish { number, store: slug.clone(), subject: caller.who, starts_at, party };
            match engage::place(&app, wish, now).await {
                Ok(booking) => {
                    return see_other(&format!("/me/bookings/{}?done=booked", booking.number));
                }
                Err(Stop::No(No::Already(number))) => {
                    return see_other(&format!("/me/bookings/{number}"));
                }
                Err(Stop::No(no)) => match told(&no, &store, &reader) {
                    Some(error) => Some(error),
                    None => return Err(no.into()),
                },
                Err(Stop::Trouble(trouble)) => return Err(keeping(trouble.into())),
            }
        }
    };
    again(&app, &reader, &store, &policy, missing.as_deref(), &fields, error).await
}

/// The page again, with what was chosen and what is wrong.
async fn again(
    app: &App,
    reader: &Reader,
    store: &Store,
    policy: &Policy,
    missing: Option<&str>,
    fields: &Fields,
    error: Option<String>,
) -> Result<Response, Fault> {
    let asked = Asked {
        date: fields.filled("date").map(str::to_owned),
        party: fields.filled("party").map(str::to_owned),
    };
    let chooser = chooser(app, store, &asked, app::now()).await?;
    let page = draw(reader, &chooser, policy, missing, error.as_deref());
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// She stands in line for a time that is full.
pub(super) async fn wait(
    State(app): State<Shared>,
    reader: Reader,
    Path(slug): Path<String>,
    fields: Fields,
) -> Result<Response, Fault> {
    let Some(caller) = reader.guest.clone() else {
        return see_other(&format!("/sign-in?next=/book/{slug}"));
    };
    let store = listed(&app, &slug).await?;
    let policy = app.azukari.policy().await?;
    let missing = missing_consent(&app, &reader, &policy).await?;
    let error = match read(&fields, &store, reader.words) {
        _ if missing.is_some() => None,
        Err(error) => Some(error),
        Ok((starts_at, party)) => {
            let who = caller.who;
            let wish = Wish {
                number: String::new(),
                store: slug.clone(),
                subject: who.clone(),
                starts_at,
                party,
            };
            match app.book.wait(wish, app::now()).await {
                // A seat came free just now: it is hers for a while.
                Ok(()) => match app.book.offered_to(&who, &slug, starts_at).await? {
                    Some(number) => return see_other(&format!("/me/bookings/{number}")),
                    None => return see_other("/me?done=waiting"),
                },
                Err(No::Already(number)) => {
                    return see_other(&format!("/me/bookings/{number}"));
                }
                Err(no) => match told(&no, &store, &reader) {
                    Some(error) => Some(error),
                    None => return Err(no.into()),
                },
            }
        }
    };
    again(&app, &reader, &store, &policy, missing.as_deref(), &fields, error).await
}

/// The consent without which this guest cannot be served, if she has not given it.
async fn missing_consent(
    app: &App,
    reader: &Reader,
    policy: &Policy,
) -> Result<Option<String>, Fault> {
    let Some(guest) = &reader.guest else { return Ok(None) };
    for (name, consent) in &policy.consents {
        if consent.condition_of_service.contains(&guest.regime) {
            let state = app.azukari.consent(&guest.who, name).await?;
            if state.is_none_or(|state| state.state != "given") {
                return Ok(Some(name.clone()));
            }
        }
    }
    Ok(None)
}

fn draw(
    reader: &Reader,
    chooser: &Chooser<'_>,
    policy: &Policy,
    missing: Option<&str>,
    error: Option<&str>,
) -> Markup {
    let (words, language) = (reader.words, reader.language);
    let store = chooser.store;
    let missing = missing.and_then(|name| policy.consents.get(name));
    let body = html! {
        section class="store" {
            img class="picture" src={ "/stores/" (store.slug) "/picture.svg" } alt="" width="640" height="240";
            h1 { (store.name(language)) }
            p class="lead" {
                (store.cuisine.get(language)) " · " (store.area.get(language)) " · "
                span title=(words.price_band) { (price_band(store.price_band)) }
            }
            p { (store.description.get(language)) }
            dl class="pairs" {
                div { dt { (words.hours) } dd { (store.hours.get(language)) } }
                div { dt { (words.address) } dd { (store.address.get(language)) } }
                div { dt { (words.fee) } dd { (terms(store, words)) } }
            }
        }
        @if let Some(error) = error {
            div class="notice alert" role="alert" { p { (error) } }
        }
        @if let Some(consent) = missing {
            div class="notice alert" {
                p { ((words.book_needs)(consent.label.get(language))) }
                p { a href="/me/consents" { (words.see_your_consents) } }
            }
        } @else {
            (choose(reader, chooser))
        }
        @if reader.guest.is_none() {
            div class="sheet" {
                p { (words.book_sign_in_first) }
                p class="actions" {
                    a class="button" href={ "/sign-in?next=/book/" (store.slug) } {
                        (words.sign_in)
                    }
                    a class="button quiet" href="/sign-up" { (words.sign_up) }
                }
            }
        }
        (what_the_store_sees(policy, reader))
    };
    layout(reader, &Sheet { title: store.name(language), wide: false }, &body)
}

/// ¥ to ¥¥¥¥.
pub(super) fn price_band(band: u8) -> String {
    "¥".repeat(usize::from(band))
}

/// What a booking costs, and what calling it off does.
pub(super) fn terms(store: &Store, words: &Words) -> String {
    if store.fee_yen == 0 {
        return words.fee_none.to_owned();
    }
    let yen = (words.yen)(store.fee_yen);
    (words.fee_terms)(&yen, store.free_until_hours, store.late_percent)
}

/// The day, the party, and the times of that day.
pub(super) fn choose(reader: &Reader, chooser: &Chooser<'_>) -> Markup {
    let (words, language) = (reader.words, reader.language);
    let Chooser { store, choice, day, now, action, may_wait } = chooser;
    let errors = Errors::default();
    let order: [Named; 0] = [];
    let first = errors.first(&order);
    let field = |name: &'static str, label: &'static str| Field {
        name,
        label,
        required: false,
        purposes: Purposes::default(),
        hint: None,
        error: errors.get(name),
        focus: first == Some(name),
        autocomplete: None,
    };
    let parties: Vec<_> = (store.party_min..=store.party_max)
        .map(|party| (party.to_string(), (words.party)(party)))
        .collect();
    let (date, party) = (choice.date.to_string(), choice.party.to_string());
    let some_time = choice.date.to_zoned(store.time_zone.clone());
    let some_time = some_time.map_or(*now, |zoned| zoned.timestamp());
    html! {
        // Without an action it comes back to this page.
        form class="sheet" method="get" {
            div class="row" {
                (field("date", words.date).input("date", Some(&date), words))
                (field("party", words.party_size).select(&parties, &party, words))
                p class="actions" { button class="quiet" { (words.see_times) } }
            }
        }
        section id="times" {
            h2 { (when::date(choice.date, language)) (words.comma) ((words.party)(choice.party)) }
            @if let Some(reason) = &day.closed {
                p class="notice" { ((words.closed_that_day)(reason.get(language))) }
            } @else if day.seatings.is_empty() {
                p class="notice" { (words.no_times_that_day) }
            } @else {
                p class="hint" {
                    ((words.clock_is)(&when::clock(some_time, &store.time_zone, language)))
                }
                form method="post" action=(action) {
                    input type="hidden" name="date" value=(date);
                    input type="hidden" name="party" value=(party);
                    ul class="times" {
                        @for seating in &day.seatings {
                            @let value = seating.time.strftime("%H:%M").to_string();
                            @let shown = when::time(seating.time, language);
                            li {
                                @if seating.free {
                                    button name="time" value=(value) { (shown) }
                                } @else if *may_wait {
                                    button class="quiet" name="time" value=(value)
                                        formaction={ (action) "/wait" } {
                                        span class="full" { (shown) " " (words.full) }
                                        span { (words.wait_for_it) }
                                    }
                                } @else {
                                    span class="tag" { (shown) " " (words.full) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn what_the_store_sees(policy: &Policy, reader: &Reader) -> Markup {
    let words = reader.words;
    html! {
        section {
            h2 { (words.book_sees) }
            p { (words.book_sees_lead) }
            (sent_to(policy, reader))
        }
    }
}
