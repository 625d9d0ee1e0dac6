//! What costs the same wherever the data lies: deciding, sealing and opening, growing the log and
//! proving. One thread, in memory.

use std::collections::HashMap;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;
use ledger::{Edge, TileId, leaf_hash, prove_inclusion};
use policy::decide::{Admission, Offer};
use policy::record::{commitment, entry};
use policy::{
    Ask, ConsentFact, ConsentState, Decision, Document, Engagement, Facts, ItemName, Permit,
    RecipientFact, admit, decide,
};
use vault::{FileKey, Plain, SubjectKey};

use super::sample::{self, Numbers};
use super::table::{Aim, Table, count, millis};

/// The time of one `work`, in the best of many rounds of `batch`: the machine may be shared.
fn each<E>(batch: u32, mut work: impl FnMut() -> Result<(), E>) -> Result<f64, E> {
    let mut best = f64::INFINITY;
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(1) {
        let round = Instant::now();
        for _ in 0..batch {
            work()?;
        }
        best = best.min(round.elapsed().as_secs_f64() / f64::from(batch));
    }
    Ok(best)
}

/// An ask that is permitted, with its facts.
fn ask_and_facts(document: &Document) -> anyhow::Result<(Ask, Facts<'_>)> {
    let now = sample::moment();
    let names = ["allergy", "favourite_food", "disliked_food", "serving_size", "note_1"];
    let items: Result<Vec<ItemName>, _> = names.iter().map(|name| name.parse()).collect();
    let given = |name: &str| -> anyhow::Result<ConsentFact> {
        let (consent, notice) = (name.parse()?, document.version);
        Ok(ConsentFact { consent, state: ConsentState::Given, notice, at: now })
    };
    let ask = Ask {
        subject: sample::subject(1, 1),
        recipient: Some("store-01".parse()?),
        purpose: "meal".parse()?,
        items: items?,
        reference: Some("bk-1".parse()?),
        exception: false,
    };
    let facts = Facts {
        policy: document,
        regime: Some("jp".parse()?),
        consents: vec![given("store_disclosure")?, given("dietary_care")?],
        restrictions: Vec::new(),
        stopped_recipients: Vec::new(),
        recipient: Some(RecipientFact {
            name: "store-01".parse()?,
            category: "store".parse()?,
            country: Some("JP".to_owned()),
            suspended: false,
        }),
        engagement: Some(Engagement {
            reference: "bk-1".parse()?,
            starts_at: now,
            ends_at: now + jiff::SignedDuration::from_hours(2),
            cancelled: false,
        }),
        approval: None,
        holding: policy::retention::Holding {
            put_at: ask.items.iter().map(|item| (item.clone(), now)).collect(),
            account_end: None,
            engagement_end: Some(now + jiff::SignedDuration::from_hours(2)),
        },
        locked: Vec::new(),
        unreadable: Vec::new(),
    };
    Ok((ask, facts))
}

fn permit(document: &Document) -> anyhow::Result<Permit> {
    let (ask, facts) = ask_and_facts(document)?;
    match decide(ask, &facts, sample::moment()) {
        Decision::Permit(permit) => Ok(*permit),
        Decision::Refusal(refusal) => anyhow::bail!("the sample is refused: {:?}", refusal.reasons),
    }
}

fn admission(document: &Document, permit: &Permit) -> anyhow::Result<Admission> {
    let (_, facts) = ask_and_facts(document)?;
    let regime = "jp".parse()?;
    let items = permit.items().to_vec();
    let offer = Offer {
        policy: document,
        regime: &regime,
        items,
        consents: &facts.consents,
        waiting: &[],
        registering: false,
    };
    admit(offer).map_err(|refusal| anyhow::anyhow!("the sample is refused: {:?}", refusal.reasons))
}

/// Rules and vault.
pub(super) fn rules_and_vault(table: &mut Table, folder: &Path) -> anyhow::Result<()> {
    let document = policy::read_files(&sample::policy())
        .map_err(|findings| anyhow::anyhow!("the sample policy: {findings:?}"))?
        .document;
    table.head("rules and vault, one core");
    let permit = permit(&document)?;
    let (ask, facts) = ask_and_facts(&document)?;
    let took = each(10_000, || {
        black_box(decide(black_box(ask.clone()), &facts, sample::moment()));
        Ok::<_, anyhow::Error>(())
    })?;
    table.row("decide: 5 items to a store, permitted", took * 1e9, "ns", Aim::AtMost(5_000.0));

    let path = folder.join("bench-root.key");
    let root = FileKey::create(&path)?;
    let subject = permit.subject();
    let (key, _) = SubjectKey::create(&root, subject)?;
    let admission = admission(&document, &permit)?;
    let item = permit.items().last().context("an item")?.clone();
    let plain = Plain::new("n".repeat(200));
    let took = each(10_000, || {
        let sealed = vault::seal(&admission, &key, &item, 1, black_box(&plain))?;
        black_box(vault::open(&permit, &key, &item, 1, sealed.as_bytes())?);
        Ok::<_, anyhow::Error>(())
    })?;
    let aim = Aim::AtLeast(1_000_000.0);
    table.row("seal and open 200 bytes, keys derived", 1.0 / took, "/s", aim);
    let _ = std::fs::remove_file(path);
    Ok(())
}

/// The log in memory: grown in batches of 64 entries as long as real ones, then asked for proofs.
pub(super) fn log(table: &mut Table, leaves: u64) -> anyhow::Result<()> {
    table.head(format!(
        "ledger in memory, {} leaves, one core",
        super::table::number(count(leaves))
    ));
    let sample = entry("disclosed", sample::moment(), &commitment(&[7; 16], b"record"));
    let mut tiles: HashMap<TileId, Vec<u8>> = HashMap::new();
    let mut edge = Edge::empty();
    let begun = Instant::now();
    for first in (0..leaves).step_by(64) {
        let mut tried = edge.clone();
        let changed = tried.append((first..leaves.min(first + 64)).map(|n| {
            let mut entry = sample.clone();
            entry[..8].copy_from_slice(&n.to_be_bytes());
            leaf_hash(&entry)
        }));
        tiles.extend(changed.into_iter().map(|tile| (tile.id, tile.hashes)));
        edge = tried;
    }
    let rate = count(leaves) / begun.elapsed().as_secs_f64();
    table.row("leaves integrated, batches of 64", rate, "/s", Aim::AtLeast(500_000.0));

    let read = |id: TileId| tiles.get(&id).cloned().ok_or(id);
    let mut numbers = Numbers::new(7, 7);
    let took = each(500, || {
        let proof = prove_inclusion(numbers.below(leaves), leaves, read);
        proof.map(|proof| drop(black_box(proof))).map_err(|error| anyhow::anyhow!("{error}"))
    })?;
    let took = millis(Duration::from_secs_f64(took));
    table.row("inclusion proof", took, "ms", Aim::AtMost(1.0));
    Ok(())
}
