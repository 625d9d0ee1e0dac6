//! The policy in the W3C Data Privacy Vocabulary (DPV) 2.3, as JSON-LD. What DPV has no word for,
//! above all the terms of the Act, stands in a namespace of its own and is described in the export.

use serde_json::{Value, json};

use super::jsonld::{context, country, law, policy_id, put, said, typed, words};
use super::{holds_on, items_for, periods, received, route};
use crate::consent::ConsentName;
use crate::document::{Document, Label, Language};
use crate::item::{
    Item, ItemName, Linked, Retention, RetentionStart, SecretKind, Sensitivity, Source,
};
use crate::party::{Recipient, RecipientName, Role};
use crate::purpose::{Basis, Purpose, PurposeName};
use crate::record::Route;
use crate::regime::{Regime, RegimeName};
use crate::request::RequestKind;
use crate::safety::SafetyKind;
use crate::words as text;

/// A term of our own: its name, what it narrows in DPV, its words, and where law has it.
struct Own {
    name: &'static str,
    broader: &'static str,
    ja: &'static str,
    en: &'static str,
    article: &'static str,
}

const fn own(
    name: &'static str,
    broader: &'static str,
    ja: &'static str,
    en: &'static str,
    article: &'static str,
) -> Own {
    Own { name, broader, ja, en, article }
}

/// Every term that DPV has no word for.
const OWN: [Own; 26] = [
    own(
        "Hold",
        "dpv:StorageDuration",
        "保存義務",
        "Duty to keep, beyond the purposes",
        "Act 22; other laws",
    ),
    own(
        "Announcement",
        "dpv:LegalBasis",
        "利用目的の公表",
        "Announcement of the purpose",
        "Act 18, 21",
    ),
    own("Entrustment", "dpv:LegalBasis", "委託", "Entrustment", "Act 27(5)(i)"),
    own("JointUse", "dpv:LegalBasis", "共同利用", "Joint use", "Act 27(5)(iii)"),
    own(
        "DesignatedCountry",
        "dpv:LegalBasis",
        "個人情報保護委員会の指定する国",
        "Country designated by the Commission",
        "Act 28(1); Rules 15",
    ),
    own(
        "EquivalentMeasures",
        "dpv:LegalBasis",
        "相当措置",
        "Equivalent measures",
        "Act 28(1), (3); Rules 16, 18",
    ),
    own(
        "ForeignTransferConsent",
        "dpv:Consent",
        "外国にある第三者への提供の同意",
        "Consent to provision abroad",
        "Act 28(1), (2)",
    ),
    own("ExceptionToConsent", "dpv:LegalBasis", "同意の例外", "Exception to consent", "Act 27(1)"),
    own(
        "NotAProvision",
        "dpv:LegalBasis",
        "提供に当たらない",
        "Not a provision",
        "Act 27; guidelines",
    ),
    own(
        "SpecialCareRequired",
        "dpv:SensitivePersonalData",
        "要配慮個人情報",
        "Special-care-required personal information",
        "Act 2(3)",
    ),
    own(
        "PersonalRelatedInformation",
        "dpv:PersonalData",
        "個人関連情報",
        "Personal-related information",
        "Act 2(7)",
    ),
    own("JointUser", "dpv:Recipient", "共同利用者", "Joint user", "Act 27(5)(iii)"),
    own("GroupParent", "dpv:ThirdParty", "親会社", "Parent company", "Act 27(1)"),
    own(
        "Store",
        "dpv:ThirdParty",
        "本人が予約した店舗",
        "The shop that the person books",
        "Act 27(1)",
    ),
    own(
        "ExternalEnvironment",
        "dpv:OrganisationalMeasure",
        "外的環境の把握",
        "Knowing the external environment",
        "Act 23; guidelines 10-7",
    ),
    own(
        "HumanMeasure",
        "dpv:OrganisationalMeasure",
        "人的安全管理措置",
        "Human safety measure",
        "Act 23; guidelines 10-4",
    ),
    own(
        "PurposeNotice",
        "dpv:DataSubjectRight",
        "利用目的の通知",
        "Notification of purposes",
        "Act 32(2)",
    ),
    own("Disclosure", "dpv:DataSubjectRight", "開示", "Disclosure", "Act 33(1)"),
    own(
        "ProvisionRecords",
        "dpv:DataSubjectRight",
        "第三者提供記録の開示",
        "Disclosure of provision records",
        "Act 33(5)",
    ),
    own(
        "Correction",
        "dpv:DataSubjectRight",
        "訂正等",
        "Correction, addition or deletion",
        "Act 34",
    ),
    own("StopUse", "dpv:DataSubjectRight", "利用停止", "Stop of use", "Act 35(1), (5)"),
    own(
        "StopProvision",
        "dpv:DataSubjectRight",
        "第三者提供の停止",
        "Stop of provision",
        "Act 35(3), (5)",
    ),
    own("Erasure", "dpv:DataSubjectRight", "消去", "Erasure", "Act 35(1), (5)"),
    own(
        "EquivalentMeasuresNotice",
        "dpv:DataSubjectRight",
        "相当措置についての情報の提供",
        "Information on equivalent measures",
        "Act 28(3)",
    ),
    own("Complaint", "dpv:DataSubjectRight", "苦情の申出", "Complaint", "Act 40"),
    own(
        "Tool",
        "dpv:Process",
        "外部送信",
        "External transmission by a tool",
        "Telecommunications Business Act 27-12",
    ),
];

/// The policy as JSON-LD.
pub fn policy(document: &Document) -> Value {
    let id = policy_id(document);
    let export = Export { document, id: &id };
    let mut graph = vec![export.notice(), export.controller()];
    graph.extend(document.items_in_order().into_iter().map(|(name, item)| export.item(name, item)));
    graph.extend(export.secrets());
    graph.extend(document.consents_in_order().into_iter().map(|(name, _)| export.consent(name)));
    let purposes = document.purposes_in_order();
    graph.extend(purposes.iter().map(|(name, purpose)| export.purpose(name, purpose)));
    let recipients = document.recipients_in_order();
    graph.extend(recipients.into_iter().map(|(name, recipient)| export.recipient(name, recipient)));
    graph.extend(export.processes());
    graph.extend(export.tools());
    graph.extend(own_terms());
    json!({ "@context": context(), "@graph": graph })
}

/// Our own terms, each said in words and hung under the nearest of DPV's.
pub(super) fn own_terms() -> Vec<Value> {
    let described = |term: &Own| {
        let label = Label { ja: term.ja.to_owned(), en: term.en.to_owned() };
        json!({
            "@id": format!("azk:{}", term.name),
            "@type": "skos:Concept",
            "skos:prefLabel": words(&label),
            "skos:broader": term.broader,
            "dct:source": term.article,
        })
    };
    OWN.iter().map(described).collect()
}

/// One document on its way out.
pub(super) struct Export<'a> {
    pub(super) document: &'a Document,
    /// What everything in it is named under.
    pub(super) id: &'a str,
}

impl Export<'_> {
    /// The name of a part of the policy.
    pub(super) fn part(&self, kind: &str, name: &str) -> String {
        format!("{}#{kind}-{name}", self.id)
    }

    pub(super) fn controller_id(&self) -> String {
        format!("{}#controller", self.id)
    }

    fn regimes(&self) -> impl Iterator<Item = (&RegimeName, &Regime)> {
        self.document.regimes.iter()
    }

    fn notice(&self) -> Value {
        let document = self.document;
        let processes: Vec<String> =
            document.purposes.keys().map(|name| self.part("process", name.as_str())).collect();
        let languages: Vec<&str> = document.languages.iter().map(|l| l.tag()).collect();
        let laws: Vec<&str> = self.regimes().filter_map(|(name, _)| law(name.as_str()).0).collect();
        let places: Vec<&str> =
            self.regimes().filter_map(|(name, _)| law(name.as_str()).1).collect();
        let mut node = json!({
            "@id": self.id,
            "@type": "dpv:PrivacyNotice",
            "dct:title": said(|language| crate::notice(document, language).title),
            "dct:identifier": document.hash,
            "dct:hasVersion": document.version.to_string(),
            "dct:issued": typed(document.version.on.to_string(), "xsd:date"),
            "dct:language": languages,
            "dct:publisher": self.controller_id(),
            "dpv:hasDataController": self.controller_id(),
            "dpv:hasApplicableLaw": laws,
            "dpv:hasJurisdiction": places,
            "dpv:hasProcess": processes,
            "dpv:hasRight": self.rights(),
        });
        for (key, kinds) in [
            (
                "dpv:hasOrganisationalMeasure",
                &[
                    SafetyKind::BasicPolicy,
                    SafetyKind::Rules,
                    SafetyKind::Organisational,
                    SafetyKind::Human,
                    SafetyKind::ExternalEnvironment,
                ][..],
            ),
            ("dpv:hasPhysicalMeasure", &[SafetyKind::Physical]),
            ("dpv:hasTechnicalMeasure", &[SafetyKind::Technical]),
        ] {
            let measures = self.measures(kinds);
            put(&mut node, key, Some(measures).filter(|m| !m.is_empty()));
        }
        node
    }

    fn measures(&self, kinds: &[SafetyKind]) -> Vec<Value> {
        let all = self.document.safety.iter().filter(|measure| kinds.contains(&measure.kind));
        all.map(|measure| {
            let kind = match measure.kind {
                SafetyKind::BasicPolicy => "dpv:Policy",
                SafetyKind::Rules => "dpv:GovernanceProcedures",
                SafetyKind::Organisational => "dpv:OrganisationalMeasure",
                SafetyKind::Human => "azk:HumanMeasure",
                SafetyKind::Physical => "dpv:PhysicalMeasure",
                SafetyKind::Technical => "dpv:TechnicalMeasure",
                SafetyKind::ExternalEnvironment => "azk:ExternalEnvironment",
            };
            json!({ "@type": kind, "dct:description": words(&measure.label) })
        })
        .collect()
    }

    /// What a person may ask for, by the law of each regime.
    fn rights(&self) -> Vec<Value> {
        self.regimes().flat_map(|(name, _)| self.rights_under(name)).collect()
    }

    /// What a person under a regime may ask for, and where.
    pub(super) fn rights_under(&self, regime: &RegimeName) -> Vec<Value> {
        let (law, place) = law(regime.as_str());
        let european = matches!(regime.as_str(), "eu" | "uk");
        let kinds: &[RequestKind] = if self.document.requests.is_some() {
            &RequestKind::ALL
        } else {
            &[RequestKind::Complaint]
        };
        let own = kinds.iter().map(|kind| match kind {
            RequestKind::PurposeNotice => ("azk:PurposeNotice", "eu-gdpr:A13"),
            RequestKind::Disclosure => ("azk:Disclosure", "eu-gdpr:A15"),
            RequestKind::ProvisionRecords => ("azk:ProvisionRecords", "eu-gdpr:A15"),
            RequestKind::Correction => ("azk:Correction", "eu-gdpr:A16"),
            RequestKind::StopUse => ("azk:StopUse", "eu-gdpr:A18"),
            RequestKind::StopProvision => ("azk:StopProvision", "eu-gdpr:A21"),
            RequestKind::Erasure => ("azk:Erasure", "eu-gdpr:A17"),
            RequestKind::EquivalentMeasures => ("azk:EquivalentMeasuresNotice", "eu-gdpr:A13"),
            RequestKind::Complaint => ("azk:Complaint", "eu-gdpr:A77"),
        });
        let withdraw = european.then_some(("dpv:DataSubjectRight", "eu-gdpr:A7-3"));
        own.chain(withdraw)
            .map(|(own, gdpr)| {
                let mut kinds = vec!["dpv:DataSubjectRight"];
                kinds.extend((own != "dpv:DataSubjectRight").then_some(own));
                kinds.extend(european.then_some(gdpr));
                let mut right = json!({
                    "@type": kinds,
                    "dpv:isExercisedAt": format!("mailto:{}", self.document.controller.desk.email),
                });
                put(&mut right, "dpv:hasApplicableLaw", law);
                put(&mut right, "dpv:hasJurisdiction", place);
                right
            })
            .collect()
    }

    pub(super) fn controller(&self) -> Value {
        let controller = &self.document.controller;
        let representatives: Vec<Value> = controller
            .representatives
            .iter()
            .map(|(regime, label)| {
                let (law, _) = law(regime.as_str());
                let mut node =
                    json!({ "@type": "dpv:Representative", "dpv:hasName": words(label) });
                put(&mut node, "dpv:hasApplicableLaw", law);
                node
            })
            .collect();
        let mut node = json!({
            "@id": self.controller_id(),
            "@type": "dpv:DataController",
            "dpv:hasName": words(&controller.name),
            "dpv:hasIdentifier": self.controller_id(),
            "dpv:hasAddress": words(&controller.address),
            "dpv:hasContact": format!("mailto:{}", controller.desk.email),
            "dpv:hasService": { "@type": "dpv:Service", "dct:title": words(&controller.service) },
        });
        put(&mut node, "dpv:hasCountry", country(&controller.country));
        put(
            &mut node,
            "dpv:hasRepresentative",
            Some(representatives).filter(|all| !all.is_empty()),
        );
        node
    }

    /// How long something is kept.
    fn duration(from: RetentionStart, days: u32, ends_with_account: bool) -> Vec<Value> {
        let until = |event: &str| json!({ "@type": "dpv:UntilEventDuration", "rdf:value": event });
        let mut durations = vec![until(match from {
            RetentionStart::LastPut => "last put",
            RetentionStart::AccountEnd => "account closed",
            RetentionStart::EngagementEnd => "last engagement ended",
        })];
        if days > 0 {
            let days = typed(format!("P{days}D"), "xsd:duration");
            durations.push(json!({ "@type": "dpv:TemporalDuration", "rdf:value": days }));
        }
        if ends_with_account {
            durations.push(until("account closed, at the latest"));
        }
        durations
    }

    /// A period of keeping.
    fn period(period: Retention) -> Value {
        let Retention { from, days, ends_with_account } = period;
        json!({
            "@type": "dpv:StorageDuration",
            "dpv:hasDuration": Self::duration(from, days, ends_with_account),
            "dct:description": said(|language| text::retention(period, language)),
        })
    }

    /// Where something is kept. The policy names no other place than the controller's own country.
    fn place(&self) -> Value {
        let mut place = json!({
            "@type": "dpv:StorageLocation",
            "dct:description": said(|language| match language {
                Language::Ja => "事業者の所在する国。ポリシーにほかの場所の定めはありません".to_owned(),
                Language::En => "Where the controller is at home; the policy names no other place".to_owned(),
            }),
        });
        put(&mut place, "dpv:hasLocation", country(&self.document.controller.country));
        place
    }

    /// How long and where an item is kept: for its purposes, and beyond them where a law wants it.
    pub(super) fn storage(&self, name: &ItemName, item: &Item) -> Vec<Value> {
        let mut storage: Vec<Value> = periods(item).into_iter().map(Self::period).collect();
        storage.extend(holds_on(self.document, name, item).into_iter().map(|hold| {
            json!({
                "@type": ["dpv:StorageDuration", "azk:Hold"],
                "dpv:hasDuration": Self::duration(hold.from, hold.days, false),
                "dct:title": words(&hold.label),
                "dct:source": words(&hold.law),
            })
        }));
        storage.push(self.place());
        storage
    }

    pub(super) fn item(&self, name: &ItemName, item: &Item) -> Value {
        let mut kinds = vec!["dpv:PersonalData"];
        if item.sensitivity == Sensitivity::SpecialCare {
            kinds.extend(["azk:SpecialCareRequired", "dpv:SpecialCategoryPersonalData"]);
        }
        if item.linked == Linked::Nobody {
            kinds.push("azk:PersonalRelatedInformation");
        }
        let source = match item.source {
            Source::Person | Source::Device => "dpv:DataSubjectDataSource",
            Source::LinkedService => "dpv:ThirdPartyDataSource",
        };
        let mut node = json!({
            "@id": self.part("item", name.as_str()),
            "@type": kinds,
            "dct:identifier": name.as_str(),
            "dct:title": words(&item.label),
            "azk:article": item.article,
            "dpv:hasDataSource": source,
            "dpv:hasNecessity": if item.required { "dpv:Required" } else { "dpv:Optional" },
            "dpv:hasStorageCondition": self.storage(name, item),
        });
        put(&mut node, "skos:broader", item.terms.dpv.clone());
        let consent = item.consent.as_ref().map(|c| self.part("consent", c.as_str()));
        put(&mut node, "azk:onConsent", consent);
        node
    }

    /// What is held and never leaves.
    fn secrets(&self) -> Vec<Value> {
        let all = self.document.secrets_in_order().into_iter();
        all.map(|(name, secret)| {
            let term = match secret.keeps {
                SecretKind::Password => "pd:Password",
                SecretKind::CardToken => "pd:PaymentCard",
            };
            json!({
                "@id": self.part("secret", name.as_str()),
                "@type": "dpv:PersonalData",
                "dct:identifier": name.as_str(),
                "dct:title": words(&secret.label),
                "dct:description": said(|language| text::secret(secret.keeps, language).to_owned()),
                "skos:broader": term,
                "azk:article": secret.article,
                "azk:neverLeaves": true,
                "dpv:hasDataSource": "dpv:DataSubjectDataSource",
                "dpv:hasStorageCondition": [Self::period(secret.retention), self.place()],
            })
        })
        .collect()
    }

    /// True when a consent has to be explicit: an item under special care rests on it.
    pub(super) fn is_explicit(&self, consent: &ConsentName) -> bool {
        self.document.items.values().any(|item| {
            item.sensitivity == Sensitivity::SpecialCare && item.consent.as_ref() == Some(consent)
        })
    }

    fn consent(&self, name: &ConsentName) -> Value {
        let kind = if self.is_explicit(name) {
            "dpv:ExplicitlyExpressedConsent"
        } else {
            "dpv:ExpressedConsent"
        };
        let mut node = json!({
            "@id": self.part("consent", name.as_str()),
            "@type": kind,
            "dct:identifier": name.as_str(),
            // Only this state allows anything.
            "azk:requiresStatus": "dpv:ConsentGiven",
            "dpv:hasConsentControl": self.controls(),
        });
        if let Some(consent) = self.document.consents.get(name) {
            let places: Vec<&str> = consent
                .condition_of_service
                .iter()
                .filter_map(|regime| law(regime.as_str()).1)
                .collect();
            put(&mut node, "dct:title", Some(words(&consent.label)));
            put(&mut node, "dct:description", Some(words(&consent.wording)));
            put(&mut node, "azk:onRefusal", Some(words(&consent.on_refusal)));
            put(&mut node, "azk:since", Some(consent.since.to_string()));
            put(&mut node, "azk:conditionOfService", Some(places).filter(|p| !p.is_empty()));
        }
        node
    }

    /// How a consent is given and taken back.
    pub(super) fn controls(&self) -> Value {
        json!({
            "@type": ["dpv:ProvideConsent", "dpv:WithdrawConsent"],
            "dpv:isExercisedAt": format!("mailto:{}", self.document.controller.desk.email),
        })
    }

    pub(super) fn purpose(&self, name: &PurposeName, purpose: &Purpose) -> Value {
        let mut node = json!({
            "@id": self.part("purpose", name.as_str()),
            "@type": "dpv:Purpose",
            "dct:identifier": name.as_str(),
            "dct:title": words(&purpose.label),
            "azk:article": purpose.article,
        });
        put(&mut node, "skos:broader", purpose.terms.dpv.clone());
        if purpose.needs_engagement {
            put(&mut node, "azk:needsEngagement", Some(true));
            put(&mut node, "azk:hoursAfterEngagement", Some(purpose.after_end_hours));
        }
        node
    }

    /// What a purpose rests on in a regime.
    pub(super) fn basis(&self, regime: &RegimeName, basis: &Basis) -> Value {
        let term = match (regime.as_str(), basis) {
            (_, Basis::Notice) => "azk:Announcement",
            ("eu", Basis::Consent(_)) => "eu-gdpr:A6-1-a",
            ("eu", Basis::Contract) => "eu-gdpr:A6-1-b",
            ("eu", Basis::LegalObligation) => "eu-gdpr:A6-1-c",
            ("eu", Basis::LegitimateInterest) => "eu-gdpr:A6-1-f",
            (_, Basis::Consent(_)) => "dpv:ExpressedConsent",
            (_, Basis::Contract) => "dpv:ContractPerformance",
            (_, Basis::LegalObligation) => "dpv:LegalObligation",
            (_, Basis::LegitimateInterest) => "dpv:LegitimateInterestOfController",
        };
        let (law, place) = law(regime.as_str());
        let mut node = json!({ "@type": ["dpv:LegalBasis", term] });
        put(&mut node, "dpv:hasApplicableLaw", law);
        put(&mut node, "dpv:hasJurisdiction", place);
        if let Basis::Consent(consent) = basis {
            put(&mut node, "azk:onConsent", Some(self.part("consent", consent.as_str())));
        }
        node
    }

    pub(super) fn recipient(&self, name: &RecipientName, recipient: &Recipient) -> Value {
        let kinds: &[&str] = match recipient.role {
            Role::Processor => &["dpv:DataProcessor"],
            Role::JointUser => &["dpv:Recipient", "azk:JointUser"],
            Role::ThirdParty => &["dpv:ThirdParty"],
            Role::GroupParent => &["dpv:ThirdParty", "azk:GroupParent"],
            Role::Store => &["dpv:ThirdParty", "azk:Store"],
            Role::Authority => &["dpv:Authority"],
        };
        let id = self.part("recipient", name.as_str());
        let mut node = json!({
            "@id": id,
            "@type": kinds,
            "dpv:hasIdentifier": id,
            "dct:title": words(&recipient.label),
            "azk:article": recipient.article,
            "azk:many": recipient.many,
            "azk:handlesPersonalData": recipient.handles_personal_data,
        });
        let legal = recipient.legal.as_ref();
        put(&mut node, "dpv:hasName", legal.map(|legal| legal.name.clone()));
        put(&mut node, "dpv:hasAddress", legal.map(|legal| legal.address.clone()));
        put(&mut node, "dpv:hasCountry", recipient.country.as_deref().and_then(country));
        let measures = recipient.measures.as_ref().map(|label| {
            json!({ "@type": "dpv:OrganisationalMeasure", "dct:description": words(label) })
        });
        let contract = recipient.contract.as_ref().map(|contract| {
            json!({
                "@type": "dpv:DataProcessingAgreement",
                "dct:date": typed(contract.signed_on.to_string(), "xsd:date"),
                "dct:identifier": contract.evidence,
            })
        });
        let all: Vec<Value> = measures.into_iter().chain(contract).collect();
        put(&mut node, "dpv:hasOrganisationalMeasure", Some(all).filter(|all| !all.is_empty()));
        if let Some(joint) = &recipient.joint_use {
            let members = joint.scope.members.iter().map(|member| {
                let mut one =
                    json!({ "@type": "azk:JointUser", "dpv:hasName": words(&member.name) });
                put(&mut one, "dpv:hasCountry", country(&member.country));
                one
            });
            put(&mut node, "azk:member", Some(members.collect::<Vec<_>>()));
            put(&mut node, "azk:responsible", Some(words(&joint.responsible.name)));
            put(&mut node, "schema:url", Some(joint.scope.url.clone()));
        }
        node
    }

    /// One process for each purpose: what, on what basis, to whom, and where to.
    fn processes(&self) -> Vec<Value> {
        let mut processes = Vec::new();
        for (name, purpose) in self.document.purposes_in_order() {
            let mut kinds = vec![json!("dpv:Collect"), json!("dpv:Store")];
            kinds.extend(purpose.own_use.then(|| json!("dpv:Use")));
            let recipients: Vec<(&RecipientName, &Recipient)> = self
                .document
                .recipients_in_order()
                .into_iter()
                .filter(|(_, recipient)| recipient.purposes.contains(name))
                .collect();
            for (to, recipient) in &recipients {
                kinds.push(self.disclosure(name, to, recipient));
                kinds.extend(self.transfers(to, recipient));
            }
            let items: Vec<String> = items_for(self.document, name)
                .iter()
                .map(|(item, _)| self.part("item", item.as_str()))
                .collect();
            let secrets = self.document.secrets_in_order().into_iter();
            let secrets = secrets
                .filter(|(_, secret)| secret.purposes.contains(name))
                .map(|(secret, _)| self.part("secret", secret.as_str()));
            let bases: Vec<Value> =
                purpose.basis.iter().map(|(regime, basis)| self.basis(regime, basis)).collect();
            let to: Vec<String> =
                recipients.iter().map(|(to, _)| self.part("recipient", to.as_str())).collect();
            let mut node = json!({
                "@id": self.part("process", name.as_str()),
                "@type": "dpv:Process",
                "dpv:hasDataController": self.controller_id(),
                "dpv:hasDataSubject": { "@type": ["dpv:DataSubject", "dpv:Customer"] },
                "dpv:hasPurpose": self.part("purpose", name.as_str()),
                "dpv:hasPersonalData": items.into_iter().chain(secrets).collect::<Vec<_>>(),
                "dpv:hasProcessing": kinds,
                "dpv:hasLegalBasis": bases,
            });
            put(&mut node, "dpv:hasRecipient", Some(to).filter(|to| !to.is_empty()));
            processes.push(node);
        }
        processes
    }

    /// What one recipient receives for a purpose.
    fn disclosure(
        &self,
        purpose: &PurposeName,
        to: &RecipientName,
        recipient: &Recipient,
    ) -> Value {
        let items: Vec<String> = received(self.document, recipient, purpose)
            .iter()
            .map(|(item, _)| self.part("item", item.as_str()))
            .collect();
        json!({
            "@type": "dpv:DiscloseByTransmission",
            "dpv:hasRecipient": self.part("recipient", to.as_str()),
            "dpv:hasPersonalData": items,
        })
    }

    /// How information reaches a recipient abroad, by the law of each regime.
    fn transfers(&self, to: &RecipientName, recipient: &Recipient) -> Vec<Value> {
        let mut transfers = Vec::new();
        for (name, regime) in self.regimes() {
            let found = route(recipient, regime);
            if found == Some(Route::Domestic) {
                continue;
            }
            let european = name.as_str() == "eu";
            let term = found.map(|route| match route {
                Route::Designated if european => "eu-gdpr:A45-3",
                Route::EquivalentMeasures if european => "eu-gdpr:DataTransferTool",
                Route::Consent if european => "eu-gdpr:A49-1-a",
                Route::Domestic | Route::Designated => "azk:DesignatedCountry",
                Route::EquivalentMeasures => "azk:EquivalentMeasures",
                Route::Consent => "azk:ForeignTransferConsent",
                Route::Exception => "azk:ExceptionToConsent",
                Route::NotAProvision => "azk:NotAProvision",
            });
            let (law, _) = law(name.as_str());
            let mut node = json!({
                "@type": "dpv:Transfer",
                "dpv:hasDataImporter": self.part("recipient", to.as_str()),
                // Without a route nothing goes there.
                "azk:open": term.is_some(),
            });
            put(&mut node, "dpv:hasThirdCountry", recipient.country.as_deref().and_then(country));
            put(&mut node, "dpv:hasApplicableLaw", law);
            let mut basis = json!({ "@type": ["dpv:LegalBasis"] });
            if let Some(term) = term {
                basis["@type"] = json!(["dpv:LegalBasis", term]);
                if let (Some(Route::EquivalentMeasures), Some(measures)) =
                    (found, &recipient.equivalent_measures)
                {
                    put(&mut basis, "dct:identifier", Some(measures.evidence.clone()));
                    let day = typed(measures.checked_on.to_string(), "xsd:date");
                    put(&mut basis, "dct:date", Some(day));
                }
                if let (Some(Route::Consent), Some(consent)) = (found, &recipient.transfer_consent)
                {
                    put(&mut basis, "azk:onConsent", Some(self.part("consent", consent.as_str())));
                }
                put(&mut node, "dpv:hasLegalBasis", Some(basis));
            }
            transfers.push(node);
        }
        transfers
    }

    /// What pages and letters have a device send to others.
    fn tools(&self) -> Vec<Value> {
        let all = self.document.tools_in_order().into_iter();
        all.map(|(name, tool)| {
            let mut provider =
                json!({ "@type": "dpv:ThirdParty", "dpv:hasName": words(&tool.provider) });
            put(&mut provider, "dpv:hasCountry", tool.country.as_deref().and_then(country));
            let data =
                json!({ "@type": "dpv:PersonalData", "dct:description": words(&tool.information) });
            let purpose =
                json!({ "@type": "dpv:Purpose", "dct:description": words(&tool.purpose) });
            let mut node = json!({
                "@id": self.part("tool", name.as_str()),
                "@type": ["dpv:Process", "azk:Tool"],
                "dct:title": words(&tool.label),
                "azk:article": tool.article,
                "dpv:hasDataController": self.controller_id(),
                "dpv:hasPersonalData": data,
                "dpv:hasPurpose": purpose,
                "dpv:hasRecipient": provider,
            });
            let consent = tool.consent.as_ref().map(|c| self.part("consent", c.as_str()));
            put(&mut node, "azk:onConsent", consent);
            node
        })
        .collect()
    }
}

/// Every compact term of a JSON-LD value: keys, kinds, and texts that look like terms where only
/// things may stand. For the tests that hold exports against the vocabulary.
pub fn terms_in(value: &Value) -> std::collections::BTreeSet<String> {
    fn walk(value: &Value, at_link: bool, found: &mut std::collections::BTreeSet<String>) {
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    if key == "@context" {
                        continue;
                    }
                    if !key.starts_with('@') {
                        found.insert(key.clone());
                    }
                    walk(value, key == "@type" || super::jsonld::is_link(key), found);
                }
            }
            Value::Array(all) => all.iter().for_each(|one| walk(one, at_link, found)),
            Value::String(text) if at_link && super::jsonld::has_prefix(text) => {
                found.insert(text.clone());
            }
            _ => {}
        }
    }
    let mut found = std::collections::BTreeSet::new();
    walk(value, false, &mut found);
    found
}

/// The names of our own terms, as an export writes them.
pub fn own_names() -> Vec<String> {
    OWN.iter().map(|term| format!("azk:{}", term.name)).collect()
}
