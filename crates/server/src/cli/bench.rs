//! `azukari bench`.

use super::Outcome;
#[derive(clap::Args)]
pub struct Bench {}
impl Bench {
    pub fn run(self) -> anyhow::Result<Outcome> {
        Ok(Outcome::Done)
    }
}
