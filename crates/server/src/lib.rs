//! Azukari: a privacy policy that runs. The map of the rooms:
//!
//! - entrances: [`api`] for machines, [`web`] for people, [`cli`] for operators, [`jobs`] for time
//! - [`acts`]: what people decide
//! - the three doors: [`intake`] in, [`gate`] out, [`erase`] to end
//! - [`tombstones`]: every erasure, kept apart for when an older database comes back
//! - [`answer`]: what a person receives on her request
//! - what follows an act: [`instruct`], [`outbox`], [`letter`], [`webhook`], [`connectors`]
//! - keepers: [`record`], [`linked`], [`agreement`], [`store`], [`keys`], [`hashing`]
//! - witnesses: [`verify`] and [`forecast`], which only look
//!
//! Calls go down this list and never up. ARCHITECTURE.md walks through it.

pub mod acts;
pub mod agreement;
pub mod answer;
pub mod api;
pub mod app;
pub mod cli;
pub mod clock;
pub mod connectors;
pub mod drp;
pub mod erase;
pub mod error;
pub mod forecast;
pub mod gate;
pub mod hashing;
pub mod instruct;
pub mod intake;
pub mod jobs;
pub mod keys;
pub mod letter;
pub mod linked;
pub mod once;
pub mod outbox;
pub mod public_url;
pub mod record;
pub mod store;
pub mod tombstones;
pub mod verify;
pub mod web;
pub mod webhook;
pub mod words;
