//! What makes a table anonymous, and what does not.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

mod golden;
mod local;
mod naive;
mod optimum;
mod parquet;
mod reading;
mod report;
mod tables;
mod ways;
mod wrong;
