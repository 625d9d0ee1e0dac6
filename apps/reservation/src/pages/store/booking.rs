//! `/store/bookings/…`: one booking of the store, with a telephone number that can be called. Another store's
//! number is not there.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::super::parts::shown;
use super::super::staff::Counter;
use super::super::{Sheet, layout};
use super::{allergies, labels, name, of_companions, recorded, seat_of};
use crate::app::{self, Reader, Shared};
use crate::azukari::Policy;
use crate::book::bookings::Booking;
use crate::book::seats::Seat;
use crate::fault::Fault;
use crate::sight::{self, Told};
use crate::when;

pub(super) async fn page(
    State(app): State<Shared>,
    reader: Reader,
    counter: Counter,
    Path(number): Path<String>,
) -> Result<Response, Fault> {
    let (now, store) = (app::now(), &counter.store);
    let Some(booking) = sight::booking_of(&app.book, store, &number, now).await? else {
        let ended = sight::called_off(&app.book, store, &number, now).await?;
        let ended = ended.ok_or(Fault::NotFound)?;
        return Ok((StatusCode::GONE, draw_called_off(&reader, &counter, &ended)).into_response());
    };
    let policy = app.azukari.policy().await?;
    let (from, until) = (booking.starts_at, booking.ends_at);
    let seats = app.book.seats_of(&store.slug, from, until).await?;
    let told = sight::look(&app, reader.language, &policy, vec![booking], sight::ALL, now).await?;
    let told = told.first().ok_or_else(|| Fault::broken("nothing came of a look"))?;
    let page = draw(&reader, &counter, &policy, told, seats.get(&number));
    Ok(page.into_response())
}

/// Of a booking that was called off: that it was. Nothing is asked of Azukari about whose it was.
fn draw_called_off(reader: &Reader, counter: &Counter, booking: &Booking) -> Markup {
    let words = reader.words;
    let heading = html! { h1 { (words.counter.is_called_off) } };
    let body = html! {
        (counter.rooms(reader))
        (head(reader, counter, booking, &heading, &html! { (booking.number) }))
        p class="notice" { (words.counter.is_called_off_told) }
    };
    layout(reader, &Sheet { title: words.counter.is_called_off, wide: false }, &body)
}

/// Which booking it is: the evening and the way to it, the heading, the time and what stands beside it.
fn head(
    reader: &Reader,
    counter: &Counter,
    booking: &Booking,
    heading: &Markup,
    beside: &Markup,
) -> Markup {
    let zone = &counter.store.time_zone;
    let evening = when::evening_of(booking.starts_at, zone);
    html! {
        div {
            p class="eyebrow" {
                a href={ "/store/tonight?date=" (evening) } { (when::date(evening, reader.language)) }
            }
            (heading)
            p class="lead" {
                (when::there(booking.starts_at, zone, reader.language)) " · "
                (beside)
            }
        }
    }
}

fn draw(
    reader: &Reader,
    counter: &Counter,
    policy: &Policy,
    told: &Told,
    seat: Option<&Seat>,
) -> Markup {
    let (words, language) = (reader.words, reader.language);
    let booking = &told.booking;
    let answers = [&told.meal, &told.reservation];
    let value = |item: &str| answers.iter().find_map(|answer| answer.as_ref()?.value(item));
    let heading = name(told, reader, |name| html! { h1 { (name) } });
    let seat = seat_of(booking, seat, reader);
    let body = html! {
        (counter.rooms(reader))
        (head(reader, counter, booking, &heading, &seat))
        (recorded(counter, reader, app::now()))
        section class="sheet one" {
            (allergies(told, policy, reader))
            (of_companions(told, reader))
            dl class="pairs" {
                @for (item, _) in labels::CLASSES {
                    @if let Some(value) = value(item) {
                        @let shown = shown(policy, item, value, language);
                        div {
                            dt { (policy.item_label(item, language)) }
                            dd {
                                @if item == "phone" { a href={ "tel:" (value) } { (shown) } }
                                @else { (shown) }
                            }
                        }
                    }
                }
                div { dt { (words.visit.booking_number) } dd { (booking.number) } }
            }
        }
    };
    layout(reader, &Sheet { title: words.counter.booking_at_the_store, wide: false }, &body)
}
