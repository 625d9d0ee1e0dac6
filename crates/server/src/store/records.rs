//! Table `records`: what is written down about each act, sealed, one row per place in the ledger.

use policy::SubjectId;

use super::conn::Insert;
use super::{Call, Conn, DbError, Row, Val};

/// A record as it is kept.
pub struct SealedRecord {
    /// Its place in the ledger.
    pub place: i64,
    /// Its id.
    pub id: [u8; 16],
    /// The kind of act.
    pub act: String,
    /// The person it is about.
    pub subject: Option<SubjectId>,
    /// Milliseconds since 1970.
    pub at: i64,
    /// Milliseconds since 1970; `None` for records kept as long as the ledger.
    pub keep_until: Option<i64>,
    /// The ciphertext.
    pub sealed: Vec<u8>,
}

static INSERT: Insert =
    Insert::new("INSERT INTO records (place, id, act, subject, at, keep_until, sealed)", 7);

/// Keeps a record.
pub fn insert(conn: &mut Conn, record: SealedRecord) {
    conn.insert(
        &INSERT,
        [
            record.place.into(),
            record.id.to_vec().into(),
            record.act.into(),
            record.subject.map(|subject| subject.0.to_vec()).into(),
            record.at.into(),
            record.keep_until.into(),
            record.sealed.into(),
        ],
    );
}

fn read(mut row: Row) -> Result<SealedRecord, DbError> {
    Ok(SealedRecord {
        place: row.int(0)?,
        id: row.bytes(1)?,
        act: row.take_text(2)?,
        subject: row.opt_blob(3)?.and_then(|b| b.try_into().ok()).map(SubjectId),
        at: row.int(4)?,
        keep_until: row.opt_int(5)?,
        sealed: row.take_blob(6)?,
    })
}

/// The record at a place.
pub fn at(conn: &mut Conn, place: i64) -> Result<Option<SealedRecord>, DbError> {
    let row = conn.opt(
        "SELECT place, id, act, subject, at, keep_until, sealed FROM records WHERE place = $1",
        &[place.into()],
    )?;
    row.map(read).transpose()
}

/// Places in one stretch of the index `records_of_a_subject`; the migration says the same number.
/// What is written goes to the newest stretch alone, whose pages fit the writer's cache, and a
/// person's list is gathered from one stretch after the other (decision 0011).
const STRETCH: i64 = 65_536;
/// Stretches that are asked in one round trip.
const TOGETHER: i64 = 16;

/// A person's crossings in one stretch.
const CROSSINGS: &str = "SELECT place, id, act, subject, at, keep_until, sealed FROM records \
     WHERE place / 65536 = $1 AND subject = $2 AND place < $3 \
     AND act IN ('disclosed', 'refused') ORDER BY place DESC LIMIT $4";

/// What was disclosed of a person, or refused, before a place; newest first.
pub fn crossings(
    conn: &mut Conn,
    subject: SubjectId,
    before: i64,
    limit: i64,
) -> Result<Vec<SealedRecord>, DbError> {
    let newest = "SELECT COALESCE(MAX(place), -1) FROM records WHERE place < $1";
    let newest = conn.one(newest, &[before.into()])?.int(0)?;
    let mut found = Vec::new();
    let wanted = usize::try_from(limit).unwrap_or(0);
    let mut next = newest.div_euclid(STRETCH);
    while next >= 0 && found.len() < wanted {
        let first = (next - TOGETHER + 1).max(0);
        let params: Vec<[Val<'_>; 4]> = (first..=next)
            .rev()
            .map(|n| [n.into(), (&subject.0).into(), before.into(), limit.into()])
            .collect();
        let calls: Vec<Call<'_>> = params.iter().map(|params| (CROSSINGS, &params[..])).collect();
        found.extend(conn.query_many(&calls)?.into_iter().flatten());
        next = first - 1;
    }
    found.into_iter().take(wanted).map(read).collect()
}

/// A person's records in one stretch.
const OF_SUBJECT: &str = "SELECT place, id, act, subject, at, keep_until, sealed FROM records \
     WHERE place / 65536 = $1 AND subject = $2 ORDER BY place";

/// What a person answered to consents in one stretch: when she was taken in, and at every change.
const ANSWERS: &str = "SELECT place, id, act, subject, at, keep_until, sealed FROM records \
     WHERE place / 65536 = $1 AND subject = $2 AND act IN ('registered', 'consent_changed') \
     ORDER BY place";

/// Everything that is written down about a person, oldest first.
pub fn of_subject(conn: &mut Conn, subject: SubjectId) -> Result<Vec<SealedRecord>, DbError> {
    in_every_stretch(conn, OF_SUBJECT, subject)
}

/// What a person answered to consents, oldest first.
pub fn answers(conn: &mut Conn, subject: SubjectId) -> Result<Vec<SealedRecord>, DbError> {
    in_every_stretch(conn, ANSWERS, subject)
}

/// Asks one question about a person of every stretch, the oldest first.
fn in_every_stretch(
    conn: &mut Conn,
    question: &'static str,
    subject: SubjectId,
) -> Result<Vec<SealedRecord>, DbError> {
    let newest = conn.one("SELECT COALESCE(MAX(place), -1) FROM records", &[])?.int(0)?;
    let stretches: Vec<i64> = (0..=newest.div_euclid(STRETCH)).collect();
    let mut found = Vec::new();
    for together in stretches.chunks(usize::try_from(TOGETHER).unwrap_or(1)) {
        let params: Vec<[Val<'_>; 2]> =
            together.iter().map(|n| [(*n).into(), (&subject.0).into()]).collect();
        let calls: Vec<Call<'_>> = params.iter().map(|params| (question, &params[..])).collect();
        for row in conn.query_many(&calls)?.into_iter().flatten() {
            found.push(read(row)?);
        }
    }
    Ok(found)
}

/// Erasures and closed accounts after a place.
const ENDS: &str = "SELECT place, id, act, subject, at, keep_until, sealed FROM records \
     WHERE place > $1 AND act IN ('erased', 'account_closed') ORDER BY place LIMIT $2";

/// What was erased, and which accounts were closed, after a place, in order.
pub fn ends(conn: &mut Conn, after: i64, limit: i64) -> Result<Vec<SealedRecord>, DbError> {
    conn.query(ENDS, &[after.into(), limit.into()])?.into_iter().map(read).collect()
}

/// Data sets that were made, approved, provided or erased, in order.
const OF_DATASETS: &str = "SELECT place, id, act, subject, at, keep_until, sealed FROM records \
     WHERE act IN ('dataset_made', 'dataset_approved', 'dataset_provided', 'dataset_ended') ORDER BY place";

/// What the page of data sets is drawn from.
pub fn of_datasets(conn: &mut Conn) -> Result<Vec<SealedRecord>, DbError> {
    conn.query(OF_DATASETS, &[])?.into_iter().map(read).collect()
}

/// Budgets that were set and figures that were told, in order.
const OF_FIGURES: &str = "SELECT place, id, act, subject, at, keep_until, sealed FROM records \
     WHERE act IN ('budget_set', 'figure_told') ORDER BY place";

/// What budgets of privacy are read from.
pub fn of_figures(conn: &mut Conn) -> Result<Vec<SealedRecord>, DbError> {
    conn.query(OF_FIGURES, &[])?.into_iter().map(read).collect()
}

/// Records from a place on, in order.
pub fn from(conn: &mut Conn, place: i64, limit: i64) -> Result<Vec<SealedRecord>, DbError> {
    conn.query(
        "SELECT place, id, act, subject, at, keep_until, sealed FROM records \
         WHERE place >= $1 ORDER BY place LIMIT $2",
        &[place.into(), limit.into()],
    )?
    .into_iter()
    .map(read)
    .collect()
}

/// A row as a verifier meets it: its place, and the record as far as it can be read.
pub type Found = (Option<i64>, Result<SealedRecord, DbError>);

fn found(row: Row) -> Found {
    (row.int(0).ok(), read(row))
}

/// Rows from one place up to another, in order, whatever they hold.
pub fn between(conn: &mut Conn, from: i64, to: i64) -> Result<Vec<Found>, DbError> {
    let rows = conn.query(
        "SELECT place, id, act, subject, at, keep_until, sealed FROM records \
         WHERE place >= $1 AND place < $2 ORDER BY place",
        &[from.into(), to.into()],
    )?;
    Ok(rows.into_iter().map(found).collect())
}

/// How many rows have a place that a ledger of this size does not have, and the first of them.
pub fn outside(conn: &mut Conn, size: i64, limit: i64) -> Result<(u64, Vec<Found>), DbError> {
    let count =
        conn.one("SELECT COUNT(*) FROM records WHERE place < 0 OR place >= $1", &[size.into()])?;
    let rows = conn.query(
        "SELECT place, id, act, subject, at, keep_until, sealed FROM records \
         WHERE place < 0 OR place >= $1 ORDER BY place LIMIT $2",
        &[size.into(), limit.into()],
    )?;
    Ok((count.int(0)?.unsigned_abs(), rows.into_iter().map(found).collect()))
}

/// Records whose time is over by a moment, the longest first, after one that was seen: each end with
/// its place.
pub fn ended(
    conn: &mut Conn,
    by: i64,
    after: (i64, i64),
    limit: i64,
) -> Result<Vec<SealedRecord>, DbError> {
    conn.query(
        "SELECT place, id, act, subject, at, keep_until, sealed FROM records \
         WHERE keep_until <= $1 AND (keep_until, place) > ($2, $3) \
         ORDER BY keep_until, place LIMIT $4",
        &[by.into(), after.0.into(), after.1.into(), limit.into()],
    )?
    .into_iter()
    .map(read)
    .collect()
}

/// Ends a record.
pub fn erase(conn: &mut Conn, place: i64) {
    conn.exec_many(&[("DELETE FROM records WHERE place = $1", &[place.into()])]);
}

/// Places from one to another, both included, that have a record.
pub fn present(conn: &mut Conn, first: i64, last: i64) -> Result<Vec<i64>, DbError> {
    conn.query(
        "SELECT place FROM records WHERE place >= $1 AND place <= $2 ORDER BY place",
        &[first.into(), last.into()],
    )?
    .iter()
    .map(|row| row.int(0))
    .collect()
}

/// How many records end in each week from a moment on, up to another: the week's number from there.
pub fn ends_by_week(conn: &mut Conn, from: i64, to: i64) -> Result<Vec<(i64, u64)>, DbError> {
    const WEEK: i64 = 7 * 24 * 3_600_000;
    conn.query(
        "SELECT CASE WHEN keep_until < $1 THEN 0 ELSE (keep_until - $1) / $2 END AS week, COUNT(*) \
         FROM records WHERE keep_until < $3 GROUP BY week ORDER BY week",
        &[from.into(), WEEK.into(), to.into()],
    )?
    .iter()
    .map(|row| Ok((row.int(0)?, row.int(1)?.unsigned_abs())))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::MIGRATIONS;
    use crate::store::{NoJournal, Store};

    #[test]
    fn a_persons_crossings_come_newest_first_whatever_stretches_they_lie_in() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("x.db").display()).parse().unwrap();
        let store = Store::open(&url, &MIGRATIONS, Box::new(NoJournal)).unwrap();
        let (she, other) = (SubjectId([1; 16]), SubjectId([2; 16]));
        // Her crossings are far apart, some on the edges of stretches; others' are between them.
        let hers: Vec<i64> =
            [0, 1, 65_535, 65_536, 131_071, 40 * 65_536, 40 * 65_536 + 7, 90 * 65_536].into();
        let (all, mine) = (hers.clone(), hers.clone());
        let put = move |tx: &mut crate::store::Tx<'_>| {
            for place in mine.iter().flat_map(|place| [*place, place + 100_000_000]) {
                let (subject, act) = if place < 100_000_000 {
                    (she, if place == 1 { "consent_changed" } else { "disclosed" })
                } else {
                    (other, "disclosed")
                };
                let act = act.to_owned();
                let (id, subject, sealed) = ([0; 16], Some(subject), Vec::new());
                insert(
                    tx,
                    SealedRecord { place, id, act, subject, at: 0, keep_until: None, sealed },
                );
            }
            Ok::<_, DbError>(())
        };
        store.write_blocking(put).unwrap();
        let every = store.read_blocking(move |conn| of_subject(conn, she)).unwrap();
        let every: Vec<i64> = every.iter().map(|record| record.place).collect();
        assert_eq!(every, all, "everything about her, oldest first");
        let answered = store.read_blocking(move |conn| answers(conn, she)).unwrap();
        let answered: Vec<i64> = answered.iter().map(|record| record.place).collect();
        assert_eq!(answered, [1], "what she answered");
        let mut wanted: Vec<i64> = all.into_iter().filter(|place| *place != 1).collect();
        wanted.reverse();
        for before in [i64::MAX, 90 * 65_536, 40 * 65_536 + 7, 65_536, 1, 0] {
            for limit in [0, 1, 3, 100] {
                let seen = store.read_blocking(move |conn| crossings(conn, she, before, limit));
                let seen: Vec<i64> = seen.unwrap().iter().map(|record| record.place).collect();
                let below = wanted.iter().copied().filter(|place| *place < before);
                let below: Vec<i64> = below.take(usize::try_from(limit).unwrap()).collect();
                assert_eq!(seen, below, "before {before}, at most {limit}");
            }
        }
    }

    #[test]
    fn an_index_is_used_for_what_is_asked_of_one_person_and_of_ends() {
        let conn = rusqlite::Connection::open_in_memory().unwrap();
        conn.execute_batch(MIGRATIONS[0].1).unwrap();
        for (question, bounds) in [
            (CROSSINGS, "(<expr>=? AND subject=? AND place<?)"),
            (OF_SUBJECT, "(<expr>=? AND subject=?)"),
            (ANSWERS, "(<expr>=? AND subject=?)"),
            (ENDS, "(place>?)"),
        ] {
            let mut plan = conn.prepare(&format!("EXPLAIN QUERY PLAN {question}")).unwrap();
            let mut steps = plan.raw_query();
            let step: String = steps.next().unwrap().unwrap().get(3).unwrap();
            let index = if question == ENDS { "records_of_ends" } else { "records_of_a_subject" };
            assert!(step.contains(&format!("{index} {bounds}")), "{step}");
            assert!(steps.next().unwrap().is_none(), "nothing is sorted");
        }
    }
}
