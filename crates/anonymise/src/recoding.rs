//! What becomes of each row, and the writing of it.

use std::io::Write;

use rustc_hash::FxHashMap;

use crate::{
    Error, Histogram, Schema,
    error::Fault,
    hierarchy::STAR,
    table::{Chunk, Place},
};

const SUPPRESSED: u32 = u32::MAX;

/// For each tuple of a table the levels of its cells, or that its rows are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recoding {
    /// The combinations of levels that occur.
    patterns: Vec<Vec<u8>>,
    numbers: FxHashMap<Vec<u8>, u32>,
    /// By tuple, which of them.
    pub(crate) of: Vec<u32>,
}

impl Recoding {
    /// Nothing is kept yet.
    pub(crate) fn nothing(tuples: usize) -> Self {
        Self { patterns: Vec::new(), numbers: FxHashMap::default(), of: vec![SUPPRESSED; tuples] }
    }

    /// The number of a combination of levels.
    pub(crate) fn pattern(&mut self, levels: &[u8]) -> u32 {
        if let Some(number) = self.numbers.get(levels) {
            return *number;
        }
        let number = u32::try_from(self.patterns.len()).unwrap_or(SUPPRESSED);
        self.numbers.insert(levels.to_vec(), number);
        self.patterns.push(levels.to_vec());
        number
    }

    /// Whether a row of a chunk that was counted is kept.
    pub fn keeps(&self, histogram: &Histogram, chunk: &Chunk, row: usize) -> bool {
        let tuple = histogram.tuple(chunk, row);
        tuple.is_some_and(|tuple| self.of[tuple] != SUPPRESSED)
    }

    /// Leaves a row out, and with it all rows of its tuple: for whoever asks more of a class than a
    /// model can say, and leaves out whole classes.
    pub fn leave_out(&mut self, histogram: &Histogram, chunk: &Chunk, row: usize) {
        if let Some(tuple) = histogram.tuple(chunk, row) {
            self.of[tuple] = SUPPRESSED;
        }
    }

    /// The levels of a tuple's cells; none where it is left out.
    pub(crate) fn levels(&self, tuple: usize) -> Option<&[u8]> {
        self.patterns.get(self.of[tuple] as usize).map(Vec::as_slice)
    }
}

/// What is written in the place of a row that is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Suppressed {
    /// Nothing.
    #[default]
    Removed,
    /// A row of stars in every column, so that rows keep their places.
    Starred,
}

/// Writes the rows of a recoding as CSV in UTF-8, chunk by chunk.
pub struct Output<'a, W: Write> {
    schema: &'a Schema,
    histogram: &'a Histogram,
    recoding: &'a Recoding,
    suppressed: Suppressed,
    writer: csv::Writer<W>,
}

impl<'a, W: Write> Output<'a, W> {
    /// Writes the names of the columns, those that identify left out.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn new(
        schema: &'a Schema,
        histogram: &'a Histogram,
        recoding: &'a Recoding,
        delimiter: u8,
        suppressed: Suppressed,
        write: W,
    ) -> Result<Self, Error> {
        let writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(write);
        let mut output = Self { schema, histogram, recoding, suppressed, writer };
        let columns = schema.names.iter().zip(&schema.places);
        let shown = columns.filter(|(_, place)| **place != Place::Nowhere);
        output
            .writer
            .write_record(shown.map(|(name, _)| name.as_str()))
            .map_err(|error| output.trouble(error))?;
        Ok(output)
    }

    fn trouble(&self, error: csv::Error) -> Error {
        let fault = match error.into_kind() {
            csv::ErrorKind::Io(error) => Fault::Io(error),
            other => Fault::Wrong(format!("{other:?}").into()),
        };
        Error::new(&self.schema.file, fault)
    }

    /// Writes the rows of a chunk that are published.
    ///
    /// # Errors
    /// It cannot be written, or the chunk has a row that was not there when the table was counted.
    pub fn write(&mut self, chunk: &Chunk) -> Result<(), Error> {
        for row in (0..chunk.rows).filter(|row| chunk.published(*row)) {
            let unknown = || {
                let words = [
                    "it has rows that were not there when it was counted",
                    "数えたときにはなかった行があります",
                ];
                Error::wrong(&self.schema.file, words)
            };
            let tuple = self.histogram.tuple(chunk, row).ok_or_else(unknown)?;
            let levels = self.recoding.levels(tuple);
            if levels.is_none() && self.suppressed == Suppressed::Removed {
                continue;
            }
            for place in &self.schema.places {
                let cell = match (*place, levels) {
                    (Place::Nowhere, _) => continue,
                    (_, None) => STAR,
                    (Place::Quasi(at), Some(levels)) => {
                        let column = &self.schema.quasi[at];
                        let leaf = column.leaves[chunk.quasi[at].get(row) as usize];
                        self.schema.hierarchy(at).map_or(STAR, |hierarchy| {
                            hierarchy.label(usize::from(levels[at]), leaf)
                        })
                    }
                    (Place::Sensitive(at), _) => {
                        let values = self.schema.sensitive[at].dictionary.values();
                        let code = chunk.sensitive[at].get(row) as usize;
                        values.get(code).ok_or_else(unknown)?
                    }
                    (Place::Insensitive(at), _) => chunk.insensitive[at].get(row),
                };
                self.writer.write_field(cell).map_err(|error| {
                    let file = &self.schema.file;
                    match error.into_kind() {
                        csv::ErrorKind::Io(error) => Error::new(file, Fault::Io(error)),
                        other => Error::wrong(file, format!("{other:?}")),
                    }
                })?;
            }
            self.writer
                .write_record(None::<&[u8]>)
                .map_err(|error| Error::wrong(&self.schema.file, error.to_string()))?;
        }
        Ok(())
    }

    /// Ends the file.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn finish(mut self) -> Result<(), Error> {
        self.writer.flush().map_err(|error| Error::new(&self.schema.file, Fault::Io(error)))
    }
}
