//! `/v1/subjects/{subject}/links`: the services that a person linked, and what came in under each grant.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use policy::record::Imported;
use policy::{Document, Label};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::accounts::{GoneShown, StayedShown};
use super::body::Sent;
use super::caller::Called;
use super::problem::{LedgerPlace, Problem, ProblemDetails};
use super::{Api, subject};
use crate::acts::link::{self, New};

/// What a linked service told, once its ID token was verified.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewLink {
    /// `iss` of the ID token, to the letter.
    issuer: String,
    /// `sub` of the ID token: her id there.
    subject: String,
    /// The scopes that she granted.
    scopes: Vec<String>,
    /// What comes in, by item; only what those scopes allow.
    #[serde(default)]
    items: BTreeMap<String, NewImport>,
}

/// A value of a linked service.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewImport {
    /// The claim it comes from.
    claim: String,
    /// Its value, as text.
    value: String,
}

/// A value that came through a link, without it.
#[derive(Serialize, ToSchema)]
pub(super) struct ImportShown {
    /// Which item.
    item: String,
    /// The version that came; a later one came otherwise.
    version: u32,
    /// The claim it came from; nothing for her id there.
    claim: Option<String>,
    /// The scope that was granted for it.
    scope: Option<String>,
}

impl From<&Imported> for ImportShown {
    fn from(one: &Imported) -> Self {
        Self {
            item: one.item.to_string(),
            version: one.version,
            claim: one.claim.as_ref().map(ToString::to_string),
            scope: one.scope.as_ref().map(ToString::to_string),
        }
    }
}

/// A service that was linked.
#[derive(Serialize, ToSchema)]
pub(super) struct Linked {
    /// Which service.
    service: String,
    /// What came in.
    items: Vec<ImportShown>,
    /// What came in before and is no longer granted, or was not sent again.
    gone: Vec<GoneShown>,
    /// The id of the record.
    record: String,
    /// Its place in the ledger.
    ledger: LedgerPlace,
}

/// Links a service with an account, or links it anew with another grant.
#[utoipa::path(
    put, path = "/v1/subjects/{subject}/links/{service}", tag = "links",
    security(("service_key" = ["links:write"])),
    params(("subject" = String, Path), ("service" = String, Path)),
    request_body = NewLink,
    responses(
        (status = 200, description = "linked", body = Linked),
        (status = 403, description = "an item is refused by the rules", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "no such person or service", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 409, description = "another id of that service is linked, or the account is closed", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "fields that cannot be read, an item that was not granted, or an id of another account", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn put(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    Path((of, service)): Path<(String, String)>,
    body: Sent<NewLink>,
) -> Result<Json<Linked>, Problem> {
    caller.may("links:write")?;
    let given = body.read().await?.value;
    let of = subject(&of)?;
    let items = given.items.into_iter().map(|(item, one)| (item, (one.claim, one.value)));
    let new = New {
        issuer: given.issuer,
        id: given.subject,
        scopes: given.scopes,
        items: items.collect(),
    };
    let linked = link::link(&api.app, of, &service, new, caller.by()).await?;
    Ok(Json(Linked {
        service,
        items: linked.items.iter().map(ImportShown::from).collect(),
        gone: linked.gone.iter().map(GoneShown::from).collect(),
        record: linked.place.record_id(),
        ledger: linked.place.into(),
    }))
}

/// A link in force.
#[derive(Serialize, ToSchema)]
pub(super) struct LinkShown {
    /// Which service.
    service: String,
    /// What people read.
    #[schema(value_type = BTreeMap<String, String>)]
    label: Label,
    /// When it was linked, or linked anew.
    linked_at: String,
    /// What she granted there.
    scopes: Vec<ScopeShown>,
    /// What came in.
    items: Vec<ImportShown>,
}

/// A scope that was granted.
#[derive(Serialize, ToSchema)]
pub(super) struct ScopeShown {
    /// As the service calls it.
    scope: String,
    /// What people read; nothing for a scope that feeds no item.
    #[schema(value_type = Option<BTreeMap<String, String>>)]
    label: Option<Label>,
}

/// The links of a person.
#[derive(Serialize, ToSchema)]
pub(super) struct Links {
    /// Each link in force.
    links: Vec<LinkShown>,
}

/// Lists the services that a person linked, with what she granted and what came in; never a value.
#[utoipa::path(
    get, path = "/v1/subjects/{subject}/links", tag = "links",
    security(("service_key" = ["subjects:read"])),
    params(("subject" = String, Path)),
    responses(
        (status = 200, description = "the links in force", body = Links),
        (status = 404, description = "no such person", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    Path(of): Path<String>,
) -> Result<Json<Links>, Problem> {
    caller.may("subjects:read")?;
    let document = api.app.policy();
    let links = link::all(&api.app, subject(&of)?).await?;
    let shown = |link: &crate::linked::Link| {
        let service = document.services.get(&link.service);
        LinkShown {
            service: link.service.to_string(),
            label: service_label(&document, &link.service),
            linked_at: link.at.to_string(),
            scopes: link
                .grant
                .scopes
                .iter()
                .map(|scope| ScopeShown {
                    scope: scope.to_string(),
                    label: service.and_then(|s| Some(s.scopes.get(scope)?.label.clone())),
                })
                .collect(),
            items: link.grant.items.iter().map(ImportShown::from).collect(),
        }
    };
    Ok(Json(Links { links: links.iter().map(shown).collect() }))
}

/// What people read of a service; its name, where a later version took it out.
pub(super) fn service_label(document: &Document, name: &policy::ServiceName) -> Label {
    let named = || Label { ja: name.to_string(), en: name.to_string() };
    document.services.get(name).map_or_else(named, |service| service.label.clone())
}

/// A link that was ended.
#[derive(Serialize, ToSchema)]
pub(super) struct Unlinked {
    /// Which service.
    service: String,
    /// What went.
    gone: Vec<GoneShown>,
    /// What a hold keeps for now, until when and why.
    stayed: Vec<StayedShown>,
    /// The items that stay because she has entered them herself since.
    kept: Vec<String>,
    /// The id of the record.
    record: String,
    /// Its place in the ledger.
    ledger: LedgerPlace,
}

/// Ends a link: what came through it goes, and nobody signs in by it any more.
#[utoipa::path(
    delete, path = "/v1/subjects/{subject}/links/{service}", tag = "links",
    security(("service_key" = ["links:write"])),
    params(("subject" = String, Path), ("service" = String, Path)),
    responses(
        (status = 200, description = "ended", body = Unlinked),
        (status = 404, description = "no such person, or that service is not linked", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn end(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    Path((of, service)): Path<(String, String)>,
) -> Result<Json<Unlinked>, Problem> {
    caller.may("links:write")?;
    let ended = link::unlink(&api.app, subject(&of)?, &service, caller.by()).await?;
    // What was just shredded lies in no log of the database either.
    if !ended.gone.is_empty()
        && let Err(error) = api.app.store.scrub().await
    {
        tracing::warn!(%error, "freed pages are not cleared yet; the next round clears them");
    }
    Ok(Json(Unlinked {
        service,
        gone: ended.gone.iter().map(GoneShown::from).collect(),
        stayed: ended.stayed.iter().map(StayedShown::from).collect(),
        kept: ended.kept.iter().map(ToString::to_string).collect(),
        record: ended.place.record_id(),
        ledger: ended.place.into(),
    }))
}
