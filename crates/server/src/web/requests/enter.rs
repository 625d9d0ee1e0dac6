//! The way back to a request: the receipt number and the address that letters go to, then the code that
//! was sent there. Whatever was typed, the answer is the same page; only a code shows that there is such
//! a request.

use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use maud::{Markup, html};
use policy::request::RequestId;
use policy::{Language, normal};
use serde::Deserialize;

use super::page::{Field, Input, Need, Other, Page, Wrong, at, draw, field, pick};
use super::trouble::Trouble;
use super::{BY, Pages, Reader, session, urls};
use crate::acts::request::{self, Contact, verify};
use crate::error::{Error, FieldError};
use crate::store::items;

/// What the forms here send.
#[derive(Deserialize, Default)]
pub(super) struct Entered {
    #[serde(default)]
    number: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    step: String,
}

/// The fields for number and address, as a form.
pub(super) fn fields(number: &str, email: &str, wrong: &Wrong, language: Language) -> Markup {
    let say = |ja, en| pick(language, ja, en);
    let line = |r#type, autocomplete| Input::Line { r#type, autocomplete };
    html! {
        form.form id="enter" method="post" action=(at(urls::ENTER, "", language)) {
            (field(&Field {
                name: "number",
                label: say("受付番号", "Receipt number"),
                hint: Some(say("例：7K3M-92QX-0B4T", "Such as 7K3M-92QX-0B4T")),
                input: line("text", "off"),
                value: number,
                most: 40,
                need: Need::Always,
            }, wrong, language))
            (field(&Field {
                name: "email",
                label: say("メールアドレス", "E-mail address"),
                hint: Some(say("請求のときに入力したもの", "The one you gave with your request")),
                input: line("email", "email"),
                value: email,
                most: 254,
                need: Need::Always,
            }, wrong, language))
            p.do { button { (say("確認番号を受け取る", "Send me a code")) } }
        }
    }
}

/// The page with nothing on it but the two fields.
pub(super) async fn form(State(pages): State<Pages>, reader: Reader) -> Markup {
    empty(&pages, reader.language, "", "", &Wrong::default())
}

fn empty(pages: &Pages, language: Language, number: &str, email: &str, wrong: &Wrong) -> Markup {
    let document = pages.app.policy();
    let title = pick(language, "請求の状況を見る", "Follow your request");
    let labels = [
        ("number".to_owned(), pick(language, "受付番号", "Receipt number").to_owned()),
        ("email".to_owned(), pick(language, "メールアドレス", "E-mail address").to_owned()),
    ];
    let body = html! {
        header.title {
            p.who { (document.controller.name.get(language)) }
            h1 { (title) }
        }
        (wrong.summary(&labels, language))
        p { (pick(
            language,
            "受付番号と、請求のときのメールアドレスを入力してください。そのアドレスに6けたの確認番号をお送りします。",
            "Give your receipt number and the e-mail address of your request. We send a code of six digits to that address.",
        )) }
        (fields(number, email, wrong, language))
    };
    let other = Other::At(urls::ENTER, "");
    draw(&Page { title, language, other, desk: Some(&document), body })
}

/// The request under a number, if letters about it go to that address.
pub(super) async fn find(
    pages: &Pages,
    number: &str,
    email: &str,
) -> Result<Option<RequestId>, Error> {
    let app = &pages.app;
    let Some(id) = request::by_number(app, &normal::compatible(number)).await? else {
        return Ok(None);
    };
    let Some(email) = normal::email(email) else { return Ok(None) };
    let request = request::get(app, id).await?;
    let is_hers = match &request.matter.contact {
        Contact::Email { email: known } => *known == email,
        Contact::Registered => {
            let Some(item) = app.policy().sign_in_address().cloned() else { return Ok(None) };
            let token = app.keys.token(&item, &email)?;
            let held = app
                .store
                .read(move |conn| Ok::<_, Error>(items::find(conn, item.as_str(), &token)?.pop()))
                .await?;
            held.is_some() && held == request.subject.or(request.matter.candidate)
        }
    };
    Ok(is_hers.then_some(id))
}

/// Sends another code, unless one was sent just now; nobody learns which.
async fn send(pages: &Pages, id: Option<RequestId>) -> Result<(), Error> {
    let Some(id) = id else { return Ok(()) };
    match verify::send_code(&pages.app, id, BY.to_owned()).await {
        Ok(()) | Err(Error::TooMany { .. } | Error::NotFound { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Number and address came in: a code is on its way if they belong together.
pub(super) async fn entered(
    State(pages): State<Pages>,
    reader: Reader,
    Form(entered): Form<Entered>,
) -> Result<Response, Trouble> {
    let language = reader.language;
    let wrong = missing(&entered);
    if !wrong.is_empty() {
        let page = empty(&pages, language, &entered.number, &entered.email, &wrong);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    pages.limits.enters(&pages.app.keys, &reader, &entered.number)?;
    send(&pages, find(&pages, &entered.number, &entered.email).await?).await?;
    Ok(asks_for_code(&pages, &entered, &Wrong::default(), language).into_response())
}

fn missing(entered: &Entered) -> Wrong {
    let mut wrong = Vec::new();
    if RequestId::read_number(&normal::compatible(&entered.number)).is_none() {
        wrong.push(FieldError::new("number", "not_a_number", "is not a receipt number"));
    }
    if normal::email(&entered.email).is_none() {
        wrong.push(FieldError::new("email", "not_an_email", "is not an e-mail address"));
    }
    Wrong::new(wrong)
}

/// A code came in, or another one is wanted.
pub(super) async fn code(
    State(pages): State<Pages>,
    reader: Reader,
    Form(entered): Form<Entered>,
) -> Result<Response, Trouble> {
    let language = reader.language;
    if !missing(&entered).is_empty() || entered.step == "show" {
        return Ok(asks_for_code(&pages, &entered, &Wrong::default(), language).into_response());
    }
    pages.limits.enters(&pages.app.keys, &reader, &entered.number)?;
    let found = find(&pages, &entered.number, &entered.email).await?;
    if entered.step == "again" {
        send(&pages, found).await?;
        return Ok(asks_for_code(&pages, &entered, &Wrong::default(), language).into_response());
    }
    match give(&pages, found, &entered.code).await? {
        Ok(cookie) => {
            let to = Redirect::to(&at(urls::MINE, "", language));
            Ok((AppendHeaders(cookie), to).into_response())
        }
        Err(wrong) => {
            let page = asks_for_code(&pages, &entered, &Wrong::new(wrong), language);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

type Cookie = Option<(axum::http::HeaderName, axum::http::HeaderValue)>;

/// Takes a code: the cookie of the session it opens, or what is wrong with it.
pub(super) async fn give(
    pages: &Pages,
    id: Option<RequestId>,
    code: &str,
) -> Result<Result<Cookie, Vec<FieldError>>, Error> {
    let nobodys = || vec![FieldError::new("code", "wrong", "is not the code")];
    let Some(id) = id else { return Ok(Err(nobodys())) };
    match verify::give_code(&pages.app, id, code, BY.to_owned()).await {
        Ok(opened) => Ok(Ok(session::given(&opened, pages.https))),
        Err(Error::Invalid(wrong)) => Ok(Err(wrong)),
        Err(Error::NotFound { .. }) => Ok(Err(nobodys())),
        Err(error) => Err(error),
    }
}

/// The field for a code.
pub(super) fn code_field(wrong: &Wrong, language: Language) -> Markup {
    let error = wrong.of("code", language);
    let invalid = error.is_some().then_some("true");
    html! {
        div.field {
            label for="code" { (pick(language, "確認番号（6けた）", "Code (six digits)")) }
            @if let Some(error) = &error { p.error id="code-error" { (error) } }
            input.code id="code" name="code" type="text" inputmode="numeric" autocomplete="one-time-code"
                maxlength="12" aria-invalid=[invalid] aria-describedby=[error.as_ref().map(|_| "code-error")];
        }
    }
}

/// The form for a code, with number and address out of sight.
pub(super) fn code_form(number: &str, email: &str, wrong: &Wrong, language: Language) -> Markup {
    let say = |ja, en| pick(language, ja, en);
    html! {
        form.form id="give" method="post" action=(at(urls::CODE, "", language)) {
            input type="hidden" name="number" value=(number);
            input type="hidden" name="email" value=(email);
            (code_field(wrong, language))
            p.do {
                button name="step" value="code" { (say("確認する", "Confirm")) }
                button.quiet name="step" value="again" { (say("もう一度送る", "Send another")) }
            }
            p.hint { (say(
                "番号は10分間使えます。新しい番号は、前の番号を送ってから1分たつとお送りできます。",
                "A code holds for ten minutes. Another one can be sent a minute after the last.",
            )) }
        }
    }
}

fn asks_for_code(pages: &Pages, entered: &Entered, wrong: &Wrong, language: Language) -> Markup {
    let say = |ja, en| pick(language, ja, en);
    let document = pages.app.policy();
    let title = say("確認番号を入力してください", "Please enter the code");
    let labels = [("code".to_owned(), say("確認番号", "Code").to_owned())];
    let body = html! {
        header.title {
            p.who { (document.controller.name.get(language)) }
            h1 { (title) }
        }
        (wrong.summary(&labels, language))
        p { (say(
            "受付番号とメールアドレスが請求のときと同じであれば、そのアドレスに6けたの確認番号をお送りしました。届かないときは、迷惑メールのフォルダーと、入力した内容をご確認ください。",
            "If the receipt number and the e-mail address are those of a request, we have sent a code of six digits to that address. If nothing arrives, look into your spam folder and check what you entered.",
        )) }
        dl.given {
            div { dt { (say("受付番号", "Receipt number")) } dd { (entered.number) } }
            div { dt { (say("メールアドレス", "E-mail address")) } dd { (entered.email) } }
        }
        (code_form(&entered.number, &entered.email, wrong, language))
        p { a href=(at(urls::ENTER, "", language)) { (say("番号やアドレスを入力し直す", "Enter another number or address")) } }
    };
    let other = Other::Form { id: "give", action: urls::CODE, step: "show", enter: "code" };
    draw(&Page { title, language, other, desk: Some(&document), body })
}

/// Where somebody goes who has no session.
pub(super) fn first(language: Language) -> Redirect {
    Redirect::to(&at(urls::ENTER, "", language))
}
