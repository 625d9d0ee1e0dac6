//! `POST /v1/subjects`: a person comes in.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Api;
use super::body::Sent;
use super::caller::Called;
use super::problem::{LedgerPlace, Problem, ProblemDetails};
use crate::intake::{self, Answer, Card, Newcomer};

/// A consent as it was answered.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ConsentAnswer {
    /// Which consent of the policy.
    consent: String,
    /// `given`, `refused`, …
    state: String,
    /// The policy version that was shown.
    notice: String,
    /// The language it was shown in: `ja` or `en`.
    language: String,
}

/// A payment card as the payment platform knows it; never its number.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CardToken {
    /// The platform's token.
    token: String,
    /// Visa, JCB and so on.
    brand: String,
    /// The last four digits.
    last4: String,
}

/// What is held to check against and never leaves.
#[derive(Deserialize, Default, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Secrets {
    /// 8 to 128 characters; kept as an Argon2id verifier only.
    password: Option<String>,
    /// Kept as the payment platform's token.
    card: Option<CardToken>,
}

/// A new person.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewSubject {
    /// The rules that apply to her: `jp`, `eu`, `uk`.
    regime: String,
    /// Values by item of the policy.
    items: BTreeMap<String, String>,
    /// A password, a card.
    #[serde(default)]
    secrets: Secrets,
    /// What she answered.
    #[serde(default)]
    consents: Vec<ConsentAnswer>,
    /// Her statutory representative: needed when she gives a consent below the age of her law, and then
    /// asked by letter; else it is not kept.
    representative: Option<NewRepresentative>,
}

/// A parent or guardian, who agrees to the consents of the young.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewRepresentative {
    /// Her name.
    name: String,
    /// Her e-mail address; not that of the person herself.
    email: String,
}

impl From<NewRepresentative> for intake::NewRepresentative {
    fn from(named: NewRepresentative) -> Self {
        Self { name: named.name, email: named.email }
    }
}

/// A person who was taken in.
#[derive(Serialize, ToSchema)]
pub(super) struct Taken {
    /// Her id.
    subject: String,
    /// The id of the record.
    record: String,
    /// Its place in the ledger.
    ledger: LedgerPlace,
}

/// Takes a person in, or refuses and keeps nothing.
#[utoipa::path(
    post, path = "/v1/subjects", tag = "intake", security(("service_key" = ["subjects:write"])),
    params(("Idempotency-Key" = Option<String>, Header, description = "makes a retry safe")),
    request_body = NewSubject,
    responses(
        (status = 201, description = "taken in", body = Taken),
        (status = 403, description = "refused; nothing is kept", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "fields that cannot be read, or the idempotency key was used for another request", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn register(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    body: Sent<NewSubject>,
) -> Result<(StatusCode, Json<Taken>), Problem> {
    caller.may("subjects:write")?;
    let body = body.read().await?;
    let once = body.once(&api.app.keys, &caller.id)?;
    let NewSubject { regime, items, secrets, consents, representative } = body.value;
    let newcomer = Newcomer {
        regime,
        items,
        representative: representative.map(Into::into),
        password: secrets.password,
        card: secrets.card.map(|c| Card { token: c.token, brand: c.brand, last4: c.last4 }),
        consents: consents
            .into_iter()
            .map(|c| Answer {
                consent: c.consent,
                state: c.state,
                notice: c.notice,
                language: c.language,
            })
            .collect(),
    };
    let registered = intake::register(&api.app, newcomer, caller.by(), once).await?;
    let taken = Taken {
        subject: registered.subject.to_string(),
        record: registered.place.record_id(),
        ledger: registered.place.into(),
    };
    Ok((StatusCode::CREATED, Json(taken)))
}
