//! The house that stories happen in: its own database, a clock that is told the time, the real
//! router, and actors who speak HTTP and nothing else. Where a story needs to see behind the door
//! (rows, the ledger), `House` looks; where it needs to break something, `House` breaks it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::Router;
use axum::body::{Body, Bytes};
use azukari::acts::publish::{Files, Release};
use azukari::api::caller::{self, SCOPES};
use azukari::api::{self, Api};
use azukari::app::{App, AppError, DataDir, Setup};
use azukari::clock::{Clock, SetClock};
use azukari::store::{Conn, DatabaseUrl, DbError, ledger as log, records};
use azukari::web;
use jiff::{SignedDuration, Span, Timestamp};
use ledger::{Expected, LogSource, TileId, encode_bundle, verify_log};
use policy::prove::{self, Outcome, Proof, Proven};
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;
use vault::{FileKey, KeySource};

/// The day of the policy, as guests are shown it.
pub(crate) const NOTICE: &str = "2026-10-01";
/// Nine in the morning in Tokyo, on the day most stories happen.
const MORNING: &str = "2026-11-22T09:00:00+09:00";
/// Every table that says something about people or acts.
pub(crate) const TABLES: [(&str, &str); 27] = [
    ("agreements", "SELECT COUNT(*) FROM agreements"),
    ("consents", "SELECT COUNT(*) FROM consents"),
    ("datasets", "SELECT COUNT(*) FROM datasets"),
    ("drp_agents", "SELECT COUNT(*) FROM drp_agents"),
    ("engagements", "SELECT COUNT(*) FROM engagements"),
    ("entries", "SELECT COUNT(*) FROM entries"),
    ("exceptions", "SELECT COUNT(*) FROM exceptions"),
    ("holds", "SELECT COUNT(*) FROM holds"),
    ("idempotency", "SELECT COUNT(*) FROM idempotency"),
    ("instructions", "SELECT COUNT(*) FROM instructions"),
    ("items", "SELECT COUNT(*) FROM items"),
    ("links", "SELECT COUNT(*) FROM links"),
    ("lookups", "SELECT COUNT(*) FROM lookups"),
    ("outbox", "SELECT COUNT(*) FROM outbox"),
    ("policies", "SELECT COUNT(*) FROM policies"),
    ("recipients", "SELECT COUNT(*) FROM recipients"),
    ("records", "SELECT COUNT(*) FROM records"),
    ("requests", "SELECT COUNT(*) FROM requests"),
    ("restrictions", "SELECT COUNT(*) FROM restrictions"),
    ("secrets", "SELECT COUNT(*) FROM secrets"),
    ("service_keys", "SELECT COUNT(*) FROM service_keys"),
    ("staff", "SELECT COUNT(*) FROM staff"),
    ("staff_sessions", "SELECT COUNT(*) FROM staff_sessions"),
    ("subject_keys", "SELECT COUNT(*) FROM subject_keys"),
    ("subjects", "SELECT COUNT(*) FROM subjects"),
    ("tiles", "SELECT COUNT(*) FROM tiles"),
    ("webhooks", "SELECT COUNT(*) FROM webhooks"),
];

/// The reference app's policy, as its files are.
pub(crate) fn policy_files() -> Files {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../apps/reservation/policy");
    policy::read::files(&dir).unwrap()
}

/// A schema of a PostgreSQL server, gone with its house.
struct Schema {
    server: String,
    name: String,
}

impl Schema {
    fn new(server: String) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let n = NEXT.fetch_add(1, Ordering::SeqCst);
        let schema = Self { server, name: format!("story_{}_{n}", std::process::id()) };
        schema.admin(&format!("CREATE SCHEMA {}", schema.name)).unwrap();
        schema
    }

    fn url(&self) -> DatabaseUrl {
        let Self { server, name } = self;
        DatabaseUrl::Postgres(format!("{server}?options=-c%20search_path%3D{name}"))
    }

    fn admin(&self, sql: &str) -> Result<(), tokio_postgres::Error> {
        self.ask(sql).map(drop)
    }

    /// Every row of every table, as text; bytes are in hexadecimal.
    fn every_row(&self) -> String {
        let tables = self
            .ask(&format!("SELECT tablename FROM pg_tables WHERE schemaname = '{}'", self.name));
        let row = |table: &String| {
            self.ask(&format!("SELECT t::text FROM {}.{table} t", self.name)).unwrap().join("\n")
        };
        tables.unwrap().iter().map(row).collect::<Vec<_>>().join("\n")
    }

    /// The first column of every row that the statements find; on a thread of its own, so that it
    /// works inside a runtime and while one is ending.
    fn ask(&self, sql: &str) -> Result<Vec<String>, tokio_postgres::Error> {
        use tokio_postgres::SimpleQueryMessage::Row;
        let (server, sql) = (self.server.clone(), sql.to_owned());
        let done = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async {
                let (client, connection) =
                    tokio_postgres::connect(&server, tokio_postgres::NoTls).await?;
                tokio::spawn(connection);
                let found = client.simple_query(&sql).await?;
                let text = |message| match message {
                    Row(row) => row.get(0).map(str::to_owned),
                    _ => None,
                };
                Ok(found.into_iter().filter_map(text).collect())
            })
        });
        done.join().unwrap()
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        let _ = self.admin(&format!("DROP SCHEMA IF EXISTS {} CASCADE", self.name));
    }
}

/// Where a call goes: straight into the router, or through a socket.
#[derive(Clone)]
enum Door {
    Router(Router),
    Socket(SocketAddr),
}

/// An open house. Fields drop in order: first what uses the database, then the database.
pub(crate) struct House {
    door: Door,
    serving: Option<tokio::task::JoinHandle<()>>,
    pub(crate) app: Arc<App>,
    pub(crate) clock: Arc<SetClock>,
    /// The key of the reservation app: everything but approving exceptions.
    pub(crate) key: String,
    /// The information manager's key: exceptions and nothing else.
    pub(crate) manager_key: String,
    pub(crate) ground: Ground,
}

/// What outlives an open house: its folder and its database.
pub(crate) struct Ground {
    schema: Option<Schema>,
    pub(crate) folder: TempDir,
}

impl Ground {
    pub(crate) fn new() -> Self {
        let schema = std::env::var("AZUKARI_TEST_POSTGRES").ok().map(Schema::new);
        Self { schema, folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn database(&self) -> DatabaseUrl {
        match &self.schema {
            Some(schema) => schema.url(),
            None => DataDir(self.folder.path().to_owned()).database(),
        }
    }

    pub(crate) fn root_key(&self) -> PathBuf {
        DataDir(self.folder.path().to_owned()).root_key()
    }

    /// The same ground again, as it lies now; nobody may be at home.
    pub(crate) fn copy(&self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for file in std::fs::read_dir(self.folder.path()).unwrap() {
            let file = file.unwrap();
            std::fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
        }
        let schema = self.schema.as_ref().map(|from| {
            let to = Schema::new(from.server.clone());
            to.admin(&format!(
                "DO $$ DECLARE t text; BEGIN \
                 FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = '{0}' LOOP \
                 EXECUTE format('CREATE TABLE {1}.%I (LIKE {0}.%I INCLUDING ALL)', t, t); \
                 EXECUTE format('INSERT INTO {1}.%I SELECT * FROM {0}.%I', t, t); \
                 END LOOP; END $$",
                from.name, to.name
            ))
            .unwrap();
            to
        });
        Self { schema, folder }
    }

    /// Every byte that is kept: the folder's files, and on PostgreSQL every row as text.
    pub(crate) fn everything_kept(&self) -> Vec<(String, Vec<u8>)> {
        let mut kept = Vec::new();
        for file in std::fs::read_dir(self.folder.path()).unwrap() {
            let file = file.unwrap();
            let name = file.file_name().to_string_lossy().into_owned();
            kept.push((name, std::fs::read(file.path()).unwrap()));
        }
        if let Some(schema) = &self.schema {
            kept.push(("the tables".to_owned(), schema.every_row().into_bytes()));
        }
        kept
    }

    /// Runs a statement while nobody is at home.
    pub(crate) fn mends(&self, sql: &str) {
        match &self.schema {
            Some(schema) => {
                schema.admin(&format!("SET search_path = {}; {sql}", schema.name)).unwrap();
            }
            None => {
                let path = self.folder.path().join("azukari.db");
                rusqlite::Connection::open(path).unwrap().execute_batch(sql).unwrap();
            }
        }
    }

    /// Everything that opening a house on this ground takes.
    pub(crate) fn opening(&self, clock: &Arc<SetClock>, root: PathBuf) -> Setup {
        Setup {
            database: self.database(),
            root: Box::new(move |new| {
                let key = if new && !root.exists() {
                    FileKey::create(&root)?
                } else {
                    FileKey::open(&root)?
                };
                Ok(Box::new(key) as Box<dyn KeySource>)
            }),
            clock: Arc::<SetClock>::clone(clock),
            origin: "stories.example/ledger".to_owned(),
            public_url: "https://policy.stories.example".parse().unwrap(),
        }
    }

    /// Opens the app; on a thread of its own, because a database may bring its runtime.
    pub(crate) fn open_app(
        &self,
        clock: &Arc<SetClock>,
        root: PathBuf,
        files: Option<Files>,
    ) -> Result<Arc<App>, AppError> {
        let opening = self.opening(clock, root);
        let release = files.map(|files| {
            let proof = taken_as_proven(&files);
            Release { proof, ..Release::of(files) }
        });
        std::thread::spawn(move || App::open(opening, release)).join().unwrap()
    }
}

/// A proof that says of every promise that it holds. The promises of these policies are decided where
/// that is the subject (`policy/tests/prove.rs`, `tests/it/proven.rs`); it takes seconds each time, and
/// other stories take it as given.
pub(crate) fn taken_as_proven(files: &Files) -> Option<Proof> {
    let document = policy::read_files(files).ok()?.document;
    let promises = prove::universal().into_iter().chain(document.promises.clone());
    let promises = promises.map(|promise| Proven {
        promise: promise.name,
        label: promise.label,
        rows: promise.rows,
        universal: false,
        cases: 1,
        outcome: Outcome::Holds,
    });
    let (version, hash, promises) = (document.version, document.hash, promises.collect());
    Some(Proof { version, hash, cases: 1, stand_for: 1, promises })
}

pub(crate) fn morning() -> Arc<SetClock> {
    Arc::new(SetClock::at(MORNING.parse().unwrap()))
}

/// What the information manager may do, and nobody else.
const MANAGERS: [&str; 5] =
    ["datasets:approve", "datasets:method", "exceptions:approve", "holds:write", "retention:read"];

impl House {
    /// Opens a new house with the reference policy, at nine in the morning.
    pub(crate) fn open() -> Self {
        Self::open_on(Ground::new(), morning(), Some(policy_files()), 0)
    }

    /// A house that lets each key ask so often in a second.
    pub(crate) fn open_with_rate(rate: u32) -> Self {
        Self::open_on(Ground::new(), morning(), Some(policy_files()), rate)
    }

    pub(crate) fn open_on(
        ground: Ground,
        clock: Arc<SetClock>,
        files: Option<Files>,
        rate: u32,
    ) -> Self {
        let app = ground.open_app(&clock, ground.root_key(), files).unwrap();
        let all: Vec<String> = SCOPES
            .iter()
            .filter(|scope| !MANAGERS.contains(scope))
            .map(|scope| (*scope).to_owned())
            .collect();
        let now = clock.now();
        let key = caller::make(&app.store, now, "reservation", &all).unwrap().key;
        let manager = MANAGERS.map(str::to_owned);
        let manager_key = caller::make(&app.store, now, "manager", &manager).unwrap().key;
        let api = Api::new(Arc::clone(&app), std::num::NonZeroU32::new(rate));
        let door = Door::Router(api::router(&api).merge(web::router(&app)));
        Self { door, serving: None, app, clock, key, manager_key, ground }
    }

    /// Serves on a loopback port; from here on everybody comes through it.
    pub(crate) async fn on_a_socket(mut self) -> Self {
        let Door::Router(router) = self.door else { panic!("it is on a socket already") };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        self.door = Door::Socket(listener.local_addr().unwrap());
        self.serving = Some(tokio::spawn(async move {
            axum::serve(listener, router).await.unwrap();
        }));
        self
    }

    /// Closes the house; what is on the ground stays.
    pub(crate) async fn close(self) -> (Ground, Arc<SetClock>) {
        let Self { door, serving, app, clock, ground, .. } = self;
        if let Some(serving) = serving {
            serving.abort();
            let _ = serving.await;
        }
        drop(door);
        let mut app = app;
        // Whoever was just answered may still hold the app for a moment.
        for _ in 0..500 {
            match Arc::try_unwrap(app) {
                Ok(app) => {
                    std::thread::spawn(move || drop(app)).join().unwrap();
                    return (ground, clock);
                }
                Err(held) => app = held,
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("somebody keeps the house open");
    }

    /// Closes the house and opens it again, with other policy files if any are given.
    pub(crate) async fn reopened(self, files: Option<Files>) -> Self {
        let (ground, clock) = self.close().await;
        Self::open_on(ground, clock, files, 0)
    }

    pub(crate) fn lets_hours_pass(&self, hours: i64) {
        self.clock.pass(Span::new().hours(hours)).unwrap();
    }

    pub(crate) fn lets_seconds_pass(&self, seconds: i64) {
        self.clock.pass(Span::new().seconds(seconds)).unwrap();
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    // ---- calls ----

    pub(crate) fn call(&self, method: &str, path: &str) -> Call {
        Call {
            door: self.door.clone(),
            method: method.to_owned(),
            path: path.to_owned(),
            headers: vec![("authorization".to_owned(), format!("Bearer {}", self.key))],
            body: Vec::new(),
        }
    }

    pub(crate) fn get(&self, path: &str) -> Call {
        self.call("GET", path)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Call {
        self.call("POST", path).json(body)
    }

    pub(crate) fn put(&self, path: &str, body: &Value) -> Call {
        self.call("PUT", path).json(body)
    }

    // ---- actors ----

    /// A guest from Japan at the sign-up form, who agrees to what the service cannot do without.
    pub(crate) fn guest(&self, name: &str) -> SignUp<'_> {
        let body = json!({
            "regime": "jp",
            "items": { "name": name, "email": format!("{}@guest.example", slug(name)) },
            "secrets": {},
            "consents": [],
        });
        SignUp { house: self, body }
            .answers("store_disclosure", "given")
            .answers("related_information", "given")
    }

    /// A restaurant, registered.
    pub(crate) async fn store(&self, name: &str) -> Store<'_> {
        let store = Store { house: self, name: name.to_owned() };
        store.registers(&json!({})).await;
        store
    }

    /// What the information manager approves; `changes` are laid over a plain approval.
    pub(crate) async fn manager_approves(&self, changes: &Value) -> Answer {
        let mut body = json!({
            "kind": "law",
            "reason": "an order of the court",
            "evidence": "order-2026-118",
            "recipient": "aoi",
            "purpose": "reservation",
            "items": ["name", "email"],
            "ends_at": (self.now() + SignedDuration::from_hours(24)).to_string(),
        });
        lay_over(&mut body, changes);
        self.post("/v1/exceptions", &body).by(&self.manager_key).go().await
    }

    /// The same approval again and again, under one idempotency key.
    pub(crate) async fn manager_approves_once(&self, key: &str) -> Answer {
        let body = json!({
            "kind": "succession", "reason": "a merger", "evidence": "deed-1", "recipient": "aoi",
            "purpose": "reservation", "items": ["name"], "ends_at": "2027-01-01T00:00:00Z",
        });
        self.post("/v1/exceptions", &body).by(&self.manager_key).once(key).go().await
    }

    /// Another program's key.
    pub(crate) fn service_key(&self, name: &str, scopes: &[&str]) -> String {
        let scopes: Vec<String> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        caller::make(&self.app.store, self.now(), name, &scopes).unwrap().key
    }

    // ---- behind the door ----

    /// How many rows each table has.
    pub(crate) fn rows(&self) -> BTreeMap<&'static str, i64> {
        let counts = self.app.store.read_blocking(|conn| {
            TABLES
                .iter()
                .map(|(table, sql)| Ok((*table, conn.one(sql, &[])?.int(0)?)))
                .collect::<Result<_, DbError>>()
        });
        counts.unwrap()
    }

    /// Every record in the order of the ledger, opened.
    pub(crate) fn records(&self) -> Vec<policy::Record> {
        let rows = self.app.store.read_blocking(|conn| records::from(conn, 0, 1_000_000)).unwrap();
        let open = |row| self.app.open_record(row).unwrap().record().unwrap();
        rows.iter().map(open).collect()
    }

    /// Runs one statement behind everybody's back; says how many rows it touched.
    pub(crate) fn meddles(&self, sql: &'static str, params: Vec<Vec<u8>>) -> u64 {
        let done = self.app.store.write_blocking(move |tx| {
            let params: Vec<_> = params.iter().map(Into::into).collect();
            tx.exec(sql, &params)
        });
        done.unwrap()
    }

    /// The one blob that a statement finds.
    pub(crate) fn blob(&self, sql: &'static str, params: Vec<Vec<u8>>) -> Vec<u8> {
        let found = self.app.store.read_blocking(move |conn| {
            let params: Vec<_> = params.iter().map(Into::into).collect();
            Ok::<_, DbError>(conn.one(sql, &params)?.blob(0)?.to_vec())
        });
        found.unwrap()
    }

    /// The whole log verifies, there is a record for every entry, and every row commits to its
    /// leaf (S8, I3).
    pub(crate) fn adds_up(&self) {
        let key = [self.app.ledger_key.clone()];
        let (report, entries, rows) = self
            .app
            .store
            .read_blocking(move |conn| {
                let mut seen = Vec::new();
                let expected = Expected { vkeys: &key, earlier: None };
                let mut keep = |_, entry: &[u8]| seen.push(entry.to_vec());
                let report = verify_log(&mut Shelf(conn), expected, &mut keep)?;
                let rows = records::from(conn, 0, 1_000_000)?;
                Ok::<_, DbError>((report, seen, rows))
            })
            .unwrap();
        assert!(report.is_sound(), "{:?}", report.findings);
        assert_eq!(rows.len(), entries.len(), "a record for every entry");
        for ((row, entry), place) in rows.iter().zip(&entries).zip(0..) {
            assert_eq!(row.place, place);
            let opening = self.app.open_record(row).unwrap();
            let record = opening.record().unwrap();
            let expected =
                policy::record::entry(record.act.kind(), record.at, &opening.commitment());
            assert_eq!(String::from_utf8_lossy(&expected), String::from_utf8_lossy(entry));
        }
    }
}

/// The log as it lies in the database.
struct Shelf<'a>(&'a mut Conn);

impl LogSource for Shelf<'_> {
    type Error = DbError;

    fn checkpoint(&mut self) -> Result<Option<String>, DbError> {
        Ok(Some(log::head(self.0)?.1))
    }

    fn tile(&mut self, id: TileId, _: u16) -> Result<Option<Vec<u8>>, DbError> {
        log::tile(self.0, id)
    }

    fn entries(&mut self, n: u64, width: u16) -> Result<Option<Vec<u8>>, DbError> {
        let entries = log::entries(self.0, n * 256, u64::from(width))?;
        Ok(encode_bundle(entries.iter().map(|(_, entry)| entry)).ok())
    }
}

/// Replaces what `changes` names; null takes it away.
pub(crate) fn lay_over(body: &mut Value, changes: &Value) {
    let (Some(body), Some(changes)) = (body.as_object_mut(), changes.as_object()) else {
        panic!("both are objects");
    };
    for (name, value) in changes {
        if value.is_null() {
            body.remove(name);
        } else {
            body.insert(name.clone(), value.clone());
        }
    }
}

fn slug(name: &str) -> String {
    name.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect()
}

// ---- a call and its answer ----

/// A request on its way.
#[derive(Clone)]
pub(crate) struct Call {
    door: Door,
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Call {
    pub(crate) fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json").body(body.to_string().into_bytes())
    }

    pub(crate) fn body(mut self, bytes: Vec<u8>) -> Self {
        self.body = bytes;
        self
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn by(self, key: &str) -> Self {
        self.header("authorization", &format!("Bearer {key}"))
    }

    pub(crate) fn by_nobody(mut self) -> Self {
        self.headers.retain(|(name, _)| name != "authorization");
        self
    }

    pub(crate) fn once(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    pub(crate) fn in_japanese(self) -> Self {
        self.header("accept-language", "ja")
    }

    pub(crate) async fn go(self) -> Answer {
        match self.door {
            Door::Router(router) => {
                let mut request =
                    axum::http::Request::builder().method(self.method.as_str()).uri(self.path);
                for (name, value) in &self.headers {
                    request = request.header(name, value);
                }
                let request = request.body(Body::from(self.body)).unwrap();
                let response = router.oneshot(request).await.unwrap();
                let (parts, body) = response.into_parts();
                let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
                Answer { status: parts.status.as_u16(), headers: parts.headers, body }
            }
            Door::Socket(address) => {
                let method = reqwest::Method::from_bytes(self.method.as_bytes()).unwrap();
                let url = format!("http://{address}{}", self.path);
                let mut request = client().request(method, url).body(self.body);
                for (name, value) in &self.headers {
                    request = request.header(name, value);
                }
                let response = request.send().await.unwrap();
                let (status, headers) = (response.status().as_u16(), response.headers().clone());
                Answer { status, headers, body: response.bytes().await.unwrap() }
            }
        }
    }
}

/// A connection is of the runtime that made it, and each story has its own: nothing is kept.
fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: axum::http::HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn value(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    /// The body, when the answer is what was expected.
    pub(crate) fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        self.value()
    }

    /// The body, when it is a problem of that kind (RFC 9457).
    pub(crate) fn problem(&self, status: u16, kind: &str) -> Value {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        let body = self.expect(status);
        assert_eq!(body["status"], status);
        let kind = format!("/{kind}");
        assert!(body["type"].as_str().unwrap().ends_with(&kind), "{kind}: {body}");
        assert!(!body["title"].as_str().unwrap().is_empty());
        body
    }

    /// The reasons of a refusal, by id; each says itself in words, and the refusal is on record.
    pub(crate) fn refused(&self) -> Vec<String> {
        let body = self.problem(403, "refused");
        assert!(body["ledger"]["index"].is_u64(), "a refusal at the gate is on record: {body}");
        reasons_of(&body)
    }

    /// The fields of a 422, as `(field, code)`; each says what is wrong with it.
    pub(crate) fn invalid(&self) -> Vec<(String, String)> {
        let body = self.problem(422, "invalid");
        let errors = body["errors"].as_array().unwrap();
        assert!(!errors.is_empty(), "{body}");
        let text = |error: &Value, name: &str| error[name].as_str().unwrap().to_owned();
        errors
            .iter()
            .map(|error| {
                let (field, detail) = (text(error, "field"), text(error, "detail"));
                assert!(detail.starts_with(&format!("`{field}` ")), "{detail}");
                (field, text(error, "code"))
            })
            .collect()
    }
}

/// The reasons in a body, by id; each has words.
pub(crate) fn reasons_of(body: &Value) -> Vec<String> {
    let reasons = body["reasons"].as_array().unwrap();
    assert!(!reasons.is_empty(), "a refusal without a reason: {body}");
    reasons
        .iter()
        .map(|reason| {
            assert!(!reason["words"].as_str().unwrap().is_empty(), "{reason}");
            reason["reason"].as_str().unwrap().to_owned()
        })
        .collect()
}

// ---- actors ----

/// A guest at the sign-up form.
#[derive(Clone)]
pub(crate) struct SignUp<'h> {
    house: &'h House,
    pub(crate) body: Value,
}

impl<'h> SignUp<'h> {
    pub(crate) fn with(mut self, item: &str, value: &str) -> Self {
        self.body["items"][item] = value.into();
        self
    }

    /// Comes under the rules of another place, where she is asked nothing that she need not be.
    pub(crate) fn from(mut self, regime: &str) -> Self {
        self.body["regime"] = regime.into();
        self.body["consents"] = json!([]);
        self
    }

    pub(crate) fn password(mut self, password: &str) -> Self {
        self.body["secrets"]["password"] = password.into();
        self
    }

    pub(crate) fn card(mut self, token: &str) -> Self {
        self.body["secrets"]["card"] = json!({ "token": token, "brand": "JCB", "last4": "4242" });
        self
    }

    pub(crate) fn answers(self, consent: &str, state: &str) -> Self {
        self.answers_to(NOTICE, consent, state)
    }

    pub(crate) fn answers_to(mut self, notice: &str, consent: &str, state: &str) -> Self {
        let consents = self.body["consents"].as_array_mut().unwrap();
        consents.retain(|answer| answer["consent"] != consent);
        consents.push(
            json!({ "consent": consent, "state": state, "notice": notice, "language": "ja" }),
        );
        self
    }

    /// An allergy, with the consent that it needs.
    pub(crate) fn allergic_to(self, what: &str) -> Self {
        self.with("allergy", what).answers("dietary_care", "given")
    }

    pub(crate) fn sends(&self) -> Call {
        self.house.post("/v1/subjects", &self.body)
    }

    pub(crate) async fn signs_up(self) -> Guest<'h> {
        let taken = self.sends().go().await.expect(201);
        Guest { house: self.house, id: taken["subject"].as_str().unwrap().to_owned() }
    }
}

/// A guest with an account.
#[derive(Clone)]
pub(crate) struct Guest<'h> {
    pub(crate) house: &'h House,
    pub(crate) id: String,
}

impl Guest<'_> {
    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/v1/subjects/{}/{rest}", self.id)
    }

    /// The bytes of her id, as rows have it.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.id.parse::<policy::SubjectId>().unwrap().0.to_vec()
    }

    /// Books a table that evening, for two hours from 18:00.
    pub(crate) async fn books(&self, store: &Store<'_>, reference: &str) {
        self.booking(store, reference, false).await;
    }

    pub(crate) async fn cancels(&self, store: &Store<'_>, reference: &str) {
        self.booking(store, reference, true).await;
    }

    async fn booking(&self, store: &Store<'_>, reference: &str, cancelled: bool) {
        let path = self.path(&format!("engagements/{}/{reference}", store.name));
        let body = json!({
            "starts_at": "2026-11-22T18:00:00+09:00",
            "ends_at": "2026-11-22T20:00:00+09:00",
            "cancelled": cancelled,
        });
        self.house.put(&path, &body).go().await.expect(200);
    }

    pub(crate) async fn answers(&self, consent: &str, state: &str) -> Value {
        let body = json!({ "state": state, "notice": NOTICE, "language": "ja" });
        self.house.put(&self.path(&format!("consents/{consent}")), &body).go().await.expect(200)
    }

    pub(crate) fn puts(&self, item: &str, value: &str) -> Call {
        self.house.put(&self.path(&format!("items/{item}")), &json!({ "value": value }))
    }

    pub(crate) async fn stops(&self, purpose: Option<&str>) {
        self.restricts(purpose, true).await;
    }

    pub(crate) async fn allows(&self, purpose: Option<&str>) {
        self.restricts(purpose, false).await;
    }

    async fn restricts(&self, purpose: Option<&str>, stopped: bool) {
        let body = json!({ "purpose": purpose, "stopped": stopped });
        self.house.put(&self.path("restrictions"), &body).go().await.expect(200);
    }

    /// The first page of who received what, newest first.
    pub(crate) async fn provisions(&self) -> Vec<Value> {
        let page = self.house.get(&self.path("provisions")).go().await.expect(200);
        page["provisions"].as_array().unwrap().clone()
    }

    /// The company itself wants to use something.
    pub(crate) fn is_used(&self, purpose: &str, items: &[&str]) -> Call {
        let body = json!({ "subject": self.id, "purpose": purpose, "items": items });
        self.house.post("/v1/uses", &body)
    }
}

/// A restaurant, or another recipient that the register or the policy knows.
#[derive(Clone)]
pub(crate) struct Store<'h> {
    pub(crate) house: &'h House,
    pub(crate) name: String,
}

impl<'h> Store<'h> {
    /// A recipient under a name that may be known or not.
    pub(crate) fn named(house: &'h House, name: &str) -> Self {
        Self { house, name: name.to_owned() }
    }

    /// Is registered, or registered anew with changes.
    pub(crate) async fn registers(&self, changes: &Value) {
        let mut body = json!({
            "category": "store",
            "name": format!("株式会社{}", self.name),
            "address": "東京都港区1-1",
            "representative": "代表 一郎",
        });
        lay_over(&mut body, changes);
        self.house.put(&format!("/v1/recipients/{}", self.name), &body).go().await.expect(200);
    }

    pub(crate) fn asks_for(&self, guest: &Guest<'_>, items: &[&str]) -> Asking<'h> {
        let body = json!({
            "subject": guest.id,
            "recipient": self.name,
            "purpose": "reservation",
            "items": items,
        });
        Asking { house: self.house, body }
    }
}

/// A recipient's question.
#[derive(Clone)]
pub(crate) struct Asking<'h> {
    house: &'h House,
    pub(crate) body: Value,
}

impl Asking<'_> {
    pub(crate) fn for_purpose(mut self, purpose: &str) -> Self {
        self.body["purpose"] = purpose.into();
        self
    }

    pub(crate) fn for_meal(self) -> Self {
        self.for_purpose("meal")
    }

    pub(crate) fn under(mut self, reference: &str) -> Self {
        self.body["reference"] = reference.into();
        self
    }

    pub(crate) fn by_exception(mut self, id: &str) -> Self {
        self.body["exception"] = id.into();
        self
    }

    pub(crate) fn sends(&self) -> Call {
        self.house.post("/v1/disclosures", &self.body)
    }

    /// The values that arrive.
    pub(crate) async fn receives(&self) -> Value {
        self.sends().go().await.expect(201)["items"].clone()
    }

    /// The reasons why nothing arrives.
    pub(crate) async fn is_refused(&self) -> Vec<String> {
        self.sends().go().await.refused()
    }
}
