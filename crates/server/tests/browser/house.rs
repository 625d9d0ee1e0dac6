//! The demo on free ports, and a browser to look at it.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};

use crate::post::{FROM, Post, letters};

/// A child process that ends with the test.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The demo, running.
pub struct Demo {
    _process: Running,
    data: tempfile::TempDir,
    said: Vec<String>,
    /// Azukari's own address.
    pub azukari: String,
    /// The reservation app's address.
    pub app: String,
    /// The address of the stand-in for a payment platform.
    pub platform: String,
}

/// A port that nobody listens on.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Demo {
    /// Starts the demo with a fresh data folder and waits until it says that it is ready.
    pub fn start() -> Self {
        Self::with(&[])
    }

    /// The same, with letters that leave by a mail server.
    pub fn with_mail(post: &Post) -> Self {
        Self::with(&["--smtp", &post.url(), "--mail-from", FROM])
    }

    fn with(options: &[&str]) -> Self {
        let data = tempfile::tempdir().unwrap();
        let [azukari, app, platform, metrics] =
            [(); 4].map(|()| format!("127.0.0.1:{}", free_port()));
        let mut process = Command::new(env!("CARGO_BIN_EXE_azukari"))
            .args(["demo", "--listen", &azukari, "--app-listen", &app, "--metrics", &metrics])
            .args(["--payments-listen", &platform])
            .arg("--data")
            .arg(data.path().join("azukari-data"))
            .args(options)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(process.stdout.take().unwrap());
        let process = Running(process);
        let mut lines = Vec::new();
        let is_last = |line: &String| line.starts_with("Ctrl-C");
        lines.extend(said.lines().map_while(Result::ok).take_while(|line| !is_last(line)));
        assert!(lines.iter().any(|line| line.starts_with("azukari")), "the demo did not start");
        let address = |at: &str| format!("http://{at}");
        let [azukari, app, platform] = [&azukari, &app, &platform].map(|at| address(at));
        Self { _process: process, data, said: lines, azukari, app, platform }
    }

    /// The same, with the app under a name, as passkeys need it.
    pub fn by_name(mut self) -> Self {
        self.app = self.app.replace("127.0.0.1", "localhost");
        self
    }

    /// Its data folder.
    pub fn data(&self) -> PathBuf {
        self.data.path().join("azukari-data")
    }

    /// What a command on this demo's data prints.
    pub fn runs(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_azukari"));
        let done = command.args(arguments).arg("--data").arg(self.data()).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap().trim().to_owned()
    }

    /// The password that the demo says a sample of the staff has.
    pub fn password_of(&self, login: &str) -> String {
        let mut words = self.said.iter().map(|line| line.split_whitespace().collect::<Vec<_>>());
        let line = words.find(|words| words.first() == Some(&login));
        line.unwrap_or_else(|| panic!("{:?}", self.said))[1].to_owned()
    }

    /// Sends something to the API as the reservation app.
    pub async fn sends(&self, path: &str, body: &serde_json::Value) -> serde_json::Value {
        let key = std::fs::read_to_string(self.data().join("reservation.key")).unwrap();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let sent = client.post(format!("{}{path}", self.azukari)).bearer_auth(key.trim());
        let sent = sent.header("content-type", "application/json").body(body.to_string());
        let answer = sent.send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap()
    }

    /// Writes into the database behind everybody's back.
    pub fn meddles(&self, sql: &str) {
        let database = rusqlite::Connection::open(self.data().join("azukari.db")).unwrap();
        database.busy_timeout(Duration::from_secs(10)).unwrap();
        database.execute_batch(sql).unwrap();
    }

    /// The code that was sent for a request, out of the folder where the demo keeps its letters.
    pub async fn code(&self, number: &str) -> String {
        let folder = self.data().join("letters");
        let begun = Instant::now();
        loop {
            let about = |letter: &Value| {
                letter["headers"]["subject"].as_str()?.contains(number).then(|| code_of(letter))?
            };
            if let Some(code) = letters(&folder).iter().rev().find_map(about) {
                return code;
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "no code was sent");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

/// The code that was written last to an address, out of the folder where letters lie; once it is there.
pub async fn code_for(folder: &Path, address: &str) -> String {
    let begun = Instant::now();
    loop {
        let hers = |letter: &Value| {
            (letter["headers"]["to"].as_str()? == address).then(|| code_of(letter))?
        };
        if let Some(code) = letters(folder).iter().rev().find_map(hers) {
            return code;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "no code was sent");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The one-time code that a letter tells.
pub fn code_of(letter: &Value) -> Option<String> {
    let digits = |word: &&str| word.len() == 6 && word.chars().all(|c| c.is_ascii_digit());
    letter["text"].as_str()?.split_whitespace().find(digits).map(str::to_owned)
}

/// A browser with a profile of its own.
pub struct Browser {
    /// What drives it.
    pub client: Client,
    /// Where the driver listens.
    address: String,
    _driver: Running,
    profile: tempfile::TempDir,
}

impl Browser {
    /// Opens a headless Chromium that prefers a language.
    pub async fn open(language: &str) -> Self {
        Self::open_with(language, true).await
    }

    /// The same, with scripts or without.
    pub async fn open_with(language: &str, scripts: bool) -> Self {
        let port = free_port();
        let driver = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is installed: run ./check");
        let driver = Running(driver);
        let profile = tempfile::tempdir().unwrap();
        let options = json!({
            "binary": "/usr/bin/chromium",
            "args": [
                "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--disable-dev-shm-usage", "--hide-scrollbars",
                format!("--accept-lang={language}"),
                format!("--user-data-dir={}", profile.path().display()),
            ],
            "prefs": {
                "download.default_directory": profile.path().join("files"),
                "profile.managed_default_content_settings.javascript": if scripts { 1 } else { 2 },
            },
        });
        let mut capabilities = Capabilities::new();
        capabilities.insert("goog:loggingPrefs".into(), json!({ "performance": "ALL" }));
        capabilities.insert("goog:chromeOptions".into(), options);
        let address = format!("http://127.0.0.1:{port}");
        for _ in 0..100 {
            let mut builder =
                ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new());
            if let Ok(client) = builder.capabilities(capabilities.clone()).connect(&address).await {
                return Self { client, address, _driver: driver, profile };
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("chromedriver did not answer");
    }

    /// Says something to the driver that `fantoccini` has no word for.
    pub async fn tells(&self, command: &str, body: &serde_json::Value) -> serde_json::Value {
        let session = self.client.session_id().await.unwrap().unwrap();
        let address = format!("{}/session/{session}/{command}", self.address);
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let sent = client.post(address).header("content-type", "application/json");
        let answer = sent.body(body.to_string()).send().await.unwrap().text().await.unwrap();
        let mut answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
        answer["value"].take()
    }

    /// Prefers light or dark pages from now on.
    pub async fn prefers(&self, theme: &str) {
        let features = json!([{ "name": "prefers-color-scheme", "value": theme }]);
        let params = json!({ "features": features });
        let body = json!({ "cmd": "Emulation.setEmulatedMedia", "params": params });
        self.tells("goog/cdp/execute", &body).await;
    }

    /// Every address that was asked for since the last look.
    pub async fn asked_for(&self) -> Vec<String> {
        let log = self.tells("se/log", &json!({ "type": "performance" })).await;
        let lines = log.as_array().unwrap().iter();
        let asked = lines.filter_map(|line| {
            let line: serde_json::Value =
                serde_json::from_str(line["message"].as_str().unwrap()).unwrap();
            let message = &line["message"];
            (message["method"] == "Network.requestWillBeSent")
                .then(|| message["params"]["request"]["url"].as_str().unwrap().to_owned())
        });
        asked.collect()
    }

    /// What axe-core finds wrong with the page, a line for each rule.
    pub async fn faults(&self) -> Vec<String> {
        let axe = std::fs::read_to_string(target_dir().join("axe/axe.min.js"))
            .expect("axe-core is there: run ./check");
        self.client.execute(&axe, vec![]).await.unwrap();
        let run = "const done = arguments[arguments.length - 1];
            axe.run(document, { resultTypes: ['violations'] }).then(found => done(
                found.violations.map(fault => fault.id + ': ' + fault.help + '\\n  ' +
                    fault.nodes.map(node => node.html + ' ' + node.failureSummary).join('\\n  '))));";
        let found = self.client.execute_async(run, vec![]).await.unwrap();
        let found = found.as_array().unwrap().iter();
        found.map(|fault| fault.as_str().unwrap().to_owned()).collect()
    }

    /// True when the page shows a field of that name.
    pub async fn is_asked(&self, name: &str) -> bool {
        let css = format!("[name='{name}']:not([type=hidden])");
        !self.client.find_all(Locator::Css(&css)).await.unwrap().is_empty()
    }

    /// Opens an account step by step: types and chooses on each page what it asks for, the code out of the folder that
    /// the page names.
    pub async fn signs_up(&self, typed: &[(&str, &str)], chosen: &[(&str, &str)]) {
        for _ in 0..5 {
            if self.client.find_all(Locator::Css("ol.steps")).await.unwrap().is_empty() {
                return;
            }
            for (name, text) in typed {
                if self.is_asked(name).await {
                    self.types(name, text).await;
                }
            }
            if self.is_asked("code").await {
                let folder =
                    PathBuf::from(self.find("main .notice code").await.text().await.unwrap());
                let address = self.find("[name='items.email']").await;
                let address = address.prop("value").await.unwrap().unwrap();
                self.types("code", &code_for(&folder, &address).await).await;
            }
            for (name, value) in chosen {
                if self.is_asked(name).await {
                    self.chooses(name, value).await;
                }
            }
            self.sends("/sign-up").await;
        }
    }

    /// Books the first time of a store's page, and returns the day, by the store's calendar.
    pub async fn books(&self, app: &str, store: &str) -> String {
        self.goes_to(&format!("{app}/book/{store}")).await;
        self.presses(".choosing .times a").await;
        self.sends(&format!("/book/{store}")).await;
        let at = self.find("main time").await.attr("datetime").await.unwrap().unwrap();
        let zone = jiff::tz::TimeZone::get("Asia/Tokyo").unwrap();
        at.parse::<jiff::Timestamp>().unwrap().to_zoned(zone).date().to_string()
    }

    /// Goes to an address.
    pub async fn goes_to(&self, url: &str) {
        self.client.goto(url).await.unwrap();
    }

    /// Types into a field by its `name`, replacing what stands there.
    pub async fn types(&self, name: &str, text: &str) {
        let field = self.find(&format!("[name='{name}']")).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Chooses a radio button or check box by name and value, from the keyboard.
    pub async fn chooses(&self, name: &str, value: &str) {
        let choice = self.find(&format!("input[name='{name}'][value='{value}']")).await;
        if !choice.is_selected().await.unwrap() {
            choice.send_keys(" ").await.unwrap();
        }
        assert!(choice.is_selected().await.unwrap(), "{name} is not chosen");
    }

    /// Presses the button of the form that goes to an address, from the keyboard, and waits until
    /// the page has gone.
    pub async fn sends(&self, action: &str) {
        self.presses(&format!("form[action='{action}'] button")).await;
    }

    /// Presses a button, from the keyboard, and waits until the page has gone.
    pub async fn presses(&self, css: &str) {
        let button = self.find(css).await;
        let page = self.find("html").await;
        button.send_keys("\u{e007}").await.unwrap();
        for _ in 0..200 {
            // The old page's element is stale once the new page is there.
            if page.tag_name().await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("`{css}` led nowhere\n{}", self.reads().await);
    }

    /// The first element that a selector finds.
    pub async fn find(&self, css: &str) -> fantoccini::elements::Element {
        match self.client.find(Locator::Css(css)).await {
            Ok(found) => found,
            Err(error) => {
                let url = self.client.current_url().await.unwrap();
                panic!("`{css}` is not on {url}: {error}\n{}", self.reads().await)
            }
        }
    }

    /// Everything the page says.
    pub async fn reads(&self) -> String {
        let body = self.client.find(Locator::Css("body")).await.unwrap();
        body.text().await.unwrap()
    }

    /// Signs a guest in.
    pub async fn signs_in(&self, app: &str, email: &str, password: &str) {
        self.goes_to(&format!("{app}/sign-in")).await;
        self.types("email", email).await;
        self.types("password", password).await;
        self.sends("/sign-in").await;
    }

    /// Signs somebody of a store in, by password and one-time code.
    pub async fn signs_in_staff(&self, demo: &Demo, login: &str) {
        self.signs_in_by_code(demo, "/store/sign-in", login, "mihon-no-omise").await;
    }

    /// Signs the sample operator in.
    pub async fn signs_in_operator(&self, demo: &Demo) {
        self.signs_in_by_code(demo, "/operator/sign-in", "sample-operator", "mihon-no-unei").await;
    }

    async fn signs_in_by_code(&self, demo: &Demo, at: &str, login: &str, password: &str) {
        self.goes_to(&format!("{}{at}", demo.app)).await;
        self.types("login", login).await;
        self.types("password", password).await;
        self.types("code", &demo.runs(&["demo", "--code", login])).await;
        self.sends(at).await;
        let url = self.client.current_url().await.unwrap();
        assert_ne!(url.path(), at, "{login} is not in\n{}", self.reads().await);
    }

    /// Signs a sample of the company's own staff in.
    pub async fn signs_in_at_the_desk(&self, demo: &Demo, login: &str, language: &str) {
        self.goes_to(&format!("{}/desk/sign-in?lang={language}", demo.azukari)).await;
        self.types("login", login).await;
        self.types("password", &demo.password_of(login)).await;
        self.types("code", &demo.runs(&["demo", "--code", login])).await;
        self.sends("/desk/sign-in").await;
    }

    /// Presses a button that hands out a file, from the keyboard, and waits until it has come whole.
    pub async fn fetches(&self, css: &str) -> PathBuf {
        let folder = self.profile.path().join("files");
        let files = || {
            let read = std::fs::read_dir(&folder).into_iter().flatten();
            let paths = read.map(|entry| entry.unwrap().path());
            // Chromium gives a file its name once it is whole.
            let whole = |path: &PathBuf| {
                let name = path.file_name().unwrap().to_string_lossy();
                !name.ends_with(".crdownload") && !name.starts_with('.')
            };
            paths.filter(whole).collect::<Vec<_>>()
        };
        let before = files();
        self.find(css).await.send_keys("\u{e007}").await.unwrap();
        for _ in 0..400 {
            if let Some(new) = files().into_iter().find(|path| !before.contains(path)) {
                return new;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("`{css}` hands out nothing\n{}", self.reads().await);
    }

    /// Prints the page on A4 and leaves the print beside the pictures.
    pub async fn prints(&self, name: &str) -> Vec<u8> {
        let print = self.client.print(fantoccini::wd::PrintConfiguration::default()).await.unwrap();
        std::fs::create_dir_all(pictures_dir()).unwrap();
        std::fs::write(pictures_dir().join(format!("{name}.pdf")), &print).unwrap();
        print
    }

    /// Takes a picture of the whole page at a width.
    pub async fn takes_picture(&self, name: &str, width: u32) {
        self.client.set_window_size(width, 900).await.unwrap();
        let height = self
            .client
            .execute("return document.documentElement.scrollHeight", vec![])
            .await
            .unwrap()
            .as_u64()
            .unwrap();
        let height = u32::try_from(height.clamp(600, 16000)).unwrap();
        self.client.set_window_size(width, height + 140).await.unwrap();
        let overflow = self
            .client
            .execute(
                "return document.documentElement.scrollWidth - document.documentElement.clientWidth",
                vec![],
            )
            .await
            .unwrap();
        assert_eq!(overflow, json!(0), "{name}: the page is wider than {width} pixels");
        let picture = self.client.screenshot().await.unwrap();
        std::fs::create_dir_all(pictures_dir()).unwrap();
        std::fs::write(pictures_dir().join(format!("{name}.png")), picture).unwrap();
    }
}

/// How many pages a print has.
pub fn pages_of(print: &[u8]) -> usize {
    let text = String::from_utf8_lossy(print);
    text.matches("/Type /Page\n").count() + text.matches("/Type /Page ").count()
}

/// Where cargo builds, and `./check` lays what tests need.
pub fn target_dir() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    target.unwrap_or_else(|| root.join("target"))
}

/// Where pictures are left.
pub fn pictures_dir() -> PathBuf {
    target_dir().join("pictures")
}
