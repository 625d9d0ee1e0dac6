//! Days on which a store is closed. A day that has bookings is closed only when the operator has seen them
//! and decided: they are called off and their guests told, or they stay.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use maud::{Markup, html};

use super::super::parts::{Errors, Named, done, moment, nothing};
use super::super::staff::Operator;
use super::super::{Sheet, layout, see_other};
use super::store::Way;
use super::{errors, field, head, store_of};
use crate::app::{self, App, Reader, Shared};
use crate::book::No;
use crate::book::bookings::Booking;
use crate::book::stores::Store;
use crate::edit;
use crate::engage;
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
    let note = way.done.map_or_else(nothing, |_| done(reader.words.done_item));
    let fields = Fields::default();
    Ok(draw(&app, &reader, &store, &fields, &Errors::default(), &[], note).await?.into_response())
}

pub(super) async fn close(
    State(app): State<Shared>,
    reader: Reader,
    _: Operator,
    Path(slug): Path<String>,
    fields: Fields,
) -> Result<Response, Fault> {
    let store = store_of(&app, &slug).await?;
    let now = app::now();
    let (found, there) = match edit::closing_day(&fields) {
        Err(wrong) => (errors(&wrong, &reader), Vec::new()),
        Ok((day, decision)) => {
            let on = day.on;
            match app.book.close_day(&slug, day, decision, now).await {
                Ok(()) => {
                    // Azukari is told at once; what it does not hear now it hears within a minute.
                    if let Err(no) =
                        engage::settle(&app, now - jiff::SignedDuration::from_mins(1), now).await
                    {
                        tracing::warn!("bookings that were called off are not settled yet: {no}");
                    }
                    return see_other(&format!("/operator/stores/{slug}/closing-days?done=1"));
                }
                Err(No::InTheWay(_)) => {
                    (Errors::default(), app.book.bookings_on(&slug, on, now).await?)
                }
                Err(no) => return Err(no.into()),
            }
        }
    };
    let page = draw(&app, &reader, &store, &fields, &found, &there, nothing()).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

pub(super) async fn open(
    State(app): State<Shared>,
    _: Operator,
    Path((slug, date)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let on: Date = date.parse().map_err(|_| Fault::NotFound)?;
    app.book.open_day(&slug, on).await?;
    see_other(&format!("/operator/stores/{slug}/closing-days?done=1"))
}

/// The page; `there` are the bookings of the day that is to be closed and that nothing was decided about.
async fn draw(
    app: &App,
    reader: &Reader,
    store: &Store,
    fields: &Fields,
    errors: &Errors,
    there: &[Booking],
    note: Markup,
) -> Result<Markup, Fault> {
    let (words, language) = (reader.words, reader.language);
    let days = app.book.closing_days(&store.slug, store.date_of(app::now())).await?;
    let order: Vec<Named> = ["date", "reason_ja", "reason_en"]
        .iter()
        .map(|name| Named { name: (*name).to_owned(), label: (words.field)(name) })
        .collect();
    let numbers: Vec<&str> = there.iter().map(|booking| booking.number.as_str()).collect();
    let action = format!("/operator/stores/{}/closing-days", store.slug);
    let body = html! {
        (head(store, reader, words.closing_days))
        (note)
        (errors.summary(&order, words))
        form class="sheet" method="post" action=(action) novalidate {
            @if there.is_empty() {
                div class="row" {
                    @for Named { name, label } in &order {
                        @let kind = if name == "date" { "date" } else { "text" };
                        (field(name, label, errors, None).input(kind, Some(fields.get(name)), words))
                    }
                }
                p class="actions" { button { (words.close_day) } }
            } @else {
                div class="notice alert" role="alert" {
                    p { strong { ((words.day_has_bookings)(there.len())) } }
                    ul {
                        @for booking in there {
                            @let at = when::there(booking.starts_at, &store.time_zone, language);
                            li {
                                (moment(booking.starts_at, &at)) (words.comma)
                                ((words.party)(booking.party)) (words.comma) (booking.number)
                            }
                        }
                    }
                }
                @for Named { name, .. } in &order {
                    input type="hidden" name=(name) value=(fields.get(name));
                }
                input type="hidden" name="numbers" value=(numbers.join(" "));
                p class="actions" {
                    button name="bookings" value="call_off" { (words.call_them_off) }
                    button class="quiet" name="bookings" value="keep" { (words.keep_them) }
                    a href=(action) { (words.back) }
                }
            }
        }
        section {
            h2 { (words.closing_days) }
            @if days.is_empty() { p { (words.no_closing_days) } }
            ul class="rows" {
                @for day in &days {
                    li {
                        time datetime=(day.on) { (when::date(day.on, language)) }
                        span { (day.reason.get(language)) }
                        form method="post" action={ (action) "/" (day.on) "/open" } {
                            button class="plain" { (words.open_day) }
                        }
                    }
                }
            }
        }
    };
    Ok(layout(reader, &Sheet { title: words.closing_days, wide: false }, &body))
}
