//! A table made ready to be made anonymous: its tuples, the levels of its columns, the models.

use crate::{
    Effort, Error, Histogram, Measure, Model, Schema, boxes,
    check::{Ground, Room},
    error::Fault,
    groups::{self, Key},
    lattice::{self, Lattice},
    levels::Levels,
    measure::Costs,
    model::{Fate, Rules},
    recoding::Recoding,
    search::{self, Found},
};

/// What is asked of the result.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    pub models: Vec<Model>,
    /// The share of rows that may be left out.
    pub limit: f64,
    pub measure: Measure,
}

/// The best node of the lattice.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Optimum {
    /// The level of each column that tells people apart, in the order of the file.
    pub node: Vec<u8>,
    pub score: f64,
    pub suppressed: u64,
    /// Classes that are published.
    pub classes: u64,
    /// Whether no node is better. Where that was not proven, `bound` says what the best score can
    /// be at most.
    pub proven: bool,
    pub bound: f64,
    pub nodes: u128,
    pub checks: u64,
}

/// The engine over one table.
pub struct Engine<'a> {
    pub(crate) schema: &'a Schema,
    pub(crate) histogram: &'a Histogram,
    pub(crate) settings: Settings,
    pub(crate) ground: Width,
    costs: Costs,
    pub(crate) guide: Costs,
    limit: u64,
}

/// Keys of 64 bits where they are enough, else of 128.
pub(crate) enum Width {
    Narrow(Ground<u64>),
    Wide(Ground<u128>),
}

/// The same for either width.
macro_rules! either {
    ($width:expr, $ground:ident => $do:expr) => {
        match $width {
            $crate::engine::Width::Narrow($ground) => $do,
            $crate::engine::Width::Wide($ground) => $do,
        }
    };
}
pub(crate) use either;

impl<'a> Engine<'a> {
    /// Reads settings against the table.
    ///
    /// # Errors
    /// A number of a model or the limit is out of its range, a model speaks of a column that is not
    /// counted, or there are no rows.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of fewer than 2^32 rows"
    )]
    pub fn new(
        schema: &'a Schema,
        histogram: &'a Histogram,
        settings: Settings,
    ) -> Result<Self, Error> {
        if !(0.0..=1.0).contains(&settings.limit) {
            return Err(Error::wrong(
                &schema.file,
                [
                    "the limit of suppression is between 0 and 1",
                    "削除してよい行の割合は0から1までで指定してください",
                ],
            ));
        }
        let rows = histogram.published();
        if rows == 0 {
            return Err(Error::new(&schema.file, Fault::NoRows));
        }
        let levels = Levels::of(schema, histogram);
        let rules = Rules::new(&settings.models, schema, histogram)?;
        let costs = Costs::new(settings.measure, &levels, rows, rules.size);
        let guide = Costs::new(Measure::Loss, &levels, rows, rules.size);
        let occurring: Vec<usize> = levels.iter().map(|column| column.at[0].size()).collect();
        let (fields, bits) = groups::fields(&occurring);
        let watched = histogram.watched().iter();
        let values: Vec<usize> =
            watched.map(|at| schema.sensitive[*at].dictionary.values().len()).collect();
        let limit = (settings.limit * rows as f64 + 1e-9).floor() as u64;
        let ground = if bits <= u64::BITS {
            let (base, order) = histogram.groups(&fields, &levels);
            Width::Narrow(Ground { fields, levels, rules, base, order, values, rows })
        } else {
            let (base, order) = histogram.groups(&fields, &levels);
            Width::Wide(Ground { fields, levels, rules, base, order, values, rows })
        };
        Ok(Self { schema, histogram, settings, ground, costs, guide, limit })
    }

    /// The cheapest node at which no more rows are suppressed than the limit allows.
    ///
    /// # Errors
    /// There is none, or none was found before the effort was over.
    pub fn optimum(&self, effort: Effort<'_>) -> Result<Optimum, Error> {
        either!(&self.ground, ground => self.search(ground, effort))
    }

    fn search<K: Key>(&self, ground: &Ground<K>, effort: Effort<'_>) -> Result<Optimum, Error> {
        let tops: Vec<u8> = ground.levels.iter().map(Levels::top).collect();
        let nodes = lattice::nodes(&tops);
        let found = match Lattice::new(tops.clone(), effort.listed) {
            Some(lattice) => {
                search::search(ground, &self.costs, &self.guide, &lattice, self.limit, effort)
            }
            None => boxes::search(ground, &self.costs, &tops, self.limit, effort),
        };
        let Found { best, bound, proven, checks } = found;
        let none = if proven { Fault::NoSolution } else { Fault::Unfinished };
        let best = best.ok_or_else(|| Error::new(&self.schema.file, none))?;
        Ok(Optimum {
            node: best.node,
            score: self.costs.score(best.raw),
            suppressed: best.suppressed,
            classes: best.classes,
            proven,
            bound: self.costs.score(bound),
            nodes,
            checks,
        })
    }

    /// Rows that were to be published.
    pub fn rows(&self) -> u64 {
        self.histogram.published()
    }

    /// Rows that may be left out.
    pub fn limit(&self) -> u64 {
        self.limit
    }

    /// What becomes of each tuple at a node.
    ///
    /// # Errors
    /// The node has another number of levels than the table, or too high ones.
    pub fn recoding(&self, node: &[u8]) -> Result<Recoding, Error> {
        either!(&self.ground, ground => {
            let fits = node.len() == ground.levels.len()
                && node.iter().zip(&ground.levels).all(|(level, column)| *level <= column.top());
            if !fits {
                return Err(Error::wrong(&self.schema.file, ["this node is not of this table", "この一般化の組合せは、この表のものではありません"]));
            }
            let mut room = Room::default();
            ground.check(&ground.base, node, u64::MAX, &mut room);
            let mut recoding = Recoding::nothing(ground.order.len());
            let pattern = recoding.pattern(node);
            for (tuple, class) in ground.order.iter().zip(&room.class_of) {
                if room.fates[*class as usize] == Fate::Passes {
                    recoding.of[*tuple as usize] = pattern;
                }
            }
            Ok(recoding)
        })
    }

    /// Looks at a node as the search does, from the tuples of the table, and says how many classes
    /// and suppressed rows there are. For measuring.
    pub fn check(&self, node: &[u8]) -> (u64, u64) {
        either!(&self.ground, ground => {
            let mut room = Room::default();
            let finding = ground.check(&ground.base, node, u64::MAX, &mut room);
            (finding.classes, finding.suppressed)
        })
    }
}
