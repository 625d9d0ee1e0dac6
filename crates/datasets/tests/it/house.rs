//! Tables and settings for tests.

use anonymise::{Format, Language};
use datasets::{About, Anonymised, Error, Next, Settings, Table, anonymise, sample, written};

pub fn table(text: &str) -> Table {
    Table::read("visits.csv", text.as_bytes(), Format::default(), &|_| true).unwrap()
}

pub fn about() -> About {
    About {
        engine: "azukari 0.0.0".to_owned(),
        made_at: "2026-11-22T09:00:00Z".to_owned(),
        ..About::default()
    }
}

pub fn go_on(_: datasets::Step) -> Next {
    Next::GoOn
}

/// The sample of visits, and what is suggested for it.
pub fn visits() -> (Table, Settings) {
    let table = table(&sample(3000, Language::En));
    let suggested = written(&table, &Settings::default(), Language::En).unwrap();
    let settings = Settings::read("settings.toml", &suggested).unwrap();
    (table, settings)
}

pub fn made(table: &Table, settings: &Settings) -> Result<Anonymised, Error> {
    anonymise(table, settings, &about(), [7; 32], None, &go_on)
}
