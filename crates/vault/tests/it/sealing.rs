//! In for an admission, out for a permit, and nothing opens out of its place.

use proptest::prelude::*;
use vault::{
    FileKey, Key, NotOpened, OpenError, Plain, RecordsKey, SealError, SubjectKey, open, seal,
};

use crate::house::{admission, item, permit, person};

fn root() -> FileKey {
    let folder = tempfile::tempdir().unwrap();
    FileKey::create(&folder.path().join("root.key")).unwrap()
}

fn key(subject: u8) -> SubjectKey {
    SubjectKey::create(&root(), person(subject)).unwrap().0
}

fn plain(text: &str) -> Plain {
    Plain::new(text.to_owned())
}

#[test]
fn a_value_comes_back_as_it_went_in() {
    let (key, note) = (key(1), item("note"));
    let sealed = seal(&admission(&["note"]), &key, &note, 1, &plain("そば粉アレルギー")).unwrap();
    let permit = permit(person(1), &["note"]);
    let opened = open(&permit, &key, &note, 1, sealed.as_bytes()).unwrap();
    assert_eq!(opened.reveal(), "そば粉アレルギー");
}

#[test]
fn sealing_the_same_twice_shows_nothing_in_common() {
    let (key, note, admission) = (key(1), item("note"), admission(&["note"]));
    let [one, two] =
        [1, 1].map(|version| seal(&admission, &key, &note, version, &plain("same")).unwrap());
    assert_ne!(one, two);
    assert_eq!(one.as_bytes().len(), 1 + 12 + 4 + 16);
}

#[test]
fn what_was_not_admitted_is_not_sealed() {
    let error = seal(&admission(&["note"]), &key(1), &item("email"), 1, &plain("x")).unwrap_err();
    assert_eq!(error, SealError::NotAdmitted { item: item("email") });
}

#[test]
fn a_permit_for_another_person_or_item_opens_nothing() {
    let (key, note) = (key(1), item("note"));
    let sealed = seal(&admission(&["note"]), &key, &note, 1, &plain("x")).unwrap();
    let refused = OpenError::NotPermitted { item: note.clone() };
    for permit in [permit(person(2), &["note"]), permit(person(1), &["email"])] {
        assert_eq!(open(&permit, &key, &note, 1, sealed.as_bytes()).unwrap_err(), refused);
        // Refused before the bytes are looked at: these would otherwise be named as damaged.
        assert_eq!(open(&permit, &key, &note, 1, b"").unwrap_err(), refused);
    }
}

#[test]
fn no_bit_can_be_flipped() {
    let (key, note) = (key(1), item("note"));
    let permit = permit(person(1), &["note"]);
    let sealed = seal(&admission(&["note"]), &key, &note, 1, &plain("abc")).unwrap().into_bytes();
    for bit in 0..sealed.len() * 8 {
        let mut flipped = sealed.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let error = open(&permit, &key, &note, 1, &flipped).unwrap_err();
        let OpenError::NotOpened { cause, .. } = error else { panic!("{error}") };
        let of_format = matches!(cause, NotOpened::Format { .. });
        assert_eq!(of_format, bit < 8, "bit {bit}: {cause}");
    }
}

#[test]
fn nothing_opens_where_it_was_not_sealed() {
    let root = root();
    let (key, wrapped) = SubjectKey::create(&root, person(1)).unwrap();
    let (note, email) = (item("note"), item("email"));
    let sealed = seal(&admission(&["note"]), &key, &note, 7, &plain("x")).unwrap().into_bytes();
    let permit_one = permit(person(1), &["note", "email"]);
    assert!(open(&permit_one, &key, &note, 7, &sealed).is_ok());

    let damaged = |result: Result<Plain, OpenError>| {
        matches!(result, Err(OpenError::NotOpened { cause: NotOpened::Damaged, .. }))
    };
    assert!(damaged(open(&permit_one, &key, &note, 8, &sealed)), "another version");
    assert!(damaged(open(&permit_one, &key, &email, 7, &sealed)), "another item");
    let other = SubjectKey::create(&root, person(2)).unwrap().0;
    let permit_two = permit(person(2), &["note"]);
    assert!(damaged(open(&permit_two, &other, &note, 7, &sealed)), "another person");
    // And a person's wrapped key is no other person's, so it cannot be lent either.
    assert!(SubjectKey::from_wrapped(&root, person(2), &wrapped).is_err());
}

proptest! {
    #[test]
    fn every_text_comes_back(text: String, version: u32) {
        let (key, note) = (key(1), item("note"));
        let sealed =
            seal(&admission(&["note"]), &key, &note, version, &plain(&text)).unwrap();
        let permit = permit(person(1), &["note"]);
        let opened = open(&permit, &key, &note, version, sealed.as_bytes()).unwrap();
        prop_assert_eq!(opened.reveal(), text);
    }

    #[test]
    fn no_bytes_make_it_stumble(bytes: Vec<u8>) {
        let permit = permit(person(1), &["note"]);
        prop_assert!(open(&permit, &key(1), &item("note"), 1, &bytes).is_err());
        prop_assert!(vault::root_of(&bytes).is_err() || bytes.len() >= 11);
        prop_assert!(SubjectKey::from_wrapped(&root(), person(1), &bytes).is_err());
    }

    #[test]
    fn every_record_comes_back(id: Vec<u8>, context: Vec<u8>, record: Vec<u8>) {
        let records = RecordsKey::new(&Key::generate().unwrap());
        let sealed = records.seal_record(&id, &context, &record).unwrap();
        prop_assert_eq!(&*records.open_record(&id, &context, &sealed).unwrap(), &record);
    }
}

#[test]
fn a_record_opens_only_under_its_id_and_context() {
    let records = RecordsKey::new(&Key::generate().unwrap());
    let sealed = records.seal_record(b"one", b"two", b"handed to the inn").unwrap();
    for (id, context) in [("one", "tw"), ("on", "etwo"), ("onet", "wo"), ("two", "one")] {
        let opened = records.open_record(id.as_bytes(), context.as_bytes(), &sealed);
        assert_eq!(opened.unwrap_err(), NotOpened::Damaged, "{id} {context}");
    }
    let other = RecordsKey::new(&Key::generate().unwrap());
    assert!(other.open_record(b"one", b"two", &sealed).is_err());
}

#[test]
fn neither_values_nor_keys_tell_themselves() {
    let key = key(1);
    let sealed = seal(&admission(&["note"]), &key, &item("note"), 1, &plain("secret")).unwrap();
    assert_eq!(format!("{sealed:?}"), "Sealed(35 bytes)");
    assert_eq!(format!("{key:?}"), format!("SubjectKey({}, …)", person(1)));
    assert_eq!(format!("{:?}", Key::generate().unwrap()), "Key(…)");
}
