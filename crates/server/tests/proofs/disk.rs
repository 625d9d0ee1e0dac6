//! A full disk: acts are refused with a way out and nothing is half done; once there is room, acts
//! go on, and the ledger is sound. Needs a file system of its own, which only root may mount.

use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use crate::house::{House, No, Server, runtime, said};

/// A small file system, unmounted when dropped.
struct Small<'a>(&'a Path);

impl<'a> Small<'a> {
    fn mount(at: &'a Path) -> Option<Small<'a>> {
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=8m,mode=0700", "tmpfs"])
            .arg(at)
            .output();
        match mounted {
            Ok(out) if out.status.success() => Some(Small(at)),
            Ok(out) => {
                eprintln!("not run: no file system can be mounted here\n{}", said(&out));
                None
            }
            Err(error) => {
                eprintln!("not run: no file system can be mounted here ({error})");
                None
            }
        }
    }
}

impl Drop for Small<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0).status();
    }
}

/// Writes until there is no room left.
fn fill(file: &Path) {
    let mut filler = std::fs::File::create(file).unwrap();
    for size in [65_536, 4_096, 1] {
        while filler.write_all(&vec![b'f'; size]).is_ok() {}
    }
}

#[test]
fn a_full_disk_refuses_acts_and_loses_nothing() {
    let mut house = House::on_sqlite();
    let disk = tempfile::tempdir().unwrap();
    let Some(small) = Small::mount(disk.path()) else { return };
    house.move_to(disk.path());
    let server: Server = house.start();
    let (runtime, caller) = (runtime(), server.caller());
    let mut done = runtime.block_on(async {
        caller.store().await.unwrap();
        caller.register("見本の名前", 0).await.unwrap();
        2_u64
    });
    let filler = disk.path().join("filler");
    fill(&filler);

    // What is free inside the database's files is used up first.
    let mut refused = Vec::new();
    for n in 1..2_000 {
        match runtime.block_on(caller.register("見本の名前", n)) {
            Ok(_) => done += 1,
            Err(No::Answer(status, problem)) => {
                assert_eq!(status, 503, "{problem}");
                let kind = problem["type"].as_str().unwrap();
                assert!(kind.ends_with("/disk-full"), "{problem}");
                let detail = problem["detail"].as_str().unwrap();
                assert!(detail.contains("free space and retry"), "{problem}");
                refused.push(n);
                if refused.len() == 20 {
                    break;
                }
            }
            Err(no) => panic!("{no:?}"),
        }
    }
    assert_eq!(refused.len(), 20, "the disk never was full");
    // It still answers what needs no room, and looking works too.
    assert!(runtime.block_on(caller.get("/healthz")).is_ok());
    let size: u64 = runtime
        .block_on(caller.get("/ledger/checkpoint"))
        .map(|text| text.lines().nth(1).unwrap().parse().unwrap())
        .unwrap();
    assert_eq!(size, done + 1, "an act that was refused is in the ledger");
    assert_eq!(house.is_sound(), size);

    std::fs::remove_file(&filler).unwrap();
    for n in refused {
        runtime.block_on(caller.register("見本の名前", n)).unwrap();
    }
    assert_eq!(house.is_sound(), size + 20);
    assert!(server.stop().success());
    assert_eq!(house.is_sound(), size + 20);

    // Nor does a start on a full disk break anything; it says what to do.
    fill(&filler);
    let out = house.serve().output().unwrap();
    let words = said(&out);
    assert_eq!(out.status.code(), Some(1), "{words}");
    assert!(words.contains("is full; free space on it"), "{words}");
    std::fs::remove_file(&filler).unwrap();
    assert_eq!(house.is_sound(), size + 20);
    drop(small);
}
