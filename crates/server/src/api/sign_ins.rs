//! `POST /v1/sign-ins`: does this password go with this address, whose id is this at a linked service, or what
//! has the service checked itself? `POST /v1/sign-ins/addresses`: whose address is this?
//! `GET /v1/subjects/{subject}/sign-ins`: her history of them (S5).

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Sent;
use super::caller::Called;
use super::problem::{LedgerPlace, Problem, ProblemDetails};
use super::{Api, subject};
use crate::acts::sign_in;
use crate::acts::sign_in_history::{self, Device};
use crate::error::Error;
use ::policy::record::SignInMeans;

/// An address and a password, or an id at a linked service.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SignIn {
    /// As typed.
    email: Option<String>,
    /// As typed.
    password: Option<String>,
    /// Her id at a linked service, from an ID token that the caller has verified; needs the scope
    /// `links:write` as well, and nothing beside it.
    link: Option<LinkedId>,
    /// What the caller has checked itself; needs the scope `sign-ins:vouch` as well, and nothing beside it.
    vouched: Option<Vouched>,
    /// The kind of device: `phone`, `tablet`, `computer` or `other`. Noted in her history.
    #[schema(value_type = Option<String>)]
    device: Option<Device>,
}

/// An id at a linked service.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LinkedId {
    /// `iss` of the ID token, to the letter.
    issuer: String,
    /// `sub` of the ID token.
    subject: String,
}

/// A try that the caller has checked.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Vouched {
    /// Whose.
    subject: String,
    /// `code` or `passkey`.
    #[schema(value_type = String)]
    means: VouchedMeans,
    /// Whether it fit; one that did not is noted and answered with 403.
    succeeded: bool,
}

/// What a caller can check itself.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum VouchedMeans {
    Code,
    Passkey,
}

impl From<VouchedMeans> for SignInMeans {
    fn from(means: VouchedMeans) -> Self {
        match means {
            VouchedMeans::Code => Self::Code,
            VouchedMeans::Passkey => Self::Passkey,
        }
    }
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
        (status = 404, description = "this policy knows no sign-in, or no account is linked with that id, or vouched for is nobody who has one", body = ProblemDetails, content_type = "application/problem+json"),
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
    let missing =
        |field: &str| Error::field(field, "missing", "is missing; send it, or `link` alone");
    let (subject, regime) = match body.value {
        SignIn { email: None, password: None, link: None, vouched: Some(vouched), device } => {
            caller.may("sign-ins:vouch")?;
            let Vouched { subject: of, means, succeeded } = vouched;
            sign_in::vouched(&api.app, subject(&of)?, means.into(), succeeded, device).await?
        }
        SignIn { vouched: Some(_), .. } => {
            let detail = "stands alone; send it without `email`, `password` and `link`";
            return Err(Error::field("vouched", "not_alone", detail).into());
        }
        SignIn { email: None, password: None, link: Some(link), vouched: None, device } => {
            // Whoever vouches for an id could have linked it.
            caller.may("links:write")?;
            sign_in::by_link(&api.app, &link.issuer, &link.subject, device).await?
        }
        SignIn { link: Some(_), .. } => {
            let detail = "stands alone; send it without `email` and `password`";
            return Err(Error::field("link", "not_alone", detail).into());
        }
        SignIn { email, password, link: None, vouched: None, device } => {
            let email = email.ok_or_else(|| missing("email"))?;
            let password = password.ok_or_else(|| missing("password"))?;
            sign_in::sign_in(&api.app, &api.tries, &email, password, device).await?
        }
    };
    Ok(Json(SignedIn { subject: subject.to_string(), regime: regime.to_string() }))
}

/// An address.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Address {
    /// As typed.
    email: String,
}

/// Whose it is.
#[derive(Serialize, ToSchema)]
pub(super) struct Whose {
    /// Her id; nothing when nobody with an account has it.
    subject: Option<String>,
}

/// Finds a person by her address, for a service that proves who she is in another way.
#[utoipa::path(
    post, path = "/v1/sign-ins/addresses", tag = "sign-in",
    security(("service_key" = ["sign-ins:vouch"])),
    request_body = Address,
    responses(
        (status = 200, description = "whose it is, or that it is nobody's", body = Whose),
        (status = 404, description = "this policy knows no sign-in", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn whose(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    body: Sent<Address>,
) -> Result<Json<Whose>, Problem> {
    caller.may("sign-ins:vouch")?;
    let found = sign_in::whose(&api.app, &body.read().await?.value.email).await?;
    Ok(Json(Whose { subject: found.map(|subject| subject.to_string()) }))
}

/// One try to sign in.
#[derive(Serialize, ToSchema)]
struct TryShown {
    /// When.
    at: String,
    /// `password`, `code`, `link` or `passkey`.
    means: &'static str,
    /// Whether it fit.
    succeeded: bool,
    /// The kind of device, if the service told.
    device: Option<&'static str>,
}

/// A person's sign-ins.
#[derive(Serialize, ToSchema)]
pub(super) struct SignInHistory {
    /// Each try, the newest first; nothing where the policy keeps no history.
    sign_ins: Vec<TryShown>,
    /// The id of the record of this look.
    record: Option<String>,
    /// Its place in the ledger.
    ledger: Option<LedgerPlace>,
}

/// Opens a person's history of sign-ins for her; recorded first, like every use.
#[utoipa::path(
    get, path = "/v1/subjects/{subject}/sign-ins", tag = "sign-in",
    security(("service_key" = ["uses:write"])),
    params(("subject" = String, Path)),
    responses(
        (status = 200, description = "the history", body = SignInHistory),
        (status = 403, description = "refused, and recorded", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "no such person", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    Path(of): Path<String>,
) -> Result<Json<SignInHistory>, Problem> {
    caller.may("uses:write")?;
    let seen = sign_in_history::of(&api.app, subject(&of)?, caller.by()).await?;
    let Some((tries, disclosed)) = seen else {
        return Ok(Json(SignInHistory { sign_ins: Vec::new(), record: None, ledger: None }));
    };
    let shown = tries.iter().map(|one| TryShown {
        at: one.at.to_string(),
        means: one.means.word(),
        succeeded: one.succeeded,
        device: one.device.map(Device::word),
    });
    Ok(Json(SignInHistory {
        sign_ins: shown.collect(),
        record: Some(disclosed.place.record_id()),
        ledger: Some(disclosed.place.into()),
    }))
}
