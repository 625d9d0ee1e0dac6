//! What a message asks: which right, for whom, known by what (sections 2.01, 2.04, 3.01, 3.04).

use std::fmt;

use policy::request::RequestKind;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::Fault;
use super::envelope::{Checked, Signed};

/// The most hints that are read, and the longest, in characters.
const HINTS: (usize, usize) = (20, 100);
/// The longest text of a claim, in characters.
const MAX_CHARS: usize = 500;

/// A right, as the protocol names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Action {
    /// To know.
    #[serde(rename = "access")]
    Access,
    /// To know the categories.
    #[serde(rename = "access:categories")]
    AccessCategories,
    /// To know the very information.
    #[serde(rename = "access:specific")]
    AccessSpecific,
    /// To have it deleted.
    #[serde(rename = "deletion")]
    Deletion,
    /// To stop its sale.
    #[serde(rename = "sale:opt-out")]
    SaleOptOut,
    /// To allow its sale again.
    #[serde(rename = "sale:opt-in")]
    SaleOptIn,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 6] = [
        Self::Access,
        Self::AccessCategories,
        Self::AccessSpecific,
        Self::Deletion,
        Self::SaleOptOut,
        Self::SaleOptIn,
    ];

    /// The kind of request that it is here; `None` for what is no request: a consent is the person's
    /// own to give.
    pub fn kind(self) -> Option<RequestKind> {
        match self {
            Self::Access | Self::AccessSpecific => Some(RequestKind::Disclosure),
            Self::AccessCategories => Some(RequestKind::PurposeNotice),
            Self::Deletion => Some(RequestKind::Erasure),
            Self::SaleOptOut => Some(RequestKind::StopProvision),
            Self::SaleOptIn => None,
        }
    }
}

/// Who the person is, by what the agent says (schema.org/Person). Shows nothing of it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// Her full name.
    pub name: Option<String>,
    /// Her address, and whether the agent has checked it.
    pub email: Option<(String, bool)>,
    /// Her number (E.164), and whether the agent has checked it.
    pub phone_number: Option<(String, bool)>,
    /// Her postal address in lines, and whether the agent has checked it.
    pub address: Option<(String, bool)>,
    /// A document that she signed, by its reference.
    pub power_of_attorney: Option<String>,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity")
    }
}

/// A request to exercise a right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exercise {
    /// Which right.
    pub action: Action,
    /// The agent's own number for it.
    pub agent_request_id: Option<String>,
    /// The law that is named; `None` for a voluntary basis.
    pub regime: Option<String>,
    /// How the business may know her.
    pub relationships: Vec<String>,
    /// Where the agent wants to be told of its status.
    pub status_callback: Option<String>,
    /// Who she is.
    pub identity: Identity,
}

/// That a request is taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// Why, in the person's words.
    pub reason: Option<String>,
}

/// A text among the claims; `None` where it is left out, null or empty.
fn text(claims: &Map<String, Value>, name: &'static str) -> Result<Option<String>, Fault> {
    match claims.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.chars().count() <= MAX_CHARS => {
            Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty()))
        }
        Some(_) => Err(Fault::Claim(name)),
    }
}

/// A switch among the claims; false where it is left out.
fn switch(claims: &Map<String, Value>, name: &'static str) -> Result<bool, Fault> {
    match claims.get(name) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(is)) => Ok(*is),
        Some(_) => Err(Fault::Claim(name)),
    }
}

/// An address as OpenID Connect writes it (Core 5.1.1), in lines; or as text.
fn address(claims: &Map<String, Value>) -> Result<Option<String>, Fault> {
    const PARTS: [&str; 5] = ["street_address", "locality", "region", "postal_code", "country"];
    let Some(Value::Object(parts)) = claims.get("address") else { return text(claims, "address") };
    let part = |name| text(parts, name).map_err(|_| Fault::Claim("address"));
    if let Some(formatted) = part("formatted")? {
        return Ok(Some(formatted));
    }
    let found: Vec<Option<String>> = PARTS.into_iter().map(part).collect::<Result<_, _>>()?;
    let lines: Vec<String> = found.into_iter().flatten().collect();
    Ok(Some(lines.join("\n")).filter(|lines| !lines.is_empty()))
}

impl Exercise {
    /// Reads what a message asks. What it does not know it leaves.
    ///
    /// # Errors
    /// [`Fault::Action`] for a right that the protocol does not have; [`Fault::Claim`] for what cannot
    /// be read.
    pub fn read(message: &Checked) -> Result<Self, Fault> {
        let claims: Map<String, Value> = message.signed().json()?;
        let action = claims.get("exercise").ok_or(Fault::Claim("exercise"))?;
        let action = action.as_str().ok_or(Fault::Claim("exercise"))?;
        let action = Action::deserialize(Value::from(action)).map_err(|_| Fault::Action)?;
        let hint = |hint: &Value| {
            let hint = hint.as_str().filter(|hint| hint.chars().count() <= HINTS.1);
            hint.map(str::to_owned).ok_or(Fault::Claim("relationships"))
        };
        let relationships = match claims.get("relationships") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(hints)) if hints.len() <= HINTS.0 => {
                hints.iter().map(hint).collect::<Result<_, _>>()?
            }
            Some(_) => return Err(Fault::Claim("relationships")),
        };
        let with = |value: Option<String>, checked: bool| value.map(|value| (value, checked));
        Ok(Self {
            action,
            agent_request_id: text(&claims, "agent-request-id")?,
            regime: text(&claims, "regime")?,
            relationships,
            status_callback: text(&claims, "status_callback")?,
            identity: Identity {
                name: text(&claims, "name")?,
                email: with(text(&claims, "email")?, switch(&claims, "email_verified")?),
                phone_number: with(
                    text(&claims, "phone_number")?,
                    switch(&claims, "phone_number_verified")?,
                ),
                address: with(address(&claims)?, switch(&claims, "address_verified")?),
                power_of_attorney: text(&claims, "power_of_attorney")?,
            },
        })
    }
}

impl Revocation {
    /// Reads why a request is taken back. The message says neither agent nor moment (section 2.04).
    ///
    /// # Errors
    /// [`Fault::NotJson`], [`Fault::Claim`].
    pub fn read(message: &Signed) -> Result<Self, Fault> {
        let claims: Map<String, Value> = message.json()?;
        Ok(Self { reason: text(&claims, "reason")? })
    }
}
