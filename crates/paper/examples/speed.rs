//! How long a table of 10,000 rows takes in each form: when something went to whom, in Japanese.
//!
//! `cargo run --release -p paper --example speed [rows]`
#![expect(clippy::unwrap_used, reason = "an example")]

use std::time::Instant;

use paper::{Block, Language, Paper, Table};

fn main() {
    let rows = std::env::args().nth(1).map_or(10_000, |rows| rows.parse().unwrap());
    let mut table = Table::new(["日時", "提供先", "利用目的", "項目", "根拠"]);
    for row in 0..rows {
        table.push([
            format!("2026-{:02}-{:02} 18:{:02}", row % 9 + 1, row % 28 + 1, row % 60),
            format!("見本食堂 {}号店", row % 37 + 1),
            ["ご予約", "お食事の用意", "ご連絡"][row % 3].to_owned(),
            ["氏名、電話番号", "食物アレルギー", "氏名"][row % 3].to_owned(),
            ["ご本人の同意", "委託"][row % 2].to_owned(),
        ]);
    }
    let mut paper = Paper::sheet(Language::Ja, "提供の記録", jiff::Timestamp::UNIX_EPOCH);
    paper.blocks = vec![Block::Table(table)];
    for _ in 0..3 {
        time("text", || paper::text(&paper).len());
        time("html", || paper::html(&paper).len());
        time("html for mail", || paper::html_for_mail(&paper).len());
        time("pdf", || paper::pdf(&paper).unwrap().len());
    }
}

fn time(what: &str, set: impl Fn() -> usize) {
    let start = Instant::now();
    let bytes = set();
    println!("{what:13} {:>6.1} ms {bytes:>9} bytes", start.elapsed().as_secs_f64() * 1e3);
}
