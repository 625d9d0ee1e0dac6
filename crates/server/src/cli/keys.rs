//! `azukari keys …`: service keys, and the root key's rotation.

use std::path::PathBuf;

use clap::Subcommand;
use vault::FileKey;

use super::{Outcome, Premises};
use crate::api::caller::{self, SCOPES};
use crate::cli::say::say;
use crate::clock::{Clock, SystemClock};
use crate::store::service_keys;
use crate::words;

#[derive(Subcommand)]
pub enum Keys {
    /// Make a service key; it is shown once
    New {
        #[command(flatten)]
        premises: Premises,
        /// What it is for, such as the name of the program that will use it
        #[arg(long)]
        name: String,
        /// What it may do; several times, or `all`
        #[arg(long = "scope", required = true, value_name = "SCOPE", long_help = scopes_help())]
        scopes: Vec<String>,
    },
    /// List service keys
    List {
        #[command(flatten)]
        premises: Premises,
    },
    /// Revoke a service key; a running server heeds it within two seconds
    Revoke {
        #[command(flatten)]
        premises: Premises,
        /// The id: the second part of `azk_<id>_…`
        id: String,
    },
    /// Wrap every key under a new root key; values stay as they are. Stop the server first
    RotateRoot {
        #[command(flatten)]
        premises: Premises,
        /// Where the new root key is made; start with `--root-key` and this file afterwards
        #[arg(long, value_name = "FILE")]
        new_root_key: PathBuf,
    },
}

fn scopes_help() -> String {
    format!("What it may do; several times, or `all`: {}", SCOPES.join(", "))
}

impl Keys {
    pub fn run(self) -> anyhow::Result<Outcome> {
        match self {
            Self::New { premises, name, scopes } => {
                let scopes = if scopes == ["all"] {
                    SCOPES.iter().map(|s| (*s).to_owned()).collect()
                } else {
                    scopes
                };
                let now = SystemClock.now();
                let made = premises.beside(|conn| caller::make_on(conn, now, &name, &scopes))?;
                eprintln!("shown once; keep it where only `{name}` can read it:");
                say!("{}", made.key);
            }
            Self::List { premises } => {
                for key in premises.beside(|conn| Ok(service_keys::all(conn)?))? {
                    let made = jiff::Timestamp::from_millisecond(key.created_at)?;
                    let made = words::moment(made, policy::Language::En);
                    let state = if key.revoked_at.is_some() { "revoked" } else { "in force" };
                    say!("{}  {state:8}  {made}  {}  [{}]", key.id, key.name, key.scopes);
                }
            }
            Self::Revoke { premises, id } => {
                let now = SystemClock.now().as_millisecond();
                if !premises.beside(|conn| Ok(service_keys::revoke(conn, &id, now)?))? {
                    anyhow::bail!("there is no key `{id}` in force; see `azukari keys list`");
                }
                say!("revoked {id}");
            }
            Self::RotateRoot { premises, new_root_key } => {
                let cellar = premises.open_cellar()?;
                let new = FileKey::create(&new_root_key)?;
                let subjects = cellar.keys.rotate_root(&cellar.store, Box::new(new))?;
                say!(
                    "the keys of {subjects} people and of the house are wrapped under `{}`; start \
                     with --root-key and this file, and destroy the old one once backups are done",
                    new_root_key.display()
                );
            }
        }
        Ok(Outcome::Done)
    }
}
