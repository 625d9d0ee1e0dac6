//! Letters about consents and about the policy.

use jiff::Timestamp;
use paper::Block;
use policy::{ConsentState, Document, Language, Version};

use super::{Letter, Written, letter, young};
use crate::words;

impl Letter {
    /// The letter in words; `None` when the policy no longer knows what it speaks of.
    pub fn write(&self, document: &Document, now: Timestamp) -> Option<Written> {
        match self {
            Self::PolicyChanged { version, language } => {
                Some(policy_changed(document, *version, *language, now))
            }
            Self::ConsentsWait { consents, age, language } => {
                Some(young::wait(document, consents, *age, *language, now))
            }
            Self::RepresentativeAnswered { answers, language } => {
                Some(young::answered(document, answers, *language, now))
            }
            Self::ConsentChanged { consent, state, at, notice, record, language } => {
                let language = *language;
                let asked = document.consents.get(consent)?;
                let facts = ConsentFacts {
                    label: asked.label.get(language),
                    wording: asked.wording.get(language),
                    given: *state == ConsentState::Given,
                    at: words::moment(*at, language),
                    version: words::version(*notice, language),
                    record,
                };
                Some(facts.write(document, language, now))
            }
        }
    }
}

/// The letter about a new version: that there is one, where it is read, whom to ask.
fn policy_changed(
    document: &Document,
    version: Version,
    language: Language,
    now: Timestamp,
) -> Written {
    let day = words::day(version.on, language);
    let (title, says) = match language {
        Language::Ja => (
            "プライバシーポリシーを変更しました",
            [
                format!("プライバシーポリシーを変更しました（{day}版）。"),
                "変更の内容は、プライバシーポリシーのページの「版の一覧」でご覧いただけます。".to_owned(),
                "変更の前にお預かりした情報は、必要な同意をあらためていただくまで、新しい目的には使いません。"
                    .to_owned(),
            ],
        ),
        Language::En => (
            "Our privacy policy has changed",
            [
                format!("Our privacy policy has changed (version of {day})."),
                "What has changed is listed on the page of our privacy policy, under “Versions”."
                    .to_owned(),
                "What we held before the change is not used for new purposes that need your consent \
                 until you agree to them."
                    .to_owned(),
            ],
        ),
    };
    let blocks = says.into_iter().map(Block::paragraph).collect();
    let paper = letter(document, language, title.to_owned(), None, now, blocks);
    Written { subject: paper.title.clone(), paper, attached: Vec::new() }
}

/// What the letter about a consent says.
struct ConsentFacts<'a> {
    label: &'a str,
    wording: &'a str,
    given: bool,
    at: String,
    version: String,
    record: &'a str,
}

impl ConsentFacts<'_> {
    fn write(self, document: &Document, language: Language, now: Timestamp) -> Written {
        let Self { label, wording, given, at, version, record } = self;
        let (title, blocks) = match language {
            Language::Ja => {
                let (what, state, effect) = if given {
                    ("同意を承りました", "同意", "この同意は、いつでも撤回できます。")
                } else {
                    (
                        "同意の撤回を承りました",
                        "撤回",
                        "この同意にもとづく利用や提供は、今後行いません。",
                    )
                };
                let blocks = vec![
                    Block::paragraph(format!("プライバシーポリシーにもとづく{what}。")),
                    Block::facts([
                        ("項目", label.to_owned()),
                        ("状態", state.to_owned()),
                        ("日時", format!("{at}（日本時間）")),
                        ("ご覧いただいたプライバシーポリシー", version),
                        ("記録の番号", record.to_owned()),
                    ]),
                    Block::subheading("対象となる文面"),
                    Block::paragraph(wording),
                    Block::paragraph(effect),
                    Block::paragraph(
                        "変更をご希望のときや、お心当たりのないときは、窓口へご連絡ください。",
                    ),
                ];
                (format!("{what}：{label}"), blocks)
            }
            Language::En => {
                let (what, state, effect) = if given {
                    ("You gave a consent", "given", "You can withdraw it at any time.")
                } else {
                    (
                        "You withdrew a consent",
                        "withdrawn",
                        "From now on, nothing is used or passed on that rests on it.",
                    )
                };
                let blocks = vec![
                    Block::paragraph(format!(
                        "{what} under our privacy policy, and we have put it on record."
                    )),
                    Block::facts([
                        ("Consent", label.to_owned()),
                        ("State", state.to_owned()),
                        ("Time", format!("{at} (Japan time)")),
                        ("Policy shown to you", version),
                        ("Record", record.to_owned()),
                    ]),
                    Block::subheading("The words it is about"),
                    Block::paragraph(wording),
                    Block::paragraph(effect),
                    Block::paragraph(
                        "To change it, or if this was not you, please write to our desk.",
                    ),
                ];
                (format!("{what}: {label}"), blocks)
            }
        };
        let paper = letter(document, language, title, None, now, blocks);
        Written { subject: paper.title.clone(), paper, attached: Vec::new() }
    }
}
