//! `azukari staff …`: who decides about requests and looks after deadlines. Each act is written down
//! and may be done while a server runs.

use std::sync::Arc;

use clap::{Subcommand, ValueEnum};
use policy::{Language, StaffRole};

use super::ledger::language;
use super::{Outcome, Premises};
use crate::acts::staff::{self, Drawn, Invited, Newcomer, Office};
use crate::app::{Beside, MIGRATIONS};
use crate::cli::say::say;
use crate::clock::SystemClock;
use crate::error::Error;
use crate::keys::Keys;
use crate::store::{Snapshot, Tx};
use crate::web::desk::urls;
use crate::words;

#[derive(Subcommand)]
pub enum Staff {
    /// Add somebody; the one-time link that is printed lets them set a password and a second factor
    Add {
        #[command(flatten)]
        premises: Premises,
        /// What they sign in with: 2 to 64 of a-z, 0-9, `.`, `_`, `-`, `@`
        login: String,
        /// The name that others of the staff see
        #[arg(long)]
        name: String,
        /// What they answer for; a new manager takes the role over from whoever has it
        #[arg(long, value_enum)]
        role: Role,
        /// The language of their pages: ja or en
        #[arg(long, value_name = "LANGUAGE", default_value = "ja", value_parser = language)]
        language: Language,
        #[command(flatten)]
        place: Place,
    },
    /// List who is and was of the staff
    List {
        #[command(flatten)]
        premises: Premises,
    },
    /// Invite somebody anew: password, second factor and sessions end
    Invite {
        #[command(flatten)]
        premises: Premises,
        /// Whom
        login: String,
        #[command(flatten)]
        place: Place,
    },
    /// Make somebody the information manager; who was it is an officer from then on
    HandOver {
        #[command(flatten)]
        premises: Premises,
        /// Whom
        login: String,
    },
    /// End somebody; the information manager hands the role over first
    End {
        #[command(flatten)]
        premises: Premises,
        /// Whom
        login: String,
    },
}

/// Where people reach the desk.
#[derive(clap::Args)]
pub struct Place {
    /// The address under which people reach Azukari, for the link
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
    address: String,
}

/// The roles as the command line names them.
#[derive(Clone, Copy, ValueEnum)]
pub enum Role {
    /// The information manager
    Manager,
    /// Works on requests and deadlines
    Officer,
}

impl From<Role> for StaffRole {
    fn from(role: Role) -> Self {
        match role {
            Role::Manager => Self::Manager,
            Role::Officer => Self::Officer,
        }
    }
}

impl Staff {
    pub fn run(self) -> anyhow::Result<Outcome> {
        match self {
            Self::Add { premises, login, name, role, language, place } => {
                let newcomer = Newcomer { login, name, role: role.into(), language };
                let invited = act(&premises, |office, tx, drawn| office.add(tx, &newcomer, drawn))?;
                place.tell(&invited);
            }
            Self::Invite { premises, login, place } => {
                let invited = act(&premises, |office, tx, drawn| office.invite(tx, &login, drawn))?;
                place.tell(&invited);
            }
            Self::HandOver { premises, login } => {
                let id = act(&premises, |office, tx, drawn| office.hand_over(tx, &login, drawn))?;
                say!("{id} is the information manager");
            }
            Self::End { premises, login } => {
                let id = act(&premises, |office, tx, drawn| office.end(tx, &login, drawn))?;
                say!("{id} signs in no more");
            }
            Self::List { premises } => list(&premises)?,
        }
        Ok(Outcome::Done)
    }
}

/// Does an act with its record, beside a server that may be running.
fn act<T>(
    premises: &Premises,
    act: impl FnOnce(&Office<'_>, &mut Tx<'_>, &Drawn) -> Result<T, Error>,
) -> anyhow::Result<T> {
    let (database, root) = premises.look()?;
    let house = Beside::look(database, root, Arc::new(SystemClock))?;
    let drawn = Drawn::new()?;
    let office = Office::beside(&house);
    house.act(|tx| act(&office, tx, &drawn)).map_err(super::told)
}

fn list(premises: &Premises) -> anyhow::Result<()> {
    let (database, root) = premises.look()?;
    let mut conn = Snapshot::open(&database, MIGRATIONS.len())?;
    let (keys, _, _) = Keys::look(&mut conn, root)?;
    for one in staff::all(&keys, &mut conn).map_err(super::told)? {
        let moment = |at| Ok::<_, jiff::Error>(words::moment(at, Language::En));
        let at = |at| moment(jiff::Timestamp::from_millisecond(at)?);
        let role = match one.role {
            StaffRole::Manager => "manager",
            StaffRole::Officer => "officer",
        };
        let state = match (one.ended_at, one.invited_until) {
            (Some(ended), _) => format!("ended {}", at(ended)?),
            (None, Some(until)) => format!("invited until {}", moment(until)?),
            (None, None) => "in office".to_owned(),
        };
        let (login, name, added) = (one.login, one.name, at(one.created_at)?);
        say!("{}  {role}  {login}  added {added}  {state}  {name}", one.id);
    }
    Ok(())
}

impl Place {
    fn tell(&self, invited: &Invited) {
        let until = words::moment(invited.until, Language::En);
        eprintln!("shown once, good once, until {until}; give it to nobody else:");
        let address = self.address.trim_end_matches('/');
        say!("{address}{}/{}", urls::INVITATION, invited.token);
    }
}
