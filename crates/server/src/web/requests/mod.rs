//! A person's own entrance for her requests (Act 32 to 40; GDPR 12 to 22): what can be asked, the form
//! for it, and the page on which she follows what became of it. `start.rs` says what there is,
//! `ask.rs` and `form.rs` take a request in, `enter.rs` lets her back in by a code, `mine.rs` is her
//! page, `answer.rs` the link in her letter. What happens is decided in `acts::request`.

mod answer;
mod ask;
mod enter;
mod form;
mod limits;
mod mine;
pub(super) mod page;
mod session;
mod start;
mod trouble;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, DefaultBodyLimit, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use policy::Language;

use self::limits::Limits;
use self::trouble::Trouble;
use super::from_here::is_from_here;
use crate::app::App;
use crate::error::Error;

/// The largest form that is read, in bytes: the longest words of her own, each character written as nine.
const MAX_FORM_BYTES: usize = 256 * 1024;
/// The largest upload that is read to its end, in bytes: what is too large of it is told, and not kept.
const MAX_UPLOAD_BYTES: usize = 32 * 1024 * 1024;

/// Who acts, in records: the person at these pages.
pub(super) const BY: &str = "requester";

/// What these pages share.
#[derive(Clone)]
pub struct Pages {
    /// The house.
    app: Arc<App>,
    /// Tries lately.
    limits: Arc<Limits>,
    /// Whether browsers come by https, if only to a server in front of this one.
    https: bool,
}

/// The pages. `https` says whether browsers come by https.
pub fn router(app: &Arc<App>, https: bool) -> Router {
    let pages = Pages { app: Arc::clone(app), limits: Arc::default(), https };
    let router = Router::new()
        .route(urls::START, get(start::page))
        .route(urls::NEW, get(ask::form).post(ask::sent))
        .route(urls::ENTER, get(enter::form).post(enter::entered))
        .route(urls::CODE, get(enter::form).post(enter::code))
        .route(urls::MINE, get(mine::page))
        .route(urls::FILES, post(mine::attach).layer(DefaultBodyLimit::max(MAX_UPLOAD_BYTES)))
        .route(urls::INVOICE, get(mine::invoice))
        .route(urls::RECEIPT, get(mine::receipt))
        .route(urls::WITHDRAW, get(mine::ask_to_withdraw).post(mine::withdraw))
        .route(urls::SIGN_OUT, post(mine::sign_out))
        .route(urls::ANSWER, get(answer::page).post(answer::sent))
        .route("/requests/{*rest}", any(|| async { Trouble::from(Error::NoSuchAddress) }));
    dressed(router).with_state(pages)
}

/// What every page with a form of a person's has around it.
pub(super) fn dressed<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    router
        .layer(DefaultBodyLimit::max(MAX_FORM_BYTES))
        .layer(from_fn(only_from_here))
        .layer(from_fn(trouble::dress))
        .layer(from_fn(guard))
}

/// What browsers are told about every page here: nothing from elsewhere, no script, no framing, forms to
/// this house alone, and nothing is kept in a cache.
async fn guard(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; \
             frame-ancestors 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Others are told nothing. Not `no-referrer`: under it browsers send `Origin: null` with our own
        // forms, and they could not be told from those of others.
        (header::REFERRER_POLICY, "same-origin"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(
        header::HeaderName::from_static("x-robots-tag"),
        HeaderValue::from_static("noindex, noarchive"),
    );
    response
}

async fn only_from_here(request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || is_from_here(request.headers()) {
        next.run(request).await
    } else {
        Trouble::FromElsewhere.into_response()
    }
}

/// A file that is handed out, under a name in any language (RFC 6266 with RFC 8187) and a plain one for
/// old programs.
fn file(name: &str, media_type: &str, bytes: Vec<u8>) -> Response {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' })
        .collect();
    let encoded: String = name.bytes().fold(String::new(), |out, byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
            out + char::from(byte).encode_utf8(&mut [0; 4])
        }
        _ => out + &format!("%{byte:02X}"),
    });
    let disposition = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}");
    let headers =
        [(header::CONTENT_TYPE, media_type.to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    (headers, bytes).into_response()
}

/// Who reads: in which language, and from where as far as that is known.
#[derive(Clone, Copy)]
pub(super) struct Reader {
    pub(super) language: Language,
    client: Option<IpAddr>,
}

impl<S: Sync> FromRequestParts<S> for Reader {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        Ok(Self {
            language: super::language(&parts.uri, &parts.headers),
            client: peer.map(|peer| client(peer, &parts.headers)),
        })
    }
}

/// Where somebody is: what connects, or whom a server in front of this one, on this machine or its own
/// network, says that it speaks for.
fn client(peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let near = match peer.to_canonical() {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local(),
    };
    let told = headers.get_all("x-forwarded-for").iter().next_back();
    let told = told.and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
    told.filter(|_| near).unwrap_or(peer)
}

/// The addresses of these pages.
pub mod urls {
    /// What can be asked.
    pub const START: &str = crate::web::urls::REQUESTS;
    /// A new request.
    pub const NEW: &str = "/requests/new";
    /// The way back to one.
    pub const ENTER: &str = "/requests/enter";
    /// The code for it.
    pub const CODE: &str = "/requests/code";
    /// Her request.
    pub const MINE: &str = "/requests/mine";
    /// What she attaches.
    pub const FILES: &str = "/requests/mine/files";
    /// The invoice for the fee.
    pub const INVOICE: &str = "/requests/mine/invoice";
    /// The receipt for it.
    pub const RECEIPT: &str = "/requests/mine/receipt";
    /// Taking it back.
    pub const WITHDRAW: &str = "/requests/mine/withdraw";
    /// The way out.
    pub const SIGN_OUT: &str = "/requests/mine/sign-out";
    /// The answer, by the link in her letter.
    pub const ANSWER: &str = "/requests/answer";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_server_nearby_says_for_whom_it_speaks() {
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", HeaderValue::from_static("192.0.2.1, 198.51.100.7"));
        let at = |peer: &str| client(peer.parse().unwrap(), &headers).to_string();
        assert_eq!(at("127.0.0.1"), "198.51.100.7");
        assert_eq!(at("10.0.0.2"), "198.51.100.7");
        assert_eq!(at("203.0.113.9"), "203.0.113.9");
        assert_eq!(
            client("127.0.0.1".parse().unwrap(), &HeaderMap::new()).to_string(),
            "127.0.0.1"
        );
    }
}
