//! `PUT /v1/subjects/{subject}/secrets/password`: a password in the place of the one before.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Sent;
use super::caller::Called;
use super::problem::{LedgerPlace, Problem, ProblemDetails};
use super::{Api, subject};
use crate::acts::password;

/// A new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPassword {
    /// 8 to 128 characters; kept as an Argon2id verifier only.
    password: String,
    /// The one before, to be checked; left out where the caller has proven who she is in another way.
    old: Option<String>,
}

/// A password that was put.
#[derive(Serialize, ToSchema)]
pub(super) struct PasswordPut {
    /// The id of the record.
    record: String,
    /// Its place in the ledger.
    ledger: LedgerPlace,
}

/// Puts a password in the place of the one before.
#[utoipa::path(
    put, path = "/v1/subjects/{subject}/secrets/password", tag = "sign-in",
    security(("service_key" = ["sign-ins:vouch"])),
    params(("subject" = String, Path)),
    request_body = NewPassword,
    responses(
        (status = 200, description = "put", body = PasswordPut),
        (status = 403, description = "the old one does not fit, or the service key lacks the scope", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "no such person", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 409, description = "the account is closed, or another password was put meanwhile", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 429, description = "too many tries", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn put(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    Path(of): Path<String>,
    body: Sent<NewPassword>,
) -> Result<Json<PasswordPut>, Problem> {
    caller.may("sign-ins:vouch")?;
    let NewPassword { password, old } = body.read().await?.value;
    let of = subject(&of)?;
    let place = password::put(&api.app, &api.tries, of, password, old, caller.by()).await?;
    Ok(Json(PasswordPut { record: place.record_id(), ledger: place.into() }))
}
