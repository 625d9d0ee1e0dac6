//! `azukari policy …`: `check.rs` holds a policy against itself and the law, `prove.rs` proves what it
//! promises, `notice.rs` writes it for people, `export.rs` in the words of others, `draft.rs` begins
//! one, and `versions.rs` compares and publishes.

mod check;
mod draft;
mod export;
mod notice;
mod prove;
mod versions;

use std::collections::BTreeMap;
use std::path::Path;

use clap::Subcommand;
use policy::Language;

use super::{Outcome, Premises, read_policy};
use crate::cli::say::say;

#[derive(Subcommand)]
pub enum Policy {
    /// Say whether a policy is coherent and what law wants otherwise; exit code 2 for an error
    Check(check::Check),
    /// Decide every promise of a policy over every case that the rules can tell apart
    ///
    /// Exits with 2 when the policy is not coherent or a promise does not hold.
    Prove(prove::Prove),
    /// Write the policy as people read it
    Notice(notice::Notice),
    /// Say a policy in the words of others: DPV, fideslang, or a record of processing
    Export(export::Export),
    /// Begin a policy with a few questions
    Init(draft::Init),
    /// Begin a policy from a fideslang manifest
    ImportFides(draft::ImportFides),
    /// Say what changed from one policy to another, and what law asks for before it may
    Diff(versions::Diff),
    /// Write a plan to fill in: an answer for each change that asks for more than posting
    Plan(versions::Plan),
    /// Publish a version; a running server puts it in force at its moment
    Publish(versions::Publish),
    /// Take back a version that has not taken effect
    Withdraw(versions::Withdraw),
    /// Say which versions there are, and how far their plans are carried out
    Status(versions::Status),
}

impl Policy {
    pub fn run(self) -> anyhow::Result<Outcome> {
        match self {
            Self::Check(check) => check.run(),
            Self::Prove(prove) => prove.run(),
            Self::Notice(notice) => notice.run(),
            Self::Export(export) => export.run(),
            Self::Init(init) => init.run(),
            Self::ImportFides(import) => import.run(),
            Self::Diff(diff) => diff.run(),
            Self::Plan(plan) => plan.run(),
            Self::Publish(publish) => publish.run(),
            Self::Withdraw(withdraw) => withdraw.run(),
            Self::Status(status) => status.run(),
        }
    }
}

fn language(tag: &str) -> Result<Language, String> {
    Language::parse(tag)
        .ok_or_else(|| format!("`{tag}` is not a language of Azukari; say ja or en"))
}

type Texts = BTreeMap<String, String>;

/// The policy in a folder with its texts, or everything that is incoherent.
fn read(dir: &Path) -> anyhow::Result<Result<(policy::read::Read, Texts), Vec<policy::Finding>>> {
    if !dir.is_dir() {
        anyhow::bail!("there is no folder `{}`; name the policy's folder", dir.display());
    }
    Ok(policy::read::files(dir)
        .and_then(|files| policy::read_files(&files).map(|read| (read, files))))
}

/// The policy in a folder, or `None` once its findings are told: on standard error where the output
/// is for a program.
fn coherent(dir: &Path, for_a_program: bool) -> anyhow::Result<Option<policy::Document>> {
    let findings = match read(dir)? {
        Ok((read, _)) => return Ok(Some(read.document)),
        Err(findings) => findings,
    };
    let say = |line: String| if for_a_program { eprintln!("{line}") } else { say!("{line}") };
    for finding in &findings {
        say(finding.to_string());
    }
    say("not coherent; `azukari policy check` tells more".to_owned());
    Ok(None)
}
