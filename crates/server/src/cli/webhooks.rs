//! `azukari webhooks …`: endpoints at which other programs are told of events.

use clap::Subcommand;

use super::{Outcome, Premises};
use crate::acts::webhook::{self, Drawn, NewWebhook};
use crate::cli::say::say;
use crate::clock::{Clock, SystemClock};
use crate::error::Error;
use crate::keys::Keys;
use crate::store::webhooks;
use crate::webhook::{Event, WebhookId};
use crate::words;

#[derive(Subcommand)]
pub enum Webhooks {
    /// Add an endpoint; its secret is shown once
    Add {
        #[command(flatten)]
        premises: Premises,
        /// Where it is: `https://…`; `http://127.0.0.1:PORT/…` with --inside
        url: String,
        /// What it is told of; several times, or `all`
        #[arg(long = "event", required = true, value_name = "EVENT", long_help = events_help())]
        events: Vec<String>,
        /// Let it lie on this machine or in a network that is not public
        #[arg(long)]
        inside: bool,
    },
    /// List endpoints
    List {
        #[command(flatten)]
        premises: Premises,
    },
    /// Give an endpoint a new secret, shown once; the old one signs beside it for a day
    Rotate {
        #[command(flatten)]
        premises: Premises,
        /// The id, as `list` names it
        id: String,
    },
    /// End an endpoint; what waits for it is dropped
    End {
        #[command(flatten)]
        premises: Premises,
        /// The id, as `list` names it
        id: String,
    },
}

fn events_help() -> String {
    format!("What it is told of; several times, or `all`: {}", Event::TYPES.join(", "))
}

fn read(id: &str) -> anyhow::Result<WebhookId> {
    id.parse().map_err(|_| anyhow::anyhow!("`{id}` is no webhook; see `azukari webhooks list`"))
}

impl Webhooks {
    pub fn run(self) -> anyhow::Result<Outcome> {
        let now = SystemClock.now();
        match self {
            Self::Add { premises, url, events, inside } => {
                let events = if events == ["all"] {
                    Event::TYPES.map(str::to_owned).to_vec()
                } else {
                    events
                };
                let (_, root) = premises.look()?;
                let (new, drawn) = (NewWebhook { url, events, inside }, Drawn::new()?);
                let added = premises.beside(move |conn| {
                    let (keys, ..) = Keys::look(conn, root).map_err(anyhow::Error::from)?;
                    webhook::add(conn, &keys, &new, &drawn, now, None)
                })?;
                let (id, url) = (added.row.webhook_id(), &added.row.url);
                eprintln!("shown once; {id} signs with it what it sends to {url}:");
                say!("{}", *added.secret.reveal());
            }
            Self::List { premises } => {
                for row in premises.beside(|conn| Ok(webhooks::all(conn)?))? {
                    let made = jiff::Timestamp::from_millisecond(row.created_at)?;
                    let made = words::moment(made, policy::Language::En);
                    let state = if row.ended_at.is_some() { "ended" } else { "in force" };
                    let place = if row.inside { "  inside" } else { "" };
                    let (id, url, events) = (row.webhook_id(), &row.url, &row.events);
                    say!("{id}  {state:8}  {made}  {url}  [{events}]{place}");
                }
            }
            Self::Rotate { premises, id } => {
                let (id, drawn) = (read(&id)?, Drawn::new()?);
                let (_, root) = premises.look()?;
                let rotated = premises.beside(move |conn| {
                    let (keys, ..) = Keys::look(conn, root).map_err(anyhow::Error::from)?;
                    webhook::rotate(conn, &keys, id, &drawn, now, None)
                })?;
                eprintln!("shown once; the secret before signs beside it for a day:");
                say!("{}", *rotated.secret.reveal());
            }
            Self::End { premises, id } => {
                let id = read(&id)?;
                premises.beside(move |conn| {
                    webhook::end(conn, id, now)?;
                    Ok::<_, Error>(())
                })?;
                say!("ended {id}");
            }
        }
        Ok(Outcome::Done)
    }
}
