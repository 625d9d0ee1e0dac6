//! People enter: the pages that Azukari itself shows. Their words come from the policy and from
//! `words`; styles are one small sheet.

mod policy;

use std::sync::Arc;

use axum::Router;
use axum::response::Redirect;
use axum::routing::get;

use crate::app::App;

/// The pages.
pub fn router(app: &Arc<App>) -> Router {
    Router::new()
        .route("/", get(|| async { Redirect::temporary(urls::POLICY) }))
        .route(urls::POLICY, get(policy::page))
        .with_state(Arc::clone(app))
}

/// The addresses of the pages.
pub mod urls {
    /// The published policy.
    pub const POLICY: &str = "/policy";
}
