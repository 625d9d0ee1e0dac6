//! What was decided is done, the person is told, and where something is to be fetched the link to it is
//! made: one transaction, so that a crash leaves all of it or nothing, and running it again does nothing
//! twice. What is done for which decision is [`Deed`] (decision 0025).
//!
//! A stop of everything and an erasure do not shut her out of her answer: it is opened for a
//! [`policy::request::Grant`], which no stop reaches, and before the way to her is taken the address goes
//! into the request, so that letters about it need no purpose.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use policy::party::base32;
use policy::record::{ErasedBecause, InstructionKind};
use policy::request::{Decision, Outcome, Progress, RequestId, RequestKind, State, Step};
use policy::retention::Thing;
use policy::{Ask, ItemName, Language, PurposeName, RecipientName, Reference, SubjectId, calendar};

use super::{
    AnswerLink, Change, Contact, HOUSE, Matter, Moved, Note, Noted, Request, advance, handling,
};
use crate::acts::account::Closing;
use crate::acts::restriction;
use crate::app::App;
use crate::erase::{Erased, Erasure, Wish};
use crate::error::Error;
use crate::gate::{self, Asking};
use crate::instruct::{Telling, among};
use crate::intake::Putting;
use crate::keys::Keys;
use crate::letter::{self, RequestLetter};
use crate::once::{Fresh, random};
use crate::store::restrictions::Restriction;
use crate::store::{Conn, Tx, recipients, requests, subjects};

/// Engagements that were called off, each with its recipient.
type CalledOff = Vec<(RecipientName, Reference)>;

/// Bytes of an answer's token.
const TOKEN_BYTES: usize = 20;

/// What is done for a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// Nothing: it is refused, nothing is held, or the answer itself is what was asked for.
    Nothing,
    /// Values are replaced, and taken out.
    Correct {
        /// Those that get another value.
        put: Vec<ItemName>,
        /// Those that are taken out.
        out: Vec<ItemName>,
    },
    /// Uses or provisions are stopped.
    Stop(Vec<Restriction>),
    /// Things are erased; with the account, if it is to be closed.
    Erase {
        /// True when the account is closed first.
        close: bool,
        /// What goes.
        wish: Wanted,
    },
}

/// What an erasure that was asked for takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// These items.
    Items(Vec<ItemName>),
    /// Everything but these items, which were refused.
    AllBut(Vec<ItemName>),
}

impl Wanted {
    fn wish(&self) -> Wish {
        match self {
            Self::Items(items) => Wish::Items(items.clone()),
            Self::AllBut(items) => Wish::AllBut(items.clone()),
        }
    }

    fn takes(&self, item: &ItemName) -> bool {
        match self {
            Self::Items(items) => items.contains(item),
            Self::AllBut(items) => !items.contains(item),
        }
    }
}

impl Deed {
    /// What is done for a request as it was decided.
    pub fn of(progress: &Progress, matter: &Matter) -> Self {
        let Some(decision) = &progress.decision else { return Self::Nothing };
        if !matches!(decision.outcome, Outcome::Granted | Outcome::Partly) {
            return Self::Nothing;
        }
        // Of the alternatives the gate knows one: nothing is used for anything (S32).
        if decision.alternative.is_some() {
            return Self::Stop(vec![Restriction::Purpose(None)]);
        }
        let refused = refused(decision);
        match progress.kind {
            RequestKind::Correction => {
                let granted = matter.corrections.iter().filter(|(item, _)| !refused.contains(item));
                let (put, out): (Vec<_>, Vec<_>) = granted.partition(|(_, value)| value.is_some());
                let names = |of: Vec<(&ItemName, &Option<String>)>| {
                    of.into_iter().map(|(item, _)| item.clone()).collect()
                };
                Self::Correct { put: names(put), out: names(out) }
            }
            RequestKind::StopUse => Self::Stop(stops(matter, Restriction::Purpose(None))),
            RequestKind::StopProvision => Self::Stop(stops(matter, Restriction::Provision(None))),
            RequestKind::Erasure if matter.items.is_empty() => {
                let wish = Wanted::AllBut(refused.into_iter().cloned().collect());
                Self::Erase { close: true, wish }
            }
            RequestKind::Erasure => {
                let granted = matter.items.iter().filter(|item| !refused.contains(item));
                Self::Erase { close: false, wish: Wanted::Items(granted.cloned().collect()) }
            }
            RequestKind::PurposeNotice
            | RequestKind::Disclosure
            | RequestKind::ProvisionRecords
            | RequestKind::EquivalentMeasures
            | RequestKind::Complaint => Self::Nothing,
        }
    }

    /// Whether letters cannot go to the address that is held of her afterwards, used for that purpose.
    fn shuts_out(&self, address: &ItemName, purpose: &PurposeName) -> bool {
        match self {
            Self::Nothing | Self::Correct { .. } => false,
            Self::Stop(stops) => stops.iter().any(|stop| match stop {
                Restriction::Purpose(stopped) => stopped.as_ref().is_none_or(|s| s == purpose),
                Restriction::Provision(_) => false,
            }),
            Self::Erase { close, wish } => *close || wish.takes(address),
        }
    }

    fn erases(&self) -> bool {
        match self {
            Self::Erase { .. } => true,
            Self::Correct { out, .. } => !out.is_empty(),
            Self::Nothing | Self::Stop(_) => false,
        }
    }
}

fn refused(decision: &Decision) -> BTreeSet<&ItemName> {
    decision.refused.iter().filter_map(|part| part.item.as_ref()).collect()
}

/// What she named, or `all` when she named nothing.
fn stops(matter: &Matter, all: Restriction) -> Vec<Restriction> {
    let purposes = matter.purposes.iter().cloned().map(|name| Restriction::Purpose(Some(name)));
    let recipients =
        matter.recipients.iter().cloned().map(|name| Restriction::Provision(Some(name)));
    let mut stops: Vec<Restriction> = purposes.chain(recipients).collect();
    stops.sort();
    stops.dedup();
    if stops.is_empty() { vec![all] } else { stops }
}

/// What is held of an answer's token.
///
/// # Errors
/// When the machine fails.
pub fn answer_fingerprint(keys: &Keys, id: RequestId, token: &str) -> Result<[u8; 16], Error> {
    Ok(keys.fingerprint(&[b"request answer", &id.0, token.as_bytes()])?)
}

/// Does what was decided and tells the person. A request that is told of already stays as it is.
///
/// # Errors
/// As [`advance`]; [`Error::Conflict`] when another open request of hers needs what would go, or an
/// erasure took what would be corrected, naming their receipt numbers; [`Error::Invalid`] and
/// [`Error::Refused`] when a corrected value cannot be taken in.
pub async fn carry_out(app: &Arc<App>, id: RequestId, by: String) -> Result<Moved, Error> {
    let request = super::get(app, id).await?;
    let progress = request.progress.clone();
    let deed = Deed::of(&progress, &request.matter);
    let moved = if matches!(progress.state, State::Notified | State::Closed) {
        Moved { id, progress, place: None }
    } else {
        let way = match progress.state {
            State::Decided => way(app, &request, &deed).await?,
            _ => Way::Stays,
        };
        let work = Work::prepare(app, &request, &by, way)?;
        advance(app, id, by, move |request, tx, now| work.carry_out(request, tx, now)).await?
    };
    if deed.erases()
        && let Err(error) = app.store.scrub().await
    {
        tracing::warn!(%error, request = %id, "what was erased is not scrubbed; the next round does");
    }
    Ok(moved)
}

/// The way on which letters about her requests reach her afterwards.
enum Way {
    /// As before.
    Stays,
    /// To this address, which was held of her.
    Kept(String),
    /// The gate did not give it.
    Lost,
}

/// The address that is held of her, if letters about an open request of hers go there and will not any
/// more: taken through the gate while it still can be.
async fn way(app: &Arc<App>, request: &Request, deed: &Deed) -> Result<Way, Error> {
    let Some(subject) = request.subject.filter(|_| *deed != Deed::Nothing) else {
        return Ok(Way::Stays);
    };
    let document = app.policy();
    let keeper = Arc::clone(app);
    let (held, goes_there) = app
        .store
        .read(move |conn| {
            let mut goes_there = false;
            for line in requests::of_subject(conn, subject)? {
                if line.state.is_none_or(|state| !state.is_over()) {
                    let read = Request::read(&keeper.keys, conn, line.id)?;
                    goes_there |= read.is_some_and(|r| r.matter.contact == Contact::Registered);
                }
            }
            Ok::<_, Error>((subjects::get(conn, subject)?, goes_there))
        })
        .await?;
    if !goes_there {
        return Ok(Way::Stays);
    }
    let regime = held.and_then(|held| held.regime);
    let Some((item, purpose)) = regime.and_then(|regime| letter::address(&document, &regime))
    else {
        return Ok(Way::Lost);
    };
    if !deed.shuts_out(item, purpose) {
        return Ok(Way::Stays);
    }
    let ask = Ask {
        subject,
        recipient: None,
        purpose: purpose.clone(),
        items: vec![item.clone()],
        reference: None,
        exception: false,
    };
    let asking = Asking { ask, exception: None, by: "azukari (request)".to_owned(), once: None };
    match gate::disclose(app, asking).await {
        Ok(mut disclosed) => {
            let address = disclosed.items.remove(item).flatten();
            Ok(address.map_or(Way::Lost, |address| Way::Kept(address.reveal().to_owned())))
        }
        Err(Error::Refused { .. }) => Ok(Way::Lost),
        Err(error) => Err(error),
    }
}

/// Everything that is drawn or read beforehand, so that it stays the same when the act is run again.
struct Work {
    app: Arc<App>,
    by: String,
    way: Way,
    token: String,
    link: AnswerLink,
    put: Vec<(Putting, Fresh)>,
    stops: Vec<Fresh>,
    closing: Option<Closing>,
    erasure: [Fresh; 2],
    telling: [Fresh; 2],
}

impl Work {
    fn prepare(app: &Arc<App>, request: &Request, by: &str, way: Way) -> Result<Self, Error> {
        let now = app.clock.now();
        let mut bytes = [0; TOKEN_BYTES];
        random(&mut bytes)?;
        let token = base32().encode(&bytes);
        let days = handling(&app.policy()).answer_open_days;
        let link = AnswerLink {
            fingerprint: answer_fingerprint(&app.keys, request.id, &token)?,
            ends_at: calendar::end_of_day(calendar::after_days(now, days)),
            fetched_at: None,
        };
        let (mut put, mut stops) = (Vec::new(), Vec::new());
        match (Deed::of(&request.progress, &request.matter), request.subject) {
            (Deed::Correct { put: items, .. }, Some(subject)) => {
                for item in items {
                    let Some(Some(value)) = request.matter.corrections.get(&item) else { continue };
                    let field = format!("corrections.{item}");
                    let putting = Putting::read(app, subject, &field, item.as_str(), value)?;
                    put.push((putting, Fresh::new()?));
                }
            }
            (Deed::Stop(restrictions), _) => {
                for _ in restrictions {
                    stops.push(Fresh::new()?);
                }
            }
            _ => {}
        }
        let closing = request.subject.map(|subject| {
            let (by, fresh) = (by.to_owned(), Fresh::new()?);
            Ok::<_, Error>(Closing { subject, by, at: now, closed_at: now, fresh })
        });
        Ok(Self {
            app: Arc::clone(app),
            by: by.to_owned(),
            way,
            token,
            link,
            put,
            stops,
            closing: closing.transpose()?,
            erasure: [Fresh::new()?, Fresh::new()?],
            telling: [Fresh::new()?, Fresh::new()?],
        })
    }

    /// The transaction: what was decided, the two steps, the link and the letter.
    fn carry_out(
        &self,
        request: &mut Request,
        tx: &mut Tx<'_>,
        now: Timestamp,
    ) -> Result<Change, Error> {
        let mut change = Change::default();
        match request.progress.state {
            State::Notified | State::Closed => return Ok(change),
            State::Executed => {}
            // Where it does not follow, the step says so, and nothing of this is kept.
            _ => change.steps.push(Step::Execute {}),
        }
        if request.progress.state == State::Decided {
            self.do_it(request, tx, now)?;
        }
        let decision = request.progress.decision.as_ref();
        let answers = decision
            .is_some_and(|decision| matches!(decision.outcome, Outcome::Granted | Outcome::Partly));
        request.matter.answer = answers.then(|| self.link.clone());
        let token = answers.then(|| self.token.clone());
        change.steps.push(Step::Notify {});
        change.letters.push(RequestLetter::Answer { token });
        Ok(change)
    }

    fn do_it(&self, request: &mut Request, tx: &mut Tx<'_>, now: Timestamp) -> Result<(), Error> {
        let deed = Deed::of(&request.progress, &request.matter);
        let Some(subject) = request.subject.filter(|_| deed != Deed::Nothing) else {
            return Ok(());
        };
        if let Some(hindrance) = hindrance(&self.app.keys, tx, request, now)? {
            return Err(Error::Conflict(hindrance.words(Language::En)));
        }
        if subjects::get(tx, subject)?.is_none_or(|held| held.wrapped.is_none()) {
            // Time has ended it all meanwhile.
            if deed.erases() {
                request.matter.erased = Some(Erased::default());
            }
            return Ok(());
        }
        self.keep_way(request, tx, subject, now)?;
        match deed {
            Deed::Nothing => Ok(()),
            Deed::Correct { put, out } => self.correct(request, tx, (subject, &put, &out), now),
            Deed::Stop(stops) => self.stop(request.id, tx, (subject, &stops), now),
            Deed::Erase { close, wish } => {
                let mut called_off = Vec::new();
                if let (true, Some(closing)) = (close, &self.closing) {
                    let closing = Closing { at: now, closed_at: now, ..closing.clone() };
                    called_off = closing.keep(&self.app, tx)?.1;
                }
                let erased = self.erase(request, (subject, wish.wish(), called_off), now, tx)?;
                request.matter.erased = Some(erased);
                Ok(())
            }
        }
    }

    /// Puts the address into this request, and into every other open one of hers, whose letters go to the
    /// address that is held.
    fn keep_way(
        &self,
        request: &mut Request,
        tx: &mut Tx<'_>,
        subject: SubjectId,
        now: Timestamp,
    ) -> Result<(), Error> {
        let goes_there = request.matter.contact == Contact::Registered;
        let email = match &self.way {
            Way::Stays => return Ok(()),
            Way::Lost => {
                let note = Note { by: HOUSE.to_owned(), at: now, says: Noted::NoAddress {} };
                request.matter.notes.extend(Some(note).filter(|_| goes_there));
                return Ok(());
            }
            Way::Kept(email) => email,
        };
        if goes_there {
            request.matter.contact = Contact::Email { email: email.clone() };
        }
        let document = self.app.policy();
        for line in requests::of_subject(tx, subject)? {
            if line.id == request.id || line.state.is_some_and(State::is_over) {
                continue;
            }
            let Some(mut other) = Request::read(&self.app.keys, tx, line.id)? else { continue };
            if other.matter.contact == Contact::Registered {
                other.matter.contact = Contact::Email { email: email.clone() };
                let sealed = other.seal()?;
                requests::update(tx, other.id, &other.columns(&document, &sealed));
            }
        }
        Ok(())
    }

    fn correct(
        &self,
        request: &mut Request,
        tx: &mut Tx<'_>,
        (subject, put, out): (SubjectId, &[ItemName], &[ItemName]),
        now: Timestamp,
    ) -> Result<(), Error> {
        if self.put.len() != put.len() {
            return Err(Error::Conflict(
                "the decision has changed meanwhile; try again".to_owned(),
            ));
        }
        if !put.is_empty() {
            // Whoever received the value that was not right (S28).
            let telling = Telling {
                subject,
                request: Some(request.id),
                kind: InstructionKind::Correct,
                purposes: Vec::new(),
                called_off: &[],
                by: &self.by,
                at: now,
                fresh: &self.telling[0],
            };
            telling.put(&self.app, tx, among(put))?;
        }
        for (putting, fresh) in &self.put {
            putting.keep(&self.app, tx, &self.by, fresh)?;
        }
        if !out.is_empty() {
            let wish = Wish::Items(out.to_vec());
            let erased = self.erase(request, (subject, wish, Vec::new()), now, tx)?;
            request.matter.erased = Some(erased);
        }
        Ok(())
    }

    fn stop(
        &self,
        request: RequestId,
        tx: &mut Tx<'_>,
        (subject, stops): (SubjectId, &[Restriction]),
        now: Timestamp,
    ) -> Result<(), Error> {
        if self.stops.len() != stops.len() {
            return Err(Error::Conflict(
                "the decision has changed meanwhile; try again".to_owned(),
            ));
        }
        for (what, fresh) in stops.iter().zip(&self.stops) {
            restriction::keep(&self.app, tx, (subject, what, true), &self.by, now, fresh)?;
        }
        let purposes: Vec<PurposeName> = stops
            .iter()
            .filter_map(|stop| match stop {
                Restriction::Purpose(purpose) => purpose.clone(),
                Restriction::Provision(_) => None,
            })
            .collect();
        let is_everything = stops.contains(&Restriction::Purpose(None));
        let mut named = BTreeSet::new();
        for stop in stops {
            if let Restriction::Provision(Some(name)) = stop {
                named.insert(name.clone());
                named.extend(recipients::members(tx, name)?);
            }
        }
        let telling = Telling {
            subject,
            request: Some(request),
            kind: InstructionKind::Stop,
            purposes: if is_everything { Vec::new() } else { purposes },
            called_off: &[],
            by: &self.by,
            at: now,
            fresh: &self.telling[0],
        };
        telling.put(&self.app, tx, |provision| {
            let concerned = stops.iter().any(|stop| match stop {
                Restriction::Purpose(None) | Restriction::Provision(None) => true,
                Restriction::Purpose(Some(purpose)) => *purpose == provision.purpose,
                Restriction::Provision(Some(_)) => named.contains(&provision.third_party.recipient),
            });
            if !concerned {
                return Vec::new();
            }
            provision.items.iter().map(|held| held.item.clone()).collect()
        })?;
        Ok(())
    }

    fn erase(
        &self,
        request: &Request,
        (subject, wish, called_off): (SubjectId, Wish, CalledOff),
        now: Timestamp,
        tx: &mut Tx<'_>,
    ) -> Result<Erased, Error> {
        let [fresh, telling] = &self.erasure;
        let erasure = Erasure {
            subject,
            wish,
            because: ErasedBecause::Request,
            by: self.by.clone(),
            at: now,
            request: Some(request.id),
            called_off,
            fresh: fresh.clone(),
            telling: telling.clone(),
        };
        erasure.carry_out(&self.app, tx)
    }
}

/// What other requests of hers stand in the way of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hindrance {
    /// An erasure: these still need what would go.
    Needed(Vec<RequestId>),
    /// A correction: for these was erased what would be put right.
    Erased(Vec<RequestId>),
}

impl Hindrance {
    /// The other requests.
    pub fn others(&self) -> &[RequestId] {
        let (Self::Needed(others) | Self::Erased(others)) = self;
        others
    }

    /// What stands in the way, and the way out.
    pub fn words(&self, language: Language) -> String {
        let comma = if language == Language::Ja { "、" } else { ", " };
        let numbers: Vec<String> = self.others().iter().map(RequestId::number).collect();
        let numbers = numbers.join(comma);
        match (self, language) {
            (Self::Needed(_), Language::Ja) => format!(
                "請求 {numbers} が、消去する情報をまだ必要としています。先にその請求を終えるか、取り下げてもらってください。"
            ),
            (Self::Needed(_), Language::En) => format!(
                "the request {numbers} needs what would be erased; see it through or have it taken \
                 back first"
            ),
            (Self::Erased(_), Language::Ja) => format!(
                "訂正する情報は、請求 {numbers} により消去されています。入れ直すことはできないため、あらためて決定してください。"
            ),
            (Self::Erased(_), Language::En) => format!(
                "what is to be corrected was erased for the request {numbers}; it is not put in \
                 again: decide anew"
            ),
        }
    }
}

/// Whether other requests of hers stand against what was decided: an erasure waits for what still needs
/// what would go, and nothing is put in the place of what an erasure took since the correction was asked
/// for.
///
/// # Errors
/// When a request of hers does not open.
pub fn hindrance(
    keys: &Keys,
    conn: &mut Conn,
    request: &Request,
    now: Timestamp,
) -> Result<Option<Hindrance>, Error> {
    let deed = Deed::of(&request.progress, &request.matter);
    let Some(subject) = request.subject else { return Ok(None) };
    if !matches!(deed, Deed::Erase { .. } | Deed::Correct { .. }) {
        return Ok(None);
    }
    let mut others = Vec::new();
    for line in requests::of_subject(conn, subject)? {
        if line.id == request.id {
            continue;
        }
        let Some(other) = Request::read(keys, conn, line.id)? else { continue };
        let clashes = match &deed {
            Deed::Erase { close, wish } => needs(&other, *close, wish, now),
            Deed::Correct { put, .. } => took(&other, put, request.progress.received_at),
            Deed::Nothing | Deed::Stop(_) => false,
        };
        if clashes {
            others.push(line.id);
        }
    }
    others.sort_by_key(RequestId::number);
    let hindrance = match deed {
        Deed::Correct { .. } => Hindrance::Erased(others),
        _ => Hindrance::Needed(others),
    };
    Ok(Some(hindrance).filter(|hindrance| !hindrance.others().is_empty()))
}

/// Whether a request needs something that an erasure would take.
fn needs(other: &Request, close: bool, wish: &Wanted, now: Timestamp) -> bool {
    let Request { progress, matter, .. } = other;
    let decision = progress.decision.as_ref().filter(|_| progress.state >= State::Decided);
    let is_refused = decision
        .is_some_and(|decision| matches!(decision.outcome, Outcome::Refused | Outcome::NotHeld));
    if progress.state.is_over() || is_refused {
        return false;
    }
    // An answer is put together when it is fetched.
    let waits = progress.state < State::Notified
        || matter
            .answer
            .as_ref()
            .is_some_and(|link| link.fetched_at.is_none() && link.ends_at > now);
    match progress.kind {
        RequestKind::Disclosure => {
            let all = matter.items.is_empty();
            waits && (all || matter.items.iter().any(|item| wish.takes(item)))
        }
        RequestKind::PurposeNotice | RequestKind::ProvisionRecords => waits && close,
        RequestKind::Correction => {
            progress.state < State::Executed
                && matter.corrections.keys().any(|item| wish.takes(item))
        }
        RequestKind::StopUse
        | RequestKind::StopProvision
        | RequestKind::Erasure
        | RequestKind::EquivalentMeasures
        | RequestKind::Complaint => false,
    }
}

/// Whether a request took one of these items after a moment.
fn took(other: &Request, items: &[ItemName], since: Timestamp) -> bool {
    let done = other.progress.moves.iter().find(|(state, _)| *state == State::Executed);
    let Some(erased) = &other.matter.erased else { return false };
    done.is_some_and(|(_, at)| *at >= since)
        && erased.gone.iter().any(|gone| match &gone.thing {
            Thing::Item(name) => items.contains(name),
            Thing::Secret(_) | Thing::Account => false,
        })
}
