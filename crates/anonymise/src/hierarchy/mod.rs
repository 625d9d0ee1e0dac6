//! What a value becomes, level by level: level 0 is the value itself, the last the coarsest.
//!
//! A hierarchy is a forest: two values that share a label at one level share their labels at every
//! level above. The search stands on that (a coarser node joins whole classes of a finer one), so a
//! file that breaks it is refused with its line.

mod make;

use std::{borrow::Cow, io::Read, sync::Arc};

use rustc_hash::FxHashMap;

pub use make::{DateStep, Intervals, dates, day, intervals, masks, orderings, tree};

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
        let mut builder = Builder::default();
        lines(file, read, format, |line, fields| builder.add(file, line, fields))?;
        builder.finish(file)
    }

    /// Builds a hierarchy from lines that were made, each with its number.
    ///
    /// # Errors
    /// As for [`Hierarchy::read`].
    pub fn from_lines(
        file: &str,
        lines: impl IntoIterator<Item = (u64, Vec<String>)>,
    ) -> Result<Self, Error> {
        let mut builder = Builder::default();
        for (line, fields) in lines {
            let fields: Vec<Cow<'_, str>> = fields.into_iter().map(Cow::Owned).collect();
            builder.add(file, line, &fields)?;
        }
        builder.finish(file)
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

/// A hierarchy while its lines come in.
#[derive(Default)]
struct Builder {
    levels: Vec<Level>,
    known: Vec<FxHashMap<Box<str>, u32>>,
    /// Per level and label: the label above, and the line that said so.
    above: Vec<Vec<(u32, u64)>>,
    /// Where each value stands.
    lines: Vec<u64>,
}

impl Builder {
    fn add(&mut self, file: &str, line: u64, fields: &[Cow<'_, str>]) -> Result<(), Error> {
        if self.levels.is_empty() {
            if fields.is_empty() || fields.len() > 255 {
                return Err(Error::new(file, Fault::HierarchyShape).at(line));
            }
            let level = || Level { labels: vec![], of_leaf: vec![], covers: vec![] };
            self.levels = fields.iter().map(|_| level()).collect();
            self.known = vec![FxHashMap::default(); fields.len()];
            self.above = vec![Vec::new(); fields.len()];
        }
        if fields.len() != self.levels.len() {
            let fault = Fault::RaggedHierarchy { expected: self.levels.len(), found: fields.len() };
            return Err(Error::new(file, fault).at(line));
        }
        if self.lines.len() == u32::MAX as usize {
            return Err(Error::wrong(
                file,
                ["more than 4 294 967 295 values", "値が4,294,967,295種類を超えています"],
            )
            .at(line));
        }
        if let Some(before) = self.known[0].get(&*fields[0]) {
            let first = self.lines[*before as usize];
            return Err(Error::new(file, Fault::ValueTwice(first)).at(line));
        }
        self.lines.push(line);
        let mut below: Option<u32> = None;
        for (depth, label) in fields.iter().enumerate() {
            let code = self.code(depth, label);
            if let Some(child) = below {
                let above = &mut self.above[depth - 1];
                match above.get(child as usize) {
                    None => above.push((code, line)),
                    Some((parent, _)) if *parent == code => {}
                    Some((parent, first)) => {
                        let fault = Fault::NotNested {
                            labels: Box::new([
                                self.levels[depth - 1].labels[child as usize].clone(),
                                label.clone().into_owned(),
                                self.levels[depth].labels[*parent as usize].clone(),
                            ]),
                            level: depth - 1,
                            first: *first,
                        };
                        return Err(Error::new(file, fault).at(line));
                    }
                }
            }
            below = Some(code);
        }
        Ok(())
    }

    /// Takes up the label of one more value. Most are those of the value before.
    fn code(&mut self, depth: usize, label: &str) -> u32 {
        let level = &mut self.levels[depth];
        let last = level.of_leaf.last().copied();
        let code = match last.filter(|last| level.labels[*last as usize] == label) {
            Some(last) => last,
            None => match self.known[depth].get(label) {
                Some(code) => *code,
                None => {
                    let code = u32::try_from(level.labels.len()).unwrap_or(u32::MAX);
                    self.known[depth].insert(label.into(), code);
                    level.labels.push(label.to_owned());
                    level.covers.push(0);
                    code
                }
            },
        };
        level.of_leaf.push(code);
        level.covers[code as usize] += 1;
        code
    }

    fn finish(mut self, file: &str) -> Result<Hierarchy, Error> {
        if self.levels.is_empty() {
            return Err(Error::new(file, Fault::Empty));
        }
        let index = Arc::new(self.known.swap_remove(0));
        Ok(Hierarchy { levels: self.levels.into(), index })
    }
}
