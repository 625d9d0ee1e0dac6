//! PostgreSQL behind `Conn`: one connection with its own small runtime, driven by the thread that
//! asks. Everything asked in one call travels together, and so does what was put off until then.
//!
//! Knows nothing of batches or tables. The choice of TLS has its one place in `connect`.

use std::collections::HashMap;
use std::error::Error as StdError;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::Duration;

use bytes::{BufMut, BytesMut};
use futures_util::TryStreamExt;
use tokio::runtime::Runtime;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Client, Config, NoTls, Statement};

use super::conn::{Answer, Call, DbError, Kind, Row, Val};

/// One connection and the runtime that moves it.
pub(super) struct Postgres {
    runtime: Runtime,
    client: Arc<Client>,
    /// Keyed by where the text lies: the same `&'static str` is the same statement.
    statements: HashMap<(usize, usize), Statement>,
    /// Sent or about to be, not yet answered, in order.
    pending: Vec<Pending>,
}

type Pending = Pin<Box<dyn Future<Output = Result<Answer, tokio_postgres::Error>> + Send>>;

impl Postgres {
    pub(super) fn connect(url: &str) -> Result<Postgres, DbError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| DbError::new(Kind::Other, error.to_string()))?;
        let mut config: Config = url.parse()?;
        let options = config.get_options().unwrap_or_default().to_owned();
        config
            .application_name("azukari")
            .connect_timeout(Duration::from_secs(5))
            // Whoever waits for the ledger's row waits this long at most.
            .options(format!("{options} -c synchronous_commit=on -c jit=off -c lock_timeout=10s -c plan_cache_mode=force_generic_plan"));
        let (client, connection) = runtime.block_on(config.connect(NoTls))?;
        runtime.spawn(async move {
            if let Err(error) = connection.await {
                tracing::warn!(error = %DbError::from(error), "the connection to the database ended");
            }
        });
        Ok(Postgres {
            runtime,
            client: Arc::new(client),
            statements: HashMap::new(),
            pending: Vec::new(),
        })
    }

    /// Sends the calls together with what was put off, and waits for all of it.
    pub(super) fn ask(&mut self, calls: &[Call<'_>]) -> Result<Vec<Answer>, DbError> {
        let put_off = self.pending.len();
        for (sql, params) in calls {
            self.later(sql, params);
        }
        let pending = std::mem::take(&mut self.pending);
        let mut answers = self.runtime.block_on(in_order(pending))?;
        answers.drain(..put_off);
        Ok(answers)
    }

    /// Puts a statement in line; its answer is part of the next wait.
    pub(super) fn later(&mut self, sql: &'static str, params: &[Val<'_>]) {
        let mut pending: Pending = match self.statement(sql) {
            Ok(statement) => {
                let client = Arc::clone(&self.client);
                let params: Vec<Val<'static>> =
                    params.iter().map(|val| val.clone().into_owned()).collect();
                Box::pin(async move { run(&client, &statement, params).await })
            }
            Err(error) => Box::pin(std::future::ready(Err(error))),
        };
        // The first poll hands the request to the connection, in this order.
        let _ = pending.as_mut().poll(&mut Context::from_waker(Waker::noop())).map(|answer| {
            pending = Box::pin(std::future::ready(answer));
        });
        self.pending.push(pending);
    }

    pub(super) fn settle(&mut self) -> Result<(), DbError> {
        if self.pending.is_empty() { Ok(()) } else { self.ask(&[]).map(|_| ()) }
    }

    /// Hears out whatever is still under way, whatever it says, then sends the words.
    pub(super) fn undo(&mut self, words: &[&'static str]) -> Result<(), DbError> {
        let _ = self.settle();
        for words in words {
            self.later(words, &[]);
        }
        self.settle()
    }

    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    pub(super) fn is_alive(&mut self) -> bool {
        !self.client.is_closed() && self.runtime.block_on(self.client.simple_query("")).is_ok()
    }

    pub(super) fn batch(&mut self, ddl: &str) -> Result<(), DbError> {
        self.settle()?;
        Ok(self.runtime.block_on(self.client.batch_execute(ddl))?)
    }

    fn statement(&mut self, sql: &'static str) -> Result<Statement, tokio_postgres::Error> {
        let key = (sql.as_ptr() as usize, sql.len());
        if let Some(statement) = self.statements.get(&key) {
            return Ok(statement.clone());
        }
        // What is under way is heard out first: unread answers would stand in the way of this one.
        let pending = std::mem::take(&mut self.pending);
        self.pending = self.runtime.block_on(heard(pending));
        let statement = self.runtime.block_on(self.client.prepare(sql))?;
        self.statements.insert(key, statement.clone());
        Ok(statement)
    }
}

async fn run(
    client: &Client,
    statement: &Statement,
    params: Vec<Val<'static>>,
) -> Result<Answer, tokio_postgres::Error> {
    let mut stream = std::pin::pin!(client.query_raw(statement, params).await?);
    let mut rows = Vec::new();
    while let Some(row) = stream.try_next().await? {
        rows.push(Row((0..row.len()).map(|n| row.try_get(n)).collect::<Result<_, _>>()?));
    }
    Ok(Answer { rows, affected: stream.rows_affected().unwrap_or(0) })
}

/// Answers arrive in the order of the questions; all are heard, the first error wins.
async fn in_order(pending: Vec<Pending>) -> Result<Vec<Answer>, tokio_postgres::Error> {
    let mut answers = Vec::with_capacity(pending.len());
    let mut first_error = None;
    for one in pending {
        match one.await {
            Ok(answer) => answers.push(answer),
            Err(error) => first_error = first_error.or(Some(error)),
        }
    }
    match first_error {
        None => Ok(answers),
        Some(error) => Err(error),
    }
}

async fn heard(pending: Vec<Pending>) -> Vec<Pending> {
    let mut heard: Vec<Pending> = Vec::with_capacity(pending.len());
    for one in pending {
        heard.push(Box::pin(std::future::ready(one.await)));
    }
    heard
}

impl ToSql for Val<'_> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match self {
            Val::Null => return Ok(IsNull::Yes),
            Val::Int(n) => match *ty {
                Type::INT8 => out.put_i64(*n),
                Type::INT4 => out.put_i32(i32::try_from(*n)?),
                Type::INT2 => out.put_i16(i16::try_from(*n)?),
                Type::BOOL => out.put_u8((*n != 0).into()),
                _ => return Err(format!("an integer is no {ty}").into()),
            },
            Val::Text(text) if *ty == Type::TEXT || *ty == Type::VARCHAR => {
                out.put_slice(text.as_bytes());
            }
            Val::Blob(blob) if *ty == Type::BYTEA => out.put_slice(blob),
            Val::Text(_) => return Err(format!("text is no {ty}").into()),
            Val::Blob(_) => return Err(format!("a blob is no {ty}").into()),
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Val<'static> {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(match *ty {
            Type::INT8 => Val::Int(i64::from_be_bytes(raw.try_into()?)),
            Type::INT4 => Val::Int(i32::from_be_bytes(raw.try_into()?).into()),
            Type::INT2 => Val::Int(i16::from_be_bytes(raw.try_into()?).into()),
            Type::BOOL => Val::Int(bool::from_sql(ty, raw)?.into()),
            Type::BYTEA => Val::Blob(raw.to_vec().into()),
            _ => Val::Text(std::str::from_utf8(raw)?.to_owned().into()),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Val::Null)
    }

    fn accepts(ty: &Type) -> bool {
        matches!(
            *ty,
            Type::INT8
                | Type::INT4
                | Type::INT2
                | Type::BOOL
                | Type::BYTEA
                | Type::TEXT
                | Type::VARCHAR
                | Type::NAME
                | Type::BPCHAR
        )
    }
}

impl From<tokio_postgres::Error> for DbError {
    fn from(error: tokio_postgres::Error) -> DbError {
        let Some(said) = error.as_db_error() else {
            // Wrong addresses and failed conversions have a cause of their own to tell.
            let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
            return if error.is_closed() || is_io(&error) {
                DbError::new(
                    Kind::Unavailable,
                    format!(
                        "the database went away ({error}{cause}): check that PostgreSQL runs and its address"
                    ),
                )
            } else {
                DbError::new(Kind::Other, format!("{error}{cause}"))
            };
        };
        // The detail quotes values, so it never becomes part of the message.
        let message = said.message();
        match *said.code() {
            SqlState::UNIQUE_VIOLATION => {
                let constraint = constraint(said);
                DbError::new(
                    Kind::Unique { constraint: constraint.clone() },
                    format!("a row with this {constraint} is there already"),
                )
            }
            SqlState::DISK_FULL => DbError::new(
                Kind::Full,
                "the disk is full: make room where PostgreSQL keeps its data, nothing was written",
            ),
            SqlState::DATA_CORRUPTED | SqlState::INDEX_CORRUPTED => DbError::new(
                Kind::Corrupt,
                format!("the database is damaged ({message}): restore it from a backup"),
            ),
            SqlState::READ_ONLY_SQL_TRANSACTION | SqlState::INSUFFICIENT_PRIVILEGE => DbError::new(
                Kind::ReadOnly,
                format!("the database may not be written ({message}): check the role's rights"),
            ),
            SqlState::LOCK_NOT_AVAILABLE
            | SqlState::T_R_DEADLOCK_DETECTED
            | SqlState::T_R_SERIALIZATION_FAILURE => {
                DbError::new(Kind::Busy, "another process holds the row, try again")
            }
            SqlState::ADMIN_SHUTDOWN
            | SqlState::CRASH_SHUTDOWN
            | SqlState::CANNOT_CONNECT_NOW
            | SqlState::TOO_MANY_CONNECTIONS
            | SqlState::CONNECTION_FAILURE => {
                DbError::new(Kind::Unavailable, format!("the database is not available: {message}"))
            }
            _ => DbError::new(Kind::Other, format!("{message} ({})", said.code().code())),
        }
    }
}

fn is_io(error: &tokio_postgres::Error) -> bool {
    let mut source = error.source();
    while let Some(cause) = source {
        if cause.is::<std::io::Error>() {
            return true;
        }
        source = cause.source();
    }
    false
}

/// `Key (subject, name)=(…) already exists.` on `items` becomes `items(subject,name)`.
fn constraint(said: &tokio_postgres::error::DbError) -> String {
    let columns = said
        .detail()
        .and_then(|detail| detail.split_once('('))
        .and_then(|(_, rest)| rest.split_once(")=("))
        .map(|(columns, _)| columns.replace(", ", ","));
    match (said.table(), columns) {
        (Some(table), Some(columns)) => format!("{table}({columns})"),
        _ => said.constraint().unwrap_or("key").to_owned(),
    }
}
