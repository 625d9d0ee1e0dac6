//! It is shown who asks (S25, R8.6): a one-time code goes to the address that letters go to; whoever
//! gives it back holds that mailbox. If the address is a registered one, that makes her known; if not,
//! it opens the pages of this request and nothing else.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use policy::request::{Identified, RequestId, State, Step};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{By, Change, Request, SentCode, advance};
use crate::app::App;
use crate::error::Error;
use crate::keys::Keys;
use crate::letter::RequestLetter;
use crate::once::random;
use crate::store::Tx;
use crate::store::requests::{self, Session};

/// How long a code holds.
pub const CODE_HOLDS: SignedDuration = SignedDuration::from_mins(10);
/// Wrong codes after which the one that was sent holds no longer.
const WRONG_CODES: u32 = 5;
/// Codes that are sent for one request in a day.
const CODES_A_DAY: usize = 6;
/// The pause before another code is sent.
const CODE_PAUSE: SignedDuration = SignedDuration::from_secs(60);
/// How long a session on the pages holds.
const SESSION: SignedDuration = SignedDuration::from_mins(30);
/// How recently a code was shown for what needs a fresh one.
pub const RECENT: SignedDuration = SignedDuration::from_mins(10);

/// A new code of six digits, with what is held of it.
pub(super) fn fresh_code(
    keys: &Keys,
    id: RequestId,
    now: Timestamp,
) -> Result<(String, SentCode), Error> {
    // Of four random bytes the remainder is uneven by one in four thousand: a guesser gains nothing.
    let mut bytes = [0; 4];
    random(&mut bytes)?;
    let code = format!("{:06}", u32::from_be_bytes(bytes) % 1_000_000);
    let fingerprint = fingerprint(keys, id, &code)?;
    Ok((code, SentCode { fingerprint, at: now, wrong: 0, used: false }))
}

fn fingerprint(keys: &Keys, id: RequestId, code: &str) -> Result<[u8; 16], Error> {
    Ok(keys.fingerprint(&[b"request code", &id.0, code.as_bytes()])?)
}

/// The token of a session on the pages, in clear only in the cookie.
pub struct Opened {
    /// The token, in lower-case hexadecimal.
    pub token: Zeroizing<String>,
    /// Until when it holds.
    pub ends_at: Timestamp,
}

/// Hashes a session's token for the row.
pub fn session_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// Sends another code.
///
/// # Errors
/// [`Error::TooMany`] within a minute of the last one, or after six in a day.
pub async fn send_code(app: &Arc<App>, id: RequestId, by: impl Into<By>) -> Result<(), Error> {
    let (code, sent) = fresh_code(&app.keys, id, app.clock.now())?;
    advance(app, id, by, move |request, _, now| {
        let matter = &mut request.matter;
        matter.codes_sent.retain(|at| *at > now - SignedDuration::from_hours(24));
        let since = matter.codes_sent.last().map_or(CODE_PAUSE, |at| now.duration_since(*at));
        if since < CODE_PAUSE {
            let wait = (CODE_PAUSE - since).as_secs().unsigned_abs().max(1);
            return Err(Error::TooMany { retry_after_s: wait });
        }
        if matter.codes_sent.len() >= CODES_A_DAY {
            return Err(Error::TooMany { retry_after_s: 24 * 3600 });
        }
        matter.codes_sent.push(now);
        matter.code = Some(sent.clone());
        Ok(Change { steps: Vec::new(), letters: vec![RequestLetter::Code { code: code.clone() }] })
    })
    .await
    .map(drop)
}

/// What giving a code came to.
enum Given {
    Right(Timestamp),
    Wrong,
    Used,
    Over,
}

/// Takes a code: opens a session on the pages, and where the address is a registered one and the
/// requester asks for herself, makes her known.
///
/// # Errors
/// [`Error::Invalid`] on `code`: `wrong`, and for whoever gives the very code that was sent last, `used`
/// or `expired`. Whoever guesses learns nothing but `wrong`, also when none was ever sent.
pub async fn give_code(
    app: &Arc<App>,
    id: RequestId,
    code: &str,
    by: impl Into<By>,
) -> Result<Opened, Error> {
    let code: String =
        policy::normal::compatible(code).chars().filter(char::is_ascii_digit).collect();
    let given = fingerprint(&app.keys, id, &code)?;
    let mut token = Zeroizing::new([0; 32]);
    random(token.as_mut_slice())?;
    let token = Zeroizing::new(data_encoding::HEXLOWER.encode(token.as_slice()));
    let hash = session_hash(&token);
    let outcome = Arc::new(std::sync::Mutex::new(Given::Wrong));
    let told = Arc::clone(&outcome);
    advance(app, id, by, move |request: &mut Request, tx: &mut Tx<'_>, now| {
        let (came, change) = judge(request, given, now);
        if let Given::Right(ends_at) = came {
            let session = Session {
                request: id,
                verified_at: now.as_millisecond(),
                ends_at: ends_at.as_millisecond(),
            };
            requests::open_session(tx, &hash, &session);
        }
        *told.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = came;
        Ok(change)
    })
    .await?;
    let came = outcome.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    match *came {
        Given::Right(ends_at) => Ok(Opened { token, ends_at }),
        Given::Wrong => Err(Error::field("code", "wrong", "is not the code that was sent last")),
        Given::Used => Err(Error::field("code", "used", "was used before; have another one sent")),
        Given::Over => {
            Err(Error::field("code", "expired", "holds no longer; have another one sent"))
        }
    }
}

fn judge(request: &mut Request, given: [u8; 16], now: Timestamp) -> (Given, Change) {
    let matter = &mut request.matter;
    let Some(sent) = matter.code.as_mut() else { return (Given::Wrong, Change::default()) };
    // Keyed fingerprints: comparing them tells nothing about the code.
    if sent.fingerprint != given {
        sent.wrong = sent.wrong.saturating_add(1);
        return (Given::Wrong, Change::default());
    }
    if sent.used {
        return (Given::Used, Change::default());
    }
    if now.duration_since(sent.at) > CODE_HOLDS || sent.wrong >= WRONG_CODES {
        return (Given::Over, Change::default());
    }
    sent.used = true;
    let mut change = Change::default();
    let for_herself = request.progress.agency.is_none();
    if request.progress.state == State::Verifying && for_herself {
        request.subject = matter.candidate;
        let held = matter.candidate.is_some();
        change.steps.push(Step::Identify { how: Identified::Code, held });
    }
    (Given::Right(now + SESSION), change)
}

/// The session of a token on the pages: which request, and when a code was shown for it.
///
/// # Errors
/// The database.
pub async fn session(app: &App, token: &str) -> Result<Option<(RequestId, Timestamp)>, Error> {
    let (hash, now) = (session_hash(token), app.clock.now().as_millisecond());
    let found = app.store.read(move |conn| requests::session(conn, &hash, now)).await?;
    let Some(Session { request, verified_at, .. }) = found else { return Ok(None) };
    let verified_at = Timestamp::from_millisecond(verified_at).map_err(anyhow::Error::from)?;
    Ok(Some((request, verified_at)))
}
