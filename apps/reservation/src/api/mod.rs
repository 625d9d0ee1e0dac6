//! The app's own API under `/api`: what the operator's pages do, for other programs of the operator, in the
//! same fields under the same names; `counter` has what a store's own system may ask. A caller is known by a key; errors are problem details (RFC 9457).
//! The addresses are listed in docs/RESERVATION.md.

mod counter;

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequestParts, Path, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::app::{self, App, Shared};
use crate::book::keys::Of;
use crate::book::stores::{Lacks, Store};
use crate::book::{Book, No};
use crate::chance;
use crate::edit::{self, STORE_FIELDS, TABLE_FIELDS, Unwritten, WEEK, What, Wrong};
use crate::engage::{self, Stop};
use crate::fields::Fields;
use crate::hook;
use crate::import::{self, Imported, Plain, Refused};
use crate::language::Language;
use crate::pages::LARGEST_FILE_BYTES;
use crate::session;
use crate::table_file::Spot;
use crate::words::Words;

/// What a key begins with, so that people and scanners know one when they see it.
const KEY_PREFIX: &str = "rsv_";

pub(crate) fn router() -> Router<Shared> {
    Router::new()
        .route("/api/stores", get(stores))
        .route("/api/stores/{store}", get(store).put(put_store))
        .route("/api/stores/{store}/tables", get(tables).put(put_tables))
        .route("/api/stores/{store}/seatings", get(seatings).put(put_seatings))
        .route("/api/stores/{store}/closing-days", get(closing_days))
        .route("/api/stores/{store}/closing-days/{date}", put(close_day).delete(open_day))
        .route("/api/stores/{store}/days/{date}", get(day))
        .route("/api/import", post(import_file).layer(DefaultBodyLimit::max(LARGEST_FILE_BYTES)))
        .route("/api/stores/{store}/webhook", get(webhook).put(put_webhook).delete(end_webhook))
        .merge(counter::router())
        .route("/api/{*rest}", axum::routing::any(async || Problem::not_found("address")))
}

/// Makes a key and tells it, this once.
///
/// # Errors
/// [`No::Already`] when there is a key of that name.
pub(crate) async fn make_key(
    book: &Book,
    of: Of,
    name: &str,
    now: Timestamp,
) -> Result<String, No> {
    let key = format!("{KEY_PREFIX}{}", chance::token()?);
    book.put_key(session::hash(&key), of, name, now).await?;
    Ok(key)
}

/// An operator's program, and the language in which errors are told.
struct Caller {
    words: &'static Words,
}

impl FromRequestParts<Shared> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Problem> {
        let Key { of, language } = Key::from_request_parts(parts, app).await?;
        match of {
            None => Ok(Self { words: Words::of(language) }),
            Some(_) => Err(Problem::other_key("the operator's")),
        }
    }
}

/// An operator's program that asks about a store there is.
struct About {
    store: Store,
    words: &'static Words,
    /// What the address names below the store.
    names: BTreeMap<String, String>,
}

impl FromRequestParts<Shared> for About {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Problem> {
        let Caller { words } = Caller::from_request_parts(parts, app).await?;
        let names = Path::<BTreeMap<String, String>>::from_request_parts(parts, app).await;
        let Path(names) = names.map_err(|_| Problem::not_found("address"))?;
        let slug = names.get("store").map_or("", String::as_str);
        Ok(Self { store: known(app, slug).await?, words, names })
    }
}

impl About {
    /// The day that the address names.
    fn on(&self) -> Result<Date, Problem> {
        date(self.names.get("date").map_or("", String::as_str))
    }
}

/// A key that opens: whose it is, and the language in which errors are told.
struct Key {
    of: Of,
    language: Language,
}

impl FromRequestParts<Shared> for Key {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Problem> {
        let text =
            |name| parts.headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let language =
            text(header::ACCEPT_LANGUAGE).and_then(Language::accepted).unwrap_or(Language::En);
        let key = text(header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
        let known = match key.filter(|key| key.starts_with(KEY_PREFIX)) {
            Some(key) => app.book.key(session::hash(key)).await.map_err(Problem::broken)?,
            None => None,
        };
        match known {
            Some(of) => Ok(Self { of, language }),
            None => Err(Problem::new(
                StatusCode::UNAUTHORIZED,
                "no-key",
                "send a key that an operator made, as `Authorization: Bearer rsv_…`",
            )),
        }
    }
}

/// An answer that says no.
struct Problem {
    status: StatusCode,
    kind: &'static str,
    detail: String,
    errors: Vec<Value>,
}

impl Problem {
    fn new(status: StatusCode, kind: &'static str, detail: impl Into<String>) -> Self {
        Self { status, kind, detail: detail.into(), errors: Vec::new() }
    }

    fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", format!("there is no such {what}"))
    }

    fn other_key(whose: &str) -> Self {
        let detail = format!("another key opens this address: {whose}");
        Self::new(StatusCode::FORBIDDEN, "other-key", detail)
    }

    fn invalid(errors: Vec<Value>) -> Self {
        let detail = "some fields cannot be taken; nothing was written";
        Self { errors, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", detail) }
    }

    fn wrong(wrong: &[Wrong], words: &Words) -> Self {
        Self::invalid(
            wrong
                .iter()
                .map(|wrong| json!({ "field": wrong.field, "words": (words.office.wrong)(&wrong.what) }))
                .collect(),
        )
    }

    fn in_the_way(numbers: &[String]) -> Self {
        let detail = "bookings are in the way; nothing was written";
        let errors = numbers.iter().map(|number| json!({ "booking": number })).collect();
        Self { errors, ..Self::new(StatusCode::CONFLICT, "bookings-in-the-way", detail) }
    }

    fn broken(error: impl std::fmt::Display) -> Self {
        let id = chance::error_id();
        tracing::error!(id, "a request could not be answered: {error:#}");
        let detail = format!("a failure of this server; its id is {id}");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "failure", detail)
    }
}

impl From<No> for Problem {
    fn from(no: No) -> Self {
        match no {
            No::InTheWay(numbers) => Self::in_the_way(&numbers),
            No::Gone => Self::not_found("store"),
            other => Self::broken(other),
        }
    }
}

impl From<anyhow::Error> for Problem {
    fn from(error: anyhow::Error) -> Self {
        Self::broken(error)
    }
}

impl From<Stop> for Problem {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::No(no) => no.into(),
            Stop::Trouble(crate::azukari::Trouble::Unavailable) => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "away",
                "Azukari is out of reach; nothing was written, try again",
            ),
            Stop::Trouble(trouble) => Self::broken(trouble),
            Stop::Unpaid(trouble) => Self::broken(trouble),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Self { status, kind, detail, errors } = self;
        let mut body = json!({
            "type": format!("https://reservation.example/problems/{kind}"),
            "status": status.as_u16(),
            "detail": detail,
        });
        if !errors.is_empty() {
            body["errors"] = errors.into();
        }
        let mut response = (status, Json(body)).into_response();
        let problem = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, problem);
        response
    }
}

/// A JSON body; what cannot be read is said without quoting it.
fn body(bytes: &Bytes) -> Result<Value, Problem> {
    serde_json::from_slice(bytes).map_err(|error| {
        let detail = format!("no JSON at line {}, column {}", error.line(), error.column());
        Problem::new(StatusCode::BAD_REQUEST, "unreadable", detail)
    })
}

/// The fields of a body.
fn fields(bytes: &Bytes, known: &[&str], words: &Words) -> Result<Fields, Problem> {
    object(&body(bytes)?, known, words)
}

fn object(value: &Value, known: &[&str], words: &Words) -> Result<Fields, Problem> {
    let fields = edit::from_json(value).ok_or_else(|| {
        let detail = "send an object whose fields are texts, numbers, true or false";
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", detail)
    })?;
    let unknown = edit::unknown(&fields, known);
    if unknown.is_empty() { Ok(fields) } else { Err(Problem::wrong(&unknown, words)) }
}

/// Fields as JSON: whole numbers as numbers, yes and no as such.
fn told(fields: &Fields) -> Value {
    let value = |name: &str, text: &str| match (name, text) {
        ("listed", text) => json!(text == "yes"),
        (_, text) if TEXTS.iter().all(|end| !name.ends_with(end)) => {
            text.parse::<u32>().map_or_else(|_| json!(text), |number| json!(number))
        }
        (_, text) => json!(text),
    };
    let pairs = fields.iter().map(|(name, text)| (name.to_owned(), value(name, text)));
    Value::Object(pairs.collect::<Map<_, _>>())
}

/// A store, with what it lacks before it can be open to guests, and the parties of its rules that no table seats.
fn store_told(store: &Store) -> Value {
    let Lacks { tables, seatings } = store.lacks();
    let lacks = [("tables", tables), ("seatings", seatings)].into_iter().filter(|(_, is)| *is);
    let mut told = told(&edit::fields_of(store));
    told["lacks"] = lacks.map(|(name, _)| name).collect();
    told["not_seated"] = store.not_seated().into();
    told
}

/// Fields that stay texts, whatever they look like.
const TEXTS: [&str; 4] = ["name", "_ja", "_en", "slug"];

fn date(text: &str) -> Result<Date, Problem> {
    text.parse().map_err(|_| Problem::not_found("day"))
}

async fn known(app: &App, slug: &str) -> Result<Store, Problem> {
    app.book.store(slug).await?.ok_or_else(|| Problem::not_found("store"))
}

async fn stores(State(app): State<Shared>, _: Caller) -> Result<Json<Value>, Problem> {
    let stores = app.book.stores().await?;
    let stores: Vec<Value> = stores.iter().map(store_told).collect();
    Ok(Json(json!({ "stores": stores })))
}

async fn store(About { store, .. }: About) -> Json<Value> {
    Json(store_told(&store))
}

async fn put_store(
    State(app): State<Shared>,
    Caller { words }: Caller,
    Path(slug): Path<String>,
    bytes: Bytes,
) -> Result<Json<Value>, Problem> {
    // What a store lacks is told and not taken, so that what was told can be sent back.
    let known_fields: Vec<&str> = STORE_FIELDS.into_iter().chain(["lacks", "not_seated"]).collect();
    let mut fields = fields(&bytes, &known_fields, words)?;
    fields.set("slug", &slug);
    let entry = edit::store(&fields).map_err(|wrong| Problem::wrong(&wrong, words))?;
    match edit::put_stores(&app, vec![entry]).await {
        Ok(()) => Ok(Json(store_told(&known(&app, &slug).await?))),
        Err(Unwritten::Wrong(_, wrong)) => Err(Problem::wrong(&wrong, words)),
        Err(Unwritten::Stop(stop)) => Err(stop.into()),
    }
}

async fn tables(
    State(app): State<Shared>,
    About { store, .. }: About,
) -> Result<Json<Value>, Problem> {
    let tables = app.book.tables(&store.slug).await?;
    let tables: Vec<Value> =
        tables.iter().map(|table| told(&edit::fields_of_table(table))).collect();
    Ok(Json(json!({ "tables": tables, "not_seated": store.not_seated() })))
}

async fn put_tables(
    State(app): State<Shared>,
    About { store, words, names }: About,
    bytes: Bytes,
) -> Result<Json<Value>, Problem> {
    let body = body(&bytes)?;
    let rows = body.get("tables").and_then(Value::as_array).ok_or_else(|| {
        let wrong = Wrong { field: "tables".to_owned(), what: What::Missing };
        Problem::wrong(&[wrong], words)
    })?;
    let rows: Result<Vec<Fields>, Problem> =
        rows.iter().map(|row| object(row, &TABLE_FIELDS, words)).collect();
    let read = edit::tables(&rows?).map_err(|wrong| Problem::wrong(&wrong, words))?;
    app.book.put_tables(BTreeMap::from([(store.slug.clone(), read)]), app::now()).await?;
    let store = known(&app, &store.slug).await?;
    tables(State(app), About { store, words, names }).await
}

async fn seatings(
    State(app): State<Shared>,
    About { store, .. }: About,
) -> Result<Json<Value>, Problem> {
    Ok(Json(told(&edit::fields_of_seatings(&app.book.seatings(&store.slug).await?))))
}

async fn put_seatings(
    State(app): State<Shared>,
    about: About,
    bytes: Bytes,
) -> Result<Json<Value>, Problem> {
    let fields = fields(&bytes, &WEEK, about.words)?;
    let read = edit::seatings(&fields).map_err(|wrong| Problem::wrong(&wrong, about.words))?;
    app.book.put_seatings(&about.store.slug, read).await?;
    seatings(State(app), about).await
}

async fn closing_days(
    State(app): State<Shared>,
    About { store, .. }: About,
) -> Result<Json<Value>, Problem> {
    let days = app.book.closing_days(&store.slug, store.date_of(app::now())).await?;
    let days: Vec<Value> = days
        .iter()
        .map(
            |day| json!({ "date": day.on, "reason_ja": day.reason.ja, "reason_en": day.reason.en }),
        )
        .collect();
    Ok(Json(json!({ "closing_days": days })))
}

async fn close_day(
    State(app): State<Shared>,
    About { store, words, names }: About,
    bytes: Bytes,
) -> Result<StatusCode, Problem> {
    let known = ["reason_ja", "reason_en", "bookings", "numbers"];
    let mut fields = fields(&bytes, &known, words)?;
    fields.set("date", names.get("date").map_or("", String::as_str));
    let now = app::now();
    let (day, decision) = edit::closing_day(&fields, store.date_of(now))
        .map_err(|wrong| Problem::wrong(&wrong, words))?;
    engage::close(&app, &store.slug, day, decision, now).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn open_day(State(app): State<Shared>, about: About) -> Result<StatusCode, Problem> {
    app.book.open_day(&about.store.slug, about.on()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn webhook(
    State(app): State<Shared>,
    About { store, .. }: About,
) -> Result<Json<Value>, Problem> {
    let there = app.book.webhook(&store.slug).await?;
    let there = there.ok_or_else(|| Problem::not_found("webhook"))?;
    Ok(Json(json!({
        "url": there.url,
        "since": there.made_at,
        "waiting": there.waiting,
        "given_up": there.given_up,
    })))
}

async fn put_webhook(
    State(app): State<Shared>,
    About { store, words, .. }: About,
    bytes: Bytes,
) -> Result<Json<Value>, Problem> {
    let fields = fields(&bytes, &["url"], words)?;
    let Some(url) = hook::address(fields.get("url")) else {
        let wrong = Wrong { field: "url".to_owned(), what: What::NotAnAddress };
        return Err(Problem::wrong(&[wrong], words));
    };
    let secret = hook::put(&app.book, &store.slug, &url, app::now()).await?;
    Ok(Json(json!({ "url": url, "secret": secret })))
}

async fn end_webhook(
    State(app): State<Shared>,
    About { store, .. }: About,
) -> Result<StatusCode, Problem> {
    app.book.end_webhook(&store.slug).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct Party {
    party: Option<u8>,
}

async fn day(
    State(app): State<Shared>,
    about: About,
    Query(Party { party }): Query<Party>,
) -> Result<Json<Value>, Problem> {
    let (on, store) = (about.on()?, about.store);
    let party = party.unwrap_or_else(|| store.nearest(2));
    let day = app.book.day(store.clone(), on, party, app::now()).await?;
    let seatings: Vec<Value> = day
        .seatings
        .iter()
        .map(|seating| {
            let time = seating.time.strftime("%H:%M").to_string();
            json!({ "time": time, "starts_at": seating.starts_at, "free": seating.free })
        })
        .collect();
    Ok(Json(json!({
        "date": on,
        "party": party,
        "time_zone": store.zone(),
        "closed": day.closed.map(|reason| json!({ "ja": reason.ja, "en": reason.en })),
        "seatings": seatings,
    })))
}

async fn import_file(
    State(app): State<Shared>,
    Caller { words }: Caller,
    headers: HeaderMap,
    bytes: Bytes,
) -> Result<Json<Value>, Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if !kind.is_some_and(|kind| kind.starts_with("text/csv")) {
        let detail = "send the file itself as `Content-Type: text/csv`";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unreadable", detail));
    }
    match import::take(&app, &bytes).await {
        Ok(Imported { stores, tables, not_seated }) => {
            let not_seated = not_seated.iter().map(|store| (&store.slug, store.not_seated()));
            let not_seated: BTreeMap<_, _> = not_seated.collect();
            Ok(Json(json!({ "stores": stores, "tables": tables, "not_seated": not_seated })))
        }
        Err(Refused::Stop(stop)) => Err(stop.into()),
        Err(Refused::Plain(Plain::InTheWay(numbers))) => Err(Problem::in_the_way(&numbers)),
        Err(Refused::Plain(why)) => {
            let detail = (words.office.file_refused)(&why);
            Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", detail))
        }
        Err(Refused::Spots(spots)) => {
            let spot = |Spot { line, column, field, what }: &Spot| {
                let words = (words.office.wrong)(what);
                json!({ "line": line, "column": column, "field": field, "words": words })
            };
            Err(Problem::invalid(spots.iter().map(spot).collect()))
        }
    }
}
