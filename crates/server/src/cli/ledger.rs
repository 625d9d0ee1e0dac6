//! `azukari ledger`.

use super::Outcome;
#[derive(clap::Subcommand)]
pub enum Ledger {
    Verify {},
}
impl Ledger {
    pub fn run(self) -> anyhow::Result<Outcome> {
        Ok(Outcome::Done)
    }
}
