//! What commands say on standard output. Whoever reads it may have seen enough, as `head` has: then the
//! command ends quietly, as programs in a pipe do.

use std::fmt::Arguments;
use std::io::{ErrorKind, Write};

/// Says a line.
macro_rules! say {
    () => { $crate::cli::say::out(format_args!("\n")) };
    ($($said:tt)*) => { $crate::cli::say::out(format_args!("{}\n", format_args!($($said)*))) };
}

/// Says what ends its own lines.
macro_rules! say_on {
    ($($said:tt)*) => { $crate::cli::say::out(format_args!($($said)*)) };
}

pub(super) use {say, say_on};

/// How a program ends whose reader went, as a shell tells it: 128 and the number of SIGPIPE. Success would
/// say of a check that it found nothing.
const NOBODY_READS: i32 = 141;

/// Writes it, or ends: quietly when nobody reads any more, otherwise saying what is wrong. What a command
/// has done by then is on the disk.
pub(super) fn out(said: Arguments<'_>) {
    let mut to = std::io::stdout().lock();
    let Err(error) = to.write_fmt(said).and_then(|()| to.flush()) else { return };
    if error.kind() != ErrorKind::BrokenPipe {
        eprintln!("azukari: standard output cannot be written: {error}");
        std::process::exit(1);
    }
    std::process::exit(NOBODY_READS);
}
