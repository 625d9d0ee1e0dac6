//! `POST /v1/disclosures`: values go to another party, or are refused; either is on record first.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use policy::{Ask, RecordDuty};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Sent;
use super::caller::Called;
use super::exceptions::read_id;
use super::problem::{LedgerPlace, Problem, ProblemDetails};
use super::uses::Values;
use super::{Api, name, names};
use crate::gate::{self, Asking};

/// What a recipient asks for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewDisclosure {
    /// Whose values.
    subject: String,
    /// Who would receive them.
    recipient: String,
    /// What for.
    purpose: String,
    /// Which items.
    items: Vec<String>,
    /// The recipient's number for the engagement, such as a booking number.
    reference: Option<String>,
    /// An approved exception that the ask stands on.
    exception: Option<String>,
}

/// Values that crossed the gate to another party.
#[derive(Serialize, ToSchema)]
pub(super) struct Disclosed {
    /// The id of this disclosure.
    disclosure: String,
    /// Values by item; null where nothing is held.
    #[schema(value_type = BTreeMap<String, Option<String>>)]
    items: Values,
    /// The id of the record.
    record: String,
    /// Whether law asks for the record (`statutory`) or it is kept all the same (`voluntary`).
    #[schema(value_type = String)]
    record_duty: RecordDuty,
    /// Until when the record is kept (R1.8).
    keep_until: Option<String>,
    /// The record's place in the ledger.
    ledger: LedgerPlace,
}

/// Discloses values to a recipient, or refuses.
#[utoipa::path(
    post, path = "/v1/disclosures", tag = "gate", security(("service_key" = ["disclosures:write"])),
    params(("Idempotency-Key" = Option<String>, Header, description = "makes a retry safe")),
    request_body = NewDisclosure,
    responses(
        (status = 201, description = "disclosed, and recorded", body = Disclosed),
        (status = 403, description = "refused, and recorded", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "fields that cannot be read, or the idempotency key was used for another request", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn disclose(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    body: Sent<NewDisclosure>,
) -> Result<(StatusCode, Json<Disclosed>), Problem> {
    caller.may("disclosures:write")?;
    let body = body.read().await?;
    let once = body.once(&api.app.keys, &caller.id)?;
    let NewDisclosure { subject, recipient, purpose, items, reference, exception } = body.value;
    let exception = exception.map(|id| read_id(&id)).transpose()?;
    let ask = Ask {
        subject: name("subject", &subject)?,
        recipient: Some(name("recipient", &recipient)?),
        purpose: name("purpose", &purpose)?,
        items: names("items", &items)?,
        reference: reference.map(|reference| name("reference", &reference)).transpose()?,
        exception: exception.is_some(),
    };
    let asking = Asking { ask, exception, by: caller.by(), once };
    let disclosed = gate::disclose(&api.app, asking).await?;
    let answer = Disclosed {
        disclosure: disclosed.place.disclosure_id(),
        items: Values(disclosed.items),
        record: disclosed.place.record_id(),
        record_duty: disclosed.record_duty,
        keep_until: disclosed.keep_until.map(|until| until.to_string()),
        ledger: disclosed.place.into(),
    };
    Ok((StatusCode::CREATED, Json(answer)))
}
