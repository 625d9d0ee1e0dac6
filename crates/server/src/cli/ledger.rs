//! `azukari ledger …`: looks at the ledger from inside or outside, or at a single proof, and says
//! what is not as it was written. Looking changes nothing, and a server may run meanwhile.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Subcommand;
use ledger::VerifyingKey;
use policy::Language;
use serde::de::IgnoredAny;
use serde_json::json;

use super::{Outcome, Premises};
use crate::cli::say::{say, say_on};
use crate::verify::{self, NotProven, Published, Verdict, check_receipt};
use crate::words;

#[derive(Subcommand)]
pub enum Ledger {
    /// Verify the whole ledger: with every record of a database, or as it is published
    Verify {
        #[command(flatten)]
        premises: Premises,
        /// Look at a published log instead: `http://host:port`, or a folder of its saved files
        #[arg(long, value_name = "URL|DIR", conflicts_with_all = ["database", "root_key"])]
        from: Option<String>,
        /// The key that checkpoints must be signed with [default: the database's own, or with
        /// --from the one the log shows]
        #[arg(long, value_name = "VKEY|FILE", value_parser = verifying_key)]
        key: Option<VerifyingKey>,
        /// A checkpoint saved before: the ledger must have grown out of it
        #[arg(long, value_name = "FILE")]
        since: Option<PathBuf>,
        /// Keep the verified checkpoint here, for the next --since
        #[arg(long, value_name = "FILE")]
        save: Option<PathBuf>,
        /// Report as JSON
        #[arg(long)]
        json: bool,
    },
    /// Check a single proof, as a person was given it
    Proof {
        /// A .tlog-proof, the file with `opening` and `proof` that the reservation app offers, or
        /// `records.jsonl` of an answer, which has one in each line
        file: PathBuf,
        /// The key of the ledger, as published at /ledger/key, or a file that holds it
        #[arg(long, value_name = "VKEY|FILE", value_parser = verifying_key)]
        key: VerifyingKey,
        /// The language to answer in: ja or en [default: as LANG says]
        #[arg(long, value_name = "LANGUAGE", value_parser = language)]
        lang: Option<Language>,
    },
}

pub fn language(text: &str) -> Result<Language, String> {
    Language::parse(text).ok_or_else(|| "is not ja or en".to_owned())
}

impl Ledger {
    pub fn run(self) -> anyhow::Result<Outcome> {
        match self {
            Self::Verify { premises, from, key, since, save, json } => {
                let since_text = since.as_deref().map(read).transpose()?;
                let since_text = since_text.as_deref();
                let verdict = match from {
                    None => {
                        let keys: Vec<VerifyingKey> = key.into_iter().collect();
                        let (database, root) = premises.look()?;
                        verify::database(&database, root, &keys, since_text)?
                    }
                    Some(from) => {
                        let mut source = Published::at(&from)?;
                        let key = match key {
                            Some(key) => key,
                            None => trusted_on_first_use(&mut source)?,
                        };
                        verify::published(&mut source, &[key], since_text)?
                    }
                };
                if json {
                    say!("{}", as_json(&verdict));
                } else {
                    say_on!("{}", report(&verdict, since.as_deref()));
                }
                if !verdict.is_sound() {
                    return Ok(Outcome::Findings);
                }
                if let (Some(path), Some(text)) = (save, &verdict.text) {
                    keep(&path, text)?;
                }
                Ok(Outcome::Done)
            }
            Self::Proof { file, key, lang } => {
                let language = lang.unwrap_or_else(spoken);
                let text = read(&file)?;
                if holds_many(&text) {
                    return Ok(many(&text, &key, language));
                }
                match check_receipt(&text, &key) {
                    Ok(receipt) => {
                        say_on!("{}", words::receipt(&receipt, language));
                        Ok(Outcome::Done)
                    }
                    Err(error) => {
                        say!("{}", words::not_proven(&error, language));
                        Ok(Outcome::Findings)
                    }
                }
            }
        }
    }
}

/// True for a file with a proof in each line; a single one may stand on several.
fn holds_many(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let first = lines.next().map(serde_json::from_str::<IgnoredAny>);
    first.is_some_and(|first| first.is_ok()) && lines.next().is_some()
}

/// Checks a file with a proof in each line, and says which lines show nothing.
fn many(text: &str, key: &VerifyingKey, language: Language) -> Outcome {
    let lines = text.lines().zip(1_u64..).filter(|(line, _)| !line.trim().is_empty());
    let (mut sound, mut wrong) = (0_u64, Vec::new());
    for (line, number) in lines {
        match check_receipt(line, key) {
            // Without its record a proof says nothing of what an answer told.
            Ok(receipt) if receipt.record.is_some() => sound += 1,
            Ok(_) => wrong.push((number, NotProven::Unreadable)),
            Err(error) => wrong.push((number, error)),
        }
    }
    say_on!("{}", words::receipts(sound, &wrong, language));
    if wrong.is_empty() { Outcome::Done } else { Outcome::Findings }
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path)
        .with_context(|| format!("`{}` cannot be read; name a file that is there", path.display()))
}

/// A key as it is, or as it stands in a file.
fn verifying_key(given: &str) -> Result<VerifyingKey, String> {
    let text = std::fs::read_to_string(given).unwrap_or_else(|_| given.to_owned());
    text.trim().parse().map_err(|_| {
        "neither a key of the form `name+id+key`, as /ledger/key shows it, nor a file that holds one"
            .to_owned()
    })
}

/// The key that the log shows, and what it is worth.
fn trusted_on_first_use(source: &mut Published) -> anyhow::Result<VerifyingKey> {
    let key = source.key()?;
    eprintln!(
        "no --key was given, so the key is taken from the log itself: whoever replaced the whole \
         log also replaced its key. Compare this one with what you know of it and give it next \
         time:\n  --key {key}"
    );
    Ok(key)
}

/// Replaces the file in one step: half a checkpoint would be none.
fn keep(path: &Path, text: &str) -> anyhow::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    std::fs::write(&beside, text).and_then(|()| std::fs::rename(&beside, path)).with_context(|| {
        format!("the checkpoint cannot be kept in `{}`; name another file", path.display())
    })
}

fn report(verdict: &Verdict, since: Option<&Path>) -> String {
    let mut lines = Vec::new();
    if let Some(checkpoint) = &verdict.checkpoint {
        lines.push(format!("ledger {}", checkpoint.origin));
        lines.push(format!("size {}, root {}", checkpoint.size, checkpoint.root));
    }
    lines.push(match verdict.records {
        Some(records) if verdict.ended > 0 => format!(
            "{} entries and {records} records read; {} more were ended when their time was over",
            verdict.entries, verdict.ended
        ),
        Some(records) => format!("{} entries and {records} records read", verdict.entries),
        None => format!("{} entries read; records are seen from inside only", verdict.entries),
    });
    lines.extend(verdict.findings.iter().map(ToString::to_string));
    if verdict.more > 0 {
        lines.push(format!("and {} more", verdict.more));
    }
    let count = verdict.findings.len() as u64 + verdict.more;
    lines.push(match (count, verdict.earlier, since) {
        (0, _, _) if verdict.checkpoint.is_none() => "sound: nothing has been done yet".to_owned(),
        (0, Some(size), Some(since)) => {
            format!("sound, and grown out of the {size} entries of `{}`", since.display())
        }
        (0, ..) => "sound".to_owned(),
        (1, ..) => "not sound: 1 finding".to_owned(),
        _ => format!("not sound: {count} findings"),
    });
    lines.join("\n") + "\n"
}

fn as_json(verdict: &Verdict) -> serde_json::Value {
    let checkpoint = verdict.checkpoint.as_ref();
    json!({
        "sound": verdict.is_sound(),
        "origin": checkpoint.map(|checkpoint| &checkpoint.origin),
        "size": checkpoint.map(|checkpoint| checkpoint.size),
        "root": checkpoint.map(|checkpoint| checkpoint.root.to_string()),
        "entries": verdict.entries,
        "records": verdict.records,
        "ended": verdict.ended,
        "since": verdict.earlier,
        "findings": verdict.findings.iter().map(verify::Finding::as_json).collect::<Vec<_>>(),
        "more": verdict.more,
    })
}

/// The language of the terminal.
pub fn spoken() -> Language {
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    match set {
        Some(tag) if tag.starts_with("ja") => Language::Ja,
        _ => Language::En,
    }
}
