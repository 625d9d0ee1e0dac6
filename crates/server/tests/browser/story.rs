//! The house's first story, in a browser: a guest signs up, books, and her allergy note reaches the
//! store she booked, and no other; she sees that it did (S3, S10, S11, L4, I1, I3).

use crate::house::{Browser, Demo};

const ALLERGY: &str = "くるみ・カシューナッツ(微量でも不可)";
const STAFF: &str = "mihon-no-omise";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guests_allergy_note_reaches_the_store_she_booked_and_no_other() {
    let demo = Demo::start();
    let guest = Browser::open("ja").await;

    // She signs up, and agrees to what the store may see.
    guest.goes_to(&format!("{}/sign-up?lang=ja", demo.app)).await;
    guest.types("items.name", "見本 くるみ").await;
    guest.types("items.email", "kurumi@example.jp").await;
    guest.types("secrets.password", "kurumi-no-himitsu").await;
    guest.types("items.allergy", ALLERGY).await;
    guest.chooses("consents.dietary_care", "given").await;
    guest.chooses("consents.store_disclosure", "given").await;
    guest.chooses("consents.related_information", "given").await;
    guest.sends("/sign-up").await;

    // She books.
    guest.goes_to(&format!("{}/book/kaede?lang=ja", demo.app)).await;
    guest.sends("/book/kaede").await;
    let told = guest.reads().await;
    assert!(told.contains("予約"), "{told}");

    // The booking may be tomorrow; the store's page for that day shows it.
    let date = guest.find("time").await.attr("datetime").await.unwrap().unwrap();
    let day = jiff::tz::TimeZone::get("Asia/Tokyo")
        .map(|zone| date.parse::<jiff::Timestamp>().unwrap().to_zoned(zone).date())
        .unwrap();

    let kaede = Browser::open("ja").await;
    kaede.signs_in_staff(&demo.app, "kaede-staff", STAFF).await;
    kaede.goes_to(&format!("{}/store/tonight?lang=ja&date={day}", demo.app)).await;
    let seen = kaede.reads().await;
    assert!(seen.contains("見本 くるみ"), "{seen}");
    assert!(seen.contains(ALLERGY), "{seen}");

    // Another store sees nothing of her.
    let sumire = Browser::open("ja").await;
    sumire.signs_in_staff(&demo.app, "sumire-staff", STAFF).await;
    sumire.goes_to(&format!("{}/store/tonight?lang=ja&date={day}", demo.app)).await;
    let seen = sumire.reads().await;
    assert!(!seen.contains("くるみ"), "{seen}");

    // She sees who received what, with its place in the ledger.
    guest.goes_to(&format!("{}/me?lang=ja", demo.app)).await;
    let told = guest.reads().await;
    assert!(told.contains("食物アレルギー"), "{told}");
    assert!(told.contains(ALLERGY), "{told}");
    let proof = guest.find("a[href^='/me/proofs/']").await.attr("href").await.unwrap();
    assert!(proof.is_some());

    for browser in [guest, kaede, sumire] {
        browser.client.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refusing_the_stores_sight_is_told_plainly_and_keeps_nothing() {
    let demo = Demo::start();
    let guest = Browser::open("en").await;
    for (language, told) in [("ja", "ご利用いただけません"), ("en", "cannot")] {
        guest.goes_to(&format!("{}/sign-up?lang={language}", demo.app)).await;
        guest.types("items.name", "Sample Nobody").await;
        guest.types("items.email", "nobody@example.com").await;
        guest.types("secrets.password", "nobody-knows-this").await;
        guest.chooses("consents.store_disclosure", "refused").await;
        guest.chooses("consents.related_information", "given").await;
        guest.sends("/sign-up").await;
        let page = guest.reads().await;
        assert!(page.contains(told), "{page}");
    }
    // Nothing was kept: nobody can sign in under that address.
    guest.signs_in(&demo.app, "nobody@example.com", "nobody-knows-this").await;
    let url = guest.client.current_url().await.unwrap();
    assert_eq!(url.path(), "/sign-in");
    guest.client.close().await.unwrap();
}
