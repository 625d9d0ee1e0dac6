//! Strings as they come, made fit to be shown: composed (NFC), lines ended by `\n` alone, and
//! nothing in them that would vanish or turn the words around it.

use std::borrow::Cow;
use std::fmt::Write as _;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// The same words, fit to be shown.
///
/// An ideograph of the compatibility blocks stays as it is: NFC would replace it by another shape,
/// and a name is written with the shape that its owner writes.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| matches!(byte, b'\n' | b' '..=b'~'))
        || (!text.chars().any(is_treated) && is_nfc_quick(text.chars()) == IsNormalized::Yes)
    {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut run = String::new();
    for_each(text, |piece| match piece {
        Piece::Char(ch) if is_compatibility(ch) => {
            out.extend(run.nfc());
            run.clear();
            out.push(ch);
        }
        Piece::Char(ch) => run.push(ch),
        Piece::Number(ch) => number(&mut run, ch),
    });
    out.extend(run.nfc());
    Cow::Owned(out)
}

/// As [`clean()`], for what is kept letter by letter: nothing is composed.
pub(crate) fn verbatim(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_treated) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for_each(text, |piece| match piece {
        Piece::Char(ch) => out.push(ch),
        Piece::Number(ch) => number(&mut out, ch),
    });
    Cow::Owned(out)
}

enum Piece {
    Char(char),
    Number(char),
}

fn for_each(text: &str, mut take: impl FnMut(Piece)) {
    let mut chars = text.chars().peekable();
    while let Some(ch) = chars.next() {
        take(match ch {
            '\r' => {
                chars.next_if_eq(&'\n');
                Piece::Char('\n')
            }
            '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Piece::Char('\n'),
            '\t' => Piece::Char(' '),
            ch if is_treated(ch) => Piece::Number(ch),
            ch => Piece::Char(ch),
        });
    }
}

fn number(out: &mut String, ch: char) {
    // Writing to a string cannot fail.
    let _ = write!(out, "[U+{:04X}]", u32::from(ch));
}

/// What is changed or shown as its number: everything that is not shown by itself and is no part of
/// how another character is written, and characters for private use, which every typeface shows
/// differently.
fn is_treated(ch: char) -> bool {
    match ch {
        '\n' => false,
        '\u{2028}'..='\u{202e}'
        | '\u{2066}'..='\u{206f}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{feff}'
        | '\u{fdd0}'..='\u{fdef}'
        | '\u{e000}'..='\u{f8ff}'
        | '\u{f0000}'.. => true,
        ch => ch.is_control() || u32::from(ch) & 0xfffe == 0xfffe,
    }
}

fn is_compatibility(ch: char) -> bool {
    matches!(ch, '\u{f900}'..='\u{faff}' | '\u{2f800}'..='\u{2fa1f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_vanishes_and_nothing_turns_its_neighbours() {
        assert_eq!(clean("a\u{202e}b\u{7}c\u{feff}"), "a[U+202E]b[U+0007]c[U+FEFF]");
        assert_eq!(clean("\u{e000}\u{100000}"), "[U+E000][U+100000]");
        assert_eq!(clean("a\r\nb\rc\u{2028}d\te"), "a\nb\nc\nd e");
        assert_eq!(verbatim("\u{0}か\u{3099}"), "[U+0000]か\u{3099}");
    }

    #[test]
    fn marks_are_composed_but_a_name_keeps_its_shape() {
        assert_eq!(clean("か\u{3099}e\u{301}"), "がé");
        // U+FA19, which NFC alone would make U+795E.
        assert_eq!(clean("\u{fa19}か\u{3099}"), "\u{fa19}が");
        assert!(matches!(clean("山田 花子 abc"), Cow::Borrowed(_)));
    }
}
