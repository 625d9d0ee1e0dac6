//! secrets.toml: what is held and never leaves.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::{Reader, Table};
use crate::document::Label;
use crate::item::{Item, ItemName, Retention, Secret, SecretKind, SecretName};
use crate::purpose::{Purpose, PurposeName};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSecret {
    pub(super) label: Spanned<Label>,
    pub(super) article: Spanned<String>,
    pub(super) keeps: SecretKind,
    pub(super) purposes: Vec<Spanned<String>>,
    pub(super) retention: Retention,
}

impl Reader<'_> {
    pub(super) fn secrets(
        &mut self,
        raw: Table<RawSecret>,
        purposes: &BTreeMap<PurposeName, Purpose>,
        items: &BTreeMap<ItemName, Item>,
    ) -> BTreeMap<SecretName, Secret> {
        let file = "secrets.toml";
        let mut secrets = BTreeMap::new();
        for (key, raw) in raw {
            let name: Option<SecretName> = self.name(file, &key);
            let label = self.label(file, raw.label);
            let article = self.article(file, raw.article);
            let position = key.span().start;
            if raw.purposes.is_empty() {
                let message = format!("`{}` is held for no purpose", key.get_ref());
                let way_out = "name at least one purpose, or do not hold it";
                self.error(file, position, message, way_out);
            }
            let purposes = self.known(file, &raw.purposes, "purpose", |p| purposes.contains_key(p));
            let Some(name) = name else { continue };
            if items.keys().any(|item| item.as_str() == name.as_str()) {
                self.error(
                    file,
                    key.span().start,
                    format!("`{name}` is an item as well as a secret"),
                    "keep it here and take it out of items.toml: items can be asked for",
                );
            }
            let retention = self.period(file, position, name.as_str(), raw.retention);
            let keeps = raw.keeps;
            secrets.insert(name, Secret { label, article, keeps, purposes, retention, position });
        }
        secrets
    }
}
