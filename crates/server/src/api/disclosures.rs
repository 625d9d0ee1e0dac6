//! `POST /v1/disclosures`: values go to another party, or are refused; either is on record first. As
//! `/v1/disclosures/batch` many at once, each with a record of its own.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use futures_util::future::join_all;
use policy::{Ask, RecordDuty};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Sent;
use super::caller::Called;
use super::exceptions::read_id;
use super::problem::{LedgerPlace, Problem, ProblemDetails, language};
use super::uses::Values;
use super::{Api, name, names};
use crate::error::{Error, FieldError};
use crate::gate::{self, Asking};

/// What a recipient asks for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewDisclosure {
    /// Whose values.
    subject: String,
    /// Who would receive them.
    recipient: String,
    /// What for.
    purpose: String,
    /// Which items.
    items: Vec<String>,
    /// The recipient's number for the engagement, such as a booking number.
    reference: Option<String>,
    /// An approved exception that the ask stands on.
    exception: Option<String>,
}

/// Values that crossed the gate to another party.
#[derive(Serialize, ToSchema)]
pub(super) struct Disclosed {
    /// The id of this disclosure.
    disclosure: String,
    /// Values by item; null where nothing is held.
    #[schema(value_type = BTreeMap<String, Option<String>>)]
    items: Values,
    /// The id of the record.
    record: String,
    /// Whether law asks for the record (`statutory`) or it is kept all the same (`voluntary`).
    #[schema(value_type = String)]
    record_duty: RecordDuty,
    /// Until when the record is kept (R1.8).
    keep_until: Option<String>,
    /// The record's place in the ledger.
    ledger: LedgerPlace,
}

/// Discloses values to a recipient, or refuses.
#[utoipa::path(
    post, path = "/v1/disclosures", tag = "gate", security(("service_key" = ["disclosures:write"])),
    params(("Idempotency-Key" = Option<String>, Header, description = "makes a retry safe")),
    request_body = NewDisclosure,
    responses(
        (status = 201, description = "disclosed, and recorded", body = Disclosed),
        (status = 403, description = "refused, and recorded", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "fields that cannot be read, or the idempotency key was used for another request", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn disclose(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    body: Sent<NewDisclosure>,
) -> Result<(StatusCode, Json<Disclosed>), Problem> {
    caller.may("disclosures:write")?;
    let body = body.read().await?;
    let once = body.once(&api.app.keys, &caller.id)?;
    let (ask, exception) = body.value.read()?;
    let asking = Asking { ask, exception, by: caller.by(), once };
    let disclosed = gate::disclose(&api.app, asking).await?;
    Ok((StatusCode::CREATED, Json(disclosed.into())))
}

impl NewDisclosure {
    fn read(self) -> Result<(Ask, Option<[u8; 16]>), Error> {
        let Self { subject, recipient, purpose, items, reference, exception } = self;
        let exception = exception.map(|id| read_id(&id)).transpose()?;
        let ask = Ask {
            subject: name("subject", &subject)?,
            recipient: Some(name("recipient", &recipient)?),
            purpose: name("purpose", &purpose)?,
            items: names("items", &items)?,
            reference: reference.map(|reference| name("reference", &reference)).transpose()?,
            exception: exception.is_some(),
        };
        Ok((ask, exception))
    }
}

impl From<gate::Disclosed> for Disclosed {
    fn from(disclosed: gate::Disclosed) -> Self {
        Self {
            disclosure: disclosed.place.disclosure_id(),
            items: Values(disclosed.items),
            record: disclosed.place.record_id(),
            record_duty: disclosed.record_duty,
            keep_until: disclosed.keep_until.map(|until| until.to_string()),
            ledger: disclosed.place.into(),
        }
    }
}

/// The most asks in one batch.
const MOST_ASKS: usize = 200;

/// Many asks at once, such as an evening's guests.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewDisclosures {
    /// At most 200.
    asks: Vec<NewDisclosure>,
}

/// What came of each ask, in their order.
#[derive(Serialize, ToSchema)]
pub(super) struct Answers {
    /// As many as there were asks.
    answers: Vec<Answer>,
}

/// What came of one ask: what the same ask alone would be answered with.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(super) enum Answer {
    /// Disclosed, and recorded.
    Disclosed(Box<Disclosed>),
    /// Refused and recorded, or a failure; `status` tells which.
    Problem(Box<ProblemDetails>),
}

/// Discloses values or refuses, ask by ask: each is decided, recorded and opened as if it had come alone, and
/// has a record of its own. A batch with an ask that cannot be read does nothing.
#[utoipa::path(
    post, path = "/v1/disclosures/batch", tag = "gate", security(("service_key" = ["disclosures:write"])),
    params(("Idempotency-Key" = Option<String>, Header, description = "makes a retry safe, for each ask of the batch")),
    request_body = NewDisclosures,
    responses(
        (status = 200, description = "what came of each ask", body = Answers),
        (status = 422, description = "fields that cannot be read, by the place of their ask", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn disclose_batch(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    headers: HeaderMap,
    body: Sent<NewDisclosures>,
) -> Result<Json<Answers>, Problem> {
    caller.may("disclosures:write")?;
    let mut body = body.read().await?;
    let asks = std::mem::take(&mut body.value.asks);
    if asks.len() > MOST_ASKS {
        let detail = format!("has {} asks; send at most {MOST_ASKS} at a time", asks.len());
        return Err(Error::field("asks", "too_many", detail).into());
    }
    let (mut askings, mut wrong) = (Vec::with_capacity(asks.len()), Vec::new());
    for (n, ask) in asks.into_iter().enumerate() {
        match ask.read() {
            Ok((ask, exception)) => {
                let once = body.once_of(&api.app.keys, &caller.id, n)?;
                askings.push(Asking { ask, exception, by: caller.by(), once });
            }
            Err(Error::Invalid(fields)) => {
                wrong.extend(fields.into_iter().map(|field| FieldError {
                    field: format!("asks[{n}].{}", field.field),
                    ..field
                }));
            }
            Err(error) => return Err(error.into()),
        }
    }
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong).into());
    }
    // Side by side, so that they share the gate's next commits.
    let crossings =
        join_all(askings.into_iter().map(|asking| gate::disclose(&api.app, asking))).await;
    let language = language(&headers);
    let answer = |crossing: Result<gate::Disclosed, Error>| match crossing {
        Ok(disclosed) => Answer::Disclosed(Box::new(disclosed.into())),
        Err(error) => Answer::Problem(Box::new(ProblemDetails::of(&error, language, &api))),
    };
    Ok(Json(Answers { answers: crossings.into_iter().map(answer).collect() }))
}
