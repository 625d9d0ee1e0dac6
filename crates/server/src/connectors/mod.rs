//! What Azukari speaks to outside, one file per protocol. Each only delivers: what is sent, to whom
//! and whether it may be sent is decided before.

pub mod mail;
