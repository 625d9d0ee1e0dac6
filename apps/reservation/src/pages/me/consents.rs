//! What she agreed to, in the words she read; each to take back or to give again.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::{Room, bookings, draw, told};
use crate::app::{App, Reader, Shared};
use crate::azukari::{Answer, Consent, ConsentState, Policy, Trouble};
use crate::book::sessions::Caller;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::pages::consent::{
    REPRESENTATIVE, REPRESENTATIVE_NAME, add_found, named_representative, representative,
};
use crate::pages::parts::{Drawn, Errors, moment, prose, representative_waits};
use crate::pages::{Guest, see_other};
use crate::when;

/// The consent on which stores receive anything, where law asks for one.
const STORE_DISCLOSURE: &str = "store_disclosure";
/// The consent on which kitchens are told of allergies.
const DIETARY_CARE: &str = "dietary_care";

#[derive(Deserialize)]
pub(in crate::pages) struct Way {
    done: Option<String>,
}

pub(in crate::pages) async fn page(
    State(app): State<Shared>,
    reader: Reader,
    Guest(caller): Guest,
    Query(way): Query<Way>,
) -> Result<Markup, Fault> {
    all(&app, &reader, &caller, &told(&reader, way.done.as_deref()), None).await
}

/// A consent for which somebody has to agree in her place, and what she typed of whom.
struct Young<'a> {
    consent: &'a str,
    fields: &'a Fields,
    errors: Errors,
}

async fn all(
    app: &App,
    reader: &Reader,
    caller: &Caller,
    note: &Markup,
    young: Option<&Young<'_>>,
) -> Result<Markup, Fault> {
    let words = reader.words;
    let waits_until = app.azukari.waits_until(&caller.who).await.map_err(Fault::of_guest)?;
    let policy = app.azukari.policy().await?;
    let again = app.azukari.asked_again(&caller.who).await.map_err(Fault::of_guest)?;
    let touched = bookings::to_come(app, reader, &caller.who).await?;
    let mut sheets = Vec::new();
    for (name, consent) in policy.consents_in_order() {
        let state = app.azukari.consent(&caller.who, name).await?;
        // A question that only another law asks is not put to her.
        if state.is_some() || is_asked(consent, caller) {
            let standing = (state.as_ref(), again.contains(name), waits_until.is_some());
            let young = young.filter(|young| young.consent == name);
            let touched = [STORE_DISCLOSURE, DIETARY_CARE].contains(&name).then_some(&touched);
            let of = (name, consent, touched);
            sheets.push(consent_sheet(of, standing, &policy, caller, reader, young));
        }
    }
    let version = when::version(&policy.version, reader.language);
    let version = (words.frame.version_of)(version.as_deref().unwrap_or(&policy.version));
    let body = html! {
        p class="lead" { ((words.hers.consents_lead)(&version)) }
        (representative_waits(waits_until, reader))
        @for sheet in sheets { (sheet) }
    };
    Ok(draw(reader, Room::Consents, words.hers.consents, note, &body))
}

fn is_asked(consent: &Consent, caller: &Caller) -> bool {
    let conditions = &consent.condition_of_service;
    conditions.is_empty() || conditions.contains(&caller.regime)
}

fn consent_sheet(
    (name, consent, touched): (&str, &Consent, Option<&Markup>),
    (state, again, waits): (Option<&ConsentState>, bool, bool),
    policy: &Policy,
    caller: &Caller,
    reader: &Reader,
    young: Option<&Young<'_>>,
) -> Markup {
    let (words, language) = (reader.words, reader.language);
    let word = state.map_or("", |state| state.state.as_str());
    let given = word == "given";
    let told = match word {
        "given" => words.hers.consent_given,
        "withdrawn" => words.hers.consent_withdrawn,
        "refused" => words.hers.consent_refused,
        "requested" if waits => words.door.consent_waits,
        "" | "requested" | "request_deferred" | "unknown" => words.hers.consent_open,
        _ => words.hers.consent_ended,
    };
    let condition = consent.condition_of_service.contains(&caller.regime);
    html! {
        form class="consent sheet" method="post" action={ "/me/consents/" (name) } {
            h2 { (consent.label.get(language)) }
            p class="state" {
                span class={ "tag" @if given { " good" } } { (told) }
                @if let Some(at) = state.and_then(|state| state.at) {
                    " " (moment(at, &when::date_and_time(at, language)))
                }
            }
            @if again { p class="notice" { (words.hers.consent_again) } }
            details open[!given || again] {
                summary { (words.hers.consent_wording) }
                div class="wording" { (prose(consent.wording.get(language))) }
            }
            input type="hidden" name="notice" value=(policy.version);
            @if again && given {
                button name="state" value="given" { (words.hers.agree_again) }
            }
            @if given {
                @if condition {
                    p class="hint" {
                        (words.hers.withdraw_condition)
                        @if name == STORE_DISCLOSURE { " " (words.hers.withdraw_store) }
                    }
                }
                @if name == DIETARY_CARE { p class="hint" { (words.hers.withdraw_dietary) } }
                @if let Some(touched) = touched { (touched) }
                button class="quiet" name="state" value="withdrawn" { (words.hers.withdraw) }
            } @else {
                @if let Some(Young { fields, errors, .. }) = young {
                    @let first_error = Some(REPRESENTATIVE_NAME);
                    (representative(&Drawn { fields, errors, first_error, said_above: None, language, words }))
                }
                button name="state" value="given" {
                    @if word == "withdrawn" { (words.hers.agree_again) } @else { (words.door.agree) }
                }
            }
        }
    }
}

pub(in crate::pages) async fn put_consent(
    State(app): State<Shared>,
    reader: Reader,
    Guest(caller): Guest,
    Path(consent): Path<String>,
    fields: Fields,
) -> Result<Response, Fault> {
    let state = match fields.get("state") {
        "given" => "given",
        "withdrawn" => "withdrawn",
        _ => return Err(Fault::Unreadable),
    };
    let policy = app.azukari.policy().await?;
    if !policy.consents.contains_key(&consent) {
        return Err(Fault::NotFound);
    }
    let answer = Answer {
        consent: consent.clone(),
        state,
        notice: fields.get("notice").to_owned(),
        language: reader.language.tag(),
    };
    let named = named_representative(&fields);
    match app.azukari.put_consent(reader.language, &caller.who, &answer, named.as_ref()).await {
        Ok(()) => see_other(&format!(
            "/me/consents?done={}",
            if named.is_some() { "asked" } else { state }
        )),
        Err(Trouble::Invalid(found)) => {
            let words = reader.words;
            let mut young = Young { consent: &consent, fields: &fields, errors: Errors::default() };
            let is_young = found.iter().any(|error| error.field.starts_with(REPRESENTATIVE));
            add_found(&mut young.errors, found, &reader);
            let why =
                if is_young { words.door.representative_needed } else { words.door.policy_changed };
            let note = html! { div class="notice alert" role="alert" { p { (why) } } };
            let young = is_young.then_some(&young);
            let page = all(&app, &reader, &caller, &note, young).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(trouble) => Err(trouble.into()),
    }
}
