//! What a notice states, apart from its words: the writer notes a fact whenever it writes one, so a
//! block carries the same facts in every language, and each can be looked for in its words.

use jiff::civil::Date;
use serde::Serialize;

use super::words as notice_words;
use crate::consent::ConsentName;
use crate::country::{Indicator, Principle};
use crate::decide::ExceptionKind;
use crate::document::{Document, Label, Language};
use crate::item::{ItemName, Retention, SecretName};
use crate::party::{RecipientName, Role};
use crate::purpose::{Basis, PurposeName};
use crate::regime::RegimeName;
use crate::request::{AlternativeMeasure, ReasonsTold, RefusalGround, RequestKind};
use crate::safety::SafetyKind;
use crate::tool::{CookieName, CookieParty, Means, ToolName};
use crate::words;

/// One fact, the same in every language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "fact", content = "of", rename_all = "snake_case")]
pub enum Fact {
    /// An item of the inventory.
    Item(ItemName),
    /// A password or a card.
    Secret(SecretName),
    /// A purpose.
    Purpose(PurposeName),
    /// A recipient.
    Recipient(RecipientName),
    /// A consent.
    Consent(ConsentName),
    /// A tool.
    Tool(ToolName),
    /// A cookie, by its own name.
    Cookie(CookieName),
    /// The law of a place.
    Regime(RegimeName),
    /// What the policy's files say in so many words.
    Said(Label),
    /// What is the same in every language: an address on the web, an e-mail address, a legal name.
    Given(String),
    /// A country, ISO 3166-1 alpha-2.
    Country(String),
    /// A day.
    Day(Date),
    /// A sum of money.
    Money {
        /// How much, in whole units.
        amount: u32,
        /// ISO 4217.
        currency: String,
    },
    /// How long something is kept.
    Kept(Retention),
    /// A span of days.
    Days(u32),
    /// A span of hours.
    Hours(u32),
    /// A span of months.
    Months(u32),
    /// An age in years.
    Age(u32),
    /// So many of something.
    Count(usize),
    /// The part a recipient plays.
    Role(Role),
    /// What a purpose rests on.
    Basis(Basis),
    /// An exception to consent.
    Exception(ExceptionKind),
    /// An outside sign of a country's protection.
    Indicator(Indicator),
    /// A principle that a country's system does not fully keep.
    Gap(Principle),
    /// How a tool works.
    Means(Means),
    /// Whose domain sets a cookie.
    Party(CookieParty),
    /// A kind of safety measure.
    Safety(SafetyKind),
    /// A kind of request.
    Request(RequestKind),
    /// A ground for refusing a request.
    Ground(RefusalGround),
    /// What may be done instead of what was asked.
    Instead(AlternativeMeasure),
    /// How far reasons are told.
    Reasons(ReasonsTold),
}

impl Fact {
    /// The words of the fact in a language; nothing for a name that the policy does not have.
    pub fn words(&self, policy: &Document, language: Language) -> String {
        let said = |label: Option<&Label>| label.map_or("", |l| l.get(language)).to_owned();
        match self {
            Self::Item(name) => said(policy.items.get(name).map(|item| &item.label)),
            Self::Secret(name) => said(policy.secrets.get(name).map(|secret| &secret.label)),
            Self::Purpose(name) => said(policy.purposes.get(name).map(|purpose| &purpose.label)),
            Self::Recipient(name) => said(policy.recipients.get(name).map(|r| &r.label)),
            Self::Consent(name) => said(policy.consents.get(name).map(|consent| &consent.label)),
            Self::Tool(name) => said(policy.tools.get(name).map(|tool| &tool.label)),
            Self::Regime(name) => said(policy.regimes.get(name).map(|regime| &regime.label)),
            Self::Said(label) => label.get(language).to_owned(),
            Self::Cookie(name) => name.to_string(),
            Self::Given(text) => text.clone(),
            Self::Country(code) => words::country(code, language).to_owned(),
            Self::Day(date) => words::date(*date, language),
            Self::Money { amount, currency } => notice_words::money(*amount, currency, language),
            Self::Kept(kept) => words::retention(*kept, language),
            Self::Days(days) => words::days(*days, language).trim_end_matches('間').to_owned(),
            Self::Hours(hours) => notice_words::hours(*hours, language),
            Self::Months(months) => notice_words::months(*months, language),
            Self::Age(years) => notice_words::age(*years, language),
            Self::Count(count) => count.to_string(),
            Self::Role(role) => words::role(*role, language).to_owned(),
            Self::Basis(basis) => words::basis(basis, language).to_owned(),
            Self::Exception(kind) => words::exception(*kind, language).to_owned(),
            Self::Indicator(indicator) => notice_words::indicator(*indicator, language).to_owned(),
            Self::Gap(principle) => notice_words::principle(*principle, language).to_owned(),
            Self::Means(means) => notice_words::means(*means, language).to_owned(),
            Self::Party(party) => notice_words::party(*party, language).to_owned(),
            Self::Safety(kind) => notice_words::safety(*kind, language).to_owned(),
            Self::Request(kind) => notice_words::request(*kind, language).to_owned(),
            Self::Ground(ground) => notice_words::ground(*ground, language).to_owned(),
            Self::Instead(measure) => notice_words::instead(*measure, language).to_owned(),
            Self::Reasons(told) => notice_words::reasons(*told, language).to_owned(),
        }
    }

    /// True when a text states the fact: its words stand there, large or small but for proper names,
    /// and a number is not part of a longer one.
    pub fn stands_in(&self, text: &str, policy: &Document, language: Language) -> bool {
        let is_name = matches!(
            self,
            Self::Country(_) | Self::Regime(_) | Self::Given(_) | Self::Cookie(_) | Self::Tool(_)
        );
        let fold = |text: &str| if is_name { text.to_owned() } else { text.to_lowercase() };
        let (words, text) = (fold(&self.words(policy, language)), fold(text));
        let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        !words.is_empty()
            && text.match_indices(&words).any(|(at, found)| {
                let (before, after) = (&text[..at], &text[at + found.len()..]);
                let longer = is_digit(words.chars().next()) && is_digit(before.chars().last())
                    || is_digit(words.chars().last()) && is_digit(after.chars().next());
                !longer
            })
    }
}
