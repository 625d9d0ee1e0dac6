//! Erases what is due, and records whose time is over, through the one door there is. Looks only at
//! those who may have something due (`subjects.due_at`), so a round costs what is due and not how
//! many people are held.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use policy::record::ErasedBecause;

use crate::app::App;
use crate::erase::{self, Wish};
use crate::error::Error;
use crate::store::{DbError, subjects};

/// Who asks, in the records.
const BY: &str = "azukari (retention)";
/// People looked at between two pauses; their acts share commits.
const PAGE: i64 = 64;
/// The pause, so that whoever waits for the database gets through.
const PAUSE: Duration = Duration::from_millis(20);

/// What a round did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Round {
    /// People looked at.
    pub looked_at: u64,
    /// Things that went.
    pub erased: u64,
    /// People of whom nothing is left.
    pub whole: u64,
    /// People who could not be looked at, and are tried again in the next round.
    pub failed: u64,
    /// Records that were deleted.
    pub records: u64,
    /// Records that a hold keeps beyond their time.
    pub records_held: u64,
}

/// Erases everything that is due now.
///
/// # Errors
/// When the database does not take it; what was erased until then stays erased.
pub async fn round(app: &Arc<App>) -> Result<Round, Error> {
    let mut round = Round::default();
    let now = app.clock.now().as_millisecond();
    let mut seen: subjects::Seen = (i64::MIN, Vec::new());
    loop {
        let after = seen.clone();
        let page = app
            .store
            .read(move |conn| subjects::due(conn, now, &after, PAGE))
            .await
            .map_err(|error: DbError| Error::from(error))?;
        let Some((last, due_at)) = page.last() else { break };
        seen = (*due_at, last.0.to_vec());
        let erasures = page.iter().map(|(subject, _)| {
            erase::erase(app, *subject, Wish::Due, ErasedBecause::Retention, BY.to_owned())
        });
        for (outcome, (subject, _)) in join_all(erasures).await.into_iter().zip(&page) {
            round.looked_at += 1;
            match outcome {
                Ok(erased) => {
                    round.erased += erased.gone.len() as u64;
                    round.whole += u64::from(erased.is_whole());
                }
                // One person whose rows cannot be understood keeps nobody else's.
                Err(error) => {
                    round.failed += 1;
                    tracing::error!(%subject, %error, "what is due of this person is not erased");
                }
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
    let records = end_records(app, &mut round).await;
    // Whatever went is cleared, also when not everything could.
    if round.erased + round.records > 0 {
        app.store.scrub().await?;
    }
    records.map(|()| round)
}

async fn end_records(app: &Arc<App>, round: &mut Round) -> Result<(), Error> {
    let mut after = (i64::MIN, i64::MIN);
    loop {
        let batch = erase::end_records(app, after, BY.to_owned()).await?;
        round.records += batch.ended;
        round.records_held += batch.held;
        let Some(next) = batch.next else { break };
        after = next;
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}
