//! The stand-in's payment page, which says what it is. It asks for no card: one that is taken and one that is
//! refused are there to choose from.

use std::sync::Arc;

use axum::extract::{Form, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};
use serde::Deserialize;

use super::{Desk, Session, Shared, named};
use crate::app;
use crate::language::Language;
use crate::words::Words;

const LOOK: &str = "
:root { color-scheme: light dark; font: 1rem/1.8 sans-serif; }
body { margin: 0; background: light-dark(#eef1f4, #16191d); color: light-dark(#1c2126, #e8eaed); }
main { max-width: 26rem; margin: 0 auto; padding: 1.5rem 1.125rem 3rem; display: grid; gap: 1.25rem; }
.plain { margin: 0; padding: .75rem 1.125rem; background: #7a4b00; color: #fff; text-align: center; }
form { display: grid; gap: 1rem; } .sheet { display: grid; gap: 1rem; padding: 1.5rem; border-radius: .5rem; background: light-dark(#fff, #23282e); }
h1 { margin: 0; font-size: 1rem; font-weight: 400; } .yen { margin: 0; font-size: 2rem; line-height: 1.3; font-weight: 600; }
fieldset { display: grid; gap: .5rem; margin: 0; padding: 0; border: 0; } legend { padding: 0; font-weight: 600; }
label { display: flex; gap: .75rem; align-items: center; min-height: 3rem; padding: 0 1rem; border: 1px solid light-dark(#767d85, #8d959d); border-radius: .375rem; }
button { min-height: 3rem; border: 0; border-radius: .375rem; background: #0b5d3b; color: #fff; font: inherit; font-weight: 600; cursor: pointer; }
a { display: inline-flex; align-items: center; min-height: 2.75rem; color: light-dark(#1c4f8a, #9cc4f2); }
.no { margin: 0; padding: .75rem 1rem; border-left: 4px solid; color: light-dark(#a11b1b, #ff9d94); }
";

#[derive(Deserialize)]
pub(super) struct Chosen {
    card: Option<String>,
}

/// What the page says, in one language.
struct Said {
    plain: &'static str,
    card: &'static str,
    good: &'static str,
    bad: &'static str,
    refused: &'static str,
    back: &'static str,
    paid: &'static str,
    over: &'static str,
    on: &'static str,
}

const JA: Said = Said {
    plain: "見本の決済ページです。お金は動きません。",
    card: "カード",
    good: "見本のカード（使えます）",
    bad: "見本のカード（断られます）",
    refused: "このカードは使えませんでした。ほかのカードをお試しください。",
    back: "支払わずに戻る",
    paid: "お支払いは済んでいます。",
    over: "このページの有効期限は過ぎました。お支払いは行われていません。",
    on: "お店のページへ",
};

const EN: Said = Said {
    plain: "A sample payment page. No money moves.",
    card: "Card",
    good: "Sample card that is taken",
    bad: "Sample card that is refused",
    refused: "This card was refused. Please try another one.",
    back: "Back without paying",
    paid: "This is paid.",
    over: "This page has expired. Nothing was paid.",
    on: "On to the booking",
};

pub(super) async fn page(State(desk): State<Shared>, Path(id): Path<String>) -> Response {
    let session = Desk::session(&mut desk.known(), &id, app::now());
    session.map_or_else(nowhere, |session| draw(&session, false))
}

pub(super) async fn submit(
    State(desk): State<Shared>,
    Path(id): Path<String>,
    Form(chosen): Form<Chosen>,
) -> Response {
    match pay(&desk, &id, chosen.card.as_deref() == Some("good")) {
        Ok(Some(session)) => match session.payment_intent {
            Some(_) => {
                (StatusCode::SEE_OTHER, [(header::LOCATION, session.success_url)]).into_response()
            }
            None => draw(&session, session.status == "open"),
        },
        Ok(None) => nowhere(),
        Err(error) => {
            tracing::error!("the stand-in did not take a payment: {error:#}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Pays with a card that is good, or with none; returns how it stands then.
fn pay(desk: &Arc<Desk>, id: &str, good: bool) -> anyhow::Result<Option<Session>> {
    let mut known = desk.known();
    let Some(mut session) = Desk::session(&mut known, id, app::now()) else { return Ok(None) };
    if session.status == "open" && good {
        session.payment_intent = Some(named("pi").map_err(|_| anyhow::anyhow!("no chance"))?);
        "complete".clone_into(&mut session.status);
        known.sessions.insert(id.to_owned(), session.clone());
        desk.keep(&known)?;
        desk.tell("checkout.session.completed", &desk.session_json(&session))?;
    }
    Ok(Some(session))
}

fn nowhere() -> Response {
    StatusCode::NOT_FOUND.into_response()
}

fn draw(session: &Session, refused: bool) -> Response {
    let language = Language::parse(&session.locale).unwrap_or(Language::En);
    let said = match language {
        Language::Ja => &JA,
        Language::En => &EN,
    };
    let page: Markup = html! {
        (DOCTYPE)
        html lang=(language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (said.plain) }
                link rel="icon" href="data:,";
                style { (maud::PreEscaped(LOOK)) }
            }
            body {
                header class="plain" { strong { (said.plain) } }
                main {
                    div class="sheet" {
                        h1 { (session.name) }
                        p class="yen" { ((Words::of(language).frame.yen)(session.amount_total)) }
                        @if session.payment_intent.is_some() {
                            p { (said.paid) }
                            a href=(session.success_url) { (said.on) }
                        } @else if session.status == "open" {
                            (form(session, said, refused, language))
                        } @else {
                            p { (said.over) }
                            a href=(session.cancel_url) { (said.on) }
                        }
                    }
                }
            }
        }
    };
    ([(header::CACHE_CONTROL, "no-store"), (header::REFERRER_POLICY, "no-referrer")], page)
        .into_response()
}

fn form(session: &Session, said: &Said, refused: bool, language: Language) -> Markup {
    html! {
        @if refused { p class="no" role="alert" { (said.refused) } }
        form method="post" {
            fieldset {
                legend { (said.card) }
                label { input type="radio" name="card" value="good" checked; (said.good) }
                label { input type="radio" name="card" value="bad"; (said.bad) }
            }
            button {
                @match language {
                    Language::Ja => { ((Words::of(language).frame.yen)(session.amount_total)) "を支払う" },
                    Language::En => { "Pay " ((Words::of(language).frame.yen)(session.amount_total)) },
                }
            }
        }
        a href=(session.cancel_url) { (said.back) }
    }
}
