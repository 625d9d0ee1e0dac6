//! The ways to choose from (R7.2): the best first, one of them made as it was chosen, and what stands in the
//! way where there is none.

use anonymise::{Fault, Language};
use datasets::{Error, Next, Recode, Step, anonymise, blocked, ways};

use crate::house::{about, go_on, made, settings, table, twenty, visits};

#[test]
fn what_is_chosen_is_what_is_made_and_made_again() {
    let (table, mut settings) = visits();
    (settings.person, settings.recoding) = (Some(String::new()), Recode::Whole);
    let found = ways(&table, &settings, 500, &go_on).unwrap();
    let choices = found.choices(6);
    assert!(found.proven && (3..=6).contains(&choices.len()), "{choices:?}");
    assert_eq!(choices[0], &found.ways[0]);
    for pair in choices.windows(2) {
        assert!(pair[0].loss < pair[1].loss && pair[0].average > pair[1].average, "{pair:?}");
    }
    assert!(found.ways.iter().all(|way| way.highest <= 0.1 && way.suppressed <= found.rows / 20));

    let best = made(&table, &settings).unwrap().manifest;
    assert_eq!((best.node.as_ref(), best.proven), (Some(&choices[0].node), true));
    settings.levels = found.levels(choices[2]);
    let chosen = made(&table, &settings).unwrap();
    assert_eq!(chosen.manifest.node.as_ref(), Some(&choices[2].node));
    assert_eq!(chosen.manifest.counts.suppressed, choices[2].suppressed);
    assert!(!chosen.manifest.proven, "somebody chose it");
    let method = &chosen.method.settings;
    let again = anonymise(&table, method, &about(), [0; 32], Some(&chosen.manifest), &go_on);
    assert_eq!(again.unwrap().set.file(), chosen.set.file());

    // Levels are of every column that is generalised, and of no other.
    let (column, level) = settings.levels.pop_first().unwrap();
    let wrong = made(&table, &settings).unwrap_err();
    assert!(wrong.sentence(Language::En).contains(&column), "{wrong}");
    settings.levels.insert(column, level);
    settings.levels.insert("allergy".to_owned(), 0);
    assert!(made(&table, &settings).unwrap_err().sentence(Language::Ja).contains("allergy"));
}

#[test]
fn a_way_that_leaves_out_too_much_becomes_no_set() {
    let table = twenty("age", |n| (20 + n).to_string());
    let mut settings = settings(
        "k = 5\nrecoding = \"whole\"\n[columns.sex]\nrole = \"quasi_identifying\"\n\
         [columns.age]\nrole = \"quasi_identifying\"\nintervals = { widths = [10] }\n",
    );
    assert!(made(&table, &settings).is_ok());
    settings.levels = [("sex".to_owned(), 0), ("age".to_owned(), 0)].into();
    let Err(Error::Standards(standards)) = made(&table, &settings) else { panic!("it is made") };
    assert!(!standards.hold());
}

#[test]
fn looking_can_be_stopped_or_be_enough() {
    let (table, mut settings) = visits();
    settings.person = Some(String::new());
    let stop = |step| if matches!(step, Step::Checks(_)) { Next::Stop } else { Next::GoOn };
    assert!(matches!(ways(&table, &settings, 500, &stop), Err(Error::Stopped)));
    let few = ways(&table, &settings, 3, &go_on).unwrap();
    assert!(few.looked == 3 && !few.all && u128::from(few.looked) < few.nodes);
}

#[test]
fn what_stands_in_the_way_is_named_with_what_would_help() {
    let text = "age,sex,illness\n".to_owned() + &"30,f,none\n31,m,none\n".repeat(4);
    let table = table(&text);
    let mut settings = settings(
        "k = 10\n[columns.age]\nrole = \"quasi_identifying\"\n[columns.sex]\nrole = \"quasi_identifying\"\n\
         [columns.illness]\nrole = \"sensitive\"\nl = 2\n",
    );
    let none = ways(&table, &settings, 500, &go_on).unwrap_err();
    assert!(matches!(none, Error::Table(anonymise::Error { fault: Fault::NoSolution(_), .. })));
    let found = blocked(&table, &settings).unwrap();
    let said: Vec<[String; 2]> = found
        .iter()
        .map(|one| [Language::En, Language::Ja].map(|language| one.sentence(language)))
        .collect();
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0][0].contains("a k of 8 at most") && said[0][1].contains("kを8以下"), "{said:?}");
    assert!(said[1][0].contains("`illness` has 1 different") && said[1][1].contains("1種類"));
    // What could be fulfilled by itself does not stand in the way.
    settings.k = Some(5);
    let found = blocked(&table, &settings).unwrap();
    assert!(found.len() == 1 && found[0].model.column() == Some("illness"), "{found:?}");
}
