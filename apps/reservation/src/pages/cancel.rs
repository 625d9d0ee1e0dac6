//! Calling a booking off: what that costs and what goes back, before it is done.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::booking::{Own, ticket};
use super::review::shown;
use super::{Sheet, layout, see_other};
use crate::app;
use crate::book::bookings::{Ending, Stage};
use crate::book::payments;
use crate::engage;
use crate::fault::Fault;
use crate::fields::Fields;

/// The field with what calling off costs, as she was shown it.
const SHOWN: &str = "yen";

pub(super) async fn page(own: Own) -> Result<Response, Fault> {
    let now = app::now();
    // Over, or no booking yet: her page says what there is to do.
    if !own.booking.stands() || own.booking.starts_at <= now {
        return see_other(&own.page());
    }
    let costs = own.booking.cost_of_calling_off(now);
    Ok(draw(&own, costs, None).await?.into_response())
}

async fn draw(own: &Own, costs: u32, note: Option<&str>) -> Result<Markup, Fault> {
    let Own { app, reader, booking, store, .. } = own;
    let (words, at) = (reader.words, own.page());
    let kept = payments::left_of(&app.book.payments_of(&booking.number).await?);
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
    Ok(layout(reader, &Sheet { title: words.visit.cancel, wide: false }, &body))
}

pub(super) async fn cancel(own: Own, fields: Fields) -> Result<Response, Fault> {
    let Own { app, reader, booking, .. } = &own;
    let now = app::now();
    let held = booking.stage == Stage::Held;
    // An old page, gone back to after paying, gives up a hold and no booking.
    if fields.filled("held").is_some() && !held {
        return see_other(&format!("{}?done=booked", own.page()));
    }
    if !held && booking.stage != Stage::Booked {
        return see_other(&format!("{}?done=cancelled", own.page()));
    }
    if booking.starts_at <= now {
        return see_other(&own.page());
    }
    let costs = if held { 0 } else { booking.cost_of_calling_off(now) };
    // Nothing costs more than what she was shown: the page may have stood open since.
    if costs > shown(&fields, SHOWN) && booking.stands() {
        let page = draw(&own, costs, Some(reader.words.visit.cancel_costs_now)).await?;
        return Ok((StatusCode::CONFLICT, page).into_response());
    }
    app.book.reads_in(booking, reader.language).await?;
    let here = format!("{}/cancel", own.page());
    let back = engage::call_off(app, booking, Ending::Guest, now)
        .await
        .map_err(|stop| Fault::from(stop).keeping(&here, &fields))?;
    see_other(&if held { "/me".to_owned() } else { own.done("cancelled", back) })
}
