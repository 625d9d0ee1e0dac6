//! What a value becomes, level by level: level 0 is the value itself, the last the coarsest.
//!
//! A hierarchy is a forest: two values that share a label at one level share their labels at every
//! level above. The search stands on that (a coarser node joins whole classes of a finer one), so a
//! file that breaks it is refused with its line.

mod make;

use std::{io::Read, sync::Arc};

use rustc_hash::FxHashMap;

pub use make::{DateStep, Intervals, dates, intervals, masks, orderings, tree};

use crate::{
    Error,
    error::Fault,
    read::{Format, lines},
};

/// What stands where nothing is told any more.
pub const STAR: &str = "*";

/// The values of a column's domain and their labels at each level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hierarchy {
    levels: Arc<[Level]>,
    index: Arc<FxHashMap<Box<str>, u32>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Level {
    labels: Vec<String>,
    of_leaf: Vec<u32>,
    /// How many values of the domain each label covers.
    covers: Vec<u32>,
}

impl Hierarchy {
    /// Reads a file of the form `value;label of level 1;…;label of the last level`, no header.
    ///
    /// # Errors
    /// A line has another number of levels than the first, a value stands twice, a label leads to
    /// two labels above, or the file is empty or cannot be decoded.
    pub fn read<R: Read>(file: &str, read: R, format: Format) -> Result<Self, Error> {
        Self::from_lines(file, lines(file, read, format)?)
    }

    /// Builds a hierarchy from lines that were read or made, each with its number.
    ///
    /// # Errors
    /// As for [`Hierarchy::read`].
    pub fn from_lines(
        file: &str,
        lines: impl IntoIterator<Item = (u64, Vec<String>)>,
    ) -> Result<Self, Error> {
        let mut levels: Vec<Level> = Vec::new();
        let mut known: Vec<FxHashMap<String, u32>> = Vec::new();
        let mut index = FxHashMap::default();
        let mut first_line: Vec<u64> = Vec::new();
        // Per level and label: the label above, and the line that said so.
        let mut above: Vec<Vec<(u32, u64)>> = Vec::new();
        for (line, fields) in lines {
            if levels.is_empty() {
                if fields.is_empty() || fields.len() > 255 {
                    return Err(Error::new(file, Fault::HierarchyShape).at(line));
                }
                levels = (0..fields.len())
                    .map(|_| Level { labels: vec![], of_leaf: vec![], covers: vec![] })
                    .collect();
                known = vec![FxHashMap::default(); fields.len()];
                above = vec![Vec::new(); fields.len()];
            }
            if fields.len() != levels.len() {
                let fault = Fault::RaggedHierarchy { expected: levels.len(), found: fields.len() };
                return Err(Error::new(file, fault).at(line));
            }
            let leaf = u32::try_from(first_line.len())
                .map_err(|_| Error::wrong(file, "more than 4 294 967 295 values").at(line))?;
            if let Some(before) = index.insert(fields[0].clone().into_boxed_str(), leaf) {
                let first = first_line[before as usize];
                return Err(Error::new(file, Fault::ValueTwice(first)).at(line));
            }
            first_line.push(line);
            let mut below: Option<(usize, u32)> = None;
            for (depth, label) in fields.into_iter().enumerate() {
                let level = &mut levels[depth];
                let code = match known[depth].get(&label) {
                    Some(code) => *code,
                    None => {
                        let code = u32::try_from(level.labels.len()).unwrap_or(u32::MAX);
                        known[depth].insert(label.clone(), code);
                        level.labels.push(label);
                        level.covers.push(0);
                        code
                    }
                };
                level.of_leaf.push(code);
                level.covers[code as usize] += 1;
                if let Some((level_below, child)) = below {
                    match above[level_below].get(child as usize) {
                        None => above[level_below].push((code, line)),
                        Some((parent, _)) if *parent == code => {}
                        Some((_, first)) => {
                            let fault = Fault::NotNested {
                                label: levels[level_below].labels[child as usize].clone(),
                                level: level_below,
                                first: *first,
                            };
                            return Err(Error::new(file, fault).at(line));
                        }
                    }
                }
                below = Some((depth, code));
            }
        }
        if levels.is_empty() {
            return Err(Error::new(file, Fault::Empty));
        }
        Ok(Self { levels: levels.into(), index: Arc::new(index) })
    }

    /// How many levels there are, the values themselves included.
    pub fn levels(&self) -> usize {
        self.levels.len()
    }

    /// How many values the domain has.
    pub fn domain(&self) -> usize {
        self.index.len()
    }

    /// The place of a value in the domain.
    pub fn leaf(&self, value: &str) -> Option<u32> {
        self.index.get(value).copied()
    }

    /// The label of a value of the domain at a level.
    pub fn label(&self, level: usize, leaf: u32) -> &str {
        let level = &self.levels[level];
        &level.labels[level.of_leaf[leaf as usize] as usize]
    }

    /// The number of a value's label within its level.
    pub fn code(&self, level: usize, leaf: u32) -> u32 {
        self.levels[level].of_leaf[leaf as usize]
    }

    /// The share of the domain that a value's label covers at a level.
    #[expect(clippy::cast_precision_loss, reason = "fewer than 2^32 values")]
    pub fn share(&self, level: usize, leaf: u32) -> f64 {
        let level = &self.levels[level];
        f64::from(level.covers[level.of_leaf[leaf as usize] as usize]) / self.index.len() as f64
    }

    /// The lines of the hierarchy, in the form in which [`Hierarchy::read`] takes them.
    pub fn lines(&self) -> impl Iterator<Item = Vec<&str>> {
        (0..self.domain()).map(|leaf| {
            self.levels
                .iter()
                .map(|level| level.labels[level.of_leaf[leaf] as usize].as_str())
                .collect()
        })
    }
}
