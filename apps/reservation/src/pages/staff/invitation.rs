//! `/invitation/…`: somebody who was invited chooses a password and lets an authenticator app know the secret
//! of the codes. The page is good until it is taken up, or for 72 hours; looking at it uses nothing up.

use std::fmt::Write;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use qrcode::{Color, QrCode};
use tokio::task::spawn_blocking;

use super::super::door;
use super::super::parts::{Errors, Field, Named, Purposes};
use super::super::{Sheet, layout};
use super::{first_page, name_of, with_cookie};
use crate::app::{self, App, Reader, Shared};
use crate::book::No;
use crate::book::sessions::Caller;
use crate::book::staff::Invited;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::{SHORTEST_PASSWORD, session};

/// The longest password that is taken, in characters.
const LONGEST_PASSWORD: usize = 128;

/// Whoever is invited by a link; or the page for one that was used, is over or never was, which look the same.
async fn invited(
    app: &App,
    reader: &Reader,
    token: &str,
) -> Result<Result<Invited, Response>, Fault> {
    let found = app.book.invited(session::hash(token), app::now()).await?;
    Ok(found.ok_or_else(|| over(reader)))
}

pub(super) async fn page(
    State(app): State<Shared>,
    reader: Reader,
    Path(token): Path<String>,
) -> Result<Response, Fault> {
    let invited = match invited(&app, &reader, &token).await? {
        Ok(invited) => invited,
        Err(over) => return Ok(over),
    };
    Ok(draw(&reader, &invited, &token, &Errors::default())?.into_response())
}

pub(super) async fn take_up(
    State(app): State<Shared>,
    reader: Reader,
    headers: HeaderMap,
    Path(token): Path<String>,
    mut fields: Fields,
) -> Result<Response, Fault> {
    let (words, now) = (reader.words, app::now());
    let invited = match invited(&app, &reader, &token).await? {
        Ok(invited) => invited,
        Err(over) => return Ok(over),
    };
    let (password, code) = (fields.take("password"), fields.take("code"));
    let mut errors = Errors::default();
    let length = password.chars().count();
    if length < SHORTEST_PASSWORD {
        errors.add("password", words.frame.error_too_short);
    } else if length > LONGEST_PASSWORD {
        errors.add("password", words.frame.error_too_long);
    }
    let step = invited.totp.step_of(&door::digits(&code), now, 0);
    if step.is_none() {
        errors.add("code", words.team.error_code);
    }
    let Some(step) = step.filter(|_| errors.is_empty()) else {
        if !password.is_empty() {
            errors.add("password", words.frame.error_password_again);
        }
        let page = draw(&reader, &invited, &token, &errors)?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let turn = app.verifying.clone().acquire_owned().await.map_err(Fault::broken)?;
    let verifier = spawn_blocking(move || {
        let _turn = turn;
        door::verifier(&password)
    });
    let verifier = verifier.await.map_err(Fault::broken)??;
    match app.book.take_up(session::hash(&token), verifier, step, now).await {
        Ok(()) => {}
        Err(No::Gone) => return Ok(over(&reader)),
        Err(no) => return Err(no.into()),
    }
    let door = invited.post.door();
    let caller = Caller { who: invited.login, regime: String::new() };
    with_cookie(first_page(door), session::begin(&app.book, &headers, door, caller, now).await?)
}

/// Says that an invitation leads nowhere, and where whoever took it up signs in.
fn over(reader: &Reader) -> Response {
    let words = reader.words;
    let title = words.team.invitation_over;
    let body = html! {
        section class="fault" {
            h1 { (title) }
            p { (words.team.invitation_over_told) }
            p class="actions" {
                a class="button" href="/store/sign-in" { (words.frame.for_stores) }
                a href="/operator/sign-in" { (words.office.operator) }
            }
        }
    };
    (StatusCode::GONE, layout(reader, &Sheet { title, wide: false }, &body)).into_response()
}

fn draw(reader: &Reader, invited: &Invited, token: &str, errors: &Errors) -> Result<Markup, Fault> {
    let words = reader.words;
    let Invited { login, post, totp } = invited;
    let secret = totp.text();
    // A login has no character that would have to be escaped.
    let address = format!(
        "otpauth://totp/Azukari%20Reservation:{login}?secret={secret}&issuer=Azukari%20Reservation"
    );
    let order = [("password", words.team.new_password), ("code", words.team.one_time_code)]
        .map(|(name, label)| Named { name: name.to_owned(), label: label.to_owned() });
    let field = |name, label, hint, autocomplete| Field {
        name,
        label,
        required: false,
        purposes: Purposes::default(),
        hint,
        error: errors.get(name),
        focus: errors.first(&order) == Some(name),
        autocomplete: Some(autocomplete),
    };
    let body = html! {
        div {
            p class="eyebrow" { (name_of(post.door(), words)) }
            h1 { (words.team.invitation) }
            p class="lead" { ((words.team.invited_as)(login)) }
        }
        (errors.summary(&order, words))
        form class="sheet" method="post" action={ "/invitation/" (token) } novalidate {
            // For the keeper of passwords in the browser.
            input type="hidden" name="username" value=(login) autocomplete="username";
            (field("password", words.team.new_password, Some(words.team.new_password_hint), "new-password")
                .input("password", None, words))
            div class="authenticator" {
                (qr(&address, words.team.code_to_scan)?)
                div {
                    h2 { (words.team.authenticator) }
                    p { (words.team.authenticator_told) }
                    p { a href=(address) { (words.team.authenticator_here) } }
                    p class="hint" { (words.team.authenticator_by_hand) }
                    p { code class="key" {
                        @for at in (0..secret.len()).step_by(4) { span { (&secret[at..at + 4]) } " " }
                    } }
                }
            }
            (field("code", words.team.one_time_code, Some(words.team.one_time_code_hint), "one-time-code")
                .code(None, words))
            p class="actions" { button { (words.team.take_up) } }
        }
    };
    Ok(layout(reader, &Sheet { title: words.team.invitation, wide: false }, &body))
}

/// A QR code as a drawing: dark on white, with the quiet zone that readers need (ISO/IEC 18004).
fn qr(text: &str, label: &str) -> Result<Markup, Fault> {
    const QUIET: usize = 4;
    let code = QrCode::new(text).map_err(Fault::broken)?;
    let (width, modules) = (code.width(), code.to_colors());
    let mut path = String::new();
    for (y, row) in modules.chunks(width).enumerate() {
        let mut x = QUIET;
        for run in row.chunk_by(|one, next| one == next) {
            if run.first() == Some(&Color::Dark) {
                let (y, length) = (y + QUIET, run.len());
                let _ = write!(path, "M{x} {y}h{length}v1h-{length}z");
            }
            x += run.len();
        }
    }
    let side = width + 2 * QUIET;
    Ok(html! {
        svg class="qr" viewBox={ "0 0 " (side) " " (side) } role="img" aria-label=(label)
            shape-rendering="crispEdges" {
            rect width=(side) height=(side) fill="#fff" {}
            path d=(path) fill="#000" {}
        }
    })
}
