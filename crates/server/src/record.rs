//! The keeper of what happened: writes an act's record and the ledger entry that commits to it, in
//! the act's own transaction, and grows the published log at the end of every batch.
//!
//! What a record says is `policy::record`; what the tree does is the `ledger` crate; this room
//! joins the two to the tables.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use jiff::Timestamp;
use ledger::{Edge, SigningKey, leaf_hash, prove_inclusion, sign_checkpoint, tlog_proof};
use policy::plan::Lock;
use policy::record::{Act, Provision, Record, SALT_BYTES, commitment, entry};
use policy::{Document, SubjectId, Version, party};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::clock::Clock;
use crate::error::Error;
use crate::keys::Keys;
use crate::once::Fresh;
use crate::store::records::SealedRecord;
use crate::store::{Call, Conn, DbError, Journal, Kind, Row, Tx, ledger as log, records};

/// Where an act is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Its index in the ledger.
    pub index: u64,
    /// The record's id.
    pub id: [u8; 16],
}

impl Place {
    /// The record's id as people and programs see it.
    pub fn record_id(&self) -> String {
        format!("rec_{}", party::base32().encode(&self.id))
    }

    /// The same number as the id of a disclosure.
    pub fn disclosure_id(&self) -> String {
        format!("dis_{}", party::base32().encode(&self.id))
    }
}

/// A record as it was written, with the salt that opens its commitment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The salt.
    pub salt: [u8; SALT_BYTES],
    /// The record's exact bytes.
    pub bytes: Vec<u8>,
}

impl Opening {
    /// The record, read back.
    ///
    /// # Errors
    /// When the bytes are not a record.
    pub fn record(&self) -> Result<Record, serde_json::Error> {
        serde_json::from_slice(&self.bytes)
    }

    /// The commitment that the ledger must hold.
    pub fn commitment(&self) -> [u8; 32] {
        commitment(&self.salt, &self.bytes)
    }
}

/// Everything about a record that stands in clear beside it, bound to it by the seal.
fn context(
    id: &[u8; 16],
    act: &str,
    subject: Option<SubjectId>,
    at: i64,
    until: Option<i64>,
) -> Vec<u8> {
    let mut context = Vec::with_capacity(80);
    context.extend_from_slice(id);
    context.push(u8::try_from(act.len()).unwrap_or(u8::MAX));
    context.extend_from_slice(act.as_bytes());
    match subject {
        Some(subject) => {
            context.push(1);
            context.extend_from_slice(&subject.0);
        }
        None => context.push(0),
    }
    context.extend_from_slice(&at.to_be_bytes());
    context.extend_from_slice(&until.unwrap_or(i64::MIN).to_be_bytes());
    context
}

impl App {
    /// Writes an act down: the sealed record, and the entry that commits to it.
    ///
    /// # Errors
    /// When the record cannot be sealed.
    pub fn record(
        &self,
        tx: &mut Tx<'_>,
        record: &Record,
        keep_until: Option<Timestamp>,
        fresh: &Fresh,
    ) -> Result<Place, Error> {
        write(&self.keys, &self.terms, tx, record, keep_until, fresh)
    }

    /// Opens a record for whoever may see it: the person it is about, or a verifier.
    ///
    /// # Errors
    /// When the row was changed, or sealed under another key.
    pub fn open_record(&self, row: &SealedRecord) -> Result<Opening, Error> {
        open(&self.keys, row)
    }

    /// Finds the record of an act done before under the same idempotency key, if doing it again
    /// comes out the same; with it, until when it is kept. `None` when it is refused by now, or on
    /// other grounds: that is another act, to be written down as one.
    ///
    /// # Errors
    /// [`Error::Conflict`] when it is allowed, but the record that stands does not say what would
    /// be given now.
    pub fn same_record(
        &self,
        conn: &mut Conn,
        index: u64,
        now: &Act,
    ) -> Result<Option<(Place, Option<Timestamp>)>, Error> {
        let row = records::at(conn, index.cast_signed())?
            .ok_or_else(|| anyhow::anyhow!("record {index} is missing"))?;
        let then = self.open_record(&row)?.record().map_err(anyhow::Error::from)?.act;
        if same(&then, now) {
            let until = match &then {
                Act::Disclosed(provision) => Some(provision.keep_until),
                _ => None,
            };
            return Ok(Some((Place { index, id: row.id }, until)));
        }
        if matches!(now, Act::Refused { .. }) {
            return Ok(None);
        }
        Err(Error::Conflict(
            "this request was carried out before and its answer has changed since; send it with a \
             new idempotency key"
                .to_owned(),
        ))
    }
}

/// Writes an act down, as [`App::record`] does, for whoever has keys and terms and no house.
///
/// # Errors
/// When the record cannot be sealed, or these are not the terms it was decided on.
pub fn write(
    keys: &Keys,
    terms: &Terms,
    tx: &mut Tx<'_>,
    record: &Record,
    keep_until: Option<Timestamp>,
    fresh: &Fresh,
) -> Result<Place, Error> {
    // The turn itself is the one act that goes by no version yet.
    let turns = matches!(
        record.act,
        Act::PolicyPublished { .. } | Act::PolicyTookEffect { .. } | Act::PolicyWithdrawn { .. }
    );
    if !turns {
        terms.still(record.policy)?;
    }
    let act = record.act.kind();
    let bytes = serde_json::to_vec(record).map_err(anyhow::Error::from)?;
    let index = tx.append(entry(act, record.at, &commitment(&fresh.salt, &bytes)));
    let (at, until) = (record.at.as_millisecond(), keep_until.map(Timestamp::as_millisecond));
    let context = context(&fresh.id, act, record.subject, at, until);
    let mut plain = Vec::with_capacity(SALT_BYTES + bytes.len());
    plain.extend_from_slice(&fresh.salt);
    plain.extend_from_slice(&bytes);
    let sealed = keys.seal_system("record", &context, &plain)?;
    records::insert(
        tx,
        SealedRecord {
            place: index.cast_signed(),
            id: fresh.id,
            act: act.to_owned(),
            subject: record.subject,
            at,
            keep_until: until,
            sealed,
        },
    );
    Ok(Place { index, id: fresh.id })
}

/// Opens a record with the keys alone.
///
/// # Errors
/// When the row was changed, or sealed under another key.
pub fn open(keys: &Keys, row: &SealedRecord) -> Result<Opening, Error> {
    let context = context(&row.id, &row.act, row.subject, row.at, row.keep_until);
    let plain = keys.open_system("record", &context, &row.sealed)?;
    let (salt, bytes) = plain
        .split_first_chunk::<SALT_BYTES>()
        .ok_or_else(|| anyhow::anyhow!("a record without a salt"))?;
    Ok(Opening { salt: *salt, bytes: bytes.to_vec() })
}

/// The proof that an entry is in the ledger, against the newest checkpoint (C2SP tlog-proof); `None` when
/// it is not. The entry itself rides along, so that the file proves something on its own.
///
/// # Errors
/// When the tree is damaged.
pub fn proof(conn: &mut Conn, place: u64) -> Result<Option<String>, Error> {
    let (size, checkpoint) = log::head(conn)?;
    if place >= size {
        return Ok(None);
    }
    let entry = log::entries(conn, place, 1)?.pop().map(|(_, entry)| entry);
    let proof = prove_inclusion(place, size, |tile| {
        let found = log::tile(conn, tile)?;
        found.ok_or_else(|| Error::from(anyhow::anyhow!("tile {tile:?} is missing")))
    })
    .map_err(|error| anyhow::anyhow!("entry {place} cannot be proven: {error}"))?;
    Ok(Some(tlog_proof(place, &proof, &checkpoint, entry.as_deref())))
}

/// Whether two acts say the same in everything but until when the record is kept: that runs from
/// the act which was done.
fn same(then: &Act, now: &Act) -> bool {
    match (then, now) {
        (Act::Disclosed(then), Act::Disclosed(now)) => {
            Provision { keep_until: then.keep_until, ..(**now).clone() } == **then
        }
        _ => then == now,
    }
}

/// The rules that a process goes by: a version of the policy, and what the plans up to it promised.
pub struct Rules {
    /// The policy in force.
    pub document: Arc<Document>,
    /// What was collected before a moment and stays locked to its old purposes.
    pub locks: Vec<(Timestamp, Lock)>,
    /// The versions whose plans promise a letter to each person, with the moment each took effect.
    pub letters: Vec<(Version, i64)>,
    /// When the next version takes effect, as far as this process has heard, in milliseconds.
    pub next_at: Option<i64>,
}

/// What this process goes by. It lies in the database, so it is known only after the store is open;
/// what is not known yet is not held against anything.
#[derive(Default)]
pub struct Terms {
    /// What signs checkpoints; known before the first act.
    pub key: OnceLock<SigningKey>,
    /// The id of the root that it wraps keys under.
    pub root: OnceLock<String>,
    /// By what the moment of the next version is told.
    pub clock: OnceLock<Arc<dyn Clock>>,
    rules: RwLock<Option<Arc<Rules>>>,
    /// The version that the batch at work goes by; `None` while it turns.
    batch: RwLock<Option<Version>>,
    /// True while this process goes from one version to the next: nothing else is done then.
    turning: AtomicBool,
    /// True once an act was refused because another version is in force.
    left_behind: AtomicBool,
}

impl Terms {
    /// The rules; `None` before the first are known.
    pub fn rules(&self) -> Option<Arc<Rules>> {
        self.rules.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Nothing but the turn is done from here on.
    pub fn begin_turn(&self) {
        self.turning.store(true, Ordering::SeqCst);
    }

    /// Goes by other rules from here on.
    pub fn go_by(&self, rules: Rules) {
        *self.rules.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(rules));
        self.left_behind.store(false, Ordering::SeqCst);
        self.turning.store(false, Ordering::SeqCst);
    }

    /// Whether another version may be in force than the one this process goes by.
    pub fn is_left_behind(&self) -> bool {
        self.left_behind.load(Ordering::SeqCst) || self.turning.load(Ordering::SeqCst)
    }

    fn changed(&self) -> DbError {
        self.left_behind.store(true, Ordering::SeqCst);
        let message = "another version of the policy is in force; it is being taken up".to_owned();
        DbError { kind: Kind::PolicyChanged, message }
    }

    /// Refuses a batch when another process has gone on to another root or policy, or when the
    /// moment of the next version has come. Acts of the batch may go by the version found here.
    fn hold(&self, head: &log::Taken) -> Result<(), DbError> {
        let found = self.found(head);
        let batch = found.as_ref().map_or(None, |version| *version);
        *self.batch.write().unwrap_or_else(PoisonError::into_inner) = batch;
        found.map(drop)
    }

    fn found(&self, head: &log::Taken) -> Result<Option<Version>, DbError> {
        if self.root.get().is_some_and(|root| *root != head.root) {
            let message =
                "the root key was rotated; start this process with the new one".to_owned();
            return Err(DbError { kind: Kind::RootChanged, message });
        }
        let Some(rules) = self.rules() else { return Ok(None) };
        if self.turning.load(Ordering::SeqCst) {
            return Ok(None);
        }
        let now = self.clock.get().map(|clock| clock.now().as_millisecond());
        let is_due = head.next_at.zip(now).is_some_and(|(next_at, now)| next_at <= now);
        if is_due || rules.document.version.to_string() != head.policy {
            return Err(self.changed());
        }
        Ok(Some(rules.document.version))
    }

    /// Refuses whatever goes by another version than the one that was in force when the batch at
    /// work took the ledger's place, and everything but the turn itself while it turns. Every
    /// record is held against this; so is a write that rests on the rules and leaves no record.
    ///
    /// # Errors
    /// [`Kind::PolicyChanged`]: the act is undone, and worth a retry.
    pub fn still(&self, version: Version) -> Result<(), DbError> {
        if *self.batch.read().unwrap_or_else(PoisonError::into_inner) == Some(version) {
            return Ok(());
        }
        Err(self.changed())
    }
}

/// Grows the log: tiles, head and signed checkpoint, once per batch.
pub struct Log {
    terms: Arc<Terms>,
    edge: Option<Edge>,
    next: Option<Edge>,
}

impl Log {
    /// A log that this process keeps on these terms.
    pub fn new(terms: Arc<Terms>) -> Self {
        Self { terms, edge: None, next: None }
    }
}

/// A fault in the log, as the database's.
fn fault(error: impl std::fmt::Display) -> DbError {
    DbError { kind: Kind::Corrupt, message: format!("the ledger cannot go on: {error}") }
}

impl Journal for Log {
    fn begin(
        &mut self,
        conn: &mut Conn,
        questions: &[Call<'_>],
    ) -> Result<(u64, Vec<Vec<Row>>), DbError> {
        let (head, answers) = log::take_place(conn, questions)?;
        self.terms.hold(&head)?;
        let size = head.size;
        // Another process may have appended, or the last commit's outcome is not known.
        if self.edge.as_ref().is_none_or(|edge| edge.size() != size) {
            let edge = Edge::load(size, |tile| {
                log::tile(conn, tile)?.ok_or_else(|| fault(format!("tile {tile:?} is missing")))
            })
            .map_err(fault)?;
            self.edge = Some(edge);
        }
        Ok((size, answers))
    }

    fn end(&mut self, conn: &mut Conn, base: u64, entries: &[Vec<u8>]) -> Result<(), DbError> {
        let mut edge = self.edge.clone().ok_or_else(|| fault("it has no edge"))?;
        for (entry, place) in entries.iter().zip(base..) {
            log::put_entry(conn, place, entry);
        }
        for tile in edge.append(entries.iter().map(|entry| leaf_hash(entry))) {
            log::put_tile(conn, &tile);
        }
        let key = self.terms.key.get().ok_or_else(|| fault("it has no key"))?;
        let checkpoint = sign_checkpoint(key, edge.size(), edge.root()).map_err(fault)?;
        log::put_head(conn, edge.size(), &checkpoint);
        self.next = Some(edge);
        Ok(())
    }

    fn settled(&mut self, committed: bool) {
        match (self.next.take(), committed) {
            (Some(next), true) => self.edge = Some(next),
            (None, true) => {}
            // Nothing is known of the log now; the next batch reads it anew.
            (_, false) => self.edge = None,
        }
    }
}
