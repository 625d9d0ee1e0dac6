//! Time enters: what is done because a moment has come. `deliver/` sees to the outbox, `expire.rs` to what
//! is due, `requests.rs` to people's requests.

pub mod deliver;
pub mod expire;
pub mod requests;

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;

use crate::acts::{agreement, staff_session, telling};
use crate::app::App;
use crate::connectors::mail::Mail;
use crate::connectors::webhook::Webhooks;
use crate::error::Error;
use crate::store::{idempotency, instructions, outbox};

/// How long a repeated request is known.
const KEYS_KNOWN_FOR: SignedDuration = SignedDuration::from_hours(24);
/// How long it is kept how a message ended.
const ENDED_KNOWN_FOR: SignedDuration = SignedDuration::from_hours(90 * 24);
/// How often it is looked whether another version is in force.
const HEED: Duration = Duration::from_secs(1);
/// How often what may be forgotten is looked for.
const FORGET_EVERY: Duration = Duration::from_mins(10);
/// How often what is due is looked for; the first time at the start.
const EXPIRE_EVERY: Duration = Duration::from_hours(1);

/// Runs the jobs until dropped; without a mail server, letters wait.
pub async fn run(app: Arc<App>, mail: Option<Mail>) {
    let keeping = async {
        tokio::join!(keep_house(Arc::clone(&app)), keep_up(Arc::clone(&app)));
    };
    let letters = async {
        if let Some(mail) = mail {
            let instructions = deliver::Instructions(mail.clone());
            tokio::join!(
                deliver::run(Arc::clone(&app), mail),
                deliver::run(Arc::clone(&app), instructions)
            );
        }
    };
    let webhooks = async {
        match Webhooks::new() {
            Ok(webhooks) => {
                let callbacks = deliver::Callbacks(webhooks.clone());
                tokio::join!(
                    deliver::run(Arc::clone(&app), webhooks),
                    deliver::run(Arc::clone(&app), callbacks)
                );
            }
            Err(error) => {
                tracing::error!(%error, "webhooks wait: no HTTP client can be made; start anew");
            }
        }
    };
    tokio::join!(keeping, letters, webhooks);
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

async fn keep_house(app: Arc<App>) {
    let mut forget = tokio::time::interval(FORGET_EVERY);
    let mut expire = tokio::time::interval(EXPIRE_EVERY);
    loop {
        tokio::select! {
            _ = forget.tick() => {
                if let Err(error) = forget_keys(&app).await {
                    tracing::warn!(%error, "old idempotency keys are not forgotten; the next round retries");
                }
                if let Err(error) = forget_ended(&app).await {
                    tracing::warn!(%error, "ended messages are not forgotten; the next round retries");
                }
                if let Err(error) = forget_sessions(&app).await {
                    tracing::warn!(%error, "ended sessions are not forgotten; the next round retries");
                }
                if let Err(error) = forget_instructions(&app).await {
                    tracing::warn!(%error, "old instructions are not forgotten; the next round retries");
                }
                match agreement::end_unanswered(&app).await {
                    Ok(0) => {}
                    Ok(ended) => tracing::info!(ended, "representatives did not answer; they are erased"),
                    Err(error) => {
                        tracing::warn!(%error, "representatives are not erased; the next round retries");
                    }
                }
            }
            _ = expire.tick() => {
                match expire::round(&app).await {
                    Ok(round) if round == expire::Round::default() => {}
                    Ok(round) => tracing::info!(?round, "what was due is erased"),
                    Err(error) => {
                        tracing::warn!(%error, "not all that is due is erased; the next round retries");
                    }
                }
                match requests::round(&app).await {
                    Ok(0) => {}
                    Ok(done) => tracing::info!(done, "requests were looked at"),
                    Err(error) => {
                        tracing::warn!(%error, "not every request is looked at; the next round retries");
                    }
                }
            }
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

/// Forgets sessions of the staff that are over.
///
/// # Errors
/// When the database does not take it.
pub async fn forget_sessions(app: &App) -> Result<(), Error> {
    let now = app.clock.now().as_millisecond();
    app.store
        .write(move |tx| {
            staff_session::forget(tx, now);
            Ok(())
        })
        .await
}

/// Forgets instructions that were answered as long ago as a request is kept.
///
/// # Errors
/// When the database does not take it.
pub async fn forget_instructions(app: &App) -> Result<(), Error> {
    let document = app.policy();
    let handling = document.requests.as_ref().map(|requests| requests.handling.clone());
    let days = i64::from(handling.unwrap_or_default().keep_days);
    let before = app.clock.now() - SignedDuration::from_hours(24 * days);
    app.store
        .write(move |tx| {
            instructions::forget(tx, before.as_millisecond());
            Ok(())
        })
        .await
}
