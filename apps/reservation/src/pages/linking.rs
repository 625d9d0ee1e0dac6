//! Coming in through another service (S4): the way there, the way back, and what it told, shown with its source
//! before anything is taken in. An account is found by her id there and by nothing else, so an address that is
//! registered already never makes two people one.

use std::collections::BTreeMap;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::parts::{Errors, nothing};
use super::{Sheet, in_query, layout, safe_next, see_other, sign_in, sign_in_to};
use crate::app::{self, App, Reader, Shared};
use crate::azukari::{GrantScope, Import, NewLink, Policy, Service, Trouble};
use crate::book::sessions::{Caller, Door};
use crate::fault::Fault;
use crate::fields::Fields;
use crate::openid::{Amiss, Provider, Told};
use crate::{chance, session};

/// Leads to who is on the way, and to what she was told of.
const COOKIE: &str = "link";
const COOKIE_SECONDS: i64 = 3600;

/// Where she ends when the way there named nothing else.
const HOME: &str = "/me";

/// The way to a service, and on to `next` afterwards.
pub(super) fn begin_path(service: &str, next: &str) -> String {
    let next = safe_next(next).map(|next| format!("?next={}", in_query(next)));
    format!("/sign-in/with/{service}{}", next.unwrap_or_default())
}

/// Where she says what is taken in.
pub(super) fn review_path(service: &str) -> String {
    format!("/sign-in/with/{service}/review")
}

/// A way in for each service.
pub(super) fn ways(app: &App, reader: &Reader, next: &str) -> Markup {
    let words = reader.words;
    if app.services.iter().next().is_none() {
        return nothing();
    }
    html! {
        section class="ways" aria-labelledby="ways" {
            p id="ways" class="eyebrow" { (words.door.other_ways) }
            @for (name, service) in app.services.iter() {
                a class="button quiet" href=(begin_path(name, next)) {
                    ((words.door.go_on_with)(service.label.get(reader.language)))
                }
            }
        }
    }
}

/// What a service told of whoever reads, and waits.
pub(super) fn told(app: &App, headers: &HeaderMap, service: &str) -> Option<Told> {
    app.services.waiting.told(session::cookie(headers, COOKIE)?, service, app::now())
}

#[derive(Deserialize)]
pub(super) struct Way {
    next: Option<String>,
}

pub(super) async fn begin(
    State(app): State<Shared>,
    reader: Reader,
    headers: HeaderMap,
    Path(name): Path<String>,
    Query(way): Query<Way>,
) -> Result<Response, Fault> {
    let service = app.services.get(&name).ok_or(Fault::NotFound)?;
    known(&*app.azukari.policy().await?, &name, service)?;
    let guest = reader.guest.as_ref().map(|caller| caller.who.clone());
    let next = way.next.as_deref().and_then(safe_next).unwrap_or(HOME);
    match app.services.begin((&name, service), guest, next, reader.language).await {
        Ok((to, attempt)) => {
            let token = chance::token()?;
            app.services.waiting.leave(&token, attempt, app::now());
            let mut response = see_other(&to)?;
            let cookie = session::set_cookie(&headers, COOKIE, &token, COOKIE_SECONDS)?;
            response.headers_mut().append(header::SET_COOKIE, cookie);
            Ok(response)
        }
        Err(amiss) => Ok(not_in(&reader, &name, service, next, amiss.into())),
    }
}

/// The policy's word on a service; the operator's file goes by it.
fn known<'p>(policy: &'p Policy, name: &str, service: &Provider) -> Result<&'p Service, Fault> {
    let known = policy.services.get(name).filter(|known| known.issuer == service.issuer);
    known.ok_or_else(|| {
        Fault::broken(format!("the policy has no service `{name}` with that issuer"))
    })
}

/// What a service sends her back with.
#[derive(Deserialize)]
pub(super) struct Brought {
    #[serde(default)]
    state: String,
    code: Option<String>,
    iss: Option<String>,
    error: Option<String>,
}

pub(super) async fn back(
    State(app): State<Shared>,
    reader: Reader,
    headers: HeaderMap,
    Path(name): Path<String>,
    Query(brought): Query<Brought>,
) -> Result<Response, Fault> {
    app.services.get(&name).ok_or(Fault::NotFound)?;
    let (waiting, now) = (&app.services.waiting, app::now());
    let attempt = session::cookie(&headers, COOKIE)
        .and_then(|token| waiting.return_to(token, &name, &brought.state, now));
    let Some(attempt) = attempt else {
        return see_other(&NotIn::Over.path(&name, HOME));
    };
    let next = attempt.next.clone();
    // To an address without the code, where the page can be read again.
    let not_in = |why: NotIn| see_other(&why.path(&name, &next));
    let code = match (brought.code, brought.error.as_deref()) {
        (Some(code), None) => code,
        (_, Some("access_denied")) => return not_in(NotIn::Declined),
        (_, Some("server_error" | "temporarily_unavailable")) => return not_in(NotIn::Away),
        _ => return not_in(NotIn::Unproven),
    };
    let told = match app.services.come_back(attempt, &code, brought.iss.as_deref()).await {
        Ok(told) => told,
        Err(amiss) => return not_in(amiss.into()),
    };
    // Whoever was signed in came to link; everybody else came to sign in.
    if told.guest.is_none() {
        let device = sign_in::device(&headers);
        let found = app.azukari.sign_in_by_link(reader.language, &told.issuer, &told.id, device);
        match found.await {
            Ok(found) => {
                let caller = Caller { who: found.subject, regime: found.regime };
                let cookie = session::begin(&app.book, &headers, Door::Guest, caller, now).await?;
                let mut response = see_other(&next)?;
                let gone = session::set_cookie(&headers, COOKIE, "", 0)?;
                response.headers_mut().append(header::SET_COOKIE, cookie);
                response.headers_mut().append(header::SET_COOKIE, gone);
                return Ok(response);
            }
            Err(Trouble::NotFound) => {}
            Err(trouble) => return Err(trouble.into()),
        }
    }
    // Another token than the one with which she left.
    let token = chance::token()?;
    waiting.keep(&token, told, now);
    let mut response = see_other(&review_path(&name))?;
    let cookie = session::set_cookie(&headers, COOKIE, &token, COOKIE_SECONDS)?;
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// Why, as the address of the page says.
#[derive(Deserialize)]
pub(super) struct Why {
    why: NotIn,
    next: Option<String>,
}

pub(super) async fn stopped(
    State(app): State<Shared>,
    reader: Reader,
    Path(name): Path<String>,
    Query(Why { why, next }): Query<Why>,
) -> Result<Response, Fault> {
    let service = app.services.get(&name).ok_or(Fault::NotFound)?;
    let next = next.as_deref().and_then(safe_next).unwrap_or(HOME);
    Ok(not_in(&reader, &name, service, next, why))
}

pub(super) async fn page(
    State(app): State<Shared>,
    reader: Reader,
    headers: HeaderMap,
    Path(name): Path<String>,
) -> Result<Response, Fault> {
    let review = Review::of(&app, &reader, &headers, &name).await?;
    Ok(review.map_or_else(|over| over, |review| review.draw(&Errors::default()).into_response()))
}

pub(super) async fn submit(
    State(app): State<Shared>,
    reader: Reader,
    headers: HeaderMap,
    Path(name): Path<String>,
    mut fields: Fields,
) -> Result<Response, Fault> {
    let again = fields.clone();
    let away = |fault: Fault| fault.keeping(&review_path(&name), &again);
    let mut review = match Review::of(&app, &reader, &headers, &name).await.map_err(away)? {
        Ok(review) => review,
        Err(over) => return Ok(over),
    };
    let token = session::cookie(&headers, COOKIE).unwrap_or_default();
    let go = fields.take("go");
    if go == "stop" {
        app.services.waiting.forget(token);
        return see_other(if reader.guest.is_some() { "/me/links" } else { "/" });
    }
    let taken = review.offered().into_iter().map(|offered| offered.item.to_owned());
    let taken = taken.filter(|item| fields.get(&format!("take.{item}")) == "yes").collect();
    review.told.taken = Some(taken);
    app.services.waiting.keep(token, review.told.clone(), app::now());
    let Some(caller) = reader.guest.clone() else {
        let to = if go == "sign_up" {
            // Without another aim, a new guest is welcomed.
            let next = Some(&review.told.next).filter(|next| *next != HOME);
            let next = next.map(|next| format!("&next={}", in_query(next)));
            format!("/sign-up?with={name}{}", next.unwrap_or_default())
        } else {
            sign_in_to(&review_path(&name))
        };
        return see_other(&to);
    };
    match link(&app, &reader, &headers, &review.told, &caller.who).await {
        Ok(()) => see_other(&review.told.next),
        Err(Trouble::Invalid(found)) if found.iter().any(|error| error.field == "subject") => {
            Ok(review.not_in(NotIn::Another))
        }
        Err(Trouble::Conflict) => Ok(review.not_in(NotIn::AnotherId)),
        Err(Trouble::Invalid(found)) => {
            let mut errors = Errors::default();
            errors.add_all(&found, reader.words);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, review.draw(&errors)).into_response())
        }
        Err(trouble) => Err(away(Fault::of_guest(trouble))),
    }
}

/// Links a service with an account, and takes in what she chose; then nothing of it waits any more.
pub(super) async fn link(
    app: &App,
    reader: &Reader,
    headers: &HeaderMap,
    told: &Told,
    subject: &str,
) -> Result<(), Trouble> {
    let policy = app.azukari.policy().await?;
    let known = policy.services.get(&told.service).ok_or(Trouble::NotFound)?;
    let taken = told.taken.as_deref().unwrap_or_default();
    let items: BTreeMap<&str, Import<'_>> = offered(known, told)
        .into_iter()
        .filter(|offered| taken.iter().any(|item| item == offered.item))
        .map(|offered| (offered.item, Import { claim: offered.claim, value: offered.value }))
        .collect();
    let link = NewLink { issuer: &told.issuer, subject: &told.id, scopes: &told.scopes, items };
    app.azukari.link(reader.language, subject, &told.service, &link).await?;
    if let Some(token) = session::cookie(headers, COOKIE) {
        app.services.waiting.forget(token);
    }
    Ok(())
}

/// A value that may be taken in.
struct Offered<'t> {
    item: &'t str,
    claim: &'t str,
    scope: &'t GrantScope,
    value: &'t str,
}

/// What was granted, came, and feeds an item.
fn offered<'t>(known: &'t Service, told: &'t Told) -> Vec<Offered<'t>> {
    let granted = known.scopes.iter().filter(|(name, _)| told.scopes.contains(name));
    granted
        .flat_map(|(_, scope)| scope.claims.iter().map(move |(claim, item)| (scope, claim, item)))
        .filter_map(|(scope, claim, item)| {
            let value = told.claims.get(claim)?;
            Some(Offered { item, claim, scope, value })
        })
        .collect()
}

/// The page on which she sees what a service told, and chooses.
struct Review<'a> {
    reader: &'a Reader,
    policy: std::sync::Arc<Policy>,
    service: &'a Provider,
    told: Told,
    /// True where the service is linked already, and is linked anew.
    anew: bool,
}

impl<'a> Review<'a> {
    /// Reads what waits; what is over, or was told of whoever was signed in before, is a page that says so.
    async fn of(
        app: &'a App,
        reader: &'a Reader,
        headers: &HeaderMap,
        name: &str,
    ) -> Result<Result<Self, Response>, Fault> {
        let service = app.services.get(name).ok_or(Fault::NotFound)?;
        let who = reader.guest.as_ref().map(|caller| &caller.who);
        let is_hers =
            |told: &Told| told.guest.is_none() || who.is_none() || told.guest.as_ref() == who;
        let Some(told) = told(app, headers, name).filter(is_hers) else {
            return Ok(Err(not_in(reader, name, service, HOME, NotIn::Over)));
        };
        if told.guest.is_some() && who.is_none() {
            return Ok(Err(see_other(&sign_in_to(&review_path(name)))?));
        }
        let policy = app.azukari.policy().await?;
        known(&policy, name, service)?;
        let anew = match who {
            Some(who) => {
                let links = app.azukari.links(who).await.map_err(Fault::of_guest)?;
                links.iter().any(|link| link.service == name)
            }
            None => false,
        };
        Ok(Ok(Self { reader, policy, service, told, anew }))
    }

    /// The policy's word on the service, which `of` has looked for.
    fn known(&self) -> Option<&Service> {
        self.policy.services.get(&self.told.service)
    }

    fn offered(&self) -> Vec<Offered<'_>> {
        self.known().map(|known| offered(known, &self.told)).unwrap_or_default()
    }

    fn not_in(&self, why: NotIn) -> Response {
        not_in(self.reader, &self.told.service, self.service, &self.told.next, why)
    }

    fn draw(&self, errors: &Errors) -> Markup {
        let (words, language) = (self.reader.words, self.reader.language);
        let label = self.service.label.get(language);
        let title = (words.door.link_review)(label);
        let body = html! {
            h1 { (title) }
            (errors.summary(&[], words))
            p class="lead" { (words.door.link_review_lead) }
            form class="sheet" method="post" action=(review_path(&self.told.service)) {
                (self.choices())
                (self.left_out())
                @if self.anew { p class="hint" { (words.door.link_anew_told) } }
                @if self.reader.guest.is_some() {
                    p class="actions" {
                        button name="go" value="link" { ((words.door.link_with)(label)) }
                        (self.stop())
                    }
                } @else {
                    p { ((words.door.link_nobody)(label)) }
                    p class="actions" {
                        button name="go" value="sign_up" { (words.door.link_sign_up) }
                        button class="quiet" name="go" value="sign_in" { (words.door.link_known) }
                        (self.stop())
                    }
                    p class="hint" { (words.door.link_known_told) }
                }
            }
        };
        layout(self.reader, &Sheet { title: &title, wide: false }, &body)
    }

    fn stop(&self) -> Markup {
        html! { button class="plain" name="go" value="stop" { (self.reader.words.door.link_stop) } }
    }

    /// Her id there, which a link is; then what she may leave out.
    fn choices(&self) -> Markup {
        let (words, language) = (self.reader.words, self.reader.language);
        let label = self.service.label.get(language);
        let taken = self.told.taken.as_ref();
        let is_taken = |item: &str| taken.is_none_or(|taken| taken.iter().any(|one| one == item));
        let source =
            |what: &str| html! { span class="hint" { ((words.door.link_source)(label, what)) } };
        html! {
            div class="takes" {
                @if let Some(known) = self.known() {
                    div class="take" {
                        span {
                            strong { (self.policy.item_label(&known.subject_item, language)) }
                            span { (self.told.id) }
                            (source(words.door.link_id))
                            span class="hint" { (words.door.link_id_told) }
                        }
                    }
                }
                @for one in self.offered() {
                    label class="choice take" {
                        input type="checkbox" name={ "take." (one.item) } value="yes"
                            checked[is_taken(one.item)];
                        span {
                            strong { (self.policy.item_label(one.item, language)) }
                            span { (one.value) }
                            (source(one.scope.label.get(language)))
                        }
                    }
                }
            }
        }
    }

    /// What does not come in: what she did not grant, and what did not come.
    fn left_out(&self) -> Markup {
        let (words, language) = (self.reader.words, self.reader.language);
        let Some(known) = self.known() else { return nothing() };
        let (granted, not): (Vec<_>, Vec<_>) =
            known.scopes.iter().partition(|(name, _)| self.told.scopes.contains(name));
        let not: Vec<&str> = not.iter().map(|(_, scope)| scope.label.get(language)).collect();
        let silent = granted.iter().flat_map(|(_, scope)| &scope.claims);
        let silent = silent.filter(|(claim, _)| !self.told.claims.contains_key(*claim));
        let silent: Vec<&str> =
            silent.map(|(_, item)| self.policy.item_label(item, language)).collect();
        html! {
            @if !not.is_empty() || !silent.is_empty() {
                dl class="pairs" {
                    @if !not.is_empty() {
                        div { dt { (words.door.link_not_granted) } dd { (not.join(words.frame.comma)) } }
                    }
                    @if !silent.is_empty() {
                        div { dt { (words.door.link_not_told) } dd { (silent.join(words.frame.comma)) } }
                    }
                }
            }
        }
    }
}

/// Why she is not in.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum NotIn {
    /// The service is out of reach.
    Away,
    /// What came back proves nothing.
    Unproven,
    /// She said no there.
    Declined,
    /// It took too long, was done already, or began in another browser.
    Over,
    /// Her id there is linked with another account.
    Another,
    /// Another id of hers there is linked.
    AnotherId,
}

impl NotIn {
    /// Where it is told.
    fn path(self, service: &str, next: &str) -> String {
        let why = match self {
            Self::Away => "away",
            Self::Unproven => "unproven",
            Self::Declined => "declined",
            Self::Over => "over",
            Self::Another => "another",
            Self::AnotherId => "another_id",
        };
        format!("/sign-in/with/{service}/stopped?why={why}&next={}", in_query(next))
    }
}

impl From<Amiss> for NotIn {
    fn from(amiss: Amiss) -> Self {
        match amiss {
            Amiss::Away => Self::Away,
            Amiss::Unproven => Self::Unproven,
        }
    }
}

/// Says why she is not in, and what she can do.
fn not_in(reader: &Reader, name: &str, service: &Provider, next: &str, why: NotIn) -> Response {
    let words = reader.words;
    let label = service.label.get(reader.language);
    let (status, title, told) = match why {
        NotIn::Away => (
            StatusCode::SERVICE_UNAVAILABLE,
            (words.door.link_away)(label),
            words.door.link_away_told,
        ),
        NotIn::Unproven => (
            StatusCode::FORBIDDEN,
            (words.door.link_unproven)(label),
            words.door.link_unproven_told,
        ),
        NotIn::Declined => {
            (StatusCode::OK, words.door.link_declined.to_owned(), words.door.link_declined_told)
        }
        NotIn::Over => {
            (StatusCode::GONE, words.door.link_over.to_owned(), words.door.link_over_told)
        }
        NotIn::Another => {
            (StatusCode::CONFLICT, (words.door.link_another)(label), words.door.link_another_told)
        }
        NotIn::AnotherId => (
            StatusCode::CONFLICT,
            (words.door.link_another_id)(label),
            words.door.link_another_id_told,
        ),
    };
    let may_try_again = !matches!(why, NotIn::Another | NotIn::AnotherId);
    let body = html! {
        section class="fault" {
            h1 { (title) }
            p { (told) }
            p class="actions" {
                @if may_try_again {
                    a class="button" href=(begin_path(name, next)) { (words.door.link_again) }
                }
                @if reader.guest.is_some() {
                    a href="/me/links" { (words.hers.room_links) }
                } @else {
                    a href=(sign_in_to(next)) { (words.door.link_by_password) }
                }
            }
        }
    };
    (status, layout(reader, &Sheet { title: &title, wide: false }, &body)).into_response()
}
