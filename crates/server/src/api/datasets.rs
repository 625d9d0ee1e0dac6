//! `/v1/datasets`: data sets are made of what is held, shown, provided and erased (S35, S36). The method
//! information is behind a scope of its own, and every look at it is on record.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use datasets::{Basis, Label, Next, Recode, Settings, Table};
use policy::party::DatasetId;
use policy::record::DatasetKind;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::body::Sent;
use super::caller::Called;
use super::problem::{LedgerPlace, Problem, ProblemDetails};
use super::{Api, name};
use crate::acts::dataset::{self, Approve, Provide, Source, Wish};
use crate::acts::everybody::Asked;
use crate::error::Error;

/// A data set to make. Its columns are items of the policy.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewDataset {
    /// `anonymised` or `pseudonymised`.
    #[schema(value_type = String)]
    kind: DatasetKind,
    /// What it is called, as it is published: `ja` and `en`, 120 characters each. Where it is left out, after
    /// its purpose and the day.
    #[schema(value_type = Option<BTreeMap<String, String>>)]
    name: Option<policy::Label>,
    /// The purpose of the policy under which values are used.
    purpose: String,
    /// By item: `role` (`quasi_identifying`, `sensitive` or `insensitive`), and how it is generalised
    /// (`intervals`, `dates`, `masks`, `groups` or `labels`), `l` or `t`. `confirmed` says in words why
    /// nobody is identified by a column that its name or its values call identifying: without it such a
    /// column is refused, and with it the reason is on record. docs/ANONYMISE.md tells of each.
    #[schema(value_type = BTreeMap<String, Value>)]
    columns: BTreeMap<String, datasets::ColumnSettings>,
    /// People who read alike at least; 10 where it is left out.
    k: Option<u32>,
    /// The share of rows that may be left out; 0.05 where it is left out.
    limit: Option<f64>,
    /// `whole`, `cells` or `parts`.
    #[schema(value_type = Option<String>)]
    recoding: Option<Recode>,
}

/// A data set.
#[derive(Serialize, ToSchema)]
pub(super) struct ShownDataset {
    /// Its id.
    dataset: String,
    /// `anonymised` or `pseudonymised`.
    #[schema(value_type = String)]
    kind: DatasetKind,
    /// What it is called: `ja` and `en`.
    #[schema(value_type = BTreeMap<String, String>)]
    name: policy::Label,
    /// What was written down of its making: counts, models reached, risks, standards.
    #[schema(value_type = Value)]
    manifest: datasets::Manifest,
    /// CSV in UTF-8.
    csv: String,
}

/// A data set that was made.
#[derive(Serialize, ToSchema)]
pub(super) struct MadeDataset {
    #[serde(flatten)]
    dataset: ShownDataset,
    /// The id of the record.
    record: String,
    /// Its place in the ledger.
    ledger: LedgerPlace,
}

fn id(text: &str) -> Result<DatasetId, Error> {
    text.parse().map_err(|_| Error::not_found("dataset", text))
}

fn shown(dataset: DatasetId, kept: dataset::Kept) -> ShownDataset {
    let dataset = dataset.to_string();
    let dataset::Kept { kind, name, manifest, csv, .. } = kept;
    ShownDataset { dataset, kind, name, manifest, csv }
}

/// Makes a data set. Every value that goes into it passes the gate; who may not be used is left out and
/// counted.
#[utoipa::path(
    post, path = "/v1/datasets", tag = "datasets",
    security(("service_key" = ["datasets:write"])),
    params(("Idempotency-Key" = Option<String>, Header, description = "makes a retry safe")),
    request_body = NewDataset,
    responses(
        (status = 201, description = "made", body = MadeDataset),
        (status = 422, description = "fields that cannot be read, a standard of the Rules that is not met, or the idempotency key was used for another request", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn make(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    body: Sent<NewDataset>,
) -> Result<(StatusCode, Json<MadeDataset>), Problem> {
    caller.may("datasets:write")?;
    let body = body.read().await?;
    let once = body.once(&api.app.keys, &caller.id)?;
    let given = body.value;
    let mut items = Vec::with_capacity(given.columns.len());
    for column in given.columns.keys() {
        items.push(name("columns", column)?);
    }
    if let Some((column, _)) = given.columns.iter().find(|(_, of)| of.file.is_some()) {
        let detail = "names a file; send its lines as `labels`";
        return Err(Error::field(format!("columns.{column}.file"), "not_possible", detail).into());
    }
    let mut settings = Settings { columns: given.columns, k: given.k, ..Settings::default() };
    settings.limit = given.limit.unwrap_or(settings.limit);
    settings.recoding = given.recoding.unwrap_or(settings.recoding);
    let purpose = name("purpose", &given.purpose)?;
    let asked = Asked { purpose, items, by: caller.by() };
    let of = Source { kind: given.kind, asked, file: None };
    let name = given.name;
    let wish = Wish { of, name, settings: Box::new(move |_: &Table| settings), once };
    let made = dataset::make(&api.app, wish, Arc::new(|_| Next::GoOn)).await;
    let made = made.map_err(Error::from)?;
    let answer = MadeDataset {
        record: made.place.record_id(),
        ledger: made.place.into(),
        dataset: shown(made.dataset, made.kept),
    };
    Ok((StatusCode::CREATED, Json(answer)))
}

/// Shows a data set, for use within the house.
#[utoipa::path(
    get, path = "/v1/datasets/{dataset}", tag = "datasets",
    security(("service_key" = ["datasets:read"])),
    params(("dataset" = String, Path)),
    responses(
        (status = 200, description = "the set", body = ShownDataset),
        (status = 404, description = "no such set", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn get(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    Path(dataset): Path<String>,
) -> Result<Json<ShownDataset>, Problem> {
    caller.may("datasets:read")?;
    let dataset = id(&dataset)?;
    Ok(Json(shown(dataset, dataset::get(&api.app, dataset).await?)))
}

/// What is kept apart of a set.
#[derive(Serialize, ToSchema)]
pub(super) struct ShownMethod {
    /// The settings with seed and hierarchies; of a pseudonymised set the key of its tokens.
    method: Value,
    /// The id of the record of this look.
    record: String,
    /// Its place in the ledger.
    ledger: LedgerPlace,
}

/// Shows the method information of a set, or its deletion information; the look is recorded first.
#[utoipa::path(
    get, path = "/v1/datasets/{dataset}/method", tag = "datasets",
    security(("service_key" = ["datasets:method"])),
    params(("dataset" = String, Path)),
    responses(
        (status = 200, description = "what would restore the source", body = ShownMethod),
        (status = 404, description = "no such set", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn method(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    Path(dataset): Path<String>,
) -> Result<Json<ShownMethod>, Problem> {
    caller.may("datasets:method")?;
    let (place, bytes) = dataset::method(&api.app, id(&dataset)?, caller.by()).await?;
    let method = serde_json::from_slice(&bytes).map_err(anyhow::Error::from)?;
    Ok(Json(ShownMethod { method, record: place.record_id(), ledger: place.into() }))
}

/// To whom a set goes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewProvision {
    /// The recipient's name; of a pseudonymised set the name of a processor or joint user in the policy.
    recipient: String,
    /// `anonymised`; of a pseudonymised set `entrustment`, `joint_use`, `succession` or `law`. The last two
    /// need an approval of the same recipient and basis that another key or somebody else gave.
    #[schema(value_type = String)]
    basis: Basis,
    /// How it is provided, as it is published: `ja` and `en`.
    #[schema(value_type = BTreeMap<String, String>)]
    method: Label,
    /// The record of the approval that it stands on; without one the first that fits.
    #[serde(default)]
    approval: Option<String>,
}

/// To whom a set may go.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewApproval {
    /// The recipient's name, as the provision will say it.
    recipient: String,
    /// `law` or `succession`.
    #[schema(value_type = String)]
    basis: Basis,
    /// What shows it, such as the number of an order.
    reason: String,
}

/// An approval on record.
#[derive(Serialize, ToSchema)]
pub(super) struct ApprovedDataset {
    /// The id of the record.
    record: String,
    /// Its place in the ledger.
    ledger: LedgerPlace,
}

/// Approves that a pseudonymised set goes to somebody as a law asks or by succession, once. Whoever approves
/// does not provide it.
#[utoipa::path(
    post, path = "/v1/datasets/{dataset}/approvals", tag = "datasets",
    security(("service_key" = ["datasets:approve"])),
    params(("dataset" = String, Path)),
    request_body = NewApproval,
    responses(
        (status = 201, description = "approved", body = ApprovedDataset),
        (status = 404, description = "no such set", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "fields that cannot be read", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn approve(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    Path(dataset): Path<String>,
    body: Sent<NewApproval>,
) -> Result<(StatusCode, Json<ApprovedDataset>), Problem> {
    caller.may("datasets:approve")?;
    let NewApproval { recipient, basis, reason } = body.read().await?.value;
    let given = Approve { dataset: id(&dataset)?, recipient, basis, reason, by: caller.by() };
    let place = dataset::approve(&api.app, given).await?;
    let answer = ApprovedDataset { record: place.record_id(), ledger: place.into() };
    Ok((StatusCode::CREATED, Json(answer)))
}

/// A set that goes to somebody.
#[derive(Serialize, ToSchema)]
pub(super) struct ProvidedDataset {
    /// What to tell the recipient together with it, by language; it is on record.
    told: BTreeMap<String, String>,
    /// CSV in UTF-8.
    csv: String,
    /// The id of the record.
    record: String,
    /// Its place in the ledger.
    ledger: LedgerPlace,
}

/// Provides a set to somebody outside: published and recorded first.
#[utoipa::path(
    post, path = "/v1/datasets/{dataset}/provisions", tag = "datasets",
    security(("service_key" = ["datasets:provide"])),
    params(("dataset" = String, Path)),
    request_body = NewProvision,
    responses(
        (status = 200, description = "what goes", body = ProvidedDataset),
        (status = 404, description = "no such set", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 409, description = "the set may not go there on that basis; recorded", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn provide(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    Path(dataset): Path<String>,
    body: Sent<NewProvision>,
) -> Result<Json<ProvidedDataset>, Problem> {
    caller.may("datasets:provide")?;
    let NewProvision { recipient, basis, method, approval } = body.read().await?.value;
    let (dataset, by) = (id(&dataset)?, caller.by());
    let given = Provide { dataset, recipient, basis, method, approval, by };
    let provided = dataset::provide(&api.app, given).await?;
    Ok(Json(ProvidedDataset {
        told: provided.told.into_iter().collect(),
        csv: provided.csv,
        record: provided.place.record_id(),
        ledger: provided.place.into(),
    }))
}

/// A set that was erased.
#[derive(Serialize, ToSchema)]
pub(super) struct EndedDataset {
    /// The id of the record.
    record: String,
    /// Its place in the ledger.
    ledger: LedgerPlace,
}

/// Erases a set with its method information.
#[utoipa::path(
    delete, path = "/v1/datasets/{dataset}", tag = "datasets",
    security(("service_key" = ["datasets:write"])),
    params(("dataset" = String, Path)),
    responses(
        (status = 200, description = "erased", body = EndedDataset),
        (status = 404, description = "no such set", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn end(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    Path(dataset): Path<String>,
) -> Result<Json<EndedDataset>, Problem> {
    caller.may("datasets:write")?;
    let place = dataset::end(&api.app, id(&dataset)?, caller.by()).await?;
    Ok(Json(EndedDataset { record: place.record_id(), ledger: place.into() }))
}
