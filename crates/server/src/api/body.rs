//! A request's body, read into a typed value, and the idempotency key that came with it. What
//! cannot be read is named by its path.

use std::convert::Infallible;
use std::marker::PhantomData;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use serde::de::DeserializeOwned;

use super::Api;
use crate::error::{Error, is_word};
use crate::keys::Keys;
use crate::once::Once;

/// A body as it arrives: read only when the caller is known to be allowed what it asks, so that
/// nobody else learns what a body looks like.
pub struct Sent<T> {
    request: Request,
    of: PhantomData<fn() -> T>,
}

impl<T> FromRequest<Arc<Api>> for Sent<T> {
    type Rejection = Infallible;

    async fn from_request(request: Request, _: &Arc<Api>) -> Result<Self, Infallible> {
        Ok(Self { request, of: PhantomData })
    }
}

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
    ///
    /// # Errors
    /// When the machine fails.
    pub fn once(&self, keys: &Keys, caller: &str) -> Result<Option<Once>, Error> {
        let key = self.key.as_ref();
        key.map(|key| Once::new(keys, caller, key, &self.path, &self.bytes)).transpose()
    }
}

impl<T> Body<T> {
    /// The same for the n-th of several acts that one request asks for.
    ///
    /// # Errors
    /// When the machine fails.
    pub fn once_of(&self, keys: &Keys, caller: &str, n: usize) -> Result<Option<Once>, Error> {
        // No key of a caller's has a line end in it, so none of these is one.
        let key = self.key.as_ref().map(|key| format!("{key}\n{n}"));
        key.map(|key| Once::new(keys, caller, &key, &self.path, &self.bytes)).transpose()
    }
}

impl<T: DeserializeOwned> Sent<T> {
    /// Reads it, once [`Caller::may`](super::caller::Caller::may) has allowed it.
    ///
    /// # Errors
    /// [`Error::TooLarge`], or [`Error::Invalid`] with the place of what cannot be read.
    pub async fn read(self) -> Result<Body<T>, Error> {
        let request = self.request;
        let path = request.uri().path().to_owned();
        let key = match request.headers().get("idempotency-key") {
            None => None,
            Some(value) => match value.to_str() {
                Ok(text) if !text.is_empty() && text.len() <= 128 => Some(text.to_owned()),
                _ => {
                    let detail = "is not 1 to 128 plain characters; send a UUID";
                    return Err(Error::field("Idempotency-Key", "unfit", detail));
                }
            },
        };
        let bytes = Bytes::from_request(request, &()).await.map_err(|rejection| {
            if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                Error::TooLarge
            } else {
                unread("body", "did not arrive whole; send it again")
            }
        })?;
        // A list would be read as the object's fields in their order; nobody is told that order.
        if bytes.trim_ascii_start().first() != Some(&b'{') {
            let detail = "is not a JSON object; send one as in /openapi.json";
            return Err(unread("body", detail));
        }
        let value = serde_json::from_slice(&bytes).map_err(|_| fault::<T>(&bytes))?;
        Ok(Body { value, key, path, bytes })
    }
}

/// What is wrong with a body that cannot be read: read again, now with an eye on where.
fn fault<T: DeserializeOwned>(bytes: &[u8]) -> Error {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let Err(error) = serde_path_to_error::deserialize::<_, T>(&mut json) else {
        let detail = "goes on after its end; send one JSON object";
        return unread("body", detail);
    };
    let field = field_at(error.path());
    let inner = error.into_inner();
    // The parser quotes what it could not read; a value must not travel in an error.
    let detail = match inner.classify() {
        serde_json::error::Category::Data => schema_words(&inner.to_string()),
        _ => format!("is not JSON (line {}, column {})", inner.line(), inner.column()),
    };
    unread(field, detail)
}

/// A field's place as far as its names are names: a key that is anything else may be a value.
fn field_at(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let parts: String = path
        .iter()
        .map_while(|segment| match segment {
            Segment::Seq { index } => Some(format!("[{index}]")),
            Segment::Map { key } if is_word(key) => Some(format!(".{key}")),
            _ => None,
        })
        .collect();
    let field = parts.strip_prefix('.').unwrap_or(&parts);
    if field.is_empty() { "body".to_owned() } else { field.to_owned() }
}

/// What the schema wanted, without what was sent instead.
fn schema_words(message: &str) -> String {
    let message = message.split(" at line ").next().unwrap_or_default();
    if message.starts_with("missing field") {
        return format!("cannot be read: {message}");
    }
    if let Some(rest) = message.strip_prefix("unknown field `") {
        let (name, expected) = rest.split_once("`, ").unwrap_or((rest, "see /openapi.json"));
        let name = if is_word(name) { name } else { "…" };
        return format!("cannot be read: unknown field `{name}`, {expected}");
    }
    match message.rsplit_once("expected ") {
        Some((_, expected)) => format!("cannot be read: expected {expected}"),
        None => "cannot be read; see /openapi.json".to_owned(),
    }
}

fn unread(field: impl Into<String>, detail: impl Into<String>) -> Error {
    Error::field(field, "unreadable", detail)
}
