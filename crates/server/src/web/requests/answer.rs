//! `/requests/answer`: the link in the letter with the answer. The link alone shows nothing: a code that
//! was shown just now goes with it, so that a letter in other hands is not the answer.

use axum::Form;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use maud::{Markup, html};
use policy::Language;
use policy::request::RequestKind;
use serde::Deserialize;
use vault::Plain;

use super::page::{Other, Page, Wrong, at, draw, last_day, pick};
use super::trouble::Trouble;
use super::{BY, Pages, Reader, enter, mine, session, urls};
use crate::acts::request::carry_out::answer_fingerprint;
use crate::acts::request::{self, AnswerLink, Change, Delivery, Request, advance, verify};
use crate::answer::{self, MAX_PASSPHRASE_CHARS, Package, Passphrase};
use crate::error::Error;

/// What the link says.
#[derive(Deserialize, Default)]
pub(super) struct Link {
    /// The receipt number.
    #[serde(default)]
    n: String,
    /// The token.
    #[serde(default)]
    t: String,
}

/// What the forms here send.
#[derive(Deserialize, Default)]
pub(super) struct Sent {
    #[serde(default)]
    n: String,
    #[serde(default)]
    t: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    passphrase: String,
    #[serde(default)]
    step: String,
}

/// What a link leads to.
enum Led {
    /// To nothing: no such number, or another token.
    Nowhere,
    /// To an answer that is no longer open.
    Over,
    /// To an answer.
    Open(Box<Request>),
}

async fn follow(pages: &Pages, link: &Link) -> Result<Led, Error> {
    let app = &pages.app;
    let Some(id) = request::by_number(app, &link.n).await? else { return Ok(Led::Nowhere) };
    let request = request::get(app, id).await?;
    let given = answer_fingerprint(&app.keys, id, &link.t)?;
    Ok(match &request.matter.answer {
        // Keyed fingerprints: comparing them tells nothing about the token.
        Some(AnswerLink { fingerprint, .. }) if *fingerprint != given => Led::Nowhere,
        Some(AnswerLink { ends_at, .. }) if *ends_at <= app.clock.now() => Led::Over,
        Some(_) => Led::Open(Box::new(request)),
        None => Led::Nowhere,
    })
}

/// The query of a link, in plain letters only: whatever else was typed leads nowhere.
fn query(link: &Link) -> String {
    let plain = |text: &str| {
        let kept = text.chars().filter(|c| c.is_ascii_alphanumeric() || "-_".contains(*c));
        kept.take(128).collect::<String>()
    };
    format!("n={}&t={}", plain(&link.n), plain(&link.t))
}

/// The page that the link leads to.
pub(super) async fn page(
    State(pages): State<Pages>,
    reader: Reader,
    headers: HeaderMap,
    Query(link): Query<Link>,
) -> Result<Response, Trouble> {
    let language = reader.language;
    let request = match follow(&pages, &link).await? {
        Led::Open(request) => request,
        closed => return Ok(shut(&pages, &closed, &link, language)),
    };
    let open = session::present(&pages, &headers).await?;
    if !session::is_recent(&pages, request.id, open.as_ref()) {
        return Ok(asks_for_code(&pages, &link, false, &Wrong::default(), language).into_response());
    }
    if request.matter.answer.as_ref().is_some_and(|answer| answer.fetched_at.is_none()) {
        advance(&pages.app, request.id, BY.to_owned(), |request, _, now| {
            if let Some(answer) = &mut request.matter.answer {
                answer.fetched_at.get_or_insert(now);
            }
            Ok(Change::default())
        })
        .await?;
    }
    Ok(shows(&pages, &request, &link, &Wrong::default(), language).into_response())
}

/// Whether the answer to a kind is a file; a letter says all of the others.
fn is_a_file(request: &Request) -> bool {
    let kind = request.progress.kind;
    let letter_alone = matches!(
        kind,
        RequestKind::Correction
            | RequestKind::StopUse
            | RequestKind::StopProvision
            | RequestKind::Complaint
    );
    !letter_alone && request.progress.answerable().is_some()
}

/// The file itself, made now and kept nowhere; each time is on record.
async fn fetches(
    pages: &Pages,
    request: &Request,
    link: &Link,
    passphrase: String,
    language: Language,
) -> Result<Response, Trouble> {
    let given = Some(Plain::new(passphrase)).filter(|given| !given.reveal().is_empty());
    let passphrase = match given.map(Passphrase::new).transpose() {
        Ok(passphrase) => passphrase,
        Err(Error::Invalid(fields)) => {
            let page = shows(pages, request, link, &Wrong::new(fields), language);
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
        Err(error) => return Err(error.into()),
    };
    let Package { file_name, media_type, bytes } =
        answer::package(&pages.app, request.id, passphrase).await?;
    Ok(super::file(&file_name, media_type, bytes))
}

/// A code is wanted, or came in.
pub(super) async fn sent(
    State(pages): State<Pages>,
    reader: Reader,
    headers: HeaderMap,
    Form(sent): Form<Sent>,
) -> Result<Response, Trouble> {
    let language = reader.language;
    let Sent { n, t, code, passphrase, step } = sent;
    let link = Link { n, t };
    pages.limits.enters(&pages.app.keys, &reader, &link.n)?;
    let request = match follow(&pages, &link).await? {
        Led::Open(request) => request,
        closed => return Ok(shut(&pages, &closed, &link, language)),
    };
    if step == "fetch" {
        let open = session::present(&pages, &headers).await?;
        if !session::is_recent(&pages, request.id, open.as_ref()) {
            let page = asks_for_code(&pages, &link, false, &Wrong::default(), language);
            return Ok(page.into_response());
        }
        return fetches(&pages, &request, &link, passphrase, language).await;
    }
    if step == "show" {
        return Ok(asks_for_code(&pages, &link, true, &Wrong::default(), language).into_response());
    }
    if step != "code" {
        match verify::send_code(&pages.app, request.id, BY.to_owned()).await {
            // One is on its way already.
            Ok(()) | Err(Error::TooMany { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        return Ok(asks_for_code(&pages, &link, true, &Wrong::default(), language).into_response());
    }
    match enter::give(&pages, Some(request.id), &code).await? {
        Ok(cookie) => {
            let to = Redirect::to(&at(urls::ANSWER, &query(&link), language));
            Ok((AppendHeaders(cookie), to).into_response())
        }
        Err(fields) => {
            let page = asks_for_code(&pages, &link, true, &Wrong::new(fields), language);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

fn shut(pages: &Pages, led: &Led, link: &Link, language: Language) -> Response {
    let say = |ja, en| pick(language, ja, en);
    let document = pages.app.policy();
    let (status, title, what) = match led {
        Led::Over => (
            StatusCode::GONE,
            say("このリンクの期限が過ぎました", "This link is no longer open"),
            say(
                "お答えの内容が必要なときは、受付番号を添えて窓口へご連絡ください。",
                "If you still need the answer, please write to our desk with your receipt number.",
            ),
        ),
        _ => (
            StatusCode::NOT_FOUND,
            say("このリンクは使えません", "This link leads nowhere"),
            say(
                "メールにあるアドレスの全体が開かれているか、ご確認ください。",
                "Please check that the whole address of the letter was opened.",
            ),
        ),
    };
    let query = query(link);
    let body = html! { header.title { h1 { (title) } } p { (what) } };
    let other = Other::At(urls::ANSWER, &query);
    let page = draw(&Page { title, language, other, desk: Some(&document), body });
    (status, page).into_response()
}

fn hidden(link: &Link) -> Markup {
    html! {
        input type="hidden" name="n" value=(link.n);
        input type="hidden" name="t" value=(link.t);
    }
}

fn asks_for_code(
    pages: &Pages,
    link: &Link,
    is_sent: bool,
    wrong: &Wrong,
    language: Language,
) -> Markup {
    let say = |ja, en| pick(language, ja, en);
    let document = pages.app.policy();
    let title = say("お答えを見る", "See the answer");
    let labels = [("code".to_owned(), say("確認番号", "Code").to_owned())];
    let body = html! {
        header.title {
            p.who { (document.controller.name.get(language)) }
            h1 { (title) }
        }
        (wrong.summary(&labels, language))
        @if is_sent {
            p { (say(
                "請求のときのメールアドレスに、6けたの確認番号をお送りしました。",
                "We have sent a code of six digits to the e-mail address of your request.",
            )) }
        } @else {
            p { (say(
                "お答えにはご本人の情報が含まれることがあります。ご本人だけにお見せするため、請求のときのメールアドレスに確認番号をお送りします。",
                "The answer may hold your information. So that nobody else sees it, we send a code to the e-mail address of your request.",
            )) }
        }
        form.form id="give" method="post" action=(at(urls::ANSWER, "", language)) {
            (hidden(link))
            @if is_sent {
                (enter::code_field(wrong, language))
                p.do {
                    button name="step" value="code" { (say("確認する", "Confirm")) }
                    button.quiet name="step" value="again" { (say("もう一度送る", "Send another")) }
                }
                p.hint { (say(
                    "番号は10分間使えます。新しい番号は、前の番号を送ってから1分たつとお送りできます。",
                    "A code holds for ten minutes. Another one can be sent a minute after the last.",
                )) }
            } @else {
                p.do { button name="step" value="again" { (say("確認番号を受け取る", "Send me a code")) } }
            }
        }
    };
    let query = query(link);
    let other = if is_sent {
        Other::Form { id: "give", action: urls::ANSWER, step: "show", enter: "code" }
    } else {
        Other::At(urls::ANSWER, &query)
    };
    draw(&Page { title, language, other, desk: Some(&document), body })
}

/// The answer. A file, where the kind has one, is fetched by a form here; she may give a passphrase.
fn shows(
    pages: &Pages,
    request: &Request,
    link: &Link,
    wrong: &Wrong,
    language: Language,
) -> Markup {
    let say = |ja, en| pick(language, ja, en);
    let document = pages.app.policy();
    let title = say("ご請求へのお答え", "The answer to your request");
    let ends = request.matter.answer.as_ref().map(|answer| last_day(answer.ends_at, language));
    let body = html! {
        header.title {
            p.who { (say("受付番号 ", "Receipt number ")) (request.id.number()) }
            h1 { (title) }
            @if let Some(ends) = ends {
                p.since { @match language {
                    Language::Ja => { (ends) "までご覧いただけます。" }
                    Language::En => { "You can see it until " (ends) "." }
                } }
            }
        }
        p { strong { (request.progress.kind.words(language)) } }
        (wrong.summary(&[("passphrase".to_owned(), passphrase_label(language).to_owned())], language))
        (mine::decision(&document, request, language))
        @if matches!(request.matter.delivery, Delivery::Paper { .. }) {
            p { (say(
                "ご指定の住所へ、書面でもお送りします。",
                "We also send it on paper, to the address that you gave.",
            )) }
        }
        @if is_a_file(request) { (file_form(link, wrong, language)) }
        p { a href=(at(urls::MINE, "", language)) { (say("請求の状況を見る", "How the request stands")) } }
    };
    let query = query(link);
    draw(&Page {
        title,
        language,
        other: Other::At(urls::ANSWER, &query),
        desk: Some(&document),
        body,
    })
}

fn passphrase_label(language: Language) -> &'static str {
    pick(language, "合言葉（任意）", "Passphrase (if you like)")
}

/// The form by which the file is fetched.
fn file_form(link: &Link, wrong: &Wrong, language: Language) -> Markup {
    let say = |ja, en| pick(language, ja, en);
    let error = wrong.of("passphrase", language);
    let invalid = error.is_some().then_some("true");
    html! {
        form.form method="post" action=(at(urls::ANSWER, "", language)) {
            (hidden(link))
            p { (say(
                "お答えは一つのファイル（ZIP）にまとめています。読むためのページとPDF、表計算のための表、ほかのサービスで使えるデータ、記録が正しいことを確かめるための証明が入っています。",
                "The answer is one file (ZIP): a page and a PDF to read, tables for a spreadsheet, data that other services can use, and what proves that the records are right.",
            )) }
            div.field {
                label for="passphrase" { (passphrase_label(language)) }
                @if let Some(error) = &error { p.error id="passphrase-error" { (error) } }
                input id="passphrase" name="passphrase" type="password" autocomplete="new-password"
                    maxlength=(MAX_PASSPHRASE_CHARS) aria-invalid=[invalid] aria-describedby="passphrase-hint";
                p.hint id="passphrase-hint" { (say(
                    "12文字以上の合言葉を入れると、ファイルを暗号化してお渡しします（age形式）。合言葉は当社に残りません。お忘れになると開けません。",
                    "With a passphrase of 12 characters or more the file is encrypted (age). We do not keep it; without it the file cannot be opened.",
                )) }
            }
            p.do { button name="step" value="fetch" { (say("ファイルを受け取る", "Fetch the file")) } }
        }
    }
}
