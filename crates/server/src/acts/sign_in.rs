//! Does this password go with this address? The answer takes as long, and sounds the same, whether
//! the address is known or not; too many tries for one address wait.

use std::num::NonZeroU32;
use std::sync::Arc;

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use policy::item::SecretKind;
use policy::record::SignInMeans;
use policy::{RegimeName, SubjectId, normal};
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
    let address = normal::email(email);
    let document = app.policy();
    let item = document.sign_in_address().cloned();
    let secret = document.secrets.iter().find(|(_, secret)| secret.keeps == SecretKind::Password);
    let (Some(item), Some((secret, _))) = (item, secret) else {
        return Err(Error::not_found("way to sign in", "email"));
    };
    let secret = secret.clone();
    let token = app.keys.token(&item, address.as_deref().unwrap_or(email))?;
    // Forget addresses that may try again freely, so that trying many fills no memory.
    if tries.0.len() > REMEMBERED {
        tries.0.retain_recent();
    }
    if tries.0.check_key(&token).is_err() {
        return Err(Error::TooMany { retry_after_s: 60 });
    }
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
