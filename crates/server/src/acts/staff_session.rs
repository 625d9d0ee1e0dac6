//! Somebody of the staff takes up an invitation, signs in with password and one-time code, stays
//! signed in for a while, and signs out. None of these is an act of the ledger. Wrong answers tell
//! nothing about which part was wrong, and take as long whether the login is known or not.

use std::num::NonZeroU32;
use std::sync::Arc;

use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};
use jiff::{SignedDuration, Timestamp};
use policy::{Language, StaffId, StaffRole, party};
use sha2::{Digest, Sha256};
use vault::{BadPassword, Plain, TotpSecret, Verifier};
use zeroize::Zeroizing;

use super::staff::{Opened, login_form, login_token, password_fits, read_token};
use crate::app::App;
use crate::error::Error;
use crate::keys::Keys;
use crate::once;
use crate::store::staff::{self, SealedStaff};
use crate::store::staff_sessions::{self, Session};
use crate::store::{Conn, Tx};

/// How long a session lasts without a page being asked for.
pub const IDLE: SignedDuration = SignedDuration::from_mins(30);
/// How long a session lasts at most.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(12);
/// How often it is noted that a session is in use.
const NOTED_EVERY: SignedDuration = SignedDuration::from_mins(1);
/// Tries for one login before waiting.
const TRIES: NonZeroU32 = NonZeroU32::new(10).unwrap();
/// Tries for all logins together in a minute.
const TRIES_OF_ALL: NonZeroU32 = NonZeroU32::new(60).unwrap();
/// Logins remembered before those at rest are forgotten.
const REMEMBERED: usize = 10_000;

/// Counts tries, by the fingerprint of the login and all together.
pub struct Tries {
    by_login: DefaultKeyedRateLimiter<[u8; 16]>,
    all: DefaultDirectRateLimiter,
}

impl Default for Tries {
    fn default() -> Self {
        // Ten at once, then one a minute.
        let quota = Quota::per_minute(NonZeroU32::MIN).allow_burst(TRIES);
        let all = RateLimiter::direct(Quota::per_minute(TRIES_OF_ALL));
        Self { by_login: RateLimiter::keyed(quota), all }
    }
}

impl Tries {
    fn one_more(&self, login: &[u8; 16]) -> Result<(), Error> {
        // Forget logins that may try again freely, so that trying many fills no memory.
        if self.by_login.len() > REMEMBERED {
            self.by_login.retain_recent();
        }
        if self.by_login.check_key(login).is_err() {
            return Err(Error::TooMany { retry_after_s: 60 });
        }
        self.all.check().map_err(|_| Error::TooMany { retry_after_s: 5 })
    }
}

/// What a browser holds to show who it is: 32 random bytes, kept nowhere else.
pub struct Token(Zeroizing<[u8; 32]>);

impl Token {
    fn new() -> Result<Self, Error> {
        let mut bytes = Zeroizing::new([0; 32]);
        once::random(&mut *bytes)?;
        Ok(Self(bytes))
    }

    /// Reads the text of a cookie.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(party::base32().decode(text.as_bytes()).ok()?);
        let mut token = Zeroizing::new([0; 32]);
        if bytes.len() != token.len() {
            return None;
        }
        token.copy_from_slice(&bytes);
        Some(Self(token))
    }

    /// The text of a cookie.
    pub fn text(&self) -> String {
        party::base32().encode(&*self.0)
    }

    /// Under what the session is kept: of a random token a plain hash gives nothing away.
    fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_slice()).into()
    }
}

/// Somebody of the staff who is signed in.
#[derive(Debug, Clone)]
pub struct Staff {
    /// Who.
    pub id: StaffId,
    /// What they sign in with.
    pub login: String,
    /// The name that others of the staff see.
    pub name: String,
    /// What they answer for, as of this request.
    pub role: StaffRole,
    /// The language of their pages.
    pub language: Language,
    /// When they last showed password and code.
    pub verified_at: Timestamp,
    /// Under what their session is kept.
    session: [u8; 32],
}

impl Staff {
    /// Lets through what only the information manager may do (S9).
    ///
    /// # Errors
    /// [`Error::ManagerOnly`] for everybody else.
    pub fn may_manage(&self) -> Result<(), Error> {
        if self.role == StaffRole::Manager { Ok(()) } else { Err(Error::ManagerOnly) }
    }

    /// Under what the records say who asked: the id alone, since a name is nothing for a record.
    pub fn by(&self) -> String {
        self.id.to_string()
    }
}

/// What of a session is bound to its proof: a row that somebody else wrote, or that was moved to
/// another of the staff, does not open.
fn context(session: &Session) -> Vec<u8> {
    let mut context = Vec::with_capacity(64);
    context.extend_from_slice(&session.id);
    context.extend_from_slice(&session.staff.0);
    context.extend_from_slice(&session.created_at.to_be_bytes());
    context.extend_from_slice(&session.verified_at.to_be_bytes());
    context
}

fn new_session(keys: &Keys, token: &Token, staff: StaffId, now: i64) -> Result<Session, Error> {
    let mut session = Session {
        id: token.hash(),
        staff,
        created_at: now,
        seen_at: now,
        verified_at: now,
        proof: Vec::new(),
    };
    session.proof = keys.seal_system("staff session", &context(&session), b"")?;
    Ok(session)
}

/// Begins a session in the caller's transaction, if the row is still the one that was checked.
fn begin(
    tx: &mut Tx<'_>,
    checked: &SealedStaff,
    step: i64,
    session: &Session,
) -> Result<(), Error> {
    let now = staff::get(tx, checked.id)?;
    let is_same = now.is_some_and(|row| row.sealed == checked.sealed);
    if !is_same || !staff::use_step(tx, checked.id, step)? {
        return Err(Error::SignInFailed);
    }
    staff_sessions::insert(tx, session);
    forget(tx, session.created_at);
    Ok(())
}

/// Forgets sessions that are over.
pub fn forget(conn: &mut Conn, now: i64) {
    let (longest, idle) = (LONGEST.as_millis(), IDLE.as_millis());
    let before = |span: i128| now.saturating_sub(i64::try_from(span).unwrap_or(i64::MAX));
    staff_sessions::forget(conn, before(longest), before(idle));
}

/// Signs somebody in.
///
/// # Errors
/// [`Error::SignInFailed`], whatever the reason; [`Error::TooMany`] after ten tries for a login,
/// sixty in a minute for all together, or in a crowd.
pub async fn sign_in(
    app: &Arc<App>,
    tries: &Tries,
    login: &str,
    password: String,
    code: &str,
) -> Result<Token, Error> {
    let password = Plain::new(password);
    let found = login_token(&app.keys, &login_form(login))?;
    tries.one_more(&found)?;
    let row = app.store.read(move |conn| Ok::<_, Error>(staff::find(conn, &found)?)).await?;
    let row = row.filter(|row| row.ended_at.is_none());
    let opened = row.map(|row| Opened::open(&app.keys, row)).transpose()?;
    let verifier = opened.as_ref().and_then(|opened| opened.kept.verifier.clone());
    let password_fits =
        app.hashing.run(move || password_fits(verifier.as_deref(), &password)).await?;
    let now = app.clock.now();
    let nobodys = TotpSecret::create().map_err(anyhow::Error::from)?;
    let (totp, used) = match &opened {
        Some(opened) => (opened.kept.totp()?, opened.row.used_step),
        None => (nobodys, 0),
    };
    let step = totp.check(&typed_code(code), now.as_second(), used);
    let Some((opened, step)) = opened.zip(step).filter(|_| password_fits) else {
        return Err(Error::SignInFailed);
    };
    let token = Token::new()?;
    let session = new_session(&app.keys, &token, opened.row.id, now.as_millisecond())?;
    app.store.write(move |tx| begin(tx, &opened.row, step, &session)).await?;
    Ok(token)
}

/// A code as it is compared: full-width digits and the spaces that apps show are forgiven.
fn typed_code(given: &str) -> String {
    let given: String = given.chars().take(32).collect();
    policy::normal::compatible(&given).chars().filter(|c| !c.is_whitespace()).collect()
}

/// Who is signed in under a token; notes now and then that they are still there.
///
/// # Errors
/// When the row of somebody was changed, or the database is away.
pub async fn present(app: &Arc<App>, token: &Token) -> Result<Option<Staff>, Error> {
    let id = token.hash();
    let found = app
        .store
        .read(move |conn| {
            let Some(session) = staff_sessions::get(conn, &id)? else { return Ok(None) };
            let row = staff::get(conn, session.staff)?;
            Ok::<_, Error>(row.map(|row| (session, row)))
        })
        .await?;
    let Some((session, row)) = found else { return Ok(None) };
    let proven = app.keys.open_system("staff session", &context(&session), &session.proof).is_ok();
    let now = app.clock.now();
    let since = |then: i64| SignedDuration::from_millis(now.as_millisecond().saturating_sub(then));
    let over = since(session.created_at) >= LONGEST || since(session.seen_at) >= IDLE;
    if !proven || over || row.ended_at.is_some() {
        return Ok(None);
    }
    let Opened { row, kept } = Opened::open(&app.keys, row)?;
    if since(session.seen_at) >= NOTED_EVERY {
        let now = now.as_millisecond();
        let note = move |tx: &mut Tx<'_>| {
            staff_sessions::seen(tx, &id, now);
            Ok::<_, Error>(())
        };
        app.store.write(note).await?;
    }
    let verified_at =
        Timestamp::from_millisecond(session.verified_at).map_err(anyhow::Error::from)?;
    Ok(Some(Staff {
        id: row.id,
        login: kept.login,
        name: kept.name,
        role: kept.role,
        language: kept.language,
        verified_at,
        session: id,
    }))
}

/// Signs somebody out, here and nowhere else.
///
/// # Errors
/// When the database does not take it.
pub async fn sign_out(app: &App, staff: &Staff) -> Result<(), Error> {
    let id = staff.session;
    let end = move |tx: &mut Tx<'_>| {
        staff_sessions::end(tx, &id);
        Ok(())
    };
    app.store.write(end).await
}

/// What somebody who was invited is shown.
pub struct Welcome {
    /// What they will sign in with.
    pub login: String,
    /// Their name.
    pub name: String,
    /// The language of their pages.
    pub language: Language,
    /// What their authenticator app is to know.
    pub totp: TotpSecret,
}

fn invited(
    keys: &Keys,
    row: Option<SealedStaff>,
    hash: [u8; 32],
    now: Timestamp,
) -> Result<Opened, Error> {
    let over = || Error::not_found("invitation", "…");
    let row = row.filter(|row| row.ended_at.is_none()).ok_or_else(over)?;
    let opened = Opened::open(keys, row)?;
    let stands = opened.kept.invitation.as_ref();
    // Both are hashes of a random token: comparing them tells nothing about it.
    let stands = stands.is_some_and(|stands| stands.hash == hash && now < stands.until);
    if stands { Ok(opened) } else { Err(over()) }
}

async fn open_invitation(app: &App, token: &str) -> Result<Opened, Error> {
    let (id, hash) = read_token(token).ok_or_else(|| Error::not_found("invitation", "…"))?;
    let row = app.store.read(move |conn| Ok::<_, Error>(staff::get(conn, id)?)).await?;
    invited(&app.keys, row, hash, app.clock.now())
}

/// Whom an invitation is for.
///
/// # Errors
/// [`Error::NotFound`] when it is unknown, over or taken up.
pub async fn welcome(app: &App, token: &str) -> Result<Welcome, Error> {
    let kept = open_invitation(app, token).await?.kept;
    let totp = kept.totp()?;
    Ok(Welcome { login: kept.login, name: kept.name, language: kept.language, totp })
}

/// Takes up an invitation with a password and a first code, and signs in.
///
/// # Errors
/// [`Error::NotFound`] as [`welcome`]; [`Error::Invalid`] for a password that will not do or a code
/// that does not fit.
pub async fn take_up(
    app: &Arc<App>,
    token: &str,
    password: String,
    code: &str,
) -> Result<Token, Error> {
    let password = Plain::new(password);
    let mut opened = open_invitation(app, token).await?;
    let now = app.clock.now();
    let unfit = |bad: &BadPassword| {
        let code = match bad {
            BadPassword::TooShort { .. } => "too_short",
            BadPassword::TooLong { .. } => "too_long",
            BadPassword::Failed(_) => "unfit",
        };
        Error::field("password", code, bad.to_string())
    };
    Verifier::may_be_made(&password).map_err(|bad| unfit(&bad))?;
    let step = opened.kept.totp()?.check(&typed_code(code), now.as_second(), 0);
    let step = step.ok_or_else(|| {
        Error::field("code", "wrong_code", "does not fit; enter the one that the app shows now")
    })?;
    let verifier = app.hashing.run(move || Verifier::new(&password)).await?;
    let before = opened.row.sealed.clone();
    opened.kept.verifier = Some(verifier.map_err(|bad| unfit(&bad))?.to_text());
    opened.kept.invitation = None;
    let row = opened.sealed(&app.keys)?;
    let token = Token::new()?;
    let session = new_session(&app.keys, &token, row.id, now.as_millisecond())?;
    let take_up = move |tx: &mut Tx<'_>| {
        // Of two who take it up at once, one finds it taken up.
        let is_same = staff::get(tx, row.id)?.is_some_and(|now| now.sealed == before);
        if !is_same {
            return Err(Error::not_found("invitation", "…"));
        }
        staff::update(tx, &row);
        begin(tx, &row, step, &session)
    };
    app.store.write(take_up).await?;
    Ok(token)
}

/// From here on their pages are in that language.
///
/// # Errors
/// When the database does not take it.
pub async fn speak(app: &Arc<App>, staff: &Staff, language: Language) -> Result<(), Error> {
    let (id, keeper) = (staff.id, Arc::clone(app));
    let speak = move |tx: &mut Tx<'_>| {
        let Some(row) = staff::get(tx, id)? else { return Ok(()) };
        let mut opened = Opened::open(&keeper.keys, row)?;
        opened.kept.language = language;
        staff::update(tx, &opened.sealed(&keeper.keys)?);
        Ok(())
    };
    app.store.write(speak).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_have_an_end_for_one_login_and_for_all_together() {
        let tries = Tries::default();
        for _ in 0..10 {
            tries.one_more(&[0; 16]).unwrap();
        }
        assert!(matches!(tries.one_more(&[0; 16]), Err(Error::TooMany { retry_after_s: 60 })));
        // Another login each time; a little more than sixty, as some may come back meanwhile.
        let others = (0..100_u8).map(|n| tries.one_more(&[n + 1; 16]));
        let refused = others.filter(Result::is_err).count();
        assert!((1..=50).contains(&refused), "{refused}");
    }

    #[test]
    fn codes_are_taken_as_people_type_them() {
        for given in ["123456", " 123 456 ", "１２３４５６", "123\u{3000}456"] {
            assert_eq!(typed_code(given), "123456");
        }
    }

    #[test]
    fn a_token_is_read_back_and_nothing_else_is_one() {
        let token = Token::new().unwrap();
        let again = Token::parse(&token.text()).unwrap();
        assert_eq!(token.hash(), again.hash());
        for not in ["", "0", &token.text()[1..], "../../../etc/passwd"] {
            assert!(Token::parse(not).is_none());
        }
    }
}
