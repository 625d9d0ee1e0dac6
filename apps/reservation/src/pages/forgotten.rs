//! For a guest who forgot her password: she gives her address, a code goes to it by letter, and with the code she
//! chooses another one. Every answer is the same, and comes as soon, whether the address is known or not.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::parts::{Errors, Field, Named, Purposes, letters_lie};
use super::{Sheet, door, layout, layout_of_form, see_other, sign_in};
use crate::app::{self, Reader, Shared};
use crate::azukari::Trouble;
use crate::book::codes::PASSWORD_MINUTES;
use crate::book::sessions::{Caller, Door};
use crate::fault::Fault;
use crate::fields::Fields;
use crate::language::Language;
use crate::{letters, session};

/// As at the sign-up, where Azukari says what is wrong with it.
const PASSWORD: &str = "secrets.password";

pub(super) async fn page(reader: Reader) -> Markup {
    draw(&reader, &Errors::default())
}

/// An address came: the way goes on to the code, whosever it is.
pub(super) async fn ask(
    State(app): State<Shared>,
    reader: Reader,
    fields: Fields,
) -> Result<Response, Fault> {
    let Some(email) = fields.filled("email") else {
        let mut errors = Errors::default();
        errors.add("email", reader.words.frame.error_empty);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, draw(&reader, &errors)).into_response());
    };
    if let Some(subject) = app.azukari.whose(email).await? {
        let (app, language) = (Shared::clone(&app), reader.language);
        // Apart: what takes longer for an address that is known must not be seen.
        tokio::spawn(async move { write_code(&app, language, &subject).await });
    }
    Ok(draw_code(&app, &reader, email, &Errors::default()).into_response())
}

async fn write_code(app: &Shared, language: Language, subject: &str) {
    match app.book.draw_code(subject, PASSWORD_MINUTES, app::now()).await {
        Ok(Some(code)) => letters::write_code(app, language, subject, &code).await,
        Ok(None) => {}
        Err(no) => tracing::error!(subject, "no code is drawn: {no}"),
    }
}

/// The page of the code was opened anew, without the address.
pub(super) async fn begin_again() -> Result<Response, Fault> {
    see_other("/sign-in/forgotten")
}

/// A code came, with a new password.
pub(super) async fn submit(
    State(app): State<Shared>,
    reader: Reader,
    headers: HeaderMap,
    mut fields: Fields,
) -> Result<Response, Fault> {
    let (words, language, now) = (reader.words, reader.language, app::now());
    let password = fields.take(PASSWORD);
    let code = door::digits(&fields.take("code"));
    let Some(email) = fields.filled("email") else { return begin_again().await };
    let mut errors = Errors::default();
    if code.is_empty() {
        errors.add("code", words.frame.error_empty);
    }
    if password.is_empty() {
        errors.add(PASSWORD, words.frame.error_empty);
    }
    let again = |errors: &Errors| {
        let page = draw_code(&app, &reader, email, errors);
        Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
    };
    if !errors.is_empty() {
        return again(&errors);
    }
    let device = sign_in::device(&headers);
    let found = app.azukari.whose(email).await?;
    let _turn = app.turns.of(found.as_deref().unwrap_or_default()).await;
    let fits = app.book.is_code(found.as_deref(), &code, now).await?;
    let Some(subject) = found.clone().filter(|_| fits) else {
        if let Some(subject) = found {
            // Apart, as above; she sees the try in her history.
            let azukari = app.azukari.clone();
            tokio::spawn(async move {
                let noted = azukari.vouch(language, &subject, "code", false, device).await;
                if let Err(trouble) = noted
                    && !matches!(trouble, Trouble::SignInFailed)
                {
                    tracing::warn!(subject, "a wrong code is not noted: {trouble}");
                }
            });
        }
        errors.add("code", words.door.wrong_code);
        return again(&errors);
    };
    match app.azukari.put_password(language, &subject, &password, None).await {
        Ok(()) => {}
        Err(Trouble::Invalid(wrong)) => {
            errors.add_all(&wrong, words);
            return again(&errors);
        }
        Err(trouble) => return Err(trouble.into()),
    }
    app.book.end_code(&subject).await?;
    app.book.end_other_sessions(&subject, None).await?;
    letters::password_changed(&app, language, &subject).await;
    let found = app.azukari.vouch(language, &subject, "code", true, device).await?;
    let caller = Caller { who: found.subject, regime: found.regime };
    let cookie = session::begin(&app.book, &headers, Door::Guest, caller, now).await?;
    let mut response = see_other("/me/password?done=password")?;
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

fn field<'a>(
    name: &'a str,
    label: &'a str,
    autocomplete: &'static str,
    hint: Option<&'a str>,
    errors: &'a Errors,
    order: &'a [Named],
) -> Field<'a> {
    Field {
        name,
        label,
        required: false,
        purposes: Purposes::default(),
        hint,
        error: errors.get(name),
        focus: errors.first(order) == Some(name),
        autocomplete: Some(autocomplete),
    }
}

fn named(fields: &[(&str, &str)]) -> Vec<Named> {
    let named = |(name, label): &(&str, &str)| Named {
        name: (*name).to_owned(),
        label: (*label).to_owned(),
    };
    fields.iter().map(named).collect()
}

fn draw(reader: &Reader, errors: &Errors) -> Markup {
    let words = reader.words;
    let order = named(&[("email", words.frame.email)]);
    let body = html! {
        h1 { (words.door.forgotten) }
        p class="lead" { (words.door.forgotten_lead) }
        (errors.summary(&order, words))
        form class="sheet" method="post" action="/sign-in/forgotten" novalidate {
            (field("email", words.frame.email, "username", None, errors, &order)
                .input("email", None, words))
            p class="actions" {
                button { (words.door.send_code) }
                a href="/sign-in" { (words.frame.back) }
            }
        }
    };
    layout(reader, &Sheet { title: words.door.forgotten, wide: false }, &body)
}

fn draw_code(app: &app::App, reader: &Reader, email: &str, errors: &Errors) -> Markup {
    let words = reader.words;
    let order = named(&[("code", words.door.code), (PASSWORD, words.team.new_password)]);
    let body = html! {
        h1 { (words.door.choose_password) }
        p class="lead" { (words.door.code_sent) }
        (letters_lie(app, reader))
        (errors.summary(&order, words))
        form class="sheet" method="post" action="/sign-in/forgotten/code" novalidate {
            // Also for the keeper of passwords in the browser.
            input type="hidden" name="email" value=(email) autocomplete="username";
            (field("code", words.door.code, "one-time-code", Some(words.door.code_hint), errors, &order)
                .code(None, words))
            (field(PASSWORD, words.team.new_password, "new-password", Some(words.door.password_hint), errors, &order)
                .input("password", None, words))
            p class="actions" { button { (words.door.choose_password) } }
        }
        p { (words.door.no_code) " " a href="/sign-in/forgotten" { (words.door.send_code_again) } }
    };
    layout_of_form(reader, &Sheet { title: words.door.choose_password, wide: false }, &body)
}
