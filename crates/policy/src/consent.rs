//! Consent 同意: what a person is asked, in which words, and the state of her answer. Only a
//! consent that is given, to a wording that still stands, allows anything (I5).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::document::{Label, Version};
use crate::party::{is_word_char, name};
use crate::regime::RegimeName;

name! {
    /// Names a consent that the policy asks for.
    ConsentName, 64, is_word_char, "1 to 64 of a-z, 0-9, `_`"
}

/// The states of a consent, as the Data Privacy Vocabulary names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentState {
    /// Asked, not answered.
    Requested,
    /// The person put the answer off.
    RequestDeferred,
    /// Agreed: the only state that allows anything.
    Given,
    /// Asked and refused.
    Refused,
    /// Given once, taken back by the person.
    Withdrawn,
    /// Given once, ended by the controller.
    Revoked,
    /// Ran out.
    Expired,
    /// Found not to have been valid.
    Invalidated,
    /// Not known.
    Unknown,
}

impl ConsentState {
    /// True when it was given, or may have been: it was answered, or ended.
    pub fn may_have_been_given(self) -> bool {
        !matches!(self, Self::Requested | Self::RequestDeferred)
    }

    /// Every state, in the order of a consent's life.
    pub const ALL: [Self; 9] = [
        Self::Requested,
        Self::RequestDeferred,
        Self::Given,
        Self::Refused,
        Self::Withdrawn,
        Self::Revoked,
        Self::Expired,
        Self::Invalidated,
        Self::Unknown,
    ];

    /// The word in files, rows and the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::RequestDeferred => "request_deferred",
            Self::Given => "given",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
            Self::Invalidated => "invalidated",
            Self::Unknown => "unknown",
        }
    }

    /// Reads the word back; `None` for any other text.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// A consent that the policy asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Consent {
    /// A short title.
    pub label: Label,
    /// The words that the person agrees to.
    pub wording: Label,
    /// What refusing means, in plain words.
    pub on_refusal: Label,
    /// The regimes in which the service cannot be used without it (S11; G2 for others).
    pub condition_of_service: Vec<RegimeName>,
    /// The oldest policy version whose wording still stands: consents given to it or to a later
    /// version carry over (S39).
    pub since: Version,
    /// Where the policy asks for it.
    pub article: String,
    /// Where it stands in its file: people read the policy in that order.
    pub position: usize,
}

/// The state of one consent of one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentFact {
    /// Which consent.
    pub consent: ConsentName,
    /// Its state.
    pub state: ConsentState,
    /// The policy version the person saw.
    pub notice: Version,
    /// When it got that state.
    pub at: Timestamp,
}
