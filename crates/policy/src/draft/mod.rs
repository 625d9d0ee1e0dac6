//! A first policy, as the texts of its files: written from a few answers (`answers.rs`) or from a
//! fideslang manifest (`fides.rs`). What cannot be known is a marked gap, which `policy check` names.
//! Pure: the day is told, and nothing is put on a disk here.

pub mod answers;
pub mod fides;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::civil::Date;

use crate::document::{Label, Language};
use crate::regime::{self, RegimeName};

/// The mark of what is still to be filled in.
pub fn mark(language: Language) -> &'static str {
    match language {
        Language::Ja => "【要記入】",
        Language::En => "[To fill in]",
    }
}

/// An e-mail address that is nobody's, where one has to be filled in.
pub const NO_EMAIL: &str = "to-fill-in@policy.invalid";

/// Words in both languages.
fn label(ja: impl Into<String>, en: impl Into<String>) -> Label {
    Label { ja: ja.into(), en: en.into() }
}

/// A gap, with a hint of what belongs there.
fn gap(ja: &str, en: &str) -> Label {
    label(format!("{}{ja}", mark(Language::Ja)), format!("{} {en}", mark(Language::En)))
}

/// A policy on its way to becoming files.
struct Draft {
    /// Where it was drawn from, for the first comment.
    from: &'static str,
    version: Date,
    regimes: Vec<RegimeName>,
    name: Label,
    address: Label,
    representative: Label,
    service: Label,
    country: String,
    email: String,
    items: Vec<Item>,
    secrets: Vec<Secret>,
    purposes: Vec<Purpose>,
    recipients: Vec<Recipient>,
    consents: Vec<Consent>,
}

struct Item {
    key: String,
    label: Label,
    dpv: Option<String>,
    fides: Option<String>,
    /// The lines that say what form it has.
    kind: String,
    special_care: Option<String>,
    purposes: Vec<String>,
    /// `from` and days; `None` for a gap.
    kept: Option<(&'static str, u32)>,
    /// Further lines, such as `required = true`.
    more: &'static str,
}

struct Secret {
    key: &'static str,
    label: Label,
    keeps: &'static str,
    purposes: Vec<String>,
}

struct Purpose {
    key: String,
    label: Label,
    dpv: Option<String>,
    fides: Option<String>,
    tier: &'static str,
    own_use: bool,
    needs_engagement: bool,
    basis: Vec<(RegimeName, String)>,
}

struct Recipient {
    key: String,
    label: Label,
    role: &'static str,
    many: bool,
    country: Option<String>,
    handles_personal_data: bool,
    purposes: Vec<String>,
    items: Vec<String>,
    legal: Option<(String, String)>,
}

struct Consent {
    key: String,
    label: Label,
    wording: Label,
    on_refusal: Label,
    condition: Vec<RegimeName>,
}

/// A text as TOML writes it.
fn text(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn words(label: &Label) -> String {
    format!("{{ ja = {}, en = {} }}", text(&label.ja), text(&label.en))
}

fn list<T: AsRef<str>>(texts: &[T]) -> String {
    let texts: Vec<String> = texts.iter().map(|one| text(one.as_ref())).collect();
    format!("[{}]", texts.join(", "))
}

fn terms(dpv: Option<&String>, fides: Option<&String>) -> String {
    let parts: Vec<String> = [("dpv", dpv), ("fides", fides)]
        .into_iter()
        .filter_map(|(key, term)| Some(format!("{key} = {}", text(term?))))
        .collect();
    if parts.is_empty() { String::new() } else { format!("terms = {{ {} }}\n", parts.join(", ")) }
}

/// A name for a table, from any text; unlike those that are taken.
fn key(from: &str, taken: &mut Vec<String>) -> String {
    let mut key = String::new();
    for c in from.chars() {
        let c = c.to_ascii_lowercase();
        if c.is_ascii_alphanumeric() {
            key.push(c);
        } else if !key.is_empty() && !key.ends_with('_') {
            key.push('_');
        }
    }
    key.truncate(60);
    let key = key.trim_end_matches('_');
    let key = if key.is_empty() { "unnamed" } else { key };
    let mut found = key.to_owned();
    let mut n = 2;
    while taken.contains(&found) {
        found = format!("{key}_{n}");
        n += 1;
    }
    taken.push(found.clone());
    found
}

impl Draft {
    /// The files by name.
    fn files(&self) -> BTreeMap<String, String> {
        let mut files: BTreeMap<String, String> = [
            ("controller.toml", self.controller()),
            ("items.toml", self.items()),
            ("secrets.toml", self.secrets()),
            ("purposes.toml", self.purposes()),
            ("recipients.toml", self.recipients()),
            ("consents.toml", self.consents()),
            ("requests.toml", self.requests()),
            ("safety.toml", safety()),
            ("tools.toml", TOOLS.to_owned()),
            ("cookies.toml", COOKIES.to_owned()),
        ]
        .map(|(name, text)| (name.to_owned(), text))
        .into();
        let countries = self.countries();
        if !countries.is_empty() {
            files.insert("countries.toml".to_owned(), countries);
        }
        files
    }

    fn regime_words(&self) -> Vec<&str> {
        self.regimes.iter().map(RegimeName::as_str).collect()
    }

    fn controller(&self) -> String {
        let mut file = format!(
            "# Who publishes this policy, in which languages, and under which laws.\n\
             # Drawn up from {}. Texts with the mark {} or {} are gaps:\n\
             # `azukari policy check` names each one until what is true stands in its place.\n\n\
             version = \"{}\" # the day it takes effect; change it with every change of the policy\n\
             languages = [\"ja\", \"en\"]\n\
             regimes = {} # whose laws apply: jp, eu, uk\n\n\
             # The exceptions to consent that the policy claims; each case still has to be approved.\n\
             exceptions = [\"law\", \"life_body_property\", \"public_body\", \"entrustment\", \"succession\"]\n\n\
             [controller]\n\
             name = {}\n\
             address = {}\n\
             representative = {}\n\
             service = {}\n\
             country = {} # ISO 3166-1\n\
             # Who answers for information within the company, by office rather than by name.\n\
             information_manager = {}\n\n\
             [controller.desk] # where people write to\n\
             name = {}\n\
             email = {}\n",
            self.from,
            mark(Language::Ja),
            mark(Language::En),
            self.version,
            list(&self.regime_words()),
            words(&self.name),
            words(&self.address),
            words(&self.representative),
            words(&self.service),
            text(&self.country),
            words(&label("情報管理責任者", "Information Manager")),
            words(&label("お問い合わせ窓口", "Inquiry desk")),
            text(&self.email),
        );
        let abroad: Vec<&RegimeName> = self.away();
        if !abroad.is_empty() {
            file.push_str(
                "\n# GDPR 27 and its counterpart in the United Kingdom: who represents a company that\n\
                 # is at home elsewhere.\n[controller.representatives]\n",
            );
            for regime in abroad {
                let _ = writeln!(
                    file,
                    "{regime} = {}",
                    words(&gap("代理人の名称と住所", "name and address of the representative"))
                );
            }
        }
        file
    }

    /// The European regimes in which the company is not at home.
    fn away(&self) -> Vec<&RegimeName> {
        let known = regime::built_in().unwrap_or_default();
        self.regimes
            .iter()
            .filter(|name| name.as_str() != "jp")
            .filter(|name| {
                known.get(*name).is_some_and(|r| !r.transfer.home.contains(&self.country))
            })
            .collect()
    }

    fn items(&self) -> String {
        let mut file = String::from(
            "# Every item that may be held, and nothing else. People read it in this order.\n\
             #\n\
             # kind: text (with max_chars), email, phone, birth_date, language, choice (with choices).\n\
             # sensitivity: special_care needs a `consent` of its own.\n\
             # purposes: what it may be used for; each stands in purposes.toml.\n\
             # retention: how long it is kept, from last_put, account_end or engagement_end.\n",
        );
        for item in &self.items {
            let kept = match item.kept {
                Some((from, days)) => {
                    format!("retention = {{ from = \"{from}\", days = {days} }}\n")
                }
                None => format!(
                    "# {} how long it is kept\nretention = {{ from = \"account_end\", days = 30 }}\n",
                    mark(Language::En)
                ),
            };
            let care = match &item.special_care {
                Some(consent) => {
                    format!("sensitivity = \"special_care\"\nconsent = {}\n", text(consent))
                }
                None => "sensitivity = \"ordinary\"\n".to_owned(),
            };
            let _ = write!(
                file,
                "\n[{}]\nlabel = {}\narticle = \"1\"\n{}{}\n{care}purposes = {}\n{kept}{}",
                item.key,
                words(&item.label),
                terms(item.dpv.as_ref(), item.fides.as_ref()),
                item.kind,
                list(&item.purposes),
                item.more,
            );
        }
        file
    }

    fn secrets(&self) -> String {
        let mut file = String::from(
            "# What is held to check against and never leaves: passwords and cards. They are no items,\n\
             # so nobody can ask for them.\n",
        );
        for secret in &self.secrets {
            let _ = write!(
                file,
                "\n[{}]\nlabel = {}\narticle = \"1\"\nkeeps = \"{}\"\npurposes = {}\n\
                 retention = {{ from = \"account_end\", days = 0 }}\n",
                secret.key,
                words(&secret.label),
                secret.keeps,
                list(&secret.purposes),
            );
        }
        file
    }

    fn purposes(&self) -> String {
        let mut file = String::from(
            "# What information may be used for. A use that is not here is refused.\n\
             #\n\
             # own_use: the company itself may use it for this.\n\
             # basis: what it rests on under each law: notice, contract, legitimate_interest,\n\
             # legal_obligation or consent:NAME. A law without a basis allows nothing.\n",
        );
        for purpose in &self.purposes {
            let basis: Vec<String> = purpose
                .basis
                .iter()
                .map(|(regime, basis)| format!("{regime} = {}", text(basis)))
                .collect();
            let mut more = String::new();
            if purpose.own_use {
                more.push_str("own_use = true\n");
            }
            if purpose.needs_engagement {
                more.push_str(
                    "# Only while something binds the person to the recipient, such as a booking,\n\
                     # and for so many hours after it ends.\n\
                     needs_engagement = true\nafter_end_hours = 3\n",
                );
            }
            let _ = write!(
                file,
                "\n[{}]\nlabel = {}\narticle = \"2\"\n{}tier = \"{}\"\n{more}basis = {{ {} }}\n",
                purpose.key,
                words(&purpose.label),
                terms(purpose.dpv.as_ref(), purpose.fides.as_ref()),
                purpose.tier,
                basis.join(", "),
            );
        }
        file
    }

    fn recipients(&self) -> String {
        let mut file = String::from(
            "# Where information may go, and nowhere else.\n\
             #\n\
             # role: processor (works for the company), store (where the person books), third_party,\n\
             # joint_user, group_parent, authority. Without `country` nothing goes there.\n\
             # legal: who it is in law; every record of a provision says it.\n\
             # Abroad, outside the designated countries, a route has to be opened: the day on which\n\
             # equivalent measures were checked, or a consent that names the country:\n\
             #   [NAME.equivalent_measures]\n\
             #   checked_on = \"2026-10-01\"\n\
             #   evidence = \"the contract's file name or number\"\n\
             # or  transfer_consent = \"…\"\n",
        );
        for to in &self.recipients {
            let _ = write!(
                file,
                "\n[{}]\nlabel = {}\narticle = \"3\"\nrole = \"{}\"\n",
                to.key,
                words(&to.label),
                to.role
            );
            if to.many {
                file.push_str("many = true # each one is registered while the service runs\n");
            }
            match &to.country {
                Some(country) => {
                    let _ = writeln!(file, "country = {}", text(country));
                }
                None => {
                    let _ = writeln!(file, "# {} country = \"JP\"", mark(Language::En));
                }
            }
            if !to.handles_personal_data {
                file.push_str(
                    "# Contract and technique keep it from the data.\nhandles_personal_data = false\n",
                );
            }
            let _ = writeln!(file, "purposes = {}", list(&to.purposes));
            if !to.items.is_empty() {
                let _ = writeln!(file, "items = {}", list(&to.items));
            }
            if to.country.is_some() && !to.many && to.handles_personal_data {
                let gap = gap("登記のとおり", "as registered");
                let (name, address) =
                    to.legal.clone().unwrap_or_else(|| (gap.ja.clone(), gap.ja.clone()));
                let _ = writeln!(
                    file,
                    "legal = {{ name = {}, address = {}, representative = {} }}",
                    text(&name),
                    text(&address),
                    text(&gap.ja)
                );
            }
        }
        file
    }

    fn consents(&self) -> String {
        let mut file = String::from(
            "# What people are asked, in the words they agree to, and what refusing means. A change of\n\
             # substance moves `since` on, and people are asked again.\n",
        );
        for consent in &self.consents {
            let condition: Vec<&str> = consent.condition.iter().map(RegimeName::as_str).collect();
            let condition = if condition.is_empty() {
                String::new()
            } else {
                format!(
                    "# Without it the service cannot be used, where that may be asked.\n\
                     condition_of_service = {}\n",
                    list(&condition)
                )
            };
            let _ = write!(
                file,
                "\n[{}]\nlabel = {}\nwording = {}\non_refusal = {}\n{condition}since = \"{}\"\n\
                 article = \"3\"\n",
                consent.key,
                words(&consent.label),
                words(&consent.wording),
                words(&consent.on_refusal),
                self.version,
            );
        }
        file
    }

    fn requests(&self) -> String {
        let told: Vec<String> =
            self.regimes.iter().map(|regime| format!("{regime} = \"full\"")).collect();
        format!(
            "# What people may ask for and how. Free of charge, and the grounds for refusing are a\n\
             # closed list.\n\n\
             article = \"4\"\n\
             procedure = {}\n\
             identity = {}\n\
             agents = {}\n\
             alternative_measures = [\"masking\", \"access_freeze\", \"block_from_use\"]\n\n\
             [refusals]\n\
             purpose_notice = [\"purpose_already_clear\", \"harm_to_rights\", \"harm_to_controller\", \"hinders_state_business\"]\n\
             disclosure = [\"harm_to_rights\", \"serious_hindrance\", \"violates_other_law\"]\n\
             correction = [\"content_is_factual\"]\n\
             stop = [\"no_ground\"]\n\
             procedural = [\"identity_not_confirmed\", \"agency_not_confirmed\", \"form_incomplete\", \"not_retained_data\"]\n\n\
             # How far reasons are told when something is refused: none, summary or full.\n\
             [reasons_told]\n{}\n",
            words(&label(
                "窓口に、請求の内容をお書きのうえお申し込みください。",
                "Write to our desk, saying what you ask for.",
            )),
            words(&label(
                "登録されたメールアドレスへの確認番号でご本人を確かめます。",
                "We confirm that it is you by a code sent to your registered e-mail address.",
            )),
            words(&label(
                "代理人は、資格や委任を示す書類と、ご自身の確認書類が必要です。",
                "An agent shows their capacity or your delegation, and proves their own identity.",
            )),
            told.join("\n"),
        )
    }

    /// A profile to fill in for each country outside the designated ones.
    fn countries(&self) -> String {
        let known = regime::built_in().unwrap_or_default();
        let mut file = String::new();
        let mut told: Vec<&str> = Vec::new();
        for country in self.recipients.iter().filter_map(|to| to.country.as_deref()) {
            let needs_telling = self.regimes.iter().filter_map(|name| known.get(name)).any(|r| {
                !r.transfer.home.contains(country) && !r.transfer.designated.contains(country)
            });
            if !needs_telling || told.contains(&country) {
                continue;
            }
            told.push(country);
            let name = label(
                crate::words::country(country, Language::Ja),
                crate::words::country(country, Language::En),
            );
            let _ = write!(
                file,
                "\n[{country}]\nlabel = {}\nsystem = {}\n\
                 general_law = false # {} whether there is a general law\n\
                 surveyed_on = \"{}\"\n\
                 source = \"https://www.ppc.go.jp/personalinfo/legal/kaiseihogohou/\"\n",
                words(&name),
                words(&gap(
                    "その国の個人情報保護の制度",
                    "the country's system for protecting personal information"
                )),
                mark(Language::En),
                self.version,
            );
        }
        if file.is_empty() {
            return file;
        }
        format!(
            "# What is told of other countries before information goes there: their systems for\n\
             # protecting personal information, as a survey found them on a day.\n{file}"
        )
    }
}

fn safety() -> String {
    let mut file = String::from(
        "# The safety measures that are published. What the software does is told as it does it; what\n\
         # people do is for you to say.\n",
    );
    let known = [
        (
            "basic_policy",
            label(
                "利用者情報の取り扱いについての基本方針として、このポリシーを定めています。",
                "This policy is our basic policy on handling your information.",
            ),
        ),
        (
            "rules",
            label(
                "このポリシーの定めがそのままシステムの規則として働きます。定めのない利用や提供は拒まれます。",
                "What this policy says works as the system's own rules. What it does not say is refused.",
            ),
        ),
        ("organisational", gap("組織としての措置", "what the organisation does")),
        ("human", gap("従業者の研修と監督", "training and supervision of staff")),
        (
            "physical",
            gap("機器や書類のある場所の管理", "control of places with machines or papers"),
        ),
        (
            "technical",
            label(
                "お預かりした情報はお一人ずつ別の鍵で暗号化し、利用目的と提供先を確かめる関門を通った場合だけ取り出せます。",
                "Your information is encrypted under a key of your own, and is reached only through a gate that checks the purpose and the recipient.",
            ),
        ),
        (
            "external_environment",
            gap("外国の制度の把握", "how you know the systems of other countries"),
        ),
    ];
    for (kind, label) in known {
        let _ = write!(file, "\n[[measure]]\nkind = \"{kind}\"\nlabel = {}\n", words(&label));
    }
    file
}

const TOOLS: &str = "\
# The tools that pages and letters bring along, such as access statistics: nothing else is let
# through. None is used so far. For example:
#
#   [statistics]
#   label = { ja = \"アクセス解析\", en = \"Access statistics\" }
#   article = \"5\"
#   provider = { ja = \"提供元の会社\", en = \"The provider\" }
#   means = \"tag\"
#   information = { ja = \"ご覧になったページのURL\", en = \"URLs of the pages viewed\" }
#   purpose = { ja = \"サイトの改善\", en = \"Improving the site\" }
#   hosts = [\"statistics.example.com\"]
";

const COOKIES: &str = "\
# Every cookie that the service's pages set, and no other. For example:
#
#   [session]
#   label = { ja = \"ログインしていること\", en = \"That you are signed in\" }
#   article = \"5\"
#   party = \"first\"
#   hours = 24
#   needed = true
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_names_and_unlike_each_other() {
        let mut taken = Vec::new();
        assert_eq!(key("First Name!", &mut taken), "first_name");
        assert_eq!(key("first-name", &mut taken), "first_name_2");
        assert_eq!(key("氏名", &mut taken), "unnamed");
        assert_eq!(key(&"x".repeat(99), &mut taken).len(), 60);
        assert_eq!(key(&"x".repeat(98), &mut taken).len(), 62, "a long one is told apart, too");
    }

    #[test]
    fn a_text_stays_one_whatever_is_in_it() {
        for wild in ["a\"b", "a\nb = 1", "]]\\", "'''", "見本"] {
            let file = format!("a = {}", text(wild));
            let read: BTreeMap<String, String> = toml::from_str(&file).unwrap();
            assert_eq!(read["a"], wild);
        }
    }
}
