//! A first policy from a fideslang manifest: fields of datasets become items, data uses purposes,
//! systems of others recipients. A manifest has no word for the rest; that is left as marked gaps.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

use super::{Consent, Draft, Item, NO_EMAIL, Purpose, Recipient, Secret, gap, key, label, mark};
use crate::document::{Label, Language};
use crate::normal;
use crate::regime::RegimeName;

/// A manifest as far as it is read; what else stands in it is passed over.
#[derive(Debug, Deserialize)]
struct Manifest {
    #[serde(default)]
    organization: Vec<Organization>,
    #[serde(default)]
    dataset: Vec<Dataset>,
    #[serde(default)]
    system: Vec<System>,
}

#[derive(Debug, Deserialize)]
struct Organization {
    name: Option<String>,
    description: Option<String>,
    controller: Option<Contact>,
    representative: Option<Contact>,
}

#[derive(Debug, Deserialize)]
struct Contact {
    #[serde(default)]
    name: String,
    #[serde(default)]
    address: String,
    #[serde(default)]
    email: String,
}

#[derive(Debug, Deserialize)]
struct Dataset {
    #[serde(default)]
    data_categories: Option<Vec<String>>,
    #[serde(default)]
    collections: Vec<Collection>,
}

#[derive(Debug, Deserialize)]
struct Collection {
    #[serde(default)]
    data_categories: Option<Vec<String>>,
    #[serde(default)]
    fields: Vec<Field>,
}

#[derive(Debug, Deserialize)]
struct Field {
    name: String,
    description: Option<String>,
    #[serde(default)]
    data_categories: Option<Vec<String>>,
    #[serde(default)]
    fields: Option<Vec<Field>>,
}

#[derive(Debug, Deserialize)]
struct System {
    fides_key: String,
    name: Option<String>,
    #[serde(default, rename = "system_type")]
    kind: String,
    #[serde(default)]
    responsibility: Vec<String>,
    legal_name: Option<String>,
    legal_address: Option<String>,
    #[serde(default)]
    privacy_declarations: Vec<Declaration>,
}

#[derive(Debug, Deserialize)]
struct Declaration {
    name: Option<String>,
    #[serde(default)]
    data_categories: Vec<String>,
    data_use: String,
    legal_basis_for_processing: Option<String>,
}

/// Why a manifest cannot be turned into a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAManifest {
    /// Not YAML, or not laid out as fideslang lays it out.
    #[error("is not a fideslang manifest: {0}")]
    Unreadable(String),
    /// Nothing in it to make a policy of.
    #[error("has no field and no privacy declaration with a category of a user's data")]
    Nothing,
}

/// The files of a first policy, under the given laws, for a company at home in `country`.
///
/// # Errors
/// [`NotAManifest`].
pub fn files(
    yaml: &str,
    regimes: &[RegimeName],
    country: &str,
    today: Date,
) -> Result<BTreeMap<String, String>, NotAManifest> {
    let manifest: Manifest = serde_saphyr::from_str(yaml)
        .map_err(|error| NotAManifest::Unreadable(first_line(&error.to_string())))?;
    let mut import = Import {
        regimes,
        keys: Vec::new(),
        purpose_keys: vec![UNSTATED.to_owned()],
        consent_keys: vec![CARE.to_owned()],
        known: BTreeMap::new(),
        shares: BTreeMap::new(),
        items: Vec::new(),
        secrets: Vec::new(),
        purposes: Vec::new(),
        recipients: Vec::new(),
        consents: Vec::new(),
    };
    import.read(&manifest);
    if import.items.is_empty() && import.secrets.is_empty() {
        return Err(NotAManifest::Nothing);
    }
    Ok(import.draft(&manifest, country, today).files())
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().trim().to_owned()
}

/// Words that are known in English alone.
fn english(text: &str) -> Label {
    label(mark(Language::Ja).to_owned() + text, text)
}

/// True when one category is another, or stands under it.
fn is_within(category: &str, wide: &str) -> bool {
    category.strip_prefix(wide).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Categories that need special care in Japan or under the GDPR.
const SPECIAL: [&str; 8] = [
    "user.biometric",
    "user.criminal_history",
    "user.demographic.political_opinion",
    "user.demographic.race_ethnicity",
    "user.demographic.religious_belief",
    "user.demographic.sexual_orientation",
    "user.health_and_medical",
    "user.government_id.birth_certificate",
];

/// The consent that everything under special care is given for.
const CARE: &str = "special_care";
/// The purpose of what the manifest names no use for.
const UNSTATED: &str = "unstated";

/// The form that a category's values have.
fn kind(category: &str) -> &'static str {
    match category {
        "user.contact.email" => "kind = \"email\"",
        "user.contact.phone_number" => "kind = \"phone\"",
        "user.demographic.date_of_birth" => "kind = \"birth_date\"",
        "user.demographic.language" => "kind = \"language\"",
        _ => "kind = \"text\"\nmax_chars = 200",
    }
}

/// The same in the Data Privacy Vocabulary, where it is plain.
fn dpv(category: &str) -> Option<&'static str> {
    Some(match category {
        "user.name" => "pd:Name",
        "user.contact.email" => "pd:EmailAddress",
        "user.contact.phone_number" => "pd:TelephoneNumber",
        "user.contact.address" => "pd:PhysicalAddress",
        "user.demographic.date_of_birth" => "pd:BirthDate",
        "user.demographic.gender" => "pd:Gender",
        "user.demographic.language" => "pd:Language",
        "user.device.ip_address" => "pd:IPAddress",
        "user.health_and_medical" => "pd:MedicalHealth",
        "user.behavior.browsing_history" => "pd:BrowsingBehaviour",
        _ => return None,
    })
}

/// What a manifest becomes.
struct Import<'a> {
    regimes: &'a [RegimeName],
    /// Names of items, purposes and consents that are taken.
    keys: Vec<String>,
    purpose_keys: Vec<String>,
    consent_keys: Vec<String>,
    /// Which purpose a use, its basis and its consent to sharing became: whatever differs in one of
    /// them is another purpose, so that nobody is reached on another's consent.
    known: BTreeMap<(String, Option<String>, Option<String>), String>,
    /// The consent to sharing with each third party.
    shares: BTreeMap<String, String>,
    items: Vec<(Item, String)>,
    secrets: Vec<Secret>,
    purposes: Vec<Purpose>,
    recipients: Vec<Recipient>,
    consents: Vec<Consent>,
}

impl Import<'_> {
    fn read(&mut self, manifest: &Manifest) {
        for dataset in &manifest.dataset {
            for collection in &dataset.collections {
                let above =
                    collection.data_categories.as_ref().or(dataset.data_categories.as_ref());
                for field in &collection.fields {
                    self.field(field, above);
                }
            }
        }
        let declared = manifest.system.iter().flat_map(|system| &system.privacy_declarations);
        for category in declared.flat_map(|declaration| &declaration.data_categories) {
            let known = self.items.iter().any(|(_, held)| is_within(held, category))
                || self.is_secret(category);
            if !known {
                let name = category.rsplit('.').next().unwrap_or(category);
                self.item(name, &name.replace('_', " "), category);
            }
        }
        for system in &manifest.system {
            self.system(system);
        }
        self.unstated();
        if self.items.iter().any(|(item, _)| item.special_care.is_some()) {
            self.consents.push(Consent {
                key: CARE.to_owned(),
                label: gap(
                    "特に配慮が必要な情報の取り扱い",
                    "handling of information under special care",
                ),
                wording: gap("同意する内容", "what is agreed to"),
                on_refusal: gap("同意しない場合", "what refusing means"),
                condition: Vec::new(),
            });
        }
    }

    fn field(&mut self, field: &Field, above: Option<&Vec<String>>) {
        if let Some(fields) = field.fields.as_ref().filter(|fields| !fields.is_empty()) {
            for inner in fields {
                self.field(inner, field.data_categories.as_ref().or(above));
            }
            return;
        }
        let categories = field.data_categories.as_ref().or(above);
        // What a system knows of itself is about nobody.
        let category = categories.iter().flat_map(|all| all.iter()).find(|c| is_within(c, "user"));
        if let Some(category) = category {
            let words = field.description.as_deref().map(first_line).unwrap_or_default();
            let words = if words.is_empty() { field.name.replace('_', " ") } else { words };
            self.item(&field.name, &words, category);
        }
    }

    fn is_secret(&self, category: &str) -> bool {
        let keeps = secret(category);
        keeps.is_some_and(|keeps| self.secrets.iter().any(|secret| secret.keeps == keeps))
    }

    fn item(&mut self, name: &str, words: &str, category: &str) {
        if let Some(keeps) = secret(category) {
            if !self.is_secret(category) {
                let (key, label) = match keeps {
                    "password" => ("password", label("パスワード", "Password")),
                    _ => ("credit_card", label("クレジットカード情報", "Credit card information")),
                };
                self.secrets.push(Secret { key, label, keeps, purposes: Vec::new() });
            }
            return;
        }
        let special = SPECIAL.iter().any(|special| is_within(category, special));
        let first_of_its_kind = !self.items.iter().any(|(_, held)| held == category);
        let item = Item {
            key: key(name, &mut self.keys),
            label: english(words),
            dpv: dpv(category).map(str::to_owned),
            fides: Some(category.to_owned()),
            kind: kind(category).to_owned(),
            special_care: special.then(|| CARE.to_owned()),
            purposes: Vec::new(),
            kept: None,
            more: match category {
                // Whoever keeps a password signs people in by one address.
                "user.contact.email" if first_of_its_kind => "lookup = true\nunique = true\n",
                _ => "",
            },
        };
        self.items.push((item, category.to_owned()));
    }

    fn system(&mut self, system: &System) {
        let is = |word: &str| system.responsibility.iter().any(|title| title.contains(word));
        let processor = is("Processor");
        let outside = processor || system.kind.to_lowercase().contains("third");
        let name = system.name.as_deref().unwrap_or(&system.fides_key);
        let mut purposes = Vec::new();
        for declaration in &system.privacy_declarations {
            // To a third party nothing goes without a consent of its own.
            let share = (outside && !processor).then(|| self.share(&system.fides_key, name));
            let purpose = self.purpose(declaration, !outside, share);
            for (item, category) in &mut self.items {
                let meant =
                    declaration.data_categories.iter().any(|wide| is_within(category, wide));
                if meant && !item.purposes.contains(&purpose) {
                    item.purposes.push(purpose.clone());
                }
            }
            for secret_held in &mut self.secrets {
                let meant = declaration
                    .data_categories
                    .iter()
                    .any(|category| secret(category) == Some(secret_held.keeps));
                if meant && !outside && !secret_held.purposes.contains(&purpose) {
                    secret_held.purposes.push(purpose.clone());
                }
            }
            if !purposes.contains(&purpose) {
                purposes.push(purpose);
            }
        }
        if !outside {
            return;
        }
        let items = self.items.iter().filter(|(item, category)| {
            item.purposes.iter().any(|purpose| purposes.contains(purpose))
                && system.privacy_declarations.iter().any(|declaration| {
                    declaration.data_categories.iter().any(|wide| is_within(category, wide))
                })
        });
        let items: Vec<String> = items.map(|(item, _)| item.key.clone()).collect();
        // A list of nothing would mean everything.
        if items.is_empty() {
            purposes.clear();
        }
        let mut taken: Vec<String> = self.recipients.iter().map(|to| to.key.clone()).collect();
        self.recipients.push(Recipient {
            key: key(&system.fides_key, &mut taken),
            label: english(name),
            role: if processor { "processor" } else { "third_party" },
            many: false,
            country: None,
            handles_personal_data: true,
            purposes,
            items,
            legal: system.legal_name.clone().zip(system.legal_address.clone()),
        });
    }

    /// A consent whose words are still to be written.
    fn consent(&mut self, name: &str, label: Label) -> String {
        let key = key(name, &mut self.consent_keys);
        self.consents.push(Consent {
            key: key.clone(),
            label,
            wording: gap("同意する内容", "what is agreed to"),
            on_refusal: gap("同意しない場合", "what refusing means"),
            condition: Vec::new(),
        });
        key
    }

    /// The consent to sharing with a third party.
    fn share(&mut self, system: &str, name: &str) -> String {
        if let Some(known) = self.shares.get(system) {
            return known.clone();
        }
        let label = english(&format!("Sharing with {name}"));
        let key = self.consent(&format!("share_with_{system}"), label);
        self.shares.insert(system.to_owned(), key.clone());
        key
    }

    /// The purpose that a declaration is; each third party's is apart.
    fn purpose(&mut self, from: &Declaration, own_use: bool, share: Option<String>) -> String {
        let told = from.legal_basis_for_processing.clone();
        let is = (from.data_use.clone(), told, share.clone());
        if let Some(known) = self.known.get(&is) {
            for purpose in self.purposes.iter_mut().filter(|purpose| purpose.key == *known) {
                purpose.own_use |= own_use;
            }
            return known.clone();
        }
        let purpose_key = key(&from.data_use, &mut self.purpose_keys);
        self.known.insert(is, purpose_key.clone());
        let consent = share.or_else(|| {
            (from.legal_basis_for_processing.as_deref() == Some("Consent")).then(|| {
                let words = from.name.as_deref().unwrap_or(&from.data_use);
                self.consent(&format!("agree_{purpose_key}"), english(words))
            })
        });
        let told = from.legal_basis_for_processing.as_deref();
        let basis = |regime: &RegimeName| -> Option<String> {
            if let Some(consent) = &consent {
                return Some(format!("consent:{consent}"));
            }
            let basis = match told {
                Some("Contract") => "contract",
                Some("Legitimate interests") => "legitimate_interest",
                Some("Legal obligations") => "legal_obligation",
                // Japan asks for no more than an announcement; what Europe asks for is a gap.
                _ => "notice",
            };
            let in_japan = regime.as_str() == "jp";
            (in_japan || basis != "notice").then(|| basis.to_owned())
        };
        let words = from.name.as_deref().unwrap_or(&from.data_use);
        let wide = |wide: &str| is_within(&from.data_use, wide);
        self.purposes.push(Purpose {
            key: purpose_key.clone(),
            label: english(words),
            dpv: None,
            fides: Some(from.data_use.clone()),
            tier: if wide("essential") || wide("functional") { "service" } else { "other" },
            own_use,
            needs_engagement: false,
            basis: self
                .regimes
                .iter()
                .filter_map(|regime| Some((regime.clone(), basis(regime)?)))
                .collect(),
        });
        purpose_key
    }

    /// What no declaration speaks of is still held for something: a gap.
    fn unstated(&mut self) {
        let items = self.items.iter_mut().map(|(item, _)| &mut item.purposes);
        let secrets = self.secrets.iter_mut().map(|secret| &mut secret.purposes);
        let mut any = false;
        for purposes in items.chain(secrets).filter(|purposes| purposes.is_empty()) {
            purposes.push(UNSTATED.to_owned());
            any = true;
        }
        if any {
            self.purposes.push(Purpose {
                key: UNSTATED.to_owned(),
                label: gap("何のために使うか", "what it is used for"),
                dpv: None,
                fides: None,
                tier: "service",
                own_use: true,
                needs_engagement: false,
                // Where law asks for more than an announcement, that is a gap, too.
                basis: self
                    .regimes
                    .iter()
                    .filter(|regime| regime.as_str() == "jp")
                    .map(|regime| (regime.clone(), "notice".to_owned()))
                    .collect(),
            });
        }
    }

    fn draft(self, manifest: &Manifest, country: &str, today: Date) -> Draft {
        let organization = manifest.organization.first();
        let contact = organization.and_then(|organization| organization.controller.as_ref());
        let said = |text: Option<&str>, ja: &str, en: &str| match text.map(str::trim) {
            Some(text) if !text.is_empty() => english(text),
            _ => gap(ja, en),
        };
        let representative = organization.and_then(|o| o.representative.as_ref());
        let email = contact.map(|contact| contact.email.as_str()).and_then(normal::email);
        Draft {
            from: "a fideslang manifest",
            version: today,
            regimes: self.regimes.to_vec(),
            name: said(organization.and_then(|o| o.name.as_deref()), "名称", "name"),
            address: said(contact.map(|c| c.address.as_str()), "住所", "address"),
            representative: said(
                representative.map(|one| one.name.as_str()),
                "代表者の肩書と氏名",
                "title and name of the representative",
            ),
            service: said(
                organization.and_then(|o| o.description.as_deref()),
                "提供するサービス",
                "what is offered",
            ),
            country: country.to_owned(),
            email: email.unwrap_or_else(|| NO_EMAIL.to_owned()),
            items: self.items.into_iter().map(|(item, _)| item).collect(),
            secrets: self.secrets,
            purposes: self.purposes,
            recipients: self.recipients,
            consents: self.consents,
        }
    }
}

/// What is kept in place of a category that is a secret.
fn secret(category: &str) -> Option<&'static str> {
    match category {
        "user.authorization" | "user.authorization.password" | "user.authorization.credentials" => {
            Some("password")
        }
        "user.financial.credit_card" => Some("card_token"),
        _ => None,
    }
}
