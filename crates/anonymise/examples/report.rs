//! Writes the report on a table of the reference engine's form, in both languages.
//! `cargo run -p anonymise --example report -- FOLDER DATASET SENSITIVE OUT`
#![expect(clippy::unwrap_used, reason = "an example")]

use std::{fs::File, path::Path};

use anonymise::{
    Effort, Engine, Format, Hierarchy, Histogram, Language, Measure, Model, Plan, Role, Rows,
    Schema, Settings,
};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, dataset, sensitive, out] = &arguments[..] else {
        eprintln!("report FOLDER DATASET SENSITIVE OUT");
        std::process::exit(1);
    };
    let folder = Path::new(folder);
    let table = || File::open(folder.join(format!("{dataset}.csv"))).unwrap();
    let mut rows = Rows::open(dataset, table(), Format::ARX).unwrap();
    let mut plan = Plan::new();
    for column in rows.names() {
        let name = format!("{dataset}_hierarchy_{column}.csv");
        let file = File::open(folder.join(&name)).unwrap();
        let hierarchy = Hierarchy::read(&name, file, Format::ARX).unwrap();
        let role = if column == sensitive {
            Role::Sensitive(Some(hierarchy))
        } else {
            Role::Quasi(hierarchy)
        };
        plan = plan.with(column, role);
    }
    let mut schema = Schema::new(&rows, &plan).unwrap();
    let mut histogram = Histogram::new(&schema, &[sensitive]).unwrap();
    let chunk = schema.chunk(&mut rows, usize::MAX).unwrap();
    histogram.add(&schema, &chunk).unwrap();
    let models = vec![
        Model::KAnonymity { k: 10 },
        Model::DistinctDiversity { column: sensitive.clone(), l: 3 },
    ];
    let settings = Settings { models, limit: 0.05, measure: Measure::Loss };
    let engine = Engine::new(&schema, &histogram, settings).unwrap();
    let optimum = engine.optimum(Effort::default()).unwrap();
    let report = engine.report(&engine.cells(&optimum.node).unwrap());
    let out = Path::new(out);
    std::fs::write(out.join("report.json"), report.json().unwrap()).unwrap();
    std::fs::write(out.join("report.ja.html"), report.html(Language::Ja)).unwrap();
    std::fs::write(out.join("report.en.html"), report.html(Language::En)).unwrap();
}
