//! The services that she has linked: what each passed on and with whose leave, and the end of it.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::{Room, draw, told};
use crate::app::{App, Reader, Shared};
use crate::azukari::{Link, Policy};
use crate::fault::Fault;
use crate::pages::parts::moment;
use crate::pages::{Guest, linking, see_other};
use crate::when;

#[derive(Deserialize)]
pub(in crate::pages) struct Way {
    done: Option<String>,
}

pub(in crate::pages) async fn page(
    State(app): State<Shared>,
    reader: Reader,
    Guest(caller): Guest,
    Query(way): Query<Way>,
) -> Result<Markup, Fault> {
    let words = reader.words;
    let policy = app.azukari.policy().await?;
    let links = app.azukari.links(&caller.who).await.map_err(Fault::of_guest)?;
    let body = html! {
        p class="lead" { (words.hers.links_lead) }
        @if links.is_empty() { p class="sheet" { (words.hers.no_links) } }
        @for link in &links { (sheet(link, &policy, &reader, &app)) }
        @let linked = |name: &str| links.iter().any(|link| link.service == name);
        @for (name, service) in app.services.iter().filter(|(name, _)| !linked(name)) {
            p {
                a class="button quiet" href=(linking::begin_path(name, "/me/links?done=linked")) {
                    ((words.door.link_with)(service.label.get(reader.language)))
                }
            }
        }
    };
    Ok(draw(
        &reader,
        Room::Links,
        words.hers.room_links,
        &told(&reader, way.done.as_deref()),
        &body,
    ))
}

fn sheet(link: &Link, policy: &Policy, reader: &Reader, app: &App) -> Markup {
    let (words, language) = (reader.words, reader.language);
    // That she may sign in is no scope that people read.
    let granted: Vec<&str> = link
        .scopes
        .iter()
        .filter(|scope| scope.scope != "openid")
        .map(|scope| scope.label.as_ref().map_or(scope.scope.as_str(), |l| l.get(language)))
        .collect();
    let items: Vec<&str> =
        link.items.iter().map(|one| policy.item_label(&one.item, language)).collect();
    html! {
        form class="sheet" method="post" action={ "/me/links/" (link.service) "/end" } {
            h2 { (link.label.get(language)) }
            dl class="pairs" {
                div {
                    dt { (words.hers.linked_at) }
                    dd { (moment(link.linked_at, &when::date_and_time(link.linked_at, language))) }
                }
                div {
                    dt { (words.hers.granted) }
                    dd {
                        @if granted.is_empty() { (words.door.granted_nothing) }
                        (granted.join(words.frame.comma))
                    }
                }
                div { dt { (words.hers.passed_on) } dd { (items.join(words.frame.comma)) } }
            }
            p class="hint" { (words.hers.unlink_told) }
            p class="actions" {
                button class="quiet" { (words.hers.unlink) }
                @if app.services.get(&link.service).is_some() {
                    a href=(linking::begin_path(&link.service, "/me/links?done=linked")) {
                        (words.door.link_anew)
                    }
                }
            }
        }
    }
}

pub(in crate::pages) async fn end(
    State(app): State<Shared>,
    Guest(caller): Guest,
    Path(service): Path<String>,
) -> Result<Response, Fault> {
    // A name that is none of theirs is not put into an address.
    if !service.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return Err(Fault::NotFound);
    }
    app.azukari.unlink(&caller.who, &service).await?;
    see_other("/me/links?done=unlinked")
}
