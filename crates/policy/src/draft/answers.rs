//! A first policy from a few answers: who, where, under which laws, what is collected, who receives.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

use super::{Consent, Draft, Item, Purpose, Recipient, Secret, gap, label};
use crate::document::Label;
use crate::regime::RegimeName;

/// What may be collected: the word in answers, and what it is in both languages.
pub const MENU: [(&str, &str, &str); 11] = [
    ("name", "お名前", "Name"),
    ("email", "メールアドレス", "E-mail address"),
    ("password", "パスワード", "Password"),
    ("phone", "電話番号", "Telephone number"),
    ("address", "ご住所", "Address"),
    ("birth_date", "生年月日", "Date of birth"),
    ("language", "使用言語", "Language"),
    ("company", "会社名", "Company"),
    ("allergies", "食物アレルギー", "Food allergies"),
    ("preferences", "お好み", "Preferences"),
    ("access_log", "閲覧の履歴", "Pages viewed"),
];

/// What a processor may be asked to do: the word in answers, and what it is in both languages.
pub const WORK: [(&str, &str, &str); 5] = [
    ("mail", "メールの配信", "Sending e-mail"),
    ("support", "お問い合わせ対応", "Customer support"),
    ("payment", "決済の処理", "Payment processing"),
    ("hosting", "システムの運用", "Running the system"),
    ("backup", "暗号化した控えの保管", "Keeping encrypted copies"),
];

/// The answers, as a file holds them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answers {
    /// Who publishes the policy.
    pub name: Label,
    /// What it offers.
    pub service: Label,
    /// Where it is at home, ISO 3166-1 alpha-2.
    pub country: String,
    /// Where people write to.
    pub email: String,
    /// Whose laws apply: `jp`, `eu`, `uk`.
    pub regimes: Vec<RegimeName>,
    /// What is collected: words of [`MENU`].
    pub collect: Vec<String>,
    /// What the shops or partners are called that receive information when a person books with
    /// them; left out when there are none.
    #[serde(default)]
    pub partners: Option<Label>,
    /// Whether offers are sent.
    pub marketing: bool,
    /// Companies that work for this one.
    #[serde(default)]
    pub processors: Vec<Processor>,
}

/// A company that works for the one that publishes the policy.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Processor {
    /// What it is called.
    pub name: Label,
    /// A word of [`WORK`].
    pub does: String,
    /// Where it is, ISO 3166-1 alpha-2.
    pub country: String,
}

/// An answer that cannot be used: which, and the way out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{answer}` {wrong}")]
pub struct BadAnswer {
    /// Which answer.
    pub answer: String,
    /// What is wrong with it, and what to write instead.
    pub wrong: String,
}

fn bad(answer: impl Into<String>, wrong: impl Into<String>) -> BadAnswer {
    BadAnswer { answer: answer.into(), wrong: wrong.into() }
}

fn words_of(menu: &[(&str, &str, &str)]) -> String {
    menu.iter().map(|(word, _, _)| *word).collect::<Vec<_>>().join(", ")
}

fn is_country(code: &str) -> bool {
    code.len() == 2 && code.chars().all(|c| c.is_ascii_uppercase())
}

/// The files of a first policy that takes effect on a day.
///
/// # Errors
/// The first answer that cannot be used.
pub fn files(answers: &Answers, today: Date) -> Result<BTreeMap<String, String>, BadAnswer> {
    answers.check()?;
    Ok(answers.draft(today).files())
}

impl Answers {
    fn check(&self) -> Result<(), BadAnswer> {
        for (answer, label) in [("name", &self.name), ("service", &self.service)]
            .into_iter()
            .chain(self.partners.iter().map(|label| ("partners", label)))
            .chain(self.processors.iter().map(|processor| ("processors", &processor.name)))
        {
            if label.ja.trim().is_empty() || label.en.trim().is_empty() {
                return Err(bad(answer, "is empty in one language; write both ja and en"));
            }
        }
        let countries = self.processors.iter().map(|p| ("processors", &p.country));
        for (answer, code) in [("country", &self.country)].into_iter().chain(countries) {
            if !is_country(code) {
                let wrong = format!("says `{code}`; use two capital letters, such as JP");
                return Err(bad(answer, wrong));
            }
        }
        if crate::normal::email(&self.email).is_none() {
            return Err(bad("email", "is not an e-mail address"));
        }
        if self.regimes.is_empty()
            || !self.regimes.iter().all(|r| matches!(r.as_str(), "jp" | "eu" | "uk"))
        {
            return Err(bad("regimes", "are not of jp, eu, uk; name at least one"));
        }
        let all_once =
            |words: &[&str]| words.iter().enumerate().all(|(at, word)| !words[..at].contains(word));
        let regimes: Vec<&str> = self.regimes.iter().map(RegimeName::as_str).collect();
        if !all_once(&regimes) {
            return Err(bad("regimes", "name one twice"));
        }
        let collect: Vec<&str> = self.collect.iter().map(String::as_str).collect();
        let known = |word: &&str| MENU.iter().any(|(menu, _, _)| menu == word);
        if collect.is_empty() || !collect.iter().all(known) || !all_once(&collect) {
            let wrong = format!("is a list of {}, each once", words_of(&MENU));
            return Err(bad("collect", wrong));
        }
        if collect.contains(&"password") && !collect.contains(&"email") {
            return Err(bad("collect", "has a password and no email to sign in by; add email"));
        }
        for processor in &self.processors {
            if !WORK.iter().any(|(word, _, _)| *word == processor.does) {
                let wrong = format!("do one of {}", words_of(&WORK));
                return Err(bad("processors", wrong));
            }
        }
        Ok(())
    }

    fn collects(&self, word: &str) -> bool {
        self.collect.iter().any(|one| one == word)
    }

    fn has_work(&self, word: &str) -> bool {
        self.processors.iter().any(|processor| processor.does == word)
    }

    /// A basis under every law: Japan's, and that of Europe.
    fn basis(&self, jp: &str, europe: &str) -> Vec<(RegimeName, String)> {
        let by = |regime: &RegimeName| if regime.as_str() == "jp" { jp } else { europe };
        self.regimes.iter().map(|regime| (regime.clone(), by(regime).to_owned())).collect()
    }

    fn draft(&self, today: Date) -> Draft {
        let purposes = self.purposes();
        let there: Vec<&str> = purposes.iter().map(|purpose| purpose.key.as_str()).collect();
        let items = self.items(&there);
        let secrets = self.collects("password").then(|| Secret {
            key: "password",
            label: label("パスワード", "Password"),
            keeps: "password",
            purposes: vec!["service".to_owned()],
        });
        let card = self.has_work("payment").then(|| Secret {
            key: "credit_card",
            label: label("クレジットカード情報", "Credit card information"),
            keeps: "card_token",
            purposes: vec!["billing".to_owned()],
        });
        Draft {
            from: "answers to `azukari policy init`",
            version: today,
            regimes: self.regimes.clone(),
            name: self.name.clone(),
            address: gap("住所", "address"),
            representative: gap("代表者の肩書と氏名", "title and name of the representative"),
            service: self.service.clone(),
            country: self.country.clone(),
            email: self.email.clone(),
            recipients: self.recipients(&items),
            items,
            secrets: secrets.into_iter().chain(card).collect(),
            purposes,
            consents: self.consents(),
        }
    }

    fn purposes(&self) -> Vec<Purpose> {
        let purpose = |key: &str, label: Label, dpv: &str, fides: &str| Purpose {
            key: key.to_owned(),
            label,
            dpv: Some(dpv.to_owned()),
            fides: Some(fides.to_owned()),
            tier: "service",
            own_use: true,
            needs_engagement: false,
            basis: self.basis("notice", "contract"),
        };
        let mut purposes = vec![
            purpose(
                "service",
                label("サービスの提供・維持・改善", "To provide, maintain and improve the service"),
                "dpv:ServiceProvision",
                "essential.service.operations",
            ),
            purpose(
                "support",
                label(
                    "お問い合わせへの回答と大切なお知らせ",
                    "To answer inquiries and send important notices",
                ),
                "dpv:CustomerCare",
                "essential.service.operations.support",
            ),
        ];
        if self.has_work("payment") {
            purposes.push(purpose(
                "billing",
                label("利用料金の請求", "To charge fees"),
                "dpv:PaymentManagement",
                "essential.service.payment_processing",
            ));
        }
        if self.partners.is_some() {
            purposes.push(Purpose {
                own_use: false,
                needs_engagement: true,
                basis: self.basis("consent:partner_disclosure", "contract"),
                ..purpose(
                    "visit",
                    label(
                        "ご予約先での準備とお迎え",
                        "For the place you book to prepare and receive you",
                    ),
                    "dpv:RequestedServiceProvision",
                    "essential.service",
                )
            });
        }
        if self.has_work("backup") {
            purposes.push(Purpose {
                basis: self.basis("notice", "legitimate_interest"),
                ..purpose(
                    "safekeeping",
                    label(
                        "情報を失わないための控えの保管",
                        "To keep copies so that nothing is lost",
                    ),
                    "dpv:EnforceSecurity",
                    "essential.service.security",
                )
            });
        }
        if self.marketing {
            purposes.push(Purpose {
                tier: "other",
                basis: self.basis("consent:marketing", "consent:marketing"),
                ..purpose(
                    "marketing",
                    label("お得な情報のお知らせ", "To send you offers"),
                    "dpv:DirectMarketing",
                    "marketing.communications",
                )
            });
        }
        if self.collects("access_log") {
            purposes.push(Purpose {
                tier: "other",
                basis: self.basis("notice", "legitimate_interest"),
                ..purpose(
                    "statistics",
                    label(
                        "個人を特定できない形での統計の作成",
                        "To make statistics that identify no one",
                    ),
                    "dpv:ServiceUsageAnalytics",
                    "analytics.reporting",
                )
            });
        }
        purposes
    }

    fn items(&self, purposes: &[&str]) -> Vec<Item> {
        let wanted = MENU.iter().filter(|(word, _, _)| *word != "password" && self.collects(word));
        wanted
            .map(|(word, ja, en)| {
                let form = Form::of(word);
                Item {
                    key: (*word).to_owned(),
                    label: label(*ja, *en),
                    dpv: Some(form.dpv.to_owned()),
                    fides: Some(form.fides.to_owned()),
                    kind: form.kind.to_owned(),
                    special_care: (*word == "allergies").then(|| "allergy_care".to_owned()),
                    purposes: form
                        .purposes
                        .iter()
                        .filter(|purpose| purposes.contains(purpose))
                        .map(|purpose| (*purpose).to_owned())
                        .collect(),
                    // Without bookings there is no last one to count from.
                    kept: Some(match form.kept {
                        ("engagement_end", _) if self.partners.is_none() => ("account_end", 30),
                        kept => kept,
                    }),
                    more: form.more,
                }
            })
            .collect()
    }

    fn recipients(&self, items: &[Item]) -> Vec<Recipient> {
        let mut recipients: Vec<Recipient> = self
            .partners
            .iter()
            .map(|label| Recipient {
                key: "partner".to_owned(),
                label: label.clone(),
                role: "store",
                many: true,
                country: Some(self.country.clone()),
                handles_personal_data: true,
                purposes: vec!["visit".to_owned()],
                items: Vec::new(),
                legal: None,
            })
            .collect();
        let mut taken = Vec::new();
        for processor in &self.processors {
            let purposes: &[&str] = match (processor.does.as_str(), self.marketing) {
                ("mail", true) => &["support", "marketing"],
                ("payment", _) => &["billing"],
                ("hosting", _) => &["service"],
                ("backup", _) => &["safekeeping"],
                _ => &["support"],
            };
            let may_have: &[&str] = match processor.does.as_str() {
                "mail" => &["name", "email", "language"],
                "payment" => &["name", "email"],
                "backup" | "hosting" => &[],
                _ => &["name", "email", "phone", "language"],
            };
            let there = |word: &&&str| {
                items.iter().any(|item| {
                    item.key == ***word
                        && purposes.iter().any(|p| item.purposes.iter().any(|q| q == p))
                })
            };
            let listed: Vec<String> =
                may_have.iter().filter(there).map(|word| (*word).to_owned()).collect();
            // A list of nothing would mean everything.
            let purposes = if listed.is_empty() && !may_have.is_empty() { &[] } else { purposes };
            recipients.push(Recipient {
                key: super::key(&format!("{}_processor", processor.does), &mut taken),
                label: processor.name.clone(),
                role: "processor",
                many: false,
                country: Some(processor.country.clone()),
                handles_personal_data: processor.does != "backup",
                purposes: purposes.iter().map(|purpose| (*purpose).to_owned()).collect(),
                items: listed,
                legal: None,
            });
        }
        recipients
    }

    fn consents(&self) -> Vec<Consent> {
        let mut consents = Vec::new();
        let jp: Vec<RegimeName> =
            self.regimes.iter().filter(|regime| regime.as_str() == "jp").cloned().collect();
        if let (Some(_), false) = (&self.partners, jp.is_empty()) {
            let names = |ja: bool| {
                let shared = MENU.iter().filter(|(word, _, _)| {
                    self.collects(word)
                        && *word != "allergies"
                        && Form::of(word).purposes.contains(&"visit")
                });
                let names: Vec<&str> =
                    shared.map(|(_, in_ja, in_en)| if ja { *in_ja } else { *in_en }).collect();
                if ja { names.join("、") } else { names.join(", ").to_lowercase() }
            };
            let separately = if self.collects("allergies") {
                (
                    "食物アレルギーは、別に同意した場合だけ伝わります。",
                    " Food allergies only if I agree to that separately.",
                )
            } else {
                ("", "")
            };
            consents.push(Consent {
                key: "partner_disclosure".to_owned(),
                label: label("ご予約先への情報の提供", "Sharing with the place you book"),
                wording: label(
                    format!(
                        "予約する先に、準備に必要な情報（{}）が伝わることに同意します。{}",
                        names(true),
                        separately.0
                    ),
                    format!(
                        "I agree that the place I book receives what it needs to prepare ({}).{}",
                        names(false),
                        separately.1
                    ),
                ),
                on_refusal: label(
                    "同意しない場合、このサービスは利用できません。",
                    "If you do not agree, you cannot use the service.",
                ),
                condition: jp,
            });
        }
        if self.collects("allergies") {
            consents.push(Consent {
                key: "allergy_care".to_owned(),
                label: label("食物アレルギーの取り扱い", "Handling of your food allergies"),
                wording: label(
                    "食物アレルギーの情報を預け、利用目的に書かれた範囲で使われることに同意します。",
                    "I agree that information about my food allergies is kept, and used for the purposes stated in the policy.",
                ),
                on_refusal: label("同意しなくても、サービスはそのまま利用できます。", "You can use the service all the same."),
                condition: Vec::new(),
            });
        }
        if self.marketing {
            consents.push(Consent {
                key: "marketing".to_owned(),
                label: label("お得な情報のお知らせ", "Offers"),
                wording: label(
                    "私の情報を使って、お得な情報のお知らせが届くことに同意します。いつでも止められます。",
                    "I agree that my information is used to send me offers. I can stop this at any time.",
                ),
                on_refusal: label("同意しなくても、サービスはそのまま利用できます。お知らせは届きません。", "You can use the service all the same. No offers are sent."),
                condition: Vec::new(),
            });
        }
        consents
    }
}

/// How an item of the menu is held.
struct Form {
    kind: &'static str,
    dpv: &'static str,
    fides: &'static str,
    purposes: &'static [&'static str],
    kept: (&'static str, u32),
    more: &'static str,
}

impl Form {
    fn of(word: &str) -> Self {
        let form = |kind, dpv, fides, purposes, kept, more| Self {
            kind,
            dpv,
            fides,
            purposes,
            kept,
            more,
        };
        let text = "kind = \"text\"\nmax_chars = 100";
        let after = ("account_end", 30);
        match word {
            "name" => form(
                text,
                "pd:Name",
                "user.name",
                &["service", "support", "billing", "visit", "marketing", "safekeeping"],
                after,
                "required = true\n",
            ),
            "email" => form(
                "kind = \"email\"",
                "pd:EmailAddress",
                "user.contact.email",
                &["service", "support", "billing", "marketing", "safekeeping"],
                after,
                "lookup = true\nunique = true\nrequired = true\n",
            ),
            "phone" => form(
                "kind = \"phone\"",
                "pd:TelephoneNumber",
                "user.contact.phone_number",
                &["service", "support", "visit"],
                after,
                "lookup = true\n",
            ),
            "address" => form(
                "kind = \"text\"\nmax_chars = 300\nmultiline = true",
                "pd:PhysicalAddress",
                "user.contact.address",
                &["service", "billing"],
                after,
                "",
            ),
            "birth_date" => form(
                "kind = \"birth_date\"",
                "pd:BirthDate",
                "user.demographic.date_of_birth",
                &["service"],
                ("account_end", 0),
                "",
            ),
            "language" => form(
                "kind = \"language\"",
                "pd:Language",
                "user.demographic.language",
                &["service", "support", "visit", "marketing"],
                after,
                "",
            ),
            "company" => form(
                text,
                "pd:CurrentEmployment",
                "user.workplace",
                &["service", "billing", "visit"],
                after,
                "",
            ),
            "allergies" => form(
                "kind = \"text\"\nmax_chars = 200\nmultiline = true",
                "pd:MedicalHealth",
                "user.health_and_medical",
                &["service", "visit"],
                ("engagement_end", 365),
                "",
            ),
            "preferences" => form(
                "kind = \"text\"\nmax_chars = 200",
                "pd:Preference",
                "user.demographic.profile",
                &["service", "visit", "marketing"],
                ("engagement_end", 730),
                "",
            ),
            _ => form(
                "source = \"device\"\nlinked = \"nobody\" # kept apart from any person\nkind = \"text\"\nmax_chars = 2000",
                "pd:BrowsingBehaviour",
                "user.behavior.browsing_history",
                &["statistics"],
                ("last_put", 180),
                "",
            ),
        }
    }
}
