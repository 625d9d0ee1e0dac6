//! People enter: the pages that Azukari itself shows. Their words come from the policy and from
//! `words`; styles are one small sheet.

pub mod agreement;
mod datasets;
pub mod desk;
pub mod feed;
mod frame;
mod from_here;
pub mod policy;
pub mod requests;
mod trouble;
mod versions;

use std::sync::Arc;

use ::policy::Language;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::{Redirect, Response};
use axum::routing::get;
use axum::{Router, middleware};

use crate::api::problem;
use crate::app::App;
use crate::error::Error;

/// The pages, those of the staff among them.
pub fn router(app: &Arc<App>) -> Router {
    // What browsers see of this server, if only through another one in front of it.
    let https = app.public_url().as_str().starts_with("https://");
    Router::new()
        .route("/", get(|| async { Redirect::temporary(urls::POLICY) }))
        .route(urls::POLICY, get(policy::page))
        .route(urls::VERSIONS, get(versions::list))
        .route("/policy/versions/{version}", get(versions::one))
        .route("/policy/{*rest}", get(|| async { trouble::Trouble::from(Error::NoSuchAddress) }))
        .route(urls::DATASETS, get(datasets::page))
        .route(urls::ATOM, get(feed::atom))
        .route(urls::JSON_FEED, get(feed::json_feed))
        .route(urls::POLICY_JSONLD, get(policy::jsonld))
        .route(urls::POLICY_MARKDOWN, get(policy::as_markdown))
        .route(urls::POLICY_JSON, get(policy::as_json))
        .route(urls::POLICY_SCHEMA, get(policy::schema))
        .layer(middleware::from_fn(trouble::dress))
        .layer(middleware::map_response(guard))
        .with_state(Arc::clone(app))
        // By https once the house knows the address under which people reach it.
        .merge(desk::router(app, https))
        .merge(requests::router(app, https))
        .merge(agreement::router(app))
}

/// What browsers are told about every page: nothing from elsewhere, no script, no framing.
async fn guard(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
             frame-ancestors 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The language that the address asks for; else the browser's.
fn language(uri: &Uri, headers: &HeaderMap) -> Language {
    let mut pairs = uri.query().into_iter().flat_map(|query| query.split('&'));
    let asked = pairs.find_map(|pair| Language::parse(pair.strip_prefix("lang=")?));
    asked.unwrap_or_else(|| problem::language(headers))
}

/// The addresses of the pages.
pub mod urls {
    /// The published policy.
    pub const POLICY: &str = "/policy";
    /// Where a representative answers for somebody young.
    pub const AGREEMENT: &str = "/agreement";
    /// Where a person makes her requests.
    pub const REQUESTS: &str = "/requests";
    /// What is published of data sets.
    pub const DATASETS: &str = "/datasets";
    /// Every version of it.
    pub const VERSIONS: &str = "/policy/versions";
    /// Its changes as an Atom feed.
    pub const ATOM: &str = "/policy/feed.atom";
    /// Its changes as a JSON Feed.
    pub const JSON_FEED: &str = "/policy/feed.json";
    /// The same in the Data Privacy Vocabulary.
    pub const POLICY_JSONLD: &str = "/policy.jsonld";
    /// The same as Markdown.
    pub const POLICY_MARKDOWN: &str = "/policy.md";
    /// The same as JSON, with the facts that its words state.
    pub const POLICY_JSON: &str = "/policy.json";
    /// The JSON Schema of the latter.
    pub const POLICY_SCHEMA: &str = "/policy.schema.json";
}
