//! `POST /v1/sign-ins`: does this password go with this address?

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Api;
use super::body::Sent;
use super::caller::Called;
use super::problem::{Problem, ProblemDetails};
use crate::acts::sign_in;

/// An address and a password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SignIn {
    /// As typed.
    email: String,
    /// As typed.
    password: String,
}

/// The person they belong to.
#[derive(Serialize, ToSchema)]
pub(super) struct SignedIn {
    /// Her id.
    subject: String,
    /// The rules that apply to her.
    regime: String,
}

/// Signs a person in; the answer does not tell whether the address is known.
#[utoipa::path(
    post, path = "/v1/sign-ins", tag = "sign-in", security(("service_key" = ["sign-ins:write"])),
    request_body = SignIn,
    responses(
        (status = 200, description = "they go together", body = SignedIn),
        (status = 403, description = "they do not, or the service key lacks the scope", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 429, description = "too many tries", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn sign_in(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    body: Sent<SignIn>,
) -> Result<Json<SignedIn>, Problem> {
    caller.may("sign-ins:write")?;
    let body = body.read().await?;
    let SignIn { email, password } = body.value;
    let (subject, regime) = sign_in::sign_in(&api.app, &api.tries, &email, password).await?;
    Ok(Json(SignedIn { subject: subject.to_string(), regime: regime.to_string() }))
}
