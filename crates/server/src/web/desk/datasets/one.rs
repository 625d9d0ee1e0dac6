//! `/desk/datasets/{dataset}`: a data set with the standards that it was held against and the risks that
//! remain. It is provided and erased here by the information manager, who alone looks at what would
//! restore its source.

use axum::extract::{Form, Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use datasets::{Basis, Kind, Label, Standards};
use maud::{Markup, html};
use policy::party::DatasetId;
use policy::record::{DatasetApproved, DatasetKind, DatasetProvided};
use policy::{Document, Language};
use serde::Deserialize;

use super::steps::left_out;
use super::{preview, words};
use crate::acts::dataset::{self, Approve, Approved, Kept, Provide, Told, spoken};
use crate::error::Error;
use crate::web::desk::page::{Room, page, to_other_language};
use crate::web::desk::requests::disclosed::purpose;
use crate::web::desk::requests::form::{Again, Sent, Tried, read_word, word};
use crate::web::desk::requests::words::Say;
use crate::web::desk::session::Staff;
use crate::web::desk::trouble::Trouble;
use crate::web::desk::{Desk, urls};
use crate::web::urls as open;

/// What the address may say.
#[derive(Deserialize, Default)]
pub(super) struct Asked {
    done: Option<String>,
}

fn read_id(text: &str) -> Result<DatasetId, Error> {
    text.parse().map_err(|_| Error::not_found("dataset", text))
}

/// The page.
pub(super) async fn page_of(
    State(desk): State<Desk>,
    staff: Staff,
    Path(dataset): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let say = Say(staff.language);
    let done = match asked.done.as_deref() {
        Some("made") => Some(say.of(
            "作成し、台帳に記録しました。項目は公表されています。",
            "It is made and in the ledger. Its items are published.",
        )),
        Some("approve") => Some(say.of(
            "承認を記録しました。提供は、承認した方とは別の担当者がこの画面で行います。",
            "The approval is on record. Somebody else of the staff provides the set, on this page.",
        )),
        Some("carry-out") => Some(say.of(
            "承認された提供を記録しました。ファイルを提供先に渡してください。",
            "The approved provision is on record. Please give the file to the recipient.",
        )),
        Some("provide") => Some(say.of(
            "提供を記録し、方法を公表しました。ファイルと説明を提供先に渡してください。",
            "The provision is on record, and how is published. Please give the file and the text to the recipient.",
        )),
        _ => None,
    };
    show(&desk, &staff, read_id(&dataset)?, done, None, StatusCode::OK).await
}

/// Hands out the set, for use within the house or for a recipient whose provision is on record.
pub(super) async fn file(
    State(desk): State<Desk>,
    staff: Staff,
    Path(dataset): Path<String>,
) -> Result<Response, Trouble> {
    let kept = dataset::get(&desk.app, read_id(&dataset)?).await?;
    let kind = word(&kept.kind);
    // Its name in whatever characters (RFC 8187), and its kind for whoever cannot read that.
    let name = kept.name.get(staff.language).bytes().map(|byte| match byte {
        b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'.' | b'_' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    });
    let name: String = name.collect();
    let named = format!("attachment; filename=\"{kind}.csv\"; filename*=UTF-8''{name}.csv");
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, named),
    ];
    Ok((headers, kept.csv).into_response())
}

/// The report on the risks that remain, as it is kept as evidence.
pub(super) async fn report(
    State(desk): State<Desk>,
    staff: Staff,
    Path(dataset): Path<String>,
) -> Result<Response, Trouble> {
    let kept = dataset::get(&desk.app, read_id(&dataset)?).await?;
    let report = kept.report.ok_or_else(|| Error::not_found("report", "…"))?;
    let above = html! {
        nav {
            a href={ (urls::DATASETS) "/" (dataset) } { "← " (kept.name.get(staff.language)) }
            (to_other_language(staff.language))
        }
    };
    let language = spoken(staff.language);
    let section = kept.manifest.standards.section(language);
    let page = report.html_under(&above.into_string(), language, &[section]);
    Ok(Html(page).into_response())
}

/// What was pressed.
pub(super) async fn act(
    State(desk): State<Desk>,
    staff: Staff,
    Path(dataset): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, Trouble> {
    let id = read_id(&dataset)?;
    let act = sent.get("act").to_owned();
    // What was approved is carried out by anybody else.
    if act != "carry-out" {
        staff.may_manage()?;
    }
    let done = match act.as_str() {
        "provide" => match provide(&desk, &staff, id, &sent).await {
            Ok(Step::Preview(page)) => return Ok(page),
            Ok(Step::Back) => {
                let (act, wrong) = (act, Vec::new());
                let tried = Tried { act, sent, wrong, told: None };
                return show(&desk, &staff, id, None, Some(&tried), StatusCode::OK).await;
            }
            done => done.map(drop),
        },
        "approve" => approve(&desk, &staff, id, &sent).await,
        "carry-out" => carry_out(&desk, &staff, id, &sent).await,
        "end" if sent.get("confirm") == "yes" => {
            dataset::end(&desk.app, id, staff.by()).await?;
            return Ok(Redirect::to(urls::DATASETS).into_response());
        }
        "end" => Err(Error::field("confirm", "unconfirmed", "is missing")),
        "method" => {
            let (_, bytes) = dataset::method(&desk.app, id, staff.by()).await?;
            return Ok(method(&staff, &String::from_utf8_lossy(&bytes)));
        }
        _ => Err(Error::NoSuchAddress),
    };
    match done {
        Ok(()) => {
            let to = format!("{}/{id}?done={act}", urls::DATASETS);
            Ok(Redirect::to(&to).into_response())
        }
        Err(error) => {
            let (mut tried, refused) = Tried::of(&act, sent, error)?;
            let mut status = StatusCode::UNPROCESSABLE_ENTITY;
            if refused {
                status = StatusCode::CONFLICT;
                let approved = Say(staff.language).of(
                    "この承認では提供できません。承認した方とは別の担当者が、一度だけ提供できます。断ったことを記録しました。",
                    "It may not go on this approval: it is good once, for anybody but whoever gave it. The refusal is on record.",
                );
                let told = Say(staff.language).of(
                    "この提供先には提供できません。仮名加工情報は、ポリシーにある委託先や共同利用、事業の承継、法令による場合に限られます（第41条第6項）。断ったことを記録しました。",
                    "It may not go there: a pseudonymised set goes to a processor or joint use that the policy names, by succession or where a law asks (Act 41(6)). The refusal is on record.",
                );
                let told = if act == "carry-out" { approved } else { told };
                tried.told = Some(told.to_owned());
            }
            show(&desk, &staff, id, None, Some(&tried), status).await
        }
    }
}

/// What the form of a provision led to.
enum Step {
    /// What will be published is shown first.
    Preview(Response),
    /// The form comes back as it was typed.
    Back,
    /// It is provided.
    Done,
}

async fn provide(
    desk: &Desk,
    staff: &Staff,
    dataset: DatasetId,
    sent: &Sent,
) -> Result<Step, Error> {
    if sent.get("seen") == "back" {
        return Ok(Step::Back);
    }
    let unknown = || Error::field("basis", "unknown", "is unknown");
    let text = |name: &str| sent.get(name).trim().to_owned();
    let given = Provide {
        dataset,
        recipient: text("recipient"),
        basis: sent.word::<Basis>("basis").ok_or_else(unknown)?,
        method: Label { ja: text("method.ja"), en: text("method.en") },
        approval: None,
        by: staff.by(),
    };
    if sent.get("seen") != "yes"
        && let Some(told) = dataset::foreseen(&desk.app, &given).await?
    {
        let set = dataset::one(&desk.app, dataset).await?;
        let page = preview::of_provision(staff, &set, &given, &told, &desk.app.policy())?;
        return Ok(Step::Preview(page));
    }
    dataset::provide(&desk.app, given).await?;
    Ok(Step::Done)
}

/// Approves a provision that needs it.
async fn approve(desk: &Desk, staff: &Staff, dataset: DatasetId, sent: &Sent) -> Result<(), Error> {
    let unknown = || Error::field("basis", "unknown", "is unknown");
    let text = |name: &str| sent.get(name).trim().to_owned();
    let basis = sent.word::<Basis>("basis").ok_or_else(unknown)?;
    let (recipient, reason, by) = (text("recipient"), text("reason"), staff.by());
    let given = Approve { dataset, recipient, basis, reason, by };
    dataset::approve(&desk.app, given).await.map(drop)
}

/// Provides a set as it was approved.
async fn carry_out(
    desk: &Desk,
    staff: &Staff,
    dataset: DatasetId,
    sent: &Sent,
) -> Result<(), Error> {
    let told = dataset::one(&desk.app, dataset).await?;
    let approved = told.approved.into_iter().find(|approved| approved.id == sent.get("approval"));
    let unknown = || Error::field("approval", "unknown", "is unknown");
    let dataset::Approved { id, what, .. } = approved.ok_or_else(unknown)?;
    let DatasetApproved { recipient, basis, .. } = what;
    let basis = read_word(&basis).ok_or_else(unknown)?;
    let text = |name: &str| sent.get(name).trim().to_owned();
    let method = Label { ja: text("method.ja"), en: text("method.en") };
    let given = Provide { dataset, recipient, basis, method, approval: Some(id), by: staff.by() };
    dataset::provide(&desk.app, given).await.map(drop)
}

/// What would restore the source, after the look is on record.
fn method(staff: &Staff, json: &str) -> Response {
    let say = Say(staff.language);
    let body = html! {
        p.told role="status" { (say.of("閲覧を記録しました。ほかの情報と別に保管し、権限のある方だけが扱ってください。",
                                       "This look is on record. Keep it apart from everything else, for those with authority alone.")) }
        pre.written tabindex="0" { (json) }
    };
    let title = say.of("加工方法等情報", "Method information");
    page(staff, Some(Room::Datasets), title, &body).into_response()
}

async fn show(
    desk: &Desk,
    staff: &Staff,
    id: DatasetId,
    done: Option<&str>,
    tried: Option<&Tried>,
    status: StatusCode,
) -> Result<Response, Trouble> {
    let kept = dataset::get(&desk.app, id).await?;
    let told = dataset::one(&desk.app, id).await?;
    let document = desk.app.policy();
    let language = staff.language;
    let refused = tried.and_then(|tried| tried.told.as_deref());
    let body = html! {
        @if let Some(done) = done { p.told role="status" { (done) } }
        @if let Some(refused) = refused { p.told.trouble role="alert" { (refused) } }
        @if let Some(tried) = tried { (tried.summary(language)) }
        @for warning in kept.manifest.standards.warnings(spoken(language)) { p.told { (warning) } }
        (facts(id, &kept, &told, &document, language))
        (risks(id, &kept, language))
        (standards(&kept.manifest.standards, language))
        (provisions(&told, language))
        (approvals(id, &told, staff, tried))
        @if staff.may_manage().is_ok() { (forms(id, &kept, &document, tried, language)) }
        @else {
            p.hint { (Say(language).of("提供（承認されたものを除く）、消去、加工方法等情報の閲覧は、情報管理責任者が行います。",
                                       "The information manager provides sets, apart from what was approved, erases them, and looks at method information.")) }
        }
    };
    let title = kept.name.get(language);
    Ok((status, page(staff, Some(Room::Datasets), title, &body)).into_response())
}

fn facts(
    id: DatasetId,
    kept: &Kept,
    told: &Told,
    document: &Document,
    language: Language,
) -> Markup {
    let say = Say(language);
    let (manifest, made) = (&kept.manifest, &told.made);
    let items: Vec<String> =
        manifest.items().iter().map(|item| item.words(spoken(language)).to_owned()).collect();
    let fact = |name: &str, value: &Markup| html! { div { dt { (name) } dd { (value) } } };
    let rows = |count: u64| words::count(count);
    html! {
        dl.facts {
            (fact(say.of("種類", "Kind"), &html! { (words::kind(kept.kind, language)) }))
            (fact(say.of("作成", "Made"), &html! { (crate::words::moment(told.at, language)) }))
            (fact(say.of("利用目的", "What for"), &html! { (purpose(&made.purpose, document, language)) }))
            (fact(say.of("行", "Rows"), &html! {
                @match language {
                    Language::Ja => { (rows(manifest.counts.published)) "行（元は" (rows(manifest.counts.rows)) "行）" }
                    Language::En => { (rows(manifest.counts.published)) " of " (rows(manifest.counts.rows)) }
                }
            }))
            (fact(say.of("項目", "Items"), &html! { (items.join(say.of("、", ", "))) }))
            @if !manifest.counts.left_out.is_empty() {
                (fact(say.of("除いた方", "Left out"), &left_out(manifest.counts.left_out.iter().map(|(r, n)| (r.as_str(), *n)), language)))
            }
        }
        p.do {
            a.button href={ (urls::DATASETS) "/" (id) "/file" } { (say.of("CSVを受け取る", "Get the CSV")) }
            " " a href={ (open::DATASETS) "?lang=" (language.tag()) } { (say.of("公表されている内容", "What is published")) }
        }
    }
}

/// The risks before and after, and the way to the whole report.
fn risks(id: DatasetId, kept: &Kept, language: Language) -> Markup {
    let say = Say(language);
    let Some(report) = &kept.report else { return html! {} };
    let (before, after) = (&report.before, &report.after);
    let lines = [
        (
            say.of(
                "最大のリスク（ある人の行を言い当てられる確率）",
                "Highest risk (the chance that a person’s row is told)",
            ),
            words::percent(before.prosecutor.highest),
            words::percent(after.prosecutor.highest),
        ),
        (
            say.of("平均のリスク", "Average risk"),
            words::percent(before.prosecutor.average),
            words::percent(after.prosecutor.average),
        ),
        (
            say.of("ほかにない行", "Rows like no other"),
            words::count(before.uniques),
            words::count(after.uniques),
        ),
    ];
    html! {
        section {
            h2 { (say.of("再識別のリスク", "Risks")) }
            table {
                thead { tr { th scope="col" { span.unseen { (say.of("リスク", "Risk")) } } th.count scope="col" { (say.of("加工前", "Before")) } th.count scope="col" { (say.of("加工後", "After")) } } }
                tbody {
                    @for (name, before, after) in &lines {
                        tr { td { (name) } td.count { (before) } td.count { (after) } }
                    }
                }
            }
            p {
                @match language {
                    Language::Ja => { "失われた情報は" (words::percent(report.loss)) "です。" }
                    Language::En => { (words::percent(report.loss)) " of the information is lost. " }
                }
                @if kept.manifest.proven {
                    (say.of("列ごとの一般化のうち、失う情報がこれより少ない方法はありません（証明済み）。",
                            "No way of generalising whole columns loses less; that is proven. "))
                }
                a href={ (urls::DATASETS) "/" (id) "/report" } { (say.of("リスクの報告をすべて見る", "The whole report")) }
            }
        }
    }
}

fn standards(standards: &Standards, language: Language) -> Markup {
    let say = Say(language);
    let section = standards.section(spoken(language));
    html! {
        section {
            h2 { (section.heading) }
            ol.standards {
                @for check in &section.checks {
                    li {
                        p { strong.holds { (if check.holds { say.of("適合", "holds") } else { say.of("不適合", "fails") }) } " " (check.says) }
                        ul { @for line in &check.evidence { li { (line) } } }
                    }
                }
            }
        }
    }
}

fn provisions(told: &Told, language: Language) -> Markup {
    let say = Say(language);
    if told.provided.is_empty() {
        return html! {};
    }
    let one = |at: jiff::Timestamp, provided: &DatasetProvided| {
        let (ja, en) = &provided.method;
        let method = if language == Language::Ja { ja } else { en };
        html! {
            li {
                (crate::words::moment(at, language)) " — " (provided.recipient) " — " (method)
                @if !provided.told.is_empty() {
                    details {
                        summary { (say.of("提供先への説明", "What the recipient is told")) }
                        @for (tag, text) in &provided.told { blockquote lang=(tag) { (text) } }
                    }
                }
            }
        }
    };
    html! {
        section {
            h2 { (say.of("提供", "Provided")) }
            ul.history { @for (at, provided) in &told.provided { (one(*at, provided)) } }
        }
    }
}

/// On what a set of a kind may go: where that is approved first, or as it stands.
fn bases(kind: DatasetKind, approved: bool, language: Language) -> Vec<(String, String)> {
    let say = Say(language);
    let kind = dataset::kind(kind);
    let all = [
        (
            Basis::Anonymised,
            say.of("匿名加工情報としての提供（第44条）", "As anonymised information (Act 44)"),
        ),
        (Basis::Entrustment, say.of("委託", "Entrustment")),
        (Basis::JointUse, say.of("共同利用", "Joint use")),
        (Basis::Succession, say.of("事業の承継", "Succession of the business")),
        (Basis::Law, say.of("法令", "A law asks for it")),
    ];
    let fits =
        |basis: Basis| basis.allows(kind).is_ok() && dataset::needs_approval(basis) == approved;
    let may = all.into_iter().filter(|(basis, _)| fits(*basis));
    may.map(|(basis, words)| (word(&basis), words.to_owned())).collect()
}

/// Approvals on which the set was not provided yet, and the form for anybody but whoever gave them.
fn approvals(id: DatasetId, told: &Told, staff: &Staff, tried: Option<&Tried>) -> Markup {
    let (language, say) = (staff.language, Say(staff.language));
    let again = Again::new("carry-out", tried, language);
    let bases = bases(told.made.kind, true, language);
    let words = |approved: &Approved| {
        let DatasetApproved { recipient, basis, reason, .. } = &approved.what;
        let basis = bases.iter().find(|(known, _)| known == basis).map_or("", |(_, words)| words);
        let at = crate::words::moment(approved.at, language);
        format!("{recipient} — {basis} — {reason} — {at}")
    };
    let open = told.approved.iter().filter(|approved| !approved.is_used);
    let (mine, others): (Vec<_>, Vec<_>) = open.partition(|approved| approved.by == staff.by());
    let choices: Vec<(String, String)> =
        others.iter().map(|approved| (approved.id.clone(), words(approved))).collect();
    if mine.is_empty() && others.is_empty() {
        return html! {};
    }
    html! {
        section {
            h2 { (say.of("承認された提供", "Approved provisions")) }
            @if let Some((first, _)) = choices.first() {
                form.fields method="post" action={ (urls::DATASETS) "/" (id) } {
                    input type="hidden" name="act" value=(again.act);
                    (again.choices("radio", "approval", say.of("どの承認によるか", "On which approval"), &choices, Some(first)))
                    (methods(again, language, false))
                    p.hint { (say.of("承認は一度だけ使えます。提供を記録してから、提供先に渡すファイルをお渡しします。",
                                     "An approval is good once. The provision is recorded first; then you get the file for the recipient.")) }
                    button { (say.of("提供を記録する", "Put the provision on record")) }
                }
            }
            @if !mine.is_empty() {
                ul { @for approved in &mine { li { (words(approved)) } } }
                p.hint { (say.of("ご自身が承認したため、別の担当者が提供します。", "Somebody else provides what you approved.")) }
            }
        }
    }
}

/// How a set is provided, in both languages.
fn methods(again: Again<'_>, language: Language, published: bool) -> Markup {
    let say = Say(language);
    let (ja, en) = if published {
        (
            say.of(
                "提供の方法（公表します。日本語）",
                "How it is provided, as published (Japanese)",
            ),
            say.of("提供の方法（公表します。英語）", "How it is provided, as published (English)"),
        )
    } else {
        (
            say.of("提供の方法（日本語）", "How it is provided (Japanese)"),
            say.of("提供の方法（英語）", "How it is provided (English)"),
        )
    };
    html! {
        (again.line("method.ja", ja, "", 1000))
        (again.line("method.en", en, "", 1000))
    }
}

/// The information manager approves what somebody else provides.
fn approve_form(action: &str, again: Again<'_>, kind: DatasetKind) -> Markup {
    let (language, say) = (again.language, Say(again.language));
    html! {
        details open[again.is_back()] {
            summary { (say.of("法令や承継による提供を承認する", "Approve a provision by law or succession")) }
            form.fields method="post" action=(action) {
                input type="hidden" name="act" value=(again.act);
                (again.line("recipient", say.of("提供先の名称", "Name of the recipient"), "", 1000))
                (again.select("basis", say.of("根拠", "What it stands on"), &bases(kind, true, language), ""))
                (again.line("reason", say.of("根拠を示すもの（命令の番号、契約など）", "What shows it, such as the number of an order or a contract"), "", 1000))
                p.hint { (say.of("承認した方は提供できません。別の担当者が、この提供先に一度だけ提供できます。",
                                 "Whoever approves does not provide it. Anybody else of the staff may, to this recipient and once.")) }
                button { (say.of("承認を記録する", "Put the approval on record")) }
            }
        }
    }
}

/// What the information manager may do.
fn forms(
    id: DatasetId,
    kept: &Kept,
    document: &Document,
    tried: Option<&Tried>,
    language: Language,
) -> Markup {
    let say = Say(language);
    let action = format!("{}/{id}", urls::DATASETS);
    let again = |act| Again::new(act, tried, language);
    let (give, end) = (again("provide"), again("end"));
    let anonymised = kept.kind == DatasetKind::Anonymised;
    let named = document.recipients.iter().filter(|(_, recipient)| {
        recipient.role == policy::Role::Processor || recipient.joint_use.is_some()
    });
    let method = match dataset::kind(kept.kind) {
        Kind::Anonymised => say.of("加工方法等情報", "Method information"),
        Kind::Pseudonymised => say.of("削除情報等", "Deletion information"),
    };
    html! {
        section {
            h2 { (say.of("管理", "For the information manager")) }
            details open[give.is_back()] {
                summary { (say.of("提供する", "Provide it")) }
                form.fields method="post" action=(action) {
                    input type="hidden" name="act" value=(give.act);
                    @if anonymised {
                        (give.line("recipient", say.of("提供先の名称", "Name of the recipient"), "", 200))
                    } @else {
                        label for=(give.id("recipient")) { (say.of("提供先（ポリシーの委託先や共同利用は、その名前）", "Recipient (of a processor or joint use: its name in the policy)")) }
                        (give.problem("recipient"))
                        input id=(give.id("recipient")) name="recipient" type="text" maxlength="200" autocomplete="off"
                            value=(give.kept("recipient", "")) list="recipients" aria-describedby=[give.described("recipient")];
                        datalist id="recipients" {
                            @for (name, recipient) in named { option value=(name) { (recipient.label.get(language)) } }
                        }
                    }
                    (give.select("basis", say.of("根拠", "What it stands on"), &bases(kept.kind, false, language), ""))
                    (methods(give, language, anonymised))
                    @if anonymised {
                        p.hint { (say.of("次の画面で、公表される内容と提供先への説明を確かめてから記録します。", "The next page shows what will be published and what the recipient is told, before anything is recorded.")) }
                        button { (say.of("公表する内容を確かめる", "See what will be published")) }
                    } @else {
                        p.hint { (say.of("提供を記録してから、提供先に渡すファイルをお渡しします。", "The provision is recorded first; then you get the file for the recipient.")) }
                        button { (say.of("提供を記録する", "Put the provision on record")) }
                    }
                }
            }
            @if !anonymised { (approve_form(&action, again("approve"), kept.kind)) }
            details {
                summary { (method) (say.of("を見る", "")) }
                form method="post" action=(action) {
                    input type="hidden" name="act" value="method";
                    p.hint { (say.of("これがあると元の情報を復元できるおそれがあります。閲覧は、表示の前に記録されます。",
                                     "With it the source might be restored. The look is recorded before it is shown.")) }
                    button { (say.of("記録して見る", "Record it, and look")) }
                }
            }
            details open[end.is_back()] {
                summary { (say.of("消去する", "Erase it")) }
                form.fields method="post" action=(action) {
                    input type="hidden" name="act" value=(end.act);
                    (end.confirm(say.of("データセットと、復元につながる情報を消去します。元に戻せません。",
                                        "The set and what would restore its source are erased. This cannot be undone.")))
                    button { (say.of("消去する", "Erase it")) }
                }
            }
        }
    }
}
