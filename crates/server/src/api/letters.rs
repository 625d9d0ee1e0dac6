//! `POST /v1/letters`: the service writes to a person. It gives the words; her address stays here.
//! `POST /v1/letters/sign-up`: a code goes to the address that somebody signs up with.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use policy::Language;
use policy::record::ServiceLetterKind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Sent;
use super::caller::Called;
use super::problem::{LedgerPlace, Problem, ProblemDetails};
use super::{Api, name};
use crate::acts::letter::{self, New, Put};
use crate::letter::Details;
use crate::outbox;

/// A letter to a person. Its words need no personal value: her name and address are not asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewLetter {
    /// To whom.
    subject: String,
    /// `confirmation`, `change`, `cancellation` or `notice`. The first two also name what goes to the
    /// recipient of the engagement, what for and on which basis: that part is written here.
    #[schema(value_type = String)]
    kind: ServiceLetterKind,
    /// The purpose under which her address is used: one of the company's own for providing the service.
    purpose: String,
    /// The engagement that it is about; a `notice` needs none.
    engagement: Option<AboutEngagement>,
    /// `ja` or `en`: the language of all its words.
    #[schema(value_type = String)]
    language: Language,
    /// The subject line, of at most 100 characters.
    title: String,
    /// 1 to 20 paragraphs of at most 1000 characters, each on one line.
    paragraphs: Vec<String>,
    /// At most 20 labels with values, such as the day and the number of people.
    #[serde(default)]
    details: Vec<Detail>,
}

/// An engagement, by its recipient and the number there.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AboutEngagement {
    /// With whom.
    recipient: String,
    /// Its number.
    reference: String,
}

/// A label with its value.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Detail {
    /// At most 60 characters.
    label: String,
    /// At most 300 characters.
    value: String,
}

/// A letter that was put, or had nowhere to go.
#[derive(Serialize, ToSchema)]
pub(super) struct LetterPut {
    /// `outbox`: it is delivered from there. `no_address`: none is held of her, and nothing was put.
    sent: &'static str,
    /// The id of the letter, as operators find it in the outbox.
    #[serde(skip_serializing_if = "Option::is_none")]
    letter: Option<String>,
    /// The id of the record.
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<String>,
    /// Its place in the ledger.
    #[serde(skip_serializing_if = "Option::is_none")]
    ledger: Option<LedgerPlace>,
}

/// Puts a letter into the outbox; her address comes through the gate when it is delivered.
#[utoipa::path(
    post, path = "/v1/letters", tag = "letters", security(("service_key" = ["letters:write"])),
    params(("Idempotency-Key" = Option<String>, Header, description = "makes a retry safe")),
    request_body = NewLetter,
    responses(
        (status = 201, description = "put", body = LetterPut),
        (status = 200, description = "no address is held of her", body = LetterPut),
        (status = 403, description = "her address may not be used for that purpose now; recorded", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "no such person", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "fields that cannot be read, or the idempotency key was used for another request", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn put(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    body: Sent<NewLetter>,
) -> Result<(StatusCode, Json<LetterPut>), Problem> {
    caller.may("letters:write")?;
    let body = body.read().await?;
    let once = body.once(&api.app.keys, &caller.id)?;
    let given = body.value;
    let engagement = given.engagement.map(|about| {
        let recipient = name("engagement.recipient", &about.recipient)?;
        Ok::<_, Problem>((recipient, name("engagement.reference", &about.reference)?))
    });
    let new = New {
        subject: name("subject", &given.subject)?,
        kind: given.kind,
        purpose: name("purpose", &given.purpose)?,
        engagement: engagement.transpose()?,
        language: given.language,
        title: given.title,
        paragraphs: given.paragraphs,
        details: given
            .details
            .into_iter()
            .map(|detail| Details { label: detail.label, value: detail.value })
            .collect(),
    };
    Ok(match letter::put(&api.app, new, caller.by(), once).await? {
        Put::Waiting(place) => {
            let put = LetterPut {
                sent: "outbox",
                letter: Some(outbox::shown(&place.id)),
                record: Some(place.record_id()),
                ledger: Some(place.into()),
            };
            (StatusCode::CREATED, Json(put))
        }
        Put::NoAddress => {
            let none = LetterPut { sent: "no_address", letter: None, record: None, ledger: None };
            (StatusCode::OK, Json(none))
        }
    })
}

/// A code for whoever signs up with an address.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewSignUpLetter {
    /// As typed.
    email: String,
    /// Six digits, drawn by the service, which also asks for them and counts the tries.
    code: String,
    /// How long they hold: at most 60.
    minutes: u32,
    /// The page on which people of the service sign in, for whoever has an account with that address.
    sign_in: String,
    /// `ja` or `en`.
    #[schema(value_type = String)]
    language: Language,
}

/// A letter that was put.
#[derive(Serialize, ToSchema)]
pub(super) struct SignUpLetterPut {
    /// The id of the letter, as operators find it in the outbox.
    letter: String,
}

/// Puts a letter to the address that somebody signs up with: the code, or, where a person has an account with it,
/// that she does. Which of the two goes is told to nobody else. The service bounds how many it asks for.
#[utoipa::path(
    post, path = "/v1/letters/sign-up", tag = "letters", security(("service_key" = ["letters:write"])),
    request_body = NewSignUpLetter,
    responses(
        (status = 202, description = "put", body = SignUpLetterPut),
        (status = 404, description = "this policy knows no sign-in", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "fields that cannot be read", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn put_sign_up(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    body: Sent<NewSignUpLetter>,
) -> Result<(StatusCode, Json<SignUpLetterPut>), Problem> {
    caller.may("letters:write")?;
    let NewSignUpLetter { email, code, minutes, sign_in, language } = body.read().await?.value;
    let put = letter::put_sign_up(&api.app, &email, code, minutes, sign_in, language).await?;
    Ok((StatusCode::ACCEPTED, Json(SignUpLetterPut { letter: outbox::shown(&put) })))
}
