//! The adapter for a payment page by redirect: Stripe's Checkout Sessions, by their published contract
//! (docs.stripe.com/api/checkout/sessions, /refunds, /webhooks/signature). Forms go out, JSON comes back, a
//! repeat under an idempotency key is the same act. Cards alone, so that a session that is complete is paid.

use std::time::Duration;

use jiff::{Timestamp, ToSpan};
use reqwest::{Method, StatusCode};
use serde::Deserialize;

use super::signature;
use super::{Answer, Heard, Order, Page, Payments, Platform, Return, Seen, Trouble, Unsigned};

/// How long the platform may take for an answer.
const PATIENCE: Duration = Duration::from_secs(15);
/// The version of the contract that is spoken here.
const VERSION: &str = "2024-06-20";
/// How long a page stays open: half an hour is the least that the platform takes, and clocks differ.
const OPEN_MINUTES: i64 = 31;

/// The adapter. Has no `Debug`, as it holds secrets.
pub(crate) struct Checkout {
    http: reqwest::Client,
    api: String,
    pages: String,
    key: String,
    signing_secret: String,
}

#[derive(Deserialize)]
struct Session {
    id: String,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    payment_status: String,
    #[serde(default)]
    payment_intent: Option<String>,
    #[serde(default)]
    amount_total: Option<u32>,
    #[serde(default)]
    currency: Option<String>,
}

#[derive(Deserialize)]
struct Refund {
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Metadata {
    refund: Option<String>,
}

impl Refund {
    fn came_to_nothing(&self) -> bool {
        matches!(self.status.as_deref(), Some("failed" | "canceled"))
    }
}

impl Checkout {
    pub(crate) fn new(payments: &Payments) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build()?;
        let tidy = |url: &str| url.trim_end_matches('/').to_owned();
        Ok(Self {
            http,
            api: tidy(&payments.api),
            pages: tidy(&payments.pages),
            key: payments.key.clone(),
            signing_secret: payments.signing_secret.clone(),
        })
    }

    async fn ask<T: serde::de::DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        form: &[(&str, String)],
        once: Option<&str>,
    ) -> Result<T, Trouble> {
        let request = self.http.request(method.clone(), format!("{}{path}", self.api));
        let mut request = request.bearer_auth(&self.key).header("Stripe-Version", VERSION);
        if let Some(once) = once {
            request = request.header("Idempotency-Key", once);
        }
        let request = if method == Method::GET { request.query(form) } else { request.form(form) };
        let answer = request.send().await.map_err(|_| Trouble::Unavailable)?;
        let status = answer.status();
        let body = answer.bytes().await.map_err(|_| Trouble::Unavailable)?;
        if status.is_success() {
            return serde_json::from_slice(&body)
                .map_err(|_| Trouble::Unexpected("a success that cannot be read"));
        }
        Err(trouble(status, &body))
    }

    async fn open(&self, order: &Order<'_>) -> Result<Page, Trouble> {
        let text = str::to_owned;
        let closes_at = (order.now + OPEN_MINUTES.minutes()).as_second();
        let form = [
            ("mode", text("payment")),
            ("payment_method_types[0]", text("card")),
            ("client_reference_id", text(order.id)),
            ("line_items[0][quantity]", text("1")),
            ("line_items[0][price_data][currency]", text("jpy")),
            // Yen have no smaller unit.
            ("line_items[0][price_data][unit_amount]", order.yen.to_string()),
            ("line_items[0][price_data][product_data][name]", text(order.title)),
            ("locale", text(order.language.tag())),
            ("success_url", text(order.when_paid)),
            ("cancel_url", text(order.when_not)),
            ("expires_at", closes_at.to_string()),
        ];
        let path = "/v1/checkout/sessions";
        let session: Session = self.ask(Method::POST, path, &form, Some(order.id)).await?;
        let url = session.url.ok_or(Trouble::Unexpected("a session without a page"))?;
        // Whoever answers in the platform's name cannot send our guests anywhere else.
        let at_its_pages = url.strip_prefix(&self.pages).is_some_and(|rest| rest.starts_with('/'));
        if !at_its_pages {
            return Err(Trouble::Unexpected("a page that is not the platform's"));
        }
        Ok(Page { session: session.id, url })
    }

    async fn look(&self, session: &str, yen: u32) -> Result<Seen, Trouble> {
        let path = format!("/v1/checkout/sessions/{}", plain(session)?);
        let seen: Session = self.ask(Method::GET, &path, &[], None).await?;
        match (seen.status.as_deref(), seen.payment_status.as_str()) {
            (Some("open"), _) => Ok(Seen::Open),
            (Some("expired"), _) => Ok(Seen::Over),
            (Some("complete"), "paid") => {
                if (seen.amount_total, seen.currency.as_deref()) != (Some(yen), Some("jpy")) {
                    return Err(Trouble::Unexpected("another amount than was asked for"));
                }
                let charge = seen.payment_intent;
                let charge = charge.ok_or(Trouble::Unexpected("a payment without a name"))?;
                Ok(Seen::Paid { charge })
            }
            _ => Err(Trouble::Unexpected("a session in no stage that is known")),
        }
    }

    async fn close(&self, session: &str) -> Result<(), Trouble> {
        let path = format!("/v1/checkout/sessions/{}/expire", plain(session)?);
        self.ask::<Session>(Method::POST, &path, &[], None).await.map(drop)
    }

    async fn give_back(&self, money: &Return<'_>) -> Result<(), Trouble> {
        let form = [
            ("payment_intent", money.charge.to_owned()),
            ("amount", money.yen.to_string()),
            ("reason", "requested_by_customer".to_owned()),
            // Idempotency keys are forgotten after a day; by this it is known for good.
            ("metadata[refund]", money.key.to_owned()),
        ];
        let made: Refund = self.ask(Method::POST, "/v1/refunds", &form, Some(money.key)).await?;
        if made.came_to_nothing() { Err(Trouble::No("refund failed".to_owned())) } else { Ok(()) }
    }

    async fn gave_back(&self, money: &Return<'_>) -> Result<bool, Trouble> {
        #[derive(Deserialize)]
        struct Refunds {
            data: Vec<Refund>,
        }
        // One payment here goes back in a few parts at most.
        let form = [("payment_intent", money.charge.to_owned()), ("limit", "100".to_owned())];
        let made: Refunds = self.ask(Method::GET, "/v1/refunds", &form, None).await?;
        let is_it = |refund: &Refund| {
            let named = refund.metadata.refund.as_deref();
            let rest = named.and_then(|named| named.strip_prefix(money.id));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
                && !refund.came_to_nothing()
        };
        Ok(made.data.iter().any(is_it))
    }
}

impl Platform for Checkout {
    fn pages(&self) -> &str {
        &self.pages
    }

    fn open<'a>(&'a self, order: &'a Order<'_>) -> Answer<'a, Page> {
        Box::pin(self.open(order))
    }

    fn look<'a>(&'a self, session: &'a str, yen: u32) -> Answer<'a, Seen> {
        Box::pin(self.look(session, yen))
    }

    fn close<'a>(&'a self, session: &'a str) -> Answer<'a, ()> {
        Box::pin(self.close(session))
    }

    fn give_back<'a>(&'a self, money: &'a Return<'_>) -> Answer<'a, ()> {
        Box::pin(self.give_back(money))
    }

    fn gave_back<'a>(&'a self, money: &'a Return<'_>) -> Answer<'a, bool> {
        Box::pin(self.gave_back(money))
    }

    fn hears(
        &self,
        signature: &str,
        message: &[u8],
        now: Timestamp,
    ) -> Result<Option<Heard>, Unsigned> {
        #[derive(Deserialize)]
        struct Event {
            r#type: String,
            data: Data,
        }
        #[derive(Deserialize)]
        struct Data {
            object: Object,
        }
        #[derive(Deserialize)]
        struct Object {
            id: String,
            client_reference_id: Option<String>,
            #[serde(default)]
            metadata: Option<Metadata>,
        }
        signature::verify(&self.signing_secret, signature, message, now)?;
        let event: Option<Event> = serde_json::from_slice(message).ok();
        Ok(event.and_then(|event| {
            let Object { id: session, client_reference_id, metadata } = event.data.object;
            match event.r#type.as_str() {
                // The object of all three is the refund itself; the last is the older name of the others.
                "refund.failed" | "refund.updated" | "charge.refund.updated" => {
                    Some(Heard::Return { id: metadata?.refund? })
                }
                of if of.starts_with("checkout.session.") => {
                    Some(Heard::Order { id: client_reference_id?, session })
                }
                _ => None,
            }
        }))
    }
}

/// A name of the platform's, as part of an address.
fn plain(name: &str) -> Result<&str, Trouble> {
    let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_plain && !name.is_empty() { Ok(name) } else { Err(Trouble::Unexpected("a name")) }
}

/// Reads an error. Its sentence may quote what was sent, so only its words for programs are read.
fn trouble(status: StatusCode, body: &[u8]) -> Trouble {
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Problem {
        error: Error,
    }
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Error {
        r#type: String,
        code: Option<String>,
    }
    match status.as_u16() {
        // Waited for the rest of it too long, or is busy with the same act or with too much.
        408 | 409 | 429 => Trouble::Unavailable,
        // Said of the key, not of what was asked.
        401 | 403 => Trouble::Unexpected("our key is not taken"),
        400..=499 => {
            let Error { r#type: kind, code } =
                serde_json::from_slice::<Problem>(body).unwrap_or_default().error;
            Trouble::No(format!("{} {kind} {}", status.as_u16(), code.unwrap_or_default()))
        }
        _ => Trouble::Unavailable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_no_is_told_from_what_may_have_been_done() {
        let body = br#"{"error":{"type":"invalid_request_error","code":"charge_disputed"}}"#;
        let read = |status| trouble(StatusCode::from_u16(status).unwrap(), body);
        for status in [408, 409, 429, 500, 503] {
            assert!(matches!(read(status), Trouble::Unavailable), "{status}");
        }
        for status in [400, 402, 404] {
            let Trouble::No(no) = read(status) else { panic!("{status} is a no") };
            assert_eq!(no, format!("{status} invalid_request_error charge_disputed"));
        }
        assert!(matches!(read(401), Trouble::Unexpected(_)));
    }
}
