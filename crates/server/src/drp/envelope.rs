//! A signed message: base 64 of an Ed25519 signature followed by the JSON that it signs (libsodium's
//! combined mode). What was signed can be read only once the signature holds, and used only once it
//! is for this business and this moment (section 3.07).

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use zeroize::Zeroizing;

use super::{Fault, VERSION};

/// Bytes of a signature.
const SIGNATURE: usize = 64;
/// The longest that a message may hold: as long as it is remembered, so that none comes twice.
pub const HOLDS_AT_MOST: SignedDuration = SignedDuration::from_hours(24);

/// An agent's public key, as the network's directory has it in base 64.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerifyKey(pub [u8; 32]);

/// Text that is not a verify key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not the base64 of an Ed25519 key; take `verify_key` of the agent's directory entry")]
pub struct NotAKey;

impl FromStr for VerifyKey {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let bytes = STANDARD_NO_PAD.decode(text.trim_end_matches('=')).map_err(|_| NotAKey)?;
        bytes.try_into().map(Self).map_err(|_| NotAKey)
    }
}

impl fmt::Display for VerifyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

impl Serialize for VerifyKey {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for VerifyKey {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A message whose signature holds. It may be for somebody else, or over: [`Signed::check`] says.
pub struct Signed(Zeroizing<Vec<u8>>);

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signed")
    }
}

/// Who a message has to be from and for.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The agent who sends it.
    pub agent: &'a str,
    /// The business that this is.
    pub business: &'a str,
    /// Now.
    pub now: Timestamp,
}

/// A message that is from its agent, for this business, and holds now.
pub struct Checked(Signed);

impl fmt::Debug for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Checked")
    }
}

impl Signed {
    /// Opens a message: the first two checks of section 3.07, in their order.
    ///
    /// # Errors
    /// [`Fault::NotBase64`], [`Fault::NoSignature`], [`Fault::BadSignature`].
    pub fn open(body: &[u8], key: &VerifyKey) -> Result<Self, Fault> {
        let bytes = STANDARD.decode(body.trim_ascii()).map_err(|_| Fault::NotBase64)?;
        let bytes = Zeroizing::new(bytes);
        let (signature, message) = bytes.split_at_checked(SIGNATURE).ok_or(Fault::NoSignature)?;
        UnparsedPublicKey::new(&ED25519, key.0)
            .verify(message, signature)
            .map_err(|_| Fault::BadSignature)?;
        Ok(Self(Zeroizing::new(message.to_vec())))
    }

    /// Holds the message against who sent it, who it is for, and the clock: the other checks of
    /// section 3.07, in their order, and the version.
    ///
    /// # Errors
    /// The first check that fails.
    pub fn check(self, expected: Expected<'_>) -> Result<Checked, Fault> {
        let claims: Value = self.json()?;
        let text =
            |name: &'static str| claims.get(name).and_then(Value::as_str).ok_or(Fault::Claim(name));
        let moment =
            |name: &'static str| text(name)?.parse::<Timestamp>().map_err(|_| Fault::Claim(name));
        if text("agent-id")? != expected.agent {
            return Err(Fault::OtherAgent);
        }
        if text("business-id")? != expected.business {
            return Err(Fault::OtherBusiness);
        }
        let (issued_at, expires_at) = (moment("issued-at")?, moment("expires-at")?);
        if issued_at > expected.now {
            return Err(Fault::NotYetIssued);
        }
        if expires_at <= expected.now {
            return Err(Fault::Expired);
        }
        if expires_at.duration_since(issued_at) > HOLDS_AT_MOST {
            return Err(Fault::HoldsTooLong);
        }
        if text("drp.version")? != VERSION {
            return Err(Fault::Version);
        }
        Ok(Checked(self))
    }

    /// What was signed.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        if self.0.trim_ascii_start().first() != Some(&b'{') {
            return Err(Fault::NotJson);
        }
        serde_json::from_slice(&self.0).map_err(|_| Fault::NotJson)
    }
}

impl Checked {
    /// The message.
    pub(super) fn signed(&self) -> &Signed {
        &self.0
    }
}
