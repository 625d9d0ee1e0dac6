//! Webhooks to the endpoints that asked for them. Where one is, and what it is signed with, is read
//! when it is sent, so that an endpoint that has ended hears nothing more.

use std::sync::Arc;

use super::{Deliverer, put_down};
use crate::app::App;
use crate::connectors::NotSent;
use crate::connectors::webhook::{Answer, Sending, Webhooks};
use crate::error::Error;
use crate::outbox::{self, Message, Outcome, WEBHOOK};
use crate::store;
use crate::webhook::{self, Secret, Secrets, WebhookId};

impl Deliverer for Webhooks {
    const TOPIC: &'static str = WEBHOOK;

    /// Each endpoint is a destination of its own.
    fn destination(&self, message: &Message) -> [u8; 16] {
        if let Message::Webhook { endpoint, .. } = message { endpoint.0 } else { [0; 16] }
    }

    async fn deliver(
        &self,
        app: &Arc<App>,
        id: &[u8; 16],
        message: Message,
    ) -> Result<Result<Outcome, NotSent>, Error> {
        let Message::Webhook { endpoint, event, at } = message else {
            return Ok(Ok(Outcome::Unreadable));
        };
        let row = app.store.read(move |conn| webhook::endpoint(conn, endpoint)).await?;
        let Some(row) = row else { return Ok(Ok(Outcome::NoEndpoint)) };
        let Some(secrets) = Secrets::open(&app.keys, &row)? else {
            return Ok(Ok(Outcome::NoEndpoint));
        };
        let now = app.clock.now();
        let sending = Sending {
            url: &row.url,
            inside: row.inside,
            id: &outbox::shown(id),
            now,
            body: event.payload(at).map_err(anyhow::Error::from)?,
        };
        match self.send(sending, secrets.signing(now).map(Secret::bytes)).await {
            Ok(Answer::Taken) => Ok(Ok(Outcome::Delivered)),
            Ok(Answer::Gone) => {
                end(app, endpoint).await?;
                Ok(Ok(Outcome::NoEndpoint))
            }
            Err(not_sent) => Ok(Err(not_sent)),
        }
    }

    /// There is no answer, it has too much to do, or what stands before it does not reach it.
    fn is_away(&self, not_sent: &NotSent) -> bool {
        matches!(not_sent, NotSent::Later { code: None | Some(429 | 502..=504) })
    }
}

/// Ends an endpoint that wants nothing any more.
async fn end(app: &App, endpoint: WebhookId) -> Result<(), Error> {
    tracing::warn!(%endpoint, "a webhook answers that it is gone; it has ended");
    let now = app.clock.now().as_millisecond();
    put_down(app, move |tx| {
        // Whoever ended it before did the same.
        let _ = store::webhooks::end(tx, &endpoint.0, now);
    })
    .await
}
