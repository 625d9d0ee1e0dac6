//! Signing in: right or not right, and nothing more is told; too many tries wait. A password is
//! kept as a verifier only (2.11).

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
    .map(|answer| answer.problem(401, "sign-in-failed"))
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
        tries(&house, email, "wrong horse").await.problem(401, "sign-in-failed");
    }
    let eleventh = tries(&house, "hanako@guest.example", "correct horse").await;
    eleventh.problem(429, "too-many");
    assert_eq!(eleventh.header("retry-after"), Some("60"));
    tries(&house, "nobody@guest.example", "wrong horse").await.problem(401, "sign-in-failed");
}

#[tokio::test]
async fn who_was_shredded_signs_in_no_more() {
    let house = House::open();
    let hanako = house.guest("Hanako").password("correct horse").signs_up().await;
    tries(&house, "hanako@guest.example", "correct horse").await.expect(200);
    house.meddles("DELETE FROM subject_keys WHERE subject = $1", vec![hanako.bytes()]);
    tries(&house, "hanako@guest.example", "correct horse").await.problem(401, "sign-in-failed");
}
