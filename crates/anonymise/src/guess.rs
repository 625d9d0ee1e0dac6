//! What a node will be like, guessed from those that were checked.
//!
//! The logarithm of what is guessed is taken to add up over columns: each level of each column has a
//! weight, and every check corrects those of its node. A guess says where to look next, and nothing else
//! hangs on it: a wrong one costs checks, never the optimum.

use crate::{check::Finding, measure::Costs};

/// Guesses of one number.
struct Guess {
    weights: Vec<Vec<f64>>,
    all: f64,
}

/// How much of an error each check takes away.
const PACE: f64 = 0.7;

impl Guess {
    fn new(weights: Vec<Vec<f64>>) -> Self {
        Self { weights, all: 0.0 }
    }

    /// The logarithm of the number at a node.
    fn at(&self, node: &[u8]) -> f64 {
        let weights = self.weights.iter().zip(node);
        weights.fold(self.all, |sum, (weights, level)| sum + weights[usize::from(*level)])
    }

    /// Takes in what the logarithm is at a node, or, where it is only known to be more, that it is.
    #[expect(clippy::cast_precision_loss, reason = "few columns")]
    fn learn(&mut self, node: &[u8], number: f64, more: bool) {
        let error = number - self.at(node);
        if more && error < 0.0 {
            return;
        }
        let correction = PACE * error / (node.len() as f64 + 1.0);
        self.all += correction;
        for (weights, level) in self.weights.iter_mut().zip(node) {
            weights[usize::from(*level)] += correction;
        }
    }
}

/// Guesses of what a check finds.
pub(crate) struct Guesses {
    classes: Guess,
    doomed: Guess,
    above: Guess,
}

#[expect(clippy::cast_precision_loss, reason = "fewer than 2^32 rows")]
fn log(number: u64) -> f64 {
    (number as f64 + 1.0).ln()
}

impl Guesses {
    /// Guesses before anything was checked: classes and doomed rows grow with what the cells tell.
    pub(crate) fn new(guide: &Costs) -> Self {
        let told = guide.told();
        let less = told.iter().map(|column| column.iter().map(|told| -told).collect()).collect();
        Self {
            classes: Guess::new(told.clone()),
            doomed: Guess::new(told),
            above: Guess::new(less),
        }
    }

    /// How many classes a node has.
    pub(crate) fn classes(&self, node: &[u8]) -> f64 {
        self.classes.at(node).exp()
    }

    /// Whether more rows than the limit are doomed at a node.
    pub(crate) fn fails(&self, node: &[u8], limit: u64) -> bool {
        self.doomed.at(node) > log(limit)
    }

    /// The bound on the cost of what is above a node.
    pub(crate) fn above(&self, node: &[u8]) -> f64 {
        self.above.at(node).exp()
    }

    /// Takes in what a check found, with so many classes until it was given up.
    pub(crate) fn learn(
        &mut self,
        node: &[u8],
        classes: usize,
        finding: &Finding,
        above: Option<f64>,
    ) {
        let given_up = !finding.rolled;
        self.classes.learn(node, log(classes as u64), given_up);
        // What is given up for its classes has many more than are doomed at the least.
        let doomed = if given_up { finding.doomed.saturating_mul(2) } else { finding.doomed };
        self.doomed.learn(node, log(doomed), given_up);
        if let Some(above) = above {
            self.above.learn(node, above.max(f64::MIN_POSITIVE).ln(), false);
        }
    }
}
