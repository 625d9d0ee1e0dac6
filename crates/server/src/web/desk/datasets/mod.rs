//! `/desk/datasets`: anonymised and pseudonymised data sets. `list.rs` shows those that were made, `new.rs`
//! begins one from a file or from what is held, `preparation.rs` is one on its way with the work behind it and
//! `steps.rs` its pages: how far the work is, its columns (`columns.rs`), the ways to choose from
//! (`ways.rs`). `preview.rs` shows what will be published before it is. `one.rs` shows a set with its standards and risks, and is where it is provided and erased.

mod columns;
mod list;
mod new;
mod one;
pub(super) mod preparation;
mod preview;
mod steps;
mod ways;
mod words;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::response::Redirect;
use axum::routing::{get, post};

use super::{Desk, urls};

/// The largest form of columns.
const MAX_FORM_BYTES: usize = 512 * 1024;

/// The pages of data sets.
pub(super) fn router() -> Router<Desk> {
    let upload = post(new::upload).layer(DefaultBodyLimit::max(new::MAX_UPLOAD_BYTES));
    let back = get(|| async { Redirect::to(urls::NEW_DATASET) });
    Router::new()
        .route(urls::DATASETS, get(list::page_of))
        .route(urls::NEW_DATASET, get(new::form).post(new::held))
        .route(urls::DATASET_FILE, upload.merge(back))
        .route(urls::DATASET_PREPARATION, get(steps::page_of).post(steps::act))
        .route("/desk/datasets/{dataset}", get(one::page_of).post(one::act))
        .route("/desk/datasets/{dataset}/file", get(one::file))
        .route("/desk/datasets/{dataset}/report", get(one::report))
        .layer(DefaultBodyLimit::max(MAX_FORM_BYTES))
}
