//! What a guest is told before she taps: another table at the same hour, what a change and a cancellation do,
//! how the store is called. Azukari is a stand-in here.

#![expect(clippy::unwrap_used, reason = "a test says what broke by panicking")]

mod app;

use app::street::{Street, tomorrow};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

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
    let at = format!("/me/bookings/{second}/change/review?date={day}&party=3&time=");
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
    assert_eq!(to, format!("{at}?done=changed&back=0"));
    // And so with calling off.
    assert!(guest.gets(&at).await.1.contains(&format!("href=\"{at}/cancel\"")));
    let (status, page) = guest.gets(&format!("{at}/cancel")).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("20:30") && page.contains("Keep the booking"), "{page}");
    assert!(guest.gets(&at).await.1.contains("20:30"), "looking ends nothing");
    let (_, to) = guest.leads_to(&format!("{at}/cancel"), &[("yen", "0")]).await;
    assert_eq!(to, format!("{at}?done=cancelled&back=0"));
    // Over: neither page is there any more.
    for page in ["cancel", "change"] {
        let answer = guest.gets(&format!("{at}/{page}")).await;
        assert_eq!(answer.0, StatusCode::SEE_OTHER, "{page}");
    }
}

#[tokio::test]
async fn a_fee_that_was_raised_since_it_was_shown_is_shown_first_also_where_it_is_paid_at_the_store()
 {
    let street = Street::with(1).await;
    let (app, guest, day) = (&street.app, &street.guests[0], tomorrow());
    let charges = async |yen: u32| {
        let mut store = app.asks(&app.key, Method::GET, "/api/stores/mihon", None).await.1;
        store["fee_yen"] = yen.into();
        let put = app.asks(&app.key, Method::PUT, "/api/stores/mihon", Some(store)).await;
        assert_eq!(put.0, 200, "{put:?}");
    };
    charges(500).await;
    let wish = [("date", day.as_str()), ("time", "19:00"), ("party", "2")];
    let review = format!("/book/mihon/review?date={day}&time=19:00&party=2");
    let (_, page) = guest.gets(&review).await;
    assert!(page.contains("name=\"fee\" value=\"1000\""), "{page}");
    charges(5_000).await;
    // Also a form that was shown nothing.
    for shown in [&[][..], &[("fee", "1000")]] {
        let (status, page) = guest.posts("/book/mihon", &[&wish[..], shown].concat()).await;
        assert_eq!(status, StatusCode::CONFLICT, "{page}");
        assert!(page.contains("¥10,000") && page.contains("not what you were shown"), "{page}");
        assert!(page.contains("name=\"fee\" value=\"10000\""), "{page}");
    }
    assert!(guest.gets(&review).await.0 == StatusCode::OK, "nothing is held or booked");
    let number = street.books_with(0, "mihon", "19:00", &[("fee", "10000")]).await;
    // Less is not asked about, and what she has is hers whatever it costs by now.
    charges(6_000).await;
    assert_eq!(street.books_with(0, "mihon", "19:00", &[("fee", "10000")]).await, number);
    let at = format!("/me/bookings/{number}");
    assert_eq!(guest.posts(&format!("{at}/confirm"), &[]).await.0, StatusCode::SEE_OTHER);
    charges(5_000).await;
    // Moving it costs nothing here, and the fee is guarded all the same.
    let change = format!("{at}/change");
    let to = [("date", day.as_str()), ("time", "20:30"), ("party", "2"), ("yen", "0")];
    let (_, page) = guest.gets(&format!("{change}/review?date={day}&time=20:30&party=2")).await;
    assert!(page.contains("name=\"fee\" value=\"10000\""), "{page}");
    charges(6_000).await;
    let shown = [&to[..], &[("fee", "10000")]].concat();
    let (status, page) = guest.posts(&change, &shown).await;
    assert_eq!(status, StatusCode::CONFLICT, "{page}");
    assert!(page.contains("¥12,000") && page.contains("name=\"fee\" value=\"12000\""), "{page}");
    assert!(guest.gets(&at).await.1.contains("19:00"), "nothing was moved");
    let shown = [&to[..], &[("fee", "12000")]].concat();
    assert_eq!(guest.leads_to(&change, &shown).await.1, format!("{at}?done=changed&back=0"));
}

#[tokio::test]
async fn calling_off_that_came_to_cost_more_since_it_was_shown_is_shown_first() {
    let street = Street::with(1).await;
    let (app, guest, day) = (&street.app, &street.guests[0], tomorrow());
    let keeps = async |percent: u8, hours: u16| {
        let mut store = app.asks(&app.key, Method::GET, "/api/stores/mihon", None).await.1;
        store["fee_yen"] = 500.into();
        store["late_percent"] = percent.into();
        store["free_until_hours"] = hours.into();
        let put = app.asks(&app.key, Method::PUT, "/api/stores/mihon", Some(store)).await;
        assert_eq!(put.0, 200, "{put:?}");
    };
    let wish = [("date", day.as_str()), ("time", "19:00"), ("party", "2"), ("fee", "1000")];
    let hidden = |page: &str, name: &str| {
        let field = page.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap();
        field.split('"').next().unwrap().to_owned()
    };
    keeps(20, 1).await;
    let review = format!("/book/mihon/review?date={day}&time=19:00&party=2");
    let (_, mut page) = guest.gets(&review).await;
    // More of the fee; then the same for longer.
    for (percent, hours) in [(50, 1), (50, 2)] {
        keeps(percent, hours).await;
        let (late, free) = (hidden(&page, "late"), hidden(&page, "free"));
        let shown = [&wish[..], &[("late", late.as_str()), ("free", free.as_str())]].concat();
        let answer = guest.posts("/book/mihon", &shown).await;
        assert_eq!(answer.0, StatusCode::CONFLICT, "{}", answer.1);
        assert!(answer.1.contains("what cancelling costs, is not what you were shown"));
        page = answer.1;
    }
    // Less is not asked about.
    keeps(20, 1).await;
    let (late, free) = (hidden(&page, "late"), hidden(&page, "free"));
    let more = [("fee", "1000"), ("late", late.as_str()), ("free", free.as_str())];
    street.books_with(0, "mihon", "19:00", &more).await;
}

#[tokio::test]
async fn what_a_booking_is_already_is_no_change_and_says_so() {
    let street = Street::with(1).await;
    let guest = &street.guests[0];
    let number = street.books(0, "mihon", "19:00").await;
    let (change, day) = (format!("/me/bookings/{number}/change"), tomorrow());
    let (_, times) = guest.gets(&change).await;
    assert_eq!(times.matches("your time").count(), 1, "{times}");
    assert!(!times.contains("time=19:00&amp;party=2"), "{times}");
    // For another party it is a change.
    let (_, times) = guest.gets(&format!("{change}?date={day}&party=3")).await;
    assert!(!times.contains("your time") && times.contains("time=19:00&amp;party=3"), "{times}");
    let same = [("date", day.as_str()), ("time", "19:00"), ("party", "2"), ("yen", "0")];
    let review = guest.gets(&format!("{change}/review?date={day}&time=19:00&party=2")).await;
    for (status, page) in [review, guest.posts(&change, &same).await] {
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("This is your booking as it is"), "{page}");
    }
}

#[tokio::test]
async fn letters_come_in_the_language_in_which_she_last_asked_for_anything() {
    let street = Street::with(1).await;
    let guest = &street.guests[0];
    let number = street.books(0, "mihon", "19:00").await;
    let (at, day) = (format!("/me/bookings/{number}"), tomorrow());
    let to = [("date", day.as_str()), ("time", "20:30"), ("party", "2"), ("yen", "0")];
    guest.leads_to(&format!("{at}/change?lang=ja"), &to).await;
    guest.leads_to(&format!("{at}/cancel?lang=en"), &[("yen", "0")]).await;
    let begun = std::time::Instant::now();
    let languages = loop {
        let heard = street.heard();
        let letters = heard.lines().filter(|line| line.starts_with("/v1/letters"));
        let of = |line: &str| {
            ["ja", "en"].into_iter().find(|tag| line.contains(&format!("\"language\":\"{tag}\"")))
        };
        let languages: Vec<_> = letters.map(|line| of(line).unwrap()).collect();
        if languages.len() == 3 {
            break languages;
        }
        assert!(begun.elapsed() < std::time::Duration::from_secs(20), "{heard}");
        tokio::task::yield_now().await;
    };
    assert_eq!(languages, ["en", "ja", "en"]);
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

#[tokio::test]
async fn a_time_that_is_full_says_that_it_leads_into_a_line() {
    let street = Street::with(2).await;
    let (app, guest, day) = (&street.app, &street.guests[1], tomorrow());
    let page = format!("/book/mihon?date={day}&party=2");
    let (line, told) = ("full: join line", "Tap a time that is full to stand in line for it");
    let (_, before) = guest.gets(&page).await;
    assert!(!before.contains(line) && !before.contains(told), "{before}");
    let table = serde_json::json!({ "tables": [{ "name": "A", "seats_from": 1, "seats_to": 4, "count": 1 }] });
    let put = app.asks(&app.key, Method::PUT, "/api/stores/mihon/tables", Some(table)).await;
    assert_eq!(put.0, 200, "{put:?}");
    let number = street.books(0, "mihon", "19:00").await;
    let (_, after) = guest.gets(&page).await;
    assert_eq!(after.matches(line).count(), 1, "{after}");
    assert!(after.contains(told) && after.contains("action=\"/book/mihon/wait\""), "{after}");
    // Whoever moves a booking does not stand in a line for that.
    let other = street.books(1, "mihon", "20:00").await;
    let (_, moving) = guest.gets(&format!("/me/bookings/{other}/change")).await;
    assert!(moving.contains("full") && !moving.contains(line) && !moving.contains(told));
    let wish = [("date", day.as_str()), ("time", "19:00"), ("party", "2")];
    let (_, to) = guest.leads_to("/book/mihon/wait", &wish).await;
    assert_eq!(to, "/me?done=waiting");
    // The table comes free: it is held for her, who was never asked about those whom she brings.
    let at = format!("/me/bookings/{number}/cancel");
    assert_eq!(street.guests[0].posts(&at, &[]).await.0, StatusCode::SEE_OTHER);
    let (_, offered) = guest.leads_to("/book/mihon/wait", &wish).await;
    let (_, held) = guest.gets(&offered).await;
    assert!(held.contains("You have not told us of any yet"), "{held}");
}

#[tokio::test]
async fn the_front_page_shows_two_dozen_stores_however_many_there_are_and_leads_on() {
    let street = Street::with(1).await;
    let app = &street.app;
    let opens = async |slug: String| {
        let at = format!("/api/stores/{slug}");
        app.store(&slug).await;
        let table = json!({ "name": "A", "seats_from": 1, "seats_to": 4, "count": 1 });
        let times = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
        let times: Value =
            times.map(|day| (day.to_owned(), json!("17:00-21:00/30"))).into_iter().collect();
        let listed = [&app::store(&slug), &json!({ "listed": true })];
        let listed = listed.iter().flat_map(|part| part.as_object().unwrap().clone());
        for (at, body) in [
            (format!("{at}/tables"), json!({ "tables": [table] })),
            (format!("{at}/seatings"), times),
            (at, Value::Object(listed.collect())),
        ] {
            let put = app.asks(&app.key, Method::PUT, &at, Some(body)).await;
            assert_eq!(put.0, 200, "{put:?}");
        }
    };
    for n in 0..148 {
        opens(format!("store-{n}")).await;
    }
    let guest = &street.guests[0];
    let cards = |page: &str| page.matches("/picture.svg").count();
    let next = |page: &str| {
        let link = page.split("rel=\"next\"").next().filter(|before| before.len() < page.len())?;
        Some(link.rsplit("href=\"").next()?.split('"').next()?.replace("&amp;", "&"))
    };
    let mut path = "/?area=%E8%A6%8B%E6%9C%AC%E7%94%BA&party=4".to_owned();
    let (mut seen, mut pages) = (std::collections::BTreeSet::new(), 0);
    loop {
        let (status, page) = guest.gets(&path).await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.len() < 100_000, "{} bytes", page.len());
        assert!(cards(&page) <= 24, "{}", cards(&page));
        seen.extend(
            page.split("/stores/").skip(1).map(|slug| slug.split('/').next().unwrap().to_owned()),
        );
        pages += 1;
        let Some(to) = next(&page) else { break };
        // What was looked for is kept.
        assert!(to.contains("area=%E8%A6%8B%E6%9C%AC%E7%94%BA") && to.contains("party=4"), "{to}");
        path = to.split('#').next().unwrap().to_owned();
    }
    // Those of the street lie elsewhere; a page that is not there is the last.
    assert_eq!((seen.len(), pages), (148, 7));
    let (_, beyond) = guest.gets("/?page=99").await;
    assert!(cards(&beyond) > 0 && next(&beyond).is_none() && beyond.contains("rel=\"prev\""));
}
