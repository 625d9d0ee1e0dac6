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
    let language = language(&asked, &headers);
    let said = [
        (header::CACHE_CONTROL, "no-cache"),
        (header::VARY, "Accept-Language"),
        (header::LINK, super::feed::LINKS),
    ];
    (said, draw(&app.policy(), language, urls::POLICY, None)).into_response()
}

/// The language that an address asks for; else the browser's.
pub(super) fn language(asked: &Asked, headers: &HeaderMap) -> Language {
    let language = asked.lang.as_deref().and_then(Language::parse);
    language.unwrap_or_else(|| problem::language(headers))
}

/// What stands above a version that is looked up by its name.
pub(super) struct Banner {
    /// Whether it is in force.
    pub(super) says: String,
    /// What it changed.
    pub(super) changes: Markup,
}

/// The policy in force, in the Data Privacy Vocabulary.
pub(super) async fn jsonld(State(app): State<Arc<App>>) -> Response {
    let headers =
        [(header::CONTENT_TYPE, "application/ld+json"), (header::CACHE_CONTROL, "no-cache")];
    (headers, ::policy::export::dpv::policy(&app.policy()).to_string()).into_response()
}

/// Draws a policy in a language.
pub(super) fn draw(
    document: &Document,
    language: Language,
    path: &str,
    banner: Option<Banner>,
) -> Markup {
    let notice = notice(document, language);
    let Notice { title, version, sections, .. } = &notice;
    let since = words::day(version.on, language);
    let (in_force, contents, versions) = match language {
        Language::Ja => (format!("{since}から適用"), "目次", "版の一覧"),
        Language::En => (format!("In force since {since}"), "Contents", "Versions"),
    };
    let (in_force, changes) = match banner {
        Some(Banner { says, changes }) => (says, Some(changes)),
        None => (in_force, None),
    };
    let body = html! {
        header.title {
            p.who { (document.controller.name.get(language)) }
            h1 { (title) }
            p.since {
                (in_force) " " a href={ (urls::VERSIONS) "?lang=" (language.tag()) } { (versions) }
            }
        }
        @if let Some(changes) = changes { (changes) }
        nav.contents aria-label=(contents) {
            ol {
                @for section in sections {
                    li { a href={ "#" (section.id) } { (section.heading) } }
                }
            }
        }
        @for section in sections { (article(section)) }
    };
    frame(&Frame { title, language, path, body })
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
