//! The ways of generalising whole columns that fulfil the models, each with what it loses and the risk
//! that it leaves, for whoever would trade more of the one for less of the other.
//!
//! They are looked at outwards from one of them, the nearest first, so that a bound on their number
//! leaves out the far ones. Only those that fulfil the models lead on: classes that pass still pass when
//! they merge, so any two of them meet above.

use std::collections::VecDeque;

use rustc_hash::FxHashSet;

use crate::{
    Engine,
    check::{Ground, Room},
    groups::{Key, either},
    lattice,
    levels::Levels,
    model::Fate,
    search::look,
};

/// A node that fulfils the models.
#[derive(Debug, Clone, PartialEq)]
pub struct Way {
    /// The level of each column that tells people apart, in the order of the file.
    pub node: Vec<u8>,
    /// See [`crate::Measure::Loss`].
    pub loss: f64,
    /// The prosecutor's highest and average chance to find a row.
    pub highest: f64,
    pub average: f64,
    pub suppressed: u64,
    /// Classes that are published.
    pub classes: u64,
}

/// What was found of a lattice.
#[derive(Debug, Clone, PartialEq)]
pub struct Ways {
    pub ways: Vec<Way>,
    /// Nodes that were looked at.
    pub looked: u64,
    /// Whether no other node was left to look at; else there may be more ways.
    pub all: bool,
}

impl Engine<'_> {
    /// How many nodes the lattice has.
    pub fn nodes(&self) -> u128 {
        either!(&self.ground, ground => {
            lattice::nodes(&ground.levels.iter().map(Levels::top).collect::<Vec<_>>())
        })
    }

    /// The ways around a node, so many looked at at most; `go_on` is asked after each, with how many so
    /// far.
    pub fn ways(&self, from: &[u8], most: u64, go_on: &dyn Fn(u64) -> bool) -> Ways {
        either!(&self.ground, ground => self.around(ground, from, most, go_on))
    }

    #[expect(clippy::cast_precision_loss, reason = "counts of rows")]
    fn around<K: Key>(
        &self,
        ground: &Ground<K>,
        from: &[u8],
        most: u64,
        go_on: &dyn Fn(u64) -> bool,
    ) -> Ways {
        let tops: Vec<u8> = ground.levels.iter().map(Levels::top).collect();
        let mut seen = FxHashSet::from_iter([from.to_vec()]);
        let mut queue = VecDeque::from([from.to_vec()]);
        let mut room = Room::default();
        let mut found = Ways { ways: Vec::new(), looked: 0, all: true };
        while let Some(node) = queue.pop_front() {
            if found.looked >= most || (found.looked > 0 && !go_on(found.looked)) {
                found.all = false;
                break;
            }
            found.looked += 1;
            let looked = look(ground, &self.guide, self.limit(), &ground.base, &node, 0, &mut room);
            let Some(best) = looked.solution else { continue };
            let kept = room.counts.iter().zip(&room.fates);
            let kept = kept.filter(|(rows, fate)| **rows > 0 && **fate == Fate::Passes);
            let Some(fewest) = kept.map(|(rows, _)| *rows).min() else { continue };
            for (column, top) in tops.iter().enumerate() {
                let level = node[column];
                let up = (level < *top).then(|| level + 1);
                for level in [level.checked_sub(1), up].into_iter().flatten() {
                    let mut next = node.clone();
                    next[column] = level;
                    if seen.insert(next.clone()) {
                        queue.push_back(next);
                    }
                }
            }
            found.ways.push(Way {
                loss: self.guide.score(best.raw),
                highest: 1.0 / f64::from(fewest),
                average: best.classes as f64 / (self.rows() - best.suppressed) as f64,
                suppressed: best.suppressed,
                classes: best.classes,
                node,
            });
        }
        found
    }
}
