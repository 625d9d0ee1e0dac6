//! The policy held against the law: what is missing or too loose in each regime it serves. Whether
//! the files fit together is for `read` to say; this room looks at a policy that was read. Every
//! legal number comes from the regimes; the day of looking is an argument.
//!
//! A file of checks for each part of a policy; `rules.rs` lists them all, `sarif.rs` tells machines.

mod controller;
mod data;
mod place;
mod recipients;
mod requests;
mod rules;
mod samples;
mod sarif;
mod tools;

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use serde::Serialize;

pub use self::rules::{RULES, Rule};
pub use self::sarif::sarif;
use crate::document::{Document, Label, Language};
use crate::duties::Duties;
use crate::law::Law;
use crate::regime::{Regime, RegimeName};

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Law is not met; the policy should not be published.
    Error,
    /// Too loose, or soon not met.
    Warning,
    /// Worth knowing.
    Note,
}

impl Severity {
    /// The word for people.
    pub fn word(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Error, Language::Ja) => "エラー",
            (Self::Warning, Language::Ja) => "警告",
            (Self::Note, Language::Ja) => "参考",
            (Self::Error, Language::En) => "error",
            (Self::Warning, Language::En) => "warning",
            (Self::Note, Language::En) => "note",
        }
    }

    /// The word for machines; SARIF has the same.
    pub fn level(self) -> &'static str {
        self.word(Language::En)
    }
}

/// Something that law wants otherwise, with its place and the way out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which rule.
    pub rule: &'static Rule,
    /// How much it weighs.
    pub severity: Severity,
    /// The regimes in which it matters.
    pub regimes: Vec<RegimeName>,
    /// Where it stands in their law.
    pub law: Vec<Law>,
    /// The file's name within the folder.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is missing or too loose.
    pub message: Label,
    /// What to do.
    pub way_out: Label,
}

impl Finding {
    /// The finding as people read it in a terminal.
    pub fn told(&self, language: Language) -> impl fmt::Display {
        let Self { file, line, .. } = self;
        let severity = self.severity.word(language);
        let (message, way_out) = (self.message.get(language), self.way_out.get(language));
        let (law, id) = (crate::law::cited(&self.law, language), self.rule.id);
        let law = if law.is_empty() { law } else { format!("; {law}") };
        format!("{file}:{line}: {severity}: {message} [{id}{law}]\n    {way_out}")
    }
}

/// A finding of reading, told like the others: its words are in English only.
pub fn coherence(found: &crate::read::Finding) -> Finding {
    let same = |text: &str| Label { ja: text.to_owned(), en: text.to_owned() };
    Finding {
        rule: &rules::COHERENCE,
        severity: match found.severity {
            crate::read::Severity::Error => Severity::Error,
            crate::read::Severity::Warning => Severity::Warning,
        },
        regimes: Vec::new(),
        law: Vec::new(),
        file: found.file.clone(),
        line: found.line,
        message: same(&found.message),
        way_out: same(&found.way_out),
    }
}

/// Everything that the law of the served regimes wants otherwise on a day, in the order of the files.
///
/// `files` are the texts that the document was read from: they give the lines.
pub fn lint(document: &Document, files: &BTreeMap<String, String>, on: Date) -> Vec<Finding> {
    let mut linter = Linter { document, files, on, findings: Vec::new() };
    linter.controller();
    linter.data();
    linter.recipients();
    linter.tools();
    linter.requests();
    linter.samples();
    let mut findings = linter.findings;
    let file_at = |file: &str| {
        let mut files = crate::read::FILES.iter().chain(&crate::read::MORE_FILES);
        files.position(|known| *known == file)
    };
    findings.sort_by(|a, b| {
        let key = |f: &Finding| (file_at(&f.file), f.line, f.severity);
        key(a).cmp(&key(b)).then_with(|| a.rule.id.cmp(b.rule.id))
    });
    findings
}

/// Walks through a policy and gathers findings.
struct Linter<'a> {
    document: &'a Document,
    files: &'a BTreeMap<String, String>,
    on: Date,
    findings: Vec<Finding>,
}

/// Where a finding points: the file, where its table begins, and the key within the table.
type Place<'p> = (&'p str, usize, &'p str);

impl<'a> Linter<'a> {
    /// Notes a finding. `said` and `way_out` are in Japanese and English.
    fn find(
        &mut self,
        rule: &'static Rule,
        regimes: &[&Regime],
        (file, at, key): Place<'_>,
        said: [String; 2],
        way_out: [&str; 2],
    ) {
        let text = self.files.get(file).map_or("", String::as_str);
        let names: Vec<RegimeName> = regimes.iter().map(|regime| regime.name.clone()).collect();
        let of = |law: &&Law| names.iter().any(|name| name.as_str() == law.statute.regime());
        let law = rule.law.iter().filter(of).copied().collect();
        let [ja, en] = said;
        let message = Label { ja, en };
        let [ja, en] = way_out.map(str::to_owned);
        self.findings.push(Finding {
            rule,
            severity: rule.severity,
            regimes: names,
            law,
            file: file.to_owned(),
            line: place::line(text, at, key),
            message,
            way_out: Label { ja, en },
        });
    }

    /// Every regime that the policy serves.
    fn regimes(&self) -> Vec<&'a Regime> {
        self.document.regimes.values().collect()
    }

    /// The served regimes whose duties are such.
    fn where_duty(&self, is: impl Fn(&Duties) -> bool) -> Vec<&'a Regime> {
        self.regimes().into_iter().filter(|regime| is(&regime.duties)).collect()
    }

    /// The strictest of a number that regimes give.
    fn least(&self, of: impl Fn(&Duties) -> u32) -> u32 {
        self.regimes().into_iter().map(|regime| of(&regime.duties)).min().unwrap_or(u32::MAX)
    }

    /// Whether more days than these have gone since a day.
    fn older(&self, day: Date, days: u32) -> bool {
        day.until(self.on).is_ok_and(|gone| i64::from(gone.get_days()) > i64::from(days))
    }
}

/// Words that stand in for words: a dash, “TBD”, 未定.
fn says_nothing(text: &str) -> bool {
    const EMPTY: [&str; 14] = [
        "n/a",
        "na",
        "tbd",
        "todo",
        "none",
        "null",
        "xxx",
        "unknown",
        "未定",
        "なし",
        "未記入",
        "要確認",
        "不明",
        "ダミー",
    ];
    let text = text.trim().to_lowercase();
    EMPTY.contains(&text.as_str()) || !text.chars().any(char::is_alphanumeric)
}

/// The same in any language of the policy.
fn label_says_nothing(label: &Label) -> bool {
    Language::ALL.into_iter().any(|language| says_nothing(label.get(language)))
}
