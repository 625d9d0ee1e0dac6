//! What cannot be read or done, with the place and the way out. No message quotes a value of a row.

use std::fmt;

/// A fault and where it is.
#[derive(Debug, thiserror::Error)]
pub struct Error {
    /// The name that the caller gave to the file or the table.
    pub file: String,
    /// The line of the file, counted from 1.
    pub line: Option<u64>,
    /// The name of the column.
    pub column: Option<String>,
    /// What is wrong there.
    pub fault: Fault,
}

/// What is wrong.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error("it is empty: write a first line with the names of the columns")]
    Empty,
    #[error("there are no rows under the names of the columns")]
    NoRows,
    #[error("it is named twice: give each column a name of its own")]
    ColumnTwice,
    #[error("column {0} has no name in the first line")]
    ColumnWithoutName(usize),
    #[error("there is no such column")]
    NoColumn,
    #[error("fields found: {found}; the first line has {expected}")]
    Ragged { expected: u64, found: u64 },
    #[error("this is not {0}: save the file so, or say how it is encoded")]
    Encoding(&'static str),
    #[error("`{0}` cannot separate fields in this encoding: use a comma, a semicolon or a tab")]
    Delimiter(char),
    #[error("its value is missing from the hierarchy: add the value there, or correct the row")]
    NotInHierarchy,
    #[error("levels found: {found}; the first line has {expected}")]
    RaggedHierarchy { expected: usize, found: usize },
    #[error("this value stands in line {0} already")]
    ValueTwice(u64),
    #[error("`{label}` of level {level} leads to another label above than in line {first}")]
    NotNested { label: String, level: usize, first: u64 },
    #[error("a hierarchy needs a value and at most 255 levels")]
    HierarchyShape,
    #[error("{0}")]
    Wrong(String),
    #[error(
        "the columns that tell people apart need {0} bits together where 128 fit: leave one out or make one coarser"
    )]
    TooWide(u32),
    #[error(
        "no way of generalising fulfils the models within the limit of suppression: allow more suppression or ask for less"
    )]
    NoSolution,
    #[error("the search was ended before it found a way: give it more time")]
    Unfinished,
    #[error("cannot be read or written: {0}")]
    Io(#[from] std::io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.file)?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        if let Some(column) = &self.column {
            write!(f, ", column `{column}`")?;
        }
        write!(f, ": {}", self.fault)
    }
}

impl Error {
    pub(crate) fn new(file: &str, fault: Fault) -> Self {
        Self { file: file.to_owned(), line: None, column: None, fault }
    }

    pub(crate) fn wrong(file: &str, words: impl Into<String>) -> Self {
        Self::new(file, Fault::Wrong(words.into()))
    }

    pub(crate) fn at(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    pub(crate) fn column(mut self, column: &str) -> Self {
        self.column = Some(column.to_owned());
        self
    }
}
