//! How a request runs, from asking to answer (R8.8): the states, the steps between them, and what each
//! step needs. Pure and total: a step is taken, or it is said why not. Nothing is given before the
//! person is known, the fee settled and the decision made, because only a [`Grant`] opens values for an
//! answer and only [`Progress::grant`] makes one.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::law::Ground;
use super::step::{NotTaken, Step};
use super::{AlternativeMeasure, Handling, RefusalGround, RequestKind};
use crate::calendar;
use crate::document::Document;
use crate::item::ItemName;
use crate::party::{NotAName, SubjectId, base32};
use crate::regime::{Regime, RegimeName};

/// A request, by its own random number; people say [`RequestId::number`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub [u8; 16]);

impl RequestId {
    /// The receipt number 受付番号: twelve letters and digits in three groups, such as `7K3M-92QX-0B4T`.
    pub fn number(&self) -> String {
        let text = base32().encode(&self.0[..8]).to_ascii_uppercase();
        format!("{}-{}-{}", &text[..4], &text[4..8], &text[8..12])
    }

    /// The form in which a receipt number is looked up, from however a person wrote it; `None` for
    /// what cannot be one. Letters that look like digits are read as those.
    pub fn read_number(text: &str) -> Option<String> {
        let read: String = text
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            })
            .collect();
        (read.len() == 12).then(|| format!("{}-{}-{}", &read[..4], &read[4..8], &read[8..]))
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "req_{}", base32().encode(&self.0))
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for RequestId {
    type Err = NotAName;

    fn from_str(text: &str) -> Result<Self, NotAName> {
        text.strip_prefix("req_")
            .and_then(|rest| base32().decode(rest.as_bytes()).ok())
            .and_then(|bytes| bytes.try_into().ok())
            .map(Self)
            .ok_or_else(|| NotAName {
                given: text.chars().take(40).collect(),
                rule: "`req_` and 26 letters and digits",
            })
    }
}

impl Serialize for RequestId {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RequestId {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Where a request stands (R8.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It came in.
    Received,
    /// It is not known yet whether it comes from the person.
    Verifying,
    /// The fee is asked for and not settled.
    AwaitingFee,
    /// It is looked into.
    Investigating,
    /// It is decided.
    Decided,
    /// What was decided is done.
    Executed,
    /// The person was told.
    Notified,
    /// It is over.
    Closed,
    /// The person took it back.
    Withdrawn,
    /// It was not shown that it comes from the person; she was told.
    Unverified,
}

impl State {
    /// Every state, the usual way first.
    pub const ALL: [Self; 10] = [
        Self::Received,
        Self::Verifying,
        Self::AwaitingFee,
        Self::Investigating,
        Self::Decided,
        Self::Executed,
        Self::Notified,
        Self::Closed,
        Self::Withdrawn,
        Self::Unverified,
    ];

    /// True when nothing is left to do.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Closed | Self::Withdrawn | Self::Unverified)
    }

    /// The word in rows and the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Verifying => "verifying",
            Self::AwaitingFee => "awaiting_fee",
            Self::Investigating => "investigating",
            Self::Decided => "decided",
            Self::Executed => "executed",
            Self::Notified => "notified",
            Self::Closed => "closed",
            Self::Withdrawn => "withdrawn",
            Self::Unverified => "unverified",
        }
    }
}

/// By what a requester was known (S25, R8.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Identified {
    /// By a one-time code sent to the registered address, just now.
    Code,
    /// By a passkey, just now.
    Passkey,
    /// By the exact match of registered particulars.
    Particulars,
    /// By an identity document that was looked at.
    Document,
}

/// How surely a requester has to be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Assurance {
    /// Not at all: nothing about a person is told or done.
    None,
    /// Registered particulars agree.
    Particulars,
    /// Something only she has: her mailbox, her passkey, her document.
    Possession,
}

impl Identified {
    /// Every way.
    pub const ALL: [Self; 4] = [Self::Code, Self::Passkey, Self::Particulars, Self::Document];

    /// How sure it is.
    pub fn assurance(self) -> Assurance {
        match self {
            Self::Particulars => Assurance::Particulars,
            Self::Code | Self::Passkey | Self::Document => Assurance::Possession,
        }
    }
}

impl RequestKind {
    /// How surely the requester has to be known \[eng\]: what hands out information or ends it needs
    /// possession; what changes it or says how it is used needs her particulars; an inquiry, and what
    /// is told of a company abroad, tell nothing about her.
    pub fn assurance(self) -> Assurance {
        match self {
            Self::Disclosure | Self::ProvisionRecords | Self::Erasure => Assurance::Possession,
            Self::PurposeNotice | Self::Correction | Self::StopUse | Self::StopProvision => {
                Assurance::Particulars
            }
            Self::EquivalentMeasures | Self::Complaint => Assurance::None,
        }
    }

    /// True when the answer hands out what is held of her.
    pub fn discloses(self) -> bool {
        matches!(self, Self::Disclosure | Self::ProvisionRecords | Self::PurposeNotice)
    }

    /// True when it changes or ends something and rests on a ground of hers (Act 34, 35).
    pub fn rests_on_ground(self) -> bool {
        matches!(self, Self::Correction | Self::StopUse | Self::StopProvision | Self::Erasure)
    }
}

/// Who asks in her place (R8.5; Act 37(3), Order 13).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Agency {
    /// 法定代理人: of a minor or an adult ward.
    Statutory,
    /// 任意代理人: entrusted by her.
    Entrusted,
}

/// A sum of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// Whole units of the currency.
    pub amount: u32,
    /// ISO 4217.
    pub currency: String,
}

/// How the fee stands (S27, R8.4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fee", rename_all = "snake_case")]
pub enum FeeStanding {
    /// It is free.
    Free,
    /// It is to be paid.
    Due(Money),
    /// It was paid.
    Paid {
        /// What was paid.
        money: Money,
        /// When.
        at: Timestamp,
        /// What shows it: the bank's or the payment platform's reference.
        reference: String,
    },
    /// It was waived.
    Waived {
        /// By whom.
        by: String,
        /// When.
        at: Timestamp,
    },
    /// It was paid and given back.
    Refunded {
        /// What was given back.
        money: Money,
        /// When.
        at: Timestamp,
        /// What shows it.
        reference: String,
    },
}

/// What came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// In full.
    Granted,
    /// In part.
    Partly,
    /// Not at all.
    Refused,
    /// Nothing is held about her.
    NotHeld,
}

/// A refusal, of everything or of one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefusedPart {
    /// Which item; everything when `None`.
    pub item: Option<ItemName>,
    /// On which ground of the closed list (I8).
    pub ground: RefusalGround,
}

/// A decision as an officer makes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// What came out.
    pub outcome: Outcome,
    /// What is refused, and on which ground.
    pub refused: Vec<RefusedPart>,
    /// What is done instead of stopping or erasing (S32).
    pub alternative: Option<AlternativeMeasure>,
    /// Why, in words, for the record; whether it goes out is the regime's (G1).
    pub reason: String,
    /// Who decided.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// How a request stands, with everything that the next step depends on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    /// What is asked.
    pub kind: RequestKind,
    /// By whose rules.
    pub regime: RegimeName,
    /// What she relies on, where the kind rests on a ground.
    pub grounds: Vec<Ground>,
    /// Who asks in her place.
    pub agency: Option<Agency>,
    /// Where it stands.
    pub state: State,
    /// When it came in.
    pub received_at: Timestamp,
    /// By when it is answered.
    pub due_at: Timestamp,
    /// True once the time was extended.
    pub extended: bool,
    /// By what the requester is known, and since when.
    pub identified: Option<(Identified, Timestamp)>,
    /// False once it was seen that nobody is held whom it could be about.
    pub held: bool,
    /// When the agent's power was confirmed.
    pub agency_confirmed: Option<Timestamp>,
    /// How the fee stands.
    pub fee: FeeStanding,
    /// The decision; in force once it stands.
    pub decision: Option<Decision>,
    /// Who agreed with it.
    pub approved_by: Option<String>,
    /// Every state it came to, and when.
    pub moves: Vec<(State, Timestamp)>,
}

/// By what a step is judged: the policy and the person's regime.
#[derive(Clone, Copy)]
pub struct Terms<'a> {
    /// The policy in force.
    pub policy: &'a Document,
    /// The regime of the request.
    pub regime: &'a Regime,
}

impl<'a> Terms<'a> {
    /// The terms for a regime; `None` when the policy does not serve it.
    pub fn of(policy: &'a Document, regime: &RegimeName) -> Option<Self> {
        policy.regimes.get(regime).map(|regime| Self { policy, regime })
    }

    /// The fee for a kind (R8.4): what the policy charges, where the regime lets it.
    pub fn fee(&self, kind: RequestKind) -> Option<Money> {
        let fee = self.policy.requests.as_ref()?.fee.as_ref()?;
        let charged = kind.may_cost()
            && fee.kinds.contains(&kind)
            && fee.regimes.contains(&self.regime.name)
            && self.regime.duties.fee.value;
        charged.then(|| Money { amount: fee.amount, currency: fee.currency.clone() })
    }

    /// The grounds on which a kind may be refused: those of the policy that the law knows too (G9).
    pub fn refusals(&self, kind: RequestKind) -> Vec<RefusalGround> {
        let Some(requests) = &self.policy.requests else { return Vec::new() };
        let lawful = self.regime.requests.refusals(kind);
        let of_policy = requests.refusals.of(kind);
        of_policy.into_iter().filter(|ground| lawful.contains(ground)).collect()
    }

    /// True when a decision waits for a second pair of eyes: what ends something, what is done
    /// instead, and what is refused in part or whole, where the policy asks for it.
    pub fn four_eyes(&self, kind: RequestKind) -> bool {
        self.policy
            .requests
            .as_ref()
            .is_some_and(|requests| requests.handling.four_eyes.contains(&kind))
    }

    /// By when a request that came in at a moment is answered: the end of the last day (R8.1).
    pub fn due(&self, received_at: Timestamp) -> Timestamp {
        calendar::end_of_day(match &self.regime.duties.reply_months {
            Some(months) => calendar::after_months(received_at, months.value),
            None => calendar::after_days(received_at, self.regime.requests.answer_days.value),
        })
    }

    /// By when a request is answered at the earliest that what was waited for comes in at a moment: the
    /// days of the warning are left.
    pub fn least(&self, now: Timestamp) -> Timestamp {
        calendar::end_of_day(calendar::after_days(now, self.regime.requests.warn_days.value))
    }

    /// When the desk begins to warn.
    pub fn warn(&self, due_at: Timestamp) -> Timestamp {
        let days = i64::from(self.regime.requests.warn_days.value);
        due_at - jiff::SignedDuration::from_hours(days * 24)
    }
}

/// Leave to open what is held of one person for the answer to her own request (Act 33).
///
/// Only [`Progress::grant`] makes one:
///
/// ```compile_fail,E0451
/// fn forged(real: policy::request::Grant) -> policy::request::Grant {
///     policy::request::Grant { ..real }
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    request: RequestId,
    subject: SubjectId,
    kind: RequestKind,
    withheld: Vec<ItemName>,
}

impl Grant {
    /// Which request.
    pub fn request(&self) -> RequestId {
        self.request
    }

    /// Whose information.
    pub fn subject(&self) -> SubjectId {
        self.subject
    }

    /// What was asked.
    pub fn kind(&self) -> RequestKind {
        self.kind
    }

    /// The items that were refused.
    pub fn withheld(&self) -> &[ItemName] {
        &self.withheld
    }

    /// True when it covers that item of that person.
    pub fn covers(&self, subject: SubjectId, item: &ItemName) -> bool {
        self.kind == RequestKind::Disclosure
            && self.subject == subject
            && !self.withheld.contains(item)
    }
}

impl Progress {
    /// A request that comes in.
    pub fn received(
        terms: &Terms<'_>,
        kind: RequestKind,
        grounds: Vec<Ground>,
        agency: Option<Agency>,
        now: Timestamp,
    ) -> Self {
        Self {
            kind,
            regime: terms.regime.name.clone(),
            grounds,
            agency,
            state: State::Received,
            received_at: now,
            due_at: terms.due(now),
            extended: false,
            identified: None,
            held: true,
            agency_confirmed: None,
            fee: terms.fee(kind).map_or(FeeStanding::Free, FeeStanding::Due),
            decision: None,
            approved_by: None,
            moves: vec![(State::Received, now)],
        }
    }

    /// Leave to open values for the answer; `None` unless the requester is known, the fee settled and
    /// the decision in force and not a refusal.
    pub fn grant(&self, request: RequestId, subject: SubjectId) -> Option<Grant> {
        let decision = self.answerable()?;
        Some(Grant {
            request,
            subject,
            kind: self.kind,
            withheld: decision.refused.iter().filter_map(|part| part.item.clone()).collect(),
        })
    }

    /// The decision by which there is something to answer: in force and not a refusal, of a requester
    /// who is known and has settled the fee.
    pub fn answerable(&self) -> Option<&Decision> {
        let decision = self.decision.as_ref()?;
        let in_force = matches!(self.state, State::Decided | State::Executed | State::Notified)
            && matches!(decision.outcome, Outcome::Granted | Outcome::Partly);
        (in_force && self.is_known() && self.fee_is_settled()).then_some(decision)
    }

    /// True when the requester is known surely enough, and the agent's power confirmed if there is one.
    pub fn is_known(&self) -> bool {
        let sure = self.identified.map_or(Assurance::None, |(how, _)| how.assurance());
        sure >= self.needed() && (self.agency.is_none() || self.agency_confirmed.is_some())
    }

    /// How surely the requester has to be known. Who speaks for somebody else is known surely.
    pub fn needed(&self) -> Assurance {
        let of_kind = self.kind.assurance();
        match self.agency {
            Some(_) if of_kind > Assurance::None => Assurance::Possession,
            _ => of_kind,
        }
    }

    /// True when nothing is left to pay.
    pub fn fee_is_settled(&self) -> bool {
        !matches!(self.fee, FeeStanding::Due(_))
    }

    /// True when a decision waits for somebody else's agreement.
    pub fn awaits_approval(&self) -> bool {
        self.state == State::Investigating && self.decision.is_some()
    }

    /// Takes a step, or says why not. `self` stays as it is.
    ///
    /// # Errors
    /// [`NotTaken`].
    pub fn step(&self, step: &Step, terms: &Terms<'_>, now: Timestamp) -> Result<Self, NotTaken> {
        let mut next = self.clone();
        let not_now = || NotTaken::NotNow { state: self.state, step: step.word() };
        match (self.state, step) {
            (state, Step::Withdraw {}) if state < State::Executed => {
                next.enter(State::Withdrawn, now);
            }
            (State::Received, Step::Begin {}) => {
                let none = self.needed() == Assurance::None && self.agency.is_none();
                let then = if none { next.after_identity(terms) } else { State::Verifying };
                next.enter(then, now);
            }
            (State::Verifying, Step::Identify { how, held }) => {
                if how.assurance() < self.needed() {
                    return Err(NotTaken::NotSureEnough { how: *how });
                }
                next.identified = Some((*how, now));
                next.held = *held;
                next.adopt(terms);
                if next.is_known() {
                    next.enter_known(terms, now);
                }
            }
            (State::Verifying, Step::ConfirmAgency {}) => {
                if self.agency.is_none() {
                    return Err(NotTaken::NoAgent);
                }
                next.agency_confirmed = Some(now);
                if next.is_known() {
                    next.enter_known(terms, now);
                }
            }
            (State::Verifying | State::Investigating, Step::Recheck {}) => {
                next.identified = None;
                next.held = true;
                next.decision = None;
                if self.state == State::Investigating {
                    next.enter(State::Verifying, now);
                }
            }
            (State::Verifying, Step::FailIdentity {}) => next.enter(State::Unverified, now),
            (State::AwaitingFee, Step::Pay { money, reference }) => {
                let FeeStanding::Due(due) = &self.fee else { return Err(NotTaken::FeeSettled) };
                if money != due {
                    return Err(NotTaken::OtherSum { due: due.clone() });
                }
                next.fee = FeeStanding::Paid {
                    money: money.clone(),
                    at: now,
                    reference: reference.clone(),
                };
                next.investigate(terms, now);
            }
            (State::AwaitingFee, Step::WaiveFee { by }) => {
                next.fee = FeeStanding::Waived { by: by.clone(), at: now };
                next.investigate(terms, now);
            }
            (State::AwaitingFee, Step::LapseFee {}) => {
                next.decision = Some(Decision {
                    outcome: Outcome::Refused,
                    refused: vec![RefusedPart { item: None, ground: RefusalGround::FeeUnpaid }],
                    alternative: None,
                    // The ground says it, to whoever reads it and in their language.
                    reason: String::new(),
                    by: "azukari".to_owned(),
                    at: now,
                });
                next.enter(State::Decided, now);
            }
            (
                State::Verifying | State::AwaitingFee | State::Investigating,
                Step::Extend { months, reason },
            ) => {
                let longest =
                    terms.regime.duties.reply_extension_months.as_ref().map_or(0, |m| m.value);
                let fits = !self.extended && (1..=longest).contains(months) && now < self.due_at;
                if !fits {
                    return Err(NotTaken::NoExtension);
                }
                if reason.trim().is_empty() {
                    return Err(NotTaken::NoReason);
                }
                // Counted from the same day as the first month.
                let first = terms.regime.duties.reply_months.as_ref().map_or(0, |m| m.value);
                let last = calendar::after_months(self.received_at, first + months);
                next.due_at = calendar::end_of_day(last);
                next.extended = true;
            }
            (State::Investigating, Step::Decide(decision)) => {
                self.judge(decision, terms)?;
                if !self.fee_is_settled() && decision.outcome != Outcome::NotHeld {
                    return Err(NotTaken::FeeNotAsked);
                }
                next.decision = Some(decision.clone());
                if !terms.four_eyes(self.kind) {
                    next.decided(now);
                }
            }
            (State::Investigating, Step::Approve { by }) => {
                let decision = self.decision.as_ref().ok_or_else(not_now)?;
                if decision.by == *by {
                    return Err(NotTaken::SameEyes);
                }
                next.approved_by = Some(by.clone());
                next.decided(now);
            }
            (State::Investigating, Step::Return { by, reason }) => {
                let decision = self.decision.as_ref().ok_or_else(not_now)?;
                if decision.by == *by {
                    return Err(NotTaken::SameEyes);
                }
                if reason.trim().is_empty() {
                    return Err(NotTaken::NoReason);
                }
                next.decision = None;
            }
            (State::Decided, Step::Reconsider { reason })
                if self.kind == RequestKind::Correction =>
            {
                if reason.trim().is_empty() {
                    return Err(NotTaken::NoReason);
                }
                next.decision = None;
                next.approved_by = None;
                next.enter(State::Investigating, now);
            }
            (State::Decided, Step::Execute {}) => next.enter(State::Executed, now),
            (State::Executed, Step::Notify {}) => next.enter(State::Notified, now),
            (State::Notified, Step::Close {}) => next.enter(State::Closed, now),
            // Nothing was found, or it was taken back after paying: the policy may give the fee back.
            (
                State::Decided
                | State::Executed
                | State::Notified
                | State::Closed
                | State::Withdrawn,
                Step::Refund { reference },
            ) => {
                let FeeStanding::Paid { money, .. } = &self.fee else {
                    return Err(NotTaken::NothingPaid);
                };
                next.fee = FeeStanding::Refunded {
                    money: money.clone(),
                    at: now,
                    reference: reference.clone(),
                };
            }
            _ => return Err(not_now()),
        }
        Ok(next)
    }

    /// Whether a decision may be made so: outcome and refused parts agree, and each ground is on the
    /// list for this kind (I8).
    fn judge(&self, decision: &Decision, terms: &Terms<'_>) -> Result<(), NotTaken> {
        let allowed = terms.refusals(self.kind);
        if let Some(part) = decision.refused.iter().find(|part| !allowed.contains(&part.ground)) {
            return Err(NotTaken::NotAGround { ground: part.ground });
        }
        let whole = decision.refused.iter().any(|part| part.item.is_none());
        let agrees = match decision.outcome {
            Outcome::Granted | Outcome::NotHeld => decision.refused.is_empty(),
            Outcome::Partly => {
                !whole && (!decision.refused.is_empty() || decision.alternative.is_some())
            }
            Outcome::Refused => {
                if decision.refused.is_empty() {
                    return Err(NotTaken::NoGround);
                }
                whole
            }
        };
        if !agrees {
            return Err(NotTaken::Inconsistent);
        }
        if let Some(measure) = decision.alternative {
            let known = terms.policy.requests.as_ref();
            let known = known.is_some_and(|r| r.alternative_measures.contains(&measure));
            let may = matches!(
                self.kind,
                RequestKind::StopUse | RequestKind::StopProvision | RequestKind::Erasure
            ) && decision.outcome == Outcome::Partly;
            if !known || !may {
                return Err(NotTaken::NotAnAlternative);
            }
        }
        let needs_reason = decision.outcome != Outcome::Granted;
        if needs_reason && decision.reason.trim().is_empty() {
            return Err(NotTaken::NoReason);
        }
        Ok(())
    }

    /// When something is to be done without waiting for a person: an identity that is not shown, a fee
    /// that is not paid, papers to be erased, an answer that is no longer open, a request whose time
    /// of keeping is over.
    pub fn next_look(&self, handling: &Handling, has_files: bool) -> Option<Timestamp> {
        let after =
            |from: Timestamp, days: u32| calendar::end_of_day(calendar::after_days(from, days));
        let since = self.moves.last().map_or(self.received_at, |(_, at)| *at);
        let of_state = match self.state {
            State::Verifying => Some(after(since, handling.verify_within_days)),
            State::AwaitingFee => self.pay_by(handling).map(calendar::end_of_day),
            State::Notified => Some(after(since, handling.answer_open_days)),
            state if state.is_over() => Some(after(since, handling.keep_days)),
            _ => None,
        };
        let papers = self.papers_end(handling).filter(|_| has_files);
        of_state.into_iter().chain(papers).min()
    }

    /// The last day for paying the fee; `None` where it was not asked for.
    pub fn pay_by(&self, handling: &Handling) -> Option<Date> {
        let asked = self.moves.iter().rev().find(|(state, _)| *state == State::AwaitingFee);
        asked.map(|(_, at)| calendar::after_days(*at, handling.pay_within_days))
    }

    /// When copies of identity documents are erased (R8.6): some days after the decision, or after it
    /// ended without one.
    pub fn papers_end(&self, handling: &Handling) -> Option<Timestamp> {
        let decided = self.moves.iter().find(|(state, _)| {
            matches!(state, State::Decided | State::Withdrawn | State::Unverified)
        });
        decided
            .map(|(_, at)| calendar::end_of_day(calendar::after_days(*at, handling.evidence_days)))
    }

    /// Goes by the regime of the person, now that she is known: the earlier end, and her fee.
    fn adopt(&mut self, terms: &Terms<'_>) {
        if self.regime == terms.regime.name {
            return;
        }
        self.regime = terms.regime.name.clone();
        self.due_at = self.due_at.min(terms.due(self.received_at));
        if matches!(self.fee, FeeStanding::Free | FeeStanding::Due(_)) {
            self.fee = terms.fee(self.kind).map_or(FeeStanding::Free, FeeStanding::Due);
        }
    }

    /// What follows once she is known. Where nobody is held whom it could be about and the policy gives
    /// the fee back for that, none is asked for: nothing else than that can be decided then.
    fn after_identity(&self, terms: &Terms<'_>) -> State {
        let fee = terms.policy.requests.as_ref().and_then(|requests| requests.fee.as_ref());
        let spared = !self.held && fee.is_some_and(|fee| fee.refund_when_not_held);
        if self.fee_is_settled() || spared { State::Investigating } else { State::AwaitingFee }
    }

    fn enter_known(&mut self, terms: &Terms<'_>, now: Timestamp) {
        match self.after_identity(terms) {
            State::Investigating => self.investigate(terms, now),
            other => self.enter(other, now),
        }
    }

    /// It is looked into from now on, and no less time is left for that than the days of the warning,
    /// however long it waited for her: for showing who she is, or for her fee (GDPR 12(6); R8.3).
    fn investigate(&mut self, terms: &Terms<'_>, now: Timestamp) {
        self.due_at = self.due_at.max(terms.least(now));
        self.enter(State::Investigating, now);
    }

    /// The decision stands. A fee that was not asked for, as nobody is held, is not charged.
    fn decided(&mut self, now: Timestamp) {
        if !self.fee_is_settled() {
            self.fee = FeeStanding::Free;
        }
        self.enter(State::Decided, now);
    }

    fn enter(&mut self, state: State, now: Timestamp) {
        self.state = state;
        self.moves.push((state, now));
    }
}
