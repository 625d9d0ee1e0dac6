//! A person's requests in a browser, the whole way in both languages: she reads what there is, asks,
//! shows a code, follows it, adds a paper, takes it back. A picture of every page is left, on a phone and
//! at a desk (S23 to S34).

use crate::house::{Browser, Demo};

const SCREENS: [(u32, &str); 2] = [(390, "phone"), (1100, "desk")];

impl Browser {
    /// Pictures of the page as it is, on every screen.
    async fn shows(&self, name: &str, language: &str) {
        for (width, screen) in SCREENS {
            self.takes_picture(&format!("requests-{name}-{language}-{screen}"), width).await;
        }
        // Every page says its language and has one main heading.
        assert_eq!(self.find("html").await.attr("lang").await.unwrap().as_deref(), Some(language));
        self.find("main h1").await;
    }

    /// Opens what is folded.
    async fn unfolds(&self, css: &str) {
        let script = "document.querySelectorAll(arguments[0]).forEach(d => d.open = true)";
        self.client.execute(script, vec![css.into()]).await.unwrap();
    }

    /// What can be pressed with a finger, and is smaller than 24 pixels by 24 (WCAG 2.2, 2.5.8), links in
    /// sentences aside.
    async fn has_no_small_targets(&self) {
        let script = "return [...document.querySelectorAll('button, .button, summary, select, textarea, \
                      input:not([type=hidden]), .languages a, footer a')].map(e => [e.outerHTML.slice(0, 80), \
                      (e.closest('label.choice') ?? e).getBoundingClientRect()]).filter(([_, r]) => r.width && \
                      (r.height < 43.9 || r.width < 24)).map(([html, r]) => html + ' ' + r.height)";
        let small = self.client.execute(script, vec![]).await.unwrap();
        assert_eq!(small, serde_json::json!([]));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_asks_follows_and_takes_back_in_both_languages() {
    let demo = Demo::start();
    let guest = Browser::open("ja").await;
    for language in ["ja", "en"] {
        let at = |path: &str| {
            let joint = if path.contains('?') { '&' } else { '?' };
            format!("{}{path}{joint}lang={language}", demo.azukari)
        };
        let to = |path: &str| format!("{path}?lang={language}");
        guest.goes_to(&at("/requests")).await;
        guest.shows("start", language).await;
        guest.has_no_small_targets().await;

        // Where she lives, then the longest form, with mistakes in it.
        guest.goes_to(&at("/requests/new?kind=correction")).await;
        guest.shows("where", language).await;
        guest.chooses("regime", "jp").await;
        guest.sends("/requests/new").await;
        guest.shows("correction", language).await;
        guest.unfolds("details").await;
        guest.shows("correction-open", language).await;
        guest.has_no_small_targets().await;
        guest.types("corrections.phone", "12").await;
        guest.types("corrections.company", "見本商店").await;
        guest.chooses("who", "entrusted").await;
        guest.types("name", "見本 花子").await;
        guest.types("email", "hanako@example.jp").await;
        guest.sends(&to("/requests/new")).await;
        guest.shows("correction-wrong", language).await;
        let kept = guest.find("[name='corrections.company']").await;
        assert_eq!(kept.prop("value").await.unwrap().as_deref(), Some("見本商店"));

        // The other language keeps what is typed, and comes back.
        let other = if language == "ja" { "en" } else { "ja" };
        let switch = guest.find(".languages button").await;
        let page = guest.find("html").await;
        switch.send_keys("\u{e007}").await.unwrap();
        while page.tag_name().await.is_ok() {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        assert_eq!(guest.find("html").await.attr("lang").await.unwrap().as_deref(), Some(other));
        let kept = guest.find("[name='name']").await;
        assert_eq!(kept.prop("value").await.unwrap().as_deref(), Some("見本 花子"));

        for kind in ["stop_use", "complaint"] {
            guest.goes_to(&at(&format!("/requests/new?kind={kind}&regime=eu"))).await;
            guest.unfolds("details").await;
            guest.shows(kind, language).await;
        }

        // Disclosure, to the end.
        guest.goes_to(&at("/requests/new?kind=disclosure&regime=jp")).await;
        guest.chooses("delivery", "paper").await;
        guest.types("postal_address", "見本県見本市1-2-3\n見本荘101").await;
        guest.types("name", "見本 花子").await;
        guest.types("email", "hanako@example.jp").await;
        guest.types("text", "2026年の夏に、渋谷の店を予約したときの情報です。").await;
        guest.shows("disclosure", language).await;
        guest.sends(&to("/requests/new")).await;
        guest.shows("review", language).await;
        guest.sends(&to("/requests/new")).await;
        guest.shows("sent", language).await;
        guest.has_no_small_targets().await;
        let number = guest.find("p.number").await.text().await.unwrap();

        // The way back.
        guest.goes_to(&at("/requests/enter")).await;
        guest.shows("enter", language).await;
        guest.types("number", &number).await;
        guest.types("email", "hanako@example.jp").await;
        guest.sends(&to("/requests/enter")).await;
        guest.shows("code", language).await;
        let code = demo.code(&number).await;
        guest.types("code", if code == "000000" { "000001" } else { "000000" }).await;
        guest.sends(&to("/requests/code")).await;
        guest.shows("code-wrong", language).await;
        guest.types("code", &code).await;
        guest.sends(&to("/requests/code")).await;
        guest.shows("mine", language).await;
        guest.has_no_small_targets().await;

        // A paper that is none, then one.
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in [("a.pdf", &b"<html>"[..]), ("b.pdf", b"%PDF-1.7\n")] {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            guest.unfolds("details").await;
            let field = guest.find("input[type='file']").await;
            field.send_keys(path.to_str().unwrap()).await.unwrap();
            guest.sends(&to("/requests/mine/files")).await;
            guest.shows(&format!("papers-{}", &name[..1]), language).await;
        }
        assert!(guest.reads().await.contains("b.pdf"));

        guest.goes_to(&at("/requests/mine/withdraw")).await;
        guest.shows("withdraw", language).await;
        guest.sends(&to("/requests/mine/withdraw")).await;
        guest.shows("withdrawn", language).await;
        guest.sends(&to("/requests/mine/sign-out")).await;
        guest.goes_to(&at("/requests/mine")).await;
        guest.find("form#enter").await;
        guest.goes_to(&at("/requests/answer?n=x&t=y")).await;
        guest.shows("no-answer", language).await;
    }
    guest.client.close().await.unwrap();
}
