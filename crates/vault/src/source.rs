//! Where the root key comes from: a small promise that a key service can keep, and a file that keeps
//! it. Knows how to wrap one key for a context; nothing of people, items or databases. Read `key.rs`
//! next.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use policy::party::base32;
use zeroize::Zeroizing;

use crate::cipher::{self, CannotSeal, Failed, KeyBytes, NotOpened, Place, Prk};
use crate::key::Key;

/// Keeps a root key and wraps other keys under it.
///
/// The promise: `unwrap_key` gives back exactly the key that `wrap_key` was given, for the same
/// context and under the same root, and fails for anything else. The root never leaves. The id says
/// which root it is, tells nothing about it, and changes with it. Both calls may be slow; callers
/// make one for each person, not one for each value.
pub trait KeySource: Send + Sync {
    /// Which root this is.
    fn id(&self) -> KeyId;

    /// Wraps a key for a context.
    fn wrap_key(&self, key: &Key, context: &[u8]) -> Result<Vec<u8>, KeyError>;

    /// Gives back what `wrap_key` wrapped for that context.
    fn unwrap_key(&self, wrapped: &[u8], context: &[u8]) -> Result<Key, KeyError>;
}

/// The public fingerprint of a root key, by which a database says which root it is sealed under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 10]);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "root_{}", base32().encode(&self.0))
    }
}

impl FromStr for KeyId {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        text.strip_prefix("root_")
            .and_then(|rest| base32().decode(rest.as_bytes()).ok())
            .and_then(|bytes| bytes.try_into().ok())
            .map(Self)
            .ok_or(KeyError::NotAnId)
    }
}

/// What can go wrong with keys.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file is there already.
    #[error(
        "`{}` exists already; keep using it, or name another file: what was sealed under a root \
         key is lost with it", path.display()
    )]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// There is no file.
    #[error("`{}` is not there; put the root key back from its copy, or create one", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// Others can read the file.
    #[error(
        "`{}` has mode {mode:o}, so that others can reach it; run `chmod 600` on it, and rotate \
         the root if someone may have read it", path.display()
    )]
    OpenToOthers {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file is something else.
    #[error("`{}` is not a root key: {wrong}; put the right file there from its copy", path.display())]
    NotARootKey {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        wrong: &'static str,
    },
    /// The disk refuses.
    #[error("`{}` cannot be read or written: {error}; check the disk and the folder's rights", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// Wrapped under another root than the one at hand.
    #[error(
        "wrapped under {wanted}, and the root at hand is {at_hand}; start with the other root key"
    )]
    OtherRoot {
        /// The root that is needed.
        wanted: KeyId,
        /// The root at hand.
        at_hand: KeyId,
    },
    /// Not a key id.
    #[error("not the id of a root key; write it as `root_` and 16 letters and digits")]
    NotAnId,
    /// The wrapped key does not open.
    #[error("the wrapped key does not open: {0}")]
    NotOpened(#[from] NotOpened),
    /// The key cannot be wrapped.
    #[error("the key cannot be wrapped: {0}")]
    CannotSeal(#[from] CannotSeal),
    /// A key service said no.
    #[error("the key service refuses: {0}; see its own log")]
    Service(String),
}

impl From<Failed> for KeyError {
    fn from(failed: Failed) -> Self {
        Self::CannotSeal(failed.into())
    }
}

/// What the one line of a key file begins with.
const HEADER: &str = "azukari-root-key-1 ";
/// Longer than any key file.
const LONGEST_FILE: u64 = 128;

/// A root key in a file that only its owner can read.
pub struct FileKey {
    wrapping: KeyBytes,
    id: KeyId,
}

impl FileKey {
    /// Makes a new root key and keeps it in a new file, safely on disk before this returns.
    ///
    /// The name appears only when the whole key is on the disk: a crash before leaves at most
    /// `<name>.new`, under which nothing has been sealed and which the next attempt replaces.
    pub fn create(path: &Path) -> Result<Self, KeyError> {
        let failed = |error| KeyError::File { path: path.to_owned(), error };
        let exists = || KeyError::Exists { path: path.to_owned() };
        if path.symlink_metadata().is_ok() {
            return Err(exists());
        }
        let mut root = KeyBytes::default();
        cipher::random(root.as_mut_slice())?;
        let key = Self::from_root(&root)?;
        let text = Zeroizing::new(base32().encode(root.as_slice()));
        let mut new = path.as_os_str().to_owned();
        new.push(".new");
        let new = PathBuf::from(new);
        let linked = write_new(&new, text.as_bytes()).and_then(|file| {
            // Unlike a rename, a link replaces nothing that came there meanwhile.
            std::fs::hard_link(&new, path)?;
            // Somebody else may be making a key under this name: then `new` was not ours to link.
            let (ours, there) = (file.metadata()?, path.symlink_metadata()?);
            if (ours.dev(), ours.ino()) != (there.dev(), there.ino()) {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            Ok(())
        });
        drop(std::fs::remove_file(&new));
        match linked {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(exists()),
            linked => linked.map_err(failed)?,
        }
        // The name has to survive as well as the bytes.
        File::open(folder(path)).and_then(|folder| folder.sync_all()).map_err(failed)?;
        Ok(key)
    }

    /// Opens an existing root key, unless anyone else could have.
    pub fn open(path: &Path) -> Result<Self, KeyError> {
        let failed = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => KeyError::Missing { path: path.to_owned() },
            _ => KeyError::File { path: path.to_owned(), error },
        };
        let not_a_key = |wrong| KeyError::NotARootKey { path: path.to_owned(), wrong };
        let file = File::open(path).map_err(failed)?;
        let meta = file.metadata().map_err(failed)?;
        if !meta.is_file() {
            return Err(not_a_key("it is not a file"));
        }
        if meta.mode() & 0o077 != 0 {
            let mode = meta.mode() & 0o7777;
            return Err(KeyError::OpenToOthers { path: path.to_owned(), mode });
        }
        // Room for all of it, so that no copy is left behind by growing.
        let mut text = Zeroizing::new(Vec::with_capacity(256));
        file.take(LONGEST_FILE).read_to_end(&mut text).map_err(failed)?;
        let encoded = text
            .trim_ascii_end()
            .strip_prefix(HEADER.as_bytes())
            .ok_or_else(|| not_a_key("it does not begin with `azukari-root-key-1`"))?;
        let bytes = base32()
            .decode(encoded)
            .map(Zeroizing::new)
            .map_err(|_| not_a_key("its text is damaged, or cut short"))?;
        if bytes.len() != 32 {
            return Err(not_a_key("it does not hold 32 bytes"));
        }
        let mut root = KeyBytes::default();
        root.copy_from_slice(&bytes);
        Self::from_root(&root)
    }

    fn from_root(root: &KeyBytes) -> Result<Self, KeyError> {
        let root = Prk::new(root.as_slice());
        let mut id = [0; 10];
        id.copy_from_slice(&root.derive(&Place::new("root id 1", &[]))?[..10]);
        let wrapping = root.derive(&Place::new("root wrapping 1", &[]))?;
        Ok(Self { wrapping, id: KeyId(id) })
    }
}

/// Writes a key's text into a file of its own, in place of one that was left there; on disk when
/// this returns.
fn write_new(path: &Path, text: &[u8]) -> io::Result<File> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(HEADER.as_bytes())?;
    file.write_all(text)?;
    file.write_all(b"\n")?;
    file.sync_all()?;
    Ok(file)
}

/// The folder a file lies in.
fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

impl fmt::Debug for FileKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileKey({})", self.id)
    }
}

impl KeySource for FileKey {
    fn id(&self) -> KeyId {
        self.id
    }

    fn wrap_key(&self, key: &Key, context: &[u8]) -> Result<Vec<u8>, KeyError> {
        let place = Place::new("wrapped key 1", &[context]);
        Ok(cipher::seal(&self.wrapping, &place, key.expose())?)
    }

    fn unwrap_key(&self, wrapped: &[u8], context: &[u8]) -> Result<Key, KeyError> {
        let place = Place::new("wrapped key 1", &[context]);
        let bytes = cipher::open(&self.wrapping, &place, wrapped)?;
        Ok(Key::from_slice(&bytes).ok_or(NotOpened::Damaged)?)
    }
}
