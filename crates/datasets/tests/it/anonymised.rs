//! The five standards of Rules 34 (R7.1), each of which can fail; k and l (R7.2); persons with several
//! rows; the same run again.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};

use anonymise::verify::Word;
use anonymise::{Language, STAR};
use datasets::{
    Because, Counts, Error, Finding, Look, MethodInformation, Next, Recode, Role, Rules, Settings,
    Standard, Step, anonymise, check,
};

use crate::house::{about, go_on, made, settings, table, twenty, unmet, visits};

#[test]
fn the_sample_is_made_anonymous_as_suggested_by_each_recoding() {
    let (table, mut settings) = visits();
    for recoding in [Recode::Whole, Recode::Cells, Recode::Parts] {
        settings.recoding = recoding;
        let made = made(&table, &settings).unwrap();
        let standards = &made.manifest.standards;
        assert!(standards.hold());
        let held: Vec<Standard> = standards.checks.iter().map(|check| check.standard).collect();
        assert_eq!(
            held,
            [
                Standard::IdentifyingDescriptions,
                Standard::IdentificationCodes,
                Standard::LinkingCodes,
                Standard::PeculiarDescriptions,
                Standard::Differences,
            ]
        );
        assert!(standards.checks.iter().all(|check| !check.findings.is_empty()), "evidence");
        assert!(!made.manifest.proven || recoding != Recode::Parts);
        let csv = String::from_utf8(made.set.file().to_vec()).unwrap();
        assert_eq!(csv.lines().next().unwrap(), "birth_date,gender,area,allergy,visited_on,party");
        for leak in ["@", "M-0", "Sato", "guest"] {
            assert!(!csv.contains(leak), "{leak}");
        }
        assert!(made.manifest.is_of(made.set.file()));
        let (_, after) = made.manifest.risks.unwrap();
        assert!(after.highest <= 100_000, "one in ten: {after:?}");
        let fewest = standards.checks[4].findings.iter().find_map(|finding| match finding {
            Finding::Alike { fewest, counted: Counts::People, .. } => Some(*fewest),
            _ => None,
        });
        let fewest = fewest.unwrap();
        assert_eq!(u64::from(after.highest), (1_000_000 + fewest / 2) / fewest);
    }
}

#[test]
fn a_value_of_a_removed_column_that_stands_elsewhere_is_found() {
    // Rules 34(1): the name is removed, and told by a note all the same.
    let rows = (0..20).map(|n| {
        let (name, sex) = (["Aoi", "Ren"][n % 2], ["f", "m"][n % 2]);
        format!("{name},{sex},a table for {name}\n")
    });
    let table = table(&format!("name,sex,note\n{}", rows.collect::<String>()));
    let text = "person = \"\"\n[columns.name]\nrole = \"identifying\"\n[columns.sex]\nrole = \"quasi_identifying\"\n\
                [columns.note]\nrole = \"insensitive\"\nconfirmed = \"made-up rows, of nobody at all\"";
    let unmet = unmet(made(&table, &settings(text)).unwrap_err());
    assert_eq!(unmet.len(), 1);
    assert_eq!(unmet[0].0, Standard::IdentifyingDescriptions);
    assert!(unmet[0].1.iter().any(|finding| matches!(
        finding,
        Finding::Tells { column, removed, .. } if column == "note" && removed == "name"
    )));
    // A removed column and a note that tells nothing are well.
    let mut mended = settings(text);
    mended.columns.get_mut("note").unwrap().role = Role::Identifying;
    made(&table, &mended).unwrap();
}

#[test]
fn what_leads_to_a_person_is_found_by_its_look_and_by_the_standard_it_breaks() {
    for (cell, look, standard) in [
        ("aoi@guest.example", Look::Email, Standard::IdentifyingDescriptions),
        ("090-1234-5678", Look::Phone, Standard::IdentifyingDescriptions),
        ("123456789018", Look::MyNumber, Standard::IdentificationCodes),
        ("TK1234567", Look::Passport, Standard::IdentificationCodes),
        ("192.0.2.17", Look::Address, Standard::LinkingCodes),
        ("4111 1111 1111 1111", Look::Card, Standard::LinkingCodes),
    ] {
        let table = twenty("note", |_| cell.to_owned());
        let text =
            "[columns.sex]\nrole = \"quasi_identifying\"\n[columns.note]\nrole = \"insensitive\"";
        let error = made(&table, &settings(text)).unwrap_err();
        for language in [Language::Ja, Language::En] {
            let told = error.sentence(language);
            assert!(told.contains(look.words(language)), "{told}");
            assert!(!told.contains(cell), "no value is told: {told}");
        }
        let unmet = unmet(error);
        assert_eq!(unmet.len(), 1, "{cell}");
        assert_eq!(unmet[0].0, standard, "{cell}");
        assert!(
            unmet[0].1.iter().any(
                |f| matches!(f, Finding::Called { because: Because::Look(l), .. } if *l == look)
            )
        );
    }
}

#[test]
fn a_value_that_few_have_becomes_a_star_and_the_report_counts_it() {
    // Rules 34(4): somebody of 116 years, in a column that is shown as it stands.
    let table = twenty("age", |n| if n == 7 { "116".to_owned() } else { "30".to_owned() });
    let text = "[columns.sex]\nrole = \"quasi_identifying\"\n[columns.age]\nrole = \"insensitive\"\nconfirmed = \"made-up rows, of nobody at all\"";
    let made = made(&table, &settings(text)).unwrap();
    let csv = String::from_utf8(made.set.file().to_vec()).unwrap();
    assert!(!csv.contains("116"), "{csv}");
    assert_eq!(csv.matches(&format!(",{STAR}\n")).count(), 1);
    assert_eq!(made.manifest.counts.starred, BTreeMap::from([("age".to_owned(), 1)]));
    let below = Rules::now().rare.below.value;
    let peculiar = &made.manifest.standards.checks[3];
    let starred =
        Finding::Starred { column: "age".to_owned(), cells: 1, below, counted: Counts::Rows };
    assert!(peculiar.findings.contains(&starred));

    // As many as the rules ask for are no longer few.
    let table = twenty("age", |n| if n < 5 { "116".to_owned() } else { "30".to_owned() });
    let csv = crate::house::made(&table, &settings(text)).unwrap().set.file().to_vec();
    assert_eq!(String::from_utf8(csv).unwrap().matches("116").count(), 5);
}

#[test]
fn a_column_that_tells_nothing_any_more_is_named_and_is_no_item() {
    // R7.3: what is published are the items that are told.
    let rows = (0..60).map(|n| format!("{},{},{}\n", ["f", "m"][n % 2], n % 30, n % 29));
    let table = table(&format!("sex,seat,points\n{}", rows.collect::<String>()));
    let text = "[columns.sex]\nrole = \"quasi_identifying\"\n[columns.seat]\nrole = \"quasi_identifying\"\n\
                [columns.points]\nrole = \"insensitive\"\nconfirmed = \"made-up rows, of nobody at all\"";
    let made = made(&table, &settings(text)).unwrap();
    let manifest = &made.manifest;
    assert_eq!(manifest.output.columns, ["sex", "seat", "points"]);
    for items in [manifest.items(), made.set.shown().to_vec()] {
        let items: Vec<_> = items.iter().map(|item| item.column.as_str()).collect();
        assert_eq!(items, ["sex"]);
    }
    for (language, seat, points) in [
        (Language::Ja, "準識別子の列を減らす", "値をまとめる"),
        (Language::En, "fewer quasi-identifying columns", "put its values into groups"),
    ] {
        let warnings = manifest.standards.warnings(language);
        assert_eq!(warnings.len(), 2, "{warnings:?}");
        assert!(warnings[0].contains("seat") && warnings[0].contains(seat), "{warnings:?}");
        assert!(warnings[1].contains("points") && warnings[1].contains(points), "{warnings:?}");
        let report = made.report.html_with(language, &[manifest.standards.section(language)]);
        assert!(report.contains(points), "in the report");
    }
    // Nothing is to be said where every column tells something.
    let twenty = twenty("age", |n| ["30", "40"][n % 2].to_owned());
    let text = "k = 5\n[columns.sex]\nrole = \"quasi_identifying\"\n[columns.age]\nrole = \"quasi_identifying\"";
    let told = crate::house::made(&twenty, &settings(text)).unwrap();
    assert!(told.manifest.standards.warnings(Language::En).is_empty());
    assert_eq!(told.manifest.items().len(), 2);
}

#[test]
fn a_published_file_that_was_changed_fails_the_standard_that_it_breaks() {
    let (source, settings) = visits();
    let made = made(&source, &settings).unwrap();
    let method = &made.method;
    let good = String::from_utf8(made.set.file().to_vec()).unwrap();
    let (verdict, standards) = check(&source, method, &table(&good), &go_on).unwrap();
    assert!(verdict.word == Word::Holds && standards.hold());
    let first = good.lines().nth(1).unwrap();
    let cells: Vec<&str> = first.split(',').collect();
    let with = |at: usize, cell: &str| {
        let mut cells = cells.clone();
        cells[at] = cell;
        good.replacen(first, &cells.join(","), 1)
    };
    let fewer: String = good.split_inclusive('\n').take(2000).collect();
    for (name, wrong, standard) in [
        ("an address", with(3, "a@guest.example"), Standard::IdentifyingDescriptions),
        ("a code", with(3, "123456789018"), Standard::IdentificationCodes),
        ("an address of the internet", with(3, "192.0.2.17"), Standard::LinkingCodes),
        ("a peculiar value", with(3, "durian"), Standard::PeculiarDescriptions),
        ("a finer cell", with(5, "3"), Standard::Differences),
        ("too many rows gone", fewer, Standard::Differences),
    ] {
        let (verdict, standards) = check(&source, method, &table(&wrong), &go_on).unwrap();
        assert_eq!(verdict.word, Word::Fails, "{name}");
        let unmet: Vec<_> =
            standards.checks.iter().filter(|check| !check.holds).map(|c| c.standard).collect();
        assert!(unmet.contains(&standard), "{name}: {unmet:?}");
        let lines = standards.checks.iter().flat_map(|check| &check.findings);
        for finding in lines.filter(|finding| finding.fails()) {
            if let Finding::LooksLike { row, .. } | Finding::Rare { row, .. } = finding {
                assert_eq!(*row, 2, "{name}: the line of the file");
            }
        }
    }
}

#[test]
fn people_are_counted_where_somebody_has_several_rows() {
    // R7.2: ten rows of one person are one person.
    let rows = (0..40).map(|n| {
        // Men are twenty persons, women two with ten visits each.
        let (person, sex) = if n < 20 { (n, "m") } else { (100 + n % 2, "f") };
        format!("p{person},{sex}\n")
    });
    let table = table(&format!("person,sex\n{}", rows.collect::<String>()));
    let text = "limit = 0.5\nrecoding = \"whole\"\nperson = \"person\"\n[columns.person]\nrole = \"linking_code\"\n\
                [columns.sex]\nrole = \"quasi_identifying\"";
    let mut settings = settings(text);
    let by_person = made(&table, &settings).unwrap();
    assert_eq!(by_person.set.rows(), 20, "the two women are left out");
    assert!(!by_person.set.file().windows(2).any(|pair| pair == b"f\n"));
    let people = Finding::Alike { fewest: 20, asked: 10, counted: Counts::People };
    assert!(by_person.manifest.standards.checks[4].findings.contains(&people));
    assert_eq!(by_person.report.published, 20, "the report speaks of what is published");
    // Rows are not counted in the place of people unless somebody says so, and then are called rows.
    settings.person = None;
    let refused = made(&table, &settings).unwrap_err();
    for language in [Language::Ja, Language::En] {
        let told = refused.sentence(language);
        assert!(told.contains("person = \"person\"") && told.contains("person = \"\""), "{told}");
        assert!(!told.contains("p100"), "no value is told: {told}");
    }
    settings.person = Some(String::new());
    let by_row = made(&table, &settings).unwrap();
    assert_eq!(by_row.set.rows(), 40);
    assert_eq!(by_row.manifest.settings.person.as_deref(), Some(""), "it is on record");
    let standards = &by_row.manifest.standards;
    let rows = Finding::Alike { fewest: 20, asked: 10, counted: Counts::Rows };
    assert!(standards.checks[4].findings.contains(&rows));
    for finding in standards.checks[3..].iter().flat_map(|check| &check.findings) {
        assert!(!finding.sentence(Language::En).contains("people"), "{finding:?}");
        assert!(!finding.sentence(Language::Ja).contains('人'), "{finding:?}");
    }
}

#[test]
fn nothing_is_asked_of_whose_rows_they_are_where_nothing_repeats() {
    let rows = |missing: usize| {
        let row = |n| if n < missing { ",f\n".to_owned() } else { format!("p{n},f\n") };
        table(&format!("person,sex\n{}", (0..12).map(row).collect::<String>()))
    };
    let text =
        "[columns.person]\nrole = \"identifying\"\n[columns.sex]\nrole = \"quasi_identifying\"";
    made(&rows(0), &settings(text)).unwrap();
    made(&rows(3), &settings(text)).unwrap();
}

#[test]
fn a_value_of_one_person_with_many_rows_is_as_peculiar_as_one_row() {
    let rows = (0..40).map(|n| {
        let (person, dish) = if n < 8 { (0, "durian") } else { (n, "none") };
        format!("p{person},{dish},f\n")
    });
    let table = table(&format!("person,dish,sex\n{}", rows.collect::<String>()));
    let text = "person = \"\"\n[columns.person]\nrole = \"linking_code\"\n[columns.sex]\nrole = \"quasi_identifying\"\n\
                [columns.dish]\nrole = \"insensitive\"\nconfirmed = \"made-up rows, of nobody at all\"";
    let mut settings = settings(text);
    let shown = |settings: &Settings| {
        String::from_utf8(made(&table, settings).unwrap().set.file().to_vec())
    };
    assert!(shown(&settings).unwrap().contains("durian"), "eight rows are not few");
    settings.person = Some("person".to_owned());
    assert!(!shown(&settings).unwrap().contains("durian"), "one person is");
}

#[test]
fn k_and_l_are_never_below_the_least() {
    let (table, mut settings) = visits();
    let rules = Rules::now();
    assert_eq!((rules.k.usual.value, rules.k.least.value), (10, 5));
    assert_eq!(made(&table, &settings).unwrap().manifest.models[4].asked, Some(10.0));
    settings.k = Some(4);
    assert!(matches!(made(&table, &settings), Err(Error::Table(_))));
    settings.k = Some(5);
    made(&table, &settings).unwrap();
    settings.columns.get_mut("allergy").unwrap().l = Some(1);
    assert!(matches!(made(&table, &settings), Err(Error::Table(_))));
}

#[test]
fn a_run_is_made_again_from_manifest_and_method_information() {
    let (table, mut settings) = visits();
    for recoding in [Recode::Whole, Recode::Cells, Recode::Parts] {
        settings.recoding = recoding;
        let first = made(&table, &settings).unwrap();
        let kept: MethodInformation = serde_json::from_str(&first.method.json().unwrap()).unwrap();
        let found = Some(&first.manifest);
        let again = anonymise(&table, &kept.settings, &about(), [0; 32], found, &go_on).unwrap();
        assert_eq!(first.set.file(), again.set.file());
        assert_eq!(first.manifest.method, again.manifest.method);
        assert!(first.manifest.is_of(again.set.file()));
        // The manifest alone does not tell the order of rows (Rules 34(3), 35).
        let manifest = first.manifest.json().unwrap();
        assert!(!manifest.contains(kept.settings.seed.as_deref().unwrap()));
        let other = anonymise(&table, &settings, &about(), [8; 32], found, &go_on).unwrap();
        assert_ne!(first.set.file(), other.set.file(), "another order");
        let sorted = |csv: &[u8]| {
            let text = String::from_utf8(csv.to_vec()).unwrap();
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            lines.sort();
            lines
        };
        assert_eq!(sorted(first.set.file()), sorted(other.set.file()), "the same rows");
    }
}

#[test]
fn the_order_of_rows_tells_nothing_and_every_order_is_as_likely() {
    let table = table("n\n0\n1\n2\n3\n");
    let mut seen: HashMap<Vec<u8>, u32> = HashMap::new();
    for seed in 0..4800 {
        *seen.entry(table.shuffled(&seed.to_string()).csv()).or_default() += 1;
    }
    assert_eq!(seen.len(), 24);
    assert!(seen.values().all(|count| (130..=270).contains(count)), "{:?}", seen.values());
    assert_eq!(table.shuffled("s").csv(), table.shuffled("s").csv());
}

#[test]
fn a_missing_value_stays_missing_until_nothing_is_told() {
    let rows = (0..60).map(|n| ["f,\n", "f,1960-01-01\n", "f,1970-01-02\n"][n % 3]);
    let table = table(&format!("sex,born\n{}", rows.collect::<String>()));
    let text = "[columns.sex]\nrole = \"quasi_identifying\"\n[columns.born]\nrole = \"quasi_identifying\"\n\
                dates = [\"year\", \"decade\"]";
    let made = made(&table, &settings(text)).unwrap();
    let csv = String::from_utf8(made.set.file().to_vec()).unwrap();
    let cells: HashSet<&str> = csv.lines().skip(1).map(|l| l.split_once(',').unwrap().1).collect();
    assert_eq!(cells, HashSet::from(["", "1960-01-01", "1970-01-02"]), "20 people each");
}

#[test]
fn whoever_says_stop_gets_nothing_and_enough_takes_the_best_so_far() {
    let (table, settings) = visits();
    for at in [Step::Rows(3000), Step::Checking] {
        let next = |step: Step| if step == at { Next::Stop } else { Next::GoOn };
        let outcome = anonymise(&table, &settings, &about(), [7; 32], None, &next);
        assert!(matches!(outcome, Err(Error::Stopped)), "{at:?}");
    }
    let asked = AtomicU64::new(0);
    let next = |step: Step| match step {
        Step::Checks(_) if asked.fetch_add(1, Ordering::Relaxed) > 3 => Next::Stop,
        _ => Next::GoOn,
    };
    let outcome = anonymise(&table, &settings, &about(), [7; 32], None, &next);
    assert!(matches!(outcome, Err(Error::Stopped)));
}

#[test]
fn a_rare_value_of_a_column_with_labels_becomes_a_star() {
    let table = twenty("illness", |n| if n == 3 { "rare" } else { ["a", "b"][n % 2] }.to_owned());
    let made = made(
        &table,
        &settings(
            "[columns.sex]\nrole = \"quasi_identifying\"\nlabels = [[\"f\", \"*\"], [\"m\", \"*\"]]\n[columns.illness]\nrole = \"sensitive\"\nt = 0.9\nlabels = [[\"a\", \"x\", \"*\"], [\"b\", \"x\", \"*\"], [\"rare\", \"y\", \"*\"]]\n",
        ),
    )
    .unwrap();
    let file = String::from_utf8(made.set.file().to_vec()).unwrap();
    assert!(file.contains(",*") && !file.contains("rare"), "{file}");
}
