//! What other programs are told of: each event with its ids and nothing else, and the endpoints that
//! want it. An event is put into the outbox in the act's own transaction, once for each endpoint.
//! Knows nothing of HTTP.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use policy::party::base32;
use policy::request::{RequestId, State};
use policy::{SubjectId, Version};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::error::Error;
use crate::keys::Keys;
use crate::outbox::{self, Message};
use crate::record::Place;
use crate::store::webhooks::{self, Row};
use crate::store::{Conn, DbError};

/// How long the secret before still signs, after it was replaced.
pub const BOTH_SIGN: SignedDuration = SignedDuration::from_hours(24);
/// Secrets that sign at the same time; every signature travels in one header.
const MAX_SECRETS: usize = 3;
/// Bytes of a secret.
const SECRET_BYTES: usize = 32;

/// What happened. Its fields are ids and places, so that no value of a person can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum Event {
    /// A consent of hers stands otherwise than before.
    #[serde(rename = "consent.changed")]
    ConsentChanged {
        /// Whose.
        subject: SubjectId,
        /// The record of it.
        #[serde(flatten)]
        at: Recorded,
    },
    /// Her account was closed.
    #[serde(rename = "account.closed")]
    AccountClosed {
        /// Whose.
        subject: SubjectId,
        /// The record of it.
        #[serde(flatten)]
        at: Recorded,
    },
    /// Things of hers were erased.
    #[serde(rename = "erased")]
    Erased {
        /// Whose.
        subject: SubjectId,
        /// The record of it.
        #[serde(flatten)]
        at: Recorded,
    },
    /// A version of the policy took effect.
    #[serde(rename = "policy.took_effect")]
    PolicyTookEffect {
        /// Which.
        version: Version,
        /// The record of it.
        #[serde(flatten)]
        at: Recorded,
    },
    /// A request came in.
    #[serde(rename = "request.received")]
    RequestReceived {
        /// Which.
        request: RequestId,
        /// The record of it.
        #[serde(flatten)]
        at: Recorded,
    },
    /// A decision about a request stands.
    #[serde(rename = "request.decided")]
    RequestDecided {
        /// Which.
        request: RequestId,
        /// The record of it.
        #[serde(flatten)]
        at: Recorded,
    },
    /// What was decided about a request is done, and the answer is on its way to the person.
    #[serde(rename = "request.answered")]
    RequestAnswered {
        /// Which.
        request: RequestId,
        /// The record of it.
        #[serde(flatten)]
        at: Recorded,
    },
}

impl Event {
    /// The type of every event, as endpoints name what they want.
    pub const TYPES: [&'static str; 7] = [
        "consent.changed",
        "account.closed",
        "erased",
        "policy.took_effect",
        "request.received",
        "request.decided",
        "request.answered",
    ];

    /// What is told when a request comes to stand otherwise; nothing of the states in between.
    pub fn of_request(request: RequestId, state: State, at: Place) -> Option<Self> {
        let at = at.into();
        match state {
            State::Received => Some(Self::RequestReceived { request, at }),
            State::Decided => Some(Self::RequestDecided { request, at }),
            State::Notified => Some(Self::RequestAnswered { request, at }),
            State::Verifying
            | State::AwaitingFee
            | State::Investigating
            | State::Executed
            | State::Closed
            | State::Withdrawn
            | State::Unverified => None,
        }
    }

    /// Its type.
    pub fn name(&self) -> &'static str {
        match self {
            Self::ConsentChanged { .. } => "consent.changed",
            Self::AccountClosed { .. } => "account.closed",
            Self::Erased { .. } => "erased",
            Self::PolicyTookEffect { .. } => "policy.took_effect",
            Self::RequestReceived { .. } => "request.received",
            Self::RequestDecided { .. } => "request.decided",
            Self::RequestAnswered { .. } => "request.answered",
        }
    }

    /// The bytes that are sent, the same at every try.
    ///
    /// # Errors
    /// Never, as far as is known.
    pub fn payload(&self, timestamp: Timestamp) -> Result<Vec<u8>, serde_json::Error> {
        #[derive(Serialize)]
        struct Payload<'a> {
            timestamp: Timestamp,
            #[serde(flatten)]
            event: &'a Event,
        }
        serde_json::to_vec(&Payload { timestamp, event: self })
    }
}

/// Where an act was written down, as other programs see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// The record's id.
    record: RecordId,
    /// Its index in the ledger.
    index: u64,
}

impl From<Place> for Recorded {
    fn from(place: Place) -> Self {
        Self { record: RecordId(place.id), index: place.index }
    }
}

/// Makes an id of sixteen bytes, written with a prefix.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $name(pub [u8; 16]);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), base32().encode(&self.0))
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                let bytes = text.strip_prefix($prefix).map(|rest| base32().decode(rest.as_bytes()));
                let bytes = bytes.and_then(Result::ok).and_then(|bytes| bytes.try_into().ok());
                bytes.map(Self).ok_or(NotAnId)
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

/// Text that is not an id.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("is not an id")]
pub struct NotAnId;

id! {
    /// Names a record.
    RecordId, "rec_"
}
id! {
    /// Names an endpoint.
    WebhookId, "whk_"
}

/// Puts an event into the outbox, once for each endpoint that wants it, in the act's own transaction.
/// `act` is the act's random id, from which the messages have theirs, so that an act that is run
/// again puts the same ones.
///
/// # Errors
/// When the database does not answer, or a message cannot be sealed.
pub fn tell(
    keys: &Keys,
    conn: &mut Conn,
    event: Event,
    act: &[u8; 16],
    now: Timestamp,
) -> Result<(), Error> {
    for (id, events) in webhooks::open(conn)? {
        if events.split(' ').any(|wanted| wanted == event.name()) {
            let digest = Sha256::new().chain_update(act).chain_update(id).finalize();
            let mut message_id = [0; 16];
            message_id.copy_from_slice(&digest[..16]);
            let message = Message::Webhook { endpoint: WebhookId(id), event, at: now };
            outbox::put(keys, conn, message_id, &message, now)?;
        }
    }
    Ok(())
}

/// What a receiver knows a message by. Shown once.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// A new one.
    ///
    /// # Errors
    /// When the machine has no randomness to give.
    pub fn new() -> Result<Self, Error> {
        let mut bytes = Zeroizing::new(vec![0; SECRET_BYTES]);
        crate::once::random(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// The key to sign with.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// As a receiver is given it: `whsec_` and base 64.
    pub fn reveal(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("whsec_{}", STANDARD.encode(&*self.0)))
    }
}

/// The secrets of an endpoint, the newest first; each but that one signs only until its moment.
#[derive(Clone)]
pub struct Secrets(Vec<(Secret, Option<Timestamp>)>);

/// A secret as it is sealed.
#[derive(Serialize, Deserialize)]
struct Sealed {
    secret: String,
    until: Option<Timestamp>,
}

impl Secrets {
    /// With a first one.
    pub fn begin(secret: Secret) -> Self {
        Self(vec![(secret, None)])
    }

    /// The newest.
    pub fn newest(&self) -> Option<&Secret> {
        self.0.first().map(|(secret, _)| secret)
    }

    /// Those that sign now, the newest first.
    pub fn signing(&self, now: Timestamp) -> impl Iterator<Item = &Secret> {
        let in_force = move |until: &Option<Timestamp>| until.is_none_or(|until| now < until);
        self.0.iter().filter(move |(_, until)| in_force(until)).map(|(secret, _)| secret)
    }

    /// Puts a new one in front; the one before goes on signing for [`BOTH_SIGN`].
    ///
    /// # Errors
    /// [`Error::Conflict`] when too many sign already.
    pub fn rotate(&mut self, secret: Secret, now: Timestamp) -> Result<(), Error> {
        self.0.retain(|(_, until)| until.is_none_or(|until| now < until));
        if self.0.len() >= MAX_SECRETS {
            let words =
                "this secret was replaced twice within a day; wait until the older ones end";
            return Err(Error::Conflict(words.to_owned()));
        }
        for (_, until) in &mut self.0 {
            until.get_or_insert(now + BOTH_SIGN);
        }
        self.0.insert(0, (secret, None));
        Ok(())
    }

    /// Sealed for the row that it belongs to.
    ///
    /// # Errors
    /// When the machine has no randomness to give.
    pub fn seal(&self, keys: &Keys, row: &Row) -> Result<Vec<u8>, Error> {
        let sealed = self.0.iter().map(|(secret, until)| Sealed {
            secret: STANDARD.encode(secret.bytes()),
            until: *until,
        });
        let sealed: Vec<Sealed> = sealed.collect();
        let bytes = Zeroizing::new(serde_json::to_vec(&sealed).map_err(anyhow::Error::from)?);
        Ok(keys.seal_system("webhook", &context(row), &bytes)?)
    }

    /// The secrets of a row; `None` when the endpoint has ended.
    ///
    /// # Errors
    /// When the row was changed: then nothing is sent to where it leads.
    pub fn open(keys: &Keys, row: &Row) -> Result<Option<Self>, Error> {
        let Some(sealed) = row.sealed.as_ref().filter(|_| row.ended_at.is_none()) else {
            return Ok(None);
        };
        let bytes = keys.open_system("webhook", &context(row), sealed)?;
        let sealed: Vec<Sealed> = serde_json::from_slice(&bytes).map_err(anyhow::Error::from)?;
        let secrets = sealed.into_iter().map(|sealed| {
            let bytes = STANDARD.decode(&sealed.secret).map_err(anyhow::Error::from)?;
            Ok((Secret(Zeroizing::new(bytes)), sealed.until))
        });
        Ok(Some(Self(secrets.collect::<Result<_, Error>>()?)))
    }
}

/// Everything of an endpoint that stands in clear beside its secrets, bound to them by the seal: one
/// that is led elsewhere, or given other events, does not open.
fn context(row: &Row) -> Vec<u8> {
    let mut context = row.id.to_vec();
    context.push(u8::from(row.inside));
    context.extend_from_slice(row.events.as_bytes());
    context.push(0);
    context.extend_from_slice(row.url.as_bytes());
    context
}

/// An endpoint under an id, whether it has ended or not.
///
/// # Errors
/// When the database does not answer.
pub fn endpoint(conn: &mut Conn, id: WebhookId) -> Result<Option<Row>, DbError> {
    webhooks::get(conn, &id.0)
}
