//! `/v1/webhooks`: endpoints at which other programs are told of events.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Api;
use super::body::Sent;
use super::caller::Called;
use super::problem::{Problem, ProblemDetails};
use crate::acts::webhook::{self, Drawn, NewWebhook, Shown};
use crate::error::Error;
use crate::store::webhooks::{self, Row};
use crate::webhook::WebhookId;

/// An endpoint to add.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// Where it is: `https://…`, in the open. Put no secret into it.
    url: String,
    /// What it is told of: `consent.changed`, `erased`, `policy.took_effect`, `request.received`,
    /// `request.decided`, `request.answered`.
    events: Vec<String>,
}

/// A new secret is asked for: an empty object.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewSecret {}

/// An endpoint.
#[derive(Serialize, ToSchema)]
pub(super) struct Endpoint {
    /// Its id.
    webhook: String,
    /// Where it is.
    url: String,
    /// What it is told of.
    events: Vec<String>,
    /// Whether an operator allowed it to lie in a network that is not public.
    inside: bool,
    /// Since when.
    created_at: String,
    /// Since when not any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<String>,
}

/// An endpoint with its secret.
#[derive(Serialize, ToSchema)]
pub(super) struct WithSecret {
    #[serde(flatten)]
    endpoint: Endpoint,
    /// What its messages are signed with, by the Standard Webhooks scheme; shown now and never again.
    secret: String,
}

/// Every endpoint.
#[derive(Serialize, ToSchema)]
pub(super) struct Webhooks {
    /// The oldest first, those that have ended among them.
    webhooks: Vec<Endpoint>,
}

fn moment(at: i64) -> Result<String, Error> {
    let at = jiff::Timestamp::from_millisecond(at).map_err(anyhow::Error::from)?;
    Ok(at.to_string())
}

fn read(row: Row) -> Result<Endpoint, Error> {
    Ok(Endpoint {
        webhook: row.webhook_id().to_string(),
        events: row.events.split(' ').map(str::to_owned).collect(),
        inside: row.inside,
        created_at: moment(row.created_at)?,
        ended_at: row.ended_at.map(moment).transpose()?,
        url: row.url,
    })
}

fn with_secret(shown: Shown) -> Result<WithSecret, Error> {
    let Shown { row, secret } = shown;
    Ok(WithSecret { endpoint: read(row)?, secret: secret.reveal().to_string() })
}

/// Reads an endpoint's id from a path.
fn webhook_id(text: &str) -> Result<WebhookId, Error> {
    text.parse().map_err(|_| Error::not_found("webhook", text))
}

/// Adds an endpoint. Messages have ids only: what happened, to whom, and where it was written down.
#[utoipa::path(
    post, path = "/v1/webhooks", tag = "webhooks",
    security(("service_key" = ["webhooks:write"])),
    params(("Idempotency-Key" = Option<String>, Header, description = "makes a retry safe")),
    request_body = Wanted,
    responses((status = 201, description = "added", body = WithSecret))
)]
pub(super) async fn add(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    body: Sent<Wanted>,
) -> Result<(StatusCode, Json<WithSecret>), Problem> {
    caller.may("webhooks:write")?;
    let body = body.read().await?;
    let once = body.once(&api.app.keys, &caller.id)?;
    let Wanted { url, events } = body.value;
    let new = NewWebhook { url, events, inside: false };
    let (drawn, now, keys) = (Drawn::new()?, api.app.clock.now(), Arc::clone(&api.app.keys));
    let added = api
        .app
        .store
        .write(move |tx| webhook::add(tx, &keys, &new, &drawn, now, once.as_ref()))
        .await?;
    Ok((StatusCode::CREATED, Json(with_secret(added)?)))
}

/// Lists every endpoint.
#[utoipa::path(
    get, path = "/v1/webhooks", tag = "webhooks",
    security(("service_key" = ["webhooks:write"])),
    responses((status = 200, description = "as they stand", body = Webhooks))
)]
pub(super) async fn list(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
) -> Result<Json<Webhooks>, Problem> {
    caller.may("webhooks:write")?;
    let rows = api.app.store.read(|conn| Ok::<_, Error>(webhooks::all(conn)?)).await?;
    let webhooks = rows.into_iter().map(read).collect::<Result<_, _>>()?;
    Ok(Json(Webhooks { webhooks }))
}

/// Gives an endpoint a new secret; for a day its messages are signed with the old one too.
#[utoipa::path(
    post, path = "/v1/webhooks/{webhook}/secret", tag = "webhooks",
    security(("service_key" = ["webhooks:write"])),
    params(
        ("webhook" = String, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "makes a retry safe"),
    ),
    request_body = NewSecret,
    responses(
        (status = 201, description = "signs from now on", body = WithSecret),
        (status = 404, description = "no such endpoint in force", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 409, description = "replaced twice within a day already", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn rotate(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    Path(id): Path<String>,
    body: Sent<NewSecret>,
) -> Result<(StatusCode, Json<WithSecret>), Problem> {
    caller.may("webhooks:write")?;
    let id = webhook_id(&id)?;
    let once = body.read().await?.once(&api.app.keys, &caller.id)?;
    let (drawn, now, keys) = (Drawn::new()?, api.app.clock.now(), Arc::clone(&api.app.keys));
    let rotated = api
        .app
        .store
        .write(move |tx| webhook::rotate(tx, &keys, id, &drawn, now, once.as_ref()))
        .await?;
    Ok((StatusCode::CREATED, Json(with_secret(rotated)?)))
}

/// Ends an endpoint; what waits for it is dropped.
#[utoipa::path(
    delete, path = "/v1/webhooks/{webhook}", tag = "webhooks",
    security(("service_key" = ["webhooks:write"])),
    params(("webhook" = String, Path)),
    responses(
        (status = 200, description = "ended", body = Endpoint),
        (status = 404, description = "no such endpoint in force", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn end(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    Path(id): Path<String>,
) -> Result<Json<Endpoint>, Problem> {
    caller.may("webhooks:write")?;
    let (id, now) = (webhook_id(&id)?, api.app.clock.now());
    let ended = api
        .app
        .store
        .write(move |tx| {
            webhook::end(tx, id, now)?;
            let row = webhooks::get(tx, &id.0)?;
            row.ok_or_else(|| Error::not_found("webhook", id.to_string()))
        })
        .await?;
    Ok(Json(read(ended)?))
}
