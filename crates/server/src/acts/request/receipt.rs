//! The deletion receipt 消去証明: what an erasure that she asked for took and left, who is told of it and
//! what they answered so far, with what proves it against the ledger offline.

use std::sync::Arc;

use data_encoding::BASE64;
use jiff::Timestamp;
use policy::SubjectId;
use policy::party::RecipientName;
use policy::record::{Act, Gone, RecordDuty, Stayed};
use policy::request::{RequestId, State};
use serde::Serialize;

use super::Request;
use crate::acts::instruction::{Instruction, read};
use crate::app::App;
use crate::error::Error;
use crate::keys::Keys;
use crate::record;
use crate::store::{Conn, instructions, records};

/// A deletion receipt. As JSON it is a file that `azukari ledger proof` checks.
#[derive(Debug, Clone, Serialize)]
pub struct ErasureReceipt {
    /// The receipt number of the request.
    pub request: String,
    /// When it was carried out.
    pub at: Timestamp,
    /// What went, by thing and version.
    pub gone: Vec<Gone>,
    /// What stayed, until when and why.
    pub stayed: Vec<Stayed>,
    /// The records of provisions that stay.
    pub records: Vec<RecordsKept>,
    /// Who is told, and what they answered so far.
    pub told: Vec<Told>,
    /// The key of the ledger, as published at `/ledger/key`.
    pub ledger_key: String,
    /// What opens the ledger's entry; nothing when nothing went.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opening: Option<Opening>,
    /// That the entry is in the ledger (C2SP tlog-proof); nothing when nothing went.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof: Option<String>,
}

/// Records of what was provided to others, which an erasure leaves (R1.8, R12.2): they tell who received
/// which item, and hold no value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordsKept {
    /// How many; what is withheld from her is not counted (Act 33(5)).
    pub count: u64,
    /// Why: law asks for them, or they are kept all the same.
    pub because: RecordDuty,
    /// Until when the last of them is kept.
    pub until: Timestamp,
}

/// The records of provisions that are kept of a person, by why.
///
/// # Errors
/// When one does not open.
pub fn records_kept(
    app: &App,
    conn: &mut Conn,
    subject: SubjectId,
) -> Result<Vec<RecordsKept>, Error> {
    let mut kept: Vec<RecordsKept> = Vec::new();
    for row in records::crossings(conn, subject, i64::MAX, i64::MAX)? {
        if row.act != "disclosed" {
            continue;
        }
        let record = app.open_record(&row)?.record().map_err(anyhow::Error::from)?;
        let Act::Disclosed(provision) = record.act else { continue };
        if provision.exception.is_some_and(|used| used.withheld_from_subject) {
            continue;
        }
        let (because, until) = (provision.record_duty, provision.keep_until);
        match kept.iter_mut().find(|kept| kept.because == because) {
            Some(kept) => {
                kept.count += 1;
                kept.until = kept.until.max(until);
            }
            None => kept.push(RecordsKept { count: 1, because, until }),
        }
    }
    kept.sort_by_key(|kept| kept.because == RecordDuty::Voluntary);
    Ok(kept)
}

/// A recipient that is told.
#[derive(Debug, Clone, Serialize)]
pub struct Told {
    /// Who.
    pub recipient: RecipientName,
    /// What it is told to do, by its word.
    pub instruction: &'static str,
    /// When it was told; nothing while it is not.
    pub told_at: Option<Timestamp>,
    /// When it answered.
    pub answered_at: Option<Timestamp>,
    /// What it answered, by its word.
    pub outcome: Option<&'static str>,
}

/// The salt and the exact bytes behind a commitment, in base64.
#[derive(Debug, Clone, Serialize)]
pub struct Opening {
    /// The salt.
    pub salt: String,
    /// The record.
    pub record: String,
}

impl From<Instruction> for Told {
    fn from(instruction: Instruction) -> Self {
        let Instruction { recipient, kind, told_at, answered_at, outcome, .. } = instruction;
        let outcome = outcome.map(policy::record::InstructionOutcome::word);
        Self { recipient, instruction: kind.word(), told_at, answered_at, outcome }
    }
}

/// Who is told of what was done for a request, and what they answered so far.
///
/// # Errors
/// When an instruction was changed.
pub fn told(keys: &Keys, conn: &mut Conn, id: RequestId) -> Result<Vec<Told>, Error> {
    let all = instructions::of_request(conn, id)?.into_iter();
    all.map(|kept| Ok(Told::from(read(keys, kept)?))).collect()
}

/// The receipt for a request.
///
/// # Errors
/// [`Error::NotFound`] when there is no such request, or nothing was to be erased for it; a failure when
/// what proves it cannot be read.
pub async fn receipt(app: &Arc<App>, id: RequestId) -> Result<ErasureReceipt, Error> {
    let keeper = Arc::clone(app);
    app.store
        .read(move |conn| {
            let missing = || Error::not_found("deletion receipt", id.to_string());
            let request = Request::read(&keeper.keys, conn, id)?.ok_or_else(missing)?;
            let erased = request.matter.erased.ok_or_else(missing)?;
            let done = request.progress.moves.iter().find(|(state, _)| *state == State::Executed);
            let told = told(&keeper.keys, conn, id)?;
            let kept = request.subject.map(|subject| records_kept(&keeper, conn, subject));
            let (mut opening, mut proof) = (None, None);
            if let Some(place) = erased.place {
                let row = records::at(conn, place.index.cast_signed())?
                    .ok_or_else(|| anyhow::anyhow!("record {} is missing", place.index))?;
                let opened = keeper.open_record(&row)?;
                opening = Some(Opening {
                    salt: BASE64.encode(&opened.salt),
                    record: BASE64.encode(&opened.bytes),
                });
                proof = record::proof(conn, place.index)?;
            }
            Ok(ErasureReceipt {
                request: id.number(),
                at: done.map_or(request.progress.received_at, |(_, at)| *at),
                gone: erased.gone,
                stayed: erased.stayed,
                records: kept.transpose()?.unwrap_or_default(),
                told,
                ledger_key: keeper.ledger_key.to_string(),
                opening,
                proof,
            })
        })
        .await
}
