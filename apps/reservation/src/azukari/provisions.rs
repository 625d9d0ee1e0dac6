//! What a person reads of who received what of hers, and the proof of it.

use jiff::Timestamp;
use reqwest::Method;
use serde::Deserialize;
use serde_json::Value;

use super::{Azukari, Reason, Trouble, trouble};
use crate::book::companions::Companions;
use crate::language::Language;

/// One line of "who received what, when".
#[derive(Deserialize)]
pub(crate) struct Provision {
    pub(crate) outcome: String,
    pub(crate) at: Timestamp,
    #[serde(default)]
    pub(crate) recipient: String,
    #[serde(default)]
    pub(crate) recipient_name: Option<String>,
    #[serde(default)]
    pub(crate) purpose: String,
    pub(crate) items: Vec<String>,
    #[serde(default)]
    pub(crate) reference: Option<String>,
    #[serde(default)]
    pub(crate) keep_until: Option<Value>,
    /// The version of the policy that was in force then.
    #[serde(default)]
    pub(crate) policy: Option<String>,
    /// The consents it stands on.
    #[serde(default)]
    pub(crate) consents: Vec<ConsentSeen>,
    #[serde(default)]
    pub(crate) reasons: Vec<Reason>,
    pub(crate) ledger: LedgerPlace,
    /// Passed on as it came: the proof speaks of these exact bytes.
    #[serde(default)]
    pub(crate) opening: Option<Value>,
    /// What was shown in the same look of those who came along; the book's to know, not Azukari's.
    #[serde(skip)]
    pub(crate) companions: Companions,
}

/// A consent that a provision stands on, with the version of the notice that she had been shown.
#[derive(Deserialize)]
pub(crate) struct ConsentSeen {
    pub(crate) consent: String,
    pub(crate) notice: String,
}

#[derive(Deserialize)]
pub(crate) struct LedgerPlace {
    pub(crate) index: u64,
}

#[derive(Deserialize)]
pub(crate) struct Provisions {
    pub(crate) provisions: Vec<Provision>,
    #[serde(default)]
    pub(crate) next: Option<String>,
}

impl Azukari {
    pub(crate) async fn provisions(
        &self,
        language: Language,
        subject: &str,
        cursor: Option<&str>,
    ) -> Result<Provisions, Trouble> {
        let mut path = format!("/v1/subjects/{subject}/provisions");
        // A cursor comes back through an address, so only its own alphabet may go on.
        if let Some(cursor) = cursor.filter(|cursor| cursor.bytes().all(is_cursor_byte)) {
            path.push_str("?cursor=");
            path.push_str(cursor);
        }
        self.ask(language, Method::GET, &path, None).await
    }

    /// The proof that a ledger entry is in the tree, as a C2SP text.
    pub(crate) async fn proof(&self, index: u64) -> Result<String, Trouble> {
        let address = format!("{}/v1/ledger/proofs/{index}", self.base);
        let answer = self.http.get(address).send().await.map_err(|_| Trouble::Unavailable)?;
        let status = answer.status();
        let text = answer.text().await.map_err(|_| Trouble::Unavailable)?;
        if status.is_success() { Ok(text) } else { Err(trouble(status, text.as_bytes())) }
    }
}

fn is_cursor_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.~=".contains(&byte)
}
