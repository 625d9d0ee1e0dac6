//! How fast the vault is on one core: `cargo run --release -p vault --example speed`.
#![allow(clippy::unwrap_used, reason = "an example may stop")]

#[path = "../tests/it/house.rs"]
mod house;

use std::hint::black_box;
use std::time::{Duration, Instant};

use vault::{
    FileKey, IndexKey, Key, Plain, RecordsKey, SubjectKey, Verifier, check_against_nobody,
};

/// Times `work` in short rounds for two seconds and prints the median and the best round: others
/// share the machine, and the best round is the one they left alone.
fn measure(what: &str, batch: u32, mut work: impl FnMut()) {
    let mut rounds = Vec::new();
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(2) {
        let round = Instant::now();
        for _ in 0..batch {
            work();
        }
        rounds.push(round.elapsed().as_secs_f64() / f64::from(batch));
    }
    rounds.sort_unstable_by(f64::total_cmp);
    let (median, best) = (rounds[rounds.len() / 2], rounds[0]);
    println!(
        "{what:<40} {:>10.0} /s median {:>10.0} /s best {:>10.2} µs",
        1.0 / median,
        1.0 / best,
        best * 1e6
    );
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let root = FileKey::create(&folder.path().join("root.key")).unwrap();
    let subject = house::person(1);
    let (key, wrapped) = SubjectKey::create(&root, subject).unwrap();
    let (admission, permit) = (house::admission(&["note"]), house::permit(subject, &["note"]));
    let note = house::item("note");
    let plain = Plain::new("n".repeat(200));
    let sealed = vault::seal(&admission, &key, &note, 1, &plain).unwrap();

    measure("seal and open 200 bytes, keys derived", 2_000, || {
        let sealed = vault::seal(&admission, &key, &note, 1, black_box(&plain)).unwrap();
        black_box(vault::open(&permit, &key, &note, 1, sealed.as_bytes()).unwrap());
    });
    measure("seal 200 bytes", 2_000, || {
        black_box(vault::seal(&admission, &key, &note, 1, black_box(&plain)).unwrap());
    });
    measure("open 200 bytes", 2_000, || {
        black_box(vault::open(&permit, &key, &note, 1, black_box(sealed.as_bytes())).unwrap());
    });
    measure("unwrap a person's key", 2_000, || {
        black_box(SubjectKey::from_wrapped(&root, subject, black_box(&wrapped)).unwrap());
    });

    let records = RecordsKey::new(&Key::generate().unwrap());
    measure("seal and open a record of 200 bytes", 2_000, || {
        let sealed = records.seal_record(b"rec-1", b"ctx", plain.reveal().as_bytes()).unwrap();
        black_box(records.open_record(b"rec-1", b"ctx", &sealed).unwrap());
    });

    let index = IndexKey::new(&Key::generate().unwrap());
    let email = house::item("email");
    for (what, value) in [
        ("blind index of an address", "hanako.sato@inn.example"),
        ("blind index of a name in kana", "サトウ　ハナコ"),
    ] {
        measure(what, 2_000, || {
            black_box(index.index(&email, black_box(value)).unwrap());
        });
    }

    let password = Plain::new("correct horse battery staple".to_owned());
    let verifier = Verifier::new(&password).unwrap();
    measure("password check", 1, || {
        black_box(verifier.check(&password).unwrap());
    });
    measure("password check against nobody", 1, || {
        black_box(check_against_nobody(&password).unwrap());
    });
}
