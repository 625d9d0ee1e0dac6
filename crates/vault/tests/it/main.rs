//! The vault from outside: what opens, what stays shut, and what is gone for good.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod house;
mod keys;
mod sealing;
mod secrets;
