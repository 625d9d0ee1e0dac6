//! Endpoints for webhooks are added, given a new secret, and ended. No record tells of them, as of
//! service keys: what goes there has ids only, and everything behind an id is asked for at the doors.

use std::net::IpAddr;

use jiff::Timestamp;
use reqwest::Url;

use crate::connectors::webhook::is_public;
use crate::error::{Error, FieldError};
use crate::keys::Keys;
use crate::once::{Once, random};
use crate::store::Conn;
use crate::store::webhooks::{self, Row};
use crate::webhook::{Event, Secret, Secrets, WebhookId};

/// The longest address, in bytes.
const MAX_URL: usize = 1000;

/// An endpoint as it is asked for.
pub struct NewWebhook {
    /// Where it is.
    pub url: String,
    /// The types of the events it wants.
    pub events: Vec<String>,
    /// Whether it may lie in a network that is not public: only an operator allows that.
    pub inside: bool,
}

/// An endpoint, with the secret that is shown now.
pub struct Shown {
    /// The endpoint.
    pub row: Row,
    /// Its newest secret.
    pub secret: Secret,
}

impl Row {
    /// Its id as programs see it.
    pub fn webhook_id(&self) -> WebhookId {
        WebhookId(self.id)
    }
}

/// What is drawn before an act, so that an act that is run again stays the same.
pub struct Drawn {
    id: [u8; 16],
    secret: Secret,
}

impl Drawn {
    /// Draws it.
    ///
    /// # Errors
    /// When the machine has no randomness to give.
    pub fn new() -> Result<Self, Error> {
        let mut id = [0; 16];
        random(&mut id)?;
        Ok(Self { id, secret: Secret::new()? })
    }
}

impl NewWebhook {
    /// The address and the events as they are kept.
    ///
    /// # Errors
    /// [`Error::Invalid`] field by field.
    fn read(&self) -> Result<(String, String), Error> {
        let mut wrong = Vec::new();
        let url = address(&self.url, self.inside).map_err(|(code, words)| {
            wrong.push(FieldError::new("url", code, words));
        });
        let known: Vec<&str> = Event::TYPES
            .into_iter()
            .filter(|known| self.events.iter().any(|wanted| wanted == known))
            .collect();
        if self.events.is_empty() {
            wrong.push(FieldError::new("events", "missing", "names nothing to be told of"));
        }
        for (n, wanted) in self.events.iter().enumerate() {
            if !Event::TYPES.contains(&wanted.as_str()) {
                let detail = format!("is not one of {}", Event::TYPES.join(", "));
                wrong.push(FieldError::new(format!("events[{n}]"), "unknown", detail));
            }
        }
        match url {
            Ok(url) if wrong.is_empty() => Ok((url, known.join(" "))),
            _ => Err(Error::Invalid(wrong)),
        }
    }
}

/// Where a message may go: by https and in the open; inside only with an operator's leave, and in clear only
/// to this machine.
///
/// # Errors
/// What is wrong with it, as a code and in words.
pub fn address(given: &str, inside: bool) -> Result<String, (&'static str, &'static str)> {
    let unfit = ("unfit", "is not an address; give `https://HOST/PATH`");
    if given.len() > MAX_URL {
        return Err(("too_long", "has more than 1000 bytes; give a shorter address"));
    }
    let url = Url::parse(given).map_err(|_| unfit)?;
    let host = url.host_str().ok_or(unfit)?;
    let ip = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().ok();
    let loopback = host == "localhost" || ip.is_some_and(|ip| ip.is_loopback());
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err((
            "unfit",
            "has a user, a password or a `#`; messages are known by their signature",
        ));
    }
    match url.scheme() {
        "https" => {}
        "http" if loopback => {}
        "http" => {
            return Err(("clear", "would be sent in clear over the network; give `https://…`"));
        }
        _ => return Err(unfit),
    }
    // A name is looked up at every message; what is written as a number is known now.
    let is_inside = loopback || ip.is_some_and(|ip| !is_public(ip));
    if is_inside && !inside {
        return Err((
            "inside",
            "leads to a network that is not public; an operator may allow that with \
             `azukari webhooks add --inside`",
        ));
    }
    Ok(url.into())
}

/// Adds an endpoint.
///
/// # Errors
/// [`Error::Invalid`] field by field; [`Error::Conflict`] when the request was carried out before and
/// the endpoint has ended since.
pub fn add(
    conn: &mut Conn,
    keys: &Keys,
    new: &NewWebhook,
    drawn: &Drawn,
    now: Timestamp,
    once: Option<&Once>,
) -> Result<Shown, Error> {
    let (url, events) = new.read()?;
    if let Some(known) = replayed(conn, keys, once)? {
        return Ok(known);
    }
    let secrets = Secrets::begin(drawn.secret.clone());
    let mut row = Row {
        id: drawn.id,
        url,
        events,
        inside: new.inside,
        sealed: None,
        created_at: now.as_millisecond(),
        ended_at: None,
    };
    row.sealed = Some(secrets.seal(keys, &row)?);
    webhooks::insert(conn, &row);
    note(conn, once, &row, now);
    Ok(Shown { row, secret: drawn.secret.clone() })
}

/// Gives an endpoint a new secret; the one before signs beside it for a day.
///
/// # Errors
/// [`Error::NotFound`] when there is none in force; [`Error::Conflict`] when too many sign already.
pub fn rotate(
    conn: &mut Conn,
    keys: &Keys,
    id: WebhookId,
    drawn: &Drawn,
    now: Timestamp,
    once: Option<&Once>,
) -> Result<Shown, Error> {
    if let Some(known) = replayed(conn, keys, once)? {
        return Ok(known);
    }
    let nobody = || Error::not_found("webhook", id.to_string());
    let mut row = webhooks::get(conn, &id.0)?.ok_or_else(nobody)?;
    let mut secrets = Secrets::open(keys, &row)?.ok_or_else(nobody)?;
    secrets.rotate(drawn.secret.clone(), now)?;
    let sealed = secrets.seal(keys, &row)?;
    webhooks::reseal(conn, &id.0, &sealed);
    row.sealed = Some(sealed);
    note(conn, once, &row, now);
    Ok(Shown { row, secret: drawn.secret.clone() })
}

/// Ends an endpoint: its secrets are destroyed, and what waits for it goes nowhere.
///
/// # Errors
/// [`Error::NotFound`] when there is none in force.
pub fn end(conn: &mut Conn, id: WebhookId, now: Timestamp) -> Result<(), Error> {
    if webhooks::end(conn, &id.0, now.as_millisecond())? {
        return Ok(());
    }
    Err(Error::not_found("webhook", id.to_string()))
}

/// The endpoint that a request led to before, with its newest secret: an answer that was lost is
/// given again to whoever has the key.
fn replayed(conn: &mut Conn, keys: &Keys, once: Option<&Once>) -> Result<Option<Shown>, Error> {
    let Some(reply) = once.map(|once| once.reply(conn)).transpose()?.flatten() else {
        return Ok(None);
    };
    let id: WebhookId = reply.parse().map_err(anyhow::Error::from)?;
    let row = webhooks::get(conn, &id.0)?;
    let secrets = row.as_ref().map(|row| Secrets::open(keys, row)).transpose()?.flatten();
    let secret = secrets.as_ref().and_then(Secrets::newest).cloned();
    match row.zip(secret) {
        Some((row, secret)) => Ok(Some(Shown { row, secret })),
        None => Err(Error::Conflict("this webhook has ended; add another".to_owned())),
    }
}

fn note(conn: &mut Conn, once: Option<&Once>, row: &Row, now: Timestamp) {
    if let Some(once) = once {
        once.answered(conn, &row.webhook_id().to_string(), now);
    }
}
