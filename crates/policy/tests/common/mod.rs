//! What the tests share: the reference policy, as it stands and with a few words changed.
#![allow(dead_code, reason = "each test uses its part")]

use std::collections::BTreeMap;

use policy::{Document, Finding, read_files};

macro_rules! files {
    ($($name:literal),*) => {
        [$(($name, include_str!(concat!("../../../../apps/reservation/policy/", $name)))),*]
    };
}

/// The files of the reference policy, as `(name, text)`.
pub(crate) const FILES: [(&str, &str); 14] = files!(
    "controller.toml",
    "items.toml",
    "secrets.toml",
    "purposes.toml",
    "recipients.toml",
    "consents.toml",
    "countries.toml",
    "tools.toml",
    "cookies.toml",
    "requests.toml",
    "safety.toml",
    "holds.toml",
    "services.toml",
    "promises.toml"
);

/// The files of the reference policy, by name.
pub(crate) fn files() -> BTreeMap<String, String> {
    FILES.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

/// All findings, one per line.
pub(crate) fn lines(findings: &[Finding]) -> String {
    findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// The reference policy.
pub(crate) fn reference() -> Document {
    read_files(&files()).unwrap_or_else(|findings| panic!("{}", lines(&findings))).document
}

/// The reference policy with changes laid over it: file (without `.toml`), table, key.
pub(crate) fn changed(change: &toml::Table) -> Document {
    let mut files = files();
    // What a change takes out, the reference's own promises may still name.
    if !change.contains_key("promises") {
        files.remove("promises.toml");
    }
    for (file, change) in change {
        let file = format!("{file}.toml");
        let mut table: toml::Table = files[&file].parse().unwrap();
        lay_over(&mut table, change.as_table().unwrap());
        if file == "recipients.toml" {
            name_in_law(&mut table, change.as_table().unwrap());
        }
        files.insert(file, table.to_string());
    }
    read_files(&files).unwrap_or_else(|findings| panic!("{}", lines(&findings))).document
}

/// Who a recipient is in law is not what the changes are about, unless they take it out.
fn name_in_law(table: &mut toml::Table, change: &toml::Table) {
    for (key, recipient) in table {
        let said = change.get(key).is_some_and(|change| change.get("legal").is_some());
        let recipient = recipient.as_table_mut().unwrap();
        if !said && !recipient.contains_key("many") {
            let sample = "name = '【見本】'\naddress = '【見本】'\nrepresentative = '【見本】'";
            recipient.insert("legal".into(), sample.parse::<toml::Table>().unwrap().into());
        }
    }
}

pub(crate) fn lay_over(table: &mut toml::Table, change: &toml::Table) {
    for (key, value) in change {
        match (table.get_mut(key), value) {
            (Some(toml::Value::Table(below)), toml::Value::Table(above)) => lay_over(below, above),
            (_, toml::Value::String(word)) if word == "(none)" => {
                table.remove(key);
            }
            (_, toml::Value::Table(above)) => {
                let mut fresh = toml::Table::new();
                lay_over(&mut fresh, above);
                table.insert(key.clone(), fresh.into());
            }
            _ => {
                table.insert(key.clone(), value.clone());
            }
        }
    }
}
