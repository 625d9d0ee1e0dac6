//! The guest's whole way, in both languages, on a phone and at a desk, with scripts and without: from the
//! store's page over an account and a booking to the store's look at it, her own look at that, and the end
//! (S3, S10, S11, L4). No page asks anybody else for anything.

use crate::house::{Browser, Demo};

/// One guest's way: who she is, and how she comes.
struct Way {
    language: &'static str,
    width: u32,
    scripts: bool,
    name: &'static str,
    email: &'static str,
    allergy: &'static str,
}

const WAYS: [Way; 4] = [
    Way {
        language: "ja",
        width: 1180,
        scripts: true,
        name: "見本 かおり",
        email: "kaori@example.jp",
        allergy: "くるみ（微量でも不可）",
    },
    Way {
        language: "en",
        width: 390,
        scripts: true,
        name: "Sample Nora",
        email: "nora@example.com",
        allergy: "Cashew nuts",
    },
    Way {
        language: "ja",
        width: 390,
        scripts: false,
        name: "見本 しおり",
        email: "shiori@example.jp",
        allergy: "かに、えび",
    },
    Way {
        language: "en",
        width: 1180,
        scripts: false,
        name: "Sample Otto",
        email: "otto@example.com",
        allergy: "Celery",
    },
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_whole_way_from_a_stores_page_to_the_end_of_its_sight() {
    let demo = Demo::start();
    let store = Browser::open("ja").await;
    store.signs_in_staff(&demo, "kaede-staff").await;
    for way in &WAYS {
        let guest = Browser::open_with(way.language, way.scripts).await;
        guest.client.set_window_size(way.width, 900).await.unwrap();
        walks(&demo, &guest, &store, way).await;
        // Nothing is asked of anybody but the app.
        let asked = guest.asked_for().await;
        assert!(asked.len() > 20, "{asked:?}");
        let browsers_own = |url: &&String| !url.starts_with("data:") && !url.starts_with("chrome");
        for url in asked.iter().filter(browsers_own) {
            assert!(url.starts_with(&demo.app), "{url}");
        }
        guest.client.close().await.unwrap();
    }
    store.client.close().await.unwrap();
}

async fn walks(demo: &Demo, guest: &Browser, store: &Browser, way: &Way) {
    // A time at the store leads her to the door, and from there to an account.
    guest.goes_to(&format!("{}/book/kaede", demo.app)).await;
    guest.presses(".choosing .times a").await;
    let to = guest.client.current_url().await.unwrap();
    assert_eq!(to.path(), "/sign-in", "{to}");
    guest.presses("main a[href^='/sign-up']").await;
    let typed = [
        ("items.name", way.name),
        ("items.email", way.email),
        ("items.phone", "090-0000-0099"),
        ("items.allergy", way.allergy),
        ("secrets.password", "kore-wa-himitsu"),
    ];
    let agreed = [
        ("consents.dietary_care", "given"),
        ("consents.store_disclosure", "given"),
        ("consents.related_information", "given"),
    ];
    guest.signs_up(&typed, &agreed).await;

    // She is back where she was: the store by name, what it will see, what it costs.
    let to = guest.client.current_url().await.unwrap();
    assert_eq!(to.path(), "/book/kaede/review", "{to}");
    let told = guest.reads().await;
    let (shop, item) = if way.language == "ja" {
        ("かえで", "食物アレルギー")
    } else {
        ("Kaede", "Food allergies")
    };
    assert!(told.contains(shop) && told.contains(item), "{told}");
    guest.sends("/book/kaede").await;
    let booking = guest.client.current_url().await.unwrap();
    assert!(booking.path().starts_with("/me/bookings/"), "{booking}");
    let at = guest.find("main time").await.attr("datetime").await.unwrap().unwrap();
    let zone = jiff::tz::TimeZone::get("Asia/Tokyo").unwrap();
    let day = at.parse::<jiff::Timestamp>().unwrap().to_zoned(zone).date();

    // The way back shows her booking, and makes no second one.
    guest.client.back().await.unwrap();
    guest.client.refresh().await.unwrap();
    assert_eq!(guest.client.current_url().await.unwrap().path(), booking.path());

    // The store sees her; she sees that it did; she calls it off, and it sees no more.
    store.goes_to(&format!("{}/store/tonight?date={day}", demo.app)).await;
    let seen = store.reads().await;
    assert!(seen.contains(way.name) && seen.contains(way.allergy), "{seen}");
    guest.goes_to(&format!("{}/me/looks", demo.app)).await;
    let told = guest.reads().await;
    assert!(told.contains(item), "{told}");
    guest.find("a[href^='/me/proofs/']").await;
    guest.goes_to(booking.as_str()).await;
    guest.presses(&format!("a[href='{}/cancel']", booking.path())).await;
    guest.sends(&format!("{}/cancel", booking.path())).await;
    store.goes_to(&format!("{}/store/tonight?date={day}", demo.app)).await;
    let seen = store.reads().await;
    assert!(!seen.contains(way.name) && !seen.contains(way.allergy), "{seen}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn axe_finds_nothing_wrong_with_any_page_in_either_theme() {
    let demo = Demo::start();
    let store = Browser::open("ja").await;
    store.signs_in_staff(&demo, "sumire-staff").await;
    let guest = Browser::open("ja").await;
    let mut wrong = Vec::new();
    for (theme, language) in [("light", "ja"), ("dark", "en")] {
        guest.prefers(theme).await;
        store.prefers(theme).await;
        let mut look = async |browser: &Browser, path: &str| {
            let next = if path.contains('?') { '&' } else { '?' };
            browser.goes_to(&format!("{}{path}{next}lang={language}", demo.app)).await;
            let faults = browser.faults().await;
            wrong.extend(faults.into_iter().map(|fault| format!("{path} {theme} {fault}")));
        };
        look(&store, "/store/tonight").await;
        for path in [
            "/",
            "/?area=nowhere",
            "/book/kaede",
            "/book/minato?party=6",
            "/sign-in",
            "/sign-up",
            "/store/sign-in",
            "/nowhere",
        ] {
            look(&guest, path).await;
        }
        guest.signs_in(&demo.app, "yuki@example.jp", "mihon-no-okyakusama").await;
        let review = "/book/minato/review?time=19:00&party=2&date=";
        let soon = jiff::Zoned::now().date().checked_add(jiff::Span::new().days(9)).unwrap();
        look(&guest, &format!("{review}{soon}")).await;
        guest.client.delete_all_cookies().await.unwrap();
        guest.signs_in(&demo.app, "hanako@example.jp", "mihon-no-okyakusama").await;
        for path in [
            "/me",
            "/me/items",
            "/me/items/phone",
            "/me/items/allergy",
            "/me/looks",
            "/me/consents",
            "/me/stops",
            "/me/links",
            "/me/sign-ins",
            "/me/requests",
            "/",
        ] {
            look(&guest, path).await;
        }
        guest.goes_to(&format!("{}/me", demo.app)).await;
        let booking = guest.find(".tickets a").await.attr("href").await.unwrap().unwrap();
        look(&guest, &booking).await;
        look(&guest, &format!("{booking}/change")).await;
        look(&guest, &format!("{booking}/cancel")).await;
        guest.client.delete_all_cookies().await.unwrap();
        // The steps of the sign-up, each with something wrong on it.
        look(&guest, "/sign-up").await;
        guest.sends("/sign-up").await;
        let steps = [
            [("items.name", "Sample"), ("items.email", "sample@example.com")].as_slice(),
            &[],
            &[],
            &[],
            &[("consents.store_disclosure", "given"), ("consents.related_information", "given")],
            &[],
        ];
        for typed in steps {
            for (name, text) in typed {
                match *text {
                    "given" => guest.chooses(name, text).await,
                    text => guest.types(name, text).await,
                }
            }
            guest.sends("/sign-up").await;
            let faults = guest.faults().await;
            wrong.extend(faults.into_iter().map(|fault| format!("/sign-up {theme} {fault}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for browser in [guest, store] {
        browser.client.close().await.unwrap();
    }
}
