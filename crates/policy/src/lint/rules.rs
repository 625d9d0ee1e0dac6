//! Every rule there is: its id, which stays, how much it weighs, where it stands in law.

use serde::{Serialize, Serializer};

use super::Severity::{self, Error, Note, Warning};
use crate::document::Language;
use crate::law::Law;
use crate::law::Statute::{
    Act, EPrivacy, ElectronicMail, Gdpr, Guidelines, Order, Pecr, Rules, Telecommunications,
    TelecommunicationsRules, UkGdpr,
};

/// A rule that a policy is held against.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its id, which stays the same in every version.
    pub id: &'static str,
    /// How much a finding weighs.
    pub severity: Severity,
    /// Where it stands, in every regime; nothing for a rule of our own.
    pub law: &'static [Law],
    /// What it asks, in Japanese.
    pub ja: &'static str,
    /// What it asks, in English.
    pub en: &'static str,
}

impl Rule {
    /// What it asks.
    pub fn asks(&self, language: Language) -> &'static str {
        match language {
            Language::Ja => self.ja,
            Language::En => self.en,
        }
    }
}

impl Serialize for Rule {
    /// As its id.
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.id)
    }
}

macro_rules! rules {
    ($($name:ident = $id:literal $severity:ident [$($statute:ident $article:literal),*] $ja:literal $en:literal;)*) => {
        $(pub(super) static $name: Rule = Rule {
            id: $id,
            severity: $severity,
            law: &[$(Law { statute: $statute, article: $article }),*],
            ja: $ja,
            en: $en,
        };)*

        /// Every rule.
        pub static RULES: &[&Rule] = &[$(&$name),*];
    };
}

rules! {
    COHERENCE = "coherence" Error []
        "ポリシーのファイルどうしが矛盾しない" "The policy's files fit together";
    ADDRESS = "appi-32-1-address" Error [Act "32(1)(i)", Gdpr "13(1)(a)", UkGdpr "13(1)(a)"]
        "事業者の住所を公表する" "The controller's address is published";
    REPRESENTATIVE = "appi-32-1-representative" Error [Act "32(1)(i)"]
        "代表者の氏名を公表する" "The controller's representative is published";
    DESK = "appi-32-1-desk" Error [Act "32(1)(iv)", Act "40", Order "10", Gdpr "13(1)(a)", UkGdpr "13(1)(a)"]
        "苦情の申出先を公表する" "The desk for complaints is published";
    PROCEDURE = "appi-32-1-procedure" Error [Act "32(1)(iii)", Act "37", Gdpr "13(2)(b)", UkGdpr "13(2)(b)"]
        "開示等の請求の手続を公表する" "The procedure for requests is published";
    SAFETY = "appi-32-1-safety" Error [Act "32(1)(iv)", Order "10"]
        "安全管理措置を公表する" "The safety measures are published";
    SAFETY_KINDS = "appi-23-safety-kinds" Warning [Act "23", Guidelines "10"]
        "安全管理措置の種類がそろっている" "Every kind of safety measure is covered";
    EXTERNAL_ENVIRONMENT = "appi-23-external-environment" Warning [Act "23", Guidelines "10-7"]
        "外国で取り扱うときは外的環境の把握を公表する" "Where information is handled abroad, the conditions there are published";
    EU_REPRESENTATIVE = "gdpr-27-representative" Error [Gdpr "27", Gdpr "13(1)(a)", UkGdpr "27", UkGdpr "13(1)(a)"]
        "域外の事業者は代理人を置いて公表する" "A controller from elsewhere names a representative";
    LOOSE_PURPOSE = "appi-17-loose-purpose" Warning [Act "17(1)", Gdpr "5(1)(b)", UkGdpr "5(1)(b)"]
        "利用目的をできる限り特定する" "Purposes are as specific as can be";
    EMPTY_PURPOSE = "appi-17-empty-purpose" Warning [Act "17(1)", Gdpr "5(1)(b)", UkGdpr "5(1)(b)"]
        "利用目的には、それに使う情報がある" "Something is held for a purpose";
    NAMED = "appi-27-1-named" Warning [Act "27(1)", Gdpr "6(1)", UkGdpr "6(1)"]
        "提供への同意は、提供する項目を示して得る" "Consent to a provision names what goes";
    BASIS = "gdpr-6-1-basis" Error [Act "18", Gdpr "6(1)", UkGdpr "6(1)"]
        "利用目的の根拠がその法律にある" "A purpose rests on a basis that the law has";
    INTEREST = "gdpr-13-1-d-interest" Error [Gdpr "13(1)(d)", UkGdpr "13(1)(d)"]
        "正当な利益の内容を示す" "The legitimate interest is named";
    MAIL_OPT_IN = "mail-3-opt-in" Error [ElectronicMail "3(1)", EPrivacy "13(1)", Pecr "22"]
        "広告宣伝のメールは同意を得て送る" "Offers are sent only with consent";
    EXPLICIT = "appi-20-2-explicit" Error [Act "20(2)", Gdpr "9(2)(a)", UkGdpr "9(2)(a)"]
        "要配慮個人情報は、項目を示して同意を得る" "Consent to special care names the item";
    SPECIAL_MARKETING = "appi-20-2-marketing" Error [Act "19", Act "20(2)", Gdpr "9", UkGdpr "9"]
        "要配慮個人情報を広告や宣伝に使わない" "Special care is never for marketing";
    RETENTION_LONG = "appi-22-retention-long" Warning [Act "22", Gdpr "5(1)(e)", UkGdpr "5(1)(e)"]
        "必要がなくなったら消去する" "Nothing is kept longer than needed";
    NOBODY_RETENTION = "appi-2-7-nobody-retention" Error [Act "2(7)"]
        "だれとも結び付けない情報は、会員や予約の期間に結び付けない" "What is linked with nobody ends with no account or booking";
    SENT_TOGETHER = "appi-2-7-sent-together" Error [Act "2(7)", Act "31"]
        "だれとも結び付けない情報を、個人の情報と一緒に渡さない" "What is linked with nobody is not sent with what is a person's";
    MINORS = "minors-age-unknown" Note [Gdpr "8", UkGdpr "8"]
        "若年者かどうかが分かる" "Somebody can tell who is a minor";
    CONDITION = "gdpr-7-4-condition" Error [Gdpr "7(4)", UkGdpr "7(4)"]
        "同意をサービスの条件にしない" "Consent is no condition of the service";
    CONTRACT = "appi-25-contract" Error [Act "25", Gdpr "28(3)", UkGdpr "28(3)"]
        "委託先と契約がある" "A processor is bound by a contract";
    UNNAMED = "appi-28-1-unnamed" Warning [Act "28(1)", Act "29", Gdpr "13(1)(e)", UkGdpr "13(1)(e)"]
        "提供先の会社と国が分かっている" "The company and country of a recipient are known";
    ROUTE = "appi-28-1-route" Warning [Act "28(1)", Gdpr "44", UkGdpr "44"]
        "外国の提供先に経路がある" "There is a route to a recipient abroad";
    COUNTRY_PROFILE = "appi-28-2-country-profile" Error [Act "28(2)", Rules "17(2)(ii)", Rules "18(3)", Gdpr "13(1)(f)", UkGdpr "13(1)(f)"]
        "外国の制度を調べて示す" "The system of a foreign country is surveyed and told";
    COUNTRY_PROFILE_OLD = "appi-28-2-country-profile-old" Warning [Act "28(2)", Rules "17(2)(ii)", Gdpr "46", UkGdpr "46"]
        "外国の制度の調査が新しい" "The survey of a foreign country is fresh";
    TRANSFER_MEASURES = "appi-28-2-measures" Error [Act "28(2)", Rules "17(2)(iii)"]
        "同意で移転するときは提供先の措置を示す" "A transfer by consent tells the recipient's measures";
    CONSENT_COUNTRY = "appi-28-2-consent-country" Error [Act "28(2)", Rules "17(2)(i)", Gdpr "49(1)(a)", UkGdpr "49(1)(a)"]
        "移転の同意は国名を示す" "The consent to a transfer names the country";
    CONSENT_SYSTEM = "appi-28-2-consent-system" Warning [Act "28(2)", Rules "17(2)(ii)", Gdpr "49(1)(a)", UkGdpr "49(1)(a)"]
        "移転の同意は制度と措置にふれる" "The consent to a transfer speaks of the system and the measures";
    CHECK_OVERDUE = "appi-28-3-check-overdue" Error [Act "28(3)", Rules "18(1)", Gdpr "46", UkGdpr "46"]
        "相当措置を定期的に確認する" "Equivalent measures are checked in time";
    CHECK_SOON = "appi-28-3-check-soon" Warning [Act "28(3)", Rules "18(1)", Gdpr "46", UkGdpr "46"]
        "相当措置の確認の期限が近い" "The check of equivalent measures is due soon";
    OUTLINE = "appi-28-3-outline" Error [Act "28(3)", Rules "18(3)"]
        "相当措置の概要と確認の方法を示せる" "Equivalent measures have an outline and a way of checking";
    JOINT_RESPONSIBLE = "appi-27-5-3-responsible" Error [Act "27(5)(iii)", Gdpr "26", UkGdpr "26"]
        "共同利用の責任者の名称・住所・代表者を示す" "Who answers for a joint use is told: name, address, representative";
    SCOPE_OLD = "appi-27-5-3-scope-old" Warning [Act "27(5)(iii)", Gdpr "26", UkGdpr "26"]
        "共同利用の範囲の写しが新しい" "The snapshot of a joint use's scope is fresh";
    MEMBER_ABROAD = "appi-28-1-member-abroad" Error [Act "28(1)", Gdpr "44", UkGdpr "44"]
        "外国の共同利用者に経路がある" "There is a route to a joint user abroad";
    COUNTRY_UNUSED = "country-unused" Note []
        "使われていない国の記載がない" "Every country that is told of is one of a recipient";
    TOOL_SAYS_NOTHING = "tba-27-12-items" Error [Telecommunications "27-12", TelecommunicationsRules "22-2-29"]
        "送信される情報、送信先、利用目的を示す" "What is sent, to whom and for what is told";
    TOOL_UNPUBLISHED = "tba-27-12-unpublished" Error [Telecommunications "27-12"]
        "他社のCookieを置くツールを公表する" "A tool that sets others' cookies is published";
    TOOL_COUNTRY = "tba-27-12-country" Warning [Act "28", TelecommunicationsRules "22-2-29", Gdpr "13(1)(f)", UkGdpr "13(1)(f)"]
        "使うツールの提供者の国が確認されている" "The country of a tool in use is confirmed";
    TOOL_COUNTRY_LATER = "tba-27-12-country-later" Note [Act "28", TelecommunicationsRules "22-2-29"]
        "止めてあるツールも、使う前に国を確認する" "The country of a tool is confirmed before it is switched on";
    TOOL_CONSENT = "eprivacy-5-3-tool" Error [EPrivacy "5(3)", Pecr "6"]
        "端末から読み取るツールは同意を得て使う" "A tool that reads from a device is used with consent";
    TOOL_CONSENT_LATER = "eprivacy-5-3-tool-later" Note [EPrivacy "5(3)", Pecr "6"]
        "止めてあるツールも、使う前に同意を用意する" "A tool has its consent before it is switched on";
    COOKIE_CONSENT = "eprivacy-5-3-cookie" Error [EPrivacy "5(3)", Pecr "6"]
        "他社のCookieは同意を得て置く" "Others' cookies are set with consent";
    FEE = "gdpr-12-5-fee" Error [Gdpr "12(5)", UkGdpr "12(5)"]
        "請求を無料で受ける" "Requests are free";
    FEE_AMOUNT = "appi-38-fee-amount" Warning [Act "38(2)"]
        "手数料は実費を考えて合理的である" "The fee is reasonable in view of the actual cost";
    GROUND = "appi-33-2-ground" Error [Act "32(2)", Act "33(2)", Act "34(2)", Act "35"]
        "法律にある理由でだけ断る" "A request is refused only on grounds of the law";
    REASONS = "gdpr-12-4-reasons" Error [Gdpr "12(4)", UkGdpr "12(4)"]
        "断る理由を知らせる" "Reasons for a refusal are told";
    REASONS_EFFORT = "appi-36-reasons" Note [Act "36"]
        "断る理由を説明するよう努める" "One endeavours to explain reasons";
    SAMPLE = "sample-left-in" Warning []
        "見本が残っていない" "No sample is left in";
}
