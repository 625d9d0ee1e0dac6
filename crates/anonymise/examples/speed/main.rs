//! How fast tables are made anonymous, and in how much memory.
//! `cargo run --release -p anonymise --example speed -- FOLDER [WORD]` runs every setting of the
//! folder's `arx_times.csv` (or those whose line has the word), each in a process of its own, beside
//! what the reference engine took: for the search, and for the whole process with reading and writing.
//! `-- --rows 10000000 few` (or `many`) runs a table that is made up while it is read, with few or many
//! different tuples. Where `PYTHON` names a Python that has DuckDB, a check of a node stands beside its GROUP BY.
#![expect(clippy::unwrap_used, reason = "an example")]

mod made_up;

use std::{
    collections::HashMap,
    fs::File,
    io::{BufWriter, Read, Write as _},
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use anonymise::{
    Distance, Effort, Engine, Format, Hierarchy, Histogram, Measure, Model, Optimum, Output, Plan,
    Role, Rows, Schema, Settings, Suppressed,
};
use rustix::time::{ClockId, clock_gettime};

/// So many rows are in memory at once.
const CHUNK: usize = 1 << 16;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--one", folder, line] => one(Path::new(folder), line),
        ["--rows", rows, "few"] => made_up::run(rows.parse().unwrap(), made_up::Tuples::Few),
        ["--rows", rows, "many"] => made_up::run(rows.parse().unwrap(), made_up::Tuples::Many),
        [folder] => all(Path::new(folder), ""),
        [folder, word] => all(Path::new(folder), word),
        _ => {
            eprintln!("speed FOLDER [WORD], or speed --rows NUMBER few|many");
            std::process::exit(1);
        }
    }
}

/// Processor time of this process.
fn processor() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap())
}

/// A number of a file under `/proc`, by the first word of its line.
fn proc(file: &str, word: &str) -> f64 {
    let text = std::fs::read_to_string(file).unwrap();
    let line = text.lines().find(|line| line.starts_with(word)).unwrap();
    line[word.len()..].split_whitespace().next().unwrap().parse().unwrap()
}

fn peak() -> f64 {
    proc("/proc/self/status", "VmHWM:") / 1024.0
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn all(folder: &Path, word: &str) {
    let times = std::fs::read_to_string(folder.join("arx_times.csv")).unwrap();
    println!(
        "{:<8}{:<11}{:>5} {:<13}{:>8}{:>8}{:>7}{:>7}{:>8}{:>8}{:>7}{:>7}{:>7}{:>8}{:>6}",
        "table",
        "models",
        "limit",
        "measure",
        "wall ms",
        "cpu ms",
        "x wall",
        "x cpu",
        "all ms",
        "all cpu",
        "x all",
        "MiB",
        "x MiB",
        "checks",
        "load"
    );
    for line in times.lines().skip(1).filter(|line| line.contains(word)) {
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--one", folder.to_str().unwrap(), line])
            .output()
            .unwrap();
        print!(
            "{}{}",
            String::from_utf8_lossy(&child.stdout),
            String::from_utf8_lossy(&child.stderr)
        );
    }
}

/// A line of `arx_times.csv` as a setting.
struct Case<'a> {
    fields: Vec<&'a str>,
    plan: Plan,
    settings: Settings,
}

impl<'a> Case<'a> {
    fn read(folder: &Path, line: &'a str) -> Self {
        let fields: Vec<&str> = line.split(';').collect();
        let (dataset, sensitive) = (fields[0], fields[2]);
        let columns = fields[10].split(',').count();
        let left_out = match (dataset, columns, sensitive) {
            ("adult", 8, "") => "occupation",
            ("cup", 7, "") => "RAMNTALL",
            _ => "",
        };
        let mut plan = Plan::new();
        for column in Rows::open(dataset, table(folder, dataset), Format::ARX).unwrap().names() {
            let name = format!("{dataset}_hierarchy_{column}.csv");
            let hierarchy = || {
                let file = File::open(folder.join(&name)).unwrap();
                Hierarchy::read(&name, file, Format::ARX).unwrap()
            };
            let role = if column == sensitive {
                Role::Sensitive(Some(hierarchy()))
            } else if column == left_out {
                Role::Identifying
            } else {
                Role::Quasi(hierarchy())
            };
            plan = plan.with(column, role);
        }
        let column = || sensitive.to_owned();
        let models = fields[1].split(',').map(|word| match word {
            "k5" => Model::KAnonymity { k: 5 },
            "dl5" => Model::DistinctDiversity { column: column(), l: 5 },
            "rl4:3" => Model::RecursiveDiversity { column: column(), c: 4.0, l: 3 },
            "te0.2" => Model::Closeness { column: column(), t: 0.2, distance: Distance::Equal },
            _ => Model::Closeness { column: column(), t: 0.2, distance: Distance::Hierarchical },
        });
        let measure = match fields[4] {
            "loss" => Measure::Loss,
            "entropy" => Measure::Entropy,
            "aecs" => Measure::AverageClassSize,
            _ => Measure::MonotonicEntropy,
        };
        let settings =
            Settings { models: models.collect(), limit: fields[3].parse().unwrap(), measure };
        Self { fields, plan, settings }
    }

    fn reference(&self, field: usize) -> f64 {
        self.fields[field].parse().unwrap()
    }
}

fn table(folder: &Path, dataset: &str) -> File {
    File::open(folder.join(format!("{dataset}.csv"))).unwrap()
}

/// One setting, from the files to a file.
fn one(folder: &Path, line: &str) {
    let whole = Instant::now();
    let case = Case::read(folder, line);
    let dataset = case.fields[0];
    let mut rows = Rows::open(dataset, table(folder, dataset), Format::ARX).unwrap();
    let mut schema = Schema::new(&rows, &case.plan).unwrap();
    let mut chunks = Vec::new();
    loop {
        let chunk = schema.chunk(&mut rows, CHUNK).unwrap();
        if chunk.rows() == 0 {
            break;
        }
        chunks.push(chunk);
    }
    let (begun, processor_begun) = (Instant::now(), processor());
    let sensitive: Vec<&str> = [case.fields[2]].into_iter().filter(|s| !s.is_empty()).collect();
    let mut histogram = Histogram::new(&schema, &sensitive).unwrap();
    for chunk in &chunks {
        histogram.add(&schema, chunk).unwrap();
    }
    let engine = Engine::new(&schema, &histogram, case.settings.clone()).unwrap();
    let optimum = engine.optimum(Effort::default()).unwrap();
    let recoding = engine.recoding(&optimum.node).unwrap();
    let (wall, cpu) = (begun.elapsed(), processor().checked_sub(processor_begun).unwrap());
    let file = tempfile::tempfile().unwrap();
    let write = BufWriter::with_capacity(1 << 17, file);
    let mut output =
        Output::new(&schema, &histogram, &recoding, b';', Suppressed::Removed, write).unwrap();
    for chunk in &chunks {
        output.write(chunk).unwrap();
    }
    output.finish().unwrap();
    let (all, all_cpu, peak) = (whole.elapsed(), processor(), peak());
    println!(
        "{:<8}{:<11}{:>5} {:<13}{:>8.1}{:>8.1}{:>7.1}{:>7.1}{:>8.0}{:>8.0}{:>7.1}{:>7.1}{:>7.1}{:>8}{:>6}",
        dataset,
        case.fields[1],
        case.fields[3],
        case.fields[4],
        ms(wall),
        ms(cpu),
        case.reference(5) / ms(wall),
        case.reference(6) / ms(cpu),
        ms(all),
        ms(all_cpu),
        case.reference(9) * 1e3 / ms(all),
        peak,
        case.reference(8) / peak,
        optimum.checks,
        proc("/proc/loadavg", ""),
    );
    if line.contains(";k5;;0;loss") {
        compare(folder, &case, &engine, &optimum);
    }
}

/// DuckDB on one thread, timed by its processor time over several runs.
const DUCKDB: &str = "
import duckdb, sys, time
base = duckdb.connect()
base.execute('set threads=1')
base.execute(f\"create table t as select * from read_csv('{sys.argv[1]}')\")
columns = ', '.join(row[0] for row in base.execute('describe t').fetchall())
times = 20
begun = time.process_time()
for _ in range(times):
    groups = base.execute(f'select count(*) from (select count(*) from t group by {columns})').fetchone()[0]
print(groups, (time.process_time() - begun) / times * 1e3)
";

/// One check against a GROUP BY of the same columns, whose generalised codes are ready.
fn compare(folder: &Path, case: &Case<'_>, engine: &Engine<'_>, optimum: &Optimum) {
    let mut rows = Rows::open("table", table(folder, case.fields[0]), Format::ARX).unwrap();
    let mut columns: Vec<Vec<u32>> = vec![Vec::new(); optimum.node.len()];
    while rows.next_row().unwrap().is_some() {
        let quasi = case.plan.columns.iter().enumerate().filter_map(|(at, (_, role))| match role {
            Role::Quasi(hierarchy) => Some((at, hierarchy)),
            _ => None,
        });
        for ((column, codes), level) in quasi.zip(&mut columns).zip(&optimum.node) {
            let leaf = column.1.leaf(&rows.text(column.0).unwrap()).unwrap();
            codes.push(column.1.code(usize::from(*level), leaf));
        }
    }
    let times = 20;
    let begun = processor();
    for _ in 0..times {
        std::hint::black_box(engine.check(&optimum.node));
    }
    let check = processor().checked_sub(begun).unwrap() / times;
    let begun = processor();
    let mut groups: HashMap<Vec<u32>, u32> = HashMap::new();
    for row in 0..columns[0].len() {
        let cells: Vec<u32> = columns.iter().map(|codes| codes[row]).collect();
        *groups.entry(cells).or_default() += 1;
    }
    let plain = processor().checked_sub(begun).unwrap();
    println!(
        "  one check from the distinct tuples {:.2} ms cpu; GROUP BY of its {} classes: a hash table written by hand {:.2} ms",
        ms(check),
        groups.len(),
        ms(plain)
    );
    let Ok(python) = std::env::var("PYTHON") else { return };
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let names: Vec<String> = (0..columns.len()).map(|at| format!("c{at}")).collect();
    writeln!(file, "{}", names.join(",")).unwrap();
    for row in 0..columns[0].len() {
        let cells: Vec<String> = columns.iter().map(|codes| codes[row].to_string()).collect();
        writeln!(file, "{}", cells.join(",")).unwrap();
    }
    file.flush().unwrap();
    let said = Command::new(python).args(["-c", DUCKDB]).arg(file.path()).output().unwrap();
    let said = [said.stdout, said.stderr].concat();
    println!("  DuckDB, one thread: classes and ms cpu {}", String::from_utf8_lossy(&said).trim());
}

/// Reads a stream twice and writes the result, keeping no rows.
fn streamed<R: Read>(open: impl Fn() -> R, plan: &Plan, settings: Settings) {
    let whole = Instant::now();
    let mut rows = Rows::open("made up", open(), Format::default()).unwrap();
    let mut schema = Schema::new(&rows, plan).unwrap();
    let mut histogram = Histogram::new(&schema, &[]).unwrap();
    loop {
        let chunk = schema.chunk(&mut rows, CHUNK).unwrap();
        if chunk.rows() == 0 {
            break;
        }
        histogram.add(&schema, &chunk).unwrap();
    }
    println!(
        "read: {:.1} s, {} rows, {} distinct tuples, {:.0} MiB",
        whole.elapsed().as_secs_f64(),
        histogram.published(),
        histogram.tuples(),
        peak()
    );
    let (begun, processor_begun) = (Instant::now(), processor());
    let engine = Engine::new(&schema, &histogram, settings).unwrap();
    // It ends by itself before a minute is over, and then says how good the best node is.
    let go_on = |_| begun.elapsed() < Duration::from_secs(25);
    let optimum = engine.optimum(Effort { go_on: &go_on, ..Effort::default() }).unwrap();
    println!(
        "optimum: {:.1} s, {:.1} s cpu, {:.0} MiB: {optimum:?}",
        begun.elapsed().as_secs_f64(),
        processor().checked_sub(processor_begun).unwrap().as_secs_f64(),
        peak()
    );
    let begun = Instant::now();
    let recoding = engine.recoding(&optimum.node).unwrap();
    drop(engine);
    let mut again = schema.clone();
    let mut rows = Rows::open("made up", open(), Format::default()).unwrap();
    let sink = std::io::sink();
    let mut output =
        Output::new(&schema, &histogram, &recoding, b',', Suppressed::Removed, sink).unwrap();
    loop {
        let chunk = again.chunk(&mut rows, CHUNK).unwrap();
        if chunk.rows() == 0 {
            break;
        }
        output.write(&chunk).unwrap();
    }
    output.finish().unwrap();
    println!("written: {:.1} s, {:.0} MiB", begun.elapsed().as_secs_f64(), peak());
}
