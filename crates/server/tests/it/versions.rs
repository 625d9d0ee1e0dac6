//! Versions of the policy: one takes effect at its moment while the house is open; what asks for more
//! than posting waits for its plan (I11); what was collected for old purposes stays with them until
//! the person consents (Act 18(1)); what means the same carries over (S39).

use azukari::acts::publish::{self, Files, Refused, Release};
use azukari::acts::telling;
use azukari::jobs::expire;
use azukari::store::{DbError, Tx, policies};
use serde_json::json;

use crate::house::{Guest, House, Store, policy_files, taken_as_proven};

const DECEMBER: &str = "2026-12-01";

/// The reference policy as the version of a day, edited.
fn edited(version: &str, edits: &[(&str, &str, &str)]) -> Files {
    let mut files = policy_files();
    let controller = files.get_mut("controller.toml").unwrap();
    *controller =
        controller.replace("version = \"2026-10-01\"", &format!("version = \"{version}\""));
    for (file, from, to) in edits {
        let text = files.get_mut(*file).unwrap();
        assert!(text.contains(from), "{file} does not say {from}");
        *text = text.replacen(from, to, 1);
    }
    files
}

/// A word of the service's description: nothing rests on it.
fn editorial(version: &str) -> Files {
    edited(version, &[("controller.toml", "online restaurant reservations", "restaurant bookings")])
}

/// The area of residence gets a new purpose, which is announced, and a consent for old data.
fn research(version: &str) -> Files {
    let mut files = edited(version, &[]);
    let items = files.get_mut("items.toml").unwrap();
    let area = items.find("[area]").unwrap();
    let served = "purposes = [\"service\"";
    let at = area + items[area..].find(served).unwrap() + served.len();
    items.insert_str(at, ", \"research\"");
    files.get_mut("purposes.toml").unwrap().push_str(
        "\n[research]\nlabel = { ja = \"新しいサービスの研究\", en = \"Research into new services\" }\n\
         article = \"2(3)\"\ntier = \"other\"\nown_use = true\n\
         basis = { jp = \"notice\", eu = \"legitimate_interest\", uk = \"legitimate_interest\" }\n",
    );
    let consents = files.get_mut("consents.toml").unwrap();
    consents.push_str(
        "\n[research]\nlabel = { ja = \"研究\", en = \"Research\" }\n\
         wording = { ja = \"これまでに預けた情報を研究に使うことに同意します。\", \
         en = \"I agree that what I entered before is used for research.\" }\n\
         on_refusal = { ja = \"研究には使いません。\", en = \"It is not used for research.\" }\n\
         since = \"VERSION\"\narticle = \"2(3)\"\n",
    );
    *consents = consents.replace("VERSION", version);
    files
}

fn research_plan(version: &str) -> String {
    format!(
        "version = \"{version}\"\n[answers.\"purposes.research\"]\nask = \"research\"\n\
         old_data = \"locked\"\ntell = \"letter\"\n"
    )
}

impl House {
    /// Publishes a version, as `azukari policy publish` does beside the open house.
    pub(crate) fn publishes(
        &self,
        files: Files,
        plan: Option<&str>,
        at: Option<&str>,
    ) -> Result<(), Refused> {
        let app = std::sync::Arc::clone(&self.app);
        let plan = plan.map(ToOwned::to_owned);
        let proof = taken_as_proven(&files);
        let release = Release { files, plan, at: at.map(|at| at.parse().unwrap()), proof };
        let store = &self.app.store;
        store
            .write_blocking(move |tx| publish::publish(tx, &app.keys, &release, &*app.clock))
            .map(drop)
    }
}

fn hours_until_december(house: &House) -> i64 {
    let december: jiff::Timestamp = "2026-12-01T00:00:00+09:00".parse().unwrap();
    december.duration_since(house.now()).as_hours()
}

const MIDNIGHT: Option<&str> = Some("2026-12-01T00:00:00+09:00");

#[tokio::test]
async fn a_version_takes_effect_at_its_moment_while_the_house_is_open() {
    let house = House::open();
    let hanako = house.guest("Hanako").signs_up().await;
    house.publishes(editorial(DECEMBER), None, MIDNIGHT).unwrap();
    house.app.keep_up().await.unwrap();

    let version = || async { house.get("/v1/policy").go().await.value()["version"].clone() };
    assert_eq!(version().await, "2026-10-01");
    let listed = house.get("/v1/policy/versions").go().await.expect(200);
    assert_eq!(listed["in_force"], "2026-10-01");
    assert_eq!(listed["versions"][0]["version"], DECEMBER);
    assert_eq!(listed["versions"][0]["stage"], "scheduled");
    assert_eq!(listed["versions"][0]["changes"][0]["place"], "controller.service");
    let page = house.get("/policy/versions/2026-12-01?lang=en").go().await.text();
    assert!(page.contains("In force from") && page.contains("restaurant bookings"), "{page}");

    house.lets_hours_pass(hours_until_december(&house) - 1);
    assert_eq!(version().await, "2026-10-01", "an hour before");
    hanako.is_used("service", &["name"]).go().await.expect(200);
    house.lets_hours_pass(1);
    assert_eq!(version().await, DECEMBER, "at midnight, without a restart");
    hanako.is_used("service", &["name"]).go().await.expect(200);
    let page = house.get("/policy/versions/2026-10-01?lang=ja").go().await.text();
    assert!(page.contains("現在は適用されていません"), "{page}");

    let kinds: Vec<_> = house.records().iter().map(|record| record.act.kind()).collect();
    assert_eq!(
        kinds,
        [
            "policy_published",
            "registered",
            "policy_published",
            "used",
            "policy_took_effect",
            "used"
        ]
    );
    let records = house.records();
    assert_eq!(records[3].policy.to_string(), "2026-10-01");
    assert_eq!(records[5].policy.to_string(), DECEMBER);
    house.adds_up();
}

#[tokio::test]
async fn an_editorial_change_carries_every_consent_over() {
    // S39: nothing more is needed, so nobody is asked.
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako = house.guest("Hanako").allergic_to("えび").signs_up().await;
    hanako.books(&aoi, "bk-1").await;
    house.publishes(editorial("2026-11-22"), None, None).unwrap();
    assert_eq!(aoi.asks_for(&hanako, &["name"]).receives_now().await["name"], "Hanako");
    assert_eq!(house.app.policy().version.to_string(), "2026-11-22");
    let consents = house.get(&hanako.path("consents")).go().await.expect(200);
    for consent in consents["consents"].as_array().unwrap() {
        assert_eq!(consent["ask"], false, "{consent}");
    }
    assert_eq!(consents["consents"][0]["notice"], "2026-10-01", "what she was shown");
    house.adds_up();
}

#[tokio::test]
async fn she_sees_which_version_was_in_force_and_which_she_had_been_shown() {
    // S24, R1.5: what she agreed to was worded as the notice of that day.
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako = house.guest("Hanako").signs_up().await;
    hanako.books(&aoi, "bk-1").await;
    aoi.asks_for(&hanako, &["name"]).receives().await;
    house.publishes(editorial("2026-11-22"), None, None).unwrap();
    house.app.keep_up().await.unwrap();
    house.lets_seconds_pass(1);
    aoi.asks_for(&hanako, &["name"]).receives().await;
    house.lets_seconds_pass(1);
    aoi.asks_for(&hanako, &["allergy"]).is_refused().await;

    let provisions = hanako.provisions().await;
    let versions: Vec<_> =
        provisions.iter().map(|p| p["policy"].as_str().unwrap().to_owned()).collect();
    assert_eq!(versions, ["2026-11-22", "2026-11-22", "2026-10-01"], "newest first");
    assert!(provisions[0].get("consents").is_none(), "a refusal stands on none");
    let seen = json!([{ "consent": "store_disclosure", "notice": "2026-10-01" }]);
    assert_eq!([&provisions[1]["consents"], &provisions[2]["consents"]], [&seen, &seen]);
    for version in versions {
        let page = house.get(&format!("/policy/versions/{version}?lang=en")).go().await;
        assert_eq!(page.status, 200, "{version}");
    }
    house.adds_up();
}

#[tokio::test]
async fn a_new_purpose_without_a_plan_is_refused_and_nothing_of_it_is_published() {
    let house = House::open();
    let before = house.rows();
    let refused = house.publishes(research(DECEMBER), None, MIDNIGHT).unwrap_err().to_string();
    assert!(refused.contains("purposes.research") && refused.contains("Act 18(1)"), "{refused}");
    assert!(refused.contains("azukari policy plan"), "{refused}");
    assert_eq!(house.rows(), before);
    house.get("/v1/policy/versions/2026-12-01").go().await.problem(404, "not-found");
    let feed = house.get("/policy/feed.atom?lang=en").go().await.text();
    assert!(!feed.contains("Research"), "{feed}");
    // The same at a start with `--policy`.
    let (ground, clock) = house.close().await;
    let says = match ground.open_app(&clock, ground.root_key(), Some(research("2026-11-23"))) {
        Ok(_) => panic!("it opens"),
        Err(error) => error.to_string(),
    };
    assert!(says.contains("purposes.research"), "{says}");
    House::open_on(ground, clock, None, 0).adds_up();
}

#[tokio::test]
async fn old_data_stay_locked_to_old_purposes_until_she_consents() {
    // Act 18(1), G5: what was collected before serves what it was collected for.
    let house = House::open();
    let hanako = house.guest("Hanako").with("area", "東京").signs_up().await;
    house.lets_hours_pass(1);
    let plan = research_plan("2026-11-22");
    house.publishes(research("2026-11-22"), Some(&plan), None).unwrap();
    house.app.keep_up().await.unwrap();
    house.lets_hours_pass(1);

    let used = hanako.is_used("research", &["area"]).go().await;
    assert_eq!(used.refused(), ["locked_to_old_purposes"]);
    hanako.is_used("service", &["area"]).go().await.expect(200);
    let yoko = house.guest("Yoko").answers_to("2026-11-22", "store_disclosure", "given");
    let yoko = yoko.answers_to("2026-11-22", "related_information", "given");
    let yoko = yoko.with("area", "京都").signs_up().await;
    yoko.is_used("research", &["area"]).go().await.expect(200);

    let ask = |guest: String| {
        let house = &house;
        async move {
            let all = house.get(&guest).go().await.expect(200);
            let all = all["consents"].as_array().unwrap().clone();
            all.iter().find(|c| c["consent"] == "research").map(|c| c["ask"].clone())
        }
    };
    assert_eq!(ask(hanako.path("consents")).await, Some(json!(true)), "she is asked");
    assert_eq!(ask(yoko.path("consents")).await, None, "nothing of Yoko's waits");
    let answer = json!({ "state": "given", "notice": "2026-11-22", "language": "ja" });
    house.put(&hanako.path("consents/research"), &answer).go().await.expect(200);
    hanako.is_used("research", &["area"]).go().await.expect(200);
    assert_eq!(ask(hanako.path("consents")).await, Some(json!(false)));

    let answer = json!({ "state": "withdrawn", "notice": "2026-11-22", "language": "ja" });
    house.put(&hanako.path("consents/research"), &answer).go().await.expect(200);
    let used = hanako.is_used("research", &["area"]).go().await;
    assert_eq!(used.refused(), ["locked_to_old_purposes"]);
    // A later version does not open what an earlier one locked, nor does a restart.
    let id = hanako.id.clone();
    let house = house.reopened(None).await;
    let hanako = Guest { house: &house, id };
    let used = hanako.is_used("research", &["area"]).go().await;
    assert_eq!(used.refused(), ["locked_to_old_purposes"]);
    house.adds_up();
}

#[tokio::test]
async fn people_are_told_by_letter_and_each_once() {
    let house = House::open();
    for name in ["Hanako", "Yoko", "Jiro"] {
        house.guest(name).signs_up().await;
    }
    house.lets_hours_pass(1);
    let plan = research_plan("2026-11-22");
    house.publishes(research("2026-11-22"), Some(&plan), None).unwrap();
    house.app.keep_up().await.unwrap();
    let told = || async {
        let shown = house.get("/v1/policy/versions/2026-11-22").go().await.expect(200);
        shown["release"]["told"].clone()
    };
    assert_eq!(told().await, json!({ "told": 0, "of": 3 }));
    let before = house.rows()["outbox"];
    assert_eq!(telling::tell_more(&house.app).await.unwrap(), 3);
    assert_eq!(telling::tell_more(&house.app).await.unwrap(), 0, "each once");
    assert_eq!(house.rows()["outbox"] - before, 3);
    assert_eq!(told().await, json!({ "told": 3, "of": 3 }));
    house.adds_up();
}

#[tokio::test]
async fn a_new_recipient_abroad_wants_information_before_consent() {
    // Act 28(1), (2); R2.1, R2.2.
    let house = House::open();
    let mut files = edited(DECEMBER, &[]);
    files.get_mut("recipients.toml").unwrap().push_str(
        "\n[partner]\nlabel = { ja = \"提携先\", en = \"Partner\" }\narticle = \"6\"\n\
         role = \"processor\"\ncountry = \"US\"\npurposes = [\"support\"]\n\
         transfer_consent = \"abroad\"\n\
         contract = { signed_on = \"2026-04-01\", evidence = \"c\" }\n\
         legal = { name = \"P\", address = \"A\", representative = \"R\" }\n",
    );
    files.get_mut("consents.toml").unwrap().push_str(
        "\n[abroad]\nlabel = { ja = \"外国\", en = \"Abroad\" }\n\
         wording = { ja = \"アメリカ合衆国への提供に同意します。\", en = \"I agree to the United States.\" }\n\
         on_refusal = { ja = \"提供しません。\", en = \"Nothing goes there.\" }\n\
         since = \"2026-12-01\"\narticle = \"6\"\n",
    );
    let plan = |inform: &str| {
        format!(
            "version = \"{DECEMBER}\"\n[answers.\"recipients.partner\"]\nevidence = \"contract-7\"\n\
             [answers.\"recipients.partner.country\"]\nask = \"abroad\"\n{inform}"
        )
    };
    let refused = house.publishes(files.clone(), Some(&plan("")), MIDNIGHT).unwrap_err();
    assert!(refused.to_string().contains("Act 28(1), (2)"), "{refused}");
    let plan = plan("inform = \"/policy\"");
    house.publishes(files, Some(&plan), MIDNIGHT).unwrap();
}

#[tokio::test]
async fn the_feeds_name_the_changes_in_both_languages() {
    let house = House::open();
    house.publishes(editorial("2026-11-22"), None, None).unwrap();
    house.app.keep_up().await.unwrap();
    let policy = house.get("/policy").go().await;
    let links = policy.header("link").unwrap_or_default().to_owned();
    assert!(links.contains("/policy/feed.atom") && links.contains("/policy/feed.json"), "{links}");
    assert!(policy.text().contains("application/atom+xml"));
    let feed = house.get("/policy/feed.json?lang=en").go().await;
    let feed = feed.expect(200);
    assert_eq!(feed["version"], "https://jsonfeed.org/version/1.1");
    assert_eq!(feed["items"].as_array().unwrap().len(), 2);
    let text = feed["items"][0]["content_text"].as_str().unwrap();
    assert!(text.contains("restaurant bookings"), "{text}");
    assert_eq!(feed["items"][1]["content_text"], "The first version.");
    let atom = house.get("/policy/feed.atom?lang=ja").go().await.text();
    assert!(atom.contains("xml:lang=\"ja\"") && atom.contains("最初の版です。"), "{atom}");
    assert!(atom.contains("<id>tag:stories.example"), "{atom}");
    // Read elsewhere, they have no page to resolve an address against.
    for address in atom.split("href=\"").skip(1) {
        assert!(address.starts_with("https://policy.stories.example/policy/"), "{address}");
    }
    for address in [&feed["home_page_url"], &feed["feed_url"], &feed["items"][0]["url"]] {
        let address = address.as_str().unwrap();
        assert!(address.starts_with("https://policy.stories.example/policy/"), "{address}");
    }
    // A reader that others wrote makes the same of both.
    let json = house.get("/policy/feed.json?lang=ja").go().await.text();
    let [atom, json] = [atom, json].map(|feed| {
        let feed = feed_rs::parser::parse(feed.as_bytes()).unwrap();
        let entries = feed.entries.into_iter().map(|entry| {
            let text = entry.content.unwrap().body.unwrap();
            (entry.id, entry.published.unwrap(), entry.links[0].href.clone(), text)
        });
        let entries: Vec<_> = entries.collect();
        (feed.title.unwrap().content, feed.authors[0].name.clone(), entries)
    });
    assert_eq!(atom, json);
    assert_eq!(atom.2.len(), 2);
    for path in ["/policy", "/policy/versions", "/policy/versions/2026-11-22"] {
        let page = house.get(&format!("{path}?lang=en")).go().await.text();
        for tag in ["?lang=ja", "?lang=en", ""] {
            let link = format!("href=\"https://policy.stories.example{path}{tag}\"");
            assert!(page.contains(&link), "{path}: {link}");
        }
    }
}

#[tokio::test]
async fn a_version_that_never_was_is_told_as_a_page_in_the_readers_language() {
    let house = House::open();
    for (language, words) in [("ja", "ページがありません"), ("en", "There is no such page")]
    {
        for address in ["/policy/versions/1999-01-01", "/policy/nowhere"] {
            let page = house.get(&format!("{address}?lang={language}")).go().await;
            assert_eq!(page.status, 404);
            let list = format!("href=\"/policy/versions?lang={language}\"");
            assert!(page.text().contains(words) && page.text().contains(&list), "{}", page.text());
        }
    }
}

#[tokio::test]
async fn a_scheduled_version_is_taken_back_and_stays_taken_back() {
    let house = House::open();
    house.publishes(editorial(DECEMBER), None, MIDNIGHT).unwrap();
    house.app.keep_up().await.unwrap();
    let before = house.app.store.read_blocking(policies::all).unwrap();
    let app = std::sync::Arc::clone(&house.app);
    let version = DECEMBER.parse().unwrap();
    let withdrawn = house
        .app
        .store
        .write_blocking(move |tx| publish::withdraw(tx, &app.keys, version, &*app.clock));
    withdrawn.unwrap();
    house.app.keep_up().await.unwrap();
    house.lets_hours_pass(hours_until_december(&house) + 1);
    assert_eq!(house.get("/v1/policy").go().await.value()["version"], "2026-10-01");
    let listed = house.get("/v1/policy/versions").go().await.expect(200);
    assert_eq!(listed["versions"][0]["stage"], "withdrawn");
    let again = house.publishes(editorial(DECEMBER), None, None).unwrap_err();
    assert!(again.to_string().contains("withdrawn"), "{again}");
    let kinds: Vec<_> = house.records().iter().map(|record| record.act.kind()).collect();
    assert_eq!(kinds, ["policy_published", "policy_published", "policy_withdrawn"]);
    house.adds_up();

    // Whoever kept the row from before, with its seal, cannot bring the version back unseen.
    assert_eq!(house.verifies().0, Vec::<String>::new());
    let kept = before.into_iter().find(|row| row.version == DECEMBER).unwrap();
    house
        .app
        .store
        .write_blocking(move |tx: &mut Tx<'_>| {
            tx.exec(
                "UPDATE policies SET effective_at = $1, proof = $2 WHERE version = $3",
                &[kept.effective_at.into(), (&kept.proof).into(), (&kept.version).into()],
            )?;
            Ok::<_, DbError>(())
        })
        .unwrap();
    let found = house.verifies().0;
    assert!(
        found.iter().any(|finding| finding.contains("not the one that was published")),
        "{found:?}"
    );
}

#[tokio::test]
async fn a_version_taken_back_before_anybody_took_it_up_is_no_finding() {
    let house = House::open();
    house.publishes(editorial(DECEMBER), None, MIDNIGHT).unwrap();
    let (app, version) = (std::sync::Arc::clone(&house.app), DECEMBER.parse().unwrap());
    let withdraw = move |tx: &mut Tx<'_>| publish::withdraw(tx, &app.keys, version, &*app.clock);
    house.app.store.write_blocking(withdraw).unwrap();
    assert_eq!(house.verifies().0, Vec::<String>::new());
    house.app.keep_up().await.unwrap();
    let kinds: Vec<_> = house.records().iter().map(|record| record.act.kind()).collect();
    assert_eq!(kinds, ["policy_published", "policy_withdrawn"]);
    assert_eq!(house.verifies().0, Vec::<String>::new());
}

#[tokio::test]
async fn whatever_was_decided_by_older_rules_is_refused_until_they_are_taken_up() {
    let house = House::open();
    let hanako = house.guest("Hanako").signs_up().await;
    house.publishes(editorial("2026-11-22"), None, None).unwrap();
    // Nobody has looked since: the first act finds out and is refused, the next goes by the new one.
    hanako.is_used("service", &["name"]).go().await.problem(503, "policy-changed");
    hanako.is_used("service", &["name"]).go().await.expect(200);
    let records = house.records();
    assert_eq!(records.last().unwrap().policy.to_string(), "2026-11-22");
    house.adds_up();
}

#[tokio::test]
async fn a_round_at_the_turn_notes_nothing_by_rules_that_are_over() {
    // R12.1: a period that is shorter from today on ends what is older than that.
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako = house.guest("Hanako").with("serving_size", "small").signs_up().await;
    hanako.books(&aoi, "bk-1").await;
    house.lets_hours_pass(24 * 40);
    let mut files = edited(DECEMBER, &[]);
    let items = files.get_mut("items.toml").unwrap();
    let size = items.find("[serving_size]").unwrap();
    let days = "days = 730";
    let at = size + items[size..].find(days).unwrap();
    items.replace_range(at..at + days.len(), "days = 30");
    house.publishes(files, None, None).unwrap();

    // The version is in force in the database, and this process has not taken up its rules yet.
    house.app.terms.begin_turn();
    publish::turn(&house.app).unwrap();
    let round = expire::round(&house.app).await.unwrap();
    assert_eq!((round.looked_at, round.failed, round.erased), (1, 1, 0), "{round:?}");

    house.app.turn().unwrap();
    let round = expire::round(&house.app).await.unwrap();
    assert_eq!((round.looked_at, round.failed, round.erased), (1, 0, 1), "{round:?}");
    house.adds_up();
}

#[tokio::test]
async fn two_processes_go_by_one_version() {
    // Only PostgreSQL is shared by processes.
    if std::env::var("AZUKARI_TEST_POSTGRES").is_err() {
        return;
    }
    let house = House::open();
    let ground = &house.ground;
    let other = ground.open_app(&house.clock, ground.root_key(), None).unwrap();
    let hanako = house.guest("Hanako").signs_up().await;
    house.publishes(editorial("2026-11-22"), None, None).unwrap();
    // The other process puts it in force; this one is left behind, and refuses before it follows.
    other.keep_up().await.unwrap();
    assert_eq!(other.policy().version.to_string(), "2026-11-22");
    hanako.is_used("service", &["name"]).go().await.problem(503, "policy-changed");
    hanako.is_used("service", &["name"]).go().await.expect(200);
    std::thread::spawn(move || drop(other)).join().unwrap();
    house.adds_up();
}

impl crate::house::Asking<'_> {
    /// What is received once the version in force has been taken up.
    async fn receives_now(&self) -> serde_json::Value {
        self.sends().go().await.problem(503, "policy-changed");
        self.receives().await
    }
}

#[tokio::test]
async fn a_store_sees_by_the_new_version_what_it_saw_by_the_old() {
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako = house.guest("Hanako").signs_up().await;
    hanako.books(&aoi, "bk-1").await;
    let id = hanako.id.clone();
    let house = house.reopened(Some(editorial("2026-11-22"))).await;
    let aoi = Store::named(&house, "aoi");
    let hanako = Guest { house: &house, id };
    assert_eq!(aoi.asks_for(&hanako, &["name"]).receives().await["name"], "Hanako");
}
