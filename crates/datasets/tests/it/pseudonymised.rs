//! The three standards of Rules 31 (R6.1), tokens and the deletion information (R6.2), and to whom a set
//! may go (R6.3).

use std::collections::{HashMap, HashSet};

use datasets::{
    Basis, Because, Error, Finding, Kind, Look, MethodInformation, NotProvided, Pseudonymised,
    Role, Settings, Standard, Table, pseudonymise,
};

use crate::house::{about, go_on, settings, table, twenty, unmet, visits};

/// The sample's settings as pseudonymising wants them: what tells people apart stays.
fn kept() -> (Table, Settings) {
    let (table, mut settings) = visits();
    for column in settings.columns.values_mut() {
        if column.role == Role::QuasiIdentifying {
            column.role = Role::Insensitive;
            (column.dates, column.intervals) = (None, None);
        }
    }
    settings.columns.get_mut("member_id").unwrap().token = true;
    (table, settings)
}

fn made(table: &Table, settings: &Settings, fresh: u8) -> Result<Pseudonymised, Error> {
    pseudonymise(table, settings, &about(), [fresh; 32], None, &go_on)
}

fn text(made: &Pseudonymised) -> String {
    String::from_utf8(made.set.for_use_within().to_vec()).unwrap()
}

#[test]
fn identifying_values_go_or_become_tokens_and_the_rest_stays() {
    let (table, settings) = kept();
    let made = made(&table, &settings, 7).unwrap();
    let text = text(&made);
    assert!(text.starts_with("member_id,birth_date,gender,area,allergy,visited_on,party\n"));
    assert_eq!(made.set.rows(), 3000);
    for leak in ["M-0", "@", "Sato"] {
        assert!(!text.contains(leak), "{leak}");
    }
    let standards = &made.manifest.standards;
    let held: Vec<_> = standards.checks.iter().map(|check| check.standard).collect();
    assert_eq!(
        held,
        [
            Standard::IdentifyingDescriptions,
            Standard::IdentificationCodes,
            Standard::PropertyDamage
        ]
    );
    // Rows of one person keep belonging together: as many tokens as there are members.
    let tokens = made.set.tokens("member_id").unwrap();
    let different: HashSet<_> = tokens.iter().collect();
    assert_eq!(different.len(), table.column("member_id").unwrap().occurring().count());
    assert!(made.set.tokens("gender").is_none());
}

#[test]
fn tokens_hang_on_the_key_of_their_set_and_on_their_column() {
    let (table, settings) = kept();
    let lines = |made: &Pseudonymised| {
        let text = text(made);
        let tokens = text.lines().skip(1).map(|line| line.split_once(',').unwrap().0.to_owned());
        tokens.collect::<HashSet<String>>()
    };
    let (one, other) = (made(&table, &settings, 1).unwrap(), made(&table, &settings, 2).unwrap());
    assert!(lines(&one).is_disjoint(&lines(&other)), "two sets do not join");
    // The same value in two columns has two tokens.
    let pairs = twenty("other", |n| format!("a{n}"));
    let both = settings_of_tokens(&["sex", "other"]);
    let rows = crate::house::table("sex,other\nx,x\n");
    let text = text(&made(&rows, &both, 1).unwrap());
    let (a, b) = text.lines().nth(1).unwrap().split_once(',').unwrap();
    assert!(a.len() == 24 && b.len() == 24 && a != b, "{text}");
    made(&pairs, &both, 1).unwrap();
    // Nothing stands for a value that is missing.
    let rows = crate::house::table("sex,other\n,x\n");
    let text = crate::pseudonymised::text(&made(&rows, &both, 1).unwrap());
    assert!(text.lines().nth(1).unwrap().starts_with(','), "{text}");
}

fn settings_of_tokens(columns: &[&str]) -> Settings {
    let columns = columns
        .iter()
        .map(|name| format!("[columns.{name}]\nrole = \"identifying\"\ntoken = true\n"));
    settings(&columns.collect::<String>())
}

#[test]
fn it_is_made_again_by_its_deletion_information_and_not_without() {
    let (table, settings) = kept();
    let first = made(&table, &settings, 7).unwrap();
    let kept: MethodInformation = serde_json::from_str(&first.method.json().unwrap()).unwrap();
    let again =
        pseudonymise(&table, &kept.settings, &about(), [0; 32], Some(&kept), &go_on).unwrap();
    assert_eq!(text(&first), text(&again));
    let without = pseudonymise(&table, &kept.settings, &about(), [0; 32], None, &go_on).unwrap();
    assert_ne!(text(&first), text(&without));
    // Neither key nor seed is in the manifest (Rules 32), nor in what a program prints.
    let manifest = first.manifest.json().unwrap();
    let secrets: HashMap<String, serde_json::Value> =
        serde_json::from_str(&first.method.json().unwrap()).unwrap();
    for secret in [secrets["key"].as_str().unwrap(), kept.settings.seed.as_deref().unwrap()] {
        assert!(!manifest.contains(secret));
        assert!(!format!("{:?} {:?}", first.method, first.set).contains(secret));
    }
}

#[test]
fn each_of_the_three_standards_can_fail() {
    for (cell, look, standard) in [
        ("a@guest.example", Look::Email, Standard::IdentifyingDescriptions),
        ("03-1234-5678", Look::Phone, Standard::IdentifyingDescriptions),
        ("123456789018", Look::MyNumber, Standard::IdentificationCodes),
        ("4111111111111111", Look::Card, Standard::PropertyDamage),
    ] {
        let table = twenty("note", |_| cell.to_owned());
        let text = "[columns.sex]\nrole = \"insensitive\"\n[columns.note]\nrole = \"insensitive\"";
        let unmet = unmet(made(&table, &settings(text), 7).unwrap_err());
        assert_eq!(unmet.len(), 1, "{cell}");
        assert_eq!(unmet[0].0, standard);
        assert!(
            unmet[0].1.iter().any(
                |f| matches!(f, Finding::Called { because: Because::Look(l), .. } if *l == look)
            )
        );
    }
}

#[test]
fn a_code_or_a_card_is_removed_and_never_a_token() {
    let cards = table("sex,card\nf,x\n");
    for role in ["identification_code", "financial", "insensitive", "quasi_identifying"] {
        let text = format!(
            "[columns.sex]\nrole = \"insensitive\"\n[columns.card]\nrole = \"{role}\"\ntoken = true"
        );
        assert!(matches!(made(&cards, &settings(&text), 7), Err(Error::Table(_))), "{role}");
    }
    let all = settings_of_tokens(&["sex", "card"]);
    let mut gone = all.clone();
    for column in gone.columns.values_mut() {
        column.token = false;
    }
    assert!(matches!(made(&cards, &gone, 7), Err(Error::Table(_))), "nothing would be left");
}

#[test]
fn to_whom_a_set_may_go_is_the_law_s_to_say() {
    // R6.3: consent does not lift the ban; entrustment, succession, joint use and law stay possible.
    let all = [
        Basis::Anonymised,
        Basis::Law,
        Basis::Entrustment,
        Basis::Succession,
        Basis::JointUse,
        Basis::Consent,
    ];
    let may = |kind| all.into_iter().filter(|basis| basis.allows(kind).is_ok()).collect::<Vec<_>>();
    assert_eq!(may(Kind::Anonymised), [Basis::Anonymised]);
    assert_eq!(
        may(Kind::Pseudonymised),
        [Basis::Law, Basis::Entrustment, Basis::Succession, Basis::JointUse]
    );
    let refused = Basis::Consent.allows(Kind::Pseudonymised);
    assert_eq!(refused, Err(NotProvided::Pseudonymised));
}
