//! Words for what the policy keeps as data: roles, bases, periods, countries, exceptions. The words
//! of reasons and pages live with the server; these are the ones a notice needs.

use jiff::civil::Date;

use crate::decide::ExceptionKind;
use crate::document::Language;
use crate::item::{Retention, RetentionStart, SecretKind, Source};
use crate::party::Role;
use crate::purpose::Basis;

/// The words of one language.
fn pick(language: Language, ja: &'static str, en: &'static str) -> &'static str {
    match language {
        Language::Ja => ja,
        Language::En => en,
    }
}

/// Where items come from.
pub fn source(source: Source, language: Language) -> &'static str {
    match source {
        Source::Person => pick(language, "ご自身で入力する情報", "What you enter"),
        Source::LinkedService => pick(
            language,
            "外部サービスとの連携を許可したときに、そのサービスから受け取る情報",
            "What a service passes on to us when you allow us to link with it",
        ),
        Source::Device => pick(
            language,
            "サービスの利用にともなって自動的に受け取る情報",
            "What we receive automatically when you use the service",
        ),
    }
}

/// What is kept in place of a secret.
pub fn secret(keeps: SecretKind, language: Language) -> &'static str {
    match keeps {
        SecretKind::Password => pick(
            language,
            "元に戻せない形にして保存し、合っているかどうかを確かめることだけに使います",
            "kept in a form that cannot be turned back, and used only to check that it is right",
        ),
        SecretKind::CardToken => pick(
            language,
            "番号は保存せず、決済会社が発行する識別子、カードのブランド、番号の下4桁だけを保存します",
            "the number is not kept, only the payment company's token, the brand and the last 4 \
             digits",
        ),
    }
}

/// The part that a recipient plays.
pub fn role(role: Role, language: Language) -> &'static str {
    match role {
        Role::Processor => pick(language, "委託先", "Processor"),
        Role::JointUser => pick(language, "共同利用者", "Joint user"),
        Role::ThirdParty => pick(language, "第三者", "Third party"),
        Role::GroupParent => pick(language, "親会社", "Parent company"),
        Role::Store => pick(language, "お店", "Restaurant or shop"),
        Role::Authority => pick(language, "公的機関", "Public body"),
    }
}

/// What a purpose rests on.
pub fn basis(basis: &Basis, language: Language) -> &'static str {
    match basis {
        Basis::Notice => pick(language, "利用目的の公表", "Announcement of the purpose"),
        Basis::Consent(_) => pick(language, "同意", "Consent"),
        Basis::Contract => pick(language, "契約の履行", "Performance of the contract"),
        Basis::LegitimateInterest => pick(language, "正当な利益", "Legitimate interests"),
        Basis::LegalObligation => pick(language, "法的な義務", "Legal obligation"),
    }
}

/// An exception to the consent that a provision needs (S13).
pub fn exception(kind: ExceptionKind, language: Language) -> &'static str {
    match kind {
        ExceptionKind::Law => {
            pick(language, "法令にもとづく場合", "Where laws or regulations require it")
        }
        ExceptionKind::LifeBodyProperty => pick(
            language,
            "人の生命、身体、財産を守るために必要で、ご本人の同意を得ることが難しい場合",
            "Where it is needed to protect someone's life, body or property, and your consent is \
             hard to obtain",
        ),
        ExceptionKind::PublicHealthOrChildren => pick(
            language,
            "公衆衛生の向上や子どもの健やかな育成のために特に必要で、ご本人の同意を得ることが難しい場合",
            "Where it is especially needed to improve public health or to foster the sound growth \
             of children, and your consent is hard to obtain",
        ),
        ExceptionKind::PublicBody => pick(
            language,
            "国や自治体などが法令の定める事務を行うのに協力する必要があり、ご本人の同意を得ることでその事務に支障が出るおそれがある場合",
            "Where a state or local body needs our help with duties set by law, and obtaining your \
             consent is likely to hinder them",
        ),
        ExceptionKind::Academic => pick(
            language,
            "学術研究のために必要な場合で、法令が認めるとき",
            "Where academic research needs it and the law allows it",
        ),
        ExceptionKind::Entrustment => pick(
            language,
            "利用目的の達成に必要な範囲で、情報の取り扱いを委託する場合",
            "Where we entrust the handling of information to others, within what the purposes need",
        ),
        ExceptionKind::Succession => pick(
            language,
            "合併などによって事業が引き継がれる場合",
            "Where the business passes to a successor by merger or otherwise",
        ),
    }
}

/// A span of days: in years where they are whole, and with the nearest years and months beside it where
/// it is longer than anybody counts in days.
pub fn days(days: u32, language: Language) -> String {
    if days > 0 && days.is_multiple_of(365) {
        return years(days / 365, language);
    }
    let told = match (language, days) {
        (Language::Ja, count) => format!("{count}日間"),
        (Language::En, 1) => "1 day".to_owned(),
        (Language::En, count) => format!("{count} days"),
    };
    let months = (u64::from(days) * 12 + 182) / 365;
    if months <= 24 {
        return told;
    }
    match (language, months / 12, months % 12) {
        (Language::Ja, years, 0) => format!("{told}（約{years}年）"),
        (Language::Ja, years, months) => format!("{told}（約{years}年{months}か月）"),
        (Language::En, years, 0) => format!("{told} (about {years} years)"),
        (Language::En, years, 1) => format!("{told} (about {years} years and a month)"),
        (Language::En, years, months) => {
            format!("{told} (about {years} years and {months} months)")
        }
    }
}

fn years(count: u32, language: Language) -> String {
    match (language, count) {
        (Language::Ja, _) => format!("{count}年間"),
        (Language::En, 1) => "1 year".to_owned(),
        (Language::En, _) => format!("{count} years"),
    }
}

/// How long something is kept.
pub fn retention(retention: Retention, language: Language) -> String {
    let start = match retention.from {
        RetentionStart::LastPut => pick(language, "最後にお預かりした日", "we last received it"),
        RetentionStart::AccountEnd => pick(language, "退会した日", "you close your account"),
        RetentionStart::EngagementEnd => {
            pick(language, "最後の予約が終わった日", "your last booking ends")
        }
    };
    let period = match (language, retention.days) {
        (Language::Ja, 0) => format!("{start}まで"),
        (Language::En, 0) => format!("Until {start}"),
        (Language::Ja, count) => format!("{start}から{}", days(count, language)),
        (Language::En, count) => {
            let verb =
                if retention.from == RetentionStart::LastPut { "from when" } else { "after" };
            format!("{} {verb} {start}", days(count, language))
        }
    };
    match (retention.ends_with_account, language) {
        (false, _) => period,
        (true, Language::Ja) => format!("{period}（退会した場合はその日まで）"),
        (true, Language::En) => format!("{period}, at most until you close your account"),
    }
}

/// A day as people write it.
pub fn date(date: Date, language: Language) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let (year, month, day) = (date.year(), date.month(), date.day());
    match language {
        Language::Ja => format!("{year}年{month}月{day}日"),
        Language::En => {
            let at = usize::try_from(month - 1).unwrap_or_default();
            format!("{day} {} {year}", MONTHS.get(at).copied().unwrap_or_default())
        }
    }
}

/// Several words in a row.
pub fn list<T: AsRef<str>>(words: &[T], language: Language) -> String {
    match (language, words) {
        (_, []) => String::new(),
        (_, [one]) => one.as_ref().to_owned(),
        (Language::Ja, [one, other]) => format!("{}と{}", one.as_ref(), other.as_ref()),
        (Language::Ja, words) => join(words, "、"),
        (Language::En, [most @ .., last]) => format!("{} and {}", join(most, ", "), last.as_ref()),
    }
}

/// Words with something between them.
pub(crate) fn join<T: AsRef<str>>(words: &[T], between: &str) -> String {
    words.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(between)
}

/// The name of a country; of one that is not in the table, its code.
pub fn country(code: &str, language: Language) -> &str {
    COUNTRIES
        .iter()
        .find(|(known, _, _)| *known == code)
        .map_or(code, |(_, ja, en)| pick(language, ja, en))
}

/// Japan, the countries designated under Rules 15, and those that come up most besides.
const COUNTRIES: [(&str, &str, &str); 38] = [
    ("AT", "オーストリア", "Austria"),
    ("AU", "オーストラリア", "Australia"),
    ("BE", "ベルギー", "Belgium"),
    ("BG", "ブルガリア", "Bulgaria"),
    ("CA", "カナダ", "Canada"),
    ("CY", "キプロス", "Cyprus"),
    ("CZ", "チェコ", "Czechia"),
    ("DE", "ドイツ", "Germany"),
    ("DK", "デンマーク", "Denmark"),
    ("EE", "エストニア", "Estonia"),
    ("ES", "スペイン", "Spain"),
    ("FI", "フィンランド", "Finland"),
    ("FR", "フランス", "France"),
    ("GB", "英国", "United Kingdom"),
    ("GR", "ギリシャ", "Greece"),
    ("HR", "クロアチア", "Croatia"),
    ("HU", "ハンガリー", "Hungary"),
    ("IE", "アイルランド", "Ireland"),
    ("IN", "インド", "India"),
    ("IS", "アイスランド", "Iceland"),
    ("IT", "イタリア", "Italy"),
    ("JP", "日本", "Japan"),
    ("KR", "韓国", "South Korea"),
    ("LI", "リヒテンシュタイン", "Liechtenstein"),
    ("LT", "リトアニア", "Lithuania"),
    ("LU", "ルクセンブルク", "Luxembourg"),
    ("LV", "ラトビア", "Latvia"),
    ("MT", "マルタ", "Malta"),
    ("NL", "オランダ", "Netherlands"),
    ("NO", "ノルウェー", "Norway"),
    ("PL", "ポーランド", "Poland"),
    ("PT", "ポルトガル", "Portugal"),
    ("RO", "ルーマニア", "Romania"),
    ("SE", "スウェーデン", "Sweden"),
    ("SG", "シンガポール", "Singapore"),
    ("SI", "スロベニア", "Slovenia"),
    ("SK", "スロバキア", "Slovakia"),
    ("US", "米国", "United States"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_country_of_the_regimes_has_a_name() {
        for regime in crate::regime::built_in().unwrap().values() {
            for code in regime.transfer.home.iter().chain(&regime.transfer.designated) {
                for language in Language::ALL {
                    assert_ne!(country(code, language), code, "{code}");
                }
            }
        }
    }

    #[test]
    fn periods_read_as_people_say_them() {
        let kept = |from, days| {
            let kept = Retention { from, days, ends_with_account: false };
            (retention(kept, Language::Ja), retention(kept, Language::En))
        };
        let words = |ja: &str, en: &str| (ja.to_owned(), en.to_owned());
        assert_eq!(
            kept(RetentionStart::AccountEnd, 30),
            words("退会した日から30日間", "30 days after you close your account")
        );
        assert_eq!(
            kept(RetentionStart::EngagementEnd, 365),
            words("最後の予約が終わった日から1年間", "1 year after your last booking ends")
        );
        assert_eq!(
            kept(RetentionStart::AccountEnd, 0),
            words("退会した日まで", "Until you close your account")
        );
        let rule =
            Retention { from: RetentionStart::EngagementEnd, days: 365, ends_with_account: true };
        assert_eq!(
            (retention(rule, Language::Ja), retention(rule, Language::En)),
            words(
                "最後の予約が終わった日から1年間（退会した場合はその日まで）",
                "1 year after your last booking ends, at most until you close your account"
            )
        );
        assert_eq!(
            kept(RetentionStart::LastPut, 730),
            words("最後にお預かりした日から2年間", "2 years from when we last received it")
        );
    }

    #[test]
    fn lists_join_as_each_language_does() {
        for (words, ja, en) in [
            (&["A"][..], "A", "A"),
            (&["A", "B"], "AとB", "A and B"),
            (&["A", "B", "C"], "A、B、C", "A, B and C"),
        ] {
            assert_eq!(list(words, Language::Ja), ja);
            assert_eq!(list(words, Language::En), en);
        }
    }
}
