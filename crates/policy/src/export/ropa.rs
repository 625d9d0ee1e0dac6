//! The record of processing activities (GDPR 30(1)), by regime and in one language: as data, and
//! written as Markdown, CSV or JSON. Everything in it comes from the policy's files.

use std::fmt::Write as _;

use serde::Serialize;

use super::{holds_on, items_for, kept_for, received, route};
use crate::document::{Document, Language};
use crate::item::{Linked, Retention, Sensitivity};
use crate::party::Recipient;
use crate::record::Route;
use crate::regime::Regime;
use crate::words as text;

/// The record of processing of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ropa {
    /// The policy's version.
    pub version: String,
    /// SHA-256 over the policy's files.
    pub hash: String,
    /// The language of the words.
    pub language: Language,
    /// The controller's name (GDPR 30(1)(a)).
    pub controller: String,
    /// Its address.
    pub address: String,
    /// Who speaks for it.
    pub representative: String,
    /// Where people write to.
    pub contact: String,
    /// Who answers for information within it.
    pub information_manager: String,
    /// Whose information it is (GDPR 30(1)(c)).
    pub subjects: String,
    /// What is done under each regime.
    pub regimes: Vec<Part>,
    /// The safety measures, in general (GDPR 30(1)(g)).
    pub measures: Vec<String>,
}

/// The processing of persons under one regime.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// `jp`, `eu`, `uk`.
    pub regime: String,
    /// What people call it.
    pub label: String,
    /// Its law.
    pub law: String,
    /// Who supervises.
    pub authority: String,
    /// The controller's representative there, if it has one (GDPR 27).
    pub representative: Option<String>,
    /// What is done.
    pub activities: Vec<Activity>,
}

/// One purpose, and all that is done for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Activity {
    /// The purpose's name in the policy.
    pub name: String,
    /// What it is for (GDPR 30(1)(b)).
    pub purpose: String,
    /// What it rests on.
    pub basis: String,
    /// Kinds of data (GDPR 30(1)(c)).
    pub data: Vec<String>,
    /// Those among them under special care.
    pub special_care: Vec<String>,
    /// Those among them that are kept apart from any person.
    pub linked_with_nobody: Vec<String>,
    /// Who receives (GDPR 30(1)(d)).
    pub recipients: Vec<Receiver>,
    /// How long each kind is kept (GDPR 30(1)(f)).
    pub retention: Vec<Kept>,
}

/// A recipient for a purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Receiver {
    /// Its name in the policy.
    pub name: String,
    /// What people read.
    pub label: String,
    /// Its part.
    pub role: String,
    /// Where it is.
    pub country: String,
    /// What it receives.
    pub data: Vec<String>,
    /// What lets information go there, when it is abroad (GDPR 30(1)(e)); `None` at home.
    pub safeguard: Option<String>,
}

/// How long a kind of data is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Kept {
    /// Which.
    pub data: String,
    /// How long, for this purpose.
    pub period: String,
    /// The laws that keep it longer, used for nothing meanwhile.
    pub holds: Vec<String>,
}

fn pick(language: Language, ja: &str, en: &str) -> String {
    match language {
        Language::Ja => ja.to_owned(),
        Language::En => en.to_owned(),
    }
}

/// What lets information reach a recipient, in words; `None` at home.
fn safeguard(recipient: &Recipient, regime: &Regime, language: Language) -> Option<String> {
    let named = |words: String, what: Option<&str>| match what {
        Some(what) => format!("{words} ({what})"),
        None => words,
    };
    Some(match route(recipient, regime) {
        Some(Route::Domestic) => return None,
        Some(Route::Designated) => named(
            pick(language, "指定国・十分性認定", "Designated or adequate country"),
            Some(&regime.transfer.source),
        ),
        Some(Route::EquivalentMeasures) => named(
            pick(language, "相当措置", "Equivalent measures"),
            recipient.equivalent_measures.as_ref().map(|m| m.evidence.as_str()),
        ),
        Some(Route::Consent) => named(
            pick(language, "本人の同意", "Consent of the person"),
            recipient.transfer_consent.as_ref().map(crate::ConsentName::as_str),
        ),
        Some(Route::Exception) => pick(language, "同意の例外", "Exception to consent"),
        Some(Route::NotAProvision) => {
            pick(language, "個人データを取り扱わない", "Does not handle personal data")
        }
        None => pick(language, "経路がなく、提供されません", "No route: nothing is sent"),
    })
}

/// The record of processing of a policy, in one language.
pub fn ropa(document: &Document, language: Language) -> Ropa {
    let controller = &document.controller;
    let say = |label: &crate::Label| label.get(language).to_owned();
    Ropa {
        version: document.version.to_string(),
        hash: document.hash.clone(),
        language,
        controller: say(&controller.name),
        address: say(&controller.address),
        representative: say(&controller.representative),
        contact: controller.desk.email.clone(),
        information_manager: say(&controller.information_manager),
        subjects: pick(language, "サービスの利用者", "People who use the service"),
        regimes: document.regimes.values().map(|regime| part(document, regime, language)).collect(),
        measures: document.safety.iter().map(|measure| say(&measure.label)).collect(),
    }
}

fn part(document: &Document, regime: &Regime, language: Language) -> Part {
    let say = |label: &crate::Label| label.get(language).to_owned();
    let mut activities = Vec::new();
    for (name, purpose) in document.purposes_in_order() {
        let Some(basis) = purpose.basis.get(&regime.name) else { continue };
        let items = items_for(document, name);
        let secrets = document.secrets_in_order().into_iter();
        let secrets: Vec<_> =
            secrets.filter(|(_, secret)| secret.purposes.contains(name)).collect();
        let kept = |label: &crate::Label, retention: Retention, holds: Vec<String>| Kept {
            data: say(label),
            period: text::retention(retention, language),
            holds,
        };
        let held = |name: &crate::ItemName, item: &crate::Item| -> Vec<String> {
            let holds = holds_on(document, name, item).into_iter();
            holds.map(|hold| format!("{} ({})", say(&hold.label), say(&hold.law))).collect()
        };
        let some = |is: &dyn Fn(&crate::Item) -> bool| -> Vec<String> {
            items.iter().filter(|(_, item)| is(item)).map(|(_, item)| say(&item.label)).collect()
        };
        let recipients = document.recipients_in_order().into_iter();
        let recipients =
            recipients.filter(|(_, to)| to.purposes.contains(name)).map(|(key, to)| {
                let data = received(document, to, name);
                Receiver {
                    name: key.to_string(),
                    label: say(&to.label),
                    role: text::role(to.role, language).to_owned(),
                    country: to.country.as_deref().map_or_else(
                        || pick(language, "未確認", "not confirmed"),
                        |code| text::country(code, language).to_owned(),
                    ),
                    data: data.iter().map(|(_, item)| say(&item.label)).collect(),
                    safeguard: safeguard(to, regime, language),
                }
            });
        activities.push(Activity {
            name: name.to_string(),
            purpose: say(&purpose.label),
            basis: text::basis(basis, language).to_owned(),
            data: items
                .iter()
                .map(|(_, item)| say(&item.label))
                .chain(secrets.iter().map(|(_, secret)| say(&secret.label)))
                .collect(),
            special_care: some(&|item| item.sensitivity == Sensitivity::SpecialCare),
            linked_with_nobody: some(&|item| item.linked == Linked::Nobody),
            recipients: recipients.collect(),
            retention: items
                .iter()
                .map(|(key, item)| kept(&item.label, kept_for(item, name), held(key, item)))
                .chain(
                    secrets
                        .iter()
                        .map(|(_, secret)| kept(&secret.label, secret.retention, Vec::new())),
                )
                .collect(),
        });
    }
    Part {
        regime: regime.name.to_string(),
        label: say(&regime.label),
        law: say(&regime.law),
        authority: say(&regime.authority),
        representative: document.controller.representatives.get(&regime.name).map(say),
        activities,
    }
}

impl Ropa {
    fn say(&self, ja: &str, en: &str) -> String {
        pick(self.language, ja, en)
    }

    /// What the columns are called.
    fn columns(&self) -> [String; 7] {
        [
            self.say("利用目的", "Purpose"),
            self.say("根拠", "Basis"),
            self.say("個人データの種類", "Categories of data"),
            self.say("要配慮個人情報", "Special care"),
            self.say("提供先", "Recipients"),
            self.say("国外への提供と保護措置", "Transfers and safeguards"),
            self.say("保存期間", "Retention"),
        ]
    }

    /// The cells of an activity, several entries in one cell with `between`.
    fn cells(&self, activity: &Activity, between: &str) -> [String; 7] {
        let to: Vec<String> = activity
            .recipients
            .iter()
            .map(|to| format!("{} ({}, {})", to.label, to.role, to.country))
            .collect();
        let abroad: Vec<String> = activity
            .recipients
            .iter()
            .filter_map(|to| Some(format!("{}: {}", to.label, to.safeguard.as_ref()?)))
            .collect();
        let kept: Vec<String> = activity
            .retention
            .iter()
            .map(|kept| {
                let periods = [&kept.period].into_iter().chain(&kept.holds);
                let periods: Vec<&str> = periods.map(String::as_str).collect();
                format!("{}: {}", kept.data, periods.join(" + "))
            })
            .collect();
        [
            activity.purpose.clone(),
            activity.basis.clone(),
            activity.data.join(between),
            activity.special_care.join(between),
            to.join(between),
            abroad.join(between),
            kept.join(between),
        ]
    }

    /// As a page of Markdown.
    pub fn markdown(&self) -> String {
        let mut page = String::new();
        let title = self.say("処理活動の記録", "Record of processing activities");
        let _ = writeln!(page, "# {title}: {}\n", self.controller);
        for (name, value) in [
            (self.say("版", "Version"), &self.version),
            (self.say("住所", "Address"), &self.address),
            (self.say("代表者", "Representative"), &self.representative),
            (self.say("連絡先", "Contact"), &self.contact),
            (self.say("責任者", "Answers for information"), &self.information_manager),
            (self.say("本人の区分", "Categories of persons"), &self.subjects),
        ] {
            let _ = writeln!(page, "- {name}: {}", cell(value));
        }
        for part in &self.regimes {
            let _ = writeln!(page, "\n## {}: {}\n", part.label, part.law);
            let _ = writeln!(page, "- {}: {}", self.say("監督機関", "Authority"), part.authority);
            if let Some(name) = &part.representative {
                let what = self.say("この地域の代理人", "Representative there");
                let _ = writeln!(page, "- {what}: {}", cell(name));
            }
            let columns = self.columns();
            let _ = writeln!(page, "\n| {} |", columns.join(" | "));
            let _ = writeln!(page, "|{}", "---|".repeat(columns.len()));
            for activity in &part.activities {
                let cells = self.cells(activity, "<br>").map(|text| cell(&text));
                let _ = writeln!(page, "| {} |", cells.join(" | "));
            }
        }
        let _ = writeln!(page, "\n## {}\n", self.say("安全管理措置", "Safety measures"));
        for measure in &self.measures {
            let _ = writeln!(page, "- {}", cell(measure));
        }
        page
    }

    /// As a table with a line for each purpose under each regime, for spreadsheets.
    ///
    /// # Errors
    /// When the table cannot be written to memory.
    pub fn csv(&self) -> Result<String, csv::Error> {
        let mut table = csv::Writer::from_writer(Vec::new());
        let before = [
            self.say("事業者", "Controller"),
            self.say("連絡先", "Contact"),
            self.say("適用法域", "Regime"),
            self.say("本人の区分", "Categories of persons"),
        ];
        let after = self.say("安全管理措置", "Safety measures");
        table.write_record(before.iter().chain(&self.columns()).chain([&after]))?;
        let measures = self.measures.join("; ");
        for part in &self.regimes {
            for activity in &part.activities {
                let before = [&self.controller, &self.contact, &part.regime, &self.subjects];
                let cells = self.cells(activity, "; ");
                let row = before.into_iter().chain(&cells).chain([&measures]);
                table.write_record(row.map(|text| plain(text)))?;
            }
        }
        let bytes = table.into_inner().map_err(|error| error.into_error())?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// As JSON.
    ///
    /// # Errors
    /// When it cannot be written to memory.
    pub fn json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self)
    }
}

/// Text that ends neither its cell nor its line.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// Text that no spreadsheet takes for a formula.
fn plain(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_of_the_table_is_never_a_formula() {
        assert_eq!(plain("=HYPERLINK(1)"), "'=HYPERLINK(1)");
        assert_eq!(plain("お名前"), "お名前");
        assert_eq!(cell("a|b\nc"), "a\\|b c");
    }
}
