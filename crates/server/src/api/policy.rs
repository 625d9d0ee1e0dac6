//! `/v1/policy`: the published policy as data, and every version of it.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse;
use jiff::Timestamp;
use policy::diff::Change;
use serde::Serialize;
use utoipa::ToSchema;

use super::Api;
use super::problem::{Problem, ProblemDetails};
use crate::acts::publish::{self, History};
use crate::acts::telling::{self, Told};
use crate::store::policies::Published;
use crate::web::feed;

/// How a version stands.
#[derive(Serialize, ToSchema, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(super) enum Stage {
    /// It takes effect later.
    Scheduled,
    /// It is in force.
    InForce,
    /// Another took its place.
    NoLongerInForce,
    /// It was taken back before it took effect.
    Withdrawn,
}

/// A version in the list.
#[derive(Serialize, ToSchema)]
pub(super) struct VersionListed {
    /// The version.
    version: String,
    /// SHA-256 of its files.
    hash: String,
    /// How it stands.
    stage: Stage,
    /// When it was published.
    published_at: String,
    /// From when on it holds; nothing for one that was withdrawn.
    effective_at: Option<String>,
    /// What it changed against the version before, each with its class and what law asks for.
    #[schema(value_type = Vec<serde_json::Value>)]
    changes: Vec<Change>,
    /// How far people have been told by letter, where the plan says so.
    told: Option<Told>,
    /// What its promises were found to be, each decided over every case before it was published.
    #[schema(value_type = serde_json::Value)]
    proof: serde_json::Value,
}

/// Every version, the newest first.
#[derive(Serialize, ToSchema)]
pub(super) struct Versions {
    /// The version in force.
    in_force: String,
    /// Every version, the newest first.
    versions: Vec<VersionListed>,
}

/// A version with how it stands.
#[derive(Serialize, ToSchema)]
pub(super) struct VersionShown {
    /// The policy, as `/v1/policy` shows it.
    #[serde(flatten)]
    #[schema(value_type = serde_json::Value)]
    policy: policy::Document,
    /// How it stands.
    release: VersionListed,
}

fn moment(at: i64) -> Option<String> {
    Timestamp::from_millisecond(at).ok().map(|at| at.to_string())
}

fn listed(
    row: &Published,
    stage: Stage,
    changes: Vec<Change>,
    told: Option<Told>,
) -> VersionListed {
    VersionListed {
        version: row.version.clone(),
        hash: row.hash.clone(),
        stage,
        published_at: moment(row.published_at).unwrap_or_default(),
        effective_at: if row.is_withdrawn() { None } else { moment(row.effective_at) },
        changes,
        told,
        proof: serde_json::from_str(&row.promises).unwrap_or_default(),
    }
}

async fn all(api: &Api) -> Result<Versions, Problem> {
    let history: History = publish::history(&api.app).await?;
    let in_force = api.app.policy().version;
    let mut versions: Vec<(policy::Version, VersionListed)> = Vec::new();
    for step in history.steps() {
        let stage = match step.document.version.cmp(&in_force) {
            std::cmp::Ordering::Greater => Stage::Scheduled,
            std::cmp::Ordering::Equal => Stage::InForce,
            std::cmp::Ordering::Less => Stage::NoLongerInForce,
        };
        let told = telling::progress(&api.app, &step).await?;
        let version = step.document.version;
        versions.push((version, listed(step.row, stage, step.changes(), told)));
    }
    for (row, document) in history.withdrawn() {
        versions.push((document.version, listed(row, Stage::Withdrawn, Vec::new(), None)));
    }
    versions.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    let versions = versions.into_iter().map(|(_, version)| version).collect();
    Ok(Versions { in_force: in_force.to_string(), versions })
}

/// The policy in force.
#[utoipa::path(
    get, path = "/v1/policy", tag = "policy",
    responses((status = 200, description = "the policy", body = serde_json::Value))
)]
pub(super) async fn current(State(api): State<Arc<Api>>) -> impl IntoResponse {
    ([(header::LINK, feed::LINKS)], Json(api.app.policy()))
}

/// Every version of the policy, with what each one changed.
#[utoipa::path(
    get, path = "/v1/policy/versions", tag = "policy",
    responses((status = 200, description = "the versions, the newest first", body = Versions))
)]
pub(super) async fn versions(State(api): State<Arc<Api>>) -> Result<impl IntoResponse, Problem> {
    Ok(([(header::LINK, feed::LINKS)], Json(all(&api).await?)))
}

/// A published version of the policy, with how it stands under `release`.
#[utoipa::path(
    get, path = "/v1/policy/versions/{version}", tag = "policy",
    params(("version" = String, Path)),
    responses(
        (status = 200, description = "the policy", body = VersionShown),
        (status = 404, description = "no such version", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn version(
    State(api): State<Arc<Api>>,
    Path(version): Path<String>,
) -> Result<Json<VersionShown>, Problem> {
    let policy = publish::version(&api.app, version.clone()).await?;
    let found = all(&api).await?.versions.into_iter().find(|known| known.version == version);
    let release = found.ok_or_else(|| crate::error::Error::not_found("version", version))?;
    Ok(Json(VersionShown { policy, release }))
}
