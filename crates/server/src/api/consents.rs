//! `/v1/subjects/{subject}/consents/{consent}`: how a consent stands, and a new answer to it.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Sent;
use super::caller::Called;
use super::problem::{LedgerPlace, Problem, ProblemDetails};
use super::subjects::NewRepresentative;
use super::{Api, subject};
use crate::acts::consent::{self, Standing, Told};
use crate::error::Error;
use crate::intake::Answer;
use crate::record::Place;

/// A new answer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewState {
    /// `given`, `refused`, `withdrawn`, …
    state: String,
    /// The policy version that was shown.
    notice: String,
    /// The language it was shown in.
    language: String,
    /// Her statutory representative: needed when she gives it below the age of her law. It is `requested`
    /// then, until her representative has agreed.
    representative: Option<NewRepresentative>,
}

/// How a consent stands.
#[derive(Serialize, ToSchema)]
pub(super) struct ConsentStanding {
    /// Which consent.
    consent: String,
    /// Its state.
    state: &'static str,
    /// The policy version that was shown.
    notice: String,
    /// The language it was shown in.
    language: String,
    /// Since when.
    at: String,
    /// The record of the answer, when it was just given.
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<String>,
    /// Its place in the ledger.
    #[serde(skip_serializing_if = "Option::is_none")]
    ledger: Option<LedgerPlace>,
    /// Of an answer that was just given: `outbox` when a letter to the person waits there, `none`
    /// when nothing changed that she is told of, `no_address` when no letter can reach her,
    /// `representative` when her statutory representative is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    letter: Option<&'static str>,
}

fn shown(standing: Standing, answered: Option<(Place, Told)>) -> Json<ConsentStanding> {
    let Standing { taken, at } = standing;
    Json(ConsentStanding {
        consent: taken.consent.to_string(),
        state: taken.state.word(),
        notice: taken.notice.to_string(),
        language: taken.language,
        at: at.to_string(),
        record: answered.map(|(place, _)| place.record_id()),
        ledger: answered.map(|(place, _)| LedgerPlace::from(place)),
        letter: answered.map(|(_, told)| told.word()),
    })
}

/// A consent that a person is asked for.
#[derive(Serialize, ToSchema)]
pub(super) struct ConsentAsked {
    /// Which consent.
    consent: String,
    /// Its state; nothing when she was never asked.
    state: Option<&'static str>,
    /// The policy version that was shown.
    notice: Option<String>,
    /// Since when.
    at: Option<String>,
    /// True when she is to be asked: she agreed to words that no longer stand, or data collected
    /// before a version wait for it, or nobody answers it any more.
    ask: bool,
    /// Until when her statutory representative can agree; nothing unless it waits for that.
    waits_until: Option<String>,
}

/// The consents of a person.
#[derive(Serialize, ToSchema)]
pub(super) struct ConsentList {
    /// In the policy's order.
    consents: Vec<ConsentAsked>,
}

/// Every consent that a person is asked for, and which of them she must be asked again.
#[utoipa::path(
    get, path = "/v1/subjects/{subject}/consents", tag = "consent",
    security(("service_key" = ["consents:read"])),
    params(("subject" = String, Path)),
    responses(
        (status = 200, description = "her consents", body = ConsentList),
        (status = 404, description = "no such person", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    Path(of): Path<String>,
) -> Result<Json<ConsentList>, Problem> {
    caller.may("consents:read")?;
    let all = consent::all(&api.app, subject(&of)?).await?;
    let consents = all
        .into_iter()
        .map(|asked| ConsentAsked {
            consent: asked.consent.to_string(),
            state: asked.standing.as_ref().map(|standing| standing.taken.state.word()),
            notice: asked.standing.as_ref().map(|standing| standing.taken.notice.to_string()),
            at: asked.standing.as_ref().map(|standing| standing.at.to_string()),
            ask: asked.ask,
            waits_until: asked.waits_until.map(|until| until.to_string()),
        })
        .collect();
    Ok(Json(ConsentList { consents }))
}

/// How a consent stands.
#[utoipa::path(
    get, path = "/v1/subjects/{subject}/consents/{consent}", tag = "consent",
    security(("service_key" = ["consents:read"])),
    params(("subject" = String, Path), ("consent" = String, Path)),
    responses(
        (status = 200, description = "its standing", body = ConsentStanding),
        (status = 404, description = "no such person, or never asked", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn get(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    Path((of, name)): Path<(String, String)>,
) -> Result<Json<ConsentStanding>, Problem> {
    caller.may("consents:read")?;
    let parsed = name.parse().map_err(|_| Error::not_found("consent", name))?;
    let standing = consent::standing(&api.app, subject(&of)?, parsed).await?;
    Ok(shown(standing, None))
}

/// Sets how a consent stands; the gate heeds it at once.
#[utoipa::path(
    put, path = "/v1/subjects/{subject}/consents/{consent}", tag = "consent",
    security(("service_key" = ["consents:write"])),
    params(("subject" = String, Path), ("consent" = String, Path)),
    request_body = NewState,
    responses(
        (status = 200, description = "its new standing", body = ConsentStanding),
        (status = 404, description = "no such person or consent", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "fields that cannot be read", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn put(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    Path((of, name)): Path<(String, String)>,
    body: Sent<NewState>,
) -> Result<Json<ConsentStanding>, Problem> {
    caller.may("consents:write")?;
    let body = body.read().await?;
    let NewState { state, notice, language, representative } = body.value;
    let answer = Answer { consent: name, state, notice, language };
    let subject = subject(&of)?;
    let representative = representative.map(Into::into);
    let (standing, place, told) =
        consent::change(&api.app, subject, answer, representative, caller.by()).await?;
    Ok(shown(standing, Some((place, told))))
}

/// How one consent stands with many people, such as an evening's guests.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AboutMany {
    /// Which consent.
    consent: String,
    /// Whose; at most 100.
    subjects: Vec<String>,
}

/// How a consent stands with each of them.
#[derive(Serialize, ToSchema)]
pub(super) struct Standings {
    /// A state for each person, in the order asked; null where nothing was ever asked, or nobody is held,
    /// and `unreadable` where what is held cannot be understood.
    states: Vec<Option<&'static str>>,
}

/// How one consent stands with many people. Reads nothing else of them.
#[utoipa::path(
    post, path = "/v1/consents/standings", tag = "consent", security(("service_key" = ["consents:read"])),
    request_body = AboutMany,
    responses(
        (status = 200, description = "how it stands with each", body = Standings),
        (status = 422, description = "fields that cannot be read", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn standings(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    body: Sent<AboutMany>,
) -> Result<Json<Standings>, Problem> {
    caller.may("consents:read")?;
    let AboutMany { consent, subjects } = body.read().await?.value;
    let consent: ::policy::ConsentName = super::name("consent", &consent)?;
    let subjects: Vec<::policy::SubjectId> = super::names("subjects", &subjects)?;
    let states = consent::standings(&api.app, subjects, consent).await?;
    Ok(Json(Standings { states }))
}
