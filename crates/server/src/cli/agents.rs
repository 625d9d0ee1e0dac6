//! `azukari agents …`: authorised agents of the Data Rights Protocol, and who we are in its network.

use clap::Subcommand;

use super::{Outcome, Premises};
use crate::acts::agent;
use crate::cli::say::say;
use crate::clock::{Clock, SystemClock};
use crate::keys::Keys;
use crate::store::drp_agents;
use crate::words;

#[derive(Subcommand)]
pub enum Agents {
    /// Add an agent, as the network's directory has it
    Add {
        #[command(flatten)]
        premises: Premises,
        /// Its `id` in the directory
        id: String,
        /// What it is called
        #[arg(long)]
        name: String,
        /// Its `verify_key` in the directory, in base64
        #[arg(long, value_name = "KEY")]
        verify_key: String,
        /// Let it be told on this machine or in a network that is not public how its requests stand
        #[arg(long)]
        inside: bool,
    },
    /// List agents
    List {
        #[command(flatten)]
        premises: Premises,
    },
    /// End an agent; what it sent in goes on
    End {
        #[command(flatten)]
        premises: Premises,
        /// Its id, as `list` names it
        id: String,
    },
    /// Say under which id the network's directory has this business; until then, agents are not heard
    Business {
        #[command(flatten)]
        premises: Premises,
        /// Our `id` in the directory
        id: String,
    },
}

impl Agents {
    pub fn run(self) -> anyhow::Result<Outcome> {
        let now = SystemClock.now();
        match self {
            Self::Add { premises, id, name, verify_key, inside } => {
                let (_, root) = premises.look()?;
                premises.beside(|conn| {
                    let (keys, ..) = Keys::look(conn, root).map_err(anyhow::Error::from)?;
                    agent::add(conn, &keys, &id, &name, &verify_key, inside, now)
                })?;
                say!("added {id}; it fetches its token itself, at POST /v1/agent/{id}");
            }
            Self::List { premises } => {
                let (business, rows) =
                    premises.beside(|conn| Ok((agent::business(conn)?, drp_agents::all(conn)?)))?;
                match business {
                    Some(id) => say!("this business is {id}"),
                    None => say!(
                        "agents are not heard; say who we are with `azukari agents business ID`"
                    ),
                }
                for row in rows {
                    let made = jiff::Timestamp::from_millisecond(row.created_at)?;
                    let made = words::moment(made, policy::Language::En);
                    let state = match (row.ended_at, &row.token) {
                        (Some(_), _) => "ended",
                        (None, None) => "no token yet",
                        (None, Some(_)) => "in force",
                    };
                    say!("{}  {state:12}  {made}  {}", row.id, row.name);
                }
            }
            Self::End { premises, id } => {
                premises.beside(|conn| agent::end(conn, &id, now))?;
                say!("ended {id}");
            }
            Self::Business { premises, id } => {
                premises.beside(|conn| agent::name_business(conn, &id))?;
                say!("this business is {id} from now on");
            }
        }
        Ok(Outcome::Done)
    }
}
