//! Agents enter: the endpoints of the Data Rights Protocol 1.0, with its own bodies, errors and tokens.
//! They are described by that protocol and so not in `/openapi.json`. What an agent sends in becomes a
//! request like any other; that the agent has checked who the person is stands in it, and whether that
//! is enough is decided here (R8.5).

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, middleware};
use policy::item::ValueKind;
use policy::request::{Agency, Ground, Progress, RequestId, RequestKind, Step};
use policy::{Document, Language};
use serde::Serialize;
use sha2::{Digest, Sha256};
use tower_http::catch_panic::CatchPanicLayer;

use super::{Api, keep_up};
use crate::acts::agent::{self, Agent};
use crate::acts::request::receive::{self, Asked};
use crate::acts::request::{self, By, Change, Channel, Note, Noted};
use crate::acts::webhook;
use crate::app::App;
use crate::drp::status::{Shown, parse_uuid};
use crate::drp::{Exercise, Expected, Fault, Revocation, Signed};
use crate::error::{Error, MAX_BODY_BYTES};
use crate::once::Once;

/// The endpoints.
pub(super) fn router(api: &Arc<Api>) -> Router {
    let one = get(standing).delete(revoke);
    Router::new()
        .route("/v1/agent/{agent}", get(known).post(set_up))
        .route("/v1/data-rights-request", post(exercise))
        // As earlier versions had it.
        .route("/v1/data-rights-request/", post(exercise))
        .route("/v1/data-rights-request/{request}", one)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
            No::from(Error::Failure(anyhow::anyhow!("a handler panicked"))).into_response()
        }))
        .layer(middleware::map_response(uncached))
        .layer(middleware::from_fn_with_state(Arc::clone(api), keep_up))
        .with_state(Arc::clone(api))
}

/// What is about a person stays out of every cache.
async fn uncached(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// A no, as the protocol writes it.
struct No(Fault);

impl From<Fault> for No {
    fn from(fault: Fault) -> Self {
        Self(fault)
    }
}

impl From<Error> for No {
    fn from(error: Error) -> Self {
        // The names of the claims that our fields come from.
        const CLAIMS: [(&str, &str); 4] = [
            ("name", "name"),
            ("email", "email"),
            ("particulars.", "phone_number"),
            ("text", "relationships"),
        ];
        Self(match error {
            Error::Invalid(fields) => {
                let field = fields.first().map_or("", |field| field.field.as_str());
                let claim = CLAIMS.iter().find(|(ours, _)| field.starts_with(ours));
                match field {
                    "kind" => Fault::Action,
                    _ => Fault::Claim(claim.map_or("exercise", |(_, theirs)| theirs)),
                }
            }
            Error::NotFound { .. } | Error::NoSuchAddress => Fault::NoRequest,
            Error::Conflict(_) => Fault::TooLate,
            Error::KeyReused => Fault::SentBefore,
            Error::TooMany { .. } => Fault::TooMany,
            other => {
                tracing::error!(error = %other, "an agent is not answered");
                Fault::Failure
            }
        })
    }
}

impl IntoResponse for No {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.code()).unwrap_or(StatusCode::BAD_REQUEST);
        let mut answer = (status, Json(self.0.state())).into_response();
        if self.0 == Fault::TooMany {
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        answer
    }
}

/// Who speaks, by its token, and who we are.
struct Speaking {
    agent: Agent,
    business: String,
}

impl Speaking {
    /// # Errors
    /// [`Fault::NoToken`]; [`Fault::TooMany`]; [`Fault::NoRequest`] while the protocol is not spoken here.
    async fn by(api: &Api, headers: &HeaderMap) -> Result<Self, No> {
        let app = &api.app;
        let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = token.and_then(|value| value.split_once(' '));
        let token = token.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let token = token.map(|(_, token)| token.trim().to_owned());
        let keys = Arc::clone(&app.keys);
        let (business, agent) = app
            .store
            .read(move |conn| {
                let found = token.map(|token| agent::by_token(conn, &keys, &token)).transpose()?;
                Ok::<_, Error>((agent::business(conn)?, found.flatten()))
            })
            .await?;
        let business = business.ok_or(Fault::NoRequest)?;
        let agent = agent.ok_or(Fault::NoToken)?;
        once_more(api, &agent)?;
        Ok(Self { agent, business })
    }
}

/// Counts what an agent sends, as of a service key.
fn once_more(api: &Api, agent: &Agent) -> Result<(), Fault> {
    match &api.agents {
        Some(limit) if limit.check_key(&agent.id).is_err() => Err(Fault::TooMany),
        _ => Ok(()),
    }
}

/// Reads a body, which is text.
async fn read(api: &Arc<Api>, request: Request) -> Result<Bytes, No> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = kind.map(|kind| kind.split(';').next().unwrap_or_default().trim());
    if kind.is_some_and(|kind| !kind.eq_ignore_ascii_case("text/plain")) {
        return Err(Fault::NotText.into());
    }
    Bytes::from_request(request, api).await.map_err(|_| Fault::TooLarge.into())
}

/// By what a message is known again, should it come twice.
fn once(app: &App, agent: &Agent, path: &str, body: &[u8]) -> Result<Once, Error> {
    let message = data_encoding::HEXLOWER.encode(&Sha256::digest(body.trim_ascii()));
    Once::new(&app.keys, &format!("agent {}", agent.id), &message, path, body.trim_ascii())
}

/// An agent's token.
#[derive(Serialize)]
struct Token {
    #[serde(rename = "agent-id")]
    agent: String,
    token: String,
}

/// An agent fetches its token (section 2.05). Whatever is wrong, the answer is the same.
async fn set_up(
    State(api): State<Arc<Api>>,
    Path(of): Path<String>,
    request: Request,
) -> Result<Json<Token>, StatusCode> {
    match token(&api, of, request).await {
        Ok(token) => Ok(Json(token)),
        Err(No(Fault::Failure)) => Err(StatusCode::INTERNAL_SERVER_ERROR),
        Err(No(Fault::TooMany)) => Err(StatusCode::TOO_MANY_REQUESTS),
        Err(No(fault)) => {
            tracing::warn!(%fault, "an agent is given no token");
            Err(StatusCode::FORBIDDEN)
        }
    }
}

async fn token(api: &Arc<Api>, of: String, request: Request) -> Result<Token, No> {
    let body = read(api, request).await?;
    let app = &api.app;
    let keys = Arc::clone(&app.keys);
    let (business, found) = app
        .store
        .read(move |conn| Ok::<_, Error>((agent::business(conn)?, agent::by_id(conn, &keys, &of)?)))
        .await?;
    let (business, agent) = business.zip(found).ok_or(Fault::NoRequest)?;
    let now = app.clock.now();
    let expected = Expected { agent: &agent.id, business: &business, now };
    let signed = Signed::open(&body, &agent.key)?;
    // Its id is no secret: what others send under it is not counted against it.
    once_more(api, &agent)?;
    signed.check(expected)?;
    let once = once(app, &agent, "/v1/agent", &body)?;
    let (token, keys) = (agent::new_token()?, Arc::clone(&app.keys));
    let given = token.clone();
    app.store
        .write(move |tx| {
            // Whoever overheard the message gets nothing for it.
            if once.reply(tx)?.is_some() {
                return Err(Error::KeyReused);
            }
            once.answered(tx, &agent.id, now);
            agent::give_token(tx, &keys, &agent, &given)?;
            Ok(agent.id.clone())
        })
        .await
        .map(|agent| Token { agent, token: token.to_string() })
        .map_err(No::from)
}

/// An empty answer.
#[derive(Serialize)]
struct Nothing {}

/// An agent asks whether its token is in force (section 2.06).
async fn known(
    State(api): State<Arc<Api>>,
    Path(of): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Nothing>, No> {
    let speaking = Speaking::by(&api, &headers).await?;
    if speaking.agent.id != of {
        return Err(Fault::NotYours.into());
    }
    Ok(Json(Nothing {}))
}

/// An agent exercises a person's right (section 2.01). The same message is one request.
async fn exercise(State(api): State<Arc<Api>>, request: Request) -> Result<Json<Shown>, No> {
    let app = &api.app;
    let Speaking { agent, business } = Speaking::by(&api, request.headers()).await?;
    let language = super::problem::language(request.headers());
    let body = read(&api, request).await?;
    let expected = Expected { agent: &agent.id, business: &business, now: app.clock.now() };
    let message = Signed::open(&body, &agent.key)?.check(expected)?;
    let exercise = Exercise::read(&message)?;
    let reference = exercise.agent_request_id.clone();
    let document = app.policy();
    let asked = asked(&document, &agent, exercise, language)?;
    let once = once(app, &agent, "/v1/data-rights-request", &body)?;
    let received = receive::receive(app, asked, agent.by(), Some(once)).await?;
    Ok(Json(Shown::under(&document, received.id, &received.progress, reference, language)))
}

/// An agent asks how a request stands (section 2.02).
async fn standing(
    State(api): State<Arc<Api>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Shown>, No> {
    let Speaking { agent, .. } = Speaking::by(&api, &headers).await?;
    let (id, reference, progress) = of_agent(&api.app, &agent, &id).await?;
    let language = super::problem::language(&headers);
    Ok(Json(Shown::under(&api.app.policy(), id, &progress, reference, language)))
}

/// An agent takes a request back (section 2.04).
async fn revoke(
    State(api): State<Arc<Api>>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<Shown>, No> {
    let app = &api.app;
    let Speaking { agent, .. } = Speaking::by(&api, request.headers()).await?;
    let language = super::problem::language(request.headers());
    let body = read(&api, request).await?;
    let revocation = Revocation::read(&Signed::open(&body, &agent.key)?)?;
    let (id, reference, _) = of_agent(app, &agent, &id).await?;
    let by = By::from(agent.by());
    let who = by.name.clone();
    let moved = request::advance(app, id, by, move |request, _, now| {
        if let Some(text) = revocation.reason.clone() {
            let says = Noted::Words { text };
            request.matter.notes.push(Note { by: who.clone(), at: now, says });
        }
        Ok(Change::from(Step::Withdraw {}))
    })
    .await?;
    Ok(Json(Shown::under(&app.policy(), id, &moved.progress, reference, language)))
}

/// A request that an agent sent in, with the agent's own number.
async fn of_agent(
    app: &Arc<App>,
    of: &Agent,
    id: &str,
) -> Result<(RequestId, Option<String>, Progress), No> {
    let id = parse_uuid(id).ok_or(Fault::NoRequest)?;
    let request = match request::get(app, id).await {
        // Nobody learns whether somebody else has sent in a request under that id.
        Err(Error::NotFound { .. }) => return Err(Fault::NotYours.into()),
        read => read?,
    };
    match request.matter.channel {
        Channel::Agent { agent, reference, .. } if agent == of.id => {
            Ok((id, Some(reference).filter(|text| !text.is_empty()), request.progress))
        }
        _ => Err(Fault::NotYours.into()),
    }
}

/// What an agent sends, as a request of ours.
fn asked(
    document: &Document,
    agent: &Agent,
    exercise: Exercise,
    language: Language,
) -> Result<Asked, Fault> {
    let kind = exercise.action.kind().ok_or(Fault::Action)?;
    let callback = exercise.status_callback.map(|url| webhook::address(&url, agent.inside));
    let callback = callback.transpose().map_err(|_| Fault::Claim("status_callback"))?;
    // The protocol knows the law of California alone; whoever names none asks under the law that the
    // business is at home in, and under her own once she is known.
    let home = &document.controller.country;
    let regime = document.regimes.values().find(|regime| regime.transfer.home.contains(home));
    let regime = match exercise.regime {
        None => regime.or(document.regimes.values().next()).ok_or(Fault::Regime)?,
        Some(_) => return Err(Fault::Regime),
    };
    let lawful = regime.requests.grounds(kind);
    let grounds = ground(kind, lawful).into_iter().collect();
    let who = exercise.identity;
    let phone = document.items.iter().find(|(_, item)| matches!(item.value, ValueKind::Phone));
    let particulars: BTreeMap<String, String> = phone
        .zip(who.phone_number.clone())
        .map(|((name, _), (number, _))| (name.to_string(), number))
        .into_iter()
        .collect();
    let mut lines = Vec::new();
    if !exercise.relationships.is_empty() {
        lines.push(format!("relationships: {}", exercise.relationships.join(", ")));
    }
    if let Some((address, _)) = &who.address {
        lines.push(format!("address: {}", address.replace('\n', ", ")));
    }
    if let Some(reference) = &who.power_of_attorney {
        lines.push(format!("power of attorney: {reference}"));
    }
    let checked = [
        ("email", who.email.as_ref().is_some_and(|(_, checked)| *checked)),
        ("phone_number", who.phone_number.as_ref().is_some_and(|(_, checked)| *checked)),
        ("address", who.address.as_ref().is_some_and(|(_, checked)| *checked)),
    ];
    let checked: Vec<&str> =
        checked.into_iter().filter(|(_, is)| *is).map(|(name, _)| name).collect();
    if !checked.is_empty() {
        lines.push(format!("checked by the agent: {}", checked.join(", ")));
    }
    Ok(Asked {
        kind,
        regime: regime.name.to_string(),
        subject: None,
        language,
        name: who.name.unwrap_or_default(),
        email: who.email.map(|(email, _)| email),
        text: lines.join("\n"),
        grounds,
        items: Vec::new(),
        corrections: BTreeMap::new(),
        purposes: Vec::new(),
        recipients: Vec::new(),
        particulars,
        postal_address: None,
        agency: Some(Agency::Entrusted),
        agent_name: Some(agent.name.clone()),
        receipt_name: None,
        channel: Channel::Agent {
            agent: agent.id.clone(),
            reference: exercise.agent_request_id.unwrap_or_default(),
            callback,
        },
    })
}

/// What she relies on: the protocol has no word for it, so the plainest that the law knows, which
/// asks for no proof of hers.
fn ground(kind: RequestKind, lawful: &[Ground]) -> Option<Ground> {
    let plain = [Ground::NoLongerNeeded, Ground::Objection];
    let first = plain.into_iter().find(|ground| lawful.contains(ground));
    first.or(lawful.first().copied()).filter(|_| kind.rests_on_ground())
}
