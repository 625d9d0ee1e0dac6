//! The information manager puts a hold on one person's information, such as in a live dispute, or
//! lifts it (R12.2). It beats erasure, and it ends.

use std::sync::Arc;

use jiff::SignedDuration;
use policy::record::Act;
use policy::{HoldName, Record, SubjectId};

use crate::acts::consent::held;
use crate::app::App;
use crate::erase::{PlacedHold, hold_context, placed_holds};
use crate::error::{Error, FieldError};
use crate::once::Fresh;
use crate::record::Place;
use crate::store::{Tx, holds, subjects};

/// The longest reason or evidence, in characters.
const MAX_CHARS: usize = 1000;

/// The longest that a hold stands before it is put anew, in days: its grounds are looked at again at
/// least once a year.
const MAX_DAYS: i64 = 366;

/// Puts a hold, or puts it anew.
///
/// # Errors
/// [`Error::Invalid`] field by field; [`Error::NotFound`] when nobody is held under that id.
pub async fn place(
    app: &Arc<App>,
    subject: SubjectId,
    name: HoldName,
    hold: PlacedHold,
) -> Result<Place, Error> {
    let now = app.clock.now();
    let document = app.policy();
    let mut wrong = Vec::new();
    for (field, text) in [("reason", &hold.reason), ("evidence", &hold.evidence)] {
        let chars = text.trim().chars().count();
        if chars == 0 {
            let detail = "is missing; a hold is put with its reason and evidence";
            wrong.push(FieldError::new(field, "missing", detail));
        } else if chars > MAX_CHARS {
            let detail = format!("has {chars} characters; at most {MAX_CHARS} are held");
            wrong.push(FieldError::new(field, "too_long", detail));
        }
    }
    if hold.until <= now {
        wrong.push(FieldError::new("until", "past", "is not in the future"));
    }
    if hold.until > now + SignedDuration::from_hours(MAX_DAYS * 24) {
        let detail = format!("is more than {MAX_DAYS} days away; put it anew when that is over");
        wrong.push(FieldError::new("until", "too_late", detail));
    }
    for (n, item) in hold.items.iter().enumerate() {
        if !document.items.contains_key(item) {
            let field = format!("items[{n}]");
            wrong.push(FieldError::new(field, "unknown", "is not an item of the policy"));
        }
    }
    if document.holds.contains_key(&name) {
        let detail = "is the name of a hold of the policy; take another";
        wrong.push(FieldError::new("hold", "taken", detail));
    }
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    let fresh = Fresh::new()?;
    let bytes = serde_json::to_vec(&hold).map_err(anyhow::Error::from)?;
    let context = hold_context(subject, name.as_str());
    let sealed = app.keys.seal_system("hold", &context, &bytes)?;
    let keeper = Arc::clone(app);
    app.store
        .write(move |tx: &mut Tx<'_>| {
            held(tx, subject)?;
            holds::put(tx, subject, &name, hold.until.as_millisecond(), &sealed);
            // Put anew, it may end earlier than before.
            subjects::look_by(tx, subject, hold.until.as_millisecond());
            let PlacedHold { items, reason, evidence, until, by, .. } = hold.clone();
            let act = Act::HoldPlaced { hold: name.clone(), items, reason, evidence, until };
            let policy = document.version;
            let record = Record { at: now, policy, subject: Some(subject), by, act };
            keeper.record(tx, &record, None, &fresh)
        })
        .await
}

/// Lifts a hold; what is due goes at the next round.
///
/// # Errors
/// [`Error::NotFound`] when there is none of that name.
pub async fn lift(
    app: &Arc<App>,
    subject: SubjectId,
    name: HoldName,
    by: String,
) -> Result<Place, Error> {
    let now = app.clock.now();
    let document = app.policy();
    let fresh = Fresh::new()?;
    let keeper = Arc::clone(app);
    app.store
        .write(move |tx: &mut Tx<'_>| {
            held(tx, subject)?;
            if !holds::all(tx, subject)?.iter().any(|hold| hold.name == name.as_str()) {
                return Err(Error::not_found("hold", name.as_str()));
            }
            holds::delete(tx, subject, &name);
            subjects::look_by(tx, subject, now.as_millisecond());
            let record = Record {
                at: now,
                policy: document.version,
                subject: Some(subject),
                by: by.clone(),
                act: Act::HoldLifted { hold: name.clone() },
            };
            keeper.record(tx, &record, None, &fresh)
        })
        .await
}

/// The hold of a name on a person's information.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub async fn get(app: &Arc<App>, subject: SubjectId, name: HoldName) -> Result<PlacedHold, Error> {
    let keeper = Arc::clone(app);
    let placed = app
        .store
        .read(move |conn| placed_holds(&keeper.keys, conn, subject).map(|all| (all, name)))
        .await?;
    let (all, name) = placed;
    let found = all.into_iter().find(|(known, _)| *known == name);
    found.map(|(_, hold)| hold).ok_or_else(|| Error::not_found("hold", name.as_str()))
}
