//! What is published of a set (Rules 36, 37; R7.3, R7.4), and what its recipient is told expressly
//! (Act 44): Japanese and English side by side.

use anonymise::Language;

use crate::{Kind, Label, Shown};

/// A provision that is to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provision {
    /// How it is provided, such as by an encrypted file.
    pub method: Label,
}

impl Provision {
    /// How, in words.
    pub fn words(&self, language: Language) -> &str {
        self.method.words(language)
    }
}

/// What is published, in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub title: String,
    pub says: Vec<String>,
    pub items_heading: String,
    pub items: Vec<String>,
    /// A heading and a text each.
    pub more: Vec<(String, String)>,
}

/// What is published of a set.
pub fn told(
    kind: Kind,
    who: &str,
    shown: &[Shown],
    purpose: Option<&str>,
    provisions: &[Provision],
    language: Language,
) -> Told {
    let ja = language == Language::Ja;
    let items = shown.iter().map(|shown| shown.words(language).to_owned()).collect();
    let title =
        match kind {
            Kind::Anonymised => language
                .of("匿名加工情報の作成と提供に関する公表", "Anonymously processed information"),
            Kind::Pseudonymised => language
                .of("仮名加工情報の利用に関する公表", "Pseudonymously processed information"),
        };
    let mut says = Vec::new();
    says.push(match (kind, ja) {
        (Kind::Anonymised, true) => format!(
            "{who}は、次の項目を含む匿名加工情報を作成しました。個人を識別することも、元の個人情報を復元することもできないように加工しています。"
        ),
        (Kind::Anonymised, false) => format!(
            "{who} has made anonymously processed information with these items. It was processed so that nobody can be identified by it and the information it was made of cannot be restored."
        ),
        (Kind::Pseudonymised, true) => format!(
            "{who}は、次の項目を含む仮名加工情報を作成し、社内で利用します。他の情報と照合して個人を識別することも、ご本人に連絡するために使うこともありません。"
        ),
        (Kind::Pseudonymised, false) => format!(
            "{who} has made pseudonymously processed information with these items, for its own use. It is not matched with other information to identify anybody, and nobody is contacted by it."
        ),
    });
    let mut more = Vec::new();
    if let Some(purpose) = purpose {
        let heading = language.of("利用目的", "What it is used for");
        more.push((heading.to_owned(), purpose.to_owned()));
    }
    if !provisions.is_empty() {
        let heading = language.of("第三者に提供する方法", "How it is provided to third parties");
        says.push(
            language
                .of(
                    "この匿名加工情報を、次の方法で第三者に提供します。提供先には、匿名加工情報であることを明示します。",
                    "It is provided to third parties in the way told here. They are told expressly that it is anonymously processed information.",
                )
                .to_owned(),
        );
        for provision in provisions {
            more.push((heading.to_owned(), provision.words(language).to_owned()));
        }
    }
    let items_heading = match kind {
        Kind::Anonymised => language.of(
            "匿名加工情報に含まれる個人に関する情報の項目",
            "Items of information about individuals in it",
        ),
        Kind::Pseudonymised => language.of("含まれる情報の項目", "Items in it"),
    };
    Told { title: title.to_owned(), says, items_heading: items_heading.to_owned(), items, more }
}

fn escape(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;")
}

const STYLE: &str = "\
:root{color-scheme:light dark}body{margin:0 auto;max-width:42rem;padding:1.5rem 1rem 4rem;\
font:1rem/1.8 system-ui,'Hiragino Sans','Noto Sans JP','Noto Sans CJK JP',sans-serif}\
h1{font-size:1.5rem;line-height:1.4}h2{font-size:1.1rem;margin-top:2rem}";

impl Told {
    /// A page that fetches nothing and runs nothing.
    pub fn html(&self, language: Language) -> String {
        let says = self.says.iter().map(|text| format!("<p>{}</p>", escape(text)));
        let items = self.items.iter().map(|text| format!("<li>{}</li>", escape(text)));
        let more = self
            .more
            .iter()
            .map(|(heading, text)| format!("<h2>{}</h2><p>{}</p>", escape(heading), escape(text)));
        format!(
            "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
             content=\"width=device-width\"><title>{title}</title><style>{STYLE}</style></head>\
             <body><main><h1>{title}</h1>{}<h2>{}</h2><ul>{}</ul>{}</main></body></html>\n",
            language.of("ja", "en"),
            says.collect::<String>(),
            escape(&self.items_heading),
            items.collect::<String>(),
            more.collect::<String>(),
            title = escape(&self.title),
        )
    }
}

/// What a recipient is told together with an anonymised set: that it is one, and what binds whoever has
/// one (Act 44, 45, 46).
pub fn told_to_recipient(
    who: &str,
    recipient: &str,
    shown: &[Shown],
    rows: usize,
    hash: &str,
    language: Language,
) -> String {
    let items = shown.iter().map(|shown| format!("- {}\n", shown.words(language)));
    let items: String = items.collect();
    match language {
        Language::Ja => format!(
            "{recipient} 御中\n\n\
             {who}から提供するこの情報は、個人情報の保護に関する法律に定める匿名加工情報です（同法44条）。\n\n\
             含まれる項目：\n{items}\n行数：{rows}\nファイルのSHA-256：{hash}\n\n\
             お取り扱いにあたっては、次のことをお守りください。\n\
             - 本人を識別するために、削除された記述や個人識別符号、加工の方法に関する情報を取得すること、また、\
             この情報を他の情報と照合することは、法律で禁じられています（同法45条）。\n\
             - 安全管理と苦情の処理のために必要な措置を自ら講じ、その内容を公表するよう努めてください（同法46条）。\n\
             - さらに第三者に提供する場合は、あらかじめ項目と提供の方法を公表し、匿名加工情報であることを提供先に明示してください（同法44条）。\n"
        ),
        Language::En => format!(
            "To {recipient}\n\n\
             What {who} provides here is anonymously processed information (匿名加工情報) under the Act on the \
             Protection of Personal Information of Japan (Article 44).\n\n\
             Items in it:\n{items}\nRows: {rows}\nSHA-256 of the file: {hash}\n\n\
             Whoever holds it is bound by the following.\n\
             - It is forbidden to obtain removed descriptions, individual identification codes or information on \
             the method of processing in order to identify anybody, and to match this information with any other \
             to that end (Article 45).\n\
             - Take measures of your own to keep it safe and to handle complaints, and endeavour to publish them \
             (Article 46).\n\
             - Before providing it to others, publish its items and how it is provided, and tell them expressly \
             that it is anonymously processed information (Article 44).\n"
        ),
    }
}
