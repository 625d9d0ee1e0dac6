//! Every no of these pages, as a page: what happened and what to do, in the reader's language. A
//! failure of ours shows an id and nothing else.

use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use maud::html;
use policy::Language;

use super::page::{Other, Page, draw, pick};
use super::urls;
use crate::api::problem;
use crate::error::Error;

pub(super) use crate::web::trouble::Trouble;

/// The layer that dresses what went wrong.
pub(super) async fn dress(request: Request, next: Next) -> Response {
    let language = crate::web::language(request.uri(), request.headers());
    let mut response = next.run(request).await;
    if let Some(trouble) = response.extensions_mut().remove::<Trouble>() {
        return told(&trouble, language);
    }
    // What the layers below say of a request that they did not understand.
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE);
    let is_page = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if is_page || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    plain(status, language)
}

fn plain(status: StatusCode, language: Language) -> Response {
    let what = if status == StatusCode::PAYLOAD_TOO_LARGE {
        pick(
            language,
            "送られた内容が大きすぎます。短くしてから、もう一度お送りください。",
            "What was sent is too large. Please shorten it and send it again.",
        )
    } else {
        pick(
            language,
            "前のページに戻って、もう一度お試しください。",
            "Please go back and try again.",
        )
    };
    drawn(status, pick(language, "読み取れませんでした", "This could not be read"), what, language)
}

/// What went wrong, in a sentence: for a page that goes on showing what was typed.
pub(super) fn sentence(error: &Error, language: Language) -> String {
    match error {
        Error::TooMany { retry_after_s } => too_many(*retry_after_s, language),
        Error::KeyReused => pick(
            language,
            "この画面の内容は、すでに送信されています。変えたあとの内容も別の請求として送る場合は、もう一度「送信する」を押してください。",
            "This form was sent before. To send what you changed as another request, press “Send” once more.",
        )
        .to_owned(),
        error => {
            let id = problem::log(error);
            match language {
                Language::Ja => format!("送信できませんでした。少し待ってから、もう一度お試しください（{id}）。"),
                Language::En => format!("It was not sent. Please try again in a moment ({id})."),
            }
        }
    }
}

fn too_many(wait_s: u64, language: Language) -> String {
    let minutes = wait_s.div_ceil(60);
    match language {
        Language::Ja if minutes >= 60 => {
            format!(
                "試された回数が多すぎます。{}時間ほど待ってからお試しください。",
                minutes.div_ceil(60)
            )
        }
        Language::Ja => {
            format!("試された回数が多すぎます。{minutes}分ほど待ってからお試しください。")
        }
        Language::En => {
            let (count, unit) =
                if minutes >= 60 { (minutes.div_ceil(60), "hour") } else { (minutes, "minute") };
            let plural = if count == 1 { "" } else { "s" };
            format!(
                "That was tried too often. Please wait about {count} {unit}{plural} and try again."
            )
        }
    }
}

fn told(trouble: &Trouble, language: Language) -> Response {
    let say = |ja, en| pick(language, ja, en);
    let Trouble::Error(error) = trouble else {
        let what = say(
            "別のサイトから送られたため、受け付けていません。この画面から操作してください。",
            "It came from another site, so nothing was done. Please use the pages here.",
        );
        let title = say("受け付けられません", "This is not accepted");
        return drawn(StatusCode::FORBIDDEN, title, what, language);
    };
    let mut retry_after = None;
    let (status, title, what) = match &**error {
        Error::NotFound { .. } | Error::NoSuchAddress => (
            StatusCode::NOT_FOUND,
            say("ページがありません", "There is no such page"),
            say("アドレスをご確認ください。", "Please check the address.").to_owned(),
        ),
        Error::TooMany { retry_after_s } => {
            retry_after = Some(*retry_after_s);
            let title = say("少し時間をおいてください", "Please wait a little");
            (StatusCode::TOO_MANY_REQUESTS, title, too_many(*retry_after_s, language))
        }
        Error::TooLarge => return plain(StatusCode::PAYLOAD_TOO_LARGE, language),
        Error::Conflict(_) => (
            StatusCode::CONFLICT,
            say("今の状態では行えません", "This cannot be done as things stand"),
            say(
                "その間に状態が変わった可能性があります。請求のページをご確認ください。",
                "Things may have moved on meanwhile. Please look at the page of your request.",
            )
            .to_owned(),
        ),
        error => {
            let id = problem::log(error);
            let what = match language {
                Language::Ja => format!(
                    "何も変更していません。少し待ってからお試しください。続く場合は、窓口に次の番号をお伝えください：{id}"
                ),
                Language::En => format!(
                    "Nothing was changed. Please try again in a moment; if it stays, tell our desk this number: {id}"
                ),
            };
            let status = match error {
                Error::Database(_) => StatusCode::SERVICE_UNAVAILABLE,
                _ => StatusCode::INTERNAL_SERVER_ERROR,
            };
            (status, say("うまくいきませんでした", "Something failed"), what)
        }
    };
    let mut response = drawn(status, title, &what, language);
    if let Some(value) = retry_after.and_then(|s| HeaderValue::try_from(s.to_string()).ok()) {
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
    response
}

fn drawn(status: StatusCode, title: &str, what: &str, language: Language) -> Response {
    let body = html! {
        header.title { h1 { (title) } }
        p { (what) }
        p { a href={ (urls::START) "?lang=" (language.tag()) } {
            (pick(language, "請求のページへ", "Go to your requests"))
        } }
    };
    let page = Page { title, language, other: Other::None, desk: None, body };
    (status, draw(&page)).into_response()
}
