//! `/requests/new`: a request in three steps: where she lives, what she asks for, a look over it. Nothing
//! is kept before she sends it, nothing personal stands in an address, and nothing typed is lost. Sent
//! twice, it is one request: the form carries a token of its own.

use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use policy::request::{Assurance, Money, Progress, RequestKind, Terms};
use policy::{Document, Language, RegimeName};
use serde::Deserialize;

use super::form::{self, Drawing, Sent, hidden, hidden_kind};
use super::page::{Choice, Other, Page, Wrong, at, day, draw, group, last_day, pick, steps};
use super::trouble::{Trouble, sentence};
use super::{BY, Pages, Reader, enter, urls};
use crate::acts::request::receive;
use crate::error::{Error, FieldError};
use crate::once::{Once, random};

const FORM: &str = "ask";

/// What the address says.
#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    regime: Option<String>,
}

/// A token for a form that is sent once.
fn token() -> Result<String, Error> {
    let mut bytes = [0; 16];
    random(&mut bytes)?;
    Ok(data_encoding::HEXLOWER.encode(&bytes))
}

fn known_kind(document: &Document, text: &str) -> Option<RequestKind> {
    let kind = form::kind(text)?;
    let kinds = crate::acts::request::kinds(document);
    (document.requests.is_some() && kinds.contains(&kind)).then_some(kind)
}

fn terms<'a>(document: &'a Document, regime: &str) -> Option<Terms<'a>> {
    let regime: RegimeName = regime.parse().ok()?;
    Terms::of(document, &regime)
}

fn step_names(document: &Document, language: Language) -> Vec<&'static str> {
    let say = |ja, en| pick(language, ja, en);
    let mut names = vec![say("内容の入力", "Your request"), say("確認と送信", "Check and send")];
    if document.regimes.len() > 1 {
        names.insert(0, say("お住まい", "Where you live"));
    }
    names
}

/// The form for a kind: first where she lives, as the law and the fee depend on it.
pub(super) async fn form(
    State(pages): State<Pages>,
    reader: Reader,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let language = reader.language;
    let document = pages.app.policy();
    let Some(kind) = known_kind(&document, &asked.kind) else {
        return Ok(Redirect::to(&at(urls::START, "", language)).into_response());
    };
    let only = match document.regimes.keys().next() {
        Some(only) if document.regimes.len() == 1 => Some(only.to_string()),
        _ => None,
    };
    let regime = only.or(asked.regime);
    let Some(terms) = regime.as_deref().and_then(|regime| terms(&document, regime)) else {
        let page = where_she_lives(&document, kind, regime.is_some(), language);
        return Ok(page.into_response());
    };
    let sent = Sent(vec![
        ("once".to_owned(), token()?),
        ("regime".to_owned(), terms.regime.name.to_string()),
    ]);
    let wrong = Wrong::default();
    let drawing = Drawing { terms, kind, sent: &sent, wrong: &wrong, language };
    Ok(asks(&document, &drawing, &pages).into_response())
}

fn where_she_lives(
    document: &Document,
    kind: RequestKind,
    tried: bool,
    language: Language,
) -> Markup {
    let say = |ja, en| pick(language, ja, en);
    let title = kind.words(language);
    let wrong = if tried {
        Wrong::new(vec![FieldError::new("regime", "unknown", "is not one of the regimes")])
    } else {
        Wrong::default()
    };
    let given: Vec<Choice> = super::start::regimes(document)
        .iter()
        .map(|regime| (regime.name.to_string(), regime.label.get(language).to_owned(), false))
        .collect();
    let body = html! {
        (head(document, title, language))
        (steps(&step_names(document, language), 0, language))
        form.form method="get" action=(urls::NEW) {
            (hidden_kind(kind))
            input type="hidden" name="lang" value=(language.tag());
            (group((
                "regime",
                say("お住まいはどちらですか", "Where do you live?"),
                Some(say(
                    "適用される法律によって、手数料、期限、選べる理由が変わります。",
                    "The law that applies decides on the fee, the time and the grounds to choose from.",
                )),
            ), "radio", &given, &wrong, language))
            p.do { button { (say("次へ", "Next")) } }
        }
    };
    let query = format!("kind={}", super::start::kind_word(kind));
    let other = Other::At(urls::NEW, &query);
    draw(&Page { title, language, other, desk: Some(document), body })
}

fn head(document: &Document, title: &str, language: Language) -> Markup {
    html! {
        header.title {
            p.who { (document.controller.name.get(language)) }
            h1 { (title) }
            p.since { a href=(at(urls::START, "", language)) {
                (pick(language, "ほかの請求を選ぶ", "Choose another request"))
            } }
        }
    }
}

/// The fee and the day of the answer, where she sends.
fn total(drawing: &Drawing<'_>, pages: &Pages) -> Markup {
    let language = drawing.language;
    let say = |ja, en| pick(language, ja, en);
    let fee: Option<Money> = drawing.terms.fee(drawing.kind);
    let due = last_day(drawing.terms.due(pages.app.clock.now()), language);
    let back = drawing.terms.policy.requests.as_ref().and_then(|requests| requests.fee.as_ref());
    let back = back.is_some_and(|fee| fee.refund_when_not_held);
    html! {
        dl.total {
            div {
                dt { (say("手数料", "Fee")) }
                dd {
                    @match &fee {
                        Some(money) => {
                            strong { (money.words(language)) }
                            small { (say(
                                "お支払いの方法は、ご本人を確認したあとにお知らせします。",
                                "We tell you how to pay once we know that it is you.",
                            )) @if back { " " (say(
                                "情報をお預かりしていない場合は、いただきません。",
                                "There is none if we hold nothing about you.",
                            )) } }
                        }
                        None => strong { (say("無料", "Free of charge")) },
                    }
                }
            }
            div {
                dt { (say("お答えの期限", "Answer by")) }
                dd { strong { (due) } }
            }
        }
    }
}

fn asks(document: &Document, drawing: &Drawing<'_>, pages: &Pages) -> Markup {
    let Drawing { kind, sent, wrong, language, .. } = drawing;
    let (kind, language) = (*kind, *language);
    let say = |ja, en| pick(language, ja, en);
    let names = step_names(document, language);
    let name = kind.words(language);
    let title = if wrong.is_empty() {
        name.to_owned()
    } else {
        format!("{}{name}", say("入力エラー：", "Error: "))
    };
    let query = format!("kind={}", super::start::kind_word(kind));
    let body = html! {
        (head(document, name, language))
        (steps(&names, names.len() - 2, language))
        (wrong.summary(&drawing.fields(), language))
        form.form id=(FORM) method="post" action=(at(urls::NEW, "", language)) {
            (hidden_kind(kind))
            input type="hidden" name="once" value=(sent.one("once"));
            input type="hidden" name="regime" value=(drawing.terms.regime.name.as_str());
            @if document.regimes.len() > 1 {
                p.hint {
                    (say("お住まい：", "Where you live: ")) (drawing.terms.regime.label.get(language)) " "
                    a href=(at(urls::NEW, &query, language)) { (say("変える", "change")) }
                }
            }
            (drawing.body())
            section.part.send aria-label=(say("確認へ", "Onwards")) {
                (total(drawing, pages))
                p.do { button name="step" value="review" { (say("確認画面へ", "Look it over")) } }
            }
        }
    };
    let other = Other::Form { id: FORM, action: urls::NEW, step: "edit", enter: "review" };
    draw(&Page { title: &title, language, other, desk: Some(document), body })
}

fn reviews(
    document: &Document,
    drawing: &Drawing<'_>,
    pages: &Pages,
    trouble: Option<&str>,
) -> Markup {
    let Drawing { kind, sent, language, .. } = drawing;
    let (kind, language) = (*kind, *language);
    let say = |ja, en| pick(language, ja, en);
    let names = step_names(document, language);
    let title = say("この内容で送信します", "Please look over your request");
    let body = html! {
        (head(document, title, language))
        (steps(&names, names.len() - 1, language))
        @if let Some(trouble) = trouble {
            div.told.alert role="alert" { p { (trouble) } }
        } @else {
            p { (say(
                "まだ送信されていません。内容を確かめて、「送信する」を押してください。",
                "It is not sent yet. If it is right, press “Send”.",
            )) }
        }
        dl.given {
            @for (term, said) in form::lines(drawing) {
                div { dt { (term) } @for line in said { dd.kept { (line) } } }
            }
        }
        form.form id=(FORM) method="post" action=(at(urls::NEW, "", language)) {
            (hidden_kind(kind))
            (hidden(sent))
            section.part.send aria-label=(say("送信", "Sending")) {
                (total(drawing, pages))
                p.do {
                    button name="step" value="send" { (say("送信する", "Send")) }
                    button.quiet name="step" value="edit" { (say("直す", "Change it")) }
                }
            }
        }
    };
    let other = Other::Form { id: FORM, action: urls::NEW, step: "review", enter: "send" };
    draw(&Page { title, language, other, desk: Some(document), body })
}

/// A form came in: to be looked over, changed, or sent.
pub(super) async fn sent(
    State(pages): State<Pages>,
    reader: Reader,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Trouble> {
    let language = reader.language;
    let document = pages.app.policy();
    let mut sent = Sent(pairs);
    let kind = known_kind(&document, sent.one("kind"));
    let terms = terms(&document, sent.one("regime"));
    let (Some(kind), Some(terms)) = (kind, terms) else {
        return Ok(Redirect::to(&at(urls::START, "", language)).into_response());
    };
    let asked = sent.asked(kind, language);
    let checked = receive::check(&pages.app, &asked);
    let step = sent.one("step").to_owned();
    match (step.as_str(), checked) {
        ("review" | "send", Err(Error::Invalid(fields))) => {
            let wrong = Wrong::new(fields);
            let drawing = Drawing { terms, kind, sent: &sent, wrong: &wrong, language };
            let page = asks(&document, &drawing, &pages);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        ("review" | "send", Err(error)) => Err(error.into()),
        ("review", Ok(_)) => {
            let wrong = Wrong::default();
            let drawing = Drawing { terms, kind, sent: &sent, wrong: &wrong, language };
            Ok(reviews(&document, &drawing, &pages, None).into_response())
        }
        ("send", Ok(_)) => {
            let email = sent.one("email").to_owned();
            let error = match take_in(&pages, &reader, &sent, asked).await {
                Ok((number, progress)) => {
                    let done = done(&document, &number, &email, &progress, language);
                    return Ok(done.into_response());
                }
                Err(error) => error,
            };
            let status = match &error {
                Error::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
                Error::KeyReused => StatusCode::CONFLICT,
                _ => StatusCode::SERVICE_UNAVAILABLE,
            };
            if matches!(error, Error::KeyReused) {
                let fresh = token()?;
                sent.0.retain(|(name, _)| name != "once");
                sent.0.push(("once".to_owned(), fresh));
            }
            let wrong = Wrong::default();
            let drawing = Drawing { terms, kind, sent: &sent, wrong: &wrong, language };
            let trouble = sentence(&error, language);
            Ok((status, reviews(&document, &drawing, &pages, Some(&trouble))).into_response())
        }
        _ => {
            let wrong = Wrong::default();
            let drawing = Drawing { terms, kind, sent: &sent, wrong: &wrong, language };
            Ok(asks(&document, &drawing, &pages).into_response())
        }
    }
}

/// Takes a request in, once for each form.
async fn take_in(
    pages: &Pages,
    reader: &Reader,
    sent: &Sent,
    asked: receive::Asked,
) -> Result<(String, Progress), Error> {
    pages.limits.asks(&pages.app.keys, reader, sent.one("email"))?;
    let mut body = Vec::new();
    for (name, value) in sent.0.iter().filter(|(name, _)| name != "step") {
        for text in [name, value] {
            body.extend_from_slice(&(text.len() as u64).to_be_bytes());
            body.extend_from_slice(text.as_bytes());
        }
    }
    let once = match sent.one("once") {
        "" => None,
        key => Some(Once::new(&pages.app.keys, BY, key, urls::NEW, &body)?),
    };
    let moved = receive::receive(&pages.app, asked, BY.to_owned(), once).await?;
    Ok((moved.id.number(), moved.progress))
}

/// What she reads once it is sent; the same whether or not anybody is held under her address.
fn done(
    document: &Document,
    number: &str,
    email: &str,
    progress: &Progress,
    language: Language,
) -> Markup {
    let say = |ja, en| pick(language, ja, en);
    let title = say("請求を受け付けました", "Your request is with us");
    let coded = progress.needed() > Assurance::None || progress.agency.is_some();
    let due = last_day(progress.due_at, language);
    let fee = matches!(progress.fee, policy::request::FeeStanding::Due(_));
    let received = day(progress.received_at, language);
    let body = html! {
        header.title {
            p.who { (document.controller.name.get(language)) }
            h1 { (title) }
        }
        section.box aria-labelledby="h-number" {
            h2 id="h-number" { (say("受付番号", "Receipt number")) }
            p.number { (number) }
            p.hint { (say(
                "この番号をお控えください。状況を見るときや、窓口へのお問い合わせに使います。",
                "Please note this number. You need it to follow your request, or to ask our desk about it.",
            )) }
        }
        p { (say(
            "入力されたアドレスに、受付のお知らせをお送りしました。",
            "We have sent a letter to the address that you gave.",
        )) }
        @if coded {
            section aria-labelledby="h-code" {
                h2 id="h-code" { (say("確認番号の入力", "Please enter the code")) }
                p { (say(
                    "同じアドレスに、6けたの確認番号もお送りしました。入力すると、このアドレスを使っている方だと確認できます。",
                    "We have sent a code of six digits to the same address. Entering it shows that the address is yours.",
                )) }
                (enter::code_form(number, email, &Wrong::default(), language))
            }
        }
        section aria-labelledby="h-next" {
            h2 id="h-next" { (say("これからのこと", "What happens next")) }
            ol {
                @if progress.agency.is_some() {
                    li { (say(
                        "確認番号を入力したあとのページで、代理人の書類を添付してください。",
                        "Attach the agent's papers on the page to which the code leads.",
                    )) }
                }
                @if coded {
                    li { (say(
                        "ご本人からの請求であることを確かめます。",
                        "We confirm that the request comes from the person.",
                    )) }
                }
                @if fee {
                    li { (say(
                        "手数料のお支払い方法をメールでお知らせします。",
                        "We write to you how to pay the fee.",
                    )) }
                }
                li {
                    @match language {
                        Language::Ja => { (due) "までにお答えします（受付日：" (received) "）。" }
                        Language::En => { "We answer by " (due) " (received on " (received) ")." }
                    }
                }
            }
            p { a href=(at(urls::ENTER, "", language)) { (say("あとで状況を見る", "Follow your request later")) } }
        }
    };
    // The page is the answer to a form; in the other language it would be sent again.
    draw(&Page { title, language, other: Other::None, desk: Some(document), body })
}
