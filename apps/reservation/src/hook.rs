//! Tells stores' own systems of their bookings, by HTTP and the Standard Webhooks scheme (1.0.0): what happened to
//! which booking, by ids and nothing else. A message is tried for almost five days. Knows nothing of pages.

use std::future::Future;
use std::net::IpAddr;
use std::time::Duration;

use aws_lc_rs::hmac;
use data_encoding::BASE64;
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use reqwest::{Client, StatusCode, Url, header};
use serde_json::json;

use crate::app::{self, Shared};
use crate::book::hooks::Message;
use crate::book::{Book, No};
use crate::chance;

/// The pauses after the first, second … try, in minutes.
const PAUSES: [i64; 10] = [1, 5, 30, 120, 360, 720, 1440, 1440, 1440, 1440];
/// How long a receiver may take over a message.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often it is looked whether something is due.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// The longest address.
const LONGEST_URL: usize = 500;
/// What a secret begins with, by the scheme.
const SECRET_PREFIX: &str = "whsec_";

/// Reads an address to which messages may go: by https, or plainly within a network of the operator's own.
pub(crate) fn address(text: &str) -> Option<String> {
    let url = Url::parse(text.trim()).ok().filter(|_| text.len() <= LONGEST_URL)?;
    let inside = match url.host_str()?.trim_matches(['[', ']']).parse() {
        Ok(IpAddr::V4(at)) => at.is_loopback() || at.is_private(),
        Ok(IpAddr::V6(at)) => at.is_loopback() || at.is_unique_local(),
        Err(_) => url.host_str() == Some("localhost"),
    };
    let is_fine = url.scheme() == "https" || (url.scheme() == "http" && inside);
    let is_plain = url.username().is_empty() && url.password().is_none();
    (is_fine && is_plain).then(|| url.to_string())
}

/// Has messages of a store go to an address; returns the secret that signs them, told this once.
///
/// # Errors
/// [`No::Gone`] without the store.
pub(crate) async fn put(book: &Book, store: &str, url: &str, now: Timestamp) -> Result<String, No> {
    let secret: [u8; 32] = chance::bytes()?;
    book.put_webhook(store, url, &secret, now).await?;
    Ok(format!("{SECRET_PREFIX}{}", BASE64.encode(&secret)))
}

/// The signature of a message, with the version of the scheme.
fn signature(secret: &[u8], id: &str, timestamp: i64, body: &[u8]) -> String {
    let mut signing = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, secret));
    signing.update(format!("{id}.{timestamp}.").as_bytes());
    signing.update(body);
    format!("v1,{}", BASE64.encode(signing.sign().as_ref()))
}

/// Delivers what is due until `shutdown` resolves. What is under way then is tried again at the next start,
/// under the same id.
pub(crate) async fn keep_delivering(app: Shared, shutdown: impl Future<Output = ()>) {
    tokio::pin!(shutdown);
    // No redirect is followed and no proxy asked: a message goes to the address that was given.
    let client = Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .timeout(PATIENCE)
        .user_agent(concat!("reservation/", env!("CARGO_PKG_VERSION")))
        .build();
    let client = match client {
        Ok(client) => client,
        Err(error) => return tracing::error!("no messages are sent to stores' systems: {error}"),
    };
    let mut look = tokio::time::interval(LOOK_EVERY);
    loop {
        let delivered = async {
            look.tick().await;
            deliver_due(&app, &client, app::now()).await
        };
        tokio::select! {
            () = &mut shutdown => return,
            done = delivered => if let Err(error) = done {
                tracing::error!("messages to stores' systems are not delivered: {error:#}");
            },
        }
    }
}

async fn deliver_due(app: &Shared, client: &Client, now: Timestamp) -> anyhow::Result<()> {
    let due = app.book.messages_due(now).await?;
    for done in join_all(due.iter().map(|message| deliver(app, client, message, now))).await {
        done?;
    }
    Ok(())
}

async fn deliver(
    app: &Shared,
    client: &Client,
    message: &Message,
    now: Timestamp,
) -> Result<(), No> {
    let Message { id, store, url, secret, event, booking, at, tries } = message;
    let body = json!({
        "type": event,
        "timestamp": at.to_string(),
        "data": { "booking": booking, "store": store },
    });
    let (body, timestamp) = (body.to_string(), now.as_second());
    let sent = client
        .post(url)
        .header(header::CONTENT_TYPE, "application/json")
        .header("webhook-id", id)
        .header("webhook-timestamp", timestamp)
        .header("webhook-signature", signature(secret, id, timestamp, body.as_bytes()))
        .body(body)
        .send();
    match sent.await.map(|answer| answer.status()) {
        Ok(status) if status.is_success() => app.book.message_taken(id).await,
        // It wants none any more.
        Ok(StatusCode::GONE) => {
            tracing::warn!(store, "the store's system wants no messages any more");
            app.book.end_webhook(store).await
        }
        _ => {
            let done = usize::try_from(*tries).unwrap_or(usize::MAX);
            let again_at = PAUSES.get(done).map(|pause| now + SignedDuration::from_mins(*pause));
            if again_at.is_none() {
                tracing::warn!(
                    store,
                    id,
                    "a message is given up; put the webhook again to send it"
                );
            }
            app.book.message_not_taken(id, again_at, now).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_signed_as_the_scheme_wants() {
        // The example of the scheme's own libraries.
        let secret = BASE64.decode(b"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let (id, timestamp) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330);
        let signed = signature(&secret, id, timestamp, br#"{"test": 2432232314}"#);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn messages_go_by_https_or_within_the_own_network() {
        for fine in [
            "https://till.example/hook",
            "http://127.0.0.1:9000/",
            "http://10.0.0.7/a?b=c",
            "http://[::1]:80/",
            "http://localhost:3000/hook",
        ] {
            assert!(address(fine).is_some(), "{fine}");
        }
        for wrong in [
            "",
            "till.example/hook",
            "http://till.example/hook",
            "http://8.8.8.8/",
            "ftp://10.0.0.7/",
            "https://name:word@till.example/",
            "javascript:alert(1)",
        ] {
            assert_eq!(address(wrong), None, "{wrong}");
        }
        assert_eq!(address(&format!("https://till.example/{}", "a".repeat(500))), None);
    }
}
