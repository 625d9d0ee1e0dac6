//! A password is put in the place of the one before: with the old one, which is checked here, or on the word of a
//! service that has proven who she is. The record names it and says nothing of it.

use std::sync::Arc;

use policy::item::SecretKind;
use policy::record::Act;
use policy::{Record, SubjectId};
use vault::{Plain, Verifier};

use crate::acts::consent::open;
use crate::acts::sign_in::Tries;
use crate::app::App;
use crate::error::Error;
use crate::intake;
use crate::once::Fresh;
use crate::record::Place;
use crate::store::{Tx, secrets};

/// Puts a password; with `old`, only where that is the one before.
///
/// # Errors
/// [`Error::Invalid`] for one that is unfit; [`Error::SignInFailed`] when the old one does not fit;
/// [`Error::TooMany`] after ten tries; [`Error::NotFound`] when she is not held; [`Error::Conflict`] when her
/// account is closed, or another password was put meanwhile.
pub async fn put(
    app: &Arc<App>,
    tries: &Tries,
    subject: SubjectId,
    password: String,
    old: Option<String>,
    by: String,
) -> Result<Place, Error> {
    let document = app.policy();
    let name = intake::secret_of(&document, SecretKind::Password)?;
    let secret = name.clone();
    let before = app.store.read(move |conn| secrets::kept(conn, subject, secret.as_str())).await?;
    let checked = old.is_some();
    if let Some(old) = old.map(Plain::new) {
        tries.begin(&subject.0)?;
        let kept = before.clone();
        let fits = app.hashing.run(move || {
            let verifier = kept.and_then(|kept| Verifier::parse(&kept).ok());
            verifier.is_some_and(|verifier| verifier.check(&old).unwrap_or(false))
        });
        if !fits.await? {
            return Err(Error::SignInFailed);
        }
    }
    let verifier = intake::make_verifier(app, Plain::new(password)).await?.to_text();
    let (now, fresh, keeper) = (app.clock.now(), Fresh::new()?, Arc::clone(app));
    let act = move |tx: &mut Tx<'_>| {
        open(tx, subject)?;
        // What was checked has to be what is replaced.
        if checked && secrets::kept(tx, subject, name.as_str())? != before {
            return Err(Error::Conflict("another password was put meanwhile".to_owned()));
        }
        secrets::put(tx, subject, &name, &verifier, None, now.as_millisecond());
        let record = Record {
            at: now,
            policy: document.version,
            subject: Some(subject),
            by: by.clone(),
            act: Act::SecretPut { secret: name.clone() },
        };
        keeper.record(tx, &record, None, &fresh)
    };
    app.store.write(act).await
}
