//! A data set on its way, between a file or items and the set, and the work behind it. It is in the memory
//! of this process alone, one for each of the staff, and gone when it is put away, when they sign out and
//! when nobody looked at it for half an hour. What is made of it is an act (`acts::dataset`).

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use datasets::{Next, Settings, Step, Suggestion, Table, Ways, suggest};
use jiff::{SignedDuration, Timestamp};
use policy::party::DatasetId;
use policy::{Label, Language, StaffId};

use super::columns;
use super::words::said;
use crate::acts::dataset::{self, Source, Unmade, Watch, Wish};
use crate::api::problem;
use crate::app::App;
use crate::error::{Error, FieldError};
use crate::once::random;
use crate::web::desk::requests::form::{Sent, Tried};
use crate::web::desk::requests::words::Say;
use crate::web::desk::session::Staff;

/// How long nobody has to look at a preparation until it is gone.
const IDLE: SignedDuration = SignedDuration::from_mins(30);
/// So many are on their way at once, whoever began them.
const MOST: usize = 8;
/// So many ways of generalising are looked at, around the best one.
pub(super) const LOOKED: u64 = 1500;

/// What the work behind a page is about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Doing {
    /// Rows come through the gate.
    Rows,
    /// Ways of generalising are looked at.
    Ways,
    /// The set is made.
    Set,
}

/// How far the work is.
#[derive(Default)]
pub(super) struct Progress {
    rows: AtomicU64,
    checks: AtomicU64,
    of: AtomicU64,
    checking: AtomicBool,
    stop: AtomicBool,
    enough: AtomicBool,
}

impl Progress {
    fn next(&self, step: Step) -> Next {
        match step {
            Step::Rows(rows) => self.rows.store(rows, Ordering::Relaxed),
            Step::Checks(checks) => self.checks.store(checks, Ordering::Relaxed),
            Step::Of(of) => {
                self.checks.store(0, Ordering::Relaxed);
                self.of.store(of, Ordering::Relaxed);
            }
            Step::Checking => self.checking.store(true, Ordering::Relaxed),
        }
        if self.stop.load(Ordering::Relaxed) {
            Next::Stop
        } else if self.enough.load(Ordering::Relaxed) {
            Next::Enough
        } else {
            Next::GoOn
        }
    }

    fn watch(self: &Arc<Self>) -> Watch {
        let progress = Arc::clone(self);
        Arc::new(move |step| progress.next(step))
    }

    /// Ends the work; nothing is left of it.
    pub(super) fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Whether the work is to end.
    pub(super) fn is_stopping(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Has the search end with the best way so far.
    pub(super) fn enough(&self) {
        self.enough.store(true, Ordering::Relaxed);
    }

    /// Rows that were read.
    pub(super) fn rows(&self) -> u64 {
        self.rows.load(Ordering::Relaxed)
    }

    /// Ways that were looked at, and how many there are to look at, where that is known.
    pub(super) fn checks(&self) -> (u64, Option<u64>) {
        let of = Some(self.of.load(Ordering::Relaxed)).filter(|of| *of > 0);
        (self.checks.load(Ordering::Relaxed), of)
    }

    /// Whether the result is read back.
    pub(super) fn is_checking(&self) -> bool {
        self.checking.load(Ordering::Relaxed)
    }
}

/// The rows, and what is suggested for each column.
pub(super) struct Look {
    pub(super) table: Arc<Table>,
    pub(super) suggested: Vec<Suggestion>,
    /// Rows like no other by all columns that are to be generalised.
    pub(super) alone: u64,
    /// People of whom no row came, by reason.
    pub(super) left_out: BTreeMap<String, u64>,
}

impl Look {
    pub(super) fn new(table: Arc<Table>, left_out: BTreeMap<String, u64>) -> Self {
        let (suggested, alone) = suggest(&table);
        Self { table, suggested, alone, left_out }
    }
}

/// Where a preparation stands.
pub(super) enum Stage {
    /// Something is done for it.
    Working(Doing, Arc<Progress>),
    /// There are no rows; what was asked for stands to be mended.
    NotRead,
    /// What each column is, is asked.
    Columns,
    /// The ways to choose from are shown.
    Ready,
    /// What will be published is shown; it can be made.
    Preview,
    /// It is made.
    Made(DatasetId),
}

/// A data set on its way.
pub(super) struct Preparation {
    /// Tells it from others that somebody began, so that an old page changes nothing.
    pub(super) id: String,
    pub(super) source: Source,
    /// The name of the file.
    pub(super) file: Option<String>,
    pub(super) look: Option<Arc<Look>>,
    /// The form that is asked now, as it was typed, and what is wrong with it.
    pub(super) tried: Tried,
    pub(super) settings: Option<Settings>,
    pub(super) ways: Option<Arc<Ways>>,
    /// Which of the ways that are shown, the best one being the first.
    pub(super) way: usize,
    /// The form of its name as it was typed, and what is wrong with it.
    pub(super) naming: Option<Tried>,
    /// What it will be called.
    pub(super) name: Option<Label>,
    /// What is told once above the page.
    pub(super) told: Option<String>,
    pub(super) stage: Stage,
    touched_at: Timestamp,
}

impl Preparation {
    /// One that begins.
    ///
    /// # Errors
    /// When the machine has no randomness to give.
    pub(super) fn new(source: Source, sent: Sent, now: Timestamp) -> Result<Self, Error> {
        let mut id = [0; 16];
        random(&mut id)?;
        let tried = Tried { act: columns::ACT.to_owned(), sent, wrong: Vec::new(), told: None };
        Ok(Self {
            id: policy::party::base32().encode(&id),
            source,
            file: None,
            look: None,
            tried,
            settings: None,
            ways: None,
            way: 0,
            naming: None,
            name: None,
            told: None,
            stage: Stage::NotRead,
            touched_at: now,
        })
    }

    /// Its rows are there: what each column is, is asked.
    pub(super) fn read(&mut self, look: Arc<Look>) {
        self.tried.sent = columns::first(&look, &self.source);
        self.look = Some(look);
        self.stage = Stage::Columns;
    }
}

impl Drop for Preparation {
    fn drop(&mut self) {
        if let Stage::Working(_, progress) = &self.stage {
            progress.stop();
        }
    }
}

type Held = Mutex<HashMap<StaffId, Preparation>>;

/// All that are on their way.
#[derive(Clone, Default)]
pub struct Preparations(Arc<Held>);

fn lock(held: &Held) -> MutexGuard<'_, HashMap<StaffId, Preparation>> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

fn sweep(held: &mut HashMap<StaffId, Preparation>, now: Timestamp) {
    held.retain(|_, preparation| {
        let working = matches!(preparation.stage, Stage::Working(..));
        working || now.duration_since(preparation.touched_at) < IDLE
    });
}

/// Looks every minute for what is to be forgotten, as long as there is anything.
async fn forget_in_time(held: Weak<Held>, app: Arc<App>) {
    loop {
        tokio::time::sleep(Duration::from_mins(1)).await;
        let Some(held) = held.upgrade() else { return };
        let mut held = lock(&held);
        sweep(&mut held, app.clock.now());
        if held.is_empty() {
            return;
        }
    }
}

/// What the work behind a page came to.
enum Outcome {
    Read(Arc<Look>),
    Ways(Ways),
    Made(DatasetId),
    Wrong(Vec<FieldError>),
    Failed(String),
    Stopped,
}

impl Preparations {
    /// Begins one in the place of whatever the same person had begun.
    ///
    /// # Errors
    /// [`Error::TooMany`] when too many are on their way.
    pub(super) fn begin(
        &self,
        app: &Arc<App>,
        staff: &Staff,
        preparation: Preparation,
    ) -> Result<(), Error> {
        let mut held = lock(&self.0);
        sweep(&mut held, app.clock.now());
        held.remove(&staff.id);
        if held.len() >= MOST {
            return Err(Error::TooMany { retry_after_s: 600 });
        }
        if held.is_empty() {
            tokio::spawn(forget_in_time(Arc::downgrade(&self.0), Arc::clone(app)));
        }
        held.insert(staff.id, preparation);
        Ok(())
    }

    /// Does something with the preparation of somebody, if there is one.
    pub(super) fn with<T>(
        &self,
        app: &App,
        staff: &Staff,
        does: impl FnOnce(&mut Preparation) -> T,
    ) -> Option<T> {
        let (mut held, now) = (lock(&self.0), app.clock.now());
        sweep(&mut held, now);
        let preparation = held.get_mut(&staff.id)?;
        preparation.touched_at = now;
        Some(does(preparation))
    }

    /// Puts the preparation of somebody away, and stops its work.
    pub(in super::super) fn forget(&self, staff: &Staff) {
        lock(&self.0).remove(&staff.id);
    }

    /// Has the next step of a preparation done behind the page, unless it stands elsewhere by now: a button
    /// pressed twice makes one set.
    pub(super) fn work(&self, app: &Arc<App>, staff: &Staff, doing: Doing) {
        let job = self.with(app, staff, |preparation| {
            let may_begin = match doing {
                Doing::Rows => matches!(preparation.stage, Stage::NotRead),
                Doing::Ways => matches!(preparation.stage, Stage::Columns),
                Doing::Set => matches!(preparation.stage, Stage::Preview),
            };
            if !may_begin {
                return None;
            }
            let progress = Arc::new(Progress::default());
            if let Some(ways) = preparation.ways.as_ref().filter(|_| doing == Doing::Set) {
                progress.of.store(u64::try_from(ways.nodes).unwrap_or(0), Ordering::Relaxed);
            }
            preparation.stage = Stage::Working(doing, Arc::clone(&progress));
            preparation.tried.wrong.clear();
            let job = Job {
                app: Arc::clone(app),
                doing,
                source: preparation.source.clone(),
                look: preparation.look.clone(),
                settings: preparation.settings.clone().unwrap_or_default(),
                name: preparation.name.clone(),
                watch: progress.watch(),
                language: staff.language,
            };
            Some((job, preparation.id.clone()))
        });
        let Some(Some((job, id))) = job else { return };
        let (held, who) = (Arc::clone(&self.0), staff.id);
        tokio::spawn(async move {
            let (app, language) = (Arc::clone(&job.app), job.language);
            let outcome = job.done().await;
            let mut held = lock(&held);
            if let Some(preparation) = held.get_mut(&who).filter(|preparation| preparation.id == id)
            {
                preparation.touched_at = app.clock.now();
                conclude(preparation, doing, outcome, language);
            }
        });
    }
}

fn conclude(preparation: &mut Preparation, doing: Doing, outcome: Outcome, language: Language) {
    let say = Say(language);
    // Where it stands when the step did not come to its end.
    let before = match doing {
        Doing::Rows => Stage::NotRead,
        Doing::Ways => Stage::Columns,
        Doing::Set => Stage::Ready,
    };
    preparation.stage = match outcome {
        Outcome::Read(look) => return preparation.read(look),
        Outcome::Ways(ways) => {
            preparation.ways = Some(Arc::new(ways));
            Stage::Ready
        }
        Outcome::Made(dataset) => Stage::Made(dataset),
        Outcome::Wrong(wrong) => {
            preparation.tried.wrong = wrong;
            if doing == Doing::Rows { Stage::NotRead } else { Stage::Columns }
        }
        Outcome::Failed(told) => {
            preparation.told = Some(told);
            before
        }
        Outcome::Stopped => {
            let told =
                say.of("中止しました。何も作成していません。", "It was stopped; nothing was made.");
            preparation.told = Some(told.to_owned());
            before
        }
    };
}

/// A step of a preparation, to be done behind the page.
struct Job {
    app: Arc<App>,
    doing: Doing,
    source: Source,
    look: Option<Arc<Look>>,
    settings: Settings,
    name: Option<Label>,
    watch: Watch,
    language: Language,
}

impl Job {
    async fn done(self) -> Outcome {
        match self.doing {
            Doing::Rows => self.rows().await,
            Doing::Ways => self.ways().await,
            Doing::Set => self.set().await,
        }
    }

    fn is_stopped(&self) -> bool {
        // Rows have been counted already: the same count changes nothing.
        matches!((self.watch)(Step::Checking), Next::Stop)
    }

    fn failed(&self, error: &Error) -> Outcome {
        let id = problem::log(error);
        Outcome::Failed(match self.language {
            Language::Ja => format!(
                "うまくいきませんでした。何も作成していません。続く場合は、運用担当者に次の番号を伝えてください：{id}"
            ),
            Language::En => format!(
                "Something failed, and nothing was made. If it stays, please give the operator this id: {id}"
            ),
        })
    }

    async fn rows(self) -> Outcome {
        match dataset::rows(&self.app, &self.source, &self.watch).await {
            Ok((table, left_out)) => {
                let look = move || Look::new(table, left_out);
                match tokio::task::spawn_blocking(look).await {
                    Ok(look) => Outcome::Read(Arc::new(look)),
                    Err(error) => self.failed(&anyhow::Error::from(error).into()),
                }
            }
            Err(Error::Invalid(wrong)) => Outcome::Wrong(wrong),
            Err(_) if self.is_stopped() => Outcome::Stopped,
            Err(error) => self.failed(&error),
        }
    }

    async fn ways(self) -> Outcome {
        let Some(look) = self.look.clone() else { return Outcome::Stopped };
        let (settings, watch, language) =
            (self.settings.clone(), Arc::clone(&self.watch), self.language);
        let found = tokio::task::spawn_blocking(move || {
            let next = |step| watch(step);
            let found = datasets::ways(&look.table, &settings, LOOKED, &next);
            found.map_err(|error| match error {
                datasets::Error::Stopped => None,
                error => Some(columns::wrong(&error, &look.table, &settings, language)),
            })
        });
        match found.await {
            Ok(Ok(ways)) => Outcome::Ways(ways),
            Ok(Err(Some(wrong))) => Outcome::Wrong(wrong),
            Ok(Err(None)) => Outcome::Stopped,
            Err(error) => self.failed(&anyhow::Error::from(error).into()),
        }
    }

    async fn set(self) -> Outcome {
        let settings = self.settings.clone();
        let wish = Wish {
            of: self.source.clone(),
            name: self.name.clone(),
            settings: Box::new(move |_: &Table| settings),
            once: None,
        };
        match dataset::make(&self.app, wish, Arc::clone(&self.watch)).await {
            Ok(made) => Outcome::Made(made.dataset),
            Err(Unmade::Table(datasets::Error::Stopped)) => Outcome::Stopped,
            Err(Unmade::Table(error)) => match &self.look {
                Some(look) => {
                    let (look, settings) = (Arc::clone(look), self.settings.clone());
                    let language = self.language;
                    let wrong = move || columns::wrong(&error, &look.table, &settings, language);
                    match tokio::task::spawn_blocking(wrong).await {
                        Ok(wrong) => Outcome::Wrong(wrong),
                        Err(error) => self.failed(&anyhow::Error::from(error).into()),
                    }
                }
                None => Outcome::Stopped,
            },
            Err(Unmade::Error(Error::Invalid(wrong))) => {
                let told = |one: &FieldError| match one.code {
                    "nobody" => said("k", nobody(self.language)),
                    _ => one.clone(),
                };
                Outcome::Wrong(wrong.iter().map(told).collect())
            }
            Err(Unmade::Error(_)) if self.is_stopped() => Outcome::Stopped,
            Err(Unmade::Error(error)) => self.failed(&error),
        }
    }
}

/// That nobody's values may be used, and what would help.
pub(super) fn nobody(language: Language) -> &'static str {
    Say(language).of(
        "この目的で情報を使える方がいません（同意がない、利用停止中など）。別の利用目的を選んでください。",
        "There is nobody whose information may be used for this purpose (no consent, or a stopped use). Please choose another purpose.",
    )
}
