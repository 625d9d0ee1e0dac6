//! The app is a client of Azukari's HTTP API and of nothing else in this repository.

#![expect(clippy::unwrap_used, reason = "a test says what broke by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

/// Every file of the app's own code.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
    found
}

/// The names of the server's crates, out of their own manifests.
fn crates(root: &Path) -> Vec<String> {
    let manifests = fs::read_dir(root.join("crates")).unwrap();
    let name = |manifest: String| {
        let line = manifest.lines().find_map(|line| line.strip_prefix("name = \"")).unwrap();
        line.trim_end_matches('"').to_owned()
    };
    manifests
        .map(|at| name(fs::read_to_string(at.unwrap().path().join("Cargo.toml")).unwrap()))
        .collect()
}

/// What of other crates here a manifest or a source names.
fn named(crates: &[String], manifest: &str, source: &str) -> Vec<String> {
    let mut found = Vec::new();
    for name in crates {
        let depends = |line: &str| {
            let key = line.split(['=', '.', ' ']).next().unwrap_or_default().trim_matches('"');
            key == name || line.contains(&format!("package = \"{name}\""))
        };
        found.extend(manifest.lines().filter(|line| depends(line)).map(str::to_owned));
    }
    // Neither by a path of its own, which needs no dependency.
    let outside = |line: &&str| line.contains("crates/") || line.contains("#[path");
    found.extend(source.lines().filter(outside).map(str::to_owned));
    found.extend(manifest.lines().filter(|line| line.contains("path =")).map(str::to_owned));
    found
}

#[test]
fn nothing_of_the_server_is_part_of_the_app() {
    let app = Path::new(env!("CARGO_MANIFEST_DIR"));
    let crates = crates(&app.join("../.."));
    assert!(crates.iter().any(|name| name == "azukari") && crates.len() > 3, "{crates:?}");
    let manifest = fs::read_to_string(app.join("Cargo.toml")).unwrap();
    let sources = sources(&app.join("src"));
    assert!(sources.len() > 40);
    for path in sources {
        let found = named(&crates, &manifest, &fs::read_to_string(&path).unwrap());
        assert!(found.is_empty(), "{}: {found:?}", path.display());
    }
    // The check sees what it looks for.
    for (manifest, source) in [
        ("policy.workspace = true", ""),
        ("vault = { workspace = true }", ""),
        ("\"ledger\" = \"1\"", ""),
        ("other = { package = \"paper\", version = \"1\" }", ""),
        ("other = { path = \"../other\" }", ""),
        ("", "include!(\"../../../crates/policy/src/item.rs\");"),
        ("", "#[path = \"../elsewhere.rs\"]"),
    ] {
        assert_eq!(named(&crates, manifest, source).len(), 1, "{manifest}{source}");
    }
}
