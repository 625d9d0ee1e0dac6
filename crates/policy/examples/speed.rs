//! How long a decision takes: a store asks for five items of a guest who booked it.
//!
//! `cargo run --release -p policy --example speed`

use std::collections::BTreeMap;
use std::error::Error;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use jiff::Timestamp;
use policy::{
    Ask, ConsentFact, ConsentState, Decision, Engagement, Facts, RecipientFact, SubjectId, decide,
};

const ROUNDS: u32 = 200_000;

fn main() -> Result<(), Box<dyn Error>> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../apps/reservation/policy");
    let read = policy::read_dir(&dir).map_err(|findings| format!("{findings:?}"))?;
    let now: Timestamp = "2026-10-10T18:00:00+09:00".parse()?;
    let consents: Result<Vec<ConsentFact>, Box<dyn Error>> = read
        .document
        .consents
        .keys()
        .map(|consent| {
            Ok(ConsentFact {
                consent: consent.clone(),
                state: ConsentState::Given,
                notice: read.document.version,
                at: now,
            })
        })
        .collect();
    let facts = Facts {
        policy: &read.document,
        regime: Some("jp".parse()?),
        consents: consents?,
        restrictions: Vec::new(),
        recipient: Some(RecipientFact {
            name: "sushi-ueno".parse()?,
            category: "store".parse()?,
            country: None,
            suspended: false,
        }),
        engagement: Some(Engagement {
            reference: "BK-1".parse()?,
            starts_at: now,
            ends_at: "2026-10-10T21:00:00+09:00".parse()?,
            cancelled: false,
        }),
        approval: None,
        holding: policy::retention::Holding::default(),
        locked: Vec::new(),
        unreadable: Vec::new(),
    };
    let items = ["allergy", "favourite_food", "disliked_food", "serving_size", "preferred_alcohol"];
    let ask = Ask {
        subject: SubjectId([1; 16]),
        recipient: Some("sushi-ueno".parse()?),
        purpose: "meal".parse()?,
        items: items.iter().map(|item| item.parse()).collect::<Result<_, _>>()?,
        reference: Some("BK-1".parse()?),
        exception: false,
    };

    let mut nanoseconds = BTreeMap::new();
    let stopped = Facts { restrictions: vec![None], ..facts.clone() };
    for (answer, facts) in [("permit", &facts), ("refusal", &stopped)] {
        let is_permit = matches!(decide(ask.clone(), facts, now), Decision::Permit(_));
        if is_permit != (answer == "permit") {
            return Err(format!("not a {answer}").into());
        }
        // The best of five, so that a busy machine does not count.
        let best = (0..5)
            .map(|_| {
                let start = Instant::now();
                for _ in 0..ROUNDS {
                    black_box(decide(black_box(ask.clone()), black_box(facts), now));
                }
                start.elapsed().as_nanos() / u128::from(ROUNDS)
            })
            .min();
        nanoseconds.insert(answer, best.unwrap_or_default());
    }
    for (answer, ns) in nanoseconds {
        println!("decide, five items, {answer}: {ns} ns");
    }
    Ok(())
}
