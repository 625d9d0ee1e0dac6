//! `/desk`: what waits for the staff.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use maud::html;
use policy::Language;
use policy::record::calendar_day;

use super::page::{Room, page};
use super::requests::queue::{Tally, waiting_for_approval};
use super::retention;
use super::session::Staff;
use super::trouble::Trouble;
use super::urls;
use crate::app::App;
use crate::error::Error;
use crate::store::outbox;
use crate::words;

/// How far ahead the start looks, in days.
const AHEAD: u32 = 14;

/// What waits.
pub(super) async fn page_of(
    State(app): State<Arc<App>>,
    staff: Staff,
) -> Result<Response, Trouble> {
    let language = staff.language;
    let ja = language == Language::Ja;
    let say = |ja_words: &'static str, en_words| if ja { ja_words } else { en_words };
    let forecast = retention::ahead(&app, AHEAD).await?;
    let tally = Tally::now(&app).await?;
    let given_up = app.store.read(|conn| Ok::<_, Error>(outbox::given_up(conn)?)).await?;
    let (weeks, held) = (retention::weeks(&forecast), retention::held(&forecast));
    let due: u64 = weeks.iter().map(|(_, count)| count).sum();
    let until = words::day(calendar_day(forecast.to), language);
    let counted = |count: u64, ja_words: &str, en_words: &str| match language {
        Language::Ja => format!("{count}件{ja_words}"),
        Language::En => format!("{count} {en_words}"),
    };
    let body = html! {
        div.cards {
            section {
                h2 { (say("開示等の請求", "Requests")) }
                p.number { (counted(tally.open, "", "open")) }
                dl.facts {
                    div.overdue[tally.overdue > 0] { dt { (say("期限超過", "Overdue")) } dd { (tally.overdue) } }
                    div.warned[tally.warned > 0] { dt { (say("期限間近", "Due soon")) } dd { (tally.warned) } }
                    div {
                        dt { a href=(waiting_for_approval()) { (say("承認待ち", "Wait for a second pair of eyes")) } }
                        dd { (tally.approval) }
                    }
                }
                p { a href=(urls::REQUESTS) { (say("請求を見る", "Look at them")) } }
            }
            section {
                h2 { (say("保存期限", "Retention")) }
                p.number { (counted(due, "", if due == 1 { "thing" } else { "things" })) }
                p.hint {
                    @match language {
                        Language::Ja => { (until) "までに保存期間が終わり、消去されます。" }
                        Language::En => { "Their time is over by " (until) "; they are erased then." }
                    }
                }
                @if due > 0 {
                    ul {
                        @for (from, count) in weeks.iter().filter(|(_, count)| *count > 0) {
                            li {
                                @match language {
                                    Language::Ja => { (retention::week(*from, language)) "：" (count) "件" }
                                    Language::En => { (retention::week(*from, language)) ": " (count) }
                                }
                            }
                        }
                    }
                }
                @if held > 0 {
                    p.hint {
                        (counted(held, "は保存義務により残しています。",
                                 "more are due and held back by a duty to keep them."))
                    }
                }
                p { a href=(urls::RETENTION) { (say("見通しを見る", "See the forecast")) } }
            }
            section {
                h2 { (say("届いていない連絡", "Messages not delivered")) }
                p.number { (counted(given_up, "", if given_up == 1 { "message" } else { "messages" })) }
                p.hint {
                    @if given_up == 0 {
                        (say("配達をあきらめた連絡はありません。", "None was given up."))
                    } @else {
                        (say("何度か試したのち、配達をあきらめました。原因を直してから、もう一度送れます。",
                             "They were tried and given up. Once the cause is mended, they can be sent again."))
                    }
                }
                p { a href=(urls::OUTBOX) { (say("連絡を見る", "Look at them")) } }
            }
        }
    };
    let title = say("ホーム", "Home");
    Ok(page(&staff, Some(Room::Start), title, &body).into_response())
}
