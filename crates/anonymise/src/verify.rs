//! Reads a published table back and says whether it holds what it claims, from its rows alone.
//!
//! It shares nothing with the engine but the reader and the hierarchies' labels: rows are text, a
//! class is the rows whose cells read the same, every number is counted anew, and each formula is
//! written as its paper has it. Slow and plain on purpose.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    io::Read,
};

use crate::{
    Distance, Error, Format, Hierarchy, Model, Plan, Role, Rows, STAR, Suppressed, words::Language,
};

/// The one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    Holds,
    Fails,
}

/// The word, and what it stands on: each claim with what was found.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Verdict {
    pub word: Word,
    pub evidence: Vec<Evidence>,
}

/// What is claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Claim {
    Columns,
    Labels,
    Truth,
    Suppression,
    KAnonymity,
    DistinctDiversity,
    EntropyDiversity,
    RecursiveDiversity,
    Closeness,
    Presence,
    KMap,
    AverageRisk,
    StrictRisk,
}

/// A claim and the worst that was found about it.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Evidence {
    pub claim: Claim,
    pub holds: bool,
    /// What was asked and what was found, where these are numbers.
    pub asked: Option<f64>,
    pub found: Option<f64>,
    /// A line of the published file where it fails.
    pub line: Option<u64>,
    pub column: Option<String>,
}

impl Evidence {
    /// The evidence in a sentence. It names no value.
    pub fn sentence(&self, language: Language) -> String {
        language.evidence(self)
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Holds => "holds",
            Self::Fails => "fails",
        })
    }
}

/// What a published table claims.
#[derive(Debug, Clone)]
pub struct Claims<'a> {
    pub plan: &'a Plan,
    pub models: &'a [Model],
    /// The share of rows that may be left out.
    pub limit: f64,
    /// What stands for rows that were left out.
    pub suppressed: Suppressed,
}

/// A table as text.
struct Plain {
    names: Vec<String>,
    rows: Vec<(u64, Vec<String>)>,
}

impl Plain {
    fn read<R: Read>(file: &str, read: R, format: Format) -> Result<Self, Error> {
        let mut rows = Rows::open(file, read, format)?;
        let names = rows.names().to_vec();
        let mut plain = Self { names, rows: Vec::new() };
        while rows.next_row()?.is_some() {
            let line = rows.line();
            let cells = (0..plain.names.len()).map(|at| Ok(rows.text(at)?.into_owned()));
            let cells = cells.collect::<Result<_, Error>>()?;
            plain.rows.push((line, cells));
        }
        Ok(plain)
    }

    fn column(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|other| other == name)
    }
}

/// How the values of a model's column are spread over the whole table, and how far apart they are.
#[derive(Debug)]
struct Spread<'a> {
    shares: BTreeMap<String, f64>,
    order: Vec<String>,
    tree: Option<&'a Hierarchy>,
}

/// Judges classes by models. It needs to see the whole table once.
#[derive(Debug)]
pub struct Judge<'a> {
    models: &'a [Model],
    spreads: Vec<Option<Spread<'a>>>,
}

const SLACK: f64 = 1e-9;

#[expect(clippy::cast_precision_loss, reason = "rows are counted")]
fn real(count: usize) -> f64 {
    count as f64
}

impl<'a> Judge<'a> {
    /// Reads the spread of each column that a model compares classes with; `values` gives a
    /// column's cells over the whole table.
    pub fn new(plan: &'a Plan, models: &'a [Model], values: impl Fn(&str) -> Vec<String>) -> Self {
        let spread = |model: &Model| {
            let Model::Closeness { column, distance, .. } = model else { return None };
            let mut shares = BTreeMap::new();
            let cells = values(column);
            let all = real(cells.len());
            for cell in cells {
                *shares.entry(cell).or_insert(0.0) += 1.0 / all;
            }
            let mut order: Vec<String> = shares.keys().cloned().collect();
            if *distance == Distance::OrderedNumbers {
                let number = |text: &String| text.trim().parse::<f64>().unwrap_or(f64::NAN);
                order.sort_by(|a, b| number(a).total_cmp(&number(b)));
            }
            let tree = match plan.role(column) {
                Some(Role::Sensitive(Some(tree))) => Some(tree),
                _ => None,
            };
            Some(Spread { shares, order, tree })
        };
        Self { models, spreads: models.iter().map(spread).collect() }
    }

    /// What a model finds in a class of so many rows, people of the population, and values of its
    /// column; and whether it holds.
    pub fn class(&self, model: usize, rows: usize, people: usize, values: &[&str]) -> (f64, bool) {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for value in values {
            *counts.entry(value).or_default() += 1;
        }
        match &self.models[model] {
            Model::KAnonymity { k } => (real(rows), rows >= *k as usize),
            Model::KMap { k } => (real(people), people >= *k as usize),
            Model::StrictRisk { at_most } => {
                (1.0 / real(rows), 1.0 / real(rows) <= at_most * (1.0 + SLACK))
            }
            Model::AverageRisk { .. } => (0.0, true),
            Model::Presence { min, max } => {
                let share = real(rows) / real(people);
                (share, share >= min - SLACK && share <= max + SLACK)
            }
            Model::DistinctDiversity { l, .. } => (real(counts.len()), counts.len() >= *l as usize),
            Model::EntropyDiversity { l, .. } => {
                let share = counts.values().map(|count| real(*count) / real(rows));
                let entropy: f64 = share.map(|share| -share * share.log2()).sum();
                (entropy.exp2(), entropy >= l.log2() - SLACK)
            }
            Model::RecursiveDiversity { c, l, .. } => {
                let mut sorted: Vec<usize> = counts.values().copied().collect();
                sorted.sort_unstable();
                sorted.reverse();
                let tail: usize = sorted.iter().skip(*l as usize - 1).sum();
                let first = real(sorted.first().copied().unwrap_or(0));
                let ratio = if tail == 0 { f64::INFINITY } else { first / real(tail) };
                (ratio, tail > 0 && first < c * real(tail) - SLACK)
            }
            Model::Closeness { t, distance, .. } => {
                let Some(spread) = &self.spreads[model] else { return (f64::NAN, false) };
                let share =
                    |value: &str| real(counts.get(value).copied().unwrap_or(0)) / real(rows);
                let known = |value: &&str| spread.shares.contains_key(*value);
                if !counts.keys().all(known) {
                    return (f64::INFINITY, false);
                }
                let found = match (distance, spread.tree) {
                    (Distance::Hierarchical, None) => f64::NAN,
                    (Distance::Hierarchical, Some(tree)) => spread.over(tree, &share),
                    (Distance::Equal, _) => {
                        let cells = spread.shares.iter();
                        cells.map(|(value, all)| (share(value) - all).abs()).sum::<f64>() / 2.0
                    }
                    (Distance::OrderedText | Distance::OrderedNumbers, _) => {
                        let mut moved = 0.0_f64;
                        let steps = spread.order.iter().map(|value| {
                            moved += share(value) - spread.shares[value];
                            moved.abs()
                        });
                        steps.sum::<f64>() / real(spread.order.len().max(2) - 1)
                    }
                };
                (found, found <= t + SLACK)
            }
        }
    }
}

impl Spread<'_> {
    /// The cost of moving one distribution into the other over a tree: at each label, as much as
    /// can be settled among its children costs its height (Li, Li and Venkatasubramanian 2007, 5.2).
    fn over(&self, tree: &Hierarchy, share: &impl Fn(&str) -> f64) -> f64 {
        let height = tree.levels().saturating_sub(1).max(1);
        // What is left over at each label of the level at hand, by its leaf's number.
        let mut extra: BTreeMap<u32, (u32, f64)> = BTreeMap::new();
        for (value, all) in &self.shares {
            let Some(leaf) = tree.leaf(value) else { return f64::NAN };
            extra.insert(leaf, (leaf, share(value) - all));
        }
        let mut cost = 0.0;
        for level in 1..=height {
            let mut above: BTreeMap<u32, (u32, f64, f64)> = BTreeMap::new();
            for (leaf, extra) in extra.values() {
                // Above the highest level all labels meet.
                let label = if level < tree.levels() && level < height {
                    tree.code(level, *leaf)
                } else {
                    0
                };
                let sums = above.entry(label).or_insert((*leaf, 0.0, 0.0));
                sums.1 += extra.max(0.0);
                sums.2 += (-extra).max(0.0);
            }
            extra.clear();
            for (label, (leaf, more, less)) in above {
                cost += more.min(less) * real(level) / real(height);
                extra.insert(label, (leaf, more - less));
            }
        }
        cost
    }
}

/// Reads the original and the published table and tries every claim.
///
/// # Errors
/// One of them cannot be read as a table, or a column of the plan is not in the original. What is
/// wrong with the published table otherwise is in the verdict.
pub fn verify<O: Read, P: Read>(
    claims: &Claims<'_>,
    original: (&str, O, Format),
    published: (&str, P, Format),
) -> Result<Verdict, Error> {
    let before = Plain::read(original.0, original.1, original.2)?;
    let after = Plain::read(published.0, published.1, published.2)?;
    let mut evidence = Vec::new();
    for (name, _) in &claims.plan.columns {
        if before.column(name).is_none() {
            return Err(Error::wrong(
                original.0,
                ["there is no such column", "この列がありません"],
            )
            .column(name));
        }
    }
    let shown: Vec<&String> = before
        .names
        .iter()
        .filter(|name| !matches!(claims.plan.role(name), Some(Role::Identifying) | None))
        .collect();
    let columns = after.names.iter().collect::<Vec<_>>() == shown;
    evidence.push(plain(Claim::Columns, columns, None));
    if !columns {
        return Ok(Verdict { word: Word::Fails, evidence });
    }
    let case = Case::new(claims, &before, &after);
    evidence.push(case.labels());
    if evidence.iter().all(|evidence| evidence.holds) {
        evidence.extend(case.truth());
        case.models(&mut evidence);
    }
    let holds = evidence.iter().all(|evidence| evidence.holds);
    Ok(Verdict { word: if holds { Word::Holds } else { Word::Fails }, evidence })
}

fn plain(claim: Claim, holds: bool, line: Option<u64>) -> Evidence {
    Evidence { claim, holds, asked: None, found: None, line, column: None }
}

/// Both tables, side by side.
struct Case<'a> {
    claims: &'a Claims<'a>,
    before: &'a Plain,
    after: &'a Plain,
    /// For each column of the published table: where it was, and its hierarchy if it is generalised.
    from: Vec<(usize, Option<&'a Hierarchy>)>,
    /// Rows of the original that were to be published.
    sample: Vec<usize>,
    /// Published rows that tell something.
    kept: Vec<usize>,
}

impl<'a> Case<'a> {
    fn new(claims: &'a Claims<'a>, before: &'a Plain, after: &'a Plain) -> Self {
        let from = after.names.iter().map(|name| {
            let hierarchy = match claims.plan.role(name) {
                Some(Role::Quasi(hierarchy)) => Some(hierarchy),
                _ => None,
            };
            (before.column(name).unwrap_or(usize::MAX), hierarchy)
        });
        let chosen = |row: &usize| {
            claims.plan.sample.as_ref().is_none_or(|sample| {
                let column = before.column(&sample.column);
                column.is_some_and(|column| before.rows[*row].1[column] == sample.value)
            })
        };
        let told = |row: &usize| {
            claims.suppressed == Suppressed::Removed
                || after.rows[*row].1.iter().any(|cell| cell != STAR)
        };
        Self {
            claims,
            before,
            after,
            from: from.collect(),
            sample: (0..before.rows.len()).filter(chosen).collect(),
            kept: (0..after.rows.len()).filter(told).collect(),
        }
    }

    fn line(&self, row: usize) -> Option<u64> {
        self.after.rows.get(row).map(|(line, _)| *line)
    }

    /// Every generalised cell is a label of its hierarchy.
    fn labels(&self) -> Evidence {
        let mut known: Vec<Option<std::collections::HashSet<&str>>> = Vec::new();
        for (_, hierarchy) in &self.from {
            known.push(hierarchy.map(|hierarchy| hierarchy.lines().flatten().collect()));
        }
        for row in &self.kept {
            for (column, cell) in self.after.rows[*row].1.iter().enumerate() {
                if known[column].as_ref().is_some_and(|known| !known.contains(cell.as_str())) {
                    return Evidence {
                        column: Some(self.after.names[column].clone()),
                        ..plain(Claim::Labels, false, self.line(*row))
                    };
                }
            }
        }
        plain(Claim::Labels, true, None)
    }

    /// Whether a label stands for a value.
    fn covers(hierarchy: &Hierarchy, label: &str, value: &str) -> bool {
        hierarchy.leaf(value).is_some_and(|leaf| {
            (0..hierarchy.levels()).any(|level| hierarchy.label(level, leaf) == label)
        })
    }

    /// Whether a published row can have come of a row of the original.
    fn comes_of(&self, after: usize, before: usize) -> bool {
        let (after, before) = (&self.after.rows[after].1, &self.before.rows[before].1);
        self.from.iter().zip(after).all(|((from, hierarchy), cell)| match hierarchy {
            Some(hierarchy) => Self::covers(hierarchy, cell, &before[*from]),
            None => *cell == before[*from],
        })
    }

    /// Every row comes of a row of the original, in its order, and few enough are left out.
    fn truth(&self) -> Vec<Evidence> {
        let mut truth = plain(Claim::Truth, true, None);
        match self.claims.suppressed {
            Suppressed::Starred => {
                if self.after.rows.len() != self.sample.len() {
                    truth.holds = false;
                }
                for row in self.kept.iter().filter(|row| **row < self.sample.len()) {
                    if !self.comes_of(*row, self.sample[*row]) {
                        truth = plain(Claim::Truth, false, self.line(*row));
                        break;
                    }
                }
            }
            Suppressed::Removed => {
                // Taking the first row that fits leaves the most for those after.
                let mut left = self.sample.iter();
                for row in &self.kept {
                    if !left.any(|before| self.comes_of(*row, *before)) {
                        truth = plain(Claim::Truth, false, self.line(*row));
                        break;
                    }
                }
            }
        }
        let asked = (self.claims.limit * real(self.sample.len()) + SLACK).floor();
        let found = real(self.sample.len()) - real(self.kept.len());
        let numbers = Evidence {
            asked: Some(asked),
            found: Some(found),
            ..plain(Claim::Suppression, found >= 0.0 && found <= asked, None)
        };
        vec![truth, numbers]
    }

    fn models(&self, evidence: &mut Vec<Evidence>) {
        let mut classes: HashMap<Vec<&str>, Vec<usize>> = HashMap::new();
        for row in &self.kept {
            let cells = self.from.iter().zip(&self.after.rows[*row].1);
            let quasi = cells.filter(|((_, hierarchy), _)| hierarchy.is_some());
            classes.entry(quasi.map(|(_, cell)| cell.as_str()).collect()).or_default().push(*row);
        }
        let mut classes: Vec<(Vec<&str>, Vec<usize>)> = classes.into_iter().collect();
        classes.sort_by_key(|(_, rows)| rows[0]);
        let judge = Judge::new(self.claims.plan, self.claims.models, |column| {
            let column = self.before.column(column).unwrap_or(usize::MAX);
            let cells = self.sample.iter().filter_map(|row| self.before.rows[*row].1.get(column));
            cells.cloned().collect()
        });
        let people = self
            .claims
            .models
            .iter()
            .any(|model| matches!(model, Model::KMap { .. } | Model::Presence { .. }));
        let people: Vec<usize> = classes
            .iter()
            .map(|(cells, rows)| if people { self.alike(cells) } else { rows.len() })
            .collect();
        for (at, model) in self.claims.models.iter().enumerate() {
            let column = model
                .column()
                .and_then(|name| self.after.names.iter().position(|other| other == name));
            let (claim, asked, high_is_bad) = claim(model);
            let mut worst = Evidence { asked: Some(asked), ..plain(claim, true, None) };
            worst.column = model.column().map(str::to_owned);
            if let Model::AverageRisk { at_most } = model {
                let found = real(classes.len()) / real(self.kept.len().max(1));
                worst.found = Some(found);
                worst.holds = found <= at_most * (1.0 + SLACK);
                evidence.push(worst);
                continue;
            }
            for ((_, rows), people) in classes.iter().zip(&people) {
                let values: Vec<&str> = column.map_or_else(Vec::new, |column| {
                    rows.iter().map(|row| self.after.rows[*row].1[column].as_str()).collect()
                });
                let (found, holds) = judge.class(at, rows.len(), *people, &values);
                let worse = worst
                    .found
                    .is_none_or(|so_far| if high_is_bad { found > so_far } else { found < so_far });
                if worst.holds && (worse || !holds) {
                    worst.found = Some(found);
                }
                if !holds && worst.holds {
                    worst.holds = false;
                    worst.line = self.line(rows[0]);
                }
            }
            evidence.push(worst);
        }
    }

    /// How many people of the original the cells of a class stand for.
    fn alike(&self, cells: &[&str]) -> usize {
        let columns: Vec<_> = self
            .from
            .iter()
            .filter_map(|(from, hierarchy)| hierarchy.map(|hierarchy| (*from, hierarchy)))
            .collect();
        let fits = |row: &&(u64, Vec<String>)| {
            columns
                .iter()
                .zip(cells)
                .all(|((from, hierarchy), cell)| Self::covers(hierarchy, cell, &row.1[*from]))
        };
        self.before.rows.iter().filter(fits).count()
    }
}

/// What a model claims, the number it asks for, and whether a higher one is worse.
pub(crate) fn claim(model: &Model) -> (Claim, f64, bool) {
    match model {
        Model::KAnonymity { k } => (Claim::KAnonymity, f64::from(*k), false),
        Model::DistinctDiversity { l, .. } => (Claim::DistinctDiversity, f64::from(*l), false),
        Model::EntropyDiversity { l, .. } => (Claim::EntropyDiversity, *l, false),
        Model::RecursiveDiversity { c, .. } => (Claim::RecursiveDiversity, *c, true),
        Model::Closeness { t, .. } => (Claim::Closeness, *t, true),
        Model::Presence { max, .. } => (Claim::Presence, *max, true),
        Model::KMap { k } => (Claim::KMap, f64::from(*k), false),
        Model::AverageRisk { at_most } => (Claim::AverageRisk, *at_most, true),
        Model::StrictRisk { at_most } => (Claim::StrictRisk, *at_most, true),
    }
}
