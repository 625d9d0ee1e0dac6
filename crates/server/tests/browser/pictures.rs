//! A picture of each page in both languages, on a phone and at a desk. Taking one fails when the
//! page is wider than its window.

use crate::house::{Browser, Demo, pages_of};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_fits_a_phone_and_a_desk_in_both_languages() {
    let demo = Demo::start();
    let guest = Browser::open("ja").await;
    let store = Browser::open("ja").await;
    store.signs_in_staff(&demo, "sumire-staff").await;
    // A look, so that the guest has something to see.
    store.goes_to(&format!("{}/store/tonight", demo.app)).await;

    let soon = jiff::Zoned::now().date().checked_add(jiff::Span::new().days(9)).unwrap();
    let anyone = [
        ("home", format!("{}/", demo.app)),
        ("book", format!("{}/book/minato", demo.app)),
        ("sign-up", format!("{}/sign-up", demo.app)),
        ("sign-in", format!("{}/sign-in", demo.app)),
        ("store-sign-in", format!("{}/store/sign-in", demo.app)),
        ("policy", format!("{}/policy", demo.azukari)),
    ];
    let theirs = [("store-tonight", format!("{}/store/tonight", demo.app))];
    let screens = [(390, "phone", "light"), (1180, "desk", "light"), (390, "phone-dark", "dark")];

    for language in ["ja", "en"] {
        for (width, screen, theme) in screens {
            guest.prefers(theme).await;
            store.prefers(theme).await;
            for (name, url) in &anyone {
                guest.goes_to(&format!("{url}?lang={language}")).await;
                guest.takes_picture(&format!("{name}-{language}-{screen}"), width).await;
            }
            for (name, url) in &theirs {
                store.goes_to(&format!("{url}?lang={language}")).await;
                store.takes_picture(&format!("{name}-{language}-{screen}"), width).await;
            }
        }
    }
    guest.signs_in(&demo.app, "hanako@example.jp", "mihon-no-okyakusama").await;
    guest.goes_to(&format!("{}/me", demo.app)).await;
    let booking = guest.find(".tickets a").await.attr("href").await.unwrap().unwrap();
    let hers = [
        ("me", "/me".to_owned()),
        ("me-items", "/me/items".to_owned()),
        ("me-item", "/me/items/phone".to_owned()),
        ("me-looks", "/me/looks".to_owned()),
        ("me-consents", "/me/consents".to_owned()),
        ("me-stops", "/me/stops".to_owned()),
        ("me-links", "/me/links".to_owned()),
        ("me-sign-ins", "/me/sign-ins".to_owned()),
        ("me-requests", "/me/requests".to_owned()),
        ("booking", booking.clone()),
        ("change", format!("{booking}/change")),
        ("companions", format!("{booking}/companions")),
        ("review", format!("/book/minato/review?time=19:00&party=3&date={soon}")),
    ];
    for language in ["ja", "en"] {
        for (width, screen, theme) in screens {
            guest.prefers(theme).await;
            for (name, path) in &hers {
                let next = if path.contains('?') { '&' } else { '?' };
                guest.goes_to(&format!("{}{path}{next}lang={language}", demo.app)).await;
                guest.takes_picture(&format!("{name}-{language}-{screen}"), width).await;
            }
        }
    }
    // Every page says its language and has one main heading.
    guest.goes_to(&format!("{}/me?lang=en", demo.app)).await;
    assert_eq!(guest.find("html").await.attr("lang").await.unwrap().as_deref(), Some("en"));
    guest.find("main h1").await;
    for browser in [guest, store] {
        browser.client.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_notice_fits_a_phone_a_desk_and_a4_in_both_languages() {
    let demo = Demo::start();
    let reader = Browser::open("ja").await;
    for language in ["ja", "en"] {
        reader.goes_to(&format!("{}/policy?lang={language}", demo.azukari)).await;
        for (width, screen) in [(390, "narrow"), (1280, "wide")] {
            reader.takes_picture(&format!("notice-{language}-{screen}"), width).await;
        }
        let print = reader.prints(&format!("notice-{language}-print")).await;
        assert!(print.starts_with(b"%PDF"), "a print");
        let pages = pages_of(&print);
        assert!((5..=20).contains(&pages), "{pages} pages");
        // Every article can be linked to.
        for id in ["summary", "abroad", "requests", "desk"] {
            reader.find(&format!("section#{id} h2")).await;
        }
    }
    reader.client.close().await.unwrap();
}
