//! Rows are counted, and how much one person can change is bounded.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use crate::question::{Question, WrongQuestion};

/// A value of a sum or a mean that is no whole number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no whole number: round it, or count in a smaller unit")]
pub struct NotAWholeNumber;

/// What was counted. It tells nothing but by an answer.
#[derive(Clone)]
pub struct Tally {
    pub(crate) question: Question,
    pub(crate) per_person: u32,
    /// Rows that counted, by person; people by a hash, to take the same room whatever they are called.
    seen: HashMap<[u8; 32], u32>,
    /// One figure, or one for each category with the rest at the end; of a mean, the sum and the number.
    pub(crate) figures: Vec<i64>,
}

impl Tally {
    /// Begins, with so many rows of each person to be counted at most.
    ///
    /// # Errors
    /// [`WrongQuestion`].
    pub fn new(question: Question, per_person: u32) -> Result<Self, WrongQuestion> {
        question.check(per_person)?;
        let figures = match &question {
            Question::Count | Question::Sum { .. } => 1,
            Question::Mean { .. } => 2,
            Question::Histogram { categories } => categories.len() + 1,
        };
        Ok(Self { question, per_person, seen: HashMap::new(), figures: vec![0; figures] })
    }

    /// Takes a row in: of a person, or, where that is `None`, of somebody who has no other row. Rows of one
    /// person beyond the number that counts change nothing; nor do empty values of a sum or a mean.
    ///
    /// # Errors
    /// [`NotAWholeNumber`].
    pub fn add(&mut self, person: Option<&str>, value: &str) -> Result<(), NotAWholeNumber> {
        let value = value.trim();
        let number = match self.question {
            Question::Sum { low, high } | Question::Mean { low, high } => {
                if value.is_empty() {
                    return Ok(());
                }
                let number: i64 = value.parse().map_err(|_| NotAWholeNumber)?;
                number.clamp(low, high)
            }
            Question::Count | Question::Histogram { .. } => 0,
        };
        if let Some(person) = person {
            let rows = self.seen.entry(Sha256::digest(person.as_bytes()).into()).or_default();
            if *rows >= self.per_person {
                return Ok(());
            }
            *rows += 1;
        }
        match &self.question {
            Question::Count => self.raise(0, 1),
            Question::Histogram { categories } => {
                let found = categories.iter().position(|category| category == value);
                let rest = categories.len();
                self.raise(found.unwrap_or(rest), 1);
            }
            Question::Sum { .. } => self.raise(0, number),
            // Counted from the middle of the bounds, twice: so one row changes it least.
            &Question::Mean { low, high } => {
                self.raise(0, 2 * number - (low + high));
                self.raise(1, 1);
            }
        }
        Ok(())
    }

    fn raise(&mut self, figure: usize, by: i64) {
        if let Some(figure) = self.figures.get_mut(figure) {
            *figure = figure.saturating_add(by);
        }
    }

    /// How much all rows of one person can change each figure, or, of a histogram, all of them together (the
    /// sensitivity in the first norm, when one person is taken out or put in).
    pub(crate) fn sensitivity(&self) -> Vec<i64> {
        let rows = i64::from(self.per_person);
        match self.question {
            Question::Count | Question::Histogram { .. } => vec![rows],
            Question::Sum { low, high } => vec![rows * low.abs().max(high.abs())],
            Question::Mean { low, high } => vec![rows * (high - low), rows],
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn question() -> impl Strategy<Value = Question> {
        let bounds = (-50_i64..50, 1_i64..80);
        prop_oneof![
            Just(Question::Count),
            Just(Question::Histogram { categories: vec!["a".into(), "b".into(), "c".into()] }),
            bounds.clone().prop_map(|(low, wide)| Question::Sum { low, high: low + wide }),
            bounds.prop_map(|(low, wide)| Question::Mean { low, high: low + wide }),
        ]
    }

    fn tally(
        question: &Question,
        rows: &[(u8, i64)],
        per_person: u32,
        without: Option<u8>,
    ) -> Tally {
        let mut tally = Tally::new(question.clone(), per_person).unwrap();
        for (person, value) in rows.iter().filter(|(person, _)| Some(*person) != without) {
            let value = match question {
                Question::Histogram { .. } => ["a", "b", "c", "d"]
                    [usize::from(*value > 0) + 2 * usize::from(value % 2 == 0)]
                .into(),
                _ => value.to_string(),
            };
            tally.add(Some(&person.to_string()), &value).unwrap();
        }
        tally
    }

    proptest! {
        /// Whoever is taken out, with however many rows and values, changes no more than is said. All of the
        /// privacy rests on this.
        #[test]
        fn nobody_changes_more_than_the_sensitivity(
            question in question(),
            rows in prop::collection::vec((0_u8..6, -200_i64..200), 0..60),
            per_person in 1_u32..5,
            gone in 0_u8..6,
        ) {
            let with = tally(&question, &rows, per_person, None);
            let without = tally(&question, &rows, per_person, Some(gone));
            let apart: Vec<i64> =
                with.figures.iter().zip(&without.figures).map(|(a, b)| (a - b).abs()).collect();
            match with.sensitivity().as_slice() {
                [all] => prop_assert!(apart.iter().sum::<i64>() <= *all, "{apart:?} > {all}"),
                each => {
                    for (apart, most) in apart.iter().zip(each) {
                        prop_assert!(apart <= most, "{apart} > {most}");
                    }
                }
            }
        }
    }

    #[test]
    fn values_beyond_a_bound_count_as_the_bound_and_empty_ones_not_at_all() {
        let mut tally = Tally::new(Question::Sum { low: 0, high: 100 }, 1).unwrap();
        for value in ["50", " 1000 ", "-3", ""] {
            tally.add(None, value).unwrap();
        }
        assert_eq!(tally.figures, [150]);
        assert_eq!(tally.add(None, "12.5"), Err(NotAWholeNumber));
    }
}
