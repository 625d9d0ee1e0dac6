//! `/v1/subjects/{subject}/consents/{consent}/record` and `/receipt`: one consent of one person in
//! the shape of ISO/IEC TS 27560, as JSON-LD of the Data Privacy Vocabulary.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use policy::export::consent_record;
use serde_json::Value;

use super::caller::Called;
use super::problem::{Problem, ProblemDetails};
use super::{Api, subject};
use crate::acts::consent;
use crate::error::Error;
use crate::once::random;

fn ld(body: &Value) -> Response {
    ([(header::CONTENT_TYPE, "application/ld+json")], body.to_string()).into_response()
}

/// The record of a consent: what was agreed to, with whom, and every event since.
#[utoipa::path(
    get, path = "/v1/subjects/{subject}/consents/{consent}/record", tag = "consent",
    security(("service_key" = ["consents:read"])),
    params(("subject" = String, Path), ("consent" = String, Path)),
    responses(
        (status = 200, description = "the record", body = Value, content_type = "application/ld+json"),
        (status = 404, description = "no such person, or never asked", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn record(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    Path((of, name)): Path<(String, String)>,
) -> Result<Response, Problem> {
    caller.may("consents:read")?;
    let (history, document) = find(&api, &of, &name).await?;
    let record = consent_record::record(&document, &history);
    Ok(ld(&record.ok_or_else(|| Error::not_found("consent", name))?))
}

/// A receipt for the person: a number of its own, the record, and what proves each event. What opens
/// an entry of the ledger names the items she registered with, and no value.
#[utoipa::path(
    get, path = "/v1/subjects/{subject}/consents/{consent}/receipt", tag = "consent",
    security(("service_key" = ["consents:read"])),
    params(("subject" = String, Path), ("consent" = String, Path)),
    responses(
        (status = 200, description = "the receipt", body = Value, content_type = "application/ld+json"),
        (status = 404, description = "no such person, or never asked", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn receipt(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    Path((of, name)): Path<(String, String)>,
) -> Result<Response, Problem> {
    caller.may("consents:read")?;
    let (history, document) = find(&api, &of, &name).await?;
    let mut number = [0; 16];
    random(&mut number)?;
    let receipt = consent_record::receipt(&document, &history, number, api.app.clock.now());
    Ok(ld(&receipt.ok_or_else(|| Error::not_found("consent", name))?))
}

async fn find(
    api: &Api,
    of: &str,
    name: &str,
) -> Result<(consent_record::History, Arc<policy::Document>), Error> {
    let parsed = name.parse().map_err(|_| Error::not_found("consent", name))?;
    consent::history(&api.app, subject(of)?, parsed).await
}
