//! The words of others, as items and purposes name them: each has to be in its vocabulary.

use std::collections::BTreeMap;

use super::{Reader, Severity};
use crate::item::{Item, ItemName, Terms};
use crate::purpose::{Purpose, PurposeName};
use crate::vocabulary::{Fides, dpv_has, fides_has};

impl Reader<'_> {
    /// A term that its vocabulary does not have would mislead whoever reads an export.
    pub(super) fn terms_exist(
        &mut self,
        items: &BTreeMap<ItemName, Item>,
        purposes: &BTreeMap<PurposeName, Purpose>,
    ) {
        for item in items.values() {
            self.terms("items.toml", item.position, &item.terms, "pd:", Fides::Category);
        }
        for purpose in purposes.values() {
            self.terms("purposes.toml", purpose.position, &purpose.terms, "dpv:", Fides::Use);
        }
    }

    fn terms(&mut self, file: &str, at: usize, terms: &Terms, prefix: &str, part: Fides) {
        let mut unknown = |term: &str, vocabulary: &str, way_out: String| {
            let message = format!("`{term}` is not in {vocabulary}");
            self.find(Severity::Warning, file, at, message, way_out);
        };
        if let Some(term) = &terms.dpv
            && !(term.starts_with(prefix) && dpv_has(term))
        {
            let way_out =
                format!("name a term `{prefix}…` that stands at https://w3id.org/dpv/2.3");
            unknown(term, "the Data Privacy Vocabulary 2.3", way_out);
        }
        if let Some(key) = &terms.fides
            && !fides_has(part, key)
        {
            let way_out = match part {
                Fides::Use => "name a data use of the taxonomy, such as essential.service",
                _ => "name a data category of the taxonomy, such as user.contact.email",
            };
            unknown(key, "fideslang 3.1", way_out.to_owned());
        }
    }
}
