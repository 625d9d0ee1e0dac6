//! Columns as small numbers: a dictionary of what occurs, and a code for each row in one, two or
//! four bytes, whichever is enough.

use rustc_hash::FxHashMap;

/// The codes of a column, one for each row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Codes {
    U8(Vec<u8>),
    U16(Vec<u16>),
    U32(Vec<u32>),
}

impl Default for Codes {
    fn default() -> Self {
        Self::U8(Vec::new())
    }
}

impl Codes {
    /// Adds a code, and widens all of them when it is the first that does not fit.
    pub fn push(&mut self, code: u32) {
        match self {
            Self::U8(codes) => match u8::try_from(code) {
                Ok(code) => codes.push(code),
                Err(_) => {
                    *self = Self::U16(codes.iter().map(|code| u16::from(*code)).collect());
                    self.push(code);
                }
            },
            Self::U16(codes) => match u16::try_from(code) {
                Ok(code) => codes.push(code),
                Err(_) => {
                    *self = Self::U32(codes.iter().map(|code| u32::from(*code)).collect());
                    self.push(code);
                }
            },
            Self::U32(codes) => codes.push(code),
        }
    }

    /// The code of a row.
    pub fn get(&self, row: usize) -> u32 {
        match self {
            Self::U8(codes) => u32::from(codes[row]),
            Self::U16(codes) => u32::from(codes[row]),
            Self::U32(codes) => codes[row],
        }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        match self {
            Self::U8(codes) => codes.len(),
            Self::U16(codes) => codes.len(),
            Self::U32(codes) => codes.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What occurs in a column, in the order in which it was first met.
#[derive(Debug, Clone, Default)]
pub struct Dictionary {
    values: Vec<String>,
    /// By the bytes of the file, so that a value is decoded once.
    index: FxHashMap<Box<[u8]>, u32>,
    /// By value, where its bytes are others in the file: Shift_JIS has two ways to write some.
    decoded: FxHashMap<String, u32>,
}

impl Dictionary {
    /// The code of a value by its bytes in the file.
    pub fn code(&self, bytes: &[u8]) -> Option<u32> {
        self.index.get(bytes).copied()
    }

    /// Takes up bytes that were not met yet.
    pub(crate) fn insert(&mut self, bytes: &[u8], value: String) -> u32 {
        let next = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
        let code = if bytes == value.as_bytes() {
            next
        } else {
            *self.decoded.entry(value.clone()).or_insert(next)
        };
        self.index.insert(bytes.into(), code);
        if code == next {
            self.values.push(value);
        }
        code
    }

    /// The values by their codes.
    pub fn values(&self) -> &[String] {
        &self.values
    }
}

/// Text of rows, one after the other: for columns of which the engine asks nothing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Text {
    text: String,
    ends: Vec<usize>,
}

impl Text {
    pub(crate) fn push(&mut self, value: &str) {
        self.text.push_str(value);
        self.ends.push(self.text.len());
    }

    pub(crate) fn get(&self, row: usize) -> &str {
        let from = if row == 0 { 0 } else { self.ends[row - 1] };
        &self.text[from..self.ends[row]]
    }
}
