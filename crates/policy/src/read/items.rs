//! items.toml: the inventory.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::{Reader, Table};
use crate::consent::{Consent, ConsentName};
use crate::document::Label;
use crate::item::{
    Choices, Item, ItemName, Linked, Retention, RetentionStart, Sensitivity, Source, Terms,
    ValueKind,
};
use crate::purpose::{Purpose, PurposeName};
use crate::retention::LONGEST_DAYS;

/// True for names that speak of a password or a payment card.
fn sounds_secret(name: &str) -> bool {
    let has = |part| name.split('_').any(|word| word == part);
    ["password", "passcode", "passphrase", "cvc", "cvv"].into_iter().any(has)
        || ["credit_card", "debit_card", "payment_card", "card_number"]
            .into_iter()
            .any(|part| name.contains(part))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a mark of its own in the file")]
pub(super) struct RawItem {
    pub(super) label: Spanned<Label>,
    pub(super) detail: Option<Spanned<Label>>,
    pub(super) article: Spanned<String>,
    #[serde(default)]
    pub(super) source: Source,
    pub(super) kind: Spanned<String>,
    pub(super) max_chars: Option<usize>,
    pub(super) multiline: Option<bool>,
    pub(super) choices: Option<Table<Spanned<Label>>>,
    #[serde(default)]
    pub(super) linked: Linked,
    pub(super) sensitivity: Sensitivity,
    #[serde(default)]
    pub(super) terms: Terms,
    pub(super) purposes: Vec<Spanned<String>>,
    pub(super) retention: RawRetention,
    pub(super) confirm_after_days: Option<u32>,
    pub(super) consent: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) lookup: bool,
    #[serde(default)]
    pub(super) unique: bool,
    #[serde(default)]
    pub(super) required: bool,
    #[serde(default)]
    pub(super) sign_ins: bool,
}

/// The rule of an item, with the purposes that have one of their own.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRetention {
    pub(super) from: RetentionStart,
    pub(super) days: u32,
    #[serde(default)]
    pub(super) ends_with_account: bool,
    #[serde(rename = "for", default)]
    pub(super) purposes: Table<Retention>,
}

impl Reader<'_> {
    /// A period that can be counted, and says nothing twice.
    pub(super) fn period(&mut self, file: &str, at: usize, of: &str, rule: Retention) -> Retention {
        if rule.days > LONGEST_DAYS {
            let message = format!("`{of}` is kept for {} days", rule.days);
            self.error(file, at, message, format!("take {LONGEST_DAYS} days at most"));
        }
        if rule.ends_with_account && rule.from == RetentionStart::AccountEnd {
            let message = format!("`{of}` ends with the account that its period begins with");
            let way_out = "take `ends_with_account` out, or let the period begin elsewhere";
            self.error(file, at, message, way_out);
        }
        rule
    }

    /// The periods of single purposes, each one of the item's own.
    fn periods(
        &mut self,
        at: usize,
        item: &str,
        raw: Table<Retention>,
        purposes: &[PurposeName],
    ) -> BTreeMap<PurposeName, Retention> {
        let file = "items.toml";
        let mut periods = BTreeMap::new();
        for (key, rule) in raw {
            let Some(purpose) = self.name::<PurposeName>(file, &key) else { continue };
            if !purposes.contains(&purpose) {
                let message = format!("`{item}` is not held for `{purpose}`");
                let way_out = "name the purpose under `purposes`, or take its period out";
                self.error(file, key.span().start, message, way_out);
            }
            let rule = self.period(file, at, item, rule);
            periods.insert(purpose, rule);
        }
        periods
    }

    pub(super) fn items(
        &mut self,
        raw: Table<RawItem>,
        purposes: &BTreeMap<PurposeName, Purpose>,
        consents: &BTreeMap<ConsentName, Consent>,
    ) -> BTreeMap<ItemName, Item> {
        let file = "items.toml";
        let mut items = BTreeMap::new();
        for (key, raw) in raw {
            let at = key.span().start;
            let name: Option<ItemName> = self.name(file, &key);
            let key = key.into_inner();
            let label = self.label(file, raw.label);
            let value = self.value_kind(&raw.kind, raw.max_chars, raw.multiline, raw.choices);
            let article = self.article(file, raw.article);
            if sounds_secret(&key) {
                self.error(
                    file,
                    at,
                    format!("`{key}` sounds like a password or a card"),
                    "declare it in secrets.toml: items can be asked for (I2)",
                );
            }
            let item_purposes =
                self.known(file, &raw.purposes, "purpose", |p| purposes.contains_key(p));
            if raw.purposes.is_empty() {
                let way_out = "name at least one purpose, or do not hold it";
                self.error(file, at, format!("`{key}` is held for no purpose"), way_out);
            }
            let consent = raw.consent.and_then(|text| {
                self.known(file, &[text], "consent", |c| consents.contains_key(c)).pop()
            });
            if raw.sensitivity == Sensitivity::SpecialCare && consent.is_none() {
                self.error(
                    file,
                    at,
                    format!("`{key}` needs special care and names no explicit consent"),
                    "add `consent = \"…\"` (Act 20(2), R9.2)",
                );
            }
            let is_person_s = raw.lookup || raw.required || consent.is_some();
            if raw.linked == Linked::Nobody && is_person_s {
                let message = format!("`{key}` is linked with nobody and kept with a person");
                let way_out = "take `lookup`, `required` and `consent` out, or `linked` (G8)";
                self.error(file, at, message, way_out);
            }
            if raw.sign_ins {
                let notes = matches!(value, Some(ValueKind::Text { multiline: true, .. }))
                    && raw.source == Source::Device
                    && raw.linked == Linked::Person
                    && raw.sensitivity == Sensitivity::Ordinary
                    && !raw.required
                    && !items.values().any(|other: &Item| other.sign_ins);
                if !notes {
                    let message = format!("`{key}` cannot have sign-ins noted in it");
                    let way_out = "let one ordinary item of kind text, with `multiline` and \
                                   `source = \"device\"`, be the history";
                    self.error(file, at, message, way_out);
                }
            }
            if raw.unique && !raw.lookup {
                let way_out = "add `lookup = true`: only what can be looked up can be unique";
                self.error(file, at, format!("`{key}` is unique but not looked up"), way_out);
            }
            let RawRetention { from, days, ends_with_account, purposes: own } = raw.retention;
            let rule = Retention { from, days, ends_with_account };
            let retention = self.period(file, at, &key, rule);
            let retention_for = self.periods(at, &key, own, &item_purposes);
            if raw.confirm_after_days == Some(0) {
                let way_out = "let `confirm_after_days` be at least 1, or take it out";
                let message = format!("`{key}` would be asked about without end");
                self.error(file, at, message, way_out);
            }
            // Kept even when its kind is wrong: one mistake is told once, not wherever the item is named.
            let value = value.unwrap_or(ValueKind::Language);
            let Some(name) = name else { continue };
            items.insert(
                name,
                Item {
                    label,
                    detail: raw.detail.map(|detail| self.label(file, detail)),
                    article,
                    source: raw.source,
                    position: at,
                    value,
                    linked: raw.linked,
                    sensitivity: raw.sensitivity,
                    terms: raw.terms,
                    purposes: item_purposes,
                    retention,
                    retention_for,
                    confirm_after_days: raw.confirm_after_days,
                    consent,
                    lookup: raw.lookup,
                    unique: raw.unique,
                    required: raw.required,
                    sign_ins: raw.sign_ins,
                },
            );
        }
        items
    }

    pub(super) fn value_kind(
        &mut self,
        kind: &Spanned<String>,
        max_chars: Option<usize>,
        multiline: Option<bool>,
        choices: Option<Table<Spanned<Label>>>,
    ) -> Option<ValueKind> {
        let file = "items.toml";
        let at = kind.span().start;
        if multiline.is_some() && kind.get_ref() != "text" {
            let message = format!("`{}` does not take `multiline`", kind.get_ref());
            self.error(file, at, message, "`multiline` goes with text");
        }
        match (kind.get_ref().as_str(), max_chars, choices) {
            ("text", Some(0), None) => {
                let message = "text of no length at all".into();
                self.error(file, at, message, "let `max_chars` be at least 1");
                None
            }
            ("text", Some(max_chars), None) => {
                Some(ValueKind::Text { max_chars, multiline: multiline.unwrap_or(false) })
            }
            ("text", None, None) => {
                let way_out = "add `max_chars`";
                self.error(file, at, "text without a greatest length".into(), way_out);
                None
            }
            ("choice", None, Some(choices)) if !choices.is_empty() => {
                let mut choices: Vec<_> = choices.into_iter().collect();
                choices.sort_by_key(|(word, _)| word.span().start);
                let choices = choices.into_iter().map(|(word, label)| {
                    // The same alphabet as every other name: it is kept in place of the words.
                    let _: Option<ItemName> = self.name(file, &word);
                    (word.into_inner(), self.label(file, label))
                });
                Some(ValueKind::Choice(Choices::new(choices.collect())))
            }
            ("choice", None, _) => {
                self.error(file, at, "a choice without choices".into(), "add `choices`");
                None
            }
            ("email", None, None) => Some(ValueKind::Email),
            ("phone", None, None) => Some(ValueKind::Phone),
            ("birth_date", None, None) => Some(ValueKind::BirthDate),
            ("language", None, None) => Some(ValueKind::Language),
            (word @ ("email" | "phone" | "birth_date" | "language" | "text" | "choice"), _, _) => {
                let message = format!("`{word}` does not take `max_chars` or `choices` this way");
                self.error(file, at, message, "`max_chars` goes with text, `choices` with choice");
                None
            }
            (word, _, _) => {
                self.error(
                    file,
                    at,
                    format!("`{word}` is not a kind of value"),
                    "write text, email, phone, birth_date, choice or language",
                );
                None
            }
        }
    }
}
