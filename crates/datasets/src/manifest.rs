//! What is written down of a run: enough to make it again with the method information and the source,
//! and to hold a file against it. It has no value of a row and nothing that restores one.

use std::collections::BTreeMap;

use anonymise::report::{Report, Risk};
use anonymise::verify::Evidence;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::settings::is_default;
use crate::{Kind, Rules, Settings, Shown, Standards, Table, Written, hex};

/// What the caller knows of a run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct About {
    /// The program with its version.
    pub engine: String,
    /// The moment, in RFC 3339.
    pub made_at: String,
    /// What for, where the rows came for a stated purpose.
    pub purpose: Option<String>,
    /// Rows that did not come, by reason.
    pub left_out: BTreeMap<String, u64>,
}

/// A table from outside: its hash, rows and columns, and how it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// SHA-256, in hexadecimal.
    pub hash: String,
    pub rows: u64,
    pub columns: Vec<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub written: Written,
}

impl Shape {
    pub(crate) fn of(table: &Table, hash: String) -> Self {
        let columns = table.columns.iter().map(|column| column.name.clone()).collect();
        Self { hash, rows: table.rows as u64, columns, written: table.written }
    }
}

/// A hierarchy by its hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HierarchyHash {
    pub column: String,
    /// SHA-256 of its lines.
    pub hash: String,
    pub levels: usize,
    pub values: usize,
}

/// How many rows became what.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counted {
    pub rows: u64,
    pub published: u64,
    pub suppressed: u64,
    /// Cells that few people have and that are stars, by column.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub starred: BTreeMap<String, u64>,
    /// People of whom no row came, by reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub left_out: BTreeMap<String, u64>,
}

/// The chance that somebody's row is told, as millionths, so that a record says it exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    pub highest: u32,
    pub average: u32,
}

impl From<Risk> for Rate {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share between 0 and 1"
    )]
    fn from(risk: Risk) -> Self {
        let millionths = |share: f64| (share.clamp(0.0, 1.0) * 1e6).round() as u32;
        Self { highest: millionths(risk.highest), average: millionths(risk.average) }
    }
}

/// What is written down of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    pub manifest: u32,
    pub kind: Kind,
    pub engine: String,
    pub made_at: String,
    /// The version of the rules and the hash of their text.
    pub rules: (String, String),
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    pub input: Shape,
    pub output: Shape,
    /// Without seed and the lines of hierarchies.
    pub settings: Settings,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hierarchies: Vec<HierarchyHash>,
    /// The level of each quasi-identifying column, where whole columns were generalised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<Vec<u8>>,
    /// Rows that the engine made alike: more than people are asked for, where somebody has several.
    pub alike: u32,
    /// Whether no way of generalising whole columns loses less.
    pub proven: bool,
    pub counts: Counted,
    /// The models with what was asked and reached.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<Evidence>,
    /// The risk of the source and of the result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risks: Option<(Rate, Rate)>,
    pub standards: Standards,
    /// The hash of the method information.
    pub method: String,
}

impl Manifest {
    /// As it is written and hashed.
    ///
    /// # Errors
    /// None that a manifest can bring about.
    pub fn json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self)
    }

    /// SHA-256 of its JSON, in hexadecimal.
    ///
    /// # Errors
    /// None that a manifest can bring about.
    pub fn hash(&self) -> Result<String, serde_json::Error> {
        Ok(hex(&Sha256::digest(self.json()?)))
    }

    /// The items of the set, as they are published (Rules 36): a column with a star in every row tells
    /// nothing of anybody, and is none.
    pub fn items(&self) -> Vec<Shown> {
        Shown::of(&self.settings, &self.output.columns, &self.standards)
    }

    /// Whether a file is the one that was made.
    pub fn is_of(&self, output: &[u8]) -> bool {
        self.output.hash == hex(&Sha256::digest(output))
    }
}

/// The settings as a manifest may show them.
pub(crate) fn shown(settings: &Settings) -> Settings {
    let mut shown = settings.clone();
    shown.seed = None;
    for column in shown.columns.values_mut() {
        column.labels = None;
    }
    shown
}

/// The hash of a hierarchy's lines.
pub(crate) fn hierarchy(column: &str, hierarchy: &anonymise::Hierarchy) -> HierarchyHash {
    let mut hash = Sha256::new();
    for line in hierarchy.lines() {
        for label in line {
            hash.update(label.as_bytes());
            hash.update([0]);
        }
        hash.update(b"\n");
    }
    HierarchyHash {
        column: column.to_owned(),
        hash: hex(&hash.finalize()),
        levels: hierarchy.levels(),
        values: hierarchy.domain(),
    }
}

/// The risks of a report, as a manifest keeps them.
pub(crate) fn risks(report: &Report) -> (Rate, Rate) {
    (report.before.prosecutor.into(), report.after.prosecutor.into())
}

/// What a manifest says of the rules.
pub(crate) fn rules(rules: &Rules) -> (String, String) {
    (rules.version.clone(), rules.hash.clone())
}
