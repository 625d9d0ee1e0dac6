//! The budget: what may be lost of privacy in all, and what was spent of it.
//!
//! Losses add up (sequential composition), so that whoever may ask on and on learns everything in the end. A
//! budget ends that. It is a text of lines, each with the hash of the line before: a line that was changed or
//! taken out is found; that the last ones were cut off is found by whoever knows the hash of the last line.

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::epsilon::Epsilon;
use crate::question::Question;

/// One answer that was paid for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// What was asked.
    #[serde(flatten)]
    pub question: Question,
    /// Of which column.
    pub column: Option<String>,
    /// How many rows of one person counted.
    pub per_person: u32,
    /// What was spent.
    pub epsilon: Epsilon,
}

/// The first line.
#[derive(Serialize, Deserialize)]
struct Opened {
    at: Timestamp,
    budget: Epsilon,
    about: String,
}

#[derive(Serialize, Deserialize)]
struct Line<T> {
    before: String,
    #[serde(flatten)]
    says: T,
}

/// A budget with everything that was spent of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    /// All that may be lost.
    pub total: Epsilon,
    /// Whose information it is about, in words.
    pub about: String,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// What was spent, the oldest first.
    pub entries: Vec<Entry>,
    head: String,
}

/// Leave for one answer; only [`Budget::spend`] gives it, and an answer takes it.
///
/// ```compile_fail,E0451
/// let forged = statistics::Leave { epsilon: "1".parse().unwrap() };
/// ```
#[derive(Debug)]
pub struct Leave {
    pub(crate) epsilon: Epsilon,
}

/// Too little is left.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{left} of the budget is left, and the question asks for {asked}: ask for less, or not at all"
)]
pub struct Spent {
    /// What is left.
    pub left: Epsilon,
    /// What was asked for.
    pub asked: Epsilon,
}

/// Why a text is no budget.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotABudget {
    /// There is nothing in it.
    #[error("it is empty: open a budget first")]
    Empty,
    /// A line cannot be read.
    #[error("line {0} cannot be read")]
    Unreadable(usize),
    /// A line does not follow on the one before.
    #[error(
        "line {0} does not follow on the line before: one of them was changed, or one taken out"
    )]
    Broken(usize),
    /// More was spent than there is.
    #[error("line {0} spends more than was left")]
    Overdrawn(usize),
}

fn hash(line: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(line.as_bytes()))
}

fn write<T: Serialize>(before: &str, says: T) -> String {
    let line = Line { before: before.to_owned(), says };
    // A struct of strings and numbers is always JSON.
    serde_json::to_string(&line).unwrap_or_default()
}

impl Budget {
    /// Opens one, with the line to keep.
    pub fn open(total: Epsilon, about: &str, at: Timestamp) -> (Self, String) {
        let line = write("", Opened { at, budget: total, about: about.to_owned() });
        let (about, head) = (about.to_owned(), hash(&line));
        (Self { total, about, opened_at: at, entries: Vec::new(), head }, line)
    }

    /// Reads one from its lines.
    ///
    /// # Errors
    /// [`NotABudget`].
    pub fn read(text: &str) -> Result<Self, NotABudget> {
        let mut lines = text.lines().enumerate().map(|(at, line)| (at + 1, line));
        let (number, first) = lines.next().ok_or(NotABudget::Empty)?;
        let opened: Line<Opened> =
            serde_json::from_str(first).map_err(|_| NotABudget::Unreadable(number))?;
        if !opened.before.is_empty() {
            return Err(NotABudget::Broken(number));
        }
        let Opened { at, budget, about } = opened.says;
        let (total, opened_at, head) = (budget, at, hash(first));
        let mut read = Self { total, about, opened_at, entries: Vec::new(), head };
        for (number, line) in lines {
            let next: Line<Entry> =
                serde_json::from_str(line).map_err(|_| NotABudget::Unreadable(number))?;
            if next.before != read.head {
                return Err(NotABudget::Broken(number));
            }
            if next.says.epsilon > read.left() {
                return Err(NotABudget::Overdrawn(number));
            }
            read.entries.push(next.says);
            read.head = hash(line);
        }
        Ok(read)
    }

    /// What was spent.
    pub fn spent(&self) -> Epsilon {
        self.entries.iter().fold(Epsilon::ZERO, |sum, entry| sum.plus(entry.epsilon))
    }

    /// What is left.
    pub fn left(&self) -> Epsilon {
        self.total.less(self.spent())
    }

    /// The hash of its last line: whoever notes it elsewhere finds out when lines were cut off.
    pub fn head(&self) -> &str {
        &self.head
    }

    /// Spends on one question: leave for its answer, and the line that has to be kept before that is told.
    ///
    /// # Errors
    /// [`Spent`] when too little is left; nothing is spent then.
    pub fn spend(&mut self, entry: Entry) -> Result<(Leave, String), Spent> {
        let (left, asked) = (self.left(), entry.epsilon);
        if asked > left {
            return Err(Spent { left, asked });
        }
        let line = write(&self.head, &entry);
        self.head = hash(&line);
        self.entries.push(entry);
        Ok((Leave { epsilon: asked }, line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at() -> Timestamp {
        "2026-11-02T10:00:00+09:00".parse().unwrap()
    }

    fn entry(epsilon: &str) -> Entry {
        Entry {
            at: at(),
            question: Question::Mean { low: 0, high: 120 },
            column: Some("age".into()),
            per_person: 1,
            epsilon: epsilon.parse().unwrap(),
        }
    }

    fn kept() -> Vec<String> {
        let (mut budget, first) = Budget::open("1".parse().unwrap(), "guests of 2026", at());
        let spend = |budget: &mut Budget, of| budget.spend(entry(of)).unwrap().1;
        vec![first, spend(&mut budget, "0.1"), spend(&mut budget, "0.2"), spend(&mut budget, "0.7")]
    }

    /// Ten times a tenth is one: in floating point it is not.
    #[test]
    fn what_is_spent_adds_up_exactly_and_no_more_is_given() {
        let (mut budget, _) = Budget::open("1".parse().unwrap(), "", at());
        for _ in 0..10 {
            budget.spend(entry("0.1")).unwrap();
        }
        assert_eq!(budget.left(), Epsilon::ZERO);
        let refused = budget.spend(entry("0.0001")).unwrap_err();
        assert_eq!(refused.left, Epsilon::ZERO);
        assert_eq!(budget.entries.len(), 10, "nothing is spent by a refusal");
    }

    #[test]
    fn a_budget_reads_as_it_was_written() {
        let read = Budget::read(&kept().join("\n")).unwrap();
        assert_eq!((read.left(), read.entries.len()), (Epsilon::ZERO, 3));
        assert_eq!(
            (read.about.as_str(), read.entries[0].clone()),
            ("guests of 2026", entry("0.1"))
        );
    }

    #[test]
    fn a_budget_that_was_meddled_with_is_not_read() {
        let meddled = |how: fn(&mut Vec<String>)| {
            let mut lines = kept();
            how(&mut lines);
            Budget::read(&lines.join("\n")).unwrap_err()
        };
        assert_eq!(meddled(Vec::clear), NotABudget::Empty);
        assert_eq!(meddled(|lines| drop(lines.remove(0))), NotABudget::Unreadable(1));
        assert_eq!(meddled(|lines| drop(lines.remove(1))), NotABudget::Broken(2));
        assert_eq!(meddled(|lines| lines.swap(1, 2)), NotABudget::Broken(2));
        let changed = |lines: &mut Vec<String>| lines[1] = lines[1].replace("0.1", "0.01");
        assert_eq!(meddled(changed), NotABudget::Broken(3));
        let raised = |lines: &mut Vec<String>| lines[0] = lines[0].replace("\"1\"", "\"5\"");
        assert_eq!(meddled(raised), NotABudget::Broken(2));
        assert_eq!(meddled(|lines| lines.push("{}".into())), NotABudget::Unreadable(5));
        let again = |lines: &mut Vec<String>| {
            let before = hash(&lines[3]);
            lines.push(write(&before, entry("0.1")));
        };
        assert_eq!(meddled(again), NotABudget::Overdrawn(5));
    }

    #[test]
    fn an_epsilon_is_a_small_exact_number() {
        for (text, said) in [("0.5", "0.5"), ("1", "1"), ("1.000000", "1"), ("0.0001", "0.0001")] {
            assert_eq!(text.parse::<Epsilon>().unwrap().to_string(), said);
        }
        for text in
            ["", "0", "0.000099", "-1", "1e-3", "0.0000001", "101", ".5", "1.2.3", "０.５", "NaN"]
        {
            assert!(text.parse::<Epsilon>().is_err(), "{text}");
        }
        let (one, other) = "0.000301".parse::<Epsilon>().unwrap().halves();
        assert_eq!(one.plus(other).to_string(), "0.000301");
    }
}
