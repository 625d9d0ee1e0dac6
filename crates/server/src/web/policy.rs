//! `/policy`: the published policy as people read it, drawn from the notice that `policy` writes.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use policy::notice::{Block, Notice, Section, notice};
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
    (caching, draw(&app.policy(), language)).into_response()
}

/// The policy in force, in the Data Privacy Vocabulary.
pub(super) async fn jsonld(State(app): State<Arc<App>>) -> Response {
    let headers =
        [(header::CONTENT_TYPE, "application/ld+json"), (header::CACHE_CONTROL, "no-cache")];
    (headers, ::policy::export::dpv::policy(&app.policy()).to_string()).into_response()
}

/// Draws a policy in a language.
fn draw(document: &Document, language: Language) -> Markup {
    let notice = notice(document, language);
    let Notice { title, version, sections, .. } = &notice;
    let since = words::day(version.on, language);
    let (in_force, contents) = match language {
        Language::Ja => (format!("{since}から適用"), "目次"),
        Language::En => (format!("In force since {since}"), "Contents"),
    };
    let body = html! {
        header.title {
            p.who { (document.controller.name.get(language)) }
            h1 { (title) }
            p.since { (in_force) }
        }
        nav.contents aria-label=(contents) {
            ol {
                @for section in sections {
                    li { a href={ "#" (section.id) } { (section.heading) } }
                }
            }
        }
        @for section in sections { (article(section)) }
    };
    frame(&Frame { title, language, path: urls::POLICY, body })
}

fn article(section: &Section) -> Markup {
    html! {
        section id=(section.id) aria-labelledby={ "h-" (section.id) } {
            h2 id={ "h-" (section.id) } { span.number { (section.number) } " " (section.heading) }
            @for block in &section.blocks { (piece(block)) }
        }
    }
}

fn piece(block: &Block) -> Markup {
    html! {
        @match block {
            Block::Heading(text) => h3 { (text) },
            Block::Paragraph(text) => p { (text) },
            Block::List(points) => ul { @for point in points { li { (point) } } },
            Block::Terms(terms) => dl {
                @for (term, said) in terms {
                    div {
                        dt { (term) }
                        @for line in said { dd { (line) } }
                    }
                }
            },
            Block::Table { head, rows } => div.table {
                // Two columns fit a phone as they are.
                table.stacks[head.len() > 2] {
                    thead { tr { @for column in head { th scope="col" { (column) } } } }
                    tbody {
                        @for row in rows {
                            tr {
                                @for (cell, column) in row.iter().zip(head) {
                                    td data-label=(column) { (cell) }
                                }
                            }
                        }
                    }
                }
            },
        }
    }
}
