//! `/v1/subjects/{subject}/restrictions`: a purpose, or everything, is stopped or allowed again; and what is
//! stopped now.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Sent;
use super::caller::Called;
use super::problem::{LedgerPlace, Problem, ProblemDetails};
use super::{Api, name, subject};
use crate::acts::restriction;
use crate::error::Error;
use crate::store::restrictions::Restriction;

/// A stop, or its end.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewRestriction {
    /// The purpose; everything when left out, unless `recipient` is given.
    purpose: Option<String>,
    /// Provision to this recipient, or to a category of the policy; to anybody for `*`. Given
    /// without `purpose`.
    recipient: Option<String>,
    /// True to stop, false to allow again.
    stopped: bool,
}

/// A restriction as it stands.
#[derive(Serialize, ToSchema)]
pub(super) struct Restricted {
    /// True while stopped.
    stopped: bool,
    /// The id of the record.
    record: String,
    /// Its place in the ledger.
    ledger: LedgerPlace,
}

/// Stops a purpose for a person, or provision to a recipient, or allows it again; the gate heeds it at
/// once.
#[utoipa::path(
    put, path = "/v1/subjects/{subject}/restrictions", tag = "consent",
    security(("service_key" = ["restrictions:write"])),
    params(("subject" = String, Path)),
    request_body = NewRestriction,
    responses(
        (status = 200, description = "as it stands", body = Restricted),
        (status = 404, description = "no such person", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "an unknown purpose or recipient", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn put(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    Path(of): Path<String>,
    body: Sent<NewRestriction>,
) -> Result<Json<Restricted>, Problem> {
    caller.may("restrictions:write")?;
    let body = body.read().await?;
    let of = subject(&of)?;
    let NewRestriction { purpose, recipient, stopped } = body.value;
    let what = match (purpose, recipient.as_deref()) {
        (Some(_), Some(_)) => {
            let detail = "is given beside `purpose`; send one of the two";
            return Err(Error::field("recipient", "both", detail).into());
        }
        (purpose, None) => {
            Restriction::Purpose(purpose.map(|given| name("purpose", &given)).transpose()?)
        }
        (None, Some("*")) => Restriction::Provision(None),
        (None, Some(given)) => Restriction::Provision(Some(name("recipient", given)?)),
    };
    let place = restriction::change(&api.app, of, what, stopped, caller.by()).await?;
    Ok(Json(Restricted { stopped, record: place.record_id(), ledger: place.into() }))
}

/// One thing that is stopped.
#[derive(Serialize, ToSchema)]
struct StopShown {
    /// The purpose; everything where there is neither purpose nor recipient.
    purpose: Option<String>,
    /// The recipient or category; `*` for anybody.
    recipient: Option<String>,
    /// Since when.
    stopped_at: String,
}

/// What a person has stopped.
#[derive(Serialize, ToSchema)]
pub(super) struct Restrictions {
    /// Each stop in force.
    restrictions: Vec<StopShown>,
}

/// What is stopped for a person now.
#[utoipa::path(
    get, path = "/v1/subjects/{subject}/restrictions", tag = "consent",
    security(("service_key" = ["subjects:read"])),
    params(("subject" = String, Path)),
    responses(
        (status = 200, description = "the stops in force", body = Restrictions),
        (status = 404, description = "no such person", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    Path(of): Path<String>,
) -> Result<Json<Restrictions>, Problem> {
    caller.may("subjects:read")?;
    let stops = restriction::all(&api.app, subject(&of)?).await?;
    let restrictions = stops.into_iter().map(|(what, at)| {
        let (purpose, recipient) = match what {
            Restriction::Purpose(purpose) => (purpose.map(|name| name.to_string()), None),
            Restriction::Provision(None) => (None, Some("*".to_owned())),
            Restriction::Provision(Some(name)) => (None, Some(name.to_string())),
        };
        StopShown { purpose, recipient, stopped_at: at.to_string() }
    });
    Ok(Json(Restrictions { restrictions: restrictions.collect() }))
}
