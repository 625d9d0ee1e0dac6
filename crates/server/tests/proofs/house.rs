//! A house of its own for each test: a data folder (and on PostgreSQL a schema), the real binary
//! serving it on free ports, and a caller who does what guests, stores and operators do.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use azukari::app::MIGRATIONS;
use azukari::store::{Conn, DatabaseUrl, DbError, NoJournal, Snapshot, Store};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;

pub const BINARY: &str = env!("CARGO_BIN_EXE_azukari");
/// The reference policy with its stores alone: what it promises is proven at each first start, and with
/// the processors that takes ten times as long.
pub static POLICY: LazyLock<String> = LazyLock::new(|| {
    let reference = concat!(env!("CARGO_MANIFEST_DIR"), "/../../apps/reservation/policy");
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("policy-of-the-proofs");
    let _ = std::fs::remove_dir_all(&dir);
    std::fs::create_dir_all(&dir).unwrap();
    for (name, mut text) in policy::read::files(Path::new(reference)).unwrap() {
        match name.as_str() {
            "promises.toml" => continue,
            "recipients.toml" => {
                let stores = text.find("# The five categories of processors").unwrap();
                text.truncate(stores);
            }
            _ => {}
        }
        std::fs::write(dir.join(name), text).unwrap();
    }
    dir.to_str().unwrap().to_owned()
});
/// How long a start or a stop may take on a busy machine.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// A data folder, and a schema on PostgreSQL.
pub struct House {
    folder: TempDir,
    elsewhere: Option<PathBuf>,
    server: Option<(String, String)>,
    key: String,
}

impl House {
    pub fn on_sqlite() -> House {
        House::new(None)
    }

    /// `None` without a PostgreSQL to test on.
    pub fn on_postgres() -> Option<House> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let Ok(server) = std::env::var("AZUKARI_TEST_POSTGRES") else {
            eprintln!("not run on PostgreSQL: AZUKARI_TEST_POSTGRES is not set");
            return None;
        };
        let n = NEXT.fetch_add(1, Ordering::SeqCst);
        let schema = format!("proofs_{}_{n}", std::process::id());
        admin(&server, &format!("CREATE SCHEMA {schema}"));
        Some(House::new(Some((server, schema))))
    }

    fn new(server: Option<(String, String)>) -> House {
        let folder = tempfile::tempdir().unwrap();
        let mut house = House { folder, elsewhere: None, server, key: String::new() };
        let made = house.azukari(&["keys", "new"], &["--name", "tests", "--scope", "all"]);
        assert!(made.status.success(), "{}", said(&made));
        house.key = String::from_utf8(made.stdout).unwrap().trim().into();
        house
    }

    /// A house with the same contents, to be damaged.
    pub fn copy(&self) -> House {
        let folder = tempfile::tempdir().unwrap();
        for file in std::fs::read_dir(self.data()).unwrap().map(Result::unwrap) {
            if file.file_type().unwrap().is_file() {
                std::fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
            }
        }
        let mut house = House { folder, elsewhere: None, server: None, key: self.key.clone() };
        if let Some((server, from)) = &self.server {
            static NEXT: AtomicU32 = AtomicU32::new(0);
            let schema = format!("{from}_c{}", NEXT.fetch_add(1, Ordering::SeqCst));
            admin(server, &format!("CREATE SCHEMA {schema}"));
            house.server = Some((server.clone(), schema.clone()));
            drop(Store::open(&house.url(), &MIGRATIONS, Box::new(NoJournal)).unwrap());
            let mut ddl = String::new();
            for table in TABLES {
                let _ = write!(
                    ddl,
                    "DELETE FROM {schema}.{table}; \
                     INSERT INTO {schema}.{table} SELECT * FROM {from}.{table};"
                );
            }
            admin(server, &ddl);
        }
        house
    }

    pub fn data(&self) -> &Path {
        self.elsewhere.as_deref().unwrap_or(self.folder.path())
    }

    /// Lets the data lie in another folder from now on.
    pub fn move_to(&mut self, folder: &Path) {
        for file in std::fs::read_dir(self.data()).unwrap().map(Result::unwrap) {
            std::fs::copy(file.path(), folder.join(file.file_name())).unwrap();
        }
        self.elsewhere = Some(folder.to_owned());
    }

    /// The service key.
    pub fn key(&self) -> &str {
        &self.key
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.data().join(name)
    }

    pub fn url(&self) -> DatabaseUrl {
        match &self.server {
            None => DatabaseUrl::Sqlite(self.file("azukari.db")),
            Some(_) => self.address().unwrap().parse().unwrap(),
        }
    }

    fn address(&self) -> Option<String> {
        let (server, schema) = self.server.as_ref()?;
        Some(format!("{server}?options=-c%20search_path%3D{schema}"))
    }

    /// The binary with a command, this house's place, and more arguments.
    pub fn command(&self, command: &[&str], more: &[&str]) -> Command {
        let mut process = Command::new(BINARY);
        process.args(command).arg("--data").arg(self.data()).env_remove("AZUKARI_DATABASE");
        if let Some(address) = self.address() {
            process.args(["--database", &address]);
        }
        process.args(more);
        process
    }

    pub fn azukari(&self, command: &[&str], more: &[&str]) -> Output {
        self.command(command, more).output().unwrap()
    }

    /// The command that serves this house on free ports.
    pub fn serve(&self) -> Command {
        let ports = ["--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0", "--rate", "0"];
        let mut process = self.command(&["serve"], &ports);
        process.args(["--policy", POLICY.as_str()]).env("AZUKARI_LOG", "warn");
        process
    }

    pub fn start(&self) -> Server {
        Server::start(self.serve(), &self.key)
    }

    /// Changes the database behind the server's back.
    pub fn tamper(&self, change: impl Fn(&mut Conn) -> Result<(), DbError> + Send + 'static) {
        let store = Store::open(&self.url(), &MIGRATIONS, Box::new(NoJournal)).unwrap();
        store.write_blocking(move |tx| change(tx)).unwrap();
    }

    /// Looks at the database as it is.
    pub fn look<T>(&self, look: impl FnOnce(&mut Conn) -> Result<T, DbError>) -> T {
        let mut snapshot = Snapshot::open(&self.url(), MIGRATIONS.len()).unwrap();
        look(&mut snapshot).unwrap()
    }

    /// Every byte that is kept: the folder's files, and on PostgreSQL every row as text.
    pub fn everything_kept(&self) -> Vec<(String, Vec<u8>)> {
        let files = std::fs::read_dir(self.data()).unwrap().map(Result::unwrap);
        let mut kept: Vec<(String, Vec<u8>)> = files
            .map(|file| {
                let name = file.file_name().to_string_lossy().into_owned();
                (name, std::fs::read(file.path()).unwrap())
            })
            .collect();
        if let Some((server, schema)) = &self.server {
            let rows = runtime().block_on(async {
                let (client, connection) =
                    tokio_postgres::connect(server, tokio_postgres::NoTls).await.unwrap();
                tokio::spawn(connection);
                let mut text = String::new();
                for table in TABLES {
                    let sql = format!("SELECT t::text FROM {schema}.{table} t");
                    for row in client.query(&sql, &[]).await.unwrap() {
                        text.push_str(row.get::<_, &str>(0));
                        text.push('\n');
                    }
                }
                text
            });
            kept.push(("the tables".to_owned(), rows.into_bytes()));
        }
        kept
    }

    /// Expects the whole ledger to be sound; tells how many entries it has.
    pub fn is_sound(&self) -> u64 {
        let out = self.azukari(&["ledger", "verify"], &["--json"]);
        let report: Value = serde_json::from_slice(&out.stdout).unwrap_or_default();
        assert!(out.status.success(), "{}", said(&out));
        assert_eq!(report["records"], report["size"], "{report}");
        report["size"].as_u64().unwrap()
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if let Some((server, schema)) = &self.server {
            admin(server, &format!("DROP SCHEMA {schema} CASCADE"));
        }
    }
}

/// Every table that a migration makes.
const TABLES: [&str; 25] = [
    "meta",
    "system_keys",
    "policies",
    "service_keys",
    "subjects",
    "subject_keys",
    "items",
    "lookups",
    "secrets",
    "consents",
    "restrictions",
    "holds",
    "recipients",
    "engagements",
    "exceptions",
    "records",
    "requests",
    "request_files",
    "request_sessions",
    "instructions",
    "ledger",
    "entries",
    "tiles",
    "idempotency",
    "outbox",
];

/// Runs statements on the test's PostgreSQL.
fn admin(server: &str, sql: &str) {
    let runtime = runtime();
    runtime.block_on(async {
        let (client, connection) =
            tokio_postgres::connect(server, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        client.batch_execute(sql).await.unwrap();
    });
}

/// Nobody, for when the tests run as root, whom no right binds.
pub const NOBODY: u32 = 65_534;

/// Gives the folder and everything in it to a user.
pub fn give(folder: &Path, user: u32) {
    for file in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        chown(file.path(), Some(user), Some(user)).unwrap();
    }
    chown(folder, Some(user), Some(user)).unwrap();
}

/// Copies the binary to where every user may run it. By another process: a handle for writing that
/// a child of some other test inherits would keep it from being run.
pub fn copy_binary(to: &Path) {
    let copied = Command::new("cp").arg(BINARY).arg(to).output().unwrap();
    assert!(copied.status.success(), "{}", said(&copied));
}

pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// Everything that a process said.
pub fn said(out: &Output) -> String {
    format!(
        "{}\n{}{}",
        out.status,
        String::from_utf8_lossy(&out.stdout),
        String::from_utf8_lossy(&out.stderr)
    )
}

/// The binary, serving; killed when dropped.
pub struct Server {
    pub child: Child,
    pub base: String,
    pub key: String,
    /// From the start to the line that says ready.
    pub took: Duration,
}

impl Server {
    /// Starts a command and waits until it says where it is ready.
    pub fn start(mut command: Command, key: &str) -> Server {
        let begun = Instant::now();
        let mut child = command.stdout(Stdio::piped()).stdin(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let Some(base) = line.trim().strip_prefix("azukari is ready on ") else {
            let status = child.wait().unwrap();
            panic!("the server did not start ({status}): {line}");
        };
        let base = base.to_owned();
        Server { child, base, key: key.to_owned(), took: begun.elapsed() }
    }

    pub fn caller(&self) -> Caller {
        let http = reqwest::Client::builder().timeout(PATIENCE).build().unwrap();
        Caller { http, base: self.base.clone(), key: self.key.clone() }
    }

    pub fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Stops it as an operator does.
    pub fn stop(mut self) -> ExitStatus {
        kill_process(self.pid(), Signal::TERM).unwrap();
        self.child.wait().unwrap()
    }

    /// Ends it between two instructions.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An act that was acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    pub act: &'static str,
    pub subject: Option<String>,
    pub record: String,
    pub index: u64,
}

/// Whoever holds the service key.
#[derive(Clone)]
pub struct Caller {
    http: reqwest::Client,
    pub base: String,
    key: String,
}

/// No answer came, or one that was cut short, or another than hoped for.
#[derive(Debug)]
pub enum No {
    Silence,
    Cut,
    Answer(u16, Value),
}

impl Caller {
    async fn send(&self, method: reqwest::Method, path: &str, body: &Value) -> Result<Value, No> {
        let request = self.http.request(method, format!("{}{path}", self.base));
        let response = request.bearer_auth(&self.key).json(body).send().await;
        let response = response.map_err(|_| No::Silence)?;
        let status = response.status();
        let cut = if status.is_success() { No::Cut } else { No::Silence };
        let body = response.json().await.map_err(|_| cut)?;
        if status.is_success() { Ok(body) } else { Err(No::Answer(status.as_u16(), body)) }
    }

    /// Another program, with its own key.
    pub fn with_key(&self, key: &str) -> Caller {
        Caller { key: key.to_owned(), ..self.clone() }
    }

    pub async fn post(&self, path: &str, body: &Value) -> Result<Value, No> {
        self.send(reqwest::Method::POST, path, body).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Result<Value, No> {
        self.send(reqwest::Method::PUT, path, body).await
    }

    pub async fn get(&self, path: &str) -> Result<String, No> {
        let request = self.http.get(format!("{}{path}", self.base)).bearer_auth(&self.key);
        let response = request.send().await.map_err(|_| No::Silence)?;
        let status = response.status();
        let text = response.text().await.map_err(|_| No::Silence)?;
        if status.is_success() { Ok(text) } else { Err(No::Answer(status.as_u16(), text.into())) }
    }

    /// Registers the store that everyone books.
    pub async fn store(&self) -> Result<Done, No> {
        let body = json!({
            "category": "store", "name": "見本寿司", "address": "東京都見本区見本町2-2-2",
            "representative": "見本花子",
        });
        let answer = self.put("/v1/recipients/sushi", &body).await?;
        Ok(done("recipient_put", None, &answer))
    }

    /// Takes a person in, whose name is the value that may be looked for later.
    pub async fn register(&self, name: &str, n: u64) -> Result<Done, No> {
        let agreed = |consent: &str| json!({"consent": consent, "state": "given", "notice": "2026-10-01", "language": "ja"});
        let body = json!({
            "regime": "jp",
            "items": {
                "name": name,
                "email": format!("guest{n}@guests.example"),
                "phone": format!("+8190{n:08}"),
            },
            "consents": [agreed("store_disclosure"), agreed("related_information")],
        });
        let answer = self.post("/v1/subjects", &body).await?;
        Ok(done("registered", answer["subject"].as_str(), &answer))
    }

    /// Books a table for now.
    pub async fn book(&self, subject: &str, reference: &str) -> Result<Done, No> {
        let now = jiff::Timestamp::now();
        let hours = |n| now + jiff::SignedDuration::from_hours(n);
        let body = json!({"starts_at": hours(-1).to_string(), "ends_at": hours(2).to_string()});
        let path = format!("/v1/subjects/{subject}/engagements/sushi/{reference}");
        let answer = self.put(&path, &body).await?;
        Ok(done("engaged", Some(subject), &answer))
    }

    /// The store asks for the name; tells what was received, too.
    pub async fn disclose(&self, subject: &str, reference: &str) -> Result<(Done, String), No> {
        let body = json!({
            "subject": subject, "recipient": "sushi", "purpose": "reservation",
            "items": ["name"], "reference": reference,
        });
        let answer = self.post("/v1/disclosures", &body).await?;
        let name = answer["items"]["name"].as_str().unwrap_or_default().to_owned();
        Ok((done("disclosed", Some(subject), &answer), name))
    }

    /// Closes an account; with it goes what is due at once.
    pub async fn close(&self, subject: &str) -> Result<Value, No> {
        let path = format!("/v1/subjects/{subject}");
        self.send(reqwest::Method::DELETE, &path, &Value::Null).await
    }

    /// Withdraws or gives the consent to marketing.
    pub async fn marketing(&self, subject: &str, state: &str) -> Result<Done, No> {
        let body = json!({"state": state, "notice": "2026-10-01", "language": "en"});
        let path = format!("/v1/subjects/{subject}/consents/marketing");
        let answer = self.put(&path, &body).await?;
        Ok(done("consent_changed", Some(subject), &answer))
    }
}

fn done(act: &'static str, subject: Option<&str>, answer: &Value) -> Done {
    Done {
        act,
        subject: subject.map(str::to_owned),
        record: answer["record"].as_str().unwrap().to_owned(),
        index: answer["ledger"]["index"].as_u64().unwrap(),
    }
}
