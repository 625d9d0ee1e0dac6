//! `/desk/requests`: open requests by deadline. The list is made of what stands in clear: nothing that
//! people wrote is opened for it.

use std::sync::Arc;

use axum::extract::{Query, State as Of};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use maud::{Markup, html};
use policy::Language;
use policy::request::{RequestId, RequestKind, State};
use serde::Deserialize;

use super::address;
use super::form::{read_word, word};
use super::words::{self, Pressing, Say};
use crate::acts::request;
use crate::app::App;
use crate::error::Error;
use crate::store::requests::{self, Count, Line, Wanted};
use crate::web::desk::page::{Room, page};
use crate::web::desk::session::Staff;
use crate::web::desk::trouble::Trouble;
use crate::web::desk::urls;

/// Requests on one page.
const PAGE: i64 = 50;

/// What a request can wait for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Waits {
    Identity,
    Fee,
    Decision,
    Approval,
    Carrying,
}

impl Waits {
    const ALL: [Self; 5] =
        [Self::Identity, Self::Fee, Self::Decision, Self::Approval, Self::Carrying];

    fn word(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Fee => "fee",
            Self::Decision => "decision",
            Self::Approval => "approval",
            Self::Carrying => "carrying_out",
        }
    }

    fn words(self, language: Language) -> &'static str {
        let say = Say(language);
        match self {
            Self::Identity => say.of("本人確認", "Identity"),
            Self::Fee => say.of("手数料", "Fee"),
            Self::Decision => say.of("決定", "Decision"),
            Self::Approval => say.of("承認（二人目）", "Second pair of eyes"),
            Self::Carrying => say.of("実行", "Carrying out"),
        }
    }

    /// Where such requests stand.
    fn stands(self) -> (State, Option<bool>) {
        match self {
            Self::Identity => (State::Verifying, None),
            Self::Fee => (State::AwaitingFee, None),
            Self::Decision => (State::Investigating, Some(false)),
            Self::Approval => (State::Investigating, Some(true)),
            Self::Carrying => (State::Decided, None),
        }
    }

    fn count(self, counts: &[Count]) -> u64 {
        let (state, awaits) = self.stands();
        let fits = |count: &&Count| {
            count.state == Some(state)
                && awaits.is_none_or(|awaits| count.awaits_approval == awaits)
        };
        counts.iter().filter(fits).map(|count| count.open).sum()
    }
}

/// How much there is to do.
#[derive(Clone, Copy, Default)]
pub(in super::super) struct Tally {
    /// Open requests.
    pub(in super::super) open: u64,
    /// Those that the desk warns of.
    pub(in super::super) warned: u64,
    /// Those whose time is over.
    pub(in super::super) overdue: u64,
    /// Decisions that wait for a second pair of eyes.
    pub(in super::super) approval: u64,
}

impl Tally {
    fn of(counts: &[Count]) -> Self {
        let sum = |of: fn(&Count) -> u64| counts.iter().map(of).sum();
        Self {
            open: sum(|count| count.open),
            warned: sum(|count| count.warned),
            overdue: sum(|count| count.overdue),
            approval: Waits::Approval.count(counts),
        }
    }

    /// As things stand.
    pub(in super::super) async fn now(app: &App) -> Result<Self, Error> {
        let now = app.clock.now().as_millisecond();
        let read = move |conn: &mut crate::store::Conn| {
            Ok::<_, Error>(Self::of(&requests::count_open(conn, now)?))
        };
        app.store.read(read).await
    }
}

/// The address that lists decisions that wait for a second pair of eyes.
pub(in super::super) fn waiting_for_approval() -> String {
    format!("{}?waits={}", urls::REQUESTS, Waits::Approval.word())
}

/// What the address may say.
#[derive(Deserialize)]
pub(in super::super) struct Asked {
    kind: Option<String>,
    waits: Option<String>,
    after: Option<String>,
    number: Option<String>,
}

/// What is listed.
struct View {
    kind: Option<RequestKind>,
    waits: Option<Waits>,
    /// A receipt number that nobody has.
    unknown: Option<String>,
    later: bool,
    lines: Vec<Line>,
    next: Option<String>,
    counts: Vec<Count>,
    now: Timestamp,
}

impl View {
    /// The address of the list with other filters.
    fn url(kind: Option<RequestKind>, waits: Option<Waits>, after: Option<&str>) -> String {
        let mut asked = Vec::new();
        asked.extend(kind.map(|kind| format!("kind={}", word(&kind))));
        asked.extend(waits.map(|waits| format!("waits={}", waits.word())));
        asked.extend(after.map(|after| format!("after={after}")));
        if asked.is_empty() {
            urls::REQUESTS.to_owned()
        } else {
            format!("{}?{}", urls::REQUESTS, asked.join("&"))
        }
    }
}

/// Where a page begins; from the start for what is not a cursor of this list.
fn cursor(text: Option<&str>) -> Option<(i64, RequestId)> {
    let (due, id) = text?.split_once('.')?;
    Some((due.parse().ok()?, id.parse().ok()?))
}

/// The page.
pub(in super::super) async fn page_of(
    Of(app): Of<Arc<App>>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let number = asked.number.as_deref().map(str::trim).filter(|number| !number.is_empty());
    if let Some(number) = number
        && let Some(id) = request::by_number(&app, number).await?
    {
        return Ok(Redirect::to(&address(id)).into_response());
    }
    let kind = asked.kind.as_deref().and_then(read_word);
    let waits = asked.waits.as_deref();
    let waits = Waits::ALL.into_iter().find(|one| Some(one.word()) == waits);
    let wanted = Wanted {
        kind,
        state: waits.map(|waits| waits.stands().0),
        awaits_approval: waits.and_then(|waits| waits.stands().1),
    };
    let from = cursor(asked.after.as_deref());
    let now = app.clock.now();
    let at = from.unwrap_or((i64::MIN, RequestId([0; 16])));
    let read = move |conn: &mut crate::store::Conn| {
        let lines = requests::open(conn, wanted, at, PAGE + 1)?;
        Ok::<_, Error>((lines, requests::count_open(conn, now.as_millisecond())?))
    };
    let (mut lines, counts) = app.store.read(read).await?;
    let full = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let more = lines.len() > full;
    lines.truncate(full);
    let next = lines.last().filter(|_| more).map(|last| format!("{}.{}", last.due_at, last.id));
    let unknown = number.map(str::to_owned);
    let view = View { kind, waits, unknown, later: from.is_some(), lines, next, counts, now };
    let title = Say(staff.language).of("開示等の請求", "Requests");
    let body = draw(&view, staff.language);
    Ok(page(&staff, Some(Room::Requests), title, &body).into_response())
}

fn draw(view: &View, language: Language) -> Markup {
    let say = Say(language);
    let tally = Tally::of(&view.counts);
    let View { kind, waits, unknown, later, lines, next, counts, .. } = view;
    let kinds = RequestKind::ALL;
    html! {
        dl.tally {
            div { dt { (say.of("受付中", "Open")) } dd { (tally.open) } }
            div.warned[tally.warned > 0] { dt { (say.of("期限間近", "Due soon")) } dd { (tally.warned) } }
            div.overdue[tally.overdue > 0] { dt { (say.of("期限超過", "Overdue")) } dd { (tally.overdue) } }
        }
        div.tools {
            form.inline role="search" method="get" action=(urls::REQUESTS) {
                label for="number" { (say.of("受付番号", "Receipt number")) }
                input #number name="number" type="search" maxlength="40" autocomplete="off"
                    spellcheck="false" placeholder="7K3M-92QX-0B4T"
                    value=(unknown.as_deref().unwrap_or_default())
                    aria-describedby=[unknown.as_ref().map(|_| "unknown")];
                button { (say.of("さがす", "Find")) }
                @if unknown.is_some() {
                    p.wrong #unknown role="alert" {
                        (say.of("この受付番号の請求はありません。", "No request has this receipt number."))
                    }
                }
            }
            form.inline method="get" action=(urls::REQUESTS) {
                @if let Some(waits) = waits { input type="hidden" name="waits" value=(waits.word()); }
                label for="kind" { (say.of("種類", "Kind")) }
                select #kind name="kind" {
                    option value="" { (say.of("すべて", "All")) }
                    @for one in kinds {
                        option value=(word(&one)) selected[*kind == Some(one)] { (one.words(language)) }
                    }
                }
                button { (say.of("しぼりこむ", "Show")) }
            }
            a.button href=(urls::NEW_REQUEST) { (say.of("手紙・電話の請求を入力", "Enter one that came by letter or phone")) }
        }
        nav.filters aria-label=(say.of("待っているもの", "What it waits for")) {
            a href=(View::url(*kind, None, None)) aria-current=[waits.is_none().then_some("true")] {
                (say.of("すべて", "All"))
            }
            @for one in Waits::ALL {
                a href=(View::url(*kind, Some(one), None))
                    aria-current=[(*waits == Some(one)).then_some("true")] {
                    (one.words(language)) " " span.count { (one.count(counts)) }
                }
            }
        }
        @if lines.is_empty() {
            p { (say.of("該当する請求はありません。", "There are none.")) }
        } @else {
            (table(view, language))
        }
        p.pages {
            @if *later {
                a href=(View::url(*kind, *waits, None)) { (say.of("はじめから", "From the start")) } " "
            }
            @if let Some(next) = next {
                a rel="next" href=(View::url(*kind, *waits, Some(next))) { (say.of("次の請求", "Next page")) }
            }
        }
    }
}

fn table(view: &View, language: Language) -> Markup {
    let say = Say(language);
    let heads = [
        say.of("受付番号", "Receipt number"),
        say.of("期限", "Due"),
        say.of("種類", "Kind"),
        say.of("状態", "State"),
        say.of("待ち", "Waits for"),
        say.of("受付日", "Received"),
    ];
    html! {
        div.table {
            table.stacks.queue {
                thead { tr { @for head in heads { th scope="col" { (head) } } } }
                tbody { @for one in &view.lines { (line(one, &heads, view.now, language)) } }
            }
        }
    }
}

fn line(one: &Line, heads: &[&str; 6], now: Timestamp, language: Language) -> Markup {
    let pressing = Pressing::of(one.warn_at, one.due_at, now);
    let moment = |at: i64| Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH);
    let (due, received) = (moment(one.due_at), moment(one.received_at));
    let unreadable = Say(language).of("行が読み取れません", "the row cannot be read");
    html! {
        tr class=[pressing.class()] {
            td { a.number href=(address(one.id)) { (one.id.number()) } }
            td data-label=(heads[1]) {
                (words::day(words::last_day(due), now, language)) br;
                strong.left { (words::left(due, now, language)) }
            }
            td data-label=(heads[2]) {
                (one.kind.map_or(unreadable, |kind| kind.words(language)))
            }
            td data-label=(heads[3]) {
                (one.state.map_or(unreadable, |state| words::state(state, one.awaits_approval, language)))
            }
            td data-label=(heads[4]) {
                (one.state.map_or(unreadable, |state| words::waits_for(state, one.awaits_approval, language)))
            }
            td data-label=(heads[5]) { (words::day(received, now, language)) }
        }
    }
}
