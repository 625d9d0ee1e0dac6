//! What an answer tells, as data: the one source of its page, its PDF, its tables and its JSON, whose
//! schema is `schema.json`. Values are opened here and nowhere else, each under the grant.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use policy::record::{Act, Gone, Provision, ProvisionBasis, RecordDuty, Route, Stayed};
use policy::request::{Outcome, ReasonsTold, RefusalGround, RequestKind};
use policy::retention::{Standing, Thing};
use policy::{
    Basis, ConsentName, ConsentState, Document, Item, ItemName, Language, PurposeName,
    RecipientName, Role, Sensitivity, Version,
};
use serde::Serialize;

use super::gather::{Gathered, Held, Shown};
use super::words;
use crate::acts::request::receipt::RecordsKept;
use crate::app::App;
use crate::error::Error;
use crate::linked;
use crate::store::restrictions::Restriction;
use crate::store::{requests, subjects};
use crate::words as said;

/// What `format` says: another shape has another number.
pub(super) const FORMAT: &str = "azukari answer 1";

/// A name of the policy with its words in the language of the answer.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Named {
    /// As programs know it.
    pub name: String,
    /// As people read it.
    pub label: String,
}

/// An answer.
#[derive(Debug, Serialize)]
pub(super) struct Told {
    pub format: &'static str,
    pub language: Language,
    pub request: About,
    pub controller: Controller,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<ItemTold>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub withheld: Vec<Withheld>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secrets: Option<Vec<SecretTold>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consents: Option<Vec<ConsentTold>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stops: Option<Vec<Stop>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engagements: Option<Vec<EngagementTold>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purposes: Option<Vec<PurposeTold>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provisions: Option<Vec<ProvisionTold>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uses: Option<Vec<Use>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusals: Option<Vec<RefusalTold>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub abroad: Option<Vec<Abroad>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub erasure: Option<Erasure>,
    pub rights: Vec<Named>,
    /// True when there are records to prove.
    #[serde(skip)]
    pub has_records: bool,
}

/// The request that is answered.
#[derive(Debug, Serialize)]
pub(super) struct About {
    pub number: String,
    #[serde(skip)]
    pub of: RequestKind,
    pub kind: Named,
    pub article: String,
    pub received_at: Timestamp,
    pub answered_at: Timestamp,
    pub outcome: Outcome,
    pub regime: Named,
    pub policy: Version,
    #[serde(skip)]
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply: Option<String>,
}

/// Who answers for the information, and where to ask.
#[derive(Debug, Serialize)]
pub(super) struct Controller {
    pub name: String,
    pub address: String,
    pub representative: String,
    pub information_manager: String,
    pub desk: String,
    pub email: String,
    pub authority: String,
}

/// A value that is held.
#[derive(Debug, Serialize)]
pub(super) struct ItemTold {
    pub item: Named,
    pub value: String,
    /// The words for a value that is one of a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_label: Option<String>,
    pub special_care: bool,
    pub source: String,
    pub version: u32,
    pub put_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmed_at: Option<Timestamp>,
    pub purposes: Vec<Named>,
    pub kept: Kept,
}

/// How long something is kept.
#[derive(Debug, Serialize)]
pub(super) struct Kept {
    pub rule: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub held_by: Vec<String>,
}

/// An item that is held and not told.
#[derive(Debug, Serialize)]
pub(super) struct Withheld {
    pub item: Named,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ground: Option<RefusalGround>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ground_label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A secret: that there is one, and what may be shown of it.
#[derive(Debug, Serialize)]
pub(super) struct SecretTold {
    pub secret: Named,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shown: Option<String>,
    pub how: String,
    pub put_at: Timestamp,
    pub purposes: Vec<Named>,
    pub kept: Kept,
}

/// A consent, with its words as she was shown them and its history.
#[derive(Debug, Serialize)]
pub(super) struct ConsentTold {
    pub consent: Named,
    pub state: ConsentState,
    pub state_label: String,
    pub since: Timestamp,
    pub notice: Version,
    pub notice_language: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wording: Option<String>,
    pub history: Vec<ConsentEvent>,
}

/// One answer to a consent.
#[derive(Debug, Serialize)]
pub(super) struct ConsentEvent {
    pub at: Timestamp,
    pub state: ConsentState,
    pub notice: Version,
    pub record: String,
}

/// Something that she had stopped.
#[derive(Debug, Serialize)]
pub(super) struct Stop {
    /// `use`, or `provision`.
    pub stopped: &'static str,
    /// For which purpose, or to whom; all when there is none.
    pub of: Option<Named>,
    pub since: Timestamp,
}

/// A booking or the like.
#[derive(Debug, Serialize)]
pub(super) struct EngagementTold {
    pub recipient: Named,
    pub reference: String,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub cancelled: bool,
}

/// A purpose that her information is used for.
#[derive(Debug, Serialize)]
pub(super) struct PurposeTold {
    pub purpose: Named,
    pub basis: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interest: Option<String>,
    pub items: Vec<Named>,
    /// `in_use`, `stopped`, or `no_consent`.
    pub standing: &'static str,
}

/// A provision record (R1.5).
#[derive(Debug, Serialize)]
pub(super) struct ProvisionTold {
    pub record: String,
    pub at: Timestamp,
    pub recipient: Named,
    pub role: Role,
    pub address: String,
    pub representative: String,
    pub country: String,
    pub country_label: String,
    pub purpose: Named,
    pub items: Vec<Named>,
    pub basis: ProvisionBasis,
    pub basis_label: String,
    pub consents: Vec<ConsentGiven>,
    pub route: Route,
    pub record_duty: RecordDuty,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exception: Option<String>,
    pub kept_until: Timestamp,
}

/// A consent that a provision stood on.
#[derive(Debug, Serialize)]
pub(super) struct ConsentGiven {
    pub consent: Named,
    pub notice: Version,
}

/// A use by the controller itself.
#[derive(Debug, Serialize)]
pub(super) struct Use {
    pub record: String,
    pub at: Timestamp,
    pub purpose: Named,
    pub items: Vec<Named>,
    pub basis: String,
}

/// Something that was asked for and not given.
#[derive(Debug, Serialize)]
pub(super) struct RefusalTold {
    pub record: String,
    pub at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient: Option<Named>,
    pub purpose: Named,
    pub items: Vec<Named>,
    pub reasons: Vec<String>,
}

/// A recipient abroad that is reached by equivalent measures (R2.5).
#[derive(Debug, Serialize)]
pub(super) struct Abroad {
    pub recipient: Named,
    pub country: String,
    pub country_label: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outline: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checks: Option<String>,
    pub checked_on: Date,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measures: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_systems: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub surveyed_on: Option<Date>,
}

/// What an erasure took and left.
#[derive(Debug, Serialize)]
pub(super) struct Erasure {
    pub gone: Vec<GoneTold>,
    pub stayed: Vec<StayedTold>,
    /// The records of provisions that stay, by why.
    pub records: Vec<RecordsKept>,
    pub told: Vec<RecipientTold>,
}

/// A recipient that is told what to do, and what it answered so far.
#[derive(Debug, Serialize)]
pub(super) struct RecipientTold {
    pub recipient: Named,
    /// `erase`, `correct` or `stop`.
    pub instruction: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub told_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Timestamp>,
    /// `done`, `partly` or `refused`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<&'static str>,
}

/// Something that was erased.
#[derive(Debug, Serialize)]
pub(super) struct GoneTold {
    pub record: String,
    pub at: Timestamp,
    pub thing: String,
    pub version: u32,
}

/// Something that an erasure left, until when and why.
#[derive(Debug, Serialize)]
pub(super) struct StayedTold {
    pub thing: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    pub because: String,
    pub held_by: Vec<String>,
}

/// Puts names into words.
struct Teller<'a> {
    document: &'a Document,
    language: Language,
    /// Recipients by the legal name that a record of hers has of them, else the register.
    parties: BTreeMap<RecipientName, String>,
}

impl Teller<'_> {
    fn named(name: &str, label: Option<&str>) -> Named {
        Named { name: name.to_owned(), label: label.unwrap_or(name).to_owned() }
    }

    fn item(&self, name: &ItemName) -> Named {
        let item = self.document.items.get(name);
        Self::named(name.as_str(), item.map(|item| item.label.get(self.language)))
    }

    fn items<'n>(&self, names: impl IntoIterator<Item = &'n ItemName>) -> Vec<Named> {
        names.into_iter().map(|name| self.item(name)).collect()
    }

    fn purpose(&self, name: &PurposeName) -> Named {
        let purpose = self.document.purposes.get(name);
        Self::named(name.as_str(), purpose.map(|purpose| purpose.label.get(self.language)))
    }

    fn purposes(&self, names: &[PurposeName]) -> Vec<Named> {
        names.iter().map(|name| self.purpose(name)).collect()
    }

    fn consent(&self, name: &ConsentName) -> Named {
        let consent = self.document.consents.get(name);
        Self::named(name.as_str(), consent.map(|consent| consent.label.get(self.language)))
    }

    fn recipient(&self, name: &RecipientName) -> Named {
        let of_policy = self.document.recipients.get(name).map(|r| r.label.get(self.language));
        let label = self.parties.get(name).map(String::as_str).or(of_policy);
        Self::named(name.as_str(), label)
    }

    /// How long a thing is kept: by which rule, until when if that is known, and what holds it longer.
    fn kept(&self, held: &Held, thing: &Thing) -> Kept {
        let rule = match thing {
            Thing::Item(name) => self.document.items.get(name).map(|item| item.retention),
            Thing::Secret(name) => self.document.secrets.get(name).map(|secret| secret.retention),
            Thing::Account => None,
        };
        let standing = held.standings.iter().find(|standing| standing.thing == *thing);
        let holds = standing.iter().flat_map(|standing| &standing.held_by);
        Kept {
            rule: rule
                .map(|rule| policy::words::retention(rule, self.language))
                .unwrap_or_default(),
            until: standing.and_then(Standing::ends_at),
            held_by: holds
                .map(|by| said::hold(&by.hold, by.law, self.document, self.language).to_owned())
                .collect(),
        }
    }
}

fn named_kind(kind: RequestKind, language: Language) -> Named {
    Teller::named(&requests::kind_word(kind), Some(kind.words(language)))
}

/// Writes down what is told; opens the values that the grant covers.
///
/// # Errors
/// When a value does not open: it was changed or moved.
pub(super) fn tell(app: &App, gathered: &Gathered, wordings: &[Document]) -> Result<Told, Error> {
    let document = &*gathered.document;
    let progress = &gathered.request.progress;
    let language = gathered.request.matter.language;
    let recorded = gathered.records.iter().filter_map(|shown| match &shown.record.act {
        Act::Disclosed(provision) => {
            let party = &provision.third_party;
            Some((party.recipient.clone(), party.name.clone()))
        }
        _ => None,
    });
    let mut parties = gathered.registered.clone();
    parties.extend(recorded);
    let teller = Teller { document, language, parties };
    let kind = progress.kind;
    let all = kind == RequestKind::Disclosure;
    let held = gathered.held.as_ref();
    let regime = document.regimes.get(&gathered.regime);
    let controller = &document.controller;
    let records = &gathered.records;
    let with_purposes = matches!(kind, RequestKind::Disclosure | RequestKind::PurposeNotice);
    let with_records = matches!(kind, RequestKind::Disclosure | RequestKind::ProvisionRecords);
    Ok(Told {
        format: FORMAT,
        language,
        request: About {
            number: gathered.request.id.number(),
            of: kind,
            kind: named_kind(kind, language),
            article: regime
                .and_then(|regime| regime.requests.kinds.get(&kind))
                .map(|rules| rules.source.clone())
                .unwrap_or_default(),
            received_at: progress.received_at,
            answered_at: gathered.at,
            outcome: gathered.decision.outcome,
            regime: Teller::named(
                gathered.regime.as_str(),
                regime.map(|regime| regime.law.get(language)),
            ),
            policy: document.version,
            name: gathered.request.matter.name.clone(),
            reply: gathered.request.matter.reply.clone(),
        },
        controller: Controller {
            name: controller.name.get(language).to_owned(),
            address: controller.address.get(language).to_owned(),
            representative: controller.representative.get(language).to_owned(),
            information_manager: controller.information_manager.get(language).to_owned(),
            desk: controller.desk.name.get(language).to_owned(),
            email: controller.desk.email.clone(),
            authority: regime
                .map(|regime| regime.authority.get(language).to_owned())
                .unwrap_or_default(),
        },
        subject: gathered.request.subject.map(|subject| subject.to_string()),
        items: match held.filter(|_| all) {
            Some(held) => Some(items(app, gathered, held, &teller)?),
            None => None,
        },
        withheld: withheld(gathered, &teller),
        secrets: held
            .filter(|_| all && gathered.request.matter.items.is_empty())
            .map(|held| secrets(held, &teller)),
        consents: held.filter(|_| all).map(|held| consents(held, records, wordings, &teller)),
        stops: held.filter(|_| all).map(|held| {
            let stop = |(what, since): &(Restriction, Timestamp)| match what {
                Restriction::Purpose(purpose) => Stop {
                    stopped: "use",
                    of: purpose.as_ref().map(|name| teller.purpose(name)),
                    since: *since,
                },
                Restriction::Provision(recipient) => Stop {
                    stopped: "provision",
                    of: recipient.as_ref().map(|name| teller.recipient(name)),
                    since: *since,
                },
            };
            held.stops.iter().map(stop).collect()
        }),
        engagements: held.filter(|_| all).map(|held| {
            let engagements = held.engagements.iter();
            let told = engagements.map(|(recipient, engagement)| EngagementTold {
                recipient: teller.recipient(recipient),
                reference: engagement.reference.to_string(),
                starts_at: engagement.starts_at,
                ends_at: engagement.ends_at,
                cancelled: engagement.cancelled,
            });
            told.collect()
        }),
        purposes: held.filter(|_| with_purposes).map(|held| purposes(gathered, held, &teller)),
        provisions: with_records.then(|| provisions(records, &teller)),
        uses: all.then(|| uses(records, &teller)),
        refusals: all.then(|| refusals(records, &teller)),
        abroad: (kind == RequestKind::EquivalentMeasures).then(|| abroad(gathered, &teller)),
        erasure: (kind == RequestKind::Erasure).then(|| erasure(gathered, &teller)),
        rights: regime
            .map(|regime| {
                let kinds = regime.requests.kinds.keys();
                kinds.map(|kind| named_kind(*kind, language)).collect()
            })
            .unwrap_or_default(),
        has_records: !records.is_empty(),
    })
}

fn items(
    app: &App,
    gathered: &Gathered,
    held: &Held,
    teller: &Teller<'_>,
) -> Result<Vec<ItemTold>, Error> {
    let (Some(grant), Some(wrapped)) = (&gathered.grant, &held.wrapped) else {
        return Ok(Vec::new());
    };
    let key = app.keys.subject_key(held.subject, wrapped)?;
    let mut told = Vec::with_capacity(held.sealed.len());
    for sealed in &held.sealed {
        let name: ItemName = sealed.item.parse().map_err(anyhow::Error::from)?;
        let plain = vault::open(grant, &key, &name, sealed.version, &sealed.sealed)
            .map_err(|error| anyhow::anyhow!("item `{name}` of {}: {error}", held.subject))?;
        let item = teller.document.items.get(&name);
        let language = teller.language;
        let value_label =
            item.and_then(|item| crate::words::value(&item.value, plain.reveal(), language));
        let confirmed = held.values.iter().find(|value| value.item == sealed.item);
        let moment = |at| subjects::moment(at).map_err(anyhow::Error::from);
        let through = linked::origin(&held.links, &name, sealed.version);
        told.push(ItemTold {
            item: teller.item(&name),
            value: plain.reveal().to_owned(),
            value_label: value_label.map(str::to_owned),
            special_care: item.is_some_and(|item| item.sensitivity == Sensitivity::SpecialCare),
            source: said::source(item, through, teller.document, teller.language),
            version: sealed.version,
            put_at: moment(sealed.put_at)?,
            confirmed_at: confirmed.and_then(|value| value.confirmed_at).map(moment).transpose()?,
            purposes: item.map(|item| teller.purposes(&item.purposes)).unwrap_or_default(),
            kept: teller.kept(held, &Thing::Item(name)),
        });
    }
    // In the order in which she reads the policy.
    let order: Vec<&ItemName> =
        teller.document.items_in_order().into_iter().map(|(name, _)| name).collect();
    let position = |told: &ItemTold| order.iter().position(|name| name.as_str() == told.item.name);
    told.sort_by_key(|told| position(told).unwrap_or(usize::MAX));
    Ok(told)
}

/// What is not told, with the ground as far as the regime lets it be told (G1).
fn withheld(gathered: &Gathered, teller: &Teller<'_>) -> Vec<Withheld> {
    let requests = teller.document.requests.as_ref();
    let told = requests.and_then(|requests| requests.reasons_told.get(&gathered.regime));
    let told = told.copied().unwrap_or(ReasonsTold::Full);
    let decision = &gathered.decision;
    let parts = decision.refused.iter().filter_map(|part| Some((part.item.as_ref()?, part.ground)));
    parts
        .map(|(item, ground)| Withheld {
            item: teller.item(item),
            ground: (told != ReasonsTold::None).then_some(ground),
            ground_label: (told != ReasonsTold::None)
                .then(|| ground.words(teller.language).to_owned()),
            reason: (told == ReasonsTold::Full && !decision.reason.is_empty())
                .then(|| decision.reason.clone()),
        })
        .collect()
}

fn secrets(held: &Held, teller: &Teller<'_>) -> Vec<SecretTold> {
    let told = held.secrets.iter().map(|(name, shown, put_at)| {
        let secret = teller.document.secrets.get(name);
        SecretTold {
            secret: Teller::named(
                name.as_str(),
                secret.map(|secret| secret.label.get(teller.language)),
            ),
            shown: shown.clone(),
            how: secret
                .map(|secret| policy::words::secret(secret.keeps, teller.language).to_owned())
                .unwrap_or_default(),
            put_at: *put_at,
            purposes: secret.map(|secret| teller.purposes(&secret.purposes)).unwrap_or_default(),
            kept: teller.kept(held, &Thing::Secret(name.clone())),
        }
    });
    told.collect()
}

fn consents(
    held: &Held,
    records: &[Shown],
    wordings: &[Document],
    teller: &Teller<'_>,
) -> Vec<ConsentTold> {
    let told = held.consents.iter().map(|(fact, shown_in)| {
        let history = records.iter().flat_map(|shown| {
            let taken = match &shown.record.act {
                Act::Registered { consents, .. } => consents.as_slice(),
                Act::ConsentChanged { consent, .. } => std::slice::from_ref(consent),
                _ => &[],
            };
            taken.iter().filter(|taken| taken.consent == fact.consent).map(|taken| ConsentEvent {
                at: shown.record.at,
                state: taken.state,
                notice: taken.notice,
                record: shown.place.record_id(),
            })
        });
        let shown = wordings.iter().find(|document| document.version == fact.notice);
        let shown = shown.or((teller.document.version == fact.notice).then_some(teller.document));
        let consent = shown.and_then(|document| document.consents.get(&fact.consent));
        let language = Language::parse(shown_in).unwrap_or(teller.language);
        ConsentTold {
            consent: teller.consent(&fact.consent),
            state: fact.state,
            state_label: said::state(fact.state, teller.language).to_owned(),
            since: fact.at,
            notice: fact.notice,
            notice_language: shown_in.clone(),
            wording: consent.map(|consent| consent.wording.get(language).to_owned()),
            history: history.collect(),
        }
    });
    told.collect()
}

fn purposes(gathered: &Gathered, held: &Held, teller: &Teller<'_>) -> Vec<PurposeTold> {
    let has = |item: &ItemName| {
        held.values.iter().any(|value| value.item == item.as_str()) && gathered.asked(item)
    };
    let stopped = |name: &PurposeName| {
        held.stops.iter().any(|(what, _)| {
            matches!(what, Restriction::Purpose(of) if of.as_ref().is_none_or(|of| of == name))
        })
    };
    let given = |name: &ConsentName| {
        let mut facts = held.consents.iter().map(|(fact, _)| fact);
        facts.any(|fact| fact.consent == *name && fact.state == ConsentState::Given)
    };
    let mut told = Vec::new();
    for (name, purpose) in teller.document.purposes_in_order() {
        let Some(basis) = purpose.basis.get(&gathered.regime) else { continue };
        let serves = |(_, item): &(&ItemName, &Item)| item.purposes.contains(name);
        let of_hers = teller.document.items_in_order().into_iter().filter(serves);
        let of_hers = of_hers.filter(|(item, _)| has(item));
        // What has a consent of its own is not used without it, whatever the purpose rests on (R9.2).
        let allowed = |(_, item): &(&ItemName, &Item)| item.consent.as_ref().is_none_or(&given);
        let (used, unused): (Vec<_>, Vec<_>) = of_hers.partition(allowed);
        let standing = match basis {
            _ if stopped(name) => "stopped",
            Basis::Consent(consent) if !given(consent) => "no_consent",
            _ => "in_use",
        };
        let without = if standing == "stopped" { standing } else { "no_consent" };
        for (items, standing) in [(used, standing), (unused, without)] {
            if items.is_empty() {
                continue;
            }
            told.push(PurposeTold {
                purpose: teller.purpose(name),
                basis: policy::words::basis(basis, teller.language).to_owned(),
                interest: purpose.interest.as_ref().map(|i| i.get(teller.language).to_owned()),
                items: teller.items(items.into_iter().map(|(item, _)| item)),
                standing,
            });
        }
    }
    told
}

/// The newest first, as people look for them.
fn provisions(records: &[Shown], teller: &Teller<'_>) -> Vec<ProvisionTold> {
    let told = records.iter().rev().filter_map(|shown| {
        let Act::Disclosed(provision) = &shown.record.act else { return None };
        let Provision { third_party: party, .. } = &**provision;
        Some(ProvisionTold {
            record: shown.place.record_id(),
            at: shown.record.at,
            recipient: Teller::named(party.recipient.as_str(), Some(&party.name)),
            role: party.role,
            address: party.address.clone(),
            representative: party.representative.clone(),
            country: party.country.clone(),
            country_label: policy::words::country(&party.country, teller.language).to_owned(),
            purpose: teller.purpose(&provision.purpose),
            items: teller.items(provision.items.iter().map(|held| &held.item)),
            basis: provision.basis,
            basis_label: said::provision_basis(provision.basis, teller.language).to_owned(),
            consents: provision
                .consents
                .iter()
                .map(|(consent, notice)| ConsentGiven {
                    consent: teller.consent(consent),
                    notice: *notice,
                })
                .collect(),
            route: provision.route,
            record_duty: provision.record_duty,
            reference: provision.reference.as_ref().map(ToString::to_string),
            exception: provision
                .exception
                .as_ref()
                .map(|used| policy::words::exception(used.kind, teller.language).to_owned()),
            kept_until: provision.keep_until,
        })
    });
    told.collect()
}

fn uses(records: &[Shown], teller: &Teller<'_>) -> Vec<Use> {
    let told = records.iter().rev().filter_map(|shown| match &shown.record.act {
        Act::Used { items, purpose, basis } => Some(Use {
            record: shown.place.record_id(),
            at: shown.record.at,
            purpose: teller.purpose(purpose),
            items: teller.items(items.iter().map(|held| &held.item)),
            basis: Basis::parse(basis).map_or_else(
                || words::basis_word(basis, teller.language),
                |basis| policy::words::basis(&basis, teller.language).to_owned(),
            ),
        }),
        _ => None,
    });
    told.collect()
}

fn refusals(records: &[Shown], teller: &Teller<'_>) -> Vec<RefusalTold> {
    let told = records.iter().rev().filter_map(|shown| match &shown.record.act {
        Act::Refused { ask, reasons, .. } => Some(RefusalTold {
            record: shown.place.record_id(),
            at: shown.record.at,
            recipient: ask.recipient.as_ref().map(|name| teller.recipient(name)),
            purpose: teller.purpose(&ask.purpose),
            items: teller.items(&ask.items),
            reasons: reasons
                .iter()
                .map(|reason| said::reason(reason, teller.language, teller.document))
                .collect(),
        }),
        _ => None,
    });
    told.collect()
}

/// Who is reached abroad by equivalent measures (Rules 18(3)).
fn abroad(gathered: &Gathered, teller: &Teller<'_>) -> Vec<Abroad> {
    let wanted = &gathered.request.matter.recipients;
    let language = teller.language;
    let recipients = teller.document.recipients_in_order().into_iter();
    let told = recipients.filter_map(|(name, recipient)| {
        let measures = recipient.equivalent_measures.as_ref()?;
        if !wanted.is_empty() && !wanted.contains(name) {
            return None;
        }
        let country = recipient.country.clone()?;
        let profile = teller.document.countries.get(&country);
        Some(Abroad {
            recipient: teller.recipient(name),
            country_label: policy::words::country(&country, language).to_owned(),
            outline: measures.outline.as_ref().map(|words| words.get(language).to_owned()),
            checks: measures.checks.as_ref().map(|words| words.get(language).to_owned()),
            checked_on: measures.checked_on,
            measures: recipient.measures.as_ref().map(|words| words.get(language).to_owned()),
            system: profile.map(|profile| profile.system.get(language).to_owned()),
            other_systems: profile
                .and_then(|profile| profile.other_systems.as_ref())
                .map(|words| words.get(language).to_owned()),
            surveyed_on: profile.map(|profile| profile.surveyed_on),
            country,
        })
    });
    told.collect()
}

fn erasure(gathered: &Gathered, teller: &Teller<'_>) -> Erasure {
    let thing = |thing: &Thing| said::thing(thing, teller.document, teller.language);
    let erased = gathered.request.matter.erased.as_ref();
    let shown = gathered.records.first();
    let gone = erased.iter().flat_map(|erased| &erased.gone);
    let stayed = erased.iter().flat_map(|erased| &erased.stayed);
    Erasure {
        gone: shown.map_or_else(Vec::new, |shown| {
            let told = gone.map(|Gone { thing: what, version, .. }| GoneTold {
                record: shown.place.record_id(),
                at: shown.record.at,
                thing: thing(what),
                version: *version,
            });
            told.collect()
        }),
        stayed: stayed
            .map(|Stayed { thing: what, until, because, held_by }| StayedTold {
                thing: thing(what),
                // A hold keeps it longer than its own time.
                until: held_by.iter().map(|by| by.until).fold(*until, Ord::max).moment(),
                because: match what {
                    Thing::Account => words::account_stays(teller.language).to_owned(),
                    _ => said::last_purpose(because.as_ref(), teller.document, teller.language),
                },
                held_by: held_by
                    .iter()
                    .map(|by| {
                        said::hold(&by.hold, by.law, teller.document, teller.language).to_owned()
                    })
                    .collect(),
            })
            .collect(),
        records: gathered.records_kept.clone(),
        told: gathered
            .told
            .iter()
            .map(|told| RecipientTold {
                recipient: teller.recipient(&told.recipient),
                instruction: told.instruction,
                told_at: told.told_at,
                answered_at: told.answered_at,
                outcome: told.outcome,
            })
            .collect(),
    }
}
