//! The information manager approves an exception to consent, with its reason and evidence (S13).
//! Only an ask that names the approval stands on it.

use std::sync::Arc;

use jiff::SignedDuration;
use policy::Record;
use policy::decide::Approval;
use policy::party::base32;
use policy::record::Act;

use crate::app::App;
use crate::error::{Error, FieldError};
use crate::once::{Fresh, Once};
use crate::record::Place;
use crate::store::{Tx, exceptions, recipients, subjects};

/// The longest reason or evidence, in characters.
const MAX_CHARS: usize = 1000;

/// The longest that an approval may stand, in days: a year, so that its grounds are looked at again
/// at least as often as a recipient abroad is (R2.4).
const MAX_DAYS: i64 = 366;

/// Approves an exception. Its id is the id of its record.
///
/// # Errors
/// [`Error::Invalid`] field by field.
pub async fn approve(
    app: &Arc<App>,
    approval: Approval,
    once: Option<Once>,
) -> Result<Place, Error> {
    let now = app.clock.now();
    let document = app.policy();
    let mut wrong = Vec::new();
    for (field, text) in [("reason", &approval.reason), ("evidence", &approval.evidence)] {
        let chars = text.trim().chars().count();
        if chars == 0 {
            let detail = "is missing; an exception is approved with its reason and evidence";
            wrong.push(FieldError::new(field, "missing", detail));
        } else if chars > MAX_CHARS {
            let detail = format!("has {chars} characters; at most {MAX_CHARS} are held");
            wrong.push(FieldError::new(field, "too_long", detail));
        }
    }
    if approval.ends_at <= now {
        wrong.push(FieldError::new("ends_at", "past", "is not in the future"));
    }
    if approval.ends_at > now + SignedDuration::from_hours(MAX_DAYS * 24) {
        let detail =
            format!("is more than {MAX_DAYS} days away; approve it anew when that is over");
        wrong.push(FieldError::new("ends_at", "too_late", detail));
    }
    // Whether a case of Act 27(1) is at hand is seen person by person.
    if approval.kind.reaches_beyond_purpose() && approval.subject.is_none() {
        let detail = "is missing; only `entrustment` and `succession` are for everyone";
        wrong.push(FieldError::new("subject", "missing", detail));
    }
    if !document.purposes.contains_key(&approval.purpose) {
        wrong.push(FieldError::new("purpose", "unknown", "is not a purpose of the policy"));
    }
    if approval.items.is_empty() {
        wrong.push(FieldError::new("items", "missing", "names no item"));
    }
    for (n, item) in approval.items.iter().enumerate() {
        if !document.items.contains_key(item) {
            let field = format!("items[{n}]");
            wrong.push(FieldError::new(field, "unknown", "is not an item of the policy"));
        }
    }
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    let fresh = Fresh::new()?;
    let bytes = serde_json::to_vec(&approval).map_err(anyhow::Error::from)?;
    let sealed = app.keys.seal_system("exception", &fresh.id, &bytes)?;
    let keeper = Arc::clone(app);
    app.store
        .write(move |tx: &mut Tx<'_>| {
            if let Some(once) = &once
                && let Some(index) = once.begin(tx)?
            {
                return Ok(keeper.place(tx, index)?.0);
            }
            let rows = tx.query(recipients::BY_NAME, &[approval.recipient.as_str().into()])?;
            let named = document.recipients.get(&approval.recipient).is_some_and(|r| !r.many);
            if rows.is_empty() && !named {
                return Err(Error::field("recipient", "unknown", "is not a known recipient"));
            }
            if let Some(subject) = approval.subject
                && subjects::get(tx, subject)?.is_none()
            {
                return Err(Error::field("subject", "unknown", "is nobody who is held"));
            }
            exceptions::insert(tx, &fresh.id, approval.ends_at.as_millisecond(), &sealed);
            let record = Record {
                at: now,
                policy: document.version,
                subject: approval.subject,
                by: approval.approved_by.clone(),
                act: Act::ExceptionApproved { approval: approval.clone() },
            };
            let place = keeper.record(tx, &record, None, &fresh)?;
            if let Some(once) = &once {
                once.done(tx, place.index, now);
            }
            Ok(place)
        })
        .await
}

/// Ends an approval before its time; from now on nothing stands on it.
///
/// # Errors
/// [`Error::NotFound`] for an unknown approval; [`Error::Conflict`] when it has ended already.
pub async fn end(app: &Arc<App>, id: [u8; 16], by: String) -> Result<Place, Error> {
    let now = app.clock.now();
    let document = app.policy();
    let fresh = Fresh::new()?;
    let keeper = Arc::clone(app);
    app.store
        .write(move |tx: &mut Tx<'_>| {
            let exception = format!("exc_{}", base32().encode(&id));
            let rows = tx.query(exceptions::BY_ID, &[(&id).into()])?;
            let sealed = exceptions::sealed(&rows)
                .ok_or_else(|| Error::not_found("exception", exception.clone()))?;
            let bytes = keeper.keys.open_system("exception", &id, sealed)?;
            let mut approval: Approval =
                serde_json::from_slice(&bytes).map_err(anyhow::Error::from)?;
            if approval.ends_at <= now {
                return Err(Error::Conflict("this approval has ended already".to_owned()));
            }
            approval.ends_at = now;
            let bytes = serde_json::to_vec(&approval).map_err(anyhow::Error::from)?;
            let sealed = keeper.keys.seal_system("exception", &id, &bytes)?;
            exceptions::replace(tx, &id, now.as_millisecond(), &sealed);
            let record = Record {
                at: now,
                policy: document.version,
                subject: approval.subject,
                by: by.clone(),
                act: Act::ExceptionEnded { exception },
            };
            keeper.record(tx, &record, None, &fresh)
        })
        .await
}
