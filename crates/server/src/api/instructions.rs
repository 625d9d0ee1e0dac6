//! `GET /v1/instructions` and `POST /v1/instructions/{instruction}/answer`: what recipients are told to do
//! with what they received, for systems of theirs that the service runs.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use data_encoding::BASE32_NOPAD;
use policy::record::InstructionOutcome;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Api;
use super::body::Sent;
use super::caller::Called;
use super::problem::{LedgerPlace, Problem, ProblemDetails};
use crate::acts::instruction::{self, Instruction};
use crate::error::Error;
use crate::outbox::InstructionId;

/// Instructions on one page.
const PAGE: i64 = 50;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Paging {
    /// True for those that nobody has answered; all when left out.
    open: Option<bool>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// What a recipient is told to do with what it received of somebody.
#[derive(Serialize, ToSchema)]
pub(super) struct InstructionShown {
    /// Its id.
    instruction: String,
    /// Who is told.
    recipient: String,
    /// `erase`, `correct` or `stop`.
    kind: &'static str,
    /// The items that it received.
    items: Vec<String>,
    /// The purposes to be stopped; all when empty.
    purposes: Vec<String>,
    /// The numbers of the engagements, such as bookings, by which the recipient knows her; none once it
    /// is answered.
    references: Vec<String>,
    /// Of these, what is called off.
    called_off: Vec<String>,
    /// The ids of disclosures that named no such number.
    disclosures: Vec<String>,
    /// The receipt number of the request that it follows from.
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<String>,
    /// When it was put.
    put_at: String,
    /// When the recipient was told; null while it is not.
    told_at: Option<String>,
    /// How the mail ended, if it was not delivered: `no_address`, `rejected`, `given_up`.
    #[serde(skip_serializing_if = "Option::is_none")]
    mail: Option<String>,
    /// When it was answered; null while it is not.
    answered_at: Option<String>,
    /// `done`, `partly` or `refused`.
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<&'static str>,
}

/// A page of instructions, the oldest first.
#[derive(Serialize, ToSchema)]
pub(super) struct Instructions {
    /// The instructions.
    instructions: Vec<InstructionShown>,
    /// Where the next page begins; null on the last.
    next: Option<String>,
}

impl From<Instruction> for InstructionShown {
    fn from(instruction: Instruction) -> Self {
        let said = instruction.said;
        let words = |names: &[policy::Reference]| names.iter().map(ToString::to_string).collect();
        Self {
            instruction: instruction.id.to_string(),
            recipient: instruction.recipient.to_string(),
            kind: instruction.kind.word(),
            items: said.items.iter().map(ToString::to_string).collect(),
            purposes: said.purposes.iter().map(ToString::to_string).collect(),
            references: words(&said.references),
            called_off: words(&said.called_off),
            disclosures: said.disclosures,
            request: instruction.request.map(|request| request.number()),
            put_at: instruction.put_at.to_string(),
            told_at: instruction.told_at.map(|at| at.to_string()),
            mail: instruction.message.filter(|outcome| outcome != "delivered"),
            answered_at: instruction.answered_at.map(|at| at.to_string()),
            outcome: instruction.outcome.map(InstructionOutcome::word),
        }
    }
}

/// What recipients are told to do.
#[utoipa::path(
    get, path = "/v1/instructions", tag = "recipients",
    security(("service_key" = ["instructions:write"])),
    params(Paging),
    responses((status = 200, description = "a page", body = Instructions))
)]
pub(super) async fn list(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    paging: Result<Query<Paging>, QueryRejection>,
) -> Result<Json<Instructions>, Problem> {
    caller.may("instructions:write")?;
    let Query(paging) = paging.map_err(|_| {
        Error::field("query", "unreadable", "cannot be read; send `open`, `cursor` or nothing")
    })?;
    let after = paging.cursor.map(|cursor| read_cursor(&cursor)).transpose()?;
    let after = after.unwrap_or((i64::MIN, Vec::new()));
    let is_open = paging.open.unwrap_or_default();
    let mut found = instruction::list(&api.app, is_open, after, PAGE + 1).await?;
    let full = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let more = found.len() > full;
    found.truncate(full);
    let next = found.last().filter(|_| more).map(cursor);
    let instructions = found.into_iter().map(InstructionShown::from).collect();
    Ok(Json(Instructions { instructions, next }))
}

/// Opaque to callers, so that paging may change.
fn cursor(last: &Instruction) -> String {
    let mut bytes = last.put_at.as_millisecond().to_be_bytes().to_vec();
    bytes.extend_from_slice(&last.id.0);
    BASE32_NOPAD.encode(&bytes)
}

fn read_cursor(text: &str) -> Result<(i64, Vec<u8>), Error> {
    let bytes = BASE32_NOPAD.decode(text.as_bytes()).ok().filter(|bytes| bytes.len() == 24);
    let split = bytes.as_ref().and_then(|bytes| bytes.split_first_chunk::<8>());
    split.map(|(at, id)| (i64::from_be_bytes(*at), id.to_vec())).ok_or_else(|| {
        Error::field("cursor", "unreadable", "is not a cursor; leave it out to begin")
    })
}

/// What a recipient answered.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewAnswer {
    /// `done`, `partly` or `refused`.
    #[schema(value_type = String)]
    outcome: InstructionOutcome,
    /// What is not done and why; only `done` needs none.
    words: Option<String>,
}

/// An answer that was noted.
#[derive(Serialize, ToSchema)]
pub(super) struct Answered {
    /// The instruction's id.
    instruction: String,
    /// The id of the record.
    record: String,
    /// Its place in the ledger.
    ledger: LedgerPlace,
}

/// Notes what a recipient answered; the instruction is open no longer.
#[utoipa::path(
    post, path = "/v1/instructions/{instruction}/answer", tag = "recipients",
    security(("service_key" = ["instructions:write"])),
    params(
        ("instruction" = String, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "makes a retry safe"),
    ),
    request_body = NewAnswer,
    responses(
        (status = 200, description = "noted", body = Answered),
        (status = 404, description = "no such instruction", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 409, description = "it was answered before", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn answer(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    Path(id): Path<String>,
    body: Sent<NewAnswer>,
) -> Result<Json<Answered>, Problem> {
    caller.may("instructions:write")?;
    let body = body.read().await?;
    let once = body.once(&api.app.keys, &caller.id)?;
    let which: InstructionId =
        id.parse().map_err(|_| Error::not_found("instruction", id.as_str()))?;
    let NewAnswer { outcome, words } = body.value;
    let place =
        instruction::answer(&api.app, which, outcome, words.as_deref(), caller.by(), once).await?;
    Ok(Json(Answered {
        instruction: which.to_string(),
        record: place.record_id(),
        ledger: place.into(),
    }))
}
