//! `PUT /v1/subjects/{subject}/items/{item}`: a value is put or replaced.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Sent;
use super::caller::Called;
use super::problem::{LedgerPlace, Problem, ProblemDetails};
use super::{Api, subject};
use crate::intake;

/// A value.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Value {
    /// As text, in the form its item asks for.
    value: String,
}

/// A value that was put.
#[derive(Serialize, ToSchema)]
pub(super) struct ItemPut {
    /// Which item.
    item: String,
    /// The version it has now.
    version: u32,
    /// The id of the record.
    record: String,
    /// Its place in the ledger.
    ledger: LedgerPlace,
}

/// Puts a value, replacing the one before.
#[utoipa::path(
    put, path = "/v1/subjects/{subject}/items/{item}", tag = "intake",
    security(("service_key" = ["subjects:write"])),
    params(("subject" = String, Path), ("item" = String, Path)),
    request_body = Value,
    responses(
        (status = 200, description = "put", body = ItemPut),
        (status = 403, description = "refused", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "no such person or item", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "a value that cannot be read", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn put(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    Path((of, item)): Path<(String, String)>,
    body: Sent<Value>,
) -> Result<Json<ItemPut>, Problem> {
    caller.may("subjects:write")?;
    let body = body.read().await?;
    let of = subject(&of)?;
    let put = intake::put_item(&api.app, of, item.clone(), body.value.value, caller.by()).await?;
    Ok(Json(ItemPut {
        item,
        version: put.version,
        record: put.place.record_id(),
        ledger: put.place.into(),
    }))
}
