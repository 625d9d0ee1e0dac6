//! `/desk/requests/new`: a request that came by letter, by telephone or at the counter is taken down.
//! First its kind, then what that kind asks for.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use policy::request::{Agency, Ground, RequestKind, Terms};
use policy::{Document, Language};
use serde::Deserialize;

use super::address;
use super::form::{Again, Sent, Tried, read_word, word};
use super::look;
use super::words::Say;
use crate::acts::request::receive::{self, Asked};
use crate::acts::request::{Channel, kinds};
use crate::app::App;
use crate::error::Error;
use crate::web::desk::page::{Room, page};
use crate::web::desk::session::Staff;
use crate::web::desk::trouble::Trouble;
use crate::web::desk::urls;

/// The name of the form.
const ACT: &str = "take_down";

/// What the address may say.
#[derive(Deserialize)]
pub(super) struct Chosen {
    kind: Option<String>,
    regime: Option<String>,
}

/// The form.
pub(super) async fn form(
    State(app): State<Arc<App>>,
    staff: Staff,
    Query(chosen): Query<Chosen>,
) -> Result<Response, Trouble> {
    let kind = chosen.kind.as_deref().and_then(read_word);
    let document = app.policy();
    if document.requests.is_none() {
        return Err(Error::not_found("article on requests", "requests").into());
    }
    Ok(show(&document, &staff, kind, chosen.regime.as_deref(), None, StatusCode::OK))
}

/// Takes it down.
pub(super) async fn take_down(
    State(app): State<Arc<App>>,
    staff: Staff,
    Form(sent): Form<Sent>,
) -> Result<Response, Trouble> {
    let by = staff.id.to_string();
    let Some(kind) = sent.word::<RequestKind>("kind") else {
        return Ok(Redirect::to(urls::NEW_REQUEST).into_response());
    };
    match receive(&app, &sent, kind, by).await {
        Ok(id) => Ok(Redirect::to(&format!("{}?done=taken", address(id))).into_response()),
        Err(error) => {
            let (tried, _) = Tried::of(ACT, sent, error)?;
            let regime = tried.sent.get("regime").to_owned();
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(show(&app.policy(), &staff, Some(kind), Some(&regime), Some(&tried), status))
        }
    }
}

async fn receive(
    app: &Arc<App>,
    sent: &Sent,
    kind: RequestKind,
    by: String,
) -> Result<policy::request::RequestId, Error> {
    // Letters may go to the registered address instead: then somebody has to be registered.
    let subject = match sent.some("registered") {
        Some(text) => {
            let nobody = || Error::field("registered", "nobody_found", "is registered for nobody");
            Some(look::find(app, text).await?.first().copied().ok_or_else(nobody)?)
        }
        None => None,
    };
    let given = |name: &str| sent.some(name).map(str::to_owned);
    let below = |name: &'static str| -> BTreeMap<String, String> {
        sent.below(name).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    };
    let mut corrections: BTreeMap<String, Option<String>> =
        below("corrections").into_iter().map(|(name, value)| (name, Some(value))).collect();
    corrections.extend(sent.every("taken_out").into_iter().map(|name| (name, None)));
    let unknown = || Error::field("language", "unknown", "is not `ja` or `en`");
    let asked = Asked {
        kind,
        regime: sent.get("regime").to_owned(),
        subject,
        language: Language::parse(sent.get("language")).ok_or_else(unknown)?,
        name: sent.get("name").to_owned(),
        email: given("email"),
        text: sent.get("text").to_owned(),
        grounds: sent.every("grounds").iter().filter_map(|word| read_word(word)).collect(),
        items: sent.every("items"),
        corrections,
        purposes: sent.every("purposes"),
        recipients: sent.every("recipients"),
        particulars: below("particulars"),
        postal_address: given("postal_address"),
        agency: sent.word("agency"),
        agent_name: given("agent_name"),
        receipt_name: given("receipt_name"),
        channel: Channel::Desk { by: by.clone() },
    };
    Ok(receive::receive(app, asked, by, None).await?.id)
}

fn show(
    document: &Document,
    staff: &Staff,
    kind: Option<RequestKind>,
    regime: Option<&str>,
    tried: Option<&Tried>,
    status: StatusCode,
) -> Response {
    let language = staff.language;
    let say = Say(language);
    let regime = regime.and_then(|regime| regime.parse().ok());
    let terms = regime.and_then(|regime| Terms::of(document, &regime));
    let body = match (kind, terms) {
        (Some(kind), Some(terms)) => asked(document, &terms, kind, tried, language),
        _ => choose(document, language),
    };
    let title = say.of("請求の入力", "Take down a request");
    (status, page(staff, Some(Room::Requests), title, &body)).into_response()
}

/// First what is asked, and by whose rules.
fn choose(document: &Document, language: Language) -> Markup {
    let say = Say(language);
    let again = Again::new("choose", None, language);
    let kinds: Vec<(String, String)> = kinds(document)
        .into_iter()
        .map(|kind| (word(&kind), kind.words(language).to_owned()))
        .collect();
    let regimes: Vec<(String, String)> = document
        .regimes
        .iter()
        .map(|(name, regime)| (name.to_string(), regime.label.get(language).to_owned()))
        .collect();
    let first = if regimes.iter().any(|(name, _)| name == "jp") { "jp" } else { "" };
    html! {
        form.fields method="get" action=(urls::NEW_REQUEST) {
            (again.choices("radio", "kind", say.of("請求の種類", "What is asked"), &kinds, kinds.first().map(|(kind, _)| kind.as_str())))
            (again.select("regime", say.of("適用される法令（お住まいの地域）", "By whose rules (where she lives)"), &regimes, first))
            button { (say.of("次へ", "Next")) }
        }
    }
}

fn asked(
    document: &Document,
    terms: &Terms<'_>,
    kind: RequestKind,
    tried: Option<&Tried>,
    language: Language,
) -> Markup {
    let say = Say(language);
    let again = Again::new(ACT, tried, language);
    let labelled = |item: &policy::Item| item.label.get(language).to_owned();
    let mut items: Vec<_> =
        document.items.iter().filter(|(_, item)| item.linked != policy::Linked::Nobody).collect();
    items.sort_by_key(|(_, item)| item.position);
    let choices: Vec<(String, String)> =
        items.iter().map(|(name, item)| (name.to_string(), labelled(item))).collect();
    let grounds: Vec<(String, String)> = terms
        .regime
        .requests
        .grounds(kind)
        .iter()
        .map(|ground: &Ground| (word(ground), ground.words(language).to_owned()))
        .collect();
    let agencies = [Agency::Statutory, Agency::Entrusted];
    let mut agency = vec![(String::new(), say.of("ご本人", "The person herself").to_owned())];
    agency.extend(agencies.map(|one| (word(&one), one.words(language).to_owned())));
    let languages =
        [("ja".to_owned(), "日本語".to_owned()), ("en".to_owned(), "English".to_owned())];
    let mut purposes: Vec<_> = document.purposes.iter().collect();
    purposes.sort_by_key(|(_, purpose)| purpose.position);
    let purposes: Vec<(String, String)> = purposes
        .into_iter()
        .map(|(name, purpose)| (name.to_string(), purpose.label.get(language).to_owned()))
        .collect();
    let out: Vec<(String, String)> = items
        .iter()
        .filter(|(_, item)| !item.required)
        .map(|(name, item)| (name.to_string(), labelled(item)))
        .collect();
    let regime = terms.regime;
    html! {
        p { strong { (kind.words(language)) } " — " (regime.label.get(language)) " "
            a href=(urls::NEW_REQUEST) { (say.of("変える", "Change")) } }
        @if let Some(tried) = tried { (tried.summary(language)) }
        form.fields method="post" action=(urls::NEW_REQUEST) {
            input type="hidden" name="kind" value=(word(&kind));
            input type="hidden" name="regime" value=(regime.name);
            (again.problem("kind")) (again.problem("regime"))
            h2 { (say.of("請求者", "Who asks")) }
            (again.line("name", say.of("ご本人のお名前", "The person's name"), "", 200))
            (again.select("agency", say.of("請求する人", "Asked by"), &agency, ""))
            (again.line("agent_name", say.of("代理人のお名前（代理のとき）", "The agent's name, where there is one"), "", 200))
            (again.line("email", say.of("連絡先のメールアドレス", "E-mail address for letters"), "", 254))
            p.hint { (say.of("メールアドレスが分からないときは空欄にし、次の欄に登録された連絡先を入力してください。お知らせは登録された連絡先に届きます。",
                             "Leave it empty where none was given, and fill in the next one: letters then go to the registered address.")) }
            (again.line("registered", say.of("登録されたメールアドレスまたは電話番号", "Registered e-mail address or telephone number"), "", 254))
            (again.select("language", say.of("回答の言語", "Language of the answer"), &languages, "ja"))
            h2 { (say.of("請求の内容", "What is asked")) }
            (again.text("text", say.of("ご本人のことばで", "In her own words"), 5))
            @if !grounds.is_empty() {
                (again.choices("checkbox", "grounds", say.of("理由", "On what ground"), &grounds, None))
            }
            @if kind == RequestKind::Correction {
                fieldset {
                    legend { (say.of("正しい内容", "What is right")) }
                    (again.problem("corrections"))
                    @for (name, label) in &choices {
                        (again.line(&format!("corrections.{name}"), label, "", 2000))
                    }
                }
                (again.choices("checkbox", "taken_out", say.of("削除する項目", "To be taken out"), &out, None))
            } @else if kind != RequestKind::Complaint {
                details open[again.is_back()] {
                    summary { (say.of("対象をしぼる（なければすべて）", "Only some of it (everything otherwise)")) }
                    div.fields {
                        (again.choices("checkbox", "items", say.of("項目", "Items"), &choices, None))
                        @if matches!(kind, RequestKind::StopUse | RequestKind::StopProvision) {
                            (again.choices("checkbox", "purposes", say.of("利用目的", "Purposes"), &purposes, None))
                        }
                    }
                }
            }
            @if kind.discloses() {
                (again.line("postal_address", say.of("書面で受け取る場合の送り先", "Postal address, for an answer on paper"), "", 400))
                (again.line("receipt_name", say.of("領収書の宛名", "Name on the receipt"), "", 200))
            }
            details open[again.is_back()] {
                summary { (say.of("本人確認のために示された内容", "What she offers to be known by")) }
                div.fields {
                    @for (name, label) in &choices {
                        (again.line(&format!("particulars.{name}"), label, "", 400))
                    }
                }
            }
            button { (say.of("受け付ける", "Take it down")) }
        }
    }
}
