//! The words of this server in every language: each reason as a sentence that its reader
//! understands. The compiler names every reason and language that has no words; labels come from
//! the policy.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use policy::item::{Item, Source, ValueKind};
use policy::record::{Imported, ProvisionBasis, calendar_day};
use policy::retention::Thing;
use policy::{ConsentState, Document, HoldName, Language, PurposeName, Reason};

use crate::forecast::{Forecast, HeldKey};
use crate::linked::Link;
use crate::verify::{NotProven, Receipt};

/// A moment in the reader's form, in the controller's time zone.
pub fn moment(at: Timestamp, language: Language) -> String {
    let zone = TimeZone::get("Asia/Tokyo").unwrap_or(TimeZone::UTC);
    let at = at.to_zoned(zone);
    let weekdays = ["月", "火", "水", "木", "金", "土", "日"];
    let weekday = weekdays[usize::from(at.weekday().to_monday_zero_offset().unsigned_abs()) % 7];
    match language {
        Language::Ja => format!(
            "{}年{}月{}日({weekday}){}時{:02}分",
            at.year(),
            at.month(),
            at.day(),
            at.hour(),
            at.minute()
        ),
        Language::En => at.strftime("%-d %B %Y, %H:%M").to_string(),
    }
}

/// A value by what people call it, where it is a word of a list or a language; `None` where it speaks for
/// itself.
pub fn value<'v>(kind: &'v ValueKind, value: &str, language: Language) -> Option<&'v str> {
    match kind {
        ValueKind::Choice(choices) => choices.get(value).map(|label| label.get(language)),
        ValueKind::Language => match (Language::parse(value), language) {
            (Some(Language::Ja), Language::En) => Some("Japanese"),
            (Some(Language::En), Language::Ja) => Some("英語"),
            _ => SPOKEN.iter().find(|(tag, _)| *tag == value).map(|(_, name)| *name),
        },
        _ => None,
    }
}

/// Languages that a person may want to be spoken to in, each by its tag (BCP 47) and its own name.
pub const SPOKEN: [(&str, &str); 14] = [
    ("ja", "日本語"),
    ("en", "English"),
    ("zh-Hans", "简体中文"),
    ("zh-Hant", "繁體中文"),
    ("ko", "한국어"),
    ("th", "ไทย"),
    ("vi", "Tiếng Việt"),
    ("id", "Bahasa Indonesia"),
    ("fr", "Français"),
    ("de", "Deutsch"),
    ("es", "Español"),
    ("pt", "Português"),
    ("it", "Italiano"),
    ("ar", "العربية"),
];

/// A day in the reader's form.
pub fn day(on: jiff::civil::Date, language: Language) -> String {
    match language {
        Language::Ja => format!("{}年{}月{}日", on.year(), on.month(), on.day()),
        Language::En => on.strftime("%-d %B %Y").to_string(),
    }
}

/// The last day of a period whose end is given as the first moment after it.
pub fn last_day(end: jiff::Timestamp, language: Language) -> String {
    let last = end - jiff::SignedDuration::from_millis(1);
    day(policy::calendar::calendar_day(last), language)
}

/// A kind of act, as a ledger entry names it.
fn act(kind: &str, language: Language) -> &str {
    match (kind, language) {
        ("registered", Language::Ja) => "情報のお預かり（登録）",
        ("registered", Language::En) => "a person was taken in",
        ("item_put", Language::Ja) => "項目の保存・変更",
        ("item_put", Language::En) => "a value was put or replaced",
        ("consent_changed", Language::Ja) => "同意の変更",
        ("consent_changed", Language::En) => "a consent was changed",
        ("engaged", Language::Ja) => "予約などの登録・変更",
        ("engaged", Language::En) => "a booking or the like was put or changed",
        ("used", Language::Ja) => "事業者自身による利用",
        ("used", Language::En) => "values were used by the company itself",
        ("disclosed", Language::Ja) => "第三者への提供",
        ("disclosed", Language::En) => "values were given to another party",
        ("refused", Language::Ja) => "提供・利用のお断り",
        ("refused", Language::En) => "an ask was refused",
        ("exception_approved", Language::Ja) => "例外の承認",
        ("exception_approved", Language::En) => "an exception was approved",
        ("exception_ended", Language::Ja) => "例外の承認の終了",
        ("exception_ended", Language::En) => "an approval was ended",
        ("recipient_put", Language::Ja) => "提供先の登録・変更",
        ("recipient_put", Language::En) => "a recipient was registered or changed",
        ("restriction_changed", Language::Ja) => "利用停止・再開",
        ("restriction_changed", Language::En) => "a use was stopped or allowed again",
        ("provision_restricted", Language::Ja) => "提供停止・再開",
        ("provision_restricted", Language::En) => "a provision was stopped or allowed again",
        ("account_closed", Language::Ja) => "退会",
        ("account_closed", Language::En) => "the account was closed",
        ("erased", Language::Ja) => "消去",
        ("erased", Language::En) => "things were erased",
        ("records_ended", Language::Ja) => "保存期間が終わった提供の記録の削除",
        ("records_ended", Language::En) => {
            "provision records were deleted when their time was over"
        }
        ("hold_placed", Language::Ja) => "保存義務の設定",
        ("hold_placed", Language::En) => "a hold was placed",
        ("hold_lifted", Language::Ja) => "保存義務の解除",
        ("hold_lifted", Language::En) => "a hold was lifted",
        ("sign_in_noted", Language::Ja) => "サインインの記録",
        ("sign_in_noted", Language::En) => "a try to sign in was noted",
        ("secret_put", Language::Ja) => "パスワードなどの変更",
        ("secret_put", Language::En) => "a secret was put in the place of the one before",
        ("linked", Language::Ja) => "外部サービスとの連携",
        ("linked", Language::En) => "a service was linked",
        ("unlinked", Language::Ja) => "外部サービスとの連携の終了",
        ("unlinked", Language::En) => "a link was ended",
        ("letter_put", Language::Ja) => "お知らせの手紙の用意",
        ("letter_put", Language::En) => "a letter was put into the outbox",
        ("instructed", Language::Ja) => "提供先への指示",
        ("instructed", Language::En) => "recipients are told what to do with what they received",
        ("instruction_told", Language::Ja) => "提供先への指示の伝達",
        ("instruction_told", Language::En) => "a recipient was told",
        ("instruction_answered", Language::Ja) => "提供先からの回答",
        ("instruction_answered", Language::En) => "a recipient answered",
        ("item_confirmed", Language::Ja) => "内容の確認（変わりなし）",
        ("item_confirmed", Language::En) => "a value was confirmed as still right",
        ("dataset_made", Language::Ja) => "データセットの作成",
        ("dataset_made", Language::En) => "a data set was made",
        ("dataset_provided", Language::Ja) => "データセットの提供",
        ("dataset_provided", Language::En) => "a data set was provided",
        ("dataset_approved", Language::Ja) => "データセットの提供の承認",
        ("dataset_approved", Language::En) => "that a data set is provided was approved",
        ("dataset_refused", Language::Ja) => "データセットの提供のお断り",
        ("dataset_refused", Language::En) => "a data set was not provided",
        ("method_seen", Language::Ja) => "加工方法等情報の閲覧",
        ("method_seen", Language::En) => "the method information of a data set was looked at",
        ("dataset_ended", Language::Ja) => "データセットの消去",
        ("dataset_ended", Language::En) => "a data set was erased",
        ("budget_set", Language::Ja) => "統計のプライバシー予算の設定",
        ("budget_set", Language::En) => "a budget of privacy for statistics was set",
        ("figure_told", Language::Ja) => "統計の回答",
        ("figure_told", Language::En) => "a figure was told, with noise",
        ("policy_published", Language::Ja) => "プライバシーポリシーの公表",
        ("policy_published", Language::En) => "a policy was published",
        ("attachment_seen", Language::Ja) => "請求に添えられた書類の閲覧",
        ("attachment_seen", Language::En) => "an attachment of a request was looked at",
        ("staff_added", Language::Ja) => "担当者の追加",
        ("staff_added", Language::En) => "somebody was added to the staff",
        ("staff_invited", Language::Ja) => "担当者の再招待",
        ("staff_invited", Language::En) => "somebody of the staff was invited anew",
        ("staff_ended", Language::Ja) => "担当者の終了",
        ("staff_ended", Language::En) => "somebody of the staff was ended",
        ("manager_named", Language::Ja) => "情報管理責任者の交代",
        ("manager_named", Language::En) => "another information manager was named",
        (other, _) => other,
    }
}

/// Where a value came from: through a link, or as its item says. What of an item that links feed came
/// through none, she has entered herself.
pub fn source(
    item: Option<&Item>,
    through: Option<(&Link, &Imported)>,
    document: &Document,
    language: Language,
) -> String {
    let Some((link, imported)) = through else {
        let source = item.map_or(Source::Person, |item| item.source);
        let source = if source == Source::LinkedService { Source::Person } else { source };
        return policy::words::source(source, language).to_owned();
    };
    let service = document.services.get(&link.service);
    let name = service.map_or(link.service.as_str(), |service| service.label.get(language));
    let scope = imported.scope.as_ref();
    let grant = scope.map(|scope| {
        let known = service.and_then(|service| service.scopes.get(scope));
        known.map_or(scope.as_str(), |known| known.label.get(language))
    });
    let on = day(calendar_day(link.at), language);
    match (language, grant) {
        (Language::Ja, Some(grant)) => {
            format!("「{name}」から、連携時に許可された「{grant}」として受け取った情報（{on}）")
        }
        (Language::Ja, None) => {
            format!("「{name}」から、連携そのもののために受け取った情報（{on}）")
        }
        (Language::En, Some(grant)) => {
            format!("Received from “{name}” under “{grant}”, which you allowed ({on})")
        }
        (Language::En, None) => format!("Received from “{name}” for the link itself ({on})"),
    }
}

/// What a provision stands on.
pub fn provision_basis(basis: ProvisionBasis, language: Language) -> &'static str {
    match (basis, language) {
        (ProvisionBasis::Consent, Language::Ja) => "ご本人の同意",
        (ProvisionBasis::Consent, Language::En) => "Your consent",
        (ProvisionBasis::Contract, Language::Ja) => "契約の履行",
        (ProvisionBasis::Contract, Language::En) => "Performance of the contract",
        (ProvisionBasis::Entrustment, Language::Ja) => "委託または事業の承継",
        (ProvisionBasis::Entrustment, Language::En) => "Entrustment",
        (ProvisionBasis::JointUse, Language::Ja) => "共同利用",
        (ProvisionBasis::JointUse, Language::En) => "Joint use",
        (ProvisionBasis::Exception, Language::Ja) => "法令が定める例外",
        (ProvisionBasis::Exception, Language::En) => "An exception set by law",
    }
}

/// Names one after the other.
fn list(names: impl IntoIterator<Item = impl std::fmt::Display>, language: Language) -> String {
    let names: Vec<String> = names.into_iter().map(|name| name.to_string()).collect();
    names.join(if language == Language::Ja { "、" } else { ", " })
}

/// What a proof shows, in plain words.
pub fn receipt(receipt: &Receipt, language: Language) -> String {
    let Receipt { proof, entry, record } = receipt;
    let (origin, size) = (&proof.checkpoint.origin, proof.checkpoint.size);
    let (what, at) = (act(&entry.act, language), moment(entry.at, language));
    let mut lines = vec![match language {
        Language::Ja => format!(
            "証明は正しいものです。台帳 {origin} の {} 番（署名時点で全 {size} 件）に、次の行為が記録されています。",
            proof.index
        ),
        Language::En => format!(
            "the proof holds: ledger {origin} has this act at place {}, of {size} when it was signed",
            proof.index
        ),
    }];
    let mut line = |ja: &str, en: &str, value: String| {
        if !value.is_empty() {
            lines.push(match language {
                Language::Ja => format!("  {ja}：{value}"),
                Language::En => format!("  {en}: {value}"),
            });
        }
    };
    line("行為", "act", what.to_owned());
    line("日時（日本時間）", "when (Japan time)", at);
    if let Some(record) = record {
        use policy::record::Act;
        line("本人", "about", record.subject.map(|s| s.to_string()).unwrap_or_default());
        line("操作者", "asked by", record.by.clone());
        let held = |items: &[policy::record::HeldItem]| {
            list(items.iter().map(|held| &held.item), language)
        };
        match &record.act {
            Act::Disclosed(provision) => {
                let to = &provision.third_party;
                line("提供先", "given to", format!("{} ({})", to.name, to.recipient));
                line("項目", "items", held(&provision.items));
                line("利用目的", "purpose", provision.purpose.to_string());
                let reference = provision.reference.as_ref();
                line("番号", "number", reference.map(ToString::to_string).unwrap_or_default());
                line("記録の保存期限", "record kept until", moment(provision.keep_until, language));
            }
            Act::Used { items, purpose, .. } => {
                line("項目", "items", held(items));
                line("利用目的", "purpose", purpose.to_string());
            }
            Act::Linked { service, scopes, items } => {
                line("連携サービス", "service", service.to_string());
                line("許可の範囲", "granted", list(scopes, language));
                line("項目", "items", list(items.iter().map(|one| &one.item), language));
            }
            Act::Unlinked { service, .. } => line("連携サービス", "service", service.to_string()),
            Act::LetterPut { purpose, engagement, .. } => {
                line("利用目的", "purpose", purpose.to_string());
                if let Some((recipient, reference)) = engagement {
                    line("提供先", "with", recipient.to_string());
                    line("番号", "number", reference.to_string());
                }
            }
            Act::Refused { ask, .. } => {
                let recipient = ask.recipient.as_ref();
                line(
                    "求めた先",
                    "asked for",
                    recipient.map(ToString::to_string).unwrap_or_default(),
                );
                line("項目", "items", list(&ask.items, language));
                line("利用目的", "purpose", ask.purpose.to_string());
            }
            Act::Registered { items, .. } => line("項目", "items", held(items)),
            Act::SecretPut { secret } => line("秘密情報", "secret", secret.to_string()),
            Act::ItemPut { item } | Act::ItemConfirmed { item } | Act::SignInNoted { item, .. } => {
                line("項目", "items", item.item.to_string());
            }
            Act::ConsentChanged { consent, by_representative } => {
                let now = state(consent.state, language);
                line("同意", "consent", format!("{} ({now})", consent.consent));
                if *by_representative {
                    let who = match language {
                        Language::Ja => "法定代理人",
                        Language::En => "her statutory representative",
                    };
                    line("回答した方", "answered by", who.to_owned());
                }
            }
            Act::Engaged { recipient, engagement } => {
                line("提供先", "with", recipient.to_string());
                line("番号", "number", engagement.reference.to_string());
            }
            Act::RecipientPut { recipient, .. } => {
                line("提供先", "recipient", recipient.to_string());
            }
            Act::RestrictionChanged { purpose, .. } => {
                let purpose = purpose.as_ref();
                line("利用目的", "purpose", purpose.map(ToString::to_string).unwrap_or_default());
            }
            Act::ProvisionRestricted { recipient, .. } => {
                let recipient = recipient.as_ref();
                line("提供先", "recipient", recipient.map(ToString::to_string).unwrap_or_default());
            }
            Act::PolicyPublished { version, .. }
            | Act::PolicyTookEffect { version }
            | Act::PolicyWithdrawn { version, .. } => line("版", "version", version.to_string()),
            Act::Erased { gone, .. } => {
                line("消去した項目", "erased", list(gone.iter().map(|gone| &gone.thing), language));
            }
            Act::RecordsEnded { count, .. } => line("件数", "count", count.to_string()),
            Act::HoldPlaced { hold, .. } | Act::HoldLifted { hold } => {
                line("保存義務", "hold", hold.to_string());
            }
            Act::RequestReceived { request, kind, .. } => {
                line("請求", "request", kind.words(language).to_owned());
                line("受付番号", "receipt number", request.number());
            }
            Act::RequestMoved { request, kind, state, .. } => {
                line("請求", "request", kind.words(language).to_owned());
                line("受付番号", "receipt number", request.number());
                line("状態", "state", state.words(language).to_owned());
            }
            Act::AttachmentSeen { request, .. } => {
                line("受付番号", "receipt number", request.number());
            }
            Act::Answered { request, items, .. } => {
                line("受付番号", "receipt number", request.number());
                line("項目", "items", held(items));
            }
            Act::StaffAdded { staff, .. }
            | Act::StaffInvited { staff }
            | Act::StaffEnded { staff }
            | Act::ManagerNamed { staff, .. } => line("担当者", "staff", staff.to_string()),
            Act::DatasetMade(made) => {
                line("データセット", "data set", made.name.get(language).to_owned());
                if !made.items.is_empty() {
                    line("項目", "items", list(&made.items, language));
                }
                line("利用目的", "purpose", made.purpose.to_string());
            }
            Act::DatasetApproved(approved) => {
                line("データセット", "data set", approved.name.get(language).to_owned());
                line("提供先", "to be given to", approved.recipient.clone());
            }
            Act::DatasetProvided(provided) => {
                line("データセット", "data set", provided.name.get(language).to_owned());
                line("提供先", "given to", provided.recipient.clone());
            }
            Act::DatasetRefused { name, recipient, .. } => {
                line("データセット", "data set", name.get(language).to_owned());
                line("提供先", "asked for", recipient.clone());
            }
            Act::MethodSeen { name, .. } | Act::DatasetEnded { name, .. } => {
                line("データセット", "data set", name.get(language).to_owned());
            }
            Act::BudgetSet { purpose, .. } => line("利用目的", "purpose", purpose.to_string()),
            Act::FigureTold(told) => {
                line("項目", "items", told.item.to_string());
                line("利用目的", "purpose", told.purpose.to_string());
            }
            Act::Instructed { recipients, .. } => {
                line("提供先", "recipients", list(recipients, language));
            }
            Act::InstructionTold { instruction, recipient, .. }
            | Act::InstructionAnswered { instruction, recipient, .. } => {
                line("提供先", "recipient", recipient.to_string());
                line("指示", "instruction", instruction.clone());
            }
            Act::ExceptionApproved { .. }
            | Act::ExceptionEnded { .. }
            | Act::AccountClosed { .. } => {}
        }
    }
    lines.push(match (language, record.is_some()) {
        (Language::Ja, true) => {
            "この記録は、当時書かれたものと一字一句同じです。台帳の署名者も、気づかれずに変えたり消したりすることはできません。".into()
        }
        (Language::En, true) => {
            "the record is, to the byte, the one that was written then; not even the signer of the \
             ledger can change it or take it back unnoticed"
                .into()
        }
        (Language::Ja, false) => {
            "この証明だけでは、どなたの何の情報かは分かりません。それを示すのは、本人が持つ記録と salt です。".into()
        }
        (Language::En, false) => {
            "by itself the proof says nothing of whom or what: that takes the record and its salt, \
             which the person has"
                .into()
        }
    });
    lines.join("\n") + "\n"
}

/// What a file of many proofs shows: how many hold, and which lines show nothing.
pub fn receipts(sound: u64, wrong: &[(u64, NotProven)], language: Language) -> String {
    let mut lines: Vec<String> = wrong
        .iter()
        .map(|(line, why)| match language {
            Language::Ja => format!("{line}行目：{}", not_proven(why, language)),
            Language::En => format!("line {line}: {}", not_proven(why, language)),
        })
        .collect();
    lines.push(match (language, wrong.len()) {
        (Language::Ja, 0) => format!(
            "{sound}件の証明はすべて正しいものです。どの記録も、当時書かれたものと一字一句同じです。"
        ),
        (Language::En, 0) => format!(
            "all {sound} proofs hold: every record is, to the byte, the one that was written then"
        ),
        (Language::Ja, bad) => format!("{sound}件の証明は正しく、{bad}件は証明になりません。"),
        (Language::En, bad) => format!("{sound} proofs hold, {bad} show nothing"),
    });
    lines.join("\n") + "\n"
}

/// A thing that ends on its own, as people call it.
pub fn thing(thing: &Thing, document: &Document, language: Language) -> String {
    match (thing, language) {
        (Thing::Item(name), _) => {
            let known = document.items.get(name);
            known.map_or(name.as_str(), |item| item.label.get(language)).to_owned()
        }
        (Thing::Secret(name), _) => {
            let known = document.secrets.get(name);
            known.map_or(name.as_str(), |secret| secret.label.get(language)).to_owned()
        }
        (Thing::Account, Language::Ja) => "アカウントと同意".to_owned(),
        (Thing::Account, Language::En) => "Account and consents".to_owned(),
    }
}

/// A version of the policy, by its day.
pub fn version(version: policy::Version, language: Language) -> String {
    let day = day(version.on, language);
    match (version.serial, language) {
        (1, Language::Ja) => format!("{day}版"),
        (serial, Language::Ja) => format!("{day}版（その{serial}）"),
        (1, Language::En) => format!("version of {day}"),
        (serial, Language::En) => format!("version of {day}, no. {serial}"),
    }
}

/// The purpose that kept a thing longest, with what it is to the thing.
pub fn last_purpose(
    because: Option<&PurposeName>,
    document: &Document,
    language: Language,
) -> String {
    let name = because.map(|name| {
        document.purposes.get(name).map_or(name.as_str(), |p| p.label.get(language)).to_owned()
    });
    match (name, language) {
        (Some(name), Language::Ja) => format!("最後の利用目的：{name}"),
        (None, Language::Ja) => "最後の利用目的：ポリシーにない項目".to_owned(),
        (Some(name), Language::En) => format!("last purpose: {name}"),
        (None, Language::En) => "last purpose: not in the policy".to_owned(),
    }
}

/// A hold of the policy by its label, one put by hand by its name.
pub fn hold<'a>(
    name: &'a HoldName,
    law: bool,
    document: &'a Document,
    language: Language,
) -> &'a str {
    let hold = document.holds.get(name).filter(|_| law);
    hold.map_or(name.as_str(), |hold| hold.label.get(language))
}

/// By which hold something is kept, and until when.
pub fn held_by(
    key: &HeldKey,
    until: Option<Timestamp>,
    document: &Document,
    language: Language,
) -> String {
    let hold = hold(&key.hold, key.law, document, language);
    let until = until.map(|until| day(calendar_day(until), language));
    match (language, until) {
        (Language::Ja, Some(until)) => format!("{hold}（最長で{until}まで）"),
        (Language::Ja, None) => format!("{hold}（終わりは未定）"),
        (Language::En, Some(until)) => format!("{hold}, until {until} at the latest"),
        (Language::En, None) => format!("{hold}, its end is not known yet"),
    }
}

/// What falls due and what is held, as a table for the terminal.
pub fn forecast(forecast: &Forecast, document: &Document, language: Language) -> String {
    let say =
        |ja: &str, en: &str| if language == Language::Ja { ja.to_owned() } else { en.to_owned() };
    let thing = |thing: &Thing| self::thing(thing, document, language);
    let (from, to) =
        (day(calendar_day(forecast.from), language), day(calendar_day(forecast.to), language));
    let mut lines = vec![match language {
        Language::Ja => format!("{from}から{to}までに保存期間が終わるもの"),
        Language::En => format!("what falls due from {from} to {to}"),
    }];
    let mut weeks: BTreeMap<jiff::civil::Date, Vec<String>> = BTreeMap::new();
    for (key, count) in &forecast.due {
        let because = last_purpose(key.because.as_ref(), document, language);
        let thing = thing(&key.thing);
        let line = match language {
            Language::Ja => format!("  {count:>8}件  {thing}（{because}）"),
            Language::En => format!("  {count:>8}  {thing}; {because}"),
        };
        weeks.entry(key.from).or_default().push(line);
    }
    for (from, count) in &forecast.records {
        weeks.entry(*from).or_default().push(match language {
            Language::Ja => format!("  {count:>8}件  第三者提供記録（法定の保存期間の終了）"),
            Language::En => {
                format!("  {count:>8}  provision records; the time that law asks for is over")
            }
        });
    }
    if weeks.is_empty() {
        lines.push(say("  ありません", "  nothing"));
    }
    for (from, rows) in weeks {
        let from = day(from, language);
        lines.push(match language {
            Language::Ja => format!("{from}からの週"),
            Language::En => format!("week from {from}"),
        });
        lines.extend(rows);
    }
    lines.push(say("保存義務により残しているもの", "what is held beyond its time"));
    if forecast.held.is_empty() {
        lines.push(say("  ありません", "  nothing"));
    }
    for (key, held) in &forecast.held {
        let hold = held_by(key, held.until, document, language);
        let (count, thing) = (held.count, thing(&key.thing));
        lines.push(match language {
            Language::Ja => format!("  {count:>8}件  {thing}：{hold}"),
            Language::En => format!("  {count:>8}  {thing}: {hold}"),
        });
    }
    lines.join("\n") + "\n"
}

/// Why a proof shows nothing, in plain words.
pub fn not_proven(why: &NotProven, language: Language) -> String {
    use ledger::{CheckpointError, ReceiptError};
    match (language, why) {
        (Language::En, why) => format!("not proven: {why}"),
        (Language::Ja, why) => {
            let why = match why {
                NotProven::Unreadable => "証明のファイルではありません。",
                NotProven::NoEntry => "台帳の項目が含まれていないため、何の証明か分かりません。",
                NotProven::NotARecord => "ファイルの記録は、預かりの記録の形をしていません。",
                NotProven::OtherRecord => "ファイルの記録は、台帳の項目が指す記録ではありません。",
                NotProven::Proof(ReceiptError::Malformed) => "証明の文が壊れています。",
                NotProven::Proof(ReceiptError::Checkpoint(CheckpointError::Unsigned)) => {
                    "この鍵による署名がありません。鍵が違うか、別の台帳の証明です。"
                }
                NotProven::Proof(ReceiptError::Checkpoint(_)) => {
                    "署名が合いません。証明は書き換えられています。"
                }
                NotProven::Proof(ReceiptError::Proof(_)) => {
                    "台帳に、この記録の項目はありません。記録か証明が書き換えられています。"
                }
            };
            format!("証明になりません：{why}")
        }
    }
}

pub(crate) fn state(state: ConsentState, language: Language) -> &'static str {
    use ConsentState as S;
    match (state, language) {
        (S::Requested, Language::Ja) => "未回答",
        (S::Requested, Language::En) => "not answered yet",
        (S::RequestDeferred, Language::Ja) => "回答保留",
        (S::RequestDeferred, Language::En) => "put off",
        (S::Given, Language::Ja) => "同意済み",
        (S::Given, Language::En) => "given",
        (S::Refused, Language::Ja) => "不同意",
        (S::Refused, Language::En) => "refused",
        (S::Withdrawn, Language::Ja) => "撤回済み",
        (S::Withdrawn, Language::En) => "withdrawn",
        (S::Revoked, Language::Ja) => "取消済み",
        (S::Revoked, Language::En) => "revoked",
        (S::Expired, Language::Ja) => "期限切れ",
        (S::Expired, Language::En) => "expired",
        (S::Invalidated, Language::Ja) => "無効",
        (S::Invalidated, Language::En) => "invalid",
        (S::Unknown, Language::Ja) => "不明",
        (S::Unknown, Language::En) => "unknown",
    }
}

/// A reason as a sentence.
pub fn reason(reason: &Reason, language: Language, document: &Document) -> String {
    use Language::{En, Ja};
    use Reason as R;
    let item = |name: &policy::ItemName| {
        let known = document.items.get(name).map(|i| i.label.get(language));
        let secret = || {
            let mut all = document.secrets.iter();
            all.find(|(s, _)| s.as_str() == name.as_str()).map(|(_, s)| s.label.get(language))
        };
        known.or_else(secret).unwrap_or(name.as_str()).to_owned()
    };
    let purpose = |name: &policy::PurposeName| {
        let known = document.purposes.get(name).map(|p| p.label.get(language));
        known.unwrap_or(name.as_str()).to_owned()
    };
    let consent = |name: &policy::ConsentName| {
        let known = document.consents.get(name).map(|c| c.label.get(language));
        known.unwrap_or(name.as_str()).to_owned()
    };
    match (reason, language) {
        (R::NothingAsked {}, Ja) => "項目が一つも指定されていません。".into(),
        (R::NothingAsked {}, En) => "The ask names no item.".into(),
        (R::UnknownSubject {}, Ja) => "該当する方の情報は保有していません。".into(),
        (R::UnknownSubject {}, En) => "Nobody is held under that id.".into(),
        (R::UnknownItem { item: name }, Ja) => {
            format!("「{name}」という項目は、プライバシーポリシーにありません。")
        }
        (R::UnknownItem { item: name }, En) => format!("The policy has no item “{name}”."),
        (R::NeverLeaves { item: name }, Ja) => {
            format!("「{}」は、どなたにもお渡ししません。", item(name))
        }
        (R::NeverLeaves { item: name }, En) => {
            format!("“{}” is never given to anyone.", item(name))
        }
        (R::NotLinked { item: name }, Ja) => {
            format!("「{}」は、どなたのものか分からない形で別に保管しています。", item(name))
        }
        (R::NotLinked { item: name }, En) => {
            format!("“{}” is kept apart and leads to no one.", item(name))
        }
        (R::UnknownPurpose { purpose }, Ja) => {
            format!("「{purpose}」という利用目的は、プライバシーポリシーにありません。")
        }
        (R::UnknownPurpose { purpose }, En) => {
            format!("The policy declares no purpose “{purpose}”.")
        }
        (R::UnknownRecipient { recipient }, Ja) => {
            format!("提供先「{recipient}」は登録されていません。")
        }
        (R::UnknownRecipient { recipient }, En) => {
            format!("“{recipient}” is not a registered recipient.")
        }
        (R::RecipientSuspended { .. }, Ja) => "この提供先への提供は停止されています。".into(),
        (R::RecipientSuspended { .. }, En) => "Nothing goes to this recipient for now.".into(),
        (R::ItemNotForPurpose { item: name, purpose: p }, Ja) => {
            format!("「{}」は、「{}」の目的では利用しません。", item(name), purpose(p))
        }
        (R::ItemNotForPurpose { item: name, purpose: p }, En) => {
            format!("“{}” is not used for “{}”.", item(name), purpose(p))
        }
        (R::RecipientNotForPurpose { purpose: p, .. }, Ja) => {
            format!("この提供先には、「{}」の目的では提供しません。", purpose(p))
        }
        (R::RecipientNotForPurpose { purpose: p, .. }, En) => {
            format!("This recipient receives nothing for “{}”.", purpose(p))
        }
        (R::ItemNotForRecipient { item: name, .. }, Ja) => {
            format!("「{}」は、この提供先には提供しません。", item(name))
        }
        (R::ItemNotForRecipient { item: name, .. }, En) => {
            format!("“{}” does not go to this recipient.", item(name))
        }
        (R::NotAnOwnUse { purpose: p }, Ja) => {
            format!("「{}」は、当社自身の利用目的ではありません。", purpose(p))
        }
        (R::NotAnOwnUse { purpose: p }, En) => {
            format!("“{}” is not a purpose of the company's own.", purpose(p))
        }
        (R::NoBasis { purpose: p, .. }, Ja) => {
            format!("「{}」には、この方に適用される法令上の根拠がありません。", purpose(p))
        }
        (R::NoBasis { purpose: p, .. }, En) => {
            format!("“{}” has no legal basis for this person.", purpose(p))
        }
        (R::BasisTooWeak { .. }, Ja) => {
            "この提供先への提供には、ご本人の同意など、より確かな根拠が必要です。".into()
        }
        (R::BasisTooWeak { .. }, En) => {
            "This recipient needs a stronger basis, such as the person's consent.".into()
        }
        (R::ConsentMissing { consent: c }, Ja) => {
            format!("「{}」について、同意をいただいていません。", consent(c))
        }
        (R::ConsentMissing { consent: c }, En) => {
            format!("The consent “{}” has not been given.", consent(c))
        }
        (R::ConsentNotGiven { consent: c, state: s }, Ja) => {
            format!("「{}」への同意は、現在「{}」です。", consent(c), state(*s, language))
        }
        (R::ConsentNotGiven { consent: c, state: s }, En) => {
            format!("The consent “{}” is {}.", consent(c), state(*s, language))
        }
        (R::ConsentForOtherNotice { consent: c, .. }, Ja) => {
            format!("「{}」の説明文が変わりました。改めて同意が必要です。", consent(c))
        }
        (R::ConsentForOtherNotice { consent: c, .. }, En) => {
            format!("The wording of “{}” has changed; it must be asked again.", consent(c))
        }
        (R::ConditionOfService { consent: c }, Ja) => {
            let words = document.consents.get(c).map(|c| c.on_refusal.ja.clone());
            words.unwrap_or_else(|| "この同意がないと、サービスをご利用いただけません。".into())
        }
        (R::ConditionOfService { consent: c }, En) => {
            let words = document.consents.get(c).map(|c| c.on_refusal.en.clone());
            words.unwrap_or_else(|| "The service cannot be used without this consent.".into())
        }
        (R::SpecialCareWithoutConsent { item: name, .. }, Ja) => {
            format!("「{}」は、明示の同意をいただいた場合に限りお預かりします。", item(name))
        }
        (R::SpecialCareWithoutConsent { item: name, .. }, En) => {
            format!("“{}” is held and shown only with explicit consent.", item(name))
        }
        (R::LockedToOldPurposes { item: name, .. }, Ja) => format!(
            "「{}」は、この利用目的を加える前にお預かりしたものです。ご本人があらためて同意するまで、この目的には使えません。",
            item(name)
        ),
        (R::LockedToOldPurposes { item: name, .. }, En) => format!(
            "“{}” was collected before this purpose was added; it waits for the person's new consent.",
            item(name)
        ),
        (R::ProvisionStopped { .. }, Ja) => "ご本人のお申し出により、提供を停止しています。".into(),
        (R::ProvisionStopped { .. }, En) => "Provision is stopped at the person's request.".into(),
        (R::Restricted { .. }, Ja) => "ご本人のお申し出により、利用を停止しています。".into(),
        (R::Restricted { .. }, En) => "Stopped at the person's request.".into(),
        (R::NoEngagement { .. }, Ja) => "この店舗への予約が見つかりません。".into(),
        (R::NoEngagement { .. }, En) => "There is no booking with this recipient.".into(),
        (R::EngagementCancelled { .. }, Ja) => "この予約は取り消されています。".into(),
        (R::EngagementCancelled { .. }, En) => "The booking has been cancelled.".into(),
        (R::PurposeEnded { item: name, purpose: p, ended_at }, Ja) => format!(
            "「{}」を「{}」のために保存する期間は、{}に終わりました。",
            item(name),
            purpose(p),
            moment(*ended_at, language)
        ),
        (R::PurposeEnded { item: name, purpose: p, ended_at }, En) => format!(
            "“{}” is no longer kept for “{}”; that ended on {}.",
            item(name),
            purpose(p),
            moment(*ended_at, language)
        ),
        (R::EngagementEnded { ended_at }, Ja) => {
            format!("ご利用は終了しました。閲覧できたのは{}までです。", moment(*ended_at, language))
        }
        (R::EngagementEnded { ended_at }, En) => {
            format!("The visit is over; access ended on {}.", moment(*ended_at, language))
        }
        (R::LegalDetailsMissing { .. }, Ja) => {
            "提供先の名称・住所・代表者を確認できていないため、提供しません。".into()
        }
        (R::LegalDetailsMissing { .. }, En) => {
            "It is not known who the recipient is in law, so nothing goes there.".into()
        }
        (R::CountryUnconfirmed { .. }, Ja) => {
            "提供先の国が確認できていないため、提供しません。".into()
        }
        (R::CountryUnconfirmed { .. }, En) => {
            "The recipient's country is not confirmed, so nothing goes there.".into()
        }
        (R::NoRoute { country }, Ja) => {
            format!("提供先の国({country})へ提供できる法令上の根拠がありません。")
        }
        (R::NoRoute { country }, En) => {
            format!("The law opens no way to the recipient's country ({country}).")
        }
        (R::RouteCheckOverdue { checked_on, .. }, Ja) => format!(
            "提供先の体制の確認({})から期限が過ぎているため、提供しません。",
            day(*checked_on, language)
        ),
        (R::RouteCheckOverdue { checked_on, .. }, En) => format!(
            "The recipient was last checked on {}; the check is overdue.",
            day(*checked_on, language)
        ),
        (R::ExceptionNotApproved {}, Ja) => {
            "例外としての提供は、情報管理責任者に承認されていません。".into()
        }
        (R::ExceptionNotApproved {}, En) => {
            "The information manager has approved no such exception.".into()
        }
        (R::ExceptionExpired { ended_at }, Ja) => {
            format!("例外の承認は{}に終了しました。", moment(*ended_at, language))
        }
        (R::ExceptionExpired { ended_at }, En) => {
            format!("The approval ended on {}.", moment(*ended_at, language))
        }
        (R::ExceptionOutOfScope {}, Ja) => "承認された例外の範囲を超えています。".into(),
        (R::ExceptionOutOfScope {}, En) => "This is beyond what was approved.".into(),
        (R::ExceptionNotClaimed { .. }, Ja) => {
            "この例外は、プライバシーポリシーに挙げられていません。".into()
        }
        (R::ExceptionNotClaimed { .. }, En) => "The policy does not claim this exception.".into(),
        (R::ExceptionNotInLaw { .. }, Ja) => {
            "この例外は、この方に適用される法令では認められていません。".into()
        }
        (R::ExceptionNotInLaw { .. }, En) => {
            "The law that applies to this person knows no such exception.".into()
        }
        (R::FactUnreadable { .. }, Ja) => {
            "判断に必要な記録を読み取れないため、提供しません。".into()
        }
        (R::FactUnreadable { .. }, En) => {
            "A fact that the decision needs cannot be read, so nothing goes.".into()
        }
        (R::RuleFailed { .. }, Ja) => "判断できないため、提供しません。".into(),
        (R::RuleFailed { .. }, En) => "The rules came to no answer, so nothing goes.".into(),
    }
}

/// What is wrong with a field, for the person who filled it in; `None` when only a programmer can
/// do something about it.
pub fn field(code: &str, language: Language) -> Option<&'static str> {
    Some(match (code, language) {
        ("empty" | "missing", Language::Ja) => "入力してください。",
        ("empty" | "missing", Language::En) => "Please fill this in.",
        ("own_address", Language::Ja) => "ご本人とは別のメールアドレスを入力してください。",
        ("own_address", Language::En) => "Please give another address than the person’s own.",
        ("too_long", Language::Ja) => "文字数が多すぎます。短くしてください。",
        ("too_long", Language::En) => "This is too long; please shorten it.",
        ("control_character", Language::Ja) => {
            "目に見えない文字（制御文字や、文字の向きを変える記号）が含まれています。消してから、もう一度お送りください。"
        }
        ("control_character", Language::En) => {
            "This contains a character that is not seen, such as one that changes the direction of writing. Please delete it and send it again."
        }
        ("multi_line", Language::Ja) => "一行で入力してください。",
        ("multi_line", Language::En) => "Please use one line.",
        ("not_an_email", Language::Ja) => {
            "メールアドレスの形式をご確認ください(例:name@example.jp)。"
        }
        ("not_an_email", Language::En) => {
            "Please check the e-mail address (such as name@example.com)."
        }
        ("not_a_phone", Language::Ja) => "電話番号をご確認ください(例:090-1234-5678)。",
        ("not_a_phone", Language::En) => {
            "Please check the number; from abroad begin with + and the country."
        }
        ("not_a_date", Language::Ja) => "日付をご確認ください(例:1990-04-01)。",
        ("not_a_date", Language::En) => "Please check the date (such as 1990-04-01).",
        ("impossible_date", Language::Ja) => "年月日をご確認ください。",
        ("impossible_date", Language::En) => "Please check the year of this date.",
        ("not_a_choice", Language::Ja) => "選択肢から選んでください。",
        ("not_a_choice", Language::En) => "Please choose from the list.",
        ("not_a_language", Language::Ja) => "言語を選んでください。",
        ("not_a_language", Language::En) => "Please choose a language.",
        ("taken", Language::Ja) => {
            "すでに登録されています。サインインするか、別のものをご利用ください。"
        }
        ("taken", Language::En) => "This is registered already; sign in, or use another one.",
        ("unfit_password", Language::Ja) => "8文字以上128文字以内のパスワードにしてください。",
        ("unfit_password", Language::En) => "Please choose a password of 8 to 128 characters.",
        ("other_notice", Language::Ja) => {
            "プライバシーポリシーが新しくなりました。新しい内容をご確認ください。"
        }
        ("other_notice", Language::En) => "The policy has a new version; please read that one.",
        _ => return None,
    })
}
