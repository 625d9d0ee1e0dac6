//! The app is a client of Azukari's HTTP API and of nothing else in this repository; and it needs nobody who reads what it
//! says.

#![expect(clippy::unwrap_used, reason = "a test says what broke by panicking")]

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

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

#[test]
fn it_serves_on_when_nobody_reads_its_standard_output_and_a_key_that_nobody_saw_is_an_error() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let folder = std::env::temp_dir().join(format!("reservation-alone-{}", address.port()));
    fs::create_dir_all(&folder).unwrap();
    let key = folder.join("key");
    fs::write(&key, "azk_key\n").unwrap();
    let unread = || {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = Command::new(env!("CARGO_BIN_EXE_reservation"));
        command.stdout(writer).stderr(Stdio::piped());
        command
    };
    let made = unread().args(["key", "till", "--data"]).arg(&folder).output().unwrap();
    let said = String::from_utf8(made.stderr).unwrap();
    assert_eq!(made.status.code(), Some(1), "{said}");
    assert!(said.contains("write to the standard output") && !said.contains("panicked"), "{said}");
    let mut serve = unread();
    serve.args(["serve", "--azukari", "http://127.0.0.1:9", "--listen", &address.to_string()]);
    serve.arg("--key-file").arg(&key).arg("--data").arg(&folder).stderr(Stdio::null());
    let mut running = serve.spawn().unwrap();
    let answer = loop {
        if let Some(status) = running.try_wait().unwrap() {
            break format!("it ended: {status}");
        }
        let Ok(mut stream) = TcpStream::connect(address) else {
            std::thread::yield_now();
            continue;
        };
        let mut answer = String::new();
        let asked =
            stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        if asked.and_then(|()| stream.read_to_string(&mut answer)).is_ok() && !answer.is_empty() {
            break answer;
        }
    };
    drop(running.kill());
    drop(running.wait());
    drop(fs::remove_dir_all(&folder));
    assert!(answer.starts_with("HTTP/1.1 "), "{answer}");
}
