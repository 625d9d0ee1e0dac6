//! The verifier: reads the ledger again from its first entry to its signed root, and says what is
//! not as it was written. It only looks: nothing here writes, and a server may run meanwhile.
//!
//! `database` looks from inside, with the keys, and holds every record against its entry;
//! `published` looks from outside, over HTTP or at saved files, and sees what anyone may see;
//! `receipt` checks one proof as a person was given it. What the tree says is the `ledger` crate's.

mod database;
mod published;
mod receipt;

use std::fmt;

use ledger::{Checkpoint, CheckpointError, Expected, LogSource, VerifyingKey, open_checkpoint};
use policy::party;
use serde_json::{Value, json};

pub use database::database;
pub use published::Published;
pub use receipt::{NotProven, Receipt, check_receipt};

/// Findings that are told one by one; beyond that they are counted.
const TOLD: usize = 1_000;

/// What the verifier saw.
#[derive(Debug, Default)]
pub struct Verdict {
    /// The checkpoint as written, to be believed only without findings.
    pub checkpoint: Option<Checkpoint>,
    /// Its text, to be kept for the next time.
    pub text: Option<String>,
    /// How many entries were read.
    pub entries: u64,
    /// How many records were held against their entries; `None` from outside.
    pub records: Option<u64>,
    /// How many records were ended when their time was over (R1.8), as later acts name them.
    pub ended: u64,
    /// The size of the earlier checkpoint that it was held against.
    pub earlier: Option<u64>,
    /// What is not as it was written.
    pub findings: Vec<Finding>,
    /// Findings beyond those told.
    pub more: u64,
}

impl Verdict {
    /// Whether nothing was found wrong.
    pub fn is_sound(&self) -> bool {
        self.findings.is_empty()
    }

    fn tell(&mut self, finding: Finding) {
        if self.findings.len() < TOLD {
            self.findings.push(finding);
        } else {
            self.more += 1;
        }
    }
}

/// A record's id as people see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordId(pub [u8; 16]);

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rec_{}", party::base32().encode(&self.0))
    }
}

/// Something that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// In the log itself.
    Log(ledger::Finding),
    /// The earlier checkpoint does not bear the signature of this log's key.
    EarlierUnsigned,
    /// An entry between others is gone.
    EntryMissing { place: u64 },
    /// There is more than the checkpoint vouches for.
    Beyond { what: &'static str, count: u64, size: u64 },
    /// The head's number is not the checkpoint's.
    HeadDiffers { head: u64, checkpoint: u64 },
    /// Records that are said to have been ended before their time was over.
    RecordsEndedEarly { first: u64, last: u64, by: u64 },
    /// Records that were ended and are there again.
    RecordPutBack { place: u64, by: u64 },
    /// Entries without records.
    RecordsMissing { first: u64, last: u64 },
    /// A record without an entry.
    RecordAdded { place: Option<i64>, id: Option<RecordId> },
    /// A row of other kinds of values than records have.
    RecordUnreadable { place: u64 },
    /// A row that the seal does not bear out, with the columns that the entry contradicts.
    RecordChanged { place: u64, id: RecordId, columns: Vec<&'static str> },
    /// A true record whose columns in clear say something else.
    RecordDisagrees { place: u64, id: RecordId, columns: Vec<&'static str> },
    /// A true record of another place.
    RecordMoved { place: u64, id: RecordId, belongs: u64 },
    /// A record under this house's seal that the ledger never committed to.
    RecordUncommitted { place: u64, id: RecordId },
    /// A published policy that is not what its record says.
    PolicyChanged { version: String },
    /// A policy whose publication was never recorded.
    PolicyUnrecorded { version: String },
    /// A policy whose publication is recorded and that is gone.
    PolicyMissing { version: String },
}

impl Finding {
    /// Where: a place in the ledger with the record's id, or the part of the log.
    pub fn place(&self) -> String {
        use ledger::Finding as L;
        match self {
            Self::Log(
                L::CheckpointMissing
                | L::MalformedCheckpoint
                | L::BadSignature
                | L::WrongOrigin { .. }
                | L::ShrunkSince { .. }
                | L::ForkedSince { .. }
                | L::RootMismatch,
            )
            | Self::EarlierUnsigned
            | Self::HeadDiffers { .. } => "checkpoint".to_owned(),
            Self::Log(L::TileMissing { .. } | L::TileChanged { .. }) => "tiles".to_owned(),
            Self::Log(L::MalformedBundle { n }) => format!("places {} on", n * 256),
            Self::Log(L::EntryChanged { index }) => format!("place {index}"),
            Self::Log(L::EntriesMissing { first, last } | L::EntriesChanged { first, last })
            | Self::RecordsMissing { first, last }
            | Self::RecordsEndedEarly { first, last, .. } => {
                if first == last {
                    format!("place {first}")
                } else {
                    format!("places {first} to {last}")
                }
            }
            Self::Beyond { size, .. } => format!("places {size} on"),
            Self::EntryMissing { place }
            | Self::RecordUnreadable { place }
            | Self::RecordPutBack { place, .. } => {
                format!("place {place}")
            }
            Self::RecordAdded { place, id } => {
                let place = place.map_or("no place".to_owned(), |place| format!("place {place}"));
                match id {
                    Some(id) => format!("{place}, record {id}"),
                    None => place,
                }
            }
            Self::RecordChanged { place, id, .. }
            | Self::RecordDisagrees { place, id, .. }
            | Self::RecordMoved { place, id, .. }
            | Self::RecordUncommitted { place, id } => format!("place {place}, record {id}"),
            Self::PolicyChanged { version }
            | Self::PolicyUnrecorded { version }
            | Self::PolicyMissing { version } => match version.parse::<policy::Version>() {
                Ok(version) => format!("policy {version}"),
                Err(_) => "a policy without a version".to_owned(),
            },
        }
    }

    /// What.
    pub fn what(&self) -> String {
        match self {
            Self::Log(finding) => finding.to_string(),
            Self::EarlierUnsigned => {
                "the earlier checkpoint does not bear this log's signature".to_owned()
            }
            Self::EntryMissing { place } => format!("entry {place} is missing"),
            Self::Beyond { what, count, .. } => {
                format!("{count} {what} lie beyond the checkpoint")
            }
            Self::HeadDiffers { head, checkpoint } => {
                format!("the head says {head} entries and the checkpoint {checkpoint}")
            }
            Self::RecordsMissing { first, last } if first == last => {
                "the record is missing".to_owned()
            }
            Self::RecordsMissing { .. } => "the records are missing".to_owned(),
            Self::RecordsEndedEarly { by, .. } => {
                format!("ended by the act at place {by} before the time was over")
            }
            Self::RecordPutBack { by, .. } => {
                format!("the record was ended by the act at place {by} and is there again")
            }
            Self::RecordAdded { .. } => "the record has no entry in the ledger".to_owned(),
            Self::RecordUnreadable { .. } => "the record's row cannot be read".to_owned(),
            Self::RecordChanged { columns, .. } if columns.is_empty() => {
                "the record has been changed".to_owned()
            }
            Self::RecordChanged { columns, .. } => {
                format!("the record has been changed in {}", columns.join(", "))
            }
            Self::RecordDisagrees { columns, .. } => {
                format!("the record's row disagrees with the record in {}", columns.join(", "))
            }
            Self::RecordMoved { belongs, .. } => {
                format!("the record belongs at place {belongs}")
            }
            Self::RecordUncommitted { .. } => {
                "the ledger holds another commitment than this record's".to_owned()
            }
            Self::PolicyChanged { .. } => "the policy is not the one that was published".to_owned(),
            Self::PolicyUnrecorded { .. } => "no record says that it was published".to_owned(),
            Self::PolicyMissing { .. } => "the policy is missing".to_owned(),
        }
    }

    /// What it means.
    pub fn means(&self) -> &'static str {
        use ledger::Finding as L;
        match self {
            Self::Log(finding) => match finding {
                L::CheckpointMissing => "nothing here is signed, so nothing is vouched for",
                L::MalformedCheckpoint => "its text was edited",
                L::BadSignature => "it was edited, or the log was made anew under another key",
                L::WrongOrigin { .. } => "it is the checkpoint of another log",
                L::ShrunkSince { .. } => {
                    "the log was cut short, or an older copy was put in its place"
                }
                L::ForkedSince { .. } => "history was rewritten after that checkpoint was made",
                L::RootMismatch => "entries and checkpoint are not of the same log",
                L::TileMissing { .. } => {
                    "proofs that need it cannot be made; the entries are judged without it"
                }
                L::TileChanged { .. } => {
                    "proofs that need it fail; the entries are judged without it"
                }
                L::EntriesMissing { .. } => {
                    "acts that the checkpoint vouches for were taken out of the ledger"
                }
                L::EntryChanged { .. } | L::EntriesChanged { .. } => {
                    "the ledger no longer says what was signed"
                }
                L::MalformedBundle { .. } => "what is there are not entries",
            },
            Self::EarlierUnsigned => {
                "the log was made anew under another key, or the file is of another log"
            }
            Self::EntryMissing { .. } => {
                "an act that the checkpoint vouches for was taken out of the ledger"
            }
            Self::Beyond { .. } => {
                "an older checkpoint was put back, or they were added past the signature"
            }
            Self::HeadDiffers { .. } => "one of the two was edited",
            Self::RecordsMissing { .. } => {
                "what was done there can no longer be read; that it was done stands in the ledger"
            }
            Self::RecordsEndedEarly { .. } => {
                "law wants them kept longer; whoever ended them had the keys, or a wrong clock"
            }
            Self::RecordPutBack { .. } => {
                "an old copy was put back, or restored; the job ends it again"
            }
            Self::RecordAdded { .. } => "it was added past the ledger, or its entry was taken away",
            Self::RecordUnreadable { .. } => "it was edited by other hands than this house's",
            Self::RecordChanged { columns, .. } if columns.is_empty() => {
                "its seal does not open: sealed text, subject, keep_until or id is not what was \
                 written"
            }
            Self::RecordChanged { .. } => "its seal does not open with what stands there now",
            Self::RecordDisagrees { .. } => "it was sealed anew by someone who holds the keys",
            Self::RecordMoved { .. } => "records were reordered or copied; what it says is true",
            Self::RecordUncommitted { .. } => {
                "record or ledger was rewritten by someone who holds the keys"
            }
            Self::PolicyChanged { .. } => {
                "its row was edited; no server starts on it until it is restored"
            }
            Self::PolicyUnrecorded { .. } => {
                "it was put in past the ledger, or its record was taken away"
            }
            Self::PolicyMissing { .. } => {
                "consents given under it can no longer be read beside it; its hash is on record"
            }
        }
    }

    /// The record's id, where it is known.
    pub fn record(&self) -> Option<RecordId> {
        match self {
            Self::RecordAdded { id, .. } => *id,
            Self::RecordChanged { id, .. }
            | Self::RecordDisagrees { id, .. }
            | Self::RecordMoved { id, .. }
            | Self::RecordUncommitted { id, .. } => Some(*id),
            _ => None,
        }
    }

    /// The finding for programs.
    pub fn as_json(&self) -> Value {
        json!({
            "place": self.place(),
            "record": self.record().map(|id| id.to_string()),
            "what": self.what(),
            "means": self.means(),
        })
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.place(), self.what(), self.means())
    }
}

/// Reads a published log: signature, tiles, entries, and growth since an earlier checkpoint.
///
/// # Errors
/// When the source cannot be read; what it holds is a matter of findings.
pub fn published(
    source: &mut Published,
    vkeys: &[VerifyingKey],
    since: Option<&str>,
) -> anyhow::Result<Verdict> {
    let mut verdict = Verdict::default();
    tree(source, vkeys, since, &mut verdict)?;
    verdict.text = source.checkpoint()?;
    Ok(verdict)
}

/// The part that inside and outside have in common; tells the log's findings.
fn tree<S: LogSource<Error = anyhow::Error>>(
    source: &mut S,
    vkeys: &[VerifyingKey],
    since: Option<&str>,
    verdict: &mut Verdict,
) -> anyhow::Result<()> {
    let earlier = match since.map(|text| open_checkpoint(text, vkeys)) {
        None => None,
        Some(Ok(earlier)) => Some(earlier),
        Some(Err(CheckpointError::Malformed)) => {
            anyhow::bail!("the earlier checkpoint cannot be read; give a file made with --save")
        }
        Some(Err(_)) => {
            verdict.tell(Finding::EarlierUnsigned);
            None
        }
    };
    let expected = Expected { vkeys, earlier: earlier.as_ref() };
    let report = ledger::verify_log(source, expected, |_, _| ())?;
    verdict.earlier = earlier.map(|earlier| earlier.size);
    verdict.entries = report.entries;
    verdict.checkpoint = report.checkpoint;
    for finding in report.findings {
        verdict.tell(Finding::Log(finding));
    }
    Ok(())
}
