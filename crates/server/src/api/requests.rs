//! `…/requests`: a person's requests come in through a service, are shown to whoever may, and take
//! their steps. What a request says stays with the desk; here is how it stands.

use std::collections::BTreeMap;
use std::sync::Arc;

use ::policy::Language;
use ::policy::request::{
    Agency, AlternativeMeasure, FeeStanding, Ground, Identified, Money, Outcome, Progress,
    RefusedPart, RequestId, RequestKind, State as Stand, Step,
};
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::body::Sent;
use super::caller::Called;
use super::problem::{LedgerPlace, Problem, ProblemDetails};
use super::{Api, name, subject};
use crate::acts::request::handle::{self, Decided};
use crate::acts::request::receive::{self, Asked};
use crate::acts::request::{self, By, Channel, Moved, verify};
use crate::error::Error;
use crate::store::requests::{self, Line, Wanted};
use crate::store::{Conn, subjects};

/// Requests in one page of the queue.
const PAGE: i64 = 100;

/// A request as a service takes it down for a person.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewRequest {
    /// What is asked: `disclosure`, `erasure` and so on.
    #[schema(value_type = String)]
    kind: RequestKind,
    /// By whose rules: `jp`, `eu`, `uk`; the person's own once she is known.
    regime: String,
    /// The person, where the service knows her; it is still shown that the request is hers.
    subject: Option<String>,
    /// The language of letters and answer.
    language: String,
    /// The person's name.
    name: String,
    /// Where letters go; the registered address when left out, which takes a `subject`.
    email: Option<String>,
    /// In her own words.
    #[serde(default)]
    text: String,
    /// What she relies on (Act 34, 35; GDPR 16 to 21).
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    grounds: Vec<Ground>,
    /// The items it is about; all when left out.
    #[serde(default)]
    items: Vec<String>,
    /// What is right, by item; `null` to take the value out.
    #[serde(default)]
    corrections: BTreeMap<String, Option<String>>,
    /// The purposes to be stopped; all when left out.
    #[serde(default)]
    purposes: Vec<String>,
    /// The recipients that are meant; all when left out.
    #[serde(default)]
    recipients: Vec<String>,
    /// What she offers to be known by, by item.
    #[serde(default)]
    particulars: BTreeMap<String, String>,
    /// The postal address for an answer on paper.
    postal_address: Option<String>,
    /// `statutory` or `entrusted`, when an agent asks.
    #[schema(value_type = Option<String>)]
    agency: Option<Agency>,
    /// The agent's name.
    agent_name: Option<String>,
    /// The name on the receipt 領収書.
    receipt_name: Option<String>,
}

/// The fee as it stands.
#[derive(Serialize, ToSchema)]
pub(super) struct FeeShown {
    /// `due`, `paid`, `waived` or `refunded`.
    standing: &'static str,
    /// How much, in whole units of the currency.
    amount: Option<u32>,
    /// ISO 4217.
    currency: Option<String>,
}

/// How a request stands.
#[derive(Serialize, ToSchema)]
pub(super) struct RequestShown {
    /// Its id.
    request: String,
    /// The receipt number 受付番号.
    number: String,
    /// What is asked.
    kind: String,
    /// By whose rules.
    regime: String,
    /// Where it stands (R8.8).
    state: &'static str,
    /// When it came in.
    received_at: String,
    /// By when it is answered.
    due_at: String,
    /// Whether it is shown surely enough who asks.
    known: bool,
    /// The fee; nothing when it is free.
    fee: Option<FeeShown>,
    /// What came out, once it is decided.
    outcome: Option<String>,
}

/// A request after an act on it.
#[derive(Serialize, ToSchema)]
pub(super) struct RequestMoved {
    /// How it stands now.
    #[serde(flatten)]
    request: RequestShown,
    /// The id of the record; nothing when there was no step to record.
    record: Option<String>,
    /// Its place in the ledger.
    ledger: Option<LedgerPlace>,
}

fn word<T: Serialize>(of: &T) -> String {
    serde_json::to_value(of).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

fn shown(id: RequestId, progress: &Progress) -> RequestShown {
    let (standing, money) = match &progress.fee {
        FeeStanding::Free => (None, None),
        FeeStanding::Due(money) => (Some("due"), Some(money)),
        FeeStanding::Paid { money, .. } => (Some("paid"), Some(money)),
        FeeStanding::Waived { .. } => (Some("waived"), None),
        FeeStanding::Refunded { money, .. } => (Some("refunded"), Some(money)),
    };
    let decided = progress.decision.as_ref().filter(|_| progress.state >= Stand::Decided);
    RequestShown {
        request: id.to_string(),
        number: id.number(),
        kind: word(&progress.kind),
        regime: progress.regime.to_string(),
        state: progress.state.word(),
        received_at: progress.received_at.to_string(),
        due_at: progress.due_at.to_string(),
        known: progress.is_known(),
        fee: standing.map(|standing| FeeShown {
            standing,
            amount: money.map(|money| money.amount),
            currency: money.map(|money| money.currency.clone()),
        }),
        outcome: decided.map(|decision| word(&decision.outcome)),
    }
}

fn moved(moved: &Moved) -> RequestMoved {
    RequestMoved {
        request: shown(moved.id, &moved.progress),
        record: moved.place.map(|place| place.record_id()),
        ledger: moved.place.map(Into::into),
    }
}

/// Reads a request's id from a path; one that cannot be read is nobody's.
fn request_id(text: &str) -> Result<RequestId, Error> {
    text.parse().map_err(|_| Error::not_found("request", text))
}

/// Takes a request in. Whether anybody is held under the address is not told.
#[utoipa::path(
    post, path = "/v1/requests", tag = "requests",
    security(("service_key" = ["requests:write"])),
    params(("Idempotency-Key" = Option<String>, Header, description = "makes a retry safe")),
    request_body = NewRequest,
    responses(
        (status = 201, description = "received", body = RequestMoved),
        (status = 404, description = "no such person, or the policy takes no requests", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn receive(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    body: Sent<NewRequest>,
) -> Result<(StatusCode, Json<RequestMoved>), Problem> {
    caller.may("requests:write")?;
    let body = body.read().await?;
    let once = body.once(&api.app.keys, &caller.id)?;
    let given = body.value;
    let language = Language::parse(&given.language)
        .ok_or_else(|| Error::field("language", "unknown", "is not `ja` or `en`"))?;
    let asked = Asked {
        kind: given.kind,
        regime: given.regime,
        subject: given.subject.as_deref().map(subject).transpose()?,
        language,
        name: given.name,
        email: given.email,
        text: given.text,
        grounds: given.grounds,
        items: given.items,
        corrections: given.corrections,
        purposes: given.purposes,
        recipients: given.recipients,
        particulars: given.particulars,
        postal_address: given.postal_address,
        agency: given.agency,
        agent_name: given.agent_name,
        receipt_name: given.receipt_name,
        channel: Channel::Service { by: caller.by() },
    };
    let received = receive::receive(&api.app, asked, caller.by(), once).await?;
    Ok((StatusCode::CREATED, Json(moved(&received))))
}

/// How a request stands.
#[utoipa::path(
    get, path = "/v1/requests/{request}", tag = "requests",
    security(("service_key" = ["requests:read"])),
    params(("request" = String, Path)),
    responses(
        (status = 200, description = "as it stands", body = RequestShown),
        (status = 404, description = "no such request", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn get(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    Path(request): Path<String>,
) -> Result<Json<RequestShown>, Problem> {
    caller.may("requests:read")?;
    let id = request_id(&request)?;
    let read = request::get(&api.app, id).await?;
    Ok(Json(shown(id, &read.progress)))
}

/// A line of a list of requests.
#[derive(Serialize, ToSchema)]
pub(super) struct RequestLine {
    /// Its id.
    request: String,
    /// The receipt number.
    number: String,
    /// What is asked.
    kind: String,
    /// Where it stands.
    state: &'static str,
    /// When it came in.
    received_at: String,
    /// By when it is answered.
    due_at: String,
}

/// Requests, in order.
#[derive(Serialize, ToSchema)]
pub(super) struct RequestList {
    /// The requests.
    requests: Vec<RequestLine>,
    /// Where to go on; nothing at the end.
    next: Option<String>,
}

fn line(line: &Line) -> RequestLine {
    let moment = |at: i64| {
        jiff::Timestamp::from_millisecond(at).map(|at| at.to_string()).unwrap_or_default()
    };
    RequestLine {
        request: line.id.to_string(),
        number: line.id.number(),
        kind: line.kind.as_ref().map(word).unwrap_or_default(),
        state: line.state.map_or("unreadable", Stand::word),
        received_at: moment(line.received_at),
        due_at: moment(line.due_at),
    }
}

/// A person's requests, the newest first.
#[utoipa::path(
    get, path = "/v1/subjects/{subject}/requests", tag = "requests",
    security(("service_key" = ["requests:read"])),
    params(("subject" = String, Path)),
    responses(
        (status = 200, description = "hers, as far as it is known that they are", body = RequestList),
        (status = 404, description = "no such person, and no request of hers", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn of_subject(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    Path(of): Path<String>,
) -> Result<Json<RequestList>, Problem> {
    caller.may("requests:read")?;
    let of = subject(&of)?;
    let read = move |conn: &mut Conn| {
        let lines = requests::of_subject(conn, of)?;
        if lines.is_empty() && subjects::get(conn, of)?.is_none() {
            return Err(Error::not_found("subject", of.to_string()));
        }
        Ok(lines)
    };
    let lines = api.app.store.read(read).await?;
    Ok(Json(RequestList { requests: lines.iter().map(line).collect(), next: None }))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct Queue {
    /// Where to go on, as `next` of the page before.
    after: Option<String>,
}

/// Open requests, the most pressing first.
#[utoipa::path(
    get, path = "/v1/requests", tag = "requests",
    security(("service_key" = ["requests:decide"])),
    params(Queue),
    responses((status = 200, description = "by deadline", body = RequestList))
)]
pub(super) async fn queue(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    asked: Result<Query<Queue>, QueryRejection>,
) -> Result<Json<RequestList>, Problem> {
    caller.may("requests:decide")?;
    let not_a_cursor =
        || Error::field("after", "not_a_cursor", "is not the `next` of a page of this list");
    let Query(Queue { after }) = asked.map_err(|_| not_a_cursor())?;
    let from = match after {
        None => (i64::MIN, RequestId([0; 16])),
        Some(after) => after
            .split_once('.')
            .and_then(|(due, id)| Some((due.parse().ok()?, id.parse().ok()?)))
            .ok_or_else(not_a_cursor)?,
    };
    let lines = api
        .app
        .store
        .read(move |conn| Ok::<_, Error>(requests::open(conn, Wanted::default(), from, PAGE)?))
        .await?;
    let full = i64::try_from(lines.len()) == Ok(PAGE);
    let next = lines.last().filter(|_| full).map(|last| format!("{}.{}", last.due_at, last.id));
    Ok(Json(RequestList { requests: lines.iter().map(line).collect(), next }))
}

/// Nothing, as an object.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Empty {}

/// Sends another one-time code to where the request's letters go.
#[utoipa::path(
    post, path = "/v1/requests/{request}/codes", tag = "requests",
    security(("service_key" = ["requests:write"])),
    params(("request" = String, Path)),
    request_body = Empty,
    responses(
        (status = 202, description = "on its way"),
        (status = 404, description = "no such request", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn send_code(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    Path(request): Path<String>,
    body: Sent<Empty>,
) -> Result<StatusCode, Problem> {
    caller.may("requests:write")?;
    body.read().await?;
    verify::send_code(&api.app, request_id(&request)?, caller.by()).await?;
    Ok(StatusCode::ACCEPTED)
}

/// A code as the person typed it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CodeGiven {
    /// Six digits.
    code: String,
}

/// Takes a one-time code: if it is right, it is shown who asks.
#[utoipa::path(
    post, path = "/v1/requests/{request}/verifications", tag = "requests",
    security(("service_key" = ["requests:write"])),
    params(("request" = String, Path)),
    request_body = CodeGiven,
    responses(
        (status = 200, description = "it is right", body = RequestShown),
        (status = 404, description = "no such request", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn give_code(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    Path(request): Path<String>,
    body: Sent<CodeGiven>,
) -> Result<Json<RequestShown>, Problem> {
    caller.may("requests:write")?;
    let body = body.read().await?;
    let id = request_id(&request)?;
    // The session that comes with it is for Azukari's own pages.
    drop(verify::give_code(&api.app, id, &body.value.code, caller.by()).await?);
    let read = request::get(&api.app, id).await?;
    Ok(Json(shown(id, &read.progress)))
}

/// A step, with what it brings.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "step", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum NewStep {
    /// The person takes it back.
    Withdraw {},
    /// Staff confirm who asks.
    Identify {
        /// `particulars` or `document`.
        #[schema(value_type = String)]
        how: Identified,
        /// Whose information it is about; nothing when nobody is held.
        subject: Option<String>,
    },
    /// It is about somebody else than was thought.
    Recheck {},
    /// The agent's power is confirmed.
    ConfirmAgency {},
    /// It was not shown who asks.
    FailIdentity {},
    /// The fee came in.
    Pay {
        /// How much, in whole units of the currency.
        amount: u32,
        /// ISO 4217.
        currency: String,
        /// The bank's or the payment platform's reference.
        reference: String,
    },
    /// The fee is waived.
    WaiveFee {},
    /// The fee was given back.
    Refund {
        /// The bank's or the payment platform's reference.
        reference: String,
    },
    /// The answer takes longer (GDPR 12(3)).
    Extend {
        /// By how many months.
        months: u32,
        /// Why; she is told.
        reason: String,
    },
    /// A decision is made.
    Decide {
        /// `granted`, `partly`, `refused` or `not_held`.
        #[schema(value_type = String)]
        outcome: Outcome,
        /// What is refused, each with its ground of the list.
        #[serde(default)]
        #[schema(value_type = Vec<Object>)]
        refused: Vec<RefusedPart>,
        /// What is done instead.
        #[schema(value_type = Option<String>)]
        alternative: Option<AlternativeMeasure>,
        /// Why, for the record.
        #[serde(default)]
        reason: String,
        /// What the answer says in the desk's own words.
        reply: Option<String>,
    },
    /// Somebody else agrees with the decision.
    Approve {},
    /// Somebody else does not agree.
    Return {
        /// Why.
        reason: String,
    },
    /// A correction that was decided cannot be carried out any more; it is decided anew.
    Reconsider {
        /// Why.
        reason: String,
    },
}

/// A step takes one of these, by what it is.
const STEP_SCOPES: [&str; 3] = ["requests:write", "requests:decide", "requests:fees"];

/// Takes a step of a request, if it follows on where the request stands.
#[utoipa::path(
    post, path = "/v1/requests/{request}/steps", tag = "requests",
    security(("service_key" = ["requests:write", "requests:decide", "requests:fees"])),
    params(
        ("request" = String, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "makes a retry safe"),
    ),
    request_body = NewStep,
    responses(
        (status = 200, description = "taken", body = RequestMoved),
        (status = 404, description = "no such request", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 409, description = "it does not follow on where the request stands", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn step(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    Path(request): Path<String>,
    body: Sent<NewStep>,
) -> Result<Json<RequestMoved>, Problem> {
    // Which of them it is stands in the body, and that is read for nobody who has none.
    if STEP_SCOPES.into_iter().all(|scope| caller.may(scope).is_err()) {
        return Err(Error::Scope("requests:decide`, `requests:fees` or `requests:write").into());
    }
    let body = body.read().await?;
    let id = request_id(&request)?;
    let by = By { once: body.once(&api.app.keys, &caller.id)?, ..By::from(caller.by()) };
    let who = by.name.clone();
    let scope = match &body.value {
        NewStep::Withdraw {} => "requests:write",
        NewStep::Pay { .. } | NewStep::Refund { .. } => "requests:fees",
        _ => "requests:decide",
    };
    caller.may(scope)?;
    let app = &api.app;
    let done = match body.value {
        NewStep::Withdraw {} => handle::step(app, id, by, Step::Withdraw {}).await?,
        NewStep::Identify { how, subject } => {
            let subject = subject.map(|of| name("subject", &of)).transpose()?;
            handle::identify(app, id, by, how, subject).await?
        }
        NewStep::Recheck {} => handle::recheck(app, id, by).await?,
        NewStep::ConfirmAgency {} => handle::step(app, id, by, Step::ConfirmAgency {}).await?,
        NewStep::FailIdentity {} => handle::step(app, id, by, Step::FailIdentity {}).await?,
        NewStep::Pay { amount, currency, reference } => {
            handle::paid(app, id, by, Money { amount, currency }, reference).await?
        }
        NewStep::WaiveFee {} => handle::step(app, id, by, Step::WaiveFee { by: who }).await?,
        NewStep::Refund { reference } => {
            handle::step(app, id, by, Step::Refund { reference }).await?
        }
        NewStep::Extend { months, reason } => {
            handle::step(app, id, by, Step::Extend { months, reason }).await?
        }
        NewStep::Decide { outcome, refused, alternative, reason, reply } => {
            let decided = Decided { outcome, refused, alternative, reason, reply };
            handle::decide(app, id, by, decided).await?
        }
        NewStep::Approve {} => handle::step(app, id, by, Step::Approve { by: who }).await?,
        NewStep::Return { reason } => {
            handle::step(app, id, by, Step::Return { by: who, reason }).await?
        }
        NewStep::Reconsider { reason } => {
            handle::step(app, id, by, Step::Reconsider { reason }).await?
        }
    };
    Ok(Json(moved(&done)))
}
