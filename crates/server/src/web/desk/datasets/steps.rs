//! `/desk/datasets/preparation`: the data set that somebody has on its way: how far the work is, the form of its
//! columns, the ways to choose from. A page with work behind it comes again by itself.

use axum::extract::{Form, State};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use datasets::Recode;
use jiff::Timestamp;
use maud::{Markup, html};
use policy::record::DatasetKind;
use policy::{Document, Label, Language};

use super::preparation::{Doing, Preparation, Progress, Stage};
use super::{columns, new, preview, ways, words};
use crate::acts::dataset;
use crate::web::desk::page::{Room, page};
use crate::web::desk::requests::disclosed::purpose;
use crate::web::desk::requests::form::{Again, Sent, Tried};
use crate::web::desk::requests::words::Say;
use crate::web::desk::session::Staff;
use crate::web::desk::trouble::Trouble;
use crate::web::desk::{Desk, urls};

/// A browser asks again after so many seconds while something is done, also where a form led to the page.
const AGAIN: &str = "2; url=/desk/datasets/preparation";
/// The form of a set's name.
const NAMING: &str = "naming";

/// What a form leads to.
enum To {
    /// A step to do behind the page.
    Work(Doing),
    /// The preparation is put away.
    Away,
    /// That the work ends is told at once.
    Stopping,
    /// The page as it stands now.
    Page(StatusCode),
}

/// The page.
pub(super) async fn page_of(State(desk): State<Desk>, staff: Staff) -> Result<Response, Trouble> {
    Ok(show(&desk, &staff, StatusCode::OK))
}

fn show(desk: &Desk, staff: &Staff, status: StatusCode) -> Response {
    let shown = desk.preparations.with(&desk.app, staff, |preparation| match &preparation.stage {
        Stage::Made(dataset) => Err(*dataset),
        _ => Ok(shown(desk, staff, preparation, status)),
    });
    match shown {
        None => Redirect::to(urls::NEW_DATASET).into_response(),
        Some(Err(dataset)) => {
            desk.preparations.forget(staff);
            Redirect::to(&format!("{}/{dataset}?done=made", urls::DATASETS)).into_response()
        }
        Some(Ok(page)) => page,
    }
}

/// The page of a preparation as it stands.
fn shown(
    desk: &Desk,
    staff: &Staff,
    preparation: &mut Preparation,
    status: StatusCode,
) -> Response {
    let (document, now) = (desk.app.policy(), desk.app.clock.now());
    let told = preparation.told.take();
    let body = draw(preparation, told.as_deref(), (&document, now), staff.language);
    let title = title(preparation, staff.language);
    let page = page(staff, Some(Room::Datasets), title, &body);
    let mut response = (status, page).into_response();
    if matches!(preparation.stage, Stage::Working(..)) {
        let refresh = HeaderName::from_static("refresh");
        response.headers_mut().insert(refresh, HeaderValue::from_static(AGAIN));
    }
    response
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
            return Ok(To::Page(StatusCode::CONFLICT));
        }
        match pressed(preparation, sent, &document, staff.language) {
            // Before the work can end: it is told whatever is faster.
            To::Stopping => Err(Box::new(shown(&desk, &staff, preparation, StatusCode::OK))),
            to => Ok(to),
        }
    });
    match to {
        None => return Ok(Redirect::to(urls::NEW_DATASET).into_response()),
        Some(Err(stopping)) => return Ok(*stopping),
        Some(Ok(To::Away)) => {
            desk.preparations.forget(&staff);
            return Ok(Redirect::to(urls::DATASETS).into_response());
        }
        Some(Ok(To::Work(doing))) => desk.preparations.work(&desk.app, &staff, doing),
        Some(Ok(To::Page(status))) if status == StatusCode::UNPROCESSABLE_ENTITY => {
            return Ok(show(&desk, &staff, status));
        }
        Some(Ok(To::Page(_) | To::Stopping)) => {}
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
            To::Stopping
        }
        ("enough", Stage::Working(_, progress)) => {
            progress.enough();
            here
        }
        ("back", Stage::Ready) => {
            named(preparation, sent);
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
                    (preparation.ways, preparation.way) = (None, 0);
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
        ("preview", Stage::Ready) => {
            if !named(preparation, sent) {
                return To::Page(StatusCode::UNPROCESSABLE_ENTITY);
            }
            let chosen = preparation.way;
            if let (Some(found), Some(settings)) = (&preparation.ways, &mut preparation.settings) {
                // The best one is looked for again, so that it is proven of what is made.
                let way = ways::choices(found).get(chosen).copied().filter(|_| chosen > 0);
                settings.levels = way.map(|way| found.levels(way)).unwrap_or_default();
            }
            preparation.stage = Stage::Preview;
            here
        }
        ("ready", Stage::Preview) => {
            preparation.stage = Stage::Ready;
            here
        }
        ("make", Stage::Preview) => To::Work(Doing::Set),
        _ => here,
    }
}

/// Takes the name and the way that were chosen; says whether it is a name.
fn named(preparation: &mut Preparation, sent: Sent) -> bool {
    let text = |field: &str| sent.get(field).trim().to_owned();
    let name = Label { ja: text("name.ja"), en: text("name.en") };
    preparation.way = sent.get("way").parse().unwrap_or_default();
    let wrong = dataset::wrong_name(&name);
    let fits = wrong.is_empty();
    preparation.name = Some(name);
    preparation.naming = Some(Tried { act: NAMING.to_owned(), sent, wrong, told: None });
    fits
}

fn title(preparation: &Preparation, language: Language) -> &'static str {
    match preparation.stage {
        Stage::Preview => Say(language).of("公表する内容の確認", "What will be published"),
        _ => new::title(language),
    }
}

fn draw(
    preparation: &Preparation,
    told: Option<&str>,
    (document, now): (&Document, Timestamp),
    language: Language,
) -> Markup {
    html! {
        @if let Some(told) = told { p.told role="status" { (told) } }
        @match &preparation.stage {
            Stage::Working(doing, progress) => (working(preparation, *doing, progress, language)),
            Stage::NotRead => (new::once_more(document, preparation, language)),
            Stage::Columns => {
                (about(preparation, document, language))
                @if let Some(look) = &preparation.look { (columns::draw(preparation, look, document, language)) }
            }
            Stage::Ready => {
                (about(preparation, document, language))
                (ready(preparation, (document, now), language))
            }
            Stage::Preview => (preview::of_making(preparation, document, now, language)),
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
        _ if progress.is_stopping() => say.of("中止しています…", "Stopping…"),
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
            @if progress.is_stopping() {
                p.hint { (say.of("中止を受け付けました。まもなく前の画面に戻ります。",
                                 "It is being stopped; the page before is back in a moment.")) }
                p.do { a href=(urls::DATASET_PREPARATION) { (say.of("更新する", "Look again")) } }
            } @else {
                (ends(preparation, doing != Doing::Rows && checks > 0, language))
            }
        }
    }
}

/// How work is ended before its time; with the best so far where there is one.
fn ends(preparation: &Preparation, with_best: bool, language: Language) -> Markup {
    let say = Say(language);
    let with_best = with_best && preparation.source.kind == DatasetKind::Anonymised;
    html! {
        p.hint { (say.of("この画面は自動で更新されます。中止すると、途中の結果は残りません。",
                         "This page comes again by itself. If it is stopped, nothing is left of it.")) }
        form method="post" action=(urls::DATASET_PREPARATION) {
            input type="hidden" name="preparation" value=(preparation.id);
            p.do {
                button name="act" value="stop" { (say.of("中止する", "Stop it")) }
                @if with_best {
                    " " button.plain name="act" value="enough" { (say.of("ここまでの最良で進む", "Go on with the best so far")) }
                }
                " " a href=(urls::DATASET_PREPARATION) { (say.of("更新する", "Look again")) }
            }
        }
    }
}

/// What becomes of each column, the ways to choose from, and the button.
fn ready(
    preparation: &Preparation,
    (document, now): (&Document, Timestamp),
    language: Language,
) -> Markup {
    let say = Say(language);
    let Some(settings) = &preparation.settings else { return html! {} };
    let Some(look) = &preparation.look else { return html! {} };
    let again = Again::new(NAMING, preparation.naming.as_ref(), language);
    let first = dataset::first_name(document, &preparation.source.asked.purpose, now);
    let parts = preparation.ways.is_none() && preparation.source.kind == DatasetKind::Anonymised;
    html! {
        @if let Some(naming) = &preparation.naming { (naming.summary(language)) }
        form.fields method="post" action=(urls::DATASET_PREPARATION) {
            input type="hidden" name="preparation" value=(preparation.id);
            @if let Some(found) = &preparation.ways { (ways::draw(found, preparation.way, settings, language)) }
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
                                dt { (settings.label(name).words(dataset::spoken(language))) }
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
            section {
                h2 { (say.of("名前", "Its name")) }
                p.hint { (say.of("一覧や台帳で見分けるための名前です。公表のページにも載ります。",
                                 "What it is told apart by, here and in the ledger. It is published, too.")) }
                (again.line("name.ja", say.of("日本語の名前", "Name in Japanese"), &first.ja, dataset::MAX_NAME_CHARS))
                (again.line("name.en", say.of("英語の名前", "Name in English"), &first.en, dataset::MAX_NAME_CHARS))
            }
            p.hint { (say.of("次の画面で、公表される内容を確かめてから作成します。",
                             "The next page shows what will be published, before it is made.")) }
            p.do {
                button name="act" value="preview" { (say.of("公表する内容を確かめる", "See what will be published")) }
                " " button.plain name="act" value="back" { (say.of("列の設定に戻る", "Back to the columns")) }
                " " button.plain name="act" value="discard" { (say.of("破棄する", "Put it away")) }
            }
        }
    }
}
