//! The levels of each column over the values that occur: which code leads to which, how much of the
//! domain a code covers, and how many rows have it.

use crate::{Histogram, Schema};

/// One column.
#[derive(Debug)]
pub(crate) struct Levels {
    pub(crate) at: Vec<Level>,
    /// From a level to a coarser one: `steps[from][to - from - 1][code]`.
    steps: Vec<Vec<Vec<u32>>>,
    /// Values of the hierarchy, whether they occur or not.
    pub(crate) domain: usize,
}

/// A level of a column.
#[derive(Debug)]
pub(crate) struct Level {
    /// The code here of each code of the dictionary.
    pub(crate) of: Vec<u32>,
    pub(crate) share: Vec<f64>,
    pub(crate) rows: Vec<u64>,
}

impl Level {
    pub(crate) fn size(&self) -> usize {
        self.share.len()
    }
}

impl Levels {
    pub(crate) fn of(schema: &Schema, histogram: &Histogram) -> Vec<Self> {
        (0..schema.quasi.len()).map(|column| Self::column(schema, histogram, column)).collect()
    }

    fn column(schema: &Schema, histogram: &Histogram, column: usize) -> Self {
        let leaves = &schema.quasi[column].leaves;
        let mut rows = vec![0_u64; leaves.len()];
        for (tuple, count) in histogram.counts().iter().enumerate() {
            rows[histogram.code(tuple, column) as usize] += u64::from(*count);
        }
        let Some(hierarchy) = schema.hierarchy(column) else {
            return Self { at: Vec::new(), steps: Vec::new(), domain: 0 };
        };
        // Codes are numbered along the hierarchy, so that those of one label above are neighbours.
        let mut order: Vec<usize> = (0..leaves.len()).collect();
        let path = |code: usize| {
            (0..hierarchy.levels()).rev().map(move |depth| hierarchy.code(depth, leaves[code]))
        };
        order.sort_by(|a, b| path(*a).cmp(path(*b)));
        let mut at = Vec::with_capacity(hierarchy.levels());
        for depth in 0..hierarchy.levels() {
            let of = vec![0; leaves.len()];
            let mut level = Level { of, share: Vec::new(), rows: Vec::new() };
            let mut known = None;
            for code in &order {
                let label = hierarchy.code(depth, leaves[*code]);
                if known != Some(label) {
                    known = Some(label);
                    level.share.push(hierarchy.share(depth, leaves[*code]));
                    level.rows.push(0);
                }
                let last = level.rows.len() - 1;
                level.of[*code] = u32::try_from(last).unwrap_or(u32::MAX);
                level.rows[last] += rows[*code];
            }
            at.push(level);
        }
        let steps = (0..at.len())
            .map(|from| {
                (from + 1..at.len())
                    .map(|to| {
                        let mut step = vec![0; at[from].size()];
                        for (fine, coarse) in at[from].of.iter().zip(&at[to].of) {
                            step[*fine as usize] = *coarse;
                        }
                        step
                    })
                    .collect()
            })
            .collect();
        Self { at, steps, domain: hierarchy.domain() }
    }

    /// What the codes of a level become at a coarser one.
    pub(crate) fn step(&self, from: u8, to: u8) -> &[u32] {
        &self.steps[from as usize][(to - from) as usize - 1]
    }

    /// What a code of the values becomes at a level.
    pub(crate) fn carry(&self, code: u32, to: u8) -> u32 {
        if to == 0 { code } else { self.step(0, to)[code as usize] }
    }

    /// The coarsest level.
    pub(crate) fn top(&self) -> u8 {
        u8::try_from(self.at.len().saturating_sub(1)).unwrap_or(u8::MAX)
    }
}
