//! `GET /v1/subjects/{subject}/provisions`: who received what, when, with what opens the proof; and
//! who asked and was refused.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use data_encoding::BASE64;
use jiff::Timestamp;
use policy::record::Act;
use policy::{Language, party};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::Called;
use super::problem::{self, LedgerPlace, Problem, ProblemDetails};
use super::{Api, subject};
use crate::error::Error;
use crate::record::Place;
use crate::store::{records, subjects};
use crate::words;

/// Crossings on one page.
const PAGE: i64 = 50;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Paging {
    /// Where the page before ended.
    cursor: Option<String>,
}

/// A crossing of the gate, or a refusal at it.
#[derive(Serialize, ToSchema)]
pub(super) struct Crossing {
    /// `disclosed`, `refused`, or `unreadable` when the record no longer opens.
    outcome: &'static str,
    /// When.
    at: String,
    /// Who received, or asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient: Option<String>,
    /// Its legal name, where the record has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient_name: Option<String>,
    /// What for.
    #[serde(skip_serializing_if = "Option::is_none")]
    purpose: Option<String>,
    /// Which items.
    items: Vec<String>,
    /// The engagement's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    /// Whether law asks for the record.
    #[serde(skip_serializing_if = "Option::is_none")]
    record_duty: Option<serde_json::Value>,
    /// Until when the record is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    keep_until: Option<String>,
    /// The version of the policy that was in force then; people read it at
    /// `/policy/versions/{version}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<String>,
    /// The consents it stands on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    consents: Vec<ConsentSeen>,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<serde_json::Value>,
    /// The id of the record.
    record: String,
    /// Its place in the ledger.
    ledger: LedgerPlace,
    /// What shows that the ledger's entry speaks of this record.
    #[serde(skip_serializing_if = "Option::is_none")]
    opening: Option<OpeningShown>,
}

/// A consent that a provision stands on.
#[derive(Serialize, ToSchema)]
pub(super) struct ConsentSeen {
    /// Which.
    consent: String,
    /// The version of the notice that she had been shown when she gave it.
    notice: String,
}

/// The salt and the exact bytes behind a commitment: SHA-256 over `azukari record v1\n`, salt, record.
#[derive(Serialize, ToSchema)]
pub(super) struct OpeningShown {
    /// The salt, base64.
    salt: String,
    /// The record, base64.
    record: String,
}

impl ConsentSeen {
    fn of((consent, notice): &(policy::ConsentName, policy::Version)) -> Self {
        Self { consent: consent.to_string(), notice: notice.to_string() }
    }
}

/// A page of crossings, newest first.
#[derive(Serialize, ToSchema)]
pub(super) struct Crossings {
    /// The crossings.
    provisions: Vec<Crossing>,
    /// Where the next page begins; null on the last.
    next: Option<String>,
}

/// Who received what of a person, when; newest first.
#[utoipa::path(
    get, path = "/v1/subjects/{subject}/provisions", tag = "records",
    security(("service_key" = ["provisions:read"])),
    params(("subject" = String, Path), Paging),
    responses(
        (status = 200, description = "a page", body = Crossings),
        (status = 404, description = "no such person", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    Path(of): Path<String>,
    paging: Result<Query<Paging>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Json<Crossings>, Problem> {
    caller.may("provisions:read")?;
    let of = subject(&of)?;
    let Query(paging) = paging.map_err(|_| {
        Error::field("query", "unreadable", "cannot be read; send `cursor` or nothing")
    })?;
    let before = paging.cursor.map(|cursor| read_cursor(&cursor)).transpose()?;
    let rows = api
        .app
        .store
        .read(move |conn| {
            if subjects::get(conn, of)?.is_none() {
                return Err(Error::not_found("subject", of.to_string()));
            }
            Ok(records::crossings(conn, of, before.unwrap_or(i64::MAX), PAGE + 1)?)
        })
        .await?;
    let full = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let next = rows.get(full).and_then(|_| rows.get(full - 1)).map(|last| cursor(last.place));
    let language = problem::language(&headers);
    let mut provisions = Vec::with_capacity(rows.len().min(full));
    for row in rows.iter().take(full) {
        // One record that was damaged must not hide all the others.
        provisions.extend(shown(&api, row, language).unwrap_or_else(|error| {
            tracing::error!(place = row.place, %error, "a record cannot be read; see `ledger verify`");
            Some(unreadable(row))
        }));
    }
    Ok(Json(Crossings { provisions, next }))
}

/// A crossing whose record does not open: that there was one, and where.
fn unreadable(row: &records::SealedRecord) -> Crossing {
    let place = Place { index: row.place.unsigned_abs(), id: row.id };
    let at = Timestamp::from_millisecond(row.at).unwrap_or(Timestamp::UNIX_EPOCH);
    Crossing {
        outcome: "unreadable",
        at: at.to_string(),
        recipient: None,
        recipient_name: None,
        purpose: None,
        items: Vec::new(),
        reference: None,
        record_duty: None,
        keep_until: None,
        policy: None,
        consents: Vec::new(),
        reasons: Vec::new(),
        record: place.record_id(),
        ledger: place.into(),
        opening: None,
    }
}

fn shown(
    api: &Api,
    row: &records::SealedRecord,
    language: Language,
) -> Result<Option<Crossing>, Error> {
    let opening = api.app.open_record(row)?;
    let record = opening.record().map_err(anyhow::Error::from)?;
    let place = Place { index: row.place.unsigned_abs(), id: row.id };
    let base = |outcome, recipient, purpose, items| Crossing {
        outcome,
        at: record.at.to_string(),
        recipient: Some(recipient),
        recipient_name: None,
        purpose: Some(purpose),
        items,
        reference: None,
        record_duty: None,
        keep_until: None,
        policy: Some(record.policy.to_string()),
        consents: Vec::new(),
        reasons: Vec::new(),
        record: place.record_id(),
        ledger: place.into(),
        opening: Some(OpeningShown {
            salt: BASE64.encode(&opening.salt),
            record: BASE64.encode(&opening.bytes),
        }),
    };
    Ok(match &record.act {
        // Act 33(5), Order 11: where telling her would do harm, the record is kept and not shown.
        Act::Disclosed(provision)
            if provision.exception.as_ref().is_some_and(|used| used.withheld_from_subject) =>
        {
            None
        }
        Act::Refused { withheld_from_subject: true, .. } => None,
        Act::Disclosed(provision) => Some(Crossing {
            recipient_name: Some(provision.third_party.name.clone()),
            reference: provision.reference.as_ref().map(ToString::to_string),
            record_duty: serde_json::to_value(provision.record_duty).ok(),
            keep_until: Some(provision.keep_until.to_string()),
            consents: provision.consents.iter().map(ConsentSeen::of).collect(),
            ..base(
                "disclosed",
                provision.third_party.recipient.to_string(),
                provision.purpose.to_string(),
                provision.items.iter().map(|held| held.item.to_string()).collect(),
            )
        }),
        // A refused use of the controller's own is not a provision.
        Act::Refused { ask, reasons, .. } => ask.recipient.as_ref().map(|recipient| {
            let document = api.app.policy();
            let worded = reasons.iter().filter_map(|reason| {
                let mut value = serde_json::to_value(reason).ok()?;
                let words = words::reason(reason, language, &document);
                value.as_object_mut()?.insert("words".into(), words.into());
                Some(value)
            });
            Crossing {
                reference: ask.reference.as_ref().map(ToString::to_string),
                reasons: worded.collect(),
                ..base(
                    "refused",
                    recipient.to_string(),
                    ask.purpose.to_string(),
                    ask.items.iter().map(ToString::to_string).collect(),
                )
            }
        }),
        _ => None,
    })
}

/// Opaque to callers, so that paging may change.
fn cursor(place: i64) -> String {
    party::base32().encode(&place.to_be_bytes())
}

fn read_cursor(text: &str) -> Result<i64, Error> {
    party::base32()
        .decode(text.as_bytes())
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .map(i64::from_be_bytes)
        .ok_or_else(|| {
            Error::field("cursor", "unreadable", "is not a cursor; leave it out to begin")
        })
}
