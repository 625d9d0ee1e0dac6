//! A command whose reader has seen enough ends quietly, as programs in a pipe do.

use std::process::{Command, Stdio};

#[test]
fn a_closed_pipe_ends_a_command_quietly() {
    let policy = concat!(env!("CARGO_MANIFEST_DIR"), "/../../apps/reservation/policy");
    for args in [&["policy", "notice", policy][..], &["anonymise", "sample"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = Command::new(env!("CARGO_BIN_EXE_azukari"));
        let out = command.args(args).stdout(writer).stderr(Stdio::piped()).output().unwrap();
        let told = String::from_utf8_lossy(&out.stderr);
        // Not success, which a check ends with when it found nothing.
        assert_eq!((out.status.code(), &*told), (Some(141), ""), "{args:?}");
    }
}

/// Every word of a command goes through the one place that knows of closed pipes.
#[test]
fn no_command_prints_by_itself() {
    let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            seen += text.matches("say!(").count();
            let printed = text.match_indices("print").any(|(at, _)| {
                let rest = text[at + 5..].trim_start_matches("ln");
                rest.starts_with("!(") && !text[..at].ends_with('e')
            });
            assert!(!printed, "{}", path.display());
        }
    }
    assert!(seen > 50, "{seen}");
}
