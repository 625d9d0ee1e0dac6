//! The stores' side and the operator's in a browser: an invitation is taken up, an evening is looked at, staff
//! are ended; every page fits a phone and a tablet in both languages, and axe-core finds nothing wrong (S10,
//! S11).

use crate::house::{Browser, Demo};

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
