//! The optimum by looking at every node, row by row, with formulas written out: what the search is
//! held against.

use std::collections::{BTreeMap, HashMap};

use anonymise::{Hierarchy, Measure, Model, Plan, verify::Judge};

/// A small table in plain sight.
#[derive(Debug, Clone)]
pub struct Small {
    pub hierarchies: Vec<Hierarchy>,
    /// The cells of the columns that tell people apart, the sensitive value, and whether the row
    /// is published.
    pub rows: Vec<(Vec<String>, String, bool)>,
}

/// What a node costs.
#[derive(Debug, Clone, PartialEq)]
pub struct Cost {
    pub node: Vec<u8>,
    pub score: f64,
    pub suppressed: usize,
    pub classes: usize,
}

#[expect(clippy::cast_precision_loss, reason = "few rows")]
fn real(count: usize) -> f64 {
    count as f64
}

fn counted<'a>(values: impl Iterator<Item = &'a str>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for value in values {
        *counts.entry(value.to_owned()).or_default() += 1;
    }
    counts
}

fn nodes(hierarchies: &[Hierarchy]) -> Vec<Vec<u8>> {
    hierarchies.iter().fold(vec![vec![]], |nodes, hierarchy| {
        nodes
            .iter()
            .flat_map(|node| {
                (0..hierarchy.levels()).map(|level| {
                    node.iter().copied().chain([u8::try_from(level).unwrap()]).collect()
                })
            })
            .collect()
    })
}

impl Small {
    fn label(&self, column: usize, level: u8, row: usize) -> &str {
        let hierarchy = &self.hierarchies[column];
        hierarchy.label(level.into(), hierarchy.leaf(&self.rows[row].0[column]).unwrap())
    }

    fn published(&self) -> Vec<usize> {
        (0..self.rows.len()).filter(|row| self.rows[*row].2).collect()
    }

    /// Every node that is a solution, in the order of levels.
    pub fn solutions(
        &self,
        plan: &Plan,
        models: &[Model],
        limit: f64,
        measure: Measure,
    ) -> Vec<Cost> {
        let published = self.published();
        let judge = Judge::new(plan, models, |_| {
            counted(published.iter().map(|row| self.rows[*row].1.as_str()))
        });
        let allowed = (limit * real(published.len()) + 1e-9).floor();
        nodes(&self.hierarchies)
            .into_iter()
            .map(|node| self.cost(&node, &judge, models, measure))
            .filter(|cost| real(cost.suppressed) <= allowed)
            .collect()
    }

    fn cost(&self, node: &[u8], judge: &Judge<'_>, models: &[Model], measure: Measure) -> Cost {
        let mut classes: HashMap<Vec<&str>, Vec<usize>> = HashMap::new();
        for row in 0..self.rows.len() {
            let cells =
                node.iter().enumerate().map(|(column, level)| self.label(column, *level, row));
            classes.entry(cells.collect()).or_default().push(row);
        }
        let (mut kept, mut failed): (Vec<Vec<usize>>, Vec<Vec<usize>>) = (vec![], vec![]);
        for rows in classes.into_values() {
            let people = rows.len();
            let rows: Vec<usize> = rows.into_iter().filter(|row| self.rows[*row].2).collect();
            if rows.is_empty() {
                continue;
            }
            let values = counted(rows.iter().map(|row| self.rows[*row].1.as_str()));
            let passes =
                (0..models.len()).all(|model| judge.class(model, rows.len(), people, &values).1);
            if passes { kept.push(rows) } else { failed.push(rows) }
        }
        for model in models {
            let Model::AverageRisk { at_most } = model else { continue };
            loop {
                let rows: usize = kept.iter().map(Vec::len).sum();
                if real(kept.len()) <= at_most * real(rows) * (1.0 + 1e-9) {
                    break;
                }
                let least = kept.iter().map(Vec::len).min().unwrap();
                let (gone, rest) = kept.into_iter().partition(|rows| rows.len() == least);
                kept = rest;
                failed.extend::<Vec<_>>(gone);
            }
        }
        let suppressed: Vec<usize> = failed.iter().flatten().copied().collect();
        Cost {
            node: node.to_vec(),
            score: self.score(node, &kept, &failed, &suppressed, measure),
            suppressed: suppressed.len(),
            classes: kept.len(),
        }
    }

    fn score(
        &self,
        node: &[u8],
        kept: &[Vec<usize>],
        failed: &[Vec<usize>],
        suppressed: &[usize],
        measure: Measure,
    ) -> f64 {
        let published = self.published();
        let all = real(published.len());
        let columns = real(node.len());
        let squares = |classes: &[Vec<usize>]| {
            classes.iter().map(|rows| real(rows.len()) * real(rows.len())).sum::<f64>()
        };
        let by_column = |cost: &dyn Fn(usize) -> f64| (0..node.len()).map(cost).sum::<f64>();
        match measure {
            Measure::Loss => {
                let product: f64 = (0..node.len())
                    .map(|column| {
                        let hierarchy = &self.hierarchies[column];
                        let least = 1.0 / real(hierarchy.domain());
                        let shares: f64 = published
                            .iter()
                            .map(|row| {
                                let leaf = hierarchy.leaf(&self.rows[*row].0[column]).unwrap();
                                if suppressed.contains(row) {
                                    1.0
                                } else {
                                    hierarchy.share(node[column].into(), leaf)
                                }
                            })
                            .sum();
                        let mean = shares / all;
                        1.0 + if least < 1.0 {
                            ((mean - least) / (1.0 - least)).max(0.0)
                        } else {
                            0.0
                        }
                    })
                    .product();
                product.powf(1.0 / columns) - 1.0
            }
            Measure::MonotonicEntropy => {
                by_column(&|column| self.bits(column, node[column], &published))
            }
            Measure::Entropy => by_column(&|column| {
                let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
                for row in suppressed {
                    *counts.entry(self.label(column, node[column], *row)).or_default() += 1;
                }
                let gone: f64 = counts
                    .values()
                    .map(|count| -real(*count) * (real(*count) / real(suppressed.len())).log2())
                    .sum();
                self.bits(column, node[column], &published) + gone
            }),
            Measure::Discernibility => squares(kept) + all * real(suppressed.len()),
            Measure::MonotonicDiscernibility => squares(kept) + squares(failed),
            Measure::AverageClassSize => {
                all / (real(kept.len()) + if suppressed.is_empty() { 0.0 } else { 1.0 })
            }
            Measure::Precision => {
                by_column(&|column| {
                    let top = real(self.hierarchies[column].levels().max(2) - 1);
                    let up = f64::from(node[column]) / top;
                    (up * real(published.len() - suppressed.len()) + real(suppressed.len())) / all
                }) / columns
            }
            Measure::Height => by_column(&|column| f64::from(node[column])),
        }
    }

    fn bits(&self, column: usize, level: u8, published: &[usize]) -> f64 {
        let count = |level: u8, row: usize| {
            let label = self.label(column, level, row);
            real(
                published
                    .iter()
                    .filter(|other| self.label(column, level, **other) == label)
                    .count(),
            )
        };
        published.iter().map(|row| -(count(0, *row) / count(level, *row)).log2()).sum()
    }
}
