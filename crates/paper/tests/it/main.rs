//! What papers look like in each form.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

mod forms;
mod pdf;
mod properties;
mod samples;
