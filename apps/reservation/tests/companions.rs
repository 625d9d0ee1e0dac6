//! What a guest says of those whom she brings (R9.5): which allergies, and how many have them. The story of one
//! booking, from the form to the kitchen and to its end.

#![expect(clippy::unwrap_used, reason = "a test says what broke by panicking")]

mod app;

use app::street::{Street, key_of, operator, tomorrow};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// What a store reads of an evening, at each of its places.
async fn seen_by_the_store(street: &Street, number: &str) -> Vec<String> {
    let day = tomorrow();
    let mut seen = Vec::new();
    for path in [
        format!("/store/tonight?date={day}"),
        format!("/store/kitchen?date={day}"),
        format!("/store/bookings/{number}"),
    ] {
        seen.push(street.mihon.gets(&path).await.1);
    }
    seen
}

async fn told_to_its_system(street: &Street, key: &str, number: &str, purpose: &str) -> Value {
    let ask = json!({ "purpose": purpose, "bookings": [number] });
    let (status, told) =
        street.app.asks(key, Method::POST, "/api/store/disclosures", Some(ask)).await;
    assert_eq!(status, 200, "{told}");
    told["answers"][0].clone()
}

#[tokio::test]
async fn allergies_of_those_who_come_along_reach_the_kitchen_and_go_with_the_booking() {
    let street = Street::with(2).await;
    let guest = &street.guests[0];
    let day = tomorrow();

    // The form says what it is for and why no name is asked, in both languages; a party of one has nobody to tell of.
    let review =
        |party: u8| format!("/book/mihon/review?date={day}&time=19%3A00&party={party}&lang=");
    let (status, page) = guest.gets(&format!("{}en", review(3))).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    assert!(page.contains("only to prepare that meal") && page.contains("no names"), "{page}");
    assert_eq!(page.matches("name=\"companions.").count(), 28);
    assert!(page.contains("value=\"2\"") && !page.contains("value=\"3\">3 people"));
    let (_, page) = guest.gets(&format!("{}ja", review(3))).await;
    assert!(page.contains("お料理") && page.contains("お名前やご関係、自由なご記入は伺いません"));
    assert!(page.contains("落花生（ピーナッツ）") && page.contains("やまいも"));
    let (_, page) = guest.gets(&format!("{}en", review(1))).await;
    assert!(!page.contains("companions."));

    // More than come, or what is not on the list: nothing is booked, the field is named, the rest is kept.
    for (field, typed) in [("companions.egg", "3"), ("companions.name", "Hanako")] {
        let sent = [
            ("date", day.as_str()),
            ("party", "3"),
            ("time", "19:00"),
            ("companions.crab", "2"),
            (field, typed),
        ];
        let (status, page) = guest.posts("/book/mihon?lang=en", &sent).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("role=\"alert\"") && !page.contains("Hanako"), "{page}");
        let crab = page.split("name=\"companions.crab\"").nth(1).unwrap();
        assert!(crab.split("</select>").next().unwrap().contains("value=\"2\" selected"));
    }
    assert_eq!(rows(&street, "bookings"), 0);

    // She says it with the booking, and reads it on its page.
    let sent = [("party", "3"), ("companions.egg", "2"), ("companions.salmon_roe", "1")];
    let number = street.books_with(0, "mihon", "19:00", &sent).await;
    let hers = format!("/me/bookings/{number}");
    let (_, page) = guest.gets(&format!("{hers}?lang=en")).await;
    assert!(page.contains("Egg: 2 people, Salmon roe: 1 person"), "{page}");
    let (_, page) = guest.gets(&format!("{hers}?lang=ja")).await;
    assert!(page.contains("卵：2名、いくら：1名"), "{page}");

    // The store sees it beside her own, as hard to miss and after it; on the kitchen's sheet without a name.
    let other = street.books(1, "mihon", "19:00").await;
    street.mihon.gets("/store/tonight?lang=en").await;
    for page in seen_by_the_store(&street, &number).await {
        assert_eq!(page.matches("Egg: 2 people, Salmon roe: 1 person").count(), 1, "{page}");
        let (own, along) = (page.find("白味噌").unwrap(), page.find("Egg: 2 people").unwrap());
        assert!(own < along && page[..along].rfind("class=\"allergy").is_some());
    }
    // Its own system gets counts by allergen, for the meal and for nothing else.
    let key = key_of(&operator(&street.app).await, "mihon").await;
    let meal = told_to_its_system(&street, &key, &number, "meal").await;
    assert_eq!(meal["companions"], json!({ "egg": 2, "salmon_roe": 1 }));
    let nobody = told_to_its_system(&street, &key, &other, "meal").await;
    assert_eq!(nobody["companions"], json!({}));
    let receive = told_to_its_system(&street, &key, &number, "reservation").await;
    assert!(receive.get("companions").is_none());

    // Each look is put down with what was shown, for her; a look for another purpose shows nothing of it.
    let seen = |allergen: &str| -> Vec<u8> {
        let book = book(&street);
        let all = "SELECT people FROM companions_seen WHERE allergen = ?1 GROUP BY people";
        let mut all = book.prepare(all).unwrap();
        let people = all.query_map([allergen], |row| row.get(0)).unwrap();
        people.map(Result::unwrap).collect()
    };
    assert_eq!((seen("egg"), seen("salmon_roe")), (vec![2], vec![1]));

    // It is hers to change, and nobody else's; the page of a change leads there.
    let at = format!("{hers}/companions");
    assert!(guest.gets(&format!("{hers}/change")).await.1.contains(&at));
    let (_, page) = guest.gets(&at).await;
    assert!(page.contains("value=\"2\" selected"), "{page}");
    for sent in [[("companions.egg", "4")], [("companions.note", "my wife")]] {
        let (status, page) = guest.posts(&at, &sent).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("role=\"alert\"") && !page.contains("my wife"));
    }
    for other in [&street.guests[1], &street.mihon] {
        let status = other.posts(&at, &[("companions.egg", "1")]).await.0;
        assert!(status == StatusCode::NOT_FOUND || status == StatusCode::UNAUTHORIZED, "{status}");
    }
    let sent = [("companions.buckwheat", "2")];
    assert_eq!(guest.posts(&at, &sent).await.0, StatusCode::SEE_OTHER);
    let meal = told_to_its_system(&street, &key, &number, "meal").await;
    assert_eq!(meal["companions"], json!({ "buckwheat": 2 }));

    // A smaller party has no more of them than come; one person alone has none.
    let change = [("date", day.as_str()), ("party", "2"), ("time", "19:30")];
    let path = format!("{hers}/change");
    assert_eq!(guest.posts(&path, &change).await.0, StatusCode::SEE_OTHER);
    let meal = told_to_its_system(&street, &key, &number, "meal").await;
    assert_eq!(meal["companions"], json!({ "buckwheat": 1 }));
    // What was shown before stays what was shown.
    assert_eq!((seen("egg"), seen("buckwheat")), (vec![2], vec![1, 2]));

    // Nothing of it ever went to Azukari: it is no item of hers.
    let heard = street.heard();
    assert!(heard.contains(&number));
    for absent in ["companion", "salmon_roe", "buckwheat", "Salmon roe"] {
        assert!(!heard.contains(absent), "{absent}");
    }

    // Called off: nobody reads it any more.
    assert_eq!(guest.posts(&format!("{hers}/cancel"), &[]).await.0, StatusCode::SEE_OTHER);
    for page in seen_by_the_store(&street, &number).await {
        assert!(!page.contains("Buckwheat"));
    }
    assert_eq!(told_to_its_system(&street, &key, &number, "meal").await["status"], 404);
    assert!(!guest.gets(&format!("{hers}?lang=en")).await.1.contains("Buckwheat"));
    assert_eq!(guest.gets(&at).await.0, StatusCode::NOT_FOUND);
    assert_eq!((rows(&street, "companions"), rows(&street, "bookings")), (0, 2));
    assert_eq!(rows(&street, "companions_seen"), 0);
}

fn book(street: &Street) -> rusqlite::Connection {
    rusqlite::Connection::open(street.app.folder.join("reservation.db")).unwrap()
}

/// How much the book keeps in a table.
fn rows(street: &Street, table: &str) -> u32 {
    let count = format!("SELECT count(*) FROM {table}");
    book(street).query_row(&count, [], |row| row.get(0)).unwrap()
}

#[tokio::test]
async fn once_its_time_is_over_nobody_reads_it_though_the_job_has_not_come_by() {
    let street = Street::with(1).await;
    let number = street.books_with(0, "mihon", "19:00", &[("companions.milk", "1")]).await;
    let key = key_of(&operator(&street.app).await, "mihon").await;
    let meal = told_to_its_system(&street, &key, &number, "meal").await;
    assert_eq!(meal["companions"], json!({ "milk": 1 }));
    // The same evening, over a moment ago.
    let tokyo = jiff::tz::TimeZone::get("Asia/Tokyo").unwrap();
    let now = jiff::Timestamp::now();
    let moved = "UPDATE bookings SET starts_at = ?2 - 60, ends_at = ?2 WHERE number = ?1";
    book(&street).execute(moved, (&number, now.as_second())).unwrap();
    let hours = jiff::SignedDuration::from_hours(5);
    let day = (now - hours).to_zoned(tokyo).date();
    for path in [
        format!("/store/tonight?lang=en&date={day}"),
        format!("/store/kitchen?lang=en&date={day}"),
        format!("/store/bookings/{number}?lang=en"),
    ] {
        let (status, page) = street.mihon.gets(&path).await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains(&number) && !page.contains("Milk"), "{path}: {page}");
    }
    let meal = told_to_its_system(&street, &key, &number, "meal").await;
    assert_eq!(meal["companions"], json!({}));
    let guest = &street.guests[0];
    let hers = format!("/me/bookings/{number}");
    let (status, page) = guest.gets(&format!("{hers}?lang=en")).await;
    assert!(status == StatusCode::OK && !page.contains("Milk"));
    let sent = [("companions.egg", "1")];
    let late = guest.posts(&format!("{hers}/companions"), &sent).await;
    assert_eq!(late.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_change_to_fewer_or_more_people_says_what_becomes_of_it_and_asks_again_before_it_is_made()
{
    let street = Street::with(1).await;
    let guest = &street.guests[0];
    let sent = [("party", "4"), ("companions.egg", "3"), ("companions.milk", "1")];
    let number = street.books_with(0, "mihon", "19:00", &sent).await;
    let (hers, day) = (format!("/me/bookings/{number}"), tomorrow());
    let review = async |party: u8, lang: &str| {
        let to = format!("date={day}&time=19:30&party={party}&lang={lang}");
        guest.gets(&format!("{hers}/change/review?{to}")).await.1
    };
    let said = "With fewer people";
    // What goes is named and what stays is not; the questions are filled in with what fits.
    let page = review(3, "en").await;
    assert!(page.contains(said) && page.contains("Egg: 3 people → 2 people"), "{page}");
    assert!(!page.contains("Milk: 1 person"), "{page}");
    for (name, people) in [("egg", 2), ("milk", 1)] {
        let field = page.split(&format!("name=\"companions.{name}\"")).nth(1).unwrap();
        let field = field.split("</select>").next().unwrap();
        assert!(field.contains(&format!("value=\"{people}\" selected")), "{field}");
    }
    assert!(review(3, "ja").await.contains("卵：3名 → 2名"));
    // Alone there is nobody to ask about, and it says that all of it goes.
    let alone = review(1, "en").await;
    assert!(alone.contains("Egg: 3 people → erased") && alone.contains("Milk: 1 person → erased"));
    assert!(!alone.contains("name=\"companions."), "{alone}");
    // Where the same people come, nothing is said or asked.
    assert!(!review(4, "en").await.contains("companions."));
    // Where more do, what stands is shown, and it is asked whether somebody new has one.
    let more = review(5, "en").await;
    assert!(more.contains("somebody new") && more.contains("Egg: 3 people, Milk: 1 person"));
    assert!(!more.contains(said) && more.contains("value=\"3\" selected"), "{more}");
    assert!(review(5, "ja").await.contains("新しくいらっしゃる方"));
    // A time that is not to be had leads back to the times: what she chose is not kept, and she hears so.
    let gone = [("date", day.as_str()), ("time", "19:31"), ("party", "3")];
    let chosen = [&gone[..], &[("companions.egg", "1")]].concat();
    for (form, told) in [(&chosen[..], true), (&gone[..], false)] {
        let (status, page) = guest.posts(&format!("{hers}/change?lang=en"), form).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(page.contains("choose them again on the next page"), told, "{page}");
    }
    // More than come then: nothing is changed, and the field is named.
    let to = [("date", day.as_str()), ("time", "19:30"), ("party", "3"), ("yen", "0")];
    let change = format!("{hers}/change");
    let (status, page) =
        guest.posts(&change, &[&to[..], &[("companions.egg", "3")]].concat()).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("href=\"#companions-egg\"") && page.contains("19:00"), "{page}");
    // What she says then is what is told; what she leaves empty is none.
    let says = [("companions.egg", ""), ("companions.milk", "1"), ("companions.crab", "2")];
    let (status, _) = guest.posts(&change, &[&to[..], &says].concat()).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let (_, page) = guest.gets(&format!("{hers}?lang=en")).await;
    assert!(page.contains("Crab: 2 people, Milk: 1 person"), "{page}");
}
