//! A request's body, read into a typed value, and the idempotency key that came with it. What
//! cannot be read is named by its path.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;

use super::Api;
use super::problem::Problem;
use crate::error::{Error, FieldError};
use crate::once::Once;

/// The largest body that is read, in bytes.
pub const MAX_BYTES: usize = 64 * 1024;

/// A body of JSON, with what makes the request repeatable.
pub struct Body<T> {
    /// What was sent.
    pub value: T,
    key: Option<String>,
    path: String,
    bytes: Bytes,
}

impl<T> Body<T> {
    /// The idempotency key as this caller's.
    pub fn once(&self, caller: &str) -> Option<Once> {
        let key = self.key.as_ref()?;
        Some(Once::new(caller, key, &self.path, &self.bytes))
    }
}

/// Why a body was not taken.
pub enum Unread {
    /// It is too large, or did not arrive.
    Transport(Response),
    /// It cannot be read.
    Problem(Problem),
}

impl IntoResponse for Unread {
    fn into_response(self) -> Response {
        match self {
            Self::Transport(response) => response,
            Self::Problem(problem) => problem.into_response(),
        }
    }
}

impl<T: DeserializeOwned> FromRequest<Arc<Api>> for Body<T> {
    type Rejection = Unread;

    async fn from_request(request: Request, api: &Arc<Api>) -> Result<Self, Unread> {
        let path = request.uri().path().to_owned();
        let key = match request.headers().get("idempotency-key") {
            None => None,
            Some(value) => match value.to_str() {
                Ok(text) if !text.is_empty() && text.len() <= 128 => Some(text.to_owned()),
                _ => {
                    let detail = "is not 1 to 128 plain characters; send a UUID";
                    return Err(unread(FieldError::new("Idempotency-Key", "unfit", detail)));
                }
            },
        };
        let bytes = Bytes::from_request(request, api).await.map_err(|rejection| {
            if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                let detail = format!("has more than {MAX_BYTES} bytes; send less at a time");
                unread(FieldError::new("body", "too_large", detail))
            } else {
                Unread::Transport(rejection.into_response())
            }
        })?;
        let value = read(&bytes).map_err(|error| {
            let path = error.path().to_string();
            let field = if path == "." { "body".to_owned() } else { path };
            let inner = error.into_inner();
            // The parser quotes what it could not read; a value must not travel in an error.
            let detail = match inner.classify() {
                serde_json::error::Category::Data => schema_words(&inner.to_string()),
                _ => format!("is not JSON (line {}, column {})", inner.line(), inner.column()),
            };
            unread(FieldError::new(field, "unreadable", detail))
        })?;
        Ok(Self { value, key, path, bytes })
    }
}

/// Reads JSON; only what cannot be read is read again, to find out where.
fn read<T: DeserializeOwned>(
    bytes: &[u8],
) -> Result<T, serde_path_to_error::Error<serde_json::Error>> {
    match serde_json::from_slice(bytes) {
        Ok(value) => Ok(value),
        Err(_) => {
            serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_slice(bytes))
        }
    }
}

/// What the schema wanted, without what was sent instead.
fn schema_words(message: &str) -> String {
    let message = message.split(" at line ").next().unwrap_or_default();
    if message.starts_with("missing field") || message.starts_with("unknown field") {
        return format!("cannot be read: {message}");
    }
    match message.rsplit_once("expected ") {
        Some((_, expected)) => format!("cannot be read: expected {expected}"),
        None => "cannot be read; see /openapi.json".to_owned(),
    }
}

fn unread(field: FieldError) -> Unread {
    Unread::Problem(Error::Invalid(vec![field]).into())
}
