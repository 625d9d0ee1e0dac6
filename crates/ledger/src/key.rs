//! Ed25519 keys of a log and their text form (C2SP signed-note, type 0x01).
//! A key's name is the log's origin; where seeds come from and are kept is not known here.

use std::{fmt, str::FromStr};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use ed25519_dalek::{SignatureError, Signer as _};

/// The byte that tells Ed25519 from other kinds of signature.
const ED25519: u8 = 1;

/// A key that signs checkpoints in a log's name.
#[derive(Clone)]
pub struct SigningKey {
    verifying: VerifyingKey,
    key: ed25519_dalek::SigningKey,
}

/// A key that verifies checkpoints, written `name+id+key`.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifyingKey {
    name: String,
    id: u32,
    key: ed25519_dalek::VerifyingKey,
}

/// Why a key cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("`{0}` cannot name a key: a name is not empty and has no space, plus or control sign")]
    Name(String),
    #[error("`{0}` is not a verifying key of the form `name+id+key`")]
    Malformed(String),
    #[error("`{0}` is not an Ed25519 key")]
    NotEd25519(String),
    #[error("the id in `{0}` does not belong to its name and key")]
    WrongId(String),
}

impl SigningKey {
    /// Makes the key of a log from the log's origin and a secret seed.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let key = ed25519_dalek::SigningKey::from_bytes(seed);
        let verifying = VerifyingKey::new(name, key.verifying_key())?;
        Ok(Self { verifying, key })
    }

    /// The name of the key, which is the origin of its log.
    pub fn name(&self) -> &str {
        &self.verifying.name
    }

    /// The key that verifies what this one signs.
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.verifying
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.verifying)
    }
}

impl VerifyingKey {
    fn new(name: &str, key: ed25519_dalek::VerifyingKey) -> Result<Self, KeyError> {
        if !signed_note::is_key_name_valid(name) || name.chars().any(char::is_control) {
            return Err(KeyError::Name(name.to_owned()));
        }
        let id = signed_note::key_id(name, &typed(&key));
        Ok(Self { name: name.to_owned(), id, key })
    }

    /// The name of the key, which is the origin of its log.
    pub fn name(&self) -> &str {
        &self.name
    }
}

fn typed(key: &ed25519_dalek::VerifyingKey) -> Vec<u8> {
    [&[ED25519], key.as_bytes().as_slice()].concat()
}

impl fmt::Display for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = BASE64_STANDARD.encode(typed(&self.key));
        write!(f, "{}+{:08x}+{key}", self.name, self.id)
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKey({self})")
    }
}

impl FromStr for VerifyingKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let malformed = || KeyError::Malformed(text.to_owned());
        let not_ed25519 = || KeyError::NotEd25519(text.to_owned());
        let (name, rest) = text.split_once('+').ok_or_else(malformed)?;
        let (id, key) = rest.split_once('+').ok_or_else(malformed)?;
        let key = BASE64_STANDARD.decode(key).map_err(|_| malformed())?;
        let Some((&ED25519, key)) = key.split_first() else { return Err(not_ed25519()) };
        let key = ed25519_dalek::VerifyingKey::try_from(key).map_err(|_| not_ed25519())?;
        let key = Self::new(name, key)?;
        if id != format!("{:08x}", key.id) {
            return Err(KeyError::WrongId(text.to_owned()));
        }
        Ok(key)
    }
}

impl signed_note::Signer for SigningKey {
    fn name(&self) -> &str {
        &self.verifying.name
    }

    fn key_id(&self) -> u32 {
        self.verifying.id
    }

    fn sign(&self, text: &[u8]) -> Result<Vec<u8>, SignatureError> {
        self.key.try_sign(text).map(|signature| signature.to_vec())
    }
}

impl signed_note::Verifier for VerifyingKey {
    fn name(&self) -> &str {
        &self.name
    }

    fn key_id(&self) -> u32 {
        self.id
    }

    fn verify(&self, text: &[u8], signature: &[u8]) -> bool {
        // Strict, so that a signature cannot be reshaped into a second one that also verifies.
        ed25519_dalek::Signature::from_slice(signature)
            .is_ok_and(|signature| self.key.verify_strict(text, &signature).is_ok())
    }
}

/// The keys a note may be signed with.
pub(crate) struct Known<'a>(pub(crate) &'a [VerifyingKey]);

impl signed_note::Verifiers for Known<'_> {
    fn verifier(
        &self,
        name: &str,
        id: u32,
    ) -> Result<&dyn signed_note::Verifier, signed_note::VerificationError> {
        match self.0.iter().find(|key| key.name == name && key.id == id) {
            Some(key) => Ok(key),
            None => Err(signed_note::VerificationError::UnknownKey { name: name.to_owned(), id }),
        }
    }
}
