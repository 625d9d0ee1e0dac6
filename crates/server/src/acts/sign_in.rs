//! Does this password go with this address? The answer takes as long, and sounds the same, whether
//! the address is known or not; too many tries for one address wait. What a service has checked itself is
//! noted on its word.

use std::num::NonZeroU32;
use std::sync::Arc;

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use policy::item::SecretKind;
use policy::record::SignInMeans;
use policy::{Document, ItemName, RegimeName, SubjectId, normal};
use vault::{Plain, Verifier};

use crate::acts::sign_in_history::{Device, Try, note};
use crate::app::App;
use crate::error::Error;
use crate::linked;
use crate::store::{items, secrets, subjects};

/// Tries for one address before waiting.
const TRIES: NonZeroU32 = NonZeroU32::new(10).unwrap();

/// Addresses remembered before those at rest are forgotten.
const REMEMBERED: usize = 10_000;

/// Signs a person in by her id at a linked service; whoever asks has verified the ID token.
///
/// # Errors
/// [`Error::NotFound`] when no account is linked with it, or the policy knows no such issuer.
pub async fn by_link(
    app: &Arc<App>,
    issuer: &str,
    id: &str,
    device: Option<Device>,
) -> Result<(SubjectId, RegimeName), Error> {
    let document = app.policy();
    let nobody = || Error::not_found("account linked with", "…");
    let service = document.services.iter().find(|(_, service)| service.issuer == issuer);
    let name = service.ok_or_else(nobody)?.0.clone();
    let token = linked::token(&app.keys, issuer, id)?;
    let keeper = Arc::clone(app);
    let found = app.store.read(move |conn| {
        let Some((subject, link)) = linked::find(&keeper.keys, conn, &token)? else {
            return Ok(None);
        };
        let held = subjects::get(conn, subject)?.filter(is_open).filter(|_| link.service == name);
        Ok::<_, Error>(held.and_then(|held| held.regime).map(|regime| (subject, regime)))
    });
    let (subject, regime) = found.await?.ok_or_else(nobody)?;
    let (at, means) = (app.clock.now(), SignInMeans::Link);
    note(app, subject, Try { at, means, succeeded: true, device }).await?;
    Ok((subject, regime))
}

/// Notes a sign-in that the service has checked itself: a passkey that it keeps, a code that it sent.
///
/// # Errors
/// [`Error::NotFound`] when she is not held, or her account is closed; [`Error::SignInFailed`] when it did not
/// fit, which is noted too.
pub async fn vouched(
    app: &Arc<App>,
    subject: SubjectId,
    means: SignInMeans,
    succeeded: bool,
    device: Option<Device>,
) -> Result<(SubjectId, RegimeName), Error> {
    let held = app.store.read(move |conn| subjects::get(conn, subject)).await?;
    let regime = held.filter(is_open).and_then(|held| held.regime);
    let regime = regime.ok_or_else(|| Error::not_found("subject", subject.to_string()))?;
    note(app, subject, Try { at: app.clock.now(), means, succeeded, device }).await?;
    if succeeded { Ok((subject, regime)) } else { Err(Error::SignInFailed) }
}

/// Whose address it is, of those who have an account; nothing is noted.
///
/// # Errors
/// [`Error::NotFound`] under a policy that has no address to find a person by.
pub async fn whose(app: &Arc<App>, email: &str) -> Result<Option<SubjectId>, Error> {
    let (item, token) = token(app, &app.policy(), email)?;
    app.store
        .read(move |conn| {
            let Some(subject) = items::find(conn, item.as_str(), &token)?.pop() else {
                return Ok(None);
            };
            Ok::<_, Error>(subjects::get(conn, subject)?.filter(is_open).map(|_| subject))
        })
        .await
}

/// The item by which people are found, and the blind index of an address.
fn token(app: &App, document: &Document, email: &str) -> Result<(ItemName, [u8; 16]), Error> {
    let item = document.sign_in_address().cloned();
    let item = item.ok_or_else(|| Error::not_found("way to sign in", "email"))?;
    let address = normal::email(email);
    let token = app.keys.token(&item, address.as_deref().unwrap_or(email))?;
    Ok((item, token))
}

/// Whose key was shredded is held no longer; who left has no account to sign in to.
fn is_open(held: &subjects::Held) -> bool {
    held.wrapped.is_some() && held.closed_at == Ok(None)
}

/// Counts tries by the blind index of the address, so that no address is kept for it.
pub struct Tries(DefaultKeyedRateLimiter<[u8; 16]>);

impl Default for Tries {
    fn default() -> Self {
        // Ten at once, then one a minute.
        let quota = Quota::per_minute(NonZeroU32::MIN).allow_burst(TRIES);
        Self(RateLimiter::keyed(quota))
    }
}

impl Tries {
    /// Counts a try.
    ///
    /// # Errors
    /// [`Error::TooMany`] when there were too many.
    pub(super) fn begin(&self, of: &[u8; 16]) -> Result<(), Error> {
        // Forget those that may try again freely, so that trying many fills no memory.
        if self.0.len() > REMEMBERED {
            self.0.retain_recent();
        }
        self.0.check_key(of).map_err(|_| Error::TooMany { retry_after_s: 60 })
    }
}

/// Signs a person in by e-mail and password.
///
/// # Errors
/// [`Error::SignInFailed`], whatever the reason; [`Error::TooMany`] after ten tries, or in a crowd;
/// [`Error::NotFound`] under a policy that holds no password, or no address to find a person by.
pub async fn sign_in(
    app: &Arc<App>,
    tries: &Tries,
    email: &str,
    password: String,
    device: Option<Device>,
) -> Result<(SubjectId, RegimeName), Error> {
    let document = app.policy();
    let (item, token) = token(app, &document, email)?;
    let secret = document.secrets.iter().find(|(_, secret)| secret.keeps == SecretKind::Password);
    let secret = secret.ok_or_else(|| Error::not_found("way to sign in", "email"))?.0.clone();
    tries.begin(&token)?;
    let found = app
        .store
        .read(move |conn| {
            let Some(subject) = items::find(conn, item.as_str(), &token)?.pop() else {
                return Ok(None);
            };
            let held = subjects::get(conn, subject)?.filter(is_open);
            let regime = held.and_then(|held| held.regime);
            let verifier = secrets::kept(conn, subject, secret.as_str())?;
            Ok::<_, Error>(regime.zip(verifier).map(|(regime, kept)| (subject, regime, kept)))
        })
        .await?;
    let password = Plain::new(password);
    let answer = app.hashing.run(move || match found {
        None => {
            // The same work, so that the time tells nothing; its answer is always no.
            let _ = vault::check_against_nobody(&password);
            None
        }
        Some((subject, regime, kept)) => {
            let fits = Verifier::parse(&kept).is_ok_and(|v| v.check(&password).unwrap_or(false));
            Some((subject, regime, fits))
        }
    });
    let Some((subject, regime, succeeded)) = answer.await? else { return Err(Error::SignInFailed) };
    let tried = Try { at: app.clock.now(), means: SignInMeans::Password, succeeded, device };
    if succeeded {
        note(app, subject, tried).await?;
        return Ok((subject, regime));
    }
    note_apart(app, subject, tried);
    Err(Error::SignInFailed)
}

/// Notes a try that failed while the answer leaves: its time must not tell that the address is known.
fn note_apart(app: &Arc<App>, subject: SubjectId, tried: Try) {
    let app = Arc::clone(app);
    tokio::spawn(async move {
        if let Err(error) = note(&app, subject, tried).await {
            tracing::error!(%subject, %error, "a failed sign-in is not noted");
        }
    });
}
