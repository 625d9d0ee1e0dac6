//! A purpose, or everything, or provision to somebody, is stopped for a person, or allowed again (S29).
//! Takes effect at the gate at once.

use std::sync::Arc;

use jiff::Timestamp;
use policy::record::Act;
use policy::{Record, SubjectId};

use crate::acts::consent::held;
use crate::app::App;
use crate::error::Error;
use crate::once::Fresh;
use crate::record::Place;
use crate::store::restrictions::{self, Restriction};
use crate::store::{Tx, recipients, subjects};

/// What is stopped for a person, and since when.
///
/// # Errors
/// [`Error::NotFound`] for an unknown person.
pub async fn all(app: &App, subject: SubjectId) -> Result<Vec<(Restriction, Timestamp)>, Error> {
    let stops = app
        .store
        .read(move |conn| {
            let known = subjects::get(conn, subject)?.filter(|held| held.wrapped.is_some());
            known.ok_or_else(|| Error::not_found("subject", subject.to_string()))?;
            Ok::<_, Error>(restrictions::with_moments(conn, subject)?)
        })
        .await?;
    let moment = |(what, at)| anyhow::Ok((what, Timestamp::from_millisecond(at)?));
    Ok(stops.into_iter().map(moment).collect::<anyhow::Result<_>>()?)
}

/// Stops something, or allows it again.
///
/// # Errors
/// [`Error::Invalid`] for an unknown purpose or recipient; [`Error::NotFound`] for an unknown person.
pub async fn change(
    app: &Arc<App>,
    subject: SubjectId,
    what: Restriction,
    stopped: bool,
    by: String,
) -> Result<Place, Error> {
    let document = app.policy();
    if let Restriction::Purpose(Some(purpose)) = &what
        && !document.purposes.contains_key(purpose)
    {
        return Err(Error::field("purpose", "unknown", "is not a purpose of the policy"));
    }
    let now = app.clock.now();
    let fresh = Fresh::new()?;
    let keeper = Arc::clone(app);
    app.store
        .write(move |tx: &mut Tx<'_>| {
            held(tx, subject)?;
            if let Restriction::Provision(Some(recipient)) = &what
                && !document.recipients.contains_key(recipient)
                && tx.query(recipients::BY_NAME, &[recipient.as_str().into()])?.is_empty()
            {
                return Err(Error::field("recipient", "unknown", "is not a known recipient"));
            }
            keep(&keeper, tx, (subject, &what, stopped), &by, now, &fresh)
        })
        .await
}

/// Writes it down within an act: row and record. May run more than once.
///
/// # Errors
/// When the record cannot be sealed.
pub fn keep(
    app: &App,
    tx: &mut Tx<'_>,
    (subject, what, stopped): (SubjectId, &Restriction, bool),
    by: &str,
    now: Timestamp,
    fresh: &Fresh,
) -> Result<Place, Error> {
    if stopped {
        restrictions::put(tx, subject, what, now.as_millisecond());
    } else {
        restrictions::delete(tx, subject, what);
    }
    let act = match what.clone() {
        Restriction::Purpose(purpose) => Act::RestrictionChanged { purpose, stopped },
        Restriction::Provision(recipient) => Act::ProvisionRestricted { recipient, stopped },
    };
    let (policy, by) = (app.policy().version, by.to_owned());
    let record = Record { at: now, policy, subject: Some(subject), by, act };
    app.record(tx, &record, None, fresh)
}
