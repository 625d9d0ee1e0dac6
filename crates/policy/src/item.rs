//! The inventory: every item 項目 that may be held, and the two secrets that are held but have no
//! word by which anyone could ask for them. Knows what a value may look like; never holds one.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::consent::ConsentName;
use crate::document::Label;
use crate::normal;
use crate::party::{is_word_char, name};
use crate::purpose::PurposeName;

name! {
    /// Names an item of information in the policy's inventory (S2).
    ItemName, 64, is_word_char, "1 to 64 of a-z, 0-9, `_`"
}
name! {
    /// Names a secret: held to check against, never opened, never an item.
    SecretName, 64, is_word_char, "1 to 64 of a-z, 0-9, `_`"
}

/// How carefully the law wants an item handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sensitivity {
    /// Personal information without special rules.
    Ordinary,
    /// 要配慮個人情報 (Act 2(3)), or a special category (GDPR 9): explicit consent, always.
    SpecialCare,
}

/// Whether an item is kept with the person (S37).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Linked {
    /// Personal information: held under the person's id.
    #[default]
    Person,
    /// 個人関連情報 (Act 2(7)): held apart under a random id and never joined with a person (S16,
    /// S17, G8). No ask about a person can name it.
    Nobody,
}

/// An item or purpose in the words of other vocabularies.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// In the W3C Data Privacy Vocabulary 2.3, such as `pd:EmailAddress` or `dpv:ServiceProvision`.
    pub dpv: Option<String>,
    /// In fideslang, such as `user.contact.email`.
    pub fides: Option<String>,
}

/// Where an item comes from (S3 to S5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The person enters it.
    #[default]
    Person,
    /// A linked service passes it on, as far as the person allowed it there.
    LinkedService,
    /// Her device sends it when she uses the service.
    Device,
}

impl Source {
    /// Every source, in the order of the policy.
    pub const ALL: [Self; 3] = [Self::Person, Self::LinkedService, Self::Device];
}

/// When the time that an item is kept begins to run (R12.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetentionStart {
    /// The day the item was last put.
    LastPut,
    /// The day the account is closed.
    AccountEnd,
    /// The end of the last engagement; the day the item was last put where that is later, or where
    /// there never was an engagement.
    EngagementEnd,
}

/// 保存期間: how long an item is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// What starts the clock.
    pub from: RetentionStart,
    /// Days after that; none ends with the start itself.
    pub days: u32,
    /// True when the period is over with the account at the latest.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ends_with_account: bool,
}

/// The form a value has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum ValueKind {
    /// Free text of at most so many characters.
    Text {
        /// Counted in characters, after normalisation.
        max_chars: usize,
        /// False for one line.
        multiline: bool,
    },
    /// An e-mail address.
    Email,
    /// A telephone number, kept as `+` and digits.
    Phone,
    /// A date of birth: a calendar day that is not in the future. Her age is told by it (R9.6).
    BirthDate,
    /// One of a list.
    Choice(Choices),
    /// A BCP 47 language tag.
    Language,
}

/// The words a choice may be, each with its label, in the order in which people read them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Choices {
    choices: Vec<(String, Label)>,
}

impl Choices {
    /// A list in the given order.
    pub fn new(choices: Vec<(String, Label)>) -> Self {
        Self { choices }
    }

    /// The words with their labels.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Label)> {
        self.choices.iter().map(|(word, label)| (word, label))
    }

    /// The words.
    pub fn keys(&self) -> impl Iterator<Item = &String> {
        self.iter().map(|(word, _)| word)
    }

    /// The label of a word.
    pub fn get(&self, word: &str) -> Option<&Label> {
        self.iter().find(|(known, _)| *known == word).map(|(_, label)| label)
    }

    /// True when the word is on the list.
    pub fn contains_key(&self, word: &str) -> bool {
        self.get(word).is_some()
    }
}

/// One item of the inventory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a mark of its own in items.toml")]
pub struct Item {
    /// What people read.
    pub label: Label,
    /// What is in it, where its label does not say it all (S16).
    pub detail: Option<Label>,
    /// Where the policy lists it, such as `1(1)`.
    pub article: String,
    /// Where it comes from.
    pub source: Source,
    /// The form of its value.
    #[serde(flatten)]
    pub value: ValueKind,
    /// Whether it is kept with the person.
    pub linked: Linked,
    /// Whether special care applies.
    pub sensitivity: Sensitivity,
    /// The same in other vocabularies.
    pub terms: Terms,
    /// What it may be used for.
    pub purposes: Vec<PurposeName>,
    /// How long it is kept, for every purpose that has no period of its own.
    pub retention: Retention,
    /// The purposes with a period of their own (L6): the item is kept until the last of all its
    /// purposes is over.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub retention_for: BTreeMap<PurposeName, Retention>,
    /// After so many days the person is asked whether it is still right (S7, Act 22).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirm_after_days: Option<u32>,
    /// The explicit consent without which it is neither taken nor shown; always for special care.
    pub consent: Option<ConsentName>,
    /// True when a subject can be found by it, through a blind index.
    pub lookup: bool,
    /// True when two subjects may not share a value; needs `lookup`.
    pub unique: bool,
    /// True when a new account must bring it.
    pub required: bool,
    /// True for the item in which sign-ins are noted (S5).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub sign_ins: bool,
    /// Where it stands in its file: people read the policy in that order.
    pub position: usize,
}

/// What is kept in place of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretKind {
    /// A password: kept as an Argon2id verifier only.
    Password,
    /// A payment card: kept as the payment platform's token, with brand and last four digits.
    CardToken,
}

/// Something held that never leaves: a password, a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Secret {
    /// What people read.
    pub label: Label,
    /// Where the policy lists it.
    pub article: String,
    /// What is kept in its place.
    pub keeps: SecretKind,
    /// What it may be used for.
    pub purposes: Vec<PurposeName>,
    /// How long it is kept.
    pub retention: Retention,
    /// Where it stands in its file: people read the policy in that order.
    pub position: usize,
}

/// Why a value does not fit its item.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadValue {
    /// Nothing but white space.
    #[error("is empty; leave the field out to hold nothing")]
    Empty,
    /// Longer than the policy allows.
    #[error("has {chars} characters; at most {max} are held")]
    TooLong {
        /// Characters given.
        chars: usize,
        /// Characters allowed.
        max: usize,
    },
    /// Characters that do not belong in text.
    #[error(
        "has a control character, or one that changes the direction of writing; send plain text"
    )]
    ControlCharacter,
    /// More than one line where one is asked for.
    #[error("has more than one line; send one line")]
    MultiLine,
    /// Not an e-mail address.
    #[error("is not an e-mail address; send it as name@domain.example")]
    NotAnEmail,
    /// Not a telephone number.
    #[error("is not a telephone number; send the country and the number, such as +81 90 1234 5678")]
    NotAPhone,
    /// Not a date.
    #[error("is not a date; send it as YYYY-MM-DD")]
    NotADate,
    /// A date in the future, or beyond any life.
    #[error("is not a day in a living person's past; check the year")]
    ImpossibleDate,
    /// Not on the list.
    #[error("is not one of {choices}")]
    NotAChoice {
        /// The list, as text.
        choices: String,
    },
    /// Not a language tag.
    #[error("is not a language tag; send one such as ja or en-GB")]
    NotALanguage,
}

/// The longest life reckoned with when a date of birth is checked, in years.
const LONGEST_LIFE_YEARS: i16 = 130;

impl Item {
    /// Reads a value from outside into the one form in which it is held, or says what is wrong.
    ///
    /// `today` is the reader's date, for dates that must lie in the past.
    pub fn parse(&self, given: &str, today: Date) -> Result<String, BadValue> {
        let text = normal::text(given);
        let text = text.trim();
        if text.is_empty() {
            return Err(BadValue::Empty);
        }
        // Longer than any item may be: refuse before doing work on it.
        let limit = match self.value {
            ValueKind::Text { max_chars, .. } => max_chars,
            ValueKind::Email => 254,
            _ => 64,
        };
        let chars = text.chars().count();
        if chars > limit {
            return Err(BadValue::TooLong { chars, max: limit });
        }
        if text.chars().any(|c| normal::is_unseen(c) && c != '\n') {
            return Err(BadValue::ControlCharacter);
        }
        match &self.value {
            ValueKind::Text { multiline, .. } => {
                if !multiline && text.contains('\n') {
                    return Err(BadValue::MultiLine);
                }
                Ok(text.to_owned())
            }
            ValueKind::Email => normal::email(text).ok_or(BadValue::NotAnEmail),
            ValueKind::Phone => normal::phone(text).ok_or(BadValue::NotAPhone),
            ValueKind::BirthDate => {
                let date: Date = normal::compatible(text)
                    .replace('/', "-")
                    .parse()
                    .map_err(|_| BadValue::NotADate)?;
                let oldest = today.year() - LONGEST_LIFE_YEARS;
                if date > today || date.year() < oldest {
                    return Err(BadValue::ImpossibleDate);
                }
                Ok(date.to_string())
            }
            ValueKind::Choice(choices) => {
                if choices.contains_key(text) {
                    return Ok(text.to_owned());
                }
                let choices = choices.keys().map(|c| format!("`{c}`")).collect::<Vec<_>>();
                Err(BadValue::NotAChoice { choices: choices.join(", ") })
            }
            ValueKind::Language => {
                let well_formed = text.len() <= 35
                    && text.split('-').enumerate().all(|(at, part)| {
                        let letters = part.chars().all(|c| c.is_ascii_alphabetic());
                        let length = part.len();
                        match at {
                            0 => letters && (2..=3).contains(&length),
                            _ => {
                                (1..=8).contains(&length)
                                    && part.chars().all(|c| c.is_ascii_alphanumeric())
                            }
                        }
                    });
                if well_formed { Ok(text.to_owned()) } else { Err(BadValue::NotALanguage) }
            }
        }
    }
}
