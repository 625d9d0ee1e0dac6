//! `POST /v1/exceptions`: the information manager approves an exception to consent (S13);
//! `PUT /v1/exceptions/{exception}` ends one.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use policy::decide::{Approval, ExceptionKind};
use policy::party::base32;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Sent;
use super::caller::Called;
use super::problem::{LedgerPlace, Problem, ProblemDetails};
use super::{Api, instant, name, names};
use crate::acts;
use crate::error::Error;

/// An exception to approve.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewException {
    /// `entrustment`, `succession`, `law`, `life_body_property`, `public_health_or_children`,
    /// `public_body` or `academic`.
    #[schema(value_type = String)]
    kind: ExceptionKind,
    /// Why it applies.
    reason: String,
    /// What shows it.
    evidence: String,
    /// The person it is about; everyone when left out, for `entrustment` and `succession` only.
    subject: Option<String>,
    /// Who may receive.
    recipient: String,
    /// What for.
    purpose: String,
    /// Which items.
    items: Vec<String>,
    /// Until when (RFC 3339), at most 366 days from now.
    ends_at: String,
    /// True where telling the person would harm life, public safety or the detection of a crime:
    /// what happens under it is not shown to her. The reason says which.
    #[serde(default)]
    withheld_from_subject: bool,
}

/// An exception that was approved, or ended.
#[derive(Serialize, ToSchema)]
pub(super) struct Approved {
    /// The id that a disclosure names.
    exception: String,
    /// The id of the record.
    record: String,
    /// Its place in the ledger.
    ledger: LedgerPlace,
}

/// The id of an exception as programs see it.
pub(super) fn read_id(text: &str) -> Result<[u8; 16], Error> {
    text.strip_prefix("exc_")
        .and_then(|rest| base32().decode(rest.as_bytes()).ok())
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| Error::field("exception", "not_an_id", "is not `exc_` and 26 characters"))
}

/// Approves an exception to consent.
#[utoipa::path(
    post, path = "/v1/exceptions", tag = "exceptions",
    security(("service_key" = ["exceptions:approve"])),
    params(("Idempotency-Key" = Option<String>, Header, description = "makes a retry safe")),
    request_body = NewException,
    responses(
        (status = 201, description = "approved", body = Approved),
        (status = 422, description = "fields that cannot be read, or the idempotency key was used for another request", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn approve(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    body: Sent<NewException>,
) -> Result<(StatusCode, Json<Approved>), Problem> {
    caller.may("exceptions:approve")?;
    let body = body.read().await?;
    let once = body.once(&api.app.keys, &caller.id)?;
    let given = body.value;
    let approval = Approval {
        kind: given.kind,
        reason: given.reason,
        evidence: given.evidence,
        approved_by: caller.by(),
        subject: given.subject.map(|subject| name("subject", &subject)).transpose()?,
        recipient: name("recipient", &given.recipient)?,
        purpose: name("purpose", &given.purpose)?,
        items: names("items", &given.items)?,
        ends_at: instant("ends_at", &given.ends_at)?,
        withheld_from_subject: given.withheld_from_subject,
    };
    let place = acts::exception::approve(&api.app, approval, once).await?;
    let approved = Approved {
        exception: format!("exc_{}", base32().encode(&place.id)),
        record: place.record_id(),
        ledger: place.into(),
    };
    Ok((StatusCode::CREATED, Json(approved)))
}

/// How an approval stands from now on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ExceptionState {
    /// True to end it; one that has ended is approved anew.
    ended: bool,
}

/// Ends an approval before its time.
#[utoipa::path(
    put, path = "/v1/exceptions/{exception}", tag = "exceptions",
    security(("service_key" = ["exceptions:approve"])),
    params(("exception" = String, Path)),
    request_body = ExceptionState,
    responses(
        (status = 200, description = "ended", body = Approved),
        (status = 404, description = "no such approval", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 409, description = "it has ended already", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "fields that cannot be read, or the idempotency key was used for another request", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn end(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    Path(exception): Path<String>,
    body: Sent<ExceptionState>,
) -> Result<Json<Approved>, Problem> {
    caller.may("exceptions:approve")?;
    let body = body.read().await?;
    let id = read_id(&exception)?;
    if !body.value.ended {
        let detail = "is not true; an approval that has ended is approved anew";
        return Err(Error::field("ended", "unfit", detail).into());
    }
    let place = acts::exception::end(&api.app, id, caller.by()).await?;
    Ok(Json(Approved { exception, record: place.record_id(), ledger: place.into() }))
}
