//! `/desk/outbox`: messages that were given up or fail, and trying one again. What they say stays
//! sealed: whoever tends to delivery need not read letters.

use std::sync::Arc;

use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use maud::{Markup, html};
use policy::Language;
use serde::Deserialize;

use super::page::{Room, page};
use super::session::Staff;
use super::trouble::Trouble;
use super::urls;
use crate::app::App;
use crate::error::Error;
use crate::outbox::{CALLBACK, INSTRUCTION, LETTER, WEBHOOK, parse_id, shown};
use crate::store::outbox::{self, Listed};
use crate::words;

/// The most messages that are listed.
const LISTED: i64 = 200;

/// The page.
pub(super) async fn page_of(
    State(app): State<Arc<App>>,
    staff: Staff,
) -> Result<Response, Trouble> {
    let listed = app.store.read(|conn| Ok::<_, Error>(outbox::troubled(conn, LISTED)?)).await?;
    let language = staff.language;
    let title = match language {
        Language::Ja => "届いていない連絡",
        Language::En => "Messages not delivered",
    };
    let body = draw(&listed, language);
    Ok(page(&staff, Some(Room::Outbox), title, &body).into_response())
}

/// What the button sends.
#[derive(Deserialize)]
pub(super) struct Again {
    id: String,
}

/// Makes a message that was given up due now.
pub(super) async fn retry(
    State(app): State<Arc<App>>,
    staff: Staff,
    Form(sent): Form<Again>,
) -> Result<Redirect, Trouble> {
    let id = parse_id(&sent.id).ok_or_else(|| Error::not_found("message", "…"))?;
    let now = app.clock.now().as_millisecond();
    let retry = move |tx: &mut crate::store::Tx<'_>| Ok::<_, Error>(outbox::retry(tx, &id, now)?);
    if !app.store.write(retry).await? {
        return Err(Error::not_found("message", shown(&id)).into());
    }
    tracing::info!(message = %shown(&id), by = %staff.id, "a message is tried again");
    Ok(Redirect::to(urls::OUTBOX))
}

fn draw(listed: &[Listed], language: Language) -> Markup {
    let ja = language == Language::Ja;
    let say = |ja_words: &'static str, en_words| if ja { ja_words } else { en_words };
    let moment = |at: i64| {
        Timestamp::from_millisecond(at).map(|at| words::moment(at, language)).unwrap_or_default()
    };
    let [topic, since, tries, state] =
        [say("種類", "Kind"), say("いつから", "Since"), say("回数", "Tries"), say("状態", "State")];
    html! {
        p.hint {
            (say("配達に失敗している連絡と、配達をあきらめた連絡です。内容は表示されません。終わった連絡は90日後に消去されます。",
                 "Messages that fail, and those that were given up. What they say is not shown. They are forgotten 90 days after they were given up."))
        }
        @if listed.is_empty() {
            p { (say("ありません。", "There are none.")) }
        } @else {
            div.table {
                table.stacks {
                    thead { tr {
                        th scope="col" { (say("番号", "Id")) } th scope="col" { (topic) }
                        th scope="col" { (since) } th.count scope="col" { (tries) }
                        th scope="col" { (state) }
                    } }
                    tbody {
                        @for one in listed {
                            @let id = shown(&one.id);
                            tr {
                                td { code { (id) } }
                                td data-label=(topic) { (name(&one.topic, language)) }
                                td data-label=(since) { (moment(one.created_at)) }
                                td.count data-label=(tries) { (one.tries) }
                                td data-label=(state) {
                                    @match &one.outcome {
                                        Some(outcome) => {
                                            (why(outcome, language))
                                            form method="post" action=(urls::OUTBOX) {
                                                button name="id" value=(id) {
                                                    (say("もう一度送る", "Try again"))
                                                }
                                            }
                                        }
                                        None => {
                                            (say("次の試行：", "next try: ")) (moment(one.due_at))
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn name(topic: &str, language: Language) -> &str {
    match (topic, language) {
        (LETTER, Language::Ja) => "お知らせの手紙",
        (LETTER, Language::En) => "letter",
        (INSTRUCTION, Language::Ja) => "提供先への指示",
        (INSTRUCTION, Language::En) => "instruction to a recipient",
        (CALLBACK, Language::Ja) => "代理人への状況の通知",
        (CALLBACK, Language::En) => "status for an agent",
        (WEBHOOK, Language::Ja) => "外部プログラムへの通知",
        (WEBHOOK, Language::En) => "webhook",
        (other, _) => other,
    }
}

/// Why it was given up.
fn why(outcome: &str, language: Language) -> &str {
    match (outcome, language) {
        ("rejected", Language::Ja) => "相手のサーバーが受け取りを断りました。",
        ("rejected", Language::En) => "The other side refuses it.",
        ("given_up", Language::Ja) => "何日も届きませんでした。",
        ("given_up", Language::En) => "It could not be delivered for days.",
        ("unreadable", Language::Ja) => "記録が壊れているか、この版では読めません。",
        ("unreadable", Language::En) => "Its row was changed, or this program cannot read it.",
        (other, _) => other,
    }
}
