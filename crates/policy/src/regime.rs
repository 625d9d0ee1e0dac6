//! Regimes 適用法域 as versioned data: every legal number and list the rules use, with its article
//! and whether it has been confirmed. The law is the same for every company, so these files come
//! with the crate and not with a policy.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::decide::ExceptionKind;
use crate::diff::{Asked, Class};
use crate::document::{Label, Version};
use crate::duties::Duties;
use crate::party::{Role, name};
use crate::record::ProvisionBasis;
use crate::request::RequestRules;

name! {
    /// Names a regime: `jp`, `eu`, `uk`.
    RegimeName, 8, |c| c.is_ascii_lowercase() || c == '-', "1 to 8 of a-z, `-`"
}

/// A legal number with where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter<T> {
    /// The number.
    pub value: T,
    /// The article or rule it stands on.
    pub source: String,
    /// False while nobody has re-read the source.
    pub confirmed: bool,
}

/// How information may go to another country (R2.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transfer {
    /// Countries that are not abroad.
    pub home: BTreeSet<String>,
    /// Route (a): designated or adequate countries.
    pub designated: BTreeSet<String>,
    /// Where the list stands.
    pub source: String,
    /// Route (b): days after which a check of equivalent measures is overdue (R2.4).
    pub equivalent_measures_check_days: Parameter<u32>,
    /// Route (c): whether a consent with the information of R2.2 opens a route.
    pub consent: bool,
}

/// How long provision records are kept (R1.8).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordKeeping {
    /// A record made at each provision, in years.
    pub years: Parameter<u32>,
    /// A batch record, in years from the last provision covered.
    pub batch_years: Parameter<u32>,
    /// A contract that serves as the record, in years.
    pub contract_years: Parameter<u32>,
}

/// The rules for one kind of person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Regime {
    /// `jp`, `eu`, `uk`.
    pub name: RegimeName,
    /// The day since which these values hold.
    pub version: Version,
    /// What people read.
    pub label: Label,
    /// The law in short.
    pub law: Label,
    /// Who supervises it, and where a person may complain (GDPR 13(2)(d)).
    pub authority: Label,
    /// What a provision to a recipient of each role stands on.
    pub provision: BTreeMap<Role, ProvisionBasis>,
    /// Which exceptions to consent the law knows (S13).
    pub exceptions: Parameter<Vec<ExceptionKind>>,
    /// Routes abroad.
    pub transfer: Transfer,
    /// Whether it puts a duty to record provisions on the controllers at home there and for the
    /// persons under it (R1.1 to R1.10).
    pub record_duty: bool,
    /// How long records are kept.
    pub record_keeping: RecordKeeping,
    /// What it asks of a policy in words.
    pub duties: Duties,
    /// What it says of a person's requests.
    pub requests: RequestRules,
    /// Below this age a representative consents (R9.6), in years.
    pub minor_consent_age: Parameter<u32>,
    /// How long a representative can answer what is asked of her, in days.
    pub agreement_days: Parameter<u32>,
    /// What each class of change to a policy asks for before it takes effect.
    pub changes: BTreeMap<Class, Asked>,
}

/// The regimes that come with the crate, as `(file, text)`.
pub const FILES: [(&str, &str); 3] = [
    ("regimes/jp.toml", include_str!("../regimes/jp.toml")),
    ("regimes/eu.toml", include_str!("../regimes/eu.toml")),
    ("regimes/uk.toml", include_str!("../regimes/uk.toml")),
];

/// Reads the regimes that come with the crate; an error names the file.
pub fn built_in() -> Result<BTreeMap<RegimeName, Regime>, String> {
    FILES
        .iter()
        .map(|(file, text)| {
            let regime: Regime = toml::from_str(text).map_err(|e| format!("{file}: {e}"))?;
            Ok((regime.name.clone(), regime))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_regime_says_what_each_change_asks_for() {
        for (name, regime) in built_in().unwrap() {
            for class in Class::ALL {
                let asked = regime.changes.get(class);
                assert!(
                    asked.is_some_and(|a| !a.source.is_empty()),
                    "{name} says nothing of {class}"
                );
            }
        }
    }

    #[test]
    fn every_regime_says_what_each_role_stands_on() {
        for (name, regime) in built_in().unwrap() {
            for role in [
                Role::Processor,
                Role::JointUser,
                Role::ThirdParty,
                Role::GroupParent,
                Role::Store,
                Role::Authority,
            ] {
                assert!(regime.provision.contains_key(&role), "{name} says nothing of {role:?}");
            }
        }
    }
}
