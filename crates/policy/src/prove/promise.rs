//! A promise: one sentence about what never happens, in words that a lawyer reads and a file can say.
//! The words are a closed list of [`Terms`]; each is true or false of a case. A second company writes
//! its own in `promises.toml` and needs no Rust.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::StrDeserializer;
use serde::de::{Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use toml::Spanned;

use super::case::{Answer, Case, Claim, Crossing, Engaged, Hour, Person, Scope, Standing, Stop};
use super::case::{Party, Place, Thing, Wording};
use crate::consent::{ConsentName, ConsentState};
use crate::decide::{ExceptionKind, Permit};
use crate::document::{Document, Label, Language, Version};
use crate::item::{Item, ItemName, Linked, Sensitivity};
use crate::party::{RecipientName, is_word_char};
use crate::party::{Role, name};
use crate::purpose::{Basis, PurposeName, Tier};
use crate::read::{Finding, Severity};
use crate::record::{ProvisionBasis, RecordDuty, Route};
use crate::regime::RegimeName;

/// The file of a policy's promises; a policy may do without.
pub const FILE: &str = "promises.toml";

name! {
    /// Names a promise.
    PromiseName, 64, is_word_char, "1 to 64 of a-z, 0-9, `_`"
}

/// One word of a kind, or several: any of them will do. Empty when the promise does not speak of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Words<T>(Vec<T>);

impl<T> Default for Words<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: PartialEq> Words<T> {
    /// True when the promise does not speak of it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The words.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.iter()
    }

    fn allow(&self, of: impl FnOnce() -> Option<T>) -> bool {
        self.0.is_empty() || of().is_some_and(|word| self.0.contains(&word))
    }

    fn allow_name(&self, of: Option<&T>) -> bool {
        self.0.is_empty() || of.is_some_and(|word| self.0.contains(word))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Words<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct OneOrMany<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrMany<T> {
            type Value = Words<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a word or a list of words")
            }

            fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<Words<T>, E> {
                T::deserialize(StrDeserializer::new(word)).map(|word| Words(vec![word]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Words<T>, A::Error> {
                let mut words = Vec::new();
                while let Some(word) = list.next_element()? {
                    words.push(word);
                }
                if words.is_empty() {
                    return Err(A::Error::custom("the list is empty; leave it out"));
                }
                Ok(Words(words))
            }
        }
        from.deserialize_any(OneOrMany(PhantomData))
    }
}

/// Which door a promise speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Door {
    /// To another party.
    Disclosure,
    /// The controller's own use.
    Use,
    /// What comes in.
    Intake,
}

/// How a consent stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentWord {
    /// Given, to a wording that stands.
    InForce,
    /// Anything else.
    NotInForce,
    /// Never asked for.
    Missing,
    /// Taken back by the person.
    Withdrawn,
    /// Given to a wording that does not stand.
    Outdated,
}

impl ConsentWord {
    fn holds(self, answer: Answer) -> bool {
        match self {
            Self::InForce => answer.in_force(),
            Self::NotInForce => !answer.in_force(),
            Self::Missing => answer == Answer::Missing,
            Self::Withdrawn => answer.withdrawn(),
            Self::Outdated => answer.outdated(),
        }
    }
}

/// What a purpose rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BasisWord {
    /// Nothing: no such purpose, no such person, or no basis in her law.
    None,
    /// Its announcement.
    Notice,
    /// A consent.
    Consent,
    /// The contract with the person.
    Contract,
    /// Legitimate interests.
    LegitimateInterest,
    /// A legal obligation.
    LegalObligation,
}

/// How an engagement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EngagementWord {
    /// There is none.
    None,
    /// It is another than the ask names.
    Other,
    /// It has not ended.
    InForce,
    /// It ended, and the purpose's hours after it run.
    AfterHours,
    /// It ended, and so did those hours.
    Over,
    /// It was called off.
    Cancelled,
}

/// Which exception an ask stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExceptionWord {
    /// None.
    None,
    /// One without an approval on record.
    NotApproved,
    /// Entrustment.
    Entrustment,
    /// Succession.
    Succession,
    /// Law.
    Law,
    /// Life, body or property.
    LifeBodyProperty,
    /// Public health or children.
    PublicHealthOrChildren,
    /// A public body.
    PublicBody,
    /// Academic research.
    Academic,
}

impl From<Claim> for ExceptionWord {
    fn from(claim: Claim) -> Self {
        match claim {
            Claim::None => Self::None,
            Claim::NotApproved => Self::NotApproved,
            Claim::Approved(kind) => match kind {
                ExceptionKind::Entrustment => Self::Entrustment,
                ExceptionKind::Succession => Self::Succession,
                ExceptionKind::Law => Self::Law,
                ExceptionKind::LifeBodyProperty => Self::LifeBodyProperty,
                ExceptionKind::PublicHealthOrChildren => Self::PublicHealthOrChildren,
                ExceptionKind::PublicBody => Self::PublicBody,
                ExceptionKind::Academic => Self::Academic,
            },
        }
    }
}

/// How an approval stands to the ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalWord {
    /// It runs and covers the ask.
    Holds,
    /// It ended.
    Ended,
    /// It covers something else.
    OutOfScope,
    /// There is none.
    None,
}

macro_rules! terms {
    ($($(#[$meta:meta])* $field:ident : $ty:ty),* $(,)?) => {
        /// What a promise can speak of. All terms that are given must hold.
        #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct Terms { $($(#[$meta])* #[serde(skip_serializing_if = "is_default")] pub $field: $ty),* }
    };
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

terms! {
    /// Which door.
    crossing: Words<Door>,
    /// At the door in: whether the person is new.
    registering: Option<bool>,

    /// Which entries of recipients.toml.
    recipients: Words<RecipientName>,
    /// Which part they play.
    recipient_role: Words<Role>,
    /// Whether policy and register know the recipient.
    recipient_known: Option<bool>,
    /// Whether its entry lists the purpose.
    recipient_takes_purpose: Option<bool>,
    /// Whether its entry lists the item, or lists none.
    recipient_takes_item: Option<bool>,
    /// Whether it is counted as handling personal data (R2.6).
    recipient_handles_data: Option<bool>,
    /// Whether it may receive nothing for now.
    suspended: Option<bool>,
    /// Whether its country is confirmed and not at home in the person's law.
    abroad: Option<bool>,
    /// Whether its country is confirmed.
    country_confirmed: Option<bool>,
    /// Whether one of the routes of R2.1 is open to it.
    route_open: Option<bool>,

    /// Which purposes.
    purposes: Words<PurposeName>,
    /// Whether the policy has the purpose.
    purpose_known: Option<bool>,
    /// Service or other.
    tier: Words<Tier>,
    /// Whether the controller itself may use information for it.
    own_use: Option<bool>,
    /// Whether it hangs on an engagement.
    needs_engagement: Option<bool>,
    /// What it rests on in the person's law.
    basis: Words<BasisWord>,
    /// How the consent that it rests on stands; false where it rests on none.
    purpose_consent: Words<ConsentWord>,

    /// Which items.
    items: Words<ItemName>,
    /// Whether the policy has the item (or secret).
    item_known: Option<bool>,
    /// Whether it is a password or a card.
    secret: Option<bool>,
    /// Whether it needs special care.
    special_care: Option<bool>,
    /// Whether the item is declared for the purpose.
    item_serves_purpose: Option<bool>,
    /// Whether any purpose of the item has a basis in the person's law.
    item_has_a_use: Option<bool>,
    /// How the item's own consent stands; false where it has none.
    item_consent: Words<ConsentWord>,
    /// Whether it is kept with the person, and not apart from everybody.
    linked: Option<bool>,
    /// Whether it is kept for other purposes only: the period of this one is over.
    period_over: Option<bool>,
    /// Whether it is locked to the purposes it was collected for.
    locked: Option<bool>,
    /// Whether nothing is asked for.
    nothing_asked: Option<bool>,

    /// Which law applies to the person.
    regime: Words<RegimeName>,
    /// Whether the person is held.
    person_known: Option<bool>,
    /// Whether the policy has her law.
    law_known: Option<bool>,
    /// How her consents stand.
    consents: BTreeMap<ConsentName, Words<ConsentWord>>,
    /// Which consents are in force, given to the wording of this version or a later one.
    seen_since: BTreeMap<ConsentName, Version>,
    /// Whether every condition of the service is agreed to.
    conditions_met: Option<bool>,
    /// Whether she had this purpose, or everything, stopped.
    restricted: Option<bool>,
    /// Whether she had provision to this recipient stopped.
    provision_stopped: Option<bool>,
    /// How the engagement with the recipient stands.
    engagement: Words<EngagementWord>,
    /// How many hours ago it ended at most.
    hours_after_end_at_most: Option<u32>,

    /// Which exception the ask stands on.
    exception: Words<ExceptionWord>,
    /// Whether her law knows that exception.
    exception_in_law: Option<bool>,
    /// Whether the policy claims that exception.
    exception_claimed: Option<bool>,
    /// How the approval stands to the ask.
    approval: Words<ApprovalWord>,
    /// Whether every fact could be read.
    readable: Option<bool>,

    /// The answer: by which route. Of a refusal no such term holds.
    route: Words<Route>,
    /// The answer: what the provision stands on.
    provision_basis: Words<ProvisionBasis>,
    /// The answer: whether law asks for a record.
    record_duty: Words<RecordDuty>,
}

fn is(wanted: Option<bool>, found: impl FnOnce() -> Option<bool>) -> bool {
    wanted.is_none_or(|wanted| found() == Some(wanted))
}

impl Terms {
    /// True when the terms about words hold: those that do not depend on what happened.
    pub fn words_hold(&self, case: &Case<'_>) -> bool {
        let (entry, item, purpose) = (case.entry(), case.item(), case.purpose);
        let out = !matches!(case.crossing, Crossing::Intake { .. });
        let door = match case.crossing {
            Crossing::Disclosure => Door::Disclosure,
            Crossing::Use => Door::Use,
            Crossing::Intake { .. } => Door::Intake,
        };
        let named = match case.party {
            Party::Entry(name, _) => Some(name),
            Party::Own | Party::Unknown(_) => None,
        };
        let item_name = match case.thing {
            Thing::Item(name, _) => Some(name),
            _ => None,
        };
        let asked = purpose.map(|(name, _)| name);
        self.crossing.allow(|| Some(door))
            && is(self.registering, || match case.crossing {
                Crossing::Intake { registering } => Some(registering),
                _ => None,
            })
            && self.recipients.allow_name(named)
            && self.recipient_role.allow(|| entry.map(|e| e.role))
            && is(self.recipient_known, || match case.party {
                Party::Own => None,
                Party::Entry(..) => Some(true),
                Party::Unknown(_) => Some(false),
            })
            && is(self.recipient_takes_purpose, || Some(entry?.purposes.contains(asked?)))
            && is(self.recipient_takes_item, || {
                let listed = &entry?.items;
                Some(listed.is_empty() || item_name.is_some_and(|name| listed.contains(name)))
            })
            && is(self.recipient_handles_data, || Some(entry?.handles_personal_data))
            && is(self.abroad, || Some(!case.regime()?.transfer.home.contains(case.country()?)))
            && is(self.country_confirmed, || entry.map(|_| case.country().is_some()))
            && self.purposes.allow_name(asked)
            && is(self.purpose_known, || out.then_some(purpose.is_some()))
            && self.tier.allow(|| Some(purpose?.1.tier))
            && is(self.own_use, || Some(purpose?.1.own_use))
            && is(self.needs_engagement, || Some(purpose?.1.needs_engagement))
            && self.basis.allow(|| out.then(|| basis_word(case.basis())))
            && self.items.allow_name(item_name)
            && is(self.item_known, || match case.thing {
                Thing::Item(..) | Thing::Secret(..) => Some(true),
                Thing::Unknown => Some(false),
                Thing::Nothing => None,
            })
            && is(self.secret, || Some(matches!(case.thing, Thing::Secret(..))))
            && is(self.special_care, || Some(item?.sensitivity == Sensitivity::SpecialCare))
            && is(self.item_serves_purpose, || {
                Some(item.is_some_and(|i| asked.is_some_and(|p| i.purposes.contains(p))))
            })
            && is(self.linked, || Some(item?.linked == Linked::Person))
            && is(self.nothing_asked, || Some(case.thing == Thing::Nothing))
            && self.regime.allow_name(case.regime().map(|regime| &regime.name))
            && is(self.person_known, || Some(case.person != Person::Nobody))
            && is(self.law_known, || match case.person {
                Person::Under(_) => Some(true),
                Person::OtherLaw => Some(false),
                Person::Nobody => None,
            })
            && self.exception.allow(|| out.then(|| case.claim.into()))
            && is(self.exception_in_law, || match case.claim {
                Claim::Approved(kind) => Some(case.regime()?.exceptions.value.contains(&kind)),
                _ => None,
            })
    }

    /// True when the terms about what happened hold, and those about the answer.
    pub fn facts_hold(
        &self,
        policy: &Document,
        case: &Case<'_>,
        read: &Read<'_>,
        answer: Option<&Permit>,
    ) -> bool {
        let consent = |words: &Words<ConsentWord>, name: Option<&ConsentName>| {
            words.is_empty()
                || name.is_some_and(|name| words.iter().any(|word| word.holds(case.answer(name))))
        };
        is(self.suspended, || case.entry().map(|_| case.suspended))
            && is(self.route_open, || read.route_open(case))
            && consent(&self.purpose_consent, read.purpose_consent)
            && consent(&self.item_consent, read.item_consent)
            && self.consents.iter().all(|(name, words)| consent(words, Some(name)))
            && self.seen_since.iter().all(|(name, version)| {
                let answer = case.answer(name);
                let oldest = answer == Answer::Is(ConsentState::Given, Wording::Oldest);
                let since = policy.consents.get(name).map(|consent| consent.since);
                let seen = if oldest { since } else { Some(policy.version) };
                answer.in_force() && seen >= Some(*version)
            })
            && is(self.item_has_a_use, || read.item_has_a_use)
            && is(self.conditions_met, || {
                let regime = &case.regime()?.name;
                Some(policy.consents.iter().all(|(name, consent)| {
                    !consent.condition_of_service.contains(regime) || case.answer(name).in_force()
                }))
            })
            && is(self.exception_claimed, || match case.claim {
                Claim::Approved(kind) => Some(policy.exceptions.contains(&kind)),
                _ => None,
            })
            && is(self.locked, || Some(case.locked))
            && is(self.period_over, || Some(case.over))
            && is(self.restricted, || Some(matches!(case.stop, Stop::This | Stop::Everything)))
            && is(self.provision_stopped, || Some(case.barred))
            && self.engagement.allow(|| Some(engagement_word(case)))
            && self.hours_after_end_at_most.is_none_or(|most| match case.engaged {
                Engaged::Yes { hour, .. } => hours_since_end(case, hour).is_some_and(|h| h <= most),
                _ => false,
            })
            && self.approval.allow(|| Some(approval_word(case)))
            && is(self.readable, || Some(!case.unreadable))
            && self.route.allow(|| answer.map(Permit::route))
            && self.provision_basis.allow(|| answer.map(Permit::provision_basis))
            && self.record_duty.allow(|| answer.map(Permit::record_duty))
    }

    /// How many circumstances must depart from the plain ones for these terms to hold.
    pub fn departures(&self) -> usize {
        let no = |found: Option<bool>| usize::from(found == Some(false));
        let yes = |found: Option<bool>| usize::from(found == Some(true));
        let unless = |holds: bool| usize::from(!holds);
        let consent = |words: &Words<ConsentWord>| {
            unless(words.is_empty() || words.0.contains(&ConsentWord::InForce))
        };
        let engaged = [EngagementWord::InForce];
        yes(self.suspended)
            + yes(self.period_over)
            + yes(self.locked)
            + no(self.route_open)
            + consent(&self.purpose_consent)
            + consent(&self.item_consent)
            + self.consents.len()
            + no(self.conditions_met)
            + yes(self.restricted)
            + yes(self.provision_stopped)
            + unless(
                self.engagement.is_empty() || self.engagement.iter().any(|w| engaged.contains(w)),
            )
            + unless(self.approval.is_empty() || self.approval.0.contains(&ApprovalWord::Holds))
            + no(self.readable)
    }
}

fn basis_word(basis: Option<&Basis>) -> BasisWord {
    match basis {
        None => BasisWord::None,
        Some(Basis::Notice) => BasisWord::Notice,
        Some(Basis::Consent(_)) => BasisWord::Consent,
        Some(Basis::Contract) => BasisWord::Contract,
        Some(Basis::LegitimateInterest) => BasisWord::LegitimateInterest,
        Some(Basis::LegalObligation) => BasisWord::LegalObligation,
    }
}

fn engagement_word(case: &Case<'_>) -> EngagementWord {
    let lasts = case.purpose.is_some_and(|(_, purpose)| purpose.after_end_hours > 0);
    match case.engaged {
        Engaged::No => EngagementWord::None,
        Engaged::OtherNumber => EngagementWord::Other,
        Engaged::Yes { cancelled: true, .. } => EngagementWord::Cancelled,
        Engaged::Yes { hour, .. } => match hour {
            Hour::AtEnd | Hour::LastMoment if lasts => EngagementWord::AfterHours,
            Hour::Before | Hour::LastMoment => EngagementWord::InForce,
            // An end that cannot be reckoned is no time to rely on.
            Hour::AtEnd | Hour::Closing | Hour::Over | Hour::BeyondCalendar => EngagementWord::Over,
        },
    }
}

/// Full hours since an engagement's end, rounded up; `None` where the calendar has no such end.
fn hours_since_end(case: &Case<'_>, hour: Hour) -> Option<u32> {
    let after = case.purpose.map_or(0, |(_, purpose)| purpose.after_end_hours);
    match hour {
        Hour::Before | Hour::AtEnd => Some(0),
        Hour::LastMoment | Hour::Closing => Some(after),
        Hour::Over => after.checked_add(24),
        Hour::BeyondCalendar => None,
    }
}

fn approval_word(case: &Case<'_>) -> ApprovalWord {
    let in_time = case.standing == Standing::Runs;
    let in_scope = matches!(case.scope, Scope::ThisPerson | Scope::Everybody)
        && !matches!(case.party, Party::Own);
    match case.claim {
        Claim::None | Claim::NotApproved => ApprovalWord::None,
        Claim::Approved(_) if !in_time => ApprovalWord::Ended,
        Claim::Approved(_) if !in_scope => ApprovalWord::OutOfScope,
        Claim::Approved(_) => ApprovalWord::Holds,
    }
}

/// What the terms about facts read of a case's words, looked up once: it is the same in every case of
/// the same words and thing.
pub struct Read<'p> {
    /// The consent that the purpose rests on.
    purpose_consent: Option<&'p ConsentName>,
    /// The item's own.
    item_consent: Option<&'p ConsentName>,
    /// Whether any purpose of the item has a basis here.
    item_has_a_use: Option<bool>,
    route: Option<WayThere<'p>>,
}

/// Whether a route of R2.1 is open.
enum WayThere<'p> {
    Open,
    Closed,
    ByConsent(&'p ConsentName),
}

impl<'p> Read<'p> {
    /// Of a case's words.
    pub fn of(policy: &Document, case: &Case<'p>) -> Self {
        let purpose_consent = match case.basis() {
            Some(Basis::Consent(name)) => Some(name),
            _ => None,
        };
        let has_a_use = |item: &Item, regime: &RegimeName| {
            item.purposes
                .iter()
                .any(|name| policy.purposes.get(name).is_some_and(|p| p.basis.contains_key(regime)))
        };
        let used = case.item().zip(case.regime());
        Self {
            purpose_consent,
            item_consent: case.item().and_then(|item| item.consent.as_ref()),
            item_has_a_use: used.map(|(item, regime)| has_a_use(item, &regime.name)),
            route: way_there(case),
        }
    }

    fn route_open(&self, case: &Case<'_>) -> Option<bool> {
        self.route.as_ref().map(|route| match route {
            WayThere::Open => true,
            WayThere::Closed => false,
            WayThere::ByConsent(name) => case.answer(name).in_force(),
        })
    }
}

/// Said anew from the case: the gate's own rule is what is proven.
fn way_there<'p>(case: &Case<'p>) -> Option<WayThere<'p>> {
    use super::case::Check;
    let (entry, regime) = (case.entry()?, case.regime()?);
    if !entry.handles_personal_data {
        return Some(WayThere::Open);
    }
    let Some(country) = case.country() else { return Some(WayThere::Closed) };
    let known =
        regime.transfer.home.contains(country) || regime.transfer.designated.contains(country);
    if known || case.beyond_purpose() {
        return Some(WayThere::Open);
    }
    // Evidence and wording speak of the country that the policy names (R2.2, R2.4).
    if case.place != Place::AsThePolicySays {
        return Some(WayThere::Closed);
    }
    if entry.equivalent_measures.is_some() && case.check != Check::Overdue {
        return Some(WayThere::Open);
    }
    let consent = entry.transfer_consent.as_ref().filter(|_| regime.transfer.consent);
    Some(consent.map_or(WayThere::Closed, WayThere::ByConsent))
}

/// What holds of the answers themselves, whatever the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Always {
    /// Every refusal names a reason.
    RefusalsNameAReason,
    /// What is permitted stays permitted when a consent more is given.
    MoreConsentPermitsNoLess,
    /// Two things asked for together are answered as each would be alone.
    ThingsAreAnsweredOneByOne,
}

/// What a promise says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Statement {
    /// Nothing crosses where all terms of one of these hold.
    Never(Vec<Terms>),
    /// What crosses where all terms of `when` hold meets all terms of `requires`.
    Requires {
        /// Where.
        when: Box<Terms>,
        /// What.
        requires: Box<Terms>,
    },
    /// What holds of every answer.
    Always(Always),
}

/// A promise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Promise {
    /// Its name.
    pub name: PromiseName,
    /// What it says, in words.
    pub label: Label,
    /// The rows of the policy and the rules of law that it comes from.
    pub rows: Vec<String>,
    /// What it says, in terms.
    pub says: Statement,
    /// Where it stands in its file.
    #[serde(skip)]
    pub position: usize,
}

impl Promise {
    /// Every group of terms that it speaks in.
    pub fn terms(&self) -> Vec<&Terms> {
        match &self.says {
            Statement::Never(terms) => terms.iter().collect(),
            Statement::Requires { when, requires } => vec![when, requires],
            Statement::Always(_) => Vec::new(),
        }
    }

    /// How many circumstances must change together before it can be broken.
    pub fn departures(&self) -> usize {
        match &self.says {
            Statement::Never(terms) => terms.iter().map(Terms::departures).max().unwrap_or(0),
            // One more for what is required and missing.
            Statement::Requires { when, .. } => when.departures() + 1,
            Statement::Always(_) => 1,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    label: Label,
    rows: Vec<String>,
    never: Option<Spanned<toml::Value>>,
    when: Option<Terms>,
    requires: Option<Terms>,
    always: Option<Always>,
}

/// Reads promises; of everything wrong it says where it stands and the way out. Names are looked up
/// in the policy, if there is one.
pub fn read(text: &str, policy: Option<&Document>) -> (Vec<Promise>, Vec<Finding>) {
    let mut findings = Vec::new();
    let mut find = |at: usize, message: String, way_out: &str| {
        let line = text.bytes().take(at).filter(|b| *b == b'\n').count() + 1;
        let (file, way_out) = (FILE.to_owned(), way_out.to_owned());
        findings.push(Finding { severity: Severity::Error, file, line, message, way_out });
    };
    let raw: BTreeMap<Spanned<String>, Raw> = match toml::from_str(text) {
        Ok(raw) => raw,
        Err(error) => {
            let at = error.span().map_or(0, |span| span.start);
            let way_out = "see the promises of the reference policy";
            find(at, error.message().to_owned(), way_out);
            return (Vec::new(), findings);
        }
    };
    let mut promises = Vec::new();
    for (key, raw) in raw {
        let at = key.span().start;
        let name: PromiseName = match key.get_ref().parse() {
            Ok(name) => name,
            Err(error) => {
                find(at, error.to_string(), "choose another name");
                continue;
            }
        };
        if Language::ALL.iter().any(|language| raw.label.get(*language).trim().is_empty()) {
            find(at, format!("`{name}` has no words in some language"), "write what it promises");
        }
        if raw.rows.is_empty() {
            let message = format!("`{name}` does not say where it comes from");
            find(at, message, "name the rows of the policy or the articles under `rows`");
        }
        let never = match raw.never {
            None => None,
            Some(value) => {
                let start = value.span().start;
                match terms(value.into_inner()) {
                    Ok(terms) => Some(terms),
                    Err(message) => {
                        find(start, message, "see the promises of the reference policy");
                        continue;
                    }
                }
            }
        };
        let says = match (never, raw.when, raw.requires, raw.always) {
            (Some(terms), None, None, None) => Statement::Never(terms),
            (None, when, Some(requires), None) => Statement::Requires {
                when: Box::new(when.unwrap_or_default()),
                requires: Box::new(requires),
            },
            (None, None, None, Some(always)) => Statement::Always(always),
            _ => {
                let message = format!("`{name}` does not say one thing");
                let way_out = "give it `never`, or `requires` with `when`, or `always`";
                find(at, message, way_out);
                continue;
            }
        };
        let promise = Promise { name, label: raw.label, rows: raw.rows, says, position: at };
        if promise.terms().iter().any(|terms| **terms == Terms::default())
            && !matches!(&promise.says, Statement::Requires { when, .. } if **when == Terms::default())
        {
            let message = format!("`{}` says `never` or `requires` of nothing", promise.name);
            find(at, message, "give it terms");
        }
        for (what, unknown) in policy.map(|p| unknown_names(p, &promise)).unwrap_or_default() {
            // Where the name stands after the promise's own.
            let body = text.get(at..).unwrap_or_default();
            let quoted = format!("\"{unknown}\"");
            let found = body.find(&quoted).or_else(|| body.find(&unknown)).unwrap_or(0);
            let message = format!("there is no {what} `{unknown}` in this policy");
            find(at + found, message, "declare it, or take it out here");
        }
        promises.push(promise);
    }
    promises.sort_by_key(|promise| promise.position);
    (promises, findings)
}

fn terms(value: toml::Value) -> Result<Vec<Terms>, String> {
    let read = |value: toml::Value| value.try_into::<Terms>().map_err(|e| e.message().to_owned());
    match value {
        toml::Value::Array(list) => list.into_iter().map(read).collect(),
        one => read(one).map(|terms| vec![terms]),
    }
}

/// Names in a promise that the policy does not have, with what they would be.
fn unknown_names(policy: &Document, promise: &Promise) -> Vec<(&'static str, String)> {
    let mut unknown = Vec::new();
    for terms in promise.terms() {
        let items = terms.items.iter().filter(|name| !policy.items.contains_key(*name));
        unknown.extend(items.map(|name| ("item", name.to_string())));
        let purposes = terms.purposes.iter().filter(|name| !policy.purposes.contains_key(*name));
        unknown.extend(purposes.map(|name| ("purpose", name.to_string())));
        let recipients =
            terms.recipients.iter().filter(|name| !policy.recipients.contains_key(*name));
        unknown.extend(recipients.map(|name| ("recipient", name.to_string())));
        let regimes = terms.regime.iter().filter(|name| !policy.regimes.contains_key(*name));
        unknown.extend(regimes.map(|name| ("regime", name.to_string())));
        let consents = terms.consents.keys().chain(terms.seen_since.keys());
        let consents = consents.filter(|name| !policy.consents.contains_key(*name));
        unknown.extend(consents.map(|name| ("consent", name.to_string())));
    }
    unknown
}
