//! `/policy`: the published policy as people read it, drawn from the notice that `policy` writes; the
//! same as Markdown and as JSON, by address or by what the reader accepts.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use policy::notice::{Block, Body, Notice, Piece, SCHEMA, Section, Term, markdown, notice, pieces};
use policy::{Document, Language};
use serde::Deserialize;

use super::frame::{Frame, frame};
use super::urls;
use crate::api::problem;
use crate::app::App;
use crate::public_url::PublicUrl;
use crate::words;

/// What the address may say.
#[derive(Deserialize)]
pub(super) struct Asked {
    /// The language; else the browser's.
    lang: Option<String>,
}

/// A form that the policy is published in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Html,
    Markdown,
    Json,
}

impl Form {
    /// The form that a reader likes best, by `Accept` (RFC 9110, 12.5.1); a page where she does not
    /// say.
    fn accepted(headers: &HeaderMap) -> Self {
        let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
        let mut best = (Self::Html, 0.0_f32);
        for range in accept.unwrap_or_default().split(',') {
            let mut parts = range.split(';').map(str::trim);
            let form = match parts.next().unwrap_or_default().to_ascii_lowercase().as_str() {
                "text/html" | "application/xhtml+xml" | "text/*" | "*/*" => Self::Html,
                "text/markdown" => Self::Markdown,
                "application/json" => Self::Json,
                _ => continue,
            };
            let weight = parts.find_map(|part| part.strip_prefix("q=")?.parse().ok());
            let weight = weight.unwrap_or(1.0);
            if weight > best.1 {
                best = (form, weight);
            }
        }
        best.0
    }
}

/// The policy in force, in the form that the reader accepts.
pub(super) async fn page(
    state: State<Arc<App>>,
    asked: Query<Asked>,
    headers: HeaderMap,
) -> Response {
    let form = Form::accepted(&headers);
    answer(&state.0, &asked.0, &headers, form)
}

/// The policy in force as Markdown.
pub(super) async fn as_markdown(
    state: State<Arc<App>>,
    asked: Query<Asked>,
    headers: HeaderMap,
) -> Response {
    answer(&state.0, &asked.0, &headers, Form::Markdown)
}

/// The policy in force as JSON: its words, with the facts that they state.
pub(super) async fn as_json(
    state: State<Arc<App>>,
    asked: Query<Asked>,
    headers: HeaderMap,
) -> Response {
    answer(&state.0, &asked.0, &headers, Form::Json)
}

/// The JSON Schema of `/policy.json`.
pub(super) async fn schema() -> Response {
    ([(header::CONTENT_TYPE, "application/schema+json")], SCHEMA).into_response()
}

fn answer(app: &App, asked: &Asked, headers: &HeaderMap, form: Form) -> Response {
    let language = self::language(asked, headers);
    let document = app.policy();
    let mut response = match form {
        Form::Html => {
            let public_url = Some(app.public_url());
            draw(&document, language, urls::POLICY, public_url, None).into_response()
        }
        Form::Markdown => {
            let text = markdown(&notice(&document, language));
            ([(header::CONTENT_TYPE, "text/markdown; charset=utf-8")], text).into_response()
        }
        Form::Json => Json(notice(&document, language)).into_response(),
    };
    let link = format!(
        "{}, <{}>; rel=\"alternate\"; type=\"text/html\", <{}>; rel=\"alternate\"; type=\"text/markdown\", \
         <{}>; rel=\"alternate\"; type=\"application/json\", <{}>; rel=\"describedby\"; \
         type=\"application/schema+json\"",
        super::feed::LINKS,
        urls::POLICY,
        urls::POLICY_MARKDOWN,
        urls::POLICY_JSON,
        urls::POLICY_SCHEMA
    );
    let mut told: Vec<(HeaderName, HeaderValue)> = vec![
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::VARY, HeaderValue::from_static("Accept, Accept-Language")),
        (header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag())),
    ];
    told.extend(HeaderValue::try_from(link).ok().map(|link| (header::LINK, link)));
    response.headers_mut().extend(told);
    response
}

/// The language that an address asks for; else the browser's.
pub(super) fn language(asked: &Asked, headers: &HeaderMap) -> Language {
    let language = asked.lang.as_deref().and_then(Language::parse);
    language.unwrap_or_else(|| problem::language(headers))
}

/// What stands above a version that is looked up by its name.
pub struct Banner {
    /// Whether it is in force.
    pub says: String,
    /// What it changed.
    pub changes: Markup,
}

/// The policy in force, in the Data Privacy Vocabulary.
pub(super) async fn jsonld(State(app): State<Arc<App>>) -> Response {
    let headers =
        [(header::CONTENT_TYPE, "application/ld+json"), (header::CACHE_CONTROL, "no-cache")];
    (headers, ::policy::export::dpv::policy(&app.policy()).to_string()).into_response()
}

/// Draws a policy in a language, whichever version it is and wherever it is reached;
/// a banner says how it stands.
pub fn draw(
    document: &Document,
    language: Language,
    path: &str,
    public_url: Option<&PublicUrl>,
    banner: Option<Banner>,
) -> Markup {
    let notice = notice(document, language);
    let Notice { title, controller, version, effective_on, summary, sections, .. } = &notice;
    let since = words::day(*effective_on, language);
    let (dated, contents, versions) = match language {
        Language::Ja => (format!("{since}付の版（{version}）"), "目次", "版の一覧"),
        Language::En => (format!("Version of {since} ({version})"), "Contents", "Versions"),
    };
    let (stands, changes) = match banner {
        Some(Banner { says, changes }) => (says, Some(changes)),
        None => (dated, None),
    };
    let body = html! {
        header.title {
            p.who { (controller) }
            h1 { (title) }
            p.since {
                (stands) " " a href={ (urls::VERSIONS) "?lang=" (language.tag()) } { (versions) }
            }
        }
        @if let Some(changes) = changes { (changes) }
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
    frame(&Frame { title, language, path, public_url, body })
}

/// An article, with the law it answers in small print.
fn article(section: &Section, language: Language) -> Markup {
    let law = policy::law::cited(&section.law, language);
    let (ask, made) = match language {
        Language::Ja => ("請求のページへ", "作成した匿名加工情報と仮名加工情報"),
        Language::En => ("Make a request", "What we have made of these kinds"),
    };
    html! {
        section id=(section.id) aria-labelledby={ "h-" (section.id) }
            data-articles=(section.articles.join(" ")) data-rows=(section.rows.join(" ")) {
            h2 id={ "h-" (section.id) } { span.number { (section.number) } " " (section.heading) }
            @for block in &section.blocks { (piece(block)) }
            @if section.id == "requests" {
                p { a href={ (urls::REQUESTS) "?lang=" (language.tag()) } { (ask) } }
            }
            @if section.id == "kinds" {
                p { a href={ (urls::DATASETS) "?lang=" (language.tag()) } { (made) } }
            }
            @if !law.is_empty() { p.law { (law) } }
        }
    }
}

/// A block of a notice.
pub(super) fn piece(block: &Block) -> Markup {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_gets_the_form_she_likes_best() {
        let form = |accept: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::try_from(accept).unwrap());
            Form::accepted(&headers)
        };
        assert_eq!(Form::accepted(&HeaderMap::new()), Form::Html);
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        assert_eq!(form(browser), Form::Html);
        assert_eq!(form("application/json"), Form::Json);
        assert_eq!(form("text/markdown, text/html;q=0.5"), Form::Markdown);
        assert_eq!(form("text/html;q=0.2, application/json;q=0.7"), Form::Json);
        assert_eq!(form("application/json;q=0, text/html"), Form::Html);
        assert_eq!(form("image/png"), Form::Html);
    }
}
