//! The ways of generalising that a table and its settings leave to choose from, each with what it loses
//! and the risk that it leaves; and where there is none, what stands in the way and what would help.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use anonymise::{Effort, Engine, Language, Model, Way};

use crate::anonymised::Ready;
use crate::settings::Role;
use crate::{Error, Kind, Next, Rules, Settings, Step, Table, confirmed};

/// The ways that fulfil what is asked. They count rows, also where somebody has several.
#[derive(Debug, Clone, PartialEq)]
pub struct Ways {
    /// The columns that are generalised, each with its highest level.
    pub columns: Vec<(String, u8)>,
    /// The best one first, then the nearest to it.
    pub ways: Vec<Way>,
    /// Whether the first is proven to be the best.
    pub proven: bool,
    pub rows: u64,
    /// Ways there are, whether they fulfil what is asked or not.
    pub nodes: u128,
    pub looked: u64,
    /// Whether every way that fulfils what is asked is among them.
    pub all: bool,
}

impl Ways {
    /// A way as settings name it.
    pub fn levels(&self, way: &Way) -> BTreeMap<String, u8> {
        let names = self.columns.iter().map(|(name, _)| name.clone());
        names.zip(way.node.iter().copied()).collect()
    }

    /// A few to choose from: the best one, and from there on those that no other beats in both loss and
    /// average risk, evenly, as long as they tell something.
    pub fn choices(&self, most: usize) -> Vec<&Way> {
        let mut by_loss: Vec<&Way> = self.ways.iter().collect();
        by_loss.sort_by(|a, b| a.loss.total_cmp(&b.loss).then(a.average.total_cmp(&b.average)));
        let mut front: Vec<&Way> = self.ways.first().into_iter().collect();
        for way in by_loss.into_iter().filter(|way| way.loss < TELLS) {
            if front.last().is_some_and(|last| way.average < last.average && way.loss > last.loss) {
                front.push(way);
            }
        }
        let last = front.len() - 1;
        let few = most.min(front.len());
        (0..few).map(|at| front[at * last / (few - 1).max(1)]).collect()
    }
}

/// A way that loses this much tells next to nothing.
const TELLS: f64 = 0.9;

fn engine<'a>(
    ready: &'a Ready,
    settings: &Settings,
    models: Vec<Model>,
) -> Result<Engine<'a>, Error> {
    let asked = anonymise::Settings { models, limit: settings.limit, measure: settings.measure };
    Ok(Engine::new(&ready.schema, &ready.histogram, asked)?)
}

/// The ways that fulfil what is asked of an anonymised set; around the best one, so many are looked at at
/// most.
///
/// # Errors
/// Settings and table do not fit; no way fulfils what is asked; or `next` says stop.
pub fn ways(
    table: &Table,
    settings: &Settings,
    most: u64,
    next: &(dyn Fn(Step) -> Next + Sync),
) -> Result<Ways, Error> {
    let rules = Rules::now();
    settings.check(table, &rules, Kind::Anonymised)?;
    confirmed::check(table, settings, Kind::Anonymised)?;
    let ready = Ready::new(table, settings, "", &rules, &|step| next(step) != Next::Stop)?;
    let engine = engine(&ready, settings, ready.source.planned.models.clone())?;
    let nodes = engine.nodes();
    let stopped = AtomicBool::new(false);
    let go_on = |checks| {
        let said = next(Step::Checks(checks));
        stopped.fetch_or(said == Next::Stop, Ordering::Relaxed);
        said == Next::GoOn
    };
    next(Step::Of(u64::try_from(nodes).unwrap_or(u64::MAX)));
    let best = engine.optimum(Effort { go_on: &go_on, ..Effort::default() });
    if stopped.load(Ordering::Relaxed) {
        return Err(Error::Stopped);
    }
    let best = best?;
    next(Step::Of(most.min(u64::try_from(nodes).unwrap_or(u64::MAX))));
    let found = engine.ways(&best.node, most, &go_on);
    if stopped.load(Ordering::Relaxed) {
        return Err(Error::Stopped);
    }
    if found.ways.is_empty() {
        // Every row may be left out, and the best way leaves out every one.
        let words = [
            "every row would be left out: allow fewer rows to be left out",
            "すべての行が削除されます。削除してよい行の割合を減らしてください",
        ];
        return Err(anonymise::Error::wrong(&table.file, words).into());
    }
    let tops = ready.source.planned.plan.columns.iter().filter_map(|(name, role)| match role {
        anonymise::Role::Quasi(tree) => Some((name.as_str(), tree.levels() - 1)),
        _ => None,
    });
    let tops: BTreeMap<&str, usize> = tops.collect();
    let columns = settings.with_role(table, |role| role == Role::QuasiIdentifying);
    let columns = columns.into_iter().map(|name| {
        let top = tops.get(name).copied().unwrap_or_default();
        (name.to_owned(), u8::try_from(top).unwrap_or(u8::MAX))
    });
    Ok(Ways {
        columns: columns.collect(),
        ways: found.ways,
        proven: best.proven,
        rows: engine.rows(),
        nodes,
        looked: found.looked,
        all: found.all,
    })
}

/// What stands in the way of every way.
#[derive(Debug, Clone, PartialEq)]
pub struct Blocked {
    pub model: Model,
    /// What there is of it at most: rows for k, different values for l.
    pub at_most: u64,
    /// What nobody may go below.
    pub least: u32,
}

/// Which of the models no way fulfils alone; none where each could be fulfilled by itself. Only the
/// coarsest way is looked at.
///
/// # Errors
/// Settings and table do not fit.
pub fn blocked(table: &Table, settings: &Settings) -> Result<Vec<Blocked>, Error> {
    let rules = Rules::now();
    settings.check(table, &rules, Kind::Anonymised)?;
    let ready = Ready::new(table, settings, "", &rules, &|_| true)?;
    let engine = engine(&ready, settings, ready.source.planned.models.clone())?;
    let found = engine.blocking().into_iter().map(|model| {
        let values = model.column().and_then(|name| ready.source.table.column(name));
        let values = values.map(|column| column.occurring().count() as u64);
        let least = if values.is_some() { rules.l.least.value } else { rules.k.least.value };
        let at_most = values.unwrap_or_else(|| engine.rows());
        Blocked { model: model.clone(), at_most, least }
    });
    Ok(found.collect())
}

impl Blocked {
    /// What stands in the way and what would help, in a sentence or two.
    pub fn sentence(&self, language: Language) -> String {
        let Self { model, at_most, least } = self;
        let enough = at_most >= &u64::from(*least);
        match (model, language) {
            (Model::KAnonymity { k }, Language::Ja) if *at_most < u64::from(*k) => {
                let help = if enough {
                    format!("kを{at_most}以下にするか、行を増やしてください")
                } else {
                    format!("少なくとも{least}行が必要です")
                };
                format!("{k}行以上を同じ値にそろえられません。使える行は{at_most}行です。{help}。")
            }
            (Model::KAnonymity { k }, Language::En) if *at_most < u64::from(*k) => {
                let help = if enough {
                    format!("ask for a k of {at_most} at most, or bring more rows")
                } else {
                    format!("at least {least} rows are needed")
                };
                format!("No {k} rows can be made alike, as there are {at_most}: {help}.")
            }
            (Model::DistinctDiversity { column, l }, Language::Ja) if *at_most < u64::from(*l) => {
                let help =
                    if enough { format!("lを{at_most}にするか、") } else { String::new() };
                format!(
                    "列「{column}」に公開できる値は{at_most}種類で、l＝{l}を満たせません（少ない値は「*」にまとめます）。{help}列を削除するか、役割を見直してください。"
                )
            }
            (Model::DistinctDiversity { column, l }, Language::En) if *at_most < u64::from(*l) => {
                let help =
                    if enough { format!("ask for an l of {at_most}, ") } else { String::new() };
                format!(
                    "Column `{column}` has {at_most} different values that may be told, where l asks for {l} (rare ones are stars): {help}remove the column, or look at its role again."
                )
            }
            (model, Language::Ja) => format!(
                "{}を満たす一般化がありません。削除してよい行の割合を増やすか、一般化の段階を粗くしてください。",
                language.model(model)
            ),
            (model, Language::En) => format!(
                "No way fulfils {}: allow more rows to be left out, or generalise more coarsely.",
                language.model(model)
            ),
        }
    }
}
