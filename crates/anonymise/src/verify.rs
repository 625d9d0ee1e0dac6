//! Reads a published table back and says whether it holds what it claims, from its rows alone.
//!
//! It shares nothing with the engine but the reader and the hierarchies' labels: rows are text, a
//! class is the rows whose cells read the same, every number is counted anew, and each formula is
//! written as its paper has it. Plain on purpose. Both tables are read once, side by side, and no row
//! of them is kept: of the published one its classes, of the original what a model compares with.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap, HashSet},
    fmt,
    fmt::Write as _,
    io::Read,
};

use crate::{
    Distance, Error, Hierarchy, Model, Plan, Role, Rows, STAR, Suppressed, words::Language,
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
    /// Reads the spread of each column that a model compares classes with; `values` gives how often
    /// each value of a column stands in the whole table.
    pub fn new(
        plan: &'a Plan,
        models: &'a [Model],
        values: impl Fn(&str) -> BTreeMap<String, usize>,
    ) -> Self {
        let spread = |model: &Model| {
            let Model::Closeness { column, distance, .. } = model else { return None };
            let counts = values(column);
            let all = real(counts.values().sum());
            let shares: BTreeMap<String, f64> =
                counts.into_iter().map(|(value, count)| (value, real(count) / all)).collect();
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

    /// What a model finds in a class of so many rows, people of the population, and so many of each
    /// value of its column; and whether it holds.
    pub fn class(
        &self,
        model: usize,
        rows: usize,
        people: usize,
        counts: &BTreeMap<String, usize>,
    ) -> (f64, bool) {
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
                let known = |value: &String| spread.shares.contains_key(value);
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
    before: Rows<O>,
    mut after: Rows<P>,
) -> Result<Verdict, Error> {
    for (name, _) in &claims.plan.columns {
        if !before.names().contains(name) {
            return Err(Error::wrong(
                before.file(),
                ["there is no such column", "この列がありません"],
            )
            .column(name));
        }
    }
    let hidden = |name: &&String| matches!(claims.plan.role(name), Some(Role::Identifying) | None);
    let shown = before.names().iter().filter(|name| !hidden(name));
    let columns = after.names().iter().eq(shown);
    let mut evidence = vec![plain(Claim::Columns, columns, None)];
    if !columns {
        return Ok(Verdict { word: Word::Fails, evidence });
    }
    let mut case = Case::new(claims, before, after.names());
    while after.next_row()?.is_some() {
        let cells = (0..case.columns.len()).map(|at| after.text(at));
        let cells = cells.collect::<Result<Vec<_>, _>>()?;
        if let Some(column) = case.row(&cells, after.line())? {
            evidence.push(Evidence {
                column: Some(case.columns[column].name.clone()),
                ..plain(Claim::Labels, false, Some(after.line()))
            });
            return Ok(Verdict { word: Word::Fails, evidence });
        }
    }
    evidence.push(plain(Claim::Labels, true, None));
    case.finish(&mut evidence)?;
    let holds = evidence.iter().all(|evidence| evidence.holds);
    Ok(Verdict { word: if holds { Word::Holds } else { Word::Fails }, evidence })
}

fn plain(claim: Claim, holds: bool, line: Option<u64>) -> Evidence {
    Evidence { claim, holds, asked: None, found: None, line, column: None }
}

/// A column of the published table.
struct Column<'a> {
    name: String,
    /// Where it is in the original.
    from: usize,
    /// What its cells may be, where it is generalised.
    labels: Option<(&'a Hierarchy, HashSet<&'a str>)>,
}

impl Column<'_> {
    /// Whether a cell can stand for one of the original.
    fn covers(&self, cell: &str, before: &str) -> bool {
        match &self.labels {
            Some((hierarchy, _)) => hierarchy.leaf(before).is_some_and(|leaf| {
                (0..hierarchy.levels()).any(|level| hierarchy.label(level, leaf) == cell)
            }),
            None => cell == before,
        }
    }
}

/// Tuples of some columns, by their places, with how often each stands in a table.
type People = (Vec<usize>, HashMap<Vec<String>, usize>);

/// The original while it is read, and what models ask of it as a whole.
struct Original<R> {
    rows: Rows<R>,
    /// The column and the value of rows that were to be published, where not all were.
    sample: Option<(usize, String)>,
    sampled: usize,
    /// How often each value stands there, of columns whose spread is asked for, by their names.
    spreads: Vec<(String, usize, BTreeMap<String, usize>)>,
    /// How often each tuple of the generalised columns stands there, where people are counted.
    people: Option<People>,
}

impl<R: Read> Original<R> {
    /// Goes to the next row that was to be published; false at the end.
    fn next(&mut self) -> Result<bool, Error> {
        while self.rows.next_row()?.is_some() {
            if let Some((columns, people)) = &mut self.people {
                let tuple = columns.iter().map(|at| Ok(self.rows.text(*at)?.into_owned()));
                *people.entry(tuple.collect::<Result<_, Error>>()?).or_default() += 1;
            }
            if let Some((column, value)) = &self.sample
                && self.rows.text(*column)? != *value
            {
                continue;
            }
            self.sampled += 1;
            for (_, column, counts) in &mut self.spreads {
                count(counts, &self.rows.text(*column)?);
            }
            return Ok(true);
        }
        Ok(false)
    }
}

fn count(counts: &mut BTreeMap<String, usize>, value: &str) {
    match counts.get_mut(value) {
        Some(count) => *count += 1,
        None => {
            counts.insert(value.to_owned(), 1);
        }
    }
}

/// Published rows that read the same.
struct Class {
    /// The line of the first.
    line: u64,
    rows: usize,
    cells: Vec<String>,
    /// How often each value stands in them, by column that a model speaks of.
    values: Vec<BTreeMap<String, usize>>,
}

/// Both tables, side by side.
struct Case<'a, R> {
    claims: &'a Claims<'a>,
    original: Original<R>,
    columns: Vec<Column<'a>>,
    /// Columns of which a model speaks.
    watched: Vec<usize>,
    classes: HashMap<String, Class>,
    /// Published rows that tell something.
    kept: usize,
    truth: Evidence,
    key: String,
}

impl<'a, R: Read> Case<'a, R> {
    fn new(claims: &'a Claims<'a>, before: Rows<R>, names: &[String]) -> Self {
        let place = |name: &str| before.names().iter().position(|other| other == name);
        let columns: Vec<Column<'_>> = names
            .iter()
            .map(|name| Column {
                name: name.clone(),
                from: place(name).unwrap_or(usize::MAX),
                labels: match claims.plan.role(name) {
                    Some(Role::Quasi(hierarchy)) => {
                        Some((hierarchy, hierarchy.lines().flatten().collect()))
                    }
                    _ => None,
                },
            })
            .collect();
        let spreads = claims.models.iter().filter_map(|model| match model {
            Model::Closeness { column, .. } => {
                Some((column.clone(), place(column).unwrap_or(usize::MAX), BTreeMap::new()))
            }
            _ => None,
        });
        let generalised = columns.iter().filter(|column| column.labels.is_some());
        let asks = |model: &Model| matches!(model, Model::KMap { .. } | Model::Presence { .. });
        let people = claims.models.iter().any(asks);
        let people =
            people.then(|| (generalised.map(|column| column.from).collect(), HashMap::new()));
        let sample = claims.plan.sample.as_ref();
        let sample = sample.and_then(|of| Some((place(&of.column)?, of.value.clone())));
        let watched = claims.models.iter().filter_map(Model::column);
        let watched = watched.filter_map(|name| names.iter().position(|other| other == name));
        Self {
            claims,
            watched: watched.collect(),
            columns,
            original: Original {
                spreads: spreads.collect(),
                rows: before,
                sample,
                sampled: 0,
                people,
            },
            classes: HashMap::new(),
            kept: 0,
            truth: plain(Claim::Truth, true, None),
            key: String::new(),
        }
    }

    /// Takes up a published row: every generalised cell is a label of its hierarchy (else its column
    /// is told), and the row comes of a row of the original, in its order.
    fn row(&mut self, cells: &[Cow<'_, str>], line: u64) -> Result<Option<usize>, Error> {
        let starred = self.claims.suppressed == Suppressed::Starred;
        let told = !starred || cells.iter().any(|cell| cell != STAR);
        if told {
            let strange = self.columns.iter().zip(cells).position(|(column, cell)| {
                column.labels.as_ref().is_some_and(|(_, known)| !known.contains(&**cell))
            });
            if strange.is_some() {
                return Ok(strange);
            }
        }
        if starred {
            let there = self.original.next()?;
            if !there || (told && !self.comes_of(cells)?) {
                self.lies(there.then_some(line));
            }
        } else if self.truth.holds {
            // Taking the first row that fits leaves the most for those after.
            loop {
                if !self.original.next()? {
                    self.lies(Some(line));
                    break;
                }
                if self.comes_of(cells)? {
                    break;
                }
            }
        }
        if told {
            self.kept += 1;
            self.classify(cells, line);
        }
        Ok(None)
    }

    fn lies(&mut self, line: Option<u64>) {
        self.truth = plain(Claim::Truth, false, self.truth.line.or(line));
    }

    /// Whether a published row can have come of the row of the original at hand.
    fn comes_of(&self, cells: &[Cow<'_, str>]) -> Result<bool, Error> {
        for (column, cell) in self.columns.iter().zip(cells) {
            if !column.covers(cell, &self.original.rows.text(column.from)?) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn classify(&mut self, cells: &[Cow<'_, str>], line: u64) {
        let columns = self.columns.iter().zip(cells);
        let quasi = columns.filter(|(column, _)| column.labels.is_some()).map(|(_, cell)| cell);
        self.key.clear();
        for cell in quasi.clone() {
            // With its length no two tuples read the same.
            let _ = write!(self.key, "{}:{cell}", cell.len());
        }
        if !self.classes.contains_key(&self.key) {
            let class = Class {
                line,
                rows: 0,
                cells: quasi.map(|cell| cell.clone().into_owned()).collect(),
                values: vec![BTreeMap::new(); self.watched.len()],
            };
            self.classes.insert(self.key.clone(), class);
        }
        if let Some(class) = self.classes.get_mut(&self.key) {
            class.rows += 1;
            for (column, counts) in self.watched.iter().zip(&mut class.values) {
                count(counts, &cells[*column]);
            }
        }
    }

    /// What holds of the whole: rows that are left over, how many are left out, and the models.
    fn finish(mut self, evidence: &mut Vec<Evidence>) -> Result<(), Error> {
        while self.original.next()? {
            if self.claims.suppressed == Suppressed::Starred {
                self.lies(None);
            }
        }
        evidence.push(self.truth.clone());
        let sampled = real(self.original.sampled);
        let asked = (self.claims.limit * sampled + SLACK).floor();
        let found = sampled - real(self.kept);
        evidence.push(Evidence {
            asked: Some(asked),
            found: Some(found),
            ..plain(Claim::Suppression, found >= 0.0 && found <= asked, None)
        });
        self.models(evidence);
        Ok(())
    }

    fn models(&self, evidence: &mut Vec<Evidence>) {
        let mut classes: Vec<&Class> = self.classes.values().collect();
        classes.sort_by_key(|class| class.line);
        let judge = Judge::new(self.claims.plan, self.claims.models, |column| {
            let mut spreads = self.original.spreads.iter();
            let spread = spreads.find(|(name, ..)| name == column);
            spread.map(|(.., counts)| counts.clone()).unwrap_or_default()
        });
        let people: Vec<usize> = classes.iter().map(|class| self.alike(class)).collect();
        let none = BTreeMap::new();
        for (at, model) in self.claims.models.iter().enumerate() {
            let (claim, asked, high_is_bad) = claim(model);
            let mut worst = Evidence { asked: Some(asked), ..plain(claim, true, None) };
            worst.column = model.column().map(str::to_owned);
            if let Model::AverageRisk { at_most } = model {
                let found = real(classes.len()) / real(self.kept.max(1));
                worst.found = Some(found);
                worst.holds = found <= at_most * (1.0 + SLACK);
                evidence.push(worst);
                continue;
            }
            let of = |column: &usize| Some(self.columns[*column].name.as_str()) == model.column();
            let list = self.watched.iter().position(of);
            for (class, people) in classes.iter().zip(&people) {
                let values = list.map_or(&none, |list| &class.values[list]);
                let (found, holds) = judge.class(at, class.rows, *people, values);
                let worse = worst
                    .found
                    .is_none_or(|so_far| if high_is_bad { found > so_far } else { found < so_far });
                if worst.holds && (worse || !holds) {
                    worst.found = Some(found);
                }
                if !holds && worst.holds {
                    worst.holds = false;
                    worst.line = Some(class.line);
                }
            }
            evidence.push(worst);
        }
    }

    /// How many people of the original the cells of a class stand for, where that is asked.
    fn alike(&self, class: &Class) -> usize {
        let Some((_, people)) = &self.original.people else { return class.rows };
        let generalised: Vec<_> =
            self.columns.iter().filter(|column| column.labels.is_some()).collect();
        let fits = |tuple: &[String]| {
            let cells = generalised.iter().zip(&class.cells).zip(tuple);
            cells.into_iter().all(|((column, cell), before)| column.covers(cell, before))
        };
        people.iter().filter(|(tuple, _)| fits(tuple)).map(|(_, count)| count).sum()
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
