//! The policy as the clauses people read, in each of its languages. Everything a clause names or
//! counts comes from the [`Document`], so the notice cannot promise what the rules do not do. Knows
//! no HTML: the server draws it. `words.rs` has the smaller words.

use std::collections::BTreeMap;

use crate::decide::ExceptionKind;
use crate::document::{Document, Label, Language, Version};
use crate::item::{Item, ItemName, Retention, Sensitivity, Source};
use crate::party::{Recipient, Role};
use crate::purpose::{Basis, Purpose, PurposeName, Tier};
use crate::regime::{Regime, RegimeName};
use crate::words;

/// A policy in the words of one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What it is called.
    pub title: String,
    /// Which version it is.
    pub version: Version,
    /// The language it is in.
    pub language: Language,
    /// Its articles, in order.
    pub sections: Vec<Section>,
}

/// An article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The same in every language; serves as an anchor.
    pub id: &'static str,
    /// From 1.
    pub number: usize,
    /// What it is about.
    pub heading: String,
    /// What it says, in order.
    pub blocks: Vec<Block>,
}

/// A piece of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A line over what follows.
    Heading(String),
    /// Sentences.
    Paragraph(String),
    /// Points without an order.
    List(Vec<String>),
    /// Words, each with what is said of it.
    Terms(Vec<(String, Vec<String>)>),
    /// Rows under a head; every row is as long as the head.
    Table {
        /// What the columns are.
        head: Vec<String>,
        /// The rows.
        rows: Vec<Vec<String>>,
    },
}

/// The policy in the words of a language.
pub fn notice(policy: &Document, language: Language) -> Notice {
    let purposes = policy.purposes_in_order();
    let (service, other): (Vec<_>, Vec<_>) =
        purposes.into_iter().partition(|(_, purpose)| purpose.tier == Tier::Service);
    let purposes: Vec<_> = service.into_iter().chain(other).collect();
    let numbers = purposes.iter().enumerate().map(|(at, (name, _))| (*name, at + 1)).collect();
    let writer = Writer { policy, language, purposes, numbers };
    let articles = [
        (
            "information",
            writer.say("お預かりする情報", "Information we hold"),
            writer.information(),
        ),
        ("purposes", writer.say("利用目的", "Purposes"), writer.purposes()),
        (
            "stores",
            writer.say("お店への提供", "Sharing with restaurants and shops"),
            writer.stores(),
        ),
        (
            "third_parties",
            writer.say("第三者への提供", "Provision to third parties"),
            writer.third_parties(),
        ),
        (
            "abroad",
            writer.say("外国にある第三者への提供", "Provision to third parties abroad"),
            writer.abroad(),
        ),
        ("recipients", writer.say("提供先", "Recipients"), writer.recipients()),
        ("consents", writer.say("同意", "Consent"), writer.consents()),
        ("retention", writer.say("保存期間", "How long we keep information"), writer.retention()),
        ("requests", writer.say("開示などの請求", "Your requests"), writer.requests()),
        ("changes", writer.say("このポリシーの変更", "Changes to this policy"), writer.changes()),
        ("desk", writer.say("お問い合わせ窓口", "Inquiry desk"), writer.desk()),
    ];
    let sections = articles
        .into_iter()
        .enumerate()
        .map(|(at, (id, heading, blocks))| Section { id, number: at + 1, heading, blocks })
        .collect();
    Notice {
        title: writer.say("プライバシーポリシー", "Privacy Policy"),
        version: policy.version,
        language,
        sections,
    }
}

/// Writes the articles of one policy in one language.
struct Writer<'a> {
    policy: &'a Document,
    language: Language,
    /// The purposes in the order of their numbers.
    purposes: Vec<(&'a PurposeName, &'a Purpose)>,
    numbers: BTreeMap<&'a PurposeName, usize>,
}

impl<'a> Writer<'a> {
    // ---- words ----

    fn say(&self, ja: impl Into<String>, en: impl Into<String>) -> String {
        match self.language {
            Language::Ja => ja.into(),
            Language::En => en.into(),
        }
    }

    fn paragraph(&self, ja: impl Into<String>, en: impl Into<String>) -> Block {
        Block::Paragraph(self.say(ja, en))
    }

    fn label(&self, label: &'a Label) -> &'a str {
        label.get(self.language)
    }

    /// A label within a sentence: English starts it small, unless it is a proper name.
    fn within(&self, label: &Label) -> String {
        let text = label.get(self.language);
        let mut chars = text.chars();
        match (self.language, chars.next(), chars.next()) {
            (Language::En, Some(first), Some(second)) if !second.is_uppercase() => {
                first.to_lowercase().chain(text.chars().skip(1)).collect()
            }
            _ => text.to_owned(),
        }
    }

    fn quoted(&self, label: &Label) -> String {
        let text = label.get(self.language);
        self.say(format!("「{text}」"), format!("“{text}”"))
    }

    fn list<T: AsRef<str>>(&self, words: &[T]) -> String {
        words::list(words, self.language)
    }

    /// The regimes, the controller's own first.
    fn regimes(&self) -> Vec<&'a Regime> {
        let home = &self.policy.controller.country;
        let mut regimes: Vec<_> = self.policy.regimes.values().collect();
        regimes.sort_by_key(|regime| !regime.transfer.home.contains(home));
        regimes
    }

    /// Regimes as alternatives, as in “the law of Japan or the United Kingdom”.
    fn either(&self, names: impl Iterator<Item = &'a RegimeName>) -> String {
        let labels: Vec<_> = names
            .filter_map(|name| self.policy.regimes.get(name))
            .map(|regime| match (self.language, self.label(&regime.label)) {
                // Unions and areas of several words take the article.
                (Language::En, label) if label.contains(' ') => format!("the {label}"),
                (_, label) => label.to_owned(),
            })
            .collect();
        words::join(&labels, &self.say("または", " or "))
    }

    /// The secrets in a row, as in “password and credit card information”.
    fn secrets(&self) -> String {
        let labels: Vec<_> = self
            .policy
            .secrets_in_order()
            .into_iter()
            .map(|(_, secret)| self.within(&secret.label))
            .collect();
        self.list(&labels)
    }

    fn numbers(&self, purposes: &[PurposeName]) -> String {
        let mut numbers: Vec<_> =
            purposes.iter().filter_map(|name| self.numbers.get(name)).copied().collect();
        numbers.sort_unstable();
        let numbers: Vec<_> = numbers.iter().map(ToString::to_string).collect();
        words::join(&numbers, &self.say("、", ", "))
    }

    fn nothing(&self) -> String {
        self.say("なし", "None")
    }

    /// An item's label, with the consent it hangs on.
    fn item(&self, item: &'a Item) -> String {
        let label = self.label(&item.label);
        match item.consent.as_ref().and_then(|name| self.policy.consents.get(name)) {
            Some(consent) => {
                let consent = self.quoted(&consent.label);
                self.say(
                    format!("{label}（{consent}に同意した場合だけ）"),
                    format!("{label} (only if you agree to {consent})"),
                )
            }
            None => label.to_owned(),
        }
    }

    fn items_for(&self, purposes: &[PurposeName]) -> Vec<(&'a ItemName, &'a Item)> {
        let mut items = self.policy.items_in_order();
        items.retain(|(_, item)| item.purposes.iter().any(|p| purposes.contains(p)));
        items
    }

    fn recipients_of(&self, is: impl Fn(Role) -> bool) -> Vec<&'a Recipient> {
        let recipients = self.policy.recipients_in_order().into_iter();
        recipients.map(|(_, recipient)| recipient).filter(|r| is(r.role)).collect()
    }

    // ---- articles ----

    fn information(&self) -> Vec<Block> {
        let controller = &self.policy.controller;
        let (name, service) = (self.label(&controller.name), self.within(&controller.service));
        let mut blocks = vec![self.paragraph(
            format!(
                "{name}（以下「当社」）は、{service}（以下「本サービス」）で、次の情報をお預かりします。ここに書かれていない情報はお預かりしません。"
            ),
            format!(
                "{name} (“we”) holds the following information for its {service} (the “service”). \
                 We hold nothing that is not listed here."
            ),
        )];
        for source in Source::ALL {
            let items: Vec<_> = self
                .policy
                .items_in_order()
                .into_iter()
                .filter(|(_, item)| item.source == source)
                .map(|(_, item)| {
                    let text = self.item(item);
                    if item.required {
                        self.say(format!("{text}（必須）"), format!("{text} (required)"))
                    } else {
                        text
                    }
                })
                .collect();
            if !items.is_empty() {
                blocks.push(Block::Heading(words::source(source, self.language).to_owned()));
                blocks.push(Block::List(items));
            }
        }
        if !self.policy.secrets.is_empty() {
            blocks.push(Block::Heading(self.say(
                "お預かりしても、取り出して誰かに見せることのない情報",
                "What we hold and never take out to show anyone",
            )));
            let secrets = self.policy.secrets_in_order().into_iter().map(|(_, secret)| {
                let words = words::secret(secret.keeps, self.language).to_owned();
                (self.label(&secret.label).to_owned(), vec![words])
            });
            blocks.push(Block::Terms(secrets.collect()));
        }
        let special: Vec<_> = self
            .policy
            .items_in_order()
            .into_iter()
            .filter(|(_, item)| item.sensitivity == Sensitivity::SpecialCare)
            .map(|(_, item)| self.within(&item.label))
            .collect();
        if !special.is_empty() {
            let special = self.list(&special);
            blocks.push(self.paragraph(
                format!("{special}は、要配慮個人情報（欧州では、特別な種類の個人データ）として扱います。はっきりと同意をいただいた場合だけお預かりし、利用します。"),
                format!("We treat {special} as special-care-required information (in Europe, as a special category of personal data): we hold and use it only with your explicit consent."),
            ));
        }
        blocks
    }

    fn purposes(&self) -> Vec<Block> {
        let mut blocks = vec![self.paragraph(
            "お預かりした情報は、次の利用目的のためだけに使います。",
            "We use the information for the following purposes only.",
        )];
        let head = || vec![self.say("番号", "No."), self.say("利用目的", "Purpose")];
        for (tier, heading) in [
            (Tier::Service, self.say("本サービスの提供のための目的", "Providing the service")),
            (Tier::Other, self.say("その他の目的", "Other purposes")),
        ] {
            let rows: Vec<_> = self
                .purposes
                .iter()
                .filter(|(_, purpose)| purpose.tier == tier)
                .map(|(name, purpose)| {
                    vec![self.numbers(&[(*name).clone()]), self.label(&purpose.label).to_owned()]
                })
                .collect();
            if !rows.is_empty() {
                blocks.push(Block::Heading(heading));
                blocks.push(Block::Table { head: head(), rows });
            }
        }

        blocks.push(Block::Heading(self.say("情報ごとの利用目的", "Purposes of each item")));
        let items = self.policy.items_in_order().into_iter();
        let secrets = self.policy.secrets_in_order().into_iter();
        let rows = items
            .map(|(_, item)| (&item.label, &item.purposes))
            .chain(secrets.map(|(_, secret)| (&secret.label, &secret.purposes)))
            .map(|(label, purposes)| vec![self.label(label).to_owned(), self.numbers(purposes)])
            .collect();
        let head =
            vec![self.say("情報", "Information"), self.say("利用目的の番号", "No. of purpose")];
        blocks.push(Block::Table { head, rows });
        let unserved: Vec<PurposeName> = self
            .purposes
            .iter()
            .map(|(name, _)| (*name).clone())
            .filter(|name| {
                !self.policy.items.values().any(|item| item.purposes.contains(name))
                    && !self.policy.secrets.values().any(|secret| secret.purposes.contains(name))
            })
            .collect();
        if !unserved.is_empty() {
            let numbers = self.numbers(&unserved);
            blocks.push(self.paragraph(
                format!("今お預かりしている情報を、番号{numbers}の目的に使うことはありません。"),
                format!("Nothing that we hold today is used for no. {numbers}."),
            ));
        }

        blocks.push(Block::Heading(self.say("利用の根拠", "Legal bases")));
        let regimes = self.regimes();
        let mut head = vec![self.say("番号", "No.")];
        head.extend(regimes.iter().map(|regime| self.label(&regime.label).to_owned()));
        let rows = self
            .purposes
            .iter()
            .map(|(name, purpose)| {
                let mut row = vec![self.numbers(&[(*name).clone()])];
                row.extend(regimes.iter().map(|regime| self.basis(purpose, regime)));
                row
            })
            .collect();
        blocks.push(Block::Table { head, rows });
        blocks
    }

    fn basis(&self, purpose: &Purpose, regime: &Regime) -> String {
        let Some(basis) = purpose.basis.get(&regime.name) else {
            return self
                .say("なし（この目的では利用しません）", "None (not used for this purpose)");
        };
        let word = words::basis(basis, self.language);
        let consent = match basis {
            Basis::Consent(name) => self.policy.consents.get(name),
            _ => None,
        };
        match consent {
            Some(consent) => {
                let consent = self.label(&consent.label);
                self.say(format!("{word}（{consent}）"), format!("{word} ({consent})"))
            }
            None => word.to_owned(),
        }
    }

    fn stores(&self) -> Vec<Block> {
        let stores = self.recipients_of(|role| role == Role::Store);
        if stores.is_empty() {
            return vec![self.paragraph(
                "お店に情報を提供することはありません。",
                "Nothing goes to restaurants or shops.",
            )];
        }
        let mut blocks = Vec::new();
        for store in stores {
            let label = self.within(&store.label);
            blocks.push(self.paragraph(
                format!("{label}には、次の情報だけを、次の目的のために提供します。"),
                format!("We provide {label} with the following information only, for the following purposes."),
            ));
            let items = self.items_for(&store.purposes).into_iter();
            let items =
                items.filter(|(name, _)| store.items.is_empty() || store.items.contains(name));
            blocks.push(Block::List(items.map(|(_, item)| self.item(item)).collect()));
            let purposes = self.purposes.iter().filter(|(name, _)| store.purposes.contains(name));
            blocks.push(Block::Terms(
                purposes.clone().map(|(_, purpose)| self.window(purpose)).collect(),
            ));

            // Where the provision rests on a consent, and what refusing it means there.
            for (consent_name, consent) in self.policy.consents_in_order() {
                let rests = |regime: &RegimeName| {
                    purposes.clone().any(|(_, purpose)| {
                        matches!(purpose.basis.get(regime), Some(Basis::Consent(c)) if c == consent_name)
                    })
                };
                let regimes: Vec<_> = self.policy.regimes.keys().filter(|r| rests(r)).collect();
                if regimes.is_empty() {
                    continue;
                }
                let laws = self.either(regimes.into_iter());
                let (consent, refusal) =
                    (self.quoted(&consent.label), self.label(&consent.on_refusal));
                blocks.push(self.paragraph(
                    format!("{laws}の法律が適用される方には、あらかじめ{consent}への同意をお願いしています。{refusal}"),
                    format!("If the law of {laws} applies to you, we ask you beforehand to agree to {consent}. {refusal}"),
                ));
            }
            let by_contract = self.policy.regimes.keys().filter(|regime| {
                purposes.clone().any(|(_, p)| p.basis.get(*regime) == Some(&Basis::Contract))
            });
            let laws = self.either(by_contract);
            if !laws.is_empty() {
                blocks.push(self.paragraph(
                    format!("{laws}の法律が適用される方については、ご予約の契約のために必要なものとして提供します。"),
                    format!("If the law of {laws} applies to you, we provide it because the contract for your booking needs it."),
                ));
            }
        }
        if !self.policy.secrets.is_empty() {
            let secrets = self.secrets();
            blocks.push(self.paragraph(
                format!("{secrets}を、お店に提供することはありません。"),
                format!("We never provide restaurants or shops with your {secrets}."),
            ));
        }
        blocks.push(self.paragraph(
            "いつ、どのお店に、何を提供したかを、そのたびに記録します。",
            "Each time, we record when, to whom and what we provided.",
        ));
        blocks
    }

    /// A store's purpose, with the time during which the store sees what it needs for it.
    fn window(&self, purpose: &Purpose) -> (String, Vec<String>) {
        let label = self.label(&purpose.label).to_owned();
        let hours = purpose.after_end_hours;
        let window = match (purpose.needs_engagement, hours) {
            (false, _) => return (label, Vec::new()),
            (true, 0) => self.say(
                "お店は、有効な予約があるあいだだけ、予約が終わる時刻まで見ることができます。",
                "Seen only while you have a booking there, until it ends.",
            ),
            (true, _) => self.say(
                format!("お店は、有効な予約があるあいだだけ、予約が終わる時刻の{hours}時間後まで見ることができます。"),
                format!("Seen only while you have a booking there, until {hours} hours after it ends."),
            ),
        };
        (label, vec![window])
    }

    fn third_parties(&self) -> Vec<Block> {
        let mut blocks = vec![self.paragraph(
            "前の条の場合のほかは、あらかじめご本人の同意をいただかずに、個人情報を第三者に提供しません。ただし、次の場合は同意をいただかずに提供することがあります。",
            "Other than under the article above, we provide no personal information to third parties without your prior consent. In the following cases we may do so without it.",
        )];
        blocks.push(Block::List(
            ExceptionKind::ALL
                .into_iter()
                .map(|kind| words::exception(kind, self.language).to_owned())
                .collect(),
        ));
        blocks.push(self.paragraph(
            "「提供先」の条に挙げた委託先に委託するときのほかは、これらの場合にあたるかどうかを、情報管理責任者が一件ずつ理由と証拠を確かめて承認し、記録に残します。",
            "Except where we entrust a processor listed under “Recipients”, our information manager checks the reason and the evidence in each single case, approves it, and keeps a record.",
        ));
        if !self.policy.secrets.is_empty() {
            let secrets = self.secrets();
            blocks.push(self.paragraph(
                format!("これらの場合でも、{secrets}を提供することはありません。"),
                format!("Not even then do we provide your {secrets}."),
            ));
        }
        blocks
    }

    fn abroad(&self) -> Vec<Block> {
        let mut blocks = vec![self.paragraph(
            "外国にある第三者に個人情報を提供するのは、次のどれかにあたる場合だけです。",
            "We provide personal information to a third party abroad only in one of the following cases.",
        )];
        let mut days: Vec<_> = self
            .policy
            .regimes
            .values()
            .map(|regime| regime.transfer.equivalent_measures_check_days.value)
            .collect();
        days.sort_unstable();
        // The shortest of them is kept for all.
        let days = days.first().copied().unwrap_or_default();
        let days = words::days(days, self.language);
        let days = days.trim_end_matches('間');
        blocks.push(Block::List(vec![
            self.say(
                "個人情報を保護する制度が同じ水準にあると、適用される法律が認めた国にある場合",
                "It is in a country whose protection the law that applies to you has found to be of the same level",
            ),
            self.say(
                format!("その提供先が同じ水準の保護をする体制を整えており、当社がそれを{days}以内に確認している場合"),
                format!("It has arrangements for protection of the same level, and we have checked them within {days}"),
            ),
            self.say(
                "国の名前、その国の個人情報保護の制度、提供先がとる保護の措置をあらかじめお知らせして、ご本人の同意をいただいた場合",
                "You have agreed, after we told you the country, its system for protecting personal information, and the measures that the recipient takes",
            ),
            self.say(
                "前の条の、法令にもとづく場合など、同意がいらないと法令が定めている場合",
                "It is one of the cases of the article above in which the law needs no consent",
            ),
        ]));
        let home = &self.policy.controller.country;
        let foreign: Vec<_> = self
            .recipients_of(|_| true)
            .into_iter()
            .filter_map(|r| r.country.as_ref().filter(|c| *c != home).map(|country| (r, country)))
            .collect();
        if foreign.is_empty() {
            blocks.push(self.paragraph(
                "今のところ、外国にあると確認した提供先はありません。国を確認できていない提供先には、確認できるまで何も提供しません。",
                "At present no recipient is known to be abroad. Where a recipient's country is not yet confirmed, nothing goes there until it is.",
            ));
            return blocks;
        }
        let head = vec![
            self.say("提供先", "Recipient"),
            self.say("国", "Country"),
            self.say("根拠", "Ground"),
        ];
        let rows = foreign
            .into_iter()
            .map(|(recipient, country)| {
                let country = words::country(country, self.language).to_owned();
                vec![self.label(&recipient.label).to_owned(), country, self.ground(recipient)]
            })
            .collect();
        blocks.push(Block::Table { head, rows });
        blocks.push(self.paragraph(
            "国を確認できていない提供先には、確認できるまで何も提供しません。",
            "Where a recipient's country is not yet confirmed, nothing goes there until it is.",
        ));
        blocks
    }

    /// What a recipient abroad is reached by, as the policy states it.
    fn ground(&self, recipient: &'a Recipient) -> String {
        let mut grounds = Vec::new();
        if !recipient.handles_personal_data {
            grounds
                .push(self.say("個人情報を取り扱わない", "Does not handle personal information"));
        }
        if let Some(measures) = &recipient.equivalent_measures {
            let on = words::date(measures.checked_on, self.language);
            grounds.push(self.say(
                format!("同じ水準の保護の体制（{on}に確認）"),
                format!("Arrangements of the same level (checked on {on})"),
            ));
        }
        let consent = recipient.transfer_consent.as_ref().and_then(|c| self.policy.consents.get(c));
        if let Some(consent) = consent {
            let consent = self.label(&consent.label);
            grounds.push(self.say(format!("同意（{consent}）"), format!("Consent ({consent})")));
        }
        if grounds.is_empty() {
            grounds.push(self.say("国の制度", "The country's system"));
        }
        words::join(&grounds, &self.say("、", "; "))
    }

    fn recipients(&self) -> Vec<Block> {
        let mut blocks = vec![self.paragraph(
            "情報の提供先は次のとおりです。提供した情報の管理には当社が責任をもちます。お問い合わせは当社の窓口へお寄せください。",
            "Information goes to the following recipients. We answer for the management of what we provide; please direct inquiries to our desk.",
        )];
        let head = vec![
            self.say("提供先", "Recipient"),
            self.say("立場", "Role"),
            self.say("国", "Country"),
            self.say("利用目的の番号", "No. of purpose"),
            self.say("情報", "Information"),
        ];
        let rows = self
            .policy
            .recipients_in_order()
            .into_iter()
            .map(|(_, recipient)| {
                let country = match &recipient.country {
                    Some(code) => words::country(code, self.language).to_owned(),
                    None => self.say("未確認", "Not yet confirmed"),
                };
                let items: Vec<_> = self
                    .items_for(&recipient.purposes)
                    .into_iter()
                    .filter(|(name, _)| {
                        recipient.items.is_empty() || recipient.items.contains(name)
                    })
                    .map(|(_, item)| self.label(&item.label))
                    .collect();
                let items = words::join(&items, &self.say("、", ", "));
                let or_nothing = |text: String| if text.is_empty() { self.nothing() } else { text };
                vec![
                    self.label(&recipient.label).to_owned(),
                    words::role(recipient.role, self.language).to_owned(),
                    country,
                    or_nothing(self.numbers(&recipient.purposes)),
                    or_nothing(items),
                ]
            })
            .collect();
        blocks.push(Block::Table { head, rows });
        for joint in self.recipients_of(|role| role == Role::JointUser) {
            blocks.push(self.joint_use(joint));
        }
        blocks
    }

    fn joint_use(&self, joint: &'a Recipient) -> Block {
        let label = self.label(&joint.label);
        match (&joint.joint_use, joint.purposes.is_empty()) {
            (Some(joint), false) => {
                let responsible = self.label(&joint.responsible.name);
                self.paragraph(
                    format!("{label}とは、上の表の情報を、上の表の目的のために共同で利用します。管理について責任をもつのは、{responsible}です。"),
                    format!("With {label} we jointly use the information in the table, for the purposes in the table. Responsible for its management: {responsible}."),
                )
            }
            _ => self.paragraph(
                format!("{label}との共同利用は、共同で利用する情報の項目、利用する者の範囲、利用目的、責任者をあらかじめお知らせしてから始めます。今は行っていません。"),
                format!("Joint use with {label} begins only after we have told you the items, the scope of users, their purposes and the party responsible. There is none at present."),
            ),
        }
    }

    fn consents(&self) -> Vec<Block> {
        let mut blocks = vec![self.paragraph(
            "当社がお願いする同意は次のとおりです。",
            "These are the consents we ask for.",
        )];
        let regimes: Vec<_> = self.regimes().iter().map(|regime| &regime.name).collect();
        let terms = self
            .policy
            .consents_in_order()
            .into_iter()
            .filter_map(|(name, consent)| {
                let asked = |regime: &&RegimeName| {
                    self.policy.consents_asked(regime).iter().any(|(asked, _)| *asked == name)
                };
                let asked: Vec<_> = regimes.iter().copied().filter(asked).collect();
                if asked.is_empty() {
                    return None;
                }
                let mut said = vec![
                    self.label(&consent.wording).to_owned(),
                    self.label(&consent.on_refusal).to_owned(),
                ];
                if asked.len() < regimes.len() {
                    let laws = self.either(asked.into_iter());
                    said.push(self.say(
                        format!("{laws}の法律が適用される方にだけお願いしています。"),
                        format!("We ask this only if the law of {laws} applies to you."),
                    ));
                }
                Some((self.label(&consent.label).to_owned(), said))
            })
            .collect();
        blocks.push(Block::Terms(terms));
        blocks.push(self.paragraph(
            "同意はいつでも撤回できます。撤回した後は、その同意にもとづく利用や提供をしません。",
            "You can withdraw a consent at any time. From then on we no longer use or provide anything on its strength.",
        ));
        blocks
    }

    fn retention(&self) -> Vec<Block> {
        let head = vec![self.say("情報", "Information"), self.say("保存期間", "Kept")];
        let items = self.policy.items_in_order().into_iter();
        let secrets = self.policy.secrets_in_order().into_iter();
        let mut rows: Vec<_> = items
            .map(|(_, item)| (&item.label, self.kept(item)))
            .chain(secrets.map(|(_, secret)| {
                (&secret.label, words::retention(secret.retention, self.language))
            }))
            .map(|(label, kept)| vec![self.label(label).to_owned(), kept])
            .collect();
        // The longest of them is kept for all.
        let years = self.policy.regimes.values().map(|r| r.record_keeping.years.value).max();
        if let Some(years) = years {
            rows.push(vec![
                self.say("第三者に提供した記録", "Records of provision to third parties"),
                self.say(
                    format!("記録を作った日から{}", words::days(years * 365, self.language)),
                    format!("{} after the record is made", words::days(years * 365, self.language)),
                ),
            ]);
        }
        let mut blocks = vec![
            self.paragraph(
                "情報ごとの保存期間は次のとおりです。期間が過ぎたら消去します。",
                "We keep each item as follows, and erase it when its time is over.",
            ),
            Block::Table { head, rows },
            self.paragraph(
                "法令が保存を義務づけている情報は、その期間が終わってから消去します。",
                "What the law obliges us to keep, we erase when that obligation ends.",
            ),
        ];
        if !self.policy.holds.is_empty() {
            blocks.push(self.paragraph(
                "次の情報がこれにあたります。保存しているあいだも、ほかの目的には利用しません。",
                "This is the case of the following. While we keep it, we do not use it for anything else.",
            ));
            let holds = self.policy.holds_in_order().into_iter().map(|(_, hold)| {
                let kept = Retention { from: hold.from, days: hold.days, ends_with_account: false };
                let covers = hold.items.iter().filter_map(|name| self.policy.items.get(name));
                let covers: Vec<&str> = covers.map(|item| self.label(&item.label)).collect();
                let mut said = vec![words::retention(kept, self.language)];
                if !covers.is_empty() {
                    said.insert(0, words::list(&covers, self.language));
                }
                said.push(self.label(&hold.law).to_owned());
                (self.label(&hold.label).to_owned(), said)
            });
            blocks.push(Block::Terms(holds.collect()));
        }
        blocks
    }

    /// How long an item is kept; where its purposes differ, for each.
    fn kept(&self, item: &Item) -> String {
        let rule = words::retention(item.retention, self.language);
        // Purposes that end alike are named together.
        let mut own: Vec<(Retention, Vec<String>)> = Vec::new();
        for (name, rule) in &item.retention_for {
            let Some(purpose) = self.policy.purposes.get(name) else { continue };
            let label = self.label(&purpose.label);
            let label = self.say(format!("「{label}」"), format!("“{label}”"));
            match own.iter_mut().find(|(known, _)| known == rule) {
                Some((_, labels)) => labels.push(label),
                None => own.push((*rule, vec![label])),
            }
        }
        let own = own.into_iter().map(|(rule, labels)| {
            let (labels, rule) = (self.list(&labels), words::retention(rule, self.language));
            let small = rule.strip_prefix("Until").map(|rest| format!("until{rest}"));
            let small = small.unwrap_or_else(|| rule.clone());
            self.say(format!("{labels}は{rule}"), format!("for {labels}, {small}"))
        });
        let own: Vec<String> = own.collect();
        if own.is_empty() {
            return rule;
        }
        self.say(
            format!("{rule}。ただし、{}", own.join("、")),
            format!("{rule}; {}", own.join("; ")),
        )
    }

    fn requests(&self) -> Vec<Block> {
        let mut blocks = vec![
            self.paragraph(
                "ご本人は、当社に次のことを請求できます。当社は、ご本人からの請求であることを確かめたうえで、法令にしたがって対応し、結果をお知らせします。",
                "You can request the following of us. Once we have confirmed that the request comes from you, we deal with it as the law provides and tell you the result.",
            ),
            Block::List(vec![
                self.say("利用目的の通知", "To be notified of the purposes of use"),
                self.say(
                    "お預かりしている情報と、第三者に提供した記録の開示（ない場合は、ないことをお知らせします）",
                    "Disclosure of the information we hold and of the records of provision to third parties (if there is none, we tell you so)",
                ),
                self.say("内容が事実と異なるときの訂正、追加、削除", "Correction, addition or deletion where the content is not factual"),
                self.say("利用の停止", "To stop using it"),
                self.say("第三者への提供の停止", "To stop providing it to third parties"),
                self.say("消去", "Erasure"),
            ]),
            self.paragraph(
                "請求の方法は、窓口にお問い合わせください。",
                "For the procedure, please ask our desk.",
            ),
        ];
        let home = &self.policy.controller.country;
        let abroad = self.policy.regimes.values().filter(|r| !r.transfer.home.contains(home));
        let laws = self.either(abroad.map(|regime| &regime.name));
        if !laws.is_empty() {
            blocks.push(self.paragraph(
                format!("{laws}の法律が適用される方は、お住まいの国の監督機関に苦情を申し立てることもできます。"),
                format!("If the law of {laws} applies to you, you may also complain to the supervisory authority where you live."),
            ));
        }
        blocks
    }

    fn changes(&self) -> Vec<Block> {
        let on = words::date(self.policy.version.on, self.language);
        let version = self.policy.version;
        vec![
            self.paragraph(
                "当社は、このポリシーを予告なく変更することがあります。変更したポリシーは、掲載した時から効力をもちます。ポリシーが変わったことだけを理由に、あらためて同意をお願いすることはありません。",
                "We may change this policy without prior notice. A changed policy takes effect when it is posted. We do not ask for new consent merely because the policy has changed.",
            ),
            self.paragraph(
                "ただし、同意をいただいた内容そのものが変わるときや、法令が求めるときは、お知らせして、あらためて同意をお願いします。それまでは、いただいた同意の範囲をこえて利用や提供をしません。",
                "But where what you agreed to changes in substance, or the law requires it, we tell you and ask for your consent again. Until then we neither use nor provide anything beyond the consent you gave.",
            ),
            self.paragraph(
                format!("この版（{version}）は、{on}から効力をもちます。"),
                format!("This version ({version}) is in effect from {on}."),
            ),
        ]
    }

    fn desk(&self) -> Vec<Block> {
        let controller = &self.policy.controller;
        let term = |term: String, words: &str| (term, vec![words.to_owned()]);
        vec![
            self.paragraph(
                "このポリシーについてのご意見、ご質問、お問い合わせ、苦情は、次の窓口で承ります。",
                "For opinions, questions, inquiries and complaints about this policy, please contact our desk.",
            ),
            Block::Terms(vec![
                term(self.say("窓口", "Desk"), self.label(&controller.desk.name)),
                term(self.say("メールアドレス", "E-mail address"), &controller.desk.email),
                term(self.say("事業者", "Company"), self.label(&controller.name)),
                term(self.say("所在地", "Address"), self.label(&controller.address)),
                term(self.say("代表者", "Representative"), self.label(&controller.representative)),
            ]),
        ]
    }
}
