//! `PUT /v1/recipients/{recipient}`: a member of a category, such as a store, is registered.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use policy::RecipientFact;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Sent;
use super::caller::Called;
use super::problem::{LedgerPlace, Problem, ProblemDetails};
use super::{Api, name};
use crate::acts::recipient;
use crate::intake::Details;

/// A recipient with what provision records say of it (R1.5).
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewRecipient {
    /// The entry of the policy it falls under, such as `store`.
    category: String,
    /// Its legal name.
    name: String,
    /// Its address.
    address: String,
    /// Its representative.
    representative: String,
    /// The e-mail address to which it is told what to do with what it received, such as to erase it;
    /// without one somebody tells it by hand.
    contact: Option<String>,
    /// ISO 3166-1 alpha-2; the category's when left out.
    country: Option<String>,
    /// True while it may receive nothing.
    #[serde(default)]
    suspended: bool,
}

/// A recipient that was put.
#[derive(Serialize, ToSchema)]
pub(super) struct RecipientPut {
    /// Its name in the register.
    recipient: String,
    /// The id of the record.
    record: String,
    /// Its place in the ledger.
    ledger: LedgerPlace,
}

/// Registers a recipient or changes it.
#[utoipa::path(
    put, path = "/v1/recipients/{recipient}", tag = "recipients",
    security(("service_key" = ["recipients:write"])),
    params(("recipient" = String, Path)),
    request_body = NewRecipient,
    responses(
        (status = 200, description = "registered", body = RecipientPut),
        (status = 422, description = "fields that cannot be read", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn put(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    Path(recipient): Path<String>,
    body: Sent<NewRecipient>,
) -> Result<Json<RecipientPut>, Problem> {
    caller.may("recipients:write")?;
    let body = body.read().await?;
    let NewRecipient {
        category,
        name: legal,
        address,
        representative,
        contact,
        country,
        suspended,
    } = body.value;
    let fact = RecipientFact {
        name: name("recipient", &recipient)?,
        category: name("category", &category)?,
        country,
        suspended,
    };
    let details = Details { name: legal, address, representative, contact };
    let place = recipient::put(&api.app, fact, details, caller.by()).await?;
    Ok(Json(RecipientPut { recipient, record: place.record_id(), ledger: place.into() }))
}
