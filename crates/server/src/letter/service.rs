//! Letters of the service: its own words about a booking and the like, in our frame. A confirmation also
//! names what goes to the recipient, to whom and what for, so that it is the document of that provision
//! (Rules 19(3); R1.4).

use jiff::Timestamp;
use paper::Block;
use policy::record::{ProvisionBasis, ServiceLetterKind, ThirdParty};
use policy::{Document, Engagement, ItemName, Language, PurposeName, RecipientName};
use serde::{Deserialize, Serialize};

use super::{Written, letter};
use crate::words;

/// One line of what a letter tells, such as the day and the number of people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// What it is.
    pub label: String,
    /// What it says.
    pub value: String,
}

/// What would go to a recipient of what is held of a person, by purpose.
pub struct WouldGo {
    /// Who receives.
    pub third_party: ThirdParty,
    /// Each purpose, with what it stands on and the items that are held.
    pub purposes: Vec<(PurposeName, ProvisionBasis, Vec<ItemName>)>,
}

/// A letter of the service, as it was put.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceLetter {
    /// What it tells.
    pub kind: ServiceLetterKind,
    /// The purpose under which her address is used for it.
    pub purpose: PurposeName,
    /// The engagement that it is about, as it stood then, with its recipient.
    pub engagement: Option<(RecipientName, Engagement)>,
    /// The language of all its words.
    pub language: Language,
    /// Its subject line.
    pub title: String,
    /// Its paragraphs.
    pub paragraphs: Vec<String>,
    /// What it tells as labels with values.
    pub details: Vec<Details>,
}

impl ServiceLetter {
    /// The letter in words, with what goes to the recipient where its kind names that.
    pub fn write(&self, document: &Document, goes: Option<&WouldGo>, now: Timestamp) -> Written {
        let mut blocks: Vec<Block> =
            self.paragraphs.iter().map(|words| Block::paragraph(words.as_str())).collect();
        if !self.details.is_empty() {
            let details = self.details.iter();
            blocks.push(Block::facts(details.map(|d| (d.label.as_str(), d.value.as_str()))));
        }
        if let Some((_, engagement)) = &self.engagement
            && self.kind.names_provision()
        {
            let number = engagement.reference.as_str();
            blocks.extend(provision(document, goes, number, self.language));
        }
        let paper = letter(document, self.language, self.title.clone(), None, now, blocks);
        Written { subject: paper.title.clone(), paper, attached: Vec::new() }
    }
}

/// What goes to the recipient, to whom and what for.
fn provision(
    document: &Document,
    goes: Option<&WouldGo>,
    number: &str,
    language: Language,
) -> Vec<Block> {
    let pick = |ja: &'static str, en: &'static str| match language {
        Language::Ja => ja,
        Language::En => en,
    };
    let mut blocks = vec![Block::subheading(pick("お渡しする情報", "What is passed on"))];
    let Some(WouldGo { third_party, purposes }) = goes else {
        blocks.push(Block::paragraph(pick(
            "いまの設定では、この件でお渡しする情報はありません。",
            "As you have set it, nothing of yours is passed on for this.",
        )));
        return blocks;
    };
    blocks.push(Block::paragraph(pick(
        "この件では、お預かりしている情報のうち次のものを、下記の提供先にお渡しします。パスワードやカードの情報をお渡しすることはありません。",
        "For this, the following of what we hold of you is passed on to the recipient named here. \
         Passwords and card details are never passed on.",
    )));
    let mut facts = vec![(pick("提供先", "Recipient").to_owned(), third_party.name.clone())];
    for (label, value) in [
        (pick("所在地", "Address"), &third_party.address),
        (pick("代表者", "Representative"), &third_party.representative),
    ] {
        if !value.is_empty() {
            facts.push((label.to_owned(), value.clone()));
        }
    }
    facts.push((pick("番号", "Number").to_owned(), number.to_owned()));
    blocks.push(Block::facts(facts));
    for (name, basis, items) in purposes {
        let purpose = document.purposes.get(name);
        let label = purpose.map_or(name.as_str(), |purpose| purpose.label.get(language));
        let items = items.iter().filter_map(|item| document.items.get(item));
        let items: Vec<&str> = items.map(|item| item.label.get(language)).collect();
        let mut facts = vec![
            (pick("利用目的", "Purpose"), label.to_owned()),
            (pick("項目", "Items"), items.join(pick("、", ", "))),
            (pick("根拠", "It rests on"), words::provision_basis(*basis, language).to_owned()),
        ];
        if let Some(hours) = purpose.map(|purpose| purpose.after_end_hours) {
            let until = match (language, hours) {
                (Language::Ja, 0) => "ご利用の終了まで".to_owned(),
                (Language::Ja, hours) => format!("ご利用の終了の{hours}時間後まで"),
                (Language::En, 0) => "until it is over".to_owned(),
                (Language::En, 1) => "until an hour after it is over".to_owned(),
                (Language::En, hours) => format!("until {hours} hours after it is over"),
            };
            facts.push((pick("閲覧できる期間", "Seen there"), until));
        }
        blocks.push(Block::facts(facts));
    }
    if purposes.iter().any(|(_, basis, _)| *basis == ProvisionBasis::Consent) {
        blocks.push(Block::paragraph(pick(
            "同意は、いつでも撤回できます。撤回されますと、それ以降はお渡ししません。",
            "You can withdraw your consent at any time. From then on nothing more is passed on.",
        )));
    }
    blocks
}
