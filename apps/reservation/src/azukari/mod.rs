//! The client of Azukari's public HTTP API: every word this app exchanges with the house that holds
//! its guests' information. Knows nothing of pages; keeps nothing; logs no value of a person. One file a topic;
//! this one has the client itself, and every way in which Azukari may not do what it was asked.

mod disclosures;
mod guests;
mod hers;
mod policy;
mod provisions;
mod stores;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::chance;
use crate::language::Language;

pub(crate) use disclosures::{StoreAsk, Values};
pub(crate) use guests::{Answer, ConsentState, Found, Newcomer, Representative};
pub(crate) use hers::{BookingLetter, Import, Link, NewLink, SignIn, Stop};
pub(crate) use policy::{Consent, GrantScope, Item, Policy, Service};
pub(crate) use provisions::Provision;
pub(crate) use stores::{Engagement, StoreEntry};

/// How long an answer may take before the house counts as out of reach.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why Azukari did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// The rules answered no.
    #[error("refused")]
    Refused(Vec<Reason>),
    /// Something sent could not be read, field by field.
    #[error("invalid")]
    Invalid(Vec<FieldError>),
    /// Address or password did not fit.
    #[error("sign-in failed")]
    SignInFailed,
    /// Asked too often.
    #[error("too many tries")]
    TooMany,
    /// Nothing is held under that name.
    #[error("not found")]
    NotFound,
    /// Something stands against it.
    #[error("conflict")]
    Conflict,
    /// Out of reach, or closed for the moment.
    #[error("unavailable")]
    Unavailable,
    /// An answer that the contract does not know.
    #[error("unexpected answer {0}")]
    Unexpected(String),
}

impl Trouble {
    /// True when what was asked was certainly not done; after any other trouble it may have been.
    pub(crate) fn is_a_no(&self) -> bool {
        match self {
            Self::Refused(_)
            | Self::Invalid(_)
            | Self::SignInFailed
            | Self::TooMany
            | Self::NotFound => true,
            Self::Conflict | Self::Unavailable | Self::Unexpected(_) => false,
        }
    }
}

/// A reason of the rules: its id, the facts that matter to a reader, and the house's own words.
#[derive(Debug, Clone, Deserialize, PartialEq, Eq)]
pub(crate) struct Reason {
    #[serde(rename = "reason")]
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) consent: Option<String>,
    #[serde(default)]
    pub(crate) state: Option<String>,
    #[serde(default)]
    pub(crate) words: Option<String>,
}

/// What is wrong with one field.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct FieldError {
    pub(crate) field: String,
    pub(crate) code: String,
    #[serde(default)]
    pub(crate) words: Option<String>,
}

/// RFC 9457, as far as a client needs it. `detail` may quote what was sent, so it is not read.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Problem {
    r#type: String,
    reasons: Vec<Reason>,
    errors: Vec<FieldError>,
}

/// The client.
#[derive(Clone)]
pub(crate) struct Azukari {
    http: reqwest::Client,
    base: String,
    key: String,
    known: Arc<Mutex<policy::Known>>,
}

impl Azukari {
    pub(crate) fn new(base: &str, key: &str) -> anyhow::Result<Self> {
        // Azukari is a neighbour: no proxy stands between, and it redirects nowhere.
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build()?;
        let base = base.trim_end_matches('/').to_owned();
        Ok(Self { http, base, key: key.to_owned(), known: Arc::default() })
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        language: Language,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<T, Trouble> {
        self.ask_once(language, method, path, body, None).await
    }

    /// The same with an idempotency key that a later try will have, too.
    async fn ask_once<T: DeserializeOwned>(
        &self,
        language: Language,
        method: Method,
        path: &str,
        body: Option<&Value>,
        key: Option<&str>,
    ) -> Result<T, Trouble> {
        let address = format!("{}{path}", self.base);
        let mut request = self
            .http
            .request(method.clone(), address)
            .bearer_auth(&self.key)
            .header("Accept-Language", language.tag());
        if method == Method::POST {
            let new = || chance::uuid().map_err(|_| Trouble::Unavailable);
            let key = key.map_or_else(new, |key| Ok(key.to_owned()))?;
            request = request.header("Idempotency-Key", key);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.map_err(|_| Trouble::Unavailable)?;
        let status = answer.status();
        let bytes = answer.bytes().await.map_err(|_| Trouble::Unavailable)?;
        if !status.is_success() {
            return Err(trouble(status, &bytes));
        }
        // The error's text could quote the answer, and with it a value: it is left out.
        serde_json::from_slice(&bytes).map_err(|error| {
            Trouble::Unexpected(format!("{status}, unreadable at column {}", error.column()))
        })
    }
}

/// Reads a problem answer.
fn trouble(status: StatusCode, body: &[u8]) -> Trouble {
    let problem: Problem = serde_json::from_slice(body).unwrap_or_default();
    let kind = problem.r#type.rsplit('/').next().unwrap_or_default();
    match (status.as_u16(), kind) {
        (403, "refused") => Trouble::Refused(problem.reasons),
        (422, "invalid") => Trouble::Invalid(problem.errors),
        (401 | 403, "sign-in-failed") => Trouble::SignInFailed,
        // Anything else that is not found, a gateway on the way has said, not Azukari.
        (404, "not-found") => Trouble::NotFound,
        (409, _) => Trouble::Conflict,
        (429, _) => Trouble::TooMany,
        (502..=504, _) => Trouble::Unavailable,
        // The kind is the house's own word and carries no value.
        _ => Trouble::Unexpected(format!("{} {}", status.as_u16(), kind)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_are_read_by_status_and_kind() {
        let refused = br#"{"type":"https://azukari.example/problems/refused","status":403,
            "reasons":[{"reason":"consent_not_given","consent":"store_disclosure",
                        "state":"withdrawn","words":"."}]}"#;
        let Trouble::Refused(reasons) = trouble(StatusCode::FORBIDDEN, refused) else {
            panic!("not read as a refusal");
        };
        assert_eq!(reasons[0].state.as_deref(), Some("withdrawn"));
        assert!(matches!(trouble(StatusCode::SERVICE_UNAVAILABLE, b""), Trouble::Unavailable));
        assert!(matches!(trouble(StatusCode::BAD_GATEWAY, b"<html>"), Trouble::Unavailable));
        assert!(matches!(trouble(StatusCode::UNAUTHORIZED, b"{}"), Trouble::Unexpected(_)));
        assert!(matches!(trouble(StatusCode::FORBIDDEN, b"{}"), Trouble::Unexpected(_)));
        let unknown = br#"{"type":"https://azukari.example/problems/not-found"}"#;
        assert!(matches!(trouble(StatusCode::NOT_FOUND, unknown), Trouble::NotFound));
        for gateway in [&b""[..], b"<html>", b"{}", br#"{"type":"about:blank"}"#] {
            let read = trouble(StatusCode::NOT_FOUND, gateway);
            assert!(!read.is_a_no() && matches!(read, Trouble::Unexpected(_)));
        }
    }

    #[test]
    fn a_failed_sign_in_is_told_from_a_service_key_that_may_not() {
        let failed = br#"{"type":"https://azukari.example/problems/sign-in-failed"}"#;
        for status in [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN] {
            assert!(matches!(trouble(status, failed), Trouble::SignInFailed), "{status}");
        }
        let other = br#"{"type":"https://azukari.example/problems/forbidden"}"#;
        assert!(matches!(trouble(StatusCode::FORBIDDEN, other), Trouble::Unexpected(_)));
    }
}
