//! What a guest is told before she taps: another table at the same hour, what a change and a cancellation do,
//! how the store is called. Azukari is a stand-in here.

#![expect(clippy::unwrap_used, reason = "a test says what broke by panicking")]

mod app;

use app::street::{Street, tomorrow};
use reqwest::{Method, StatusCode};

const PHONE: &str = "+81 3 0000 0001";

#[tokio::test]
async fn another_table_at_the_same_hour_is_told_of_and_stops_nothing() {
    let street = Street::with(2).await;
    let guest = &street.guests[0];
    let first = street.books(0, "mihon", "19:00").await;
    let day = tomorrow();
    let review = |time: &str| format!("/book/other/review?date={day}&time={time}&party=2");
    let said = "You have another booking at that time";
    let (_, page) = guest.gets(&review("19:00")).await;
    assert!(page.contains(said) && page.contains(&first), "{page}");
    // Only what overlaps, and only hers.
    assert!(!guest.gets(&review("19:30")).await.1.contains(said));
    assert!(!street.guests[1].gets(&review("19:00")).await.1.contains(said));
    let second = street.books(0, "other", "19:00").await;
    assert_ne!(first, second);
    // To move one of them onto the other is told as well, and not to leave it where it is.
    let at = format!("/me/bookings/{second}/change/review?date={day}&party=2&time=");
    assert!(guest.gets(&format!("{at}19:00")).await.1.contains(&first));
    assert!(!guest.gets(&format!("{at}20:00")).await.1.contains(said));
}

#[tokio::test]
async fn a_change_and_a_cancellation_are_looked_over_before_they_are_made() {
    let street = Street::with(1).await;
    let guest = &street.guests[0];
    let number = street.books(0, "mihon", "19:00").await;
    let (at, day) = (format!("/me/bookings/{number}"), tomorrow());
    let (_, times) = guest.gets(&format!("{at}/change")).await;
    let review = format!("{at}/change/review?date={day}&time=20:30&party=2");
    assert!(times.contains(&review.replace('&', "&amp;")), "{times}");
    let (_, page) = guest.gets(&review).await;
    assert!(page.contains("19:00") && page.contains("20:30"), "{page}");
    assert!(guest.gets(&at).await.1.contains("19:00"), "looking changes nothing");
    let form = [("date", day.as_str()), ("time", "20:30"), ("party", "2"), ("yen", "0")];
    let (_, to) = guest.leads_to(&format!("{at}/change"), &form).await;
    assert_eq!(to, format!("{at}?done=changed"));
    // And so with calling off.
    assert!(guest.gets(&at).await.1.contains(&format!("href=\"{at}/cancel\"")));
    let (status, page) = guest.gets(&format!("{at}/cancel")).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("20:30") && page.contains("Keep the booking"), "{page}");
    assert!(guest.gets(&at).await.1.contains("20:30"), "looking ends nothing");
    let (_, to) = guest.leads_to(&format!("{at}/cancel"), &[("yen", "0")]).await;
    assert_eq!(to, "/me?done=cancelled");
    // Over: neither page is there any more.
    for page in ["cancel", "change"] {
        let answer = guest.gets(&format!("{at}/{page}")).await;
        assert_eq!(answer.0, StatusCode::SEE_OTHER, "{page}");
    }
}

#[tokio::test]
async fn a_store_s_telephone_stands_on_its_page_the_booking_s_and_in_letters() {
    let street = Street::with(1).await;
    let guest = &street.guests[0];
    let number = street.books(0, "mihon", "19:00").await;
    for path in ["/book/mihon", &format!("/me/bookings/{number}")] {
        let (_, page) = guest.gets(path).await;
        assert!(page.contains("href=\"tel:+81300000001\""), "{page}");
        assert!(page.contains(PHONE), "{page}");
    }
    let written = street.heard();
    assert!(written.lines().any(|line| line.starts_with("/v1/letters") && line.contains(PHONE)));
    // A store without one has none, and no empty line for it.
    let (app, at) = (&street.app, "/api/stores/mihon");
    let mut store = app.asks(&app.key, Method::GET, at, None).await.1;
    assert_eq!(store["phone"], "+81300000001");
    store["phone"] = "".into();
    assert_eq!(app.asks(&app.key, Method::PUT, at, Some(store)).await.0, 200);
    let (_, page) = guest.gets("/book/mihon").await;
    assert!(!page.contains("Telephone") && !page.contains("tel:"), "{page}");
}
