//! The steps of a request, and why one is not taken. What follows on what is `progress.rs`.

use serde::{Deserialize, Serialize};

use super::RefusalGround;
use super::progress::{Decision, Identified, Money, State};

/// A step, with what it brings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
    /// It is asked who the requester is; where nothing about a person is told, it is looked into at
    /// once.
    Begin {},
    /// The requester is known.
    Identify {
        /// By what.
        how: Identified,
        /// False when nobody is held whom it could be about.
        held: bool,
    },
    /// It is about somebody else than was thought: who asks has to be shown anew.
    Recheck {},
    /// The agent's power is confirmed.
    ConfirmAgency {},
    /// It was not shown that it comes from the person.
    FailIdentity {},
    /// The fee was paid.
    Pay {
        /// What was paid.
        money: Money,
        /// What shows it.
        reference: String,
    },
    /// The fee is waived.
    WaiveFee {
        /// By whom.
        by: String,
    },
    /// The time for paying is over.
    LapseFee {},
    /// The answer takes longer, and she is told why (GDPR 12(3)).
    Extend {
        /// By how many months.
        months: u32,
        /// Why.
        reason: String,
    },
    /// A decision is made; it stands at once, or waits for a second pair of eyes.
    Decide(Decision),
    /// Somebody else agrees with the decision.
    Approve {
        /// Who.
        by: String,
    },
    /// Somebody else does not agree; it is looked into again.
    Return {
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// A correction that was decided cannot be carried out any more, such as of what was erased in
    /// between: it is decided anew.
    Reconsider {
        /// Why.
        reason: String,
    },
    /// What was decided is done.
    Execute {},
    /// The person was told: her letter is on its way.
    Notify {},
    /// The fee is given back.
    Refund {
        /// What shows it.
        reference: String,
    },
    /// It is over.
    Close {},
    /// The person takes it back.
    Withdraw {},
}

impl Step {
    /// The word in records.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Begin {} => "begin",
            Self::Identify { .. } => "identify",
            Self::Recheck {} => "recheck",
            Self::ConfirmAgency {} => "confirm_agency",
            Self::FailIdentity {} => "fail_identity",
            Self::Pay { .. } => "pay",
            Self::WaiveFee { .. } => "waive_fee",
            Self::LapseFee {} => "lapse_fee",
            Self::Extend { .. } => "extend",
            Self::Decide(_) => "decide",
            Self::Approve { .. } => "approve",
            Self::Return { .. } => "return",
            Self::Reconsider { .. } => "reconsider",
            Self::Execute {} => "execute",
            Self::Notify {} => "notify",
            Self::Refund { .. } => "refund",
            Self::Close {} => "close",
            Self::Withdraw {} => "withdraw",
        }
    }
}

/// Why a step is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// It does not follow on where the request stands.
    #[error("a request that is `{}` does not take the step `{step}`", state.word())]
    NotNow {
        /// Where it stands.
        state: State,
        /// The step.
        step: &'static str,
    },
    /// What was shown is not enough for what is asked.
    #[error("`{how:?}` is not enough for this kind of request; ask for more")]
    NotSureEnough {
        /// What was shown.
        how: Identified,
    },
    /// An agent's power is not confirmed, or there is no agent.
    #[error("there is no agent whose power could be confirmed")]
    NoAgent,
    /// Another sum was paid.
    #[error("the fee is {} {}", due.amount, due.currency)]
    OtherSum {
        /// What is due.
        due: Money,
    },
    /// It was settled before.
    #[error("the fee is settled")]
    FeeSettled,
    /// No fee was asked for, because nobody is held whom it could be about; so nothing else can be decided.
    #[error(
        "no fee was asked for, as nobody is held; decide `not_held`, or have it shown anew who asks"
    )]
    FeeNotAsked,
    /// There is nothing to give back.
    #[error("no fee was paid")]
    NothingPaid,
    /// The regime knows no extension, or not so long a one, or it is too late for one.
    #[error("the time for an answer cannot be extended so")]
    NoExtension,
    /// A refusal names a ground that the list does not have (I8, G9).
    #[error("`{ground:?}` is no ground for refusing this kind of request")]
    NotAGround {
        /// The ground.
        ground: RefusalGround,
    },
    /// A refusal names none.
    #[error("a refusal needs a ground of the list")]
    NoGround,
    /// The outcome and what is refused do not go together.
    #[error("the outcome and what is refused do not go together")]
    Inconsistent,
    /// The policy does not have this measure, or the kind allows none.
    #[error("this is no alternative measure of the policy for this kind of request")]
    NotAnAlternative,
    /// A decision needs its reason on record.
    #[error("write down the reason")]
    NoReason,
    /// Whoever decided cannot also approve (four eyes).
    #[error("somebody else has to approve it")]
    SameEyes,
}
