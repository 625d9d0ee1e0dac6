//! `/desk/retention`: what falls due by week and what is held by what, as `forecast.rs` finds it. The
//! chart is a drawing of the table's sums.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};
use policy::record::calendar_day;
use policy::{Document, Language};

use super::page::{Room, page};
use super::session::Staff;
use super::trouble::Trouble;
use crate::app::App;
use crate::error::Error;
use crate::forecast::{Forecast, forecast};
use crate::words;

/// How far ahead the page looks, in days: a quarter, in whole weeks.
const AHEAD: u32 = 13 * 7;

/// A look ahead.
pub(super) async fn ahead(app: &Arc<App>, days: u32) -> Result<Forecast, Error> {
    let (keeper, document, now) = (Arc::clone(app), app.policy(), app.clock.now());
    app.store.read(move |conn| forecast(conn, &keeper.keys, &document, now, days)).await
}

/// Every week of a forecast by its first day, with what falls due in it.
pub(super) fn weeks(forecast: &Forecast) -> Vec<(Date, u64)> {
    let mut weeks = BTreeMap::new();
    let mut at: Timestamp = forecast.from;
    while at < forecast.to {
        weeks.insert(calendar_day(at), 0);
        at += SignedDuration::from_hours(7 * 24);
    }
    let due = forecast.due.iter().map(|(key, count)| (key.from, count));
    for (from, count) in due.chain(forecast.records.iter().map(|(from, count)| (*from, count))) {
        *weeks.entry(from).or_default() += count;
    }
    weeks.into_iter().collect()
}

/// How much is due and held back.
pub(super) fn held(forecast: &Forecast) -> u64 {
    forecast.held.values().map(|held| held.count).sum()
}

/// A week, by its first day.
pub(super) fn week(from: Date, language: Language) -> String {
    let day = words::day(from, language);
    match language {
        Language::Ja => format!("{day}からの週"),
        Language::En => format!("week from {day}"),
    }
}

/// The page.
pub(super) async fn page_of(
    State(app): State<Arc<App>>,
    staff: Staff,
) -> Result<Response, Trouble> {
    let forecast = ahead(&app, AHEAD).await?;
    let document = app.policy();
    let language = staff.language;
    let title = match language {
        Language::Ja => "保存期限の見通し",
        Language::En => "Retention forecast",
    };
    let body = draw(&forecast, &document, language);
    Ok(page(&staff, Some(Room::Retention), title, &body).into_response())
}

fn draw(forecast: &Forecast, document: &Document, language: Language) -> Markup {
    let ja = language == Language::Ja;
    let say = |ja_words: &'static str, en_words| if ja { ja_words } else { en_words };
    let (from, to) = (calendar_day(forecast.from), calendar_day(forecast.to));
    let (from, to) = (words::day(from, language), words::day(to, language));
    let weeks = weeks(forecast);
    let rows = due_rows(forecast, document, language);
    let (what, count) = (say("対象", "What"), say("件数", "Count"));
    html! {
        p.hint {
            @match language {
                Language::Ja => { (from) "から" (to) "まで。期限が来たものは自動的に消去されます（日本時間）。" }
                Language::En => { "From " (from) " to " (to) ". What is due is erased by itself. Japan time." }
            }
        }
        section {
            h2 { (say("期限が来るもの", "What falls due")) }
            @if rows.is_empty() {
                p { (say("この期間に期限が来るものはありません。", "Nothing falls due in this time.")) }
            } @else {
                (chart(&weeks, language))
                table.counts {
                    thead { tr { th scope="col" { (what) } th.count scope="col" { (count) } } }
                    @for (from, sum) in weeks.iter().filter(|(_, sum)| *sum > 0) {
                        tbody {
                            tr {
                                th scope="rowgroup" { (week(*from, language)) }
                                th.count { (sum) }
                            }
                            @for row in rows.iter().filter(|row| row.from == *from) {
                                tr {
                                    td { (row.what) small { (row.why) } }
                                    td.count { (row.count) }
                                }
                            }
                        }
                    }
                }
            }
        }
        section {
            h2 { (say("保存義務により残しているもの", "Due, and held back")) }
            @if forecast.held.is_empty() {
                p { (say("ありません。", "Nothing.")) }
            } @else {
                table.counts {
                    thead { tr { th scope="col" { (what) } th.count scope="col" { (count) } } }
                    tbody {
                        @for (key, held) in &forecast.held {
                            tr {
                                td {
                                    (words::thing(&key.thing, document, language))
                                    small { (words::held_by(key, held.until, document, language)) }
                                }
                                td.count { (held.count) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A line of the table.
struct DueRow {
    from: Date,
    what: String,
    why: String,
    count: u64,
}

fn due_rows(forecast: &Forecast, document: &Document, language: Language) -> Vec<DueRow> {
    let mut rows: Vec<DueRow> = forecast
        .due
        .iter()
        .map(|(key, count)| DueRow {
            from: key.from,
            what: words::thing(&key.thing, document, language),
            why: words::last_purpose(key.because.as_ref(), document, language),
            count: *count,
        })
        .collect();
    let (what, why) = match language {
        Language::Ja => ("第三者提供記録", "法定の保存期間の終了"),
        Language::En => ("Provision records", "the time that law asks for is over"),
    };
    rows.extend(forecast.records.iter().map(|(from, count)| DueRow {
        from: *from,
        what: what.to_owned(),
        why: why.to_owned(),
        count: *count,
    }));
    rows
}

/// Bars by week. What it shows stands in the table, so to a screen reader it is one line.
fn chart(weeks: &[(Date, u64)], language: Language) -> Markup {
    const WIDTH: u64 = 390;
    const HEIGHT: u64 = 120;
    let most = weeks.iter().map(|(_, count)| *count).max().unwrap_or(0).max(1);
    let step = WIDTH / (weeks.len() as u64).max(1);
    let label = match language {
        Language::Ja => format!("週ごとの件数の棒グラフ。最も多い週は{most}件。"),
        Language::En => format!("Bars of the count by week; {most} in the fullest."),
    };
    html! {
        svg.chart viewBox={ "0 -16 " (WIDTH) " " (HEIGHT + 34) } role="img" aria-label=(label) {
            @for (n, (from, count)) in (0_u64..).zip(weeks) {
                // Whatever is there at all can be seen.
                @let height = if *count == 0 { 0 } else { (count * HEIGHT / most).max(2) };
                @let (x, y) = (n * step, HEIGHT - height);
                rect x=(x + 3) y=(y) width=(step - 6) height=(height) rx="2" {
                    title { (week(*from, language)) ": " (count) }
                }
                @if *count > 0 {
                    text x=(x + step / 2) y={ (y.cast_signed() - 4) } { (count) }
                }
                @if n % 2 == 0 {
                    text x=(x + step / 2) y=(HEIGHT + 14) { (from.month()) "/" (from.day()) }
                }
            }
            line x1="0" y1=(HEIGHT) x2=(WIDTH) y2=(HEIGHT) {}
        }
    }
}
