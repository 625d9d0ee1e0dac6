//! The policy as a fideslang 3.1 manifest: organization, dataset, systems, and rules for what may
//! not be combined. Knows nothing of how a manifest is read back; `import/fides.rs` does.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{holds_on, items_for, kept_for, periods, received, route};
use crate::document::{Document, Label, Language};
use crate::item::{Item, Linked, Sensitivity};
use crate::party::{Recipient, RecipientName, Role};
use crate::purpose::{Basis, Purpose, PurposeName, Tier};
use crate::record::Route;
use crate::words as text;

/// The language that manifests are written in.
const LANGUAGE: Language = Language::En;
/// What fideslang calls the people who use a service.
const SUBJECT: &str = "customer";

/// A manifest, as fideslang files are laid out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Manifest {
    organization: Vec<Organization>,
    dataset: Vec<Dataset>,
    system: Vec<System>,
    policy: Vec<Policy>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Organization {
    fides_key: String,
    name: String,
    description: String,
    controller: Contact,
    #[serde(skip_serializing_if = "Option::is_none")]
    representative: Option<Contact>,
    data_protection_officer: Contact,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Contact {
    name: String,
    address: String,
    email: String,
    phone: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Dataset {
    fides_key: String,
    organization_fides_key: String,
    name: String,
    description: String,
    meta: Meta,
    collections: Vec<Collection>,
}

/// What fideslang has no field for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Meta {
    azukari_policy_hash: String,
    azukari_policy_version: String,
    azukari_retention: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Collection {
    name: String,
    description: String,
    fields: Vec<Field>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Field {
    name: String,
    description: String,
    data_categories: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct System {
    fides_key: String,
    organization_fides_key: String,
    name: String,
    description: String,
    system_type: &'static str,
    responsibility: Vec<&'static str>,
    processes_personal_data: bool,
    does_international_transfers: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    legal_basis_for_transfers: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    legal_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    legal_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    joint_controller_info: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data_security_practices: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    dataset_references: Vec<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    meta: BTreeMap<&'static str, String>,
    privacy_declarations: Vec<Declaration>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Declaration {
    name: String,
    data_categories: Vec<String>,
    data_use: String,
    data_subjects: Vec<&'static str>,
    flexible_legal_basis_for_processing: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    legal_basis_for_processing: Option<&'static str>,
    retention_period: String,
    processes_special_category_data: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    special_category_legal_basis: Option<&'static str>,
    data_shared_with_third_parties: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    third_parties: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    shared_categories: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Policy {
    fides_key: String,
    organization_fides_key: String,
    name: String,
    description: String,
    rules: Vec<Rule>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Rule {
    name: String,
    data_categories: Matches,
    data_uses: Matches,
    data_subjects: Matches,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Matches {
    matches: &'static str,
    values: Vec<String>,
}

fn any(values: impl IntoIterator<Item = String>) -> Matches {
    Matches { matches: "ANY", values: values.into_iter().collect() }
}

/// The category of an item; where the policy names none, the widest there is.
fn category(item: &Item) -> String {
    item.terms.fides.clone().unwrap_or_else(|| "user".to_owned())
}

/// The use that a purpose is; where the policy names none, the nearest wide one.
fn data_use(purpose: &Purpose) -> String {
    let wide = match purpose.tier {
        Tier::Service => "essential.service",
        Tier::Other => "operations",
    };
    purpose.terms.fides.clone().unwrap_or_else(|| wide.to_owned())
}

/// True when one key is another, or stands under it.
fn is_within(key: &str, wide: &str) -> bool {
    key.strip_prefix(wide).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn say(label: &Label) -> String {
    label.get(LANGUAGE).to_owned()
}

fn unique(values: impl IntoIterator<Item = String>) -> Vec<String> {
    values.into_iter().collect::<BTreeSet<_>>().into_iter().collect()
}

/// The manifest of a policy.
pub fn manifest(document: &Document) -> Manifest {
    let mut systems = vec![own_system(document)];
    let recipients = document.recipients_in_order().into_iter();
    systems.extend(recipients.map(|(name, to)| system(document, name, to)));
    Manifest {
        organization: vec![organization(document)],
        dataset: vec![dataset(document)],
        system: systems,
        policy: vec![rules(document)],
    }
}

impl Manifest {
    /// As YAML.
    ///
    /// # Errors
    /// When it cannot be written to memory.
    pub fn yaml(&self) -> Result<String, serde_saphyr::ser::Error> {
        serde_saphyr::to_string(self)
    }
}

/// The key of everything the manifest's organization owns.
const ORGANIZATION: &str = "controller";
/// The key of what is held.
const DATASET: &str = "held";

fn organization(document: &Document) -> Organization {
    let controller = &document.controller;
    let contact = |name: String, address: String| Contact {
        name,
        address,
        email: controller.desk.email.clone(),
        phone: String::new(),
    };
    Organization {
        fides_key: ORGANIZATION.to_owned(),
        name: say(&controller.name),
        description: say(&controller.service),
        controller: contact(say(&controller.name), say(&controller.address)),
        representative: controller
            .representatives
            .values()
            .next()
            .map(|label| contact(say(label), say(label))),
        data_protection_officer: contact(
            say(&controller.information_manager),
            say(&controller.address),
        ),
    }
}

fn dataset(document: &Document) -> Dataset {
    let field = |name: String, label: &Label, category: String| Field {
        name,
        description: say(label),
        data_categories: vec![category],
    };
    let part = |linked: Linked| -> Vec<Field> {
        let items = document.items_in_order().into_iter();
        items
            .filter(|(_, item)| item.linked == linked)
            .map(|(name, item)| field(name.to_string(), &item.label, category(item)))
            .collect()
    };
    let secrets = document.secrets_in_order().into_iter().map(|(name, secret)| {
        let category = match secret.keeps {
            crate::item::SecretKind::Password => "user.authorization.password",
            crate::item::SecretKind::CardToken => "user.financial.credit_card",
        };
        field(name.to_string(), &secret.label, category.to_owned())
    });
    let items = document.items.iter().map(|(name, item)| {
        let all = periods(item).into_iter().map(|period| text::retention(period, LANGUAGE));
        let holds = holds_on(document, name, item).into_iter();
        let all = all.chain(holds.map(|hold| format!("{} ({})", say(&hold.label), say(&hold.law))));
        (name.to_string(), all.collect::<Vec<_>>().join("; "))
    });
    let kept_too = document.secrets.iter();
    let kept_too = kept_too
        .map(|(name, secret)| (name.to_string(), text::retention(secret.retention, LANGUAGE)));
    let collections = [
        ("person", "Held under the person's id.", part(Linked::Person)),
        ("nobody", "Held apart under a random id; linked with nobody.", part(Linked::Nobody)),
        ("secret", "Held to check against; never leaves.", secrets.collect()),
    ];
    Dataset {
        fides_key: DATASET.to_owned(),
        organization_fides_key: ORGANIZATION.to_owned(),
        name: "What is held".to_owned(),
        description: format!("The inventory of policy version {}.", document.version),
        meta: Meta {
            azukari_policy_hash: document.hash.clone(),
            azukari_policy_version: document.version.to_string(),
            azukari_retention: items.chain(kept_too).collect(),
        },
        collections: collections
            .into_iter()
            .filter(|(_, _, fields)| !fields.is_empty())
            .map(|(name, description, fields)| Collection {
                name: name.to_owned(),
                description: description.to_owned(),
                fields,
            })
            .collect(),
    }
}

/// The basis as fideslang tells it, which goes by the GDPR; of a policy for Japan alone, a consent
/// is still a consent and an announcement has no word.
fn legal_basis(purpose: &Purpose) -> Option<&'static str> {
    let by = |regime: &str| purpose.basis.iter().find(|(name, _)| name.as_str() == regime);
    let (_, basis) = by("eu").or_else(|| by("uk")).or_else(|| by("jp"))?;
    match basis {
        Basis::Notice => None,
        Basis::Consent(_) => Some("Consent"),
        Basis::Contract => Some("Contract"),
        Basis::LegitimateInterest => Some("Legitimate interests"),
        Basis::LegalObligation => Some("Legal obligations"),
    }
}

fn declaration(
    name: &PurposeName,
    purpose: &Purpose,
    items: &[&Item],
    to: &[&Recipient],
) -> Declaration {
    let special = items.iter().any(|item| item.sensitivity == Sensitivity::SpecialCare);
    let kept = unique(items.iter().map(|item| text::retention(kept_for(item, name), LANGUAGE)));
    let categories = unique(items.iter().map(|item| category(item)));
    let shared = !to.is_empty();
    Declaration {
        name: say(&purpose.label),
        data_use: data_use(purpose),
        data_subjects: vec![SUBJECT],
        flexible_legal_basis_for_processing: false,
        legal_basis_for_processing: legal_basis(purpose),
        retention_period: kept.join("; "),
        processes_special_category_data: special,
        special_category_legal_basis: special.then_some("Explicit consent"),
        data_shared_with_third_parties: shared,
        third_parties: shared
            .then(|| to.iter().map(|to| say(&to.label)).collect::<Vec<_>>().join("; ")),
        shared_categories: if shared { categories.clone() } else { Vec::new() },
        data_categories: categories,
    }
}

/// The controller's own.
fn own_system(document: &Document) -> System {
    let purposes = document.purposes_in_order().into_iter();
    let declarations = purposes.filter(|(_, purpose)| purpose.own_use).map(|(name, purpose)| {
        let items: Vec<&Item> =
            items_for(document, name).into_iter().map(|(_, item)| item).collect();
        declaration(name, purpose, &items, &[])
    });
    System {
        fides_key: "service".to_owned(),
        organization_fides_key: ORGANIZATION.to_owned(),
        name: say(&document.controller.service),
        description: "The controller's own use.".to_owned(),
        system_type: "Service",
        responsibility: vec!["Controller"],
        processes_personal_data: true,
        does_international_transfers: false,
        legal_basis_for_transfers: Vec::new(),
        legal_name: Some(say(&document.controller.name)),
        legal_address: Some(say(&document.controller.address)),
        joint_controller_info: None,
        data_security_practices: Some(
            document.safety.iter().map(|m| say(&m.label)).collect::<Vec<_>>().join(" "),
        )
        .filter(|text| !text.is_empty()),
        dataset_references: vec![DATASET.to_owned()],
        meta: BTreeMap::from([("azukari_country", document.controller.country.clone())]),
        privacy_declarations: declarations.collect(),
    }
}

/// A recipient's.
fn system(document: &Document, name: &RecipientName, to: &Recipient) -> System {
    let declared = |purpose: &PurposeName| {
        let items: Vec<&Item> =
            received(document, to, purpose).into_iter().map(|(_, item)| item).collect();
        let (name, purpose) = document.purposes.get_key_value(purpose)?;
        let third: &[&Recipient] = if to.role == Role::Processor { &[] } else { &[to] };
        (!items.is_empty()).then(|| declaration(name, purpose, &items, third))
    };
    let mut routes = BTreeSet::new();
    for regime in document.regimes.values() {
        let word = match route(to, regime) {
            Some(Route::Domestic) => continue,
            Some(Route::Designated) => "designated or adequate country",
            Some(Route::EquivalentMeasures) => "equivalent measures",
            Some(Route::Consent) => "consent",
            Some(Route::Exception) => "exception",
            Some(Route::NotAProvision) => "does not handle personal data",
            None => "none: nothing is sent",
        };
        routes.insert(format!("{}: {word}", regime.name));
    }
    let mut meta = BTreeMap::from([("azukari_role", word_of(to.role).to_owned())]);
    meta.extend(to.country.clone().map(|country| ("azukari_country", country)));
    System {
        fides_key: name.to_string(),
        organization_fides_key: ORGANIZATION.to_owned(),
        name: say(&to.label),
        description: text::role(to.role, LANGUAGE).to_owned(),
        system_type: "Third Party",
        responsibility: match to.role {
            Role::Processor => vec!["Processor"],
            _ => vec!["Controller"],
        },
        processes_personal_data: to.handles_personal_data,
        does_international_transfers: to.handles_personal_data && !routes.is_empty(),
        legal_basis_for_transfers: routes.into_iter().collect(),
        legal_name: to.legal.as_ref().map(|legal| legal.name.clone()),
        legal_address: to.legal.as_ref().map(|legal| legal.address.clone()),
        joint_controller_info: to.joint_use.as_ref().map(|joint| {
            let members: Vec<String> = joint.scope.members.iter().map(|m| say(&m.name)).collect();
            format!("{}; responsible: {}", members.join(", "), say(&joint.responsible.name))
        }),
        data_security_practices: to.measures.as_ref().map(say),
        dataset_references: Vec::new(),
        meta,
        privacy_declarations: to.purposes.iter().filter_map(declared).collect(),
    }
}

/// The word of a role in files.
fn word_of(role: Role) -> &'static str {
    match role {
        Role::Processor => "processor",
        Role::JointUser => "joint_user",
        Role::ThirdParty => "third_party",
        Role::GroupParent => "group_parent",
        Role::Store => "store",
        Role::Authority => "authority",
    }
}

/// What may not be combined: for each category, the uses of this policy that nothing in it serves.
/// fideslang's rules forbid, and match everything under a key; so a use that lies over one that is
/// allowed cannot be named.
fn rules(document: &Document) -> Policy {
    let uses = unique(document.purposes.values().map(data_use));
    let categories = unique(document.items.values().map(category));
    let allowed = |wide: &str| -> BTreeSet<String> {
        let within = document.items.values().filter(|item| is_within(&category(item), wide));
        within
            .flat_map(|item| &item.purposes)
            .filter_map(|name| document.purposes.get(name).map(data_use))
            .collect()
    };
    let forbidden = |category: &String| {
        let allowed = allowed(category);
        let clear = |one: &&String| !allowed.iter().any(|used| is_within(used, one));
        uses.iter().filter(clear).cloned().collect::<Vec<_>>()
    };
    Policy {
        fides_key: "policy".to_owned(),
        organization_fides_key: ORGANIZATION.to_owned(),
        name: format!("Policy version {}", document.version),
        description: "What the policy allows for no item of a category is forbidden.".to_owned(),
        rules: categories
            .iter()
            .map(|category| (category, forbidden(category)))
            .filter(|(_, uses)| !uses.is_empty())
            .map(|(category, uses)| Rule {
                name: format!("{category} is not for these uses"),
                data_categories: any([category.clone()]),
                data_uses: any(uses),
                data_subjects: any([SUBJECT.to_owned()]),
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_lies_within_itself_and_its_parents() {
        assert!(is_within("user.contact.email", "user.contact"));
        assert!(is_within("user.contact", "user.contact"));
        assert!(!is_within("user.contacts", "user.contact"));
        assert!(!is_within("user", "user.contact"));
    }
}
