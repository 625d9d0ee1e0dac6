//! Money that could not be given back: what an operator sees of it, and what there is to do. Asked for again, or given
//! back otherwise and said so.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::super::parts::{moment, named};
use super::super::staff::Operator;
use super::super::{Sheet, layout, see_other};
use super::Way;
use crate::app::{self, App, Reader, Shared};
use crate::book::payments::FailedRefund;
use crate::fault::Fault;
use crate::when;

pub(super) const AT: &str = "/operator/refunds";

pub(super) async fn page(
    State(app): State<Shared>,
    reader: Reader,
    _: Operator,
    Query(way): Query<Way>,
) -> Result<Response, Fault> {
    let words = reader.words;
    let failed = app.book.failed_refunds().await?;
    let stores = app.book.stores().await?;
    let store_of = |refund: &FailedRefund| stores.iter().find(|store| store.slug == refund.store);
    let body = html! {
        p class="eyebrow" { a href="/operator" { (words.office.operator) } }
        h1 { (words.office.refunds) }
        (way.note(&reader))
        @if failed.is_empty() { p { (words.office.no_refunds) } }
        @else {
            p class="lead" { (words.office.refunds_lead) }
            ol class="points" {
                @for step in [words.office.refunds_look, words.office.refunds_retry, words.office.refunds_otherwise] {
                    li { (step) }
                }
            }
        }
        @for refund in &failed {
            @if let Some(store) = store_of(refund) {
                @let language = reader.language;
                @let at = when::there(refund.starts_at, &store.time_zone, language);
                @let failed_at = when::date_and_time(refund.failed_at, language);
                section class="sheet" {
                    h2 { ((words.frame.yen)(refund.yen)) }
                    dl class="pairs" {
                        div { dt { (words.letter.restaurant) } dd { (named(store.name(language))) } }
                        div { dt { (words.letter.when) } dd { (moment(refund.starts_at, &at)) } }
                        div { dt { (words.visit.booking_number) } dd { (refund.booking) } }
                        div { dt { (words.office.number_at_platform) } dd { code { (refund.charge) } } }
                        div { dt { (words.office.failed_on) } dd { (moment(refund.failed_at, &failed_at)) } }
                    }
                    div class="actions" {
                        form method="post" action={ (AT) "/" (refund.id) "/again" } {
                            button { (words.office.refund_again) }
                        }
                        form method="post" action={ (AT) "/" (refund.id) "/by-hand" } {
                            button class="quiet" { (words.office.refund_by_hand) }
                        }
                    }
                }
            }
        }
    };
    Ok(layout(&reader, &Sheet { title: words.office.refunds, wide: false }, &body).into_response())
}

/// That there is something on the page, and the way to it.
pub(super) async fn failed(app: &App, reader: &Reader) -> Result<Markup, Fault> {
    let count = app.book.failed_refunds().await?.len();
    Ok(html! {
        @if count > 0 {
            div class="notice alert" role="alert" {
                p { a href=(AT) { ((reader.words.office.refunds_failed)(count)) } }
            }
        }
    })
}

pub(super) async fn again(
    State(app): State<Shared>,
    _: Operator,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    app.book.refund_again(&id).await?;
    app.wake.notify_one();
    see_other("/operator/refunds?done=1")
}

pub(super) async fn by_hand(
    State(app): State<Shared>,
    reader: Reader,
    _: Operator,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let login = reader.operator.map(|operator| operator.who).unwrap_or_default();
    app.book.refund_by_hand(&id, &login, app::now()).await?;
    see_other("/operator/refunds?done=1")
}
