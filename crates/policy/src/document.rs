//! A controller's published policy as one value. [`crate::read`] makes it from files; everything
//! else only looks. The notice, the gate and the records all read this one value.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::consent::{Consent, ConsentName};
use crate::country::CountryProfile;
use crate::decide::ExceptionKind;
use crate::item::{Item, ItemName, Secret, SecretName, ValueKind};
use crate::link::{Service, ServiceName};
use crate::party::{NotAName, Recipient, RecipientName};
use crate::prove::promise::Promise;
use crate::purpose::{Basis, Purpose, PurposeName, Tier};
use crate::regime::{Regime, RegimeName};
use crate::request::Requests;
use crate::retention::{Hold, HoldName};
use crate::safety::SafetyMeasure;
use crate::tool::{Cookie, CookieName, Tool, ToolName};

/// A language that the policy is published in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// 日本語
    Ja,
    /// English
    En,
}

impl Language {
    /// Every language, the first being the one to fall back to.
    pub const ALL: [Self; 2] = [Self::Ja, Self::En];

    /// The BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Ja => "ja",
            Self::En => "en",
        }
    }

    /// Reads a tag such as `en-GB` by its first part.
    pub fn parse(tag: &str) -> Option<Self> {
        let first = tag.split(['-', '_']).next()?;
        Self::ALL.into_iter().find(|language| first.eq_ignore_ascii_case(language.tag()))
    }
}

/// The same words in every language of the policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// In Japanese.
    pub ja: String,
    /// In English.
    pub en: String,
}

impl Label {
    /// The words in one language.
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Ja => &self.ja,
            Language::En => &self.en,
        }
    }
}

/// The version of a policy: the day it takes effect, and a serial number within that day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// The day.
    pub on: Date,
    /// 1 for the first of the day.
    pub serial: u32,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.serial {
            1 => write!(f, "{}", self.on),
            serial => write!(f, "{}.{serial}", self.on),
        }
    }
}

impl FromStr for Version {
    type Err = NotAName;

    fn from_str(text: &str) -> Result<Self, NotAName> {
        let wrong = || NotAName {
            given: text.chars().take(40).collect(),
            rule: "a version is a day, such as 2026-10-01, or 2026-10-01.2 for the second of a day",
        };
        let (day, serial) = match text.split_once('.') {
            Some((day, serial)) => (day, serial.parse().map_err(|_| wrong())?),
            None => (text, 1),
        };
        let on = day.parse().map_err(|_| wrong())?;
        let version = Self { on, serial };
        // One spelling each, so that a version can be compared as text.
        if serial > 0 && version.to_string() == text { Ok(version) } else { Err(wrong()) }
    }
}

impl Serialize for Version {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// The inquiry desk 問い合わせ窓口.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Desk {
    /// What people read.
    pub name: Label,
    /// Where they write to.
    pub email: String,
}

/// The business that answers for the information 個人情報取扱事業者.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Controller {
    /// Its name.
    pub name: Label,
    /// Its address (Act 32(1)(i)).
    pub address: Label,
    /// Its representative (Act 32(1)(i)).
    pub representative: Label,
    /// What it offers.
    pub service: Label,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// The information manager, by office rather than by name (S9).
    pub information_manager: Label,
    /// Its representatives in other regimes (GDPR 27), with name and address.
    #[serde(default)]
    pub representatives: BTreeMap<RegimeName, Label>,
    /// The accredited body 認定個人情報保護団体 it belongs to, if any (Act 32(1); R8.7).
    #[serde(default)]
    pub accredited_body: Option<Label>,
    /// Where inquiries go.
    pub desk: Desk,
}

/// A controller's policy, read and found coherent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Document {
    /// Which version this is.
    pub version: Version,
    /// SHA-256 over the files, lower-case hexadecimal.
    pub hash: String,
    /// Who publishes it.
    pub controller: Controller,
    /// The languages it is published in.
    pub languages: Vec<Language>,
    /// What may be held.
    pub items: BTreeMap<ItemName, Item>,
    /// What is held and never leaves.
    pub secrets: BTreeMap<SecretName, Secret>,
    /// What it may be used for.
    pub purposes: BTreeMap<PurposeName, Purpose>,
    /// Where it may go.
    pub recipients: BTreeMap<RecipientName, Recipient>,
    /// What people are asked.
    pub consents: BTreeMap<ConsentName, Consent>,
    /// The law of each kind of person it serves.
    pub regimes: BTreeMap<RegimeName, Regime>,
    /// The exceptions to consent that it claims (S13); a regime has to know them as well.
    pub exceptions: Vec<ExceptionKind>,
    /// What is told of other countries, by ISO 3166-1 alpha-2 (R2.3).
    pub countries: BTreeMap<String, CountryProfile>,
    /// The tools table (S15).
    pub tools: BTreeMap<ToolName, Tool>,
    /// The cookie register (S17).
    pub cookies: BTreeMap<CookieName, Cookie>,
    /// The article on requests; `None` while it is not written.
    pub requests: Option<Requests>,
    /// The safety measures that are published (S8), in the order of their file.
    pub safety: Vec<SafetyMeasure>,
    /// The duties to keep that beat erasure (R12.2).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub holds: BTreeMap<HoldName, Hold>,
    /// The services that people may link (S4).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub services: BTreeMap<ServiceName, Service>,
    /// What it promises, beside what every policy is held to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub promises: Vec<Promise>,
}

impl Document {
    /// The item by which a person signs in: the e-mail address that is looked up and unique.
    pub fn sign_in_address(&self) -> Option<&ItemName> {
        let mut all = self.items.iter();
        all.find(|(_, item)| item.value == ValueKind::Email && item.lookup && item.unique)
            .map(|(name, _)| name)
    }

    /// The item that tells a person's age: her date of birth.
    pub fn birth_date(&self) -> Option<&ItemName> {
        let mut all = self.items.iter();
        all.find(|(_, item)| item.value == ValueKind::BirthDate).map(|(name, _)| name)
    }
}

/// The entries of a map as people read them: in the order of the file.
fn in_order<K, V>(map: &BTreeMap<K, V>, position: impl Fn(&V) -> usize) -> Vec<(&K, &V)> {
    let mut entries: Vec<_> = map.iter().collect();
    entries.sort_by_key(|(_, value)| position(value));
    entries
}

impl Document {
    /// The items in the order of their file.
    pub fn items_in_order(&self) -> Vec<(&ItemName, &Item)> {
        in_order(&self.items, |item| item.position)
    }

    /// The secrets in the order of their file.
    pub fn secrets_in_order(&self) -> Vec<(&SecretName, &Secret)> {
        in_order(&self.secrets, |secret| secret.position)
    }

    /// The purposes in the order of their file.
    pub fn purposes_in_order(&self) -> Vec<(&PurposeName, &Purpose)> {
        in_order(&self.purposes, |purpose| purpose.position)
    }

    /// The recipients in the order of their file.
    pub fn recipients_in_order(&self) -> Vec<(&RecipientName, &Recipient)> {
        in_order(&self.recipients, |recipient| recipient.position)
    }

    /// The tools in the order of their file.
    pub fn tools_in_order(&self) -> Vec<(&ToolName, &Tool)> {
        in_order(&self.tools, |tool| tool.position)
    }

    /// The cookies in the order of their file.
    pub fn cookies_in_order(&self) -> Vec<(&CookieName, &Cookie)> {
        in_order(&self.cookies, |cookie| cookie.position)
    }

    /// The consents in the order of their file.
    pub fn consents_in_order(&self) -> Vec<(&ConsentName, &Consent)> {
        in_order(&self.consents, |consent| consent.position)
    }

    /// The holds in the order of their file.
    pub fn holds_in_order(&self) -> Vec<(&HoldName, &Hold)> {
        in_order(&self.holds, |hold| hold.position)
    }

    /// The purpose under which the controller itself may use an item in a regime for the service, resting
    /// on no consent: what tells of a withdrawal, or of sign-ins, must not end with one. Of several,
    /// `terms_notice` is the one meant for telling; otherwise the first in the policy's order.
    pub fn own_purpose(&self, item: &ItemName, regime: &RegimeName) -> Option<&PurposeName> {
        let item = self.items.get(item)?;
        let allows = |purpose: &Purpose| {
            purpose.own_use
                && purpose.tier == Tier::Service
                && !purpose.needs_engagement
                && purpose
                    .basis
                    .get(regime)
                    .is_some_and(|basis| !matches!(basis, Basis::Consent(_)))
        };
        let mut fit: Vec<&PurposeName> = self
            .purposes_in_order()
            .into_iter()
            .filter(|(name, purpose)| item.purposes.contains(name) && allows(purpose))
            .map(|(name, _)| name)
            .collect();
        // A stable sort: the preferred one first, the others in the policy's order.
        fit.sort_by_key(|name| name.as_str() != "terms_notice");
        fit.first().copied()
    }

    /// The linked services in the order of their file.
    pub fn services_in_order(&self) -> Vec<(&ServiceName, &Service)> {
        in_order(&self.services, |service| service.position)
    }

    /// The consents that a person under a regime is asked for, in order: the conditions of the
    /// service there, and those on which a purpose, an item or a route rests. Nobody is asked for a
    /// consent that nothing needs (G2).
    pub fn consents_asked(&self, regime: &RegimeName) -> Vec<(&ConsentName, &Consent)> {
        let needed = |name: &ConsentName, consent: &Consent| {
            consent.condition_of_service.contains(regime)
                || self.purposes.values().any(
                    |p| matches!(p.basis.get(regime), Some(Basis::Consent(basis)) if basis == name),
                )
                || self.items.values().any(|i| i.consent.as_ref() == Some(name))
                || self.recipients.values().any(|r| r.transfer_consent.as_ref() == Some(name))
                || self.tools.values().any(|tool| tool.consent.as_ref() == Some(name))
        };
        let mut asked = self.consents_in_order();
        asked.retain(|(name, consent)| needed(name, consent));
        asked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_have_one_spelling_and_an_order() {
        let first: Version = "2026-10-01".parse().unwrap();
        let second: Version = "2026-10-01.2".parse().unwrap();
        assert!(first < second);
        for wrong in ["2026-10-01.1", "2026-10-01.0", "2026-10-01.02", "1.0", "2026-13-01", ""] {
            assert!(wrong.parse::<Version>().is_err(), "{wrong}");
        }
    }
}
