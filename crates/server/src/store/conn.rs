//! The one SQL both databases speak: values, rows, errors and the connection that carries them.
//!
//! Parameters are `$1`, `$2` … in order of first appearance; types are BIGINT, TEXT and BLOB.
//! A statement that fails fails the whole act: whoever wants to ask first writes `ON CONFLICT`.
//! Knows nothing of tables, of batches (`writer.rs`) or of who is asking.

use std::borrow::Cow;
use std::fmt;
use std::sync::OnceLock;

use super::postgres::Postgres;
use super::sqlite::Sqlite;

/// A value on its way into or out of the database; its `Debug` tells the kind, never the content.
#[derive(Clone, PartialEq, Eq)]
pub enum Val<'a> {
    Null,
    Int(i64),
    Text(Cow<'a, str>),
    Blob(Cow<'a, [u8]>),
}

impl Val<'_> {
    pub(super) fn into_owned(self) -> Val<'static> {
        match self {
            Val::Null => Val::Null,
            Val::Int(n) => Val::Int(n),
            Val::Text(text) => Val::Text(Cow::Owned(text.into_owned())),
            Val::Blob(blob) => Val::Blob(Cow::Owned(blob.into_owned())),
        }
    }
}

impl fmt::Debug for Val<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Val::Null => "Null",
            Val::Int(_) => "Int(…)",
            Val::Text(_) => "Text(…)",
            Val::Blob(_) => "Blob(…)",
        })
    }
}

impl From<i64> for Val<'_> {
    fn from(n: i64) -> Self {
        Val::Int(n)
    }
}

impl From<i32> for Val<'_> {
    fn from(n: i32) -> Self {
        Val::Int(n.into())
    }
}

impl From<u32> for Val<'_> {
    fn from(n: u32) -> Self {
        Val::Int(n.into())
    }
}

impl From<bool> for Val<'_> {
    fn from(yes: bool) -> Self {
        Val::Int(yes.into())
    }
}

impl<'a> From<&'a str> for Val<'a> {
    fn from(text: &'a str) -> Self {
        Val::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a String> for Val<'a> {
    fn from(text: &'a String) -> Self {
        Val::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Val<'_> {
    fn from(text: String) -> Self {
        Val::Text(Cow::Owned(text))
    }
}

impl<'a> From<&'a [u8]> for Val<'a> {
    fn from(blob: &'a [u8]) -> Self {
        Val::Blob(Cow::Borrowed(blob))
    }
}

impl<'a> From<&'a Vec<u8>> for Val<'a> {
    fn from(blob: &'a Vec<u8>) -> Self {
        Val::Blob(Cow::Borrowed(blob))
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Val<'a> {
    fn from(blob: &'a [u8; N]) -> Self {
        Val::Blob(Cow::Borrowed(blob))
    }
}

impl From<Vec<u8>> for Val<'_> {
    fn from(blob: Vec<u8>) -> Self {
        Val::Blob(Cow::Owned(blob))
    }
}

impl<'a, T: Into<Val<'a>>> From<Option<T>> for Val<'a> {
    fn from(maybe: Option<T>) -> Self {
        maybe.map_or(Val::Null, Into::into)
    }
}

/// One row of an answer; columns are read by position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row(pub(super) Vec<Val<'static>>);

impl Row {
    pub fn int(&self, column: usize) -> Result<i64, DbError> {
        self.opt_int(column)?.ok_or_else(|| misread(column, "an integer"))
    }

    pub fn text(&self, column: usize) -> Result<&str, DbError> {
        self.opt_text(column)?.ok_or_else(|| misread(column, "text"))
    }

    pub fn blob(&self, column: usize) -> Result<&[u8], DbError> {
        self.opt_blob(column)?.ok_or_else(|| misread(column, "a blob"))
    }

    /// A blob of a known length: a key, a hash, an id.
    pub fn bytes<const N: usize>(&self, column: usize) -> Result<[u8; N], DbError> {
        self.blob(column)?.try_into().map_err(|_| misread(column, "a blob of the right length"))
    }

    pub fn opt_int(&self, column: usize) -> Result<Option<i64>, DbError> {
        match self.0.get(column) {
            Some(Val::Int(n)) => Ok(Some(*n)),
            Some(Val::Null) => Ok(None),
            _ => Err(misread(column, "an integer")),
        }
    }

    pub fn opt_text(&self, column: usize) -> Result<Option<&str>, DbError> {
        match self.0.get(column) {
            Some(Val::Text(text)) => Ok(Some(text)),
            Some(Val::Null) => Ok(None),
            _ => Err(misread(column, "text")),
        }
    }

    pub fn opt_blob(&self, column: usize) -> Result<Option<&[u8]>, DbError> {
        match self.0.get(column) {
            Some(Val::Blob(blob)) => Ok(Some(blob)),
            Some(Val::Null) => Ok(None),
            _ => Err(misread(column, "a blob")),
        }
    }

    /// The row with only these columns, in this order; each moved out, so none twice.
    pub(super) fn pick(mut self, columns: &[usize]) -> Row {
        let take = |column: &usize| {
            self.0.get_mut(*column).map_or(Val::Null, |val| std::mem::replace(val, Val::Null))
        };
        Row(columns.iter().map(take).collect())
    }

    /// Moves a text out of the row, leaving NULL behind.
    pub fn take_text(&mut self, column: usize) -> Result<String, DbError> {
        match self.0.get_mut(column).map(|val| std::mem::replace(val, Val::Null)) {
            Some(Val::Text(text)) => Ok(text.into_owned()),
            _ => Err(misread(column, "text")),
        }
    }

    /// Moves a blob out of the row, leaving NULL behind.
    pub fn take_blob(&mut self, column: usize) -> Result<Vec<u8>, DbError> {
        match self.0.get_mut(column).map(|val| std::mem::replace(val, Val::Null)) {
            Some(Val::Blob(blob)) => Ok(blob.into_owned()),
            _ => Err(misread(column, "a blob")),
        }
    }
}

fn misread(column: usize, wanted: &str) -> DbError {
    DbError::new(Kind::Other, format!("column {column} of the answer is not {wanted}"))
}

/// What the database said, without any value it was given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct DbError {
    pub kind: Kind,
    pub message: String,
}

/// The kinds of database error that callers tell apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A row with this key is there already; `constraint` reads `table(column,column)` on both databases.
    Unique {
        constraint: String,
    },
    /// The disk is full.
    Full,
    /// The database file is damaged.
    Corrupt,
    /// The database may not be written.
    ReadOnly,
    /// The database cannot be reached, or went away; what was being committed may or may not be there.
    Unavailable,
    /// Someone else holds what this act needs, or too many acts are waiting.
    Busy,
    /// `one` found no row.
    NoRow,
    /// The act panicked.
    Panic,
    /// A newer policy is in force than this process knows.
    PolicyChanged,
    /// The keys are wrapped under another root than this process holds.
    RootChanged,
    Other,
}

impl DbError {
    pub(super) fn new(kind: Kind, message: impl Into<String>) -> DbError {
        DbError { kind, message: message.into() }
    }

    pub fn is_unique(&self) -> bool {
        matches!(self.kind, Kind::Unique { .. })
    }

    /// The violated uniqueness as `table(column,column)`.
    pub fn constraint(&self) -> Option<&str> {
        match &self.kind {
            Kind::Unique { constraint } => Some(constraint),
            _ => None,
        }
    }
}

/// One statement with its parameters.
pub type Call<'a> = (&'static str, &'a [Val<'a>]);

/// One statement with parameters of its own, to be asked later.
pub type Question = (&'static str, Vec<Val<'static>>);

/// Rows of one table, inserted many at a time: a statement costs more than a row. Rows wait until
/// there are enough of them, or until anything else is asked or written.
pub struct Insert {
    into: &'static str,
    columns: usize,
    texts: [OnceLock<String>; GROUPS.len()],
}

/// How many rows go together, largest first.
const GROUPS: [usize; 3] = [16, 4, 1];

impl Insert {
    /// From `INSERT INTO table (column, …)`, with so many columns.
    pub const fn new(into: &'static str, columns: usize) -> Insert {
        Insert { into, columns, texts: [OnceLock::new(), OnceLock::new(), OnceLock::new()] }
    }

    /// The statement for so many rows.
    fn text(&'static self, group: usize) -> &'static str {
        self.texts[group].get_or_init(|| {
            let mut text = format!("{} VALUES ", self.into);
            for row in 0..GROUPS[group] {
                for column in 0..self.columns {
                    let before = match (row, column) {
                        (0, 0) => "($",
                        (_, 0) => "), ($",
                        _ => ", $",
                    };
                    text.push_str(before);
                    text.push_str(&(row * self.columns + column + 1).to_string());
                }
            }
            text.push(')');
            text
        })
    }
}

/// What one statement answered.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub(super) rows: Vec<Row>,
    pub(super) affected: u64,
}

/// A connection inside a transaction that someone else opens and closes.
pub struct Conn {
    db: Db,
    /// The act's first error; from then on every statement answers with it, on both databases.
    failed: Option<DbError>,
    /// Whether the act has sent anything but SELECT.
    wrote: bool,
    /// Rows that wait for company, in order.
    waiting: Vec<(&'static Insert, Vec<Val<'static>>)>,
}

enum Db {
    Sqlite(Box<Sqlite>),
    Postgres(Box<Postgres>),
}

impl Conn {
    /// Every row the statement answers with.
    pub fn query(&mut self, sql: &'static str, params: &[Val<'_>]) -> Result<Vec<Row>, DbError> {
        let answers = self.ask(&[(sql, params)])?;
        Ok(answers.into_iter().next().unwrap_or_default().rows)
    }

    /// Several statements, in order, in one round trip where there is one.
    pub fn query_many(&mut self, calls: &[Call<'_>]) -> Result<Vec<Vec<Row>>, DbError> {
        Ok(self.ask(calls)?.into_iter().map(|answer| answer.rows).collect())
    }

    /// The first row; its absence is an error.
    pub fn one(&mut self, sql: &'static str, params: &[Val<'_>]) -> Result<Row, DbError> {
        self.opt(sql, params)?
            .ok_or_else(|| DbError::new(Kind::NoRow, "the database has no such row"))
    }

    /// The first row, if there is one.
    pub fn opt(&mut self, sql: &'static str, params: &[Val<'_>]) -> Result<Option<Row>, DbError> {
        Ok(self.query(sql, params)?.into_iter().next())
    }

    /// Runs the statement and tells how many rows it touched.
    pub fn exec(&mut self, sql: &'static str, params: &[Val<'_>]) -> Result<u64, DbError> {
        let answers = self.ask(&[(sql, params)])?;
        Ok(answers.first().map_or(0, |answer| answer.affected))
    }

    /// Sends statements whose answers nobody waits for: they ride with the next round trip.
    /// Should one fail, the next statement or else the act itself fails with its error.
    pub fn exec_many(&mut self, calls: &[Call<'_>]) {
        self.flush();
        self.wrote = true;
        for (sql, params) in calls {
            self.send(sql, params);
        }
    }

    /// Inserts a row, together with others of its table; otherwise as [`Conn::exec_many`].
    pub fn insert<const N: usize>(&mut self, insert: &'static Insert, row: [Val<'static>; N]) {
        debug_assert_eq!(N, insert.columns, "{}", insert.into);
        if self.failed.is_some() {
            return;
        }
        self.wrote = true;
        let known = self.waiting.iter().position(|(known, _)| std::ptr::eq(*known, insert));
        let at = known.unwrap_or_else(|| {
            self.waiting.push((insert, Vec::with_capacity(GROUPS[0] * N)));
            self.waiting.len() - 1
        });
        let (_, rows) = &mut self.waiting[at];
        rows.extend(row);
        if rows.len() == GROUPS[0] * N {
            let rows = std::mem::take(rows);
            self.send(insert.text(0), &rows);
            self.waiting[at].1 = emptied(rows);
        }
    }

    /// Sends the rows that wait for company.
    fn flush(&mut self) {
        if self.waiting.iter().all(|(_, rows)| rows.is_empty()) {
            return;
        }
        let mut waiting = std::mem::take(&mut self.waiting);
        for (insert, rows) in &mut waiting {
            let mut rest = rows.as_slice();
            for (group, size) in GROUPS.iter().enumerate() {
                let width = size * insert.columns;
                while rest.len() >= width {
                    self.send(insert.text(group), &rest[..width]);
                    rest = &rest[width..];
                }
            }
            rows.clear();
        }
        self.waiting = waiting;
    }

    fn send(&mut self, sql: &'static str, params: &[Val<'_>]) {
        if self.failed.is_some() {
            return;
        }
        check_order(sql);
        match &mut self.db {
            Db::Sqlite(sqlite) => {
                if let Err(error) = sqlite.exec(sql, params) {
                    self.failed = Some(error);
                }
            }
            Db::Postgres(postgres) => postgres.later(sql, params),
        }
    }

    fn ask(&mut self, calls: &[Call<'_>]) -> Result<Vec<Answer>, DbError> {
        self.flush();
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        for (sql, _) in calls {
            check_order(sql);
            self.wrote |= !sql.starts_with("SELECT");
        }
        let answers = match &mut self.db {
            Db::Sqlite(sqlite) => {
                calls.iter().map(|(sql, params)| sqlite.query(sql, params)).collect()
            }
            Db::Postgres(postgres) => postgres.ask(calls),
        };
        answers.inspect_err(|error| self.failed = Some(error.clone()))
    }
}

/// What the threads that own a connection do with it, and acts may not.
impl Conn {
    pub(super) fn sqlite(sqlite: Sqlite) -> Conn {
        Conn::new(Db::Sqlite(Box::new(sqlite)))
    }

    pub(super) fn postgres(postgres: Postgres) -> Conn {
        Conn::new(Db::Postgres(Box::new(postgres)))
    }

    fn new(db: Db) -> Conn {
        Conn { db, failed: None, wrote: false, waiting: Vec::new() }
    }

    /// A new act begins: what the last one did and suffered is forgotten.
    pub(super) fn reset(&mut self) {
        self.failed = None;
        self.wrote = false;
    }

    pub(super) fn failed(&self) -> Option<&DbError> {
        self.failed.as_ref()
    }

    pub(super) fn wrote(&self) -> bool {
        self.wrote
    }

    /// Whether there is a wire that can break.
    pub(super) fn is_remote(&self) -> bool {
        matches!(self.db, Db::Postgres(_))
    }

    /// Begins, ends or marks a transaction; on PostgreSQL the words ride with the next round trip.
    pub(super) fn control(&mut self, words: &'static str) -> Result<(), DbError> {
        self.flush();
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        match &mut self.db {
            Db::Sqlite(sqlite) => sqlite.exec(words, &[]).map(|_| ()),
            Db::Postgres(postgres) => {
                postgres.later(words, &[]);
                Ok(())
            }
        }
    }

    pub(super) fn begin_write(&mut self) -> Result<(), DbError> {
        self.reset();
        match &self.db {
            Db::Sqlite(_) => self.control("BEGIN IMMEDIATE"),
            Db::Postgres(_) => self.control("BEGIN"),
        }
    }

    pub(super) fn begin_read(&mut self) -> Result<(), DbError> {
        self.reset();
        match &self.db {
            Db::Sqlite(_) => self.control("BEGIN"),
            Db::Postgres(_) => self.control("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
        }
    }

    /// Waits until everything sent has been answered; the first error is the answer.
    pub(super) fn settle(&mut self) -> Result<(), DbError> {
        self.flush();
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        match &mut self.db {
            Db::Sqlite(_) => Ok(()),
            Db::Postgres(postgres) => postgres.settle(),
        }
        .inspect_err(|error| self.failed = Some(error.clone()))
    }

    /// Undoes the transaction, if one is open; fails only if the connection is lost.
    pub(super) fn rollback(&mut self) -> Result<(), DbError> {
        self.reset();
        self.waiting.clear();
        match &mut self.db {
            Db::Sqlite(sqlite) => sqlite.rollback(),
            Db::Postgres(postgres) => postgres.undo(&["ROLLBACK"]),
        }
    }

    /// Undoes everything since `SAVEPOINT act`.
    pub(super) fn rollback_act(&mut self) -> Result<(), DbError> {
        self.reset();
        self.waiting.clear();
        match &mut self.db {
            Db::Sqlite(sqlite) => {
                sqlite.exec("ROLLBACK TO act", &[])?;
                sqlite.exec("RELEASE act", &[]).map(|_| ())
            }
            Db::Postgres(postgres) => postgres.undo(&["ROLLBACK TO act", "RELEASE act"]),
        }
    }

    /// Whether the transaction is still there; a full disk makes SQLite throw it away.
    pub(super) fn in_transaction(&self) -> bool {
        match &self.db {
            Db::Sqlite(sqlite) => sqlite.in_transaction(),
            Db::Postgres(postgres) => !postgres.is_closed(),
        }
    }

    /// Whether a connection that has just ended a transaction can begin another.
    pub(super) fn is_fit(&self) -> bool {
        match &self.db {
            Db::Sqlite(sqlite) => !sqlite.in_transaction(),
            Db::Postgres(postgres) => !postgres.is_closed(),
        }
    }

    /// Whether the connection still answers; asks over the wire where there is one.
    pub(super) fn is_alive(&mut self) -> bool {
        match &mut self.db {
            Db::Sqlite(_) => true,
            Db::Postgres(postgres) => postgres.is_alive(),
        }
    }

    /// DDL: several statements in one text.
    pub(super) fn batch(&mut self, ddl: &str) -> Result<(), DbError> {
        match &mut self.db {
            Db::Sqlite(sqlite) => sqlite.batch(ddl),
            Db::Postgres(postgres) => postgres.batch(ddl),
        }
    }

    pub(super) fn as_sqlite(&mut self) -> Option<&mut Sqlite> {
        match &mut self.db {
            Db::Sqlite(sqlite) => Some(sqlite),
            Db::Postgres(_) => None,
        }
    }
}

/// The same memory, without what was in it.
fn emptied(mut rows: Vec<Val<'static>>) -> Vec<Val<'static>> {
    rows.clear();
    rows
}

/// INVARIANT: SQLite numbers `$n` by first appearance and PostgreSQL by n, so the two must agree.
fn check_order(sql: &str) {
    if cfg!(debug_assertions) {
        debug_assert!(in_order(sql), "parameters must first appear as $1, $2, … in: {sql}");
    }
}

pub(super) fn in_order(sql: &str) -> bool {
    let mut seen = 0;
    let mut parts = sql.split('$');
    parts.next();
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let Ok(n) = part[..digits].parse::<usize>() else { continue };
        if n == 0 || n > seen + 1 {
            return false;
        }
        seen = seen.max(n);
    }
    true
}
