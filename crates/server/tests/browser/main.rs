//! The pages as people see them: the real binary, a real Chromium, both languages, a phone and a
//! desk. Pictures of every page are left in `target/pictures`.
//!
//! Needs chromium, chromedriver and a mail server; `./check` installs them.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod counter;
mod desk;
mod desk_datasets;
mod desk_requests;
mod forms;
mod guest;
mod house;
mod linking;
mod paying;
mod pictures;
#[path = "../post/mod.rs"]
mod post;
mod requests;
mod story;
mod walks;
