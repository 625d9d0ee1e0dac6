//! What has to be kept apart: whoever has it could put the source together again. Of an anonymised set
//! the method information 加工方法等情報 (Rules 35; R7.5), of a pseudonymised one the deletion
//! information 削除情報等 (Rules 32; R6.2).

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{Kind, Settings, hex};

/// The secrets of a run.
#[derive(Clone, Serialize, Deserialize)]
pub struct MethodInformation {
    pub kind: Kind,
    /// The settings with their seed and the lines of their hierarchies.
    pub settings: Settings,
    /// What tokens are made with.
    pub(crate) key: Option<TokenKey>,
}

/// The key of a data set's tokens, in hexadecimal. It prints nothing and is wiped after use.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(transparent)]
pub(crate) struct TokenKey(pub(crate) String);

impl std::fmt::Debug for MethodInformation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MethodInformation").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl MethodInformation {
    /// Of settings with their seed, for whoever checks a set without tokens.
    pub fn of(kind: Kind, settings: Settings) -> Self {
        Self { kind, settings, key: None }
    }

    /// As it is sealed.
    ///
    /// # Errors
    /// None that settings can bring about.
    pub fn json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self)
    }

    /// What a manifest says of it: SHA-256 over a label and its JSON. The seed in it cannot be guessed, so
    /// the hash tells nothing.
    ///
    /// # Errors
    /// None that settings can bring about.
    pub fn hash(&self) -> Result<String, serde_json::Error> {
        let hash = Sha256::new().chain_update(b"azukari method v1\n").chain_update(self.json()?);
        Ok(hex(&hash.finalize()))
    }
}
