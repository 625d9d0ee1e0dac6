//! Anonymously processed information 匿名加工情報 and pseudonymously processed information 仮名加工情報
//! of tables, as the Act and its Rules ask for them.
//!
//! A table (`table`) and settings (`settings`) go in. `anonymised` generalises by the engine of
//! `anonymise` and `pseudonymised` removes or replaces; each ends in a data set that was held against
//! every standard (`standards`, with the numbers of `rules` and the looks of `scan`), with what is
//! written down of it (`manifest`) and what has to be kept apart (`method`). Without the standards held
//! there is no data set. `suggest` calls columns something by names and values; `confirmed` asks why one
//! stays that is called identifying. `ways` lists what there is to choose from.
//!
//! The two kinds of sets (`set`) are types of their own, and no function here or elsewhere leads from a
//! row to a person. The crate knows no policy, nobody's id, no clock, no file and no chance: all of that
//! is handed in.

mod anonymised;
mod confirmed;
mod manifest;
mod method;
mod origin;
mod pseudonymised;
mod published;
mod rules;
mod sample;
mod scan;
mod set;
mod settings;
mod standards;
mod suggest;
mod table;
mod ways;

use std::fmt::Write as _;

use anonymise::Language;
use serde::{Deserialize, Serialize};

pub use anonymised::{Anonymised, anonymise, check};
pub use confirmed::{Kept, kept};
pub use manifest::{About, Counted, HierarchyHash, Manifest, Rate, Shape};
pub use method::MethodInformation;
pub use origin::Origin;
pub use pseudonymised::{Pseudonymised, pseudonymise};
pub use published::{Provision, Told, told, told_to_recipient};
pub use rules::Rules;
pub use sample::sample;
pub use scan::Look;
pub use set::{AnonymisedDataSet, Basis, NotProvided, PseudonymisedDataSet, Shown, Token, provide};
pub use settings::{Characters, ColumnSettings, Label, Recode, Role, Settings};
pub use standards::{Counts, Finding, Standard, StandardCheck, Standards};
pub use suggest::{Because, Seen, Suggestion, suggest, written};
pub use table::{Column, Table, Written};
pub use ways::{Blocked, Ways, blocked, ways};

/// Which kind of information is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 匿名加工情報 (Act 2(6)).
    Anonymised,
    /// 仮名加工情報 (Act 2(5)).
    Pseudonymised,
}

/// How far a run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// So many rows were read or written.
    Rows(u64),
    /// So many ways of generalising were looked at.
    Checks(u64),
    /// So many are to be looked at from here on, at most.
    Of(u64),
    /// The result is read back and held against every claim.
    Checking,
}

/// What whoever waits says to that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    GoOn,
    /// The best way so far is good enough.
    Enough,
    /// Nothing is wanted any more.
    Stop,
}

/// Why there is no data set.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Something cannot be read or done; with its place.
    #[error(transparent)]
    Table(#[from] anonymise::Error),
    /// It was made, and does not hold what law asks for.
    #[error("it does not hold {}", .0.failed())]
    Standards(Box<Standards>),
    /// Somebody said stop.
    #[error("stopped; nothing was made")]
    Stopped,
}

impl Error {
    /// What is wrong, in a sentence.
    pub fn sentence(&self, language: Language) -> String {
        match self {
            Self::Table(error) => error.sentence(language),
            Self::Standards(standards) => standards.sentence(language),
            Self::Stopped => {
                let words = language
                    .of("中止しました。何も作成していません。", "stopped; nothing was made");
                words.to_owned()
            }
        }
    }
}

/// Whether a text is one line that reads as it stands: it breaks no line, and turns none around.
pub fn is_line(text: &str) -> bool {
    let turns = |c| matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    !text.chars().any(|c| breaks(c) || turns(c))
}

/// Bytes as people compare them.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
