//! What was measured, as one aligned table: what, how much, what it should be. Knows nothing of how
//! a number came about.

use std::fmt::Write;
use std::time::Duration;

/// The rows so far.
#[derive(Default)]
pub(super) struct Table(Vec<Line>);

enum Line {
    Head(String),
    Row { what: String, value: String, aim: String },
}

/// What a number should be.
#[derive(Clone, Copy)]
pub(super) enum Aim {
    /// At least that.
    AtLeast(f64),
    /// At most that.
    AtMost(f64),
    /// It is told for its own sake.
    None,
}

impl Table {
    /// Begins a part of the table.
    pub(super) fn head(&mut self, words: impl Into<String>) {
        let words = words.into();
        eprintln!("… {words}");
        self.0.push(Line::Head(words));
    }

    /// Adds a number with its unit; `aim` is in the same unit.
    pub(super) fn row(&mut self, what: impl Into<String>, value: f64, unit: &str, aim: Aim) {
        let what = what.into();
        let (sign, wanted, met) = match aim {
            Aim::AtLeast(wanted) => ("≥", wanted, value >= wanted),
            Aim::AtMost(wanted) => ("≤", wanted, value <= wanted),
            Aim::None => ("", 0.0, true),
        };
        let aim = if sign.is_empty() {
            String::new()
        } else {
            format!("{sign} {} {}", number(wanted), if met { "met" } else { "MISSED" })
        };
        self.0.push(Line::Row { what, value: format!("{} {unit}", number(value)), aim });
    }

    /// Adds a fact in words.
    pub(super) fn say(&mut self, what: impl Into<String>, value: impl Into<String>) {
        self.0.push(Line::Row { what: what.into(), value: value.into(), aim: String::new() });
    }

    /// The table as text.
    pub(super) fn text(&self) -> String {
        let width = |pick: fn(&Line) -> usize| self.0.iter().map(pick).max().unwrap_or(0);
        let whats = width(|line| match line {
            Line::Row { what, .. } => what.chars().count(),
            Line::Head(_) => 0,
        });
        // A long fact in words, such as the machine's, must not push the aims out of sight.
        let values = width(|line| match line {
            Line::Row { value, aim, .. } if !aim.is_empty() => value.chars().count(),
            _ => 0,
        });
        let mut text = String::new();
        for line in &self.0 {
            let _ = match line {
                Line::Head(words) => writeln!(text, "\n{words}"),
                Line::Row { what, value, aim } if aim.is_empty() => {
                    writeln!(text, "  {what:<whats$}  {value}")
                }
                Line::Row { what, value, aim } => {
                    writeln!(text, "  {what:<whats$}  {value:<values$}  {aim}")
                }
            };
        }
        text
    }
}

/// A number as people read it: thousands apart, small ones with decimals.
pub(super) fn number(value: f64) -> String {
    let decimals = match value.abs() {
        small if small < 10.0 => 2,
        medium if medium < 100.0 => 1,
        _ => 0,
    };
    let text = format!("{value:.decimals$}");
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut out = String::new();
    for (n, digit) in whole.chars().enumerate() {
        if n > 0 && (whole.len() - n) % 3 == 0 && digit.is_ascii_digit() && !out.ends_with('-') {
            out.push(',');
        }
        out.push(digit);
    }
    out.push_str(rest);
    out
}

/// A duration in milliseconds.
pub(super) fn millis(took: Duration) -> f64 {
    took.as_secs_f64() * 1e3
}

/// A count as a number to reckon with.
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
pub(super) fn count(n: u64) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        let numbers = [0.1234, 12.34, 123.4, 1234.0, 1_234_567.0];
        assert_eq!(numbers.map(number), ["0.12", "12.3", "123", "1,234", "1,234,567"]);
    }

    #[test]
    fn an_aim_tells_whether_it_was_met() {
        let mut table = Table::default();
        table.head("rules");
        table.row("decide", 3.0, "µs", Aim::AtMost(5.0));
        table.row("leaves", 1.0, "/s", Aim::AtLeast(500_000.0));
        table.say("machine", "2 cores");
        let text = table.text();
        assert!(text.contains("3.00 µs  ≤ 5.00 met"), "{text}");
        assert!(text.contains("≥ 500,000 MISSED"), "{text}");
    }
}
