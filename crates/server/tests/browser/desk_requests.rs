//! The desk for requests, from the keyboard alone: requests come in, somebody is identified, a
//! correction is looked at and decided. A picture of every page in both languages, on a phone and at a
//! desk.

use serde_json::json;

use crate::house::{Browser, Demo};

struct Officer<'d> {
    browser: Browser,
    demo: &'d Demo,
    language: &'static str,
}

impl<'d> Officer<'d> {
    async fn sits(demo: &'d Demo, login: &str, language: &'static str) -> Self {
        let browser = Browser::open(language).await;
        browser.signs_in_at_the_desk(demo, login, language).await;
        Self { browser, demo, language }
    }

    async fn goes_to(&self, path: &str) {
        self.browser.goes_to(&format!("{}{path}", self.demo.azukari)).await;
    }

    /// The page as it stands, at both widths.
    async fn pictures(&self, name: &str) {
        for (width, screen) in [(390, "phone"), (1100, "desk")] {
            let name = format!("desk-{name}-{}-{screen}", self.language);
            self.browser.takes_picture(&name, width).await;
        }
    }

    async fn looks_at(&self, name: &str, path: &str) {
        self.goes_to(path).await;
        self.pictures(name).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_officers_pages_work_from_the_keyboard_and_fit_a_phone_and_a_desk() {
    let demo = Demo::start();
    let asks = async |changes: serde_json::Value| {
        let mut body = json!({
            "kind": "disclosure", "regime": "jp", "language": "ja",
            "name": "見本 花子", "email": "hanako@example.jp",
        });
        for (name, value) in changes.as_object().unwrap() {
            body[name] = value.clone();
        }
        demo.sends("/v1/requests", &body).await["request"].as_str().unwrap().to_owned()
    };
    let ground = json!(["not_factual"]);
    let mut corrections = Vec::new();
    let mut erasures = Vec::new();
    for _ in 0..2 {
        let right = json!({ "name": "見本 華子", "birth_date": "1990-04-01" });
        let text = "名前の漢字が違っています。華やかの華です。";
        corrections.push(
            asks(json!({ "kind": "correction", "grounds": ground, "corrections": right,
                         "particulars": { "phone": "090-0000-0000" }, "text": text }))
            .await,
        );
        erasures.push(asks(json!({ "kind": "erasure", "grounds": ["no_longer_needed"] })).await);
    }
    asks(
        json!({ "agency": "entrusted", "agent_name": "見本 代理人", "email": "agent@example.jp" }),
    )
    .await;
    let complaint = json!({
        "kind": "complaint", "regime": "eu", "language": "en", "name": "Sample Guest",
        "email": "guest@example.com", "text": "I asked a week ago and nobody answered.",
    });
    let complaint = asks(complaint).await;

    let desks = [
        Officer::sits(&demo, "sample-manager", "ja").await,
        Officer::sits(&demo, "sample-officer", "en").await,
    ];
    for (n, officer) in desks.iter().enumerate() {
        let browser = &officer.browser;
        officer.looks_at("start", "/desk").await;
        officer.looks_at("queue", "/desk/requests").await;
        officer.looks_at("queue-none", "/desk/requests?waits=fee&number=AAAA").await;
        officer.looks_at("new", "/desk/requests/new").await;
        officer.looks_at("new-correction", "/desk/requests/new?kind=correction&regime=jp").await;
        browser.presses("main form[method='post'] button").await;
        officer.pictures("new-wrong").await;
        officer.looks_at("instructions", "/desk/instructions").await;
        officer.looks_at("complaint", &format!("/desk/requests/{complaint}")).await;

        // She is found, compared, and identified by a document.
        let correction = format!("/desk/requests/{}", corrections[n]);
        officer.goes_to(&correction).await;
        browser.types("find", "hanako@example.jp").await;
        browser.presses("#find button").await;
        officer.pictures("compared").await;
        browser.find("#identify input[name='subject']").await.send_keys(" ").await.unwrap();
        browser.chooses("how", "document").await;
        browser.presses("#identify button").await;
        browser.presses("#look button").await;
        officer.pictures("correction").await;
        browser.presses("#decide button").await;
        officer.pictures("decide-wrong").await;
        browser.chooses("outcome", "granted").await;
        browser.find("#decide input[name='confirm']").await.send_keys(" ").await.unwrap();
        browser.presses("#decide button").await;
        officer.pictures("decided").await;
        browser.find("#carry_out input[name='confirm']").await.send_keys(" ").await.unwrap();
        browser.presses("#carry_out button").await;
        officer.pictures("carried-out").await;

        // An erasure waits for somebody else.
        officer.goes_to(&format!("/desk/requests/{}", erasures[n])).await;
        browser.types("find", "hanako@example.jp").await;
        browser.presses("#find button").await;
        browser.find("#identify input[name='subject']").await.send_keys(" ").await.unwrap();
        browser.chooses("how", "document").await;
        browser.presses("#identify button").await;
        browser.chooses("outcome", "granted").await;
        browser.find("#decide input[name='confirm']").await.send_keys(" ").await.unwrap();
        browser.presses("#decide button").await;
        officer.pictures("own-decision").await;
    }
    for (n, officer) in desks.iter().enumerate() {
        officer.looks_at("second-pair", &format!("/desk/requests/{}", erasures[1 - n])).await;
        let list = format!("/desk/requests/{}/disclosures", erasures[n]);
        officer.looks_at("disclosures", &list).await;
        officer.looks_at("instructions-open", "/desk/instructions").await;
    }
    for officer in desks {
        officer.browser.client.close().await.unwrap();
    }
}
