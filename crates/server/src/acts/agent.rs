//! Authorised agents of the Data Rights Protocol: an operator adds one with the key of the network's
//! directory, the agent fetches its token with a message signed by that key, and an operator ends it.
//! No record tells of them, as of service keys; what an agent sends in is a request with its records.

use jiff::Timestamp;
use policy::normal;
use policy::party::base32;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::drp::VerifyKey;
use crate::error::Error;
use crate::keys::Keys;
use crate::once::random;
use crate::store::drp_agents::{self, Row};
use crate::store::{Conn, meta};

/// The name under which the business's own id stands in `meta`.
const BUSINESS: &str = "drp_business";
/// The longest id and name, in characters.
const MAX_CHARS: usize = 100;

/// An agent in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// Its id in the network's directory.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// What its messages are checked with.
    pub key: VerifyKey,
    /// Whether it may be told on this machine or in a network that is not public.
    pub inside: bool,
}

impl Agent {
    /// The name under which records say who asked.
    pub fn by(&self) -> String {
        format!("{} ({}, agent)", self.name, self.id)
    }
}

/// What is sealed of an agent.
#[derive(Serialize, Deserialize)]
struct Sealed {
    verify_key: VerifyKey,
    inside: bool,
    token: Option<[u8; 32]>,
}

impl Sealed {
    fn seal(&self, keys: &Keys, id: &str, name: &str) -> Result<Vec<u8>, Error> {
        let bytes = serde_json::to_vec(self).map_err(anyhow::Error::from)?;
        Ok(keys.seal_system("drp agent", &context(id, name), &bytes)?)
    }
}

/// What stands in clear beside an agent's keys and is bound to them.
fn context(id: &str, name: &str) -> Vec<u8> {
    [id.as_bytes(), &[0], name.as_bytes()].concat()
}

/// Opens an agent's row.
///
/// # Errors
/// When it was changed: then nothing is taken from it.
fn open(keys: &Keys, row: Row) -> Result<Agent, Error> {
    let bytes = keys.open_system("drp agent", &context(&row.id, &row.name), &row.sealed)?;
    let sealed: Sealed = serde_json::from_slice(&bytes).map_err(anyhow::Error::from)?;
    if row.token.as_deref() != sealed.token.as_ref().map(<[u8; 32]>::as_slice) {
        return Err(anyhow::anyhow!("the token of agent {} was changed", row.id).into());
    }
    let Sealed { verify_key: key, inside, .. } = sealed;
    Ok(Agent { id: row.id, name: row.name, key, inside })
}

/// Reads an id as the network's directory writes it.
fn directory_id(field: &str, text: &str) -> Result<String, Error> {
    let allowed = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_' || c == '-';
    if text.is_empty() || text.len() > MAX_CHARS || !text.chars().all(allowed) {
        let detail = "is not an id of the directory: capitals, digits, `_` and `-`";
        return Err(Error::field(field, "unfit", detail));
    }
    Ok(text.to_owned())
}

/// Adds an agent.
///
/// # Errors
/// [`Error::Invalid`] field by field; [`Error::Conflict`] when one is in force under that id.
pub fn add(
    conn: &mut Conn,
    keys: &Keys,
    id: &str,
    name: &str,
    verify_key: &str,
    inside: bool,
    now: Timestamp,
) -> Result<(), Error> {
    let id = directory_id("id", id)?;
    let chars = name.chars().count();
    if chars == 0 || chars > MAX_CHARS || name.chars().any(normal::is_unseen) {
        return Err(Error::field("name", "unfit", "is not 1 to 100 plain characters"));
    }
    let verify_key = verify_key.parse().map_err(|error: crate::drp::NotAKey| {
        Error::field("verify-key", "not_a_key", error.to_string())
    })?;
    let sealed = Sealed { verify_key, inside, token: None }.seal(keys, &id, name)?;
    let row = Row {
        id,
        name: name.to_owned(),
        sealed,
        token: None,
        created_at: now.as_millisecond(),
        ended_at: None,
    };
    if drp_agents::insert(conn, &row)? {
        return Ok(());
    }
    let words = "an agent is in force under that id; end it first";
    Err(Error::Conflict(words.to_owned()))
}

/// Ends an agent: its token opens nothing any more. What it sent in goes on.
///
/// # Errors
/// [`Error::NotFound`] when there is none in force.
pub fn end(conn: &mut Conn, id: &str, now: Timestamp) -> Result<(), Error> {
    if drp_agents::end(conn, id, now.as_millisecond())? {
        return Ok(());
    }
    Err(Error::NotFound { what: "agent in force", name: id.to_owned() })
}

/// Says under which id the network's directory has this business.
///
/// # Errors
/// [`Error::Invalid`] when it is none.
pub fn name_business(conn: &mut Conn, id: &str) -> Result<(), Error> {
    meta::put(conn, BUSINESS, &directory_id("business", id)?);
    Ok(())
}

/// Under which id the network's directory has this business; `None` while nobody has said so, and
/// then the protocol is not spoken.
///
/// # Errors
/// When the database does not answer.
pub fn business(conn: &mut Conn) -> Result<Option<String>, Error> {
    Ok(meta::get(conn, BUSINESS)?)
}

/// The agent in force under an id.
///
/// # Errors
/// When its row was changed.
pub fn by_id(conn: &mut Conn, keys: &Keys, id: &str) -> Result<Option<Agent>, Error> {
    drp_agents::get(conn, id)?.map(|row| open(keys, row)).transpose()
}

/// The agent in force with a token.
///
/// # Errors
/// When its row was changed.
pub fn by_token(conn: &mut Conn, keys: &Keys, token: &str) -> Result<Option<Agent>, Error> {
    let hash = Sha256::digest(token.as_bytes());
    drp_agents::by_token(conn, &hash)?.map(|row| open(keys, row)).transpose()
}

/// A new token; its hash is kept and nothing else.
///
/// # Errors
/// When the machine has no randomness to give.
pub fn new_token() -> Result<Zeroizing<String>, Error> {
    let mut bytes = Zeroizing::new([0; 32]);
    random(bytes.as_mut_slice())?;
    Ok(Zeroizing::new(format!("drp_{}", base32().encode(bytes.as_slice()))))
}

/// Gives an agent a token; the one before ends.
///
/// # Errors
/// When it cannot be sealed.
pub fn give_token(conn: &mut Conn, keys: &Keys, agent: &Agent, token: &str) -> Result<(), Error> {
    let hash: [u8; 32] = Sha256::digest(token.as_bytes()).into();
    let sealed = Sealed { verify_key: agent.key, inside: agent.inside, token: Some(hash) };
    let sealed = sealed.seal(keys, &agent.id, &agent.name)?;
    drp_agents::put_token(conn, &agent.id, &hash, &sealed);
    Ok(())
}
