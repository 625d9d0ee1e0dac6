//! Machines enter: the HTTP API, one file per resource. Each handler knows its caller, reads its
//! body into typed values, and calls a door or an act; nothing else happens here. The OpenAPI
//! document at `/openapi.json` is made from this code.

mod accounts;
pub mod body;
pub mod caller;
mod consent_records;
mod consents;
mod datasets;
mod disclosures;
mod drp;
mod engagements;
mod exceptions;
mod holds;
mod instructions;
mod items;
mod ledger;
mod letters;
mod links;
mod measure;
mod passwords;
mod policy;
pub mod problem;
mod provisions;
mod recipients;
mod requests;
mod restrictions;
mod retention;
mod sign_ins;
mod statistics;
mod subjects;
mod uses;
mod webhooks;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::middleware;
use axum::routing::{any, get};
use axum::{Json, Router};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::acts::sign_in::Tries;
use crate::app::App;
use crate::error::{Error, FieldError, MAX_BODY_BYTES};
use caller::Callers;
use problem::Problem;

/// What handlers share.
pub struct Api {
    /// The house.
    pub app: Arc<App>,
    /// Who called lately.
    pub callers: Callers,
    /// What agents sent lately; `None` for no limit.
    pub agents: Option<DefaultKeyedRateLimiter<String>>,
    /// Sign-ins tried lately.
    pub tries: Tries,
}

impl Api {
    /// The API of a house, with so many requests a second for each service key and each agent.
    pub fn new(app: Arc<App>, per_second: Option<std::num::NonZeroU32>) -> Arc<Self> {
        let agents = per_second.map(|n| RateLimiter::keyed(Quota::per_second(n)));
        let callers = Callers::new(per_second);
        Arc::new(Self { app, callers, agents, tries: Tries::default() })
    }
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Azukari",
        description = "A privacy policy that runs. Values come in through `subjects` and `items`, \
                       go out through `uses` and `disclosures`, and every act that \
                       changes or lets out a value is in the ledger before it is answered.\n\nEvery \
                       POST but sign-ins takes an `Idempotency-Key`: the same \
                       request under the same key is one act. Errors are problem details (RFC 9457)."
    ),
    modifiers(&ServiceKeys)
)]
struct Description;

struct ServiceKeys;

impl utoipa::Modify for ServiceKeys {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("azk_…")
            .description(Some("A service key, made with `azukari keys new`"))
            .build();
        let components = openapi.components.get_or_insert_with(Default::default);
        components.add_security_scheme("service_key", SecurityScheme::Http(scheme));
    }
}

fn described() -> (Router<Arc<Api>>, utoipa::openapi::OpenApi) {
    let (router, mut description) = routes();
    describe_errors(&mut description);
    (router, description)
}

/// Adds to every operation the errors that it shares with all others of its kind.
fn describe_errors(description: &mut utoipa::openapi::OpenApi) {
    use utoipa::openapi::{ContentBuilder, Ref, RefOr, ResponseBuilder};
    let problem = |words: &str| {
        let schema = Ref::from_schema_name("ProblemDetails");
        let content = ContentBuilder::new().schema(Some(schema)).build();
        let response = ResponseBuilder::new().description(words);
        RefOr::T(response.content("application/problem+json", content).build())
    };
    for item in description.paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.put, &mut item.post, &mut item.delete]
            .into_iter()
            .filter_map(Option::as_mut);
        for operation in operations {
            let mut shared = vec![
                ("405", "another method is served here; `Allow` names it"),
                ("500", "a failure of this server; its id leads to the operator's log"),
                ("503", "the database cannot take this now; `Retry-After` says when to try"),
            ];
            if operation.security.is_some() {
                shared.push(("401", "no service key in force"));
                shared.push(("403", "the service key lacks the scope"));
                shared.push(("429", "too many requests; `Retry-After` says when to try"));
            }
            let repeatable =
                operation.parameters.iter().flatten().any(
                    |parameter| matches!(parameter, RefOr::T(p) if p.name == "Idempotency-Key"),
                );
            if repeatable {
                shared.push(("409", "carried out before under this key, and the answer changed"));
            }
            if operation.request_body.is_some() {
                shared.push(("413", "a body of more bytes than are read"));
                shared.push((
                    "422",
                    "fields that cannot be read, or the key was used for another request",
                ));
            }
            for (status, words) in shared {
                let known = &mut operation.responses.responses;
                known.entry(status.to_owned()).or_insert_with(|| problem(words));
            }
        }
    }
}

fn routes() -> (Router<Arc<Api>>, utoipa::openapi::OpenApi) {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(subjects::register))
        .routes(routes!(accounts::close))
        .routes(routes!(accounts::held))
        .routes(routes!(accounts::confirm))
        .routes(routes!(items::put))
        .routes(routes!(consents::list))
        .routes(routes!(holds::get, holds::put, holds::lift))
        .routes(routes!(retention::ahead))
        .routes(routes!(consents::get, consents::put))
        .routes(routes!(consent_records::record))
        .routes(routes!(consent_records::receipt))
        .routes(routes!(engagements::put))
        .routes(routes!(restrictions::put, restrictions::list))
        .routes(routes!(recipients::put))
        .routes(routes!(exceptions::approve))
        .routes(routes!(exceptions::end))
        .routes(routes!(requests::receive, requests::queue))
        .routes(routes!(requests::get))
        .routes(routes!(requests::of_subject))
        .routes(routes!(requests::send_code))
        .routes(routes!(requests::give_code))
        .routes(routes!(requests::step))
        .routes(routes!(instructions::list))
        .routes(routes!(instructions::answer))
        .routes(routes!(sign_ins::sign_in))
        .routes(routes!(sign_ins::list))
        .routes(routes!(sign_ins::whose))
        .routes(routes!(passwords::put))
        .routes(routes!(letters::put))
        .routes(routes!(letters::put_sign_up))
        .routes(routes!(links::list))
        .routes(routes!(links::put, links::end))
        .routes(routes!(uses::r#use))
        .routes(routes!(disclosures::disclose))
        .routes(routes!(disclosures::disclose_batch))
        .routes(routes!(consents::standings))
        .routes(routes!(provisions::list))
        .routes(routes!(datasets::make))
        .routes(routes!(datasets::get, datasets::end))
        .routes(routes!(datasets::method))
        .routes(routes!(datasets::approve))
        .routes(routes!(datasets::provide))
        .routes(routes!(statistics::tell))
        .routes(routes!(statistics::budget))
        .routes(routes!(webhooks::list, webhooks::add))
        .routes(routes!(webhooks::end))
        .routes(routes!(webhooks::rotate))
        .routes(routes!(policy::current))
        .routes(routes!(policy::versions))
        .routes(routes!(policy::version))
        .routes(routes!(ledger::proof))
        .routes(routes!(ledger::checkpoint))
        .routes(routes!(ledger::key))
        .routes(routes!(ledger::tile))
        .split_for_parts()
}

/// The OpenAPI document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    described().1
}

/// The API's routes, to be served beside the pages.
pub fn router(api: &Arc<Api>) -> Router {
    let (router, description) = described();
    let description = Arc::new(description);
    router
        .route(
            "/openapi.json",
            get(move || {
                let description = Arc::clone(&description);
                async move { Json(description.as_ref().clone()) }
            }),
        )
        .route("/v1/{*rest}", any(nothing_here))
        .route("/healthz", get(|| async { "alive\n" }))
        .route("/readyz", get(ready))
        .fallback(nothing_here)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(Arc::clone(api), problem::dress))
        .layer(middleware::from_fn_with_state(Arc::clone(api), keep_up))
        .layer(middleware::from_fn(measure::measure))
        .with_state(Arc::clone(api))
        .merge(drp::router(api))
}

/// Ready when the database answers within two seconds.
async fn ready(State(api): State<Arc<Api>>) -> (StatusCode, &'static str) {
    let asked = api.app.store.read(|conn| crate::store::ledger::head(conn).map(drop));
    match tokio::time::timeout(Duration::from_secs(2), asked).await {
        Ok(Ok(())) => (StatusCode::OK, "ready\n"),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
    }
}

/// Takes up the version whose moment has come before the first act after it; costs a look at the clock
/// otherwise. When it cannot be taken up, the act finds that out for itself and is refused.
async fn keep_up(
    State(api): State<Arc<Api>>,
    request: axum::extract::Request,
    next: middleware::Next,
) -> axum::response::Response {
    if api.app.is_due()
        && let Err(error) = api.app.keep_up().await
    {
        tracing::error!(%error, "the version in force is not taken up");
    }
    next.run(request).await
}

async fn nothing_here() -> Problem {
    Error::NoSuchAddress.into()
}

fn panicked(_: Box<dyn std::any::Any + Send + 'static>) -> axum::response::Response {
    use axum::response::IntoResponse;
    // The payload may quote a value, so it is not logged; the panic hook has named the place.
    Problem::from(Error::Failure(anyhow::anyhow!("a handler panicked"))).into_response()
}

/// Reads a person's id from a path.
///
/// # Errors
/// [`Error::NotFound`]: an id that cannot be read is nobody's.
fn subject(text: &str) -> Result<::policy::SubjectId, Error> {
    text.parse().map_err(|_| Error::not_found("subject", text))
}

/// The most names in one list: more than any policy has items.
const MAX_NAMES: usize = 100;

/// Reads names from a body; what cannot be read is named by its place.
fn names<T: std::str::FromStr<Err = ::policy::party::NotAName>>(
    field: &str,
    given: &[String],
) -> Result<Vec<T>, Error> {
    if given.len() > MAX_NAMES {
        let detail = format!("has {} names; send at most {MAX_NAMES}", given.len());
        return Err(Error::field(field, "too_many", detail));
    }
    let mut read = Vec::with_capacity(given.len());
    let mut wrong = Vec::new();
    for (n, text) in given.iter().enumerate() {
        match text.parse() {
            Ok(name) => read.push(name),
            Err(error) => wrong.push(not_a_name(format!("{field}[{n}]"), &error)),
        }
    }
    if wrong.is_empty() { Ok(read) } else { Err(Error::Invalid(wrong)) }
}

/// Reads one name from a body.
fn name<T: std::str::FromStr<Err = ::policy::party::NotAName>>(
    field: &str,
    given: &str,
) -> Result<T, Error> {
    given.parse().map_err(|error| Error::Invalid(vec![not_a_name(field.to_owned(), &error)]))
}

/// Says what a name looks like, and not what was sent instead: that may be a value.
fn not_a_name(field: String, error: &::policy::party::NotAName) -> FieldError {
    FieldError::new(field, "not_a_name", format!("is not a name; send {}", error.rule))
}

/// Reads an instant of RFC 3339 from a body.
fn instant(field: &str, given: &str) -> Result<jiff::Timestamp, Error> {
    let read: jiff::Timestamp = given.parse().map_err(|_| {
        let detail = "is not an instant of RFC 3339; send one such as 2026-11-22T18:30:00+09:00";
        Error::field(field, "not_an_instant", detail)
    })?;
    jiff::Timestamp::from_millisecond(read.as_millisecond())
        .map_err(|_| Error::field(field, "not_an_instant", "is outside the calendar"))
}
