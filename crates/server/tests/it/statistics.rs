//! Statistics from the command line: what is spent is kept before it is told, and a budget that is spent ends.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// Visits: of each person three, each of one of two prefectures.
fn table(dir: &Path) {
    let mut rows = "guest,prefecture,age\n".to_owned();
    for guest in 0..2000 {
        for _ in 0..3 {
            let place = if guest % 4 == 0 { "大阪府" } else { "東京都" };
            rows.push_str(&format!("g{guest},{place},{}\n", 20 + guest % 40));
        }
    }
    std::fs::write(dir.join("visits.csv"), rows).unwrap();
}

fn statistics(dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_azukari"));
    command.current_dir(dir).arg("statistics").args(args).output().unwrap()
}

fn json(dir: &Path, args: &[&str]) -> Value {
    let out = statistics(dir, &[args, &["--json"]].concat());
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    serde_json::from_slice(&out.stdout).unwrap()
}

fn refused(dir: &Path, args: &[&str]) -> String {
    let out = statistics(dir, args);
    assert!(!out.status.success() && out.stdout.is_empty(), "{args:?}");
    String::from_utf8(out.stderr).unwrap()
}

#[test]
fn figures_are_told_until_the_budget_is_spent() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    table(dir);
    let opened = statistics(dir, &["open", "b.jsonl", "--epsilon", "2", "--about", "guests"]);
    assert!(opened.status.success());
    let ask = ["visits.csv", "--budget", "b.jsonl", "--epsilon", "0.5", "--person", "guest"];
    let with = |kind: &'static str, more: &[&'static str]| [&[kind], &ask[..], more].concat();

    // One row of each person counts, so that 2,000 is told, with noise of a few.
    let counted = json(dir, &with("count", &[]));
    let figure = &counted["answer"]["figures"][0];
    assert!((figure["value"].as_i64().unwrap() - 2000).abs() < 60, "{counted}");
    let places = json(
        dir,
        &with("histogram", &["--column", "prefecture", "--categories", "東京都,大阪府,京都府"]),
    );
    let figures = places["answer"]["figures"].as_array().unwrap();
    let near =
        |at: usize, wanted: i64| (figures[at]["value"].as_i64().unwrap() - wanted).abs() < 60;
    assert!(near(0, 1500) && near(1, 500) && near(2, 0) && near(3, 0), "{places}");
    let bounds = ["--column", "age", "--low", "0", "--high", "120"];
    let mean = json(dir, &with("mean", &bounds));
    assert!((mean["answer"]["figures"][0]["value"].as_f64().unwrap() - 39.5).abs() < 3.0, "{mean}");
    json(dir, &with("sum", &bounds));

    // Two were spent; the next question is refused, and costs nothing.
    assert!(refused(dir, &with("count", &[])).contains("0 of the budget is left"));
    let shown = json(dir, &["show", "b.jsonl"]);
    assert_eq!((&shown["spent"], &shown["left"]), (&"2".into(), &"0".into()));
    assert_eq!(shown["entries"].as_array().unwrap().len(), 4);
    // Whoever takes a line out is found out.
    let text = std::fs::read_to_string(dir.join("b.jsonl")).unwrap();
    let cut: Vec<&str> =
        text.lines().enumerate().filter(|(at, _)| *at != 2).map(|(_, l)| l).collect();
    std::fs::write(dir.join("b.jsonl"), cut.join("\n") + "\n").unwrap();
    assert!(refused(dir, &with("count", &[])).contains("line 3 does not follow"));
}

#[test]
fn what_is_wrong_is_said_before_anything_is_spent() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    table(dir);
    statistics(dir, &["open", "b.jsonl", "--epsilon", "1"]);
    let opened = std::fs::read(dir.join("b.jsonl")).unwrap();
    let ask = ["visits.csv", "--budget", "b.jsonl", "--epsilon", "0.5"];
    for (more, said) in [
        (vec!["count", "--person", "nobody"], "has no column `nobody`"),
        (
            vec!["sum", "--column", "prefecture", "--low", "0", "--high", "9"],
            "line 2, column `prefecture`: this is no whole number",
        ),
        (vec!["mean", "--column", "age", "--low", "9", "--high", "0"], "the lower one first"),
        (vec!["histogram", "--column", "prefecture", "--categories", "a,a"], "each once"),
        (vec!["count", "--per-person", "3"], "--person"),
        (vec!["count", "--encoding", "latin-1"], "shift_jis"),
    ] {
        let told = refused(dir, &[&more[..1], &ask[..], &more[1..]].concat());
        assert!(told.contains(said), "{told}");
    }
    assert!(refused(dir, &["open", "b.jsonl", "--epsilon", "1"]).contains("opened before"));
    assert!(
        refused(dir, &["count", "visits.csv", "--budget", "none", "--epsilon", "1"])
            .contains("statistics open")
    );
    assert_eq!(std::fs::read(dir.join("b.jsonl")).unwrap(), opened);
}
