//! Keys of the API. A key is shown once, when it is made.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::super::parts::{Errors, Named, moment, nothing};
use super::super::staff::Operator;
use super::super::{Sheet, layout, see_other};
use super::{errors, field};
use crate::api;
use crate::app::{self, App, Reader, Shared};
use crate::book::No;
use crate::edit::{What, Wrong};
use crate::fault::Fault;
use crate::fields::Fields;
use crate::when;

pub(super) async fn page(
    State(app): State<Shared>,
    reader: Reader,
    _: Operator,
) -> Result<Response, Fault> {
    let page = draw(&app, &reader, &Fields::default(), &Errors::default(), nothing()).await?;
    Ok(page.into_response())
}

pub(super) async fn make(
    State(app): State<Shared>,
    reader: Reader,
    _: Operator,
    fields: Fields,
) -> Result<Response, Fault> {
    let name = fields.get("name").trim();
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let what = if name.is_empty() {
        What::Missing
    } else if name.len() > 40 || !name.chars().all(plain) {
        What::NotAName
    } else {
        match api::make_key(&app.book, name, app::now()).await {
            Ok(key) => {
                let note = html! {
                    div class="notice done" role="status" {
                        p { (reader.words.key_made) }
                        p { code { (key) } }
                    }
                };
                let none = Fields::default();
                let page = draw(&app, &reader, &none, &Errors::default(), note).await?;
                return Ok((StatusCode::CREATED, page).into_response());
            }
            Err(No::Already(_)) => What::Twice,
            Err(no) => return Err(no.into()),
        }
    };
    let wrong = [Wrong { field: "name".to_owned(), what }];
    let page = draw(&app, &reader, &fields, &errors(&wrong, &reader), nothing()).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

pub(super) async fn end(
    State(app): State<Shared>,
    _: Operator,
    Path(name): Path<String>,
) -> Result<Response, Fault> {
    app.book.end_key(&name).await?;
    see_other("/operator/keys")
}

async fn draw(
    app: &App,
    reader: &Reader,
    fields: &Fields,
    errors: &Errors,
    note: Markup,
) -> Result<Markup, Fault> {
    let (words, language) = (reader.words, reader.language);
    let keys = app.book.keys().await?;
    let order = [Named { name: "name".to_owned(), label: (words.field)("name") }];
    let body = html! {
        div {
            p class="eyebrow" { a href="/operator" { (words.operator) } }
            h1 { (words.keys) }
        }
        (note)
        (errors.summary(&order, words))
        p class="soft" { (words.keys_told) }
        form class="sheet" method="post" action="/operator/keys" novalidate {
            (field("name", &order[0].label, errors, Some(words.key_name_hint))
                .input("text", Some(fields.get("name")), words))
            p class="actions" { button { (words.make_key) } }
        }
        ul class="rows" {
            @for key in &keys {
                li {
                    strong { (key.name) }
                    (moment(key.made_at, &when::date_and_time(key.made_at, language)))
                    form method="post" action={ "/operator/keys/" (key.name) "/end" } {
                        button class="plain" { (words.end_key) }
                    }
                }
            }
        }
    };
    Ok(layout(reader, &Sheet { title: words.keys, wide: false }, &body))
}
