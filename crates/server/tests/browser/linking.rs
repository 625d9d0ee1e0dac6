//! A guest comes through another service (S4), spoken to by OpenID Connect: she opens an account by it, signs in by
//! it, says what comes in, grants less and more, ends the link. The service is the certified `oidc-provider`.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::house::{Browser, Running, free_port, target_dir};
use crate::post::{FROM, Post};

/// What the policy of these stories has besides: a second scope, so that one can be granted without the other.
const SECOND_SCOPE: &str = r#"
[sample_id.scopes.email]
label = { ja = "メールアドレス", en = "E-mail address" }
claims = { email = "external_email" }
"#;

const PASSWORD: &str = "kore-wa-himitsu";

/// Azukari and the app as programs of their own, and a service that people come through.
struct House {
    _azukari: Running,
    post: Post,
    provider: Option<Running>,
    folder: tempfile::TempDir,
    port: u16,
    app: String,
    /// Where the app listens until it begins.
    listener: Option<TcpListener>,
    key: String,
    azukari: String,
}

/// Starts a program and waits until it says that it is ready.
fn started(command: &mut Command) -> Running {
    let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let said = BufReader::new(process.stdout.take().unwrap());
    let process = Running(process);
    let mut lines = said.lines().map_while(Result::ok);
    assert!(lines.any(|line| line.contains("ready")), "{command:?} did not start");
    // Whoever writes to nobody would end.
    std::thread::spawn(move || lines.for_each(drop));
    process
}

/// The reference policy with another issuer, and a second scope.
fn lay_policy(folder: &Path, issuer: &str) {
    std::fs::create_dir(folder).unwrap();
    for (name, text) in reservation::POLICY {
        let text = match *name {
            "services.toml" => text.replace("https://id.mihon.example", issuer) + SECOND_SCOPE,
            "items.toml" => {
                let at = text.find("[external_profile]").unwrap();
                let end = at + text[at..].find("# ----").unwrap();
                let one = text[at..end].replace("external_profile", "external_email");
                let one =
                    one.replace("連携サービスで提供を許可した情報", "連携サービスのメールアドレス");
                let one = one.replace(
                    "What you allowed a linked service to share",
                    "E-mail address at a linked service",
                );
                format!("{}{one}{}", &text[..end], &text[end..])
            }
            _ => (*text).to_owned(),
        };
        std::fs::write(folder.join(name), text).unwrap();
    }
}

impl House {
    /// Opens the house; the service is not there yet.
    fn open(accounts: &Value) -> Self {
        let (folder, post) = (tempfile::tempdir().unwrap(), Post::open());
        let at = |name: &str| folder.path().join(name);
        let port = free_port();
        let issuer = format!("http://127.0.0.1:{port}");
        lay_policy(&at("policy"), &issuer);
        let [address, metrics] = [(); 2].map(|()| format!("127.0.0.1:{}", free_port()));
        let binary = env!("CARGO_BIN_EXE_azukari");
        let azukari = started(
            Command::new(binary)
                .args(["serve", "--smtp", &post.url(), "--mail-from", FROM])
                .args(["--listen", &address, "--metrics", &metrics, "--policy"])
                .arg(at("policy"))
                .arg("--data")
                .arg(at("azukari")),
        );
        let made = Command::new(binary)
            .args(["keys", "new", "--name", "reservation", "--scope", "all", "--data"])
            .arg(at("azukari"))
            .output()
            .unwrap();
        let said = String::from_utf8(made.stdout).unwrap();
        let key = said.split_whitespace().find(|word| word.starts_with("azk_")).unwrap().to_owned();
        let services = format!(
            "[sample_id]\nlabel = {{ ja = \"見本ID\", en = \"Mihon ID\" }}\nissuer = \"{issuer}\"\n\
             client_id = \"reservation\"\nclient_secret_file = \"sample.secret\"\n\
             scopes = [\"profile\", \"email\"]\n"
        );
        std::fs::write(at("services.toml"), services).unwrap();
        std::fs::write(at("sample.secret"), "a-secret-between-the-two\n").unwrap();
        std::fs::write(at("accounts.json"), accounts.to_string()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let app = format!("http://{}", listener.local_addr().unwrap());
        let azukari_at = format!("http://{address}");
        let (listener, provider) = (Some(listener), None);
        Self {
            _azukari: azukari,
            post,
            provider,
            folder,
            port,
            app,
            listener,
            key,
            azukari: azukari_at,
        }
    }

    /// The app begins.
    fn serves(&mut self) {
        let listener = tokio::net::TcpListener::from_std(self.listener.take().unwrap()).unwrap();
        let config = reservation::Config {
            azukari: self.azukari.clone(),
            public_azukari: self.azukari.clone(),
            key: self.key.clone(),
            listener,
            data: self.folder.path().join("reservation"),
            payments: None,
            public_url: None,
            services: Some(self.folder.path().join("services.toml")),
            // Only so that a browser finds them: a page of a real set-up names no folder.
            letters: Some(self.post.folder()),
        };
        tokio::spawn(reservation::serve(config, std::future::pending()));
    }

    /// The service begins.
    fn provides(&mut self) {
        let modules = target_dir().join("provider/node_modules");
        assert!(modules.is_dir(), "oidc-provider is there: run ./check");
        let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/provider/provider.mjs");
        let mut command = Command::new("node");
        command.arg(script).arg(modules).arg(self.port.to_string());
        command.arg(format!("{}/sign-in/with/sample_id/back", self.app));
        command.arg(self.folder.path().join("accounts.json"));
        self.provider = Some(started(&mut command));
    }

    /// Both.
    fn begin(accounts: &Value) -> Self {
        let mut house = Self::open(accounts);
        house.serves();
        house.provides();
        house
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.app)
    }
}

impl Browser {
    /// Says at the service who she is.
    async fn is_there(&self, login: &str) {
        self.types("login", login).await;
        self.presses("button[value='in']").await;
    }

    /// Grants at the service what is named, and comes back.
    async fn grants(&self, scopes: &[&str]) {
        for scope in scopes {
            self.chooses("scope", scope).await;
        }
        self.presses("button[value='grant']").await;
    }

    async fn path(&self) -> String {
        self.client.current_url().await.unwrap().path().to_owned()
    }

    /// A picture on a phone and at a desk, and what axe finds.
    async fn is_looked_at(&self, name: &str) {
        for (width, screen) in [(390, "phone"), (1180, "desk")] {
            self.takes_picture(&format!("{name}-{screen}"), width).await;
        }
        let faults = self.faults().await;
        assert!(faults.is_empty(), "{name}\n{}", faults.join("\n"));
    }

    /// What a field holds.
    async fn holds(&self, name: &str) -> String {
        let field = self.find(&format!("[name='{name}']:not([type=hidden])")).await;
        field.prop("value").await.unwrap().unwrap_or_default()
    }
}

const BY_IT: &str = "main a[href^='/sign-in/with/sample_id']";
const REVIEW: &str = "/sign-in/with/sample_id/review";
const AGREED: [(&str, &str); 3] = [
    ("consents.store_disclosure", "given"),
    ("consents.related_information", "given"),
    ("consents.dietary_care", "given"),
];

/// One guest's way, in her language.
struct Way {
    language: &'static str,
    login: &'static str,
    name: &'static str,
    nickname: &'static str,
    there: &'static str,
    not_granted: &'static str,
    nobody: &'static str,
}

const WAYS: [Way; 2] = [
    Way {
        language: "ja",
        login: "mihon-7731",
        name: "見本 かすみ",
        nickname: "かすみん",
        there: "kasumi@id.example.jp",
        not_granted: "許可されなかったもの",
        nobody: "この見本IDのIDと連携している会員情報は、まだありません。",
    },
    Way {
        language: "en",
        login: "mihon-7732",
        name: "Sample Olga",
        nickname: "Olli",
        there: "olga@id.example.com",
        not_granted: "What you did not allow",
        nobody: "No account is linked with this ID of Mihon ID yet.",
    },
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_comes_through_a_service_says_what_comes_in_and_ends_it() {
    let mut accounts = json!({});
    for way in &WAYS {
        accounts[way.login] =
            json!({ "name": way.name, "nickname": way.nickname, "email": way.there });
    }
    let house = House::begin(&accounts);
    for way in &WAYS {
        let guest = Browser::open(way.language).await;
        comes_through(&house, &guest, way).await;
        guest.client.close().await.unwrap();
    }
}

async fn comes_through(house: &House, guest: &Browser, way: &Way) {
    let picture = |name: &str| format!("link-{name}-{}", way.language);

    // She comes by the service, and says no there.
    guest.goes_to(&house.at("/sign-in")).await;
    guest.is_looked_at(&picture("sign-in")).await;
    guest.presses(BY_IT).await;
    guest.is_there(way.login).await;
    guest.presses("button[value='deny']").await;
    assert_eq!(guest.path().await, "/sign-in/with/sample_id/stopped");
    guest.is_looked_at(&picture("declined")).await;

    // Again: she grants her profile, and not her address.
    guest.presses(BY_IT).await;
    guest.grants(&["profile"]).await;
    assert_eq!(guest.path().await, REVIEW);
    let told = guest.reads().await;
    for word in [way.nickname, way.login, way.not_granted, way.nobody] {
        assert!(told.contains(word), "{word}: {told}");
    }
    assert!(!told.contains(way.there), "{told}");
    guest.is_looked_at(&picture("review-nobody")).await;

    // A new account: her name is filled in, her address is not.
    guest.presses("button[value='sign_up']").await;
    assert_eq!(guest.holds("items.name").await, way.name);
    assert_eq!(guest.holds("items.email").await, "");
    guest.is_looked_at(&picture("sign-up")).await;
    let email = format!("by-link-{}@example.jp", way.language);
    guest.signs_up(&[("items.email", &email), ("secrets.password", PASSWORD)], &AGREED).await;
    assert_eq!(guest.path().await, "/me");
    guest.goes_to(&house.at("/me/items")).await;
    let told = guest.reads().await;
    assert!(told.contains(way.nickname) && told.contains(way.login), "{told}");
    assert!(!told.contains(way.there), "{told}");

    // She signs out, and in by the service, which asks nothing any more.
    guest.sends("/sign-out").await;
    guest.presses(BY_IT).await;
    assert_eq!(guest.path().await, "/me");
    guest.goes_to(&house.at("/me/sign-ins")).await;
    let told = guest.reads().await;
    assert!(told.contains(if way.language == "ja" {
        "連携サービス"
    } else {
        "linked service"
    }));

    // She grants more, and leaves her profile out: it goes, and the address comes.
    guest.goes_to(&house.at("/me/links")).await;
    guest.is_looked_at(&picture("links")).await;
    guest.presses(BY_IT).await;
    guest.grants(&["profile", "email"]).await;
    assert_eq!(guest.path().await, REVIEW);
    guest.is_looked_at(&picture("review-anew")).await;
    let profile = guest.find("input[name='take.external_profile']").await;
    profile.send_keys(" ").await.unwrap();
    assert!(!profile.is_selected().await.unwrap());
    guest.presses("button[value='link']").await;
    assert_eq!(guest.path().await, "/me/links");
    guest.goes_to(&house.at("/me/items")).await;
    let told = guest.reads().await;
    assert!(told.contains(way.there) && !told.contains(way.nickname), "{told}");

    // She ends it: what came goes, what she entered stays, and the service lets nobody in any more.
    guest.goes_to(&house.at("/me/links")).await;
    guest.sends("/me/links/sample_id/end").await;
    guest.is_looked_at(&picture("unlinked")).await;
    guest.goes_to(&house.at("/me/items")).await;
    let told = guest.reads().await;
    assert!(told.contains(way.name), "{told}");
    assert!(!told.contains(way.there) && !told.contains(way.login), "{told}");
    guest.sends("/sign-out").await;
    guest.presses(BY_IT).await;
    assert_eq!(guest.path().await, REVIEW);
    guest.presses("button[value='stop']").await;
    assert_eq!(guest.path().await, "/");
    guest.goes_to(&house.at(REVIEW)).await;
    guest.is_looked_at(&picture("over")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_is_registered_already_makes_nobody_one() {
    let email = "kaho@example.jp";
    let house = House::begin(&json!({
        "mihon-1": { "name": "見本 かほ", "nickname": "かほ", "email": email, "email_verified": true },
        "mihon-2": { "name": "見本 べつ", "nickname": "べつ", "email": email },
    }));
    let guest = Browser::open("ja").await;
    guest.goes_to(&house.at("/sign-up")).await;
    let typed =
        [("items.name", "見本 かほ"), ("items.email", email), ("secrets.password", PASSWORD)];
    guest.signs_up(&typed, &AGREED).await;
    assert_eq!(guest.path().await, "/me");
    guest.sends("/sign-out").await;

    // The service knows the same address. She is asked, not found by it.
    guest.presses(BY_IT).await;
    guest.is_there("mihon-1").await;
    guest.grants(&["profile", "email"]).await;
    assert_eq!(guest.path().await, REVIEW);
    guest.presses("button[value='sign_up']").await;
    assert_eq!(guest.holds("items.email").await, email);
    guest.signs_up(&[("secrets.password", PASSWORD)], &AGREED).await;
    assert_eq!(guest.path().await, "/sign-up");
    guest.is_looked_at("link-taken-ja").await;

    // The way out: she signs in as usual, and links it then.
    guest.presses(&format!("main a[href*='{}']", "next=/sign-in/with/sample_id/review")).await;
    guest.types("email", email).await;
    guest.types("password", PASSWORD).await;
    guest.sends("/sign-in").await;
    assert_eq!(guest.path().await, REVIEW);
    guest.presses("button[value='link']").await;
    assert_eq!(guest.path().await, "/me");
    guest.sends("/sign-out").await;
    guest.presses(BY_IT).await;
    assert_eq!(guest.path().await, "/me");

    // Somebody else, who is signed in with her own account, cannot link the same id.
    let other = Browser::open("en").await;
    other.goes_to(&house.at("/sign-up")).await;
    let typed = [
        ("items.name", "Sample Pia"),
        ("items.email", "pia@example.com"),
        ("secrets.password", PASSWORD),
    ];
    other.signs_up(&typed, &AGREED).await;
    other.goes_to(&house.at("/me/links")).await;
    other.presses(BY_IT).await;
    other.is_there("mihon-1").await;
    other.grants(&["profile"]).await;
    other.presses("button[value='link']").await;
    assert_eq!(other.path().await, REVIEW);
    other.is_looked_at("link-another-en").await;
    for browser in [guest, other] {
        browser.client.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_is_away_and_answers_that_fit_nothing_let_nobody_in() {
    let mut house = House::open(&json!({ "mihon-3": { "nickname": "みほ" } }));
    house.serves();
    let guest = Browser::open("ja").await;
    guest.goes_to(&house.at("/sign-in?lang=ja")).await;
    guest.presses(BY_IT).await;
    assert_eq!(guest.path().await, "/sign-in/with/sample_id");
    guest.is_looked_at("link-away-ja").await;
    house.provides();
    guest.presses(BY_IT).await;
    assert!(guest.client.current_url().await.unwrap().as_str().contains(&house.port.to_string()));

    // An answer with another state fits nothing, and ends nothing.
    guest.goes_to(&house.at("/sign-in/with/sample_id/back?code=x&state=y")).await;
    assert!(guest.reads().await.contains("もう終わっています"));
    guest.client.back().await.unwrap();
    guest.asked_for().await;
    guest.is_there("mihon-3").await;
    guest.grants(&["profile"]).await;
    assert_eq!(guest.path().await, REVIEW);

    // The same answer again fits nothing any more.
    let asked = guest.asked_for().await;
    let answer = asked.iter().find(|url| url.contains("/back?code=")).unwrap().clone();
    guest.goes_to(&answer).await;
    assert!(guest.reads().await.contains("もう終わっています"));

    // Its code, in the answer to another attempt: the service takes it once.
    let client = reqwest::Client::builder().no_proxy();
    let client = client.redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let begun = client.get(house.at("/sign-in/with/sample_id")).send().await.unwrap();
    let cookie = begun.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap();
    let to = reqwest::Url::parse(begun.headers()["location"].to_str().unwrap()).unwrap();
    let part = |url: &reqwest::Url, name: &str| {
        let mut pairs = url.query_pairs();
        pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap()
    };
    assert_eq!(part(&to, "code_challenge_method"), "S256");
    assert!(part(&to, "nonce").len() > 40);
    let code = part(&reqwest::Url::parse(&answer).unwrap(), "code");
    let back = format!("/sign-in/with/sample_id/back?code={code}&state={}", part(&to, "state"));
    let replayed = client.get(house.at(&back)).header("cookie", cookie).send().await.unwrap();
    assert!(replayed.headers()["location"].to_str().unwrap().contains("why=unproven"));
    guest.goes_to(&house.at("/me")).await;
    assert_eq!(guest.path().await, "/sign-in");
    guest.client.close().await.unwrap();
}
