//! The reference policy reads without an error, and its words say what its data does.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

mod common;

use policy::Language;

#[test]
fn what_goes_to_the_store_is_named_in_the_words_people_agree_to() {
    let policy = common::reference();
    let consent = &policy.consents[&"store_disclosure".parse().unwrap()];
    let to_store = &policy.recipients[&"store".parse().unwrap()].purposes;
    for language in Language::ALL {
        let wording = consent.wording.get(language).to_lowercase();
        let items =
            policy.items.values().filter(|i| i.purposes.iter().any(|p| to_store.contains(p)));
        for label in items.map(|i| &i.label).chain(policy.secrets.values().map(|s| &s.label)) {
            let label = label.get(language).to_lowercase();
            assert!(wording.contains(&label), "{}: {label} in {wording}", language.tag());
        }
    }
}

#[test]
fn nothing_is_left_open() {
    let read = policy::read_files(&common::files()).unwrap();
    assert_eq!(read.warnings, []);
}

#[test]
fn the_folder_reads_like_its_files() {
    let dir =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../apps/reservation/policy");
    let read = policy::read_dir(&dir).unwrap_or_else(|found| panic!("{}", common::lines(&found)));
    assert_eq!(read.document, common::reference());
}

#[test]
fn choices_and_items_keep_the_order_people_read_them_in() {
    let policy = common::reference();
    let first: Vec<&str> =
        policy.items_in_order().into_iter().take(3).map(|(name, _)| name.as_str()).collect();
    assert_eq!(first, ["name", "email", "phone"]);
    let size = &policy.items[&"serving_size".parse().unwrap()];
    let policy::ValueKind::Choice(choices) = &size.value else { panic!("a choice") };
    assert_eq!(choices.keys().collect::<Vec<_>>(), ["small", "regular", "large"]);
}

#[test]
fn nobody_is_asked_for_a_consent_that_nothing_needs() {
    let policy = common::reference();
    let asked = |regime: &str| -> Vec<String> {
        let asked = policy.consents_asked(&regime.parse().unwrap());
        asked.into_iter().map(|(name, _)| name.to_string()).collect()
    };
    assert_eq!(
        asked("jp"),
        ["store_disclosure", "dietary_care", "marketing", "related_information"]
    );
    assert_eq!(asked("eu"), ["dietary_care", "marketing"]);
    assert_eq!(asked("uk"), ["dietary_care", "marketing"]);
}
