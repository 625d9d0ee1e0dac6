//! Settings are suggested to begin with: by name, by look, by how many are alike.

use anonymise::Language;
use datasets::{Because, Look, Role, Seen, Settings, sample, suggest, written};

use crate::house::{made, settings, table};

#[test]
fn roles_are_suggested_by_name_look_and_likeness() {
    let rows = (0..40).map(|n| {
        format!(
            "氏名{n},{},{},{n}0001-x,{},2026-0{}-01,{},guest{n}@g.example,7654-{n},free text {n} of its own kind\n",
            20 + n % 7,
            ["f", "m"][n % 2],
            ["なし", "えび"][n % 2],
            1 + n % 9,
            n % 5,
        )
    });
    let head = "お名前,年齢,sex,貴社コード,アレルギー,来た日,点数,備考,口座,感想\n";
    let table = table(&format!("{head}{}", rows.collect::<String>()));
    let (suggestions, alone) = suggest(&table);
    assert!(alone > 0);
    let of = |name: &str| {
        let found = suggestions.iter().find(|s| s.column == name).unwrap();
        (found.settings.role, found.because)
    };
    assert_eq!(of("お名前"), (Role::Identifying, Because::Name));
    assert_eq!(of("年齢"), (Role::QuasiIdentifying, Because::Name));
    assert_eq!(of("sex"), (Role::QuasiIdentifying, Because::Name));
    assert_eq!(of("貴社コード"), (Role::LinkingCode, Because::Unique));
    assert_eq!(of("アレルギー"), (Role::Sensitive, Because::Name));
    assert_eq!(of("来た日"), (Role::QuasiIdentifying, Because::Dates));
    assert_eq!(of("点数"), (Role::QuasiIdentifying, Because::Numbers));
    assert_eq!(of("備考"), (Role::Identifying, Because::Look(Look::Email)));
    assert_eq!(of("口座"), (Role::Financial, Because::Name));
    assert_eq!(of("感想"), (Role::LinkingCode, Because::Unique), "removed either way");
}

#[test]
fn a_column_is_called_by_its_cells_only_where_one_in_twenty_looks_so() {
    let of = |phones: usize, rows: usize| {
        let note = |n: usize| match n % (rows / phones.max(1)) {
            7 if n / (rows / phones.max(1)) < phones => "えび、電話は090-1234-5678",
            _ => ["なし", "えび"][n % 2],
        };
        let rows = (0..rows).map(|n| format!("{},{}\n", n % 2, note(n)));
        let table = table(&format!("sex,アレルギー\n{}", rows.collect::<String>()));
        (suggest(&table).0[1].clone(), written(&table, &Settings::default(), Language::Ja).unwrap())
    };
    let (one, text) = of(1, 5000);
    assert_eq!((one.settings.role, one.because), (Role::Sensitive, Because::Name));
    let seen = Seen { look: Look::Phone, cells: 1, places: vec![9] };
    assert_eq!(one.strays, [seen], "it is told of all the same");
    let told = "# 電話番号のように見える値が1個あります（9行目）。残す列では「*」に置き換えます。";
    assert!(text.contains(told) && !text.contains("090"), "{text}");
    let (few, _) = of(4, 100);
    assert_eq!((few.because, few.strays.len()), (Because::Name, 1));
    let (many, _) = of(5, 100);
    assert_eq!((many.settings.role, many.because), (Role::Identifying, Because::Look(Look::Phone)));
    assert!(many.strays.is_empty());
    let (none, _) = of(0, 100);
    assert!(none.strays.is_empty());
}

#[test]
fn widths_suit_most_numbers_and_those_far_out_are_one_interval() {
    // R7.1(4): somebody of 116 years.
    let of = |cell: &dyn Fn(usize) -> i64, rows: usize| {
        let rows = (0..rows).map(|n| format!("{},{}\n", n % 2, cell(n)));
        let table = table(&format!("sex,points\n{}", rows.collect::<String>()));
        let settings = suggest(&table).0[1].settings.clone();
        let of = settings.intervals.unwrap();
        (of.widths, of.bottom, of.top, written(&table, &Settings::default(), Language::Ja).unwrap())
    };
    let ages = |n: usize| i64::try_from(20 + n % 66).unwrap();
    for far in [&[][..], &[116, 999, 3], &[1_000_000, -50, 116, 7]] {
        let cell = |n: usize| far.get(n).copied().unwrap_or_else(|| ages(n));
        let (widths, bottom, top, text) = of(&cell, 2000);
        assert_eq!((widths, top), (vec![5, 10, 20], Some(80)), "{far:?}");
        assert_eq!(bottom, (!far.is_empty()).then_some(20), "{far:?}");
        assert!(text.contains("80以上の") && text.contains("規則34条4号"), "{text}");
    }
    // Of few sizes nothing lies far out.
    let (widths, bottom, top, text) = of(&|n| i64::try_from(1 + n % 6).unwrap(), 300);
    assert_eq!((widths, bottom, top), (vec![2, 4, 8], None, None));
    assert!(!text.contains("規則34条4号"), "{text}");
    // What is paid: most pay little, somebody paid a fortune.
    let paid = |n: usize| if n == 5 { 9_000_000 } else { i64::try_from(n % 100 * 300).unwrap() };
    let (widths, _, top, _) = of(&paid, 1000);
    assert_eq!((widths, top), (vec![2000, 4000, 8000], Some(24_000)));
    // The ends of what can be counted.
    for ends in [i64::MAX, i64::MIN] {
        let cell = |n: usize| if n < 2 { ends } else { ages(n) };
        assert_eq!(of(&cell, 2000).0, [5, 10, 20]);
    }
}

#[test]
fn what_is_suggested_can_be_read_and_run_in_both_languages() {
    for language in [Language::Ja, Language::En] {
        let table = table(&sample(3000, language));
        let text = written(&table, &Settings::default(), language).unwrap();
        let settings = settings(&text);
        assert_eq!(settings.columns.len(), table.columns().len());
        assert_eq!(settings.k, Some(10));
        assert!(settings.person.is_some(), "visits of one member belong together");
        let labelled = |column: &datasets::ColumnSettings| column.label.is_some();
        assert!(settings.columns.values().all(|column| labelled(column) != column.role.goes()));
        made(&table, &settings).unwrap();
        let remarks = text.lines().filter(|line| line.starts_with("# ")).count();
        assert!(remarks >= table.columns().len(), "a remark for each column:\n{text}");
    }
}

#[test]
fn the_sample_is_the_same_for_everybody() {
    assert_eq!(sample(50, Language::Ja), sample(50, Language::Ja));
    assert_eq!(sample(50, Language::En).lines().count(), 51);
}

#[test]
fn days_as_spreadsheets_write_them_are_generalised_as_dates() {
    let days = (1..=28).map(|n| format!("{}/{}/3,2025年1月{n}日\n", 1960 + n, n % 12 + 1));
    let days = days.collect::<String>();
    let (suggestions, _) = suggest(&table(&format!("生年月日,来店日\n{days}")));
    for suggestion in suggestions {
        assert_eq!(suggestion.settings.role, Role::QuasiIdentifying, "{}", suggestion.column);
        assert!(suggestion.settings.dates.is_some(), "{}", suggestion.column);
    }
}
