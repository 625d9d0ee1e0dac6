//! What people read of requests, in every language: kinds, states, grounds, outcomes.

use super::{
    Agency, AlternativeMeasure, Ground, Identified, Money, Outcome, RefusalGround, RequestKind,
    State, Terms,
};
use crate::document::Language;
use crate::notice::words as notice;

/// One of two wordings.
fn pick(language: Language, ja: &'static str, en: &'static str) -> &'static str {
    match language {
        Language::Ja => ja,
        Language::En => en,
    }
}

impl RequestKind {
    /// What is asked, as the policy names it.
    pub fn words(self, language: Language) -> &'static str {
        notice::request(self, language)
    }

    /// When it may be asked, and what follows, as the policy says it.
    pub fn meets(self, language: Language) -> &'static str {
        notice::request_meets(self, language)
    }
}

impl Money {
    /// The sum, as in 1,000円 or JPY 1,000.
    pub fn words(&self, language: Language) -> String {
        notice::money(self.amount, &self.currency, language)
    }
}

impl Terms<'_> {
    /// How long an answer takes at most, as in 14日以内 or within 1 month (R8.1).
    pub fn answered_within(&self, language: Language) -> String {
        let span = match &self.regime.duties.reply_months {
            Some(months) => notice::months(months.value, language),
            None => {
                let days = crate::words::days(self.regime.requests.answer_days.value, language);
                days.trim_end_matches('間').to_owned()
            }
        };
        match language {
            Language::Ja => format!("{span}以内"),
            Language::En => format!("within {span}"),
        }
    }
}

impl RefusalGround {
    /// The ground in a clause.
    pub fn words(self, language: Language) -> &'static str {
        notice::ground(self, language)
    }
}

impl AlternativeMeasure {
    /// The measure in a clause.
    pub fn words(self, language: Language) -> &'static str {
        notice::instead(self, language)
    }
}

impl State {
    /// Where the request stands, as a person understands it.
    pub fn words(self, language: Language) -> &'static str {
        match self {
            Self::Received => pick(language, "受け付けました", "Received"),
            Self::Verifying => {
                pick(language, "ご本人を確認しています", "We are confirming that it is you")
            }
            Self::AwaitingFee => {
                pick(language, "手数料のお支払いをお待ちしています", "Waiting for the fee")
            }
            Self::Investigating => pick(language, "調べています", "We are looking into it"),
            Self::Decided => pick(language, "決定しました", "Decided"),
            Self::Executed => pick(language, "対応しました", "Carried out"),
            Self::Notified => pick(language, "お知らせしました", "We have told you the result"),
            Self::Closed => pick(language, "完了しました", "Closed"),
            Self::Withdrawn => pick(language, "取り下げられました", "Withdrawn"),
            Self::Unverified => pick(
                language,
                "ご本人を確認できませんでした",
                "We could not confirm that it was you",
            ),
        }
    }
}

impl Ground {
    /// What she relies on, in her own voice.
    pub fn words(self, language: Language) -> &'static str {
        match self {
            Self::NotFactual => pick(language, "内容が事実と異なる", "The content is not factual"),
            Self::BeyondPurpose => pick(
                language,
                "利用目的の範囲をこえて取り扱われている",
                "It is used beyond its purposes",
            ),
            Self::ImproperUse => pick(language, "不適正に利用されている", "It is used improperly"),
            Self::WronglyAcquired => {
                pick(language, "不正な手段で取得された", "It was wrongfully acquired")
            }
            Self::ProvidedAgainstLaw => pick(
                language,
                "法令に反して第三者に提供されている",
                "It is provided to a third party against the law",
            ),
            Self::NoLongerNeeded => {
                pick(language, "利用する必要がなくなった", "It is no longer needed")
            }
            Self::Breach => pick(language, "漏えいなどが起きた", "A breach has affected it"),
            Self::HarmToInterests => pick(
                language,
                "権利や正当な利益が害されるおそれがある",
                "My rights or legitimate interests may be harmed",
            ),
            Self::ConsentWithdrawn => {
                pick(language, "同意を撤回した", "I have withdrawn my consent")
            }
            Self::Objection => {
                pick(language, "取り扱いに異議がある", "I object to how it is processed")
            }
            Self::Unlawful => {
                pick(language, "違法に取り扱われている", "It is processed unlawfully")
            }
            Self::AccuracyContested => pick(
                language,
                "正確さに疑いがあり、確かめるあいだ止めてほしい",
                "I contest its accuracy, while that is looked into",
            ),
            Self::NeededForClaim => pick(
                language,
                "法的な請求のために残しておいてほしい",
                "I need it kept for a legal claim",
            ),
        }
    }
}

impl Identified {
    /// By what she was known.
    pub fn words(self, language: Language) -> &'static str {
        match self {
            Self::Code => pick(
                language,
                "メールアドレスに送った確認番号",
                "a code sent to the e-mail address",
            ),
            Self::Passkey => pick(language, "パスキー", "a passkey"),
            Self::Particulars => {
                pick(language, "登録された内容との一致", "the match of registered particulars")
            }
            Self::Document => pick(language, "本人確認書類", "an identity document"),
        }
    }
}

impl Agency {
    /// Who asks in her place.
    pub fn words(self, language: Language) -> &'static str {
        match self {
            Self::Statutory => pick(language, "法定代理人", "Statutory representative"),
            Self::Entrusted => pick(language, "委任による代理人", "Agent entrusted by the person"),
        }
    }
}

impl Outcome {
    /// What came out.
    pub fn words(self, language: Language) -> &'static str {
        match self {
            Self::Granted => pick(language, "ご請求のとおり対応します", "Granted"),
            Self::Partly => pick(language, "一部に対応します", "Granted in part"),
            Self::Refused => pick(language, "応じられません", "Refused"),
            Self::NotHeld => {
                pick(language, "該当する情報をお預かりしていません", "We hold nothing about you")
            }
        }
    }
}
