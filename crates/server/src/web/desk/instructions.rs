//! `/desk/instructions`: what recipients were told to do with what they received, the oldest first, as
//! long as nobody has answered. Staff tell one by hand, and note what it answered.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use maud::{Markup, html};
use policy::record::{InstructionKind, InstructionOutcome, ToldBy};
use policy::{Document, Language, RecipientName};
use serde::Deserialize;

use super::page::{Room, page};
use super::requests::disclosed::{labels, purpose};
use super::requests::form::{Again, Sent, Tried, word};
use super::requests::words::{self, Say};
use super::session::Staff;
use super::trouble::Trouble;
use super::urls;
use crate::acts::instruction::{self, Instruction};
use crate::app::App;
use crate::error::Error;
use crate::instruct;
use crate::outbox::InstructionId;

/// Instructions on one page.
const PAGE: i64 = 50;

/// What the address may say.
#[derive(Deserialize)]
pub(super) struct Asked {
    after: Option<String>,
    done: Option<String>,
}

/// Where a page begins.
fn cursor(text: Option<&str>) -> Option<(i64, Vec<u8>)> {
    let (at, id) = text?.split_once('.')?;
    let id: InstructionId = id.parse().ok()?;
    Some((at.parse().ok()?, id.0.to_vec()))
}

/// The page.
pub(super) async fn page_of(
    State(app): State<Arc<App>>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let say = Say(staff.language);
    let done = match asked.done.as_deref() {
        Some("told") => {
            Some(say.of("伝えたことを記録しました。", "It is on record that they were told."))
        }
        Some("answer") => Some(say.of("回答を記録しました。", "The answer is on record.")),
        _ => None,
    };
    show(&app, &staff, asked.after.as_deref(), done, None, StatusCode::OK).await
}

/// Notes that a recipient was told, or what it answered.
pub(super) async fn act(
    State(app): State<Arc<App>>,
    staff: Staff,
    Form(sent): Form<Sent>,
) -> Result<Response, Trouble> {
    let by = staff.id.to_string();
    let text = sent.get("instruction");
    let id: InstructionId = text.parse().map_err(|_| Error::not_found("instruction", text))?;
    let act = sent.get("act").to_owned();
    let done = match act.as_str() {
        "told" => instruction::told(&app, id, ToldBy::Desk, by).await.map(drop),
        "answer" => match sent.word::<InstructionOutcome>("outcome") {
            Some(outcome) => {
                let words = sent.some("words");
                instruction::answer(&app, id, outcome, words, by, None).await.map(drop)
            }
            None => Err(Error::field("outcome", "missing", "is missing")),
        },
        _ => Err(Error::NoSuchAddress),
    };
    match done {
        Ok(()) => Ok(Redirect::to(&format!("{}?done={act}", urls::INSTRUCTIONS)).into_response()),
        Err(error) => {
            let after = sent.some("after").map(str::to_owned);
            let (mut tried, moved_on) = Tried::of(&act, sent, error)?;
            let mut status = StatusCode::UNPROCESSABLE_ENTITY;
            if moved_on {
                status = StatusCode::CONFLICT;
                let told = Say(staff.language).of(
                    "この指示の回答は、すでに記録されています。何も変更していません。",
                    "This one was answered meanwhile; nothing was changed.",
                );
                tried.told = Some(told.to_owned());
            }
            show(&app, &staff, after.as_deref(), None, Some(&tried), status).await
        }
    }
}

async fn show(
    app: &Arc<App>,
    staff: &Staff,
    from: Option<&str>,
    done: Option<&str>,
    tried: Option<&Tried>,
    status: StatusCode,
) -> Result<Response, Trouble> {
    let after = cursor(from).unwrap_or((i64::MIN, Vec::new()));
    let mut open = instruction::list(app, true, after, PAGE + 1).await?;
    let full = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let more = open.len() > full;
    open.truncate(full);
    let next = open.last().filter(|_| more);
    let next = next.map(|last| format!("{}.{}", last.put_at.as_millisecond(), last.id));
    let language = staff.language;
    let say = Say(language);
    let (document, now) = (app.policy(), app.clock.now());
    let (keeper, named) = (Arc::clone(app), open.iter().map(|one| one.recipient.clone()));
    let named: BTreeSet<RecipientName> = named.collect();
    let members = app.store.read(move |conn| instruct::members(&keeper.keys, conn, &named)).await?;
    let shown = Shown { document: &document, members: &members, now, language };
    let told = tried.and_then(|tried| tried.told.as_deref());
    let body = html! {
        @if let Some(done) = done { p.told role="status" { (done) } }
        @if let Some(told) = told { p.told.trouble role="alert" { (told) } }
        @if let Some(tried) = tried { (tried.summary(language)) }
        p.hint {
            (say.of("消去・訂正・停止の請求などにもとづき、提供先に伝える指示です。回答が記録されると一覧から消えます。",
                    "What recipients are told to do, as a request or the end of a time asks for. Each leaves the list once its answer is on record."))
        }
        @if open.is_empty() { p { (say.of("未回答の指示はありません。", "None is open.")) } }
        @for one in &open { (draw(one, &shown, from, tried)) }
        @if let Some(next) = next {
            p.pages { a rel="next" href={ (urls::INSTRUCTIONS) "?after=" (next) } { (say.of("次へ", "Next page")) } }
        }
    };
    let title = say.of("提供先への指示", "Instructions to recipients");
    Ok((status, page(staff, Some(Room::Instructions), title, &body)).into_response())
}

fn what(kind: InstructionKind, language: Language) -> &'static str {
    let say = Say(language);
    match kind {
        InstructionKind::Erase => say.of("消去", "to erase"),
        InstructionKind::Correct => say.of("訂正", "to correct"),
        InstructionKind::Stop => say.of("利用停止", "to stop"),
    }
}

/// What every instruction on the page is drawn with.
struct Shown<'a> {
    document: &'a Document,
    members: &'a BTreeMap<RecipientName, String>,
    now: Timestamp,
    language: Language,
}

impl Shown<'_> {
    /// A recipient as people know it.
    fn recipient<'n>(&'n self, name: &'n RecipientName) -> &'n str {
        let of_policy = self.document.recipients.get(name).map(|r| r.label.get(self.language));
        let member = self.members.get(name).map(String::as_str);
        of_policy.or(member).unwrap_or_else(|| name.as_str())
    }
}

fn draw(
    one: &Instruction,
    shown: &Shown<'_>,
    after: Option<&str>,
    tried: Option<&Tried>,
) -> Markup {
    let &Shown { document, now, language, .. } = shown;
    let say = Say(language);
    let id = one.id.to_string();
    let tried = tried.filter(|tried| tried.sent.get("instruction") == id);
    let (told, answer) =
        (Again::new("told", tried, language), Again::new("answer", tried, language));
    let comma = say.of("、", ", ");
    let said = &one.said;
    let references: Vec<&str> = said.references.iter().map(policy::Reference::as_str).collect();
    let called_off: Vec<&str> = said.called_off.iter().map(policy::Reference::as_str).collect();
    let purposes: Vec<&str> =
        said.purposes.iter().map(|name| purpose(name, document, language)).collect();
    let outcomes = [
        (InstructionOutcome::Done, say.of("実施した", "It is done")),
        (InstructionOutcome::Partly, say.of("一部だけ実施した", "It is done in part")),
        (InstructionOutcome::Refused, say.of("実施しない", "It is not done")),
    ];
    let outcomes = outcomes.map(|(outcome, words)| (word(&outcome), words.to_owned()));
    let fact = |name: &str, value: &Markup| html! { div { dt { (name) } dd { (value) } } };
    html! {
        section {
            h2 { (shown.recipient(&one.recipient)) " — " (what(one.kind, language)) }
            dl.facts {
                (fact(say.of("いつから", "Since"), &html! {
                    (words::day(one.put_at, now, language)) " " strong { (words::ago(one.put_at, now, language)) }
                }))
                (fact(say.of("伝達", "Told"), &html! {
                    @match one.told_at {
                        Some(at) => (words::day(at, now, language)),
                        None => { (say.of("まだ伝わっていません", "not yet")) @if let Some(why) = mail(one.message.as_deref(), language) { " — " (why) } },
                    }
                }))
                @if !said.items.is_empty() { (fact(say.of("項目", "Items"), &html! { (labels(&said.items, document, language)) })) }
                @if !purposes.is_empty() { (fact(say.of("利用目的", "Purposes"), &html! { (purposes.join(comma)) })) }
                @if !references.is_empty() { (fact(say.of("先方の番号", "The numbers it knows"), &html! { (references.join(comma)) })) }
                @if !called_off.is_empty() { (fact(say.of("取り消された予約など", "Called off"), &html! { (called_off.join(comma)) })) }
                @if let Some(request) = one.request {
                    (fact(say.of("請求", "Request"), &html! { a href={ (urls::REQUESTS) "/" (request) } { (request.number()) } }))
                }
            }
            @if one.told_at.is_none() {
                form method="post" action=(urls::INSTRUCTIONS) {
                    input type="hidden" name="act" value=(told.act);
                    input type="hidden" name="instruction" value=(id);
                    button { (say.of("電話や手紙で伝えた", "Told by telephone or letter")) }
                }
            }
            details open[answer.is_back()] {
                summary { (say.of("回答を記録する", "Put its answer on record")) }
                form.fields method="post" action=(urls::INSTRUCTIONS) {
                    input type="hidden" name="act" value=(answer.act);
                    input type="hidden" name="instruction" value=(id);
                    @if let Some(after) = after { input type="hidden" name="after" value=(after); }
                    (answer.choices("radio", "outcome", say.of("回答", "What it answered"), &outcomes, None))
                    (answer.text_of(&id, "words", say.of("実施しない部分とその理由（すべて実施したときは不要）", "What is not done, and why (not needed when all is done)"), 2, 1000))
                    button { (say.of("記録する", "Put it on record")) }
                }
            }
        }
    }
}

/// Why a mail did not tell them.
fn mail(outcome: Option<&str>, language: Language) -> Option<&'static str> {
    let say = Say(language);
    Some(match outcome? {
        "no_address" => say.of("登録されたメールアドレスがありません", "no address is registered"),
        "rejected" => say.of("メールが拒否されました", "the mail was refused"),
        "delivered" => return None,
        _ => say.of("メールが届きませんでした", "the mail could not be delivered"),
    })
}
