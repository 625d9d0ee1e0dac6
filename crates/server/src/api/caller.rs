//! Who calls: a service key, known by its hash, with the scopes it was given. A key looks like
//! `azk_<id>_<secret>`; only its SHA-256 is kept, and a revoked key stops within two seconds.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use jiff::Timestamp;
use policy::party::base32;
use sha2::{Digest, Sha256};

use super::Api;
use super::problem::Problem;
use crate::app::App;
use crate::error::Error;
use crate::store::service_keys::{self, ServiceKey};
use crate::store::{Conn, Store};

/// What a service key may do.
pub const SCOPES: [&str; 30] = [
    "subjects:write",
    "subjects:read",
    "subjects:close",
    "consents:read",
    "consents:write",
    "restrictions:write",
    "engagements:write",
    "recipients:write",
    "letters:write",
    "links:write",
    "uses:write",
    "disclosures:write",
    "provisions:read",
    "sign-ins:write",
    "sign-ins:vouch",
    "exceptions:approve",
    "holds:write",
    "retention:read",
    "requests:write",
    "requests:read",
    "requests:decide",
    "requests:fees",
    "instructions:write",
    "webhooks:write",
    "datasets:write",
    "datasets:read",
    "datasets:approve",
    "datasets:provide",
    "datasets:method",
    "statistics:write",
];

/// How long a key is trusted before it is looked up again.
const TRUSTED_FOR: Duration = Duration::from_secs(2);

/// A caller with a key in force.
pub struct Caller {
    /// The key's id.
    pub id: String,
    /// What the operator called it.
    pub name: String,
    scopes: Vec<String>,
    limit: Option<DefaultDirectRateLimiter>,
}

impl Caller {
    /// Refuses unless the key has that scope.
    ///
    /// # Errors
    /// [`Error::Scope`].
    pub fn may(&self, scope: &'static str) -> Result<(), Error> {
        if self.scopes.iter().any(|s| s == scope) { Ok(()) } else { Err(Error::Scope(scope)) }
    }

    /// The name under which records say who asked.
    pub fn by(&self) -> String {
        format!("{} ({})", self.name, self.id)
    }
}

type Known = HashMap<[u8; 32], (Arc<Caller>, Instant)>;

/// The callers seen lately.
pub struct Callers {
    known: RwLock<Known>,
    per_second: Option<NonZeroU32>,
}

impl Callers {
    /// Callers that may each send so many requests a second; `None` for no limit.
    pub fn new(per_second: Option<NonZeroU32>) -> Self {
        Self { known: RwLock::default(), per_second }
    }

    async fn find(&self, app: &App, key: &str) -> Result<Arc<Caller>, Error> {
        let hash: [u8; 32] = Sha256::digest(key.as_bytes()).into();
        let known = {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            known.get(&hash).cloned()
        };
        if let Some((caller, seen_at)) = &known
            && seen_at.elapsed() < TRUSTED_FOR
        {
            return Ok(Arc::clone(caller));
        }
        let id = key.strip_prefix("azk_").and_then(|rest| rest.split('_').next());
        let id = id.ok_or(Error::Unauthenticated)?.to_owned();
        let found: Option<ServiceKey> =
            app.store.read(move |conn| service_keys::get(conn, &id)).await.map_err(Error::from)?;
        // The hash of a random key: comparing it tells nothing about the key.
        let in_force = found.filter(|k| k.hash == hash && k.revoked_at.is_none());
        let mut known_now = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let Some(found) = in_force else {
            known_now.remove(&hash);
            return Err(Error::Unauthenticated);
        };
        let caller = known.map_or_else(
            || {
                Arc::new(Caller {
                    id: found.id,
                    name: found.name,
                    scopes: found.scopes.split(' ').map(str::to_owned).collect(),
                    limit: self.per_second.map(|n| RateLimiter::direct(Quota::per_second(n))),
                })
            },
            |(caller, _)| caller,
        );
        known_now.insert(hash, (Arc::clone(&caller), Instant::now()));
        Ok(caller)
    }
}

/// The caller of a request, by its `Authorization` header.
pub struct Called(pub Arc<Caller>);

impl FromRequestParts<Arc<Api>> for Called {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Arc<Api>) -> Result<Self, Problem> {
        let key = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        // The scheme's name may be written in any case (RFC 9110, 11.1).
        let key = key.and_then(|value| value.split_once(' '));
        let key = key.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let key = key.map(|(_, key)| key);
        let key = key.ok_or(Error::Unauthenticated)?;
        let caller = api.callers.find(&api.app, key.trim()).await?;
        if let Some(limit) = &caller.limit
            && limit.check().is_err()
        {
            return Err(Error::TooMany { retry_after_s: 1 }.into());
        }
        Ok(Self(caller))
    }
}

/// A key that was just made; it is shown once.
pub struct NewKey {
    /// The key itself.
    pub key: String,
    /// Its id.
    pub id: String,
}

/// Makes a service key in an act of its own.
///
/// # Errors
/// As [`make_on`].
pub fn make(store: &Store, now: Timestamp, name: &str, scopes: &[String]) -> Result<NewKey, Error> {
    let (name, scopes) = (name.to_owned(), scopes.to_vec());
    store.write_blocking(move |tx| make_on(tx, now, &name, &scopes))
}

/// Makes a service key and keeps its hash.
///
/// # Errors
/// [`Error::Invalid`] for an unknown scope or an unfit name.
pub fn make_on(
    conn: &mut Conn,
    now: Timestamp,
    name: &str,
    scopes: &[String],
) -> Result<NewKey, Error> {
    if name.is_empty() || name.chars().count() > 60 || name.chars().any(char::is_control) {
        return Err(Error::field("name", "unfit", "is not 1 to 60 plain characters"));
    }
    for scope in scopes {
        if !SCOPES.contains(&scope.as_str()) {
            let detail = format!("`{scope}` is not one of {}", SCOPES.join(", "));
            return Err(Error::field("scope", "unknown", detail));
        }
    }
    if scopes.is_empty() {
        return Err(Error::field("scope", "missing", "names nothing that the key may do"));
    }
    let mut bytes = [0; 37];
    crate::once::random(&mut bytes)?;
    let id = base32().encode(&bytes[..5]);
    let key = format!("azk_{id}_{}", base32().encode(&bytes[5..]));
    let kept = ServiceKey {
        id: id.clone(),
        name: name.to_owned(),
        hash: Sha256::digest(key.as_bytes()).to_vec(),
        scopes: scopes.join(" "),
        created_at: now.as_millisecond(),
        revoked_at: None,
    };
    service_keys::insert(conn, &kept);
    Ok(NewKey { key, id })
}
