//! `azukari policy …`: looks at a policy's files.

use std::path::PathBuf;

use clap::Subcommand;

use super::Outcome;

#[derive(Subcommand)]
pub enum Policy {
    /// Say whether a policy is coherent; every finding has file, line and the way out
    Check {
        /// The policy's folder
        dir: PathBuf,
    },
}

impl Policy {
    #[expect(clippy::unnecessary_wraps, reason = "every command answers in one form")]
    pub fn run(self) -> anyhow::Result<Outcome> {
        let Self::Check { dir } = self;
        match policy::read_dir(&dir) {
            Ok(read) => {
                for finding in &read.warnings {
                    println!("{finding}");
                }
                let document = &read.document;
                println!(
                    "version {}: {} items, {} secrets, {} purposes, {} recipients, {} consents, \
                     {} regimes; coherent, {} to look at",
                    document.version,
                    document.items.len(),
                    document.secrets.len(),
                    document.purposes.len(),
                    document.recipients.len(),
                    document.consents.len(),
                    document.regimes.len(),
                    read.warnings.len(),
                );
                Ok(Outcome::Done)
            }
            Err(findings) => {
                for finding in &findings {
                    println!("{finding}");
                }
                println!("not coherent: {} findings", findings.len());
                Ok(Outcome::Findings)
            }
        }
    }
}
