//! A case: one ask in one set of circumstances, as a choice along each line that the rules look
//! along. [`Stage::scene`] plays a case with real facts, and a [`Player`] many in a row;
//! [`Stage::case_of`] says which case real facts are. Knows nothing of promises.

use jiff::{Span, Timestamp, ToSpan};

use super::Stage;
use crate::consent::{ConsentFact, ConsentName, ConsentState};
use crate::decide::{Approval, Ask, ExceptionKind, Facts};
use crate::document::{Document, Version};
use crate::item::{Item, ItemName, Secret, SecretName};
use crate::party::{Engagement, Recipient, RecipientFact, RecipientName, Reference};
use crate::purpose::{Basis, Purpose, PurposeName};
use crate::record::{calendar, calendar_day};
use crate::regime::{Regime, RegimeName};
use crate::retention::{Holding, LONGEST_DAYS, end_of_purpose};

/// Which door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crossing {
    /// Out, to another party.
    Disclosure,
    /// Out, for the controller's own use.
    Use,
    /// In.
    Intake {
        /// True when the person is new.
        registering: bool,
    },
}

/// Who would receive.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Party<'p> {
    /// The controller itself.
    Own,
    /// An entry of the policy, or a member of one.
    Entry(&'p RecipientName, &'p Recipient),
    /// Nobody that is known, in one of the ways there are.
    Unknown(Stranger),
}

/// The ways in which a recipient is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stranger {
    /// Neither policy nor register has it.
    NotHeld,
    /// What is held is about another.
    AnotherHeld,
    /// It is held under a category that the policy does not have.
    NoSuchCategory,
}

/// What is asked for or offered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Thing<'p> {
    /// An item of the inventory.
    Item(&'p ItemName, &'p Item),
    /// A secret.
    Secret(&'p SecretName, &'p Secret),
    /// A name that the policy does not have.
    Unknown,
    /// Nothing at all.
    Nothing,
}

/// Whose information.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Person<'p> {
    /// A person under one of the policy's regimes.
    Under(&'p Regime),
    /// A person under a law that the policy does not have.
    OtherLaw,
    /// Nobody who is held.
    Nobody,
}

/// Whether the ask stands on an exception, and on which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// It does not.
    None,
    /// It does, and no approval is on record.
    NotApproved,
    /// It does, on an approval of this kind.
    Approved(ExceptionKind),
}

/// How far an approval reaches in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It runs.
    Runs,
    /// It ends at this very moment.
    EndsNow,
    /// It ended.
    Ended,
}

/// What an approval covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// This ask, for this person.
    ThisPerson,
    /// This ask, for everybody.
    Everybody,
    /// The same for another person.
    OtherPerson,
    /// The same to another recipient.
    OtherRecipient,
    /// The same for another purpose.
    OtherPurpose,
    /// Other items.
    OtherItems,
}

/// Where the recipient is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place<'p> {
    /// Where the policy says; nowhere, when it does not say.
    AsThePolicySays,
    /// A member of its own: at home in the person's law.
    Home(&'p str),
    /// A member of its own: in a designated country.
    Designated(&'p str),
    /// A member of its own: in any other country that the policy does not name for it.
    Elsewhere(&'p str),
}

/// How the check of equivalent measures stands today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// Made lately, or there is none to make.
    Fresh,
    /// Due today.
    DueToday,
    /// Overdue since today.
    Overdue,
}

/// What the person had stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// Nothing.
    Nothing,
    /// Another purpose.
    Another,
    /// This purpose.
    This,
    /// Everything.
    Everything,
}

/// Where `now` stands against an engagement's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hour {
    /// Before its end.
    Before,
    /// At its end.
    AtEnd,
    /// The last moment of the purpose's hours after it.
    LastMoment,
    /// The moment at which those hours are over.
    Closing,
    /// A day after that.
    Over,
    /// Its end plus the purpose's hours lies beyond the calendar.
    BeyondCalendar,
}

/// The engagement with the recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engaged {
    /// None.
    No,
    /// One under another number than the ask's.
    OtherNumber,
    /// One.
    Yes {
        /// How far along it is.
        hour: Hour,
        /// Whether it was called off.
        cancelled: bool,
        /// Whether the ask names its number.
        named: bool,
    },
}

/// To which wording an answer was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wording {
    /// Older than the oldest that stands.
    Outdated,
    /// The oldest that stands.
    Oldest,
    /// One that stands.
    Standing,
    /// Newer than this version of the policy.
    Unpublished,
}

/// A person's answer to one consent: her latest word counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Never asked.
    Missing,
    /// Asked, in any state.
    Is(ConsentState, Wording),
    /// Given, and withdrawn later.
    GivenThenWithdrawn,
    /// Withdrawn, and given later.
    WithdrawnThenGiven,
    /// Given and withdrawn at the same moment.
    AtOnce,
}

impl Answer {
    /// Given, to a wording that stands.
    pub const GIVEN: Self = Self::Is(ConsentState::Given, Wording::Standing);

    /// True when it allows something (I5).
    pub fn in_force(self) -> bool {
        matches!(
            self,
            Self::GIVEN | Self::Is(ConsentState::Given, Wording::Oldest) | Self::WithdrawnThenGiven
        )
    }

    /// True when her last word took it back.
    pub fn withdrawn(self) -> bool {
        matches!(
            self,
            Self::Is(ConsentState::Withdrawn, _) | Self::GivenThenWithdrawn | Self::AtOnce
        )
    }

    /// How many words of hers it is, as facts.
    fn words(self) -> usize {
        match self {
            Self::Missing => 0,
            Self::Is(..) => 1,
            Self::GivenThenWithdrawn | Self::WithdrawnThenGiven | Self::AtOnce => 2,
        }
    }

    /// True when it was given to a wording that does not stand.
    pub fn outdated(self) -> bool {
        matches!(self, Self::Is(ConsentState::Given, Wording::Outdated | Wording::Unpublished))
    }
}

/// One case.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a circumstance of its own")]
pub struct Case<'p> {
    /// Which door.
    pub crossing: Crossing,
    /// Who would receive.
    pub party: Party<'p>,
    /// What for; `None` for a purpose that the policy does not have.
    pub purpose: Option<(&'p PurposeName, &'p Purpose)>,
    /// What is asked for.
    pub thing: Thing<'p>,
    /// Whose it is.
    pub person: Person<'p>,
    /// The exception it stands on.
    pub claim: Claim,
    /// Where the recipient is.
    pub place: Place<'p>,
    /// The check of equivalent measures.
    pub check: Check,
    /// How far the approval reaches.
    pub standing: Standing,
    /// What the approval covers.
    pub scope: Scope,
    /// Whether the recipient is suspended.
    pub suspended: bool,
    /// What is stopped.
    pub stop: Stop,
    /// True when she had provision to this recipient stopped, or to its category, or to anybody.
    pub barred: bool,
    /// The engagement.
    pub engaged: Engaged,
    /// Her answers; a consent that is not here was never asked for.
    pub consents: Vec<(&'p ConsentName, Answer)>,
    /// True when the item is kept for other purposes only: the period of this one is over.
    pub over: bool,
    /// True when the item is locked to the purposes it was collected for (Act 18(1)).
    pub locked: bool,
    /// True when a fact could not be read.
    pub unreadable: bool,
    /// In how many ways it departs from the plainest case.
    pub departures: usize,
}

impl<'p> Case<'p> {
    /// The person's law, when the policy has it.
    pub fn regime(&self) -> Option<&'p Regime> {
        match self.person {
            Person::Under(regime) => Some(regime),
            Person::OtherLaw | Person::Nobody => None,
        }
    }

    /// What the purpose rests on for this person.
    pub fn basis(&self) -> Option<&'p Basis> {
        self.purpose?.1.basis.get(&self.regime()?.name)
    }

    /// The entry of the policy that the recipient falls under.
    pub fn entry(&self) -> Option<&'p Recipient> {
        match self.party {
            Party::Entry(_, entry) => Some(entry),
            Party::Own | Party::Unknown(_) => None,
        }
    }

    /// The item asked for.
    pub fn item(&self) -> Option<&'p Item> {
        match self.thing {
            Thing::Item(_, item) => Some(item),
            _ => None,
        }
    }

    /// The recipient's country.
    pub fn country(&self) -> Option<&'p str> {
        let entry = self.entry()?;
        match self.place {
            Place::AsThePolicySays => entry.country.as_deref(),
            Place::Home(code) | Place::Designated(code) | Place::Elsewhere(code) => Some(code),
        }
    }

    /// Her answer to a consent.
    pub fn answer(&self, consent: &ConsentName) -> Answer {
        let found = self.consents.iter().find(|(name, _)| *name == consent);
        found.map_or(Answer::Missing, |(_, answer)| *answer)
    }

    /// Sets her answer to a consent.
    pub fn answers(&mut self, consent: &'p ConsentName, answer: Answer) {
        match self.consents.iter_mut().find(|(name, _)| *name == consent) {
            Some((_, known)) => *known = answer,
            None => self.consents.push((consent, answer)),
        }
    }

    /// The consents that a rule may look at here: the purpose's, the item's, the route's, and at the
    /// door in the conditions of the service.
    pub fn consents_read(&self, policy: &'p Document) -> Vec<&'p ConsentName> {
        let mut read = Vec::new();
        if let Some(Basis::Consent(consent)) = self.basis() {
            read.push(consent);
        }
        read.extend(self.item().and_then(|item| item.consent.as_ref()));
        read.extend(self.entry().and_then(|entry| entry.transfer_consent.as_ref()));
        if let (Crossing::Intake { registering: true }, Some(regime)) =
            (self.crossing, self.regime())
        {
            let conditions = policy
                .consents_in_order()
                .into_iter()
                .filter(|(_, consent)| consent.condition_of_service.contains(&regime.name));
            read.extend(conditions.map(|(name, _)| name));
        }
        let mut seen = Vec::new();
        read.retain(|name| !seen.contains(name) && (seen.push(*name), true).1);
        read
    }

    /// True where the approval is for a case of Act 27(1), which neither purpose nor stop nor
    /// consent stands against (Act 18(3)).
    pub fn beyond_purpose(&self) -> bool {
        matches!(self.claim, Claim::Approved(kind) if kind.reaches_beyond_purpose())
    }

    /// True in a setting that is no variation of another: at the place that the policy names, and on
    /// the first of the exceptions that law and policy treat alike.
    pub fn is_first_of_its_kind(&self, policy: &Document) -> bool {
        let class = |kind: ExceptionKind| {
            let known = self.regime().is_some_and(|r| r.exceptions.value.contains(&kind));
            (kind.reaches_beyond_purpose(), known, policy.exceptions.contains(&kind))
        };
        let first = match self.claim {
            Claim::None | Claim::NotApproved => true,
            Claim::Approved(kind) => {
                ExceptionKind::ALL.into_iter().find(|other| class(*other) == class(kind))
                    == Some(kind)
            }
        };
        first && self.place == Place::AsThePolicySays
    }

    /// The same words in the plainest circumstances: every change from here adds a reason or none.
    #[must_use]
    pub fn plain(&self, policy: &'p Document) -> Self {
        let mut plain = Self {
            standing: Standing::Runs,
            scope: Scope::ThisPerson,
            suspended: false,
            stop: Stop::Nothing,
            barred: false,
            engaged: Engaged::Yes { hour: Hour::Before, cancelled: false, named: true },
            consents: Vec::new(),
            over: false,
            locked: false,
            unreadable: false,
            ..self.clone()
        };
        plain.consents =
            plain.consents_read(policy).into_iter().map(|name| (name, Answer::GIVEN)).collect();
        plain
    }

    /// The plain case with each single circumstance of this one, one at a time.
    pub fn one_at_a_time(&self, policy: &'p Document) -> Vec<Self> {
        let plain = self.plain(policy);
        let mut cases = vec![
            Self { standing: self.standing, ..plain.clone() },
            Self { scope: self.scope, ..plain.clone() },
            Self { suspended: self.suspended, ..plain.clone() },
            Self { stop: self.stop, ..plain.clone() },
            Self { barred: self.barred, ..plain.clone() },
            Self { engaged: self.engaged, ..plain.clone() },
            Self { over: self.over, ..plain.clone() },
            Self { locked: self.locked, ..plain.clone() },
            Self { unreadable: self.unreadable, ..plain.clone() },
        ];
        for (name, _) in &plain.consents {
            let mut case = plain.clone();
            case.answers(name, self.answer(name));
            cases.push(case);
        }
        cases
    }
}

/// A case with real facts.
pub struct Scene<'p> {
    /// What is asked.
    pub ask: Ask,
    /// What is known.
    pub facts: Facts<'p>,
    /// When.
    pub now: Timestamp,
}

impl<'p> Stage<'p> {
    /// The names of what a case asks for.
    pub fn items(&self, thing: Thing<'p>) -> Vec<ItemName> {
        match thing {
            Thing::Item(name, _) => vec![name.clone()],
            Thing::Secret(name, _) => name.as_str().parse().into_iter().collect(),
            Thing::Unknown => vec![self.no_item.clone()],
            Thing::Nothing => Vec::new(),
        }
    }

    /// Plays a case.
    pub fn scene(&self, case: &Case<'p>) -> Scene<'p> {
        let now = self.moment(case);
        let purpose = case.purpose.map_or(&self.no_purpose, |(name, _)| name);
        let (recipient, fact) = self.recipient(case);
        let engagement = self.engagement(case, now);
        let ask = Ask {
            subject: self.subject,
            reference: self.reference(case, recipient.as_ref()),
            recipient,
            purpose: purpose.clone(),
            items: self.items(case.thing),
            exception: case.claim != Claim::None,
        };
        let mut consents = Vec::with_capacity(case.consents.len());
        self.answers(&case.consents, &mut consents);
        Scene {
            facts: Facts {
                policy: self.policy,
                regime: match case.person {
                    Person::Under(regime) => Some(regime.name.clone()),
                    Person::OtherLaw => Some(self.no_regime.clone()),
                    Person::Nobody => None,
                },
                consents,
                restrictions: self.restrictions(case, &ask),
                stopped_recipients: Self::stopped(case),
                recipient: fact,
                engagement,
                approval: self.approval(case, &ask, now),
                holding: Self::holding(case, &ask, now),
                locked: Self::locked(case, &ask),
                unreadable: Self::unreadable(case),
            },
            ask,
            now,
        }
    }

    fn reference(&self, case: &Case<'p>, recipient: Option<&RecipientName>) -> Option<Reference> {
        let named = !matches!(case.engaged, Engaged::Yes { named: false, .. });
        (recipient.is_some() && named).then(|| self.reference.clone())
    }

    fn restrictions(&self, case: &Case<'p>, ask: &Ask) -> Vec<Option<PurposeName>> {
        match case.stop {
            Stop::Nothing => Vec::new(),
            Stop::Another => vec![Some(self.other_purpose(case).clone())],
            Stop::This => vec![Some(ask.purpose.clone())],
            Stop::Everything => vec![None],
        }
    }

    fn holding(case: &Case<'p>, ask: &Ask, now: Timestamp) -> Holding {
        if case.over { Self::long_over(&ask.items, now) } else { Holding::default() }
    }

    fn locked(case: &Case<'p>, ask: &Ask) -> Vec<ItemName> {
        if case.locked { ask.items.clone() } else { Vec::new() }
    }

    /// Provision to anybody, if it is stopped.
    fn stopped(case: &Case<'_>) -> Vec<Option<RecipientName>> {
        if case.barred { vec![None] } else { Vec::new() }
    }

    fn unreadable(case: &Case<'p>) -> Vec<String> {
        if case.unreadable { vec!["consents".to_owned()] } else { Vec::new() }
    }

    /// These items, with every clock so long ago that every period is over.
    fn long_over(items: &[ItemName], now: Timestamp) -> Holding {
        let days = i64::from(LONGEST_DAYS) + 2;
        let then = now.checked_sub((days * 24).hours()).unwrap_or(Timestamp::MIN);
        Holding {
            put_at: items.iter().map(|item| (item.clone(), then)).collect(),
            account_end: Some(then),
            engagement_end: Some(then),
        }
    }

    /// The regime at the door in.
    pub fn regime_in(&self, case: &Case<'p>) -> RegimeName {
        case.regime().map_or_else(|| self.no_regime.clone(), |regime| regime.name.clone())
    }

    /// Another purpose than the case's.
    fn other_purpose(&self, case: &Case<'p>) -> &PurposeName {
        let asked = case.purpose.map(|(name, _)| name);
        let mut others = self.policy.purposes.keys().filter(|name| Some(*name) != asked);
        others.next().unwrap_or(&self.another_purpose)
    }

    /// When the case plays: any moment will do, but for the check of equivalent measures.
    fn moment(&self, case: &Case<'p>) -> Timestamp {
        check_moment(case).unwrap_or(self.now)
    }

    fn recipient(&self, case: &Case<'p>) -> (Option<RecipientName>, Option<RecipientFact>) {
        let fact = |name: &RecipientName, category: &RecipientName| RecipientFact {
            name: name.clone(),
            category: category.clone(),
            country: match case.place {
                Place::AsThePolicySays => None,
                Place::Home(code) | Place::Designated(code) | Place::Elsewhere(code) => {
                    Some(code.to_owned())
                }
            },
            suspended: case.suspended,
        };
        match case.party {
            Party::Own => (None, None),
            Party::Entry(category, entry) => {
                let name = if entry.many { &self.member } else { category };
                (Some(name.clone()), Some(fact(name, category)))
            }
            Party::Unknown(how) => {
                let any = self.policy.recipients.keys().next().unwrap_or(&self.other_member);
                let held = match how {
                    Stranger::NotHeld => None,
                    Stranger::AnotherHeld => Some(fact(&self.other_member, any)),
                    Stranger::NoSuchCategory => Some(fact(&self.member, &self.no_recipient)),
                };
                (Some(self.member.clone()), held)
            }
        }
    }

    fn engagement(&self, case: &Case<'p>, now: Timestamp) -> Option<Engagement> {
        let (reference, hour, cancelled) = match case.engaged {
            Engaged::No => return None,
            Engaged::OtherNumber => (&self.other_reference, Hour::Before, false),
            Engaged::Yes { hour, cancelled, .. } => (&self.reference, hour, cancelled),
        };
        if matches!(case.party, Party::Own) {
            return None;
        }
        let ends_at = ends_at(case.purpose.map(|(_, purpose)| purpose), hour, now);
        let ends_at = ends_at.unwrap_or(now);
        let starts_at = ends_at.checked_sub(2.hours()).unwrap_or(ends_at);
        Some(Engagement { reference: reference.clone(), starts_at, ends_at, cancelled })
    }

    fn approval(&self, case: &Case<'p>, ask: &Ask, now: Timestamp) -> Option<Approval> {
        let Claim::Approved(kind) = case.claim else { return None };
        let Ask { purpose, items, .. } = ask;
        let recipient = ask.recipient.as_ref().unwrap_or(&self.member);
        Some(Approval {
            kind,
            reason: String::new(),
            evidence: String::new(),
            approved_by: String::new(),
            subject: match case.scope {
                Scope::Everybody => None,
                Scope::OtherPerson => Some(self.other_subject),
                _ => Some(self.subject),
            },
            recipient: match case.scope {
                Scope::OtherRecipient => self.other_member.clone(),
                _ => recipient.clone(),
            },
            purpose: match case.scope {
                Scope::OtherPurpose => self.other_purpose(case).clone(),
                _ => purpose.clone(),
            },
            items: match case.scope {
                Scope::OtherItems => vec![self.another_item.clone()],
                _ => items.clone(),
            },
            ends_at: match case.standing {
                Standing::Runs => now.checked_add(1.hour()).unwrap_or(now),
                Standing::EndsNow => now,
                Standing::Ended => now.checked_sub(1.hour()).unwrap_or(now),
            },
            withheld_from_subject: false,
        })
    }

    /// Her consents as facts.
    pub fn consents(&self, case: &Case<'p>) -> Vec<ConsentFact> {
        let mut facts = Vec::with_capacity(case.consents.len());
        self.answers(&case.consents, &mut facts);
        facts
    }

    /// Adds answers to facts.
    fn answers<'c>(
        &self,
        answers: impl IntoIterator<Item = &'c (&'p ConsentName, Answer)>,
        facts: &mut Vec<ConsentFact>,
    ) where
        'p: 'c,
    {
        let given = ConsentState::Given;
        for (name, answer) in answers {
            let mut fact = |state, wording, later| {
                facts.push(ConsentFact {
                    consent: (*name).clone(),
                    state,
                    notice: self.notice(name, wording),
                    at: if later { self.later } else { self.earlier },
                });
            };
            let (stands, withdrawn) = (Wording::Standing, ConsentState::Withdrawn);
            match *answer {
                Answer::Missing => {}
                Answer::Is(state, wording) => fact(state, wording, false),
                Answer::GivenThenWithdrawn => {
                    fact(given, stands, false);
                    fact(withdrawn, stands, true);
                }
                Answer::WithdrawnThenGiven => {
                    fact(withdrawn, stands, false);
                    fact(given, stands, true);
                }
                Answer::AtOnce => {
                    fact(withdrawn, stands, false);
                    fact(given, stands, false);
                }
            }
        }
    }

    fn notice(&self, consent: &ConsentName, wording: Wording) -> Version {
        let version = self.policy.version;
        let since = || self.policy.consents.get(consent).map_or(version, |asked| asked.since);
        match wording {
            Wording::Standing => version,
            Wording::Unpublished => Version { serial: version.serial.saturating_add(1), ..version },
            Wording::Oldest => since(),
            Wording::Outdated => {
                let since = since();
                Version { on: since.on.yesterday().unwrap_or(since.on), serial: 1 }
            }
        }
    }

    /// Which case real facts are, for an ask for one thing or none; `None` for more.
    pub fn case_of(&self, ask: &Ask, facts: &Facts<'p>, now: Timestamp) -> Option<Case<'p>> {
        let policy = self.policy;
        let thing = match ask.items.as_slice() {
            [] => Thing::Nothing,
            [name] => match policy.items.get_key_value(name) {
                Some((name, item)) => Thing::Item(name, item),
                None => policy
                    .secrets
                    .iter()
                    .find(|(secret, _)| secret.as_str() == name.as_str())
                    .map_or(Thing::Unknown, |(name, secret)| Thing::Secret(name, secret)),
            },
            _ => return None,
        };
        let party = match &ask.recipient {
            None => Party::Own,
            Some(name) => match &facts.recipient {
                None => Party::Unknown(Stranger::NotHeld),
                Some(fact) if fact.name != *name => Party::Unknown(Stranger::AnotherHeld),
                Some(fact) => policy
                    .recipients
                    .get_key_value(&fact.category)
                    .map_or(Party::Unknown(Stranger::NoSuchCategory), |(name, entry)| {
                        Party::Entry(name, entry)
                    }),
            },
        };
        let person = match &facts.regime {
            None => Person::Nobody,
            Some(name) => policy.regimes.get(name).map_or(Person::OtherLaw, Person::Under),
        };
        let mut case = Case {
            crossing: if ask.recipient.is_some() { Crossing::Disclosure } else { Crossing::Use },
            party,
            purpose: policy.purposes.get_key_value(&ask.purpose),
            thing,
            person,
            claim: match (ask.exception, &facts.approval) {
                (false, _) => Claim::None,
                (true, None) => Claim::NotApproved,
                (true, Some(approval)) => Claim::Approved(approval.kind),
            },
            place: Place::AsThePolicySays,
            check: Check::Fresh,
            standing: Standing::Runs,
            scope: Scope::ThisPerson,
            suspended: facts.recipient.as_ref().is_some_and(|fact| fact.suspended),
            stop: Stop::Nothing,
            barred: is_barred(facts),
            engaged: Engaged::No,
            consents: Vec::new(),
            locked: ask.items.iter().any(|item| facts.locked.contains(item)),
            over: is_over(thing, &ask.purpose, &facts.holding, now),
            unreadable: !facts.unreadable.is_empty(),
            departures: 0,
        };
        if let (Some(entry), Some(regime)) = (case.entry(), case.regime()) {
            let named = entry.country.as_deref();
            let own = facts.recipient.as_ref().and_then(|fact| fact.country.as_deref());
            case.place = match own {
                Some(code) if Some(code) != named => self.place(code, regime, named),
                _ => Place::AsThePolicySays,
            };
            if let Some(due) = check_due(entry, regime) {
                let today = calendar_day(now);
                case.check = match today.cmp(&due) {
                    std::cmp::Ordering::Less => Check::Fresh,
                    std::cmp::Ordering::Equal => Check::DueToday,
                    std::cmp::Ordering::Greater => Check::Overdue,
                };
            }
        }
        if let (true, Some(approval)) = (ask.exception, &facts.approval) {
            case.standing = match approval.ends_at.cmp(&now) {
                std::cmp::Ordering::Greater => Standing::Runs,
                std::cmp::Ordering::Equal => Standing::EndsNow,
                std::cmp::Ordering::Less => Standing::Ended,
            };
            case.scope = if ask.recipient.as_ref() != Some(&approval.recipient) {
                Scope::OtherRecipient
            } else if ask.purpose != approval.purpose {
                Scope::OtherPurpose
            } else if !ask.items.iter().all(|item| approval.items.contains(item)) {
                Scope::OtherItems
            } else {
                match approval.subject {
                    None => Scope::Everybody,
                    Some(subject) if subject == ask.subject => Scope::ThisPerson,
                    Some(_) => Scope::OtherPerson,
                }
            };
        }
        case.stop =
            facts.restrictions.iter().fold(Stop::Nothing, |stop, stopped| match (stop, stopped) {
                (_, None) | (Stop::Everything, _) => Stop::Everything,
                (_, Some(purpose)) if *purpose == ask.purpose => Stop::This,
                (Stop::This, _) => Stop::This,
                _ => Stop::Another,
            });
        if let Some(engagement) = &facts.engagement {
            let named = ask.reference.is_some();
            let same = ask.reference.as_ref().is_none_or(|asked| *asked == engagement.reference);
            let hour = hour(case.purpose.map(|(_, purpose)| purpose), engagement.ends_at, now);
            case.engaged = if same {
                Engaged::Yes { hour, cancelled: engagement.cancelled, named }
            } else {
                Engaged::OtherNumber
            };
        }
        for (name, consent) in &policy.consents {
            let latest = facts
                .consents
                .iter()
                .filter(|fact| fact.consent == *name)
                .max_by_key(|fact| (fact.at, fact.state != ConsentState::Given));
            if let Some(fact) = latest {
                let wording = if fact.notice < consent.since {
                    Wording::Outdated
                } else if fact.notice > policy.version {
                    Wording::Unpublished
                } else {
                    Wording::Standing
                };
                case.consents.push((name, Answer::Is(fact.state, wording)));
            }
        }
        Some(case)
    }

    /// The class of a country that the policy does not name for the recipient.
    fn place(&self, code: &str, regime: &'p Regime, named: Option<&str>) -> Place<'p> {
        let (home, designated) = (&regime.transfer.home, &regime.transfer.designated);
        if let Some(code) = home.get(code) {
            Place::Home(code)
        } else if let Some(code) = designated.get(code) {
            Place::Designated(code)
        } else {
            Place::Elsewhere(self.elsewhere(regime, named))
        }
    }

    /// A country that is neither at home nor designated, nor the one that the policy names.
    pub fn elsewhere(&self, regime: &'p Regime, named: Option<&str>) -> &'static str {
        let far = |code: &&str| {
            !regime.transfer.home.contains(*code)
                && !regime.transfer.designated.contains(*code)
                && named != Some(*code)
        };
        // ISO 3166-1 gives ZZ to nobody.
        ["US", "CN", "ZZ"].into_iter().find(far).unwrap_or("ZZ")
    }
}

/// Whether provision to the recipient is stopped.
fn is_barred(facts: &Facts<'_>) -> bool {
    facts.recipient.as_ref().is_some_and(|fact| {
        facts.stopped_recipients.iter().any(|stopped| {
            stopped.as_ref().is_none_or(|name| *name == fact.name || *name == fact.category)
        })
    })
}

/// Plays the cases of one set of words and one thing in a row. Between two of them only circumstances
/// differ, so only the facts of those that do are made anew.
pub struct Player<'a, 'p> {
    stage: &'a Stage<'p>,
    case: Case<'p>,
    scene: Scene<'p>,
}

impl<'a, 'p> Player<'a, 'p> {
    /// Begins with a case. What every ask clones is this player's own: others play on other threads.
    pub fn new(stage: &'a Stage<'p>, case: &Case<'p>) -> Self {
        let mut scene = stage.scene(case);
        let ask = &mut scene.ask;
        ask.purpose = ask.purpose.apart();
        ask.recipient = ask.recipient.as_ref().map(RecipientName::apart);
        ask.items = ask.items.iter().map(ItemName::apart).collect();
        Self { stage, case: case.clone(), scene }
    }

    /// Plays the next case: one of the same words and the same thing.
    pub fn scene(&mut self, case: &Case<'p>) -> &Scene<'p> {
        // Every field, so that a new circumstance is thought of.
        let &Case {
            crossing: _,
            party: _,
            purpose: _,
            thing: _,
            person: _,
            claim: _,
            place: _,
            check: _,
            standing,
            scope,
            suspended,
            stop,
            barred,
            engaged,
            ref consents,
            over,
            locked,
            unreadable,
            departures: _,
        } = case;
        let Self { stage, case: before, scene } = self;
        let Scene { ask, facts, now } = scene;
        if before.suspended != suspended {
            before.suspended = suspended;
            if let Some(recipient) = &mut facts.recipient {
                recipient.suspended = suspended;
            }
        }
        if before.engaged != engaged {
            before.engaged = engaged;
            ask.reference = stage.reference(case, ask.recipient.as_ref());
            facts.engagement = stage.engagement(case, *now);
        }
        if before.consents != *consents {
            // Neighbours mostly differ in the last answer: what stands before it stays.
            let same = before.consents.iter().zip(consents).take_while(|(was, is)| was == is);
            let (answers, said) =
                same.fold((0, 0), |(answers, said), (_, is)| (answers + 1, said + is.1.words()));
            before.consents.clone_from(consents);
            facts.consents.truncate(said);
            stage.answers(consents.iter().skip(answers), &mut facts.consents);
        }
        if before.stop != stop {
            before.stop = stop;
            facts.restrictions = stage.restrictions(case, ask);
        }
        if before.barred != barred {
            before.barred = barred;
            facts.stopped_recipients = Stage::stopped(case);
        }
        if (before.standing, before.scope) != (standing, scope) {
            (before.standing, before.scope) = (standing, scope);
            facts.approval = stage.approval(case, ask, *now);
        }
        if before.over != over {
            before.over = over;
            facts.holding = Stage::holding(case, ask, *now);
        }
        if before.locked != locked {
            before.locked = locked;
            facts.locked = Stage::locked(case, ask);
        }
        if before.unreadable != unreadable {
            before.unreadable = unreadable;
            facts.unreadable = Stage::unreadable(case);
        }
        scene
    }

    /// Plays the next case with an ask for these items instead. A player that was asked so once is
    /// asked so each time.
    pub fn scene_for(&mut self, case: &Case<'p>, items: Vec<ItemName>) -> &Scene<'p> {
        self.scene(case);
        let Scene { ask, facts, now } = &mut self.scene;
        ask.items = items;
        facts.approval = self.stage.approval(case, ask, *now);
        facts.holding = Stage::holding(case, ask, *now);
        facts.locked = Stage::locked(case, ask);
        &self.scene
    }
}

/// Whether an item is kept for other purposes only.
fn is_over(thing: Thing<'_>, purpose: &PurposeName, holding: &Holding, now: Timestamp) -> bool {
    let Thing::Item(name, item) = thing else { return false };
    item.purposes.contains(purpose)
        && holding
            .clocks(name)
            .is_some_and(|clocks| end_of_purpose(item, purpose, &clocks).is_over(now))
}

/// When the check of equivalent measures stands as the case says.
fn check_moment(case: &Case<'_>) -> Option<Timestamp> {
    let measures = case.entry()?.equivalent_measures.as_ref()?;
    let due = check_due(case.entry()?, case.regime()?);
    let day = match case.check {
        Check::Fresh => measures.checked_on,
        Check::DueToday => due?,
        Check::Overdue => due?.tomorrow().ok()?,
    };
    Some(day.at(12, 0, 0, 0).to_zoned(calendar()).ok()?.timestamp())
}

/// The last day on which a check of equivalent measures still counts (R2.4).
fn check_due(entry: &Recipient, regime: &Regime) -> Option<jiff::civil::Date> {
    let measures = entry.equivalent_measures.as_ref()?;
    let days = Span::new().try_days(regime.transfer.equivalent_measures_check_days.value).ok()?;
    measures.checked_on.checked_add(days).ok()
}

/// The end of an engagement that is so far along at `now`; `None` where the calendar has none.
pub fn ends_at(purpose: Option<&Purpose>, hour: Hour, now: Timestamp) -> Option<Timestamp> {
    let after = Span::new().try_hours(purpose.map_or(0, |p| p.after_end_hours)).ok()?;
    Some(match hour {
        Hour::Before => now.checked_add(1.hour()).ok()?,
        Hour::AtEnd => now,
        Hour::LastMoment => now.checked_sub(after).ok()?.checked_add(1.nanosecond()).ok()?,
        Hour::Closing => now.checked_sub(after).ok()?,
        Hour::Over => now.checked_sub(after).ok()?.checked_sub(24.hours()).ok()?,
        Hour::BeyondCalendar => {
            Timestamp::MAX.checked_add(after).is_err().then_some(Timestamp::MAX)?
        }
    })
}

/// How far along an engagement is.
fn hour(purpose: Option<&Purpose>, ends_at: Timestamp, now: Timestamp) -> Hour {
    let after = Span::new().try_hours(purpose.map_or(0, |p| p.after_end_hours));
    match after.and_then(|after| ends_at.checked_add(after)) {
        Err(_) => Hour::BeyondCalendar,
        Ok(_) if now < ends_at => Hour::Before,
        Ok(over) if now < over => Hour::AtEnd,
        Ok(_) => Hour::Over,
    }
}
