//! The numbers that a data set is held against, each with its source and whether it was confirmed.

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::hex;

const TEXT: &str = include_str!("../rules.toml");

/// A number with where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    pub value: u32,
    pub source: String,
    /// False for a choice of ours where law gives no number.
    pub confirmed: bool,
}

/// What is usual, and what nobody may go below.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Least {
    pub usual: Parameter,
    pub least: Parameter,
}

/// Below which number a value is peculiar.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Below {
    pub below: Parameter,
}

/// The rules of a day.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    pub version: String,
    pub k: Least,
    pub l: Least,
    pub rare: Below,
    /// SHA-256 of their text, in hexadecimal.
    #[serde(skip)]
    pub hash: String,
}

impl Rules {
    /// The rules as this program knows them.
    #[expect(clippy::expect_used, reason = "a test reads them")]
    pub fn now() -> Self {
        let mut rules: Self = toml::from_str(TEXT).expect("the rules are part of the program");
        rules.hash = hex(&Sha256::digest(TEXT.as_bytes()));
        rules
    }
}
