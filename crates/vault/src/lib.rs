//! The vault: seals what people entrust, opens it for a permit, and shreds keys.
//!
//! [`seal()`] needs an admission and [`open`] needs a permit, and only the rules in `policy` make
//! those. Keys form a tree: the root ([`source`]) wraps one key for each person ([`key`]), and each
//! item version is sealed under a key of its own, so that destroying one wrapped row ends every
//! copy of a person's values. Nothing here knows a database, a network or a clock. Read `seal.rs`
//! next.
//!
//! Without a permit there is no way to write it:
//!
//! ```compile_fail,E0277
//! fn peek(
//!     key: &vault::SubjectKey,
//!     item: &policy::ItemName,
//!     sealed: &[u8],
//! ) -> Result<vault::Plain, vault::OpenError> {
//!     vault::open((), key, item, 1, sealed)
//! }
//! ```
//!
//! With one there is:
//!
//! ```
//! fn look(
//!     permit: &policy::Permit,
//!     key: &vault::SubjectKey,
//!     item: &policy::ItemName,
//!     sealed: &[u8],
//! ) -> Result<vault::Plain, vault::OpenError> {
//!     vault::open(permit, key, item, 1, sealed)
//! }
//! ```

mod cipher;
pub mod index;
pub mod key;
pub mod minor;
pub mod plain;
pub mod records;
pub mod seal;
pub mod secret;
pub mod source;
pub mod totp;

pub use cipher::{CannotSeal, NotOpened};
pub use index::{BlindIndex, IndexKey};
pub use key::{Key, KeyName, SubjectKey, Succession, rewrap, root_of};
pub use minor::{is_below_age, open_representative, seal_representative};
pub use plain::Plain;
pub use records::RecordsKey;
pub use seal::{Leave, OpenError, SealError, Sealed, open, seal};
pub use secret::{BadCard, BadPassword, CardToken, Verifier, VerifierError, check_against_nobody};
pub use source::{FileKey, KeyError, KeyId, KeySource};
pub use totp::TotpSecret;
