//! The optimum over the whole lattice, proven: every node is checked, or excluded by a bound.
//!
//! A node is excluded when
//! - more rows than the limit are doomed at a node above it (see `model`), or
//! - a bound on its cost (see `measure`) is above the cost of the best solution so far.
//!
//! Nodes are taken in the order of their floors. From each, a chain of open nodes leads up. Its top
//! is looked at first: mostly the bounds leave it open only by little, it is no solution or no better
//! one, and all that is below is excluded with it. Otherwise cutting the chain at three quarters, again and again,
//! finds the lowest solution there: what fails high up excludes more.
//!
//! Where floors tell little of a node, those that tell most are taken first, and chains lead up by what
//! takes least. They are cut where it is guessed (see `guess`) that a node just fails, best where it
//! also excludes what is above it.
//!
//! A check costs as much as there are groups that it is made from. Where those are many more than the
//! node is guessed to have classes, time after time, a finer node of the chain is looked at first, and
//! the ones after it are made from its classes.
//!
//! Among nodes of the same cost the first by levels is the optimum, so the answer hangs neither on the
//! order of checks nor on the number of threads: a node is left out on account of its bound only when
//! that is higher by more than rounding, or when costs are exact and the node comes later.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::{
    check::{Finding, Ground, Room},
    groups::{Groups, Key},
    guess::Guesses,
    lattice::{Lattice, at_or_below},
    measure::{Below, Costs, Measure},
};

/// How much may be spent on a search.
#[derive(Clone, Copy)]
pub struct Effort<'a> {
    pub threads: usize,
    /// Bytes for classes of nodes that were checked, from which others are made.
    pub memory: usize,
    /// The largest lattice whose nodes are listed; a larger one is searched by boxes.
    pub listed: usize,
    /// Asked after each check, with the number of checks so far. A no ends the search, which then
    /// says how far from the optimum it may be.
    pub go_on: &'a (dyn Fn(u64) -> bool + Sync),
}

impl Default for Effort<'_> {
    fn default() -> Self {
        Self { threads: 2, memory: 256 << 20, listed: 1 << 22, go_on: &|_| true }
    }
}

/// The best node so far.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Best {
    pub(crate) raw: f64,
    pub(crate) node: Vec<u8>,
    pub(crate) suppressed: u64,
    pub(crate) classes: u64,
}

/// What a search brought.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) best: Option<Best>,
    /// No node costs less than this.
    pub(crate) bound: f64,
    pub(crate) proven: bool,
    pub(crate) checks: u64,
}

impl Best {
    /// Whether a node with such a bound, and such levels, can still be left out.
    pub(crate) fn excludes(&self, bound: f64, later: bool, exact: bool) -> bool {
        if exact {
            bound > self.raw || (bound >= self.raw && later)
        } else {
            bound > self.raw + self.raw.abs() * 1e-12
        }
    }

    pub(crate) fn beats(&self, other: Option<&Self>) -> bool {
        other.is_none_or(|other| {
            self.raw < other.raw || (self.raw <= other.raw && self.node < other.node)
        })
    }
}

/// What a check says of a node and its neighbours.
pub(crate) struct Look {
    pub(crate) finding: Finding,
    pub(crate) solution: Option<Best>,
    pub(crate) below: Option<Below>,
    pub(crate) above: Option<f64>,
}

/// Checks a node and draws every conclusion from it.
pub(crate) fn look<K: Key>(
    ground: &Ground<K>,
    costs: &Costs,
    limit: u64,
    source: &Groups<K>,
    node: &[u8],
    wanted: u64,
    room: &mut Room<K>,
) -> Look {
    let finding = ground.check(source, node, limit, wanted, room);
    let above = costs.above(&finding);
    if !finding.whole {
        return Look { finding, solution: None, below: None, above };
    }
    if costs.counts_suppressed() && finding.suppressed > 0 {
        ground.count_suppressed(source, room);
    }
    let solution = (finding.suppressed <= limit).then(|| Best {
        raw: costs.cost(node, &finding, &ground.levels, &source.node, &room.suppressed),
        node: node.to_vec(),
        suppressed: finding.suppressed,
        classes: finding.classes,
    });
    let below = costs.below(node, &finding, &ground.levels, &source.node, &room.doomed);
    Look { finding, solution, below, above }
}

/// Groups from which others are made.
pub(crate) struct Shelf<K> {
    held: Vec<(Arc<Groups<K>>, u64)>,
    bytes: usize,
    most: usize,
    uses: u64,
}

impl<K: Key> Shelf<K> {
    pub(crate) fn new(most: usize) -> Self {
        Self { held: Vec::new(), bytes: 0, most, uses: 0 }
    }

    /// The smallest groups from which a node can be made, if any are kept.
    pub(crate) fn source(&mut self, node: &[u8]) -> Option<Arc<Groups<K>>> {
        self.uses += 1;
        let fit = self.held.iter_mut().filter(|(groups, _)| at_or_below(&groups.node, node));
        let (groups, used) = fit.min_by_key(|(groups, _)| groups.len())?;
        *used = self.uses;
        Some(Arc::clone(groups))
    }

    pub(crate) fn put(&mut self, groups: Groups<K>) {
        let bytes = groups.bytes();
        if bytes > self.most {
            return;
        }
        while self.bytes + bytes > self.most {
            let oldest = (0..self.held.len()).min_by_key(|at| self.held[*at].1);
            let Some(oldest) = oldest else { break };
            self.bytes -= self.held.swap_remove(oldest).0.bytes();
        }
        self.bytes += bytes;
        self.held.push((Arc::new(groups), self.uses));
    }
}

/// Groups are kept when they are so much fewer than those they were made from.
pub(crate) fn worth_keeping(classes: usize, source: usize) -> bool {
    classes * 2 < source
}

const CHECKED: u8 = 1;
const FAILED: u8 = 2;
const BUSY: u8 = 4;

struct State<K> {
    bounds: Vec<f64>,
    marks: Vec<u8>,
    order: Vec<u32>,
    next: usize,
    best: Option<(Best, usize)>,
    shelf: Shelf<K>,
    guesses: Guesses,
    /// Checks that were made from too many groups, since one was made to have fewer.
    long: u32,
    checks: u64,
    stopped: bool,
}

/// Groups are too many when they are so many times what the node is guessed to have.
const TOO_MANY: f64 = 4.0;
/// So many checks come before: many searches are over by then, and nobody would use groups that were made for them.
const EARLY: u64 = 32;
/// So often, before fewer are made.
const TOO_OFTEN: u32 = 2;
/// What share of the groups these are guessed to be, at most. It is less than makes them worth keeping.
const FEWER: f64 = 0.4;

struct Search<'a, K> {
    ground: &'a Ground<K>,
    costs: &'a Costs,
    guide: &'a Costs,
    lattice: &'a Lattice,
    limit: u64,
    effort: Effort<'a>,
    state: Mutex<State<K>>,
}

/// The optimum among all nodes of the lattice.
pub(crate) fn search<K: Key>(
    ground: &Ground<K>,
    costs: &Costs,
    lattice: &Lattice,
    limit: u64,
    effort: Effort<'_>,
) -> Found {
    let guide = &Costs::new(Measure::MonotonicEntropy, &ground.levels, ground.rows, 1);
    let listed = |costs: &Costs| {
        let mut values = vec![0.0; lattice.size];
        let bottom = vec![0; lattice.tops.len()];
        let fold =
            |sum, column, level| costs.join(sum, costs.term(column, usize::from(level), 0.0));
        let start = costs.all(std::iter::empty());
        lattice.visit(&bottom, &lattice.tops, start, &fold, &mut |index, bound| {
            values[index] = bound;
        });
        values
    };
    let mut bounds = listed(if costs.by_levels() { costs } else { guide });
    let mut order: Vec<u32> = (0..u32::try_from(lattice.size).unwrap_or(u32::MAX)).collect();
    order.sort_by(|a, b| bounds[*a as usize].total_cmp(&bounds[*b as usize]));
    if !costs.by_levels() {
        let bottom = vec![0; lattice.tops.len()];
        let sizes = |tuples, column: usize, level: u8| {
            #[expect(clippy::cast_precision_loss, reason = "fewer than 2^32 codes")]
            let codes = ground.levels[column].at[usize::from(level)].size() as f64;
            tuples * codes
        };
        lattice.visit(&bottom, &lattice.tops, 1.0, &sizes, &mut |index, tuples| {
            bounds[index] = costs.floor_by_tuples(tuples);
        });
    }
    let state = State {
        bounds,
        marks: vec![0; lattice.size],
        order,
        next: 0,
        best: None,
        shelf: Shelf::new(effort.memory),
        guesses: Guesses::new(guide),
        long: 0,
        checks: 0,
        stopped: false,
    };
    let search = Search { ground, costs, guide, lattice, limit, effort, state: Mutex::new(state) };
    std::thread::scope(|scope| {
        for _ in 1..effort.threads.max(1) {
            scope.spawn(|| search.work());
        }
        search.work();
    });
    let state = search.state.into_inner().unwrap_or_else(PoisonError::into_inner);
    let open = (0..lattice.size).filter(|index| state.open(*index, costs));
    let left = open.map(|index| state.bounds[index]).fold(f64::INFINITY, f64::min);
    let reached = state.best.as_ref().map_or(f64::INFINITY, |(best, _)| best.raw);
    Found {
        bound: left.min(reached),
        proven: left == f64::INFINITY,
        best: state.best.map(|(best, _)| best),
        checks: state.checks,
    }
}

impl<K> State<K> {
    fn free(&self, index: usize, costs: &Costs) -> bool {
        self.open(index, costs) && self.marks[index] & BUSY == 0
    }

    fn open(&self, index: usize, costs: &Costs) -> bool {
        self.marks[index] & (CHECKED | FAILED) == 0
            && !self.best.as_ref().is_some_and(|(best, first)| {
                best.excludes(self.bounds[index], index > *first, costs.exact())
            })
    }
}

impl<K: Key> Search<'_, K> {
    fn lock(&self) -> MutexGuard<'_, State<K>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes one open node after the other until none is left.
    fn work(&self) {
        let mut room = Room::default();
        while let Some(start) = self.start() {
            while !self.climb(start, &mut room) {}
        }
    }

    fn start(&self) -> Option<usize> {
        let mut state = self.lock();
        while state.next < state.order.len() && !state.stopped {
            let index = state.order[state.next] as usize;
            state.next += 1;
            if state.open(index, self.costs) && state.marks[index] & BUSY == 0 {
                return Some(index);
            }
        }
        None
    }

    /// Cuts down a chain that leads up from the node; true when the node is done with.
    fn climb(&self, start: usize, room: &mut Room<K>) -> bool {
        let chain = self.chain(start);
        let (mut low, mut high) = (0, chain.len());
        let mut top_first = self.costs.by_levels();
        while low < high {
            let (middle, node, source, wanted) = {
                let mut state = self.lock();
                if state.stopped || !state.open(start, self.costs) {
                    return true;
                }
                let cut = if top_first { high - 1 } else { self.cut(&state, &chain, low, high) };
                top_first = false;
                if !state.free(chain[cut], self.costs) {
                    high = cut;
                    continue;
                }
                let (middle, node, source) = self.source(&mut state, &chain, low, cut);
                state.marks[chain[middle]] |= BUSY;
                // A finer node than was to be looked at is to have groups that are worth keeping.
                let len = source.as_deref().unwrap_or(&self.ground.base).len();
                (middle, node, source, if middle < cut { len as u64 / 2 } else { 0 })
            };
            let source = source.as_deref().unwrap_or(&self.ground.base);
            let look = look(self.ground, self.costs, self.limit, source, &node, wanted, room);
            let kept = (look.finding.rolled && worth_keeping(room.keys.len(), source.len()))
                .then(|| self.ground.keep(source, &node, room));
            let mut state = self.lock();
            if look.solution.is_none() {
                low = middle + 1;
            } else {
                high = middle;
            }
            if let Some(kept) = kept {
                state.shelf.put(kept);
            }
            state.guesses.learn(&node, room.keys.len(), &look.finding, look.above);
            self.conclude(&mut state, chain[middle], &node, look);
        }
        let state = self.lock();
        // Whoever is busy with it will be done with it.
        state.stopped || !state.open(start, self.costs) || state.marks[start] & BUSY != 0
    }

    /// Where a chain is cut next: where a node is guessed to fail and to exclude what is above it, or the highest that
    /// is guessed to fail.
    fn cut(&self, state: &State<K>, chain: &[usize], low: usize, high: usize) -> usize {
        if self.costs.by_levels() || state.checks == 0 {
            return low + (high - low) * 3 / 4;
        }
        let best = state.best.as_ref().map_or(f64::INFINITY, |(best, _)| best.raw);
        let mut cut = low;
        for (at, index) in chain.iter().enumerate().take(high).skip(low) {
            let node = self.lattice.node(*index);
            if state.guesses.fails(&node, self.limit) {
                cut = at;
                if state.guesses.above(&node) > best {
                    break;
                }
            }
        }
        cut
    }

    /// The node to look at where a chain is cut, by its place, and the groups to make it from, where
    /// they are not all tuples. It is a finer one where groups are too many, too often.
    #[expect(clippy::cast_precision_loss, reason = "fewer than 2^32 groups")]
    fn source(
        &self,
        state: &mut State<K>,
        chain: &[usize],
        low: usize,
        cut: usize,
    ) -> (usize, Vec<u8>, Option<Arc<Groups<K>>>) {
        let node = self.lattice.node(chain[cut]);
        let source = state.shelf.source(&node);
        let groups = source.as_deref().unwrap_or(&self.ground.base).len() as f64;
        let guesses = &state.guesses;
        if state.checks < EARLY || guesses.classes(&node) * TOO_MANY > groups {
            return (cut, node, source);
        }
        state.long += 1;
        if state.long < TOO_OFTEN {
            return (cut, node, source);
        }
        let mut finer = (low..cut).map(|at| (at, self.lattice.node(chain[at])));
        let found = finer.find(|(_, node)| guesses.classes(node) < groups * FEWER);
        match found.filter(|(at, _)| state.free(chain[*at], self.costs)) {
            None => (cut, node, source),
            Some((at, node)) => {
                state.long = 0;
                let source = state.shelf.source(&node);
                (at, node, source)
            }
        }
    }

    fn chain(&self, start: usize) -> Vec<usize> {
        let state = self.lock();
        let mut chain = vec![start];
        let mut at = start;
        let rank = |index: usize| {
            if self.costs.by_levels() {
                state.bounds[index]
            } else {
                self.guide.of_levels(&self.lattice.node(index))
            }
        };
        loop {
            let open = self.lattice.above(at).filter(|index| state.open(*index, self.costs));
            match open.min_by(|a, b| rank(*a).total_cmp(&rank(*b))) {
                None => return chain,
                Some(next) => {
                    chain.push(next);
                    at = next;
                }
            }
        }
    }

    fn conclude(&self, state: &mut State<K>, index: usize, node: &[u8], look: Look) {
        state.checks += 1;
        state.marks[index] |= CHECKED;
        if !(self.effort.go_on)(state.checks) {
            state.stopped = true;
        }
        let bottom = vec![0; node.len()];
        if look.finding.doomed > self.limit {
            let marks = &mut state.marks;
            self.lattice.visit(&bottom, node, (), &|(), _, _| (), &mut |index, ()| {
                marks[index] |= FAILED;
            });
        }
        if let Some(best) = look.solution
            && best.beats(state.best.as_ref().map(|(best, _)| best))
        {
            state.best = Some((best, index));
        }
        let bounds = &mut state.bounds;
        match look.below {
            None => {}
            Some(Below::Flat(bound)) => {
                self.lattice.visit(&bottom, node, (), &|(), _, _| (), &mut |index, ()| {
                    bounds[index] = bounds[index].max(bound);
                });
            }
            Some(Below::Terms(terms)) => {
                let costs = self.costs;
                let fold = |sum, column: usize, level: u8| {
                    costs.join(sum, terms[column][usize::from(level)])
                };
                let start = costs.all(std::iter::empty());
                self.lattice.visit(&bottom, node, start, &fold, &mut |index, bound| {
                    bounds[index] = bounds[index].max(bound);
                });
            }
        }
        if let Some(bound) = look.above {
            let tops = &self.lattice.tops;
            self.lattice.visit(node, tops, (), &|(), _, _| (), &mut |index, ()| {
                bounds[index] = bounds[index].max(bound);
            });
        }
    }
}
