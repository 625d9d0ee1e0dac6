//! A person's requests 開示等の請求等 (S23 to S34): they come in, it is shown who asks, a fee is settled,
//! they are decided, carried out and answered. What may follow on what is `policy::request`; here each
//! step is an act with its record, and the letter that tells of it is committed with it.
//!
//! `receive.rs` takes a request in, `verify.rs` shows who asks, `handle.rs` is the desk's, `attached.rs`
//! what came with it, `carry_out.rs` does what was decided, `receipt.rs` shows what an erasure came to.

pub mod attached;
pub mod carry_out;
pub mod handle;
pub mod receipt;
pub mod receive;
pub mod verify;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use policy::record::Act;
use policy::request::{
    Agency, Handling, Money, NotTaken, Progress, ReasonsTold, RequestId, RequestKind, State, Step,
    Terms,
};
use policy::{Document, ItemName, Language, PurposeName, RecipientName, Record, SubjectId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use vault::RecordsKey;

use crate::app::App;
use crate::drp::Standing;
use crate::erase::Erased;
use crate::error::Error;
use crate::keys::Keys;
use crate::letter::RequestLetter;
use crate::once::{Fresh, Once, random};
use crate::outbox::{self, Message};
use crate::record::Place;
use crate::store::requests::{self, Columns, Kept, KeptFile};
use crate::store::{Conn, Tx};
use crate::webhook::{self, Event};

/// What is said to somebody who decided on what they saw before.
const MOVED_ON: &str = "somebody else did something with this request meanwhile; look at it again";

/// Who does what nobody decides, as records say it.
pub const HOUSE: &str = "azukari";

/// The most steps in one act: received, begun, identified and one to spare.
const MOST_STEPS: usize = 4;

/// Where letters about a request go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum Contact {
    /// To the address that the requester gave.
    Email {
        /// In its normal form.
        email: String,
    },
    /// To the address that is held of her, through the gate.
    Registered,
}

/// How she wants to have the answer (Act 33(1)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "delivery", rename_all = "snake_case")]
pub enum Delivery {
    /// As an electronic file.
    Electronic,
    /// On paper.
    Paper {
        /// To this address.
        address: String,
    },
}

/// Through which door a request came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "channel", rename_all = "snake_case")]
pub enum Channel {
    /// Azukari's own page.
    Page,
    /// A service's program, by its key.
    Service {
        /// The key's name and id.
        by: String,
    },
    /// An agent's program that speaks the Data Rights Protocol.
    Agent {
        /// Its id in the register.
        agent: String,
        /// The agent's own number for it.
        reference: String,
        /// Where it wants to be told how the request stands.
        callback: Option<String>,
    },
    /// A letter, a call or a visit, taken down by staff.
    Desk {
        /// Who took it down.
        by: String,
    },
}

impl Channel {
    /// The word in records.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Service { .. } => "service",
            Self::Agent { .. } => "agent",
            Self::Desk { .. } => "desk",
        }
    }
}

/// A one-time code that was sent; only a keyed fingerprint of it is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentCode {
    /// Fingerprint of request and code.
    pub fingerprint: [u8; 16],
    /// When it was sent.
    pub at: Timestamp,
    /// How often a wrong one was given since.
    pub wrong: u32,
    /// True once it was given back.
    pub used: bool,
}

/// The link to an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerLink {
    /// Fingerprint of request and token.
    pub fingerprint: [u8; 16],
    /// Until when it is open.
    pub ends_at: Timestamp,
    /// When the answer was first fetched.
    pub fetched_at: Option<Timestamp>,
}

/// Something that staff wrote down, or that happened beside the steps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// What.
    pub says: Noted,
}

/// What a note says: words of people, or what the house notes by itself, which is said in the language
/// of whoever reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "noted", rename_all = "snake_case")]
pub enum Noted {
    /// In somebody's own words.
    Words {
        /// The words.
        text: String,
    },
    /// The payment came in on another day than it was put on record.
    PaidOn {
        /// The day.
        on: Date,
        /// How much.
        money: Money,
        /// The bank's or the payment platform's reference.
        reference: String,
    },
    /// A payment came in although nothing was due.
    NotDue {
        /// How much.
        money: Money,
        /// The bank's or the payment platform's reference.
        reference: String,
    },
    /// No address could be opened for the letter with the answer.
    NoAddress {},
}

/// A step that was taken, and by whom: what the desk reads of a request's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// Which, as in records.
    pub step: String,
    /// By whom.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Why, where the step says it.
    pub reason: Option<String>,
}

/// Who asks in her place, and what they say of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    /// In which capacity.
    pub agency: Agency,
    /// The agent's name.
    pub name: String,
}

/// What a request says: what the requester wrote, and what was written about it since. Sealed under the
/// request's own key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matter {
    /// Through which door it came.
    pub channel: Channel,
    /// The language of letters and answer.
    pub language: Language,
    /// The person's name, as the requester writes it.
    pub name: String,
    /// Where letters go.
    pub contact: Contact,
    /// Who asks in her place.
    pub agent: Option<Agent>,
    /// In the requester's own words.
    pub text: String,
    /// The items it is about; all when empty.
    pub items: Vec<ItemName>,
    /// What is to be put in place of what is held; `None` to take it out.
    pub corrections: BTreeMap<ItemName, Option<String>>,
    /// The purposes to be stopped; all when empty.
    pub purposes: Vec<PurposeName>,
    /// The recipients that are meant; all when empty.
    pub recipients: Vec<RecipientName>,
    /// What she offers to be known by, beside the address.
    pub particulars: BTreeMap<ItemName, String>,
    /// How she wants to have the answer.
    pub delivery: Delivery,
    /// The name on the receipt 領収書.
    pub receipt_name: Option<String>,
    /// Whoever is held under the contact address; nobody learns of it before a code was shown.
    pub candidate: Option<SubjectId>,
    /// The code that was sent last.
    pub code: Option<SentCode>,
    /// When codes were sent, the last day's.
    pub codes_sent: Vec<Timestamp>,
    /// The link to the answer.
    pub answer: Option<AnswerLink>,
    /// What the answer says in the desk's own words.
    pub reply: Option<String>,
    /// What an erasure for it took and left, with the place of its record.
    pub erased: Option<Erased>,
    /// What was noted, the oldest first.
    pub notes: Vec<Note>,
    /// The steps that were taken, the oldest first.
    pub steps: Vec<Taken>,
}

/// How it is sealed: one piece, so that the two cannot be told apart or taken apart.
#[derive(Serialize, Deserialize)]
struct Whole {
    progress: Progress,
    matter: Matter,
}

/// A request, opened.
pub struct Request {
    /// Which.
    pub id: RequestId,
    /// The person it is about, once she is known.
    pub subject: Option<SubjectId>,
    /// How it stands.
    pub progress: Progress,
    /// What it says.
    pub matter: Matter,
    /// What was attached, sealed.
    pub files: Vec<KeptFile>,
    key: RecordsKey,
}

/// A file that was attached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attached {
    /// Its name.
    pub name: String,
    /// Its media type, one of those that are taken.
    pub media_type: String,
    /// What it holds.
    #[serde(with = "crate::acts::request::bytes")]
    pub bytes: Vec<u8>,
}

/// Bytes as text in what is sealed.
mod bytes {
    use data_encoding::BASE64;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&BASE64.encode(bytes))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(from)?;
        BASE64.decode(text.as_bytes()).map_err(serde::de::Error::custom)
    }
}

impl Request {
    /// Reads a request; `None` when there is none under that id.
    ///
    /// # Errors
    /// When it does not open: the row was changed or moved.
    pub fn read(keys: &Keys, conn: &mut Conn, id: RequestId) -> Result<Option<Self>, Error> {
        let Some(kept) = requests::get(conn, id)? else { return Ok(None) };
        let Kept { id, subject, wrapped, sealed, .. } = kept;
        let key = keys.request_key(id, &wrapped)?;
        let bytes = key
            .open_record(b"request", &context(id, subject), &sealed)
            .map_err(|error| anyhow::anyhow!("{id}: {error}"))?;
        let Whole { progress, matter } =
            serde_json::from_slice(&bytes).map_err(anyhow::Error::from)?;
        let files = requests::files(conn, id)?;
        Ok(Some(Self { id, subject, progress, matter, files, key }))
    }

    /// Opens a file that was attached.
    ///
    /// # Errors
    /// When it was changed or moved.
    pub fn file(&self, file: &KeptFile) -> Result<Attached, Error> {
        let bytes = self
            .key
            .open_record(b"request file", &file.id, &file.sealed)
            .map_err(|error| anyhow::anyhow!("a file of {}: {error}", self.id))?;
        Ok(serde_json::from_slice(&bytes).map_err(anyhow::Error::from)?)
    }

    /// Seals a file to attach.
    ///
    /// # Errors
    /// When the machine has no randomness to give.
    pub fn seal_file(
        &self,
        id: [u8; 16],
        file: &Attached,
        now: Timestamp,
    ) -> Result<KeptFile, Error> {
        let bytes = serde_json::to_vec(file).map_err(anyhow::Error::from)?;
        let sealed = self
            .key
            .seal_record(b"request file", &id, &bytes)
            .map_err(|error| anyhow::anyhow!("{error}"))?;
        Ok(KeptFile { id, put_at: now.as_millisecond(), sealed })
    }

    /// The row as it stands.
    fn seal(&self) -> Result<Vec<u8>, Error> {
        let whole = Whole { progress: self.progress.clone(), matter: self.matter.clone() };
        let bytes = serde_json::to_vec(&whole).map_err(anyhow::Error::from)?;
        let sealed = self.key.seal_record(b"request", &context(self.id, self.subject), &bytes);
        Ok(sealed.map_err(|error| anyhow::anyhow!("{error}"))?)
    }

    /// What stands for how it stands now: another one as soon as a step is taken. Whoever decides on
    /// what a page showed gives it back, so that nothing is decided on what has moved on meanwhile.
    ///
    /// # Errors
    /// None that can happen.
    pub fn stamp(&self) -> Result<String, Error> {
        let whole = (&self.progress, &self.subject);
        let bytes = serde_json::to_vec(&whole).map_err(anyhow::Error::from)?;
        Ok(data_encoding::HEXLOWER.encode(&Sha256::digest(bytes)[..8]))
    }

    fn columns<'a>(&self, document: &Document, sealed: &'a [u8]) -> Columns<'a> {
        let (progress, handling) = (&self.progress, handling(document));
        // Where the policy no longer serves the regime, it warns when it is due.
        let warn_at = terms(document, progress).map(|terms| terms.warn(progress.due_at));
        let warn_at = warn_at.unwrap_or(progress.due_at);
        let over = progress.state.is_over().then(|| progress.moves.last()).flatten();
        Columns {
            subject: self.subject,
            kind: progress.kind,
            state: progress.state,
            due_at: progress.due_at.as_millisecond(),
            warn_at: warn_at.as_millisecond(),
            awaits_approval: progress.awaits_approval(),
            over_at: over.map(|(_, at)| at.as_millisecond()),
            look_at: progress
                .next_look(&handling, !self.files.is_empty())
                .map(Timestamp::as_millisecond),
            sealed,
        }
    }
}

/// What stands beside a request in clear and is bound to what is sealed.
fn context(id: RequestId, subject: Option<SubjectId>) -> Vec<u8> {
    let mut context = id.0.to_vec();
    context.extend_from_slice(subject.as_ref().map_or(&[], |subject| &subject.0));
    context
}

/// The rules on requests of the policy in force, and of a regime.
fn terms<'a>(document: &'a Document, progress: &Progress) -> Result<Terms<'a>, Error> {
    Terms::of(document, &progress.regime)
        .ok_or_else(|| Error::Conflict("the policy no longer serves this regime".to_owned()))
}

fn handling(document: &Document) -> Handling {
    document.requests.as_ref().map(|requests| requests.handling.clone()).unwrap_or_default()
}

/// What an act on a request draws at random beforehand, so that it stays the same when it is run again.
struct Drawn {
    records: [Fresh; MOST_STEPS],
    letters: [[u8; 16]; MOST_STEPS],
    callback: [u8; 16],
}

impl Drawn {
    fn new() -> Result<Self, Error> {
        let mut letters = [[0; 16]; MOST_STEPS];
        for letter in &mut letters {
            random(letter)?;
        }
        let mut callback = [0; 16];
        random(&mut callback)?;
        let records = [Fresh::new()?, Fresh::new()?, Fresh::new()?, Fresh::new()?];
        Ok(Self { records, letters, callback })
    }
}

/// What an act asks of a request.
#[derive(Default)]
pub struct Change {
    /// The steps to take, in order.
    pub steps: Vec<Step>,
    /// Letters beside those that the steps bring.
    pub letters: Vec<RequestLetter>,
}

impl From<Step> for Change {
    fn from(step: Step) -> Self {
        Self { steps: vec![step], letters: Vec::new() }
    }
}

/// Who does something with a request, and under which idempotency key.
#[derive(Clone)]
pub struct By {
    /// Who, as records say it.
    pub name: String,
    /// The key, where a program sent one.
    pub once: Option<Once>,
    /// As what they saw it, where they saw it: [`Request::stamp`].
    pub seen: Option<String>,
}

impl From<String> for By {
    fn from(name: String) -> Self {
        Self { name, once: None, seen: None }
    }
}

/// How an act on a request came out.
#[derive(Debug, Clone)]
pub struct Moved {
    /// Which.
    pub id: RequestId,
    /// How it stands now.
    pub progress: Progress,
    /// The record of the last step; `None` when no step was taken.
    pub place: Option<Place>,
}

/// Carries out an act on a request: `change` looks at it and may edit what it says; the steps it asks
/// for are taken in order, each with its record and letter, all or none.
///
/// # Errors
/// [`Error::NotFound`] when there is no such request; [`Error::Conflict`] and [`Error::Invalid`] when a
/// step is not taken; what `change` says.
pub async fn advance(
    app: &Arc<App>,
    id: RequestId,
    by: impl Into<By>,
    change: impl Fn(&mut Request, &mut Tx<'_>, Timestamp) -> Result<Change, Error> + Send + 'static,
) -> Result<Moved, Error> {
    let now = app.clock.now();
    let drawn = Drawn::new()?;
    let keeper = Arc::clone(app);
    let By { name: by, once, seen } = by.into();
    app.store
        .write(move |tx: &mut Tx<'_>| {
            let done = once.as_ref().map(|once| once.begin(tx)).transpose()?.flatten();
            let mut request = Request::read(&keeper.keys, tx, id)?
                .ok_or_else(|| Error::not_found("request", id.to_string()))?;
            if let Some(index) = done {
                let place = keeper.place(tx, index)?.0;
                return Ok(Moved { id, progress: request.progress, place: Some(place) });
            }
            if seen.as_ref().is_some_and(|seen| request.stamp().is_ok_and(|now| now != *seen)) {
                return Err(Error::Conflict(MOVED_ON.to_owned()));
            }
            let before = Standing::of(&request.progress, ReasonsTold::None).status;
            let change = change(&mut request, tx, now)?;
            let place = take(&keeper, tx, &mut request, change, &by, now, &drawn)?;
            if let Channel::Agent { agent, callback: Some(_), .. } = &request.matter.channel
                && Standing::of(&request.progress, ReasonsTold::None).status != before
            {
                let message = Message::Callback { agent: agent.clone(), request: id };
                outbox::put(&keeper.keys, tx, drawn.callback, &message, now)?;
            }
            if let (Some(once), Some(place)) = (&once, place) {
                once.done(tx, place.index, now);
            }
            Ok(Moved { id, progress: request.progress, place })
        })
        .await
}

/// Takes the steps of a change and keeps the request as it stands then.
fn take(
    app: &App,
    tx: &mut Tx<'_>,
    request: &mut Request,
    change: Change,
    by: &str,
    now: Timestamp,
    drawn: &Drawn,
) -> Result<Option<Place>, Error> {
    let document = app.policy();
    let mut place = None;
    let mut letters = change.letters;
    for (n, step) in change.steps.iter().enumerate() {
        let terms = match (step, request.subject) {
            // She is known by now: her own regime decides.
            (Step::Identify { .. }, Some(subject)) => {
                let held = crate::store::subjects::get(tx, subject)?;
                let regime = held.and_then(|held| held.regime);
                let of_hers = regime.and_then(|regime| Terms::of(&document, &regime));
                of_hers.map_or_else(|| terms(&document, &request.progress), Ok)?
            }
            _ => terms(&document, &request.progress)?,
        };
        let before = request.progress.state;
        request.progress =
            request.progress.step(step, &terms, now).map_err(|why| not_taken(&why))?;
        letters.extend(RequestLetter::of(step, &request.progress));
        let reason = match step {
            Step::Return { reason, .. }
            | Step::Reconsider { reason }
            | Step::Extend { reason, .. } => Some(reason.clone()),
            _ => None,
        };
        let taken = Taken { step: step.word().to_owned(), by: by.to_owned(), at: now, reason };
        request.matter.steps.push(taken);
        let fresh =
            drawn.records.get(n).ok_or_else(|| anyhow::anyhow!("too many steps at once"))?;
        let progress = &request.progress;
        let decision = progress.decision.as_ref().filter(|_| progress.state >= State::Decided);
        let act = Act::RequestMoved {
            request: request.id,
            kind: progress.kind,
            step: step.word().to_owned(),
            state: progress.state,
            outcome: decision.map(|decision| decision.outcome),
            refused: decision.map(|decision| decision.refused.clone()).unwrap_or_default(),
            alternative: decision.and_then(|decision| decision.alternative),
        };
        let record = Record {
            at: now,
            policy: document.version,
            subject: request.subject,
            by: by.to_owned(),
            act,
        };
        let at = app.record(tx, &record, None, fresh)?;
        place = Some(at);
        let state = Some(request.progress.state).filter(|state| *state != before);
        let event = state.and_then(|state| Event::of_request(request.id, state, at));
        if let Some(event) = event {
            webhook::tell(&app.keys, tx, event, &fresh.id, now)?;
        }
    }
    put_letters(app, tx, request, letters, now, drawn)?;
    let sealed = request.seal()?;
    requests::update(tx, request.id, &request.columns(&document, &sealed));
    Ok(place)
}

fn put_letters(
    app: &App,
    tx: &mut Tx<'_>,
    request: &Request,
    letters: Vec<RequestLetter>,
    now: Timestamp,
    drawn: &Drawn,
) -> Result<(), Error> {
    for (letter, id) in letters.into_iter().zip(drawn.letters) {
        let message = Message::RequestLetter { request: request.id, letter };
        outbox::put(&app.keys, tx, id, &message, now)?;
    }
    Ok(())
}

/// Says why a step is not taken, and of which field it is the fault.
fn not_taken(why: &NotTaken) -> Error {
    let words = why.to_string();
    match why {
        NotTaken::NotAGround { .. } | NotTaken::NoGround => {
            Error::field("refused", "not_a_ground", words)
        }
        NotTaken::Inconsistent => Error::field("outcome", "inconsistent", words),
        NotTaken::NotAnAlternative => Error::field("alternative", "not_a_measure", words),
        NotTaken::NoReason => Error::field("reason", "missing", words),
        NotTaken::OtherSum { .. } => Error::field("amount", "other_sum", words),
        NotTaken::NoExtension => Error::field("months", "no_extension", words),
        NotTaken::NotSureEnough { .. } => Error::field("how", "not_sure_enough", words),
        NotTaken::NotNow { .. }
        | NotTaken::NoAgent
        | NotTaken::FeeSettled
        | NotTaken::FeeNotAsked
        | NotTaken::NothingPaid
        | NotTaken::SameEyes => Error::Conflict(words),
    }
}

/// Reads a request for whoever may see it.
///
/// # Errors
/// [`Error::NotFound`] when there is none; a failure when it does not open.
pub async fn get(app: &Arc<App>, id: RequestId) -> Result<Request, Error> {
    let keeper = Arc::clone(app);
    let read = app.store.read(move |conn| Request::read(&keeper.keys, conn, id)).await?;
    read.ok_or_else(|| Error::not_found("request", id.to_string()))
}

/// The request under a receipt number, however it was written.
///
/// # Errors
/// The database.
pub async fn by_number(app: &App, number: &str) -> Result<Option<RequestId>, Error> {
    let Some(number) = RequestId::read_number(number) else { return Ok(None) };
    app.store.read(move |conn| Ok::<_, Error>(requests::by_number(conn, &number)?)).await
}

/// The kinds that the policy lets a person ask for: all but what nobody could be told of.
pub fn kinds(document: &Document) -> Vec<RequestKind> {
    let has_measures = document.recipients.values().any(|r| r.equivalent_measures.is_some());
    let mut kinds = RequestKind::ALL.to_vec();
    kinds.retain(|kind| *kind != RequestKind::EquivalentMeasures || has_measures);
    kinds
}
