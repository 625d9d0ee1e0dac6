//! The articles of a notice in order, each with what it answers: rows of the domain's clause table,
//! and the articles of law that want it said.

use super::Block;
use super::writer::Writer;
use crate::document::Label;
use crate::law::Statute::{
    Act, EPrivacy, ElectronicMail, Gdpr, Guidelines, Order, Pecr, Rules, Telecommunications,
    TelecommunicationsRules, UkGdpr,
};
use crate::law::{Law, Statute};

/// An article of the notice, before it is written.
pub struct Clause {
    /// Its anchor, the same in every language.
    pub id: &'static str,
    /// What it is about, in Japanese.
    pub ja: &'static str,
    /// What it is about, in English.
    pub en: &'static str,
    /// The rows of the clause table that it answers.
    pub rows: &'static [&'static str],
    /// The law that it answers, of every regime.
    pub law: &'static [Law],
    /// Writes it; nothing where the policy has nothing to say.
    pub(super) write: for<'a> fn(&Writer<'a>) -> Vec<Block>,
}

impl Clause {
    /// What it is about.
    pub fn heading(&self) -> Label {
        Label { ja: self.ja.to_owned(), en: self.en.to_owned() }
    }
}

const fn law(statute: Statute, article: &'static str) -> Law {
    Law { statute, article }
}

/// The summary over the articles.
pub(super) const SUMMARY: Clause = Clause {
    id: "summary",
    ja: "かんたんなまとめ",
    en: "In short",
    rows: &["S1"],
    law: &[law(Act, "21"), law(Gdpr, "12(1)"), law(UkGdpr, "12(1)")],
    write: |writer| writer.summary(),
};

/// Every article, in the order in which people read them.
pub const CLAUSES: &[Clause] = &[
    Clause {
        id: "information",
        ja: "お預かりする情報",
        en: "Information we hold",
        rows: &["S2", "S3", "S4", "S5", "L4"],
        law: &[
            law(Act, "2(1)"),
            law(Act, "2(3)"),
            law(Act, "20"),
            law(Gdpr, "13(2)(e)"),
            law(Gdpr, "14(1)(d)"),
            law(UkGdpr, "13(2)(e)"),
            law(UkGdpr, "14(1)(d)"),
        ],
        write: |writer| writer.information(),
    },
    Clause {
        id: "purposes",
        ja: "利用目的",
        en: "Purposes",
        rows: &["S6"],
        law: &[
            law(Act, "17"),
            law(Act, "18"),
            law(Act, "21"),
            law(Act, "32(1)(ii)"),
            law(Gdpr, "6"),
            law(Gdpr, "13(1)(c)"),
            law(Gdpr, "13(1)(d)"),
            law(UkGdpr, "6"),
            law(UkGdpr, "13(1)(c)"),
            law(UkGdpr, "13(1)(d)"),
        ],
        write: |writer| writer.purposes(),
    },
    Clause {
        id: "management",
        ja: "正確さと安全の管理",
        en: "Accuracy and safety",
        rows: &["S7", "S8", "S9"],
        law: &[
            law(Act, "22"),
            law(Act, "23"),
            law(Act, "32(1)(iv)"),
            law(Order, "10"),
            law(Guidelines, "10"),
            law(Gdpr, "32"),
            law(UkGdpr, "32"),
        ],
        write: |writer| writer.management(),
    },
    Clause {
        id: "stores",
        ja: "お店への提供",
        en: "Sharing with restaurants and shops",
        rows: &["S10", "S11"],
        law: &[law(Act, "27(1)"), law(Gdpr, "13(1)(e)"), law(UkGdpr, "13(1)(e)")],
        write: |writer| writer.stores(),
    },
    Clause {
        id: "third_parties",
        ja: "第三者への提供",
        en: "Provision to third parties",
        rows: &["S12", "S13"],
        law: &[
            law(Act, "27(1)"),
            law(Act, "27(5)"),
            law(Act, "29"),
            law(Gdpr, "13(1)(e)"),
            law(UkGdpr, "13(1)(e)"),
        ],
        write: |writer| writer.third_parties(),
    },
    Clause {
        id: "abroad",
        ja: "外国にある第三者への提供",
        en: "Provision to third parties abroad",
        rows: &["S14"],
        law: &[
            law(Act, "28"),
            law(Rules, "17(2)"),
            law(Rules, "18(3)"),
            law(Guidelines, "10-7"),
            law(Gdpr, "13(1)(f)"),
            law(UkGdpr, "13(1)(f)"),
        ],
        write: |writer| writer.abroad(),
    },
    Clause {
        id: "tools",
        ja: "外部に情報を送るツール",
        en: "Tools that send information to others",
        rows: &["S15", "S19"],
        law: &[
            law(Telecommunications, "27-12"),
            law(TelecommunicationsRules, "22-2-29"),
            law(ElectronicMail, "3"),
            law(EPrivacy, "5(3)"),
            law(Pecr, "6"),
        ],
        write: |writer| writer.tools(),
    },
    Clause {
        id: "device",
        ja: "閲覧の履歴、アクセスログ、Cookie",
        en: "Viewing history, access logs and cookies",
        rows: &["S16", "S17", "S18"],
        law: &[
            law(Act, "2(7)"),
            law(Telecommunications, "27-12"),
            law(EPrivacy, "5(3)"),
            law(Pecr, "6"),
        ],
        write: |writer| writer.device(),
    },
    Clause {
        id: "recipients",
        ja: "提供先",
        en: "Recipients",
        rows: &["S20"],
        law: &[
            law(Act, "25"),
            law(Act, "27(5)(i)"),
            law(Gdpr, "13(1)(e)"),
            law(Gdpr, "28"),
            law(UkGdpr, "13(1)(e)"),
            law(UkGdpr, "28"),
        ],
        write: |writer| writer.recipients(),
    },
    Clause {
        id: "joint_use",
        ja: "共同利用",
        en: "Joint use",
        rows: &["S21", "S22"],
        law: &[law(Act, "27(5)(iii)"), law(Gdpr, "26(2)"), law(UkGdpr, "26(2)")],
        write: |writer| writer.joint_uses(),
    },
    Clause {
        id: "consents",
        ja: "同意",
        en: "Consent",
        rows: &["S11", "S38", "L4", "L5"],
        law: &[
            law(Act, "20(2)"),
            law(Act, "27(1)"),
            law(Act, "31(1)"),
            law(Gdpr, "7"),
            law(Gdpr, "8"),
            law(Gdpr, "13(2)(c)"),
            law(UkGdpr, "7"),
            law(UkGdpr, "8"),
            law(UkGdpr, "13(2)(c)"),
        ],
        write: |writer| writer.consents(),
    },
    Clause {
        id: "retention",
        ja: "保存期間",
        en: "How long we keep information",
        rows: &["L6"],
        law: &[law(Act, "22"), law(Rules, "21"), law(Gdpr, "13(2)(a)"), law(UkGdpr, "13(2)(a)")],
        write: |writer| writer.retention(),
    },
    Clause {
        id: "requests",
        ja: "開示などの請求",
        en: "Your requests",
        rows: &["S23", "S24", "S25", "S26", "S27", "S28", "S29", "S30", "S31", "S32", "S33", "L9"],
        law: &[
            law(Act, "28(3)"),
            law(Act, "32(1)(iii)"),
            law(Act, "33"),
            law(Act, "34"),
            law(Act, "35"),
            law(Act, "37"),
            law(Act, "38"),
            law(Gdpr, "12(3)"),
            law(Gdpr, "13(2)(b)"),
            law(Gdpr, "13(2)(d)"),
            law(UkGdpr, "12(3)"),
            law(UkGdpr, "13(2)(b)"),
            law(UkGdpr, "13(2)(d)"),
        ],
        write: |writer| writer.requests(),
    },
    Clause {
        id: "kinds",
        ja: "加工した情報と個人関連情報",
        en: "Processed and personal-related information",
        rows: &["S35", "S36", "S37", "S38"],
        law: &[
            law(Act, "2(5)"),
            law(Act, "2(6)"),
            law(Act, "2(7)"),
            law(Act, "31"),
            law(Act, "41"),
            law(Act, "43"),
        ],
        write: |writer| writer.kinds(),
    },
    Clause {
        id: "changes",
        ja: "このポリシーの変更",
        en: "Changes to this policy",
        rows: &["S1", "S39"],
        law: &[
            law(Act, "17(2)"),
            law(Act, "21(3)"),
            law(Act, "27(6)"),
            law(Gdpr, "13(3)"),
            law(UkGdpr, "13(3)"),
        ],
        write: |writer| writer.changes(),
    },
    Clause {
        id: "desk",
        ja: "お問い合わせ窓口",
        en: "Inquiry desk",
        rows: &["S34", "L7"],
        law: &[
            law(Act, "32(1)(i)"),
            law(Act, "40"),
            law(Order, "10"),
            law(Gdpr, "13(1)(a)"),
            law(Gdpr, "13(2)(d)"),
            law(UkGdpr, "13(1)(a)"),
            law(UkGdpr, "13(2)(d)"),
        ],
        write: |writer| writer.desk(),
    },
];
