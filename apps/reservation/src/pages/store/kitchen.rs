//! `/store/kitchen`: what the kitchen needs of an evening, for a screen or as A4, by time. No name is on it, since
//! none is asked for: the kitchen's purpose does not have it.

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::super::parts::{named, shown};
use super::super::staff::Counter;
use super::super::{Sheet, layout};
use super::{Evening, Way, allergies, of_companions, recorded, seat_of, time_of};
use crate::app::{Reader, Shared};
use crate::azukari::Policy;
use crate::fault::Fault;
use crate::sight::{Wanted, allergy};
use crate::when;

/// What a print is for: nothing beyond it leaves the screen.
const ITEMS: [&str; 3] = [allergy::ITEM, "serving_size", "disliked_food"];
const KITCHEN: Wanted = Wanted { reservation: &[], meal: &ITEMS };

pub(super) async fn page(
    State(app): State<Shared>,
    reader: Reader,
    counter: Counter,
    Query(way): Query<Way>,
) -> Result<Response, Fault> {
    let policy = app.azukari.policy().await?;
    let evening = Evening::look(&app, &reader, &counter.store, &policy, &way, KITCHEN).await?;
    Ok(draw(&reader, &counter, &policy, &evening).into_response())
}

fn draw(reader: &Reader, counter: &Counter, policy: &Policy, evening: &Evening) -> Markup {
    let (words, language, store) = (reader.words, reader.language, &counter.store);
    let label = |item| policy.item_label(item, language);
    let body = html! {
        (counter.rooms(reader))
        div {
            p class="eyebrow" { (named(store.name(language))) }
            h1 { (words.counter.for_the_kitchen) }
            p class="lead" {
                (when::date(evening.on, language)) " · "
                ((words.counter.tonight_count)(evening.told.len(), evening.guests()))
            }
        }
        (evening.others(reader, "/store/kitchen"))
        (recorded(counter, reader, evening.now))
        p class="hint screen" { (words.counter.kitchen_told) }
        @if evening.told.is_empty() { p { (words.counter.no_bookings_that_day) } }
        @else {
            table class="kitchen" {
                thead {
                    tr {
                        th scope="col" { (words.counter.clock_time) }
                        th scope="col" { (words.counter.party_and_table) }
                        th scope="col" { (label(allergy::ITEM)) }
                        th scope="col" { (label("serving_size")) }
                        th scope="col" { (label("disliked_food")) }
                    }
                }
                @for told in evening.times() {
                    tbody {
                        @for (at, told) in told.iter().enumerate() {
                            @let booking = &told.booking;
                            tr {
                                @if at == 0 { th scope="row" { (time_of(booking, store, reader)) } }
                                @else { td {} }
                                td {
                                    (seat_of(booking, evening.seats.get(&booking.number), reader))
                                    span class="soft" { (booking.number) }
                                }
                                td { (allergies(told, policy, reader)) (of_companions(told, reader)) }
                                @for item in ["serving_size", "disliked_food"] {
                                    @let value = told.meal.as_ref().and_then(|meal| meal.value(item));
                                    td data-label=(label(item)) {
                                        (value.map(|value| shown(policy, item, value, language)).unwrap_or_default())
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    };
    layout(reader, &Sheet { title: words.counter.for_the_kitchen, wide: true }, &body)
}
