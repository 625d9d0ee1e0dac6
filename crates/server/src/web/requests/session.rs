//! Who showed a code here: the cookie, and the request it opens. It is given with the code and not
//! before, and says nothing to any other page.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use jiff::Timestamp;
use policy::request::RequestId;

use super::{Pages, urls};
use crate::acts::request::verify::{self, Opened, session_hash};
use crate::acts::request::{self, Request};
use crate::error::Error;
use crate::store::requests;

/// The cookie's name; `__Secure-` has browsers take it by https alone (RFC 6265bis, 4.1.3).
fn name(https: bool) -> &'static str {
    if https { "__Secure-azukari-request" } else { "azukari-request" }
}

fn header_of(text: &str, ends: &str, https: bool) -> Option<(HeaderName, HeaderValue)> {
    let secure = if https { "; Secure" } else { "" };
    let (name, path) = (name(https), urls::START);
    let text = format!("{name}={text}; Path={path}; HttpOnly; SameSite=Strict{secure}{ends}");
    let mut value = HeaderValue::try_from(text).ok()?;
    value.set_sensitive(true);
    Some((header::SET_COOKIE, value))
}

/// The header that gives a browser its session.
pub(super) fn given(opened: &Opened, https: bool) -> Option<(HeaderName, HeaderValue)> {
    header_of(&opened.token, "", https)
}

/// The header that takes it away.
pub(super) fn taken(https: bool) -> Option<(HeaderName, HeaderValue)> {
    header_of("", "; Max-Age=0", https)
}

fn token(headers: &HeaderMap, https: bool) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split(';'));
    pairs.find_map(|pair| {
        let (found, text) = pair.trim().split_once('=')?;
        (found == name(https) && text.len() <= 128).then_some(text)
    })
}

/// The request that a browser's session opens, and when a code was shown for it.
pub(super) async fn present(
    pages: &Pages,
    headers: &HeaderMap,
) -> Result<Option<(Request, Timestamp)>, Error> {
    let Some(token) = token(headers, pages.https) else { return Ok(None) };
    let Some((id, at)) = verify::session(&pages.app, token).await? else { return Ok(None) };
    match request::get(&pages.app, id).await {
        Ok(request) => Ok(Some((request, at))),
        Err(Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether a code was shown for that request just now.
pub(super) fn is_recent(pages: &Pages, id: RequestId, open: Option<&(Request, Timestamp)>) -> bool {
    open.is_some_and(|(request, at)| {
        request.id == id && pages.app.clock.now().duration_since(*at) <= verify::RECENT
    })
}

/// Ends the session that a browser sent.
pub(super) async fn end(pages: &Pages, headers: &HeaderMap) -> Result<(), Error> {
    let Some(token) = token(headers, pages.https) else { return Ok(()) };
    let (hash, app) = (session_hash(token), Arc::clone(&pages.app));
    app.store
        .write(move |tx| {
            requests::end_session(tx, &hash);
            Ok::<_, Error>(())
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_https_the_cookie_says_so_in_name_and_attribute() {
        let opened = Opened {
            token: zeroize::Zeroizing::new("0a".repeat(32)),
            ends_at: Timestamp::UNIX_EPOCH,
        };
        let text = |https| given(&opened, https).unwrap().1.to_str().unwrap().to_owned();
        let token = "0a".repeat(32);
        assert_eq!(
            text(true),
            format!(
                "__Secure-azukari-request={token}; Path=/requests; HttpOnly; SameSite=Strict; Secure"
            )
        );
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, "a=b; azukari-request=xyz".parse().unwrap());
        assert_eq!(super::token(&headers, false), Some("xyz"));
        assert_eq!(super::token(&headers, true), None);
    }
}
