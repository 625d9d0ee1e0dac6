//! What the book keeps and must be able to read again, sealed under a key that lies beside it in a file of
//! its own: whoever has a copy of `reservation.db` alone has neither a code nor a signature of anybody.

use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, anyhow, ensure};
use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hmac;

use crate::chance;

const KEY_BYTES: usize = 32;

/// Seals and opens. A value that is moved to another place does not open there.
pub(crate) struct Seal {
    sealing: LessSafeKey,
    hashing: hmac::Key,
}

impl Seal {
    /// The key of a folder; made when the folder has none.
    pub(super) fn open(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join("reservation.seal");
        let told = || format!("the key `{}`", path.display());
        let new = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        let key: [u8; KEY_BYTES] = match new {
            Ok(mut file) => {
                let key = chance::bytes()?;
                file.write_all(&key).and_then(|()| file.sync_all()).with_context(told)?;
                key
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                let mut file = std::fs::File::open(&path).with_context(told)?;
                let mut bytes = Vec::new();
                file.read_to_end(&mut bytes).with_context(told)?;
                ensure!(bytes.len() == KEY_BYTES, "{} is damaged; put it back", told());
                bytes.try_into().map_err(|_| anyhow!("{} is damaged", told()))?
            }
            Err(error) => return Err(error).with_context(told),
        };
        // A key of its own for what is hashed, drawn from the one that is kept.
        let hashing = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), b"hashes");
        let hashing = hmac::Key::new(hmac::HMAC_SHA256, hashing.as_ref());
        let key = UnboundKey::new(&AES_256_GCM_SIV, &key).map_err(|_| anyhow!("read a key"))?;
        Ok(Self { sealing: LessSafeKey::new(key), hashing })
    }

    /// Seals a value for a place.
    pub(super) fn seal(&self, place: &str, value: &[u8]) -> anyhow::Result<Vec<u8>> {
        let nonce: [u8; NONCE_LEN] = chance::bytes()?;
        let mut sealed = value.to_vec();
        let nonce_value = Nonce::assume_unique_for_key(nonce);
        self.sealing
            .seal_in_place_append_tag(nonce_value, Aad::from(place.as_bytes()), &mut sealed)
            .map_err(|_| anyhow!("seal `{place}`"))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// What is kept of a value that is only compared, at a place: nobody guesses it without the key.
    pub(super) fn hash(&self, place: &str, value: &str) -> [u8; 32] {
        let tag = hmac::sign(&self.hashing, format!("{place}\n{value}").as_bytes());
        let mut hash = [0; 32];
        hash.copy_from_slice(tag.as_ref());
        hash
    }

    /// Opens what was sealed for a place.
    pub(super) fn unseal(&self, place: &str, sealed: &[u8]) -> anyhow::Result<Vec<u8>> {
        let broken = || {
            anyhow!(
                "what is sealed for `{place}` does not open: is reservation.seal the one of this reservation.db?"
            )
        };
        let (nonce, rest) = sealed.split_at_checked(NONCE_LEN).ok_or_else(broken)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| broken())?;
        let mut value = rest.to_vec();
        let opened = self.sealing.open_in_place(nonce, Aad::from(place.as_bytes()), &mut value);
        Ok(opened.map_err(|_| broken())?.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_opens_in_its_own_place_under_its_own_key() {
        let folders = [super::super::tests::folder(), super::super::tests::folder()];
        for folder in &folders {
            std::fs::create_dir_all(folder).unwrap();
        }
        let seal = Seal::open(&folders[0]).unwrap();
        let sealed = seal.seal("here", b"value").unwrap();
        assert!(!sealed.windows(5).any(|window| window == b"value"));
        assert_eq!(Seal::open(&folders[0]).unwrap().unseal("here", &sealed).unwrap(), b"value");
        assert!(seal.unseal("there", &sealed).is_err());
        assert!(seal.unseal("here", &sealed[..8]).is_err());
        assert!(Seal::open(&folders[1]).unwrap().unseal("here", &sealed).is_err());
        std::fs::write(folders[1].join("reservation.seal"), b"short").unwrap();
        assert!(Seal::open(&folders[1]).is_err());
        for folder in folders {
            std::fs::remove_dir_all(folder).unwrap();
        }
    }
}
