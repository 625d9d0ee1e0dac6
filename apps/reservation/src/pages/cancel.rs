//! Calling a booking off: what that costs and what goes back, before it is done.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::booking::{done_at, own_booking, ticket};
use super::review::shown;
use super::{Guest, Sheet, layout, pay, see_other};
use crate::app::{self, Reader, Shared};
use crate::book::bookings::{Booking, Ending, Stage};
use crate::book::stores::Store;
use crate::engage;
use crate::fault::Fault;
use crate::fields::Fields;

/// The field with what calling off costs, as she was shown it.
const SHOWN: &str = "yen";

pub(super) async fn page(
    State(app): State<Shared>,
    reader: Reader,
    Guest(caller): Guest,
    Path(number): Path<String>,
) -> Result<Response, Fault> {
    let (booking, store) = own_booking(&app, &caller, &number).await?;
    let now = app::now();
    // Over, or no booking yet: her page says what there is to do.
    if !booking.stands() || booking.starts_at <= now {
        return see_other(&format!("/me/bookings/{number}"));
    }
    let kept = pay::kept(&app.book.payments_of(&number).await?);
    let costs = booking.cost_of_calling_off(now);
    Ok(draw(&booking, &store, (costs, kept), &reader, None).into_response())
}

fn draw(
    booking: &Booking,
    store: &Store,
    (costs, kept): (u32, u32),
    reader: &Reader,
    note: Option<&str>,
) -> Markup {
    let words = reader.words;
    let at = format!("/me/bookings/{}", booking.number);
    let body = html! {
        h1 { (words.visit.cancel) }
        @if let Some(note) = note { div class="notice alert" role="alert" { p { (note) } } }
        (ticket(booking, store, reader))
        form class="sheet" method="post" action={ (at) "/cancel" } {
            p { (words.visit.cancel_told) }
            @if costs > 0 { p class="notice alert" { ((words.visit.cancel_costs)(&(words.frame.yen)(costs))) } }
            @else if booking.fee_yen > 0 { p { (words.visit.cancel_free) } }
            @if kept > costs { p { ((words.money.goes_back)(&(words.frame.yen)(kept - costs))) } }
            input type="hidden" name=(SHOWN) value=(costs);
            p class="actions" {
                button class="grave" { (words.visit.cancel) }
                a href=(at) { (words.visit.do_not_cancel) }
            }
        }
    };
    layout(reader, &Sheet { title: words.visit.cancel, wide: false }, &body)
}

pub(super) async fn cancel(
    State(app): State<Shared>,
    reader: Reader,
    Guest(caller): Guest,
    Path(number): Path<String>,
    fields: Fields,
) -> Result<Response, Fault> {
    let (booking, store) = own_booking(&app, &caller, &number).await?;
    let now = app::now();
    let held = booking.stage == Stage::Held;
    // An old page, gone back to after paying, gives up a hold and no booking.
    if fields.filled("held").is_some() && !held {
        return see_other(&format!("/me/bookings/{number}?done=booked"));
    }
    if held || booking.stage == Stage::Booked {
        if booking.starts_at <= now {
            return see_other(&format!("/me/bookings/{number}"));
        }
        let kept = pay::kept(&app.book.payments_of(&number).await?);
        let costs = if held { 0 } else { booking.cost_of_calling_off(now) };
        // Nothing costs more than what she was shown: the page may have stood open since.
        if costs > shown(&fields, SHOWN) && booking.stands() {
            let note = Some(reader.words.visit.cancel_costs_now);
            let page = draw(&booking, &store, (costs, kept), &reader, note);
            return Ok((StatusCode::CONFLICT, page).into_response());
        }
        let here = format!("/me/bookings/{number}/cancel");
        let back = engage::call_off(&app, &booking, Ending::Guest, now)
            .await
            .map_err(|stop| Fault::from(stop).keeping(&here, &fields))?;
        return see_other(&if held {
            "/me".to_owned()
        } else {
            done_at(&number, "cancelled", back)
        });
    }
    see_other(&format!("/me/bookings/{number}?done=cancelled"))
}
