//! The person's requests 開示等の請求等, as the policy states them: kinds, fee, grounds for refusing,
//! what may be done instead (S23 to S33). How a request runs is not known here.

use serde::{Deserialize, Serialize};

use crate::document::Label;
use crate::regime::RegimeName;

/// What a person may ask for (Act 32 to 35, 28(3), 40).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestKind {
    /// To be notified of the purposes of use (Act 32(2)).
    PurposeNotice,
    /// Disclosure of her information (Act 33(1)).
    Disclosure,
    /// Disclosure of provision records (Act 33(5)).
    ProvisionRecords,
    /// Correction, addition or deletion of what is not factual (Act 34).
    Correction,
    /// Stop of use (Act 35(1), (5)).
    StopUse,
    /// Stop of provision (Act 35(3), (5)).
    StopProvision,
    /// Erasure (Act 35(1), (5)).
    Erasure,
    /// Information on a foreign recipient's equivalent measures (Act 28(3)).
    EquivalentMeasures,
    /// A complaint or inquiry (Act 40).
    Complaint,
}

impl RequestKind {
    /// Every kind, in the order of the law.
    pub const ALL: [Self; 9] = [
        Self::PurposeNotice,
        Self::Disclosure,
        Self::ProvisionRecords,
        Self::Correction,
        Self::StopUse,
        Self::StopProvision,
        Self::Erasure,
        Self::EquivalentMeasures,
        Self::Complaint,
    ];

    /// The kinds for which the Act lets a fee be charged (Act 38).
    pub fn may_cost(self) -> bool {
        matches!(self, Self::PurposeNotice | Self::Disclosure | Self::ProvisionRecords)
    }
}

/// The closed list of grounds on which a request may be refused (G9, I8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalGround {
    /// The purpose is already clear from what is published (Act 32(2)(i)).
    PurposeAlreadyClear,
    /// Harm to life, body, property or rights of the person or a third party (Act 21(4)(i), 33(2)(i)).
    HarmToRights,
    /// Harm to the controller's rights or legitimate interests (Act 21(4)(ii)).
    HarmToController,
    /// Hinders the work of a state body (Act 21(4)(iii)).
    HindersStateBusiness,
    /// Serious hindrance to the proper conduct of business (Act 33(2)(ii)).
    SeriousHindrance,
    /// Would violate another law (Act 33(2)(iii)).
    ViolatesOtherLaw,
    /// The content is factual (Act 34).
    ContentIsFactual,
    /// None of the cases of Act 35 is given.
    NoGround,
    /// The person could not be identified (Act 37).
    IdentityNotConfirmed,
    /// The agent's power could not be confirmed (Act 37(3)).
    AgencyNotConfirmed,
    /// The form is incomplete (Act 37(1)).
    FormIncomplete,
    /// The fee was not paid (Act 38).
    FeeUnpaid,
    /// It is not retained personal data (Act 16(4)).
    NotRetainedData,
}

/// How far reasons are told with a refusal (G1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReasonsTold {
    /// Not at all.
    None,
    /// The ground in a sentence.
    Summary,
    /// In full.
    Full,
}

/// What may be done in place of correcting, stopping or erasing (S32; Act 35 provisos).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlternativeMeasure {
    /// The values are masked.
    Masking,
    /// Nobody can reach them.
    AccessFreeze,
    /// They are kept out of every use.
    BlockFromUse,
}

/// The fee for a request (S27; Act 38).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fee {
    /// How much, in whole units of the currency.
    pub amount: u32,
    /// ISO 4217.
    pub currency: String,
    /// For which kinds.
    pub kinds: Vec<RequestKind>,
    /// Under which regimes; everywhere else it is free (G3).
    pub regimes: Vec<RegimeName>,
}

/// The grounds for refusing, by kind of request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refusals {
    /// Of a notification of purposes.
    pub purpose_notice: Vec<RefusalGround>,
    /// Of a disclosure, also of provision records.
    pub disclosure: Vec<RefusalGround>,
    /// Of a correction.
    pub correction: Vec<RefusalGround>,
    /// Of stopping or erasing.
    pub stop: Vec<RefusalGround>,
    /// Of any request, for want of what the procedure asks.
    pub procedural: Vec<RefusalGround>,
}

/// The policy's article on requests (Act 32(1)(iii)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Requests {
    /// The article of the policy.
    pub article: String,
    /// How to ask.
    pub procedure: Label,
    /// How the person is known to be herself.
    pub identity: Label,
    /// What an agent brings (Order 13).
    pub agents: Label,
    /// What it costs; `None` for nothing.
    pub fee: Option<Fee>,
    /// On what grounds it may be refused.
    pub refusals: Refusals,
    /// How far reasons are told, by regime; a regime that is missing tells them in full.
    pub reasons_told: std::collections::BTreeMap<RegimeName, ReasonsTold>,
    /// What may be done instead.
    pub alternative_measures: Vec<AlternativeMeasure>,
}
