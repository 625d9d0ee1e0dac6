//! One proof as a person was given it: that the ledger holds an entry, and, with the record and its
//! salt, that this entry speaks of that record. Checked offline; nothing is asked of anyone.

use data_encoding::BASE64;
use ledger::{ReceiptError, TlogProof, VerifyingKey, check_tlog_proof};
use policy::Record;
use policy::record::{SALT_BYTES, commitment, entry};
use serde::Deserialize;

/// What a proof shows.
#[derive(Debug)]
pub struct Receipt {
    /// The entry's place, and the checkpoint that vouches for it.
    pub proof: TlogProof,
    /// The kind of act and its moment, as the entry says them.
    pub entry: Entry,
    /// The record, when it came along.
    pub record: Option<Box<Record>>,
}

/// What an entry says in clear.
#[derive(Debug, Deserialize)]
pub struct Entry {
    /// The kind of act.
    pub act: String,
    /// When it happened.
    pub at: jiff::Timestamp,
}

/// Why a proof shows nothing.
#[derive(Debug, thiserror::Error)]
pub enum NotProven {
    /// Nothing that could be a proof.
    #[error("the file is no proof: neither a .tlog-proof nor a file with `opening` and `proof`")]
    Unreadable,
    /// A proof without the entry it is about.
    #[error("the proof does not carry its entry, so it cannot be told what it is about")]
    NoEntry,
    /// The record cannot be what was written.
    #[error("the record in the file is not a record of azukari")]
    NotARecord,
    /// The proof carries another entry than the record's.
    #[error("the record in the file is not the one that the ledger's entry speaks of")]
    OtherRecord,
    /// The ledger does not bear it out.
    #[error(transparent)]
    Proof(#[from] ReceiptError),
}

/// A proof with what opens its entry, as the reservation app offers it.
#[derive(Deserialize)]
struct Bundle {
    opening: Opening,
    proof: String,
}

#[derive(Deserialize)]
struct Opening {
    salt: String,
    record: String,
}

/// Checks a proof's text against the key of its log.
///
/// # Errors
/// [`NotProven`] says at which step it fails.
pub fn check_receipt(text: &str, key: &VerifyingKey) -> Result<Receipt, NotProven> {
    let keys = std::slice::from_ref(key);
    let bundle: Option<Bundle> = serde_json::from_str(text).ok();
    let Some(Bundle { opening, proof }) = bundle else {
        if !text.starts_with("c2sp.org/tlog-proof@") {
            return Err(NotProven::Unreadable);
        }
        let bytes = carried(text).ok_or(NotProven::NoEntry)?;
        let proof = check_tlog_proof(text, &bytes, keys)?;
        let entry = serde_json::from_slice(&bytes).map_err(|_| NotProven::NoEntry)?;
        return Ok(Receipt { proof, entry, record: None });
    };
    let decode = |text: &str| BASE64.decode(text.as_bytes()).map_err(|_| NotProven::NotARecord);
    let salt: [u8; SALT_BYTES] =
        decode(&opening.salt)?.try_into().map_err(|_| NotProven::NotARecord)?;
    let bytes = decode(&opening.record)?;
    let record: Record = serde_json::from_slice(&bytes).map_err(|_| NotProven::NotARecord)?;
    let due = entry(record.act.kind(), record.at, &commitment(&salt, &bytes));
    if carried(&proof).is_some_and(|carried| carried != due) {
        return Err(NotProven::OtherRecord);
    }
    let proof = check_tlog_proof(&proof, &due, keys)?;
    let entry = Entry { act: record.act.kind().to_owned(), at: record.at };
    Ok(Receipt { proof, entry, record: Some(Box::new(record)) })
}

/// The entry that rides along in a proof; it is vouched for only once the proof is checked.
fn carried(proof: &str) -> Option<Vec<u8>> {
    let line = proof.lines().nth(1)?.strip_prefix("extra ")?;
    BASE64.decode(line.as_bytes()).ok()
}
