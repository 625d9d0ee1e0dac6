//! The person's requests 開示等の請求等, as the policy states them: kinds, fee, grounds for refusing,
//! what may be done instead (S23 to S33). What law says of it is `law.rs`; how a request runs from
//! asking to answer is `progress.rs`, by the steps of `step.rs`.

mod law;
mod progress;
mod step;
mod words;

use serde::{Deserialize, Serialize};

pub use self::law::{Ground, KindRules, RequestRules};
pub use self::progress::{
    Agency, Assurance, Decision, FeeStanding, Grant, Identified, Money, Outcome, Progress,
    RefusedPart, RequestId, State, Terms,
};
pub use self::step::{NotTaken, Step};
use crate::document::Label;
use crate::purpose::PurposeName;
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
    /// It is manifestly unfounded or excessive (GDPR 12(5)).
    ManifestlyUnfounded,
    /// Law demands that it is kept or used (GDPR 17(3)(b)).
    LegalObligation,
    /// It is needed for legal claims (GDPR 17(3)(e), 21(1)).
    LegalClaims,
}

impl RefusalGround {
    /// Every ground.
    pub const ALL: [Self; 16] = [
        Self::PurposeAlreadyClear,
        Self::HarmToRights,
        Self::HarmToController,
        Self::HindersStateBusiness,
        Self::SeriousHindrance,
        Self::ViolatesOtherLaw,
        Self::ContentIsFactual,
        Self::NoGround,
        Self::IdentityNotConfirmed,
        Self::AgencyNotConfirmed,
        Self::FormIncomplete,
        Self::FeeUnpaid,
        Self::NotRetainedData,
        Self::ManifestlyUnfounded,
        Self::LegalObligation,
        Self::LegalClaims,
    ];
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
    /// Whether it is given back when nothing is held about the person.
    #[serde(default)]
    pub refund_when_not_held: bool,
    /// How to pay it; whoever pays asks the desk when it is left out.
    #[serde(default)]
    pub pay_to: Option<Label>,
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

impl Refusals {
    /// The grounds for a kind, those of the procedure among them.
    pub fn of(&self, kind: RequestKind) -> Vec<RefusalGround> {
        let of_kind: &[RefusalGround] = match kind {
            RequestKind::PurposeNotice => &self.purpose_notice,
            // Act 28(3) with Rules 18(3): where business would be hindered seriously, as with disclosure.
            RequestKind::Disclosure
            | RequestKind::ProvisionRecords
            | RequestKind::EquivalentMeasures => &self.disclosure,
            RequestKind::Correction => &self.correction,
            RequestKind::StopUse | RequestKind::StopProvision | RequestKind::Erasure => &self.stop,
            RequestKind::Complaint => &[],
        };
        of_kind.iter().chain(&self.procedural).copied().collect()
    }
}

/// How the house handles requests; a policy may leave any of it out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Handling {
    /// The purpose under which staff look at values for a request, such as before and after a
    /// correction; without one they look at none.
    pub purpose: Option<PurposeName>,
    /// The kinds whose decision needs a second pair of eyes.
    pub four_eyes: Vec<RequestKind>,
    /// Days for showing who asks.
    pub verify_within_days: u32,
    /// Days for paying the fee.
    pub pay_within_days: u32,
    /// Days for which the link to an answer stays open.
    pub answer_open_days: u32,
    /// Days after the decision when copies of identity documents are erased (R8.6).
    pub evidence_days: u32,
    /// Days for which a request is kept once it is over.
    pub keep_days: u32,
}

impl Default for Handling {
    fn default() -> Self {
        Self {
            purpose: None,
            four_eyes: Vec::new(),
            verify_within_days: 14,
            pay_within_days: 30,
            answer_open_days: 30,
            evidence_days: 30,
            keep_days: 1095,
        }
    }
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
    /// How they are handled.
    pub handling: Handling,
}
