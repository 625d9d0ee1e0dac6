//! What may be asked, with the bounds that make it answerable.

use serde::{Deserialize, Serialize};

/// The furthest bound of a sum or a mean.
const FURTHEST: i64 = 1_000_000_000_000;

/// The most rows of one person that are counted.
pub const MOST_PER_PERSON: u32 = 10_000;

/// The most categories of a histogram.
const MOST_CATEGORIES: usize = 10_000;

/// A question about a table. Categories and bounds are named by who asks and never taken from the table: the
/// smallest and largest value that is there would tell of the person who has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "question", rename_all = "snake_case")]
pub enum Question {
    /// How many rows there are.
    Count,
    /// How many rows fall into each category; whatever is none of them is counted together, at the end.
    Histogram {
        /// The categories, in their order.
        categories: Vec<String>,
    },
    /// The sum of whole numbers. Values beyond a bound count as the bound.
    Sum {
        /// The least value.
        low: i64,
        /// The greatest value.
        high: i64,
    },
    /// The mean of whole numbers. Values beyond a bound count as the bound.
    Mean {
        /// The least value.
        low: i64,
        /// The greatest value.
        high: i64,
    },
}

/// Why a question cannot be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrongQuestion {
    /// The bounds do not leave room for a value, or are too far.
    #[error(
        "the bounds have to be whole numbers with the lower one first, up to a million million"
    )]
    Bounds,
    /// No categories, too many, or one of them twice.
    #[error("name one to ten thousand categories, each once")]
    Categories,
    /// A person cannot count so often.
    #[error("let 1 to {MOST_PER_PERSON} rows of one person count")]
    PerPerson,
}

impl Question {
    /// Whether it can be asked, when so many rows of one person count.
    ///
    /// # Errors
    /// [`WrongQuestion`].
    pub fn check(&self, per_person: u32) -> Result<(), WrongQuestion> {
        if !(1..=MOST_PER_PERSON).contains(&per_person) {
            return Err(WrongQuestion::PerPerson);
        }
        match self {
            Self::Count => Ok(()),
            Self::Histogram { categories } => {
                let mut sorted: Vec<&String> = categories.iter().collect();
                sorted.sort_unstable();
                sorted.dedup();
                let fits = (1..=MOST_CATEGORIES).contains(&categories.len());
                let once = sorted.len() == categories.len();
                if fits && once { Ok(()) } else { Err(WrongQuestion::Categories) }
            }
            Self::Sum { low, high } | Self::Mean { low, high } => {
                let near = |bound: &i64| (-FURTHEST..=FURTHEST).contains(bound);
                let fits = low < high && near(low) && near(high);
                if fits { Ok(()) } else { Err(WrongQuestion::Bounds) }
            }
        }
    }

    /// True when it reads a column.
    pub fn reads_values(&self) -> bool {
        !matches!(self, Self::Count)
    }
}
