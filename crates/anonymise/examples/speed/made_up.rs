//! A table of nine columns that tell people apart, made up while it is read: as large as one likes,
//! and never anywhere.

use std::io::{Cursor, Read};

use anonymise::{
    Hierarchy, Intervals, Measure, Model, Plan, Role, Settings, intervals, masks, orderings,
};

/// Columns with how many values each has.
const COLUMNS: [(&str, u64); 9] = [
    ("age", 100),
    ("postcode", 2000),
    ("sex", 2),
    ("job", 40),
    ("education", 8),
    ("status", 5),
    ("household", 10),
    ("income", 60),
    ("nationality", 30),
];

/// How many different tuples there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tuples {
    /// At most 20,000, however many rows there are.
    Few,
    /// Nearly one for each row.
    Many,
}

const PROFILES: u64 = 20_000;

struct Rows {
    left: u64,
    state: u64,
    tuples: Tuples,
    buffer: Cursor<Vec<u8>>,
}

impl Rows {
    fn new(rows: u64, tuples: Tuples) -> Self {
        let names: Vec<&str> = COLUMNS.iter().map(|(name, _)| *name).collect();
        let head = names.join(",") + "\n";
        Self { left: rows, state: 1, tuples, buffer: Cursor::new(head.into_bytes()) }
    }

    /// Below a bound, low numbers far more often than high ones.
    fn number(&mut self, bound: u64) -> u64 {
        self.state = self
            .state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let even = (self.state >> 33) % 1_000_000;
        let squared = even * even / 1_000_000;
        squared * even / 1_000_000 * bound / 1_000_000
    }
}

impl Read for Rows {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.buffer.read(buffer)?;
        if read > 0 || self.left == 0 {
            return Ok(read);
        }
        let mut text = std::mem::take(self.buffer.get_mut());
        text.clear();
        for _ in 0..self.left.min(2000) {
            let row = self.state;
            if self.tuples == Tuples::Few {
                // The same profile has the same numbers.
                self.state = self.number(PROFILES).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            }
            for (at, (_, bound)) in COLUMNS.iter().enumerate() {
                let number = self.number(*bound);
                let number = if at == 1 { 1000 + number } else { number };
                text.extend_from_slice(number.to_string().as_bytes());
                text.push(if at + 1 == COLUMNS.len() { b'\n' } else { b',' });
            }
            if self.tuples == Tuples::Few {
                self.state = row.wrapping_add(0x2545_F491_4F6C_DD1D);
            }
        }
        self.left -= self.left.min(2000);
        self.buffer = Cursor::new(text);
        self.buffer.read(buffer)
    }
}

fn hierarchy(name: &str, bound: u64) -> Hierarchy {
    let first = if name == "postcode" { 1000 } else { 0 };
    let values: Vec<String> = (first..first + bound).map(|value| value.to_string()).collect();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    let form = |widths| Intervals { origin: 0, widths, bottom: None, top: None };
    match name {
        "age" => intervals(name, &values, &form(vec![5, 10, 20])),
        "postcode" => masks(name, &values, &[3, 2, 1]),
        "income" => intervals(name, &values, &form(vec![5, 20])),
        "job" | "nationality" => orderings(name, &values, &[10]),
        _ => orderings(name, &values, &[]),
    }
    .unwrap()
}

/// Makes so many rows anonymous.
pub fn run(rows: u64, tuples: Tuples) {
    let plan = COLUMNS.iter().fold(Plan::new(), |plan, (name, bound)| {
        plan.with(name, Role::Quasi(hierarchy(name, *bound)))
    });
    // Where tuples are few each has many rows.
    let k = if tuples == Tuples::Few { 2000 } else { 10 };
    let settings =
        Settings { models: vec![Model::KAnonymity { k }], limit: 0.05, measure: Measure::Loss };
    crate::streamed(|| Rows::new(rows, tuples), &plan, settings);
}
