//! A code goes to the address that somebody signs up with, whosever it is (decision 0071): no answer tells whether it
//! has an account, the letter to a stranger names nobody, and nothing of it stays.

use serde_json::{Value, json};

use crate::house::{Call, House};
use crate::letters::{ended, used_for, waiting};
use crate::post::Post;

impl House {
    /// Somebody signs up with an address.
    fn writes_code_to(&self, email: &str) -> Call {
        let body = json!({
            "email": email, "code": "012345", "minutes": 30, "language": "en",
            "sign_in": "https://tables.example/sign-in",
        });
        self.post("/v1/letters/sign-up", &body)
    }
}

fn text(letter: &Value) -> &str {
    letter["text"].as_str().unwrap()
}

#[tokio::test]
async fn a_stranger_is_written_a_code_and_a_holder_that_she_has_an_account() {
    let (house, post) = (House::open(), Post::open());
    let hanako = house.guest("Hanako").answers("marketing", "given").signs_up().await;
    let before = house.records().len();
    let rows = house.rows();
    for email in ["stranger@guest.example", "ＨANAKO＠guest.example"] {
        let put = house.writes_code_to(email).go().await.expect(202);
        assert!(put["letter"].as_str().unwrap().starts_with("out_"), "{put}");
        assert_eq!(put.as_object().unwrap().len(), 1, "the answers are alike");
    }
    assert_eq!(house.records().len(), before, "nobody is held, nothing is told");
    assert_eq!(house.rows()["subjects"], rows["subjects"]);
    assert_eq!(house.outbox(), [waiting(0), waiting(0)]);
    assert_eq!(house.delivers(&post.mail()).await, 2);
    assert_eq!(house.outbox(), [ended("delivered", 1, false), ended("delivered", 1, false)]);
    let letters = post.receives(2).await;
    let to = |address: &str| {
        let mut letters = letters.iter();
        letters.find(|letter| letter["headers"]["to"] == address).unwrap()
    };
    let stranger = to("stranger@guest.example");
    assert_eq!(stranger["headers"]["subject"], "Your code to sign up");
    assert!(text(stranger).contains("012345") && text(stranger).contains("30 minutes"));
    let holder = to("hanako@guest.example");
    // In the language that she reads, whoever tried.
    assert_eq!(holder["headers"]["subject"], "このメールアドレスは、すでにご登録があります");
    assert!(!text(holder).contains("012345"), "no code fits: {}", text(holder));
    assert!(text(holder).contains("https://tables.example/sign-in"), "{}", text(holder));
    for letter in [stranger, holder] {
        assert!(!text(letter).contains("Hanako"), "{}", text(letter));
    }
    let uses: Vec<String> = house.records().iter().filter_map(used_for).collect();
    assert_eq!(uses.len(), 1, "the holder's address came through the gate: {uses:?}");
    // What she stopped stays stopped: then her address is opened for this neither.
    hanako.stops(None).await;
    house.writes_code_to("hanako@guest.example").go().await.expect(202);
    house.delivers(&post.mail()).await;
    assert!(house.outbox().contains(&ended("refused", 1, false)), "{:?}", house.outbox());
    house.adds_up();
}

#[tokio::test]
async fn a_code_that_holds_no_longer_is_not_sent_and_what_cannot_be_is_named() {
    let (house, post) = (House::open(), Post::open());
    house.writes_code_to("stranger@guest.example").go().await.expect(202);
    house.lets_hours_pass(1);
    assert_eq!(house.delivers(&post.mail()).await, 1);
    assert_eq!(house.outbox(), [ended("over", 1, false)]);
    assert!(post.received().is_empty());
    // One that waited says what is left.
    house.writes_code_to("stranger@guest.example").go().await.expect(202);
    house.lets_seconds_pass(12 * 60);
    house.delivers(&post.mail()).await;
    assert!(text(&post.receives(1).await[0]).contains("18 minutes from when this was sent"));
    let wrong = json!({
        "email": "unmistakable", "code": "12345", "minutes": 61, "language": "ja",
        "sign_in": "javascript:alert(1)",
    });
    let answer = house.post("/v1/letters/sign-up", &wrong).go().await;
    let all =
        [("email", "not_an_email"), ("code", "unfit"), ("minutes", "unfit"), ("sign_in", "unfit")];
    assert_eq!(answer.invalid(), all.map(|(field, code)| (field.to_owned(), code.to_owned())));
    assert!(!format!("{answer:?}").contains("unmistakable"), "no value is quoted");
}
