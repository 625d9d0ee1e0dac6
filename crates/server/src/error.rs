//! The three ways of saying no, kept apart: a refusal by the rules, input that cannot be read, and
//! a failure of ours. `api/problem.rs` dresses them for machines, `web` for people.

use policy::Reason;

use crate::record::Place;
use crate::store::{DbError, OpenError};

/// The largest body that is read, in bytes.
pub const MAX_BODY_BYTES: usize = 64 * 1024;

/// One field that cannot be read, with the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The field's place in the request, such as `items.email`.
    pub field: String,
    /// A stable word for programs.
    pub code: &'static str,
    /// What is wrong and what to send instead; never the value.
    pub detail: String,
}

impl FieldError {
    /// Says of a field what is wrong with it.
    pub fn new(field: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Self {
        Self { field: field.into(), code, detail: detail.into() }
    }
}

/// Why a room could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The rules answered no.
    #[error("refused")]
    Refused {
        /// Why; never empty.
        reasons: Vec<Reason>,
        /// The place of the refusal's record, when it was recorded.
        place: Option<Place>,
    },
    /// The caller sent something that cannot be read, field by field.
    #[error("invalid input")]
    Invalid(Vec<FieldError>),
    /// There is nothing under that name.
    #[error("there is no {what} `{name}`")]
    NotFound {
        /// The kind of thing.
        what: &'static str,
        /// The name asked for.
        name: String,
    },
    /// No page and no part of the API has that address.
    #[error("there is no such address; /openapi.json lists those of the API")]
    NoSuchAddress,
    /// What was asked for collides with what is there.
    #[error("{0}")]
    Conflict(String),
    /// An idempotency key came back with another request.
    #[error("this idempotency key was used for another request; send a new key")]
    KeyReused,
    /// No service key, or none that is in force.
    #[error("send a service key in force as `Authorization: Bearer azk_…`")]
    Unauthenticated,
    /// The service key may not do this.
    #[error("this service key lacks the scope `{0}`; make one with `azukari keys new --scope {0}`")]
    Scope(&'static str),
    /// The address and the password do not go together.
    #[error("the e-mail address and the password do not go together")]
    SignInFailed,
    /// What only the information manager may do (S9).
    #[error("only the information manager may do this")]
    ManagerOnly,
    /// Too many requests.
    #[error("too many requests; wait {retry_after_s} s")]
    TooMany {
        /// Seconds to wait.
        retry_after_s: u64,
    },
    /// The body has more bytes than are read.
    #[error("the body has more than {} bytes; send less at a time", crate::error::MAX_BODY_BYTES)]
    TooLarge,
    /// The database cannot take this now.
    #[error(transparent)]
    Database(#[from] DbError),
    /// A fault of ours.
    #[error(transparent)]
    Failure(#[from] anyhow::Error),
}

impl From<OpenError> for Error {
    fn from(error: OpenError) -> Self {
        Self::Failure(error.into())
    }
}

impl Error {
    /// One field that cannot be read.
    pub fn field(field: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::new(field, code, detail)])
    }

    /// Her account is closed.
    pub fn closed() -> Self {
        Self::Conflict("this account is closed; nothing is taken in for it any more".to_owned())
    }

    /// There is nothing under that name. It is told back only when it looks like a name: whatever
    /// else was sent may be a value.
    pub fn not_found(what: &'static str, name: impl Into<String>) -> Self {
        let name = Some(name.into()).filter(|name| is_plain(name));
        Self::NotFound { what, name: name.unwrap_or_else(|| "…".to_owned()) }
    }
}

/// Whether text looks like a name, an id, a version or an index: something that may be told back.
pub fn is_plain(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-./".contains(c);
    let word = text.chars().all(allowed) && text.chars().any(|c| c.is_ascii_lowercase());
    let index = text.len() <= 8 && text.chars().all(|c| c.is_ascii_digit());
    text.len() <= 64 && (word || index || text.parse::<policy::Version>().is_ok())
}

/// Whether text looks like a name in a policy or a field of the API: a key of an object that is
/// anything else may be a value, and is not told back.
pub fn is_word(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    text.len() <= 40 && text.chars().all(allowed) && digits <= 1
}
