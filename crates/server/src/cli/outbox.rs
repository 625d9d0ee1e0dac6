//! `azukari outbox …`: what waits to be delivered, and what was given up.

use clap::Subcommand;

use super::{Outcome, Premises};
use crate::cli::say::say;
use crate::clock::{Clock, SystemClock};
use crate::outbox::{parse_id, shown};
use crate::store::outbox;
use crate::words;

/// The most messages that are listed.
const LISTED: i64 = 1000;

#[derive(Subcommand)]
pub enum Outbox {
    /// List what waits and what was given up, the oldest first
    List {
        #[command(flatten)]
        premises: Premises,
    },
    /// Try a message again that was given up
    Retry {
        #[command(flatten)]
        premises: Premises,
        /// The id, as `list` and the log name it
        id: String,
    },
}

impl Outbox {
    pub fn run(self) -> anyhow::Result<Outcome> {
        match self {
            Self::List { premises } => {
                for one in premises.beside(|conn| Ok(outbox::open(conn, LISTED)?))? {
                    let moment = |at| {
                        let at = jiff::Timestamp::from_millisecond(at)?;
                        Ok::<_, jiff::Error>(words::moment(at, policy::Language::En))
                    };
                    let state = match &one.outcome {
                        Some(outcome) => outcome.clone(),
                        None => format!("due {}", moment(one.due_at)?),
                    };
                    let (id, put) = (shown(&one.id), moment(one.created_at)?);
                    say!("{id}  {}  put {put}  {} tries  {state}", one.topic, one.tries);
                }
            }
            Self::Retry { premises, id } => {
                let now = SystemClock.now().as_millisecond();
                let found = parse_id(&id);
                let done = match found {
                    Some(id) => premises.beside(|conn| Ok(outbox::retry(conn, &id, now)?))?,
                    None => false,
                };
                if !done {
                    anyhow::bail!(
                        "no message was given up under that id; see `azukari outbox list`"
                    );
                }
                say!("due now; a running server sees to it within seconds");
            }
        }
        Ok(Outcome::Done)
    }
}
