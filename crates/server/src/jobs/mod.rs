//! Time enters: what is done because a moment has come.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;

use crate::app::App;
use crate::error::Error;
use crate::store::idempotency;

/// How long a repeated request is known.
const KEYS_KNOWN_FOR: SignedDuration = SignedDuration::from_hours(24);
/// How often the jobs look.
const EVERY: Duration = Duration::from_secs(600);

/// Runs the jobs until dropped.
pub async fn run(app: Arc<App>) {
    let mut ticks = tokio::time::interval(EVERY);
    loop {
        ticks.tick().await;
        if let Err(error) = forget_keys(&app).await {
            tracing::warn!(%error, "old idempotency keys are not forgotten; the next round retries");
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
