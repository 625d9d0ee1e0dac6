//! The same stories on both databases: SQLite always, PostgreSQL when `AZUKARI_TEST_POSTGRES`
//! holds its address.

use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::time::Duration;

use super::conn::in_order;
use super::postgres::Postgres;
use super::*;

const DDL: &[(&str, &str)] = &[
    (
        "0001-ledger",
        "CREATE TABLE ledger (id BIGINT PRIMARY KEY, size BIGINT NOT NULL,
           policy TEXT NOT NULL DEFAULT '', root TEXT NOT NULL DEFAULT '', next_at BIGINT);
         INSERT INTO ledger (id, size) VALUES (1, 0);
         CREATE TABLE entries (place BIGINT PRIMARY KEY, body BLOB NOT NULL);",
    ),
    (
        "0002-notes",
        "CREATE TABLE notes (id BIGINT PRIMARY KEY, owner TEXT NOT NULL, slot BIGINT NOT NULL,
           body BLOB, UNIQUE (owner, slot));
         CREATE TABLE keys (name BLOB PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
         CREATE TABLE replies (id BIGINT PRIMARY KEY,
           note BIGINT NOT NULL REFERENCES notes (id) DEFERRABLE INITIALLY DEFERRED);",
    ),
];

const PUT: &str = "INSERT INTO notes (id, owner, slot, body) VALUES ($1, $2, $3, $4)";
const COUNT: &str = "SELECT COUNT(*) FROM notes";

#[derive(Debug, PartialEq, thiserror::Error)]
enum Oops {
    #[error("no: {0}")]
    No(&'static str),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Keeps entries as rows, and can be told to fail.
#[derive(Default)]
struct Lines {
    fail_next_end: Arc<AtomicBool>,
    settled: Arc<AtomicUsize>,
}

impl Journal for Lines {
    fn begin(
        &mut self,
        conn: &mut Conn,
        questions: &[Call<'_>],
    ) -> Result<(u64, Vec<Vec<Row>>), DbError> {
        let (head, answers) = ledger::take_place(conn, questions)?;
        Ok((head.size, answers))
    }

    fn end(&mut self, conn: &mut Conn, base: u64, entries: &[Vec<u8>]) -> Result<(), DbError> {
        if self.fail_next_end.swap(false, Ordering::SeqCst) {
            return Err(DbError::new(Kind::Other, "injected"));
        }
        let base = i64::try_from(base).unwrap();
        for (entry, place) in entries.iter().zip(base..) {
            let params = [place.into(), entry.into()];
            conn.exec_many(&[("INSERT INTO entries (place, body) VALUES ($1, $2)", &params)]);
        }
        let size = base + i64::try_from(entries.len()).unwrap();
        conn.exec("UPDATE ledger SET size = $1 WHERE id = 1", &[size.into()])?;
        Ok(())
    }

    fn settled(&mut self, _: bool) {
        self.settled.fetch_add(1, Ordering::SeqCst);
    }
}

/// A database of its own.
struct House {
    url: DatabaseUrl,
    _folder: Option<tempfile::TempDir>,
    schema: Option<String>,
}

impl Drop for House {
    fn drop(&mut self) {
        if let (Some(schema), Ok(server)) = (&self.schema, std::env::var("AZUKARI_TEST_POSTGRES"))
            && let Ok(mut admin) = Postgres::connect(&server)
        {
            let _ = admin.batch(&format!("DROP SCHEMA {schema} CASCADE"));
        }
    }
}

impl House {
    #[expect(clippy::unnecessary_wraps, reason = "the same shape as `on_postgres`")]
    fn on_sqlite() -> Option<House> {
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::Sqlite(folder.path().join("house.db"));
        Some(House { url, _folder: Some(folder), schema: None })
    }

    fn on_postgres() -> Option<House> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let Ok(server) = std::env::var("AZUKARI_TEST_POSTGRES") else {
            eprintln!("skipped on PostgreSQL: AZUKARI_TEST_POSTGRES is not set");
            return None;
        };
        let schema =
            format!("store_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::SeqCst));
        let mut admin = Postgres::connect(&server).unwrap();
        admin.batch(&format!("CREATE SCHEMA {schema}")).unwrap();
        let url = format!("{server}?options=-c%20search_path%3D{schema}");
        let url = DatabaseUrl::Postgres(url);
        Some(House { url, _folder: None, schema: Some(schema) })
    }

    fn open(&self) -> Store {
        Store::open(&self.url, DDL, Box::new(Lines::default())).unwrap()
    }
}

macro_rules! on_both_databases {
    ($($story:ident)*) => {
        mod on_sqlite {
            $(#[test] fn $story() {
                if let Some(house) = super::House::on_sqlite() { super::$story(&house); }
            })*
        }
        mod on_postgres {
            $(#[test] fn $story() {
                if let Some(house) = super::House::on_postgres() { super::$story(&house); }
            })*
        }
    };
}

on_both_databases! {
    values_come_back_as_they_went
    questions_asked_together_answer_in_order
    a_failed_act_leaves_nothing_and_its_neighbours_stay
    a_second_row_with_the_same_key_is_told_by_its_columns
    an_error_passed_over_still_fails_the_act
    a_write_sent_without_waiting_fails_its_own_act_only
    a_panic_fails_only_its_act
    a_commit_that_fails_is_heard_by_everyone
    a_journal_that_fails_is_heard_by_everyone
    places_are_gapless_and_in_order
    readers_see_only_what_is_committed
    a_reader_may_not_write
    migrations_are_applied_once
    a_newer_database_is_refused
    a_failing_migration_leaves_the_database_as_it_was
    a_store_outlives_its_handles_until_all_is_answered
    rows_inserted_together_are_there_for_the_next_question
    a_row_that_clashes_fails_its_own_act_only
    questions_of_neighbours_are_answered_as_if_each_asked_alone
}

/// Holds the writer until the returned sender is dropped, so that what follows shares a batch.
fn hold(store: &Store) -> crossbeam_channel::Sender<()> {
    let (release, held) = crossbeam_channel::bounded::<()>(0);
    let (started, start) = crossbeam_channel::bounded::<()>(1);
    let act = move |_: &mut Tx<'_>| {
        let _ = started.try_send(());
        let _ = held.recv();
        Ok::<_, DbError>(())
    };
    store.submit(act, drop).unwrap();
    start.recv().unwrap();
    release
}

type Boxed<T> = Box<dyn FnMut(&mut Tx<'_>) -> Result<T, Oops> + Send>;

/// Runs the acts in one batch, in this order.
fn together<T: Send + 'static>(store: &Store, acts: Vec<Boxed<T>>) -> Vec<Result<T, Oops>> {
    let release = hold(store);
    let answers: Vec<_> = acts
        .into_iter()
        .map(|act| {
            let (reply, answer) = crossbeam_channel::bounded(1);
            store.submit(act, move |outcome| drop(reply.send(outcome))).unwrap();
            answer
        })
        .collect();
    drop(release);
    answers.into_iter().map(|answer| answer.recv().unwrap()).collect()
}

fn put(tx: &mut Conn, id: i64) -> Result<u64, DbError> {
    tx.exec(PUT, &[id.into(), "owner".into(), id.into(), Val::Null])
}

fn count(store: &Store) -> i64 {
    store.read_blocking(|conn| conn.one(COUNT, &[])?.int(0)).unwrap()
}

fn entries(store: &Store) -> Vec<(i64, Vec<u8>)> {
    store
        .read_blocking(|conn| {
            conn.query("SELECT place, body FROM entries ORDER BY place", &[])?
                .iter()
                .map(|row| Ok::<_, DbError>((row.int(0)?, row.blob(1)?.to_vec())))
                .collect()
        })
        .unwrap()
}

fn values_come_back_as_they_went(house: &House) {
    let store = house.open();
    store
        .write_blocking(|tx| {
            tx.exec(PUT, &[7.into(), "預かり".into(), i64::MIN.into(), (&[0_u8, 255]).into()])?;
            tx.exec("UPDATE notes SET slot = slot + 1 WHERE id = $1", &[7.into()])
        })
        .inspect(|touched| assert_eq!(*touched, 1))
        .unwrap();
    let mut row = store
        .read_blocking(|conn| {
            conn.one(
                "SELECT id, owner, slot, body, EXISTS (SELECT 1 FROM notes WHERE id = $1)
                 FROM notes WHERE id = $1",
                &[7.into()],
            )
        })
        .unwrap();
    assert_eq!((row.int(0), row.text(1)), (Ok(7), Ok("預かり")));
    assert_eq!((row.int(2), row.bytes(3)), (Ok(i64::MIN + 1), Ok([0_u8, 255])));
    assert_eq!(row.int(4), Ok(1));
    assert_eq!(row.take_blob(3), Ok(vec![0, 255]));
    assert_eq!(row.opt_blob(3), Ok(None));
    assert!(row.int(1).is_err() && row.text(9).is_err());
}

fn questions_asked_together_answer_in_order(house: &House) {
    let store = house.open();
    let answers = store.write_blocking(|tx| {
        tx.exec_many(&[
            (PUT, &[1.into(), "a".into(), 1.into(), Val::Null]),
            (PUT, &[2.into(), "b".into(), 2.into(), Val::Null]),
        ]);
        tx.query_many(&[
            ("SELECT owner FROM notes WHERE id = $1", &[2.into()]),
            (
                "INSERT INTO notes (id, owner, slot) VALUES ($1, $2, $3) RETURNING owner",
                &[3.into(), "c".into(), 3.into()],
            ),
            ("SELECT owner FROM notes ORDER BY id", &[]),
        ])
    });
    let owners: Vec<Vec<&str>> = answers
        .as_ref()
        .unwrap()
        .iter()
        .map(|rows| rows.iter().map(|row| row.text(0).unwrap()).collect())
        .collect();
    assert_eq!(owners, [vec!["b"], vec!["c"], vec!["a", "b", "c"]]);
    assert_eq!(count(&store), 3);
}

fn a_failed_act_leaves_nothing_and_its_neighbours_stay(house: &House) {
    let store = house.open();
    for round in 0..3 {
        let first = round * 10;
        let mut acts: Vec<Boxed<u64>> = Vec::new();
        for id in first..first + 9 {
            acts.push(Box::new(move |tx| {
                let place = tx.append(id.to_string().into_bytes());
                put(tx, id)?;
                if id % 3 == 1 {
                    return Err(Oops::No("changed its mind"));
                }
                Ok(place)
            }));
        }
        let outcomes = together(&store, acts);
        for (id, outcome) in (first..).zip(&outcomes) {
            assert_eq!(outcome.is_err(), id % 3 == 1, "{id}: {outcome:?}");
        }
        assert_eq!(count(&store), (round + 1) * 6);
    }
    assert_eq!(entries(&store).len(), 18);
}

fn a_second_row_with_the_same_key_is_told_by_its_columns(house: &House) {
    let store = house.open();
    store.write_blocking(|tx| put(tx, 1)).unwrap();
    let same_id = [1.into(), "other".into(), 9.into(), Val::Null];
    let error = store.write_blocking(move |tx| tx.exec(PUT, &same_id)).unwrap_err();
    assert!(error.is_unique());
    assert_eq!(error.constraint(), Some("notes(id)"));
    let secret = "a-value-that-stays-out-of-messages";
    let again = |id: i64| {
        move |tx: &mut Tx<'_>| tx.exec(PUT, &[id.into(), secret.into(), 5.into(), Val::Null])
    };
    store.write_blocking(again(2)).unwrap();
    let error = store.write_blocking(again(3)).unwrap_err();
    assert_eq!(error.constraint(), Some("notes(owner,slot)"));
    assert!(!format!("{error} {error:?}").contains(secret));
    assert_eq!(count(&store), 2);
}

fn an_error_passed_over_still_fails_the_act(house: &House) {
    let store = house.open();
    store.write_blocking(|tx| put(tx, 1)).unwrap();
    let outcome: Result<(), DbError> = store.write_blocking(|tx| {
        let _ = put(tx, 1);
        let _ = put(tx, 2);
        Ok(())
    });
    assert!(outcome.unwrap_err().is_unique());
    assert_eq!(count(&store), 1);
}

fn a_write_sent_without_waiting_fails_its_own_act_only(house: &House) {
    let store = house.open();
    let act = |id: i64| -> Boxed<i64> {
        Box::new(move |tx| {
            tx.exec_many(&[(PUT, &[id.into(), "owner".into(), id.into(), Val::Null])]);
            Ok(id)
        })
    };
    let outcomes = together(&store, vec![act(1), act(2), act(1), act(3)]);
    assert_eq!((&outcomes[0], &outcomes[1], &outcomes[3]), (&Ok(1), &Ok(2), &Ok(3)));
    assert!(matches!(&outcomes[2], Err(Oops::Db(error)) if error.is_unique()), "{outcomes:?}");
    assert_eq!(count(&store), 3);
}

fn a_panic_fails_only_its_act(house: &House) {
    let store = house.open();
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    let outcomes = together(
        &store,
        vec![
            Box::new(|tx| Ok(put(tx, 1)?)),
            Box::new(move |tx| {
                counted.fetch_add(1, Ordering::SeqCst);
                put(tx, 2)?;
                tx.append(vec![2]);
                panic!("part of the test")
            }),
            Box::new(|tx| {
                tx.append(vec![3]);
                Ok(put(tx, 3)?)
            }),
        ],
    );
    assert!(outcomes[0].is_ok() && outcomes[2].is_ok());
    assert!(matches!(&outcomes[1], Err(Oops::Db(error)) if error.kind == Kind::Panic));
    assert_eq!(runs.load(Ordering::SeqCst), 1);
    assert_eq!(count(&store), 2);
    assert_eq!(entries(&store), [(0, vec![3])]);
    let read: Result<(), DbError> = store.read_blocking(|_| panic!("part of the test"));
    assert_eq!(read.unwrap_err().kind, Kind::Panic);
    assert_eq!(count(&store), 2);
}

fn a_commit_that_fails_is_heard_by_everyone(house: &House) {
    let store = house.open();
    let outcomes = together(
        &store,
        vec![
            Box::new(|tx| Ok(put(tx, 1)?)),
            Box::new(|tx| {
                tx.append(vec![1]);
                Ok(tx.exec(
                    "INSERT INTO replies (id, note) VALUES ($1, $2)",
                    &[1.into(), 404.into()],
                )?)
            }),
        ],
    );
    assert!(outcomes.iter().all(Result::is_err), "{outcomes:?}");
    assert_eq!(count(&store), 0);
    assert_eq!(store.write_blocking(|tx| Ok::<_, DbError>(tx.append(vec![9]))), Ok(0));
    assert_eq!(store.write_blocking(|tx| put(tx, 1)), Ok(1));
    assert_eq!(entries(&store), [(0, vec![9])]);
}

fn a_journal_that_fails_is_heard_by_everyone(house: &House) {
    let lines = Lines::default();
    let (fail, settled) = (Arc::clone(&lines.fail_next_end), Arc::clone(&lines.settled));
    let store = Store::open(&house.url, DDL, Box::new(lines)).unwrap();
    let act = |id: i64| -> Boxed<u64> {
        Box::new(move |tx| {
            put(tx, id)?;
            Ok(tx.append(vec![1]))
        })
    };
    // Once is survived where a batch is run again, so the store is made to keep savepoints first.
    let _ = together(&store, vec![act(1), act(1)]);
    fail.store(true, Ordering::SeqCst);
    let outcomes = together(&store, vec![act(2), act(3)]);
    assert!(outcomes.iter().all(Result::is_err), "{outcomes:?}");
    assert_eq!(count(&store), 1);
    assert_eq!(together(&store, vec![act(2), act(3)]), [Ok(1), Ok(2)]);
    assert!(settled.load(Ordering::SeqCst) >= 3);
}

fn places_are_gapless_and_in_order(house: &House) {
    let store = house.open();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let mut given: Vec<u64> = runtime.block_on(async {
        let tasks: Vec<_> = (0..400_i64)
            .map(|id| {
                let store = store.clone();
                tokio::spawn(async move {
                    store
                        .write(move |tx| {
                            let place = tx.append(id.to_string().into_bytes());
                            put(tx, id)?;
                            if id % 7 == 0 {
                                return Err(Oops::No("sevens stay out"));
                            }
                            let second = tx.append(b"second".to_vec());
                            assert_eq!(second, place + 1);
                            Ok(place)
                        })
                        .await
                })
            })
            .collect();
        let mut given = Vec::new();
        for task in tasks {
            given.extend(task.await.unwrap());
        }
        given
    });
    given.sort_unstable();
    let kept = 400 - 400_usize.div_ceil(7);
    assert_eq!(given, (0..kept as u64).map(|n| n * 2).collect::<Vec<_>>());
    let entries = entries(&store);
    assert_eq!(entries.len(), kept * 2);
    assert!(entries.iter().zip(0..).all(|((place, _), n)| *place == n));
}

fn readers_see_only_what_is_committed(house: &House) {
    let store = house.open();
    let (wrote, written) = crossbeam_channel::bounded::<()>(1);
    let (release, held) = crossbeam_channel::bounded::<()>(0);
    let writing = {
        let store = store.clone();
        thread::spawn(move || {
            store.write_blocking(move |tx| {
                put(tx, 1)?;
                let _ = wrote.try_send(());
                let _ = held.recv();
                Ok::<_, DbError>(())
            })
        })
    };
    written.recv().unwrap();
    assert_eq!(count(&store), 0);
    drop(release);
    writing.join().unwrap().unwrap();
    assert_eq!(count(&store), 1);
}

fn a_reader_may_not_write(house: &House) {
    let store = house.open();
    assert!(store.read_blocking(|conn| put(conn, 1)).is_err());
    assert_eq!(count(&store), 0);
    let passed_over: Result<(), DbError> = store.read_blocking(|conn| {
        let _ = put(conn, 1);
        Ok(())
    });
    assert_eq!(passed_over.unwrap_err().kind, Kind::ReadOnly);
}

fn migrations_are_applied_once(house: &House) {
    let first = Store::open(&house.url, &DDL[..1], Box::new(NoJournal)).unwrap();
    drop(first);
    for _ in 0..2 {
        let store = house.open();
        let numbers = store
            .read_blocking(|conn| {
                conn.query("SELECT number, applied_at FROM migrations ORDER BY number", &[])
            })
            .unwrap();
        assert_eq!(numbers.len(), 2);
        assert!(numbers[1].text(1).unwrap().starts_with("20"));
    }
}

fn a_newer_database_is_refused(house: &House) {
    drop(house.open());
    let error = Store::open(&house.url, &DDL[..1], Box::new(NoJournal)).err().unwrap();
    assert!(matches!(error, OpenError::Newer { found: 2, known: 1 }), "{error}");
}

fn a_failing_migration_leaves_the_database_as_it_was(house: &House) {
    let broken =
        [DDL[0], ("0002-broken", "CREATE TABLE half (id BIGINT); CREATE TABLE half (id BIGINT);")];
    let error = Store::open(&house.url, &broken, Box::new(NoJournal)).err().unwrap();
    assert!(matches!(error, OpenError::Migration { .. }), "{error}");
    let misnamed = [DDL[0], ("0003-third", "SELECT 1")];
    let error = Store::open(&house.url, &misnamed, Box::new(NoJournal)).err().unwrap();
    assert!(error.to_string().contains("0002-"), "{error}");
    drop(house.open());
}

fn a_store_outlives_its_handles_until_all_is_answered(house: &House) {
    let store = house.open();
    let release = hold(&store);
    let (reply, answer) = crossbeam_channel::bounded(1);
    store.submit(|tx| put(tx, 1), move |outcome| drop(reply.send(outcome))).unwrap();
    let closing = thread::spawn(move || drop(store));
    thread::sleep(Duration::from_millis(20));
    drop(release);
    assert_eq!(answer.recv().unwrap(), Ok(1));
    closing.join().unwrap();
    assert_eq!(count(&house.open()), 1);
    if let DatabaseUrl::Sqlite(path) = &house.url {
        assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_second_process_is_refused_the_file() {
    let house = House::on_sqlite().unwrap();
    let store = house.open();
    let error = Store::open(&house.url, DDL, Box::new(NoJournal)).err().unwrap();
    assert!(error.to_string().contains("another azukari"), "{error}");
    drop(store);
    house.open();
}

#[test]
fn a_full_disk_is_told_and_survived() {
    let house = House::on_sqlite().unwrap();
    let store = house.open();
    let limit = |pages: &'static str| {
        store.write_blocking(move |tx| {
            tx.query(pages, &[])?;
            Ok::<_, DbError>(())
        })
    };
    let fill = |id: i64| {
        move |tx: &mut Tx<'_>| {
            tx.append(vec![0; 50_000]);
            tx.exec(PUT, &[id.into(), "o".into(), id.into(), vec![1; 400_000].into()])
        }
    };
    limit("PRAGMA max_page_count = 60").unwrap();
    let error = store.write_blocking(fill(1)).unwrap_err();
    assert_eq!(error.kind, Kind::Full, "{error}");
    assert_eq!((count(&store), entries(&store).len()), (0, 0));
    // The file may grow once more: everything works as before.
    limit("PRAGMA max_page_count = 100000").unwrap();
    assert_eq!(store.write_blocking(fill(2)), Ok(1));
    assert_eq!((count(&store), entries(&store).len()), (1, 1));
}

#[test]
fn erased_bytes_leave_the_file_and_the_log() {
    let house = House::on_sqlite().unwrap();
    let DatabaseUrl::Sqlite(path) = &house.url else { unreachable!() };
    let store = house.open();
    let canary = b"canary-3f9a-canary";
    let found = || {
        ["", "-wal"].iter().any(|end| {
            let bytes = std::fs::read(format!("{}{end}", path.display())).unwrap_or_default();
            bytes.windows(canary.len()).any(|window| window == canary)
        })
    };
    store
        .write_blocking(|tx| {
            tx.exec(PUT, &[1.into(), "o".into(), 1.into(), canary.to_vec().into()])
        })
        .unwrap();
    assert!(found());
    store.write_blocking(|tx| tx.exec("DELETE FROM notes WHERE id = $1", &[1.into()])).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(store.scrub()).unwrap();
    assert!(!found());
}

#[test]
fn a_lost_connection_is_made_anew() {
    let Some(house) = House::on_postgres() else { return };
    let store = house.open();
    store.write_blocking(|tx| put(tx, 1)).unwrap();
    assert_eq!(count(&store), 1);
    let mut admin = Postgres::connect(&std::env::var("AZUKARI_TEST_POSTGRES").unwrap()).unwrap();
    let pids = store
        .read_blocking(|conn| conn.one("SELECT pg_backend_pid()", &[])?.int(0))
        .and_then(|reader| {
            let writer =
                store.write_blocking(|tx| tx.one("SELECT pg_backend_pid()", &[])?.int(0))?;
            Ok((reader, writer))
        })
        .unwrap();
    admin
        .batch(&format!(
            "SELECT pg_terminate_backend({}); SELECT pg_terminate_backend({})",
            pids.0, pids.1
        ))
        .unwrap();
    // The act is run again on a new connection; nobody notices.
    assert_eq!(store.write_blocking(|tx| put(tx, 2)), Ok(1));
    thread::sleep(Duration::from_millis(1_100));
    assert_eq!(count(&store), 2);
    // Lost in the middle of the act, before the commit: run again as well.
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    let url = std::env::var("AZUKARI_TEST_POSTGRES").unwrap();
    let outcome = store.write_blocking(move |tx| {
        let touched = put(tx, 3)?;
        if counted.fetch_add(1, Ordering::SeqCst) == 0 {
            let pid = tx.one("SELECT pg_backend_pid()", &[])?.int(0)?;
            let mut admin = Postgres::connect(&url)?;
            admin.batch(&format!("SELECT pg_terminate_backend({pid})"))?;
            tx.query(COUNT, &[])?;
        }
        Ok::<_, DbError>(touched)
    });
    assert_eq!(outcome, Ok(1));
    assert_eq!(runs.load(Ordering::SeqCst), 2);
    assert_eq!(count(&store), 3);
}

#[test]
fn two_processes_on_one_postgres_share_the_places() {
    let Some(house) = House::on_postgres() else { return };
    let stores = [house.open(), house.open()];
    let threads: Vec<_> = stores
        .iter()
        .cloned()
        .enumerate()
        .flat_map(|(n, store)| (0..4).map(move |m| (n * 4 + m, store.clone())))
        .map(|(n, store)| {
            thread::spawn(move || {
                for round in 0..20 {
                    let id = i64::try_from(n * 20 + round).unwrap();
                    store
                        .write_blocking(move |tx| {
                            put(tx, id)?;
                            Ok::<_, DbError>(tx.append(vec![1]))
                        })
                        .unwrap();
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    assert!(entries(&stores[0]).iter().zip(0..160).all(|((place, _), n)| *place == n));
    assert_eq!(entries(&stores[0]).len(), 160);
}

#[test]
fn parameter_order_is_checked() {
    assert!(in_order("SELECT $1, $2, $1, $3"));
    assert!(in_order("SELECT 1"));
    assert!(!in_order("SELECT $2, $1"));
    assert!(!in_order("SELECT $1, $3"));
    assert!(!in_order("SELECT $0"));
}

#[test]
fn one_ddl_text_becomes_postgres_words() {
    assert_eq!(
        for_postgres("CREATE TABLE a (b BLOB, BLOBS TEXT, c BLOB NOT NULL) WITHOUT ROWID;"),
        "CREATE TABLE a (b BYTEA, BLOBS TEXT, c BYTEA NOT NULL);"
    );
}

#[test]
fn an_address_is_read_and_hides_its_password() {
    let url: DatabaseUrl = "postgres://me:secret@host:5432/db?options=x".parse().unwrap();
    assert_eq!(format!("{url} {url:?}"), "postgres://host:5432/db postgres://host:5432/db");
    assert_eq!("sqlite:a/b.db".parse::<DatabaseUrl>().unwrap().to_string(), "sqlite:a/b.db");
    assert!("mysql://x".parse::<DatabaseUrl>().is_err());
    assert!("sqlite:".parse::<DatabaseUrl>().is_err());
}

static NOTES: Insert = Insert::new("INSERT INTO notes (id, owner, slot, body)", 4);

fn add(tx: &mut Conn, id: i64) {
    tx.insert(&NOTES, [id.into(), "owner".to_owned().into(), id.into(), vec![7; 3].into()]);
}

fn rows_inserted_together_are_there_for_the_next_question(house: &House) {
    let store = house.open();
    let seen = store.write_blocking(|tx| {
        (0..37).for_each(|id| add(tx, id));
        let seen = tx.one(COUNT, &[])?.int(0)?;
        (37..43).for_each(|id| add(tx, id));
        Ok::<_, DbError>(seen)
    });
    assert_eq!((seen, count(&store)), (Ok(37), 43));
}

fn a_row_that_clashes_fails_its_own_act_only(house: &House) {
    let store = house.open();
    let act = |id: i64, say_no: bool| -> Boxed<()> {
        Box::new(move |tx| {
            add(tx, id);
            if say_no { Err(Oops::No("thanks")) } else { Ok(()) }
        })
    };
    let outcomes =
        together(&store, vec![act(1, false), act(1, false), act(2, true), act(3, false)]);
    assert_eq!(outcomes[0], Ok(()));
    assert!(matches!(&outcomes[1], Err(Oops::Db(error)) if error.is_unique()));
    assert_eq!(outcomes[2], Err(Oops::No("thanks")));
    assert_eq!(outcomes[3], Ok(()));
    assert_eq!(count(&store), 2);
}

fn questions_of_neighbours_are_answered_as_if_each_asked_alone(house: &House) {
    const SLOT: &str = "SELECT slot FROM notes WHERE id = $1";
    let store = house.open();
    store.write_blocking(|tx| (1..=3).try_for_each(|id| put(tx, id).map(drop))).unwrap();
    // The last of them writes what the first has written: then each is asked alone.
    for clash in [false, true] {
        let release = hold(&store);
        let mut answers = Vec::new();
        for (n, id) in [2_i64, 9, 3].into_iter().enumerate() {
            let (reply, answer) = crossbeam_channel::bounded(1);
            let new = if clash { 100 } else { 10 + i64::try_from(n).unwrap() };
            let act = move |tx: &mut Tx<'_>, rows: Vec<Vec<Row>>| {
                add(tx, new);
                let slots: Vec<i64> =
                    rows.iter().flatten().map(|row| row.int(0).unwrap()).collect();
                Ok::<_, DbError>((rows.len(), slots))
            };
            let questions = vec![(SLOT, vec![id.into()]), (SLOT, vec![1_i64.into()])];
            let written = Written::new(act, move |outcome| drop(reply.send(outcome)));
            let job = Job::Act(Box::new(written.asking(questions)));
            send(store.0.acts.as_ref(), job).unwrap();
            answers.push(answer);
        }
        drop(release);
        let heard: Vec<_> = answers.into_iter().map(|answer| answer.recv().unwrap()).collect();
        assert_eq!(heard[0], Ok((2, vec![2, 1])));
        for (outcome, wanted) in heard[1..].iter().zip([vec![1], vec![3, 1]]) {
            match outcome {
                Ok(seen) if !clash => assert_eq!(*seen, (2, wanted)),
                Err(error) if clash => assert!(error.is_unique()),
                other => panic!("{other:?}"),
            }
        }
    }
    assert_eq!(count(&store), 3 + 3 + 1);
}
