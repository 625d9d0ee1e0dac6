//! How much a node loses, and what can be said of that without looking at it.
//!
//! A node's *raw* cost is compared while searching; [`Costs::score`] makes the score of it, and the
//! two rise together. Bounds, and why they hold:
//!
//! - *Floor*, of any node, from the levels alone. Loss, entropy, precision and height add up over
//!   columns what each value costs, and a suppressed row costs no less than one that is kept. (Loss
//!   multiplies 1 + value over columns instead of adding, which rises with each of them too.) Of
//!   classes there are no more than tuples that can be made of the codes of the levels; and the
//!   squares of so many numbers with a given sum are least where all are the same.
//! - *Below*, of every node finer than one that was checked. Rows that are doomed there are
//!   suppressed at the finer node as well. So what they cost beyond being kept is added, column by
//!   column, as it stands at the level of the finer node. Entropy charges suppressed rows
//!   `|S|·H(S)` for each column, which grows with S, since entropy is concave, and with finer
//!   values. Levels finer than the source of the check are charged as the source's level, which
//!   costs less.
//! - *Above*, of every node coarser than one that was checked. Classes only merge, so squares only
//!   grow, and a class that is kept there either contains one that is kept here, or consists of
//!   suppressed rows alone, at least as many as the smallest class may have. The same holds where
//!   only the rules on sizes have been looked at.

use crate::{check::Finding, levels::Levels};

/// What is to be smallest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// The share of the domain that each cell covers; 0 untouched, 1 nothing told.
    Loss,
    /// Bits that generalisation takes, and those of suppressed rows.
    Entropy,
    /// The same without regard to suppression.
    MonotonicEntropy,
    /// The squares of class sizes; a suppressed row costs as many as there are rows.
    Discernibility,
    /// The squares of all class sizes, suppressed or not.
    MonotonicDiscernibility,
    /// Rows per class, where all suppressed rows are one class.
    AverageClassSize,
    /// The share of its column's levels that each cell went up; 1 for a suppressed one.
    Precision,
    /// The levels gone up, all columns together.
    Height,
}

/// The costs of nodes of one table.
#[derive(Debug)]
pub(crate) struct Costs {
    measure: Measure,
    rows: f64,
    smallest: f64,
    /// What a column costs at a level with no row suppressed, before it is normalised.
    base: Vec<Vec<f64>>,
    domains: Vec<f64>,
}

/// Bounds for the nodes below one that was checked.
#[derive(Debug)]
pub(crate) enum Below {
    /// By column and level.
    Terms(Vec<Vec<f64>>),
    /// The same for all.
    Flat(f64),
}

#[expect(clippy::cast_precision_loss, reason = "counts stay below 2^53")]
fn real(count: u64) -> f64 {
    count as f64
}

impl Costs {
    #[expect(clippy::cast_precision_loss, reason = "fewer than 2^32 values")]
    pub(crate) fn new(measure: Measure, levels: &[Levels], rows: u64, smallest: u32) -> Self {
        let base = levels.iter().map(|column| {
            let top = (column.at.len().max(2) - 1) as f64;
            (0..column.at.len())
                .map(|depth| {
                    let level = &column.at[depth];
                    match measure {
                        Measure::Loss => {
                            let cells = level.share.iter().zip(&level.rows);
                            cells.map(|(share, rows)| share * real(*rows)).sum()
                        }
                        Measure::Entropy | Measure::MonotonicEntropy => {
                            let codes = column.at[0].of.iter().zip(&level.of);
                            codes
                                .map(|(fine, code)| {
                                    let rows = real(column.at[0].rows[*fine as usize]);
                                    let all = real(level.rows[*code as usize]);
                                    if rows > 0.0 { -rows * (rows / all).log2() } else { 0.0 }
                                })
                                .sum()
                        }
                        Measure::Precision => real(rows) * depth as f64 / top,
                        Measure::Height => depth as f64,
                        _ => 0.0,
                    }
                })
                .collect()
        });
        Self {
            measure,
            rows: real(rows.max(1)),
            smallest: f64::from(smallest.max(1)),
            base: base.collect(),
            domains: levels.iter().map(|column| column.domain as f64).collect(),
        }
    }

    /// Whether the floor tells nodes apart.
    pub(crate) fn by_levels(&self) -> bool {
        !matches!(
            self.measure,
            Measure::Discernibility | Measure::MonotonicDiscernibility | Measure::AverageClassSize
        )
    }

    /// Whether costs come of whole numbers, so that equal ones are equal to the last bit.
    pub(crate) fn exact(&self) -> bool {
        matches!(
            self.measure,
            Measure::Discernibility
                | Measure::MonotonicDiscernibility
                | Measure::AverageClassSize
                | Measure::Height
        )
    }

    fn start(&self) -> f64 {
        f64::from(u8::from(self.measure == Measure::Loss))
    }

    pub(crate) fn join(&self, sum: f64, term: f64) -> f64 {
        if self.measure == Measure::Loss { sum * term } else { sum + term }
    }

    pub(crate) fn all(&self, terms: impl Iterator<Item = f64>) -> f64 {
        terms.fold(self.start(), |sum, term| self.join(sum, term))
    }

    /// What a column adds to the cost at a level, with so much beyond its base.
    pub(crate) fn term(&self, column: usize, level: usize, beyond: f64) -> f64 {
        let sum = self.base[column][level] + beyond;
        match self.measure {
            Measure::Loss => 1.0 + self.normal(column, sum / self.rows),
            Measure::Precision => sum / self.rows,
            _ => sum,
        }
    }

    /// A mean share of the domain, from 0 where nothing was generalised.
    pub(crate) fn normal(&self, column: usize, share: f64) -> f64 {
        let least = 1.0 / self.domains[column];
        if least >= 1.0 { share - least } else { (share - least) / (1.0 - least) }.max(0.0)
    }

    /// A bound on the raw cost of a node, by how many tuples its levels can make.
    pub(crate) fn floor_by_tuples(&self, tuples: f64) -> f64 {
        match self.measure {
            Measure::Discernibility | Measure::MonotonicDiscernibility => {
                (self.rows * self.rows / tuples).floor()
            }
            Measure::AverageClassSize => {
                self.rows / (tuples.min((self.rows / self.smallest).floor()) + 1.0)
            }
            _ => 0.0,
        }
    }

    /// By column and level, what a cell tells beyond the coarsest one in nats, where the measure is monotonic
    /// entropy.
    pub(crate) fn told(&self) -> Vec<Vec<f64>> {
        let told = |base: &Vec<f64>| {
            let most = base.last().copied().unwrap_or_default();
            base.iter().map(|lost| (most - lost) / self.rows * std::f64::consts::LN_2).collect()
        };
        self.base.iter().map(told).collect()
    }

    /// The cost of a node with no row suppressed, where it is told by levels.
    pub(crate) fn of_levels(&self, node: &[u8]) -> f64 {
        let levels = node.iter().enumerate();
        self.all(levels.map(|(column, level)| self.term(column, usize::from(*level), 0.0)))
    }

    /// The score of a raw cost.
    #[expect(clippy::cast_precision_loss, reason = "few columns")]
    pub(crate) fn score(&self, raw: f64) -> f64 {
        let columns = self.base.len() as f64;
        match self.measure {
            Measure::Loss => raw.powf(1.0 / columns) - 1.0,
            Measure::Precision => raw / columns,
            _ => raw,
        }
    }

    /// Whether suppressed rows have to be counted by column for the cost.
    pub(crate) fn counts_suppressed(&self) -> bool {
        matches!(self.measure, Measure::Loss | Measure::Entropy | Measure::Precision)
    }

    /// What rows cost beyond being kept, by their counts over the codes of a level.
    fn beyond(&self, column: usize, depth: usize, levels: &[Levels], counts: &[u64]) -> f64 {
        let level = &levels[column].at[depth];
        match self.measure {
            Measure::Loss => {
                let cells = level.share.iter().zip(counts);
                cells.map(|(share, rows)| (1.0 - share) * real(*rows)).sum()
            }
            Measure::Entropy => {
                let all = real(counts.iter().sum());
                let some = counts.iter().filter(|rows| **rows > 0);
                some.map(|rows| -real(*rows) * (real(*rows) / all).log2()).sum()
            }
            Measure::Precision => {
                #[expect(clippy::cast_precision_loss, reason = "at most 255 levels")]
                let kept = depth as f64 / (levels[column].at.len().max(2) - 1) as f64;
                real(counts.iter().sum()) * (1.0 - kept)
            }
            _ => 0.0,
        }
    }

    /// The raw cost of a node that was checked; `suppressed` is by the levels of `from`.
    pub(crate) fn cost(
        &self,
        node: &[u8],
        finding: &Finding,
        levels: &[Levels],
        from: &[u8],
        suppressed: &[Vec<u64>],
    ) -> f64 {
        match self.measure {
            Measure::Discernibility => {
                real(finding.kept_squares) + self.rows * real(finding.suppressed)
            }
            Measure::MonotonicDiscernibility => real(finding.all_squares),
            Measure::AverageClassSize => {
                self.rows / real(finding.classes + u64::from(finding.suppressed > 0))
            }
            _ => self.all(node.iter().enumerate().map(|(column, level)| {
                let beyond = if finding.suppressed == 0 || !self.counts_suppressed() {
                    0.0
                } else {
                    let counts = carried(levels, column, from[column], *level, &suppressed[column]);
                    self.beyond(column, usize::from(*level), levels, &counts)
                };
                self.term(column, usize::from(*level), beyond)
            })),
        }
    }

    /// Bounds for every node below one that was checked; `doomed` is by the levels of `from`.
    pub(crate) fn below(
        &self,
        node: &[u8],
        finding: &Finding,
        levels: &[Levels],
        from: &[u8],
        doomed: &[Vec<u64>],
    ) -> Option<Below> {
        if finding.doomed == 0 {
            return None;
        }
        let kept = self.rows - real(finding.doomed);
        match self.measure {
            Measure::Discernibility => {
                Some(Below::Flat(self.rows * real(finding.doomed) + self.smallest * kept))
            }
            Measure::AverageClassSize => {
                Some(Below::Flat(self.rows / ((kept / self.smallest).floor() + 1.0)))
            }
            _ if self.counts_suppressed() => Some(Below::Terms(
                (0..node.len())
                    .map(|column| self.terms_below(column, node, levels, from, doomed))
                    .collect(),
            )),
            _ => None,
        }
    }

    fn terms_below(
        &self,
        column: usize,
        node: &[u8],
        levels: &[Levels],
        from: &[u8],
        doomed: &[Vec<u64>],
    ) -> Vec<f64> {
        let mut finest = 0.0;
        let known: Vec<f64> = (from[column]..=node[column])
            .map(|level| {
                let counts = carried(levels, column, from[column], level, &doomed[column]);
                let beyond = self.beyond(column, usize::from(level), levels, &counts);
                if level == from[column] {
                    finest = beyond;
                }
                self.term(column, usize::from(level), beyond)
            })
            .collect();
        (0..from[column])
            .map(|level| self.term(column, usize::from(level), finest))
            .chain(known)
            .collect()
    }

    /// A bound for every node above one that was checked.
    pub(crate) fn above(&self, finding: &Finding) -> Option<f64> {
        match self.measure {
            _ if !finding.rolled => None,
            Measure::Discernibility | Measure::MonotonicDiscernibility => {
                Some(real(finding.all_squares))
            }
            Measure::AverageClassSize => Some(self.rows / (real(finding.most) + 1.0)),
            _ => None,
        }
    }
}

/// Counts over the codes of one level as counts over those of a coarser one.
fn carried(levels: &[Levels], column: usize, from: u8, to: u8, counts: &[u64]) -> Vec<u64> {
    if from == to {
        return counts.to_vec();
    }
    let mut sums = vec![0; levels[column].at[usize::from(to)].size()];
    for (count, code) in counts.iter().zip(levels[column].step(from, to)) {
        sums[*code as usize] += count;
    }
    sums
}
