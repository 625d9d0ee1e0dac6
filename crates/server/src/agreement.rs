//! Consents of the young that wait for a statutory representative 法定代理人 (R9.6): who is asked, for
//! which of them, and until when. Sealed under the person's own key; found by the token in the letter.
//! When a consent has to wait is `policy::minor`'s.

use std::collections::BTreeMap;
use std::fmt;

use jiff::{SignedDuration, Timestamp};
use policy::minor::{self, AgeCheck};
use policy::party::base32;
use policy::record::{Act, ConsentTaken};
use policy::{
    ConsentName, ConsentState, Document, Language, Regime, RegimeName, SubjectId, calendar,
};
use serde::{Deserialize, Serialize};
use vault::SubjectKey;
use zeroize::Zeroizing;

use crate::error::{Error, FieldError};
use crate::intake;
use crate::keys::Keys;
use crate::once::random;
use crate::outbox::{self, Message};
use crate::record;
use crate::store::agreements::{self, Kept};
use crate::store::{Conn, consents, items, records, subjects};

/// The longest name, in characters.
const NAME_CHARS: usize = 100;
/// The randomness of a token, in bytes.
const TOKEN_BYTES: usize = 20;
/// How often somebody may have a representative asked in a day. Whoever is named is a stranger until she
/// answers.
const ASKED_A_DAY: usize = 6;
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Who is asked to agree in a person's place.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Representative {
    /// Her name.
    pub name: String,
    /// Her e-mail address.
    pub email: String,
}

impl fmt::Debug for Representative {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Representative(…)")
    }
}

/// Who is asked for what, as it is sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Who.
    pub representative: Representative,
    /// The consents that she agreed to herself.
    pub consents: Vec<ConsentName>,
    /// The language that she answered in.
    pub language: Language,
}

/// What waits for a person's representative.
#[derive(Debug)]
pub struct Agreement {
    /// Whose consents wait.
    pub subject: SubjectId,
    /// The rules that apply to her.
    pub regime: RegimeName,
    /// Who is asked for what. Only consents that are still to be answered.
    pub asked: Asked,
    /// When the link ends.
    pub ends_at: Timestamp,
}

impl Representative {
    /// Reads who is named; what cannot be read is named by its field.
    pub fn read(name: &str, email: &str, wrong: &mut Vec<FieldError>) -> Option<Self> {
        let name = policy::normal::text(name);
        let name = name.trim();
        let chars = name.chars().count();
        let bad = if chars == 0 {
            Some(policy::item::BadValue::Empty)
        } else if chars > NAME_CHARS {
            Some(policy::item::BadValue::TooLong { chars, max: NAME_CHARS })
        } else if name.chars().any(policy::normal::is_unseen) {
            Some(policy::item::BadValue::ControlCharacter)
        } else {
            None
        };
        if let Some(bad) = &bad {
            wrong.push(FieldError::new("representative.name", intake::code(bad), bad.to_string()));
        }
        let email = policy::normal::email(email.trim());
        if email.is_none() {
            let detail =
                "is not an e-mail address; send the representative's, such as a@example.jp";
            wrong.push(FieldError::new("representative.email", "not_an_email", detail));
        }
        email.filter(|_| bad.is_none()).map(|email| Self { name: name.to_owned(), email })
    }
}

/// That nobody is named, where somebody has to be.
pub fn nobody_named() -> FieldError {
    let detail = "is missing; below the age of her law a consent needs her statutory representative: \
                  send `name` and `email` of a parent or guardian";
    FieldError::new("representative", "missing", detail)
}

/// That she names herself.
pub fn names_herself() -> FieldError {
    let detail = "is her own address; send that of a parent or guardian";
    FieldError::new("representative.email", "own_address", detail)
}

/// Holds back what does not stand by itself, and tells which consents those are.
pub fn hold_back(is_below: bool, taken: &mut [ConsentTaken]) -> Vec<ConsentName> {
    let mut waiting = Vec::new();
    for answer in taken {
        let stands = minor::stands(answer.state, is_below, false);
        if stands != answer.state {
            answer.state = stands;
            waiting.push(answer.consent.clone());
        }
    }
    waiting
}

/// The consents that a person gave and nobody agreed to in her place, as they were taken.
///
/// # Errors
/// When a record of hers does not open: then nothing is known of who agreed.
pub fn given_alone(
    keys: &Keys,
    conn: &mut Conn,
    subject: SubjectId,
) -> Result<Vec<ConsentTaken>, Error> {
    let standing = consents::all(conn, subject)?.into_iter();
    let given = standing.filter(|(fact, _)| fact.state == ConsentState::Given);
    let mut given: Vec<ConsentTaken> = given
        .map(|(fact, language)| ConsentTaken {
            consent: fact.consent,
            state: fact.state,
            notice: fact.notice,
            language,
        })
        .collect();
    if given.is_empty() {
        return Ok(given);
    }
    // By whom each was answered last.
    let mut agreed = BTreeMap::new();
    for row in records::answers(conn, subject)? {
        let record = record::open(keys, &row)?.record().map_err(anyhow::Error::from)?;
        if let Act::ConsentChanged { consent, by_representative } = record.act {
            agreed.insert(consent.consent, by_representative);
        }
    }
    given.retain(|taken| agreed.get(&taken.consent) != Some(&true));
    Ok(given)
}

/// That a person may have a representative asked once more today, by her records: they stay when what is
/// asked is taken back.
///
/// # Errors
/// [`Error::TooMany`]; and when a record of hers does not open.
pub fn may_ask(
    keys: &Keys,
    conn: &mut Conn,
    subject: SubjectId,
    now: Timestamp,
) -> Result<(), Error> {
    let mut asked = Vec::new();
    for row in records::answers(conn, subject)? {
        let record = record::open(keys, &row)?.record().map_err(anyhow::Error::from)?;
        if let Act::ConsentChanged { consent, .. } = record.act
            && consent.state == ConsentState::Requested
            && record.at + DAY > now
        {
            asked.push(record.at);
        }
    }
    asked.sort_unstable();
    let Some(first) = asked.len().checked_sub(ASKED_A_DAY).map(|over| asked[over]) else {
        return Ok(());
    };
    let wait = (first + DAY).duration_since(now).as_secs();
    Err(Error::TooMany { retry_after_s: wait.unsigned_abs().max(1) })
}

/// Whether a person who is held is below the age of her regime. Nobody can tell without a date of birth.
///
/// # Errors
/// When her date of birth does not open: then nothing is given on it either.
pub fn is_below_age(
    conn: &mut Conn,
    document: &Document,
    regime: &RegimeName,
    key: &SubjectKey,
    now: Timestamp,
) -> Result<bool, Error> {
    let Some(check) = AgeCheck::new(document, regime, now) else { return Ok(false) };
    let held = items::all(conn, key.subject())?;
    let Some(born) = held.into_iter().find(|held| held.item == check.item().as_str()) else {
        return Ok(false);
    };
    let below = vault::is_below_age(&check, key, born.version, &born.sealed);
    Ok(below.map_err(anyhow::Error::from)?)
}

/// A letter to a representative with what it asks, before it is put.
#[derive(Clone)]
pub struct Letter {
    id: [u8; 16],
    token: Zeroizing<String>,
    fingerprint: [u8; 16],
    at: Timestamp,
}

impl Letter {
    /// Draws a token.
    ///
    /// # Errors
    /// When the machine has no randomness to give.
    pub fn new(keys: &Keys, now: Timestamp) -> Result<Self, Error> {
        let (mut id, mut bytes) = ([0; 16], Zeroizing::new([0; TOKEN_BYTES]));
        random(&mut id)?;
        random(bytes.as_mut_slice())?;
        let token = Zeroizing::new(base32().encode(bytes.as_slice()));
        Ok(Self { id, fingerprint: fingerprint(keys, &token)?, token, at: now })
    }

    /// Puts what is asked and the letter, in the act's own transaction; the link ends with the last of
    /// the days that the regime gives. May run more than once.
    ///
    /// # Errors
    /// When it cannot be sealed.
    pub fn put(
        &self,
        keys: &Keys,
        conn: &mut Conn,
        key: &SubjectKey,
        regime: &Regime,
        asked: &Asked,
    ) -> Result<(), Error> {
        let subject = key.subject();
        let bytes = Zeroizing::new(serde_json::to_vec(asked).map_err(anyhow::Error::from)?);
        let sealed = vault::seal_representative(key, &self.fingerprint, &bytes);
        let sealed = sealed.map_err(anyhow::Error::from)?.into_bytes();
        let last_day = calendar::after_days(self.at, regime.agreement_days.value);
        let ends_at = calendar::end_of_day(last_day).as_millisecond();
        agreements::put(conn, &Kept { subject, token: self.fingerprint, ends_at, sealed });
        let message = Message::AgreementLetter { token: self.token.to_string() };
        outbox::put(keys, conn, self.id, &message, self.at)
    }
}

fn fingerprint(keys: &Keys, token: &str) -> Result<[u8; 16], Error> {
    Ok(keys.fingerprint(&[b"agreement", token.as_bytes()])?)
}

/// Reads a row, with the consents of it that are still to be answered.
fn read(keys: &Keys, conn: &mut Conn, kept: &Kept) -> Result<Option<Agreement>, Error> {
    let Some(held) = subjects::get(conn, kept.subject)? else { return Ok(None) };
    let (Some(regime), Some(wrapped)) = (held.regime, held.wrapped) else { return Ok(None) };
    let key = keys.subject_key(kept.subject, &wrapped)?;
    let bytes = vault::open_representative(&key, &kept.token, &kept.sealed);
    let bytes = bytes.map_err(|error| anyhow::anyhow!("a representative: {error}"))?;
    let mut asked: Asked = serde_json::from_slice(&bytes).map_err(anyhow::Error::from)?;
    let standing = consents::all(conn, kept.subject)?;
    asked.consents.retain(|name| {
        let mut standing = standing.iter().map(|(fact, _)| fact);
        standing.any(|fact| fact.consent == *name && fact.state == ConsentState::Requested)
    });
    let ends_at = subjects::moment(kept.ends_at).map_err(anyhow::Error::from)?;
    Ok(Some(Agreement { subject: kept.subject, regime, asked, ends_at }))
}

/// What waits for a person's representative and can still be answered.
///
/// # Errors
/// When the row was changed.
pub fn of(
    keys: &Keys,
    conn: &mut Conn,
    subject: SubjectId,
    now: Timestamp,
) -> Result<Option<Agreement>, Error> {
    let Some(kept) = agreements::of(conn, subject)? else { return Ok(None) };
    Ok(read(keys, conn, &kept)?.filter(|found| found.is_open(now)))
}

/// What a token leads to, while it can be answered. Whether it ever led anywhere is not told.
///
/// # Errors
/// When the row was changed.
pub fn find(
    keys: &Keys,
    conn: &mut Conn,
    token: &str,
    now: Timestamp,
) -> Result<Option<Agreement>, Error> {
    let Some(kept) = agreements::find(conn, &fingerprint(keys, token)?)? else { return Ok(None) };
    Ok(read(keys, conn, &kept)?.filter(|found| found.is_open(now)))
}

impl Agreement {
    fn is_open(&self, now: Timestamp) -> bool {
        self.ends_at > now && !self.asked.consents.is_empty()
    }
}
