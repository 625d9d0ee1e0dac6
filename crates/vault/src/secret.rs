//! What is held to check or to charge, and never shown: passwords as Argon2id verifiers, cards as
//! the payment platform's tokens. No item's name reaches them, so no permit does. Knows nothing of
//! accounts, sessions or how often somebody may try.

use std::fmt;
use std::hint::black_box;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{self, PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use policy::SecretName;
use zeroize::Zeroizing;

use crate::cipher::{self, CannotSeal};
use crate::key::SubjectKey;
use crate::plain::Plain;
use crate::seal::Sealed;

/// The fewest characters of a password.
pub const MIN_PASSWORD_CHARS: usize = 8;
/// The most characters of a password.
pub const MAX_PASSWORD_CHARS: usize = 128;

/// What new verifiers are made with: OWASP's floor for Argon2id. Raising one of these makes every
/// older verifier ask for a rehash at the next sign-in.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// More than a verifier may ask of this machine, whoever wrote it.
const MOST_MEMORY_KIB: u32 = 1024 * 1024;
const MOST_PASSES: u32 = 16;
const MOST_LANES: u32 = 16;

/// Why a new password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadPassword {
    /// Too few characters.
    #[error("the password has {chars} characters; choose one of at least {MIN_PASSWORD_CHARS}")]
    TooShort {
        /// Characters given.
        chars: usize,
    },
    /// Too many characters.
    #[error("the password has {chars} characters; choose one of at most {MAX_PASSWORD_CHARS}")]
    TooLong {
        /// Characters given.
        chars: usize,
    },
    /// The machine failed, not the password.
    #[error(transparent)]
    Failed(#[from] VerifierError),
}

/// Why a verifier does not work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VerifierError {
    /// Not the text of a verifier of ours.
    #[error("the stored verifier is not an Argon2id verifier of ours; have the password set anew")]
    NotAVerifier,
    /// It asks for more than the machine is given for it.
    #[error("the stored verifier asks for too much memory or time; have the password set anew")]
    TooCostly,
    /// Argon2 did not run.
    #[error("the password could not be worked on; see that the machine has memory to spare")]
    DidNotRun,
    /// The machine failed.
    #[error(transparent)]
    CannotSeal(#[from] CannotSeal),
}

/// What is kept in place of a password: enough to check one, not to find it.
#[derive(Clone)]
pub struct Verifier(PasswordHash);

impl Verifier {
    /// Whether a verifier may be made of this password; costs nothing.
    pub fn may_be_made(password: &Plain) -> Result<(), BadPassword> {
        password_text(password).map(drop)
    }

    /// Makes the verifier of a new password; takes tens of milliseconds, so keep it off the event loop.
    pub fn new(password: &Plain) -> Result<Self, BadPassword> {
        let password = password_text(password)?;
        let mut salt = [0; 16];
        cipher::random(&mut salt).map_err(VerifierError::from)?;
        Ok(Self(hash(&password, &salt)?))
    }

    /// Reads a verifier from its stored text (a PHC string).
    pub fn parse(text: &str) -> Result<Self, VerifierError> {
        let hash = PasswordHash::new(text).map_err(|_| VerifierError::NotAVerifier)?;
        let of_ours = hash.algorithm.as_str() == Algorithm::Argon2id.as_str()
            && hash.version == Some(Version::V0x13.into())
            && hash.salt.is_some()
            && hash.hash.is_some_and(|output| output.len() >= 16);
        if !of_ours {
            return Err(VerifierError::NotAVerifier);
        }
        let params = Params::try_from(&hash).map_err(|_| VerifierError::NotAVerifier)?;
        if params.m_cost() > MOST_MEMORY_KIB
            || params.t_cost() > MOST_PASSES
            || params.p_cost() > MOST_LANES
        {
            return Err(VerifierError::TooCostly);
        }
        Ok(Self(hash))
    }

    /// The text to store.
    pub fn to_text(&self) -> String {
        self.0.to_string()
    }

    /// True when that is the password; takes as long either way.
    pub fn check(&self, given: &Plain) -> Result<bool, VerifierError> {
        // What no verifier was ever made of cannot match, and that is no secret of the account.
        let Ok(given) = password_text(given) else { return Ok(false) };
        match argon2()?.verify_password(given.as_bytes(), &self.0) {
            Ok(()) => Ok(true),
            Err(password_hash::Error::PasswordInvalid) => Ok(false),
            Err(_) => Err(VerifierError::DidNotRun),
        }
    }

    /// True when it was made with other parameters than new ones are: after the next successful
    /// check, make a new one.
    pub fn needs_rehash(&self) -> bool {
        Params::try_from(&self.0).map_or(true, |params| {
            (params.m_cost(), params.t_cost(), params.p_cost()) != (MEMORY_KIB, PASSES, LANES)
        })
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Verifier(…)")
    }
}

/// Does the work of a check where there is no account, so that time does not tell; always false.
pub fn check_against_nobody(given: &Plain) -> Result<bool, VerifierError> {
    let Ok(given) = password_text(given) else { return Ok(false) };
    black_box(hash(&given, b"nobody is at home")?);
    Ok(false)
}

/// A password as it is worked on: NFC, so that one typed elsewhere is the same one.
fn password_text(given: &Plain) -> Result<Zeroizing<String>, BadPassword> {
    let given = given.reveal();
    // Composing leaves at least a quarter of the characters: refuse before doing work on more.
    let chars = given.chars().take(4 * MAX_PASSWORD_CHARS + 1).count();
    if chars > 4 * MAX_PASSWORD_CHARS {
        return Err(BadPassword::TooLong { chars: given.chars().count() });
    }
    let text = Zeroizing::new(policy::normal::text(given));
    match text.chars().count() {
        chars if chars < MIN_PASSWORD_CHARS => Err(BadPassword::TooShort { chars }),
        chars if chars > MAX_PASSWORD_CHARS => Err(BadPassword::TooLong { chars }),
        _ => Ok(text),
    }
}

fn argon2() -> Result<Argon2<'static>, VerifierError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, Some(Params::DEFAULT_OUTPUT_LEN))
        .map_err(|_| VerifierError::DidNotRun)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(password: &str, salt: &[u8]) -> Result<PasswordHash, VerifierError> {
    argon2()?
        .hash_password_with_salt(password.as_bytes(), salt)
        .map_err(|_| VerifierError::DidNotRun)
}

/// Why a card is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadCard {
    /// A card number where a token belongs.
    #[error(
        "that is a card number, and card numbers are never held; send the payment platform's token"
    )]
    CardNumber,
    /// Not a token.
    #[error(
        "the token is not 1 to 255 plain characters without spaces; send it as the payment platform gave it"
    )]
    NotAToken,
    /// Not a brand.
    #[error("the brand is not 1 to 32 letters, digits and spaces; send one such as Visa")]
    NotABrand,
    /// Not the last four digits.
    #[error("the last four are not 4 digits; send the end of the card's number only")]
    NotLastFour,
}

/// A card as the payment platform knows it: a token to be sealed, and what a person knows it by.
#[derive(Debug)]
pub struct CardToken {
    token: Plain,
    brand: String,
    last4: String,
}

impl CardToken {
    /// Reads a card from outside; refuses anything that looks like its number.
    pub fn new(token: Plain, brand: &str, last4: &str) -> Result<Self, BadCard> {
        if looks_like_a_card_number(token.reveal()) || looks_like_a_card_number(brand) {
            return Err(BadCard::CardNumber);
        }
        let text = token.reveal();
        if !(1..=255).contains(&text.len()) || !text.chars().all(|c| c.is_ascii_graphic()) {
            return Err(BadCard::NotAToken);
        }
        let brand = brand.trim();
        if !(1..=32).contains(&brand.len())
            || !brand.chars().all(|c| c.is_ascii_alphanumeric() || c == ' ')
        {
            return Err(BadCard::NotABrand);
        }
        if last4.len() != 4 || !last4.chars().all(|c| c.is_ascii_digit()) {
            return Err(BadCard::NotLastFour);
        }
        Ok(Self { token, brand: brand.to_owned(), last4: last4.to_owned() })
    }

    /// The brand, to be shown to the person.
    pub fn brand(&self) -> &str {
        &self.brand
    }

    /// The last four digits, to be shown to the person.
    pub fn last4(&self) -> &str {
        &self.last4
    }

    /// Seals the token under the person's key, where no permit reaches it.
    pub fn seal(
        &self,
        key: &SubjectKey,
        secret: &SecretName,
        version: u32,
    ) -> Result<Sealed, CannotSeal> {
        key.seal(&key.card_place(secret, version), self.token.reveal().as_bytes())
    }
}

/// True for 13 to 19 digits that pass the Luhn check, however they are spaced or how wide.
fn looks_like_a_card_number(text: &str) -> bool {
    let text = Zeroizing::new(policy::normal::compatible(text));
    let mut digits = Zeroizing::new(Vec::with_capacity(20));
    for c in text.chars() {
        match c.to_digit(10) {
            Some(digit) if digits.len() < 20 => digits.push(digit),
            Some(_) => return false,
            None if c.is_alphabetic() => return false,
            None => {}
        }
    }
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| match (at % 2, digit * 2) {
            (0, _) => *digit,
            (_, doubled) if doubled > 9 => doubled - 9,
            (_, doubled) => doubled,
        })
        .sum();
    (13..=19).contains(&digits.len()) && sum.is_multiple_of(10)
}
