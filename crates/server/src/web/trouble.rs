//! What goes wrong on a page: handlers return a [`Trouble`], and a layer of each room dresses it for
//! its readers. The layer of the public pages is here; `requests` and `desk` have their own.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use maud::html;
use policy::Language;

use super::frame::{Frame, frame};
use super::urls;
use crate::api::problem;
use crate::error::Error;

/// Why a page is not what was asked for.
#[derive(Clone)]
pub enum Trouble {
    /// What a room said.
    Error(Arc<Error>),
    /// It was sent from another site.
    FromElsewhere,
}

impl<E: Into<Error>> From<E> for Trouble {
    fn from(error: E) -> Self {
        Self::Error(Arc::new(error.into()))
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        response.extensions_mut().insert(self);
        response
    }
}

/// The layer that dresses what went wrong on a public page.
pub(super) async fn dress(request: Request, next: Next) -> Response {
    let language = super::language(request.uri(), request.headers());
    let mut response = next.run(request).await;
    match response.extensions_mut().remove::<Trouble>() {
        Some(Trouble::Error(error)) => told(&error, language),
        Some(Trouble::FromElsewhere) => StatusCode::FORBIDDEN.into_response(),
        None => response,
    }
}

fn told(error: &Error, language: Language) -> Response {
    let (status, title, what) = match (error, language) {
        (Error::NotFound { .. } | Error::NoSuchAddress, Language::Ja) => (
            StatusCode::NOT_FOUND,
            "ページがありません",
            "アドレスをご確認ください。これまでの版は一覧にあります。".to_owned(),
        ),
        (Error::NotFound { .. } | Error::NoSuchAddress, Language::En) => (
            StatusCode::NOT_FOUND,
            "There is no such page",
            "Please check the address. Every version there was is on the list.".to_owned(),
        ),
        (error, language) => {
            let id = problem::log(error);
            let status = match error {
                Error::Database(_) => StatusCode::SERVICE_UNAVAILABLE,
                _ => StatusCode::INTERNAL_SERVER_ERROR,
            };
            match language {
                Language::Ja => (
                    status,
                    "うまくいきませんでした",
                    format!("少し待ってから、もう一度お試しください（{id}）。"),
                ),
                Language::En => {
                    (status, "Something failed", format!("Please try again in a moment ({id})."))
                }
            }
        }
    };
    let list = match language {
        Language::Ja => "プライバシーポリシーの版の一覧",
        Language::En => "Versions of the privacy policy",
    };
    let body = html! {
        h1 { (title) }
        p { (what) }
        p { a href={ (urls::VERSIONS) "?lang=" (language.tag()) } { (list) } }
    };
    let page = Frame { title, language, path: urls::VERSIONS, public_url: None, body };
    (status, frame(&page)).into_response()
}
