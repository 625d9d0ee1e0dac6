//! The staff's entrance: pages under `/desk` for those who decide about requests and look after
//! deadlines. `session.rs` says who is signed in, `page.rs` is the frame around every page, and each
//! other file is a page. What is decided happens in `acts`.

mod datasets;
mod instructions;
pub mod invitation;
mod outbox;
mod page;
mod requests;
mod retention;
pub mod session;
mod sign_in;
mod start;
mod trouble;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef, Request};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};

use crate::acts::staff_session::Tries;
use crate::app::App;
use crate::error::{Error, MAX_BODY_BYTES};
use crate::web::from_here::is_from_here;
use datasets::preparation::Preparations;
use trouble::Trouble;

/// What the pages of the desk share.
#[derive(Clone)]
pub struct Desk {
    /// The house.
    pub app: Arc<App>,
    /// Sign-ins tried lately.
    tries: Arc<Tries>,
    /// Data sets on their way.
    preparations: Preparations,
    /// Whether browsers come by https, if only to a server in front of this one.
    https: bool,
}

impl FromRef<Desk> for Arc<App> {
    fn from_ref(desk: &Desk) -> Self {
        Arc::clone(&desk.app)
    }
}

/// The pages of the desk. `https` says whether browsers come by https.
pub fn router(app: &Arc<App>, https: bool) -> Router {
    let desk = Desk {
        app: Arc::clone(app),
        tries: Arc::default(),
        preparations: Preparations::default(),
        https,
    };
    Router::new()
        .route(urls::START, get(start::page_of))
        .route(urls::RETENTION, get(retention::page_of))
        .route(urls::OUTBOX, get(outbox::page_of).post(outbox::retry))
        .merge(requests::router())
        .merge(datasets::router())
        .route(urls::INSTRUCTIONS, get(instructions::page_of).post(instructions::act))
        .route(urls::SIGN_IN, get(sign_in::form).post(sign_in::sign_in))
        .route(urls::SIGN_OUT, post(sign_in::sign_out))
        .route(urls::LANGUAGE, post(sign_in::speak))
        .route("/desk/invitation/{token}", get(invitation::form).post(invitation::take_up))
        .route("/desk/{*rest}", any(nowhere))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(from_fn(only_from_here))
        .layer(from_fn(trouble::dress))
        .layer(from_fn(guard))
        .with_state(desk)
}

/// Nothing is here; whoever is signed in is told so in their language.
async fn nowhere(_: session::Staff) -> Trouble {
    Error::NoSuchAddress.into()
}

/// What browsers are told about every page of the desk: nothing from elsewhere, no script, no
/// framing, forms to this house alone, and nothing is kept in a cache.
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
        // Not `no-referrer`: under it browsers send `Origin: null` with our own forms (Fetch,
        // “append a request Origin header”), and `only_from_here` could not tell them apart.
        (header::REFERRER_POLICY, "same-origin"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Refuses whatever changes something and does not come from a page of this very origin.
///
/// The session's cookie is `SameSite=Strict`, so a browser sends it with nothing that another site
/// began. A site is wider than an origin, though: another program on a neighbouring name or port is
/// the same site. Two headers say where a request began, and no page can forge or leave out either:
/// `Sec-Fetch-Site` (Fetch Metadata), which browsers send over https and to this machine, and `Origin`
/// (RFC 6454, 7; Fetch), which they send with every POST. The first must say `same-origin`, or `none`
/// for what the person herself began; without it the second must name the host that was asked for.
/// A request with neither is from no browser that this desk is for. With both of these a form token
/// would add nothing (decision 0022).
async fn only_from_here(request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || is_from_here(request.headers()) {
        next.run(request).await
    } else {
        Trouble::FromElsewhere.into_response()
    }
}

/// The addresses of the desk.
pub mod urls {
    /// What waits for the staff.
    pub const START: &str = "/desk";
    /// Open requests by deadline.
    pub const REQUESTS: &str = "/desk/requests";
    /// Taking down one that came by letter or telephone.
    pub const NEW_REQUEST: &str = "/desk/requests/new";
    /// What falls due, and what is held.
    pub const RETENTION: &str = "/desk/retention";
    /// What recipients are told to do with what they received.
    pub const INSTRUCTIONS: &str = "/desk/instructions";
    /// Data sets that were made.
    pub const DATASETS: &str = "/desk/datasets";
    /// Where one is begun.
    pub const NEW_DATASET: &str = "/desk/datasets/new";
    /// Where its file comes in.
    pub const DATASET_FILE: &str = "/desk/datasets/file";
    /// The one that is on its way.
    pub const DATASET_PREPARATION: &str = "/desk/datasets/preparation";
    /// Messages that were given up or fail.
    pub const OUTBOX: &str = "/desk/outbox";
    /// The way in.
    pub const SIGN_IN: &str = "/desk/sign-in";
    /// The way out.
    pub const SIGN_OUT: &str = "/desk/sign-out";
    /// Where invitations are taken up; the token follows.
    pub const INVITATION: &str = "/desk/invitation";
    /// Another language.
    pub const LANGUAGE: &str = "/desk/language";
}
