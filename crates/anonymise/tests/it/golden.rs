//! The optimum of the measured tables, line by line against what the reference engine found.
//!
//! The tables are not part of the project. `AZUKARI_ANONYMISE_DATA` names the folder that has them.

use std::{fmt::Write as _, path::Path, time::Instant};

use anonymise::{Distance, Effort, Engine, Measure, Model, Settings};

use crate::tables::measured;

fn models(criteria: &str, sensitive: &str) -> Vec<Model> {
    let column = sensitive.to_owned();
    let model = |word: &str| {
        let column = column.clone();
        let close = |rest: &str, distance| {
            let t = rest.parse().unwrap();
            Model::Closeness { column: column.clone(), t, distance }
        };
        if let Some(rest) = word.strip_prefix("dl") {
            Model::DistinctDiversity { column, l: rest.parse().unwrap() }
        } else if let Some(rest) = word.strip_prefix("el") {
            Model::EntropyDiversity { column, l: rest.parse().unwrap() }
        } else if let Some(rest) = word.strip_prefix("rl") {
            let (c, l) = rest.split_once(':').unwrap();
            Model::RecursiveDiversity { column, c: c.parse().unwrap(), l: l.parse().unwrap() }
        } else if let Some(rest) = word.strip_prefix("te") {
            close(rest, Distance::Equal)
        } else if let Some(rest) = word.strip_prefix("th") {
            close(rest, Distance::Hierarchical)
        } else if let Some(rest) = word.strip_prefix("to") {
            close(rest, Distance::OrderedText)
        } else {
            Model::KAnonymity { k: word.strip_prefix('k').unwrap().parse().unwrap() }
        }
    };
    criteria.split('+').map(model).collect()
}

fn measure(name: &str) -> Measure {
    match name.strip_suffix("_pre").unwrap_or(name) {
        "loss" => Measure::Loss,
        "entropy" => Measure::Entropy,
        "entropy_mono" => Measure::MonotonicEntropy,
        "aecs" => Measure::AverageClassSize,
        "dm" => Measure::Discernibility,
        "dm_mono" => Measure::MonotonicDiscernibility,
        other => panic!("no measure {other}"),
    }
}

#[test]
fn every_line_of_the_golden_table_is_found_again() {
    let Some(folder) = std::env::var_os("AZUKARI_ANONYMISE_DATA") else {
        println!("the golden table was not looked at: AZUKARI_ANONYMISE_DATA names no folder");
        return;
    };
    let folder = Path::new(&folder);
    let golden = std::fs::read_to_string(folder.join("golden_adult_cup.csv")).unwrap();
    let mut wrong = String::new();
    let mut lines = 0;
    let mut held: Option<(String, crate::tables::Table)> = None;
    for line in golden.lines().skip(1) {
        let fields: Vec<&str> = line.split(';').collect();
        let [
            dataset,
            criteria,
            sensitive,
            left_out,
            limit,
            metric,
            node,
            score,
            suppressed,
            classes,
            ..,
        ] = fields[..]
        else {
            panic!("{line}")
        };
        lines += 1;
        let name = format!("{dataset};{sensitive};{left_out}");
        if held.as_ref().is_none_or(|(held, _)| *held != name) {
            held = Some((name, measured(folder, dataset, sensitive, left_out)));
        }
        let table = &held.as_ref().unwrap().1;
        let settings = Settings {
            models: models(criteria, sensitive),
            limit: limit.parse().unwrap(),
            measure: measure(metric),
        };
        let begun = Instant::now();
        let engine = Engine::new(&table.schema, &table.histogram, settings).unwrap();
        let optimum = engine.optimum(Effort::default()).unwrap();
        let time = begun.elapsed();
        println!(
            "{:>6} ms {:>6} checks {criteria} {limit} {metric} {dataset}",
            time.as_millis(),
            optimum.checks
        );
        let node: Vec<u8> = node.split(' ').map(|level| level.parse().unwrap()).collect();
        let score: f64 = score.parse().unwrap();
        let same = (optimum.score - score).abs() <= 1e-9 * score.abs().max(1.0);
        let tied = optimum.node != node && same;
        let counts = [optimum.suppressed.to_string(), optimum.classes.to_string()];
        if !optimum.proven
            || !same
            || (!tied && (optimum.node != node || counts != [suppressed, classes]))
        {
            writeln!(wrong, "{line}\n  {optimum:?}").unwrap();
        }
        if tied {
            println!("  another node of the same score: {optimum:?}");
        }
    }
    assert_eq!(lines, 85);
    assert!(wrong.is_empty(), "{wrong}");
}
