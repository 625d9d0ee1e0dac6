//! `azukari policy diff`, `plan`, `publish`, `withdraw` and `status`: versions compared, published beside
//! a server that may be running, and followed until their plans are carried out.

use std::cmp::Ordering;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use jiff::Timestamp;
use policy::diff::{Change, Demand, diff, duty};
use policy::plan::skeleton;
use policy::{Document, Language, Version};

use super::{Outcome, Premises, language, read_policy};
use crate::acts::publish::{self, History, Release};
use crate::acts::telling;
use crate::cli::say::{say, say_on};
use crate::clock::SystemClock;
use crate::error::Error;
use crate::keys::Keys;
use crate::store::{ledger as log, policies};
use crate::words;

#[derive(Args)]
pub struct Diff {
    #[command(flatten)]
    premises: Premises,
    /// The policy before: a folder, or a published version
    old: String,
    /// The policy after: a folder, or a published version
    new: String,
    /// The language of the words: ja or en
    #[arg(long, default_value = "en", value_parser = language)]
    language: Language,
    /// As JSON, with both languages
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct Plan {
    #[command(flatten)]
    premises: Premises,
    /// The policy's folder
    dir: PathBuf,
}

#[derive(Args)]
pub struct Publish {
    #[command(flatten)]
    premises: Premises,
    /// The policy's folder
    dir: PathBuf,
    /// The plan [default: release.toml in the folder, if there is one]
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    /// From when on it holds, such as 2026-12-01T00:00+09:00 [default: at once]
    #[arg(long, value_name = "MOMENT")]
    at: Option<String>,
}

#[derive(Args)]
pub struct Withdraw {
    #[command(flatten)]
    premises: Premises,
    /// The version
    version: String,
}

#[derive(Args)]
pub struct Status {
    #[command(flatten)]
    premises: Premises,
}

impl Diff {
    pub fn run(self) -> anyhow::Result<Outcome> {
        let old = policy_of(&self.premises, &self.old)?;
        let changes = diff(&old, &policy_of(&self.premises, &self.new)?);
        if self.json {
            say!("{}", serde_json::to_string_pretty(&changes)?);
        } else {
            tell(&changes, self.language);
        }
        Ok(Outcome::Done)
    }
}

impl Plan {
    pub fn run(self) -> anyhow::Result<Outcome> {
        let (history, _) = history(&self.premises)?;
        let new = policy_of(&self.premises, &self.dir.to_string_lossy())?;
        let mut before = history.steps().filter(|step| step.document.version < new.version);
        let before = before.next_back().context("no earlier version was published here")?;
        say_on!("{}", skeleton(&new, &diff(before.document, &new)));
        Ok(Outcome::Done)
    }
}

impl Publish {
    pub fn run(self) -> anyhow::Result<Outcome> {
        publish(&self.premises, &self.dir, self.plan.as_deref(), self.at.as_deref())?;
        Ok(Outcome::Done)
    }
}

impl Withdraw {
    pub fn run(self) -> anyhow::Result<Outcome> {
        let wanted: Version = self.version.parse()?;
        let (_, root) = self.premises.look()?;
        self.premises.beside(move |conn| {
            let (keys, ..) = Keys::look(conn, root).map_err(anyhow::Error::from)?;
            Ok(publish::withdraw(conn, &keys, wanted, &SystemClock))
        })??;
        say!("withdrawn {wanted}");
        Ok(Outcome::Done)
    }
}

impl Status {
    pub fn run(self) -> anyhow::Result<Outcome> {
        status(&self.premises)?;
        Ok(Outcome::Done)
    }
}

/// Reads what was published, beside a server that may be running.
fn history(premises: &Premises) -> anyhow::Result<(History, String)> {
    let (_, root) = premises.look()?;
    let (history, head) = premises.beside(move |conn| {
        let (keys, ..) = Keys::look(conn, root).map_err(anyhow::Error::from)?;
        Ok((History::read(&keys, policies::all(conn)?), log::policy(conn)?))
    })?;
    Ok((history.map_err(|error| anyhow::anyhow!(error))?, head))
}

/// A policy by its folder, or by its version among the published.
fn policy_of(premises: &Premises, named: &str) -> anyhow::Result<Document> {
    let dir = Path::new(named);
    if dir.is_dir() {
        return policy::read_dir(dir).map(|read| read.document).map_err(|findings| {
            anyhow::anyhow!(
                "{named}: {} findings; `azukari policy check` tells them",
                findings.len()
            )
        });
    }
    if named.parse::<Version>().is_err() {
        anyhow::bail!("`{named}` is neither a folder nor a version, such as 2026-10-01");
    }
    let (history, _) = history(premises)?;
    let found = history.steps().find(|step| step.row.version == named);
    let found = found.map(|step| step.document.clone());
    found.ok_or_else(|| anyhow::anyhow!("version `{named}` was not published here"))
}

/// Tells each change with its class and what law asks for.
fn tell(changes: &[Change], language: Language) {
    for change in changes {
        say!("{}", change.words.get(language));
        say!("    {} [{}]", change.place, change.class.words(language));
        for Demand { regimes, duty, article } in &change.demands {
            let regimes: Vec<&str> = regimes.iter().map(policy::RegimeName::as_str).collect();
            say!("    {}: {} ({article})", regimes.join(", "), duty.words(language));
        }
    }
    say!("{} changes; {}", changes.len(), duty(changes).words(language));
}

fn publish(
    premises: &Premises,
    dir: &Path,
    plan: Option<&Path>,
    at: Option<&str>,
) -> anyhow::Result<()> {
    let mut release = Release::of(read_policy(dir)?);
    if let Some(file) = plan {
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("the plan `{}` cannot be read", file.display()))?;
        release.plan = Some(text);
    }
    if let Some(at) = at {
        release.at = Some(read_moment(at)?);
    }
    premises.open_cellar_unless_there()?;
    release.prove();
    let (_, root) = premises.look()?;
    let published = premises.beside(move |conn| {
        let (keys, ..) = Keys::look(conn, root).map_err(anyhow::Error::from)?;
        // A refusal has written nothing.
        Ok(publish::publish(conn, &keys, &release, &SystemClock))
    })??;
    match (published, at) {
        (None, _) => say!("it was published before, and stands"),
        (Some(version), None) => say!("published {version}; a running server takes it up now"),
        (Some(version), Some(at)) => say!("published {version}; it takes effect at {at}"),
    }
    Ok(())
}

/// A moment with its offset; seconds may be left out.
fn read_moment(text: &str) -> anyhow::Result<Timestamp> {
    text.parse::<Timestamp>().map_err(|_| {
        anyhow::anyhow!("`{text}` is not a moment with its offset, such as 2026-12-01T00:00+09:00")
    })
}

/// A moment in words.
fn moment(at: i64) -> String {
    Timestamp::from_millisecond(at).map(|at| words::moment(at, Language::En)).unwrap_or_default()
}

fn status(premises: &Premises) -> anyhow::Result<()> {
    let (history, head) = history(premises)?;
    for step in history.steps() {
        let at = moment(step.row.effective_at);
        let version = &step.row.version;
        let in_force = head.parse::<Version>().ok();
        let stage = match in_force.map(|head| step.document.version.cmp(&head)) {
            Some(Ordering::Less) => format!("no longer in force; it was from {at}"),
            Some(Ordering::Equal) => format!("in force since {at}"),
            _ => format!("from {at}"),
        };
        say!("{version}  {stage}; {} changes", step.changes().len());
        let promises = step.promises().map_err(|error| anyhow::anyhow!(error))?;
        if promises.letters {
            let (version, before) = (version.clone(), step.row.effective_at);
            let far = premises
                .beside(move |conn| Ok::<_, Error>(telling::far(conn, &version, before)?))?;
            say!("    told {} of {} by letter", far.told, far.of);
        }
        for consent in &promises.asked {
            say!("    asked: {consent}");
        }
        for lock in &promises.locks {
            let items: Vec<&str> = lock.items.iter().map(policy::ItemName::as_str).collect();
            let purpose = lock.purpose.as_ref().map_or("anything new", |p| p.as_str());
            say!("    locked for {purpose}: {}", items.join(", "));
        }
    }
    for (row, _) in history.withdrawn() {
        say!("{}  withdrawn", row.version);
    }
    Ok(())
}
