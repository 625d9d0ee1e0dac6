//! What risks a recoding leaves, and what it took: as data, and as a page for people.
//!
//! The *prosecutor* knows that somebody is in the table and looks for the row: one in so many as
//! there are in the class. The *journalist* knows people of the population of which the table is a
//! sample: one in so many as there are in the class there. The *marketer* wants as many rows as
//! possible: the share that is found on average.

mod html;

pub use html::{Checked, Section, checks};

use rustc_hash::FxHashMap;

use crate::{
    Engine, Model, Recoding,
    groups::{Key, either},
};

/// The report on a recoding.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Report {
    /// Rows that were to be published, and those that were.
    pub rows: u64,
    pub published: u64,
    pub suppressed: u64,
    /// Loss over all columns; see [`crate::Measure::Loss`].
    pub loss: f64,
    /// The table as it was, and as it is published.
    pub before: Risks,
    pub after: Risks,
    pub columns: Vec<Column>,
    /// The models that were asked for, with their numbers.
    pub models: Vec<Model>,
}

/// The risks of a table.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Risks {
    pub classes: u64,
    /// Rows that are like no other.
    pub uniques: u64,
    pub prosecutor: Risk,
    /// Where the table is a sample of a population.
    pub journalist: Option<Risk>,
    pub marketer: f64,
    /// The population's instead of the table's classes, where there is one.
    pub marketer_population: Option<f64>,
    pub sizes: Vec<Sizes>,
}

/// The chance that a row is found.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Risk {
    pub highest: f64,
    pub average: f64,
    /// The share of rows whose risk is above one in five, ten and twenty.
    pub above_one_in_five: f64,
    pub above_one_in_ten: f64,
    pub above_one_in_twenty: f64,
}

/// Classes of a range of sizes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Sizes {
    pub from: u32,
    /// None for all that are larger.
    pub to: Option<u32>,
    pub classes: u64,
    pub rows: u64,
}

/// What generalisation and suppression took from a column.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Column {
    pub name: String,
    /// The share of the domain that its cells cover; 0 untouched, 1 nothing told.
    pub loss: f64,
    /// The share of rows of which the column still tells something: not left out, and not at the
    /// coarsest level.
    pub coverage: f64,
    /// Rows at each level, and those left out.
    pub levels: Vec<u64>,
    pub suppressed: u64,
    /// Different values before, and after where they still tell something.
    pub values_before: usize,
    pub values_after: usize,
}

const RANGES: [u32; 9] = [1, 2, 5, 10, 20, 50, 100, 500, 1000];

#[expect(clippy::cast_precision_loss, reason = "rows are counted")]
fn real(count: u64) -> f64 {
    count as f64
}

impl Risks {
    /// From classes as rows and people.
    fn of(classes: &[(u32, u32)], population: bool) -> Self {
        let rows: u64 = classes.iter().map(|(rows, _)| u64::from(*rows)).sum();
        let risk = |size: &dyn Fn(&(u32, u32)) -> u32| {
            let above = |most: u32| {
                let found = classes.iter().filter(|class| size(class) < most);
                real(found.map(|(rows, _)| u64::from(*rows)).sum()) / real(rows.max(1))
            };
            let chances =
                classes.iter().map(|class| (f64::from(class.0), 1.0 / f64::from(size(class))));
            Risk {
                highest: chances.clone().map(|(_, chance)| chance).fold(0.0, f64::max),
                average: chances.map(|(rows, chance)| rows * chance).sum::<f64>()
                    / real(rows.max(1)),
                above_one_in_five: above(5),
                above_one_in_ten: above(10),
                above_one_in_twenty: above(20),
            }
        };
        let prosecutor = risk(&|class| class.0);
        let journalist = population.then(|| risk(&|class| class.1.max(class.0)));
        let sizes = RANGES.iter().enumerate().map(|(at, from)| {
            let to = RANGES.get(at + 1).map(|next| next - 1);
            let within = classes
                .iter()
                .filter(|class| class.0 >= *from && to.is_none_or(|to| class.0 <= to));
            Sizes {
                from: *from,
                to,
                classes: within.clone().count() as u64,
                rows: within.map(|class| u64::from(class.0)).sum(),
            }
        });
        Self {
            classes: classes.len() as u64,
            uniques: classes.iter().filter(|class| class.0 == 1).count() as u64,
            prosecutor,
            journalist,
            marketer: prosecutor.average,
            marketer_population: journalist.map(|risk| risk.average),
            sizes: sizes.collect(),
        }
    }
}

impl Engine<'_> {
    /// The loss of a recoding, whichever way its rows were generalised.
    pub fn loss(&self, recoding: &Recoding) -> f64 {
        let product: f64 = self.losses(recoding).iter().map(|loss| 1.0 + loss).product();
        self.guide.score(product)
    }

    fn losses(&self, recoding: &Recoding) -> Vec<f64> {
        either!(&self.ground, ground => {
            let mut sums = vec![0.0; ground.fields.len()];
            for (group, tuple) in ground.order.iter().enumerate() {
                let rows = f64::from(ground.base.counts[group]);
                let levels = recoding.levels(*tuple as usize);
                for (column, sum) in sums.iter_mut().enumerate() {
                    *sum += rows * levels.map_or(1.0, |levels| {
                        let fine = ground.base.keys[group].take(ground.fields[column]);
                        let level = usize::from(levels[column]);
                        let code = ground.levels[column].carry(fine, levels[column]);
                        ground.levels[column].at[level].share[code as usize]
                    });
                }
            }
            let rows = real(self.histogram.published());
            sums.iter().enumerate().map(|(at, sum)| self.guide.normal(at, sum / rows)).collect()
        })
    }

    /// What risks a recoding leaves, and what it took.
    pub fn report(&self, recoding: &Recoding) -> Report {
        let untouched = self.untouched();
        let losses = self.losses(recoding);
        let rows = self.histogram.published();
        let kept = |tuple: &usize| recoding.levels(*tuple).is_some();
        let counts = self.histogram.counts();
        let published: u64 =
            (0..counts.len()).filter(kept).map(|tuple| u64::from(counts[tuple])).sum();
        let columns = losses.iter().enumerate().map(|(at, loss)| self.column(recoding, at, *loss));
        Report {
            rows,
            published,
            suppressed: rows - published,
            loss: self.loss(recoding),
            before: self.risks(&untouched),
            after: self.risks(recoding),
            columns: columns.collect(),
            models: self.settings.models.clone(),
        }
    }

    fn untouched(&self) -> Recoding {
        let columns = either!(&self.ground, ground => ground.fields.len());
        let mut recoding = Recoding::nothing(self.histogram.tuples());
        let pattern = recoding.pattern(&vec![0; columns]);
        recoding.of.fill(pattern);
        recoding
    }

    /// The labels of a tuple's cells, as numbers that are equal where the labels read the same.
    fn texts(&self) -> Vec<Vec<Vec<u32>>> {
        let column = |at: usize| {
            let mut known: FxHashMap<&str, u32> = FxHashMap::default();
            let Some(hierarchy) = self.schema.hierarchy(at) else { return Vec::new() };
            (0..hierarchy.levels())
                .map(|level| {
                    let leaves = self.schema.quasi[at].leaves.iter();
                    leaves
                        .map(|leaf| {
                            let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
                            *known.entry(hierarchy.label(level, *leaf)).or_insert(next)
                        })
                        .collect()
                })
                .collect()
        };
        (0..self.schema.quasi.len()).map(column).collect()
    }

    fn risks(&self, recoding: &Recoding) -> Risks {
        let texts = self.texts();
        let people = self.histogram.population();
        let mut classes: FxHashMap<Vec<u32>, (u32, u32)> = FxHashMap::default();
        for (tuple, rows) in self.histogram.counts().iter().enumerate() {
            let Some(levels) = recoding.levels(tuple) else { continue };
            let cells = levels.iter().enumerate().map(|(at, level)| {
                texts[at][usize::from(*level)][self.histogram.code(tuple, at) as usize]
            });
            let class = classes.entry(cells.collect()).or_default();
            class.0 += rows;
            class.1 += people.map_or(*rows, |people| people[tuple]);
        }
        let mut classes: Vec<_> = classes.into_values().filter(|class| class.0 > 0).collect();
        classes.sort_unstable();
        Risks::of(&classes, people.is_some())
    }

    fn column(&self, recoding: &Recoding, at: usize, loss: f64) -> Column {
        let texts = &self.texts()[at];
        let mut column = Column {
            name: self.schema.quasi[at].name.clone(),
            loss,
            coverage: 0.0,
            levels: vec![0; texts.len()],
            suppressed: 0,
            values_before: 0,
            values_after: 0,
        };
        // A hierarchy of one level has no coarser one to fall back to.
        let told = texts.len().saturating_sub(1).max(1);
        let mut seen = [rustc_hash::FxHashSet::default(), rustc_hash::FxHashSet::default()];
        for (tuple, rows) in
            self.histogram.counts().iter().enumerate().filter(|(_, rows)| **rows > 0)
        {
            let code = self.histogram.code(tuple, at) as usize;
            seen[0].insert(texts[0][code]);
            match recoding.levels(tuple) {
                None => column.suppressed += u64::from(*rows),
                Some(levels) => {
                    let level = usize::from(levels[at]);
                    if level < told {
                        seen[1].insert(texts[level][code]);
                    }
                    column.levels[level] += u64::from(*rows);
                }
            }
        }
        let telling: u64 = column.levels[..told].iter().sum();
        column.coverage = real(telling) / real(self.histogram.published().max(1));
        [column.values_before, column.values_after] = seen.map(|seen| seen.len());
        column
    }
}
