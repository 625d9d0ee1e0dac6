//! The proofs: the real binary is started, killed, starved, tampered with and asked for nonsense,
//! and what it promised must still hold. SQLite always; PostgreSQL too when
//! `AZUKARI_TEST_POSTGRES` holds an address (`postgres://…`). One file per promise; `house.rs` has
//! the server and its callers.

#![expect(clippy::unwrap_used, clippy::panic, reason = "what a test cannot do has failed it")]

mod bookings;
mod crash;
#[path = "../it/disguises.rs"]
mod disguises;
mod disk;
mod erasure;
mod house;
mod kill;
mod looking;
mod outside;
mod receipts;
mod refusals;
mod tampering;
mod telling;
