//! A table in memory, as codes: what is done to its columns before and beside generalising, and the
//! line of the file at which each value first stood.

use std::fs::File;
use std::io::{Cursor, Read, Seek};

use anonymise::{Encoding, Error as TableError, Format, Rows, STAR, Said, day, parquet};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{Error, hex};

/// How a table is written as a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Written {
    #[default]
    Csv,
    /// CSV that begins with the mark of UTF-8, by which spreadsheets know it.
    CsvBom,
    Parquet,
}

/// The mark of UTF-8 at the beginning of a file.
const BOM: &[u8] = "\u{feff}".as_bytes();

impl Written {
    /// What names of such files end in.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Csv | Self::CsvBom => "csv",
            Self::Parquet => "parquet",
        }
    }
}

/// A column: its different values, and which of them each row has.
#[derive(Debug, Clone, Default)]
pub struct Column {
    pub name: String,
    pub(crate) values: Vec<String>,
    /// By value, how many rows have it.
    pub(crate) counts: Vec<u32>,
    /// By value, the line at which it first stood, or the row of a file without lines; 0 where there is
    /// no file.
    pub(crate) lines: Vec<u64>,
    pub(crate) codes: Vec<u32>,
    index: FxHashMap<Box<str>, u32>,
}

impl Column {
    fn new(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    fn push(&mut self, value: &str, line: u64) {
        let code = if let Some(code) = self.index.get(value) {
            *code
        } else {
            let next = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
            self.index.insert(value.into(), next);
            self.values.push(value.to_owned());
            self.counts.push(0);
            self.lines.push(line);
            next
        };
        self.counts[code as usize] += 1;
        self.codes.push(code);
    }

    /// The cell of a row.
    pub fn cell(&self, row: usize) -> &str {
        &self.values[self.codes[row] as usize]
    }

    /// The different values that occur, each with how many rows have it.
    pub fn occurring(&self) -> impl Iterator<Item = (&str, u32)> {
        let values = self.values.iter().map(String::as_str).zip(self.counts.iter().copied());
        values.filter(|(_, count)| *count > 0)
    }

    /// The code of a value, if it was ever there.
    pub(crate) fn code(&self, value: &str) -> Option<usize> {
        self.index.get(value).map(|code| *code as usize)
    }

    /// How many rows have a value.
    pub fn count(&self, value: &str) -> u32 {
        self.code(value).map_or(0, |code| self.counts[code])
    }

    /// The same column with other values in their places, by code and value.
    pub(crate) fn mapped(&self, map: impl Fn(usize, &str) -> String) -> Self {
        let mut column = Self::new(&self.name);
        let mapped: Vec<String> =
            self.values.iter().enumerate().map(|(code, value)| map(code, value)).collect();
        for code in &self.codes {
            column.push(&mapped[*code as usize], self.lines[*code as usize]);
        }
        column
    }

    fn picked(&self, rows: &[usize]) -> Self {
        let mut column = Self::new(&self.name);
        for row in rows {
            let code = self.codes[*row] as usize;
            column.push(&self.values[code], self.lines[code]);
        }
        column
    }
}

/// A table.
#[derive(Debug, Clone)]
pub struct Table {
    pub(crate) file: String,
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: usize,
    /// SHA-256 of what it was read from, in hexadecimal.
    pub(crate) hash: String,
    /// How what is made of it is to be written: as it was itself, where nobody says otherwise.
    pub(crate) written: Written,
    /// Whether the file has lines.
    lines: bool,
}

/// Hands bytes on and keeps their hash.
struct Hashing<R> {
    read: R,
    hash: Sha256,
    /// The first bytes, as many as a mark has.
    start: Vec<u8>,
}

impl<R: Read> Read for &mut Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.read.read(buffer)?;
        self.hash.update(&buffer[..read]);
        let more = BOM.len() - self.start.len();
        self.start.extend(&buffer[..read.min(more)]);
        Ok(read)
    }
}

/// Whether the name of a column is a value, as it is where a file begins with its first row: a date, a
/// number, a telephone number, a postal code or an e-mail address.
fn is_value(name: &str) -> bool {
    let number = name.contains(char::is_numeric)
        && name.chars().all(|c| c.is_numeric() || !c.is_alphanumeric());
    number || name.contains('@') || day(name).is_some()
}

/// Holds the names of columns against what a first row looks like.
fn named(file: &str, names: &[String]) -> Result<(), Error> {
    let Some(at) = names.iter().position(|name| is_value(name)) else { return Ok(()) };
    let at = at + 1;
    let words = Said {
        en: format!(
            "this line should have the names of columns, and number {at} of them is no name but a value: add a first line with names"
        )
        .into(),
        ja: format!(
            "列の名前を書く行ですが、{at}番目は名前ではなく値のようです。先頭に列の名前の行を加えてください"
        )
        .into(),
    };
    Err(TableError::wrong(file, words).at(1).into())
}

impl Table {
    /// Reads a file; `go_on` is asked every thousand rows, with how many were read.
    ///
    /// # Errors
    /// It cannot be read as a table, has no names of columns or no rows, or `go_on` said no.
    pub fn read<R: Read>(
        file: &str,
        read: R,
        format: Format,
        go_on: &dyn Fn(u64) -> bool,
    ) -> Result<Self, Error> {
        let mut hashing = Hashing { read, hash: Sha256::new(), start: Vec::new() };
        let rows = Rows::open(file, &mut hashing, format)?;
        named(file, rows.names())?;
        let mut table = Self::filled(file, rows, go_on)?;
        table.hash = hex(&hashing.hash.finalize());
        // Whoever keeps a file so opens it in a spreadsheet, which takes UTF-8 without a mark for
        // Shift_JIS.
        if format.encoding != Encoding::Utf8 || hashing.start == BOM {
            table.written = Written::CsvBom;
        }
        Ok(table)
    }

    /// Reads Parquet: one file, or several with the same columns, each with its name.
    ///
    /// # Errors
    /// As for [`Table::read`].
    pub fn read_parquet(
        file: &str,
        parts: Vec<(String, File)>,
        go_on: &dyn Fn(u64) -> bool,
    ) -> Result<Self, Error> {
        let mut hash = Sha256::new();
        for (name, part) in &parts {
            let mut part = part;
            let hashed = std::io::copy(&mut part, &mut hash).and_then(|_| part.rewind());
            hashed.map_err(|error| TableError::new(name, error.into()))?;
        }
        let mut table = Self::filled(file, Rows::parquet(file, parts)?, go_on)?;
        table.hash = hex(&hash.finalize());
        table.written = Written::Parquet;
        table.lines = false;
        Ok(table)
    }

    fn filled<R: Read>(
        file: &str,
        mut rows: Rows<R>,
        go_on: &dyn Fn(u64) -> bool,
    ) -> Result<Self, Error> {
        let mut table = Self::empty(file, rows.names());
        while rows.next_row()?.is_some() {
            let line = rows.line();
            for (at, column) in table.columns.iter_mut().enumerate() {
                column.push(&rows.text(at)?, line);
            }
            table.rows += 1;
            if table.rows.is_multiple_of(1000) && !go_on(table.rows as u64) {
                return Err(Error::Stopped);
            }
        }
        if table.rows == 0 {
            return Err(TableError::new(file, anonymise::Fault::NoRows).into());
        }
        Ok(table)
    }

    /// A table without rows.
    pub fn empty(file: &str, names: &[String]) -> Self {
        let columns = names.iter().map(|name| Column::new(name)).collect();
        let (file, written) = (file.to_owned(), Written::default());
        Self { file, columns, rows: 0, hash: String::new(), written, lines: true }
    }

    /// A table of rows that come from no file. Its hash is that of the same table as CSV in UTF-8.
    pub fn of(name: &str, names: &[String], rows: &[Vec<String>]) -> Self {
        let mut table = Self::empty(name, names);
        for row in rows {
            for (column, cell) in table.columns.iter_mut().zip(row) {
                column.push(cell, 0);
            }
            table.rows += 1;
        }
        table.hash = hex(&Sha256::digest(table.csv()));
        table
    }

    /// How what is made of it is written: as it was itself, where nobody said otherwise.
    pub fn written(&self) -> Written {
        self.written
    }

    /// The same table; what is made of it is to be written so.
    #[must_use]
    pub fn to_be(mut self, written: Written) -> Self {
        self.written = written;
        self
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The columns in their order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// SHA-256 of what it was read from.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The column of a name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// A fault where a value first stood, if there is a file.
    pub(crate) fn placed(&self, error: TableError, at: u64) -> TableError {
        match (self.lines, at) {
            (_, 0) => error,
            (true, line) => error.at(line),
            (false, row) => error.at_row(row),
        }
    }

    /// A fault in a column.
    pub(crate) fn wrong(&self, column: &str, words: impl Into<anonymise::Said>) -> Error {
        Error::Table(TableError::wrong(&self.file, words).column(column))
    }

    /// Other columns of the same file.
    pub(crate) fn with(&self, columns: Vec<Column>) -> Self {
        Self {
            file: self.file.clone(),
            rows: columns.first().map_or(0, |column| column.codes.len()),
            columns,
            hash: self.hash.clone(),
            written: self.written,
            lines: self.lines,
        }
    }

    /// Some of its rows, in this order.
    #[must_use]
    pub fn picked(&self, rows: &[usize]) -> Self {
        self.with(self.columns.iter().map(|column| column.picked(rows)).collect())
    }

    /// The same rows in an order that only the seed tells.
    #[must_use]
    pub fn shuffled(&self, seed: &str) -> Self {
        let mut order: Vec<usize> = (0..self.rows).collect();
        let mut chance = Chance::new(seed);
        for last in (1..order.len()).rev() {
            order.swap(last, chance.below(last + 1));
        }
        self.picked(&order)
    }

    /// By value of a column, how many people have it: rows, or different persons where a column says whose
    /// each row is.
    pub(crate) fn holders(&self, column: &Column, person: Option<&str>) -> Vec<u32> {
        let Some(person) = person.and_then(|person| self.column(person)) else {
            return column.counts.clone();
        };
        let mut holders = vec![0; column.values.len()];
        let mut seen = FxHashSet::default();
        for (value, who) in column.codes.iter().zip(&person.codes) {
            if seen.insert((*value, *who)) {
                holders[*value as usize] += 1;
            }
        }
        holders
    }

    /// The same table with a star for each value that fewer people have, in these columns; and how many
    /// cells that took, by column.
    #[must_use]
    pub fn without_rare(
        &self,
        columns: &[&str],
        person: Option<&str>,
        below: u32,
    ) -> (Self, Vec<(String, u64)>) {
        let mut starred = Vec::new();
        let columns = self.columns.iter().map(|column| {
            if !columns.contains(&column.name.as_str()) {
                return column.clone();
            }
            let holders = self.holders(column, person);
            let rare = |code: usize| holders[code] < below && column.values[code] != STAR;
            let all = (0..column.values.len()).filter(|code| rare(*code));
            let cells: u64 = all.map(|code| u64::from(column.counts[code])).sum();
            if cells == 0 {
                return column.clone();
            }
            starred.push((column.name.clone(), cells));
            column.mapped(|code, value| if rare(code) { STAR } else { value }.to_owned())
        });
        let columns = columns.collect();
        (self.with(columns), starred)
    }

    /// The table as a file.
    ///
    /// # Errors
    /// It has too many columns or rows for one.
    pub fn file(&self) -> Result<Vec<u8>, Error> {
        match self.written {
            Written::Csv => Ok(self.csv()),
            Written::CsvBom => Ok([BOM, &self.csv()].concat()),
            Written::Parquet => {
                let names: Vec<&str> =
                    self.columns.iter().map(|column| column.name.as_str()).collect();
                let cell = |column: usize, row| self.columns[column].cell(row);
                Ok(parquet::write(&self.file, &names, self.rows, cell)?)
            }
        }
    }

    /// The table as CSV in UTF-8.
    pub fn csv(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        // A vector takes everything.
        let _ = self.stream().read_to_end(&mut bytes);
        bytes
    }

    /// The same, bit by bit.
    pub fn stream(&self) -> Stream<'_> {
        Stream { table: self, next: None, buffer: Cursor::default() }
    }
}

/// A table while it is written as CSV.
pub struct Stream<'a> {
    table: &'a Table,
    /// The next row; none before the names of the columns.
    next: Option<usize>,
    buffer: Cursor<Vec<u8>>,
}

/// Rows that are written at a time.
const ROWS: usize = 256;

impl Read for Stream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.buffer.read(buffer)?;
        if read > 0 || buffer.is_empty() {
            return Ok(read);
        }
        let mut writer = csv::Writer::from_writer(Vec::new());
        let columns = &self.table.columns;
        match self.next {
            None => {
                writer.write_record(columns.iter().map(|column| column.name.as_str()))?;
                self.next = Some(0);
            }
            Some(from) => {
                let to = (from + ROWS).min(self.table.rows);
                for row in from..to {
                    writer.write_record(columns.iter().map(|column| column.cell(row)))?;
                }
                self.next = Some(to);
            }
        }
        let bytes =
            writer.into_inner().map_err(|error| std::io::Error::other(error.to_string()))?;
        self.buffer = Cursor::new(bytes);
        self.buffer.read(buffer)
    }
}

/// Numbers that only a seed tells: SHA-256 over a label, the seed and a counter, so that the same seed
/// gives the same order in every version.
struct Chance {
    seed: Sha256,
    counter: u64,
}

impl Chance {
    fn new(seed: &str) -> Self {
        let seed = Sha256::new().chain_update(b"azukari order of rows v1\n").chain_update(seed);
        Self { seed, counter: 0 }
    }

    fn next(&mut self) -> u64 {
        let hash = self.seed.clone().chain_update(self.counter.to_be_bytes()).finalize();
        self.counter += 1;
        hash.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
    }

    /// A number below another; what would favour small ones is drawn again.
    fn below(&mut self, bound: usize) -> usize {
        let bound = bound as u64;
        let fair = u64::MAX - u64::MAX % bound;
        loop {
            let number = self.next();
            if number < fair {
                return usize::try_from(number % bound).unwrap_or(0);
            }
        }
    }
}
