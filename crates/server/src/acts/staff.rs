//! Who decides about requests and looks after deadlines: somebody is added, invited anew, ended, or
//! becomes the information manager, who is always exactly one once there is one (S9). Each is an act
//! with its record. Everything that is kept of them is sealed, so that whoever can only write to the
//! database makes nobody, changes nobody and lets nobody in.
//!
//! Signing in is `staff_session.rs`.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use policy::record::Act;
use policy::{Document, Language, Record, StaffId, StaffRole, normal, party};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use vault::{TotpSecret, Verifier};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::app::{App, Beside};
use crate::error::{Error, FieldError};
use crate::keys::Keys;
use crate::once::{self, Fresh};
use crate::record::{self, Terms};
use crate::store::staff::{self, SealedStaff};
use crate::store::{Conn, Tx, staff_sessions};

/// How long an invitation stands.
pub const INVITED_FOR: SignedDuration = SignedDuration::from_hours(72);
/// The longest login.
const MAX_LOGIN_CHARS: usize = 64;
/// The longest name.
const MAX_NAME_CHARS: usize = 100;
/// Who asks for these acts, in the records: they come from the command line alone.
const BY: &str = "operator";

/// A secret's bytes, wiped after use.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(transparent)]
pub(super) struct SecretBytes([u8; 20]);

/// An invitation that was not taken up yet.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Invitation {
    /// SHA-256 of the token in the link.
    pub hash: [u8; 32],
    /// Until when it stands.
    pub until: Timestamp,
}

/// What is kept of somebody, sealed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    pub login: String,
    pub name: String,
    pub role: StaffRole,
    pub language: Language,
    /// The password's verifier, once there is one.
    pub verifier: Option<String>,
    /// What the authenticator app shares.
    totp: SecretBytes,
    /// Until it is taken up.
    pub invitation: Option<Invitation>,
}

impl Kept {
    /// What one-time codes come from.
    pub fn totp(&self) -> Result<TotpSecret, Error> {
        let secret = TotpSecret::from_bytes(&self.totp.0);
        Ok(secret.ok_or_else(|| anyhow::anyhow!("a second factor of another length"))?)
    }
}

/// Somebody with the row and what it seals.
pub(super) struct Opened {
    pub row: SealedStaff,
    pub kept: Kept,
}

/// What stands in clear beside what is sealed, and is bound to it: whose it is, and that they were
/// not ended.
fn context(row: &SealedStaff) -> Vec<u8> {
    let mut context = Vec::with_capacity(48);
    context.extend_from_slice(&row.id.0);
    context.extend_from_slice(&row.login);
    context.extend_from_slice(&row.created_at.to_be_bytes());
    context.extend_from_slice(&row.ended_at.unwrap_or(i64::MIN).to_be_bytes());
    context
}

impl Opened {
    /// Opens a row.
    pub fn open(keys: &Keys, row: SealedStaff) -> Result<Self, Error> {
        let changed = |error: anyhow::Error| {
            anyhow::anyhow!("{} was changed ({error}); restore it from a backup", row.id)
        };
        let plain = keys.open_system("staff", &context(&row), &row.sealed).map_err(changed)?;
        let kept = serde_json::from_slice(&plain).map_err(anyhow::Error::from).map_err(changed)?;
        Ok(Self { row, kept })
    }

    /// Seals it anew, to be put in place of what is there.
    pub fn sealed(mut self, keys: &Keys) -> Result<SealedStaff, Error> {
        let plain = Zeroizing::new(serde_json::to_vec(&self.kept).map_err(anyhow::Error::from)?);
        self.row.sealed = keys.seal_system("staff", &context(&self.row), &plain)?;
        Ok(self.row)
    }

    fn member(self) -> Member {
        let Self { row, kept } = self;
        Member {
            id: row.id,
            created_at: row.created_at,
            ended_at: row.ended_at,
            invited_until: kept.invitation.as_ref().map(|invitation| invitation.until),
            login: kept.login,
            name: kept.name,
            role: kept.role,
            language: kept.language,
        }
    }
}

/// Somebody of the staff.
pub struct Member {
    /// Who.
    pub id: StaffId,
    /// What they sign in with.
    pub login: String,
    /// The name that others of the staff see.
    pub name: String,
    /// What they answer for.
    pub role: StaffRole,
    /// The language of their pages.
    pub language: Language,
    /// When they were added, in milliseconds since 1970.
    pub created_at: i64,
    /// When they were ended.
    pub ended_at: Option<i64>,
    /// Until when their invitation stands, while it was not taken up.
    pub invited_until: Option<Timestamp>,
}

/// Somebody who is to be added.
#[derive(Clone)]
pub struct Newcomer {
    /// What they will sign in with.
    pub login: String,
    /// The name that others of the staff see.
    pub name: String,
    /// What they answer for; a new manager takes the role over from whoever has it.
    pub role: StaffRole,
    /// The language of their pages.
    pub language: Language,
}

/// What is drawn before an act about the staff, so that an act that is run again stays the same.
pub struct Drawn {
    id: StaffId,
    token: Zeroizing<[u8; 32]>,
    totp: TotpSecret,
    fresh: [Fresh; 2],
}

impl Drawn {
    /// Draws it.
    ///
    /// # Errors
    /// When the machine has no randomness to give.
    pub fn new() -> Result<Self, Error> {
        let (mut id, mut token) = ([0; 16], Zeroizing::new([0; 32]));
        once::random(&mut id)?;
        once::random(&mut *token)?;
        let totp = TotpSecret::create().map_err(anyhow::Error::from)?;
        Ok(Self { id: StaffId(id), token, totp, fresh: [Fresh::new()?, Fresh::new()?] })
    }

    /// The invitation that whoever is added or invited gets: the last part of its address.
    fn invite(&self, staff: StaffId, now: Timestamp) -> (Invited, Invitation, SecretBytes) {
        let mut bytes = Zeroizing::new(staff.0.to_vec());
        bytes.extend_from_slice(&*self.token);
        let until = now + INVITED_FOR;
        let hash = Sha256::digest(self.token.as_slice()).into();
        let mut totp = [0; 20];
        totp.copy_from_slice(self.totp.reveal());
        let invited = Invited { staff, token: party::base32().encode(&bytes), until };
        (invited, Invitation { hash, until }, SecretBytes(totp))
    }
}

/// An invitation on its way to somebody.
pub struct Invited {
    /// To whom.
    pub staff: StaffId,
    /// The last part of its address, which nothing else gives away; kept nowhere.
    pub token: String,
    /// Until when it stands.
    pub until: Timestamp,
}

/// Reads the token of an invitation: whose it is, and the hash it must have.
pub(super) fn read_token(token: &str) -> Option<(StaffId, [u8; 32])> {
    let bytes = Zeroizing::new(party::base32().decode(token.as_bytes()).ok()?);
    let (id, rest) = bytes.split_first_chunk::<16>()?;
    (rest.len() == 32).then(|| (StaffId(*id), Sha256::digest(rest).into()))
}

/// A login in the one form in which it is known: width and case folded.
pub(super) fn login_form(given: &str) -> String {
    normal::compatible(given).trim().to_lowercase()
}

/// The fingerprint under which a login is found.
pub(super) fn login_token(keys: &Keys, login: &str) -> Result<[u8; 16], Error> {
    Ok(keys.fingerprint(&[b"staff login", login.as_bytes()])?)
}

impl Newcomer {
    /// Puts the login into its one form, and refuses what cannot be read.
    fn read(&self) -> Result<Self, Error> {
        let mut wrong = Vec::new();
        let login = login_form(&self.login);
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-@".contains(c);
        let chars = login.chars().count();
        if !(2..=MAX_LOGIN_CHARS).contains(&chars) || !login.chars().all(allowed) {
            let detail = format!("is not 2 to {MAX_LOGIN_CHARS} of a-z, 0-9, `.`, `_`, `-`, `@`");
            wrong.push(FieldError::new("login", "unfit", detail));
        }
        let name = normal::text(self.name.trim());
        let chars = name.chars().count();
        if !(1..=MAX_NAME_CHARS).contains(&chars) || name.chars().any(normal::is_unseen) {
            let detail = format!("is not 1 to {MAX_NAME_CHARS} plain characters");
            wrong.push(FieldError::new("name", "unfit", detail));
        }
        if !wrong.is_empty() {
            return Err(Error::Invalid(wrong));
        }
        Ok(Self { login, name, ..self.clone() })
    }
}

/// What an operator's act goes by, in a house that this process serves or another.
pub struct Office<'a> {
    /// What seals and finds.
    pub keys: &'a Keys,
    /// What records are written on.
    pub terms: &'a Terms,
    /// When it happens.
    pub now: Timestamp,
}

impl<'a> Office<'a> {
    /// The office of a house that this process serves.
    pub fn of(app: &'a App) -> Self {
        Self { keys: &app.keys, terms: &app.terms, now: app.clock.now() }
    }

    /// The office of a house that another process may serve.
    pub fn beside(house: &'a Beside) -> Self {
        Self { keys: &house.keys, terms: &house.terms, now: house.clock.now() }
    }

    /// The policy in force.
    ///
    /// # Errors
    /// When there is none yet.
    pub fn policy(&self) -> Result<Arc<Document>, Error> {
        let rules = self.terms.rules();
        let rules = rules.ok_or_else(|| anyhow::anyhow!("no policy is in force here yet"))?;
        Ok(Arc::clone(&rules.document))
    }

    /// Writes an act down as the operator's.
    pub(super) fn record(&self, tx: &mut Tx<'_>, act: Act, fresh: &Fresh) -> Result<(), Error> {
        let policy = self.policy()?.version;
        let record = Record { at: self.now, policy, subject: None, by: BY.to_owned(), act };
        record::write(self.keys, self.terms, tx, &record, None, fresh).map(drop)
    }

    /// Everybody who was not ended, opened.
    fn present(&self, conn: &mut Conn) -> Result<Vec<Opened>, Error> {
        let rows = staff::all(conn)?.into_iter();
        let opened: Result<Vec<_>, _> = rows.map(|row| Opened::open(self.keys, row)).collect();
        Ok(opened?.into_iter().filter(|opened| opened.row.ended_at.is_none()).collect())
    }

    /// Somebody by login, who was not ended.
    fn one(&self, conn: &mut Conn, login: &str) -> Result<Opened, Error> {
        let token = login_token(self.keys, &login_form(login))?;
        let row = staff::find(conn, &token)?.filter(|row| row.ended_at.is_none());
        let row = row.ok_or_else(|| Error::not_found("member of the staff", login))?;
        Opened::open(self.keys, row)
    }

    fn manager(&self, conn: &mut Conn) -> Result<Option<Opened>, Error> {
        let present = self.present(conn)?;
        Ok(present.into_iter().find(|opened| opened.kept.role == StaffRole::Manager))
    }

    /// Takes the role of the manager from one and gives it to another.
    fn name_manager(
        &self,
        tx: &mut Tx<'_>,
        mut before: Opened,
        mut next: Opened,
        fresh: &Fresh,
    ) -> Result<(), Error> {
        let act = Act::ManagerNamed { staff: next.row.id, before: before.row.id };
        before.kept.role = StaffRole::Officer;
        next.kept.role = StaffRole::Manager;
        staff::update(tx, &before.sealed(self.keys)?);
        staff::update(tx, &next.sealed(self.keys)?);
        self.record(tx, act, fresh)
    }

    /// Adds somebody and invites them. A new manager takes the role over in the same act.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an unfit login or name; [`Error::Conflict`] for a login that was
    /// given before.
    pub fn add(
        &self,
        tx: &mut Tx<'_>,
        newcomer: &Newcomer,
        drawn: &Drawn,
    ) -> Result<Invited, Error> {
        let Newcomer { login, name, role, language } = newcomer.read()?;
        let token = login_token(self.keys, &login)?;
        if staff::find(tx, &token)?.is_some() {
            return Err(Error::Conflict(format!(
                "`{login}` was given before, and records name who had it; take another login"
            )));
        }
        let before = if role == StaffRole::Manager { self.manager(tx)? } else { None };
        // Who takes the role over is an officer until then: one step, one record.
        let role = if before.is_some() { StaffRole::Officer } else { role };
        let (invited, invitation, totp) = drawn.invite(drawn.id, self.now);
        let invitation = Some(invitation);
        let opened = Opened {
            row: SealedStaff {
                id: drawn.id,
                login: token,
                sealed: Vec::new(),
                created_at: self.now.as_millisecond(),
                ended_at: None,
                used_step: 0,
            },
            kept: Kept { login, name, role, language, verifier: None, totp, invitation },
        };
        let row = opened.sealed(self.keys)?;
        staff::insert(tx, &row);
        self.record(tx, Act::StaffAdded { staff: row.id, role }, &drawn.fresh[0])?;
        if let Some(before) = before {
            let next = Opened::open(self.keys, row)?;
            self.name_manager(tx, before, next, &drawn.fresh[1])?;
        }
        Ok(invited)
    }

    /// Invites somebody anew: the password, the second factor and every session end.
    ///
    /// # Errors
    /// [`Error::NotFound`] when nobody present has that login.
    pub fn invite(&self, tx: &mut Tx<'_>, login: &str, drawn: &Drawn) -> Result<Invited, Error> {
        let mut opened = self.one(tx, login)?;
        let id = opened.row.id;
        let (invited, invitation, totp) = drawn.invite(id, self.now);
        opened.kept.verifier = None;
        opened.kept.totp = totp;
        opened.kept.invitation = Some(invitation);
        opened.row.used_step = 0;
        staff::update(tx, &opened.sealed(self.keys)?);
        staff_sessions::end_all(tx, id);
        self.record(tx, Act::StaffInvited { staff: id }, &drawn.fresh[0])?;
        Ok(invited)
    }

    /// Ends somebody: they sign in no more, and what they did stays theirs.
    ///
    /// # Errors
    /// [`Error::NotFound`] when nobody present has that login; [`Error::Conflict`] for the manager,
    /// whose role has to go to another first (S9).
    pub fn end(&self, tx: &mut Tx<'_>, login: &str, drawn: &Drawn) -> Result<StaffId, Error> {
        let mut opened = self.one(tx, login)?;
        let id = opened.row.id;
        if opened.kept.role == StaffRole::Manager {
            return Err(Error::Conflict(
                "there is always an information manager; hand the role over first, with `azukari \
                 staff hand-over LOGIN`"
                    .to_owned(),
            ));
        }
        opened.kept.verifier = None;
        opened.kept.totp = SecretBytes([0; 20]);
        opened.kept.invitation = None;
        opened.row.ended_at = Some(self.now.as_millisecond());
        staff::update(tx, &opened.sealed(self.keys)?);
        staff_sessions::end_all(tx, id);
        self.record(tx, Act::StaffEnded { staff: id }, &drawn.fresh[0])?;
        Ok(id)
    }

    /// Makes somebody the information manager; who was it is an officer from here on.
    ///
    /// # Errors
    /// [`Error::NotFound`] when nobody present has that login; [`Error::Conflict`] when they have
    /// the role, or nobody has it yet.
    pub fn hand_over(&self, tx: &mut Tx<'_>, login: &str, drawn: &Drawn) -> Result<StaffId, Error> {
        let next = self.one(tx, login)?;
        let id = next.row.id;
        let before = self.manager(tx)?.ok_or_else(|| {
            let words = "there is no information manager yet; add one with `--role manager`";
            Error::Conflict(words.to_owned())
        })?;
        if before.row.id == id {
            return Err(Error::Conflict("they are the information manager already".to_owned()));
        }
        self.name_manager(tx, before, next, &drawn.fresh[0])?;
        Ok(id)
    }
}

/// Everybody who is or was of the staff, the oldest first.
///
/// # Errors
/// When a row was changed.
pub fn all(keys: &Keys, conn: &mut Conn) -> Result<Vec<Member>, Error> {
    let rows = staff::all(conn)?.into_iter();
    rows.map(|row| Opened::open(keys, row).map(Opened::member)).collect()
}

/// Whether a password is theirs; the work of a check is done either way.
pub(super) fn password_fits(verifier: Option<&str>, given: &vault::Plain) -> bool {
    match verifier.and_then(|text| Verifier::parse(text).ok()) {
        Some(verifier) => verifier.check(given).unwrap_or(false),
        None => vault::check_against_nobody(given).unwrap_or(false),
    }
}
