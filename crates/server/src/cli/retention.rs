//! `azukari retention …`: what falls due and what is held, as a table. Looking changes nothing, and a
//! server may run meanwhile.

use clap::Subcommand;
use policy::Language;

use super::ledger::{language, spoken};
use super::{Outcome, Premises};
use crate::acts::publish;
use crate::app::MIGRATIONS;
use crate::cli::say::say_on;
use crate::clock::{Clock, SystemClock};
use crate::forecast::{MAX_DAYS, forecast};
use crate::keys::Keys;
use crate::store::Snapshot;
use crate::words;

#[derive(Subcommand)]
pub enum Retention {
    /// What falls due by week, per item and reason, and what is held by which hold
    Forecast {
        #[command(flatten)]
        premises: Premises,
        /// How many days ahead
        #[arg(long, value_name = "DAYS", default_value_t = 90,
              value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_DAYS)))]
        days: u32,
        /// The language to answer in: ja or en [default: as LANG says]
        #[arg(long, value_name = "LANGUAGE", value_parser = language)]
        lang: Option<Language>,
    },
}

impl Retention {
    pub fn run(self) -> anyhow::Result<Outcome> {
        let Self::Forecast { premises, days, lang } = self;
        let (database, root) = premises.look()?;
        let mut conn = Snapshot::open(&database, MIGRATIONS.len())?;
        let (keys, _, _) = Keys::look(&mut conn, root)?;
        let now = SystemClock.now();
        let document = publish::published(&mut conn, &keys, now)?;
        let forecast = forecast(&mut conn, &keys, &document, now, days).map_err(super::told)?;
        say_on!("{}", words::forecast(&forecast, &document, lang.unwrap_or_else(spoken)));
        Ok(Outcome::Done)
    }
}
