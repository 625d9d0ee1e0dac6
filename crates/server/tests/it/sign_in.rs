//! Signing in: right or not right, and nothing more is told; too many tries wait. A password is
//! kept as a verifier only (2.11).

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::house::{Answer, House};

async fn tries(house: &House, email: &str, password: &str) -> Answer {
    house.post("/v1/sign-ins", &json!({ "email": email, "password": password })).go().await
}

#[tokio::test]
async fn the_right_password_signs_in_and_a_wrong_one_sounds_like_an_unknown_address() {
    let house = House::open();
    let hanako = house.guest("Hanako").password("correct horse").signs_up().await;
    let silent = house.guest("Yoko").signs_up().await;
    assert!(silent.id.starts_with("sub_"));
    let signed_in = tries(&house, "hanako@guest.example", "correct horse").await.expect(200);
    assert_eq!(signed_in, json!({ "subject": hanako.id, "regime": "jp" }));
    let wide = tries(&house, " ＨＡＮＡＫＯ＠guest.example ", "correct horse").await.expect(200);
    assert_eq!(wide["subject"], hanako.id.as_str(), "however wide or tall");

    let answers: Vec<Value> = [
        tries(&house, "hanako@guest.example", "wrong horse").await,
        tries(&house, "hanako@guest.example", "").await,
        tries(&house, "hanako@guest.example", &"x".repeat(2000)).await,
        tries(&house, "nobody@guest.example", "correct horse").await,
        tries(&house, "yoko@guest.example", "correct horse").await,
        tries(&house, "not an address", "correct horse").await,
        tries(&house, "", "").await,
    ]
    .iter()
    .map(|answer| answer.problem(403, "sign-in-failed"))
    .collect();
    assert!(answers.iter().all(|answer| *answer == answers[0]), "one answer for all: {answers:?}");
}

#[tokio::test]
async fn the_eleventh_try_waits_and_only_for_that_address() {
    let house = House::open();
    house.guest("Hanako").password("correct horse").signs_up().await;
    for n in 0..10 {
        // The same address however it is written.
        let email = if n % 2 == 0 { "hanako@guest.example" } else { "HANAKO@GUEST.example" };
        tries(&house, email, "wrong horse").await.problem(403, "sign-in-failed");
    }
    let eleventh = tries(&house, "hanako@guest.example", "correct horse").await;
    eleventh.problem(429, "too-many");
    assert_eq!(eleventh.header("retry-after"), Some("60"));
    tries(&house, "nobody@guest.example", "wrong horse").await.problem(403, "sign-in-failed");
}

#[tokio::test]
async fn who_was_shredded_signs_in_no_more() {
    let house = House::open();
    let hanako = house.guest("Hanako").password("correct horse").signs_up().await;
    tries(&house, "hanako@guest.example", "correct horse").await.expect(200);
    house.meddles("DELETE FROM subject_keys WHERE subject = $1", vec![hanako.bytes()]);
    tries(&house, "hanako@guest.example", "correct horse").await.problem(403, "sign-in-failed");
}

#[tokio::test]
async fn in_a_crowd_passwords_wait_their_turn_and_nothing_else_does() {
    let house = House::open();
    house.guest("Hanako").password("correct horse").signs_up().await;
    let (free, busy) = std::sync::mpsc::channel::<()>();
    let busy = Arc::new(std::sync::Mutex::new(busy));
    let cores = std::thread::available_parallelism().unwrap().get();
    let crowd: Vec<_> = (0..cores)
        .map(|_| {
            let (app, busy) = (Arc::clone(&house.app), Arc::clone(&busy));
            tokio::spawn(async move {
                app.hashing.run(move || drop(busy.lock().map(|busy| busy.recv()))).await
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(100)).await;

    let turned_away = tries(&house, "hanako@guest.example", "correct horse").await;
    turned_away.problem(429, "too-many");
    assert_eq!(turned_away.header("retry-after"), Some("3"));
    let yoko = house.guest("Yoko").password("battery staple");
    yoko.sends().go().await.problem(429, "too-many");
    // A form that is wrong elsewhere, or a password that will not do, needs no turn.
    let wrong = yoko.clone().with("email", "nowhere").sends().go().await;
    assert_eq!(wrong.invalid(), [("items.email".to_owned(), "not_an_email".to_owned())]);
    let wrong = yoko.clone().with("email", "nowhere").password("short").sends().go().await;
    assert_eq!(wrong.invalid().len(), 2);

    drop(free);
    for one in crowd {
        one.await.unwrap().unwrap();
    }
    tries(&house, "hanako@guest.example", "correct horse").await.expect(200);
    yoko.signs_up().await;
}
