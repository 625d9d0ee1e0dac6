//! A stand-in for a payment platform, for the demo and the tests: no card is charged and no money moves. It
//! speaks the part of Stripe's published contract that `payments/checkout.rs` uses, is as strict about it as
//! the contract is, shows a payment page of its own that says what it is, and tells of payments by signed
//! messages. What it knows lies in one file. Nothing else of the app knows that it is there.

mod page;

use std::collections::BTreeMap;
use std::future::Future;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::{Form, Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::payments::{LEAST_YEN, Payments, signature};
use crate::{app, chance};

/// How long a page may be open, in seconds: from half an hour to a day.
const OPEN_SECONDS: std::ops::RangeInclusive<i64> = 30 * 60..=24 * 3600;
/// After how many seconds a message that was not taken is sent again.
const AGAIN_SECONDS: [u64; 3] = [1, 5, 25];

/// A stand-in, ready to be served.
pub struct StandIn {
    listener: tokio::net::TcpListener,
    payments: Payments,
    /// Where its messages go.
    events: String,
    file: PathBuf,
    mood: Arc<Mood>,
}

impl StandIn {
    /// Makes one for an app at an address, which keeps what it knows in a folder; with it, what the app needs
    /// to have its fees taken there.
    pub fn new(
        listener: tokio::net::TcpListener,
        app: &str,
        folder: &std::path::Path,
    ) -> anyhow::Result<(Self, Payments)> {
        let here = format!("http://{}", listener.local_addr()?);
        let payments = Payments {
            api: here.clone(),
            pages: here,
            key: format!("sk_test_{}", chance::token()?),
            signing_secret: format!("whsec_{}", chance::token()?),
        };
        let file = folder.join("payments-stand-in.json");
        let events = format!("{}/payments/events", app.trim_end_matches('/'));
        let made =
            Self { listener, payments: payments.clone(), events, file, mood: Arc::default() };
        Ok((made, payments))
    }

    /// What goes wrong with it from now on.
    pub fn mood(&self) -> Arc<Mood> {
        Arc::clone(&self.mood)
    }
}

/// What goes wrong with a stand-in, for as long as a test wants it to.
#[derive(Default)]
pub struct Mood {
    /// Its API is out of order.
    pub away: AtomicBool,
    /// Its messages get lost.
    pub silent: AtomicBool,
    /// It does what its API is asked, and the answer gets lost.
    pub mumbles: AtomicBool,
    /// It knows no idempotency key any more, as after a day.
    pub forgets: AtomicBool,
    /// It says no to whoever asks what it gave back.
    pub secretive: AtomicBool,
    /// Money that it gives back comes to nothing: it says yes, and a moment later that the card took none.
    pub bounces: AtomicBool,
}

#[derive(Serialize, Deserialize, Clone)]
struct Session {
    id: String,
    client_reference_id: String,
    name: String,
    amount_total: u32,
    locale: String,
    success_url: String,
    cancel_url: String,
    expires_at: i64,
    status: String,
    payment_intent: Option<String>,
}

#[derive(Serialize, Deserialize, Clone)]
struct Refund {
    id: String,
    payment_intent: String,
    amount: u32,
    status: String,
    metadata: BTreeMap<String, String>,
}

/// What was answered under an idempotency key.
#[derive(Serialize, Deserialize, Clone)]
struct Answered {
    form: Vec<(String, String)>,
    status: u16,
    body: Value,
}

#[derive(Serialize, Deserialize, Default)]
struct Known {
    sessions: BTreeMap<String, Session>,
    refunds: Vec<Refund>,
    answered: BTreeMap<String, Answered>,
}

struct Desk {
    known: Mutex<Known>,
    payments: Payments,
    events: String,
    file: PathBuf,
    mood: Arc<Mood>,
    http: reqwest::Client,
}

type Shared = Arc<Desk>;

/// A no in the contract's form.
struct Wrong(StatusCode, &'static str, &'static str);

impl Wrong {
    fn request(code: &'static str) -> Self {
        Self(StatusCode::BAD_REQUEST, "invalid_request_error", code)
    }

    fn body(&self) -> Value {
        json!({ "error": { "type": self.1, "code": self.2, "message": self.2 } })
    }
}

impl IntoResponse for Wrong {
    fn into_response(self) -> Response {
        (self.0, Json(self.body())).into_response()
    }
}

/// Serves a stand-in until `shutdown` resolves.
pub async fn serve(
    stand_in: StandIn,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let known = match std::fs::read(&stand_in.file) {
        Ok(bytes) => serde_json::from_slice(&bytes)?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Known::default(),
        Err(error) => return Err(error.into()),
    };
    let desk = Arc::new(Desk {
        known: Mutex::new(known),
        events: stand_in.events,
        payments: stand_in.payments,
        file: stand_in.file,
        mood: stand_in.mood,
        http: reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build()?,
    });
    let api = Router::new()
        .route("/v1/checkout/sessions", post(open))
        .route("/v1/checkout/sessions/{session}", get(look))
        .route("/v1/checkout/sessions/{session}/expire", post(close))
        .route("/v1/refunds", get(refunds).post(refund))
        .layer(from_fn_with_state(Arc::clone(&desk), gate));
    let pages = Router::new().route("/c/pay/{session}", get(page::page).post(page::submit));
    let router = api.merge(pages).with_state(desk);
    Ok(axum::serve(stand_in.listener, router).with_graceful_shutdown(shutdown).await?)
}

/// Lets in whoever has the key, while the API is in order.
async fn gate(State(desk): State<Shared>, request: Request, next: Next) -> Response {
    let out_of_order =
        || Wrong(StatusCode::SERVICE_UNAVAILABLE, "api_error", "out_of_order").into_response();
    if desk.mood.away.load(Ordering::SeqCst) {
        return out_of_order();
    }
    let shown = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if shown.and_then(|shown| shown.strip_prefix("Bearer ")) != Some(desk.payments.key.as_str()) {
        return Wrong(StatusCode::UNAUTHORIZED, "invalid_request_error", "key").into_response();
    }
    let answer = next.run(request).await;
    if desk.mood.mumbles.load(Ordering::SeqCst) { out_of_order() } else { answer }
}

impl Desk {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps what is known beyond a restart: written beside the file, then put in its place.
    fn keep(&self, known: &Known) -> anyhow::Result<()> {
        let beside = self.file.with_extension("new");
        std::fs::write(&beside, serde_json::to_vec(known)?)?;
        Ok(std::fs::rename(&beside, &self.file)?)
    }

    /// Does something once: a repeat under the same key hears the same answer, another form a no.
    fn once(
        &self,
        headers: &HeaderMap,
        form: Vec<(String, String)>,
        act: impl FnOnce(&mut Known, &[(String, String)]) -> Result<Value, Wrong>,
    ) -> Response {
        let mut known = self.known();
        let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok());
        let key = key.filter(|_| !self.mood.forgets.load(Ordering::SeqCst));
        if let Some(before) = key.and_then(|key| known.answered.get(key)) {
            if before.form != form {
                let wrong = Wrong(StatusCode::BAD_REQUEST, "idempotency_error", "another_form");
                return wrong.into_response();
            }
            let status = StatusCode::from_u16(before.status).unwrap_or_default();
            return (status, Json(before.body.clone())).into_response();
        }
        let (status, body) = match act(&mut known, &form) {
            Ok(body) => (StatusCode::OK, body),
            Err(wrong) => (wrong.0, wrong.body()),
        };
        if let Some(key) = key {
            let answered = Answered { form, status: status.as_u16(), body: body.clone() };
            known.answered.insert(key.to_owned(), answered);
        }
        match self.keep(&known) {
            Ok(()) => (status, Json(body)).into_response(),
            Err(error) => {
                tracing::error!("the stand-in could not keep what it knows: {error:#}");
                Wrong(StatusCode::INTERNAL_SERVER_ERROR, "api_error", "disk").into_response()
            }
        }
    }

    fn session_json(&self, session: &Session) -> Value {
        let paid = session.payment_intent.is_some();
        json!({
            "id": session.id,
            "object": "checkout.session",
            "client_reference_id": session.client_reference_id,
            "amount_total": session.amount_total,
            "currency": "jpy",
            "mode": "payment",
            "status": session.status,
            "payment_status": if paid { "paid" } else { "unpaid" },
            "payment_intent": session.payment_intent,
            "expires_at": session.expires_at,
            "url": (session.status == "open").then(|| format!("{}/c/pay/{}", self.payments.pages, session.id)),
            "livemode": false,
        })
    }

    /// A session as it stands now: one whose time is over has expired.
    fn session(known: &mut Known, id: &str, now: Timestamp) -> Option<Session> {
        let session = known.sessions.get_mut(id)?;
        if session.status == "open" && session.expires_at <= now.as_second() {
            "expired".clone_into(&mut session.status);
        }
        Some(session.clone())
    }

    /// The money that was given back last comes to nothing, and it tells so.
    fn bounce(self: &Arc<Self>) {
        let failed = {
            let mut known = self.known();
            let Some(refund) = known.refunds.last_mut() else { return };
            "failed".clone_into(&mut refund.status);
            let failed = refund_json(refund);
            if let Err(error) = self.keep(&known) {
                tracing::error!("the stand-in could not keep what it knows: {error:#}");
            }
            failed
        };
        if let Err(error) = self.tell("refund.failed", &failed) {
            tracing::error!("the stand-in could not tell: {error:#}");
        }
    }

    /// Tells of something that happened, again and again until it is heard or too often was enough.
    fn tell(self: &Arc<Self>, what: &str, object: &Value) -> anyhow::Result<()> {
        let desk = Arc::clone(self);
        let message = json!({
            "id": name("evt")?,
            "object": "event",
            "type": what,
            "created": app::now().as_second(),
            "data": { "object": object },
            "livemode": false,
        });
        tokio::spawn(async move {
            for wait in std::iter::once(0).chain(AGAIN_SECONDS) {
                tokio::time::sleep(Duration::from_secs(wait)).await;
                if desk.mood.silent.load(Ordering::SeqCst) {
                    return;
                }
                let body = message.to_string();
                let signed =
                    signature::sign(&desk.payments.signing_secret, body.as_bytes(), app::now());
                let sent = desk.http.post(&desk.events).header("Stripe-Signature", signed);
                let sent = sent.header(header::CONTENT_TYPE, "application/json").body(body);
                if sent.send().await.is_ok_and(|answer| answer.status().is_success()) {
                    return;
                }
            }
        });
        Ok(())
    }
}

fn name(kind: &str) -> anyhow::Result<String> {
    Ok(format!("{kind}_standin_{}", chance::uuid()?.replace('-', "")))
}

fn named(kind: &str) -> Result<String, Wrong> {
    name(kind).map_err(|_| Wrong(StatusCode::INTERNAL_SERVER_ERROR, "api_error", "chance"))
}

/// The fields of a form, each known and each once.
fn read<'a>(
    form: &'a [(String, String)],
    known: &[&str],
) -> Result<impl Fn(&str) -> Result<&'a str, Wrong>, Wrong> {
    if form.iter().any(|(name, _)| !known.contains(&name.as_str())) {
        return Err(Wrong::request("parameter_unknown"));
    }
    Ok(move |wanted: &str| {
        let mut found = form.iter().filter(|(name, value)| name == wanted && !value.is_empty());
        match (found.next(), found.next()) {
            (Some((_, value)), None) => Ok(value.as_str()),
            _ => Err(Wrong::request("parameter_missing")),
        }
    })
}

async fn open(
    State(desk): State<Shared>,
    headers: HeaderMap,
    Form(form): Form<Vec<(String, String)>>,
) -> Response {
    desk.once(&headers, form, |known, form| {
        let field = read(
            form,
            &[
                "mode",
                "payment_method_types[0]",
                "client_reference_id",
                "line_items[0][quantity]",
                "line_items[0][price_data][currency]",
                "line_items[0][price_data][unit_amount]",
                "line_items[0][price_data][product_data][name]",
                "locale",
                "success_url",
                "cancel_url",
                "expires_at",
            ],
        )?;
        let is = |name, value| Ok::<_, Wrong>(field(name)? == value);
        if !(is("mode", "payment")?
            && is("payment_method_types[0]", "card")?
            && is("line_items[0][quantity]", "1")?
            && is("line_items[0][price_data][currency]", "jpy")?)
        {
            return Err(Wrong::request("parameter_invalid"));
        }
        let number =
            |name| field(name)?.parse().map_err(|_| Wrong::request("parameter_invalid_integer"));
        let yen = u32::try_from(number("line_items[0][price_data][unit_amount]")?).unwrap_or(0);
        if yen < LEAST_YEN {
            return Err(Wrong::request("amount_too_small"));
        }
        let expires_at: i64 = number("expires_at")?;
        if !OPEN_SECONDS.contains(&(expires_at - app::now().as_second())) {
            return Err(Wrong::request("parameter_invalid"));
        }
        for url in ["success_url", "cancel_url"] {
            if !field(url)?.starts_with("http") {
                return Err(Wrong::request("url_invalid"));
            }
        }
        let text = |name| field(name).map(str::to_owned);
        let session = Session {
            id: named("cs_test")?,
            client_reference_id: text("client_reference_id")?,
            name: text("line_items[0][price_data][product_data][name]")?,
            amount_total: yen,
            locale: text("locale")?,
            success_url: text("success_url")?,
            cancel_url: text("cancel_url")?,
            expires_at,
            status: "open".to_owned(),
            payment_intent: None,
        };
        let body = desk.session_json(&session);
        known.sessions.insert(session.id.clone(), session);
        Ok(body)
    })
}

async fn look(State(desk): State<Shared>, Path(id): Path<String>) -> Result<Json<Value>, Wrong> {
    let session = Desk::session(&mut desk.known(), &id, app::now());
    let session =
        session.ok_or(Wrong(StatusCode::NOT_FOUND, "invalid_request_error", "resource_missing"))?;
    Ok(Json(desk.session_json(&session)))
}

async fn close(State(desk): State<Shared>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    desk.once(&headers, Vec::new(), |known, _| {
        let session = Desk::session(known, &id, app::now());
        let session = session.ok_or(Wrong(
            StatusCode::NOT_FOUND,
            "invalid_request_error",
            "resource_missing",
        ))?;
        if session.status != "open" {
            return Err(Wrong::request("checkout_session_not_open"));
        }
        let session = Session { status: "expired".to_owned(), ..session };
        let body = desk.session_json(&session);
        known.sessions.insert(id, session);
        Ok(body)
    })
}

fn refund_json(refund: &Refund) -> Value {
    json!({
        "id": refund.id,
        "object": "refund",
        "amount": refund.amount,
        "currency": "jpy",
        "payment_intent": refund.payment_intent,
        "status": refund.status,
        "metadata": refund.metadata,
    })
}

async fn refund(
    State(desk): State<Shared>,
    headers: HeaderMap,
    Form(form): Form<Vec<(String, String)>>,
) -> Response {
    let answer = desk.once(&headers, form, |known, form| {
        let field = read(form, &["payment_intent", "amount", "reason", "metadata[refund]"])?;
        let intent = field("payment_intent")?;
        let amount: u32 =
            field("amount")?.parse().map_err(|_| Wrong::request("parameter_invalid_integer"))?;
        let mut sessions = known.sessions.values();
        let paid = sessions.find(|session| session.payment_intent.as_deref() == Some(intent));
        let paid = paid.ok_or(Wrong::request("resource_missing"))?.amount_total;
        let of_it = known
            .refunds
            .iter()
            .filter(|refund| refund.payment_intent == intent && refund.status != "failed");
        let back: u32 = of_it.map(|refund| refund.amount).sum();
        if back == paid {
            return Err(Wrong::request("charge_already_refunded"));
        }
        if amount == 0 || back + amount > paid {
            return Err(Wrong::request("amount_too_large"));
        }
        let refund = Refund {
            id: named("re")?,
            payment_intent: intent.to_owned(),
            amount,
            status: "succeeded".to_owned(),
            metadata: [("refund".to_owned(), field("metadata[refund]")?.to_owned())].into(),
        };
        let body = refund_json(&refund);
        known.refunds.push(refund);
        Ok(body)
    });
    if desk.mood.bounces.load(Ordering::SeqCst) {
        desk.bounce();
    }
    answer
}

async fn refunds(
    State(desk): State<Shared>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Result<Json<Value>, Wrong> {
    if desk.mood.secretive.load(Ordering::SeqCst) {
        return Err(Wrong::request("resource_missing"));
    }
    let known = desk.known();
    let of_it = known.refunds.iter().filter(|refund| {
        query.get("payment_intent").is_none_or(|intent| *intent == refund.payment_intent)
    });
    let data: Vec<Value> = of_it.map(refund_json).collect();
    Ok(Json(json!({ "object": "list", "has_more": false, "data": data })))
}
