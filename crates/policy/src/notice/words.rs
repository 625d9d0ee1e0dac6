//! Words for what only a notice speaks of: requests and their grounds, principles, cookies, tools,
//! money. `crate::words` has those that others need as well.

use crate::country::{Indicator, Principle};
use crate::document::Language;
use crate::request::{AlternativeMeasure, ReasonsTold, RefusalGround, RequestKind};
use crate::safety::SafetyKind;
use crate::tool::{CookieParty, Means};

fn pick(language: Language, ja: &'static str, en: &'static str) -> &'static str {
    match language {
        Language::Ja => ja,
        Language::En => en,
    }
}

/// A number with its thousands marked.
fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A sum of money, as in 1,000円 or JPY 1,000.
pub(crate) fn money(amount: u32, currency: &str, language: Language) -> String {
    let amount = grouped(amount);
    let unit = match (language, currency) {
        (Language::Ja, "JPY") => "円",
        (Language::Ja, "EUR") => "ユーロ",
        (Language::Ja, "GBP") => "ポンド",
        (Language::Ja, "USD") => "米ドル",
        _ => return format!("{currency} {amount}"),
    };
    format!("{amount}{unit}")
}

/// A span of hours, in days or years where they are whole.
pub(super) fn hours(hours: u32, language: Language) -> String {
    match (language, hours) {
        (_, count) if count >= 48 && count.is_multiple_of(24) => {
            let days = crate::words::days(count / 24, language);
            days.trim_end_matches('間').to_owned()
        }
        (Language::Ja, count) => format!("{count}時間"),
        (Language::En, 1) => "1 hour".to_owned(),
        (Language::En, count) => format!("{count} hours"),
    }
}

/// A span of months.
pub(crate) fn months(months: u32, language: Language) -> String {
    match (language, months) {
        (Language::Ja, count) => format!("{count}か月"),
        (Language::En, 1) => "1 month".to_owned(),
        (Language::En, count) => format!("{count} months"),
    }
}

/// An age.
pub(super) fn age(years: u32, language: Language) -> String {
    match language {
        Language::Ja => format!("{years}歳"),
        Language::En => years.to_string(),
    }
}

/// An outside sign of a country's protection.
pub(super) fn indicator(indicator: Indicator, language: Language) -> &'static str {
    match indicator {
        Indicator::EuAdequacy => pick(
            language,
            "EUの十分性認定を受けている",
            "Has an adequacy decision of the European Union",
        ),
        Indicator::Cbpr => pick(
            language,
            "越境プライバシールール（CBPR）の制度に参加している",
            "Takes part in the Cross-Border Privacy Rules (CBPR) system",
        ),
    }
}

/// A principle of the OECD guidelines.
pub(super) fn principle(principle: Principle, language: Language) -> &'static str {
    match principle {
        Principle::CollectionLimitation => {
            pick(language, "収集制限の原則", "Collection limitation")
        }
        Principle::DataQuality => pick(language, "データ内容の原則", "Data quality"),
        Principle::PurposeSpecification => {
            pick(language, "目的明確化の原則", "Purpose specification")
        }
        Principle::UseLimitation => pick(language, "利用制限の原則", "Use limitation"),
        Principle::SecuritySafeguards => pick(language, "安全保護の原則", "Security safeguards"),
        Principle::Openness => pick(language, "公開の原則", "Openness"),
        Principle::IndividualParticipation => {
            pick(language, "個人参加の原則", "Individual participation")
        }
        Principle::Accountability => pick(language, "責任の原則", "Accountability"),
    }
}

/// How a tool works.
pub(super) fn means(means: Means, language: Language) -> &'static str {
    match means {
        Means::Tag => pick(language, "ページに組み込んだタグ", "A tag in our pages"),
        Means::MailPixel => {
            pick(language, "メールに組み込んだ小さな画像", "A small picture in our e-mails")
        }
        Means::Module => pick(language, "アプリに組み込んだモジュール", "A module in our app"),
    }
}

/// Whose domain sets a cookie.
pub(super) fn party(party: CookieParty, language: Language) -> &'static str {
    match party {
        CookieParty::First => pick(language, "当社", "Ours"),
        CookieParty::Third => pick(language, "他社", "Others'"),
    }
}

/// A kind of safety measure.
pub(super) fn safety(kind: SafetyKind, language: Language) -> &'static str {
    match kind {
        SafetyKind::BasicPolicy => pick(language, "基本方針", "Basic policy"),
        SafetyKind::Rules => pick(language, "取り扱いの規律", "Rules for handling"),
        SafetyKind::Organisational => {
            pick(language, "組織的な安全管理措置", "Organisational measures")
        }
        SafetyKind::Human => pick(language, "人的な安全管理措置", "Measures towards staff"),
        SafetyKind::Physical => pick(language, "物理的な安全管理措置", "Physical measures"),
        SafetyKind::Technical => pick(language, "技術的な安全管理措置", "Technical measures"),
        SafetyKind::ExternalEnvironment => {
            pick(language, "外的環境の把握", "Conditions in other countries")
        }
    }
}

/// What a person may ask for.
pub(crate) fn request(kind: RequestKind, language: Language) -> &'static str {
    match kind {
        RequestKind::PurposeNotice => {
            pick(language, "利用目的の通知", "Notification of the purposes of use")
        }
        RequestKind::Disclosure => {
            pick(language, "ご本人の情報の開示", "Disclosure of your information")
        }
        RequestKind::ProvisionRecords => pick(
            language,
            "第三者に提供した記録の開示",
            "Disclosure of the records of provision to third parties",
        ),
        RequestKind::Correction => {
            pick(language, "訂正・追加・削除", "Correction, addition or deletion")
        }
        RequestKind::StopUse => pick(language, "利用の停止", "That we stop using it"),
        RequestKind::StopProvision => {
            pick(language, "第三者への提供の停止", "That we stop providing it to third parties")
        }
        RequestKind::Erasure => pick(language, "消去", "Erasure"),
        RequestKind::EquivalentMeasures => pick(
            language,
            "外国の提供先の保護の体制についての情報",
            "Information on the arrangements of a recipient abroad",
        ),
        RequestKind::Complaint => pick(language, "苦情・ご相談", "A complaint or question"),
    }
}

/// When a request is met, or what it brings.
pub(crate) fn request_meets(kind: RequestKind, language: Language) -> &'static str {
    match kind {
        RequestKind::PurposeNotice => pick(
            language,
            "ご本人の情報を何のために使っているかをお知らせします",
            "We tell you what we use your information for",
        ),
        RequestKind::Disclosure => pick(
            language,
            "電子データ、書面など、ご希望の方法でお渡しします。ない場合は、ないことをお知らせします",
            "You receive it in the way you choose, as electronic data or on paper; if there is none, we tell you so",
        ),
        RequestKind::ProvisionRecords => pick(
            language,
            "いつ、だれに、何を提供したかの記録です。ない場合は、ないことをお知らせします",
            "The record of when, to whom and what we provided; if there is none, we tell you so",
        ),
        RequestKind::Correction => {
            pick(language, "内容が事実と異なるとき", "Where the content is not factual")
        }
        RequestKind::StopUse => pick(
            language,
            "利用目的の範囲をこえた取り扱い、不正な取得、不適正な利用があるとき、または、利用の必要がなくなったとき、漏えいなどが起きたとき、ご本人の権利や正当な利益が害されるおそれがあるとき",
            "Where it is handled beyond the purposes, was wrongfully acquired or is improperly used; or is no longer needed, has been affected by a breach, or your rights or legitimate interests may be harmed",
        ),
        RequestKind::StopProvision => pick(
            language,
            "法令に反して第三者に提供されているとき、または、「利用の停止」の後半と同じとき",
            "Where it is provided to a third party against the law, or in the latter cases of stopping use",
        ),
        RequestKind::Erasure => {
            pick(language, "「利用の停止」と同じとき", "In the same cases as stopping use")
        }
        RequestKind::EquivalentMeasures => pick(
            language,
            "体制の整え方、措置の概要、確認の頻度と方法、国名、影響のある制度の有無をお知らせします",
            "We tell you how the arrangements were set up, their outline, how often and how they are checked, the country, and whether a system there affects them",
        ),
        RequestKind::Complaint => {
            pick(language, "適切に、すみやかに対応します", "We deal with it properly and promptly")
        }
    }
}

/// A ground for refusing a request.
pub(crate) fn ground(ground: RefusalGround, language: Language) -> &'static str {
    match ground {
        RefusalGround::PurposeAlreadyClear => pick(
            language,
            "このポリシーで利用目的が明らかなとき",
            "The purpose is already clear from this policy",
        ),
        RefusalGround::HarmToRights => pick(
            language,
            "ご本人や第三者の生命、身体、財産などの権利利益を害するおそれがあるとき",
            "It might harm the life, body, property or other rights of you or a third party",
        ),
        RefusalGround::HarmToController => pick(
            language,
            "当社の権利や正当な利益を害するおそれがあるとき",
            "It might harm our rights or legitimate interests",
        ),
        RefusalGround::HindersStateBusiness => pick(
            language,
            "国や自治体などの事務に支障をおよぼすおそれがあるとき",
            "It might hinder the work of a state or local body",
        ),
        RefusalGround::SeriousHindrance => pick(
            language,
            "当社の業務の適正な実施にいちじるしい支障をおよぼすおそれがあるとき",
            "It might seriously hinder the proper conduct of our business",
        ),
        RefusalGround::ViolatesOtherLaw => {
            pick(language, "ほかの法令に違反することになるとき", "It would violate another law")
        }
        RefusalGround::ContentIsFactual => {
            pick(language, "内容が事実であるとき", "The content is factual")
        }
        RefusalGround::NoGround => pick(
            language,
            "法令が定める場合にあたらないとき",
            "It is not one of the cases set by law",
        ),
        RefusalGround::IdentityNotConfirmed => pick(
            language,
            "ご本人であることを確かめられないとき",
            "We cannot confirm that it is you",
        ),
        RefusalGround::AgencyNotConfirmed => pick(
            language,
            "代理権を確かめられないとき",
            "We cannot confirm that an agent may act for you",
        ),
        RefusalGround::FormIncomplete => {
            pick(language, "お申し込みの内容に不備があるとき", "The request is incomplete")
        }
        RefusalGround::FeeUnpaid => {
            pick(language, "手数料のお支払いがないとき", "The fee has not been paid")
        }
        RefusalGround::NotRetainedData => pick(
            language,
            "当社が開示などの権限をもたない情報であるとき",
            "It is information that we have no power to disclose or change",
        ),
        RefusalGround::ManifestlyUnfounded => pick(
            language,
            "明らかに根拠がないか、過剰な請求であるとき",
            "It is manifestly unfounded or excessive",
        ),
        RefusalGround::LegalObligation => pick(
            language,
            "法令により保存や利用が必要なとき",
            "Law demands that it is kept or used",
        ),
        RefusalGround::LegalClaims => {
            pick(language, "法的な請求や防御に必要なとき", "It is needed for legal claims")
        }
    }
}

/// What may be done instead of what was asked.
pub(crate) fn instead(measure: AlternativeMeasure, language: Language) -> &'static str {
    match measure {
        AlternativeMeasure::Masking => {
            pick(language, "内容を読めないように伏せること", "masking the content")
        }
        AlternativeMeasure::AccessFreeze => {
            pick(language, "だれも見られないようにすること", "letting nobody reach it")
        }
        AlternativeMeasure::BlockFromUse => {
            pick(language, "どの目的にも使われないようにすること", "keeping it out of every use")
        }
    }
}

/// How far reasons are told.
pub(super) fn reasons(told: ReasonsTold, language: Language) -> &'static str {
    match told {
        ReasonsTold::None => pick(language, "理由はお知らせしません", "we do not tell the reasons"),
        ReasonsTold::Summary => {
            pick(language, "理由のあらましもお知らせします", "we tell the reasons in short")
        }
        ReasonsTold::Full => pick(language, "理由もお知らせします", "we tell the reasons in full"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_written_as_each_language_writes_it() {
        assert_eq!(money(1000, "JPY", Language::Ja), "1,000円");
        assert_eq!(money(1000, "JPY", Language::En), "JPY 1,000");
        assert_eq!(money(12_345_678, "EUR", Language::Ja), "12,345,678ユーロ");
        assert_eq!(money(5, "CHF", Language::Ja), "CHF 5");
    }

    #[test]
    fn hours_are_days_where_they_are_whole() {
        assert_eq!(hours(1, Language::En), "1 hour");
        assert_eq!(hours(12, Language::Ja), "12時間");
        assert_eq!(hours(168, Language::Ja), "7日");
        assert_eq!(hours(8760, Language::En), "1 year");
    }
}
