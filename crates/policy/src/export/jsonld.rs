//! What every JSON-LD export shares: a context that resolves without a network, and values with
//! their languages.

use serde_json::{Map, Value, json};

use crate::document::{Document, Label, Language};
use crate::vocabulary::dpv_has;

/// The namespace of what the Data Privacy Vocabulary has no word for: terms of the Act, and of this
/// program. Each one that is used is described within the export.
pub const OWN: &str = "https://azukari.example/ns#";

const PREFIXES: [(&str, &str); 13] = [
    ("azk", OWN),
    ("dct", "http://purl.org/dc/terms/"),
    ("dpv", "https://w3id.org/dpv#"),
    ("eu-gdpr", "https://w3id.org/dpv/legal/eu/gdpr#"),
    ("legal-eu", "https://w3id.org/dpv/legal/eu#"),
    ("legal-gb", "https://w3id.org/dpv/legal/gb#"),
    ("legal-jp", "https://w3id.org/dpv/legal/jp#"),
    ("loc", "https://w3id.org/dpv/loc#"),
    ("pd", "https://w3id.org/dpv/pd#"),
    ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
    ("schema", "https://schema.org/"),
    ("skos", "http://www.w3.org/2004/02/skos/core#"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
];

/// Properties whose values are things and not texts.
const LINKS: [&str; 42] = [
    "azk:conditionOfService",
    "azk:member",
    "azk:onConsent",
    "azk:requiresStatus",
    "dct:conformsTo",
    "dct:publisher",
    "dpv:hasApplicableLaw",
    "dpv:hasAuthority",
    "dpv:hasConsentControl",
    "dpv:hasConsentStatus",
    "dpv:hasCountry",
    "dpv:hasDataController",
    "dpv:hasDataImporter",
    "dpv:hasDataProcessor",
    "dpv:hasDataSource",
    "dpv:hasDataSubject",
    "dpv:hasDuration",
    "dpv:hasEntity",
    "dpv:hasJurisdiction",
    "dpv:hasLegalBasis",
    "dpv:hasLocation",
    "dpv:hasNecessity",
    "dpv:hasNotice",
    "dpv:hasOrganisationalMeasure",
    "dpv:hasPersonalData",
    "dpv:hasPhysicalMeasure",
    "dpv:hasProcess",
    "dpv:hasProcessing",
    "dpv:hasPurpose",
    "dpv:hasRecipient",
    "dpv:hasRecordOfActivity",
    "dpv:hasRepresentative",
    "dpv:hasRight",
    "dpv:hasService",
    "dpv:hasStorageCondition",
    "dpv:hasTechnicalMeasure",
    "dpv:hasThirdCountry",
    "dpv:hasThirdParty",
    "dpv:isExercisedAt",
    "dpv:isIndicatedBy",
    "schema:url",
    "skos:broader",
];

/// The context, whole: whoever reads the export needs no network.
pub fn context() -> Value {
    let mut context = Map::new();
    context.insert("@version".to_owned(), json!(1.1));
    for (prefix, namespace) in PREFIXES {
        context.insert(prefix.to_owned(), json!({ "@id": namespace, "@prefix": true }));
    }
    for term in LINKS {
        context.insert(term.to_owned(), json!({ "@id": whole(term), "@type": "@id" }));
    }
    Value::Object(context)
}

/// A term without its prefix.
fn whole(term: &str) -> String {
    let (prefix, name) = term.split_once(':').unwrap_or_default();
    let found = PREFIXES.iter().find(|(known, _)| *known == prefix);
    format!("{}{name}", found.map_or("", |(_, namespace)| namespace))
}

/// The same words in every language.
pub fn words(label: &Label) -> Value {
    let tagged =
        |language: Language| json!({ "@value": label.get(language), "@language": language.tag() });
    Language::ALL.into_iter().map(tagged).collect()
}

/// Words that are made for each language.
pub fn said(words: impl Fn(Language) -> String) -> Value {
    let tagged =
        |language: Language| json!({ "@value": words(language), "@language": language.tag() });
    Language::ALL.into_iter().map(tagged).collect()
}

/// A typed value.
pub fn typed(value: impl Into<Value>, kind: &str) -> Value {
    json!({ "@value": value.into(), "@type": kind })
}

/// A country, by its code; nothing for a code that no country has.
pub fn country(code: &str) -> Option<String> {
    Some(format!("loc:{code}")).filter(|term| dpv_has(term))
}

/// The law of a regime, and where it holds.
pub fn law(regime: &str) -> (Option<&'static str>, Option<&'static str>) {
    match regime {
        "jp" => (Some("legal-jp:law-APPI"), Some("loc:JP")),
        "eu" => (Some("legal-eu:law-GDPR"), Some("loc:EEA")),
        "uk" => (Some("legal-gb:law-GDPR"), Some("loc:GB")),
        _ => (None, None),
    }
}

/// Puts what is there; leaves out what is not.
pub fn put(node: &mut Value, key: &str, value: Option<impl Into<Value>>) {
    if let (Some(node), Some(value)) = (node.as_object_mut(), value) {
        node.insert(key.to_owned(), value.into());
    }
}

/// The name of a version of the policy: made from the hash of its files, so that it is the same
/// wherever the export is read.
pub fn policy_id(document: &Document) -> String {
    let digest = super::digest(&[b"azukari policy", document.hash.as_bytes()]);
    format!("urn:uuid:{}", super::uuid(digest, 8))
}

/// True for a property whose values are things.
pub fn is_link(key: &str) -> bool {
    LINKS.contains(&key)
}

/// True for a text with one of our prefixes.
pub fn has_prefix(text: &str) -> bool {
    text.split_once(':')
        .is_some_and(|(prefix, _)| PREFIXES.iter().any(|(known, _)| *known == prefix))
}
