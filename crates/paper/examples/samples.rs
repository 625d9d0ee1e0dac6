//! Writes the sample papers of the tests into a folder, in every form.
//! `cargo run -p paper --example samples FOLDER`
#![expect(clippy::unwrap_used, reason = "an example")]

use std::path::PathBuf;

#[path = "../tests/it/samples.rs"]
mod samples;

fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).expect("name a folder"));
    std::fs::create_dir_all(&folder).unwrap();
    for (name, paper) in samples::all() {
        std::fs::write(folder.join(format!("{name}.txt")), paper::text(&paper)).unwrap();
        std::fs::write(folder.join(format!("{name}.html")), paper::html(&paper)).unwrap();
        let mail = paper::html_for_mail(&paper);
        std::fs::write(folder.join(format!("{name}.mail.html")), mail).unwrap();
        match paper::pdf(&paper) {
            Ok(pdf) => std::fs::write(folder.join(format!("{name}.pdf")), pdf).unwrap(),
            Err(error) => println!("{name}: {error}"),
        }
    }
}
