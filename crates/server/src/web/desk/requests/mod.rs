//! `/desk/requests`: where the officer works on requests. `queue.rs` lists them by deadline, `one.rs`
//! gathers everything about one, `draw.rs` and `decision.rs` show it with its forms; `act.rs` does what a form asks
//! for, `look.rs` looks at values through the gate, `attached.rs` hands out what came with it and what
//! goes out on paper,
//! `disclosed.rs` lists who received what, `take_down.rs` takes in what came by letter or telephone.
//! What is decided happens in `acts::request`.

mod act;
mod attached;
mod decision;
pub(super) mod disclosed;
mod draw;
pub(super) mod form;
mod look;
mod one;
pub(super) mod queue;
mod take_down;
pub(super) mod words;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use policy::request::RequestId;

use super::{Desk, urls};
use crate::error::Error;

/// The longest form, in bytes: two texts of 4,000 characters, each written as up to nine bytes.
const MAX_FORM_BYTES: usize = 256 * 1024;

/// The pages about requests.
pub(super) fn router() -> Router<Desk> {
    Router::new()
        .route(urls::REQUESTS, get(queue::page_of))
        .route(urls::NEW_REQUEST, get(take_down::form).post(take_down::take_down))
        .route("/desk/requests/{request}", get(one::page_of).post(act::act))
        .route("/desk/requests/{request}/disclosures", get(disclosed::page_of))
        .route("/desk/requests/{request}/attachments/{attachment}", post(attached::open))
        .route("/desk/requests/{request}/paper", post(attached::print))
        .layer(DefaultBodyLimit::max(MAX_FORM_BYTES))
}

/// Reads a request's id from an address.
fn read_id(text: &str) -> Result<RequestId, Error> {
    text.parse().map_err(|_| Error::not_found("request", text))
}

/// The address of a request's page.
fn address(id: RequestId) -> String {
    format!("{}/{id}", urls::REQUESTS)
}
