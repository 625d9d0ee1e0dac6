//! The ways that are listed are what looking at every node finds, with the loss and the risks that the
//! report of each says.

use anonymise::{Effort, Engine, Measure, Model};
use proptest::prelude::*;

use crate::optimum::drawn;

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_way_is_a_solution_with_its_loss_and_risks(drawn in drawn()) {
        let table = drawn.table();
        let engine = Engine::new(&table.schema, &table.histogram, drawn.settings()).unwrap();
        let Ok(best) = engine.optimum(Effort::default()) else { return Ok(()) };
        let found = engine.ways(&best.node, u64::MAX, &|_| true);
        prop_assert!(found.all);
        prop_assert!(u128::from(found.looked) <= engine.nodes());
        let solutions = drawn.solutions();
        for way in &found.ways {
            prop_assert!(solutions.contains(&way.node), "{way:?}");
            let recoding = engine.recoding(&way.node).unwrap();
            let report = engine.report(&recoding);
            prop_assert!((report.loss - way.loss).abs() < 1e-9, "{} {way:?}", report.loss);
            prop_assert!((report.after.prosecutor.highest - way.highest).abs() < 1e-9);
            prop_assert!((report.after.prosecutor.average - way.average).abs() < 1e-9);
            prop_assert_eq!((report.suppressed, report.after.classes), (way.suppressed, way.classes));
        }
        // Where failing classes only merge into better ones, none is missed but those that publish nothing.
        let monotonic = |model: &Model| matches!(model, Model::KAnonymity { .. } | Model::DistinctDiversity { .. });
        if drawn.models().iter().all(monotonic) {
            let publishes = |node: &&Vec<u8>| engine.check(node).1 < engine.rows();
            let wanted = solutions.iter().filter(publishes).count();
            if engine.check(&best.node).1 < engine.rows() {
                prop_assert_eq!(found.ways.len(), wanted);
            }
        }
        // Bounded, it says so.
        if found.looked > 1 {
            let some = engine.ways(&best.node, 1, &|_| true);
            prop_assert_eq!((some.looked, some.all), (1, false));
            let stopped = engine.ways(&best.node, u64::MAX, &|_| false);
            prop_assert_eq!((stopped.looked, stopped.all), (1, false));
        }
    }
}

#[test]
fn the_best_way_comes_first_and_far_ones_last() {
    let table = crate::report::small();
    let settings = anonymise::Settings {
        models: vec![Model::KAnonymity { k: 2 }],
        limit: 0.2,
        measure: Measure::Loss,
    };
    let engine = Engine::new(&table.schema, &table.histogram, settings).unwrap();
    let found = engine.ways(&[1, 0], 100, &|_| true);
    let nodes: Vec<&[u8]> = found.ways.iter().map(|way| way.node.as_slice()).collect();
    assert_eq!(nodes, [[1, 0], [2, 0], [1, 1], [2, 1]]);
    assert!(found.all && found.ways.iter().all(|way| way.loss >= found.ways[0].loss));
}
