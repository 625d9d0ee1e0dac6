//! holds.toml: the duties to keep that beat erasure (R12.2). The file need not be there.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::{Reader, Table};
use crate::document::Label;
use crate::item::{Item, ItemName, RetentionStart, Secret, SecretName};
use crate::purpose::{Purpose, PurposeName};
use crate::retention::{Hold, HoldName, LONGEST_DAYS};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawHold {
    label: Spanned<Label>,
    law: Spanned<Label>,
    #[serde(default)]
    items: Vec<Spanned<String>>,
    #[serde(default)]
    purposes: Vec<Spanned<String>>,
    from: RetentionStart,
    days: u32,
    confirmed: bool,
}

impl Reader<'_> {
    pub(super) fn holds(
        &mut self,
        raw: Table<RawHold>,
        items: &BTreeMap<ItemName, Item>,
        secrets: &BTreeMap<SecretName, Secret>,
        purposes: &BTreeMap<PurposeName, Purpose>,
    ) -> BTreeMap<HoldName, Hold> {
        let file = "holds.toml";
        let mut holds = BTreeMap::new();
        for (key, raw) in raw {
            let at = key.span().start;
            let name: Option<HoldName> = self.name(file, &key);
            let key = key.into_inner();
            let label = self.label(file, raw.label);
            let law = self.label(file, raw.law);
            if raw.items.is_empty() && raw.purposes.is_empty() {
                let way_out = "name `items`, `purposes`, or both";
                self.error(file, at, format!("`{key}` covers nothing"), way_out);
            }
            if raw.days == 0 || raw.days > LONGEST_DAYS {
                let message = format!("`{key}` lasts {} days", raw.days);
                self.error(file, at, message, format!("let it last 1 to {LONGEST_DAYS} days"));
            }
            for text in &raw.items {
                if secrets.keys().any(|secret| secret.as_str() == text.get_ref()) {
                    let message = format!("`{}` is a secret", text.get_ref());
                    let way_out = "no book or proof needs one: name items only";
                    self.error(file, text.span().start, message, way_out);
                }
            }
            let item_names: Vec<Spanned<String>> = raw
                .items
                .into_iter()
                .filter(|text| !secrets.keys().any(|secret| secret.as_str() == text.get_ref()))
                .collect();
            let covered = self.known(file, &item_names, "item", |i| items.contains_key(i));
            let of = self.known(file, &raw.purposes, "purpose", |p| purposes.contains_key(p));
            let Some(name) = name else { continue };
            let (from, days, confirmed) = (raw.from, raw.days, raw.confirmed);
            let hold = Hold {
                label,
                law,
                items: covered,
                purposes: of,
                from,
                days,
                confirmed,
                position: at,
            };
            holds.insert(name, hold);
        }
        holds
    }
}
