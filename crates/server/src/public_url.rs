//! Where people reach this house: the origin that absolute links are written with, in feeds, letters
//! and pages. Programs that read them elsewhere have no page to resolve a relative one against.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use url::{Host, Url};

/// A public origin: `https://` with a host and perhaps a port, or `http://` on this machine; without
/// a path, a query or credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(String);

/// Why some text is no public origin. What was given is not quoted: it may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the public URL {0}; give an origin alone, such as https://privacy.example.jp")]
pub struct NotAnOrigin(&'static str);

impl PublicUrl {
    /// The origin of a server that nobody has given another: the address it listens on. One that
    /// listens everywhere is reached on this machine.
    pub fn of_listener(mut address: SocketAddr) -> Self {
        if address.ip().is_unspecified() {
            address.set_ip(match address.ip() {
                IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
                IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
            });
        }
        Self(format!("http://{address}"))
    }

    /// The absolute address of a page of this house, by its path from `/` on, which may carry a query.
    pub fn join(&self, path: &str) -> String {
        debug_assert!(path.starts_with('/'), "{path} does not begin at the root");
        format!("{}{path}", self.0)
    }

    /// The origin, without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for PublicUrl {
    /// That of a server which nobody has told anything.
    fn default() -> Self {
        Self::of_listener((Ipv4Addr::LOCALHOST, 8080).into())
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for PublicUrl {
    type Err = NotAnOrigin;

    fn from_str(text: &str) -> Result<Self, NotAnOrigin> {
        if text.contains('@') {
            return Err(NotAnOrigin("holds credentials, which would stand in every link"));
        }
        // The standard forgives missing slashes, backslashes and blanks; an operator means none.
        let begins = text.split_once("://").is_some_and(|(_, rest)| !rest.starts_with('/'));
        if !begins || text.contains(|c: char| c == '\\' || c.is_whitespace() || c.is_control()) {
            return Err(NotAnOrigin("cannot be read"));
        }
        let url = Url::parse(text).map_err(|_| NotAnOrigin("cannot be read"))?;
        let is_here = match url.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            None => return Err(NotAnOrigin("names no host")),
        };
        match url.scheme() {
            "https" => {}
            "http" if is_here => {}
            "http" => return Err(NotAnOrigin("is http, which is for this machine alone")),
            _ => return Err(NotAnOrigin("is neither https nor http")),
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(NotAnOrigin("has a query or a fragment"));
        }
        if url.path() != "/" {
            return Err(NotAnOrigin("has a path"));
        }
        Ok(Self(url.origin().ascii_serialization()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, String> {
        text.parse().map(|url: PublicUrl| url.join("/policy")).map_err(|error| error.to_string())
    }

    #[test]
    fn an_origin_is_taken_and_written_in_one_way() {
        for (text, policy) in [
            ("https://privacy.example.jp", "https://privacy.example.jp/policy"),
            ("https://privacy.example.jp/", "https://privacy.example.jp/policy"),
            ("HTTPS://Privacy.Example.JP:443", "https://privacy.example.jp/policy"),
            ("https://privacy.example.jp:8443", "https://privacy.example.jp:8443/policy"),
            ("https://預かり.example", "https://xn--u8jyg3392a.example/policy"),
            ("https://[2001:db8::1]", "https://[2001:db8::1]/policy"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/policy"),
            ("http://localhost:8080", "http://localhost:8080/policy"),
            ("http://[::1]:8080", "http://[::1]:8080/policy"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(policy), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused_with_what_is_wrong_and_never_quoted() {
        for (text, wrong) in [
            ("https://privacy.example.jp/policy", "path"),
            ("https://privacy.example.jp//", "path"),
            ("https://privacy.example.jp?lang=ja", "query"),
            ("https://privacy.example.jp/?", "query"),
            ("https://privacy.example.jp/#top", "fragment"),
            ("https://operator:secret-canary@privacy.example.jp", "credentials"),
            ("https://@privacy.example.jp", "credentials"),
            ("http://privacy.example.jp", "http, which is for this machine alone"),
            ("http://192.0.2.7:8080", "http, which is for this machine alone"),
            ("http://0.0.0.0:8080", "http, which is for this machine alone"),
            ("http://localhost.example.jp", "http, which is for this machine alone"),
            ("ftp://privacy.example.jp", "neither https nor http"),
            ("privacy.example.jp", "cannot be read"),
            ("https:privacy.example.jp", "cannot be read"),
            ("https:///privacy.example.jp", "cannot be read"),
            ("https:\\\\privacy.example.jp", "cannot be read"),
            ("https://privacy.example.jp ", "cannot be read"),
            ("https://privacy example.jp", "cannot be read"),
            ("https://privacy.example.jp:99999", "cannot be read"),
            ("https://", "cannot be read"),
            ("", "cannot be read"),
        ] {
            let told = read(text).unwrap_err();
            assert!(told.contains(wrong), "{text}: {told}");
            assert!(told.contains("https://privacy.example.jp"), "the way out: {told}");
            assert!(!told.contains("canary"), "{told}");
        }
    }

    #[test]
    fn without_one_it_is_the_address_that_is_listened_on() {
        for (address, url) in [
            ("127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("192.0.2.7:8080", "http://192.0.2.7:8080"),
            ("0.0.0.0:8080", "http://127.0.0.1:8080"),
            ("[::]:8080", "http://[::1]:8080"),
        ] {
            assert_eq!(PublicUrl::of_listener(address.parse().unwrap()).as_str(), url);
        }
    }
}
