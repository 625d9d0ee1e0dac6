//! An erasure that somebody asked for, from the decision to the letter: 20 items, a booking and some
//! provisions of one person, in a house of many.

use std::path::Path;
use std::time::{Duration, Instant};

use policy::request::RequestKind;
use tokio::runtime::Runtime;

use super::answer::{decided, provision};
use super::sample::{self, Sample};
use super::table::{Aim, Table, count, millis, number};
use super::{Bench, premises_at};
use crate::acts::request::carry_out::carry_out;
use crate::cli::Premises;
use crate::gate;
use crate::public_url::PublicUrl;

/// People who are erased, one after the other.
const ERASED: u64 = 200;
/// What others received of each of them.
const PROVISIONS: u64 = 4;

impl Bench {
    /// Measures it in a house of its own.
    pub(super) fn erasures(
        &self,
        table: &mut Table,
        runtime: &Runtime,
        folder: &Path,
        subjects: u64,
    ) -> anyhow::Result<()> {
        let people = number(count(subjects));
        table.head(format!(
            "an erasure, 20 items, a booking and {PROVISIONS} provisions, among {people} people"
        ));
        let schema = self.schema(runtime, "")?;
        let premises = premises_at(folder.join("erasure"), schema.as_deref());
        let sample = Sample { subjects: subjects.max(ERASED), items: 20, seed: self.seed };
        let mut took = erased(&premises, sample)?;
        took.sort_unstable();
        let below =
            |per_mille: usize| took.get(took.len() * per_mille / 1000).copied().map_or(0.0, millis);
        table.row("from the decision to the letter: p50", below(500), "ms", Aim::None);
        table.row("  p99", below(990), "ms", Aim::AtMost(100.0));
        self.clear(runtime, &premises)
    }
}

/// How long each of them took.
fn erased(premises: &Premises, sample: Sample) -> anyhow::Result<Vec<Duration>> {
    let app = premises.open(PublicUrl::default(), Some(sample::policy()))?;
    let runtime = crate::cli::serve::runtime()?;
    let took = runtime.block_on(async {
        sample::fill(&app, sample).await?;
        let mut took = Vec::new();
        for n in 0..ERASED {
            // All over the house.
            let who = n * (sample.subjects / ERASED);
            for _ in 0..PROVISIONS {
                gate::disclose(&app, provision(sample.seed, who)?).await?;
            }
            let subject = sample::subject(sample.seed, who);
            let id = decided(&app, subject, RequestKind::Erasure).await?;
            let since = Instant::now();
            carry_out(&app, id, "bench".to_owned()).await?;
            took.push(since.elapsed());
        }
        anyhow::Ok(took)
    });
    drop(runtime);
    drop(app);
    took
}
