//! The information manager approves an exception to consent, with its reason and evidence (S13).
//! Only an ask that names the approval stands on it.

use std::sync::Arc;

use policy::Record;
use policy::decide::Approval;
use policy::record::Act;

use crate::app::App;
use crate::error::{Error, FieldError};
use crate::once::{Fresh, Once};
use crate::record::Place;
use crate::store::{Tx, exceptions, recipients, subjects};

/// The longest reason or evidence, in characters.
const MAX_CHARS: usize = 1000;

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
