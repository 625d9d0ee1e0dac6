//! The stores' side: their door, and tonight's bookings. Each look at a guest's information is a
//! disclosure asked of Azukari at that moment, recorded, and shown to the guest; nothing is kept.

use argon2::{Argon2, PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use maud::{Markup, html};
use serde::Deserialize;
use tokio::task::{JoinSet, spawn_blocking};

use super::parts::{Field, Purposes, moment, reasons, shown};
use super::{Sheet, layout, see_other};
use crate::app::{self, Reader, Shared};
use crate::azukari::{Policy, StoreAsk, Trouble, Values};
use crate::book::{Booking, Caller, Door, Store};
use crate::fault::Fault;
use crate::fields::Fields;
use crate::session;
use crate::when;

/// What a store needs to take a guest in.
pub(super) const RESERVATION_ITEMS: [&str; 5] =
    ["name", "phone", "language", "company", "receipt_name"];
/// What the kitchen needs, the most important first.
pub(super) const MEAL_ITEMS: [&str; 5] =
    ["allergy", "disliked_food", "favourite_food", "serving_size", "preferred_alcohol"];

pub(super) async fn sign_in_page(reader: Reader) -> Response {
    if reader.staff.is_some() {
        return see_other("/store/tonight").unwrap_or_else(IntoResponse::into_response);
    }
    draw_sign_in(&reader, &Fields::default(), None).into_response()
}

pub(super) async fn sign_in(
    State(app): State<Shared>,
    reader: Reader,
    headers: HeaderMap,
    mut fields: Fields,
) -> Result<Response, Fault> {
    let words = reader.words;
    let now = app::now();
    let password = fields.take("password");
    let login: String = fields.get("login").trim().chars().take(64).collect();
    let verifier = app.book.verifier(&login).await?;
    // Counted before it is verified: tries that come all at once are as many as one by one.
    if !app.tries.begin(&login, verifier.is_some(), now) {
        let page = draw_sign_in(&reader, &fields, Some(words.sign_in_wait));
        return Ok((StatusCode::TOO_MANY_REQUESTS, page).into_response());
    }
    let turn = app.verifying.clone().acquire_owned().await.map_err(Fault::broken)?;
    let fits = spawn_blocking(move || {
        // Held until the work is done, even when whoever asked has gone away.
        let _turn = turn;
        fits(&password, verifier.as_deref())
    });
    if !fits.await.map_err(Fault::broken)? {
        let page = draw_sign_in(&reader, &fields, Some(words.sign_in_failed));
        return Ok((StatusCode::UNAUTHORIZED, page).into_response());
    }
    app.tries.succeeded(&login);
    let caller = Caller { who: login, regime: String::new() };
    let cookie = session::begin(&app.book, &headers, Door::Staff, caller, now).await?;
    let mut response = see_other("/store/tonight")?;
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// Whether a password fits. A login that does not exist costs the same time as one that does.
fn fits(password: &str, verifier: Option<&str>) -> bool {
    let argon2 = Argon2::default();
    if let Some(Ok(verifier)) = verifier.map(PasswordHash::new) {
        argon2.verify_password(password.as_bytes(), &verifier).is_ok()
    } else {
        let _same_work = argon2.hash_password(password.as_bytes());
        false
    }
}

/// An Argon2id verifier for a new password.
pub(crate) fn verifier(password: &str) -> anyhow::Result<String> {
    let verifier = Argon2::default()
        .hash_password(password.as_bytes())
        .map_err(|error| anyhow::anyhow!("make a verifier: {error}"))?;
    Ok(verifier.to_string())
}

pub(super) async fn sign_out(
    State(app): State<Shared>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let cookie = session::end(&app.book, &headers, Door::Staff).await?;
    let mut response = see_other("/store/sign-in")?;
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

fn draw_sign_in(reader: &Reader, fields: &Fields, error: Option<&str>) -> Markup {
    let words = reader.words;
    let field = |name, label, autocomplete, focus| Field {
        name,
        label,
        required: false,
        purposes: Purposes::default(),
        hint: None,
        error: None,
        focus,
        autocomplete: Some(autocomplete),
    };
    let body = html! {
        h1 { (words.for_stores) }
        @if let Some(error) = error {
            div class="notice alert" role="alert" { p { (error) } }
        }
        form class="sheet" method="post" action="/store/sign-in" novalidate {
            (field("login", words.staff_login, "username", error.is_some())
                .input("text", Some(fields.get("login")), words))
            (field("password", words.password, "current-password", false)
                .input("password", None, words))
            p class="actions" { button { (words.sign_in) } }
        }
    };
    layout(reader, &Sheet { title: words.for_stores, wide: false }, &body)
}

/// What a store is told of one booking.
struct Told {
    booking: Booking,
    reservation: Answer,
    meal: Answer,
    /// `None` when the guest never agreed to tell of allergies, so none is held.
    special: Option<Answer>,
}

/// The answer to one ask.
enum Answer {
    Told(Values),
    Refused(Vec<String>),
    Away,
}

impl Answer {
    fn value(&self, item: &str) -> Option<&str> {
        match self {
            Self::Told(values) => values.get(item),
            Self::Refused(_) | Self::Away => None,
        }
    }
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
    Query(way): Query<Way>,
) -> Result<Response, Fault> {
    let Some(staff) = reader.staff.clone() else { return see_other("/store/sign-in") };
    // A login that no longer works for a store is nobody.
    let store = app.book.store_of(&staff.who).await?.ok_or(Fault::NotFound)?;
    let policy = std::sync::Arc::new(app.azukari.policy().await?);
    let now = app::now();
    let tonight = when::evening_of(now);
    let asked = way.date.and_then(|date| date.parse::<Date>().ok());
    let evening = asked
        .filter(|date| *date >= tonight && *date <= tonight + DAYS_AHEAD.days())
        .unwrap_or(tonight);
    let (from, until) = when::bounds_of(evening).ok_or_else(|| Fault::broken("no such evening"))?;

    let mut asks = JoinSet::new();
    for (at, booking) in
        app.book.bookings_at(&store.slug, from, until).await?.into_iter().enumerate()
    {
        let (app, policy, reader) = (app.clone(), policy.clone(), reader.clone());
        asks.spawn(async move { (at, look(&app, &reader, &policy, booking).await) });
    }
    let mut told: Vec<(usize, Told)> = Vec::new();
    for done in asks.join_all().await {
        told.push((done.0, done.1?));
    }
    told.sort_by_key(|(at, _)| *at);
    let told: Vec<Told> = told.into_iter().map(|(_, told)| told).collect();
    let day = Day { evening, tonight, now };
    Ok(draw_tonight(&reader, &store, &staff, &policy, &told, &day).into_response())
}

/// One look at one booking: up to three asks, at once.
async fn look(
    app: &app::App,
    reader: &Reader,
    policy: &Policy,
    booking: Booking,
) -> Result<Told, Trouble> {
    let held = |names: &[&str], special: bool| -> Vec<String> {
        let fits = |name: &&&str| {
            policy.items.get(**name).is_some_and(|item| item.consent.is_some() == special)
        };
        names.iter().filter(fits).map(|name| (*name).to_owned()).collect()
    };
    let reservation = held(&RESERVATION_ITEMS, false);
    let mut meal = held(&MEAL_ITEMS, false);
    let mut special = held(&MEAL_ITEMS, true);
    // Items with a consent of their own: given, they join the ask; taken back, they are asked for
    // apart, so that the refusal hides nothing else; never given, nothing is held to ask for.
    let consent = special.first().and_then(|name| policy.items.get(name)?.consent.as_deref());
    let state = match consent {
        Some(consent) => app.azukari.consent(&booking.subject, consent).await,
        None => Ok(None),
    };
    let state = match state {
        Ok(state) => state.map(|state| state.state),
        Err(Trouble::Unavailable | Trouble::NotFound) => None,
        Err(trouble) => return Err(trouble),
    };
    let together = state.as_deref() == Some("given");
    let apart = matches!(state.as_deref(), Some("withdrawn" | "revoked" | "expired"));
    if together {
        meal.splice(0..0, special.drain(..));
    }
    let ask = |purpose: &'static str, items: Vec<String>| {
        let booking = &booking;
        async move {
            if items.is_empty() {
                return Ok(Answer::Told(Values::default()));
            }
            let ask = StoreAsk {
                subject: &booking.subject,
                recipient: &booking.store,
                purpose,
                items: &items,
                reference: &booking.number,
            };
            match app.azukari.disclose(reader.language, &ask).await {
                Ok(values) => Ok(Answer::Told(values)),
                Err(Trouble::Refused(found)) => Ok(Answer::Refused(reasons(&found, reader.words))),
                Err(Trouble::Unavailable) => Ok(Answer::Away),
                Err(trouble) => Err(trouble),
            }
        }
    };
    let (reservation, meal, special) = tokio::join!(
        ask("reservation", reservation),
        ask("meal", meal),
        ask("meal", if apart { special } else { Vec::new() }),
    );
    let special = if together || apart { Some(special?) } else { None };
    Ok(Told { reservation: reservation?, meal: meal?, special, booking })
}

/// Which evening is shown, and when.
struct Day {
    evening: Date,
    tonight: Date,
    now: Timestamp,
}

fn draw_tonight(
    reader: &Reader,
    store: &Store,
    staff: &Caller,
    policy: &Policy,
    told: &[Told],
    day: &Day,
) -> Markup {
    let (words, language) = (reader.words, reader.language);
    let Day { evening, tonight, now } = *day;
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
            ((words.tonight_recorded)(&staff.who, &when::date_and_time(now, language)))
        }
        @if told.is_empty() { p { (words.no_bookings_that_day) } }
        ol class="bookings" {
            @for told in told { (booking_card(told, policy, reader)) }
        }
    };
    layout(reader, &Sheet { title, wide: true }, &body)
}

fn booking_card(told: &Told, policy: &Policy, reader: &Reader) -> Markup {
    let (words, language) = (reader.words, reader.language);
    let booking = &told.booking;
    let at = when::in_tokyo(booking.starts_at).time();
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
                    @for item in MEAL_ITEMS.iter().filter(|item| **item != "allergy") {
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
    let label = policy.item_label("allergy", reader.language);
    if let (Answer::Refused(name), Answer::Refused(meal)) = (&told.reservation, &told.meal) {
        return html! {
            div class="allergy unknown" {
                p class="label" { (label) }
                p { strong { (words.ask_the_guest) } }
                // Said above already, when both asks failed for one reason.
                @if name != meal { (not_shown(meal)) }
            }
        };
    }
    // Asked for together with the rest of the meal, unless the consent was taken back.
    let answer = match &told.special {
        None => None,
        Some(Answer::Told(values)) if values.get("allergy").is_none() => Some(&told.meal),
        Some(apart) => Some(apart),
    };
    html! {
        @match answer {
            None => div class="allergy none" {
                p class="label" { (label) }
                p { (words.allergy_not_told) }
            },
            Some(Answer::Told(values)) => @match values.get("allergy") {
                Some(value) => div class="allergy" {
                    p class="label" { (label) }
                    p class="big" { (value) }
                },
                None => div class="allergy none" {
                    p class="label" { (label) }
                    p { (words.allergy_not_told) }
                },
            },
            Some(Answer::Refused(why)) => div class="allergy unknown" {
                p class="label" { (label) }
                p { strong { (words.ask_the_guest) } }
                (not_shown(why))
            },
            Some(Answer::Away) => div class="allergy unknown" {
                p class="label" { (label) }
                p { strong { (words.ask_the_guest) } }
                (away(reader))
            },
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
    use super::*;

    #[test]
    fn a_password_fits_its_own_verifier_only() {
        let kept = verifier("見本の合言葉").unwrap();
        assert!(kept.starts_with("$argon2id$"));
        assert!(fits("見本の合言葉", Some(&kept)));
        assert!(!fits("another", Some(&kept)));
        assert!(!fits("見本の合言葉", None));
    }
}
