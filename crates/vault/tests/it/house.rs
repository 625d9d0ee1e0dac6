//! A tiny house to test in: one policy, one person's admission, and permits that only the rules make.
#![allow(dead_code, unreachable_pub, reason = "each file uses its part")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::collections::BTreeMap;

use policy::decide::{Admission, Offer};
use policy::{
    Ask, Decision, Document, Facts, ItemName, Permit, RegimeName, SubjectId, admit, decide,
};

const CONTROLLER: &str = r#"
version = "2026-10-01"
languages = ["ja", "en"]
regimes = ["jp"]
[controller]
name = { ja = "試験宿", en = "Test Inn" }
address = { ja = "東京都", en = "Tokyo" }
representative = { ja = "代表", en = "Head" }
service = { ja = "宿", en = "An inn" }
country = "JP"
information_manager = { ja = "情報管理責任者", en = "Information Manager" }
desk = { name = { ja = "窓口", en = "Desk" }, email = "desk@inn.example" }
"#;

const ITEMS: &str = r#"
[email]
label = { ja = "メール", en = "E-mail" }
article = "1(1)"
kind = "email"
sensitivity = "ordinary"
purposes = ["contact"]
retention = { from = "last_put", days = 365 }
[note]
label = { ja = "備考", en = "Note" }
article = "1(2)"
kind = "text"
max_chars = 4000
multiline = true
sensitivity = "ordinary"
purposes = ["contact"]
retention = { from = "last_put", days = 365 }
[payment]
label = { ja = "支払方法", en = "Way to pay" }
article = "1(3)"
kind = "text"
max_chars = 100
sensitivity = "ordinary"
purposes = ["contact"]
retention = { from = "last_put", days = 365 }
"#;

const PURPOSES: &str = r#"
[contact]
label = { ja = "連絡", en = "Contact" }
article = "2(1)"
tier = "service"
basis = { jp = "notice" }
own_use = true
"#;

/// The policy of the house.
pub fn document() -> Document {
    let files = [
        ("controller.toml", CONTROLLER),
        ("items.toml", ITEMS),
        ("secrets.toml", ""),
        ("purposes.toml", PURPOSES),
        ("recipients.toml", ""),
        ("consents.toml", ""),
    ];
    let files: BTreeMap<_, _> =
        files.into_iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
    policy::read_files(&files).unwrap().document
}

/// An item's name.
pub fn item(name: &str) -> ItemName {
    name.parse().unwrap()
}

/// A person.
pub fn person(n: u8) -> SubjectId {
    SubjectId([n; 16])
}

fn regime() -> RegimeName {
    "jp".parse().unwrap()
}

/// Leave to seal those items.
pub fn admission(items: &[&str]) -> Admission {
    let document = document();
    let items = items.iter().map(|name| item(name)).collect();
    admit(Offer {
        policy: &document,
        regime: &regime(),
        items,
        consents: &[],
        waiting: &[],
        registering: false,
    })
    .unwrap()
}

/// Leave to open those items of that person.
pub fn permit(subject: SubjectId, items: &[&str]) -> Permit {
    let document = document();
    let ask = Ask {
        subject,
        recipient: None,
        purpose: "contact".parse().unwrap(),
        items: items.iter().map(|name| item(name)).collect(),
        reference: None,
        exception: false,
    };
    let facts = Facts {
        locked: Vec::new(),
        policy: &document,
        regime: Some(regime()),
        consents: Vec::new(),
        restrictions: Vec::new(),
        stopped_recipients: Vec::new(),
        recipient: None,
        engagement: None,
        approval: None,
        holding: policy::retention::Holding::default(),
        unreadable: Vec::new(),
    };
    let now = "2026-10-02T00:00:00Z".parse().unwrap();
    match decide(ask, &facts, now) {
        Decision::Permit(permit) => *permit,
        Decision::Refusal(refusal) => panic!("{:?}", refusal.reasons),
    }
}
