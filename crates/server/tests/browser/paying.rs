//! A guest pays a store's fee: in both languages, with scripts and without, on a phone and at a desk. From the
//! table that is held for her over the payment platform's page to the booking, its receipt, a change that costs
//! more, and her money back (S10, L4). Pictures of every step are left.

use crate::house::{Browser, Demo};

const GUEST: &str = "mihon-no-okyakusama";
const SIZES: [(&str, u32); 2] = [("narrow", 390), ("wide", 1100)];

struct Way {
    language: &'static str,
    scripts: bool,
    email: &'static str,
    theme: &'static str,
    /// What she reads when nothing was paid, when she is booked, on the receipt, when it goes back.
    says: [&'static str; 4],
}

const WAYS: [Way; 2] = [
    Way {
        language: "ja",
        scripts: true,
        email: "taro@example.jp",
        theme: "light",
        says: ["お支払いは済んでいません", "ご予約を承りました", "株式会社見本 様", "返金済み"],
    },
    Way {
        language: "en",
        scripts: false,
        email: "alex@example.com",
        theme: "dark",
        says: ["Nothing was paid", "Your table is booked", "Sample Alex", "Refunded"],
    },
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fee_is_paid_on_the_platform_s_page_and_goes_back_where_it_came_from() {
    let demo = Demo::start();
    for way in &WAYS {
        let guest = Browser::open_with(way.language, way.scripts).await;
        guest.prefers(way.theme).await;
        guest.signs_in(&demo.app, way.email, GUEST).await;
        walks(&demo, &guest, way).await;
        // Nobody is asked for anything but the app, and the platform for the pages on which she pays.
        for url in guest.asked_for().await {
            let browsers_own = url.starts_with("data:") || url.starts_with("chrome");
            let pays = url.starts_with(&format!("{}/c/pay/", demo.platform));
            assert!(browsers_own || pays || url.starts_with(&demo.app), "{url}");
        }
        guest.client.close().await.unwrap();
    }
}

async fn walks(demo: &Demo, guest: &Browser, way: &Way) {
    let [unpaid, booked, named, back] = way.says;
    let mut faults = Vec::new();
    let mut look = async |name: &str| {
        for (size, width) in SIZES {
            guest.takes_picture(&format!("paying-{name}-{}-{size}", way.language), width).await;
        }
        if way.scripts {
            faults.extend(guest.faults().await);
        }
    };
    let soon = jiff::Zoned::now().date().checked_add(jiff::Span::new().days(9)).unwrap();
    let review = "/book/minato/review?time=19:00&party=2&date=";
    guest.goes_to(&format!("{}{review}{soon}", demo.app)).await;
    guest.sends("/book/minato").await;
    look("held").await;
    let page = guest.client.current_url().await.unwrap().path().to_owned();
    let pay = format!("{page}/pay");

    // A card that is refused; back without paying; and again.
    guest.sends(&pay).await;
    let there = guest.client.current_url().await.unwrap();
    assert!(there.as_str().starts_with(&demo.platform), "{there}");
    look("platform").await;
    guest.chooses("card", "bad").await;
    guest.presses("form button").await;
    look("refused").await;
    guest.presses("main a").await;
    let text = guest.reads().await;
    assert!(text.contains(unpaid), "{text}");
    look("unpaid").await;
    guest.sends(&pay).await;
    guest.presses("form button").await;
    let text = guest.reads().await;
    assert!(text.contains(booked), "{text}");
    look("booked").await;

    // The way back shows that it is paid, and leads on.
    guest.client.back().await.unwrap();
    guest.client.refresh().await.unwrap();
    guest.presses("main a").await;
    assert_eq!(guest.client.current_url().await.unwrap().path(), page);

    guest.goes_to(&format!("{}{page}/receipt", demo.app)).await;
    let text = guest.reads().await;
    assert!(text.contains(named) && text.contains("10,000"), "{text}");
    look("receipt").await;
    let print = guest.prints(&format!("paying-receipt-{}", way.language)).await;
    assert_eq!(crate::house::pages_of(&print), 1);

    // One more guest costs more: the booking is changed once that is paid.
    guest.goes_to(&format!("{}{page}/change?date={soon}&party=3", demo.app)).await;
    guest.presses(".choosing .times a[href*='time=19:00']").await;
    look("change").await;
    guest.sends(&format!("{page}/change")).await;
    look("difference").await;
    guest.sends(&pay).await;
    guest.presses("form button").await;
    let text = guest.reads().await;
    assert!(text.contains("15,000"), "{text}");
    look("changed").await;

    // And all of it goes back.
    guest.presses(&format!("a[href='{page}/cancel']")).await;
    look("cancel").await;
    guest.sends(&format!("{page}/cancel")).await;
    for _ in 0..100 {
        guest.goes_to(&format!("{}{page}", demo.app)).await;
        if guest.reads().await.contains(back) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let text = guest.reads().await;
    assert!(text.contains(back) && text.contains("15,000"), "{text}");
    look("back").await;
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
