//! `azukari policy export`: a policy in the words of others, on standard output or in a file.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use policy::Language;
use policy::export::{dpv, fides, ropa};

use super::Outcome;
use crate::cli::say::say;

#[derive(Args)]
pub struct Export {
    /// The policy's folder
    dir: PathBuf,
    /// In whose words
    #[arg(long = "as", value_enum)]
    vocabulary: Vocabulary,
    /// How a record of processing is written
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// The language of a record of processing: ja or en
    #[arg(long, value_name = "TAG", value_parser = language)]
    language: Option<Language>,
    /// The file to write, instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Vocabulary {
    /// W3C Data Privacy Vocabulary 2.3, as JSON-LD
    Dpv,
    /// A fideslang 3.1 manifest, as YAML
    Fides,
    /// A record of processing activities (GDPR 30)
    Ropa,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Markdown,
    Csv,
    Json,
}

fn language(tag: &str) -> Result<Language, String> {
    Language::parse(tag).ok_or_else(|| "is not a language of policies; write ja or en".to_owned())
}

impl Export {
    pub fn run(self) -> anyhow::Result<Outcome> {
        let Self { dir, vocabulary, format, language, out } = self;
        if vocabulary != Vocabulary::Ropa && (format.is_some() || language.is_some()) {
            bail!("--format and --language go with `--as ropa`; the others have one form");
        }
        let document = match policy::read_dir(&dir) {
            Ok(read) => read.document,
            Err(findings) => {
                for finding in &findings {
                    eprintln!("{finding}");
                }
                return Ok(Outcome::Findings);
            }
        };
        let text = match vocabulary {
            Vocabulary::Dpv => serde_json::to_string_pretty(&dpv::policy(&document))?,
            Vocabulary::Fides => fides::manifest(&document).yaml()?,
            Vocabulary::Ropa => {
                let ropa = ropa::ropa(&document, language.unwrap_or(Language::Ja));
                match format.unwrap_or(Format::Markdown) {
                    Format::Markdown => ropa.markdown(),
                    Format::Csv => ropa.csv()?,
                    Format::Json => ropa.json()?,
                }
            }
        };
        let text = text.trim_end();
        match out {
            None => say!("{text}"),
            Some(file) => std::fs::write(&file, format!("{text}\n")).with_context(|| {
                format!("`{}` cannot be written; name another file with --out", file.display())
            })?,
        }
        Ok(Outcome::Done)
    }
}
