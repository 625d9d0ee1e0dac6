//! The search where the lattice is too large to list: boxes of nodes, the most promising first.
//!
//! A box is all nodes from a low to a high one. Checking the high one says what holds of the whole
//! box: none is a solution if too many rows are doomed there, and none costs less than the bound
//! below it, taken column by column where it is least. A box that is not excluded is cut in two
//! along a column. The least bound among open boxes is what no node can be better than, at any time.

use std::{
    cmp::Ordering,
    collections::BinaryHeap,
    sync::{Condvar, Mutex, PoisonError},
};

use crate::{
    check::{Ground, Room},
    groups::Key,
    measure::{Below, Costs},
    search::{Best, Effort, Found, Shelf, look, worth_keeping},
};

struct Box {
    bound: f64,
    low: Vec<u8>,
    high: Vec<u8>,
    /// Whether the high node was checked already.
    checked: bool,
    /// Terms that hold below the high node, or below one above it.
    terms: Vec<Vec<f64>>,
    flat: f64,
}

impl PartialEq for Box {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Box {}

impl PartialOrd for Box {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Box {
    /// The least bound first; among equals the smaller box, which sooner brings a solution.
    fn cmp(&self, other: &Self) -> Ordering {
        let size = |b: &Self| b.low.iter().zip(&b.high).map(|(l, h)| u32::from(h - l)).sum::<u32>();
        other.bound.total_cmp(&self.bound).then_with(|| size(other).cmp(&size(self)))
    }
}

impl Box {
    fn measure(&mut self, costs: &Costs) {
        let least =
            self.terms.iter().zip(self.low.iter().zip(&self.high)).map(|(terms, (l, h))| {
                terms[usize::from(*l)..=usize::from(*h)]
                    .iter()
                    .copied()
                    .fold(f64::INFINITY, f64::min)
            });
        self.bound = self.bound.max(self.flat).max(costs.all(least));
    }

    /// Two boxes that have the same nodes, cut where most levels are.
    fn cut(self, costs: &Costs) -> Option<[Self; 2]> {
        let column =
            (0..self.low.len()).max_by_key(|column| self.high[*column] - self.low[*column])?;
        let (low, high) = (self.low[column], self.high[column]);
        if low == high {
            return None;
        }
        let middle = u8::midpoint(low, high);
        let mut lower = Self {
            high: self.high.clone(),
            low: self.low.clone(),
            terms: self.terms.clone(),
            checked: false,
            ..self
        };
        lower.high[column] = middle;
        let mut upper = self;
        upper.low[column] = middle + 1;
        lower.measure(costs);
        upper.measure(costs);
        Some([lower, upper])
    }
}

struct State<K> {
    open: BinaryHeap<Box>,
    /// How many boxes are being looked at.
    busy: usize,
    best: Option<Best>,
    shelf: Shelf<K>,
    checks: u64,
    stopped: bool,
}

/// The optimum between the bottom and the top, as far as the effort goes.
pub(crate) fn search<K: Key>(
    ground: &Ground<K>,
    costs: &Costs,
    tops: &[u8],
    limit: u64,
    effort: Effort<'_>,
) -> Found {
    let terms = (0..tops.len()).map(|column| {
        (0..=usize::from(tops[column])).map(|level| costs.term(column, level, 0.0)).collect()
    });
    let mut whole = Box {
        bound: 0.0,
        low: vec![0; tops.len()],
        high: tops.to_vec(),
        checked: false,
        terms: if costs.by_levels() { terms.collect() } else { vec![] },
        flat: 0.0,
    };
    if costs.by_levels() {
        whole.measure(costs);
    }
    let state = Mutex::new(State {
        open: BinaryHeap::from([whole]),
        busy: 0,
        best: None,
        shelf: Shelf::new(effort.memory),
        checks: 0,
        stopped: false,
    });
    let freed = Condvar::new();
    std::thread::scope(|scope| {
        for _ in 1..effort.threads.max(1) {
            scope.spawn(|| work(ground, costs, limit, effort, &state, &freed));
        }
        work(ground, costs, limit, effort, &state, &freed);
    });
    let state = state.into_inner().unwrap_or_else(PoisonError::into_inner);
    let left = state.open.iter().filter(|b| !excluded(b, state.best.as_ref(), costs));
    let left = left.map(|b| b.bound).fold(f64::INFINITY, f64::min);
    let reached = state.best.as_ref().map_or(f64::INFINITY, |best| best.raw);
    Found {
        bound: left.min(reached),
        proven: left == f64::INFINITY,
        best: state.best,
        checks: state.checks,
    }
}

fn excluded(candidate: &Box, best: Option<&Best>, costs: &Costs) -> bool {
    // The first node of a box by levels is its low one.
    best.is_some_and(|best| {
        best.excludes(candidate.bound, candidate.low > best.node, costs.exact())
    })
}

fn work<K: Key>(
    ground: &Ground<K>,
    costs: &Costs,
    limit: u64,
    effort: Effort<'_>,
    state: &Mutex<State<K>>,
    freed: &Condvar,
) {
    let mut room = Room::default();
    let mut held = state.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        if held.stopped {
            return;
        }
        let Some(mut taken) = held.open.pop() else {
            if held.busy == 0 {
                return;
            }
            held = freed.wait(held).unwrap_or_else(PoisonError::into_inner);
            continue;
        };
        if excluded(&taken, held.best.as_ref(), costs) {
            continue;
        }
        if !taken.checked {
            let source = held.shelf.source(&taken.high);
            held.busy += 1;
            drop(held);
            let source = source.as_deref().unwrap_or(&ground.base);
            let look = look(ground, costs, limit, source, &taken.high, 0, &mut room);
            let kept = (look.finding.rolled && worth_keeping(room.keys.len(), source.len()))
                .then(|| ground.keep(source, &taken.high, &mut room));
            held = state.lock().unwrap_or_else(PoisonError::into_inner);
            held.busy -= 1;
            held.checks += 1;
            if !(effort.go_on)(held.checks) {
                held.stopped = true;
            }
            if let Some(kept) = kept {
                held.shelf.put(kept);
            }
            freed.notify_all();
            if look.finding.doomed > limit {
                continue;
            }
            taken.checked = true;
            match look.below {
                None => {}
                Some(Below::Flat(bound)) => taken.flat = taken.flat.max(bound),
                Some(Below::Terms(terms)) => {
                    for (held, found) in taken.terms.iter_mut().zip(terms) {
                        for (held, found) in held.iter_mut().zip(found) {
                            *held = held.max(found);
                        }
                    }
                }
            }
            if let Some(best) = look.solution
                && best.beats(held.best.as_ref())
            {
                held.best = Some(best);
            }
            if costs.by_levels() {
                taken.measure(costs);
            } else {
                taken.bound = taken.bound.max(taken.flat);
            }
            if excluded(&taken, held.best.as_ref(), costs) {
                continue;
            }
        }
        // A box of one node is done with when it was checked.
        if let Some(halves) = taken.cut(costs) {
            held.open.extend(halves);
            freed.notify_all();
        }
    }
}
