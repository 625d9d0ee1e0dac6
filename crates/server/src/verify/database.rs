//! The look from inside: one snapshot of the database, in which every record must open under the
//! house's key, say what its columns in clear say, and be what the entry at its place commits to.
//! Reads 256 places at a time, so that a ledger of any size takes the same memory.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::Context;
use jiff::Timestamp;
use ledger::{LogSource, SigningKey, TileId, VerifyingKey, encode_bundle};
use policy::record::{Act, keep_until};
use serde::Deserialize;
use vault::KeySource;

use super::{Finding, RecordId, TOLD, Verdict, tree};
use crate::app::MIGRATIONS;
use crate::keys::Keys;
use crate::record;
use crate::store::policies::Published;
use crate::store::records::{self, Found, SealedRecord};
use crate::store::{DatabaseUrl, Snapshot, ledger as log, policies};

/// Places read at once: as many as a bundle has entries.
const WIDTH: i64 = 256;

/// Looks at a database, without claiming or changing it. With keys given, only those may have
/// signed its checkpoint; without, its own.
///
/// # Errors
/// When it cannot be looked at: no database, not its root key.
pub fn database(
    url: &DatabaseUrl,
    root: Box<dyn KeySource>,
    vkeys: &[VerifyingKey],
    since: Option<&str>,
) -> anyhow::Result<Verdict> {
    let mut conn = Snapshot::open(url, MIGRATIONS.len())?;
    let (keys, origin, seed) = Keys::look(&mut conn, root)?;
    let own = SigningKey::from_seed(&origin, &seed).context("the ledger's key")?;
    let own = [own.verifying_key().clone()];
    let vkeys = if vkeys.is_empty() { &own } else { vkeys };
    if since.is_none() && log::is_untouched(&mut conn)? {
        return Ok(Verdict { records: Some(0), ..Verdict::default() });
    }

    let head = log::head_as_found(&mut conn)?;
    let text = head.as_ref().map(|(_, text)| text.clone()).filter(|text| !text.is_empty());
    let mut house = House {
        conn,
        keys,
        checkpoint: text.clone(),
        records: 0,
        wide: 0,
        gone: BTreeSet::new(),
        strays: Vec::new(),
        published: BTreeMap::new(),
        missing: BTreeMap::new(),
        shortest: shortest_keeping()?,
        ended: 0,
        told: Verdict::default(),
    };
    let mut verdict = Verdict { text, ..Verdict::default() };
    tree(&mut house, vkeys, since, &mut verdict)?;
    let read: u64 = house.gone.len() as u64;
    verdict.entries = verdict.entries.saturating_sub(read);
    verdict.findings.retain(|finding| !house.placeholder(finding));
    house.finish(head.map(|(size, _)| size), &mut verdict)?;
    Ok(verdict)
}

/// The database as a log, which checks the records on the way.
struct House {
    conn: Snapshot,
    keys: Keys,
    checkpoint: Option<String>,
    records: u64,
    /// Tiles with more hashes than the checkpoint's size gives them.
    wide: u64,
    /// Places between others that have no entry.
    gone: BTreeSet<u64>,
    /// True records that the entry at their place does not commit to.
    strays: Vec<Stray>,
    /// The policies that the records say were published, by version.
    published: BTreeMap<String, PublishedOnRecord>,
    /// Runs of places without a record, by their first: the last of each.
    missing: BTreeMap<u64, u64>,
    /// The regimes, the shortest of whose periods no record may be ended within.
    shortest: Vec<policy::Regime>,
    /// How many records were ended in time.
    ended: u64,
    told: Verdict,
}

/// A true record at the wrong place, with the entry that it would belong to.
struct Stray {
    place: u64,
    id: RecordId,
    entry: Vec<u8>,
}

/// What an entry says in clear.
#[derive(Deserialize)]
struct Said {
    act: String,
    at: jiff::Timestamp,
}

impl LogSource for House {
    type Error = anyhow::Error;

    fn checkpoint(&mut self) -> anyhow::Result<Option<String>> {
        Ok(self.checkpoint.clone())
    }

    fn tile(&mut self, id: TileId, width: u16) -> anyhow::Result<Option<Vec<u8>>> {
        let hashes = log::tile_as_found(&mut self.conn, id)?;
        let wide = hashes.as_ref().is_some_and(|hashes| hashes.len() > usize::from(width) * 32);
        self.wide += u64::from(wide);
        Ok(hashes)
    }

    fn entries(&mut self, n: u64, width: u16) -> anyhow::Result<Option<Vec<u8>>> {
        let from = i64::try_from(n)?.checked_mul(WIDTH).context("a ledger beyond all numbers")?;
        let to = from + i64::from(width);
        let mut entries = log::entries_as_found(&mut self.conn, from, to)?.into_iter().peekable();
        let mut rows = records::between(&mut self.conn, from, to)?.into_iter().peekable();
        let last = entries.len();
        let mut bundle: Vec<Vec<u8>> = Vec::with_capacity(last);
        let mut found = 0;
        for place in from..to {
            let entry = entries.next_if(|(at, _)| *at == place).map(|(_, entry)| entry);
            let row = rows.next_if(|(at, _)| *at == Some(place)).map(|(_, row)| row);
            self.row(place.unsigned_abs(), entry.as_ref(), row);
            match entry {
                Some(entry) => {
                    found += 1;
                    bundle.push(entry.unwrap_or_default());
                }
                // Those behind it keep their places: an empty entry stands for the one missing.
                None if found < last => {
                    self.gone.insert(place.unsigned_abs());
                    bundle.push(Vec::new());
                }
                None => {}
            }
        }
        Ok(if found == 0 { None } else { Some(encode_bundle(&bundle)?) })
    }
}

impl House {
    /// Holds what is at a place in `records` against what is there in `entries`; an entry of `None`
    /// is there and is not bytes, which is the log's to tell.
    fn row(
        &mut self,
        place: u64,
        entry: Option<&Option<Vec<u8>>>,
        row: Option<Result<SealedRecord, crate::store::DbError>>,
    ) {
        let Some(row) = row else { return self.missing(place) };
        self.records += 1;
        let Ok(row) = row else { return self.told.tell(Finding::RecordUnreadable { place }) };
        let id = RecordId(row.id);
        let Some(entry) = entry else {
            let place = Some(row.place);
            return self.told.tell(Finding::RecordAdded { place, id: Some(id) });
        };
        let Some(entry) = entry else { return };
        let opened = record::open(&self.keys, &row)
            .ok()
            .and_then(|opening| Some((opening.record().ok()?, opening.commitment())));
        let Some((record, commitment)) = opened else {
            let columns = contradicted(&row, entry);
            return self.told.tell(Finding::RecordChanged { place, id, columns });
        };
        let due = policy::record::entry(record.act.kind(), record.at, &commitment);
        if due != *entry {
            if self.strays.len() < TOLD {
                self.strays.push(Stray { place, id, entry: due });
            } else {
                self.told.more += 1;
            }
            return;
        }
        match &record.act {
            Act::PolicyPublished { version, hash, effective_at, plan } => {
                let (hash, effective_at, plan) = (hash.clone(), *effective_at, plan.clone());
                let on_record = PublishedOnRecord { hash, effective_at, plan, withdrawn: false };
                self.published.insert(version.to_string(), on_record);
            }
            // One that was withdrawn before anybody took it up has no other record.
            Act::PolicyWithdrawn { version, hash } => {
                let hash = hash.clone();
                let alone =
                    PublishedOnRecord { hash, effective_at: None, plan: None, withdrawn: true };
                self.published.entry(version.to_string()).or_insert(alone).withdrawn = true;
            }
            _ => {}
        }
        if let Act::RecordsEnded { places, .. } = &record.act
            && let Err(error) = self.ended(place, record.at, places)
        {
            // The database stopped answering: what was said to be ended counts as missing then.
            tracing::error!(%error, "the records that an act ended cannot be looked up");
        }
        let columns = disagreeing(&row, &record);
        if !columns.is_empty() {
            self.told.tell(Finding::RecordDisagrees { place, id, columns });
        }
    }

    /// Notes a missing record, in one run with those just before.
    fn missing(&mut self, place: u64) {
        match self.missing.last_entry() {
            Some(mut run) if *run.get() + 1 == place => {
                run.insert(place);
            }
            _ => {
                self.missing.insert(place, place);
            }
        }
    }

    /// Takes the places that a true record at `by` says were ended out of those missing, unless they
    /// were ended before any law lets them go: what an entry says of its moment is signed.
    fn ended(&mut self, by: u64, at: jiff::Timestamp, places: &[(u64, u64)]) -> anyhow::Result<()> {
        for &(first, last) in places {
            // An act ends what was there before it.
            if first > last || last >= by {
                self.told.tell(Finding::RecordsEndedEarly { first, last, by });
                continue;
            }
            for place in records::present(&mut self.conn, first.cast_signed(), last.cast_signed())?
            {
                self.told.tell(Finding::RecordPutBack { place: place.unsigned_abs(), by });
            }
            let mut from = first;
            while from <= last {
                let to = last.min(from + WIDTH.unsigned_abs() - 1);
                let entries = log::entries_as_found(
                    &mut self.conn,
                    from.cast_signed(),
                    to.cast_signed() + 1,
                )?;
                for (place, entry) in entries {
                    let place = place.unsigned_abs();
                    if entry.is_some_and(|entry| self.was_over(&entry, at)) {
                        self.ended += u64::from(self.found(place));
                    } else {
                        let (first, last) = (place, place);
                        self.told.tell(Finding::RecordsEndedEarly { first, last, by });
                        self.found(place);
                    }
                }
                from = to + 1;
            }
        }
        Ok(())
    }

    /// Whether the record of an entry may have been ended by a moment.
    fn was_over(&self, entry: &[u8], at: jiff::Timestamp) -> bool {
        let Ok(said) = serde_json::from_slice::<Said>(entry) else { return false };
        let ends = self.shortest.iter().filter_map(|regime| keep_until(regime, said.at).ok());
        said.act == "disclosed" && ends.min().is_some_and(|end| end <= at)
    }

    /// Takes a place out of the missing; false when it was not among them.
    fn found(&mut self, place: u64) -> bool {
        let run = self.missing.range(..=place).next_back().map(|(first, last)| (*first, *last));
        let Some((first, last)) = run.filter(|(_, last)| *last >= place) else { return false };
        self.missing.remove(&first);
        if first < place {
            self.missing.insert(first, place - 1);
        }
        if place < last {
            self.missing.insert(place + 1, last);
        }
        true
    }

    /// Whether a finding is about an entry that merely stands for a missing one.
    fn placeholder(&self, finding: &Finding) -> bool {
        matches!(finding, Finding::Log(ledger::Finding::EntryChanged { index })
            if self.gone.contains(index))
    }

    /// What can be told only when all was read.
    fn finish(mut self, head: Option<u64>, verdict: &mut Verdict) -> anyhow::Result<()> {
        for place in std::mem::take(&mut self.gone) {
            verdict.tell(Finding::EntryMissing { place });
        }
        if let Some(size) = verdict.checkpoint.as_ref().map(|checkpoint| checkpoint.size) {
            if let Some(head) = head.filter(|head| *head != size) {
                verdict.tell(Finding::HeadDiffers { head, checkpoint: size });
            }
            let entries = log::entries_outside(&mut self.conn, size)?;
            let tiles = log::tiles_outside(&mut self.conn, size)? + self.wide;
            for (what, count) in [("entries", entries), ("tiles", tiles)] {
                if count > 0 {
                    verdict.tell(Finding::Beyond { what, count, size });
                }
            }
            self.outside(size)?;
            self.policies()?;
        }
        for (first, last) in std::mem::take(&mut self.missing) {
            self.told.tell(Finding::RecordsMissing { first, last });
        }
        self.strays(verdict)?;
        let House { told, records, ended, .. } = self;
        verdict.ended = ended;
        for finding in told.findings {
            verdict.tell(finding);
        }
        verdict.more += told.more;
        verdict.records = Some(records);
        Ok(())
    }

    /// Records at places that the ledger does not have.
    fn outside(&mut self, size: u64) -> anyhow::Result<()> {
        let told = i64::try_from(TOLD)?;
        let (count, rows) = records::outside(&mut self.conn, i64::try_from(size)?, told)?;
        self.told.more += count - rows.len() as u64;
        self.records += count;
        for (place, row) in rows as Vec<Found> {
            let id = row.ok().map(|row| RecordId(row.id));
            self.told.tell(Finding::RecordAdded { place, id });
        }
        Ok(())
    }

    /// Holds every published policy against the record of its publication.
    fn policies(&mut self) -> anyhow::Result<()> {
        let mut recorded = std::mem::take(&mut self.published);
        for row in policies::as_found(&mut self.conn)? {
            let waits =
                !row.recorded && self.keys.proves_policy(&row.version, &row.sealed(), &row.proof);
            let Some(on_record) = recorded.remove(&row.version) else {
                // Published by this house, and not yet seen by whoever writes the ledger.
                if waits {
                    continue;
                }
                self.told.tell(Finding::PolicyUnrecorded { version: row.version });
                continue;
            };
            // A withdrawal that nobody has written into the ledger yet is no change.
            let genuine = on_record.is_of(&row, waits && row.is_withdrawn())
                && policy::read::hash(&row.files()) == on_record.hash
                && self.keys.proves_policy(&row.version, &row.sealed(), &row.proof);
            if !genuine {
                self.told.tell(Finding::PolicyChanged { version: row.version });
            }
        }
        for version in recorded.into_keys() {
            self.told.tell(Finding::PolicyMissing { version });
        }
        Ok(())
    }

    /// Finds where records belong that are not where they belong.
    fn strays(&mut self, verdict: &Verdict) -> anyhow::Result<()> {
        // Where the entry was changed, the record is right and the log has told it.
        let changed = |place: u64| {
            verdict.findings.iter().any(|finding| match finding {
                Finding::Log(ledger::Finding::EntryChanged { index }) => *index == place,
                Finding::Log(ledger::Finding::EntriesChanged { first, last }) => {
                    (*first..=*last).contains(&place)
                }
                _ => false,
            })
        };
        let strays: Vec<Stray> = std::mem::take(&mut self.strays);
        let strays: Vec<Stray> = strays.into_iter().filter(|s| !changed(s.place)).collect();
        if strays.is_empty() {
            return Ok(());
        }
        let mut wanted: HashMap<&[u8], Option<u64>> =
            strays.iter().map(|stray| (stray.entry.as_slice(), None)).collect();
        let size = verdict.checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.size);
        let mut from = 0;
        while from < i64::try_from(size)? {
            let entries = log::entries_as_found(&mut self.conn, from, from + WIDTH)?;
            if entries.is_empty() {
                break;
            }
            for (place, entry) in entries {
                let entry = entry.unwrap_or_default();
                if let Some(belongs) = wanted.get_mut(entry.as_slice()) {
                    belongs.get_or_insert(place.unsigned_abs());
                }
            }
            from += WIDTH;
        }
        for Stray { place, id, entry } in &strays {
            let (place, id) = (*place, *id);
            self.told.tell(match wanted.get(entry.as_slice()).copied().flatten() {
                Some(belongs) => Finding::RecordMoved { place, id, belongs },
                None => Finding::RecordUncommitted { place, id },
            });
        }
        Ok(())
    }
}

/// The regimes that a provision record may have been kept under.
fn shortest_keeping() -> anyhow::Result<Vec<policy::Regime>> {
    let regimes = policy::regime::built_in().map_err(anyhow::Error::msg)?;
    Ok(regimes.into_values().collect())
}

/// The columns of a row that the entry at its place contradicts.
fn contradicted(row: &SealedRecord, entry: &[u8]) -> Vec<&'static str> {
    let Ok(said) = serde_json::from_slice::<Said>(entry) else { return Vec::new() };
    let act = (said.act != row.act).then_some("act");
    let at = (said.at.as_millisecond() != row.at).then_some("at");
    act.into_iter().chain(at).collect()
}

/// The columns of a row that its own record contradicts.
fn disagreeing(row: &SealedRecord, record: &policy::Record) -> Vec<&'static str> {
    let keep_until = match &record.act {
        Act::Disclosed(provision) => Some(provision.keep_until.as_millisecond()),
        _ => None,
    };
    let columns = [
        ("act", record.act.kind() != row.act),
        ("at", record.at.as_millisecond() != row.at),
        ("subject", record.subject != row.subject),
        ("keep_until", keep_until != row.keep_until),
    ];
    columns.into_iter().filter_map(|(column, wrong)| wrong.then_some(column)).collect()
}

/// What the records say of a published policy.
struct PublishedOnRecord {
    hash: String,
    /// From when on it holds; `None` for at once.
    effective_at: Option<Timestamp>,
    /// SHA-256 of its plan.
    plan: Option<String>,
    withdrawn: bool,
}

impl PublishedOnRecord {
    /// Whether a row says the same; one that waits to be recorded as withdrawn is so already.
    fn is_of(&self, row: &Published, waits_to_be_withdrawn: bool) -> bool {
        let at = self.effective_at.map_or(row.published_at, Timestamp::as_millisecond);
        let withdrawn = self.withdrawn || waits_to_be_withdrawn;
        let plan = (!row.plan.is_empty()).then(|| row.plan_hash());
        self.hash == row.hash
            && withdrawn == row.is_withdrawn()
            && (withdrawn || at == row.effective_at && self.plan == plan)
    }
}
