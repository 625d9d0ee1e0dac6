//! A power cut between shredding and telling: whoever received what went is told of it, or it has not
//! gone. The server is killed while accounts are closed, again and again; afterwards each value is there
//! or the store has its instruction, with the message that carries it, and never both or neither.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::house::{Caller, House, runtime};

/// Guests whose allergy the store received.
const GUESTS: u64 = 48;
/// Closed at a time.
const AT_ONCE: usize = 12;

async fn guest(caller: &Caller, n: u64) -> String {
    let agreed = |consent: &str| json!({"consent": consent, "state": "given", "notice": "2026-10-01", "language": "ja"});
    let body = json!({
        "regime": "jp",
        "items": {
            "name": "見本花子", "email": format!("guest{n}@guests.example"), "allergy": "見本豆",
        },
        "consents": [
            agreed("store_disclosure"), agreed("related_information"), agreed("dietary_care"),
        ],
    });
    let taken = caller.post("/v1/subjects", &body).await.unwrap();
    let subject = taken["subject"].as_str().unwrap().to_owned();
    caller.book(&subject, &format!("R{n}")).await.unwrap();
    let ask = json!({
        "subject": subject, "recipient": "sushi", "purpose": "meal", "items": ["allergy"],
    });
    let given = caller.post("/v1/disclosures", &ask).await.unwrap();
    assert_eq!(given["items"]["allergy"], "見本豆");
    subject
}

fn survives(house: &House) {
    let runtime = runtime();
    let server = house.start();
    let caller = server.caller();
    let mut open: Vec<String> = runtime.block_on(async {
        caller.store().await.unwrap();
        let guests = (0..GUESTS).map(|n| {
            let caller = caller.clone();
            tokio::spawn(async move { guest(&caller, n).await })
        });
        let mut taken = Vec::new();
        for guest in guests.collect::<Vec<_>>() {
            taken.push(guest.await.unwrap());
        }
        taken
    });
    server.kill();

    let mut kills = 0;
    while !open.is_empty() {
        let server = house.start();
        let caller = server.caller();
        // It dies as soon as the first of these is answered, and the others are anywhere.
        let answered = Arc::new(Semaphore::new(0));
        let now: Vec<String> = open.iter().take(AT_ONCE).cloned().collect();
        let tasks: Vec<_> = now
            .iter()
            .map(|subject| {
                let (caller, subject) = (caller.clone(), subject.clone());
                let answered = Arc::clone(&answered);
                runtime.spawn(async move {
                    let closed: Option<Value> = caller.close(&subject).await.ok();
                    answered.add_permits(1);
                    closed.map(|_| subject)
                })
            })
            .collect();
        runtime.block_on(async { answered.acquire().await.unwrap().forget() });
        server.kill();
        kills += 1;
        let acknowledged: Vec<String> =
            tasks.into_iter().filter_map(|task| runtime.block_on(task).unwrap()).collect();
        let counts = house.look(|conn| {
            let count = |conn: &mut azukari::store::Conn, sql| conn.one(sql, &[])?.int(0);
            Ok([
                count(conn, "SELECT COUNT(*) FROM items WHERE item = 'allergy'")?,
                count(conn, "SELECT COUNT(*) FROM instructions WHERE kind = 'erase'")?,
                count(conn, "SELECT COUNT(*) FROM outbox WHERE topic = 'instruction'")?,
                count(conn, "SELECT COUNT(*) FROM records WHERE act = 'instructed'")?,
            ])
        });
        let [values, told, messages, records] = counts;
        assert_eq!(values + told, i64::try_from(GUESTS).unwrap(), "{counts:?} after {kills} kills");
        assert_eq!((told, told), (messages, records), "{counts:?} after {kills} kills");
        open.retain(|subject| !acknowledged.contains(subject));
        assert!(told >= i64::try_from(GUESTS).unwrap() - i64::try_from(open.len()).unwrap());
        assert!(kills < 200, "nothing is ever acknowledged");
    }
    house.is_sound();
}

#[test]
fn nobody_is_left_untold_by_a_power_cut_on_sqlite() {
    survives(&House::on_sqlite());
}

#[test]
fn nobody_is_left_untold_by_a_power_cut_on_postgres() {
    if let Some(house) = House::on_postgres() {
        survives(&house);
    }
}
