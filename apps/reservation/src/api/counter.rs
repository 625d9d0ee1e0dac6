//! `/api/store`: for a store's own system, with a key of that store. Bookings are ids, times, parties and stages;
//! what is known of their guests comes through Azukari's gate alone, for a purpose that is stated, and each such
//! look is recorded and shown to the guest. Another store's booking is not there.

use axum::body::Bytes;
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::request::Parts;
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Key, Problem, body, date, known};
use crate::app::{self, App, Shared};
use crate::azukari::{Reason, Trouble};
use crate::book::bookings::Booking;
use crate::book::stores::Store;
use crate::edit::{What, Wrong};
use crate::engage::Stop;
use crate::language::Language;
use crate::pages::reasons;
use crate::sight::allergy::{self, Answer, Says};
use crate::sight::{self, Told, Wanted};
use crate::when;
use crate::words::Words;

/// Bookings in one call at most.
const TOGETHER: usize = 200;

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/api/store/bookings", get(bookings))
        .route("/api/store/bookings/{number}", get(booking))
        .route("/api/store/disclosures", post(disclose))
}

/// A store's own system.
struct Till {
    store: Store,
    language: Language,
}

impl FromRequestParts<Shared> for Till {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Problem> {
        let Key { of, language } = Key::from_request_parts(parts, app).await?;
        let Some(slug) = of else { return Err(Problem::other_key("a store's own")) };
        Ok(Self { store: known(app, &slug).await?, language })
    }
}

/// A booking as its store's system sees it.
fn shape(booking: &Booking) -> Value {
    let stage = if booking.stands() { "booked" } else { "cancelled" };
    json!({
        "number": booking.number,
        "starts_at": booking.starts_at,
        "ends_at": booking.ends_at,
        "party": booking.party,
        "stage": stage,
    })
}

/// Whether the store has ever been told of a booking: not of a hold, nor of a wish on its way.
fn is_told(booking: &Booking) -> bool {
    !booking.never_was()
}

#[derive(Deserialize)]
struct Day {
    date: Option<String>,
}

async fn bookings(
    State(app): State<Shared>,
    Till { store, .. }: Till,
    Query(Day { date: asked }): Query<Day>,
) -> Result<Json<Value>, Problem> {
    let on: Date = match asked {
        Some(asked) => date(&asked)?,
        None => when::evening_of(app::now(), &store.time_zone),
    };
    let bounds = when::bounds_of(on, &store.time_zone).ok_or_else(|| Problem::not_found("day"))?;
    let found = app.book.all_bookings_at(&store.slug, bounds.0, bounds.1).await?;
    let bookings: Vec<Value> = found.iter().filter(|one| is_told(one)).map(shape).collect();
    Ok(Json(json!({ "date": on, "time_zone": store.zone(), "bookings": bookings })))
}

async fn booking(
    State(app): State<Shared>,
    Till { store, .. }: Till,
    Path(number): Path<String>,
) -> Result<Json<Value>, Problem> {
    let found = app.book.booking(&number).await?;
    let own = found.filter(|booking| booking.store == store.slug && is_told(booking));
    own.map(|booking| Json(shape(&booking))).ok_or_else(|| Problem::not_found("booking"))
}

/// What a call asks for: a purpose and the bookings.
fn read(asked: &Value, words: &Words) -> Result<(Wanted, Vec<String>), Problem> {
    let no = |field: &str, what| {
        let wrong = Wrong { field: field.to_owned(), what };
        Problem::wrong(&[wrong], words)
    };
    let wanted = match asked["purpose"].as_str() {
        Some("reservation") => Wanted { meal: &[], ..sight::ALL },
        Some("meal") => Wanted { reservation: &[], ..sight::ALL },
        Some(_) => return Err(no("purpose", What::NotAPurpose)),
        None => return Err(no("purpose", What::Missing)),
    };
    let numbers = asked["bookings"].as_array().ok_or_else(|| no("bookings", What::Missing))?;
    if numbers.len() > TOGETHER {
        return Err(no("bookings", What::TooMany(TOGETHER)));
    }
    let numbers = numbers.iter().map(|number| number.as_str().map(str::to_owned)).collect();
    Some((wanted, numbers))
        .and_then(|(wanted, numbers): (_, Option<Vec<String>>)| Some((wanted, numbers?)))
        .ok_or_else(|| no("bookings", What::Missing))
}

async fn disclose(
    State(app): State<Shared>,
    Till { store, language }: Till,
    bytes: Bytes,
) -> Result<Json<Value>, Problem> {
    let words = Words::of(language);
    let (wanted, numbers) = read(&body(&bytes)?, words)?;
    let now = app::now();
    let own = own(&app, &store, &numbers, now).await?;
    let asked: Vec<Booking> = own.iter().flatten().cloned().collect();
    let policy = app.azukari.policy().await.map_err(Stop::from)?;
    let looked = sight::look(&app, language, &policy, asked, wanted, now).await;
    let mut told = looked?.into_iter();
    let answers: Vec<Value> = own
        .iter()
        .zip(&numbers)
        .map(|(own, number)| match own.as_ref().and_then(|_| told.next()) {
            Some(told) => answer(&told, words),
            None => {
                json!({ "booking": number, "status": 404, "detail": "there is no such booking" })
            }
        })
        .collect();
    Ok(Json(json!({ "answers": answers })))
}

/// Of these numbers, the store's own bookings that it may look at.
async fn own(
    app: &App,
    store: &Store,
    numbers: &[String],
    now: Timestamp,
) -> anyhow::Result<Vec<Option<Booking>>> {
    let mut own = Vec::with_capacity(numbers.len());
    for number in numbers {
        own.push(sight::booking_of(&app.book, store, number, now).await?);
    }
    Ok(own)
}

/// What is told of one booking. Allergies stand apart from other items, so that a missing value is never read as
/// none; those of companions are counts by allergen.
fn answer(told: &Told, words: &Words) -> Value {
    let mut answer = json!({ "booking": told.booking.number });
    let asked = told.reservation.as_ref().or(told.meal.as_ref());
    match asked {
        Some(Answer::Told(values)) => {
            let items = values.iter().filter(|(item, _)| *item != allergy::ITEM);
            let items = items.map(|(item, value)| (item.to_owned(), json!(value)));
            answer["items"] = Value::Object(items.collect::<Map<_, _>>());
        }
        Some(Answer::Refused(why)) => answer["refused"] = refused(why, words),
        Some(Answer::Away) | None => answer["away"] = json!(words.counter.not_shown_away),
    }
    if let Some(says) = told.allergies() {
        answer["allergies"] = match says {
            Says::Told(value) => json!({ "known": true, "told": value }),
            Says::NoneTold => json!({ "known": true, "told": null }),
            Says::Ask(why) => json!({
                "known": false, "words": words.counter.ask_the_guest, "refused": refused(why, words),
            }),
            Says::AskAway | Says::AskNothingKnown => json!({
                "known": false, "words": words.counter.ask_the_guest, "away": words.counter.not_shown_away,
            }),
        };
        let of_companions = told.companions.iter();
        answer["companions"] =
            of_companions.map(|(allergen, people)| (allergen.name(), *people)).collect();
    }
    answer
}

fn refused(why: &[Reason], words: &Words) -> Value {
    let ids: Vec<&str> = why.iter().map(|reason| reason.id.as_str()).collect();
    json!({ "reasons": ids, "words": reasons(why, words) })
}

impl From<Trouble> for Problem {
    fn from(trouble: Trouble) -> Self {
        Stop::from(trouble).into()
    }
}
