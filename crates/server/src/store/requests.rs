//! Table `requests`: a person's requests. What she wrote and how it stands is sealed under a key of the
//! request's own; in clear is what the desk sorts by. `request_files` holds what she attached, sealed
//! under the same key, `request_sessions` who showed a code on the pages. Knows no rules.

use policy::SubjectId;
use policy::request::{RequestId, RequestKind, State};

use super::{Conn, DbError, Row, Val};

/// A request as it is kept.
pub struct Kept {
    /// Its id.
    pub id: RequestId,
    /// The person it is about, once she is known.
    pub subject: Option<SubjectId>,
    /// Its key, wrapped.
    pub wrapped: Vec<u8>,
    /// What it says, sealed.
    pub sealed: Vec<u8>,
    /// How often it was changed.
    pub revision: i64,
}

/// What stands in clear beside a request.
pub struct Columns<'a> {
    /// The person it is about, once she is known.
    pub subject: Option<SubjectId>,
    /// What is asked.
    pub kind: RequestKind,
    /// Where it stands.
    pub state: State,
    /// By when it is answered.
    pub due_at: i64,
    /// From when the desk warns.
    pub warn_at: i64,
    /// Whether a decision waits for somebody else's agreement.
    pub awaits_approval: bool,
    /// When it was over.
    pub over_at: Option<i64>,
    /// When somebody has to look again, without waiting for a person.
    pub look_at: Option<i64>,
    /// What it says, sealed.
    pub sealed: &'a [u8],
}

/// The word for a kind.
pub fn kind_word(kind: RequestKind) -> String {
    serde_json::to_value(kind).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

fn subject(subject: Option<SubjectId>) -> Val<'static> {
    Val::from(subject.map(|subject| subject.0.to_vec()))
}

/// Puts a new request.
pub fn insert(conn: &mut Conn, id: RequestId, wrapped: &[u8], received_at: i64, row: &Columns<'_>) {
    conn.exec_many(&[(
        "INSERT INTO requests (id, number, subject, kind, state, received_at, due_at, warn_at, \
         awaits_approval, over_at, look_at, wrapped, sealed, revision) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1)",
        &[
            (&id.0).into(),
            id.number().into(),
            subject(row.subject),
            kind_word(row.kind).into(),
            row.state.word().into(),
            received_at.into(),
            row.due_at.into(),
            row.warn_at.into(),
            row.awaits_approval.into(),
            row.over_at.into(),
            row.look_at.into(),
            wrapped.into(),
            row.sealed.into(),
        ],
    )]);
}

/// Puts how a request stands now.
pub fn update(conn: &mut Conn, id: RequestId, row: &Columns<'_>) {
    conn.exec_many(&[(
        "UPDATE requests SET subject = $1, state = $2, due_at = $3, warn_at = $4, \
         awaits_approval = $5, over_at = $6, look_at = $7, sealed = $8, revision = revision + 1 \
         WHERE id = $9",
        &[
            subject(row.subject),
            row.state.word().into(),
            row.due_at.into(),
            row.warn_at.into(),
            row.awaits_approval.into(),
            row.over_at.into(),
            row.look_at.into(),
            row.sealed.into(),
            (&id.0).into(),
        ],
    )]);
}

const COLUMNS: &str = "SELECT id, subject, wrapped, sealed, revision FROM requests";

fn kept(mut row: Row) -> Result<Kept, DbError> {
    let subject = match row.opt_blob(1)? {
        Some(_) => Some(SubjectId(row.bytes(1)?)),
        None => None,
    };
    Ok(Kept {
        id: RequestId(row.bytes(0)?),
        subject,
        revision: row.int(4)?,
        wrapped: row.take_blob(2)?,
        sealed: row.take_blob(3)?,
    })
}

/// The request under an id.
pub fn get(conn: &mut Conn, id: RequestId) -> Result<Option<Kept>, DbError> {
    static SQL: std::sync::LazyLock<String> =
        std::sync::LazyLock::new(|| format!("{COLUMNS} WHERE id = $1"));
    conn.opt(&SQL, &[(&id.0).into()])?.map(kept).transpose()
}

/// The request under a receipt number in its one spelling.
pub fn by_number(conn: &mut Conn, number: &str) -> Result<Option<RequestId>, DbError> {
    let row = conn.opt("SELECT id FROM requests WHERE number = $1", &[number.into()])?;
    row.map(|row| Ok(RequestId(row.bytes(0)?))).transpose()
}

/// A line of the desk's queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Which.
    pub id: RequestId,
    /// What is asked; `None` when the row holds no kind.
    pub kind: Option<RequestKind>,
    /// Where it stands; `None` when the row holds no state.
    pub state: Option<State>,
    /// When it came in.
    pub received_at: i64,
    /// By when it is answered.
    pub due_at: i64,
    /// From when the desk warns.
    pub warn_at: i64,
    /// Whether a decision waits for somebody else's agreement.
    pub awaits_approval: bool,
}

fn word<T: serde::de::DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).ok()
}

fn line(row: &Row) -> Result<Line, DbError> {
    Ok(Line {
        id: RequestId(row.bytes(0)?),
        kind: word(row.text(1)?),
        state: word(row.text(2)?),
        received_at: row.int(3)?,
        due_at: row.int(4)?,
        warn_at: row.int(5)?,
        awaits_approval: row.int(6)? != 0,
    })
}

/// Which open requests are listed; all of them by default.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// Of which kind.
    pub kind: Option<RequestKind>,
    /// Where they stand.
    pub state: Option<State>,
    /// Whether a decision waits for somebody else's agreement.
    pub awaits_approval: Option<bool>,
}

/// Every column of it lies in the index `requests_open`: nothing sealed is read, let alone opened.
const OPEN: &str = "SELECT id, kind, state, received_at, due_at, warn_at, awaits_approval \
     FROM requests WHERE over_at IS NULL AND (due_at > $1 OR (due_at = $1 AND id > $2)) \
     AND ($3 = '' OR kind = $3) AND ($4 = '' OR state = $4) AND ($5 < 0 OR awaits_approval = $5) \
     ORDER BY due_at, id LIMIT $6";

/// Open requests by deadline, the most pressing first, from after a place on.
pub fn open(
    conn: &mut Conn,
    wanted: Wanted,
    (due_after, id_after): (i64, RequestId),
    limit: i64,
) -> Result<Vec<Line>, DbError> {
    let params = [
        due_after.into(),
        (&id_after.0).into(),
        wanted.kind.map(kind_word).unwrap_or_default().into(),
        wanted.state.map_or("", State::word).into(),
        wanted.awaits_approval.map_or(-1, i64::from).into(),
        limit.into(),
    ];
    conn.query(OPEN, &params)?.iter().map(line).collect()
}

/// How many open requests stand somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// Where; `None` when the rows hold no state.
    pub state: Option<State>,
    /// Whether their decisions wait for somebody else's agreement.
    pub awaits_approval: bool,
    /// How many.
    pub open: u64,
    /// How many of them the desk warns of, and that are not overdue.
    pub warned: u64,
    /// How many of them are overdue.
    pub overdue: u64,
}

/// As [`OPEN`], from the index alone.
const COUNTS: &str = "SELECT state, awaits_approval, COUNT(*), \
     COUNT(CASE WHEN warn_at <= $1 AND due_at > $1 THEN 1 END), \
     COUNT(CASE WHEN due_at <= $1 THEN 1 END) \
     FROM requests WHERE over_at IS NULL GROUP BY state, awaits_approval";

/// How many requests are open, by where they stand.
pub fn count_open(conn: &mut Conn, now: i64) -> Result<Vec<Count>, DbError> {
    conn.query(COUNTS, &[now.into()])?
        .iter()
        .map(|row| {
            Ok(Count {
                state: word(row.text(0)?),
                awaits_approval: row.int(1)? != 0,
                open: row.int(2)?.unsigned_abs(),
                warned: row.int(3)?.unsigned_abs(),
                overdue: row.int(4)?.unsigned_abs(),
            })
        })
        .collect()
}

/// A person's requests, the newest first.
pub fn of_subject(conn: &mut Conn, subject: SubjectId) -> Result<Vec<Line>, DbError> {
    conn.query(
        "SELECT id, kind, state, received_at, due_at, warn_at, awaits_approval FROM requests \
         WHERE subject = $1 ORDER BY received_at DESC, id LIMIT 200",
        &[(&subject.0).into()],
    )?
    .iter()
    .map(line)
    .collect()
}

/// Requests that somebody has to look at by now, without waiting for a person.
pub fn to_look_at(conn: &mut Conn, now: i64, limit: i64) -> Result<Vec<RequestId>, DbError> {
    conn.query(
        "SELECT id FROM requests WHERE look_at IS NOT NULL AND look_at <= $1 ORDER BY look_at LIMIT $2",
        &[now.into(), limit.into()],
    )?
    .iter()
    .map(|row| Ok(RequestId(row.bytes(0)?)))
    .collect()
}

/// Ends a request: its key, what it says, what was attached, who had shown a code.
pub fn erase(conn: &mut Conn, id: RequestId) {
    conn.exec_many(&[
        ("DELETE FROM request_files WHERE request = $1", &[(&id.0).into()]),
        ("DELETE FROM request_sessions WHERE request = $1", &[(&id.0).into()]),
        ("DELETE FROM requests WHERE id = $1", &[(&id.0).into()]),
    ]);
}

/// A file that was attached, as it is kept.
pub struct KeptFile {
    /// Its id.
    pub id: [u8; 16],
    /// When it was put.
    pub put_at: i64,
    /// What it is and holds, sealed.
    pub sealed: Vec<u8>,
}

/// Puts a file to a request.
pub fn put_file(conn: &mut Conn, request: RequestId, file: &KeptFile) {
    conn.exec_many(&[(
        "INSERT INTO request_files (request, id, put_at, sealed) VALUES ($1, $2, $3, $4)",
        &[
            (&request.0).into(),
            (&file.id).into(),
            file.put_at.into(),
            file.sealed.as_slice().into(),
        ],
    )]);
}

/// The files of a request, the oldest first.
pub fn files(conn: &mut Conn, request: RequestId) -> Result<Vec<KeptFile>, DbError> {
    conn.query(
        "SELECT id, put_at, sealed FROM request_files WHERE request = $1 ORDER BY put_at, id",
        &[(&request.0).into()],
    )?
    .into_iter()
    .map(|mut row| {
        Ok(KeptFile { id: row.bytes(0)?, put_at: row.int(1)?, sealed: row.take_blob(2)? })
    })
    .collect()
}

/// Ends every file of a request.
pub fn erase_files(conn: &mut Conn, request: RequestId) {
    conn.exec_many(&[("DELETE FROM request_files WHERE request = $1", &[(&request.0).into()])]);
}

/// Who showed a code on the pages.
pub struct Session {
    /// For which request.
    pub request: RequestId,
    /// When the code was shown.
    pub verified_at: i64,
    /// Until when it holds.
    pub ends_at: i64,
}

/// Opens a session under the hash of its token.
pub fn open_session(conn: &mut Conn, token: &[u8; 32], session: &Session) {
    conn.exec_many(&[
        ("DELETE FROM request_sessions WHERE ends_at < $1", &[session.verified_at.into()]),
        (
            "INSERT INTO request_sessions (token, request, verified_at, ends_at) VALUES ($1, $2, $3, $4)",
            &[
                token.as_slice().into(),
                (&session.request.0).into(),
                session.verified_at.into(),
                session.ends_at.into(),
            ],
        ),
    ]);
}

/// The session under the hash of a token, if it holds now.
pub fn session(conn: &mut Conn, token: &[u8; 32], now: i64) -> Result<Option<Session>, DbError> {
    let row = conn.opt(
        "SELECT request, verified_at, ends_at FROM request_sessions WHERE token = $1 AND ends_at > $2",
        &[token.as_slice().into(), now.into()],
    )?;
    row.map(|row| {
        Ok(Session {
            request: RequestId(row.bytes(0)?),
            verified_at: row.int(1)?,
            ends_at: row.int(2)?,
        })
    })
    .transpose()
}

/// Ends a session.
pub fn end_session(conn: &mut Conn, token: &[u8; 32]) {
    conn.exec_many(&[(
        "DELETE FROM request_sessions WHERE token = $1",
        &[token.as_slice().into()],
    )]);
}

#[cfg(test)]
mod tests {
    use crate::app::MIGRATIONS;

    #[test]
    fn the_queue_is_read_from_its_index_alone() {
        let conn = rusqlite::Connection::open_in_memory().unwrap();
        conn.execute_batch(MIGRATIONS[0].1).unwrap();
        for sql in [super::OPEN, super::COUNTS] {
            let mut plan = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let mut steps = plan.raw_query();
            let step: String = steps.next().unwrap().unwrap().get(3).unwrap();
            assert!(step.contains("COVERING INDEX requests_open"), "{step}");
        }
    }
}
