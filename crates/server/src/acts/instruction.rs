//! Instructions to recipients, once they were put: which are open, that one was told by hand or by mail,
//! what the recipient answered. Putting them is `instruct.rs`'s.

use std::sync::Arc;

use jiff::Timestamp;
use policy::party::RecipientName;
use policy::record::{Act, InstructionKind, InstructionOutcome, ToldBy};
use policy::request::RequestId;
use policy::{Record, normal};

use crate::app::App;
use crate::error::Error;
use crate::instruct::Said;
use crate::keys::Keys;
use crate::once::{Fresh, Once};
use crate::outbox::{self, InstructionId, Outcome};
use crate::record::Place;
use crate::store::instructions::{self, Kept, Seen};
use crate::store::{Tx, subjects};

/// The longest answer in words, in characters.
const MAX_WORDS: usize = 1000;

/// An instruction as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instruction {
    /// Which.
    pub id: InstructionId,
    /// The request that it follows from; `None` for what time ended.
    pub request: Option<RequestId>,
    /// Who is told.
    pub recipient: RecipientName,
    /// What to do.
    pub kind: InstructionKind,
    /// When it was put.
    pub put_at: Timestamp,
    /// When the recipient was told; `None` while it is not.
    pub told_at: Option<Timestamp>,
    /// When it answered.
    pub answered_at: Option<Timestamp>,
    /// What it answered.
    pub outcome: Option<InstructionOutcome>,
    /// How its message ended, as the outbox says it, such as `given_up` or `no_address`; `None` while it
    /// is on its way.
    pub message: Option<String>,
    /// What it says.
    pub said: Said,
}

/// Opens an instruction.
///
/// # Errors
/// When the row was changed.
pub(super) fn read(keys: &Keys, kept: Kept) -> Result<Instruction, Error> {
    let said = Said::open(keys, &kept)?;
    let fault = |what: &str| Error::from(anyhow::anyhow!("an instruction whose {what} is unknown"));
    let kind = InstructionKind::ALL.into_iter().find(|kind| kind.word() == kept.kind);
    let outcome = kept.outcome.as_ref().map(|word| {
        let known = InstructionOutcome::ALL.into_iter().find(|outcome| outcome.word() == word);
        known.ok_or_else(|| fault("outcome"))
    });
    let moment = |at| subjects::moment(at).map_err(anyhow::Error::from);
    Ok(Instruction {
        id: InstructionId(kept.id),
        request: kept.request,
        recipient: kept.recipient.parse().map_err(anyhow::Error::from)?,
        kind: kind.ok_or_else(|| fault("kind"))?,
        put_at: moment(kept.put_at)?,
        told_at: kept.told_at.map(moment).transpose()?,
        answered_at: kept.answered_at.map(moment).transpose()?,
        outcome: outcome.transpose()?,
        message: kept.message,
        said,
    })
}

/// Instructions after those seen, the oldest first: those that nobody has answered, or all.
///
/// # Errors
/// The database, or when one was changed.
pub async fn list(
    app: &Arc<App>,
    is_open: bool,
    after: Seen,
    limit: i64,
) -> Result<Vec<Instruction>, Error> {
    let keeper = Arc::clone(app);
    app.store
        .read(move |conn| {
            let kept = if is_open {
                instructions::open(conn, &after, limit)?
            } else {
                instructions::all(conn, &after, limit)?
            };
            kept.into_iter().map(|kept| read(&keeper.keys, kept)).collect()
        })
        .await
}

/// The instruction under an id.
///
/// # Errors
/// [`Error::NotFound`]; when it was changed.
pub async fn get(app: &Arc<App>, id: InstructionId) -> Result<Instruction, Error> {
    let keeper = Arc::clone(app);
    app.store
        .read(move |conn| {
            let kept = instructions::get(conn, &id.0)?;
            let kept = kept.ok_or_else(|| Error::not_found("instruction", id.to_string()))?;
            read(&keeper.keys, kept)
        })
        .await
}

/// Notes that the recipient was told; `None` when that is known already.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn told(
    app: &Arc<App>,
    id: InstructionId,
    way: ToldBy,
    by: String,
) -> Result<Option<Place>, Error> {
    let (now, fresh, document) = (app.clock.now(), Fresh::new()?, app.policy());
    let keeper = Arc::clone(app);
    app.store
        .write(move |tx: &mut Tx<'_>| {
            let kept = instructions::get(tx, &id.0)?;
            let kept = kept.ok_or_else(|| Error::not_found("instruction", id.to_string()))?;
            if kept.told_at.is_some() {
                return Ok(None);
            }
            instructions::told(tx, &id.0, now.as_millisecond());
            // What somebody told by hand is not sent as well.
            if way == ToldBy::Desk {
                outbox::end(tx, &id.0, Outcome::Delivered, now);
            }
            let record = Record {
                at: now,
                policy: document.version,
                subject: None,
                by: by.clone(),
                act: Act::InstructionTold {
                    instruction: id.to_string(),
                    recipient: kept.recipient.parse().map_err(anyhow::Error::from)?,
                    way,
                },
            };
            keeper.record(tx, &record, None, &fresh).map(Some)
        })
        .await
}

/// Notes what the recipient answered: from here on it is not open any more, and the numbers under which
/// the recipient knows her are dropped.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] when it is answered already; [`Error::Invalid`] for a refusal
/// without words, or too many of them.
pub async fn answer(
    app: &Arc<App>,
    id: InstructionId,
    outcome: InstructionOutcome,
    words: Option<&str>,
    by: String,
    once: Option<Once>,
) -> Result<Place, Error> {
    let words = words.map(|words| normal::text(words.trim())).filter(|words| !words.is_empty());
    if words.is_none() && outcome != InstructionOutcome::Done {
        let detail = "is missing; say what is not done and why";
        return Err(Error::field("words", "missing", detail));
    }
    if words.as_ref().is_some_and(|words| words.chars().count() > MAX_WORDS) {
        let detail = format!("has more than {MAX_WORDS} characters");
        return Err(Error::field("words", "too_long", detail));
    }
    let (now, fresh, document) = (app.clock.now(), Fresh::new()?, app.policy());
    let keeper = Arc::clone(app);
    app.store
        .write(move |tx: &mut Tx<'_>| {
            if let Some(once) = &once
                && let Some(index) = once.begin(tx)?
            {
                return Ok(keeper.place(tx, index)?.0);
            }
            let kept = instructions::get(tx, &id.0)?;
            let kept = kept.ok_or_else(|| Error::not_found("instruction", id.to_string()))?;
            if kept.answered_at.is_some() {
                let words = "this instruction was answered before; ask for another one to be put";
                return Err(Error::Conflict(words.to_owned()));
            }
            let Said { items, purposes, .. } = Said::open(&keeper.keys, &kept)?;
            let answer = words.clone().map(|words| (words, by.clone()));
            let said = Said { items, purposes, answer, ..Said::default() };
            let sealed = said.seal(&keeper.keys, &id.0, &kept.recipient, &kept.kind)?;
            instructions::answered(tx, &id.0, outcome.word(), now.as_millisecond(), &sealed);
            outbox::end(tx, &id.0, Outcome::Delivered, now);
            let record = Record {
                at: now,
                policy: document.version,
                subject: None,
                by: by.clone(),
                act: Act::InstructionAnswered {
                    instruction: id.to_string(),
                    recipient: kept.recipient.parse().map_err(anyhow::Error::from)?,
                    outcome,
                },
            };
            let place = keeper.record(tx, &record, None, &fresh)?;
            if let Some(once) = &once {
                once.done(tx, place.index, now);
            }
            Ok(place)
        })
        .await
}
