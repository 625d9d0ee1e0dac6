//! The Data Rights Protocol 1.0 (Consumer Reports): authorised agents send people's requests in one
//! signed form. Here is the form alone, pure: `envelope.rs` opens a signed message and checks it in
//! the protocol's order, `exercise.rs` reads what it asks, `status.rs` says how a request stands in
//! the protocol's words. The endpoints are `api/drp.rs`, the register of agents `acts/agent.rs`.

pub mod envelope;
pub mod exercise;
pub mod status;

use serde::Serialize;

pub use envelope::{Checked, Expected, NotAKey, Signed, VerifyKey};
pub use exercise::{Action, Exercise, Identity, Revocation};
pub use status::{Reason, Standing, Status};

/// The version of the protocol that is spoken here.
pub const VERSION: &str = "1.0";

/// Why a message is not taken (section 3.06); never says what was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It is not base 64.
    #[error("the body is not base64; send base64(signature followed by JSON) as text/plain")]
    NotBase64,
    /// It is too short to hold a signature.
    #[error("the body has no signature; send base64(signature followed by JSON)")]
    NoSignature,
    /// The signature is not by the agent's key.
    #[error("the signature is not by the agent's verify key")]
    BadSignature,
    /// What was signed is not a JSON object.
    #[error("what was signed is not a JSON object")]
    NotJson,
    /// A claim is missing or cannot be read.
    #[error("`{0}` is missing or cannot be read")]
    Claim(&'static str),
    /// It names another agent than the one who sends it.
    #[error("`agent-id` is not the agent who sends this")]
    OtherAgent,
    /// It is for another business.
    #[error("`business-id` is not this business")]
    OtherBusiness,
    /// It is from the future.
    #[error("`issued-at` is in the future; check the clock and send it again")]
    NotYetIssued,
    /// Its time is over.
    #[error("`expires-at` is over; sign a new message")]
    Expired,
    /// It is to hold for longer than messages are remembered.
    #[error("`expires-at` is more than a day after `issued-at`; sign a message that holds minutes")]
    HoldsTooLong,
    /// It is of another version.
    #[error("`drp.version` is not `1.0`")]
    Version,
    /// It asks what is not done here.
    #[error("`exercise` is not supported here")]
    Action,
    /// It asks under a law that is not served here.
    #[error("`regime` is not served here; leave it out to ask on a voluntary basis")]
    Regime,
    /// It was sent before.
    #[error("this message was sent before; sign a new one")]
    SentBefore,
    /// No token, or none that is in force.
    #[error("send the token of POST /v1/agent/{{agent-id}} as `Authorization: Bearer`")]
    NoToken,
    /// The token is another agent's.
    #[error("this belongs to another agent")]
    NotYours,
    /// The body is of another type.
    #[error("send the body as text/plain")]
    NotText,
    /// The body has too many bytes.
    #[error("the body is too large")]
    TooLarge,
    /// There is no such request.
    #[error("there is no such request")]
    NoRequest,
    /// It is too late for that.
    #[error("the request stands where this is not done any more")]
    TooLate,
    /// It sends too much at once.
    #[error("too many requests; send it again in a second")]
    TooMany,
    /// Something here is not as it should be.
    #[error("this server fails; send it again later")]
    Failure,
}

/// An error as the protocol writes it.
#[derive(Debug, Serialize, PartialEq, Eq)]
pub struct ErrorState {
    /// The HTTP status, as text.
    pub code: String,
    /// What is wrong.
    pub message: String,
    /// True when sending it again is of no use.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub fatal: bool,
}

impl Fault {
    /// The HTTP status.
    pub fn code(self) -> u16 {
        match self {
            Self::NotBase64
            | Self::NoSignature
            | Self::NotJson
            | Self::Claim(_)
            | Self::NotYetIssued
            | Self::Expired
            | Self::HoldsTooLong
            | Self::Version
            | Self::Action
            | Self::Regime => 400,
            Self::NoToken => 401,
            Self::BadSignature | Self::OtherAgent | Self::OtherBusiness | Self::NotYours => 403,
            Self::NoRequest => 404,
            Self::SentBefore | Self::TooLate => 409,
            Self::TooLarge => 413,
            Self::NotText => 415,
            Self::TooMany => 429,
            Self::Failure => 500,
        }
    }

    /// Whether the same message will never be taken.
    pub fn is_fatal(self) -> bool {
        matches!(
            self,
            Self::Expired
                | Self::HoldsTooLong
                | Self::OtherAgent
                | Self::OtherBusiness
                | Self::Version
                | Self::Action
                | Self::Regime
        )
    }

    /// As it is answered.
    pub fn state(self) -> ErrorState {
        ErrorState {
            code: self.code().to_string(),
            message: self.to_string(),
            fatal: self.is_fatal(),
        }
    }
}
