//! `/v1/policy`: the published policy as data.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};

use super::Api;
use super::problem::{Problem, ProblemDetails};
use crate::acts::publish;

/// The policy in force.
#[utoipa::path(
    get, path = "/v1/policy", tag = "policy",
    responses((status = 200, description = "the policy", body = serde_json::Value))
)]
pub(super) async fn current(State(api): State<Arc<Api>>) -> Json<Arc<policy::Document>> {
    Json(api.app.policy())
}

/// A published version of the policy.
#[utoipa::path(
    get, path = "/v1/policy/versions/{version}", tag = "policy",
    params(("version" = String, Path)),
    responses(
        (status = 200, description = "the policy", body = serde_json::Value),
        (status = 404, description = "no such version", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn version(
    State(api): State<Arc<Api>>,
    Path(version): Path<String>,
) -> Result<Json<policy::Document>, Problem> {
    Ok(Json(publish::version(&api.app, version).await?))
}
