//! Figures of what is held: everybody passes the gate, and the budget is read from the records (decision
//! 0063).

use std::sync::Arc;

use ::statistics::{Budget, Epsilon, Question};
use anyhow::Context;
use clap::Args;
use policy::PurposeName;

use super::Answered;
use crate::acts::figure::{self, Wish};
use crate::acts::staff::Office;
use crate::app::{Beside, MIGRATIONS};
use crate::cli::{Premises, told};
use crate::clock::SystemClock;
use crate::keys::Keys;
use crate::once::Fresh;
use crate::public_url::PublicUrl;
use crate::store::Snapshot;

/// What is held, instead of a table.
#[derive(Args)]
pub struct Held {
    /// Count what is held instead, through the gate and on record; its columns are items
    #[arg(long, requires = "purpose")]
    from_vault: bool,
    /// The purpose of the policy for which values are used; each has a budget of its own
    #[arg(long, value_name = "PURPOSE", requires = "from_vault")]
    purpose: Option<String>,
    #[command(flatten)]
    premises: Premises,
}

impl Held {
    fn purpose(&self) -> anyhow::Result<PurposeName> {
        let purpose = self.purpose.as_deref().context("name the purpose with --purpose")?;
        purpose.parse().context("--purpose")
    }

    /// Sets the budget of a purpose; a server may be running.
    pub(super) fn open(&self, epsilon: Epsilon) -> anyhow::Result<()> {
        let (purpose, fresh) = (self.purpose()?, Fresh::new()?);
        let (database, root) = self.premises.look()?;
        let house = Beside::look(database, root, Arc::new(SystemClock))?;
        let office = Office::beside(&house);
        house.act(|tx| figure::set_budget(&office, tx, &purpose, epsilon, &fresh)).map_err(told)
    }

    /// The budget of a purpose.
    pub(super) fn budget(&self) -> anyhow::Result<Budget> {
        let purpose = self.purpose()?;
        let (database, root) = self.premises.look()?;
        let mut conn = Snapshot::open(&database, MIGRATIONS.len())?;
        let (keys, _, _) = Keys::look(&mut conn, root)?;
        let budget = figure::budget(&keys, &mut conn, &purpose)?;
        budget.with_context(|| {
            format!("purpose `{purpose}` has no budget; `azukari statistics open` sets one")
        })
    }

    /// Has a figure told.
    pub(super) fn ask(
        &self,
        item: &str,
        question: Question,
        epsilon: Epsilon,
    ) -> anyhow::Result<Answered> {
        let purpose = self.purpose()?;
        let item = item.parse().context("--item")?;
        let app = self.premises.open(PublicUrl::default(), None)?;
        let by = "operator".to_owned();
        let wish = Wish { purpose, item, question, epsilon, by, once: None };
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let figure = runtime.block_on(figure::tell(&app, wish)).map_err(told)?;
        let stands = ("record", figure.place.record_id());
        let (answer, question, left) = (figure.answer, figure.question, figure.left);
        Ok(Answered { answer, question, left, stands })
    }
}
