//! When a store seats people: a line for each day of the week.

use axum::extract::{Query, State};
use axum::response::Response;
use maud::{Markup, html};

use super::super::parts::{Errors, Named, nothing};
use super::super::{Sheet, layout, see_other};
use super::{Of, Way, errors, field, head, refused};
use crate::app::{self, Reader, Shared};
use crate::edit::{self, WEEK};
use crate::fault::Fault;
use crate::fields::Fields;
use crate::when;

pub(super) async fn page(
    State(app): State<Shared>,
    reader: Reader,
    of: Of,
    Query(way): Query<Way>,
) -> Result<Markup, Fault> {
    let fields = edit::fields_of_seatings(&app.book.seatings(&of.store.slug).await?);
    Ok(draw(&reader, &of, &fields, &Errors::default(), &way.note(&reader)))
}

pub(super) async fn put(
    State(app): State<Shared>,
    reader: Reader,
    of: Of,
    fields: Fields,
) -> Result<Response, Fault> {
    match edit::seatings(&fields) {
        Ok(seatings) => {
            app.book.put_seatings(&of.store.slug, seatings).await?;
            see_other(&of.at("/seatings?done=1"))
        }
        Err(wrong) => {
            Ok(refused(draw(&reader, &of, &fields, &errors(&wrong, &reader), &nothing())))
        }
    }
}

fn draw(reader: &Reader, of: &Of, fields: &Fields, errors: &Errors, note: &Markup) -> Markup {
    let words = reader.words;
    let order: Vec<Named> = WEEK
        .iter()
        .map(|name| Named { name: (*name).to_owned(), label: (words.frame.field)(name) })
        .collect();
    let clock = when::clock(app::now(), &of.store.time_zone, reader.language);
    let body = html! {
        (head(&of.store, reader, words.office.seatings))
        (note)
        (errors.summary(&order, words))
        p class="soft" { (words.office.seatings_told) " " ((words.visit.clock_is)(&clock)) }
        form class="sheet" method="post" action=(of.at("/seatings")) novalidate {
            @for Named { name, label } in &order {
                (field(name, label, errors, None).area(fields.get(name), words))
            }
            p class="actions" { button { (words.frame.save) } }
        }
    };
    layout(reader, &Sheet { title: words.office.seatings, wide: false }, &body)
}
