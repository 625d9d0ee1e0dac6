//! The style sheet, one out of a file for each topic, under a name that changes when it does; and the seal.

use std::sync::LazyLock;

use axum::Router;
use axum::http::header;
use axum::routing::get;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

/// A file for each topic; the later ones stand on the earlier.
const CSS: &str = concat!(
    include_str!("../style/base.css"),
    include_str!("../style/frame.css"),
    include_str!("../style/parts.css"),
    include_str!("../style/guest.css"),
    include_str!("../style/counter.css"),
    include_str!("../style/print.css"),
);
const SEAL: &str = include_str!("../seal.svg");
const FOREVER: &str = "public, max-age=31536000, immutable";

static HREF: LazyLock<String> = LazyLock::new(|| {
    let hash = HEXLOWER.encode(&Sha256::digest(CSS.as_bytes())[..6]);
    format!("/style.{hash}.css")
});

/// The address of the style sheet as it is now.
pub(super) fn href() -> &'static str {
    &HREF
}

pub(super) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let answer = |kind: &'static str, cache: &'static str, text: &'static str| {
        let headers = [
            (header::CONTENT_TYPE, kind),
            (header::CACHE_CONTROL, cache),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ];
        get(move || async move { (headers, text) })
    };
    Router::new()
        .route(href(), answer("text/css; charset=utf-8", FOREVER, CSS))
        .route("/seal.svg", answer("image/svg+xml", "public, max-age=86400", SEAL))
}
