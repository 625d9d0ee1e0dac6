//! The one binary. Reads the command line and hands over to `cli`.

use std::process::ExitCode;

/// What one thread allocates another frees here: questions and rows go between the threads that
/// answer and the one that writes. The system's allocator spends a tenth of an act on locks over it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    azukari::cli::run()
}
