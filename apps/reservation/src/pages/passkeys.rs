//! Passkeys at every door: coming in by one, and looking after one's own. The one script of the app asks the
//! authenticator; without it, or where the address has no name or is not the app's own, none is offered.

use std::sync::LazyLock;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use data_encoding::HEXLOWER;
use jiff::Timestamp;
use maud::{Markup, html};
use sha2::{Digest, Sha256};

use super::me::{self, Room};
use super::parts::{done, moment, nothing};
use super::staff::Counter;
use super::{Sheet, layout, safe_next, see_other};
use crate::app::{self, App, Reader, Shared};
use crate::azukari::Trouble;
use crate::book::No;
use crate::book::sessions::{Caller, Door};
use crate::fault::Fault;
use crate::fields::Fields;
use crate::passkey::{self, Shown, Site};
use crate::{session, when};

const SCRIPT: &str = include_str!("passkey.js");
static HREF: LazyLock<String> = LazyLock::new(|| {
    let hash = HEXLOWER.encode(&Sha256::digest(SCRIPT.as_bytes())[..6]);
    format!("/passkey.{hash}.js")
});

/// What a page with the script allows beyond the others: that script, and asking this app.
const WITH_SCRIPT: &str = "default-src 'none'; style-src 'self'; img-src 'self'; \
                           script-src 'self'; connect-src 'self'; form-action 'self'; \
                           base-uri 'none'; frame-ancestors 'none'";

const DOORS: [Door; 3] = [Door::Guest, Door::Staff, Door::Operator];

pub(super) fn router() -> Router<Shared> {
    let script = || async {
        let kind = (header::CONTENT_TYPE, "text/javascript; charset=utf-8");
        let cache = (header::CACHE_CONTROL, "public, max-age=31536000, immutable");
        ([kind, cache], SCRIPT)
    };
    DOORS.into_iter().fold(Router::new().route(&HREF, get(script)), |router, door| {
        let (own, sign_in) = (own(door), sign_in(door));
        let asks = async move |State(app): State<Shared>, headers: HeaderMap| asks(&app, &headers);
        let enters = async move |State(app): State<Shared>,
                                 reader: Reader,
                                 headers: HeaderMap,
                                 fields: Fields| {
            enter(&app, &reader, &headers, &fields, door).await
        };
        let page = async move |State(app): State<Shared>, reader: Reader| {
            page(&app, &reader, door, nothing()).await
        };
        let asks_for_new =
            async move |State(app): State<Shared>, reader: Reader, headers: HeaderMap| {
                asks_for_new(&app, &reader, &headers, door).await
            };
        let adds = async move |State(app): State<Shared>,
                               reader: Reader,
                               headers: HeaderMap,
                               fields: Fields| {
            add(&app, &reader, &headers, &fields, door).await
        };
        let ends = async move |State(app): State<Shared>, reader: Reader, Path(id): Path<i64>| {
            let Some(caller) = caller(&reader, door) else { return to_sign_in(door) };
            app.book.end_passkey(door, &caller.who, id).await?;
            see_other(own)
        };
        router
            .route(&format!("{sign_in}/passkey"), post(enters))
            .route(&format!("{sign_in}/passkey/asks"), post(asks))
            .route(own, get(page).post(adds))
            .route(&format!("{own}/asks"), post(asks_for_new))
            .route(&format!("{own}/{{id}}/end"), post(ends))
    })
}

/// Where somebody's own passkeys are.
fn own(door: Door) -> &'static str {
    match door {
        Door::Guest => "/me/passkeys",
        Door::Staff => "/store/passkeys",
        Door::Operator => "/operator/passkeys",
    }
}

fn sign_in(door: Door) -> &'static str {
    match door {
        Door::Guest => "/sign-in",
        Door::Staff => "/store/sign-in",
        Door::Operator => "/operator/sign-in",
    }
}

fn to_sign_in(door: Door) -> Result<Response, Fault> {
    see_other(sign_in(door))
}

fn caller(reader: &Reader, door: Door) -> Option<Caller> {
    match door {
        Door::Guest => reader.guest.clone(),
        Door::Staff => reader.staff.clone(),
        Door::Operator => reader.operator.clone(),
    }
}

/// Where the reader is, if passkeys hold there.
fn site(app: &App, headers: &HeaderMap) -> Option<Site> {
    Site::of(&app.here.origin(headers)).filter(|_| app.here.is_asked(headers))
}

/// Whether passkeys hold where the reader is.
pub(super) fn hold(app: &App, headers: &HeaderMap) -> bool {
    site(app, headers).is_some()
}

/// A form that the script brings to life.
fn form(reader: &Reader, to: &str, asks: &str, is_new: bool, next: &str, label: &str) -> Markup {
    html! {
        form class="passkey" method="post" action=(to) data-asks=(asks) hidden
            data-passkey=(if is_new { "new" } else { "known" }) {
            input type="hidden" name="credential";
            @if !next.is_empty() { input type="hidden" name="next" value=(next); }
            p class="error" role="alert" hidden { (reader.words.door.passkey_failed) }
            p class="actions" { button class="quiet" { (label) } }
        }
        script src=(HREF.as_str()) defer {}
    }
}

/// The way in by a passkey, for a sign-in page.
pub(super) fn way_in(reader: &Reader, door: Door, next: &str) -> Markup {
    let to = format!("{}/passkey", sign_in(door));
    html! {
        @if reader.passkeys {
            (form(reader, &to, &format!("{to}/asks"), false, next, reader.words.door.passkey_sign_in))
        }
    }
}

/// What the page that is read may load, where that is more than on other pages.
pub(super) fn policy_of(reader: &Reader) -> Option<&'static str> {
    let is_one = |door: &Door| [own(*door), sign_in(*door)].contains(&reader.path.as_str());
    (reader.passkeys && DOORS.iter().any(is_one)).then_some(WITH_SCRIPT)
}

fn json(told: Option<String>) -> Response {
    match told {
        Some(told) => ([(header::CONTENT_TYPE, "application/json")], told).into_response(),
        None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

fn asks(app: &App, headers: &HeaderMap) -> Response {
    json(site(app, headers).and_then(|site| app.questions.ask(&site)))
}

async fn enter(
    app: &App,
    reader: &Reader,
    headers: &HeaderMap,
    fields: &Fields,
    door: Door,
) -> Result<Response, Fault> {
    let now = app::now();
    let (status, told) = match shown(app, headers, fields.get("credential"), door).await? {
        Tried::Fits(caller) if door == Door::Guest => {
            match noted(app, reader, headers, &caller.who, true).await? {
                Some(caller) => return let_in(app, headers, fields, door, caller, now).await,
                None => (StatusCode::UNAUTHORIZED, reader.words.door.passkey_unknown_told),
            }
        }
        Tried::Fits(caller) => return let_in(app, headers, fields, door, caller, now).await,
        Tried::Fails(caller) if door == Door::Guest => {
            noted(app, reader, headers, &caller.who, false).await?;
            (StatusCode::UNAUTHORIZED, reader.words.door.passkey_unknown_told)
        }
        Tried::Waits => (StatusCode::TOO_MANY_REQUESTS, reader.words.door.sign_in_wait),
        Tried::Fails(_) | Tried::Unknown => {
            (StatusCode::UNAUTHORIZED, reader.words.door.passkey_unknown_told)
        }
    };
    let body = html! {
        h1 { (reader.words.door.passkey_unknown) }
        p { (told) }
        p { a href=(sign_in(door)) { (reader.words.frame.sign_in) } }
    };
    let sheet = Sheet { title: reader.words.door.passkey_unknown, wide: false };
    Ok((status, layout(reader, &sheet, &body)).into_response())
}

/// Begins the session of somebody who came in.
async fn let_in(
    app: &App,
    headers: &HeaderMap,
    fields: &Fields,
    door: Door,
    caller: Caller,
    now: Timestamp,
) -> Result<Response, Fault> {
    let cookie = session::begin(&app.book, headers, door, caller, now).await?;
    let to = match door {
        Door::Guest => safe_next(fields.get("next")).unwrap_or("/me"),
        Door::Staff => "/store/tonight",
        Door::Operator => "/operator",
    };
    let mut response = see_other(to)?;
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// The guest, once her try is noted; nobody when it failed, or when her account is closed, and then her
/// passkeys are gone.
async fn noted(
    app: &App,
    reader: &Reader,
    headers: &HeaderMap,
    who: &str,
    fits: bool,
) -> Result<Option<Caller>, Fault> {
    let (azukari, device) = (&app.azukari, super::sign_in::device(headers));
    match azukari.vouch(reader.language, who, "passkey", fits, device).await {
        Ok(found) => Ok(Some(Caller { who: found.subject, regime: found.regime })),
        Err(Trouble::SignInFailed) => Ok(None),
        Err(Trouble::NotFound | Trouble::Conflict) => {
            app.book.guest_left(who).await?;
            Ok(None)
        }
        Err(trouble) => Err(trouble.into()),
    }
}

/// How somebody fared who showed a passkey.
enum Tried {
    Fits(Caller),
    /// It is known, and what came with it does not fit.
    Fails(Caller),
    /// Too many tries failed before.
    Waits,
    Unknown,
}

/// Whose passkey was shown, and whether it fits. Tries are counted as those with a password are, by the door
/// and whoever it opens for; before they are looked at, so that tries all at once are as many as one by one.
async fn shown(app: &App, headers: &HeaderMap, answer: &str, door: Door) -> Result<Tried, Fault> {
    let Some((site, shown)) = site(app, headers).zip(Shown::read(answer)) else {
        return Ok(Tried::Unknown);
    };
    let Some((kept, caller)) = app.book.passkey(door, site.name(), shown.id()).await? else {
        return Ok(Tried::Unknown);
    };
    let tried = format!("{} {}", door.word(), caller.who);
    if !app.tries.begin(&tried, true, app::now()) {
        return Ok(Tried::Waits);
    }
    let Some(state) = app.questions.fits(&site, &shown, &kept) else {
        return Ok(Tried::Fails(caller));
    };
    match app.book.use_passkey(kept, state, app::now()).await {
        Ok(()) => {
            app.tries.succeeded(&tried);
            Ok(Tried::Fits(caller))
        }
        Err(No::Gone) => Ok(Tried::Unknown),
        Err(no) => Err(no.into()),
    }
}

async fn asks_for_new(
    app: &App,
    reader: &Reader,
    headers: &HeaderMap,
    door: Door,
) -> Result<Response, Fault> {
    let Some((caller, site)) = caller(reader, door).zip(site(app, headers)) else {
        return Ok(StatusCode::FORBIDDEN.into_response());
    };
    let (handle, there) = app.book.passkey_handle(door, &caller.who).await?;
    // An account without passkeys is known by a new handle, which its session leads to.
    let handle = handle.map_or_else(|| handle_of(headers, door), Ok)?;
    // Of a guest nothing is known here that could stand beside it.
    let name = if door == Door::Guest { "guest" } else { caller.who.as_str() };
    let told = app.questions.ask_for_new(&site, handle, (name, reader.words.frame.service), there);
    Ok(json(told))
}

/// What authenticators are to know an account by that has no passkey yet: drawn from its session, so that
/// nothing has to be kept until there is one.
fn handle_of(headers: &HeaderMap, door: Door) -> anyhow::Result<passkey::Handle> {
    let token = session::cookie(headers, door.word());
    let token = token.ok_or_else(|| anyhow::anyhow!("a session without a cookie"))?;
    Ok(session::hash(&format!("passkey {token}")))
}

async fn add(
    app: &App,
    reader: &Reader,
    headers: &HeaderMap,
    fields: &Fields,
    door: Door,
) -> Result<Response, Fault> {
    let Some(caller) = caller(reader, door) else { return to_sign_in(door) };
    let (handle, _) = app.book.passkey_handle(door, &caller.who).await?;
    let handle = handle.map_or_else(|| handle_of(headers, door), Ok)?;
    let site = site(app, headers);
    let made = site.as_ref().and_then(|site| {
        Some((site.name(), app.questions.new_one(site, handle, fields.get("credential"))?))
    });
    let kept = match made {
        Some((name, made)) => {
            app.book.put_passkey(door, caller, name, made, app::now()).await.map(|()| true)
        }
        None => Ok(false),
    };
    let note = match kept {
        Ok(true) => done(reader.words.door.passkey_added),
        Ok(false) | Err(No::Already(_)) => html! {
            div class="notice alert" role="alert" { p { (reader.words.door.passkey_failed) } }
        },
        Err(no) => return Err(no.into()),
    };
    page(app, reader, door, note).await
}

async fn page(app: &App, reader: &Reader, door: Door, note: Markup) -> Result<Response, Fault> {
    let (words, language) = (reader.words, reader.language);
    let Some(caller) = caller(reader, door) else { return to_sign_in(door) };
    let counter = match door {
        Door::Staff => app.book.store_of(&caller.who).await?,
        Door::Guest | Door::Operator => None,
    };
    let counter =
        counter.map(|(store, manager)| Counter { login: caller.who.clone(), store, manager });
    let known = app.book.passkeys(door, &caller.who).await?;
    let (own, holds) = (own(door), reader.passkeys);
    let inner = html! {
        (note)
        p class="soft" { (words.door.passkeys_told) }
        @if holds {
            (form(reader, own, &format!("{own}/asks"), true, "", words.door.passkey_add))
            noscript { p { (words.door.passkeys_need_script) } }
        } @else {
            p { (words.door.passkeys_not_here) }
        }
        @if known.is_empty() { p { (words.door.no_passkeys) } }
        ul class="rows" {
            @for one in &known {
                li {
                    span { (words.door.passkey_made) " " (moment(one.made_at, &when::date_and_time(one.made_at, language))) }
                    @if let Some(used) = one.used_at {
                        span class="soft" { (words.door.passkey_used) " " (moment(used, &when::date_and_time(used, language))) }
                    }
                    form method="post" action={ (own) "/" (one.id) "/end" } {
                        button class="plain" { (words.door.passkey_end) }
                    }
                }
            }
        }
    };
    let page = match door {
        Door::Guest => me::draw(reader, Room::Passkeys, words.door.passkeys, &nothing(), &inner),
        Door::Staff | Door::Operator => {
            let body = html! {
                @if let Some(counter) = &counter { (counter.rooms(reader)) }
                div {
                    @if counter.is_none() { p class="eyebrow" { a href="/operator" { (words.office.operator) } } }
                    h1 { (words.door.passkeys) }
                }
                (inner)
            };
            layout(reader, &Sheet { title: words.door.passkeys, wide: false }, &body)
        }
    };
    Ok(page.into_response())
}
