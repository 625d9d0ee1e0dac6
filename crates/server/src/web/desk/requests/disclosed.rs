//! `/desk/requests/{request}/disclosures`: who received what of the person a request is about, and when;
//! newest first. What is withheld from her (Act 33(5), Order 11) is marked.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use maud::{Markup, html};
use policy::record::Act;
use policy::{Document, ItemName, Language, PurposeName};
use serde::Deserialize;

use super::words::Say;
use super::{address, read_id};
use crate::acts::request;
use crate::app::App;
use crate::error::Error;
use crate::store::records::{self, SealedRecord};
use crate::web::desk::page::{Room, page};
use crate::web::desk::session::Staff;
use crate::web::desk::trouble::Trouble;
use crate::words;

/// Lines on one page.
const PAGE: i64 = 100;

/// What the address may say.
#[derive(Deserialize)]
pub(super) struct Asked {
    before: Option<i64>,
}

/// The page.
pub(super) async fn page_of(
    State(app): State<Arc<App>>,
    staff: Staff,
    Path(of): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let id = read_id(&of)?;
    let request = request::get(&app, id).await?;
    let subject = request.subject.ok_or_else(|| Error::not_found("subject", "…"))?;
    let before = asked.before.unwrap_or(i64::MAX);
    let read = move |conn: &mut crate::store::Conn| {
        Ok::<_, Error>(records::crossings(conn, subject, before, PAGE + 1)?)
    };
    let mut rows = app.store.read(read).await?;
    let full = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let more = rows.len() > full;
    rows.truncate(full);
    let (language, document) = (staff.language, app.policy());
    let say = Say(language);
    let [when, to, items, purpose] = [
        say.of("日時", "When"),
        say.of("相手", "To whom"),
        say.of("項目", "Items"),
        say.of("目的", "Purpose"),
    ];
    let body = html! {
        p { a href=(address(id)) { (say.of("請求へもどる", "Back to the request")) } " " (id.number()) }
        @if rows.is_empty() {
            p { (say.of("提供の記録はありません。", "Nothing was disclosed.")) }
        } @else {
            div.table {
                table.stacks {
                    thead { tr {
                        th scope="col" { (when) } th scope="col" { (to) }
                        th scope="col" { (items) } th scope="col" { (purpose) }
                    } }
                    tbody {
                        @for row in &rows {
                            @let line = line(&app, row, &document, language);
                            tr {
                                td { (line.at) }
                                td data-label=(to) { (line.to) @if let Some(mark) = line.mark { br; strong { (mark) } } }
                                td data-label=(items) { (line.items) }
                                td data-label=(purpose) { (line.purpose) }
                            }
                        }
                    }
                }
            }
            @if let Some(last) = rows.last().filter(|_| more) {
                p.pages { a rel="next" href={ (address(id)) "/disclosures?before=" (last.place) } {
                    (say.of("以前の記録", "Earlier ones"))
                } }
            }
        }
    };
    let title = say.of("提供の記録", "Disclosures");
    Ok(page(&staff, Some(Room::Requests), title, &body).into_response())
}

/// A line of the list.
struct Shown {
    at: String,
    to: Markup,
    mark: Option<&'static str>,
    items: String,
    purpose: String,
}

/// Labels of items, one after the other.
pub(in super::super) fn labels<'a>(
    items: impl IntoIterator<Item = &'a ItemName>,
    document: &'a Document,
    language: Language,
) -> String {
    let label = |name: &'a ItemName| {
        document.items.get(name).map_or(name.as_str(), |item| item.label.get(language))
    };
    let labels: Vec<&str> = items.into_iter().map(label).collect();
    labels.join(if language == Language::Ja { "、" } else { ", " })
}

/// The label of a purpose.
pub(in super::super) fn purpose<'a>(
    name: &'a PurposeName,
    document: &'a Document,
    language: Language,
) -> &'a str {
    document.purposes.get(name).map_or(name.as_str(), |purpose| purpose.label.get(language))
}

fn line(app: &App, row: &SealedRecord, document: &Document, language: Language) -> Shown {
    let say = Say(language);
    let at = Timestamp::from_millisecond(row.at).unwrap_or(Timestamp::UNIX_EPOCH);
    let mut shown = Shown {
        at: words::moment(at, language),
        to: html! {},
        mark: None,
        items: String::new(),
        purpose: String::new(),
    };
    let opened = app.open_record(row).ok().and_then(|opening| opening.record().ok());
    let Some(record) = opened else {
        let damaged = "この記録は読み取れません（azukari ledger verify で確かめてください）";
        shown.mark =
            Some(say.of(damaged, "This record cannot be read; see `azukari ledger verify`"));
        return shown;
    };
    let withheld = say.of("ご本人には知らせません（第33条第5項）", "Not told to her (Act 33(5))");
    match &record.act {
        Act::Disclosed(provision) => {
            let to = &provision.third_party;
            shown.to = html! { (to.name) " " small { (to.recipient) } };
            shown.items = labels(provision.items.iter().map(|held| &held.item), document, language);
            purpose(&provision.purpose, document, language).clone_into(&mut shown.purpose);
            let hidden =
                provision.exception.as_ref().is_some_and(|used| used.withheld_from_subject);
            shown.mark = hidden.then_some(withheld);
        }
        Act::Refused { ask, withheld_from_subject, .. } => {
            let own = say.of("当社の利用", "our own use");
            let to = ask.recipient.as_ref().map_or(own, |recipient| recipient.as_str());
            shown.to = html! { (to) };
            shown.items = labels(&ask.items, document, language);
            purpose(&ask.purpose, document, language).clone_into(&mut shown.purpose);
            let refused = say.of("断りました", "refused");
            shown.mark = Some(if *withheld_from_subject { withheld } else { refused });
        }
        _ => {}
    }
    shown
}
