//! Operators enter: one file per subcommand. What goes wrong is told in one line that says what to
//! do, on standard error, with exit code 1; findings of a check exit with 2.

mod agents;
mod bench;
mod datasets;
mod demo;
mod keys;
mod ledger;
mod outbox;
mod policy;
mod retention;
mod say;
mod serve;
mod staff;
mod statistics;
mod webhooks;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::{Args, Parser, Subcommand};
use vault::{FileKey, KeySource};

use crate::acts::publish::{Files, Release};
use crate::app::{App, Cellar, DataDir, MIGRATIONS, Setup};
use crate::cli::say::say_on;
use crate::clock::SystemClock;
use crate::error::Error;
use crate::public_url::PublicUrl;
use crate::store::{self, Conn, DatabaseUrl};

/// A privacy policy that runs: holds people's information and keeps what the policy promises.
#[derive(Parser)]
#[command(name = "azukari", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run everything with sample data: Azukari, the reservation app, stores, guests, bookings
    Demo(demo::Demo),
    /// Run Azukari, with no sample data
    Serve(serve::Serve),
    /// Begin a policy, check its files, say it in the words of others
    #[command(subcommand)]
    Policy(policy::Policy),
    /// Make, list and revoke service keys; rotate the root key
    #[command(subcommand)]
    Keys(keys::Keys),
    /// Add, list, invite and end the staff who decide about requests; hand the manager's role over
    #[command(subcommand)]
    Staff(staff::Staff),
    /// Verify the ledger, or a single proof
    #[command(subcommand)]
    Ledger(Box<ledger::Ledger>),
    /// List what waits to be delivered; try again what was given up
    #[command(subcommand)]
    Outbox(outbox::Outbox),
    /// Say what falls due, and what is held by what
    #[command(subcommand)]
    Retention(retention::Retention),
    /// Figures of a table with differential privacy, out of a budget that ends
    #[command(subcommand)]
    Statistics(statistics::Statistics),
    /// Let authorised agents of the Data Rights Protocol in, list and end them
    #[command(subcommand)]
    Agents(agents::Agents),
    /// Add, list and end endpoints that are told of events; give one a new secret
    #[command(subcommand)]
    Webhooks(webhooks::Webhooks),
    /// Make anonymously processed information 匿名加工情報 of a table, as Rules 34 ask for it
    Anonymise(Box<datasets::Anonymise>),
    /// Make pseudonymously processed information 仮名加工情報 of a table, as Rules 31 ask for it
    Pseudonymise(Box<datasets::Pseudonymise>),
    /// Measure this machine: rules, vault, ledger, and the disclosure path over HTTP
    Bench(bench::Bench),
}

/// Where the data lies.
#[derive(Args, Clone)]
pub struct Premises {
    /// The folder for the embedded database and the root key
    #[arg(long, value_name = "DIR", default_value = "azukari-data")]
    pub data: PathBuf,
    /// The database, instead of the embedded one: `postgres://user@host/name`
    #[arg(long, value_name = "URL", env = "AZUKARI_DATABASE")]
    pub database: Option<String>,
    /// The root key's file [default: root.key in the data folder]
    #[arg(long, value_name = "FILE")]
    pub root_key: Option<PathBuf>,
}

impl Premises {
    fn database(&self) -> anyhow::Result<DatabaseUrl> {
        Ok(match &self.database {
            Some(url) => url.parse()?,
            None => DataDir(self.data.clone()).database(),
        })
    }

    fn root_path(&self) -> PathBuf {
        self.root_key.clone().unwrap_or_else(|| DataDir(self.data.clone()).root_key())
    }

    /// Makes the data folder, readable by its owner alone, or says why it cannot be.
    fn folder(&self) -> anyhow::Result<()> {
        make_private_folder(&self.data)
    }

    /// Database and root key for whoever only looks: nothing is made.
    fn look(&self) -> anyhow::Result<(DatabaseUrl, Box<dyn KeySource>)> {
        keep_memory_private()?;
        let database = self.database()?;
        if let DatabaseUrl::Sqlite(path) = &database
            && !path.is_file()
        {
            bail!("there is no database at `{}`; name its folder with --data", path.display());
        }
        Ok((database, Box::new(FileKey::open(&self.root_path())?)))
    }

    fn setup(&self, public_url: PublicUrl) -> anyhow::Result<Setup> {
        keep_memory_private()?;
        self.folder()?;
        let path = self.root_path();
        Ok(Setup {
            database: self.database()?,
            root: Box::new(move |new| {
                let make = new && !path.exists();
                let key = if make { FileKey::create(&path)? } else { FileKey::open(&path)? };
                Ok(Box::new(key) as Box<dyn KeySource>)
            }),
            clock: Arc::new(SystemClock),
            origin: new_origin()?,
            public_url,
        })
    }

    /// Opens the house that people reach there, publishing the policy unless it is the one in force.
    fn open(&self, public_url: PublicUrl, policy: Option<Files>) -> anyhow::Result<Arc<App>> {
        Ok(App::open(self.setup(public_url)?, policy.map(Release::of))?)
    }

    /// Runs a short act on the database, beside a server that may be using it; makes the database
    /// where there is none.
    fn beside<T>(&self, act: impl FnOnce(&mut Conn) -> Result<T, Error>) -> anyhow::Result<T> {
        keep_memory_private()?;
        let url = self.database()?;
        self.open_cellar_unless_there()?;
        store::beside(&url, MIGRATIONS.len(), act).map_err(told)
    }

    /// Makes the database where there is none.
    fn open_cellar_unless_there(&self) -> anyhow::Result<()> {
        if !matches!(&self.database()?, DatabaseUrl::Sqlite(path) if path.exists()) {
            drop(self.open_cellar()?);
        }
        Ok(())
    }

    /// Opens database and keys only.
    fn open_cellar(&self) -> anyhow::Result<Cellar> {
        Ok(Cellar::open(self.setup(PublicUrl::default())?)?)
    }
}

/// An error for the terminal: fields that cannot be read are flags there.
fn told(error: Error) -> anyhow::Error {
    match error {
        Error::Invalid(fields) => {
            let lines: Vec<String> =
                fields.iter().map(|f| format!("--{} {}", f.field, f.detail)).collect();
            anyhow::anyhow!(lines.join("; "))
        }
        other => other.into(),
    }
}

/// A name for a new ledger: unlike any other, so that its checkpoints cannot be mistaken.
fn new_origin() -> anyhow::Result<String> {
    let mut bytes = [0; 5];
    crate::once::random(&mut bytes)?;
    Ok(format!("azukari.example/ledger/{}", ::policy::party::base32().encode(&bytes)))
}

fn make_private_folder(dir: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true).mode(0o700);
    builder.create(dir).with_context(|| {
        format!("the data folder `{}` cannot be made; name another with --data", dir.display())
    })?;
    // Ask the folder itself: rights, read-only mounts and full disks all answer here.
    let probe = dir.join(".writable");
    let probed = std::fs::write(&probe, b"?").and_then(|()| std::fs::remove_file(&probe));
    probed.map_err(|error| match error.kind() {
        std::io::ErrorKind::StorageFull => {
            // The empty file that was made before there was no room for its one byte.
            let _ = std::fs::remove_file(&probe);
            anyhow::anyhow!("the disk of the data folder `{}` is full; free space on it", dir.display())
        }
        _ => anyhow::Error::new(error).context(format!(
            "the data folder `{}` is not writable; give it to this user or name another with --data",
            dir.display()
        )),
    })
}

/// Reads a policy's files, as they are; `read_files` says whether they make sense.
fn read_policy(dir: &Path) -> anyhow::Result<Files> {
    let mut files = ::policy::read::files(dir).map_err(|findings| {
        let path = findings.first().map_or(dir.to_owned(), |found| dir.join(&found.file));
        let path = path.display();
        anyhow::anyhow!("the policy's file `{path}` cannot be read; name its folder with --policy")
    })?;
    let plan = dir.join(::policy::plan::FILE);
    match std::fs::read_to_string(&plan) {
        Ok(text) => drop(files.insert(::policy::plan::FILE.to_owned(), text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => {
            let plan = plan.display();
            return Err(error).with_context(|| format!("the plan `{plan}` cannot be read"));
        }
    }
    Ok(files)
}

/// Keeps this process's memory out of crash dumps and from other processes: it holds keys.
fn keep_memory_private() -> anyhow::Result<()> {
    use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })
        .context("core dumps cannot be switched off")?;
    set_dumpable_behavior(DumpableBehavior::NotDumpable)
        .context("crash dumps cannot be switched off")?;
    Ok(())
}

/// Logs to standard error; `AZUKARI_LOG` chooses what, `AZUKARI_LOG_FORMAT=json` how.
fn start_logging() {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_env("AZUKARI_LOG")
        .unwrap_or_else(|_| EnvFilter::new("warn,azukari=info,reservation=info"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()));
    if std::env::var("AZUKARI_LOG_FORMAT").is_ok_and(|format| format == "json") {
        builder.json().init();
    } else {
        builder.with_target(false).init();
    }
    // The default hook prints the payload, which may quote a value; the place is enough.
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(%place, "panicked");
    }));
}

/// Runs the command that the command line names.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        // Help and version are answers; anything else is told in one line, as all errors are.
        Err(asked) if !asked.use_stderr() => {
            say_on!("{asked}");
            return ExitCode::SUCCESS;
        }
        Err(asked)
            if asked.kind() == clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand =>
        {
            eprint!("{asked}");
            return ExitCode::FAILURE;
        }
        Err(wrong) => {
            let text = wrong.to_string();
            let told = text.trim_start_matches("error: ").split("\n\n").next().unwrap_or_default();
            let told: Vec<&str> = told.lines().map(str::trim).collect();
            eprintln!("azukari: {}; see --help", told.join(" "));
            return ExitCode::FAILURE;
        }
    };
    let outcome = match cli.command {
        Command::Demo(demo) => demo.run(),
        Command::Serve(serve) => serve.run(),
        Command::Policy(policy) => policy.run(),
        Command::Keys(keys) => keys.run(),
        Command::Ledger(ledger) => ledger.run(),
        Command::Outbox(outbox) => outbox.run(),
        Command::Staff(staff) => staff.run(),
        Command::Retention(retention) => retention.run(),
        Command::Statistics(statistics) => statistics.run(),
        Command::Agents(agents) => agents.run(),
        Command::Webhooks(webhooks) => webhooks.run(),
        Command::Anonymise(anonymise) => anonymise.run(),
        Command::Pseudonymise(pseudonymise) => pseudonymise.run(),
        Command::Bench(bench) => bench.run(),
    };
    match outcome {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::from(2),
        Err(error) => {
            eprintln!("azukari: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// How a command came out.
pub enum Outcome {
    /// It did what it was asked.
    Done,
    /// It looked and found something wrong.
    Findings,
}

/// Binds a port, or says who to ask.
async fn bind(listen: &str, flag: &str) -> anyhow::Result<tokio::net::TcpListener> {
    match tokio::net::TcpListener::bind(listen).await {
        Ok(listener) => Ok(listener),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            bail!("{listen} is taken by another program; stop it, or choose another with {flag}")
        }
        Err(error) => Err(error).with_context(|| {
            format!("cannot listen on {listen}; give an address of this machine with {flag}")
        }),
    }
}
