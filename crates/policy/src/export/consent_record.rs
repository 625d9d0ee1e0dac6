//! One consent of one person, in the shape of ISO/IEC TS 27560 as the Data Privacy Vocabulary
//! profiles it (<https://w3id.org/dpv/schema/dpv-27560>): the record that is kept, and the receipt
//! that she is given. Pure: the history and the moment are told.

use std::collections::BTreeSet;

use data_encoding::BASE64;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::dpv::Export;
use super::jsonld::{context, country, law, policy_id, put, said, typed, words};
use super::{digest, items_for, received, route, uuid};
use crate::consent::{ConsentName, ConsentState};
use crate::document::{Document, Language, Version};
use crate::item::{Item, ItemName};
use crate::party::{RecipientName, SubjectId};
use crate::purpose::{Basis, PurposeName};
use crate::record::{Route, SALT_BYTES};
use crate::regime::RegimeName;

/// The profile that a record follows.
const RECORD: &str = "https://w3id.org/dpv/schema/dpv-27560#record";
/// The profile that a receipt follows.
const RECEIPT: &str = "https://w3id.org/dpv/schema/dpv-27560#receipt";

/// One change of a consent, as its record tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// What it became.
    pub state: ConsentState,
    /// The policy version that was shown.
    pub notice: Version,
    /// The language it was shown in.
    pub language: String,
    /// The id of the record, `rec_…`.
    pub record: String,
    /// Its index in the ledger.
    pub index: u64,
    /// What opens the ledger's entry: salt, and the record's exact bytes.
    pub opening: ([u8; SALT_BYTES], Vec<u8>),
}

/// The history of one consent of one person, oldest first; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// Whose.
    pub subject: SubjectId,
    /// The rules that apply to her.
    pub regime: RegimeName,
    /// Which consent.
    pub consent: ConsentName,
    /// What happened.
    pub events: Vec<Event>,
}

impl History {
    /// The UUID of the consent record, the same as long as the record stands: version 4, whose
    /// random bits are those of the first act's record.
    pub fn id(&self) -> String {
        let first = self.events.first().map_or("", |event| &event.record);
        uuid(
            digest(&[
                b"azukari consent record",
                first.as_bytes(),
                self.consent.as_str().as_bytes(),
            ]),
            4,
        )
    }

    /// The policy version that she last agreed to; of a consent that was never given, the last one
    /// that she was shown.
    pub fn notice(&self) -> Option<Version> {
        let given = self.events.iter().rev().find(|event| event.state == ConsentState::Given);
        given.or(self.events.last()).map(|event| event.notice)
    }
}

/// The record of a consent under the policy that [`History::notice`] names; `None` when that policy
/// has no such consent.
pub fn record(document: &Document, history: &History) -> Option<Value> {
    let mut node = body(document, history)?;
    put(&mut node, "@context", Some(context()));
    Some(node)
}

/// The receipt for a consent: its own number and moment, the record, and what proves each event.
pub fn receipt(
    document: &Document,
    history: &History,
    number: [u8; 16],
    now: Timestamp,
) -> Option<Value> {
    let id = uuid(number, 4);
    let iri = format!("urn:uuid:{id}");
    let mut record = body(document, history)?;
    let path = format!("/v1/subjects/{}/consents/{}/record", history.subject, history.consent);
    put(&mut record, "azk:at", Some(path));
    let proofs = history.events.iter().map(|event| {
        let (salt, bytes) = &event.opening;
        json!({
            "azk:record": event.record,
            "azk:ledgerIndex": event.index,
            "azk:proof": format!("/v1/ledger/proofs/{}", event.index),
            "azk:salt": BASE64.encode(salt),
            "azk:recordBytes": BASE64.encode(bytes),
        })
    });
    Some(json!({
        "@context": context(),
        "@id": iri,
        "@type": "dpv:ConsentReceipt",
        "dct:conformsTo": RECEIPT,
        "dct:identifier": id,
        "dpv:hasIdentifier": id,
        "dct:created": moment(now),
        "dct:publisher": record["dct:publisher"],
        "dpv:hasRecordOfActivity": record,
        "azk:ledger": proofs.collect::<Vec<_>>(),
    }))
}

/// A moment in UTC.
fn moment(at: Timestamp) -> Value {
    typed(at.to_string(), "xsd:dateTime")
}

/// The word of DPV for a state.
fn status(state: ConsentState) -> &'static str {
    match state {
        ConsentState::Requested => "dpv:ConsentRequested",
        ConsentState::RequestDeferred => "dpv:ConsentRequestDeferred",
        ConsentState::Given => "dpv:ConsentGiven",
        ConsentState::Refused => "dpv:ConsentRefused",
        ConsentState::Withdrawn => "dpv:ConsentWithdrawn",
        ConsentState::Revoked => "dpv:ConsentRevoked",
        ConsentState::Expired => "dpv:ConsentExpired",
        ConsentState::Invalidated => "dpv:ConsentInvalidated",
        ConsentState::Unknown => "dpv:ConsentUnknown",
    }
}

/// True for what the person does; the rest is the controller's doing.
fn is_hers(state: ConsentState) -> bool {
    use ConsentState::{Given, Refused, RequestDeferred, Withdrawn};
    matches!(state, Given | Refused | RequestDeferred | Withdrawn)
}

/// Until when a state lasts.
fn lasts(state: ConsentState) -> Value {
    let until = match state {
        ConsentState::Given => {
            "the consent is withdrawn, its wording changes in substance, or the account is closed"
        }
        _ => "another answer is given, or the account is closed",
    };
    json!({ "@type": "dpv:UntilEventDuration", "rdf:value": until })
}

fn body(document: &Document, history: &History) -> Option<Value> {
    let History { subject, regime, consent: name, events } = history;
    let consent = document.consents.get(name)?;
    let last = events.last()?;
    let id = history.id();
    let iri = format!("urn:uuid:{id}");
    let policy = policy_id(document);
    let of = Of {
        export: Export { document, id: &policy },
        document,
        regime,
        name,
        person: format!("{iri}#subject"),
    };
    let kind = if of.export.is_explicit(name) {
        "dpv:ExplicitlyExpressedConsent"
    } else {
        "dpv:ExpressedConsent"
    };
    let notice = |version: Version, language: &str| {
        let shown = Language::parse(language).unwrap_or(Language::Ja);
        let mut notice = json!({
            "@type": "dpv:ConsentNotice",
            "dct:identifier": version.to_string(),
            "dct:issued": typed(version.on.to_string(), "xsd:date"),
            "dct:language": language,
        });
        if version == document.version {
            put(&mut notice, "@id", Some(format!("{policy}#notice-{language}")));
            let wording = json!({ "@value": consent.wording.get(shown), "@language": shown.tag() });
            put(&mut notice, "dct:description", Some(wording));
        }
        notice
    };
    let statuses = events.iter().map(|event| {
        json!({
            "@type": [status(event.state), kind],
            "dpv:isIndicatedAtTime": moment(event.at),
            "dpv:isIndicatedBy": if is_hers(event.state) { of.person.clone() } else { of.export.controller_id() },
            "dpv:hasDuration": lasts(event.state),
            "dpv:hasNotice": notice(event.notice, &event.language),
            "azk:record": event.record,
            "azk:ledgerIndex": event.index,
        })
    });
    let (processes, to) = of.processes();
    let mut entities = vec![of.export.controller()];
    entities
        .extend(to.iter().filter_map(|name| Some(of.entity(name, document.recipients.get(name)?))));
    let person = json!({
        "@id": of.person,
        "@type": "dpv:DataSubject",
        "dct:identifier": subject.to_string(),
    });
    let shown: BTreeSet<(Version, &str)> =
        events.iter().map(|event| (event.notice, event.language.as_str())).collect();
    let (law, place) = law(regime.as_str());
    let mut node = json!({
        "@id": iri,
        "@type": "dpv:ConsentRecord",
        "dct:conformsTo": RECORD,
        "dct:identifier": id,
        "dpv:hasIdentifier": id,
        "dct:title": words(&consent.label),
        "dct:created": events.first().map(|event| moment(event.at)),
        "dct:modified": moment(last.at),
        "dct:language": last.language,
        "dct:publisher": of.export.controller_id(),
        "dpv:hasDataSubject": person,
        "dpv:hasDataController": of.export.controller_id(),
        "dpv:hasEntity": entities,
        "dpv:hasNotice": shown.into_iter().map(|(v, l)| notice(v, l)).collect::<Vec<_>>(),
        "dpv:hasLegalBasis": of.legal_basis(kind),
        "dpv:hasProcess": processes,
        "dpv:hasConsentControl": of.export.controls(),
        "dpv:hasRight": of.export.rights_under(regime),
        "dpv:hasConsentStatus": statuses.collect::<Vec<_>>(),
    });
    put(&mut node, "dpv:hasApplicableLaw", law);
    put(&mut node, "dpv:hasJurisdiction", place);
    Some(node)
}

/// One consent under one policy.
struct Of<'a> {
    export: Export<'a>,
    document: &'a Document,
    regime: &'a RegimeName,
    name: &'a ConsentName,
    person: String,
}

/// What a consent carries: purposes with the items each uses, and who receives them.
struct Carried<'a> {
    purposes: Vec<&'a PurposeName>,
    items: Vec<(&'a ItemName, &'a Item)>,
    to: Vec<&'a RecipientName>,
    abroad: Option<&'a RecipientName>,
}

impl<'a> Of<'a> {
    fn legal_basis(&self, kind: &str) -> Vec<Value> {
        let explicit = self.export.is_explicit(self.name);
        let mut kinds = vec![kind];
        if self.regime.as_str() == "eu" {
            kinds.push(if explicit { "eu-gdpr:A9-2-a" } else { "eu-gdpr:A6-1-a" });
        }
        vec![json!({ "@type": kinds })]
    }

    /// What rests on the consent under her regime.
    fn carried(&self) -> Vec<Carried<'a>> {
        let document = self.document;
        let mut carried = Vec::new();
        let receives = |purpose: &PurposeName, item: Option<&ItemName>| -> Vec<&'a RecipientName> {
            let all = document.recipients_in_order().into_iter();
            all.filter(|(_, recipient)| {
                let got = received(document, recipient, purpose);
                !got.is_empty() && item.is_none_or(|item| got.iter().any(|(name, _)| *name == item))
            })
            .map(|(name, _)| name)
            .collect()
        };
        for (name, purpose) in document.purposes_in_order() {
            let rests = purpose.basis.get(self.regime) == Some(&Basis::Consent(self.name.clone()));
            if rests {
                carried.push(Carried {
                    purposes: vec![name],
                    items: items_for(document, name),
                    to: receives(name, None),
                    abroad: None,
                });
            }
        }
        for (name, item) in document.items_in_order() {
            if item.consent.as_ref() == Some(self.name) {
                let mut to: Vec<_> =
                    item.purposes.iter().flat_map(|p| receives(p, Some(name))).collect();
                to.dedup();
                carried.push(Carried {
                    purposes: item.purposes.iter().collect(),
                    items: vec![(name, item)],
                    to,
                    abroad: None,
                });
            }
        }
        for (name, recipient) in document.recipients_in_order() {
            let by_consent = document
                .regimes
                .get(self.regime)
                .is_some_and(|regime| route(recipient, regime) == Some(Route::Consent));
            if recipient.transfer_consent.as_ref() == Some(self.name) && by_consent {
                let mut items = Vec::new();
                for purpose in &recipient.purposes {
                    for item in received(document, recipient, purpose) {
                        if !items.contains(&item) {
                            items.push(item);
                        }
                    }
                }
                carried.push(Carried {
                    purposes: recipient.purposes.iter().collect(),
                    items,
                    to: vec![name],
                    abroad: Some(name),
                });
            }
        }
        carried
    }

    /// The processes that the consent carries, and every recipient in them.
    fn processes(&self) -> (Vec<Value>, BTreeSet<&'a RecipientName>) {
        let mut all = BTreeSet::new();
        let mut processes = Vec::new();
        for carried in self.carried() {
            all.extend(carried.to.iter().copied());
            processes.push(self.process(&carried));
        }
        for (_, tool) in self.document.tools_in_order() {
            if tool.consent.as_ref() == Some(self.name) {
                let mut node = self.frame(&[]);
                put(&mut node, "dct:title", Some(words(&tool.label)));
                let purpose =
                    json!({ "@type": "dpv:Purpose", "dct:description": words(&tool.purpose) });
                put(&mut node, "dpv:hasPurpose", Some(purpose));
                let data = json!({
                    "@type": "dpv:PersonalData", "dct:description": words(&tool.information),
                });
                put(&mut node, "dpv:hasPersonalData", Some(data));
                let to = json!({ "@type": "dpv:ThirdParty", "dpv:hasName": words(&tool.provider) });
                put(&mut node, "dpv:hasRecipient", Some(to));
                processes.push(node);
            }
        }
        if processes.is_empty() {
            // Asked for, and nothing named rests on it: its wording says all there is to say.
            let wording = self.document.consents.get(self.name).map(|c| words(&c.wording));
            let mut node = self.frame(&[]);
            for (key, kind) in
                [("dpv:hasPurpose", "dpv:Purpose"), ("dpv:hasPersonalData", "dpv:PersonalData")]
            {
                let said = json!({ "@type": kind, "dct:description": wording });
                put(&mut node, key, Some(said));
            }
            put(&mut node, "dpv:hasRecipient", Some(self.export.controller_id()));
            processes.push(node);
        }
        (processes, all)
    }

    /// What every process says, whatever it carries.
    fn frame(&self, items: &[(&ItemName, &Item)]) -> Value {
        let mut storage: Vec<Value> = Vec::new();
        for (name, item) in items {
            for condition in self.export.storage(name, item) {
                if !storage.contains(&condition) {
                    storage.push(condition);
                }
            }
        }
        if storage.is_empty() {
            let own = json!({
                "@type": "dpv:StorageLocation",
                "dct:description": said(|language| match language {
                    Language::Ja => "このポリシーの項目としては保存しません".to_owned(),
                    Language::En => "Not kept as an item of this policy".to_owned(),
                }),
            });
            let none = json!({
                "@type": "dpv:StorageDuration",
                "dpv:hasDuration": { "@type": "dpv:TemporalDuration", "rdf:value": typed("P0D", "xsd:duration") },
            });
            storage = vec![own, none];
        }
        let (law, place) = law(self.regime.as_str());
        let mut node = json!({
            "@type": "dpv:Process",
            "dpv:hasDataController": self.export.controller_id(),
            "dpv:hasDataSubject": self.person,
            "dpv:hasStorageCondition": storage,
        });
        put(&mut node, "dpv:hasApplicableLaw", law);
        put(&mut node, "dpv:hasJurisdiction", place);
        node
    }

    fn process(&self, carried: &Carried<'_>) -> Value {
        let document = self.document;
        let mut node = self.frame(&carried.items);
        let purposes: Vec<Value> = carried
            .purposes
            .iter()
            .filter_map(|name| Some(self.export.purpose(name, document.purposes.get(*name)?)))
            .collect();
        put(&mut node, "dpv:hasPurpose", Some(purposes));
        let items: Vec<Value> =
            carried.items.iter().map(|(name, item)| self.export.item(name, item)).collect();
        put(&mut node, "dpv:hasPersonalData", Some(items));
        let mut to: Vec<String> =
            carried.to.iter().map(|name| self.export.part("recipient", name.as_str())).collect();
        if to.is_empty() {
            to.push(self.export.controller_id());
        }
        put(&mut node, "dpv:hasRecipient", Some(to));
        if let Some(name) = carried.abroad {
            let place = document.recipients.get(name).and_then(|r| r.country.as_deref());
            let mut transfer = json!({
                "@type": "dpv:Transfer",
                "dpv:hasDataImporter": self.export.part("recipient", name.as_str()),
            });
            put(&mut transfer, "dpv:hasThirdCountry", place.and_then(country));
            put(&mut node, "dpv:hasProcessing", Some(transfer));
        }
        node
    }

    /// A recipient as a party: a category goes by its label, as its members are in the register.
    fn entity(&self, name: &RecipientName, recipient: &crate::party::Recipient) -> Value {
        let mut node = self.export.recipient(name, recipient);
        if recipient.legal.is_none() {
            put(&mut node, "dpv:hasName", Some(words(&recipient.label)));
        }
        node
    }
}
