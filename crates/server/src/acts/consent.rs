//! A person answers: a consent is given, refused or withdrawn. Takes effect at the gate at once.

use std::sync::Arc;

use policy::record::{Act, ConsentTaken};
use policy::{ConsentName, Record, SubjectId};

use crate::app::App;
use crate::error::Error;
use crate::intake::{Answer, read_answers};
use crate::once::Fresh;
use crate::record::Place;
use crate::store::{Tx, consents, subjects};

/// How a consent stands.
pub struct Standing {
    /// The consent as it was taken.
    pub taken: ConsentTaken,
    /// When.
    pub at: jiff::Timestamp,
}

/// Sets how a consent stands.
///
/// # Errors
/// [`Error::Invalid`] field by field; [`Error::NotFound`] for an unknown person or consent.
pub async fn change(
    app: &Arc<App>,
    subject: SubjectId,
    answer: Answer,
    by: String,
) -> Result<(Standing, Place), Error> {
    let now = app.clock.now();
    let document = app.policy();
    if !document.consents.keys().any(|name| name.as_str() == answer.consent) {
        return Err(Error::not_found("consent", answer.consent));
    }
    let mut wrong = Vec::new();
    let taken = read_answers(&document, &[answer], &mut wrong).pop();
    for error in &mut wrong {
        // The consent is in the path; the fields are the body's own.
        error.field = error.field.replace("consents[0].", "");
    }
    let (Some(taken), true) = (taken, wrong.is_empty()) else {
        return Err(Error::Invalid(wrong));
    };
    let fresh = Fresh::new()?;
    let keeper = Arc::clone(app);
    let kept = taken.clone();
    let place = app
        .store
        .write(move |tx: &mut Tx<'_>| {
            open(tx, subject)?;
            consents::put(tx, subject, &kept, now.as_millisecond());
            let record = Record {
                at: now,
                policy: document.version,
                subject: Some(subject),
                by: by.clone(),
                act: Act::ConsentChanged { consent: kept.clone() },
            };
            keeper.record(tx, &record, None, &fresh)
        })
        .await?;
    Ok((Standing { taken, at: now }, place))
}

/// How a consent stands now.
///
/// # Errors
/// [`Error::NotFound`] for an unknown person, or a consent she was never asked for.
pub async fn standing(
    app: &App,
    subject: SubjectId,
    consent: ConsentName,
) -> Result<Standing, Error> {
    let found = app
        .store
        .read(move |conn| {
            if subjects::get(conn, subject)?.is_none() {
                return Err(Error::not_found("subject", subject.to_string()));
            }
            let consents = consents::all(conn, subject)?;
            Ok(consents.into_iter().find(|(fact, _)| fact.consent == consent).ok_or(consent))
        })
        .await?;
    let (fact, language) = found.map_err(|consent| {
        Error::not_found("answer of that subject to the consent", consent.as_str())
    })?;
    let taken =
        ConsentTaken { consent: fact.consent, state: fact.state, notice: fact.notice, language };
    Ok(Standing { taken, at: fact.at })
}

/// Refuses acts about somebody who is not held.
///
/// # Errors
/// [`Error::NotFound`].
pub fn held(tx: &mut Tx<'_>, subject: SubjectId) -> Result<(), Error> {
    match subjects::get(tx, subject)? {
        Some(held) if held.wrapped.is_some() => Ok(()),
        _ => Err(Error::not_found("subject", subject.to_string())),
    }
}

/// Refuses acts about somebody who is not held, or has left.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] when her account is closed.
pub fn open(tx: &mut Tx<'_>, subject: SubjectId) -> Result<(), Error> {
    match subjects::get(tx, subject)? {
        Some(held) if held.wrapped.is_some() => match held.closed_at {
            Ok(None) => Ok(()),
            _ => Err(Error::closed()),
        },
        _ => Err(Error::not_found("subject", subject.to_string())),
    }
}
