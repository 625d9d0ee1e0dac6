//! The two primitives everything else here is made of: an authenticated cipher over bytes, and the
//! derivation of one key from another for a place. Knows bytes and places; no person, no item, no
//! permit. Read `key.rs` next.

use std::cell::RefCell;

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::{hmac, rand};
use zeroize::{Zeroize, Zeroizing};

/// The only format there is so far.
const FORMAT: u8 = 1;
const NONCE: usize = 12;
const TAG: usize = 16;
/// Bytes that the length of a part takes in a [`Place`], at most.
const LONGEST_LENGTH: usize = 9;

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
pub(crate) struct Place(Vec<u8>);

impl Place {
    pub(crate) fn new(label: &str, parts: &[&[u8]]) -> Self {
        let lengths = parts.iter().map(|part| part.len() + LONGEST_LENGTH).sum::<usize>();
        // Room for all of it, so that no part is left behind by growing.
        let mut bytes = Vec::with_capacity(LONGEST_LENGTH + label.len() + lengths + 1);
        let mut add = |part: &[u8]| {
            // One byte where it does, which keeps an item's place within one block of SHA-256.
            match u8::try_from(part.len()) {
                Ok(length) if length < u8::MAX => bytes.push(length),
                _ => {
                    bytes.push(u8::MAX);
                    bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
                }
            }
            bytes.extend_from_slice(part);
        };
        add(label.as_bytes());
        for part in parts {
            add(part);
        }
        // HKDF's counter; see `Prk::derive`.
        bytes.push(1);
        Self(bytes)
    }

    /// Ends a place that has a person's value in it.
    pub(crate) fn wipe(mut self) {
        self.0.zeroize();
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

/// Nonces drawn at once; each draw from the system's generator costs as much as sealing does.
const NONCES_DRAWN: usize = 128;

/// Random nonces that a thread has in hand, and how many of them are left.
struct Nonces {
    drawn: [[u8; NONCE]; NONCES_DRAWN],
    left: usize,
}

thread_local! {
    static NONCES: RefCell<Nonces> =
        const { RefCell::new(Nonces { drawn: [[0; NONCE]; NONCES_DRAWN], left: 0 }) };
}

/// A nonce of its own for every sealing. Nonces are no secrets, so drawing ahead gives nothing away;
/// keys and salts come straight from [`random`]. A forked process would draw its parent's nonces
/// again, which the cipher bears.
fn nonce() -> Result<[u8; NONCE], CannotSeal> {
    NONCES.with_borrow_mut(|nonces| {
        if nonces.left == 0 {
            random(nonces.drawn.as_flattened_mut())?;
            nonces.left = NONCES_DRAWN;
        }
        nonces.left -= 1;
        Ok(nonces.drawn[nonces.left])
    })
}

/// Fills with random bytes.
pub(crate) fn random(bytes: &mut [u8]) -> Result<(), CannotSeal> {
    rand::fill(bytes).map_err(|_| CannotSeal::NoRandomness)
}

/// AES-256-GCM-SIV: should a nonce ever come twice, it shows no more than that two values of one
/// place are equal. With derivation it passes a million seals and opens a second on one core
/// (`examples/speed.rs`), so that nothing is gained by plain GCM.
fn aead(key: &KeyBytes) -> Result<LessSafeKey, Failed> {
    let key = UnboundKey::new(&AES_256_GCM_SIV, key.as_slice()).map_err(|_| Failed)?;
    Ok(LessSafeKey::new(key))
}

/// Seals into `format ‖ nonce ‖ ciphertext ‖ tag`.
pub(crate) fn seal(key: &KeyBytes, place: &Place, plain: &[u8]) -> Result<Vec<u8>, CannotSeal> {
    seal_with(nonce()?, key, place.associated(), plain)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        let text = if text == "-" { "" } else { text };
        (0..text.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
            .collect()
    }

    #[test]
    fn the_cipher_answers_as_rfc_8452_says() {
        let file = include_str!("../tests/vectors/rfc_8452_c2.txt");
        let vectors = file.lines().filter(|line| !line.starts_with('#'));
        let mut count = 0;
        for line in vectors {
            let mut fields = line.split_whitespace().map(hex);
            let mut next = || fields.next().unwrap();
            let (plain, associated, key) = (next(), next(), next());
            let (nonce, result): ([u8; NONCE], _) = (next().try_into().unwrap(), next());
            let key = KeyBytes::new(key.try_into().unwrap());
            let sealed = seal_with(nonce, &key, &associated, &plain).unwrap();
            assert_eq!(sealed[..=NONCE], [&[FORMAT], nonce.as_slice()].concat(), "{line}");
            assert_eq!(sealed[1 + NONCE..], result, "{line}");
            assert_eq!(*open_with(&key, &associated, &sealed).unwrap(), plain, "{line}");
            count += 1;
        }
        assert_eq!(count, 24);
    }

    #[test]
    fn derivation_answers_as_rfc_5869_says() {
        // Appendix A.1; the output's first block, which is all that is ever taken here.
        let prk = Prk::new(&hex("000102030405060708090a0b0c")).mac(&[0x0b; 22]).unwrap();
        let wanted = "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5";
        assert_eq!(prk.as_slice(), hex(wanted));
        let info = Place(hex("f0f1f2f3f4f5f6f7f8f901"));
        let okm = Prk::new(prk.as_slice()).derive(&info).unwrap();
        let wanted = "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf";
        assert_eq!(okm.as_slice(), hex(wanted));
    }

    #[test]
    fn no_two_places_share_an_encoding() {
        // Longer than one byte counts, so that both forms of a length meet.
        let text = [7; 600];
        let mut seen = std::collections::BTreeSet::new();
        for first in (0..=text.len()).step_by(3) {
            for second in (first..=text.len()).step_by(5) {
                let parts = [&text[..first], &text[first..second], &text[second..]];
                assert!(seen.insert(Place::new("label", &parts).0));
                let two = [&text[..first], &text[first..]];
                if second == first {
                    assert!(seen.insert(Place::new("label", &two).0));
                }
            }
        }
    }

    #[test]
    fn no_nonce_comes_twice() {
        let drawn: std::collections::HashSet<_> =
            (0..10 * NONCES_DRAWN).map(|_| nonce().unwrap()).collect();
        assert_eq!(drawn.len(), 10 * NONCES_DRAWN);
    }

    #[test]
    fn too_short_is_damaged_and_another_format_is_named() {
        let (key, place) = (KeyBytes::default(), Place::new("label", &[]));
        let sealed = seal(&key, &place, b"").unwrap();
        for short in 0..sealed.len() {
            assert_eq!(open(&key, &place, &sealed[..short]).unwrap_err(), NotOpened::Damaged);
        }
        let error = open(&key, &place, &[9; 40]).unwrap_err();
        assert_eq!(error, NotOpened::Format { found: 9 });
    }
}
