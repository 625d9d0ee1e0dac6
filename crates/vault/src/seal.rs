//! In for an admission, out for a permit: a person's values are sealed under keys of her own, each
//! bound to its person, item and version. Knows nothing of why an admission or a permit was given;
//! `policy` alone makes them.

use std::fmt;

use policy::decide::Admission;
use policy::request::Grant;
use policy::{ItemName, Permit, SubjectId};

use crate::cipher::{CannotSeal, NotOpened};
use crate::key::SubjectKey;
use crate::plain::Plain;

/// A sealed value: `format ‖ nonce ‖ ciphertext ‖ tag`, safe to store anywhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(pub(crate) Vec<u8>);

impl Sealed {
    /// The bytes to store.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes to store, handed over.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

impl AsRef<[u8]> for Sealed {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes)", self.0.len())
    }
}

/// Why a value was not sealed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The admission is about other items.
    #[error("`{item}` was not admitted; admit it before sealing it")]
    NotAdmitted {
        /// The item.
        item: ItemName,
    },
    /// The machine failed.
    #[error("`{item}` cannot be sealed: {cause}")]
    CannotSeal {
        /// The item.
        item: ItemName,
        /// What failed.
        cause: CannotSeal,
    },
}

/// Why a value was not opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The permit is about another person or other items.
    #[error("the permit or grant does not cover `{item}` of this person; ask the gate for it")]
    NotPermitted {
        /// The item.
        item: ItemName,
    },
    /// It does not open.
    #[error("version {version} of `{item}` does not open: {cause}")]
    NotOpened {
        /// The item.
        item: ItemName,
        /// Its version.
        version: u32,
        /// Why.
        cause: NotOpened,
    },
}

/// Seals a version of an item that was admitted.
pub fn seal(
    admission: &Admission,
    key: &SubjectKey,
    item: &ItemName,
    version: u32,
    plain: &Plain,
) -> Result<Sealed, SealError> {
    if !admission.covers(item) {
        return Err(SealError::NotAdmitted { item: item.clone() });
    }
    key.seal(&key.item_place(item, version), plain.reveal().as_bytes())
        .map_err(|cause| SealError::CannotSeal { item: item.clone(), cause })
}

/// What lets a value be opened: a permit of the gate, or the grant of a person's own request.
#[derive(Clone, Copy)]
pub enum Leave<'a> {
    /// For a use or a disclosure.
    Permit(&'a Permit),
    /// For the answer to her own request (Act 33).
    Grant(&'a Grant),
}

impl Leave<'_> {
    fn covers(self, subject: SubjectId, item: &ItemName) -> bool {
        match self {
            Self::Permit(permit) => permit.covers(subject, item),
            Self::Grant(grant) => grant.covers(subject, item),
        }
    }
}

impl<'a> From<&'a Permit> for Leave<'a> {
    fn from(permit: &'a Permit) -> Self {
        Self::Permit(permit)
    }
}

impl<'a> From<&'a Grant> for Leave<'a> {
    fn from(grant: &'a Grant) -> Self {
        Self::Grant(grant)
    }
}

/// Opens a version of an item that the permit or grant covers; looks at the bytes only then.
pub fn open<'a>(
    leave: impl Into<Leave<'a>>,
    key: &SubjectKey,
    item: &ItemName,
    version: u32,
    sealed: &[u8],
) -> Result<Plain, OpenError> {
    if !leave.into().covers(key.subject(), item) {
        return Err(OpenError::NotPermitted { item: item.clone() });
    }
    key.open(&key.item_place(item, version), sealed)
        // Only text was ever sealed here, so that other bytes are damage too.
        .and_then(|mut bytes| {
            Plain::from_bytes(std::mem::take(&mut *bytes)).ok_or(NotOpened::Damaged)
        })
        .map_err(|cause| OpenError::NotOpened { item: item.clone(), version, cause })
}
