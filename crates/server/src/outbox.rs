//! Follow-up work: what an act leaves to be done outside is put here in the act's own transaction,
//! and `jobs/deliver/` sees to it afterwards. What a message says is sealed under the house's key
//! and bound to its id. Knows nothing of mail servers or of when things are tried.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use policy::SubjectId;
use policy::party::{NotAName, base32};
use policy::request::RequestId;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::keys::Keys;
use crate::letter::{Letter, RequestLetter, ServiceLetter, SignUpLetter};
use crate::store::Conn;
use crate::store::outbox::{self, Taken};
use crate::webhook::{Event, WebhookId};

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "message", rename_all = "snake_case")]
pub enum Message {
    /// A letter to a person. Her address is not in it: it comes through the gate at delivery.
    Letter {
        /// To whom.
        subject: SubjectId,
        /// What it says.
        letter: Letter,
    },
    /// A letter of the service to a person, with the service's own words.
    ServiceLetter {
        /// To whom.
        subject: SubjectId,
        /// What it says.
        letter: Box<ServiceLetter>,
    },
    /// A letter about a request, to where its letters go.
    RequestLetter {
        /// Which request.
        request: RequestId,
        /// What it says.
        letter: RequestLetter,
    },
    /// A letter to a statutory representative; to whom and about what stands where its token leads.
    AgreementLetter {
        /// The token of its link.
        token: String,
    },
    /// A letter to an address that somebody signs up with: it may be a stranger's, so that nobody is named.
    SignUpLetter {
        /// To where, and what it says.
        letter: Box<SignUpLetter>,
    },
    /// An instruction to a recipient; what it says stands in its own row.
    Instruction {
        /// Which: the id of the message is the same.
        instruction: InstructionId,
    },
    /// How a request stands by then, for the agent that sent it in.
    Callback {
        /// Which agent.
        agent: String,
        /// Which request.
        request: RequestId,
    },
    /// An event, for one endpoint.
    Webhook {
        /// Which.
        endpoint: WebhookId,
        /// What happened.
        event: Event,
        /// When.
        at: Timestamp,
    },
}

impl Message {
    /// The word in the rows, by which deliverers take what is theirs.
    pub fn topic(&self) -> &'static str {
        match self {
            Self::Letter { .. }
            | Self::ServiceLetter { .. }
            | Self::RequestLetter { .. }
            | Self::AgreementLetter { .. }
            | Self::SignUpLetter { .. } => LETTER,
            Self::Instruction { .. } => INSTRUCTION,
            Self::Callback { .. } => CALLBACK,
            Self::Webhook { .. } => WEBHOOK,
        }
    }
}

/// The topic of letters.
pub const LETTER: &str = "letter";
/// The topic of instructions to recipients.
pub const INSTRUCTION: &str = "instruction";

/// An instruction to a recipient, by its own number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InstructionId(pub [u8; 16]);

impl fmt::Display for InstructionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ins_{}", base32().encode(&self.0))
    }
}

impl FromStr for InstructionId {
    type Err = NotAName;

    fn from_str(text: &str) -> Result<Self, NotAName> {
        text.strip_prefix("ins_")
            .and_then(|rest| base32().decode(rest.as_bytes()).ok())
            .and_then(|bytes| bytes.try_into().ok())
            .map(Self)
            .ok_or_else(|| NotAName {
                given: text.chars().take(40).collect(),
                rule: "`ins_` and 26 letters and digits",
            })
    }
}

impl Serialize for InstructionId {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for InstructionId {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// The topic of what agents are told.
pub const CALLBACK: &str = "callback";
/// The topic of webhooks.
pub const WEBHOOK: &str = "webhook";

/// How a message ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was handed over.
    Delivered,
    /// The gate refused what it needs; the refusal is on record.
    Refused,
    /// The person has no address, or no purpose allows the letter.
    NoAddress,
    /// What it says holds no longer.
    Over,
    /// The endpoint has ended.
    NoEndpoint,
    /// The other side will never take it, or it cannot be addressed.
    Rejected,
    /// It was tried for days.
    GivenUp,
    /// The row was changed, or this program does not know the message.
    Unreadable,
}

impl Outcome {
    /// The word in rows, logs and metrics.
    pub fn word(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Refused => "refused",
            Self::NoAddress => "no_address",
            Self::Over => "over",
            Self::NoEndpoint => "no_endpoint",
            Self::Rejected => "rejected",
            Self::GivenUp => "given_up",
            Self::Unreadable => "unreadable",
        }
    }

    /// Whether an operator should look: the message is kept for a retry.
    pub fn wants_a_look(self) -> bool {
        matches!(self, Self::Rejected | Self::GivenUp | Self::Unreadable)
    }
}

/// A message's id as operators, logs and mail see it.
pub fn shown(id: &[u8; 16]) -> String {
    format!("out_{}", base32().encode(id))
}

/// Reads an id that [`shown`] wrote.
pub fn parse_id(text: &str) -> Option<[u8; 16]> {
    let bytes = base32().decode(text.strip_prefix("out_")?.as_bytes()).ok()?;
    bytes.try_into().ok()
}

/// Puts a message in the act's own transaction: it is committed with the act or not at all.
///
/// # Errors
/// When it cannot be sealed.
pub fn put(
    keys: &Keys,
    conn: &mut Conn,
    id: [u8; 16],
    message: &Message,
    now: Timestamp,
) -> Result<(), Error> {
    let bytes = serde_json::to_vec(message).map_err(anyhow::Error::from)?;
    let sealed = keys.seal_system("outbox", &id, &bytes)?;
    outbox::put(conn, &id, message.topic(), sealed, now.as_millisecond());
    Ok(())
}

/// What a message says; `None` when the row was changed.
pub fn open(keys: &Keys, taken: &Taken) -> Option<Message> {
    let sealed = taken.sealed.as_ref()?;
    let bytes = keys.open_system("outbox", &taken.id, sealed).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// Writes down how a message ended. What it said is dropped, unless an operator should look.
pub fn end(conn: &mut Conn, id: &[u8; 16], outcome: Outcome, now: Timestamp) {
    let now = now.as_millisecond();
    if outcome.wants_a_look() {
        outbox::give_up(conn, id, outcome.word(), now);
    } else {
        outbox::done(conn, id, outcome.word(), now);
    }
}
