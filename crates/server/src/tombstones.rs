//! Tombstones kept apart: a copy of the record of every erasure, and of every account that was closed, in a
//! file that no backup of the database puts back. A database that was restored from before an erasure
//! holds what went; at the start it is held against the file, and what it has lost of it is carried out
//! again before anybody is served (decision 0031). The lines are the records as they are sealed: no value
//! is in them.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use data_encoding::BASE64;
use jiff::Timestamp;
use policy::SubjectId;
use policy::record::{Act, ErasedBecause};
use serde::{Deserialize, Serialize};

use crate::acts::account::Closing;
use crate::app::App;
use crate::erase::{Erasure, Wish};
use crate::error::Error;
use crate::once::Fresh;
use crate::store::records::{self, SealedRecord};
use crate::store::{Conn, DbError, Tx};
use crate::webhook::RecordId;

/// Who asks, in the records of what is carried out again.
const BY: &str = "azukari (restore)";
/// Records copied at once.
const PAGE: i64 = 256;
/// How often it is looked for new ones.
const EVERY: Duration = Duration::from_secs(1);

/// A record as it stands in the file, a line each.
#[derive(Serialize, Deserialize)]
struct Line {
    /// Its index in the ledger.
    place: i64,
    record: RecordId,
    act: String,
    subject: SubjectId,
    /// Milliseconds since 1970.
    at: i64,
    /// The ciphertext, in base64.
    sealed: String,
}

impl Line {
    /// `None` for a record that is about nobody, which these are not.
    fn of(row: SealedRecord) -> Option<Self> {
        Some(Self {
            place: row.place,
            record: RecordId(row.id),
            act: row.act,
            subject: row.subject?,
            at: row.at,
            sealed: BASE64.encode(&row.sealed),
        })
    }

    fn row(&self) -> anyhow::Result<SealedRecord> {
        Ok(SealedRecord {
            place: self.place,
            id: self.record.0,
            act: self.act.clone(),
            subject: Some(self.subject),
            at: self.at,
            keep_until: None,
            sealed: BASE64.decode(self.sealed.as_bytes())?,
        })
    }

    /// Whether the database has this very record.
    fn is_in(&self, conn: &mut Conn) -> Result<bool, DbError> {
        Ok(records::at(conn, self.place)?.is_some_and(|row| row.id == self.record.0))
    }
}

/// What the database does not have of the file.
struct Lost {
    /// The newest place of those that it has; -1 for none.
    known: i64,
    /// The lines after it, the oldest first.
    lines: Vec<Line>,
}

/// Walks back from the end to the newest line that the database has: whatever stands before it was
/// carried out again before that one could be written.
fn lost(conn: &mut Conn, text: &str) -> Result<Lost, Error> {
    let mut lines = Vec::new();
    for (number, line) in text.lines().enumerate().collect::<Vec<_>>().into_iter().rev() {
        let read: Line = serde_json::from_str(line).map_err(|_| unfit(number))?;
        if read.is_in(conn)? {
            lines.reverse();
            return Ok(Lost { known: read.place, lines });
        }
        lines.push(read);
    }
    lines.reverse();
    Ok(Lost { known: -1, lines })
}

fn unfit(number: usize) -> anyhow::Error {
    anyhow::anyhow!("line {} is not a tombstone; put the file back as it was kept", number + 1)
}

/// The file, open for this process alone.
pub struct Tombstones {
    path: PathBuf,
    file: Arc<File>,
    /// How long it is as far as it was written whole.
    len: u64,
    /// The place up to which the database was copied.
    seen: i64,
}

impl Tombstones {
    /// Opens the file, or makes it; carries out again what the database has lost, copies what the file
    /// does not have yet. Says how many erasures and closings did something again.
    ///
    /// # Errors
    /// When the file cannot be read, locked or written, a line of it is not this house's own, or what is to
    /// go cannot be: nobody may be served then.
    pub async fn open(app: &Arc<App>, path: &Path) -> anyhow::Result<(Self, u64)> {
        let shown = path.display();
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .mode(0o600)
            .open(path)
            .with_context(|| {
                format!(
                    "the tombstones `{shown}` cannot be opened; name another file with --tombstones"
                )
            })?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                bail!(
                    "the tombstones `{shown}` are another azukari's; name another file with --tombstones"
                )
            }
            Err(TryLockError::Error(error)) => {
                return Err(error)
                    .with_context(|| format!("the tombstones `{shown}` cannot be locked"));
            }
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).with_context(|| format!("`{shown}` cannot be read"))?;
        // What was being written when the power went is copied anew.
        bytes.truncate(bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1));
        let len = bytes.len() as u64;
        let text = String::from_utf8(bytes).with_context(|| format!("`{shown}` is not text"))?;
        let lost: Result<Lost, Error> = app.store.read(move |conn| lost(conn, &text)).await;
        let Lost { known, lines } = lost.with_context(|| format!("the tombstones `{shown}`"))?;
        let mut done = 0;
        for line in &lines {
            let again = again(app, line).await;
            done += u64::from(again.with_context(|| {
                format!("what `{shown}` says of {} is not carried out again", line.subject)
            })?);
        }
        if done > 0 {
            app.store.scrub().await?;
            tracing::warn!(
                done,
                "this database is older than its tombstones; what had gone has gone again"
            );
        }
        let mut tombstones = Self { path: path.to_owned(), file: Arc::new(file), len, seen: known };
        tombstones.keep(app).await?;
        Ok((tombstones, done))
    }

    /// Copies what the file does not have yet.
    ///
    /// # Errors
    /// When the database does not answer or the disk does not take it; the next call tries again.
    async fn keep(&mut self, app: &App) -> anyhow::Result<()> {
        loop {
            let after = self.seen;
            let ends: Vec<SealedRecord> =
                app.store.read(move |conn| records::ends(conn, after, PAGE)).await?;
            let Some(newest) = ends.last().map(|row| row.place) else { return Ok(()) };
            let mut text = String::new();
            for line in ends.into_iter().filter_map(Line::of) {
                text.push_str(&serde_json::to_string(&line)?);
                text.push('\n');
            }
            let (file, len) = (Arc::clone(&self.file), self.len);
            let grown = len + text.len() as u64;
            let write = move || {
                // Half a line that a full disk left goes first.
                file.set_len(len)?;
                (&*file).write_all(text.as_bytes())?;
                file.sync_data()
            };
            let written = tokio::task::spawn_blocking(write).await?;
            written.with_context(|| format!("`{}` cannot be written", self.path.display()))?;
            (self.len, self.seen) = (grown, newest);
        }
    }

    /// Goes on copying until dropped.
    pub async fn run(mut self, app: Arc<App>) {
        let mut ticks = tokio::time::interval(EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if let Err(error) = self.keep(&app).await {
                tracing::error!(
                    error = format!("{error:#}"),
                    "tombstones are not kept; the next round retries"
                );
            }
        }
    }
}

/// Carries out what a line says of whatever came back; false when nothing had.
async fn again(app: &Arc<App>, line: &Line) -> anyhow::Result<bool> {
    let record = app.open_record(&line.row()?)?.record()?;
    let (subject, then, now) = (line.subject, record.at, app.clock.now());
    let keeper = Arc::clone(app);
    let done = match record.act {
        Act::Erased { gone, .. } => {
            let things = gone.into_iter().map(|gone| gone.thing).collect();
            let wish = Wish::Again { things, put_by: then };
            let because = ErasedBecause::Restore;
            let erasure = Erasure::new(subject, wish, because, BY.to_owned(), now)?;
            let act = move |tx: &mut Tx<'_>| erasure.carry_out(&keeper, tx);
            app.store.write(act).await.map(|erased| !erased.gone.is_empty())
        }
        Act::AccountClosed { .. } => {
            let (by, fresh) = (BY.to_owned(), Fresh::new()?);
            let closing = Closing { subject, by, at: now, closed_at: then, fresh };
            let act = move |tx: &mut Tx<'_>| closing.keep(&keeper, tx);
            app.store.write(act).await.map(|(closed_at, _): (Timestamp, _)| closed_at == then)
        }
        _ => bail!("a line tells of another act"),
    };
    match done {
        Ok(done) => Ok(done),
        // She was taken in after what was restored, or has gone.
        Err(Error::NotFound { .. }) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
