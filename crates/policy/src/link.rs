//! Linked services 連携サービス (S4): who they are, and which item each claim feeds under which scope. What a
//! person did not grant there is not taken in here. Knows nothing of protocols.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::document::Label;
use crate::item::ItemName;
use crate::party::{is_word_char, name};

name! {
    /// Names a linked service.
    ServiceName, 64, is_word_char, "1 to 64 of a-z, 0-9, `_`"
}
name! {
    /// A scope as the linked service calls it (RFC 6749, 3.3).
    ScopeName, 128, |c| c.is_ascii_graphic() && c != '"' && c != '\\',
    "1 to 128 visible characters of ASCII, without `\"` and `\\`"
}
name! {
    /// A claim as the linked service calls it, such as `name`.
    ClaimName, 64, |c| c.is_ascii_alphanumeric() || "_-.:/".contains(c),
    "1 to 64 of A-Z, a-z, 0-9, `_`, `-`, `.`, `:`, `/`"
}

/// What a person may grant at a linked service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GrantScope {
    /// What people read.
    pub label: Label,
    /// The item that each of its claims feeds.
    pub claims: BTreeMap<ClaimName, ItemName>,
    /// Where it stands in its file.
    #[serde(skip)]
    pub position: usize,
}

/// A service that people link with their account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Service {
    /// What people read.
    pub label: Label,
    /// The article of the policy.
    pub article: String,
    /// Who vouches for its ids: `iss`, to the letter.
    pub issuer: String,
    /// The item that a person's id there is held in; it needs no scope.
    pub subject_item: ItemName,
    /// What may be granted there, by scope. Other scopes bring nothing.
    pub scopes: BTreeMap<ScopeName, GrantScope>,
    /// Where it stands in its file: people read the policy in that order.
    pub position: usize,
}

impl Service {
    /// The scopes in the order of the file.
    pub fn scopes_in_order(&self) -> Vec<(&ScopeName, &GrantScope)> {
        let mut scopes: Vec<_> = self.scopes.iter().collect();
        scopes.sort_by_key(|(_, scope)| scope.position);
        scopes
    }

    /// The scope and the item of a claim; `None` for a claim that feeds nothing.
    pub fn claim(&self, claim: &str) -> Option<(&ScopeName, &ItemName)> {
        self.scopes.iter().find_map(|(scope, grants)| {
            let (_, item) = grants.claims.iter().find(|(name, _)| name.as_str() == claim)?;
            Some((scope, item))
        })
    }

    /// Every item that it feeds: her id first, then the others by scope.
    pub fn items(&self) -> Vec<&ItemName> {
        let claimed =
            self.scopes_in_order().into_iter().flat_map(|(_, scope)| scope.claims.values());
        std::iter::once(&self.subject_item).chain(claimed).collect()
    }
}
