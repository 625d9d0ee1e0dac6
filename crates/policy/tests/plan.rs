//! A plan held against the changes: what is not answered, or not truly, is named with the way out.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

mod common;

use policy::Document;
use policy::diff::diff;
use policy::plan::{Missing, Plan, Promises, check, skeleton};

const RESEARCH: &str = r#"
    purposes.research = { label = { ja = "研究", en = "Research" }, article = "2(3)", tier = "other", own_use = true, basis = { jp = "notice", eu = "legitimate_interest", uk = "legitimate_interest" } }
    items.area.purposes = ["service", "research"]
"#;
const RESEARCH_CONSENT: &str = r#"
    consents.research = { label = { ja = "研究", en = "Research" }, wording = { ja = "研究に使うことに同意します。", en = "I agree to research." }, on_refusal = { ja = "研究に使いません。", en = "No research." }, since = "2027-01-01", article = "2(3)" }
"#;

fn versions(edit: &str) -> (Document, Document) {
    let edit = format!("controller.version = '2027-01-01'\n{edit}");
    let edit: toml::Table = edit.parse().unwrap();
    let mut old = toml::Table::new();
    for file in edit.keys() {
        old.insert(file.clone(), toml::Table::new().into());
    }
    (common::changed(&old), common::changed(&edit))
}

fn held(edit: &str, plan: Option<&str>, later: bool) -> Result<Promises, Vec<Missing>> {
    let (old, new) = versions(edit);
    let plan = plan.map(|text| {
        Plan::read(&format!("version = '2027-01-01'\n{text}")).unwrap_or_else(|e| panic!("{e}"))
    });
    check(&old, &new, &diff(&old, &new), plan.as_ref(), later)
}

fn refused(edit: &str, plan: Option<&str>, later: bool) -> String {
    let missing = held(edit, plan, later).unwrap_err();
    missing.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn what_needs_no_more_than_posting_needs_no_plan() {
    let edit = "controller.controller.address.en = '[Sample] Elsewhere'";
    assert_eq!(held(edit, None, false), Ok(Promises::default()));
}

#[test]
fn a_new_purpose_for_old_data_needs_a_consent_and_locks_what_was_collected_before() {
    let says = refused(RESEARCH, None, false);
    assert!(says.contains("purposes.research") && says.contains("Act 18(1)"), "{says}");
    let edit = format!("{RESEARCH}{RESEARCH_CONSENT}");
    let at = "[answers.\"purposes.research\"]\n";
    let says = refused(&edit, Some(&format!("{at}ask = 'research'")), false);
    assert!(says.contains("old_data"), "{says}");
    let says = refused(&edit, Some(&format!("{at}ask = 'marketing'\nold_data = 'locked'")), false);
    assert!(says.contains("`marketing` was given to other words"), "{says}");
    let plan = format!("{at}ask = 'research'\nold_data = 'locked'");
    let promises = held(&edit, Some(&plan), false).unwrap();
    assert_eq!(promises.locks.len(), 1);
    let lock = &promises.locks[0];
    assert_eq!(lock.until.as_ref().map(policy::ConsentName::as_str), Some("research"));
    assert!(lock.stands_before(&"research".parse().unwrap(), None));
    assert!(!lock.stands_before(&"service".parse().unwrap(), None));
}

#[test]
fn a_purpose_that_rests_on_the_new_consent_needs_no_lock() {
    let edit = format!("{RESEARCH}{RESEARCH_CONSENT}")
        .replace("\"notice\"", "\"consent:research\"")
        .replace("\"legitimate_interest\"", "\"consent:research\"");
    let plan = "[answers.\"purposes.research\"]\nask = 'research'";
    assert_eq!(held(&edit, Some(plan), false).unwrap().locks, []);
}

#[test]
fn a_related_purpose_is_judged_with_a_reason_and_told() {
    let at = "[answers.\"purposes.research\"]\n";
    let says = refused(RESEARCH, Some(&format!("{at}related = ' '\ntell = 'page'")), false);
    assert!(says.contains("without a reason"), "{says}");
    let says = refused(RESEARCH, Some(&format!("{at}related = 'it improves the service'")), false);
    assert!(says.contains("tell"), "{says}");
    let plan = format!("{at}related = 'it improves the service'\ntell = 'letter'");
    let promises = held(RESEARCH, Some(&plan), false).unwrap();
    assert!(promises.letters && promises.locks.is_empty());
    let wrong = "[answers.\"purposes.research\"]\nsame_sense = 'it is the same'";
    assert!(refused(RESEARCH, Some(wrong), false).contains("cannot be judged"));
}

#[test]
fn a_new_third_party_needs_a_consent_that_covers_it() {
    let edit = r#"
        recipients.guidebook = { label = { ja = "ガイドブック", en = "Guidebook" }, article = "4", role = "third_party", country = "JP", purposes = ["marketing"] }
    "#;
    let plan = |ask: &str| {
        format!(
            "[answers.\"recipients.guidebook\"]\nask = '{ask}'\nold_data = 'locked'\ntell = 'page'\n\
             [answers.\"recipients.guidebook.country\"]\ntell = 'page'"
        )
    };
    let says = refused(edit, Some(&plan("marketing")), false);
    assert!(says.contains("other words"), "{says}");
    let again = format!("{edit}\nconsents.marketing.since = '2027-01-01'");
    let promises = held(&again, Some(&plan("marketing")), false).unwrap();
    assert_eq!(promises.asked.len(), 1);
    let says = refused(&again, Some(&plan("dietary_care")), false);
    assert!(says.contains("other words"), "{says}");
}

#[test]
fn a_new_recipient_abroad_wants_information_before_consent() {
    let edit = r#"
        recipients.guidebook = { label = { ja = "ガイドブック", en = "Guidebook" }, article = "4", role = "processor", country = "US", transfer_consent = "abroad", purposes = ["support"], contract = { signed_on = "2026-04-01", evidence = "c" } }
        consents.abroad = { label = { ja = "外国", en = "Abroad" }, wording = { ja = "アメリカ合衆国への提供に同意します。", en = "I agree to the United States." }, on_refusal = { ja = "提供しません。", en = "Nothing goes there." }, since = "2027-01-01", article = "4" }
    "#;
    let plan = |more: &str| {
        format!(
            "[answers.\"recipients.guidebook\"]\nevidence = 'contract-7'\n\
             [answers.\"recipients.guidebook.country\"]\nask = 'abroad'\n{more}"
        )
    };
    let says = refused(edit, Some(&plan("")), false);
    assert!(says.contains("Act 28(1), (2)") && says.contains("`inform`"), "{says}");
    held(edit, Some(&plan("inform = '/policy#countries'")), false).unwrap();
}

#[test]
fn a_joint_use_with_another_purpose_is_published_before() {
    let edit = "recipients.gmo_group.purposes = ['support', 'billing']";
    assert!(refused(edit, None, false).contains("--at"));
    held(edit, None, true).unwrap();
}

#[test]
fn an_answer_to_nothing_is_named() {
    let plan = "[answers.\"items.gone\"]\ntell = 'page'";
    assert!(
        refused("controller.controller.country = 'JP'", Some(plan), false).contains("items.gone")
    );
    assert!(Plan::read("version = '2027-01-01'\nwhatever = 1").is_err());
}

#[test]
fn a_skeleton_names_every_change_that_needs_an_answer_and_is_no_answer() {
    let edit = format!("{RESEARCH}{RESEARCH_CONSENT}");
    let (old, new) = versions(&edit);
    let changes = diff(&old, &new);
    let text = skeleton(&new, &changes);
    let plan = Plan::read(&text).unwrap();
    for change in changes.iter().filter(|change| change.duty().needs_plan()) {
        assert!(plan.answers.contains_key(&change.place.to_string()), "{text}");
    }
    assert!(check(&old, &new, &changes, Some(&plan), false).is_err());
}
