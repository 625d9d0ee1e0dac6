//! Whether a form comes from a page of this very origin. A session's cookie goes with nothing that
//! another site began; a site is wider than an origin, though, and before there is a session a form
//! from elsewhere could put somebody into a stranger's. Two headers say where a request began, and no
//! page can forge or leave out either: `Sec-Fetch-Site` (Fetch Metadata), sent over https and to this
//! machine, and `Origin` (Fetch), sent with every POST under a referrer policy that lets it be.

use axum::http::{HeaderMap, HeaderValue, header};

/// True when a request was begun by a page of this origin, or by the person herself.
pub(super) fn is_from_here(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).map(|value: &HeaderValue| value.to_str().unwrap_or("?"));
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site")) {
        return site == "same-origin" || site == "none";
    }
    let origin = text(header::ORIGIN).and_then(|origin| origin.split_once("://"));
    let host = text(header::HOST);
    origin.is_some_and(|(_, authority)| host.is_some_and(|host| host == authority))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pairs = pairs.iter().map(|(name, value)| {
            (header::HeaderName::from_static(name), HeaderValue::from_static(value))
        });
        pairs.collect()
    }

    #[test]
    fn what_changes_something_comes_from_this_origin() {
        let host = ("host", "privacy.example:8080");
        for own in [
            &[host, ("sec-fetch-site", "same-origin")][..],
            &[host, ("sec-fetch-site", "none")],
            &[host, ("origin", "http://privacy.example:8080")],
        ] {
            assert!(is_from_here(&headers(own)), "{own:?}");
        }
        for others in [
            &[host][..],
            &[host, ("sec-fetch-site", "same-site"), ("origin", "http://privacy.example:8080")],
            &[host, ("sec-fetch-site", "cross-site")],
            &[host, ("origin", "null")],
            &[host, ("origin", "http://privacy.example")],
            &[host, ("origin", "http://other.example:8080")],
            &[host, ("origin", "http://privacy.example:8080.other.example")],
            &[("origin", "http://privacy.example:8080")],
        ] {
            assert!(!is_from_here(&headers(others)), "{others:?}");
        }
    }
}
