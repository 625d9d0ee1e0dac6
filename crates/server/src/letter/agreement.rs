//! The letter to a statutory representative (R9.6): who asks, what each consent says, and the link by
//! which it is answered. It names nobody whose information is held.

use jiff::Timestamp;
use paper::{Block, Text, Url};
use policy::{Document, Language};

use super::{Written, letter};
use crate::agreement::Agreement;
use crate::words;

/// The page to which the letter leads.
pub fn path(about: &Agreement, token: &str) -> String {
    format!("/agreement?t={token}&lang={}", about.asked.language.tag())
}

/// The letter in words; `link` is the absolute address of the page.
pub fn write(document: &Document, about: &Agreement, link: &str, now: Timestamp) -> Written {
    let language = about.asked.language;
    let service = document.controller.service.get(language);
    let controller = document.controller.name.get(language);
    let name = &about.asked.representative.name;
    let last_day = words::last_day(about.ends_at, language);
    let (title, addressee) = match language {
        Language::Ja => {
            (format!("法定代理人の方の同意のお願い（{controller}）"), format!("{name} 様"))
        }
        Language::En => (
            format!("{controller} asks for your consent as a parent or guardian"),
            format!("Dear {name},"),
        ),
    };
    let mut blocks = opening(document, about, service, controller);
    for (name, consent) in document.consents_in_order() {
        if about.asked.consents.contains(name) {
            blocks.push(Block::subheading(consent.label.get(language)));
            blocks.push(Block::paragraph(consent.wording.get(language)));
        }
    }
    let words = match language {
        Language::Ja => "回答のページを開く",
        Language::En => "Open the page to answer",
    };
    blocks.push(Block::paragraph(match Url::new(link) {
        Ok(url) => Text::default().link(words, url),
        Err(_) => Text::from(format!("{words}: {link}")),
    }));
    for note in match language {
        Language::Ja => [
            "宛先がご本人のご家族であることを確かめられないため、このメールには、指定された方のお名前を記していません。心当たりの方に、直接お確かめください。".to_owned(),
            format!("このリンクは{last_day}まで、一度だけご回答に使えます。ほかの方には転送しないでください。"),
            "お心当たりのないときは、何もせずにこのメールを破棄してください。ご回答がなければ、同意したことにはなりません。".to_owned(),
            "あなたのお名前とメールアドレスは、この確認のためだけにお預かりしています。ご回答の後、または上の期限が過ぎたときに消去します。".to_owned(),
        ],
        Language::En => [
            "We cannot know that this address is a parent’s or guardian’s. This letter therefore does not say who named you: please ask whom you have in mind.".to_owned(),
            format!("The link can be used until {last_day}, for one answer. Please do not pass it on."),
            "If you know nothing of this, please do nothing and delete this letter. Without an answer nothing is agreed to.".to_owned(),
            "We hold your name and address for this question alone, and erase them once you have answered or that day is over.".to_owned(),
        ],
    } {
        blocks.push(Block::note(note));
    }
    let paper = letter(document, language, title, Some(addressee), now, blocks);
    Written { subject: paper.title.clone(), paper, attached: Vec::new() }
}

/// Who asks, and why.
fn opening(document: &Document, about: &Agreement, service: &str, controller: &str) -> Vec<Block> {
    let age = document.regimes.get(&about.regime).map_or(0, |law| law.minor_consent_age.value);
    let paragraphs = match about.asked.language {
        Language::Ja => [
            format!(
                "{controller}の{service}で、{age}歳未満の方が、あなたを法定代理人（親権者または未成年後見人）として指定されました。"
            ),
            format!(
                "{age}歳未満の方の同意には、法定代理人の方の同意が必要です。ご回答をいただくまで、次の同意にもとづいて情報を利用したり、ほかへ提供したりすることはありません。"
            ),
            "ご本人は、次の内容に同意しています。お読みになり、法定代理人として同意するかどうかを、ページでご回答ください。".to_owned(),
        ],
        Language::En => [
            format!(
                "Somebody under {age} who uses {controller} ({service}) named you as parent or legal guardian."
            ),
            "Consents at that age need the agreement of a parent or legal guardian. Until you have answered, nothing is used or passed on that rests on the consents below.".to_owned(),
            "The young person agreed to what follows. Please read it and tell us on our page whether you agree as well.".to_owned(),
        ],
    };
    paragraphs.into_iter().map(Block::paragraph).collect()
}
