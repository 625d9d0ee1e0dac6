//! What the articles are written with: words in the language at hand, facts noted as they are
//! written, blocks that take the facts noted since the last.

use std::cell::RefCell;

use super::{Block, Body, Clause, Fact, Section, Term};
use crate::document::{Document, Label, Language};
use crate::item::{Item, ItemName, Linked};
use crate::party::{Recipient, RecipientName, Role};
use crate::purpose::{Purpose, PurposeName, Tier};
use crate::regime::{Regime, RegimeName};
use crate::words;

/// Writes the articles of one policy in one language.
pub(super) struct Writer<'a> {
    pub(super) policy: &'a Document,
    pub(super) language: Language,
    /// The facts written since the last block was closed.
    noted: RefCell<Vec<Fact>>,
    /// The articles of the policy's files drawn on since the last section was closed.
    cited: RefCell<Vec<String>>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(policy: &'a Document, language: Language) -> Self {
        Self { policy, language, noted: RefCell::default(), cited: RefCell::default() }
    }

    // ---- words ----

    pub(super) fn say(&self, ja: impl Into<String>, en: impl Into<String>) -> String {
        match self.language {
            Language::Ja => ja.into(),
            Language::En => en.into(),
        }
    }

    /// The words of a fact, which is noted.
    pub(super) fn fact(&self, fact: Fact) -> String {
        let words = fact.words(self.policy, self.language);
        let mut noted = self.noted.borrow_mut();
        if !noted.contains(&fact) {
            noted.push(fact);
        }
        words
    }

    /// What the policy's files say in so many words.
    pub(super) fn said(&self, label: &Label) -> String {
        self.fact(Fact::Said(label.clone()))
    }

    /// Words within a sentence: English starts them small, unless they are a proper name.
    pub(super) fn within(&self, text: &str) -> String {
        let mut chars = text.chars();
        match (self.language, chars.next(), chars.next()) {
            (Language::En, Some(first), Some(second)) if !second.is_uppercase() => {
                first.to_lowercase().chain(text.chars().skip(1)).collect()
            }
            _ => text.to_owned(),
        }
    }

    /// Words at the head of a sentence or cell.
    pub(super) fn at_head(&self, text: &str) -> String {
        let mut chars = text.chars();
        match (self.language, chars.next()) {
            (Language::En, Some(first)) => first.to_uppercase().chain(chars).collect(),
            _ => text.to_owned(),
        }
    }

    pub(super) fn quoted(&self, text: &str) -> String {
        self.say(format!("「{text}」"), format!("“{text}”"))
    }

    /// A title by which another article is named.
    pub(super) fn article(&self, id: &str) -> String {
        let clause = super::CLAUSES.iter().find(|clause| clause.id == id);
        self.quoted(clause.map_or("", |clause| match self.language {
            Language::Ja => clause.ja,
            Language::En => clause.en,
        }))
    }

    pub(super) fn list<T: AsRef<str>>(&self, words: &[T]) -> String {
        words::list(words, self.language)
    }

    /// Words in a cell, one after another; in English only the first begins large.
    pub(super) fn row<T: AsRef<str>>(&self, words: &[T]) -> String {
        self.joined(words, ", ")
    }

    /// The same for words that may hold commas.
    pub(super) fn phrases<T: AsRef<str>>(&self, words: &[T]) -> String {
        self.joined(words, "; ")
    }

    fn joined<T: AsRef<str>>(&self, words: &[T], between: &str) -> String {
        let words: Vec<_> = words
            .iter()
            .enumerate()
            .map(|(at, word)| match at {
                0 => word.as_ref().to_owned(),
                _ => self.within(word.as_ref()),
            })
            .collect();
        words::join(&words, &self.say("、", between))
    }

    /// Sentences, one after another.
    pub(super) fn sentences<T: AsRef<str>>(&self, sentences: &[T]) -> String {
        words::join(sentences, &self.say("", " "))
    }

    // ---- blocks ----

    fn block(&self, body: Body) -> Block {
        Block { body, facts: self.noted.take() }
    }

    pub(super) fn heading(&self, ja: impl Into<String>, en: impl Into<String>) -> Block {
        self.block(Body::Heading { text: self.say(ja, en) })
    }

    pub(super) fn paragraph(&self, ja: impl Into<String>, en: impl Into<String>) -> Block {
        self.block(Body::Paragraph { text: self.say(ja, en) })
    }

    pub(super) fn points(&self, points: Vec<String>) -> Block {
        self.block(Body::List { points })
    }

    pub(super) fn terms(&self, terms: Vec<Term>) -> Block {
        self.block(Body::Terms { terms })
    }

    pub(super) fn table(&self, head: Vec<String>, rows: Vec<Vec<String>>) -> Block {
        self.block(Body::Table { head, rows })
    }

    pub(super) fn term(&self, ja: &str, en: &str, said: impl Into<String>) -> Term {
        Term { term: self.say(ja, en), said: vec![said.into()] }
    }

    /// Notes an article of the policy's files that the section at hand carries.
    pub(super) fn cite(&self, article: &str) {
        let mut cited = self.cited.borrow_mut();
        if !cited.iter().any(|known| known == article) {
            cited.push(article.to_owned());
        }
    }

    pub(super) fn section(&self, clause: &Clause, number: usize, blocks: Vec<Block>) -> Section {
        let serves = |regime: &str| self.policy.regimes.keys().any(|name| name.as_str() == regime);
        let law = clause.law.iter().filter(|law| serves(law.statute.regime())).copied().collect();
        Section {
            id: clause.id,
            number,
            heading: self.say(clause.ja, clause.en),
            articles: self.cited.take(),
            rows: clause.rows,
            law,
            blocks,
        }
    }

    // ---- the policy ----

    /// The regimes, the controller's own first.
    pub(super) fn regimes(&self) -> Vec<&'a Regime> {
        let home = &self.policy.controller.country;
        let mut regimes: Vec<_> = self.policy.regimes.values().collect();
        regimes.sort_by_key(|regime| !regime.transfer.home.contains(home));
        regimes
    }

    /// Regimes in a row, as alternatives, as in “Japan or the United Kingdom”.
    pub(super) fn either<'r>(&self, names: impl Iterator<Item = &'r RegimeName>) -> String {
        self.regimes_joined(names, &self.say("または", " or "))
    }

    /// Regimes in a row, of which the same is said, as in “Japan and the United Kingdom”.
    pub(super) fn all_of<'r>(&self, names: impl Iterator<Item = &'r RegimeName>) -> String {
        self.regimes_joined(names, &self.say("と", " and "))
    }

    /// Regimes that share a column.
    pub(super) fn together<'r>(&self, names: impl Iterator<Item = &'r RegimeName>) -> String {
        let labels: Vec<_> = names.map(|name| self.fact(Fact::Regime(name.clone()))).collect();
        words::join(&labels, &self.say("・", ", "))
    }

    fn regimes_joined<'r>(
        &self,
        names: impl Iterator<Item = &'r RegimeName>,
        between: &str,
    ) -> String {
        let labels: Vec<_> = names
            .filter(|name| self.policy.regimes.contains_key(*name))
            .map(|name| match (self.language, self.fact(Fact::Regime(name.clone()))) {
                // Unions and areas of several words take the article.
                (Language::En, label) if label.contains(' ') => format!("the {label}"),
                (_, label) => label,
            })
            .collect();
        words::join(&labels, between)
    }

    /// What differs by regime, with the regimes for which it is the same together.
    pub(super) fn by_regime<T: PartialEq>(
        &self,
        of: impl Fn(&Regime) -> T,
    ) -> Vec<(T, Vec<&'a RegimeName>)> {
        let mut groups: Vec<(T, Vec<&'a RegimeName>)> = Vec::new();
        for regime in self.regimes() {
            let value = of(regime);
            match groups.iter_mut().find(|(known, _)| *known == value) {
                Some((_, names)) => names.push(&regime.name),
                None => groups.push((value, vec![&regime.name])),
            }
        }
        groups
    }

    /// The purposes, those of the service first.
    pub(super) fn purposes_by_tier(&self) -> Vec<(&'a PurposeName, &'a Purpose)> {
        let mut purposes = self.policy.purposes_in_order();
        purposes.sort_by_key(|(_, purpose)| purpose.tier != Tier::Service);
        purposes
    }

    /// The secrets in a row, as in “password and credit card information”.
    pub(super) fn secrets(&self) -> String {
        let labels: Vec<_> = self
            .policy
            .secrets_in_order()
            .into_iter()
            .map(|(name, _)| self.within(&self.fact(Fact::Secret(name.clone()))))
            .collect();
        self.list(&labels)
    }

    pub(super) fn nothing(&self) -> String {
        self.say("なし", "None")
    }

    /// The text, or that there is none.
    pub(super) fn or_nothing(&self, text: String) -> String {
        if text.is_empty() { self.nothing() } else { text }
    }

    pub(super) fn item(&self, name: &ItemName) -> String {
        self.fact(Fact::Item(name.clone()))
    }

    /// An item's label, with the consent it hangs on.
    pub(super) fn item_with_consent(&self, name: &ItemName, item: &Item) -> String {
        let label = self.item(name);
        match &item.consent {
            Some(consent) => {
                let consent = self.quoted(&self.fact(Fact::Consent(consent.clone())));
                self.say(
                    format!("{label}（{consent}に同意した場合だけ）"),
                    format!("{label} (only if you agree to {consent})"),
                )
            }
            None => label,
        }
    }

    /// The items that are kept with a person and serve one of the purposes.
    pub(super) fn items_for(&self, purposes: &[PurposeName]) -> Vec<(&'a ItemName, &'a Item)> {
        let mut items = self.policy.items_in_order();
        items.retain(|(_, item)| item.purposes.iter().any(|p| purposes.contains(p)));
        items
    }

    /// What a recipient may receive.
    pub(super) fn items_of(&self, recipient: &Recipient) -> Vec<(&'a ItemName, &'a Item)> {
        let mut items = self.items_for(&recipient.purposes);
        // An ask about a person cannot name what is linked with nobody.
        items.retain(|(name, item)| {
            item.linked == Linked::Person
                && (recipient.items.is_empty() || recipient.items.contains(name))
        });
        items
    }

    pub(super) fn purpose_labels(&self, names: &[PurposeName]) -> Vec<String> {
        self.purposes_by_tier()
            .into_iter()
            .filter(|(name, _)| names.contains(name))
            .map(|(name, _)| self.fact(Fact::Purpose(name.clone())))
            .collect()
    }

    pub(super) fn recipients_of(
        &self,
        is: impl Fn(Role) -> bool,
    ) -> Vec<(&'a RecipientName, &'a Recipient)> {
        let mut recipients = self.policy.recipients_in_order();
        recipients.retain(|(_, recipient)| is(recipient.role));
        recipients
    }

    pub(super) fn desk_email(&self) -> String {
        self.fact(Fact::Given(self.policy.controller.desk.email.clone()))
    }
}
