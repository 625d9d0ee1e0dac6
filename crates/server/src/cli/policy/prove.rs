//! `azukari policy prove`: each promise of a policy, decided over every case, and what came of it.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::Args;
use policy::Language;
use policy::prove::{Outcome as Proven, Proof, prove};

use super::{Outcome, coherent, language};
use crate::cli::say::say;

#[derive(Args)]
pub struct Prove {
    /// The policy's folder
    dir: PathBuf,
    /// The language of the promises: ja or en
    #[arg(long, value_name = "LANGUAGE", default_value = "en", value_parser = language)]
    language: Language,
    /// Print the proof as JSON, in both languages
    #[arg(long)]
    json: bool,
}

impl Prove {
    pub fn run(self) -> anyhow::Result<Outcome> {
        let Some(document) = coherent(&self.dir, self.json)? else { return Ok(Outcome::Findings) };
        let start = Instant::now();
        let proof = prove(&document);
        let took = start.elapsed();
        if self.json {
            let proof = serde_json::to_string_pretty(&proof);
            say!("{}", proof.context("the proof as JSON")?);
        } else {
            tell(&proof, took, self.language);
        }
        Ok(if proof.holds() { Outcome::Done } else { Outcome::Findings })
    }
}

/// One promise after the other, then the sum.
fn tell(proof: &Proof, took: Duration, language: Language) {
    let ja = language == Language::Ja;
    for proven in &proof.promises {
        let (name, label, cases) = (&proven.promise, proven.label.get(language), proven.cases);
        match &proven.outcome {
            Proven::Holds if ja => say!("成立  {name}：{label}（{cases}通り）"),
            Proven::Holds => say!("holds   {name}: {label} ({cases} cases)"),
            Proven::Empty if ja => {
                say!("対象なし  {name}：{label} この約束に当てはまる場合がありません。");
            }
            Proven::Empty => {
                say!("empty   {name}: {label} It speaks of no case of this policy.");
            }
            Proven::Broken { story, .. } if ja => {
                say!("不成立  {name}：{label}\n    {}", story.get(language));
            }
            Proven::Broken { story, .. } => {
                say!("BROKEN  {name}: {label}\n    {}", story.get(language));
            }
        }
    }
    let stand = proof.promises.iter().filter(|proven| proven.stands()).count();
    let (all, version) = (proof.promises.len(), proof.version);
    let (cases, stand_for, took) = (proof.cases, proof.stand_for, took.as_secs_f64());
    if ja {
        say!(
            "{version}版：約束{all}のうち{stand}が成立。{cases}通りを判定しました（名前ごとに数えると\
             {stand_for}通り）。{took:.1}秒"
        );
    } else {
        say!(
            "version {version}: {stand} of {all} promises hold, over {cases} cases that stand for \
             {stand_for} by name; {took:.1} s"
        );
    }
}
