//! The policy as the clauses people read, in each of its languages. Everything a clause names or
//! counts comes from the [`Document`], so the notice cannot promise what the rules do not do; what
//! it states is noted as [`Fact`]s beside its words. Knows no HTML: the server draws it.
//!
//! One file for each article; `writer.rs` is what they write with.

mod abroad;
mod changes;
mod clauses;
mod consents;
mod desk;
mod device;
mod fact;
mod information;
mod joint_use;
mod kinds;
mod management;
mod markdown;
mod purposes;
mod recipients;
mod requests;
mod retention;
mod stores;
mod summary;
mod third_parties;
mod tools;
pub(crate) mod words;
mod writer;

use jiff::civil::Date;
use serde::Serialize;

pub use self::clauses::{CLAUSES, Clause};
pub use self::fact::Fact;
pub use self::markdown::markdown;
use self::writer::Writer;
use crate::document::{Document, Language, Version};
use crate::law::Law;

/// The JSON Schema of a [`Notice`] as JSON.
pub const SCHEMA: &str = include_str!("schema.json");

/// A policy in the words of one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// What it is called.
    pub title: String,
    /// Who publishes it.
    pub controller: String,
    /// Which version it is.
    pub version: Version,
    /// SHA-256 over the policy's files, lower-case hexadecimal.
    pub hash: String,
    /// The day it takes effect.
    pub effective_on: Date,
    /// The language it is in.
    pub language: Language,
    /// The whole in a few lines.
    pub summary: Section,
    /// Its articles, in order.
    pub sections: Vec<Section>,
}

/// An article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Section {
    /// The same in every language; serves as an anchor.
    pub id: &'static str,
    /// From 1; 0 for the summary.
    pub number: usize,
    /// What it is about.
    pub heading: String,
    /// The articles of the policy's files that it carries, in order.
    pub articles: Vec<String>,
    /// The rows of the domain's clause table that it answers.
    pub rows: &'static [&'static str],
    /// The law it answers, of the regimes that the policy serves.
    pub law: Vec<Law>,
    /// What it says, in order.
    pub blocks: Vec<Block>,
}

/// A piece of an article: its words, and what they state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Block {
    /// The words.
    #[serde(flatten)]
    pub body: Body,
    /// What they state; the same in every language, in no order.
    pub facts: Vec<Fact>,
}

/// The words of a block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Body {
    /// A line over what follows.
    Heading {
        /// The line.
        text: String,
    },
    /// Sentences.
    Paragraph {
        /// The sentences.
        text: String,
    },
    /// Points without an order.
    List {
        /// The points.
        points: Vec<String>,
    },
    /// Words, each with what is said of it.
    Terms {
        /// In order.
        terms: Vec<Term>,
    },
    /// Rows under a head; every row is as long as the head.
    Table {
        /// What the columns are.
        head: Vec<String>,
        /// The rows.
        rows: Vec<Vec<String>>,
    },
}

/// A word with what is said of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Term {
    /// The word.
    pub term: String,
    /// What is said of it, line by line.
    pub said: Vec<String>,
}

impl Body {
    /// All its words, piece by piece.
    pub fn texts(&self) -> Vec<&str> {
        match self {
            Self::Heading { text } | Self::Paragraph { text } => vec![text],
            Self::List { points } => points.iter().map(String::as_str).collect(),
            Self::Terms { terms } => terms
                .iter()
                .flat_map(|term| std::iter::once(&term.term).chain(&term.said))
                .map(String::as_str)
                .collect(),
            Self::Table { head, rows } => {
                head.iter().chain(rows.iter().flatten()).map(String::as_str).collect()
            }
        }
    }
}

/// The policy in the words of a language. Articles that have nothing to say of this policy are left
/// out.
pub fn notice(policy: &Document, language: Language) -> Notice {
    let writer = Writer::new(policy, language);
    let mut sections: Vec<Section> = Vec::new();
    for clause in CLAUSES {
        let blocks = (clause.write)(&writer);
        if !blocks.is_empty() {
            let number = sections.len() + 1;
            sections.push(writer.section(clause, number, blocks));
        }
    }
    let blocks = writer.summary();
    let summary = writer.section(&clauses::SUMMARY, 0, blocks);
    Notice {
        title: writer.say("プライバシーポリシー", "Privacy Policy"),
        controller: policy.controller.name.get(language).to_owned(),
        version: policy.version,
        hash: policy.hash.clone(),
        effective_on: policy.version.on,
        language,
        summary,
        sections,
    }
}

/// A piece of a text: words, or something that can be followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Words.
    Words(&'a str),
    /// An address on the web.
    Address(&'a str),
    /// An e-mail address.
    Email(&'a str),
}

/// A text in pieces, so that whoever draws it can make links of addresses.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let is_part = |c: char| c.is_ascii_graphic() && !"<>\"()|".contains(c);
    let mut pieces = Vec::new();
    // Where the words begin that stand before the next address, and where to look for it.
    let (mut words_from, mut at) = (0, 0);
    while let Some(start) = text[at..].find(is_part).map(|found| at + found) {
        let end = text[start..].find(|c| !is_part(c)).map_or(text.len(), |length| start + length);
        let word = text[start..end].trim_end_matches(['.', ',', ';', ':']);
        let found = if word.starts_with("https://") || word.starts_with("http://") {
            Some(Piece::Address(word))
        } else {
            crate::normal::email(word).map(|_| Piece::Email(word))
        };
        if let Some(found) = found {
            if words_from < start {
                pieces.push(Piece::Words(&text[words_from..start]));
            }
            pieces.push(found);
            words_from = start + word.len();
        }
        at = end;
    }
    if words_from < text.len() {
        pieces.push(Piece::Words(&text[words_from..]));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_words() {
        use Piece::{Address, Email, Words};
        assert_eq!(
            pieces("窓口（desk@a.example）です。"),
            [Words("窓口（"), Email("desk@a.example"), Words("）です。")]
        );
        assert_eq!(
            pieces("On this list: https://a.example/x?y=1. See"),
            [Words("On this list: "), Address("https://a.example/x?y=1"), Words(". See")]
        );
        assert_eq!(pieces("a, b; c."), [Words("a, b; c.")]);
        assert_eq!(pieces(""), []);
    }
}
