//! What Azukari speaks to outside, one file per protocol. Each only delivers: what is sent, to whom
//! and whether it may be sent is decided before.

pub mod mail;
pub mod webhook;

/// Why a message was not taken by the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotSent {
    /// It is away or busy, or does not take it now: later.
    Later {
        /// The number it answered with (RFC 5321, 4.2; RFC 9110, 15), if it answered.
        code: Option<u16>,
    },
    /// It will never take this message.
    Never {
        /// The number; `None` when the message cannot even be addressed.
        code: Option<u16>,
    },
}
