//! The answer, with noise.

use opendp::accuracy::discrete_laplacian_scale_to_accuracy;
use opendp::domains::{AtomDomain, VectorDomain};
use opendp::error::Fallible;
use opendp::measurements::make_laplace;
use opendp::measures::MaxDivergence;
use opendp::metrics::L1Distance;
use serde::{Deserialize, Serialize};

use crate::budget::Leave;
use crate::epsilon::Epsilon;
use crate::question::Question;
use crate::tally::Tally;

/// How often the true figure is further away than an answer says.
const BEYOND: f64 = 0.05;

/// A figure of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// A number of rows, or a sum.
    Whole(i64),
    /// A mean.
    Mean(f64),
}

/// A figure with what it is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// The category of a histogram; `None` for whatever is none of those that were named, and for an answer
    /// of one figure.
    pub category: Option<String>,
    /// The figure, with noise.
    pub value: Value,
    /// The true figure is no further away, in 95 of 100 answers. Of a mean, as far as the noisy number of rows
    /// tells; `None` where that is too small to say.
    pub within: Option<f64>,
}

/// What a question came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// What was spent on it.
    pub epsilon: Epsilon,
    /// Its figures: one, or one for each category and one for the rest.
    pub figures: Vec<Figure>,
}

impl Tally {
    /// Gives the answer. A number of rows is never below nought, and a mean never beyond its bounds.
    ///
    /// # Errors
    /// When OpenDP refuses, or the machine has no randomness to give.
    #[expect(clippy::needless_pass_by_value, reason = "leave is good for one answer")]
    pub fn answer(self, leave: Leave) -> Result<Answer, opendp::error::Error> {
        let Leave { epsilon } = leave;
        let sensitivity = self.sensitivity();
        let figures = match &self.question {
            Question::Count | Question::Histogram { .. } | Question::Sum { .. } => {
                let all = sensitivity.first().copied().unwrap_or(1);
                let (noisy, scale) = noisy(&self.figures, all, epsilon)?;
                let within = discrete_laplacian_scale_to_accuracy(scale, BEYOND)?.floor();
                let least =
                    if matches!(self.question, Question::Sum { .. }) { i64::MIN } else { 0 };
                let names = match &self.question {
                    Question::Histogram { categories } => categories.as_slice(),
                    _ => &[],
                };
                let figure = |(at, value): (usize, i64)| Figure {
                    category: names.get(at).cloned(),
                    value: Value::Whole(value.max(least)),
                    within: Some(within),
                };
                noisy.into_iter().enumerate().map(figure).collect()
            }
            Question::Mean { low, high } => vec![self.mean(*low, *high, &sensitivity, epsilon)?],
        };
        Ok(Answer { epsilon, figures })
    }

    /// Half of ε for the sum from the middle of the bounds, half for the number of rows.
    #[expect(clippy::cast_precision_loss, reason = "a mean is told in floating point")]
    fn mean(&self, low: i64, high: i64, sensitivity: &[i64], epsilon: Epsilon) -> Fallible<Figure> {
        let part = |at: usize| (self.figures.get(at..=at).unwrap_or_default(), sensitivity.get(at));
        let ((sum, sum_changes), (rows, rows_change)) = (part(0), part(1));
        let (for_sum, for_rows) = epsilon.halves();
        let (sum, sum_scale) = noisy(sum, sum_changes.copied().unwrap_or(1), for_sum)?;
        let (rows, rows_scale) = noisy(rows, rows_change.copied().unwrap_or(1), for_rows)?;
        let first = |noisy: &[i64]| noisy.first().copied().unwrap_or_default() as f64;
        let (sum, rows) = (first(&sum) / 2.0, first(&rows).max(1.0));
        let middle = f64::midpoint(low as f64, high as f64);
        let mean = (middle + sum / rows).clamp(low as f64, high as f64);
        // Each may be beyond in half of the cases that are allowed.
        let sum_within = discrete_laplacian_scale_to_accuracy(sum_scale, BEYOND / 2.0)? / 2.0;
        let rows_within = discrete_laplacian_scale_to_accuracy(rows_scale, BEYOND / 2.0)?;
        let fewest = rows - rows_within;
        let within = (sum_within + (mean - middle).abs() * rows_within) / fewest;
        let within = (fewest >= 1.0).then(|| within.min((high - low) as f64));
        Ok(Figure { category: None, value: Value::Mean(mean), within })
    }
}

/// Figures with noise of the discrete Laplace mechanism (Canonne, Kamath and Steinke 2020), which is exact for
/// whole numbers, and the scale of the noise. Never more than ε is lost: OpenDP's own sum says so.
#[expect(clippy::cast_precision_loss, reason = "rounded against us by the loop")]
fn noisy(figures: &[i64], sensitivity: i64, epsilon: Epsilon) -> Fallible<(Vec<i64>, f64)> {
    let most = epsilon.value().next_down();
    let mut scale = sensitivity as f64 / most;
    loop {
        let mechanism = make_laplace::<_, _, MaxDivergence>(
            VectorDomain::new(AtomDomain::<i64>::default()),
            L1Distance::<i64>::default(),
            scale,
            None,
        )?;
        if mechanism.map(&sensitivity)? <= most {
            return Ok((mechanism.invoke(&figures.to_vec())?, scale));
        }
        scale = scale.next_up();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(noisy: &[i64]) -> i64 {
        noisy[0]
    }

    /// OpenDP computes the loss of the very mechanism that draws the noise; it is never above what is charged.
    #[test]
    fn no_answer_loses_more_than_is_charged() {
        for epsilon in ["0.0001", "0.013", "0.1", "0.333333", "0.7", "1", "3", "100"] {
            let epsilon: Epsilon = epsilon.parse().unwrap();
            for sensitivity in [1, 3, 7, 1000, 1_000_000_000_000] {
                let (_, scale) = noisy(&[0], sensitivity, epsilon).unwrap();
                let mechanism = make_laplace::<_, _, MaxDivergence>(
                    VectorDomain::new(AtomDomain::<i64>::default()),
                    L1Distance::<i64>::default(),
                    scale,
                    None,
                );
                let lost = mechanism.unwrap().map(&sensitivity).unwrap();
                assert!(lost <= epsilon.value(), "{lost} > {epsilon}");
            }
        }
    }

    /// The noise is the one that is said: centred, and within the distance that is told as often as is told.
    /// Sixteen thousand draws leave these limits by chance less than once in a million runs.
    #[test]
    fn the_noise_is_as_wide_as_is_said() {
        let epsilon: Epsilon = "0.5".parse().unwrap();
        let draws: Vec<i64> =
            (0..16_000).map(|_| told(&noisy(&[1000], 2, epsilon).unwrap().0) - 1000).collect();
        let (_, scale) = noisy(&[0], 2, epsilon).unwrap();
        let within = discrete_laplacian_scale_to_accuracy(scale, BEYOND).unwrap().floor();
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let share = |count: usize| count as f64 / draws.len() as f64;
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let inside = share(draws.iter().filter(|draw| draw.abs() as f64 <= within).count());
        assert!((0.94..0.972).contains(&inside), "{inside} within {within}");
        let above = share(draws.iter().filter(|draw| **draw > 0).count());
        let below = share(draws.iter().filter(|draw| **draw < 0).count());
        assert!((above - below).abs() < 0.05, "{above} above, {below} below");
        assert!(draws.iter().any(|draw| *draw != 0));
    }
}
