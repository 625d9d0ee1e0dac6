//! Makes tables anonymous.

mod column;
mod error;
mod hierarchy;
mod read;
mod table;

pub use column::{Codes, Dictionary};
pub use error::{Error, Fault};
pub use hierarchy::{
    DateStep, Hierarchy, Intervals, STAR, dates, intervals, masks, orderings, tree,
};
pub use read::{Encoding, Format, Rows};
pub use table::{Chunk, Plan, Role, Sample, Schema};
