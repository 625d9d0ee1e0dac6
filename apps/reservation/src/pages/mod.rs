//! The pages, one file each, and the frame around all of them: language, session, security headers.
//! Every page is complete without a script, of which there is one, for passkeys; nothing is loaded from
//! elsewhere.

mod book;
mod booking;
mod cancel;
mod change;
mod companions;
mod consent;
mod door;
mod forgotten;
mod home;
mod linking;
mod me;
mod operator;
mod parts;
mod passkeys;
mod pay;
mod picture;
mod proof;
mod receipt;
mod review;
mod sign_in;
mod sign_up;
mod staff;
mod store;
mod style;
mod told;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use maud::{DOCTYPE, Markup, html};

use crate::app::{self, Reader, Shared};
use crate::book::sessions::{Caller, Door};
use crate::fault::Fault;
use crate::language::Language;
use crate::session;
use crate::words::Words;

pub(crate) use door::verifier;
pub(crate) use operator::LARGEST_FILE_BYTES;
pub(crate) use parts::reasons;
pub(crate) use picture::MOTIFS;

/// A form here has a dozen short fields.
const LARGEST_FORM_BYTES: usize = 64 * 1024;
const YEAR_SECONDS: i64 = 365 * 24 * 3600;

const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

/// All pages, without the frame around them.
fn routes() -> Router<Shared> {
    Router::new()
        .route("/", get(home::page))
        .route("/sign-up", get(sign_up::page).post(sign_up::submit))
        .route("/sign-in", get(sign_in::page).post(sign_in::submit))
        .route("/sign-in/forgotten", get(forgotten::page).post(forgotten::ask))
        .route("/sign-in/forgotten/code", get(forgotten::begin_again).post(forgotten::submit))
        .route("/sign-out", post(sign_in::out))
        .route("/sign-in/with/{service}", get(linking::begin))
        .route("/sign-in/with/{service}/back", get(linking::back))
        .route("/sign-in/with/{service}/stopped", get(linking::stopped))
        .route("/sign-in/with/{service}/review", get(linking::page).post(linking::submit))
        .route("/me", get(me::page))
        .route("/me/bookings/{number}", get(booking::page))
        .route("/me/bookings/{number}/confirm", post(booking::confirm))
        .route("/me/bookings/{number}/pay", post(pay::pay))
        .route("/me/bookings/{number}/paid", get(pay::back))
        .route("/me/bookings/{number}/receipt", get(receipt::page))
        .route("/me/bookings/{number}/cancel", get(cancel::page).post(cancel::cancel))
        .route("/me/bookings/{number}/change", get(change::page).post(change::change))
        .route("/me/bookings/{number}/change/review", get(change::review))
        .route("/me/bookings/{number}/change/stop", post(change::stop))
        .route("/me/bookings/{number}/companions", get(companions::page).post(companions::put))
        .route("/me/waiting/{id}/end", post(booking::wait_no_more))
        .route("/me/notices/{id}/read", post(booking::notices_read))
        .route("/me/items", get(me::items::page))
        .route("/me/items/{item}", get(me::items::item_page).post(me::items::put_item))
        .route("/me/items/{item}/confirmation", post(me::items::confirm_item))
        .route("/me/looks", get(me::looks::page))
        .route("/me/consents", get(me::consents::page))
        .route("/me/consents/{consent}", post(me::consents::put_consent))
        .route("/me/stops", get(me::stops::page).post(me::stops::put))
        .route("/me/links", get(me::links::page))
        .route("/me/links/{service}/end", post(me::links::end))
        .route("/me/sign-ins", get(me::sign_ins::page))
        .route("/me/password", get(me::password::page).post(me::password::put))
        .route("/me/requests", get(me::requests))
        .route("/me/proofs/{index}", get(proof::download))
        .route("/book/{store}", get(book::page).post(review::submit))
        .route("/book/{store}/review", get(review::page))
        .route("/book/{store}/wait", post(review::wait))
        .route("/stores/{store}/picture.svg", get(picture::page))
        .merge(passkeys::router())
        .merge(staff::router())
        .merge(store::router())
        .merge(operator::router())
}

/// All pages, over one app.
pub(crate) fn router(app: &Shared) -> Router {
    routes()
        .fallback(async || Fault::NotFound)
        .method_not_allowed_fallback(async || Fault::WrongMethod)
        .layer(tower_http::catch_panic::CatchPanicLayer::custom(|_| {
            Fault::broken("a handler panicked").into_response()
        }))
        .layer(from_fn_with_state(Arc::clone(app), frame))
        .layer(DefaultBodyLimit::max(LARGEST_FORM_BYTES))
        .route("/payments/events", post(pay::hear))
        .route("/azukari/events", post(told::hear))
        .merge(crate::api::router())
        .merge(style::router())
        .layer(from_fn(to_its_end))
        .with_state(Arc::clone(app))
}

/// What was begun is done to its end, also when whoever asked for it hangs up meanwhile: a booking must not
/// stay half made because a phone went into a tunnel.
async fn to_its_end(request: Request, next: Next) -> Response {
    if request.method().is_safe() {
        return next.run(request).await;
    }
    match tokio::spawn(next.run(request)).await {
        Ok(response) => response,
        // A panic was caught further in; what is left is a runtime that ends.
        Err(_) => Fault::broken("the app is shutting down").into_response(),
    }
}

/// Learns who reads and in which language, turns away forms from elsewhere, dresses the answer.
async fn frame(State(app): State<Shared>, mut request: Request, next: Next) -> Response {
    let query = request.uri().query().unwrap_or_default();
    let asked =
        query.split('&').find_map(|pair| pair.strip_prefix("lang=")).and_then(Language::parse);
    let rest: Vec<&str> =
        query.split('&').filter(|p| !p.is_empty() && !p.starts_with("lang=")).collect();
    let query = rest.join("&");
    let headers = request.headers().clone();
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let language = asked
        .or_else(|| session::cookie(&headers, "lang").and_then(Language::parse))
        .unwrap_or_else(|| Language::of_browser(accepted));

    let now = app::now();
    let (fault, mut callers) = match session::who(&app.book, &headers, now).await {
        Ok(callers) => (None, callers),
        Err(error) => (Some(Fault::from(error)), Vec::new()),
    };
    let mut caller = |door| {
        let at = callers.iter().position(|(by, _)| *by == door)?;
        Some(callers.swap_remove(at).1)
    };
    let reader = Reader {
        language,
        words: Words::of(language),
        path: request.uri().path().to_owned(),
        query,
        guest: caller(Door::Guest),
        staff: caller(Door::Staff),
        operator: caller(Door::Operator),
        passkeys: passkeys::hold(&app, &headers),
    };
    let fault = fault.or_else(|| {
        let from_here = session::is_from_here(request.method(), &headers);
        (!from_here).then_some(Fault::Elsewhere)
    });
    let mut response = if let Some(fault) = fault {
        fault.into_response()
    } else {
        request.extensions_mut().insert(reader.clone());
        next.run(request).await
    };
    if let Some(fault) = response.extensions_mut().remove::<Fault>() {
        let closed = matches!(fault, Fault::Closed);
        if closed
            && let Some(gone) = &reader.guest
            && let Err(no) = app.book.guest_left(&gone.who).await
        {
            tracing::error!("what a closed account leaves is not gone yet: {no}");
        }
        let nobody = Reader { guest: None, ..reader.clone() };
        response = fault.page(if closed { &nobody } else { &reader });
        if closed && let Ok(cookie) = session::end(&app.book, &headers, Door::Guest).await {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    if let Some(Ok(cookie)) =
        asked.map(|language| session::set_cookie(&headers, "lang", language.tag(), YEAR_SECONDS))
    {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    dress(&mut response, language, passkeys::policy_of(&reader).unwrap_or(POLICY));
    response
}

fn dress(response: &mut Response, language: Language, policy: &'static str) {
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, policy);
    set(header::REFERRER_POLICY, "same-origin");
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::CACHE_CONTROL, "no-store");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set(
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=()",
    );
    set(header::CONTENT_LANGUAGE, language.tag());
}

/// Lets the forms of a page lead to another place; without this none does.
pub(crate) fn leading_to(place: &str, page: Markup) -> Result<Response, Fault> {
    let policy = POLICY.replace("form-action 'self'", &format!("form-action 'self' {place}"));
    let policy: HeaderValue = policy.parse().map_err(Fault::broken)?;
    Ok(([(header::CONTENT_SECURITY_POLICY, policy)], page).into_response())
}

/// What the frame of a page needs to know of it.
pub(crate) struct Sheet<'a> {
    pub(crate) title: &'a str,
    /// True for pages that are tables more than text.
    pub(crate) wide: bool,
}

/// A whole page.
pub(crate) fn layout(reader: &Reader, sheet: &Sheet<'_>, body: &Markup) -> Markup {
    framed(reader, sheet, body, &tongues(reader))
}

/// A page over a form that is half filled in: a link to the other language would lose it, so the form
/// has a button for that, [`other_tongues`], and the bar on top has none.
pub(crate) fn layout_of_form(reader: &Reader, sheet: &Sheet<'_>, body: &Markup) -> Markup {
    framed(reader, sheet, body, &html! {})
}

fn framed(reader: &Reader, sheet: &Sheet<'_>, body: &Markup, tongues: &Markup) -> Markup {
    let words = reader.words;
    html! {
        (DOCTYPE)
        html lang=(reader.language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (sheet.title) " – " (words.frame.service) }
                link rel="stylesheet" href=(style::href());
                link rel="icon" href="/seal.svg" type="image/svg+xml";
            }
            body class=[sheet.wide.then_some("wide")] {
                a class="skip" href="#main" { (words.frame.skip) }
                header class="top screen" {
                    div class="inner" {
                        a class="mark" href="/" {
                            span class="seal" aria-hidden="true" lang="ja" { "席" }
                            span { (words.frame.service) }
                        }
                        (tongues)
                        nav aria-label=(words.frame.nav) {
                            // Pages of a side lead to its first page themselves.
                            @if reader.operator.is_some() {
                                @if !reader.path.starts_with("/operator") {
                                    (nav_link(reader, "/operator", words.office.operator))
                                }
                                (sign_out(reader, "/operator/sign-out"))
                            }
                            @if reader.staff.is_some() {
                                @if !reader.path.starts_with("/store/") {
                                    (nav_link(reader, "/store/tonight", words.frame.nav_tonight))
                                }
                                (sign_out(reader, "/store/sign-out"))
                            }
                            @if reader.guest.is_some() {
                                (nav_link(reader, "/me", words.frame.nav_me))
                            } @else if reader.staff.is_none() && reader.operator.is_none() {
                                (nav_link(reader, "/sign-in", words.frame.sign_in))
                                a class="button quiet" href="/sign-up" { (words.frame.sign_up) }
                            }
                        }
                    }
                }
                main id="main" { (body) }
                footer class="screen" {
                    div class="inner" {
                        p { (words.frame.sample_note) }
                        p {
                            a href="/store/sign-in" { (words.frame.for_stores) } " · "
                            a href="/operator" { (words.office.operator) }
                        }
                    }
                }
            }
        }
    }
}

fn nav_link(reader: &Reader, href: &str, words: &str) -> Markup {
    let here = reader.path == href;
    html! { a href=(href) aria-current=[here.then_some("page")] { (words) } }
}

fn sign_out(reader: &Reader, action: &str) -> Markup {
    html! {
        form method="post" action=(action) { button class="plain" { (reader.words.frame.sign_out) } }
    }
}

/// The switch of languages: the same page in the other one.
fn tongues(reader: &Reader) -> Markup {
    html! {
        div class="tongues" {
            @for language in Language::ALL.into_iter().filter(|other| *other != reader.language) {
                @let tag = language.tag();
                @let rest = &reader.query;
                @let rest = if rest.is_empty() { String::new() } else { format!("{rest}&") };
                a href={ "?" (rest) "lang=" (tag) } lang=(tag) hreflang=(tag) {
                    (language.own_name())
                }
            }
        }
    }
}

/// The switch of languages inside a form: it is shown again as it is, in the other one.
pub(crate) fn other_tongues(reader: &Reader, action: &str) -> Markup {
    html! {
        @for language in Language::ALL.into_iter().filter(|other| *other != reader.language) {
            @let tag = language.tag();
            button class="plain" name="go" value="here" lang=(tag)
                formaction={ (action) "?lang=" (tag) } { (language.own_name()) }
        }
    }
}

/// The answer after a form has done its work: go and look.
pub(crate) fn see_other(to: &str) -> Result<Response, Fault> {
    let to: HeaderValue = to.parse().map_err(Fault::broken)?;
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response())
}

/// A page of our own to return to after signing in, with its query; anything else is dropped.
pub(crate) fn safe_next(next: &str) -> Option<&str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-_.:?=&".contains(c);
    (next.starts_with('/') && !next.starts_with("//") && next.chars().all(plain)).then_some(next)
}

/// A path as part of a query.
fn in_query(path: &str) -> String {
    path.replace('&', "%26").replace('=', "%3D").replace('?', "%3F")
}

/// The sign-in page, from which the way leads on to `next`.
pub(crate) fn sign_in_to(next: &str) -> String {
    let next = safe_next(next).map(in_query);
    next.map_or_else(|| "/sign-in".to_owned(), |next| format!("/sign-in?next={next}"))
}

/// The guest who reads; whoever is nobody is led to the sign-in page, and back afterwards.
pub(crate) struct Guest(pub(crate) Caller);

impl<S: Sync> FromRequestParts<S> for Guest {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let Ok(reader) = Reader::from_request_parts(parts, state).await;
        if let Some(caller) = reader.guest {
            return Ok(Self(caller));
        }
        // Back to pages only; what merely takes a form or brings a file has nothing to show.
        let is_page = parts.method == Method::GET && !reader.path.starts_with("/me/proofs/");
        let query =
            if reader.query.is_empty() { String::new() } else { format!("?{}", reader.query) };
        let next = if is_page { format!("{}{query}", reader.path) } else { String::new() };
        Err(see_other(&sign_in_to(&next)).unwrap_or_else(IntoResponse::into_response))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use tokio::sync::Notify;
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn what_was_begun_is_done_when_nobody_waits_for_it_any_more() {
        let (began, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (tell, told) = tokio::sync::mpsc::unbounded_channel();
        let (begins, waits) = (Arc::clone(&began), Arc::clone(&go_on));
        let act = async move || {
            begins.notify_one();
            waits.notified().await;
            tell.send(()).unwrap();
        };
        let app = Router::new().route("/", post(act)).layer(from_fn(to_its_end));
        let asked = Request::post("/").body(axum::body::Body::empty()).unwrap();
        let hangs_up = tokio::spawn(app.oneshot(asked));
        began.notified().await;
        hangs_up.abort();
        assert!(hangs_up.await.unwrap_err().is_cancelled());
        go_on.notify_one();
        let mut told = told;
        told.recv().await.unwrap();
    }

    /// Every address that answers a GET, in the words of the router itself.
    fn shown() -> BTreeSet<String> {
        let said = format!("{:?}", routes());
        let said = said.split("fallback_router").next().unwrap();
        let (mut paths, mut gets) = (BTreeMap::new(), BTreeSet::new());
        for piece in said.split("RouteId(").skip(1) {
            let (id, is) = piece.split_once("): ").unwrap();
            match is.strip_prefix('"') {
                Some(path) => drop(paths.insert(id, path.split('"').next().unwrap())),
                None if is.contains("get: None") => {}
                None => drop(gets.insert(id)),
            }
        }
        let shown = gets.into_iter().map(|id| paths[id].to_owned());
        shown.filter(|path| !path.starts_with("/passkey.")).collect()
    }

    #[test]
    fn every_page_is_on_the_list_that_the_browser_s_tests_go_by() {
        let list = include_str!("../../tests/pages.txt").lines();
        let list = list.filter(|line| !line.is_empty() && !line.starts_with('#'));
        let listed: BTreeSet<String> =
            list.map(|line| line.rsplit(' ').next().unwrap().to_owned()).collect();
        assert_eq!(shown(), listed);
    }

    #[test]
    fn only_our_own_paths_are_returned_to() {
        assert_eq!(safe_next("/book/sumire"), Some("/book/sumire"));
        let back = "/book/sumire?date=2026-11-22&time=18:30";
        assert_eq!(safe_next(back), Some(back));
        assert_eq!(
            sign_in_to("/book/sumire?a=b&c=d"),
            "/sign-in?next=/book/sumire%3Fa%3Db%26c%3Dd"
        );
        for wrong in ["", "book", "//b.example", "/\\b.example", "https://b.example", "/a\r\nb"] {
            assert_eq!(safe_next(wrong), None, "{wrong}");
        }
    }
}
