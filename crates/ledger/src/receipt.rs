//! An entry's place in the log as one text that can be checked offline (C2SP tlog-proof).
//! Knows nothing of the entry beyond its bytes, nor of the extra data beyond carrying it.

use base64::prelude::{BASE64_STANDARD, Engine as _};

use crate::{
    Checkpoint, CheckpointError, InclusionProof, ProofError, VerifyingKey,
    checkpoint::parse_number, leaf_hash, open_checkpoint, verify_inclusion,
};

const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// What a checked proof says: the entry is at this index of the log of this checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlogProof {
    pub index: u64,
    pub checkpoint: Checkpoint,
    /// Carried along, and vouched for by no one.
    pub extra: Option<Vec<u8>>,
}

/// Why a proof's text is not believed.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptError {
    #[error("the text is not a transparency log proof")]
    Malformed,
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    #[error(transparent)]
    Proof(#[from] ProofError),
}

/// Writes the proof that an entry is at `index` of the log of a signed checkpoint.
pub fn tlog_proof(
    index: u64,
    proof: &InclusionProof,
    checkpoint: &str,
    extra: Option<&[u8]>,
) -> String {
    let mut lines = vec![HEADER.to_owned()];
    lines.extend(extra.map(|extra| format!("extra {}", BASE64_STANDARD.encode(extra))));
    lines.push(format!("index {index}"));
    lines.extend(proof.0.iter().map(ToString::to_string));
    format!("{}\n\n{checkpoint}", lines.join("\n"))
}

/// Checks that a proof is about this entry and that a checkpoint signed by one of the keys bears
/// it out.
pub fn check_tlog_proof(
    text: &str,
    entry: &[u8],
    vkeys: &[VerifyingKey],
) -> Result<TlogProof, ReceiptError> {
    let (index, extra, proof, checkpoint) = parse(text).ok_or(ReceiptError::Malformed)?;
    let checkpoint = open_checkpoint(checkpoint, vkeys)?;
    verify_inclusion(leaf_hash(entry), index, &proof, checkpoint.size, checkpoint.root)?;
    Ok(TlogProof { index, checkpoint, extra })
}

type Parts<'a> = (u64, Option<Vec<u8>>, InclusionProof, &'a str);

fn parse(text: &str) -> Option<Parts<'_>> {
    let (head, checkpoint) = text.split_once("\n\n")?;
    let mut lines = head.split('\n');
    if lines.next()? != HEADER {
        return None;
    }
    let mut line = lines.next()?;
    let mut extra = None;
    if let Some(base64) = line.strip_prefix("extra ") {
        extra = Some(BASE64_STANDARD.decode(base64).ok()?);
        line = lines.next()?;
    }
    let index = parse_number(line.strip_prefix("index ")?)?;
    let hashes = lines.map(|line| line.parse().ok()).collect::<Option<_>>()?;
    Some((index, extra, InclusionProof(hashes), checkpoint))
}
