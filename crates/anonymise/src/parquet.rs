//! Reads Parquet, row group after row group, some rows of each column at a time, and writes it.
//!
//! Cells become the text that they would have in CSV: nothing for null, `12.50` for a decimal,
//! `2026-03-09` for a date. What is broken is named by column and row group; no panic of the decoder
//! gets out, since a file can have any bytes.

use std::{
    cell::Cell,
    io::Write as _,
    panic::{self, AssertUnwindSafe, catch_unwind},
    sync::{Arc, Once},
};

use ::parquet::{
    basic::{Compression, ConvertedType, LogicalType, Repetition, TimeUnit, Type as Physical},
    column::reader::{ColumnReader, ColumnReaderImpl, get_column_reader},
    data_type::{ByteArray, ByteArrayType, DataType, Int96},
    errors::ParquetError,
    file::{
        properties::WriterProperties,
        reader::{ChunkReader, FileReader, SerializedFileReader},
        writer::SerializedFileWriter,
    },
    schema::types::{ColumnDescriptor, Type},
};
use csv::ByteRecord;
use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::{
    Error,
    error::Fault,
    pages::{Bounded, Pages},
};

/// So many rows of each column are decoded at a time.
const ROWS: usize = 1024;
/// Rows of a group that is written.
const GROUP: usize = 1 << 20;
/// Bytes with which every file begins.
const MAGIC: [u8; 4] = *b"PAR1";
const EPOCH: Date = jiff::civil::date(1970, 1, 1);

/// Whether a file begins as Parquet does.
pub fn is_parquet(start: &[u8]) -> bool {
    start.starts_with(&MAGIC)
}

/// What the numbers and bytes of a column stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// As it is: a truth, a number, text.
    Plain,
    Unsigned,
    Date,
    Time(TimeUnit),
    /// A moment of the whole world, or of a place that is not told.
    Moment(TimeUnit, bool),
    Decimal(usize),
    Uuid,
}

struct Column {
    kind: Kind,
    optional: bool,
}

/// A file of the table.
struct Part {
    name: String,
    reader: Box<dyn FileReader>,
    columns: Vec<Column>,
}

/// Some cells of a column as text.
#[derive(Default)]
struct Cells {
    text: Vec<u8>,
    ends: Vec<usize>,
}

/// What went wrong in some rows of a column.
enum Trouble {
    File(ParquetError),
    /// A cell that cannot be told, by its place among them.
    Cell(usize),
}

impl From<ParquetError> for Trouble {
    fn from(error: ParquetError) -> Self {
        Self::File(error)
    }
}

/// A table of one file or of several, one after the other.
pub(crate) struct Parquet {
    file: String,
    names: Vec<String>,
    parts: Vec<Part>,
    part: usize,
    /// The row group that comes next, counted from 0.
    group: usize,
    /// Rows of the group at hand that are not decoded yet.
    left: usize,
    readers: Vec<ColumnReader>,
    cells: Vec<Cells>,
    next: usize,
    decoded: usize,
    /// Rows that were handed out.
    pub(crate) row: u64,
}

thread_local! {
    /// Whether this thread is at bytes that anybody may have written.
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}
static QUIET: Once = Once::new();

/// Does something with bytes that anybody may have written. A panic over them is a fault of the file, and
/// is told as one: nothing of it is printed.
fn guarded<T>(read: impl FnOnce() -> Result<T, Trouble>) -> Result<T, Trouble> {
    QUIET.call_once(|| {
        let others = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !GUARDED.get() {
                others(panic);
            }
        }));
    });
    GUARDED.set(true);
    let read = catch_unwind(AssertUnwindSafe(read));
    GUARDED.set(false);
    read.unwrap_or_else(|_| Err(ParquetError::General("its bytes make no sense".into()).into()))
}

fn said(trouble: Trouble) -> String {
    let Trouble::File(error) = trouble else { return String::new() };
    match error {
        ParquetError::General(words) | ParquetError::NYI(words) | ParquetError::EOF(words) => words,
        other => other.to_string(),
    }
}

impl Part {
    fn open(name: &str, file: impl ChunkReader + 'static) -> Result<Self, Error> {
        let opened = guarded(|| Ok(SerializedFileReader::new(Bounded(file))?));
        let reader: Box<dyn FileReader> =
            Box::new(opened.map_err(|error| Error::new(name, Fault::NotParquet(said(error))))?);
        let columns = reader.metadata().file_metadata().schema_descr().columns().iter();
        let columns = columns.map(|column| Column::of(name, column));
        Ok(Self { columns: columns.collect::<Result<_, _>>()?, name: name.to_owned(), reader })
    }

    fn names(&self) -> Vec<String> {
        let columns = self.reader.metadata().file_metadata().schema_descr().columns();
        columns.iter().map(|column| column.name().to_owned()).collect()
    }
}

impl Column {
    fn of(file: &str, column: &ColumnDescriptor) -> Result<Self, Error> {
        if column.path().parts().len() > 1 || column.max_rep_level() > 0 {
            let words = [
                "it holds lists or records: write one value for each cell",
                "一つのセルに一覧や組が入っています。一つの値だけにしてください",
            ];
            return Err(Error::wrong(file, words).column(&column.path().string()));
        }
        let kind = Kind::of(column).ok_or_else(|| {
            let words = [
                "values of this kind cannot be read: write it as text",
                "この種類の値は読めません。文字列として保存してください",
            ];
            Error::wrong(file, words).column(column.name())
        })?;
        Ok(Self { kind, optional: column.max_def_level() > 0 })
    }
}

impl Kind {
    fn of(column: &ColumnDescriptor) -> Option<Self> {
        let scale = || usize::try_from(column.type_scale()).ok();
        let physical = column.physical_type();
        let kind = match (column.logical_type_ref(), column.converted_type()) {
            (Some(LogicalType::Integer(form)), _) if !form.is_signed => Self::Unsigned,
            (Some(LogicalType::Date), _) | (None, ConvertedType::DATE) => Self::Date,
            (Some(LogicalType::Time(form)), _) => Self::Time(form.unit),
            (Some(LogicalType::Timestamp(form)), _) => {
                Self::Moment(form.unit, form.is_adjusted_to_u_t_c)
            }
            (Some(LogicalType::Decimal(_)), _) | (None, ConvertedType::DECIMAL) => {
                Self::Decimal(scale()?)
            }
            (Some(LogicalType::Uuid), _) => Self::Uuid,
            (
                Some(
                    LogicalType::Integer(_)
                    | LogicalType::String
                    | LogicalType::Enum
                    | LogicalType::Json
                    | LogicalType::Unknown,
                ),
                _,
            ) => Self::Plain,
            (Some(_), _) | (None, ConvertedType::BSON | ConvertedType::INTERVAL) => return None,
            (
                None,
                ConvertedType::UINT_8
                | ConvertedType::UINT_16
                | ConvertedType::UINT_32
                | ConvertedType::UINT_64,
            ) => Self::Unsigned,
            (None, ConvertedType::TIME_MILLIS) => Self::Time(TimeUnit::MILLIS),
            (None, ConvertedType::TIME_MICROS) => Self::Time(TimeUnit::MICROS),
            (None, ConvertedType::TIMESTAMP_MILLIS) => Self::Moment(TimeUnit::MILLIS, true),
            (None, ConvertedType::TIMESTAMP_MICROS) => Self::Moment(TimeUnit::MICROS, true),
            (None, _) => Self::Plain,
        };
        let fits = match kind {
            Self::Plain => physical != Physical::FIXED_LEN_BYTE_ARRAY,
            Self::Decimal(_) => true,
            Self::Uuid => physical == Physical::FIXED_LEN_BYTE_ARRAY && column.type_length() == 16,
            Self::Date => physical == Physical::INT32,
            _ => matches!(physical, Physical::INT32 | Physical::INT64),
        };
        fits.then_some(kind)
    }

    /// Writes a whole number as what it stands for; none where nothing does.
    fn whole(self, text: &mut Vec<u8>, number: i64) -> Option<()> {
        let written = match self {
            Self::Date => {
                let days = jiff::Span::new().try_days(number).ok()?;
                write!(text, "{}", EPOCH.checked_add(days).ok()?)
            }
            Self::Time(unit) => {
                let nanoseconds = number.checked_mul(nanoseconds(unit))?;
                let span = jiff::Span::new().try_nanoseconds(nanoseconds).ok()?;
                let midnight = jiff::civil::Time::midnight();
                (0..86_400_000_000_000).contains(&nanoseconds).then_some(())?;
                write!(text, "{}", midnight.checked_add(span).ok()?)
            }
            Self::Moment(unit, everywhere) => {
                let moment = match unit {
                    TimeUnit::MILLIS => Timestamp::from_millisecond(number),
                    TimeUnit::MICROS => Timestamp::from_microsecond(number),
                    TimeUnit::NANOS => Timestamp::from_nanosecond(i128::from(number)),
                };
                moment_text(text, moment.ok()?, everywhere)
            }
            Self::Decimal(scale) => return decimal(text, i128::from(number), scale),
            _ => write!(text, "{number}"),
        };
        written.ok()
    }

    fn bytes(self, text: &mut Vec<u8>, bytes: &[u8]) -> Option<()> {
        match self {
            Self::Decimal(scale) => {
                let negative = bytes.first().is_some_and(|byte| *byte >= 0x80);
                let start = if negative { -1 } else { 0 };
                (bytes.len() <= 16).then_some(())?;
                let number =
                    bytes.iter().fold(start, |sum: i128, byte| sum << 8 | i128::from(*byte));
                decimal(text, number, scale)
            }
            Self::Uuid => {
                for (at, byte) in bytes.iter().enumerate() {
                    let dash = if matches!(at, 4 | 6 | 8 | 10) { "-" } else { "" };
                    write!(text, "{dash}{byte:02x}").ok()?;
                }
                Some(())
            }
            _ => {
                text.extend_from_slice(bytes);
                Some(())
            }
        }
    }
}

fn nanoseconds(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::MILLIS => 1_000_000,
        TimeUnit::MICROS => 1_000,
        TimeUnit::NANOS => 1,
    }
}

fn moment_text(text: &mut Vec<u8>, moment: Timestamp, everywhere: bool) -> std::io::Result<()> {
    if everywhere {
        write!(text, "{moment}")
    } else {
        write!(text, "{}", TimeZone::UTC.to_datetime(moment))
    }
}

fn decimal(text: &mut Vec<u8>, number: i128, scale: usize) -> Option<()> {
    let sign = if number < 0 { "-" } else { "" };
    let digits = format!("{:0>width$}", number.unsigned_abs(), width = scale + 1);
    let (whole, part) = digits.split_at(digits.len() - scale);
    let dot = if scale == 0 { "" } else { "." };
    write!(text, "{sign}{whole}{dot}{part}").ok()
}

impl Cells {
    fn get(&self, row: usize) -> &[u8] {
        let from = if row == 0 { 0 } else { self.ends[row - 1] };
        &self.text[from..self.ends[row]]
    }

    fn fill(&mut self, reader: &mut ColumnReader, of: &Column, rows: usize) -> Result<(), Trouble> {
        let kind = of.kind;
        match reader {
            ColumnReader::BoolColumnReader(reader) => {
                self.take(reader, of, rows, |text, truth| write!(text, "{truth}").ok())
            }
            ColumnReader::Int32ColumnReader(reader) => {
                self.take(reader, of, rows, |text, number| match kind {
                    Kind::Unsigned => write!(text, "{}", number.cast_unsigned()).ok(),
                    _ => kind.whole(text, i64::from(*number)),
                })
            }
            ColumnReader::Int64ColumnReader(reader) => {
                self.take(reader, of, rows, |text, number| match kind {
                    Kind::Unsigned => write!(text, "{}", number.cast_unsigned()).ok(),
                    _ => kind.whole(text, *number),
                })
            }
            ColumnReader::Int96ColumnReader(reader) => self.take(reader, of, rows, old_moment),
            ColumnReader::FloatColumnReader(reader) => {
                self.take(reader, of, rows, |text, number| write!(text, "{number}").ok())
            }
            ColumnReader::DoubleColumnReader(reader) => {
                self.take(reader, of, rows, |text, number| write!(text, "{number}").ok())
            }
            ColumnReader::ByteArrayColumnReader(reader) => {
                self.take(reader, of, rows, |text, bytes| kind.bytes(text, bytes.data()))
            }
            ColumnReader::FixedLenByteArrayColumnReader(reader) => {
                self.take(reader, of, rows, |text, bytes| kind.bytes(text, bytes.data()))
            }
        }
    }

    fn take<T: DataType>(
        &mut self,
        reader: &mut ColumnReaderImpl<T>,
        of: &Column,
        rows: usize,
        write: impl Fn(&mut Vec<u8>, &T::T) -> Option<()>,
    ) -> Result<(), Trouble> {
        self.text.clear();
        self.ends.clear();
        let (mut levels, mut values) = (Vec::new(), Vec::new());
        let (records, ..) =
            reader.read_records(rows, of.optional.then_some(&mut levels), None, &mut values)?;
        let known = if of.optional { levels.len() } else { values.len() };
        if records != rows || known != rows {
            return Err(ParquetError::General("it has too few rows".into()).into());
        }
        let mut values = values.iter();
        if !of.optional {
            levels.resize(rows, 1);
        }
        for (row, level) in levels.iter().enumerate() {
            if *level > 0 {
                let value = values.next().ok_or(Trouble::Cell(row))?;
                write(&mut self.text, value).ok_or(Trouble::Cell(row))?;
            }
            self.ends.push(self.text.len());
        }
        Ok(())
    }
}

/// A moment as old writers have it: nanoseconds of a day, and the day counted from 4713 BC.
fn old_moment(text: &mut Vec<u8>, moment: &Int96) -> Option<()> {
    let [low, high, day] = moment.data() else { return None };
    let nanoseconds = u64::from(*high) << 32 | u64::from(*low);
    let seconds = (i64::from(*day) - 2_440_588) * 86_400;
    let whole = i128::from(seconds) * 1_000_000_000 + i128::from(nanoseconds);
    moment_text(text, Timestamp::from_nanosecond(whole).ok()?, false).ok()
}

impl Parquet {
    pub(crate) fn open<C: ChunkReader + 'static>(
        file: &str,
        parts: Vec<(String, C)>,
    ) -> Result<Self, Error> {
        let parts = parts.into_iter().map(|(name, file)| Part::open(&name, file));
        let parts = parts.collect::<Result<Vec<_>, _>>()?;
        let names =
            parts.first().map(Part::names).ok_or_else(|| Error::new(file, Fault::NoRows))?;
        if let Some(other) = parts.iter().find(|part| part.names() != names) {
            let words = [
                "its columns are others than those of the first file",
                "列が最初のファイルと異なります",
            ];
            return Err(Error::wrong(&other.name, words));
        }
        Ok(Self {
            file: file.to_owned(),
            cells: names.iter().map(|_| Cells::default()).collect(),
            names,
            parts,
            part: 0,
            group: 0,
            left: 0,
            readers: Vec::new(),
            next: 0,
            decoded: 0,
            row: 0,
        })
    }

    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// Puts the next row into a record; false at the end.
    pub(crate) fn next_row(&mut self, record: &mut ByteRecord) -> Result<bool, Error> {
        if self.next == self.decoded && !self.decode()? {
            return Ok(false);
        }
        record.clear();
        for cells in &self.cells {
            record.push_field(cells.get(self.next));
        }
        self.next += 1;
        self.row += 1;
        Ok(true)
    }

    fn broken(&self, column: Option<usize>, trouble: Trouble) -> Error {
        let name = &self.parts[self.part].name;
        let error = match trouble {
            Trouble::Cell(at) => {
                let words = [
                    "its value is out of reach: write it as text",
                    "扱える範囲を超えた値です。文字列として保存してください",
                ];
                Error::wrong(&self.file, words).at_row(self.row + at as u64 + 1)
            }
            trouble @ Trouble::File(_) => {
                Error::new(name, Fault::RowGroup { group: self.group, said: said(trouble) })
            }
        };
        match column {
            Some(column) => error.column(&self.names[column]),
            None => error,
        }
    }

    /// Decodes some more rows; false where there are none.
    fn decode(&mut self) -> Result<bool, Error> {
        while self.left == 0 {
            let Some(part) = self.parts.get(self.part) else { return Ok(false) };
            if self.group == part.reader.num_row_groups() {
                self.part += 1;
                self.group = 0;
                continue;
            }
            let group = self.group;
            self.group += 1;
            let opened = guarded(|| {
                let group = part.reader.get_row_group(group)?;
                let rows = usize::try_from(group.metadata().num_rows());
                let readers = part.columns.iter().enumerate().map(|(at, column)| {
                    let pages = group.get_column_page_reader(at)?;
                    let pages = Pages { pages, optional: column.optional };
                    let of = group.metadata().column(at).column_descr_ptr();
                    Ok::<_, ParquetError>(get_column_reader(of, Box::new(pages)))
                });
                Ok((rows.map_err(ParquetError::from)?, readers.collect::<Result<Vec<_>, _>>()?))
            });
            (self.left, self.readers) = opened.map_err(|trouble| self.broken(None, trouble))?;
        }
        let rows = self.left.min(ROWS);
        for at in 0..self.cells.len() {
            let (cells, reader) = (&mut self.cells[at], &mut self.readers[at]);
            let column = &self.parts[self.part].columns[at];
            let filled = guarded(|| cells.fill(reader, column, rows));
            filled.map_err(|trouble| self.broken(Some(at), trouble))?;
        }
        self.left -= rows;
        (self.next, self.decoded) = (0, rows);
        Ok(true)
    }
}

/// A table as a file of Parquet, all of it text; a cell without text is null.
///
/// # Errors
/// The names or cells cannot be written.
pub fn write<'a>(
    file: &str,
    names: &[&str],
    rows: usize,
    cell: impl Fn(usize, usize) -> &'a str,
) -> Result<Vec<u8>, Error> {
    written(names, rows, cell).map_err(|error| Error::wrong(file, said(Trouble::File(error))))
}

fn written<'a>(
    names: &[&str],
    rows: usize,
    cell: impl Fn(usize, usize) -> &'a str,
) -> Result<Vec<u8>, ParquetError> {
    let fields = names.iter().map(|name| {
        let text = Type::primitive_type_builder(name, Physical::BYTE_ARRAY);
        let text = text.with_repetition(Repetition::OPTIONAL);
        text.with_logical_type(Some(LogicalType::String)).build().map(Arc::new)
    });
    let schema = Type::group_type_builder("table").with_fields(fields.collect::<Result<_, _>>()?);
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_created_by("azukari".to_owned())
        .build();
    let schema = Arc::new(schema.build()?);
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties))?;
    for first in (0..rows).step_by(GROUP) {
        let last = rows.min(first + GROUP);
        let mut group = writer.next_row_group()?;
        for column in 0..names.len() {
            let Some(mut of) = group.next_column()? else { continue };
            for from in (first..last).step_by(ROWS) {
                let cells = (from..last.min(from + ROWS)).map(|row| cell(column, row));
                let levels: Vec<i16> =
                    cells.clone().map(|cell| i16::from(!cell.is_empty())).collect();
                let values: Vec<ByteArray> =
                    cells.filter(|cell| !cell.is_empty()).map(ByteArray::from).collect();
                of.typed::<ByteArrayType>().write_batch(&values, Some(&levels), None)?;
            }
            of.close()?;
        }
        group.close()?;
    }
    writer.into_inner()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    /// What a decoder has to say of its own is kept from whoever reads what is printed, and nobody else's
    /// words are.
    #[test]
    fn a_panic_over_bytes_of_a_file_prints_nothing() {
        static PRINTED: AtomicU32 = AtomicU32::new(0);
        panic::set_hook(Box::new(|_| {
            PRINTED.fetch_add(1, Ordering::Relaxed);
        }));
        let read = guarded::<()>(|| panic!("the decoder's own words"));
        assert_eq!(read.err().map(said).as_deref(), Some("its bytes make no sense"));
        assert_eq!(PRINTED.load(Ordering::Relaxed), 0);
        assert!(catch_unwind(|| panic!("somebody else's")).is_err());
        assert_eq!(PRINTED.load(Ordering::Relaxed), 1);
    }
}
