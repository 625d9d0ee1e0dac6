//! `kill -9` at any moment under load: whatever was answered before is in the rows and in the
//! ledger at its index afterwards, the ledger verifies, and no value was received without its
//! record. The moments come from a fixed seed, which a failure names.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use azukari::store::{Conn, DbError};
use policy::party::base32;

use crate::house::{Caller, Done, House, No, PATIENCE, Server, runtime};

const SEED: u64 = 0x00a2_0ca1_2026_1122;
const CALLERS: usize = 6;
/// A start after a kill; the machine may be busy with other tests.
const QUICK: Duration = Duration::from_secs(10);

/// Numbers that look random and are the same every time (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }
}

/// What was acknowledged, and whose value was being received when the answer broke off.
#[derive(Default)]
struct Heard {
    done: Vec<Done>,
    cut: Vec<String>,
}

/// The act's outcome; `None` when the server is gone. It may fall silent, but never say no.
fn heard<T>(outcome: Result<T, No>) -> Option<T> {
    match outcome {
        Ok(done) => Some(done),
        Err(No::Silence | No::Cut) => None,
        Err(No::Answer(status, body)) => panic!("answered {status}: {body}"),
    }
}

/// Does acts until no answer comes.
async fn acts(caller: Caller, next: Arc<AtomicU64>) -> Heard {
    let mut all = Heard::default();
    loop {
        let n = next.fetch_add(1, Ordering::SeqCst);
        let name = format!("guest number {n}");
        let Some(done) = heard(caller.register(&name, n).await) else { return all };
        let subject = done.subject.clone().unwrap();
        all.done.push(done);
        for round in 0..3 {
            let reference = format!("R{n}-{round}");
            let Some(done) = heard(caller.book(&subject, &reference).await) else { return all };
            all.done.push(done);
            for _ in 0..2 {
                let received = caller.disclose(&subject, &reference).await;
                if let Err(No::Cut) = received {
                    all.cut.push(subject.clone());
                }
                let Some((done, value)) = heard(received) else { return all };
                assert_eq!(value, name, "a value of somebody else");
                all.done.push(done);
            }
            let state = if round % 2 == 0 { "given" } else { "withdrawn" };
            let Some(done) = heard(caller.marketing(&subject, state).await) else { return all };
            all.done.push(done);
        }
    }
}

/// An answer that broke off may have told the value: its record is there like those before it.
fn is_recorded(conn: &mut Conn, subject: &str, heard: &[Done]) -> Result<(), DbError> {
    let id = base32().decode(subject.strip_prefix("sub_").unwrap().as_bytes()).unwrap();
    let sql = "SELECT COUNT(*) FROM records WHERE subject = $1 AND act = 'disclosed'";
    let kept = conn.one(sql, &[id.into()])?.int(0)?;
    let whole = heard
        .iter()
        .filter(|done| done.act == "disclosed" && done.subject.as_deref() == Some(subject))
        .count();
    assert!(kept.unsigned_abs() > whole as u64, "a value of {subject} left without its record");
    Ok(())
}

/// Row and entry of an act, by its index.
fn is_kept(conn: &mut Conn, done: &Done) -> Result<(), DbError> {
    let index = done.index.cast_signed();
    let row = conn.opt("SELECT id, act, subject FROM records WHERE place = $1", &[index.into()])?;
    let row = row.unwrap_or_else(|| panic!("{done:?} was answered and has no record"));
    assert_eq!(format!("rec_{}", base32().encode(row.blob(0)?)), done.record, "{done:?}");
    assert_eq!(row.text(1)?, done.act, "{done:?}");
    let subject = row.opt_blob(2)?.map(|bytes| format!("sub_{}", base32().encode(bytes)));
    assert_eq!(subject, done.subject, "{done:?}");
    let entry = conn.opt("SELECT entry FROM entries WHERE place = $1", &[index.into()])?;
    let entry = entry.unwrap_or_else(|| panic!("{done:?} was answered and has no entry"));
    let said = format!(r#"{{"v":1,"act":"{}","#, done.act);
    assert!(entry.blob(0)?.starts_with(said.as_bytes()), "{done:?}");
    Ok(())
}

fn survives(house: &House, kills: u64) {
    println!("seed {SEED:#x}");
    let mut dice = Dice(SEED);
    let next = Arc::new(AtomicU64::new(0));
    let runtime = runtime();
    let mut all: Vec<Done> = Vec::new();
    let mut slowest = Duration::ZERO;

    let first = house.start();
    runtime.block_on(first.caller().store()).unwrap();
    first.kill();

    for kill in 0..kills {
        let server: Server = house.start();
        slowest = slowest.max(server.took);
        let tasks: Vec<_> =
            (0..CALLERS).map(|_| runtime.spawn(acts(server.caller(), Arc::clone(&next)))).collect();
        // A few die before their first answer, most in the middle of a commit.
        std::thread::sleep(Duration::from_millis(dice.below(350)));
        server.kill();
        let (mut round, mut cut) = (Vec::new(), Vec::new());
        for task in tasks {
            let ended = runtime.block_on(async { tokio::time::timeout(PATIENCE, task).await });
            let heard = ended.expect("a caller does not end").expect("a caller was told wrong");
            round.extend(heard.done);
            cut.extend(heard.cut);
        }
        house.look(|conn| {
            round.iter().try_for_each(|done| is_kept(conn, done))?;
            cut.iter().try_for_each(|subject| is_recorded(conn, subject, &round))
        });
        all.extend(round);
        if kill % 5 == 0 {
            house.is_sound();
        }
    }

    let last = house.start();
    let size = house.is_sound();
    house.look(|conn| all.iter().try_for_each(|done| is_kept(conn, done)));
    let mut places: Vec<u64> = all.iter().map(|done| done.index).collect();
    places.sort_unstable();
    assert!(places.windows(2).all(|pair| pair[0] != pair[1]), "two acts have one place");
    let values = all.iter().filter(|done| done.act == "disclosed").count();
    println!(
        "{kills} kills, {} acts acknowledged, {values} of them values received, {size} entries; \
         slowest start {slowest:?}",
        all.len()
    );
    assert!(all.len() as u64 > kills, "the kills came before anything was done");
    assert!(values > 0, "nothing was disclosed");
    assert!(slowest < QUICK, "a start took {slowest:?}");
    assert!(last.stop().success());
}

/// One account after another: taken in, and closed. Tells who was, until no answer comes.
async fn comes_and_goes(caller: Caller) -> Vec<(String, bool)> {
    let mut all = Vec::new();
    loop {
        let body = serde_json::json!({
            "regime": "eu",
            "items": {
                "name": "見本", "email": format!("guest{}@guests.example", next_number()),
                "serving_size": "small",
            },
        });
        let Some(taken) = heard(caller.post("/v1/subjects", &body).await) else { return all };
        let subject = taken["subject"].as_str().unwrap().to_owned();
        let closed = heard(caller.close(&subject).await).is_some();
        all.push((subject, closed));
        if !closed {
            return all;
        }
    }
}

/// A number that no other account has.
fn next_number() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::SeqCst)
}

/// Closed with everything that goes with it on record, or as it was: nothing in between.
fn is_whole(conn: &mut Conn, subject: &str, answered: bool) -> Result<bool, DbError> {
    let id = base32().decode(subject.strip_prefix("sub_").unwrap().as_bytes()).unwrap();
    let row = conn.one(
        "SELECT (SELECT COUNT(*) FROM subject_keys WHERE subject = $1 AND closed_at IS NOT NULL), \
         (SELECT COUNT(*) FROM records WHERE subject = $1 AND act = 'account_closed'), \
         (SELECT COUNT(*) FROM records WHERE subject = $1 AND act = 'erased'), \
         1 - (SELECT COUNT(*) FROM items WHERE subject = $1 AND item = 'serving_size'), \
         1 - (SELECT COUNT(*) FROM lookups WHERE subject = $1)",
        &[id.into()],
    )?;
    let seen: Vec<i64> = (0..5).map(|column| row.int(column).unwrap()).collect();
    assert!(seen == [1; 5] || (seen == [0; 5] && !answered), "{subject}: {seen:?}");
    Ok(seen == [1; 5])
}

fn erases_whole(house: &House, kills: u64) {
    let mut dice = Dice(SEED ^ 1);
    let runtime = runtime();
    let (mut whole, mut untouched) = (0, 0);
    for _ in 0..kills {
        let server: Server = house.start();
        let tasks: Vec<_> =
            (0..CALLERS).map(|_| runtime.spawn(comes_and_goes(server.caller()))).collect();
        std::thread::sleep(Duration::from_millis(50 + dice.below(300)));
        server.kill();
        let mut all = Vec::new();
        for task in tasks {
            let ended = runtime.block_on(async { tokio::time::timeout(PATIENCE, task).await });
            all.extend(ended.expect("a caller does not end").expect("a caller was told wrong"));
        }
        house.look(|conn| {
            for (subject, answered) in &all {
                if is_whole(conn, subject, *answered)? { whole += 1 } else { untouched += 1 }
            }
            Ok(())
        });
    }
    house.is_sound();
    println!("{kills} kills, {whole} accounts closed and {untouched} as they were");
    assert!(whole > kills, "the kills came before anything was closed");
}

#[test]
fn a_kill_leaves_an_erasure_whole_or_undone_on_sqlite() {
    erases_whole(&House::on_sqlite(), 30);
}

#[test]
fn a_kill_leaves_an_erasure_whole_or_undone_on_postgres() {
    if let Some(house) = House::on_postgres() {
        erases_whole(&house, 5);
    }
}

#[test]
fn two_hundred_kills_lose_nothing_on_sqlite() {
    survives(&House::on_sqlite(), 200);
}

#[test]
fn twenty_kills_lose_nothing_on_postgres() {
    if let Some(house) = House::on_postgres() {
        survives(&house, 20);
    }
}
