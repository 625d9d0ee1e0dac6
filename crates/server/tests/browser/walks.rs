//! Every kind of request walked from the form to the answer: she asks on a phone, shows the code that
//! a mail server received, pays where a fee is due; the officer decides with a ground and has it carried
//! out, two of them where the policy asks for it; she is told by mail and opens the answer behind its
//! link (S23 to S34, R8.1 to R8.8). Pictures of every step are left, and of every letter; what came
//! as a file lies beside them.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use crate::house::{Browser, Demo, code_of, pictures_dir};
use crate::post::{Post, bytes};

const PHONE: u32 = 390;
const DESK: u32 = 1100;

/// One field of a form, as a person fills it in.
enum Fill {
    /// Opens what is folded.
    Opens(&'static str),
    Types(&'static str, &'static str),
    Chooses(&'static str, &'static str),
}
use Fill::{Chooses, Opens, Types};

/// Who asks: a sample guest of the demo.
struct Guest {
    name: &'static str,
    email: &'static str,
    regime: &'static str,
}

const HANAKO: Guest = Guest { name: "見本 花子", email: "hanako@example.jp", regime: "jp" };
const SAKURA: Guest = Guest { name: "見本 さくら", email: "sakura@example.jp", regime: "jp" };
const ALEX: Guest = Guest { name: "Sample Alex", email: "alex@example.com", regime: "jp" };
const MARIE: Guest = Guest { name: "Sample Marie", email: "marie@example.org", regime: "eu" };
const TOM: Guest = Guest { name: "Sample Tom", email: "tom@example.net", regime: "uk" };

/// One request, from asking to answer.
struct Walk {
    /// What its pictures are called.
    name: &'static str,
    kind: &'static str,
    guest: &'static Guest,
    fills: &'static [Fill],
    /// Whether a code has to be shown before anything is done.
    shows_code: bool,
    pays: bool,
    decides: &'static [Fill],
    four_eyes: bool,
    /// What she reads in the answer.
    reads: &'static [&'static str],
    /// What the page of the file says, where the answer is one.
    file: Option<&'static [&'static str]>,
}

const GRANTED: &[Fill] = &[Chooses("outcome", "granted")];

const JA: &[Walk] = &[
    Walk {
        name: "purpose-notice",
        kind: "purpose_notice",
        guest: &HANAKO,
        fills: &[Types("receipt_name", "見本商事株式会社")],
        shows_code: true,
        pays: true,
        decides: GRANTED,
        four_eyes: false,
        reads: &["ご請求のとおり対応します"],
        file: Some(&["利用目的"]),
    },
    Walk {
        name: "disclosure",
        kind: "disclosure",
        guest: &HANAKO,
        fills: &[Types("text", "2026年の夏に、見本町の店を予約したときの情報です。")],
        shows_code: true,
        pays: true,
        decides: GRANTED,
        four_eyes: false,
        reads: &["ご請求のとおり対応します"],
        file: Some(&["見本 花子", "そば、落花生", "hanako@example.jp"]),
    },
    Walk {
        name: "disclosure-paper",
        kind: "disclosure",
        guest: &HANAKO,
        fills: &[
            Chooses("delivery", "paper"),
            Types("postal_address", "〒000-0000\n見本県見本市見本町1-2-3\n見本荘101"),
        ],
        shows_code: true,
        pays: true,
        decides: &[
            Chooses("outcome", "partly"),
            Opens("#decide details"),
            Types("item.disliked_food", "harm_to_rights"),
            Types("reason", "第三者の権利を害するおそれがあるため"),
        ],
        four_eyes: false,
        reads: &["一部に対応します", "苦手な食べもの"],
        file: Some(&["お伝えしていない項目", "見本 花子"]),
    },
    Walk {
        name: "correction",
        kind: "correction",
        guest: &HANAKO,
        fills: &[
            Opens("details.item"),
            Types("corrections.name", "見本 華子"),
            Chooses("remove.disliked_food", "1"),
            Types("text", "名前の漢字が違っています。"),
        ],
        shows_code: true,
        pays: false,
        decides: GRANTED,
        four_eyes: false,
        reads: &["ご請求のとおり対応します"],
        file: None,
    },
    Walk {
        name: "stop-use",
        kind: "stop_use",
        guest: &HANAKO,
        fills: &[
            Opens("details"),
            Chooses("grounds", "no_longer_needed"),
            Chooses("purposes", "marketing"),
        ],
        shows_code: true,
        pays: false,
        decides: GRANTED,
        four_eyes: false,
        reads: &["ご請求のとおり対応します"],
        file: None,
    },
    Walk {
        name: "erasure",
        kind: "erasure",
        guest: &SAKURA,
        fills: &[Chooses("grounds", "no_longer_needed")],
        shows_code: true,
        pays: false,
        decides: GRANTED,
        four_eyes: true,
        reads: &["ご請求のとおり対応します"],
        file: Some(&["消去"]),
    },
    Walk {
        name: "complaint",
        kind: "complaint",
        guest: &HANAKO,
        fills: &[Types("text", "先週お送りした問い合わせに、お返事をいただいていません。")],
        shows_code: false,
        pays: false,
        decides: &[
            Chooses("outcome", "granted"),
            Types("reply", "お返事が遅くなり申し訳ございません。担当者から本日ご連絡します。"),
        ],
        four_eyes: false,
        reads: &["担当者から本日ご連絡します"],
        file: None,
    },
];

const EN: &[Walk] = &[
    Walk {
        name: "disclosure",
        kind: "disclosure",
        guest: &ALEX,
        fills: &[Types("text", "Whatever you hold from my booking this summer.")],
        shows_code: true,
        pays: true,
        decides: GRANTED,
        four_eyes: false,
        reads: &["Granted"],
        file: Some(&["Sample Alex", "Shrimp, crab", "alex@example.com"]),
    },
    Walk {
        name: "provision-records",
        kind: "provision_records",
        guest: &ALEX,
        fills: &[Types("receipt_name", "Sample Trading Ltd.")],
        shows_code: true,
        pays: true,
        decides: GRANTED,
        four_eyes: false,
        reads: &["Granted"],
        file: Some(&["Sample Alex"]),
    },
    Walk {
        name: "correction",
        kind: "correction",
        guest: &ALEX,
        fills: &[
            Opens("details.item"),
            Types("corrections.name", "Alex Sample"),
            Chooses("remove.disliked_food", "1"),
        ],
        shows_code: true,
        pays: false,
        decides: GRANTED,
        four_eyes: false,
        reads: &["Granted"],
        file: None,
    },
    Walk {
        name: "stop-use-refused",
        kind: "stop_use",
        guest: &MARIE,
        fills: &[Chooses("grounds", "objection")],
        shows_code: true,
        pays: false,
        decides: &[
            Chooses("outcome", "refused"),
            Types("ground", "no_ground"),
            Types(
                "reason",
                "You have a booking in three days, and the shop needs your name for it.",
            ),
        ],
        four_eyes: false,
        reads: &["Refused", "You have a booking in three days"],
        file: None,
    },
    Walk {
        name: "stop-provision",
        kind: "stop_provision",
        guest: &TOM,
        fills: &[
            Opens("details"),
            Chooses("grounds", "objection"),
            Chooses("recipients", "gmo_group"),
        ],
        shows_code: true,
        pays: false,
        decides: GRANTED,
        four_eyes: false,
        reads: &["Granted"],
        file: None,
    },
    Walk {
        name: "erasure",
        kind: "erasure",
        guest: &MARIE,
        fills: &[Chooses("grounds", "consent_withdrawn")],
        shows_code: true,
        pays: false,
        decides: GRANTED,
        four_eyes: true,
        reads: &["Granted"],
        file: Some(&["What was erased"]),
    },
    Walk {
        name: "equivalent-measures",
        kind: "equivalent_measures",
        guest: &ALEX,
        fills: &[],
        shows_code: false,
        pays: false,
        decides: GRANTED,
        four_eyes: false,
        reads: &["Granted"],
        file: Some(&["Global CBPR"]),
    },
];

/// Where walks happen.
struct Town {
    demo: Demo,
    post: Post,
    language: &'static str,
    guest: Browser,
    officer: Browser,
}

/// A walk under way.
struct Under {
    walk: &'static Walk,
    number: String,
    asked: Instant,
}

impl Town {
    async fn of(language: &'static str) -> Self {
        let post = Post::open();
        let demo = Demo::with_mail(&post);
        let (guest, officer) = (Browser::open(language).await, Browser::open(language).await);
        // The stores look at their evening, so that there is something to tell.
        for (browser, store) in [(&guest, "kaede-staff"), (&officer, "sumire-staff")] {
            browser.signs_in_staff(&demo, store).await;
            browser.goes_to(&format!("{}/store/tonight", demo.app)).await;
        }
        Self::sits(&officer, &demo, "sample-officer", language).await;
        Self { demo, post, language, guest, officer }
    }

    /// Somebody of the staff signs in and reads this language.
    async fn sits(browser: &Browser, demo: &Demo, login: &str, language: &str) {
        browser.signs_in_at_the_desk(demo, login, language).await;
        if browser.find("html").await.attr("lang").await.unwrap().as_deref() != Some(language) {
            browser.presses("header.desk button[name='language']").await;
        }
    }

    fn at(&self, path: &str) -> String {
        let joint = if path.contains('?') { '&' } else { '?' };
        format!("{}{path}{joint}lang={}", self.demo.azukari, self.language)
    }

    fn to(&self, path: &str) -> String {
        format!("{path}?lang={}", self.language)
    }

    /// What this language says of two.
    fn says(&self, ja: &'static str, en: &'static str) -> &'static str {
        if self.language == "ja" { ja } else { en }
    }

    async fn sees(&self, walk: &Walk, step: &str) {
        let name = format!("walk-{}-{}-{step}", walk.name, self.language);
        self.guest.takes_picture(&name, PHONE).await;
    }

    async fn officer_sees(&self, walk: &Walk, step: &str) {
        let name = format!("walk-{}-{}-{step}", walk.name, self.language);
        self.officer.takes_picture(&name, DESK).await;
        let lang = self.officer.find("html").await.attr("lang").await.unwrap();
        assert_eq!(lang.as_deref(), Some(self.language));
    }

    /// The letters about a request so far, once there are so many whose subject says something.
    async fn letters(&self, number: &str, says: &str, count: usize) -> Vec<Value> {
        let mut all = 0;
        loop {
            let received = self.post.receives(all).await;
            let about = |letter: &&Value| {
                let subject = letter["headers"]["subject"].as_str().unwrap();
                subject.contains(number) && subject.contains(says)
            };
            let found: Vec<Value> = received.iter().filter(about).cloned().collect();
            if found.len() >= count {
                return found;
            }
            all = received.len() + 1;
        }
    }

    /// The code of the last letter of so many with one.
    async fn code(&self, number: &str, count: usize) -> String {
        let letters = self.letters(number, self.says("確認番号", "code"), count).await;
        code_of(letters.last().unwrap()).expect("a code is in the letter")
    }

    async fn fills(browser: &Browser, form: &str, fills: &[Fill]) {
        for fill in fills {
            match fill {
                Opens(css) => {
                    let script =
                        "document.querySelectorAll(arguments[0]).forEach(d => d.open = true)";
                    browser.client.execute(script, vec![(*css).into()]).await.unwrap();
                }
                Types(name, text) => {
                    let field = browser.find(&format!("{form} [name='{name}']")).await;
                    if field.tag_name().await.unwrap() == "select" {
                        field.select_by_value(text).await.unwrap();
                    } else {
                        field.clear().await.unwrap();
                        field.send_keys(text).await.unwrap();
                    }
                }
                Chooses(name, value) => browser.chooses(name, value).await,
            }
        }
    }

    /// She asks, and shows the code that came by mail.
    async fn asks(&self, walk: &'static Walk) -> Under {
        let guest = &self.guest;
        guest.goes_to(&self.at(&format!("/requests/new?kind={}", walk.kind))).await;
        guest.chooses("regime", walk.guest.regime).await;
        guest.sends("/requests/new").await;
        Self::fills(guest, "form", walk.fills).await;
        guest.types("name", walk.guest.name).await;
        guest.types("email", walk.guest.email).await;
        self.sees(walk, "1-form").await;
        // Enter in a field, as most people press: it leads on, and not to the other language.
        guest.presses("input[name='email']").await;
        self.sees(walk, "2-review").await;
        guest.sends(&self.to("/requests/new")).await;
        self.sees(walk, "3-sent").await;
        let number = guest.find("p.number").await.text().await.unwrap();
        self.letters(&number, "", 1).await;
        if walk.shows_code {
            guest.types("code", &self.code(&number, 1).await).await;
            guest.presses("input[name='code']").await;
            self.sees(walk, "4-mine").await;
            if walk.pays {
                let page = guest.reads().await;
                for words in
                    [self.says("1,000円", "JPY 1,000"), self.says("見本銀行", "Sample Bank")]
                {
                    assert!(page.contains(words), "{words}: {page}");
                }
                let invoice = guest.fetches("a[href='/requests/mine/invoice']").await;
                assert!(std::fs::read(invoice).unwrap().starts_with(b"%PDF-"));
            }
        }
        Under { walk, number, asked: Instant::now() }
    }

    /// The officer finds it by its number, settles the fee, decides, and has it carried out.
    async fn handles(&self, under: &Under) {
        let (walk, officer) = (under.walk, &self.officer);
        officer.goes_to(&self.at("/desk/requests")).await;
        officer.types("number", &under.number).await;
        officer.presses("form[action='/desk/requests'] button").await;
        if officer.client.find(fantoccini::Locator::Css("#decision")).await.is_err() {
            officer.presses(".queue td a").await;
        }
        if walk.pays {
            officer.types("reference", "FB-2026-0001").await;
            self.officer_sees(walk, "5-desk-fee").await;
            officer.presses("#pay button").await;
            self.letters(&under.number, self.says("お受け取り", "received your fee"), 1).await;
        }
        if walk.kind == "correction" {
            officer.presses("#look button").await;
        }
        Self::fills(officer, "#decide", walk.decides).await;
        officer.find("#decide input[name='confirm']").await.send_keys(" ").await.unwrap();
        self.officer_sees(walk, "6-desk-decides").await;
        officer.presses("#decide button").await;
        if walk.four_eyes {
            assert!(officer.client.find(fantoccini::Locator::Css("#approve")).await.is_err());
            let page = officer.client.current_url().await.unwrap();
            let manager = Browser::open(self.language).await;
            Self::sits(&manager, &self.demo, "sample-manager", self.language).await;
            manager.goes_to(page.as_str()).await;
            manager.find("#approve input[name='confirm']").await.send_keys(" ").await.unwrap();
            manager.presses("#approve button").await;
            manager.client.close().await.unwrap();
            officer.goes_to(page.as_str()).await;
        }
        officer.find("#carry_out input[name='confirm']").await.send_keys(" ").await.unwrap();
        self.officer_sees(walk, "7-desk-decided").await;
        officer.presses("#carry_out button").await;
        self.officer_sees(walk, "8-desk-done").await;
        if walk.fills.iter().any(|fill| matches!(fill, Chooses("delivery", "paper"))) {
            self.prints(walk).await;
        }
    }

    /// The officer opens the answer for the post in a window of its own; it is left beside the pictures.
    async fn prints(&self, walk: &Walk) {
        let cookies = self.officer.client.get_all_cookies().await.unwrap();
        let cookie = cookies.iter().find(|cookie| cookie.name() == "azukari-desk").unwrap();
        let action = self.officer.find("#paper").await.prop("action").await.unwrap().unwrap();
        let asked = reqwest::Client::builder().no_proxy().build().unwrap();
        let asked = asked.post(action).header("sec-fetch-site", "same-origin");
        let answer = asked.header("cookie", cookie.to_string()).send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], "application/pdf");
        let pdf = answer.bytes().await.unwrap();
        assert!(pdf.starts_with(b"%PDF-"));
        let name = format!("walk-{}-{}-post.pdf", walk.name, self.language);
        std::fs::write(pictures_dir().join(name), pdf).unwrap();
    }

    /// She is told by mail, and opens the answer by its link and another code.
    async fn opens_the_answer(&self, under: &Under) {
        let (walk, guest, number) = (under.walk, &self.guest, under.number.as_str());
        // Another code is sent a minute after the last.
        tokio::time::sleep_until(under.asked + Duration::from_secs(61)).await;
        let codes = 1 + usize::from(walk.shows_code);
        let letter = self.letters(number, self.says("お答え", "answer"), 1).await.remove(0);
        let text = letter["text"].as_str().unwrap();
        let link = text.split_whitespace().find(|word| word.contains("/requests/answer?"));
        let Some(link) = link else {
            // A refusal is told in the letter, and stands on her page.
            assert!(
                walk.decides.iter().any(|fill| matches!(fill, Chooses(_, "refused"))),
                "{text}"
            );
            guest.goes_to(&self.at("/requests/enter")).await;
            guest.types("number", number).await;
            guest.types("email", walk.guest.email).await;
            guest.sends(&self.to("/requests/enter")).await;
            guest.types("code", &self.code(number, codes).await).await;
            guest.sends(&self.to("/requests/code")).await;
            return self.reads(walk).await;
        };
        guest.goes_to(&format!("{link}&lang={}", self.language)).await;
        guest.presses("main form button").await;
        guest.types("code", &self.code(number, codes).await).await;
        guest.presses("input[name='code']").await;
        self.reads(walk).await;
        if walk.pays {
            guest.goes_to(&self.at("/requests/mine")).await;
            self.sees(walk, "9-mine").await;
            let receipt = guest.fetches("a[href='/requests/mine/receipt']").await;
            assert!(std::fs::read(receipt).unwrap().starts_with(b"%PDF-"));
            guest.goes_to(&format!("{link}&lang={}", self.language)).await;
        }
        if let Some(told) = walk.file {
            let zip = guest.fetches("button[value='fetch']").await;
            self.looks_into(walk, &zip, told).await;
        }
    }

    async fn reads(&self, walk: &Walk) {
        self.sees(walk, "9-answer").await;
        let page = self.guest.reads().await;
        for words in walk.reads {
            assert!(page.contains(words), "{words}: {page}");
        }
    }

    /// The file of an answer, opened: its page in the browser, its PDF beside the pictures.
    async fn looks_into(&self, walk: &Walk, zip: &Path, told: &[&str]) {
        let folder = tempfile::tempdir().unwrap();
        let mut archive = zip::ZipArchive::new(std::fs::File::open(zip).unwrap()).unwrap();
        archive.extract(folder.path()).unwrap();
        let page = folder.path().join("index.html");
        self.guest.goes_to(&format!("file://{}", page.display())).await;
        let said = self.guest.reads().await;
        for words in told {
            assert!(said.contains(words), "{words}: {said}");
        }
        let name = format!("walk-{}-{}-file", walk.name, self.language);
        self.guest.takes_picture(&name, PHONE).await;
        self.guest.takes_picture(&format!("{name}-wide"), DESK).await;
        for entry in std::fs::read_dir(folder.path()).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|ending| ending == "pdf") {
                std::fs::copy(path, pictures_dir().join(format!("{name}.pdf"))).unwrap();
            }
        }
    }

    /// Every letter that came: both parts say the same things, and pictures of it are left.
    async fn looks_at_letters(&self, walks: &[Under]) {
        let folder = tempfile::tempdir().unwrap();
        for (n, letter) in self.post.received().iter().enumerate() {
            let subject = letter["headers"]["subject"].as_str().unwrap();
            let Some(under) = walks.iter().find(|under| subject.contains(&under.number)) else {
                continue;
            };
            let name = format!("letter-{}-{}-{n:02}", under.walk.name, self.language);
            let page = folder.path().join("letter.html");
            std::fs::write(&page, letter["html"].as_str().unwrap()).unwrap();
            self.guest.goes_to(&format!("file://{}", page.display())).await;
            self.guest.takes_picture(&name, PHONE).await;
            for file in letter["files"].as_array().unwrap() {
                let held = bytes(file);
                assert!(held.starts_with(b"%PDF-"));
                let of = file["name"].as_str().unwrap();
                std::fs::write(pictures_dir().join(format!("{name}-{of}")), held).unwrap();
            }
        }
    }

    async fn walks(self, walks: &'static [Walk]) {
        let mut under = Vec::new();
        for walk in walks {
            under.push(self.asks(walk).await);
        }
        for one in &under {
            self.handles(one).await;
        }
        for one in &under {
            self.opens_the_answer(one).await;
        }
        self.looks_at_letters(&under).await;
        for browser in [self.guest, self.officer] {
            browser.client.close().await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_kind_of_request_is_walked_in_japanese() {
    Town::of("ja").await.walks(JA).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_kind_of_request_is_walked_in_english() {
    Town::of("en").await.walks(EN).await;
}
