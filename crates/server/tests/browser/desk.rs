//! The staff's desk in a browser: an invitation is taken up, samples sign in, look around and sign out,
//! in both languages, on a phone and at a desk, from the keyboard.

use fantoccini::Locator;

use crate::house::{Browser, Demo};

const PAGES: [(&str, &str); 3] =
    [("start", "/desk"), ("retention", "/desk/retention"), ("messages", "/desk/outbox")];
const WIDTHS: [(u32, &str); 2] = [(390, "phone"), (1100, "desk")];

/// Messages that were given up or fail, of which only the rows are looked at here.
const MESSAGES: &str = "INSERT INTO outbox \
     (id, topic, sealed, tries, due_at, created_at, ended_at, outcome) VALUES \
     (randomblob(16), 'letter', randomblob(90), 10, 0, 1795305600000, 1795737600000, 'given_up'), \
     (randomblob(16), 'letter', randomblob(90), 1, 0, 1795392000000, 1795392060000, 'rejected'), \
     (randomblob(16), 'letter', randomblob(90), 3, 4102444800000, 1795478400000, NULL, NULL)";

/// Accounts that were closed in the last weeks, so that something falls due in the next ones.
const CLOSED: &str = "UPDATE subject_keys SET closed_at = \
     CAST(strftime('%s', 'now') AS INTEGER) * 1000 - abs(random() % 28) * 86400000; \
     UPDATE subjects SET due_at = 0";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_desk_fits_a_phone_and_a_desk_in_both_languages() {
    let demo = Demo::start();
    demo.meddles(MESSAGES);
    demo.meddles(CLOSED);
    for (language, login) in [("ja", "sample-manager"), ("en", "sample-officer")] {
        let staff = Browser::open(language).await;
        staff.goes_to(&format!("{}/desk", demo.azukari)).await;
        assert_eq!(staff.client.current_url().await.unwrap().path(), "/desk/sign-in");
        for (width, screen) in WIDTHS {
            staff.takes_picture(&format!("desk-sign-in-{language}-{screen}"), width).await;
        }
        staff.types("login", login).await;
        staff.types("password", "not the password").await;
        staff.types("code", "123456").await;
        staff.sends("/desk/sign-in").await;
        staff.find("[role='alert']").await;
        staff.takes_picture(&format!("desk-sign-in-wrong-{language}-phone"), 390).await;

        staff.signs_in_at_the_desk(&demo, login, language).await;
        assert_eq!(staff.client.current_url().await.unwrap().path(), "/desk");
        for (name, path) in PAGES {
            staff.goes_to(&format!("{}{path}", demo.azukari)).await;
            let lang = staff.find("html").await.attr("lang").await.unwrap();
            assert_eq!(lang.as_deref(), Some(language));
            staff.find("main h1").await;
            staff.find("nav a[aria-current='page']").await;
            for (width, screen) in WIDTHS {
                staff.takes_picture(&format!("desk-{name}-{language}-{screen}"), width).await;
            }
        }
        staff.goes_to(&format!("{}/desk/retention", demo.azukari)).await;
        staff.find("svg.chart").await;
        staff.goes_to(&format!("{}/desk/nowhere", demo.azukari)).await;
        staff.takes_picture(&format!("desk-nowhere-{language}-phone"), 390).await;

        // One of the messages is tried again, and is gone from the list.
        staff.goes_to(&format!("{}/desk/outbox", demo.azukari)).await;
        let rows = async || staff.client.find_all(Locator::Css("tbody tr")).await.unwrap().len();
        let before = rows().await;
        staff.sends("/desk/outbox").await;
        assert_eq!(rows().await, before - 1);

        // The other language, from the page one is on.
        staff.sends("/desk/language").await;
        assert_eq!(staff.client.current_url().await.unwrap().path(), "/desk/outbox");
        let lang = staff.find("html").await.attr("lang").await.unwrap();
        assert_ne!(lang.as_deref(), Some(language));

        staff.sends("/desk/sign-out").await;
        staff.goes_to(&format!("{}/desk/retention", demo.azukari)).await;
        assert_eq!(staff.client.current_url().await.unwrap().path(), "/desk/sign-in");
        staff.client.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invitation_is_taken_up_in_a_browser() {
    let demo = Demo::start();
    for language in ["ja", "en"] {
        let login = format!("sample-{language}");
        let address = ["--address", &demo.azukari];
        let named = ["staff", "add", &login, "--name", "Sample", "--role", "officer"];
        let spoken = ["--language", language];
        let link = demo.runs(&[&named[..], &spoken[..], &address[..]].concat());
        let staff = Browser::open(language).await;
        staff.goes_to(&link).await;
        for (width, screen) in WIDTHS {
            staff.takes_picture(&format!("desk-invitation-{language}-{screen}"), width).await;
        }
        // The key that can be typed is the one that the drawing shows.
        let app = staff.find("a[href^='otpauth:']").await.attr("href").await.unwrap().unwrap();
        let secret = app.split("secret=").nth(1).unwrap().split('&').next().unwrap();
        let secret = data_encoding::BASE32_NOPAD.decode(secret.as_bytes()).unwrap();
        let totp = vault::TotpSecret::from_bytes(&secret).unwrap();
        let now = jiff::Timestamp::now().as_second();
        let action = link.strip_prefix(&demo.azukari).unwrap();

        staff.types("password", "a password of a sample").await;
        staff.types("code", "000").await;
        staff.sends(action).await;
        staff.find("[role='alert']").await;
        staff.takes_picture(&format!("desk-invitation-wrong-{language}-phone"), 390).await;
        staff.types("password", "a password of a sample").await;
        staff.types("code", &totp.code(vault::totp::step_at(now))).await;
        staff.sends(action).await;
        assert_eq!(staff.client.current_url().await.unwrap().path(), "/desk");
        let told = staff.reads().await;
        assert!(told.contains("Sample"), "{told}");
        staff.client.close().await.unwrap();
    }
    let listed = demo.runs(&["staff", "list"]);
    assert_eq!(listed.lines().filter(|line| line.contains("in office")).count(), 4, "{listed}");
}
