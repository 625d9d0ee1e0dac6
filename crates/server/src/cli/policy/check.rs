//! `azukari policy check`: holds a policy's files against themselves and against the law.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use jiff::civil::Date;
use policy::lint::{self, Finding, Severity};
use policy::record::calendar_day;
use policy::{Document, Language};

use super::{Outcome, language, read};
use crate::cli::say::say;
use crate::clock::{Clock, SystemClock};

/// How findings are told.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// A line for each, and the way out
    Text,
    /// A list of findings
    Json,
    /// SARIF 2.1.0, for editors and code review
    Sarif,
}

#[derive(Args)]
pub struct Check {
    /// The policy's folder
    dir: PathBuf,
    /// The language of the findings: ja or en
    #[arg(long, default_value = "en", value_parser = language)]
    language: Language,
    /// How findings are told
    #[arg(long, value_enum, default_value = "text")]
    format: CheckFormat,
    /// The day for which checks are due or overdue [default: today, in Japan]
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
    /// Let warnings weigh like errors
    #[arg(long)]
    strict: bool,
}

impl Check {
    pub fn run(self) -> anyhow::Result<Outcome> {
        let Self { dir, language, format, on, strict } = self;
        let on = on.unwrap_or_else(|| calendar_day(SystemClock.now()));
        let (document, findings) = look(&dir, on)?;
        match format {
            CheckFormat::Text => tell(document.as_ref(), &findings, language),
            CheckFormat::Json => say!("{}", serde_json::to_string_pretty(&findings)?),
            CheckFormat::Sarif => {
                let folder = dir.to_string_lossy();
                let version = env!("CARGO_PKG_VERSION");
                let log = lint::sarif(&findings, &folder, version, language);
                say!("{}", serde_json::to_string_pretty(&log)?);
            }
        }
        let least = if strict { Severity::Warning } else { Severity::Error };
        let stops = document.is_none() || findings.iter().any(|f| f.severity <= least);
        Ok(if stops { Outcome::Findings } else { Outcome::Done })
    }
}

/// The policy, when it is coherent, and everything that is found about it.
fn look(dir: &Path, on: Date) -> anyhow::Result<(Option<Document>, Vec<Finding>)> {
    Ok(match read(dir)? {
        Ok((read, files)) => {
            let mut findings: Vec<_> = read.warnings.iter().map(lint::coherence).collect();
            findings.extend(lint::lint(&read.document, &files, on));
            (Some(read.document), findings)
        }
        Err(findings) => (None, findings.iter().map(lint::coherence).collect()),
    })
}

fn tell(document: Option<&Document>, findings: &[Finding], language: Language) {
    for found in findings {
        say!("{}", found.told(language));
    }
    let count = |severity| findings.iter().filter(|found| found.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let notes = count(Severity::Note);
    match (document, language) {
        (Some(document), Language::En) => say!(
            "version {}: {} items, {} secrets, {} purposes, {} recipients, {} consents, {} tools, \
             {} regimes; coherent; {errors} errors, {warnings} warnings, {notes} notes",
            document.version,
            document.items.len(),
            document.secrets.len(),
            document.purposes.len(),
            document.recipients.len(),
            document.consents.len(),
            document.tools.len(),
            document.regimes.len(),
        ),
        (Some(document), Language::Ja) => say!(
            "版{}: 項目{}、秘密情報{}、利用目的{}、提供先{}、同意{}、ツール{}、法域{}。矛盾はありません。\
             エラー{errors}、警告{warnings}、参考{notes}",
            document.version,
            document.items.len(),
            document.secrets.len(),
            document.purposes.len(),
            document.recipients.len(),
            document.consents.len(),
            document.tools.len(),
            document.regimes.len(),
        ),
        (None, Language::En) => say!("not coherent: {errors} errors, {warnings} warnings"),
        (None, Language::Ja) => say!("矛盾があります。エラー{errors}、警告{warnings}"),
    }
}
