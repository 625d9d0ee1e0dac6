//! Guests who all want the last seats at the same moment, through the app's own pages.

#![expect(clippy::unwrap_used, reason = "a test says what broke by panicking")]

mod app;

use std::time::{Duration, Instant};

use app::street::{Street, tomorrow};
use reqwest::{Method, StatusCode};
use serde_json::json;

/// Guests who all want the same seats.
const GUESTS: usize = 200;
/// Seats that there are for them.
const SEATS: usize = 20;
/// The longest that any of them waits to be told, also where tests share a slow machine.
const AT_ONCE: Duration = Duration::from_secs(10);

/// How often the race is run: more with `RESERVATION_RACES`.
fn races() -> u32 {
    std::env::var("RESERVATION_RACES").ok().and_then(|races| races.parse().ok()).unwrap_or(3)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_guests_race_over_http_for_twenty_seats_and_twenty_get_one() {
    let street = Street::with(GUESTS).await;
    let table = |name: &str| json!({ "name": name, "seats_from": 1, "seats_to": 2, "count": SEATS / 2, "joins": 1 });
    let tables = json!({ "tables": [table("A"), table("B")] });
    let key = &street.app.key;
    let put = street.app.asks(key, Method::PUT, "/api/stores/mihon/tables", Some(tables)).await;
    assert_eq!(put.0, 200, "{put:?}");
    let day = tomorrow();
    let wish = [("date", day.as_str()), ("party", "2"), ("time", "18:00")];
    for race in 0..races() {
        let began = Instant::now();
        let tries = street.guests.iter().map(|guest| guest.leads_to("/book/mihon", &wish));
        let answers = futures_util::future::join_all(tries).await;
        assert!(began.elapsed() < AT_ONCE, "race {race} took {:?}", began.elapsed());
        let mut won = Vec::new();
        for (guest, (status, to)) in street.guests.iter().zip(answers) {
            match status {
                StatusCode::SEE_OTHER => {
                    let page = to.split('?').next().unwrap().to_owned();
                    assert!(page.starts_with("/me/bookings/"), "race {race}: {page}");
                    won.push((guest, page));
                }
                StatusCode::UNPROCESSABLE_ENTITY => {
                    assert!(to.contains("The last table has just gone"), "race {race}: {to}");
                }
                other => panic!("race {race}: {other} {to}"),
            }
        }
        assert_eq!(won.len(), SEATS, "race {race}");
        // What the guests were told is what the store sees.
        let (_, evening) = street.mihon.gets(&format!("/store/tonight?date={day}")).await;
        assert_eq!(evening.matches("<h3>").count(), SEATS, "race {race}");
        for (_, page) in &won {
            let number = page.rsplit('/').next().unwrap();
            assert!(evening.contains(number), "race {race}: {number} is not there");
        }
        // The seats are free again for the next race.
        for (guest, page) in won {
            let (status, to) = guest.leads_to(&format!("{page}/cancel"), &[]).await;
            assert_eq!((status, to.contains("?done=cancelled")), (StatusCode::SEE_OTHER, true));
        }
    }
}
