//! The one way to end: holds → tell → shred → record.
//!
//! What is due, or asked to go, and is held by nothing loses its key and its row in the transaction
//! that writes down what went, why, and what stayed. Nothing else deletes a value, a secret, a person
//! or a record. Which things are due and what holds them is `policy::retention`'s.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use policy::record::{Act, ErasedBecause, Gone, InstructionKind, Stayed};
use policy::request::RequestId;
use policy::retention::{Clocks, Dispute, Person, Standing, Thing, next_look, standing};
use policy::{
    ConsentName, Document, HoldName, ItemName, RecipientName, Record, Reference, SubjectId,
};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::Error;
use crate::instruct::{Telling, among};
use crate::keys::Keys;
use crate::once::Fresh;
use crate::record::Place;
use crate::store::items::SealedItem;
use crate::store::secrets::KeptSecret;
use crate::store::{
    Conn, Tx, agreements, consents, holds, items, links, records, secrets, subjects,
};
use crate::webhook::{self, Event};

/// The version under which a card's token is sealed.
const CARD_VERSION: u32 = 1;

/// What is to go. Holds are looked at whatever is wished, but for what had gone already.
#[derive(Debug, Clone)]
pub enum Wish {
    /// Whatever is due.
    Due,
    /// These items, due or not (Act 35(5)).
    Items(Vec<ItemName>),
    /// Everything, due or not, but these items; the account itself only once it is closed.
    AllBut(Vec<ItemName>),
    /// What went before and came back with an older database, held by now or not; nothing that was put
    /// later.
    Again {
        /// What went.
        things: Vec<Thing>,
        /// When it went.
        put_by: Timestamp,
    },
}

/// One erasure, before it is carried out.
#[derive(Clone)]
pub struct Erasure {
    /// Whose.
    pub subject: SubjectId,
    /// What.
    pub wish: Wish,
    /// Why, for the record.
    pub because: ErasedBecause,
    /// Who asked for it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// The request that it follows from.
    pub request: Option<RequestId>,
    /// Engagements that the same act called off; who has one is told.
    pub called_off: Vec<(RecipientName, Reference)>,
    /// For its record.
    pub fresh: Fresh,
    /// For the record of who is told.
    pub telling: Fresh,
}

impl Erasure {
    /// An erasure that follows from no request.
    ///
    /// # Errors
    /// When the machine has no randomness to give.
    pub fn new(
        subject: SubjectId,
        wish: Wish,
        because: ErasedBecause,
        by: String,
        at: Timestamp,
    ) -> Result<Self, Error> {
        let (fresh, telling) = (Fresh::new()?, Fresh::new()?);
        let (request, called_off) = (None, Vec::new());
        Ok(Self { subject, wish, because, by, at, request, called_off, fresh, telling })
    }

    /// The same with another wish, known only once its transaction runs.
    #[must_use]
    pub fn wishing(self, wish: Wish) -> Self {
        Self { wish, ..self }
    }
}

/// How an erasure came out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    /// What went.
    pub gone: Vec<Gone>,
    /// What is left, and why.
    pub stayed: Vec<Stayed>,
    /// Engagements that it called off.
    pub called_off: Vec<(RecipientName, Reference)>,
    /// Its record; `None` when nothing went.
    pub place: Option<Place>,
}

impl Erased {
    /// True when nothing is held of her any more.
    pub fn is_whole(&self) -> bool {
        self.gone.iter().any(|gone| gone.thing == Thing::Account)
    }
}

/// A hold that was put by hand, as it is sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlacedHold {
    /// What it covers; everything when empty.
    pub items: Vec<ItemName>,
    /// Why.
    pub reason: String,
    /// What shows it.
    pub evidence: String,
    /// Until when.
    pub until: Timestamp,
    /// Who put it.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// What binds a sealed hold to its place.
pub fn hold_context(subject: SubjectId, name: &str) -> Vec<u8> {
    [&subject.0, name.as_bytes()].concat()
}

/// The holds that were put on a person's information by hand.
///
/// # Errors
/// When one does not open: then nothing may go, and somebody has to look.
pub fn placed_holds(
    keys: &Keys,
    conn: &mut Conn,
    subject: SubjectId,
) -> Result<Vec<(HoldName, PlacedHold)>, Error> {
    let mut placed = Vec::new();
    for row in holds::all(conn, subject)? {
        let bytes = keys.open_system("hold", &hold_context(subject, &row.name), &row.sealed)?;
        let name = row.name.parse().map_err(anyhow::Error::from)?;
        placed.push((name, serde_json::from_slice(&bytes).map_err(anyhow::Error::from)?));
    }
    Ok(placed)
}

/// Everything that is held of a person and may end.
pub struct Holdings {
    wrapped: Option<Vec<u8>>,
    items: Vec<(ItemName, SealedItem)>,
    secrets: Vec<(policy::SecretName, KeptSecret)>,
    /// When her account was closed.
    pub closed_at: Option<Timestamp>,
    engagement_end: Option<Timestamp>,
    consents: Vec<ConsentName>,
    disputes: Vec<Dispute>,
}

impl Holdings {
    /// Reads them; `None` when nobody is held under that id.
    ///
    /// # Errors
    /// When a row cannot be understood: nothing may go then.
    pub fn read(keys: &Keys, conn: &mut Conn, subject: SubjectId) -> Result<Option<Self>, Error> {
        let Some(held) = subjects::get(conn, subject)? else { return Ok(None) };
        let mut read = Self {
            wrapped: held.wrapped,
            items: Vec::new(),
            secrets: Vec::new(),
            closed_at: held.closed_at.map_err(anyhow::Error::from)?,
            engagement_end: held.engagement_end.map_err(anyhow::Error::from)?,
            consents: Vec::new(),
            disputes: Vec::new(),
        };
        for item in items::all(conn, subject)? {
            read.items.push((item.item.parse().map_err(anyhow::Error::from)?, item));
        }
        for secret in secrets::all(conn, subject)? {
            read.secrets.push((secret.secret.parse().map_err(anyhow::Error::from)?, secret));
        }
        for (fact, _) in consents::all(conn, subject)? {
            read.consents.extend(fact.state.may_have_been_given().then_some(fact.consent));
        }
        for (name, hold) in placed_holds(keys, conn, subject)? {
            read.disputes.push(Dispute { name, items: hold.items, until: hold.until });
        }
        Ok(Some(read))
    }

    /// How everything of hers stands, the account last.
    ///
    /// # Errors
    /// When a row holds no moment.
    pub fn standing(&self, policy: &Document, now: Timestamp) -> Result<Vec<Standing>, Error> {
        let mut things = Vec::with_capacity(self.items.len() + self.secrets.len());
        for (name, item) in &self.items {
            let put_at = subjects::moment(item.put_at).map_err(anyhow::Error::from)?;
            things.push((Thing::Item(name.clone()), put_at));
        }
        for (name, secret) in &self.secrets {
            let put_at = subjects::moment(secret.put_at).map_err(anyhow::Error::from)?;
            things.push((Thing::Secret(name.clone()), put_at));
        }
        let person = Person {
            policy,
            things,
            account_end: self.closed_at,
            engagement_end: self.engagement_end,
            consents: self.consents.clone(),
            disputes: self.disputes.clone(),
        };
        Ok(standing(&person, now))
    }

    /// The moments from which the periods of one thing are counted.
    pub fn clocks(&self, last_put: Timestamp) -> Clocks {
        let &Self { closed_at: account_end, engagement_end, .. } = self;
        Clocks { last_put, account_end, engagement_end }
    }

    /// Whether a thing was there at a moment; the account always was.
    fn was_there(&self, thing: &Thing, at: Timestamp) -> bool {
        let at = at.as_millisecond();
        match thing {
            Thing::Item(name) => {
                self.items.iter().any(|(held, item)| held == name && item.put_at <= at)
            }
            Thing::Secret(name) => {
                self.secrets.iter().any(|(held, secret)| held == name && secret.put_at <= at)
            }
            Thing::Account => true,
        }
    }

    fn version(&self, thing: &Thing) -> u32 {
        match thing {
            Thing::Item(name) => {
                self.items.iter().find(|(held, _)| held == name).map_or(0, |(_, i)| i.version)
            }
            Thing::Secret(_) | Thing::Account => 0,
        }
    }

    /// Ends the values that go: those that stay are sealed under the next key, so that every older
    /// copy, wherever it lies, opens no more.
    fn shred(
        &self,
        keys: &Keys,
        tx: &mut Tx<'_>,
        subject: SubjectId,
        goes: impl Fn(&Thing) -> bool,
    ) -> Result<(), Error> {
        let next = self.wrapped.as_ref().map(|wrapped| keys.succeed(subject, wrapped));
        let next = next.transpose()?;
        let fault = |what: &dyn std::fmt::Display, error| {
            anyhow::anyhow!("{what} of {subject} cannot be carried over: {error}")
        };
        for (name, item) in &self.items {
            if goes(&Thing::Item(name.clone())) {
                items::erase(tx, subject, &item.item);
            } else if let Some((succession, _)) = &next {
                let sealed = succession
                    .reseal(name, item.version, &item.sealed)
                    .map_err(|error| fault(name, error))?;
                items::reseal(tx, subject, &item.item, sealed.as_bytes());
            }
        }
        for (name, secret) in &self.secrets {
            if goes(&Thing::Secret(name.clone())) {
                secrets::erase(tx, subject, &secret.secret);
            } else if let (Some((succession, _)), Some(sealed)) = (&next, &secret.sealed) {
                let sealed = succession
                    .reseal_card(name, CARD_VERSION, sealed)
                    .map_err(|error| fault(name, error))?;
                secrets::reseal(tx, subject, &secret.secret, sealed.as_bytes());
            }
        }
        // Whoever is asked in her place moves along.
        if let (Some((succession, _)), Some(kept)) = (&next, agreements::of(tx, subject)?) {
            let sealed = succession
                .reseal_representative(&kept.token, &kept.sealed)
                .map_err(|error| fault(&"the representative", error))?;
            agreements::reseal(tx, subject, sealed.as_bytes());
        }
        if let Some((_, wrapped)) = &next {
            subjects::put_key(tx, subject, wrapped);
        }
        Ok(())
    }
}

impl Erasure {
    /// Carries it out within an act: holds, shredding, rows and record are one transaction. May run
    /// more than once.
    ///
    /// # Errors
    /// [`Error::NotFound`] when nobody is held under that id; failures of vault and database, which
    /// leave everything as it was.
    pub fn carry_out(&self, app: &App, tx: &mut Tx<'_>) -> Result<Erased, Error> {
        let Self { subject, wish, because, by, at, fresh, .. } = self;
        let (subject, document) = (*subject, app.policy());
        // When somebody has to look again rests on the rules, and is noted without a record.
        app.terms.still(document.version)?;
        let holdings = Holdings::read(&app.keys, tx, subject)?
            .ok_or_else(|| Error::not_found("subject", subject.to_string()))?;

        // Holds.
        let all = holdings.standing(&document, *at)?;
        let wished = |standing: &Standing| match (wish, &standing.thing) {
            (Wish::Again { things, put_by }, thing) => {
                things.contains(thing) && holdings.was_there(thing, *put_by)
            }
            // The account ends when it is closed, whatever is wished.
            (_, Thing::Account) | (Wish::Due, _) => standing.due,
            (Wish::Items(names), Thing::Item(name)) => names.contains(name),
            (Wish::Items(_), Thing::Secret(_)) => false,
            (Wish::AllBut(names), Thing::Item(name)) => !names.contains(name),
            (Wish::AllBut(_), Thing::Secret(_)) => true,
        };
        let is_over = matches!(wish, Wish::Again { .. });
        let goes =
            |standing: &Standing| wished(standing) && (is_over || standing.held_by.is_empty());
        let whole = all.iter().all(goes);
        let (going, staying): (Vec<Standing>, Vec<Standing>) = all
            .into_iter()
            .partition(|standing| goes(standing) && (whole || standing.thing != Thing::Account));
        let held_back = |standing: &Standing| wished(standing) && !standing.held_by.is_empty();
        let held = staying.iter().any(held_back);
        let next = next_look(&staying).map(Timestamp::as_millisecond);
        self.tell(app, tx, &going)?;
        if going.is_empty() {
            subjects::look_at(tx, subject, next, held);
            let (gone, stayed) = (Vec::new(), stayed(staying));
            return Ok(Erased { gone, stayed, called_off: self.called_off.clone(), place: None });
        }
        let gone: Vec<Gone> = going
            .into_iter()
            .map(|Standing { thing, until, because, .. }| {
                let version = holdings.version(&thing);
                Gone { thing, version, until, because }
            })
            .collect();

        // Shred.
        if whole {
            subjects::erase(tx, subject);
        } else {
            holdings
                .shred(&app.keys, tx, subject, |thing| gone.iter().any(|g| g.thing == *thing))?;
            subjects::look_at(tx, subject, next, held);
        }

        // Nobody signs in by an id that is no longer held.
        for (name, service) in &document.services {
            if gone.iter().any(|g| g.thing == Thing::Item(service.subject_item.clone())) {
                links::erase(tx, subject, name.as_str());
            }
        }

        // Record.
        let named = staying
            .into_iter()
            .filter(|standing| *because != ErasedBecause::Retention || held_back(standing));
        let stayed = stayed(named.collect());
        let act = Act::Erased { because: *because, gone: gone.clone(), stayed: stayed.clone() };
        let record = Record {
            at: *at,
            policy: document.version,
            subject: Some(subject),
            by: by.clone(),
            act,
        };
        let place = app.record(tx, &record, None, fresh)?;
        let event = Event::Erased { subject, at: place.into() };
        webhook::tell(&app.keys, tx, event, &fresh.id, *at)?;
        Ok(Erased { gone, stayed, called_off: self.called_off.clone(), place: Some(place) })
    }

    /// Whoever received what goes is told, whichever version it was (R12.3).
    fn tell(&self, app: &App, tx: &mut Tx<'_>, going: &[Standing]) -> Result<(), Error> {
        let items: Vec<&ItemName> = going
            .iter()
            .filter_map(|standing| match &standing.thing {
                Thing::Item(name) => Some(name),
                Thing::Secret(_) | Thing::Account => None,
            })
            .collect();
        if items.is_empty() && self.called_off.is_empty() {
            return Ok(());
        }
        let telling = Telling {
            subject: self.subject,
            request: self.request,
            kind: InstructionKind::Erase,
            purposes: Vec::new(),
            called_off: &self.called_off,
            by: &self.by,
            at: self.at,
            fresh: &self.telling,
        };
        telling.put(app, tx, among(items)).map(drop)
    }
}

fn stayed(standings: Vec<Standing>) -> Vec<Stayed> {
    standings
        .into_iter()
        .map(|Standing { thing, until, because, held_by, .. }| Stayed {
            thing,
            until,
            because,
            held_by,
        })
        .collect()
}

/// Erases one person's things in an act of its own.
///
/// # Errors
/// As [`Erasure::carry_out`].
pub async fn erase(
    app: &Arc<App>,
    subject: SubjectId,
    wish: Wish,
    because: ErasedBecause,
    by: String,
) -> Result<Erased, Error> {
    let erasure = Erasure::new(subject, wish, because, by, app.clock.now())?;
    let keeper = Arc::clone(app);
    app.store.write(move |tx: &mut Tx<'_>| erasure.carry_out(&keeper, tx)).await
}

/// Records that are ended in one act at most.
const RECORDS: i64 = 256;

/// How a batch of ended records came out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RecordsEnded {
    /// How many were deleted.
    pub ended: u64,
    /// How many a hold on their person keeps.
    pub held: u64,
    /// How many do not open, and are left for the verifier to name.
    pub unreadable: u64,
    /// Where to go on; `None` when there are no more.
    pub next: Option<(i64, i64)>,
}

/// Ends provision records whose time is over (R1.8, I4), a batch after those already seen. The act's
/// own record names their places, so that they are not taken for missing.
///
/// # Errors
/// When the database or the vault does not take it; then nothing has changed.
pub async fn end_records(
    app: &Arc<App>,
    after: (i64, i64),
    by: String,
) -> Result<RecordsEnded, Error> {
    let (now, fresh) = (app.clock.now(), Fresh::new()?);
    let document = app.policy();
    let keeper = Arc::clone(app);
    app.store
        .write(move |tx: &mut Tx<'_>| {
            let rows = records::ended(tx, now.as_millisecond(), after, RECORDS)?;
            let mut outcome = RecordsEnded::default();
            if i64::try_from(rows.len()).unwrap_or(RECORDS) == RECORDS {
                outcome.next = rows.last().and_then(|row| Some((row.keep_until?, row.place)));
            }
            let mut held: HashMap<SubjectId, bool> = HashMap::new();
            let mut places = Vec::with_capacity(rows.len());
            for row in &rows {
                // The end that counts is the sealed one: an edited row does not open.
                if keeper.open_record(row).is_err() {
                    tracing::error!(
                        place = row.place,
                        "a record does not open; see `ledger verify`"
                    );
                    outcome.unreadable += 1;
                    continue;
                }
                if let Some(subject) = row.subject {
                    if let std::collections::hash_map::Entry::Vacant(unknown) = held.entry(subject)
                    {
                        // One that covers single items covers no record of several; one that cannot be
                        // read keeps everything of hers, and nobody else's.
                        let is_held = match placed_holds(&keeper.keys, tx, subject) {
                            Ok(placed) => {
                                placed.iter().any(|(_, h)| h.items.is_empty() && h.until > now)
                            }
                            Err(error) => {
                                tracing::error!(%subject, %error, "a hold cannot be read");
                                true
                            }
                        };
                        unknown.insert(is_held);
                    }
                    if held.get(&subject).copied().unwrap_or_default() {
                        outcome.held += 1;
                        continue;
                    }
                }
                records::erase(tx, row.place);
                places.push(row.place.unsigned_abs());
            }
            if places.is_empty() {
                return Ok(outcome);
            }
            outcome.ended = places.len() as u64;
            let record = Record {
                at: now,
                policy: document.version,
                subject: None,
                by: by.clone(),
                act: Act::RecordsEnded { count: outcome.ended, places: runs(places) },
            };
            keeper.record(tx, &record, None, &fresh)?;
            Ok::<_, Error>(outcome)
        })
        .await
}

/// Places as runs, each by its first and last.
fn runs(mut places: Vec<u64>) -> Vec<(u64, u64)> {
    places.sort_unstable();
    let mut runs: Vec<(u64, u64)> = Vec::new();
    for place in places {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == place => *last = place,
            _ => runs.push((place, place)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::runs;

    #[test]
    fn places_side_by_side_are_one_run() {
        assert_eq!(runs(vec![9, 3, 4, 5, 7]), [(3, 5), (7, 7), (9, 9)]);
        assert_eq!(runs(Vec::new()), []);
    }
}
