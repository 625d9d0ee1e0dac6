//! What the report says, as data and as a page in both languages.

use anonymise::{
    Effort, Engine, Format, Language, Measure, Model, Plan, Role, Settings, masks, report::Report,
};

use crate::tables::{Table, table};

fn plan(sample: bool) -> Plan {
    let ages = masks("age", &["31", "32", "41", "42", "51"], &[1]).unwrap();
    let sexes = masks("sex", &["f", "m"], &[]).unwrap();
    let plan = Plan::new()
        .with("age", Role::Quasi(ages))
        .with("sex", Role::Quasi(sexes))
        .with("in", Role::Identifying);
    if sample { plan.sample("in", "yes") } else { plan }
}

const TABLE: &str = "\
age,sex,in\n31,f,yes\n32,f,yes\n31,f,no\n41,m,yes\n42,m,yes\n42,m,no\n42,m,no\n51,m,yes\n";

/// Eight people, of whom everybody is published.
pub fn small() -> Table {
    table(TABLE.as_bytes(), Format::default(), &plan(false), &[]).unwrap()
}

fn report(sample: bool) -> Report {
    let table = table(TABLE.as_bytes(), Format::default(), &plan(sample), &[]).unwrap();
    let settings =
        Settings { models: vec![Model::KAnonymity { k: 2 }], limit: 0.2, measure: Measure::Loss };
    let engine = Engine::new(&table.schema, &table.histogram, settings).unwrap();
    let optimum = engine.optimum(Effort::default()).unwrap();
    assert_eq!(optimum.node, [1, 0]);
    let report = engine.report(&engine.recoding(&optimum.node).unwrap());
    assert!((report.loss - optimum.score).abs() < 1e-12);
    report
}

fn near(found: f64, wanted: f64) {
    assert!((found - wanted).abs() < 1e-12, "{found} where {wanted} was wanted");
}

#[test]
fn risks_are_those_of_the_classes() {
    let report = report(true);
    assert_eq!((report.rows, report.published, report.suppressed), (5, 4, 1));
    assert_eq!((report.before.uniques, report.after.uniques), (5, 0));
    near(report.before.prosecutor.highest, 1.0);
    near(report.after.prosecutor.highest, 0.5);
    near(report.after.prosecutor.average, 0.5);
    near(report.after.prosecutor.above_one_in_five, 1.0);
    near(report.after.marketer, 0.5);
    // Three women between 30 and 39 in the population, four men between 40 and 49.
    let journalist = report.after.journalist.unwrap();
    near(journalist.highest, 1.0 / 3.0);
    near(journalist.average, f64::midpoint(1.0 / 3.0, 0.25));
    let sizes: u64 = report.after.sizes.iter().map(|sizes| sizes.rows).sum();
    assert_eq!(sizes, 4);
    let [age, sex] = &report.columns[..] else { panic!("{:?}", report.columns) };
    assert_eq!((age.levels.as_slice(), age.suppressed), ([0, 4, 0].as_slice(), 1));
    near(age.coverage, 0.8);
    near(sex.loss, 0.2);
    assert_eq!((age.values_before, age.values_after), (5, 2));
}

#[test]
fn the_report_is_data_and_a_page_that_fetches_nothing() {
    let report = report(true);
    let json: serde_json::Value = serde_json::from_str(&report.json().unwrap()).unwrap();
    assert_eq!(json["models"][0]["k_anonymity"]["k"], 2);
    assert_eq!(json["after"]["uniques"], 0);
    for (language, words) in [
        (
            Language::Ja,
            [
                "5行のうち4行を公開し、1行を削除しました",
                "母集団から探す攻撃者のリスク（最大）",
                "33.3%",
            ],
        ),
        (
            Language::En,
            ["4 of 5 rows are published; 1 were left out", "Journalist’s risk, highest", "33.3%"],
        ),
    ] {
        let page = report.html(language);
        for word in words {
            assert!(page.contains(word), "{word} in {page}");
        }
        assert!(
            page.matches("<svg").count() == 2
                && !page.contains("http")
                && !page.contains("<script")
        );
    }
    assert!(!crate::report::report(false).html(Language::Ja).contains("母集団から探す攻撃者"));
}

#[test]
fn names_of_columns_are_text_in_the_page() {
    let mut report = report(false);
    report.columns[0].name = "<b>&\"年齢とても長い名前の列がここにあります".to_owned();
    let page = report.html(Language::Ja);
    assert!(page.contains("&lt;b&gt;&amp;&quot;年齢") && !page.contains("<b>"));
}
