//! `/desk/requests/{request}`: everything that the officer needs for one request, on one page. Of what
//! is held of the person it gathers names and dates; values only where somebody asks to see them
//! (`look.rs`).

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use policy::record::Act;
use policy::request::{Outcome, RequestId, RequestKind, State as Stand, Terms};
use policy::retention::Standing;
use policy::{ConsentFact, Document, Engagement, ItemName, RecipientName, StaffRole, SubjectId};
use serde::Deserialize;

use super::form::Tried;
use super::look::{Compared, Looked};
use super::{draw, read_id, words};
use crate::acts::request::Request;
use crate::acts::request::carry_out::{self, Hindrance};
use crate::acts::staff::{self, Member};
use crate::app::App;
use crate::erase::Holdings;
use crate::error::Error;
use crate::instruct;
use crate::keys::Keys;
use crate::store::items::HeldValue;
use crate::store::requests::{self, Line};
use crate::store::restrictions::Restriction;
use crate::store::{Conn, consents, engagements, items, records, restrictions};
use crate::web::desk::page::{Room, page};
use crate::web::desk::session::Staff;
use crate::web::desk::trouble::Trouble;

/// Crossings that are counted for the page; the newest ones.
const COUNTED: i64 = 500;

/// What one recipient received.
pub(super) struct Received {
    /// How often.
    pub(super) times: u64,
    /// The last time.
    pub(super) last: Timestamp,
}

/// What is held of the person, without any value.
#[derive(Default)]
pub(super) struct Hers {
    /// The items that are held.
    pub(super) items: Vec<HeldValue>,
    /// Her consents.
    pub(super) consents: Vec<ConsentFact>,
    /// Her engagements, the latest first, with whom.
    pub(super) engagements: Vec<(RecipientName, Engagement)>,
    /// What she had stopped.
    pub(super) stopped: Vec<Restriction>,
    /// How everything of hers stands; `None` when a row cannot be understood.
    pub(super) standing: Option<Vec<Standing>>,
    /// Her other requests that are open.
    pub(super) others: Vec<Line>,
    /// What was disclosed, by recipient.
    pub(super) received: BTreeMap<RecipientName, Received>,
    /// Whether there are older disclosures than were counted.
    pub(super) more: bool,
}

impl Hers {
    /// Everybody who is named on the page.
    fn recipients(&self) -> impl Iterator<Item = &RecipientName> {
        let engaged = self.engagements.iter().map(|(name, _)| name);
        let stopped = self.stopped.iter().filter_map(|stopped| match stopped {
            Restriction::Provision(name) => name.as_ref(),
            Restriction::Purpose(_) => None,
        });
        self.received.keys().chain(engaged).chain(stopped)
    }
}

/// Everything that the page shows.
pub(super) struct View {
    /// The request.
    pub(super) request: Request,
    /// What is held of the person it is about.
    pub(super) hers: Option<Hers>,
    /// Everybody of the staff, by what records call them.
    pub(super) staff: BTreeMap<String, Member>,
    /// The policy in force.
    pub(super) document: Arc<Document>,
    /// Members of categories by the names that people know them by.
    pub(super) members: BTreeMap<RecipientName, String>,
    /// What other requests of hers hold up what was decided.
    pub(super) hindrance: Option<Hindrance>,
    /// Now.
    pub(super) now: Timestamp,
    /// What was done by the form that led here.
    pub(super) done: Option<&'static str>,
    /// A form that came back.
    pub(super) tried: Option<Tried>,
    /// What a correction would replace, where it was looked at.
    pub(super) before: Option<BTreeMap<ItemName, Looked>>,
    /// Whoever may be the requester, where somebody looked.
    pub(super) found: Option<Vec<Compared>>,
}

/// Why somebody does not agree with or send back a decision.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum NotYours {
    /// They decided it.
    SameEyes,
    /// It is the information manager's.
    Managers,
}

impl View {
    /// The rules by which this request is judged; `None` when the policy no longer serves its regime.
    pub(super) fn terms(&self) -> Option<Terms<'_>> {
        Terms::of(&self.document, &self.request.progress.regime)
    }

    /// Somebody by what records call them, as people know them.
    pub(super) fn name(&self, by: &str, staff: &Staff) -> String {
        let known = self.staff.get(by);
        let role = |member: &Member| words::member(&member.name, member.role, staff.language);
        known.map_or_else(|| words::nobody_of_staff(by, staff.language).to_owned(), role)
    }

    /// A recipient, as people know it.
    pub(super) fn recipient<'a>(
        &'a self,
        name: &'a RecipientName,
        language: policy::Language,
    ) -> &'a str {
        let of_policy = self.document.recipients.get(name).map(|r| r.label.get(language));
        let member = self.members.get(name).map(String::as_str);
        of_policy.or(member).unwrap_or_else(|| name.as_str())
    }

    /// What comes out as far as the house can tell: nothing is held, or what was asked.
    pub(super) fn proposed(&self) -> Outcome {
        let about_her = !matches!(
            self.request.progress.kind,
            RequestKind::Complaint | RequestKind::EquivalentMeasures
        );
        if about_her && self.request.subject.is_none() {
            Outcome::NotHeld
        } else {
            Outcome::Granted
        }
    }

    /// Whether somebody may agree with or send back the decision that waits: the information manager;
    /// where she decided herself, anybody else (S9).
    pub(super) fn second_pair(&self, staff: &Staff) -> Result<(), NotYours> {
        let by = self.request.progress.decision.as_ref().map(|decision| decision.by.as_str());
        let me = staff.id.to_string();
        if by == Some(me.as_str()) {
            return Err(NotYours::SameEyes);
        }
        let decider = by.and_then(|by| self.staff.get(by)).map(|member| member.role);
        if staff.may_manage().is_err() && decider != Some(StaffRole::Manager) {
            return Err(NotYours::Managers);
        }
        Ok(())
    }

    /// The items that a decision may refuse one by one.
    pub(super) fn parts(&self) -> Vec<ItemName> {
        let matter = &self.request.matter;
        if !matter.corrections.is_empty() {
            return matter.corrections.keys().cloned().collect();
        }
        if !matter.items.is_empty() {
            return matter.items.clone();
        }
        let held = self.hers.iter().flat_map(|hers| &hers.items);
        held.filter_map(|held| held.item.parse().ok()).collect()
    }

    /// Where the request stands.
    pub(super) fn stands(&self) -> Stand {
        self.request.progress.state
    }
}

/// Gathers the page.
pub(super) async fn gather(app: &Arc<App>, id: RequestId) -> Result<View, Error> {
    let keeper = Arc::clone(app);
    let (document, now) = (app.policy(), app.clock.now());
    let policy = Arc::clone(&document);
    let read = move |conn: &mut Conn| {
        let request = Request::read(&keeper.keys, conn, id)?
            .ok_or_else(|| Error::not_found("request", id.to_string()))?;
        let staff = staff::all(&keeper.keys, conn)?;
        let hers = match request.subject {
            Some(subject) => Some(hers(&keeper, conn, &policy, subject, id, now)?),
            None => None,
        };
        let named = hers.iter().flat_map(Hers::recipients).chain(&request.matter.recipients);
        let members = instruct::members(&keeper.keys, conn, named)?;
        let hindrance = match request.progress.state {
            Stand::Decided => carry_out::hindrance(&keeper.keys, conn, &request, now)?,
            _ => None,
        };
        Ok::<_, Error>((request, staff, hers, members, hindrance))
    };
    let (request, staff, hers, members, hindrance) = app.store.read(read).await?;
    let staff = staff.into_iter().map(|member| (member.id.to_string(), member)).collect();
    Ok(View {
        request,
        hers,
        staff,
        document,
        members,
        hindrance,
        now,
        done: None,
        tried: None,
        before: None,
        found: None,
    })
}

fn hers(
    app: &App,
    conn: &mut Conn,
    document: &Document,
    subject: SubjectId,
    id: RequestId,
    now: Timestamp,
) -> Result<Hers, Error> {
    let crossings = records::crossings(conn, subject, i64::MAX, COUNTED + 1)?;
    let counted = usize::try_from(COUNTED).unwrap_or(usize::MAX);
    let mut hers = Hers {
        items: items::held(conn, subject)?,
        consents: consents::all(conn, subject)?.into_iter().map(|(fact, _)| fact).collect(),
        engagements: engagements::latest(conn, subject, 50)?,
        stopped: restrictions::all(conn, subject)?,
        standing: standing(&app.keys, conn, document, subject, now),
        others: requests::of_subject(conn, subject)?,
        received: BTreeMap::new(),
        more: crossings.len() > counted,
    };
    hers.others.retain(|line| line.id != id && line.state.is_none_or(|state| !state.is_over()));
    for row in crossings.iter().take(counted) {
        // A record that does not open is listed where disclosures are.
        let Ok(record) = app.open_record(row).and_then(|opening| {
            opening.record().map_err(|error| anyhow::Error::from(error).into())
        }) else {
            continue;
        };
        if let Act::Disclosed(provision) = record.act {
            let to = provision.third_party.recipient;
            let of = hers.received.entry(to).or_insert(Received { times: 0, last: record.at });
            of.times += 1;
            of.last = of.last.max(record.at);
        }
    }
    Ok(hers)
}

/// How everything of hers stands; a row that cannot be understood hides the rest of the page from
/// nobody.
fn standing(
    keys: &Keys,
    conn: &mut Conn,
    document: &Document,
    subject: SubjectId,
    now: Timestamp,
) -> Option<Vec<Standing>> {
    let read = Holdings::read(keys, conn, subject).and_then(|holdings| {
        holdings.map_or_else(|| Ok(Vec::new()), |holdings| holdings.standing(document, now))
    });
    read.inspect_err(|error| tracing::error!(%subject, %error, "what is held cannot be read")).ok()
}

/// What the address may say.
#[derive(Deserialize)]
pub(super) struct Asked {
    done: Option<String>,
}

/// The page.
pub(super) async fn page_of(
    State(app): State<Arc<App>>,
    staff: Staff,
    Path(request): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let mut view = gather(&app, read_id(&request)?).await?;
    view.done = asked.done.and_then(|act| words::done(&act, staff.language));
    show(&view, &staff, StatusCode::OK)
}

/// Draws it.
pub(super) fn show(view: &View, staff: &Staff, status: StatusCode) -> Result<Response, Trouble> {
    let title = format!(
        "{} {}",
        view.request.progress.kind.words(staff.language),
        view.request.id.number()
    );
    let body = draw::draw(view, staff)?;
    Ok((status, page(staff, Some(Room::Requests), &title, &body)).into_response())
}
