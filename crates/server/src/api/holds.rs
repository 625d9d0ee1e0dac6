//! `…/subjects/{subject}/holds/{hold}`: a hold on one person's information is put, looked at or lifted.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Sent;
use super::caller::Called;
use super::problem::{LedgerPlace, Problem, ProblemDetails};
use super::{Api, instant, name, names, subject};
use crate::acts;
use crate::erase::PlacedHold;

/// A hold as the information manager puts it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewHold {
    /// The items it covers; everything when left out.
    #[serde(default)]
    items: Vec<String>,
    /// Why.
    reason: String,
    /// What shows it: a letter, a case, by number or file name.
    evidence: String,
    /// Until when, at most 366 days ahead.
    until: String,
}

/// A hold that was put or lifted.
#[derive(Serialize, ToSchema)]
pub(super) struct HoldChanged {
    /// Its name.
    hold: String,
    /// The id of the record.
    record: String,
    /// Its place in the ledger.
    ledger: LedgerPlace,
}

/// A hold as it stands.
#[derive(Serialize, ToSchema)]
pub(super) struct HoldRead {
    /// The items it covers; everything when empty.
    items: Vec<String>,
    /// Why.
    reason: String,
    /// What shows it.
    evidence: String,
    /// Until when.
    until: String,
    /// Who put it.
    by: String,
    /// When.
    at: String,
}

/// Puts a hold on a person's information, or puts it anew: what it covers is not erased.
#[utoipa::path(
    put, path = "/v1/subjects/{subject}/holds/{hold}", tag = "retention",
    security(("service_key" = ["holds:write"])),
    params(("subject" = String, Path), ("hold" = String, Path)),
    request_body = NewHold,
    responses(
        (status = 200, description = "in force", body = HoldChanged),
        (status = 404, description = "no such person", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn put(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    Path((of, hold)): Path<(String, String)>,
    body: Sent<NewHold>,
) -> Result<Json<HoldChanged>, Problem> {
    caller.may("holds:write")?;
    let body = body.read().await?;
    let (of, which) = (subject(&of)?, name("hold", &hold)?);
    let NewHold { items, reason, evidence, until } = body.value;
    let placed = PlacedHold {
        items: names("items", &items)?,
        reason,
        evidence,
        until: instant("until", &until)?,
        by: caller.by(),
        at: api.app.clock.now(),
    };
    let place = acts::hold::place(&api.app, of, which, placed).await?;
    Ok(Json(HoldChanged { hold, record: place.record_id(), ledger: place.into() }))
}

/// Shows a hold, with its reason and evidence.
#[utoipa::path(
    get, path = "/v1/subjects/{subject}/holds/{hold}", tag = "retention",
    security(("service_key" = ["holds:write"])),
    params(("subject" = String, Path), ("hold" = String, Path)),
    responses(
        (status = 200, description = "as it stands", body = HoldRead),
        (status = 404, description = "no such person or hold", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn get(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    Path((of, hold)): Path<(String, String)>,
) -> Result<Json<HoldRead>, Problem> {
    caller.may("holds:write")?;
    let read = acts::hold::get(&api.app, subject(&of)?, name("hold", &hold)?).await?;
    let PlacedHold { items, reason, evidence, until, by, at } = read;
    Ok(Json(HoldRead {
        items: items.iter().map(ToString::to_string).collect(),
        reason,
        evidence,
        until: until.to_string(),
        by,
        at: at.to_string(),
    }))
}

/// Lifts a hold; what is due goes at the next round.
#[utoipa::path(
    delete, path = "/v1/subjects/{subject}/holds/{hold}", tag = "retention",
    security(("service_key" = ["holds:write"])),
    params(("subject" = String, Path), ("hold" = String, Path)),
    responses(
        (status = 200, description = "lifted", body = HoldChanged),
        (status = 404, description = "no such person or hold", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn lift(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    Path((of, hold)): Path<(String, String)>,
) -> Result<Json<HoldChanged>, Problem> {
    caller.may("holds:write")?;
    let (of, which) = (subject(&of)?, name("hold", &hold)?);
    let place = acts::hold::lift(&api.app, of, which, caller.by()).await?;
    Ok(Json(HoldChanged { hold, record: place.record_id(), ledger: place.into() }))
}
