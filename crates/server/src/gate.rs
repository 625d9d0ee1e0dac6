//! The one way out: decide → record → open.
//!
//! Every use and every disclosure of a value comes through here. The facts are gathered, decided
//! upon and written down in one transaction; only when that is durable does the vault open
//! anything. A refusal walks the same way and is written down too. Knows nothing of HTTP.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use policy::party::{Legal, base32};
use policy::record::{Act, ExceptionUsed, HeldItem, Provision, ThirdParty, keep_until};
use policy::retention::Holding;
use policy::{
    Ask, ConsentFact, Decision, Document, Facts, ItemName, Permit, Reason, RecipientFact,
    RecipientName, Record, RecordDuty, Reference, SubjectId, decide,
};
use vault::Plain;
use zeroize::Zeroizing;

use crate::app::App;
use crate::error::Error;
use crate::intake::Details;
use crate::letter::WouldGo;
use crate::once::{Fresh, Once};
use crate::record::{Place, Rules};
use crate::store::items::SealedItem;
use crate::store::restrictions::Restriction;
use crate::store::{
    Conn, Question, Row, Tx, consents, engagements, exceptions, facts, idempotency, items,
    recipients, restrictions, subjects,
};

/// What crossed the gate.
pub struct Disclosed {
    /// The values asked for; `None` where nothing is held.
    pub items: BTreeMap<ItemName, Option<Plain>>,
    /// The record of it.
    pub place: Place,
    /// Whether law asks for the record.
    pub record_duty: RecordDuty,
    /// Until when the record is kept; `None` for the controller's own use.
    pub keep_until: Option<Timestamp>,
}

/// Who asks, on what terms.
pub struct Asking {
    /// The question.
    pub ask: Ask,
    /// The approval it stands on, if it asks for an exception.
    pub exception: Option<[u8; 16]>,
    /// The service key's name.
    pub by: String,
    /// Makes a repeated request one act.
    pub once: Option<Once>,
}

/// How an ask came out, as the transaction leaves it.
enum Crossing {
    Permitted(Box<Permitted>),
    Refused { reasons: Vec<Reason>, place: Place },
}

/// A permit with what it opens; nothing is opened yet.
struct Permitted {
    permit: Permit,
    wrapped: Vec<u8>,
    sealed: Vec<SealedItem>,
    place: Place,
    keep_until: Option<Timestamp>,
}

/// Discloses, or refuses; either is on record before this returns.
///
/// # Errors
/// [`Error::Refused`] with every reason; [`Error::KeyReused`]; failures of database or vault.
pub async fn disclose(app: &Arc<App>, asking: Asking) -> Result<Disclosed, Error> {
    let crossing = {
        let app = Arc::clone(app);
        let now = app.clock.now();
        let fresh = Fresh::new()?;
        let keeper = Arc::clone(&app);
        let questions = questions(&asking);
        let act = move |tx: &mut Tx<'_>, rows| cross(&keeper, tx, &asking, rows, now, &fresh);
        app.store.write_after(questions, act).await?
    };
    // The act is durable: only now may anything be opened.
    match crossing {
        Crossing::Refused { reasons, place } => Err(Error::Refused { reasons, place: Some(place) }),
        Crossing::Permitted(permitted) => open(app, *permitted),
    }
}

/// The transaction: gather, decide, write down.
fn cross(
    app: &App,
    tx: &mut Tx<'_>,
    asking: &Asking,
    rows: Vec<Vec<Row>>,
    now: Timestamp,
    fresh: &Fresh,
) -> Result<Crossing, Error> {
    let rules = app.rules();
    let document = &rules.document;
    let gathered = gather(app, &rules, asking, rows)?;
    let replay = match (&asking.once, &gathered.known_key) {
        (Some(once), Some(known)) => Some(once.replays(known)?),
        _ => None,
    };
    let Gathered { facts, wrapped, sealed, details, .. } = gathered;
    let decision = decide(asking.ask.clone(), &facts, now);
    let subject = facts.regime.is_some().then_some(asking.ask.subject);
    let (act, outcome) = match decision {
        Decision::Refusal(refusal) => {
            let reasons = refusal.reasons;
            (refused(&asking.ask, &facts, reasons.clone()), Err(reasons))
        }
        Decision::Permit(permit) => {
            let Some(wrapped) = wrapped else {
                return Err(anyhow::anyhow!("a subject without a key has items").into());
            };
            let held = held_items(&sealed)?;
            let (act, until) = match permit.recipient() {
                None => (
                    Act::Used {
                        items: held,
                        purpose: permit.purpose().clone(),
                        basis: permit.basis().word().to_owned(),
                    },
                    None,
                ),
                Some(_) => {
                    let third_party = third_party(document, &facts, details)?;
                    let until = regime_of(document, &facts)
                        .map(|regime| keep_until(regime, now))
                        .transpose()
                        .map_err(anyhow::Error::from)?
                        .unwrap_or(now);
                    let exception =
                        permit.exception().zip(asking.exception.as_ref()).map(|(approval, id)| {
                            ExceptionUsed {
                                id: format!("exc_{}", base32().encode(id)),
                                kind: approval.kind,
                                withheld_from_subject: approval.withheld_from_subject,
                            }
                        });
                    let provision = Provision::of(&permit, third_party, held, until, exception);
                    (Act::Disclosed(Box::new(provision)), Some(until))
                }
            };
            (act, Ok((permit, wrapped, until)))
        }
    };
    let until = outcome.as_ref().ok().and_then(|(_, _, until)| *until);
    let standing = match replay {
        Some(index) => app.same_record(tx, index, &act)?,
        None => None,
    };
    let (place, until) = match standing {
        // The same request again, with the same answer: what was written down stands.
        Some(standing) => standing,
        None => {
            let record =
                Record { at: now, policy: document.version, subject, by: asking.by.clone(), act };
            let place = app.record(tx, &record, until, fresh)?;
            // The key keeps standing for what was done under it first.
            if let (Some(once), None) = (&asking.once, replay) {
                once.done(tx, place.index, now);
            }
            (place, until)
        }
    };
    Ok(match outcome {
        Err(reasons) => Crossing::Refused { reasons, place },
        Ok((permit, wrapped, _)) => Crossing::Permitted(Box::new(Permitted {
            permit: *permit,
            wrapped,
            sealed,
            place,
            keep_until: until,
        })),
    })
}

/// The act of a refusal.
fn refused(ask: &Ask, facts: &Facts<'_>, reasons: Vec<Reason>) -> Act {
    // An approval about somebody else hides nothing.
    let withheld_from_subject = facts.approval.as_ref().is_some_and(|approval| {
        approval.withheld_from_subject
            && approval.subject.is_none_or(|subject| subject == ask.subject)
    });
    Act::Refused { ask: ask.clone(), reasons, withheld_from_subject }
}

/// How an ask would come out now, for an act that leaves it to a later moment; nothing is opened. A
/// refusal is written down as at the gate itself, and returned with its reasons. May run more than
/// once.
///
/// # Errors
/// When the facts cannot be read, or the refusal cannot be sealed.
pub fn foresee(
    app: &App,
    tx: &mut Tx<'_>,
    asking: &Asking,
    now: Timestamp,
    fresh: &Fresh,
) -> Result<Option<(Vec<Reason>, Place)>, Error> {
    let rules = app.rules();
    let rows = answers(tx, asking)?;
    let facts = gather(app, &rules, asking, rows)?.facts;
    let Decision::Refusal(refusal) = decide(asking.ask.clone(), &facts, now) else {
        return Ok(None);
    };
    let subject = facts.regime.is_some().then_some(asking.ask.subject);
    let act = refused(&asking.ask, &facts, refusal.reasons.clone());
    let policy = rules.document.version;
    let record = Record { at: now, policy, subject, by: asking.by.clone(), act };
    let place = app.record(tx, &record, None, fresh)?;
    Ok(Some((refusal.reasons, place)))
}

/// Opens the one value of an ask within an act that puts it anew and writes down that it did: nothing is
/// shown to anybody. `None` when the rules refuse, which asks nobody and so is not on record; `Some(None)`
/// when nothing is held.
///
/// # Errors
/// When the facts cannot be read, or the value does not open.
pub fn to_amend(
    app: &App,
    tx: &mut Tx<'_>,
    asking: &Asking,
    now: Timestamp,
) -> Result<Option<Option<Plain>>, Error> {
    let rules = app.rules();
    let rows = answers(tx, asking)?;
    let Gathered { facts, wrapped, sealed, .. } = gather(app, &rules, asking, rows)?;
    let Decision::Permit(permit) = decide(asking.ask.clone(), &facts, now) else { return Ok(None) };
    let (Some(wrapped), [held]) = (wrapped, &sealed[..]) else { return Ok(Some(None)) };
    let key = app.keys.subject_key(permit.subject(), &wrapped)?;
    let name: ItemName = held.item.parse().map_err(anyhow::Error::from)?;
    let plain = vault::open(&*permit, &key, &name, held.version, &held.sealed)
        .map_err(|error| anyhow::anyhow!("item `{name}` of {}: {error}", permit.subject()))?;
    Ok(Some(Some(plain)))
}

/// What would go to a recipient for an engagement, should it ask `when`: for her to be told of.
/// Nothing is opened, and nothing is written down. `None` when nothing would.
///
/// # Errors
/// When the facts cannot be read.
pub async fn would_go(
    app: &Arc<App>,
    subject: SubjectId,
    recipient: RecipientName,
    reference: Reference,
    when: Timestamp,
) -> Result<Option<WouldGo>, Error> {
    let keeper = Arc::clone(app);
    let look =
        move |conn: &mut Conn| would_go_on(&keeper, conn, subject, &recipient, &reference, when);
    app.store.read(look).await
}

fn would_go_on(
    app: &App,
    conn: &mut Conn,
    subject: SubjectId,
    recipient: &RecipientName,
    reference: &Reference,
    when: Timestamp,
) -> Result<Option<WouldGo>, Error> {
    let rules = app.rules();
    let document = &rules.document;
    let (mut third, mut purposes) = (None, Vec::new());
    for (name, _) in document.purposes_in_order().into_iter().filter(|(_, p)| p.needs_engagement) {
        let serves = |(_, item): &(&ItemName, &policy::Item)| item.purposes.contains(name);
        let items = document.items_in_order().into_iter().filter(serves);
        let ask = Ask {
            subject,
            recipient: Some(recipient.clone()),
            purpose: name.clone(),
            items: items.map(|(name, _)| name.clone()).collect(),
            reference: Some(reference.clone()),
            exception: false,
        };
        let asking = Asking { ask, exception: None, by: String::new(), once: None };
        let rows = answers(conn, &asking)?;
        let Gathered { facts, details, .. } = gather(app, &rules, &asking, rows)?;
        let (mut basis, mut going) = (None, Vec::new());
        for item in asking.ask.items.iter().filter(|item| facts.holding.put_at.contains_key(*item))
        {
            let ask = Ask { items: vec![item.clone()], ..asking.ask.clone() };
            if let Decision::Permit(permit) = decide(ask, &facts, when) {
                basis = Some(permit.provision_basis());
                going.push(item.clone());
            }
        }
        if let Some(basis) = basis {
            third = Some(third_party(document, &facts, details)?);
            purposes.push((name.clone(), basis, going));
        }
    }
    Ok(third.map(|third_party| WouldGo { third_party, purposes }))
}

/// Opens what the permit covers. The record is durable by now.
fn open(app: &App, permitted: Permitted) -> Result<Disclosed, Error> {
    let Permitted { permit, wrapped, sealed, place, keep_until } = permitted;
    let subject = permit.subject();
    let key = app.keys.subject_key(subject, &wrapped)?;
    let mut items: BTreeMap<ItemName, Option<Plain>> =
        permit.items().iter().map(|item| (item.clone(), None)).collect();
    for SealedItem { item, version, sealed, .. } in sealed {
        let name: ItemName = item.parse().map_err(anyhow::Error::from)?;
        if !permit.covers(subject, &name) {
            continue;
        }
        let plain = vault::open(&permit, &key, &name, version, &sealed)
            .map_err(|error| anyhow::anyhow!("item `{name}` of {subject}: {error}"))?;
        items.insert(name, Some(plain));
    }
    Ok(Disclosed { items, place, record_duty: permit.record_duty(), keep_until })
}

/// The facts of an ask, with what a permit would open.
struct Gathered<'a> {
    facts: Facts<'a>,
    wrapped: Option<Vec<u8>>,
    sealed: Vec<SealedItem>,
    details: Option<Zeroizing<Vec<u8>>>,
    known_key: Option<(Vec<u8>, String)>,
}

/// Everything an answer depends on, to be asked in the transaction that records it. The gate itself
/// writes none of it but the idempotency key, and two of those under one id clash.
fn questions(asking: &Asking) -> Vec<Question> {
    let once = asking.once.as_ref().map(|once| once.id);
    let mut questions = vec![facts::question(&asking.ask, once)];
    if let Some(id) = &asking.exception {
        questions.push((exceptions::BY_ID, vec![id.to_vec().into()]));
    }
    questions
}

/// The answers to [`questions`], where no other act asks beside this one.
fn answers(conn: &mut Conn, asking: &Asking) -> Result<Vec<Vec<Row>>, Error> {
    let questions = questions(asking);
    let mut answers = Vec::with_capacity(questions.len());
    for (sql, params) in &questions {
        answers.push(conn.query(sql, params)?);
    }
    Ok(answers)
}

/// Reads the answers to [`questions`].
fn gather<'a>(
    app: &App,
    rules: &'a Rules,
    asking: &Asking,
    rows: Vec<Vec<Row>>,
) -> Result<Gathered<'a>, Error> {
    let document: &'a Document = &rules.document;
    let ask = &asking.ask;
    let mut answers = rows.into_iter();
    let rows = facts::sorted(answers.next().unwrap_or_default())?;
    let mut unreadable = Vec::new();
    let held = subjects::held(&rows.subject)?;
    let mut consent_facts = Vec::with_capacity(rows.consents.len());
    for row in &rows.consents {
        match consents::fact(row)? {
            Ok(fact) => consent_facts.push(fact),
            Err(what) => unreadable.push(what),
        }
    }
    let (mut stopped, mut stopped_recipients) = (Vec::new(), Vec::new());
    for row in &rows.restrictions {
        match restrictions::restriction(row)? {
            Ok(Restriction::Purpose(purpose)) => stopped.push(purpose),
            Ok(Restriction::Provision(recipient)) => stopped_recipients.push(recipient),
            Err(what) => unreadable.push(what),
        }
    }
    let sealed: Vec<SealedItem> = items::sealed(rows.items)?
        .into_iter()
        .filter(|sealed| ask.items.iter().any(|item| item.as_str() == sealed.item))
        .collect();
    let mut holding = Holding::default();
    for item in &sealed {
        match (item.item.parse(), subjects::moment(item.put_at)) {
            (Ok(name), Ok(put_at)) => drop(holding.put_at.insert(name, put_at)),
            _ => unreadable.push("item".to_owned()),
        }
    }

    let mut recipient_fact = None;
    let mut details = None;
    let mut engagement = None;
    if let Some(name) = &ask.recipient {
        match recipients::fact(name, &rows.recipient)? {
            Some(Ok((fact, sealed))) => {
                recipient_fact = Some(fact);
                details = Some(sealed);
            }
            Some(Err(what)) => unreadable.push(what),
            // A recipient that the policy itself names.
            None => {
                recipient_fact =
                    document.recipients.get(name).filter(|entry| !entry.many).map(|entry| {
                        RecipientFact {
                            name: name.clone(),
                            category: name.clone(),
                            country: entry.country.clone(),
                            suspended: false,
                        }
                    });
            }
        }
        match engagements::engagement(&rows.engagement)? {
            Some(Ok(found)) => engagement = Some(found),
            Some(Err(what)) => unreadable.push(what),
            None => {}
        }
    }
    let known_key = idempotency::known(&rows.once).map(|(r, reply)| (r.to_vec(), reply.to_owned()));
    let mut approval = None;
    if let Some(id) = &asking.exception {
        let rows = answers.next().unwrap_or_default();
        if let Some(sealed) = exceptions::sealed(&rows) {
            match app.keys.open_system("exception", id, sealed) {
                Ok(bytes) => match serde_json::from_slice(&bytes) {
                    Ok(read) => approval = Some(read),
                    Err(_) => unreadable.push("exception".to_owned()),
                },
                Err(_) => unreadable.push("exception".to_owned()),
            }
        }
    }

    let (regime, wrapped) = match held {
        None => (None, None),
        Some(held) => {
            if held.regime.is_none() {
                unreadable.push("regime".to_owned());
            }
            match (held.closed_at, held.engagement_end) {
                (Ok(closed_at), Ok(engagement_end)) => {
                    holding.account_end = closed_at;
                    holding.engagement_end = engagement_end;
                }
                _ => unreadable.push("account".to_owned()),
            }
            if held.wrapped.is_none() {
                // Her key was shredded: she is held no longer.
                (None, None)
            } else {
                (held.regime, held.wrapped)
            }
        }
    };
    let locked = locked(rules, ask, &holding, &consent_facts, recipient_fact.as_ref());
    let facts = Facts {
        policy: document,
        regime,
        consents: consent_facts,
        restrictions: stopped,
        stopped_recipients,
        recipient: recipient_fact,
        engagement,
        approval,
        holding,
        locked,
        unreadable,
    };
    // What the record will say of the recipient must be readable before anything goes there.
    let details = details
        .map(|sealed| app.keys.open_system("recipient", name_of(ask), &sealed))
        .transpose()
        .map_err(|error| anyhow::anyhow!("the register of recipients: {error}"))?;
    Ok(Gathered { facts, wrapped, sealed, details, known_key })
}

/// The items that were put before a version opened them to this ask, and that the person has not
/// consented to since.
fn locked(
    rules: &Rules,
    ask: &Ask,
    holding: &Holding,
    consents: &[ConsentFact],
    recipient: Option<&RecipientFact>,
) -> Vec<ItemName> {
    let category = recipient.map(|fact| &fact.category);
    let mut locked = Vec::new();
    for (since, lock) in &rules.locks {
        if !lock.stands_before(&ask.purpose, category) || lock.ended_by(&rules.document, consents) {
            continue;
        }
        let was_held = |item: &&ItemName| holding.put_at.get(*item).is_some_and(|at| at < since);
        locked.extend(lock.items.iter().filter(was_held).cloned());
    }
    locked
}

fn name_of(ask: &Ask) -> &[u8] {
    ask.recipient.as_ref().map_or(&[], |name| name.as_str().as_bytes())
}

fn held_items(sealed: &[SealedItem]) -> Result<Vec<HeldItem>, Error> {
    sealed
        .iter()
        .map(|item| {
            let name = item.item.parse().map_err(anyhow::Error::from)?;
            Ok(HeldItem { item: name, version: item.version })
        })
        .collect()
}

fn regime_of<'a>(document: &'a Document, facts: &Facts<'_>) -> Option<&'a policy::Regime> {
    document.regimes.get(facts.regime.as_ref()?)
}

/// The third party of the provision record: from the register, or from the policy.
fn third_party(
    document: &Document,
    facts: &Facts<'_>,
    details: Option<Zeroizing<Vec<u8>>>,
) -> Result<ThirdParty, Error> {
    let missing = || anyhow::anyhow!("a permit without a recipient");
    let fact = facts.recipient.as_ref().ok_or_else(missing)?;
    let entry = document.recipients.get(&fact.category).ok_or_else(missing)?;
    let Details { name, address, representative, .. } = match details {
        Some(bytes) => serde_json::from_slice(&bytes).map_err(anyhow::Error::from)?,
        // Only what is no provision goes to a party without them; its label has to do.
        None => match &entry.legal {
            Some(Legal { name, address, representative }) => Details {
                name: name.clone(),
                address: address.clone(),
                representative: representative.clone(),
                contact: None,
            },
            None => Details {
                name: entry.label.ja.clone(),
                address: String::new(),
                representative: String::new(),
                contact: None,
            },
        },
    };
    Ok(ThirdParty {
        recipient: fact.name.clone(),
        role: entry.role,
        name,
        address,
        representative,
        country: fact.country.clone().or_else(|| entry.country.clone()).unwrap_or_default(),
    })
}
