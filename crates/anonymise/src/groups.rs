//! Rows grouped by what they have in common: the distinct tuples of the table, and the classes of
//! any node, which are made from the table or from a finer node's classes.

use crate::{Error, Schema, error::Fault, levels::Levels, table::Chunk};

/// The codes of a tuple in one number, each column in bits of its own.
pub(crate) trait Key: Copy + Ord + Default + Send + Sync + 'static {
    fn place(code: u32, field: Field) -> Self;
    fn take(self, field: Field) -> u32;
    fn join(self, other: Self) -> Self;
    fn keep(self, mask: Self) -> Self;
    fn hash(self) -> u64;
}

/// Where a column is in a key.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Field {
    pub(crate) shift: u32,
    pub(crate) mask: u32,
}

const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

impl Key for u64 {
    #[inline]
    fn place(code: u32, field: Field) -> Self {
        u64::from(code) << field.shift
    }
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "the mask is that of 32 bits")]
    fn take(self, field: Field) -> u32 {
        (self >> field.shift) as u32 & field.mask
    }
    #[inline]
    fn join(self, other: Self) -> Self {
        self | other
    }
    #[inline]
    fn keep(self, mask: Self) -> Self {
        self & mask
    }
    #[inline]
    fn hash(self) -> u64 {
        // Every bit of the key reaches every bit of the hash: places are taken from the low ones.
        let mixed = (self ^ (self >> 32)).wrapping_mul(SPREAD);
        let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed ^ (mixed >> 32)
    }
}

impl Key for u128 {
    #[inline]
    fn place(code: u32, field: Field) -> Self {
        u128::from(code) << field.shift
    }
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "the mask is that of 32 bits")]
    fn take(self, field: Field) -> u32 {
        (self >> field.shift) as u32 & field.mask
    }
    #[inline]
    fn join(self, other: Self) -> Self {
        self | other
    }
    #[inline]
    fn keep(self, mask: Self) -> Self {
        self & mask
    }
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "both halves are mixed in")]
    fn hash(self) -> u64 {
        ((self >> 64) as u64).wrapping_mul(SPREAD).rotate_left(23).wrapping_add(self as u64).hash()
    }
}

/// A key of many words, the highest first, so that it compares as one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Long<const WORDS: usize>([u64; WORDS]);

impl<const WORDS: usize> Default for Long<WORDS> {
    fn default() -> Self {
        Self([0; WORDS])
    }
}

impl<const WORDS: usize> Long<WORDS> {
    /// The word of a bit, and the bit's place in it. A field may reach into the word before.
    #[inline]
    fn at(shift: u32) -> (usize, u32) {
        (WORDS - 1 - (shift / u64::BITS) as usize, shift % u64::BITS)
    }

    fn both(self, other: Self, join: impl Fn(u64, u64) -> u64) -> Self {
        Self(std::array::from_fn(|word| join(self.0[word], other.0[word])))
    }
}

impl<const WORDS: usize> Key for Long<WORDS> {
    #[inline]
    fn place(code: u32, field: Field) -> Self {
        let mut key = Self::default();
        let (word, bit) = Self::at(field.shift);
        let code = u128::from(code) << bit;
        key.0[word] = low_half(code);
        if let Some(high) = word.checked_sub(1).and_then(|word| key.0.get_mut(word)) {
            *high = low_half(code >> u64::BITS);
        }
        key
    }
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "the mask is that of 32 bits")]
    fn take(self, field: Field) -> u32 {
        let (word, bit) = Self::at(field.shift);
        let high = word.checked_sub(1).map_or(0, |word| self.0[word]);
        let both = u128::from(high) << u64::BITS | u128::from(self.0[word]);
        (both >> bit) as u32 & field.mask
    }
    #[inline]
    fn join(self, other: Self) -> Self {
        self.both(other, |one, other| one | other)
    }
    #[inline]
    fn keep(self, mask: Self) -> Self {
        self.both(mask, |one, other| one & other)
    }
    #[inline]
    fn hash(self) -> u64 {
        let mixed =
            |sum: u64, word: &u64| sum.wrapping_mul(SPREAD).rotate_left(23).wrapping_add(*word);
        self.0.iter().fold(0, mixed).hash()
    }
}

#[expect(clippy::cast_possible_truncation, reason = "that is what is asked")]
fn low_half(number: u128) -> u64 {
    number as u64
}

/// Keys for up to 256 bits, and for the most that there may be.
pub(crate) type Long256 = Long<4>;
pub(crate) type Long1024 = Long<16>;
const MOST_BITS: u32 = 1024;

/// Fields for columns with so many codes, the largest in the highest bits, and the bits that they
/// need together.
pub(crate) fn fields(sizes: &[usize]) -> (Vec<Field>, u32) {
    let mut columns: Vec<usize> = (0..sizes.len()).collect();
    columns.sort_by_key(|column| sizes[*column]);
    let mut shift = 0;
    let mut fields = vec![Field::default(); sizes.len()];
    for column in columns {
        let bits = usize::BITS - sizes[column].saturating_sub(1).leading_zeros();
        let mask = u32::try_from((1_u64 << bits) - 1).unwrap_or(u32::MAX);
        fields[column] = Field { shift, mask };
        shift += bits;
    }
    (fields, shift)
}

/// Numbers keys by order of appearance, by open addressing over their places.
#[derive(Debug, Default)]
pub(crate) struct Numbering {
    /// Half a hash above, one more than the place below; nought where free.
    slots: Vec<u64>,
    /// Of many keys, each one's hash and what stood in its first slot.
    met: Vec<(u64, u64)>,
}

const LOW: u64 = 0xFFFF_FFFF;
const FIRST_SLOTS: usize = 1 << 10;
/// Below, slots are multiplied by four; above, memory counts for more than time.
const FEW_SLOTS: usize = 1 << 20;

impl Numbering {
    pub(crate) fn clear(&mut self) {
        self.slots.truncate(FIRST_SLOTS);
        self.slots.fill(0);
        if self.slots.is_empty() {
            self.slots = vec![0; FIRST_SLOTS];
        }
    }

    /// The place of a key among `keys`, where it is put at the end if it is new.
    #[inline]
    pub(crate) fn number<K: Key>(&mut self, key: K, keys: &mut Vec<K>) -> usize {
        self.number_hashed(key, key.hash(), keys)
    }

    /// The places of many keys, one after the other.
    ///
    /// Their first slots are looked up together before any is used: the processor waits for memory once
    /// instead of key by key. A key that is found stays where it is, so what was looked up stays true.
    pub(crate) fn number_all<K: Key>(
        &mut self,
        many: &[K],
        keys: &mut Vec<K>,
        mut see: impl FnMut(usize),
    ) {
        let mask = self.slots.len() - 1;
        let mut met = std::mem::take(&mut self.met);
        met.clear();
        met.extend(many.iter().map(|key| {
            let hash = key.hash();
            (hash, self.slots[usize::try_from(hash & LOW).unwrap_or(0) & mask])
        }));
        for (key, (hash, slot)) in many.iter().zip(&met) {
            let place = usize::try_from(slot & LOW).unwrap_or(0).wrapping_sub(1);
            let found = (slot ^ hash) & !LOW == 0 && keys.get(place) == Some(key);
            see(if found { place } else { self.number_hashed(*key, *hash, keys) });
        }
        self.met = met;
    }

    fn number_hashed<K: Key>(&mut self, key: K, hash: u64, keys: &mut Vec<K>) -> usize {
        let mask = self.slots.len() - 1;
        let tag = hash & !LOW;
        let mut at = usize::try_from(hash & LOW).unwrap_or(0) & mask;
        loop {
            let slot = self.slots[at];
            if slot == 0 {
                break;
            }
            if slot & !LOW == tag {
                let place = usize::try_from(slot & LOW).unwrap_or(0) - 1;
                if keys[place] == key {
                    return place;
                }
            }
            at = (at + 1) & mask;
        }
        let place = keys.len();
        keys.push(key);
        self.slots[at] = tag | (place as u64 + 1);
        // Where memory counts for little most keys are to have their first slot.
        let few = self.slots.len() < FEW_SLOTS;
        if keys.len() > if few { self.slots.len() / 4 } else { self.slots.len() / 8 * 5 } {
            self.grow(keys);
        }
        place
    }

    /// The place of a key among `keys`, if it is there.
    pub(crate) fn find<K: Key>(&self, key: K, keys: &[K]) -> Option<usize> {
        let hash = key.hash();
        let mask = self.slots.len().checked_sub(1)?;
        let mut at = usize::try_from(hash & LOW).unwrap_or(0) & mask;
        loop {
            let slot = self.slots[at];
            if slot == 0 {
                return None;
            }
            let place = usize::try_from(slot & LOW).unwrap_or(0) - 1;
            if keys[place] == key {
                return Some(place);
            }
            at = (at + 1) & mask;
        }
    }

    fn grow<K: Key>(&mut self, keys: &[K]) {
        let few = self.slots.len() < FEW_SLOTS;
        let size = self.slots.len() * if few { 4 } else { 2 };
        self.slots.clear();
        if !few {
            // The old ones go first, so that both are never held.
            self.slots = Vec::new();
            self.slots.reserve_exact(size);
        }
        self.slots.resize(size, 0);
        for (place, key) in keys.iter().enumerate() {
            let hash = key.hash();
            let mut at = usize::try_from(hash & LOW).unwrap_or(0) & (size - 1);
            while self.slots[at] != 0 {
                at = (at + 1) & (size - 1);
            }
            self.slots[at] = (hash & !LOW) | (place as u64 + 1);
        }
    }
}

/// What occurs of a sensitive column in each group: values with their counts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lists {
    /// Where the entries of each group begin; one more at the end.
    pub(crate) starts: Vec<u32>,
    pub(crate) values: Vec<u32>,
    pub(crate) counts: Vec<u32>,
}

impl Lists {
    pub(crate) fn of(&self, group: usize) -> impl Iterator<Item = (u32, u32)> {
        let range = self.starts[group] as usize..self.starts[group + 1] as usize;
        self.values[range.clone()].iter().copied().zip(self.counts[range].iter().copied())
    }
}

/// Groups of rows at a node.
#[derive(Debug, Clone, Default)]
pub(crate) struct Groups<K> {
    pub(crate) node: Vec<u8>,
    pub(crate) keys: Vec<K>,
    /// Rows that are published.
    pub(crate) counts: Vec<u32>,
    /// Rows of the population; empty where all are published.
    pub(crate) population: Vec<u32>,
    pub(crate) lists: Vec<Lists>,
}

impl<K> Groups<K> {
    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    /// Bytes held, about.
    pub(crate) fn bytes(&self) -> usize {
        let lists: usize = self.lists.iter().map(|l| l.starts.len() * 4 + l.values.len() * 8).sum();
        self.keys.len() * (size_of::<K>() + 4) + self.population.len() * 4 + lists
    }
}

/// Keys that are numbered.
pub(crate) struct Numbered<K> {
    numbering: Numbering,
    keys: Vec<K>,
}

impl<K: Key> Numbered<K> {
    fn new() -> Self {
        let mut numbering = Numbering::default();
        numbering.clear();
        Self { numbering, keys: Vec::new() }
    }
}

fn key<K: Key>(fields: &[Field], chunk: &Chunk, row: usize) -> K {
    let columns = chunk.quasi.iter().zip(fields);
    columns.fold(K::default(), |key, (codes, field)| key.join(K::place(codes.get(row), *field)))
}

/// Something with keys that are as wide as a table needs.
pub(crate) enum Width<N, W, L, M> {
    Narrow(N),
    Wide(W),
    Long(L),
    Most(M),
}

/// The same for every width.
macro_rules! either {
    ($width:expr, $of:pat => $do:expr) => {
        match $width {
            $crate::groups::Width::Narrow($of) => $do,
            $crate::groups::Width::Wide($of) => $do,
            $crate::groups::Width::Long($of) => $do,
            $crate::groups::Width::Most($of) => $do,
        }
    };
}
pub(crate) use either;

/// What is made for keys of so many bits.
macro_rules! of_width {
    ($bits:expr, $key:ident => $make:expr) => {
        match $bits {
            0..=64 => {
                type $key = u64;
                $crate::groups::Width::Narrow($make)
            }
            65..=128 => {
                type $key = u128;
                $crate::groups::Width::Wide($make)
            }
            129..=256 => {
                type $key = $crate::groups::Long256;
                $crate::groups::Width::Long($make)
            }
            _ => {
                type $key = $crate::groups::Long1024;
                $crate::groups::Width::Most($make)
            }
        }
    };
}
pub(crate) use of_width;

type Tuples = Width<Numbered<u64>, Numbered<u128>, Numbered<Long256>, Numbered<Long1024>>;

/// The distinct tuples of a table, counted chunk by chunk: what the engine knows of its rows.
pub struct Histogram {
    fields: Vec<Field>,
    tuples: Tuples,
    counts: Vec<u32>,
    population: Option<Vec<u32>>,
    /// Sensitive columns that are counted, by their number in the schema.
    watched: Vec<usize>,
    /// For each of them: tuple and value, and how often they meet.
    pairs: Vec<(Numbered<u64>, Vec<u32>)>,
    rows: u64,
    published: u64,
}

impl Histogram {
    /// An empty histogram that counts these sensitive columns, by their names.
    ///
    /// # Errors
    /// The columns that tell people apart do not fit into 1024 bits, or one is not sensitive.
    pub fn new(schema: &Schema, sensitive: &[&str]) -> Result<Self, Error> {
        Self::of_bits(schema, sensitive, 0)
    }

    /// The same with keys of so many bits at least.
    pub(crate) fn of_bits(schema: &Schema, sensitive: &[&str], least: u32) -> Result<Self, Error> {
        let domains: Vec<usize> = (0..schema.quasi.len())
            .map(|column| schema.hierarchy(column).map_or(0, crate::Hierarchy::domain))
            .collect();
        let (fields, bits) = fields(&domains);
        if bits > MOST_BITS {
            return Err(Error::new(&schema.file, Fault::TooWide(bits)));
        }
        let mut watched = Vec::new();
        for name in sensitive {
            let at = schema.sensitive.iter().position(|column| column.name == *name);
            let words = [
                "a model speaks of this column: it has to be sensitive",
                "基準の対象となる列です。機微な属性（sensitive）にしてください",
            ];
            let at = at.ok_or_else(|| Error::wrong(&schema.file, words).column(name))?;
            if !watched.contains(&at) {
                watched.push(at);
            }
        }
        let pairs = watched.iter().map(|_| (Numbered::new(), Vec::new()));
        Ok(Self {
            fields,
            tuples: of_width!(bits.max(least), Key => Numbered::<Key>::new()),
            counts: Vec::new(),
            population: None,
            pairs: pairs.collect(),
            watched,
            rows: 0,
            published: 0,
        })
    }

    /// Counts the rows of a chunk.
    ///
    /// # Errors
    /// There are more rows than can be counted.
    pub fn add(&mut self, schema: &Schema, chunk: &Chunk) -> Result<(), Error> {
        self.rows += chunk.rows as u64;
        if self.rows > u64::from(u32::MAX) {
            return Err(Error::wrong(
                &schema.file,
                ["more than 4 294 967 295 rows", "行が4,294,967,295行を超えています"],
            ));
        }
        if chunk.sampled.is_some() && self.population.is_none() {
            self.population = Some(Vec::new());
        }
        for row in 0..chunk.rows {
            let tuple = either!(&mut self.tuples, Numbered { numbering, keys } => {
                numbering.number(key(&self.fields, chunk, row), keys)
            });
            if tuple == self.counts.len() {
                self.counts.push(0);
                if let Some(population) = &mut self.population {
                    population.push(0);
                }
            }
            if let Some(population) = &mut self.population {
                population[tuple] += 1;
            }
            if !chunk.published(row) {
                continue;
            }
            self.counts[tuple] += 1;
            self.published += 1;
            for (column, (pairs, counts)) in self.watched.iter().zip(&mut self.pairs) {
                let value = u64::from(chunk.sensitive[*column].get(row));
                let pair = (tuple as u64) << 32 | value;
                let pair = pairs.numbering.number(pair, &mut pairs.keys);
                if pair == counts.len() {
                    counts.push(0);
                }
                counts[pair] += 1;
            }
        }
        Ok(())
    }

    /// Rows that are published.
    pub fn published(&self) -> u64 {
        self.published
    }

    /// How many different tuples there are.
    pub fn tuples(&self) -> usize {
        self.counts.len()
    }

    /// How often each value of a watched column is published.
    #[expect(clippy::cast_possible_truncation, reason = "the low half has 32 bits")]
    pub(crate) fn of_value(&self, list: usize, values: usize) -> Vec<u64> {
        let mut sums = vec![0; values];
        let (pairs, counts) = &self.pairs[list];
        for (pair, count) in pairs.keys.iter().zip(counts) {
            sums[*pair as u32 as usize] += u64::from(*count);
        }
        sums
    }

    pub(crate) fn watched(&self) -> &[usize] {
        &self.watched
    }

    pub(crate) fn counts(&self) -> &[u32] {
        &self.counts
    }

    pub(crate) fn population(&self) -> Option<&[u32]> {
        self.population.as_deref()
    }

    /// The code of a column in a tuple, by the dictionary of the schema.
    pub(crate) fn code(&self, tuple: usize, column: usize) -> u32 {
        either!(&self.tuples, of => of.keys[tuple].take(self.fields[column]))
    }

    /// The tuple of a row, if it was counted.
    pub(crate) fn tuple(&self, chunk: &Chunk, row: usize) -> Option<usize> {
        either!(&self.tuples, Numbered { numbering, keys } => {
            numbering.find(key(&self.fields, chunk, row), keys)
        })
    }

    /// The tuples as groups with keys packed for the values that occur, and the tuple of each.
    ///
    /// They are sorted by key, and codes are in the order of the hierarchies: what falls together at
    /// a coarser node lies close together, which the processor's caches like.
    pub(crate) fn groups<K: Key>(
        &self,
        fields: &[Field],
        levels: &[Levels],
    ) -> (Groups<K>, Vec<u32>) {
        let columns: Vec<_> = self.fields.iter().zip(fields).zip(levels).collect();
        let mut sorted: Vec<(K, u32)> = either!(&self.tuples, of => {
            let pack = |key: &_| {
                columns.iter().fold(K::default(), |packed, ((from, to), levels)| {
                    let code = Key::take(*key, **from);
                    packed.join(K::place(levels.at[0].of[code as usize], **to))
                })
            };
            of.keys.iter().map(pack).zip(0..).collect()
        });
        sorted.sort_unstable_by_key(|(key, _)| *key);
        let (keys, order): (Vec<K>, Vec<u32>) = sorted.into_iter().unzip();
        let pick = |counts: &[u32]| order.iter().map(|tuple| counts[*tuple as usize]).collect();
        let mut place = vec![0; if self.pairs.is_empty() { 0 } else { order.len() }];
        if !place.is_empty() {
            for (at, tuple) in (0_u32..).zip(&order) {
                place[*tuple as usize] = at;
            }
        }
        let lists =
            self.pairs.iter().map(|(pairs, counts)| self.lists(&pairs.keys, counts, &place));
        let groups = Groups {
            node: vec![0; fields.len()],
            keys,
            counts: pick(&self.counts),
            population: self.population.as_ref().map(|people| pick(people)).unwrap_or_default(),
            lists: lists.collect(),
        };
        (groups, order)
    }

    #[expect(clippy::cast_possible_truncation, reason = "both halves have 32 bits")]
    fn lists(&self, pairs: &[u64], counts: &[u32], place: &[u32]) -> Lists {
        let mut starts = vec![0_u32; self.counts.len() + 1];
        let group = |pair: &u64| place[(pair >> 32) as usize] as usize;
        for pair in pairs {
            starts[group(pair) + 1] += 1;
        }
        for at in 0..self.counts.len() {
            starts[at + 1] += starts[at];
        }
        let mut next = starts.clone();
        let mut lists =
            Lists { starts, values: vec![0; pairs.len()], counts: vec![0; pairs.len()] };
        for (pair, count) in pairs.iter().zip(counts) {
            let at = &mut next[group(pair)];
            lists.values[*at as usize] = *pair as u32;
            lists.counts[*at as usize] = *count;
            *at += 1;
        }
        lists
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys<K: Key>(codes: &[Vec<u32>], fields: &[Field]) -> Vec<K> {
        let join = |key: K, (code, field): (&u32, &Field)| key.join(K::place(*code, *field));
        codes.iter().map(|codes| codes.iter().zip(fields).fold(K::default(), join)).collect()
    }

    /// A class is counted in 32 bits: more rows are refused, and no count has gone round before.
    #[test]
    fn more_rows_than_can_be_counted_are_refused() {
        let hierarchy = crate::orderings("q", &["a", "b"], &[]);
        let hierarchy = hierarchy.unwrap();
        let plan = crate::Plan::new().with("q", crate::Role::Quasi(hierarchy));
        let open = || crate::Rows::open("t", "q\na\nb\n".as_bytes(), crate::Format::default());
        let mut rows = open().unwrap();
        let schema = Schema::new(&rows, &plan);
        let mut schema = schema.unwrap();
        let chunk = schema.chunk(&mut rows, 2);
        let chunk = chunk.unwrap();
        let histogram = Histogram::new(&schema, &[]);
        let mut histogram = histogram.unwrap();
        histogram.rows = u64::from(u32::MAX) - 2;
        assert!(histogram.add(&schema, &chunk).is_ok());
        let refused = histogram.add(&schema, &chunk).unwrap_err().to_string();
        assert_eq!(refused, "`t`: more than 4 294 967 295 rows");
    }

    /// Long keys are what shorter ones are, only longer.
    #[test]
    fn a_long_key_is_read_and_ordered_as_one_number() {
        let (fields, bits) = fields(&[97, 1, 70_000, 3, 1 << 31, 40_000, 2, 1 << 20]);
        assert!((90..=128).contains(&bits));
        let codes: Vec<Vec<u32>> = (0..500_u64)
            .map(|at| {
                let code = |column: u64, field: &Field| {
                    (((at * 7919 + column) * 0x9E37_79B9) >> 7).to_le_bytes()[..4]
                        .iter()
                        .fold(0, |code, byte| code << 8 | u32::from(*byte))
                        & field.mask
                };
                (0..).zip(&fields).map(|(column, field)| code(column, field)).collect()
            })
            .collect();
        let wide: Vec<u128> = keys(&codes, &fields);
        let long: Vec<Long256> = keys(&codes, &fields);
        let most: Vec<Long1024> = keys(&codes, &fields);
        for (row, codes) in codes.iter().enumerate() {
            for (code, field) in codes.iter().zip(&fields) {
                assert_eq!(long[row].take(*field), *code);
                assert_eq!(most[row].take(*field), *code);
                let mask = Long256::place(field.mask, *field);
                assert_eq!(long[row].keep(mask), Long256::place(*code, *field));
            }
        }
        let order = |keys: &dyn Fn(usize, usize) -> std::cmp::Ordering| {
            let mut order: Vec<usize> = (0..500).collect();
            order.sort_by(|one, other| keys(*one, *other));
            order
        };
        let wanted = order(&|one, other| wide[one].cmp(&wide[other]));
        assert_eq!(order(&|one, other| long[one].cmp(&long[other])), wanted);
        assert_eq!(order(&|one, other| most[one].cmp(&most[other])), wanted);
    }
}
