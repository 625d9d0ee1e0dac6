//! An account is closed: consents and engagements end with it, nobody finds her by an address any
//! more, retention periods begin to run, and what is due at once goes at once.

use std::sync::Arc;

use jiff::Timestamp;
use policy::record::{Act, ConsentTaken, ErasedBecause};
use policy::{ConsentState, RecipientName, Record, Reference, SubjectId};

use crate::app::App;
use crate::erase::{Erased, Erasure, Wish};
use crate::error::Error;
use crate::once::Fresh;
use crate::store::{Tx, agreements, consents, engagements, items, links, subjects};
use crate::webhook::{self, Event};

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
    let fresh = Fresh::new()?;
    let closing = Closing { subject, by: by.clone(), at: now, closed_at: now, fresh };
    let erasure = Erasure::new(subject, Wish::Due, ErasedBecause::AccountEnd, by, now)?;
    let keeper = Arc::clone(app);
    app.store
        .write(move |tx: &mut Tx<'_>| {
            let (closed_at, called_off) = closing.keep(&keeper, tx)?;
            let erased = Erasure { called_off, ..erasure.clone() }.carry_out(&keeper, tx)?;
            Ok(Closed { closed_at, erased })
        })
        .await
}

/// The closing of an account, before it is done.
#[derive(Clone)]
pub struct Closing {
    /// Whose.
    pub subject: SubjectId,
    /// Who asked for it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// From when on periods are counted.
    pub closed_at: Timestamp,
    /// For its record.
    pub fresh: Fresh,
}

impl Closing {
    /// Closes it within an act, and tells when that was and which engagements it called off; one that
    /// is closed already stays so. Erases nothing. May run more than once.
    ///
    /// # Errors
    /// [`Error::NotFound`] when nobody is held under that id.
    pub fn keep(
        &self,
        app: &App,
        tx: &mut Tx<'_>,
    ) -> Result<(Timestamp, Vec<(RecipientName, Reference)>), Error> {
        let Self { subject, by, at, closed_at, fresh } = self;
        let subject = *subject;
        let held = subjects::get(tx, subject)?.filter(|held| held.wrapped.is_some());
        let held = held.ok_or_else(|| Error::not_found("subject", subject.to_string()))?;
        if let Some(closed_at) = held.closed_at.map_err(anyhow::Error::from)? {
            return Ok((closed_at, Vec::new()));
        }
        let now = closed_at.as_millisecond();
        subjects::close(tx, subject, now);
        let called_off = engagements::unfinished(tx, subject, now)?;
        engagements::call_off(tx, subject, now);
        let mut ended = Vec::new();
        for (fact, language) in consents::all(tx, subject)? {
            let open = matches!(
                fact.state,
                ConsentState::Given | ConsentState::Requested | ConsentState::RequestDeferred
            );
            if open {
                let (consent, notice) = (fact.consent, fact.notice);
                let state = ConsentState::Expired;
                ended.push(consent.clone());
                consents::put(tx, subject, &ConsentTaken { consent, state, notice, language }, now);
            }
        }
        // She may come back under the same address, as somebody new.
        items::forget_lookups(tx, subject);
        links::erase_all(tx, subject);
        agreements::erase(tx, subject);
        let record = Record {
            at: *at,
            policy: app.policy().version,
            subject: Some(subject),
            by: by.clone(),
            act: Act::AccountClosed { consents: ended, engagements: called_off.clone() },
        };
        let place = app.record(tx, &record, None, fresh)?;
        let event = Event::AccountClosed { subject, at: place.into() };
        webhook::tell(&app.keys, tx, event, &fresh.id, *at)?;
        Ok((*closed_at, called_off))
    }
}
