//! A purpose, or everything, is stopped for a person, or allowed again (S29). Takes effect at the
//! gate at once.

use std::sync::Arc;

use policy::record::Act;
use policy::{PurposeName, Record, SubjectId};

use crate::acts::consent::held;
use crate::app::App;
use crate::error::Error;
use crate::once::Fresh;
use crate::record::Place;
use crate::store::{Tx, restrictions};

/// Stops a purpose (`None`: all), or allows it again.
///
/// # Errors
/// [`Error::Invalid`] for an unknown purpose; [`Error::NotFound`] for an unknown person.
pub async fn change(
    app: &Arc<App>,
    subject: SubjectId,
    purpose: Option<PurposeName>,
    stopped: bool,
    by: String,
) -> Result<Place, Error> {
    let document = app.policy();
    if let Some(purpose) = &purpose
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
            if stopped {
                restrictions::put(tx, subject, purpose.as_ref(), now.as_millisecond());
            } else {
                restrictions::delete(tx, subject, purpose.as_ref());
            }
            let record = Record {
                at: now,
                policy: document.version,
                subject: Some(subject),
                by: by.clone(),
                act: Act::RestrictionChanged { purpose: purpose.clone(), stopped },
            };
            keeper.record(tx, &record, None, &fresh)
        })
        .await
}
