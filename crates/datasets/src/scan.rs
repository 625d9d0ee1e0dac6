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

/// Everything that a cell looks like and that leads to a person, each once. Words around it hide nothing,
/// and neither does one look another.
pub fn looks(cell: &str) -> Vec<Look> {
    // Most cells are short, and have none.
    if cell.len() < 7 {
        return Vec::new();
    }
    let text = plain(cell);
    let words = text.split(|character: char| {
        character.is_whitespace() || matches!(character, ',' | ';' | '、' | '<' | '>' | '：')
    });
    let mut looks: Vec<Look> = words.filter_map(word_look).collect();
    for run in numbers(&text) {
        looks.extend(run_looks(run));
    }
    looks.sort_unstable();
    looks.dedup();
    looks
}

fn word_look(word: &str) -> Option<Look> {
    match word {
        word if is_email(word) => Some(Look::Email),
        word if is_address(word) => Some(Look::Address),
        word if is_passport(word) => Some(Look::Passport),
        _ => None,
    }
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

/// Runs of digits, with what people put between them: a plus before, spaces, dashes, dots, strokes and
/// brackets within.
fn numbers(text: &str) -> impl Iterator<Item = &str> {
    let within = |character: char| {
        character.is_ascii_digit() || matches!(character, '-' | ' ' | '(' | ')' | '+' | '.' | '/')
    };
    text.split(move |character| !within(character))
        .map(str::trim)
        .filter(|run| run.bytes().filter(u8::is_ascii_digit).count() >= 10)
}

/// The most digits of a number that leads to a person.
const LONGEST: usize = 19;

/// What a run looks like as a whole, and any parts of it that follow one another: two numbers, or a number
/// and a date, may stand side by side.
fn run_looks(run: &str) -> Vec<Look> {
    let mut looks: Vec<Look> = number_look(run, true).into_iter().collect();
    let mut parts: Vec<(usize, usize)> = Vec::new();
    let mut at = 0;
    for part in run.split([' ', '/']) {
        if part.contains(|character: char| character.is_ascii_digit()) {
            parts.push((at, at + part.len()));
        }
        at += part.len() + 1;
    }
    for (first, (from, to)) in parts.iter().enumerate() {
        looks.extend(number_look(&run[*from..*to], true));
        for (last, (_, to)) in parts.iter().enumerate().skip(first + 1) {
            let several = &run[*from..*to];
            if several.bytes().filter(u8::is_ascii_digit).count() > LONGEST {
                break;
            }
            // Twelve of the sixteen digits of a card are no number of their own.
            let beside = |at: usize| parts.get(at).is_some_and(|(from, to)| to - from == 4);
            let part_of = beside(last + 1) || first.checked_sub(1).is_some_and(beside);
            let look = number_look(several, false);
            looks.extend(look.filter(|look| *look != Look::MyNumber || !part_of));
        }
    }
    looks
}

/// What a number looks like: by its digits where it stands `alone`, else by how they are grouped as well.
fn number_look(run: &str, alone: bool) -> Option<Look> {
    let digits: Vec<u32> = run.chars().filter_map(|character| character.to_digit(10)).collect();
    let is_digit = |character: char| character.is_ascii_digit();
    let groups = run.split(|c| !is_digit(c)).map(str::len).filter(|group| *group > 0);
    let groups: Vec<usize> = groups.collect();
    // Dots and strokes stand in dates and amounts too, and seldom beside other signs in a number.
    let mut between = run.chars().filter(|c| !is_digit(*c) && *c != '+');
    let first = between.next();
    let same = between.all(|c| Some(c) == first);
    let odd = run.contains(['.', '/']);
    if odd && !same {
        return None;
    }
    let grouped = odd || !alone;
    let plus = run.starts_with('+');
    // Dates have groups of two.
    let is_card = match groups.as_slice() {
        [4, 4, 4, 4] | [4, 6, 5] => true,
        [rest @ .., _] => !grouped && rest.iter().all(|group| *group > 2),
        [] => false,
    };
    let is_phone = match groups.as_slice() {
        [area @ 2..=5, 1..=4, last @ 3..=4] if grouped => *area < 5 || *last == 4,
        _ => !grouped,
    };
    match digits.len() {
        12 if (!grouped || groups == [4, 4, 4]) && my_number(&digits) => Some(Look::MyNumber),
        10 if groups == [4, 6] && run.contains('-') => Some(Look::PensionNumber),
        13..=LONGEST if is_card && !plus && luhn(&digits) => Some(Look::Card),
        10..=11 if digits[0] == 0 && is_phone => Some(Look::Phone),
        10..=15 if plus && (!grouped || groups.last() == Some(&4)) => Some(Look::Phone),
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
            ("192.168.100.200", Look::Address),
            ("TEL 03-1234-5678 090-1234-5678", Look::Phone),
            ("03-1234-5678/090-1234-5678", Look::Phone),
            ("090-1234-5678 2026-03-01", Look::Phone),
            ("2026/03/01 090-1234-5678", Look::Phone),
            ("2026/03/01 090 1234 5678", Look::Phone),
            ("090.1234.5678", Look::Phone),
            ("090/1234/5678", Look::Phone),
            ("０３．１２３４．５６７８", Look::Phone),
            ("0120.444.444", Look::Phone),
            ("+81.90.1234.5678", Look::Phone),
            ("2026-03-01 4111 1111 1111 1111", Look::Card),
            ("2001:db8::17", Look::Address),
        ] {
            assert_eq!(looks(cell), [expected], "{cell}");
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
            "1.234.567.890",
            "+1.234.567.890",
            "0.1234567890",
            "2026/03/01",
            "2026/03/01 10:30",
            "01/03/2026 10:30",
            "01/03/2026 0900",
            "01.03.2026 1830",
            "2026/03/01-2026/03/09",
            "2026-03-01 2026-03-02",
            "2026-03-01 2026-03-06",
            "2026.03.01 2026.03.02 2026.03.03",
            "1,200/3,400/12,000",
        ] {
            assert_eq!(looks(cell), [], "{cell}");
        }
    }

    #[test]
    fn one_look_hides_no_other() {
        use Look::{Card, Email, MyNumber, Phone};
        for (cell, expected) in [
            ("shop7@mihon.example 4111 1111 1111 1111", &[Email, Card][..]),
            ("shop7@mihon.example、090-1234-5678", &[Email, Phone]),
            ("090-1234-5678 123456789018 aoi@guest.example", &[Email, Phone, MyNumber]),
        ] {
            assert_eq!(looks(cell), expected, "{cell}");
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
