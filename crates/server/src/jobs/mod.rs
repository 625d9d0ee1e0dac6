//! Time enters: what is done because a moment has come.

pub mod expire;

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;

use crate::app::App;
use crate::error::Error;
use crate::store::idempotency;

/// How long a repeated request is known.
const KEYS_KNOWN_FOR: SignedDuration = SignedDuration::from_hours(24);
/// How often old idempotency keys are looked for.
const KEYS_EVERY: Duration = Duration::from_secs(600);
/// How often what is due is looked for; the first time at the start.
const EXPIRE_EVERY: Duration = Duration::from_secs(3600);

/// Runs the jobs until dropped.
pub async fn run(app: Arc<App>) {
    let mut keys = tokio::time::interval(KEYS_EVERY);
    let mut expire = tokio::time::interval(EXPIRE_EVERY);
    loop {
        tokio::select! {
            _ = keys.tick() => {
                if let Err(error) = forget_keys(&app).await {
                    tracing::warn!(%error, "old idempotency keys are not forgotten; the next round retries");
                }
            }
            _ = expire.tick() => match expire::round(&app).await {
                Ok(round) if round == expire::Round::default() => {}
                Ok(round) => tracing::info!(?round, "what was due is erased"),
                Err(error) => {
                    tracing::warn!(%error, "not all that is due is erased; the next round retries");
                }
            },
        }
    }
}

/// Forgets idempotency keys that nobody will send again.
///
/// # Errors
/// When the database does not take it.
pub async fn forget_keys(app: &App) -> Result<(), Error> {
    let before = app.clock.now() - KEYS_KNOWN_FOR;
    app.store
        .write(move |tx| {
            idempotency::forget(tx, before.as_millisecond());
            Ok(())
        })
        .await
}
