//! A tree's size and root, signed in the log's name (C2SP tlog-checkpoint over signed-note).
//! Knows nothing of when a checkpoint was made or whether a later one exists.

use signed_note::{Note, NoteError};

use crate::{Hash, SigningKey, VerifyingKey, key::Known};

/// What a log says of itself: its origin, how many leaves it has and the root over them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    pub origin: String,
    pub size: u64,
    pub root: Hash,
}

/// Why a checkpoint is not made or not believed.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    #[error("the text is not a checkpoint")]
    Malformed,
    #[error("the checkpoint bears no signature by a known key")]
    Unsigned,
    #[error("the signature by `{key}` does not match the checkpoint")]
    BadSignature { key: String },
    #[error("the checkpoint is of `{found}`, and the key that signed it belongs to `{expected}`")]
    WrongOrigin { expected: String, found: String },
    #[error("the checkpoint cannot be signed")]
    Signing(#[source] NoteError),
}

/// Signs the size and root of the log that the key is named after.
pub fn sign_checkpoint(key: &SigningKey, size: u64, root: Hash) -> Result<String, CheckpointError> {
    let text = format!("{}\n{size}\n{root}\n", key.name());
    let mut note = Note::new(text.as_bytes(), &[]).map_err(CheckpointError::Signing)?;
    note.add_sigs(&[key]).map_err(CheckpointError::Signing)?;
    String::from_utf8(note.to_bytes()).map_err(|_| CheckpointError::Malformed)
}

/// Opens a checkpoint signed by one of the keys, each of which speaks only for the log it is named
/// after; signatures by unknown keys are passed over.
pub fn open_checkpoint(text: &str, vkeys: &[VerifyingKey]) -> Result<Checkpoint, CheckpointError> {
    let (checkpoint, signature) = read_checkpoint(text, vkeys)?;
    signature.map(|()| checkpoint)
}

/// The checkpoint as written, and whether its signature lets it be believed.
pub(crate) fn read_checkpoint(
    text: &str,
    vkeys: &[VerifyingKey],
) -> Result<(Checkpoint, Result<(), CheckpointError>), CheckpointError> {
    let note = Note::from_bytes(text.as_bytes()).map_err(|_| CheckpointError::Malformed)?;
    let checkpoint = std::str::from_utf8(note.text())
        .ok()
        .and_then(parse_text)
        .ok_or(CheckpointError::Malformed)?;
    let signature = match note.verify(&Known(vkeys)) {
        Ok((by, _)) if by.iter().any(|signature| signature.name() == checkpoint.origin) => Ok(()),
        Ok((by, _)) => Err(CheckpointError::WrongOrigin {
            expected: by.first().map(|signature| signature.name().to_owned()).unwrap_or_default(),
            found: checkpoint.origin.clone(),
        }),
        Err(NoteError::InvalidSignature { name, .. }) => {
            Err(CheckpointError::BadSignature { key: name })
        }
        Err(_) => Err(CheckpointError::Unsigned),
    };
    Ok((checkpoint, signature))
}

fn parse_text(text: &str) -> Option<Checkpoint> {
    let mut lines = text.strip_suffix('\n')?.split('\n');
    let origin = lines.next().filter(|origin| !origin.is_empty())?.to_owned();
    let size = parse_number(lines.next()?)?;
    let root = lines.next()?.parse().ok()?;
    // Further lines are for others to read, but an empty one would end the text.
    lines.all(|line| !line.is_empty()).then_some(Checkpoint { origin, size, root })
}

/// A decimal number in its only spelling: no sign, no leading zeros.
pub(crate) fn parse_number(text: &str) -> Option<u64> {
    text.parse().ok().filter(|number: &u64| number.to_string() == text)
}
