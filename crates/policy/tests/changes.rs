//! Runs the case files in `tests/changes`: an edit of the reference policy, what it is, and
//! what law asks for before it may take effect; then what holds for every pair of versions.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use policy::diff::{Change, Class, Duty, diff, duty};
use policy::{Document, Language};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// What the file is about, for the reader.
    #[serde(rename = "about")]
    _about: String,
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    says: String,
    cites: Vec<String>,
    /// What the version before has besides the reference policy: file, table, key.
    #[serde(default)]
    before: toml::Table,
    /// What the new version changes; `"(none)"` takes a key out.
    edit: toml::Table,
    /// Every change, by its place: the class, then what law asks for; by regime where it differs.
    changes: BTreeMap<String, String>,
    /// Changes in the words that people read, by place.
    #[serde(default)]
    ja: BTreeMap<String, String>,
    #[serde(default)]
    en: BTreeMap<String, String>,
    /// What else each change may be judged to be, by place.
    #[serde(default)]
    judgements: BTreeMap<String, Vec<policy::diff::Judgement>>,
}

/// Files that are touched on one side are written anew on both, so that only the edit differs.
fn versions(before: &toml::Table, edit: &toml::Table) -> (Document, Document) {
    let mut old = before.clone();
    for file in edit.keys() {
        old.entry(file).or_insert_with(|| toml::Table::new().into());
    }
    let mut new = old.clone();
    common::lay_over(&mut new, edit);
    // `(none)` in an edit must reach the reference policy, too.
    for (file, change) in edit {
        let above = change.as_table().unwrap();
        let below = new.get_mut(file).unwrap().as_table_mut().unwrap();
        keep_nothing(below, above);
    }
    (common::changed(&old), common::changed(&new))
}

fn keep_nothing(below: &mut toml::Table, above: &toml::Table) {
    for (key, value) in above {
        match value {
            toml::Value::String(word) if word == "(none)" => {
                below.insert(key.clone(), value.clone());
            }
            toml::Value::Table(above) => {
                if let Some(toml::Value::Table(below)) = below.get_mut(key) {
                    keep_nothing(below, above);
                }
            }
            _ => {}
        }
    }
}

/// A change as the case files write it.
fn summary(change: &Change) -> String {
    let mut duties: Vec<(String, String)> = Vec::new();
    for demand in &change.demands {
        for regime in &demand.regimes {
            duties.push((regime.to_string(), demand.duty.id()));
        }
    }
    let order = |name: &str| ["jp", "eu", "uk"].iter().position(|known| *known == name);
    duties.sort_by_key(|(regime, _)| order(regime));
    let all_the_same = duties.iter().map(|(_, duty)| duty).collect::<BTreeSet<_>>().len() == 1;
    let said = match duties.as_slice() {
        [(_, duty), ..] if all_the_same && duties.len() == 3 => duty.clone(),
        duties => duties.iter().map(|(r, d)| format!("{r} {d}")).collect::<Vec<_>>().join(", "),
    };
    format!("{}: {said}", change.class)
}

fn files() -> Vec<(String, File)> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/changes");
    let mut files: Vec<_> = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path).unwrap();
            let file = toml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
            (name, file)
        })
        .collect();
    files.sort_by(|a, b| a.0.cmp(&b.0));
    files
}

#[test]
fn every_edit_is_the_change_that_its_case_says() {
    let mut wrong = Vec::new();
    for (file, cases) in files() {
        for case in cases.case {
            assert!(!case.cites.is_empty(), "{file}: {} cites nothing", case.says);
            let (old, new) = versions(&case.before, &case.edit);
            let changes = diff(&old, &new);
            let found: BTreeMap<String, String> =
                changes.iter().map(|c| (c.place.to_string(), summary(c))).collect();
            if found != case.changes {
                wrong.push(format!(
                    "{file}: {}\n  says  {:#?}\n  found {found:#?}",
                    case.says, case.changes
                ));
            }
            let at = |place: &str| changes.iter().find(|c| c.place.to_string() == place);
            for (language, said) in [(Language::Ja, &case.ja), (Language::En, &case.en)] {
                for (place, words) in said {
                    let found = at(place).map(|change| change.words.get(language));
                    if found != Some(words) {
                        wrong.push(format!("{file}: {}\n  {words}\n  {found:?}", case.says));
                    }
                }
            }
            for (place, judgements) in &case.judgements {
                let found = at(place).map(|change| &change.judgements);
                if found != Some(judgements) {
                    wrong.push(format!("{file}: {}: {place}: {found:?}", case.says));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_class_that_an_edit_can_have_has_a_case() {
    // The law and the languages come with the program, so no edit of a policy changes them; the
    // others are what somebody judges.
    let none =
        [Class::LawChanged, Class::LanguageDropped, Class::PurposeRelated, Class::JointUseDetails];
    let told: BTreeSet<String> = files()
        .into_iter()
        .flat_map(|(_, file)| file.case)
        .flat_map(|case| case.changes.into_values())
        .map(|said| said.split(':').next().unwrap().to_owned())
        .collect();
    let missing: Vec<String> = Class::ALL
        .iter()
        .filter(|class| !none.contains(class))
        .map(|class| class.id())
        .filter(|id| !told.contains(id))
        .collect();
    assert!(missing.is_empty(), "no case has {missing:?}");
}

#[test]
fn nothing_changed_is_no_change() {
    let policy = common::reference();
    assert_eq!(diff(&policy, &policy), []);
    let later = common::changed(&"[controller]\nversion = '2027-01-01'".parse().unwrap());
    let same = common::changed(&"[controller]".parse().unwrap());
    assert_eq!(diff(&same, &later), [], "a version alone is no change");
    assert_eq!(duty(&[]), Duty::Post);
}

#[test]
fn every_place_is_named_once_and_speaks_both_languages() {
    for (file, cases) in files() {
        for case in cases.case {
            let (old, new) = versions(&case.before, &case.edit);
            for (old, new) in [(&old, &new), (&new, &old)] {
                let mut seen = BTreeSet::new();
                for change in diff(old, new) {
                    assert!(seen.insert(change.place.to_string()), "{file}: {}", change.place);
                    assert!(change.words.ja.ends_with('。'), "{}", change.words.ja);
                    assert!(change.words.en.ends_with('.'), "{}", change.words.en);
                    if let (Some(from), Some(to)) = (&change.from, &change.to) {
                        let (ja, en) = (&change.words.ja, &change.words.en);
                        let twice = format!("「{}」から「{}」", to.ja, to.ja);
                        assert!(!ja.contains(&twice), "{ja}");
                        assert!(!en.contains(&format!("“{}” to “{}”", to.en, to.en)), "{en}");
                        let only = [from.ja == to.ja, from.en == to.en];
                        assert_eq!(only == [true, false], ja.contains("（英語のみ）"), "{ja}");
                        assert_eq!(only == [true, false], en.contains("in English only"), "{en}");
                        assert_eq!(only == [false, true], ja.contains("（日本語のみ）"), "{ja}");
                        assert_eq!(only == [false, true], en.contains("in Japanese only"), "{en}");
                    }
                    assert!(!change.demands.is_empty(), "{file}: {}", change.place);
                }
            }
        }
    }
}
