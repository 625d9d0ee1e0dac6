//! A server that dies in the middle of disclosing leaves no memory behind: no core file wherever
//! one could be, nothing of its memory or environment for other processes of the same user, and no
//! value in what it said.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use rustix::process::{Signal, kill_process};

use crate::house::{House, NOBODY, POLICY, Server, copy_binary, give, runtime};

const CANARY: &str = "カナリア-canary-7f3a91";
/// Folders where the kernel could put a core file of a process in `cwd`.
fn core_folders(cwd: &Path) -> Vec<PathBuf> {
    let pattern = std::fs::read_to_string("/proc/sys/kernel/core_pattern").unwrap_or_default();
    let named = Path::new(pattern.trim()).parent().map(Path::to_owned);
    let mut folders = vec![cwd.to_owned(), "/var/lib/systemd/coredump".into(), "/var/crash".into()];
    folders.extend(named.filter(|path| path.is_absolute()));
    folders
}

/// Files younger than `since` whose name says core.
fn cores(folders: &[PathBuf], since: SystemTime) -> Vec<PathBuf> {
    let files = folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten();
    files
        .map(|file| file.unwrap())
        .filter(|file| file.file_name().to_string_lossy().contains("core"))
        .filter(|file| file.metadata().and_then(|meta| meta.modified()).is_ok_and(|m| m >= since))
        .map(|file| file.path())
        .collect()
}

fn dies_without_a_trace(signal: Signal) {
    let is_root = rustix::process::geteuid().is_root();
    let house = House::on_sqlite();
    let place = tempfile::tempdir().unwrap();
    std::fs::set_permissions(place.path(), PermissionsExt::from_mode(0o755)).unwrap();
    let (cwd, binary, policy) =
        (place.path().join("cwd"), place.path().join("azukari"), place.path().join("policy"));
    std::fs::create_dir(&cwd).unwrap();
    std::fs::create_dir(&policy).unwrap();
    copy_binary(&binary);
    for file in std::fs::read_dir(POLICY.as_str()).unwrap().map(Result::unwrap) {
        std::fs::copy(file.path(), policy.join(file.file_name())).unwrap();
    }
    let as_user = |program: &str| {
        let mut process = Command::new(program);
        if is_root {
            process.uid(NOBODY).gid(NOBODY);
        }
        process
    };
    if is_root {
        give(house.data(), NOBODY);
        give(place.path(), NOBODY);
    }

    let begun = SystemTime::now() - Duration::from_secs(1);
    let told = place.path().join("stderr");
    let line = "ulimit -c unlimited; exec \"$@\"";
    let mut serve = as_user("sh");
    serve
        .args(["-c", line, "sh"])
        .arg(&binary)
        .args(["serve", "--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0", "--rate", "0"])
        .arg("--policy")
        .arg(&policy)
        .arg("--data")
        .arg(house.data())
        .env("AZUKARI_LOG", "trace")
        .env("SECRET_OF_THE_ENVIRONMENT", "1")
        .stderr(Stdio::from(std::fs::File::create(&told).unwrap()))
        .current_dir(&cwd);
    let mut server = Server::start(serve, house.key());
    let runtime = runtime();
    let caller = server.caller();
    let subject = runtime.block_on(async {
        caller.store().await.unwrap();
        let subject = caller.register(CANARY, 1).await.unwrap().subject.unwrap();
        caller.book(&subject, "R1").await.unwrap();
        subject
    });
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let (caller, subject) = (caller.clone(), subject.clone());
            runtime.spawn(async move {
                let mut received = 0;
                while let Ok((_, value)) = caller.disclose(&subject, "R1").await {
                    assert_eq!(value, CANARY);
                    received += 1;
                }
                received
            })
        })
        .collect();
    std::thread::sleep(Duration::from_millis(300));

    // Others of the same user may not look into it while it lives.
    let proc = PathBuf::from(format!("/proc/{}", server.child.id()));
    for file in ["mem", "environ"] {
        assert_eq!(std::fs::metadata(proc.join(file)).unwrap().uid(), 0, "{file} is its user's");
        let looked = as_user("head").args(["-c", "1"]).arg(proc.join(file)).output().unwrap();
        assert!(!looked.status.success() && looked.stdout.is_empty(), "{file} can be read");
    }
    let limits = std::fs::read_to_string(proc.join("limits")).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().collect::<Vec<_>>()[4..6], ["0", "0"], "{core}");

    kill_process(server.pid(), signal).unwrap();
    std::thread::sleep(Duration::from_millis(200));
    // Rust's own handler takes the first SEGV that no instruction caused, and lets the next one act.
    let _ = kill_process(server.pid(), signal);
    let status = server.child.wait().unwrap();
    assert_eq!(status.signal(), Some(signal.as_raw()));
    assert!(!status.core_dumped(), "memory was dumped");
    let received: u32 = tasks.into_iter().map(|task| runtime.block_on(task).unwrap()).sum();
    assert!(received > 0, "nothing was disclosed before the crash");
    assert_eq!(cores(&core_folders(&cwd), begun), Vec::<PathBuf>::new());
    let told = std::fs::read(&told).unwrap();
    assert!(!told.is_empty(), "at `trace` it says something");
    for file in std::fs::read_dir(house.data()).unwrap().map(|file| file.unwrap().path()) {
        assert!(!holds(&std::fs::read(&file).unwrap()), "{} holds the value", file.display());
    }
    assert!(!holds(&told), "standard error holds the value");
}

fn holds(bytes: &[u8]) -> bool {
    bytes.windows(CANARY.len()).any(|window| window == CANARY.as_bytes())
}

#[test]
fn an_abort_leaves_no_memory_behind() {
    dies_without_a_trace(Signal::ABORT);
}

#[test]
fn a_segmentation_fault_leaves_no_memory_behind() {
    dies_without_a_trace(Signal::SEGV);
}
