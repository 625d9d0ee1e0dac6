//! Who is at the door: session cookies, kept only as hashes, and the check that a form comes from
//! our own pages. Knows nothing of what the pages show.
//!
//! Against forged requests, `SameSite=Lax` and a look at `Sec-Fetch-Site` or `Origin` stand instead
//! of a token in each form: there is no state to lose while somebody fills in a long form, no form
//! can be forgotten, and signing in is covered before any session exists. A client that sends
//! neither header is not a browser and carries nobody's cookies. For `Origin` to be told, the
//! referrer policy is `same-origin` and not `no-referrer`.

use std::net::{IpAddr, SocketAddr};
use std::sync::Once;

use axum::http::{HeaderMap, HeaderValue, Method, header};
use jiff::{Timestamp, ToSpan};
use sha2::{Digest, Sha256};

use crate::book::Book;
use crate::book::sessions::{Caller, Door};
use crate::chance;

/// How long a guest stays signed in, in hours.
const GUEST_HOURS: i64 = 7 * 24;
/// How long a store or an operator stays signed in: an evening and what follows it, in hours.
const STAFF_HOURS: i64 = 12;

/// The value of a cookie.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// What is kept of a token or a key.
pub(crate) fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// Who came in, by each of the doors whose session still lasts.
pub(crate) async fn who(
    book: &Book,
    headers: &HeaderMap,
    now: Timestamp,
) -> anyhow::Result<Vec<(Door, Caller)>> {
    let tokens = [Door::Guest, Door::Staff, Door::Operator]
        .into_iter()
        .filter_map(|door| Some((door, hash(cookie(headers, door.word())?))))
        .collect();
    book.sessions(tokens, now).await
}

/// Begins a session; returns the cookie to set.
pub(crate) async fn begin(
    book: &Book,
    headers: &HeaderMap,
    door: Door,
    caller: Caller,
    now: Timestamp,
) -> anyhow::Result<HeaderValue> {
    let hours = match door {
        Door::Guest => GUEST_HOURS,
        Door::Staff | Door::Operator => STAFF_HOURS,
    };
    let token = chance::token()?;
    book.begin_session(hash(&token), door, caller, now + hours.hours()).await?;
    set_cookie(headers, door.word(), &token, hours * 3600)
}

/// Ends a session; returns the cookie that clears it.
pub(crate) async fn end(
    book: &Book,
    headers: &HeaderMap,
    door: Door,
) -> anyhow::Result<HeaderValue> {
    if let Some(token) = cookie(headers, door.word()) {
        book.end_session(hash(token)).await?;
    }
    set_cookie(headers, door.word(), "", 0)
}

/// A cookie for our own pages only.
pub(crate) fn set_cookie(
    headers: &HeaderMap,
    name: &str,
    value: &str,
    max_age_seconds: i64,
) -> anyhow::Result<HeaderValue> {
    let secure = if by_tls(headers) { "; Secure" } else { "" };
    let cookie = format!(
        "{name}={value}; Path=/; Max-Age={max_age_seconds}; HttpOnly; SameSite=Lax{secure}"
    );
    Ok(cookie.parse()?)
}

/// Behind a TLS proxy a browser must never send a cookie in the clear; alone, there is no TLS.
fn by_tls(headers: &HeaderMap) -> bool {
    headers.get("x-forwarded-proto").is_some_and(|proto| proto == "https")
}

/// Where somebody asks from: what connects, or whom a server in front of this one, on this machine or its own network,
/// says that it speaks for. Of an IPv6 address the network, which one household has.
pub(crate) fn place(peer: IpAddr, headers: &HeaderMap) -> String {
    let near = match peer.to_canonical() {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local(),
    };
    let told = headers.get_all("x-forwarded-for").iter().next_back();
    let told = told.and_then(|value| address(value.to_str().ok()?.rsplit(',').next()?.trim()));
    if near && told.is_none() && !peer.to_canonical().is_loopback() {
        static SILENT: Once = Once::new();
        SILENT.call_once(|| {
            tracing::warn!("a server in front of this one sets no X-Forwarded-For: everybody behind it is one place");
        });
    }
    match told.filter(|_| near).unwrap_or(peer).to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}:")
        }
    }
}

/// An address as servers in front write it, with a port or without: `ip`, `ip:port`, `[v6]`, `[v6]:port`.
fn address(told: &str) -> Option<IpAddr> {
    let bare = told.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(told);
    bare.parse().ok().or_else(|| Some(told.parse::<SocketAddr>().ok()?.ip()))
}

/// True when a request changes nothing, or comes from one of our own pages.
pub(crate) fn is_from_here(method: &Method, headers: &HeaderMap) -> bool {
    if method.is_safe() {
        return true;
    }
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    match (text("sec-fetch-site"), text("origin"), text("host")) {
        (Some(site), _, _) => site == "same-origin" || site == "none",
        (None, Some(origin), Some(host)) => {
            origin.split_once("://").is_some_and(|(_, from)| from.eq_ignore_ascii_case(host))
        }
        (None, Some(_), None) => false,
        (None, None, _) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(k, v)| (k.parse().unwrap(), HeaderValue::from_static(v))).collect()
    }

    #[test]
    fn a_form_from_elsewhere_is_turned_away() {
        let post = |pairs: &[_]| is_from_here(&Method::POST, &headers(pairs));
        assert!(post(&[("sec-fetch-site", "same-origin")]));
        assert!(!post(&[("sec-fetch-site", "same-site")]));
        assert!(!post(&[("sec-fetch-site", "cross-site"), ("origin", "https://a.example")]));
        assert!(post(&[("origin", "http://a.example:80"), ("host", "a.example:80")]));
        assert!(!post(&[("origin", "http://b.example"), ("host", "a.example")]));
        assert!(!post(&[("origin", "null"), ("host", "a.example")]));
        assert!(post(&[("host", "a.example")]));
        assert!(is_from_here(&Method::GET, &headers(&[("sec-fetch-site", "cross-site")])));
    }

    #[test]
    fn a_place_is_whom_a_server_nearby_speaks_for_and_nobody_elses_word() {
        let place = |peer: &str, told: &[&'static str]| {
            let told: Vec<_> = told.iter().map(|told| ("x-forwarded-for", *told)).collect();
            let all = told.iter().map(|(k, v)| (k.parse().unwrap(), HeaderValue::from_static(v)));
            let mut headers = HeaderMap::new();
            all.for_each(|(name, value): (header::HeaderName, _)| {
                headers.append(name, value);
            });
            super::place(peer.parse().unwrap(), &headers)
        };
        // What connects from afar is believed nothing.
        assert_eq!(place("203.0.113.9", &["198.51.100.7"]), "203.0.113.9");
        assert_eq!(place("2001:db8:1:2:3:4:5:6", &["198.51.100.7"]), "2001:db8:1:2:");
        // Of several hops the last one counts, which the server itself wrote.
        for near in ["127.0.0.1", "10.0.0.2", "192.168.1.1", "::1", "fd00::1", "::ffff:10.0.0.2"] {
            for told in [
                &["198.51.100.7"][..],
                &["203.0.113.1, 10.1.1.1 ,198.51.100.7 "],
                &["203.0.113.1", "198.51.100.7"],
                &["198.51.100.7:50123"],
                &["nonsense, ::ffff:198.51.100.7"],
            ] {
                assert_eq!(place(near, told), "198.51.100.7", "{near} {told:?}");
            }
            for told in ["2001:db8:1:2::7", "[2001:db8:1:2::8]", "[2001:db8:1:2::9]:443"] {
                assert_eq!(place(near, &[told]), "2001:db8:1:2:", "{near} {told}");
            }
        }
        // Nonsense is nobody.
        for told in ["", "unknown", "198.51.100.7,", "198.51.100.7:port", "[::", "198.51.100.700"] {
            assert_eq!(place("10.0.0.2", &[told]), "10.0.0.2", "{told}");
        }
        assert_eq!(place("10.0.0.2", &[]), "10.0.0.2");
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let headers = headers(&[("cookie", "lang=ja; guest=abc; other=1")]);
        assert_eq!(cookie(&headers, "guest"), Some("abc"));
        assert_eq!(cookie(&headers, "staff"), None);
    }
}
