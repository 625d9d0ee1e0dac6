//! The published policy, as far as the pages show it, and how long it is taken to be what it was.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use reqwest::Method;
use serde::Deserialize;

use super::{Azukari, Trouble};
use crate::language::{Label, Language};

/// How long the policy is taken to be what it was.
const FRESH: Duration = Duration::from_secs(2);

/// The published policy, as far as these pages show it.
#[derive(Debug, Deserialize)]
pub(crate) struct Policy {
    pub(crate) version: String,
    pub(crate) controller: Controller,
    pub(crate) items: BTreeMap<String, Item>,
    #[serde(default)]
    pub(crate) secrets: BTreeMap<String, Secret>,
    pub(crate) purposes: BTreeMap<String, Purpose>,
    pub(crate) consents: BTreeMap<String, Consent>,
    /// The services that a guest may link, by name.
    #[serde(default)]
    pub(crate) services: BTreeMap<String, Service>,
}

/// A service that a guest may link, and what it may pass on.
#[derive(Debug, Deserialize)]
pub(crate) struct Service {
    pub(crate) issuer: String,
    /// The item that her id there is.
    pub(crate) subject_item: String,
    /// What she may grant there, by scope.
    pub(crate) scopes: BTreeMap<String, GrantScope>,
}

/// What a guest may grant at a service.
#[derive(Debug, Deserialize)]
pub(crate) struct GrantScope {
    pub(crate) label: Label,
    /// The item that each claim feeds.
    pub(crate) claims: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Controller {
    pub(crate) name: Label,
    pub(crate) address: Option<Label>,
    pub(crate) desk: Desk,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Desk {
    pub(crate) name: Label,
    pub(crate) email: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Item {
    pub(crate) label: Label,
    pub(crate) kind: String,
    pub(crate) multiline: Option<bool>,
    pub(crate) purposes: Vec<String>,
    pub(crate) consent: Option<String>,
    #[serde(default)]
    pub(crate) required: bool,
    #[serde(default)]
    source: Option<String>,
    /// True for the history of her sign-ins, which has a page of its own.
    #[serde(default)]
    pub(crate) sign_ins: bool,
    /// The choices of a `choice`, in the order in which people read them.
    #[serde(default)]
    pub(crate) choices: Vec<(String, Label)>,
    /// Where the policy lists it.
    #[serde(default)]
    position: usize,
}

impl Item {
    /// True for what people type, false for what a linked service or a device passes on.
    pub(crate) fn is_typed(&self) -> bool {
        self.source.as_deref().is_none_or(|source| source == "person")
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Secret {
    pub(crate) purposes: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Purpose {
    pub(crate) label: Label,
    pub(crate) tier: String,
    #[serde(default)]
    pub(crate) needs_engagement: bool,
    #[serde(default)]
    basis: BTreeMap<String, Basis>,
}

#[derive(Debug, Deserialize)]
struct Basis {
    #[serde(default)]
    consent: Option<String>,
}

impl Purpose {
    /// True when a consent carries it wherever the guest lives.
    pub(crate) fn only_if_agreed(&self) -> bool {
        !self.basis.is_empty() && self.basis.values().all(|basis| basis.consent.is_some())
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Consent {
    pub(crate) label: Label,
    pub(crate) wording: Label,
    pub(crate) on_refusal: Label,
    #[serde(default)]
    pub(crate) condition_of_service: Vec<String>,
    /// Where the policy lists it.
    #[serde(default)]
    position: usize,
}

impl Policy {
    /// Where an item stands in the policy's order; one it no longer has comes last.
    pub(crate) fn rank(&self, item: &str) -> usize {
        self.items.get(item).map_or(usize::MAX, |item| item.position)
    }

    /// The consents, in the policy's order.
    pub(crate) fn consents_in_order(&self) -> Vec<(&str, &Consent)> {
        let mut consents: Vec<_> =
            self.consents.iter().map(|(name, consent)| (name.as_str(), consent)).collect();
        consents.sort_by_key(|(_, consent)| consent.position);
        consents
    }

    /// The label of an item, or its name where a newer policy no longer has it.
    pub(crate) fn item_label<'a>(&'a self, name: &'a str, language: Language) -> &'a str {
        self.items.get(name).map_or(name, |item| item.label.get(language))
    }

    /// The label of a purpose, likewise.
    pub(crate) fn purpose_label<'a>(&'a self, name: &'a str, language: Language) -> &'a str {
        self.purposes.get(name).map_or(name, |purpose| purpose.label.get(language))
    }

    /// The label of a consent, likewise.
    pub(crate) fn consent_label<'a>(&'a self, name: &'a str, language: Language) -> &'a str {
        self.consents.get(name).map_or(name, |consent| consent.label.get(language))
    }
}

/// The policy, and when it was read.
pub(super) type Known = Option<(Instant, Arc<Policy>)>;

impl Azukari {
    /// The policy in force, as it was a moment ago at most. What rests on its words says by which version
    /// they were read, so that the house sees when they have changed since.
    pub(crate) async fn policy(&self) -> Result<Arc<Policy>, Trouble> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((since, policy)) = &*known()
            && since.elapsed() < FRESH
        {
            return Ok(Arc::clone(policy));
        }
        let policy: Arc<Policy> =
            Arc::new(self.ask(Language::Ja, Method::GET, "/v1/policy", None).await?);
        *known() = Some((Instant::now(), Arc::clone(&policy)));
        Ok(policy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_read_with_its_choices_in_the_policy_s_order() {
        let item: Item = serde_json::from_str(
            r#"{"label":{"ja":"量","en":"Serving"},"article":"1(1)","kind":"choice",
                "choices":[["small",{"ja":"少なめ","en":"Small"}],
                           ["large",{"ja":"多め","en":"Large"}]],
                "sensitivity":"ordinary","purposes":["meal"],"source":"person",
                "retention":{"from":"account_end","days":30},"consent":null,
                "lookup":false,"unique":false,"required":false,"position":7}"#,
        )
        .unwrap();
        assert!(item.is_typed());
        assert_eq!(item.choices[0].1.en, "Small");
        assert_eq!(item.choices[1].0, "large");
    }
}
