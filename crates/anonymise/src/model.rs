//! The models: when a class of rows may be published.
//!
//! Each rule says of a class whether it passes. Of a class that fails it also says how many of its
//! rows are *doomed*: at least so many are suppressed at this node and at every finer one. That
//! number is what the search excludes nodes by, so here is why it is sound, rule by rule. `C` is the
//! failing class, and a finer node splits it into classes; `P` are the rows of those that pass
//! there, `F` the others. `|F|` has to be bounded from below.
//!
//! - Size, k-map and distinct values: no part of `C` has more rows, people or values than `C`, so
//!   every part fails and `F = C`. The same goes for entropy and recursive diversity where `C` has
//!   fewer than l values.
//! - Entropy is concave: `H(C) ≥ |P|/|C| · H(P)`, and `H(P) ≥ log l` because every part of `P` passes
//!   and entropy of a union is at least the mean. Hence `|F| ≥ |C| · (1 − H(C) / log l)`.
//! - Recursive diversity fails where `g = r₁ − c·(rₗ + … + rₘ) ≥ 0`. `g` is `r₁ − c·|C| + c·(r₁ + … +
//!   rₗ₋₁)`: convex and homogeneous, so `g(C) ≤ g(P) + g(F)`, where `g(P) < 0` in the same way, or
//!   `P` is empty and `g(P) = 0`; and `g(F) ≤ r₁(F) ≤ |F|`. Hence `|F| ≥ g(C)`.
//! - Closeness: all three distances are norms of the difference of two distributions, so they are
//!   convex: `d(C) ≤ |P|/|C| · t + |F|/|C| · 1`. Hence `|F| ≥ |C| · (d(C) − t) / (1 − t)`.
//! - Presence, upper end: `r − max·p` adds up over parts; it is at most nought over `P` and at most
//!   `r(F)·(1 − max)` over `F`. Hence `|F| ≥ (r − max·p) / (1 − max)`. Of the lower end nothing is
//!   said, as people who are not published cost nothing.
//!
//! All of these also say that a union of classes that pass passes. At least one row of a failing
//! class with rows is doomed for that reason, except by presence from below.

use crate::{Error, Histogram, Schema};

/// What is asked of the published table.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Model {
    /// Each row is like at least k − 1 others.
    KAnonymity { k: u32 },
    /// At least l different values of a sensitive column in each class.
    DistinctDiversity { column: String, l: u32 },
    /// The entropy of a sensitive column is at least that of l equally frequent values.
    EntropyDiversity { column: String, l: f64 },
    /// The most frequent value is rarer than c times those from the l-th on.
    RecursiveDiversity { column: String, c: f64, l: u32 },
    /// The values in a class are distributed as in the table, up to a distance of t.
    Closeness { column: String, t: f64, distance: Distance },
    /// Of the people of a class, between min and max are published.
    Presence { min: f64, max: f64 },
    /// Each row is like at least k people of the population.
    KMap { k: u32 },
    /// Classes per row, which is the chance of finding a random row, is at most this.
    AverageRisk { at_most: f64 },
    /// The chance of finding any row is at most this.
    StrictRisk { at_most: f64 },
}

/// How far two values of a sensitive column are from each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Distance {
    /// All values are as far from each other.
    Equal,
    /// By their places in the order of text.
    OrderedText,
    /// By their places in the order of numbers.
    OrderedNumbers,
    /// By the first label they share in the hierarchy of the column.
    Hierarchical,
}

impl Model {
    /// The sensitive column that the model speaks of.
    pub fn column(&self) -> Option<&str> {
        match self {
            Self::DistinctDiversity { column, .. }
            | Self::EntropyDiversity { column, .. }
            | Self::RecursiveDiversity { column, .. }
            | Self::Closeness { column, .. } => Some(column),
            _ => None,
        }
    }

    fn check(&self) -> Result<(), [&'static str; 2]> {
        let share = |x: f64| (0.0..=1.0).contains(&x);
        match self {
            Self::KAnonymity { k } | Self::KMap { k } if *k == 0 => {
                Err(["k is at least 1", "kは1以上にしてください"])
            }
            Self::DistinctDiversity { l, .. } | Self::RecursiveDiversity { l, .. } if *l == 0 => {
                Err(["l is at least 1", "lは1以上にしてください"])
            }
            Self::EntropyDiversity { l, .. } if !(*l >= 1.0 && l.is_finite()) => {
                Err(["l is at least 1", "lは1以上にしてください"])
            }
            Self::RecursiveDiversity { c, .. } if !(*c > 0.0 && c.is_finite()) => {
                Err(["c is above 0", "cは0より大きくしてください"])
            }
            Self::Closeness { t, .. } if !share(*t) => {
                Err(["t is between 0 and 1", "tは0から1までで指定してください"])
            }
            Self::Presence { min, max } if !(share(*min) && share(*max) && min <= max) => Err([
                "presence is between 0 and 1, min before max",
                "δ-存在性は0から1までで、下限、上限の順に指定してください",
            ]),
            Self::AverageRisk { at_most } | Self::StrictRisk { at_most }
                if !(*at_most > 0.0 && *at_most <= 1.0) =>
            {
                Err([
                    "a risk is above 0 and at most 1",
                    "リスクは0より大きく1以下で指定してください",
                ])
            }
            _ => Ok(()),
        }
    }
}

/// What equality of computed and asked numbers may differ by.
const SLACK: f64 = 1e-9;

/// A rule about the values of one sensitive column in a class.
#[derive(Debug, Clone)]
enum Rule {
    Distinct(usize),
    Entropy {
        l: f64,
        log: f64,
    },
    Recursive {
        c: f64,
        l: usize,
    },
    /// Distributions of the table, level by level, with the label of each value: the equal
    /// distance has one level, the hierarchical one all but that where every label is the same.
    Levels {
        t: f64,
        levels: Vec<(Vec<u32>, Vec<f64>)>,
    },
    /// The values in their order, and how the table is distributed over them.
    Ordered {
        t: f64,
        order: Vec<u32>,
        table: Vec<f64>,
    },
}

/// The models, made ready for a table.
#[derive(Debug, Clone)]
pub(crate) struct Rules {
    /// The size of the smallest class that may be published.
    pub(crate) size: u32,
    people: u32,
    presence: Option<(f64, f64)>,
    pub(crate) average: Option<f64>,
    /// By the number of the list in a group.
    columns: Vec<Vec<Rule>>,
}

/// What became of a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Passes,
    /// Fails, and so does every part of it.
    Doomed,
    /// Fails; so many of its rows fail in any partition.
    Fails(u32),
}

/// Room for the values of a class.
#[derive(Debug, Default)]
pub(crate) struct Values {
    pub(crate) counts: Vec<u32>,
    pub(crate) met: Vec<u32>,
    sorted: Vec<u32>,
    sums: Vec<u32>,
    sums_met: Vec<u32>,
}

impl Values {
    pub(crate) fn fit(&mut self, size: usize) {
        if self.counts.len() < size {
            self.counts.resize(size, 0);
            self.sums.resize(size, 0);
        }
    }

    #[inline]
    pub(crate) fn add(&mut self, value: u32, count: u32) {
        let held = &mut self.counts[value as usize];
        if *held == 0 {
            self.met.push(value);
        }
        *held += count;
    }

    pub(crate) fn clear(&mut self) {
        for value in self.met.drain(..) {
            self.counts[value as usize] = 0;
        }
    }
}

impl Rules {
    pub(crate) fn new(
        models: &[Model],
        schema: &Schema,
        histogram: &Histogram,
    ) -> Result<Self, Error> {
        let mut rules = Self {
            size: 1,
            people: 1,
            presence: None,
            average: None,
            columns: vec![Vec::new(); histogram.watched().len()],
        };
        for model in models {
            model.check().map_err(|words| Error::wrong(&schema.file, words))?;
            let list = match model.column() {
                None => None,
                Some(name) => {
                    let words = [
                        "the histogram does not count it: name it when that is made",
                        "この列は数えられていません。基準の対象となる列を指定してください",
                    ];
                    let watched = histogram.watched().iter();
                    let found = watched.clone().position(|at| schema.sensitive[*at].name == name);
                    Some(found.ok_or_else(|| Error::wrong(&schema.file, words).column(name))?)
                }
            };
            match model {
                Model::KAnonymity { k } => rules.size = rules.size.max(*k),
                Model::StrictRisk { at_most } => rules.size = rules.size.max(least(*at_most)),
                Model::KMap { k } => rules.people = rules.people.max(*k),
                Model::Presence { min, max } => {
                    let (low, high) = rules.presence.unwrap_or((0.0, 1.0));
                    rules.presence = Some((low.max(*min), high.min(*max)));
                }
                Model::AverageRisk { at_most } => {
                    rules.average = Some(rules.average.map_or(*at_most, |held| held.min(*at_most)));
                }
                Model::DistinctDiversity { l, .. } => {
                    rules.size = rules.size.max(*l);
                    rules.push(list, Rule::Distinct(*l as usize));
                }
                Model::EntropyDiversity { l, .. } => {
                    rules.push(list, Rule::Entropy { l: *l, log: l.log2() });
                }
                Model::RecursiveDiversity { c, l, .. } => {
                    rules.push(list, Rule::Recursive { c: *c, l: *l as usize });
                }
                Model::Closeness { column, t, distance } => {
                    let rule =
                        closeness(schema, histogram, column, list.unwrap_or(0), *t, *distance)?;
                    rules.push(list, rule);
                }
            }
        }
        Ok(rules)
    }

    fn push(&mut self, list: Option<usize>, rule: Rule) {
        if let Some(list) = list {
            self.columns[list].push(rule);
        }
    }

    /// Whether presence is asked for from below.
    pub(crate) fn present(&self) -> bool {
        self.presence.is_some_and(|(min, _)| min > 0.0)
    }

    /// The size from which a class keeps the average where it has to be, whatever the others are.
    pub(crate) fn alone(&self) -> u32 {
        self.average.map_or(1, least)
    }

    /// Whether anything is asked of the values of a column.
    pub(crate) fn asks(&self, list: usize) -> bool {
        !self.columns[list].is_empty()
    }

    /// What the numbers of a class alone say of it.
    #[inline]
    pub(crate) fn by_size(&self, rows: u32, people: u32) -> Fate {
        if rows < self.size || people < self.people {
            return Fate::Doomed;
        }
        if let Some((min, max)) = self.presence {
            let (r, p) = (f64::from(rows), f64::from(people));
            if r > max * p + SLACK {
                return fails((r - max * p) / (1.0 - max), rows, 1);
            }
            if r < min * p - SLACK {
                return Fate::Fails(0);
            }
        }
        Fate::Passes
    }

    /// What the values of a sensitive column say of a class.
    pub(crate) fn by_values(&self, list: usize, rows: u32, values: &mut Values) -> Fate {
        let mut fate = Fate::Passes;
        for rule in &self.columns[list] {
            fate = worse(fate, rule.judge(rows, values));
            if fate == Fate::Doomed {
                break;
            }
        }
        fate
    }
}

/// The size of the smallest class whose rows are found with no higher chance.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
fn least(risk: f64) -> u32 {
    (1.0 / (risk * (1.0 + SLACK))).ceil().clamp(1.0, f64::from(u32::MAX)) as u32
}

pub(crate) fn worse(one: Fate, other: Fate) -> Fate {
    match (one, other) {
        (Fate::Doomed, _) | (_, Fate::Doomed) => Fate::Doomed,
        (Fate::Fails(a), Fate::Fails(b)) => Fate::Fails(a.max(b)),
        (Fate::Fails(a), Fate::Passes) | (Fate::Passes, Fate::Fails(a)) => Fate::Fails(a),
        (Fate::Passes, Fate::Passes) => Fate::Passes,
    }
}

/// A bound on doomed rows, rounded so that it stays one.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and rows")]
fn fails(bound: f64, rows: u32, least: u32) -> Fate {
    let bound = (bound - 1e-6).ceil();
    let doomed = if bound.is_finite() { bound.clamp(0.0, f64::from(rows)) as u32 } else { 0 };
    Fate::Fails(doomed.max(least.min(rows)))
}

impl Rule {
    fn judge(&self, rows: u32, values: &mut Values) -> Fate {
        let all = f64::from(rows);
        match self {
            Self::Distinct(l) => {
                if values.met.len() >= *l {
                    Fate::Passes
                } else {
                    Fate::Doomed
                }
            }
            Self::Entropy { l, log } => {
                #[expect(clippy::cast_precision_loss, reason = "fewer than 2^32 values")]
                if (values.met.len() as f64) < *l - SLACK {
                    return Fate::Doomed;
                }
                // In the order of counts, so that the sum does not hang on the order of rows.
                values.sort();
                let sum: f64 =
                    values.sorted.iter().map(|c| f64::from(*c) * f64::from(*c).log2()).sum();
                let entropy = all.log2() - sum / all;
                if entropy >= log - SLACK {
                    Fate::Passes
                } else {
                    fails(all * (1.0 - entropy / log), rows, 1)
                }
            }
            Self::Recursive { c, l } => {
                if values.met.len() < *l {
                    return Fate::Doomed;
                }
                values.sort();
                let first = values.sorted.first().copied().map_or(0.0, f64::from);
                let tail: u64 = values.sorted[l - 1..].iter().map(|c| u64::from(*c)).sum();
                #[expect(clippy::cast_precision_loss, reason = "fewer than 2^32 rows")]
                let over = first - c * tail as f64;
                if over < -SLACK { Fate::Passes } else { fails(over, rows, 1) }
            }
            Self::Levels { t, levels } => {
                let Values { counts, met, sums, sums_met, .. } = values;
                let mut distance = 0.0;
                for (labels, table) in levels {
                    for value in met.iter() {
                        let label = labels[*value as usize];
                        if sums[label as usize] == 0 {
                            sums_met.push(label);
                        }
                        sums[label as usize] += counts[*value as usize];
                    }
                    for label in sums_met.drain(..) {
                        let held = std::mem::take(&mut sums[label as usize]);
                        distance += (f64::from(held) / all - table[label as usize]).max(0.0);
                    }
                }
                #[expect(clippy::cast_precision_loss, reason = "at most 255 levels")]
                let distance = distance / (levels.len().max(1)) as f64;
                close(distance, *t, rows)
            }
            Self::Ordered { t, order, table } => {
                let (mut sum, mut distance) = (0.0_f64, 0.0);
                for (value, share) in order.iter().zip(table) {
                    sum += f64::from(values.counts[*value as usize]) / all - share;
                    distance += sum.abs();
                }
                #[expect(clippy::cast_precision_loss, reason = "fewer than 2^32 values")]
                let distance = distance / (order.len().max(2) - 1) as f64;
                close(distance, *t, rows)
            }
        }
    }
}

fn close(distance: f64, t: f64, rows: u32) -> Fate {
    if distance <= t + SLACK {
        return Fate::Passes;
    }
    fails(f64::from(rows) * (distance - t) / (1.0 - t), rows, 1)
}

impl Values {
    /// Sorts the counts, the largest first.
    fn sort(&mut self) {
        self.sorted.clear();
        self.sorted.extend(self.met.iter().map(|value| self.counts[*value as usize]));
        self.sorted.sort_unstable_by(|a, b| b.cmp(a));
    }
}

#[expect(clippy::cast_precision_loss, reason = "fewer than 2^32 rows")]
fn closeness(
    schema: &Schema,
    histogram: &Histogram,
    column: &str,
    list: usize,
    t: f64,
    distance: Distance,
) -> Result<Rule, Error> {
    let coded = &schema.sensitive[histogram.watched()[list]];
    let counts = histogram.of_value(list, coded.dictionary.values().len());
    let all = histogram.published().max(1) as f64;
    let share = |counts: &[u64]| counts.iter().map(|count| *count as f64 / all).collect::<Vec<_>>();
    let names = coded.dictionary.values();
    let places = 0..u32::try_from(names.len()).unwrap_or(u32::MAX);
    let ordered = |mut order: Vec<u32>| {
        order.retain(|value| counts[*value as usize] > 0);
        let table = order.iter().map(|value| counts[*value as usize] as f64 / all).collect();
        Rule::Ordered { t, order, table }
    };
    Ok(match distance {
        Distance::Equal => Rule::Levels { t, levels: vec![(places.collect(), share(&counts))] },
        Distance::OrderedText => {
            let mut order: Vec<u32> = places.collect();
            order.sort_by(|a, b| names[*a as usize].cmp(&names[*b as usize]));
            ordered(order)
        }
        Distance::OrderedNumbers => {
            let mut numbers = Vec::with_capacity(names.len());
            for (name, place) in names.iter().zip(places) {
                let words = [
                    "the ordered distance needs numbers here",
                    "順序距離を使うには、この列の値が数でなければなりません",
                ];
                let number: f64 = name
                    .trim()
                    .parse()
                    .ok()
                    .filter(|number: &f64| number.is_finite())
                    .ok_or_else(|| Error::wrong(&schema.file, words).column(column))?;
                numbers.push((number, place));
            }
            numbers.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            ordered(numbers.into_iter().map(|(_, place)| place).collect())
        }
        Distance::Hierarchical => {
            let words = [
                "the hierarchical distance needs a hierarchy for this column",
                "階層距離を使うには、この列の一般化階層が必要です",
            ];
            let hierarchy = coded
                .hierarchy
                .as_ref()
                .ok_or_else(|| Error::wrong(&schema.file, words).column(column))?;
            let mut levels = Vec::new();
            for depth in 0..hierarchy.levels().saturating_sub(1).max(1) {
                let mut known = rustc_hash::FxHashMap::default();
                let labels: Vec<u32> = coded
                    .leaves
                    .iter()
                    .map(|leaf| {
                        let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
                        *known.entry(hierarchy.code(depth, *leaf)).or_insert(next)
                    })
                    .collect();
                let mut sums = vec![0; known.len()];
                for (label, count) in labels.iter().zip(&counts) {
                    sums[*label as usize] += count;
                }
                levels.push((labels, share(&sums)));
            }
            Rule::Levels { t, levels }
        }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DOMAIN: u32 = 5;

    fn rule() -> impl Strategy<Value = Rule> {
        // One value is often nearly all of the table, where the bound is nearly reached.
        let table =
            (prop::collection::vec(0..6_u32, DOMAIN as usize), prop_oneof![1..9_u32, 90..900_u32]);
        let table = table.prop_map(|(mut counts, more)| {
            counts[0] += more;
            let all = f64::from(counts.iter().sum::<u32>());
            counts.iter().map(|count| f64::from(*count) / all).collect::<Vec<_>>()
        });
        let t = (0..8_u32).prop_map(|t| f64::from(t) / 10.0);
        prop_oneof![
            (1..4_usize).prop_map(Rule::Distinct),
            (10..40_u32).prop_map(|l| {
                let l = f64::from(l) / 10.0;
                Rule::Entropy { l, log: l.log2() }
            }),
            (5..40_u32, 1..4_usize)
                .prop_map(|(c, l)| Rule::Recursive { c: f64::from(c) / 10.0, l }),
            (t.clone(), table.clone(), any::<bool>()).prop_map(|(t, table, tree)| {
                let mut levels = vec![((0..DOMAIN).collect(), table.clone())];
                if tree {
                    let halves = vec![table[0] + table[1], table[2] + table[3] + table[4]];
                    levels.push((vec![0, 0, 1, 1, 1], halves));
                }
                Rule::Levels { t, levels }
            }),
            (t, table).prop_map(|(t, table)| Rule::Ordered {
                t,
                order: (0..DOMAIN).collect(),
                table
            }),
        ]
    }

    fn judged(rule: &Rule, rows: &[u32]) -> Fate {
        let mut values = Values::default();
        values.fit(DOMAIN as usize);
        for row in rows {
            values.add(*row, 1);
        }
        rule.judge(u32::try_from(rows.len()).unwrap(), &mut values)
    }

    fn doomed(fate: Fate, rows: usize) -> usize {
        match fate {
            Fate::Passes => 0,
            Fate::Doomed => rows,
            Fate::Fails(doomed) => doomed as usize,
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_partition_keeps_a_doomed_row(
            rule in rule(),
            rows in prop::collection::vec((prop_oneof![Just(0), 0..DOMAIN], 0..4_usize), 1..30),
            by_value in any::<bool>(),
        ) {
            let all: Vec<u32> = rows.iter().map(|(value, _)| *value).collect();
            let parts: Vec<Vec<u32>> = (0..4)
                .map(|part| {
                    // One part tends to have what the others lack.
                    let here = |value: u32, at: usize| {
                        match (by_value, value) {
                            (true, 0) => part == 0,
                            (true, _) => at.min(1) == part,
                            (false, _) => at == part,
                        }
                    };
                    rows.iter().filter(|(v, at)| here(*v, *at)).map(|(v, _)| *v).collect()
                })
                .filter(|part: &Vec<u32>| !part.is_empty())
                .collect();
            prop_assert_eq!(parts.iter().map(Vec::len).sum::<usize>(), all.len());
            let fails = |part: &&Vec<u32>| judged(&rule, part) != Fate::Passes;
            let suppressed: usize = parts.iter().filter(fails).map(Vec::len).sum();
            let bound = doomed(judged(&rule, &all), all.len());
            prop_assert!(bound <= suppressed, "{} rows are said to be doomed, {} are", bound, suppressed);
        }

        #[test]
        fn presence_bounds_what_is_suppressed(
            (low, high) in (0..6_u32, 6..11_u32),
            parts in prop::collection::vec((0..6_u32, 0..6_u32), 1..5),
        ) {
            let rules = Rules {
                size: 1,
                people: 1,
                presence: Some((f64::from(low) / 10.0, f64::from(high) / 10.0)),
                average: None,
                columns: vec![],
            };
            let fate = |rows: u32, more: u32| {
                if rows == 0 { Fate::Passes } else { rules.by_size(rows, rows + more) }
            };
            let failing = parts.iter().filter(|(rows, more)| fate(*rows, *more) != Fate::Passes);
            let suppressed: u32 = failing.map(|(rows, _)| rows).sum();
            let (rows, more) = parts.iter().fold((0, 0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
            prop_assert!(doomed(fate(rows, more), rows as usize) <= suppressed as usize);
        }
    }
}
