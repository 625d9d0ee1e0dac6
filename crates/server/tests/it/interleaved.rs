//! Several actors at once, in whatever order chance has it: no value is given without its record
//! standing there already (I3), records and ledger entries are as many, and every row commits to
//! its leaf (S8).

use std::sync::Arc;

use azukari::store::{DbError, ledger as log, records};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::house::{Call, Guest, House, NOTICE, Store};

const STORES: [&str; 2] = ["aoi", "midori"];
const NAMES: [&str; 3] = ["Hanako", "Yoko", "Taro"];

/// Something that somebody does.
#[derive(Debug, Clone)]
enum Deed {
    Books { guest: usize, store: usize, cancelled: bool },
    Answers { guest: usize, state: &'static str },
    Restricts { guest: usize, stopped: bool },
    Suspends { store: usize, suspended: bool },
    Puts { guest: usize, version: u8 },
    Uses { guest: usize },
    Asks { guest: usize, store: usize, once: Option<u8> },
    TimePasses { minutes: i64 },
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let guest = 0..NAMES.len();
    let store = 0..STORES.len();
    let deed = prop_oneof![
        3 => (guest.clone(), store.clone(), prop::bool::weighted(0.2))
            .prop_map(|(guest, store, cancelled)| Deed::Books { guest, store, cancelled }),
        1 => (guest.clone(), prop::sample::select(vec!["given", "given", "withdrawn"]))
            .prop_map(|(guest, state)| Deed::Answers { guest, state }),
        1 => (guest.clone(), prop::bool::weighted(0.3))
            .prop_map(|(guest, stopped)| Deed::Restricts { guest, stopped }),
        1 => (store.clone(), prop::bool::weighted(0.3))
            .prop_map(|(store, suspended)| Deed::Suspends { store, suspended }),
        1 => (guest.clone(), 0..9u8).prop_map(|(guest, version)| Deed::Puts { guest, version }),
        2 => guest.clone().prop_map(|guest| Deed::Uses { guest }),
        8 => (guest, store, prop::option::weighted(0.3, 0..4u8))
            .prop_map(|(guest, store, once)| Deed::Asks { guest, store, once }),
        1 => (1..120i64).prop_map(|minutes| Deed::TimePasses { minutes }),
    ];
    prop::collection::vec(deed, 20..60)
}

/// The call that a deed is; none when only time passes.
fn call(house: &House, guests: &[String], deed: &Deed) -> Option<Call> {
    let her = |n: usize| Guest { house, id: guests[n].clone() };
    let call = match deed {
        Deed::Books { guest, store, cancelled } => house.put(
            &her(*guest).path(&format!("engagements/{}/bk-1", STORES[*store])),
            &json!({
                "starts_at": "2026-11-22T18:00:00+09:00",
                "ends_at": "2026-11-22T20:00:00+09:00",
                "cancelled": cancelled,
            }),
        ),
        Deed::Answers { guest, state } => house.put(
            &her(*guest).path("consents/store_disclosure"),
            &json!({ "state": state, "notice": NOTICE, "language": "ja" }),
        ),
        Deed::Restricts { guest, stopped } => house.put(
            &her(*guest).path("restrictions"),
            &json!({ "purpose": "meal", "stopped": stopped }),
        ),
        Deed::Suspends { store, suspended } => house.put(
            &format!("/v1/recipients/{}", STORES[*store]),
            &json!({
                "category": "store", "name": "店", "address": "東京", "representative": "代表",
                "suspended": suspended,
            }),
        ),
        Deed::Puts { guest, version } => {
            her(*guest).puts("allergy", &format!("{} {version}", NAMES[*guest]))
        }
        Deed::Uses { guest } => her(*guest).is_used("service", &["allergy", "name"]),
        Deed::Asks { guest, store, once } => {
            let asking = Store::named(house, STORES[*store]).asks_for(&her(*guest), &["allergy"]);
            let call = asking.for_meal().sends();
            match once {
                Some(key) => call.once(&format!("{guest}-{store}-{key}")),
                None => call,
            }
        }
        Deed::TimePasses { .. } => return None,
    };
    Some(call)
}

/// At the moment of an answer its record is durable and in the signed log.
fn is_on_record(house: &House, answer: &Value, deed: &Deed) -> Result<policy::Record, String> {
    let index = answer["ledger"]["index"].as_u64().or(answer["record"].as_u64());
    let index = index.ok_or_else(|| format!("{deed:?} tells no place: {answer}"))?;
    let found = house.app.store.read_blocking(move |conn| {
        Ok::<_, DbError>((log::head(conn)?.0, records::at(conn, index.cast_signed())?))
    });
    let (size, row) = found.map_err(|error| error.to_string())?;
    let row = row.ok_or_else(|| format!("{deed:?} answered before its record"))?;
    if size <= index {
        return Err(format!("{deed:?} answered before its entry"));
    }
    let opening = house.app.open_record(&row).map_err(|error| error.to_string())?;
    opening.record().map_err(|error| error.to_string())
}

async fn does(house: &House, guests: &[String], deed: &Deed) -> Result<(), String> {
    if let Deed::TimePasses { minutes } = deed {
        house.lets_seconds_pass(minutes * 60);
        return Ok(());
    }
    let Some(call) = call(house, guests, deed) else { return Ok(()) };
    let began = house.now();
    let answer = call.go().await;
    let body = answer.value();
    match (deed, answer.status) {
        (Deed::Asks { guest, .. } | Deed::Uses { guest }, 200 | 201) => {
            let record = is_on_record(house, &body, deed)?;
            let value = body["items"]["allergy"].as_str().unwrap_or_default();
            if !value.starts_with(NAMES[*guest]) {
                return Err(format!("{deed:?} gave somebody else's value: {body}"));
            }
            let kind = record.act.kind();
            let right = matches!(
                (deed, kind),
                (Deed::Asks { .. }, "disclosed") | (Deed::Uses { .. }, "used")
            );
            // A repeated request stands on the record of the first.
            let in_time = record.at <= house.now()
                && (record.at >= began || matches!(deed, Deed::Asks { once: Some(_), .. }));
            if !right || !in_time {
                return Err(format!("{deed:?} stands on {kind} at {}", record.at));
            }
        }
        (Deed::Asks { .. } | Deed::Uses { .. }, 403) => {
            let record = is_on_record(house, &body, deed)?;
            if record.act.kind() != "refused" {
                return Err(format!("{deed:?} stands on {}", record.act.kind()));
            }
        }
        // Carried out before under this key, with another answer.
        (Deed::Asks { once: Some(_), .. }, 409) => {}
        (_, 200) => drop(is_on_record(house, &body, deed)?),
        (_, status) => return Err(format!("{deed:?} heard {status}: {body}")),
    }
    Ok(())
}

async fn plays(deeds: Vec<Deed>) -> Result<(), String> {
    let house = Arc::new(House::open());
    for store in STORES {
        house.store(store).await;
    }
    let mut guests = Vec::new();
    for name in NAMES {
        let form = house.guest(name).allergic_to(&format!("{name} first"));
        guests.push(form.signs_up().await.id);
    }
    let guests = Arc::new(guests);
    let mut actors = tokio::task::JoinSet::new();
    for actor in 0..4 {
        let mine: Vec<Deed> = deeds.iter().skip(actor).step_by(4).cloned().collect();
        let (house, guests) = (Arc::clone(&house), Arc::clone(&guests));
        actors.spawn(async move {
            for deed in &mine {
                does(&house, &guests, deed).await?;
            }
            Ok::<_, String>(())
        });
    }
    for outcome in actors.join_all().await {
        outcome?;
    }
    let rows = house.rows();
    if rows["records"] != rows["entries"] {
        return Err(format!("{} records and {} entries", rows["records"], rows["entries"]));
    }
    house.adds_up();
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_every_provision_has_its_record(deeds in deeds()) {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let outcome = runtime.block_on(plays(deeds));
        prop_assert!(outcome.is_ok(), "{}", outcome.unwrap_err());
    }
}
