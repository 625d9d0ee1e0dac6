//! `DELETE /v1/subjects/{subject}`: an account is closed. `GET …/items`: what is held, without values;
//! `POST …/items/{item}/confirmation`: it is still right.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use policy::record::{Gone, Stayed};
use policy::retention::{HeldBy, Thing, Until, asks_again, end_of_purpose};
use policy::{Label, Language};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Sent;
use super::caller::Called;
use super::problem::{LedgerPlace, Problem, ProblemDetails};
use super::{Api, name, subject};
use crate::acts::{account, confirmation};
use crate::erase::Holdings;
use crate::error::Error;
use crate::linked;
use crate::store::{items, subjects};
use crate::words;

/// A hold that is in force.
#[derive(Serialize, ToSchema)]
pub(super) struct HoldShown {
    /// Its name.
    hold: String,
    /// True for a hold of the policy, false for one put by hand.
    law: bool,
    /// Until when; nothing while that depends on something yet to happen.
    until: Option<String>,
}

impl From<&HeldBy> for HoldShown {
    fn from(held: &HeldBy) -> Self {
        Self { hold: held.hold.to_string(), law: held.law, until: until(held.until) }
    }
}

/// The end of a period, if it is known.
pub(super) fn until(until: Until) -> Option<String> {
    until.moment().map(|at| at.to_string())
}

/// The kind of a thing: `item`, `secret` or `account`.
pub(super) fn kind(thing: &Thing) -> &'static str {
    match thing {
        Thing::Item(_) => "item",
        Thing::Secret(_) => "secret",
        Thing::Account => "account",
    }
}

/// Something that went.
#[derive(Serialize, ToSchema)]
pub(super) struct GoneShown {
    /// `item`, `secret` or `account`.
    kind: &'static str,
    /// Its name.
    name: String,
    /// The purpose that kept it longest.
    because: Option<String>,
}

impl From<&Gone> for GoneShown {
    fn from(gone: &Gone) -> Self {
        let because = gone.because.as_ref().map(ToString::to_string);
        Self { kind: kind(&gone.thing), name: gone.thing.to_string(), because }
    }
}

/// Something that stays, and why.
#[derive(Serialize, ToSchema)]
pub(super) struct StayedShown {
    /// `item`, `secret` or `account`.
    kind: &'static str,
    /// Its name.
    name: String,
    /// Until when its purposes keep it; nothing while that depends on something yet to happen.
    until: Option<String>,
    /// The purpose that keeps it longest.
    because: Option<String>,
    /// The holds in force on it.
    held_by: Vec<HoldShown>,
}

impl From<&Stayed> for StayedShown {
    fn from(stayed: &Stayed) -> Self {
        Self {
            kind: kind(&stayed.thing),
            name: stayed.thing.to_string(),
            until: until(stayed.until),
            because: stayed.because.as_ref().map(ToString::to_string),
            held_by: stayed.held_by.iter().map(HoldShown::from).collect(),
        }
    }
}

/// An account that is closed.
#[derive(Serialize, ToSchema)]
pub(super) struct AccountClosed {
    /// When.
    closed_at: String,
    /// What went at once.
    gone: Vec<GoneShown>,
    /// What stays for now, until when and why.
    stayed: Vec<StayedShown>,
    /// The id of the record of what went; nothing when nothing did.
    record: Option<String>,
    /// Its place in the ledger.
    ledger: Option<LedgerPlace>,
}

/// Closes an account: consents and engagements end, retention periods run, and what is due goes.
#[utoipa::path(
    delete, path = "/v1/subjects/{subject}", tag = "retention",
    security(("service_key" = ["subjects:close"])),
    params(("subject" = String, Path)),
    responses(
        (status = 200, description = "closed, now or before", body = AccountClosed),
        (status = 404, description = "no such person", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn close(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    Path(of): Path<String>,
) -> Result<Json<AccountClosed>, Problem> {
    caller.may("subjects:close")?;
    let closed = account::close(&api.app, subject(&of)?, caller.by()).await?;
    // What was just shredded lies in no log of the database either.
    if closed.erased.place.is_some()
        && let Err(error) = api.app.store.scrub().await
    {
        tracing::warn!(%error, "freed pages are not cleared yet; the next round clears them");
    }
    Ok(Json(AccountClosed {
        closed_at: closed.closed_at.to_string(),
        gone: closed.erased.gone.iter().map(GoneShown::from).collect(),
        stayed: closed.erased.stayed.iter().map(StayedShown::from).collect(),
        record: closed.erased.place.map(|place| place.record_id()),
        ledger: closed.erased.place.map(LedgerPlace::from),
    }))
}

/// A value that is held, without it.
#[derive(Serialize, ToSchema)]
pub(super) struct HeldItem {
    /// Which item.
    item: String,
    /// The version of its value.
    version: u32,
    /// When it was put.
    put_at: String,
    /// Where this version came from, in words.
    #[schema(value_type = BTreeMap<String, String>)]
    source: Label,
    /// The linked service that passed this version on, with claim and scope.
    link: Option<ThroughLink>,
    /// When she said that it is still right.
    confirmed_at: Option<String>,
    /// True when she should be asked whether it is still right (Act 22).
    confirm: bool,
    /// Until when its purposes keep it; nothing while that depends on something yet to happen.
    until: Option<String>,
    /// The purpose that keeps it longest.
    because: Option<String>,
    /// The purposes that are over: nothing is given for them.
    ended_purposes: Vec<String>,
    /// The holds in force on it.
    held_by: Vec<HoldShown>,
}

/// The link that a value came through.
#[derive(Serialize, ToSchema)]
struct ThroughLink {
    /// Which service.
    service: String,
    /// The claim it came from; nothing for her id there.
    claim: Option<String>,
    /// The scope that was granted for it.
    scope: Option<String>,
}

/// What is held of a person.
#[derive(Serialize, ToSchema)]
pub(super) struct HeldItems {
    /// Each value, by item.
    items: Vec<HeldItem>,
    /// When her account was closed.
    closed_at: Option<String>,
}

/// Lists what is held of a person, and what she should be asked about; never a value.
#[utoipa::path(
    get, path = "/v1/subjects/{subject}/items", tag = "retention",
    security(("service_key" = ["subjects:read"])),
    params(("subject" = String, Path)),
    responses(
        (status = 200, description = "what is held", body = HeldItems),
        (status = 404, description = "no such person", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn held(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    Path(of): Path<String>,
) -> Result<Json<HeldItems>, Problem> {
    caller.may("subjects:read")?;
    let of = subject(&of)?;
    let (now, document) = (api.app.clock.now(), api.app.policy());
    let app = Arc::clone(&api.app);
    let held = api.app.store.read(move |conn| {
        let holdings = Holdings::read(&app.keys, conn, of)?
            .ok_or_else(|| Error::not_found("subject", of.to_string()))?;
        let standings = holdings.standing(&document, now)?;
        let links = linked::all(&app.keys, conn, of)?;
        let mut shown = Vec::new();
        for value in items::held(conn, of)? {
            let item = value.item.parse().map_err(anyhow::Error::from)?;
            let at = |ms| subjects::moment(ms).map_err(anyhow::Error::from);
            let put_at = at(value.put_at)?;
            let confirmed_at = value.confirmed_at.map(at).transpose()?;
            let known = document.items.get(&item);
            let through = linked::origin(&links, &item, value.version);
            let source = |language| words::source(known, through, &document, language);
            let clocks = holdings.clocks(put_at);
            let over = |purpose: &&policy::PurposeName| {
                known.is_some_and(|item| end_of_purpose(item, purpose, &clocks).is_over(now))
            };
            let ended = known.map(|known| known.purposes.iter().filter(over));
            let thing = Thing::Item(item);
            let standing = standings.iter().find(|standing| standing.thing == thing);
            let last_word: Timestamp = confirmed_at.unwrap_or(put_at);
            shown.push(HeldItem {
                item: value.item,
                version: value.version,
                put_at: put_at.to_string(),
                source: Label { ja: source(Language::Ja), en: source(Language::En) },
                link: through.map(|(link, one)| ThroughLink {
                    service: link.service.to_string(),
                    claim: one.claim.as_ref().map(ToString::to_string),
                    scope: one.scope.as_ref().map(ToString::to_string),
                }),
                confirmed_at: confirmed_at.map(|at| at.to_string()),
                confirm: holdings.closed_at.is_none()
                    && known.is_some_and(|item| asks_again(item, last_word, now)),
                until: standing.and_then(|standing| until(standing.until)),
                because: standing.and_then(|s| s.because.as_ref()).map(ToString::to_string),
                ended_purposes: ended.into_iter().flatten().map(ToString::to_string).collect(),
                held_by: standing.map_or_else(Vec::new, |standing| {
                    standing.held_by.iter().map(HoldShown::from).collect()
                }),
            });
        }
        let closed_at = holdings.closed_at.map(|at| at.to_string());
        Ok::<_, Error>(HeldItems { items: shown, closed_at })
    });
    Ok(Json(held.await?))
}

/// That it is still right.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewConfirmation {
    /// The version that she was shown.
    version: u32,
}

/// A value that was confirmed.
#[derive(Serialize, ToSchema)]
pub(super) struct ItemConfirmed {
    /// Which item.
    item: String,
    /// The id of the record.
    record: String,
    /// Its place in the ledger.
    ledger: LedgerPlace,
}

/// Records that a person said a value is still right (Act 22).
#[utoipa::path(
    post, path = "/v1/subjects/{subject}/items/{item}/confirmation", tag = "retention",
    security(("service_key" = ["subjects:write"])),
    params(
        ("subject" = String, Path), ("item" = String, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "makes a retry safe"),
    ),
    request_body = NewConfirmation,
    responses(
        (status = 201, description = "on record", body = ItemConfirmed),
        (status = 404, description = "no such person, or nothing of that name is held", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 409, description = "another value is held by now, or the account is closed", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "fields that cannot be read, or the idempotency key was used for another request", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn confirm(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    Path((of, item)): Path<(String, String)>,
    body: Sent<NewConfirmation>,
) -> Result<(StatusCode, Json<ItemConfirmed>), Problem> {
    caller.may("subjects:write")?;
    let body = body.read().await?;
    let once = body.once(&api.app.keys, &caller.id)?;
    let (of, which) = (subject(&of)?, name("item", &item)?);
    let version = body.value.version;
    let place = confirmation::confirm(&api.app, of, which, version, caller.by(), once).await?;
    let confirmed = ItemConfirmed { item, record: place.record_id(), ledger: place.into() };
    Ok((StatusCode::CREATED, Json(confirmed)))
}
