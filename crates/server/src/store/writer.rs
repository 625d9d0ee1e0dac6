//! The one thread that writes: it takes the acts that wait into one durable commit, each of which
//! succeeds or fails alone, and answers every caller only when the commit is on the disk.
//!
//! A batch first runs without savepoints; if one of its acts must be undone, all of it is undone
//! and run again, each act in its own savepoint. So an act may run twice, and must depend on
//! nothing but the database and what it was given. (Savepoints throughout would cost a tenth on
//! SQLite and two statements and a round trip per act on PostgreSQL.)
//! Knows nothing of what the acts are, nor of how ledger entries are kept (`Journal`).

use std::collections::VecDeque;
use std::ops::{Deref, DerefMut};
use std::panic::{AssertUnwindSafe, catch_unwind};

use crossbeam_channel::Receiver;

use super::conn::{Call, Conn, DbError, Kind, Question, Row};
use super::sqlite::Wal;

/// Acts in one commit at most.
const BATCH: usize = 256;
/// Batches that keep their savepoints after one had to be run again.
const CAREFUL_FOR: u32 = 8;

/// Keeps the entries that acts append, in the same commit as the acts.
pub trait Journal: Send {
    /// Takes the place at the start of every batch, so that processes sharing a database come one
    /// after the other, and tells how many entries there are. A batch that is run again begins again.
    /// The batch's first questions travel along, to be answered after the place is taken.
    fn begin(
        &mut self,
        conn: &mut Conn,
        questions: &[Call<'_>],
    ) -> Result<(u64, Vec<Vec<Row>>), DbError>;

    /// Writes the batch's entries, the first of which has index `base`; not called when there are none.
    fn end(&mut self, conn: &mut Conn, base: u64, entries: &[Vec<u8>]) -> Result<(), DbError>;

    /// Every `begin` is followed by this. When the connection is lost during the commit, `committed`
    /// is false although the entries may be there: the next `begin` knows.
    fn settled(&mut self, committed: bool);
}

/// For tests and tools that append nothing that should last.
pub struct NoJournal;

impl Journal for NoJournal {
    fn begin(
        &mut self,
        conn: &mut Conn,
        questions: &[Call<'_>],
    ) -> Result<(u64, Vec<Vec<Row>>), DbError> {
        Ok((0, conn.query_many(questions)?))
    }

    fn end(&mut self, _: &mut Conn, _: u64, _: &[Vec<u8>]) -> Result<(), DbError> {
        Ok(())
    }

    fn settled(&mut self, _: bool) {}
}

/// An act's view of the database: a connection, and the ledger's next places.
pub struct Tx<'a> {
    conn: &'a mut Conn,
    base: u64,
    entries: &'a mut Vec<Vec<u8>>,
}

impl<'a> Tx<'a> {
    pub(super) fn new(conn: &'a mut Conn, base: u64, entries: &'a mut Vec<Vec<u8>>) -> Self {
        Self { conn, base, entries }
    }

    /// Appends an entry to the ledger and tells its index; both are given back if the act fails.
    pub fn append(&mut self, entry: Vec<u8>) -> u64 {
        let index = self.base + self.entries.len() as u64;
        self.entries.push(entry);
        index
    }
}

impl Deref for Tx<'_> {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        self.conn
    }
}

impl DerefMut for Tx<'_> {
    fn deref_mut(&mut self) -> &mut Conn {
        self.conn
    }
}

/// What waits for the writer.
pub(super) enum Job {
    Act(Box<dyn Act>),
    /// Cut the write-ahead log to nothing, then say so.
    Scrub(Box<dyn FnOnce(Result<(), DbError>) + Send>),
}

/// A closure with its outcome and the caller who waits for it.
pub(super) trait Act: Send {
    /// What the act asks before it begins.
    fn questions(&self) -> &[Question];
    /// Runs the closure; true if it wants its work kept. Its questions are asked unless answered.
    fn run(&mut self, tx: &mut Tx<'_>, answers: Option<Vec<Vec<Row>>>) -> bool;
    /// Replaces a kept outcome by an error.
    fn fail(&mut self, error: &DbError);
    fn answer(self: Box<Self>);
}

pub(super) struct Written<F, T, E, R> {
    questions: Vec<Question>,
    act: F,
    outcome: Option<Result<T, E>>,
    panicked: bool,
    reply: R,
}

impl<F, T, E, R> Written<F, T, E, R> {
    pub(super) fn new(act: F, reply: R) -> Self {
        Written { questions: Vec::new(), act, outcome: None, panicked: false, reply }
    }

    pub(super) fn asking(self, questions: Vec<Question>) -> Self {
        Written { questions, ..self }
    }
}

impl<F, T, E, R> Act for Written<F, T, E, R>
where
    F: FnMut(&mut Tx<'_>, Vec<Vec<Row>>) -> Result<T, E> + Send,
    T: Send,
    E: From<DbError> + Send,
    R: FnOnce(Result<T, E>) + Send,
{
    fn questions(&self) -> &[Question] {
        &self.questions
    }

    fn run(&mut self, tx: &mut Tx<'_>, answers: Option<Vec<Vec<Row>>>) -> bool {
        // A closure that panicked may have left its captures halfway: it is not run again.
        if self.panicked {
            return false;
        }
        let run = || {
            let answers = match answers {
                Some(answers) => answers,
                None if self.questions.is_empty() => Vec::new(),
                None => tx.query_many(&calls(&self.questions))?,
            };
            (self.act)(tx, answers)
        };
        let outcome = catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| {
            self.panicked = true;
            Err(E::from(panicked()))
        });
        let keep = outcome.is_ok();
        self.outcome = Some(outcome);
        keep
    }

    fn fail(&mut self, error: &DbError) {
        self.outcome = Some(Err(E::from(error.clone())));
    }

    fn answer(self: Box<Self>) {
        let outcome = self.outcome.unwrap_or_else(|| Err(E::from(super::closed())));
        (self.reply)(outcome);
    }
}

pub(super) fn panicked() -> DbError {
    DbError::new(Kind::Panic, "the act panicked; nothing of it was kept")
}

/// Why a batch did not come through.
enum Trouble {
    /// An act has to be undone and there was no savepoint.
    Replay,
    /// The connection went away before the commit was asked for: nothing happened.
    Lost(DbError),
    /// Everyone hears this.
    Failed(DbError),
}

pub(super) type Connect = Box<dyn FnMut() -> Result<Conn, DbError> + Send>;

/// The writer thread's belongings.
pub(super) struct Writer {
    conn: Option<Conn>,
    connect: Connect,
    journal: Box<dyn Journal>,
    careful: u32,
    wal: Option<Wal>,
}

impl Writer {
    pub(super) fn new(
        conn: Conn,
        connect: Connect,
        journal: Box<dyn Journal>,
        wal: Option<Wal>,
    ) -> Writer {
        Writer { conn: Some(conn), connect, journal, careful: 0, wal }
    }

    /// Works until the last `Store` is gone and the last act is answered.
    pub(super) fn run(mut self, jobs: &Receiver<Job>) {
        let mut acts: Vec<Box<dyn Act>> = Vec::with_capacity(BATCH);
        let mut scrubs = Vec::new();
        while let Ok(first) = jobs.recv() {
            let mut next = Some(first);
            while let Some(job) = next.take() {
                match job {
                    Job::Act(act) => acts.push(act),
                    Job::Scrub(reply) => scrubs.push(reply),
                }
                if acts.len() < BATCH {
                    next = jobs.try_recv().ok();
                }
            }
            if !acts.is_empty() {
                self.batch(&mut acts);
            }
            for act in acts.drain(..) {
                act.answer();
            }
            if !scrubs.is_empty() {
                let scrubbed = self.scrub();
                for reply in scrubs.drain(..) {
                    reply(scrubbed.clone());
                }
            }
            if let (Some(wal), Some(sqlite)) =
                (&self.wal, self.conn.as_mut().and_then(Conn::as_sqlite))
            {
                wal.committed(sqlite);
            }
        }
    }

    fn batch(&mut self, acts: &mut [Box<dyn Act>]) {
        let mut reconnected = false;
        let mut replaying = false;
        loop {
            let careful = replaying || self.careful > 0;
            match self.attempt(acts, careful) {
                Ok(()) => {
                    self.careful = self.careful.saturating_sub(1);
                    metrics::counter!("azukari_commits_total").increment(1);
                    metrics::counter!("azukari_acts_total").increment(acts.len() as u64);
                    return;
                }
                Err(Trouble::Replay) => {
                    replaying = true;
                    self.careful = CAREFUL_FOR;
                }
                Err(Trouble::Lost(_)) if !reconnected => reconnected = true,
                Err(Trouble::Lost(error) | Trouble::Failed(error)) => {
                    tracing::error!(%error, acts = acts.len(), "a batch could not be committed");
                    for act in acts {
                        act.fail(&error);
                    }
                    return;
                }
            }
        }
    }

    fn attempt(&mut self, acts: &mut [Box<dyn Act>], careful: bool) -> Result<(), Trouble> {
        let mut conn = match self.conn.take() {
            Some(conn) => conn,
            None => (self.connect)().map_err(Trouble::Failed)?,
        };
        let mut began = false;
        let journal = &mut self.journal;
        let done = catch_unwind(AssertUnwindSafe(|| {
            transaction(&mut conn, journal.as_mut(), &mut began, acts, careful)
        }))
        .unwrap_or_else(|_| Err(Trouble::Failed(panicked())));
        if began {
            let _ = catch_unwind(AssertUnwindSafe(|| self.journal.settled(done.is_ok())));
        }
        // A connection that cannot even roll back is dropped, and the next batch makes a new one.
        if done.is_ok() || conn.rollback().is_ok() {
            self.conn = Some(conn);
        }
        done
    }

    fn scrub(&mut self) -> Result<(), DbError> {
        match self.conn.as_mut().and_then(Conn::as_sqlite) {
            Some(sqlite) => sqlite.scrub(),
            None => Ok(()),
        }
    }
}

fn transaction(
    conn: &mut Conn,
    journal: &mut dyn Journal,
    began: &mut bool,
    acts: &mut [Box<dyn Act>],
    careful: bool,
) -> Result<(), Trouble> {
    conn.begin_write().map_err(|error| lost_or_failed(conn, error))?;
    *began = true;
    let first = if careful { Vec::new() } else { asking(acts) };
    let (base, answers) = journal.begin(conn, &together(&first)).map_err(|error| {
        // One of the questions may be to blame: then it shows when each is asked alone.
        if first.is_empty() || !conn.in_transaction() {
            lost_or_failed(conn, error)
        } else {
            Trouble::Replay
        }
    })?;
    let mut entries = Vec::new();
    let mut answered = shared_out(&first, answers);
    for n in 0..acts.len() {
        let kept = entries.len();
        conn.reset();
        if !careful && answered.is_empty() {
            let next = asking(&acts[n..]);
            let answers = conn.query_many(&together(&next)).map_err(|error| {
                if conn.in_transaction() { Trouble::Replay } else { lost_or_failed(conn, error) }
            })?;
            answered = shared_out(&next, answers);
        }
        let act = &mut acts[n];
        let answers = if act.questions().is_empty() { None } else { answered.pop_front() };
        if careful {
            conn.control("SAVEPOINT act").map_err(|error| lost_or_failed(conn, error))?;
        }
        let wanted = act.run(&mut Tx { conn, base, entries: &mut entries }, answers);
        if wanted && finish(conn, careful).is_ok() {
            continue;
        }
        entries.truncate(kept);
        let error = conn.failed().cloned();
        if !conn.in_transaction() {
            return Err(lost_or_failed(conn, error.unwrap_or_else(super::closed)));
        }
        if careful {
            if let (true, Some(error)) = (wanted, &error) {
                act.fail(error);
            }
            conn.rollback_act().map_err(|error| lost_or_failed(conn, error))?;
        } else if conn.wrote() || error.is_some() {
            return Err(Trouble::Replay);
        }
    }
    conn.reset();
    let mut end = if entries.is_empty() { Ok(()) } else { journal.end(conn, base, &entries) };
    if end.is_ok() && !conn.in_transaction() {
        return Err(lost_or_failed(conn, super::closed()));
    }
    end = end.and_then(|()| conn.control("COMMIT")).and_then(|()| conn.settle());
    match end {
        Ok(()) => Ok(()),
        // An act's write that was sent without waiting may be to blame.
        Err(error) if !careful && error.kind != Kind::Unavailable => Err(Trouble::Replay),
        Err(error) => Err(Trouble::Failed(error)),
    }
}

/// The questions of the acts that come next, as far as each has some.
fn asking(acts: &[Box<dyn Act>]) -> Vec<&[Question]> {
    acts.iter().map(|act| act.questions()).take_while(|asked| !asked.is_empty()).collect()
}

/// Their questions as one: a single round trip.
fn together<'a>(asked: &[&'a [Question]]) -> Vec<Call<'a>> {
    asked.iter().flat_map(|questions| calls(questions)).collect()
}

/// To each act its answers.
fn shared_out(asked: &[&[Question]], answers: Vec<Vec<Row>>) -> VecDeque<Vec<Vec<Row>>> {
    let mut answers = answers.into_iter();
    asked.iter().map(|questions| answers.by_ref().take(questions.len()).collect()).collect()
}

fn calls(questions: &[Question]) -> Vec<Call<'_>> {
    questions.iter().map(|(sql, params)| (*sql, params.as_slice())).collect()
}

/// The act is over: with a savepoint its last writes are heard out, without they ride on.
fn finish(conn: &mut Conn, careful: bool) -> Result<(), DbError> {
    if let Some(error) = conn.failed() {
        return Err(error.clone());
    }
    if careful {
        conn.control("RELEASE act")?;
        conn.settle()?;
    }
    Ok(())
}

fn lost_or_failed(conn: &Conn, error: DbError) -> Trouble {
    if error.kind == Kind::Unavailable && conn.is_remote() {
        Trouble::Lost(error)
    } else {
        Trouble::Failed(error)
    }
}
