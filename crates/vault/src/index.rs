//! Finding without reading: a blind index is a keyed fingerprint of a value, equal for values that
//! people take for equal (width, case and kana folded). Tells nothing without the key, and knows
//! nothing of where it is kept.

use std::fmt;

use policy::ItemName;
use policy::normal::compatible;
use zeroize::Zeroizing;

use crate::cipher::{CannotSeal, Place, Prk};
use crate::key::Key;

/// The fingerprint of a value: 16 bytes, to be stored and looked up by equality.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlindIndex(pub [u8; 16]);

/// The key of the blind indexes.
pub struct IndexKey(Prk);

impl IndexKey {
    /// From the key kept as [`crate::KeyName::Index`].
    pub fn new(key: &Key) -> Self {
        Self(Prk::new(key.expose()))
    }

    /// The fingerprint of an item's value; the same value in another item gives another.
    pub fn index(&self, item: &ItemName, value: &str) -> Result<BlindIndex, CannotSeal> {
        let folded = fold(value);
        let place = Place::new("azukari index 1", &[item.as_str().as_bytes(), folded.as_bytes()]);
        let mac = self.0.derive(&place)?;
        let mut index = [0; 16];
        index.copy_from_slice(&mac[..16]);
        Ok(BlindIndex(index))
    }
}

impl fmt::Debug for IndexKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IndexKey(…)")
    }
}

/// The form in which values are compared: NFKC, lower case, katakana as hiragana, single spaces.
fn fold(value: &str) -> Zeroizing<String> {
    // Each step's text is wiped; lower case can undo NFKC, hence twice.
    let plain = Zeroizing::new(compatible(value));
    let lower = Zeroizing::new(plain.to_lowercase());
    let lower = Zeroizing::new(compatible(&lower));
    let mut folded = Zeroizing::new(String::with_capacity(lower.len()));
    for word in lower.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.extend(word.chars().map(hiragana));
    }
    folded
}

/// The hiragana of a katakana; anything else as it is.
fn hiragana(c: char) -> char {
    match c {
        'ァ'..='ヶ' | 'ヽ' | 'ヾ' => char::from_u32(c as u32 - 0x60).unwrap_or(c),
        _ => c,
    }
}
