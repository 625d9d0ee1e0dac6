//! The rules: [`admit`] on the way in, [`decide`] on the way out. Both are pure and total: the same
//! ask, facts and moment give the same answer, and there is always one. Only `decide` makes a
//! [`Permit`], and the vault opens nothing without one. Read `record.rs` next.

use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::consent::{ConsentFact, ConsentName, ConsentState};
use crate::document::{Document, Version};
use crate::item::{Item, ItemName, Linked, Sensitivity};
use crate::party::{
    Engagement, Recipient, RecipientFact, RecipientName, Reference, Role, SubjectId,
};
use crate::purpose::{Basis, Purpose, PurposeName};
use crate::reason::Reason;
use crate::record::{ProvisionBasis, RecordDuty, Route, calendar_day, record_duty};
use crate::regime::{Regime, RegimeName};
use crate::retention::{Holding, Until, end_of_purpose};

/// The closed list of exceptions to consent (S13).
///
/// The template also names the module providers of the tools table; law knows no such exception,
/// so there is none here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExceptionKind {
    /// Entrustment within the purpose (Act 27(5)(i)).
    Entrustment,
    /// Succession of business by merger or otherwise (Act 27(5)(ii)).
    Succession,
    /// Based on laws and regulations (Act 27(1)(i)).
    Law,
    /// Life, body or property, where consent is hard to get (Act 27(1)(ii)).
    LifeBodyProperty,
    /// Public health or children, where consent is hard to get (Act 27(1)(iii)).
    PublicHealthOrChildren,
    /// Cooperation with a public body that consent would hinder (Act 27(1)(iv)).
    PublicBody,
    /// Academic research (Act 27(1)(v)-(vii)).
    Academic,
}

impl ExceptionKind {
    /// Every exception, in the order of the Act: 27(1), then 27(5).
    pub const ALL: [Self; 7] = [
        Self::Law,
        Self::LifeBodyProperty,
        Self::PublicHealthOrChildren,
        Self::PublicBody,
        Self::Academic,
        Self::Entrustment,
        Self::Succession,
    ];

    /// True for the cases of Act 27(1): in the same cases Act 18(3) lets information be used beyond
    /// its purpose, so neither purpose nor stop nor explicit consent stands against them. Entrustment
    /// and succession free from the consent to a provision only, and stay within the purpose (R3.1).
    pub fn reaches_beyond_purpose(self) -> bool {
        !matches!(self, Self::Entrustment | Self::Succession)
    }

    /// What a provision under it stands on, for the record duty (R1.9).
    fn basis(self) -> ProvisionBasis {
        match self {
            Self::Entrustment | Self::Succession => ProvisionBasis::Entrustment,
            _ => ProvisionBasis::Exception,
        }
    }
}

/// An exception that the information manager approved, with its reason and evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Which exception.
    pub kind: ExceptionKind,
    /// Why it applies.
    pub reason: String,
    /// What shows it: a letter, an order, a contract, by number or file name.
    pub evidence: String,
    /// The service key of the manager who approved it.
    pub approved_by: String,
    /// The person it is about; `None` for all.
    pub subject: Option<SubjectId>,
    /// Who may receive.
    pub recipient: RecipientName,
    /// What for.
    pub purpose: PurposeName,
    /// Which items.
    pub items: Vec<ItemName>,
    /// Until when.
    pub ends_at: Timestamp,
    /// True where telling the person would harm life, public safety or the detection of a crime
    /// (Act 33(5), Order 11): what happens under it is not among what she is shown. Its ground is
    /// part of the reason.
    #[serde(default)]
    pub withheld_from_subject: bool,
}

/// A question to the gate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// Whose information.
    pub subject: SubjectId,
    /// Who would receive it; `None` for the controller's own use.
    pub recipient: Option<RecipientName>,
    /// What for.
    pub purpose: PurposeName,
    /// Which items.
    pub items: Vec<ItemName>,
    /// The recipient's number for the engagement, when the ask is about one.
    pub reference: Option<Reference>,
    /// True when the ask stands on an approved exception.
    pub exception: bool,
}

/// Everything an answer depends on, gathered beforehand.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    /// The policy in force.
    pub policy: &'a Document,
    /// The person's regime; `None` when nobody is held under the id.
    pub regime: Option<RegimeName>,
    /// Her consents.
    pub consents: Vec<ConsentFact>,
    /// The purposes she had stopped; `None` inside stops all.
    pub restrictions: Vec<Option<PurposeName>>,
    /// The recipients, or categories of them, to which she had provision stopped (Act 35(3), (5));
    /// `None` inside stops provision to anybody.
    pub stopped_recipients: Vec<Option<RecipientName>>,
    /// The recipient; `None` when neither policy nor register knows it.
    pub recipient: Option<RecipientFact>,
    /// The engagement of this recipient with this person under the ask's reference, or, without a
    /// reference, the one that ends last of those not called off.
    pub engagement: Option<Engagement>,
    /// The approval the ask names, if it is on record.
    pub approval: Option<Approval>,
    /// Items collected before a new version, which this ask may not reach under it until the person
    /// consents (Act 18(1)).
    pub locked: Vec<ItemName>,
    /// What is held of her, with the moments that periods are counted from.
    pub holding: Holding,
    /// Facts that could not be read; any one refuses.
    pub unreadable: Vec<String>,
}

/// Leave to open certain items of one person, for one purpose and recipient.
///
/// Only [`decide`] makes one:
///
/// ```compile_fail,E0451
/// fn forged(real: policy::Permit) -> policy::Permit {
///     policy::Permit { ..real }
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permit {
    ask: Ask,
    basis: Basis,
    provision_basis: ProvisionBasis,
    route: Route,
    record_duty: RecordDuty,
    consents: Vec<(ConsentName, Version)>,
    approval: Option<Approval>,
}

impl Permit {
    /// Whose information.
    pub fn subject(&self) -> SubjectId {
        self.ask.subject
    }

    /// What for.
    pub fn purpose(&self) -> &PurposeName {
        &self.ask.purpose
    }

    /// Who receives; `None` for the controller's own use.
    pub fn recipient(&self) -> Option<&RecipientName> {
        self.ask.recipient.as_ref()
    }

    /// Which items.
    pub fn items(&self) -> &[ItemName] {
        &self.ask.items
    }

    /// The engagement's number.
    pub fn reference(&self) -> Option<&Reference> {
        self.ask.reference.as_ref()
    }

    /// True when this permit covers that item of that person.
    pub fn covers(&self, subject: SubjectId, item: &ItemName) -> bool {
        self.ask.subject == subject && self.ask.items.contains(item)
    }

    /// What the purpose stands on in the person's regime.
    pub fn basis(&self) -> &Basis {
        &self.basis
    }

    /// What the provision stands on.
    pub fn provision_basis(&self) -> ProvisionBasis {
        self.provision_basis
    }

    /// How the recipient is reached.
    pub fn route(&self) -> Route {
        self.route
    }

    /// Whether law asks for a record.
    pub fn record_duty(&self) -> RecordDuty {
        self.record_duty
    }

    /// The consents it stands on, with the version of the notice each was given to.
    pub fn consents(&self) -> &[(ConsentName, Version)] {
        &self.consents
    }

    /// The exception it stands on.
    pub fn exception(&self) -> Option<&Approval> {
        self.approval.as_ref()
    }
}

/// The answer no, with every reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Why, in the order of the rules; never empty.
    pub reasons: Vec<Reason>,
}

/// The answer to an ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Yes, and this opens the vault.
    Permit(Box<Permit>),
    /// No, and why.
    Refusal(Refusal),
}

/// Decides an ask. Default is no: unknown words, missing facts and failing rules refuse.
pub fn decide(ask: Ask, facts: &Facts<'_>, now: Timestamp) -> Decision {
    let mut rules = Rules { ask: &ask, facts, now, reasons: Vec::new(), consents: Vec::new() };
    let granted = rules.run();
    let Rules { reasons, consents, .. } = rules;
    match granted {
        Some(granted) if reasons.is_empty() => Decision::Permit(Box::new(Permit {
            basis: granted.basis.clone(),
            provision_basis: granted.provision_basis,
            route: granted.route,
            record_duty: granted.record_duty,
            consents,
            approval: if ask.exception { facts.approval.clone() } else { None },
            ask,
        })),
        _ => {
            let mut reasons = reasons;
            if reasons.is_empty() {
                reasons.push(Reason::RuleFailed { rule: "decide".to_owned() });
            }
            Decision::Refusal(Refusal { reasons })
        }
    }
}

/// What the rules found when none of them refused.
struct Granted<'a> {
    basis: &'a Basis,
    provision_basis: ProvisionBasis,
    route: Route,
    record_duty: RecordDuty,
}

/// The rules at work on one ask: each adds its reasons, none stops the others.
struct Rules<'a> {
    ask: &'a Ask,
    facts: &'a Facts<'a>,
    now: Timestamp,
    reasons: Vec<Reason>,
    consents: Vec<(ConsentName, Version)>,
}

impl<'a> Rules<'a> {
    fn refuse(&mut self, reason: Reason) {
        if !self.reasons.contains(&reason) {
            self.reasons.push(reason);
        }
    }

    /// Walks all rules. `None` when a word is unknown, so that later rules have nothing to stand on.
    fn run(&mut self) -> Option<Granted<'a>> {
        let (ask, policy) = (self.ask, self.facts.policy);
        for fact in &self.facts.unreadable {
            self.refuse(Reason::FactUnreadable { fact: fact.clone() });
        }
        if ask.items.is_empty() {
            self.refuse(Reason::NothingAsked {});
        }
        let approval = self.approval();
        let beyond_purpose = approval.is_some_and(|a| a.kind.reaches_beyond_purpose());
        let items = self.items(beyond_purpose);

        let purpose = policy.purposes.get(&ask.purpose);
        if purpose.is_none() {
            self.refuse(Reason::UnknownPurpose { purpose: ask.purpose.clone() });
        }
        let party = match &ask.recipient {
            None => None,
            Some(name) => {
                let found = self.facts.recipient.as_ref().filter(|fact| fact.name == *name);
                let entry = found.and_then(|fact| policy.recipients.get(&fact.category));
                let party = found.zip(entry);
                if party.is_none() {
                    self.refuse(Reason::UnknownRecipient { recipient: name.clone() });
                }
                Some(party?)
            }
        };
        let Some(regime_name) = &self.facts.regime else {
            self.refuse(Reason::UnknownSubject {});
            return None;
        };
        let purpose = purpose?;
        let Some(regime) = policy.regimes.get(regime_name) else {
            self.refuse(Reason::NoBasis {
                purpose: ask.purpose.clone(),
                regime: regime_name.clone(),
            });
            return None;
        };

        if let Some(kind) = approval.map(|approval| approval.kind) {
            if !policy.exceptions.contains(&kind) {
                self.refuse(Reason::ExceptionNotClaimed { kind });
            }
            if !regime.exceptions.value.contains(&kind) {
                self.refuse(Reason::ExceptionNotInLaw { kind, regime: regime_name.clone() });
            }
        }
        let basis = self.basis(purpose, regime, beyond_purpose)?;
        if !beyond_purpose {
            self.restrictions();
            self.ended_purposes(&items);
            self.explicit_consents(&items);
            self.locks();
        }
        let (provision_basis, route) = match party {
            None => {
                if !purpose.own_use {
                    self.refuse(Reason::NotAnOwnUse { purpose: ask.purpose.clone() });
                }
                (ProvisionBasis::Contract, Route::NotAProvision)
            }
            Some((fact, entry)) => {
                if !beyond_purpose {
                    self.stopped_provision(fact);
                }
                self.party(fact, entry, purpose, basis, regime, approval)?
            }
        };
        let record_duty = record_duty(policy, regime, provision_basis, route);
        Some(Granted { basis, provision_basis, route, record_duty })
    }

    /// The approval the ask stands on, if it asks for one and it holds (S13).
    fn approval(&mut self) -> Option<&'a Approval> {
        if !self.ask.exception {
            return None;
        }
        let ask = self.ask;
        let Some(approval) = &self.facts.approval else {
            self.refuse(Reason::ExceptionNotApproved {});
            return None;
        };
        if approval.ends_at <= self.now {
            self.refuse(Reason::ExceptionExpired { ended_at: approval.ends_at });
        }
        let in_scope = ask.recipient.as_ref() == Some(&approval.recipient)
            && ask.purpose == approval.purpose
            && ask.items.iter().all(|item| approval.items.contains(item))
            && approval.subject.is_none_or(|subject| subject == ask.subject);
        if !in_scope {
            self.refuse(Reason::ExceptionOutOfScope {});
        }
        Some(approval)
    }

    /// Every item is in the inventory, may leave at all, and is declared for the purpose. Those that
    /// are in the inventory, for the rules that follow.
    fn items(&mut self, beyond_purpose: bool) -> Vec<(&'a ItemName, &'a Item)> {
        let (ask, policy) = (self.ask, self.facts.policy);
        let mut known = Vec::with_capacity(ask.items.len());
        for name in &ask.items {
            let Some(item) = policy.items.get(name) else {
                let is_secret = policy.secrets.keys().any(|s| s.as_str() == name.as_str());
                self.refuse(if is_secret {
                    Reason::NeverLeaves { item: name.clone() }
                } else {
                    Reason::UnknownItem { item: name.clone() }
                });
                continue;
            };
            known.push((name, item));
            if item.linked == Linked::Nobody {
                self.refuse(Reason::NotLinked { item: name.clone() });
            }
            // The approval lists the items it covers; that list stands in for the declaration.
            if !beyond_purpose
                && !item.purposes.contains(&ask.purpose)
                && policy.purposes.contains_key(&ask.purpose)
            {
                self.refuse(Reason::ItemNotForPurpose {
                    item: name.clone(),
                    purpose: ask.purpose.clone(),
                });
            }
        }
        known
    }

    /// The purpose has a basis in the person's regime, and a consent it names is in force.
    fn basis(
        &mut self,
        purpose: &'a Purpose,
        regime: &Regime,
        beyond_purpose: bool,
    ) -> Option<&'a Basis> {
        let Some(basis) = purpose.basis.get(&regime.name) else {
            self.refuse(Reason::NoBasis {
                purpose: self.ask.purpose.clone(),
                regime: regime.name.clone(),
            });
            return None;
        };
        if let (Basis::Consent(consent), false) = (basis, beyond_purpose) {
            self.consent(consent);
        }
        Some(basis)
    }

    /// A consent is given, to a wording that still stands (I5).
    fn consent(&mut self, name: &ConsentName) -> bool {
        match standing_consent(self.facts.policy, &self.facts.consents, name) {
            Ok(seen) => {
                if !self.consents.iter().any(|(known, _)| known == name) {
                    self.consents.push((name.clone(), seen));
                }
                true
            }
            Err(reason) => {
                self.refuse(reason);
                false
            }
        }
    }

    /// Nothing the person had stopped (S29).
    fn restrictions(&mut self) {
        for stopped in &self.facts.restrictions {
            if stopped.as_ref().is_none_or(|purpose| *purpose == self.ask.purpose) {
                self.refuse(Reason::Restricted { purpose: stopped.clone() });
            }
        }
    }

    /// Nothing to whom she had provision stopped (Act 35(3), (5)).
    fn stopped_provision(&mut self, fact: &RecipientFact) {
        for stopped in &self.facts.stopped_recipients {
            let is_meant =
                |stopped: &RecipientName| *stopped == fact.name || *stopped == fact.category;
            if stopped.as_ref().is_none_or(is_meant) {
                self.refuse(Reason::ProvisionStopped { recipient: stopped.clone() });
            }
        }
    }

    /// What was collected for old purposes stays with them until she consents (Act 18(1)).
    fn locks(&mut self) {
        for item in &self.ask.items {
            if self.facts.locked.contains(item) {
                let purpose = self.ask.purpose.clone();
                self.refuse(Reason::LockedToOldPurposes { item: item.clone(), purpose });
            }
        }
    }

    /// Nothing that is kept for other purposes only, or for a hold (L6, R12.2).
    fn ended_purposes(&mut self, items: &[(&ItemName, &Item)]) {
        let ask = self.ask;
        for &(name, item) in items {
            let Some(clocks) = self.facts.holding.clocks(name) else { continue };
            if !item.purposes.contains(&ask.purpose) {
                continue;
            }
            match end_of_purpose(item, &ask.purpose, &clocks) {
                Until::At(ended_at) if ended_at <= self.now => self.refuse(Reason::PurposeEnded {
                    item: name.clone(),
                    purpose: ask.purpose.clone(),
                    ended_at,
                }),
                _ => {}
            }
        }
    }

    /// Items under special care, or with a consent of their own, have that consent in force (R9.2).
    fn explicit_consents(&mut self, items: &[(&ItemName, &Item)]) {
        for &(name, item) in items {
            match (&item.consent, item.sensitivity) {
                (Some(consent), sensitivity) => {
                    if !self.consent(consent) && sensitivity == Sensitivity::SpecialCare {
                        self.refuse(Reason::SpecialCareWithoutConsent {
                            item: name.clone(),
                            consent: consent.clone(),
                        });
                    }
                }
                // A coherent policy has no such item; should one appear, nothing goes.
                (None, Sensitivity::SpecialCare) => {
                    self.refuse(Reason::RuleFailed { rule: format!("special care of {name}") });
                }
                (None, Sensitivity::Ordinary) => {}
            }
        }
    }

    /// The rules of a crossing to another party.
    fn party(
        &mut self,
        fact: &RecipientFact,
        entry: &Recipient,
        purpose: &Purpose,
        basis: &Basis,
        regime: &Regime,
        approval: Option<&Approval>,
    ) -> Option<(ProvisionBasis, Route)> {
        let ask = self.ask;
        if fact.suspended {
            self.refuse(Reason::RecipientSuspended { recipient: fact.name.clone() });
        }
        if approval.is_none() {
            if !entry.purposes.contains(&ask.purpose) {
                self.refuse(Reason::RecipientNotForPurpose {
                    recipient: fact.name.clone(),
                    purpose: ask.purpose.clone(),
                });
            }
            for item in &ask.items {
                if !entry.items.is_empty() && !entry.items.contains(item) {
                    self.refuse(Reason::ItemNotForRecipient {
                        item: item.clone(),
                        recipient: fact.name.clone(),
                    });
                }
            }
        }
        // Entrustment and succession stay within the purpose, and so within the engagement that
        // the purpose hangs on (R3.1, S10).
        if purpose.needs_engagement && !approval.is_some_and(|a| a.kind.reaches_beyond_purpose()) {
            self.engagement(&fact.name, purpose);
        }
        let provision_basis = match approval {
            Some(approval) => approval.kind.basis(),
            None => self.provision_basis(entry.role, basis, regime)?,
        };
        let route = self.route(fact, entry, provision_basis, regime)?;
        // A member of a category has them in the register; I3 wants them in the record.
        if !entry.many && entry.legal.is_none() && route != Route::NotAProvision {
            self.refuse(Reason::LegalDetailsMissing { recipient: fact.name.clone() });
        }
        Some((provision_basis, route))
    }

    /// The engagement is in force: neither called off nor over (S10).
    fn engagement(&mut self, recipient: &RecipientName, purpose: &Purpose) {
        let matching = self.facts.engagement.as_ref().filter(|engagement| {
            self.ask.reference.as_ref().is_none_or(|asked| *asked == engagement.reference)
        });
        let Some(engagement) = matching else {
            self.refuse(Reason::NoEngagement { recipient: recipient.clone() });
            return;
        };
        if engagement.cancelled {
            self.refuse(Reason::EngagementCancelled { recipient: recipient.clone() });
        }
        // `try_`: a number beyond the calendar is a rule without an answer, and so a no.
        let after = Span::new().try_hours(purpose.after_end_hours);
        match after.and_then(|after| engagement.ends_at.checked_add(after)) {
            Ok(ended_at) if ended_at <= self.now => {
                self.refuse(Reason::EngagementEnded { ended_at });
            }
            Ok(_) => {}
            Err(_) => self.refuse(Reason::RuleFailed { rule: "end of engagement".to_owned() }),
        }
    }

    /// What the provision stands on, by the recipient's role in the person's regime (Act 27).
    fn provision_basis(
        &mut self,
        role: Role,
        basis: &Basis,
        regime: &Regime,
    ) -> Option<ProvisionBasis> {
        match (regime.provision.get(&role).copied(), basis) {
            // A consent carries more than a contract, and the record says what it was (R1.5).
            (Some(ProvisionBasis::Consent | ProvisionBasis::Contract), Basis::Consent(_)) => {
                Some(ProvisionBasis::Consent)
            }
            (Some(ProvisionBasis::Contract), Basis::Contract) => Some(ProvisionBasis::Contract),
            (Some(found @ (ProvisionBasis::Entrustment | ProvisionBasis::JointUse)), _) => {
                Some(found)
            }
            // An authority receives by exception only, and this ask names none.
            _ => {
                self.refuse(Reason::BasisTooWeak { role, regime: regime.name.clone() });
                None
            }
        }
    }

    /// How the recipient is reached: the routes of R2.1, tried in order.
    fn route(
        &mut self,
        fact: &RecipientFact,
        entry: &Recipient,
        basis: ProvisionBasis,
        regime: &Regime,
    ) -> Option<Route> {
        if !entry.handles_personal_data {
            return Some(Route::NotAProvision);
        }
        let Some(country) = fact.country.as_ref().or(entry.country.as_ref()) else {
            self.refuse(Reason::CountryUnconfirmed { recipient: fact.name.clone() });
            return None;
        };
        let transfer = &regime.transfer;
        if transfer.home.contains(country) {
            return Some(Route::Domestic);
        }
        if transfer.designated.contains(country) {
            return Some(Route::Designated);
        }
        // Before routes (b) and (c): a case of 27(1) needs neither.
        if basis == ProvisionBasis::Exception {
            return Some(Route::Exception);
        }
        // Routes (b) and (c) speak of the country that the policy names: a member elsewhere has
        // neither its evidence nor its wording (R2.2, R2.4).
        let is_named = entry.country.as_ref() == Some(country);
        let mut overdue = None;
        if let (Some(measures), true) = (&entry.equivalent_measures, is_named) {
            let days = Span::new().try_days(transfer.equivalent_measures_check_days.value);
            let today = calendar_day(self.now);
            match days.and_then(|days| measures.checked_on.checked_add(days)) {
                Ok(due) if today <= due => return Some(Route::EquivalentMeasures),
                Ok(_) => overdue = Some(measures.checked_on),
                Err(_) => {
                    self.refuse(Reason::RuleFailed { rule: "equivalent measures".to_owned() });
                    return None;
                }
            }
        }
        if transfer.consent
            && is_named
            && let Some(consent) = &entry.transfer_consent
            && self.consent(consent)
        {
            return Some(Route::Consent);
        }
        self.refuse(match overdue {
            Some(checked_on) => Reason::RouteCheckOverdue { country: country.clone(), checked_on },
            None => Reason::NoRoute { country: country.clone() },
        });
        None
    }
}

/// Whether a consent allows anything, and which version of the notice it was given to (I5).
pub(crate) fn standing_consent(
    policy: &Document,
    consents: &[ConsentFact],
    name: &ConsentName,
) -> Result<Version, Reason> {
    let Some(asked) = policy.consents.get(name) else {
        return Err(Reason::RuleFailed { rule: format!("consent {name}") });
    };
    // The latest word counts; of two at the same moment, the one that takes it back.
    let latest = consents
        .iter()
        .filter(|fact| fact.consent == *name)
        .max_by_key(|fact| (fact.at, fact.state != ConsentState::Given));
    let Some(fact) = latest else {
        return Err(Reason::ConsentMissing { consent: name.clone() });
    };
    if fact.state != ConsentState::Given {
        return Err(Reason::ConsentNotGiven { consent: name.clone(), state: fact.state });
    }
    if fact.notice < asked.since || fact.notice > policy.version {
        return Err(Reason::ConsentForOtherNotice {
            consent: name.clone(),
            seen: fact.notice,
            needed: asked.since,
        });
    }
    Ok(fact.notice)
}

/// Whether all that a consent lacks is an answer.
fn is_requested(reason: &Reason) -> bool {
    matches!(reason, Reason::ConsentNotGiven { state: ConsentState::Requested, .. })
}

/// What somebody wants to bring in.
#[derive(Debug, Clone)]
pub struct Offer<'a> {
    /// The policy in force.
    pub policy: &'a Document,
    /// The rules that apply to the person.
    pub regime: &'a RegimeName,
    /// The items offered; their values have been read already.
    pub items: Vec<ItemName>,
    /// Her consents as they would stand.
    pub consents: &'a [ConsentFact],
    /// The consents that she agreed to and that wait for her statutory representative. They meet a
    /// condition of the service, and nothing comes in on them (`minor.rs`).
    pub waiting: &'a [ConsentName],
    /// True when the person is new.
    pub registering: bool,
}

/// Leave to seal certain items; only [`admit`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admission {
    items: Vec<ItemName>,
}

impl Admission {
    /// True when that item was admitted.
    pub fn covers(&self, item: &ItemName) -> bool {
        self.items.contains(item)
    }
}

/// Decides what may come in: every item in the inventory with a purpose, special care only with
/// explicit consent, and nobody is taken in who refused a condition of the service (S3, S11, L4).
pub fn admit(offer: Offer<'_>) -> Result<Admission, Refusal> {
    let Offer { policy, regime, items, consents, waiting, registering } = offer;
    let mut reasons = Vec::new();
    // Its conditions are not known here, so nobody can have met them.
    if !policy.regimes.contains_key(regime) {
        reasons.push(Reason::RuleFailed { rule: format!("regime {regime}") });
    }
    if registering {
        for (name, consent) in &policy.consents {
            if consent.condition_of_service.contains(regime)
                && let Err(reason) = standing_consent(policy, consents, name)
                && !(waiting.contains(name) && is_requested(&reason))
            {
                reasons.push(Reason::ConditionOfService { consent: name.clone() });
                if !matches!(reason, Reason::ConsentMissing { .. }) {
                    reasons.push(reason);
                }
            }
        }
    }
    for name in &items {
        let Some(item) = policy.items.get(name) else {
            reasons.push(Reason::UnknownItem { item: name.clone() });
            continue;
        };
        if item.linked == Linked::Nobody {
            reasons.push(Reason::NotLinked { item: name.clone() });
        }
        let purposes =
            || item.purposes.iter().filter_map(|name| policy.purposes.get_key_value(name));
        // What no purpose could ever use here is not taken (Act 18, GDPR 5(1)(c)).
        if !purposes().any(|(_, purpose)| purpose.basis.contains_key(regime)) {
            reasons.push(match purposes().next() {
                Some((purpose, _)) => {
                    Reason::NoBasis { purpose: purpose.clone(), regime: regime.clone() }
                }
                None => Reason::RuleFailed { rule: format!("purpose of {name}") },
            });
        }
        match (&item.consent, item.sensitivity) {
            (Some(consent), sensitivity) => {
                if let Err(reason) = standing_consent(policy, consents, consent) {
                    reasons.push(match sensitivity {
                        Sensitivity::SpecialCare => Reason::SpecialCareWithoutConsent {
                            item: name.clone(),
                            consent: consent.clone(),
                        },
                        Sensitivity::Ordinary => reason,
                    });
                }
            }
            // A coherent policy has no such item; should one appear, nothing comes in.
            (None, Sensitivity::SpecialCare) => {
                reasons.push(Reason::RuleFailed { rule: format!("special care of {name}") });
            }
            (None, Sensitivity::Ordinary) => {}
        }
    }
    if reasons.is_empty() { Ok(Admission { items }) } else { Err(Refusal { reasons }) }
}

#[cfg(test)]
mod tests {
    //! What only a broken program produces; everything else is in `tests/cases`.

    use super::*;

    fn policy() -> Document {
        let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../../apps/reservation/policy");
        crate::read_dir(dir.as_ref()).unwrap().document
    }

    fn ask(item: &str) -> Ask {
        Ask {
            subject: SubjectId([1; 16]),
            recipient: None,
            purpose: "service".parse().unwrap(),
            items: vec![item.parse().unwrap()],
            reference: None,
            exception: false,
        }
    }

    fn facts(policy: &Document) -> Facts<'_> {
        Facts {
            policy,
            regime: Some("jp".parse().unwrap()),
            consents: Vec::new(),
            restrictions: Vec::new(),
            stopped_recipients: Vec::new(),
            recipient: None,
            engagement: None,
            approval: None,
            locked: Vec::new(),
            holding: Holding::default(),
            unreadable: Vec::new(),
        }
    }

    fn reasons(decision: Decision) -> Vec<Reason> {
        match decision {
            Decision::Permit(_) => Vec::new(),
            Decision::Refusal(refusal) => refusal.reasons,
        }
    }

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    #[test]
    fn a_fact_that_cannot_be_read_refuses_what_would_be_allowed() {
        let policy = policy();
        let mut facts = facts(&policy);
        assert_eq!(reasons(decide(ask("name"), &facts, NOW)), []);
        facts.unreadable = vec!["consents".into(), "restrictions".into()];
        assert_eq!(
            reasons(decide(ask("name"), &facts, NOW)),
            [
                Reason::FactUnreadable { fact: "consents".into() },
                Reason::FactUnreadable { fact: "restrictions".into() },
            ]
        );
    }

    #[test]
    fn an_incoherent_policy_fails_towards_no() {
        let mut policy = policy();
        let allergy: ItemName = "allergy".parse().unwrap();
        if let Some(item) = policy.items.get_mut(&allergy) {
            item.consent = None;
        }
        let failed = [Reason::RuleFailed { rule: "special care of allergy".into() }];
        assert_eq!(reasons(decide(ask("allergy"), &facts(&policy), NOW)), failed);
        let regime = "jp".parse().unwrap();
        let offer = Offer {
            policy: &policy,
            regime: &regime,
            items: vec![allergy],
            consents: &[],
            waiting: &[],
            registering: false,
        };
        assert_eq!(admit(offer).unwrap_err().reasons, failed);

        policy.consents.clear();
        let marketing = Ask { purpose: "marketing".parse().unwrap(), ..ask("name") };
        assert_eq!(
            reasons(decide(marketing, &facts(&policy), NOW)),
            [Reason::RuleFailed { rule: "consent marketing".into() }]
        );
    }

    #[test]
    fn nobody_comes_in_under_a_law_the_policy_does_not_know() {
        let (policy, regime) = (policy(), "us-ca".parse().unwrap());
        let items = vec!["name".parse().unwrap()];
        let offer = Offer {
            policy: &policy,
            regime: &regime,
            items,
            consents: &[],
            waiting: &[],
            registering: true,
        };
        let reasons = admit(offer).unwrap_err().reasons;
        assert!(reasons.contains(&Reason::RuleFailed { rule: "regime us-ca".into() }));
    }

    #[test]
    fn a_fact_about_another_recipient_is_no_fact() {
        let policy = policy();
        let mut facts = facts(&policy);
        facts.recipient = Some(RecipientFact {
            name: "tempura-kanda".parse().unwrap(),
            category: "store".parse().unwrap(),
            country: None,
            suspended: false,
        });
        let recipient: RecipientName = "sushi-ueno".parse().unwrap();
        let ask = Ask { recipient: Some(recipient.clone()), ..ask("name") };
        assert_eq!(reasons(decide(ask, &facts, NOW)), [Reason::UnknownRecipient { recipient }]);
    }

    #[test]
    fn the_latest_word_on_a_consent_counts() {
        let policy = policy();
        let fact = |state, second| ConsentFact {
            consent: "marketing".parse().unwrap(),
            state,
            notice: policy.version,
            at: Timestamp::from_second(second).unwrap(),
        };
        let marketing = || Ask { purpose: "marketing".parse().unwrap(), ..ask("name") };
        for (given_at, withdrawn_at, allowed) in [(1, 2, false), (2, 1, true), (1, 1, false)] {
            let mut facts = facts(&policy);
            facts.consents = vec![
                fact(ConsentState::Given, given_at),
                fact(ConsentState::Withdrawn, withdrawn_at),
            ];
            let reasons = reasons(decide(marketing(), &facts, NOW));
            assert_eq!(reasons.is_empty(), allowed, "{given_at} {withdrawn_at}");
            facts.consents.reverse();
            assert_eq!(reasons, self::reasons(decide(marketing(), &facts, NOW)));
        }
    }

    #[test]
    fn at_the_end_of_time_the_answer_is_no() {
        let mut policy = policy();
        for purpose in policy.purposes.values_mut() {
            purpose.after_end_hours = u32::MAX;
        }
        let mut facts = facts(&policy);
        facts.recipient = Some(RecipientFact {
            name: "sushi-ueno".parse().unwrap(),
            category: "store".parse().unwrap(),
            country: None,
            suspended: false,
        });
        facts.consents = vec![ConsentFact {
            consent: "store_disclosure".parse().unwrap(),
            state: ConsentState::Given,
            notice: policy.version,
            at: NOW,
        }];
        facts.engagement = Some(Engagement {
            reference: "BK-1".parse().unwrap(),
            starts_at: Timestamp::MIN,
            ends_at: Timestamp::MAX,
            cancelled: false,
        });
        let ask = Ask {
            recipient: Some("sushi-ueno".parse().unwrap()),
            purpose: "reservation".parse().unwrap(),
            ..ask("name")
        };
        assert_eq!(
            reasons(decide(ask, &facts, Timestamp::MAX)),
            [Reason::RuleFailed { rule: "end of engagement".into() }]
        );
    }
}
