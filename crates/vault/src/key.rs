//! The tree of keys: the root wraps one random key for each person and three for the house; a
//! person's key gives each version of each item a key of its own. Rotating the root wraps again and
//! leaves values alone; shredding a person's wrapped key ends every copy of her values. Knows nothing
//! of where wrapped keys are kept. Read `seal.rs` next.

use std::fmt;

use policy::request::RequestId;
use policy::{ItemName, SecretName, SubjectId};

use crate::cipher::{self, KeyBytes, NotOpened, Place, Prk};
use crate::seal::Sealed;
use crate::source::{KeyError, KeyId, KeySource};

/// The only format of a wrapped key so far.
const FORMAT: u8 = 1;

/// 32 random bytes that open something; wiped when dropped, silent when printed.
pub struct Key(KeyBytes);

impl Key {
    /// A new key at random.
    pub fn generate() -> Result<Self, KeyError> {
        let mut bytes = KeyBytes::default();
        cipher::random(bytes.as_mut_slice())?;
        Ok(Self(bytes))
    }

    /// Makes a new key and wraps it under the root; keep the wrapped bytes under the same name.
    pub fn create(source: &dyn KeySource, name: KeyName) -> Result<(Self, Vec<u8>), KeyError> {
        let key = Self::generate()?;
        let wrapped = key.wrap(source, name)?;
        Ok((key, wrapped))
    }

    /// Unwraps a key kept under that name.
    pub fn from_wrapped(
        source: &dyn KeySource,
        name: KeyName,
        wrapped: &[u8],
    ) -> Result<Self, KeyError> {
        let (wanted, inner) = split(wrapped)?;
        let at_hand = source.id();
        if wanted != at_hand {
            return Err(KeyError::OtherRoot { wanted, at_hand });
        }
        source.unwrap_key(inner, name.context().as_bytes())
    }

    /// A key from 32 bytes, as a [`KeySource`] gets them back; `None` for any other length.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        let mut key = KeyBytes::default();
        (bytes.len() == key.len()).then(|| {
            key.copy_from_slice(bytes);
            Self(key)
        })
    }

    /// The bytes, for a [`KeySource`] to wrap and for the ledger to sign with.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// `format ‖ id of the root ‖ what the source made of it`.
    fn wrap(&self, source: &dyn KeySource, name: KeyName) -> Result<Vec<u8>, KeyError> {
        let inner = source.wrap_key(self, name.context().as_bytes())?;
        let KeyId(id) = source.id();
        Ok([[FORMAT].as_slice(), &id, &inner].concat())
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

/// What a key under the root is for; it opens under no other name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyName {
    /// One person's values.
    Subject(SubjectId),
    /// Blind indexes.
    Index,
    /// Records that outlive a person's items.
    Records,
    /// The ledger's signature.
    Ledger,
    /// One request of a person: what she wrote and what was written about it.
    Request(RequestId),
}

impl KeyName {
    /// The words that go with the wrapped key.
    fn context(self) -> String {
        match self {
            Self::Subject(id) => format!("subject:{id}"),
            Self::Index => "system:index".to_owned(),
            Self::Records => "system:records".to_owned(),
            Self::Ledger => "system:ledger".to_owned(),
            Self::Request(id) => format!("request:{id}"),
        }
    }
}

fn split(wrapped: &[u8]) -> Result<(KeyId, &[u8]), KeyError> {
    let (format, rest) = wrapped.split_first().ok_or(NotOpened::Damaged)?;
    if *format != FORMAT {
        return Err(NotOpened::Format { found: *format }.into());
    }
    let (id, inner) = rest.split_first_chunk().ok_or(NotOpened::Damaged)?;
    Ok((KeyId(*id), inner))
}

/// Which root a wrapped key needs.
pub fn root_of(wrapped: &[u8]) -> Result<KeyId, KeyError> {
    split(wrapped).map(|(id, _)| id)
}

/// Wraps a key again, under a new root: the key stays, so nothing sealed under it changes.
///
/// A key that is under the new root already comes back as it is, so that a rotation that was
/// interrupted can simply run again.
pub fn rewrap(
    old: &dyn KeySource,
    new: &dyn KeySource,
    name: KeyName,
    wrapped: &[u8],
) -> Result<Vec<u8>, KeyError> {
    if root_of(wrapped)? == new.id() {
        Key::from_wrapped(new, name, wrapped)?;
        return Ok(wrapped.to_vec());
    }
    Key::from_wrapped(old, name, wrapped)?.wrap(new, name)
}

/// One person's key, ready to seal and open.
pub struct SubjectKey {
    subject: SubjectId,
    prk: Prk,
}

impl SubjectKey {
    /// Makes a person's first key; keep the wrapped bytes: they are what shredding destroys.
    pub fn create(source: &dyn KeySource, subject: SubjectId) -> Result<(Self, Vec<u8>), KeyError> {
        let (key, wrapped) = Key::create(source, KeyName::Subject(subject))?;
        Ok((Self::new(subject, &key), wrapped))
    }

    /// Unwraps a person's key.
    pub fn from_wrapped(
        source: &dyn KeySource,
        subject: SubjectId,
        wrapped: &[u8],
    ) -> Result<Self, KeyError> {
        let key = Key::from_wrapped(source, KeyName::Subject(subject), wrapped)?;
        Ok(Self::new(subject, &key))
    }

    /// Whose key this is.
    pub fn subject(&self) -> SubjectId {
        self.subject
    }

    /// Begins a new generation of the person's key, with the wrapped bytes that replace the old.
    ///
    /// To shred one item: begin a succession, reseal what remains, and in the same act replace the
    /// wrapped key and the sealed values. The old generation's copies die with the old key.
    pub fn succeed(self, source: &dyn KeySource) -> Result<(Succession, Vec<u8>), KeyError> {
        let (new, wrapped) = Self::create(source, self.subject)?;
        Ok((Succession { old: self, new }, wrapped))
    }

    fn new(subject: SubjectId, key: &Key) -> Self {
        Self { subject, prk: Prk::new(key.expose()) }
    }

    pub(crate) fn seal(&self, place: &Place, plain: &[u8]) -> Result<Sealed, cipher::CannotSeal> {
        cipher::seal(&self.prk.derive(place)?, place, plain).map(Sealed)
    }

    pub(crate) fn open(
        &self,
        place: &Place,
        sealed: &[u8],
    ) -> Result<zeroize::Zeroizing<Vec<u8>>, NotOpened> {
        cipher::open(&self.prk.derive(place)?, place, sealed)
    }

    /// Where a version of an item is sealed.
    pub(crate) fn item_place(&self, item: &ItemName, version: u32) -> Place {
        self.place("item 1", item.as_str(), version)
    }

    /// Where a card's token is sealed; no item's place, so no permit opens it.
    pub(crate) fn card_place(&self, secret: &SecretName, version: u32) -> Place {
        self.place("card 1", secret.as_str(), version)
    }

    /// Where her representative is sealed; no item's place, so no permit opens it.
    pub(crate) fn representative_place(&self, token: &[u8; 16]) -> Place {
        Place::new("representative 1", &[&self.subject.0, token])
    }

    fn place(&self, label: &str, name: &str, version: u32) -> Place {
        let SubjectId(subject) = &self.subject;
        Place::new(label, &[subject, name.as_bytes(), &version.to_be_bytes()])
    }
}

impl fmt::Debug for SubjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SubjectKey({}, …)", self.subject)
    }
}

/// A person's old and new key while her remaining values move from one to the other.
#[derive(Debug)]
pub struct Succession {
    old: SubjectKey,
    new: SubjectKey,
}

impl Succession {
    /// Seals an item that remains under the new key; nobody sees it on the way.
    pub fn reseal(&self, item: &ItemName, version: u32, sealed: &[u8]) -> Result<Sealed, KeyError> {
        self.carry(&self.new.item_place(item, version), sealed)
    }

    /// Seals a card token that remains under the new key.
    pub fn reseal_card(
        &self,
        secret: &SecretName,
        version: u32,
        sealed: &[u8],
    ) -> Result<Sealed, KeyError> {
        self.carry(&self.new.card_place(secret, version), sealed)
    }

    /// Seals her representative under the new key.
    pub fn reseal_representative(
        &self,
        token: &[u8; 16],
        sealed: &[u8],
    ) -> Result<Sealed, KeyError> {
        self.carry(&self.new.representative_place(token), sealed)
    }

    /// Ends the old generation and gives the new key.
    pub fn finish(self) -> SubjectKey {
        self.new
    }

    fn carry(&self, place: &Place, sealed: &[u8]) -> Result<Sealed, KeyError> {
        let plain = self.old.open(place, sealed)?;
        Ok(self.new.seal(place, &plain)?)
    }
}
