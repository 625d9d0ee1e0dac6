//! Letters to people: every kind of letter, and the purpose under which her address may be used for it.
//! The words are `general.rs`, `young.rs`, `request.rs`, `agreement.rs` and `sign_up.rs`, and the service's own in `service.rs`; the
//! forms they are set in are the crate `paper`. Knows neither addresses nor how letters travel.

pub mod agreement;
mod general;
mod request;
mod service;
mod sign_up;
mod young;

use jiff::Timestamp;
use paper::{Block, Paper};
use policy::Version;
use policy::request::{Progress, State, Step};
use policy::{ConsentName, ConsentState, Document, ItemName, Language, PurposeName, RegimeName};
use serde::{Deserialize, Serialize};

pub use self::request::{About, after_paying, pay_to, pay_with};
pub use self::service::{Details, ServiceLetter, WouldGo};
pub use self::sign_up::SignUpLetter;
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
    /// Consents of hers wait for her statutory representative, by her date of birth (R9.6).
    ConsentsWait {
        /// Which.
        consents: Vec<ConsentName>,
        /// The age below which they do.
        age: u32,
        /// The language that she answered in.
        language: Language,
    },
    /// Her statutory representative has answered.
    RepresentativeAnswered {
        /// How each stands now.
        answers: Vec<(ConsentName, ConsentState)>,
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

/// A letter in words: what a mail says, and what is attached to it as PDF.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// The subject line of the mail.
    pub subject: String,
    /// What the mail says.
    pub paper: Paper,
    /// What goes with it, by file name without its ending: an invoice, a receipt, the letter itself.
    pub attached: Vec<(&'static str, Paper)>,
}

/// The item that letters go to, and the purpose that allows its use under a regime; `None` when the
/// policy has no such item or purpose, and then there are no letters.
///
/// A letter goes to nobody else, is part of the service, and never an offer: see
/// [`Document::own_purpose`].
pub fn address<'a>(
    document: &'a Document,
    regime: &RegimeName,
) -> Option<(&'a ItemName, &'a PurposeName)> {
    let item = document.sign_in_address()?;
    Some((item, document.own_purpose(item, regime)?))
}

/// The language of a paper.
pub fn paper_language(language: Language) -> paper::Language {
    match language {
        Language::Ja => paper::Language::Ja,
        Language::En => paper::Language::En,
    }
}

/// A letter of the controller's: its head is set, and it ends with the desk.
fn letter(
    document: &Document,
    language: Language,
    title: String,
    addressee: Option<String>,
    made_at: Timestamp,
    mut blocks: Vec<Block>,
) -> Paper {
    let (controller, desk) = (&document.controller, &document.controller.desk);
    let mut paper = Paper::letter(paper_language(language), title, made_at);
    paper.date = Some(words::day(policy::calendar::calendar_day(made_at), language));
    paper.sender =
        vec![controller.name.get(language).to_owned(), controller.address.get(language).to_owned()];
    paper.addressee = addressee.into_iter().collect();
    let asks = match language {
        Language::Ja => "ご不明な点は、下記の窓口へご連絡ください。",
        Language::En => "If you have questions, please write to our desk.",
    };
    blocks.push(Block::note(asks));
    blocks.push(Block::note(format!("{}  {}", desk.name.get(language), desk.email)));
    paper.blocks = blocks;
    paper
}

/// The opening of a Japanese business letter; English goes to the matter at once.
fn opening(document: &Document, language: Language) -> Option<Block> {
    let service = document.controller.service.get(language);
    (language == Language::Ja).then(|| {
        Block::paragraph(format!("平素より、{service}をご利用いただき、誠にありがとうございます。"))
    })
}
