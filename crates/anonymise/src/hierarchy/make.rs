//! Makes hierarchies out of the values of a column: intervals of numbers, dates, masks of a code,
//! trees, and groups of ordered values. Each ends in `*`.
//!
//! A value that a maker cannot read is named by its place in the list it was given, counted from 1.

use jiff::civil::Date;

use super::{Hierarchy, STAR};
use crate::Error;

fn finish(file: &str, lines: Vec<Vec<String>>) -> Result<Hierarchy, Error> {
    Hierarchy::from_lines(file, (1_u64..).zip(lines))
}

/// How numbers are put into intervals.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Intervals {
    /// Where an interval begins; others follow in both directions.
    #[serde(default)]
    pub origin: i64,
    /// The width at each level above the value, each a multiple of the one before.
    pub widths: Vec<i64>,
    /// Numbers below are one interval at every level above the value (bottom coding).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bottom: Option<i64>,
    /// Numbers from here on are one interval at every level above the value (top coding).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top: Option<i64>,
}

/// Numbers in intervals: `34` → `30-34` → `30-39` → `*`.
///
/// # Errors
/// A value is no whole number, or the widths do not fit into each other.
pub fn intervals(column: &str, values: &[&str], form: &Intervals) -> Result<Hierarchy, Error> {
    let fits = form.widths.first().is_some_and(|width| *width > 0)
        && form.widths.windows(2).all(|pair| pair[1] > pair[0] && pair[1] % pair[0] == 0);
    let ends = [form.bottom, form.top].into_iter().flatten();
    let aligned = form.widths.last().is_some_and(|width| {
        ends.clone().all(|end| end.checked_sub(form.origin).is_some_and(|far| far % width == 0))
    });
    if !fits {
        return Err(Error::wrong(
            column,
            [
                "each width has to be a multiple of the one before, above 0",
                "幅は0より大きく、それぞれ一つ前の幅の倍数にしてください",
            ],
        ));
    }
    if !aligned {
        return Err(Error::wrong(
            column,
            [
                "bottom and top have to be where a widest interval begins",
                "下限と上限は、最も広い区間の始まりに合わせてください",
            ],
        ));
    }
    let mut lines = Vec::with_capacity(values.len());
    for (place, value) in (1_u64..).zip(values) {
        let bad = || {
            Error::wrong(
                column,
                ["this value is no whole number within reach", "この値は扱える整数ではありません"],
            )
            .at(place)
        };
        let number: i64 = value.trim().parse().map_err(|_| bad())?;
        let mut line = vec![(*value).to_owned()];
        for width in &form.widths {
            line.push(match (form.bottom, form.top) {
                (Some(bottom), _) if number < bottom => format!("< {bottom}"),
                (_, Some(top)) if number >= top => format!("≥ {top}"),
                _ => {
                    let far = number.checked_sub(form.origin).ok_or_else(bad)?;
                    let from = number.checked_sub(far.rem_euclid(*width)).ok_or_else(bad)?;
                    let to = from.checked_add(width - 1).ok_or_else(bad)?;
                    if *width == 1 { from.to_string() } else { format!("{from}-{to}") }
                }
            });
        }
        line.push(STAR.to_owned());
        lines.push(line);
    }
    finish(column, lines)
}

/// A step of a hierarchy of dates.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum DateStep {
    Month,
    Quarter,
    Year,
    Decade,
}

/// The day that a text tells: `2026-03-09`, `2026/3/9`, `2026.3.9` or `2026年3月9日`, with a time after it
/// or without.
pub fn day(text: &str) -> Option<Date> {
    let text = text.trim();
    if let Ok(day) = text.parse() {
        return Some(day);
    }
    let (text, time) = text.split_once(char::is_whitespace).unwrap_or((text, "0:00"));
    if !time.contains(':') || !time.chars().all(|c| c.is_ascii_digit() || c == ':') {
        return None;
    }
    let (text, marks) = match text.strip_suffix('日') {
        Some(text) => (text, ['年', '月']),
        None => (text, [text.chars().find(|c| ['/', '.', '-'].contains(c))?; 2]),
    };
    let (year, rest) = text.split_once(marks[0])?;
    let (month, day) = rest.split_once(marks[1])?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let fits = year.len() == 4 && [year, month, day].into_iter().all(digits);
    let day = Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok();
    day.filter(|_| fits)
}

/// Dates, in any form of [`day`]: `2026-03-09` → `2026-03` → `2026-Q1` → `2026` → `2020-2029` → `*`.
///
/// # Errors
/// A value tells no day, or the steps do not grow.
pub fn dates(column: &str, values: &[&str], steps: &[DateStep]) -> Result<Hierarchy, Error> {
    if !steps.windows(2).all(|pair| pair[0] < pair[1]) {
        return Err(Error::wrong(
            column,
            [
                "each step has to be longer than the one before",
                "各段階は一つ前より長くしてください",
            ],
        ));
    }
    let mut lines = Vec::with_capacity(values.len());
    for (place, value) in (1_u64..).zip(values) {
        let date = day(value).ok_or_else(|| {
            Error::wrong(
                column,
                [
                    "this value is no date: 2026-03-09, 2026/3/9, 2026.3.9 and 2026年3月9日 are read",
                    "この値は日付ではありません。2026-03-09、2026/3/9、2026.3.9、2026年3月9日の形で書いてください",
                ],
            )
            .at(place)
        })?;
        let (year, month) = (date.year(), date.month());
        let mut line = vec![(*value).to_owned()];
        line.extend(steps.iter().map(|step| match step {
            DateStep::Month => format!("{year:04}-{month:02}"),
            DateStep::Quarter => format!("{year:04}-Q{}", (month - 1) / 3 + 1),
            DateStep::Year => format!("{year:04}"),
            DateStep::Decade => {
                let first = year.div_euclid(10) * 10;
                format!("{first:04}-{:04}", first + 9)
            }
        }));
        line.push(STAR.to_owned());
        lines.push(line);
    }
    finish(column, lines)
}

/// Codes of which fewer and fewer first characters are kept: `1600022` → `160****` → `16*****` → `*`. Letters
/// and digits count alone, and what stands between them is dropped: `160-0022` is masked as `1600022` is.
///
/// # Errors
/// The numbers of kept characters do not shrink.
pub fn masks(column: &str, values: &[&str], kept: &[usize]) -> Result<Hierarchy, Error> {
    if !kept.windows(2).all(|pair| pair[0] > pair[1]) {
        return Err(Error::wrong(
            column,
            [
                "each level has to keep fewer characters than the one before",
                "各段階で残す文字数は、一つ前より少なくしてください",
            ],
        ));
    }
    // The number of stars is the same for all, so that a mask does not tell a length, and a label
    // of one level leads to one of the next.
    let counts = |character: &char| character.is_alphanumeric();
    let longest =
        values.iter().map(|value| value.chars().filter(counts).count()).max().unwrap_or(0);
    let lines = values.iter().map(|value| {
        let mut line = vec![(*value).to_owned()];
        line.extend(kept.iter().map(|kept| {
            let stars = longest.saturating_sub(*kept);
            value
                .chars()
                .filter(counts)
                .take(*kept)
                .chain(std::iter::repeat_n('*', stars))
                .collect()
        }));
        line.push(STAR.to_owned());
        line
    });
    finish(column, lines.collect())
}

/// A tree given by pairs of a label and the label above it. Values are the labels above which
/// something stands and below which nothing does; short branches repeat their last label.
///
/// # Errors
/// A label stands under two others, or under itself.
pub fn tree(column: &str, pairs: &[(&str, &str)]) -> Result<Hierarchy, Error> {
    let mut paths = Vec::new();
    for (place, (at, (value, above))) in (1_u64..).zip(pairs.iter().enumerate()) {
        if pairs[..at].iter().any(|(other, twice)| other == value && twice != above) {
            return Err(Error::wrong(
                column,
                ["this label stands under two others", "このラベルの上位が二つあります"],
            )
            .at(place));
        }
        if pairs.iter().any(|(_, above)| above == value) {
            continue;
        }
        let mut path = vec![*value];
        let mut next = *above;
        loop {
            if path.contains(&next) {
                return Err(Error::wrong(
                    column,
                    ["this label stands under itself", "このラベルが自分自身の下にあります"],
                )
                .at(place));
            }
            path.push(next);
            match pairs.iter().find(|(label, _)| *label == next) {
                Some((_, above)) => next = above,
                None => break,
            }
        }
        if path.last() == Some(&STAR) {
            path.pop();
        }
        paths.push(path);
    }
    if paths.is_empty() && !pairs.is_empty() {
        return Err(Error::wrong(
            column,
            ["every label stands under another one in a circle", "すべてのラベルが循環しています"],
        ));
    }
    let longest = paths.iter().map(Vec::len).max().unwrap_or(0);
    let lines = paths.into_iter().map(|path| {
        // The branch is stretched at its value, so that all roots stand at the same level.
        let stretch = longest - path.len();
        std::iter::repeat_n(path[0], stretch)
            .chain(path.iter().copied())
            .chain([STAR])
            .map(str::to_owned)
            .collect()
    });
    finish(column, lines.collect())
}

/// Values in their order, in groups of growing size: with sizes 2 and 4, the second of `S M L XL`
/// is `M` → `S – M` → `S – XL` → `*`.
///
/// # Errors
/// The sizes do not fit into each other.
pub fn orderings(column: &str, values: &[&str], sizes: &[usize]) -> Result<Hierarchy, Error> {
    let fits = sizes.first().is_none_or(|size| *size > 1)
        && sizes.windows(2).all(|pair| pair[1] > pair[0] && pair[1] % pair[0] == 0);
    if !fits {
        return Err(Error::wrong(
            column,
            [
                "each size has to be a multiple of the one before, above 1",
                "大きさは1より大きく、それぞれ一つ前の大きさの倍数にしてください",
            ],
        ));
    }
    let lines = values.iter().enumerate().map(|(place, value)| {
        let mut line = vec![(*value).to_owned()];
        line.extend(sizes.iter().map(|size| {
            let first = place / size * size;
            let last = (first + size - 1).min(values.len() - 1);
            if first == last {
                values[first].to_owned()
            } else {
                format!("{} – {}", values[first], values[last])
            }
        }));
        line.push(STAR.to_owned());
        line
    });
    finish(column, lines.collect())
}
