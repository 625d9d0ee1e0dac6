//! The guests' door: address and password go to Azukari, a session comes back.

use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::door::{self, Known};
use super::parts::{done, nothing};
use super::{Sheet, layout, linking, passkeys, safe_next, see_other};
use crate::app::{self, Reader, Shared};
use crate::azukari::Trouble;
use crate::book::sessions::{Caller, Door};
use crate::fault::Fault;
use crate::fields::Fields;
use crate::session;

#[derive(Deserialize)]
pub(super) struct Way {
    next: Option<String>,
    out: Option<String>,
}

pub(super) async fn page(
    State(app): State<Shared>,
    reader: Reader,
    Query(way): Query<Way>,
) -> Response {
    let mut fields = Fields::default();
    if let Some(next) = way.next.as_deref().and_then(safe_next) {
        fields.set("next", next);
    }
    let note = way.out.map(|_| done(reader.words.door.signed_out));
    let ways = linking::ways(&app, &reader, fields.get("next"));
    draw(&reader, &fields, None, note, &ways).into_response()
}

pub(super) async fn submit(
    State(app): State<Shared>,
    reader: Reader,
    headers: HeaderMap,
    mut fields: Fields,
) -> Result<Response, Fault> {
    let words = reader.words;
    let password = fields.take("password");
    let email = fields.get("email").trim();
    if email.is_empty() || password.is_empty() {
        let ways = linking::ways(&app, &reader, fields.get("next"));
        let page = draw(&reader, &fields, Some(words.door.sign_in_both), None, &ways);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let found = match app
        .azukari
        .sign_in(reader.language, email, &password, Some(device(&headers)))
        .await
    {
        Ok(found) => found,
        Err(trouble) => {
            let (status, error) = match trouble {
                Trouble::SignInFailed | Trouble::Invalid(_) => {
                    (StatusCode::UNAUTHORIZED, words.door.sign_in_failed)
                }
                Trouble::TooMany => (StatusCode::TOO_MANY_REQUESTS, words.door.sign_in_wait),
                Trouble::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, words.fault.away_told),
                other => return Err(other.into()),
            };
            let ways = linking::ways(&app, &reader, fields.get("next"));
            return Ok((status, draw(&reader, &fields, Some(error), None, &ways)).into_response());
        }
    };
    let caller = Caller { who: found.subject, regime: found.regime };
    let cookie =
        session::begin(&app.book, &headers, Door::Guest, caller.clone(), app::now()).await?;
    let next = safe_next(fields.get("next")).unwrap_or("/me");
    let kept = fields.kept();
    let mut response = if kept.is_empty() {
        see_other(next)?
    } else {
        let reader = Reader { guest: Some(caller), ..reader };
        draw_rest(&reader, next, &kept).into_response()
    };
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// The kind of device that asks, as far as its browser says; nothing else of it is told or kept.
pub(super) fn device(headers: &HeaderMap) -> &'static str {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    let agent = agent.unwrap_or_default();
    let says = |word: &str| agent.contains(word);
    if says("iPad") || says("Tablet") || (says("Android") && !says("Mobile")) {
        "tablet"
    } else if says("Mobile") || says("iPhone") {
        "phone"
    } else if says("Windows") || says("Macintosh") || says("Linux") || says("CrOS") {
        "computer"
    } else {
        "other"
    }
}

/// The door, for somebody who sent a form and is not signed in, or not any more: what she typed waits in the
/// page, and the form goes on its way once she is in.
pub(super) fn go_on(reader: &Reader, action: &str, typed: &Fields) -> Response {
    let mut fields = typed.keeping();
    fields.set("next", action);
    let note =
        html! { div class="notice" role="status" { p { (reader.words.hers.sign_in_first) } } };
    // A way through another service would lose what she typed.
    (StatusCode::UNAUTHORIZED, draw(reader, &fields, None, Some(note), &nothing())).into_response()
}

/// She is back, with what she had typed before her session ended.
fn draw_rest(reader: &Reader, action: &str, kept: &Fields) -> Markup {
    let words = reader.words;
    let body = html! {
        h1 { (words.hers.welcome_back) }
        form class="sheet" method="post" action=(action) {
            p { (words.hers.nothing_lost) }
            @for (name, value) in kept.iter() { input type="hidden" name=(name) value=(value); }
            p class="actions" { button { (words.hers.go_on) } a href="/me" { (words.frame.to_my_page) } }
        }
    };
    layout(reader, &Sheet { title: words.hers.welcome_back, wide: false }, &body)
}

pub(super) async fn out(State(app): State<Shared>, headers: HeaderMap) -> Result<Response, Fault> {
    let cookie = session::end(&app.book, &headers, Door::Guest).await?;
    let mut response = see_other("/sign-in?out=1")?;
    response.headers_mut().append(header::SET_COOKIE, cookie);
    // Nobody goes back over her pages on this machine (decision 0072).
    let clear = HeaderName::from_static("clear-site-data");
    response.headers_mut().insert(clear, HeaderValue::from_static("\"cache\""));
    Ok(response)
}

fn draw(
    reader: &Reader,
    fields: &Fields,
    error: Option<&str>,
    note: Option<Markup>,
    ways: &Markup,
) -> Markup {
    let words = reader.words;
    let known = Known { field: "email", label: words.frame.email, kind: "email", by_code: false };
    let body = html! {
        h1 { (words.frame.sign_in) }
        @if let Some(note) = note { (note) }
        (door::form(reader, "/sign-in", &known, fields, error))
        p { a href="/sign-in/forgotten" { (words.door.forgot) } }
        (ways)
        (passkeys::way_in(reader, Door::Guest, fields.get("next")))
        @let next = safe_next(fields.get("next")).map(super::in_query);
        p {
            (words.door.no_account_yet) " "
            a href={ "/sign-up" @if let Some(next) = next { "?next=" (next) } } { (words.frame.sign_up) }
        }
    };
    layout(reader, &Sheet { title: words.frame.sign_in, wide: false }, &body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_told_by_its_kind_alone() {
        for (agent, kind) in [
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148", "phone"),
            ("Mozilla/5.0 (Linux; Android 15; Pixel 9) Chrome/130 Mobile Safari/537", "phone"),
            ("Mozilla/5.0 (Linux; Android 14; SM-X910) Chrome/130 Safari/537", "tablet"),
            ("Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) Mobile/15E148", "tablet"),
            ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/130", "computer"),
            ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) Safari/605", "computer"),
            ("curl/8", "other"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::USER_AGENT, agent.parse().unwrap());
            assert_eq!(device(&headers), kind, "{agent}");
        }
        assert_eq!(device(&HeaderMap::new()), "other");
    }
}
