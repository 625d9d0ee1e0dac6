//! `azukari policy notice`: the policy as people read it, on standard output.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use policy::{Language, notice};

use super::{Outcome, coherent, language};
use crate::cli::say::{say, say_on};
use crate::web::{self, urls};

/// The form of a notice.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Markdown
    Md,
    /// The words with the facts they state
    Json,
    /// The page
    Html,
}

#[derive(Args)]
pub struct Notice {
    /// The policy's folder
    dir: PathBuf,
    /// The language: ja or en
    #[arg(long, default_value = "ja", value_parser = language)]
    language: Language,
    /// The form
    #[arg(long, value_enum, default_value = "md")]
    format: Format,
}

impl Notice {
    pub fn run(self) -> anyhow::Result<Outcome> {
        let Some(document) = coherent(&self.dir, true)? else { return Ok(Outcome::Findings) };
        let written = notice(&document, self.language);
        match self.format {
            Format::Md => say_on!("{}", notice::markdown(&written)),
            Format::Json => say!("{}", serde_json::to_string_pretty(&written)?),
            Format::Html => {
                say!(
                    "{}",
                    web::policy::draw(&document, self.language, urls::POLICY, None, None)
                        .into_string()
                );
            }
        }
        Ok(Outcome::Done)
    }
}
