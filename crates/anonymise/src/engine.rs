//! A table made ready to be made anonymous: its tuples, the levels of its columns, the models.

use crate::{
    Effort, Error, Histogram, Language, Measure, Model, Said, Schema, boxes,
    check::{Ground, Room},
    error::Fault,
    groups::{self, Key, Long256, Long1024, Width, either, of_width},
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
    pub(crate) ground: AnyGround,
    costs: Costs,
    pub(crate) guide: Costs,
    limit: u64,
}

type AnyGround = Width<Ground<u64>, Ground<u128>, Ground<Long256>, Ground<Long1024>>;

impl<'a> Engine<'a> {
    /// Reads settings against the table.
    ///
    /// # Errors
    /// A number of a model or the limit is out of its range, a model speaks of a column that is not
    /// counted, or there are no rows.
    pub fn new(
        schema: &'a Schema,
        histogram: &'a Histogram,
        settings: Settings,
    ) -> Result<Self, Error> {
        Self::of_bits(schema, histogram, settings, 0)
    }

    /// The same with keys of so many bits at least.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of fewer than 2^32 rows"
    )]
    fn of_bits(
        schema: &'a Schema,
        histogram: &'a Histogram,
        settings: Settings,
        least: u32,
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
        let ground = of_width!(bits.max(least), Key => {
            let (base, order) = histogram.groups::<Key>(&fields, &levels);
            Ground { fields, levels, rules, base, order, values, rows }
        });
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
            Some(lattice) => search::search(ground, &self.costs, &lattice, self.limit, effort),
            None => boxes::search(ground, &self.costs, &tops, self.limit, effort),
        };
        let Found { best, bound, proven, checks } = found;
        let none = || if proven { self.no_solution() } else { Fault::Unfinished };
        let best = best.ok_or_else(|| Error::new(&self.schema.file, none()))?;
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

    /// Rows that models leave out where every column is at its coarsest.
    fn left_out(&self, models: &[Model]) -> u64 {
        let settings = Settings { models: models.to_vec(), ..self.settings.clone() };
        let engine = Self::new(self.schema, self.histogram, settings);
        engine.map_or(0, |engine| {
            let tops: Vec<u8> =
                either!(&engine.ground, of => of.levels.iter().map(Levels::top).collect());
            engine.check(&tops).1
        })
    }

    /// The models that are not even fulfilled alone where every column is at its coarsest. It searches
    /// nothing.
    pub fn blocking(&self) -> Vec<&Model> {
        let alone = |model: &&Model| self.left_out(std::slice::from_ref(model)) > self.limit;
        self.settings.models.iter().filter(alone).collect()
    }

    /// Why there is no way: what the models leave out, together and each alone, where every column is
    /// at its coarsest.
    pub(crate) fn no_solution(&self) -> Fault {
        let alone = self.blocking();
        let blocking = if alone.is_empty() { self.settings.models.iter().collect() } else { alone };
        let named = |language: Language| {
            let names: Vec<String> = blocking.iter().map(|model| language.model(model)).collect();
            names.join(language.of("、", ", "))
        };
        let left_out = self.left_out(&self.settings.models);
        let (rows, limit) = (self.rows(), self.limit);
        let way = |language: Language| match (left_out < rows, language) {
            (false, Language::En) => {
                "ask less, for the table as a whole does not have it".to_owned()
            }
            (false, Language::Ja) => "表全体でも満たせないため、基準を緩めてください".to_owned(),
            (true, Language::En) => {
                format!("ask less, make a hierarchy coarser, or let {left_out} rows be left out")
            }
            (true, Language::Ja) => format!(
                "基準を緩めるか、階層をより粗くするか、{left_out}行まで削除できるようにしてください"
            ),
        };
        Fault::NoSolution(Said {
            en: format!(
                "no way of generalising fulfils {}: with every column at its coarsest {left_out} of {rows} rows \
                 are left out where {limit} may be; {}",
                named(Language::En),
                way(Language::En)
            )
            .into(),
            ja: format!(
                "{}を満たす一般化がありません。すべての列を最も粗くしても、{rows}行のうち{left_out}行の削除が必要です（上限は{limit}行）。{}",
                named(Language::Ja),
                way(Language::Ja)
            )
            .into(),
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
            ground.check(&ground.base, node, u64::MAX, 0, &mut room);
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
            let finding = ground.check(&ground.base, node, u64::MAX, 0, &mut room);
            (finding.classes, finding.suppressed)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Format, Plan, Role, Rows, intervals, orderings};

    /// However wide the keys are, it is the same optimum and the same file.
    #[test]
    fn keys_of_any_width_find_the_same() {
        let values: Vec<String> = (0..60).map(|age| age.to_string()).collect();
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        let form = crate::Intervals { origin: 0, widths: vec![5, 20], bottom: None, top: None };
        let plan = ["a", "b", "c", "d"].iter().fold(Plan::new(), |plan, name| {
            plan.with(name, Role::Quasi(intervals(name, &values, &form).unwrap()))
        });
        let plan = plan
            .with("e", Role::Quasi(orderings("e", &values, &[2]).unwrap()))
            .with("s", Role::Sensitive(None));
        let mut csv = "a,b,c,d,e,s\n".to_owned();
        for row in 0..900_u32 {
            let cell = |of: u32| (row * row / of + row % (of + 3)) % 60;
            let cells: Vec<String> = [7, 31, 101, 5, 3].map(|of| cell(of).to_string()).into();
            csv += &(cells.join(",") + [",w", ",x", ",y", ",z"][row as usize % 4] + "\n");
        }
        let found = [0, 65, 129, 257].map(|least| {
            let mut rows = Rows::open("t", csv.as_bytes(), Format::default()).unwrap();
            let mut schema = Schema::new(&rows, &plan).unwrap();
            let mut histogram = Histogram::of_bits(&schema, &["s"], least).unwrap();
            let chunk = schema.chunk(&mut rows, usize::MAX).unwrap();
            histogram.add(&schema, &chunk).unwrap();
            let models = vec![
                Model::KAnonymity { k: 4 },
                Model::DistinctDiversity { column: "s".to_owned(), l: 2 },
            ];
            let settings = Settings { models, limit: 0.1, measure: Measure::Loss };
            let engine = Engine::of_bits(&schema, &histogram, settings, least).unwrap();
            let optimum = engine.optimum(Effort { threads: 1, ..Effort::default() }).unwrap();
            let recodings = [
                engine.recoding(&optimum.node).unwrap(),
                engine.cells(&optimum.node).unwrap(),
                engine.parts().unwrap(),
            ];
            (optimum, recodings.map(|recoding| recoding.of))
        });
        assert!(found[0].0.suppressed > 0, "{:?}", found[0].0);
        assert!(found.windows(2).all(|pair| pair[0] == pair[1]));
    }
}
