//! Nodes and their order: a node is a level for each column, and lies below another where no level
//! of it is higher.

/// All nodes between the bottom and the top, numbered so that the last column counts fastest.
#[derive(Debug, Clone)]
pub(crate) struct Lattice {
    pub(crate) tops: Vec<u8>,
    strides: Vec<usize>,
    pub(crate) size: usize,
}

/// How many nodes there are.
pub(crate) fn nodes(tops: &[u8]) -> u128 {
    tops.iter().fold(1, |all: u128, top| all.saturating_mul(u128::from(*top) + 1))
}

pub(crate) fn at_or_below(one: &[u8], other: &[u8]) -> bool {
    one.iter().zip(other).all(|(one, other)| one <= other)
}

impl Lattice {
    /// The lattice, where it has no more nodes than that.
    pub(crate) fn new(tops: Vec<u8>, most: usize) -> Option<Self> {
        let size = usize::try_from(nodes(&tops)).ok().filter(|size| *size <= most)?;
        let mut strides = vec![1; tops.len()];
        for column in (1..tops.len()).rev() {
            strides[column - 1] = strides[column] * (usize::from(tops[column]) + 1);
        }
        Some(Self { tops, strides, size })
    }

    pub(crate) fn node(&self, index: usize) -> Vec<u8> {
        let levels = self.tops.iter().zip(&self.strides);
        levels
            .map(|(top, stride)| {
                u8::try_from(index / stride % (usize::from(*top) + 1)).unwrap_or(u8::MAX)
            })
            .collect()
    }

    /// The nodes one level up in one column.
    pub(crate) fn above(&self, index: usize) -> impl Iterator<Item = usize> {
        let columns = self.tops.iter().zip(&self.strides);
        columns.filter_map(move |(top, stride)| {
            let level = index / stride % (usize::from(*top) + 1);
            (level < usize::from(*top)).then_some(index + stride)
        })
    }

    /// Visits every node from `low` to `high`, folding over its levels column by column.
    pub(crate) fn visit<A: Copy>(
        &self,
        low: &[u8],
        high: &[u8],
        start: A,
        fold: &impl Fn(A, usize, u8) -> A,
        see: &mut impl FnMut(usize, A),
    ) {
        self.visit_from(0, 0, low, high, start, fold, see);
    }

    #[expect(clippy::too_many_arguments, reason = "it calls itself for the next column")]
    fn visit_from<A: Copy>(
        &self,
        column: usize,
        index: usize,
        low: &[u8],
        high: &[u8],
        so_far: A,
        fold: &impl Fn(A, usize, u8) -> A,
        see: &mut impl FnMut(usize, A),
    ) {
        if column == self.tops.len() {
            see(index, so_far);
            return;
        }
        for level in low[column]..=high[column] {
            let index = index + usize::from(level) * self.strides[column];
            let next = fold(so_far, column, level);
            self.visit_from(column + 1, index, low, high, next, fold, see);
        }
    }
}
