//! Her password: she gives the old one and chooses another, which ends her sessions elsewhere.

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::items::Way;
use super::{Room, draw, told};
use crate::app::{Reader, Shared};
use crate::azukari::Trouble;
use crate::book::sessions::Door;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::pages::parts::{Errors, Field, Named, Purposes, nothing};
use crate::pages::{Guest, see_other};
use crate::{letters, session};

/// As at the sign-up, where Azukari says what is wrong with it.
const PASSWORD: &str = "secrets.password";

pub(in crate::pages) async fn page(
    reader: Reader,
    Guest(_): Guest,
    Query(way): Query<Way>,
) -> Markup {
    draw_form(&reader, &told(&reader, way.done()), &Errors::default())
}

pub(in crate::pages) async fn put(
    State(app): State<Shared>,
    reader: Reader,
    Guest(caller): Guest,
    headers: HeaderMap,
    mut fields: Fields,
) -> Result<Response, Fault> {
    let (words, language) = (reader.words, reader.language);
    let (old, password) = (fields.take("old"), fields.take(PASSWORD));
    let mut errors = Errors::default();
    for (name, typed) in [("old", &old), (PASSWORD, &password)] {
        if typed.is_empty() {
            errors.add(name, words.frame.error_empty);
        }
    }
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    if errors.is_empty() {
        match app.azukari.put_password(language, &caller.who, &password, Some(&old)).await {
            Ok(()) => {
                let own = session::cookie(&headers, Door::Guest.word()).map(session::hash);
                app.book.end_other_sessions(&caller.who, own).await?;
                letters::password_changed(&app, language, &caller.who).await;
                return see_other("/me/password?done=password");
            }
            Err(Trouble::SignInFailed) => errors.add("old", words.door.wrong_password),
            Err(Trouble::TooMany) => {
                status = StatusCode::TOO_MANY_REQUESTS;
                errors.add("old", words.door.sign_in_wait);
            }
            Err(Trouble::Invalid(wrong)) => errors.add_all(&wrong, words),
            Err(trouble) => return Err(Fault::of_guest(trouble)),
        }
    }
    Ok((status, draw_form(&reader, &nothing(), &errors)).into_response())
}

fn draw_form(reader: &Reader, note: &Markup, errors: &Errors) -> Markup {
    let words = reader.words;
    let order = [("old", words.door.old_password), (PASSWORD, words.team.new_password)]
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
        p class="lead" { (words.door.password_lead) }
        (errors.summary(&order, words))
        form class="sheet" method="post" action="/me/password" novalidate {
            (field("old", words.door.old_password, None, "current-password").input("password", None, words))
            (field(PASSWORD, words.team.new_password, Some(words.door.password_hint), "new-password")
                .input("password", None, words))
            p class="actions" {
                button { (words.door.change_password) }
                a href="/sign-in/forgotten" { (words.door.forgot) }
            }
        }
    };
    draw(reader, Room::Password, words.frame.password, note, &body)
}
