//! consents.toml: what people are asked.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::{Reader, Table};
use crate::consent::{Consent, ConsentName};
use crate::document::{Label, Version};
use crate::regime::{Regime, RegimeName};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawConsent {
    pub(super) label: Spanned<Label>,
    pub(super) wording: Spanned<Label>,
    pub(super) on_refusal: Spanned<Label>,
    #[serde(default)]
    pub(super) condition_of_service: Vec<Spanned<String>>,
    pub(super) since: Spanned<String>,
    pub(super) article: Spanned<String>,
}

impl Reader<'_> {
    pub(super) fn consents(
        &mut self,
        raw: Table<RawConsent>,
        version: Version,
        regimes: &BTreeMap<RegimeName, Regime>,
    ) -> BTreeMap<ConsentName, Consent> {
        let file = "consents.toml";
        let mut consents = BTreeMap::new();
        for (key, raw) in raw {
            let name: Option<ConsentName> = self.name(file, &key);
            let label = self.label(file, raw.label);
            let wording = self.label(file, raw.wording);
            let on_refusal = self.label(file, raw.on_refusal);
            let condition_of_service =
                self.known(file, &raw.condition_of_service, "regime", |r| regimes.contains_key(r));
            let since: Option<Version> = self.name(file, &raw.since);
            let since = since.unwrap_or(version);
            let Some(name) = name else { continue };
            if since > version {
                self.error(
                    file,
                    raw.since.span().start,
                    format!("`{since}` is later than this version of the policy, `{version}`"),
                    "name the version in which this wording first stood",
                );
            }
            let article = self.article(file, raw.article);
            let position = key.span().start;
            consents.insert(
                name,
                Consent {
                    label,
                    wording,
                    on_refusal,
                    condition_of_service,
                    since,
                    article,
                    position,
                },
            );
        }
        consents
    }
}
