//! What changed about linked services (S4): who may pass on what, under which grant.

use std::collections::{BTreeMap, BTreeSet};

use super::class::both;
use super::{At, Class, Diff, Field, Part, text};
use crate::document::{Label, Language};
use crate::link::{Service, ServiceName};
use crate::words;

impl Diff<'_> {
    pub(super) fn services(
        &mut self,
        old: &BTreeMap<ServiceName, Service>,
        new: &BTreeMap<ServiceName, Service>,
    ) {
        for (name, service) in old.iter().filter(|(name, _)| !new.contains_key(name)) {
            self.entry(&At::new(Part::Services, name, &service.label), false, Class::Tightened);
        }
        for (name, service) in new {
            let at = At::new(Part::Services, name, &service.label);
            match old.get(name) {
                Some(old) => self.service(&at, old, service),
                None => self.entry(&at, true, Class::CollectedMore),
            }
        }
        self.order(Part::Services, old, new, |service| service.position);
    }

    fn service(&mut self, at: &At, old: &Service, new: &Service) {
        let Service { label, article, issuer, subject_item, scopes: _, position: _ } = new;
        let (more, shown) = (Class::CollectedMore, |word: &str| text(word));
        let field = Field("label", "名称", "name");
        self.label(at, field, &old.label, label, Class::Editorial);
        let field = Field("article", "記載箇所", "article");
        self.field(at, field, old.article.as_str(), article, shown, Class::Editorial);
        // Whoever else vouches for the ids passes on as well.
        let field = Field("issuer", "発行者", "issuer");
        self.field(at, field, old.issuer.as_str(), issuer, shown, more);
        let field = Field("subject_item", "IDを保存する項目", "item of the id");
        let (was, is) = (old.subject_item.as_str(), subject_item.as_str());
        self.field(at, field, was, is, shown, more);
        let class = if passed_on(new).is_subset(&passed_on(old)) { Class::Tightened } else { more };
        let field = Field("scopes", "許可の範囲と受け取る項目", "grants and what they bring");
        let shown = |service: &Service| both(|language| grants(service, language));
        let labels = |service: &Service| -> Vec<Label> {
            service.scopes_in_order().into_iter().map(|(_, scope)| scope.label.clone()).collect()
        };
        let other_words = labels(old) != labels(new);
        if passed_on(old) != passed_on(new) {
            self.push(at, Some(field), "", Some(shown(old)), Some(shown(new)), class);
        } else if other_words {
            let (from, to) = (Some(shown(old)), Some(shown(new)));
            self.push(at, Some(field), "", from, to, Class::Editorial);
        }
    }
}

/// What comes under which grant, by name.
fn passed_on(service: &Service) -> BTreeSet<(&str, &str, &str)> {
    let scopes = service.scopes.iter();
    scopes
        .flat_map(|(scope, grants)| {
            let claims = grants.claims.iter();
            claims.map(move |(claim, item)| (scope.as_str(), claim.as_str(), item.as_str()))
        })
        .collect()
}

/// The grants with their items.
fn grants(service: &Service, language: Language) -> String {
    let scopes = service.scopes_in_order().into_iter().map(|(_, scope)| {
        let items: Vec<&str> = scope.claims.values().map(crate::ItemName::as_str).collect();
        format!("{} ({})", scope.label.get(language), items.join(", "))
    });
    let all: Vec<String> = scopes.collect();
    words::list(&all, language)
}
