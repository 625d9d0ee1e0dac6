//! What she has stopped, and what she may stop or allow again at once: uses beyond the service, and the
//! way to the stores. To stop more is a request.

use axum::extract::{Query, State};
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::{Room, draw, told};
use crate::app::{Reader, Shared};
use crate::azukari::{Policy, Stop};
use crate::fault::Fault;
use crate::fields::Fields;
use crate::pages::parts::moment;
use crate::pages::{Guest, see_other};
use crate::when;

/// The category of the policy to which every store belongs.
pub(in crate::pages) const STORES: &str = "store";

#[derive(Deserialize)]
pub(in crate::pages) struct Way {
    done: Option<String>,
}

/// The purposes beyond the service for which something that she entered may be used.
fn beyond_the_service(policy: &Policy) -> impl Iterator<Item = &str> {
    let purposes = policy.purposes.iter().filter(|(_, purpose)| purpose.tier == "other");
    let serves = |name: &str| {
        let typed = policy.items.values().filter(|item| item.is_typed());
        typed.flat_map(|item| &item.purposes).any(|purpose| purpose == name)
    };
    purposes.map(|(name, _)| name.as_str()).filter(move |name| serves(name))
}

pub(in crate::pages) async fn page(
    State(app): State<Shared>,
    reader: Reader,
    Guest(caller): Guest,
    Query(way): Query<Way>,
) -> Result<Markup, Fault> {
    let (words, language) = (reader.words, reader.language);
    let policy = app.azukari.policy().await?;
    let stops = app.azukari.stops(&caller.who).await.map_err(Fault::of_guest)?;
    let everything = stops.iter().find(|stop| stop.purpose.is_none() && stop.recipient.is_none());
    let row = |field: &str, name: &str, label: &str, hint: &str| {
        let stopped = stops.iter().find(|stop| match field {
            "purpose" => stop.purpose.as_deref() == Some(name),
            _ => stop.recipient.as_deref().is_some_and(|of| of == name || of == "*"),
        });
        let id = format!("stop-{name}");
        html! {
            li {
                div {
                    h2 class="what" id=(id) { (label) }
                    p class="hint" { (hint) }
                    p class="state" { (standing(stopped, &reader)) }
                }
                form method="post" action="/me/stops" {
                    input type="hidden" name=(field) value=(name);
                    button class="quiet small" name="stopped" value=(stopped.is_none())
                        aria-describedby=(id) {
                        @if stopped.is_some() { (words.hers.allow_again) } @else { (words.hers.stop_it) }
                    }
                }
            }
        }
    };
    let body = html! {
        p class="lead" { (words.hers.stops_lead) }
        @if let Some(stop) = everything {
            p class="notice" { (words.hers.all_stopped) " " (standing(Some(stop), &reader)) }
        }
        ul class="stops sheet" {
            @for name in beyond_the_service(&policy) {
                (row("purpose", name, policy.purpose_label(name, language), words.hers.stop_other_hint))
            }
            (row("recipient", STORES, words.hers.stop_stores, words.hers.stop_stores_hint))
        }
        p { (words.hers.stop_more) " " a href="/me/requests" { (words.hers.room_requests) } }
    };
    Ok(draw(
        &reader,
        Room::Stops,
        words.hers.room_stops,
        &told(&reader, way.done.as_deref()),
        &body,
    ))
}

/// How one thing stands, in a word and with its moment.
fn standing(stop: Option<&Stop>, reader: &Reader) -> Markup {
    let words = reader.words;
    html! {
        @match stop {
            Some(stop) => {
                span class="tag refused" { (words.hers.stopped) } " "
                (moment(stop.stopped_at, &when::date_and_time(stop.stopped_at, reader.language)))
            },
            None => span class="tag good" { (words.hers.in_use) },
        }
    }
}

pub(in crate::pages) async fn put(
    State(app): State<Shared>,
    Guest(caller): Guest,
    fields: Fields,
) -> Result<Response, Fault> {
    let stopped = match fields.get("stopped") {
        "true" => true,
        "false" => false,
        _ => return Err(Fault::Unreadable),
    };
    let policy = app.azukari.policy().await?;
    let (purpose, recipient) = (fields.filled("purpose"), fields.filled("recipient"));
    let known = match (purpose, recipient) {
        (Some(purpose), None) => beyond_the_service(&policy).any(|name| name == purpose),
        (None, Some(recipient)) => recipient == STORES,
        _ => false,
    };
    if !known {
        return Err(Fault::Unreadable);
    }
    app.azukari.stop(&caller.who, purpose, recipient, stopped).await.map_err(Fault::of_guest)?;
    see_other(if stopped { "/me/stops?done=stopped" } else { "/me/stops?done=allowed" })
}
