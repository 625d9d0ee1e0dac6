//! Tells agents how their requests stand, where they wanted to be told (Data Rights Protocol,
//! `status_callback`). What is said is read when it is sent, so that a late message says what is true by
//! then.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::Deliverer;
use crate::acts::request::{Channel, Request};
use crate::acts::{agent, webhook};
use crate::app::App;
use crate::connectors::NotSent;
use crate::connectors::webhook::Webhooks;
use crate::drp::status::Shown;
use crate::error::Error;
use crate::outbox::{CALLBACK, Message, Outcome};

/// Carries how requests stand to agents, over HTTP.
pub struct Callbacks(pub Webhooks);

impl Deliverer for Callbacks {
    const TOPIC: &'static str = CALLBACK;

    /// Each agent is a destination of its own.
    fn destination(&self, message: &Message) -> [u8; 16] {
        let mut destination = [0; 16];
        if let Message::Callback { agent, .. } = message {
            destination.copy_from_slice(&Sha256::digest(agent)[..16]);
        }
        destination
    }

    async fn deliver(
        &self,
        app: &Arc<App>,
        _id: &[u8; 16],
        message: Message,
    ) -> Result<Result<Outcome, NotSent>, Error> {
        let Message::Callback { agent, request } = message else {
            return Ok(Ok(Outcome::Unreadable));
        };
        let keeper = Arc::clone(app);
        let (agent, request) = app
            .store
            .read(move |conn| {
                let agent = agent::by_id(conn, &keeper.keys, &agent)?;
                Ok::<_, Error>((agent, Request::read(&keeper.keys, conn, request)?))
            })
            .await?;
        let (Some(agent), Some(request)) = (agent, request) else {
            return Ok(Ok(Outcome::NoEndpoint));
        };
        let Channel::Agent { reference, callback: Some(url), .. } = &request.matter.channel else {
            return Ok(Ok(Outcome::NoEndpoint));
        };
        // An operator may have let it in anew, without the leave to be told inside.
        let Ok(url) = webhook::address(url, agent.inside) else {
            return Ok(Ok(Outcome::NoEndpoint));
        };
        let reference = Some(reference.clone()).filter(|text| !text.is_empty());
        let language = request.matter.language;
        let shown = Shown::under(&app.policy(), request.id, &request.progress, reference, language);
        let body = serde_json::to_vec(&shown).map_err(anyhow::Error::from)?;
        Ok(self.0.tell(&url, agent.inside, body).await.map(|_| Outcome::Delivered))
    }

    /// There is no answer, it has too much to do, or what stands before it does not reach it.
    fn is_away(&self, not_sent: &NotSent) -> bool {
        matches!(not_sent, NotSent::Later { code: None | Some(429 | 502..=504) })
    }
}
