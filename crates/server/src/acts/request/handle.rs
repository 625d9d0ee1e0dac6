//! What the desk does with a request: who asks is confirmed by hand, a fee settled, the time extended, a
//! decision made, agreed with or sent back, something noted; and what time does when nobody does
//! anything. Carrying out is `carry_out.rs`.

use std::sync::Arc;

use jiff::civil::Date;
use policy::SubjectId;
use policy::request::{
    Decision, Identified, Money, Outcome, RefusedPart, RequestId, RequestKind, State, Step,
};

use super::receive::text;
use super::{By, Change, HOUSE, Moved, Note, Noted, Request, advance, handling};
use crate::app::App;
use crate::error::Error;
use crate::store::{requests, subjects};

/// The longest note or reason, in characters.
const MAX_NOTE: usize = 4000;

/// Reads a text that staff write.
fn written(field: &str, given: &str) -> Result<String, Error> {
    let mut wrong = Vec::new();
    let read = text(field, given, MAX_NOTE, true, &mut wrong);
    if wrong.is_empty() { Ok(read) } else { Err(Error::Invalid(wrong)) }
}

/// Takes one step and nothing more.
///
/// # Errors
/// As [`advance`].
pub async fn step(
    app: &Arc<App>,
    id: RequestId,
    by: impl Into<By>,
    step: Step,
) -> Result<Moved, Error> {
    advance(app, id, by, move |_, _, _| Ok(step.clone().into())).await
}

/// Confirms by hand who asks: by particulars or a document, and whose information it is about; `None`
/// when nobody is held whom it could be about.
///
/// # Errors
/// As [`advance`]; [`Error::NotFound`] when nobody is held under that id; [`Error::Invalid`] for what
/// only the person herself can show.
pub async fn identify(
    app: &Arc<App>,
    id: RequestId,
    by: impl Into<By>,
    how: Identified,
    subject: Option<SubjectId>,
) -> Result<Moved, Error> {
    if !matches!(how, Identified::Particulars | Identified::Document) {
        let detail = "is shown by the person herself; confirm `particulars` or `document`";
        return Err(Error::field("how", "not_by_hand", detail));
    }
    advance(app, id, by, move |request, tx, _| {
        if let Some(subject) = subject {
            let held = subjects::get(tx, subject)?.filter(|held| held.wrapped.is_some());
            held.ok_or_else(|| Error::not_found("subject", subject.to_string()))?;
        }
        request.subject = subject;
        Ok(Step::Identify { how, held: subject.is_some() }.into())
    })
    .await
}

/// It is about somebody else than was thought: who asks has to be shown anew.
///
/// # Errors
/// As [`advance`].
pub async fn recheck(app: &Arc<App>, id: RequestId, by: impl Into<By>) -> Result<Moved, Error> {
    advance(app, id, by, move |request, _, _| {
        request.subject = None;
        Ok(Step::Recheck {}.into())
    })
    .await
}

/// Notes that the fee came in, as the bank or the payment platform says. The same payment told twice
/// is one; another one is kept as a note and is to be given back.
///
/// # Errors
/// As [`advance`].
pub async fn paid(
    app: &Arc<App>,
    id: RequestId,
    by: impl Into<By>,
    money: Money,
    reference: String,
) -> Result<Moved, Error> {
    paid_on(app, id, by, money, reference, None).await
}

/// As [`paid`]; the day on which it came in, where it was not today, is noted beside it.
///
/// # Errors
/// As [`advance`].
pub async fn paid_on(
    app: &Arc<App>,
    id: RequestId,
    by: impl Into<By>,
    money: Money,
    reference: String,
    on: Option<Date>,
) -> Result<Moved, Error> {
    let reference = written("reference", &reference)?;
    let by = by.into();
    let noted = by.name.clone();
    advance(app, id, by, move |request, _, now| {
        use policy::request::FeeStanding as Fee;
        match &request.progress.fee {
            Fee::Paid { reference: known, .. } if *known == reference => Ok(Change::default()),
            // Whom nobody is held as is asked for none (`FeeNotAsked`).
            Fee::Due(_) if request.progress.state != State::Investigating => {
                if let Some(on) = on {
                    let (money, reference) = (money.clone(), reference.clone());
                    let says = Noted::PaidOn { on, money, reference };
                    request.matter.notes.push(Note { by: noted.clone(), at: now, says });
                }
                Ok(Step::Pay { money: money.clone(), reference: reference.clone() }.into())
            }
            _ => {
                let (money, reference) = (money.clone(), reference.clone());
                let says = Noted::NotDue { money, reference };
                request.matter.notes.push(Note { by: noted.clone(), at: now, says });
                Ok(Change::default())
            }
        }
    })
    .await
}

/// A decision as the desk sends it in.
#[derive(Debug, Clone)]
pub struct Decided {
    /// What came out.
    pub outcome: Outcome,
    /// What is refused, and on which ground.
    pub refused: Vec<RefusedPart>,
    /// What is done instead.
    pub alternative: Option<policy::request::AlternativeMeasure>,
    /// Why, for the record.
    pub reason: String,
    /// What the answer says in the desk's own words.
    pub reply: Option<String>,
}

/// Makes a decision; it stands at once, or waits for a second pair of eyes.
///
/// # Errors
/// As [`advance`]; [`Error::Invalid`] when it does not fit what is held: nothing can be granted about
/// nobody, and a reply is needed where the answer is words alone.
pub async fn decide(
    app: &Arc<App>,
    id: RequestId,
    by: impl Into<By>,
    decided: Decided,
) -> Result<Moved, Error> {
    let reply = decided.reply.as_deref().filter(|reply| !reply.trim().is_empty());
    let reply = reply.map(|reply| written("reply", reply)).transpose()?;
    if !decided.reason.trim().is_empty() {
        written("reason", &decided.reason)?;
    }
    let by = by.into();
    let decider = by.name.clone();
    advance(app, id, by, move |request, _, now| {
        // Whatever else is wrong with it is said once it may be decided at all.
        let granted = request.progress.state == State::Investigating
            && matches!(decided.outcome, Outcome::Granted | Outcome::Partly);
        let about_her = !matches!(
            request.progress.kind,
            RequestKind::Complaint | RequestKind::EquivalentMeasures
        );
        if granted && about_her && request.subject.is_none() {
            let detail = "nobody is held whom it could be about; decide `not_held`";
            return Err(Error::field("outcome", "nobody_held", detail));
        }
        if request.progress.kind == RequestKind::Complaint && granted && reply.is_none() {
            return Err(Error::field("reply", "missing", "is missing; it is the answer"));
        }
        request.matter.reply.clone_from(&reply);
        Ok(Step::Decide(Decision {
            outcome: decided.outcome,
            refused: decided.refused.clone(),
            alternative: decided.alternative,
            reason: decided.reason.trim().to_owned(),
            by: decider.clone(),
            at: now,
        })
        .into())
    })
    .await
}

/// Writes something down beside the request.
///
/// # Errors
/// As [`advance`]; [`Error::Invalid`] when there is nothing to write, or too much.
pub async fn note(
    app: &Arc<App>,
    id: RequestId,
    by: impl Into<By>,
    text: &str,
) -> Result<Moved, Error> {
    let text = written("note", text)?;
    let by = by.into();
    let who = by.name.clone();
    advance(app, id, by, move |request, _, now| {
        let says = Noted::Words { text: text.clone() };
        request.matter.notes.push(Note { by: who.clone(), at: now, says });
        Ok(Change::default())
    })
    .await
}

/// Does with a request what time asks for: an identity that was not shown and a fee that was not paid
/// end it, papers are erased, an answer that is no longer open closes it, and when its time of keeping is
/// over it ends itself. Says whether anything was done.
///
/// # Errors
/// As [`advance`].
pub async fn look(app: &Arc<App>, id: RequestId) -> Result<bool, Error> {
    let document = app.policy();
    let now = app.clock.now();
    let handling = handling(&document);
    let request = super::get(app, id).await?;
    let is_due = request.progress.next_look(&handling, !request.files.is_empty());
    if is_due.is_none_or(|at| at > now) {
        return Ok(false);
    }
    let by = HOUSE.to_owned();
    if request.progress.state.is_over() {
        let papers_only = request.progress.moves.last().is_some_and(|(_, since)| {
            let end = policy::calendar::after_days(*since, handling.keep_days);
            policy::calendar::end_of_day(end) > now
        });
        if !papers_only {
            app.store
                .write(move |tx: &mut crate::store::Tx<'_>| {
                    requests::erase(tx, id);
                    Ok::<_, Error>(())
                })
                .await?;
            return Ok(true);
        }
    }
    advance(app, id, by, move |request: &mut Request, tx, now| {
        let papers = request.progress.papers_end(&handling).is_some_and(|end| end <= now);
        if papers && !request.files.is_empty() {
            requests::erase_files(tx, id);
            request.files.clear();
        }
        let still_due = request.progress.next_look(&handling, !request.files.is_empty());
        let due = still_due.is_some_and(|at| at <= now);
        Ok(match request.progress.state {
            State::Verifying if due => Step::FailIdentity {}.into(),
            State::AwaitingFee if due => Step::LapseFee {}.into(),
            State::Notified if due => Step::Close {}.into(),
            _ => Change::default(),
        })
    })
    .await
    .map(|_| true)
}
