//! One request, one act: an idempotency key makes a repeated request find the act that was done,
//! inside the same transaction. What is kept is where the answer stands, never the answer: it is
//! decided anew and opened anew.

use jiff::Timestamp;

use crate::error::Error;
use crate::keys::Keys;
use crate::store::{Conn, idempotency};

/// Fills the bytes at random.
///
/// # Errors
/// When the machine has no randomness to give.
pub fn random(bytes: &mut [u8]) -> Result<(), Error> {
    getrandom::fill(bytes).map_err(|error| anyhow::anyhow!("no randomness: {error}").into())
}

/// Random bytes for one act, drawn before it, so that an act that is run again stays the same.
#[derive(Clone)]
pub struct Fresh {
    /// The id of the record.
    pub id: [u8; 16],
    /// The salt of its commitment.
    pub salt: [u8; policy::record::SALT_BYTES],
}

impl Fresh {
    /// Draws them.
    ///
    /// # Errors
    /// When the machine has no randomness to give.
    pub fn new() -> Result<Self, Error> {
        let mut bytes = [0; 32];
        random(&mut bytes)?;
        let (mut id, mut salt) = ([0; 16], [0; 16]);
        id.copy_from_slice(&bytes[..16]);
        salt.copy_from_slice(&bytes[16..]);
        Ok(Self { id, salt })
    }
}

/// An idempotency key with the request it stands for. Both are kept as keyed fingerprints: a
/// request may hold a password, and a plain hash of it could be guessed at.
#[derive(Clone)]
pub struct Once {
    /// Fingerprint of the caller and the key.
    pub id: [u8; 16],
    /// Fingerprint of the request.
    pub request: [u8; 16],
}

impl Once {
    /// A key as a caller sent it, with what was asked.
    ///
    /// # Errors
    /// When the machine fails.
    pub fn new(
        keys: &Keys,
        caller: &str,
        key: &str,
        path: &str,
        body: &[u8],
    ) -> Result<Self, Error> {
        Ok(Self {
            id: keys.fingerprint(&[caller.as_bytes(), key.as_bytes()])?,
            request: keys.fingerprint(&[path.as_bytes(), body])?,
        })
    }

    /// The place of the act that was done under this key, when the request is the same.
    ///
    /// # Errors
    /// [`Error::KeyReused`] when it is another request.
    pub fn replays(&self, (request, reply): &(Vec<u8>, String)) -> Result<u64, Error> {
        if request != &self.request {
            return Err(Error::KeyReused);
        }
        reply.parse().map_err(|_| anyhow::anyhow!("an idempotency key without a place").into())
    }

    /// Looks the key up; the place of the act when it was done before.
    pub fn begin(&self, conn: &mut Conn) -> Result<Option<u64>, Error> {
        let rows = conn.query(idempotency::BY_ID, &[(&self.id).into()])?;
        match idempotency::known(&rows) {
            Some((request, reply)) => self.replays(&(request.to_vec(), reply.to_owned())).map(Some),
            None => Ok(None),
        }
    }

    /// Looks the key up of what is known by an id and not by a place; the id when it was done before.
    ///
    /// # Errors
    /// [`Error::KeyReused`] when it was another request.
    pub fn reply(&self, conn: &mut Conn) -> Result<Option<String>, Error> {
        let rows = conn.query(idempotency::BY_ID, &[(&self.id).into()])?;
        match idempotency::known(&rows) {
            Some((request, _)) if request != self.request => Err(Error::KeyReused),
            Some((_, reply)) => Ok(Some(reply.to_owned())),
            None => Ok(None),
        }
    }

    /// Notes that the act was done and stands at that place.
    pub fn done(&self, conn: &mut Conn, place: u64, now: Timestamp) {
        self.answered(conn, &place.to_string(), now);
    }

    /// Notes that the act was done, and under which id it is found again.
    pub fn answered(&self, conn: &mut Conn, reply: &str, now: Timestamp) {
        idempotency::insert(conn, &self.id, &self.request, reply, now.as_millisecond());
    }
}
