//! The way in and out of the desk: `/desk/sign-in`, `/desk/sign-out`, and the switch of language.

use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use policy::Language;
use serde::Deserialize;

use super::session::{self, Staff, within};
use super::trouble::Trouble;
use super::{Desk, page, urls};
use crate::acts::staff_session;
use crate::api::problem;
use crate::error::Error;

/// What the address may say.
#[derive(Deserialize)]
pub(super) struct Asked {
    to: Option<String>,
    lang: Option<String>,
}

/// What the form sends.
#[derive(Deserialize)]
pub(super) struct SignIn {
    login: String,
    password: String,
    code: String,
    to: Option<String>,
    lang: Option<String>,
}

fn language(asked: Option<&str>, headers: &HeaderMap) -> Language {
    asked.and_then(Language::parse).unwrap_or_else(|| problem::language(headers))
}

/// The form; whoever is signed in goes on.
pub(super) async fn form(
    State(desk): State<Desk>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let to = within(asked.to.as_deref());
    if session::present(&desk, &headers).await?.is_some() {
        return Ok(Redirect::to(to).into_response());
    }
    Ok(draw(to, language(asked.lang.as_deref(), &headers), None).into_response())
}

/// Signs in, and leads to where they wanted to go. What was wrong is not told.
pub(super) async fn sign_in(
    State(desk): State<Desk>,
    headers: HeaderMap,
    Form(sent): Form<SignIn>,
) -> Result<Response, Trouble> {
    let SignIn { login, password, code, to, lang } = sent;
    let (to, language) = (within(to.as_deref()), language(lang.as_deref(), &headers));
    match staff_session::sign_in(&desk.app, &desk.tries, &login, password, &code).await {
        Ok(token) => {
            let cookie = session::cookie(Some(&token), desk.https);
            let mut response = Redirect::to(to).into_response();
            response.headers_mut().extend(cookie);
            Ok(response)
        }
        Err(Error::SignInFailed) => {
            let told = match language {
                Language::Ja => {
                    "サインインできませんでした。ログイン名、パスワード、確認コードを確かめてください。\
                     一度使った確認コードは使えません。次のコードを待ってください。"
                }
                Language::En => {
                    "That did not work. Please check login, password and code. A code works once: \
                     wait for the next one if you have just used it."
                }
            };
            Ok((StatusCode::FORBIDDEN, draw(to, language, Some(told))).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// Signs out, whether the session still counts or not.
pub(super) async fn sign_out(
    State(desk): State<Desk>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    if let Some(staff) = session::present(&desk, &headers).await? {
        staff_session::sign_out(&desk.app, &staff).await?;
        desk.preparations.forget(&staff);
    }
    let mut response = Redirect::to(urls::SIGN_IN).into_response();
    response.headers_mut().extend(session::cookie(None, desk.https));
    Ok(response)
}

/// What the switch sends.
#[derive(Deserialize)]
pub(super) struct Speaks {
    language: Language,
}

/// From here on their pages are in the other language.
pub(super) async fn speak(
    State(desk): State<Desk>,
    staff: Staff,
    headers: HeaderMap,
    Form(sent): Form<Speaks>,
) -> Result<Redirect, Trouble> {
    staff_session::speak(&desk.app, &staff, sent.language).await?;
    // Back to the page that the switch was on; browsers name it to their own origin.
    let from = headers.get("referer").and_then(|value| value.to_str().ok());
    let from = from.and_then(|url| url.split_once("://")?.1.split_once('/'));
    let from = from.map(|(_, path)| format!("/{path}"));
    Ok(Redirect::to(within(from.as_deref())))
}

fn draw(to: &str, language: Language, told: Option<&str>) -> Markup {
    let ja = language == Language::Ja;
    let say = |ja_words, en_words| if ja { ja_words } else { en_words };
    let title = say("担当者のサインイン", "Staff sign-in");
    let other = if ja { (Language::En, "English") } else { (Language::Ja, "日本語") };
    let body = html! {
        h1 { (title) }
        @if let Some(told) = told { p.told role="alert" { (told) } }
        form.fields method="post" action=(urls::SIGN_IN) {
            input type="hidden" name="to" value=(to);
            input type="hidden" name="lang" value=(language.tag());
            label for="login" { (say("ログイン名", "Login")) }
            input #login name="login" type="text" required autocomplete="username"
                autocapitalize="none" spellcheck="false" maxlength="64";
            label for="password" { (say("パスワード", "Password")) }
            input #password name="password" type="password" required
                autocomplete="current-password";
            label for="code" { (say("確認コード（6桁）", "Code (6 digits)")) }
            input #code name="code" type="text" required inputmode="numeric"
                autocomplete="one-time-code" maxlength="16" aria-describedby="code-from";
            p.hint #code-from {
                (say("認証アプリに表示される6桁の数字です。", "The six digits that your authenticator app shows."))
            }
            button { (say("サインイン", "Sign in")) }
        }
        p.hint {
            a href={ (urls::SIGN_IN) "?lang=" (other.0.tag()) } lang=(other.0.tag()) { (other.1) }
        }
    };
    page::bare(title, language, &body)
}
