//! The pages as people see them: the real binary, a real Chromium, both languages, a phone and a
//! desk. Pictures of every page are left in `target/pictures`.
//!
//! Needs chromium and chromedriver; `./check` installs them.

mod house;
mod pictures;
mod story;
