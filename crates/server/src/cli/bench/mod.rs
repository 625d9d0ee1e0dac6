//! `azukari bench`: measures this machine and prints one table: rules, vault and ledger in memory;
//! the disclosure path over HTTP with its limits; start, memory and growth; the desk (`requests.rs`).
//! `sample.rs` is the data, `house.rs` the servers measured, `load.rs` who asks, `bare.rs` the limit,
//! `answer.rs` the answer to a person's request, `erasure.rs` an erasure, `bookings.rs` the reservation app in
//! front of it all, `pages.rs` its pages.
//!
//! Server and load generator are two processes on one machine, so the cores carry both.

mod answer;
mod bare;
mod bookings;
mod erasure;
mod house;
mod load;
mod pages;
mod pure;
mod requests;
mod sample;
mod table;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;
use tokio::runtime::Runtime;
use tokio_postgres::NoTls;

use self::bare::Shape;
use self::house::House;
use self::load::{Load, Measured};
use self::sample::{Numbers, Sample};
use self::table::{Aim, Table, count, millis, number};
use super::{Outcome, Premises, make_private_folder};
use crate::api::caller;
use crate::cli::say::say_on;
use crate::public_url::PublicUrl;
use crate::store::DatabaseUrl;

/// Measure this machine: rules, vault, ledger, and the disclosure path over HTTP
#[derive(Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct Bench {
    /// People in the sample, up to 1,000,000; each holds 20 items [default: 100,000; with --erasure 10,000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    subjects: Option<u64>,
    /// Seconds that each measure over HTTP lasts, after one of warming up
    #[arg(long, value_name = "N", default_value_t = 10)]
    seconds: u64,
    /// Connections that ask, each again as soon as it is answered
    #[arg(long, value_name = "N", default_value_t = 64)]
    clients: u64,
    /// PostgreSQL to measure instead of SQLite; schemas named `azukari_bench…` are made and dropped
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// A new or empty folder for the data, removed at the end [default: one in the temporary folder]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Leaves in the ledger that is measured in memory; 10 million take 330 MB
    #[arg(long, value_name = "N", default_value_t = 10_000_000)]
    leaves: u64,
    /// The seed of the sample data and of the questions
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Also measure the cost of an act at 10,000, 100,000 and 1,000,000 people of 6 items each
    #[arg(long)]
    growth: bool,
    /// Also measure the desk with 10,000 open requests: its pages, and requests coming in
    #[arg(long)]
    requests: bool,
    /// Only the disclosure path: leave out rules, vault and ledger in memory
    #[arg(long)]
    only_disclosures: bool,
    /// Only the answer to a person's request: 20 items and 10,000 provision records
    #[arg(long)]
    answer: bool,
    /// Only an erasure that somebody asked for: 20 items, a booking and some provisions
    #[arg(long)]
    erasure: bool,
    /// Only bookings: the reservation app and Azukari together, over HTTP, and every page of the app
    #[arg(long)]
    bookings: bool,
    /// Serve the reservation app before the Azukari at this address; the bench runs itself with it
    #[arg(long, value_name = "URL", hide = true)]
    serve_reservation: Option<String>,
    /// Serve answers with bodies of this length and nothing else; the bench runs itself with it
    #[arg(long, value_name = "BYTES", hide = true)]
    serve_nothing: Option<usize>,
}

/// A folder of the bench's own, gone with this value.
struct Folder(PathBuf);

impl Folder {
    fn make(wanted: Option<&Path>) -> anyhow::Result<Self> {
        let path = match wanted {
            Some(path) => path.to_owned(),
            None => std::env::temp_dir().join(format!("azukari-bench-{}", std::process::id())),
        };
        make_private_folder(&path)?;
        if fs::read_dir(&path)?.next().is_some() {
            bail!("`{}` is not empty; name another folder with --data", path.display());
        }
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Bench {
    pub fn run(self) -> anyhow::Result<Outcome> {
        if let Some(body) = self.serve_nothing {
            house::nothing(body)?;
            return Ok(Outcome::Done);
        }
        if let Some(azukari) = &self.serve_reservation {
            house::reservation(azukari, self.data.as_deref())?;
            return Ok(Outcome::Done);
        }
        let folder = Folder::make(self.data.as_deref())?;
        let mut table = Table::default();
        table.head(format!("azukari {}", env!("CARGO_PKG_VERSION")));
        table.say("machine", house::machine());
        let binary = fs::metadata(std::env::current_exe()?)?.len();
        table.row("binary", count(binary) / 1e6, "MB", Aim::AtMost(60.0));
        table.row("4 KiB write and fdatasync, median", house::fsync(&folder.0)?, "ms", Aim::None);
        if self.answer {
            answer::measure(&mut table, &folder.0, self.seed)?;
            say_on!("{}", table.text());
            return Ok(Outcome::Done);
        }
        if self.erasure {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let subjects = self.subjects.unwrap_or(10_000);
            self.erasures(&mut table, &runtime, &folder.0, subjects)?;
            say_on!("{}", table.text());
            return Ok(Outcome::Done);
        }
        if self.bookings {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            self.bookings(&mut table, &runtime, &folder.0)?;
            say_on!("{}", table.text());
            return Ok(Outcome::Done);
        }
        if !self.only_disclosures {
            pure::rules_and_vault(&mut table, &folder.0)?;
            pure::log(&mut table, self.leaves)?;
        }
        // One thread asks: the other core is the server's, as far as there is one.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let subjects = self.subjects.unwrap_or(100_000);
        let sample = Sample { subjects, items: 20, seed: self.seed };
        self.disclosures(&mut table, &runtime, &folder.0, sample)?;
        if self.requests {
            self.desk(&mut table, &runtime, &folder.0)?;
        }
        if self.growth {
            self.grow(&mut table, &runtime, &folder.0)?;
        }
        say_on!("{}", table.text());
        Ok(Outcome::Done)
    }

    /// The disclosure path, with what it could be at best.
    fn disclosures(
        &self,
        table: &mut Table,
        runtime: &Runtime,
        folder: &Path,
        sample: Sample,
    ) -> anyhow::Result<()> {
        let people = number(count(sample.subjects));
        table.head(format!("disclosures over HTTP, {people} people × {} items", sample.items));
        let schema = self.schema(runtime, "")?;
        let premises = premises_at(folder.join("house"), schema.as_deref());
        let shown = premises.database()?.to_string();
        table.say(
            "database",
            if schema.is_some() { shown } else { "SQLite, full durability".into() },
        );
        let (key, filled) = fill(&premises, sample)?;
        let rate = count(sample.subjects) / filled.as_secs_f64();
        table.row("people taken in, 250 a commit", rate, "/s", Aim::None);

        let house = House::serve(&premises)?;
        table.row("start to ready", millis(house.ready_after), "ms", Aim::AtMost(200.0));
        std::thread::sleep(Duration::from_secs(1));
        table.row("resident memory, idle", house.memory()?, "MiB", Aim::AtMost(60.0));
        let seen = self.ask(runtime, &house, &key, sample)?;
        let aim = if schema.is_some() { 4000.0 } else { 6000.0 };
        let clients = self.clients;
        let what = format!("recorded disclosures, {clients} connections");
        table.row(what, seen.measured.rate(), "/s", Aim::AtLeast(aim));
        table.row("  p50", seen.measured.below(500), "ms", Aim::None);
        table.row("  p99", seen.measured.below(990), "ms", Aim::AtMost(50.0));
        table.row("  p99.9", seen.measured.below(999), "ms", Aim::None);
        table.row("  acts in a commit", seen.batch, "", Aim::None);
        table.row("  processor time of the server for each", seen.cpu_us, "µs", Aim::None);
        table.row("  processor time of the load for each", seen.load_us, "µs", Aim::None);
        table.row("resident memory, afterwards", house.memory()?, "MiB", Aim::None);
        house.stop()?;

        let house = House::serve_nothing(seen.measured.body)?;
        let load = self.load(&house);
        let mut numbers = Numbers::new(sample.seed, u64::MAX);
        let body = sample::question(sample, &mut numbers);
        let headers = headers(&key, 0, 0);
        let nothing = runtime.block_on(load::run(&load, |_| {
            let (headers, body) = (headers.clone(), body.clone());
            move |_, out: &mut Vec<u8>| load::post(out, "/", &headers, &body)
        }))?;
        house.stop()?;
        table.row("the same server answering nothing", nothing.rate(), "/s", Aim::None);
        let ratio = 100.0 * seen.measured.rate() / nothing.rate();
        table.row("  disclosures, of that", ratio, "%", Aim::None);

        let shape = Self::shape(runtime, &premises, &seen)?;
        let bare = match self.schema(runtime, "_bare")? {
            Some(url) => runtime.block_on(bare::postgres(&url, shape, self.seconds))?,
            None => bare::sqlite(folder, shape, self.seconds)?,
        };
        let what = format!("the same rows by the bare driver, {} a commit", shape.batch);
        table.row(what, bare, "/s", Aim::None);
        let ratio = 100.0 * seen.measured.rate() / bare;
        table.row("  disclosures, of that", ratio, "%", Aim::AtLeast(40.0));
        self.clear(runtime, &premises)
    }

    /// The cost of an act as the house grows.
    fn grow(&self, table: &mut Table, runtime: &Runtime, folder: &Path) -> anyhow::Result<()> {
        table.head("growth, people × 6 items");
        let mut first = None;
        for subjects in [10_000, 100_000, 1_000_000] {
            let sample = Sample { subjects, items: 6, seed: self.seed };
            let schema = self.schema(runtime, "")?;
            let premises = premises_at(folder.join(format!("house-{subjects}")), schema.as_deref());
            let (key, _) = fill(&premises, sample)?;
            let house = House::serve(&premises)?;
            let seen = self.ask(runtime, &house, &key, sample)?;
            let ready = millis(house.ready_after);
            house.stop()?;
            let people = number(count(subjects));
            let rate = seen.measured.rate();
            table.row(format!("{people} people: disclosures"), rate, "/s", Aim::None);
            table.row("  processor time of the server for each", seen.cpu_us, "µs", Aim::None);
            table.row("  p99", seen.measured.below(990), "ms", Aim::AtMost(50.0));
            table.row("  start to ready", ready, "ms", Aim::AtMost(200.0));
            let (cpu, wall) = *first.get_or_insert((seen.cpu_us, rate));
            if subjects > 10_000 {
                let cpu = 100.0 * (seen.cpu_us / cpu - 1.0);
                table.row("  processor time, growth", cpu, "%", Aim::AtMost(20.0));
                let wall = 100.0 * (wall / rate - 1.0);
                table.row("  time, growth", wall, "%", Aim::AtMost(20.0));
            }
            self.clear(runtime, &premises)?;
        }
        Ok(())
    }

    fn load(&self, house: &House) -> Load {
        Load { server: house.address, clients: self.clients, seconds: self.seconds, status: 201 }
    }

    fn ask(
        &self,
        runtime: &Runtime,
        house: &House,
        key: &str,
        sample: Sample,
    ) -> anyhow::Result<Seen> {
        let (acts, commits) = house.commits()?;
        let (cpu, own) = (house.cpu()?, house::cpu("self")?);
        let measured = runtime.block_on(load::run(&self.load(house), |connection| {
            let mut numbers = Numbers::new(sample.seed, connection + (1 << 40));
            let key = key.to_owned();
            move |n, out: &mut Vec<u8>| {
                let body = sample::question(sample, &mut numbers);
                load::post(out, "/v1/disclosures", &headers(&key, connection, n), &body);
            }
        }))?;
        let cpu = house.cpu()?.saturating_sub(cpu);
        let own = house::cpu("self")?.saturating_sub(own);
        let (acts_after, commits_after) = house.commits()?;
        let acts = count(acts_after - acts).max(1.0);
        Ok(Seen {
            measured,
            batch: acts / count(commits_after - commits).max(1.0),
            cpu_us: cpu.as_secs_f64() * 1e6 / acts,
            load_us: own.as_secs_f64() * 1e6 / acts,
        })
    }

    /// How large the rows are that were written.
    fn shape(runtime: &Runtime, premises: &Premises, seen: &Seen) -> anyhow::Result<Shape> {
        let (sealed, entry) = match premises.database()? {
            DatabaseUrl::Sqlite(path) => {
                let conn = rusqlite::Connection::open(path)?;
                conn.query_row(LENGTHS, [], |row| Ok((row.get(0)?, row.get(1)?)))?
            }
            DatabaseUrl::Postgres(url) => runtime.block_on(async {
                let (client, connection) = tokio_postgres::connect(&url, NoTls).await?;
                tokio::spawn(connection);
                let row = client.query_one(LENGTHS, &[]).await?;
                Ok::<(i32, i32), tokio_postgres::Error>((row.try_get(0)?, row.try_get(1)?))
            })?,
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1 to 256")]
        let batch = (seen.batch.round() as u64).max(1);
        Ok(Shape { batch, sealed: usize::try_from(sealed)?, entry: usize::try_from(entry)? })
    }

    /// An empty schema on PostgreSQL, as an address of its own.
    fn schema(&self, runtime: &Runtime, suffix: &str) -> anyhow::Result<Option<String>> {
        let Some(url) = &self.database else { return Ok(None) };
        let schema = format!("azukari_bench{suffix}");
        self.sql(
            runtime,
            &format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}"),
        )?;
        let mark = if url.contains('?') { '&' } else { '?' };
        Ok(Some(format!("{url}{mark}options=-c%20search_path%3D{schema}")))
    }

    fn sql(&self, runtime: &Runtime, text: &str) -> anyhow::Result<()> {
        let Some(url) = &self.database else { return Ok(()) };
        runtime.block_on(async {
            let (client, connection) =
                tokio_postgres::connect(url, NoTls).await.context("PostgreSQL is not there")?;
            tokio::spawn(connection);
            client.batch_execute(text).await.context("PostgreSQL does not make a schema")
        })
    }

    fn clear(&self, runtime: &Runtime, premises: &Premises) -> anyhow::Result<()> {
        fs::remove_dir_all(&premises.data)?;
        let drop = "DROP SCHEMA IF EXISTS azukari_bench CASCADE; \
                    DROP SCHEMA IF EXISTS azukari_bench_bare CASCADE";
        self.sql(runtime, drop)
    }
}

const LENGTHS: &str = "SELECT CAST(length(r.sealed) AS INT), CAST(length(e.entry) AS INT) \
     FROM records r JOIN entries e ON e.place = r.place ORDER BY r.place DESC LIMIT 1";

/// The disclosure path as it was seen.
struct Seen {
    measured: Measured,
    /// Acts in a commit, on average.
    batch: f64,
    /// Processor time for each act, in microseconds.
    cpu_us: f64,
    /// The same of the load generator.
    load_us: f64,
}

/// Fills a new house and makes a service key for it.
fn fill(premises: &Premises, sample: Sample) -> anyhow::Result<(String, Duration)> {
    let begun = std::time::Instant::now();
    let app = premises.open(PublicUrl::default(), Some(sample::policy()))?;
    // Sealing and writing run side by side.
    let filling = super::serve::runtime()?;
    filling.block_on(sample::fill(&app, sample))?;
    let scopes = ["disclosures:write".to_owned()];
    let key = caller::make(&app.store, app.clock.now(), "bench", &scopes)?.key;
    drop(filling);
    drop(app);
    Ok((key, begun.elapsed()))
}

fn premises_at(data: PathBuf, schema: Option<&str>) -> Premises {
    Premises { data, database: schema.map(str::to_owned), root_key: None }
}

fn headers(key: &str, connection: u64, n: u64) -> String {
    format!("Authorization: Bearer {key}\r\nIdempotency-Key: bench-{connection}-{n}\r\n")
}
