//! Data sets at the desk, in both languages, in a browser without scripts: a file is read, its columns are
//! looked at, a way is chosen, the set is made, provided and published. A picture of every page on a phone
//! and at a desk; axe-core finds nothing wrong with any of them.

use crate::house::{Browser, Demo};

struct Maker<'d> {
    /// Without scripts: everything is done here.
    browser: Browser,
    /// With scripts, for pages that can be looked at without doing anything: axe-core is one.
    looker: Browser,
    demo: &'d Demo,
    language: &'static str,
}

impl<'d> Maker<'d> {
    async fn sits(demo: &'d Demo, login: &str, language: &'static str) -> Self {
        let browser = Browser::open_with(language, false).await;
        browser.signs_in_at_the_desk(demo, login, language).await;
        let looker = Browser::open(language).await;
        // The same session, as a cookie of the other browser.
        looker.goes_to(&format!("{}/desk/sign-in", demo.azukari)).await;
        let cookie = browser.client.get_named_cookie("azukari-desk").await.unwrap();
        looker.client.add_cookie(cookie).await.unwrap();
        Self { browser, looker, demo, language }
    }

    /// The page that somebody works on, at both widths, and what axe-core says of it in either theme: of its
    /// very text, as some pages are there once and others come again by themselves.
    async fn looks(&self, name: &str) {
        let page = self.browser.client.source().await.unwrap();
        for (width, screen) in [(390, "phone"), (1100, "desk")] {
            let name = format!("desk-sets-{name}-{}-{screen}", self.language);
            self.browser.takes_picture(&name, width).await;
        }
        for theme in ["light", "dark"] {
            self.looker.prefers(theme).await;
            self.looker.goes_to(&format!("{}/desk", self.demo.azukari)).await;
            let write = "document.open(); document.write(arguments[0]); document.close();";
            self.looker.client.execute(write, vec![page.clone().into()]).await.unwrap();
            let faults = self.looker.faults().await;
            assert!(faults.is_empty(), "{name}, {theme}: {}", faults.join("\n"));
        }
    }

    async fn goes_to(&self, path: &str) {
        self.browser.goes_to(&format!("{}{path}", self.demo.azukari)).await;
    }

    /// Waits until the work behind the page is done.
    async fn waits_for(&self, css: &str) {
        let found = self.browser.client.wait().at_most(std::time::Duration::from_mins(2));
        let found = found.for_element(fantoccini::Locator::Css(css)).await;
        let page = self.browser.client.source().await.unwrap();
        assert!(found.is_ok(), "no `{css}` on\n{page}");
    }

    /// Presses a button on a page that comes again by itself, until it led somewhere.
    async fn presses_until(&self, css: &str, there: &str) {
        let client = &self.browser.client;
        let presses = async {
            while client.find(fantoccini::Locator::Css(there)).await.is_err() {
                if let Ok(button) = client.find(fantoccini::Locator::Css(css)).await {
                    // Gone with its page, it is looked for again.
                    let _ = button.send_keys("\u{e007}").await;
                }
            }
        };
        tokio::time::timeout(std::time::Duration::from_mins(2), presses).await.expect(there);
    }

    async fn picks(&self, name: &str, value: &str) {
        let css = format!("select[name='{name}']");
        self.browser.find(&css).await.select_by_value(value).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn data_sets_are_made_at_the_desk_without_scripts_in_both_languages() {
    let demo = Demo::start();
    let folder = tempfile::tempdir().unwrap();
    for (language, spoken) in [("ja", anonymise::Language::Ja), ("en", anonymise::Language::En)] {
        let path = folder.path().join(format!("visits-{language}.csv"));
        std::fs::write(&path, datasets::sample(3000, spoken)).unwrap();
        let maker = Maker::sits(&demo, "sample-manager", language).await;
        let browser = &maker.browser;
        maker.goes_to("/desk/datasets").await;
        if language == "en" {
            // The sample's own language is Japanese.
            browser.sends("/desk/language").await;
        }
        let lang = browser.find("html").await.attr("lang").await.unwrap();
        assert_eq!(lang.as_deref(), Some(language));
        maker.looks("list").await;
        browser.presses("a.button").await;
        maker.looks("new").await;
        browser.presses("main form button").await;
        maker.picks("purpose", "support").await;
        maker.looks("file").await;
        // What is no table is told, and what was chosen stands.
        let not_a_table = folder.path().join("one-column.csv");
        std::fs::write(&not_a_table, "a\n1\n2\n").unwrap();
        let upload = async |path: &std::path::Path| {
            browser
                .find("input[type='file']")
                .await
                .send_keys(path.to_str().unwrap())
                .await
                .unwrap();
            browser.presses("main form button").await;
        };
        upload(&not_a_table).await;
        browser.find("[role='alert']").await;
        browser.takes_picture(&format!("desk-sets-file-wrong-{language}-phone"), 390).await;
        upload(&path).await;
        maker.looks("columns").await;

        browser.types("k", "4").await;
        browser.presses("button[value='columns']").await;
        browser.find("#columns-k-wrong").await;
        browser.takes_picture(&format!("desk-sets-columns-wrong-{language}-phone"), 390).await;
        browser.types("k", "5").await;
        maker.picks("column.7.role", "identifying").await;
        // A name stays only with a tick and a reason (R7.1).
        maker.picks("column.1.role", "insensitive").await;
        browser.presses("button[value='columns']").await;
        browser.find("#columns-column-1-confirmed-wrong").await;
        maker.looks("confirm").await;
        maker.picks("column.1.role", "identifying").await;
        browser.presses("button[value='columns']").await;
        // However fast it is, the page that says how far it is has been there.
        maker.waits_for("svg.plot").await;
        maker.looks("ways").await;
        browser.chooses("way", "1").await;
        browser.presses("button[value='preview']").await;
        maker.looks("preview").await;
        browser.presses("button[value='make']").await;
        maker.waits_for(".standards").await;
        let path = browser.client.current_url().await.unwrap().path().to_owned();
        maker.goes_to(&path).await;
        maker.looks("set").await;
        assert_eq!(
            browser
                .client
                .find_all(fantoccini::Locator::Css(".standards .holds"))
                .await
                .unwrap()
                .len(),
            5
        );

        // It is provided: how is published, and what to tell the recipient is there.
        browser.find("details:first-of-type summary").await.send_keys("\u{e007}").await.unwrap();
        browser.types("recipient", "Mihon Research").await;
        browser.types("method.ja", "暗号化したファイルを送付").await;
        browser.types("method.en", "As an encrypted file").await;
        browser.presses("input[value='provide'] ~ button").await;
        maker.looks("provision").await;
        browser.presses("button[value='yes']").await;
        maker.looks("provided").await;
        maker.goes_to(&format!("{path}/report")).await;
        maker.looks("report").await;
        maker.goes_to(&format!("/datasets?lang={language}")).await;
        maker.looks("published").await;
        maker.goes_to(&format!("/policy?lang={language}")).await;
        browser.find("#kinds a[href^='/datasets']").await;

        // Of what is held: the demo has people enough for ten who read alike.
        maker.goes_to("/desk/datasets/new?kind=pseudonymised&from=held").await;
        maker.looks("purpose").await;
        maker.goes_to("/desk/datasets/new?kind=anonymised&from=held&purpose=marketing").await;
        maker.looks("held").await;
        browser.chooses("items", "birth_date").await;
        browser.chooses("items", "gender").await;
        browser.presses("main form button").await;
        maker.waits_for("form.columns").await;
        maker.looks("held-columns").await;
        let k = browser.find("[name='k']").await.prop("value").await.unwrap();
        assert_eq!(k.as_deref(), Some("10"));
        browser.presses("button[value='columns']").await;
        maker.waits_for("svg.plot").await;
        browser.presses("button[value='preview']").await;
        browser.presses("button[value='make']").await;
        maker.waits_for(".standards").await;
        // By its own address, which tells nothing once.
        let path = browser.client.current_url().await.unwrap().path().to_owned();
        maker.goes_to(&path).await;
        maker.looks("held-set").await;

        // A pseudonymised one goes as a law asks once that is approved, by somebody else.
        maker.goes_to("/desk/datasets/new?kind=pseudonymised&from=held&purpose=marketing").await;
        browser.chooses("items", "gender").await;
        browser.presses("main form button").await;
        maker.waits_for("form.columns").await;
        maker.picks("column.0.role", "insensitive").await;
        browser.presses("button[value='columns']").await;
        browser.presses("button[value='preview']").await;
        maker.looks("preview-pseudonymised").await;
        browser.presses("button[value='make']").await;
        maker.waits_for(".standards").await;
        browser.find("details:nth-of-type(2) summary").await.send_keys("\u{e007}").await.unwrap();
        for (field, text) in [("recipient", "Mihon Court"), ("reason", "2026-118")] {
            let field = browser.find(&format!("#approve-{field}")).await;
            field.send_keys(text).await.unwrap();
        }
        maker.looks("approving").await;
        browser.presses("input[value='approve'] ~ button").await;
        maker.looks("approved").await;
        let Maker { browser, looker, .. } = maker;
        browser.client.close().await.unwrap();
        looker.client.close().await.unwrap();
    }
}

/// A table whose ways of generalising nobody looks at to the end.
fn endless() -> String {
    let mut drawn = 7_u32;
    let mut row = || {
        let cells = (0..24).map(|_| {
            drawn = drawn.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (drawn >> 16 & 63).to_string()
        });
        cells.collect::<Vec<_>>().join(",")
    };
    let names: Vec<String> = (0..24).map(|n| format!("measure_{n}")).collect();
    let rows: Vec<String> = (0..3000).map(|_| row()).collect();
    format!("{}\n{}\n", names.join(","), rows.join("\n"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_search_is_watched_and_stopped_in_both_languages() {
    let demo = Demo::start();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("endless.csv");
    std::fs::write(&path, endless()).unwrap();
    // Each in their own language.
    for (login, language) in [("sample-manager", "ja"), ("sample-officer", "en")] {
        let maker = Maker::sits(&demo, login, language).await;
        let browser = &maker.browser;
        maker.goes_to("/desk/datasets/new?kind=anonymised&from=file&purpose=support").await;
        browser.find("input[type='file']").await.send_keys(path.to_str().unwrap()).await.unwrap();
        browser.presses("main form button").await;
        browser.chooses("each", "yes").await;
        browser.presses("button[value='columns']").await;
        maker.waits_for("button[value='enough']").await;
        maker.looks("working").await;
        maker.presses_until("button[value='stop']", "form.columns").await;
        maker.looks("stopped").await;
        let Maker { browser, looker, .. } = maker;
        browser.client.close().await.unwrap();
        looker.client.close().await.unwrap();
    }
}
