//! Figures of what is held (R7.7, decision 0063): through the gate person by person, with noise, out of a
//! budget that is read from the records and ends.

use azukari::acts::figure;
use azukari::acts::staff::Office;
use azukari::error::Error;
use azukari::once::Fresh;
use azukari::store::DatabaseUrl;
use policy::record::Act;
use serde_json::{Value, json};

use crate::house::{Answer, Guest, House, lay_over};

impl House {
    fn sets_a_budget(&self, purpose: &str, epsilon: &str) -> Result<(), Error> {
        let app = std::sync::Arc::clone(&self.app);
        let (purpose, epsilon) = (purpose.parse().unwrap(), epsilon.parse().unwrap());
        let fresh = Fresh::new().unwrap();
        self.app.store.write_blocking(move |tx| {
            figure::set_budget(&Office::of(&app), tx, &purpose, epsilon, &fresh)
        })
    }

    /// How many have a gender, for half of ε; `changes` are laid over that.
    async fn counts(&self, changes: Value) -> Answer {
        let mut body = json!({ "question": "count", "purpose": "marketing", "item": "gender", "epsilon": "0.5" });
        lay_over(&mut body, &changes);
        self.post("/v1/statistics", &body).go().await
    }

    fn figures_told(&self) -> Vec<policy::record::FigureTold> {
        let told = self.records().into_iter().filter_map(|record| match record.act {
            Act::FigureTold(told) => Some(*told),
            _ => None,
        });
        told.collect()
    }
}

async fn guests(house: &House, count: usize) -> Vec<Guest<'_>> {
    let mut guests = Vec::new();
    for n in 0..count {
        let guest = house
            .guest(&format!("Mihon Taro {n}"))
            .with("birth_date", if n % 2 == 0 { "1986-11-22" } else { "1986-11-23" })
            .with("gender", if n % 4 == 0 { "female" } else { "male" })
            .answers("marketing", "given");
        guests.push(guest.signs_up().await);
    }
    guests
}

/// The figures of an answer. At ε = 90 the noise is 0 in all but e^-90 of draws, so that tests see what
/// was counted; the noise itself has its tests in the crate.
fn values(told: &Value) -> Vec<f64> {
    let figures = told["figures"].as_array().unwrap().iter();
    figures.map(|figure| figure["value"].as_f64().unwrap()).collect()
}

#[tokio::test]
async fn whoever_may_be_used_is_counted_once_and_nobody_else() {
    let house = House::open();
    let guests = guests(&house, 8).await;
    house.guest("Unasked").with("gender", "female").signs_up().await;
    let gone = house.guest("Gone").with("gender", "male").answers("marketing", "given");
    gone.signs_up().await.answers("marketing", "withdrawn").await;
    let stopped = house.guest("Stopped").with("gender", "male").answers("marketing", "given");
    stopped.signs_up().await.stops(Some("marketing")).await;
    let all = house.guest("All").with("gender", "male").answers("marketing", "given");
    all.signs_up().await.stops(None).await;
    house.guest("Nothing").answers("marketing", "given").signs_up().await;
    house.sets_a_budget("marketing", "100").unwrap();

    let before = house.records().len();
    let told = house.counts(json!({ "epsilon": "90" })).await.expect(200);
    assert_eq!(values(&told), [8.0], "who agreed and has one (Act 18, 27; S29)");
    assert_eq!((told["epsilon"].as_str(), told["left"].as_str()), (Some("90"), Some("10")));

    // Each look is a use like any other, on her list; the figure comes after them all, and names nobody.
    let records = house.records();
    let uses = records[before..].iter().filter(|record| {
        matches!(&record.act, Act::Used { purpose, items, .. }
            if purpose.as_str() == "marketing" && items.iter().all(|i| i.item.as_str() == "gender"))
    });
    assert_eq!(uses.clone().count(), 9, "also of her of whom nothing is held");
    let hers = policy::SubjectId(guests[0].bytes().try_into().unwrap());
    assert_eq!(uses.filter(|record| record.subject == Some(hers)).count(), 1);
    let last = records.last().unwrap();
    assert_eq!((last.subject, last.act.kind()), (None, "figure_told"));
    house.adds_up();
}

#[tokio::test]
async fn every_kind_of_question_is_answered() {
    let house = House::open();
    let _guests = guests(&house, 8).await;
    for (change, counted) in [
        // Categories are those of the policy, in its order, with the rest at the end.
        (json!({ "question": "histogram" }), vec![2.0, 6.0, 0.0, 0.0, 0.0]),
        (json!({ "question": "histogram", "categories": ["male"] }), vec![6.0, 2.0]),
        // Of a date of birth the age counts: forty on the birthday itself, on Japan's calendar (I12).
        (json!({ "question": "sum", "item": "birth_date", "low": 0, "high": 120 }), vec![316.0]),
        (json!({ "question": "mean", "item": "birth_date", "low": 0, "high": 120 }), vec![39.5]),
        (json!({ "question": "sum", "item": "birth_date", "low": 0, "high": 10 }), vec![80.0]),
    ] {
        // Set anew to what is still to be spent: an operator's act, on record.
        let total = (house.figures_told().len() + 1) * 18;
        house.sets_a_budget("marketing", &total.to_string()).unwrap();
        let mut change = change;
        change["epsilon"] = json!("18");
        let told = house.counts(change.clone()).await.expect(200);
        for (value, counted) in values(&told).iter().zip(&counted) {
            assert!((value - counted).abs() < 0.51 * counted.max(2.0), "{change}: {told}");
        }
        assert_eq!(values(&told).len(), counted.len(), "{told}");
    }
}

#[tokio::test]
async fn a_budget_that_is_spent_tells_nothing_more_and_looks_at_nobody() {
    let house = House::open();
    let _guests = guests(&house, 4).await;
    let none = house.counts(json!({})).await.problem(409, "conflict");
    assert!(none["detail"].as_str().unwrap().contains("has no budget"), "{none}");
    house.get("/v1/statistics/marketing").go().await.problem(404, "not-found");
    house.sets_a_budget("marketing", "1.2").unwrap();
    house.counts(json!({})).await.expect(200);
    house.counts(json!({})).await.expect(200);

    let before = house.rows();
    let refused = house.counts(json!({})).await.problem(409, "conflict");
    let detail = refused["detail"].as_str().unwrap();
    assert!(detail.contains("0.2 of the budget is left") && detail.contains("0.5"), "{detail}");
    assert_eq!(house.rows(), before, "nobody was asked for at the gate");
    let shown = house.get("/v1/statistics/marketing").go().await.expect(200);
    assert_eq!((&shown["spent"], &shown["left"]), (&json!("1"), &json!("0.2")));
    assert_eq!(shown["entries"].as_array().unwrap().len(), 2);
    assert_eq!(shown["entries"][0]["item"], "gender");
    // What is left can be asked for.
    assert_eq!(house.counts(json!({ "epsilon": "0.2" })).await.expect(200)["left"], "0");

    // Setting it lower than what was spent would forget.
    let Err(Error::Invalid(wrong)) = house.sets_a_budget("marketing", "1.1") else { panic!() };
    assert!(wrong[0].detail.contains("1.2"), "{wrong:?}");
}

#[tokio::test]
async fn what_is_asked_side_by_side_draws_on_one_budget() {
    let house = House::open();
    let _guests = guests(&house, 3).await;
    house.sets_a_budget("marketing", "1").unwrap();
    let asked = (0..6).map(|_| house.counts(json!({})));
    let answers = futures_util::future::join_all(asked).await;
    let told = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(told, 2);
    assert_eq!(house.figures_told().len(), 2);
    house.adds_up();
}

#[tokio::test]
async fn the_same_request_tells_the_same_figure_and_is_paid_once() {
    let house = House::open();
    let _guests = guests(&house, 3).await;
    house.sets_a_budget("marketing", "1").unwrap();
    let body = json!({ "question": "count", "purpose": "marketing", "item": "gender", "epsilon": "0.001" });
    let once = || house.post("/v1/statistics", &body).once("figure-1").go();
    let first = once().await.expect(200);
    for _ in 0..3 {
        // At this ε two draws are alike once in thousands of times: fresh noise would show.
        let before = house.rows();
        assert_eq!(once().await.expect(200), first);
        assert_eq!(house.rows(), before);
    }
    let other = json!({ "question": "count", "purpose": "marketing", "item": "birth_date",
                        "epsilon": "0.001" });
    house
        .post("/v1/statistics", &other)
        .once("figure-1")
        .go()
        .await
        .problem(422, "idempotency-key-reused");
    assert_eq!(first["left"], "0.999");
}

#[tokio::test]
async fn the_record_holds_what_was_told_and_never_the_true_figure() {
    let house = House::open();
    let _guests = guests(&house, 4).await;
    house.sets_a_budget("marketing", "1").unwrap();
    // Noise of a thousand: what is told is not the four that there are.
    let mut apart = false;
    for _ in 0..5 {
        let told = house.counts(json!({ "epsilon": "0.001" })).await.expect(200);
        let recorded = house.figures_told().pop().unwrap();
        let answer: Value = serde_json::from_str(&recorded.answer).unwrap();
        assert_eq!(answer["figures"][0]["value"], told["figures"][0]["value"]);
        assert_eq!(recorded.question, r#"{"question":"count"}"#);
        apart |= answer["figures"][0]["value"] != 4;
    }
    assert!(apart);
}

#[tokio::test]
async fn what_cannot_be_asked_is_said_before_anybody_is_looked_at() {
    let house = House::open();
    let _guests = guests(&house, 2).await;
    house.sets_a_budget("marketing", "10").unwrap();
    let before = house.rows();
    for (change, field) in [
        (json!({ "item": "email" }), "item"),
        (json!({ "item": "phone" }), "item"),
        (json!({ "item": "sign_ins" }), "item"),
        (json!({ "item": "allergy" }), "item"),
        (json!({ "item": "nonsense" }), "item"),
        (json!({ "purpose": "meal" }), "purpose"),
        (json!({ "purpose": "nonsense" }), "purpose"),
        // What the policy links with nobody cannot be asked for by person (G8).
        (json!({ "purpose": "statistics", "item": "location" }), "purpose"),
        (json!({ "epsilon": "0" }), "epsilon"),
        (json!({ "epsilon": "1e3" }), "epsilon"),
        (json!({ "question": "sum", "low": 0, "high": 9 }), "question"),
        (json!({ "question": "sum", "item": "birth_date", "low": 0 }), "high"),
        (json!({ "question": "mean", "item": "birth_date", "low": 9, "high": 0 }), "low"),
        (json!({ "low": 9 }), "low"),
        (json!({ "categories": ["a"] }), "categories"),
        (json!({ "question": "histogram", "categories": ["a", "a"] }), "categories"),
        (json!({ "question": "histogram", "item": "birth_date" }), "categories"),
        (json!({ "question": "median" }), "question"),
    ] {
        let wrong = house.counts(change.clone()).await.invalid();
        assert!(wrong.iter().any(|(named, _)| named == field), "{change}: {wrong:?}");
    }
    assert_eq!(house.rows(), before);
    let Err(Error::Invalid(wrong)) = house.sets_a_budget("statistics", "1") else { panic!() };
    assert_eq!(wrong[0].code, "linked_with_nobody");
    assert_eq!(house.rows(), before);
}

#[tokio::test]
async fn the_command_line_counts_what_is_held() {
    let house = House::open();
    let _guests = guests(&house, 4).await;
    let (ground, clock) = house.close().await;
    let root = ground.root_key();
    let run = |args: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_azukari"));
        command.arg("statistics").args(args).arg("--data").arg(root.parent().unwrap());
        command.arg("--root-key").arg(&root).args(["--from-vault", "--purpose", "marketing"]);
        if let DatabaseUrl::Postgres(url) = ground.database() {
            command.env("AZUKARI_DATABASE", url);
        }
        let out = command.output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (out.status.success(), text(&out.stdout), text(&out.stderr))
    };
    let (_, _, told) = run(&["count", "--item", "gender", "--epsilon", "1"]);
    assert!(told.contains("has no budget"), "{told}");
    assert!(run(&["open", "--epsilon", "91"]).0);
    let ask = ["histogram", "--item", "gender", "--epsilon", "90", "--lang", "en"];
    let (done, told, wrong) = run(&ask);
    assert!(done, "{wrong}");
    assert!(told.starts_with("female\t1\t±0\nmale\t3\t±0\n"), "{told}");
    assert!(told.contains("ε=90 (1 of the budget left)"), "{told}");
    assert!(run(&ask).2.contains("1 of the budget is left"));
    let (_, shown, _) = run(&["show", "--lang", "en"]);
    assert!(shown.contains("budget ε=91, spent 90, left 1") && shown.contains("gender"), "{shown}");
    let (_, _, wrong) = run(&["count", "table.csv", "--item", "gender", "--epsilon", "1"]);
    assert!(wrong.contains("--from-vault"), "{wrong}");
    let (_, _, wrong) =
        run(&["sum", "--item", "email", "--low", "0", "--high", "1", "--epsilon", "1"]);
    assert!(wrong.contains("--item identifies a person"), "{wrong}");

    let house = House::open_on(ground, clock, None, 0);
    assert_eq!(house.records().last().unwrap().by, "operator");
    house.adds_up();
}
