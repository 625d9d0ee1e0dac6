//! The two kinds of data sets, as types of their own (I6).
//!
//! Neither leads to anybody. There is no function from a row, a token or a set to a person's id, and none
//! that looks a person up in a set; what a set gives out is its file as a whole. A pseudonymised set goes
//! to nobody outside but as law allows ([`provide`] takes the other kind alone):
//!
//! ```
//! fn to_anybody(set: &datasets::AnonymisedDataSet) -> &[u8] {
//!     datasets::provide(set)
//! }
//! ```
//!
//! ```compile_fail,E0308
//! fn to_anybody(set: &datasets::PseudonymisedDataSet) -> &[u8] {
//!     datasets::provide(set)
//! }
//! ```
//!
//! A token can be held against another one of its set, and against nothing else:
//!
//! ```
//! fn same_person(one: &datasets::Token, other: &datasets::Token) -> bool {
//!     one == other
//! }
//! ```
//!
//! ```compile_fail,E0277
//! fn is_hers(token: &datasets::Token, her: &[u8; 16]) -> bool {
//!     token == her
//! }
//! ```
//!
//! ```compile_fail,E0599
//! fn to_look_her_up(token: &datasets::Token) -> String {
//!     token.to_string()
//! }
//! ```
//!
//! And nobody is written to out of a set, as it gives no cell:
//!
//! ```
//! fn how_many(set: &datasets::PseudonymisedDataSet) -> usize {
//!     set.rows()
//! }
//! ```
//!
//! ```compile_fail,E0599
//! fn write_to(set: &datasets::PseudonymisedDataSet) {
//!     set.cell(0, "email");
//! }
//! ```

use anonymise::Language;
use serde::{Deserialize, Serialize};

use crate::{Kind, Label, Settings, Standards};

/// An item that a set shows, as it is published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    pub column: String,
    pub label: Label,
}

impl Shown {
    pub(crate) fn of(settings: &Settings, columns: &[String], standards: &Standards) -> Vec<Self> {
        let tells = |name: &&String| standards.hidden().all(|hidden| hidden != *name);
        let shown = columns.iter().filter(tells);
        shown.map(|name| Self { column: name.clone(), label: settings.label(name) }).collect()
    }

    /// What people read.
    pub fn words(&self, language: Language) -> &str {
        self.label.words(language)
    }
}

/// Anonymously processed information 匿名加工情報 (Act 2(6)): every standard of Rules 34 was held against
/// it.
#[derive(Debug)]
pub struct AnonymisedDataSet {
    shown: Vec<Shown>,
    file: Vec<u8>,
    rows: usize,
}

impl AnonymisedDataSet {
    pub(crate) fn new(shown: Vec<Shown>, file: Vec<u8>, rows: usize) -> Self {
        Self { shown, file, rows }
    }

    /// The items that are published of it (Rules 36).
    pub fn shown(&self) -> &[Shown] {
        &self.shown
    }

    /// The file.
    pub fn file(&self) -> &[u8] {
        &self.file
    }

    pub fn rows(&self) -> usize {
        self.rows
    }
}

/// Pseudonymously processed information 仮名加工情報 (Act 2(5)): every standard of Rules 31 was held
/// against it. It stays personal information inside the house that has its source (R6.5).
pub struct PseudonymisedDataSet {
    shown: Vec<Shown>,
    file: Vec<u8>,
    rows: usize,
    tokens: Vec<(String, Vec<Token>)>,
}

impl std::fmt::Debug for PseudonymisedDataSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PseudonymisedDataSet").field("rows", &self.rows).finish_non_exhaustive()
    }
}

impl PseudonymisedDataSet {
    pub(crate) fn new(
        shown: Vec<Shown>,
        file: Vec<u8>,
        rows: usize,
        tokens: Vec<(String, Vec<Token>)>,
    ) -> Self {
        Self { shown, file, rows, tokens }
    }

    /// The items of it.
    pub fn shown(&self) -> &[Shown] {
        &self.shown
    }

    /// The file, for use within the house.
    pub fn for_use_within(&self) -> &[u8] {
        &self.file
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The tokens of a column, row by row: which rows belong together.
    pub fn tokens(&self, column: &str) -> Option<&[Token]> {
        self.tokens.iter().find(|(name, _)| name == column).map(|(_, tokens)| tokens.as_slice())
    }
}

/// Stands for a value within one set. It is written into the set's file, and tells nothing else.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Token(pub(crate) String);

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token")
    }
}

/// The file of an anonymised set, for whoever is told that it is one (Act 44).
pub fn provide(set: &AnonymisedDataSet) -> &[u8] {
    set.file()
}

/// What a provision of a set to somebody outside would stand on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// That it is anonymously processed information (Act 44).
    Anonymised,
    /// A law asks for it (Act 41(6)).
    Law,
    /// Entrustment (Act 41(6), 27(5)(i)).
    Entrustment,
    /// Succession of the business (Act 41(6), 27(5)(ii)).
    Succession,
    /// A joint use that was published (Act 41(6), 27(5)(iii)).
    JointUse,
    /// The persons' consent.
    Consent,
}

/// Why a set is not provided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum NotProvided {
    /// Pseudonymised sets go to no third party, and consent does not lift that (Act 41(6); R6.3).
    #[error("pseudonymously processed information goes to no third party, not even with consent")]
    Pseudonymised,
    /// An anonymised set goes as such: on any other basis its recipient would not be bound (Act 45).
    #[error("anonymously processed information is provided as such")]
    NotAsSuch,
}

impl Basis {
    /// Whether a set of a kind may go on it.
    ///
    /// # Errors
    /// Why not.
    pub fn allows(self, kind: Kind) -> Result<(), NotProvided> {
        match (kind, self) {
            (Kind::Anonymised, Self::Anonymised)
            | (
                Kind::Pseudonymised,
                Self::Law | Self::Entrustment | Self::Succession | Self::JointUse,
            ) => Ok(()),
            (Kind::Anonymised, _) => Err(NotProvided::NotAsSuch),
            (Kind::Pseudonymised, _) => Err(NotProvided::Pseudonymised),
        }
    }
}
