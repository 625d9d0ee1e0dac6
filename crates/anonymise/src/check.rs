//! Looks at one node: groups rows by their generalised tuples and lets the rules judge each class.
//!
//! The rows are never touched. A node is made from the groups of any finer node, the distinct tuples
//! of the table at worst: each group's key is carried over by a table per column, and equal keys
//! are numbered.

use crate::{
    groups::{Field, Groups, Key, Lists, Numbering},
    levels::Levels,
    model::{Fate, Rules, Values, worse},
};

/// What all checks of a table share.
pub(crate) struct Ground<K> {
    pub(crate) fields: Vec<Field>,
    pub(crate) levels: Vec<Levels>,
    pub(crate) rules: Rules,
    /// The distinct tuples, at level 0 of every column.
    pub(crate) base: Groups<K>,
    /// The tuple of the histogram of each of them.
    pub(crate) order: Vec<u32>,
    /// For each list, how many values its column has.
    pub(crate) values: Vec<usize>,
    pub(crate) rows: u64,
}

/// So many keys are carried over together.
const BLOCK: usize = 1024;

/// Room for one check, used again by the next.
#[derive(Default)]
pub(crate) struct Room<K> {
    numbering: Numbering,
    /// The class of each group of the source.
    pub(crate) class_of: Vec<u32>,
    pub(crate) keys: Vec<K>,
    pub(crate) counts: Vec<u32>,
    pub(crate) population: Vec<u32>,
    pub(crate) fates: Vec<Fate>,
    tables: Vec<(Field, Vec<K>)>,
    block: Vec<K>,
    /// The groups of the source, class after class, and where each class begins.
    members: Vec<u32>,
    starts: Vec<u32>,
    values: Values,
    sizes: Vec<u32>,
    /// Suppressed rows by column and code at the source's level; then doomed ones.
    pub(crate) suppressed: Vec<Vec<u64>>,
    pub(crate) doomed: Vec<Vec<u64>>,
}

/// What a check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Finding {
    /// Rows of classes that fail.
    pub(crate) suppressed: u64,
    /// Rows that are suppressed at every finer node too, at least.
    pub(crate) doomed: u64,
    /// Classes that pass, and rows in them squared class by class.
    pub(crate) classes: u64,
    pub(crate) kept_squares: u64,
    pub(crate) all_squares: u64,
    /// The most classes that can pass here or at a coarser node.
    pub(crate) most: u64,
    /// Whether all groups were put into classes.
    pub(crate) rolled: bool,
    /// Whether the check went on to the end. It stops when more rows are doomed than the limit.
    pub(crate) whole: bool,
}

impl<K: Key> Ground<K> {
    /// How many classes there can be at most where no more rows than the limit are doomed.
    ///
    /// Of `n` classes, `x` smaller than the smallest allowed have a row at least, the others `size`:
    /// `x + size·(n − x) ≤ rows`. All rows of the `x` are doomed, so `x ≤ limit`.
    fn most_classes(&self, limit: u64) -> u64 {
        let size = u64::from(self.rules.size);
        if self.base.population.is_empty() {
            self.rows.saturating_add(limit.saturating_mul(size - 1)) / size
        } else {
            u64::MAX
        }
    }

    /// Groups the source's groups by their tuples at the node; false where it is given up because
    /// there are more classes than that.
    fn roll(&self, source: &Groups<K>, node: &[u8], most: u64, room: &mut Room<K>) -> bool {
        room.numbering.clear();
        room.keys.clear();
        room.counts.clear();
        room.population.clear();
        room.class_of.clear();
        room.tables.clear();
        let mut kept = K::default();
        for (column, field) in self.fields.iter().enumerate() {
            let (from, to) = (source.node[column], node[column]);
            if self.levels[column].at[usize::from(to)].size() == 1 {
                // The one code is nought.
            } else if from == to {
                kept = kept.join(K::place(field.mask, *field));
            } else {
                let step = self.levels[column].step(from, to);
                room.tables
                    .push((*field, step.iter().map(|code| K::place(*code, *field)).collect()));
            }
        }
        room.class_of.reserve(source.len());
        // Column by column within a block, so that each loop is short.
        for (block, keys) in source.keys.chunks(BLOCK).enumerate() {
            room.block.clear();
            room.block.extend(keys.iter().map(|key| key.keep(kept)));
            for (field, table) in &room.tables {
                for (at, key) in room.block.iter_mut().zip(keys) {
                    *at = at.join(table[key.take(*field) as usize]);
                }
            }
            let mut rows = source.counts[block * BLOCK..].iter();
            let (counts, class_of) = (&mut room.counts, &mut room.class_of);
            room.numbering.number_all(&room.block, &mut room.keys, |class| {
                let rows = rows.next().copied().unwrap_or_default();
                match counts.get_mut(class) {
                    Some(count) => *count += rows,
                    None => counts.push(rows),
                }
                class_of.push(u32::try_from(class).unwrap_or(u32::MAX));
            });
            if room.keys.len() as u64 > most {
                return false;
            }
        }
        if !source.population.is_empty() {
            room.population.resize(room.counts.len(), 0);
            for (class, people) in room.class_of.iter().zip(&source.population) {
                room.population[*class as usize] += people;
            }
        }
        true
    }

    /// Judges every class of a node. Classes and their fates stay in the room.
    ///
    /// It is given up where there are more classes than there can be within the limit, and than `wanted`.
    pub(crate) fn check(
        &self,
        source: &Groups<K>,
        node: &[u8],
        limit: u64,
        wanted: u64,
        room: &mut Room<K>,
    ) -> Finding {
        let mut finding = Finding::default();
        if !self.roll(source, node, self.most_classes(limit).max(wanted), room) {
            finding.doomed = limit.saturating_add(1);
            return finding;
        }
        finding.rolled = true;
        room.fates.clear();
        let mut failed = 0;
        for (class, rows) in room.counts.iter().enumerate() {
            let people = room.population.get(class).copied().unwrap_or(*rows);
            let fate = if *rows == 0 { Fate::Passes } else { self.rules.by_size(*rows, people) };
            room.fates.push(fate);
            finding.doomed += doomed(fate, *rows);
            finding.all_squares += u64::from(*rows) * u64::from(*rows);
            if fate == Fate::Passes {
                finding.most += u64::from(*rows > 0);
            } else {
                failed += u64::from(*rows);
            }
        }
        finding.most += failed / u64::from(self.rules.size);
        // A bound by the average cannot be added to those of single classes.
        let by_average = self.rules.average.map_or(0, |average| room.least_suppressed(average));
        if finding.doomed.max(by_average) > limit {
            finding.doomed = finding.doomed.max(by_average);
            return finding;
        }
        if (0..self.values.len()).any(|list| self.rules.asks(list)) {
            room.sort_members();
            for class in 0..room.counts.len() {
                let rows = room.counts[class];
                if room.fates[class] == Fate::Doomed || rows == 0 {
                    continue;
                }
                let before = doomed(room.fates[class], rows);
                let fate = self.by_values(source, class, room);
                room.fates[class] = fate;
                finding.doomed += doomed(fate, rows) - before;
                if finding.doomed > limit {
                    return finding;
                }
            }
        }
        finding.doomed = finding.doomed.max(by_average);
        if let Some(average) = self.rules.average {
            room.suppress_smallest(average);
        }
        finding.whole = true;
        let by_size = finding.most;
        for (rows, fate) in room.counts.iter().zip(&room.fates) {
            let rows = u64::from(*rows);
            match fate {
                Fate::Passes => {
                    finding.classes += u64::from(rows > 0);
                    finding.kept_squares += rows * rows;
                }
                Fate::Doomed | Fate::Fails(_) => finding.suppressed += rows,
            }
        }
        let of_values = finding.classes + finding.suppressed / u64::from(self.rules.size);
        finding.most = by_size.min(of_values);
        finding
    }

    fn by_values(&self, source: &Groups<K>, class: usize, room: &mut Room<K>) -> Fate {
        let rows = room.counts[class];
        let mut fate = room.fates[class];
        let members = room.starts[class] as usize..room.starts[class + 1] as usize;
        for (list, size) in self.values.iter().enumerate() {
            if !self.rules.asks(list) || fate == Fate::Doomed {
                continue;
            }
            room.values.fit(*size);
            for member in &room.members[members.clone()] {
                for (value, count) in source.lists[list].of(*member as usize) {
                    room.values.add(value, count);
                }
            }
            fate = worse(fate, self.rules.by_values(list, rows, &mut room.values));
            room.values.clear();
        }
        fate
    }

    /// The classes that were rolled up last, as groups from which coarser nodes can be made.
    pub(crate) fn keep(&self, source: &Groups<K>, node: &[u8], room: &mut Room<K>) -> Groups<K> {
        let mut lists = Vec::with_capacity(source.lists.len());
        if !source.lists.is_empty() {
            room.sort_members();
        }
        for (of, size) in source.lists.iter().zip(&self.values) {
            room.values.fit(*size);
            let mut list = Lists { starts: vec![0], ..Lists::default() };
            for class in room.starts.windows(2) {
                for member in &room.members[class[0] as usize..class[1] as usize] {
                    for (value, count) in of.of(*member as usize) {
                        room.values.add(value, count);
                    }
                }
                for value in &room.values.met {
                    list.values.push(*value);
                    list.counts.push(room.values.counts[*value as usize]);
                }
                room.values.clear();
                list.starts.push(u32::try_from(list.values.len()).unwrap_or(u32::MAX));
            }
            lists.push(list);
        }
        Groups {
            node: node.to_vec(),
            keys: room.keys.clone(),
            counts: room.counts.clone(),
            population: room.population.clone(),
            lists,
        }
    }

    /// Counts suppressed and doomed rows by column and code, at the levels of the source.
    pub(crate) fn count_suppressed(&self, source: &Groups<K>, room: &mut Room<K>) {
        let columns = self.fields.len();
        for sums in [&mut room.suppressed, &mut room.doomed] {
            sums.resize(columns, Vec::new());
            for (column, sums) in sums.iter_mut().enumerate() {
                sums.clear();
                sums.resize(self.levels[column].at[source.node[column] as usize].size(), 0);
            }
        }
        for (group, key) in source.keys.iter().enumerate() {
            let sums = match room.fates[room.class_of[group] as usize] {
                Fate::Passes => continue,
                Fate::Doomed => &mut room.doomed,
                Fate::Fails(_) => &mut room.suppressed,
            };
            let rows = u64::from(source.counts[group]);
            for (sums, field) in sums.iter_mut().zip(&self.fields) {
                sums[key.take(*field) as usize] += rows;
            }
        }
        for (suppressed, doomed) in room.suppressed.iter_mut().zip(&room.doomed) {
            for (suppressed, doomed) in suppressed.iter_mut().zip(doomed) {
                *suppressed += doomed;
            }
        }
    }
}

fn doomed(fate: Fate, rows: u32) -> u64 {
    match fate {
        Fate::Passes => 0,
        Fate::Doomed => u64::from(rows),
        Fate::Fails(doomed) => u64::from(doomed),
    }
}

impl<K> Room<K> {
    /// Sorts the groups of the source by class.
    fn sort_members(&mut self) {
        self.starts.clear();
        self.starts.resize(self.counts.len() + 1, 0);
        for class in &self.class_of {
            self.starts[*class as usize + 1] += 1;
        }
        for class in 0..self.counts.len() {
            self.starts[class + 1] += self.starts[class];
        }
        self.members.clear();
        self.members.resize(self.class_of.len(), 0);
        // The starts move to the ends while members are put, and are put back after.
        for (group, class) in (0_u32..).zip(&self.class_of) {
            let at = &mut self.starts[*class as usize];
            self.members[*at as usize] = group;
            *at += 1;
        }
        for class in (0..self.counts.len()).rev() {
            self.starts[class + 1] = self.starts[class];
        }
        self.starts[0] = 0;
    }

    /// The fewest rows whose loss brings classes per row down to so much, whatever else is asked.
    ///
    /// It bounds finer nodes too: take what is kept there, and keep here every class that has some
    /// of it. There are no more classes then, and no fewer rows.
    fn least_suppressed(&mut self, average: f64) -> u64 {
        self.sizes.clear();
        self.sizes.extend(self.counts.iter().filter(|rows| **rows > 0));
        self.sizes.sort_unstable();
        let mut kept: u64 = self.sizes.iter().map(|rows| u64::from(*rows)).sum();
        let mut classes = self.sizes.len() as u64;
        let mut gone = 0;
        for rows in &self.sizes {
            if within(classes, kept, average) {
                break;
            }
            classes -= 1;
            kept -= u64::from(*rows);
            gone += u64::from(*rows);
        }
        gone
    }

    /// Suppresses the smallest classes that are left, all of a size together, until classes per
    /// row are few enough.
    fn suppress_smallest(&mut self, average: f64) {
        self.sizes.clear();
        let classes = self.counts.iter().zip(&self.fates);
        let kept = classes.filter(|(rows, fate)| **rows > 0 && **fate == Fate::Passes);
        self.sizes.extend(kept.map(|(rows, _)| *rows));
        self.sizes.sort_unstable();
        let mut rows: u64 = self.sizes.iter().map(|rows| u64::from(*rows)).sum();
        let mut classes = self.sizes.len() as u64;
        let mut under = 0;
        for same in self.sizes.chunk_by(|a, b| a == b) {
            if within(classes, rows, average) {
                break;
            }
            classes -= same.len() as u64;
            rows -= same.iter().map(|rows| u64::from(*rows)).sum::<u64>();
            under = same[0] + 1;
        }
        for (rows, fate) in self.counts.iter().zip(&mut self.fates) {
            if *rows < under && *fate == Fate::Passes {
                *fate = Fate::Fails(0);
            }
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "fewer than 2^32 rows")]
fn within(classes: u64, rows: u64, average: f64) -> bool {
    classes as f64 <= average * rows as f64 * (1.0 + 1e-9)
}
