//! The one thread that writes: it takes the acts that wait into one durable commit, each in its own
//! savepoint, and answers every caller only when the commit is on the disk. An act that says no is
//! undone alone. Knows nothing of what the acts are.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::Receiver;

use anyhow::anyhow;
use rusqlite::Connection;
use tokio::sync::oneshot;

use super::No;

/// Acts in one commit at most.
const BATCH: usize = 256;

/// A closure with its outcome and the caller who waits for it.
pub(super) trait Act: Send {
    /// Runs the closure; true if it wants its work kept.
    fn run(&mut self, book: &Connection) -> bool;
    /// Tells the caller, who hears of a failure when nothing was committed.
    fn answer(self: Box<Self>, committed: Result<(), String>);
}

pub(super) struct Written<F, T> {
    act: Option<F>,
    outcome: Result<T, No>,
    reply: oneshot::Sender<Result<T, No>>,
}

impl<F, T> Written<F, T> {
    pub(super) fn new(act: F, reply: oneshot::Sender<Result<T, No>>) -> Self {
        Self { act: Some(act), outcome: Err(No::Failed(anyhow!("the act was not run"))), reply }
    }
}

impl<F, T> Act for Written<F, T>
where
    F: FnOnce(&Connection) -> Result<T, No> + Send,
    T: Send,
{
    fn run(&mut self, book: &Connection) -> bool {
        if let Some(act) = self.act.take() {
            self.outcome = catch_unwind(AssertUnwindSafe(|| act(book)))
                .unwrap_or_else(|_| Err(No::Failed(anyhow!("an act of the book panicked"))));
        }
        self.outcome.is_ok()
    }

    fn answer(self: Box<Self>, committed: Result<(), String>) {
        let outcome = match committed {
            Ok(()) => self.outcome,
            Err(error) => Err(No::Failed(anyhow!("nothing was written: {error}"))),
        };
        // Whoever asked may have gone away; what was written stays.
        let _ = self.reply.send(outcome);
    }
}

/// Works until the last [`super::Book`] is gone and the last act is answered.
pub(super) fn run(book: &Connection, acts: &Receiver<Box<dyn Act>>) {
    let mut batch: Vec<Box<dyn Act>> = Vec::with_capacity(BATCH);
    while let Ok(first) = acts.recv() {
        batch.push(first);
        batch.extend(acts.try_iter().take(BATCH - 1));
        let committed = commit(book, &mut batch).map_err(|error| {
            tracing::error!(acts = batch.len(), "a batch could not be committed: {error}");
            // There may be nothing left to roll back.
            let _ = book.execute_batch("ROLLBACK");
            error.to_string()
        });
        for act in batch.drain(..) {
            act.answer(committed.clone());
        }
    }
}

fn commit(book: &Connection, batch: &mut [Box<dyn Act>]) -> rusqlite::Result<()> {
    let say = |sql| book.prepare_cached(sql)?.execute([]).map(drop);
    say("BEGIN IMMEDIATE")?;
    for act in batch {
        say("SAVEPOINT act")?;
        // A failure that ended the whole transaction shows at the next statement.
        if !act.run(book) {
            say("ROLLBACK TO act")?;
        }
        say("RELEASE act")?;
    }
    say("COMMIT")
}
