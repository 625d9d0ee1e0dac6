//! Facts and record of an answer, in one transaction: what may be told under the grant, and that it was
//! told. No value is opened here. The records that are shown are: they hold none, and how many are shown
//! is part of what is written down.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use policy::item::SecretKind;
use policy::record::{Act, HeldItem};
use policy::request::{Decision, Grant, RequestId, RequestKind};
use policy::retention::Standing;
use policy::{
    ConsentFact, Document, Engagement, ItemName, RecipientName, Record, RegimeName, SecretName,
    SubjectId, Version,
};

use crate::acts::request::{Request, receipt};
use crate::app::App;
use crate::erase::Holdings;
use crate::error::Error;
use crate::instruct;
use crate::linked::{self, Link};
use crate::once::Fresh;
use crate::record::{Opening, Place};
use crate::store::items::{HeldValue, SealedItem};
use crate::store::restrictions::Restriction;
use crate::store::{Tx, consents, engagements, items, records, restrictions, secrets, subjects};

/// A record that is shown, with what opens its entry in the ledger.
pub(super) struct Shown {
    /// Where it stands.
    pub place: Place,
    /// What it says.
    pub record: Record,
    /// Its salt and exact bytes.
    pub opening: Opening,
}

/// What is told of one person, still sealed.
pub(super) struct Held {
    /// Who.
    pub subject: SubjectId,
    /// Her key, wrapped; `None` when it was shredded.
    pub wrapped: Option<Vec<u8>>,
    /// The values that the grant covers and she asked for.
    pub sealed: Vec<SealedItem>,
    /// When every value that is held was put and confirmed, by item.
    pub values: Vec<HeldValue>,
    /// Until when everything of hers is kept.
    pub standings: Vec<Standing>,
    /// Her secrets: names, what is shown of a card, when they were put.
    pub secrets: Vec<(SecretName, Option<String>, Timestamp)>,
    /// The services that she linked.
    pub links: Vec<Link>,
    /// How her consents stand, with the language she answered in.
    pub consents: Vec<(ConsentFact, String)>,
    /// What she had stopped.
    pub stops: Vec<(Restriction, Timestamp)>,
    /// Her engagements, each with its recipient.
    pub engagements: Vec<(RecipientName, Engagement)>,
}

/// Everything that an answer is written from.
pub(super) struct Gathered {
    /// The request that is answered.
    pub request: Request,
    /// Its decision.
    pub decision: Decision,
    /// Leave to open values; none is needed for what is told of companies.
    pub grant: Option<Grant>,
    /// By whose rules.
    pub regime: RegimeName,
    /// The policy in force.
    pub document: Arc<Document>,
    /// When it is answered.
    pub at: Timestamp,
    /// What is held of her; `None` once nothing is.
    pub held: Option<Held>,
    /// The records that are shown, oldest first.
    pub records: Vec<Shown>,
    /// Who is told of an erasure, and what they answered.
    pub told: Vec<receipt::Told>,
    /// The records of provisions that an erasure leaves.
    pub records_kept: Vec<receipt::RecordsKept>,
    /// Members of categories who are told or engaged, by the legal name in the register.
    pub registered: BTreeMap<RecipientName, String>,
}

impl Gathered {
    /// The policy versions whose wording she agreed to or refused.
    pub fn notices(&self) -> Vec<Version> {
        if self.request.progress.kind != RequestKind::Disclosure {
            return Vec::new();
        }
        let consents = self.held.iter().flat_map(|held| &held.consents);
        let notices: BTreeSet<Version> = consents.map(|(fact, _)| fact.notice).collect();
        notices.into_iter().collect()
    }

    /// True when she asked for this item, or for all.
    pub fn asked(&self, item: &ItemName) -> bool {
        self.request.matter.items.is_empty() || self.request.matter.items.contains(item)
    }
}

/// The transaction: may it be answered, what is to be told, and that it is.
pub(super) fn gather(
    app: &App,
    tx: &mut Tx<'_>,
    id: RequestId,
    (by, now): (&str, Timestamp),
    fresh: &Fresh,
) -> Result<Gathered, Error> {
    let request = Request::read(&app.keys, tx, id)?
        .ok_or_else(|| Error::not_found("request", id.to_string()))?;
    let kind = request.progress.kind;
    if matches!(
        kind,
        RequestKind::Correction
            | RequestKind::StopUse
            | RequestKind::StopProvision
            | RequestKind::Complaint
    ) {
        return Err(Error::Conflict("the answer to this request is its letter alone".to_owned()));
    }
    let nothing = || {
        Error::Conflict(
            "there is nothing to hand out: the request is not decided, or refused, or over"
                .to_owned(),
        )
    };
    let decision = request.progress.answerable().ok_or_else(nothing)?.clone();
    let grant = request.subject.and_then(|subject| request.progress.grant(id, subject));
    if grant.is_none() && kind != RequestKind::EquivalentMeasures {
        return Err(nothing());
    }
    let document = app.policy();
    let held = match &grant {
        Some(grant) => held(app, tx, &document, &request, grant, now)?,
        None => None,
    };
    let regime = match request.subject {
        Some(subject) => subjects::get(tx, subject)?.and_then(|held| held.regime),
        None => None,
    };
    let regime = regime.unwrap_or_else(|| request.progress.regime.clone());
    let records = match &grant {
        Some(grant) if kind == RequestKind::Erasure => erasure(app, tx, &request, grant)?,
        Some(grant) => shown(app, tx, &request, grant)?,
        None => Vec::new(),
    };
    let told = match kind {
        RequestKind::Erasure => receipt::told(&app.keys, tx, id)?,
        _ => Vec::new(),
    };
    let records_kept = match &grant {
        Some(grant) if kind == RequestKind::Erasure => {
            receipt::records_kept(app, tx, grant.subject())?
        }
        _ => Vec::new(),
    };
    let engaged = held.iter().flat_map(|held| &held.engagements).map(|(name, _)| name);
    let mut registered = BTreeMap::new();
    for name in told.iter().map(|told| &told.recipient).chain(engaged) {
        if let Some(details) = instruct::registered(&app.keys, tx, name)? {
            registered.insert(name.clone(), details.name);
        }
    }
    let mut opened = Vec::new();
    for sealed in held.iter().flat_map(|held| &held.sealed) {
        let item = sealed.item.parse().map_err(anyhow::Error::from)?;
        opened.push(HeldItem { item, version: sealed.version });
    }
    let act = Act::Answered { request: id, items: opened, records: records.len() as u64 };
    let (policy, subject) = (document.version, request.subject);
    let record = Record { at: now, policy, subject, by: by.to_owned(), act };
    app.record(tx, &record, None, fresh)?;
    Ok(Gathered {
        request,
        decision,
        grant,
        regime,
        document,
        at: now,
        held,
        records,
        told,
        records_kept,
        registered,
    })
}

/// What is told of her for this kind of request.
fn held(
    app: &App,
    tx: &mut Tx<'_>,
    document: &Document,
    request: &Request,
    grant: &Grant,
    now: Timestamp,
) -> Result<Option<Held>, Error> {
    let subject = grant.subject();
    let Some(holdings) = Holdings::read(&app.keys, tx, subject)? else { return Ok(None) };
    let standings = holdings.standing(document, now)?;
    let mut sealed = items::all(tx, subject)?;
    sealed.retain(|item| {
        item.item.parse().is_ok_and(|name: ItemName| {
            grant.covers(subject, &name)
                && (request.matter.items.is_empty() || request.matter.items.contains(&name))
        })
    });
    let moment = |at| subjects::moment(at).map_err(anyhow::Error::from);
    let mut secrets_shown = Vec::new();
    for (name, kept, put_at) in secrets::shown(tx, subject)? {
        let name: SecretName = name.parse().map_err(anyhow::Error::from)?;
        // A card has its brand and last four digits in clear; a password its verifier.
        let is_card = document.secrets.get(&name).is_some_and(|s| s.keeps == SecretKind::CardToken);
        secrets_shown.push((name, is_card.then_some(kept), moment(put_at)?));
    }
    let mut stops = Vec::new();
    for (what, since) in restrictions::with_moments(tx, subject)? {
        stops.push((what, moment(since)?));
    }
    Ok(Some(Held {
        subject,
        wrapped: subjects::get(tx, subject)?.and_then(|held| held.wrapped),
        sealed,
        values: items::held(tx, subject)?,
        standings,
        secrets: secrets_shown,
        links: linked::all(&app.keys, tx, subject)?,
        consents: consents::all(tx, subject)?,
        stops,
        engagements: engagements::all(tx, subject)?,
    }))
}

/// The record of an erasure that was carried out.
fn erasure(
    app: &App,
    tx: &mut Tx<'_>,
    request: &Request,
    grant: &Grant,
) -> Result<Vec<Shown>, Error> {
    let Some(erased) = &request.matter.erased else {
        return Err(Error::Conflict("it is not carried out yet".to_owned()));
    };
    let Some(place) = erased.place else { return Ok(Vec::new()) };
    let row = records::at(tx, place.index.cast_signed())?
        .filter(|row| row.subject == Some(grant.subject()))
        .ok_or_else(|| anyhow::anyhow!("record {} is missing", place.index))?;
    let opening = app.open_record(&row)?;
    let record = opening.record().map_err(anyhow::Error::from)?;
    Ok(vec![Shown { place: Place { index: place.index, id: row.id }, record, opening }])
}

/// The records that are shown for this kind of request, oldest first.
fn shown(
    app: &App,
    tx: &mut Tx<'_>,
    request: &Request,
    grant: &Grant,
) -> Result<Vec<Shown>, Error> {
    let kind = grant.kind();
    if !matches!(kind, RequestKind::Disclosure | RequestKind::ProvisionRecords) {
        return Ok(Vec::new());
    }
    let matter = &request.matter;
    let about = |item: &ItemName| matter.items.is_empty() || matter.items.contains(item);
    let to = |recipient: &RecipientName| {
        matter.recipients.is_empty() || matter.recipients.contains(recipient)
    };
    let all = kind == RequestKind::Disclosure;
    let mut shown = Vec::new();
    for row in records::of_subject(tx, grant.subject())? {
        let place = Place { index: row.place.unsigned_abs(), id: row.id };
        if !matches!(
            row.act.as_str(),
            "disclosed" | "used" | "refused" | "registered" | "consent_changed"
        ) {
            continue;
        }
        let opening = app.open_record(&row)?;
        let record = opening.record().map_err(anyhow::Error::from)?;
        let is_shown = match &record.act {
            // Act 33(5), Order 11: where telling her would do harm, the record is kept and not shown.
            Act::Disclosed(provision) => {
                !provision.exception.as_ref().is_some_and(|used| used.withheld_from_subject)
                    && provision.items.iter().any(|held| about(&held.item))
                    && to(&provision.third_party.recipient)
            }
            Act::Used { items, .. } => all && items.iter().any(|held| about(&held.item)),
            Act::Refused { ask, withheld_from_subject, .. } => {
                all && !withheld_from_subject
                    && ask.items.iter().any(about)
                    && ask.recipient.as_ref().is_none_or(to)
            }
            Act::Registered { .. } | Act::ConsentChanged { .. } => all,
            _ => false,
        };
        if is_shown {
            shown.push(Shown { place, record, opening });
        }
    }
    Ok(shown)
}
