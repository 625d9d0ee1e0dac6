//! Tables for tests.

use std::{fs::File, path::Path};

use anonymise::{
    Chunk, Format, Hierarchy, Histogram, Output, Plan, Recoding, Role, Rows, Schema, Suppressed,
};

/// A table that is in memory and counted.
pub struct Table {
    pub schema: Schema,
    pub histogram: Histogram,
    pub chunks: Vec<Chunk>,
}

impl Table {
    /// What a recoding looks like as a file.
    pub fn written(&self, recoding: &Recoding, suppressed: Suppressed) -> String {
        let mut bytes = Vec::new();
        let mut output =
            Output::new(&self.schema, &self.histogram, recoding, b',', suppressed, &mut bytes)
                .unwrap();
        for chunk in &self.chunks {
            output.write(chunk).unwrap();
        }
        output.finish().unwrap();
        String::from_utf8(bytes).unwrap()
    }
}

/// Reads and counts a table.
pub fn table(
    bytes: &[u8],
    format: Format,
    plan: &Plan,
    sensitive: &[&str],
) -> Result<Table, anonymise::Error> {
    let mut rows = Rows::open("table.csv", bytes, format)?;
    let mut schema = Schema::new(&rows, plan)?;
    let mut histogram = Histogram::new(&schema, sensitive)?;
    let mut chunks = Vec::new();
    loop {
        let chunk = schema.chunk(&mut rows, 1000)?;
        if chunk.rows() == 0 {
            return Ok(Table { schema, histogram, chunks });
        }
        histogram.add(&schema, &chunk)?;
        chunks.push(chunk);
    }
}

/// The hierarchy of a column of a measured table.
pub fn hierarchy(folder: &Path, dataset: &str, column: &str) -> Hierarchy {
    let name = format!("{dataset}_hierarchy_{column}.csv");
    let file = File::open(folder.join(&name)).unwrap();
    Hierarchy::read(&name, file, Format::ARX).unwrap()
}

/// A measured table with its roles: all columns tell people apart but the one that is sensitive and
/// the one that is left out.
pub fn measured(folder: &Path, dataset: &str, sensitive: &str, left_out: &str) -> Table {
    let bytes = std::fs::read(folder.join(format!("{dataset}.csv"))).unwrap();
    let rows = Rows::open(dataset, bytes.as_slice(), Format::ARX).unwrap();
    let mut plan = Plan::new();
    for column in rows.names() {
        let role = if column == sensitive {
            Role::Sensitive(Some(hierarchy(folder, dataset, column)))
        } else if column == left_out {
            Role::Identifying
        } else {
            Role::Quasi(hierarchy(folder, dataset, column))
        };
        plan = plan.with(column, role);
    }
    let sensitive: Vec<&str> = [sensitive].into_iter().filter(|name| !name.is_empty()).collect();
    table(&bytes, Format::ARX, &plan, &sensitive).unwrap()
}
