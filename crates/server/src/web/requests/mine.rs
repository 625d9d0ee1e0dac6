//! `/requests/mine`: a person's own page on her request, once a code was shown: how it stands, the steps
//! behind and ahead, the fee, her papers, the decision as far as her regime has it told, the way to take
//! it back.

use axum::extract::{Multipart, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use jiff::Timestamp;
use maud::{Markup, html};
use policy::request::{
    FeeStanding, Outcome, Progress, ReasonsTold, RequestKind, State as Stand, Step,
};
use policy::{Document, Language};

use super::page::{Other, Page, Wrong, at, day, draw, last_day, pick};
use super::trouble::Trouble;
use super::{BY, Pages, Reader, enter, session, urls};
use crate::acts::request::{Attached, Change, Request, advance, handle};
use crate::error::{Error, FieldError};
use crate::letter::{self, About};
use crate::once::random;
use crate::store::requests;
use crate::words;

/// The largest file that is taken, in bytes.
const MAX_FILE_BYTES: usize = 5 * 1024 * 1024;
/// Files for one request.
const MAX_FILES: usize = 3;

/// The page.
pub(super) async fn page(
    State(pages): State<Pages>,
    reader: Reader,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let Some((request, _)) = session::present(&pages, &headers).await? else {
        return Ok(enter::first(reader.language).into_response());
    };
    Ok(drawn(&pages, &request, &Wrong::default(), reader.language)?.into_response())
}

fn drawn(
    pages: &Pages,
    request: &Request,
    wrong: &Wrong,
    language: Language,
) -> Result<Markup, Error> {
    let say = |ja, en| pick(language, ja, en);
    let document = pages.app.policy();
    let progress = &request.progress;
    let title = progress.kind.words(language);
    let open = takes_files(progress.state);
    let files = files(request)?;
    let labels = [("file".to_owned(), say("添付ファイル", "File").to_owned())];
    let body = html! {
        header.title {
            p.who { (say("受付番号 ", "Receipt number ")) (request.id.number()) }
            h1 { (title) }
        }
        (wrong.summary(&labels, language))
        (status(progress, language))
        @if progress.state == Stand::Verifying { (what_is_missing(&document, progress, files.len(), language)) }
        (fee(&document, request, language))
        (decision(&document, request, language))
        section aria-labelledby="h-steps" {
            h2 id="h-steps" { (say("これまでとこれから", "What is done and what comes")) }
            (timeline(progress, language))
        }
        @if open || !files.is_empty() {
            (papers(&document, (&files, open, progress.is_known()), wrong, language))
        }
        section aria-labelledby="h-leave" {
            h2 id="h-leave" { (say("このページを閉じる", "Leaving this page")) }
            form.form method="post" action=(at(urls::SIGN_OUT, "", language)) {
                p.do {
                    button.quiet { (say("サインアウト", "Sign out")) }
                    @if progress.state < Stand::Executed {
                        a.button.quiet href=(at(urls::WITHDRAW, "", language)) {
                            (say("請求を取り下げる", "Take the request back"))
                        }
                    }
                }
            }
        }
    };
    let other = Other::At(urls::MINE, "");
    Ok(draw(&Page { title, language, other, desk: Some(&document), body }))
}

fn status(progress: &Progress, language: Language) -> Markup {
    let say = |ja, en| pick(language, ja, en);
    let over = progress.state.is_over() || progress.state == Stand::Notified;
    html! {
        section.box.status aria-labelledby="h-state" {
            h2.unseen id="h-state" { (say("状況", "How it stands")) }
            p.state { (progress.state.words(language)) }
            dl {
                div { dt { (say("受付日", "Received on")) } dd { (day(progress.received_at, language)) } }
                @if !over {
                    div {
                        dt { (say("お答えの期限", "We answer by")) }
                        dd {
                            (last_day(progress.due_at, language))
                            @if progress.extended { (say("（延長しました）", " (extended)")) }
                        }
                    }
                }
            }
        }
    }
}

/// What is still needed to know who asks.
fn what_is_missing(
    document: &Document,
    progress: &Progress,
    files: usize,
    language: Language,
) -> Markup {
    let agents = document.requests.as_ref().map(|requests| requests.agents.get(language));
    let identity = document.requests.as_ref().map(|requests| requests.identity.get(language));
    html! {
        div.told {
            @match progress.agency {
                Some(_) => {
                    @if let Some(agents) = agents { p { (agents) } }
                    @if files == 0 { p { (pick(
                        language,
                        "下の「書類の添付」からお送りください。",
                        "Please attach them below.",
                    )) } }
                }
                None => @if let Some(identity) = identity { p { (identity) } },
            }
        }
    }
}

fn fee(document: &Document, request: &Request, language: Language) -> Markup {
    let say = |ja, en| pick(language, ja, en);
    let progress = &request.progress;
    let handling = document.requests.as_ref().map(|requests| requests.handling.clone());
    let last = progress.pay_by(&handling.unwrap_or_default());
    let desk = &document.controller.desk;
    let fee = &progress.fee;
    let asked = progress.state == Stand::AwaitingFee;
    // What was not asked for, not paid in time, or before she took the request back, is not owed.
    let is_over = progress.state >= Stand::Investigating && !progress.fee_is_settled();
    html! {
        @if *fee != FeeStanding::Free && !is_over {
            section aria-labelledby="h-fee" {
                h2 id="h-fee" { (say("手数料", "The fee")) }
                @match fee {
                    FeeStanding::Free => {}
                    FeeStanding::Due(money) => {
                        p { strong { (money.words(language)) } }
                        @if asked {
                            dl.given {
                                @if let Some(last) = last {
                                    div {
                                        dt { (say("お支払期限", "Due by")) }
                                        dd { (words::day(last, language)) }
                                    }
                                }
                                div {
                                    dt { (say("お支払い方法", "How to pay")) }
                                    dd { (letter::pay_to(document, language)) }
                                }
                            }
                            p { (letter::pay_with(request.id, language)) }
                            @if let Some(wait) = letter::after_paying(document, progress, language) { p { (wait) } }
                            p { a href=(urls::INVOICE) { (say("請求書（PDF）", "Invoice (PDF)")) } }
                        } @else {
                            p { (say(
                                "ご本人を確認したあと、請求書をメールでお送りします。",
                                "Once we know that it is you, we send you an invoice.",
                            )) }
                        }
                        p {
                            (say(
                                "お支払いについてのお問い合わせは、受付番号を添えて窓口へ：",
                                "Questions about the payment, with your receipt number: ",
                            ))
                            (desk.name.get(language)) " "
                            a href={ "mailto:" (desk.email) } { (desk.email) }
                        }
                    }
                    FeeStanding::Paid { money, at, .. } => {
                        p {
                            (money.words(language)) (say("（", " ("))
                            (day(*at, language)) (say("にお支払い済み）", ": paid)"))
                        }
                        p { a href=(urls::RECEIPT) { (say("領収書（PDF）", "Receipt (PDF)")) } }
                    }
                    FeeStanding::Waived { .. } => p { (say("免除しました。", "We do not charge it.")) },
                    FeeStanding::Refunded { money, at, .. } => p {
                        (money.words(language)) (say("（", " ("))
                        (day(*at, language)) (say("に返金済み）", ": given back)"))
                    },
                }
            }
        }
    }
}

/// True when the decision stands and may be told.
pub(super) fn is_told(progress: &Progress) -> bool {
    matches!(progress.state, Stand::Decided | Stand::Executed | Stand::Notified | Stand::Closed)
}

/// The decision in words, as far as her regime has the reasons told (G1).
pub(super) fn decision(document: &Document, request: &Request, language: Language) -> Markup {
    let say = |ja, en| pick(language, ja, en);
    let progress = &request.progress;
    let Some(decision) = progress.decision.as_ref().filter(|_| is_told(progress)) else {
        return html! {};
    };
    let told = document.requests.as_ref().and_then(|r| r.reasons_told.get(&progress.regime));
    let told = told.copied().unwrap_or(ReasonsTold::Full);
    // A question is not granted: it has a reply.
    let replies = progress.kind == RequestKind::Complaint && decision.outcome == Outcome::Granted;
    let refuses = matches!(decision.outcome, Outcome::Refused | Outcome::Partly);
    html! {
        section aria-labelledby="h-decision" {
            @if replies {
                h2 id="h-decision" { (say("お返事", "Our reply")) }
                p { (day(decision.at, language)) }
            } @else {
                h2 id="h-decision" { (say("決定", "The decision")) }
                p { strong { (decision.outcome.words(language)) } (say("（", " (")) (day(decision.at, language)) (say("）", ")")) }
            }
            @if !decision.refused.is_empty() {
                ul {
                    @for part in &decision.refused {
                        @let item = part.item.as_ref().and_then(|item| document.items.get(item));
                        li {
                            @match item {
                                Some(item) => (item.label.get(language)),
                                None => (say("請求の全体", "The whole request")),
                            }
                            (say("：応じられません", ": refused"))
                            @if told != ReasonsTold::None {
                                (say("（理由：", ". Ground: ")) (part.ground.words(language)) (say("）", ""))
                            }
                        }
                    }
                }
            }
            @if refuses && told == ReasonsTold::Full && !decision.reason.is_empty() {
                p.kept { (decision.reason) }
            }
            @if let Some(measure) = decision.alternative {
                p { (say("代わりにとる措置：", "What we do instead: ")) (measure.words(language)) }
            }
            @if let Some(reply) = &request.matter.reply { p.kept { (reply) } }
        }
    }
}

/// The steps behind, with their days, and those ahead.
fn timeline(progress: &Progress, language: Language) -> Markup {
    let mut ahead: Vec<Stand> = Vec::new();
    if !progress.state.is_over() {
        let known = progress.is_known() || progress.needed() == policy::request::Assurance::None;
        let fee = !progress.fee_is_settled();
        ahead = Stand::ALL
            .into_iter()
            .filter(|state| *state > progress.state && *state < Stand::Closed)
            .filter(|state| *state != Stand::Verifying || !known)
            .filter(|state| *state != Stand::AwaitingFee || fee)
            .collect();
    }
    let behind = progress.moves.len();
    let broken_off = matches!(progress.state, Stand::Withdrawn | Stand::Unverified);
    // What was broken off, or waited for in vain, was not done.
    let is_done = |n: usize, state: Stand| {
        n + 1 + usize::from(broken_off) < behind
            && (state != Stand::AwaitingFee || progress.fee_is_settled())
    };
    html! {
        ol.timeline {
            @for (n, (state, at)) in progress.moves.iter().enumerate() {
                li.done[is_done(n, *state)] aria-current=[(n + 1 == behind).then_some("step")] {
                    span { (if is_done(n, *state) { step_name(*state, language) } else { state.words(language) }) } " "
                    time datetime=(policy::calendar::calendar_day(*at)) { (day(*at, language)) }
                }
            }
            @for state in ahead {
                li.ahead { span { (step_name(state, language)) } }
            }
        }
    }
}

/// A step by its name, behind or ahead.
fn step_name(state: Stand, language: Language) -> &'static str {
    match state {
        Stand::Received => pick(language, "受け付け", "Received"),
        Stand::Verifying => pick(language, "ご本人の確認", "Confirming that it is you"),
        Stand::AwaitingFee => pick(language, "手数料のお支払い", "Payment of the fee"),
        Stand::Investigating => pick(language, "調査", "Looking into it"),
        Stand::Decided => pick(language, "決定", "Decision"),
        Stand::Executed => pick(language, "対応", "Carrying it out"),
        Stand::Notified => pick(language, "お知らせ", "Telling you the result"),
        Stand::Closed => pick(language, "完了", "Closed"),
        Stand::Withdrawn => pick(language, "取り下げ", "Withdrawn"),
        Stand::Unverified => pick(language, "確認できず", "Not confirmed"),
    }
}

fn takes_files(state: Stand) -> bool {
    matches!(state, Stand::Received | Stand::Verifying | Stand::AwaitingFee | Stand::Investigating)
}

struct Shown {
    name: String,
    kilobytes: usize,
    put_at: Timestamp,
}

fn files(request: &Request) -> Result<Vec<Shown>, Error> {
    let read = request.files.iter().map(|kept| {
        let file = request.file(kept)?;
        let put_at = Timestamp::from_millisecond(kept.put_at).map_err(anyhow::Error::from)?;
        Ok(Shown { name: file.name, kilobytes: file.bytes.len().div_ceil(1024), put_at })
    });
    read.collect()
}

fn papers(
    document: &Document,
    (files, open, is_known): (&[Shown], bool, bool),
    wrong: &Wrong,
    language: Language,
) -> Markup {
    let say = |ja, en| pick(language, ja, en);
    let error = wrong.of("file", language);
    let invalid = error.is_some().then_some("true");
    let days = document.requests.as_ref().map_or(30, |requests| requests.handling.evidence_days);
    let days = policy::words::days(days, language);
    let days = days.trim_end_matches('間');
    let form = html! {
        p { (say(
            "ご本人や代理人の確認に書類が必要なときに、ここから添付してください。",
            "If papers are needed to confirm who asks, attach them here.",
        )) }
        form.form method="post" enctype="multipart/form-data" action=(at(urls::FILES, "", language)) {
            div.field {
                label for="file" { (say("ファイル", "File")) }
                p.hint id="file-hint" { (say(
                    "PDF、JPEG、PNG。1つ5MBまで、3つまで。個人番号（マイナンバー）、基礎年金番号、保険者番号、カード番号など、確認に必要のない部分は、必ず隠してからお送りください。",
                    "PDF, JPEG or PNG; up to 5 MB each, three at most. Please cover whatever is not needed first: My Number (個人番号), pension and insurance numbers, card numbers.",
                )) }
                @if let Some(error) = &error { p.error id="file-error" { (error) } }
                input id="file" name="file" type="file" required
                    accept="application/pdf,image/jpeg,image/png,.pdf,.jpg,.jpeg,.png"
                    aria-invalid=[invalid]
                    aria-describedby={ "file-hint" @if error.is_some() { " file-error" } };
            }
            p.do { button { (say("添付する", "Attach")) } }
        }
    };
    html! {
        section aria-labelledby="h-papers" {
            h2 id="h-papers" { (say("書類の添付", "Papers")) }
            @if !files.is_empty() {
                ul {
                    @for file in files {
                        li {
                            (file.name) (say("（", " (")) (file.kilobytes) " KB, "
                            (day(file.put_at, language)) (say("）", ")"))
                        }
                    }
                }
            }
            @if open && files.len() < MAX_FILES {
                // Once she is known there is seldom a need for any.
                @if is_known && error.is_none() {
                    details {
                        summary { (say("書類を添付する", "Attach a paper")) }
                        (form)
                    }
                } @else {
                    (form)
                }
            }
            p.hint {
                @match language {
                    Language::Ja => { "添付された書類は暗号化して保管し、決定や取り下げから" (days) "後に消去します。" }
                    Language::En => { "Papers are kept encrypted and erased " (days) " after the decision, or after you take the request back." }
                }
            }
        }
    }
}

/// A sheet about the fee.
enum Sheet {
    Invoice,
    Receipt,
}

/// The invoice, as it went with the letter.
pub(super) async fn invoice(
    State(pages): State<Pages>,
    reader: Reader,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    sheet(&pages, reader, &headers, Sheet::Invoice).await
}

/// The receipt, as it went with the letter.
pub(super) async fn receipt(
    State(pages): State<Pages>,
    reader: Reader,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    sheet(&pages, reader, &headers, Sheet::Receipt).await
}

/// A sheet about the fee as PDF, in the language of her letters.
async fn sheet(
    pages: &Pages,
    reader: Reader,
    headers: &HeaderMap,
    sheet: Sheet,
) -> Result<Response, Trouble> {
    let Some((request, _)) = session::present(pages, headers).await? else {
        return Ok(enter::first(reader.language).into_response());
    };
    let document = pages.app.policy();
    let (paper, name) = {
        let about = About {
            document: &document,
            id: request.id,
            progress: &request.progress,
            matter: &request.matter,
            link: &|path| pages.app.public_url().join(path),
            now: pages.app.clock.now(),
        };
        let language = request.matter.language;
        match sheet {
            Sheet::Invoice => (about.invoice(), pick(language, "請求書", "invoice")),
            Sheet::Receipt => (about.receipt(), pick(language, "領収書", "receipt")),
        }
    };
    let paper = paper.ok_or(Error::NoSuchAddress)?;
    let setting = move || paper::pdf(&paper).map_err(anyhow::Error::from);
    let pdf = tokio::task::spawn_blocking(setting).await.map_err(anyhow::Error::from)??;
    Ok(super::file(&format!("{name}-{}.pdf", request.id.number()), "application/pdf", pdf))
}

/// What a file is, by what it holds; nothing else is believed.
fn sniffed(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(b"%PDF-") {
        Some("application/pdf")
    } else if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        Some("image/jpeg")
    } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some("image/png")
    } else {
        None
    }
}

/// A file's name as it is kept: its last part, in plain characters, not too long, with the ending of what
/// it is.
fn plain_name(given: &str, media_type: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = last.rsplit_once('.').map_or(last, |(stem, _)| stem);
    let stem: String = policy::normal::text(stem)
        .chars()
        .filter(|c| {
            !c.is_control()
                && !"<>:\"|?*\u{202a}\u{202b}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}".contains(*c)
        })
        .take(80)
        .collect();
    let stem = if stem.trim().is_empty() { "file" } else { stem.trim() };
    let ending = match media_type {
        "application/pdf" => "pdf",
        "image/jpeg" => "jpg",
        _ => "png",
    };
    format!("{stem}.{ending}")
}

/// Reads the one file of a form.
async fn read_file(mut form: Multipart) -> Result<Result<Attached, FieldError>, Error> {
    let wrong = |code, detail| Ok(Err(FieldError::new("file", code, detail)));
    let unread = |error: &axum::extract::multipart::MultipartError| {
        if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
            ("too_large", "is larger than is taken")
        } else {
            ("no_file", "cannot be read")
        }
    };
    loop {
        let mut part = match form.next_field().await {
            Ok(Some(part)) => part,
            Ok(None) => return wrong("no_file", "is missing"),
            Err(error) => {
                let (code, detail) = unread(&error);
                return wrong(code, detail);
            }
        };
        if part.name() != Some("file") {
            continue;
        }
        let name = part.file_name().unwrap_or_default().to_owned();
        // One that is too large is read to its end all the same, so that the browser hears the answer.
        let (mut bytes, mut is_too_large) = (Vec::new(), false);
        loop {
            match part.chunk().await {
                Ok(Some(chunk)) if bytes.len() + chunk.len() <= MAX_FILE_BYTES => {
                    bytes.extend_from_slice(&chunk);
                }
                Ok(Some(_)) => (bytes, is_too_large) = (Vec::new(), true),
                Ok(None) => break,
                Err(error) => {
                    let (code, detail) = unread(&error);
                    return wrong(code, detail);
                }
            }
        }
        if is_too_large {
            return wrong("too_large", "is larger than is taken");
        }
        if bytes.is_empty() {
            return wrong("no_file", "is empty");
        }
        let Some(media_type) = sniffed(&bytes) else {
            return wrong("other_type", "is of a type that is not taken");
        };
        let name = plain_name(&name, media_type);
        let media_type = media_type.to_owned();
        return Ok(Ok(Attached { name, media_type, bytes }));
    }
}

/// A file came in.
pub(super) async fn attach(
    State(pages): State<Pages>,
    reader: Reader,
    headers: HeaderMap,
    form: Multipart,
) -> Result<Response, Trouble> {
    let language = reader.language;
    let Some((request, _)) = session::present(&pages, &headers).await? else {
        return Ok(enter::first(language).into_response());
    };
    let kept = match read_file(form).await? {
        Ok(file) => keep(&pages, &request, file).await,
        Err(wrong) => Err(Error::Invalid(vec![wrong])),
    };
    match kept {
        Ok(()) => Ok(Redirect::to(&at(urls::MINE, "", language)).into_response()),
        Err(Error::Invalid(fields)) => {
            let page = drawn(&pages, &request, &Wrong::new(fields), language)?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

async fn keep(pages: &Pages, request: &Request, file: Attached) -> Result<(), Error> {
    let mut id = [0; 16];
    random(&mut id)?;
    let sealed = request.seal_file(id, &file, pages.app.clock.now())?;
    drop(file);
    advance(&pages.app, request.id, BY.to_owned(), move |request, tx, _| {
        if !takes_files(request.progress.state) {
            return Err(Error::Conflict("it is decided; nothing more is attached".to_owned()));
        }
        if request.files.len() >= MAX_FILES {
            return Err(Error::field("file", "too_many", "is one too many"));
        }
        let (id, put_at, sealed) = (sealed.id, sealed.put_at, sealed.sealed.clone());
        let file = requests::KeptFile { id, put_at, sealed };
        requests::put_file(tx, request.id, &file);
        request.files.push(file);
        Ok(Change::default())
    })
    .await
    .map(drop)
}

/// The question before a request is taken back.
pub(super) async fn ask_to_withdraw(
    State(pages): State<Pages>,
    reader: Reader,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let language = reader.language;
    let Some((request, _)) = session::present(&pages, &headers).await? else {
        return Ok(enter::first(language).into_response());
    };
    let say = |ja, en| pick(language, ja, en);
    let document = pages.app.policy();
    let title = say("この請求を取り下げますか", "Take this request back?");
    let body = html! {
        header.title {
            p.who { (say("受付番号 ", "Receipt number ")) (request.id.number()) }
            h1 { (title) }
        }
        p { strong { (request.progress.kind.words(language)) } }
        p { (say(
            "取り下げると、この請求についての対応をやめます。元に戻すことはできませんが、同じ請求をあらためてすることはできます。",
            "We then do nothing more about it. This cannot be undone, but you can ask for the same again at any time.",
        )) }
        form.form method="post" action=(at(urls::WITHDRAW, "", language)) {
            p.do {
                button { (say("取り下げる", "Take it back")) }
                a.button.quiet href=(at(urls::MINE, "", language)) { (say("取り下げない", "Keep it")) }
            }
        }
    };
    let other = Other::At(urls::WITHDRAW, "");
    Ok(draw(&Page { title, language, other, desk: Some(&document), body }).into_response())
}

/// A request is taken back.
pub(super) async fn withdraw(
    State(pages): State<Pages>,
    reader: Reader,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let language = reader.language;
    let Some((request, _)) = session::present(&pages, &headers).await? else {
        return Ok(enter::first(language).into_response());
    };
    if request.progress.state != Stand::Withdrawn {
        handle::step(&pages.app, request.id, BY.to_owned(), Step::Withdraw {}).await?;
    }
    Ok(Redirect::to(&at(urls::MINE, "", language)).into_response())
}

/// The way out.
pub(super) async fn sign_out(
    State(pages): State<Pages>,
    reader: Reader,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    session::end(&pages, &headers).await?;
    let cookie = AppendHeaders(session::taken(pages.https));
    Ok((cookie, Redirect::to(&at(urls::START, "", reader.language))).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_it_holds_and_its_name_is_plain() {
        assert_eq!(sniffed(b"%PDF-1.7\n"), Some("application/pdf"));
        assert_eq!(sniffed(b"\xff\xd8\xff\xe0"), Some("image/jpeg"));
        assert_eq!(sniffed(b"\x89PNG\r\n\x1a\n\0"), Some("image/png"));
        for other in [&b"<html>"[..], b"GIF89a", b"MZ", b"", b" %PDF-1.7", b"<svg/>"] {
            assert_eq!(sniffed(other), None);
        }
        assert_eq!(plain_name("C:\\papers\\委任状.PDF", "application/pdf"), "委任状.pdf");
        assert_eq!(plain_name("../../etc/x.html", "image/png"), "x.png");
        assert_eq!(plain_name("\u{202e}gpj.exe", "image/jpeg"), "gpj.jpg");
        assert_eq!(plain_name("", "image/png"), "file.png");
    }
}
