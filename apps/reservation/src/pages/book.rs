//! Booking a table, its confirmation, and calling it off. A booking tells Azukari who may see what
//! until when; the values themselves never come through here.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::civil::{Date, Time};
use jiff::{Timestamp, ToSpan};
use maud::{Markup, html};
use serde::Deserialize;

use super::parts::{Errors, Field, Named, Purposes, done, moment, nothing};
use super::{Sheet, guest, layout, see_other};
use crate::app::{self, App, Reader, Shared};
use crate::azukari::{Engagement, Policy, Trouble};
use crate::book::{Booking, Caller, Stage, Store};
use crate::chance;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::when;

/// How far ahead a table can be had, in days.
const DAYS_AHEAD: i64 = 60;
const LARGEST_PARTY: u8 = 8;

/// The times at which a table can still be had on a day.
pub(super) fn free_times(store: &Store, on: Date, now: Timestamp) -> Vec<Time> {
    let still = |time: &Time| when::moment(on, *time).is_some_and(|at| at > now);
    store.seatings().into_iter().filter(still).collect()
}

pub(super) async fn page(
    State(app): State<Shared>,
    reader: Reader,
    Path(slug): Path<String>,
) -> Result<Markup, Fault> {
    let store = app.book.store(&slug).await?.ok_or(Fault::NotFound)?;
    let policy = app.azukari.policy().await?;
    let now = app::now();
    let today = when::evening_of(now);
    let first = if free_times(&store, today, now).is_empty() { today + 1.day() } else { today };
    let mut fields = Fields::default();
    fields.set("date", &first.to_string());
    fields.set("party", "2");
    if let Some(time) = free_times(&store, first, now).first() {
        fields.set("time", &time.strftime("%H:%M").to_string());
    }
    let missing = missing_consent(&app, &reader, &policy).await?;
    Ok(draw(&reader, &store, &policy, missing.as_deref(), &fields, &Errors::default()))
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
    let store = app.book.store(&slug).await?.ok_or(Fault::NotFound)?;
    let keeping = |fault: Fault| fault.keeping(&here, &fields);
    let policy = app.azukari.policy().await.map_err(|trouble| keeping(trouble.into()))?;
    let missing = missing_consent(&app, &reader, &policy).await.map_err(keeping)?;
    let wish = read(&fields, &store, &reader, app::now());
    let wish = match (wish, &missing) {
        (Ok(wish), None) => wish,
        (wish, _) => {
            let errors = wish.err().unwrap_or_default();
            let page = draw(&reader, &store, &policy, missing.as_deref(), &fields, &errors);
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    let number = place(&app, &caller, &store, &wish).await.map_err(keeping)?;
    see_other(&format!("/me/bookings/{number}?done=booked"))
}

/// A table somebody wishes for.
struct Wish {
    starts_at: Timestamp,
    party: u8,
}

fn read(fields: &Fields, store: &Store, reader: &Reader, now: Timestamp) -> Result<Wish, Errors> {
    let words = reader.words;
    let mut errors = Errors::default();
    let today = when::evening_of(now);
    let date = fields
        .get("date")
        .parse::<Date>()
        .ok()
        .filter(|date| *date >= today && *date <= today + DAYS_AHEAD.days());
    if date.is_none() {
        errors.add("date", (words.error_date)(DAYS_AHEAD));
    }
    let time = fields.get("time").parse::<Time>().ok();
    let time = time.filter(|time| store.seatings().contains(time));
    let starts_at = date.zip(time).and_then(|(date, time)| when::moment(date, time));
    let starts_at = starts_at.filter(|at| *at > now);
    if date.is_some() && starts_at.is_none() {
        errors.add("time", words.error_time);
    }
    let party =
        fields.get("party").parse().ok().filter(|party| (1..=LARGEST_PARTY).contains(party));
    if party.is_none() {
        errors.add("party", words.error_choose);
    }
    match (starts_at, party) {
        (Some(starts_at), Some(party)) if errors.is_empty() => Ok(Wish { starts_at, party }),
        _ => Err(errors),
    }
}

/// Places a booking on both sides and returns its number. Asking twice for one table makes one.
async fn place(app: &App, caller: &Caller, store: &Store, wish: &Wish) -> Result<String, Fault> {
    let _turn = app.turns.of(&caller.who).await;
    let ends_at = wish.starts_at + i64::from(store.seating_minutes).minutes();
    let asked = Booking {
        number: chance::booking_number().map_err(Fault::broken)?,
        store: store.slug.clone(),
        subject: caller.who.clone(),
        starts_at: wish.starts_at,
        ends_at,
        party: wish.party,
        stage: Stage::Asked,
    };
    let is_new = app.book.ask(asked.clone()).await?;
    let booking = if is_new {
        asked
    } else {
        let there = app.book.booking_at(&caller.who, &store.slug, wish.starts_at).await?;
        there.ok_or_else(|| Fault::broken("a new booking number was already taken"))?
    };
    if booking.stage == Stage::Booked {
        return Ok(booking.number);
    }
    let number = booking.number;
    if !is_new {
        app.book.ask_again(&number, ends_at, wish.party).await?;
    }
    // First here as a mere wish, then there, then here for good: whatever breaks in between, no
    // store sees a booking that Azukari does not know, and asking again goes on from there.
    let engagement = Engagement { starts_at: app::now(), ends_at, cancelled: false };
    let put = app.azukari.put_engagement(&caller.who, &store.slug, &number, &engagement).await;
    if let Err(trouble) = put {
        // Without a plain no, or after an earlier try, Azukari may know it: then the wish stays
        // until it is finished by asking again, or called off by `settle`.
        if is_new && trouble.is_a_no() {
            app.book.drop_asked(&number).await?;
        }
        return Err(trouble.into());
    }
    app.book.set_stage(&number, Stage::Booked).await?;
    Ok(number)
}

/// Calls off at Azukari what a guest asked for and was told had failed, so that no store may look
/// without a booking. What cannot be called off now is tried again on her next visit.
pub(super) async fn settle(app: &App, caller: &Caller) -> Result<(), Fault> {
    // Most visits find nothing, and wait for nobody.
    if app.book.asked_of(&caller.who).await?.is_empty() {
        return Ok(());
    }
    let _turn = app.turns.of(&caller.who).await;
    for asked in app.book.asked_of(&caller.who).await? {
        let engagement = Engagement {
            starts_at: asked.starts_at.min(app::now()),
            ends_at: asked.ends_at,
            cancelled: true,
        };
        let put =
            app.azukari.put_engagement(&caller.who, &asked.store, &asked.number, &engagement).await;
        match put {
            // Not found: no such guest or store, so nothing binds them.
            Ok(()) | Err(Trouble::NotFound) => app.book.drop_asked(&asked.number).await?,
            Err(trouble) => {
                tracing::warn!(number = asked.number, "a booking is not called off yet: {trouble}");
                // The others would most likely wait for nothing as well.
                break;
            }
        }
    }
    Ok(())
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
    store: &Store,
    policy: &Policy,
    missing: Option<&str>,
    fields: &Fields,
    errors: &Errors,
) -> Markup {
    let (words, language) = (reader.words, reader.language);
    let order = [("date", words.date), ("time", words.time), ("party", words.party_size)]
        .map(|(name, label)| Named { name: name.to_owned(), label: label.to_owned() });
    let missing = missing.and_then(|name| policy.consents.get(name));
    let body = html! {
        h1 { (store.name(language)) }
        p class="lead" {
            (store.cuisine.get(language)) " · " (store.area.get(language))
            br; (store.hours.get(language))
        }
        (errors.summary(&order, words))
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
        } @else if let Some(consent) = missing {
            div class="notice alert" {
                p { ((words.book_needs)(consent.label.get(language))) }
                p { a href="/me#consents" { (words.see_your_consents) } }
            }
        } @else {
            (form(reader, store, fields, errors, &order))
        }
        (what_the_store_sees(policy, reader))
    };
    layout(reader, &Sheet { title: store.name(language), wide: false }, &body)
}

fn form(
    reader: &Reader,
    store: &Store,
    fields: &Fields,
    errors: &Errors,
    order: &[Named],
) -> Markup {
    let (words, language) = (reader.words, reader.language);
    let first = errors.first(order);
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
    let times: Vec<_> = store
        .seatings()
        .into_iter()
        .map(|time| (time.strftime("%H:%M").to_string(), when::time(time, language)))
        .collect();
    let parties: Vec<_> =
        (1..=LARGEST_PARTY).map(|party| (party.to_string(), (words.party)(party))).collect();
    html! {
        form class="sheet" method="post" action={ "/book/" (store.slug) } novalidate {
            div class="row" {
                (field("date", words.date).input("date", Some(fields.get("date")), words))
                (field("time", words.time).select(&times, fields.get("time"), words))
                (field("party", words.party_size).select(&parties, fields.get("party"), words))
            }
            p class="actions" { button { (words.book) } }
        }
    }
}

fn what_the_store_sees(policy: &Policy, reader: &Reader) -> Markup {
    let (words, language) = (reader.words, reader.language);
    html! {
        section {
            h2 { (words.book_sees) }
            p { (words.book_sees_lead) }
            dl class="pairs" {
                @for (purpose, items) in [
                    ("reservation", &super::store::RESERVATION_ITEMS[..]),
                    ("meal", &super::store::MEAL_ITEMS[..]),
                ] {
                    @let labels: Vec<&str> = items
                        .iter()
                        .filter(|item| policy.items.contains_key(**item))
                        .map(|item| policy.item_label(item, language))
                        .collect();
                    div {
                        dt { (policy.purpose_label(purpose, language)) }
                        dd { (labels.join(words.comma)) }
                    }
                }
            }
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Way {
    done: Option<String>,
}

/// A booking of the reader's own; anybody else's does not exist for her.
async fn own_booking(app: &App, caller: &Caller, number: &str) -> Result<Booking, Fault> {
    let booking = app.book.booking(number).await?;
    booking
        .filter(|booking| booking.subject == caller.who && booking.stage != Stage::Asked)
        .ok_or(Fault::NotFound)
}

pub(super) async fn confirmation(
    State(app): State<Shared>,
    reader: Reader,
    Path(number): Path<String>,
    Query(way): Query<Way>,
) -> Result<Response, Fault> {
    let caller = match guest(&reader) {
        Ok(caller) => caller,
        Err(to) => return Ok(*to),
    };
    let booking = own_booking(&app, caller, &number).await?;
    let store = app.book.store(&booking.store).await?.ok_or(Fault::NotFound)?;
    let (words, language) = (reader.words, reader.language);
    let cancelled = booking.stage == Stage::Cancelled;
    let may_cancel = !cancelled && booking.starts_at > app::now();
    let starts = when::date_and_time(booking.starts_at, language);
    let note = way.done.filter(|_| !cancelled).map_or_else(nothing, |_| done(words.done_booked));
    let body = html! {
        h1 { (words.booking) }
        (note)
        div class={ "sheet ticket" @if cancelled { " past" } } {
            p class="eyebrow" { (words.booking_number) (words.colon) (booking.number) }
            p class="big" { (store.name(language)) }
            p { (moment(booking.starts_at, &starts)) br; ((words.party)(booking.party)) }
            @if cancelled { p { span class="tag" { (words.cancelled) } } }
        }
        @if may_cancel {
            form method="post" action={ "/me/bookings/" (booking.number) "/cancel" } {
                p { (words.cancel_told) }
                p class="actions" {
                    button class="quiet" { (words.cancel) }
                    a href="/me" { (words.to_my_page) }
                }
            }
        } @else {
            p { a href="/me" { (words.to_my_page) } }
        }
    };
    Ok(layout(&reader, &Sheet { title: words.booking, wide: false }, &body).into_response())
}

pub(super) async fn cancel(
    State(app): State<Shared>,
    reader: Reader,
    Path(number): Path<String>,
) -> Result<Response, Fault> {
    let caller = match guest(&reader) {
        Ok(caller) => caller,
        Err(to) => return Ok(*to),
    };
    let booking = own_booking(&app, caller, &number).await?;
    if booking.stage == Stage::Booked {
        let now = app::now();
        if booking.starts_at <= now {
            return see_other(&format!("/me/bookings/{number}"));
        }
        // Azukari first: from that moment the store sees nothing, whatever breaks afterwards.
        let engagement = Engagement { starts_at: now, ends_at: booking.ends_at, cancelled: true };
        let here = format!("/me/bookings/{number}/cancel");
        app.azukari
            .put_engagement(&caller.who, &booking.store, &number, &engagement)
            .await
            .map_err(|trouble| Fault::from(trouble).keeping(&here, &Fields::default()))?;
        app.book.set_stage(&number, Stage::Cancelled).await?;
    }
    see_other("/me?done=cancelled#bookings")
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU16, Ordering};
    use std::sync::{Arc, Mutex};

    use axum::routing::put;
    use axum::{Json, Router};
    use serde_json::{Value, json};

    use super::*;
    use crate::azukari::Azukari;
    use crate::book::{Book, tests as books};

    /// The app before an Azukari that answers as told and remembers what it was sent.
    struct House {
        app: App,
        caller: Caller,
        answers: Arc<AtomicU16>,
        sent: Arc<Mutex<Vec<(String, bool)>>>,
        folder: std::path::PathBuf,
    }

    impl House {
        async fn open() -> Self {
            let answers = Arc::new(AtomicU16::new(200));
            let sent: Arc<Mutex<Vec<(String, bool)>>> = Arc::default();
            let (status, seen) = (Arc::clone(&answers), Arc::clone(&sent));
            let engage = move |Path((_, _, number)): Path<(String, String, String)>,
                               Json(body): Json<Value>| async move {
                seen.lock().unwrap().push((number, body["cancelled"] == true));
                let status = StatusCode::from_u16(status.load(Ordering::SeqCst)).unwrap();
                let kind = if status == StatusCode::UNPROCESSABLE_ENTITY { "invalid" } else { "" };
                (status, Json(json!({ "type": kind })))
            };
            let router = Router::new()
                .route("/v1/subjects/{subject}/engagements/{store}/{number}", put(engage));
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = format!("http://{}", listener.local_addr().unwrap());
            tokio::spawn(async move { axum::serve(listener, router).await });
            let folder = books::folder();
            let book = Book::open(&folder).unwrap();
            book.put_store(books::store()).await.unwrap();
            let app = App::new(Azukari::new(&address, "key").unwrap(), &address, book);
            let caller = Caller { who: "sub_1".to_owned(), regime: "jp".to_owned() };
            Self { app, caller, answers, sent, folder }
        }

        async fn places(&self, answer: u16, party: u8) -> Result<String, Fault> {
            self.answers.store(answer, Ordering::SeqCst);
            let starts_at = "2027-11-22T09:00:00Z".parse().unwrap();
            place(&self.app, &self.caller, &books::store(), &Wish { starts_at, party }).await
        }

        async fn settles(&self, answer: u16) {
            self.answers.store(answer, Ordering::SeqCst);
            assert!(settle(&self.app, &self.caller).await.is_ok());
        }

        async fn asked(&self) -> Vec<String> {
            let asked = self.app.book.asked_of(&self.caller.who).await.unwrap();
            asked.into_iter().map(|booking| booking.number).collect()
        }

        fn last_sent(&self) -> (String, bool) {
            self.sent.lock().unwrap().last().unwrap().clone()
        }
    }

    impl Drop for House {
        fn drop(&mut self) {
            drop(std::fs::remove_dir_all(&self.folder));
        }
    }

    #[tokio::test]
    async fn a_wish_is_dropped_on_a_plain_no_only() {
        for (answer, kept) in
            [(422, 0), (404, 0), (429, 0), (500, 1), (502, 1), (503, 1), (504, 1), (409, 1)]
        {
            let house = House::open().await;
            assert!(house.places(answer, 2).await.is_err());
            assert_eq!(house.asked().await.len(), kept, "{answer}");
        }
    }

    #[tokio::test]
    async fn what_failed_halfway_is_called_off_on_the_next_visit() {
        let house = House::open().await;
        assert!(house.places(503, 2).await.is_err());
        let asked = house.asked().await;
        house.settles(503).await;
        assert_eq!(house.asked().await, asked);
        house.settles(200).await;
        assert!(house.asked().await.is_empty());
        assert_eq!(house.last_sent(), (asked[0].clone(), true));
        assert!(house.app.book.bookings_of("sub_1").await.unwrap().is_empty());
        // Nothing is left to call off, and nothing is sent.
        let sent = house.sent.lock().unwrap().len();
        house.settles(200).await;
        assert_eq!(house.sent.lock().unwrap().len(), sent);
    }

    #[tokio::test]
    async fn asking_again_finishes_what_failed_halfway_and_no_later_no_forgets_it() {
        let house = House::open().await;
        assert!(house.places(503, 2).await.is_err());
        let asked = house.asked().await;
        assert!(house.places(429, 2).await.is_err());
        assert_eq!(house.asked().await, asked);
        let Ok(number) = house.places(200, 4).await else { panic!("not booked") };
        assert_eq!(number, asked[0]);
        let booking = house.app.book.booking(&number).await.unwrap().unwrap();
        assert_eq!((booking.stage, booking.party), (Stage::Booked, 4));
        // A booking is no wish: a visit leaves it as it is.
        house.settles(200).await;
        assert_eq!(house.last_sent(), (number, false));
    }
}
