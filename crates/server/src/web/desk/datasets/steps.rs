//! `/desk/datasets/preparation`: the data set that somebody has on its way: how far the work is, the form of its
//! columns, the ways to choose from. A page with work behind it comes again by itself.

use axum::extract::{Form, State};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use datasets::Recode;
use maud::{Markup, html};
use policy::record::DatasetKind;
use policy::{Document, Language};

use super::preparation::{Doing, Preparation, Progress, Stage};
use super::{columns, new, ways, words};
use crate::web::desk::page::{Room, page};
use crate::web::desk::requests::disclosed::purpose;
use crate::web::desk::requests::form::Sent;
use crate::web::desk::requests::words::Say;
use crate::web::desk::session::Staff;
use crate::web::desk::trouble::Trouble;
use crate::web::desk::{Desk, urls};

/// A browser asks again after so many seconds while something is done.
const AGAIN: &str = "2";

/// What a form leads to.
enum To {
    /// A step to do behind the page.
    Work(Doing),
    /// The preparation is put away.
    Away,
    /// The page as it stands now.
    Page(StatusCode),
}

/// The page.
pub(super) async fn page_of(State(desk): State<Desk>, staff: Staff) -> Result<Response, Trouble> {
    Ok(show(&desk, &staff, StatusCode::OK))
}

fn show(desk: &Desk, staff: &Staff, status: StatusCode) -> Response {
    let document = desk.app.policy();
    let drawn = desk.preparations.with(&desk.app, staff, |preparation| match &preparation.stage {
        Stage::Made(dataset) => Err(*dataset),
        stage => {
            let works = matches!(stage, Stage::Working(..));
            let told = preparation.told.take();
            Ok((draw(preparation, told.as_deref(), &document, staff.language), works))
        }
    });
    match drawn {
        None => Redirect::to(urls::NEW_DATASET).into_response(),
        Some(Err(dataset)) => {
            desk.preparations.forget(staff);
            Redirect::to(&format!("{}/{dataset}?done=made", urls::DATASETS)).into_response()
        }
        Some(Ok((body, works))) => {
            let page = page(staff, Some(Room::Datasets), new::title(staff.language), &body);
            let mut response = (status, page).into_response();
            if works {
                let refresh = HeaderName::from_static("refresh");
                response.headers_mut().insert(refresh, HeaderValue::from_static(AGAIN));
            }
            response
        }
    }
}

/// What was pressed.
pub(super) async fn act(
    State(desk): State<Desk>,
    staff: Staff,
    Form(sent): Form<Sent>,
) -> Result<Response, Trouble> {
    let document = desk.app.policy();
    let to = desk.preparations.with(&desk.app, &staff, |preparation| {
        if preparation.id != sent.get("preparation") {
            return To::Page(StatusCode::CONFLICT);
        }
        pressed(preparation, sent, &document, staff.language)
    });
    match to {
        None => return Ok(Redirect::to(urls::NEW_DATASET).into_response()),
        Some(To::Away) => {
            desk.preparations.forget(&staff);
            return Ok(Redirect::to(urls::DATASETS).into_response());
        }
        Some(To::Work(doing)) => desk.preparations.work(&desk.app, &staff, doing),
        Some(To::Page(status)) if status == StatusCode::UNPROCESSABLE_ENTITY => {
            return Ok(show(&desk, &staff, status));
        }
        Some(To::Page(_)) => {}
    }
    Ok(Redirect::to(urls::DATASET_PREPARATION).into_response())
}

fn pressed(
    preparation: &mut Preparation,
    sent: Sent,
    document: &Document,
    language: Language,
) -> To {
    let here = To::Page(StatusCode::OK);
    match (sent.get("act"), &preparation.stage) {
        ("discard", _) => To::Away,
        ("stop", Stage::Working(_, progress)) => {
            progress.stop();
            here
        }
        ("enough", Stage::Working(_, progress)) => {
            progress.enough();
            here
        }
        ("back", Stage::Ready) => {
            preparation.stage = Stage::Columns;
            here
        }
        ("columns", Stage::Columns) => {
            let Some(look) = preparation.look.clone() else { return here };
            let read = columns::read(&sent, &look, &preparation.source, (document, language));
            preparation.tried.sent = sent;
            match read {
                Ok(settings) => {
                    preparation.tried.wrong.clear();
                    let by_columns = settings.recoding != Recode::Parts;
                    preparation.settings = Some(settings);
                    preparation.ways = None;
                    if preparation.source.kind == DatasetKind::Anonymised && by_columns {
                        return To::Work(Doing::Ways);
                    }
                    preparation.stage = Stage::Ready;
                    here
                }
                Err(wrong) => {
                    preparation.tried.wrong = wrong;
                    To::Page(StatusCode::UNPROCESSABLE_ENTITY)
                }
            }
        }
        ("make", Stage::Ready) => {
            let chosen: usize = sent.get("way").parse().unwrap_or_default();
            if let (Some(found), Some(settings)) = (&preparation.ways, &mut preparation.settings) {
                // The best one is looked for again, so that it is proven of what is made.
                let way = ways::choices(found).get(chosen).copied().filter(|_| chosen > 0);
                settings.levels = way.map(|way| found.levels(way)).unwrap_or_default();
            }
            To::Work(Doing::Set)
        }
        _ => here,
    }
}

fn draw(
    preparation: &Preparation,
    told: Option<&str>,
    document: &Document,
    language: Language,
) -> Markup {
    html! {
        @if let Some(told) = told { p.told role="status" { (told) } }
        @match &preparation.stage {
            Stage::Working(doing, progress) => (working(preparation, *doing, progress, language)),
            Stage::NotRead => (new::once_more(document, preparation, language)),
            Stage::Columns => {
                (about(preparation, document, language))
                @if let Some(look) = &preparation.look { (columns::draw(preparation, look, language)) }
            }
            Stage::Ready => {
                (about(preparation, document, language))
                (ready(preparation, language))
            }
            Stage::Made(_) => {}
        }
    }
}

/// What is made, of what and what for.
fn about(preparation: &Preparation, document: &Document, language: Language) -> Markup {
    let say = Say(language);
    let fact = |name: &str, value: &Markup| html! { div { dt { (name) } dd { (value) } } };
    html! {
        dl.facts {
            (fact(say.of("種類", "Kind"), &html! { (words::kind(preparation.source.kind, language)) }))
            (fact(say.of("利用目的", "What for"), &html! { (purpose(&preparation.source.asked.purpose, document, language)) }))
            (fact(say.of("元の情報", "Rows from"), &html! {
                (preparation.file.as_deref().unwrap_or(say.of("お預かりしている情報", "what is held")))
                @if let Some(look) = &preparation.look {
                    @match language {
                        Language::Ja => { "（" (words::count(look.table.rows() as u64)) "行）" }
                        Language::En => { " (" (words::count(look.table.rows() as u64)) " rows)" }
                    }
                }
            }))
            @if let Some(look) = preparation.look.as_ref().filter(|look| !look.left_out.is_empty()) {
                (fact(say.of("除いた方", "Left out"), &left_out(look.left_out.iter().map(|(r, n)| (r.as_str(), *n)), language)))
            }
        }
    }
}

/// Who was left out, by reason.
pub(super) fn left_out<'a>(
    by_reason: impl Iterator<Item = (&'a str, u64)>,
    language: Language,
) -> Markup {
    let mut words: Vec<(&str, u64)> = Vec::new();
    for (reason, count) in by_reason {
        let reason = words::left_out(reason, language);
        match words.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, sum)) => *sum += count,
            None => words.push((reason, count)),
        }
    }
    let lines = words.iter().map(|(reason, count)| match language {
        Language::Ja => format!("{count}人（{reason}）"),
        Language::En => format!("{count} ({reason})"),
    });
    let comma = Say(language).of("、", ", ");
    html! { (lines.collect::<Vec<_>>().join(comma)) }
}

/// How far the work is.
fn working(
    preparation: &Preparation,
    doing: Doing,
    progress: &Progress,
    language: Language,
) -> Markup {
    let say = Say(language);
    let (checks, of) = progress.checks();
    let heading = match doing {
        Doing::Rows => say.of("情報を読み込んでいます", "Reading what is held"),
        Doing::Ways => say.of("一般化の組合せを調べています", "Looking at ways of generalising"),
        Doing::Set => say.of("データセットを作成しています", "Making the data set"),
    };
    let rows = words::count(progress.rows());
    html! {
        section.working {
            h2 { (heading) }
            @if let Some(of) = of {
                progress max=(of) value=(checks.min(of)) aria-label=(heading) {}
            } @else {
                progress aria-label=(heading) {}
            }
            p role="status" {
                @match language {
                    Language::Ja => {
                        (rows) "行を読み込みました。"
                        @if checks > 0 {
                            (words::count(checks)) "通り"
                            @if let Some(of) = of { "（多くて" (words::count(of)) "通り）" }
                            "を調べました。"
                        }
                        @if progress.is_checking() { "結果を検査しています。" }
                    }
                    Language::En => {
                        (rows) " rows read. "
                        @if checks > 0 {
                            (words::count(checks)) " ways looked at"
                            @if let Some(of) = of { ", of " (words::count(of)) " at most" } ". "
                        }
                        @if progress.is_checking() { "The result is held against its claims." }
                    }
                }
            }
            p.hint { (say.of("この画面は自動で更新されます。中止すると、途中の結果は残りません。",
                             "This page comes again by itself. If it is stopped, nothing is left of it.")) }
            form method="post" action=(urls::DATASET_PREPARATION) {
                input type="hidden" name="preparation" value=(preparation.id);
                p.do {
                    button name="act" value="stop" { (say.of("中止する", "Stop it")) }
                    @if doing != Doing::Rows && checks > 0 && preparation.source.kind == DatasetKind::Anonymised {
                        " " button.plain name="act" value="enough" { (say.of("ここまでの最良で進む", "Go on with the best so far")) }
                    }
                    " " a href=(urls::DATASET_PREPARATION) { (say.of("更新する", "Look again")) }
                }
            }
        }
    }
}

/// What becomes of each column, the ways to choose from, and the button.
fn ready(preparation: &Preparation, language: Language) -> Markup {
    let say = Say(language);
    let Some(settings) = &preparation.settings else { return html! {} };
    let Some(look) = &preparation.look else { return html! {} };
    let parts = preparation.ways.is_none() && preparation.source.kind == DatasetKind::Anonymised;
    html! {
        form.fields method="post" action=(urls::DATASET_PREPARATION) {
            input type="hidden" name="preparation" value=(preparation.id);
            @if let Some(found) = &preparation.ways { (ways::draw(found, settings, language)) }
            @if parts {
                p { (say.of("部分ごとにそろえる方法では、組合せを選ぶことはできません。",
                            "Part by part there is no single way to choose.")) }
            }
            section {
                h2 { (say.of("列ごとの扱い", "What becomes of each column")) }
                @if let Some(k) = settings.k {
                    p {
                        @match language {
                            Language::Ja => { "k＝" (k) "、削除してよい行は" (words::percent(settings.limit)) "まで。" }
                            Language::En => { "k is " (k) "; up to " (words::percent(settings.limit)) " of the rows may be left out." }
                        }
                    }
                }
                dl.facts {
                    @for (_, name) in columns::asked(&look.table, &preparation.source) {
                        @if let Some(of) = settings.columns.get(name) {
                            div {
                                dt { (settings.label(name).words(crate::acts::dataset::spoken(language))) }
                                dd {
                                    @if of.token { (say.of("トークンに置き換える", "a token in its place")) }
                                    @else { (words::role(of.role, preparation.source.kind, language)) }
                                    @if let Some(reason) = &of.confirmed {
                                        p.hint { (say.of("個人が分からないことを確認済み：", "Made sure that nobody is identified by it: ")) (reason) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
            p.hint { (say.of("作成すると、すべての基準に照らして検査し、記録を台帳に残してから表示します。含まれる項目は公表されます。",
                             "It is held against every standard, and recorded in the ledger before it is shown. Its items are published.")) }
            p.do {
                button name="act" value="make" { (say.of("作成する", "Make it")) }
                " " button.plain name="act" value="back" { (say.of("列の設定に戻る", "Back to the columns")) }
                " " button.plain name="act" value="discard" { (say.of("破棄する", "Put it away")) }
            }
        }
    }
}
