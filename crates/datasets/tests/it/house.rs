//! Tables and settings for tests.

use anonymise::{Format, Language};
use datasets::{
    About, Anonymised, Error, Finding, Next, Settings, Standard, Step, Table, anonymise, sample,
    written,
};

pub fn table(text: &str) -> Table {
    Table::read("visits.csv", text.as_bytes(), Format::default(), &|_| true).unwrap()
}

pub fn settings(text: &str) -> Settings {
    Settings::read("settings.toml", text).unwrap()
}

pub fn about() -> About {
    About {
        engine: "azukari 0.0.0".to_owned(),
        made_at: "2026-11-22T09:00:00Z".to_owned(),
        ..About::default()
    }
}

pub fn go_on(_: Step) -> Next {
    Next::GoOn
}

/// The sample of visits, and what is suggested for it.
pub fn visits() -> (Table, Settings) {
    let table = table(&sample(3000, Language::En));
    let suggested = written(&table, &Settings::default(), Language::En).unwrap();
    let settings = settings(&suggested);
    (table, settings)
}

pub fn made(table: &Table, settings: &Settings) -> Result<Anonymised, Error> {
    anonymise(table, settings, &about(), [7; 32], None, &go_on)
}

/// The standards that are not met, with what was found against each.
pub fn unmet(error: Error) -> Vec<(Standard, Vec<Finding>)> {
    let Error::Standards(standards) = error else { panic!("{error}") };
    let unmet = standards.checks.into_iter().filter(|check| !check.holds);
    unmet.map(|check| (check.standard, check.findings)).collect()
}

/// Twenty rows of two classes with a column of the caller's.
pub fn twenty(name: &str, cell: impl Fn(usize) -> String) -> Table {
    let rows = (0..20).map(|n| format!("{},{}\n", if n < 10 { "f" } else { "m" }, cell(n)));
    table(&format!("sex,{name}\n{}", rows.collect::<String>()))
}
