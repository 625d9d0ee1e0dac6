//! The house's first story, in a browser: a guest signs up, books, and her allergy note reaches the
//! store she booked, and no other; she sees that it did (S3, S10, S11, L4, I1, I3).

use crate::house::{Browser, Demo};

const ALLERGY: &str = "くるみ・カシューナッツ(微量でも不可)";
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guests_allergy_note_reaches_the_store_she_booked_and_no_other() {
    let demo = Demo::start();
    let guest = Browser::open("ja").await;

    // She signs up, and agrees to what the store may see.
    guest.goes_to(&format!("{}/sign-up?lang=ja", demo.app)).await;
    let typed = [
        ("items.name", "見本 くるみ"),
        ("items.email", "kurumi@example.jp"),
        ("secrets.password", "kurumi-no-himitsu"),
        ("items.allergy", ALLERGY),
    ];
    let agreed = [
        ("consents.dietary_care", "given"),
        ("consents.store_disclosure", "given"),
        ("consents.related_information", "given"),
    ];
    guest.signs_up(&typed, &agreed).await;

    // She books. It may be for tomorrow; the store's page for that day shows it.
    let day = guest.books(&demo.app, "kaede").await;
    let told = guest.reads().await;
    assert!(told.contains("予約"), "{told}");

    let kaede = Browser::open("ja").await;
    kaede.signs_in_staff(&demo, "kaede-staff").await;
    kaede.goes_to(&format!("{}/store/tonight?lang=ja&date={day}", demo.app)).await;
    let seen = kaede.reads().await;
    assert!(seen.contains("見本 くるみ"), "{seen}");
    assert!(seen.contains(ALLERGY), "{seen}");

    // Another store sees nothing of her.
    let sumire = Browser::open("ja").await;
    sumire.signs_in_staff(&demo, "sumire-staff").await;
    sumire.goes_to(&format!("{}/store/tonight?lang=ja&date={day}", demo.app)).await;
    let seen = sumire.reads().await;
    assert!(!seen.contains("くるみ"), "{seen}");

    // She sees who received what, with its place in the ledger.
    guest.goes_to(&format!("{}/me/items?lang=ja", demo.app)).await;
    let told = guest.reads().await;
    assert!(told.contains(ALLERGY), "{told}");
    guest.goes_to(&format!("{}/me/looks?lang=ja", demo.app)).await;
    let told = guest.reads().await;
    assert!(told.contains("食物アレルギー"), "{told}");
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
        let typed = [
            ("items.name", "Sample Nobody"),
            ("items.email", "nobody@example.com"),
            ("secrets.password", "nobody-knows-this"),
        ];
        let answers =
            [("consents.store_disclosure", "refused"), ("consents.related_information", "given")];
        guest.signs_up(&typed, &answers).await;
        let page = guest.reads().await;
        assert!(page.contains(told), "{page}");
    }
    // Nothing was kept: nobody can sign in under that address.
    guest.signs_in(&demo.app, "nobody@example.com", "nobody-knows-this").await;
    let url = guest.client.current_url().await.unwrap();
    assert_eq!(url.path(), "/sign-in");
    guest.client.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_way_back_of_the_browser_over_the_sign_up_loses_nothing_until_she_signs_out() {
    let demo = Demo::start();
    let guest = Browser::open("ja").await;
    guest.goes_to(&format!("{}/sign-up", demo.app)).await;
    let steps = [
        [("items.name", "見本 もどり"), ("items.email", "modori@example.jp")].as_slice(),
        &[("items.disliked_food", "パクチー")],
        &[("items.company", "見本商事")],
    ];
    for typed in steps {
        for (name, text) in typed {
            guest.types(name, text).await;
        }
        guest.sends("/sign-up").await;
    }
    // From the fourth page to the first, and what she typed stands on each.
    for typed in steps.iter().rev() {
        guest.client.back().await.unwrap();
        for (name, text) in *typed {
            let field = guest.find(&format!("[name='{name}']")).await;
            assert_eq!(field.prop("value").await.unwrap().as_deref(), Some(*text), "{name}");
        }
    }
    // On from there once more, and to the end.
    guest.sends("/sign-up").await;
    assert!(guest.is_asked("items.disliked_food").await, "{}", guest.reads().await);
    let agreed =
        [("consents.store_disclosure", "given"), ("consents.related_information", "given")];
    guest.signs_up(&[("secrets.password", "modori-no-himitsu")], &agreed).await;
    guest.goes_to(&format!("{}/me/items", demo.app)).await;
    assert!(guest.reads().await.contains("見本 もどり"), "{}", guest.reads().await);
    // Signed out, nobody goes back over what she typed.
    guest.goes_to(&format!("{}/me", demo.app)).await;
    guest.sends("/sign-out").await;
    for _ in 0..6 {
        guest.client.back().await.unwrap();
        let page = guest.client.source().await.unwrap();
        assert!(!page.contains("見本 もどり"), "{page}");
    }
    guest.client.close().await.unwrap();
}
