//! `/desk/invitation/…`: somebody who was invited chooses a password and lets an authenticator app know
//! the secret of its codes. The page is good until it is taken up, or for 72 hours.

use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use data_encoding::BASE32_NOPAD;
use maud::{Markup, html};
use policy::Language;
use qrcode::{Color, QrCode};
use serde::Deserialize;
use vault::TotpSecret;
use zeroize::Zeroizing;

use super::trouble::Trouble;
use super::{Desk, page, session, urls};
use crate::acts::staff_session::{self, Welcome};
use crate::error::{Error, FieldError};

/// What the form sends.
#[derive(Deserialize)]
pub(super) struct TakesUp {
    password: String,
    code: String,
}

/// The page.
pub(super) async fn form(
    State(desk): State<Desk>,
    Path(token): Path<String>,
) -> Result<Response, Trouble> {
    let welcome = staff_session::welcome(&desk.app, &token).await?;
    Ok(draw(&welcome, &token, &[])?.into_response())
}

/// Takes the invitation up, and signs in.
pub(super) async fn take_up(
    State(desk): State<Desk>,
    Path(token): Path<String>,
    Form(sent): Form<TakesUp>,
) -> Result<Response, Trouble> {
    match staff_session::take_up(&desk.app, &token, sent.password, &sent.code).await {
        Ok(session) => {
            let mut response = Redirect::to(urls::START).into_response();
            response.headers_mut().extend(session::cookie(Some(&session), desk.https));
            Ok(response)
        }
        Err(Error::Invalid(fields)) => {
            let welcome = staff_session::welcome(&desk.app, &token).await?;
            let page = draw(&welcome, &token, &fields)?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// What an authenticator app reads (the `otpauth` address that all of them understand).
pub fn otpauth(login: &str, totp: &TotpSecret) -> Zeroizing<String> {
    let secret = Zeroizing::new(BASE32_NOPAD.encode(totp.reveal()));
    // A login has no character that would have to be escaped.
    let secret = secret.as_str();
    Zeroizing::new(format!("otpauth://totp/Azukari:{login}?secret={secret}&issuer=Azukari"))
}

/// A QR code as a drawing: dark on white, with the quiet zone that readers need (ISO/IEC 18004).
fn qr(text: &str, label: &str) -> Result<Markup, Trouble> {
    use std::fmt::Write;
    const QUIET: usize = 4;
    let code = QrCode::new(text).map_err(anyhow::Error::from)?;
    let (width, modules) = (code.width(), code.to_colors());
    let mut path = String::new();
    for (y, row) in modules.chunks(width).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|one, next| one == next) {
            if run[0] == Color::Dark {
                let (x, y, length) = (x + QUIET, y + QUIET, run.len());
                let _ = write!(path, "M{x} {y}h{length}v1h-{length}z");
            }
            x += run.len();
        }
    }
    let side = width + 2 * QUIET;
    Ok(html! {
        svg.qr viewBox={ "0 0 " (side) " " (side) } role="img" aria-label=(label)
            shape-rendering="crispEdges" {
            rect width=(side) height=(side) fill="#fff" {}
            path d=(path) fill="#000" {}
        }
    })
}

fn draw(welcome: &Welcome, token: &str, wrong: &[FieldError]) -> Result<Markup, Trouble> {
    let Welcome { login, name, language, totp } = welcome;
    let ja = *language == Language::Ja;
    let say = |ja_words: &'static str, en_words| if ja { ja_words } else { en_words };
    let title = say("担当者の登録", "Your place at the desk");
    let address = otpauth(login, totp);
    let secret = BASE32_NOPAD.encode(totp.reveal());
    let grouped: Vec<&str> =
        secret.as_bytes().chunks(4).filter_map(|four| std::str::from_utf8(four).ok()).collect();
    let told = |field: &FieldError| match field.code {
        "too_short" => say(
            "パスワードが短すぎます。8文字以上にしてください。",
            "The password is too short: at least 8 characters.",
        ),
        "too_long" => say(
            "パスワードが長すぎます。128文字以内にしてください。",
            "The password is too long: at most 128 characters.",
        ),
        "wrong_code" => say(
            "確認コードが合いません。アプリに今表示されている6桁を入力してください。",
            "The code does not fit: enter the six digits that the app shows now.",
        ),
        _ => say("もう一度やり直してください。", "Please try again."),
    };
    let body = html! {
        h1 { (title) }
        p {
            (name)
            (say(" さん、ようこそ。パスワードを決め、認証アプリを登録してください。この画面は一度だけ使えます。",
                 ", welcome. Choose a password and let an authenticator app know this account. The page works once."))
        }
        @if !wrong.is_empty() {
            div.told role="alert" { @for field in wrong { p { (told(field)) } } }
        }
        form.fields method="post" action={ (urls::INVITATION) "/" (token) } {
            h2 { (say("1. パスワード", "1. Password")) }
            label for="login" { (say("ログイン名", "Login")) }
            input #login type="text" value=(login) readonly autocomplete="username";
            label for="password" { (say("新しいパスワード", "New password")) }
            input #password name="password" type="password" required minlength="8" maxlength="128"
                autocomplete="new-password" aria-describedby="password-rule";
            p.hint #password-rule { (say("8文字以上。長いほど安全です。", "At least 8 characters; longer is safer.")) }
            h2 { (say("2. 認証アプリ", "2. Authenticator app")) }
            p.hint {
                (say("認証アプリで読み取ってください。", "Scan this with your authenticator app."))
                " "
                a href=(address.as_str()) {
                    (say("この端末のアプリで開く", "Open it in the app on this device"))
                }
            }
            (qr(&address, say("認証アプリで読み取るコード", "The code to scan"))?)
            details {
                summary { (say("読み取れないとき", "If it cannot be scanned")) }
                p.hint {
                    (say("次のキーを入力してください（時間ベース、6桁、30秒）。",
                         "Enter this key (time-based, six digits, 30 seconds)."))
                }
                p { code.key { @for four in grouped { span { (four) } " " } } }
            }
            label for="code" { (say("アプリに表示された確認コード（6桁）", "The code that the app shows (6 digits)")) }
            input #code name="code" type="text" required inputmode="numeric"
                autocomplete="one-time-code" maxlength="16";
            button { (say("登録してサインイン", "Save and sign in")) }
        }
    };
    Ok(page::bare(title, *language, &body))
}
