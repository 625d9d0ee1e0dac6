//! Purposes 利用目的, in two tiers, each with the basis that carries it in every regime.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::consent::ConsentName;
use crate::document::Label;
use crate::item::Terms;
use crate::party::{is_word_char, name};
use crate::regime::RegimeName;

name! {
    /// Names a declared purpose.
    PurposeName, 64, is_word_char, "1 to 64 of a-z, 0-9, `_`"
}

/// The tier of a purpose (S6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Providing the service (Art. 2(2) of the reference policy).
    Service,
    /// Other purposes (Art. 2(3)).
    Other,
}

/// 根拠: what allows a purpose in a regime.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "basis", content = "consent")]
pub enum Basis {
    /// Announced beforehand, as Act 18 and 21 ask for the controller's own use.
    Notice,
    /// A consent of the policy, in force.
    Consent(ConsentName),
    /// Needed for the contract with the person (GDPR 6(1)(b)).
    Contract,
    /// GDPR 6(1)(f).
    LegitimateInterest,
    /// GDPR 6(1)(c).
    LegalObligation,
}

impl Basis {
    /// Reads `notice`, `contract`, `legitimate_interest`, `legal_obligation` or `consent:NAME`.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "notice" => Self::Notice,
            "contract" => Self::Contract,
            "legitimate_interest" => Self::LegitimateInterest,
            "legal_obligation" => Self::LegalObligation,
            _ => Self::Consent(text.strip_prefix("consent:")?.parse().ok()?),
        })
    }

    /// The word for records: `consent`, `contract` and so on.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Consent(_) => "consent",
            Self::Contract => "contract",
            Self::LegitimateInterest => "legitimate_interest",
            Self::LegalObligation => "legal_obligation",
        }
    }
}

/// A declared purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Purpose {
    /// What people read.
    pub label: Label,
    /// Where the policy states it.
    pub article: String,
    /// Service or other.
    pub tier: Tier,
    /// The same in other vocabularies.
    pub terms: Terms,
    /// What allows it, by regime; a regime that is missing allows nothing.
    pub basis: BTreeMap<RegimeName, Basis>,
    /// The legitimate interest that it serves (GDPR 13(1)(d)), where it rests on one.
    pub interest: Option<Label>,
    /// True when the controller itself may use information for it.
    pub own_use: bool,
    /// True when a recipient needs an engagement in force with the person, such as a booking.
    pub needs_engagement: bool,
    /// Hours after the engagement's end during which the purpose still lasts.
    pub after_end_hours: u32,
    /// Where it stands in its file: people read the policy in that order.
    pub position: usize,
}
