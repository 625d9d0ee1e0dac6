//! `POST /v1/uses`: the controller uses values for its own stated purpose.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use policy::{Ask, ItemName};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vault::Plain;

use super::body::Sent;
use super::caller::Called;
use super::problem::{LedgerPlace, Problem, ProblemDetails};
use super::{Api, name, names};
use crate::gate::{self, Asking};

/// What the controller wants to use.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewUse {
    /// Whose values.
    subject: String,
    /// What for.
    purpose: String,
    /// Which items.
    items: Vec<String>,
}

/// Values that crossed the gate.
#[derive(Serialize, ToSchema)]
pub(super) struct Used {
    /// Values by item; null where nothing is held.
    #[schema(value_type = BTreeMap<String, Option<String>>)]
    items: Values,
    /// The id of the record.
    record: String,
    /// Its place in the ledger.
    ledger: LedgerPlace,
}

/// Values on their last step: written into the answer and wiped.
pub(super) struct Values(pub(super) BTreeMap<ItemName, Option<Plain>>);

impl Serialize for Values {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().map(|(item, plain)| (item, plain.as_ref().map(Plain::reveal))))
    }
}

/// Opens values for the controller's own purpose; recorded first.
#[utoipa::path(
    post, path = "/v1/uses", tag = "gate", security(("service_key" = ["uses:write"])),
    params(("Idempotency-Key" = Option<String>, Header, description = "makes a retry safe")),
    request_body = NewUse,
    responses(
        (status = 200, description = "the values", body = Used),
        (status = 403, description = "refused, and recorded", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "fields that cannot be read, or the idempotency key was used for another request", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn r#use(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    body: Sent<NewUse>,
) -> Result<Json<Used>, Problem> {
    caller.may("uses:write")?;
    let body = body.read().await?;
    let once = body.once(&api.app.keys, &caller.id)?;
    let NewUse { subject, purpose, items } = body.value;
    let ask = Ask {
        subject: name("subject", &subject)?,
        recipient: None,
        purpose: name("purpose", &purpose)?,
        items: names("items", &items)?,
        reference: None,
        exception: false,
    };
    let asking = Asking { ask, exception: None, by: caller.by(), once };
    let disclosed = gate::disclose(&api.app, asking).await?;
    Ok(Json(Used {
        items: Values(disclosed.items),
        record: disclosed.place.record_id(),
        ledger: disclosed.place.into(),
    }))
}
