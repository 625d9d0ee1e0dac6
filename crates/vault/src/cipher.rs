//! The two primitives everything else here is made of: an authenticated cipher over bytes, and the
//! derivation of one key from another for a place. Knows bytes and places; no person, no item, no
//! permit. Read `key.rs` next.

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::{hmac, rand};
use zeroize::Zeroizing;

/// The only format there is so far.
const FORMAT: u8 = 1;
const NONCE: usize = 12;
const TAG: usize = 16;

/// The bytes of a key.
pub(crate) type KeyBytes = Zeroizing<[u8; 32]>;

/// Why something could not be sealed; both are failures of the machine, not of the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CannotSeal {
    /// The system gave no random bytes.
    #[error("the system gives no random bytes; check its entropy source and start again")]
    NoRandomness,
    /// The cipher refused, as it does beyond 2³⁶ bytes.
    #[error("the cipher refuses; keep the value below 64 GiB")]
    Cipher,
}

/// Why sealed bytes did not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotOpened {
    /// Sealed in a way this program does not know.
    #[error("sealed in format {found}, which is not known here; open it with a newer azukari")]
    Format {
        /// The format found.
        found: u8,
    },
    /// Altered, cut short, moved from another place, or sealed under another key.
    #[error(
        "altered, moved, or sealed under a key that is gone; restore it from a copy, unless the \
         key was shredded on purpose"
    )]
    Damaged,
}

/// Where something is sealed: a label and its parts, each preceded by its length, so that no two
/// places share an encoding. Serves as associated data and, for derivation, as HKDF's info.
///
/// Wiped when dropped, because a blind index puts a value here.
pub(crate) struct Place(Zeroizing<Vec<u8>>);

impl Place {
    pub(crate) fn new(label: &str, parts: &[&[u8]]) -> Self {
        let length = label.len() + parts.iter().map(|part| part.len() + 4).sum::<usize>();
        let mut bytes = Zeroizing::new(Vec::with_capacity(length + 5));
        let mut add = |part: &[u8]| {
            // Parts beyond 4 GiB would wrap; the cipher refuses associated data long before.
            #[expect(clippy::cast_possible_truncation, reason = "explained above")]
            bytes.extend_from_slice(&(part.len() as u32).to_be_bytes());
            bytes.extend_from_slice(part);
        };
        add(label.as_bytes());
        parts.iter().for_each(|part| add(part));
        // HKDF's counter; see `Prk::derive`.
        bytes.push(1);
        Self(bytes)
    }

    fn associated(&self) -> &[u8] {
        &self.0[..self.0.len() - 1]
    }
}

/// A key from which others are derived: HKDF-SHA256's pseudorandom key, its HMAC state prepared.
pub(crate) struct Prk(hmac::Key);

impl Prk {
    /// From bytes that are uniformly random already, so that HKDF's extract step may be left out
    /// (RFC 5869, 3.3).
    pub(crate) fn new(bytes: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, bytes))
    }

    /// The key for a place: HKDF-Expand to one block, which is one HMAC over `info ‖ 0x01`.
    pub(crate) fn derive(&self, place: &Place) -> Result<KeyBytes, Failed> {
        self.mac(&place.0)
    }

    pub(crate) fn mac(&self, bytes: &[u8]) -> Result<KeyBytes, Failed> {
        let mut out = KeyBytes::default();
        hmac::sign_to_buffer(&self.0, bytes, out.as_mut_slice()).map_err(|_| Failed)?;
        Ok(out)
    }
}

/// The library refused something that it has no reason to refuse.
#[derive(Debug)]
pub(crate) struct Failed;

impl From<Failed> for CannotSeal {
    fn from(_: Failed) -> Self {
        Self::Cipher
    }
}

impl From<Failed> for NotOpened {
    fn from(_: Failed) -> Self {
        Self::Damaged
    }
}

/// Fills with random bytes.
pub(crate) fn random(bytes: &mut [u8]) -> Result<(), CannotSeal> {
    rand::fill(bytes).map_err(|_| CannotSeal::NoRandomness)
}

fn aead(key: &KeyBytes) -> Result<LessSafeKey, Failed> {
    let key = UnboundKey::new(&AES_256_GCM_SIV, key.as_slice()).map_err(|_| Failed)?;
    Ok(LessSafeKey::new(key))
}

/// Seals into `format ‖ nonce ‖ ciphertext ‖ tag`.
pub(crate) fn seal(key: &KeyBytes, place: &Place, plain: &[u8]) -> Result<Vec<u8>, CannotSeal> {
    let mut nonce = [0; NONCE];
    random(&mut nonce)?;
    seal_with(nonce, key, place.associated(), plain)
}

fn seal_with(
    nonce: [u8; NONCE],
    key: &KeyBytes,
    associated: &[u8],
    plain: &[u8],
) -> Result<Vec<u8>, CannotSeal> {
    let mut sealed = Vec::with_capacity(1 + NONCE + plain.len() + TAG);
    sealed.push(FORMAT);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(plain);
    let tag = aead(key)?
        .seal_in_place_separate_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(associated),
            &mut sealed[1 + NONCE..],
        )
        .map_err(|_| CannotSeal::Cipher)?;
    sealed.extend_from_slice(tag.as_ref());
    Ok(sealed)
}

/// Opens what [`seal`] sealed under the same key for the same place.
pub(crate) fn open(
    key: &KeyBytes,
    place: &Place,
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, NotOpened> {
    open_with(key, place.associated(), sealed)
}

fn open_with(
    key: &KeyBytes,
    associated: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, NotOpened> {
    let (format, rest) = sealed.split_first().ok_or(NotOpened::Damaged)?;
    if *format != FORMAT {
        return Err(NotOpened::Format { found: *format });
    }
    let (nonce, rest) = rest.split_first_chunk::<NONCE>().ok_or(NotOpened::Damaged)?;
    let (text, tag) = rest.split_last_chunk::<TAG>().ok_or(NotOpened::Damaged)?;
    // Wiped on the way out when the tag is wrong: the cipher decrypts before it knows.
    let mut plain = Zeroizing::new(vec![0; text.len()]);
    aead(key)?
        .open_separate_gather(
            Nonce::assume_unique_for_key(*nonce),
            Aad::from(associated),
            text,
            tag,
            &mut plain,
        )
        .map_err(|_| NotOpened::Damaged)?;
    Ok(plain)
}
