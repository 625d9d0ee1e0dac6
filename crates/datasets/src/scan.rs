//! What a cell looks like to whoever searches a table for people: an address, a telephone number, an
//! identification code, a card. It sees shapes and check digits, and knows nobody.

use anonymise::Language;
use serde::{Deserialize, Serialize};

/// A shape that leads to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Look {
    Email,
    Phone,
    /// My Number 個人番号: twelve digits with their check digit.
    MyNumber,
    /// A Japanese passport's number 旅券番号.
    Passport,
    /// A basic pension number 基礎年金番号.
    PensionNumber,
    /// A payment card's number, by its check digit.
    Card,
    /// An address of the internet.
    Address,
}

impl Look {
    /// In words.
    pub fn words(self, language: Language) -> &'static str {
        match self {
            Self::Email => language.of("メールアドレス", "an e-mail address"),
            Self::Phone => language.of("電話番号", "a telephone number"),
            Self::MyNumber => language.of("個人番号（マイナンバー）", "a My Number"),
            Self::Passport => language.of("旅券番号", "a passport number"),
            Self::PensionNumber => language.of("基礎年金番号", "a basic pension number"),
            Self::Card => language.of("カード番号", "a card number"),
            Self::Address => language.of("IPアドレス", "an address of the internet"),
        }
    }
}

/// Full-width letters and digits as those of ASCII, and every kind of dash as one.
fn plain(cell: &str) -> String {
    cell.chars()
        .map(|character| match character {
            '！'..='～' => char::from_u32(character as u32 - 0xFEE0).unwrap_or(character),
            '‐' | '‑' | '–' | '—' | '―' | '−' | 'ー' => '-',
            '\u{3000}' => ' ',
            other => other,
        })
        .collect()
}

/// What a cell looks like, if it looks like anything that leads to a person. Words around it hide
/// nothing.
pub fn look(cell: &str) -> Option<Look> {
    // Most cells are short, and have neither.
    if cell.len() < 7 {
        return None;
    }
    let text = plain(cell);
    let mut words = text.split(|character: char| {
        character.is_whitespace() || matches!(character, ',' | ';' | '、' | '<' | '>' | '：')
    });
    if words.clone().any(is_email) {
        return Some(Look::Email);
    }
    if words.clone().any(is_address) {
        return Some(Look::Address);
    }
    if words.any(is_passport) {
        return Some(Look::Passport);
    }
    numbers(&text).into_iter().find_map(|number| number_look(&number))
}

fn is_email(word: &str) -> bool {
    let Some((before, after)) = word.split_once('@') else { return false };
    let fits = |c: &char| c.is_ascii_alphanumeric() || "._+-".contains(*c);
    // Words of other scripts stand beside it without a space.
    let host: String = after.chars().take_while(fits).collect();
    before.chars().next_back().is_some_and(|c| fits(&c)) && host.trim_matches('.').contains('.')
}

fn is_address(word: &str) -> bool {
    word.parse::<std::net::Ipv4Addr>().is_ok()
        || (word.matches(':').count() > 2 && word.parse::<std::net::Ipv6Addr>().is_ok())
}

fn is_passport(word: &str) -> bool {
    let bytes = word.as_bytes();
    bytes.len() == 9
        && bytes[..2].iter().all(u8::is_ascii_uppercase)
        && bytes[2..].iter().all(u8::is_ascii_digit)
}

/// Runs of digits, with what people put between them: a plus before, spaces, dashes and brackets within.
fn numbers(text: &str) -> Vec<String> {
    let within = |character: char| {
        character.is_ascii_digit() || matches!(character, '-' | ' ' | '(' | ')' | '+')
    };
    text.split(|character| !within(character))
        .map(|run| run.trim().to_owned())
        .filter(|run| run.bytes().filter(u8::is_ascii_digit).count() >= 10)
        .collect()
}

fn number_look(run: &str) -> Option<Look> {
    let digits: Vec<u32> = run.chars().filter_map(|character| character.to_digit(10)).collect();
    let groups: Vec<usize> = run.split('-').map(str::len).collect();
    match digits.len() {
        12 if my_number(&digits) => Some(Look::MyNumber),
        10 if groups == [4, 6] => Some(Look::PensionNumber),
        13..=19 if luhn(&digits) && !run.starts_with('+') => Some(Look::Card),
        10..=11 if digits[0] == 0 => Some(Look::Phone),
        10..=15 if run.starts_with('+') => Some(Look::Phone),
        _ => None,
    }
}

/// The check digit of Order on Numbers 総務省令 Article 5.
fn my_number(digits: &[u32]) -> bool {
    let sum: u32 = digits[..11]
        .iter()
        .rev()
        .zip([2, 3, 4, 5, 6, 7, 2, 3, 4, 5, 6])
        .map(|(digit, weight)| digit * weight)
        .sum();
    let check = match sum % 11 {
        0 | 1 => 0,
        rest => 11 - rest,
    };
    digits[11] == check && digits.iter().any(|digit| *digit != 0)
}

fn luhn(digits: &[u32]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| match (at % 2, digit * 2) {
            (0, _) => *digit,
            (_, twice) if twice > 9 => twice - 9,
            (_, twice) => twice,
        })
        .sum();
    sum.is_multiple_of(10) && digits.iter().any(|digit| *digit != 0)
}

/// Whether a text tells a value: it is in it, as a word of its own where it is written in letters that
/// have words.
pub fn tells(text: &str, value: &str) -> bool {
    let value = value.trim();
    let long = if value.is_ascii() { 3 } else { 2 };
    if value.chars().count() < long || text.len() < value.len() {
        return false;
    }
    if !value.is_ascii() {
        return text.contains(value);
    }
    let edge = |character: Option<char>| !character.is_some_and(|c| c.is_ascii_alphanumeric());
    text.match_indices(value).any(|(at, _)| {
        edge(text[..at].chars().next_back()) && edge(text[at + value.len()..].chars().next())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leads_to_a_person_is_seen() {
        for (cell, expected) in [
            ("aoi@guest.example", Look::Email),
            ("連絡先はａｏｉ＠ｇｕｅｓｔ．ｅｘａｍｐｌｅです。", Look::Email),
            ("090-1234-5678", Look::Phone),
            ("０３ー１２３４ー５６７８", Look::Phone),
            ("+81 90 1234 5678", Look::Phone),
            ("call 0312345678 first", Look::Phone),
            ("123456789018", Look::MyNumber),
            ("1234 5678 9018", Look::MyNumber),
            ("TK1234567", Look::Passport),
            ("1234-567890", Look::PensionNumber),
            ("4111 1111 1111 1111", Look::Card),
            ("192.0.2.17", Look::Address),
            ("2001:db8::17", Look::Address),
        ] {
            assert_eq!(look(cell), Some(expected), "{cell}");
        }
    }

    #[test]
    fn what_leads_to_nobody_is_left_in_peace() {
        for cell in [
            "",
            "*",
            "34",
            "2026-03-09",
            "2026-03-09 18:30",
            "30-39",
            "1000-1999",
            "160****",
            "東京都渋谷区",
            "えび・かに",
            "123456789012",
            "4111 1111 1111 1112",
            "1234567890",
            "2020-2029",
            "a@b",
            "12:30:45",
            "TK123456",
            "1,234,567,890",
        ] {
            assert_eq!(look(cell), None, "{cell}");
        }
    }

    #[test]
    fn a_text_tells_a_value_that_stands_in_it() {
        assert!(tells("山田花子様、窓側", "山田花子"));
        assert!(tells("for Hana, by the window", "Hana"));
        assert!(!tells("Hanabi evening", "Hana"));
        assert!(!tells("M-17", "M-1"));
        assert!(!tells("anything", "an"), "too short to tell anybody");
    }
}
