//! `/policy`: the published policy as people read it, drawn from the notice that `policy` writes.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use policy::notice::{Block, Body, Notice, Piece, Section, Term, notice, pieces};
use policy::{Document, Language};
use serde::Deserialize;

use super::frame::{Frame, frame};
use super::urls;
use crate::api::problem;
use crate::app::App;
use crate::words;

/// What the address may say.
#[derive(Deserialize)]
pub(super) struct Asked {
    /// The language; else the browser's.
    lang: Option<String>,
}

/// The policy in force.
pub(super) async fn page(
    State(app): State<Arc<App>>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    let language = asked.lang.as_deref().and_then(Language::parse);
    let language = language.unwrap_or_else(|| problem::language(&headers));
    let caching = [(header::CACHE_CONTROL, "no-cache"), (header::VARY, "Accept-Language")];
    (caching, draw(&app.policy(), language, None)).into_response()
}

/// Draws a policy in a language, whichever version it is; `banner` stands over it.
pub(super) fn draw(document: &Document, language: Language, banner: Option<&Markup>) -> Markup {
    let notice = notice(document, language);
    let Notice { title, controller, version, effective_on, summary, sections, .. } = &notice;
    let since = words::day(*effective_on, language);
    let (in_force, contents) = match language {
        Language::Ja => (format!("{since}から適用（版 {version}）"), "目次"),
        Language::En => (format!("In force since {since} (version {version})"), "Contents"),
    };
    let body = html! {
        @if let Some(banner) = banner { (banner) }
        header.title {
            p.who { (controller) }
            h1 { (title) }
            p.since { (in_force) }
        }
        section.summary id=(summary.id) aria-labelledby="h-summary" {
            h2 id="h-summary" { (summary.heading) }
            @for block in &summary.blocks { (piece(block)) }
        }
        nav.contents aria-label=(contents) {
            h2 { (contents) }
            ol {
                @for section in sections {
                    li { a href={ "#" (section.id) } { (section.heading) } }
                }
            }
        }
        @for section in sections { (article(section, language)) }
    };
    frame(&Frame { title, language, path: urls::POLICY, body })
}

/// An article, with the law it answers in small print.
fn article(section: &Section, language: Language) -> Markup {
    let law: Vec<_> = section.law.iter().map(|law| law.words(language)).collect();
    let law = law.join(match language {
        Language::Ja => "、",
        Language::En => ", ",
    });
    html! {
        section id=(section.id) aria-labelledby={ "h-" (section.id) }
            data-articles=(section.articles.join(" ")) data-rows=(section.rows.join(" ")) {
            h2 id={ "h-" (section.id) } { span.number { (section.number) } " " (section.heading) }
            @for block in &section.blocks { (piece(block)) }
            @if !law.is_empty() { p.law { (law) } }
        }
    }
}

fn piece(block: &Block) -> Markup {
    html! {
        @match &block.body {
            Body::Heading { text } => h3 { (text) },
            Body::Paragraph { text } => p { (linked(text)) },
            Body::List { points } => ul { @for point in points { li { (linked(point)) } } },
            Body::Terms { terms } => dl {
                @for Term { term, said } in terms {
                    div {
                        dt { (term) }
                        @for line in said { dd { (linked(line)) } }
                    }
                }
            },
            Body::Table { head, rows } => div.table {
                // Two columns fit a phone as they are.
                table.stacks[head.len() > 2] {
                    thead { tr { @for column in head { th scope="col" { (column) } } } }
                    tbody {
                        @for row in rows {
                            tr {
                                @for (cell, column) in row.iter().zip(head) {
                                    td data-label=(column) { (linked(cell)) }
                                }
                            }
                        }
                    }
                }
            },
        }
    }
}

/// Words with their addresses as links.
fn linked(text: &str) -> Markup {
    html! {
        @for piece in pieces(text) {
            @match piece {
                Piece::Words(words) => (words),
                Piece::Address(url) => a href=(url) rel="noreferrer" { (url) },
                Piece::Email(email) => a href={ "mailto:" (email) } { (email) },
            }
        }
    }
}
