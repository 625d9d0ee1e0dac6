//! Who is signed in at the desk: the cookie, and the extractor by which a handler knows its caller.
//! Whoever is not signed in is led to the sign-in, and back to where they wanted to go.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::trouble::{Spoken, Trouble};
use super::{Desk, urls};
use crate::acts::staff_session::{self, Token};

pub use crate::acts::staff_session::Staff;

/// The cookie's name. `__Secure-` has browsers take it by https alone (RFC 6265bis, 4.1.3);
/// `__Host-` would ask for the path `/`, and the desk's cookie is nobody else's.
fn name(https: bool) -> &'static str {
    if https { "__Secure-azukari-desk" } else { "azukari-desk" }
}

/// The header that gives a browser its session, or takes it away. It ends with the browser: how long
/// it counts is the house's to say.
pub(super) fn cookie(
    token: Option<&Token>,
    https: bool,
) -> Option<(header::HeaderName, HeaderValue)> {
    let (text, ends) = match token {
        Some(token) => (token.text(), ""),
        None => (String::new(), "; Max-Age=0"),
    };
    let secure = if https { "; Secure" } else { "" };
    let name = name(https);
    let text = format!("{name}={text}; Path=/desk; HttpOnly; SameSite=Strict{secure}{ends}");
    let mut value = HeaderValue::try_from(text).ok()?;
    value.set_sensitive(true);
    Some((header::SET_COOKIE, value))
}

/// The token that a browser sent.
fn token(headers: &HeaderMap, https: bool) -> Option<Token> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split(';'));
    pairs.find_map(|pair| {
        let (found, text) = pair.trim().split_once('=')?;
        if found == name(https) { Token::parse(text) } else { None }
    })
}

/// Who is signed in, if anybody is.
pub(super) async fn present(desk: &Desk, headers: &HeaderMap) -> Result<Option<Staff>, Trouble> {
    let Some(token) = token(headers, desk.https) else { return Ok(None) };
    Ok(staff_session::present(&desk.app, &token).await?)
}

/// Why a handler gets nobody.
pub enum NotSignedIn {
    /// They sign in first.
    Goes(Redirect),
    /// It cannot be told.
    Trouble(Trouble),
}

impl IntoResponse for NotSignedIn {
    fn into_response(self) -> Response {
        match self {
            Self::Goes(redirect) => redirect.into_response(),
            Self::Trouble(trouble) => trouble.into_response(),
        }
    }
}

impl FromRequestParts<Desk> for Staff {
    type Rejection = NotSignedIn;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, NotSignedIn> {
        if let Some(staff) = present(desk, &parts.headers).await.map_err(NotSignedIn::Trouble)? {
            // Whatever goes wrong from here on is told in their language.
            if let Some(spoken) = parts.extensions.get::<Arc<Spoken>>() {
                let _ = spoken.set(staff.language);
            }
            return Ok(staff);
        }
        // What was sent is lost; only a page can be come back to.
        let to = match (&parts.method, parts.uri.path_and_query()) {
            (&Method::GET, Some(asked)) => within(Some(asked.as_str())),
            _ => urls::START,
        };
        let to = encoded(to);
        Err(NotSignedIn::Goes(Redirect::to(&format!("{}?to={to}", urls::SIGN_IN))))
    }
}

/// Where somebody goes after the sign-in: to the page of the desk that is named, else to the start.
/// A path is taken in the plainest letters only, so that no browser reads it as anything else.
pub(super) fn within(to: Option<&str>) -> &str {
    let Some(to) = to else { return urls::START };
    let (path, query) = to.split_once('?').unwrap_or((to, ""));
    let is_within = path == urls::START || path.starts_with("/desk/");
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-_".contains(c);
    let asked = |c: char| c.is_ascii_graphic() && !"\\#\"<>".contains(c);
    let is_plain = path.chars().all(plain) && !path.contains("//") && query.chars().all(asked);
    // Nobody wants to come back to the ways in and out.
    let is_a_door = [urls::SIGN_IN, urls::SIGN_OUT].contains(&path);
    if is_within && is_plain && !is_a_door && to.len() <= 512 { to } else { urls::START }
}

/// A path as a value in a query: every byte that could end it is written as `%XX`.
fn encoded(path: &str) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_the_desk_are_come_back_to() {
        for good in ["/desk", "/desk/retention", "/desk/requests/req_0a?lang=ja&x=%E3%81%82"] {
            assert_eq!(within(Some(good)), good);
        }
        for bad in [
            "",
            "/",
            "/policy",
            "/desktop",
            "desk",
            "//desk/x",
            "/desk//other.example",
            "https://other.example/desk",
            "/desk/../policy",
            "/desk/%2e%2e/policy",
            "/desk/\\x",
            "/desk/sign-out",
            "/desk/sign-in?to=/desk",
            "/desk/a b",
            "/desk?x=\"",
            "/desk/あ",
            "/desk\r\nset-cookie: x=y",
        ] {
            assert_eq!(within(Some(bad)), urls::START, "{bad}");
        }
        assert_eq!(within(Some(&format!("/desk/{}", "x".repeat(600)))), urls::START);
        assert_eq!(encoded("/desk/x?a=b&c=%20"), "/desk/x%3Fa%3Db%26c%3D%2520");
    }

    #[test]
    fn by_https_the_cookie_says_so_in_name_and_attribute() {
        let token = Token::parse(&"0".repeat(52)).unwrap();
        let text = |token, https| {
            let (_, value) = cookie(token, https).unwrap();
            value.to_str().unwrap().to_owned()
        };
        let zeros = "0".repeat(52);
        assert_eq!(
            text(Some(&token), true),
            format!("__Secure-azukari-desk={zeros}; Path=/desk; HttpOnly; SameSite=Strict; Secure")
        );
        assert_eq!(
            text(None, false),
            "azukari-desk=; Path=/desk; HttpOnly; SameSite=Strict; Max-Age=0"
        );
    }
}
