//! Local recoding: different rows may be generalised to different levels.
//!
//! Two ways, with the guarantees of the models, since a union of classes that pass passes (see
//! `model`) and classes that read the same in the end are such a union:
//! - *Parts*, after Mondrian: the table is one class (one for each combination of coarsest labels,
//!   where these are several), and is split along the column that gains most, again and again. The
//!   values below a label become classes of their own where they pass; the others stay together
//!   under the label. Nothing that passes at first is left out.
//! - *Cells*, on top of a node: rows that it leaves out are grouped again with some of their cells at
//!   the coarsest level, few cells first, and those that pass then are kept after all.

use crate::{
    Engine, Error, Recoding,
    check::{Ground, Room},
    groups::{Groups, Key, Lists, either},
    model::{Fate, Values, worse},
};

impl Engine<'_> {
    /// A recoding by parts.
    ///
    /// # Errors
    /// Even at the coarsest levels too many rows do not fulfil the models, or they ask for a presence from
    /// below, which parts that overlap cannot promise.
    pub fn parts(&self) -> Result<Recoding, Error> {
        either!(&self.ground, ground => {
            self.promises(ground)?;
            let mut recoding = Recoding::nothing(ground.order.len());
            let mut parts = Parts { ground, values: Values::default() };
            let mut left_out = 0;
            let mut open = Vec::new();
            for part in parts.whole() {
                if parts.passes(&part) {
                    open.push(part);
                } else {
                    left_out += u64::from(parts.rows(&part));
                }
            }
            if left_out > self.limit() {
                return Err(Error::new(&self.schema.file, self.no_solution()));
            }
            while let Some(part) = open.pop() {
                let levels = parts.levels(&part);
                let split = (0..levels.len())
                    .filter(|column| levels[*column] > 0)
                    .filter_map(|column| parts.split(&part, column, levels[column] - 1))
                    .reduce(|best, other| if other.0 > best.0 { other } else { best });
                if let Some((_, split)) = split {
                    open.extend(split);
                } else {
                    let pattern = recoding.pattern(&levels);
                    for group in part {
                        recoding.of[ground.order[group as usize] as usize] = pattern;
                    }
                }
            }
            Ok(recoding)
        })
    }

    /// The recoding of a node, with as many as possible of the rows that it leaves out.
    ///
    /// # Errors
    /// As for [`Engine::recoding`] and [`Engine::parts`].
    pub fn cells(&self, node: &[u8]) -> Result<Recoding, Error> {
        let mut recoding = self.recoding(node)?;
        either!(&self.ground, ground => {
            self.promises(ground)?;
            let mut room = Room::default();
            let mut left: Vec<u32> = (0..)
                .zip(&ground.order)
                .filter(|(_, tuple)| recoding.levels(**tuple as usize).is_none())
                .map(|(group, _)| group)
                .collect();
            for node in coarser(node, &ground.tops()) {
                if left.is_empty() {
                    break;
                }
                let groups = ground.some(&left);
                ground.check(&groups, &node, u64::MAX, 0, &mut room);
                let pattern = recoding.pattern(&node);
                let mut still = Vec::new();
                for (group, class) in left.iter().zip(&room.class_of) {
                    let class = *class as usize;
                    if room.counts[class] > 0 && room.fates[class] == Fate::Passes {
                        recoding.of[ground.order[*group as usize] as usize] = pattern;
                    } else {
                        still.push(*group);
                    }
                }
                left = still;
            }
            Ok(recoding)
        })
    }

    fn promises<K>(&self, ground: &Ground<K>) -> Result<(), Error> {
        if ground.rules.present() {
            let words = [
                "presence from below cannot be promised where rows are generalised differently",
                "行ごとに一般化の程度が異なる場合、δ-存在性の下限は約束できません",
            ];
            return Err(Error::wrong(&self.schema.file, words));
        }
        Ok(())
    }
}

/// So many ways to take cells are tried at most.
const WAYS: usize = 1 << 12;

/// The node with some columns at the top, few columns first.
fn coarser(node: &[u8], tops: &[u8]) -> Vec<Vec<u8>> {
    let mut ways = vec![(0, node.to_vec())];
    let mut next = 0;
    while next < ways.len() && ways.len() < WAYS {
        let (from, way) = ways[next].clone();
        for column in (from..node.len()).filter(|column| node[*column] < tops[*column]) {
            let mut more = way.clone();
            more[column] = tops[column];
            ways.push((column + 1, more));
        }
        next += 1;
    }
    ways.push((0, tops.to_vec()));
    ways.into_iter().skip(1).map(|(_, way)| way).collect()
}

struct Parts<'a, K> {
    ground: &'a Ground<K>,
    values: Values,
}

impl<K: Key> Parts<'_, K> {
    fn code(&self, group: u32, column: usize, level: u8) -> u32 {
        let code = self.ground.base.keys[group as usize].take(self.ground.fields[column]);
        self.ground.levels[column].carry(code, level)
    }

    /// The classes at the coarsest levels.
    fn whole(&self) -> Vec<Vec<u32>> {
        let tops = self.ground.tops();
        let mut all: Vec<(Vec<u32>, u32)> = (0..)
            .take(self.ground.order.len())
            .map(|group| {
                let codes = tops.iter().enumerate();
                (codes.map(|(column, top)| self.code(group, column, *top)).collect(), group)
            })
            .collect();
        all.sort_unstable();
        let classes = all.chunk_by(|a, b| a.0 == b.0);
        classes.map(|class| class.iter().map(|(_, group)| *group).collect()).collect()
    }

    fn rows(&self, part: &[u32]) -> u32 {
        part.iter().map(|group| self.ground.base.counts[*group as usize]).sum()
    }

    /// Whether these groups are a class that may be published.
    fn passes(&mut self, part: &[u32]) -> bool {
        let (ground, rows) = (self.ground, self.rows(part));
        let people = if ground.base.population.is_empty() {
            rows
        } else {
            part.iter().map(|group| ground.base.population[*group as usize]).sum()
        };
        let mut fate = ground.rules.by_size(rows, people);
        if rows < ground.rules.alone() {
            return false;
        }
        for (list, size) in ground.values.iter().enumerate() {
            if fate != Fate::Passes || !ground.rules.asks(list) {
                continue;
            }
            self.values.fit(*size);
            for group in part {
                for (value, count) in ground.base.lists[list].of(*group as usize) {
                    self.values.add(value, count);
                }
            }
            fate = worse(fate, ground.rules.by_values(list, rows, &mut self.values));
            self.values.clear();
        }
        fate == Fate::Passes
    }

    /// The finest level of each column at which all groups read the same.
    fn levels(&self, part: &[u32]) -> Vec<u8> {
        (0..self.ground.fields.len())
            .map(|column| {
                let top = self.ground.levels[column].top();
                let same = |level: &u8| {
                    let first = self.code(part[0], column, *level);
                    part.iter().all(|group| self.code(*group, column, *level) == first)
                };
                (0..top).find(same).unwrap_or(top)
            })
            .collect()
    }

    /// Splits a part by a column's labels of a level, and how much of the domain is gained by it.
    fn split(&mut self, part: &[u32], column: usize, level: u8) -> Option<(f64, Vec<Vec<u32>>)> {
        let mut sorted: Vec<(u32, u32)> =
            part.iter().map(|group| (self.code(*group, column, level), *group)).collect();
        sorted.sort_unstable();
        let mut alone: Vec<Vec<u32>> = Vec::new();
        let mut rest = Vec::new();
        for child in sorted.chunk_by(|a, b| a.0 == b.0) {
            let child: Vec<u32> = child.iter().map(|(_, group)| *group).collect();
            if self.passes(&child) { alone.push(child) } else { rest.extend(child) }
        }
        if self.rows(&rest) == 0 {
            rest.clear();
        }
        // What fails takes in the smallest that pass, until all pass together.
        alone.sort_by_key(|child| std::cmp::Reverse(self.rows(child)));
        while !rest.is_empty() && !self.passes(&rest) {
            rest.extend(alone.pop()?);
        }
        let levels = &self.ground.levels[column];
        let share = |group: u32, level: u8| {
            levels.at[usize::from(level)].share[self.code(group, column, level) as usize]
        };
        let gain = alone.iter().map(|child| {
            let gained = share(child[0], level + 1) - share(child[0], level);
            f64::from(self.rows(child)) * gained
        });
        let gain: f64 = gain.sum();
        if alone.is_empty() {
            return None;
        }
        if !rest.is_empty() {
            alone.push(rest);
        }
        Some((gain, alone))
    }
}

impl<K: Key> Ground<K> {
    fn tops(&self) -> Vec<u8> {
        self.levels.iter().map(crate::levels::Levels::top).collect()
    }

    /// Some groups of the table.
    fn some(&self, members: &[u32]) -> Groups<K> {
        let base = &self.base;
        let pick = |counts: &[u32]| members.iter().map(|group| counts[*group as usize]).collect();
        let lists = base.lists.iter().map(|list| {
            let mut some = Lists { starts: vec![0], ..Lists::default() };
            for group in members {
                for (value, count) in list.of(*group as usize) {
                    some.values.push(value);
                    some.counts.push(count);
                }
                some.starts.push(u32::try_from(some.values.len()).unwrap_or(u32::MAX));
            }
            some
        });
        Groups {
            node: base.node.clone(),
            keys: members.iter().map(|group| base.keys[*group as usize]).collect(),
            counts: pick(&base.counts),
            population: if base.population.is_empty() { vec![] } else { pick(&base.population) },
            lists: lists.collect(),
        }
    }
}
