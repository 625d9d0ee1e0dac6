//! The reference policy reads without an error, and its words say what its data does.

use std::path::Path;

use policy::{Document, Language, read_dir};

fn reference() -> (Document, Vec<policy::Finding>) {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../apps/reservation/policy");
    let read = read_dir(&dir).unwrap_or_else(|findings| {
        panic!("{}", findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    });
    (read.document, read.warnings)
}

#[test]
fn what_goes_to_the_store_is_named_in_the_words_people_agree_to() {
    let (policy, warnings) = reference();
    for warning in &warnings {
        eprintln!("{warning}");
    }
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
