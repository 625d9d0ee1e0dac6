//! The line of a key in a policy's file. A table's place is known from reading; within it the key is
//! looked for line by line.

/// The line, from 1, of `key` in the table that begins at `at`; the table's own where the key is
/// empty or not there.
pub(super) fn line(text: &str, at: usize, key: &str) -> usize {
    let first = text.bytes().take(at).filter(|byte| *byte == b'\n').count();
    let header = text.lines().nth(first).map_or("", header_of);
    if key.is_empty() {
        return first + 1;
    }
    for (number, line) in text.lines().enumerate().skip(first) {
        let here = header_of(line);
        if number > first && !here.is_empty() && !is_within(here, header) {
            break;
        }
        if here.rsplit('.').next() == Some(key) && number > first {
            return number + 1;
        }
        if here.is_empty() && key_of(line) == Some(key) {
            return number + 1;
        }
    }
    first + 1
}

/// The name in a table's header; empty for any other line.
pub(super) fn header_of(line: &str) -> &str {
    let line = line.trim();
    let inner = line.strip_prefix("[[").or_else(|| line.strip_prefix('['));
    match inner.and_then(|inner| inner.split(']').next()) {
        Some(name) if !name.contains(['"', '{', ',']) => name.trim(),
        _ => "",
    }
}

/// The first part of the key that a line begins with.
pub(super) fn key_of(line: &str) -> Option<&str> {
    let (key, _) = line.split_once('=')?;
    let key = key.trim().split('.').next()?.trim();
    let is_key = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    (!key.is_empty() && key.chars().all(is_key)).then_some(key)
}

fn is_within(header: &str, table: &str) -> bool {
    table.is_empty()
        || header == table
        || header.strip_prefix(table).is_some_and(|rest| rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_in_its_own_table() {
        let text = "top = 1\n[a]\nx = 1\n[a.deep]\ny.z = 2\n[b]\nx = 3\n";
        let a = text.find("a]").unwrap();
        let b = text.find("b]").unwrap();
        assert_eq!(line(text, a, "x"), 3);
        assert_eq!(line(text, a, "deep"), 4);
        assert_eq!(line(text, a, "y"), 5);
        assert_eq!(line(text, b, "x"), 7);
        assert_eq!(line(text, a, "missing"), 2);
        assert_eq!(line(text, b, ""), 6);
        assert_eq!(line(text, 0, "top"), 1);
    }
}
