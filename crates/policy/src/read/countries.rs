//! countries.toml: what is told of other countries (R2.3).

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;
use toml::Spanned;

use super::{Reader, Table};
use crate::country::{CountryProfile, Indicator, Principle};
use crate::document::{Label, Version};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCountry {
    label: Spanned<Label>,
    system: Spanned<Label>,
    general_law: bool,
    #[serde(default)]
    indicators: Vec<Indicator>,
    #[serde(default)]
    gaps: Vec<Principle>,
    other_systems: Option<Spanned<Label>>,
    surveyed_on: Spanned<Date>,
    source: Spanned<String>,
}

impl Reader<'_> {
    pub(super) fn countries(
        &mut self,
        raw: Table<RawCountry>,
        version: Version,
    ) -> BTreeMap<String, CountryProfile> {
        let file = "countries.toml";
        let mut countries = BTreeMap::new();
        for (key, raw) in raw {
            let position = key.span().start;
            self.country(file, position, key.get_ref());
            let (on, at) = (*raw.surveyed_on.get_ref(), raw.surveyed_on.span().start);
            self.not_later(file, at, on, version, "name the day of the survey");
            self.address(file, &raw.source);
            countries.insert(
                key.into_inner(),
                CountryProfile {
                    label: self.label(file, raw.label),
                    system: self.label(file, raw.system),
                    general_law: raw.general_law,
                    indicators: raw.indicators,
                    gaps: raw.gaps,
                    other_systems: raw.other_systems.map(|label| self.label(file, label)),
                    surveyed_on: on,
                    source: raw.source.into_inner(),
                    position,
                },
            );
        }
        countries
    }

    /// An address on the web.
    pub(super) fn address(&mut self, file: &str, text: &Spanned<String>) {
        let is_one = ["https://", "http://"]
            .iter()
            .any(|scheme| text.get_ref().strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()));
        if !is_one || text.get_ref().contains(char::is_whitespace) {
            let message = format!("`{}` is not an address on the web", text.get_ref());
            self.error(file, text.span().start, message, "write it in full, from https:// on");
        }
    }
}
