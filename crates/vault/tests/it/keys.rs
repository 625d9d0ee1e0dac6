//! Roots, wrapped keys, rotation, succession and shredding.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Mutex;

use vault::{
    FileKey, Key, KeyError, KeyId, KeyName, KeySource, NotOpened, OpenError, Plain, RecordsKey,
    SubjectKey, open, rewrap, root_of, seal,
};

use crate::house::{admission, item, permit, person};

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Two roots in files.
fn roots() -> (FileKey, FileKey) {
    let folder = tempfile::tempdir().unwrap();
    let create = |name| FileKey::create(&folder.path().join(name)).unwrap();
    (create("old.key"), create("new.key"))
}

#[test]
fn a_root_key_file_is_for_its_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("root.key");
    let created = FileKey::create(&path).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("azukari-root-key-1 ") && text.ends_with('\n'));
    assert_eq!(text.lines().count(), 1);

    assert_eq!(FileKey::open(&path).unwrap().id(), created.id());
    for open_to_others in [0o644, 0o640, 0o620, 0o601] {
        mode(&path, open_to_others);
        let error = FileKey::open(&path).unwrap_err();
        assert!(matches!(error, KeyError::OpenToOthers { mode, .. } if mode == open_to_others));
        let message = error.to_string();
        assert!(message.contains("root.key") && message.contains("chmod 600"), "{message}");
    }
    mode(&path, 0o400);
    assert!(FileKey::open(&path).is_ok());
}

#[test]
fn a_root_key_is_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("root.key");
    fs::write(&path, "precious").unwrap();
    assert!(matches!(FileKey::create(&path).unwrap_err(), KeyError::Exists { .. }));
    assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
}

#[test]
fn what_a_crash_left_of_a_root_key_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let (path, half) = (folder.path().join("root.key"), folder.path().join("root.key.new"));
    fs::write(&half, "azukari-root-key-1 4j").unwrap();
    mode(&half, 0o644);
    let created = FileKey::create(&path).unwrap();
    assert_eq!(FileKey::open(&path).unwrap().id(), created.id());
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!half.exists());

    // A key that is there is kept, and nothing is left beside it.
    assert!(matches!(FileKey::create(&path).unwrap_err(), KeyError::Exists { .. }));
    assert_eq!(FileKey::open(&path).unwrap().id(), created.id());
    assert!(!half.exists());

    // Where nothing can be written under the name, nothing is.
    let nowhere = folder.path().join("nowhere").join("root.key");
    assert!(matches!(FileKey::create(&nowhere).unwrap_err(), KeyError::File { .. }));
}

#[test]
fn a_file_that_is_no_root_key_is_named_as_such() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("root.key");
    let missing = FileKey::open(&path).unwrap_err();
    assert!(matches!(missing, KeyError::Missing { .. }), "{missing}");
    FileKey::create(&path).unwrap();
    let good = fs::read_to_string(&path).unwrap();
    let wrong = [
        String::new(),
        "azukari-root-key-1 ".to_owned(),
        good.replace("key-1", "key-2"),
        good[..good.len() - 2].to_owned(),
        good[..good.len() - 9].to_owned(),
        good.trim_end().to_owned() + &"0".repeat(8) + "\n",
        good.replace("key-1 ", "key-1 !"),
        "0".repeat(1 << 20),
    ];
    for text in wrong {
        fs::write(&path, &text).unwrap();
        let error = FileKey::open(&path).unwrap_err();
        assert!(matches!(error, KeyError::NotARootKey { .. }), "{error}");
        assert!(error.to_string().contains("root.key"), "{error}");
    }
    fs::write(&path, good.trim_end()).unwrap();
    assert!(FileKey::open(&path).is_ok(), "an editor may take the line end away");
    let error = FileKey::open(folder.path()).unwrap_err();
    assert!(matches!(error, KeyError::NotARootKey { .. }), "{error}");
}

#[test]
fn an_id_tells_roots_apart_and_reads_back() {
    let (old, new) = roots();
    assert_ne!(old.id(), new.id());
    let text = old.id().to_string();
    assert_eq!(text.parse::<KeyId>().unwrap(), old.id());
    assert!(matches!("root_short".parse::<KeyId>(), Err(KeyError::NotAnId)));
    assert_eq!(format!("{old:?}"), format!("FileKey({text})"));
}

#[test]
fn the_wrong_root_is_named_and_so_is_the_right_one() {
    let (old, new) = roots();
    let (_, wrapped) = SubjectKey::create(&old, person(1)).unwrap();
    assert_eq!(root_of(&wrapped).unwrap(), old.id());
    let error = SubjectKey::from_wrapped(&new, person(1), &wrapped).unwrap_err();
    let message = error.to_string();
    assert!(message.contains(&old.id().to_string()), "{message}");
    assert!(message.contains(&new.id().to_string()), "{message}");
}

#[test]
fn a_wrapped_key_opens_under_its_own_name_only() {
    let (root, _) = roots();
    let names = [KeyName::Subject(person(1)), KeyName::Index, KeyName::Records, KeyName::Ledger];
    for name in names {
        let (key, wrapped) = Key::create(&root, name).unwrap();
        assert_eq!(Key::from_wrapped(&root, name, &wrapped).unwrap().expose(), key.expose());
        for other in names.into_iter().filter(|other| *other != name) {
            let error = Key::from_wrapped(&root, other, &wrapped).unwrap_err();
            assert!(matches!(error, KeyError::NotOpened(NotOpened::Damaged)), "{error}");
        }
        for bit in 0..wrapped.len() * 8 {
            let mut flipped = wrapped.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(Key::from_wrapped(&root, name, &flipped).is_err(), "bit {bit}");
        }
    }
}

#[test]
fn rotating_the_root_leaves_sealed_values_as_they_are() {
    let (old, new) = roots();
    let (key, wrapped) = SubjectKey::create(&old, person(1)).unwrap();
    let note = item("note");
    let plain = Plain::new("kept".to_owned());
    let sealed = seal(&admission(&["note"]), &key, &note, 1, &plain).unwrap();

    let name = KeyName::Subject(person(1));
    let rotated = rewrap(&old, &new, name, &wrapped).unwrap();
    assert_eq!(root_of(&rotated).unwrap(), new.id());
    assert_eq!(rewrap(&old, &new, name, &rotated).unwrap(), rotated, "running again is harmless");
    assert!(rewrap(&old, &new, KeyName::Index, &rotated).is_err(), "nor does it hide damage");

    let key = SubjectKey::from_wrapped(&new, person(1), &rotated).unwrap();
    let permit = permit(person(1), &["note"]);
    assert_eq!(open(&permit, &key, &note, 1, sealed.as_bytes()).unwrap().reveal(), "kept");
    assert!(SubjectKey::from_wrapped(&old, person(1), &rotated).is_err());
}

#[test]
fn after_shredding_no_key_opens_any_copy() {
    let (root, _) = roots();
    let (key, wrapped) = SubjectKey::create(&root, person(1)).unwrap();
    let note = item("note");
    let records = RecordsKey::new(&Key::create(&root, KeyName::Records).unwrap().0);
    let plain = Plain::new("gone".to_owned());
    let copy = seal(&admission(&["note"]), &key, &note, 1, &plain).unwrap();
    let record = records.seal_record(b"rec", b"", b"given to the inn").unwrap();

    // The row is overwritten; the root is still there, and so is the copy.
    drop((key, wrapped));
    let permit = permit(person(1), &["note"]);
    let (fresh, _) = SubjectKey::create(&root, person(1)).unwrap();
    let error = open(&permit, &fresh, &note, 1, copy.as_bytes()).unwrap_err();
    assert!(matches!(error, OpenError::NotOpened { cause: NotOpened::Damaged, .. }), "{error}");
    assert!(error.to_string().contains("shredded"), "{error}");
    // What the law asks to be kept is not hers to lose.
    assert_eq!(*records.open_record(b"rec", b"", &record).unwrap(), b"given to the inn");
}

#[test]
fn in_a_succession_what_remains_moves_and_the_rest_is_gone() {
    let (root, _) = roots();
    let (key, wrapped) = SubjectKey::create(&root, person(1)).unwrap();
    let (note, email) = (item("note"), item("email"));
    let admission = admission(&["note", "email"]);
    let sealed =
        |item, text: &str| seal(&admission, &key, item, 3, &Plain::new(text.to_owned())).unwrap();
    let (leaves, stays) = (sealed(&note, "leaves"), sealed(&email, "stays@inn.example"));

    let (succession, new_wrapped) = key.succeed(&root).unwrap();
    assert_ne!(new_wrapped, wrapped);
    let resealed = succession.reseal(&email, 3, stays.as_bytes()).unwrap();
    assert!(succession.reseal(&note, 3, stays.as_bytes()).is_err(), "nothing changes place");
    assert!(succession.reseal(&email, 4, stays.as_bytes()).is_err(), "nothing changes version");
    drop(succession.finish());

    // Only the new row is left.
    let key = SubjectKey::from_wrapped(&root, person(1), &new_wrapped).unwrap();
    let permit = permit(person(1), &["note", "email"]);
    let opened = open(&permit, &key, &email, 3, resealed.as_bytes()).unwrap();
    assert_eq!(opened.reveal(), "stays@inn.example");
    assert!(open(&permit, &key, &note, 3, leaves.as_bytes()).is_err());
    assert!(open(&permit, &key, &email, 3, stays.as_bytes()).is_err(), "old copies die too");
}

/// A key service: keeps keys itself and hands out tickets.
#[derive(Default)]
struct Service(Mutex<Vec<Kept>>);

struct Kept {
    key: [u8; 32],
    context: Vec<u8>,
}

impl KeySource for Service {
    fn id(&self) -> KeyId {
        KeyId(*b"my-service")
    }

    fn wrap_key(&self, key: &Key, context: &[u8]) -> Result<Vec<u8>, KeyError> {
        let mut kept = self.0.lock().unwrap();
        kept.push(Kept { key: *key.expose(), context: context.to_vec() });
        Ok((kept.len() - 1).to_be_bytes().to_vec())
    }

    fn unwrap_key(&self, wrapped: &[u8], context: &[u8]) -> Result<Key, KeyError> {
        let ticket = usize::from_be_bytes(wrapped.try_into().map_err(|_| NotOpened::Damaged)?);
        match self.0.lock().unwrap().get(ticket) {
            Some(kept) if kept.context == context => {
                Ok(Key::from_slice(&kept.key).ok_or(NotOpened::Damaged)?)
            }
            _ => Err(KeyError::Service("no such ticket".to_owned())),
        }
    }
}

#[test]
fn a_key_service_can_take_the_place_of_the_file() {
    let (file, _) = roots();
    let service = Service::default();
    let (key, wrapped) = Key::create(&file, KeyName::Ledger).unwrap();
    let moved = rewrap(&file, &service, KeyName::Ledger, &wrapped).unwrap();
    let unwrapped = Key::from_wrapped(&service, KeyName::Ledger, &moved).unwrap();
    assert_eq!(unwrapped.expose(), key.expose());
    assert!(Key::from_wrapped(&service, KeyName::Index, &moved).is_err());
}

#[test]
fn keys_may_cross_threads() {
    fn crosses<T: Send + Sync>() {}
    crosses::<SubjectKey>();
    crosses::<vault::IndexKey>();
    crosses::<RecordsKey>();
    crosses::<FileKey>();
}
