//! A person answers: a consent is given, refused or withdrawn. Takes effect at the gate at once. How
//! it stands is a row; how it came to stand so is read back from her records.

use std::sync::Arc;

use jiff::Timestamp;
use policy::export::consent_record::{Event, History};
use policy::record::{Act, ConsentTaken};
use policy::{ConsentFact, ConsentName, ConsentState, Document, Language, Record, SubjectId};

use crate::acts::publish;
use crate::agreement::{self, Asked, Representative};
use crate::app::App;
use crate::error::Error;
use crate::intake::{Answer, NewRepresentative, read_answers};
use crate::letter::{self, Letter};
use crate::once::{Fresh, random};
use crate::outbox::{self, Message};
use crate::record::Place;
use crate::store::subjects::Held;
use crate::store::{Call, Tx, Val, agreements, consents, items, records, subjects};
use crate::webhook;

/// How a consent stands.
pub struct Standing {
    /// The consent as it was taken.
    pub taken: ConsentTaken,
    /// When.
    pub at: Timestamp,
}

/// Whether the person is told by letter of what she answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// A letter is in the outbox.
    Letter,
    /// She answered as before, or neither gave nor withdrew a consent.
    Nothing,
    /// No address is held, or the policy has none, or no purpose for it.
    NoAddress,
    /// Her statutory representative is asked.
    Representative,
}

impl Told {
    /// The word in the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Letter => "outbox",
            Self::Nothing => "none",
            Self::NoAddress => "no_address",
            Self::Representative => "representative",
        }
    }
}

/// Sets how a consent stands; a letter that tells her is committed with it. What does not stand on her
/// own word waits, and the letter goes to her statutory representative (R9.6).
///
/// # Errors
/// [`Error::Invalid`] field by field; [`Error::NotFound`] for an unknown person or consent.
pub async fn change(
    app: &Arc<App>,
    subject: SubjectId,
    answer: Answer,
    representative: Option<NewRepresentative>,
    by: String,
) -> Result<(Standing, Place, Told), Error> {
    let now = app.clock.now();
    let document = app.policy();
    if !document.consents.keys().any(|name| name.as_str() == answer.consent) {
        return Err(Error::not_found("consent", answer.consent));
    }
    let mut wrong = Vec::new();
    let taken = read_answers(&document, &[answer], &mut wrong).pop();
    for error in &mut wrong {
        // The consent is in the path; the fields are the body's own.
        error.field = error.field.replace("consents[0].", "");
    }
    let representative = representative.and_then(|named| named.read(&mut wrong));
    let (Some(taken), true) = (taken, wrong.is_empty()) else {
        return Err(Error::Invalid(wrong));
    };
    let asking = Asking::new(app, representative, now)?;
    let fresh = Fresh::new()?;
    let mut letter_id = [0; 16];
    random(&mut letter_id)?;
    let keeper = Arc::clone(app);
    let (taken, place, told) = app
        .store
        .write(move |tx: &mut Tx<'_>| {
            let held = open(tx, subject)?;
            let (mut kept, document) = (taken.clone(), &document);
            let waits = asking.put(&keeper, tx, (subject, &held), &mut kept)?;
            let changed = changes(tx, subject, &kept)?;
            consents::put(tx, subject, &kept, now.as_millisecond());
            // Nobody is asked any more for what she has answered herself.
            if agreement::of(&keeper.keys, tx, subject, now)?.is_none() {
                agreements::erase(tx, subject);
            }
            let act = Act::ConsentChanged { consent: kept.clone(), by_representative: false };
            let policy = document.version;
            let record = Record { at: now, policy, subject: Some(subject), by: by.clone(), act };
            let place = keeper.record(tx, &record, None, &fresh)?;
            if changed {
                let event = webhook::Event::ConsentChanged { subject, at: place.into() };
                webhook::tell(&keeper.keys, tx, event, &fresh.id, now)?;
            }
            let told = if waits {
                Told::Representative
            } else if !(changed
                && matches!(kept.state, ConsentState::Given | ConsentState::Withdrawn))
            {
                Told::Nothing
            } else if has_address(tx, subject, &held, document)? {
                let letter = Letter::ConsentChanged {
                    consent: kept.consent.clone(),
                    state: kept.state,
                    at: now,
                    notice: kept.notice,
                    record: place.record_id(),
                    language: Language::parse(&kept.language).unwrap_or(Language::ALL[0]),
                };
                let message = Message::Letter { subject, letter };
                outbox::put(&keeper.keys, tx, letter_id, &message, now)?;
                Told::Letter
            } else {
                Told::NoAddress
            };
            Ok::<_, Error>((kept, place, told))
        })
        .await?;
    Ok((Standing { taken, at: now }, place, told))
}

/// What is drawn beforehand to ask a representative, so that it stays the same when the act is run again.
struct Asking {
    document: Arc<Document>,
    representative: Option<Representative>,
    letter: agreement::Letter,
    at: Timestamp,
}

impl Asking {
    fn new(
        app: &App,
        representative: Option<Representative>,
        at: Timestamp,
    ) -> Result<Self, Error> {
        let letter = agreement::Letter::new(&app.keys, at)?;
        Ok(Self { document: app.policy(), representative, letter, at })
    }

    /// Holds an answer back that does not stand by itself, and asks whoever has to agree; tells whether
    /// it did. A letter that asks the same of the same person already is enough.
    fn put(
        &self,
        app: &App,
        tx: &mut Tx<'_>,
        (subject, held): (SubjectId, &Held),
        taken: &mut ConsentTaken,
    ) -> Result<bool, Error> {
        let Self { document, representative, letter, at } = self;
        let (Some(name), Some(wrapped)) = (&held.regime, &held.wrapped) else { return Ok(false) };
        // What a law that is not served gives is given to nobody.
        let Some(regime) = document.regimes.get(name) else { return Ok(false) };
        // To take back is never held up, not even by a date that cannot be read.
        if taken.state != ConsentState::Given {
            return Ok(false);
        }
        let key = app.keys.subject_key(subject, wrapped)?;
        let is_below = agreement::is_below_age(tx, document, name, &key, *at)?;
        if agreement::hold_back(is_below, std::slice::from_mut(taken)).is_empty() {
            return Ok(false);
        }
        let Some(representative) = representative else {
            return Err(Error::Invalid(vec![agreement::nobody_named()]));
        };
        if let Some(item) = document.sign_in_address() {
            let token = app.keys.token(item, &representative.email)?;
            if items::find(tx, item.as_str(), &token)?.contains(&subject) {
                return Err(Error::Invalid(vec![agreement::names_herself()]));
            }
        }
        let before = agreement::of(&app.keys, tx, subject, *at)?.map(|open| open.asked);
        let mut asked = Asked {
            representative: representative.clone(),
            consents: before.iter().flat_map(|asked| asked.consents.clone()).collect(),
            language: Language::parse(&taken.language).unwrap_or(Language::ALL[0]),
        };
        if !asked.consents.contains(&taken.consent) {
            asked.consents.push(taken.consent.clone());
        }
        if before.as_ref() != Some(&asked) {
            agreement::may_ask(&app.keys, tx, subject, *at)?;
            letter.put(&app.keys, tx, &key, regime, &asked)?;
        }
        Ok(true)
    }
}

/// Whether what stood is otherwise after an answer.
fn changes(tx: &mut Tx<'_>, subject: SubjectId, taken: &ConsentTaken) -> Result<bool, Error> {
    let before = consents::all(tx, subject)?;
    let before = before.iter().map(|(fact, _)| fact).find(|fact| fact.consent == taken.consent);
    Ok(before.is_none_or(|fact| (fact.state, fact.notice) != (taken.state, taken.notice)))
}

/// Whether a letter could reach her.
fn has_address(
    tx: &mut Tx<'_>,
    subject: SubjectId,
    held: &Held,
    document: &Document,
) -> Result<bool, Error> {
    let Some(regime) = &held.regime else { return Ok(false) };
    match letter::address(document, regime) {
        Some((item, _)) => Ok(items::version(tx, subject, item)? > 0),
        None => Ok(false),
    }
}

/// How a consent stands now.
///
/// # Errors
/// [`Error::NotFound`] for an unknown person, or a consent she was never asked for.
pub async fn standing(
    app: &App,
    subject: SubjectId,
    consent: ConsentName,
) -> Result<Standing, Error> {
    let found = app
        .store
        .read(move |conn| {
            if subjects::get(conn, subject)?.is_none() {
                return Err(Error::not_found("subject", subject.to_string()));
            }
            let consents = consents::all(conn, subject)?;
            Ok(consents.into_iter().find(|(fact, _)| fact.consent == consent).ok_or(consent))
        })
        .await?;
    let (fact, language) = found.map_err(|consent| {
        Error::not_found("answer of that subject to the consent", consent.as_str())
    })?;
    let taken =
        ConsentTaken { consent: fact.consent, state: fact.state, notice: fact.notice, language };
    Ok(Standing { taken, at: fact.at })
}

/// How a consent stands with many people: its state's word for each, `unreadable` where a row cannot be
/// understood.
///
/// # Errors
/// Failures of the database.
pub async fn standings(
    app: &App,
    subjects: Vec<SubjectId>,
    consent: ConsentName,
) -> Result<Vec<Option<&'static str>>, Error> {
    app.store
        .read(move |conn| {
            let params: Vec<[Val<'_>; 1]> = subjects.iter().map(|s| [(&s.0).into()]).collect();
            let calls: Vec<Call<'_>> =
                params.iter().map(|one| (consents::OF_SUBJECT, one.as_slice())).collect();
            let mut states = Vec::with_capacity(subjects.len());
            for rows in conn.query_many(&calls)? {
                let mut state = None;
                for row in
                    rows.iter().filter(|row| row.text(0).is_ok_and(|n| n == consent.as_str()))
                {
                    state =
                        Some(consents::fact(row)?.map_or("unreadable", |fact| fact.state.word()));
                }
                states.push(state);
            }
            Ok::<_, Error>(states)
        })
        .await
}

/// How a consent stands with a person, and whether she is to be asked.
pub struct ToAsk {
    /// Which consent.
    pub consent: ConsentName,
    /// Her answer; `None` when she was never asked.
    pub standing: Option<Standing>,
    /// True when she is to be asked: her answer was to words that no longer stand, or old data of
    /// hers wait for it, or nobody answers it any more.
    pub ask: bool,
    /// Until when her statutory representative can agree; `None` unless it waits for that.
    pub waits_until: Option<Timestamp>,
}

/// Every consent that a person is asked for, in the policy's order.
///
/// # Errors
/// [`Error::NotFound`] for an unknown person.
pub async fn all(app: &Arc<App>, subject: SubjectId) -> Result<Vec<ToAsk>, Error> {
    let (keeper, now) = (Arc::clone(app), app.clock.now());
    let (regime, answers, held, open) = app
        .store
        .read(move |conn| {
            let known = subjects::get(conn, subject)?.filter(|held| held.wrapped.is_some());
            let known = known.ok_or_else(|| Error::not_found("subject", subject.to_string()))?;
            let regime =
                known.regime.ok_or_else(|| anyhow::anyhow!("a person without a regime"))?;
            let held = items::held(conn, subject)?;
            let open = agreement::of(&keeper.keys, conn, subject, now)?;
            Ok::<_, Error>((regime, consents::all(conn, subject)?, held, open))
        })
        .await?;
    let rules = app.rules();
    let document = &rules.document;
    let facts: Vec<ConsentFact> = answers.iter().map(|(fact, _)| fact.clone()).collect();
    let waits = |name: &ConsentName| {
        rules.locks.iter().any(|(since, lock)| {
            lock.until.as_ref() == Some(name)
                && held.iter().any(|value| {
                    value.put_at < since.as_millisecond()
                        && lock.items.iter().any(|locked| locked.as_str() == value.item)
                })
        })
    };
    let asked = document.consents_asked(&regime);
    let also = document.consents_in_order().into_iter().filter(|(name, _)| waits(name));
    let mut all: Vec<ToAsk> = Vec::new();
    for (name, consent) in asked.into_iter().chain(also) {
        if all.iter().any(|known| known.consent == *name) {
            continue;
        }
        let found = answers.iter().filter(|(fact, _)| fact.consent == *name);
        let found = found.max_by_key(|(fact, _)| fact.at);
        let outdated = found.is_some_and(|(fact, _)| {
            fact.state == ConsentState::Given && fact.notice < consent.since
        });
        let standing = found.map(|(fact, language)| Standing {
            taken: ConsentTaken {
                consent: fact.consent.clone(),
                state: fact.state,
                notice: fact.notice,
                language: language.clone(),
            },
            at: fact.at,
        });
        // A refusal is an answer; nobody is asked twice for the same words.
        let answered =
            facts.iter().any(|fact| fact.consent == *name && fact.notice >= consent.since);
        let open = open.as_ref().filter(|open| open.asked.consents.contains(name));
        let is_requested =
            found.is_some_and(|(fact, _)| fact.state == ConsentState::Requested) && open.is_none();
        let ask = outdated || is_requested || !answered && waits(name);
        let waits_until = open.map(|open| open.ends_at);
        all.push(ToAsk { consent: name.clone(), standing, ask, waits_until });
    }
    Ok(all)
}

/// How a consent came to stand as it does, with the policy it was last given to.
///
/// # Errors
/// [`Error::NotFound`] for an unknown person, or a consent she was never asked for; a failure when
/// one of her records no longer opens: a history with a hole would mislead.
pub async fn history(
    app: &App,
    subject: SubjectId,
    consent: ConsentName,
) -> Result<(History, Arc<Document>), Error> {
    let nobody = || Error::not_found("subject", subject.to_string());
    let (held, rows) = app
        .store
        .read(move |conn| {
            Ok::<_, Error>((subjects::get(conn, subject)?, records::answers(conn, subject)?))
        })
        .await?;
    let regime = held.ok_or_else(nobody)?.regime;
    let regime = regime.ok_or_else(|| anyhow::anyhow!("a subject's regime cannot be read"))?;
    let mut events = Vec::new();
    for row in &rows {
        let opening = app.open_record(row)?;
        let record = opening.record().map_err(anyhow::Error::from)?;
        let taken = match record.act {
            Act::Registered { consents, .. } => consents,
            Act::ConsentChanged { consent, .. } => vec![consent],
            _ => Vec::new(),
        };
        let place = Place { index: row.place.unsigned_abs(), id: row.id };
        events.extend(taken.into_iter().filter(|taken| taken.consent == consent).map(|taken| {
            Event {
                at: record.at,
                state: taken.state,
                notice: taken.notice,
                language: taken.language,
                record: place.record_id(),
                index: place.index,
                opening: (opening.salt, opening.bytes.clone()),
            }
        }));
    }
    let history = History { subject, regime, consent, events };
    let Some(notice) = history.notice() else {
        let consent = history.consent.as_str();
        return Err(Error::not_found("answer of that subject to the consent", consent));
    };
    let current = app.policy();
    let document = if current.version == notice {
        current
    } else {
        Arc::new(publish::version(app, notice.to_string()).await?)
    };
    Ok((history, document))
}

/// Refuses acts about somebody who is not held.
///
/// # Errors
/// [`Error::NotFound`].
pub fn held(tx: &mut Tx<'_>, subject: SubjectId) -> Result<Held, Error> {
    match subjects::get(tx, subject)? {
        Some(held) if held.wrapped.is_some() => Ok(held),
        _ => Err(Error::not_found("subject", subject.to_string())),
    }
}

/// Refuses acts about somebody who is not held, or has left.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] when her account is closed.
pub fn open(tx: &mut Tx<'_>, subject: SubjectId) -> Result<Held, Error> {
    let held = held(tx, subject)?;
    match held.closed_at {
        Ok(None) => Ok(held),
        _ => Err(Error::closed()),
    }
}
