//! A file from a spreadsheet: stores, or the tables of stores. All of it is taken, or nothing.

use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::super::parts::{done, named, nothing};
use super::super::staff::Operator;
use super::super::{Sheet, layout};
use super::LARGEST_FILE_BYTES;
use crate::app::{App, Reader, Shared};
use crate::edit::{STORE_FIELDS, TABLE_FIELDS};
use crate::fault::Fault;
use crate::import::{self, Imported, Plain, Refused};
use crate::table_file::Spot;

/// Faults of a file that are listed.
const MOST_LISTED: usize = 100;

pub(super) async fn page(reader: Reader, _: Operator) -> Response {
    draw(&reader, &nothing()).into_response()
}

pub(super) async fn take(
    State(app): State<Shared>,
    reader: Reader,
    _: Operator,
    mut form: Multipart,
) -> Result<Response, Fault> {
    let mut bytes = Vec::new();
    while let Some(part) = form.next_field().await.map_err(|_| Fault::Unreadable)? {
        if part.name() == Some("file") {
            bytes = match part.bytes().await {
                Ok(bytes) => bytes.into(),
                Err(no) if no.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                    let why = Plain::TooLarge(LARGEST_FILE_BYTES / (1024 * 1024));
                    let why = (reader.words.office.file_refused)(&why);
                    let page = draw(&reader, &alert(&html! { p { (why) } }));
                    return Ok((StatusCode::PAYLOAD_TOO_LARGE, page).into_response());
                }
                Err(_) => return Err(Fault::Unreadable),
            };
        }
    }
    let (status, note) = answer(&app, &reader, &bytes).await?;
    Ok((status, draw(&reader, &note)).into_response())
}

async fn answer(app: &App, reader: &Reader, bytes: &[u8]) -> Result<(StatusCode, Markup), Fault> {
    let words = reader.words;
    Ok(match import::take(app, bytes).await {
        Ok(Imported { stores, tables, not_seated }) => {
            let note = html! {
                (done(&(words.office.imported)(stores, tables)))
                @for store in &not_seated {
                    div class="notice" {
                        p {
                            a href={ "/operator/stores/" (store.slug) } { (named(store.name(reader.language))) }
                            (words.frame.colon) (super::not_seated(store, words).unwrap_or_default())
                        }
                    }
                }
            };
            (StatusCode::OK, note)
        }
        Err(Refused::Stop(stop)) => return Err(stop.into()),
        Err(Refused::Plain(why)) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            alert(&html! { p { ((words.office.file_refused)(&why)) } }),
        ),
        Err(Refused::Spots(spots)) => {
            (StatusCode::UNPROCESSABLE_ENTITY, alert(&faults(reader, &spots)))
        }
    })
}

fn alert(inner: &Markup) -> Markup {
    html! { div class="notice alert" role="alert" { (inner) } }
}

fn faults(reader: &Reader, spots: &[Spot]) -> Markup {
    let words = reader.words;
    html! {
        p { strong { ((words.office.file_has_faults)(spots.len())) } }
        ul {
            @for Spot { line, column, field, what } in spots.iter().take(MOST_LISTED) {
                li {
                    ((words.frame.line_and_column)(*line, *column))
                    @if !field.is_empty() { " (" code { (field) } ")" }
                    (words.frame.colon) ((words.office.wrong)(what))
                }
            }
            @if spots.len() > MOST_LISTED { li { "…" } }
        }
    }
}

fn draw(reader: &Reader, note: &Markup) -> Markup {
    let words = reader.words;
    let body = html! {
        div {
            p class="eyebrow" { a href="/operator" { (words.office.operator) } }
            h1 { (words.office.import) }
        }
        (note)
        form class="sheet" method="post" action="/operator/import" enctype="multipart/form-data" {
            p { (words.office.import_told) }
            div class="field" {
                label for="file" { (words.office.file) }
                input id="file" type="file" name="file" accept=".csv,text/csv" required;
            }
            p class="actions" { button { (words.office.import) } }
        }
        section {
            h2 { (words.office.columns) }
            p { (words.office.columns_of_stores) }
            p { code { (STORE_FIELDS.join(", ")) } }
            p { (words.office.columns_of_tables) }
            p { code { "store, " (TABLE_FIELDS.join(", ")) } }
        }
    };
    layout(reader, &Sheet { title: words.office.import, wide: false }, &body)
}
