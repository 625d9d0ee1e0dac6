//! `PUT /v1/subjects/{subject}/engagements/{recipient}/{reference}`: what binds a person to a
//! recipient for a time, such as a booking.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use policy::Engagement;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Sent;
use super::caller::Called;
use super::problem::{LedgerPlace, Problem, ProblemDetails};
use super::{Api, instant, name, subject};
use crate::acts::engagement;
use crate::error::Error;

/// How an engagement stands.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewEngagement {
    /// From when it is in force (RFC 3339).
    starts_at: String,
    /// Until when (RFC 3339).
    ends_at: String,
    /// True once it is called off.
    #[serde(default)]
    cancelled: bool,
}

/// An engagement that was put.
#[derive(Serialize, ToSchema)]
pub(super) struct Engaged {
    /// Its number.
    reference: String,
    /// The id of the record.
    record: String,
    /// Its place in the ledger.
    ledger: LedgerPlace,
}

/// Sets how an engagement stands.
#[utoipa::path(
    put, path = "/v1/subjects/{subject}/engagements/{recipient}/{reference}", tag = "engagement",
    security(("service_key" = ["engagements:write"])),
    params(("subject" = String, Path), ("recipient" = String, Path), ("reference" = String, Path)),
    request_body = NewEngagement,
    responses(
        (status = 200, description = "put", body = Engaged),
        (status = 404, description = "no such person or recipient", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "fields that cannot be read", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn put(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    Path((of, recipient, reference)): Path<(String, String, String)>,
    body: Sent<NewEngagement>,
) -> Result<Json<Engaged>, Problem> {
    caller.may("engagements:write")?;
    let body = body.read().await?;
    let of = subject(&of)?;
    let recipient = recipient.parse().map_err(|_| Error::not_found("recipient", recipient))?;
    let engagement = Engagement {
        reference: name("reference", &reference)?,
        starts_at: instant("starts_at", &body.value.starts_at)?,
        ends_at: instant("ends_at", &body.value.ends_at)?,
        cancelled: body.value.cancelled,
    };
    let place = engagement::engage(&api.app, of, recipient, engagement, caller.by()).await?;
    Ok(Json(Engaged { reference, record: place.record_id(), ledger: place.into() }))
}
