//! What can go wrong on the way to a page, and the page that says so. A failure of ours is logged
//! here, once, under an id; the reader sees the id and nothing else of it.

use std::fmt::Display;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use crate::app::Reader;
use crate::azukari::Trouble;
use crate::book::No;
use crate::chance;
use crate::engage::Stop;
use crate::fields::Fields;
use crate::language::Language;
use crate::pages::{Sheet, layout};
use crate::words::Words;

/// Why a page cannot be shown.
#[derive(Clone)]
pub(crate) enum Fault {
    /// There is no such page.
    NotFound,
    /// The page is there, but not for this method.
    WrongMethod,
    /// A form that did not come from our own pages.
    Elsewhere,
    /// A form that cannot be read.
    Unreadable,
    /// Azukari is out of reach; what was typed goes with the page, to be sent again.
    Away(Option<Again>),
    /// The guest who reads is no longer held under her id.
    Closed,
    /// Asked too often.
    TooMany,
    /// Our fault; the id is in the log.
    Broken(String),
}

/// A form to send again.
#[derive(Clone)]
pub(crate) struct Again {
    action: String,
    fields: Fields,
}

impl Fault {
    /// A failure of ours: logs it once and keeps the id.
    pub(crate) fn broken(error: impl Display) -> Self {
        let id = chance::error_id();
        tracing::error!(id, "a page could not be shown: {error:#}");
        Self::Broken(id)
    }

    /// Lets what was typed go with the page when Azukari is away.
    pub(crate) fn keeping(self, action: &str, fields: &Fields) -> Self {
        match self {
            Self::Away(_) => {
                Self::Away(Some(Again { action: action.to_owned(), fields: fields.clone() }))
            }
            other => other,
        }
    }

    /// Reads trouble with a guest who is signed in: one whom Azukari does not know has left since.
    pub(crate) fn of_guest(trouble: Trouble) -> Self {
        match trouble {
            Trouble::NotFound => Self::Closed,
            other => other.into(),
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::Elsewhere => StatusCode::FORBIDDEN,
            Self::Unreadable => StatusCode::BAD_REQUEST,
            Self::Away(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Closed => StatusCode::GONE,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The page.
    pub(crate) fn page(&self, reader: &Reader) -> Response {
        let words = reader.words;
        let sheet = Sheet { title: self.title(words), wide: false };
        let body = html! {
            section class="fault" {
                (self.account(reader))
                // Whoever sends a form again would lose it by changing the language: say it in both.
                @if matches!(self, Self::Away(_)) {
                    @for other in Language::ALL.into_iter().filter(|l| *l != reader.language) {
                        div class="other" lang=(other.tag()) {
                            h2 { (self.title(Words::of(other))) }
                            (self.told(Words::of(other)))
                        }
                    }
                }
            }
        };
        let mut response = (self.status(), layout(reader, &sheet, &body)).into_response();
        if matches!(self, Self::Away(_)) {
            response.headers_mut().insert("retry-after", 30.into());
        }
        response
    }

    fn account(&self, reader: &Reader) -> Markup {
        let words = reader.words;
        html! {
            h1 { (self.title(words)) }
            (self.told(words))
            @if let Self::Away(Some(again)) = self {
                form method="post" action=(again.action) {
                    @for (name, value) in again.fields.iter() {
                        input type="hidden" name=(name) value=(value);
                    }
                    button { (words.fault.again) }
                }
            }
            p class="actions" {
                @if reader.operator.is_some() { a href="/operator" { (words.office.operator) } }
                @if reader.staff.is_some() { a href="/store/tonight" { (words.frame.nav_tonight) } }
                a href="/" { (words.frame.to_front_page) }
            }
        }
    }

    fn told(&self, words: &Words) -> Markup {
        html! {
            p {
                @match self {
                    Self::NotFound | Self::WrongMethod => (words.fault.not_found_told),
                    Self::Elsewhere => (words.fault.elsewhere_told),
                    Self::Unreadable => (words.fault.unreadable_told),
                    Self::Away(None) => (words.fault.away_told),
                    Self::Away(Some(_)) => (words.fault.away_kept_told),
                    Self::Closed => (words.fault.closed_told),
                    Self::TooMany => (words.fault.too_many_told),
                    Self::Broken(id) => ((words.fault.broken_told)(id)),
                }
            }
        }
    }

    fn title(&self, words: &Words) -> &'static str {
        match self {
            Self::NotFound | Self::WrongMethod => words.fault.not_found,
            Self::Elsewhere => words.fault.elsewhere,
            Self::Unreadable => words.fault.unreadable,
            Self::Away(_) => words.fault.away,
            Self::Closed => words.fault.closed,
            Self::TooMany => words.fault.too_many,
            Self::Broken(_) => words.fault.broken_title,
        }
    }
}

impl From<anyhow::Error> for Fault {
    fn from(error: anyhow::Error) -> Self {
        Self::broken(error)
    }
}

impl From<No> for Fault {
    fn from(no: No) -> Self {
        match no {
            No::Gone => Self::NotFound,
            No::Failed(error) => Self::broken(error),
            other => Self::broken(format!("the book answered: {other}")),
        }
    }
}

impl From<Stop> for Fault {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::No(no) => no.into(),
            Stop::Trouble(trouble) => trouble.into(),
            Stop::Unpaid(trouble) => {
                Self::broken(format!("the payment platform answered: {trouble}"))
            }
        }
    }
}

impl From<Trouble> for Fault {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Unavailable => Self::Away(None),
            Trouble::TooMany => Self::TooMany,
            Trouble::NotFound => Self::NotFound,
            other => Self::broken(format!("azukari answered: {other}")),
        }
    }
}

impl IntoResponse for Fault {
    /// Leaves the drawing to the frame around all pages, which knows the reader.
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}
