//! What no file can say alone: the files held against each other.

use std::collections::BTreeMap;

use toml::Spanned;

use super::{Reader, Severity};
use crate::consent::{Consent, ConsentName};
use crate::document::Controller;
use crate::item::{Item, ItemName, Linked, Secret, SecretKind, SecretName, ValueKind};
use crate::party::{Recipient, RecipientName};
use crate::purpose::{Basis, Purpose, PurposeName};
use crate::record::ProvisionBasis;
use crate::regime::{Regime, RegimeName};
use crate::tool::{Tool, ToolName};

impl Reader<'_> {
    /// A representative is named for a regime that the policy serves (GDPR 27).
    pub(super) fn representatives(
        &mut self,
        controller: &Spanned<Controller>,
        regimes: &BTreeMap<RegimeName, Regime>,
    ) {
        for regime in controller.get_ref().representatives.keys() {
            if !regimes.contains_key(regime) {
                let message = format!("a representative for `{regime}`, which is not served");
                let way_out = "list the regime under `regimes`, or take the representative out";
                self.error("controller.toml", controller.span().start, message, way_out);
            }
        }
    }

    /// Whoever keeps a password needs one address to look it up by, and only one.
    pub(super) fn one_address_to_sign_in_by(
        &mut self,
        items: &BTreeMap<ItemName, Item>,
        secrets: &BTreeMap<SecretName, Secret>,
    ) {
        // An item that could not be read is told once, where it stands.
        if self.findings.iter().any(|found| found.severity == Severity::Error) {
            return;
        }
        let password = secrets.iter().find(|(_, secret)| secret.keeps == SecretKind::Password);
        let Some((name, secret)) = password else { return };
        let is_address =
            |item: &&Item| item.value == ValueKind::Email && item.lookup && item.unique;
        let count = items.values().filter(is_address).count();
        if count != 1 {
            let message = format!("`{name}` is a password, and {count} items can be signed in by");
            let way_out = "declare one item of kind email with `lookup` and `unique`";
            self.error("secrets.toml", secret.position, message, way_out);
        }
    }

    /// A person was born once: of two dates nobody could say which tells her age (R9.6).
    pub(super) fn one_date_of_birth(&mut self, items: &BTreeMap<ItemName, Item>) {
        let mut dates: Vec<_> =
            items.iter().filter(|(_, item)| item.value == ValueKind::BirthDate).collect();
        dates.sort_by_key(|(_, item)| item.position);
        for (name, item) in dates.iter().skip(1) {
            let message = format!("`{name}` is a second date of birth");
            let way_out = "declare one item of kind birth_date; write other days as text";
            self.error("items.toml", item.position, message, way_out);
        }
        for (name, item) in dates.iter().filter(|(_, item)| item.linked == Linked::Nobody) {
            let message = format!("`{name}` is a date of birth that is kept apart from everybody");
            let way_out = "take `linked` out, so that it is kept with the person";
            self.error("items.toml", item.position, message, way_out);
        }
    }

    /// An item that a new account must bring cannot hang on a consent she may refuse.
    pub(super) fn nobody_is_kept_out(
        &mut self,
        items: &BTreeMap<ItemName, Item>,
        consents: &BTreeMap<ConsentName, Consent>,
        regimes: &BTreeMap<RegimeName, Regime>,
    ) {
        for (name, item) in items.iter().filter(|(_, item)| item.required) {
            let Some(consent) = &item.consent else { continue };
            let may_refuse = consents.get(consent).is_some_and(|c| {
                !regimes.keys().all(|regime| c.condition_of_service.contains(regime))
            });
            if may_refuse {
                let message = format!(
                    "`{name}` is required, but `{consent}`, which it needs, may be refused"
                );
                let way_out = "take `required` out, or make the consent a condition of service";
                self.error("items.toml", item.position, message, way_out);
            }
        }
    }

    /// A consent that allows nothing is a question without a use.
    pub(super) fn every_consent_carries_something(
        &mut self,
        purposes: &BTreeMap<PurposeName, Purpose>,
        items: &BTreeMap<ItemName, Item>,
        recipients: &BTreeMap<RecipientName, Recipient>,
        tools: &BTreeMap<ToolName, Tool>,
        consents: &BTreeMap<ConsentName, Consent>,
    ) {
        for (name, consent) in consents {
            let carries = !consent.condition_of_service.is_empty()
                || purposes
                    .values()
                    .flat_map(|p| p.basis.values())
                    .any(|basis| matches!(basis, Basis::Consent(c) if c == name))
                || items.values().any(|i| i.consent.as_ref() == Some(name))
                || recipients.values().any(|r| r.transfer_consent.as_ref() == Some(name))
                || tools.values().any(|tool| tool.consent.as_ref() == Some(name));
            if !carries {
                self.find(
                    Severity::Warning,
                    "consents.toml",
                    consent.position,
                    format!("nothing rests on `{name}`"),
                    "nobody will be asked for it; name it at a purpose, an item or a recipient"
                        .into(),
                );
            }
        }
    }

    /// A purpose that nobody may use is a promise without a place.
    pub(super) fn every_purpose_is_used(
        &mut self,
        purposes: &BTreeMap<PurposeName, Purpose>,
        recipients: &BTreeMap<RecipientName, Recipient>,
    ) {
        for (name, purpose) in purposes {
            let used = purpose.own_use || recipients.values().any(|r| r.purposes.contains(name));
            if !used {
                self.find(
                    Severity::Warning,
                    "purposes.toml",
                    purpose.position,
                    format!("`{name}` is used by nobody"),
                    "set `own_use = true`, name it at a recipient, or take it out".into(),
                );
            }
        }
    }

    /// A store or third party in a regime that asks for consent needs a purpose that rests on one.
    pub(super) fn bases_carry_the_roles(
        &mut self,
        purposes: &BTreeMap<PurposeName, Purpose>,
        recipients: &BTreeMap<RecipientName, Recipient>,
        regimes: &BTreeMap<RegimeName, Regime>,
    ) {
        for (recipient_name, recipient) in recipients {
            for (purpose_name, regime) in
                recipient.purposes.iter().flat_map(|p| regimes.values().map(move |r| (p, r)))
            {
                let Some(basis) =
                    purposes.get(purpose_name).and_then(|p| p.basis.get(&regime.name))
                else {
                    continue;
                };
                let asks = regime.provision.get(&recipient.role);
                let enough = match asks {
                    Some(ProvisionBasis::Consent) => matches!(basis, Basis::Consent(_)),
                    Some(ProvisionBasis::Contract) => {
                        matches!(basis, Basis::Consent(_) | Basis::Contract)
                    }
                    _ => true,
                };
                if !enough {
                    let regime = &regime.name;
                    self.error(
                        "recipients.toml",
                        recipient.position,
                        format!(
                            "`{recipient_name}` may be asked for `{purpose_name}`, which rests on \
                             {} in `{regime}`; its role needs more",
                            basis.word()
                        ),
                        "rest the purpose on a consent there, or take it from the recipient",
                    );
                }
            }
        }
    }
}
