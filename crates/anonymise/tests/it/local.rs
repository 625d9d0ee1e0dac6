//! Local recoding keeps what the models promise, and takes less than the optimum of whole columns.

use std::path::Path;

use anonymise::{
    Effort, Engine, Error, Fault, Format, Measure, Model, Rows, Settings, Suppressed,
    verify::{Claims, Word, verify},
};
use proptest::prelude::*;

use crate::{
    optimum::{Drawn, drawn},
    tables::{Table, measured},
};

fn verdict(drawn: &Drawn, published: &str, suppressed: Suppressed) -> Result<(), TestCaseError> {
    let (plan, settings) = (drawn.plan(), drawn.settings());
    let claims =
        Claims { plan: &plan, models: &settings.models, limit: settings.limit, suppressed };
    let csv = drawn.csv();
    let verdict = verify(
        &claims,
        Rows::open("before", csv.as_bytes(), Format::default()).unwrap(),
        Rows::open("after", published.as_bytes(), Format::default()).unwrap(),
    )
    .unwrap();
    prop_assert_eq!(verdict.word, Word::Holds, "{:?}\n{}\n{}", verdict.evidence, csv, published);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 700, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_release_holds_what_was_asked(drawn in drawn()) {
        let table: Table = drawn.table();
        let engine = Engine::new(&table.schema, &table.histogram, drawn.settings()).unwrap();
        let Ok(optimum) = engine.optimum(Effort::default()) else { return Ok(()) };
        let global = engine.recoding(&optimum.node).unwrap();
        for suppressed in [Suppressed::Removed, Suppressed::Starred] {
            verdict(&drawn, &table.written(&global, suppressed), suppressed)?;
        }
        let below = drawn.settings().models.iter().any(|model| {
            matches!(model, Model::Presence { min, .. } if *min > 0.0)
        });
        match engine.cells(&optimum.node) {
            Err(error) => prop_assert!(below, "{}", error),
            Ok(cells) => {
                verdict(&drawn, &table.written(&cells, Suppressed::Removed), Suppressed::Removed)?;
                prop_assert!(engine.loss(&cells) <= engine.loss(&global) + 1e-12);
            }
        }
        match engine.parts() {
            Err(Error { fault: Fault::NoSolution(_), .. }) => {}
            Err(error) => prop_assert!(below, "{}", error),
            Ok(parts) => {
                verdict(&drawn, &table.written(&parts, Suppressed::Removed), Suppressed::Removed)?;
            }
        }
        if drawn.settings().measure == Measure::Loss {
            prop_assert!((engine.loss(&global) - optimum.score).abs() < 1e-9);
        }
    }
}

#[test]
fn parts_and_cells_lose_less_of_the_measured_tables() {
    let Some(folder) = std::env::var_os("AZUKARI_ANONYMISE_DATA") else {
        println!("not measured: AZUKARI_ANONYMISE_DATA names no folder");
        return;
    };
    for (dataset, sensitive) in [("adult", "occupation"), ("cup", "RAMNTALL")] {
        let table = measured(Path::new(&folder), dataset, sensitive, "");
        let column = sensitive.to_owned();
        let settings = Settings {
            models: vec![Model::KAnonymity { k: 5 }, Model::DistinctDiversity { column, l: 3 }],
            limit: 0.05,
            measure: Measure::Loss,
        };
        let engine = Engine::new(&table.schema, &table.histogram, settings).unwrap();
        let optimum = engine.optimum(Effort::default()).unwrap();
        let cells = engine.loss(&engine.cells(&optimum.node).unwrap());
        let begun = std::time::Instant::now();
        let parts = engine.loss(&engine.parts().unwrap());
        println!(
            "{dataset}: optimum {:.4}, cells {cells:.4}, parts {parts:.4} ({} ms)",
            optimum.score,
            begun.elapsed().as_millis()
        );
        assert!(cells < optimum.score, "{cells} where the optimum loses {}", optimum.score);
        assert!(parts < cells, "{parts} where cells lose {cells}");
    }
}
