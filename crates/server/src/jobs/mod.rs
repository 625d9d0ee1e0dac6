//! Time enters: what is done because a moment has come. `deliver.rs` sees to the outbox.

pub mod deliver;

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;

use crate::acts::telling;
use crate::app::App;
use crate::connectors::mail::Mail;
use crate::error::Error;
use crate::store::{idempotency, outbox};

/// How long a repeated request is known.
const KEYS_KNOWN_FOR: SignedDuration = SignedDuration::from_hours(24);
/// How long it is kept how a message ended.
const ENDED_KNOWN_FOR: SignedDuration = SignedDuration::from_hours(90 * 24);
/// How often it is looked whether another version is in force.
const HEED: Duration = Duration::from_secs(1);
/// How often the jobs look.
const EVERY: Duration = Duration::from_secs(600);

/// Runs the jobs until dropped; without a mail server, letters wait.
pub async fn run(app: Arc<App>, mail: Option<Mail>) {
    let standing = async {
        tokio::join!(forget(Arc::clone(&app)), keep_up(Arc::clone(&app)));
    };
    match mail {
        Some(mail) => drop(tokio::join!(standing, deliver::run(Arc::clone(&app), mail))),
        None => standing.await,
    }
}

/// Puts the version in force at its moment, takes up what other processes published, and goes on
/// telling people of it.
async fn keep_up(app: Arc<App>) {
    let mut ticks = tokio::time::interval(HEED);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = app.keep_up().await {
            tracing::error!(%error, "the version in force is not taken up; the next round retries");
            continue;
        }
        if let Err(error) = telling::tell_more(&app).await {
            tracing::warn!(%error, "people are not told of a version; the next round retries");
        }
    }
}

async fn forget(app: Arc<App>) {
    let mut ticks = tokio::time::interval(EVERY);
    loop {
        ticks.tick().await;
        if let Err(error) = forget_keys(&app).await {
            tracing::warn!(%error, "old idempotency keys are not forgotten; the next round retries");
        }
        if let Err(error) = forget_ended(&app).await {
            tracing::warn!(%error, "ended messages are not forgotten; the next round retries");
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

/// Forgets messages that ended long ago, those that were given up among them.
///
/// # Errors
/// When the database does not take it.
pub async fn forget_ended(app: &App) -> Result<(), Error> {
    let before = app.clock.now() - ENDED_KNOWN_FOR;
    app.store
        .write(move |tx| {
            outbox::forget(tx, before.as_millisecond());
            Ok(())
        })
        .await
}
