//! The service writes to a guest in its own words. Her address comes through the gate when the letter
//! goes, a confirmation is also the document of what goes to the restaurant (R1.4), and what she stopped
//! stays stopped.

use azukari::letter::{Details, ServiceLetter, WouldGo};
use policy::Language;
use policy::record::{Act, ProvisionBasis, ServiceLetterKind, ThirdParty};
use serde_json::{Value, json};

use crate::house::{Call, Guest, House, lay_over, policy_files};
use crate::letters::{ended, used_for, waiting};
use crate::post::Post;

impl House {
    /// The service writes to a guest about her table; `changes` are laid over.
    fn writes_to(&self, guest: &Guest<'_>, changes: &Value) -> Call {
        let mut body = json!({
            "subject": guest.id,
            "kind": "confirmation",
            "purpose": "service",
            "engagement": { "recipient": "aoi", "reference": "BK-1" },
            "language": "ja",
            "title": "ご予約が決まりました",
            "paragraphs": ["ご来店をお待ちしております。"],
            "details": [{ "label": "日時", "value": "2026年11月22日(日)18時" }],
        });
        lay_over(&mut body, changes);
        self.post("/v1/letters", &body)
    }
}

#[tokio::test]
async fn a_confirmation_names_what_goes_to_the_restaurant_and_reaches_her_once() {
    let (house, post) = (House::open(), Post::open());
    let aoi = house.store("aoi").await;
    let hanako = house.guest("Hanako").with("phone", "+81 90 1234 5678");
    let hanako = hanako.with("favourite_food", "えび").allergic_to("そば").signs_up().await;
    hanako.books(&aoi, "BK-1").await;
    let put = house.writes_to(&hanako, &json!({})).once("c-1").go().await.expect(201);
    assert_eq!(put["sent"], "outbox");
    let again = house.writes_to(&hanako, &json!({})).once("c-1").go().await.expect(201);
    assert_eq!(again, put, "one request, one letter");
    let other = json!({ "title": "別のお知らせ" });
    house.writes_to(&hanako, &other).once("c-1").go().await.problem(422, "idempotency-key-reused");
    assert_eq!(house.outbox(), [waiting(0)]);

    assert_eq!(house.delivers(&post.mail()).await, 1);
    assert_eq!(house.outbox(), [ended("delivered", 1, false)]);
    let letter = post.receives(1).await.remove(0);
    assert_eq!(letter["headers"]["subject"], "ご予約が決まりました");
    assert_eq!(letter["headers"]["to"], "hanako@guest.example");
    let text = letter["text"].as_str().unwrap();
    for words in [
        "ご来店をお待ちしております。",
        "2026年11月22日(日)18時",
        "株式会社aoi",
        "東京都港区1-1",
        "BK-1",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    // It names the items that are held and would go, by purpose, and no value of hers.
    let document = house.app.policy();
    for item in ["name", "phone", "favourite_food", "allergy"] {
        let label = &document.items[&item.parse::<policy::ItemName>().unwrap()].label.ja;
        assert!(text.contains(label.as_str()), "{label}: {text}");
    }
    for unheld in ["会社名", "苦手な食べもの", "えび", "そば", "1234"] {
        assert!(!text.contains(unheld), "{unheld}: {text}");
    }

    let records = house.records();
    let puts = records.iter().filter(|record| matches!(record.act, Act::LetterPut { .. }));
    assert_eq!(puts.count(), 1);
    assert_eq!(records.iter().filter_map(used_for).collect::<Vec<_>>(), ["service"]);
    house.adds_up();
}

#[tokio::test]
async fn what_is_told_to_go_is_what_the_gate_would_give() {
    let (house, post) = (House::open(), Post::open());
    let aoi = house.store("aoi").await;
    let hanako = house.guest("Hanako").allergic_to("そば").signs_up().await;
    hanako.books(&aoi, "BK-1").await;
    hanako.answers("dietary_care", "withdrawn").await;
    house.writes_to(&hanako, &json!({ "language": "en" })).go().await.expect(201);
    hanako.answers("store_disclosure", "withdrawn").await;
    house.writes_to(&hanako, &json!({ "language": "en" })).go().await.expect(201);
    // Two letters about her answers go as well.
    house.delivers(&post.mail()).await;
    let received = post.receives(4).await;
    let ours: Vec<&str> = received
        .iter()
        .filter(|letter| letter["headers"]["subject"] == "ご予約が決まりました")
        .map(|letter| letter["text"].as_str().unwrap())
        .collect();
    // What she takes back before the letter goes is not told as going.
    for text in &ours {
        assert!(text.contains("nothing of yours is passed on for this"), "{text}");
        assert!(!text.contains("Food allergies"), "{text}");
    }
    assert_eq!(ours.len(), 2);
    assert_eq!(
        aoi.asks_for(&hanako, &["name"]).under("BK-1").is_refused().await,
        ["consent_not_given"],
        "and the gate says the same"
    );
}

#[tokio::test]
async fn what_she_stopped_is_refused_at_once_and_at_delivery() {
    let (house, post) = (House::open(), Post::open());
    let aoi = house.store("aoi").await;
    let hanako = house.guest("Hanako").signs_up().await;
    hanako.books(&aoi, "BK-1").await;
    house.writes_to(&hanako, &json!({})).go().await.expect(201);
    hanako.stops(Some("service")).await;
    let refused = house.writes_to(&hanako, &json!({})).once("s-1").go().await;
    assert_eq!(refused.refused(), ["restricted"]);
    assert!(matches!(house.records().last().unwrap().act, Act::Refused { .. }), "on record");
    assert_eq!(house.outbox(), [waiting(0)], "nothing more was put");
    assert_eq!(house.delivers(&post.mail()).await, 1);
    assert_eq!(house.outbox(), [ended("refused", 1, false)]);
    assert!(post.received().is_empty());
    // Allowed again, the same request goes through.
    hanako.allows(Some("service")).await;
    house.writes_to(&hanako, &json!({})).once("s-1").go().await.expect(201);
    house.adds_up();
}

#[tokio::test]
async fn a_letter_says_what_its_kind_can_say() {
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako = house.guest("Hanako").signs_up().await;
    let yoko = house.guest("Yoko").signs_up().await;
    hanako.books(&aoi, "BK-1").await;
    let before = house.rows();
    let long = "あ".repeat(1001);
    let (one, many) = (json!({ "label": "a", "value": "b" }), vec!["a"; 21]);
    for (changes, field, code) in [
        (json!({ "purpose": "marketing" }), "purpose", "unfit"),
        (json!({ "purpose": "reservation" }), "purpose", "unfit"),
        (json!({ "purpose": "fun" }), "purpose", "unknown"),
        (json!({ "purpose": "Fun!" }), "purpose", "not_a_name"),
        (json!({ "kind": "advertisement" }), "kind", "unreadable"),
        (json!({ "language": "fr" }), "language", "unreadable"),
        (json!({ "engagement": null }), "engagement", "missing"),
        (
            json!({ "engagement": { "recipient": "aoi", "reference": "BK-2" } }),
            "engagement.reference",
            "unknown",
        ),
        (
            json!({ "engagement": { "recipient": "aoi", "reference": "山田" } }),
            "engagement.reference",
            "not_a_name",
        ),
        (json!({ "subject": yoko.id }), "engagement.reference", "unknown"),
        (json!({ "title": "" }), "title", "empty"),
        (json!({ "title": "a\nBcc: b@c.example" }), "title", "multi_line"),
        (json!({ "title": "a".repeat(101) }), "title", "too_long"),
        (json!({ "paragraphs": [] }), "paragraphs", "missing"),
        (json!({ "paragraphs": ["a", long] }), "paragraphs[1]", "too_long"),
        (json!({ "paragraphs": ["a\u{7}b"] }), "paragraphs[0]", "control_character"),
        (json!({ "paragraphs": many }), "paragraphs", "too_many"),
        (json!({ "details": vec![one; 21] }), "details", "too_many"),
        (json!({ "details": [{ "label": " ", "value": "x" }] }), "details[0].label", "empty"),
    ] {
        let answer = house.writes_to(&hanako, &changes).go().await;
        assert_eq!(answer.invalid(), [(field.to_owned(), code.to_owned())], "{changes}");
    }
    let nobody = json!({ "subject": policy::SubjectId([7; 16]).to_string(), "kind": "notice", "engagement": null });
    house.writes_to(&hanako, &nobody).go().await.problem(404, "not-found");
    assert_eq!(house.rows(), before);

    // Once it is called off there is nothing to confirm; that it is off can be told.
    hanako.cancels(&aoi, "BK-1").await;
    for (kind, status) in [("confirmation", 422), ("change", 422), ("cancellation", 201)] {
        let answer = house.writes_to(&hanako, &json!({ "kind": kind })).go().await;
        assert_eq!(answer.status, status, "{kind}: {}", answer.text());
    }
    // A notice needs no engagement.
    let freed = json!({ "kind": "notice", "engagement": null });
    house.writes_to(&hanako, &freed).go().await.expect(201);
    assert_eq!(house.outbox(), [waiting(0), waiting(0)]);
}

#[tokio::test]
async fn whoever_has_no_address_gets_no_letter() {
    let house = House::open();
    let hanako = house.guest("Hanako").signs_up().await;
    let gone = "DELETE FROM items WHERE subject = $1 AND item = 'email'";
    assert_eq!(house.meddles(gone, vec![hanako.bytes()]), 1);
    let freed = json!({ "kind": "notice", "engagement": null });
    let answer = house.writes_to(&hanako, &freed).go().await.expect(200);
    assert_eq!(answer, json!({ "sent": "no_address" }));
    assert_eq!(house.outbox(), []);
}

#[test]
fn a_confirmation_is_written_in_every_language_of_the_policy() {
    let document = policy::read_files(&policy_files()).unwrap().document;
    let engagement = policy::Engagement {
        reference: "BK-1".parse().unwrap(),
        starts_at: "2026-11-22T09:00:00Z".parse().unwrap(),
        ends_at: "2026-11-22T11:00:00Z".parse().unwrap(),
        cancelled: false,
    };
    let names = |names: &[&str]| names.iter().map(|name| name.parse().unwrap()).collect();
    let goes = WouldGo {
        third_party: ThirdParty {
            recipient: "aoi".parse().unwrap(),
            role: policy::Role::Store,
            name: "株式会社葵".to_owned(),
            address: "東京都港区1-1".to_owned(),
            representative: "代表 一郎".to_owned(),
            country: "JP".to_owned(),
        },
        purposes: vec![
            (
                "reservation".parse().unwrap(),
                ProvisionBasis::Consent,
                names(&["name", "phone", "language"]),
            ),
            ("meal".parse().unwrap(), ProvisionBasis::Consent, names(&["allergy", "serving_size"])),
        ],
    };
    let now = "2026-11-22T00:00:00Z".parse().unwrap();
    let written = [
        (Language::Ja, "ご予約が決まりました", "ご来店をお待ちしております。", "人数", "2名さま"),
        (Language::En, "Your table is booked", "We look forward to your visit.", "Guests", "2"),
    ]
    .map(|(language, title, says, label, value)| {
        let letter = ServiceLetter {
            kind: ServiceLetterKind::Confirmation,
            purpose: "service".parse().unwrap(),
            engagement: Some(("aoi".parse().unwrap(), engagement.clone())),
            language,
            title: title.to_owned(),
            paragraphs: vec![says.to_owned()],
            details: vec![Details { label: label.to_owned(), value: value.to_owned() }],
        };
        paper::text(&letter.write(&document, Some(&goes), now).paper)
    });
    insta::assert_snapshot!(written.join("\n--------\n\n"));
}
