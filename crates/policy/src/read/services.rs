//! services.toml: the services that people may link (S4). The file need not be there.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::{Reader, Severity, Table};
use crate::document::Label;
use crate::item::{Item, ItemName, Linked, Sensitivity, Source, ValueKind};
use crate::link::{ClaimName, GrantScope, ScopeName, Service, ServiceName};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawService {
    label: Spanned<Label>,
    article: Spanned<String>,
    issuer: Spanned<String>,
    subject_item: Spanned<String>,
    #[serde(default)]
    scopes: Table<RawScope>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawScope {
    label: Spanned<Label>,
    claims: Table<Spanned<String>>,
}

const FILE: &str = "services.toml";

impl Reader<'_> {
    pub(super) fn services(
        &mut self,
        raw: Table<RawService>,
        items: &BTreeMap<ItemName, Item>,
    ) -> BTreeMap<ServiceName, Service> {
        let mut services: BTreeMap<ServiceName, Service> = BTreeMap::new();
        // An item has one source, so that unlinking leaves no doubt about what goes.
        let mut fed: Vec<ItemName> = Vec::new();
        for (key, raw) in raw {
            let position = key.span().start;
            let name: Option<ServiceName> = self.name(FILE, &key);
            self.address(FILE, &raw.issuer);
            if services.values().any(|other| other.issuer == *raw.issuer.get_ref()) {
                let message = format!("`{}` is the issuer of two services", raw.issuer.get_ref());
                let way_out = "an id there must lead to one of them: write them as one";
                self.error(FILE, raw.issuer.span().start, message, way_out);
            }
            let subject_item = self.fed(&raw.subject_item, items, &mut fed);
            let mut scopes = BTreeMap::new();
            let mut claimed: Vec<ClaimName> = Vec::new();
            for (scope, raw) in raw.scopes {
                let at = scope.span().start;
                let name: Option<ScopeName> = self.name(FILE, &scope);
                if raw.claims.is_empty() {
                    let message = format!("the scope `{}` feeds no item", scope.get_ref());
                    self.error(
                        FILE,
                        at,
                        message,
                        "take it out: nobody is asked for what is not used",
                    );
                }
                let mut claims = BTreeMap::new();
                for (claim, item) in raw.claims {
                    let claim_name: Option<ClaimName> = self.name(FILE, &claim);
                    let Some(item) = self.fed(&item, items, &mut fed) else { continue };
                    let Some(claim_name) = claim_name else { continue };
                    if claimed.contains(&claim_name) {
                        let message = format!("the claim `{claim_name}` stands under two scopes");
                        let way_out = "name it under the scope that it is granted with";
                        self.error(FILE, claim.span().start, message, way_out);
                    }
                    claimed.push(claim_name.clone());
                    claims.insert(claim_name, item);
                }
                let label = self.label(FILE, raw.label);
                let scope = GrantScope { label, claims, position: at };
                scopes.extend(name.map(|name| (name, scope)));
            }
            let (label, article) = (self.label(FILE, raw.label), self.article(FILE, raw.article));
            let (Some(name), Some(subject_item)) = (name, subject_item) else { continue };
            let issuer = raw.issuer.into_inner();
            let service = Service { label, article, issuer, subject_item, scopes, position };
            services.insert(name, service);
        }
        if !services.is_empty() {
            self.every_linked_item_is_fed(items, &fed);
        }
        services
    }

    /// An item that a claim feeds: declared to come from a linked service, and fed by one claim only.
    fn fed(
        &mut self,
        text: &Spanned<String>,
        items: &BTreeMap<ItemName, Item>,
        fed: &mut Vec<ItemName>,
    ) -> Option<ItemName> {
        let at = text.span().start;
        let known = self.known(FILE, std::slice::from_ref(text), "item", |i| items.contains_key(i));
        let name: ItemName = known.into_iter().next()?;
        let item = items.get(&name)?;
        let wrong = if item.source != Source::LinkedService {
            Some(("does not come from a linked service", "set `source = \"linked_service\"` there"))
        } else if item.linked == Linked::Nobody {
            Some((
                "is linked with nobody",
                "what is imported is held with the person: take `linked` out",
            ))
        } else if item.sensitivity == Sensitivity::SpecialCare {
            Some(("is under special care", "let her enter it herself, with its own consent"))
        } else if !matches!(item.value, ValueKind::Text { .. }) || item.required || item.lookup {
            Some((
                "is no plain text that may be missing",
                "feed an item of kind `text`, without `required` and `lookup`",
            ))
        } else if fed.contains(&name) {
            Some(("is fed twice", "give each claim an item of its own"))
        } else {
            None
        };
        if let Some((what, way_out)) = wrong {
            self.error(FILE, at, format!("`{name}` {what}"), way_out);
        }
        fed.push(name.clone());
        Some(name)
    }

    /// An item that is said to come from a linked service, and that none feeds, is never there.
    fn every_linked_item_is_fed(&mut self, items: &BTreeMap<ItemName, Item>, fed: &[ItemName]) {
        for (name, item) in items {
            if item.source == Source::LinkedService && !fed.contains(name) {
                self.find(
                    Severity::Warning,
                    "items.toml",
                    item.position,
                    format!("no linked service feeds `{name}`"),
                    "name it in services.toml, or take it out".into(),
                );
            }
        }
    }
}
