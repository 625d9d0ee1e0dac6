//! `azukari policy …`: looks at a policy's files, holds them against the law, and writes the notice.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use policy::lint::{self, Finding, Severity};
use policy::{Document, Language, notice};

use super::Outcome;
use crate::clock::{Clock, SystemClock};
use crate::web;

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

/// The form of a notice.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum NoticeFormat {
    /// Markdown
    Md,
    /// The words with the facts they state
    Json,
    /// The page
    Html,
}

#[derive(Subcommand)]
pub enum Policy {
    /// Say whether a policy is coherent and what law wants otherwise; exit code 2 for an error
    Check {
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
    },
    /// Write the policy as people read it
    Notice {
        /// The policy's folder
        dir: PathBuf,
        /// The language: ja or en
        #[arg(long, default_value = "ja", value_parser = language)]
        language: Language,
        /// The form
        #[arg(long, value_enum, default_value = "md")]
        format: NoticeFormat,
    },
}

fn language(text: &str) -> Result<Language, String> {
    Language::parse(text).ok_or_else(|| "write ja or en".to_owned())
}

impl Policy {
    pub fn run(self) -> anyhow::Result<Outcome> {
        match self {
            Self::Check { dir, language, format, on, strict } => {
                let today = || SystemClock.now().to_zoned(zone()).date();
                let on = on.unwrap_or_else(today);
                let (document, findings) = look(&dir, on)?;
                match format {
                    CheckFormat::Text => tell(document.as_ref(), &findings, language),
                    CheckFormat::Json => println!("{}", serde_json::to_string_pretty(&findings)?),
                    CheckFormat::Sarif => {
                        let folder = dir.to_string_lossy();
                        let version = env!("CARGO_PKG_VERSION");
                        let log = lint::sarif(&findings, &folder, version, language);
                        println!("{}", serde_json::to_string_pretty(&log)?);
                    }
                }
                let least = if strict { Severity::Warning } else { Severity::Error };
                let stops = document.is_none() || findings.iter().any(|f| f.severity <= least);
                Ok(if stops { Outcome::Findings } else { Outcome::Done })
            }
            Self::Notice { dir, language, format } => {
                let document = match read(&dir)? {
                    Ok((read, _)) => read.document,
                    Err(findings) => {
                        for found in &findings {
                            eprintln!("{found}");
                        }
                        anyhow::bail!("the policy is not coherent; see `azukari policy check`");
                    }
                };
                let written = notice(&document, language);
                match format {
                    NoticeFormat::Md => print!("{}", notice::markdown(&written)),
                    NoticeFormat::Json => println!("{}", serde_json::to_string_pretty(&written)?),
                    NoticeFormat::Html => {
                        println!("{}", web::policy::draw(&document, language, None).into_string());
                    }
                }
                Ok(Outcome::Done)
            }
        }
    }
}

/// The days of the law are days in Japan.
fn zone() -> TimeZone {
    TimeZone::get("Asia/Tokyo").unwrap_or(TimeZone::UTC)
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
        println!("{}", found.told(language));
    }
    let count = |severity| findings.iter().filter(|found| found.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let notes = count(Severity::Note);
    match (document, language) {
        (Some(document), Language::En) => println!(
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
        (Some(document), Language::Ja) => println!(
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
        (None, Language::En) => println!("not coherent: {errors} errors, {warnings} warnings"),
        (None, Language::Ja) => println!("矛盾があります。エラー{errors}、警告{warnings}"),
    }
}
