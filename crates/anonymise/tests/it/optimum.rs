//! The optimum is what looking at every node finds, over tables, models and measures at random.

use std::{
    fmt::Write as _,
    sync::atomic::{AtomicU64, Ordering},
};

use anonymise::{
    Distance, Effort, Engine, Error, Fault, Format, Hierarchy, Language, Measure, Model, Plan,
    Role, Settings,
};
use proptest::prelude::*;

use crate::{
    naive::{Cost, Small},
    tables::{Table, table},
};

/// Labels of groups of values: `steps` says how many values share one at each level.
fn hierarchy(name: &str, values: usize, steps: &[usize], star: bool) -> Hierarchy {
    let lines = (0..values).map(|value| {
        let mut line = vec![format!("{name}{value}")];
        line.extend(steps.iter().map(|step| format!("{name}/{step}/{}", value / step)));
        line.extend(star.then(|| "*".to_owned()));
        line
    });
    Hierarchy::from_lines(name, (1..).zip(lines)).unwrap()
}

fn column() -> impl Strategy<Value = (usize, Vec<usize>, bool)> {
    let steps = prop_oneof![Just(vec![]), Just(vec![2]), Just(vec![2, 4]), Just(vec![3])];
    (1..7_usize, steps, prop::bool::weighted(0.8))
}

fn model() -> impl Strategy<Value = Model> {
    let column = || "s".to_owned();
    prop_oneof![
        4 => (1..5_u32).prop_map(|k| Model::KAnonymity { k }),
        2 => (1..4_u32).prop_map(move |l| Model::DistinctDiversity { column: column(), l }),
        2 => (10..35_u32).prop_map(move |l| Model::EntropyDiversity {
            column: column(),
            l: f64::from(l) / 10.0
        }),
        2 => (5..40_u32, 1..4_u32).prop_map(move |(c, l)| Model::RecursiveDiversity {
            column: column(),
            c: f64::from(c) / 10.0,
            l
        }),
        4 => (1..8_u32, 0..4_usize).prop_map(move |(t, distance)| Model::Closeness {
            column: column(),
            t: f64::from(t) / 10.0,
            distance: [
                Distance::Equal,
                Distance::OrderedText,
                Distance::OrderedNumbers,
                Distance::Hierarchical
            ][distance],
        }),
        1 => (0..6_u32, 5..11_u32).prop_map(|(min, max)| Model::Presence {
            min: f64::from(min.min(max)) / 10.0,
            max: f64::from(max) / 10.0
        }),
        1 => (1..5_u32).prop_map(|k| Model::KMap { k }),
        1 => (1..11_u32).prop_map(|risk| Model::AverageRisk { at_most: f64::from(risk) / 10.0 }),
        1 => (2..11_u32).prop_map(|risk| Model::StrictRisk { at_most: f64::from(risk) / 10.0 }),
    ]
}

#[derive(Debug, Clone)]
pub struct Drawn {
    small: Small,
    sensitive: Hierarchy,
    sampled: bool,
    models: Vec<Model>,
    limit: f64,
    measure: Measure,
}

pub fn drawn() -> impl Strategy<Value = Drawn> {
    let measure = prop::sample::select(vec![
        Measure::Loss,
        Measure::Entropy,
        Measure::MonotonicEntropy,
        Measure::Discernibility,
        Measure::MonotonicDiscernibility,
        Measure::AverageClassSize,
        Measure::Precision,
        Measure::Height,
    ]);
    let limit = prop::sample::select(vec![0.0, 0.1, 0.3, 0.6, 1.0]);
    let shape = (prop::collection::vec(column(), 1..5), any::<bool>());
    (shape, prop::collection::vec(model(), 1..4), limit, measure).prop_flat_map(
        |((columns, sampled), models, limit, measure)| {
            let row = (
                prop::collection::vec(0..100_usize, columns.len()),
                0..5_usize,
                prop::bool::weighted(0.7),
            );
            prop::collection::vec(row, 2..40).prop_map(move |mut rows| {
                rows[0].2 = true;
                let hierarchies: Vec<Hierarchy> = columns
                    .iter()
                    .enumerate()
                    .map(|(at, (values, steps, star))| {
                        hierarchy(&format!("q{at}."), *values, steps, *star)
                    })
                    .collect();
                let rows = rows.iter().map(|(cells, value, kept)| {
                    let cells =
                        cells.iter().zip(&columns).enumerate().map(|(at, (cell, column))| {
                            // Few values are much more frequent than others.
                            format!("q{at}.{}", (cell * cell / 100) % column.0)
                        });
                    (cells.collect(), (value * value % 7).to_string(), *kept || !sampled)
                });
                Drawn {
                    small: Small { hierarchies, rows: rows.collect() },
                    sensitive: Hierarchy::from_lines(
                        "s",
                        (0..7_u64).map(|v| {
                            (v + 1, vec![v.to_string(), format!("g{}", v / 2), "*".into()])
                        }),
                    )
                    .unwrap(),
                    sampled,
                    models: models.clone(),
                    limit,
                    measure,
                }
            })
        },
    )
}

impl Drawn {
    pub fn plan(&self) -> Plan {
        let mut plan = Plan::new();
        for (at, hierarchy) in self.small.hierarchies.iter().enumerate() {
            plan = plan.with(&format!("q{at}"), Role::Quasi(hierarchy.clone()));
        }
        plan = plan.with("s", Role::Sensitive(Some(self.sensitive.clone())));
        plan = plan.with("in", Role::Identifying);
        if self.sampled { plan.sample("in", "true") } else { plan }
    }

    pub fn csv(&self) -> String {
        let columns = 0..self.small.hierarchies.len();
        let head: Vec<String> = columns.map(|at| format!("q{at}")).collect();
        let mut csv = head.join(",") + ",s,in\n";
        for (cells, value, kept) in &self.small.rows {
            writeln!(csv, "{},{value},{kept}", cells.join(",")).unwrap();
        }
        csv
    }

    pub fn table(&self) -> Table {
        table(self.csv().as_bytes(), Format::default(), &self.plan(), &["s"]).unwrap()
    }

    pub fn models(&self) -> &[Model] {
        &self.models
    }

    /// The nodes that fulfil the models, by a look at every one.
    pub fn solutions(&self) -> Vec<Vec<u8>> {
        let found = self.small.solutions(&self.plan(), &self.models, self.limit, self.measure);
        found.into_iter().map(|cost| cost.node).collect()
    }

    pub fn settings(&self) -> Settings {
        Settings { models: self.models.clone(), limit: self.limit, measure: self.measure }
    }
}

fn close(one: f64, other: f64) -> bool {
    (one - other).abs() <= 1e-9 * one.abs().max(other.abs()).max(1.0)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_node_is_better_than_the_optimum(drawn in drawn()) {
        let solutions = drawn.small.solutions(&drawn.plan(), &drawn.models, drawn.limit, drawn.measure);
        let least = solutions.iter().map(|cost| cost.score).fold(f64::INFINITY, f64::min);
        let table = drawn.table();
        let engine = Engine::new(&table.schema, &table.histogram, drawn.settings()).unwrap();
        let mut nodes = Vec::new();
        for (threads, listed, memory) in [(1, 1 << 20, 0), (2, 1 << 20, 1 << 20), (2, 0, 1 << 20)] {
            let effort = Effort { threads, listed, memory, ..Effort::default() };
            match engine.optimum(effort) {
                Err(Error { fault: Fault::NoSolution(_), .. }) => prop_assert!(solutions.is_empty()),
                Err(error) => prop_assert!(false, "{}", error),
                Ok(found) => {
                    let same: Option<&Cost> = solutions.iter().find(|cost| cost.node == found.node);
                    let Some(same) = same else {
                        return Err(TestCaseError::fail(format!("{found:?} is no solution")));
                    };
                    prop_assert!(found.proven);
                    prop_assert!(close(found.score, least), "{:?} where {} is best", found, least);
                    prop_assert!(close(found.bound, least));
                    prop_assert!(close(found.score, same.score), "{:?} costs {:?}", found, same);
                    prop_assert_eq!(found.suppressed, same.suppressed as u64);
                    prop_assert_eq!(found.classes, same.classes as u64);
                    nodes.push(found.node);
                }
            }
        }
        prop_assert!(nodes.windows(2).all(|pair| pair[0] == pair[1]), "{:?}", nodes);
    }

    #[test]
    fn a_search_that_is_cut_short_says_how_far_off_it_may_be(drawn in drawn(), most in 1..6_u64) {
        let solutions = drawn.small.solutions(&drawn.plan(), &drawn.models, drawn.limit, drawn.measure);
        let least = solutions.iter().map(|cost| cost.score).fold(f64::INFINITY, f64::min);
        let table = drawn.table();
        let engine = Engine::new(&table.schema, &table.histogram, drawn.settings()).unwrap();
        for listed in [0, 1 << 20] {
            let seen = AtomicU64::new(0);
            let go_on = |checks| {
                seen.store(checks, Ordering::Relaxed);
                checks < most
            };
            match engine.optimum(Effort { threads: 1, listed, go_on: &go_on, ..Effort::default() }) {
                Err(error) => {
                    let stopped = matches!(error.fault, Fault::Unfinished);
                    prop_assert!(stopped || solutions.is_empty(), "{}", error);
                }
                Ok(found) => {
                    prop_assert!(found.bound <= least + 1e-9 * least.abs().max(1.0));
                    prop_assert!(found.score >= least - 1e-9 * least.abs().max(1.0));
                    prop_assert!(!found.proven || close(found.score, least));
                }
            }
            prop_assert!(seen.load(Ordering::Relaxed) <= most);
        }
    }
}

#[test]
fn a_table_too_wide_for_keys_of_64_bits_is_searched_alike() {
    let hierarchies: Vec<Hierarchy> =
        (0..10).map(|at| hierarchy(&format!("q{at}."), 97, &[], true)).collect();
    let rows = (0..97_usize).map(|row| {
        // Some columns tell few rows apart, and each column has all its values.
        let cells =
            (0..10).map(|at| format!("q{at}.{}", if row < 60 { row / (at + 1) } else { row }));
        (cells.collect(), (row % 5).to_string(), true)
    });
    let drawn = Drawn {
        small: Small { hierarchies, rows: rows.collect() },
        sensitive: hierarchy("", 5, &[], true),
        sampled: false,
        models: vec![
            Model::KAnonymity { k: 3 },
            Model::DistinctDiversity { column: "s".to_owned(), l: 2 },
        ],
        limit: 0.5,
        measure: Measure::Loss,
    };
    let solutions = drawn.small.solutions(&drawn.plan(), &drawn.models, drawn.limit, drawn.measure);
    let least = solutions.iter().map(|cost| cost.score).fold(f64::INFINITY, f64::min);
    let table = drawn.table();
    let engine = Engine::new(&table.schema, &table.histogram, drawn.settings()).unwrap();
    let found = engine.optimum(Effort::default()).unwrap();
    let same = solutions.iter().find(|cost| cost.node == found.node).unwrap();
    assert!(found.proven && close(found.score, least), "{found:?} where {least} is best");
    assert_eq!(found.suppressed, same.suppressed as u64);
    assert!(found.suppressed > 0 && found.classes > 1, "{found:?}");
}

#[test]
fn thirty_wide_columns_are_counted_and_more_than_fit_are_refused_with_the_way_out() {
    let many = hierarchy("", 40_000, &[], true);
    let wide = |columns: usize| {
        let names: Vec<String> = (0..columns).map(|at| format!("q{at}")).collect();
        let plan =
            names.iter().fold(Plan::new(), |plan, name| plan.with(name, Role::Quasi(many.clone())));
        let rows = (0..300_usize).map(|row| {
            let cells = (0..columns).map(|at| (row / 3 * (at * 131 + 1) % 40_000).to_string());
            cells.collect::<Vec<_>>().join(",") + "\n"
        });
        let csv = names.join(",") + "\n" + &rows.collect::<String>();
        table(csv.as_bytes(), Format::default(), &plan, &[])
    };
    // 480 bits: each row stands there three times, and nothing has to be generalised.
    let held = wide(30).unwrap();
    assert_eq!(held.histogram.tuples(), 100);
    let found = |k| {
        let models = vec![Model::KAnonymity { k }];
        let settings = Settings { models, limit: 0.0, measure: Measure::Loss };
        Engine::new(&held.schema, &held.histogram, settings)
    };
    let optimum = found(3).unwrap().optimum(Effort::default()).unwrap();
    assert_eq!((optimum.node, optimum.classes, optimum.proven), (vec![0; 30], 100, true));
    let error = wide(65).err().unwrap().to_string();
    assert!(error.contains("1040 bits together where 1024 fit: leave one out"), "{error}");
}

#[test]
fn where_there_is_no_way_it_is_said_what_blocks_and_what_would_help() {
    let plan = Plan::new()
        .with("q", Role::Quasi(hierarchy("", 4, &[2], false)))
        .with("s", Role::Sensitive(None));
    let csv = "q,s\n0,x\n1,y\n0,x\n1,y\n2,x\n3,x\n";
    let table = table(csv.as_bytes(), Format::default(), &plan, &["s"]).unwrap();
    let said = |models: Vec<Model>| {
        let settings = Settings { models, limit: 0.2, measure: Measure::Loss };
        let engine = Engine::new(&table.schema, &table.histogram, settings).unwrap();
        let error = engine.optimum(Effort::default()).unwrap_err();
        let parts = engine.parts().unwrap_err();
        assert_eq!(parts.to_string(), error.to_string());
        [error.to_string(), error.sentence(Language::Ja)]
    };
    let diverse = |l| Model::DistinctDiversity { column: "s".to_owned(), l };
    let [en, ja] = said(vec![Model::KAnonymity { k: 2 }, diverse(2)]);
    assert_eq!(
        en,
        "`table.csv`: no way of generalising fulfils distinct l-diversity (l = 2, column `s`): with every \
         column at its coarsest 2 of 6 rows are left out where 1 may be; ask less, make a hierarchy coarser, \
         or let 2 rows be left out"
    );
    assert_eq!(
        ja,
        "「table.csv」：l-多様性（種類数）（l = 2、列「s」）を満たす一般化がありません。すべての列を最も粗くしても、\
         6行のうち2行の削除が必要です（上限は1行）。基準を緩めるか、階層をより粗くするか、2行まで削除できるようにしてください。"
    );
    let [en, _] = said(vec![diverse(3)]);
    assert!(en.ends_with("ask less, for the table as a whole does not have it"), "{en}");
}

#[test]
fn settings_that_cannot_be_are_refused_with_the_way_out() {
    let plan = Plan::new()
        .with("q", Role::Quasi(hierarchy("", 3, &[], true)))
        .with("s", Role::Sensitive(None));
    let table = table(b"q,s\n1,x\n2,y\n", Format::default(), &plan, &["s"]).unwrap();
    let said = |models: Vec<Model>, limit: f64| {
        let settings = Settings { models, limit, measure: Measure::Loss };
        let engine = Engine::new(&table.schema, &table.histogram, settings);
        match engine {
            Err(error) => error.to_string(),
            Ok(engine) => engine.optimum(Effort::default()).unwrap_err().to_string(),
        }
    };
    let column = || "s".to_owned();
    assert!(said(vec![Model::KAnonymity { k: 0 }], 0.0).contains("k is at least 1"));
    assert!(said(vec![], 1.5).contains("the limit of suppression is between 0 and 1"));
    assert!(said(vec![Model::AverageRisk { at_most: 0.0 }], 0.0).contains("a risk is above 0"));
    let t = |distance| vec![Model::Closeness { column: column(), t: 0.2, distance }];
    assert!(said(t(Distance::Hierarchical), 0.0).contains("column `s`: the hierarchical distance"));
    assert!(said(t(Distance::OrderedNumbers), 0.0).contains("column `s`: the ordered distance"));
    let other = Model::DistinctDiversity { column: "q".to_owned(), l: 2 };
    assert!(said(vec![other], 0.0).contains("column `q`"));
    assert!(said(vec![Model::KAnonymity { k: 3 }], 0.0).contains("no way of generalising"));
}
