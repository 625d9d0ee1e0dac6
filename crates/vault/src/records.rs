//! Records that have to outlive the items they speak of, such as provision records 第三者提供記録:
//! sealed under the house's own key, one derived key for each record. Knows nothing of subjects'
//! keys, and no permit has a part in it.

use std::fmt;

use zeroize::Zeroizing;

use crate::cipher::{self, CannotSeal, NotOpened, Place, Prk};
use crate::key::Key;

/// The key of the records, ready to seal and open.
pub struct RecordsKey(Prk);

impl RecordsKey {
    /// From the key kept as [`crate::KeyName::Records`].
    pub fn new(key: &Key) -> Self {
        Self(Prk::new(key.expose()))
    }

    /// Seals a record, bound to its id and to the context the caller keeps beside it.
    pub fn seal_record(
        &self,
        id: &[u8],
        context: &[u8],
        record: &[u8],
    ) -> Result<Vec<u8>, CannotSeal> {
        let place = place(id, context);
        cipher::seal(&self.0.derive(&place)?, &place, record)
    }

    /// Opens a record sealed under the same id and context.
    pub fn open_record(
        &self,
        id: &[u8],
        context: &[u8],
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, NotOpened> {
        let place = place(id, context);
        cipher::open(&self.0.derive(&place)?, &place, sealed)
    }
}

fn place(id: &[u8], context: &[u8]) -> Place {
    Place::new("record 1", &[id, context])
}

impl fmt::Debug for RecordsKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecordsKey(…)")
    }
}
