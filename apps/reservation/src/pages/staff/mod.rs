//! The stores' people and the operator's: signing in by password and one-time code, invitations, and who
//! works for a store. One file a topic; this one has the doors, and who is behind them.

mod invitation;
mod members;

use axum::Router;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use maud::{Markup, html};

use super::door::{self, Entered, Known};
use super::{Sheet, layout, passkeys, see_other};
use crate::app::{Reader, Shared};
use crate::book::sessions::Door;
use crate::book::stores::Store;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::session;
use crate::words::Words;

pub(super) fn router() -> Router<Shared> {
    [Door::Staff, Door::Operator]
        .into_iter()
        .fold(members::router(), |router, door| {
            let at = at(door);
            let page = async move |reader: Reader| sign_in_page(door, &reader);
            let submit = async move |State(app): State<Shared>,
                                     reader: Reader,
                                     headers: HeaderMap,
                                     fields: Fields| {
                sign_in(door, &app, &reader, &headers, fields).await
            };
            let out = async move |State(app): State<Shared>, headers: HeaderMap| {
                let cookie = session::end(&app.book, &headers, door).await?;
                with_cookie(&format!("{at}/sign-in"), cookie)
            };
            router
                .route(&format!("{at}/sign-in"), get(page).post(submit))
                .route(&format!("{at}/sign-out"), post(out))
        })
        .route("/invitation/{token}", get(invitation::page).post(invitation::take_up))
}

/// Where the pages behind a door are.
fn at(door: Door) -> &'static str {
    if door == Door::Operator { "/operator" } else { "/store" }
}

/// Where the way leads from a door.
fn first_page(door: Door) -> &'static str {
    if door == Door::Operator { "/operator" } else { "/store/tonight" }
}

fn with_cookie(to: &str, cookie: header::HeaderValue) -> Result<Response, Fault> {
    let mut response = see_other(to)?;
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

fn to_the(door: Door) -> Response {
    see_other(&format!("{}/sign-in", at(door))).unwrap_or_else(IntoResponse::into_response)
}

fn is_in(door: Door, reader: &Reader) -> bool {
    if door == Door::Operator { reader.operator.is_some() } else { reader.staff.is_some() }
}

fn name_of(door: Door, words: &Words) -> &'static str {
    if door == Door::Operator { words.office.operator } else { words.frame.for_stores }
}

fn sign_in_page(door: Door, reader: &Reader) -> Response {
    if is_in(door, reader) {
        return see_other(first_page(door)).unwrap_or_else(IntoResponse::into_response);
    }
    draw_sign_in(door, reader, &Fields::default(), None).into_response()
}

async fn sign_in(
    door: Door,
    app: &Shared,
    reader: &Reader,
    headers: &HeaderMap,
    mut fields: Fields,
) -> Result<Response, Fault> {
    match door::enter(app, reader, headers, &mut fields, door).await? {
        Entered::In(cookie) => with_cookie(first_page(door), cookie),
        Entered::Not(status, words) => {
            Ok((status, draw_sign_in(door, reader, &fields, Some(words))).into_response())
        }
    }
}

fn draw_sign_in(door: Door, reader: &Reader, fields: &Fields, error: Option<&str>) -> Markup {
    let words = reader.words;
    let known =
        Known { field: "login", label: words.door.staff_login, kind: "text", by_code: true };
    let title = name_of(door, words);
    let lost = match door {
        Door::Operator => words.team.factor_lost_operator,
        _ => words.team.factor_lost,
    };
    let body = html! {
        h1 { (title) }
        (door::form(reader, &format!("{}/sign-in", at(door)), &known, fields, error))
        (passkeys::way_in(reader, door, ""))
        p class="soft" { (lost) }
    };
    layout(reader, &Sheet { title, wide: false }, &body)
}

/// Whoever works for the store that this page is about; anybody else is led to the stores' door.
pub(crate) struct Counter {
    pub(crate) login: String,
    pub(crate) store: Store,
    /// Says who else works there.
    pub(crate) manager: bool,
}

impl Counter {
    /// The way between the pages of a store.
    pub(crate) fn rooms(&self, reader: &Reader) -> Markup {
        let words = reader.words;
        let mut rooms = vec![
            ("/store/tonight", words.counter.bookings),
            ("/store/kitchen", words.counter.for_the_kitchen),
        ];
        rooms.push(("/store/passkeys", words.door.passkeys));
        if self.manager {
            rooms.push(("/store/staff", words.team.staff));
        }
        // Between an evening and its kitchen the day stays.
        let of_a_day = ["/store/tonight", "/store/kitchen"];
        let day = of_a_day.contains(&reader.path.as_str()) && reader.query.starts_with("date=");
        html! {
            nav class="within counter" aria-label=(words.counter.pages_of_the_store) {
                @for (path, label) in rooms {
                    a href={ (path) @if day && of_a_day.contains(&path) { "?" (reader.query) } }
                        aria-current=[(reader.path == path).then_some("page")] { (label) }
                }
            }
        }
    }
}

impl FromRequestParts<Shared> for Counter {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Response> {
        let Ok(reader) = Reader::from_request_parts(parts, app).await;
        let Some(caller) = reader.staff else { return Err(to_the(Door::Staff)) };
        match app.book.store_of(&caller.who).await {
            Ok(Some((store, manager))) => Ok(Self { login: caller.who, store, manager }),
            // A login that works for no store any more is nobody.
            Ok(None) => Err(to_the(Door::Staff)),
            Err(error) => Err(Fault::from(error).into_response()),
        }
    }
}

/// An operator; anybody else is led to the operators' door.
pub(crate) struct Operator;

impl<S: Sync> FromRequestParts<S> for Operator {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let Ok(reader) = Reader::from_request_parts(parts, state).await;
        if is_in(Door::Operator, &reader) { Ok(Self) } else { Err(to_the(Door::Operator)) }
    }
}
