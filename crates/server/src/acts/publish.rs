//! A version of the policy is published, takes effect at its moment, or is taken back before it. What
//! it changes is held against its plan first (G5, I11); its files are kept for good.
//!
//! Publishing only keeps the release and names its moment; a server that runs, or the next that
//! starts, writes it into the ledger and puts it in force (`turn`). Between the moment and the turn
//! nobody acts (`record::Terms`).

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use policy::diff::{Change, diff};
use policy::plan::{self, Missing, Plan, Promises};
use policy::prove::promise::Promise;
use policy::prove::{self, Outcome, Proof, prove};
use policy::read::{Severity, hash};
use policy::record::{Act, calendar_day};
use policy::{Document, Record, Version, read_files, retention};

use crate::app::{App, AppError};
use crate::clock::Clock;
use crate::error::Error;
use crate::keys::Keys;
use crate::once::Fresh;
use crate::record::Rules;
use crate::store::policies::{self, Published};
use crate::store::{Conn, DbError, Store, Tx, ledger as log, subjects};
use crate::webhook::{self, Event};

/// A policy's files by name; its plan, if it has one, is among them.
pub type Files = BTreeMap<String, String>;

/// A version that is to be published.
pub struct Release {
    /// Its files, without the plan.
    pub files: Files,
    /// Its plan, as text.
    pub plan: Option<String>,
    /// From when on it holds; at once for `None`.
    pub at: Option<Timestamp>,
    /// What its promises were found to be: without it nothing is published.
    pub proof: Option<Proof>,
}

impl Release {
    /// A release of the files in a folder, at once; the plan may lie among them.
    pub fn of(mut files: Files) -> Self {
        let plan = files.remove(plan::FILE);
        Self { files, plan, at: None, proof: None }
    }

    /// Decides its promises over every case, which takes seconds; so never within a transaction.
    /// Files that cannot be read are left for [`publish`] to refuse.
    pub fn prove(&mut self) {
        let Ok(read) = read_files(&self.files) else { return };
        tracing::info!("proving what the policy promises; some seconds, once for a version");
        self.proof = Some(prove(&read.document));
    }

    /// True while it is not proven, and of a version that is later than all that were published.
    pub fn wants_proof(&self, published: &[Published]) -> bool {
        self.proof.is_none() && self.is_latest(published)
    }

    /// True of a version that is later than all that were published.
    pub fn is_latest(&self, published: &[Published]) -> bool {
        let is_new = |document: &Document| {
            let mut known = published.iter().filter_map(|row| row.version.parse::<Version>().ok());
            known.all(|known| known < document.version)
        };
        read_files(&self.files).is_ok_and(|read| is_new(&read.document))
    }
}

/// Why a release is refused; then nothing of it is kept.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// In one sentence.
    #[error("{0}")]
    Because(String),
    /// The plan does not meet what the changes ask for.
    #[error("the changes of version `{version}` ask for more than posting:\n{}", lines(.missing))]
    Plan {
        /// Which version.
        version: Version,
        /// Every answer that is missing or does not hold.
        missing: Vec<Missing>,
    },
    /// A promise does not hold.
    #[error("version `{version}` breaks what it promises:\n{}", .broken.join("\n"))]
    Promises {
        /// Which version.
        version: Version,
        /// Each broken promise with the plainest case in which it is.
        broken: Vec<String>,
    },
    /// The database, or the machine.
    #[error(transparent)]
    Failure(#[from] Error),
}

/// Holds a release's proof against its policy: it is of these files, of every promise, and each
/// stands.
fn proven(document: &Document, proof: Option<&Proof>) -> Result<String, Refused> {
    let version = document.version;
    let unproven =
        || Refused::Because(format!("the promises of version `{version}` were not all proven"));
    let proof = proof.filter(|proof| proof.hash == document.hash).ok_or_else(unproven)?;
    let universal = prove::universal();
    let is_there = |promise: &Promise| proof.promises.iter().any(|p| p.promise == promise.name);
    if !universal.iter().chain(&document.promises).all(is_there) {
        return Err(unproven());
    }
    let broken = proof.promises.iter().filter(|proven| !proven.stands()).map(|proven| {
        let label = &proven.label.en;
        match &proven.outcome {
            Outcome::Broken { story, .. } => {
                format!("{}: {label}\n    {}", proven.promise, story.en)
            }
            _ => format!("{}: {label}\n    It speaks of no case of this policy.", proven.promise),
        }
    });
    let broken: Vec<String> = broken.collect();
    if !broken.is_empty() {
        return Err(Refused::Promises { version, broken });
    }
    serde_json::to_string(proof).map_err(|error| Refused::Because(error.to_string()))
}

impl From<DbError> for Refused {
    fn from(error: DbError) -> Self {
        Self::Failure(error.into())
    }
}

impl From<crate::store::OpenError> for Refused {
    fn from(error: crate::store::OpenError) -> Self {
        Self::Because(error.to_string())
    }
}

fn lines(missing: &[Missing]) -> String {
    let mut lines: Vec<String> = missing.iter().map(ToString::to_string).collect();
    lines.push("`azukari policy plan DIR` writes a plan to fill in".to_owned());
    lines.join("\n")
}

/// What was published before, read back in the order of versions.
pub struct History {
    rows: Vec<(Version, Published, Document)>,
}

impl History {
    /// Reads every version, and opens its proof.
    ///
    /// # Errors
    /// When one is not as this house published it.
    pub fn read(keys: &Keys, rows: Vec<Published>) -> Result<Self, String> {
        let mut read = Vec::with_capacity(rows.len());
        for row in rows {
            genuine(keys, &row)?;
            let document = read_back(&row)?;
            read.push((document.version, row, document));
        }
        read.sort_by_key(|(version, ..)| *version);
        Ok(Self { rows: read })
    }

    /// The versions, the oldest first, each with the one before it.
    pub fn steps(&self) -> impl DoubleEndedIterator<Item = Step<'_>> {
        self.rows.iter().filter(|(_, row, _)| !row.is_withdrawn()).map(
            |(version, row, document)| {
                let mut before = self.rows.iter().rev();
                let before = before.find(|(other, row, _)| other < version && !row.is_withdrawn());
                Step { before: before.map(|(_, _, before)| before), row, document }
            },
        )
    }

    /// The versions that were taken back before they took effect.
    pub fn withdrawn(&self) -> impl Iterator<Item = (&Published, &Document)> {
        let rows = self.rows.iter().filter(|(_, row, _)| row.is_withdrawn());
        rows.map(|(_, row, document)| (row, document))
    }

    /// The newest version, in force or to come.
    pub fn newest(&self) -> Option<Step<'_>> {
        self.steps().next_back()
    }

    /// Refuses a name that was taken out and comes back: values and answers given under it are still
    /// there, and only the newest version is compared.
    fn nothing_comes_back_as_another(&self, document: &Document) -> Result<(), String> {
        let Some(newest) = self.newest() else { return Ok(()) };
        for step in self.steps().rev().skip(1) {
            let before = &step.row.version;
            let gone = |name: &&policy::ItemName| {
                !newest.document.items.contains_key(*name)
                    && step.document.items.contains_key(*name)
            };
            if let Some(item) = document.items.keys().find(gone) {
                return Err(format!(
                    "item `{item}` was taken out after version `{before}`, and values of it may still \
                     be held; give it another name"
                ));
            }
            let gone = |(name, consent): &(&policy::ConsentName, &policy::Consent)| {
                !newest.document.consents.contains_key(*name)
                    && step.document.consents.contains_key(*name)
                    && consent.since < document.version
            };
            if let Some((consent, _)) = document.consents.iter().find(gone) {
                return Err(format!(
                    "consent `{consent}` was taken out after version `{before}`, and answers to it are \
                     still there; let its `since` be `{}`",
                    document.version
                ));
            }
        }
        Ok(())
    }

    fn version(&self, version: &str) -> Option<Step<'_>> {
        self.steps().find(|step| step.row.version == version)
    }

    /// The rules of a version: its document, and what the plans up to it keep locked; `None` when there
    /// is no such version.
    ///
    /// # Errors
    /// When what a plan promised cannot be read back: then nobody goes by less than it promised.
    pub fn rules(&self, version: &str) -> Result<Option<Rules>, String> {
        let Some(found) = self.version(version) else { return Ok(None) };
        let (mut locks, mut letters) = (Vec::new(), Vec::new());
        for step in self.steps().filter(|step| step.document.version <= found.document.version) {
            let promises = step.promises()?;
            let at = Timestamp::from_millisecond(step.row.effective_at)
                .map_err(|_| format!("version `{}` has no moment", step.row.version))?;
            locks.extend(promises.locks.into_iter().map(|lock| (at, lock)));
            if promises.letters {
                letters.push((step.document.version, step.row.effective_at));
            }
        }
        let document = Arc::new(found.document.clone());
        Ok(Some(Rules { document, locks, letters, next_at: None }))
    }
}

/// A version with the one before it.
pub struct Step<'a> {
    /// The version before; `None` for the first.
    pub before: Option<&'a Document>,
    /// The version as it is kept.
    pub row: &'a Published,
    /// The version.
    pub document: &'a Document,
}

impl Step<'_> {
    /// What it changes.
    pub fn changes(&self) -> Vec<Change> {
        self.before.map(|before| diff(before, self.document)).unwrap_or_default()
    }

    /// What its plan promises. It was held against the changes when it was published.
    ///
    /// # Errors
    /// When it no longer answers what this program finds that the changes ask for.
    pub fn promises(&self) -> Result<Promises, String> {
        let Some(before) = self.before else { return Ok(Promises::default()) };
        let plan = Plan::read(&self.row.plan).ok();
        let changes = self.changes();
        let later = self.row.effective_at > self.row.published_at;
        plan::check(before, self.document, &changes, plan.as_ref(), later).map_err(|missing| {
            let version = &self.row.version;
            format!(
                "the plan of version `{version}` does not answer everything that this program asks: {}; \
                 go back to the program that published it",
                missing.first().map(ToString::to_string).unwrap_or_default()
            )
        })
    }
}

/// Whether a published version is as this house published it.
fn genuine(keys: &Keys, row: &Published) -> Result<(), String> {
    let what = if !keys.proves_policy(&row.version, &row.sealed(), &row.proof) {
        "this house did not publish"
    } else if hash(&row.files()) != row.hash {
        "the files are not those that were published for"
    } else {
        return Ok(());
    };
    let version: String = row.version.escape_debug().take(20).collect();
    Err(format!("{what} version `{version}` in the database; restore it from a backup"))
}

fn read_back(row: &Published) -> Result<Document, String> {
    read_files(&row.files())
        .map(|read| read.document)
        .map_err(|_| format!("version `{}` cannot be read back by this program", row.version))
}

fn read(files: &Files) -> Result<Document, String> {
    read_files(files).map(|read| read.document).map_err(|findings| {
        // One line, and an error first: warnings stop nobody.
        let mut errors = findings.iter().filter(|found| found.severity == Severity::Error);
        let first = errors.next().map(ToString::to_string).unwrap_or_default();
        let first = first.lines().map(str::trim).collect::<Vec<_>>().join("; ");
        format!("the policy is not coherent, {first}; `azukari policy check` tells everything")
    })
}

/// Publishes a release in the caller's transaction: holds it against what was published before, and
/// keeps it. Whoever serves this database writes it into the ledger and puts it in force. `None`
/// when this version stands already.
///
/// # Errors
/// [`Refused`]; then nothing of it is kept.
pub fn publish(
    conn: &mut Conn,
    keys: &Keys,
    release: &Release,
    clock: &dyn Clock,
) -> Result<Option<Version>, Refused> {
    let because = Refused::Because;
    // Held until the end: what it is compared with stays the newest, and the moment is read after
    // whoever wrote before.
    log::hold(conn);
    let now = clock.now();
    let history = History::read(keys, policies::all(conn)?).map_err(because)?;
    let (head, next_at) = log::policy_and_next(conn)?;
    let document = read(&release.files).map_err(because)?;
    let version = document.version;
    if history.withdrawn().any(|(_, document)| document.version == version) {
        return Err(because(format!(
            "version `{version}` was withdrawn; give the policy a new `version` in controller.toml"
        )));
    }
    if let Some(same) = history.version(&version.to_string()) {
        if same.row.hash != document.hash {
            return Err(because(format!(
                "version `{version}` was published with other files; give the changed policy a new \
                 `version` in controller.toml"
            )));
        }
        // Without a head nobody has turned to it yet.
        if head.is_empty() || head.parse::<Version>().is_ok_and(|head| version >= head) {
            return Ok(None);
        }
    }
    let at = release.at.unwrap_or(now);
    if at < now {
        return Err(because(format!("`{at}` is over; name a moment to come, or none for at once")));
    }
    if release.at.is_some() && calendar_day(at) != version.on {
        return Err(because(format!(
            "version `{version}` would take effect on {}; name it after that day in controller.toml",
            calendar_day(at)
        )));
    }
    if let Some(newest) = history.newest() {
        let last = newest.document.version;
        if last > version {
            return Err(because(format!(
                "version `{version}` is older than `{last}`, which was published; publish its rules \
                 under a later version to go back to them"
            )));
        }
    }
    history.nothing_comes_back_as_another(&document).map_err(because)?;
    let promises = proven(&document, release.proof.as_ref())?;
    if let Some(newest) = history.newest() {
        let last = newest.document.version;
        if newest.row.effective_at > at.as_millisecond() {
            return Err(because(format!(
                "version `{last}` takes effect later than that; withdraw it first, or name a later \
                 moment"
            )));
        }
        let plan = release.plan.as_deref().map(Plan::read).transpose().map_err(because)?;
        let changes = diff(newest.document, &document);
        plan::check(newest.document, &document, &changes, plan.as_ref(), at > now)
            .map_err(|missing| Refused::Plan { version, missing })?;
    }
    let mut published = Published {
        version: version.to_string(),
        promises,
        hash: document.hash,
        files: serde_json::to_string(&release.files).map_err(|e| because(e.to_string()))?,
        proof: Vec::new(),
        published_at: now.as_millisecond(),
        effective_at: at.as_millisecond(),
        plan: release.plan.clone().unwrap_or_default(),
        recorded: false,
        told: 0,
    };
    let proof = keys.prove_policy(&published.version, &published.sealed());
    published.proof = proof.map_err(Error::from)?;
    policies::insert(conn, &published);
    let at = published.effective_at;
    log::put_next(conn, Some(next_at.map_or(at, |next| next.min(at))));
    Ok(Some(version))
}

/// Takes back a version that has not taken effect. That it was published stays in the ledger.
///
/// # Errors
/// [`Refused`] when there is none such.
pub fn withdraw(
    conn: &mut Conn,
    keys: &Keys,
    version: Version,
    clock: &dyn Clock,
) -> Result<(), Refused> {
    log::hold(conn);
    let now = clock.now();
    let rows = policies::all(conn)?;
    let head = log::policy(conn)?.parse::<Version>().ok();
    let wanted = version.to_string();
    let Some(row) = rows.iter().find(|row| row.version == wanted) else {
        return Err(Refused::Because(format!("there is no version `{version}`")));
    };
    let is_in_force = head.is_some_and(|head| version <= head);
    if is_in_force || !row.is_withdrawn() && row.effective_at <= now.as_millisecond() {
        return Err(Refused::Because(format!(
            "version `{version}` has taken effect; publish other rules under a later version"
        )));
    }
    if row.is_withdrawn() {
        return Ok(());
    }
    // A later one was held against this one, and its plan answers only what it changed from here.
    let later = rows.iter().filter(|row| !row.is_withdrawn());
    let later = later.filter_map(|row| row.version.parse::<Version>().ok()).max();
    if let Some(later) = later.filter(|later| *later > version) {
        return Err(Refused::Because(format!(
            "version `{later}` builds on `{version}`; withdraw it first"
        )));
    }
    genuine(keys, row).map_err(Refused::Because)?;
    let proof = keys.prove_policy(&wanted, &row.clone().withdrawn().sealed());
    policies::withdraw(conn, &wanted, &proof.map_err(Error::from)?);
    let now = now.as_millisecond();
    let left = rows
        .iter()
        .filter(|row| row.version != wanted && row.effective_at > now && !row.is_withdrawn());
    log::put_next(conn, left.map(|row| row.effective_at).min());
    Ok(())
}

/// Refuses a database whose version in force is not among those that were published, or is one
/// whose moment, as it was sealed when it was published, is still to come.
fn head_stands(history: &History, head: &str, now: Timestamp) -> Result<(), String> {
    let none_took_effect = history.steps().all(|step| !step.row.recorded);
    match history.version(head) {
        Some(step) => has_come(step.row, now),
        None if head.is_empty() && none_took_effect => Ok(()),
        None => Err(format!(
            "version `{head}` is in force, and it is not among the published ones; restore the \
             database from a backup"
        )),
    }
}

/// Whether the moment of a version has come.
fn has_come(row: &Published, now: Timestamp) -> Result<(), String> {
    if row.effective_at <= now.as_millisecond() {
        return Ok(());
    }
    let (version, at) = (&row.version, Timestamp::from_millisecond(row.effective_at));
    let at = at.map_or_else(|_| "never".to_owned(), |at| format!("at {at}"));
    Err(format!(
        "version `{version}` is in force, and takes effect {at}; restore the database from a backup, \
         or set this machine's clock right"
    ))
}

/// What this process goes by, after everything that is due was put in force.
///
/// # Errors
/// When no policy was published, or what was is not as this house published it.
pub fn in_force(app: &App) -> Result<Rules, AppError> {
    app.store
        .read_blocking(|conn| Ok::<_, AppError>(found(conn)?))?
        .rules(&app.keys, app.clock.now())
}

/// The same for whoever acts beside the process that serves this database.
///
/// # Errors
/// As [`in_force`].
pub fn rules(conn: &mut Conn, keys: &Keys, now: Timestamp) -> Result<Rules, AppError> {
    found(conn)?.rules(keys, now)
}

/// What was published, and how far it was put in force.
struct Stand {
    rows: Vec<Published>,
    head: String,
    next_at: Option<i64>,
}

fn found(conn: &mut Conn) -> Result<Stand, DbError> {
    let rows = policies::all(conn)?;
    let (head, next_at) = log::policy_and_next(conn)?;
    Ok(Stand { rows, head, next_at })
}

impl Stand {
    fn rules(self, keys: &Keys, now: Timestamp) -> Result<Rules, AppError> {
        let Self { rows, head, next_at } = self;
        let history = History::read(keys, rows).map_err(AppError::Policy)?;
        head_stands(&history, &head, now).map_err(AppError::Policy)?;
        let rules = history.rules(&head).map_err(AppError::Policy)?;
        let rules = rules.map(|rules| Rules { next_at, ..rules });
        rules.ok_or_else(|| {
            let words = "no policy has been published here; start with `--policy DIR`";
            AppError::Policy(words.to_owned())
        })
    }
}

/// The policy in force, for whoever only looks.
///
/// # Errors
/// When there is none, or when what was published is not as this house published it.
pub fn published(conn: &mut Conn, keys: &Keys, now: Timestamp) -> Result<Document, AppError> {
    let head = log::policy(conn)?;
    let rows = policies::all(conn)?;
    let Some(row) = rows.iter().find(|row| row.version == head) else {
        return Err(AppError::Policy("no policy has been published here".to_owned()));
    };
    genuine(keys, row).map_err(AppError::Policy)?;
    has_come(row, now).map_err(AppError::Policy)?;
    read_back(row).map_err(AppError::Policy)
}

/// Refuses a database in which a version is not as this house published it, or the one in force is
/// none of them or still to come.
///
/// # Errors
/// Which, and what to do.
pub fn stands(store: &Store, keys: &Keys, now: Timestamp) -> Result<(), AppError> {
    let (rows, head) =
        store.read_blocking(|conn| Ok::<_, DbError>((policies::all(conn)?, log::policy(conn)?)))?;
    let history = History::read(keys, rows).map_err(AppError::Policy)?;
    head_stands(&history, &head, now).map_err(AppError::Policy)
}

/// Refuses a database in which nothing was published.
///
/// # Errors
/// When there is none.
pub fn any(store: &Store) -> Result<(), AppError> {
    if store.read_blocking(policies::all)?.is_empty() {
        let words = "no policy has been published here; start with `--policy DIR`";
        return Err(AppError::Policy(words.to_owned()));
    }
    Ok(())
}

/// Writes into the ledger what was published, and puts in force what is due.
///
/// # Errors
/// When the database does not take it, or a version is not as this house published it.
pub fn turn(app: &Arc<App>) -> Result<(), Error> {
    let now = app.clock.now();
    let count = app.store.read_blocking(policies::all)?.len();
    // Two records for each version, and one act may run twice.
    let fresh: Vec<Fresh> = (0..2 * count).map(|_| Fresh::new()).collect::<Result<_, _>>()?;
    let keeper = Arc::clone(app);
    app.store.write_blocking(move |tx: &mut Tx<'_>| {
        let history = History::read(&keeper.keys, policies::all(tx)?)
            .map_err(|error| anyhow::anyhow!(error))?;
        let head = log::policy(tx)?;
        head_stands(&history, &head, now).map_err(|error| anyhow::anyhow!(error))?;
        let mut in_force = head.parse::<Version>().ok();
        let mut fresh = fresh.iter();
        let mut record = |tx: &mut Tx<'_>, policy, act| {
            let fresh = fresh.next().ok_or_else(|| anyhow::anyhow!("too many versions at once"))?;
            let by = "operator".to_owned();
            let record = Record { at: now, policy, subject: None, by, act };
            keeper.record(tx, &record, None, fresh)
        };
        for (row, document) in history.withdrawn().filter(|(row, _)| !row.recorded) {
            let (version, hash) = (document.version, row.hash.clone());
            let act = Act::PolicyWithdrawn { version, hash };
            record(tx, in_force.unwrap_or(version), act)?;
            policies::recorded(tx, &row.version);
        }
        for Step { row, document, before } in history.steps() {
            let version = document.version;
            let at_once = row.effective_at == row.published_at;
            let mut place = None;
            if !row.recorded {
                let effective_at =
                    if at_once { None } else { Timestamp::from_millisecond(row.effective_at).ok() };
                let plan = (!row.plan.is_empty()).then(|| row.plan_hash());
                let hash = row.hash.clone();
                let act = Act::PolicyPublished { version, hash, effective_at, plan };
                place = Some(record(tx, in_force.unwrap_or(version), act)?);
                policies::recorded(tx, &row.version);
            }
            let is_due = row.effective_at <= now.as_millisecond();
            if is_due && in_force.is_none_or(|in_force| version > in_force) {
                if !at_once {
                    place = Some(record(tx, version, Act::PolicyTookEffect { version })?);
                }
                if let Some(place) = place {
                    let event = Event::PolicyTookEffect { version, at: place.into() };
                    webhook::tell(&keeper.keys, tx, event, &place.id, now)?;
                }
                log::put_policy(tx, &row.version);
                in_force = Some(version);
                // Where its periods are others, the job looks at everybody once.
                if !before.is_some_and(|before| retention::ends_alike(before, document)) {
                    subjects::look_at_everybody(tx, now.as_millisecond());
                }
            }
        }
        let to_come = history.steps().filter(|step| in_force < Some(step.document.version));
        let to_come = to_come.map(|step| step.row.effective_at);
        log::put_next(tx, to_come.filter(|at| *at > now.as_millisecond()).min());
        Ok(())
    })
}

/// Everything that was published, read back.
///
/// # Errors
/// When a version is not as this house published it.
pub async fn history(app: &App) -> Result<History, Error> {
    let rows = app.store.read(|conn| Ok::<_, Error>(policies::all(conn)?)).await?;
    Ok(History::read(&app.keys, rows).map_err(|error| anyhow::anyhow!(error))?)
}

/// Published versions, read back, as far as there are such.
///
/// # Errors
/// As [`history`].
pub async fn versions(app: &App, wanted: &[Version]) -> Result<Vec<Document>, Error> {
    let all = history(app).await?.rows.into_iter().map(|(_, _, document)| document);
    Ok(all.filter(|document| wanted.contains(&document.version)).collect())
}

/// A published version, read back.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub async fn version(app: &App, version: String) -> Result<Document, Error> {
    let history = history(app).await?;
    let mut all = history.rows.into_iter().map(|(_, _, document)| document);
    let found = all.find(|document| document.version.to_string() == version);
    found.ok_or_else(|| Error::not_found("version", version))
}
