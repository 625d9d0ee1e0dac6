//! How a request stands, in the protocol's words (sections 3.02, 3.03), and which of our states a
//! word of theirs may stand for (R8.8).

use jiff::Timestamp;
use policy::request::{
    FeeStanding, Outcome, Progress, ReasonsTold, RefusalGround, RequestId, State,
};
use policy::{Document, Language};
use serde::{Deserialize, Serialize};

/// A state of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It was submitted.
    Open,
    /// It is worked on.
    InProgress,
    /// It was done.
    Fulfilled,
    /// It was taken back.
    Revoked,
    /// It was not done.
    Denied,
    /// Its time is over.
    Expired,
}

/// Why it stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The person has to show who she is.
    NeedUserVerification,
    /// It is believed to be a fraud.
    SuspectedFraud,
    /// It was not shown who asks.
    InsufVerification,
    /// Nobody is held whom it could be about.
    NoMatch,
    /// The law does not cover it.
    ClaimNotCovered,
    /// The law does not cover her.
    OutsideJurisdiction,
    /// There were too many.
    TooManyRequests,
    /// Something else.
    Other,
}

impl Status {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Open, Self::InProgress, Self::Fulfilled, Self::Revoked, Self::Denied, Self::Expired];

    /// The states of ours that it may stand for. We never let a request expire: time ends an identity
    /// that is not shown and a fee that is not paid, and both are denials.
    pub fn states(self) -> &'static [State] {
        match self {
            Self::Open => &[State::Received],
            Self::InProgress => &[
                State::Verifying,
                State::AwaitingFee,
                State::Investigating,
                State::Decided,
                State::Executed,
            ],
            Self::Fulfilled => &[State::Notified, State::Closed],
            Self::Revoked => &[State::Withdrawn],
            Self::Denied => &[State::Notified, State::Closed, State::Unverified],
            Self::Expired => &[],
        }
    }

    /// Whether nothing follows on it.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Open | Self::InProgress)
    }
}

/// How a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Where.
    pub status: Status,
    /// Why, where the protocol has a word for it.
    pub reason: Option<Reason>,
}

impl Standing {
    /// How a request stands; reasons for a refusal are told as far as the policy tells them (G1).
    /// A decision is told once the person has been.
    pub fn of(progress: &Progress, told: ReasonsTold) -> Self {
        let plain = |status| Self { status, reason: None };
        let denied = |reason| Self { status: Status::Denied, reason: Some(reason) };
        match progress.state {
            State::Received => plain(Status::Open),
            State::Verifying
            | State::AwaitingFee
            | State::Investigating
            | State::Decided
            | State::Executed => plain(Status::InProgress),
            State::Withdrawn => plain(Status::Revoked),
            State::Unverified => denied(Reason::InsufVerification),
            State::Notified | State::Closed => match &progress.decision {
                None => denied(Reason::Other),
                Some(decision) => match decision.outcome {
                    Outcome::Granted | Outcome::Partly => plain(Status::Fulfilled),
                    Outcome::NotHeld => denied(Reason::NoMatch),
                    Outcome::Refused if told == ReasonsTold::None => denied(Reason::Other),
                    Outcome::Refused => {
                        let ground = decision.refused.first().map(|part| part.ground);
                        denied(ground.map_or(Reason::Other, reason))
                    }
                },
            },
        }
    }
}

/// The protocol's word for a ground.
pub fn reason(ground: RefusalGround) -> Reason {
    match ground {
        RefusalGround::IdentityNotConfirmed | RefusalGround::AgencyNotConfirmed => {
            Reason::InsufVerification
        }
        RefusalGround::PurposeAlreadyClear
        | RefusalGround::HarmToRights
        | RefusalGround::HarmToController
        | RefusalGround::HindersStateBusiness
        | RefusalGround::SeriousHindrance
        | RefusalGround::ViolatesOtherLaw
        | RefusalGround::ContentIsFactual
        | RefusalGround::NoGround
        | RefusalGround::NotRetainedData
        | RefusalGround::LegalObligation
        | RefusalGround::LegalClaims => Reason::ClaimNotCovered,
        // Unfounded or excessive: the protocol has a word for the second alone.
        RefusalGround::ManifestlyUnfounded
        | RefusalGround::FormIncomplete
        | RefusalGround::FeeUnpaid => Reason::Other,
    }
}

/// A request as the protocol shows it (section 3.03).
#[derive(Debug, Serialize)]
pub struct Shown {
    /// The request's id, written as a UUID.
    pub request_id: String,
    /// When it came in.
    pub received_at: Timestamp,
    /// By when it is answered; left out once it is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_by: Option<Timestamp>,
    /// The agent's own number for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_request_id: Option<String>,
    /// What the person may be told of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub processing_details: Option<String>,
    /// Where it stands.
    pub status: Status,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

impl Shown {
    /// A request as it stands, by what a policy tells of reasons.
    pub fn under(
        document: &Document,
        id: RequestId,
        progress: &Progress,
        agent_request_id: Option<String>,
        language: Language,
    ) -> Self {
        let told = document.requests.as_ref().and_then(|r| r.reasons_told.get(&progress.regime));
        let told = told.copied().unwrap_or(ReasonsTold::Full);
        Self::of(id, progress, told, agent_request_id, language)
    }

    /// A request as it stands.
    pub fn of(
        id: RequestId,
        progress: &Progress,
        told: ReasonsTold,
        agent_request_id: Option<String>,
        language: Language,
    ) -> Self {
        let Standing { status, reason } = Standing::of(progress, told);
        Self {
            request_id: uuid(id),
            received_at: progress.received_at,
            expected_by: (!status.is_final()).then_some(progress.due_at),
            agent_request_id,
            processing_details: details(progress, status, language),
            status,
            reason,
        }
    }
}

/// What the words do not say by themselves.
fn details(progress: &Progress, status: Status, language: Language) -> Option<String> {
    let outcome = progress.decision.as_ref().map(|decision| decision.outcome);
    let (ja, en) = match (progress.state, &progress.fee) {
        (State::Verifying, _) => (
            "ご本人と代理権の確認をしています。".to_owned(),
            "It is being checked who asks, and for whom.".to_owned(),
        ),
        (State::AwaitingFee, FeeStanding::Due(money)) => (
            format!("手数料（{} {}）のお支払いをお待ちしています。", money.amount, money.currency),
            format!("A fee of {} {} is due.", money.amount, money.currency),
        ),
        _ if progress.extended && !status.is_final() => {
            ("期限を延長しました。".to_owned(), "The time for an answer was extended.".to_owned())
        }
        _ if status == Status::Fulfilled && outcome == Some(Outcome::Partly) => (
            "一部に応じました。ご本人に通知しています。".to_owned(),
            "It was granted in part; the person was told.".to_owned(),
        ),
        _ => return None,
    };
    Some(match language {
        Language::Ja => ja,
        Language::En => en,
    })
}

/// A request's id as the protocol would rather have it: in the form of a UUID.
pub fn uuid(id: RequestId) -> String {
    let hex = data_encoding::HEXLOWER.encode(&id.0);
    let groups = [0..8, 8..12, 12..16, 16..20, 20..32];
    groups.map(|group| hex.get(group).unwrap_or_default()).join("-")
}

/// Reads what [`uuid`] wrote.
pub fn parse_uuid(text: &str) -> Option<RequestId> {
    let hex: String = text.to_ascii_lowercase().chars().filter(|c| *c != '-').collect();
    let id = RequestId(data_encoding::HEXLOWER.decode(hex.as_bytes()).ok()?.try_into().ok()?);
    (uuid(id) == text.to_ascii_lowercase()).then_some(id)
}
