//! Whoever waits: told of progress on standard error, and able to stop with Ctrl-C or once time is over.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anonymise::Language;
use datasets::{Next, Step};
use tokio::signal::unix::{SignalKind, signal};

/// So often progress is told.
const EVERY: Duration = Duration::from_secs(2);

/// Tells how far a run is, and says when it is enough.
pub(super) struct Watch {
    language: Language,
    began: Instant,
    told: Mutex<Instant>,
    stop: Arc<AtomicBool>,
    /// When the best way so far is good enough.
    enough: Option<Duration>,
}

impl Watch {
    /// Listens for Ctrl-C: what is begun after this is cleared away when it comes.
    pub(super) fn begin(language: Language) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let heard = Arc::clone(&stop);
        let (listens, listening) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let Ok(runtime) = runtime else { return };
            runtime.block_on(async {
                let Ok(mut interrupt) = signal(SignalKind::interrupt()) else { return };
                let _ = listens.send(());
                if interrupt.recv().await.is_some() {
                    heard.store(true, Ordering::SeqCst);
                }
            });
        });
        // Without a listener there is nothing to wait for: its end of the channel is gone then.
        let _ = listening.recv();
        let now = Instant::now();
        Self { language, began: now, told: Mutex::new(now), stop, enough: None }
    }

    /// The search may go on so long.
    pub(super) fn for_seconds(mut self, seconds: Option<u64>) -> Self {
        self.enough = seconds.map(Duration::from_secs);
        self
    }

    /// Whether to go on.
    pub(super) fn next(&self, step: Step) -> Next {
        if self.stop.load(Ordering::SeqCst) {
            return Next::Stop;
        }
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.elapsed() >= EVERY {
            *told = Instant::now();
            eprintln!("{}", self.words(step));
        }
        let searching = matches!(step, Step::Checks(_));
        if searching && self.enough.is_some_and(|enough| self.began.elapsed() >= enough) {
            return Next::Enough;
        }
        Next::GoOn
    }

    fn words(&self, step: Step) -> String {
        match (step, self.language) {
            (Step::Rows(rows), Language::Ja) => format!("{rows}行を読み込みました"),
            (Step::Rows(rows), Language::En) => format!("{rows} rows read"),
            (Step::Checks(checks), Language::Ja) => {
                format!("一般化の組合せを{checks}通り調べました")
            }
            (Step::Checks(checks), Language::En) => {
                format!("{checks} ways of generalising looked at")
            }
            (Step::Of(ways), Language::Ja) => format!("一般化の組合せは{ways}通りあります"),
            (Step::Of(ways), Language::En) => format!("{ways} ways of generalising to look at"),
            (Step::Checking, Language::Ja) => "結果を検査しています".to_owned(),
            (Step::Checking, Language::En) => "holding the result against its claims".to_owned(),
        }
    }
}
