//! `azukari policy …`: looks at a policy's files, and proves what they promise; `draft.rs` begins some,
//! `export.rs` says them in the words of others.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::Subcommand;
use policy::prove::{Outcome as Proven, Proof, prove};
use policy::read::Read;
use policy::{Finding, Language, Severity};

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
    /// Decide every promise of a policy over every case that the rules can tell apart
    ///
    /// Exits with 2 when the policy is not coherent or a promise does not hold.
    Prove {
        /// The policy's folder
        dir: PathBuf,
        /// The language of the promises: ja or en
        #[arg(long, value_name = "LANGUAGE", default_value = "en", value_parser = language)]
        language: Language,
        /// Print the proof as JSON, in both languages
        #[arg(long)]
        json: bool,
    },
    /// Say a policy in the words of others: DPV, fideslang, or a record of processing
    Export(export::Export),
    /// Begin a policy with a few questions
    Init(draft::Init),
    /// Begin a policy from a fideslang manifest
    ImportFides(draft::ImportFides),
}

fn language(tag: &str) -> Result<Language, String> {
    Language::parse(tag)
        .ok_or_else(|| format!("`{tag}` is not a language of Azukari; say ja or en"))
}

impl Policy {
    pub fn run(self) -> anyhow::Result<Outcome> {
        match self {
            Self::Check { dir } => {
                let Some(read) = read(&dir, false)? else { return Ok(Outcome::Findings) };
                check(&read);
                Ok(Outcome::Done)
            }
            Self::Prove { dir, language, json } => {
                let Some(read) = read(&dir, json)? else { return Ok(Outcome::Findings) };
                let start = Instant::now();
                let proof = prove(&read.document);
                let took = start.elapsed();
                if json {
                    let proof = serde_json::to_string_pretty(&proof);
                    println!("{}", proof.context("the proof as JSON")?);
                } else {
                    tell(&proof, took, language);
                }
                Ok(if proof.holds() { Outcome::Done } else { Outcome::Findings })
            }
            Self::Export(export) => export.run(),
            Self::Init(init) => init.run(),
            Self::ImportFides(import) => import.run(),
        }
    }
}

/// The policy in a folder, or `None` once its findings are told: on standard error where the output
/// is for a program.
fn read(dir: &Path, for_a_program: bool) -> anyhow::Result<Option<Read>> {
    if !dir.is_dir() {
        anyhow::bail!("there is no folder `{}`; name the policy's folder", dir.display());
    }
    let findings = match policy::read_dir(dir) {
        Ok(read) => return Ok(Some(read)),
        Err(findings) => findings,
    };
    let say = |line: String| if for_a_program { eprintln!("{line}") } else { println!("{line}") };
    for finding in &findings {
        say(finding.to_string());
    }
    say(format!("not coherent: {}", count(&findings)));
    Ok(None)
}

fn check(read: &Read) {
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
}

/// One promise after the other, then the sum.
fn tell(proof: &Proof, took: Duration, language: Language) {
    let ja = language == Language::Ja;
    for proven in &proof.promises {
        let (name, label, cases) = (&proven.promise, proven.label.get(language), proven.cases);
        match &proven.outcome {
            Proven::Holds if ja => println!("成立  {name}：{label}（{cases}通り）"),
            Proven::Holds => println!("holds   {name}: {label} ({cases} cases)"),
            Proven::Empty if ja => {
                println!("対象なし  {name}：{label} この約束に当てはまる場合がありません。")
            }
            Proven::Empty => {
                println!("empty   {name}: {label} It speaks of no case of this policy.")
            }
            Proven::Broken { story, .. } if ja => {
                println!("不成立  {name}：{label}\n    {}", story.get(language));
            }
            Proven::Broken { story, .. } => {
                println!("BROKEN  {name}: {label}\n    {}", story.get(language));
            }
        }
    }
    let stand = proof.promises.iter().filter(|proven| proven.stands()).count();
    let (all, version) = (proof.promises.len(), proof.version);
    let (cases, stand_for, took) = (proof.cases, proof.stand_for, took.as_secs_f64());
    if ja {
        println!(
            "{version}版：約束{all}のうち{stand}が成立。{cases}通りを判定しました（名前ごとに数えると\
             {stand_for}通り）。{took:.1}秒"
        );
    } else {
        println!(
            "version {version}: {stand} of {all} promises hold, over {cases} cases that stand for \
             {stand_for} by name; {took:.1} s"
        );
    }
}
