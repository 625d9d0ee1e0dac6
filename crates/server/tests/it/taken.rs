//! Whether an address is known here cannot be asked in bulk: one caller hears of twenty taken ones a
//! minute, and then tries none for a while.

use crate::house::House;

#[tokio::test]
async fn after_twenty_taken_addresses_a_caller_tries_no_more_for_a_while() {
    let house = House::open();
    let hanako = house.guest("Hanako").signs_up().await;
    let yoko = house.guest("Yoko").signs_up().await;
    let taken = |field: &str| vec![(field.to_owned(), "taken".to_owned())];
    for n in 0..20 {
        if n % 2 == 0 {
            let again = house.guest("Hanako").sends().go().await;
            assert_eq!(again.invalid(), taken("items.email"));
        } else {
            let other = yoko.puts("email", "hanako@guest.example").go().await;
            assert_eq!(other.invalid(), taken("value"));
        }
    }
    let before = house.rows();
    // A taken address and a free one sound the same now.
    for name in ["Hanako", "Midori"] {
        let answer = house.guest(name).sends().go().await;
        answer.problem(429, "too-many");
        let seconds: u64 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=60).contains(&seconds), "{seconds}");
    }
    for email in ["hanako@guest.example", "midori@guest.example"] {
        yoko.puts("email", email).go().await.problem(429, "too-many");
    }
    assert_eq!(house.rows(), before);

    // What is nobody's own is put as before, and another caller has a measure of its own.
    hanako.puts("name", "Hanae").go().await.expect(200);
    let other = house.service_key("other", &["subjects:write"]);
    assert_eq!(house.guest("Hanako").sends().by(&other).go().await.invalid(), taken("items.email"));
    house.guest("Midori").sends().by(&other).go().await.expect(201);
}
