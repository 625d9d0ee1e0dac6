//! Every no of the desk, as a page: what happened and what to do, in the language of whoever is
//! signed in, else of the browser. A failure of ours shows an id and nothing else.

use std::sync::{Arc, OnceLock};

use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use maud::html;
use policy::Language;

use super::{page, urls};
use crate::api::problem;
use crate::error::Error;
use crate::words;

pub use crate::web::trouble::Trouble;

/// The language of whoever is signed in, once it is known.
pub(super) type Spoken = OnceLock<Language>;

/// The layer that dresses what went wrong.
pub(super) async fn dress(mut request: Request, next: Next) -> Response {
    let spoken = Arc::new(Spoken::new());
    request.extensions_mut().insert(Arc::clone(&spoken));
    let browsers = problem::language(request.headers());
    let mut response = next.run(request).await;
    let language = spoken.get().copied().unwrap_or(browsers);
    if let Some(trouble) = response.extensions_mut().remove::<Trouble>() {
        return told(&trouble, language);
    }
    // What the layers below say of a request that they did not understand.
    let status = response.status();
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.to_str().is_ok_and(|kind| kind.starts_with("text/html")));
    if is_page || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    match language {
        Language::Ja => draw(status, "読み取れません", "もう一度やり直してください。", language),
        Language::En => draw(status, "This cannot be read", "Please try again.", language),
    }
}

fn told(trouble: &Trouble, language: Language) -> Response {
    let ja = language == Language::Ja;
    let say = |words: (&str, &str)| (if ja { words.0 } else { words.1 }).to_owned();
    let Trouble::Error(error) = trouble else {
        let title = say(("受け付けられません", "This is not accepted"));
        let what = say((
            "別のサイトから送られたため、何も変更していません。この画面から操作してください。",
            "It was sent from another site, so nothing was changed. Please use the pages here.",
        ));
        return draw(StatusCode::FORBIDDEN, &title, &what, language);
    };
    let mut retry_after = None;
    let (status, title, what) = match &**error {
        Error::ManagerOnly => (
            StatusCode::FORBIDDEN,
            ("情報管理責任者だけが行えます", "Only the information manager may do this"),
            say(("情報管理責任者にお願いしてください。", "Please ask the information manager.")),
        ),
        Error::NotFound { .. } | Error::NoSuchAddress => (
            StatusCode::NOT_FOUND,
            ("見つかりません", "Not found"),
            say((
                "リンクが古いか、すでに終わったものです。",
                "The link is old, or what it led to is over.",
            )),
        ),
        Error::TooMany { retry_after_s } => {
            retry_after = Some(*retry_after_s);
            let what = match language {
                Language::Ja => format!("{retry_after_s}秒ほど待ってからやり直してください。"),
                Language::En => format!("Please wait about {retry_after_s} seconds and try again."),
            };
            (StatusCode::TOO_MANY_REQUESTS, ("試行が多すぎます", "Too many tries"), what)
        }
        Error::Invalid(fields) => {
            let lines = fields.iter().map(|field| {
                let told = words::field(field.code, language);
                told.map_or_else(|| format!("{} {}", field.field, field.detail), str::to_owned)
            });
            let lines: Vec<String> = lines.collect();
            let title = ("入力に誤りがあります", "Something cannot be read");
            (StatusCode::UNPROCESSABLE_ENTITY, title, lines.join(" "))
        }
        Error::Conflict(detail) => (
            StatusCode::CONFLICT,
            ("今の状態では行えません", "This cannot be done as things stand"),
            detail.clone(),
        ),
        Error::Database(_) => {
            retry_after = Some(1);
            let id = problem::log(error);
            let what = match language {
                Language::Ja => {
                    format!("何も変更していません。少し待ってからやり直してください（{id}）。")
                }
                Language::En => {
                    format!("Nothing was changed. Please try again in a moment ({id}).")
                }
            };
            let title = ("今は受け付けられません", "This cannot be taken now");
            (StatusCode::SERVICE_UNAVAILABLE, title, what)
        }
        other => {
            let id = problem::log(other);
            let what = match language {
                Language::Ja => format!("続く場合は、運用担当者に次の番号を伝えてください：{id}"),
                Language::En => format!("If it stays, please give the operator this id: {id}"),
            };
            (
                StatusCode::INTERNAL_SERVER_ERROR,
                ("うまくいきませんでした", "Something failed"),
                what,
            )
        }
    };
    let mut response = draw(status, &say(title), &what, language);
    if let Some(value) = retry_after.and_then(|s| HeaderValue::try_from(s.to_string()).ok()) {
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
    response
}

fn draw(status: StatusCode, title: &str, what: &str, language: Language) -> Response {
    let back = match language {
        Language::Ja => "ホームへ",
        Language::En => "To the home page",
    };
    let body = html! {
        h1 { (title) }
        p { (what) }
        p { a href=(urls::START) { (back) } }
    };
    (status, page::bare(title, language, &body)).into_response()
}
