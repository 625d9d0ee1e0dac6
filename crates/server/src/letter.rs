//! Letters to people: every kind of letter with its words in each language, and the purpose under
//! which her address may be used for it. Knows neither addresses nor how letters travel.

use jiff::Timestamp;
use policy::Version;
use policy::purpose::{Basis, Purpose, Tier};
use policy::request::{Progress, State, Step};
use policy::{ConsentName, ConsentState, Document, ItemName, Language, PurposeName, RegimeName};
use serde::{Deserialize, Serialize};

use crate::words;

/// A letter, by what it tells. It is written when it is delivered, in the words of that day's policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "letter", rename_all = "snake_case")]
pub enum Letter {
    /// A consent was given or withdrawn.
    ConsentChanged {
        /// Which.
        consent: ConsentName,
        /// Its new state.
        state: ConsentState,
        /// Since when.
        at: Timestamp,
        /// The policy version that she was shown.
        notice: Version,
        /// The record of it, as her page names it.
        record: String,
        /// The language that she answered in.
        language: Language,
    },
    /// A version of the policy took effect.
    PolicyChanged {
        /// Which.
        version: Version,
        /// The language that she last answered in.
        language: Language,
    },
}

/// A letter about a request (S30, R8.2), by what it tells; what it says comes from the request as it
/// stands when the letter is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "letter", rename_all = "snake_case")]
pub enum RequestLetter {
    /// It came in; here is the receipt number.
    Received {},
    /// A one-time code.
    Code {
        /// Six digits.
        code: String,
    },
    /// The fee, with an invoice.
    Fee {},
    /// The fee was paid; here is the receipt 領収書.
    FeePaid {},
    /// The answer takes longer (GDPR 12(3)).
    Extended {
        /// Why.
        reason: String,
    },
    /// The answer, or the way to it.
    Answer {
        /// The token of the link to it, where there is something to fetch.
        token: Option<String>,
    },
    /// It was not shown who asks.
    Unverified {},
    /// It was taken back.
    Withdrawn {},
    /// The fee was given back.
    Refunded {},
}

impl RequestLetter {
    /// The letter that a step brings; the answer is put by whoever carries the decision out.
    pub fn of(step: &Step, progress: &Progress) -> Vec<Self> {
        let mut letters = match step {
            Step::Pay { .. } => vec![Self::FeePaid {}],
            Step::Extend { reason, .. } => vec![Self::Extended { reason: reason.clone() }],
            Step::FailIdentity {} => vec![Self::Unverified {}],
            Step::Withdraw {} => vec![Self::Withdrawn {}],
            Step::Refund { .. } => vec![Self::Refunded {}],
            _ => Vec::new(),
        };
        let known = matches!(step, Step::Identify { .. } | Step::ConfirmAgency {});
        if known && progress.state == State::AwaitingFee {
            letters.push(Self::Fee {});
        }
        letters
    }
}

/// A letter in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The subject line.
    pub subject: String,
    /// The text, in lines.
    pub text: String,
}

/// The item that letters go to, and the purpose that allows its use under a regime; `None` when the
/// policy has no such item or purpose, and then there are no letters.
///
/// The purpose is the controller's own use (a letter goes to nobody else), of the service tier (a
/// letter here is part of the service and never an offer), one that the address item serves, and
/// rests on no consent in her regime: what tells of a withdrawal must not end with it. Of several,
/// `terms_notice` is the one meant for telling; otherwise the first in the policy's order.
pub fn address<'a>(
    document: &'a Document,
    regime: &RegimeName,
) -> Option<(&'a ItemName, &'a PurposeName)> {
    let name = document.sign_in_address()?;
    let item = document.items.get(name)?;
    let allows = |purpose: &Purpose| {
        purpose.own_use
            && purpose.tier == Tier::Service
            && !purpose.needs_engagement
            && purpose.basis.get(regime).is_some_and(|basis| !matches!(basis, Basis::Consent(_)))
    };
    let mut fit: Vec<&PurposeName> = document
        .purposes_in_order()
        .into_iter()
        .filter(|(name, purpose)| item.purposes.contains(name) && allows(purpose))
        .map(|(name, _)| name)
        .collect();
    // A stable sort: the preferred one first, the others in the policy's order.
    fit.sort_by_key(|name| name.as_str() != "terms_notice");
    fit.first().map(|purpose| (name, *purpose))
}

impl Letter {
    /// The letter in words; `None` when the policy no longer knows what it speaks of.
    pub fn write(&self, document: &Document) -> Option<Written> {
        match self {
            Self::PolicyChanged { version, language } => {
                Some(policy_changed(document, *version, *language))
            }
            Self::ConsentChanged { consent, state, at, notice, record, language } => {
                let language = *language;
                let asked = document.consents.get(consent)?;
                let facts = ConsentFacts {
                    label: asked.label.get(language),
                    wording: asked.wording.get(language),
                    given: *state == ConsentState::Given,
                    at: words::moment(*at, language),
                    notice: words::day(notice.on, language),
                    serial: notice.serial,
                    record,
                };
                Some(match language {
                    Language::Ja => facts.in_japanese(document),
                    Language::En => facts.in_english(document),
                })
            }
        }
    }
}

/// The letter about a new version: that there is one, where it is read, whom to ask.
fn policy_changed(document: &Document, version: Version, language: Language) -> Written {
    let controller = &document.controller;
    let (name, desk) = (controller.name.get(language), &controller.desk);
    let day = words::day(version.on, language);
    let (subject, text) = match language {
        Language::Ja => (
            "プライバシーポリシーを変更しました".to_owned(),
            format!(
                "{name}\n\n\
                 プライバシーポリシーを変更しました（{day}版）。\n\n\
                 変更の内容は、プライバシーポリシーのページの「版の一覧」でご覧いただけます。\n\
                 変更の前にお預かりした情報は、必要な同意をあらためていただくまで、新しい目的には使いません。\n\n\
                 ご不明な点は、下記の窓口へご連絡ください。\n\n{}\n{}\n",
                desk.name.ja, desk.email
            ),
        ),
        Language::En => (
            "Our privacy policy has changed".to_owned(),
            format!(
                "{name}\n\n\
                 Our privacy policy has changed (version of {day}).\n\n\
                 What has changed is listed on the page of our privacy policy, under “Versions”.\n\
                 What we held before the change is not used for new purposes that need your consent \
                 until you agree to them.\n\n\
                 If you have questions, please write to our desk:\n\n{}\n{}\n",
                desk.name.en, desk.email
            ),
        ),
    };
    Written { subject, text }
}

/// What the letter about a consent says.
struct ConsentFacts<'a> {
    label: &'a str,
    wording: &'a str,
    given: bool,
    at: String,
    notice: String,
    serial: u32,
    record: &'a str,
}

impl ConsentFacts<'_> {
    fn in_japanese(&self, document: &Document) -> Written {
        let Self { label, wording, at, notice, record, .. } = self;
        let controller = &document.controller;
        let (name, desk) = (&controller.name.ja, &controller.desk);
        let (what, state, effect) = if self.given {
            ("同意を承りました", "同意", "この同意は、いつでも撤回できます。")
        } else {
            ("同意の撤回を承りました", "撤回", "この同意にもとづく利用や提供は、今後行いません。")
        };
        let version = match self.serial {
            1 => format!("{notice}版"),
            serial => format!("{notice}版（その{serial}）"),
        };
        let text = format!(
            "{name}\n\n\
             プライバシーポリシーにもとづく{what}。\n\n\
             項目：{label}\n\
             状態：{state}\n\
             日時：{at}（日本時間）\n\
             ご覧いただいたプライバシーポリシー：{version}\n\
             記録の番号：{record}\n\n\
             対象となる文面：\n{wording}\n\n\
             {effect}\n\
             変更をご希望のときや、お心当たりのないときは、下記の窓口へご連絡ください。\n\n\
             {}\n{}\n",
            desk.name.ja, desk.email
        );
        Written { subject: format!("{what}：{label}"), text }
    }

    fn in_english(&self, document: &Document) -> Written {
        let Self { label, wording, at, notice, record, .. } = self;
        let controller = &document.controller;
        let (name, desk) = (&controller.name.en, &controller.desk);
        let (what, state, effect) = if self.given {
            ("You gave a consent", "given", "You can withdraw it at any time.")
        } else {
            (
                "You withdrew a consent",
                "withdrawn",
                "From now on, nothing is used or passed on that rests on it.",
            )
        };
        let version = match self.serial {
            1 => format!("version of {notice}"),
            serial => format!("version of {notice}, no. {serial}"),
        };
        let text = format!(
            "{name}\n\n\
             {what} under our privacy policy, and we have put it on record.\n\n\
             Consent: {label}\n\
             State: {state}\n\
             Time: {at} (Japan time)\n\
             Policy shown to you: {version}\n\
             Record: {record}\n\n\
             The words it is about:\n{wording}\n\n\
             {effect}\n\
             To change it, or if this was not you, please write to our desk:\n\n\
             {}\n{}\n",
            desk.name.en, desk.email
        );
        Written { subject: format!("{what}: {label}"), text }
    }
}
