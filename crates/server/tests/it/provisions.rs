//! A person sees who received what, newest first, page by page (S24).

use std::collections::BTreeSet;

use crate::house::House;

#[tokio::test]
async fn a_hundred_and_twenty_disclosures_are_read_in_pages_newest_first() {
    let house = House::open();
    let (aoi, hanako) = (house.store("aoi").await, house.guest("Hanako").signs_up().await);
    let yoko = house.guest("Yoko").signs_up().await;
    hanako.books(&aoi, "bk-1").await;
    yoko.books(&aoi, "bk-2").await;
    for _ in 0..120 {
        aoi.asks_for(&hanako, &["name"]).receives().await;
        house.lets_seconds_pass(1);
    }
    aoi.asks_for(&yoko, &["name"]).receives().await;

    let mut path = hanako.path("provisions");
    let (mut pages, mut seen, mut times) = (Vec::new(), BTreeSet::new(), Vec::new());
    loop {
        let page = house.get(&path).go().await.expect(200);
        let crossings = page["provisions"].as_array().unwrap();
        pages.push(crossings.len());
        for crossing in crossings {
            assert!(seen.insert(crossing["ledger"]["index"].as_u64().unwrap()), "seen twice");
            times.push(crossing["at"].as_str().unwrap().to_owned());
        }
        let Some(next) = page["next"].as_str() else { break };
        assert!(next.parse::<u64>().is_err(), "opaque: {next}");
        path = hanako.path(&format!("provisions?cursor={next}"));
        // What happens while she reads does not move her place.
        aoi.asks_for(&hanako, &["name"]).receives().await;
    }
    assert_eq!(pages, [50, 50, 20]);
    assert_eq!(seen.len(), 120);
    assert!(times.is_sorted_by(|a, b| a >= b), "newest first");
    house.adds_up();
}

#[tokio::test]
async fn fifty_disclosures_are_one_page_without_a_next() {
    let house = House::open();
    let (aoi, hanako) = (house.store("aoi").await, house.guest("Hanako").signs_up().await);
    let none = house.get(&hanako.path("provisions")).go().await.expect(200);
    assert_eq!(none, serde_json::json!({ "provisions": [], "next": null }), "none, said so");
    for _ in 0..50 {
        aoi.asks_for(&hanako, &["name"]).is_refused().await;
    }
    let page = house.get(&hanako.path("provisions")).go().await.expect(200);
    assert_eq!(page["provisions"].as_array().unwrap().len(), 50);
    assert!(page["next"].is_null());
}

#[tokio::test]
async fn a_cursor_that_is_none_is_named() {
    let house = House::open();
    let hanako = house.guest("Hanako").signs_up().await;
    for cursor in ["0", "50", "nonsense", "%E3%81%88%E3%81%B3", "zzzzzzzzzzzzzzzzzzzzzzzz"] {
        let answer = house.get(&hanako.path(&format!("provisions?cursor={cursor}"))).go().await;
        assert_eq!(answer.invalid(), [("cursor".to_owned(), "unreadable".to_owned())]);
    }
    let answer = house.get(&hanako.path("provisions?page=2")).go().await;
    assert_eq!(answer.invalid(), [("query".to_owned(), "unreadable".to_owned())]);
}

#[tokio::test]
async fn a_change_of_a_recipient_is_on_record_with_everything_it_changed() {
    // R1.5: where a provision went is shown by the register as it stood then.
    let house = House::open();
    let aoi = house.store("aoi").await;
    aoi.registers(&serde_json::json!({ "country": "DE", "suspended": true })).await;
    let put = |record: &policy::Record| match &record.act {
        policy::record::Act::RecipientPut { country, suspended, address, .. } => {
            Some((country.clone(), *suspended, address.clone()))
        }
        _ => None,
    };
    let address = "東京都港区1-1".to_owned();
    let puts: Vec<_> = house.records().iter().filter_map(put).collect();
    let expected = [(None, false, address.clone()), (Some("DE".to_owned()), true, address)];
    assert_eq!(puts, expected);
    house.adds_up();
}
