//! Settings are suggested to begin with: by name, by look, by how many are alike.

use anonymise::Language;
use datasets::{Because, Look, Role, Settings, sample, suggest, written};

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
fn what_is_suggested_can_be_read_and_run_in_both_languages() {
    for language in [Language::Ja, Language::En] {
        let table = table(&sample(3000, language));
        let text = written(&table, &Settings::default(), language).unwrap();
        let settings = settings(&text);
        assert_eq!(settings.columns.len(), table.columns().len());
        assert_eq!(settings.k, Some(10));
        assert!(settings.person.is_some(), "visits of one member belong together");
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
