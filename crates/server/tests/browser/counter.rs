//! The stores' side and the operator's in a browser: an invitation is taken up, an evening is looked at, staff
//! are ended; every page fits a phone and a tablet in both languages, and axe-core finds nothing wrong (S10,
//! S11).

use crate::house::{Browser, Demo, pages_of};

/// The code that an authenticator app would show for the secret on the page.
async fn code_on(page: &Browser) -> String {
    let key = page.find("code.key").await.text().await.unwrap();
    reservation::one_time_code(&key, jiff::Timestamp::now()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_manager_invites_a_cook_who_comes_in_and_is_out_once_ended() {
    let demo = Demo::start();
    let manager = Browser::open("ja").await;
    manager.signs_in_staff(&demo, "sumire-manager").await;
    manager.goes_to(&format!("{}/store/staff", demo.app)).await;
    manager.types("login", "sumire-cook").await;
    manager.sends("/store/staff").await;
    let link = manager.find(".notice.done code").await.text().await.unwrap();
    manager.takes_picture("staff-invited-ja", 820).await;

    let cook = Browser::open("ja").await;
    cook.goes_to(&link).await;
    cook.takes_picture("invitation-ja-phone", 390).await;
    let path = cook.client.current_url().await.unwrap().path().to_owned();
    cook.types("password", "short").await;
    cook.types("code", &code_on(&cook).await).await;
    cook.sends(&path).await;
    cook.takes_picture("invitation-wrong-ja", 820).await;
    cook.types("password", "ryoriban-no-aikotoba").await;
    cook.types("code", &code_on(&cook).await).await;
    cook.sends(&path).await;
    let seen = cook.reads().await;
    assert!(seen.contains("見本 花子") && seen.contains("そば、落花生"), "{seen}");

    // Ending is asked about once; until then nothing ends.
    manager.presses("form[action='/store/staff/sumire-cook/end'] button").await;
    manager.takes_picture("staff-end-ja-phone", 390).await;
    assert_eq!(manager.faults().await, Vec::<String>::new());
    cook.client.refresh().await.unwrap();
    assert_eq!(cook.client.current_url().await.unwrap().path(), "/store/tonight");
    manager.presses("form[action='/store/staff/sumire-cook/end'] button").await;
    assert!(!manager.reads().await.contains("sumire-cook"));
    cook.client.refresh().await.unwrap();
    assert_eq!(cook.client.current_url().await.unwrap().path(), "/store/sign-in");

    let operator = Browser::open("en").await;
    operator.signs_in_operator(&demo).await;
    operator.goes_to(&format!("{}/operator/stores/sumire/staff", demo.app)).await;
    operator.takes_picture("operator-staff-en-desk", 1180).await;
    let seen = operator.reads().await;
    assert!(seen.contains("sumire-manager") && !seen.contains("kaede"), "{seen}");
    for browser in [manager, cook, operator] {
        browser.client.close().await.unwrap();
    }
}

/// The pages of a side on the app's own list, with the names of their pictures. A test of the app holds the list
/// against its router.
fn listed(side: &str, booking: &str) -> Vec<(&'static str, String)> {
    const LIST: &str = include_str!("../../../../apps/reservation/tests/pages.txt");
    let pages = LIST.lines().filter_map(|line| {
        let (name, path) = line.strip_prefix(side)?.strip_prefix(' ')?.split_once(' ')?;
        Some((name, path.replace("{store}", "minato").replace("{number}", booking)))
    });
    pages.collect()
}

/// Looks at the pages of a browser's side, with the name of each picture.
async fn looked_over(browser: &Browser, app: &str, pages: &[(&str, String)]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (theme, language) in [("light", "ja"), ("dark", "en"), ("light", "en")] {
        browser.prefers(theme).await;
        for (name, path) in pages {
            let next = if path.contains('?') { '&' } else { '?' };
            browser.goes_to(&format!("{app}{path}{next}lang={language}")).await;
            let screens = if theme == "dark" {
                [("phone-dark", 390)].as_slice()
            } else {
                &[("narrow", 320), ("phone", 390), ("tablet", 1024)]
            };
            for (screen, width) in screens {
                browser.takes_picture(&format!("{name}-{language}-{screen}"), *width).await;
                // One line, whatever the width: an evening has to be at hand.
                let bar = browser.find("header.top").await.rectangle().await.unwrap().3;
                assert!(bar < 70.0, "{path} {language} {screen}: the bar takes {bar} pixels");
            }
            let faults = browser.faults().await;
            wrong.extend(faults.into_iter().map(|fault| format!("{path} {theme} {fault}")));
        }
    }
    wrong
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_of_a_store_fits_a_phone_a_tablet_and_paper_and_axe_finds_nothing_wrong() {
    let demo = Demo::start();
    let store = Browser::open("ja").await;
    store.signs_in_staff(&demo, "sumire-manager").await;
    store.goes_to(&format!("{}/store/tonight", demo.app)).await;
    let booking = store.find(".cards p:last-child a").await.attr("href").await.unwrap().unwrap();
    let number = booking.trim_start_matches("bookings/");
    let wrong = looked_over(&store, &demo.app, &listed("store", number)).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for language in ["ja", "en"] {
        store.goes_to(&format!("{}/store/kitchen?lang={language}", demo.app)).await;
        let print = store.prints(&format!("store-kitchen-{language}-print")).await;
        assert_eq!(pages_of(&print), 1, "an evening of five is one sheet");
        let seen = store.reads().await;
        assert!(seen.contains("そば、落花生") && !seen.contains("花子"), "{seen}");
    }
    store.client.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_of_the_operator_fits_a_phone_and_a_tablet_and_axe_finds_nothing_wrong() {
    let demo = Demo::start();
    let operator = Browser::open("ja").await;
    let mut wrong = looked_over(&operator, &demo.app, &listed("doors", "")).await;
    operator.signs_in_operator(&demo).await;
    wrong.extend(looked_over(&operator, &demo.app, &listed("operator", "")).await);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    operator.client.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_evening_a_booking_the_kitchen_and_a_closed_day_need_no_script() {
    let demo = Demo::start();
    let at = |path: &str| format!("{}{path}", demo.app);
    let store = Browser::open_with("ja", false).await;
    store.signs_in_staff(&demo, "sumire-staff").await;
    let seen = store.reads().await;
    assert!(seen.contains("見本 花子") && seen.contains("そば、落花生"), "{seen}");
    // Another day is another evening; by then nobody of it has come, whatever the time of this test.
    store.presses("nav.within a[aria-current=date] + a").await;
    let to = store.client.current_url().await.unwrap();
    let day = to.query().unwrap().strip_prefix("date=").unwrap().to_owned();
    let seen = store.reads().await;
    assert!(seen.contains("Sample Tom") && !seen.contains("花子"), "{seen}");
    let booking = store.find(".cards p:last-child a").await.attr("href").await.unwrap().unwrap();
    store.presses(".cards p:last-child a").await;
    let to = store.client.current_url().await.unwrap();
    assert_eq!(to.path(), format!("/store/{booking}"));
    store.find("main a[href^='tel:']").await;
    store.presses("main .eyebrow a").await;
    store.presses("main nav a[href^='/store/kitchen']").await;
    let print = store.prints("store-kitchen-ja-print-without-scripts").await;
    assert_eq!(pages_of(&print), 1);
    let seen = store.reads().await;
    assert!(seen.contains("Raw egg") && !seen.contains("Tom"), "{seen}");

    // The operator closes that day, decides about the bookings that there are, and opens it again.
    let operator = Browser::open_with("en", false).await;
    operator.signs_in_operator(&demo).await;
    operator.presses("main a[href='/operator/stores/sumire']").await;
    operator.presses("main nav a[href$='/closing-days']").await;
    let here = "/operator/stores/sumire/closing-days";
    let typed: jiff::civil::Date = day.parse().unwrap();
    operator.types("date", &typed.strftime("%m%d%Y").to_string()).await;
    operator.types("reason_ja", "設備点検").await;
    operator.types("reason_en", "Maintenance").await;
    operator.sends(here).await;
    operator.find("main .notice.alert").await;
    operator.presses("button[name=bookings][value=call_off]").await;
    operator.find("main .notice.done").await;
    assert!(operator.reads().await.contains("Maintenance"));
    // The store sees nobody any more: of the evening, and of the booking that it had open.
    store.goes_to(&at(&format!("/store/{booking}"))).await;
    let seen = store.reads().await;
    assert!(seen.contains("取り消されました") && !seen.contains("Tom"), "{seen}");
    store.takes_picture("store-booking-called-off-ja-phone", 390).await;
    store.goes_to(&at(&format!("/store/tonight?date={day}"))).await;
    assert!(!store.reads().await.contains("Tom"));
    operator.presses(&format!("form[action='{here}/{day}/open'] button")).await;
    assert!(!operator.reads().await.contains("Maintenance"));
    for browser in [store, operator] {
        browser.client.close().await.unwrap();
    }
}

/// Gives a browser an authenticator that knows who holds it.
async fn gives_authenticator(browser: &Browser) {
    let kind = serde_json::json!({
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": true,
        "hasUserVerification": true, "isUserVerified": true,
    });
    let id = browser.tells("webauthn/authenticator", &kind).await;
    assert!(id.is_string(), "{id}");
}

/// Presses a button that the script brought to light.
async fn by_passkey(browser: &Browser, kind: &str) {
    browser.presses(&format!("form[data-passkey='{kind}']:not([hidden]) button")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stores_operators_and_guests_come_in_by_passkeys_until_those_are_ended() {
    let demo = Demo::start().by_name();
    let at = |path: &str| format!("{}{path}", demo.app);
    let doors = [
        ("/store/sign-in", "/store/passkeys", "/store/sign-out", "/store/tonight"),
        ("/operator/sign-in", "/operator/passkeys", "/operator/sign-out", "/operator"),
        ("/sign-in", "/me/passkeys", "/sign-out", "/me"),
    ];
    for (door, own, out, first) in doors {
        let browser = Browser::open("ja").await;
        match door {
            "/store/sign-in" => browser.signs_in_staff(&demo, "sumire-manager").await,
            "/operator/sign-in" => browser.signs_in_operator(&demo).await,
            _ => browser.signs_in(&demo.app, "hanako@example.jp", "mihon-no-okyakusama").await,
        }
        gives_authenticator(&browser).await;
        browser.goes_to(&at(own)).await;
        by_passkey(&browser, "new").await;
        let name = own.trim_start_matches('/').replace('/', "-");
        for (width, screen) in [(390, "phone"), (1024, "tablet")] {
            browser.takes_picture(&format!("{name}-ja-{screen}"), width).await;
        }
        assert_eq!(browser.faults().await, Vec::<String>::new(), "{own}");
        browser.find("main .notice.done").await;
        // Out, and in again without a word.
        browser.presses(&format!("form[action='{out}'] button")).await;
        browser.goes_to(&at(door)).await;
        browser.takes_picture(&format!("{name}-sign-in-ja"), 390).await;
        by_passkey(&browser, "known").await;
        let to = browser.client.current_url().await.unwrap();
        assert_eq!(to.path(), first, "{}", browser.reads().await);
        // A passkey of one door opens no other.
        let other = if door == "/sign-in" { "/store/sign-in" } else { "/sign-in" };
        browser.goes_to(&at(other)).await;
        by_passkey(&browser, "known").await;
        let to = browser.client.current_url().await.unwrap();
        assert_eq!(to.path(), format!("{other}/passkey"), "{}", browser.reads().await);
        // Ended, it opens nothing.
        browser.goes_to(&at(own)).await;
        browser.presses(&format!("form[action^='{own}/'] button")).await;
        browser.presses(&format!("form[action='{out}'] button")).await;
        browser.goes_to(&at(door)).await;
        by_passkey(&browser, "known").await;
        browser.goes_to(&at(first)).await;
        assert_eq!(browser.client.current_url().await.unwrap().path(), door);
        browser.client.close().await.unwrap();
    }
}
