//! A person's value in the clear, for as short as it lives: wiped when dropped, silent when printed,
//! and never serialised by accident. Knows nothing of what the text means.

use std::fmt;

use zeroize::{Zeroize, Zeroizing};

/// A value in the clear; [`Plain::reveal`] is the one way to its text.
///
/// ```compile_fail,E0277
/// println!("{}", vault::Plain::new("hanako@example.jp".to_owned()));
/// ```
pub struct Plain(Zeroizing<String>);

impl Plain {
    /// Takes the text over, so that no copy stays behind.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text itself; name a reason before calling it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Takes bytes over when they are UTF-8, and wipes them when they are not.
    pub(crate) fn from_bytes(bytes: Vec<u8>) -> Option<Self> {
        match String::from_utf8(bytes) {
            Ok(text) => Some(Self::new(text)),
            Err(error) => {
                error.into_bytes().zeroize();
                None
            }
        }
    }
}

impl fmt::Debug for Plain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Plain(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_does_not_tell_itself() {
        let plain = Plain::new("佐藤花子".to_owned());
        assert_eq!(format!("{plain:?} {:#?}", Some(&plain)), "Plain(…) Some(\n    Plain(…),\n)");
        assert_eq!(plain.reveal(), "佐藤花子");
    }

    #[test]
    fn bytes_that_are_not_text_are_not_a_value() {
        assert!(Plain::from_bytes(vec![0xff]).is_none());
    }
}
