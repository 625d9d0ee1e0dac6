//! A column that its name or its values call identifying stays only where somebody says why nobody is
//! identified by it (Rules 31, 34; R6.1, R7.1; decision 0066).

use anonymise::Language;
use anonymise::verify::Word;
use datasets::{
    Because, ColumnSettings, Error, Finding, Kind, Look, Manifest, Role, Settings, Standard, Table,
    check, kept, pseudonymise, ways,
};

use crate::house::{about, go_on, made, table};

/// Rows of two classes.
const ROWS: usize = 120;
const REASON: &str = "店舗の情報であり、来店者のものではないため";

/// A column: its name, its cell in each row, what it is called and why, and the standard that removes it
/// from an anonymised and from a pseudonymised set.
type Case = (&'static str, fn(usize) -> String, Role, Because, [Standard; 2]);

const NAMES: [Standard; 2] = [Standard::IdentifyingDescriptions; 2];
const CODES: [Standard; 2] = [Standard::IdentificationCodes; 2];
const LINKS: [Standard; 2] = [Standard::LinkingCodes, Standard::IdentifyingDescriptions];
const MONEY: [Standard; 2] = [Standard::LinkingCodes, Standard::PropertyDamage];

const CASES: [Case; 9] = [
    ("氏名", |n| format!("名前{}", n % 4), Role::Identifying, Because::Name, NAMES),
    ("name", |n| format!("{}", n % 4), Role::Identifying, Because::Name, NAMES),
    (
        "of_shop",
        |n| format!("shop{}@shops.example", n % 4),
        Role::Identifying,
        Because::Look(Look::Email),
        NAMES,
    ),
    (
        "called",
        |n| format!("03-1234-567{}", n % 4),
        Role::Identifying,
        Because::Look(Look::Phone),
        NAMES,
    ),
    ("会員番号", |n| format!("M{}", n % 4), Role::LinkingCode, Because::Name, LINKS),
    ("key", |n| format!("k{n}"), Role::LinkingCode, Because::Unique, LINKS),
    ("note", |n| format!("text {} of its kind", n % 80), Role::Identifying, Because::Text, NAMES),
    (
        "own",
        |n| ["123456789018", "100000000005"][n % 2].to_owned(),
        Role::IdentificationCode,
        Because::Look(Look::MyNumber),
        CODES,
    ),
    (
        "paid",
        |n| ["4111111111111111", "5555555555554444"][n % 2].to_owned(),
        Role::Financial,
        Because::Look(Look::Card),
        MONEY,
    ),
];

fn rows(name: &str, cell: fn(usize) -> String) -> Table {
    let rows = (0..ROWS).map(|n| format!("{},{}\n", if n < 60 { "f" } else { "m" }, cell(n)));
    table(&format!("sex,{name}\n{}", rows.collect::<String>()))
}

/// What tells people apart together with other columns: its name, its cells, and why it is called so.
type Telling = (&'static str, fn(usize) -> String, Because);

const TELLING: [Telling; 4] = [
    ("年齢", |n| format!("{}代", 20 + n % 4 * 10), Because::Name),
    ("visited_on", |n| format!("2026-03-{:02}", 1 + n % 20), Because::Dates),
    ("paid", |n| format!("{}", 1000 + n % 20 * 10), Because::Numbers),
    ("seat", |n| ["window", "corner"][n % 2].to_owned(), Because::Few),
];

#[test]
fn what_tells_people_apart_is_shown_as_it_stands_only_with_a_reason_and_no_risk_counts_it() {
    // Rules 34(5): dates and amounts as they stand make most rows like no other, whatever k says of the rest.
    let role = Role::QuasiIdentifying;
    for (name, cell, because) in TELLING {
        let table = rows(name, cell);
        let refused = run(Kind::Anonymised, &table, &asked(name, Role::Insensitive, None));
        let refused = refused.unwrap_err();
        for (language, way) in [
            (Language::Ja, "quasi_identifyingにして一般化するか"),
            (Language::En, "`quasi_identifying`, so that it is generalised"),
        ] {
            let told = refused.sentence(language);
            assert!(told.contains(name) && told.contains(way), "{told}");
            assert!(told.contains(&because.words(language)), "{told}");
        }
        let Error::Standards(unmet) = refused else { panic!("{name}: {refused}") };
        assert_eq!(unmet.checks.len(), 1, "{name}");
        assert_eq!(unmet.checks[0].standard, Standard::Differences, "{name}");
        let called = Finding::Called { column: name.to_owned(), role, because };
        assert_eq!(unmet.checks[0].findings, [called], "{name}");

        let manifest =
            run(Kind::Anonymised, &table, &asked(name, Role::Insensitive, Some(REASON))).unwrap();
        on_record(&manifest, name, (role, because), Standard::Differences, name);
        for (language, words) in [
            (Language::Ja, "リスクには数えていません"),
            (Language::En, "the risks do not count it"),
        ] {
            let section = manifest.standards.section(language);
            assert!(section.checks[4].evidence.iter().any(|told| told.contains(words)), "{name}");
        }
        // Generalised, looked at for l, or in a set that stays in the house (Rules 31), nothing is asked.
        assert!(kept(&table, &asked(name, role, None), Kind::Anonymised).is_empty(), "{name}");
        assert!(kept(&table, &asked(name, Role::Sensitive, None), Kind::Anonymised).is_empty());
        run(Kind::Pseudonymised, &table, &asked(name, Role::Insensitive, None)).unwrap();
    }
}

fn asked(name: &str, role: Role, confirmed: Option<&str>) -> Settings {
    let mut column = ColumnSettings::of(role);
    column.confirmed = confirmed.map(str::to_owned);
    let sex = ColumnSettings::of(Role::QuasiIdentifying);
    let columns = [("sex".to_owned(), sex), (name.to_owned(), column)];
    let person = Some(String::new());
    Settings { columns: columns.into(), person, ..Settings::default() }
}

fn run(kind: Kind, table: &Table, settings: &Settings) -> Result<Manifest, Error> {
    match kind {
        Kind::Anonymised => made(table, settings).map(|made| made.manifest),
        Kind::Pseudonymised => {
            pseudonymise(table, settings, &about(), [7; 32], None, &go_on).map(|made| made.manifest)
        }
    }
}

#[test]
fn what_is_called_identifying_stays_in_no_role_and_no_kind_without_a_reason() {
    for (name, cell, role, because, standards) in CASES {
        let table = rows(name, cell);
        for (kind, standard) in [Kind::Anonymised, Kind::Pseudonymised].into_iter().zip(standards) {
            for stays in [Role::QuasiIdentifying, Role::Sensitive, Role::Insensitive] {
                let case = format!("{name} as {stays:?}, {kind:?}");
                if because == Because::Unique
                    && (stays, kind) == (Role::QuasiIdentifying, Kind::Anonymised)
                {
                    // What k people share is nobody's own.
                    run(kind, &table, &asked(name, stays, None)).unwrap();
                    continue;
                }
                let refused = run(kind, &table, &asked(name, stays, None)).unwrap_err();
                for (language, way) in
                    [(Language::Ja, "理由を[columns."), (Language::En, "in `confirmed` why")]
                {
                    let told = refused.sentence(language);
                    for word in [name, &because.words(language), role.word(), way] {
                        assert!(told.contains(word), "{case}: {word}: {told}");
                    }
                    for row in [0, 1, 70] {
                        let value = cell(row);
                        assert!(value.len() < 3 || !told.contains(&value), "{case}: {told}");
                    }
                }
                let Error::Standards(unmet) = refused else { panic!("{case}: {refused}") };
                assert_eq!(unmet.checks.len(), 1, "{case}");
                assert_eq!(unmet.checks[0].standard, standard, "{case}");
                let called = Finding::Called { column: name.to_owned(), role, because };
                assert_eq!(unmet.checks[0].findings, [called], "{case}");

                // With a reason it is another question whether the table can be made anonymous so.
                match run(kind, &table, &asked(name, stays, Some(REASON))) {
                    Ok(manifest) => on_record(&manifest, name, (role, because), standard, &case),
                    Err(Error::Table(_)) => assert_eq!(kind, Kind::Anonymised, "{case}"),
                    Err(error) => panic!("{case}: {error}"),
                }
            }
            // Nobody has to say anything of what goes.
            for goes in
                [Role::Identifying, Role::IdentificationCode, Role::LinkingCode, Role::Financial]
            {
                run(kind, &table, &asked(name, goes, None)).unwrap();
            }
        }
    }
}

/// The reason stands in the manifest, and with it in the ledger; in the evidence of its standard; in the
/// report.
fn on_record(
    manifest: &Manifest,
    name: &str,
    (role, because): (Role, Because),
    standard: Standard,
    case: &str,
) {
    let settings = &manifest.settings.columns[name];
    assert_eq!(settings.confirmed.as_deref(), Some(REASON), "{case}");
    let check = manifest.standards.checks.iter().find(|check| check.standard == standard).unwrap();
    let column = name.to_owned();
    let confirmed = Finding::Confirmed { column, role, because, reason: REASON.to_owned() };
    assert!(check.holds && check.findings.contains(&confirmed), "{case}: {:?}", check.findings);
    for language in [Language::Ja, Language::En] {
        let section = manifest.standards.section(language);
        let told = section.checks.iter().flat_map(|check| &check.evidence);
        let told: Vec<_> = told.filter(|sentence| sentence.contains(REASON)).collect();
        assert_eq!(told.len(), 1, "{case}: {told:?}");
        assert!(told[0].contains(&because.words(language)), "{case}: {told:?}");
    }
    let back: Manifest = serde_json::from_str(&manifest.json().unwrap()).unwrap();
    assert_eq!(&back, manifest, "{case}");
}

#[test]
fn the_checker_asks_for_the_reason_again_out_of_the_rows_alone() {
    let (name, cell, ..) = CASES[0];
    let source = rows(name, cell);
    let made = made(&source, &asked(name, Role::Insensitive, Some(REASON))).unwrap();
    let published = Table::read(
        "published",
        datasets::provide(&made.set),
        anonymise::Format::default(),
        &|_| true,
    )
    .unwrap();
    let (verdict, standards) = check(&source, &made.method, &published, &go_on).unwrap();
    assert!(verdict.word == Word::Holds && standards.hold());
    let mut without = made.method.clone();
    without.settings.columns.get_mut(name).unwrap().confirmed = None;
    let (verdict, standards) = check(&source, &without, &published, &go_on).unwrap();
    assert_eq!(verdict.word, Word::Holds, "every model holds, and the name is told all the same");
    let unmet: Vec<_> = standards.checks.iter().filter(|check| !check.holds).collect();
    assert_eq!(unmet.len(), 1);
    assert!(unmet[0].findings.iter().any(|finding| matches!(finding, Finding::Called { .. })));
}

#[test]
fn a_reason_is_in_words_and_of_some_length() {
    let (name, cell, ..) = CASES[0];
    let table = rows(name, cell);
    let long = "理".repeat(501);
    let forged = format!("{REASON}\nRules 34(5): ok");
    let turned = format!("{REASON}\u{202e}");
    let parted = format!("{REASON}\u{2028}");
    let reasons = ["", "  ", "----------", "。", "x", "ok      ok ", "理由は九文字です。"];
    for reason in reasons.into_iter().chain([&long[..], &forged, &turned, &parted]) {
        for kind in [Kind::Anonymised, Kind::Pseudonymised] {
            let refused = run(kind, &table, &asked(name, Role::Insensitive, Some(reason)));
            let told = refused.unwrap_err().sentence(Language::En);
            assert!(told.contains("column `氏名`: say in `confirmed`"), "{told}");
        }
    }
    run(Kind::Anonymised, &table, &asked(name, Role::Insensitive, Some(&long[3..]))).unwrap();
}

/// The cells of a column, as a set has them.
fn cells(file: &[u8], column: usize) -> Vec<String> {
    let text = String::from_utf8(file.to_vec()).unwrap();
    text.lines().skip(1).map(|line| line.split(',').nth(column).unwrap().to_owned()).collect()
}

#[test]
fn a_cell_that_leads_to_a_person_is_a_star_in_a_column_that_stays_and_is_counted() {
    // Rules 31(1), 34(1): five people share the number, so that it is not rare.
    let cell = |n: usize| match n {
        ..5 => "call 090-1234-5678".to_owned(),
        _ => ["window", "corner"][n % 2].to_owned(),
    };
    let table = rows("seat", cell);
    let masked = Finding::Masked { column: "seat".to_owned(), look: Look::Phone, cells: 5 };
    let settings = asked("seat", Role::Insensitive, Some(REASON));
    let anonymised = made(&table, &settings).unwrap();
    let pseudonymised = pseudonymise(&table, &settings, &about(), [7; 32], None, &go_on).unwrap();
    for (file, manifest) in [
        (datasets::provide(&anonymised.set), &anonymised.manifest),
        (pseudonymised.set.for_use_within(), &pseudonymised.manifest),
    ] {
        let seats = cells(file, 1);
        assert_eq!(seats.iter().filter(|seat| *seat == "*").count(), 5, "{seats:?}");
        assert!(seats.iter().all(|seat| !seat.contains("090")), "{seats:?}");
        let check = &manifest.standards.checks[0];
        assert!(check.holds && check.findings.contains(&masked), "{:?}", check.findings);
        for language in [Language::Ja, Language::En] {
            let warnings = manifest.standards.warnings(language);
            assert!(warnings.len() == 1 && warnings[0].contains('5'), "{warnings:?}");
        }
    }
    // The checker puts the same stars, and misses one that is gone.
    let file = String::from_utf8(datasets::provide(&anonymised.set).to_vec()).unwrap();
    let (verdict, standards) =
        check(&table, &anonymised.method, &crate::house::table(&file), &go_on).unwrap();
    assert!(verdict.word == Word::Holds && standards.hold());
    let told = file.replacen(",*", ",call 090-1234-5678", 1);
    let (verdict, standards) =
        check(&table, &anonymised.method, &crate::house::table(&told), &go_on).unwrap();
    assert_eq!(verdict.word, Word::Fails);
    let against = standards.checks[0].findings.iter().find(|finding| finding.fails());
    assert!(matches!(against, Some(Finding::LooksLike { look: Look::Phone, .. })), "{against:?}");
}

#[test]
fn a_reason_for_one_look_says_nothing_of_another() {
    // Addresses of shops were confirmed; of the few card numbers beside and among them nobody was asked.
    let cell = |n: usize| match n {
        ..2 => "4111111111111111".to_owned(),
        2..5 => format!("shop{}@shops.example 4111 1111 1111 1111", n % 4),
        _ => format!("shop{}@shops.example", n % 4),
    };
    let table = rows("of_shop", cell);
    let settings = asked("of_shop", Role::Insensitive, Some(REASON));
    let kept = kept(&table, &settings, Kind::Anonymised);
    assert_eq!((kept.len(), kept[0].because), (1, Because::Look(Look::Email)));
    let made = made(&table, &settings).unwrap();
    let shops = cells(datasets::provide(&made.set), 1);
    assert_eq!(shops.iter().filter(|shop| shop.contains('@')).count(), ROWS - 5);
    assert_eq!(shops.iter().filter(|shop| *shop == "*").count(), 5);
    // What was answered is not claimed to be absent; what was not is.
    let checks = &made.manifest.standards.checks;
    let except = |at: usize| {
        checks[at].findings.iter().find_map(|finding| match finding {
            Finding::Looked { except, .. } => Some(except.clone()),
            _ => None,
        })
    };
    assert_eq!(except(0), Some(vec!["of_shop".to_owned()]));
    assert_eq!(except(1), Some(Vec::new()));
    assert_eq!(except(2), Some(Vec::new()), "cards are stars, and none is left");
    for language in [Language::Ja, Language::En] {
        let told = checks[0].findings.iter().map(|finding| finding.sentence(language));
        let told: Vec<_> =
            told.filter(|told| told.contains("120") || told.contains("240")).collect();
        assert!(told.len() == 1 && told[0].contains("of_shop"), "{told:?}");
    }
}

#[test]
fn every_cause_is_named_by_what_asks_for_the_reason_and_by_what_records_it() {
    let cell = |n: usize| format!("名前{} 4111 1111 1111 1111", n % 4);
    let table = rows("氏名", cell);
    let causes = |standards: &datasets::Standards, confirmed: bool| {
        let of = |finding: &Finding| match finding {
            Finding::Called { because, .. } if !confirmed => Some(*because),
            Finding::Confirmed { because, .. } if confirmed => Some(*because),
            _ => None,
        };
        let all = standards.checks.iter().flat_map(|check| {
            check.findings.iter().filter_map(of).map(|because| (check.standard, because))
        });
        all.collect::<Vec<_>>()
    };
    for (kind, money) in [
        (Kind::Anonymised, Standard::LinkingCodes),
        (Kind::Pseudonymised, Standard::PropertyDamage),
    ] {
        let expected = [
            (Standard::IdentifyingDescriptions, Because::Name),
            (money, Because::Look(Look::Card)),
        ];
        let refused = run(kind, &table, &asked("氏名", Role::Insensitive, None)).unwrap_err();
        let Error::Standards(unmet) = refused else { panic!("{refused}") };
        assert_eq!(causes(&unmet, false), expected);
        let made = run(kind, &table, &asked("氏名", Role::Insensitive, Some(REASON))).unwrap();
        assert_eq!(causes(&made.standards, true), expected);
    }
}

#[test]
fn a_token_stands_for_no_identification_code_and_no_card_whatever_the_column_is_said_to_be() {
    // Rules 31(2), 31(3): the values are codes, and the settings say that they name somebody.
    for (name, cell, role, because, [_, standard]) in &CASES {
        let mut settings = asked(name, Role::Identifying, None);
        settings.columns.get_mut(*name).unwrap().token = true;
        let run = |settings: &Settings| run(Kind::Pseudonymised, &rows(name, *cell), settings);
        if !matches!(standard, Standard::IdentificationCodes | Standard::PropertyDamage) {
            run(&settings).unwrap();
            continue;
        }
        let refused = run(&settings).unwrap_err();
        let Error::Standards(unmet) = refused else { panic!("{name}: {refused}") };
        assert_eq!(unmet.checks.len(), 1, "{name}");
        assert_eq!(unmet.checks[0].standard, *standard, "{name}");
        settings.columns.get_mut(*name).unwrap().confirmed = Some(REASON.to_owned());
        on_record(&run(&settings).unwrap(), name, (*role, *because), *standard, name);
    }
}

#[test]
fn ways_are_not_looked_for_where_a_reason_is_missing() {
    let (name, cell, ..) = CASES[2];
    let table = rows(name, cell);
    let refused = ways(&table, &asked(name, Role::Insensitive, None), 10, &go_on);
    assert!(matches!(refused, Err(Error::Standards(_))));
    ways(&table, &asked(name, Role::Insensitive, Some(REASON)), 10, &go_on).unwrap();
}
