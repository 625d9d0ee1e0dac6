//! Findings in the Static Analysis Results Interchange Format (SARIF 2.1.0), for editors and code
//! review.

use serde_json::{Value, json};

use super::{Finding, RULES};
use crate::document::Language;

/// The findings as a SARIF log.
///
/// `folder` is the policy's folder as the reader names it; `version` the version of the program.
pub fn sarif(findings: &[Finding], folder: &str, version: &str, language: Language) -> Value {
    let rules: Vec<Value> = RULES
        .iter()
        .map(|rule| {
            let law: Vec<_> = rule.law.iter().map(|law| law.words(language)).collect();
            json!({
                "id": rule.id,
                "shortDescription": { "text": rule.asks(language) },
                "defaultConfiguration": { "level": rule.severity.level() },
                "properties": { "law": law },
            })
        })
        .collect();
    let folder = folder.trim_end_matches('/');
    let results: Vec<Value> = findings
        .iter()
        .map(|found| {
            let law: Vec<_> = found.law.iter().map(|law| law.words(language)).collect();
            let text = format!("{}. {}", found.message.get(language), found.way_out.get(language));
            json!({
                "ruleId": found.rule.id,
                "ruleIndex": RULES.iter().position(|rule| *rule == found.rule),
                "level": found.severity.level(),
                "message": { "text": text },
                "locations": [{
                    "physicalLocation": {
                        "artifactLocation": { "uri": uri(&format!("{folder}/{}", found.file)) },
                        "region": { "startLine": found.line },
                    },
                }],
                "properties": { "regimes": found.regimes, "law": law },
            })
        })
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {
                "driver": {
                    "name": "azukari",
                    "semanticVersion": version,
                    "language": language.tag(),
                    "rules": rules,
                },
            },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

/// A path as a URI reference: what is not plain is percent-encoded.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let hex = data_encoding::HEXUPPER.encode(&[byte]);
            uri.push('%');
            uri.push_str(&hex);
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_path_becomes_a_uri() {
        assert_eq!(super::uri("a b/é.toml"), "a%20b/%C3%A9.toml");
        assert_eq!(super::uri("w\"w/%.toml"), "w%22w/%25.toml");
    }
}
