//! Keeps the work of password hashing within the machine: as many at once as there are cores, each
//! on a thread of its own, so that a crowd at the sign-in door neither fills the memory nor starves
//! everybody else. Whoever would wait too long is told to come again.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use crate::error::Error;

/// How long somebody waits for a turn.
const PATIENCE: Duration = Duration::from_secs(3);

/// Turns at hashing.
pub struct Hashing(Arc<Semaphore>);

impl Default for Hashing {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self(Arc::new(Semaphore::new(cores)))
    }
}

impl Hashing {
    /// Does the work when its turn comes.
    ///
    /// # Errors
    /// [`Error::TooMany`] when no turn comes within three seconds; then nothing was done.
    pub async fn run<T, F>(&self, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        let turn = tokio::time::timeout(PATIENCE, Arc::clone(&self.0).acquire_owned()).await;
        let turn = turn.map_err(|_| Error::TooMany { retry_after_s: 3 })?;
        let turn = turn.map_err(anyhow::Error::from)?;
        // The turn goes along: who hangs up does not stop the work, and frees no place for more.
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        Ok(done.await.map_err(anyhow::Error::from)?)
    }
}
