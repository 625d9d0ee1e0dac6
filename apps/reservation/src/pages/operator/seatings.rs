//! When a store seats people: a line for each day of the week.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::super::parts::{Errors, Named, done, nothing};
use super::super::staff::Operator;
use super::super::{Sheet, layout, see_other};
use super::store::Way;
use super::{errors, field, head, store_of};
use crate::app::{self, Reader, Shared};
use crate::book::stores::Store;
use crate::edit::{self, WEEK};
use crate::fault::Fault;
use crate::fields::Fields;
use crate::when;

pub(super) async fn page(
    State(app): State<Shared>,
    reader: Reader,
    _: Operator,
    Path(slug): Path<String>,
    Query(way): Query<Way>,
) -> Result<Response, Fault> {
    let store = store_of(&app, &slug).await?;
    let fields = edit::fields_of_seatings(&app.book.seatings(&slug).await?);
    let note = way.done.map_or_else(nothing, |_| done(reader.words.hers.done_item));
    Ok(draw(&reader, &store, &fields, &Errors::default(), &note).into_response())
}

pub(super) async fn put(
    State(app): State<Shared>,
    reader: Reader,
    _: Operator,
    Path(slug): Path<String>,
    fields: Fields,
) -> Result<Response, Fault> {
    let store = store_of(&app, &slug).await?;
    match edit::seatings(&fields) {
        Ok(seatings) => {
            app.book.put_seatings(&slug, seatings).await?;
            see_other(&format!("/operator/stores/{slug}/seatings?done=1"))
        }
        Err(wrong) => {
            let page = draw(&reader, &store, &fields, &errors(&wrong, &reader), &nothing());
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

fn draw(reader: &Reader, store: &Store, fields: &Fields, errors: &Errors, note: &Markup) -> Markup {
    let words = reader.words;
    let order: Vec<Named> = WEEK
        .iter()
        .map(|name| Named { name: (*name).to_owned(), label: (words.frame.field)(name) })
        .collect();
    let clock = when::clock(app::now(), &store.time_zone, reader.language);
    let body = html! {
        (head(store, reader, words.office.seatings))
        (note)
        (errors.summary(&order, words))
        p class="soft" { (words.office.seatings_told) " " ((words.visit.clock_is)(&clock)) }
        form class="sheet" method="post" action={ "/operator/stores/" (store.slug) "/seatings" }
            novalidate {
            @for Named { name, label } in &order {
                (field(name, label, errors, None).area(fields.get(name), words))
            }
            p class="actions" { button { (words.frame.save) } }
        }
    };
    layout(reader, &Sheet { title: words.office.seatings, wide: false }, &body)
}
