//! Makes tables anonymous.
//!
//! A table is read as codes (`read`, `parquet`, `pages`, `column`, `table`), its distinct tuples are counted (`groups`),
//! and the cheapest way to generalise whole columns so that the models hold is found and proven
//! (`engine`: `levels`, `model`, `check`, `measure`, `lattice`, `search`, `guess`, `boxes`). `ways` lists others
//! to choose from, `local` generalises rows differently, `recoding` writes the result, `verify` reads it
//! back and `report` says what risks remain. The crate knows files as streams of bytes, and nothing of
//! whose tables they are; it has no clock and no network, and time to spend is asked of the caller.

mod boxes;
mod check;
mod column;
mod engine;
mod error;
mod groups;
mod guess;
mod hierarchy;
mod lattice;
mod levels;
mod local;
mod measure;
mod model;
mod pages;
pub mod parquet;
mod read;
mod recoding;
pub mod report;
mod search;
mod table;
pub mod verify;
mod ways;
mod words;

pub use column::{Codes, Dictionary};
pub use engine::{Engine, Optimum, Settings};
pub use error::{Error, Fault, Said, Spot};
pub use groups::Histogram;
pub use hierarchy::{
    DateStep, Hierarchy, Intervals, STAR, dates, day, intervals, masks, orderings, tree,
};
pub use measure::Measure;
pub use model::{Distance, Model};
pub use read::{Encoding, Format, Rows};
pub use recoding::{Output, Recoding, Suppressed};
pub use search::Effort;
pub use table::{Chunk, Plan, Role, Sample, Schema};
pub use ways::{Way, Ways};
pub use words::{Language, number};
