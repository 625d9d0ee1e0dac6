//! `azukari policy …`: looks at a policy's files; `draft.rs` begins some, `export.rs` says them in the
//! words of others.

use std::path::PathBuf;

use clap::Subcommand;
use policy::{Finding, Severity};

use super::{Outcome, draft, export};

/// How many findings stop a policy, and how many do not.
fn count(findings: &[Finding]) -> String {
    let errors = findings.iter().filter(|found| found.severity == Severity::Error).count();
    let plural = if errors == 1 { "" } else { "s" };
    format!("{errors} error{plural}, {} to look at", findings.len() - errors)
}

#[derive(Subcommand)]
pub enum Policy {
    /// Say whether a policy is coherent; every finding has file, line and the way out
    Check {
        /// The policy's folder
        dir: PathBuf,
    },
    /// Say a policy in the words of others: DPV, fideslang, or a record of processing
    Export(export::Export),
    /// Begin a policy with a few questions
    Init(draft::Init),
    /// Begin a policy from a fideslang manifest
    ImportFides(draft::ImportFides),
}

impl Policy {
    pub fn run(self) -> anyhow::Result<Outcome> {
        let dir = match self {
            Self::Check { dir } => dir,
            Self::Export(export) => return export.run(),
            Self::Init(init) => return init.run(),
            Self::ImportFides(import) => return import.run(),
        };
        if !dir.is_dir() {
            anyhow::bail!("there is no folder `{}`; name the policy's folder", dir.display());
        }
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
                println!("not coherent: {}", count(&findings));
                Ok(Outcome::Findings)
            }
        }
    }
}
