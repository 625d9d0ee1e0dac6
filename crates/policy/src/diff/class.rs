//! The classes of change, the duties that law ties to them, and the two judgements that only a
//! person can make. Which class asks for which duty stands in the regimes, article by article.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::document::{Label, Language};
use crate::regime::RegimeName;

/// Declares the classes once: the enum, their words and the list of all.
macro_rules! classes {
    ($( $(#[$meta:meta])* $variant:ident = $ja:literal, $en:literal; )*) => {
        /// What kind of change it is (Act 17(2), 18(1), 21(3), 27, 28).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Class { $( $(#[$meta])* $variant, )* }

        impl Class {
            /// Every class.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The class in words.
            pub fn words(self, language: Language) -> &'static str {
                match (self, language) {
                    $( (Self::$variant, Language::Ja) => $ja, (Self::$variant, Language::En) => $en, )*
                }
            }
        }
    };
}

classes! {
    /// Words or order, and nothing that anything rests on.
    Editorial = "表記の変更", "editorial";
    /// Less is held, used or given than before.
    Tightened = "取り扱いを狭める変更", "tightened";
    /// Name, address, representative or desk of the controller.
    ControllerDetails = "事業者の名称・住所などの変更", "details of the controller";
    /// The controller moves to another country.
    ControllerCountry = "事業者の国の変更", "country of the controller";
    /// A language is dropped.
    LanguageDropped = "言語の廃止", "language dropped";
    /// What an item or a secret is called.
    ItemWording = "項目の表記の変更", "wording of an item";
    /// An item that is new.
    ItemAdded = "項目の追加", "item added";
    /// An item under special care that is new.
    ItemAddedSpecialCare = "要配慮個人情報の項目の追加", "item under special care added";
    /// More is collected for an item than before.
    CollectedMore = "取得する範囲の拡大", "more is collected";
    /// A secret that is new.
    SecretAdded = "秘密情報の追加", "secret added";
    /// What is kept in place of a secret.
    SecretKept = "秘密情報の保存方法の変更", "form in which a secret is kept";
    /// An item is no longer under special care, or lost its own consent.
    ExplicitConsentDropped = "個別の同意の廃止", "explicit consent dropped";
    /// A purpose within a range reasonably related to the one before, as somebody judged.
    PurposeRelated = "関連性のある範囲での利用目的の変更", "purpose within a related range";
    /// A purpose beyond that range, or a new use of old data.
    PurposeBeyond = "関連性のある範囲を超える利用目的の変更", "purpose beyond the related range";
    /// A purpose that only new items serve.
    PurposeForNewItems = "新しい項目のための利用目的", "purpose for new items only";
    /// What a purpose rests on is weaker than before.
    BasisWeakened = "利用目的の根拠を弱める変更", "basis weakened";
    /// What a purpose rests on is another, and neither is a consent.
    BasisChanged = "利用目的の根拠の変更", "basis changed";
    /// A purpose moves from one tier to the other.
    TierChanged = "利用目的の区分の変更", "tier of a purpose";
    /// A recipient sees without an engagement, or longer after one.
    EngagementLoosened = "予約との結びつきを緩める変更", "engagement loosened";
    /// A processor that is new, or is entrusted with more.
    Processor = "委託先の追加・委託範囲の拡大", "new processor or wider entrustment";
    /// A third party of a new kind, or more for one that is known.
    ThirdParty = "第三者提供先の追加・提供範囲の拡大", "new kind of third party or wider provision";
    /// A public body that is named.
    AuthorityNamed = "公的機関の追加", "public body named";
    /// A recipient that was announced and could not be reached now can.
    RecipientOpened = "公表済みの提供先への提供の開始", "announced recipient opened";
    /// Legal details of a recipient.
    RecipientDetails = "提供先の名称・住所などの変更", "details of a recipient";
    /// A country abroad that counts as adequate (route a).
    ForeignDesignated = "指定国にある提供先", "recipient in a designated country";
    /// Abroad, with equivalent measures (route b).
    ForeignWithMeasures = "基準適合体制を整備した外国の提供先", "recipient abroad with equivalent measures";
    /// Abroad, by the person's consent or by no route yet (route c).
    ForeignByConsent = "同意による外国の第三者への提供", "recipient abroad by consent";
    /// What shows or was checked about equivalent measures.
    MeasuresChecked = "相当措置の確認の更新", "check of equivalent measures";
    /// Contract and technique keep a recipient from the data (the cloud exception).
    KeptFromData = "個人データを取り扱わない提供先への変更", "recipient kept from the data";
    /// Name, address or representative of the party responsible for a joint use.
    JointUseDetails = "共同利用の責任者の名称・住所などの変更", "details of the party responsible for a joint use";
    /// Purpose of a joint use, or the party responsible.
    JointUsePurpose = "共同利用の目的・責任者の変更", "purpose or responsible party of a joint use";
    /// Items or scope of a joint use.
    JointUseScope = "共同利用の項目・範囲の変更", "items or scope of a joint use";
    /// An exception to consent that is claimed from now on.
    ExceptionClaimed = "同意の例外の追加", "exception to consent claimed";
    /// A tool that is new, or sends more, to others or for more.
    Tool = "外部送信の追加・変更", "new tool or wider transmission";
    /// A tool that no consent or opt-out stands before any more.
    ToolWithoutConsent = "外部送信の同意・オプトアウトの廃止", "tool without its consent or opt-out";
    /// A cookie that is new or does more.
    Cookie = "Cookieの追加・変更", "new cookie or wider use";
    /// A country that is told of for the first time.
    CountryAdded = "外国の制度の説明の追加", "country described";
    /// What is told of a country, or of a recipient's measures there.
    CountryInformation = "外国の制度・措置の説明の変更", "information about a country or measures";
    /// How requests are made, what they cost, why they may be refused.
    Requests = "請求の手続きの変更", "procedure of requests";
    /// Safety measures as they are published.
    Safety = "安全管理措置の変更", "safety measures";
    /// What was kept apart from everybody is kept with a person.
    Linked = "個人関連情報の本人との結びつけ", "linked with a person";
    /// A consent that is new.
    ConsentAdded = "同意の追加", "consent added";
    /// The words of a consent, which people gave to the old ones.
    ConsentWording = "同意の文言の変更", "wording of a consent";
    /// A consent that is asked again, of everyone.
    ConsentAskedAgain = "同意の取り直し", "consent asked again";
    /// A consent to words that had been given up stands again.
    ConsentRevived = "過去の同意の復活", "given-up consent stands again";
    /// The service cannot be used without a consent, where it could.
    ConditionAdded = "利用の条件の追加", "condition of service added";
    /// Kept longer.
    RetentionLonger = "保存期間の延長", "kept longer";
    /// Kept from another moment on, so that it may be longer or shorter.
    RetentionOther = "保存期間の起点の変更", "kept from another moment on";
    /// People under another law are served.
    RegimeAdded = "適用法域の追加", "regime added";
    /// People under a law are served no more.
    RegimeDropped = "適用法域の廃止", "regime dropped";
    /// What Azukari knows of a law.
    LawChanged = "法令の内容の変更", "law changed";
}

impl Class {
    /// The id, as files and programs know it.
    pub fn id(self) -> String {
        id(&self)
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id())
    }
}

/// The word under which serde knows a variant.
pub(super) fn id(value: &impl Serialize) -> String {
    let text = serde_json::to_value(value).ok();
    text.as_ref().and_then(|value| value.as_str()).unwrap_or_default().to_owned()
}

/// What law asks for when something changes, from the least to the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duty {
    /// Post the new version.
    Post,
    /// State the purpose when the item is collected (Act 21(2)); the forms do.
    TellAtCollection,
    /// Take an explicit consent when the item is collected (Act 20(2)); the door sees to it.
    ConsentAtCollection,
    /// Notify each person, or publish what changed (Act 21(3)).
    Announce,
    /// Publish before it takes effect (Act 27(6)).
    PublishBefore,
    /// Have what shows it on file: selection, contract, measures (Act 25, 28(1)).
    Evidence,
    /// Publish a joint use afresh, or take consent, before anything new is shared (Act 27(5)(iii)).
    FreshJointUse,
    /// A new consent (Act 18(1), 27(1)).
    Consent,
    /// Information about the country, then a consent (Act 28(1), (2)).
    InformedConsent,
}

impl Duty {
    /// Every duty, the least first.
    pub const ALL: [Self; 9] = [
        Self::Post,
        Self::TellAtCollection,
        Self::ConsentAtCollection,
        Self::Announce,
        Self::PublishBefore,
        Self::Evidence,
        Self::FreshJointUse,
        Self::Consent,
        Self::InformedConsent,
    ];

    /// True when posting the version is not enough: the release must say how it is met.
    pub fn needs_plan(self) -> bool {
        self >= Self::Announce
    }

    /// The id, as files and programs know it.
    pub fn id(self) -> String {
        id(&self)
    }

    /// The duty in words.
    pub fn words(self, language: Language) -> &'static str {
        let (ja, en) = match self {
            Self::Post => ("掲載", "post"),
            Self::TellAtCollection => {
                ("取得のときに利用目的を明示", "state the purpose at collection")
            }
            Self::ConsentAtCollection => {
                ("取得のときに個別の同意", "explicit consent at collection")
            }
            Self::Announce => ("本人への通知または公表", "notify or publish"),
            Self::PublishBefore => ("あらかじめ公表", "publish before it takes effect"),
            Self::Evidence => ("契約などの根拠の確認", "evidence on file"),
            Self::FreshJointUse => {
                ("新たな共同利用としての公表または同意", "fresh joint-use notice or consent")
            }
            Self::Consent => ("新たな同意", "new consent"),
            Self::InformedConsent => {
                ("外国の制度などの情報提供と同意", "information about the country, then consent")
            }
        };
        match language {
            Language::Ja => ja,
            Language::En => en,
        }
    }
}

/// What only a person can judge; the strict class holds until somebody does, with a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Judgement {
    /// The new purpose is reasonably related to the old one (Act 17(2)).
    Related,
    /// Other words for the same thing.
    SameSense,
}

impl Judgement {
    /// The class that a change has once it was judged so.
    pub fn class(self, strict: Class) -> Class {
        match (self, strict) {
            (Self::Related, _) => Class::PurposeRelated,
            (Self::SameSense, Class::JointUsePurpose) => Class::JointUseDetails,
            (Self::SameSense, Class::ThirdParty | Class::Processor | Class::JointUseScope) => {
                Class::RecipientDetails
            }
            (Self::SameSense, _) => Class::Editorial,
        }
    }
}

/// What the law of some regimes asks for, with where it says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Demand {
    /// In these regimes.
    pub regimes: Vec<RegimeName>,
    /// What.
    pub duty: Duty,
    /// The article.
    pub article: String,
}

/// What a regime asks for at a class of change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// What.
    pub duty: Duty,
    /// The article it stands on.
    pub source: String,
}

/// Words in both languages at once.
pub(super) fn both(words: impl Fn(Language) -> String) -> Label {
    Label { ja: words(Language::Ja), en: words(Language::En) }
}
