//! The one binary. Reads the command line and hands over to `cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    azukari::cli::run()
}
