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
        let place = Place::new("index 1", &[item.as_str().as_bytes(), folded.as_bytes()]);
        let mac = self.0.derive(&place);
        place.wipe();
        let mac = mac?;
        let mut index = [0; 16];
        index.copy_from_slice(&mac[..16]);
        Ok(BlindIndex(index))
    }
}

impl IndexKey {
    /// The fingerprint of exact bytes, such as a request that may hold a password: equal only for
    /// equal parts, and nothing to guess with for whoever lacks the key.
    pub fn fingerprint(&self, parts: &[&[u8]]) -> Result<[u8; 16], CannotSeal> {
        let mac = self.0.derive(&Place::new("azukari fingerprint 1", parts))?;
        let mut short = [0; 16];
        short.copy_from_slice(&mac[..16]);
        Ok(short)
    }
}

impl fmt::Debug for IndexKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IndexKey(…)")
    }
}

/// The form in which values are compared: NFKC, lower case, katakana as hiragana, single spaces.
fn fold(value: &str) -> Zeroizing<String> {
    if value.is_ascii() {
        return words(&Zeroizing::new(value.to_ascii_lowercase()));
    }
    // Each step's text is wiped; lower case can undo NFKC, hence twice.
    let plain = Zeroizing::new(compatible(value));
    let lower = Zeroizing::new(plain.to_lowercase());
    let lower = Zeroizing::new(compatible(&lower));
    words(&lower)
}

/// The words with single spaces between them, in hiragana.
fn words(text: &str) -> Zeroizing<String> {
    // No character grows, so that the text never moves and leaves a copy behind.
    let mut folded = Zeroizing::new(String::with_capacity(text.len()));
    for word in text.split_whitespace() {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_people_take_for_equal_folds_to_one() {
        for (forms, folded) in [
            (
                &["サトウ ハナコ", "ｻﾄｳ ﾊﾅｺ", "さとう　はなこ", " サトウ  ハナコ "][..],
                "さとう はなこ",
            ),
            (&["ガーデン", "ｶﾞｰﾃﾞﾝ", "がーでん", "か\u{3099}ーて\u{3099}ん"][..], "がーでん"),
            (&["Hanako Sato", "ＨＡＮＡＫＯ　ＳＡＴＯ", "hanako\tsato"][..], "hanako sato"),
            (&["ヴァイオリン", "ゔぁいおりん"][..], "ゔぁいおりん"),
        ] {
            for form in forms {
                assert_eq!(fold(form).as_str(), folded, "{form}");
            }
        }
        assert_ne!(fold("はなこ").as_str(), fold("はなご").as_str());
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(value: String) {
            let once = fold(&value);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn plain_letters_fold_the_same_on_either_road(value in "[ -~\t]*") {
            let long = Zeroizing::new(compatible(&compatible(&value).to_lowercase()));
            prop_assert_eq!(fold(&value), words(&long));
        }
    }

    #[test]
    fn an_index_is_of_one_item_and_one_key() {
        let (name, note): (ItemName, ItemName) = ("name".parse().unwrap(), "note".parse().unwrap());
        let key = IndexKey::new(&Key::generate().unwrap());
        let index = key.index(&name, "佐藤花子").unwrap();
        assert_eq!(key.index(&name, "佐藤花子").unwrap(), index);
        assert_ne!(key.index(&note, "佐藤花子").unwrap(), index);
        let other = IndexKey::new(&Key::generate().unwrap());
        assert_ne!(other.index(&name, "佐藤花子").unwrap(), index);
    }
}
