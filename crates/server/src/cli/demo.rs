//! `azukari demo`.

use super::Outcome;
#[derive(clap::Args)]
pub struct Demo {}
impl Demo {
    pub fn run(self) -> anyhow::Result<Outcome> {
        Ok(Outcome::Done)
    }
}
