//! Letters to the young about their consents (R9.6). They name no representative.

use jiff::Timestamp;
use paper::Block;
use policy::{ConsentName, ConsentState, Document, Language};

use super::{Written, letter};

fn label<'d>(document: &'d Document, name: &'d ConsentName, language: Language) -> &'d str {
    document.consents.get(name).map_or(name.as_str(), |consent| consent.label.get(language))
}

/// That consents wait, and what she can do.
pub(super) fn wait(
    document: &Document,
    consents: &[ConsentName],
    age: u32,
    language: Language,
    now: Timestamp,
) -> Written {
    let (title, why, ways) = match language {
        Language::Ja => (
            "保護者の方の同意が必要です",
            [
                format!(
                    "お預かりしている生年月日によると、あなたは{age}歳未満です。{age}歳未満の方の同意には、法定代理人（親権者または未成年後見人）の方の同意が必要です。"
                ),
                "そのため、次の同意は、法定代理人の方に同意していただくまで効力がありません。それまで、これらの同意にもとづいて情報を利用したり、ほかへ提供したりすることはありません。"
                    .to_owned(),
            ],
            [
                "サービスの同意のページで、法定代理人の方のお名前とメールアドレスをお知らせください。その方に、確認のメールをお送りします。",
                "生年月日が正しくないときは、サービスのページで直してから、あらためて同意してください。",
            ],
        ),
        Language::En => (
            "Your consents need a parent or guardian",
            [
                format!(
                    "By the date of birth that we hold, you are under {age}. At that age, consents need the agreement of a parent or legal guardian."
                ),
                "The consents below therefore do not hold until a parent or legal guardian has agreed. Until then, nothing is used or passed on that rests on them."
                    .to_owned(),
            ],
            [
                "On the service’s page of consents, please tell us the name and e-mail address of your parent or guardian. We write to them and ask.",
                "If the date of birth is wrong, please correct it on the service’s pages, and then give your consents again.",
            ],
        ),
    };
    let mut blocks: Vec<Block> = why.into_iter().map(Block::paragraph).collect();
    blocks.push(Block::list(consents.iter().map(|name| label(document, name, language))));
    blocks.extend(ways.map(Block::paragraph));
    let paper = letter(document, language, title.to_owned(), None, now, blocks);
    Written { subject: paper.title.clone(), paper, attached: Vec::new() }
}

/// What her representative answered.
pub(super) fn answered(
    document: &Document,
    answers: &[(ConsentName, ConsentState)],
    language: Language,
    now: Timestamp,
) -> Written {
    let agreed = |state: ConsentState| state == ConsentState::Given;
    let (title, says, erased) = match language {
        Language::Ja => (
            "保護者の方からご回答がありました",
            "あなたの同意について、法定代理人（親権者または未成年後見人）の方からご回答がありました。",
            "法定代理人の方のお名前とメールアドレスは、消去しました。",
        ),
        Language::En => (
            "Your parent or guardian has answered",
            "Your parent or legal guardian has answered about your consents.",
            "We have erased their name and e-mail address.",
        ),
    };
    let word = |state| match (language, agreed(state)) {
        (Language::Ja, true) => "同意されました",
        (Language::Ja, false) => "同意されませんでした",
        (Language::En, true) => "agreed to",
        (Language::En, false) => "not agreed to",
    };
    let facts = answers.iter().map(|(name, state)| (label(document, name, language), word(*state)));
    let mut blocks = vec![Block::paragraph(says), Block::facts(facts)];
    if answers.iter().any(|(_, state)| agreed(*state)) {
        blocks.push(Block::paragraph(match language {
            Language::Ja => "同意された項目は、ただいまから有効です。いつでも撤回できます。",
            Language::En => {
                "What was agreed to holds from now on. You can withdraw it at any time."
            }
        }));
    }
    if answers.iter().any(|(_, state)| !agreed(*state)) {
        blocks.push(Block::paragraph(match language {
            Language::Ja => "同意されなかった項目にもとづく利用や提供は行いません。",
            Language::En => "Nothing is used or passed on that rests on what was not agreed to.",
        }));
    }
    blocks.push(Block::paragraph(erased));
    let paper = letter(document, language, title.to_owned(), None, now, blocks);
    Written { subject: paper.title.clone(), paper, attached: Vec::new() }
}
