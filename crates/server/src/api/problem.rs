//! Every no of the API, as RFC 9457 problem details. A handler returns an [`Error`]; the layer here
//! dresses it in the reader's language on the way out. A failure of ours shows an id and nothing
//! else; the log has the rest under the same id.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use policy::Language;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::Api;
use crate::error::Error;
use crate::record::Place;
use crate::store::Kind;
use crate::words;

/// The address under which each kind of problem is known.
const TYPES: &str = "https://azukari.example/problems/";

/// Problem details (RFC 9457).
#[derive(Serialize, ToSchema)]
pub struct ProblemDetails {
    /// The kind of problem, as an address.
    pub r#type: String,
    /// The kind, in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened here and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Why the rules refused, each with `reason`, its facts and `words`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Value>,
    /// Fields that cannot be read, each with `field`, `code`, `detail` and `words`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Value>,
    /// The id of the refusal's record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// Its place in the ledger.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ledger: Option<LedgerPlace>,
    /// Under this id the operator's log tells more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// An error on its way out.
#[derive(Clone)]
pub struct Problem(Arc<Error>);

impl<E: Into<Error>> From<E> for Problem {
    fn from(error: E) -> Self {
        Self(Arc::new(error.into()))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        response.extensions_mut().insert(self);
        response
    }
}

/// The language a request asks for.
pub fn language(headers: &axum::http::HeaderMap) -> Language {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let mut tags = accepted.into_iter().flat_map(|value| value.split(','));
    tags.find_map(|tag| Language::parse(tag.trim().split(';').next().unwrap_or_default()))
        .unwrap_or(Language::En)
}

/// The layer that dresses problems, and keeps what is about a person out of every cache.
pub async fn dress(State(api): State<Arc<Api>>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let public = path.starts_with("/v1/policy") || path.starts_with("/v1/ledger/");
    let personal = path.starts_with("/v1/") && !public;
    let language = language(request.headers());
    let mut response = dressed(&api, language, next.run(request).await);
    if personal {
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

fn dressed(api: &Api, language: Language, mut response: Response) -> Response {
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        return details(&problem.0, language, api);
    }
    // What the layers below say of a request they did not understand, in the one form of a no.
    let (status, kind, title, detail) = match response.status() {
        StatusCode::METHOD_NOT_ALLOWED => (
            StatusCode::METHOD_NOT_ALLOWED,
            "method-not-allowed",
            "method not allowed",
            "send one of the methods in `Allow`; see /openapi.json",
        ),
        StatusCode::BAD_REQUEST => (
            StatusCode::BAD_REQUEST,
            "bad-request",
            "the request cannot be read",
            "its address or its body did not arrive whole; see /openapi.json",
        ),
        _ => return response,
    };
    let allow = response.headers_mut().remove(header::ALLOW);
    let mut dressed =
        answer(status, kind, language, &ProblemDetails::plain(kind, title, status, detail));
    if let Some(allow) = allow {
        dressed.headers_mut().insert(header::ALLOW, allow);
    }
    dressed
}

impl ProblemDetails {
    fn plain(kind: &str, title: &str, status: StatusCode, detail: &str) -> Self {
        Self {
            r#type: format!("{TYPES}{kind}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: Some(detail.to_owned()),
            reasons: Vec::new(),
            errors: Vec::new(),
            record: None,
            ledger: None,
            failure: None,
        }
    }
}

fn answer(
    status: StatusCode,
    kind: &'static str,
    language: Language,
    body: &ProblemDetails,
) -> Response {
    metrics::counter!("azukari_problems_total", "kind" => kind).increment(1);
    let mut response = (status, axum::Json(body)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
    headers.insert(header::VARY, HeaderValue::from_static("accept-language"));
    response
}

fn details(error: &Error, language: Language, api: &Api) -> Response {
    let (body, kind, retry_after) = written(error, language, api);
    let status = StatusCode::from_u16(body.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = answer(status, kind, language, &body);
    let headers = response.headers_mut();
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(seconds) = retry_after
        && let Ok(value) = HeaderValue::from_str(&seconds.to_string())
    {
        headers.insert(header::RETRY_AFTER, value);
    }
    response
}

impl ProblemDetails {
    /// An error as one answer among many.
    pub(super) fn of(error: &Error, language: Language, api: &Api) -> Self {
        let (body, kind, _) = written(error, language, api);
        metrics::counter!("azukari_problems_total", "kind" => kind).increment(1);
        body
    }
}

/// An error in words, with its kind and the seconds after which to try again.
fn written(
    error: &Error,
    language: Language,
    api: &Api,
) -> (ProblemDetails, &'static str, Option<u64>) {
    let mut retry_after = None;
    let mut reasons = Vec::new();
    let mut errors = Vec::new();
    let mut recorded: Option<Place> = None;
    let mut failure = None;
    let mut detail = Some(error.to_string());
    let (status, kind, title) = match error {
        Error::Refused { reasons: given, place } => {
            let document = api.app.policy();
            for reason in given {
                let mut value = match serde_json::to_value(reason) {
                    Ok(Value::Object(map)) => map,
                    _ => Map::new(),
                };
                value.insert("words".into(), words::reason(reason, language, &document).into());
                reasons.push(Value::Object(value));
            }
            recorded = *place;
            detail = None;
            (StatusCode::FORBIDDEN, "refused", "the policy does not allow this")
        }
        Error::Invalid(fields) => {
            for field in fields {
                errors.push(json!({
                    "field": field.field,
                    "code": field.code,
                    "detail": format!("`{}` {}", field.field, field.detail),
                    "words": words::field(field.code, language),
                }));
            }
            detail = None;
            (StatusCode::UNPROCESSABLE_ENTITY, "invalid", "some fields cannot be read")
        }
        Error::NotFound { .. } | Error::NoSuchAddress => {
            (StatusCode::NOT_FOUND, "not-found", "not found")
        }
        Error::Conflict(_) => (StatusCode::CONFLICT, "conflict", "conflict"),
        Error::KeyReused => {
            (StatusCode::UNPROCESSABLE_ENTITY, "idempotency-key-reused", "idempotency key reused")
        }
        Error::Unauthenticated => {
            (StatusCode::UNAUTHORIZED, "unauthenticated", "no service key in force")
        }
        Error::SignInFailed => (StatusCode::FORBIDDEN, "sign-in-failed", "sign-in failed"),
        Error::ManagerOnly => {
            (StatusCode::FORBIDDEN, "manager-only", "only the information manager may do this")
        }
        Error::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too-large", "the request is too large"),
        Error::Scope(_) => (StatusCode::FORBIDDEN, "scope", "the service key may not do this"),
        Error::TooMany { retry_after_s } => {
            retry_after = Some(*retry_after_s);
            (StatusCode::TOO_MANY_REQUESTS, "too-many", "too many requests")
        }
        Error::Database(db) => {
            let (kind, words) = match db.kind {
                Kind::Full => {
                    ("disk-full", "the disk is full; nothing was changed; free space and retry")
                }
                Kind::Busy => ("busy", "too many acts are waiting; nothing was changed; retry"),
                Kind::Unavailable => (
                    "database-away",
                    "the database cannot be reached; retry with the same idempotency key",
                ),
                Kind::ReadOnly => ("read-only", "the database may not be written; nothing changed"),
                Kind::PolicyChanged => (
                    "policy-changed",
                    "a newer policy is in force than this process knows; nothing was changed; \
                     restart it",
                ),
                Kind::RootChanged => (
                    "root-changed",
                    "the root key was rotated; nothing was changed; restart this process with the \
                     new one",
                ),
                _ => (
                    "failure",
                    "a failure of this server; nothing was changed; retry, and give the operator \
                     this failure's id if it stays",
                ),
            };
            failure = Some(log(error));
            detail = Some(words.to_owned());
            if kind == "failure" {
                (StatusCode::INTERNAL_SERVER_ERROR, kind, "failure")
            } else {
                retry_after = Some(1);
                (StatusCode::SERVICE_UNAVAILABLE, kind, "the database cannot take this now")
            }
        }
        Error::Failure(_) => {
            failure = Some(log(error));
            detail = Some(
                "a failure of this server; no value left it; retry, and give the operator this \
                 failure's id if it stays"
                    .to_owned(),
            );
            (StatusCode::INTERNAL_SERVER_ERROR, "failure", "failure")
        }
    };
    let body = ProblemDetails {
        r#type: format!("{TYPES}{kind}"),
        title: title.to_owned(),
        status: status.as_u16(),
        detail,
        reasons,
        errors,
        record: recorded.map(|place| place.record_id()),
        ledger: recorded.map(LedgerPlace::from),
        failure,
    };
    (body, kind, retry_after)
}

/// Logs a failure once, under an id.
pub(crate) fn log(error: &Error) -> String {
    let mut bytes = [0; 8];
    let _ = crate::once::random(&mut bytes);
    let id = format!("fail_{}", policy::party::base32().encode(&bytes));
    match error {
        Error::Failure(cause) => tracing::error!(failure = %id, "{cause:#}"),
        other => tracing::error!(failure = %id, "{other}"),
    }
    id
}

/// Where an act is written down, as answers show it.
#[derive(Serialize, ToSchema)]
pub struct LedgerPlace {
    /// The entry's index.
    pub index: u64,
    /// Where its proof is to be had.
    pub proof: String,
}

impl From<Place> for LedgerPlace {
    fn from(place: Place) -> Self {
        Self { index: place.index, proof: format!("/v1/ledger/proofs/{}", place.index) }
    }
}
