//! An account is closed: consents and engagements end with it, nobody finds her by an address any
//! more, retention periods begin to run, and what is due at once goes at once.

use std::sync::Arc;

use jiff::Timestamp;
use policy::record::{Act, ConsentTaken, ErasedBecause};
use policy::{ConsentState, Record, SubjectId};

use crate::app::App;
use crate::erase::{Erased, Erasure, Wish};
use crate::error::Error;
use crate::once::Fresh;
use crate::store::{Tx, consents, engagements, items, subjects};

/// An account that is closed.
pub struct Closed {
    /// When it was closed.
    pub closed_at: Timestamp,
    /// What went with it, and what stays for now.
    pub erased: Erased,
}

/// Closes an account. One that is closed already is looked at again.
///
/// # Errors
/// [`Error::NotFound`] when nobody is held under that id.
pub async fn close(app: &Arc<App>, subject: SubjectId, by: String) -> Result<Closed, Error> {
    let now = app.clock.now();
    let document = app.policy();
    let fresh = Fresh::new()?;
    let erasure = Erasure {
        subject,
        wish: Wish::Due,
        because: ErasedBecause::AccountEnd,
        by: by.clone(),
        at: now,
        fresh: Fresh::new()?,
    };
    let keeper = Arc::clone(app);
    app.store
        .write(move |tx: &mut Tx<'_>| {
            let held = subjects::get(tx, subject)?.filter(|held| held.wrapped.is_some());
            let held = held.ok_or_else(|| Error::not_found("subject", subject.to_string()))?;
            let closed_at = match held.closed_at.map_err(anyhow::Error::from)? {
                Some(closed_at) => closed_at,
                None => {
                    let at = now.as_millisecond();
                    subjects::close(tx, subject, at);
                    let engagements = engagements::unfinished(tx, subject, at)?;
                    engagements::call_off(tx, subject, at);
                    let mut ended = Vec::new();
                    for (fact, language) in consents::all(tx, subject)? {
                        let open = matches!(
                            fact.state,
                            ConsentState::Given
                                | ConsentState::Requested
                                | ConsentState::RequestDeferred
                        );
                        if open {
                            let (consent, notice) = (fact.consent, fact.notice);
                            let state = ConsentState::Expired;
                            ended.push(consent.clone());
                            let taken = ConsentTaken { consent, state, notice, language };
                            consents::put(tx, subject, &taken, at);
                        }
                    }
                    // She may come back under the same address, as somebody new.
                    items::forget_lookups(tx, subject);
                    let record = Record {
                        at: now,
                        policy: document.version,
                        subject: Some(subject),
                        by: by.clone(),
                        act: Act::AccountClosed { consents: ended, engagements },
                    };
                    keeper.record(tx, &record, None, &fresh)?;
                    now
                }
            };
            let erased = erasure.carry_out(&keeper, tx)?;
            Ok(Closed { closed_at, erased })
        })
        .await
}
