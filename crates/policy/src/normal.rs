//! One form for each value: how text, e-mail addresses and telephone numbers are brought to the
//! form in which they are held and compared. Kana, width and case fold; nothing is looked up.

use unicode_normalization::UnicodeNormalization;

/// Text as it is held: canonical composition (NFC), Unix line ends. Keeps what the person typed.
pub fn text(given: &str) -> String {
    given.replace("\r\n", "\n").nfc().collect()
}

/// Compatibility form (NFKC): full-width digits and Latin letters become plain, half-width kana
/// become full.
pub fn compatible(given: &str) -> String {
    given.nfkc().collect()
}

/// A character that is not seen in a line of text: a control character, or one that says in which direction those
/// around it run, so that a name could turn the line that it stands in.
pub fn is_unseen(c: char) -> bool {
    let turns = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || c.is_control()
}

/// An e-mail address in one form: NFKC, lower case. `None` when it is not one.
///
/// Accepts what a mail system would plainly deliver to; quoted local parts are not accepted.
pub fn email(given: &str) -> Option<String> {
    let address = compatible(given.trim()).to_lowercase();
    let (local, domain) = address.rsplit_once('@')?;
    let local_ok = !local.is_empty()
        && local.len() <= 64
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local.chars().all(|c| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c));
    let label_ok = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    let domain_ok = domain.contains('.')
        && domain.split('.').all(label_ok)
        && domain.chars().next_back().is_some_and(char::is_alphabetic);
    (local_ok && domain_ok && address.len() <= 254).then_some(address)
}

/// A telephone number in one form: `+`, country, number, digits only (E.164). `None` when it
/// cannot be one.
///
/// A number with a leading 0 and no country is read as Japanese, so `090-1234-5678`,
/// `+81 90 1234 5678`, `+81 (0)90-1234-5678` and `０９０１２３４５６７８` are one number.
pub fn phone(given: &str) -> Option<String> {
    let plain = compatible(given.trim());
    let mut digits = String::with_capacity(plain.len());
    let mut international = false;
    for (at, c) in plain.chars().enumerate() {
        match c {
            '0'..='9' => digits.push(c),
            '+' if at == 0 => international = true,
            // Everything that people put between digits.
            ' '
            | '-'
            | '('
            | ')'
            | '.'
            | '/'
            | '\u{2010}'..='\u{2015}'
            | '\u{2212}'
            | 'ー'
            | '\u{a0}' => {}
            _ => return None,
        }
    }
    let number = if international {
        digits
    } else if let Some(rest) = digits.strip_prefix("010") {
        // Dialled from Japan to abroad.
        rest.to_owned()
    } else if let Some(rest) = digits.strip_prefix("00") {
        rest.to_owned()
    } else if let Some(rest) = digits.strip_prefix('0') {
        format!("81{rest}")
    } else {
        return None;
    };
    // The trunk 0 that people leave inside: +81 (0)90…
    let number = match number.strip_prefix("810") {
        Some(rest) => format!("81{rest}"),
        None => number,
    };
    let fits = (8..=15).contains(&number.len()) && !number.starts_with('0');
    fits.then(|| format!("+{number}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_one_number_however_it_is_written() {
        for form in [
            "090-1234-5678",
            "09012345678",
            "+81 90 1234 5678",
            "+81 (0)90-1234-5678",
            "０９０ー１２３４ー５６７８",
            "＋８１９０１２３４５６７８",
            "010 81 90 1234 5678",
        ] {
            assert_eq!(phone(form).as_deref(), Some("+819012345678"), "{form}");
        }
        assert_eq!(phone("+44 20 7946 0958").as_deref(), Some("+442079460958"));
        for wrong in ["", "call me", "+", "12345", "+81 90", "090-1234-5678-9999-0000", "٠٩٠"] {
            assert_eq!(phone(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn one_address_however_wide_or_tall() {
        let one = email("Hanako.Sato@Example.JP");
        assert_eq!(one.as_deref(), Some("hanako.sato@example.jp"));
        assert_eq!(email("ｈａｎａｋｏ．ｓａｔｏ＠ｅｘａｍｐｌｅ．ｊｐ"), one);
        for wrong in
            ["", "a", "a@", "@b.jp", "a@b", "a b@c.jp", "a@b..jp", ".a@b.jp", "a@-b.jp", "a@1.2"]
        {
            assert_eq!(email(wrong), None, "{wrong}");
        }
    }
}
