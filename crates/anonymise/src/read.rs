//! Reads CSV as it comes: byte order mark, quotes, CRLF, Shift_JIS; and Parquet row by row. Every fault
//! has its line or row, and its column where one is to blame. Knows nothing of what a column means.

use std::{
    borrow::Cow,
    cell::RefCell,
    collections::{HashSet, VecDeque},
    io::{Cursor, Empty, Read},
};

use ::parquet::file::reader::ChunkReader;
use csv::ByteRecord;

use crate::{Error, error::Fault, parquet::Parquet};

/// How characters stand in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    #[default]
    Utf8,
    ShiftJis,
    EucJp,
}

impl Encoding {
    fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::ShiftJis => "Shift_JIS",
            Self::EucJp => "EUC-JP",
        }
    }

    fn decode(self, bytes: &[u8]) -> Option<Cow<'_, str>> {
        match self {
            Self::Utf8 => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Self::ShiftJis => {
                encoding_rs::SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes)
            }
            Self::EucJp => {
                encoding_rs::EUC_JP.decode_without_bom_handling_and_without_replacement(bytes)
            }
        }
    }
}

/// How a file is written: what separates its fields, and its encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Format {
    pub delimiter: u8,
    pub encoding: Encoding,
}

impl Default for Format {
    fn default() -> Self {
        Self { delimiter: b',', encoding: Encoding::Utf8 }
    }
}

impl Format {
    /// UTF-8 with semicolons, as ARX writes tables and hierarchies.
    pub const ARX: Self = Self { delimiter: b';', encoding: Encoding::Utf8 };
}

/// A stream that knows where its lines end, as far back as a record can have begun. The reader's own
/// numbers lag behind where lines end by CRLF or are empty.
struct Lined<R> {
    read: std::io::Chain<Cursor<Vec<u8>>, R>,
    offset: u64,
    last: u8,
    /// Line ends that are forgotten already, where the others are, and whether a carriage return
    /// comes before each.
    ends: RefCell<(u64, VecDeque<(u64, bool)>)>,
    kept_from: [u64; 2],
    quotes: Quotes,
}

/// Where a byte stands in its field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stands {
    First,
    Plain,
    Quoted,
    /// After a quote that closes, unless another follows.
    Closed,
}

/// Follows the quotes of a file as its reader does, which takes its end for that of an open one.
struct Quotes {
    delimiter: u8,
    stands: Stands,
    line: u64,
    field: usize,
    /// The line and the field, counted from 0, of the quote that was opened last.
    opened: (u64, usize),
    ended: bool,
}

impl Quotes {
    fn new(delimiter: u8) -> Self {
        let stands = Stands::First;
        Self { delimiter, stands, line: 1, field: 0, opened: (1, 0), ended: false }
    }

    fn pass(&mut self, byte: u8) {
        self.stands = match (self.stands, byte) {
            (Stands::Quoted, b'"') => Stands::Closed,
            (Stands::Quoted, _) | (Stands::Closed, b'"') => Stands::Quoted,
            (_, byte) if byte == self.delimiter => {
                self.field += 1;
                Stands::First
            }
            (_, b'\n' | b'\r') => {
                self.field = 0;
                Stands::First
            }
            (Stands::First, b'"') => {
                self.opened = (self.line, self.field);
                Stands::Quoted
            }
            _ => Stands::Plain,
        };
        self.line += u64::from(byte == b'\n');
    }
}

/// Holds the end of a file against its quotes: what follows one that is open would be lost in its cell.
fn closed<R: Read>(file: &str, reader: &Reader<R>, names: &[String]) -> Result<(), Error> {
    let quotes = &reader.get_ref().quotes;
    if !quotes.ended || quotes.stands != Stands::Quoted {
        return Ok(());
    }
    let (line, field) = quotes.opened;
    let column = names.get(field).cloned();
    Err(Error { column, ..Error::new(file, Fault::OpenQuote).at(line) })
}

impl<R: Read> Read for Lined<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.forget(self.kept_from[0]);
        self.kept_from = [self.kept_from[1], self.offset];
        let read = self.read.read(buffer)?;
        let (_, ends) = self.ends.get_mut();
        for byte in &buffer[..read] {
            if *byte == b'\n' {
                ends.push_back((self.offset, self.last == b'\r'));
            }
            self.quotes.pass(*byte);
            self.last = *byte;
            self.offset += 1;
        }
        self.quotes.ended |= read == 0 && !buffer.is_empty();
        Ok(read)
    }
}

impl<R> Lined<R> {
    /// Line ends before an offset are counted and forgotten.
    fn forget(&self, offset: u64) {
        let (before, ends) = &mut *self.ends.borrow_mut();
        while ends.front().is_some_and(|(end, _)| *end < offset) {
            ends.pop_front();
            *before += 1;
        }
    }

    /// The line of what follows an offset, empty lines left out. Nobody asks of an earlier one after.
    fn line(&self, offset: u64) -> u64 {
        self.forget(offset);
        let (before, ends) = &*self.ends.borrow();
        let (mut at, mut line) = (offset, before + 1);
        for (end, after_return) in ends {
            if *end != at && (*end != at + 1 || !after_return) {
                break;
            }
            line += 1;
            at = end + 1;
        }
        line
    }
}

type Reader<R> = csv::Reader<Lined<R>>;

/// The line at which a record begins.
fn line_of<R: Read>(reader: &Reader<R>, position: Option<&csv::Position>) -> Option<u64> {
    position.map(|position| reader.get_ref().line(position.byte()))
}

/// The rows of a table, one after the other; no more than one is in memory.
pub struct Rows<R> {
    file: String,
    names: Vec<String>,
    encoding: Encoding,
    source: Source<R>,
    record: ByteRecord,
}

/// Fields are separated before they are decoded, which is sound since no second byte of Shift_JIS
/// or EUC-JP lies below 0x40, where quotes, commas, semicolons, tabs and line ends are.
fn reader<R: Read>(
    file: &str,
    mut read: R,
    format: Format,
    header: bool,
) -> Result<Reader<R>, Error> {
    if format.delimiter >= 0x40 && format.encoding != Encoding::Utf8 {
        return Err(Error::new(file, Fault::Delimiter(format.delimiter.into())));
    }
    let mut start = Vec::with_capacity(3);
    read.by_ref()
        .take(3)
        .read_to_end(&mut start)
        .map_err(|error| Error::new(file, Fault::Io(error)))?;
    if start == b"\xEF\xBB\xBF" {
        start.clear();
    } else if start.starts_with(b"\xFF\xFE") || start.starts_with(b"\xFE\xFF") {
        return Err(Error::new(file, Fault::Encoding(format.encoding.name())).at(1));
    }
    Ok(csv::ReaderBuilder::new()
        .delimiter(format.delimiter)
        .has_headers(header)
        .flexible(!header)
        .buffer_capacity(1 << 17)
        .from_reader(Lined {
            read: Cursor::new(start).chain(read),
            offset: 0,
            last: 0,
            ends: RefCell::default(),
            kept_from: [0, 0],
            quotes: Quotes::new(format.delimiter),
        }))
}

fn trouble<R: Read>(file: &str, reader: &Reader<R>, error: csv::Error) -> Error {
    let line = line_of(reader, error.position());
    let fault = match error.into_kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            Fault::Ragged { expected: expected_len, found: len }
        }
        csv::ErrorKind::Io(error) => Fault::Io(error),
        other => Fault::Wrong(format!("{other:?}").into()),
    };
    let error = Error::new(file, fault);
    match line {
        Some(line) => error.at(line),
        None => error,
    }
}

/// Where rows come from.
enum Source<R> {
    Csv(Reader<R>),
    Parquet(Parquet),
}

/// The names of columns, each one of its own.
fn distinct(file: &str, found: Vec<String>) -> Result<Vec<String>, Error> {
    let mut names: HashSet<&str> = HashSet::with_capacity(found.len());
    for name in &found {
        if name.trim().is_empty() {
            return Err(Error::new(file, Fault::ColumnWithoutName(names.len() + 1)));
        }
        if !names.insert(name) {
            return Err(Error::new(file, Fault::ColumnTwice).column(name));
        }
    }
    Ok(found)
}

impl<R: Read> Rows<R> {
    /// Reads the names of the columns.
    ///
    /// # Errors
    /// The file is empty, a column has no name or that of another, or a name cannot be decoded.
    pub fn open(file: &str, read: R, format: Format) -> Result<Self, Error> {
        let mut reader = reader(file, read, format, true)?;
        let header = reader.byte_headers().cloned();
        closed(file, &reader, &[])?;
        let header = header.map_err(|error| trouble(file, &reader, error))?;
        if header.is_empty() {
            return Err(Error::new(file, Fault::Empty));
        }
        let encoding = format.encoding;
        let unreadable = || Error::new(file, Fault::Encoding(encoding.name())).at(1);
        let names = header.iter().map(|name| encoding.decode(name).map(Cow::into_owned));
        let names = names.collect::<Option<Vec<_>>>().ok_or_else(unreadable)?;
        let names = distinct(file, names).map_err(|error| error.at(1))?;
        Ok(Self {
            file: file.to_owned(),
            names,
            encoding,
            source: Source::Csv(reader),
            record: ByteRecord::new(),
        })
    }

    /// The names of the columns, in their order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The next row, as bytes in the encoding of the file; none at the end.
    ///
    /// # Errors
    /// The row has too few or too many fields, a quote is never closed, or the file cannot be read.
    pub fn next_row(&mut self) -> Result<Option<&ByteRecord>, Error> {
        let more = match &mut self.source {
            Source::Csv(reader) => {
                let read = reader.read_byte_record(&mut self.record);
                closed(&self.file, reader, &self.names)?;
                read.map_err(|error| trouble(&self.file, reader, error))?
            }
            Source::Parquet(parquet) => parquet.next_row(&mut self.record)?,
        };
        Ok(more.then_some(&self.record))
    }

    /// The field of the row that was read last, decoded.
    ///
    /// # Errors
    /// It is not in the encoding that the file is said to have.
    pub fn text(&self, column: usize) -> Result<Cow<'_, str>, Error> {
        self.encoding
            .decode(self.bytes(column))
            .ok_or_else(|| self.error(column, Fault::Encoding(self.encoding.name())))
    }

    pub(crate) fn bytes(&self, column: usize) -> &[u8] {
        self.record.get(column).unwrap_or_default()
    }

    /// A fault at the row that was read last.
    pub(crate) fn error(&self, column: usize, fault: Fault) -> Error {
        let error =
            Error { column: self.names.get(column).cloned(), ..Error::new(&self.file, fault) };
        match self.source {
            Source::Csv(_) => error.at(self.line()),
            Source::Parquet(_) => error.at_row(self.line()),
        }
    }

    /// The line at which the row that was read last begins; of Parquet, which has no lines, its number.
    pub fn line(&self) -> u64 {
        match &self.source {
            Source::Csv(reader) => line_of(reader, self.record.position()).unwrap_or(0),
            Source::Parquet(parquet) => parquet.row,
        }
    }

    pub(crate) fn file(&self) -> &str {
        &self.file
    }
}

impl Rows<Empty> {
    /// Reads the names of the columns of Parquet: of one file, or of several with the same columns, each
    /// with the name by which it is called.
    ///
    /// # Errors
    /// A file cannot be read as Parquet or has other columns; a column has no name, that of another, or
    /// values of which no text can be made.
    pub fn parquet<C: ChunkReader + 'static>(
        file: &str,
        parts: Vec<(String, C)>,
    ) -> Result<Self, Error> {
        let parquet = Parquet::open(file, parts)?;
        Ok(Self {
            file: file.to_owned(),
            names: distinct(file, parquet.names().to_vec())?,
            encoding: Encoding::Utf8,
            source: Source::Parquet(parquet),
            record: ByteRecord::new(),
        })
    }
}

/// Hands on the lines of a file without a header, each with its number and any number of fields.
pub(crate) fn lines<R: Read>(
    file: &str,
    read: R,
    format: Format,
    mut take: impl FnMut(u64, &[Cow<'_, str>]) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut reader = reader(file, read, format, false)?;
    let mut record = ByteRecord::new();
    loop {
        let read = reader.read_byte_record(&mut record);
        closed(file, &reader, &[])?;
        match read {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(error) => return Err(trouble(file, &reader, error)),
        }
        let line = line_of(&reader, record.position()).unwrap_or(0);
        let fields = record.iter().map(|field| {
            format
                .encoding
                .decode(field)
                .ok_or_else(|| Error::new(file, Fault::Encoding(format.encoding.name())).at(line))
        });
        take(line, &fields.collect::<Result<Vec<_>, _>>()?)?;
    }
}
