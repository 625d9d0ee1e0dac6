//! recipients.toml: where information may go.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::{Reader, Severity, Table};
use crate::consent::{Consent, ConsentName};
use crate::document::{Label, Version};
use crate::item::{Item, ItemName};
use crate::normal;
use crate::party::{
    Contract, EquivalentMeasures, JointUse, Legal, Recipient, RecipientName, Responsible, Role,
};
use crate::purpose::{Purpose, PurposeName};

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRecipient {
    pub(super) label: Spanned<Label>,
    pub(super) article: Spanned<String>,
    pub(super) role: Role,
    #[serde(default)]
    pub(super) many: bool,
    pub(super) country: Option<Spanned<String>>,
    #[serde(default = "yes")]
    pub(super) handles_personal_data: bool,
    pub(super) purposes: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) items: Vec<Spanned<String>>,
    pub(super) equivalent_measures: Option<Spanned<EquivalentMeasures>>,
    pub(super) transfer_consent: Option<Spanned<String>>,
    pub(super) joint_use: Option<Spanned<JointUse>>,
    pub(super) measures: Option<Spanned<Label>>,
    pub(super) contract: Option<Spanned<Contract>>,
    pub(super) legal: Option<Spanned<Legal>>,
    pub(super) contact: Option<Spanned<String>>,
}

impl Reader<'_> {
    pub(super) fn recipients(
        &mut self,
        raw: Table<RawRecipient>,
        version: Version,
        purposes: &BTreeMap<PurposeName, Purpose>,
        items: &BTreeMap<ItemName, Item>,
        consents: &BTreeMap<ConsentName, Consent>,
    ) -> BTreeMap<RecipientName, Recipient> {
        let file = "recipients.toml";
        let mut recipients = BTreeMap::new();
        for (key, raw) in raw {
            let at = key.span().start;
            let name: Option<RecipientName> = self.name(file, &key);
            let key = key.into_inner();
            let label = self.label(file, raw.label);
            let article = self.article(file, raw.article);
            if let Some(code) = &raw.country {
                self.country(file, code.span().start, code.get_ref());
            } else {
                self.find(
                    Severity::Warning,
                    file,
                    at,
                    format!("the country of `{key}` is not confirmed"),
                    "nothing goes there until `country` is set (R2.1)".into(),
                );
            }
            let transfer_consent = raw.transfer_consent.and_then(|text| {
                self.known(file, &[text], "consent", |c| consents.contains_key(c)).pop()
            });
            if let Some(measures) = &raw.equivalent_measures {
                self.equivalent_measures(measures, version);
            }
            if let Some(joint) = &raw.joint_use {
                self.joint_use(joint, version);
            }
            let measures = raw.measures.map(|label| self.label(file, label));
            if let Some(contract) = &raw.contract {
                self.contract(contract, version);
            }
            let receives = raw.handles_personal_data && raw.country.is_some();
            match &raw.legal {
                Some(legal) => self.legal(legal),
                None if !raw.many && receives && !raw.purposes.is_empty() => {
                    let message = format!("it is not said who `{key}` is in law");
                    let way_out = "add `legal = { name, address, representative }`: a provision \
                                   record says it (R1.5)";
                    self.error(file, at, message, way_out);
                }
                None => {}
            }
            let contact = raw.contact.and_then(|contact| {
                let read = normal::email(contact.get_ref());
                if read.is_none() {
                    let message = format!("the contact of `{key}` is not an e-mail address");
                    let way_out = "write one such as desk@example.com, or take `contact` out";
                    self.error(file, contact.span().start, message, way_out);
                }
                read
            });
            if raw.purposes.is_empty() {
                self.find(
                    Severity::Warning,
                    file,
                    at,
                    format!("`{key}` may be asked for nothing"),
                    "nothing goes there until it has a purpose".into(),
                );
            } else if raw.role == Role::JointUser
                && (raw.items.is_empty() || raw.joint_use.is_none())
            {
                let message = format!("joint use with `{key}` does not say what or who answers");
                let way_out = "add `items`, and `joint_use` with its scope and who is \
                               responsible: name, address, representative (Act 27(5)(iii), R4.1)";
                self.error(file, at, message, way_out);
            }
            let recipient_purposes =
                self.known(file, &raw.purposes, "purpose", |p| purposes.contains_key(p));
            for text in &raw.items {
                let item = text.get_ref().parse::<ItemName>().ok().and_then(|i| items.get(&i));
                if item.is_some_and(|i| !i.purposes.iter().any(|p| recipient_purposes.contains(p)))
                {
                    let message =
                        format!("`{}` serves none of the purposes of `{key}`", text.get_ref());
                    let way_out = "name such a purpose at the item, or take the item out here";
                    self.error(file, text.span().start, message, way_out);
                }
            }
            let recipient_items = self.known(file, &raw.items, "item", |i| items.contains_key(i));
            let Some(name) = name else { continue };
            recipients.insert(
                name,
                Recipient {
                    label,
                    role: raw.role,
                    many: raw.many,
                    country: raw.country.map(Spanned::into_inner),
                    handles_personal_data: raw.handles_personal_data,
                    purposes: recipient_purposes,
                    items: recipient_items,
                    equivalent_measures: raw.equivalent_measures.map(Spanned::into_inner),
                    transfer_consent,
                    joint_use: raw.joint_use.map(Spanned::into_inner),
                    measures,
                    contract: raw.contract.map(Spanned::into_inner),
                    legal: raw.legal.map(Spanned::into_inner),
                    contact,
                    article,
                    position: at,
                },
            );
        }
        recipients
    }

    /// A provision record has no room for an empty name, address or representative (R1.5).
    pub(super) fn legal(&mut self, legal: &Spanned<Legal>) {
        let Legal { name, address, representative } = legal.get_ref();
        if [name, address, representative].iter().any(|text| text.trim().is_empty()) {
            let message = "legal details with an empty name, address or representative".into();
            let way_out = "fill them in as the company's register has them (R1.5)";
            self.error("recipients.toml", legal.span().start, message, way_out);
        }
    }

    /// A joint use tells who takes part and who answers for it (R4.1, R4.3).
    fn joint_use(&mut self, joint: &Spanned<JointUse>, version: Version) {
        let (file, at) = ("recipients.toml", joint.span().start);
        let JointUse { scope, responsible } = joint.get_ref();
        let Responsible { name, address, representative } = responsible;
        for label in [name, address, representative] {
            self.words(file, at, "`responsible`", label);
        }
        for member in &scope.members {
            self.words(file, at, "a member", &member.name);
            self.country(file, at, &member.country);
        }
        if scope.members.is_empty() {
            let message = "the scope of a joint use has no member".to_owned();
            self.error(file, at, message, "list who stood on the list that day (R4.3)");
        }
        self.not_later(file, at, scope.taken_on, version, "name the day the list was looked at");
    }

    /// A contract that has been signed, and where it is found (L2).
    fn contract(&mut self, contract: &Spanned<Contract>, version: Version) {
        let (file, at) = ("recipients.toml", contract.span().start);
        let Contract { signed_on, evidence } = contract.get_ref();
        self.not_later(file, at, *signed_on, version, "name the day it was signed");
        if evidence.trim().is_empty() {
            let message = "a contract that nobody could find".to_owned();
            self.error(file, at, message, "name its file or number under `evidence`");
        }
    }

    /// Route (b) stands on a check that has been made, and on something that shows it (R2.4).
    pub(super) fn equivalent_measures(
        &mut self,
        measures: &Spanned<EquivalentMeasures>,
        version: Version,
    ) {
        let (file, at) = ("recipients.toml", measures.span().start);
        let EquivalentMeasures { checked_on, evidence, outline, checks } = measures.get_ref();
        for label in outline.iter().chain(checks) {
            self.words(file, at, "the text", label);
        }
        let way_out = "name the day of the last check that was made";
        self.not_later(file, at, *checked_on, version, way_out);
        if evidence.trim().is_empty() {
            let message = "equivalent measures without evidence".into();
            self.error(file, at, message, "name the contract, rules or recognition (Rules 16)");
        }
    }
}
