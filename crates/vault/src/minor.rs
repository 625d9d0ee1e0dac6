//! What the vault does for the young: answers whether somebody is below an age out of her sealed date of
//! birth, and seals whoever is asked to agree in her place under her key, so that both end with her.

use policy::minor::AgeCheck;
use zeroize::Zeroizing;

use crate::cipher::{CannotSeal, NotOpened};
use crate::key::SubjectKey;
use crate::seal::{OpenError, Sealed};

/// Whether a person is below the age, by a version of her date of birth. The answer leaves; the value
/// does not.
///
/// # Errors
/// [`OpenError`] when it does not open, or is no date.
pub fn is_below_age(
    check: &AgeCheck,
    key: &SubjectKey,
    version: u32,
    sealed: &[u8],
) -> Result<bool, OpenError> {
    let item = check.item();
    key.open(&key.item_place(item, version), sealed)
        .and_then(|bytes| {
            let held = std::str::from_utf8(&bytes).ok();
            held.and_then(|held| check.reads_below(held)).ok_or(NotOpened::Damaged)
        })
        .map_err(|cause| OpenError::NotOpened { item: item.clone(), version, cause })
}

/// Seals what is known of her representative; no item's place, so no permit opens it. `token` is bound
/// to it: in another row it does not open.
///
/// # Errors
/// When the machine fails.
pub fn seal_representative(
    key: &SubjectKey,
    token: &[u8; 16],
    plain: &[u8],
) -> Result<Sealed, CannotSeal> {
    key.seal(&key.representative_place(token), plain)
}

/// Opens what [`seal_representative`] sealed for the same token.
///
/// # Errors
/// When it was changed or moved, or her key is another by now.
pub fn open_representative(
    key: &SubjectKey,
    token: &[u8; 16],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, NotOpened> {
    key.open(&key.representative_place(token), sealed)
}
