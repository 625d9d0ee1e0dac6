//! The letter to an address that somebody signs up with (decision 0071): a code, or, where the address has an
//! account, that it has one. Whoever receives it may know nothing of it, so it names nobody.

use jiff::Timestamp;
use paper::{Block, Text, Url};
use policy::{Document, Language};
use serde::{Deserialize, Serialize};

use super::{Written, letter};

/// What somebody who signs up is written.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignUpLetter {
    /// To where, in its one form.
    pub email: String,
    /// The six digits that the service asks for.
    pub code: String,
    /// When they end.
    pub ends_at: Timestamp,
    /// The page on which people of the service sign in.
    pub sign_in: String,
    /// The language in which she signs up.
    pub language: Language,
}

impl std::fmt::Debug for SignUpLetter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignUpLetter").finish_non_exhaustive()
    }
}

impl SignUpLetter {
    /// The code, for an address that nobody with an account has. It is told how long it still holds, as a letter may have waited.
    pub fn code(&self, document: &Document, now: Timestamp) -> Written {
        let service = document.controller.service.get(self.language);
        let minutes = (self.ends_at.duration_since(now).as_secs() / 60).max(1);
        let (title, label, before, after) = match self.language {
            Language::Ja => (
                "会員登録の確認コード",
                "確認コード",
                format!("{service}の会員登録で、このメールアドレスが入力されました。登録を続けるには、次の確認コードを登録の画面に入力してください。"),
                [
                    format!("この確認コードは、このメールの送信から{minutes}分間、一度だけ使えます。だれにもお伝えにならないでください。当社からお尋ねすることはありません。"),
                    "お心当たりのない場合は、何もなさらなくて大丈夫です。確認コードを使わないかぎり、登録は行われません。".to_owned(),
                ],
            ),
            Language::En => (
                "Your code to sign up",
                "Code",
                format!("Somebody signs up for {service} with this address. To go on, please enter this code on the page of the sign-up."),
                [
                    format!("It holds for {minutes} minutes from when this was sent and is used once. Please tell it to nobody; we never ask for it."),
                    "If this was not you, you need do nothing: without the code no account is opened.".to_owned(),
                ],
            ),
        };
        let mut blocks =
            vec![Block::paragraph(before), Block::amount(label, Text::all_strong(&self.code))];
        blocks.extend(after.map(Block::paragraph));
        self.written(document, title, blocks, now)
    }

    /// That the address has an account; `language` is the holder's.
    pub fn known(&self, document: &Document, language: Language, now: Timestamp) -> Written {
        let service = document.controller.service.get(language);
        let (title, told, link, after) = match language {
            Language::Ja => (
                "このメールアドレスは、すでにご登録があります",
                format!(
                    "{service}の会員登録で、このメールアドレスが入力されました。すでにご登録がありますので、新しい登録は要りません。ログインしてご利用ください。パスワードをお忘れの場合は、ログイン画面の「パスワードをお忘れの方」から新しいパスワードを決められます。"
                ),
                "ログイン画面を開く",
                "お心当たりがない場合は、何もなさらなくて大丈夫です。ご登録の内容は変わっておらず、手続きをした方に見せてもいません。",
            ),
            Language::En => (
                "You have an account with this address",
                format!(
                    "Somebody began to sign up for {service} with this address. You have an account already and need no new one: please sign in. If you forgot your password, choose another one by “Forgot your password?” where you sign in."
                ),
                "Open the page to sign in",
                "If this was not you, you need do nothing. Your account is as it was, and whoever tried has seen nothing of what is in it.",
            ),
        };
        let link = match Url::new(&self.sign_in) {
            Ok(url) => Text::default().link(link, url),
            Err(_) => Text::from(link),
        };
        let blocks = vec![Block::paragraph(told), Block::paragraph(link), Block::paragraph(after)];
        let letter = Self { language, ..self.clone() };
        letter.written(document, title, blocks, now)
    }

    fn written(
        &self,
        document: &Document,
        title: &str,
        blocks: Vec<Block>,
        now: Timestamp,
    ) -> Written {
        let paper = letter(document, self.language, title.to_owned(), None, now, blocks);
        Written { subject: paper.title.clone(), paper, attached: Vec::new() }
    }
}
